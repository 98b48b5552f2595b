import java.io.File;
import java.io.StringWriter;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.tools.*;

/** The compiler as a library: diagnostics, an annotation processor, and classes that are compiled and then run. Started as a source file. */
public class Compile {
    static final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

    @SupportedAnnotationTypes("*")
    static class Names extends AbstractProcessor {
        final Set<String> names = new TreeSet<>();
        @Override public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
            for (Element e : round.getRootElements()) names.add(e.getKind() + " " + e + " " + e.getEnclosedElements().size());
            return false;
        }
        @Override public SourceVersion getSupportedSourceVersion() { return SourceVersion.latest(); }
    }

    static class Source extends SimpleJavaFileObject {
        final String text;
        Source(String name, String text) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.text = text;
        }
        @Override public CharSequence getCharContent(boolean ignore) { return text; }
    }

    static boolean compile(Names names, Iterable<? extends JavaFileObject> files, String... options) {
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        StringWriter log = new StringWriter();
        JavaCompiler.CompilationTask task = compiler.getTask(log, null, found, Arrays.asList(options), null, files);
        if (names != null) task.setProcessors(List.of(names));
        boolean good = task.call();
        for (Diagnostic<?> d : found.getDiagnostics())
            System.out.println(d.getKind() + " " + d.getLineNumber() + ":" + d.getColumnNumber() + " " + d.getCode() + ": " + d.getMessage(Locale.ENGLISH));
        System.out.print(log);
        return good;
    }

    public static void main(String[] args) throws Exception {
        File[] files = new File(args[0]).listFiles((dir, name) -> name.endsWith(".java"));
        Arrays.sort(files);
        Names names = new Names();
        StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null);
        System.out.println(compile(names, manager.getJavaFileObjects(files), "-proc:only"));
        names.names.forEach(System.out::println);
        System.out.println(compile(null, List.of(new Source("Bad", "class Bad { int f( { return x; }\n String s = 1; void g() { int y; y++; foo(); } }"))));
        System.out.println(compile(null, List.of(new Source("Worse", "import java.util.*;\nclass Worse { List raw = new ArrayList(); int f() { raw.add(1); }\n sealed interface S permits A {} record A(int i) implements S { A { if (i < 0) throw new Exception(); } } }")),
            "-Xlint:all"));
        System.out.println(compile(null, List.of(new Source("Good", "public class Good { enum E { P, Q } public static String run(int n) { var b = new StringBuilder(); "
            + "for (var e : E.values()) b.append(switch (e) { case P -> \"p\" + n; case Q -> { int k = n * 2; yield \"q\" + k; } }); Runnable r = () -> b.append('!'); r.run(); "
            + "Object o = b.toString(); return o instanceof String s && s.length() > 3 ? s + \"\"\"\n  text\n  \"\"\" : \"\"; } }")), "-d", "."));
        try (java.net.URLClassLoader loader = new java.net.URLClassLoader(new java.net.URL[] { new File(".").toURI().toURL() })) {
            System.out.println(loader.loadClass("Good").getMethod("run", int.class).invoke(null, 21));
        }
    }
}
