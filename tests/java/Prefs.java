// modes: native
import java.nio.file.*;
import java.util.prefs.*;

/** java.util.prefs: a tree of the user, kept in files, listened to, exported, removed and imported again. */
public class Prefs {
    public static void main(String[] a) throws Exception {
        Path home = Path.of(Prefs.class.getProtectionDomain().getCodeSource().getLocation().toURI()).resolveSibling("prefs"); // written to until the end
        if (Files.exists(home)) try (var files = Files.walk(home)) { files.sorted(java.util.Comparator.reverseOrder()).forEach(f -> f.toFile().delete()); }
        Files.createDirectories(home.resolve(".java/.userPrefs"));
        System.setProperty("java.util.prefs.userRoot", home.toString());
        Preferences p = Preferences.userRoot().node("loam/test/x");
        p.put("k", "v\u00e9"); p.putInt("n", 42); p.putByteArray("b", new byte[] {1, 2, 3}); p.putBoolean("t", true); p.putDouble("d", 1.5);
        Object lock = new Object(); boolean[] seen = new boolean[1];
        p.addPreferenceChangeListener(e -> { synchronized (lock) { seen[0] = e.getKey().equals("late"); lock.notify(); } });
        p.put("late", "x");
        synchronized (lock) { while (!seen[0]) lock.wait(2000); }
        System.out.println(p.get("k", "?") + p.getInt("n", 0) + java.util.Arrays.toString(p.getByteArray("b", null)) + p.getBoolean("t", false) + p.getDouble("d", 0) + " " + p.absolutePath() + " " + String.join(",", p.keys()));
        p.flush();
        var out = new java.io.ByteArrayOutputStream(); p.exportSubtree(out); System.out.println(out.toString("UTF-8"));
        System.out.println(p.parent().nodeExists("x") + " " + String.join(",", p.parent().childrenNames()));
        try { p.put("k".repeat(100), "v"); } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        p.removeNode(); System.out.println(Preferences.userRoot().nodeExists("loam/test/x"));
        try { p.get("k", ""); } catch (IllegalStateException e) { System.out.println(e.getMessage()); }
        Preferences.importPreferences(new java.io.ByteArrayInputStream(out.toByteArray())); System.out.println(Preferences.userRoot().node("loam/test/x").getInt("n", 0));
        Preferences.userRoot().flush();
        try (var files = Files.walk(home)) { files.filter(f -> f.endsWith("prefs.xml")).map(f -> home.relativize(f).toString()).sorted().forEach(System.out::println); }
    }
}
