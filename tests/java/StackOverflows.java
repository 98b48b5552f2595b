import java.lang.reflect.*;
/** Recursion without end, through plain calls, through reflection (Java to native to Java), through constructors, class initialization, in threads: always
    a StackOverflowError that can be caught, and the program goes on. */
public class StackOverflows {
    static int depth;
    static void plain() { depth++; plain(); }
    static Method self;
    public static void reflect() throws Exception { depth++; self.invoke(null); }
    static class Rec { Rec next; Rec() { depth++; next = new Rec(); } }
    static class Cmp implements Comparable<Cmp> { public int compareTo(Cmp o) { depth++; Cmp[] a = { new Cmp(), new Cmp() }; java.util.Arrays.sort(a); return 0; } }
    static synchronized void sync() { depth++; sync(); }
    static class H { public int hashCode() { depth++; return new java.util.HashSet<>(java.util.List.of(this)).hashCode(); } }
    static void big(long a, long b, long c, long d, double e, double f) { depth++; long[] x = { a, b }; big(b, c, d, a, f, e); }
    static void access() { depth++; java.security.AccessController.doPrivileged((java.security.PrivilegedAction<Void>) () -> { access(); return null; }); }
    static void lambda(Runnable r) { depth++; Runnable q = () -> lambda(r); q.run(); }
    static void handler() { try { depth++; handler(); } finally { depth++; } }

    static boolean overflows(Throwable t) {
        for (; t != null; t = t.getCause()) if (t instanceof StackOverflowError) return true;
        return false;
    }
    interface Body { void run() throws Throwable; }
    static void check(String what, Body b) {
        depth = 0;
        try { b.run(); System.out.println(what + ": returned"); }
        catch (Throwable t) { System.out.println(what + ": " + (overflows(t) ? "StackOverflowError" : t) + (depth > 50 ? "" : " at depth " + depth)); }
    }
    static void all() {
        check("plain", StackOverflows::plain);
        check("reflect", StackOverflows::reflect);
        check("constructor", Rec::new);
        check("sort", () -> new Cmp().compareTo(null));
        check("sync", StackOverflows::sync);
        check("hash", () -> new H().hashCode());
        check("big", () -> big(1, 2, 3, 4, 5, 6));
        check("privileged", StackOverflows::access);
        check("lambda", () -> lambda(null));
        check("finally", StackOverflows::handler);
    }
    public static void main(String[] x) throws Exception {
        self = StackOverflows.class.getMethod("reflect");
        all();
        Thread t = new Thread(null, StackOverflows::all, "small", 256 << 10);
        t.start();
        t.join();
        System.out.println("still here");
    }
}
