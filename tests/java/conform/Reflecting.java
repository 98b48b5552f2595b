// sample
// options: --add-opens java.base/java.lang=ALL-UNNAMED
import java.lang.annotation.*;
import java.lang.reflect.*;
import java.util.*;
import java.util.function.*;

/** java.lang.reflect and java.lang.Class: what classes tell, calls, access checks, generics, annotations, proxies, arrays, records, enums, hidden classes. */
class Reflecting extends Cases {
    @Retention(RetentionPolicy.RUNTIME) @Target({ElementType.TYPE_USE, ElementType.TYPE_PARAMETER, ElementType.TYPE, ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER}) @interface A { int value() default 1; String[] names() default {}; Class<?> type() default Object.class; Level level() default Level.LOW; B inner() default @B; double[] numbers() default {1.5, -0.0}; char letter() default '\n'; long l() default Long.MIN_VALUE; float f() default Float.NaN; }
    @Retention(RetentionPolicy.RUNTIME) @Inherited @Repeatable(Bs.class) @interface B { String value() default "b"; } @Retention(RetentionPolicy.RUNTIME) @Inherited @interface Bs { B[] value(); } @Retention(RetentionPolicy.CLASS) @interface Invisible { }
    enum Level { LOW, HIGH { @Override String say() { return "high"; } }; String say() { return "low"; } }
    @A(5) @B("x") @B("y") @Invisible static class Annotated<@A T extends @A(2) Number & Comparable<T>> extends @A(3) ArrayList<@A(4) String> implements Comparable<Annotated<?>> { @A(names = {"p", "q"}) public List<? extends @A Number> field; @A(type = int[].class) protected <X extends Throwable> Map<? super T, X[]> method(@A(8) T a, final List<String>... more) throws X, java.io.IOException { return null; } public int compareTo(Annotated<?> o) { return 0; } Annotated(@A(9) int x) { } }
    static class Heir extends Annotated<Integer> { Heir() { super(1); } } record Rec<T>(@A int a, List<T> b, String... c) { Rec { if (a < 0) throw new IllegalArgumentException("negative"); } static int count; } sealed interface Sea permits One, Two { } record One() implements Sea { } non-sealed static class Two implements Sea { }
    private static class Priv { private int x = 4; private static final String S = "const"; private Priv() { } private Priv(String s) throws Exception { throw new Exception(s); } private int twice(int a) { return 2 * a; } private static void fail() { throw new IllegalStateException("fail"); } }
    interface Face { int f(int x); default String d() { return "d" + f(1); } static int s() { return 1; } private int p() { return 2; } }
    static int over(Object o) { return 1; } static int over(String o) { return 2; } static int over(int o) { return 3; } static int over(Integer o) { return 4; } static int over(long... o) { return 5; }
    class Inner { class Deep { } } static <T> Object local() { class Local<U> { T t; U u; } return new Local<String>(); } static Object anon = new Object() { int hidden; };

    static void classes() throws Exception {
        Class<?>[] all = {Reflecting.class, Annotated.class, Heir.class, Rec.class, Sea.class, One.class, Two.class, Priv.class, Face.class, Level.class, Level.HIGH.getClass(), A.class, Inner.Deep.class, local().getClass(), anon.getClass(), int.class, void.class, int[].class, Rec[][].class, Map.Entry.class, Object.class, Thread.State.class, ((Runnable) () -> { }).getClass()};
        for (Class<?> c : all) {
            String n = c.getName().replaceAll("\\$\\$Lambda.*", "lambda");
            test("class " + n, () -> list(c.getSimpleName().replaceAll("Lambda.*", "lambda"), c.getCanonicalName(), plain(c.getTypeName()), plain(c.toGenericString()), Modifier.toString(c.getModifiers()), c.getPackageName(), c.isHidden() ? "" : c.descriptorString(), c.isHidden()));
            test("flags of " + n, () -> list(c.isAnnotation(), c.isAnonymousClass(), c.isArray(), c.isEnum(), c.isInterface(), c.isLocalClass(), c.isMemberClass(), c.isPrimitive(), c.isRecord(), c.isSealed(), c.isSynthetic(), c.getPermittedSubclasses()));
            test("family of " + n, () -> list(c.getSuperclass(), c.getGenericSuperclass(), c.getInterfaces(), c.getGenericInterfaces(), c.getEnclosingClass(), c.getDeclaringClass(), c.getEnclosingMethod(), c.getNestHost(), c.getComponentType(), c.getTypeParameters(), c.getModule(), c.desiredAssertionStatus()));
            test("members of " + n, () -> { TreeSet<String> s = new TreeSet<>(); for (Member m : c.getDeclaredFields()) s.add(m.toString()); for (Method m : c.getDeclaredMethods()) if (!m.isSynthetic()) s.add(m.toGenericString() + (m.isDefault() ? " default" : "") + (m.isBridge() ? " bridge" : "")); for (Constructor<?> m : c.getDeclaredConstructors()) s.add(m.toGenericString()); for (Class<?> m : c.getDeclaredClasses()) s.add(m.toString()); return plain(c == Object.class || c == Reflecting.class ? "" + s.size() : s.toString()); });
            test("public of " + n, () -> c == Object.class ? "" : list(c.getFields().length, c.getMethods().length, c.getConstructors().length, c.getClasses().length));
            test("annotations of " + n, () -> list((Object[]) c.getAnnotations(), c.getAnnotatedSuperclass(), c.getAnnotatedInterfaces()));
        }
    }

