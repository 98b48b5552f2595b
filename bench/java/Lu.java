/** LU factorization with partial pivoting, and a solution by it: rank-1 updates of rows of doubles. */
final class Lu {
    private static void factor(double[][] a, int[] pivots) {
        int n = a.length;
        for (int j = 0; j < n; j++) {
            int p = j;
            for (int i = j + 1; i < n; i++)
                if (Math.abs(a[i][j]) > Math.abs(a[p][j])) p = i;
            pivots[j] = p;
            double[] row = a[p];
            a[p] = a[j];
            a[j] = row;
            for (int i = j + 1; i < n; i++) {
                double[] below = a[i];
                double factor = below[j] /= row[j];
                for (int k = j + 1; k < n; k++) below[k] -= factor * row[k];
            }
        }
    }

    private static void solve(double[][] lu, int[] pivots, double[] b) {
        int n = b.length;
        for (int i = 0; i < n; i++) {
            double t = b[pivots[i]];
            b[pivots[i]] = b[i];
            b[i] = t;
        }
        for (int i = 0; i < n; i++)
            for (int j = 0; j < i; j++) b[i] -= lu[i][j] * b[j];
        for (int i = n - 1; i >= 0; i--) {
            for (int j = i + 1; j < n; j++) b[i] -= lu[i][j] * b[j];
            b[i] /= lu[i][i];
        }
    }

    static long kernel(int n) {
        Bench.Random random = new Bench.Random(17);
        double[][] a = new double[n][n];
        double[] b = new double[n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) {
                a[i][j] = random.unit() + (i == j ? 1 : 0);
                b[i] += a[i][j]; // so that all unknowns are 1
            }
        int[] pivots = new int[n];
        factor(a, pivots);
        solve(a, pivots, b);
        for (double v : b)
            if (Math.abs(v - 1) > 1e-6) throw new AssertionError("solution " + v);
        return Bench.mix(0, a[n - 1][n - 1]);
    }

    public static void main(String[] args) { Bench.run(args, 450, Lu::kernel); }
}
