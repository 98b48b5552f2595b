import static jdk.internal.org.objectweb.asm.Opcodes.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import jdk.internal.org.objectweb.asm.ClassWriter;
import jdk.internal.org.objectweb.asm.Label;
import jdk.internal.org.objectweb.asm.MethodVisitor;

/**
 * Writes random class files as no compiler would: methods whose blocks jump anywhere, so that loops have several entries; operands that
 * stay on the stack over jumps; every form of dup and swap; exception handlers over any run of blocks; subroutines (jsr and ret) in classes of version 49;
 * switches; wide local variables. Every block takes fuel from a counter and returns when there is none, so all methods end.
 * Writes classes B<seed> and a class All whose main runs them; needs --add-exports java.base/jdk.internal.org.objectweb.asm=ALL-UNNAMED.
 * Usage: java Assemble.java DIRECTORY FIRST-SEED COUNT
 */
final class Assemble {
    // Types by letter, as in descriptors; S: java.lang.String, A: int[], O: Object
    private static final String TYPES = "IIIJJFDSAO";

    private final Random random;
    private final String name;
    private final boolean old;
    private MethodVisitor v;
    private char[] locals;     // type of each local slot; 0: second half of a wide one
    private final StringBuilder stack = new StringBuilder();
    private Label exit;
    private int fuel, link;

    private Assemble(long seed) {
        random = new Random(seed * 104729 + 7);
        name = "B" + seed;
        old = below(6) == 0;
    }

    private int below(int n) { return random.nextInt(n); }
    private int any(int... of) { return of[below(of.length)]; }
    private char anyType() { return TYPES.charAt(below(TYPES.length())); }
    private static boolean wide(char t) { return t == 'J' || t == 'D'; }
    private char top(int n) { return stack.length() >= n ? stack.charAt(stack.length() - n) : 0; }

    private void push(char t) { stack.append(t); }
    private void drop(int n) { stack.setLength(stack.length() - n); }

    private static String descriptor(char t) {
        switch (t) {
        case 'S': return "Ljava/lang/String;";
        case 'A': return "[I";
        case 'O': return "Ljava/lang/Object;";
        default: return String.valueOf(t);
        }
    }

    private void constant(char t) {
        switch (t) {
        case 'I': v.visitLdcInsn(any(0, 1, -1, 2, 5, 31, 32, 100, 255, 65535, Integer.MIN_VALUE, Integer.MAX_VALUE, random.nextInt())); break;
        case 'J': v.visitLdcInsn(below(2) == 0 ? (long) any(0, 1, -1, 63, Integer.MIN_VALUE) : random.nextLong()); break;
        case 'F': v.visitLdcInsn((float) any(0, 1, -1, 1 << 24) * (below(4) == 0 ? Float.NaN : 1.5f)); break;
        case 'D': v.visitLdcInsn((double) any(0, 1, -1, Integer.MAX_VALUE) * (below(4) == 0 ? 1e300 : -1.25)); break;
        case 'S': v.visitLdcInsn("s" + below(5)); break;
        case 'A': v.visitFieldInsn(GETSTATIC, name, "array", "[I"); break;
        default: v.visitFieldInsn(GETSTATIC, name, "object", descriptor('O'));
        }
        push(t);
    }

    private int local(char t) {
        List<Integer> fit = new ArrayList<>();
        for (int i = 0; i < locals.length; i++) if (locals[i] == t && i != fuel && i != link) fit.add(i);
        return fit.isEmpty() ? -1 : fit.get(below(fit.size()));
    }

    private int opcode(char t, int i, int j, int f, int d, int a) {
        switch (t) {
        case 'I': return i;
        case 'J': return j;
        case 'F': return f;
        case 'D': return d;
        default: return a;
        }
    }

    private void load(char t) {
        int slot = local(t);
        if (slot < 0 || below(4) == 0) constant(t);
        else {
            v.visitVarInsn(opcode(t, ILOAD, LLOAD, FLOAD, DLOAD, ALOAD), slot);
            push(t);
        }
    }

    private void store() {
        char t = top(1);
        int slot = local(t);
        if (slot >= 0) v.visitVarInsn(opcode(t, ISTORE, LSTORE, FSTORE, DSTORE, ASTORE), slot);
        else v.visitInsn(wide(t) ? POP2 : POP);
        drop(1);
    }

    /** The sum of the checksum and the top operand, which goes. */
    private void consume() {
        v.visitMethodInsn(INVOKESTATIC, name, "mix", "(" + descriptor(top(1)) + ")V", false);
        drop(1);
    }

