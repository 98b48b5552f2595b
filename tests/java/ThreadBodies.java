/** Threads whose body is compiled while it runs, with nothing but host code below it, and calls what is not compiled. */
public class ThreadBodies extends Thread {
    final int id; long sum;
    ThreadBodies(int id) { this.id = id; }
    static int late(int x) { String s = ""; for (int i = 0; i < 3; i++) s += x + i; return s.length() + s.hashCode(); }
    @Override public void run() {
        long s = 0;
        for (int i = 0; i < 300000; i++) { s += i ^ id; if (i % 100000 == 99999) s += late(i); }
        sum = s;
    }
    public static void main(String[] a) throws Exception {
        for (int i = 0; i < 8; i++) { ThreadBodies b = new ThreadBodies(i); b.start(); b.join(); System.out.println(b.sum); }
    }
}
