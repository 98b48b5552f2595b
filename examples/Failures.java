/** Exceptions: nesting, finally, causes, suppressed, helpful messages, an uncaught one at the end (exit code 1). */
public class Failures {
    static class Resource implements AutoCloseable {
        private final String name;
        Resource(String name) { this.name = name; System.out.println("open " + name); }
        @Override public void close() { System.out.println("close " + name); throw new IllegalStateException("closing " + name); }
    }
    static class Box { Box inner; int[] values; String text; }

    static int depth(int n) { return n == 0 ? new int[0][0].length / (n & 0) : depth(n - 1) + 1; }
    static int recurse(int n) { return recurse(n + 1) + 1; }

    static void attempt(String name, Runnable r) {
        try {
            r.run();
            System.out.println(name + ": fine");
        } catch (RuntimeException | StackOverflowError | ExceptionInInitializerError | NoClassDefFoundError e) {
            System.out.println(name + ": " + e.getClass().getName() + (e instanceof StackOverflowError ? "" : ": " + e.getMessage()));
            for (Throwable s : e.getSuppressed()) System.out.println("  suppressed " + s);
            if (e.getCause() != null) System.out.println("  cause " + e.getCause());
        } finally {
            System.out.println("after " + name);
        }
    }
    static class Bad { static int value = Integer.parseInt("x1"); }

    public static void main(String[] args) {
        Box box = new Box();
        attempt("division", () -> depth(3));
        attempt("null field", () -> System.out.println(box.inner.text));
        attempt("null array", () -> System.out.println(box.values[2]));
        attempt("null call", () -> System.out.println(box.text.length()));
        attempt("index", () -> System.out.println(new int[3][args.length + 3].length + new int[2][2][args.length + 1].length + new int[5][args.length + 7].length + "abc".charAt(args.length + 9)));
        attempt("cast", () -> { Object o = "text"; System.out.println((Integer) o); });
        attempt("store", () -> { Object[] a = new String[1]; a[0] = 1; });
        attempt("negative", () -> System.out.println(new int[args.length - 1].length));
        attempt("overflow", () -> recurse(0));
        attempt("initializer", () -> System.out.println(Bad.value));
        attempt("initializer again", () -> System.out.println(Bad.value));
        attempt("resources", () -> {
            try (Resource a = new Resource("a"); Resource b = new Resource("b")) {
                throw new UnsupportedOperationException("body");
            }
        });
        attempt("cause", () -> { throw new IllegalArgumentException("outer", new java.io.IOException("inner")); });
        StackTraceElement top = new Throwable().getStackTrace()[0];
        System.out.println(top.getMethodName() + " " + top.getLineNumber() + " " + top.getFileName());
        Object[] objects = { 1, null };
        throw new IllegalStateException("the end", new RuntimeException("because of " + objects[1]));
    }
}
