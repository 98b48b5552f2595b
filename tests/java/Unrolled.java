/** Loops that are unrolled: ends of what an int can be, steps of all kinds, exceptions in each iteration of a round, what iterations share, deoptimization. */
class Unrolled {
    static int rounds = 3000;
    static long sum;
    static volatile int seen;

    // ---- Limits and steps
    static int below(int from, int to) { int n = 0; for (int i = from; i < to; i++) n += i ^ n; return n; }
    static int upTo(int from, int to) { int n = 0; for (int i = from; i <= to; i++) n = n * 31 + i; return n; }
    static int above(int from, int to) { int n = 0; for (int i = from; i > to; i--) n += i ^ n; return n; }
    static int downTo(int from, int to) { int n = 0; for (int i = from; i >= to; i--) n = n * 31 + i; return n; }
    static int by3(int from, int to) { int n = 0; for (int i = from; i < to; i += 3) n = n * 31 + i; return n; }
    static int downBy7(int from, int to) { int n = 0; for (int i = from; to < i; i -= 7) n = n * 31 + i; return n; }
    static int by(int from, int to, int step) { int n = 0; for (int i = from; i < to; i += step) n = n * 31 + i; return n; }
    static int byUpTo(int from, int to, int step) { int n = 0; for (int i = from; i <= to; i += step) { n = n * 31 + i; if (n == 12345678) break; } return n; }
    static int backwards(int from, int to, int step) { int n = 0; for (int i = from; i < to; i += step) n = n * 31 + i; return n; }

    static void limits() {
        int min = Integer.MIN_VALUE, max = Integer.MAX_VALUE;
        int[][] ways = { { 0, 100 }, { 0, 0 }, { 0, 1 }, { 0, 2 }, { 0, 3 }, { 0, 4 }, { 0, 5 }, { 7, 3 }, { max - 50, max }, { max - 3, max }, { max, max }, { min, min + 60 }, { min, min + 2 }, { min, min },
            { -40, 41 }, { max, min }, { max - 9, max - 2 } };
        for (int k = 0; k < rounds; k++) // the profile: long ones
            sum += below(0, 90) + upTo(0, 90) + above(90, 0) + downTo(90, 0) + by3(0, 250) + downBy7(700, 0) + by(0, 200, 2) + byUpTo(0, 200, 2) + backwards(0, 200, 3);
        for (int[] w : ways) {
            int from = w[0], to = w[1];
            System.out.print(from + ".." + to + ": " + below(from, to) + " " + above(to, from));
            if (to < max) System.out.print(" " + upTo(from, to));
            if (from > min) System.out.print(" " + downTo(to, from));
            if (to < max - 3) System.out.print(" " + by3(from, to) + " " + by(from, to, 2) + " " + by(from, to, 3) + " " + by(from, to, 1));
            if (to < max - 1000) System.out.print(" " + by(from, to, 1000) + " " + byUpTo(from, to, 1000) + " " + by(from, to, 1 << 20));
            if (from > min + 7) System.out.print(" " + downBy7(to, from));
            System.out.println();
        }
        System.out.println(by(5, 0, -1) + " " + backwards(min + 10, min + 11, -1 << 30) + " " + by(0, 1 << 30, 1 << 28) + " " + by(min, 0, 1 << 29) + " " + byUpTo(min, 0, 1 << 30));
    }

    // ---- Exceptions: a check that cannot be taken out of the loop fails in any iteration of a round
    static int fill(int[] a, int[] at, int n) {
        int i = 0, last = -1;
        try {
            for (i = 0; i < n; i++) { last = i; a[at[i]] += i; }
        } catch (ArrayIndexOutOfBoundsException e) {
            return -1000 * i - last - a[0];
        }
        return last + a[0];
    }
    static int divide(int[] a, int n) {
        int q = 0, i = 0;
        try {
            for (i = 0; i < n; i++) q += 1000 / a[i];
        } catch (ArithmeticException e) { return -q - i; }
        return q;
    }
    static int lengths(String[] s, int n) {
        int all = 0, i = 0;
        try {
            for (i = 0; i < n; i++) all = all * 3 + s[i].length();
        } catch (NullPointerException e) { return -all - i; }
        return all;
    }

