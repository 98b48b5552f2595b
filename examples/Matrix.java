/** Blocked and plain matrix products of doubles, and integer sieving: arrays rather than objects. */
public class Matrix {
    static double[][] make(int n, int seed) {
        double[][] m = new double[n][n];
        for (int i = 0; i < n; i++) for (int j = 0; j < n; j++) m[i][j] = ((i * 31 + j * 17 + seed) % 100) / 10.0 - 5;
        return m;
    }

    static double[][] plain(double[][] a, double[][] b) {
        int n = a.length;
        double[][] c = new double[n][n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) {
                double s = 0;
                for (int k = 0; k < n; k++) s += a[i][k] * b[k][j];
                c[i][j] = s;
            }
        return c;
    }

    static double[][] rowwise(double[][] a, double[][] b) {
        int n = a.length;
        double[][] c = new double[n][n];
        for (int i = 0; i < n; i++)
            for (int k = 0; k < n; k++) {
                double x = a[i][k];
                for (int j = 0; j < n; j++) c[i][j] += x * b[k][j];
            }
        return c;
    }

    public static void main(String[] args) {
        int n = 48;
        double[][] a = make(n, 1), b = make(n, 2), c = plain(a, b), d = rowwise(a, b);
        double trace = 0, worst = 0;
        for (int i = 0; i < n; i++) {
            trace += c[i][i];
            for (int j = 0; j < n; j++) worst = Math.max(worst, Math.abs(c[i][j] - d[i][j]));
        }
        System.out.printf("trace %.4f, largest difference %.3e, sqrt %.6f%n", trace, worst, Math.sqrt(Math.abs(trace)));
        boolean[] composite = new boolean[20_000];
        int primes = 0;
        for (int i = 2; i < composite.length; i++) {
            if (composite[i]) continue;
            primes++;
            for (int j = i * 2; j < composite.length; j += i) composite[j] = true;
        }
        System.out.println("primes below 20000: " + primes + ", " + (float) trace + ", " + (int) (trace * 1e9) + ", " + Math.pow(1.1, 20));
    }
}
