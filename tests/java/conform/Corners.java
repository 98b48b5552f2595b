import java.io.*;
import java.lang.invoke.*;
import java.lang.module.*;
import java.lang.reflect.*;
import java.math.*;
import java.nio.*;
import java.nio.file.*;
import java.text.*;
import java.time.*;
import java.time.format.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.function.*;
import java.util.stream.*;

/** Corners of java.base: texts of errors, odd frames, misuse of handles, executors, layers, serialization. */
class Corners extends Cases {
    enum Colour { RED, GREEN { int f() { return 2; } }, BLUE; int f() { return 1; } }
    sealed interface Shape permits Circle, Square { }
    record Circle(double r) implements Shape { Circle { if (r < 0) throw new IllegalArgumentException("negative: " + r); } }
    record Square(double a) implements Shape { }
    record Generic<T extends Comparable<T>>(T t, List<? super T> l, int... more) { }
    static class Plain { private int x = 3; static int s; final int f = 4; private int m(int a) { return a + x; } static String v(Object... o) { return Arrays.toString(o); } }
    interface Greeter { String hi(String who); default String twice(String who) { return hi(who) + hi(who); } static Greeter of() { return w -> "hi " + w; } }
    static final MethodHandles.Lookup L = MethodHandles.lookup();
    static MethodHandle find(String name, Class<?> r, Class<?>... p) throws Exception { return L.findStatic(Corners.class, name, MethodType.methodType(r, p)); }
    static int add(int a, int b) { return a + b; }
    static String join(String a, Object b) { return a + b; }
    static boolean isOdd(int a) { return (a & 1) != 0; }
    static void boom() { throw new IllegalStateException("boom"); }

