// modes: native
import java.util.*;
import java.util.function.*;

/** Language features: switches of all forms, patterns, records, sealed types, inner classes, text blocks, var, generics, initializers. */
public class Language {
    sealed interface Shape permits Circle, Square, Rect {}
    record Circle(double r) implements Shape {}
    record Square(double s) implements Shape { Square { if (s < 0) throw new IllegalArgumentException("negative " + s); } }
    record Rect(double w, double h) implements Shape { Rect(double w) { this(w, w * 2); } static Rect unit() { return new Rect(1, 1); } }
    enum Op implements IntBinaryOperator {
        ADD("+") { public int applyAsInt(int a, int b) { return a + b; } },
        MUL("*") { public int applyAsInt(int a, int b) { return a * b; } };
        final String sign;
        Op(String s) { sign = s; }
    }
    enum Day { MON, TUE, WED, THU, FRI, SAT, SUN }
    static int intSwitch(int x) {
        switch (x) { case 1: case 2: return 12; case 1000: return -1; case Integer.MIN_VALUE: return 7; case -5: x++; default: return x; }
    }
    static String stringSwitch(String s) {
        return switch (s) { case "Aa", "BB" -> "collision " + s; case "" -> "empty"; case "x" -> { String t = s + s; yield t; } default -> "other"; };
    }
    static String daySwitch(Day d) { return switch (d) { case SAT, SUN -> "weekend"; case FRI -> "almost"; default -> d.name().toLowerCase(); }; }
    static double area(Shape s) {
        if (s instanceof Circle c) return Math.PI * c.r();
        if (s instanceof Square q && q.s() > 1) return q.s() * q.s();
        if (!(s instanceof Rect r)) return -1;
        return r.w() * r.h();
    }
    class Inner {
        int v = base * 2;
        class Deep { int w = v + base; int up() { return Language.this.base + Inner.this.v + w; } }
    }
    int base = 21;
    static <T extends Comparable<? super T>> T max(Collection<? extends T> c) { Iterator<? extends T> i = c.iterator(); T b = i.next();
        while (i.hasNext()) { T n = i.next(); if (n.compareTo(b) > 0) b = n; } return b; }
    static int sum(int... xs) { int s = 0; for (int x : xs) s += x; return s; }
    static String pick(Object o) { return "object"; }
    static String pick(String o) { return "string"; }
    static String pick(Integer o) { return "integer"; }
    static String pick(long o) { return "long"; }
    static String pick(Object... o) { return "varargs"; }
    static abstract class Base { Base() { hook(); } abstract void hook(); }
    static class Derived extends Base { int x = 5; String s; { s = "init"; } void hook() { System.out.println("hook x=" + x + " s=" + s); x = 9; } }
    interface A { default String who() { return "A"; } }
    interface B { default String who() { return "B"; } }
    static class AB implements A, B { public String who() { return A.super.who() + B.super.who(); } }
    static int finallyReturns() { try { throw new RuntimeException("lost"); } finally { return 3; } }
    static int finallyOrder(StringBuilder sb) { int i = 1; try { i = 2; return i; } finally { i = 3; sb.append("f").append(i); } }
    static class Res implements AutoCloseable {
        final String n; final boolean bad;
        Res(String n, boolean bad) { this.n = n; this.bad = bad; System.out.println("open " + n); }
        public void close() throws Exception { System.out.println("close " + n); if (bad) throw new Exception("close " + n); }
    }
    public static void main(String[] args) throws Exception {
        System.out.println(intSwitch(1) + " " + intSwitch(2) + " " + intSwitch(1000) + " " + intSwitch(Integer.MIN_VALUE) + " " +
            intSwitch(-5) + " " + intSwitch(99));
        for (String s : new String[] { "Aa", "BB", "", "x", "C" }) System.out.println(stringSwitch(s));
        for (Day d : Day.values()) System.out.print(daySwitch(d) + " ");
        System.out.println();
        try { stringSwitch(null); } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try { daySwitch(null); } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        for (Shape s : List.of(new Circle(1), new Square(2), new Square(.5), new Rect(3))) System.out.println(s + " " + area(s) + " " + s.hashCode());
        try { new Square(-1); } catch (IllegalArgumentException e) { System.out.println(e); }
        System.out.println(Rect.unit().equals(new Rect(1, 1)) + " " + new Rect(0.0, -0.0).equals(new Rect(0.0, 0.0)));
        for (Op o : Op.values()) System.out.println(o + o.sign + o.applyAsInt(6, 7) + " " + o.getClass() + " " + o.getDeclaringClass());
        System.out.println(Op.valueOf("ADD").ordinal() + " " + EnumSet.range(Day.TUE, Day.THU) + new EnumMap<>(Map.of(Day.SUN, 1, Day.MON, 2)));
        try { Op.valueOf("SUB"); } catch (IllegalArgumentException e) { System.out.println(e.getMessage()); }
        Language l = new Language();
        Language.Inner.Deep deep = l.new Inner().new Deep();
        System.out.println(deep.w + " " + deep.up());
        System.out.println(max(List.of(3, 9, 4)) + max(Set.of("q")) + sum() + sum(1) + sum(1, 2, 3));
        int small = 5; char ch = 'c'; Integer boxed = 7;
        System.out.println(pick(small) + pick(ch) + pick(boxed) + pick("s") + pick((Object) "s") + pick() + pick(1, 2) + pick(1f));
        System.out.println(new Derived().x + new AB().who());
        StringBuilder sb = new StringBuilder();
        System.out.println(finallyReturns() + " " + finallyOrder(sb) + sb);
        try (Res a = new Res("a", true); Res b = new Res("b", true); Res c = null) { System.out.println("body"); throw new Exception("body"); }
        catch (Exception e) { System.out.println(e.getMessage() + Arrays.toString(e.getSuppressed())); }
        String block = """
            Hello,\tworld "quoted" \
            joined
              indented\s\s
            trailing   \u0041
            """;
        System.out.print(block.replace(' ', '.'));
        outer:
        for (int i = 0; ; i++) { for (int j = 0; j < 5; j++) { if (i * j == 6) break outer; if (j > i) continue outer; } }
        int[][] jag = { { 1 }, {}, { 2, 3 } }; long[][][] deepA = new long[2][3][]; var list = new ArrayList<Map<String, int[]>>();
        list.add(Map.of("k", jag[2])); System.out.println(list.get(0).get("k")[1] + " " + deepA[1].length + deepA[1][2] + Arrays.deepToString(jag));
        byte by = (byte) 200; by += 100; short sh = (short) 70000; sh >>>= 1; char c2 = 'a'; c2 += 1; c2++; int sx = 1 << 33; long lx = 1L << 65;
        System.out.println(by + " " + sh + " " + c2 + " " + sx + " " + lx + " " + (-7 / 2) + (-7 % 2) + (-7 >> 1) + (-7 >>> 28) + " " + (5 &
            3 | 8 ^ 2));
        System.out.println((int) Float.NaN + " " + (long) 1e30 + " " + (int) -1e30f + " " + (char) 65.7 + " " + (byte) 300.5 + " " + 1.0 / 0
            + " " + 0.0 / 0 + " " + -1.0 % 0.3);
        Integer i1 = 127, i2 = 127, i3 = 128, i4 = 128; System.out.println((i1 == i2) + " " + (i3 == i4) + " " + i3.equals(i4));
        String con = "a" + 1 + 'c' + 2.0f + null + true + 3L + new int[0].length; con += con.length(); System.out.println(con);
        Supplier<Supplier<String>> ss = () -> () -> "nested" + l.base; System.out.println(ss.get().get());
        Function<Integer, Function<Integer, Integer>> add = a -> b -> a + b; System.out.println(add.apply(3).apply(4));
        BiFunction<String, Integer, Character> charAt = String::charAt;
        Supplier<List<String>> mk = ArrayList::new;
        IntFunction<int[]> arr = int[]::new;
        System.out.println(charAt.apply("hey", 1) + "" + mk.get() + arr.apply(4).length);
        Runnable r = () -> { class Local { int q = l.base; } System.out.println(new Local().q + new Object() { int z = 4; }.z); }; r.run();
        Object o = (Runnable & java.io.Serializable) () -> {}; System.out.println(o instanceof java.io.Serializable);
        try { Object x = "s"; Integer bad = (Integer) x; } catch (ClassCastException e) { System.out.println(e.getMessage()); }
        try { Object[] x = new String[1]; x[0] = 1; } catch (ArrayStoreException e) { System.out.println(e.getMessage()); }
        try { int[] x = new int[-1]; } catch (NegativeArraySizeException e) { System.out.println(e.getMessage()); }
        try { int[] x = new int[2]; x[2] = 1; } catch (ArrayIndexOutOfBoundsException e) { System.out.println(e.getMessage()); }
        try { "abc".substring(2, 1); } catch (StringIndexOutOfBoundsException e) { System.out.println(e.getMessage()); }
        try { List.of(1).add(2); } catch (UnsupportedOperationException e) { System.out.println(e.getMessage()); }
        try { new ArrayList<>(List.of(1)).get(1); } catch (IndexOutOfBoundsException e) { System.out.println(e.getMessage()); }
        try { var al = new ArrayList<>(List.of(1, 2, 3)); for (int q : al) al.remove(0); } catch (ConcurrentModificationException e) {
            System.out.println(e); }
        try { Object x = null; synchronized (x) { } } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try { throw null; } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        try { int z = 0; System.out.println(1 % z); } catch (ArithmeticException e) { System.out.println(e.getMessage()); }
        try { Iterator<String> raw = (Iterator) List.of(1).iterator(); String s = raw.next(); } catch (ClassCastException e) {
            System.out.println(e.getMessage()); }
        try { l.helper(null).toString(); } catch (NullPointerException e) { System.out.println(e.getMessage()); }
        assert args.length > 5 : "assertions are off";
    }
    String[] helper(String s) { return s == null ? null : new String[0]; }
}
