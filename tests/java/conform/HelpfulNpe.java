// sample
import java.lang.invoke.*;
import java.util.*;
import java.util.function.*;

/** Helpful NullPointerException messages (JEP 358): every instruction that can throw one, every way the null can be described. */
class HelpfulNpe extends Cases {
    HelpfulNpe next; HelpfulNpe[] many; int i; long j; float f; double d; byte b; char c; short s; boolean z; Object o; String text; int[] ints; int[][] grid;
    static HelpfulNpe st; static HelpfulNpe[] sts; static int[][][] cube;
    static MethodHandle mh; static VarHandle vh;
    HelpfulNpe self() { return this; } HelpfulNpe none() { return null; } static HelpfulNpe nothing() { return null; } static HelpfulNpe nothing(int a, String... b) { return null; }
    void m(int a, Object[] b) { } static int index() { return 2; }
    interface Face { Face get(); default Face same() { return null; } static Face none() { return null; } }
    record Point(Integer x, Point p) { }
    static <T extends Comparable<T>> T generic(T t) { return null; }

    static String why(Act a) { try { a.run(); return "none"; } catch (NullPointerException e) { return e.getMessage() + " @" + e.getStackTrace()[0].getMethodName().replaceAll("lambda\\$.*", "lambda"); } catch (Throwable t) { return t.toString(); } }
    static void n(String name, Act a) { test(name, () -> why(a)); }

    static void instructions(HelpfulNpe p) {
        n("getfield", () -> System.out.println(p.i)); n("getfield long", () -> System.out.println(p.j)); n("getfield o", () -> System.out.println(p.o));
        n("putfield", () -> p.i = 1); n("putfield long", () -> p.j = 1); n("putfield double", () -> p.d = 1); n("putfield o", () -> p.o = null); n("field += ", () -> p.i += 3); n("field++", () -> p.j++);
        n("invokevirtual", () -> p.self()); n("invokevirtual args", () -> p.m(1, null)); n("getClass", () -> p.getClass()); n("toString", () -> p.toString()); n("hashCode", () -> p.hashCode());
        Face face = null; n("invokeinterface", () -> face.get()); n("default", () -> face.same()); n("interface equals", () -> face.equals(null)); n("chain", () -> Face.none().get().get());
        int[] ai = null; long[] al = null; float[] af = null; double[] ad = null; byte[] ab = null; char[] ac = null; short[] as = null; boolean[] az = null; Object[] ao = null;
        n("iaload", () -> System.out.println(ai[0])); n("laload", () -> System.out.println(al[0])); n("faload", () -> System.out.println(af[0])); n("daload", () -> System.out.println(ad[0])); n("baload", () -> System.out.println(ab[0]));
        n("caload", () -> System.out.println(ac[0])); n("saload", () -> System.out.println(as[0])); n("zaload", () -> System.out.println(az[0])); n("aaload", () -> System.out.println(ao[0]));
        n("iastore", () -> ai[0] = 1); n("lastore", () -> al[0] = 1); n("fastore", () -> af[0] = 1); n("dastore", () -> ad[0] = 1); n("bastore", () -> ab[0] = 1); n("castore", () -> ac[0] = 1); n("sastore", () -> as[0] = 1); n("zastore", () -> az[0] = true); n("aastore", () -> ao[0] = "");
        n("arraylength", () -> System.out.println(ai.length)); n("for each", () -> { for (Object x : ao) System.out.println(x); }); n("clone", () -> ai.clone());
        RuntimeException none = null; n("athrow", () -> { throw none; }); n("athrow null", () -> { throw null; });
        n("monitorenter", () -> { synchronized (p) { } }); n("monitorenter null", () -> { synchronized ((Object) null) { } }); n("monitorenter field", () -> { synchronized (new HelpfulNpe().o) { } });
        Integer box = null; n("unbox", () -> { int x = box; }); n("unbox long", () -> { long x = (Long) null; }); n("unbox in sum", () -> System.out.println(box + 1)); Boolean yes = null; n("unbox if", () -> { if (yes) System.out.println(); });
        String str = null; n("switch string", () -> { switch (str) { case "a": } }); Thread.State state = null; n("switch enum", () -> { switch (state) { case NEW: } });
        n("string length", () -> str.length()); n("concat", () -> System.out.println((str + null).length())); n("unboxed for", () -> { for (int x : Arrays.asList(1, null)) x++; });
        n("method reference", () -> { Supplier<String> x = str::toString; }); n("lambda of null", () -> ((Runnable) null).run()); n("outer.new", () -> { HelpfulNpe q = null; q.new Inner(); }); n("requireNonNull", () -> Objects.requireNonNull(null)); n("requireNonNull text", () -> Objects.requireNonNull(null, "text")); n("try resource", () -> { try (AutoCloseable x = null) { x.close(); } });
        n("invokeExact", () -> mh.invokeExact(1, "x")); n("invoke", () -> { Object x = (String) mh.invoke(1L, new int[0]); }); n("vh get", () -> { int x = (int) vh.get(p); }); n("vh set", () -> vh.set(1, 2L)); n("vh cas", () -> vh.compareAndSet(p, 1, 2));
        n("record", () -> System.out.println(new Point(null, null).p.x())); n("record unbox", () -> { int x = new Point(null, null).x(); }); n("generic", () -> generic("x").compareTo("y")); n("generic unbox", () -> { int x = generic(5); });
    }
    class Inner { int v = i; int outer() { return many.length; } }

