import java.math.*;
import java.nio.charset.*;
import java.text.*;
import java.time.*;
import java.time.format.*;
import java.time.temporal.*;
import java.util.*;
import java.util.function.*;
import java.util.regex.*;
import java.util.stream.*;

/** java.lang's values, java.util, streams, text, time, math, regular expressions, charsets. */
class Basics extends Cases {
    static void numbers() {
        int[] is = {0, 1, -1, 7, -7, 31, 32, 33, 63, 64, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x12345678}; long[] ls = {0, 1, -1, 63, 64, 65, Long.MIN_VALUE, Long.MAX_VALUE, 0x123456789abcdefL, -0x80000000L}; double[] ds = {0.0, -0.0, 1, -1.5, 0.1, 1e300, -1e300, 1e-320, Double.MIN_VALUE, Double.MAX_VALUE, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 2147483648.0, 9.223372036854775807e18, 16777217, 4503599627370497.5}; float[] fs = {0f, -0f, 1, -1.5f, 0.1f, 1e38f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN, Float.POSITIVE_INFINITY, 2147483648f, 16777217f};
        test("int operations", () -> { StringBuilder s = new StringBuilder(); for (int a : is) for (int b : is) { s.append(a + b).append(a - b).append(a * b).append(b == 0 ? 0 : a / b).append(b == 0 ? 0 : a % b).append(a << b).append(a >> b).append(a >>> b).append(a & b).append(a | b).append(a ^ b).append(Integer.compareUnsigned(a, b)).append(b == 0 ? 0 : Integer.divideUnsigned(a, b)).append(b == 0 ? 0 : Integer.remainderUnsigned(a, b)).append(b == 0 ? 0 : Math.floorDiv(a, b)).append(b == 0 ? 0 : Math.floorMod(a, b)).append(Math.multiplyHigh(a, b)); } return s.toString().hashCode() + " " + s.length(); });
        test("long operations", () -> { StringBuilder s = new StringBuilder(); for (long a : ls) for (long b : ls) { s.append(a + b).append(a - b).append(a * b).append(b == 0 ? 0 : a / b).append(b == 0 ? 0 : a % b).append(a << b).append(a >> b).append(a >>> b).append(a & b).append(a | b).append(a ^ b).append(Long.compareUnsigned(a, b)).append(b == 0 ? 0 : Long.divideUnsigned(a, b)).append(Math.multiplyHigh(a, b)).append(Long.compare(a, b)); } return s.toString().hashCode() + " " + s.length(); });
        test("double operations", () -> { StringBuilder s = new StringBuilder(); for (double a : ds) for (double b : ds) s.append(a + b).append(a - b).append(a * b).append(a / b).append(a % b).append(a < b).append(a <= b).append(a > b).append(a >= b).append(a == b).append(Double.compare(a, b)).append(Math.min(a, b)).append(Math.max(a, b)).append(Math.IEEEremainder(a, b)).append(Math.copySign(a, b)).append(Math.nextAfter(a, b)).append(Math.fma(a, b, 1.0)); return s.toString().hashCode() + " " + s.length(); });
        test("float operations", () -> { StringBuilder s = new StringBuilder(); for (float a : fs) for (float b : fs) s.append(a + b).append(a - b).append(a * b).append(a / b).append(a % b).append(a < b).append(a > b).append(a == b).append(Float.compare(a, b)).append(Math.min(a, b)).append(Math.max(a, b)).append(Math.fma(a, b, 1f)); return s.toString().hashCode() + " " + s.length(); });
        test("conversions", () -> { StringBuilder s = new StringBuilder(); for (double d : ds) s.append((int) d).append(' ').append((long) d).append(' ').append((float) d).append(' ').append((byte) d).append((char) d + 0).append((short) d).append(Math.round(d)).append(Math.rint(d)).append(Math.floor(d)).append(Math.ceil(d)).append(Double.toHexString(d)).append(Double.doubleToLongBits(d)); for (float f : fs) s.append((int) f).append((long) f).append((double) f).append(Math.round(f)).append(Float.floatToIntBits(f)); for (int i : is) s.append((byte) i).append((short) i).append((char) i + 0).append((float) i).append((double) i).append((long) i); for (long l : ls) s.append((int) l).append((float) l).append((double) l); return s.toString(); });
        test("functions", () -> { StringBuilder s = new StringBuilder(); for (double d : new double[] {0, 0.5, 1, -1, 2.5, 100, 1e10, -0.25}) s.append(StrictMath.sin(d)).append(StrictMath.cos(d)).append(StrictMath.tan(d)).append(StrictMath.exp(d)).append(StrictMath.log(d)).append(StrictMath.sqrt(d)).append(StrictMath.cbrt(d)).append(StrictMath.atan(d)).append(StrictMath.sinh(d)).append(StrictMath.log10(d)).append(StrictMath.log1p(d)).append(StrictMath.expm1(d)).append(StrictMath.pow(d, 1.5)).append(StrictMath.hypot(d, 3)).append(StrictMath.atan2(d, 2)).append(Math.ulp(d)).append(Math.getExponent(d)).append(Math.scalb(d, 5)).append(Math.signum(d)).append(Math.toRadians(d)); return s.toString(); });
        test("bits", () -> { StringBuilder s = new StringBuilder(); for (int i : is) s.append(Integer.bitCount(i)).append(Integer.reverse(i)).append(Integer.reverseBytes(i)).append(Integer.numberOfLeadingZeros(i)).append(Integer.numberOfTrailingZeros(i)).append(Integer.highestOneBit(i)).append(Integer.rotateLeft(i, 5)).append(Integer.toBinaryString(i)).append(Integer.toUnsignedString(i, 36)); for (long l : ls) s.append(Long.bitCount(l)).append(Long.reverse(l)).append(Long.numberOfLeadingZeros(l)).append(Long.toHexString(l)).append(Long.toUnsignedString(l)).append(Long.rotateRight(l, 9)); return s.toString(); });
        test("parse", () -> list(Integer.parseInt("-2147483648"), Integer.parseInt("zz", 36), Integer.decode("-0x10"), Long.parseUnsignedLong("18446744073709551615"), Double.parseDouble("0x1.8p1"), Double.parseDouble("1e-400"), Float.parseFloat("3.4028236e38"), Double.valueOf("  NaN "), Boolean.parseBoolean("TRUE"), Byte.decode("#7f"))); for (String bad : new String[] {"", "-", "2147483648", "12x", "0x1", "1 ", "\u0663x"}) test("parse '" + bad + "'", () -> Integer.parseInt(bad));
        test("parse double bad", () -> Double.parseDouble("1.2.3"));
        test("parse null", () -> Integer.parseInt(null));
        test("exact", () -> Math.addExact(Integer.MAX_VALUE, 1));
        test("exact long", () -> Math.multiplyExact(Long.MIN_VALUE, -1L));
        test("exact int", () -> Math.toIntExact(1L << 40));
        test("boxes", () -> list(Integer.valueOf(127) == Integer.valueOf(127), Integer.valueOf(128) == Integer.valueOf(128), Long.valueOf(-128) == Long.valueOf(-128), new Integer(5).equals(5), Character.valueOf('x') == Character.valueOf('x'), Double.valueOf(0.0).equals(-0.0), Boolean.hashCode(true), Double.hashCode(1.5), Long.hashCode(1L << 33)));
        test("big integers", () -> { BigInteger a = new BigInteger("123456789012345678901234567890"), b = BigInteger.TWO.pow(521).subtract(BigInteger.ONE); return list(a.multiply(b).mod(BigInteger.valueOf(1000007)), a.gcd(BigInteger.valueOf(90)), b.isProbablePrime(20), a.modPow(b, BigInteger.valueOf(97)), a.sqrt(), a.shiftRight(13), a.negate().divideAndRemainder(BigInteger.valueOf(12345)), a.toString(36), b.bitLength(), a.modInverse(BigInteger.valueOf(101)), BigInteger.valueOf(3).pow(2000).multiply(BigInteger.valueOf(7).pow(3000)).hashCode()); });
        test("big decimals", () -> list(new BigDecimal("1").divide(new BigDecimal("7"), MathContext.DECIMAL64), new BigDecimal("2.50").setScale(0, RoundingMode.HALF_EVEN), new BigDecimal("1E+5").toPlainString(), new BigDecimal("0.001").stripTrailingZeros(), new BigDecimal(0.1), new BigDecimal("10").sqrt(new MathContext(30)), new BigDecimal("1.10").equals(new BigDecimal("1.1")), new BigDecimal("-3.7").remainder(new BigDecimal("1.2"))));
        test("big divide", () -> new BigDecimal(1).divide(new BigDecimal(3)));
        test("big zero", () -> BigInteger.ONE.divide(BigInteger.ZERO));
        test("big bad", () -> new BigInteger("12a"));
        test("random", () -> { Random r = new Random(42); return list(r.nextInt(), r.nextInt(10), r.nextLong(), r.nextDouble(), r.nextGaussian(), r.nextBoolean(), r.nextFloat(), r.ints(3, 0, 100).boxed().collect(Collectors.toList()), new SplittableRandom(5).nextInt(), java.util.random.RandomGenerator.of("L64X128MixRandom").getClass().getSimpleName()); });
        test("random bad", () -> new Random().nextInt(0));
    }

