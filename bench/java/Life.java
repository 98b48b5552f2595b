/** Cellular automaton on a torus: two-dimensional arrays of booleans with wrap-around, and the same board in longs. */
final class Life {
    private static int neighbours(boolean[][] b, int x, int y) {
        int n = b.length, count = 0;
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++)
                if ((dx != 0 || dy != 0) && b[Math.floorMod(y + dy, n)][Math.floorMod(x + dx, n)]) count++;
        return count;
    }

    private static boolean[][] step(boolean[][] b) {
        int n = b.length;
        boolean[][] next = new boolean[n][n];
        for (int y = 0; y < n; y++)
            for (int x = 0; x < n; x++) {
                int count = neighbours(b, x, y);
                next[y][x] = count == 3 || count == 2 && b[y][x];
            }
        return next;
    }

    /** 64 columns a row: sums of neighbours by half adders on whole words. */
    private static long[] step(long[] b) {
        int n = b.length;
        long[] next = new long[n];
        for (int y = 0; y < n; y++) {
            long ones = 0, twos = 0, fours = 0;
            for (int dy = -1; dy <= 1; dy++) {
                long row = b[(y + dy + n) % n];
                for (int dx = -1; dx <= 1; dx++) {
                    if (dx == 0 && dy == 0) continue;
                    long w = Long.rotateLeft(row, dx), c = ones & w;
                    ones ^= w;
                    long d = twos & c;
                    twos ^= c;
                    fours |= d;
                }
            }
            next[y] = twos & ~fours & (ones | b[y]);
        }
        return next;
    }

    static long kernel(int generations) {
        int n = 64;
        boolean[][] cells = new boolean[n][n];
        long[] words = new long[n];
        Bench.Random random = new Bench.Random(89);
        for (int y = 0; y < n; y++)
            for (int x = 0; x < n; x++)
                if (cells[y][x] = random.below(3) == 0) words[y] |= 1L << x;
        for (int i = 0; i < generations; i++) {
            cells = step(cells);
            words = step(words);
        }
        long sum = 0;
        for (int y = 0; y < n; y++) {
            for (int x = 0; x < n; x++)
                if (cells[y][x] != ((words[y] >>> x & 1) != 0)) throw new AssertionError("boards differ at " + x + "," + y);
            sum = sum * 31 + words[y];
        }
        return sum;
    }

    public static void main(String[] args) { Bench.run(args, 100, Life::kernel); }
}
