import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A warehouse: parses a log of orders with regular expressions, keeps stock, answers queries with streams, evaluates
 * price formulas with a small expression parser, and prints a report. A program that uses much of java.base.
 */
public class Warehouse {

    // ---- Data ---------------------------------------------------------------------------------------

    enum Unit {
        PIECE("pc", 1), DOZEN("dz", 12), GROSS("gr", 144);

        private final String code;
        private final int pieces;

        Unit(String code, int pieces) {
            this.code = code;
            this.pieces = pieces;
        }

        static Unit of(String code) {
            return Arrays.stream(values()).filter(u -> u.code.equals(code)).findFirst()
                    .orElseThrow(() -> new NoSuchElementException("unit " + code));
        }
    }

    record Item(String name, String category, long priceInCents) implements Comparable<Item> {
        Item {
            Objects.requireNonNull(name);
            if (priceInCents <= 0) throw new IllegalArgumentException(name + " costs " + priceInCents);
        }

        @Override
        public int compareTo(Item other) {
            return Comparator.comparing(Item::category).thenComparing(Item::name).compare(this, other);
        }
    }

    record Order(int id, String customer, Map<Item, Integer> lines, boolean express) {
        long total() {
            return lines.entrySet().stream().mapToLong(e -> e.getKey().priceInCents() * e.getValue()).sum();
        }

        int pieces() {
            int n = 0;
            for (int count : lines.values()) n += count;
            return n;
        }
    }

    sealed interface Event permits Arrival, Placed, Cancelled {
    }

    record Arrival(Item item, int pieces) implements Event {
    }

    record Placed(Order order) implements Event {
    }

    record Cancelled(int id) implements Event {
    }

    static class BadLine extends Exception {
        private static final long serialVersionUID = 1;
        final int number;

        BadLine(int number, String message, Throwable cause) {
            super("line " + number + ": " + message, cause);
            this.number = number;
        }
    }

    // ---- A least-recently-used cache, by a subclass of LinkedHashMap ------------------------------------

    static final class Cache<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1;
        private final int limit;
        int hits, misses;

        Cache(int limit) {
            super(16, 0.75f, true);
            this.limit = limit;
        }

