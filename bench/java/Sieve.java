/** Primes by crossing out, in booleans and in bits of longs: stores with a stride, shifts. */
final class Sieve {
    private static int inBooleans(int n) {
        boolean[] composite = new boolean[n + 1];
        int count = 0;
        for (int i = 2; i <= n; i++) {
            if (composite[i]) continue;
            count++;
            for (long j = (long) i * i; j <= n; j += i) composite[(int) j] = true;
        }
        return count;
    }

    private static int inBits(int n) {
        long[] composite = new long[n / 64 + 1];
        for (int i = 2; i * i <= n; i++)
            if ((composite[i >> 6] >>> i & 1) == 0)
                for (int j = i * i; j <= n; j += i) composite[j >> 6] |= 1L << j;
        int count = n - 1;
        for (int i = 2; i <= n; i++) count -= (int) (composite[i >> 6] >>> i & 1);
        return count;
    }

    static long kernel(int n) { return inBooleans(n) * 100_000_000L + inBits(n); }

    public static void main(String[] args) { Bench.run(args, 4_000_000, Sieve::kernel); }
}
