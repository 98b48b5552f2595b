import java.util.ArrayList;
import java.util.List;

/** Synchronized methods in hot loops: inlined ones, of objects that only one method sees too, left in the middle, by exceptions, by other threads. */
final class Monitors {
    /** A counter that nobody else need see; now and then it looks at its own lock. */
    private static final class Counter {
        private int n;
        private final int[] seen = new int[4];
        Counter(int start) { n = start; }
        synchronized int add(int by) {
            n += by;
            if (by == 977) seen[0] += Thread.holdsLock(this) ? 1 : 100; // rare: code is left with the lock held
            return n;
        }
        synchronized int twice(int by) { return add(by) + add(-by / 2); }
        synchronized int checked(int by) {
            if (by < 0) throw new IllegalArgumentException("by " + by);
            return add(by) / (by % 50);
        }
        synchronized int at(int[] a, int i) { return add(a[i]); }
        boolean free() { return !Thread.holdsLock(this); }
    }

    private static int total;
    static synchronized int count(int by) {
        total += by;
        if (by == 4999) total += Thread.holdsLock(Monitors.class) ? 7 : 700;
        return total;
    }

    static long unseen(int rounds) {
        long sum = 0;
        for (int i = 0; i < rounds; i++) {
            Counter c = new Counter(i);
            sum = sum * 31 + c.add(i % 1000) + c.twice(i % 1013) + c.seen[0];
            if (i % 4001 == 4000 && !c.free()) sum += 1_000_000_007;
        }
        return sum;
    }

    static long thrown(int rounds) {
        long sum = 0;
        Counter c = new Counter(3);
        int[] a = { 5, 6, 7 };
        for (int i = 0; i < rounds; i++) {
            try {
                sum = sum * 31 + c.checked(i % 7 == 0 ? -i : i);
            } catch (IllegalArgumentException e) {
                sum = sum * 31 + e.getMessage().length();
            } catch (ArithmeticException e) {
                sum = sum * 31 + 1;
            }
            try {
                sum = sum * 31 + c.at(a, i % 101 == 100 ? 3 : i % 3);
            } catch (ArrayIndexOutOfBoundsException e) {
                sum = sum * 31 + 2;
            }
            if (!c.free()) return -i;
        }
        return sum;
    }

    /** Two levels of synchronized methods between the throw and the handler. */
    private static final class Levels {
        private final Counter inner = new Counter(0);
        synchronized int outer(int i) { return inner.checked(i) + 1; }
        static synchronized int all(Levels l, int i) { return l.outer(i) + 1; }
    }

    static long levels(int rounds) {
        Levels l = new Levels();
        long sum = 0;
        for (int i = 1; i < rounds; i++) {
            try {
                sum = sum * 31 + Levels.all(l, i % 3 == 0 ? -i : i % 49 + 1);
            } catch (IllegalArgumentException e) {
                sum = sum * 31 + e.getMessage().length();
            }
            if (i % 64 == 0 && (!l.inner.free() || Thread.holdsLock(l) || Thread.holdsLock(Levels.class))) return -i;
        }
        return sum;
    }

    /** A monitor block around a synchronized method, both on one object; and one that leaves the lock to a handler. */
    static long blocks(int rounds) {
        long sum = 0;
        for (int i = 0; i < rounds; i++) {
            Counter c = new Counter(i);
            try {
                synchronized (c) {
                    sum = sum * 31 + c.checked(i % 11 == 0 ? -1 : i);
                }
            } catch (IllegalArgumentException | ArithmeticException e) {
                sum += c.free() ? 3 : 300;
            }
        }
        return sum;
    }

    /** A queue of one: waits inside of inlined methods. */
    private static final class Slot {
        private Integer held;
        synchronized void put(int v) throws InterruptedException {
            while (held != null) wait();
            held = v;
            notifyAll();
        }
        synchronized int take() throws InterruptedException {
            while (held == null) wait();
            int v = held;
            held = null;
            notifyAll();
            return v;
        }
    }

    static long handed(int rounds) throws InterruptedException {
        Slot slot = new Slot();
        long[] sum = new long[1];
        Thread taker = new Thread(() -> {
            try {
                for (int i = 0; i < rounds; i++) sum[0] = sum[0] * 31 + slot.take();
            } catch (InterruptedException e) {
                sum[0] = -1;
            }
        });
        taker.start();
        for (int i = 0; i < rounds; i++) slot.put(i);
        taker.join();
        return sum[0];
    }

    static long contended(int threads, int rounds) throws InterruptedException {
        Counter c = new Counter(0);
        List<Thread> all = new ArrayList<>();
        for (int k = 0; k < threads; k++) {
            Thread t = new Thread(() -> {
                for (int i = 0; i < rounds; i++) {
                    c.add(i % 3);
                    count(i % 2);
                }
            });
            all.add(t);
            t.start();
        }
        for (Thread t : all) t.join();
        return c.add(0) * 1000L + count(0) % 1000;
    }

    static String buffers(int rounds) {
        String last = "";
        for (int i = 0; i < rounds; i++) {
            StringBuffer b = new StringBuffer();
            for (int k = 0; k < 3 + i % 30; k++) b.append((char) ('a' + k)).append(k);
            last = b.reverse().toString();
        }
        return last;
    }

    public static void main(String[] args) throws InterruptedException {
        System.out.println("unseen " + unseen(200_000));
        System.out.println("thrown " + thrown(60_000));
        System.out.println("levels " + levels(60_000));
        System.out.println("blocks " + blocks(60_000));
        long sum = 0;
        for (int i = 0; i < 200_000; i++) sum = sum * 31 + count(i % 5000);
        System.out.println("static " + sum);
        System.out.println("handed " + handed(2_000));
        total = 0;
        System.out.println("contended " + contended(4, 30_000));
        System.out.println("buffers " + buffers(3_000));
    }
}
