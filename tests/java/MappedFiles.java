import java.io.*; import java.nio.*; import java.nio.channels.*; import java.nio.file.*;
/** A mapped file that is cut while it is mapped: an InternalError at each access, and the program goes on. */
public class MappedFiles {
    static void check(String what, Runnable r) {
        try { r.run(); System.out.println(what + ": no error"); }
        catch (InternalError e) { System.out.println(what + ": InternalError"); }
    }
    public static void main(String[] a) throws Exception {
        Path p = Files.createTempFile("mapped", ".bin");
        try (FileChannel c = FileChannel.open(p, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            c.write(ByteBuffer.allocate(16384));
            MappedByteBuffer m = c.map(FileChannel.MapMode.READ_WRITE, 0, 16384);
            m.putInt(8192, 42);
            System.out.println(m.getInt(8192));
            c.truncate(0);
            check("get", () -> m.get(5));
            check("getLong", () -> m.getLong(8192));
            check("put", () -> m.put(100, (byte) 1));
            check("copy", () -> m.get(0, new byte[9000]));
            check("copy in", () -> m.put(0, new byte[9000]));
            check("int view", () -> m.asIntBuffer().put(3, 7));
        } finally { Files.delete(p); }
        System.out.println("done");
    }
}
