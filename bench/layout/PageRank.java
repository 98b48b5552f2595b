/** Page rank over objects and arrays of references. */
public class PageRank {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Page { double rank, sum; Page[] out; }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        int n = 10_000;
        Page[] p = new Page[n];
        for (int i = 0; i < n; i++) { p[i] = new Page(); p[i].rank = 1; }
        for (Page q : p) { q.out = new Page[1 + random(8)]; for (int i = 0; i < q.out.length; i++) q.out[i] = p[random(n)]; }
        for (int r = 0; r < 12 * scale; r++) {
            for (Page q : p) { double share = q.rank / q.out.length; for (Page to : q.out) to.sum += share; }
            for (Page q : p) { q.rank = 0.15 + 0.85 * q.sum; q.sum = 0; }
        }
        double total = 0;
        for (Page q : p) total += q.rank;
        System.out.println((long) (total * 1000));
    }
}
