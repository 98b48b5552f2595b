/** SHA-256 of generated blocks, in Java: rotations and sums of ints in long straight code. */
final class Digest {
    private static final int[] K = new int[64];
    static {
        int count = 0;
        for (int p = 2; count < 64; p++) {
            boolean prime = true;
            for (int d = 2; d * d <= p; d++) prime &= p % d != 0;
            if (prime) K[count++] = (int) (long) ((Math.cbrt(p) % 1) * 0x1p32);
        }
    }

    private final int[] state = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    private final int[] w = new int[64];

    private void block(byte[] in, int at) {
        for (int i = 0; i < 16; i++, at += 4) w[i] = in[at] << 24 | (in[at + 1] & 255) << 16 | (in[at + 2] & 255) << 8 | in[at + 3] & 255;
        for (int i = 16; i < 64; i++) {
            int x = w[i - 15], y = w[i - 2];
            int s0 = Integer.rotateRight(x, 7) ^ Integer.rotateRight(x, 18) ^ x >>> 3;
            int s1 = Integer.rotateRight(y, 17) ^ Integer.rotateRight(y, 19) ^ y >>> 10;
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        int a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        for (int i = 0; i < 64; i++) {
            int t1 = h + (Integer.rotateRight(e, 6) ^ Integer.rotateRight(e, 11) ^ Integer.rotateRight(e, 25)) + (e & f ^ ~e & g) + K[i] + w[i];
            int t2 = (Integer.rotateRight(a, 2) ^ Integer.rotateRight(a, 13) ^ Integer.rotateRight(a, 22)) + (a & b ^ a & c ^ b & c);
            h = g;
            g = f;
            f = e;
            e = d + t1;
            d = c;
            c = b;
            b = a;
            a = t1 + t2;
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    static long kernel(int blocks) {
        byte[] data = new byte[4096];
        Bench.Random random = new Bench.Random(73);
        for (int i = 0; i < data.length; i++) data[i] = (byte) random.next();
        Digest digest = new Digest();
        for (int i = 0; i < blocks; i++) digest.block(data, i % 64 * 64);
        long sum = 0;
        for (int v : digest.state) sum = sum * 31 + v;
        return sum;
    }

    public static void main(String[] args) { Bench.run(args, 60_000, Digest::kernel); }
}
