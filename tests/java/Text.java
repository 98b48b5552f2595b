import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.io.Serializable;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Random;
import java.util.Scanner;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Strings, formatting, charsets, files, serialization, compression, big numbers, dates. */
public class Text {
    record Point(int x, String label) implements Serializable { }
    public static void main(String[] args) throws Exception {
        String s = "Grüße, 世界 \uD83D\uDE00!";
        System.out.println(s.length() + " " + s.codePointCount(0, s.length()) + " " + s.toUpperCase(Locale.ROOT).hashCode() + " " + Arrays.hashCode(s.getBytes(StandardCharsets.UTF_8)) + " " + Arrays.hashCode(s.getBytes(StandardCharsets.UTF_16LE)));
        System.out.println(new String(s.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8).equals(s) + " " + s.indexOf("世") + " " + s.substring(0, 4).intern() + " " + "a,b,,c".split(",").length);
        System.out.println(String.join("|", "x", "y") + " " + "abc".repeat(3) + " " + "  trim ".strip() + " " + "Hello".chars().sum() + " " + "b".compareTo("abc") + " " + "lines\nof\ntext".lines().count());
        System.out.println(String.format(Locale.ROOT, "%5d|%-6s|%08.3f|%x|%,d|%e|%c|%b|%10.2e|%+d|%o|%%|%s", 42, "ab", Math.PI, 255, 1234567, 12345.678, 'z', true, 0.000123, 7, 8, Arrays.asList(1, 2)));
        StringBuilder b = new StringBuilder("start");
        b.insert(0, 3.5f).append(new char[] { 'x', 'y' }).reverse().setCharAt(0, 'Z');
        b.deleteCharAt(1).replace(0, 2, "<>").append(1L).append((Object) null).append('€');
        System.out.println(b + " " + b.indexOf("t"));
        System.out.println(Pattern.compile("(\\w)(\\d+)").matcher("a1 b22 c333").replaceAll(m -> m.group(2) + m.group(1).toUpperCase()) + " " + "x1y2".replaceAll("[0-9]", "#") + " " + "foo.bar".matches("[a-z]+\\.b.*"));
        System.out.println(new BigInteger("123456789012345678901234567890").pow(5).mod(BigInteger.valueOf(1_000_000_007)) + " " + new BigDecimal("1.10").add(new BigDecimal("2.205")).setScale(2, java.math.RoundingMode.HALF_UP) + " " + BigInteger.ONE.shiftLeft(200).subtract(BigInteger.TWO));
        System.out.println(LocalDate.of(2024, 2, 28).plusDays(2).getDayOfWeek() + " " + Duration.ofSeconds(3725) + " " + LocalDate.parse("2020-01-31").plusMonths(1));
        System.out.println(Base64.getEncoder().encodeToString("loam".getBytes()) + " " + UUID.nameUUIDFromBytes("x".getBytes()) + " " + new Random(42).nextInt(1000) + " " + new Random(42).nextGaussian() + " " + new Random(1).ints(3, 0, 9).boxed().collect(Collectors.toList()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) { out.writeObject(new Point(3, "p")); out.writeObject(new int[] { 1, 2 }); }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) { System.out.println(in.readObject() + " " + ((int[]) in.readObject())[1]); }
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream z = new GZIPOutputStream(zipped)) { z.write("compress me ".repeat(100).getBytes()); }
        CRC32 crc = new CRC32();
        byte[] plain = new GZIPInputStream(new ByteArrayInputStream(zipped.toByteArray())).readAllBytes();
        crc.update(plain);
        System.out.println((zipped.size() < 100) + " " + plain.length + " " + Long.toHexString(crc.getValue()));
        Path p = Files.createTempFile("loam", ".txt");
        Files.writeString(p, "one\ntwo\nthree\n");
        try (BufferedReader r = Files.newBufferedReader(p)) { System.out.println(r.readLine() + " " + Files.size(p) + " " + Files.readAllLines(p).get(2) + " " + Files.exists(p.resolveSibling("nothing-here"))); }
        Files.delete(p);
        try { Files.readString(p); } catch (java.nio.file.NoSuchFileException e) { System.out.println(e.getMessage().equals(p.toString())); }
        Scanner sc = new Scanner(new StringReader("12 3.5 word\nrest of line"));
        System.out.println(sc.nextInt() + sc.nextDouble() + sc.next() + sc.nextLine() + sc.nextLine());
        System.out.println(new BufferedReader(new InputStreamReader(System.in)).readLine());
        System.err.println("to stderr " + System.lineSeparator().length());
        new PrintStream(System.out, true, "UTF-8").println("direct");
        System.out.println(System.getProperty("java.version").startsWith("17") + " " + System.getProperty("user.dir").isEmpty() + " " + System.getenv().containsKey("PATH") + " " + Runtime.version().feature());
        System.exit(args.length == 0 ? 3 : 0);
    }
}