    static void descriptions(HelpfulNpe p, int k, HelpfulNpe[] parameter, int[][] grid2) {
        n("local", () -> { HelpfulNpe local = null; local.i = 1; }); n("local array", () -> { HelpfulNpe[] local = new HelpfulNpe[3]; local[index()].i = 1; }); n("local index", () -> { HelpfulNpe[] local = new HelpfulNpe[3]; int at = 1; local[at].i = 1; });
        n("index sum", () -> { HelpfulNpe[] local = new HelpfulNpe[5]; int at = 1; local[at + 2 * at].i = 1; }); n("index chain", () -> { int[][] local = new int[3][]; int at = 1; local[at][at] = 1; }); n("index constants", () -> { int[][] g = new int[300][]; g[0][1]++; g[299][1]++; }); n("index byte", () -> { int[][] g = new int[300][]; g[100][1]++; }); n("index short", () -> { int[][] g = new int[300][]; g[299][1]++; });
        n("index field", () -> { HelpfulNpe q = new HelpfulNpe(); int[][] g = new int[3][]; g[q.i][q.i] = 3; }); n("index static", () -> { int[][] g = new int[3][]; g[KS][0] = 3; }); n("index call", () -> { int[][] g = new int[3][]; g[Integer.parseInt("1")][0] = 3; }); n("index array element", () -> { int[][] g = new int[3][]; int[] at = {1}; g[at[0]][0] = 3; }); n("index long", () -> { int[][] g = new int[3][]; long at = 2; g[(int) at][0] = 3; });
        n("static field", () -> st.i = 1); n("static field of field", () -> { st = new HelpfulNpe(); try { st.next.i = 1; } finally { st = null; } }); n("static array", () -> sts[1].i = 1); n("static cube", () -> { cube = new int[2][][]; cube[1][0][0] = 1; }); n("static cube deep", () -> { cube = new int[2][2][]; cube[1][0][0] = 1; }); n("other class", () -> Holder.held.next.i = 1);
        n("field of field", () -> { HelpfulNpe q = new HelpfulNpe(); q.next = new HelpfulNpe(); q.next.next.next = null; }); n("array in field", () -> { HelpfulNpe q = new HelpfulNpe(); q.many[3] = null; }); n("element of array in field", () -> { HelpfulNpe q = new HelpfulNpe(); q.many = new HelpfulNpe[4]; q.many[3].i = 1; }); n("grid", () -> { HelpfulNpe q = new HelpfulNpe(); q.grid = new int[4][]; q.grid[k][k]++; });
        n("deep", () -> { HelpfulNpe q = new HelpfulNpe(); q.next = q; q.next.next.next.next.next.o.hashCode(); }); n("return value", () -> nothing().i = 1); n("return value args", () -> nothing(1, "x").i = 1); n("return value virtual", () -> new HelpfulNpe().none().self()); n("return of interface", () -> new ArrayList<HelpfulNpe>(Arrays.asList((HelpfulNpe) null)).get(0).self()); n("return array", () -> arr()[0] = 1); n("return of return", () -> new HelpfulNpe().self().none().i++);
        n("parameter", () -> parameters(null, null, 0)); n("parameter array", () -> parameters(new HelpfulNpe(), null, 0)); n("parameter element", () -> parameters(new HelpfulNpe(), new HelpfulNpe[1], 0)); n("captured", () -> p.i++); n("captured array", () -> parameter[0].i++); n("this", () -> new HelpfulNpe().fields()); n("inner", () -> new HelpfulNpe().new Inner().outer()); n("constructor", () -> new HelpfulNpe(null));
        n("conditional", () -> (k > 0 ? p : new HelpfulNpe().next).i = 1); n("cast", () -> ((HelpfulNpe) new HelpfulNpe().o).i = 1); n("null constant", () -> ((HelpfulNpe) null).i = 1); n("assign in expression", () -> { HelpfulNpe q; (q = null).i = 1; }); n("instanceof pattern", () -> { Object x = new HelpfulNpe(); if (x instanceof HelpfulNpe h) h.next.i = 1; }); n("ternary null", () -> { String x = k > 100 ? "a" : null; x.length(); }); n("lambda parameter", () -> { Function<HelpfulNpe, Integer> fn = q -> q.i; fn.apply(null); }); n("multi", () -> { HelpfulNpe[][] q = new HelpfulNpe[2][2]; q[1][1].next.i = 1; });
        n("catch", () -> { try { throw new Exception(); } catch (Exception e) { e.getCause().getMessage(); } }); n("array type", () -> { Object x = null; ((Object[]) x)[0] = 1; }); n("new array", () -> (new HelpfulNpe[1])[0].i = 1); n("dup2", () -> { int[] q = null; q[0] += 2; }); n("long index ops", () -> { HelpfulNpe q = null; q.j = q.j * 2 + 1; }); n("compound", () -> { HelpfulNpe q = new HelpfulNpe(); q.ints[1] <<= 2; }); n("string switch", () -> { switch (new HelpfulNpe().text) { default: } });
    }
    static int KS = 1; static class Holder { static HelpfulNpe held = new HelpfulNpe(); } static int[] arr() { return null; }
    HelpfulNpe() { } HelpfulNpe(HelpfulNpe other) { this(other.i, 2); } HelpfulNpe(int a, int b) { i = a; }
    static void parameters(HelpfulNpe first, HelpfulNpe[] second, int third) { if (third < 0) first = new HelpfulNpe(); first.i = 1; second[third].i = 1; }
    void fields() { next.many[2].i = 1; }

