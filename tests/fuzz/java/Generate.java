import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes random Java programs that compile, always end, and print checksums: classes P<seed> whose main calls random methods with
 * varying arguments, catching what they throw. They work on corner cases of arithmetic, nested loops (counted, down, over an int's edge, on
 * conditions), arrays with indices that now and then lie outside, exceptions with finally, fields, virtual and interface calls, casts, strings,
 * switches, locks, lambdas. An exception counts with its message and the lines of its stack trace.
 *
 * Termination: methods call only methods written before them; loops have bounds that are small whatever the values; a method's cost is
 * estimated as it is written, and what would make it too dear is not written.
 * A class All runs them one after the other. Usage: java Generate.java DIRECTORY FIRST-SEED COUNT
 */
final class Generate {
    private enum Type {
        INT("int", "i"), LONG("long", "l"), FLOAT("float", "f"), DOUBLE("double", "d"), BYTE("byte", "b"), SHORT("short", "s"), CHAR("char", "c"),
        BOOLEAN("boolean", "z"), STRING("String", "t"), NODE("Node", "n"), INTS("int[]", "ai"), LONGS("long[]", "al"), DOUBLES("double[]", "ad"),
        BYTES("byte[]", "ab"), CHARS("char[]", "ac"), NODES("Node[]", "an"), FLOATS("float[]", "af"), GRID("int[][]", "ag");
        final String java, prefix;
        Type(String java, String prefix) {
            this.java = java;
            this.prefix = prefix;
        }
        boolean number() { return ordinal() <= CHAR.ordinal(); }
        boolean integral() { return number() && this != FLOAT && this != DOUBLE; }
        boolean array() { return ordinal() >= INTS.ordinal(); }
        Type element() {
            switch (this) {
            case INTS: return INT;
            case LONGS: return LONG;
            case DOUBLES: return DOUBLE;
            case BYTES: return BYTE;
            case CHARS: return CHAR;
            case NODES: return NODE;
            case FLOATS: return FLOAT;
            default: return INTS;
            }
        }
    }
    private static final Type[] SCALARS = { Type.INT, Type.INT, Type.INT, Type.LONG, Type.LONG, Type.DOUBLE, Type.FLOAT, Type.BYTE, Type.SHORT, Type.CHAR,
        Type.BOOLEAN };
    private static final Type[] ARRAYS = { Type.INTS, Type.INTS, Type.LONGS, Type.DOUBLES, Type.BYTES, Type.CHARS, Type.NODES, Type.FLOATS, Type.GRID };

    private record Variable(Type type, String name, boolean assignable) { }
    private record Callee(String name, Type result, List<Type> parameters, boolean virtual, int cost) { }

    private static final int METHOD_COST = 3000, SMALL_COST = 60;

    private final Random random;
    private final String name;
    private final StringBuilder out = new StringBuilder();
    private final List<Callee> callees = new ArrayList<>();
    private final List<Variable> fields = new ArrayList<>();
    private List<Variable> scope = new ArrayList<>();
    private int indent, names, cost, times, limit, loops, lines;
    private boolean inInstance;
    private String breakable;
    private Type result;

    private Generate(long seed) {
        random = new Random(seed * 7919 + 13);
        name = "P" + seed;
    }

    private int below(int n) { return random.nextInt(n); }
    private boolean chance(int percent) { return below(100) < percent; }
    @SafeVarargs
    private <E> E any(E... of) { return of[below(of.length)]; }
    private String fresh(String prefix) { return prefix + names++; }

    private void line(String text) {
        out.append("    ".repeat(indent)).append(text).append('\n');
        lines++;
    }

    private void open(String text) {
        line(text + " {");
        indent++;
    }

    private void close(String text) {
        indent--;
        line("}" + text);
    }

    private void spend(int n) { cost += n * times; }

    // ---- Values

