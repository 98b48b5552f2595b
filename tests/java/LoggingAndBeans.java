// modes: native
import java.lang.management.*;
import java.lang.ref.*;
import java.util.*;
import java.util.logging.*;
import java.util.logging.Formatter;
import java.util.prefs.*;
import java.util.regex.*;

/** java.util.logging, System.Logger, preferences, management beans, regular expressions, cleaners and references, string methods. */
public class LoggingAndBeans {
    static void p(Object o) { System.out.println(o); }
    public static void main(String[] a) throws Exception {
        Logger l = Logger.getLogger("my.logger");
        l.setUseParentHandlers(false);
        Handler h = new StreamHandler(System.out, new SimpleFormatter() { public String format(LogRecord r) { return r.getLevel() + ":" +
            r.getLoggerName() + ":" + r.getSourceClassName() + "." + r.getSourceMethodName() + ":" + formatMessage(r) + (r.getThrown() ==
            null ? "" : r.getThrown()) + "\n"; } });
        h.setLevel(Level.ALL);
        l.addHandler(h);
        l.setLevel(Level.FINE);
        l.info("info");
        l.log(Level.FINE, "p {0} {1}", new Object[] { 1, "x" });
        l.finer("no");
        l.log(Level.WARNING, "thrown", new Exception("e"));
        l.entering("C", "m");
        Logger.getLogger("my.logger.child").severe("via parent");
        h.flush();
        p(l.getParent().getName().isEmpty() + " " + Logger.getLogger("my.logger.child").getLevel() + Level.parse("800") +
            LogManager.getLogManager().getProperty("handlers"));
        System.Logger sl = System.getLogger("my.logger");
        sl.log(System.Logger.Level.INFO, "system {0}", 5);
        h.flush();
        p(sl.getName() + sl.isLoggable(System.Logger.Level.TRACE));
        StringBuilder x = new StringBuilder();
        LogRecord r = new LogRecord(Level.INFO, "m");
        r.setInstant(java.time.Instant.EPOCH);
        r.setSequenceNumber(1);
        r.setLongThreadID(1);
        p(new XMLFormatter().format(r).lines().filter(s -> s.contains("level") || s.contains("message")).toList());
        p(ManagementFactory.getRuntimeMXBean().getSpecVersion() + ManagementFactory.getThreadMXBean().getThreadCount() / 100 +
            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / (1L << 33) +
            ManagementFactory.getClassLoadingMXBean().getLoadedClassCount() / 100000 +
            (ManagementFactory.getOperatingSystemMXBean().getAvailableProcessors() > 0) +
            (ManagementFactory.getGarbageCollectorMXBeans().size() > 0) + (ManagementFactory.getMemoryPoolMXBeans().size() > 0));
        var mbs = ManagementFactory.getPlatformMBeanServer();
        p(mbs.getAttribute(new javax.management.ObjectName("java.lang:type=Runtime"), "SpecVersion") + mbs.getDefaultDomain());
        mbs.registerMBean(new Hello(), new javax.management.ObjectName("t:type=Hello"));
        p(mbs.getAttribute(new javax.management.ObjectName("t:type=Hello"), "Name") + "" + mbs.invoke(new
            javax.management.ObjectName("t:type=Hello"), "add", new Object[] { 1, 2 }, new String[] { "int", "int" }));
        ThreadInfo ti = ManagementFactory.getThreadMXBean().getThreadInfo(Thread.currentThread().getId(), 5);
        p(ti.getThreadName() + ti.getThreadState() + ti.getStackTrace()[ti.getStackTrace().length - 1].getMethodName());
        Matcher m = Pattern.compile("(?<key>\\w+)\\s*=\\s*(?<val>\"[^\"]*\"|\\d+)").matcher("a = 1, bc=\"x y\" ,d=2");
        while (m.find()) p(m.group("key") + "->" + m.group("val") + m.start() + "-" + m.end(2));
        p("aXbXc".replaceAll("(?i)x", "[$0]") + Pattern.compile("\\b(\\w)(\\w*)").matcher("hello big world").replaceAll(q ->
            q.group(1).toUpperCase() + q.group(2)) + Arrays.toString("a1b22c".split("\\d+")) + Arrays.toString("a,b,,".split(",", -1)) +
            "foobar".matches("(?=foo).*(?<!x)bar") + Pattern.matches("(a+)+b", "aaaaaaaaaaaaaab") + Pattern.compile("^\\p{Lu}\\p{IsGreek}$",
            Pattern.MULTILINE).matcher("x\nA\u03b1").find() + "aaa".replaceFirst("a{2}?", "b") +
            Pattern.compile("(a)|(b)").splitAsStream("xaybz").toList() + Pattern.quote("a\\Eb"));
        for (String bad : new String[] { "(", "[a", "*", "a{2,1}", "(?<n>a)(?<n>b)", "\\k<x>", "(?<=a+)b" }) try { Pattern.compile(bad);
            p("fine " + bad); } catch (PatternSyntaxException e) { p(e.getMessage()); }
        try { m.group(); } catch (IllegalStateException e) { p(e.getMessage()); }
        String s = "  The quick\tbrown\n fox \u2003";
        p(s.strip() + "|" + s.trim().length() + s.isBlank() + s.lines().count() + "ab".repeat(3) + "x".compareTo("abc") +
            "\u00df".toUpperCase() + "I".toLowerCase(Locale.forLanguageTag("tr")).length() + "abc".indent(2) +
            "a\\tb\\101".translateEscapes() + String.join("-", List.of("p", "q")) + "abcabc".lastIndexOf("bc", 3) +
            "h\ud83d\ude00".codePointAt(1) + "h\ud83d\ude00".length() + "ABC".chars().sum() + "a".equals(null) + "abc".contentEquals(new
            StringBuilder("abc")) + "Hello".regionMatches(true, 1, "ELL", 0, 3) + " x".stripLeading() + "abc".transform(q -> q + 1) +
            "%d%s".formatted(1, 2) + new String(new char[] { 'a', 'b' }, 1, 1) + String.valueOf(new char[] { 'z' }) + "a-b".replace('-',
            '\u20ac') + "x".hashCode() + "in".intern() + String.copyValueOf(new char[] { 'q' }));
        StringBuilder sb = new StringBuilder("hello");
        p(sb.reverse().insert(2, 3.5).deleteCharAt(0).replace(1, 3, "\u4e2d\u6587").append(new char[] { 'x' }, 0, 1).append((Object)
            null).appendCodePoint(0x1F600).indexOf("null") + sb.toString() + sb.capacity() + new StringJoiner(",", "{", "}").setEmptyValue("EMPTY"));
        p(Character.getName('a') + Character.isJavaIdentifierStart('$') + Character.getNumericValue('\u2167') +
            Character.toChars(0x1F600).length + Character.UnicodeBlock.of('\u0416') + Character.getType('A') + Character.isMirrored('(') +
            Character.UnicodeScript.of(0x3042) + Character.toTitleCase('\u01c6'));
        Object o = new Object();
        ReferenceQueue<Object> q = new ReferenceQueue<>();
        WeakReference<Object> wr = new WeakReference<>(o, q);
        PhantomReference<Object> ph = new PhantomReference<>(o, q);
        SoftReference<Object> so = new SoftReference<>(new byte[10]);
        Cleaner cl = Cleaner.create();
        boolean[] cleaned = new boolean[1];
        cl.register(o, () -> { synchronized (cleaned) { cleaned[0] = true; cleaned.notifyAll(); } });
        WeakHashMap<Object, String> wh = new WeakHashMap<>();
        wh.put(o, "v");
        p(wr.refersTo(o) + " " + wh.size());
        o = null;
        Set<Object> got = new HashSet<>();
        for (int i = 0; i < 100 && (got.size() < 2 || !cleaned[0]); i++) { System.gc(); Reference<?> rf = q.remove(20); if (rf != null) got.add(rf); }
        p(got.contains(wr) + " " + got.contains(ph) + (wr.get() == null) + wh.size() + (so.get() != null) + cleaned[0]);
        new Fin();
        System.gc();
        System.runFinalization();
        synchronized (lock) { for (int i = 0; i < 100 && !fin; i++) { lock.wait(10); System.gc(); } }
        p("finalized " + fin);
        Iterator<Integer> it = new PriorityQueue<>(List.of(3, 1, 2)).iterator();
        NavigableMap<String, Integer> nm = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        nm.put("b", 1);
        nm.put("A", 2);
        nm.put("B", 3);
        p(nm + "" + nm.headMap("b", false) + nm.floorEntry("az") + nm.descendingKeySet() + it.next());
        List<Integer> sl2 = new ArrayList<>(List.of(5, 4, 3, 2, 1)).subList(1, 4);
        sl2.sort(null);
        sl2.replaceAll(v -> v * 2);
        sl2.removeIf(v -> v == 6);
        p(sl2 + "" + Collections.frequency(sl2, 4) + Collections.nCopies(2, "n"));
    }
    static final Object lock = new Object();
    static boolean fin;
    static class Fin { @SuppressWarnings("removal") protected void finalize() { synchronized (lock) { fin = true; lock.notifyAll(); } } }
    public interface HelloMBean { String getName(); int add(int a, int b); }
    public static class Hello implements HelloMBean { public String getName() { return "hello"; } public int add(int a, int b) { return a + b; } }
}
