/** Nothing to gain: arithmetic over arrays. */
public class ArraysOnly {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        int[] data = new int[200_000];
        for (int i = 0; i < data.length; i++) data[i] = random(1 << 20);
        long sum = 0;
        for (int r = 0; r < 5 * scale; r++) for (int i = 0; i < data.length; i++) sum += data[i] * 31L + data[(i * 7) % data.length];
        System.out.println(sum);
    }
}
