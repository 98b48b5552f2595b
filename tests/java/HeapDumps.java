// modes: native
import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.*;
import java.lang.management.*;
import java.nio.*;
import java.nio.channels.FileChannel;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.CountDownLatch;

/** HotSpotDiagnosticMXBean.dumpHeap: a reader of the format checks the whole file, and looks for what this program has made. */
public class HeapDumps {
    static class Base { int number; Object other; }
    static class Node extends Base { long big = 0x1122334455667788L; byte small = -5; char letter = '\u20ac'; double real = 2.5; boolean yes = true; short brief = -300; float half = 0.5f; Node next; }
    static final int[] numbers = { 1, -2, 3 };
    static final long[][] nested = { { 1L << 40 }, null };
    static final char[] letters = { 'l', '\u00f6' };
    static String name = "a string that the dump holds";
    static Node list;
    static byte[] large = new byte[1_200_000];
    static Object[] manyRefs = new Object[131_500];
    static java.lang.ref.WeakReference<Object> weak;
    static final boolean loam = System.getProperty("java.vm.name").startsWith("loam"); // HotSpot's own dumps leave out what its archive holds, and what mirrors refer to

    /** Reads a file; every mistake is an exception. */
    static class Reader {
        final ByteBuffer b;
        final Map<Long, String> names = new HashMap<>();
        final Map<Long, Long> classNames = new HashMap<>();
        final Map<Integer, Long> serials = new HashMap<>();
        final Map<Long, String> frames = new HashMap<>();
        final Map<Integer, long[]> traces = new HashMap<>();
        record Field(String name, int type, Object value) {}
        record Cls(long id, long superId, long loader, int size, List<Field> statics, List<Field> fields) {}
        record Obj(long id, long cls, byte[] data, long[] refs, int type, int length) {}
        final Map<Long, Cls> classes = new HashMap<>();
        final Map<Long, Obj> objects = new HashMap<>();
        final Map<Long, Integer> roots = new HashMap<>();
        final Map<Integer, Integer> threadTraces = new HashMap<>();
        boolean ended;

        Reader(Path p) throws IOException {
            try (FileChannel c = FileChannel.open(p)) { b = c.map(FileChannel.MapMode.READ_ONLY, 0, c.size()); }
            StringBuilder head = new StringBuilder();
            for (byte x; (x = b.get()) != 0; ) head.append((char) x);
            check(head.toString().equals("JAVA PROFILE 1.0.2"), "header " + head);
            check(b.getInt() == 8, "id size");
            check(Math.abs(b.getLong() - System.currentTimeMillis()) < 600_000, "time");
            while (b.hasRemaining()) record();
            check(ended, "no end");
            verify();
        }
        static void check(boolean right, String what) { if (!right) throw new IllegalStateException(what); }

        void record() {
            int tag = b.get() & 0xff;
            b.getInt();
            long length = b.getInt() & 0xffffffffL, end = b.position() + length;
            check(!ended && end <= b.limit(), "length of record " + tag);
            switch (tag) {
            case 0x01 -> { long id = b.getLong(); byte[] s = new byte[(int) length - 8]; b.get(s); names.put(id, new String(s, java.nio.charset.StandardCharsets.UTF_8)); }
            case 0x02 -> { int serial = b.getInt(); long id = b.getLong(); b.getInt(); serials.put(serial, id); classNames.put(id, b.getLong()); }
            case 0x04 -> { long id = b.getLong(); String m = names.get(b.getLong()), sig = names.get(b.getLong()); long file = b.getLong(); Long cls = serials.get(b.getInt()); int line = b.getInt();
                check(m != null && sig != null && cls != null && (file == 0 || names.containsKey(file)), "frame"); frames.put(id, names.get(classNames.get(cls)) + "." + m + (line > 0 ? ":" + line : "")); }
            case 0x05 -> { int serial = b.getInt(); b.getInt(); long[] ids = new long[b.getInt()]; for (int i = 0; i < ids.length; i++) check(frames.containsKey(ids[i] = b.getLong()), "trace"); traces.put(serial, ids); }
            case 0x0c, 0x1c -> { while (b.position() < end) entry(); }
            case 0x2c -> ended = true;
            default -> check(false, "record " + tag);
            }
            check(b.position() == end, "end of record " + tag + ": " + b.position() + ", not " + end);
        }
        static int size(int type) { return switch (type) { case 2, 7, 11 -> 8; case 4, 8 -> 1; case 5, 9 -> 2; case 6, 10 -> 4; default -> throw new IllegalStateException("type " + type); }; }
        static Object value(ByteBuffer b, int type) {
            return switch (type) { case 2, 11 -> b.getLong(); case 4 -> b.get() != 0; case 5 -> b.getChar(); case 6 -> b.getFloat(); case 7 -> b.getDouble(); case 8 -> b.get(); case 9 -> b.getShort(); default -> b.getInt(); };
        }
        void root(long id, int kind, int more) { roots.putIfAbsent(id, kind); b.position(b.position() + more); }