        V get(K key, Supplier<? extends V> maker) {
            V v = super.get(key);
            if (v != null) {
                hits++;
                return v;
            }
            misses++;
            v = maker.get();
            put(key, v);
            return v;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > limit;
        }
    }

    // ---- Expressions: sums and products with variables ---------------------------------------------------

    interface Expression {
        double value(Map<String, Double> variables);

        static Expression constant(double d) {
            return v -> d;
        }

        static Expression variable(String name) {
            return v -> {
                Double d = v.get(name);
                if (d == null) throw new NoSuchElementException("variable " + name);
                return d;
            };
        }

        default Expression combine(Expression other, BiFunction<Double, Double, Double> f) {
            return v -> f.apply(value(v), other.value(v));
        }
    }

    static final class Parser {
        private static final Pattern TOKEN = Pattern.compile("\\s*(?:(\\d+(?:\\.\\d+)?)|([a-z]+)|([-+*/()]))");
        private final List<String> tokens = new LinkedList<>();
        private final Iterator<String> rest;
        private String current;

        Parser(String text) {
            Matcher m = TOKEN.matcher(text);
            int at = 0;
            while (at < text.length() && m.find(at) && m.start() == at) {
                tokens.add(m.group().trim());
                at = m.end();
            }
            if (at != text.length()) throw new IllegalArgumentException("at " + at + " in \"" + text + "\"");
            rest = tokens.iterator();
            advance();
        }

        private void advance() {
            current = rest.hasNext() ? rest.next() : null;
        }

        private boolean take(String token) {
            if (!token.equals(current)) return false;
            advance();
            return true;
        }

        Expression parse() {
            Expression e = sum();
            if (current != null) throw new IllegalArgumentException("unexpected " + current);
            return e;
        }

        private Expression sum() {
            Expression e = product();
            while (true) {
                if (take("+")) e = e.combine(product(), Double::sum);
                else if (take("-")) e = e.combine(product(), (a, b) -> a - b);
                else return e;
            }
        }

        private Expression product() {
            Expression e = factor();
            while (true) {
                if (take("*")) e = e.combine(factor(), (a, b) -> a * b);
                else if (take("/")) e = e.combine(factor(), (a, b) -> a / b);
                else return e;
            }
        }

        private Expression factor() {
            if (take("(")) {
                Expression e = sum();
                if (!take(")")) throw new IllegalArgumentException("missing )");
                return e;
            }
            if (take("-")) {
                Expression e = factor();
                return v -> -e.value(v);
            }
            String token = current;
            if (token == null) throw new IllegalArgumentException("unexpected end");
            advance();
            return Character.isDigit(token.charAt(0)) ? Expression.constant(Double.parseDouble(token)) : Expression.variable(token);
        }
    }

    // ---- The log -----------------------------------------------------------------------------------------

    private static final Pattern LINE = Pattern.compile(
            "(?<verb>arrive|order|cancel)(?:\\s+#(?<id>\\d+))?(?:\\s+by\\s+(?<who>\\p{Alpha}[\\w ]*?))?(?:\\s*:\\s*(?<what>.*?))?(?<express>!)?");
    private static final Pattern AMOUNT = Pattern.compile("(\\d+)\\s*(pc|dz|gr)\\s+of\\s+([\\w ]+)");

    private final Map<String, Item> catalogue = new TreeMap<>();
    private final Map<Item, Integer> stock = new HashMap<>();
    private final Map<Integer, Order> open = new TreeMap<>(Comparator.reverseOrder());
    private final Deque<String> journal = new ArrayDeque<>();
    private final Cache<String, Expression> formulas = new Cache<>(3);

    Warehouse(Collection<Item> items) {
        for (Item i : items) catalogue.put(i.name(), i);
    }

    private Map<Item, Integer> amounts(String text) {
        Map<Item, Integer> result = new LinkedHashMap<>();
        for (String part : text.split(",\\s*")) {
            Matcher m = AMOUNT.matcher(part);
            if (!m.matches()) throw new IllegalArgumentException("no amount: \"" + part + "\"");
            Item item = Optional.ofNullable(catalogue.get(m.group(3)))
                    .orElseThrow(() -> new NoSuchElementException("item " + m.group(3)));
            result.merge(item, Integer.parseInt(m.group(1)) * Unit.of(m.group(2)).pieces, Integer::sum);
        }
        return result;
    }

    private List<Event> events(String line, int number) throws BadLine {
        Matcher m = LINE.matcher(line.strip());
        if (!m.matches()) throw new BadLine(number, "not understood", null);
        try {
            switch (m.group("verb")) {
                case "arrive":
                    return amounts(m.group("what")).entrySet().stream()
                            .map(e -> (Event) new Arrival(e.getKey(), e.getValue())).collect(Collectors.toList());
                case "order":
                    int id = Integer.parseInt(m.group("id"));
                    return List.of(new Placed(new Order(id, m.group("who"), amounts(m.group("what")), m.group("express") != null)));
                case "cancel":
                    return List.of(new Cancelled(Integer.parseInt(m.group("id"))));
                default:
                    throw new AssertionError(m.group("verb"));
            }
        } catch (NoSuchElementException | IllegalArgumentException e) {
            throw new BadLine(number, e.getMessage(), e);
        }
    }

    private void apply(Event event) {
        if (event instanceof Arrival a) {
            stock.merge(a.item(), a.pieces(), Integer::sum);
            journal.addLast("+" + a.pieces() + " " + a.item().name());
        } else if (event instanceof Placed p) {
            Order o = p.order();
            Set<Item> missing = new TreeSet<>();
            o.lines().forEach((item, n) -> {
                if (stock.getOrDefault(item, 0) < n) missing.add(item);
            });
            if (!missing.isEmpty()) {
                journal.addFirst("short for #" + o.id() + ": " + missing.stream().map(Item::name).collect(Collectors.joining("/")));
                return;
            }
            o.lines().forEach((item, n) -> stock.computeIfPresent(item, (i, have) -> have - n));
            open.put(o.id(), o);
            journal.addLast("order #" + o.id());
        } else if (event instanceof Cancelled c) {
            Order o = open.remove(c.id());
            if (o == null) journal.addFirst("nothing to cancel: #" + c.id());
            else o.lines().forEach((item, n) -> stock.merge(item, n, Integer::sum));
        }
    }

    void read(String log) {
        int number = 0;
        for (String line : log.split("\n")) {
            number++;
            if (line.isBlank()) continue;
            try {
                events(line, number).forEach(this::apply);
            } catch (BadLine e) {
                journal.addFirst(e.getMessage() + (e.getCause() == null ? "" : " (" + e.getCause().getClass().getSimpleName() + ")"));
            }
        }
    }

    double price(String formula, Order o) {
        Expression e = formulas.get(formula, () -> new Parser(formula).parse());
        return e.value(Map.of("total", o.total() / 100.0, "pieces", (double) o.pieces(), "express", o.express() ? 1.0 : 0.0));
    }

    // ---- The report ---------------------------------------------------------------------------------------

    static String money(long cents) {
        return String.format(Locale.ROOT, "%,d.%02d", cents / 100, cents % 100);
    }

    void report() {
        System.out.println("stock:");
        stock.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .forEach(e -> System.out.printf("  %-12s %-8s %5d at %10s%n", e.getKey().name(), e.getKey().category(), e.getValue(), money(e.getKey().priceInCents())));
        System.out.println("open orders:");
        for (Order o : open.values())
            System.out.println("  " + o.id() + " " + o.customer() + (o.express() ? " (express)" : "") + ": " + o.pieces() + " pieces, " + money(o.total()));
        Map<String, Long> byCustomer = open.values().stream()
                .collect(Collectors.groupingBy(Order::customer, TreeMap::new, Collectors.summingLong(Order::total)));
        System.out.println("by customer: " + byCustomer);
        Map<Boolean, List<Integer>> parts = open.values().stream()
                .collect(Collectors.partitioningBy(Order::express, Collectors.mapping(Order::id, Collectors.toList())));
        System.out.println("express: " + parts.get(true) + ", others: " + parts.get(false));
        PriorityQueue<Order> largest = new PriorityQueue<>(Comparator.comparingLong(Order::total).reversed().thenComparing(Order::id));
        largest.addAll(open.values());
        StringJoiner joiner = new StringJoiner(" > ", "[", "]");
        while (!largest.isEmpty()) joiner.add("#" + largest.poll().id());
        System.out.println("by size: " + joiner);
        for (String formula : List.of("total * 1.19", "total + 4.9 * express", "total*1.19", "(total - pieces/10) * 2", "total * 1.19", "-pieces + 2*(3-1)"))
            System.out.println("  " + formula + " = " + open.values().stream().map(o -> String.format(Locale.ROOT, "%.2f", price(formula, o))).collect(Collectors.joining(", ")));
        System.out.println("formulas: " + formulas.hits + " hits, " + formulas.misses + " misses, kept " + formulas.keySet());
        System.out.println("journal:");
        journal.forEach(j -> System.out.println("  " + j));
    }

    static String randomLog(int lines, List<String> names) {
        long state = 2024;
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            int r = (int) (state >>> 40 & 0xffff);
            String name = names.get(r % names.size());
            log.append(r % 3 == 0 ? "order #%d by Robot %c: %d pc of %s".formatted(1000 + i, 'A' + r % 4, 1 + r % 20, name)
                    : "arrive: %d dz of %s".formatted(1 + r % 5, name)).append('\n');
        }
        return log.toString();
    }

    public static void main(String[] args) {
        List<Item> items = Stream.of("lamp,light,1999", "bulb,light,250", "desk,office,14900", "chair,office,8950", "paper clip,office,3")
                .map(s -> s.split(",")).map(f -> new Item(f[0], f[1], Long.parseLong(f[2]))).toList();
        Warehouse w = new Warehouse(items);
        w.read("""
                arrive: 3 dz of lamp, 2 gr of bulb, 40 pc of chair
                arrive: 1 dz of desk, 10 gr of paper clip
                order #1 by Ada Lovelace: 2 pc of desk, 4 pc of chair
                order #2 by Charles: 1 gr of bulb!
                order #3 by Grace Hopper: 20 pc of desk, 90 pc of chair
                order #4 by Ada Lovelace: 5 gr of paper clip, 1 pc of lamp !
                cancel #2
                cancel #77

                order #5 by Alan: 3 xx of lamp
                order #6 by Alan: 3 pc of table
                steal: everything
                """);
        w.read(randomLog(150, items.stream().map(Item::name).toList()));
        try {
            new Item("air", "none", 0);
        } catch (IllegalArgumentException e) {
            System.out.println(e.getMessage());
        }
        Predicate<Order> large = o -> o.total() > 50_000;
        UnaryOperator<String> shout = s -> s.toUpperCase(Locale.ROOT) + "!";
        System.out.println(shout.apply("large orders") + " " + w.open.values().stream().filter(large.and(o -> !o.express())).count());
        while (w.journal.size() > 12) w.journal.removeLast();
        Iterator<Integer> ids = new ArrayList<>(w.open.keySet()).iterator();
        while (ids.hasNext()) if (ids.next() % 5 != 4 && w.open.size() > 6) w.open.remove(ids.hasNext() ? ids.next() : 0);
        w.report();
        Set<String> words = new LinkedHashSet<>(Arrays.asList("b", "a", "c", "a"));
        List<Integer> numbers = IntStream.iterate(1, i -> i * 3 % 101).limit(20).boxed().collect(Collectors.toCollection(ArrayList::new));
        Collections.sort(numbers, Collections.reverseOrder());
        System.out.println(words + " " + numbers + " " + new HashSet<>(numbers).size() + " " + Collections.max(numbers));
    }
}
