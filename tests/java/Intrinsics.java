import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** What the compiler makes code of instead of calling it: each of these is executed often enough to be compiled, with arguments that take every way through it. */
public class Intrinsics {
    static final int ROUNDS = 300;

    static Object step(int what, int i) {
        switch (what) {
        case 0: return instance(i);
        case 1: return constantInstance(i);
        case 2: return assignable(i);
        case 3: return unassignable(i);
        case 4: return cast(i);
        case 5: return clones(i);
        case 6: return bigClones(i);
        case 7: return made(i);
        case 8: return compared(i);
        case 9: return views(i);
        case 10: return handles(i);
        case 11: return oneBuffer(i);
        case 12: return twoBuffers(i);
        case 13: return identity(i);
        case 14: return nested(i);
        case 15: return deep(i);
        case 16: return moved(i);
        case 17: return arrayCasts(i);
        default: return converted(i);
        }
    }

    static void tell(String name, int what) {
        long h = 0;
        for (int i = 0; i < ROUNDS; i++) {
            Object o;
            try {
                o = step(what, i);
            } catch (RuntimeException e) {
                o = Arrays.asList(e.getClass().getName(), e.getMessage());
            }
            h = h * 31 + (o == null ? 0 : o.hashCode());
        }
        System.out.println(name.concat(" ").concat(Long.toString(h)));
    }

    // ---- classes
    interface Shape {}
    interface Solid extends Shape {}
    static class A implements Solid {}
    static class B extends A {}
    static class C extends B {}
    static class D extends C {}
    static class E extends D {}
    static class F extends E {}
    static class G extends F {}
    static class H extends G {}
    static class I extends H {}
    static class J extends I implements Comparable<J> { public int compareTo(J o) { return 0; } }
    static final Object[] OBJECTS = { null, new A(), new B(), new E(), new J(), "s", 1, new int[1], new A[1], new J[1], new int[1][1], new Object[0], new Shape[0][0] };
    static final Class<?>[] CLASSES = { A.class, C.class, F.class, J.class, Shape.class, Comparable.class, Object.class, int.class, void.class, int[].class, A[].class, Shape[].class,
        Object[].class, int[][].class, Object[][].class, Serializable.class, Cloneable.class, Cloneable[].class };

    static Object instance(int i) { return CLASSES[i % CLASSES.length].isInstance(OBJECTS[i / CLASSES.length % OBJECTS.length]); }

    static Object constantInstance(int i) {
        Object o = OBJECTS[i % OBJECTS.length];
        return (A.class.isInstance(o) ? 1 : 0) + (J.class.isInstance(o) ? 2 : 0) + (Shape.class.isInstance(o) ? 4 : 0) + (int.class.isInstance(o) ? 8 : 0)
            + (Object[].class.isInstance(o) ? 16 : 0) + (int[].class.isInstance(o) ? 32 : 0) + (Object.class.isInstance(o) ? 64 : 0);
    }

    static Object assignable(int i) {
        Class<?> to = CLASSES[i % CLASSES.length], from = CLASSES[i / CLASSES.length % CLASSES.length];
        return to.isAssignableFrom(from) ? 1 : A.class.isAssignableFrom(J.class) && !int.class.isAssignableFrom(long.class) && long.class.isAssignableFrom(long.class) ? 2 : 3;
    }

    static Object unassignable(int i) { return CLASSES[i % CLASSES.length].isAssignableFrom(i % 3 == 0 ? null : Object.class); }

    static Object cast(int i) { return String.valueOf(CLASSES[i % 4].cast(OBJECTS[i % 7]) == null); }

    // ---- arrays
    static int[] ints(int n) { int[] a = new int[n]; for (int i = 0; i < n; i++) a[i] = i * 7 + n; return a; }
    static final String[][] NAMES = { { "a", "b" }, { "c" }, {} };
    static final long[] LONGS = { 1, -2, Long.MIN_VALUE };

    static Object clones(int i) {
        int[] a = ints(i % 40), b = a.clone();
        if (b.length > 0) b[0]++;
        String[] n = NAMES[i % 3].clone();
        String[][] nn = NAMES.clone();
        long[] l = LONGS.clone();
        byte[] by = { (byte) i, 2 };
        return Arrays.hashCode(a) + Arrays.hashCode(b) * 3 + Arrays.hashCode(n) + Arrays.deepHashCode(nn) + Arrays.hashCode(l) + Arrays.hashCode(by.clone()) + (a == b ? 1 : 0)
            + n.getClass().getName().hashCode();
    }

    static Object bigClones(int i) { return i % 150 == 149 ? Arrays.hashCode(ints(66_000).clone()) : 0; }

