import java.util.function.IntToLongFunction;

/**
 * Runs a benchmark: its kernel again and again on the same size, which must give the same checksum every time. The checksum goes to
 * stdout, the nanoseconds of each iteration to stderr. As many iterations as -Dbench.iterations says (1), and until
 * -Dbench.seconds have passed.
 */
final class Bench {
    static void run(String[] args, int size, IntToLongFunction kernel) {
        int n = args.length > 0 ? Integer.parseInt(args[0]) : size;
        int iterations = Integer.getInteger("bench.iterations", 1);
        long end = System.nanoTime() + 1_000_000L * (long) (1000 * Double.parseDouble(System.getProperty("bench.seconds", "0")));
        long checksum = 0;
        for (int i = 0; i < iterations || System.nanoTime() < end; i++) {
            long start = System.nanoTime();
            long got = kernel.applyAsLong(n);
            long took = System.nanoTime() - start;
            System.err.println("iteration " + i + " " + took + " ns");
            if (i == 0) checksum = got;
            else if (got != checksum) throw new AssertionError("iteration " + i + " gives " + got + ", the first gave " + checksum);
        }
        System.out.println("size " + n + " checksum " + checksum);
    }

    /** What a checksum takes of a double: its bits, mixed. */
    static long mix(long sum, double d) {
        return sum * 31 + (Double.doubleToLongBits(d) >>> 12);
    }

    /** A generator of pseudo-random numbers, the same everywhere: xorshift. */
    static final class Random {
        private long state;
        Random(long seed) { state = seed * 0x9E3779B97F4A7C15L | 1; }
        long next() {
            state ^= state << 13;
            state ^= state >>> 7;
            return state ^= state << 17;
        }
        int below(int bound) { return (int) ((next() >>> 33) % bound); }
        double unit() { return (next() >>> 11) * 0x1p-53; }
    }
}
