// modes: native
/** Deadlocks over monitors and java.util.concurrent locks, and what ThreadMXBean tells of them. */
import java.lang.management.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.locks.*;
public class Deadlocks {
    static final Object m = new Object();
    static final ReentrantLock a = new ReentrantLock(), b = new ReentrantLock();
    static void tell(ThreadInfo i) {
        LockInfo l = i.getLockInfo();
        System.out.println(i.getThreadName() + " " + i.getThreadState() + " " + (l == null ? null : l.getClassName()) + " " + i.getLockOwnerName());
        for (MonitorInfo x : i.getLockedMonitors()) System.out.println("  monitor " + x.getClassName() + " at " + x.getLockedStackDepth() + " " + x.getLockedStackFrame());
        for (LockInfo x : i.getLockedSynchronizers()) System.out.println("  lock " + x.getClassName());
    }
    public static void main(String[] args) throws Exception {
        ThreadMXBean t = ManagementFactory.getThreadMXBean();
        System.out.println(t.isObjectMonitorUsageSupported() + " " + t.isSynchronizerUsageSupported() + " " + (t.findDeadlockedThreads() == null));
        CountDownLatch both = new CountDownLatch(3);
        Runnable one = () -> { synchronized (m) { a.lock(); both.countDown(); meet(both); b.lock(); } };
        Runnable two = () -> { b.lock(); both.countDown(); meet(both); a.lock(); };
        Runnable three = () -> { both.countDown(); meet(both); synchronized (m) { System.out.println("never"); } };
        List<Thread> ts = List.of(new Thread(one, "one"), new Thread(two, "two"), new Thread(three, "three"));
        for (Thread x : ts) { x.setDaemon(true); x.start(); }
        while (t.findDeadlockedThreads() == null || ts.get(2).getState() != Thread.State.BLOCKED) Thread.sleep(5);
        long[] ids = t.findDeadlockedThreads();
        Arrays.sort(ids);
        System.out.println(ids.length + " deadlocked; by monitors alone: " + (t.findMonitorDeadlockedThreads() == null ? 0 : 1));
        for (ThreadInfo i : t.getThreadInfo(ids, true, true)) tell(i);
        tell(t.getThreadInfo(new long[] { ts.get(2).getId() }, true, true)[0]);
        ThreadInfo[] all = t.dumpAllThreads(true, true);
        for (ThreadInfo i : all) if (i.getThreadName().equals("one")) tell(i);
        System.out.println(t.getThreadInfo(ids[0]).getLockInfo().getClassName());
    }
    static void meet(CountDownLatch l) { try { l.await(); } catch (InterruptedException e) { } }
}
