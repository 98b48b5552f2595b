import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

/** Threads started and ended, one after the other, in crowds, and left behind by loaders of their own: `Threads COUNT CROWD`. */
public class Threads {
    static final AtomicLong ran = new AtomicLong();
    static final ThreadLocal<byte[]> local = ThreadLocal.withInitial(() -> new byte[1000]);

    static void body(int i) { ran.addAndGet(i + local.get().length); }

    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[0]), crowd = Integer.parseInt(args[1]);
        long expected = 0;
        for (int from = 0, part = 0; from < count; from += crowd, part++) {
            int n = Math.min(crowd, count - from);
            CountDownLatch all = new CountDownLatch(n);
            Thread[] ts = new Thread[n];
            for (int i = 0; i < n; i++) {
                int id = from + i;
                expected += id + 1000;
                ts[i] = new Thread(() -> {
                    body(id);
                    all.countDown();
                    try { all.await(); } catch (InterruptedException e) { throw new IllegalStateException(e); }
                });
                ts[i].start();
            }
            for (Thread t : ts) t.join();
            if (part % Math.max(1, count / crowd / 8) == 0) Memory.look(part > 0);
        }
        for (int i = 0; i < count / 4; i++) { /* no two at once */
            int id = i;
            expected += id + 1000;
            Thread t = new Thread(() -> body(id));
            t.start();
            t.join();
        }
        System.out.println("ran " + (ran.get() == expected ? "all" : "LOST " + (expected - ran.get())));
        int left = Thread.activeCount();
        System.out.println("left " + left);
        System.out.println("memory " + Memory.verdict());
    }
}
