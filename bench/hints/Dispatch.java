/** A virtual call on objects of four classes in random order. */
public class Dispatch {
    static abstract class Shape { int a; Shape(int a) { this.a = a; } abstract int area(int k); }
    static final class Square extends Shape { Square(int a) { super(a); } int area(int k) { return a * a + k; } }
    static final class Strip extends Shape { Strip(int a) { super(a); } int area(int k) { int s = 0; for (int i = 0; i < 3; i++) s += a ^ i; return s - k; } }
    static final class Wedge extends Shape { Wedge(int a) { super(a); } int area(int k) { return a * (k & 7) / 2; } }
    static final class Point extends Shape { Point(int a) { super(a); } int area(int k) { return k; } }

    static long total(Shape[] shapes) {
        long sum = 0;
        for (int i = 0; i < shapes.length; i++) sum += shapes[i].area(i);
        return sum;
    }

    public static void main(String[] args) {
        long seed = args.length > 0 ? Long.parseLong(args[0]) : 1;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 60;
        Shape[] shapes = new Shape[8_000];
        long sum = 0;
        for (int r = 0; r < rounds; r++) {
            for (int i = 0; i < shapes.length; i++) {
                seed = seed * 6364136223846793005L + 1442695040888963407L;
                int n = (int) (seed >>> 40) & 1023;
                if (r == 0) shapes[i] = (n & 3) == 0 ? new Square(n) : (n & 3) == 1 ? new Strip(n) : (n & 3) == 2 ? new Wedge(n) : new Point(n);
                else { Shape s = shapes[i]; int k = (int) ((seed >>> 33) % shapes.length); if (k < 0) k += shapes.length; shapes[i] = shapes[k]; shapes[k] = s; }
            }
            sum = sum * 17 + total(shapes);
        }
        System.out.println(sum);
    }
}
