/** Records reached through a list; the two fields that are read are far apart. */
public class RecordScan {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static class Head { Record next; int hot1; }
    static class Middle extends Head { long a, b, c, d, e, f, g, h; }
    static final class Record extends Middle { int hot2; }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        int n = 12_000;
        Record[] all = new Record[n];
        for (int i = 0; i < n; i++) { all[i] = new Record(); all[i].hot1 = i; all[i].hot2 = random(9); }
        for (int i = n - 1; i > 0; i--) { int j = random(i + 1); Record t = all[i]; all[i] = all[j]; all[j] = t; }
        for (int i = 0; i + 1 < n; i++) all[i].next = all[i + 1];
        Record head = all[0];
        all = null;
        long sum = 0;
        for (int r = 0; r < 25 * scale; r++) for (Record p = head; p != null; p = p.next) sum += p.hot1 * p.hot2;
        System.out.println(sum);
    }
}
