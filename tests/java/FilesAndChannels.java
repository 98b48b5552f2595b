// modes: native
import java.io.*;
import java.net.URI;
import java.nio.*;
import java.nio.channels.*;
import java.nio.charset.*;
import java.nio.file.*;
import java.nio.file.attribute.*;
import java.util.*;
import java.util.concurrent.TimeUnit;
import java.util.jar.*;
import java.util.stream.*;
import java.util.zip.*;

/** Files: walking, attributes, channels, mapping, locks, watching, random access, zip file systems, jars, charsets, streams. */
public class FilesAndChannels {
    static void p(Object o) { System.out.println(o); }
    interface T { void run() throws Exception; }
    static Path d;
    static void fails(T t) { try { t.run(); p("worked"); } catch (Exception e) { p(e.toString().replace(d.toString(), "D")); } }
    public static void main(String[] a) throws Exception {
        d = Files.createTempDirectory("ft"); Path f = d.resolve("a.txt"), sub = d.resolve("x/y/z");
        Files.writeString(f, "line one\nzwei \u00e4\u00f6\n\u4e09\n");
        Files.createDirectories(sub);
        Files.write(sub.resolve("b.bin"), new byte[] { 1, 2, 3 });
        Files.createSymbolicLink(d.resolve("link"), f);
        Files.copy(f, sub.resolve("copy.txt"));
        try (Stream<Path> w = Files.walk(d)) { p(w.map(q -> d.relativize(q).toString()).sorted().toList()); }
        try (Stream<Path> w = Files.find(d, 9, (q, at) -> at.isRegularFile() && at.size() < 5)) { p(w.map(Path::getFileName).toList()); }
        List<String> visit = new ArrayList<>();
        Files.walkFileTree(d.resolve("x"), new SimpleFileVisitor<>() { public FileVisitResult preVisitDirectory(Path q, BasicFileAttributes
            b) { visit.add("+" + q.getFileName()); return FileVisitResult.CONTINUE; } public FileVisitResult postVisitDirectory(Path q,
            IOException e) { visit.add("-" + q.getFileName()); return FileVisitResult.CONTINUE; } });
        p(visit);
        p(Files.readAllLines(f) + " " + Files.size(f) + Files.lines(f).count() + Files.isSymbolicLink(d.resolve("link")) +
            Files.isSameFile(f, d.resolve("link")) + Files.readSymbolicLink(d.resolve("link")).getFileName() + Files.mismatch(f,
            sub.resolve("copy.txt")) + Files.probeContentType(f));
        Files.setLastModifiedTime(f, FileTime.from(1_000_000_000, TimeUnit.SECONDS));
        Files.setPosixFilePermissions(f, PosixFilePermissions.fromString("rw-r-x--x"));
        p(Files.getLastModifiedTime(f) + " " + PosixFilePermissions.toString(Files.getPosixFilePermissions(f)) + Files.getAttribute(f,
            "unix:mode") + Files.readAttributes(f, "size,isDirectory") + Files.isExecutable(f) + Files.getOwner(f));
        fails(() -> Files.createFile(f));
        fails(() -> Files.delete(d.resolve("x")));
        fails(() -> Files.newInputStream(d.resolve("none")));
        fails(() -> Files.list(f));
        fails(() -> Files.move(f, sub.resolve("copy.txt")));
        fails(() -> Files.readString(d));
        fails(() -> Files.readAllLines(sub.resolve("b.bin"), StandardCharsets.UTF_16));
        fails(() -> Files.newByteChannel(f, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        fails(() -> Path.of("a\0b"));
        fails(() -> Files.readSymbolicLink(f));
        fails(() -> Files.getAttribute(f, "foo:bar"));
        p(Path.of("/a/./b/../c").normalize() + " " + Path.of("/a/b").relativize(Path.of("/a/c/d")) + Path.of("x").resolveSibling("y") +
            Path.of("/q/w/e").subpath(1, 3) + Path.of("a/b").startsWith("a") +
            FileSystems.getDefault().getPathMatcher("glob:**/*.{java,txt}").matches(f) + Path.of("/a").toUri());
        Files.move(sub.resolve("copy.txt"), d.resolve("moved"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(d.resolve("moved"), "more", StandardOpenOption.APPEND);
        p(Files.readString(d.resolve("moved")).length());
        try (RandomAccessFile r = new RandomAccessFile(d.resolve("raf").toFile(), "rw")) { r.writeInt(5); r.writeUTF("utf\u20ac");
            r.seek(100); r.writeDouble(1.5); p(r.length() + " " + r.getFilePointer()); r.seek(4); p(r.readUTF()); r.setLength(8);
            p(r.length()); try { r.seek(7); r.readLong(); } catch (EOFException e) { p(e); } }
        try (FileChannel c = FileChannel.open(d.resolve("ch"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            c.write(new ByteBuffer[] { ByteBuffer.wrap("head".getBytes()), ByteBuffer.allocateDirect(4).putInt(77).flip() });
            c.write(ByteBuffer.wrap(new byte[] { 9 }), 20);
            MappedByteBuffer m = c.map(FileChannel.MapMode.READ_WRITE, 0, 8192);
            m.put(5000, (byte) 42).order(ByteOrder.LITTLE_ENDIAN).putLong(8, 1);
            m.force();
            p(m.getInt(4) + " " + m.isLoaded() + c.size() + m.isDirect());
            ByteBuffer b = ByteBuffer.allocate(16);
            p(c.read(b, 4995) + "" + b.get(5) + c.position());
            try (FileLock l = c.tryLock(0, 10, false)) { p(l.isValid() + "" + l.isShared() + l.overlaps(5, 1)); try { c.lock(); } catch
                (OverlappingFileLockException e) { p(e); } }
            p(c.truncate(100).size());
            try (FileChannel o = FileChannel.open(d.resolve("ch2"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                p(c.transferTo(0, 50, o) + " " + o.transferFrom(Channels.newChannel(new ByteArrayInputStream(new byte[30])), 50, 30) +
                o.size()); try { o.read(b); } catch (NonReadableChannelException e) { p(e); } }
        }
        try (WatchService ws = FileSystems.getDefault().newWatchService()) { d.register(ws, StandardWatchEventKinds.ENTRY_CREATE,
            StandardWatchEventKinds.ENTRY_DELETE); Files.createFile(d.resolve("watched")); WatchKey k = ws.poll(10, TimeUnit.SECONDS); for
            (WatchEvent<?> e : k.pollEvents()) p(e.kind() + " " + e.context()); p(k.reset() + "" + ws.poll()); }
        Path zip = d.resolve("t.zip");
        try (FileSystem z = FileSystems.newFileSystem(URI.create("jar:" + zip.toUri()), Map.of("create", "true"))) {
            Files.writeString(z.getPath("/hello.txt"), "zipped ".repeat(100)); Files.createDirectory(z.getPath("/dir")); Files.copy(f,
            z.getPath("/dir/a.txt")); }
        try (FileSystem z = FileSystems.newFileSystem(zip)) { p(Files.walk(z.getPath("/")).map(Object::toString).toList() +
            Files.readString(z.getPath("hello.txt")).substring(0, 7)); }
        try (ZipFile z = new ZipFile(zip.toFile())) { p(z.stream().map(e -> e.getName() + e.getSize() + ":" +
            Long.toHexString(e.getCrc())).toList()); }
        fails(() -> new ZipFile(f.toFile()));
        Manifest mf = new Manifest();
        mf.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        mf.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "x.Y");
        try (JarOutputStream j = new JarOutputStream(Files.newOutputStream(d.resolve("t.jar")), mf)) { j.putNextEntry(new JarEntry("e/f"));
            j.write(new byte[5000]); j.closeEntry(); try { j.putNextEntry(new JarEntry("e/f")); } catch (ZipException e) { p(e.getMessage()); } }
        try (JarFile j = new JarFile(d.resolve("t.jar").toFile())) { p(j.getManifest().getMainAttributes().getValue("Main-Class") +
            j.getEntry("e/f").getCompressedSize() + j.getInputStream(j.getEntry("e/f")).readAllBytes().length); }
        var bo = new ByteArrayOutputStream();
        try (var g = new GZIPOutputStream(bo)) { g.write("gz".repeat(1000).getBytes()); }
        p(bo.size() + " " + new String(new GZIPInputStream(new ByteArrayInputStream(bo.toByteArray())).readAllBytes()).length());
        Deflater df = new Deflater(9, true);
        df.setInput(new byte[10000]);
        df.finish();
        byte[] o = new byte[100];
        int n = df.deflate(o);
        Inflater inf = new Inflater(true);
        inf.setInput(o, 0, n);
        p(n + " " + inf.inflate(new byte[20000]) + inf.finished());
        Inflater bad = new Inflater();
        bad.setInput(new byte[] { 1, 2, 3 });
        try { bad.inflate(o); } catch (DataFormatException e) { p(e.getMessage()); }
        String s = "a\u00e9\u20ac\ud83d\ude00\u0416";
        for (String cs : new String[] { "UTF-8", "UTF-16", "UTF-16LE", "UTF-32", "ISO-8859-1", "US-ASCII", "windows-1252", "KOI8-R",
            "Shift_JIS", "GB18030", "Big5", "EUC-JP", "IBM037", "ISO-2022-JP" }) p(cs + HexFormat.of().formatHex(s.getBytes(cs)) + new
            String(s.getBytes(cs), cs).equals(s));
        CharsetDecoder dec = StandardCharsets.UTF_8.newDecoder();
        try { dec.decode(ByteBuffer.wrap(new byte[] { 'a', (byte) 0xc3, 'b' })); } catch (MalformedInputException e) { p(e.getMessage()); }
        p(dec.onMalformedInput(CodingErrorAction.REPLACE).replaceWith("#").decode(ByteBuffer.wrap(new byte[] { 'a', (byte) 0xc3, 'b' })) +
            "" + StandardCharsets.US_ASCII.newEncoder().canEncode('\u00e9') + Charset.forName("latin1").aliases().size());
        fails(() -> Charset.forName("nope"));
        fails(() -> Charset.forName("a b"));
        PipedInputStream pi = new PipedInputStream();
        PipedOutputStream po = new PipedOutputStream(pi);
        new Thread(() -> { try (po) { po.write("through pipe".getBytes()); } catch (IOException e) { } }).start();
        p(new String(pi.readAllBytes()));
        SequenceInputStream si = new SequenceInputStream(new ByteArrayInputStream("a".getBytes()), new ByteArrayInputStream("b".getBytes()));
        p(new String(si.readAllBytes()));
        LineNumberReader ln = new LineNumberReader(new StringReader("a\r\nb\rc"));
        while (ln.readLine() != null) ;
        p(ln.getLineNumber());
        StreamTokenizer st = new StreamTokenizer(new StringReader("x = 3.5 'q' // c\n+"));
        StringBuilder sb = new StringBuilder();
        while (st.nextToken() != StreamTokenizer.TT_EOF) sb.append(st).append(';');
        p(sb);
        PushbackReader pr = new PushbackReader(new StringReader("z"));
        int ch = pr.read();
        pr.unread(ch);
        p((char) pr.read());
        Scanner sc = new Scanner("1 2.5 true word 0x1F\nrest of line\n99999999999 7,8");
        p(sc.nextInt() + sc.nextDouble() + "" + sc.nextBoolean() + sc.next() + sc.hasNextInt() + sc.nextLine() + sc.nextLine() +
            sc.nextLong() + sc.useDelimiter(",").next() + sc.nextInt());
        p(new Scanner("k=v;x=y").findAll("(\\w)=(\\w)").map(m -> m.group(2)).toList());
        File old = f.toFile();
        p(old.exists() + " " + old.length() + old.canWrite() + old.getName() + old.getParentFile().equals(d.toFile()) + old.lastModified() +
            Arrays.stream(d.toFile().list((x, nm) -> nm.endsWith(".txt"))).toList() + new File("a/../b").getCanonicalPath().endsWith("/b") +
            old.setReadOnly() + new File(d.toFile(), "mk").mkdir() + new File("/proc/nonexistent").mkdirs() + new File(d.toFile(),
            "mk").renameTo(new File(d.toFile(), "mk2")));
        ByteBuffer bb = ByteBuffer.allocate(20);
        bb.putChar('x').putFloat(2.5f).asIntBuffer().put(new int[] { 1, 2 });
        p(bb + " " + bb.slice(6, 4).getInt() + bb.duplicate().flip().limit() + bb.asReadOnlyBuffer().isReadOnly() +
            Arrays.hashCode(bb.array()) + bb.compareTo(ByteBuffer.allocate(20)) + bb.asLongBuffer());
        try { bb.putLong(19, 1); } catch (IndexOutOfBoundsException e) { p(e.getClass()); }
        try { bb.position(19).putInt(1); } catch (BufferOverflowException e) { p(e); }
        CharBuffer cb = CharBuffer.wrap("chars").subSequence(1, 3);
        p(cb + "" + cb.length() + ByteBuffer.allocateDirect(100).alignedSlice(8).capacity());
        AsynchronousFileChannel af = AsynchronousFileChannel.open(f);
        ByteBuffer ab = ByteBuffer.allocate(4);
        p(af.read(ab, 0).get() + "" + (char) ab.get(0));
        af.close();
        Console con = System.console();
        p(con == null);
        try (Stream<Path> w = Files.walk(d)) { w.sorted(Comparator.reverseOrder()).forEach(q -> q.toFile().delete()); } p(Files.exists(d));
    }
}