    private void binary() {
        char t = top(1);
        switch (t) {
        case 'I': v.visitInsn(any(IADD, ISUB, IMUL, IAND, IOR, IXOR, ISHL, ISHR, IUSHR, IDIV, IREM)); break;
        case 'J': v.visitInsn(any(LADD, LSUB, LMUL, LAND, LOR, LXOR, LDIV, LREM)); break;
        case 'F': v.visitInsn(any(FADD, FSUB, FMUL, FDIV, FREM)); break;
        case 'D': v.visitInsn(any(DADD, DSUB, DMUL, DDIV, DREM)); break;
        default: return;
        }
        drop(2);
        push(t);
    }

    /** A comparison of two longs, floats or doubles, to an int. */
    private void compare() {
        char t = top(1);
        v.visitInsn(t == 'J' ? LCMP : t == 'F' ? any(FCMPL, FCMPG) : any(DCMPL, DCMPG));
        drop(2);
        push('I');
    }

    private void unary() {
        switch (top(1)) {
        case 'I': convert(any(INEG, I2B, I2C, I2S, I2L, I2F, I2D)); break;
        case 'J': convert(any(LNEG, L2I, L2F, L2D)); break;
        case 'F': convert(any(FNEG, F2I, F2L, F2D)); break;
        case 'D': convert(any(DNEG, D2I, D2L, D2F)); break;
        case 'S': v.visitMethodInsn(INVOKEVIRTUAL, "java/lang/String", "length", "()I", false); drop(1); push('I'); break;
        case 'A': v.visitInsn(ARRAYLENGTH); drop(1); push('I'); break;
        default: v.visitTypeInsn(INSTANCEOF, below(2) == 0 ? "java/lang/String" : "[I"); drop(1); push('I');
        }
    }

    private void convert(int op) {
        v.visitInsn(op);
        char to = top(1);
        if (op >= I2L && op <= D2F) to = op == L2I || op == F2I || op == D2I ? 'I' : op == I2L || op == F2L || op == D2L ? 'J' : op == I2F || op == L2F || op == D2F ? 'F' : 'D';
        drop(1);
        push(to);
    }

    /** dup and swap in all forms that fit what is there. */
    private void juggle() {
        char a = top(1), b = top(2), c = top(3);
        int at = stack.length();
        if (a == 0) return;
        switch (below(7)) {
        case 0:
            v.visitInsn(wide(a) ? DUP2 : DUP);
            push(a);
            return;
        case 1:
            if (b == 0) return;
            v.visitInsn(wide(a) ? wide(b) ? DUP2_X2 : DUP2_X1 : wide(b) ? DUP_X2 : DUP_X1);
            stack.insert(at - 2, a);
            return;
        case 2:
            if (b == 0 || wide(a) || wide(b)) return;
            v.visitInsn(SWAP);
            drop(2);
            push(a);
            push(b);
            return;
        case 3:
            if (b == 0 || wide(a) || wide(b)) return;
            v.visitInsn(DUP2);
            push(b);
            push(a);
            return;
        case 4:
            if (c == 0 || wide(a) || wide(b)) return;
            v.visitInsn(wide(c) ? DUP2_X2 : DUP2_X1);
            stack.insert(at - 3, "" + b + a);
            return;
        case 5:
            if (c == 0 || wide(b) || wide(c)) return;
            v.visitInsn(wide(a) ? DUP2_X2 : DUP_X2);
            stack.insert(at - 3, a);
            return;
        default:
            if (c == 0 || top(4) == 0 || wide(a) || wide(b) || wide(c) || wide(top(4))) return;
            v.visitInsn(DUP2_X2);
            stack.insert(at - 4, "" + b + a);
        }
    }

    private void access() {
        if (top(1) == 'I' && top(2) == 'A') {
            if (below(8) > 0) {
                v.visitIntInsn(BIPUSH, 15);
                v.visitInsn(IAND);
            }
            v.visitInsn(IALOAD);
            drop(2);
            push('I');
        } else if (top(1) == 'I' && top(2) == 'I' && top(3) == 'A') {
            v.visitInsn(SWAP);
            v.visitIntInsn(BIPUSH, 15);
            v.visitInsn(IAND);
            v.visitInsn(SWAP);
            v.visitInsn(IASTORE);
            drop(3);
        } else if (below(2) == 0) {
            load('A');
            load('I');
        } else {
            char t = anyType();
            if (top(1) == t && below(2) == 0) {
                v.visitFieldInsn(PUTSTATIC, name, "field" + t, descriptor(t));
                drop(1);
            } else {
                v.visitFieldInsn(GETSTATIC, name, "field" + t, descriptor(t));
                push(t);
            }
        }
    }

