/** Two threads count, each in a field of its own: fields that are neighbours in memory, and fields that are far apart. The first pair lies on one
    cache line, which the cores take from each other with every write, though no thread ever uses the other's field. */
public class FalseSharing {
    /** Both counters on one line. */
    static final class Close {
        volatile long left, right;
    }

    /** The same with room between: whole objects of padding, so that no order of fields brings them together. */
    static final class Apart {
        final Cell left = new Cell();
        final long[] between = new long[32];
        final Cell right = new Cell();
    }
    static final class Cell {
        volatile long count;
        long p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16;
    }

    static void together(String name, Runnable one, Runnable other) throws InterruptedException {
        Thread a = new Thread(one, name + "-left"), b = new Thread(other, name + "-right");
        a.start();
        b.start();
        a.join();
        b.join();
    }

    public static void main(String[] args) throws InterruptedException {
        int n = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
        String which = args.length > 1 ? args[1] : "both";
        if (!which.equals("apart")) {
            Close c = new Close();
            together("close", () -> { for (int i = 0; i < n; i++) c.left++; }, () -> { for (int i = 0; i < n; i++) c.right++; });
            System.out.println("close " + c.left + " " + c.right);
        }
        if (!which.equals("close")) {
            Apart c = new Apart();
            together("apart", () -> { for (int i = 0; i < n; i++) c.left.count++; }, () -> { for (int i = 0; i < n; i++) c.right.count++; });
            System.out.println("apart " + c.left.count + " " + c.right.count);
        }
    }
}
