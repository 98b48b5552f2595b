/** A list of runs of so many nodes that lie in its order, one run far from the next. Compiled code walks it from the first round on, as a short list was walked before. */
public class Runs {
    static class Node { Node next; int value; long rest; }

    static int[] shuffled(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) order[i] = i;
        java.util.Random random = new java.util.Random(1);
        for (int i = n; i > 1; i--) {
            int k = random.nextInt(i), t = order[i - 1];
            order[i - 1] = order[k];
            order[k] = t;
        }
        return order;
    }

    static Node list(int n, int run) {
        Node[] nodes = new Node[n];
        for (int i = 0; i < n; i++) (nodes[i] = new Node()).value = i;
        Node first = null, last = null;
        for (int r : shuffled(n / run))
            for (int i = r * run; i < (r + 1) * run; last = nodes[i++])
                if (last == null) first = nodes[i];
                else last.next = nodes[i];
        return first;
    }

    static long walk(Node first, long sum) {
        for (Node x = first; x != null; x = x.next) sum = sum * 31 + x.value;
        return sum;
    }

    public static void main(String[] args) {
        int run = Integer.parseInt(args[0]), rounds = Integer.parseInt(args[1]);
        long sum = 0;
        Node few = list(16, 1), many = list(16000, run);
        for (int r = 0; r < 20000; r++) sum = walk(few, sum);
        for (int r = 0; r < rounds; r++) sum = walk(many, sum);
        System.out.println(sum);
    }
}
