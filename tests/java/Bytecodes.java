/* What the interpreter itself must get right: calls of every kind, frames, exceptions, locks, switches, arrays, conversions, and
   code that turns warm while it runs. */
import java.util.*;

public class Bytecodes {
    static int checks;
    static void show(String what, Object value) { System.out.println(what + ": " + value); checks++; }

    /* ---- conversions and comparisons ------------------------------------------------------------------------ */
    static void conversions() {
        float[] fs = { 0f, -0f, 1.5f, -1.5f, 1e10f, -1e10f, 1e20f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 2147483648f, Float.MIN_VALUE };
        double[] ds = { 0, -0.0, 1.5, -1.5, 2147483647.5, -2147483648.5, 1e19, -1e19, 9.2233720368547758e18, Double.NaN, 1 / 0.0, -1 / 0.0, Double.MIN_VALUE };
        StringBuilder s = new StringBuilder();
        for (float f : fs) s.append((int) f).append(' ').append((long) f).append(' ').append((byte) f).append(' ').append((int) (char) f).append(' ').append((double) f).append(';');
        show("f2x", s);
        s.setLength(0);
        for (double d : ds) s.append((int) d).append(' ').append((long) d).append(' ').append((short) d).append(' ').append((float) d).append(';');
        show("d2x", s);
        s.setLength(0);
        for (double a : ds) for (double b : ds) s.append(a < b ? 'l' : a > b ? 'g' : a == b ? 'e' : a != b ? 'n' : '?').append(a <= b ? 'L' : '-').append(a >= b ? 'G' : '-');
        show("dcmp", s);
        s.setLength(0);
        for (float a : fs) for (float b : fs) s.append(a < b ? 'l' : a > b ? 'g' : a == b ? 'e' : 'n').append(a % b).append(',');
        show("fcmp", s);
        long[] ls = { 0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, (1L << 53) + 1, 0x80000000L, -0x80000001L };
        s.setLength(0);
        for (long l : ls) s.append((int) l).append(' ').append((float) l).append(' ').append((double) l).append(' ').append((byte) l).append(' ').append(l >>> 33).append(' ').append(l >> 33).append(' ').append(l << 33).append(';');
        show("l2x", s);
        int[] is = { 0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 16777217, 65536, 32768, 128 };
        s.setLength(0);
        for (int i : is) s.append((byte) i).append(' ').append((short) i).append(' ').append((int) (char) i).append(' ').append((float) i).append(' ').append((double) i).append(' ').append(i >>> 35).append(' ').append(-i).append(' ').append(i / -1).append(' ').append(i % -1).append(';');
        show("i2x", s);
        show("ldiv", Long.MIN_VALUE / -1 + " " + Long.MIN_VALUE % -1 + " " + 7 % -3 + " " + -7 / 2);
        double nan = 0.0 / zero();
        show("nan", Long.toHexString(Double.doubleToRawLongBits(nan) << 1) + " " + Integer.toHexString(Float.floatToRawIntBits((float) nan) << 1) + " " + Long.toHexString(Double.doubleToRawLongBits(nan % 3) << 1));
    }
    static double zero() { return 0.0; }

