// options: -ea
import java.util.*;
import java.io.*;

/** Exceptions: causes, suppressed, traces as printed, initializers, handlers of threads, finalizers, assertions, deep nesting. */
public class Exceptions {
    static class BadInit { static int x = 1 / Integer.parseInt("0"); static void touch() {} }
    static class BadInit2 { static { if (true) throw new Error("error in clinit"); } }
    static class Chain extends BadInit3 { static { System.out.println("never"); } }
    static class BadInit3 { static { thrower(); } static void thrower() { throw new IllegalStateException("super init", new IOException("disk")); } }
    static class MyEx extends Exception {
        MyEx(String m) { super(m, null, false, false); }
    }
    static class Quiet extends RuntimeException { public synchronized Throwable fillInStackTrace() { return this; } }
    static void deep(int n) { if (n == 0) throw new UnsupportedOperationException("bottom"); deep(n - 1); }
    static int depth;
    static void overflow() { depth++; overflow(); }
    static void wrap() { try { deep(3); } catch (RuntimeException e) { throw new RuntimeException("wrapped", e); } }
    static void print(Throwable t) { StringWriter w = new StringWriter(); t.printStackTrace(new PrintWriter(w)); System.out.print(w); }
    interface Thrower { void run() throws Throwable; }
    static void attempt(Thrower r) { try { r.run(); System.out.println("no exception"); } catch (Throwable t) { print(t); } }
    public static void main(String[] args) throws Exception {
        attempt(() -> BadInit.touch());
        attempt(() -> BadInit.touch());
        attempt(() -> new BadInit2());
        attempt(() -> new BadInit2());
        attempt(() -> new Chain());
        attempt(() -> new Chain());
        attempt(() -> Class.forName("Exceptions$Chain"));
        attempt(() -> wrap());
        attempt(() -> { throw new MyEx("no trace"); });
        attempt(() -> { throw new Quiet(); });
        attempt(() -> { try { deep(1); } catch (Exception e) { e.addSuppressed(new MyEx("sup")); e.addSuppressed(new RuntimeException("s2",
            new Error("inner"))); throw e; } });
        attempt(() -> { Exception a = new Exception("a"), b = new Exception("b", a); a.initCause(b); throw b; });
        attempt(() -> { Throwable t = new Throwable("t"); t.initCause(t); });
        attempt(() -> { Throwable t = new Throwable("t"); t.addSuppressed(t); });
        attempt(() -> { assert args.length == 1 : "length is " + args.length; });
        attempt(() -> { assert 1 > 2; });
        attempt(() -> { assert false : new IOException("as cause"); });
        attempt(() -> { Object o = List.of(1); ((List<String>) o).get(0).length(); });
        attempt(() -> { Object[] o = new Integer[1][]; o[0] = new long[1]; });
        attempt(() -> { int[][] x = new int[3][-2]; });
        attempt(() -> { System.arraycopy(new int[2], 0, new int[2], 1, 2); });
        attempt(() -> { System.arraycopy(new int[2], 0, new long[2], 0, 1); });
        attempt(() -> { System.arraycopy("x", 0, new long[2], 0, 1); });
        attempt(() -> { System.arraycopy(new Object[] { "a", 1 }, 0, new String[2], 0, 2); });
        attempt(() -> { System.arraycopy(new int[2], -1, new int[2], 0, 1); });
        attempt(() -> { Class.forName("no.such.Thing"); });
        attempt(() -> { Class.forName("[Lno.such.Thing;"); });
        attempt(() -> { Class.forName("java/lang/String"); });
        attempt(() -> { new Object().wait(); });
        attempt(() -> { new Object().notify(); });
        attempt(() -> { Integer.parseInt("12x"); });
        attempt(() -> { Objects.checkIndex(5, 3); });
        attempt(() -> { new int[0].clone()[0]++; });
        attempt(() -> { new Object() { protected void f() throws Exception { clone(); } }.f(); });
        attempt(() -> Exceptions.class.getMethod("nope", int.class, String[].class));
        attempt(() -> Exceptions.class.getDeclaredField("nope"));
        attempt(() -> Exceptions.class.getDeclaredMethod("deep", int.class).invoke(null, 1));
        attempt(() -> Exceptions.class.getDeclaredMethod("deep", int.class).invoke(null, "s"));
        attempt(() -> Exceptions.class.getDeclaredMethod("deep", int.class).invoke(null));
        attempt(() -> Thrower.class.getDeclaredMethod("run").invoke(null));
        attempt(() -> Thrower.class.getDeclaredMethod("run").invoke("s"));
        attempt(() -> { Math.addExact(Integer.MAX_VALUE, 1); });
        attempt(() -> { Math.toIntExact(1L << 40); });
        attempt(() -> { new Scanner("x").nextInt(); });
        attempt(() -> { Optional.empty().get(); });
        attempt(() -> { new ArrayDeque<>().pop(); });
        attempt(() -> { List.of(1, null); });
        attempt(() -> { Map.of(1, 2, 1, 3); });
        attempt(() -> { String.format("%d", "s"); });
        attempt(() -> { String.format("%q", "s"); });
        attempt(() -> { new FileInputStream("/no/such/file"); });
        attempt(() -> { new FileOutputStream("/"); });
        attempt(() -> { java.nio.file.Files.readString(java.nio.file.Path.of("/no/such")); });
        attempt(() -> { new java.net.URL("bogus"); });
        attempt(() -> { new java.net.URI("a b"); });
        try { overflow(); } catch (StackOverflowError e) { System.out.println(e + " " + (depth > 1000) + " " + e.getStackTrace().length +
            " " + e.getStackTrace()[5]); }
        depth = 0; try { overflow(); } catch (StackOverflowError e) { System.out.println("again " + (depth > 1000)); }
        try { deep(3000); } catch (UnsupportedOperationException e) { System.out.println(e.getStackTrace().length); }
        try { Object[] hog = new Object[1000]; for (int i = 0; ; i++) hog[i] = new long[Integer.MAX_VALUE - 2]; } catch (OutOfMemoryError e)
            { System.out.println(e.getMessage()); }
        try { Object o = new int[Integer.MAX_VALUE]; } catch (OutOfMemoryError e) { System.out.println(e.getMessage()); }
        Thread t = new Thread(() -> { throw new RuntimeException("in thread"); }, "worker-1");
        t.start(); t.join();
        t = new Thread(() -> deep(2), "worker-2");
        t.setUncaughtExceptionHandler((th, e) -> System.out.println(th.getName() + " handled " + e)); t.start(); t.join();
        Thread.setDefaultUncaughtExceptionHandler((th, e) -> System.out.println("default " + th.getName() + " " + e));
        t = new Thread(() -> deep(2), "worker-3"); t.start(); t.join();
        Thread.setDefaultUncaughtExceptionHandler(null);
        ThreadGroup g = new ThreadGroup("mine") { public void uncaughtException(Thread th, Throwable e) { System.out.println("group " +
            e.getMessage()); } };
        t = new Thread(g, () -> deep(2), "worker-4"); t.start(); t.join();
        t = new Thread(() -> { throw new ThreadDeath(); }); t.start(); t.join();
        StackTraceElement e = new Throwable().getStackTrace()[0];
        System.out.println(e + " " + e.getModuleName() + " " + e.getClassLoaderName() + " " + e.getFileName() + " " + e.isNativeMethod());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> { System.out.println("hook runs"); throw new RuntimeException("in hook"); }, "hook"));
        throw new IOException("uncaught in main", new MyEx("cause without trace"));
    }
}
