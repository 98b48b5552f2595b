// options: --add-opens java.base/java.lang=ALL-UNNAMED -Dmy.prop=x=y
// modes: native
import java.io.*;
import java.lang.module.*;
import java.lang.reflect.*;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.*;
import java.util.*;
import java.util.stream.*;
import javax.tools.*;

/** Class loaders, Class.forName, modules, resources, services, the compiler API, System and Runtime. */
public class Loaders {
    static void p(Object o) { System.out.println(o); }
    static class Mem extends ClassLoader {
        final Map<String, byte[]> m; final Set<String> own;
        Mem(ClassLoader parent, Map<String, byte[]> m, String... own) { super("mem", parent); this.m = m; this.own = Set.of(own); }
        protected Class<?> loadClass(String n, boolean r) throws ClassNotFoundException { synchronized (getClassLoadingLock(n)) { if
            (own.contains(n)) { Class<?> c = findLoadedClass(n); return c != null ? c : findClass(n); } return super.loadClass(n, r); } }
        protected Class<?> findClass(String n) throws ClassNotFoundException { byte[] b = m.get(n); if (b == null) throw new
            ClassNotFoundException("mem " + n); return defineClass(n, b, 0, b.length); }
    }
    static class Src extends SimpleJavaFileObject { final String c; Src(String n, String c) { super(URI.create("string:///" + n.replace('.',
        '/') + ".java"), Kind.SOURCE); this.c = c; } public CharSequence getCharContent(boolean i) { return c; } }
    static Map<String, byte[]> compile(String... ns) {
        Map<String, ByteArrayOutputStream> outs = new HashMap<>();
        JavaCompiler jc = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diag = new DiagnosticCollector<>();
        JavaFileManager fm = new ForwardingJavaFileManager<>(jc.getStandardFileManager(null, null, null)) { public JavaFileObject
            getJavaFileForOutput(Location l, String n, JavaFileObject.Kind k, FileObject s) { return new
            SimpleJavaFileObject(URI.create("mem:///" + n), k) { public OutputStream openOutputStream() { return outs.computeIfAbsent(n, x
            -> new ByteArrayOutputStream()); } }; } };
        List<JavaFileObject> units = new ArrayList<>();
        for (int i = 0; i < ns.length; i += 2) units.add(new Src(ns[i], ns[i + 1]));
        boolean ok = jc.getTask(null, fm, diag, List.of("-g"), null, units).call();
        p("compiled " + ok);
        for (var d : diag.getDiagnostics()) p(d.getKind() + ":" + d.getLineNumber() + ":" + d.getMessage(Locale.US));
        Map<String, byte[]> r = new HashMap<>();
        outs.forEach((k, v) -> r.put(k, v.toByteArray()));
        return r;
    }
    interface T { Object run() throws Throwable; }
    static void fails(T t) { try { p("ok " + t.run()); } catch (Throwable e) { p(e.toString().replaceAll("@[0-9a-f]+", "@#")); for
        (Throwable c = e.getCause(); c != null; c = c.getCause()) p("  caused by " + c.toString().replaceAll("@[0-9a-f]+", "@#")); } }
    public interface Plug { String name(); }
    public static class P1 implements Plug { public String name() { return "p1"; } }
    public static class P2 implements Plug { public String name() { return "p2"; } }
    static boolean inited; static class Lazy { static { inited = true; } static final int CONST = 5; static final Integer BOX = 6; }
    public static void main(String[] a) throws Throwable {
        Map<String, byte[]> m = compile("pk.A",
            "package pk; public class A { static int n; static String priv = \"p\"; static class Nest { String x() { return priv; } } public static String hi(int k) { n += k; return new Nest().x() + n + A.class.getClassLoader().getName(); } static String pkg() { return \"pkg\"; } public static void cast(Object o) { A q = (A) o; } }", "pk.B", "package pk; public class B extends A { public static String use() { return pkg(); } public static Object make() { return new A(); } }", "pk.I", "package pk; public interface I { int f(); }", "pk.C", "package pk; public class C implements I { public int f() { return D.v; } static class D { static int v = 1 / Integer.parseInt(\"0\"); } }");
        compile("Bad", "class Bad { int x = \"s\"; void f() { y(); } }");
        Mem l1 = new Mem(Loaders.class.getClassLoader(), m), l2 = new Mem(Loaders.class.getClassLoader(), m), l3 = new Mem(l1, m, "pk.B");
        Class<?> a1 = l1.loadClass("pk.A"), a2 = Class.forName("pk.A", true, l2);
        p(a1.getMethod("hi", int.class).invoke(null, 2) + " " + a2.getMethod("hi", int.class).invoke(null, 5) + (a1 == a2) + a1.getPackage()
            + a1.getModule().isNamed() + a1.getProtectionDomain().getCodeSource());
        fails(() -> { try { return a1.getMethod("cast", Object.class).invoke(null, a2.getDeclaredConstructor().newInstance()); } catch
            (InvocationTargetException e) { throw e.getCause(); } });
        fails(() -> { try { return l3.loadClass("pk.B").getMethod("use").invoke(null); } catch (InvocationTargetException e) { throw
            e.getCause(); } });
        fails(() -> { try { return l1.loadClass("pk.C").getMethod("f").invoke(l1.loadClass("pk.C").getDeclaredConstructor().newInstance());
            } catch (InvocationTargetException e) { throw e.getCause(); } });
        fails(() -> Class.forName("pk.A"));
        fails(() -> l1.loadClass("pk.Z"));
        m.remove("pk.I");
        fails(() -> new Mem(null, m).loadClass("pk.C").getMethods());
        m.put("pk.Q", m.get("pk.A"));
        fails(() -> l2.loadClass("pk.Q"));
        fails(() -> { Method d = ClassLoader.class.getDeclaredMethod("defineClass", String.class, byte[].class, int.class, int.class);
            d.setAccessible(true); byte[] b = m.get("pk.A"); return d.invoke(l1, "pk.A", b, 0, b.length); });
        fails(() -> { class L extends ClassLoader { Class<?> d(byte[] b) { return defineClass("java.Foo", b, 0, b.length); } } return new
            L().d(m.get("pk.A")); });
        byte[] junk = m.get("pk.B").clone();
        junk[7] = 99;
        m.put("pk.J", junk);
        fails(() -> l2.loadClass("pk.J"));
        Class<?> lz = Class.forName("Loaders$Lazy", false, Loaders.class.getClassLoader());
        int c = Lazy.CONST;
        p(inited);
        Object arr = Array.newInstance(lz, 2);
        p(inited);
        lz.getDeclaredField("BOX").get(null);
        p(inited);
        for (String s : new String[] { "int", "[I", "[[Ljava.lang.String;", "java.util.Map$Entry", "Loaders$Plug", "[LLoaders;", "",
            "[Lint;", "Loaders." }) fails(() -> Class.forName(s));
        p(Loaders.class.getClassLoader().getName() + " " + String.class.getClassLoader() + java.sql.Driver.class.getClassLoader().getName()
            + ClassLoader.getSystemClassLoader().getParent().getName() +
            Thread.currentThread().getContextClassLoader().getClass().getSimpleName() + ClassLoader.getPlatformClassLoader().getParent());
        p(String.class.getModule() + " " + Loaders.class.getModule().getName() + Object.class.getModule().getDescriptor().packages().size()
            + ModuleLayer.boot().findModule("java.xml").isPresent() + Object.class.getModule().isExported("jdk.internal.misc") +
            Object.class.getModule().isOpen("java.lang", Loaders.class.getModule()) +
            ModuleLayer.boot().configuration().findModule("java.sql").get().reads().stream().map(ResolvedModule::name).sorted().toList());
        fails(() -> Class.forName("jdk.internal.misc.Unsafe").getMethod("getUnsafe").invoke(null));
        fails(() -> { Field f = ArrayList.class.getDeclaredField("size"); f.setAccessible(true); return f; });
        fails(() -> { Field f = String.class.getDeclaredField("hash"); f.setAccessible(true); return f.getType(); });
        p(ModuleFinder.ofSystem().find("java.base").get().descriptor().toNameAndVersion().startsWith("java.base@17"));
        p(Object.class.getModule().getResourceAsStream("java/lang/Object.class").readNBytes(4)[0] + " " +
            Loaders.class.getResource("Loaders.class").getProtocol() + Object.class.getResource("Object.class") +
            Loaders.class.getResource("none") + ClassLoader.getSystemResources("META-INF/none").hasMoreElements());
        Path d = Files.createTempDirectory("ld");
        Files.createDirectories(d.resolve("META-INF/services"));
        Files.writeString(d.resolve("META-INF/services/Loaders$Plug"), "Loaders$P1\n# c\nLoaders$P2\nNoSuch\n");
        Files.writeString(d.resolve("rb.properties"), "k=root\nu=\\u00e9");
        Files.writeString(d.resolve("rb_de.properties"), "k=deutsch");
        Files.write(d.resolve("Z.class"), m.get("pk.I") == null ? new byte[0] : m.get("pk.I"));
        try (URLClassLoader ul = new URLClassLoader("url", new URL[] { d.toUri().toURL() }, Loaders.class.getClassLoader())) {
            Iterator<Plug> it = ServiceLoader.load(Plug.class, ul).iterator(); p(it.next().name() + it.next().name()); fails(() ->
            it.next()); ResourceBundle rb = ResourceBundle.getBundle("rb", Locale.GERMANY, ul); p(rb.getString("k") + rb.getString("u") +
            rb.getLocale() + ResourceBundle.getBundle("rb", Locale.ROOT, ul).getString("k")); fails(() -> rb.getString("zz")); fails(() ->
            ul.loadClass("Z")); fails(() -> ResourceBundle.getBundle("none", Locale.US));
            p(ul.getResource("rb.properties").getPath().endsWith("rb.properties")); }
        try (Stream<Path> w = Files.walk(d)) { w.sorted(Comparator.reverseOrder()).forEach(q -> q.toFile().delete()); }
        Properties pr = new Properties();
        pr.load(new StringReader("a=1\nb : two\\\n  more\n!c\n\\u0041\\==x\nempty"));
        p(new TreeMap<>(pr));
        pr = new Properties();
        pr.setProperty("k e", "v\n\u00e9");
        StringWriter w = new StringWriter();
        pr.store(w, null);
        p(w.toString().lines().skip(1).toList());
        var xo = new ByteArrayOutputStream();
        pr.storeToXML(xo, "c");
        Properties px = new Properties();
        px.loadFromXML(new ByteArrayInputStream(xo.toByteArray()));
        p(px);
        for (String k : new String[] { "my.prop", "java.version", "java.specification.version", "java.vm.specification.version", "os.name",
            "os.arch", "file.separator", "line.separator", "path.separator", "user.dir", "java.io.tmpdir", "java.class.version",
            "file.encoding", "sun.jnu.encoding", "native.encoding", "java.vendor", "java.home", "user.name", "user.home",
            "java.runtime.version", "java.vm.specification.name", "jdk.debug", "sun.arch.data.model", "sun.cpu.endian", "java.library.path",
            "java.vendor.url", "java.vm.compressedOopsMode", "java.runtime.name", "java.version.date", "sun.io.unicode.encoding",
            "sun.java.launcher", "user.language", "java.specification.name" }) p(k + "=" + System.getProperty(k));
        p(Runtime.version().feature() + " " + System.lineSeparator().length() + System.getSecurityManager() + System.getProperty("none",
            "dflt") + Integer.getInteger("none", 4) + System.identityHashCode(null));
        System.setProperty("q", "1");
        p(System.clearProperty("q") + System.getProperty("q"));
        fails(() -> System.getProperty(""));
        fails(() -> { System.loadLibrary("nosuchlib"); return 0; });
        fails(() -> { System.load("relative.so"); return 0; });
        fails(() -> { System.load("/no/such.so"); return 0; });
        fails(() -> { Native.f(); return 0; });
        fails(() -> Runtime.getRuntime().availableProcessors() > 0 && Runtime.getRuntime().maxMemory() > 1 &&
            Runtime.getRuntime().totalMemory() >= Runtime.getRuntime().freeMemory());
        p(new SecurityManager() { Class<?>[] ctx() { return getClassContext(); } }.ctx()[1]);
        fails(() -> { System.setSecurityManager(new SecurityManager()); return 0; });
        Object proxy = Proxy.newProxyInstance(l1, new Class<?>[] { Runnable.class, l1.loadClass("pk.A").getInterfaces().length == 0 ?
            Comparable.class : null }, (q, me, ar) -> me.getName() + (ar == null ? "" : ar.length));
        p(proxy.toString() + proxy.getClass().getModule().isNamed() + Proxy.isProxyClass(proxy.getClass()) +
            proxy.getClass().getPackageName().startsWith("jdk.proxy"));
        fails(() -> proxy.hashCode());
        fails(() -> Proxy.newProxyInstance(null, new Class<?>[] { String.class }, (x, y, z) -> null));
        fails(() -> Proxy.newProxyInstance(null, new Class<?>[] { Plug.class }, (x, y, z) -> null));
        Plug pl = (Plug) Proxy.newProxyInstance(Loaders.class.getClassLoader(), new Class<?>[] { Plug.class }, (x, me, z) -> { throw new
            IOException("checked"); });
        fails(() -> pl.name());
    }
    static class Native { static native void f(); }
}
