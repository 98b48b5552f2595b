/** A list that lies in its order, but the last node first, is walked, then one of another class that lies in none. */
public class Refused {
    static class A { A next; int value; long rest; }
    static class B { B next; int value; long rest; }

    static long walk(A first, long sum) {
        for (A x = first; x != null; x = x.next) sum = sum * 31 + x.value;
        return sum;
    }

    static long walk(B first, long sum) {
        for (B x = first; x != null; x = x.next) sum = sum * 31 + x.value;
        return sum;
    }

    static A ordered(int n) {
        A first = null;
        for (int i = n; i-- > 0;) {
            A next = first;
            first = new A();
            first.next = next;
            first.value = i;
        }
        return first;
    }

    static B shuffled(int n) {
        B[] nodes = new B[n];
        for (int i = 0; i < n; i++) (nodes[i] = new B()).value = i;
        java.util.Collections.shuffle(java.util.Arrays.asList(nodes), new java.util.Random(1));
        for (int i = 1; i < n; i++) nodes[i - 1].next = nodes[i];
        return nodes[0];
    }

    public static void main(String[] args) {
        int rounds = Integer.parseInt(args[0]);
        A ordered = ordered(16000);
        B shuffled = shuffled(16000);
        long sum = 0;
        for (int r = 0; r < rounds; r++) sum = walk(ordered, sum);
        for (int r = 0; r < rounds / 4; r++) sum = walk(shuffled, sum);
        System.out.println(sum);
    }
}
