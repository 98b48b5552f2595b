import java.util.*;
import java.util.concurrent.Callable;
import java.util.function.*;

/** Malformed class files, JVMS 4.5 to 4.7: fields, methods, code, and the attributes of each. */
class BadMembers extends ClassFile {
    BadMembers() { super("T"); }
    static final int[] NONE = {};

    static void field(String name, int access, String n, String t) { Made.test("field " + name, f -> f.withField(access, n, t)); }
    static ClassFile iface() { ClassFile f = new ClassFile("T"); f.flags = PUBLIC | INTERFACE | ABSTRACT; return f; }
    static void check(String name, ClassFile f, Consumer<ClassFile> body) { body.accept(f); Made.test(name, f); }

    static void fields() {
        int[] flags = {0, PUBLIC | PRIVATE, PUBLIC | PROTECTED, PRIVATE | PROTECTED, PUBLIC | PRIVATE | PROTECTED, FINAL | VOLATILE, VOLATILE | TRANSIENT, ENUM, SYNTHETIC, 0x100, 0x8000, 0xffff, STATIC | FINAL};
        for (int a : flags) {
            field("flags " + Integer.toHexString(a), a, "x", "I");
            check("interface field flags " + Integer.toHexString(a), iface(), f -> f.withField(a, "x", "I"));
            check("interface field flags public static final " + Integer.toHexString(a), iface(), f -> f.withField(PUBLIC | STATIC | FINAL | a, "x", "I"));
        }
        for (String n : new String[] {"", "<init>", "a.b", "a;", "[", "a/b", "<", "e\u0301"}) field("named '" + n + "'", 0, n, "I");
        for (String t : new String[] {"", "V", "()V", "L", "LT", "[V", "LT;x", "La.b;"}) field("of type '" + t + "'", 0, "x", t);
        Made.test("field twice", f -> f.withField(0, "x", "I").withField(STATIC, "x", "I"));
        Made.test("field of two types", f -> f.withField(0, "x", "I").withField(0, "x", "J"));
        Made.test("field name index", f -> f.fields.add(new Bytes().u2(0, 0, f.utf8("I"), 0)));
        Made.test("field name a Class", f -> f.fields.add(new Bytes().u2(0, f.thisClass, f.utf8("I"), 0)));
        Made.test("field type a Class", f -> f.fields.add(new Bytes().u2(0, f.utf8("I"), f.thisClass, 0)));
        Made.test("field attribute name", f -> f.fields.add(new Bytes().u2(0, f.utf8("I"), f.utf8("I"), 1, 0, 0, 0)));
        Made.test("field attribute too long", f -> f.fields.add(new Bytes().u2(0, f.utf8("I"), f.utf8("I"), 1, f.utf8("Q")).u4(1 << 20)));
        String[] types = {"I", "J", "F", "D", "Z", "B", "C", "S", "Ljava/lang/String;", "Ljava/lang/Object;", "[I"};
        for (String t : types)
            for (int k = 0; k < 6; k++) {
                int kind = k;
                check("ConstantValue " + k + " of " + t, new ClassFile("T"), f -> {
                    int c = kind == 0 ? f.integer(1 << 20) : kind == 1 ? f.longer(7) : kind == 2 ? f.floating(1) : kind == 3 ? f.doubled(2) : kind == 4 ? f.string("s") : f.thisClass;
                    f.withField(STATIC, "x", t, f.attribute("ConstantValue", new Bytes().u2(c)));
                });
            }
        Made.test("ConstantValue of 0", f -> f.withField(STATIC, "x", "I", f.attribute("ConstantValue", new Bytes().u2(0))));
        Made.test("ConstantValue past the pool", f -> f.withField(STATIC, "x", "I", f.attribute("ConstantValue", new Bytes().u2(999))));
        Made.test("ConstantValue short", f -> f.withField(STATIC, "x", "I", f.attribute("ConstantValue", new Bytes().u1(1))));
        Made.test("ConstantValue twice", f -> { Bytes a = f.attribute("ConstantValue", new Bytes().u2(f.integer(1))); f.withField(STATIC, "x", "I", a, a); });
        Made.test("ConstantValue of an instance field", f -> f.withField(0, "x", "I", f.attribute("ConstantValue", new Bytes().u2(999))));
        Made.test("field Signature twice", f -> { Bytes a = f.attribute("Signature", new Bytes().u2(f.utf8("TX;"))); f.withField(0, "x", "I", a, a); });
        Made.test("field Signature length", f -> f.withField(0, "x", "I", f.attribute("Signature", new Bytes().u1(1, 2, 3))));
        Made.test("field Signature index", f -> f.withField(0, "x", "I", f.attribute("Signature", new Bytes().u2(f.thisClass))));
        Made.test("field Synthetic length", f -> f.withField(0, "x", "I", f.attribute("Synthetic", new Bytes().u1(1))));
        Made.test("field Deprecated length", f -> f.withField(0, "x", "I", f.attribute("Deprecated", new Bytes().u1(1))));
        Made.test("field annotations twice", f -> { Bytes a = f.attribute("RuntimeVisibleAnnotations", new Bytes().u2(0)); f.withField(0, "x", "I", a, a); });
    }

