package calc;

public class Calc {
    public record Result(String expression, long value) {}

    public static Result power(long base, int exponent) {
        long r = 1;
        for (int i = 0; i < exponent; i++) r = Math.multiplyExact(r, base);
        return new Result(base + "^" + exponent, r);
    }
    public static void main(String[] args) { System.out.println(power(3, 20)); }
}
