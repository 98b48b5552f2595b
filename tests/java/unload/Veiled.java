import java.util.function.IntSupplier;

/** What hidden classes are made of: like Thrown, but for lambdas, which cannot name their class there. */
public class Veiled implements IntSupplier {
    static final String[] NAMES = { "p", "qr" };
    static int made;
    final int n;
    public Veiled(int n) { this.n = n; made++; }
    public int getAsInt() { return n * 2 + text().length() + made + new Veiled[] { this, null }.length; }
    public String text() { return NAMES[1] + ":" + n; }
    public String toString() { return "veiled " + n + " " + text() + " " + getClass().getName(); }
}
