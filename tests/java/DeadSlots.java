// options: -Xmx64m
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;

/** What a method no longer needs is not kept alive by where it was: variables, spill slots, registers, arguments, results. A VM may
    keep more (`java` does, by what it has compiled at the time), so that is asked of others only. */
public class DeadSlots {
    static final int ROUNDS = 300, HOT = 20_000;
    static final class Big { int[] body = new int[16]; int sum; Big(int n) { sum = n; body[n & 15] = n; } }
    static int sink;
    static boolean collecting;
    static final boolean LAX = System.getProperty("java.vm.name").contains("HotSpot") || System.getProperty("java.vm.name").contains("OpenJDK");

    /* Asks for a collection when the time has come; small, so that it is compiled into its callers. */
    static void collect() { if (collecting) System.gc(); }
    static Big make(int n) { return new Big(n); }
    static int use(Big b) { return b.sum + b.body[3]; }

    /* A variable that is not read again. */
    static WeakReference<Big> variable(int n) {
        Big b = make(n);
        WeakReference<Big> w = new WeakReference<>(b);
        sink += use(b);
        collect();
        return w;
    }
    /* An argument: of an interpreted frame its caller's operand, of a compiled one a word below it. */
    static boolean argument(Big b, WeakReference<Big> w) {
        sink += use(b);
        collect();
        return w.get() == null;
    }
    /* Many values at once: some are spilled, and dead by the time of the collection. */
    static int pressure(int n, WeakReference<?>[] out) {
        Big a = make(n), b = make(n + 1), c = make(n + 2), d = make(n + 3), e = make(n + 4), f = make(n + 5), g = make(n + 6), h = make(n + 7);
        Big i = make(n + 8), j = make(n + 9), k = make(n + 10), l = make(n + 11), m = make(n + 12), o = make(n + 13), p = make(n + 14), q = make(n + 15);
        int before = use(a) + use(b) + use(c) + use(d) + use(e) + use(f) + use(g) + use(h) + use(i) + use(j) + use(k) + use(l) + use(m) + use(o) + use(p) + use(q);
        out[0] = new WeakReference<>(a); out[1] = new WeakReference<>(f); out[2] = new WeakReference<>(k); out[3] = new WeakReference<>(q);
        out[4] = new WeakReference<>(b);
        before -= use(a) + use(f) + use(k) + use(q);
        collect();
        return before + use(b) + use(c) + use(m); /* these stay */
    }
    /* A loop's values of the last round. */
    static WeakReference<Big> loop(int n) {
        WeakReference<Big> w = null;
        for (int i = 0; i < 5; i++) {
            Big b = make(n + i);
            if (i == 4) w = new WeakReference<>(b);
            sink += use(b);
        }
        collect();
        return w;
    }
    /* What a handler reads is needed as long as it may catch. */
    static int handler(int n, WeakReference<?>[] out) {
        Big b = make(n);
        out[0] = new WeakReference<>(b);
        try {
            collect();
            return n < 0 ? 1 / (n - n) : 7;
        } catch (ArithmeticException e) {
            return use(b);
        }
    }
    static synchronized WeakReference<Big> locked(int n) {
        Big b = make(n);
        WeakReference<Big> w = new WeakReference<>(b);
        synchronized (b) { sink += use(b); }
        collect();
        return w;
    }

    static boolean gone(Reference<?> r) { return r.get() == null || LAX; }

    static void tell(String mode) throws InterruptedException {
        WeakReference<?>[] out = new WeakReference<?>[5], kept = new WeakReference<?>[5];
        collecting = true;
        boolean variable = gone(variable(5)), loop = gone(loop(6)), locked = gone(locked(7));
        Big b = make(8);
        WeakReference<Big> w = new WeakReference<>(b);
        boolean argument = argument(b, w) || LAX;
        int sum = pressure(9, out), handled = handler(10, kept);
        ReferenceQueue<Big> queue = new ReferenceQueue<>();
        PhantomReference<Big> phantom = new PhantomReference<>(make(11), queue);
        System.gc();
        Reference<?> got = queue.remove(10_000);
        collecting = false;
        System.out.println(mode + ": variable " + variable + ", loop " + loop + ", locked " + locked + ", argument " + argument + ", pressure " + gone(out[0]) +
            gone(out[1]) + gone(out[2]) + gone(out[3]) + ", sum " + sum + ", handled " + handled + ", phantom " + (got == phantom));
    }

    public static void main(String[] args) throws InterruptedException {
        WeakReference<?>[] out = new WeakReference<?>[5];
        for (int i = 0; i < HOT; i++) {
            variable(i); loop(i); locked(i); pressure(i, out); handler(i, out);
            Big b = make(i);
            argument(b, new WeakReference<>(b));
        }
        tell("warm");
        for (int i = 0; i < ROUNDS; i++) sink += use(make(i));
        tell("again");
        System.out.println(sink != 0);
    }
}