    static void handles() throws Exception {
        MethodHandle add = find("add", int.class, int.class, int.class), join = find("join", String.class, String.class, Object.class), odd = find("isOdd", boolean.class, int.class), boom = find("boom", void.class);
        brief("handle: wrong types", () -> (String) add.invokeExact("a"));
        brief("handle: wrong count", () -> add.invokeWithArguments(1));
        brief("handle: cannot convert", () -> add.invokeWithArguments("a", 2));
        brief("handle: asType", () -> add.asType(MethodType.methodType(Thread.class, int.class, int.class)));
        brief("handle: asSpreader", () -> add.asSpreader(int[].class, 3));
        brief("handle: asSpreader length", () -> (int) add.asSpreader(int[].class, 2).invokeExact(new int[3]));
        brief("handle: asSpreader null", () -> (int) add.asSpreader(int[].class, 2).invokeExact((int[]) null));
        brief("handle: asCollector", () -> join.asCollector(int[].class, 1));
        brief("handle: asVarargsCollector", () -> add.asVarargsCollector(Object[].class));
        brief("handle: bindTo primitive", () -> add.bindTo(1));
        brief("handle: bindTo wrong", () -> join.bindTo(1));
        brief("handle: insert", () -> MethodHandles.insertArguments(add, 1, 2, 3));
        brief("handle: insert position", () -> MethodHandles.insertArguments(add, 3, 2));
        brief("handle: drop", () -> MethodHandles.dropArguments(add, 5, int.class));
        brief("handle: permute", () -> MethodHandles.permuteArguments(add, MethodType.methodType(int.class, int.class), 0, 1));
        brief("handle: permute count", () -> MethodHandles.permuteArguments(add, MethodType.methodType(int.class, int.class), 0));
        brief("handle: permute type", () -> MethodHandles.permuteArguments(add, MethodType.methodType(int.class, long.class, int.class), 0, 1));
        brief("handle: filter", () -> MethodHandles.filterArguments(add, 0, join));
        brief("handle: filterReturn", () -> MethodHandles.filterReturnValue(add, join));
        brief("handle: fold", () -> MethodHandles.foldArguments(add, join));
        brief("handle: guard test", () -> MethodHandles.guardWithTest(add, add, add));
        brief("handle: guard targets", () -> MethodHandles.guardWithTest(odd, add, join));
        brief("handle: catch", () -> MethodHandles.catchException(add, IOException.class, join));
        brief("handle: finally", () -> MethodHandles.tryFinally(add, add));
        brief("handle: loop", () -> MethodHandles.whileLoop(null, odd, null));
        brief("handle: loop clauses", () -> MethodHandles.loop());
        brief("handle: counted", () -> MethodHandles.countedLoop(MethodHandles.constant(int.class, 3), null, add));
        brief("handle: switch", () -> MethodHandles.tableSwitch(add, join));
        brief("handle: explicit cast", () -> MethodHandles.explicitCastArguments(add, MethodType.methodType(void.class, String.class)));
        brief("handle: constant void", () -> MethodHandles.constant(void.class, null));
        brief("handle: constant", () -> MethodHandles.constant(int.class, "a"));
        brief("handle: zero", () -> MethodHandles.zero(void.class).type());
        brief("handle: no method", () -> L.findStatic(Corners.class, "none", MethodType.methodType(void.class)));
        brief("handle: not static", () -> L.findStatic(Plain.class, "m", MethodType.methodType(int.class, int.class)));
        brief("handle: not virtual", () -> L.findVirtual(Plain.class, "v", MethodType.methodType(String.class, Object[].class)));
        brief("handle: special", () -> L.findSpecial(ArrayList.class, "size", MethodType.methodType(int.class), ArrayList.class));
        brief("handle: public lookup", () -> MethodHandles.publicLookup().findVirtual(Plain.class, "m", MethodType.methodType(int.class, int.class)));
        brief("handle: constructor", () -> L.findConstructor(Colour.class, MethodType.methodType(void.class)));
        brief("handle: constructor result", () -> L.findConstructor(Plain.class, MethodType.methodType(Plain.class)));
        brief("handle: setter of final", () -> L.findSetter(Plain.class, "f", int.class));
        brief("handle: getter type", () -> L.findGetter(Plain.class, "x", long.class));
        brief("handle: privateLookupIn", () -> MethodHandles.privateLookupIn(String.class, L));
        brief("handle: privateLookupIn primitive", () -> MethodHandles.privateLookupIn(int.class, L));
        brief("handle: in and drop", () -> list(L.in(String.class), L.dropLookupMode(MethodHandles.Lookup.PRIVATE), MethodHandles.publicLookup()));
        brief("handle: reveal", () -> list(L.revealDirect(add), L.revealDirect(L.findGetter(Plain.class, "x", int.class))));
        brief("handle: reveal bound", () -> L.revealDirect(MethodHandles.insertArguments(add, 0, 1)));
        brief("handle: type", () -> MethodType.methodType(int.class, void.class));
        brief("handle: descriptor", () -> MethodType.fromMethodDescriptorString("(I", null));
        brief("handle: descriptor class", () -> MethodType.fromMethodDescriptorString("(LNone;)V", Corners.class.getClassLoader()));
        brief("handle: slots", () -> MethodType.genericMethodType(256));
        test("handle: trace", () -> { boom.invokeExact(); return 0; });
        test("handle: trace of an adapter", () -> MethodHandles.dropArguments(boom, 0, String.class).invoke("a"));
        brief("handle: text", () -> list(add, MethodHandles.insertArguments(add, 0, 1), L.findVarHandle(Plain.class, "x", int.class), MethodHandles.arrayElementVarHandle(int[].class)));
    }
    static void variables() throws Exception {
        VarHandle x = L.findVarHandle(Plain.class, "x", int.class), s = L.findStaticVarHandle(Plain.class, "s", int.class), f = L.findVarHandle(Plain.class, "f", int.class), a = MethodHandles.arrayElementVarHandle(String[].class);
        VarHandle bytes = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN), buffer = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
        brief("variable: final", () -> { f.set(new Plain(), 3); return 0; });
        brief("variable: null", () -> x.get((Plain) null));
        brief("variable: wrong receiver", () -> x.get("a"));
        brief("variable: wrong value", () -> { x.set(new Plain(), "a"); return 0; });
        brief("variable: too many", () -> s.get(3));
        brief("variable: exact", () -> { x.withInvokeExactBehavior().set(new Plain(), (short) 3); return 0; });
        brief("variable: index", () -> a.get(new String[2], 2));
        brief("variable: store", () -> { a.set((Object[]) new Integer[2], 0, "a"); return 0; });
        brief("variable: numeric", () -> a.getAndAdd(new String[1], 0, "a"));
        brief("variable: view index", () -> bytes.get(new byte[10], 3));
        brief("variable: buffer index", () -> buffer.get(ByteBuffer.allocate(7), 4));
        brief("variable: buffer read only", () -> { buffer.set(ByteBuffer.allocate(8).asReadOnlyBuffer(), 0, 1); return 0; });
        brief("variable: unaligned", () -> bytes.getVolatile(new byte[32], 5) == null);
        brief("variable: modes", () -> Arrays.stream(VarHandle.AccessMode.values()).filter(m -> a.isAccessModeSupported(m)).count() + " " + Arrays.stream(VarHandle.AccessMode.values()).filter(m -> bytes.isAccessModeSupported(m)).count());
        brief("variable: types", () -> list(x.coordinateTypes(), bytes.varType(), a.accessModeType(VarHandle.AccessMode.COMPARE_AND_SET)));
    }
    static void lambdas() {
        brief("metafactory: arity", () -> LambdaMetafactory.metafactory(L, "hi", MethodType.methodType(Greeter.class), MethodType.methodType(String.class, String.class), find("add", int.class, int.class, int.class), MethodType.methodType(String.class, String.class)));
        brief("metafactory: return", () -> LambdaMetafactory.metafactory(L, "get", MethodType.methodType(Supplier.class), MethodType.methodType(Object.class), find("boom", void.class), MethodType.methodType(Object.class)));
        brief("metafactory: not an interface", () -> LambdaMetafactory.metafactory(L, "run", MethodType.methodType(Plain.class), MethodType.methodType(void.class), find("boom", void.class), MethodType.methodType(void.class)));
        brief("metafactory: parameter", () -> LambdaMetafactory.metafactory(L, "test", MethodType.methodType(Predicate.class), MethodType.methodType(boolean.class, Object.class), find("isOdd", boolean.class, int.class), MethodType.methodType(boolean.class, String.class)));
        brief("metafactory: captured", () -> LambdaMetafactory.metafactory(L, "run", MethodType.methodType(Runnable.class, String.class), MethodType.methodType(void.class), find("boom", void.class), MethodType.methodType(void.class)));
        brief("metafactory: bound adapter", () -> LambdaMetafactory.metafactory(L, "getAsInt", MethodType.methodType(IntSupplier.class), MethodType.methodType(int.class), MethodHandles.insertArguments(find("add", int.class, int.class, int.class), 0, 1, 2), MethodType.methodType(int.class)));
        test("trace through a lambda", () -> { Supplier<String> s = () -> { throw new IllegalStateException("in"); }; return s.get(); });
        test("trace through references", () -> Stream.of("x").map(Integer::parseInt).toList());
        brief("names of lambdas", () -> { Runnable r = Corners::boom; return list(r.getClass().isHidden(), r.getClass().isSynthetic(), r.getClass().getSimpleName().replaceAll("(Lambda\\$|/)[0-9a-fx]+", "$1#"), r.getClass().getInterfaces(), r.getClass().getCanonicalName(), r.getClass().getNestHost()); });
        brief("concat", () -> StringConcatFactory.makeConcatWithConstants(L, "x", MethodType.methodType(String.class, int.class), "\1\1"));
        brief("concat constants", () -> StringConcatFactory.makeConcatWithConstants(L, "x", MethodType.methodType(String.class, int.class), "\1\2"));
        brief("concat result", () -> StringConcatFactory.makeConcat(L, "x", MethodType.methodType(int.class, int.class)));
        brief("concat of 200", () -> StringConcatFactory.makeConcat(L, "x", MethodType.methodType(String.class, Collections.nCopies(201, int.class))));
        char[] none = null; String no = null; double d = -0.0;
        brief("concat of odd things", () -> "a" + no + 'b' + d + 1f / 3 + (byte) -1 + Colour.RED + Long.MIN_VALUE + true + none);
    }
    static void reflection() throws Exception {
        Method m = Plain.class.getDeclaredMethod("m", int.class), v = Plain.class.getDeclaredMethod("v", Object[].class);
        brief("reflect: count", () -> m.invoke(new Plain()));
        brief("reflect: type", () -> m.invoke(new Plain(), "a"));
        brief("reflect: receiver", () -> m.invoke("a", 1));
        brief("reflect: null receiver", () -> m.invoke(null, 1));
        brief("reflect: null argument", () -> m.invoke(new Plain(), (Object) null));
        brief("reflect: widening", () -> m.invoke(new Plain(), (byte) 3));
        brief("reflect: narrowing", () -> m.invoke(new Plain(), 3L));
        brief("reflect: varargs", () -> v.invoke(null, 1));
        brief("reflect: thrown", () -> Corners.class.getDeclaredMethod("boom").invoke(null));
        brief("reflect: no method", () -> Plain.class.getMethod("none", int.class, String[].class));
        brief("reflect: no field", () -> Plain.class.getDeclaredField("none"));
        brief("reflect: no constructor", () -> Plain.class.getConstructor(int.class));
        brief("reflect: field type", () -> { Plain.class.getDeclaredField("x").set(new Plain(), "a"); return 0; });
        brief("reflect: final field", () -> { Plain.class.getDeclaredField("f").set(new Plain(), 1); return 0; });
        brief("reflect: static final", () -> { Corners.class.getDeclaredField("L").set(null, null); return 0; });
        brief("reflect: record field", () -> { Field f = Circle.class.getDeclaredField("r"); f.setAccessible(true); f.setDouble(new Circle(1), 2); return 0; });
        brief("reflect: getInt of a double", () -> Circle.class.getDeclaredField("r").getInt(new Circle(1)));
        brief("reflect: inaccessible", () -> { String.class.getDeclaredField("value").setAccessible(true); return 0; });
        brief("reflect: enum constructor", () -> Colour.class.getDeclaredConstructors()[0].newInstance("x", 1));
        brief("reflect: abstract", () -> AbstractList.class.getDeclaredConstructor().newInstance());
        brief("reflect: newInstance", () -> Class.forName("java.lang.Integer").newInstance());
        brief("reflect: forName", () -> Class.forName("[Lnone.Such;"));
        brief("reflect: forName slash", () -> Class.forName("java/lang/String"));
        brief("reflect: array", () -> Array.newInstance(void.class, 1));
        brief("reflect: array size", () -> Array.newInstance(int.class, -1));
        brief("reflect: array get", () -> Array.getInt(new long[1], 0));
        brief("reflect: array set", () -> { Array.set(new int[1], 0, "a"); return 0; });
        brief("reflect: not an array", () -> Array.getLength("a"));
        brief("reflect: cast", () -> Integer.class.cast("a"));
        brief("reflect: asSubclass", () -> String.class.asSubclass(Number.class));
        brief("reflect: record", () -> list(Generic.class.getRecordComponents(), Generic.class.getDeclaredConstructors()[0].toGenericString(), Circle.class.isRecord(), Plain.class.getRecordComponents()));
        brief("reflect: sealed", () -> list(Shape.class.isSealed(), Shape.class.getPermittedSubclasses(), Circle.class.isSealed(), Circle.class.getPermittedSubclasses()));
        brief("reflect: bad record", () -> new Circle(-1));
        brief("reflect: generic", () -> list(Generic.class.getTypeParameters()[0].getBounds(), Generic.class.toGenericString(), Generic.class.getRecordComponents()[1].getGenericType()));
        brief("reflect: enum", () -> list(Enum.valueOf(Colour.class, "GREEN").getClass(), Colour.GREEN.getDeclaringClass(), Colour.class.getEnumConstants(), Colour.GREEN.getClass().getEnumConstants()));
        brief("reflect: no constant", () -> Colour.valueOf("PINK"));
        brief("proxy: not an interface", () -> Proxy.newProxyInstance(Corners.class.getClassLoader(), new Class<?>[] { String.class }, (p, n, a) -> null));
        brief("proxy: twice", () -> Proxy.newProxyInstance(Corners.class.getClassLoader(), new Class<?>[] { Greeter.class, Greeter.class }, (p, n, a) -> null));
        Greeter wrong = (Greeter) Proxy.newProxyInstance(Corners.class.getClassLoader(), new Class<?>[] { Greeter.class }, (p, n, a) -> { if (n.isDefault()) return InvocationHandler.invokeDefault(p, n, a); if (n.getName().equals("hashCode")) return null; if (a != null && a[0] == null) throw new IOException("checked"); return a == null ? 3 : "+" + a[0]; });
        brief("proxy: wrong result", () -> wrong.toString());
        brief("proxy: null result", () -> wrong.hashCode());
        brief("proxy: checked", () -> wrong.hi(null));
        brief("proxy: default", () -> wrong.twice("a"));
        brief("proxy: handler of none", () -> Proxy.getInvocationHandler("a"));
    }
    static void frames() throws Exception {
        StackWalker all = StackWalker.getInstance(EnumSet.allOf(StackWalker.Option.class)), plain = StackWalker.getInstance();
        brief("walker: class not retained", () -> plain.walk(s -> s.findFirst().get().getDeclaringClass()));
        brief("walker: caller without class", () -> plain.getCallerClass());
        brief("walker: stream kept", () -> { Stream<?>[] kept = { null }; plain.walk(s -> kept[0] = s); return kept[0].count(); });
        brief("walker: hidden frames", () -> { Supplier<Object> s = () -> all.walk(f -> f.limit(3).map(x -> x.getMethodName() + x.getMethodType()).toList()); return s.get(); });
        brief("walker: by reflection", () -> ((Stream<?>) Corners.class.getDeclaredMethod("walked", StackWalker.class).invoke(null, all)).toList());
        brief("walker: plain by reflection", () -> ((Stream<?>) Corners.class.getDeclaredMethod("walked", StackWalker.class).invoke(null, plain)).toList());
        brief("walker: from a handle", () -> ((Stream<?>) find("walked", Stream.class, StackWalker.class).invokeExact(all)).toList());
        brief("walker: estimate", () -> StackWalker.getInstance(Set.of(), 0));
        brief("walker: in an initializer", () -> Initialized.seen);
    }
    static Stream<String> walked(StackWalker w) { return w.walk(s -> s.limit(4).map(f -> f.getClassName().replaceAll(".*\\.", "") + "." + f.getMethodName() + (f.isNativeMethod() ? " native" : "")).toList()).stream(); }
    static class Initialized { static final Object seen = StackWalker.getInstance().walk(s -> s.limit(2).map(f -> f.getMethodName() + " " + f.getByteCodeIndex()).toList()); }

    static void threads() {
        brief("future: get", () -> CompletableFuture.supplyAsync(() -> { throw new IllegalStateException("a"); }).get());
        brief("future: join", () -> CompletableFuture.failedFuture(new IOException("a")).thenApply(x -> x).join());
        brief("future: timeout", () -> new CompletableFuture<>().orTimeout(1, TimeUnit.MILLISECONDS).join());
        brief("future: cancelled", () -> { var f = new CompletableFuture<>(); f.cancel(true); return f.thenRun(() -> { }).join(); });
        brief("future: text", () -> list(new CompletableFuture<>(), CompletableFuture.completedFuture(1), CompletableFuture.failedFuture(new Error())));
        brief("future: all", () -> CompletableFuture.allOf(CompletableFuture.failedFuture(new Error("x")), CompletableFuture.completedFuture(1)).handle((r, e) -> headline(e)).join());
        brief("task: text", () -> { var t = new FutureTask<>(() -> 1); String s = t + ""; t.run(); return (s + t).replaceAll("Corners\\S+", "C"); });
        brief("executor: rejected", () -> { var e = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1)); e.shutdown(); try { return e.submit(() -> 1); } catch (RejectedExecutionException x) { return x.getMessage().replaceAll("task .* rejected", "task rejected"); } });
        brief("executor: arguments", () -> new ThreadPoolExecutor(2, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1)));
        brief("executor: invokeAny", () -> { var e = Executors.newSingleThreadExecutor(); try { return e.invokeAny(List.of(() -> { throw new IOException("one"); })); } finally { e.shutdown(); } });
        brief("executor: name", () -> { var e = Executors.newFixedThreadPool(1); try { return e.submit(() -> Thread.currentThread().getName().replaceAll("pool-[0-9]+", "pool")).get(); } finally { e.shutdown(); } });
        brief("executor: scheduled", () -> { var e = Executors.newScheduledThreadPool(1); try { var n = new AtomicInteger(); var f = e.scheduleAtFixedRate(() -> { if (n.incrementAndGet() == 3) throw new Error("third"); }, 0, 1, TimeUnit.MILLISECONDS); return f.get(); } finally { e.shutdown(); } });
        brief("fork: recursion", () -> new ForkJoinPool(2).invoke(new RecursiveTask<Integer>() { protected Integer compute() { throw new IllegalArgumentException("deep"); } }));
        brief("fork: arguments", () -> new ForkJoinPool(0));
        brief("timer: cancelled", () -> { var t = new Timer(true); t.cancel(); t.schedule(new TimerTask() { public void run() { } }, 1); return 0; });
        brief("timer: twice", () -> { var t = new Timer(true); var k = new TimerTask() { public void run() { } }; try { t.schedule(k, 100000); t.schedule(k, 1); return 0; } finally { t.cancel(); } });
        brief("timer: negative", () -> { new Timer(true).schedule(null, -1); return 0; });
        brief("semaphore", () -> list(new Semaphore(3, true).toString().replaceAll("^[^\\[]*", ""), new CountDownLatch(2).toString().replaceAll("^[^\\[]*", "")));
        brief("barrier", () -> { var b = new CyclicBarrier(2); Thread.currentThread().interrupt(); try { return b.await(); } catch (InterruptedException e) { return b.isBroken() + " " + Thread.interrupted(); } });
        brief("exchanger", () -> new Exchanger<>().exchange("a", 1, TimeUnit.MILLISECONDS));
        brief("phaser", () -> { var p = new Phaser(1); p.arriveAndDeregister(); return list(p.isTerminated(), p.register() < 0, p.toString().replaceAll("^[^\\[]*", "")); });
        brief("lock: not owner", () -> { new java.util.concurrent.locks.ReentrantLock().unlock(); return 0; });
        brief("lock: upgrade", () -> { var l = new java.util.concurrent.locks.ReentrantReadWriteLock(); l.readLock().lock(); return list(l.writeLock().tryLock(), l.toString().replaceAll("^[^\\[]*", "")); });
        brief("stamped", () -> { var l = new java.util.concurrent.locks.StampedLock(); l.unlockWrite(5); return 0; });
        brief("queue", () -> { var q = new ArrayBlockingQueue<>(1); q.add(1); q.add(2); return 0; });
        brief("map: recursive update", () -> new ConcurrentHashMap<Integer, Integer>().computeIfAbsent(1, k -> { var m = new ConcurrentHashMap<Integer, Integer>(); return m.computeIfAbsent(1, x -> m.computeIfAbsent(1, y -> 3)); }));
        brief("map: modified", () -> { var m = new HashMap<>(Map.of(1, 1, 2, 2, 3, 3)); for (Object k : m.keySet()) m.remove(k); return m; });
    }
    static class Old implements Serializable { private static final long serialVersionUID = 1; int a = 5; transient String t = "t"; Object o; Object readResolve() throws ObjectStreamException { if (a == 7) throw new InvalidObjectException("seven"); return this; } }
    static class Bad implements Serializable { Object o = new Thread("x"); }
    static class Own implements Externalizable { Own(int i) { } public void writeExternal(ObjectOutput o) { } public void readExternal(ObjectInput i) { } }
    static byte[] written(Object o) throws IOException { var b = new ByteArrayOutputStream(); try (var s = new ObjectOutputStream(b)) { s.writeObject(o); } return b.toByteArray(); }
    static Object read(byte[] b, ObjectInputFilter f) throws Exception { try (var s = new ObjectInputStream(new ByteArrayInputStream(b))) { if (f != null) s.setObjectInputFilter(f); return s.readObject(); } }
    static byte[] changed(byte[] b, String from, String to) { return new String(b, java.nio.charset.StandardCharsets.ISO_8859_1).replace(from, to).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1); }
    static void serial() throws Exception {
        Old seven = new Old(); seven.a = 7;
        brief("serial: not serializable", () -> written(new Bad()));
        brief("serial: no constructor", () -> read(written(new Own(1)), null));
        brief("serial: resolve fails", () -> read(written(seven), null));
        brief("serial: filter", () -> read(written(new Old()), i -> i.serialClass() == Old.class ? ObjectInputFilter.Status.REJECTED : ObjectInputFilter.Status.UNDECIDED));
        brief("serial: filter pattern", () -> read(written(new ArrayList<>(List.of(1, 2))), ObjectInputFilter.Config.createFilter("maxdepth=1;maxarray=1;java.base/*;!*")));
        brief("serial: filter text", () -> ObjectInputFilter.Config.createFilter("maxdepth=-1"));
        brief("serial: class gone", () -> read(changed(written(new Old()), "Corners$Old", "Corners$New"), null));
        brief("serial: damaged", () -> read(Arrays.copyOf(written(new Old()), 30), null));
        brief("serial: header", () -> read(new byte[] { 1, 2, 3, 4, 5 }, null));
        brief("serial: record", () -> read(changed(written(new Circle(2)), "\100\0\0\0\0\0\0\0", "\300\0\0\0\0\0\0\0"), null));
        brief("serial: enum", () -> read(changed(written(Colour.RED), "RED", "TED"), null));
        brief("serial: lambda", () -> written((Runnable & Serializable) () -> boom()).length > 100);
        brief("serial: descriptors", () -> list(ObjectStreamClass.lookup(Old.class), ObjectStreamClass.lookup(Colour.class).getSerialVersionUID(), ObjectStreamClass.lookup(Object.class), ObjectStreamClass.lookup(Old.class).getFields()));
    }
    public interface Service { }
    static void modules() throws Exception {
        brief("layer: not found", () -> Configuration.resolve(ModuleFinder.of(), List.of(ModuleLayer.boot().configuration()), ModuleFinder.of(), Set.of("no.such")));
        brief("layer: empty", () -> list(ModuleLayer.empty().modules(), ModuleLayer.empty().configuration(), ModuleLayer.boot().findModule("java.base").get().getLayer() == ModuleLayer.boot()));
        brief("layer: builder", () -> ModuleDescriptor.newModule("a").requires("a"));
        brief("layer: package twice", () -> ModuleDescriptor.newModule("a").packages(Set.of("p")).exports("p").exports("p"));
        brief("layer: name", () -> ModuleDescriptor.newModule("a..b"));
        brief("layer: version", () -> list(ModuleDescriptor.Version.parse("1.2-ea+3").compareTo(ModuleDescriptor.Version.parse("1.2")), ModuleDescriptor.newModule("m", Set.of(ModuleDescriptor.Modifier.OPEN)).build()));
        brief("layer: bad version", () -> ModuleDescriptor.Version.parse("x"));
        brief("layer: defineModules", () -> { var d = Files.createTempDirectory(Path.of("."), "m"); return ModuleFinder.of(d).findAll(); });
        brief("module: add exports", () -> Object.class.getModule().addExports("java.lang", Corners.class.getModule()));
        brief("module: unnamed", () -> list(Corners.class.getModule().isNamed(), Corners.class.getModule().getDescriptor(), Corners.class.getModule().getPackages().size() > 0, Corners.class.getModule().canRead(Object.class.getModule())));
        brief("module: can use", () -> { ServiceLoader.load(Service.class, null).findFirst(); return Object.class.getModule().canUse(Service.class); });
        Path root = Files.createTempDirectory(Path.of("."), "services"), file = Files.createDirectories(root.resolve("META-INF/services")).resolve(Service.class.getName());
        for (String s : List.of("no.Such", "java.lang.String", "Corners$Secret", "a b", "Corners$Failing # comment", "\u00e9!", "Corners$Good\nCorners$Good"))
            brief("service: " + s.replace('\n', '|'), () -> {
                Files.writeString(file, s);
                List<Object> found = new ArrayList<>();
                try (var l = new java.net.URLClassLoader(new java.net.URL[] { root.toUri().toURL() }, Corners.class.getClassLoader())) {
                    for (Service x : ServiceLoader.load(Service.class, l)) found.add(x.getClass());
                } catch (ServiceConfigurationError e) { return headline(e).replaceAll("file:[^:]*/META", "META"); }
                return found;
            });
    }
    static class Secret implements Service { private Secret() { } }
    public static class Failing implements Service { public Failing() { throw new IllegalStateException("failing"); } }
    public static class Good implements Service { public Good() { } }

    static void texts() {
        LocalDateTime t = LocalDateTime.of(2024, 2, 29, 13, 5, 9, 123456789);
        for (Locale l : List.of(Locale.US, Locale.GERMANY, Locale.FRANCE, Locale.JAPAN, new Locale("ar"), new Locale("th", "TH"), Locale.forLanguageTag("hi-IN"), Locale.ROOT)) {
            brief("dates in " + l, () -> list(DateTimeFormatter.ofLocalizedDate(FormatStyle.FULL).withLocale(l).format(t), DateTimeFormatter.ofLocalizedDateTime(FormatStyle.SHORT).withLocale(l).format(t), DateTimeFormatter.ofPattern("EEEE d MMM yyyy G a e QQQQ", l).format(t), java.time.temporal.WeekFields.of(l)));
            brief("numbers in " + l, () -> list(NumberFormat.getInstance(l).format(-1234567.891), NumberFormat.getPercentInstance(l).format(.256), NumberFormat.getCompactNumberInstance(l, NumberFormat.Style.SHORT).format(12345678), String.format(l, "%,d %.2f %tA", 1234567, 3.14159, t), new MessageFormat("{0,number} {1,date,long} {2,choice,0#none|1#one|1<many {2}}", l).format(new Object[] { 1234.5, new Date(0), 3 })));
        }
        brief("parse: date", () -> LocalDate.parse("2023-02-29"));
        brief("parse: time", () -> LocalTime.parse("25:00"));
        brief("parse: pattern", () -> DateTimeFormatter.ofPattern("yyyy-bb"));
        brief("parse: lenient", () -> list(DateTimeFormatter.ofPattern("uuuu-M-d").withResolverStyle(ResolverStyle.LENIENT).parse("2023-14-35", LocalDate::from)));
        brief("parse: zone", () -> ZoneId.of("Mars/Base"));
        brief("parse: duration", () -> list(Duration.parse("PT-1H30M"), Period.parse("P1Y2M-3D").normalized(), Duration.ofNanos(-1)));
        brief("parse: bad duration", () -> Duration.parse("1H"));
        brief("gaps", () -> list(ZonedDateTime.of(2024, 3, 31, 2, 30, 0, 0, ZoneId.of("Europe/Berlin")), ZonedDateTime.of(2024, 10, 27, 2, 30, 0, 0, ZoneId.of("Europe/Berlin")).plusHours(1), ZoneId.of("Europe/Berlin").getRules().getTransition(LocalDateTime.of(2024, 3, 31, 2, 30))));
        brief("calendars", () -> list(java.time.chrono.JapaneseDate.from(t), java.time.chrono.ThaiBuddhistDate.from(t), java.time.chrono.HijrahDate.from(t), java.time.chrono.MinguoDate.from(t)));
        brief("unsupported", () -> LocalDate.EPOCH.get(java.time.temporal.ChronoField.HOUR_OF_DAY));
        brief("format: missing", () -> String.format("%d %s", 1));
        brief("format: type", () -> String.format("%d", 1.5));
        brief("format: flags", () -> String.format("%-05d", 1));
        brief("format: unknown", () -> String.format("%q", 1));
        brief("format: precision", () -> String.format("%.3d", 1));
        brief("format: all", () -> String.format("%2$s %1$-8sx%<S %3$08.2e %4$#x %5$+,d %6$b %7$h %8$c %9$a %%%n", "a", null, 12345.678, 255, 1234567, null, "hi", 0x1f600, 1.0));
        brief("message: braces", () -> MessageFormat.format("{0", 1));
        brief("message: number", () -> MessageFormat.format("{x}", 1));
        brief("decimal: pattern", () -> new DecimalFormat("0.0.0"));
        brief("decimal: rounding", () -> { var d = new DecimalFormat("0.00"); d.setRoundingMode(RoundingMode.UNNECESSARY); return d.format(1.005); });
        brief("number: parse", () -> NumberFormat.getInstance(Locale.GERMANY).parse("1.234,5x") + " " + NumberFormat.getInstance(Locale.US).parse("abc"));
        brief("collate", () -> { var w = new ArrayList<>(List.of("z", "\u00e4", "a", "Z", "\u00f6", "o")); w.sort(Collator.getInstance(Locale.GERMANY)); return w; });
        brief("break", () -> { var b = BreakIterator.getSentenceInstance(Locale.US); b.setText("Hi there. How are you? Fine!"); List<Integer> r = new ArrayList<>(); for (int i = b.first(); i >= 0; i = b.next()) r.add(i); return r; });
        brief("normalize", () -> list(Normalizer.normalize("\u00c5\ufb01", Normalizer.Form.NFKD).length(), "\u0130I".toLowerCase(new Locale("tr")).length(), "\u00df".toUpperCase()));
        brief("scanner", () -> new Scanner("x").nextInt());
        brief("uuid", () -> UUID.fromString("1-2-3"));
        brief("base64", () -> Base64.getDecoder().decode("a"));
        brief("hex", () -> HexFormat.of().parseHex("0g"));
        brief("substring", () -> "abc".substring(2, 1));
        brief("integer", () -> Integer.parseInt("99999999999"));
        brief("radix", () -> Integer.parseInt("1", 99));
        brief("decimal", () -> new BigDecimal("1x"));
        brief("divide", () -> BigDecimal.ONE.divide(new BigDecimal(3)));
        brief("big", () -> BigInteger.valueOf(3).modInverse(BigInteger.valueOf(6)));
    }
    static void processes() {
        brief("process: none", () -> new ProcessBuilder("/no/such/program").start());
        brief("process: empty", () -> new ProcessBuilder().start());
        brief("process: null", () -> new ProcessBuilder("a", null).start());
        brief("process: NUL", () -> new ProcessBuilder("a\0b").start());
        brief("process: folder", () -> new ProcessBuilder("true").directory(new File("/no/such")).start());
        brief("process: exit", () -> { var p = new ProcessBuilder("sh", "-c", "exit 3").start(); return list(p.waitFor(), p.exitValue(), p.isAlive(), p.toString().replaceAll("pid=[0-9]+", "pid")); });
        brief("process: running", () -> { var p = new ProcessBuilder("sleep", "100").start(); try { return p.exitValue(); } finally { p.destroyForcibly().waitFor(); } });
        brief("process: pipeline", () -> { var l = ProcessBuilder.startPipeline(List.of(new ProcessBuilder("echo", "b\na"), new ProcessBuilder("sort"))); return new String(l.get(1).getInputStream().readAllBytes()); });
        brief("process: environment", () -> { var b = new ProcessBuilder("sh", "-c", "echo $X"); b.environment().put("X", "y"); return new String(b.start().getInputStream().readAllBytes()); });
        brief("process: bad environment", () -> new ProcessBuilder("a").environment().put("a=b", "c"));
        brief("process: handle", () -> list(ProcessHandle.of(-5).isPresent(), ProcessHandle.current().parent().isPresent(), ProcessHandle.current().isAlive()));
        brief("process: destroy self", () -> ProcessHandle.current().destroy());
        brief("process: onExit", () -> { var p = new ProcessBuilder("true").start(); return p.onExit().get().exitValue(); });
    }
    public static void main(String[] args) throws Exception {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        Locale.setDefault(Locale.US);
        handles(); variables(); lambdas(); reflection(); frames(); threads(); serial(); modules(); texts(); processes();
    }
}
