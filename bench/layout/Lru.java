/** java.util.LinkedHashMap as a cache in order of access. */
public class Lru {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        java.util.LinkedHashMap<Integer, Integer> map = new java.util.LinkedHashMap<>(16, 0.75f, true) {
            protected boolean removeEldestEntry(java.util.Map.Entry<Integer, Integer> e) { return size() > 8_000; }
        };
        long hits = 0;
        for (int i = 0; i < 90_000 * scale; i++) {
            int k = (int) ((long) random(12_000) * random(12_000) / 12_000);
            if (map.get(k) != null) hits++; else map.put(k, i);
        }
        System.out.println(hits);
    }
}
