/** Breadth-first searches in a graph of adjacency lists. */
public class GraphBfs {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Edge { Vertex to; Edge next; }
    static final class Vertex { int mark; Edge edges; Vertex queued; }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        int n = 12_000;
        Vertex[] v = new Vertex[n];
        for (int i = 0; i < n; i++) v[i] = new Vertex();
        for (int i = 0; i < 4 * n; i++) {
            Vertex from = v[random(n)];
            Edge e = new Edge();
            e.to = v[random(n)]; e.next = from.edges; from.edges = e;
        }
        long reached = 0;
        for (int r = 1; r <= 12 * scale; r++) {
            Vertex head = v[0], tail = head;
            head.mark = r; head.queued = null;
            for (; head != null; head = head.queued) {
                reached++;
                for (Edge e = head.edges; e != null; e = e.next)
                    if (e.to.mark != r) { e.to.mark = r; e.to.queued = null; tail.queued = e.to; tail = e.to; }
            }
        }
        System.out.println(reached);
    }
}
