import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

/** Threads that allocate, collect, lock, hand over, race with atomics and start others, with results that do not depend on who is first. */
public class Hammer {
    static final Object lock = new Object();
    static int counted;
    static volatile int turn;

    static long churn(int id) {
        List<Object[]> kept = new ArrayList<>();
        long sum = 0;
        for (int i = 0; i < 2500; i++) {
            Object[] o = { i, new int[i % 37], "s" + (i % 11 + id) };
            if (i % 97 == 0) kept.add(o);
            synchronized (lock) { counted++; }
        }
        for (Object[] o : kept) sum += (Integer) o[0] + ((int[]) o[1]).length + ((String) o[2]).length();
        return sum;
    }

    public static void main(String[] args) throws Exception {
        int n = 5;
        ExecutorService pool = Executors.newFixedThreadPool(n);
        List<Future<Long>> all = new ArrayList<>();
        for (int i = 0; i < n; i++) { int id = i; all.add(pool.submit(() -> churn(id))); }
        for (Future<Long> f : all) System.out.println("churned " + f.get());
        System.out.println("counted " + counted);

        AtomicLong races = new AtomicLong();
        ConcurrentHashMap<Integer, Integer> map = new ConcurrentHashMap<>();
        Runnable race = () -> { for (int i = 0; i < 800; i++) { races.incrementAndGet(); map.merge(i % 50, 1, Integer::sum); } };
        List<Future<?>> raced = new ArrayList<>();
        for (int i = 0; i < n; i++) raced.add(pool.submit(race));
        for (Future<?> f : raced) f.get();
        System.out.println("races " + races + ", merged " + map.values().stream().mapToInt(x -> x).sum());

        Thread[] ring = new Thread[4];
        for (int i = 0; i < ring.length; i++) {
            int me = i;
            ring[i] = new Thread(() -> { for (int k = 0; k < 5; k++) { while (turn % ring.length != me) Thread.onSpinWait(); turn++; } });
            ring[i].start();
        }
        for (Thread t : ring) t.join();
        System.out.println("turns " + turn);

        SynchronousQueue<Integer> queue = new SynchronousQueue<>();
        Future<Long> taker = pool.submit(() -> { long s = 0; for (int i = 0; i < 300; i++) s += queue.take(); return s; });
        for (int i = 0; i < 300; i++) queue.put(i);
        System.out.println("handed over " + taker.get());
        Thread sleeper = new Thread(() -> { try { Thread.sleep(20); } catch (InterruptedException e) { } });
        long began = System.nanoTime();
        sleeper.start();
        sleeper.join();
        System.out.println("slept " + (System.nanoTime() - began >= 20_000_000));
        try { pool.submit(() -> ((Object) null).hashCode()).get(); } catch (ExecutionException e) { System.out.println(e.getCause().getClass()); }
        pool.shutdown();
        System.out.println(pool.awaitTermination(10, TimeUnit.SECONDS));
    }
}