    static Object made(int i) {
        Object a = Array.newInstance(int.class, i % 5), b = Array.newInstance(String.class, i % 5), c = Array.newInstance(int[].class, i % 3);
        return Arrays.asList(a.getClass().getName(), b.getClass().getName(), c.getClass().getName(), Array.getLength(a), Array.getLength(b),
            Array.newInstance(String.class, i % 300 - 1).getClass().getName());
    }

    static Object compared(int i) {
        byte[] a = new byte[i % 70], b = a.clone();
        int[] c = ints(i % 50), d = ints(i % 50);
        if (i % 3 == 0 && a.length > 0) b[i % a.length] = 1;
        if (i % 4 == 0 && c.length > 0) d[i % c.length]++;
        return Arrays.asList(Arrays.equals(a, b), Arrays.mismatch(a, b), Arrays.equals(c, d), Arrays.mismatch(c, d), Arrays.compare(a, b));
    }

    // ---- memory
    static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONGS_BIG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    static final VarHandle CHARS = MethodHandles.byteArrayViewVarHandle(char[].class, ByteOrder.BIG_ENDIAN);
    static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(Object[].class);
    static final VarHandle NUMBER, WIDE, NAME;
    int number;
    long wide;
    Object name;
    static final Intrinsics ONE = new Intrinsics();
    static {
        try {
            MethodHandles.Lookup l = MethodHandles.lookup();
            NUMBER = l.findVarHandle(Intrinsics.class, "number", int.class);
            WIDE = l.findVarHandle(Intrinsics.class, "wide", long.class);
            NAME = l.findVarHandle(Intrinsics.class, "name", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
    static final byte[] BYTES = new byte[64];

    static Object views(int i) {
        INTS.set(BYTES, i % 61, i * 0x01020304);
        LONGS_BIG.set(BYTES, (i + 9) % 57, i * 0x0102030405060708L);
        CHARS.set(BYTES, i % 63, (char) (i * 77));
        return (int) INTS.get(BYTES, (i + 1) % 61) + (long) LONGS_BIG.get(BYTES, i % 57) + (char) CHARS.get(BYTES, i % 63) + (int) INTS.get(BYTES, i % 62);
    }

    static Object handles(int i) {
        NUMBER.getAndAdd(ONE, i);
        int seen = (int) NUMBER.compareAndExchange(ONE, i % 2 == 0 ? (int) NUMBER.get(ONE) : -1, i);
        boolean set = NUMBER.compareAndSet(ONE, i, i + 1), unset = NUMBER.compareAndSet(ONE, i, i + 2);
        WIDE.getAndAdd(ONE, 1L << 33);
        long wide = (long) WIDE.compareAndExchange(ONE, (long) WIDE.getVolatile(ONE), (long) i << 32);
        Object name = NAME.compareAndExchange(ONE, i % 3 == 0 ? null : ONE.name, i % 5 == 0 ? null : Integer.toString(i % 7));
        NAME.setRelease(ONE, NAME.getAcquire(ONE));
        Object[] cells = { "x", null };
        Object was = ELEMENT.compareAndExchange(cells, i % 3, i % 2 == 0 ? "x" : null, "y");
        return Arrays.asList(seen, set, unset, wide, name, was, cells[0], cells[1], (int) NUMBER.getAndBitwiseOr(ONE, 1), (int) NUMBER.getAndSet(ONE, 5));
    }

    static final ByteBuffer HEAP = ByteBuffer.allocate(64), DIRECT = ByteBuffer.allocateDirect(64);

    static long buffers(ByteBuffer b, int i) {
        b.putInt(i % 61, i * 3).putLong((i + 5) % 57, i * 0x1234567L).putDouble(i % 57, i * 0.5).putShort(i % 63, (short) i);
        return b.getInt((i + 2) % 61) + b.getLong(i % 57) + (long) b.getDouble(i % 57) + b.getShort(i % 63) + b.getChar(i % 63) + b.get(i % 64);
    }

    static Object oneBuffer(int i) { return buffers(DIRECT, i); }
    static Object twoBuffers(int i) { return buffers(i < ROUNDS / 2 || i % 2 == 0 ? HEAP : DIRECT, i); }

    // ---- identity, locks
    static Object identity(int i) {
        Object o = i % 5 == 0 ? null : new Object();
        int h = System.identityHashCode(o);
        if (o == null) return h;
        synchronized (o) {
            return h == System.identityHashCode(o) && h == o.hashCode();
        }
    }

    static int depth(Object lock, int n) {
        synchronized (lock) {
            return n == 0 ? 0 : 1 + depth(lock, n - 1);
        }
    }

    static synchronized int hashed(int i) { return i + 1; }

    static Object nested(int i) {
        Object a = new Object(), b = i % 2 == 0 ? a : new Object();
        int n = 0;
        synchronized (a) {
            synchronized (b) {
                synchronized (a) {
                    n += depth(a, i % 4);
                }
                if (i % 7 == 0) b.notifyAll();
            }
            n += Thread.holdsLock(a) ? 1 : 0;
            n += Thread.holdsLock(b) ? 2 : 0;
        }
        return n + (Thread.holdsLock(a) || Thread.holdsLock(b) ? 8 : 0) + hashed(i);
    }

    static Object deep(int i) {
        Object o = new Object();
        int n = i == 149 ? depth(o, 2100) : depth(o, 3); /* more often than a mark word can count */
        return n + (Thread.holdsLock(o) ? 1 : 0);
    }

    /* Copies within an array, up and down, of elements of all sizes; between others; from and to the middle. */
    static byte[] bytes(int n) { byte[] a = new byte[n]; for (int i = 0; i < n; i++) a[i] = (byte) (i * 5 + n); return a; }
    static Object moved(int i) {
        int n = i % 40, from = i % 7, to = i % 11;
        byte[] b = bytes(64), b2 = bytes(64);
        short[] s = new short[60];
        int[] t = ints(60);
        long[] l = new long[60];
        Object[] o = new Object[60];
        for (int k = 0; k < 60; k++) { s[k] = (short) (k * 3); l[k] = k * 1_000_000_007L; o[k] = "e" + k; }
        System.arraycopy(b, from, b, to, n);
        System.arraycopy(b2, from, b, to + 1, n % 9);
        System.arraycopy(s, from, s, to, n);
        System.arraycopy(t, from, t, to, n);
        System.arraycopy(l, from, l, to, n);
        System.arraycopy(o, from, o, to, n);
        Object any = i % 2 == 0 ? (Object) t : l;
        System.arraycopy(any, to, any, from, n);
        System.arraycopy(any, from, any, from + 1, n);
        return Arrays.hashCode(b) + Arrays.hashCode(s) * 3 + Arrays.hashCode(t) * 5 + Arrays.hashCode(l) * 7 + Arrays.hashCode(o) * 11;
    }

    static Object arrayCasts(int i) {
        Object o = i < ROUNDS / 2 ? new String[1] : OBJECTS[i % OBJECTS.length];
        int n = o instanceof Object[] ? 1 : 0;
        n += o instanceof Shape[] ? 2 : 0;
        n += o instanceof A[] ? 4 : 0;
        n += o instanceof Object[][] ? 8 : 0;
        n += o instanceof Comparable[] ? 16 : 0;
        try { n += ((Object[]) o).length * 32; } catch (ClassCastException e) { n += 64; } catch (NullPointerException e) { n += 128; }
        try { n += ((A[]) o).length * 256; } catch (ClassCastException e) { n += 512; } catch (NullPointerException e) { n += 1024; }
        return n;
    }

    /* Arrays of references to ones of another class. */
    static Object converted(int i) {
        Object[] from = { "a", i % 50 == 49 ? (Object) i : "b", null, "c" };
        String[] to = new String[4];
        Object[] back = new Object[5];
        String caught = "";
        try { System.arraycopy(from, 0, to, 0, 4); } catch (ArrayStoreException e) { caught = e.getMessage(); }
        System.arraycopy(to, 0, back, 1, 4);
        Object[] many = new Object[100];
        Arrays.fill(many, i % 60 == 59 ? (Object) 1 : "x");
        try { System.arraycopy(many, i % 3, new CharSequence[100], 1, 97); } catch (ArrayStoreException e) { caught += e.getMessage(); }
        return Arrays.toString(to) + Arrays.toString(back) + caught;
    }

    static class Counter { int n; synchronized void add() { n++; } void twice() { synchronized (this) { add(); add(); } } }
    static final Counter SHARED = new Counter();

    static void threads() throws InterruptedException {
        Thread[] t = new Thread[4];
        for (int k = 0; k < t.length; k++) {
            t[k] = new Thread() { public void run() { for (int i = 0; i < 2000; i++) { SHARED.twice(); hashed(i); } } };
            t[k].start();
        }
        for (Thread x : t) x.join();
        System.out.println(SHARED.n);
    }

    public static void main(String[] args) throws Exception {
        tell("isInstance", 0);
        tell("isInstance of constants", 1);
        tell("isAssignableFrom", 2);
        tell("isAssignableFrom null", 3);
        tell("cast", 4);
        tell("clone", 5);
        tell("large clone", 6);
        tell("newInstance", 7);
        tell("equals", 8);
        tell("views", 9);
        tell("handles", 10);
        tell("direct buffer", 11);
        tell("buffers", 12);
        tell("identity", 13);
        tell("nested", 14);
        tell("deep", 15);
        tell("moved", 16);
        tell("casts to arrays", 17);
        tell("converted", 18);
        System.identityHashCode(Intrinsics.class);
        threads();
    }
}
