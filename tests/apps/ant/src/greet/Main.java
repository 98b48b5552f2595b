package greet;

import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

public class Main {
    public static void main(String[] args) {
        Supplier<String> squares = () -> IntStream.range(0, 8).map(i -> i * i).mapToObj(Integer::toString).collect(Collectors.joining(" "));
        System.out.println("hello " + String.join(",", args) + ": " + squares.get());
    }
}
