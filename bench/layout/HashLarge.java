/** java.util.HashMap whose values are large; only a part of each is read. */
public class HashLarge {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Value { long a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p; }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        java.util.HashMap<Integer, Value> map = new java.util.HashMap<>();
        int[] keys = new int[12_000];
        for (int i = 0; i < keys.length; i++) { Value v = new Value(); v.k = i; map.put(keys[i] = random(1 << 30), v); }
        long sum = 0;
        for (int i = 0; i < 150_000 * scale; i++) sum += map.get(keys[random(keys.length)]).k;
        System.out.println(sum);
    }
}