    private String literal(Type t) {
        switch (t) {
        case INT: return any("0", "1", "-1", "2", "7", "31", "32", "33", "100", "255", "65535", "0x7fffffff", "Integer.MIN_VALUE", "0x55555555", "-128", "46341",
            Integer.toString(random.nextInt()), Integer.toString(below(1000) - 500));
        case LONG: return any("0L", "1L", "-1L", "63L", "64L", "0x7fffffffL", "0x80000000L", "Long.MIN_VALUE", "Long.MAX_VALUE", "0xffffffffL", "-2147483649L",
            random.nextLong() + "L", below(1000) - 500 + "L");
        case FLOAT: return any("0f", "-0f", "1f", "-1.5f", "Float.NaN", "Float.POSITIVE_INFINITY", "Float.MIN_VALUE", "Float.MAX_VALUE", "1e10f", "0.1f", "16777217f");
        case DOUBLE: return any("0.0", "-0.0", "1.0", "-2.5", "Double.NaN", "Double.NEGATIVE_INFINITY", "Double.MIN_VALUE", "Double.MAX_VALUE", "1e18", "0.1", "4294967296.5",
            "2147483647.0", "-9.3e18", Double.toString(random.nextGaussian()));
        case BYTE: return "(byte) " + (below(256) - 128);
        case SHORT: return "(short) " + any("-32768", "32767", "1", "-1", "255");
        case CHAR: return any("'a'", "'\\uffff'", "'0'", "(char) 0", "'\\u0100'");
        case BOOLEAN: return any("true", "false");
        case STRING: return any("\"\"", "\"a\"", "\"loam\"", "\"\\u00e9\\u20ac\"", "((String) null)", "\"" + below(100) + "\"");
        case NODE: return chance(8) ? "((Node) null)" : newNode(0);
        case GRID: return "new int[" + (1 + below(4)) + "][" + (1 + below(5)) + "]";
        default: return chance(3) ? "((" + t.java + ") null)" : "new " + t.element().java + "[" + any("16", "16", "40", "8", "33", "64", "1") + "]";
        }
    }

    private String newNode(int depth) {
        spend(10);
        return "((Node) new " + any("Leaf", "Twig", "Stem", "Stem") + "(" + expression(Type.INT, depth - 1) + ", " + (depth > 0 ? expression(Type.LONG, depth - 2) : "3L") + "))";
    }

    private Variable variable(Type t, boolean toAssign) {
        List<Variable> fit = new ArrayList<>();
        for (Variable v : scope) if (v.type == t && (v.assignable || !toAssign)) fit.add(v);
        if (fit.isEmpty() || chance(20)) for (Variable v : fields) if (v.type == t && (inInstance || !v.name.startsWith("this."))) fit.add(v);
        return fit.isEmpty() ? null : fit.get(below(fit.size()));
    }

    private String leaf(Type t) {
        Variable v = chance(t.number() ? 75 : 94) ? variable(t, false) : null;
        return v != null ? v.name : literal(t);
    }

    /** An index: mostly inside. */
    private String index(String array, int depth) {
        String i = expression(Type.INT, depth - 1);
        switch (below(chance(8) ? 12 : 11)) {
        case 11: return i;
        case 1: return Integer.toString(below(6));
        case 2: case 3: case 0: return "(" + i + ") & 7";
        case 4: return "Math.floorMod(" + i + ", " + array + ".length)";
        case 5: return "(" + i + " >>> 1) % " + array + ".length";
        default:
            Variable loop = null;
            for (Variable v : scope) if (v.type == Type.INT && !v.assignable) loop = v;
            return loop != null ? loop.name + any("", "", "", "", "", " & 7", chance(20) ? " - 1" : "", chance(30) ? " + 1" : "", chance(20) ? " + " + below(4) : "", " & 15", " % 13") : "(" + i + ") & 3";
        }
    }

    private String element(Type t, int depth) {
        for (Type a : ARRAYS) {
            if (a.element() != t || a == Type.GRID && chance(50)) continue;
            String array = chance(80) ? leaf(a) : expression(a, depth - 1);
            if (array.startsWith("new")) array = "(" + array + ")";
            return array + "[" + index(array, depth) + "]";
        }
        return leaf(t);
    }

    private String call(Type t, int depth) {
        List<Callee> fit = new ArrayList<>();
        for (Callee c : callees) if (c.result == t && cost + c.cost * times < limit) fit.add(c);
        if (fit.isEmpty()) return leaf(t);
        return invoke(fit.get(below(fit.size())), depth);
    }

    private String invoke(Callee c, int depth) {
        spend(c.cost + 5);
        StringBuilder b = new StringBuilder();
        if (c.virtual) {
            String receiver = chance(80) ? leaf(Type.NODE) : expression(Type.NODE, depth - 1);
            b.append('(').append(receiver).append(").");
        }
        b.append(c.name).append('(');
        String between = "";
        for (Type p : c.parameters) {
            b.append(between).append(expression(p, depth - 2));
            between = ", ";
        }
        return b.append(')').toString();
    }

    private Type anyNumber() {
        Type t;
        do t = any(SCALARS); while (!t.number());
        return t;
    }

    private String expression(Type t, int depth) {
        spend(1);
        if (depth <= 0) return leaf(t);
        if (chance(12)) return leaf(t);
        if (chance(10)) return call(t, depth);
        if (chance(4)) return "(" + expression(Type.BOOLEAN, depth - 1) + " ? " + expression(t, depth - 1) + " : " + expression(t, depth - 1) + ")";
        switch (t) {
        case INT: return intExpression(depth - 1);
        case LONG: return longExpression(depth - 1);
        case FLOAT: case DOUBLE: return realExpression(t, depth - 1);
        case BYTE: case SHORT: case CHAR:
            if (chance(30)) return element(t, depth - 1);
            return "(" + t.java + ") (" + expression(anyNumber(), depth - 1) + ")";
        case BOOLEAN: return condition(depth - 1);
        case STRING: return stringExpression(depth - 1);
        case NODE: return nodeExpression(depth - 1);
        default: return arrayExpression(t, depth - 1);
        }
    }

