import java.io.FileOutputStream;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Reads every class of a jar with ASM, counts instructions, puts a no-op at each method's start and writes them with new frames: RewriteAsm IN OUT. */
public class RewriteAsm {
    static int classes, methods, instructions;

    static byte[] rewrite(byte[] in) {
        ClassReader reader = new ClassReader(in);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS | ClassWriter.COMPUTE_FRAMES) {
            @Override protected ClassLoader getClassLoader() { return RewriteAsm.class.getClassLoader(); }
        };
        classes++;
        reader.accept(new ClassVisitor(Opcodes.ASM9, writer) {
            @Override public MethodVisitor visitMethod(int access, String name, String descriptor, String signature, String[] exceptions) {
                methods++;
                return new MethodVisitor(Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
                    @Override public void visitCode() {
                        super.visitCode();
                        super.visitInsn(Opcodes.NOP);
                    }
                    @Override public void visitVarInsn(int opcode, int var) {
                        instructions++;
                        super.visitVarInsn(opcode, var);
                    }
                    @Override public void visitMethodInsn(int opcode, String owner, String method, String d, boolean isInterface) {
                        instructions++;
                        super.visitMethodInsn(opcode, owner, method, d, isInterface);
                    }
                };
            }
        }, ClassReader.SKIP_FRAMES);
        return writer.toByteArray();
    }

    public static void main(String[] args) throws Exception {
        try (ZipFile in = new ZipFile(args[0]); ZipOutputStream out = new ZipOutputStream(new FileOutputStream(args[1]))) {
            for (Enumeration<? extends ZipEntry> e = in.entries(); e.hasMoreElements(); ) {
                ZipEntry entry = e.nextElement();
                if (!entry.getName().endsWith(".class")) continue;
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTime(1_000_000_000_000L);
                out.putNextEntry(copy);
                out.write(rewrite(in.getInputStream(entry).readAllBytes()));
            }
        }
        System.out.println(classes + " classes, " + methods + " methods, " + instructions + " loads, stores and calls");
    }
}
