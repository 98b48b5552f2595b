/** The largest singular value of an infinite matrix by power iteration: small static methods, divisions, arrays of doubles. */
final class SpectralNorm {
    private static double entry(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

    private static void times(double[] v, double[] out) {
        for (int i = 0; i < v.length; i++) {
            double sum = 0;
            for (int j = 0; j < v.length; j++) sum += entry(i, j) * v[j];
            out[i] = sum;
        }
    }

    private static void timesTransposed(double[] v, double[] out) {
        for (int i = 0; i < v.length; i++) {
            double sum = 0;
            for (int j = 0; j < v.length; j++) sum += entry(j, i) * v[j];
            out[i] = sum;
        }
    }

    static long kernel(int n) {
        double[] u = new double[n], v = new double[n], t = new double[n];
        java.util.Arrays.fill(u, 1);
        for (int i = 0; i < 5; i++) {
            times(u, t);
            timesTransposed(t, v);
            times(v, t);
            timesTransposed(t, u);
        }
        double uv = 0, vv = 0;
        for (int i = 0; i < n; i++) {
            uv += u[i] * v[i];
            vv += v[i] * v[i];
        }
        return Bench.mix(0, Math.sqrt(uv / vv));
    }

    public static void main(String[] args) { Bench.run(args, 600, SpectralNorm::kernel); }
}
