import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The library's hash tables under boxed integers and strings, and one of longs by open addressing. */
final class HashMaps {
    private static final class LongMap {
        private long[] keys = new long[16];
        private int[] values = new int[16];
        private int size;

        private int slot(long key) {
            int mask = keys.length - 1, i = (int) (key * 0x9E3779B97F4A7C15L >>> 40) & mask;
            while (keys[i] != 0 && keys[i] != key) i = i + 1 & mask;
            return i;
        }

        int add(long key, int n) {
            int i = slot(key);
            if (keys[i] == 0) {
                if (2 * ++size > keys.length) {
                    grow();
                    i = slot(key);
                }
                keys[i] = key;
            }
            return values[i] += n;
        }

        private void grow() {
            long[] oldKeys = keys;
            int[] oldValues = values;
            keys = new long[2 * oldKeys.length];
            values = new int[keys.length];
            for (int i = 0; i < oldKeys.length; i++) {
                if (oldKeys[i] == 0) continue;
                int j = slot(oldKeys[i]);
                keys[j] = oldKeys[i];
                values[j] = oldValues[i];
            }
        }
    }

    static long kernel(int n) {
        Bench.Random random = new Bench.Random(41);
        Map<Integer, Integer> counts = new HashMap<>();
        Map<String, Integer> words = new LinkedHashMap<>();
        Set<Long> seen = new HashSet<>();
        LongMap own = new LongMap();
        long sum = 0;
        for (int i = 0; i < n; i++) {
            int k = random.below(n / 4);
            counts.merge(k, 1, Integer::sum);
            if (i % 4 == 0) words.put("key" + k % 1000, i);
            if (seen.add((long) k * k)) sum++;
            sum += own.add(k + 1, i);
            Integer other = counts.get(k / 2);
            if (other != null) sum += other;
        }
        for (Map.Entry<Integer, Integer> e : counts.entrySet()) sum = sum * 31 + e.getKey() * e.getValue();
        for (Map.Entry<String, Integer> e : words.entrySet()) sum = sum * 31 + e.getKey().hashCode() + e.getValue();
        return sum + seen.size();
    }

    public static void main(String[] args) { Bench.run(args, 100_000, HashMaps::kernel); }
}
