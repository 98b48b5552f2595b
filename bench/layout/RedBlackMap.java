/** java.util.TreeMap: lookups of random keys. */
public class RedBlackMap {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    public static void main(String[] a) {
        int scale = a.length > 0 ? Integer.parseInt(a[0]) : 1;
        java.util.TreeMap<Integer, Integer> map = new java.util.TreeMap<>();
        for (int i = 0; i < 20_000; i++) map.put(random(1 << 30), i);
        long sum = 0;
        for (int i = 0; i < 40_000 * scale; i++) { var e = map.ceilingEntry(random(1 << 30)); if (e != null) sum += e.getValue(); }
        System.out.println(sum);
    }
}
