/** Successive over-relaxation on a grid: rows of doubles, each value from its four neighbours. */
final class Sor {
    static long kernel(int n) {
        double[][] grid = new double[n][n];
        Bench.Random random = new Bench.Random(11);
        for (double[] row : grid)
            for (int j = 0; j < n; j++) row[j] = random.unit() * 1e-3;
        double omega = 1.25, quarter = omega * 0.25, rest = 1 - omega;
        for (int round = 0; round < 40; round++) {
            for (int i = 1; i < n - 1; i++) {
                double[] row = grid[i], above = grid[i - 1], below = grid[i + 1];
                for (int j = 1; j < n - 1; j++)
                    row[j] = quarter * (above[j] + below[j] + row[j - 1] + row[j + 1]) + rest * row[j];
            }
        }
        double sum = 0;
        for (double[] row : grid)
            for (double v : row) sum += v;
        return Bench.mix(0, sum);
    }

    public static void main(String[] args) { Bench.run(args, 500, Sor::kernel); }
}