    static void exceptions() {
        int[] a = new int[64], at = new int[200], d = new int[200];
        String[] s = new String[200];
        for (int i = 0; i < 200; i++) { at[i] = i % 64; d[i] = i % 7 + 1; s[i] = "abcdefgh".substring(i % 8); }
        for (int k = 0; k < rounds; k++) sum += fill(a, at, 200) + divide(d, 200) + lengths(s, 200);
        for (int bad = 90; bad < 99; bad++) {
            int was = at[bad], had = d[bad];
            String said = s[bad];
            at[bad] = 64; d[bad] = 0; s[bad] = null;
            System.out.println(bad + " " + fill(a, at, 200) + " " + divide(d, 200) + " " + lengths(s, 200));
            at[bad] = was; d[bad] = had; s[bad] = said;
        }
        System.out.println(fill(a, at, 150) + " " + divide(d, 130) + " " + lengths(s, 111));
    }

    // ---- What iterations share
    static double relax(double[] a, int n) {
        for (int i = 1; i < n - 1; i++) a[i] = 0.25 * (a[i - 1] + 2 * a[i] + a[i + 1]);
        return a[n / 2];
    }
    static void prefix(long[] a) { for (int i = 1; i < a.length; i++) a[i] += a[i - 1]; }
    static void overlap(int[] a, int[] b) { for (int i = 0; i < 99; i++) { a[i + 1] = b[i] + 1; b[i] = a[i] * 3; } }
    static int rotate(int[] a) {
        int p = 1, q = 2, r = 3, s = 4;
        for (int i = 0; i < a.length; i++) { int t = p + a[i] ^ s; p = q; q = r; r = s; s = t; }
        return p + q * 3 + r * 5 + s * 7;
    }
    static byte[] bytes(byte[] a) { for (int i = 0; i < a.length; i++) a[i] = (byte) (a[i] * 5 + (a[i] & 255)); return a; }
    static int fields;
    static void inFields(int n) { for (int i = 0; i < n; i++) { fields += i; fields ^= n; } }
    static int visible(int n) { int k = 0; for (int i = 0; i < n; i++) k += seen; return k; }
    static Object[] objects(Object[] to, Object o) { for (int i = 0; i < to.length; i++) to[i] = o; return to; }

    static void shared() {
        double[] a = new double[100];
        long[] p = new long[77];
        int[] x = new int[100], y = new int[100];
        byte[] b = new byte[131];
        Object[] o = new Object[66];
        for (int i = 0; i < 100; i++) { a[i] = i * 0.5; x[i] = i; y[i] = -i; p[i % 77] += i; b[i] = (byte) (i * 11); }
        double d = 0;
        for (int k = 0; k < rounds; k++) {
            d += relax(a, 99);
            prefix(p);
            overlap(x, k % 5 == 0 ? x : y);
            sum += rotate(x) + visible(64);
            bytes(b);
            inFields(50);
            objects(o, k % 3 == 0 ? null : p);
            seen++;
        }
        try { objects(new String[40], p); } catch (ArrayStoreException e) { System.out.println("no " + e.getMessage()); }
        System.out.println(d + " " + java.util.Arrays.hashCode(p) + " " + java.util.Arrays.hashCode(x) + " " + java.util.Arrays.hashCode(y) + " " + java.util.Arrays.hashCode(b) + " " + fields);
    }

    // ---- Other threads are seen from an unrolled loop, and stop it
    static int spin(int n) { int k = 0; for (int i = 0; i < n; i++) k = k * 7 + i; return k; }
    static void threads() throws InterruptedException {
        boolean[] done = { false };
        Thread t = new Thread(() -> { while (true) { sum += spin(2000); synchronized (done) { if (done[0]) return; } } });
        t.start();
        for (int k = 0; k < 200; k++) { sum += spin(3001); if (k % 50 == 0) System.gc(); }
        synchronized (done) { done[0] = true; }
        t.join();
        System.out.println(spin(1_000_003) + " " + spin(64) + " " + spin(65) + " " + spin(66) + " " + spin(67));
    }

    public static void main(String[] args) throws Exception {
        limits();
        exceptions();
        shared();
        threads();
    }
}
