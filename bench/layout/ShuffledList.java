/** A list whose nodes are linked in random order, walked many times. */
public class ShuffledList {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Node { long value; Node next; }
    public static void main(String[] a) {
        int scale = a.length > 0 ? Integer.parseInt(a[0]) : 1;
        int n = 40_000;
        Node[] nodes = new Node[n];
        for (int i = 0; i < n; i++) { nodes[i] = new Node(); nodes[i].value = i; }
        for (int i = n - 1; i > 0; i--) { int j = random(i + 1); Node t = nodes[i]; nodes[i] = nodes[j]; nodes[j] = t; }
        for (int i = 0; i + 1 < n; i++) nodes[i].next = nodes[i + 1];
        Node head = nodes[0];
        nodes = null;
        long sum = 0;
        for (int r = 0; r < 12 * scale; r++) for (Node p = head; p != null; p = p.next) sum += p.value ^ r;
        System.out.println(sum);
    }
}
