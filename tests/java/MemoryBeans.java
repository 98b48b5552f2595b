// options: -Xmx96m
import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.*;
import java.util.*;
import java.util.concurrent.*;
import javax.management.*;
import javax.management.openmbean.CompositeData;

/** What java.lang.management tells of memory, collections and threads: thresholds and their notifications, collections' notifications, counts and times. */
public class MemoryBeans {
    static Object sink;

    static MemoryPoolMXBean pool() {
        for (MemoryPoolMXBean p : ManagementFactory.getMemoryPoolMXBeans())
            if (p.getType() == MemoryType.HEAP && p.isUsageThresholdSupported() && p.isCollectionUsageThresholdSupported()) return p;
        throw new IllegalStateException();
    }
    static boolean gets(Semaphore s) throws InterruptedException { return s.tryAcquire(60, TimeUnit.SECONDS); }
    static long collections() { return ManagementFactory.getGarbageCollectorMXBeans().stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum(); }

    static void thresholds() throws Exception {
        MemoryPoolMXBean p = pool();
        Semaphore used = new Semaphore(0), collected = new Semaphore(0);
        ((NotificationEmitter) ManagementFactory.getMemoryMXBean()).addNotificationListener((n, hand) -> {
            MemoryNotificationInfo i = MemoryNotificationInfo.from((CompositeData) n.getUserData());
            boolean right = i.getPoolName().equals(p.getName()) && i.getCount() > 0 && i.getUsage().getUsed() > 0;
            if (right && n.getType().equals(MemoryNotificationInfo.MEMORY_THRESHOLD_EXCEEDED)) used.release();
            if (right && n.getType().equals(MemoryNotificationInfo.MEMORY_COLLECTION_THRESHOLD_EXCEEDED)) collected.release();
        }, null, null);
        System.out.println(p.getUsageThreshold() + " " + p.getCollectionUsageThreshold() + " " + p.getUsageThresholdCount());
        p.setUsageThreshold(30 << 20);
        p.setCollectionUsageThreshold(20 << 20);
        List<byte[]> kept = new ArrayList<>();
        for (int i = 0; i < 4000; i++) kept.add(new byte[10_000]);
        System.gc();
        System.out.println("told " + gets(used) + " " + gets(collected));
        System.out.println("passed " + p.isUsageThresholdExceeded() + " " + p.isCollectionUsageThresholdExceeded() + " " + (p.getUsageThresholdCount() > 0) + " " + (p.getCollectionUsageThresholdCount() > 0));
        System.out.println("kept " + kept.size() + " " + (p.getUsage().getUsed() > 40_000_000) + " " + (p.getPeakUsage().getUsed() > 40_000_000) + " " + (p.getCollectionUsage().getUsed() > 40_000_000));
        kept = null;
        System.gc();
        System.out.println("free " + (p.getUsage().getUsed() < 20_000_000) + " " + (p.getPeakUsage().getUsed() > 40_000_000));
        p.resetPeakUsage();
        System.out.println("reset " + (p.getPeakUsage().getUsed() < 20_000_000));
        try { p.setUsageThreshold(-1); } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        try { p.setUsageThreshold(1L << 50); } catch (IllegalArgumentException e) { System.out.println("too large"); }
    }

    static void collectors() throws Exception {
        BlockingQueue<GarbageCollectionNotificationInfo> told = new LinkedBlockingQueue<>();
        for (GarbageCollectorMXBean b : ManagementFactory.getGarbageCollectorMXBeans())
            ((NotificationEmitter) b).addNotificationListener((n, hand) -> told.add(GarbageCollectionNotificationInfo.from((CompositeData) n.getUserData())), null, null);
        long before = collections();
        System.gc();
        GarbageCollectionNotificationInfo i;
        do i = told.poll(60, TimeUnit.SECONDS); while (i != null && !i.getGcCause().equals("System.gc()"));
        System.out.println("collected " + (collections() > before) + " " + i.getGcAction() + ", " + i.getGcCause());
        var info = i.getGcInfo();
        System.out.println("info " + (info.getId() > 0) + " " + (info.getDuration() >= 0) + " " + (info.getEndTime() >= info.getStartTime()) + " "
            + info.getMemoryUsageBeforeGc().keySet().equals(info.getMemoryUsageAfterGc().keySet()) + " " + info.containsKey("GcThreadCount"));
        boolean last = false;
        for (GarbageCollectorMXBean b : ManagementFactory.getGarbageCollectorMXBeans()) {
            var g = ((com.sun.management.GarbageCollectorMXBean) b).getLastGcInfo();
            last |= g != null && g.getId() > 0 && !g.getMemoryUsageAfterGc().isEmpty();
        }
        System.out.println("last " + last);
    }

    static void threads() throws Exception {
        ThreadMXBean beans = ManagementFactory.getThreadMXBean();
        Object lock = new Object();
        CountDownLatch end = new CountDownLatch(1), working = new CountDownLatch(1);
        Thread busy = new Thread(() -> {
            long n = 0;
            for (long until = System.nanoTime() + 2_000_000; System.nanoTime() < until; ) n++;
            sink = n;
            working.countDown();
            try { Thread.sleep(1); synchronized (lock) { end.await(); } } catch (InterruptedException e) { sink = e; }
        });
        synchronized (lock) {
            busy.start();
            working.await();
            while (busy.getState() != Thread.State.BLOCKED) Thread.sleep(1);
        }
        while (busy.getState() != Thread.State.WAITING) Thread.sleep(1);
        ThreadInfo i = beans.getThreadInfo(busy.getId());
        System.out.println("thread " + i.getThreadState() + " blocked " + i.getBlockedCount() + " waited " + (i.getWaitedCount() >= 2) + " " + i.getBlockedTime() + " " + i.isDaemon() + " " + i.getPriority());
        System.out.println("time " + beans.isThreadCpuTimeSupported() + " " + (beans.getCurrentThreadCpuTime() > 0) + " " + (beans.getThreadCpuTime(-1 + busy.getId() + 1) != 0));
        end.countDown();
        busy.join();
        System.out.println("gone " + beans.getThreadInfo(busy.getId()) + " " + beans.getThreadCpuTime(busy.getId()));
    }

    static void flags() {
        var flags = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        var max = flags.getVMOption("MaxHeapSize");
        System.out.println(max.getName() + " " + max.getValue() + " " + max.getOrigin() + " " + max.isWriteable() + " " + flags.getVMOption("DisableExplicitGC").getValue());
        for (String name : new String[] {"NoSuchFlag", null})
            try { flags.getVMOption(name); } catch (IllegalArgumentException | NullPointerException e) { System.out.println(e); }
        try { flags.setVMOption("MaxHeapSize", "1"); } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        System.out.println(flags.getDiagnosticOptions() != null);
    }

    public static void main(String[] args) throws Exception {
        thresholds();
        collectors();
        threads();
        flags();
    }
}
