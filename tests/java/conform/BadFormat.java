import java.util.Arrays;

/** Malformed class files, JVMS 4.1 to 4.4: header, versions, truncation, the constant pool, flags, this and super class. */
class BadFormat extends ClassFile {
    BadFormat() { super("T"); }

    static byte[] sample() {
        ClassFile f = new ClassFile("T").constructor();
        f.withField(STATIC | FINAL, "x", "I", f.attribute("ConstantValue", new Bytes().u2(f.integer(7))));
        f.withMethod(STATIC | PUBLIC, "f", "()I", f.code(1, 0, bytes(0x10, 42, 0xac)));
        f.with("SourceFile", new Bytes().u2(f.utf8("T.java")));
        return f.bytes();
    }

    static void header() {
        Made.bytes("sound", sample());
        Made.test("magic", f -> f.magic = 0xCAFEBABF);
        Made.bytes("empty", new byte[0]);
        int[][] versions = {{44, 0}, {45, 0}, {45, 3}, {45, 65535}, {46, 0}, {49, 1}, {50, 0}, {55, 9}, {55, 65535}, {56, 0}, {56, 1}, {56, 65535}, {60, 65535}, {61, 0}, {61, 1}, {61, 65535}, {62, 0}, {62, 65535}, {63, 5}, {65535, 0}, {0, 0}};
        for (int[] v : versions) Made.test("version " + v[0] + "." + v[1], f -> { f.major = v[0]; f.minor = v[1]; });
        byte[] b = sample();
        for (int n = 1; n < b.length; n = n < 12 ? n + 1 : n + 9) Made.bytes("cut at " + n, Arrays.copyOf(b, n));
        Made.bytes("one byte short", Arrays.copyOf(b, b.length - 1));
        Made.test("one byte more", f -> f.tail.u1(0));
        Made.test("other name", new ClassFile("U"));
        Made.test("name in package", new ClassFile("p/T"));
    }

    static void constants() {
        Made.test("pool count 0", f -> f.poolCount = 0);
        Made.test("pool count too small", f -> f.poolCount = 3);
        Made.test("pool count too large", f -> f.poolCount = 400);
        for (int tag : new int[] {0, 2, 13, 14, 19, 20, 21, 255}) Made.test("tag " + tag, f -> f.raw(1, bytes(tag).u2(f.utf8("q"))));
        Made.test("Class of 0", f -> f.raw(1, bytes(7).u2(0)));
        Made.test("Class of Integer", f -> f.raw(1, bytes(7).u2(f.integer(1))));
        Made.test("Class out of range", f -> f.raw(1, bytes(7).u2(999)));
        Made.test("String of Class", f -> f.raw(1, bytes(8).u2(f.thisClass)));
        Made.test("String out of range", f -> f.raw(1, bytes(8).u2(999)));
        Made.test("NameAndType of Class", f -> f.raw(1, bytes(12).u2(f.thisClass, f.thisClass)));
        Made.test("NameAndType out of range", f -> f.raw(1, bytes(12).u2(f.utf8("n"), 999)));
        Made.test("Fieldref without class", f -> f.raw(1, bytes(9).u2(f.utf8("n"), f.pair("n", "I"))));
        Made.test("Fieldref without pair", f -> f.raw(1, bytes(9).u2(f.thisClass, f.thisClass)));
        Made.test("Fieldref of method type", f -> f.field("T", "n", "()V"));
        Made.test("Methodref of field type", f -> f.method("T", "n", "I"));
        Made.test("InterfaceMethodref of field type", f -> f.imethod("T", "n", "I"));
        Made.test("Methodref <init> not void", f -> f.method("T", "<init>", "()I"));
        Made.test("Methodref <clinit>", f -> f.method("T", "<clinit>", "()V"));
        Made.test("Methodref <other>", f -> f.method("T", "<other>", "()V"));
        Made.test("Fieldref <init>", f -> f.field("T", "<init>", "I"));
        for (String n : new String[] {"", "a.b", "a;b", "a[b", "a/b", "a<b", "<", "é", "a b", "1", "-"}) {
            Made.test("method name '" + n + "'", f -> f.method("T", n, "()V"));
            Made.test("field name '" + n + "'", f -> f.field("T", n, "I"));
        }
        for (String t : new String[] {"", "V", "L", "LT", "L;", "LT;;", "[", "[V", "[[", "I I", "La.b;", "La//b;", "L/a;", "La/;", "L[I;", "II", "Q", "(", "[LT;", "[".repeat(255) + "I", "[".repeat(256) + "I"})
            Made.test("field type '" + (t.length() > 20 ? t.length() : t) + "'", f -> f.field("T", "n", t));
        for (String t : new String[] {"", "()", "V", "(V)V", "(I", "(I)", "(I)VV", "()[V", "(LT)V", "(II)I ", "([)V", "(L;)V", "()L;", "(" + "I".repeat(255) + ")V", "(" + "I".repeat(256) + ")V", "(" + "J".repeat(127) + ")V", "(" + "J".repeat(128) + ")V", "(" + "J".repeat(127) + "I)V"})
            Made.test("method type '" + (t.length() > 20 ? t.length() + t.substring(100, 102) : t) + "'", f -> f.method("T", "n", t));
        for (String n : new String[] {"", "a.b", "a;b", "/a", "a/", "a//b", "[", "[V", "[LT", "[La.b;", "[I", "I;", "[[J", "<x>", "a<b", "(", "[".repeat(256) + "I"})
            Made.test("class name '" + (n.length() > 20 ? n.length() : n) + "'", f -> f.cls(n));
    }

