// modes: native
import java.lang.management.*;
import java.util.*;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.*;
import javax.management.*;

/** What a thread dump says, line by line: threads in all states, the locks of their frames (compiled ones too), deadlocks. Numbers are left out. */
public class ThreadDumps {
    static final Object a = new Object(), b = new Object();
    static final ReentrantLock free = new ReentrantLock();
    static volatile boolean stop;
    static volatile int turns;
    static long sink;
    interface Body { void run() throws Exception; }
    static final Map<String, Thread> threads = new TreeMap<>();
    static Thread start(String name, Body body) {
        Thread t = new Thread(() -> { try { body.run(); } catch (Exception e) { } }, name);
        t.setDaemon(true);
        threads.put(name, t);
        t.start();
        return t;
    }
    static void await(String name, Thread.State state) throws Exception {
        for (Thread t = threads.get(name); t.getState() != state;) Thread.sleep(5);
    }
    static void step() { sink++; turns++; }
    static void spin() { synchronized (a) { synchronized (Body.class) { synchronized (a) { while (!stop) step(); } } } }
    /** Blocks one after the other, left by return and by an exception: only those around the call are told. */
    static int left(int k) throws Exception {
        Object x = new Object(), y = new StringBuilder(), z = new int[0];
        synchronized (x) { if (k == 1) return 1; }
        try { synchronized (y) { if (k == 0) throw new Exception(); } } catch (Exception e) { sink++; }
        synchronized (z) { synchronized (x) { for (int i = 0; i < 2; i++) switch (k) { case 0: synchronized (z) { x.wait(); } break; default: return 2; } } }
        return 3;
    }
    static synchronized void both(Object o) throws Exception { synchronized (o) { o.wait(); } }
    static synchronized void queue() { }

    static String dump(String... how) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        return (String) server.invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "threadPrint", new Object[] { how }, new String[] { String[].class.getName() });
    }
    static String plain(String s) {
        return s.replaceAll("0x[0-9a-f]{16}", "ADDRESS").replaceAll("nid=0x[0-9a-f]+", "nid=ID").replaceAll("(cpu|elapsed)=[0-9]+\\.[0-9][0-9](ms|s)", "$1=TIME").replaceAll("\" #[0-9]+ ", "\" #N ")
            .replaceAll("allocated=[0-9]+[BKMG] (defined_classes=[0-9]+ )?", "allocated=N ").replaceAll("Lambda\\$[0-9]+", "Lambda").replaceAll("\\[0x[0-9a-f]+\\]", "[ADDRESS]");
    }
    static void tell(String dump, String... names) {
        String[] parts = plain(dump).split("\n\n(?=\")");
        for (String name : names) for (String p : parts) if (p.startsWith('"' + name + '"')) System.out.println(p.split("\n\nJNI ")[0] + "\n");
    }
    public static void main(String[] args) throws Exception {
        Object p = new Object(), q = new Object(), again = new Object();
        start("waiter", () -> { synchronized (p) { p.wait(); } });
        start("timed", () -> { synchronized (q) { q.wait(1000000); } });
        start("sleeper", () -> Thread.sleep(1000000));
        start("left", () -> left(0));
        start("parked", () -> LockSupport.park(b));
        start("parked for a time", () -> LockSupport.parkNanos(1000000000000L));
        start("joiner", () -> threads.get("waiter").join());
        start("holder", () -> { free.lock(); LockSupport.park(); });
        for (String s : List.of("waiter", "left", "parked", "joiner", "holder")) await(s, Thread.State.WAITING);
        for (String s : List.of("timed", "sleeper", "parked for a time")) await(s, Thread.State.TIMED_WAITING);
        start("wants lock", () -> free.lock());
        start("both", () -> both(new Object()));
        start("relock", () -> { synchronized (again) { again.wait(); } });
        for (String s : List.of("wants lock", "both", "relock")) await(s, Thread.State.WAITING);
        tell(dump("-l"), "waiter", "timed", "sleeper", "left", "parked", "parked for a time", "joiner", "holder", "wants lock", "both", "Finalizer", "Signal Dispatcher");
        tell(dump("-e"), "waiter");
        synchronized (again) { /* notified, and it cannot have the lock back */
            again.notify();
            await("relock", Thread.State.BLOCKED);
            tell(dump(), "relock");
        }
        threads.get("relock").join();
        start("spinner", ThreadDumps::spin);
        while (turns < 10_000_000) Thread.sleep(5); /* compiled by now */
        start("blocked", () -> { synchronized (a) { sink++; } });
        start("queues", () -> queue());
        for (String s : List.of("blocked", "queues")) await(s, Thread.State.BLOCKED);
        for (int i = 0; i < 3; i++) {
            String d = dump();
            if (i == 0) tell(d, "blocked", "queues");
            String spinner = plain(Arrays.stream(d.split("\n\n")).filter(x -> x.startsWith("\"spinner\"")).findFirst().get());
            System.out.println(spinner.lines().filter(l -> !l.contains(".step(")).map(l -> l.replaceAll("ThreadDumps.java:[0-9]+", "LINE")).toList()); /* called from here or not */
        }
        for (ThreadInfo i : ManagementFactory.getThreadMXBean().dumpAllThreads(true, false))
            if (i.getThreadName().equals("spinner")) for (MonitorInfo m : i.getLockedMonitors()) System.out.println(m.getClassName() + " in " + m.getLockedStackFrame().getMethodName());
        stop = true;
        threads.get("spinner").join();
        AtomicInteger met = new AtomicInteger();
        Object one = new Object(), two = new Object();
        start("deadlock 1", () -> { synchronized (one) { met.incrementAndGet(); while (met.get() < 2) Thread.sleep(1); synchronized (two) { sink++; } } });
        start("deadlock 2", () -> { synchronized (two) { met.incrementAndGet(); while (met.get() < 2) Thread.sleep(1); synchronized (one) { sink++; } } });
        for (String s : List.of("deadlock 1", "deadlock 2")) await(s, Thread.State.BLOCKED);
        String d = plain(dump());
        System.out.println(d.substring(d.indexOf("\n\nJNI")).replaceAll("refs: [0-9]+", "refs: N").replaceAll("(?s)Found one.*Found 1", "Found one ... Found 1"));
        List<String> found = new ArrayList<>(List.of(d.substring(d.indexOf("Found one"), d.lastIndexOf("Found 1")).replaceAll("(Java stack|Found one).*\n=+\n", "").split("\n(?=\")"))); /* either may come first */
        found.stream().map(String::strip).sorted().forEach(System.out::println);
        System.out.println(d.split("\n\n")[0].replaceAll("^[-0-9]+ [:0-9]+\n", "DATE\n").replaceAll("dump .*", "dump"));
        System.out.println(d.split("\n\n")[1].replaceAll("[0-9]+", "N").replaceAll("(ADDRESS[, \n]*)+", "ADDRESS "));
    }
}
