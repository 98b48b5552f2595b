import java.io.*;
import java.nio.file.*;
import java.util.*;

/** Damages the code, stack maps and handlers of a class, one or two bytes of a method at a time, has each mutant verified, and prints what came of it.
    Usage: Mutants FOLDER COUNT SEED [VERSION]. What `java` prints is what is right. */
public class Mutants {
    static final class Loader extends ClassLoader {
        final byte[] victim; final Path folder;
        Loader(byte[] victim, Path folder) { super(Mutants.class.getClassLoader()); this.victim = victim; this.folder = folder; }
        @Override protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("Victim")) return super.loadClass(name, resolve);
            Class<?> c = findLoadedClass(name);
            if (c != null) return c;
            try {
                byte[] b = name.equals("Victim") ? victim : Files.readAllBytes(folder.resolve(name + ".class"));
                return defineClass(name, b, 0, b.length);
            } catch (IOException e) { throw new ClassNotFoundException(name); }
        }
    }

    /** Offsets of the bytes that may be damaged, by method. */
    static List<List<Integer>> targets(byte[] b) throws IOException {
        List<List<Integer>> out = new ArrayList<>();
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(b));
        in.skipBytes(8);
        int n = in.readUnsignedShort();
        String[] utf = new String[n];
        for (int i = 1; i < n; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1: utf[i] = in.readUTF(); break;
                case 3: case 4: case 9: case 10: case 11: case 12: case 17: case 18: in.readInt(); break;
                case 5: case 6: in.readLong(); i++; break;
                case 15: in.skipBytes(3); break;
                default: in.readUnsignedShort();
            }
        }
        in.skipBytes(6);
        in.skipBytes(2 * in.readUnsignedShort());
        for (int kind = 0; kind < 2; kind++)
            for (int m = in.readUnsignedShort(); m > 0; m--) {
                in.skipBytes(6);
                for (int a = in.readUnsignedShort(); a > 0; a--) {
                    String name = utf[in.readUnsignedShort()];
                    int length = in.readInt(), at = b.length - in.available();
                    if (name.equals("Code")) out.add(code(b, at, utf));
                    in.skipBytes(length);
                }
            }
        return out;
    }

    static int u2(byte[] b, int at) { return (b[at] & 255) << 8 | b[at + 1] & 255; }
    static int u4(byte[] b, int at) { return u2(b, at) << 16 | u2(b, at + 2); }

    static List<Integer> code(byte[] b, int at, String[] utf) {
        List<Integer> out = new ArrayList<>();
        out.add(at + 1); out.add(at + 3); /* max_stack, max_locals */
        int length = u4(b, at + 4), p = at + 8;
        for (int i = 0; i < length; i++) out.add(p + i);
        p += length;
        int handlers = u2(b, p);
        for (int i = 0; i < handlers * 8; i++) out.add(p + 2 + i);
        p += 2 + handlers * 8;
        int n = u2(b, p);
        p += 2;
        for (; n > 0; n--) {
            int size = u4(b, p + 2);
            if (utf[u2(b, p)].equals("StackMapTable")) for (int i = 2; i < size; i++) out.add(p + 6 + i);
            p += 6 + size;
        }
        return out;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        int count = Integer.parseInt(args[1]);
        Random random = new Random(Long.parseLong(args[2]));
        byte[] good = Files.readAllBytes(folder.resolve("Victim.class"));
        List<List<Integer>> methods = targets(good);
        int version = args.length > 3 ? Integer.parseInt(args[3]) : good[7];
        for (int k = 0; k < count; k++) {
            byte[] b = good.clone();
            b[7] = (byte) version;
            List<Integer> targets = methods.get(random.nextInt(methods.size()));
            StringBuilder what = new StringBuilder();
            for (int changes = k == 0 ? 0 : 1 + random.nextInt(2); changes > 0; changes--) {
                int at = targets.get(random.nextInt(targets.size()));
                byte to = switch (random.nextInt(4)) {
                    case 0 -> (byte) random.nextInt(256);
                    case 1 -> (byte) (b[at] + 1);
                    case 2 -> (byte) (b[at] - 1);
                    default -> b[targets.get(random.nextInt(targets.size()))];
                };
                if ((to & 255) >= 0xca) to = (byte) 0x60; /* opcodes that `java` knows inside itself have names there */
                b[at] = to;
                what.append(String.format(" %d=%02x", at, to));
            }
            String result = "ok";
            try { Class.forName("Victim", true, new Loader(b, folder)); }
            catch (Throwable e) { result = e.toString(); }
            System.out.println(k + what.toString() + ": " + result);
        }
    }
}