    private void object() {
        switch (below(5)) {
        case 0:
            if (top(1) == 'S' || top(1) == 'A') {
                char t = top(1);
                drop(1);
                push('O');
                if (below(4) > 0) { // and back, which may throw
                    v.visitTypeInsn(CHECKCAST, t == 'S' ? "java/lang/String" : "[I");
                    drop(1);
                    push(t);
                }
            }
            break;
        case 1: // a new object with a jump between new and its constructor
            if (stack.length() > 6) return;
            Label skip = new Label(), join = new Label();
            v.visitTypeInsn(NEW, "java/lang/Integer");
            v.visitInsn(DUP);
            load('I');
            v.visitInsn(DUP);
            v.visitJumpInsn(any(IFLT, IFEQ, IFGT), skip);
            v.visitInsn(INEG);
            v.visitJumpInsn(GOTO, join);
            v.visitLabel(skip);
            v.visitInsn(I2B);
            v.visitLabel(join);
            v.visitMethodInsn(INVOKESPECIAL, "java/lang/Integer", "<init>", "(I)V", false);
            drop(1);
            v.visitMethodInsn(INVOKEVIRTUAL, "java/lang/Object", "hashCode", "()I", false);
            push('I');
            break;
        case 2:
            if (top(1) != 'I') return;
            v.visitIntInsn(BIPUSH, 31);
            v.visitInsn(IAND);
            v.visitIntInsn(BIPUSH, 16);
            v.visitInsn(IOR);
            v.visitIntInsn(NEWARRAY, T_INT);
            drop(1);
            push('A');
            break;
        case 3:
            if (top(1) != 'O') return;
            v.visitInsn(DUP);
            v.visitInsn(MONITORENTER);
            v.visitInsn(DUP);
            v.visitInsn(MONITOREXIT);
            break;
        default:
            load('I');
            load('J');
            v.visitMethodInsn(INVOKESTATIC, name, "helper", "(IJ)I", false);
            drop(2);
            push('I');
        }
    }

    private void instruction() {
        char a = top(1), b = top(2);
        if (stack.length() > 8) {
            consume();
            return;
        }
        switch (below(14)) {
        case 0: case 1: load(anyType()); break;
        case 2: if (a != 0) store(); break;
        case 3: case 4: if (a != 0 && a == b) binary(); else load(a != 0 ? a : 'I'); break;
        case 5: if (a == b && (a == 'J' || a == 'F' || a == 'D')) compare(); break;
        case 6: if (a != 0) unary(); break;
        case 7: juggle(); break;
        case 8: access(); break;
        case 9: object(); break;
        case 10: {
            int slot = local('I');
            if (slot >= 0) v.visitIincInsn(slot, any(1, -1, 100, -128, 3000));
            break;
        }
        case 11:
            if (a != 'I' || b != 'J') break;
            v.visitInsn(any(LSHL, LSHR, LUSHR));
            drop(1);
            break;
        default: if (a != 0) consume();
        }
    }

    /** The operands become those that a block expects. */
    private void shape(String wanted) {
        int same = 0;
        while (same < wanted.length() && same < stack.length() && wanted.charAt(same) == stack.charAt(same)) same++;
        while (stack.length() > same) {
            v.visitInsn(wide(top(1)) ? POP2 : POP);
            drop(1);
        }
        while (stack.length() < wanted.length()) load(wanted.charAt(stack.length()));
    }

    private static final int[] UNARY_JUMPS = { IFEQ, IFNE, IFLT, IFGE, IFGT, IFLE }, BINARY_JUMPS = { IF_ICMPEQ, IF_ICMPNE, IF_ICMPLT, IF_ICMPGE, IF_ICMPGT, IF_ICMPLE };

