import java.util.Arrays;

/** What a compiler does to loops and to memory, at its edges: index checks moved out, loads reused, counters that wrap, other threads. */
public class Loops {
    static int[] shared = new int[10];
    int field;
    volatile boolean stop;
    static volatile int ticks;

    static int sumTo(int[] a, int n) {
        int sum = 0;
        for (int i = 0; i < n; i++) sum += a[i];
        return sum;
    }
    static int leavesEarly(int[] a, int n) { // the limit is beyond the array, the loop is left before
        int sum = 0;
        for (int i = 0; i < n; i++) {
            if (a[i] < 0) break;
            sum += a[i];
        }
        return sum;
    }
    static int window(int[] a, int from, int to) {
        int sum = 0;
        for (int i = from; i <= to; i++) sum = sum * 3 + a[i - 1] + a[i + 1];
        return sum;
    }
    static int down(int[] a, int from, int to, int ignored) {
        int sum = ignored;
        for (int i = from; i >= to; i--) sum = sum * 3 + a[i];
        return sum;
    }
    static int steps(int[] a, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i += 3) sum = sum * 5 + a[i];
        return sum;
    }
    static int wraps(int[] a, int from) { // ends because the counter becomes negative
        int n = 0;
        for (int i = from; i > 0; i += 7) n++;
        for (int i = Integer.MAX_VALUE - 3; i >= Integer.MAX_VALUE - 3; i++) n += a[n & 7];
        return n;
    }
    static int nested(int[][] rows, int n) {
        int sum = 0;
        for (int i = 0; i < n; i++)
            for (int j = 0; j < rows[i].length; j++)
                for (int k = j; k < rows[i].length; k++) {
                    rows[i][j] += rows[i][k] & 3;
                    sum += rows[i][j] ^ k;
                }
        return sum;
    }
    static int alias(int[] a, int[] b, int n) { // the same array or not
        int sum = 0;
        for (int i = 1; i < n; i++) {
            a[i] = a[i - 1] + 1;
            b[i - 1] = i * 2;
            sum += a[i - 1] + a[i] + b[i];
        }
        return sum;
    }
    static int fields(Loops x, Loops y, int n) {
        int sum = 0;
        for (int i = 0; i < n; i++) {
            x.field = i;
            y.field += 3;
            sum += x.field + y.field;
        }
        return sum;
    }
    static int replaced(int n) { // the array changes inside
        int sum = 0;
        for (int i = 0; i < n; i++) {
            if (i == n / 2) shared = new int[n / 2 + 1];
            shared[i % shared.length] += i;
            sum += shared.length;
        }
        return sum;
    }
    static int casts(Object[] a, Object o, int n) {
        int sum = 0;
        for (int i = 0; i < n; i++) {
            if (a[i] instanceof Integer v) sum += v;
            else if (a[i] instanceof String) sum += ((String) a[i]).length();
            if (o instanceof int[] p && p.length > i) sum += p[i];
        }
        return sum;
    }
    static int middle(int[] a, int n) { // a loop entered anew while hot
        int sum = 0, i = 0;
        outer:
        while (true) {
            while (i < n) {
                sum += a[i++];
                if ((sum & 15) == 7) continue outer;
            }
            return sum;
        }
    }

    static float single;
    static int constants(double[] d, int n) { // of floating point, to a static and to elements
        int sum = 0;
        for (int i = 0; i < n; i++) {
            single = 1.5f;
            d[i & 3] = i == 2 ? 2.5 : 0.25;
            sum += (int) (single * d[i & 3] * 8);
            single = i;
            d[3] = -3.75;
        }
        return sum + (int) (single + d[3] * 4);
    }

    interface Case { int run(); }

    static int rotations(int x, long y, int n) { // by constants and by variables, and what only looks like one
        for (int i = 0; i < n; i++) {
            x = Integer.rotateRight(x, 7) ^ Integer.rotateLeft(x, 3) ^ (x >>> 5 | x << 27) ^ i;
            x += (x << 9) + (x >>> 23) + (x >>> 9 | x << 24) + (x >>> 0 | x << 32);
            x = Integer.rotateLeft(x, i) + Integer.rotateRight(x, i * 3) + (x >>> i ^ x << -i);
            y = Long.rotateRight(y, 17) ^ Long.rotateLeft(y, i) ^ (y >>> 11 | y << 53) ^ (y >>> 11 | y << 21) ^ Long.rotateRight(y, -i);
        }
        return x + (int) (y >>> 32) + (int) y;
    }

    static int divisions(long seed, int n) { // longs by constants
        long[] edges = { 0, 1, -1, 3, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 1, Long.MIN_VALUE + 1, 1L << 62, -(1L << 62), 1L << 32 };
        long y = seed, sum = 0;
        for (int i = 0; i < n; i++) {
            y = y * 6364136223846793005L + 1442695040888963407L;
            for (long x = edges[i % edges.length] + (i & 3) - 2, k = 0; k < 2; k++, x = y >> (i & 63)) {
                sum = sum * 31 + x / 3 + x % 10 * 13 + x / 1000000007L * 5 + x % -26 + x / -7 * 3 + x % Long.MAX_VALUE + x / (Long.MAX_VALUE - 1) * 7;
                sum += x / ((1L << 62) + 1) * 11 + x / ((1L << 32) + 1) * 13 + x / ((1L << 62) - 1) * 17 + x % 86400000L + x / 12345678901234567L;
            }
        }
        return (int) (sum ^ sum >>> 32);
    }

    static int pick(int[] a, int i) { return a[i % 40] + a[(i + 3) % 40] / (a[(i + 1) % 40] + 1); }

    static int far(int[] a, int n) { // code of more than 4 KiB: branches out of reach, slow paths in islands
        int sum = 0;
        for (int i = 0; i < n; i++) {
            sum += a[i] + a[i + 1] * 3 + a[i + 2] % 7 + a[(i + 3) % 40] + a[i * 5 % 40] + a[i * 7 % 40] + a[i * 11 % 40] + a[i * 13 % 40];
            int[][] b = { new int[] { sum, i }, new int[a[i] & 15], { a[i + 1] } };
            sum += b[0][0] + b[1].length * 3 + b[2][0] + b[i % 3].length;
            sum += pick(a, i) + pick(a, i + 1) * pick(a, i + 2) - pick(a, i + 3) + pick(a, i + 4) * pick(a, i + 5) - pick(a, i + 6);
            switch (a[i] % 5) {
                case 0: sum += a[sum & 31] + a[(sum >>> 5) & 31] + a[(sum >>> 10) & 31] + a[(sum >>> 15) & 31] + a[(sum >>> 20) & 31]; break;
                case 1: sum ^= a[sum & 31] - a[(sum >>> 6) & 31] * a[(sum >>> 11) & 31] - a[(sum >>> 16) & 31] * a[(sum >>> 21) & 31]; break;
                case 2: sum += new int[4][2][i & 3].length + new int[i & 7][3].length; break;
                case 3: if (sum == 12345) sum = a[-i]; else sum -= a[39 - i] + a[38 - i] + a[37 - i] + a[36 - i] + a[35 - i] + a[34 - i]; break;
                default: sum = sum * 31 + a[i] / (a[i + 1] + 1) + a[i + 1] / (a[i + 2] + 1) + a[i + 2] % (a[i] + 1);
            }
            Object[] c = { a, b, "c", sum > 0 ? (Object) a : b };
            sum += ((int[]) c[0])[i] + ((int[][]) c[1])[0][0] + ((String) c[2]).length() + (c[3] instanceof int[] d ? d[i] : 1);
            sum += a[i] + a[i + 1] * 3 + a[i + 2] % 7 + a[(i + 3) % 40] + a[i * 5 % 40] + a[i * 7 % 40] + a[i * 11 % 40] + a[i * 13 % 40];
            sum += pick(a, i + 7) + pick(a, i + 8) * pick(a, i + 9) - pick(a, i + 10) + pick(a, i + 11) * pick(a, i + 12) - pick(a, i + 13);
            sum += a[i & 7] * a[i & 15] + a[i & 3] * a[i & 1] - a[i & 6] * a[i & 12] + a[(i + 1) & 7] * a[(i + 2) & 15];
        }
        return sum;
    }

    static void check(String name, Case... cases) {
        long sum = 0;
        int thrown = 0;
        for (int round = 0; round < 3000; round++) {
            for (Case c : cases) {
                if (round % 500 != 499 && c == cases[cases.length - 1] && cases.length > 1) continue; // the odd one, rarely
                try {
                    sum = sum * 31 + c.run();
                } catch (RuntimeException e) {
                    thrown++;
                    sum = sum * 31 + e.getClass().getName().hashCode(); // hot code of other machines leaves out message and trace
                }
            }
        }
        System.out.println(name + " " + sum + " " + thrown);
    }

    void spin() {
        int n = 0;
        while (!stop) n++;
        System.out.println("stopped " + (n >= 0 || n < 0));
    }

    public static void main(String[] args) throws InterruptedException {
        int[] a = new int[40], negative = new int[12];
        for (int i = 0; i < a.length; i++) a[i] = i * 7 % 11;
        negative[9] = -1;
        check("rotations", () -> rotations(0x12345678, 0x123456789abcdefL, 100), () -> rotations(-1, Long.MIN_VALUE, 70), () -> rotations(1, 1, 9));
        check("divisions", () -> divisions(1, 200), () -> divisions(99, 300), () -> divisions(-5, 50));
        check("far", () -> far(a, 30), () -> far(a, 31), () -> far(a, 34), () -> far(a, 60));
        check("sumTo", () -> sumTo(a, 40), () -> sumTo(null, 0), () -> sumTo(a, 7), () -> sumTo(a, 41));
        check("null", () -> sumTo(a, 40), () -> sumTo(null, 5));
        check("leavesEarly", () -> leavesEarly(negative, 12), () -> leavesEarly(negative, 1000), () -> leavesEarly(a, 50));
        check("window", () -> window(a, 1, 38), () -> window(a, 5, 4), () -> window(a, 0, 3));
        check("windowEnd", () -> window(a, 1, 38), () -> window(a, 1, Integer.MAX_VALUE));
        check("down", () -> down(a, 39, 0, 1), () -> down(a, 20, 3, 2), () -> down(a, 5, -2, 3));
        check("downFar", () -> down(a, 39, 0, 1), () -> down(a, 40, 0, 1));
        check("steps", () -> steps(a, 0, 40), () -> steps(a, 1, 2), () -> steps(a, 2, Integer.MAX_VALUE));
        check("stepsLow", () -> steps(a, 3, 30), () -> steps(a, -1, 30));
        check("wraps", () -> wraps(a, Integer.MAX_VALUE - 70), () -> wraps(null, 2147483640));
        int[][] rows = new int[9][];
        for (int i = 0; i < rows.length; i++) rows[i] = new int[i];
        check("nested", () -> nested(rows, 9), () -> nested(rows, 10));
        check("alias", () -> alias(new int[20], new int[20], 20), () -> alias(a, a, 30), () -> alias(a, negative, 14));
        Loops x = new Loops(), y = new Loops();
        check("fields", () -> fields(x, y, 10), () -> fields(x, x, 10), () -> fields(x, null, 2));
        check("replaced", () -> replaced(10), () -> replaced(31));
        Object[] mixed = { 1, "two", null, 3.0, 4, "", new int[2], 7 };
        check("casts", () -> casts(mixed, a, 8), () -> casts(mixed, "no array", 8), () -> casts(mixed, null, 9));
        check("middle", () -> middle(a, 40), () -> middle(a, 41));
        double[] d = new double[4];
        check("constants", () -> constants(d, 9), () -> constants(d, 3));
        System.out.println(Arrays.hashCode(a) + " " + x.field + " " + y.field);
        Thread t = new Thread(x::spin);
        t.start();
        Thread.sleep(30);
        x.stop = true;
        t.join();
    }
}