    private String pair(Type t, String operator, int depth) {
        return "(" + expression(t, depth) + " " + operator + " " + expression(t, depth) + ")";
    }

    private String intExpression(int d) {
        String a, b;
        switch (below(22)) {
        case 0: case 1: case 2: return pair(Type.INT, any("+", "-", "*", "&", "|", "^"), d);
        case 3: return "(" + expression(Type.INT, d) + any(" << ", " >> ", " >>> ") + expression(any(Type.INT, Type.INT, Type.LONG), d) + ")";
        case 4: return "(" + expression(Type.INT, d) + any(" / ", " % ") + any("3", "-1", "16", "-7", "10", "0x7fffffff", "(" + expression(Type.INT, d) + " | 1)") + ")";
        case 5: if (chance(25)) return pair(Type.INT, any("/", "%"), d);
        case 6: return any("-", "~") + "(" + expression(Type.INT, d) + ")";
        case 7: return "(int) (" + expression(anyNumber(), d) + ")";
        case 8: return "(int) (" + expression(any(Type.DOUBLE, Type.FLOAT, Type.LONG), d) + ")";
        case 9: case 10: return element(Type.INT, d);
        case 11: a = leaf(any(ARRAYS)); return (a.startsWith("new") ? "(" + a + ")" : a) + ".length";
        case 12: return "Math." + any("min", "max") + "(" + expression(Type.INT, d) + ", " + expression(Type.INT, d) + ")";
        case 13: return any("Math.abs", "Integer.bitCount", "Integer.numberOfLeadingZeros", "Integer.numberOfTrailingZeros", "Integer.reverseBytes", "Integer.reverse",
            "Integer.highestOneBit", "Integer.signum", "Integer.hashCode") + "(" + expression(Type.INT, d) + ")";
        case 14: return any("Integer.rotateLeft", "Integer.rotateRight", "Integer.compare", "Integer.compareUnsigned", "Math.floorMod", chance(10) ? "Integer.divideUnsigned" : "Integer.compare", chance(20) ? "Math.addExact" : "Integer.sum",
            chance(10) ? "Math.multiplyExact" : "Math.max") + "(" + expression(Type.INT, d) + ", " + expression(Type.INT, d) + ")";
        case 15: a = expression(Type.STRING, d); return "h(" + a + ")";
        case 16: return "(" + expression(Type.NODE, d) + ").x";
        case 17: if (inInstance) return leaf(Type.INT); // no recursion
            return "(" + expression(Type.NODE, d) + ").virtual" + below(2) + "(" + expression(Type.INT, d) + ")";
        case 18: a = expression(anyNumber(), d); b = expression(anyNumber(), d); return "(" + a + any(" < ", " == ", " >= ", " != ") + b + " ? 1 : " + below(9) + ")";
        case 19: return any("Double.compare", "Float.compare", "Long.compare") .concat("(").concat("(byte) " + expression(Type.INT, d) + ", " + expression(Type.BYTE, d) + ")");
        case 20: Variable v = variable(Type.INT, true); return v == null ? leaf(Type.INT) : any(v.name + "++", "--" + v.name, "(" + v.name + " += " + expression(Type.INT, d) + ")");
        default: return "apply(" + any("(p, q) -> p * 31 + q", "(p, q) -> p ^ q >>> 3", "Math::max", "Integer::sum", "(p, q) -> q == 0 ? p : p / q") + ", " + expression(Type.INT, d) + ", " + expression(Type.INT, d) + ")";
        }
    }

    private String longExpression(int d) {
        switch (below(13)) {
        case 0: case 1: case 2: return pair(Type.LONG, any("+", "-", "*", "&", "|", "^"), d);
        case 3: return "(" + expression(Type.LONG, d) + any(" << ", " >> ", " >>> ") + expression(any(Type.INT, Type.LONG), d) + ")";
        case 4: return "(" + expression(Type.LONG, d) + any(" / ", " % ") + any("3", "-1L", "16", "-7", "1000003L", "(" + expression(Type.LONG, d) + " | 1)") + ")";
        case 5: if (chance(25)) return pair(Type.LONG, any("/", "%"), d);
        case 6: return any("-", "~") + "(" + expression(Type.LONG, d) + ")";
        case 7: return "(long) (" + expression(any(Type.DOUBLE, Type.FLOAT), d) + ")";
        case 8: return "(long) (" + expression(anyNumber(), d) + ")";
        case 9: return element(Type.LONG, d);
        case 10: return any("Math.abs", "Long.bitCount", "Long.numberOfLeadingZeros", "Long.numberOfTrailingZeros", "Long.reverseBytes", "Long.lowestOneBit", "Double.doubleToLongBits", "Math.round")
            + "(" + expression(Type.LONG, d) + ")";
        case 11: return "(" + expression(Type.NODE, d) + ").y";
        default: return any("Long.rotateLeft(" + expression(Type.LONG, d) + ", " + expression(Type.INT, d) + ")", "Math.multiplyHigh(" + expression(Type.LONG, d) + ", " + expression(Type.LONG, d) + ")",
            "Math.max(" + expression(Type.LONG, d) + ", " + expression(Type.LONG, d) + ")", "(" + expression(Type.INT, d) + " & 0xffffffffL)", "Math.floorDiv(" + expression(Type.LONG, d) + ", 7)");
        }
    }

