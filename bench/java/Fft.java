/** A radix-2 transform there and back, complex numbers interleaved: strided accesses to an array of doubles. */
final class Fft {
    private static void transform(double[] a, boolean inverse) {
        int n = a.length / 2;
        for (int i = 1, j = 0; i < n; i++) { // elements to the places with their bits reversed
            int bit = n >> 1;
            for (; (j & bit) != 0; bit >>= 1) j ^= bit;
            j ^= bit;
            if (i < j) {
                double re = a[2 * i], im = a[2 * i + 1];
                a[2 * i] = a[2 * j];
                a[2 * i + 1] = a[2 * j + 1];
                a[2 * j] = re;
                a[2 * j + 1] = im;
            }
        }
        for (int half = 1; half < n; half <<= 1) {
            double angle = (inverse ? -Math.PI : Math.PI) / half, stepRe = Math.cos(angle), stepIm = Math.sin(angle);
            double wRe = 1, wIm = 0;
            for (int k = 0; k < half; k++) {
                for (int i = k; i < n; i += 2 * half) {
                    int p = 2 * i, q = 2 * (i + half);
                    double re = a[q] * wRe - a[q + 1] * wIm, im = a[q] * wIm + a[q + 1] * wRe;
                    a[q] = a[p] - re;
                    a[q + 1] = a[p + 1] - im;
                    a[p] += re;
                    a[p + 1] += im;
                }
                double t = wRe * stepRe - wIm * stepIm;
                wIm = wRe * stepIm + wIm * stepRe;
                wRe = t;
            }
        }
    }

    static long kernel(int logSize) {
        double[] a = new double[2 << logSize];
        Bench.Random random = new Bench.Random(5);
        for (int i = 0; i < a.length; i++) a[i] = random.unit();
        transform(a, false);
        transform(a, true);
        random = new Bench.Random(5);
        double worst = 0, scale = 2.0 / a.length;
        for (double v : a) worst = Math.max(worst, Math.abs(v * scale - random.unit()));
        if (worst > 1e-9) throw new AssertionError("error " + worst);
        return Math.round(a[0] * 1e6) * 31 + Math.round(a[a.length - 1] * 1e6);
    }

    public static void main(String[] args) { Bench.run(args, 18, Fft::kernel); }
}
