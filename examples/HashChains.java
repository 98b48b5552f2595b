import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts generated words in a HashMap, then reads them back in another order. */
public class HashChains {
    private static long state = 12345;
    private static int next(int bound) {
        state = state * 25214903917L + 11 & (1L << 48) - 1;
        return (int) ((state >>> 17) % bound);
    }

    private static String word(int id) {
        StringBuilder b = new StringBuilder();
        for (int n = id + 26; n > 0; n /= 26) b.append((char) ('a' + n % 26));
        return b.toString();
    }

    public static void main(String[] args) {
        int words = 4000;
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 3 * words; i++) counts.merge(word(next(words)), 1, Integer::sum);
        List<String> keys = new ArrayList<>(counts.keySet());
        keys.sort(null);
        long check = 0;
        for (int round = 0; round < 4; round++)
            for (int i = 0; i < keys.size(); i++) check = check * 31 + counts.get(keys.get((i * 1789 + round) % keys.size()));
        Map<Integer, Integer> histogram = new TreeMap<>();
        for (int c : counts.values()) histogram.merge(c, 1, Integer::sum);
        System.out.println("distinct " + counts.size() + ", check " + Long.toHexString(check));
        System.out.println("histogram " + histogram);
    }
}