    private String realExpression(Type t, int d) {
        switch (below(11)) {
        case 0: case 1: case 2: case 3: return pair(t, any("+", "-", "*", "/", "+", "*"), d);
        case 4: return pair(t, "%", d);
        case 5: return "-(" + expression(t, d) + ")";
        case 6: case 7: return "(" + t.java + ") (" + expression(anyNumber(), d) + ")";
        case 8: return element(t, d);
        case 9: return t == Type.DOUBLE ? any("Math.sqrt(", "Math.abs(", "Math.floor(", "Math.ceil(", "Math.rint(", "Math.ulp(") + expression(t, d) + ")" : "Math.abs(" + expression(t, d) + ")";
        default: return "Math." + any("min", "max") + "(" + expression(t, d) + ", " + expression(t, d) + ")";
        }
    }

    private String condition(int d) {
        switch (below(10)) {
        case 0: case 1: case 2: Type t = anyNumber(); return "(" + expression(t, d) + any(" < ", " <= ", " > ", " >= ", " == ", " != ") + expression(t, d) + ")";
        case 3: return "((" + expression(Type.INT, d) + " & " + any("1", "2", "4", "3") + ") == 0)";
        case 4: return "(" + expression(Type.BOOLEAN, d) + any(" && ", " || ", " ^ ", " & ", " | ") + expression(Type.BOOLEAN, d) + ")";
        case 5: return "!(" + expression(Type.BOOLEAN, d) + ")";
        case 6: return "(" + leaf(Type.NODE) + any(" == ", " != ") + leaf(Type.NODE) + ")";
        case 7: return "(" + expression(Type.NODE, d) + " instanceof " + any("Leaf", "Twig", "Stem", "Sized") + ")";
        case 8: return "(" + expression(Type.STRING, d) + any(" == null", " != null") + ")";
        default: return "(" + expression(Type.INT, d) + any(" < ", " > ", " == ") + below(100) + ")";
        }
    }

    private String stringExpression(int d) {
        spend(60);
        switch (below(6)) {
        case 0: return "cut(" + expression(Type.STRING, d) + " + " + expression(any(SCALARS), d) + ")";
        case 1: return "cut(" + expression(Type.STRING, d) + " + '/' + " + expression(Type.INT, d) + " + " + expression(Type.STRING, d) + ")";
        case 2: return "String.valueOf(" + expression(any(Type.INT, Type.LONG, Type.CHAR, Type.BOOLEAN), d) + ")";
        case 3: return "Integer.to" + any("Hex", "Binary", "Octal") + "String(" + expression(Type.INT, d) + ")";
        case 4: return "cut(new StringBuilder().append(" + expression(any(Type.INT, Type.CHAR, Type.LONG), d) + ").append(" + expression(Type.STRING, d) + ").reverse().toString())";
        default: return leaf(Type.STRING);
        }
    }

    private String nodeExpression(int d) {
        switch (below(8)) {
        case 0: case 1: return newNode(d);
        case 2: return "(" + expression(Type.NODE, d) + ").next";
        case 3: return "((Node) (" + (chance(20) ? any("Stem", "Twig") : "Leaf") + ") " + leaf(Type.NODE) + ")";
        case 4: return element(Type.NODE, d);
        case 5: return "(" + expression(Type.NODE, d) + ").self()";
        default: return leaf(Type.NODE);
        }
    }

    private String arrayExpression(Type t, int d) {
        spend(30);
        Variable v = variable(t, false);
        switch (below(6)) {
        case 0: return v != null ? v.name + ".clone()" : literal(t);
        case 1: return t == Type.GRID ? literal(t) : "new " + t.element().java + "[(" + expression(Type.INT, d) + any(") & 31]", ") % 40]", ") & 7]");
        case 2: return t == Type.GRID || t == Type.NODES ? literal(t) : "new " + t.java + " { " + expression(t.element(), d) + ", " + expression(t.element(), d) + ", " + expression(t.element(), d) + " }";
        default: return leaf(t);
        }
    }

