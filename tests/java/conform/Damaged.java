import java.io.*;
import java.lang.annotation.*;
import java.util.*;
import java.util.function.*;

/** Class files with a few bytes changed anywhere: what loading, linking, initializing and looking into them gives. Usage: Damaged [COUNT] [SEED] */
class Damaged extends Cases {
    @Retention(RetentionPolicy.RUNTIME) @interface Mark { int value() default 3; String[] names() default {"a"}; }
    sealed interface Shape permits Disc, Box { default int sides() { return 0; } }
    @Mark(7) record Disc(@Mark int r, List<String> names) implements Shape { }
    static final class Box implements Shape { int a; public int sides() { return 4; } private static long count = 5; class Inner { int get() { return a; } } }
    enum Color { RED, GREEN; int f() { return 2; } }
    static abstract class Base<T extends Comparable<T>> implements Callback<T> {
        static final String TEXT = "text"; static final long LONG = 1L << 40; protected T value;
        abstract void hook() throws IOException;
        public static int f() {
            Function<Integer, Integer> g = x -> x + 1;
            int sum = 0;
            try { for (int i = 0; i < 10; i++) sum += g.apply(i); } catch (RuntimeException e) { sum = -1; } finally { sum++; }
            switch (sum) { case 1: return 2; case 57: return 3; }
            return ("" + sum + TEXT).length();
        }
    }
    interface Callback<T> { T call(T... in) throws Exception; default void unused() { } static int g() { return 1; } private void h() { } }

    static class Loader extends ClassLoader {
        final String name; final byte[] image;
        Loader(String name, byte[] image) { super(Damaged.class.getClassLoader()); this.name = name; this.image = image; }
        @Override protected Class<?> loadClass(String n, boolean resolve) throws ClassNotFoundException {
            if (!n.equals(name)) return super.loadClass(n, resolve);
            Class<?> c = findLoadedClass(n);
            return c != null ? c : defineClass(n, image, 0, image.length);
        }
    }

    static String look(Class<?> c) throws Exception {
        StringBuilder s = new StringBuilder(c.toGenericString()).append(c.getDeclaredFields().length).append(c.getDeclaredMethods().length).append(c.getDeclaredConstructors().length);
        s.append(Arrays.toString(c.getInterfaces())).append(c.getDeclaringClass()).append(c.getEnclosingMethod()).append(Arrays.toString(c.getDeclaredClasses()));
        s.append(c.getNestHost()).append(c.isRecord() ? Arrays.toString(c.getRecordComponents()) : "").append(c.isSealed());
        TreeSet<String> methods = new TreeSet<>(); /* the order of methods is nobody's */
        for (var m : c.getDeclaredMethods()) methods.add(m.toGenericString());
        s.append(methods);
        s.append(Arrays.toString(c.getAnnotations()));
        return Integer.toHexString(s.toString().hashCode());
    }

    static Object use(String name, byte[] image) {
        String stage = "load ";
        try {
            Class<?> c = new Loader(name, image).loadClass(name);
            stage = "link ";
            Class.forName(name, true, c.getClassLoader());
            stage = "look ";
            return look(c);
        } catch (Throwable t) {
            String s = headline(t);
            return stage + (s.contains("VerifyError") ? s.replaceAll("(?s)\n.*", "") : s.length() > 400 ? s.substring(0, 400) : s);
        }
    }

    public static void main(String[] args) throws Exception {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 60, seed = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        for (String name : new String[] {"Damaged$Disc", "Damaged$Box", "Damaged$Color", "Damaged$Base", "Damaged$Callback"}) {
            byte[] whole;
            try (InputStream in = Damaged.class.getResourceAsStream(name + ".class")) { whole = in.readAllBytes(); }
            Random random = new Random(seed * 31L + name.hashCode());
            for (int i = 0; i < count; i++) {
                byte[] b = whole.clone();
                StringBuilder what = new StringBuilder(name);
                for (int n = random.nextInt(8) == 0 ? 2 : 1; n > 0; n--) {
                    int at = 8 + random.nextInt(b.length - 8);
                    b[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextBoolean() ? b[at] + 1 : b[at] ^ 1 << random.nextInt(8));
                    what.append(' ').append(at).append('=').append(b[at] & 255);
                }
                test(what.toString(), () -> use(name, b));
            }
        }
    }
}
