import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.*;
import java.util.*;
import java.util.concurrent.Callable;

/** Reflection: what classes tell of themselves, calls and fields by reflection, arrays, proxies, hidden classes, exceptions' exact text. */
public class Reflection {
    @Retention(RetentionPolicy.RUNTIME) @interface Mark { int v() default 3; String[] s() default {"q"}; Class<?> c() default String.class; Color e() default Color.RED; }
    enum Color { RED, GREEN { @Override int f() { return 2; } }; int f() { return 1; } }
    sealed interface Shape permits Circle, Square { default String d() { return "area " + area(); } double area(); }
    record Circle(@Mark(v = 4) double r) implements Shape { public double area() { return 3 * r * r; } }
    record Square(double side) implements Shape { public double area() { return side * side; } }
    @Mark(v = 9, s = {"a", "b"}, c = int[].class, e = Color.GREEN) static class Marked<T extends Comparable<T>> {
        @Mark public T field;
        public <X extends Exception> List<? super T> m(@Mark(v = 1) Map<String, T[]> a, int... b) throws X, java.io.IOException { return null; }
    }
    static class Outer { class Inner { class Deep {} } static class Nested {} }
    static abstract class Abstract { Abstract() {} abstract void y(); }
    static class Fails { static { if (true) throw new RuntimeException("init"); } static void m() {} }
    public static class Hidden { public static Object data() throws Exception { return MethodHandles.classData(MethodHandles.lookup(), "_", List.class); } }

    private final int fin = 1;
    public static void p(int x, String s) {}
    public void q() {}
    static long wide(byte a, short b, char c, int d, long e, float f, double g, boolean h) { return (long) (a + b + c + d + e + f + g + (h ? 1 : 0)); }
    static void deep(int[] depth) { depth[0]++; deep(depth); }

    static void say(Object o) { System.out.println(o); }
    static void tell(String name, Callable<?> c) {
        try { say(name + ": " + c.call()); } catch (Throwable t) { say(name + ": " + t + " / " + t.getCause()); }
    }
    static void nothing(String name, Runnable r) { tell(name, () -> { r.run(); return "done"; }); }

    static void calls() throws Exception {
        Method p = Reflection.class.getMethod("p", int.class, String.class), q = Reflection.class.getMethod("q");
        tell("null for int", () -> p.invoke(null, null, "x"));
        tell("long for int", () -> p.invoke(null, 5L, "x"));
        tell("String for int", () -> p.invoke(null, "y", "x"));
        tell("int for String", () -> p.invoke(null, 5, 5));
        tell("one for two", () -> p.invoke(null, 5));
        tell("null for args", () -> p.invoke(null, (Object[]) null));
        tell("bad receiver", () -> q.invoke("x"));
        tell("abstract", () -> Abstract.class.getDeclaredConstructor().newInstance());
        tell("target", () -> Integer.class.getMethod("parseInt", String.class).invoke(null, "zz"));
        tell("first init", () -> Fails.class.getDeclaredMethod("m").invoke(null));
        tell("second init", () -> Fails.class.getDeclaredMethod("m").invoke(null));
        tell("overflow", () -> {
            int[] depth = {0};
            try { Reflection.class.getDeclaredMethod("deep", int[].class).invoke(null, (Object) depth); }
            catch (InvocationTargetException e) { return e.getCause().getClass() + " " + (depth[0] > 1000); }
            return "none";
        });
        Method wide = Reflection.class.getDeclaredMethod("wide", byte.class, short.class, char.class, int.class, long.class, float.class, double.class, boolean.class);
        long sum = 0; /* past the limit where calls are compiled to classes */
        for (int i = 0; i < 20; i++) sum += (long) wide.invoke(null, (byte) 1, (byte) 2, 'c', (short) -4, 5, 6L, 7f, true);
        say(sum);
        Constructor<?> c = Square.class.getDeclaredConstructor(double.class);
        for (int i = 0; i < 20; i++) c.newInstance(i);
        say(c.newInstance(4) + " " + c);
        Reflection r = new Reflection();
        Field f = Reflection.class.getDeclaredField("fin");
        f.setAccessible(true);
        for (int i = 0; i < 20; i++) f.setInt(r, i);
        say(f.get(r) + " " + f);
        tell("no such method", () -> Reflection.class.getMethod("nope", int[].class));
        tell("no such field", () -> Reflection.class.getField("nope"));
        tell("record field", () -> { Field x = Circle.class.getDeclaredField("r"); x.setAccessible(true); x.set(new Circle(1), 2.0); return x; });
    }

