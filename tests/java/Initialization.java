import java.util.ArrayList;
import java.util.List;

/** When classes are initialized, in which order, and what is inherited: JVMS 5.5, default methods, nested access, inner classes. */
public class Initialization {
    static final List<String> LOG = new ArrayList<>();
    static int log(String s, int v) { LOG.add(s); return v; }

    interface Quiet { int Q = log("Quiet", 1); }
    interface Loud { int L = log("Loud", 2); default String who() { return "Loud"; } }
    interface Louder extends Loud { @Override default String who() { return "Louder+" + Loud.super.who(); } }
    static class Base implements Quiet { static int b = log("Base", 3); int x = 1; Base() { hook(); } void hook() { LOG.add("Base.hook " + x); } static String s() { return "Base.s"; } }
    static class Derived extends Base implements Louder { static int d = log("Derived", 4); static final int CONST = 17; int y = 5; @Override void hook() { LOG.add("Derived.hook " + y); } }
    static class Other { static { log("Other", 0); } static final Object LOCK = new Object(); static final String TEXT = "constant"; }
    enum Color { RED, GREEN { @Override String name2() { return "very green"; } }, BLUE; static { log("Color", 0); } String name2() { return name().toLowerCase(); } }
    static class Cyclic1 { static int a = Cyclic2.b + 1; }
    static class Cyclic2 { static int b = Cyclic1.a + 1; }
    private int secret = 42;
    class Inner { int peek() { return secret++; } class Deep { int peek2() { return Inner.this.peek() + secret; } } }
    static abstract class Shape { abstract double area(); public String toString() { return getClass().getName() + " " + area(); } }
    private static class Hidden { private Hidden() { } private static int calls; private int call() { return ++calls; } }
    static <T extends Comparable<T>> T max(List<? extends T> l) { T m = null; for (T t : l) if (m == null || t.compareTo(m) > 0) m = t; return m; }
    static String varargs(Object... o) { return o == null ? "null" : o.length + ""; }
    static int fin() { int i = 0; try { i = 1; return i; } finally { i = 2; LOG.add("finally " + i); } }
    @SuppressWarnings("finally") static int fin2() { for (;;) { try { throw new RuntimeException(); } finally { break; } } return 7; }

    public static void main(String[] args) throws Exception {
        System.out.println(Derived.CONST + " " + Other.TEXT + " " + LOG);
        Derived[] none = new Derived[1];
        Class<?> literal = Other.class;
        System.out.println(LOG + " " + none.length + " " + literal.getSimpleName());
        System.out.println(Derived.b + " " + LOG);
        Derived d = new Derived();
        System.out.println(d.who() + " " + d.y + " " + Derived.s() + " " + LOG);
        System.out.println(Color.valueOf("GREEN").name2() + Color.BLUE.name2() + Color.GREEN.getClass() + Color.GREEN.getDeclaringClass() + LOG);
        System.out.println(Cyclic1.a + " " + Cyclic2.b);
        Initialization o = new Initialization();
        Inner.Deep deep = o.new Inner().new Deep();
        System.out.println(deep.peek2() + " " + o.secret + " " + new Hidden().call() + new Hidden().call());
        Shape s = new Shape() { double area() { return 2.5; } };
        System.out.println(s + " " + max(List.of(3, 9, 4)) + max(List.of("a", "zz", "b")));
        System.out.println(varargs() + varargs((Object[]) null) + varargs(1, 2, 3) + varargs((Object) null) + fin() + fin2() + LOG.get(LOG.size() - 1));
        Object lock = Other.LOCK;
        synchronized (lock) { synchronized (lock) { System.out.println(Thread.holdsLock(lock) + " " + LOG.get(LOG.size() - 1)); } }
        System.out.println(Thread.holdsLock(lock));
        System.out.println(Class.forName("Initialization$Quiet").isInterface() + " " + Quiet.Q + " " + LOG.get(LOG.size() - 1));
        Object[] objects = { new int[0], new String[0][0], 'c', 1L, Color.RED, new ArrayList<String>() };
        StringBuilder b = new StringBuilder();
        for (Object x : objects) b.append(x.getClass().getName()).append(x instanceof Comparable).append(x instanceof Cloneable).append(x instanceof Object[]).append(' ');
        System.out.println(b);
        int[] copy = new int[] { 1, 2, 3 }.clone();
        System.out.println(copy.length + " " + copy[2] + " " + int[].class + " " + void.class + " " + Color[].class.getComponentType());
        label: for (int i = 0; ; i++) for (int j = 0; j < 5; j++) { if (j == 3) continue label; if (i == 4) break label; }
        String text = null;
        System.out.println("concat " + text + 1 + 2L + 3.0f + 4.0 + 'c' + true + null + new char[0].length);
    }
}