    static void utf8() {
        int[][] bad = {{0}, {0x41, 0, 0x42}, {0xf0, 0x9f, 0x98, 0x80}, {0xc3}, {0x80}, {0xe2, 0x82}, {0xff}, {0xc0, 0x80}, {0xc1, 0x81}, {0xe0, 0x81, 0x81}, {0xed, 0xa0, 0x80}, {0xc3, 0x41}, {0xe2, 0x41, 0x41}};
        for (int[] b : bad) Made.test("Utf8 " + Arrays.toString(b), f -> f.raw(1, bytes(1).u2(b.length).u1(b)));
        Made.test("Utf8 too long", f -> f.raw(1, bytes(1).u2(60000).u1(65)));
    }

    static void longs() {
        Made.test("Long at the end", f -> { f.longer(1L << 40); f.poolCount = f.nextIndex() - 1; });
        Made.test("second half of a Long", f -> { int l = f.longer(5); f.raw(1, bytes(7).u2(l + 1)); });
        Made.test("ldc of second half", f -> { int l = f.longer(5); f.withMethod(STATIC, "f", "()I", f.code(1, 0, 0x12, l + 1, 0xac)); });
        Made.test("Double cut", f -> { f.raw(2, bytes(6).u4(1)); });
    }

    static void handles() {
        for (int kind : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255}) {
            Made.test("handle kind " + kind + " of method", f -> f.handle(kind, f.method("T", "m", "()V")));
            Made.test("handle kind " + kind + " of field", f -> f.handle(kind, f.field("T", "m", "I")));
            Made.test("handle kind " + kind + " of interface method", f -> f.handle(kind, f.imethod("T", "m", "()V")));
            Made.test("handle kind " + kind + " of <init>", f -> f.handle(kind, f.method("T", "<init>", "()V")));
        }
        Made.test("handle kind 6 of interface method, 51", f -> { f.major = 51; f.handle(6, f.imethod("T", "m", "()V")); });
        Made.test("handle kind 6 of interface method, 52", f -> { f.major = 52; f.handle(6, f.imethod("T", "m", "()V")); });
        Made.test("handle of nothing", f -> f.handle(6, 999));
        Made.test("handle of Class", f -> f.handle(6, f.thisClass));
        Made.test("handle in 50", f -> { f.major = 50; f.handle(6, f.method("T", "m", "()V")); });
        Made.test("MethodType in 50", f -> { f.major = 50; f.methodType("()V"); });
        Made.test("MethodType of field", f -> f.methodType("I"));
        Made.test("MethodType of Class", f -> f.raw(1, bytes(16).u2(f.thisClass)));
        Made.test("InvokeDynamic in 50", f -> { f.major = 50; f.indy(0, "n", "()V"); });
        Made.test("InvokeDynamic without bootstraps", f -> f.indy(0, "n", "()V"));
        Made.test("InvokeDynamic of field type", f -> { f.indy(0, "n", "I"); bootstrap(f); });
        Made.test("InvokeDynamic past the end", f -> { f.indy(1, "n", "()V"); bootstrap(f); });
        Made.test("InvokeDynamic of <init>", f -> { f.indy(0, "<init>", "()V"); bootstrap(f); });
        Made.test("Dynamic in 54", f -> { f.major = 54; f.dynamic(0, "n", "I"); });
        Made.test("Dynamic without bootstraps", f -> f.dynamic(0, "n", "I"));
        Made.test("Dynamic of method type", f -> { f.dynamic(0, "n", "()V"); bootstrap(f); });
        Made.test("Dynamic of itself", f -> {
            int n = f.nextIndex();
            int d = f.dynamic(0, "n", "I");
            f.with("BootstrapMethods", new Bytes().u2(1, f.handle(6, f.method("T", "m", "()V")), 1, d));
        });
        Made.test("Module in a class", f -> f.raw(1, bytes(19).u2(f.utf8("m"))));
        Made.test("Package in a class", f -> f.raw(1, bytes(20).u2(f.utf8("m"))));
    }
    static void bootstrap(ClassFile f) { f.with("BootstrapMethods", new Bytes().u2(1, f.handle(6, f.method("T", "m", "()V")), 0)); }

    static void flags() {
        int[] all = {0, PUBLIC, FINAL, FINAL | ABSTRACT, INTERFACE, INTERFACE | ABSTRACT, INTERFACE | ABSTRACT | FINAL, INTERFACE | ABSTRACT | SUPER, ABSTRACT, ANNOTATION, ANNOTATION | INTERFACE | ABSTRACT, INTERFACE | ABSTRACT | ENUM, ENUM, MODULE, MODULE | PUBLIC, PRIVATE, STATIC, PROTECTED, SYNTHETIC, 0x800, 0x7fff};
        for (int a : all) for (int major : new int[] {61, 48})
            Made.test("class flags " + Integer.toHexString(a) + " of " + major, new ClassFile("T") {{ flags = a; this.major = major; }});
    }

    static void ancestors() {
        Made.test("this 0", f -> f.thisClass = 0);
        Made.test("this a Utf8", f -> f.thisClass = 1);
        Made.test("this out of range", f -> f.thisClass = 999);
        Made.test("this an array", f -> f.thisClass = f.cls("[I"));
        Made.test("super 0", f -> f.superClass = 0);
        Made.test("super a Utf8", f -> f.superClass = 1);
        Made.test("super out of range", f -> f.superClass = 999);
        for (String s : new String[] {"T", "[I", "[LT;", "java/lang/String", "java/lang/Runnable", "java/lang/Enum", "java/lang/Record", "no/Such", "java/util/AbstractCollection", "java/lang/AbstractStringBuilder", "jdk/internal/misc/VM", "java/lang/StringCoding", "java/lang/annotation/Annotation", "java/util/Objects", "java/lang/Number"})
            Made.test("super " + s, new ClassFile("T", s));
        Made.test("interface with super String", new ClassFile("T", "java/lang/String") {{ flags = INTERFACE | ABSTRACT; }});
        Made.test("interface with super Number", new ClassFile("T", "java/lang/Number") {{ flags = INTERFACE | ABSTRACT; }});
        Made.test("interface without super", new ClassFile("T", null) {{ flags = INTERFACE | ABSTRACT; }});
        for (String s : new String[] {"T", "[I", "java/lang/String", "no/Such", "java/lang/Object", "java/lang/Cloneable", "java/util/SequencedX", "jdk/internal/access/JavaLangAccess", "java/util/concurrent/locks/Lock", "java/util/ListIterator"})
            Made.test("interface " + s, f -> f.interfaces.add(f.cls(s)));
        Made.test("interface 0", f -> f.interfaces.add(0));
        Made.test("interface a Utf8", f -> f.interfaces.add(1));
        Made.test("interface out of range", f -> f.interfaces.add(999));
        Made.test("interface twice", f -> { f.interfaces.add(f.cls("java/lang/Runnable")); f.interfaces.add(f.cls("java/lang/Runnable")); });
        Made.together("circle of supers", new Made().put("T", new ClassFile("T", "U")).put("U", new ClassFile("U", "T")));
        ClassFile t = new ClassFile("T"), u = new ClassFile("U");
        t.flags = u.flags = INTERFACE | ABSTRACT;
        t.interfaces.add(t.cls("U"));
        u.interfaces.add(u.cls("T"));
        Made.together("circle of interfaces", new Made().put("T", t).put("U", u));
        Made.together("super of wrong name", new Made().put("T", new ClassFile("T", "U")).put("U", new ClassFile("V")));
        Made.together("malformed super", new Made().put("T", new ClassFile("T", "U")).put("U", new byte[] {1, 2, 3, 4, 5}));
        Made.together("sealed elsewhere", new Made().put("T", new ClassFile("T", "U")).put("U", new ClassFile("U") {{ with("PermittedSubclasses", new Bytes().u2(1, cls("V"))); }}));
        Made.together("sealed here", new Made().put("T", new ClassFile("T", "U")).put("U", new ClassFile("U") {{ with("PermittedSubclasses", new Bytes().u2(1, cls("T"))); }}));
        Made.together("sealed interface", new Made().put("T", new ClassFile("T") {{ interfaces.add(cls("U")); }}).put("U", new ClassFile("U") {{ flags = INTERFACE | ABSTRACT; with("PermittedSubclasses", new Bytes().u2(1, cls("V"))); }}));
        Made.together("sealed in 60", new Made().put("T", new ClassFile("T", "U")).put("U", new ClassFile("U") {{ major = 60; with("PermittedSubclasses", new Bytes().u2(1, cls("V"))); }}));
        Made.together("sealed and final", new Made().put("T", new ClassFile("T") {{ flags |= FINAL; with("PermittedSubclasses", new Bytes().u2(1, cls("V"))); }}));
        Cases.brief("package java.evil", () -> new Made().define("java.evil.T", new ClassFile("java/evil/T").bytes()));
        Cases.brief("package java.lang", () -> new Made().define("java.lang.T", new ClassFile("java/lang/T").bytes()));
        Cases.brief("null name", () -> new Made().define(null, new ClassFile("q/T").bytes()));
        Cases.brief("bad name", () -> new Made().define("a/T", new ClassFile("a/T").bytes()));
        Cases.brief("twice", () -> { Made m = new Made(); m.define("T", sample()); return m.define("T", sample()); });
    }

    public static void main(String[] args) {
        header();
        constants();
        utf8();
        longs();
        handles();
        flags();
        ancestors();
    }
}
