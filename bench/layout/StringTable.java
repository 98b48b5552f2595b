/** A table in memory with string keys. */
public class StringTable {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Row { String name; int balance; Row(String n, int b) { name = n; balance = b; } }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        java.util.HashMap<String, Row> table = new java.util.HashMap<>();
        String[] names = new String[8_000];
        for (int i = 0; i < names.length; i++) { names[i] = "customer-" + random(1 << 30); table.put(names[i], new Row(names[i], i)); }
        String[] asked = new String[names.length];
        for (int i = 0; i < asked.length; i++) asked[i] = new String(names[random(names.length)].toCharArray());
        long sum = 0;
        for (int r = 0; r < 5 * scale; r++) for (String s : asked) sum += table.get(s).balance;
        System.out.println(sum);
    }
}