        void entry() {
            int tag = b.get() & 0xff;
            long id = b.getLong();
            switch (tag) {
            case 0xff, 0x05, 0x07 -> root(id, tag, 0);
            case 0x01 -> root(id, tag, 8);
            case 0x02, 0x03 -> root(id, tag, 8);
            case 0x04, 0x06 -> root(id, tag, 4);
            case 0x08 -> { root(id, tag, 0); threadTraces.put(b.getInt(), b.getInt()); }
            case 0x20 -> dumpedClass(id);
            case 0x21 -> { b.getInt(); long c = b.getLong(); byte[] data = new byte[b.getInt()]; b.get(data); add(new Obj(id, c, data, null, 0, 0)); }
            case 0x22 -> { b.getInt(); long[] refs = new long[b.getInt()]; long c = b.getLong(); for (int i = 0; i < refs.length; i++) refs[i] = b.getLong(); add(new Obj(id, c, null, refs, 2, refs.length)); }
            case 0x23 -> { b.getInt(); int n = b.getInt(), type = b.get(); byte[] data = new byte[n * size(type)]; b.get(data); add(new Obj(id, 0, data, null, type, n)); }
            default -> check(false, "entry " + tag);
            }
        }
        void add(Obj o) { check(objects.put(o.id, o) == null && !classes.containsKey(o.id), "twice"); }
        void dumpedClass(long id) {
            b.getInt();
            long up = b.getLong(), loader = b.getLong();
            b.position(b.position() + 32);
            int size = b.getInt();
            check(b.getShort() == 0, "constants");
            List<Field> statics = new ArrayList<>(), fields = new ArrayList<>();
            for (int n = b.getShort() & 0xffff; n > 0; n--) { String s = names.get(b.getLong()); int type = b.get(); check(s != null, "static's name"); statics.add(new Field(s, type, value(b, type))); }
            for (int n = b.getShort() & 0xffff; n > 0; n--) { String s = names.get(b.getLong()); int type = b.get(); check(s != null, "field's name"); fields.add(new Field(s, type, null)); }
            check(classNames.containsKey(id), "class not loaded");
            check(classes.put(id, new Cls(id, up, loader, size, statics, fields)) == null, "class twice");
        }
        boolean known(long id) { return id == 0 || !loam || objects.containsKey(id) || classes.containsKey(id); }
        Map<String, Object> fields(Obj o) {
            Map<String, Object> all = new LinkedHashMap<>();
            ByteBuffer d = ByteBuffer.wrap(o.data);
            for (Cls c = classes.get(o.cls); c != null; c = classes.get(c.superId)) for (Field f : c.fields) all.put(f.name, value(d, f.type));
            check(!d.hasRemaining(), "instance's size");
            return all;
        }
        List<Long> edges(long id) {
            List<Long> to = new ArrayList<>();
            Cls k = classes.get(id);
            if (k != null) { to.add(k.superId); to.add(k.loader); for (Field f : k.statics) if (f.type == 2) to.add((Long) f.value); return to; }
            Obj o = objects.get(id);
            if (o.cls != 0) to.add(o.cls);
            if (o.refs != null) for (long r : o.refs) if (r != 0) to.add(r);
            if (o.refs == null && o.type == 0) {
                ByteBuffer d = ByteBuffer.wrap(o.data);
                for (Cls c = classes.get(o.cls); c != null; c = classes.get(c.superId)) for (Field f : c.fields) { Object v = value(d, f.type); if (f.type == 2) to.add((Long) v); }
            }
            return to;
        }
        /** Everything that anything names is there. */
        void verify() {
            for (Cls c : classes.values()) { check(known(c.superId) && known(c.loader), "super"); for (Field f : c.statics) check(f.type != 2 || known((Long) f.value), "static " + f.name); }
            for (Obj o : objects.values()) {
                check(o.type != 0 && o.type != 2 || classes.containsKey(o.cls), "class of object");
                if (o.type == 0) check(o.data.length == classes.get(o.cls).size, "size of instance");
                for (long r : edges(o.id)) check(known(r), "reference");
            }
            for (long r : roots.keySet()) check(known(r), "root");
            for (int t : threadTraces.values()) check(traces.containsKey(t), "thread's trace");
        }
        long unreachable() {
            Set<Long> seen = new HashSet<>();
            Deque<Long> todo = new ArrayDeque<>(roots.keySet());
            while (!todo.isEmpty()) { long id = todo.pop(); if (id != 0 && seen.add(id)) todo.addAll(edges(id)); }
            return objects.keySet().stream().filter(o -> !seen.contains(o)).count();
        }
        String className(long id) { return names.get(classNames.get(id)); }
        Cls named(String n) { return classes.values().stream().filter(c -> className(c.id).equals(n)).findFirst().orElseThrow(); }
        Object fixed(String cls, String field) { return named(cls).statics.stream().filter(f -> f.name.equals(field)).findFirst().orElseThrow().value; }
        long count(String cls) { return objects.values().stream().filter(o -> o.cls != 0 && className(o.cls).equals(cls)).count(); }
        String text(long id) {
            Map<String, Object> f = fields(objects.get(id));
            byte[] v = objects.get((Long) f.get("value")).data;
            return new String(v, (Byte) f.get("coder") == 0 ? java.nio.charset.StandardCharsets.ISO_8859_1 : java.nio.charset.StandardCharsets.UTF_16LE);
        }
        List<String> stack(String method) {
            for (int t : threadTraces.values()) { List<String> l = Arrays.stream(traces.get(t)).mapToObj(frames::get).toList(); if (l.stream().anyMatch(s -> s.startsWith(method))) return l; }
            return List.of();
        }
    }