    static void arrays() {
        tell("get null", () -> Array.get(null, 0));
        tell("get no array", () -> Array.get("s", 0));
        tell("get index", () -> Array.get(new int[2], 3));
        tell("getInt of long", () -> Array.getInt(new long[2], 0));
        tell("getInt of String", () -> Array.getInt(new String[2], 0));
        tell("getDouble of char", () -> Array.getDouble(new char[]{'x'}, 0));
        tell("getLong of byte", () -> Array.getLong(new byte[]{-3}, 0));
        nothing("set String", () -> Array.set(new int[2], 0, "x"));
        nothing("set null", () -> Array.set(new int[2], 0, null));
        nothing("set long", () -> Array.set(new int[2], 0, 5L));
        nothing("set byte", () -> { int[] a = new int[2]; Array.set(a, 1, (byte) -5); say(a[1]); });
        nothing("set reference", () -> Array.set(new String[2], 0, 5L));
        nothing("set index", () -> Array.set(new int[2], 9, 5));
        nothing("setInt of byte", () -> Array.setInt(new byte[2], 0, 5));
        nothing("setChar of float", () -> { float[] a = new float[1]; Array.setChar(a, 0, 'a'); say(a[0]); });
        tell("length of null", () -> Array.getLength(null));
        tell("length of String", () -> Array.getLength("x"));
        tell("negative", () -> Array.newInstance(int.class, -2));
        tell("void", () -> Array.newInstance(void.class, 2));
        tell("negative dimension", () -> Array.newInstance(int.class, 2, -3));
        tell("no dimension", () -> Array.newInstance(int.class, new int[0]));
        tell("256 dimensions", () -> Array.newInstance(int.class, new int[256]));
        say(Array.newInstance(String.class, 2, 3).getClass() + " " + Array.getLength(Array.newInstance(String.class, 2, 3)));
    }

    static void names() {
        for (String n : new String[]{"no.Such", "[Lno.Such;", "java/lang/String", "[Q", "", "[I", "[[Ljava.util.List;", "int"}) tell("forName " + n, () -> Class.forName(n));
        tell("forName in boot", () -> Class.forName("no.Such", false, null));
        tell("platform in boot", () -> Class.forName("java.sql.Driver", false, null));
        tell("platform", () -> Class.forName("java.sql.Driver").getModule());
        Object anonymous = new Object() {};
        class Local {}
        Runnable lambda = () -> {};
        for (Class<?> c : new Class<?>[]{Outer.Inner.Deep.class, Outer.Nested.class, anonymous.getClass(), Local.class, int[][].class, void.class, String[].class, Color.GREEN.getClass(), Map.Entry.class, Mark.class})
            say(c.getName() + " " + c.getSimpleName() + " " + c.getCanonicalName() + " " + c.getTypeName() + " " + c.descriptorString() + " " + c.getPackageName() + " " + Modifier.toString(c.getModifiers())
                + " in " + c.getEnclosingClass() + " of " + c.getDeclaringClass() + " by " + c.getEnclosingMethod() + " nest " + c.getNestHost() + " super " + c.getSuperclass() + " " + Arrays.toString(c.getInterfaces()));
        Class<?> l = lambda.getClass();
        say(l.isHidden() + " " + l.isSynthetic() + " " + Modifier.toString(l.getModifiers()) + " " + l.getNestHost() + " " + l.getSimpleName().startsWith("Reflection$$Lambda$"));
        say(Arrays.stream(Reflection.class.getDeclaredClasses()).map(Class::getName).sorted().toList());
        say(Arrays.stream(Reflection.class.getNestMembers()).map(Class::getName).sorted().toList());
        say(Arrays.stream(Shape.class.getPermittedSubclasses()).map(Class::getName).toList() + " " + Shape.class.isSealed() + " " + Circle.class.isRecord());
    }

