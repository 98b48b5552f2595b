import java.util.*;
/** Classes whose fields move while they are used: hierarchies, subclasses side by side, all types, compiled and interpreted code, calls in progress. */
public class FieldMoves {
    static class A { int i = 1; long l = 2; Object o = "o"; byte b = 3; short s = 4; int sum() { return i + (int) l + b + s + o.hashCode() % 7; } }
    static class B extends A { char c = 'c'; double d = 1.5; A next; boolean z = true; @Override int sum() { return super.sum() + c + (int) (d * 2) + (z ? 1 : 0) + (next == null ? 0 : next.b); } }
    static class C extends A { float f = 2.5f; String name; volatile long count; int extra = 9; C(String n) { name = n; } @Override int sum() { return super.sum() + (int) (f * 4) + name.length() + extra + (int) count++; } }
    static final class D extends B { int x = 7, y = 8; D self = this; byte[] bytes = { 1, 2, 3 }; @Override int sum() { return super.sum() + x * y + self.bytes[1]; } }
    static int depth(D d, int n) { // activations in the middle of calls
        d.x++;
        int r = n == 0 ? spin(d) : depth(d, n - 1);
        d.x--;
        return r + d.y + d.next.b;
    }
    static int spin(D d) { int s = 0; for (int i = 0; i < 1500; i++) { d.y = (d.y * 31 + i) & 1023; s += d.y ^ d.x; d.d += 0.5; d.l += d.y; } return s; }
    static double mixed(D d, int n) { double r = 0; for (int i = 0; i < n; i++) { r += half(d, i); d.d = r % 17; } return r; }
    static double half(D d, int i) { return n(d) * 0.5 + i; }
    static long n(D d) { return d.l + d.y; }
    /** An object that compiled code does without. */
    static int virtual(int n) { int s = 0; for (int i = 0; i < n; i++) { Point p = new Point(i, n); s += p.y - p.x; if ((i & 1023) == 1023) s += p.hash(); } return s; }
    static class Base { short tag = 5; }
    static class Point extends Base { int x; byte k = 1; int y; Point(int x, int y) { this.x = x; this.y = y; } int hash() { return x * 31 + y + k + tag; } }
    static synchronized int locked(D d, int n) { synchronized (d) { return n == 0 ? d.sum() : locked(d, n - 1) + d.x; } }
    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 12;
        List<A> all = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            A a = i % 4 == 0 ? new A() : i % 4 == 1 ? new B() : i % 4 == 2 ? new C("c" + i) : new D();
            if (a instanceof B) ((B) a).next = all.get(i / 2);
            a.i = i; all.add(a);
        }
        D d = new D();
        d.next = all.get(3);
        long sum = 0;
        Thread other = new Thread(() -> { D own = new D(); own.next = own; int s = 0; for (int k = 0; k < 40; k++) s += depth(own, 5) + locked(own, 3); System.out.println("other " + s); });
        other.start();
        for (int r = 0; r < rounds; r++) {
            for (A a : all) sum += a.sum();
            sum += depth(d, 20) + virtual(5000) + locked(d, 9);
            sum = sum * 31 + (long) mixed(d, 300);
            if (r % 8 == 0) { D fresh = new D(); fresh.next = d; d = fresh; all.set(r % 400, fresh); }
        }
        other.join();
        D copy = d;
        for (A a : all) sum = sum * 31 + a.i + a.l + a.s;
        System.out.println(sum + " " + copy.x + " " + copy.y + " " + copy.d + " " + copy.z + " " + copy.c);
    }
}