    /** Ends a block: to one of the blocks, or to two on a condition, or to several by a switch. */
    private void jump(Label[] blocks, String[] shapes, int next) {
        int one = below(blocks.length);
        List<Integer> alike = new ArrayList<>(); // blocks that a conditional jump may share its operands with
        for (int i = 0; i < blocks.length; i++) if (shapes[i].equals(shapes[one])) alike.add(i);
        shape(shapes[one]);
        int kind = below(6);
        if (kind < 3) {
            load('I');
            if (kind > 0) load('I');
            drop(kind > 0 ? 2 : 1);
            v.visitJumpInsn(kind > 0 ? any(BINARY_JUMPS) : any(UNARY_JUMPS), blocks[alike.get(below(alike.size()))]);
        } else if (kind == 3) {
            load('I');
            drop(1);
            v.visitIntInsn(BIPUSH, 3);
            v.visitInsn(IAND);
            Label[] to = new Label[3];
            for (int i = 0; i < 3; i++) to[i] = blocks[alike.get(below(alike.size()))];
            if (below(2) == 0) v.visitTableSwitchInsn(0, 2, blocks[one], to);
            else v.visitLookupSwitchInsn(blocks[one], new int[] { -5, 1, 3 }, to);
            return;
        } else if (kind == 4) {
            load('S');
            drop(1);
            v.visitJumpInsn(any(IFNULL, IFNONNULL), blocks[alike.get(below(alike.size()))]);
        }
        if (one != next) v.visitJumpInsn(GOTO, blocks[one]);
    }

    private void method(ClassWriter w, String id, String parameters) {
        v = w.visitMethod(ACC_STATIC | (below(6) == 0 ? ACC_SYNCHRONIZED : 0), id, "(" + parameters + ")I", null, null);
        v.visitCode();
        StringBuilder slots = new StringBuilder();
        for (char t : parameters.toCharArray()) slots.append(t).append(wide(t) ? "\0" : "");
        int given = slots.length(), padding = below(5) == 0 ? 300 : 0; // locals that need wide
        for (int i = 0; i < padding; i++) slots.append('\1');
        for (int i = below(8); i >= 0; i--) {
            char t = anyType();
            slots.append(t).append(wide(t) ? "\0" : "");
        }
        fuel = slots.length();
        link = fuel + 1;
        locals = slots.append("I\1").toString().toCharArray();
        for (int i = given; i < fuel; i++) {
            if (locals[i] < ' ') continue;
            constant(locals[i]);
            drop(1);
            v.visitVarInsn(opcode(locals[i], ISTORE, LSTORE, FSTORE, DSTORE, ASTORE), i);
        }
        v.visitLdcInsn(any(20, 100, 1000));
        v.visitVarInsn(ISTORE, fuel);
        int n = 4 + below(12), handlers = below(3), subroutines = old ? 1 + below(2) : 0;
        Label[] blocks = new Label[n], ends = new Label[n], subs = new Label[subroutines];
        String[] shapes = new String[n];
        for (int i = 0; i < n; i++) {
            blocks[i] = new Label();
            ends[i] = new Label();
            StringBuilder s = new StringBuilder();
            for (int k = any(0, 0, 0, 1, 1, 2, 3); k > 0; k--) s.append(anyType());
            shapes[i] = i == 0 || below(3) == 0 ? "" : i > 1 && below(2) == 0 ? shapes[below(i)] : s.toString();
        }
        for (int i = 0; i < subroutines; i++) subs[i] = new Label();
        exit = new Label();
        Label[] catches = new Label[handlers];
        for (int i = 0; i < handlers; i++) catches[i] = new Label();
        stack.setLength(0);
        v.visitJumpInsn(GOTO, blocks[0]);
        for (int i = 0; i < n; i++) {
            v.visitLabel(blocks[i]);
            stack.setLength(0);
            stack.append(shapes[i]);
            v.visitIincInsn(fuel, -1);
            Label enough = new Label();
            v.visitVarInsn(ILOAD, fuel);
            v.visitJumpInsn(IFGE, enough);
            for (int k = shapes[i].length() - 1; k >= 0; k--) v.visitInsn(wide(shapes[i].charAt(k)) ? POP2 : POP);
            v.visitJumpInsn(GOTO, exit);
            v.visitLabel(enough);
            for (int k = below(14); k >= 0; k--) instruction();
            if (subroutines > 0 && below(3) == 0) {
                shape("");
                v.visitJumpInsn(JSR, subs[below(subroutines)]);
            }
            jump(blocks, shapes, i + 1);
            v.visitLabel(ends[i]);
        }
        for (int i = 0; i < handlers; i++) {
            v.visitLabel(catches[i]);
            stack.setLength(0);
            v.visitMethodInsn(INVOKESTATIC, name, "thrown", "(Ljava/lang/Throwable;)I", false);
            push('I');
            consume();
            int to = below(n);
            shape(shapes[to]);
            v.visitJumpInsn(GOTO, blocks[to]);
        }
        for (int i = 0; i < subroutines; i++) {
            v.visitLabel(subs[i]);
            v.visitVarInsn(ASTORE, link);
            stack.setLength(0);
            for (int k = below(6); k >= 0; k--) instruction();
            shape("");
            v.visitVarInsn(RET, link);
        }
        v.visitLabel(exit);
        stack.setLength(0);
        load('I');
        v.visitInsn(IRETURN);
        for (int i = 0; i < handlers; i++) {
            int first = below(n), last = first + below(n - first);
            v.visitTryCatchBlock(blocks[first], ends[last], catches[i],
                any(0, 1) == 0 ? "java/lang/RuntimeException" : any(0, 1) == 0 ? "java/lang/ArithmeticException" : null);
        }
        v.visitMaxs(0, 0);
        v.visitEnd();
    }