    static void waits(CountDownLatch here, CountDownLatch end) {
        Node mine = new Node();
        mine.number = 4711;
        here.countDown();
        try { end.await(); } catch (InterruptedException e) { throw new IllegalStateException(e); }
        manyRefs[0] = mine;
    }

    static void look(Reader r) {
        int sum = 0, n = 0;
        Map<String, Object> first = null;
        for (Reader.Obj o = r.objects.get((Long) r.fixed("HeapDumps", "list")); o != null; n++) {
            Map<String, Object> f = r.fields(o);
            if (first == null) first = f;
            sum += (Integer) f.get("number");
            o = r.objects.get((Long) f.get("next"));
        }
        first.remove("next");
        first.remove("other");
        System.out.println("list " + n + " " + sum + " " + new TreeMap<>(first));
        System.out.println("string " + r.text((Long) r.fixed("HeapDumps", "name")));
        IntBuffer ints = ByteBuffer.wrap(r.objects.get((Long) r.fixed("HeapDumps", "numbers")).data).asIntBuffer();
        System.out.println("ints " + ints.get(0) + ints.get(1) + ints.get(2) + " " + ints.remaining());
        Reader.Obj nest = r.objects.get((Long) r.fixed("HeapDumps", "nested"));
        System.out.println("nested " + nest.length + " " + (nest.refs[1] == 0) + " " + ByteBuffer.wrap(r.objects.get(nest.refs[0]).data).getLong() + " " + r.className(nest.cls));
        System.out.println("chars " + (int) ByteBuffer.wrap(r.objects.get((Long) r.fixed("HeapDumps", "letters")).data).getChar(2));
        Reader.Obj big = r.objects.get((Long) r.fixed("HeapDumps", "large"));
        System.out.println("large " + big.length + " " + big.data[1_199_999] + " " + r.objects.get((Long) r.fixed("HeapDumps", "manyRefs")).length);
        Reader.Cls node = r.named("HeapDumps$Node");
        System.out.println("class " + r.className(node.superId) + " " + node.size + " " + node.fields.stream().map(f -> f.name + f.type).sorted().toList());
        System.out.println("stack " + r.stack("HeapDumps.waits").stream().filter(s -> s.startsWith("HeapDumps")).map(s -> s.replaceFirst(":.*", "").replaceFirst("Lambda.*[.]", "Lambda.")).toList());
        System.out.println("main " + r.stack("HeapDumps.main").stream().filter(s -> s.startsWith("HeapDumps")).map(s -> s.replaceFirst(":.*", "").replaceFirst("Lambda.*[.]", "Lambda.")).toList());
        Reader.Obj local = r.objects.values().stream().filter(o -> o.cls == node.id && r.fields(o).get("number").equals(4711)).findFirst().orElseThrow();
        System.out.println("local " + r.roots.get(local.id));
        System.out.println("thread " + r.objects.values().stream().filter(o -> o.cls != 0 && r.className(o.cls).equals("java/lang/Thread")).anyMatch(o -> r.text((Long) r.fields(o).get("name")).equals("waiter")));
    }

