import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/** Throwaway loaders and hidden classes by the thousand: what nobody can reach goes, what somebody can stays as it was. */
public class Unload {
    static final class Throwaway extends ClassLoader {
        Throwaway() { super(Unload.class.getClassLoader()); }
        @Override protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("Thrown")) return super.loadClass(name, resolve);
            Class<?> c = findLoadedClass(name);
            return c != null ? c : defineClass(name, bytes(name), 0, bytes(name).length);
        }
    }

    static byte[] thrown, shape, veiled;
    static byte[] bytes(String name) { return name.equals("Thrown") ? thrown : shape; }

    static byte[] read(String name) throws Exception {
        try (InputStream in = Unload.class.getResourceAsStream(name + ".class")) { return in.readAllBytes(); }
    }

    static int use(Class<?> c, int n) throws Exception {
        Object o = c.getDeclaredConstructor(int.class).newInstance(n);
        return ((IntSupplier) o).getAsInt();
    }

    /** What is alive through one thread only: an instance, an array, a class, a method, a running frame, an exception. */
    static List<Object> keep(int n) throws Exception {
        List<Object> kept = new ArrayList<>();
        Class<?> c = new Throwaway().loadClass("Thrown");
        kept.add(c.getDeclaredConstructor(int.class).newInstance(n));
        Class<?> a = new Throwaway().loadClass("Thrown");
        kept.add(java.lang.reflect.Array.newInstance(a, 2, 2));
        kept.add(new Throwaway().loadClass("Thrown"));
        kept.add(new Throwaway().loadClass("Thrown").getMethod("getAsInt"));
        try { use(new Throwaway().loadClass("Thrown"), -1); }
        catch (java.lang.reflect.InvocationTargetException e) { kept.add(e.getCause()); }
        kept.add(hidden(n).getDeclaredConstructor(int.class).newInstance(n));
        kept.add(MethodHandles.lookup().findVirtual(new Throwaway().loadClass("Thrown"), "text", java.lang.invoke.MethodType.methodType(String.class)));
        return kept;
    }

    static Class<?> hidden(int n) throws Exception {
        return MethodHandles.lookup().defineHiddenClass(veiled, false, n % 3 == 0 ? new Lookup.ClassOption[] { Lookup.ClassOption.NESTMATE } : new Lookup.ClassOption[0]).lookupClass();
    }

    static void check(List<Object> kept, int n) throws Exception {
        StringBuilder s = new StringBuilder();
        s.append(((IntSupplier) kept.get(0)).getAsInt()).append(' ').append(kept.get(0));
        s.append(' ').append(kept.get(1).getClass().getName()).append(' ').append(((Object[]) kept.get(1)).length);
        s.append(' ').append(use((Class<?>) kept.get(2), n));
        Method m = (Method) kept.get(3);
        s.append(' ').append(m.invoke(m.getDeclaringClass().getDeclaredConstructor(int.class).newInstance(n + 1)));
        Throwable t = (Throwable) kept.get(4);
        s.append(' ').append(t.getMessage()).append(" at ").append(t.getStackTrace()[0]);
        s.append(' ').append(((IntSupplier) kept.get(5)).getAsInt()).append(' ').append(kept.get(5).toString().replaceAll("/0x[0-9a-f]+", "/X"));
        System.out.println(s);
    }

    /** Work on other objects: what was used last may be held by chance, where stacks are scanned conservatively. */
    static int other(IntSupplier s, List<Integer> list) {
        int sum = s.getAsInt();
        for (int i = 0; i < 5; i++) list.add(i);
        for (int n : list) sum += n;
        return sum;
    }

    static void collect(WeakReference<?> r) throws InterruptedException {
        for (int i = 0; r.get() != null && i < 20; i++) {
            int n = i;
            other(() -> n, new ArrayList<>());
            System.gc();
            Thread.sleep(1);
        }
    }

    static WeakReference<ClassLoader> loaderOf(int n) throws Exception {
        Class<?> c = new Throwaway().loadClass("Thrown");
        if (use(c, n) != n * 3 + 8) throw new Error();
        return new WeakReference<>(c.getClassLoader());
    }

    static long meta() { return ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed(); }

    public static void main(String[] args) throws Exception {
        int loaders = Integer.parseInt(args[0]), hiddens = Integer.parseInt(args[1]);
        thrown = read("Thrown");
        veiled = read("Veiled");
        shape = read("Thrown$Shape");
        List<Object> kept = keep(7);
        WeakReference<ClassLoader> first = loaderOf(5);
        collect(first);
        System.out.println("loader " + (first.get() == null ? "gone" : "still there"));
        WeakReference<Class<?>> h = new WeakReference<>(hidden(1));
        collect(h);
        System.out.println("hidden class " + (h.get() == null ? "gone" : "still there"));
        check(kept, 7);
        long before = 0, sum = 0;
        for (int i = 0; i < loaders; i++) {
            if (i == loaders / 4) before = meta();
            sum += use(new Throwaway().loadClass("Thrown"), i);
            if (i % 500 == 0) System.gc();
        }
        System.out.println("loaders: " + sum);
        for (int i = 0; i < hiddens; i++) {
            sum += use(hidden(i), i);
            if (i % 2000 == 0) System.gc();
        }
        System.out.println("hidden classes: " + sum);
        System.gc();
        System.out.println("metadata " + (meta() - before < (64 << 20) ? "bounded" : "grew by " + (meta() - before)));
        check(kept, 7);
        long unloaded = ManagementFactory.getClassLoadingMXBean().getUnloadedClassCount();
        System.out.println(unloaded > loaders + hiddens / 2 ? "most were unloaded" : "unloaded " + unloaded);
    }
}
