// options: -Xss512k
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.locks.*;

/** Threads: states, stack traces, groups, stop and suspend, holdsLock, interrupts everywhere, initialization races, contexts. */
@SuppressWarnings("removal")
public class ThreadStates {
    static void p(Object o) { System.out.println(o); }
    static void await(Thread t, Thread.State s) throws InterruptedException { while (t.getState() != s) Thread.sleep(1); p(t.getName() + " " + s); }
    static class Slow { static int v; static { p("init by " + Thread.currentThread().getName()); try { Thread.sleep(50); } catch
        (InterruptedException e) { } v = 7; } }
    static class Broken { static { try { Thread.sleep(30); } catch (InterruptedException e) { } if (true) throw new
        RuntimeException("broken"); } static void f() {} }
    static class CycA { static int a = CycB.b + 1; } static class CycB { static int b = CycA.a + 1; }
    static final Object lock = new Object();
    public static void main(String[] z) throws Exception {
        Thread s = new Thread(() -> { try { Thread.sleep(100000); } catch (InterruptedException e) { } }, "sleeper"), w = new Thread(() -> {
            synchronized (lock) { try { lock.wait(); } catch (InterruptedException e) { p("woken"); } } }, "waiter"), pk = new Thread(() ->
            LockSupport.park("blocker"), "parker"), jn = new Thread(() -> { try { s.join(); } catch (InterruptedException e) { } },
            "joiner"), bl = new Thread(() -> { synchronized (ThreadStates.class) { p("entered"); } }, "blocked");
        p(s.getState());
        s.start();
        w.start();
        pk.start();
        jn.start();
        synchronized (ThreadStates.class) { bl.start(); await(s, Thread.State.TIMED_WAITING); await(w, Thread.State.WAITING); await(pk,
            Thread.State.WAITING); await(jn, Thread.State.WAITING); await(bl, Thread.State.BLOCKED); p(LockSupport.getBlocker(pk) + " " +
            Thread.holdsLock(ThreadStates.class) + Thread.holdsLock(lock));
            p(Arrays.asList(w.getStackTrace()).toString().replaceAll("[$]?lambda[^(]*|Lambda[^.]*", "lambda"));
            p(Arrays.asList(bl.getStackTrace()).toString().replaceAll("[$]?lambda[^(]*|Lambda[^.]*", "lambda"));
            p(Arrays.asList(pk.getStackTrace()).toString().replaceAll("[$]?lambda[^(]*|Lambda[^.]*", "lambda")); TreeSet<String> names = new
            TreeSet<>(); Thread.getAllStackTraces().keySet().forEach(t -> names.add(t.getName())); names.retainAll(Set.of("main", "sleeper",
            "waiter", "parker", "joiner", "blocked", "Finalizer", "Reference Handler", "Signal Dispatcher", "Common-Cleaner")); p(names); }
        bl.join();
        s.interrupt();
        w.interrupt();
        LockSupport.unpark(pk);
        for (Thread t : new Thread[] { s, w, pk, jn }) t.join();
        p(jn.getState() + " " + jn.getStackTrace().length);
        Thread st = new Thread(() -> { try { while (true) Thread.yield(); } catch (ThreadDeath d) { p("stopped " + d.getClass()); throw d; }
            finally { p("finally"); } });
        st.start();
        Thread.sleep(20);
        st.stop();
        st.join();
        p(st.getState());
        Thread st2 = new Thread(() -> { synchronized (lock) { try { lock.wait(); } catch (Throwable d) { p("in wait " + d.getClass()); } } });
        st2.start();
        while (st2.getState() != Thread.State.WAITING) Thread.sleep(1);
        st2.stop();
        st2.join();
        volatileCount = 0;
        Thread su = new Thread(() -> { while (!done) volatileCount++; });
        su.start();
        while (volatileCount == 0) Thread.sleep(1);
        su.suspend();
        Thread.sleep(10);
        long c1 = volatileCount;
        Thread.sleep(20);
        p(c1 == volatileCount);
        su.resume();
        while (volatileCount == c1) Thread.sleep(1);
        done = true;
        su.join();
        p("resumed");
        Thread[] in = new Thread[4];
        int[] seen = new int[4];
        CyclicBarrier go = new CyclicBarrier(4);
        for (int i = 0; i < 4; i++) { int k = i; in[i] = new Thread(() -> { try { go.await(); } catch (Exception e) { } seen[k] = Slow.v; },
            "same"); in[i].start(); }
        for (Thread t : in) t.join();
        p(Arrays.toString(seen));
        Set<String> errs = new ConcurrentSkipListSet<>();
        for (int i = 0; i < 4; i++) { in[i] = new Thread(() -> { try { Broken.f(); } catch (Throwable t) { errs.add(t.getClass().getName() +
            ": " + t.getMessage()); } }); in[i].start(); }
        for (Thread t : in) t.join();
        p(errs);
        p(CycA.a + " " + CycB.b);
        ThreadGroup g = new ThreadGroup("g"), g2 = new ThreadGroup(g, "g2");
        Thread gt = new Thread(g2, () -> { try { Thread.sleep(100000); } catch (InterruptedException e) { p("group interrupt"); } });
        gt.start();
        p(g.activeCount() + " " + g.activeGroupCount() + g2.getParent().getName() + g.parentOf(g2));
        g.setMaxPriority(3);
        gt.setPriority(9);
        p(gt.getPriority());
        g.interrupt();
        gt.join();
        g.list();
        g2.destroy();
        p(g2.isDestroyed());
        try { new Thread(() -> {}).setPriority(11); } catch (IllegalArgumentException e) { p(e); }
        try { Thread.sleep(-1); } catch (IllegalArgumentException e) { p(e.getMessage()); }
        try { lock.wait(5); } catch (IllegalMonitorStateException e) { p(e.getMessage()); }
        try { synchronized (lock) { lock.wait(-1); } } catch (IllegalArgumentException e) { p(e.getMessage()); }
        Thread.currentThread().interrupt();
        try { Thread.sleep(5); } catch (InterruptedException e) { p(e.getMessage()); }
        Thread.currentThread().interrupt();
        try { new Thread().join(); s.join(5); p("dead join"); } catch (InterruptedException e) { p("join"); }
        p(Thread.interrupted());
        Thread.currentThread().interrupt();
        try { new Semaphore(0).acquire(); } catch (InterruptedException e) { p("acquire"); }
        Thread.currentThread().interrupt();
        try { new ReentrantLock().lockInterruptibly(); } catch (InterruptedException e) { p("lock"); }
        long t0 = System.nanoTime();
        synchronized (lock) { lock.wait(30); }
        LockSupport.parkNanos(20_000_000);
        TimeUnit.MILLISECONDS.sleep(10);
        long ms = (System.nanoTime() - t0) / 1_000_000;
        p(ms >= 39 && ms < 30000); // an interrupt may have left a permit: parkNanos may be over at once
        int[] n = { 0 };
        Thread[] many = new Thread[200];
        for (int i = 0; i < many.length; i++) { many[i] = new Thread(() -> { for (int k = 0; k < 50; k++) synchronized (n) { n[0]++; } });
            many[i].start(); }
        for (Thread t : many) t.join();
        p(n[0]);
        int[] depth = { 0 };
        Thread rec = new Thread(null, () -> { try { rec(depth); } catch (StackOverflowError e) { p("overflow"); } }, "small", 256 << 10);
        rec.start();
        rec.join();
        int d1 = depth[0];
        depth[0] = 0;
        rec = new Thread(null, () -> { try { rec(depth); } catch (StackOverflowError e) { p("overflow"); } }, "large", 16 << 20);
        rec.start();
        rec.join();
        p(depth[0] > 4 * d1);
        Thread ctx = new Thread(() -> p(Thread.currentThread().getContextClassLoader() == ThreadStates.class.getClassLoader()));
        ctx.start();
        ctx.join();
        Object m1 = new Object();
        Thread owner = new Thread(() -> { synchronized (m1) { synchronized (m1) { try { m1.wait(); } catch (InterruptedException e) { }
            p("reacquired " + Thread.holdsLock(m1)); } } });
        owner.start();
        while (owner.getState() != Thread.State.WAITING) Thread.sleep(1);
        synchronized (m1) { m1.notifyAll(); p("notified"); }
        owner.join();
        sun.misc.Signal.handle(new sun.misc.Signal("USR2"), sg -> { synchronized (lock) { p("signal " + sg + sg.getNumber()); got = true;
            lock.notifyAll(); } });
        sun.misc.Signal.raise(new sun.misc.Signal("USR2"));
        synchronized (lock) { while (!got) lock.wait(); }
        try { sun.misc.Signal.handle(new sun.misc.Signal("SEGV"), sg -> {}); } catch (IllegalArgumentException e) { p(e.getMessage()); }
        try { new sun.misc.Signal("NOPE"); } catch (IllegalArgumentException e) { p(e.getMessage()); }
    }
    static void rec(int[] d) { d[0]++; rec(d); } static volatile long volatileCount; static volatile boolean done; static boolean got;
}
