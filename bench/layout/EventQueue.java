/** java.util.PriorityQueue of event objects. */
public class EventQueue {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Event implements Comparable<Event> { long time; int kind; public int compareTo(Event o) { return Long.compare(time, o.time); } }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        java.util.PriorityQueue<Event> q = new java.util.PriorityQueue<>();
        for (int i = 0; i < 12_000; i++) { Event e = new Event(); e.time = random(1 << 20); q.add(e); }
        long sum = 0;
        for (int i = 0; i < 40_000 * scale; i++) { Event e = q.poll(); sum += e.time; e.time += random(1 << 20); q.add(e); }
        System.out.println(sum);
    }
}
