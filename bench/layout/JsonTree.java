/** A document tree of objects with children in lists, walked for sums. */
public class JsonTree {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Value { long number; String name; Value first, next; }
    static Value build(int depth) {
        Value v = new Value();
        v.number = random(100); v.name = depth % 2 == 0 ? "even" : "odd";
        if (depth == 0) return v;
        int n = 2 + random(5);
        Value[] kids = new Value[n];
        for (int i = 0; i < n; i++) kids[random(2) == 0 && kids[n - 1 - i] == null ? n - 1 - i : i] = build(depth - 1);
        for (Value k : kids) if (k != null) { k.next = v.first; v.first = k; }
        return v;
    }
    static long sum(Value v) { long s = v.number; for (Value k = v.first; k != null; k = k.next) s += sum(k); return s; }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        Value[] docs = new Value[150];
        for (int i = 0; i < docs.length; i++) docs[i] = build(5);
        long total = 0;
        for (int i = 0; i < 400 * scale; i++) total += sum(docs[random(docs.length)]);
        System.out.println(total);
    }
}