    static void others() {
        test("explicit", () -> { try { throw new NullPointerException(); } catch (NullPointerException e) { return e.getMessage() + e; } });
        test("explicit text", () -> { try { throw new NullPointerException("mine"); } catch (NullPointerException e) { return e.getMessage() + e; } });
        test("message twice", () -> { try { st.i = 1; return 0; } catch (NullPointerException e) { return e.getMessage() == null ? "null" : e.getMessage().equals(e.getMessage()) + e.toString(); } });
        test("by reflection", () -> { try { HelpfulNpe.class.getDeclaredMethod("self").invoke(null); return 0; } catch (NullPointerException e) { return e.getMessage(); } });
        test("in library", () -> { try { new TreeMap<String, Integer>().put(null, 1); return 0; } catch (NullPointerException e) { return e.getMessage() + e.getStackTrace()[0]; } });
        test("in library list", () -> { try { List.of(1, null); return 0; } catch (NullPointerException e) { return e.getMessage() + e.getStackTrace()[0]; } });
        test("in library string", () -> { try { "x".contains(null); return 0; } catch (NullPointerException e) { return e.getMessage() + e.getStackTrace()[0]; } });
        test("in library hash", () -> { try { new java.util.concurrent.ConcurrentHashMap<>().get(null); return 0; } catch (NullPointerException e) { return e.getMessage() + e.getStackTrace()[0]; } });
        test("in library copy", () -> { try { System.arraycopy(null, 0, null, 0, 1); return 0; } catch (NullPointerException e) { return e.getMessage() + e.getStackTrace()[0]; } });
        test("native", () -> { try { Class.forName(null); return 0; } catch (NullPointerException e) { return e.getMessage() + e.getStackTrace()[0]; } });
        test("serialized", () -> { NullPointerException e0 = null; try { st.i = 1; } catch (NullPointerException e) { e0 = e; } var bytes = new java.io.ByteArrayOutputStream(); new java.io.ObjectOutputStream(bytes).writeObject(e0); return ((Throwable) new java.io.ObjectInputStream(new java.io.ByteArrayInputStream(bytes.toByteArray())).readObject()).getMessage(); });
    }

    public static void main(String[] args) {
        instructions(null);
        descriptions(null, 2, new HelpfulNpe[1], null);
        others();
    }
}