    // ---- Statements

    private Variable declare(Type t, String value, boolean assignable) {
        Variable v = new Variable(t, fresh(t.prefix), assignable);
        line(t.java + " " + v.name + " = " + value + ";");
        return v;
    }

    private void block(int statements, int depth) {
        List<Variable> outer = scope;
        scope = new ArrayList<>(outer);
        for (int i = 0; i < statements && lines < 500; i++) statement(depth);
        scope = outer;
    }

    private void body(String head, int statements, int depth) {
        open(head);
        block(statements, depth);
        close("");
    }

    private void statement(int depth) {
        spend(2);
        boolean dear = cost > limit || depth <= 0;
        switch (below(dear ? 9 : 22)) {
        case 0: case 1: {
            Type t = chance(75) ? any(SCALARS) : any(Type.STRING, Type.NODE, any(ARRAYS));
            scope.add(declare(t, expression(t, 3), true));
            break;
        }
        case 2: case 3: case 4: assignment(); break;
        case 5: arrayStore(); break;
        case 6: line("sum = sum * 31 + " + expression(any(Type.INT, Type.LONG, Type.INT, Type.CHAR), 3) + ";"); break;
        case 7: fieldStore(); break;
        case 8: {
            Callee c = callees.isEmpty() ? null : callees.get(below(callees.size()));
            if (c != null && cost + c.cost * times < limit) line(invoke(c, 3) + ";");
            else assignment();
            break;
        }
        case 9: case 10: {
            open("if (" + expression(Type.BOOLEAN, 3) + ")");
            block(1 + below(3), depth - 1);
            if (chance(50)) {
                close(" else {");
                indent++;
                block(1 + below(3), depth - 1);
            }
            close("");
            break;
        }
        case 11: case 12: case 13: case 14: loop(depth); break;
        case 15: switchStatement(depth); break;
        case 16: case 17: tryStatement(depth); break;
        case 18: body("synchronized (" + any("LOCK", "this.getClass()", "LOCK").replace("this.getClass()", inInstance ? "this" : "LOCK") + ")", 1 + below(3), depth - 1); break;
        case 19: line("if (" + expression(Type.BOOLEAN, 3) + ") throw new " + any("Odd(" + expression(Type.INT, 2) + ")", "IllegalStateException(\"s\")", "Odd(7)") + ";"); break;
        case 20: if (breakable != null) line("if (" + expression(Type.BOOLEAN, 3) + ") " + any("break", "continue") + any("", " " + breakable) + ";"); else assignment(); break;
        default: if (chance(40)) line("if (" + expression(Type.BOOLEAN, 3) + ") return " + expression(result, 2) + ";"); else assignment();
        }
    }

    private void assignment() {
        Type t = chance(80) ? any(SCALARS) : any(Type.STRING, Type.NODE, Type.INTS);
        Variable v = variable(t, true);
        if (v == null) return;
        if (t.number() && chance(50)) line(v.name + any(" += ", " -= ", " *= ", " /= ", " += ") + "(" + expression(chance(70) ? t : anyNumber(), 3) + ");");
        else if (t.integral() && chance(50)) line(v.name + any(" <<= ", " >>= ", " >>>= ", " ^= ", " &= ", " |= ", " %= ") + "(" + expression(any(Type.INT, t), 3) + ");");
        else if (t.number() && chance(15)) line(v.name + any("++", "--") + ";");
        else line(v.name + " = " + expression(t, 4) + ";");
    }

    private void arrayStore() {
        Type a = any(ARRAYS);
        Variable v = variable(a, false);
        if (v == null) return;
        Type e = a.element();
        if (a == Type.GRID) {
            line(v.name + "[" + index(v.name, 2) + "][" + expression(Type.INT, 1) + " & 3] " + any("=", "+=", "^=") + " " + expression(Type.INT, 3) + ";");
            return;
        }
        String operator = e.number() ? any("=", "=", "+=", "-=", "*=") : "=";
        line(v.name + "[" + index(v.name, 2) + "] " + operator + " " + expression(e, 3) + ";");
    }

    private void fieldStore() {
        String n = expression(Type.NODE, 1);
        switch (below(4)) {
        case 0: line("(" + n + ").x " + any("=", "+=", "^=") + " " + expression(Type.INT, 3) + ";"); break;
        case 1: line("(" + n + ").y " + any("=", "+=", "*=") + " " + expression(Type.LONG, 3) + ";"); break;
        case 2: if (chance(60)) line("if (" + n + ".next == null) " + n + ".next = " + leaf(Type.NODE) + ";");
            else line("(" + n + ").next = " + leaf(Type.NODE) + ";");
            break;
        default: assignment();
        }
    }

