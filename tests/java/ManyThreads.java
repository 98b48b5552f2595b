import java.util.*; import java.util.concurrent.*; import java.util.concurrent.atomic.*;
/** Five hundred threads at once; contention on one monitor; daemon threads; uncaught handlers; timers. */
public class ManyThreads {
    static int count; static final Object lock = new Object();
    public static void main(String[] a) throws Exception {
        int n = 500;
        CountDownLatch all = new CountDownLatch(n), go = new CountDownLatch(1);
        Thread[] ts = new Thread[n];
        for (int i = 0; i < n; i++) { ts[i] = new Thread(() -> { all.countDown(); try { go.await(); } catch (InterruptedException e) { } for (int k = 0; k < 20; k++) synchronized (lock) { count++; } }); ts[i].start(); }
        all.await(); System.out.println("alive " + (Thread.activeCount() >= n)); go.countDown();
        for (Thread t : ts) t.join();
        System.out.println(count);
        // fairness: nobody starves
        long[] turns = new long[4]; boolean[] stop = { false };
        Thread[] w = new Thread[4];
        for (int i = 0; i < 4; i++) { int id = i; w[i] = new Thread(() -> { while (!stop[0]) synchronized (lock) { turns[id]++; if (turns[id] > 2000) stop[0] = true; } }); w[i].start(); }
        for (Thread t : w) t.join();
        // wait/notify ping-pong
        int[] ball = { 0 };
        Runnable r = () -> { int me = Thread.currentThread().getName().equals("ping") ? 0 : 1; synchronized (lock) { for (int k = 0; k < 1000; k++) { while (ball[0] % 2 != me) try { lock.wait(); } catch (InterruptedException e) { } ball[0]++; lock.notifyAll(); } } };
        Thread p = new Thread(r, "ping"), q = new Thread(r, "pong"); p.start(); q.start(); p.join(); q.join(); System.out.println("ball " + ball[0]);
        // uncaught
        Thread u = new Thread(() -> { throw new IllegalStateException("mine"); }, "u");
        u.setUncaughtExceptionHandler((t, e) -> System.out.println(t.getName() + " died of " + e)); u.start(); u.join();
        Thread.setDefaultUncaughtExceptionHandler((t, e) -> System.out.println("default: " + t.getName() + " " + e));
        Thread v = new Thread(() -> { throw new Error("x"); }, "v"); v.start(); v.join();
        Thread bad = new Thread(() -> { throw new RuntimeException("first"); }, "bad"); bad.setUncaughtExceptionHandler((t, e) -> { throw new RuntimeException("second"); }); bad.start(); bad.join();
        // timers
        ScheduledExecutorService s = Executors.newScheduledThreadPool(1);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        s.schedule(() -> order.add("b"), 60, TimeUnit.MILLISECONDS); s.schedule(() -> order.add("a"), 20, TimeUnit.MILLISECONDS); s.schedule(() -> order.add("c"), 100, TimeUnit.MILLISECONDS);
        s.shutdown(); System.out.println(s.awaitTermination(10, TimeUnit.SECONDS) + " " + order);
        long t0 = System.nanoTime(); Thread.sleep(50); long d = System.nanoTime() - t0; System.out.println("slept " + (d >= 50_000_000L && d < 2_000_000_000L));
        t0 = System.nanoTime(); synchronized (lock) { lock.wait(30); } d = System.nanoTime() - t0; System.out.println("waited " + (d >= 30_000_000L && d < 2_000_000_000L));
        t0 = System.currentTimeMillis(); new CountDownLatch(1).await(40, TimeUnit.MILLISECONDS); d = System.currentTimeMillis() - t0; System.out.println("awaited " + (d >= 38 && d < 2000));
        // parallel streams, fork-join
        System.out.println(java.util.stream.IntStream.range(0, 10000).parallel().filter(i -> i % 3 == 0).count());
        System.out.println(new ForkJoinPool(4).submit(() -> java.util.stream.LongStream.rangeClosed(1, 5000).parallel().sum()).get());
        ConcurrentHashMap<Integer, LongAdder> m = new ConcurrentHashMap<>();
        ExecutorService e = Executors.newFixedThreadPool(8); for (int i = 0; i < 64; i++) { int id = i; e.submit(() -> { for (int k = 0; k < 100; k++) m.computeIfAbsent(k % 10, z -> new LongAdder()).increment(); }); } e.shutdown(); e.awaitTermination(20, TimeUnit.SECONDS);
        long sum = 0; for (LongAdder x : m.values()) sum += x.sum(); System.out.println(sum);
        Thread d1 = new Thread(() -> { while (true) try { Thread.sleep(1000000); } catch (InterruptedException x) { } }, "daemon"); d1.setDaemon(true); d1.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
        Thread last = new Thread(() -> { try { Thread.sleep(100); } catch (InterruptedException x) { } System.out.println("last"); }); last.start();
        System.out.println("main ends");
        throw new RuntimeException("from main");
    }
}
