import java.util.StringJoiner;

/** Text put together, taken apart and compared: StringBuilder, concatenation, substring, indexOf, split, hashCode. */
final class Strings {
    private static String sentence(Bench.Random random) {
        StringBuilder b = new StringBuilder();
        int words = 5 + random.below(10);
        for (int i = 0; i < words; i++) {
            int letters = 2 + random.below(8);
            for (int k = 0; k < letters; k++) b.append((char) ('a' + random.below(26)));
            b.append(i + 1 < words ? ' ' : '.');
        }
        return b.toString();
    }

    private static String reversedWords(String s) {
        StringJoiner j = new StringJoiner("-", "<", ">");
        for (String w : s.split(" ")) j.add(new StringBuilder(w).reverse());
        return j.toString();
    }

    static long kernel(int n) {
        Bench.Random random = new Bench.Random(43);
        long sum = 0;
        String previous = "";
        for (int i = 0; i < n; i++) {
            String s = sentence(random);
            String t = i + ": " + s.toUpperCase() + "/" + s.length() + "\u00e9".repeat(i % 3);
            sum = sum * 31 + t.hashCode() + reversedWords(s).hashCode();
            for (int at = s.indexOf("ab"); at >= 0; at = s.indexOf("ab", at + 1)) sum += at;
            sum += s.compareTo(previous) + (s.contains("xyz") ? 7 : 0) + s.substring(s.length() / 2).trim().length();
            char[] chars = s.toCharArray();
            for (char c : chars) sum += c == 'e' ? 1 : 0;
            previous = s;
        }
        return sum;
    }

    public static void main(String[] args) { Bench.run(args, 10_000, Strings::kernel); }
}
