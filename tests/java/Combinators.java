// modes: native
import java.lang.invoke.*;
import java.nio.*;
import java.util.*;
import static java.lang.invoke.MethodHandles.*;
import static java.lang.invoke.MethodType.*;

/** Method-handle combinators of every kind, var handles in every mode, constants, hidden classes, StackWalker. */
public class Combinators {
    static void show(Object o) { System.out.println(o); }
    static int inc(int x) { return x + 1; }
    static boolean less(int a, int n) { return a < n; }
    static int mul(int a, int n) { return a * 2; }
    static String cat(String a, String b, String c) { return a + b + c; }
    static String boom(String s) { throw new IllegalArgumentException("boom " + s); }
    static String caught(IllegalArgumentException e, String s) { return "caught " + e.getMessage() + s; }
    static String fin(Throwable t, String r, String s) { return r + "|" + (t == null ? "ok" : t.getMessage()) + "|" + s; }
    static String var(String f, Object... r) { return f + Arrays.toString(r); }
    static boolean isA(String s) { return s.startsWith("a"); }
    static void sink(String s) { System.out.print("{" + s + "}"); }
    static MethodHandle h(String n, Class<?> r, Class<?>... p) throws Exception { return lookup().findStatic(Combinators.class, n,
        methodType(r, p)); }
    int fi = 1;
    static long fs = 2;
    volatile String vs = "v";
    boolean bz;
    byte bb;
    short bs;
    char bc = 'a';
    float bf = 1.5f;
    double bd = 2.5;
    final int ff = 3;
    public interface Greeter { String greet(String a); }
    public static void main(String[] z) throws Throwable {
        MethodHandle cat = h("cat", String.class, String.class, String.class, String.class), inc = h("inc", int.class, int.class);
        show((String) permuteArguments(cat, methodType(String.class, String.class, String.class), 1, 0, 1).invokeExact("x", "y"));
        show(foldArguments(cat, h("mk", String.class, String.class, String.class)).invoke("p", "q") + " " + filterArguments(cat, 1,
            identity(String.class)).invoke("a", "b", "c") + collectArguments(cat, 1, cat).invoke("1", "2", "3", "4", "5"));
        show(dropArguments(cat, 1, int.class, long.class).invoke("a", 1, 2L, "b", "c") + " " + insertArguments(cat, 1, "X", "Y").invoke("w")
            + cat.asSpreader(String[].class, 3).invoke(new String[] { "s", "p", "r" }) + cat.asSpreader(1, Object[].class, 2).invoke("h",
            new Object[] { "i", "j" }) + cat.bindTo("B").type());
        show(guardWithTest(h("isA", boolean.class, String.class), identity(String.class), h("up", String.class, String.class)).invoke("abc")
            + "" + guardWithTest(h("isA", boolean.class, String.class), identity(String.class), h("up", String.class, String.class)).invoke("xyz"));
        MethodHandle boom = h("boom", String.class, String.class);
        show(catchException(boom, IllegalArgumentException.class, h("caught", String.class, IllegalArgumentException.class,
            String.class)).invoke("z"));
        MethodHandle fin = h("fin", String.class, Throwable.class, String.class, String.class);
        show(tryFinally(identity(String.class), fin).invoke("t"));
        try { tryFinally(boom, fin).invoke("t"); } catch (IllegalArgumentException e) { show(e.getMessage()); }
        show((int) whileLoop(constant(int.class, 1), h("less", boolean.class, int.class, int.class), h("mul", int.class, int.class,
            int.class)).invoke(100) + " " + (int) doWhileLoop(constant(int.class, 7), h("mul", int.class, int.class, int.class), h("less",
            boolean.class, int.class, int.class)).invoke(3));
        show((int) countedLoop(constant(int.class, 5), constant(int.class, 0), h("add", int.class, int.class, int.class)).invoke() + " " +
            (int) countedLoop(constant(int.class, 3), constant(int.class, 6), constant(int.class, 0), h("add", int.class, int.class,
            int.class)).invoke());
        show(iteratedLoop(null, constant(String.class, ""), h("join", String.class, String.class, Object.class,
            Iterable.class)).invoke(List.of(1, 2, 3)));
        MethodHandle[] clause = { constant(int.class, 0), inc, h("less3", boolean.class, int.class), identity(int.class) };
        show((int) loop(clause).invoke());
        MethodHandle var = h("var", String.class, String.class, Object[].class);
        show(var.isVarargsCollector() + " " + var.invoke("f") + var.invoke("f", 1, 2L) + var.invoke("f", (Object[]) new String[] { "q" }) +
            var.asFixedArity().invoke("f", new Object[] { 5 }) + var.asCollector(Object[].class, 2).invoke("g", 'a', null) +
            var.withVarargs(false).isVarargsCollector());
        show(explicitCastArguments(inc, methodType(byte.class, double.class)).invoke(254.9) + " " + inc.asType(methodType(Object.class,
            Integer.class)).invoke(5) + zero(long.class).invoke() + empty(methodType(String.class, int.class)).invoke(1) +
            arrayConstructor(int[].class).invoke(3).getClass() + arrayElementGetter(int[].class).invoke(new int[] { 4, 5 }, 1) +
            arrayLength(char[].class).invoke(new char[9]));
        for (MethodType bad : new MethodType[] { methodType(String.class, int.class), methodType(int.class, String.class),
            methodType(int.class) }) try { inc.asType(bad); } catch (WrongMethodTypeException e) { show(e.getMessage()); }
        try { inc.invoke("s"); } catch (ClassCastException | WrongMethodTypeException e) { show(e); }
        try { String s = (String) inc.invokeExact(1); } catch (WrongMethodTypeException e) { show(e.getMessage()); }
        try { inc.asType(methodType(int.class, Object.class)).invoke((Object) "s"); } catch (ClassCastException e) { show(e.getMessage()); }
        try { inc.asType(methodType(int.class, Integer.class)).invoke((Integer) null); } catch (NullPointerException e) { show("npe"); }
        show(MethodHandleProxies.asInterfaceInstance(Greeter.class, insertArguments(cat, 0, "hi ", "there ")).greet("bob") +
            tableSwitch(dropArguments(constant(String.class, "default"), 0, int.class), dropArguments(constant(String.class, "zero"), 0,
            int.class), dropArguments(constant(String.class, "one"), 0, int.class)).invoke(1));
        show(lookup().revealDirect(cat) + " " + cat + " " + lookup().findVirtual(String.class, "concat", methodType(String.class,
            String.class)).invoke("a", "b") + lookup().unreflect(String.class.getMethod("valueOf", int.class)).invoke(3) +
            lookup().findSpecial(Object.class, "toString", methodType(String.class), Combinators.class).type() +
            lookup().findGetter(Combinators.class, "fi", int.class).invoke(new Combinators()) + lookup());
        try { lookup().findStatic(Combinators.class, "absent", methodType(void.class)); } catch (NoSuchMethodException e) { show(e.getMessage()); }
        try { publicLookup().findStatic(Combinators.class, "inc", methodType(int.class, int.class)); } catch (IllegalAccessException e) {
            show(e.getMessage()); }
        try { lookup().findVirtual(Combinators.class, "inc", methodType(int.class, int.class)); } catch (IllegalAccessException e) {
            show(e.getMessage()); }
        try { lookup().findGetter(Combinators.class, "fi", long.class); } catch (NoSuchFieldException e) { show(e.getMessage()); }
        try { throwException(int.class, Exception.class).invoke(new Exception("thrown")); } catch (Exception e) { show(e.getMessage()); }
        MutableCallSite cs = new MutableCallSite(constant(int.class, 1));
        MethodHandle dyn = cs.dynamicInvoker();
        int q = (int) dyn.invokeExact();
        cs.setTarget(constant(int.class, 2));
        show(q + (int) dyn.invokeExact() + " " + new SwitchPoint().guardWithTest(constant(int.class, 8), constant(int.class, 9)).invoke());
        Combinators o = new Combinators();
        Lookup l = lookup();
        VarHandle i = l.findVarHandle(Combinators.class, "fi", int.class), s = l.findStaticVarHandle(Combinators.class, "fs", long.class), v
            = l.findVarHandle(Combinators.class, "vs", String.class);
        show((int) i.get(o) + " " + i.compareAndSet(o, 1, 5) + i.compareAndExchange(o, 4, 6) + i.getAndAdd(o, 3) + i.getAndBitwiseOr(o, 16)
            + i.getAndBitwiseAndAcquire(o, 24) + i.getAndBitwiseXorRelease(o, 1) + i.getVolatile(o) + i.getAndSet(o, 2) + i.getOpaque(o) +
            i.getAcquire(o) + i.weakCompareAndSetPlain(o, 2, 3) + " " + i);
        s.setVolatile(5L);
        s.setOpaque((long) s.getAndAdd(2L) * 10);
        show((long) s.get() + " " + v.getAndSet(o, "w") + v.compareAndExchangeRelease(o, "w", "u") + v.get(o) + v.varType() +
            v.coordinateTypes() + v.isAccessModeSupported(VarHandle.AccessMode.GET_AND_ADD));
        for (Object[] t : new Object[][] { { "bz", boolean.class, true }, { "bb", byte.class, (byte) 7 }, { "bs", short.class, (short) -3 },
            { "bc", char.class, 'q' }, { "bf", float.class, 2.5f }, { "bd", double.class, -1.25 } }) { VarHandle w =
            l.findVarHandle(Combinators.class, (String) t[0], (Class<?>) t[1]); Object old = w.get(o); w.setRelease(o, t[2]);
            System.out.print(old + " " + w.getVolatile(o) + " " + w.compareAndExchange(o, t[2], old) + " " + w.compareAndSet(o, old, t[2]) +
            w.weakCompareAndSet(o, t[2], old) + (w.isAccessModeSupported(VarHandle.AccessMode.GET_AND_ADD) ? w.getAndAdd(o, t[2]) + "" +
            w.get(o) : "-") + (w.isAccessModeSupported(VarHandle.AccessMode.GET_AND_BITWISE_XOR) ? w.getAndBitwiseXor(o, t[2]) + "" +
            w.get(o) : "-") + "; "); }
        show("");
        try { l.findVarHandle(Combinators.class, "ff", int.class).set(o, 1); } catch (UnsupportedOperationException e) { show(e.getMessage()); }
        try { i.set(o, "s"); } catch (WrongMethodTypeException e) { show(e.getMessage()); }
        try { i.get("s"); } catch (ClassCastException | WrongMethodTypeException e) { show(e.getClass()); }
        try { i.get((Combinators) null); } catch (NullPointerException e) { show("npe"); }
        VarHandle ai = arrayElementVarHandle(int[].class), as = arrayElementVarHandle(String[].class), al =
            arrayElementVarHandle(long[].class), ab = arrayElementVarHandle(byte[].class);
        int[] arr = { 1, 2, 3 };
        show((int) ai.getAndAdd(arr, 1, 10) + " " + ai.compareAndSet(arr, 1, 12, 13) + arr[1] + as.getAndSet(new String[] { "e" }, 0, "f") +
            al.getAndBitwiseXor(new long[] { 6 }, 0, 3L) + ab.getAndAdd(new byte[] { 127 }, 0, (byte) 1));
        try { ai.get(arr, 3); } catch (ArrayIndexOutOfBoundsException e) { show(e.getMessage()); }
        try { as.set((Object[]) new String[1], 0, (Object) 5); } catch (ClassCastException e) { show(e.getMessage()); }
        byte[] raw = new byte[32];
        VarHandle be = byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN), le = byteArrayViewVarHandle(int[].class,
            ByteOrder.LITTLE_ENDIAN), sv = byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN), dv =
            byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN), cv = byteArrayViewVarHandle(char[].class,
            ByteOrder.LITTLE_ENDIAN), fv = byteArrayViewVarHandle(float[].class, ByteOrder.BIG_ENDIAN);
        be.set(raw, 3, 0x0102030405060708L);
        le.set(raw, 12, 0xcafebabe);
        sv.set(raw, 17, (short) -2);
        dv.set(raw, 20, Math.PI);
        show(HexFormat.of().formatHex(raw) + " " + le.get(raw, 3) + " " + dv.get(raw, 20) + (int) (char) cv.get(raw, 3) + " " + fv.get(raw, 5));
        try { be.get(raw, 25); } catch (IndexOutOfBoundsException e) { show(e.getMessage()); }
        ByteBuffer d = ByteBuffer.allocateDirect(64);
        VarHandle bv = byteBufferViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
        bv.setVolatile(d, 8, 5);
        show((int) bv.getAndAdd(d, 8, 7) + " " + bv.compareAndSet(d, 8, 12, 99) + d.getInt(8) + bv.getAndBitwiseOr(d, 8, 4) + d.get(11));
        try { bv.set(d.asReadOnlyBuffer(), 0, 1); } catch (ReadOnlyBufferException e) { show(e); }
        try { bv.getVolatile(d, 61); } catch (IndexOutOfBoundsException | IllegalStateException e) { show(e.getMessage()); }
        show(i.toMethodHandle(VarHandle.AccessMode.GET_AND_ADD).invoke(o, 2) + " " + varHandleInvoker(VarHandle.AccessMode.GET,
            methodType(int.class, Combinators.class)).invoke(i, o) + exactInvoker(inc.type()).invoke(inc, 6) + spreadInvoker(cat.type(),
            1).invoke(cat, "a", new Object[] { "b", "c" }) + i.withInvokeExactBehavior().hasInvokeExactBehavior());
        walk();
    }
    static String mk(String a, String b) { return "(" + a + b + ")"; }
    static String up(String s) { return s.toUpperCase(); }
    static int add(int a, int i) { return a + i; }
    static boolean less3(int a) { return a < 3; }
    static String join(String a, Object o, Iterable<?> it) { return a + "," + o; }
    static void walk() throws Throwable {
        Runnable r = () -> show(StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).walk(st -> st.map(f ->
            f.getMethodName().replaceAll("lambda\\$.*", "lambda") + ":" + f.getLineNumber() + f.getMethodType().parameterCount() +
            f.getDeclaringClass().getSimpleName()).toList()));
        r.run();
        show(StackWalker.getInstance(Set.of(StackWalker.Option.SHOW_REFLECT_FRAMES, StackWalker.Option.RETAIN_CLASS_REFERENCE)).getCallerClass());
        Combinators.class.getDeclaredMethod("frames").invoke(null);
        lookup().findStatic(Combinators.class, "frames", methodType(void.class)).invoke();
        byte[] image = Combinators.class.getResourceAsStream("Combinators$Hid.class").readAllBytes();
        Lookup hl = lookup().defineHiddenClass(image, true, Lookup.ClassOption.NESTMATE);
        Class<?> hc = hl.lookupClass();
        Object ho = hc.getDeclaredConstructor().newInstance();
        show(hc.isHidden() + " " + hc.getName().startsWith("Combinators$Hid/0x") + hc.getNestHost() + ho.equals(5) + hc.getCanonicalName() +
            hc.descriptorString().contains(".") + " " + hl.findStatic(hc, "peek", methodType(long.class)).invoke());
        try { Class.forName(hc.getName()); } catch (ClassNotFoundException e) { show("not found"); }
        Lookup cd = lookup().defineHiddenClassWithClassData(image, List.of("data", 4), false);
        show(MethodHandles.classData(cd, "_", List.class) + " " + MethodHandles.classDataAt(cd, "_", int.class, 1));
        try { ((Runnable) ho).run(); } catch (IllegalStateException e) { show(e.getStackTrace()[0].getMethodName() +
            e.getStackTrace()[0].getClassName().startsWith("Combinators$Hid/") + e.getStackTrace()[1].getMethodName()); }
        show(ConstantBootstraps.primitiveClass(lookup(), "I", Class.class) + "" + ConstantBootstraps.enumConstant(lookup(), "RELEASE_8",
            javax.lang.model.SourceVersion.class) + ConstantBootstraps.nullConstant(lookup(), "_", String.class));
    }
    static void frames() { show(StackWalker.getInstance().walk(s -> s.map(StackWalker.StackFrame::getMethodName).toList()) + " " +
        StackWalker.getInstance(StackWalker.Option.SHOW_HIDDEN_FRAMES).walk(s -> s.limit(1).toList()) + new Throwable().getStackTrace().length); }
    static class Hid implements Runnable { static long peek() { return fs; } public void run() { throw new IllegalStateException(); } public
        boolean equals(Object o) { return o.equals(5); } }
}
