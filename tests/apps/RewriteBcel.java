import java.io.FileOutputStream;
import java.util.Enumeration;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.apache.bcel.classfile.ClassParser;
import org.apache.bcel.classfile.JavaClass;
import org.apache.bcel.classfile.Method;
import org.apache.bcel.generic.ClassGen;
import org.apache.bcel.generic.InstructionHandle;
import org.apache.bcel.generic.InstructionList;
import org.apache.bcel.generic.MethodGen;

/** Reads every class of a jar with BCEL, takes its code apart, puts it together again and writes it: RewriteBcel IN OUT. */
public class RewriteBcel {
    static final TreeMap<String, Integer> histogram = new TreeMap<>();

    static byte[] rewrite(JavaClass in) {
        ClassGen gen = new ClassGen(in);
        for (Method m : gen.getMethods()) {
            if (m.getCode() == null) continue;
            InstructionList list = new InstructionList(m.getCode().getCode());
            for (InstructionHandle h : list) histogram.merge(h.getInstruction().getName(), 1, Integer::sum);
            MethodGen method = new MethodGen(m, gen.getClassName(), gen.getConstantPool());
            method.removeLocalVariables();
            method.removeLocalVariableTypeTable();
            method.setMaxStack();
            method.setMaxLocals();
            gen.replaceMethod(m, method.getMethod());
        }
        return gen.getJavaClass().getBytes();
    }

    public static void main(String[] args) throws Exception {
        int classes = 0;
        try (ZipFile in = new ZipFile(args[0]); ZipOutputStream out = new ZipOutputStream(new FileOutputStream(args[1]))) {
            for (Enumeration<? extends ZipEntry> e = in.entries(); e.hasMoreElements(); ) {
                ZipEntry entry = e.nextElement();
                if (entry.isDirectory() || entry.getName().startsWith("META-INF/")) continue;
                boolean isClass = entry.getName().endsWith(".class");
                if (isClass) classes++;
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTime(1_000_000_000_000L);
                out.putNextEntry(copy);
                out.write(isClass ? rewrite(new ClassParser(in.getInputStream(entry), entry.getName()).parse()) : in.getInputStream(entry).readAllBytes());
            }
        }
        System.out.println(classes + " classes\n" + histogram);
    }
}
