import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;

/** Shortest ways: Dijkstra on objects with a priority queue, breadth-first on arrays, A* on a grid with a heap of longs. */
final class GraphSearch {
    private static final class Node {
        final List<Edge> edges = new ArrayList<>();
        long distance = Long.MAX_VALUE;
        boolean done;
    }
    private record Edge(Node to, int length) { }
    private record Entry(Node node, long distance) implements Comparable<Entry> {
        @Override public int compareTo(Entry o) { return Long.compare(distance, o.distance); }
    }

    private static long dijkstra(int n) {
        Bench.Random random = new Bench.Random(61);
        Node[] nodes = new Node[n];
        for (int i = 0; i < n; i++) nodes[i] = new Node();
        for (int i = 0; i < 4 * n; i++) nodes[random.below(n)].edges.add(new Edge(nodes[random.below(n)], 1 + random.below(100)));
        PriorityQueue<Entry> queue = new PriorityQueue<>();
        nodes[0].distance = 0;
        queue.add(new Entry(nodes[0], 0));
        for (Entry e; (e = queue.poll()) != null; ) {
            Node v = e.node();
            if (v.done) continue;
            v.done = true;
            for (Edge edge : v.edges) {
                long d = v.distance + edge.length();
                if (d < edge.to().distance) {
                    edge.to().distance = d;
                    queue.add(new Entry(edge.to(), d));
                }
            }
        }
        long sum = 0;
        for (Node v : nodes) sum = sum * 31 + (v.done ? v.distance : -1);
        return sum;
    }

    private static long breadthFirst(boolean[] wall, int n) {
        int[] distance = new int[n * n];
        Arrays.fill(distance, -1);
        ArrayDeque<Integer> queue = new ArrayDeque<>();
        distance[0] = 0;
        queue.add(0);
        int[] steps = { 1, -1, n, -n };
        while (!queue.isEmpty()) {
            int at = queue.poll();
            for (int s : steps) {
                int to = at + s;
                if (to < 0 || to >= n * n || (s == 1 && to % n == 0) || (s == -1 && at % n == 0) || wall[to] || distance[to] >= 0) continue;
                distance[to] = distance[at] + 1;
                queue.add(to);
            }
        }
        return distance[n * n - 1] * 31L + Arrays.hashCode(distance);
    }

    private static final class Heap {
        private long[] a = new long[64];
        private int size;
        void push(long v) {
            if (size == a.length) a = Arrays.copyOf(a, 2 * size);
            int i = size++;
            for (; i > 0 && a[(i - 1) / 2] > v; i = (i - 1) / 2) a[i] = a[(i - 1) / 2];
            a[i] = v;
        }
        long pop() {
            long top = a[0], v = a[--size];
            int i = 0;
            for (int c; (c = 2 * i + 1) < size; i = c) {
                if (c + 1 < size && a[c + 1] < a[c]) c++;
                if (a[c] >= v) break;
                a[i] = a[c];
            }
            a[i] = v;
            return top;
        }
    }

    private static long aStar(boolean[] wall, int n) {
        int[] cost = new int[n * n];
        Arrays.fill(cost, Integer.MAX_VALUE);
        Heap heap = new Heap();
        cost[0] = 0;
        heap.push(0);
        long expanded = 0;
        while (heap.size > 0) {
            int at = (int) heap.pop();
            expanded++;
            if (at == n * n - 1) break;
            int x = at % n, y = at / n;
            for (int k = 0; k < 4; k++) {
                int u = x + (k == 0 ? 1 : k == 1 ? -1 : 0), v = y + (k == 2 ? 1 : k == 3 ? -1 : 0);
                if (u < 0 || v < 0 || u >= n || v >= n) continue;
                int to = v * n + u;
                if (wall[to] || cost[at] + 1 >= cost[to]) continue;
                cost[to] = cost[at] + 1;
                heap.push((long) (cost[to] + 2 * n - 2 - u - v) << 32 | to);
            }
        }
        return expanded * 1_000_003 + cost[n * n - 1];
    }

    static long kernel(int n) {
        boolean[] wall = new boolean[n * n];
        Bench.Random random = new Bench.Random(67);
        for (int i = 1; i < n * n - 1; i++) wall[i] = random.below(4) == 0;
        return (dijkstra(n * 50) * 31 + breadthFirst(wall, n)) * 31 + aStar(wall, n);
    }

    public static void main(String[] args) { Bench.run(args, 400, GraphSearch::kernel); }
}
