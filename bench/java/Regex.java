import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** java.util.regex over generated log lines: alternatives, classes, greedy and lazy repetition, groups, replacement. */
final class Regex {
    private static String log(int lines) {
        Bench.Random random = new Bench.Random(47);
        String[] levels = { "INFO", "WARN", "ERROR", "DEBUG" }, verbs = { "opened", "closed", "failed", "retried" };
        StringBuilder b = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            b.append(2000 + random.below(25)).append('-').append(10 + random.below(3)).append('-').append(10 + random.below(19));
            b.append(' ').append(levels[random.below(4)]).append(" [worker-").append(random.below(100)).append("] ");
            b.append("user").append(random.below(1000)).append("@host").append(random.below(50)).append(".example.org ");
            b.append(verbs[random.below(4)]).append(" file \"/data/").append(Long.toHexString(random.next())).append(".dat\" in ");
            b.append(random.below(5000)).append(".").append(random.below(10)).append(" ms\n");
        }
        return b.toString();
    }

    static long kernel(int lines) {
        String text = log(lines);
        String[] patterns = { "(\\d{4})-(\\d\\d)-(\\d\\d) (?:ERROR|WARN)", "[a-z]+\\d+@[\\w.]+", "\"([^\"]*?)\"", "(fail|retri)ed.*?(\\d+)\\.\\d ms",
            "(?i)worker-(9\\d|1)\\]", "^\\S+\\s+(?!DEBUG)\\w+.*[02468] ms$" };
        long sum = 0;
        for (String p : patterns) {
            Matcher m = Pattern.compile(p, Pattern.MULTILINE).matcher(text);
            while (m.find()) sum = sum * 31 + m.start() + (m.groupCount() > 0 ? m.group(1).hashCode() : m.end());
        }
        return sum * 31 + text.replaceAll("(\\w+)@(\\w+)", "$2 at $1").hashCode();
    }

    public static void main(String[] args) { Bench.run(args, 1500, Regex::kernel); }
}
