// modes: native
import java.math.*;
import java.text.*;
import java.util.*;

/** BigInteger, BigDecimal, number formatting and parsing, Math, bit tricks. */
public class Numbers {
    public static void main(String[] z) throws Exception {
        BigInteger f = BigInteger.ONE; for (int i = 2; i <= 60; i++) f = f.multiply(BigInteger.valueOf(i));
        System.out.println(f + " " + f.bitLength() + " " + f.bitCount() + " " + f.toString(36));
        BigInteger p = new BigInteger("170141183460469231731687303715884105727");
        System.out.println(p.isProbablePrime(30) + " " + p.modPow(BigInteger.TEN, BigInteger.valueOf(1000007)) + " " +
            p.modInverse(f.add(BigInteger.ONE)) + " " + p.sqrt() + " " + f.gcd(BigInteger.valueOf(1L << 40)));
        System.out.println(f.shiftLeft(3).shiftRight(70) + " " + f.negate().mod(BigInteger.valueOf(97)) + " " +
            Arrays.toString(f.divideAndRemainder(p)) + " " + p.not().testBit(3) + p.xor(f).signum() + " " +
            Arrays.toString(BigInteger.valueOf(-129).toByteArray()));
        BigInteger big = BigInteger.valueOf(3).pow(5000);
        System.out.println(big.toString().hashCode() + " " + big.multiply(big).hashCode() + " " + big.pow(3).divide(big).equals(big.pow(2)));
        System.out.println(new BigDecimal("10").divide(new BigDecimal("3"), 20, RoundingMode.HALF_EVEN) + " " + new
            BigDecimal("1.10").equals(new BigDecimal("1.1")) + " " + new BigDecimal("1.10").stripTrailingZeros() + " " + new BigDecimal(0.1)
            + " " + new BigDecimal("1E+5").toPlainString() + " " + new BigDecimal("123.456e-10").toEngineeringString());
        try { BigDecimal.ONE.divide(new BigDecimal(3)); } catch (ArithmeticException e) { System.out.println(e.getMessage()); }
        for (RoundingMode m : RoundingMode.values()) if (m != RoundingMode.UNNECESSARY) System.out.print(new BigDecimal("-2.5").setScale(0,
            m) + " " + new BigDecimal("2.51").setScale(1, m) + ";");
        System.out.println(new BigDecimal("2").sqrt(new MathContext(40)) + " " + new
            BigDecimal("123456789.987654321").round(MathContext.DECIMAL32) + " " + new BigDecimal("-7.5").remainder(new BigDecimal("2")));
        for (double d : new double[] { 0, -0.0, 1, 0.1, 100, 1e7, 1.0E-3, 9.999E-4, 123456789.125, Double.MIN_VALUE, Double.MAX_VALUE, 2e-3,
            2.2250738585072014E-308, 1e23, 4.35, 5e-324 }) System.out.print(d + " " + Double.toHexString(d) + " " + (float) d + "; ");
        System.out.println();
        for (String s : new String[] { "1e400", "-1e-400", "0x1.8p3", "  12.5f ", "NaN", "-Infinity", "1.7976931348623159e308",
            "2.4703282292062328e-324", ".5", "1_0" }) try { System.out.print(Double.parseDouble(s) + " "); } catch (NumberFormatException e)
            { System.out.println(e.getMessage()); }
        System.out.println(Integer.toString(-255, 16) + Integer.toHexString(-255) + " " + Integer.parseUnsignedInt("4294967295") + " " +
            Long.toUnsignedString(-1) + " " + Long.parseLong("-zz", 36) + " " + Long.divideUnsigned(-1, 10) + " " + Integer.reverse(1) +
            Integer.highestOneBit(1000) + Integer.numberOfTrailingZeros(80) + Long.bitCount(-1L >>> 3) + Integer.rotateLeft(0x80000001, 4));
        System.out.println(Math.floorMod(-7, 3) + " " + Math.floorDiv(-7, 3) + " " + Math.hypot(3, 4) + " " + Math.cbrt(27) + " " +
            Math.rint(2.5) + Math.round(-2.5) + Math.round(0.49999999999999994) + " " + Math.ulp(1.0) + " " + Math.nextUp(1f) + " " +
            Math.scalb(1.5, 10) + " " + Math.getExponent(1e-310) + " " + Math.fma(2.0, 3.0, 4.0) + " " + Math.multiplyHigh(Long.MAX_VALUE,
            12345L) + " " + Math.IEEEremainder(5, 3) + " " + Math.copySign(3, -0.0));
        System.out.println(StrictMath.sin(1) + " " + StrictMath.exp(1.5) + " " + StrictMath.pow(2.5, 3.5) + " " + StrictMath.log10(12345) +
            " " + StrictMath.atan2(1, -2) + " " + StrictMath.sinh(2) + " " + StrictMath.expm1(1e-10) + " " + StrictMath.tan(1e10));
        System.out.println(String.format("%05d|%-8s|%8.3f|%,d|%x|%X|%o|%e|%g|%b|%c|%%|%n", 42, "ab", Math.PI, 123456789, 255, 255L, 8,
            12345.678, 0.0001234, true, 'q').trim());
        System.out.println(String.format("%+d %(d % d %#x %08.2f %10.4s| %-10b| %h %S %3$s %<s %a", 5, -6, 7, 255, -3.14159, "truncate",
            null, "hash", "up", 1.0));
        System.out.println(String.format(Locale.GERMANY, "%,.2f %tY", 1234567.891, new GregorianCalendar(2020, 0, 5)) +
            String.format(Locale.FRANCE, " %,d", 1234567));
        System.out.println(new DecimalFormat("#,##0.00;(#)").format(-12345.678) + new DecimalFormat("0.###E0").format(123456) + new
            DecimalFormat("00.0%").format(.256) + new DecimalFormat("\u00a4#,##0.00", DecimalFormatSymbols.getInstance(Locale.US)).format(5)
            + new DecimalFormat("#.##").parse("1234.567xyz"));
        System.out.println(NumberFormat.getCurrencyInstance(Locale.US).format(1234.5) +
            NumberFormat.getPercentInstance(Locale.US).format(.75) + NumberFormat.getInstance(Locale.GERMANY).format(1234567.891) +
            NumberFormat.getCompactNumberInstance(Locale.US, NumberFormat.Style.SHORT).format(12345678) + NumberFormat.getInstance(new
            Locale("hi", "IN")).format(12345678));
        System.out.println(MessageFormat.format("{0} has {1,number,integer} {1,choice,0#none|1#one|1<many} on {2,date,yyyy-MM-dd} '{'{3}'}'", "Ann", 3, new Date(0), null) + new ChoiceFormat("0#zero|1#one|2#two+").format(7));
        Random r = new Random(12345);
        System.out.println(r.nextInt() + " " + r.nextLong() + " " + r.nextDouble() + " " + r.nextGaussian() + " " + r.nextBoolean() + " " +
            r.nextFloat() + " " + r.nextInt(5, 10));
        List<Integer> sh = new ArrayList<>(List.of(1, 2, 3, 4, 5, 6, 7)); Collections.shuffle(sh, new Random(3)); System.out.println(sh);
        System.out.println(java.util.random.RandomGenerator.of("L64X128MixRandom").getClass().getSimpleName() + " " +
            java.util.random.RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(42).nextLong());
        BitSet b = new BitSet();
        b.set(3, 9);
        b.flip(5);
        b.or(BitSet.valueOf(new long[] { 1L << 40 }));
        System.out.println(b + " " + b.cardinality() + b.nextClearBit(3) + " " + Arrays.toString(b.toLongArray()));
        HexFormat h = HexFormat.ofDelimiter(":").withUpperCase();
        System.out.println(h.formatHex(new byte[] { 1, -1, 127 }) + " " + HexFormat.fromHexDigits("7fff") +
            UUID.nameUUIDFromBytes("x".getBytes()) + " " + new UUID(1, 2) + " " +
            UUID.fromString("00000000-0000-0001-0000-000000000002").equals(new UUID(1, 2)));
        System.out.println(Base64.getEncoder().encodeToString("hello world??>".getBytes()) +
            Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[] { -1, -2, -3, -4 }) + new
            String(Base64.getMimeDecoder().decode("aGVs\r\nbG8=")) + Base64.getMimeEncoder(8, "|".getBytes()).encodeToString(new byte[15]));
        java.util.zip.CRC32 c = new java.util.zip.CRC32();
        c.update("123456789".getBytes());
        java.util.zip.Adler32 ad = new java.util.zip.Adler32();
        ad.update("123456789".getBytes());
        java.util.zip.CRC32C cc = new java.util.zip.CRC32C();
        cc.update("123456789".getBytes());
        System.out.println(Long.toHexString(c.getValue()) + " " + Long.toHexString(ad.getValue()) + " " + Long.toHexString(cc.getValue()));
    }
}
