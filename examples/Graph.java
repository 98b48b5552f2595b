import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;

/** A random graph of objects: breadth-first search, shortest paths with a priority queue, components. */
public class Graph {
    static final class Vertex implements Comparable<Vertex> {
        final int id;
        final List<Arc> arcs = new ArrayList<>(4);
        int distance = Integer.MAX_VALUE;
        Vertex(int id) { this.id = id; }
        @Override public int compareTo(Vertex o) { return distance != o.distance ? Integer.compare(distance, o.distance) : Integer.compare(id, o.id); }
    }
    static final class Arc {
        final Vertex to;
        final int length;
        Arc(Vertex to, int length) { this.to = to; this.length = length; }
    }

    private final Vertex[] vertices;
    private long state = 99;
    private int random(int bound) {
        state = state * 6364136223846793005L + 1442695040888963407L;
        return (int) ((state >>> 33) % bound);
    }

    Graph(int n, int arcs) {
        vertices = new Vertex[n];
        for (int i = 0; i < n; i++) vertices[i] = new Vertex(i);
        for (int i = 0; i < arcs; i++) {
            Vertex a = vertices[random(n)], b = vertices[random(n)];
            int length = 1 + random(100);
            a.arcs.add(new Arc(b, length));
            b.arcs.add(new Arc(a, length));
        }
    }

    int components() {
        BitSet seen = new BitSet(vertices.length);
        int components = 0;
        Deque<Vertex> queue = new ArrayDeque<>();
        for (Vertex v : vertices) {
            if (seen.get(v.id)) continue;
            components++;
            queue.add(v);
            seen.set(v.id);
            while (!queue.isEmpty())
                for (Arc a : queue.poll().arcs)
                    if (!seen.get(a.to.id)) {
                        seen.set(a.to.id);
                        queue.add(a.to);
                    }
        }
        return components;
    }

    long distances(Vertex from) {
        for (Vertex v : vertices) v.distance = Integer.MAX_VALUE;
        PriorityQueue<Vertex> queue = new PriorityQueue<>();
        from.distance = 0;
        queue.add(from);
        long sum = 0;
        BitSet done = new BitSet(vertices.length);
        while (!queue.isEmpty()) {
            Vertex v = queue.poll();
            if (done.get(v.id)) continue;
            done.set(v.id);
            sum += v.distance;
            for (Arc a : v.arcs)
                if (!done.get(a.to.id) && v.distance + a.length < a.to.distance) {
                    queue.remove(a.to);
                    a.to.distance = v.distance + a.length;
                    queue.add(a.to);
                }
        }
        return sum;
    }

    public static void main(String[] args) {
        Graph g = new Graph(1500, 2200);
        System.out.println("components " + g.components());
        System.out.println("distances " + g.distances(g.vertices[0]));
    }
}
