/** A list whose nodes lie two by two in its order, and in none otherwise: a random order is a worse one. */
public class Pairs {
    static class Node { Node next; int value; long rest; }

    public static void main(String[] args) {
        int n = 16000, rounds = Integer.parseInt(args[0]);
        Node[] nodes = new Node[n];
        for (int i = 0; i < n; i++) (nodes[i] = new Node()).value = i;
        int[] pairs = new int[n / 2];
        for (int i = 0; i < pairs.length; i++) pairs[i] = i;
        java.util.Random random = new java.util.Random(1);
        for (int i = pairs.length; i > 1; i--) {
            int k = random.nextInt(i), t = pairs[i - 1];
            pairs[i - 1] = pairs[k];
            pairs[k] = t;
        }
        for (int i = 0; i < pairs.length; i++) {
            nodes[2 * pairs[i]].next = nodes[2 * pairs[i] + 1];
            if (i + 1 < pairs.length) nodes[2 * pairs[i] + 1].next = nodes[2 * pairs[i + 1]];
        }
        Node first = nodes[2 * pairs[0]];
        nodes = null;
        long sum = 0;
        for (int r = 0; r < rounds; r++)
            for (Node x = first; x != null; x = x.next) sum = sum * 31 + x.value;
        System.out.println(sum);
    }
}
