/** Two orders over the same nodes: the hot one switches in mid-run. No traversal known in advance is right for both. */
public class TwoLinks {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Node { int v; Node one, two; }
    static void link(Node[] n, boolean first) {
        for (int i = n.length - 1; i > 0; i--) { int j = random(i + 1); Node t = n[i]; n[i] = n[j]; n[j] = t; }
        for (int i = 0; i + 1 < n.length; i++) if (first) n[i].one = n[i + 1]; else n[i].two = n[i + 1];
    }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        Node[] n = new Node[30_000];
        for (int i = 0; i < n.length; i++) { n[i] = new Node(); n[i].v = i; }
        link(n, true);
        Node one = n[0];
        link(n, false);
        Node two = n[0];
        n = null;
        long sum = 0;
        for (int r = 0; r < 10 * scale; r++) for (Node p = one; p != null; p = p.one) sum += p.v;
        for (int r = 0; r < 10 * scale; r++) for (Node p = two; p != null; p = p.two) sum += p.v;
        System.out.println(sum);
    }
}
