/** Chains of a hash table, some of which are walked far more often than others. */
public class ZipfChains {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Node { int key; Node next; }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        Node[] table = new Node[4_096];
        for (int i = 0; i < 40_000; i++) { Node n = new Node(); n.key = random(1 << 30); int b = n.key % table.length; n.next = table[b]; table[b] = n; }
        long sum = 0;
        for (int i = 0; i < 120_000 * scale; i++) {
            int b = (int) ((long) random(4_096) * random(4_096) / 4_096);
            for (Node n = table[b * 2654435 & 4_095]; n != null; n = n.next) sum += n.key & 7;
        }
        System.out.println(sum);
    }
}
