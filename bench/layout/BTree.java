/** A B-tree of order 16, looked up. */
public class BTree {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Node { int n; int[] keys = new int[15]; Node[] kids; }
    static Node build(int lo, int hi, int depth) {
        Node t = new Node();
        t.n = 15;
        if (depth > 0) t.kids = new Node[16];
        int step = Math.max(1, (hi - lo) / 16);
        for (int i = 0; i < 15; i++) t.keys[i] = lo + step * (i + 1);
        if (depth > 0) { int first = random(16); for (int i = 0; i < 16; i++) { int k = (i + first * 7) % 16; t.kids[k] = build(lo + step * k, lo + step * (k + 1), depth - 1); } }
        return t;
    }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        Node root = build(0, 1 << 28, 3);
        long sum = 0;
        for (int i = 0; i < 70_000 * scale; i++) {
            int k = random(1 << 28);
            for (Node t = root; t != null;) { int j = 0; while (j < t.n && k >= t.keys[j]) j++; sum += j; t = t.kids == null ? null : t.kids[j]; }
        }
        System.out.println(sum);
    }
}