    private void loop(int depth) {
        if (loops >= 3) {
            assignment();
            return;
        }
        int trips = any(3, 5, 8, 8, 16, 20, 40, 100);
        while (trips > 2 && cost + 20 * times * trips > limit) trips /= 2;
        String i = fresh("k"), label = fresh("loop"), outerBreakable = breakable;
        List<Variable> outer = scope;
        int outerTimes = times;
        scope = new ArrayList<>(scope);
        boolean labelled = chance(30);
        String at = labelled ? label + ": " : "";
        times *= trips;
        loops++;
        breakable = labelled ? label : breakable != null ? breakable : "";
        Variable array = variable(any(ARRAYS), false);
        switch (below(10)) {
        case 0: case 1: case 2: open(at + "for (int " + i + " = " + any("0", "0", "1", "-2") + "; " + i + any(" < ", " <= ", " != ") .replace("!=", "<") + trips + "; " + i + any("++", "++", " += 2", " += 3") + ")"); break;
        case 3: open(at + "for (int " + i + " = " + trips + "; " + i + any(" > 0", " >= 0", " != 0").concat("; ") + i + "--)"); break;
        case 4: open(at + "for (int " + i + " = Integer.MAX_VALUE - " + trips + "; " + i + " > 0; " + i + "++)"); break;
        case 5: open(at + "for (int " + i + " = 0, m" + i + " = (" + expression(Type.INT, 2) + ") & " + Math.max(1, Integer.highestOneBit(trips) - 1) + "; " + i + " < m" + i + "; " + i + "++)"); break;
        case 6:
            open(at + "for (long q" + i + " = " + any("0", "Long.MAX_VALUE - " + trips, "0x7ffffff0L") + ", e" + i + " = q" + i + " + " + trips + "; q" + i + " != e" + i + "; q" + i + "++)");
            line("int " + i + " = (int) q" + i + ";");
            scope.add(new Variable(Type.LONG, "q" + i, false));
            break;
        case 7: case 8:
            if (array != null) {
                times = outerTimes * 40;
                open(at + "for (int " + i + " = 0; " + i + " < " + array.name + ".length; " + i + "++)");
                break;
            }
        default:
            line("int " + i + " = 0;");
            open(at + "while (" + i + "++ < " + trips + " && " + expression(Type.BOOLEAN, 2) + ")");
        }
        scope.add(new Variable(Type.INT, i, false));
        block(1 + below(4), depth - 1);
        close("");
        loops--;
        scope = outer;
        times = outerTimes;
        breakable = outerBreakable;
        if (breakable != null && breakable.isEmpty() && loops == 0) breakable = null;
    }

    private void switchStatement(int depth) {
        boolean strings = chance(15);
        open("switch (" + (strings ? "cut(\"\" + " + expression(Type.STRING, 2) + ")" : chance(60) ? "(" + expression(Type.INT, 3) + ") & 7" : expression(any(Type.INT, Type.CHAR, Type.BYTE), 2)) + ")");
        int cases = 2 + below(5), step = any(1, 1, 1, 3, 17);
        String outerBreakable = breakable;
        breakable = null; // break would leave the switch, a plain continue is lost: neither inside
        for (int i = 0; i < cases; i++) {
            line("case " + (strings ? "\"" + any("a", "loam", "", "null").concat(i == 0 ? "" : "" + i) + "\"" : Integer.toString(i * step)) + ": {");
            indent++;
            block(1 + below(2), depth - 1);
            close("");
            if (chance(70)) line("break;");
        }
        if (chance(60)) {
            open("default:");
            block(1, depth - 1);
            close("");
        }
        breakable = outerBreakable;
        close("");
    }

    private void tryStatement(int depth) {
        open("try");
        block(1 + below(3), depth - 1);
        boolean caught = chance(75);
        if (caught) {
            String e = fresh("e");
            close(" catch (" + any("ArithmeticException | IndexOutOfBoundsException", "RuntimeException", "NullPointerException", "Odd", "RuntimeException") + " " + e + ") {");
            indent++;
            line("sum = sum * 31 + thrown(" + e + ");");
            spend(50);
            block(below(2), depth - 1);
        }
        if (!caught || chance(30)) {
            close(" finally {");
            indent++;
            block(1 + below(2), depth - 1);
        }
        close("");
    }

    // ---- Methods, classes

    private void method(String head, String id, Type returns, List<Type> types, int allowed, boolean virtual) {
        StringBuilder b = new StringBuilder(head).append(' ').append(returns.java).append(' ').append(id).append('(');
        scope = new ArrayList<>();
        String between = "";
        for (Type t : types) {
            Variable v = new Variable(t, fresh(t.prefix), true);
            scope.add(v);
            b.append(between).append(t.java).append(' ').append(v.name);
            between = ", ";
        }
        cost = 5;
        times = 1;
        limit = allowed;
        lines = 0;
        loops = 0;
        breakable = null;
        result = returns;
        open(b.append(')').toString());
        int n = allowed <= SMALL_COST ? 1 + below(3) : 5 + below(9);
        for (int i = 0; i < n && lines < 500; i++) statement(allowed <= SMALL_COST ? 1 : 4);
        line("return " + expression(returns, 3) + ";");
        close("");
        if (!virtual) callees.add(new Callee(id, returns, types, false, cost));
    }

