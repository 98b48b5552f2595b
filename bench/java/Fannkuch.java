/** Flips of a prefix over all permutations: int arrays, short inner loops, unpredictable trip counts. */
final class Fannkuch {
    static long kernel(int n) {
        int[] order = new int[n], work = new int[n], count = new int[n];
        for (int i = 0; i < n; i++) order[i] = i;
        int most = 0, permutations = 0, r = n;
        long sum = 0;
        while (true) {
            for (; r != 1; r--) count[r - 1] = r;
            System.arraycopy(order, 0, work, 0, n);
            int flips = 0;
            for (int first = work[0]; first != 0; first = work[0]) {
                for (int i = 0, j = first; i < j; i++, j--) {
                    int t = work[i];
                    work[i] = work[j];
                    work[j] = t;
                }
                flips++;
            }
            most = Math.max(most, flips);
            sum += (permutations & 1) == 0 ? flips : -flips;
            while (true) {
                if (r == n) return sum * 100 + most;
                int first = order[0];
                for (int i = 0; i < r; i++) order[i] = order[i + 1];
                order[r] = first;
                if (--count[r] > 0) break;
                r++;
            }
            permutations++;
        }
    }

    public static void main(String[] args) { Bench.run(args, 9, Fannkuch::kernel); }
}
