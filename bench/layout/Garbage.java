/** Nothing to gain: objects that die young. */
public class Garbage {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Point { double x, y; Point(double x, double y) { this.x = x; this.y = y; } Point plus(Point o) { return new Point(x + o.x, y + o.y); } }
    public static void main(String[] a) {
        int scale = a.length > 0 ? Integer.parseInt(a[0]) : 1;
        Point p = new Point(0, 0), step = new Point(1, 2);
        for (int i = 0; i < 700_000 * scale; i++) p = p.plus(step);
        System.out.println((long) (p.x + p.y));
    }
}
