import java.lang.reflect.*;
import java.util.*;
import java.util.function.*;

/** A loader of class files made in memory, and the cases that define, initialize and call one: "T" with its static method f. */
class Made extends ClassLoader {
    private final Map<String, byte[]> files = new HashMap<>();
    Made() { super("made", Made.class.getClassLoader()); }
    Made(ClassLoader parent) { super("made", parent); }

    Made put(String name, ClassFile f) { return put(name, f.bytes()); }
    Made put(String name, byte[] b) { files.put(name, b); return this; }
    Class<?> define(String name, byte[] b) { return defineClass(name, b, 0, b.length); }

    @Override protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] b = files.get(name);
        if (b == null) throw new ClassNotFoundException(name);
        return defineClass(name, b, 0, b.length);
    }
    @Override protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            if (!files.containsKey(name)) return super.loadClass(name, resolve);
            Class<?> c = findLoadedClass(name);
            return c != null ? c : findClass(name);
        }
    }

    /** Initializes class T and calls its f() twice, if it has one: a second try must end as the first. */
    static Object use(Class<?> c) throws Throwable {
        Class.forName(c.getName(), true, c.getClassLoader());
        Method f = null;
        for (Method m : c.getDeclaredMethods()) if (m.getName().equals("f") && m.getParameterCount() == 0) f = m;
        if (f == null) return "accepted";
        f.setAccessible(true);
        String first = outcome(f), second = outcome(f);
        return first.equals(second) ? first : first + " then " + second;
    }
    private static String outcome(Method f) throws Throwable {
        try { return Cases.show(f.invoke(null)); } catch (InvocationTargetException e) { return "! " + Cases.headline(e.getCause()); }
    }

    static void bytes(String name, byte[] b) { Cases.brief(name, () -> use(new Made().define("T", b))); }
    static void test(String name, ClassFile f) { bytes(name, f.bytes()); }
    /** A sound class T, changed by BODY. */
    static void test(String name, Consumer<ClassFile> body) {
        ClassFile f = new ClassFile("T").constructor();
        body.accept(f);
        test(name, f);
    }
    /** Several classes; T is used. */
    static void together(String name, Made loader) { Cases.brief(name, () -> use(loader.loadClass("T"))); }
}
