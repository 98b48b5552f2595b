import java.util.*;

/** The frame of every program here: a case prints "# NAME: " and what it gave, or the exception that it ended with, with its trace and causes. */
class Cases {
    interface Body { Object run() throws Throwable; }
    interface Act { void run() throws Throwable; }

    static void test(String name, Body body) {
        String result;
        try { result = show(body.run()); } catch (Throwable t) { result = "! " + told(t, Cases.class); }
        System.out.println("# " + name + ": " + result);
    }

    static void act(String name, Act body) { test(name, () -> { body.run(); return "done"; }); }

    /** As test, but an exception shows only its class, message and causes. */
    static void brief(String name, Body body) {
        test(name, () -> { try { return body.run(); } catch (Throwable t) { return "! " + headline(t); } });
    }

    /** What is known of an exception without its trace. */
    static String headline(Throwable t) {
        StringBuilder out = new StringBuilder();
        for (int depth = 0; t != null && depth < 6; t = t.getCause(), depth++) {
            out.append(depth == 0 ? "" : " <- ").append(plain(t.toString()));
            for (Throwable s : t.getSuppressed()) out.append(" +[").append(headline(s)).append(']');
        }
        return out.toString();
    }

    /** An exception with its trace down to the frames of class END. */
    static String told(Throwable t, Class<?> end) {
        StringBuilder out = new StringBuilder(plain(t.toString()));
        for (StackTraceElement e : t.getStackTrace()) {
            if (e.getClassName().equals(end.getName())) break;
            out.append("\n      at ").append(plain(e.toString()));
        }
        for (Throwable s : t.getSuppressed()) out.append("\n    suppressed ").append(told(s, end));
        if (t.getCause() != null) out.append("\n    cause ").append(told(t.getCause(), end));
        return out.toString();
    }

    /** Without what differs between two runs: identity hashes, numbers of generated classes. */
    static String plain(String s) {
        return s.replaceAll("@(0x)?[0-9a-f]{1,8}(?![0-9a-zA-Z])", "@#").replaceAll("/0x[0-9a-f]{6,}", "/#").replaceAll("(Lambda\\$|GeneratedMethodAccessor|GeneratedConstructorAccessor|GeneratedSerializationConstructorAccessor|\\$Proxy)[0-9]+", "$1#");
    }

    static String show(Object o) {
        if (o == null) return "null";
        if (o instanceof Object[]) {
            StringJoiner j = new StringJoiner(", ", "[", "]");
            for (Object x : (Object[]) o) j.add(show(x));
            return j.toString();
        }
        if (o instanceof int[]) return Arrays.toString((int[]) o);
        if (o instanceof long[]) return Arrays.toString((long[]) o);
        if (o instanceof byte[]) return Arrays.toString((byte[]) o);
        if (o instanceof char[]) return Arrays.toString((char[]) o);
        if (o instanceof short[]) return Arrays.toString((short[]) o);
        if (o instanceof double[]) return Arrays.toString((double[]) o);
        if (o instanceof float[]) return Arrays.toString((float[]) o);
        if (o instanceof boolean[]) return Arrays.toString((boolean[]) o);
        return plain(String.valueOf(o));
    }

    static String list(Object... o) { return show(o); }
}
