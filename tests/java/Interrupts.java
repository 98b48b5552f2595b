import java.io.*; import java.net.*; import java.nio.*; import java.nio.channels.*; import java.util.concurrent.*; import java.util.concurrent.locks.*;
/** Interrupts of every blocking call. */
public class Interrupts {
    interface Body { void run() throws Throwable; }
    static void check(String what, Body b) throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        StringBuilder said = new StringBuilder();
        Thread t = new Thread(() -> {
            started.countDown();
            try { b.run(); said.append("returned"); } catch (Throwable e) { said.append(e.getClass().getName()).append(e.getMessage() != null && !(e instanceof IOException) ? ": " + e.getMessage() : ""); }
            said.append(" interrupted=").append(Thread.currentThread().isInterrupted());
        });
        t.start();
        started.await();
        long end = System.nanoTime() + 2_000_000_000L;
        while (t.getState() == Thread.State.RUNNABLE && System.nanoTime() < end - 1_900_000_000L) Thread.sleep(1);
        t.interrupt();
        t.join(5000);
        System.out.println(what + ": " + (t.isAlive() ? "STUCK" : said));
    }
    static final Object lock = new Object();
    public static void main(String[] a) throws Exception {
        check("sleep", () -> Thread.sleep(100000));
        check("wait", () -> { synchronized (lock) { lock.wait(); } });
        check("timed wait", () -> { synchronized (lock) { lock.wait(100000); } });
        Thread main = Thread.currentThread();
        check("join", () -> main.join());
        check("timed join", () -> main.join(100000));
        check("park", () -> LockSupport.park());
        check("parkNanos", () -> LockSupport.parkNanos(100_000_000_000L));
        check("parkUntil", () -> LockSupport.parkUntil(System.currentTimeMillis() + 100000));
        check("lock", () -> { ReentrantLock l = new ReentrantLock(); Thread o = new Thread(() -> { l.lock(); try { Thread.sleep(300); } catch (InterruptedException e) { } l.unlock(); }); o.setDaemon(true); o.start(); while (!l.isLocked()) Thread.onSpinWait(); l.lockInterruptibly(); });
        check("condition", () -> { ReentrantLock l = new ReentrantLock(); l.lock(); l.newCondition().await(); });
        check("queue", () -> new LinkedBlockingQueue<String>().take());
        check("synchronous queue", () -> new SynchronousQueue<String>().put("x"));
        check("latch", () -> new CountDownLatch(1).await());
        check("barrier", () -> new CyclicBarrier(2).await());
        check("semaphore", () -> new Semaphore(0).acquire());
        check("future", () -> new CompletableFuture<String>().get());
        check("exchanger", () -> new Exchanger<String>().exchange("x"));
        check("phaser", () -> new Phaser(1).awaitAdvanceInterruptibly(0));
        check("pipe", () -> { Pipe p = Pipe.open(); p.source().read(ByteBuffer.allocate(1)); });
        check("selector", () -> { try (Selector s = Selector.open()) { System.out.println("selected " + s.select()); } });
        check("timed selector", () -> { try (Selector s = Selector.open()) { System.out.println("selected " + s.select(100000)); } });
        check("accept", () -> { try (ServerSocketChannel s = ServerSocketChannel.open()) { s.bind(new InetSocketAddress("127.0.0.1", 0)); s.accept(); } });
        check("piped stream", () -> { PipedInputStream in = new PipedInputStream(new PipedOutputStream()); in.read(); });
        check("process", () -> { Process p = new ProcessBuilder("sleep", "100").start(); try { p.waitFor(); } finally { p.destroy(); } });
        Thread self = Thread.currentThread();
        self.interrupt();
        try { Thread.sleep(10); } catch (InterruptedException e) { System.out.println(e.getMessage() + " " + Thread.interrupted()); }
        LockSupport.unpark(self); LockSupport.park(); System.out.println("permit");
        self.interrupt(); LockSupport.park(); System.out.println(Thread.interrupted());
    }
}
