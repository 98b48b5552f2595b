/** A rope of small pieces: random characters are read. */
public class Rope {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Piece { int length; Piece left, right; byte[] text; }
    static Piece build(int n) {
        Piece r = new Piece();
        r.length = n;
        if (n <= 32) { r.text = new byte[n]; for (int i = 0; i < n; i++) r.text[i] = (byte) random(100); return r; }
        if (random(2) == 0) { r.right = build(n - n / 2); r.left = build(n / 2); } else { r.left = build(n / 2); r.right = build(n - n / 2); }
        return r;
    }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        int n = 400_000;
        Piece rope = build(n);
        long sum = 0;
        for (int i = 0; i < 100_000 * scale; i++) {
            int at = random(n);
            Piece r = rope;
            while (r.text == null) if (at < r.left.length) r = r.left; else { at -= r.left.length; r = r.right; }
            sum += r.text[at];
        }
        System.out.println(sum);
    }
}
