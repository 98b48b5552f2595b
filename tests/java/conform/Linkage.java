// options: --add-exports java.base/jdk.internal.org.objectweb.asm=ALL-UNNAMED
import java.util.*;
import java.util.function.*;
import jdk.internal.org.objectweb.asm.*;
import static jdk.internal.org.objectweb.asm.Opcodes.*;

/** Linking, JVMS 5.3 to 5.5: resolution, access, method selection, initialization, with classes that changed since others were compiled. */
class Linkage extends Cases {
    static ClassWriter writer(int access, String name, String parent, String... interfaces) {
        ClassWriter w = new ClassWriter(ClassWriter.COMPUTE_FRAMES | ClassWriter.COMPUTE_MAXS) { protected String getCommonSuperClass(String a, String b) { return "java/lang/Object"; } };
        w.visit(V17, access, name, null, parent, interfaces);
        return w;
    }
    static ClassWriter open(String name) { ClassWriter w = writer(ACC_PUBLIC | ACC_SUPER, name, "java/lang/Object"); constructor(w, ACC_PUBLIC, "java/lang/Object"); return w; }
    static ClassWriter face(String name, String... more) { return writer(ACC_PUBLIC | ACC_INTERFACE | ACC_ABSTRACT, name, "java/lang/Object", more); }
    static void constructor(ClassWriter w, int access, String parent) {
        method(w, access, "<init>", "()V", m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESPECIAL, parent, "<init>", "()V", false); m.visitInsn(RETURN); });
    }
    static void method(ClassWriter w, int access, String name, String type, Consumer<MethodVisitor> body) {
        MethodVisitor m = w.visitMethod(access, name, type, null, null);
        if (body != null) { m.visitCode(); body.accept(m); m.visitMaxs(0, 0); }
        m.visitEnd();
    }
    /** A method that returns a text. */
    static void says(ClassWriter w, int access, String name, String text) { method(w, access, name, "()Ljava/lang/String;", m -> { m.visitLdcInsn(text); m.visitInsn(ARETURN); }); }
    static byte[] done(ClassWriter w) { w.visitEnd(); return w.toByteArray(); }
    static final String S = "()Ljava/lang/String;";

    /** T.f() with the given body, and other classes beside it. */
    static void t(String name, Object[] others, Consumer<MethodVisitor> body) {
        brief(name, () -> {
            Made made = new Made();
            ClassWriter w = open("T");
            method(w, ACC_PUBLIC | ACC_STATIC, "f", "()Ljava/lang/Object;", m -> { body.accept(m); m.visitInsn(ARETURN); });
            made.put("T", done(w));
            for (int i = 0; i < others.length; i += 2) made.put((String) others[i], others[i + 1] instanceof byte[] b ? b : done((ClassWriter) others[i + 1]));
            return Made.use(made.loadClass("T"));
        });
    }
    static Object[] with(Object... o) { return o; }
    static <T> T made(T x, Consumer<T> c) { c.accept(x); return x; }
    static void create(MethodVisitor m, String c) { m.visitTypeInsn(NEW, c); m.visitInsn(DUP); m.visitMethodInsn(INVOKESPECIAL, c, "<init>", "()V", false); }
    static void boxed(MethodVisitor m) { m.visitMethodInsn(INVOKESTATIC, "java/lang/Integer", "valueOf", "(I)Ljava/lang/Integer;", false); }

    static void fields() {
        int[] access = {ACC_PUBLIC, 0, ACC_PRIVATE, ACC_PROTECTED, ACC_PUBLIC | ACC_STATIC, ACC_PRIVATE | ACC_STATIC, ACC_PUBLIC | ACC_FINAL, ACC_PUBLIC | ACC_FINAL | ACC_STATIC};
        for (int a : access)
            for (int op : new int[] {GETFIELD, GETSTATIC, PUTFIELD, PUTSTATIC})
                t("field " + java.lang.reflect.Modifier.toString(a) + " by " + op, with("U", made(open("U"), w -> w.visitField(a, "x", "I", null, null))), m -> {
                    if (op == GETFIELD || op == PUTFIELD) create(m, "U");
                    if (op == PUTFIELD || op == PUTSTATIC) m.visitInsn(ICONST_1);
                    m.visitFieldInsn(op, "U", "x", "I");
                    if (op == GETFIELD || op == GETSTATIC) boxed(m); else m.visitInsn(ACONST_NULL);
                });
        t("field absent", with("U", open("U")), m -> { m.visitFieldInsn(GETSTATIC, "U", "x", "I"); boxed(m); });
        t("field of other type", with("U", made(open("U"), w -> w.visitField(ACC_STATIC | ACC_PUBLIC, "x", "J", null, null))), m -> { m.visitFieldInsn(GETSTATIC, "U", "x", "I"); boxed(m); });
        t("field of class that is gone", with(), m -> { m.visitFieldInsn(GETSTATIC, "Gone", "x", "I"); boxed(m); });
        t("field of array class", with(), m -> { m.visitFieldInsn(GETSTATIC, "[I", "x", "I"); boxed(m); });
        Consumer<ClassWriter> x = w -> w.visitField(ACC_PUBLIC | ACC_STATIC | ACC_FINAL, "x", "I", null, 5);
        t("field of interface", with("I", made(face("I"), x), "U", made(writer(ACC_PUBLIC, "U", "java/lang/Object", "I"), w -> { })), m -> { m.visitFieldInsn(GETSTATIC, "U", "x", "I"); boxed(m); });
        t("field of interface before superclass", with("I", made(face("I"), x), "V", made(open("V"), w -> w.visitField(ACC_PUBLIC | ACC_STATIC, "x", "I", null, 6)), "U", writer(ACC_PUBLIC, "U", "V", "I")), m -> { m.visitFieldInsn(GETSTATIC, "U", "x", "I"); boxed(m); });
        t("field of interface put", with("I", made(face("I"), x)), m -> { m.visitInsn(ICONST_1); m.visitFieldInsn(PUTSTATIC, "I", "x", "I"); m.visitInsn(ACONST_NULL); });
        t("private field hides", with("V", made(open("V"), w -> w.visitField(ACC_PUBLIC | ACC_STATIC, "x", "I", null, 6)), "U", made(writer(ACC_PUBLIC, "U", "V"), w -> w.visitField(ACC_PRIVATE | ACC_STATIC, "x", "I", null, 7))), m -> { m.visitFieldInsn(GETSTATIC, "U", "x", "I"); boxed(m); });
        t("field of package-private class elsewhere", with("p.U", made(writer(ACC_SUPER, "p/U", "java/lang/Object"), w -> w.visitField(ACC_PUBLIC | ACC_STATIC, "x", "I", null, 6))), m -> { m.visitFieldInsn(GETSTATIC, "p/U", "x", "I"); boxed(m); });
        t("package-private field elsewhere", with("p.U", made(open("p/U"), w -> w.visitField(ACC_STATIC, "x", "I", null, 6))), m -> { m.visitFieldInsn(GETSTATIC, "p/U", "x", "I"); boxed(m); });
        t("protected field elsewhere", with("p.U", made(open("p/U"), w -> w.visitField(ACC_PROTECTED, "x", "I", null, null))), m -> { create(m, "p/U"); m.visitFieldInsn(GETFIELD, "p/U", "x", "I"); boxed(m); });
    }

    static void methods() {
        int[] access = {ACC_PUBLIC, 0, ACC_PRIVATE, ACC_PROTECTED, ACC_PUBLIC | ACC_STATIC, ACC_PRIVATE | ACC_STATIC, ACC_PUBLIC | ACC_ABSTRACT, ACC_PUBLIC | ACC_FINAL};
        int[] ops = {INVOKEVIRTUAL, INVOKESTATIC, INVOKEINTERFACE, INVOKESPECIAL};
        for (int a : access)
            for (int op : ops)
                t("method " + java.lang.reflect.Modifier.toString(a) + " by " + op, with("U", made(open("U"), w -> { if ((a & ACC_ABSTRACT) != 0) method(w, a, "m", S, null); else says(w, a, "m", "m"); })), m -> {
                    if (op == INVOKESPECIAL) { m.visitMethodInsn(INVOKESTATIC, "U", "m", S, true); return; }
                    if (op != INVOKESTATIC) create(m, "U");
                    m.visitMethodInsn(op, "U", "m", S, op == INVOKEINTERFACE);
                });
        for (int a : new int[] {ACC_PUBLIC | ACC_ABSTRACT, ACC_PUBLIC, ACC_PRIVATE, ACC_PUBLIC | ACC_STATIC, ACC_PRIVATE | ACC_STATIC})
            for (int op : ops)
                for (boolean itf : new boolean[] {true, false}) {
                    if (op == INVOKESPECIAL || op == INVOKEINTERFACE && !itf) continue;
                    t("interface method " + java.lang.reflect.Modifier.toString(a) + " by " + op + itf, with("I", made(face("I"), w -> { if ((a & ACC_ABSTRACT) != 0) method(w, a, "m", S, null); else says(w, a, "m", "I.m"); }),
                        "U", made(writer(ACC_PUBLIC, "U", "java/lang/Object", "I"), w -> constructor(w, ACC_PUBLIC, "java/lang/Object"))), m -> {
                        if (op != INVOKESTATIC) create(m, "U");
                        m.visitMethodInsn(op, op == INVOKEVIRTUAL && !itf ? "U" : "I", "m", S, itf && op != INVOKEVIRTUAL);
                    });
                }
        t("method absent", with("U", open("U")), m -> { create(m, "U"); m.visitMethodInsn(INVOKEVIRTUAL, "U", "m", "(I[JLjava/util/List;)V", false); m.visitInsn(ACONST_NULL); });
        t("method of other result", with("U", made(open("U"), w -> says(w, ACC_PUBLIC, "m", "m"))), m -> { create(m, "U"); m.visitMethodInsn(INVOKEVIRTUAL, "U", "m", "()Ljava/lang/Object;", false); });
        t("method of class that is gone", with(), m -> m.visitMethodInsn(INVOKESTATIC, "Gone", "m", S, false));
        t("abstract method not implemented", with("A", made(writer(ACC_PUBLIC | ACC_ABSTRACT, "A", "java/lang/Object"), w -> { constructor(w, ACC_PUBLIC, "java/lang/Object"); method(w, ACC_PUBLIC | ACC_ABSTRACT, "m", S, null); }),
            "U", made(writer(ACC_PUBLIC, "U", "A"), w -> constructor(w, ACC_PUBLIC, "A"))), m -> { create(m, "U"); m.visitMethodInsn(INVOKEVIRTUAL, "A", "m", S, false); });
        t("new of abstract class", with("A", writer(ACC_PUBLIC | ACC_ABSTRACT, "A", "java/lang/Object")), m -> m.visitTypeInsn(NEW, "A"));
        t("new of interface", with("I", face("I")), m -> m.visitTypeInsn(NEW, "I"));
        t("new of enum", with(), m -> m.visitTypeInsn(NEW, "java/lang/Thread$State"));
        t("private constructor", with("U", made(writer(ACC_PUBLIC, "U", "java/lang/Object"), w -> constructor(w, ACC_PRIVATE, "java/lang/Object"))), m -> create(m, "U"));
        t("constructor gone", with("U", writer(ACC_PUBLIC, "U", "java/lang/Object")), m -> create(m, "U"));
        t("protected constructor elsewhere", with("p.U", made(writer(ACC_PUBLIC, "p/U", "java/lang/Object"), w -> constructor(w, ACC_PROTECTED, "java/lang/Object"))), m -> create(m, "p/U"));
        t("constructor inherited", with("U", writer(ACC_PUBLIC, "U", "java/lang/Number")), m -> create(m, "U"));
        t("interface not implemented", with("I", made(face("I"), w -> method(w, ACC_PUBLIC | ACC_ABSTRACT, "m", S, null)), "U", open("U")), m -> { create(m, "U"); m.visitMethodInsn(INVOKEINTERFACE, "I", "m", S, true); });
        t("Object's method by interface not implemented", with("I", made(face("I"), w -> { }), "U", open("U")), m -> { create(m, "U"); m.visitMethodInsn(INVOKEINTERFACE, "I", "hashCode", "()I", true); boxed(m); });
        t("Object's final method by interface not implemented", with("I", made(face("I"), w -> { }), "U", open("U")), m -> { create(m, "U"); m.visitMethodInsn(INVOKEINTERFACE, "I", "getClass", "()Ljava/lang/Class;", true); });
        t("Object's method by interface not implemented, again", with("I", made(face("I"), w -> { }), "U", open("U")), m -> { create(m, "U"); m.visitInsn(DUP); m.visitMethodInsn(INVOKEINTERFACE, "I", "toString", "()Ljava/lang/String;", true); m.visitInsn(POP); m.visitMethodInsn(INVOKEINTERFACE, "I", "getClass", "()Ljava/lang/Class;", true); });
        Object[] nest = with("I", made(face("I"), w -> {
            says(w, ACC_PRIVATE, "p", "private");
            method(w, ACC_PUBLIC | ACC_STATIC, "g", "(Ljava/lang/Object;)Ljava/lang/String;", m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKEINTERFACE, "I", "p", S, true); m.visitInsn(ARETURN); });
        }), "U", open("U"), "V", made(writer(ACC_PUBLIC, "V", "java/lang/Object", "I"), w -> constructor(w, ACC_PUBLIC, "java/lang/Object")));
        Map<String, Consumer<MethodVisitor>> receivers = new TreeMap<>(Map.of("other", m -> create(m, "U"), "none", m -> m.visitInsn(ACONST_NULL), "implementing", m -> create(m, "V"),
            "array", m -> { m.visitInsn(ICONST_1); m.visitTypeInsn(ANEWARRAY, "V"); }));
        for (String first : receivers.keySet())
            for (String then : receivers.keySet())
                t("private interface method of " + first + " then " + then, nest, m -> {
                    Label from = new Label(), to = new Label(), caught = new Label();
                    m.visitTryCatchBlock(from, to, caught, "java/lang/Throwable");
                    m.visitLabel(from);
                    receivers.get(first).accept(m);
                    m.visitMethodInsn(INVOKESTATIC, "I", "g", "(Ljava/lang/Object;)Ljava/lang/String;", true);
                    m.visitLabel(to);
                    m.visitLabel(caught);
                    m.visitInsn(POP);
                    receivers.get(then).accept(m);
                    m.visitMethodInsn(INVOKESTATIC, "I", "g", "(Ljava/lang/Object;)Ljava/lang/String;", true);
                });
        t("Object's method by interface implemented", with("I", made(face("I"), w -> { }), "U", made(writer(ACC_PUBLIC, "U", "java/lang/Object", "I"), w -> constructor(w, ACC_PUBLIC, "java/lang/Object"))), m -> { create(m, "U"); m.visitMethodInsn(INVOKEINTERFACE, "I", "getClass", "()Ljava/lang/Class;", true); });
        t("interface method not public in class", with("I", made(face("I"), w -> method(w, ACC_PUBLIC | ACC_ABSTRACT, "m", S, null)), "U", made(writer(ACC_PUBLIC, "U", "java/lang/Object", "I"), w -> { constructor(w, ACC_PUBLIC, "java/lang/Object"); says(w, ACC_PROTECTED, "m", "m"); })),
            m -> { create(m, "U"); m.visitMethodInsn(INVOKEINTERFACE, "I", "m", S, true); });
        t("Object's clone by interface", with("I", face("I")), m -> { m.visitInsn(ACONST_NULL); m.visitMethodInsn(INVOKEINTERFACE, "I", "clone", "()Ljava/lang/Object;", true); });
        t("clone of an array", with(), m -> { m.visitInsn(ICONST_2); m.visitIntInsn(NEWARRAY, T_INT); m.visitMethodInsn(INVOKEVIRTUAL, "[I", "clone", "()Ljava/lang/Object;", false); });
        t("finalize of an array", with(), m -> { m.visitInsn(ICONST_2); m.visitIntInsn(NEWARRAY, T_INT); m.visitMethodInsn(INVOKEVIRTUAL, "[I", "finalize", "()V", false); m.visitInsn(ACONST_NULL); });
        t("method handle by virtual call", with(), m -> { m.visitInsn(ACONST_NULL); m.visitTypeInsn(CHECKCAST, "java/lang/invoke/MethodHandle"); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/invoke/MethodHandle", "invokeExact", "()V", false); m.visitInsn(ACONST_NULL); });
    }

    static void selection() {
        Consumer<ClassWriter> im = w -> says(w, ACC_PUBLIC, "m", "I.m"), jm = w -> says(w, ACC_PUBLIC, "m", "J.m"), abstractM = w -> method(w, ACC_PUBLIC | ACC_ABSTRACT, "m", S, null);
        Object[][] shapes = {
            with("I", made(face("I"), im), "J", made(face("J"), jm), "U", writer(ACC_PUBLIC, "U", "B", "I", "J")),
            with("I", made(face("I"), im), "J", made(face("J", "I"), jm), "U", writer(ACC_PUBLIC, "U", "B", "I", "J")),
            with("I", made(face("I"), im), "J", made(face("J", "I"), abstractM), "U", writer(ACC_PUBLIC, "U", "B", "I", "J")),
            with("I", made(face("I"), im), "J", made(face("J"), abstractM), "U", writer(ACC_PUBLIC, "U", "B", "I", "J")),
            with("I", made(face("I"), im), "J", made(face("J"), jm), "U", made(writer(ACC_PUBLIC, "U", "B", "I", "J"), w -> says(w, ACC_PUBLIC, "m", "U.m"))),
            with("I", made(face("I"), im), "J", face("J"), "U", writer(ACC_PUBLIC, "U", "B", "J")),
            with("I", made(face("I"), im), "J", face("J", "I"), "U", made(writer(ACC_PUBLIC | ACC_ABSTRACT, "U", "B", "J"), abstractM)),
            with("I", made(face("I"), w -> says(w, ACC_PRIVATE, "m", "private")), "J", made(face("J"), jm), "U", writer(ACC_PUBLIC, "U", "B", "I", "J")),
            with("I", made(face("I"), w -> says(w, ACC_PUBLIC | ACC_STATIC, "m", "static")), "J", made(face("J"), jm), "U", writer(ACC_PUBLIC, "U", "B", "I", "J")),
        };
        for (int i = 0; i < shapes.length; i++)
            for (int how = 0; how < 4; how++) {
                int h = how, shape = i;
                ClassWriter u = (ClassWriter) shapes[i][5];
                if (how == 0) constructor(u, ACC_PUBLIC, "B");
                byte[] ub = done(u), ib = done((ClassWriter) shapes[i][1]), jb = done((ClassWriter) shapes[i][3]);
                t("selection " + i + " by " + how, with("I", ib, "J", jb, "U", ub, "B", open("B")), m -> {
                    create(m, "U");
                    m.visitMethodInsn(h == 1 || h == 2 ? INVOKEINTERFACE : INVOKEVIRTUAL, h == 1 ? "I" : h == 2 ? "J" : "U", "m", S, h == 1 || h == 2);
                });
            }
        t("superclass beats default", with("I", made(face("I"), im), "B", made(open("B"), w -> says(w, ACC_PUBLIC, "m", "B.m")), "U", made(writer(ACC_PUBLIC, "U", "B", "I"), w -> constructor(w, ACC_PUBLIC, "B"))), m -> { create(m, "U"); m.visitMethodInsn(INVOKEINTERFACE, "I", "m", S, true); });
        t("private in superclass, default", with("I", made(face("I"), im), "B", made(open("B"), w -> says(w, ACC_PRIVATE, "m", "B.m")), "U", made(writer(ACC_PUBLIC, "U", "B", "I"), w -> constructor(w, ACC_PUBLIC, "B"))), m -> { create(m, "U"); m.visitMethodInsn(INVOKEINTERFACE, "I", "m", S, true); });
        t("static in superclass, default", with("I", made(face("I"), im), "B", made(open("B"), w -> says(w, ACC_PUBLIC | ACC_STATIC, "m", "B.m")), "U", made(writer(ACC_PUBLIC, "U", "B", "I"), w -> constructor(w, ACC_PUBLIC, "B"))), m -> { create(m, "U"); m.visitMethodInsn(INVOKEINTERFACE, "I", "m", S, true); });
        t("package-private in superclass elsewhere", with("p.B", made(open("p/B"), w -> { says(w, 0, "m", "B.m"); method(w, ACC_PUBLIC, "go", S, m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKEVIRTUAL, "p/B", "m", S, false); m.visitInsn(ARETURN); }); }),
            "U", made(writer(ACC_PUBLIC, "U", "p/B"), w -> { constructor(w, ACC_PUBLIC, "p/B"); says(w, ACC_PUBLIC, "m", "U.m"); })), m -> { create(m, "U"); m.visitMethodInsn(INVOKEVIRTUAL, "U", "go", S, false); });
        t("package-private overridden twice", with("p.B", made(open("p/B"), w -> { says(w, 0, "m", "B.m"); method(w, ACC_PUBLIC, "go", S, m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKEVIRTUAL, "p/B", "m", S, false); m.visitInsn(ARETURN); }); }),
            "M", made(writer(ACC_PUBLIC, "M", "p/B"), w -> { constructor(w, ACC_PUBLIC, "p/B"); says(w, ACC_PUBLIC, "m", "M.m"); }),
            "p.U", made(writer(ACC_PUBLIC, "p/U", "M"), w -> { constructor(w, ACC_PUBLIC, "M"); says(w, ACC_PUBLIC, "m", "U.m"); })), m -> { create(m, "p/U"); m.visitMethodInsn(INVOKEVIRTUAL, "p/U", "go", S, false); });
        t("final overridden", with("B", made(open("B"), w -> says(w, ACC_PUBLIC | ACC_FINAL, "m", "B.m")), "U", made(writer(ACC_PUBLIC, "U", "B"), w -> { constructor(w, ACC_PUBLIC, "B"); says(w, ACC_PUBLIC, "m", "U.m"); })), m -> create(m, "U"));
        t("private final not overridden", with("B", made(open("B"), w -> says(w, ACC_PRIVATE | ACC_FINAL, "m", "B.m")), "U", made(writer(ACC_PUBLIC, "U", "B"), w -> { constructor(w, ACC_PUBLIC, "B"); says(w, ACC_PUBLIC, "m", "U.m"); })), m -> { create(m, "U"); m.visitMethodInsn(INVOKEVIRTUAL, "U", "m", S, false); });
        t("static final hidden", with("B", made(open("B"), w -> says(w, ACC_PUBLIC | ACC_STATIC | ACC_FINAL, "m", "B.m")), "U", made(writer(ACC_PUBLIC, "U", "B"), w -> { constructor(w, ACC_PUBLIC, "B"); says(w, ACC_PUBLIC, "m", "U.m"); })), m -> { create(m, "U"); m.visitMethodInsn(INVOKEVIRTUAL, "U", "m", S, false); });
        for (String owner : new String[] {"B", "G", "I", "java/lang/Object", "T", "X"})
            brief("super call to " + owner, () -> {
                Made d = new Made();
                d.put("G", done(made(open("G"), w -> says(w, ACC_PUBLIC, "m", "G.m"))));
                d.put("X", done(made(open("X"), w -> says(w, ACC_PUBLIC, "m", "X.m"))));
                d.put("I", done(made(face("I"), im)));
                d.put("B", done(made(writer(ACC_PUBLIC | ACC_SUPER, "B", "G"), w -> { constructor(w, ACC_PUBLIC, "G"); says(w, ACC_PUBLIC, "m", "B.m"); })));
                d.put("T", done(made(writer(ACC_PUBLIC | ACC_SUPER, "T", "B", "I"), w -> {
                    constructor(w, ACC_PUBLIC, "B");
                    says(w, ACC_PUBLIC, "m", "T.m");
                    method(w, ACC_PUBLIC, "go", S, m -> { m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESPECIAL, owner, owner.startsWith("java") ? "toString" : "m", S, owner.equals("I")); m.visitInsn(ARETURN); });
                    method(w, ACC_PUBLIC | ACC_STATIC, "f", S, m -> { create(m, "T"); m.visitMethodInsn(INVOKEVIRTUAL, "T", "go", S, false); m.visitInsn(ARETURN); });
                })));
                return Made.use(d.loadClass("T"));
            });
    }

    static void classes() {
        for (int op : new int[] {NEW, ANEWARRAY, CHECKCAST, INSTANCEOF, LDC})
            for (String c : new String[] {"Gone", "[LGone;", "p/Hidden", "[Lp/Hidden;", "java/lang/AbstractStringBuilder", "jdk/internal/misc/VM", "Cut"})
                if (op != NEW || c.charAt(0) != '[') t(op + " of " + c, with("p.Hidden", writer(0, "p/Hidden", "java/lang/Object"), "Cut", new byte[] {(byte) 0xca, (byte) 0xfe}), m -> {
                    if (op == ANEWARRAY) m.visitInsn(ICONST_1);
                    if (op == CHECKCAST || op == INSTANCEOF) m.visitLdcInsn("s");
                    if (op == LDC) m.visitLdcInsn(Type.getObjectType(c)); else m.visitTypeInsn(op, c);
                    if (op == INSTANCEOF) boxed(m);
                });
        t("multianewarray of Gone", with(), m -> { m.visitInsn(ICONST_1); m.visitInsn(ICONST_1); m.visitMultiANewArrayInsn("[[LGone;", 2); });
        t("cast of null to Gone", with(), m -> { m.visitInsn(ACONST_NULL); m.visitTypeInsn(CHECKCAST, "Gone"); });
        t("catch of Gone", with(), m -> {
            Label s = new Label(), e = new Label(), h = new Label();
            m.visitTryCatchBlock(s, e, h, "Gone");
            m.visitLabel(s); m.visitInsn(ICONST_0); m.visitInsn(ICONST_0); m.visitInsn(IDIV); boxed(m); m.visitInsn(ARETURN); m.visitLabel(e);
            m.visitLabel(h);
        });
    }

    static void initialization() {
        Consumer<MethodVisitor> fail = m -> { m.visitTypeInsn(NEW, "java/lang/IllegalStateException"); m.visitInsn(DUP); m.visitLdcInsn("in clinit"); m.visitMethodInsn(INVOKESPECIAL, "java/lang/IllegalStateException", "<init>", "(Ljava/lang/String;)V", false); m.visitInsn(ATHROW); };
        t("fails", with("U", made(open("U"), w -> method(w, ACC_STATIC, "<clinit>", "()V", fail))), m -> create(m, "U"));
        t("fails with an Error", with("U", made(open("U"), w -> method(w, ACC_STATIC, "<clinit>", "()V", m -> { create(m, "java/lang/InternalError"); m.visitInsn(ATHROW); }))), m -> create(m, "U"));
        t("superclass fails", with("B", made(open("B"), w -> method(w, ACC_STATIC, "<clinit>", "()V", fail)), "U", made(writer(ACC_PUBLIC, "U", "B"), w -> constructor(w, ACC_PUBLIC, "B"))), m -> create(m, "U"));
        t("interface with default fails", with("I", made(face("I"), w -> { method(w, ACC_STATIC, "<clinit>", "()V", fail); says(w, ACC_PUBLIC, "m", "m"); }), "U", made(writer(ACC_PUBLIC, "U", "java/lang/Object", "I"), w -> constructor(w, ACC_PUBLIC, "java/lang/Object"))), m -> create(m, "U"));
        t("interface without default does not", with("I", made(face("I"), w -> { method(w, ACC_STATIC, "<clinit>", "()V", fail); }), "U", made(writer(ACC_PUBLIC, "U", "java/lang/Object", "I"), w -> constructor(w, ACC_PUBLIC, "java/lang/Object"))), m -> { create(m, "U"); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Object", "getClass", "()Ljava/lang/Class;", false); });
        t("needs a class that is gone", with("U", made(open("U"), w -> method(w, ACC_STATIC, "<clinit>", "()V", m -> { m.visitMethodInsn(INVOKESTATIC, "Gone", "m", "()V", false); m.visitInsn(RETURN); }))), m -> create(m, "U"));
        t("superclass is gone", with("U", made(writer(ACC_PUBLIC, "U", "Gone"), w -> constructor(w, ACC_PUBLIC, "Gone"))), m -> create(m, "U"));
        t("does not verify", with("U", made(open("U"), w -> method(w, ACC_STATIC, "m", "()V", m -> { m.visitInsn(POP); m.visitInsn(RETURN); }))), m -> create(m, "U"));
        t("constant does not initialize", with("U", made(open("U"), w -> { w.visitField(ACC_PUBLIC | ACC_STATIC | ACC_FINAL, "x", "I", null, 9); method(w, ACC_STATIC, "<clinit>", "()V", fail); })), m -> { m.visitFieldInsn(GETSTATIC, "U", "x", "I"); boxed(m); });
        t("array does not initialize", with("U", made(open("U"), w -> method(w, ACC_STATIC, "<clinit>", "()V", fail))), m -> { m.visitInsn(ICONST_1); m.visitTypeInsn(ANEWARRAY, "U"); m.visitInsn(ARRAYLENGTH); boxed(m); });
        t("cast does not initialize", with("U", made(open("U"), w -> method(w, ACC_STATIC, "<clinit>", "()V", fail))), m -> { m.visitInsn(ACONST_NULL); m.visitTypeInsn(CHECKCAST, "U"); });
        t("inherited static does not", with("B", made(open("B"), w -> { w.visitField(ACC_PUBLIC | ACC_STATIC, "x", "I", null, 9); }), "U", made(writer(ACC_PUBLIC, "U", "B"), w -> method(w, ACC_STATIC, "<clinit>", "()V", fail))), m -> { m.visitFieldInsn(GETSTATIC, "U", "x", "I"); boxed(m); });
    }

    static void nests() {
        for (int k = 0; k < 6; k++) {
            int kind = k;
            t("private of nest " + k, with("U", made(open("U"), w -> { says(w, ACC_PRIVATE | ACC_STATIC, "m", "secret"); if (kind != 1) w.visitNestHost(kind == 2 ? "Gone" : kind == 3 ? "[I" : kind == 4 ? "java/lang/String" : "H"); }),
                "H", made(open("H"), w -> { if (kind == 5) w.visitNestMember("U"); })), m -> m.visitMethodInsn(INVOKESTATIC, "U", "m", S, false));
        }
        brief("nest mates", () -> {
            Made d = new Made();
            d.put("T", done(made(open("T"), w -> { w.visitNestMember("U"); method(w, ACC_PUBLIC | ACC_STATIC, "f", S, m -> { create(m, "U"); m.visitMethodInsn(INVOKEVIRTUAL, "U", "m", S, false); m.visitInsn(ARETURN); }); })));
            d.put("U", done(made(open("U"), w -> { w.visitNestHost("T"); says(w, ACC_PRIVATE, "m", "secret"); })));
            return Made.use(d.loadClass("T")) + " " + d.loadClass("U").getNestHost() + list((Object[]) d.loadClass("T").getNestMembers());
        });
        brief("nest host of another package", () -> {
            Made d = new Made();
            d.put("T", done(made(open("T"), w -> { w.visitNestMember("p/U"); method(w, ACC_PUBLIC | ACC_STATIC, "f", S, m -> { m.visitMethodInsn(INVOKESTATIC, "p/U", "m", S, false); m.visitInsn(ARETURN); }); })));
            d.put("p.U", done(made(open("p/U"), w -> { w.visitNestHost("T"); says(w, ACC_PRIVATE | ACC_STATIC, "m", "secret"); })));
            return Made.use(d.loadClass("T")) + " " + d.loadClass("p.U").getNestHost();
        });
        brief("nest members gone", () -> { Made d = new Made(); d.put("T", done(made(open("T"), w -> { w.visitNestMember("Gone"); w.visitNestMember("java/lang/String"); }))); return list((Object[]) d.loadClass("T").getNestMembers()); });
    }

    static void order() {
        brief("order of loading", () -> {
            List<String> seen = new ArrayList<>();
            Made d = new Made() { @Override protected Class<?> loadClass(String n, boolean r) throws ClassNotFoundException { seen.add(n); return super.loadClass(n, r); } };
            d.put("T", done(made(writer(ACC_PUBLIC, "T", "B", "I", "J"), w -> { constructor(w, ACC_PUBLIC, "B"); method(w, ACC_PUBLIC | ACC_STATIC, "f", S, m -> { create(m, "U"); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Object", "toString", S, false); m.visitInsn(POP); m.visitLdcInsn("f"); m.visitInsn(ARETURN); }); })));
            d.put("B", done(open("B"))); d.put("I", done(face("I", "J"))); d.put("J", done(face("J"))); d.put("U", done(open("U")));
            Object r = Made.use(d.loadClass("T"));
            return r + " " + seen;
        });
        brief("loader gives another class", () -> { Made d = new Made() { @Override protected Class<?> loadClass(String n, boolean r) throws ClassNotFoundException { return n.equals("U") ? String.class : super.loadClass(n, r); } };
            d.put("T", done(made(open("T"), w -> method(w, ACC_PUBLIC | ACC_STATIC, "f", S, m -> { m.visitMethodInsn(INVOKESTATIC, "U", "m", S, false); m.visitInsn(ARETURN); })))); return Made.use(d.loadClass("T")); });
        brief("loader gives null", () -> { Made d = new Made() { @Override protected Class<?> loadClass(String n, boolean r) throws ClassNotFoundException { return n.equals("U") ? null : super.loadClass(n, r); } };
            d.put("T", done(made(open("T"), w -> method(w, ACC_PUBLIC | ACC_STATIC, "f", S, m -> { m.visitMethodInsn(INVOKESTATIC, "U", "m", S, false); m.visitInsn(ARETURN); })))); return Made.use(d.loadClass("T")); });
        brief("loader throws", () -> { Made d = new Made() { @Override protected Class<?> loadClass(String n, boolean r) throws ClassNotFoundException { if (n.equals("U")) throw new IllegalArgumentException("no U"); return super.loadClass(n, r); } };
            d.put("T", done(made(open("T"), w -> method(w, ACC_PUBLIC | ACC_STATIC, "f", S, m -> { m.visitMethodInsn(INVOKESTATIC, "U", "m", S, false); m.visitInsn(ARETURN); })))); return Made.use(d.loadClass("T")); });
    }

    public static void main(String[] args) {
        fields();
        methods();
        selection();
        classes();
        initialization();
        nests();
        order();
    }
}
