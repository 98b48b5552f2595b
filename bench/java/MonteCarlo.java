/** Pi by random points, and the price of an option by random walks: a synchronized generator, calls on one class, floating point. */
final class MonteCarlo {
    /** A lagged generator whose state is an array, locked as java.util.Random's used to be. */
    private static final class Lagged {
        private final int[] state = new int[17];
        private int i = 4, j = 16;
        Lagged(int seed) {
            for (int k = 0; k < state.length; k++) {
                seed = seed * 69069 + 1;
                state[k] = seed >>> 1;
            }
        }
        synchronized double next() {
            int k = state[i] - state[j];
            if (k < 0) k += Integer.MAX_VALUE;
            state[j] = k;
            i = i == 0 ? 16 : i - 1;
            j = j == 0 ? 16 : j - 1;
            return k * 0x1p-31;
        }
    }

    static long kernel(int points) {
        Lagged random = new Lagged(113);
        int inside = 0;
        for (int i = 0; i < points; i++) {
            double x = random.next(), y = random.next();
            if (x * x + y * y <= 1) inside++;
        }
        double payoff = 0;
        for (int walk = 0; walk < points / 50; walk++) {
            double price = 100;
            for (int day = 0; day < 50; day++) price *= 1 + 0.02 * (random.next() - 0.49);
            payoff += Math.max(0, price - 100);
        }
        return Bench.mix(inside, payoff);
    }

    public static void main(String[] args) { Bench.run(args, 500_000, MonteCarlo::kernel); }
}
