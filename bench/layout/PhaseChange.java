/** A list that is linked anew, in another random order, before each few walks. */
public class PhaseChange {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Node { int v; Node next; }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        Node[] n = new Node[20_000];
        for (int i = 0; i < n.length; i++) { n[i] = new Node(); n[i].v = i; }
        long sum = 0;
        for (int phase = 0; phase < 6; phase++) {
            for (int i = n.length - 1; i > 0; i--) { int j = random(i + 1); Node t = n[i]; n[i] = n[j]; n[j] = t; }
            for (int i = 0; i < n.length; i++) n[i].next = i + 1 < n.length ? n[i + 1] : null;
            for (int r = 0; r < 3 * scale; r++) for (Node p = n[0]; p != null; p = p.next) sum += p.v ^ phase;
        }
        System.out.println(sum);
    }
}
