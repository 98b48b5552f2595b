// options: -Xmx24m
import java.lang.ref.*; import java.util.*; import java.nio.*;
/** Memory runs out in many places; each time it can be caught and the program goes on. */
public class OutOfMemory {
    static Object sink; static int[][][] md;
    interface Body { void run() throws Throwable; }
    static void check(String what, Body b) {
        try { b.run(); System.out.println(what + ": no error"); }
        catch (OutOfMemoryError e) { sink = null; System.out.println(what + ": " + e.getMessage()); }
        catch (Throwable e) { sink = null; System.out.println(what + ": " + e); }
    }
    public static void main(String[] a) throws Exception {
        check("huge", () -> sink = new byte[Integer.MAX_VALUE]);
        check("huge-2", () -> sink = new long[Integer.MAX_VALUE - 2]);
        check("large", () -> sink = new long[100_000_000]);
        check("multi", () -> md = new int[1000][1000][1000]);
        check("strings", () -> { StringBuilder s = new StringBuilder("x"); for (;;) s.append(s); });
        check("clone", () -> { byte[] b = new byte[5_000_000]; List<Object> l = new ArrayList<>(); for (;;) l.add(b.clone()); });
        check("threads", () -> { Thread[] t = new Thread[3]; for (int i = 0; i < 3; i++) { t[i] = new Thread(() -> { try { List<Object> l = new ArrayList<>(); for (;;) l.add(new long[50_000]); } catch (OutOfMemoryError e) { } }); t[i].start(); } for (Thread x : t) x.join(); });
        check("direct", () -> { List<Object> l = new ArrayList<>(); for (;;) l.add(ByteBuffer.allocateDirect(1 << 20)); });
        // direct buffers are freed
        for (int i = 0; i < 300; i++) ByteBuffer.allocateDirect(1 << 20).put(0, (byte) i);
        System.out.println("direct buffers freed");
        SoftReference<byte[]> soft = new SoftReference<>(new byte[1 << 20]); WeakReference<byte[]> weak = new WeakReference<>(new byte[1 << 10]);
        check("soft", () -> { List<Object> l = new ArrayList<>(); for (;;) l.add(new byte[100_000]); });
        System.out.println("soft " + soft.get() + " weak " + weak.get());
        // caches of soft references never fail
        Map<Integer, SoftReference<byte[]>> cache = new HashMap<>();
        for (int i = 0; i < 1000; i++) cache.put(i, new SoftReference<>(new byte[50_000]));
        int left = 0; for (var s : cache.values()) if (s.get() != null) left++;
        System.out.println("cache " + (left < 1000));
        System.out.println("max " + (Runtime.getRuntime().maxMemory() <= 26L << 20));
        throw new OutOfMemoryError("mine");
    }
}
