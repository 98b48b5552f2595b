/** Records found by number in no order; what each visit reads is spread over a hierarchy of large classes: no place in the heap helps, an order of fields does. */
public class RecordTable {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static class Entity { long created, changed, version, owner; int id, kind; String note; }
    static class Account extends Entity { long opened, closed, limit, rate, fees, region, branch, tax; int balance; }
    static final class Checking extends Account { double a, b, c, d; int holds; boolean frozen; int touched; }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        int n = 12_000;
        Checking[] all = new Checking[n];
        for (int i = 0; i < n; i++) {
            Checking r = all[i] = new Checking();
            r.id = i; r.balance = random(1000); r.holds = random(50); r.frozen = random(9) == 0;
        }
        long sum = 0;
        for (int r = 0; r < 300_000 * scale; r++) {
            Checking c = all[random(n)];
            if (!c.frozen) sum += c.balance - c.holds + c.id;
            c.touched++;
        }
        System.out.println(sum);
    }
}
