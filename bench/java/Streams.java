import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Streams and lambdas: pipelines of the library, collectors, and compositions of functions called through interfaces. */
final class Streams {
    private record Order(int customer, String product, int amount, double price) { }

    private static List<Order> orders(int n) {
        Bench.Random random = new Bench.Random(53);
        List<Order> orders = new ArrayList<>();
        for (int i = 0; i < n; i++)
            orders.add(new Order(random.below(n / 20 + 1), "product" + random.below(40), 1 + random.below(9), random.below(10_000) * 0.25));
        return orders;
    }

    static long kernel(int n) {
        List<Order> orders = orders(n);
        Map<String, Double> revenue = orders.stream().filter(o -> o.amount() > 2)
            .collect(Collectors.groupingBy(Order::product, TreeMap::new, Collectors.summingDouble(o -> o.amount() * o.price())));
        long sum = 0;
        for (Map.Entry<String, Double> e : revenue.entrySet()) sum = Bench.mix(sum + e.getKey().hashCode(), e.getValue());
        String best = orders.stream().sorted(Comparator.comparingDouble(Order::price).reversed().thenComparingInt(Order::customer)).limit(20)
            .map(o -> o.customer() + "/" + o.product()).collect(Collectors.joining(","));
        sum = sum * 31 + best.hashCode();
        sum = sum * 31 + IntStream.range(0, 4 * n).filter(i -> i % 3 != 0).mapToLong(i -> (long) i * i).sum();
        sum = sum * 31 + orders.stream().mapToInt(Order::amount).reduce(0, (a, b) -> (a * 7 + b) & 0xffff);
        sum = sum * 31 + Stream.iterate(1, i -> i * 3 % 10_007).limit(n).distinct().count();
        IntUnaryOperator f = i -> i + 1;
        for (int k = 0; k < 6; k++) {
            int by = k;
            f = f.andThen(k % 2 == 0 ? i -> i ^ by : i -> i * 5 + by);
        }
        Function<Integer, Integer> boxed = f::applyAsInt;
        for (int i = 0; i < n; i++) sum += boxed.apply(i);
        return sum;
    }

    public static void main(String[] args) { Bench.run(args, 40_000, Streams::kernel); }
}