    static void methodFlags() {
        int[] flags = {0, PUBLIC | PRIVATE, PRIVATE | PROTECTED, ABSTRACT, ABSTRACT | FINAL, ABSTRACT | PRIVATE, ABSTRACT | STATIC, ABSTRACT | NATIVE, ABSTRACT | SYNCHRONIZED, ABSTRACT | STRICT, ABSTRACT | PUBLIC, NATIVE, NATIVE | STATIC, STATIC, FINAL, SYNCHRONIZED, STRICT, BRIDGE, VARARGS, PRIVATE, PUBLIC, PUBLIC | STATIC, PUBLIC | FINAL, PUBLIC | SYNCHRONIZED, PUBLIC | NATIVE, PUBLIC | STRICT, PUBLIC | STRICT | ABSTRACT, PRIVATE | STATIC, PRIVATE | FINAL, PROTECTED, PUBLIC | STATIC | ABSTRACT, 0xffff};
        for (int a : flags)
            for (int major : new int[] {61, 51, 48})
                for (String n : new String[] {"m", "<init>", "<clinit>"})
                    for (boolean itf : new boolean[] {false, true}) {
                        if (n.charAt(0) == '<' && itf && major == 48 || major == 51 && (a & 0x700) == 0) continue;
                        ClassFile f = itf ? iface() : new ClassFile("T");
                        f.major = major;
                        if (!itf) f.flags |= ABSTRACT;
                        Bytes code = f.code(1, 1, bytes(0x2a).op(0xb7, f.method("java/lang/Object", "<init>", "()V")).u1(0xb1));
                        if (!n.equals("<init>")) code = f.code(0, 1, 0xb1);
                        if ((a & (ABSTRACT | NATIVE)) != 0) f.withMethod(a, n, "()V");
                        else f.withMethod(a, n, "()V", code);
                        Made.test((itf ? "interface " : "") + "method " + n + " flags " + Integer.toHexString(a) + " of " + major, f);
                    }
    }

