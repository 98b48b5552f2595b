import java.io.*;
import java.lang.reflect.*;
import java.util.*;
import java.util.function.*;

/** Serialization: plain, custom, records, enums, proxies, lambdas, externalizable, resolve and replace, filters, failures. */
public class Serial {
    static class Node implements Serializable {
        private static final long serialVersionUID = 7;
        int i; transient int skipped = 9; Node next; String s; double[] ds; final long fin;
        Node(int i, long f) { this.i = i; fin = f; }
    }
    static class Custom implements Serializable {
        transient Map<String, Integer> m = new TreeMap<>();
        private void writeObject(ObjectOutputStream o) throws IOException { o.defaultWriteObject(); o.writeInt(m.size()); for (var e :
            m.entrySet()) { o.writeUTF(e.getKey()); o.writeInt(e.getValue()); } }
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException { in.defaultReadObject(); m = new
            TreeMap<>(); for (int n = in.readInt(); n > 0; n--) m.put(in.readUTF(), in.readInt()); }
    }
    record Rec(int a, String b, List<Rec> kids) implements Serializable { Rec { if (a < 0) throw new InvalidParameter("a"); } }
    static class InvalidParameter extends RuntimeException { InvalidParameter(String s) { super(s); } }
    enum Color { RED { void f() {} }, GREEN; void f() {} }
    static class Single implements Serializable { static final Single ONE = new Single(); private Object readResolve() { return ONE; } }
    static class Replaced implements Serializable { String v; Replaced(String v) { this.v = v; } private Object writeReplace() { return new
        Proxy1(v); }
        static class Proxy1 implements Serializable { String q; Proxy1(String q) { this.q = q; } private Object readResolve() { return new
            Replaced(q + "!"); } }
        }
    public static class Ext implements Externalizable { int x; public Ext() { System.out.println("Ext()"); } Ext(int x) { this.x = x; }
        public void writeExternal(ObjectOutput o) throws IOException { o.writeInt(x); }
        public void readExternal(ObjectInput i) throws IOException { x = i.readInt() + 1; }
        }
    static class Parent { int p = 1; Parent() { p = 42; System.out.println("Parent()"); } }
    static class Child extends Parent implements Serializable { int c = 2; }
    static class Fields implements Serializable {
        private static final ObjectStreamField[] serialPersistentFields = { new ObjectStreamField("virt", String.class), new
            ObjectStreamField("n", int.class) };
        String real = "r";
        private void writeObject(ObjectOutputStream o) throws IOException { var f = o.putFields(); f.put("virt", real + "v"); f.put("n", 3);
            o.writeFields(); }
        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException { var f = in.readFields(); real =
            f.get("virt", "none") + "" + f.get("n", 0); }
    }
    static class NotSer {} 
    static class Holder implements Serializable { Object o = new NotSer(); }
    interface SFun extends Function<Integer, Integer>, Serializable {}
    static class Handler implements InvocationHandler, Serializable { String tag = "h"; public Object invoke(Object p, Method m, Object[] a)
        { return m.getName().equals("compareTo") ? 5 : tag + m.getName(); } }
    static byte[] out(Object o) throws IOException { var b = new ByteArrayOutputStream(); try (var s = new ObjectOutputStream(b)) {
        s.writeObject(o); } return b.toByteArray(); }
    static Object in(byte[] b) throws Exception { try (var s = new ObjectInputStream(new ByteArrayInputStream(b))) { return s.readObject(); } }
    @SuppressWarnings("unchecked") static <T> T trip(T t) throws Exception { byte[] b = out(t); System.out.print("[" + b.length + " " +
        Arrays.hashCode(b) + "] "); return (T) in(b); }
    public static void main(String[] a) throws Exception {
        Node n = new Node(1, 99); n.next = new Node(2, 98); n.next.next = n; n.s = "s\u1234\ud83d\ude00"; n.ds = new double[] { 1.5, Double.NaN };
        Node m = trip(n); System.out.println(m.i + m.s + m.skipped + m.fin + (m.next.next == m) + Arrays.toString(m.ds));
        Custom c = new Custom(); c.m.put("k", 1); c.m.put("j", 2); System.out.println(trip(c).m);
        System.out.println(trip(new Rec(1, "x", List.of(new Rec(2, null, null)))));
        byte[] bad = out(new Rec(5, "y", null));
        int at = new String(bad, "ISO-8859-1").lastIndexOf("\0\0\0\5");
        bad[at] = -1;
        try { System.out.println(in(bad)); } catch (InvalidObjectException e) { System.out.println(e + " " + e.getCause()); }
        System.out.println((trip(Color.RED) == Color.RED) + " " + (trip(Single.ONE) == Single.ONE) + " " + trip(new Replaced("w")).v + " " +
            trip(new Ext(4)).x);
        Child ch = new Child(); ch.p = 7; ch.c = 8; ch = trip(ch); System.out.println(ch.p + " " + ch.c);
        System.out.println(trip(new Fields()).real);
        try { out(new Holder()); } catch (NotSerializableException e) { System.out.println(e); }
        int k = 10;
        SFun f = x -> x + k;
        System.out.println(((SFun) in(out(f))).apply(5));
        SFun g = Math::abs;
        System.out.println(((SFun) in(out(g))).apply(-5));
        Object p = Proxy.newProxyInstance(Serial.class.getClassLoader(), new Class<?>[] { Comparable.class }, new Handler());
        System.out.println(((Comparable) in(out(p))).compareTo(p) + " " + in(out(p)));
        System.out.println(trip(new ArrayList<>(List.of(1, "a", 'c', 2L, 1.5f, Map.of("k", 'v')))));
        System.out.println(trip(new int[][] { { 1 }, { 2, 3 } })[1][1]);
        System.out.println(trip(new HashMap<>(Map.of("q", new java.math.BigDecimal("1.50")))));
        System.out.println(trip(java.time.LocalDateTime.of(2020, 1, 2, 3, 4)));
        System.out.println(trip(Optional.class));
        System.out.println(trip(new Date(5)).getTime());
        System.out.println(trip(new IllegalStateException("m", new IOException("c"))).getCause().getStackTrace()[0].getMethodName());
        System.out.println(trip(EnumSet.of(Color.GREEN)) + "" + trip(List.of()) + trip(new ArrayDeque<>(List.of(1, 2))) + trip(new
            LinkedHashSet<>(List.of("b", "a"))) + trip(new PriorityQueue<>(List.of(3, 1, 2))) + trip(new BitSet(5)) + trip(Locale.GERMANY) +
            trip(UUID.fromString("0-0-0-0-1")));
        try (var s = new ObjectInputStream(new ByteArrayInputStream(out(new Node(1, 1))))) {
            s.setObjectInputFilter(ObjectInputFilter.Config.createFilter("!Serial$Node;*")); s.readObject(); } catch (InvalidClassException
            e) { System.out.println(e.getMessage()); }
        byte[] cut = out(n);
        try { in(Arrays.copyOf(cut, cut.length - 20)); } catch (IOException e) { System.out.println(e); }
        cut[0] = 0;
        try { in(cut); } catch (StreamCorruptedException e) { System.out.println(e.getMessage()); }
        byte[] suid = out(n);
        int q = new String(suid, "ISO-8859-1").indexOf("\0\0\0\0\0\0\0\7");
        suid[q + 7] = 8;
        try { in(suid); } catch (InvalidClassException e) { System.out.println(e.getMessage()); }
        System.out.println(ObjectStreamClass.lookup(Custom.class) + " " + ObjectStreamClass.lookup(Color.class).getSerialVersionUID() +
            Arrays.toString(ObjectStreamClass.lookup(Node.class).getFields()) + ObjectStreamClass.lookup(Child.class).getSerialVersionUID());
        var bo = new ByteArrayOutputStream();
        try (var s = new ObjectOutputStream(bo) { { enableReplaceObject(true); } protected Object replaceObject(Object o) { return o
            instanceof String t ? t.toUpperCase() : o; } }) { s.writeObject(List.of("a", "b")); s.writeUnshared("c"); s.reset();
            s.writeInt(3); s.writeUTF("u"); s.writeBoolean(true); }
        try (var s = new ObjectInputStream(new ByteArrayInputStream(bo.toByteArray()))) { System.out.println(s.readObject() + "" +
            s.readUnshared() + s.readInt() + s.readUTF() + s.readBoolean() + s.available()); }
    }
}
