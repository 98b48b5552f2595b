/** A quad tree of bodies, walked for forces. */
public class BarnesHut {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Cell { double x, y, mass, size; Cell a, b, c, d; }
    static Cell build(double x, double y, double size, int depth) {
        Cell t = new Cell();
        t.x = x; t.y = y; t.size = size; t.mass = 1 + random(9);
        if (depth == 0 || random(12) == 0) return t;
        double h = size / 4;
        t.c = build(x - h, y + h, size / 2, depth - 1); t.a = build(x - h, y - h, size / 2, depth - 1);
        t.d = build(x + h, y + h, size / 2, depth - 1); t.b = build(x + h, y - h, size / 2, depth - 1);
        return t;
    }
    static double force(Cell t, double x, double y) {
        double dx = t.x - x, dy = t.y - y, d = dx * dx + dy * dy + 0.01;
        if (t.a == null || t.size * t.size < d * 0.25) return t.mass / d;
        return force(t.a, x, y) + force(t.b, x, y) + force(t.c, x, y) + force(t.d, x, y);
    }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        Cell root = build(0, 0, 1, 7);
        double sum = 0;
        for (int i = 0; i < 2_000 * scale; i++) sum += force(root, random(1000) / 1000.0 - 0.5, random(1000) / 1000.0 - 0.5);
        System.out.println((long) sum);
    }
}