    static void members() throws Exception {
        Class<?> c = Marked.class;
        Mark mark = c.getAnnotation(Mark.class);
        say(mark.v() + " " + Arrays.toString(mark.s()) + mark.c() + mark.e() + " " + mark);
        say(c.toGenericString());
        for (Method m : c.getDeclaredMethods())
            say(m.toGenericString() + " " + m + " " + m.isVarArgs() + " " + Arrays.deepToString(m.getParameterAnnotations()) + Arrays.toString(m.getParameters()) + Arrays.toString(m.getExceptionTypes()));
        for (Field f : c.getDeclaredFields()) say(f.toGenericString() + " " + Arrays.toString(f.getAnnotations()));
        RecordComponent k = Circle.class.getRecordComponents()[0];
        say(k + " " + k.getAccessor() + " " + k.getAnnotation(Mark.class) + " " + k.getAccessor().invoke(new Circle(2)));
        say(Arrays.stream(Circle.class.getDeclaredMethods()).map(Method::toString).sorted().toList());
        say(Arrays.toString(HashMap.class.getTypeParameters()) + HashMap.class.getGenericSuperclass() + Arrays.toString(HashMap.class.getGenericInterfaces()));
        say(Object.class.getMethods().length + " " + String.class.getDeclaredConstructors().length + " " + Modifier.toString(Thread.State.class.getModifiers()));
        say(new Circle(2) + " " + new Circle(2).equals(new Circle(2)) + " " + new Circle(2).hashCode() + " " + new Circle(1).d());
        say(Color.GREEN.f() + " " + Color.valueOf("RED") + Arrays.toString(Color.values()) + Color.GREEN.getDeclaringClass() + new EnumMap<>(Map.of(Color.RED, 1)));
        Object proxy = Proxy.newProxyInstance(Reflection.class.getClassLoader(), new Class<?>[]{Comparable.class, Callable.class}, (o, m, a) -> m.getName().equals("call") ? "called" : (Object) a.length);
        say(((Comparable<Object>) proxy).compareTo("x") + " " + ((Callable<?>) proxy).call());
    }

    static void hidden() throws Exception {
        byte[] bytes = Reflection.class.getResourceAsStream("Reflection$Hidden.class").readAllBytes();
        MethodHandles.Lookup l = MethodHandles.lookup();
        Class<?> h = l.defineHiddenClassWithClassData(bytes, List.of("data"), true, MethodHandles.Lookup.ClassOption.NESTMATE).lookupClass();
        say(h.getMethod("data").invoke(null) + " " + h.isHidden() + " " + h.getName().startsWith("Reflection$Hidden/0x") + " " + h.getNestHost() + " " + h.getCanonicalName());
        Class<?> other = l.defineHiddenClass(bytes, false).lookupClass();
        say((h != other) + " " + (other.getNestHost() == other));
        tell("no data", () -> other.getMethod("data").invoke(null));
        tell("by name", () -> { try { return Class.forName(h.getName()); } catch (ClassNotFoundException e) { return "not found"; } });
        tell("not a class", () -> l.defineHiddenClass(new byte[]{1, 2}, false));
        tell("twice", () -> l.defineClass(bytes));
    }

    static void modules() {
        say(String.class.getModule() + " " + Reflection.class.getModule().isNamed() + " " + int[].class.getModule() + " " + ModuleLayer.boot().findModule("java.logging").get().isExported("java.util.logging"));
        say(Object.class.getModule().isExported("sun.nio.cs", Reflection.class.getModule()) + " " + Object.class.getModule().canRead(Reflection.class.getModule()));
        say(Reflection.class.desiredAssertionStatus() + " " + Package.getPackage("java.util") + " " + ClassLoader.getSystemClassLoader().getDefinedPackage("no"));
    }

    public static void main(String[] args) throws Exception {
        calls();
        arrays();
        names();
        members();
        hidden();
        modules();
    }
}
