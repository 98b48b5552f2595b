/** Every typed function of the JNI table, on methods, fields and arrays of every type; the native half is jnitable.c. */
public class JniTable {
    boolean z(boolean x) { return !x; } byte b(byte x) { return (byte) (x + 1); } char c(char x) { return (char) (x + 1); } short s(short x) { return (short) (x + 1); } int i(int x) { return x + 1; }
    long j(long x) { return x + 1; } float f(float x) { return x + 1; } double d(double x) { return x + 1; } Object l(Object x) { return "virtual " + x; } void v(int x) { last = x; }
    static boolean zs(boolean x) { return x; } static byte bs(byte x) { return (byte) -x; } static char cs(char x) { return (char) (x - 1); } static short ss(short x) { return (short) -x; } static int is(int x) { return -x; }
    static long js(long x) { return -x; } static float fs(float x) { return -x; } static double ds(double x) { return -x; } static Object ls(Object x) { return "static " + x; } static void vs(int x) { last = -x; }
    boolean zf; byte bf; char cf = 'a'; short sf; int jf0; int if_; long jf; float ff; double df; Object lf;
    static boolean zt; static byte bt; static char ct = 'a'; static short st; static int it; static long jt; static float ft; static double dt; static Object lt; static int last;
    final String made;
    JniTable() { made = "plain"; }
    JniTable(int a, Object b) { made = a + " " + b; }
    static class Sub extends JniTable {
        @Override boolean z(boolean x) { return x; } @Override byte b(byte x) { return 100; } @Override char c(char x) { return 'Q'; } @Override short s(short x) { return 100; } @Override int i(int x) { return 100; }
        @Override long j(long x) { return 100; } @Override float f(float x) { return 100; } @Override double d(double x) { return 100; } @Override Object l(Object x) { return "sub"; } @Override void v(int x) { last = 100; }
    }
    static native String calls(JniTable o, JniTable sub);
    static native String fields(JniTable o);
    static native String arrays();
    static native String objects(byte[] image, ClassLoader loader);
    static native String failures(Object[] objects, int[] ints);
    static native void fatal();
    static native int registered(int x);

    static byte[] image(String name) throws Exception { try (var in = JniTable.class.getResourceAsStream(name + ".class")) { return in.readAllBytes(); } }
    static class Given { static String say() { return "given"; } }

    public static void main(String[] args) throws Exception {
        System.loadLibrary("jnitable");
        if (args.length > 0) fatal();
        System.out.println(calls(new JniTable(), new Sub()));
        System.out.println(fields(new JniTable()));
        System.out.println(arrays());
        System.out.println(objects(image("JniTable$Given"), new ClassLoader(null) { }));
        System.out.println(failures(new String[2], new int[3]));
        try { registered(1); } catch (UnsatisfiedLinkError e) { System.out.println(e.getMessage()); }
    }
}
