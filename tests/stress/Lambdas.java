import java.io.InputStream;
import java.lang.invoke.*;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.management.ManagementFactory;
import java.util.function.IntUnaryOperator;

/** Lambdas' hidden classes, made and dropped with the loader of their host: `Lambdas COUNT PER_LOADER`. */
public class Lambdas {
    static final class Throwaway extends ClassLoader {
        final byte[] bytes;
        Throwaway(byte[] bytes) { super(Lambdas.class.getClassLoader()); this.bytes = bytes; }
        @Override protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals("Lambdas$Host")) return super.loadClass(name, resolve);
            Class<?> c = findLoadedClass(name);
            return c != null ? c : defineClass(name, bytes, 0, bytes.length);
        }
    }

    /** Loaded again by every Throwaway. */
    public static class Host {
        public static Lookup lookup() { return MethodHandles.lookup(); }
        static int add(int captured, int x) { return captured + x; }
    }

    static final MethodType FACTORY = MethodType.methodType(IntUnaryOperator.class, int.class);
    static final MethodType UNARY = MethodType.methodType(int.class, int.class);

    /** What an invokedynamic of a capturing lambda does when it is linked, and one use of it. */
    static int one(Lookup host, MethodHandle add, int i) throws Throwable {
        MethodHandle factory = LambdaMetafactory.metafactory(host, "applyAsInt", FACTORY, UNARY, add, UNARY).getTarget();
        IntUnaryOperator f = (IntUnaryOperator) factory.invokeExact(i);
        return f.applyAsInt(1);
    }

    public static void main(String[] args) throws Throwable {
        int count = Integer.parseInt(args[0]), perLoader = Integer.parseInt(args[1]);
        byte[] bytes;
        try (InputStream in = Lambdas.class.getResourceAsStream("Lambdas$Host.class")) { bytes = in.readAllBytes(); }
        long sum = 0, expected = 0;
        var beans = ManagementFactory.getClassLoadingMXBean();
        long before = beans.getTotalLoadedClassCount();
        for (int made = 0, part = 0; made < count; part++) {
            Class<?> c = new Throwaway(bytes).loadClass("Lambdas$Host");
            Lookup host = (Lookup) c.getMethod("lookup").invoke(null);
            MethodHandle add = host.findStatic(c, "add", MethodType.methodType(int.class, int.class, int.class));
            for (int i = 0; i < perLoader && made < count; i++, made++) {
                sum += one(host, add, made);
                expected += made + 1;
            }
            if (part % Math.max(1, count / perLoader / 8) == 0) Memory.look(part > 0);
        }
        System.gc();
        long loaded = beans.getTotalLoadedClassCount() - before;
        System.out.println("sum " + (sum == expected ? "right" : "WRONG"));
        System.out.println("loaded " + (loaded >= count ? "as many as lambdas" : "only " + loaded));
        System.gc();
        Thread.sleep(50);
        System.gc();
        int left = beans.getLoadedClassCount();
        System.out.println("left " + (left < 2000 + 3 * perLoader ? "few" : left));
        System.out.println("memory " + Memory.verdict());
    }
}