    /* ---- calls ------------------------------------------------------------------------------------------------ */
    interface Shape { int area(); default String describe() { return name() + "#" + area(); } private String name() { return "shape"; } static int twice(int x) { return 2 * x; } }
    static class Square implements Shape { int a; Square(int a) { this.a = a; } public int area() { return a * a; } public String toString() { return "Sq" + a; } }
    static class Big extends Square { Big(int a) { super(a); } public int area() { return super.area() * 10; } }
    static class Loud implements Shape { public int area() { return 1; } public String describe() { return Shape.super.describe() + "!"; } }
    enum Op { ADD { int f(int x) { return x + 1; } }, NEG { int f(int x) { return -x; } }; abstract int f(int x); }
    static long many(int a, long b, float c, double d, byte e, char f, short g, boolean h, Object i, long j) { return a + b + (long) c + (long) d + e + f + g + (h ? 1 : 0) + i.hashCode() + j; }
    static boolean bool(int i) { return i > 0; }
    static byte toByte(int i) { return (byte) i; }
    static char toChar(int i) { return (char) i; }
    static short toShort(int i) { return (short) i; }
    static void calls() {
        Shape[] shapes = { new Square(3), new Big(2), () -> 7, new Loud() };
        int sum = 0;
        for (int round = 0; round < 3000; round++) for (Shape s : shapes) sum += s.area();
        show("interface", sum + " " + shapes[0].describe() + " " + shapes[1].describe() + " " + shapes[2].describe() + shapes[3].describe() + " " + Shape.twice(4));
        show("object", shapes[0].toString() + shapes[1].equals(shapes[1]) + shapes[1].getClass().getName());
        show("enum", Op.ADD.f(4) + " " + Op.NEG.f(4) + " " + Op.valueOf("NEG").ordinal());
        show("many", many(1, 2L << 40, 3.5f, 4.5, (byte) -5, 'x', (short) -7, true, Integer.valueOf(9), -10L));
        show("narrow", bool(3) + " " + toByte(300) + " " + (int) toChar(-1) + " " + toShort(70000));
        show("recursion", fib(20) + " " + ack(2, 9));
    }
    static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
    static int ack(int m, int n) { return m == 0 ? n + 1 : n == 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1)); }

    /* ---- exceptions ------------------------------------------------------------------------------------------------ */
    static class Mine extends RuntimeException { final int n; Mine(int n) { super("mine " + n); this.n = n; } }
    static int thrower(int n) { if (n == 0) throw new Mine(42); try { return thrower(n - 1) + 1; } finally { checks++; } }
    static int depth;
    static int overflow(int x) { depth++; return overflow(x + 1) + 1; }
    static synchronized void lockedThrow() { throw new Mine(1); }
    static void expect(String what, Runnable r) {
        try { r.run(); show(what, "nothing"); } catch (Throwable e) { show(what, e + (e.getCause() != null ? " / " + e.getCause() : "")); }
    }
    static void exceptions() {
        try { thrower(50); } catch (Mine e) { show("caught", e.n + " " + e.getStackTrace().length); }
        expect("index", () -> { int[] a = new int[3]; a[depth + 5]++; });
        expect("negative", () -> { int n = -3; Object o = new long[n]; });
        expect("negative2", () -> { int n = -3; Object o = new int[2][n]; });
        expect("store", () -> { Object[] a = new Integer[1]; a[0] = "s"; });
        expect("cast", () -> { Object o = "s"; Integer i = (Integer) o; });
        expect("zero", () -> { int z = depth - depth; System.out.println(1 / z); });
        expect("lzero", () -> { long z = depth - depth; System.out.println(1L % z); });
        expect("null", () -> { String s = null; s.length(); });
        expect("nullfield", () -> { Square s = null; s.a = 3; });
        expect("nullarray", () -> { int[] s = null; s[0] = 3; });
        expect("nullthrow", () -> { RuntimeException e = null; throw e; });
        expect("nullsync", () -> { Object o = null; synchronized (o) { depth++; } });
        expect("length", () -> { int[] s = null; int n = s.length; });
        expect("locked", Bytecodes::lockedThrow);
        show("unlocked", !Thread.holdsLock(Bytecodes.class));
        expect("huge", () -> { Object o = new int[Integer.MAX_VALUE]; });
        for (int i = 0; i < 2; i++) {
            depth = 0;
            try { overflow(0); } catch (StackOverflowError e) { show("overflow", depth > 2000 && e.getStackTrace().length == 1024); }
        }
        int r = 0;
        for (int i = 0; i < 5000; i++) try { if (i % 3 == 0) throw new Mine(i); r += 1; } catch (Mine e) { r += e.n % 7; } finally { r++; }
        show("loop", r);
        show("finally", tryReturn() + " " + nested());
    }
    @SuppressWarnings("finally")
    static int tryReturn() { try { throw new Mine(3); } catch (Mine e) { return 1; } finally { return 2; } }
    static String nested() {
        StringBuilder s = new StringBuilder();
        try { try { s.append('a'); Object o = null; o.hashCode(); } catch (NullPointerException e) { s.append('b'); throw new IllegalStateException("x", e); } finally { s.append('c'); } }
        catch (IllegalStateException e) { s.append('d').append(e.getCause() instanceof NullPointerException); }
        return s.toString();
    }

    /* ---- locks --------------------------------------------------------------------------------------------------------- */
    static int counter;
    synchronized int locked(int n) { return n == 0 ? (Thread.holdsLock(this) ? 1 : 0) : locked(n - 1); }
    static void locks() throws Exception {
        Bytecodes b = new Bytecodes();
        show("recursive", b.locked(10) + " " + Thread.holdsLock(b));
        show("deep", b.locked(3000) + " " + Thread.holdsLock(b));
        Object o = new Object();
        int h = 0;
        synchronized (o) { h = System.identityHashCode(o); synchronized (o) { h -= System.identityHashCode(o); } }
        show("hash", h + " " + Thread.holdsLock(o));
        Thread[] ts = new Thread[4];
        for (int i = 0; i < ts.length; i++) { ts[i] = new Thread(() -> { for (int k = 0; k < 30000; k++) synchronized (o) { counter++; } }); ts[i].start(); }
        for (Thread t : ts) t.join();
        show("counter", counter);
    }

    /* ---- switches, arrays, locals, strings ---------------------------------------------------------------------------------- */
    static String sw(int i) { switch (i) { case -1: return "m"; case 0: return "z"; case 1: return "o"; case 3: return "t"; default: return "d"; } }
    static int ls(int i) { switch (i) { case Integer.MIN_VALUE: return 1; case -1000: return 2; case 5: return 3; case 70000: return 4; case Integer.MAX_VALUE: return 5; default: return 0; } }
    static int str(String s) { switch (s) { case "a": return 1; case "Aa": return 2; case "BB": return 3; default: return 9; } }
    static void switches() {
        StringBuilder s = new StringBuilder();
        for (int i = -3; i < 6; i++) s.append(sw(i));
        for (int i : new int[] { Integer.MIN_VALUE, Integer.MIN_VALUE + 1, -1000, 4, 5, 6, 70000, Integer.MAX_VALUE, 0 }) s.append(ls(i));
        s.append(str("a")).append(str("Aa")).append(str("BB")).append(str("C"));
        s.append(sw(Integer.MIN_VALUE)).append(sw(Integer.MAX_VALUE));
        show("switch", s);
    }
    static void arrays() {
        int[][][] a = new int[2][3][4];
        a[1][2][3] = 5;
        Object[][] b = new Object[2][];
        b[0] = new String[] { "q" };
        boolean[] z = { true, false };
        byte[] by = { -1, 127 };
        char[] c = { 'x', 0xffff };
        short[] sh = { -2 };
        long[] l = { Long.MIN_VALUE, 3 };
        double[] d = { 1.25 };
        float[] f = { -2.5f };
        z[1] ^= true; by[0]++; c[1]++; sh[0]--; l[1] += 1L << 35; d[0] *= 3; f[0] /= 2;
        show("arrays", Arrays.deepToString(a) + Arrays.toString(b[0]) + Arrays.toString(z) + Arrays.toString(by) + (int) c[1] + Arrays.toString(sh) + Arrays.toString(l) + Arrays.toString(d) + Arrays.toString(f));
        int[] clone = a[1][2].clone();
        clone[0] = 9;
        show("clone", clone[3] + " " + a[1][2][0] + " " + (a instanceof Object[]) + " " + ((Object) a instanceof int[][]) + " " + ((Object) b instanceof Cloneable) + " " + ((Object) b.getClass().getName()));
        Object big = new byte[100_000];
        show("types", big instanceof byte[] && !(big instanceof Object[]) && new String[0] instanceof Comparable[]);
    }
    static int iinc() { int i = 0; for (int k = 0; k < 100; k++) { i += 1000; i -= 30000; i++; } return i; }
    static long mixed(int n) {
        long l = 1; double d = 1; int i = 0; float f = 0;
        while (i < n) { l = l * 31 + i; d += l % 7; f += i++ & 3; if ((i & 1) == 0) l ^= (long) d; }
        return l + (long) f;
    }
    static void fields() {
        class F { boolean z; byte b; char c; short s; int i; float f; long l; double d; String a; }
        F x = new F();
        x.z = true; x.b = -3; x.c = 'q'; x.s = -300; x.i = 1 << 30; x.f = 1.5f; x.l = 1L << 60; x.d = -0.0; x.a = "str";
        x.b += 200; x.c++; x.s *= 2; x.i <<= 2; x.f++; x.l >>>= 3; x.d -= 1; x.a += x.b;
        show("fields", x.z + " " + x.b + " " + x.c + " " + x.s + " " + x.i + " " + x.f + " " + x.l + " " + x.d + " " + x.a);
        Statics.b -= 100; Statics.l++; Statics.d /= 3; Statics.z = !Statics.z; Statics.c += 2; Statics.s--; Statics.f = -Statics.f;
        show("statics", Statics.b + " " + Statics.l + " " + Statics.d + " " + Statics.z + " " + Statics.c + " " + Statics.s + " " + Statics.f + " " + Statics.a);
    }
    static class Statics { static byte b = -100; static long l = Long.MAX_VALUE; static double d = 1; static boolean z; static char c = 'a'; static short s = Short.MIN_VALUE; static float f = 2; static String a = self(); static String self() { b++; return "in " + b; } }

    static class Fin { static volatile int done; protected void finalize() { done++; } }
    static void finalizers() throws Exception {
        for (int i = 0; i < 20; i++) new Fin();
        for (int i = 0; i < 200 && Fin.done < 15; i++) { System.gc(); System.runFinalization(); Thread.sleep(5); }
        show("finalized", Fin.done >= 15);
    }

    public static void main(String[] args) throws Exception {
        conversions(); calls(); exceptions(); locks(); switches(); arrays(); fields();
        show("iinc", iinc());
        show("mixed", mixed(100_000));
        finalizers();
        show("checks", checks);
    }
}
