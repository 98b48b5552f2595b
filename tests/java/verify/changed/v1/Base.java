package base;

/** As its users were compiled: everything is public and everything fits. */
public class Base implements Marked, Runnable {
    public int field; public static int count;
    public Base() { }
    public Base(int n) { field = n; }
    public int method(long a) { return field; }
    public void run() { }
    public static class Sub extends Base { }
    public static class Gone extends Base { }
    public static class Thrown extends RuntimeException { }
    public interface Far { default int far() { return 1; } }
    public interface Near extends Far { }
}
interface Marked { }
