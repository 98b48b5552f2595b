/** What branches say about values behind them, at its edges: ranges, repeated and contrary tests, counters up to the greatest int and down to the least. */
public class Decided {
    static final int[] edges = { Integer.MIN_VALUE, Integer.MIN_VALUE + 1, -65536, -32769, -129, -128, -1, 0, 1, 2, 127, 128, 255, 256, 65535, 65536, Integer.MAX_VALUE - 1,
        Integer.MAX_VALUE };
    static final byte[] bytes = { -128, -1, 0, 1, 127 };
    static final char[] chars = { 0, 1, 127, 128, 255, 256, 65535 };

    static int repeated(int x, int y) {
        int r = 0;
        if (x < y) r |= 1;
        if (x >= y) r |= 2;
        if (x < y) { if (y > x) r |= 4; if (x == y) r |= 8; if (x <= y) r |= 16; }
        else { if (y <= x) r |= 32; if (x != y) r |= 64; if (y < x) r |= 128; }
        if (x == y) { if (x <= y && y <= x) r |= 256; if (x - 5 < y - 4 == x < y + 1) r |= 512; }
        return r;
    }
    static int ranges(int x) {
        if (x > 10) return x > 9 ? x == Integer.MAX_VALUE ? 1 : 2 : 3;
        if (x >= 0) return x + 1 > 0 ? x <= 10 ? 4 : 5 : 6;
        if (x == Integer.MIN_VALUE) return x - 1 > 0 ? x < -1 ? 7 : 8 : 9;
        return -x > 0 ? 10 : 11;
    }
    static long wide(long x) {
        if (x > Integer.MAX_VALUE) return (int) x < 0 ? 1 : 2;
        if (x >= 0) return (int) x < 0 ? 3 : 4;
        return x < Integer.MIN_VALUE ? (int) x > 0 ? 5 : 6 : (int) x >= 0 ? 7 : 8;
    }
    static int narrow(int x) {
        int r = (byte) x == x ? 1 : 0;
        if (x >= -128 && x <= 127) r += (byte) x == x ? 2 : 100;
        if (x >= 0 && x < 256) r += (x & 255) + (char) x + (short) x + (byte) x;
        if (x >= 0 && x <= 65535) r += (char) x - x + (x & 0xffff) + (short) x;
        if ((x & 0x7f) == x) r += (byte) x + (x >>> 3) + (x >> 40);
        return r;
    }
    static int elements() {
        int r = 0;
        for (byte b : bytes) r = r * 31 + (b & 255) + (char) (b & 255) + (byte) b + ((b & 255) >>> 8) + (b < 128 ? 1 : 2);
        for (char c : chars) r = r * 31 + (c & 0xffff) + (char) c + (short) c + (c >>> 8 == 0 ? 1 : 2) + (c >= 0 ? 3 : 4);
        return r;
    }
    static int at(int[] a, int i) {
        try {
            if (i >= 0 && i < a.length) return a[i];
            if (i < 0) return a[i + a.length];
            return a[i - 1];
        } catch (ArrayIndexOutOfBoundsException e) { return -7; }
    }
    static int unsure(int[] a, int i) { // one side of the range only, or of another array
        try {
            if (i < a.length) return a[i];
            return a[i & 15];
        } catch (ArrayIndexOutOfBoundsException e) { return -8; }
    }
    static int divide(int x, int y) {
        if (y > 0) return x / y + x % y;
        if (y < 0) return x / y;
        try { return x / y; } catch (ArithmeticException e) { return 5; }
    }
    static int up(int from, int below) {
        int n = 0;
        for (int i = from; i < below; i++) { if (i < from) return -1; if (i == Integer.MAX_VALUE) n += 100; n++; if (n > 40) break; }
        return n;
    }
    static int upTo(int from, int last) { // wraps round when last is the greatest
        int n = 0;
        for (int i = from; i <= last; i++) { if (i < 0 && from >= 0) return -n; if (++n > 40) break; }
        return n;
    }
    static int downTo(int from, int last) {
        int n = 0;
        for (int i = from; i >= last; i--) { if (i > 0 && from <= 0) return -n; if (++n > 40) break; }
        return n;
    }
    static int down(int[] a) {
        int sum = 0;
        for (int i = a.length - 1; i >= 0; i--) sum = sum * 3 + a[i];
        return sum;
    }
    static int otherStep(int[] a, int from) { // the counter is also set elsewhere
        int sum = 0;
        try {
            for (int i = from; i < a.length; i++) {
                sum += a[i];
                if (sum % 7 == 3) i -= 2;
                if (sum > 1000) break;
            }
        } catch (ArrayIndexOutOfBoundsException e) { sum += 5000; }
        return sum;
    }
    static int together(int[] from, int at, int[] to, int there, int n, int last) { // counters that are stepped alike
        int copied = 0;
        try {
            for (int i = 0; i < n; i++) { to[there++] = from[at++] + to[there & 3]; copied++; }
            for (int i = last; i <= n; i++) { to[there - 1] += from[at - 1]; there--; at--; copied++; }
        } catch (ArrayIndexOutOfBoundsException e) { return copied * 1000 + to[2]; }
        return copied + to[1];
    }
    static int objects(Object o, Object p) {
        int r = 0;
        if (o != null) r |= o == null ? 1 : 2;
        if (o == p) { if (p == null) r |= 4; if (p != o) r |= 8; if (o == null) r |= 16; }
        else if (p != o) r |= 32;
        return r;
    }
    static int floats(double x, double y) { // not a number is neither
        int r = 0;
        if (x < y) r |= 1;
        if (!(x < y)) r |= x >= y ? 2 : 4;
        if (x != x) r |= x == x ? 8 : 16;
        return r;
    }
    static int least(int x, int y) {
        if (x < y) return Math.min(x, y) * 3 + Math.max(x, y);
        return Math.max(x, y) * 5 - Math.min(y, x);
    }
    static String text(String s) {
        StringBuilder b = new StringBuilder();
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c >= 'a' && c <= 'z') b.append((char) (c - 32));
            else if (c < ' ') b.append("\\").append((int) c);
            else b.append(c).append(c);
        }
        return b.toString();
    }

    public static void main(String[] args) {
        int[] a = { 3, 1, 4, 1, 5, 9, 2, 6 };
        Object o = new Object();
        long sum = 0;
        for (int round = 0; round < 400; round++) {
            for (int x : edges) {
                for (int y : edges) {
                    sum = sum * 31 + repeated(x, y) + divide(x, y) + least(x, y) + wide((long) x * y) + wide((long) x + y);
                    sum += floats(x, y) + floats(x, Double.NaN) * 7;
                    if (round % 50 == 0) sum = sum * 31 + upTo(x, y) + downTo(x, y) + up(x, y);
                }
                int[] b = new int[9];
                sum = sum * 31 + together(a, 1, b, 2, x & 7, 3) + together(a, x & 3, b, 1, x % 9, x | 1) + together(a, x % 3, b, 0, 4, Integer.MAX_VALUE);
                sum = sum * 31 + ranges(x) + narrow(x) + at(a, x) * 3 + unsure(a, x) + otherStep(a, x & 7);
            }
            sum = sum * 31 + elements() + down(a) + objects(o, a) + objects(null, null) * 3 + objects(o, o) * 5 + objects(null, o) * 7;
            sum += text("plain A \u0001\u00ff" + (round % 3 == 0 ? "\u0100\u4e00z" : "")).hashCode();
        }
        System.out.println(sum);
        System.out.println(up(Integer.MAX_VALUE - 3, Integer.MAX_VALUE) + " " + upTo(Integer.MAX_VALUE - 3, Integer.MAX_VALUE) + " " + downTo(Integer.MIN_VALUE + 3, Integer.MIN_VALUE));
        System.out.println(text("a b\u0007\u00fc\u4e00"));
    }
}