    static void refused(HotSpotDiagnosticMXBean d, String file) throws IOException {
        try { d.dumpHeap(file, true); System.out.println("dumped " + file); } catch (IOException | IllegalArgumentException e) { System.out.println(e); }
    }

    public static void main(String[] args) throws Exception {
        for (int i = 0; i < 100; i++) { Node n = new Node(); n.number = i; n.next = list; list = n; }
        large[large.length - 1] = 7;
        weak = new java.lang.ref.WeakReference<>(new Object());
        HotSpotDiagnosticMXBean d = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        CountDownLatch here = new CountDownLatch(1), end = new CountDownLatch(1);
        Thread waiter = new Thread(() -> waits(here, end), "waiter");
        waiter.start();
        here.await();
        while (waiter.getState() != Thread.State.WAITING) Thread.sleep(1);
        Path dir = Files.createTempDirectory("dumps"), live = dir.resolve("live.hprof"), all = dir.resolve("all.hprof");
        try {
            d.dumpHeap(live.toString(), true);
            Reader r = new Reader(live);
            look(r);
            System.out.println("nodes " + r.count("HeapDumps$Node") + " weak " + r.fields(r.objects.get((Long) r.fixed("HeapDumps", "weak"))).get("referent"));
            System.out.println("all reached " + (!loam || r.unreachable() == 0));
            for (int i = 0; i < 1000; i++) manyRefs[i] = new StringBuilder();
            Arrays.fill(manyRefs, null);
            d.dumpHeap(all.toString(), false);
            System.out.println("garbage " + (new Reader(all).count("java/lang/StringBuilder") >= 1000));
            refused(d, live.toString().replace(dir.toString() + "/", dir + "/"));
            refused(d, "/nonexistent/x.hprof");
            refused(d, dir.resolve("x.txt").toString());
            try (var left = Files.list(dir)) { System.out.println(left.map(p -> p.getFileName().toString()).sorted().toList()); }
        } finally {
            end.countDown();
            waiter.join();
            Files.deleteIfExists(live);
            Files.deleteIfExists(all);
            Files.delete(dir);
        }
    }
}