    private List<Type> parameters() {
        List<Type> types = new ArrayList<>();
        for (int i = below(5); i >= 0; i--) types.add(chance(80) ? any(SCALARS) : any(Type.STRING, Type.NODE, any(ARRAYS)));
        return types;
    }

    private void nodes() {
        inInstance = true;
        open("interface Sized");
        line("int size(int by);");
        line("default int twice(int by) { return 2 * size(by); }");
        close("");
        open("abstract static class Node implements Sized");
        line("int x;");
        line("long y;");
        line("Node next;");
        line("Node(int x, long y) { this.x = x; this.y = y; }");
        line("Node self() { return this; }");
        line("public int size(int by) { return x + by; }");
        line("abstract int virtual0(int p);");
        line("int virtual1(int p) { return p ^ x; }");
        close("");
        callees.clear();
        for (String c : new String[] { "Leaf", "Twig", "Stem" }) {
            open("static " + (c.equals("Twig") ? "final " : "") + "class " + c + " extends " + (c.equals("Stem") ? "Leaf" : "Node"));
            line(c + "(int x, long y) { super(x, y); }");
            fields.add(new Variable(Type.INT, "this.x", true));
            fields.add(new Variable(Type.LONG, "this.y", true));
            List<Callee> before = new ArrayList<>(callees);
            method(any("", "synchronized"), "virtual0", Type.INT, List.of(Type.INT), SMALL_COST, true);
            if (chance(60)) method("", "virtual1", Type.INT, List.of(Type.INT), SMALL_COST, true);
            if (chance(40)) line("@Override Node self() { return next == null ? this : next; }");
            callees.clear();
            callees.addAll(before);
            fields.remove(fields.size() - 1);
            fields.remove(fields.size() - 1);
            close("");
        }
        inInstance = false;
        callees.add(new Callee("size", Type.INT, List.of(Type.INT), true, 10));
        callees.add(new Callee("twice", Type.INT, List.of(Type.INT), true, 15));
        callees.add(new Callee("virtual0", Type.INT, List.of(Type.INT), true, SMALL_COST));
    }

    private void helpers() {
        line("static int apply(java.util.function.IntBinaryOperator f, int a, int b) { return f.applyAsInt(a, b); }");
        line("static int h(String s) { return s == null ? -7 : s.hashCode() + s.length(); }");
        line("static String cut(String s) { return s.length() > 24 ? s.substring(s.length() - 20) : s; }");
        open("static final class Odd extends RuntimeException");
        line("final int code;");
        line("Odd(int code) { super(\"odd \" + code); this.code = code; }");
        close("");
        open("static int thrown(Throwable e)");
        // HotSpot's interpreter fuses iload and caload, and has no message for a null array there from the second time on.
        line("int v = (e.toString().contains(\"load from char array\") ? NullPointerException.class.getName() : e.toString()).hashCode();");
        line("StackTraceElement[] trace = e.getStackTrace();");
        line("for (int i = 0; i < trace.length && i < 4; i++) v = v * 31 + trace[i].getLineNumber() + trace[i].getMethodName().hashCode();");
        line("return v * 31 + trace.length;");
        close("");
    }

    private String argument(Type t, int k) {
        switch (t) {
        case INT: return any("r", "r * 31 - 50", "r << 20", "ints[r & 7]", "r * r * r");
        case LONG: return any("(long) r << 33", "r * 0x123456789L", "(long) ints[r & 7]");
        case FLOAT: return any("r * 0.5f", "1f / r");
        case DOUBLE: return any("r * 0.25 - 10", "1.0 / r", "r * 1e300");
        case BYTE: case SHORT: case CHAR: return "(" + t.java + ") (r * " + (k + 3) + ")";
        case BOOLEAN: return "(r & " + (1 << below(4)) + ") != 0";
        case STRING: return any("\"s\" + (r & 15)", "r % 9 == 0 ? null : \"x\"");
        case NODE: return any("nodes[r % nodes.length]", "nodes[0]", "r % 50 == 49 ? null : nodes[r & 1]");
        case INTS: return any("r % 64 == 63 ? null : ints", "ints", "new int[8 + (r & 15)]", "new int[40]");
        case GRID: return "new int[8][4]";
        default: return "new " + t.element().java + "[" + any("r & 31", "16", "40", "32", "16") + "]";
        }
    }

