import java.lang.ref.WeakReference;
import java.util.*;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Large arrays of references and numbers, identity hashes, locks, weak references, compare-and-set through Unsafe, while all of it moves. */
public class HugeArrays {
    static final class Node { Node next; int value; Object payload; Node(int v, Node n) { value = v; next = n; } }

    public static void main(String[] args) throws Exception {
        int n = 200_000;
        Node[] all = new Node[n];
        for (int i = 0; i < n; i++) all[i] = new Node(i, i > 0 ? all[(int) (i * 7919L % i)] : null);
        Object[][] nested = new Object[300][];
        for (int i = 0; i < nested.length; i++) {
            nested[i] = new Object[i * 5];
            for (int k = 0; k < nested[i].length; k++) nested[i][k] = all[(i * 31 + k * 17) % n];
        }
        long[] numbers = new long[100_000];
        int[] hashes = new int[1000];
        List<WeakReference<Node>> weak = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            hashes[i] = System.identityHashCode(all[i * 50]);
            weak.add(new WeakReference<>(all[i * 50]));
        }
        AtomicReferenceArray<Node> atomics = new AtomicReferenceArray<>(all);
        long sum = 0;
        for (int round = 0; round < 40; round++) {
            for (int i = round; i < n; i += 97) {
                Node x = all[i];
                synchronized (x) { sum += x.value; numbers[i % numbers.length] += x.next == null ? 0 : x.next.value; }
                if (i % 5 == 0) x.payload = new byte[round];
                atomics.compareAndSet(i, x, x);
            }
            for (int i = 0; i < 1000; i++)
                if (System.identityHashCode(all[i * 50]) != hashes[i] || weak.get(i).get() != all[i * 50]) throw new AssertionError("object " + i + " is another");
            for (Object[] row : nested) for (Object o : row) sum += ((Node) o).value;
        }
        for (long x : numbers) sum = sum * 31 + x;
        System.out.println(sum + " " + atomics.length());
    }
}
