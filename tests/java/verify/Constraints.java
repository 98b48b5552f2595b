import java.io.*;
import java.nio.file.*;
import java.util.*;

/** Loaders that mean different classes by one name: each case makes two, and prints what comes of it. */
public class Constraints {
    /** Defines the classes it is given itself, and leaves the others to its parent. */
    static final class Own extends ClassLoader {
        final Set<String> own;
        Own(String name, ClassLoader parent, String... own) {
            super(name, parent);
            this.own = new HashSet<>(Arrays.asList(own));
        }
        @Override protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!own.contains(name)) return super.loadClass(name, resolve);
            Class<?> c = findLoadedClass(name);
            if (c != null) return c;
            try (InputStream in = Constraints.class.getResourceAsStream(name + ".class")) {
                byte[] b = in.readAllBytes();
                return defineClass(name, b, 0, b.length);
            } catch (IOException e) { throw new ClassNotFoundException(name); }
        }
    }

    static void run(String what, ClassLoader l, String name) {
        String result;
        try {
            Runnable r = (Runnable) Class.forName(name, true, l).getDeclaredConstructor().newInstance();
            r.run();
            result = "ok";
        } catch (Throwable e) {
            if (e instanceof java.lang.reflect.InvocationTargetException) e = e.getCause();
            result = e.toString();
        }
        System.out.println(what + ": " + result.replaceAll("@[0-9a-f]+", "@X"));
    }

    public static void main(String[] args) throws Exception {
        ClassLoader app = Constraints.class.getClassLoader();
        Own middle = new Own("middle", app, "Con$Api", "Con$Arg", "Con$Face", "Con$Base");
        run("call", new Own("a", middle, "Con$Call", "Con$Arg"), "Con$Call");
        run("field", new Own("b", middle, "Con$Field", "Con$Arg"), "Con$Field");
        run("array", new Own("c", middle, "Con$Array", "Con$Arg"), "Con$Array");
        run("face", new Own("d", middle, "Con$CallFace", "Con$Arg", "Con$Impl"), "Con$CallFace");
        run("override", new Own("e", middle, "Con$Sub", "Con$Arg"), "Con$Sub");
        run("implement", new Own("f", middle, "Con$Impl", "Con$Arg"), "Con$Impl");
        for (String name : new String[] { "Con$Sub", "Con$Impl" }) {
            Own both = new Own("both", middle, name, "Con$Arg");
            both.loadClass("Con$Arg");
            run("loaded before " + name, both, name);
        }
        run("same", new Own("g", middle, "Con$Call"), "Con$Call");
        Own late = new Own("late", app, "Con$Api", "Con$Arg", "Con$Face", "Con$Base");
        run("later", new Own("h", late, "Con$Late", "Con$Arg"), "Con$Late");
        run("plain", app, "Con$Call");
    }
}