    static void methods() {
        for (String n : new String[] {"", "<foo>", "<init", "a.b", "a;", "[", "a/b", "a<b", "a>b", "-", " "}) Made.test("method named '" + n + "'", f -> f.withMethod(ABSTRACT, n, "()V"));
        for (String t : new String[] {"", "V", "I", "()", "(V)V", "(I", "()VV", "(La.b;)V", "()[V", "(" + "J".repeat(127) + "I)V", "(" + "J".repeat(127) + ")V", "(" + "J".repeat(128) + ")V"})
            Made.test("method of type '" + (t.length() > 20 ? t.length() : t) + "'", f -> { f.flags |= ABSTRACT; f.withMethod(ABSTRACT, "m", t); });
        Made.test("static method of 255 slots", f -> f.withMethod(STATIC, "m", "(" + "J".repeat(127) + "I)V", f.code(0, 255, 0xb1)));
        Made.test("<init> not void", f -> f.withMethod(0, "<init>", "()I", f.code(1, 1, 3, 0xac)));
        Made.test("<clinit> not void", f -> f.withMethod(STATIC, "<clinit>", "()I", f.code(1, 0, 3, 0xac)));
        Made.test("<clinit> with an argument", f -> f.withMethod(STATIC, "<clinit>", "(I)V", f.code(1, 1, 0xb1)));
        Made.test("<clinit> with an argument in 50", f -> { f.major = 50; f.withMethod(STATIC, "<clinit>", "(I)V", f.code(1, 1, 0xb1)); });
        Made.test("<clinit> not static in 50", f -> { f.major = 50; f.withMethod(0, "<clinit>", "()V", f.code(1, 1, 0xb1)); });
        Made.test("<init> in an interface", iface().withMethod(PUBLIC, "<init>", "()V"));
        Made.test("method twice", f -> f.withMethod(STATIC, "m", "()V", f.code(0, 0, 0xb1)).withMethod(0, "m", "()V", f.code(0, 1, 0xb1)));
        Made.test("method of two results", f -> f.withMethod(STATIC, "m", "()V", f.code(0, 0, 0xb1)).withMethod(STATIC, "m", "()I", f.code(1, 0, 3, 0xac)));
        Made.test("method name index", f -> f.methods.add(new Bytes().u2(ABSTRACT, 0, f.utf8("()V"), 0)));
        Made.test("method type a Class", f -> f.methods.add(new Bytes().u2(ABSTRACT, f.utf8("m"), f.thisClass, 0)));
        Made.test("method attribute name", f -> f.methods.add(new Bytes().u2(ABSTRACT, f.utf8("m"), f.utf8("()V"), 1, f.thisClass, 0, 0)));
        Made.test("no Code", f -> f.withMethod(STATIC, "m", "()V"));
        Made.test("Code of an abstract method", f -> f.withMethod(ABSTRACT, "m", "()V", f.code(0, 1, 0xb1)));
        Made.test("Code of a native method", f -> f.withMethod(NATIVE, "m", "()V", f.code(0, 1, 0xb1)));
        Made.test("Code twice", f -> f.withMethod(STATIC, "m", "()V", f.code(0, 0, 0xb1), f.code(0, 0, 0xb1)));
        Made.test("Exceptions of Utf8", f -> f.withMethod(STATIC, "m", "()V", f.attribute("Exceptions", new Bytes().u2(1, 1)), f.code(0, 0, 0xb1)));
        Made.test("Exceptions short", f -> f.withMethod(STATIC, "m", "()V", f.attribute("Exceptions", new Bytes().u2(2, f.thisClass)), f.code(0, 0, 0xb1)));
        Made.test("Exceptions twice", f -> { Bytes a = f.attribute("Exceptions", new Bytes().u2(0)); f.withMethod(STATIC, "m", "()V", a, a, f.code(0, 0, 0xb1)); });
        Made.test("MethodParameters length", f -> f.withMethod(STATIC, "m", "(I)V", f.attribute("MethodParameters", new Bytes().u1(1, 0)), f.code(0, 1, 0xb1)));
        Made.test("MethodParameters too many", f -> f.withMethod(STATIC, "f", "()V", f.attribute("MethodParameters", new Bytes().u1(1).u2(0, 0)), f.code(0, 1, 0xb1)));
        Made.test("MethodParameters twice", f -> { Bytes a = f.attribute("MethodParameters", new Bytes().u1(0)); f.withMethod(STATIC, "m", "()V", a, a, f.code(0, 1, 0xb1)); });
        for (String n : new String[] {"Synthetic", "Deprecated"}) Made.test("method " + n + " length", f -> f.withMethod(STATIC, "m", "()V", f.attribute(n, new Bytes().u2(0)), f.code(0, 0, 0xb1)));
        for (String n : new String[] {"RuntimeVisibleAnnotations", "RuntimeInvisibleAnnotations", "RuntimeVisibleParameterAnnotations", "RuntimeInvisibleParameterAnnotations", "AnnotationDefault", "RuntimeVisibleTypeAnnotations", "RuntimeInvisibleTypeAnnotations", "Signature", "Unknown"})
            Made.test("method " + n + " twice", f -> { Bytes a = f.attribute(n, new Bytes().u2(f.utf8("()V"))); f.withMethod(STATIC, "m", "()V", a, a, f.code(0, 0, 0xb1)); });
    }

