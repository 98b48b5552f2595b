/** Two phases: in one, branches repeat a pattern that only a long history tells apart; in the other, branches that mostly go one way,
    independently, for which a long history only spreads what is learned. */
public class Phases {
    static int pattern(boolean[] p, int n) {
        int sum = 0, at = 0;
        for (int i = 0; i < n; i++) {
            if (p[at]) sum += i;
            else sum ^= i;
            if (++at == p.length) at = 0;
        }
        return sum;
    }

    static int mixed(int[] a, int n) {
        int sum = 0;
        for (int i = 0, at = 0; i < n; i++, at = at + 1 & a.length - 1) {
            int v = a[at];
            if ((v & 0xf0) != 0) sum += 3; else sum -= 5;
            if ((v & 0xf00) != 0) sum ^= 9; else sum -= i;
            if ((v & 0xf000) != 0) sum += 11; else sum ^= i;
            if ((v & 0xf0000) != 0) sum += 13; else sum ^= 3;
            if ((v & 0xf00000) != 0) sum ^= 15; else sum += 5;
            if ((v & 0xf000000) != 0) sum -= 17; else sum ^= at;
            if ((v & 0x70) != 0) sum += 19; else sum -= at;
            if ((v & 0x1e00) != 0) sum ^= 21; else sum += at;
        }
        return sum;
    }

    public static void main(String[] args) {
        long seed = args.length > 0 ? Long.parseLong(args[0]) : 1;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 4;
        boolean[] p = new boolean[61];
        int[] a = new int[1 << 16];
        for (int i = 0; i < a.length; i++) {
            seed = seed * 6364136223846793005L + 1442695040888963407L;
            a[i] = (int) (seed >>> 32);
            if (i < p.length) p[i] = a[i] < 0;
        }
        int sum = 0;
        for (int r = 0; r < rounds; r++) sum = sum * 31 + pattern(p, 1_500_000) + mixed(a, 400_000);
        System.out.println(sum);
    }
}
