import java.util.Arrays;

/** Exceptions thrown and caught in methods that are compiled: in one method, across inlined ones, by class, through finally and locks, in loops, rethrown. */
public class Throws {
    static class Base extends RuntimeException {
        final int code;
        Base(int code) { super(null, null, false, false); this.code = code; }
    }
    static class One extends Base { One(int code) { super(code); } }
    static class Two extends One { Two(int code) { super(code); } }
    static class Other extends Base { Other(int code) { super(code); } }
    static class Never extends Base { Never(int code) { super(code); } }
    static final Base[] READY = { new One(1), new Two(2), new Other(3) };
    static final Two CONSTANT = new Two(40);
    static final Object LOCK = new Object();

    static int local(int i) {
        int n = i;
        try {
            n += 5;
            if (i % 3 == 0) throw new One(i);
            if (i % 3 == 1) throw new Other(n);
            n *= 2;
        } catch (One e) {
            return n * 1000 + e.code;
        } catch (Other e) {
            n = n * 2000 + e.code;
        } finally {
            n++;
        }
        return n;
    }

    static void thrower(int i) {
        if (i % 4 == 0) throw READY[i / 4 % 3];
        if (i % 4 == 1) throw CONSTANT;
        if (i % 4 == 2) throw new Other(i);
    }

    static int middle(int i, int k) {
        try {
            thrower(i);
            return k;
        } catch (Two e) {
            return k + e.code;
        }
    }

    static int inlined(int i) {
        long wide = i * 3L;
        double d = i * 0.5;
        try {
            return middle(i, i + 1) + (int) wide;
        } catch (One e) {
            return (int) (wide + d) * 7 + e.code;
        } catch (Base e) {
            return (int) (wide - d) * 11 + e.code;
        }
    }

    static int loop(int i) {
        int caught = 0, rest = 0;
        for (int k = 0; k < 12; k++) {
            try {
                if ((i + k) % 5 == 0) throw CONSTANT;
                thrower(i + k);
                rest += k;
            } catch (Two e) {
                caught += e.code;
                if (k > 8) break;
            } catch (Base e) {
                caught += 100;
                continue;
            }
            rest++;
        }
        return caught * 10000 + rest;
    }

    static int locked(int i) {
        int n = 0;
        try {
            synchronized (LOCK) {
                n = 1;
                synchronized (LOCK) {
                    if (i % 2 == 0) throw CONSTANT;
                    thrower(i);
                }
                n = 2;
            }
        } catch (Base e) {
            n += e.code;
        }
        return Thread.holdsLock(LOCK) ? -1 : n;
    }

    static int nested(int i) {
        int path = 0;
        try {
            try {
                path = 1;
                thrower(i);
                path = 2;
            } catch (Two e) {
                path += 10;
                throw new Other(path);
            } finally {
                path += 100;
                if (i % 11 == 0) throw new One(path);
            }
        } catch (Other e) {
            path += 1000 + e.code;
        } catch (Never e) {
            path = -5;
        } catch (Base e) {
            path += 5000;
        }
        return path;
    }

    static int nothing(int i) {
        Base e = i % 2 == 0 ? null : CONSTANT;
        try {
            throw e;
        } catch (NullPointerException x) {
            return 3;
        } catch (Two x) {
            return 4;
        }
    }

    static int again(int i) { /* the handler is in its own range, and in front of what throws */
        int tries = 0;
        while (true) {
            try {
                if (++tries < 4 + i % 3) throw CONSTANT;
                return tries;
            } catch (Two e) {
                if (tries == 6) return -1;
            }
        }
    }

    static synchronized int guarded(int i) {
        try {
            if (i % 2 == 0) throw CONSTANT;
            thrower(i);
        } catch (Two e) {
            return 1;
        }
        return 2;
    }

    static int through(int i) {
        try {
            return guarded(i);
        } catch (Base e) {
            return 5 + e.code;
        }
    }

    static String traced(int i) {
        try {
            if (i % 2 == 0) throw new IllegalStateException("even");
            return Integer.toString(Integer.parseInt(i % 3 == 0 ? "x" : "7"));
        } catch (IllegalStateException | NumberFormatException e) {
            StackTraceElement t = e.getStackTrace()[i % 2 == 0 ? 0 : e.getStackTrace().length - 1];
            return e.getMessage().concat(t.getMethodName()).concat(Integer.toString(t.getLineNumber()));
        }
    }

    static Object step(int what, int i) {
        switch (what) {
        case 0: return local(i);
        case 1: return inlined(i);
        case 2: return loop(i);
        case 3: return locked(i);
        case 4: return nested(i);
        case 5: return nothing(i);
        case 6: return again(i);
        case 7: return through(i);
        default: return traced(i);
        }
    }

    public static void main(String[] args) {
        for (int what = 0; what < 9; what++) {
            long h = 0;
            for (int i = 0; i < 500; i++) {
                Object o;
                try {
                    o = step(what, i);
                } catch (Base e) {
                    o = Arrays.asList(e.code, e.getClass().getName());
                }
                h = h * 31 + o.hashCode();
            }
            System.out.println(h);
        }
    }
}
