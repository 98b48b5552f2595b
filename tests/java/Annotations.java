// modes: native
import java.lang.annotation.*;
import java.lang.reflect.*;
import java.util.*;
import java.util.function.*;

/** Annotations of every element type, repeatable, inherited, on types and parameters; reflection of generics, records, enums, sealed classes. */
public class Annotations {
    enum Level { LOW, HIGH }
    @Retention(RetentionPolicy.RUNTIME) @interface Sub { int v() default 3; String[] names() default {}; }
    @Retention(RetentionPolicy.RUNTIME) @Inherited @interface All {
        byte b() default 1;
        short s() default 2;
        int i() default 3;
        long l() default 4;
        float f() default 5.5f;
        double d() default 6.5;
        char c() default 'x';
        boolean z() default true;
        String str() default "str\n\"q\""; Class<?> cls() default String.class; Level level() default Level.HIGH; Sub sub() default @Sub(v = 9);
        int[] ints() default { 1, 2 };
        String[] strs() default { "a" };
        Class<?>[] classes() default { int.class, int[].class, Map.Entry.class };
        Level[] levels() default {};
        Sub[] subs() default { @Sub, @Sub(names = { "p", "q" }) };
        byte[] bs() default { -1 };
        char[] chs() default { 'c', '\'' };
        long[] ls() default { 1L << 40 };
        double[] ds() default { Double.NaN };
        boolean[] zs() default { false };
        float[] fs() default {};
        short[] ss() default { 7 };
    }
    @Retention(RetentionPolicy.RUNTIME) @Repeatable(Tags.class) @interface Tag { String value(); }
    @Retention(RetentionPolicy.RUNTIME) @interface Tags { Tag[] value(); }
    @Retention(RetentionPolicy.RUNTIME) @Target({ ElementType.TYPE_USE, ElementType.TYPE_PARAMETER }) @interface TU { int value() default 0; }
    @Retention(RetentionPolicy.CLASS) @interface Gone {}
    @All(i = 77, levels = { Level.LOW, Level.HIGH }) @Gone static class Base<@TU(1) T extends @TU(2) Number & @TU(3) Comparable<@TU(4) ?
        super @TU(5) T>> implements @TU(6) Supplier<@TU(7) List<@TU(8) T @TU(9) [] @TU(10) []>> {
        @Tag("a") @Tag("b") @Deprecated public @TU(11) T @TU(12) [] field; @Tag("single") int one;
        public <X extends @TU(13) Exception> @TU(14) Map<String, @TU(15) ? extends T> method(@TU(16) Base<T> this, @Tag("p1") @Sub int p,
            final @TU(17) String @TU(18) ... rest) throws @TU(19) X, java.io.@TU(20) IOException { return null; }
        public List<T[][]> get() { return null; }
    }
    static class Derived extends @TU(21) Base<Integer> {}
    record R(@Tag("comp") int a, @TU(22) List<@TU(23) String> b) {}
    sealed interface S permits S1, S2 {} static final class S1 implements S {} static non-sealed class S2 implements S {}
    class Inner { Inner(@Sub(v = 5) String s, int i) {} class Deeper<Q> { Base<? extends Number> x() { return null; } } }
    static String at(AnnotatedType t) {
        String s = t.getClass().getInterfaces()[0].getSimpleName() + Arrays.toString(t.getAnnotations());
        if (t instanceof AnnotatedArrayType q) s += "[" + at(q.getAnnotatedGenericComponentType()) + "]";
        if (t instanceof AnnotatedParameterizedType q) for (AnnotatedType x : q.getAnnotatedActualTypeArguments()) s += "<" + at(x) + ">";
        if (t instanceof AnnotatedWildcardType q) { for (AnnotatedType x : q.getAnnotatedLowerBounds()) s += " super " + at(x); for
            (AnnotatedType x : q.getAnnotatedUpperBounds()) s += " extends " + at(x); }
        return s;
    }
    public static void main(String[] args) throws Exception {
        System.out.println(Arrays.toString(Derived.class.getAnnotations()).length() + " " + Derived.class.getDeclaredAnnotations().length);
        All x = Base.class.getAnnotation(All.class), y = Derived.class.getAnnotation(All.class);
        System.out.println(x.equals(y) + " " + (x.hashCode() == y.hashCode()) + " " + x.annotationType() + x.i() + x.levels()[1] +
            x.sub().v() + x.subs()[1].names()[1] + x.classes()[2] + Proxy.isProxyClass(x.getClass()));
        Field f = Base.class.getField("field");
        System.out.println(Arrays.toString(f.getAnnotations()) + Arrays.toString(f.getAnnotationsByType(Tag.class)) +
            f.getAnnotation(Tag.class) + f.toGenericString() + " " + at(f.getAnnotatedType()));
        Field one = Base.class.getDeclaredField("one");
        System.out.println(one.getAnnotationsByType(Tag.class).length + one.getAnnotation(Tag.class).value());
        Method m = Base.class.getMethod("method", int.class, String[].class);
        System.out.println(m.toGenericString() + "\n" + m + "\n" + Arrays.deepToString(m.getParameterAnnotations()) + m.isVarArgs());
        System.out.println(at(m.getAnnotatedReturnType()) + "\n" + at(m.getAnnotatedReceiverType()));
        for (AnnotatedType t : m.getAnnotatedParameterTypes()) System.out.println(at(t));
        for (AnnotatedType t : m.getAnnotatedExceptionTypes()) System.out.println(at(t));
        System.out.println(at(m.getTypeParameters()[0].getAnnotatedBounds()[0]) + m.getTypeParameters()[0].getGenericDeclaration());
        TypeVariable<?> tv = Base.class.getTypeParameters()[0];
        System.out.println(Arrays.toString(tv.getAnnotations()) + Arrays.toString(tv.getBounds()));
        for (AnnotatedType t : tv.getAnnotatedBounds()) System.out.println(at(t));
        System.out.println(at(Base.class.getAnnotatedInterfaces()[0]) + "\n" + at(Derived.class.getAnnotatedSuperclass()) +
            Derived.class.getGenericSuperclass());
        for (RecordComponent c : R.class.getRecordComponents()) System.out.println(c + " " + c.getGenericSignature() +
            at(c.getAnnotatedType()) + Arrays.toString(c.getAnnotations()) + c.getAccessor());
        System.out.println(Arrays.toString(S.class.getPermittedSubclasses()) + S.class.isSealed() + S2.class.isSealed());
        System.out.println(Arrays.toString(R.class.getDeclaredConstructors()[0].getParameters()) +
            Arrays.deepToString(R.class.getDeclaredConstructors()[0].getParameterAnnotations()));
        Constructor<?> ic = Inner.class.getDeclaredConstructors()[0];
        System.out.println(ic + " " + ic.toGenericString() + Arrays.deepToString(ic.getParameterAnnotations()) +
            Arrays.toString(ic.getGenericParameterTypes()) + ic.getParameterCount());
        System.out.println(Inner.Deeper.class.getDeclaredMethod("x").getGenericReturnType() + " " + Inner.Deeper.class.getCanonicalName() +
            Inner.Deeper.class.getTypeName() + Modifier.toString(Base.class.getModifiers()) + Inner.Deeper.class.getNestHost() +
            Base.class.isNestmateOf(R.class));
        Object anon = new Object() {};
        class Loc {}
        Runnable lam = () -> {};
        System.out.println(anon.getClass() + " " + anon.getClass().isAnonymousClass() + anon.getClass().getEnclosingMethod() +
            Loc.class.isLocalClass() + Loc.class.getSimpleName() + anon.getClass().getCanonicalName() + lam.getClass().isSynthetic() +
            lam.getClass().isHidden() + int[][].class.getSimpleName() + int.class.descriptorString() + String[].class.arrayType() +
            Map.Entry.class.toGenericString());
        List<String> ms = new ArrayList<>();
        for (Method q : Annotations.class.getDeclaredMethods()) ms.add(q.toGenericString());
        Collections.sort(ms);
        System.out.println(ms);
        List<String> cs = new ArrayList<>();
        for (Class<?> q : Annotations.class.getDeclaredClasses()) cs.add(q.toGenericString());
        Collections.sort(cs);
        cs.forEach(System.out::println);
        System.out.println(Level.class.getField("LOW").isEnumConstant() + " " + Level.HIGH.getDeclaringClass() +
            Arrays.toString(Level.class.getEnumConstants()) + Level.class.describeConstable() + Level.LOW.describeConstable());
        System.out.println(FunctionalInterface.class.getAnnotation(Retention.class) + " " +
            FunctionalInterface.class.getAnnotation(Target.class) + All.class.getMethod("ints").getDefaultValue().getClass() +
            All.class.getMethod("sub").getDefaultValue());
        System.out.println(Base.class.getMethod("get").isBridge() + " " + Derived.class.getMethod("get").getGenericReturnType() +
            Arrays.stream(Base.class.getDeclaredMethods()).filter(Method::isBridge).toList() +
            Thread.class.getMethod("stop").getAnnotation(Deprecated.class));
        Object arr = Array.newInstance(int.class, 2, 3);
        Array.setInt(Array.get(arr, 1), 2, 5);
        System.out.println(Array.getLong(((int[][]) arr)[1], 2) + arr.getClass().getName());
        try { Array.setByte(new char[1], 0, (byte) 1); } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        f.set(new Derived(), new Integer[0]);
        try { f.set(new Derived(), "s"); } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        try { Integer.class.getDeclaredField("value").setAccessible(true); } catch (InaccessibleObjectException e) {
            System.out.println(e.getMessage().replaceAll("@.*", "")); }
        try { R.class.getDeclaredField("a").set(new R(1, null), 2); } catch (IllegalAccessException e) { System.out.println(e.getMessage()); }
    }
}
