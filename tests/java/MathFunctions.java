import java.lang.invoke.*;
import java.lang.reflect.*;
import java.util.*;
import java.util.function.*;

/** Math's functions that are not StrictMath's: special cases, errors of one in the last place at most, alike in all ways to call them. */
public class MathFunctions {
    static final double[] SPECIAL = { 0.0, -0.0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 1e300, -1e300, 1e-310, -1e-310, Double.MIN_VALUE, Double.MAX_VALUE, 709.9, -745.2, 10, 1000,
        Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN };
    static final Map<String, DoubleUnaryOperator> STRICT = new TreeMap<>(Map.of("sin", StrictMath::sin, "cos", StrictMath::cos, "tan", StrictMath::tan, "exp", StrictMath::exp, "log", StrictMath::log, "log10", StrictMath::log10));

    /** What is exact, or told to few digits. */
    static String shown(double d) { return d == Math.rint(d) || d != d ? "" + d : String.format("%.12g", d); }

    static double compiled(int which, double x) {
        switch (which) {
        case 0: return Math.cos(x);
        case 1: return Math.exp(x);
        case 2: return Math.log(x);
        case 3: return Math.log10(x);
        case 4: return Math.sin(x);
        default: return Math.tan(x);
        }
    }
    static boolean near(double a, double b) { return Double.compare(a, b) == 0 || Math.abs(a - b) <= 1.5 * Math.ulp(b); }

    public static void main(String[] args) throws Throwable {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        MethodType unary = MethodType.methodType(double.class, double.class);
        int which = 0;
        for (String name : STRICT.keySet()) {
            Method m = Math.class.getMethod(name, double.class);
            MethodHandle h = lookup.findStatic(Math.class, name, unary);
            StringBuilder b = new StringBuilder(m + " " + m.getModifiers() + ":");
            for (double x : SPECIAL) b.append(' ').append(shown((double) h.invokeExact(x)));
            System.out.println(b);
            Random r = new Random(which);
            int far = 0, unlike = 0;
            for (int i = 0; i < 30000; i++) {
                double x = (r.nextDouble() - 0.3) * Math.scalb(1.0, r.nextInt(9)), y = compiled(which, x), z = (double) h.invokeExact(x);
                if (!near(y, STRICT.get(name).applyAsDouble(x))) far++;
                if (Double.doubleToLongBits(y) != Double.doubleToLongBits(z) || (i % 100 == 0 && !m.invoke(null, x).equals(y))) unlike++;
            }
            System.out.println(name + ": " + far + " far, " + unlike + " unlike");
            which++;
        }
        StringBuilder b = new StringBuilder();
        for (double x : SPECIAL) for (double y : SPECIAL) b.append(shown(Math.pow(x, y))).append(y != y ? "\n" : " ");
        System.out.print(b);
        Random r = new Random(9);
        int far = 0, falls = 0;
        for (int i = 0; i < 100000; i++) {
            double x = r.nextDouble() * 20, y = (r.nextDouble() - 0.5) * 40, p = Math.pow(x, y);
            if (!near(p, StrictMath.pow(x, y))) far++;
            if (Math.exp(y) > Math.exp(Math.nextUp(y)) || Math.log(x) > Math.log(Math.nextUp(x))) falls++;
        }
        System.out.println("pow: " + far + " far; " + falls + " fall");
        System.out.println(Math.exp(1) + " " + Math.log(10) + " " + Math.pow(2, 0.5) + " " + Math.sin(1) + " " + Math.log10(1000) + " " + Math.tan(0.5) + " " + Math.cos(3));
    }
}
