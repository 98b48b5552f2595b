// options: -Xmx64m
import java.lang.ref.Cleaner;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.WeakHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Soft, weak and phantom references, finalizers, cleaners, and running out of memory. */
public class References {
    static CountDownLatch finalized = new CountDownLatch(1);
    static class Final {
        @SuppressWarnings({ "deprecation", "removal" })
        @Override protected void finalize() { finalized.countDown(); }
    }
    static Object[] make(ReferenceQueue<Object> queue) {
        Object o = new Object(), p = new Object();
        new Final();
        return new Object[] { new WeakReference<>(o, queue), new PhantomReference<>(p, queue), new WeakReference<>(new int[1000]) };
    }
    static int burn(int n) { long[] a = new long[n]; for (int i = 0; i < n; i++) a[i] = i; return n > 10 ? burn(n / 2) + (int) a[n / 3] : 1; }

    public static void main(String[] args) throws Exception {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        Object[] refs = make(queue);
        Object strong = new Object();
        WeakReference<Object> kept = new WeakReference<>(strong);
        SoftReference<Object> soft = new SoftReference<>(new Object());
        WeakHashMap<Object, String> map = new WeakHashMap<>();
        map.put(new Object(), "gone");
        map.put(strong, "stays");
        CountDownLatch cleaned = new CountDownLatch(1);
        Cleaner.create().register(new Object(), cleaned::countDown);
        burn(1000);
        int seen = 0;
        for (int i = 0; i < 50 && seen < 2; i++) {
            System.gc();
            for (Reference<?> r; (r = queue.remove(20)) != null; ) seen++;
        }
        System.out.println("enqueued " + seen + " " + ((Reference<?>) refs[0]).get() + " " + ((Reference<?>) refs[2]).get());
        System.out.println("kept " + (kept.get() == strong) + " soft " + (soft.get() != null) + " map " + map.size() + map.values());
        System.out.println("finalized " + finalized.await(10, TimeUnit.SECONDS) + ", cleaned " + cleaned.await(10, TimeUnit.SECONDS));
        List<byte[]> hog = new ArrayList<>();
        try {
            for (;;) hog.add(new byte[16 << 20]);
        } catch (OutOfMemoryError e) {
            int n = hog.size();
            hog = null;
            System.out.println("OutOfMemoryError: " + e.getMessage() + " " + (n > 0) + " soft " + (soft.get() == null));
        }
        try {
            System.out.println(new int[Integer.MAX_VALUE].length);
        } catch (OutOfMemoryError e) {
            System.out.println(e.getMessage());
        }
        long before = Runtime.getRuntime().maxMemory();
        int[][] garbage = new int[100][];
        for (int i = 0; i < 100_000; i++) garbage[i % 100] = new int[i % 300];
        System.out.println("went on " + (before > 0) + " " + garbage[99].length);
        int hash = strong.hashCode();
        System.gc();
        System.out.println(hash == strong.hashCode() && hash == System.identityHashCode(strong));
    }
}
