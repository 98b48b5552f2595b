import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.*;
import java.util.*;
import java.util.stream.*;

/* Prints where the instance fields of all classes of a module lie, and of a few of its own: for --object-model=hotspot17, against `java`.
   Needs jdk.internal.misc and jdk.internal.event of java.base exported. */
public class Offsets {
    static final jdk.internal.misc.Unsafe UNSAFE = jdk.internal.misc.Unsafe.getUnsafe();

    static class A { byte a; }
    static class B extends A { int b; }
    static class C extends B { byte c; long d; short e; Object f; }
    static class D { long a; byte b; }
    static class E extends D { Object x, y; char z; }
    static class F extends E { double w; boolean v, u; float t; }
    static class G { }
    static class H extends G { short a; }
    static class I extends H { byte b; Object c; byte d; long e; byte f; int g; }
    static class J extends Thread { int mine; byte small; }
    static class K extends J { long more; byte tiny; }

    static void print(Class<?> c) {
        if (jdk.internal.event.Event.class.isAssignableFrom(c)) return; // HotSpot's flight recorder adds fields to them
        StringBuilder line = new StringBuilder(c.getName());
        try {
            for (Field f : c.getDeclaredFields())
                if (!Modifier.isStatic(f.getModifiers())) line.append(' ').append(f.getName()).append(' ').append(UNSAFE.objectFieldOffset(f));
        } catch (Throwable t) {
            line.append(" not to be had");
        }
        System.out.println(line);
    }

    static Stream<String> classes(String module) throws IOException {
        Path root = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules", module);
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(p -> root.relativize(p).toString()).filter(n -> n.endsWith(".class") && !n.equals("module-info.class"))
                .map(n -> n.substring(0, n.length() - 6).replace('/', '.')).sorted().collect(Collectors.toList()).stream();
        }
    }

    public static void main(String[] args) throws Exception {
        for (Class<?> c : new Class<?>[] { A.class, B.class, C.class, D.class, E.class, F.class, G.class, H.class, I.class, J.class, K.class }) print(c);
        Class.forName("jdk.internal.reflect.ConstantPool"); // from then on its field is hidden
        for (String name : (Iterable<String>) classes(args[0])::iterator) {
            try {
                print(Class.forName(name, false, null));
            } catch (ClassNotFoundException | LinkageError e) {
                System.out.println(name + " not loaded");
            }
        }
    }
}
