import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Sealed interfaces, records, enums, lambdas, streams, switch on strings, default methods. */
public class Shapes {
    enum Kind { ROUND, STRAIGHT }

    sealed interface Shape permits Circle, Rectangle, Square {
        double area();
        default Kind kind() { return Kind.STRAIGHT; }
        default String describe() { return "%s of area %.2f".formatted(getClass().getSimpleName(), area()); }
    }
    record Circle(double radius) implements Shape {
        Circle {
            if (radius < 0) throw new IllegalArgumentException("radius " + radius);
        }
        public double area() { return Math.PI * radius * radius; }
        public Kind kind() { return Kind.ROUND; }
    }
    record Rectangle(double width, double height) implements Shape {
        public double area() { return width * height; }
    }
    record Square(double side) implements Shape {
        public double area() { return side * side; }
    }

    static Shape parse(String text) {
        String[] words = text.split(" ");
        return switch (words[0]) {
            case "circle" -> new Circle(Double.parseDouble(words[1]));
            case "rectangle" -> new Rectangle(Double.parseDouble(words[1]), Double.parseDouble(words[2]));
            case "square" -> new Square(Double.parseDouble(words[1]));
            default -> throw new IllegalArgumentException("no shape: " + text);
        };
    }

    public static void main(String[] args) {
        List<String> lines = List.of("circle 1.5", "square 2", "rectangle 2 3.5", "circle 0.25", "square 1", "blob 3", "circle -1");
        List<Shape> shapes = new ArrayList<>();
        for (String line : lines) {
            try {
                shapes.add(parse(line));
            } catch (IllegalArgumentException e) {
                System.out.println("skipped: " + e.getMessage());
            }
        }
        shapes.sort(Comparator.comparingDouble(Shape::area));
        shapes.stream().map(Shape::describe).forEach(System.out::println);
        Map<Kind, List<Shape>> byKind = new EnumMap<>(shapes.stream().collect(Collectors.groupingBy(Shape::kind)));
        System.out.println(byKind);
        Function<Integer, Function<Integer, Integer>> add = x -> y -> x + y;
        System.out.println(IntStream.rangeClosed(1, 10).map(i -> add.apply(i).apply(i * i)).boxed().collect(Collectors.toList()));
        System.out.println(IntStream.range(0, 1000).filter(i -> i % 7 == 3).summaryStatistics());
        System.out.println(new Circle(2).equals(new Circle(2.0)) + " " + new Square(3).hashCode() + " " + new Rectangle(1, 2));
        Object o = shapes.get(0);
        if (o instanceof Square s && s.side() > 0.5) System.out.println("square with side " + s.side());
    }
}