    static void code(String name, Function<ClassFile, Bytes> made) { Made.test(name, f -> f.withMethod(STATIC | PUBLIC, "f", "()V", made.apply(f))); }

    static void codes() {
        code("code of no length", f -> f.code(0, 0, NONE));
        code("code of 65535 bytes", f -> f.code(0, 0, filled(65535)));
        code("code of 65536 bytes", f -> f.code(0, 0, filled(65536)));
        code("code length past the end", f -> f.attribute("Code", new Bytes().u2(0, 0).u4(1000).u1(0xb1).u2(0, 0)));
        code("code negative length", f -> f.attribute("Code", new Bytes().u2(0, 0).u4(-1).u1(0xb1).u2(0, 0)));
        code("Code attribute too long", f -> f.attribute("Code", new Bytes().u2(0, 0).u4(1).u1(0xb1).u2(0, 0, 0)));
        code("Code attribute too short", f -> f.attribute("Code", new Bytes().u2(0, 0).u4(1).u1(0xb1)));
        Made.test("arguments do not fit", f -> f.withMethod(STATIC, "m", "(JJ)V", f.code(0, 3, 0xb1)));
        Made.test("receiver does not fit", f -> f.withMethod(0, "m", "()V", f.code(0, 0, 0xb1)));
        int[][] handlers = {{0, 0, 0, 0}, {0, 9, 0, 0}, {2, 1, 0, 0}, {0, 1, 9, 0}, {0, 1, 0, 1}, {0, 1, 0, 999}, {1, 3, 0, 0}, {0, 65535, 0, 0}};
        for (int[] h : handlers) code("handler " + Cases.show(h), f -> f.code(1, 0, bytes(0, 0xb1), new int[][] {h}));
        code("handler for Class of array", f -> f.code(1, 0, bytes(0, 0xb1), new int[][] {{0, 1, 1, f.cls("[I")}}));
        code("handler for String", f -> f.code(1, 0, bytes(0, 0xb1), new int[][] {{0, 1, 1, f.cls("java/lang/String")}}));
        code("lines short", f -> f.code(0, 0, bytes(0xb1), f.attribute("LineNumberTable", new Bytes().u2(2, 0, 1))));
        code("lines past the code", f -> f.code(0, 0, bytes(0xb1), f.attribute("LineNumberTable", new Bytes().u2(1, 1, 1))));
        code("two line tables", f -> { Bytes a = f.attribute("LineNumberTable", new Bytes().u2(1, 0, 1)); return f.code(0, 0, bytes(0xb1), a, a); });
        code("code attribute name", f -> f.code(0, 0, bytes(0xb1), new Bytes().u2(0).u4(0)));
        code("code attribute too long", f -> f.code(0, 0, bytes(0xb1), new Bytes().u2(f.utf8("Q")).u4(70000)));
        local("fine", f -> new Bytes().u2(1, 0, 1, f.utf8("a"), f.utf8("I"), 0));
        local("start", f -> new Bytes().u2(1, 2, 0, f.utf8("a"), f.utf8("I"), 0));
        local("length", f -> new Bytes().u2(1, 0, 2, f.utf8("a"), f.utf8("I"), 0));
        local("name", f -> new Bytes().u2(1, 0, 1, 0, f.utf8("I"), 0));
        local("illegal name", f -> new Bytes().u2(1, 0, 1, f.utf8("a;b"), f.utf8("I"), 0));
        local("type", f -> new Bytes().u2(1, 0, 1, f.utf8("a"), f.thisClass, 0));
        local("illegal type", f -> new Bytes().u2(1, 0, 1, f.utf8("a"), f.utf8("V"), 0));
        local("slot", f -> new Bytes().u2(1, 0, 1, f.utf8("a"), f.utf8("I"), 2));
        local("wide slot", f -> new Bytes().u2(1, 0, 1, f.utf8("a"), f.utf8("J"), 1));
        local("twice", f -> new Bytes().u2(2, 0, 1, f.utf8("a"), f.utf8("I"), 0, 0, 1, f.utf8("a"), f.utf8("I"), 0));
        local("overlapping", f -> new Bytes().u2(2, 0, 1, f.utf8("a"), f.utf8("I"), 0, 0, 0, f.utf8("a"), f.utf8("I"), 0));
        local("short", f -> new Bytes().u2(2, 0, 1, f.utf8("a"), f.utf8("I"), 0));
        local("empty", f -> new Bytes());
        code("LocalVariableTypeTable alone", f -> f.code(0, 2, bytes(0xb1), f.attribute("LocalVariableTypeTable", new Bytes().u2(1, 0, 1, f.utf8("a"), f.utf8("TX;"), 0))));
        code("LocalVariableTypeTable matched", f -> f.code(0, 2, bytes(0xb1), f.attribute("LocalVariableTable", new Bytes().u2(1, 0, 1, f.utf8("a"), f.utf8("LT;"), 0)), f.attribute("LocalVariableTypeTable", new Bytes().u2(1, 0, 1, f.utf8("a"), f.utf8("TX;"), 0))));
        code("LocalVariableTypeTable twice", f -> f.code(0, 2, bytes(0xb1), f.attribute("LocalVariableTable", new Bytes().u2(1, 0, 1, f.utf8("a"), f.utf8("LT;"), 0)), f.attribute("LocalVariableTypeTable", new Bytes().u2(2, 0, 1, f.utf8("a"), f.utf8("TX;"), 0, 0, 1, f.utf8("a"), f.utf8("TX;"), 0))));
        code("StackMapTable twice", f -> f.code(0, 0, bytes(0xb1), f.frames(0, new Bytes()), f.frames(0, new Bytes())));
    }
    static void local(String name, Function<ClassFile, Bytes> table) { code("local variable: " + name, f -> f.code(0, 2, bytes(0xb1), f.attribute("LocalVariableTable", table.apply(f)))); }
    static Bytes filled(int n) { Bytes b = new Bytes(); for (int i = 1; i < n; i++) b.u1(0); return b.u1(0xb1); }

