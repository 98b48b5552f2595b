/** Four threads that each count in a field of their own: of one object (fields), or of objects side by side (objects). Arguments: which, and rounds. */
public class Padding {
    static final class Counts { volatile int a, b, c, d; int unused; }
    static final class Cell { volatile int count; Cell next; }
    static volatile int here;

    /** Until all are there. */
    static void await() {
        synchronized (Padding.class) { here++; }
        while (here < 4) Thread.onSpinWait();
    }

    static void together(Thread... threads) throws InterruptedException {
        for (Thread t : threads) t.start();
        for (Thread t : threads) t.join();
    }

    public static void main(String[] args) throws InterruptedException {
        int rounds = Integer.parseInt(args[1]);
        Counts all = new Counts();
        Cell[] cells = { new Cell(), new Cell(), new Cell(), new Cell() };
        // No lambdas: what makes them would take most of the run.
        if (args[0].equals("fields")) {
            together(
                new Thread() { public void run() { await(); for (int i = 0; i < rounds; i++) all.a++; } },
                new Thread() { public void run() { await(); for (int i = 0; i < rounds; i++) all.b += 2; } },
                new Thread() { public void run() { await(); for (int i = 0; i < rounds; i++) all.c += 3; } },
                new Thread() { public void run() { await(); for (int i = 0; i < rounds; i++) all.d += 4; } });
        } else {
            Thread[] threads = new Thread[4];
            for (int k = 0; k < 4; k++) {
                Cell mine = cells[k];
                threads[k] = new Thread() { public void run() { await(); for (int i = 0; i < rounds; i++) mine.count++; } };
            }
            together(threads);
        }
        System.out.println(all.a + " " + all.b + " " + all.c + " " + all.d + " " + (cells[0].count + cells[1].count + cells[2].count + cells[3].count));
    }
}