    private void main() {
        open("public static void main(String[] args)");
        line("int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 300;");
        line("Node[] nodes = { new Leaf(1, 2), new Stem(3, 4), new Twig(5, 6), new Leaf(-1, -1), new Stem(7, 8) };");
        line("for (int i = 0; i < 5; i++) nodes[i].next = nodes[(i + 1) % 5];");
        line("int[] ints = { 0, -1, 1, Integer.MIN_VALUE, Integer.MAX_VALUE, 31, 64, 1 << 16 };");
        line("check(0, nodes, ints);");
        open("for (int r = 0; r < rounds; r++)");
        for (Callee c : callees) {
            if (c.virtual) continue;
            StringBuilder b = new StringBuilder();
            for (int i = 0; i < c.parameters.size(); i++) b.append(i == 0 ? "" : ", ").append(argument(c.parameters.get(i), i));
            String take = c.result == Type.NODE ? "x == null ? 1 : x.x" : c.result == Type.BOOLEAN ? "x ? 1 : 0" : c.result == Type.STRING ? "h(x)"
                : c.result == Type.DOUBLE ? "Double.doubleToLongBits(x)" : c.result == Type.FLOAT ? "Float.floatToIntBits(x)" : c.result.array() ? "x == null ? 1 : x.length" : "x";
            line("try { " + c.result.java + " x = " + c.name + "(" + b + "); sum = sum * 31 + (" + take + "); } catch (RuntimeException e) { sum = sum * 31 + thrown(e); }");
        }
        line("if (r % 16 == 15) check(r, nodes, ints);");
        close("");
        line("check(rounds, nodes, ints);");
        close("");
        open("static void check(int r, Node[] nodes, int[] ints)");
        line("for (Node n : nodes) sum = sum * 31 + n.x + n.y;");
        line("for (int i = 0; i < 8; i++) { sum = sum * 31 + ints[i]; ints[i] = ints[i] * 5 + i; }");
        for (Variable v : fields) {
            if (v.type.integral()) line("sum = sum * 31 + " + v.name + ";");
            else if (v.type == Type.DOUBLE) line("sum = sum * 31 + Double.doubleToLongBits(" + v.name + ");");
            else if (v.type == Type.FLOAT) line("sum = sum * 31 + Float.floatToIntBits(" + v.name + ");");
            else if (v.type == Type.INTS) line("sum = sum * 31 + java.util.Arrays.hashCode(" + v.name + ");");
        }
        line("for (int i = 0; i < 5; i++) if (nodes[i].next == null || r % 7 == 0) nodes[i].next = nodes[(i * 2 + 1) % 5];");
        for (Variable v : fields) {
            if (v.type == Type.NODE) line(v.name + " = nodes[r % 5];");
            else if (v.type.array()) line("if (" + v.name + " == null || " + v.name + ".length < 10) " + v.name + " = new " + (v.type == Type.GRID ? "int[8][8]" : v.type.element().java + "[40]") + ";");
            else if (v.type.number() && chance(50)) line(v.name + " = " + literal(v.type) + ";");
            if (v.type == Type.NODES) line("for (int i = 0; i < " + v.name + ".length; i++) if (" + v.name + "[i] == null) " + v.name + "[i] = nodes[i % 5];");
        }
        line("System.out.println(\"" + name + " round \" + r + \" \" + sum);");
        close("");
    }

    private String program() {
        line("@SuppressWarnings(\"all\")");
        open("public class " + name);
        line("static final Object LOCK = new Object();");
        line("static long sum;");
        for (Type t : Type.values()) {
            Variable v = new Variable(t, t.prefix + "Field", true);
            fields.add(v);
            line("static " + t.java + " " + v.name + " = " + (t == Type.NODE ? "null" : literal(t)) + ";");
        }
        helpers();
        nodes();
        int methods = 6 + below(6);
        for (int i = 0; i < methods; i++) {
            Type returns = chance(85) ? any(SCALARS) : any(Type.STRING, Type.NODE, Type.INTS);
            method("static" + (chance(10) ? " synchronized" : ""), "m" + i, returns, parameters(), chance(35) ? SMALL_COST : METHOD_COST, false);
        }
        main();
        close("");
        return out.toString();
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 3) throw new IllegalArgumentException("usage: Generate DIRECTORY FIRST-SEED COUNT");
        long first = Long.parseLong(args[1]);
        StringBuilder all = new StringBuilder("/** Runs all programs of this directory in one process. */\nclass All {\n    public static void main(String[] args) {\n");
        for (long seed = first; seed < first + Long.parseLong(args[2]); seed++) {
            Files.writeString(Path.of(args[0], "P" + seed + ".java"), new Generate(seed).program());
            all.append("        P" + seed + ".main(args);\n");
        }
        Files.writeString(Path.of(args[0], "All.java"), all + "    }\n}\n");
    }
}
