/** A sparse matrix in compressed rows times a vector: indirect accesses to an array of doubles. */
final class Sparse {
    static long kernel(int n) {
        int perRow = 5;
        int[] start = new int[n + 1], column = new int[n * perRow];
        double[] value = new double[n * perRow], x = new double[n], y = new double[n];
        Bench.Random random = new Bench.Random(23);
        for (int i = 0; i < n; i++) {
            start[i + 1] = start[i] + perRow;
            for (int k = start[i]; k < start[i + 1]; k++) {
                column[k] = random.below(n);
                value[k] = random.unit();
            }
            x[i] = random.unit();
        }
        for (int round = 0; round < 30; round++) {
            for (int i = 0; i < n; i++) {
                double sum = 0;
                for (int k = start[i]; k < start[i + 1]; k++) sum += x[column[k]] * value[k];
                y[i] = sum * 0.4;
            }
            double[] t = x;
            x = y;
            y = t;
        }
        double sum = 0;
        for (double v : x) sum += v;
        return Bench.mix(0, sum);
    }

    public static void main(String[] args) { Bench.run(args, 100_000, Sparse::kernel); }
}
