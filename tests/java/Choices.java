/** Branches on data that go either way and only choose between two values: sums, masks, the smaller and the larger, of ints and longs, by conditions of ints, longs and references. */
public class Choices {
    static final int N = 512;
    static final int[] x = new int[N], y = new int[N];
    static final long[] v = new long[N];
    static final Object[] o = new Object[N];

    static int counts() {
        int n = 0, m = 0, k = 0;
        for (int i = 0; i < N; i++) { if (x[i] < y[i]) n++; if (x[i] >= 0) m--; if (v[i] == y[i] || (x[i] & 1) != 0) k += 3; }
        return n * 31 + m * 7 + k;
    }
    static long sums() {
        long s = 0;
        int t = 0;
        for (int i = 0; i < N; i++) {
            if (x[i] < 0) s += y[i];
            if (v[i] < 0) s -= v[i];
            if (v[i] > s) t += x[i]; else t = t;
            if (x[i] > y[i]) t -= y[i];
            if ((x[i] & 2) == 0) s |= 1L << (i & 63); else s ^= v[i];
        }
        return s * 31 + t;
    }
    static int signs() {
        int r = 0;
        long w = 0;
        for (int i = 0; i < N; i++) {
            int a = x[i] < 0 ? y[i] : 0, b = v[i] >= 0 ? y[i] : 0;
            long c = x[i] >= 0 ? v[i] : 0, d = v[i] < 0 ? v[i] : 0, e = x[i] < 0 ? 0 : v[i];
            r = r * 31 + a + b;
            w = w * 17 + c - d + e;
        }
        return r + Long.hashCode(w);
    }
    static int extremes() {
        int r = 0;
        long w = 0;
        for (int i = 0; i < N; i++) {
            int a = x[i], b = y[i];
            long c = v[i], d = v[(i * 7 + 3) % N];
            r = r * 31 + (a < b ? a : b) + (a > b ? a : b) * 3 + (a <= b ? b : a) * 5 + (a >= b ? b : a) * 7;
            w = w * 31 + (c < d ? c : d) + (c > d ? c : d) * 3 + (d <= c ? d : c) * 5 + (d >= c ? d : c) * 7;
            if (c < d) w ^= a < b ? b : a;
        }
        return r + Long.hashCode(w);
    }
    static int references() {
        int n = 0, same = 0;
        for (int i = 0; i < N; i++) {
            if (o[i] != null) n += i;
            if (o[i] == o[(i + 2) % N]) same++;
            n = o[i] == null ? n ^ 5 : n;
        }
        return n * 31 + same;
    }
    /* What only one of the ways does must not be done always. */
    static int guarded(int[] a, int d) {
        int r = 0;
        for (int i = 0; i < N; i++) {
            if (x[i] < y[i]) r += y[i] / (d + 1);
            if ((x[i] & 1) == 0) r += a[i & 7];
            if (i < a.length) r -= a[i]; else r++;
        }
        return r;
    }
    static int caught(int[] a, int d) {
        try { return guarded(a, d); } catch (RuntimeException e) { return e.getClass().getName().length(); }
    }

    public static void main(String[] args) {
        long seed = 42, sum = 0;
        for (int round = 0; round < 400; round++) {
            for (int i = 0; i < N; i++) {
                seed = seed * 6364136223846793005L + 1442695040888963407L;
                x[i] = (int) (seed >>> 33) * (round % 3 == 0 ? 1 : 0) + (int) (seed >> 60);
                y[i] = round % 5 == 0 ? Integer.MIN_VALUE + (int) (seed >>> 62) : (int) (seed >>> 40) - (1 << 23);
                v[i] = round % 7 == 0 ? Long.MIN_VALUE + (seed >>> 63) : seed >> (round % 60);
                o[i] = (seed & 1 << 20) != 0 ? "" : (seed & 1 << 21) != 0 ? null : args;
            }
            sum = sum * 31 + counts() + sums() * 3 + signs() * 5 + extremes() * 7 + references() * 11L;
            sum = sum * 31 + caught(x, round) + caught(y, -1) + caught(new int[5], 3);
            if (round % 50 == 49) System.out.println(round + " " + sum);
        }
    }
}
