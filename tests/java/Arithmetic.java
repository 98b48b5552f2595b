/** Corner cases of every arithmetic and conversion bytecode, and a checksum over many pseudo-random operands. */
public class Arithmetic {
    static final int[] INTS = { 0, 1, -1, 2, 7, -13, 31, 32, 33, 127, 128, -128, 255, 256, 32767, 32768, -32768, 65535, 65536,
        Integer.MAX_VALUE, Integer.MIN_VALUE, 0x12345678, 0x87654321 };
    static final long[] LONGS = { 0, 1, -1, 63, 64, 65, 1L << 31, 1L << 32, -(1L << 32), Long.MAX_VALUE, Long.MIN_VALUE, 0x123456789abcdefL };
    static final double[] DOUBLES = { 0.0, -0.0, 1, -1, 0.5, 1.5, 2.5, -2.5, 1e9, -1e9, 1e19, -1e19, 3e38, 1e300, Double.MIN_VALUE, Double.MAX_VALUE,
        Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, 2147483647.5, -2147483648.5, 9.223372036854775807e18 };
    static long check;
    static void add(long v) { check = check * 1099511628211L + v; }
    static void add(double d) { add(Double.doubleToLongBits(d)); }
    static void add(float f) { add(Float.floatToIntBits(f)); }

    static void ints(int a, int b) {
        add(a + b); add(a - b); add(a * b); add(a & b); add(a | b); add(a ^ b);
        add(a << b); add(a >> b); add(a >>> b); add(-a); add(~a);
        if (b != 0) { add(a / b); add(a % b); }
        add((byte) a); add((short) a); add((char) a); add((long) a); add((float) a); add((double) a);
        add(a < b ? 1 : a == b ? 2 : 3); add(Integer.compareUnsigned(a, b));
        if (b != 0) { add(Integer.divideUnsigned(a, b)); add(Integer.remainderUnsigned(a, b)); }
        add(Integer.bitCount(a)); add(Integer.numberOfLeadingZeros(a)); add(Integer.reverse(a)); add(Integer.rotateLeft(a, b)); add(Math.floorMod(a, b == 0 ? 1 : b));
    }
    static void longs(long a, long b) {
        add(a + b); add(a - b); add(a * b); add(a & b); add(a | b); add(a ^ b);
        add(a << b); add(a >> b); add(a >>> b); add(a << (int) b); add(-a);
        if (b != 0) { add(a / b); add(a % b); add(Long.divideUnsigned(a, b)); }
        add((int) a); add((float) a); add((double) a); add(Long.compare(a, b)); add(a > b ? 1 : 0);
        add(Math.multiplyHigh(a, b)); add(Long.numberOfTrailingZeros(a));
    }
    static void doubles(double a, double b) {
        add(a + b); add(a - b); add(a * b); add(a / b); add(a % b); add(-a);
        add((int) a); add((long) a); add((float) a); add((byte) a); add((char) a);
        add(a < b ? 1 : 0); add(a > b ? 1 : 0); add(a <= b ? 1 : 0); add(a >= b ? 1 : 0); add(a == b ? 1 : 0); add(Double.compare(a, b));
        add(Math.max(a, b)); add(Math.min(a, b)); add(Math.sqrt(a)); add(Math.floor(a)); add(Math.rint(a)); add(Math.round(a)); add(StrictMath.sin(a)); add(StrictMath.exp(b)); add(StrictMath.pow(a, b));
        float f = (float) a, g = (float) b;
        add(f + g); add(f - g); add(f * g); add(f / g); add(f % g); add((int) f); add((long) f); add((double) f); add(f < g ? 1 : 0); add(f >= g ? 1 : 0);
    }
    static int wide(int n) {
        int a0=1,a1=2,a2=3,a3=4,a4=5; long l0 = n; double d0 = n;
        for (int i = 0; i < 300; i += 3) { a0 += 1000; a1 ^= a0; l0 += a1; d0 += l0 & 15; }
        return a0 + a1 + a2 + a3 + a4 + (int) l0 + (int) d0;
    }
    static int dense(int i) { switch (i) { case 0: return 5; case 1: return 3; case 2: case 3: return 9; case 5: return 1; default: return -1; } }
    static int sparse(int i) { switch (i) { case -1000000: return 5; case 0: return 3; case 77: return 9; case Integer.MAX_VALUE: return 1; default: return -1; } }

    public static void main(String[] args) {
        for (int a : INTS) for (int b : INTS) ints(a, b);
        System.out.println("ints " + Long.toHexString(check));
        for (long a : LONGS) for (long b : LONGS) longs(a, b);
        System.out.println("longs " + Long.toHexString(check));
        for (double a : DOUBLES) for (double b : DOUBLES) doubles(a, b);
        System.out.println("doubles " + Long.toHexString(check));
        long x = 1;
        for (int i = 0; i < 400; i++) {
            x = x * 6364136223846793005L + 1442695040888963407L;
            long y = x * 2862933555777941757L + 3037000493L;
            ints((int) (x >> 32), (int) y);
            longs(x, y >> (i & 63));
            doubles(Double.longBitsToDouble(x), (double) (y >> 40));
        }
        System.out.println("random " + Long.toHexString(check) + " " + wide(7));
        StringBuilder b = new StringBuilder();
        for (int i = -2; i < 8; i++) b.append(dense(i)).append(' ').append(sparse(i)).append(' ').append(sparse(i * 11)).append(' ');
        System.out.println(b.append(sparse(-1000000)).append(sparse(Integer.MAX_VALUE)).append(sparse(77)));
        int[][][] cube = new int[3][4][];
        cube[2][3] = new int[] { 1, 2, 3 };
        long[] la = new long[5]; byte[] ba = new byte[5]; char[] ca = new char[5]; short[] sa = new short[5]; boolean[] za = new boolean[5]; float[] fa = new float[5];
        la[1] = -5; ba[2] = (byte) 200; ca[3] = (char) -1; sa[4] = (short) 40000; za[0] = true; fa[1] = 1.25f;
        la[1] += 7; ba[2] += 100; ca[3]++; sa[4] -= 3; fa[1] *= 3; cube[2][3][1] <<= 5;
        System.out.println(la[1] + " " + ba[2] + " " + (int) ca[3] + " " + sa[4] + " " + za[0] + " " + fa[1] + " " + cube[2][3][1] + " " + cube[0][0]);
        System.out.println(1.0f / 3 + " " + 1.0 / 3 + " " + 100.0 + " " + 1e-5 + " " + 123456789.0f + " " + Double.MIN_VALUE + " " + (0.1 + 0.2) + " " + (float) 1e10 + " " + Double.toHexString(-0.1));
    }
}
