import java.nio.file.*;

/** What the process takes, as the system tells it; "flat" is told against what it took early on. */
final class Memory {
    private static long early;
    private static int looks;

    static long residentKib() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status")))
                if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("[^0-9]", ""));
        } catch (java.io.IOException e) { throw new java.io.UncheckedIOException(e); }
        throw new IllegalStateException("no VmRSS");
    }

    /** One look; the first quarter or so of a run's looks is warming up. */
    static void look(boolean warm) {
        System.gc();
        long now = residentKib();
        if (warm && looks++ == 0) early = now;
        System.err.printf("resident %d MiB%n", now >> 10);
    }

    /** Has it grown by less than an eighth and 8 MiB since the first warm look? */
    static String verdict() {
        System.gc();
        long now = residentKib();
        System.err.printf("resident %d MiB at the end, %d MiB early%n", now >> 10, early >> 10);
        if (looks == 0) throw new IllegalStateException("nobody looked");
        return now <= early + early / 8 + (8 << 10) ? "flat" : "grown from " + early + " to " + now + " KiB";
    }
}
