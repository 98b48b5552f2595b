// modes: native
import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.*;
import java.util.concurrent.locks.ReentrantLock;
import javax.management.*;

/** Flags of the machine, read and changed through management; the diagnostic commands that are there in `java` too; what threads have allocated and how long they were blocked. */
public class Diagnostics {
    static final HotSpotDiagnosticMXBean flags = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    static final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    static Object kept = new Diagnostics[17];

    static void set(String flag, String value) {
        try { flags.setVMOption(flag, value); System.out.println(flags.getVMOption(flag)); } catch (RuntimeException e) { System.out.println(e); }
    }
    static void flags() {
        for (var o : flags.getDiagnosticOptions()) if (!o.getName().equals("SoftMaxHeapSize")) System.out.println(o);
        for (String name : new String[] { "UseCompressedOops", "ObjectAlignmentInBytes", "MaxHeapSize", "NoSuchFlag", null })
            try { var o = flags.getVMOption(name); System.out.println(o.getName() + " " + o.isWriteable() + " " + (Long.MAX_VALUE + "").equals(o.getValue())); } catch (RuntimeException e) { System.out.println(e); }
        set("HeapDumpOnOutOfMemoryError", "true");
        set("HeapDumpOnOutOfMemoryError", "perhaps");
        set("MaxHeapSize", "5");
        set("NoSuchFlag", "1");
        set(null, "1");
        set("MinHeapFreeRatio", null);
        set("MinHeapFreeRatio", "abc");
        set("MinHeapFreeRatio", "30");
        set("MinHeapFreeRatio", "300");
        set("MinHeapFreeRatio", "99");
        set("MaxHeapFreeRatio", "20");
        set("HeapDumpPath", "/tmp/a b");
        set("HeapDumpPath", "");
        set("G1PeriodicGCSystemLoadThreshold", "1.5");
        set("SoftMaxHeapSize", "-1");
        set("SoftMaxHeapSize", "10000000");
        set("HeapDumpOnOutOfMemoryError", "false");
        set("ShowCodeDetailsInExceptionMessages", "false");
        try { ((Object) null).hashCode(); } catch (NullPointerException e) { System.out.println(e); }
        set("ShowCodeDetailsInExceptionMessages", "true");
        try { ((Object) null).hashCode(); } catch (NullPointerException e) { System.out.println(e); }
    }

    static ObjectName bean;
    static Map<String, MBeanOperationInfo> commands = new TreeMap<>();

    static String run(String command, String... arguments) throws Exception {
        boolean none = commands.get(command).getSignature().length == 0;
        return (String) server.invoke(bean, command, none ? null : new Object[] { arguments }, none ? null : new String[] { String[].class.getName() });
    }
    static void refused(String command, String... arguments) throws Exception {
        try { System.out.println(command + ": " + run(command, arguments)); } catch (RuntimeMBeanException e) { System.out.println(command + ": " + e.getCause()); }
    }
    static void commands() throws Exception {
        bean = new ObjectName("com.sun.management:type=DiagnosticCommand");
        for (var o : server.getMBeanInfo(bean).getOperations()) commands.put(o.getName(), o);
        for (String s : new String[] { "gcClassHistogram", "gcFinalizerInfo", "gcHeapInfo", "gcRun", "gcRunFinalization", "threadPrint", "vmCommandLine", "vmDynlibs", "vmFlags", "vmSetFlag",
                                       "vmSystemProperties", "vmUptime", "vmVersion", "help" }) {
            var o = commands.get(s);
            System.out.println(s + " " + o.getImpact() + " " + o.getReturnType() + " " + Arrays.toString(o.getSignature()) + o.getDescriptor());
        }
        System.out.println(run("gcClassHistogram").lines().filter(l -> l.contains("LDiagnostics;") || l.contains("java.util.HashMap ") || l.contains("num ")).map(l -> l.replaceAll("[0-9]+:? +", "")).sorted().toList());
        System.out.println(run("gcClassHistogram", "-all").lines().filter(l -> l.startsWith("Total")).count());
        System.out.println(run("gcHeapInfo").contains("used") + " [" + run("gcRun") + "] [" + run("gcRunFinalization") + "] " + run("gcFinalizerInfo").trim());
        System.out.println(run("vmUptime").matches("\\d+\\.\\d{3} s\n") + " " + run("vmUptime", "-date").matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}[+-]\\d{4}: \\d+\\.\\d{3} s\n"));
        System.out.println(run("vmVersion").lines().skip(1).toList() + " " + run("vmVersion").startsWith(System.getProperty("java.vm.name") + " version " + System.getProperty("java.vm.version")));
        Properties p = new Properties();
        p.load(new java.io.StringReader(run("vmSystemProperties")));
        System.out.println(p.equals(System.getProperties()));
        System.out.println(run("vmCommandLine").lines().filter(l -> l.startsWith("java_command") || l.startsWith("Launcher")).toList());
        System.out.println(run("vmFlags").contains("-XX:MinHeapFreeRatio=30 ") + " " + run("vmFlags", "-all").contains("    uintx MinHeapFreeRatio                         = 30                                     {manageable} {management}"));
        System.out.println(run("vmSetFlag", "MinHeapFreeRatio", "33") + flags.getVMOption("MinHeapFreeRatio") + run("vmSetFlag", "MaxHeapSize", "33") + run("vmSetFlag", "NoSuchFlag", "x"));
        System.out.println(run("vmDynlibs").contains("libjava.so"));
        System.out.print(run("help", "Thread.print") + run("help", "VM.version") + run("help", "VM.set_flag") + run("help", "nothing"));
        refused("vmUptime", "later");
        refused("vmUptime", "-date=maybe");
        refused("vmSetFlag");
        refused("gcClassHistogram", "-parallel=many");
        refused("gcClassHistogram", "-all", "x");
        refused("threadPrint", "-z");
    }

