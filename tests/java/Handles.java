import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.function.IntBinaryOperator;
import java.util.function.Supplier;

/** Method handles, var handles, reflection, proxies, lambdas of every kind. */
public class Handles {
    int field = 3;
    volatile long counter;
    static String shared = "s";
    private final String name;
    Handles(String name) { this.name = name; }
    int add(int a, long b, double c) { return (int) (field + a + b + c); }
    static String join(String a, Object b) { return a + ":" + b; }
    private static int hidden(int x) { return x * 2; }
    static void fail() { throw new IllegalStateException("target"); }
    public String toString() { return "Handles(" + name + ")"; }
    interface Greeter { String greet(String who); default String twice(String w) { return greet(w) + greet(w); } }

    public static void main(String[] args) throws Throwable {
        MethodHandles.Lookup l = MethodHandles.lookup();
        Handles h = new Handles("h");
        MethodHandle add = l.findVirtual(Handles.class, "add", MethodType.methodType(int.class, int.class, long.class, double.class));
        System.out.println((int) add.invokeExact(h, 1, 2L, 3.5) + " " + add.invoke(h, (short) 1, 2, 3f));
        MethodHandle join = l.findStatic(Handles.class, "join", MethodType.methodType(String.class, String.class, Object.class));
        System.out.println((String) join.invokeExact("a", (Object) 5) + " " + join.bindTo("b").invoke(6) + " " + join.type());
        System.out.println(MethodHandles.insertArguments(join, 1, "z").invoke("y") + " " + join.asSpreader(Object[].class, 2).invoke(new Object[] { "p", "q" }));
        MethodHandle filter = MethodHandles.filterReturnValue(join, l.findVirtual(String.class, "length", MethodType.methodType(int.class)));
        System.out.println((int) filter.invoke("four", 4) + " " + l.findConstructor(Handles.class, MethodType.methodType(void.class, String.class)).invoke("made"));
        MethodHandle guard = MethodHandles.guardWithTest(l.findVirtual(String.class, "isEmpty", MethodType.methodType(boolean.class)),
            MethodHandles.dropArguments(MethodHandles.constant(String.class, "empty"), 0, String.class), MethodHandles.identity(String.class));
        System.out.println(guard.invoke("") + " " + guard.invoke("full") + " " + l.findGetter(Handles.class, "field", int.class).invoke(h));
        VarHandle counter = l.findVarHandle(Handles.class, "counter", long.class);
        System.out.println(counter.getAndAdd(h, 5L) + " " + counter.compareAndSet(h, 5L, 9L) + " " + (long) counter.getVolatile(h) + " " + h.counter);
        VarHandle ints = MethodHandles.arrayElementVarHandle(int[].class);
        int[] array = { 1, 2, 3 };
        ints.setRelease(array, 1, 20);
        System.out.println((int) ints.getAcquire(array, 1) + " " + ints.compareAndExchange(array, 2, 3, 30) + Arrays.toString(array));
        try { int x = (int) join.invokeExact("a", "b"); System.out.println(x); } catch (java.lang.invoke.WrongMethodTypeException e) { System.out.println(e.getMessage()); }
        try { l.findStatic(Handles.class, "fail", MethodType.methodType(void.class)).invoke(); } catch (IllegalStateException e) { System.out.println(e.getMessage() + " " + e.getStackTrace()[0].getMethodName()); }
        try { l.findStatic(Handles.class, "absent", MethodType.methodType(void.class)); } catch (NoSuchMethodException e) { System.out.println(e.getMessage()); }

        for (int i = 0; i < 20; i++) {
            Method m = Handles.class.getDeclaredMethod("hidden", int.class);
            m.setAccessible(true);
            if (i > 17) System.out.println(m.invoke(null, i) + " " + m);
        }
        Constructor<?> c = Handles.class.getDeclaredConstructor(String.class);
        System.out.println(c.newInstance("reflected") + " " + c.getParameterCount());
        Field f = Handles.class.getDeclaredField("field");
        f.setInt(h, 8);
        System.out.println(f.get(h) + " " + f.getType() + " " + Handles.class.getDeclaredField("shared").get(null));
        try { Handles.class.getDeclaredMethod("fail").invoke(null); } catch (InvocationTargetException e) { System.out.println(e.getCause()); }
        try { Handles.class.getMethod("hidden", int.class); } catch (NoSuchMethodException e) { System.out.println(e.getMessage()); }
        Object arr = Array.newInstance(long.class, 3);
        Array.setLong(arr, 2, 77);
        System.out.println(Array.get(arr, 2) + " " + Array.getLength(arr) + " " + arr.getClass().getSimpleName());
        Greeter proxy = (Greeter) Proxy.newProxyInstance(Handles.class.getClassLoader(), new Class<?>[] { Greeter.class }, (p, m, a) -> m.getName() + Arrays.toString(a));
        System.out.println(proxy.greet("you"));
        System.out.println(Arrays.stream(Handles.class.getDeclaredMethods()).map(Method::getName).filter(n -> !n.contains("lambda")).sorted().toList());
        System.out.println(Greeter.class.getMethod("twice", String.class).isDefault() + " " + Handles.class.getModifiers() + " " + Greeter.class.getNestHost());

        int base = args.length + 10;
        IntBinaryOperator op = (x, y) -> x * y + base;
        Supplier<Supplier<String>> nested = () -> () -> "deep" + base;
        BiFunction<String, Object, String> ref = Handles::join;
        Supplier<String> bound = h::toString;
        java.util.function.Function<String, Handles> make = Handles::new;
        java.util.function.IntFunction<int[]> makeArray = int[]::new;
        Greeter g = w -> "hi " + w + " ";
        Runnable r = (Runnable & java.io.Serializable) () -> System.out.println("ran");
        r.run();
        System.out.println(op.applyAsInt(3, 4) + nested.get().get() + ref.apply("r", 1) + bound.get() + make.apply("m") + makeArray.apply(4).length + g.twice("x"));
        long big = 1L << 40; double dbl = 2.5; byte b = 3; char ch = 'q';
        Supplier<String> many = () -> big + " " + dbl + " " + b + ch + base + h + args.length;
        System.out.println(many.get());
    }
}
