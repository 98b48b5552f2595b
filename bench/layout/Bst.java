/** An unbalanced search tree of random keys, looked up. */
public class Bst {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Node { int key; Node left, right; Node(int k) { key = k; } }
    public static void main(String[] a) {
        int scale = a.length > 0 ? Integer.parseInt(a[0]) : 1;
        Node root = new Node(1 << 29);
        for (int i = 0; i < 40_000; i++) {
            int k = random(1 << 30);
            for (Node p = root;;) {
                if (k < p.key) { if (p.left == null) { p.left = new Node(k); break; } p = p.left; }
                else { if (p.right == null) { p.right = new Node(k); break; } p = p.right; }
            }
        }
        long sum = 0;
        for (int i = 0; i < 120_000 * scale; i++) {
            int k = random(1 << 30);
            Node p = root;
            while (p != null && p.key != k) { sum += p.key & 1; p = k < p.key ? p.left : p.right; }
        }
        System.out.println(sum);
    }
}
