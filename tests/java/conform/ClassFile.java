import java.io.*;
import java.util.*;

/** A class file put together by hand, byte by byte where need be, so that it can be wrong in any place. */
class ClassFile {
    static final int PUBLIC = 1, PRIVATE = 2, PROTECTED = 4, STATIC = 8, FINAL = 0x10, SUPER = 0x20, SYNCHRONIZED = 0x20, VOLATILE = 0x40, BRIDGE = 0x40, TRANSIENT = 0x80,
        VARARGS = 0x80, NATIVE = 0x100, INTERFACE = 0x200, ABSTRACT = 0x400, STRICT = 0x800, SYNTHETIC = 0x1000, ANNOTATION = 0x2000, ENUM = 0x4000, MODULE = 0x8000;

    int magic = 0xCAFEBABE, minor, major = 61, flags = PUBLIC | SUPER, thisClass, superClass, poolCount = -1;
    final List<Integer> interfaces = new ArrayList<>();
    private final Bytes pool = new Bytes();
    private int next = 1;
    private final Map<String, Integer> known = new HashMap<>();
    final List<Bytes> fields = new ArrayList<>(), methods = new ArrayList<>(), attributes = new ArrayList<>();
    final Bytes tail = new Bytes();

    /** Bytes under construction. */
    static class Bytes {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        Bytes u1(int... v) { for (int x : v) out.write(x); return this; }
        Bytes u2(int... v) { for (int x : v) u1(x >> 8, x); return this; }
        Bytes u4(int... v) { for (int x : v) u2(x >>> 16, x); return this; }
        Bytes op(int opcode, int index) { return u1(opcode).u2(index); }
        Bytes add(Bytes b) { out.writeBytes(b.out.toByteArray()); return this; }
        int size() { return out.size(); }
    }
    static Bytes bytes(int... v) { return new Bytes().u1(v); }

    ClassFile(String name, String superName) {
        thisClass = cls(name);
        superClass = superName == null ? 0 : cls(superName);
    }
    ClassFile(String name) { this(name, "java/lang/Object"); }

    /** A constant of the given bytes and number of slots: what it says is the caller's affair. */
    int raw(int slots, Bytes b) { pool.add(b); next += slots; return next - slots; }
    private int once(String key, Bytes b) { return known.computeIfAbsent(key, k -> raw(1, b)); }
    int nextIndex() { return next; }

    int utf8(String s) {
        try {
            ByteArrayOutputStream o = new ByteArrayOutputStream();
            new DataOutputStream(o).writeUTF(s);
            Bytes b = bytes(1);
            b.out.writeBytes(o.toByteArray());
            return once("u" + s, b);
        } catch (IOException e) { throw new UncheckedIOException(e); }
    }
    int cls(String name) { int u = utf8(name); return once("c" + u, bytes(7).u2(u)); }
    int string(String s) { int u = utf8(s); return once("s" + u, bytes(8).u2(u)); }
    int integer(int i) { return once("i" + i, bytes(3).u4(i)); }
    int floating(float f) { return once("f" + f, bytes(4).u4(Float.floatToRawIntBits(f))); }
    int longer(long l) { return raw(2, bytes(5).u4((int) (l >> 32), (int) l)); }
    int doubled(double d) { long l = Double.doubleToRawLongBits(d); return raw(2, bytes(6).u4((int) (l >> 32), (int) l)); }
    int pair(String name, String type) { int n = utf8(name), t = utf8(type); return once("p" + n + "," + t, bytes(12).u2(n, t)); }
    private int member(int tag, String c, String n, String t) { int k = cls(c), p = pair(n, t); return once("m" + tag + "," + k + "," + p, bytes(tag).u2(k, p)); }
    int field(String c, String n, String t) { return member(9, c, n, t); }
    int method(String c, String n, String t) { return member(10, c, n, t); }
    int imethod(String c, String n, String t) { return member(11, c, n, t); }
    int handle(int kind, int ref) { return once("h" + kind + "," + ref, bytes(15, kind).u2(ref)); }
    int methodType(String t) { int u = utf8(t); return once("t" + u, bytes(16).u2(u)); }
    int dynamic(int bsm, String n, String t) { int p = pair(n, t); return once("d" + bsm + "," + p, bytes(17).u2(bsm, p)); }
    int indy(int bsm, String n, String t) { int p = pair(n, t); return once("y" + bsm + "," + p, bytes(18).u2(bsm, p)); }

    Bytes attribute(String name, Bytes content) { return new Bytes().u2(utf8(name)).u4(content.size()).add(content); }
    private static Bytes list(Bytes... items) { return list(Arrays.asList(items)); }
    private static Bytes list(List<Bytes> items) { Bytes b = new Bytes().u2(items.size()); for (Bytes i : items) b.add(i); return b; }

    ClassFile with(String name, Bytes content) { attributes.add(attribute(name, content)); return this; }
    ClassFile withField(int access, String name, String type, Bytes... attrs) { fields.add(new Bytes().u2(access, utf8(name), utf8(type)).add(list(attrs))); return this; }
    ClassFile withMethod(int access, String name, String type, Bytes... attrs) { methods.add(new Bytes().u2(access, utf8(name), utf8(type)).add(list(attrs))); return this; }

    /** A Code attribute; handlers are {start, end, handler, type}. */
    Bytes code(int stack, int locals, Bytes code, int[][] handlers, Bytes... attrs) {
        Bytes b = new Bytes().u2(stack, locals).u4(code.size()).add(code).u2(handlers.length);
        for (int[] h : handlers) b.u2(h);
        return attribute("Code", b.add(list(attrs)));
    }
    Bytes code(int stack, int locals, Bytes code, Bytes... attrs) { return code(stack, locals, code, new int[0][], attrs); }
    Bytes code(int stack, int locals, int... code) { return code(stack, locals, bytes(code)); }
    /** A StackMapTable of frames given as bytes. */
    Bytes frames(int count, Bytes frames) { return attribute("StackMapTable", new Bytes().u2(count).add(frames)); }

    ClassFile constructor() {
        return withMethod(PUBLIC, "<init>", "()V", code(1, 1, bytes(0x2a).op(0xb7, method("java/lang/Object", "<init>", "()V")).u1(0xb1)));
    }

    byte[] bytes() {
        Bytes b = new Bytes().u4(magic).u2(minor, major, poolCount < 0 ? next : poolCount).add(pool).u2(flags, thisClass, superClass, interfaces.size());
        for (int i : interfaces) b.u2(i);
        return b.add(list(fields)).add(list(methods)).add(list(attributes)).add(tail).out.toByteArray();
    }
}
