/** Lempel-Ziv with hash chains, and back: bytes, hashes, data-dependent loops. */
final class Compress {
    private static byte[] text(int n) {
        Bench.Random random = new Bench.Random(71);
        byte[] b = new byte[n];
        for (int i = 0; i < n; ) {
            if (i > 100 && random.below(3) > 0) {
                int from = random.below(i - 50), length = 4 + random.below(40);
                while (length-- > 0 && i < n) b[i++] = b[from++];
            } else {
                b[i++] = (byte) ('a' + random.below(20));
            }
        }
        return b;
    }

    private static int hash(byte[] b, int i) { return ((b[i] & 255) * 2654435 ^ (b[i + 1] & 255) * 40503 ^ (b[i + 2] & 255) * 251) & 0x3fff; }

    private static int pack(byte[] in, byte[] out) {
        int[] head = new int[0x4000], previous = new int[in.length];
        java.util.Arrays.fill(head, -1);
        int o = 0;
        for (int i = 0; i < in.length; ) {
            int best = 0, from = 0;
            if (i + 3 <= in.length) {
                int h = hash(in, i), tries = 16;
                for (int c = head[h]; c >= 0 && i - c < 0xffff && tries-- > 0; c = previous[c]) {
                    int length = 0;
                    while (length < 255 && i + length < in.length && in[c + length] == in[i + length]) length++;
                    if (length > best) {
                        best = length;
                        from = i - c;
                    }
                }
            }
            if (best < 4) {
                best = 1;
                out[o++] = 0;
                out[o++] = in[i];
            } else {
                out[o++] = (byte) best;
                out[o++] = (byte) (from >> 8);
                out[o++] = (byte) from;
            }
            for (int end = i + best; i < end; i++) {
                if (i + 3 > in.length) continue;
                int h = hash(in, i);
                previous[i] = head[h];
                head[h] = i;
            }
        }
        return o;
    }

    private static int unpack(byte[] in, int length, byte[] out) {
        int o = 0;
        for (int i = 0; i < length; ) {
            int n = in[i++] & 255;
            if (n == 0) {
                out[o++] = in[i++];
                continue;
            }
            int from = o - ((in[i] & 255) << 8 | in[i + 1] & 255);
            i += 2;
            while (n-- > 0) out[o++] = out[from++];
        }
        return o;
    }

    static long kernel(int n) {
        byte[] in = text(n), packed = new byte[2 * n], out = new byte[n];
        int length = pack(in, packed);
        if (unpack(packed, length, out) != n || !java.util.Arrays.equals(in, out)) throw new AssertionError("not what was packed");
        long sum = length;
        for (int i = 0; i < length; i++) sum = sum * 31 + packed[i];
        return sum;
    }

    public static void main(String[] args) { Bench.run(args, 500_000, Compress::kernel); }
}