    static void attributes() {
        Made.test("class attribute name", f -> f.attributes.add(new Bytes().u2(999).u4(0)));
        Made.test("class attribute too long", f -> f.attributes.add(new Bytes().u2(f.utf8("Q")).u4(1)));
        Made.test("class attribute negative", f -> f.attributes.add(new Bytes().u2(f.utf8("Q")).u4(-1)));
        for (String n : new String[] {"SourceFile", "Signature", "NestHost"})
            for (int k = 0; k < 4; k++) {
                int kind = k;
                Made.test(n + " " + k, f -> {
                    Bytes a = f.attribute(n, kind == 0 ? new Bytes().u1(1) : new Bytes().u2(kind == 1 ? 0 : kind == 2 ? f.integer(3) : n.equals("NestHost") ? f.thisClass : f.utf8("LT;")));
                    f.attributes.add(a);
                    if (kind == 3) f.attributes.add(a);
                });
            }
        for (String n : new String[] {"SourceDebugExtension", "RuntimeVisibleAnnotations", "RuntimeInvisibleAnnotations", "RuntimeVisibleTypeAnnotations", "RuntimeInvisibleTypeAnnotations", "InnerClasses", "NestMembers", "PermittedSubclasses", "Record", "BootstrapMethods", "Synthetic", "Deprecated"})
            for (int twice = 1; twice < 3; twice++) {
                int times = twice;
                check(n + " x" + twice, n.equals("Record") ? new ClassFile("T", "java/lang/Record") : new ClassFile("T"), f -> {
                    if (n.equals("Record")) f.flags |= FINAL;
                    for (int i = 0; i < times; i++) f.with(n, new Bytes().u2(0));
                });
            }
        for (String n : new String[] {"InnerClasses", "NestMembers", "PermittedSubclasses", "BootstrapMethods", "RuntimeVisibleAnnotations"}) {
            Made.test(n + " empty", f -> f.with(n, new Bytes()));
            Made.test(n + " short", f -> f.with(n, new Bytes().u2(2, f.thisClass)));
            Made.test(n + " of Utf8", f -> f.with(n, new Bytes().u2(1, 1)));
            Made.test(n + " long", f -> f.with(n, new Bytes().u2(0, 0)));
        }
        int[][] inner = {{0, 0, 0, 0}, {1, 0, 0, 0}, {999, 0, 0, 0}, {-1, -1, 0, 0}, {-1, 1, 0, 0}, {-1, 0, -1, 0}, {-1, -2, 0, 0}, {-2, -1, 0, 0}, {-1, 0, 0, FINAL | ABSTRACT}, {-1, 0, 0, INTERFACE}, {-1, 0, 0, 0x8000}, {-1, 0, 1, STATIC}};
        for (int[] row : inner) Made.test("InnerClasses of " + Cases.show(row), f -> {
            Bytes b = new Bytes().u2(1);
            for (int i = 0; i < 4; i++) b.u2(row[i] == -1 ? f.thisClass : row[i] == -2 ? f.cls("[I") : row[i]);
            f.with("InnerClasses", b);
        });
        Made.test("InnerClasses same row twice", f -> { int q = f.cls("T$Q"), n = f.utf8("Q"); f.with("InnerClasses", new Bytes().u2(2, q, f.thisClass, n, 0, q, f.thisClass, n, 0)); });
        Made.test("InnerClasses circle", f -> { int q = f.cls("T$Q"), n = f.utf8("Q"); f.with("InnerClasses", new Bytes().u2(2, q, f.thisClass, n, 0, f.thisClass, q, n, 0)); });
        for (int own = 0; own < 5; own++) for (int other = 0; other < 5; other++) {
            Made loader = new Made().put("T", member("T", own)).put("T$Q", member("T$Q", other));
            for (String c : new String[] {"T", "T$Q"}) Cases.brief("members " + own + other + " of " + c, () -> {
                Class<?> k = Class.forName(c, false, loader);
                List<Object> seen = new ArrayList<>();
                for (Callable<Object> f : List.<Callable<Object>>of(k::getDeclaredClasses, k::getClasses, k::getDeclaringClass, k::getEnclosingClass, k::getSimpleName, k::getCanonicalName, k::isMemberClass, k::isAnonymousClass, k::isLocalClass, k::getModifiers))
                    try { seen.add(Cases.show(f.call())); } catch (Throwable e) { seen.add(Cases.headline(e)); }
                return seen;
            });
        }
        int[][] enclosing = {{0, 0}, {1, 0}, {-1, 0}, {-1, 1}, {-1, 999}, {999, 0}};
        for (int[] e : enclosing) Made.test("EnclosingMethod " + Cases.show(e), f -> f.with("EnclosingMethod", new Bytes().u2(e[0] == -1 ? f.thisClass : e[0], e[1])));
        Made.test("EnclosingMethod length", f -> f.with("EnclosingMethod", new Bytes().u2(f.thisClass)));
        Made.test("EnclosingMethod twice", f -> f.with("EnclosingMethod", new Bytes().u2(f.thisClass, 0)).with("EnclosingMethod", new Bytes().u2(f.thisClass, 0)));
        Made.test("NestHost and NestMembers", f -> f.with("NestHost", new Bytes().u2(f.thisClass)).with("NestMembers", new Bytes().u2(0)));
        Made.test("NestMembers and NestHost", f -> f.with("NestMembers", new Bytes().u2(0)).with("NestHost", new Bytes().u2(f.thisClass)));
        Made.test("NestMembers twice same", f -> f.with("NestMembers", new Bytes().u2(2, f.cls("A"), f.cls("A"))));
        Made.test("final and sealed", f -> { f.flags |= FINAL; f.with("PermittedSubclasses", new Bytes().u2(1, f.cls("A"))); });
        Function<ClassFile, Bytes> handle = f -> new Bytes().u2(f.handle(6, f.method("T", "m", "()V")));
        Made.test("BootstrapMethods unused", f -> f.with("BootstrapMethods", new Bytes().u2(1).add(handle.apply(f)).u2(0)));
        Made.test("BootstrapMethods arguments short", f -> f.with("BootstrapMethods", new Bytes().u2(1).add(handle.apply(f)).u2(3, f.integer(1))));
        Made.test("BootstrapMethods argument Utf8", f -> f.with("BootstrapMethods", new Bytes().u2(1).add(handle.apply(f)).u2(1, 1)));
        Made.test("BootstrapMethods argument 0", f -> f.with("BootstrapMethods", new Bytes().u2(1).add(handle.apply(f)).u2(1, 0)));
        Made.test("BootstrapMethods not a handle", f -> f.with("BootstrapMethods", new Bytes().u2(1, f.thisClass, 0)));
        Made.test("BootstrapMethods in 50", f -> { f.major = 50; f.with("BootstrapMethods", new Bytes().u2(9)); });
        record("fine", f -> new Bytes().u2(1, f.utf8("x"), f.utf8("I"), 0));
        record("name", f -> new Bytes().u2(1, f.thisClass, f.utf8("I"), 0));
        record("illegal name", f -> new Bytes().u2(1, f.utf8("a;b"), f.utf8("I"), 0));
        record("type", f -> new Bytes().u2(1, f.utf8("x"), 0, 0));
        record("illegal type", f -> new Bytes().u2(1, f.utf8("x"), f.utf8("V"), 0));
        record("length", f -> new Bytes().u2(1, f.utf8("x"), f.utf8("I")));
        record("long", f -> new Bytes().u2(0, 0));
        record("attribute name", f -> new Bytes().u2(1, f.utf8("x"), f.utf8("I"), 1, 0, 0, 0));
        record("attribute Signature twice", f -> { Bytes s = f.attribute("Signature", new Bytes().u2(f.utf8("TX;"))); return new Bytes().u2(1, f.utf8("x"), f.utf8("I"), 2).add(s).add(s); });
        Made.test("Record of a plain class", f -> f.with("Record", new Bytes().u2(1)));
        check("Record of an open class", new ClassFile("T", "java/lang/Record"), f -> f.with("Record", new Bytes().u2(1)));
    }
    static void record(String name, Function<ClassFile, Bytes> content) {
        check("Record " + name, new ClassFile("T", "java/lang/Record"), f -> { f.flags |= FINAL; f.with("Record", content.apply(f)); });
    }

    /** What a class's InnerClasses say of T$Q: nothing, a member of T, no member, a member of another class, or the latter two before the first. */
    static ClassFile member(String name, int says) {
        ClassFile f = new ClassFile(name).constructor();
        int q = f.cls("T$Q"), t = f.cls("T"), x = f.cls("java/lang/String"), n = f.utf8("Q");
        int[][] rows = {{}, {q, t, n, 1}, {q, 0, n, 8}, {q, x, n, 1}, {q, 0, 0, 8, q, x, n, 1, q, t, n, 9}};
        if (says != 0) f.with("InnerClasses", new Bytes().u2(rows[says].length / 4).u2(rows[says]));
        return f;
    }

    public static void main(String[] args) {
        fields();
        methodFlags();
        methods();
        codes();
        attributes();
    }
}
