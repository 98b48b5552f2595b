/** A trie over four letters, with arrays of children. */
public class Trie {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Node { int count; Node[] next = new Node[4]; }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        Node root = new Node();
        long[] words = new long[12_000];
        for (int i = 0; i < words.length; i++) {
            words[i] = random(1 << 30);
            Node t = root;
            for (int d = 0; d < 9; d++) { int c = (int) (words[i] >>> 2 * d) & 3; if (t.next[c] == null) t.next[c] = new Node(); t = t.next[c]; t.count++; }
        }
        long sum = 0;
        for (int i = 0; i < 60_000 * scale; i++) {
            long w = words[random(words.length)];
            Node t = root;
            for (int d = 0; d < 9; d++) { t = t.next[(int) (w >>> 2 * d) & 3]; sum += t.count; }
        }
        System.out.println(sum);
    }
}
