/* How compiled methods call each other: direct calls that are pointed at code as it comes, goes and comes back; receivers of one class, of a few, of
   more than that, of classes that are loaded when the code is there already; recursion, mutual too, to the end of the stack; exceptions through it all. */
import java.util.function.IntUnaryOperator;

public class Calls {
    static int seen;

    // ---- direct calls, both ways round in age ------------------------------------------------------------------------------
    static int leaf(int x) { return x * 31 ^ x >>> 3; }
    static int large(int x, long y, double z) {
        int r = leaf(x) + (int) y;
        for (int i = 0; i < 3; i++) r = r * 17 + (int) (z * i) + leaf(r) % 7 + (r >>> 5) - (x & i);
        r ^= x * 3 + (int) (y >>> 2) - (int) z;
        r += r << 3; r ^= r >>> 11; r += r << 15; r ^= x; r -= (int) y * 5; r ^= r >>> 4; r *= 9; r += 77; r ^= r << 2; r -= x >> 1; r += leaf(r);
        r += r << 3; r ^= r >>> 11; r += r << 15; r ^= x; r -= (int) y * 5; r ^= r >>> 4; r *= 9; r += 77; r ^= r << 2; r -= x >> 1; r += leaf(r);
        r += r << 3; r ^= r >>> 11; r += r << 15; r ^= x; r -= (int) y * 5; r ^= r >>> 4; r *= 9; r += 77; r ^= r << 2; r -= x >> 1; r += leaf(r);
        r += r << 3; r ^= r >>> 11; r += r << 15; r ^= x; r -= (int) y * 5; r ^= r >>> 4; r *= 9; r += 77; r ^= r << 2; r -= x >> 1; r += leaf(r);
        return r;
    }
    static int caller(int n) {
        int s = 0;
        for (int i = 0; i < n; i++) s += large(i, s, i * 0.5);
        return s;
    }

    // ---- code that is dropped: its guesses fail, one after the other ---------------------------------------------------------
    static int guesses(Object o, int way, int x) {
        int r = leaf(x);
        if (way > 1) r += leaf(r) * 3;
        if (way > 2) r ^= o.hashCode();
        if (way > 3) r -= ((CharSequence) o).length();
        for (int i = 0; i < way; i++) r = r * 5 + large(r, way, i);
        return r;
    }
    static int guessed(int n, int way) {
        int s = 0;
        for (int i = 0; i < n; i++) s = s * 3 + guesses(way > 3 ? "text" : (Object) Integer.valueOf(i), way, i);
        return s;
    }

    // ---- receivers -------------------------------------------------------------------------------------------------------------
    static abstract class Shape {
        abstract long area(int k);
        long twice(int k) { return 2 * area(k); }
    }
    static class A extends Shape { long area(int k) { return k; } }
    static class B extends Shape { long area(int k) { return k * 2L; } }
    static class C extends Shape { long area(int k) { return leaf(k); } long twice(int k) { return -area(k); } }
    static class D extends C { long area(int k) { return large(k, k, k); } }
    static class E extends Shape { synchronized long area(int k) { return k ^ 5; } }
    static class F extends A { long area(int k) { if (k % 1000 == 999) throw new IllegalStateException("F" + k); return super.area(k) + 1; } }
    interface Scale { double scale(double x); default int id() { return 7; } }
    static class Twice implements Scale { public double scale(double x) { return 2 * x; } }
    static class Half implements Scale { public double scale(double x) { return x / 2; } public int id() { return 8; } }

    static long sum(Shape[] shapes, int n) {
        long s = 0;
        for (int i = 0; i < n; i++) {
            try {
                Shape shape = shapes[i % shapes.length];
                s = s * 7 + shape.area(i) + shape.twice(i);
            } catch (IllegalStateException e) {
                s += e.getMessage().length();
                seen++;
            }
        }
        return s;
    }
    static double scaled(Scale[] scales, int n) {
        double s = 1;
        for (int i = 0; i < n; i++) s = scales[i % scales.length].scale(s) + scales[i % scales.length].id();
        return s;
    }
    static Shape make(String name) throws Exception { return (Shape) Class.forName("Calls$" + name).getDeclaredConstructor().newInstance(); }

    // ---- recursion ---------------------------------------------------------------------------------------------------------------
    static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
    static boolean even(int n) { return n == 0 || odd(n - 1); }
    static boolean odd(int n) { return n != 0 && even(n - 1); }
    static int ackermann(int m, int n) { return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1)); }
    static int deep(int n, int[] depth) { depth[0] = n; return deep(n + 1, depth) + leaf(n); }
    static int bottom() {
        int[] depth = { 0 };
        try {
            return deep(0, depth);
        } catch (StackOverflowError e) {
            return depth[0] > 500 ? -1 : depth[0];
        }
    }

    // ---- a thread in recursion without loops lets others run ------------------------------------------------------------------------
    static volatile boolean done;
    static int until(int n) { return done ? 1 : n == 0 ? 0 : until(n - 1) | until(n - 1); }

    public static void main(String[] args) throws Exception {
        for (int round = 0; round < 3; round++) System.out.println(caller(20000));
        for (int way = 1; way <= 5; way++) System.out.println(way + ": " + guessed(6000, way) + " " + caller(1000));
        Shape[] shapes = { new A(), new A() };
        System.out.println(sum(shapes, 30000));
        for (String name : new String[] { "B", "C", "D", "E", "F" }) {
            shapes = java.util.Arrays.copyOf(shapes, shapes.length + 1);
            shapes[shapes.length - 1] = make(name);
            System.out.println(name + ": " + sum(shapes, 20000) + " " + seen);
        }
        System.out.println(scaled(new Scale[] { new Twice() }, 20000) + " " + scaled(new Scale[] { new Twice(), new Half() }, 20000));
        IntUnaryOperator plus = x -> x + 1;
        Scale lambda = x -> x - plus.applyAsInt(3);
        System.out.println(scaled(new Scale[] { new Half(), lambda, new Half() }, 20000));
        System.out.println(fib(22) + " " + even(3000) + " " + odd(2999) + " " + ackermann(2, 200));
        for (int i = 0; i < 4; i++) System.out.println(bottom());
        Thread other = new Thread(() -> {
            long x = 1;
            for (int i = 0; i < 200000; i++) x = x * 5 + leaf(i);
            seen = (int) x;
            done = true;
        });
        other.start();
        int r = 0;
        while (r == 0) r = until(18);
        other.join();
        System.out.println(r + " " + seen);
    }
}
