// modes: native
import java.io.*;
import java.nio.charset.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;

/** Processes: output, input, environment, exit codes, redirects, pipelines, handles. */
public class Processes {
    static String run(ProcessBuilder b) throws Exception { Process p = b.start(); String s = new String(p.getInputStream().readAllBytes()),
        e = new String(p.getErrorStream().readAllBytes()); return s.trim() + "|" + e.trim() + "|" + p.waitFor(); }
    public static void main(String[] a) throws Exception {
        System.out.println(run(new ProcessBuilder("echo", "hello", "a b", "\u00e9")));
        System.out.println(run(new ProcessBuilder("sh", "-c", "echo out; echo err >&2; exit 7")));
        Process cat = new ProcessBuilder("cat").start();
        try (Writer w = cat.outputWriter()) { w.write("piped\nlines\n"); }
        System.out.println(cat.inputReader().lines().toList() + " " + cat.waitFor() + cat.exitValue() + cat.isAlive());
        ProcessBuilder env = new ProcessBuilder("sh", "-c", "echo $FOO-$HOME-$BAR");
        env.environment().clear();
        env.environment().put("FOO", "foo");
        env.environment().put("HOME", "h");
        System.out.println(run(env));
        Path dir = Files.createTempDirectory("proc");
        System.out.println(run(new ProcessBuilder("pwd").directory(dir.toFile())).replace(dir.toString(), "DIR"));
        File f = dir.resolve("o").toFile();
        System.out.println(run(new ProcessBuilder("sh", "-c", "echo 1; echo 2 >&2").redirectErrorStream(true).redirectOutput(f)) +
            Files.readAllLines(f.toPath()));
        System.out.println(run(new ProcessBuilder("sh", "-c", "cat; echo 3").redirectInput(f)) + run(new ProcessBuilder("echo",
            "app").redirectOutput(ProcessBuilder.Redirect.appendTo(f))) + Files.readAllLines(f.toPath()));
        try { new ProcessBuilder("/no/such/program", "x").start(); } catch (IOException e) { System.out.println(e.getMessage() + " / " +
            e.getCause().getMessage()); }
        try { new ProcessBuilder("pwd").directory(new File("/no/such/dir")).start(); } catch (IOException e) { System.out.println(e.getMessage()); }
        try { new ProcessBuilder(List.of()).start(); } catch (IndexOutOfBoundsException e) { System.out.println(e.getClass()); }
        Process sleep = new ProcessBuilder("sleep", "100").start();
        System.out.println(sleep.waitFor(20, TimeUnit.MILLISECONDS) + " " + sleep.isAlive() + (sleep.pid() > 0));
        sleep.destroy();
        System.out.println(sleep.waitFor());
        Process k = new ProcessBuilder("sleep", "100").start();
        System.out.println(k.destroyForcibly().waitFor());
        try { k.exitValue(); new ProcessBuilder("sleep", "9").start().exitValue(); } catch (IllegalThreadStateException e) {
            System.out.println(e.getMessage()); }
        System.out.println(new ProcessBuilder("sh", "-c", "exit 3").start().onExit().thenApply(Process::exitValue).get());
        List<Process> pipe = ProcessBuilder.startPipeline(List.of(new ProcessBuilder("printf", "b\\na\\nc\\n"), new ProcessBuilder("sort"),
            new ProcessBuilder("tr", "a-z", "A-Z")));
        System.out.println(pipe.get(2).inputReader().lines().toList());
        ProcessHandle me = ProcessHandle.current();
        System.out.println((me.pid() > 1) + " " + me.isAlive() + me.parent().isPresent() + me.info().command().isPresent());
        try { me.destroy(); } catch (IllegalStateException e) { System.out.println(e.getMessage()); }
        Process ch = new ProcessBuilder("sleep", "50").start();
        System.out.println(me.children().anyMatch(h -> h.pid() == ch.pid()) + " " +
            ch.toHandle().info().arguments().map(Arrays::toString).orElse("?") + ch.supportsNormalTermination());
        ch.destroy();
        ch.waitFor();
        Process in = new ProcessBuilder("sh", "-c", "echo inherited").inheritIO().start();
        in.waitFor();
        System.out.println(Runtime.getRuntime().exec("echo via exec").inputReader().readLine() + Runtime.getRuntime().exec(new String[] {
            "sh", "-c", "echo $X" }, new String[] { "X=y" }).inputReader().readLine());
        byte[] big = new byte[200000];
        new Random(1).nextBytes(big);
        Process c2 = new ProcessBuilder("cat").start();
        Thread w = new Thread(() -> { try (OutputStream o = c2.getOutputStream()) { o.write(big); } catch (IOException e) {
            System.out.println(e); } });
        w.start();
        System.out.println(Arrays.equals(big, c2.getInputStream().readAllBytes()));
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        try { for (int i = 0; i < 100; i++) { dead.getOutputStream().write(big); dead.getOutputStream().flush(); } } catch (IOException e) {
            System.out.println(Set.of("Broken pipe", "Stream closed").contains(e.getMessage())); } /* which one is a race inside the JDK */
        System.out.println(System.getenv("PATH") != null); f.delete(); Files.delete(dir);
    }
}
