import java.util.ArrayList;
import java.util.List;

/** Exceptions thrown and caught near and far, finally, locks of one thread, array copies: what kernels usually leave out. */
final class Exceptional {
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
        final int code;
        Refused(int code) {
            super(null, null, false, false);
            this.code = code;
        }
    }

    private int balance, cleanups;

    private synchronized void change(int by) throws Refused {
        if (balance + by < 0) throw new Refused(balance);
        balance += by;
    }

    private int deep(int level, int by) throws Refused {
        try {
            if (level == 0) {
                change(by);
                return 1;
            }
            return 1 + deep(level - 1, by);
        } finally {
            cleanups++;
        }
    }

    private static int index(int[] a, int i) {
        try {
            return a[i];
        } catch (ArrayIndexOutOfBoundsException e) {
            return -1;
        }
    }

    static long kernel(int n) {
        Exceptional account = new Exceptional();
        Bench.Random random = new Bench.Random(83);
        List<Integer> refused = new ArrayList<>();
        int[] a = new int[100];
        long sum = 0;
        for (int i = 0; i < n; i++) {
            try {
                sum += account.deep(i & 7, random.below(200) - 100);
            } catch (Refused e) {
                refused.add(e.code);
            }
            synchronized (refused) {
                a[i % 100] = i;
                if (i % 64 == 0) a = a.clone();
            }
            sum = sum * 31 + index(a, i % 101);
            StringBuffer b = new StringBuffer(); // its methods lock
            for (int k = 0; k < 4; k++) b.append((char) ('a' + (i + k) % 26));
            sum += b.length() + b.charAt(2);
        }
        for (int r : refused) sum = sum * 31 + r;
        return sum * 31 + account.cleanups;
    }

    public static void main(String[] args) { Bench.run(args, 100_000, Exceptional::kernel); }
}
