// options: -Xmx64m -Xss1m -ea:Machine... --add-exports java.base/jdk.internal.misc=ALL-UNNAMED --add-exports java.base/jdk.internal.org.objectweb.asm=ALL-UNNAMED
import java.security.*;
import java.lang.invoke.*;
import java.lang.ref.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.function.*;
import java.util.stream.*;

/** What the machine itself gives: stacks, memory, references, walkers, Unsafe, hidden classes, system properties, runtime, assertions, monitors. */
class Machine extends Cases {
    static int depth; static void recurse() { depth++; recurse(); } static long recurseWide(long a, double b, Object c) { return 1 + recurseWide(a + 1, b, c); } synchronized void recurseSync() { recurseSync(); }
    static class DeepInit { static { recurse(); } } static class Node { Node next; Object[] load; Node(Node n) { next = n; } }
    static void stacks() {
        test("overflow", () -> { depth = 0; try { recurse(); return 0; } catch (StackOverflowError e) { return list(depth > 1000, e.getMessage(), e.getStackTrace().length, e.getStackTrace()[5]); } });
        test("overflow again", () -> { try { recurse(); return 0; } catch (StackOverflowError e) { return e.getStackTrace()[1023]; } });
        test("overflow wide", () -> { try { return recurseWide(1, 2, null); } catch (StackOverflowError e) { return e; } });
        test("overflow sync", () -> { Machine m = new Machine(); try { m.recurseSync(); return 0; } catch (StackOverflowError e) { return Thread.holdsLock(m); } });
        test("overflow finally", () -> { int[] n = {0}; try { fin(n); } catch (StackOverflowError e) { return n[0] > 0; } return 0; });
        test("overflow in init", () -> { try { new DeepInit(); return 0; } catch (Throwable e) { return e.getClass(); } });
        test("overflow in init again", () -> { try { new DeepInit(); return 0; } catch (Throwable e) { return e.getClass() + " " + e.getMessage(); } });
        test("overflow in toString", () -> { List<Object> l = new ArrayList<>(); l.add(new Object[] {l}); l.add(List.of(l)); try { return l.toString(); } catch (StackOverflowError e) { return e; } });
        test("overflow hash", () -> { List<Object> l = new ArrayList<>(); l.add(l); try { return l.hashCode(); } catch (StackOverflowError e) { return e.getClass(); } });
        test("overflow lambda", () -> { Function<Object, Object>[] f = new Function[1]; f[0] = x -> f[0].apply(x); try { return f[0].apply(1); } catch (StackOverflowError e) { return e.getClass(); } });
        test("overflow reflective", () -> { try { return Machine.class.getDeclaredMethod("reflective").invoke(null); } catch (java.lang.reflect.InvocationTargetException e) { Throwable t = e; while (t.getCause() != null) t = t.getCause(); return t instanceof VirtualMachineError; /* wraps upon wraps may fill the heap before the stack */ } });
        test("overflow handle", () -> { try { self = MethodHandles.lookup().findStatic(Machine.class, "byHandle", MethodType.methodType(int.class, int.class)); return byHandle(1); } catch (StackOverflowError e) { return e.getClass(); } });
        test("overflow regex", () -> { try { return java.util.regex.Pattern.matches("(a|b)*", "ab".repeat(100000)); } catch (StackOverflowError e) { return e.getClass(); } });
        test("walk", () -> walk1());
        test("walk classes", () -> StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).walk(s -> s.limit(2).map(f -> f.getDeclaringClass() + " " + f.getMethodType() + f.isNativeMethod() + (f.getByteCodeIndex() >= 0)).collect(Collectors.toList())));
        test("walk hidden", () -> StackWalker.getInstance(StackWalker.Option.SHOW_HIDDEN_FRAMES).walk(s -> s.limit(3).map(f -> plain(f.toString())).collect(Collectors.toList())));
        test("walk many", () -> many(200));
        test("walk no class", () -> StackWalker.getInstance().walk(s -> s.findFirst().get().getDeclaringClass()));
        test("walk twice", () -> { Stream<?>[] kept = new Stream<?>[1]; StackWalker.getInstance().walk(s -> kept[0] = s); return kept[0].count(); });
        test("walk by reflection", () -> Machine.class.getDeclaredMethod("walk1").invoke(null));
        test("walk reflection frames", () -> Machine.class.getDeclaredMethod("walkReflect").invoke(null));
        test("get caller none", () -> { Object[] r = new Object[1]; Thread t = new Thread(new Runnable() { public void run() { try { r[0] = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).getCallerClass(); } catch (Throwable x) { r[0] = x; } } }); t.start(); t.join(); return r[0]; });
        test("get caller unretained", () -> StackWalker.getInstance().getCallerClass());
        test("thread trace", () -> Thread.currentThread().getStackTrace()[1]);
        test("throwable depth", () -> trace(2000).getStackTrace().length);
        test("set trace", () -> { Exception e = new Exception("m"); e.setStackTrace(new StackTraceElement[] {new StackTraceElement("C", "m", "F.java", 3), new StackTraceElement("C", "n", null, -2), new StackTraceElement("app", "mod", "1.0", "D", "o", "G.java", -1)}); return e; });
        test("no trace", () -> new Exception("m", null, true, false) { }.getStackTrace().length);
        test("suppressed", () -> { try (Closer a = new Closer("a"); Closer b = new Closer("b")) { throw new Exception("body"); } });
        test("self suppression", () -> { Exception e = new Exception("e"); e.addSuppressed(e); return 0; });
        test("cause twice", () -> { new Exception("e", new Error("c")).initCause(new Error("d")); return 0; });
        test("circular cause", () -> { Exception a = new Exception("a"), b = new Exception("b", a); a.initCause(b); java.io.StringWriter w = new java.io.StringWriter(); a.printStackTrace(new java.io.PrintWriter(w)); return w.toString(); });
    }
    record Closer(String n) implements AutoCloseable { public void close() throws Exception { throw new Exception("close " + n); } } static Exception trace(int n) { return n == 0 ? new Exception() : trace(n - 1); } static void fin(int[] n) { try { fin(n); } finally { n[0]++; } } static Object reflective() throws Exception { return Machine.class.getDeclaredMethod("reflective").invoke(null); } static MethodHandle self; static int byHandle(int x) throws Throwable { return (int) self.invokeExact(x) + 1; }
    static Object walk1() { return StackWalker.getInstance().walk(s -> s.map(f -> f.getMethodName() + ":" + f.getLineNumber()).filter(x -> !x.contains("lambda")).limit(3).collect(Collectors.toList())); } static Object many(int n) { return n == 0 ? StackWalker.getInstance().walk(Stream::count) > 200 : many(n - 1); } static Object walkReflect() { return StackWalker.getInstance(StackWalker.Option.SHOW_REFLECT_FRAMES).walk(s -> s.limit(4).map(StackWalker.StackFrame::getClassName).collect(Collectors.toList())); }

    static void memory() {
        test("array too large", () -> new int[Integer.MAX_VALUE]);
        test("array large", () -> new long[300_000_000]);
        test("heap filled", () -> { List<byte[]> l = new ArrayList<>(); try { while (true) l.add(new byte[1 << 20]); } catch (OutOfMemoryError e) { int n = l.size(); l = null; return list(n > 20, n < 66, e.getMessage()); } });
        test("heap filled small", () -> { Node n = null; try { while (true) n = new Node(n); } catch (OutOfMemoryError e) { n = null; return e.getMessage(); } });
        test("usable after", () -> new int[1000000].length);
        test("string too long", () -> "x".repeat(Integer.MAX_VALUE).length());
        test("list too large", () -> new ArrayList<Object>(Integer.MAX_VALUE).size());
        test("builder too long", () -> { StringBuilder b = new StringBuilder(); b.setLength(Integer.MAX_VALUE); return b.length(); });
        test("multi array negative", () -> new int[2][-1]);
        test("multi array zero", () -> list(new int[0][-0][3].length, new String[2][0].length));
        test("multi array large", () -> new long[50000][50000][2]);
        test("direct too large", () -> java.nio.ByteBuffer.allocateDirect(Integer.MAX_VALUE));
        test("memory figures", () -> { Runtime r = Runtime.getRuntime(); return list(r.maxMemory() > 50 << 20, r.maxMemory() <= 64 << 20, r.totalMemory() <= r.maxMemory(), r.freeMemory() > 0, r.availableProcessors() > 0); });
        test("weak", () -> { Object o = new Object(); WeakReference<Object> w = new WeakReference<>(o); System.gc(); boolean kept = w.get() == o; Reference.reachabilityFence(o); return kept; });
        test("queue", () -> { ReferenceQueue<Object> q = new ReferenceQueue<>(); Reference<?>[] r = new Reference<?>[3]; refs(r, q); int n = 0; for (int k = 0; k < 100 && n < 2; k++) { System.gc(); Reference<?> x = q.remove(20); if (x != null) n++; } return list(n, r[0].isEnqueued(), r[2].get() != null); });
        test("phantom", () -> { ReferenceQueue<Object> q = new ReferenceQueue<>(); PhantomReference<Object> p = new PhantomReference<>(new Object(), q); Reference<?> x = null; for (int k = 0; k < 100 && x == null; k++) { System.gc(); x = q.remove(20); } return list(x == p, p.get()); });
        test("soft under pressure", () -> { SoftReference<byte[]> s = new SoftReference<>(new byte[1 << 20]); System.gc(); boolean kept = s.get() != null; try { List<byte[]> l = new ArrayList<>(); while (true) l.add(new byte[1 << 20]); } catch (OutOfMemoryError e) { } return list(kept, s.get()); });
        test("cleaner", () -> { AtomicInteger n = new AtomicInteger(); Cleaner c = Cleaner.create(); clean(c, n); for (int k = 0; k < 100 && n.get() == 0; k++) { System.gc(); Thread.sleep(2); } Cleaner.Cleanable cl = c.register(new Object(), n::incrementAndGet); cl.clean(); cl.clean(); return n.get(); });
        test("finalizer", () -> { fin1(); for (int k = 0; k < 100 && finalized.get() == 0; k++) { System.gc(); System.runFinalization(); Thread.sleep(2); } return finalized.get(); });
        test("resurrected", () -> { res(); for (int k = 0; k < 100 && saved == null; k++) { System.gc(); System.runFinalization(); Thread.sleep(2); } return saved.text; });
        test("weak map", () -> { WeakHashMap<Object, String> m = new WeakHashMap<>(); fill(m); Object kept = new Object(); m.put(kept, "kept"); for (int k = 0; k < 100 && m.size() > 1; k++) { System.gc(); Thread.sleep(2); } return list(m.size(), m.get(kept)); });
        test("interned", () -> list(new String("ab").intern() == "ab", ("a" + Integer.parseInt("1")).intern() == "a1"));
        test("identity hash", () -> { Object o = new Object(); int h = System.identityHashCode(o); System.gc(); return list(h == o.hashCode(), System.identityHashCode(null)); });
    }
    static void refs(Reference<?>[] r, ReferenceQueue<Object> q) { r[0] = new WeakReference<>(new Object(), q); r[1] = new WeakReference<>(new int[3], q); r[2] = new WeakReference<>(Machine.class, q); } static void clean(Cleaner c, AtomicInteger n) { c.register(new Object(), () -> n.addAndGet(10)); } static AtomicInteger finalized = new AtomicInteger(); static class Fin { protected void finalize() { finalized.incrementAndGet(); } } static void fin1() { new Fin(); } static class Res { String text = "alive"; protected void finalize() { saved = this; } } static Res saved; static void res() { new Res(); } static void fill(Map<Object, String> m) { for (int k = 0; k < 100; k++) m.put(new Object(), "x"); }

    static class U { int i = 1; long j = 2; Object o = "o"; byte b = 3; static int st = 9; volatile int v; boolean z; double d = 1.5; }
    static void unsafe() throws Exception {
        jdk.internal.misc.Unsafe u = jdk.internal.misc.Unsafe.getUnsafe(); long i = u.objectFieldOffset(U.class, "i"), j = u.objectFieldOffset(U.class, "j"), o = u.objectFieldOffset(U.class, "o"), b = u.objectFieldOffset(U.class, "b"), z = u.objectFieldOffset(U.class, "z"), d = u.objectFieldOffset(U.class, "d");
        test("unsafe fields", () -> { U x = new U(); u.putInt(x, i, 7); u.putLong(x, j, 8); u.putReference(x, o, "p"); u.putByte(x, b, (byte) 9); u.putBoolean(x, z, true); u.putDouble(x, d, 2.5); return list(x.i, x.j, x.o, x.b, x.z, x.d, u.getInt(x, i), u.getReference(x, o)); });
        test("unsafe cas", () -> { U x = new U(); return list(u.compareAndSetInt(x, i, 1, 5), u.compareAndSetInt(x, i, 1, 6), u.compareAndExchangeLong(x, j, 2, 9), x.j, u.compareAndSetReference(x, o, "o", "q"), x.o, u.getAndAddInt(x, i, 3), u.getAndSetLong(x, j, 1), u.compareAndSetByte(x, b, (byte) 3, (byte) 4), x.b, u.getAndAddByte(x, b, (byte) 127), x.b, u.getAndBitwiseOrInt(x, i, 16), x.i); });
        test("unsafe memory", () -> { long p = u.allocateMemory(64); try { u.setMemory(p, 64, (byte) 1); u.putLong(p + 8, 0x0102030405060708L); u.copyMemory(p + 8, p + 32, 8); return list(u.getInt(p), u.getByte(p + 8), u.getLongUnaligned(null, p + 9) != 0, u.getLong(p + 32), u.getShortUnaligned(null, p + 33, true)); } finally { u.freeMemory(p); } });
        test("unsafe array", () -> { long[] a = {1, 2, 3}; int[] c = {1, 2, 3}; return list(u.getLong(a, u.arrayBaseOffset(long[].class) + 8L), u.getAndAddInt(c, u.arrayBaseOffset(int[].class) + 4L * 2, 5), c[2], u.arrayIndexScale(byte[].class), u.arrayIndexScale(Object[].class)); });
        test("unsafe instance", () -> { U x = (U) u.allocateInstance(U.class); return list(x.i, x.o); });
        test("unsafe instance abstract", () -> u.allocateInstance(Number.class));
        test("unsafe static", () -> u.getInt(u.staticFieldBase(U.class.getDeclaredField("st")), u.staticFieldOffset(U.class.getDeclaredField("st"))));
        test("unsafe offset of static", () -> u.objectFieldOffset(U.class.getDeclaredField("st")));
        test("unsafe absent", () -> u.objectFieldOffset(U.class, "nope"));
        test("unsafe throw", () -> { u.throwException(new java.io.IOException("sneaky")); return 0; });
        test("unsafe initialized", () -> list(u.shouldBeInitialized(U.class), u.pageSize() > 0, u.addressSize(), u.isBigEndian(), u.unalignedAccess()));
        test("unsafe negative", () -> u.allocateMemory(-1));
        test("unsafe zero", () -> u.allocateMemory(0));
        test("unsafe uninitialized array", () -> list(((byte[]) u.allocateUninitializedArray(byte.class, 10)).length));
        test("sun.misc", () -> { var f = sun.misc.Unsafe.class.getDeclaredField("theUnsafe"); f.setAccessible(true); sun.misc.Unsafe m = (sun.misc.Unsafe) f.get(null); return list(m.getInt(new U(), m.objectFieldOffset(U.class.getDeclaredField("i"))), m.arrayIndexScale(char[].class)); });
        test("sun.misc record", () -> { var f = sun.misc.Unsafe.class.getDeclaredField("theUnsafe"); f.setAccessible(true); return ((sun.misc.Unsafe) f.get(null)).objectFieldOffset(Closer.class.getDeclaredField("n")); });
        test("park", () -> { long t = System.nanoTime(); u.park(false, 1_000_000); return System.nanoTime() - t >= 900_000; });
        test("unpark first", () -> { u.unpark(Thread.currentThread()); u.park(false, 0); return "back"; });
    }

    static void assertions() {
        test("assert", () -> { assert 1 > 2 : "one"; return "none"; });
        test("assert object", () -> { assert false : new Exception("cause"); return "none"; });
        test("assert char", () -> { assert false : 'x'; return "none"; });
        test("assert plain", () -> { assert false; return "none"; });
        test("desired", () -> list(Machine.class.desiredAssertionStatus(), String.class.desiredAssertionStatus(), U.class.desiredAssertionStatus(), Cases.class.desiredAssertionStatus()));
        test("loader sets", () -> { ClassLoader l = new ClassLoader() { }; l.setDefaultAssertionStatus(true); return Made.class.desiredAssertionStatus(); });
    }

    /** Who may exit, by the protection domains on a stack that is compiled after a while. */
    @SuppressWarnings("removal")
    static int allowed(AccessControlContext context, int deep) {
        if (deep > 0) return AccessController.doPrivileged((PrivilegedAction<Integer>) () -> allowed(context, deep - 1));
        PrivilegedAction<Integer> ask = () -> { try { AccessController.checkPermission(new RuntimePermission("exitVM")); return 1; } catch (AccessControlException e) { return 0; } };
        return context == null ? AccessController.doPrivileged(ask) : AccessController.doPrivileged(ask, context);
    }

    @SuppressWarnings("removal")
    static void privileges() {
        var nothing = new AccessControlContext(new ProtectionDomain[] {new ProtectionDomain(null, null)});
        test("privileged", () -> { int n = 0; for (int i = 0; i < 3000; i++) n += allowed(null, i % 3); return n; });
        test("privileged within", () -> { int n = 0; for (int i = 0; i < 3000; i++) n += allowed(nothing, i % 3); return n; });
        test("privileged exception", () -> { for (int i = 0; i < 600; i++) try { AccessController.doPrivileged((PrivilegedExceptionAction<Object>) () -> { throw new Exception("x"); }, nothing); } catch (PrivilegedActionException e) { if (i == 599) return headline(e); } return 0; });
        test("context", () -> AccessController.doPrivileged((PrivilegedAction<Object>) AccessController::getContext, nothing).equals(nothing));
    }

    static void monitors() {
        test("exit not owner", () -> { new Object().notify(); return 0; });
        test("wait not owner", () -> { new Object().wait(); return 0; });
        test("wait negative", () -> { Object o = new Object(); synchronized (o) { o.wait(-1); } return 0; });
        test("wait nanos", () -> { Object o = new Object(); synchronized (o) { o.wait(1, 1000000); } return 0; });
        test("timed wait", () -> { Object o = new Object(); long t = System.nanoTime(); synchronized (o) { o.wait(5); } return System.nanoTime() - t >= 4_900_000; });
        test("interrupted wait", () -> { Thread.currentThread().interrupt(); Object o = new Object(); synchronized (o) { o.wait(1000); } return 0; });
        test("interrupted sleep", () -> { Thread.currentThread().interrupt(); Thread.sleep(1000); return 0; });
        test("interrupted join", () -> { var end = new java.util.concurrent.CountDownLatch(1); Thread t = new Thread(() -> { try { end.await(); } catch (InterruptedException e) { } }); t.start(); Thread.currentThread().interrupt(); try { t.join(1000); return Thread.interrupted(); } finally { end.countDown(); t.join(); } });
        test("sync static", () -> { synchronized (Machine.class) { return Thread.holdsLock(Machine.class); } });
        test("notify order", () -> { Object o = new Object(); StringBuffer s = new StringBuffer(); Thread[] t = new Thread[3]; for (int k = 0; k < 3; k++) { int n = k; t[k] = new Thread(() -> { synchronized (o) { try { o.wait(); } catch (InterruptedException e) { } s.append(n); } }); t[k].start(); while (t[k].getState() != Thread.State.WAITING) Thread.sleep(1); } synchronized (o) { o.notifyAll(); } for (Thread x : t) x.join(); return s.length(); });
        test("thrown in sync", () -> { Object o = new Object(); try { synchronized (o) { throw new Error("e"); } } catch (Error e) { return Thread.holdsLock(o); } });
        test("started twice", () -> { Thread t = new Thread(() -> { }); t.start(); t.join(); t.start(); return 0; });
        test("uncaught", () -> { String[] s = new String[1]; Thread t = new Thread(() -> { throw new Error("oops"); }, "thr"); t.setUncaughtExceptionHandler((a, b) -> s[0] = a.getName() + b); t.start(); t.join(); return s[0]; });
        test("thread local", () -> { ThreadLocal<Integer> l = ThreadLocal.withInitial(() -> 5); InheritableThreadLocal<String> h = new InheritableThreadLocal<>(); h.set("heir"); Object[] r = new Object[2]; Thread t = new Thread(() -> { r[0] = l.get(); r[1] = h.get(); }); l.set(6); t.start(); t.join(); return list(r, l.get()); });
        test("priority", () -> { Thread t = new Thread(() -> { }); t.setPriority(11); return 0; });
        test("daemon late", () -> { var end = new java.util.concurrent.CountDownLatch(1); Thread t = new Thread(() -> { try { end.await(); } catch (InterruptedException e) { } }); t.start(); try { t.setDaemon(true); return 0; } catch (IllegalThreadStateException e) { return "state"; } finally { end.countDown(); t.join(); } });
        test("thread text", () -> list(Thread.currentThread(), new Thread("n").toString(), Thread.currentThread().getThreadGroup(), new Thread().isAlive()));
        test("locks", () -> { var l = new java.util.concurrent.locks.ReentrantLock(true); l.lock(); l.lock(); return list(l.getHoldCount(), l.isFair(), l.tryLock(), plain(l.toString())); });
        test("unlock not owner", () -> { new java.util.concurrent.locks.ReentrantLock().unlock(); return 0; });
        test("value based", () -> { synchronized (Integer.valueOf(1000)) { return "locked"; } });
    }

    static void system() {
        test("properties", () -> { StringBuilder s = new StringBuilder(); for (String k : new String[] {"java.version", "java.specification.version", "java.specification.name", "java.vendor", "java.vm.specification.version", "java.class.version", "os.name", "os.arch", "file.separator", "path.separator", "line.separator", "file.encoding", "java.home", "sun.arch.data.model", "java.library.path", "java.vm.specification.vendor", "sun.jnu.encoding", "user.dir", "sun.cpu.endian", "java.io.tmpdir", "jdk.debug", "sun.boot.library.path"}) s.append(k).append('=').append(k.equals("user.dir") ? "" : System.getProperty(k)).append(' '); return s.toString().replace("\n", "\\n"); });
        test("version", () -> list(Runtime.version(), Runtime.version().feature()));
        test("exit hooks", () -> { Thread t = new Thread(() -> { }); Runtime.getRuntime().addShutdownHook(t); return list(Runtime.getRuntime().removeShutdownHook(t), Runtime.getRuntime().removeShutdownHook(t)); });
        test("signals", () -> { StringBuilder b = new StringBuilder(); for (String n : "TRAP USR2 USR1 PIPE SEGV FPE ILL QUIT IOT POLL NOPE".split(" ")) try { var old = jdk.internal.misc.Signal.handle(new jdk.internal.misc.Signal(n), s -> { }); b.append(n).append(old == jdk.internal.misc.Signal.Handler.SIG_DFL ? " default " : old == jdk.internal.misc.Signal.Handler.SIG_IGN ? " ignored " : " other "); } catch (IllegalArgumentException e) { b.append(e.getMessage()).append(' '); } return b.toString(); });
        test("signal trap", () -> { var got = new CountDownLatch(2); var s = new jdk.internal.misc.Signal("TRAP"); jdk.internal.misc.Signal.handle(s, x -> got.countDown()); jdk.internal.misc.Signal.raise(s); jdk.internal.misc.Signal.raise(s); return got.await(20, TimeUnit.SECONDS); });
        test("load library", () -> { System.loadLibrary("nope"); return 0; });
        test("load relative", () -> { System.load("nope.so"); return 0; });
        test("load absent", () -> { System.load("/no/such.so"); return 0; });
        test("load path in name", () -> { System.loadLibrary("a/b"); return 0; });
        test("map name", () -> System.mapLibraryName("x"));
        test("arraycopy", () -> { int[] a = {1, 2, 3, 4, 5}; System.arraycopy(a, 0, a, 1, 4); return a; });
        test("arraycopy types", () -> { System.arraycopy(new int[1], 0, new long[1], 0, 1); return 0; });
        test("arraycopy not array", () -> { System.arraycopy("x", 0, new long[1], 0, 1); return 0; });
        test("arraycopy to not array", () -> { System.arraycopy(new int[2], 0, "x", 0, 1); return 0; });
        test("arraycopy bounds", () -> { System.arraycopy(new int[3], 2, new int[3], 0, 2); return 0; });
        test("arraycopy destination", () -> { System.arraycopy(new int[3], 0, new int[3], 2, 2); return 0; });
        test("arraycopy negative", () -> { System.arraycopy(new int[3], -1, new int[3], 0, 2); return 0; });
        test("arraycopy length", () -> { System.arraycopy(new String[3], 0, new Object[3], 0, -2); return 0; });
        test("arraycopy stores", () -> { Object[] a = {"a", 5}; String[] b = new String[2]; try { System.arraycopy(a, 0, b, 0, 2); return 0; } catch (ArrayStoreException e) { return list(e.getMessage(), b); } });
        test("arraycopy incompatible", () -> { System.arraycopy(new Integer[1], 0, new String[1], 0, 1); return 0; });
        test("arraycopy primitive to object", () -> { System.arraycopy(new int[1], 0, new Object[1], 0, 1); return 0; });
        test("nano grows", () -> { long a = System.nanoTime(); return System.nanoTime() >= a && System.currentTimeMillis() > 1_600_000_000_000L; });
        test("env", () -> { System.getenv().put("x", "y"); return 0; });
        test("clone", () -> new Machine().clone());
        test("clone deep", () -> { int[][] a = {{1}, {2}}; int[][] b = a.clone(); return list(a[0] == b[0], a != b); });
        test("casts", () -> (Integer) (Object) "x");
        test("casts array", () -> (int[]) (Object) new long[0]);
        test("casts own", () -> (Closer) (Object) new Machine());
        test("casts interface", () -> ((Runnable) (Object) "x"));
        test("store", () -> { Object[] a = new Integer[1]; a[0] = "x"; return 0; });
        test("store nested", () -> { Object[] a = new Integer[1][]; a[0] = new int[0]; return 0; });
        test("divide", () -> 1 / (depth - depth));
        test("divide long", () -> 1L % (depth - depth));
        test("index", () -> new int[3][2][depth - depth - 1]);
        test("index of", () -> "abc".charAt(5));
        test("sub", () -> "abc".substring(2, 1));
        test("hidden class", () -> { byte[] b = new ClassFile("H").constructor().bytes(); Class<?> c = MethodHandles.lookup().defineHiddenClass(b, true, MethodHandles.Lookup.ClassOption.NESTMATE).lookupClass(); return list(plain(c.getName()), c.isHidden(), c.getNestHost(), c.getClassLoader() == Machine.class.getClassLoader(), c.getCanonicalName()); });
        test("hidden class other package", () -> MethodHandles.lookup().defineHiddenClass(new ClassFile("p/H").constructor().bytes(), true));
        test("hidden by name", () -> { Class<?> c = MethodHandles.lookup().defineHiddenClass(new ClassFile("H").constructor().bytes(), true).lookupClass(); return Class.forName(c.getName()); });
        test("hidden exception trace", () -> { ClassFile f = new ClassFile("H").constructor(); f.withMethod(9, "f", "()V", f.code(2, 0, ClassFile.bytes(4, 3, 0x6c, 0x57, 0xb1))); Class<?> c = MethodHandles.lookup().defineHiddenClass(f.bytes(), true).lookupClass(); try { c.getMethod("f").invoke(null); return 0; } catch (java.lang.reflect.InvocationTargetException e) { return e.getCause().getStackTrace()[0]; } });
    }
    /* The main thread ends while others, and shutdown hooks, wait for it. */
    static void after(Thread main) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> test("hook joins main", () -> { main.join(20000); return list(main.getState(), main.getThreadGroup()); })));
        new Thread(() -> test("main joined", () -> { main.join(20000); Thread[] all = new Thread[9]; int n = 0; while ((n = Thread.enumerate(all)) != 2) Thread.sleep(1); return list(main, main.getState(), main.isAlive(), main.getStackTrace(), Stream.of(all).limit(n).map(Thread::getName).sorted().collect(Collectors.toList())); }), "joiner").start();
    }
    public static void main(String[] args) throws Exception { stacks(); memory(); unsafe(); assertions(); privileges(); monitors(); system(); after(Thread.currentThread()); }
}
