/** A linked list whose order in memory is not its order: 60,000 nodes, shuffled, walked six times. */
public class LList {
    static final class Node {
        int value;
        Node next;
        Node(int value) { this.value = value; }
    }

    private Node head;

    /** Links the nodes in a random order (fixed seed). */
    LList(int n, long seed) {
        Node[] nodes = new Node[n];
        for (int i = 0; i < n; i++) nodes[i] = new Node(i);
        int[] order = new int[n];
        for (int i = 0; i < n; i++) order[i] = i;
        long x = seed;
        for (int i = n - 1; i > 0; i--) {
            x = x * 6364136223846793005L + 1442695040888963407L;
            int j = (int) ((x >>> 33) % (i + 1));
            int t = order[i];
            order[i] = order[j];
            order[j] = t;
        }
        for (int i = 0; i + 1 < n; i++) nodes[order[i]].next = nodes[order[i + 1]];
        head = nodes[order[0]];
    }

    long sum() {
        long sum = 0;
        int position = 0;
        for (Node n = head; n != null; n = n.next) sum += (long) n.value * (++position & 15);
        return sum;
    }

    public static void main(String[] args) {
        int n = args.length > 0 ? Integer.parseInt(args[0]) : 60_000;
        int walks = args.length > 1 ? Integer.parseInt(args[1]) : 6;
        LList list = new LList(n, 42);
        long total = 0;
        for (int i = 0; i < walks; i++) total += list.sum();
        System.out.println("nodes " + n + ", walks " + walks + ", sum " + total);
    }
}
