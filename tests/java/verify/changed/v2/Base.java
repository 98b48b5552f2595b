package base;

/** As they find it when they run: members are protected, relations are gone. */
public class Base {
    protected int field; protected static int count;
    protected Base() { }
    public Base(int n) { field = n; }
    protected int method(long a) { return field; }
    public void run() { }
    public static class Sub { }
    public static class Thrown { }
    public interface Far { default int far() { return 1; } }
    public interface Near { }
}
