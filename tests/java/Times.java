// modes: native
import java.text.*;
import java.time.*;
import java.time.chrono.*;
import java.time.format.*;
import java.time.temporal.*;
import java.util.*;

/** java.time, the old date classes, locales. */
public class Times {
    public static void main(String[] a) throws Exception {
        LocalDate d = LocalDate.of(2024, Month.FEBRUARY, 29);
        System.out.println(d.plusYears(1) + " " + d.with(TemporalAdjusters.lastDayOfMonth()).getDayOfWeek() + " " +
            d.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR) + " " + d.until(LocalDate.of(2025, 3, 1)) + " " + ChronoUnit.DAYS.between(d,
            LocalDate.EPOCH) + d.isLeapYear() + " " + d.query(TemporalQueries.precision()));
        ZonedDateTime z = ZonedDateTime.of(2023, 3, 26, 1, 59, 59, 5, ZoneId.of("Europe/Berlin"));
        System.out.println(z.plusSeconds(1) + " " + z.withZoneSameInstant(ZoneId.of("America/New_York")) + " " +
            z.toInstant().toEpochMilli() + " " + z.getZone().getRules().isDaylightSavings(z.plusDays(1).toInstant()) + " " +
            ZoneId.of("Asia/Kolkata").getRules().getOffset(Instant.EPOCH));
        System.out.println(ZonedDateTime.ofLocal(LocalDateTime.of(2023, 10, 29, 2, 30), ZoneId.of("Europe/Paris"), ZoneOffset.ofHours(1)));
        System.out.println(Duration.ofSeconds(93784, 5_000_000).toString() + Duration.parse("PT-1.5S").toMillis() + " " +
            Period.parse("P1Y2M3W4D").normalized() + " " + Duration.between(LocalTime.MIN, LocalTime.MAX).toHoursPart());
        System.out.println(DateTimeFormatter.ofPattern("EEEE, d MMMM uuuu HH:mm:ss.SSS VV xxx", Locale.ENGLISH).format(z) + " | " +
            DateTimeFormatter.RFC_1123_DATE_TIME.format(z) + " | " +
            DateTimeFormatter.ofLocalizedDate(FormatStyle.FULL).withLocale(Locale.FRANCE).format(d) + " | " +
            DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM).withLocale(Locale.GERMANY).format(z) + " | " +
            DateTimeFormatter.ofPattern("zzzz", Locale.US).format(z));
        System.out.println(LocalDate.parse("03/Jul/2021", DateTimeFormatter.ofPattern("dd/MMM/yyyy", Locale.US)) + " " +
            OffsetDateTime.parse("2020-01-01T00:00:00+05:30").toInstant() + " " +
            Instant.parse("2020-06-30T12:34:56.789Z").truncatedTo(ChronoUnit.MINUTES) + " " + LocalTime.parse("10:15").minusMinutes(700) +
            " " + Year.of(2023).atDay(200) + " " + YearMonth.parse("2021-02").lengthOfMonth() + MonthDay.of(2, 29));
        for (String s : new String[] { "2023-02-30", "xx", "2023-13-01" }) try { LocalDate.parse(s); } catch (DateTimeParseException e) {
            System.out.println(e.getMessage()); }
        try { LocalDate.of(2023, 2, 29); } catch (DateTimeException e) { System.out.println(e.getMessage()); }
        try { ZoneId.of("Mars/Base"); } catch (DateTimeException e) { System.out.println(e.getClass() + e.getMessage()); }
        try { LocalDate.EPOCH.get(ChronoField.HOUR_OF_DAY); } catch (UnsupportedTemporalTypeException e) { System.out.println(e.getMessage()); }
        System.out.println(JapaneseDate.from(d) + " " + HijrahDate.from(d) + " " + ThaiBuddhistDate.from(d) + " " + MinguoDate.from(d) + " "
            + WeekFields.of(Locale.US).getFirstDayOfWeek() + Chronology.getAvailableChronologies().size());
        System.out.println(new DateTimeFormatterBuilder().appendPattern("uuuu[-MM[-dd]]").parseDefaulting(ChronoField.MONTH_OF_YEAR,
            1).parseDefaulting(ChronoField.DAY_OF_MONTH, 1).toFormatter().parse("2020-05", LocalDate::from));
        Clock c = Clock.offset(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), Duration.ofDays(1));
        System.out.println(LocalDateTime.now(c) + " " + Clock.tick(c, Duration.ofHours(5)).instant());
        TimeZone.setDefault(TimeZone.getTimeZone("America/Los_Angeles"));
        SimpleDateFormat f = new SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss.SSSZ z EEE MMM", Locale.US);
        System.out.println(f.format(new Date(1234567890123L)) + " " + new SimpleDateFormat("dd.MM.yy",
            Locale.GERMANY).parse("24.12.99").getTime() + " " + new Date(0));
        try { f.parse("junk"); } catch (ParseException e) { System.out.println(e.getMessage() + e.getErrorOffset()); }
        Calendar k = new GregorianCalendar(1582, Calendar.OCTOBER, 4);
        k.add(Calendar.DATE, 1);
        System.out.println(k.getTime() + " " + k.getActualMaximum(Calendar.DAY_OF_MONTH) + " " + k.get(Calendar.WEEK_OF_YEAR));
        k.roll(Calendar.MONTH, 5);
        System.out.println(k.getTimeInMillis());
        System.out.println(DateFormat.getDateTimeInstance(DateFormat.LONG, DateFormat.SHORT, Locale.ITALY).format(new Date(0)) + " " +
            DateFormat.getDateInstance(DateFormat.FULL, Locale.JAPAN).format(new Date(0)).codePointCount(0, 5));
        System.out.println(Locale.forLanguageTag("zh-Hant-TW-u-ca-roc").toString() +
            Locale.forLanguageTag("sr-Latn").getDisplayName(Locale.ENGLISH) + Locale.GERMANY.getISO3Country() +
            Locale.CANADA_FRENCH.getDisplayLanguage(Locale.FRENCH) + Locale.getDefault() + new
            Locale.Builder().setLanguage("de").setRegion("AT").build().toLanguageTag());
        System.out.println(Currency.getInstance("EUR").getSymbol(Locale.FRANCE).length() +
            Currency.getInstance(Locale.JAPAN).getDefaultFractionDigits() + " " + DayOfWeek.FRIDAY.getDisplayName(TextStyle.SHORT,
            Locale.US) + Month.MARCH.getDisplayName(TextStyle.FULL, Locale.GERMAN) + " " +
            Collator.getInstance(Locale.GERMAN).compare("\u00e4", "b"));
        BreakIterator bi = BreakIterator.getWordInstance(Locale.US);
        bi.setText("Don't stop, now.");
        for (int i = bi.first(); i != BreakIterator.DONE; i = bi.next()) System.out.print(i + " ");
        System.out.println(Normalizer.normalize("\u00e9", Normalizer.Form.NFD).length());
    }
}