    static void threads() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        String dump = run("threadPrint", "-l");
        lock.unlock();
        String mine = dump.substring(dump.indexOf("\"main\""), dump.indexOf("\n\n\"", dump.indexOf("\"main\"")));
        System.out.println(mine.lines().filter(l -> l.contains("Diagnostics.") || l.contains("State") || l.contains("synchronizers") || l.contains("a java.util")).map(l -> l.replaceAll("0x[0-9a-f]+", "ADDRESS")).toList());
        System.out.println(dump.contains("Reference Handler") + " " + dump.contains("Full thread dump") + " " + run("threadPrint").contains("ownable"));
    }

    static void times() throws Exception {
        var beans = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        System.out.println(beans.isThreadContentionMonitoringSupported() + " " + beans.isThreadContentionMonitoringEnabled() + " " + beans.isThreadAllocatedMemorySupported() + " " + beans.isThreadAllocatedMemoryEnabled());
        long id = Thread.currentThread().getId(), before = beans.getThreadAllocatedBytes(id);
        for (int i = 0; i < 1000; i++) kept = new int[10];
        long small = beans.getThreadAllocatedBytes(id) - before;
        kept = new byte[10_000_000];
        long large = beans.getCurrentThreadAllocatedBytes() - before - small;
        System.out.println((small >= 48_000 && small < 100_000) + " " + (large >= 10_000_000 && large < 10_100_000));
        beans.setThreadContentionMonitoringEnabled(true);
        Object lock = new Object();
        Thread other = new Thread(() -> {
            for (int i = 0; i < 20_000; i++) kept = new int[20];
            try { synchronized (lock) { lock.wait(30); } synchronized (lock) { lock.wait(); } } catch (InterruptedException e) { kept = e; }
        });
        synchronized (lock) {
            other.start();
            while (other.getState() != Thread.State.BLOCKED) Thread.sleep(1);
            Thread.sleep(30);
        }
        while (other.getState() != Thread.State.WAITING) Thread.sleep(1);
        var info = beans.getThreadInfo(other.getId());
        System.out.println((info.getBlockedTime() >= 20) + " " + (info.getWaitedTime() >= 20) + " " + (info.getBlockedCount() > 0) + " " + info.getWaitedCount());
        System.out.println(beans.getThreadAllocatedBytes(other.getId()) >= 1_500_000);
        System.out.println(Arrays.toString(beans.getThreadAllocatedBytes(new long[] { Long.MAX_VALUE })));
        beans.setThreadContentionMonitoringEnabled(false);
        System.out.println(beans.getThreadInfo(other.getId()).getBlockedTime());
        other.interrupt();
        other.join();
    }

    public static void main(String[] a) throws Exception {
        flags();
        commands();
        threads();
        times();
    }
}