    static Object call(String name, Class<?>[] types, Object target, Object... args) throws Throwable { Method m = Priv.class.getDeclaredMethod(name, types); m.setAccessible(true); return m.invoke(target, args); }
    static void calls() {
        test("generic types", () -> { Method m = null; for (Method x : Annotated.class.getDeclaredMethods()) if (x.getName().equals("method")) m = x; return list(m.toGenericString(), m.getGenericReturnType(), m.getGenericParameterTypes(), m.getGenericExceptionTypes(), m.getExceptionTypes(), m.getParameters(), m.getAnnotatedParameterTypes(), m.getAnnotatedReturnType(), m.getParameterAnnotations(), m.isVarArgs()); });
        test("generic field", () -> { Field f = Annotated.class.getField("field"); return list(f.toGenericString(), f.getGenericType(), f.getAnnotatedType(), f.getAnnotations(), ((ParameterizedType) f.getGenericType()).getActualTypeArguments()[0].getClass().getSimpleName()); });
        test("type parameters", () -> { TypeVariable<?> v = Annotated.class.getTypeParameters()[0]; return list(v, v.getBounds(), v.getAnnotatedBounds(), v.getAnnotations(), v.getGenericDeclaration()); });
        test("record", () -> { RecordComponent[] r = Rec.class.getRecordComponents(); return list((Object) r, r[0].getAccessor(), r[1].getGenericType(), r[0].getAnnotations(), r[2].getType(), Rec.class.getDeclaredConstructors()[0].toGenericString(), new Rec<>(1, List.of("x"), "y", "z").equals(new Rec<>(1, List.of("x"), "y", "z")), new Rec<>(1, null).hashCode() == new Rec<>(1, null).hashCode()); });
        test("annotation methods", () -> { A a = Annotated.class.getAnnotation(A.class), b = (A) Rec.class.getRecordComponents()[0].getAnnotation(A.class); return list(a, a.equals(b), a.hashCode() == Annotated.class.getAnnotation(A.class).hashCode(), a.annotationType(), a.names().getClass(), b.numbers(), (int) a.letter(), a.level(), a.inner()); });
        test("repeated", () -> list(Annotated.class.getAnnotationsByType(B.class), Heir.class.getAnnotationsByType(B.class), Heir.class.getDeclaredAnnotations(), Heir.class.isAnnotationPresent(Bs.class), Heir.class.getAnnotation(B.class)));
        test("annotation default", () -> A.class.getMethod("numbers").getDefaultValue());
        test("private call", () -> call("twice", new Class<?>[] {int.class}, new Priv(), 21));
        test("call throws", () -> call("fail", new Class<?>[0], null));
        test("call wrong receiver", () -> call("twice", new Class<?>[] {int.class}, "x", 21));
        test("call null receiver", () -> call("twice", new Class<?>[] {int.class}, null, 21));
        test("call wrong argument", () -> call("twice", new Class<?>[] {int.class}, new Priv(), "x"));
        test("call few arguments", () -> call("twice", new Class<?>[] {int.class}, new Priv()));
        test("call null for int", () -> call("twice", new Class<?>[] {int.class}, new Priv(), (Object) null));
        test("call widens", () -> call("twice", new Class<?>[] {int.class}, new Priv(), (byte) -3));
        test("call does not narrow", () -> call("twice", new Class<?>[] {int.class}, new Priv(), 3L));
        test("inaccessible", () -> String.class.getDeclaredMethod("isLatin1").invoke("x"));
        test("set accessible unopened", () -> { Class.forName("sun.net.www.protocol.file.Handler").getDeclaredMethod("getHost", java.net.URL.class).setAccessible(true); return 0; });
        test("set accessible opened", () -> { Method m = String.class.getDeclaredMethod("isLatin1"); m.setAccessible(true); return m.invoke("x") + " " + m.canAccess("x"); });
        test("not exported", () -> Class.forName("jdk.internal.misc.VM").getMethod("isBooted").invoke(null));
        test("private elsewhere", () -> { Constructor<?> c = Thread.State.class.getDeclaredConstructors()[0]; return c.newInstance("X", 9); });
        test("enum constructor", () -> { Constructor<?> c = Level.class.getDeclaredConstructors()[0]; c.setAccessible(true); return c.newInstance("X", 9); });
        test("constructor throws", () -> { Constructor<?> c = Priv.class.getDeclaredConstructor(String.class); c.setAccessible(true); return c.newInstance("thrown"); });
        test("abstract constructor", () -> Number.class.getDeclaredConstructor().newInstance());
        test("class newInstance throws", () -> Thrower.class.newInstance());
        test("record constructor throws", () -> Rec.class.getDeclaredConstructors()[0].newInstance(-1, null, null));
        test("Class constructor", () -> { Constructor<?> c = Class.class.getDeclaredConstructors()[0]; c.setAccessible(true); return c; });
        for (int n : new int[] {14, 15, 16, 17, 40}) test("inflated " + n, () -> { Method m = Reflecting.class.getDeclaredMethod("deep", int.class); Object last = null; for (int k = 0; k < n; k++) try { last = m.invoke(null, k == n - 1 ? 1 : 0); } catch (InvocationTargetException e) { StringBuilder s = new StringBuilder(); for (StackTraceElement x : e.getCause().getStackTrace()) s.append(plain(x.getClassName() + "." + x.getMethodName())).append(' '); return s.substring(0, s.indexOf("Reflecting.lambda")); } return last; });
        test("field get", () -> { Field f = Priv.class.getDeclaredField("x"); f.setAccessible(true); Priv p = new Priv(); f.set(p, 9); return list(f.get(p), f.getInt(p), f.getLong(p), f.getDouble(p)); });
        test("field narrow", () -> { Field f = Priv.class.getDeclaredField("x"); f.setAccessible(true); return f.getByte(new Priv()); });
        test("field set wrong", () -> { Field f = Priv.class.getDeclaredField("x"); f.setAccessible(true); f.set(new Priv(), "s"); return 0; });
        test("field set null", () -> { Field f = Priv.class.getDeclaredField("x"); f.setAccessible(true); f.set(new Priv(), null); return 0; });
        test("field set long", () -> { Field f = Priv.class.getDeclaredField("x"); f.setAccessible(true); f.setLong(new Priv(), 3); return 0; });
        test("field wrong receiver", () -> { Field f = Priv.class.getDeclaredField("x"); f.setAccessible(true); return f.get("s"); });
        test("field null receiver", () -> { Field f = Priv.class.getDeclaredField("x"); f.setAccessible(true); return f.get(null); });
        test("static final set", () -> { Field f = Priv.class.getDeclaredField("S"); f.setAccessible(true); f.set(null, "t"); return 0; });
        test("record field set", () -> { Field f = Rec.class.getDeclaredField("a"); f.setAccessible(true); f.setInt(new Rec<>(1, null), 2); return 0; });
        test("final instance set", () -> { class F { final int v; F() { v = 1; } } F o = new F(); Field f = F.class.getDeclaredField("v"); f.setAccessible(true); f.setInt(o, 5); return f.get(o); });
        test("array length field", () -> int[].class.getField("length"));
        test("absent field", () -> Priv.class.getDeclaredField("y"));
        test("absent method", () -> Priv.class.getDeclaredMethod("y", int.class, String[].class));
        test("absent constructor", () -> Priv.class.getDeclaredConstructor(List.class));
        test("fields of class", () -> Class.class.getDeclaredFields().length);
        test("overloads", () -> list(Reflecting.class.getDeclaredMethod("over", Object.class).invoke(null, "x"), Reflecting.class.getDeclaredMethod("over", int.class).invoke(null, 1), Reflecting.class.getDeclaredMethod("over", Integer.class).invoke(null, 1), Reflecting.class.getDeclaredMethod("over", long[].class).invoke(null, new long[2])));
        test("covariant", () -> Level.class.getMethod("valueOf", String.class).invoke(null, "LOW"));
        test("enum absent", () -> Level.valueOf("MIDDLE"));
        test("enum switch", () -> list(Level.values(), Level.HIGH.say(), Level.HIGH.getDeclaringClass(), Enum.valueOf(Level.class, "HIGH"), Level.class.getEnumConstants().length, new EnumMap<>(Map.of(Level.LOW, 1)), EnumSet.allOf(Level.class)));
        test("caller class", () -> StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE).getCallerClass());
        test("cast", () -> Integer.class.cast("x"));
        test("as subclass", () -> String.class.asSubclass(Integer.class));
        test("is instance", () -> list(Number.class.isInstance(1), int.class.isInstance(1), Object[].class.isAssignableFrom(int[][].class), Object[].class.isAssignableFrom(int[].class), Cloneable.class.isAssignableFrom(int[].class), long.class.isAssignableFrom(int.class)));
        test("resource", () -> list(Reflecting.class.getResource("Reflecting.class") != null, Reflecting.class.getResource("/nope"), Object.class.getResource("Object.class"), Reflecting.class.getProtectionDomain().getCodeSource() != null, Object.class.getProtectionDomain().getCodeSource()));
        test("signers", () -> list((Object) Reflecting.class.getSigners(), Reflecting.class.getClassLoader().getClass().getSimpleName(), Object.class.getClassLoader(), java.sql.Driver.class.getClassLoader().getName()));
        test("array", () -> list(Array.newInstance(String.class, 2, 0), Array.newInstance(int.class, 3), Array.get(new char[] {'x'}, 0), Array.getLong(new int[] {5}, 0)));
        test("array of void", () -> Array.newInstance(void.class, 1));
        test("array array type", () -> list(int.class.arrayType(), String[].class.arrayType(), String[].class.componentType()));
        test("array huge", () -> Array.newInstance(int.class, -1));
        test("array dims", () -> Array.newInstance(Array.newInstance(int.class, new int[255]).getClass(), 1));
        test("array set wrong", () -> { Array.set(new Integer[1], 0, "x"); return 0; });
    }
    static class Thrower { Thrower() throws java.io.IOException { throw new java.io.IOException("checked"); } } static int deep(int x) { if (x > 0) throw new RuntimeException("deep"); return x; }

    static void proxies() {
        InvocationHandler h = (p, m, a) -> m.getName().equals("f") ? (Object) ((Integer) a[0] * 3) : m.isDefault() ? InvocationHandler.invokeDefault(p, m, a) : m.getName().equals("toString") ? "proxy" : null;
        Supplier<Object> make = () -> Proxy.newProxyInstance(Reflecting.class.getClassLoader(), new Class<?>[] {Face.class, Runnable.class}, h);
        test("proxy call", () -> ((Face) make.get()).f(7));
        test("proxy default", () -> ((Face) make.get()).d());
        test("proxy class", () -> { Class<?> c = make.get().getClass(); return list(Proxy.isProxyClass(c), c.getInterfaces(), Modifier.toString(c.getModifiers()), c.getSuperclass(), plain(c.getName()), c.isSynthetic()); });
        test("proxy null for int", () -> ((IntSupplier) Proxy.newProxyInstance(Reflecting.class.getClassLoader(), new Class<?>[] {IntSupplier.class}, (p, m, a) -> null)).getAsInt());
        test("proxy wrong type", () -> ((IntSupplier) Proxy.newProxyInstance(Reflecting.class.getClassLoader(), new Class<?>[] {IntSupplier.class}, (p, m, a) -> "x")).getAsInt());
        test("proxy checked", () -> { ((Runnable) Proxy.newProxyInstance(Reflecting.class.getClassLoader(), new Class<?>[] {Runnable.class}, (p, m, a) -> { throw new java.io.IOException("x"); })).run(); return 0; });
        test("proxy of class", () -> Proxy.newProxyInstance(Reflecting.class.getClassLoader(), new Class<?>[] {String.class}, h));
        test("proxy twice", () -> Proxy.newProxyInstance(Reflecting.class.getClassLoader(), new Class<?>[] {Runnable.class, Runnable.class}, h));
        test("proxy invisible", () -> Proxy.newProxyInstance(null, new Class<?>[] {Face.class}, h));
        test("proxy conflict", () -> Proxy.newProxyInstance(Reflecting.class.getClassLoader(), new Class<?>[] {IntSupplier.class, Clash.class}, h));
        test("proxy sealed", () -> Proxy.newProxyInstance(Reflecting.class.getClassLoader(), new Class<?>[] {Sea.class}, h));
        test("proxy hidden", () -> Proxy.newProxyInstance(Reflecting.class.getClassLoader(), new Class<?>[] {Object[].class}, h));
        test("not a proxy", () -> Proxy.getInvocationHandler("x"));
    }
    interface Clash { String getAsInt(); }

    public static void main(String[] args) throws Exception {
        classes();
        calls();
        proxies();
    }
}
