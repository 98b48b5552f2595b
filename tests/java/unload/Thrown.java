import java.util.function.IntSupplier;

/** What throwaway loaders define: constants, a lambda, string concatenation, statics, an interface call, a class of its own. */
public class Thrown implements IntSupplier {
    static final String[] NAMES = { "a", "bc", "def" };
    static int made;
    final int n;
    public Thrown(int n) {
        if (n < 0) throw new IllegalStateException("negative" + n);
        this.n = n;
        made++;
    }
    public int getAsInt() {
        Shape s = new Shape();
        s.size = n;
        IntSupplier twice = () -> s.size * 2;
        IntSupplier[] all = { twice, s };
        int sum = 0;
        for (IntSupplier i : all) sum += i.getAsInt();
        return sum + text().length() - made + (NAMES.length == 3 ? 4 : 0);
    }
    public String text() { return NAMES[1] + "-" + NAMES[0] + NAMES.length; }
    public String toString() { return "thrown " + n + " " + text(); }
    static class Shape implements IntSupplier { int size; public int getAsInt() { return size; } }
}
