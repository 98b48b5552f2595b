import java.util.*;
import java.util.function.*;
import java.util.stream.*;

/** Streams, sequential and parallel; collectors; Optional. */
public class Streams {
    static void show(Object o) { System.out.println(o); }
    record P(String name, int age, String city) {}
    public static void main(String[] a) {
        List<P> ps = List.of(new P("Ann", 30, "Oslo"), new P("Bob", 25, "Rome"), new P("Cid", 30, "Rome"), new P("Dee", 41, "Oslo"), new
            P("Eve", 19, "Bern"));
        show(ps.stream().collect(Collectors.groupingBy(P::city, TreeMap::new, Collectors.mapping(P::name, Collectors.joining("/", "<", ">")))));
        show(ps.stream().collect(Collectors.partitioningBy(p -> p.age() >= 30, Collectors.averagingInt(P::age))));
        show(ps.stream().sorted(Comparator.comparingInt(P::age).reversed().thenComparing(P::name, Comparator.reverseOrder())).map(P::name).toList());
        show(ps.stream().collect(Collectors.teeing(Collectors.counting(), Collectors.summingInt(P::age), (n, s) -> s + "/" + n)));
        show(ps.stream().collect(Collectors.toMap(P::city, P::age, Integer::sum, LinkedHashMap::new)));
        try { ps.stream().collect(Collectors.toMap(P::city, P::age)); } catch (IllegalStateException e) { show(e.getMessage()); }
        show(ps.stream().mapToInt(P::age).summaryStatistics());
        show(IntStream.rangeClosed(1, 20).boxed().collect(Collectors.filtering(x -> x % 3 == 0, Collectors.flatMapping(x -> Stream.of(x,
            -x), Collectors.toList()))));
        show(Stream.iterate(1, x -> x < 500, x -> x * 3).map(String::valueOf).collect(Collectors.joining(",")));
        show(Stream.of(5, 3, 8, 1).takeWhile(x -> x != 8).toList() + "" + Stream.of(5, 3, 8, 1).dropWhile(x -> x != 8).toList());
        show(Arrays.toString("the quick brown fox".chars().filter(Character::isLetter).mapToObj(c -> (char) c).distinct().sorted().toArray()));
        show(IntStream.range(0, 100000).parallel().filter(x -> x % 7 == 3).mapToLong(x -> (long) x * x).sum());
        show(IntStream.range(0, 5000).parallel().boxed().collect(Collectors.groupingByConcurrent(x -> x % 4, ConcurrentSkip::new,
            Collectors.counting())));
        show(IntStream.range(0, 1000).parallel().mapToObj(Integer::toString).collect(Collectors.joining()).hashCode());
        show(Stream.of("b", "a", "c").parallel().sorted().map(String::toUpperCase).reduce("", String::concat));
        List<Integer> ordered = new ArrayList<>(); IntStream.range(0, 50).parallel().boxed().forEachOrdered(ordered::add); show(ordered);
        show(new Random(42).ints(8, 0, 100).boxed().toList() + " " + new SplittableRandom(7).longs(3).boxed().toList());
        show(Stream.of(1, 2, 3, 4).mapMulti((Integer x, Consumer<Object> c) -> { if (x % 2 == 0) { c.accept(x); c.accept("s" + x); } }).toList());
        show(DoubleStream.of(.1, .2, .3).sum() + " " + DoubleStream.iterate(1, d -> d / 3).limit(5).boxed().toList());
        List<String> log = new ArrayList<>();
        Stream.of("x", "y", "z").peek(s -> log.add("p" + s)).filter(s -> !s.equals("y")).onClose(() -> log.add("closed")).limit(2).forEach(log::add);
        show(log);
        try { Stream<Integer> s = Stream.of(1); s.count(); s.count(); } catch (IllegalStateException e) { show(e.getMessage()); }
        try { IntStream.range(0, 1000).parallel().forEach(i -> { if (i == 567) throw new IllegalArgumentException("i" + i); }); } catch
            (IllegalArgumentException e) { show(e.getMessage()); }
        Optional<String> o = Optional.of("v");
        show(o.map(String::length) + " " + o.filter(String::isEmpty).or(() -> Optional.of("w")) + o.flatMap(x ->
            Optional.empty()).isPresent() + OptionalInt.of(3) + Optional.ofNullable(null).stream().count());
        show(Stream.concat(Stream.of(1), Stream.generate(() -> 2).limit(3)).collect(Collectors.reducing(0, x -> x, Integer::sum)));
        Spliterator<Integer> sp = List.of(1, 2, 3, 4, 5).spliterator();
        Spliterator<Integer> left = sp.trySplit();
        show(left.estimateSize() + " " + sp.estimateSize() + " " + sp.characteristics());
        show(Arrays.stream(new int[][] { { 1, 2 }, { 3 }
            }).flatMapToInt(Arrays::stream).mapToObj(Integer::toBinaryString).collect(Collectors.collectingAndThen(Collectors.toList(),
            Collections::unmodifiableList)));
        int[] big = new Random(1).ints(20000).toArray();
        int[] b2 = big.clone();
        Arrays.sort(big);
        Arrays.parallelSort(b2);
        show(Arrays.equals(big, b2) + " " + Arrays.hashCode(big));
        long[] pre = LongStream.range(0, 3000).toArray(); Arrays.parallelPrefix(pre, Long::sum); show(pre[2999]);
        show(Collections.max(List.of("aa", "b"), Comparator.comparing(String::length)) + Stream.of("a,b", "c").flatMap(s ->
            Arrays.stream(s.split(","))).toList());
    }
    static class ConcurrentSkip<K, V> extends java.util.concurrent.ConcurrentSkipListMap<K, V> {}
}
