import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Code of every kind, to be damaged: the mutants of this class are verified, never run. */
class Victim extends VictimBase implements Comparable<Victim>, Cloneable {
    int i; long j; double d; Object o; Victim next; int[] ints; static long count; static String name;

    Victim(int i) { super(i > 2 ? "a" : "b"); this.i = i; }
    Victim(int i, Object o) { this(o == null ? i : 3); this.o = o; next = new Victim(i); }

    public int compareTo(Victim v) { return v == null ? 1 : Integer.compare(i, v.i); }

    static int arithmetic(int a, long b, float c, double d) {
        long x = a * b + (long) c; double y = x / d; float z = (float) y % c;
        a += 3; a <<= 2; b >>>= a; x ^= b & ~x; byte n = (byte) a; char ch = (char) (n + 1); short s = (short) ch;
        if (x > b && y <= d || z != c) a = -a;
        return (int) (a + x + y + z) + n + ch + s;
    }

    static Object arrays(int n, Object[] in) {
        boolean[] z = new boolean[n]; byte[] b = new byte[n]; char[] c = new char[3]; short[] s = new short[4]; int[][] m = new int[n][2];
        long[] j = { 1, 2 }; float[] f = { 1f }; double[] d = { 2.0, 3.0 }; String[][] t = new String[2][];
        z[0] = n > 3; b[1] = (byte) n; c[0] = 'x'; s[1] = (short) b[1]; m[0][1] += s[1]; j[1]++; f[0] *= 2; d[1] = f[0] + d[0];
        t[0] = new String[] { "p", "q" }; in[0] = t; in[n] = in.clone();
        return z[0] ? (Object) m : in.length > 2 ? b : new Object[][] { in, t };
    }

    int loops(List<String> list, int n) {
        int sum = 0;
        for (String s : list) { if (s == null) continue; sum += s.length(); }
        while (n-- > 0) { switch (n) { case 1: sum++; break; case 2: return sum; case 5: sum--; default: sum += n; } }
        do { switch (sum) { case 1000: sum = 0; case -5: n = 2; break; case 77777: n++; } } while (n > 0);
        return sum;
    }

    String handlers(Object lock) throws Exception {
        String r = "x"; int k = 0;
        try {
            synchronized (lock) { k = lock.hashCode(); if (k == 3) throw new Exception("three"); r += k; }
        } catch (IllegalStateException | ClassCastException e) { r = e.getMessage();
        } catch (RuntimeException e) { k = 2; throw e;
        } finally { count += k; name = r; }
        return r;
    }

    <T extends Number> T casts(Object x, Supplier<T> make) {
        if (x instanceof Integer) { Integer n = (Integer) x; i = n; }
        else if (x instanceof int[]) { int[] n = (int[]) x; i = n[0]; ints = n; }
        Supplier<T> s = x == null ? make : () -> make.get();
        Runnable r = this::touch; r.run();
        T t = s.get(); shared = t; other(t.longValue(), 1.5);
        return (T) t;
    }

    void touch() { j = i; d = j * 2.0; next.j = next.i++; o = super.toString() + i + d; }

    Victim make(int n) { return n == 0 ? new Victim(n, new ArrayList<Object>()) : new Victim(n > 3 ? 4 : 5); }

    @Override protected Victim clone() throws CloneNotSupportedException { Victim v = (Victim) super.clone(); v.ints = ints.clone(); return v; }

    void quiet() { if (i > 0) { i = 0; } }
    boolean flag(int n) { return n > 1 && (n < 4 || o != null); }
    double wide(double a, long b) { double t = a; long u = b; for (int q = 0; q < 3; q++) { t += u; u <<= 1; } return t; }
}

class VictimBase {
    protected Object shared;
    VictimBase(String s) { shared = s; }
    protected long other(long a, double b) { return a + (long) b; }
}
