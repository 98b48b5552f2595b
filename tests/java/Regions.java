/* A program with a part that is to be looked at: begin() and end() are empty and mark it; around it, work that must not be in the report. */
import java.util.ArrayList;
import java.util.List;

public class Regions {
    static class Cell { long value; Cell next; Cell(long value, Cell next) { this.value = value; this.next = next; } }

    static Cell build(int n) {
        Cell head = null;
        for (int i = 0; i < n; i++) head = new Cell(i, head);
        return head;
    }
    static void begin() { }
    static void end() { }
    static long sum(Cell head) {
        long s = 0;
        for (Cell c = head; c != null; c = c.next) s += c.value;
        return s;
    }
    static synchronized long locked(long a, double b) { return a + (long) b; }
    long fails(String why) { throw new IllegalStateException(why); }

    public static void main(String[] args) throws Exception {
        Cell head = build(4000);
        List<String> lines = new ArrayList<>();
        Thread other = new Thread(() -> {
            long x = 0;
            for (int i = 0; i < 100000; i++) x += i ^ x << 1;
            lines.add("other " + x);
        });
        other.start();
        begin();
        long s = 0;
        for (int i = 0; i < 30; i++) s += sum(head);
        end();
        other.join();
        System.out.println(s + " " + lines + " " + locked(5, 2.5));
        try {
            new Regions().fails("as it should");
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage() + " in " + e.getStackTrace()[0] + ", " + e.getStackTrace().length);
        }
        for (int i = 0; i < 10; i++) s += sum(head);
        System.out.println(s);
    }
}
