/** Escape times of a square of the complex plane: double arithmetic in registers, one data-dependent exit. */
final class Mandelbrot {
    private static int escape(double cr, double ci, int limit) {
        double zr = 0, zi = 0;
        for (int i = 0; i < limit; i++) {
            double rr = zr * zr, ii = zi * zi;
            if (rr + ii > 4) return i;
            zi = 2 * zr * zi + ci;
            zr = rr - ii + cr;
        }
        return limit;
    }

    static long kernel(int n) {
        byte[] bits = new byte[(n * n + 7) / 8];
        long sum = 0;
        for (int y = 0; y < n; y++) {
            for (int x = 0; x < n; x++) {
                int steps = escape(2.0 * x / n - 1.5, 2.0 * y / n - 1.0, 50);
                sum += steps;
                if (steps == 50) bits[(y * n + x) >> 3] |= 1 << (x & 7);
            }
        }
        for (byte b : bits) sum = sum * 31 + b;
        return sum;
    }

    public static void main(String[] args) { Bench.run(args, 500, Mandelbrot::kernel); }
}