    private static byte[] assemble(long seed, List<String> calls) {
        Assemble a = new Assemble(seed);
        ClassWriter w = new ClassWriter(a.old ? ClassWriter.COMPUTE_MAXS : ClassWriter.COMPUTE_FRAMES) {
            @Override protected String getCommonSuperClass(String x, String y) { return "java/lang/Object"; }
        };
        w.visit(a.old ? V1_5 : V17, ACC_PUBLIC | ACC_SUPER, a.name, null, "Support", null);
        for (char t : "IJFDSAO".toCharArray()) w.visitField(ACC_STATIC, "field" + t, descriptor(t), null, null).visitEnd();
        for (int i = 0; i < 5; i++) {
            StringBuilder types = new StringBuilder();
            for (int k = a.below(4); k > 0; k--) types.append("IJFD".charAt(a.below(4)));
            a.method(w, "m" + i, types.toString());
            StringBuilder arguments = new StringBuilder();
            for (char t : types.toString().toCharArray()) arguments.append(arguments.length() > 0 ? ", " : "").append(t == 'I' ? "r" : t == 'J' ? "r * 77L << (r & 31)" : t == 'F' ? "r * 0.5f" : "r / 3.0");
            calls.add("try { Support.mix(" + a.name + ".m" + i + "(" + arguments + ")); } catch (RuntimeException e) { Support.mix(Support.thrown(e)); }");
        }
        w.visitEnd();
        return w.toByteArray();
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 3) throw new IllegalArgumentException("usage: Assemble DIRECTORY FIRST-SEED COUNT");
        long first = Long.parseLong(args[1]);
        StringBuilder all = new StringBuilder("/** Runs all classes of this directory. */\nclass All {\n");
        StringBuilder main = new StringBuilder("    public static void main(String[] args) {\n        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 300;\n");
        for (long seed = first; seed < first + Long.parseLong(args[2]); seed++) {
            List<String> calls = new ArrayList<>();
            Files.write(Path.of(args[0], "B" + seed + ".class"), assemble(seed, calls));
            all.append("    static void b" + seed + "(int r) {\n");
            for (String c : calls) all.append("        ").append(c).append('\n');
            all.append("    }\n");
            main.append("        for (int r = 0; r < rounds; r++) { b" + seed + "(r); if (r % 32 == 31) System.out.println(\"B" + seed + " round \" + r + \" \" + Support.sum); }\n");
        }
        Files.writeString(Path.of(args[0], "All.java"), all.toString() + main + "    }\n}\n");
        Files.writeString(Path.of(args[0], "Support.java"), SUPPORT);
    }

    private static final String SUPPORT = """
        /** What generated classes inherit and call. */
        public class Support {
            static long sum;
            static int[] array = { 1, 2, 3, Integer.MIN_VALUE, 5, 6, 7, 8, 9, -10, 11, 12, 13, 14, 15, 16 };
            static Object object = "an object";
            static void mix(int v) { sum = sum * 31 + v; }
            static void mix(long v) { sum = sum * 31 + v; }
            static void mix(float v) { sum = sum * 31 + Float.floatToIntBits(v); }
            static void mix(double v) { sum = sum * 31 + Double.doubleToLongBits(v); }
            static void mix(String v) { sum = sum * 31 + (v == null ? 1 : v.hashCode()); }
            static void mix(int[] v) { sum = sum * 31 + (v == null ? 2 : v[0] + v.length); }
            static void mix(Object v) { sum = sum * 31 + (v == null ? 3 : v instanceof String ? 5 : 4); }
            static int helper(int a, long b) { return b == 0 ? a : (int) (a * 31 + b % 1000003); }
            static int thrown(Throwable e) {
                // HotSpot's interpreter fuses iload and caload, and has no message for a null array there from the second time on.
                String told = e.toString().contains("load from char array") ? NullPointerException.class.getName() : e.toString();
                return told.hashCode() * 31 + e.getStackTrace().length;
            }
        }
        """;
}
