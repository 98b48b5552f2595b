/** java.util.HashMap with boxed keys and values. */
public class HashSmall {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    public static void main(String[] a) {
        int scale = a.length > 0 ? Integer.parseInt(a[0]) : 1;
        java.util.HashMap<Integer, Integer> map = new java.util.HashMap<>();
        int[] keys = new int[30_000];
        for (int i = 0; i < keys.length; i++) map.put(keys[i] = random(1 << 30), i);
        long sum = 0;
        for (int i = 0; i < 150_000 * scale; i++) sum += map.get(keys[random(keys.length)]);
        System.out.println(sum);
    }
}