    static void strings() {
        String s = "Hello, Wörld \uD83D\uDE00 ǅ";
        test("string", () -> list(s.length(), s.codePointCount(0, s.length()), s.toUpperCase(), s.toLowerCase(Locale.ROOT), s.indexOf("W"), s.lastIndexOf('l'), s.replace('l', 'L'), s.replaceAll("[lo]+", "<$0>"), s.split("[ ,]+"), s.chars().sum(), s.hashCode(), s.substring(3, 9), s.contains("ör"), s.strip(), s.codePointAt(13), s.regionMatches(true, 0, "HELLO", 0, 5), s.compareTo("Help"), String.join("-", "a", "b"), "a".repeat(5), "  x ".isBlank(), s.concat("!"), s.startsWith("ell", 1), new StringBuilder(s).reverse()));
        test("lines", () -> list("a\nb\r\nc".lines().collect(Collectors.toList()), " x\n  y".stripIndent(), "a\\tb\\u0041".length(), "a\\tb".translateEscapes(), "x".indent(2), "%d".formatted(5), "ab".chars().boxed().collect(Collectors.toList()), "abc".transform(x -> x + 1), "a".compareToIgnoreCase("B"), "é".equalsIgnoreCase("É"), "ß".toUpperCase(), "İ".toLowerCase().length(), "Σ ΑΣ".toLowerCase()));
        test("escape bad", () -> "\\q".translateEscapes());
        test("substring bad", () -> "abc".substring(-1));
        test("code point bad", () -> "abc".codePointAt(3));
        test("builder", () -> { StringBuilder b = new StringBuilder(); b.append(1).append('c').append(2.5f).append(true).append((Object) null).append(new char[] {'x'}).insert(0, "i").deleteCharAt(1).reverse().setCharAt(0, 'Z'); b.appendCodePoint(0x1F600).replace(0, 2, "rr").setLength(5); return list(b, b.length(), b.indexOf("r"), b.compareTo(new StringBuilder("a")), b.chars().count()); });
        test("builder bad", () -> new StringBuilder("abc").insert(7, "x"));
        test("builder delete", () -> new StringBuilder("abc").delete(2, 1));
        test("builder char", () -> new StringBuilder("abc").charAt(3));
        test("char", () -> list(Character.isLetter('é'), Character.getType('€'), Character.getNumericValue('Ⅷ'), Character.isJavaIdentifierPart('$'), Character.getName('a'), Character.toChars(0x1F600).length, Character.UnicodeBlock.of('я'), Character.UnicodeScript.of('я'), Character.isMirrored('('), Character.toTitleCase('ǆ'), Character.isIdeographic(0x4e00), Character.digit('f', 16), Character.forDigit(11, 16), Character.reverseBytes('a'), Character.isSurrogatePair('\uD83D', '\uDE00'), Character.getDirectionality('א')));
        test("char name bad", () -> Character.codePointOf("NO SUCH"));
        test("normalize", () -> Normalizer.normalize("é\uFB01", Normalizer.Form.NFKD).length());
        test("switch", () -> { StringBuilder b = new StringBuilder(); for (String x : new String[] {"Aa", "BB", "C", ""}) switch (x) { case "Aa" -> b.append(1); case "BB" -> b.append(2); case "" -> b.append(3); default -> b.append(4); } return b; });
        test("text block", () -> """
            a "quoted"
              b\tc \
            d
            """); test("concat", () -> "" + 'c' + 1 + 2L + 3f + 4d + true + null + new int[0].length + (Object) "o" + (char) 65 + (byte) 3); test("patterns", () -> { Object o = "str"; return o instanceof String x && x.length() == 3 ? x : o; }); test("intern", () -> ("x" + 1).intern() == "x1");
        for (String f : new String[] {"%5d|%-5d|%05d|%+d|%,d|%(d|%x|%o", "%08.3f|%e|%g|%a|%.0f", "%s|%10s|%-10s|%.2s|%S", "%b|%c|%h|%n|%%", "%tY-%<tm-%<td %<tH:%<tM:%<tS.%<tL %<tA %<tB", "%2$s %1$s", "%d %s %q", "%d", "%-d", "%.2d", "%c"}) brief("format " + f, () -> { Object[] a = f.contains("%tY") ? new Object[] {new GregorianCalendar(2024, 1, 29, 13, 5, 6)} : f.startsWith("%5d") ? new Object[] {42, 42, 42, 42, 4200000, -42, 255, 8} : f.startsWith("%08") ? new Object[] {Math.PI, 12345.678, 0.00001234, 1.0, 2.5} : f.equals("%c") ? new Object[] {"str"} : f.startsWith("%d %s") || f.equals("%.2d") ? new Object[] {1, 2, 3} : f.equals("%d") ? new Object[0] : f.startsWith("%b") ? new Object[] {null, 'x', "hi"} : new Object[] {"one", "two", "three", "four", "five"}; return String.format(Locale.ROOT, f, a); });
        for (String cs : new String[] {"UTF-8", "UTF-16", "UTF-16LE", "UTF-32", "ISO-8859-1", "US-ASCII", "windows-1252", "Shift_JIS", "GB18030", "EUC-KR", "IBM037", "Big5", "ISO-2022-JP", "KOI8-R", "x-nope", "bad name"}) brief("charset " + cs, () -> { Charset c = Charset.forName(cs); byte[] b = "aé日я\uD83D\uDE00€".getBytes(c); return list(b, new String(b, c), c.aliases().size() > 0, c.newEncoder().maxBytesPerChar(), new String(new byte[] {(byte) 0xc3, 0x28, (byte) 0xff, 65}, c)); }); test("malformed", () -> StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(new byte[] {(byte) 0xe2, (byte) 0x28}))); test("unmappable", () -> StandardCharsets.US_ASCII.newEncoder().encode(java.nio.CharBuffer.wrap("é")));
        for (String[] p : new String[][] {{"(a+)(b*)", "aabab"}, {"(?<y>\\d{4})-(?<m>\\d\\d)", "on 2024-02"}, {"^(\\w+)\\s\\1$", "the the"}, {"(?i)É", "é"}, {"\\p{Lu}\\P{L}", "aB1"}, {"(?<=a)b(?!c)", "abc abd"}, {"a{2,3}?", "aaaa"}, {"[a-c&&[^b]]+", "abcca"}, {"(a|b)*c|d", "abad"}, {"\\bfoo\\B", "food foo"}, {"(?x) a b # c", "ab"}, {"\\Qa.b\\E", "a.b"}, {"(?s).+", "a\nb"}, {"\\R", "\r\n"}, {"(", "x"}, {"[z-a]", "x"}, {"a**", "x"}, {"\\k<n>", "x"}, {"(?<n>a)(?<n>b)", "x"}, {"\\u{1", "x"}, {"a{3,1}", "x"}}) brief("regex " + p[0], () -> { Matcher m = Pattern.compile(p[0]).matcher(p[1]); List<Object> found = new ArrayList<>(); while (m.find()) { found.add(m.start() + m.group()); for (int k = 1; k <= m.groupCount(); k++) found.add(m.group(k)); } return found; }); test("matcher", () -> { Matcher m = Pattern.compile("b").matcher("abc"); return list(m.replaceAll(r -> r.group() + r.start()), m.reset().results().count(), m.hitEnd(), Pattern.compile(",").splitAsStream("a,b").collect(Collectors.toList()), Pattern.quote("a"), Matcher.quoteReplacement("$1"), m.toMatchResult()); }); test("no match", () -> Pattern.compile("b").matcher("abc").group()); test("no group", () -> "abc".replaceAll("b", "$3"));
    }

    static void collections() {
        Supplier<?>[] makers = {ArrayList::new, LinkedList::new, Vector::new, ArrayDeque::new, PriorityQueue::new, HashSet::new, LinkedHashSet::new, TreeSet::new, java.util.concurrent.CopyOnWriteArrayList::new, java.util.concurrent.ConcurrentLinkedDeque::new, java.util.concurrent.ConcurrentSkipListSet::new, java.util.concurrent.LinkedBlockingQueue::new, java.util.concurrent.PriorityBlockingQueue::new};
        for (Supplier<?> m : makers) { Collection<Integer> first = (Collection<Integer>) m.get(); test("collection " + first.getClass().getSimpleName(), () -> { Collection<Integer> c = (Collection<Integer>) m.get(); for (int k = 0; k < 50; k++) c.add(k * 37 % 50); c.removeIf(x -> x % 3 == 0); c.remove(4); List<Object> out = new ArrayList<>(c); Iterator<Integer> it = c.iterator(); it.next(); it.remove(); return list(out, c.size(), c.contains(7), c.stream().mapToInt(x -> x).sum(), c.containsAll(List.of(5, 7)), c.toArray(new Integer[0]).length, c.equals(m.get()), new TreeSet<>(c).first()); }); brief("null in " + first.getClass().getSimpleName(), () -> first.add(null)); test("concurrent change of " + first.getClass().getSimpleName(), () -> { Collection<Integer> c = (Collection<Integer>) m.get(); c.addAll(List.of(1, 2, 3)); try { int n = 0; for (Integer x : c) { if (n++ < 3) c.add(x + 10); } return "none" + c.size(); } catch (ConcurrentModificationException e) { return e.toString(); } catch (OutOfMemoryError e) { return "endless"; } }); }
        for (Supplier<?> m : new Supplier<?>[] {HashMap::new, LinkedHashMap::new, TreeMap::new, Hashtable::new, IdentityHashMap::new, java.util.concurrent.ConcurrentHashMap::new, java.util.concurrent.ConcurrentSkipListMap::new, WeakHashMap::new}) test("map " + m.get().getClass().getSimpleName(), () -> { Map<String, Integer> c = (Map<String, Integer>) m.get(); List<String> held = new ArrayList<>(); for (int k = 0; k < 40; k++) { held.add(("k" + k % 17).intern()); c.merge(held.get(k), k, Integer::sum); } c.computeIfAbsent("new", k -> 9); c.computeIfPresent("k1", (k, v) -> null); c.replaceAll((k, v) -> v + 1); c.putIfAbsent("k2", 1); return list(new TreeMap<>(c), c.size(), c.getOrDefault("nope", -1), c.remove("k3", 5), c.containsValue(10), c.values().stream().mapToInt(x -> x).sum(), c.entrySet().stream().filter(e -> e.getKey().equals("k5")).findFirst(), held.size()); });
        test("immutable", () -> { List.of(1).add(2); return 0; });
        test("immutable map", () -> Map.of("a", 1, "a", 2));
        test("copy", () -> list(List.copyOf(Set.of(1)), Set.of(1, 2).size(), Map.entry("k", 1), Collections.nCopies(2, "x"), Collections.unmodifiableList(new ArrayList<>(List.of(1)))));
        test("unmodifiable", () -> Collections.unmodifiableMap(new HashMap<>()).put(1, 2));
        test("sublist", () -> { List<Integer> l = new ArrayList<>(List.of(1, 2, 3, 4)); List<Integer> s = l.subList(1, 3); s.set(0, 9); s.add(7); l.add(1); return s.size(); });
        test("sort", () -> { List<String> l = new ArrayList<>(List.of("b", "A", "c", "B")); l.sort(String.CASE_INSENSITIVE_ORDER.thenComparing(Comparator.reverseOrder())); Integer[] big = new Random(1).ints(1000).boxed().toArray(Integer[]::new); Arrays.sort(big, Collections.reverseOrder()); return list(l, big[0] >= big[999], Arrays.hashCode(big), Collections.max(l), Collections.binarySearch(List.of(1, 3, 5), 4)); });
        test("bad comparator", () -> { Integer[] a = new Random(7).ints(300, 0, 50).boxed().toArray(Integer[]::new); Random r = new Random(3); Arrays.sort(a, (x, y) -> r.nextInt(3) - 1); return "sorted"; });
        test("not comparable", () -> new TreeSet<Object>(List.of(new Object())));
        test("arrays", () -> { int[] a = {5, 3, 1}; Arrays.parallelSort(a); int[] b = Arrays.copyOfRange(a, 1, 5); Arrays.parallelPrefix(a, Integer::sum); return list(a, b, Arrays.asList(1, 2), Arrays.deepToString(new int[][] {{1}, {2}}), Arrays.mismatch(a, b), Arrays.compare(a, b), Arrays.equals(a, 0, 1, b, 0, 1), Arrays.stream(a).sum()); });
        test("empty", () -> new ArrayDeque<>().pop());
        test("no element", () -> List.of().iterator().next());
        test("index", () -> new ArrayList<>(List.of(1)).get(3));
        test("index linked", () -> new LinkedList<>().get(0));
        test("scanner", () -> { Scanner sc = new Scanner("1 2.5 x\nline two\n0x1f"); return list(sc.nextInt(), sc.nextDouble(), sc.next(), sc.nextLine(), sc.nextLine(), sc.hasNextInt(), sc.next()); });
        test("scanner mismatch", () -> new Scanner("x").nextInt());
        test("optional", () -> list(Optional.of(1).map(x -> x + 1), Optional.empty().or(() -> Optional.of(2)), OptionalInt.of(3), Optional.ofNullable(null).isPresent()));
        test("optional empty", () -> Optional.empty().get());
        test("uuid", () -> list(UUID.nameUUIDFromBytes("x".getBytes()), UUID.fromString("1-2-3-4-5"), new UUID(1, 2).compareTo(new UUID(1, 3))));
        test("uuid bad", () -> UUID.fromString("x"));
        test("bit set", () -> { BitSet b = new BitSet(); b.set(3, 70); b.flip(5); return list(b.cardinality(), b.nextClearBit(3), b.toLongArray(), b.length()); });
        test("base64", () -> list(Base64.getEncoder().encodeToString("any carnal".getBytes()), new String(Base64.getMimeDecoder().decode("YW55\r\nIGM=")), Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[] {-1, -2})));
        test("base64 bad", () -> Base64.getDecoder().decode("a?b="));
        test("tokenizer", () -> { StringTokenizer t = new StringTokenizer("a,b;c", ",;", true); return t.countTokens(); });
        test("properties", () -> { Properties p = new Properties(); p.load(new java.io.StringReader("a=1\\\n 2\nb\\:c : d\\u0041\n#x")); return new TreeMap<>(p); });
        test("locale", () -> list(Locale.forLanguageTag("de-CH-1996"), Locale.GERMANY.getDisplayCountry(Locale.FRENCH), new Locale("xx", "YY").toLanguageTag(), Locale.getDefault(), Locale.lookup(Locale.LanguageRange.parse("fr-CA,en"), List.of(Locale.ENGLISH, Locale.FRENCH))));
        test("currency", () -> list(Currency.getInstance("EUR").getSymbol(Locale.GERMANY), Currency.getInstance(Locale.JAPAN)));
        test("timer", () -> { Timer t = new Timer(true); var l = new java.util.concurrent.CountDownLatch(2); t.schedule(new TimerTask() { public void run() { l.countDown(); } }, 1, 1); l.await(); t.cancel(); return l.getCount(); });
        test("objects", () -> list(Objects.hash(1, "a", null), Objects.equals(null, null), Objects.toString(null, "d"), Objects.requireNonNullElse(null, 5)));
        test("check index", () -> Objects.checkIndex(5, 3));
        test("check range", () -> Objects.checkFromToIndex(2, 1, 3));
        test("spliterator", () -> { Spliterator<Integer> sp = List.of(1, 2, 3, 4).spliterator(); Spliterator<Integer> h = sp.trySplit(); return list(h.estimateSize(), sp.characteristics() & Spliterator.SIZED); });
        test("formatter closed", () -> { Formatter f = new Formatter(); f.close(); f.format("x"); return 0; });
    }

    static void streams() {
        test("pipeline", () -> IntStream.range(0, 100).filter(x -> x % 3 == 0).mapToObj(x -> "n" + x).skip(2).limit(5).collect(Collectors.joining(",", "[", "]")));
        test("grouping", () -> new TreeMap<>(Stream.of("a", "bb", "cc", "ddd").collect(Collectors.groupingBy(String::length, Collectors.mapping(x -> x.charAt(0), Collectors.toList())))));
        test("partition", () -> IntStream.range(0, 10).boxed().collect(Collectors.partitioningBy(x -> x > 5, Collectors.summingInt(x -> x))));
        test("to map duplicate", () -> Stream.of("a", "a").collect(Collectors.toMap(x -> x, x -> 1)));
        test("parallel", () -> IntStream.rangeClosed(1, 10000).parallel().mapToLong(x -> (long) x * x).sum());
        test("parallel order", () -> IntStream.range(0, 1000).parallel().boxed().filter(x -> x % 7 == 0).collect(Collectors.toList()).hashCode());
        test("parallel throws", () -> { try { IntStream.range(0, 100).parallel().forEach(x -> { if (x == 50) throw new IllegalStateException("fifty"); }); return 0; } catch (IllegalStateException e) { return e.getMessage(); } });
        test("flat map", () -> Stream.of(List.of(1, 2), List.of(3)).flatMap(List::stream).mapMulti((Integer x, Consumer<Object> c) -> { c.accept(x); c.accept(-x); }).collect(Collectors.toList()));
        test("iterate", () -> Stream.iterate(1, x -> x < 500, x -> x * 3).reduce(0, Integer::sum));
        test("sorted distinct", () -> Stream.of(3, 1, 3, 2).distinct().sorted(Comparator.reverseOrder()).toList());
        test("statistics", () -> DoubleStream.of(1, 2.5, 4).summaryStatistics());
        test("take drop", () -> list(IntStream.range(0, 10).takeWhile(x -> x < 4).sum(), IntStream.range(0, 10).dropWhile(x -> x < 4).sum()));
        test("teeing", () -> Stream.of(1, 2, 3).collect(Collectors.teeing(Collectors.counting(), Collectors.averagingInt(x -> x), (a, b) -> a + ":" + b)));
        test("reuse", () -> { Stream<Integer> s = Stream.of(1); s.count(); return s.count(); });
        test("close", () -> { StringBuilder b = new StringBuilder(); try (Stream<Integer> s = Stream.of(1).onClose(() -> b.append("closed"))) { s.count(); } return b; });
        test("lazy", () -> { StringBuilder b = new StringBuilder(); Stream.of(1, 2, 3).peek(b::append).filter(x -> x > 1).peek(x -> b.append('!')).findFirst(); return b; });
        test("infinite", () -> Stream.generate(() -> "x").limit(3).collect(Collectors.toList()));
        test("null element", () -> Stream.of(1, null).findFirst().get() + "" + Stream.of((Object) null).findFirst());
        test("functions", () -> list(Function.<Integer>identity().andThen(x -> x + 1).compose((Integer x) -> x * 2).apply(5), ((Predicate<String>) String::isEmpty).negate().or(x -> true).test(""), BinaryOperator.minBy(Comparator.<Integer>naturalOrder()).apply(2, 1), UnaryOperator.identity().apply("u"), ((Supplier<int[]>) () -> new int[2]).get().length, ((IntFunction<int[]>) int[]::new).apply(3).length, ((Function<String, Integer>) Integer::new).apply("7")));
        test("lambda captures", () -> { int a = 1; long b = 2; String c = "c"; double[] d = {1.5}; Supplier<Object> s = () -> a + b + c + d[0] + new Object() { int f() { return a; } }.f(); d[0]++; return s.get(); });
        test("lambda serial", () -> { var f = (Function<Integer, Integer> & java.io.Serializable) x -> x + 1; var o = new java.io.ByteArrayOutputStream(); new java.io.ObjectOutputStream(o).writeObject(f); return ((Function<Integer, Integer>) new java.io.ObjectInputStream(new java.io.ByteArrayInputStream(o.toByteArray())).readObject()).apply(4); });
        test("recursive lambda", () -> { Function<Integer, Integer>[] f = new Function[1]; f[0] = n -> n < 2 ? n : f[0].apply(n - 1) + f[0].apply(n - 2); return f[0].apply(12); });
        test("intersection", () -> { var r = (Runnable & Comparable<String>) null; return r; });
    }

    static void times() {
        test("dates", () -> { LocalDate d = LocalDate.of(2024, 2, 29); return list(d.plusYears(1), d.getDayOfWeek(), d.with(TemporalAdjusters.lastDayOfYear()), d.until(LocalDate.of(2030, 1, 1)), ChronoUnit.DAYS.between(d, LocalDate.of(2000, 1, 1)), d.isLeapYear(), d.get(ChronoField.ALIGNED_WEEK_OF_YEAR), YearMonth.from(d), d.atTime(1, 2).atOffset(ZoneOffset.ofHours(5)), d.datesUntil(d.plusDays(3)).collect(Collectors.toList())); });
        test("zones", () -> { ZonedDateTime z = ZonedDateTime.of(2024, 3, 31, 2, 30, 0, 0, ZoneId.of("Europe/Berlin")); return list(z, z.plusHours(24), z.withZoneSameInstant(ZoneId.of("America/New_York")), z.toInstant(), ZoneId.of("Asia/Kolkata").getRules().getOffset(Instant.EPOCH), ZoneId.of("Europe/Berlin").getRules().getTransition(LocalDateTime.of(2024, 3, 31, 2, 30)), z.getOffset()); });
        test("durations", () -> list(Duration.ofMillis(-1500), Duration.parse("PT1H2.5S").toSeconds(), Period.parse("P1Y2M3D").plusDays(40), Duration.between(Instant.EPOCH, Instant.ofEpochSecond(90061)).toHoursPart(), Instant.MAX));
        test("format", () -> list(DateTimeFormatter.ofPattern("EEEE d. MMMM uuuu, HH:mm", Locale.GERMAN).format(LocalDateTime.of(2024, 5, 6, 7, 8)), DateTimeFormatter.ISO_WEEK_DATE.format(LocalDate.of(2021, 1, 3)), DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.of(2024, 1, 2, 3, 4, 5, 6, ZoneOffset.UTC)), DateTimeFormatter.ofLocalizedDate(FormatStyle.FULL).withLocale(Locale.FRANCE).format(LocalDate.of(2024, 5, 6)), LocalTime.parse("10:15").atDate(LocalDate.EPOCH)));
        test("parse bad", () -> LocalDate.parse("2023-02-29"));
        test("parse text", () -> LocalDate.parse("x"));
        test("field bad", () -> LocalDate.of(2024, 1, 1).get(ChronoField.HOUR_OF_DAY));
        test("zone bad", () -> ZoneId.of("No/Such"));
        test("chronologies", () -> list(java.time.chrono.JapaneseDate.of(2024, 5, 1), java.time.chrono.HijrahDate.from(LocalDate.of(2024, 5, 1)), java.time.chrono.ThaiBuddhistDate.of(2567, 1, 1), java.time.chrono.MinguoDate.of(113, 2, 3)));
        test("old dates", () -> { GregorianCalendar c = new GregorianCalendar(TimeZone.getTimeZone("UTC"), Locale.US); c.setTimeInMillis(1e12 > 0 ? 1000000000000L : 0); c.add(Calendar.MONTH, 5); SimpleDateFormat f = new SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss.SSSXXX EEE", Locale.US); f.setTimeZone(TimeZone.getTimeZone("GMT+3")); return list(f.format(c.getTime()), c.getActualMaximum(Calendar.DAY_OF_MONTH), new Date(0).toInstant(), TimeZone.getTimeZone("Asia/Tokyo").getRawOffset(), java.sql.Timestamp.valueOf("2024-01-02 03:04:05.678")); });
        test("old date bad", () -> new SimpleDateFormat("yyyy").parse("x"));
        test("clock", () -> list(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC).instant(), Clock.tick(Clock.systemUTC(), Duration.ofHours(1)).instant().getNano()));
        test("number formats", () -> list(NumberFormat.getInstance(Locale.GERMANY).format(1234567.891), NumberFormat.getCurrencyInstance(Locale.US).format(-3.5), NumberFormat.getPercentInstance(Locale.FRANCE).format(0.256), new DecimalFormat("#,##0.00;(#)", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(-1234.5), NumberFormat.getCompactNumberInstance(Locale.US, NumberFormat.Style.SHORT).format(12345), new ChoiceFormat("0#none|1#one|1<many").format(5)));
        test("messages", () -> new MessageFormat("{0,number,#.#} {1} {2,choice,0#zero|1#one} '{'", Locale.ROOT).format(new Object[] {1.25, "x", 1}));
        test("message bad", () -> MessageFormat.format("{0", 1));
        test("collator", () -> { Collator c = Collator.getInstance(Locale.FRENCH); c.setStrength(Collator.PRIMARY); return c.compare("été", "ETE"); });
        test("breaks", () -> { BreakIterator b = BreakIterator.getWordInstance(Locale.US); b.setText("Hello, big world."); int n = 0; while (b.next() != BreakIterator.DONE) n++; return n; });
        test("bundle absent", () -> ResourceBundle.getBundle("no.such.Bundle"));
    }
    public static void main(String[] args) { Locale.setDefault(Locale.US); TimeZone.setDefault(TimeZone.getTimeZone("UTC")); numbers(); strings(); collections(); streams(); times(); }
}
