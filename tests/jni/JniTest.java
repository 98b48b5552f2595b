import java.nio.ByteBuffer;
import java.util.Arrays;

/** Every part of JNI, driven from jnitest.c; what it prints is what `java` prints. */
public class JniTest {
    static { System.loadLibrary("jnitest"); }

    boolean z = true; byte b = -2; char c = 'c'; short s = -300; int i = 70000; long j = 1L << 40; float f = 1.5f; double d = 2.5; Object o = "o";
    static boolean sz = true; static byte sb = -2; static char sc = 'c'; static short ss = -300; static int si = 70000; static long sj = 1L << 40;
    static float sf = 1.5f; static double sd = 2.5; static Object so = "so";
    final int constant;
    JniTest() { constant = 7; }
    JniTest(int v, double w, String t) { constant = v; d = w; o = t; }

    // Called from C: the arguments in every type.
    String all(boolean z, byte b, char c, short s, int i, long j, float f, double d, Object o) {
        return getClass().getName() + ":" + z + b + c + s + i + j + f + d + o;
    }
    static String allStatic(boolean z, byte b, char c, short s, int i, long j, float f, double d, Object o) {
        return "static:" + z + b + c + s + i + j + f + d + o;
    }
    boolean rz() { return true; } byte rb() { return -1; } char rc() { return '\uffff'; } short rs() { return -2; } int ri() { return -3; }
    long rj() { return -4; } float rf() { return 5.5f; } double rd() { return 6.5; } void rv() { System.out.println("void called"); }
    String name() { return "base"; }
    static void fail(String text) { throw new IllegalStateException(text); }
    private static int secret(int x) { return x * 3; }
    static class Sub extends JniTest { String name() { return "sub"; } }

    // Implemented in C.
    static native int sum(boolean z, byte b, char c, short s, int i, long j, float f, double d, int last);
    static native double mix(double a, int b, float c, long d, double e, float f, double g, double h, double i, double j, double k, int l);
    static native boolean not(boolean z); static native byte negb(byte b); static native char next(char c); static native short negs(short s);
    static native float halff(float f); static native double halfd(double d); static native long twice(long j); static native Object same(Object o);
    static native long many(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k);
    static native double two(double a, double b);
    native String calls(JniTest other);
    static native String fields(JniTest t);
    static native String strings(String s);
    static native String arrays(int[] a, byte[] b, Object[] o);
    static native void raise(int kind) throws Exception;
    static native int pending(int kind, JniTest o);
    static class Mute extends RuntimeException { Mute(int code) { } }
    static native String references(Object o);
    static native String find(String name);
    static native String buffers(ByteBuffer b);
    static native ByteBuffer makeBuffer();
    static native void monitor(Object o, Runnable inside);
    static native void attach(Runnable r);
    static native String registered();
    static native void register();
    static native void missing(int x, String[] y);
    static native int critical(int[] a, byte[] b);
    static native int overload(int x);
    static native int overload(String x);
    static native String \u00e9t\u00e9_1(int[][] x);
    static native String reflected(java.lang.reflect.Method m, java.lang.reflect.Field f);

    static void attempt(String what, Action a) {
        try { a.run(); System.out.println(what + ": nothing thrown"); }
        catch (Throwable t) { System.out.println(what + ": " + t + (t.getCause() != null ? " / " + t.getCause() : "")); }
    }
    interface Action { void run() throws Throwable; }

    public static void main(String[] args) throws Exception {
        System.out.println(sum(true, (byte) -5, 'a', (short) -6, 7, -8L, 9.5f, 10.5, 11));
        System.out.println(mix(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
        System.out.println(not(false) + " " + negb((byte) 100) + " " + (int) next('\ufffe') + " " + negs((short) 30000) + " " + halff(3) + " " + halfd(5)
            + " " + twice(1L << 61) + " " + same("x") + " " + same(null) + " " + many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) + " " + two(1, 0.25));
        System.out.println(new JniTest().calls(new Sub()));
        System.out.println(fields(new JniTest()));
        for (String s : new String[] { "", "abc", "\u0000\u00e9\u20ac", "\ud83d\ude00!" }) System.out.println(strings(s));
        System.out.println(arrays(new int[] { 1, 2, 3 }, new byte[] { 4, 5 }, new Object[] { "p", null }));
        for (int k = 0; k < 14; k++) { int kind = k; attempt("raise " + k, () -> raise(kind)); }
        for (int k = 0; k < 10; k++) { int kind = k; attempt("pending " + k, () -> pending(kind, new JniTest())); }
        System.out.println(references(new Object()));
        for (String n : new String[] { "java/lang/String", "[I", "[[Ljava/lang/Object;", "JniTest", "no/such/Class", "java.lang.String", "Ljava/lang/String;" })
            attempt("find " + n, () -> System.out.println(find(n)));
        ByteBuffer direct = ByteBuffer.allocateDirect(16);
        direct.put(3, (byte) 42);
        System.out.println(buffers(direct) + " " + buffers(ByteBuffer.allocate(4)) + " " + direct.get(4));
        ByteBuffer made = makeBuffer();
        System.out.println(made.isDirect() + " " + made.capacity() + " " + made.get(1));
        Object lock = new Object();
        monitor(lock, () -> System.out.println("held: " + Thread.holdsLock(lock)));
        System.out.println("held: " + Thread.holdsLock(lock));
        attach(() -> System.out.println("in " + Thread.currentThread().getName() + " daemon " + Thread.currentThread().isDaemon()
            + " " + Thread.currentThread().getThreadGroup().getName()));
        attempt("before", () -> registered());
        register();
        System.out.println(registered());
        attempt("missing", () -> missing(1, null));
        int[] big = new int[100000];
        Arrays.fill(big, 3);
        System.out.println(critical(big, new byte[] { 1, 2, 3 }) + " " + big[99999]);
        System.out.println(overload(3) + " " + overload("four") + " " + \u00e9t\u00e9_1(new int[2][]));
        System.out.println(reflected(JniTest.class.getDeclaredMethod("secret", int.class), JniTest.class.getDeclaredField("sj")));
        StringBuilder sb = new StringBuilder();
        for (int round = 0; round < 50; round++) sb.append(strings("round " + round).length()).append(round % 10 == 0 ? "\n" : ",");
        System.gc();
        System.out.println(sb);
    }
}
