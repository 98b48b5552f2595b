// options: --add-exports java.base/jdk.internal.org.objectweb.asm=ALL-UNNAMED
import java.lang.invoke.*;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.*;
import java.util.function.*;
import jdk.internal.org.objectweb.asm.*;
import static jdk.internal.org.objectweb.asm.Opcodes.*;

/** Class files that javac does not write: dynamic constants, odd bootstraps, subroutines, all stack shuffles, wide forms, access and linkage errors, verifier errors. */
public class ClassFiles extends ClassLoader {
    ClassFiles() { super(ClassFiles.class.getClassLoader()); }
    static int serial; static void p(Object o) { System.out.println(o); }
    static int calls;
    public static Object bsmConst(MethodHandles.Lookup l, String n, Class<?> t, Object... a) { calls++; return n + Arrays.toString(a); }
    public static int bsmInt(MethodHandles.Lookup l, String n, Class<?> t, int x) { calls++; return x * 2; }
    public static Object bsmNull(MethodHandles.Lookup l, String n, Class<?> t) { return null; }
    public static Object bsmThrow(MethodHandles.Lookup l, String n, Class<?> t) throws Exception { throw new java.io.IOException("bsm " + n); }
    public static Object bsmErr(MethodHandles.Lookup l, String n, Class<?> t) { throw new StackOverflowError("err " + n); }
    public static CallSite bsmSite(MethodHandles.Lookup l, String n, MethodType t, Object... a) throws Throwable { return new
        ConstantCallSite(MethodHandles.dropArguments(MethodHandles.constant(Object.class, n + Arrays.toString(a)), 0, t.parameterList()).asType(t)); }
    public static CallSite bsmNullSite(MethodHandles.Lookup l, String n, MethodType t) { return null; }
    public static Object bsmNotSite(MethodHandles.Lookup l, String n, MethodType t) { return "s"; }
    public static CallSite bsmWrong(MethodHandles.Lookup l, String n, MethodType t) { return new
        ConstantCallSite(MethodHandles.constant(int.class, 1)); }
    static String noHash(Object o) { return o.toString().replaceAll("@[0-9a-fx]+", "@#"); }
    static Handle h(String n, String d) { return new Handle(H_INVOKESTATIC, "ClassFiles", n, d, false); }
    static final String CD = "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/Class;", SD =
        "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;";
    static Class<?> make(int ver, int flags, String sup, String[] itf, Consumer<ClassWriter> body) { String n = "G" + serial++; ClassWriter
        w = new ClassWriter(ver >= 50 ? ClassWriter.COMPUTE_MAXS | ClassWriter.COMPUTE_FRAMES : ClassWriter.COMPUTE_MAXS) { protected String
        getCommonSuperClass(String a, String b) { return "java/lang/Object"; } }; w.visit(ver, flags, n, null, sup, itf); body.accept(w);
        w.visitEnd(); byte[] b = w.toByteArray(); return new ClassFiles().defineClass(n, b, 0, b.length); }
    static void ctor(ClassWriter w, String sup) { MethodVisitor m = w.visitMethod(ACC_PUBLIC, "<init>", "()V", null, null); m.visitCode();
        m.visitVarInsn(ALOAD, 0); m.visitMethodInsn(INVOKESPECIAL, sup, "<init>", "()V", false); m.visitInsn(RETURN); m.visitMaxs(0, 0);
        m.visitEnd(); }
    static Class<?> stat(int ver, String d, Consumer<MethodVisitor> c) { return make(ver, ACC_PUBLIC | ACC_SUPER, "java/lang/Object", null,
        w -> { ctor(w, "java/lang/Object"); MethodVisitor m = w.visitMethod(ACC_PUBLIC | ACC_STATIC, "f", d, null, null); m.visitCode();
        c.accept(m); m.visitMaxs(0, 0); m.visitEnd(); }); }
    static void run(String name, int ver, String d, Consumer<MethodVisitor> c, Object... args) {
        try { Class<?> k = stat(ver, d, c); Method m = null; for (Method q : k.getMethods()) if (q.getName().equals("f")) m = q; for (int i
            = 0; i < 2; i++) try { Object r = m.invoke(null, args); p(name + " = " + (r instanceof int[] x ? Arrays.toString(x) : r
            instanceof long[] y ? Arrays.toString(y) : r)); } catch (InvocationTargetException e) { Throwable t = e.getCause(); p(name +
            " ! " + noHash(t) + (t.getCause() == null ? "" : " <- " + noHash(t.getCause())) + (t.getStackTrace().length > 0 ? " @" +
            t.getStackTrace()[0].getMethodName() : "")); } } catch (Throwable t) { p(name + " !! " + t); }
    }
    static void go(String name, String d, Consumer<MethodVisitor> c, Object... args) { run(name, V17, d, c, args); }
    static void ret(MethodVisitor m) { m.visitInsn(ARETURN); }
    public static void main(String[] z) throws Throwable {
        String O = "()Ljava/lang/Object;", OD = ")Ljava/lang/Object;", S = "Ljava/lang/String;", L = "Ljava/lang/Object;";
        go("condy", O, m -> { m.visitLdcInsn(new ConstantDynamic("c", L, h("bsmConst", CD + "[Ljava/lang/Object;" + OD), 1, 2L, 3f, 4d, "s",
            Type.getType("[I"), Type.getMethodType("(I)V"), new ConstantDynamic("in", L, h("bsmConst", CD + "[Ljava/lang/Object;" + OD))));
            ret(m); });
        p(calls);
        go("condy int", "()I", m -> { m.visitLdcInsn(new ConstantDynamic("c", "I", h("bsmInt", CD + "I)I"), 21)); m.visitInsn(IRETURN); });
        go("condy long", "()J", m -> { m.visitLdcInsn(new ConstantDynamic("c", "J", h("bsmInt", CD + "I)I"), 21)); m.visitInsn(LRETURN); });
        go("condy null", O, m -> { m.visitLdcInsn(new ConstantDynamic("c", S, h("bsmNull", CD + OD))); ret(m); });
        go("condy null prim", "()I", m -> { m.visitLdcInsn(new ConstantDynamic("c", "I", h("bsmNull", CD + OD))); m.visitInsn(IRETURN); });
        go("condy throws", O, m -> { m.visitLdcInsn(new ConstantDynamic("c", L, h("bsmThrow", CD + OD))); ret(m); });
        go("condy error", O, m -> { m.visitLdcInsn(new ConstantDynamic("c", L, h("bsmErr", CD + OD))); ret(m); });
        go("condy bad type", O, m -> { m.visitLdcInsn(new ConstantDynamic("c", "Ljava/lang/Integer;", h("bsmConst", CD +
            "[Ljava/lang/Object;" + OD))); ret(m); });
        go("condy no bsm", O, m -> { m.visitLdcInsn(new ConstantDynamic("c", L, h("absent", CD + OD))); ret(m); });
        p(calls);
        go("class/mt/mh", O, m -> { m.visitLdcInsn(Type.getType("[[J")); m.visitLdcInsn(Type.getMethodType("(IJLjava/lang/String;)[B"));
            m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Object", "toString", "()Ljava/lang/String;", false); m.visitInsn(SWAP);
            m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Object", "toString", "()Ljava/lang/String;", false);
            m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/String", "concat", "(Ljava/lang/String;)Ljava/lang/String;", false); ret(m); });
        for (int tag : new int[] { H_INVOKEVIRTUAL, H_NEWINVOKESPECIAL, H_INVOKEINTERFACE, H_GETSTATIC, H_PUTFIELD, H_INVOKESTATIC })
            go("mh" + tag, O, m -> { m.visitLdcInsn(tag == H_INVOKEVIRTUAL ? new Handle(tag, "java/lang/String", "length", "()I", false) :
            tag == H_NEWINVOKESPECIAL ? new Handle(tag, "java/lang/StringBuilder", "<init>", "(I)V", false) : tag == H_INVOKEINTERFACE ? new
            Handle(tag, "java/util/List", "size", "()I", true) : tag == H_GETSTATIC ? new Handle(tag, "ClassFiles", "calls", "I", false) : tag ==
            H_PUTFIELD ? new Handle(tag, "java/awt/Point", "x", "I", false) : new Handle(tag, "java/lang/Math", "nope", "(I)I", false));
            m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Object", "toString", "()Ljava/lang/String;", false); ret(m); });
        go("indy", "(IJ" + L + OD, m -> { m.visitVarInsn(ILOAD, 0); m.visitVarInsn(LLOAD, 1); m.visitVarInsn(ALOAD, 3);
            m.visitInvokeDynamicInsn("name", "(IJ" + L + OD, h("bsmSite", SD + "[Ljava/lang/Object;)Ljava/lang/invoke/CallSite;"), "x", 7,
            new ConstantDynamic("q", L, h("bsmConst", CD + "[Ljava/lang/Object;" + OD))); ret(m); }, 1, 2L, "o");
        go("indy null", O, m -> { m.visitInvokeDynamicInsn("n", O, h("bsmNullSite", SD + ")Ljava/lang/invoke/CallSite;")); ret(m); });
        go("indy not a site", O, m -> { m.visitInvokeDynamicInsn("n", O, h("bsmNotSite", SD + OD)); ret(m); });
        go("indy wrong type", O, m -> { m.visitInvokeDynamicInsn("n", O, h("bsmWrong", SD + ")Ljava/lang/invoke/CallSite;")); ret(m); });
        int[][] forms = { { DUP_X1 }, { DUP_X2 }, { DUP2 }, { DUP2_X1 }, { DUP2_X2 } };
        for (int[] f : forms) go("shuffle" + f[0], O, m -> { m.visitIntInsn(BIPUSH, 12); m.visitIntInsn(NEWARRAY, T_INT);
            m.visitVarInsn(ASTORE, 0); m.visitInsn(ICONST_1); m.visitInsn(ICONST_2); m.visitInsn(ICONST_3); m.visitInsn(ICONST_4);
            m.visitInsn(f[0]); int n = 4 + (f[0] >= DUP2 ? 2 : 1); for (int i = 0; i < n; i++) { m.visitVarInsn(ISTORE, 1);
            m.visitVarInsn(ALOAD, 0); m.visitIntInsn(BIPUSH, i); m.visitVarInsn(ILOAD, 1); m.visitInsn(IASTORE); } m.visitVarInsn(ALOAD, 0);
            ret(m); });
        go("dup2 long", "()J", m -> { m.visitLdcInsn(5L); m.visitLdcInsn(7L); m.visitInsn(DUP2_X2); m.visitInsn(LSUB); m.visitInsn(LMUL);
            m.visitInsn(LRETURN); });
        go("dup_x2 long", "()J", m -> { m.visitLdcInsn(100L); m.visitInsn(ICONST_3); m.visitInsn(DUP_X2); m.visitInsn(I2L);
            m.visitInsn(LADD); m.visitInsn(DUP2_X1); m.visitInsn(POP2); m.visitInsn(I2L); m.visitInsn(LADD); m.visitInsn(LRETURN); });
        run("jsr", V1_4, "(I)I", m -> { Label sub = new Label(), end = new Label(); m.visitJumpInsn(JSR, sub); m.visitJumpInsn(JSR, sub);
            m.visitJumpInsn(GOTO, end); m.visitLabel(sub); m.visitVarInsn(ASTORE, 3); m.visitIincInsn(0, 5); m.visitVarInsn(RET, 3);
            m.visitLabel(end); m.visitVarInsn(ILOAD, 0); m.visitInsn(IRETURN); }, 2);
        run("jsr in 51", V1_7, "(I)I", m -> { Label sub = new Label(); m.visitJumpInsn(JSR, sub); m.visitLabel(sub); m.visitInsn(POP);
            m.visitInsn(ICONST_0); m.visitInsn(IRETURN); }, 2);
        go("wide", "()J", m -> { m.visitLdcInsn(1L << 40); m.visitVarInsn(LSTORE, 300); m.visitIntInsn(SIPUSH, 7); m.visitVarInsn(ISTORE,
            40000); m.visitIincInsn(40000, -30000); m.visitVarInsn(LLOAD, 300); m.visitVarInsn(ILOAD, 40000); m.visitInsn(I2L);
            m.visitInsn(LADD); m.visitInsn(LRETURN); });
        go("far jump", "(I)I", m -> { Label far = new Label(), back = new Label(); m.visitLabel(back); m.visitVarInsn(ILOAD, 0);
            m.visitJumpInsn(IFEQ, far); m.visitIincInsn(0, -1); for (int i = 0; i < 40000; i++) m.visitInsn(NOP); m.visitJumpInsn(GOTO,
            back); m.visitLabel(far); m.visitIntInsn(SIPUSH, 4321); m.visitInsn(IRETURN); }, 3);
        go("tableswitch", "(I)I", m -> { Label[] ls = new Label[2000]; for (int i = 0; i < 2000; i++) ls[i] = new Label(); Label d = new
            Label(); m.visitVarInsn(ILOAD, 0); m.visitTableSwitchInsn(-1000, 999, d, ls); for (int i = 0; i < 2000; i++) {
            m.visitLabel(ls[i]); m.visitIntInsn(SIPUSH, i); m.visitInsn(IRETURN); } m.visitLabel(d); m.visitInsn(ICONST_M1);
            m.visitInsn(IRETURN); }, 999);
        go("lookup", "(I)I", m -> { Label a = new Label(), b = new Label(), d = new Label(); m.visitVarInsn(ILOAD, 0);
            m.visitLookupSwitchInsn(d, new int[] { Integer.MIN_VALUE, Integer.MAX_VALUE }, new Label[] { a, b }); m.visitLabel(a);
            m.visitInsn(ICONST_1); m.visitInsn(IRETURN); m.visitLabel(b); m.visitInsn(ICONST_2); m.visitInsn(IRETURN); m.visitLabel(d);
            m.visitInsn(ICONST_3); m.visitInsn(IRETURN); }, Integer.MAX_VALUE);
        go("multianew", O, m -> { m.visitInsn(ICONST_2); m.visitInsn(ICONST_3); m.visitMultiANewArrayInsn("[[[[I", 2);
            m.visitMethodInsn(INVOKESTATIC, "java/util/Arrays", "deepToString", "([Ljava/lang/Object;)Ljava/lang/String;", false); ret(m); });
        go("neg after zero", O, m -> { m.visitInsn(ICONST_0); m.visitInsn(ICONST_M1); m.visitMultiANewArrayInsn("[[I", 2); ret(m); });
        go("monitors", O, m -> { m.visitLdcInsn("lock"); m.visitInsn(MONITOREXIT); m.visitInsn(ACONST_NULL); ret(m); });
        go("athrow null", O, m -> { m.visitInsn(ACONST_NULL); m.visitInsn(ATHROW); });
        go("boolean narrow", O, m -> { m.visitInsn(ICONST_1); m.visitIntInsn(NEWARRAY, T_BOOLEAN); m.visitInsn(DUP); m.visitInsn(ICONST_0);
            m.visitIntInsn(BIPUSH, 6); m.visitInsn(BASTORE); m.visitInsn(ICONST_0); m.visitInsn(BALOAD); m.visitMethodInsn(INVOKESTATIC,
            "java/lang/Integer", "valueOf", "(I)Ljava/lang/Integer;", false); ret(m); });
        go("handler order", "()I", m -> { Label s = new Label(), e = new Label(), h1 = new Label(), h2 = new Label();
            m.visitTryCatchBlock(s, e, h2, "java/lang/ArithmeticException"); m.visitTryCatchBlock(s, e, h1, null); m.visitLabel(s);
            m.visitInsn(ICONST_1); m.visitInsn(ICONST_0); m.visitInsn(IDIV); m.visitLabel(e); m.visitInsn(IRETURN); m.visitLabel(h1);
            m.visitInsn(POP); m.visitInsn(ICONST_1); m.visitInsn(IRETURN); m.visitLabel(h2); m.visitInsn(POP); m.visitInsn(ICONST_2);
            m.visitInsn(IRETURN); });
        go("interface static via virtual", O, m -> { m.visitMethodInsn(INVOKESTATIC, "java/util/List", "of", "()Ljava/util/List;", false); ret(m); });
        go("class as interface", O, m -> { m.visitLdcInsn("s"); m.visitMethodInsn(INVOKEINTERFACE, "java/lang/String", "length", "()I",
            true); m.visitInsn(POP); m.visitInsn(ACONST_NULL); ret(m); });
        go("static as virtual", O, m -> { m.visitLdcInsn("s"); m.visitInsn(ICONST_0); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/String",
            "valueOf", "(I)Ljava/lang/String;", false); ret(m); });
        go("virtual as static", O, m -> { m.visitMethodInsn(INVOKESTATIC, "java/lang/String", "length", "()I", false); m.visitInsn(POP);
            m.visitInsn(ACONST_NULL); ret(m); });
        go("absent method", O, m -> { m.visitMethodInsn(INVOKESTATIC, "java/lang/String", "nope", "(I[J" + S + ")V", false);
            m.visitInsn(ACONST_NULL); ret(m); });
        go("absent field", "()I", m -> { m.visitFieldInsn(GETSTATIC, "java/lang/String", "nope", "I"); m.visitInsn(IRETURN); });
        go("private field", O, m -> { m.visitLdcInsn("s"); m.visitFieldInsn(GETFIELD, "java/lang/String", "value", "[B"); ret(m); });
        go("instance as static", "()I", m -> { m.visitFieldInsn(GETSTATIC, "java/awt/Point", "x", "I"); m.visitInsn(IRETURN); });
        go("final put", O, m -> { m.visitInsn(ICONST_1); m.visitFieldInsn(PUTSTATIC, "java/lang/Integer", "MAX_VALUE", "I");
            m.visitInsn(ACONST_NULL); ret(m); });
        go("abstract new", O, m -> { m.visitTypeInsn(NEW, "java/lang/Number"); m.visitInsn(POP); m.visitInsn(ACONST_NULL); ret(m); });
        go("interface new", O, m -> { m.visitTypeInsn(NEW, "java/util/List"); m.visitInsn(POP); m.visitInsn(ACONST_NULL); ret(m); });
        go("absent class", O, m -> { m.visitTypeInsn(NEW, "no/Such"); m.visitInsn(POP); m.visitInsn(ACONST_NULL); ret(m); });
        go("package class", O, m -> { m.visitLdcInsn(Type.getObjectType("java/lang/AbstractStringBuilder")); ret(m); });
        go("unexported", O, m -> { m.visitMethodInsn(INVOKESTATIC, "jdk/internal/misc/VM", "isBooted", "()Z", false); m.visitInsn(POP);
            m.visitInsn(ACONST_NULL); ret(m); });
        go("protected clone", O, m -> { m.visitTypeInsn(NEW, "java/lang/Object"); m.visitInsn(DUP); m.visitMethodInsn(INVOKESPECIAL,
            "java/lang/Object", "<init>", "()V", false); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Object", "clone", O, false); ret(m); });
        go("array clone", O, m -> { m.visitInsn(ICONST_2); m.visitIntInsn(NEWARRAY, T_LONG); m.visitMethodInsn(INVOKEVIRTUAL, "[J", "clone",
            O, false); ret(m); });
        go("uninitialized cast", O, m -> { m.visitInsn(ACONST_NULL); m.visitTypeInsn(CHECKCAST, "no/Such"); m.visitTypeInsn(INSTANCEOF,
            "no/Such2"); m.visitInsn(POP); m.visitInsn(ACONST_NULL); ret(m); });
        go("instanceof absent", O, m -> { m.visitLdcInsn("x"); m.visitTypeInsn(INSTANCEOF, "no/Such2"); m.visitInsn(POP);
            m.visitInsn(ACONST_NULL); ret(m); });
        for (String[] c : new String[][] { { "java/lang/String" }, { "java/lang/Runnable" }, { "java/lang/Enum" }, { "no/Super" } }) try {
            make(V17, ACC_PUBLIC | ACC_SUPER, c[0], null, w -> {}); p("made " + c[0]); } catch (Throwable t) {
            p(t.toString().replaceAll("@[0-9a-f]+", "@#")); }
        try { make(V17, ACC_PUBLIC | ACC_SUPER, "java/lang/Object", new String[] { "java/lang/Object" }, w -> {}); } catch (Throwable t) {
            p(t.toString().replaceAll("@[0-9a-f]+", "@#")); }
        try { make(V17, ACC_PUBLIC | ACC_SUPER, "G" + serial, null, w -> {}); } catch (Throwable t) {
            p(t.toString().replaceAll("@[0-9a-f]+", "@#")); }
        try { make(V17, ACC_PUBLIC | ACC_SUPER, "java/lang/Thread", null, w -> w.visitMethod(ACC_PUBLIC, "isAlive", "()Z", null,
            null).visitEnd()); } catch (Throwable t) { p(t.toString().replaceAll("@[0-9a-f]+", "@#")); }
        try { make(V17, ACC_PUBLIC | ACC_SUPER, "java/lang/Thread", null, w -> { MethodVisitor m = w.visitMethod(ACC_PUBLIC, "isAlive",
            "()Z", null, null); m.visitCode(); m.visitInsn(ICONST_1); m.visitInsn(IRETURN); m.visitMaxs(1, 1); m.visitEnd(); }); } catch
            (Throwable t) { p(t.toString().replaceAll("@[0-9a-f]+", "@#")); }
        Class<?> ab = make(V17, ACC_PUBLIC | ACC_SUPER, "java/lang/Object", new String[] { "java/lang/Runnable",
            "java/util/function/IntSupplier" }, w -> ctor(w, "java/lang/Object"));
        try { ((Runnable) ab.getConstructor().newInstance()).run(); } catch (AbstractMethodError e) {
            p(e.getMessage().replaceAll("@[0-9a-f]+", "@#")); }
        Class<?> di = make(V17, ACC_PUBLIC | ACC_SUPER, "java/lang/Object", new String[] { "ClassFiles$D1", "ClassFiles$D2" }, w -> ctor(w, "java/lang/Object"));
        try { ((D1) di.getConstructor().newInstance()).d(); } catch (IncompatibleClassChangeError e) { p(e.getMessage()); }
        Class<?> pv = make(V17, ACC_PUBLIC | ACC_SUPER, "java/lang/Object", new String[] { "ClassFiles$D1" }, w -> { ctor(w, "java/lang/Object");
            MethodVisitor m = w.visitMethod(ACC_PRIVATE, "d", "()I", null, null); m.visitCode(); m.visitInsn(ICONST_1);
            m.visitInsn(IRETURN); m.visitMaxs(1, 1); m.visitEnd(); });
        try { p(((D1) pv.getConstructor().newInstance()).d()); } catch (IllegalAccessError e) { p(e.getMessage()); }
        StringBuilder big = new StringBuilder("(");
        for (int i = 0; i < 255; i++) big.append(i % 3 == 0 ? "I" : i % 3 == 1 ? "F" : L);
        Object[] args = new Object[255];
        for (int i = 0; i < 255; i++) args[i] = i % 3 == 0 ? (Object) i : i % 3 == 1 ? (Object) (float) i : "o" + i;
        go("255 args", big + OD, m -> { m.visitVarInsn(ALOAD, 254); ret(m); }, args);
        go("long name", "()I", m -> { m.visitLdcInsn("x".repeat(65535)); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/String", "length",
            "()I", false); m.visitInsn(IRETURN); });
        go("nul", O, m -> { m.visitLdcInsn("a\0b\ud800c\ud83d\ude00"); ret(m); });
        String deep = "[".repeat(255) + "I";
        go("255 dims", O, m -> { m.visitInsn(ICONST_1); m.visitTypeInsn(ANEWARRAY, deep.substring(1)); m.visitMethodInsn(INVOKEVIRTUAL,
            "java/lang/Object", "getClass", "()Ljava/lang/Class;", false); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Class", "getName",
            "()Ljava/lang/String;", false); m.visitMethodInsn(INVOKEVIRTUAL, "java/lang/String", "length", "()I", false);
            m.visitMethodInsn(INVOKESTATIC, "java/lang/Integer", "valueOf", "(I)Ljava/lang/Integer;", false); ret(m); });
    }
    public interface D1 { default int d() { return 1; } } public interface D2 { default int d() { return 2; } }
}
