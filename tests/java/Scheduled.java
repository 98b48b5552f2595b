/** Exceptions in the middle of straight code: what was stored before is stored, what comes behind is not, and handlers see the locals as they were. */
class Scheduled {
    int a, b, c;
    long l;
    double d;
    Scheduled next;
    static int statics;

    Scheduled(int n) { a = n; b = 2 * n; c = 3 * n; l = n; d = n; }

    /* Null in the middle: stores on both sides of it. */
    static String nulls(Scheduled x, Scheduled y, int n) {
        int seen = 0;
        try {
            x.a = n;
            seen = 1;
            x.b = x.a + x.c;
            x.d = x.d * 3 + x.l;
            seen = 2;
            y.a = x.b;
            seen = 3;
            x.c = y.c + 1;
            x.l = x.l * y.l + n;
            x.next = y;
        } catch (NullPointerException e) {
            seen += 100;
        }
        return seen + " " + x.a + " " + x.b + " " + x.c + " " + x.l + " " + x.d + " " + (x.next != null);
    }

    /* Loads through two references that may be the same. */
    static int same(Scheduled x, Scheduled y, int n) {
        x.a = n;
        int p = y.a;
        y.a = p + 1;
        int q = x.a;
        x.b = q * 2;
        y.c = x.b + y.b;
        return p + 31 * q + 961 * x.c + y.b;
    }

    /* An index out of bounds between elements that are stored. */
    static String bounds(int[] v, long[] w, int i) {
        int k = 0;
        long sum = 0;
        try {
            v[0] = i;
            sum += w[0];
            k = 1;
            v[1] = v[0] + (int) sum;
            w[1] = sum * 3;
            k = 2;
            v[i] = v[1] * 5;
            sum += v[i];
            k = 3;
            w[i + 1] = sum;
            sum -= w[0];
            k = 4;
            v[2] = k;
        } catch (ArrayIndexOutOfBoundsException e) {
            k += 10;
            sum = -sum;
        }
        long h = k + 7 * sum;
        for (int x : v) h = h * 31 + x;
        for (long x : w) h = h * 31 + x;
        return k + " " + sum + " " + h;
    }

    /* A division by zero, floats on their way, and a store of each size. */
    static String divides(byte[] bytes, short[] shorts, float[] floats, double[] doubles, int i, int by) {
        float f = 0;
        double d = 1;
        int q = -1;
        try {
            bytes[i] = (byte) (i * 7);
            f = floats[i] * 2 + floats[i + 1];
            d = doubles[i] / 3 + f;
            doubles[i] = d;
            q = (bytes[i] + shorts[i]) / by;
            shorts[i] = (short) q;
            floats[i] = (float) d - f;
            q += bytes[i + 1] * shorts[i + 1];
            bytes[i + 1] = (byte) q;
        } catch (ArithmeticException e) {
            q -= 1000;
        } catch (ArrayIndexOutOfBoundsException e) {
            q -= 2000;
        }
        return q + " " + f + " " + d + " " + bytes[i] + " " + shorts[i] + " " + floats[i] + " " + doubles[i];
    }

    /* Many values at once, more than there are registers. */
    static long many(long[] v, int n) {
        long a = v[n], b = v[n + 1], c = v[n + 2], d = v[n + 3], e = v[n + 4], f = v[n + 5], g = v[n + 6], h = v[n + 7];
        long p = a * b + c, q = d * e - f, r = g * h ^ a, s = b * d + e, t = c * g - h, u = a * f + q, w = p * s - r, x = q * t + u;
        v[n] = w - x; v[n + 1] = p ^ u; v[n + 2] = q + r * s; v[n + 3] = t - w; v[n + 4] = x * 3; v[n + 5] = r; v[n + 6] = s; v[n + 7] = u;
        return a + 3 * b + 5 * c + 7 * d + 11 * e + 13 * f + 17 * g + 19 * h + p + q + r + s + t + u + w + x;
    }

    /* A class cast that fails between two stores, and a reference that is stored and read again. */
    static String casts(Object[] v, Object o) {
        String at = "none";
        try {
            v[0] = o;
            statics++;
            at = "stored";
            String s = (String) v[0];
            v[1] = s;
            statics += s.length();
            at = "cast";
        } catch (ClassCastException e) {
            at += " failed";
            statics += 1000;
        }
        return at + " " + statics + " " + (v[0] == v[1]);
    }

    public static void main(String[] args) {
        long hash = 0;
        for (int n = 0; n < 30000; n++) {
            boolean tell = n % 10000 > 9996;
            Scheduled x = new Scheduled(n), y = n % 37 == 36 || tell && n % 2 == 0 ? null : n % 5 == 0 ? x : new Scheduled(n + 1);
            String s = nulls(x, y, n);
            int k = same(x, y == null ? x : y, n);
            int[] v = new int[6];
            String t = bounds(v, new long[] { n, 2, 3, 4, 5, 6 }, n % 91 < 89 ? 2 + n % 3 : n % 91 == 89 ? 5 : 6 + n % 2);
            String u = divides(new byte[] { 1, 2, 3, (byte) n, 5 }, new short[] { 6, 7, 8, (short) n, 9 }, new float[] { n, 2, 3, 4, 5 }, new double[] { 1, n, 3, 4, 5 }, n % 53 == 52 ? 4 : n % 4,
                               n % 41 == 40 ? 0 : n % 7 + 1);
            long[] w = new long[12];
            for (int i = 0; i < w.length; i++) w[i] = n * 3L + i * i;
            long m = many(w, n % 5);
            String z = casts(new Object[2], n % 61 == 60 ? (Object) n : "text");
            for (long e : w) m = m * 31 + e;
            hash = hash * 31 + s.hashCode() + k + t.hashCode() + u.hashCode() + m + z.hashCode();
            if (tell) System.out.println(n + ": " + s + "; " + k + "; " + t + "; " + u + "; " + m + "; " + z);
        }
        System.out.println(hash);
    }
}
