import java.util.function.IntBinaryOperator;

/** Expression trees of many classes evaluated by virtual and interface calls, and by type tests: sites with two to eight receivers. */
final class Dispatch {
    private interface Visitor<R> {
        R constant(int v);
        R variable(int i);
        R operation(Node left, Node right, IntBinaryOperator f);
        R choice(Node test, Node yes, Node no);
    }

    private abstract static class Node {
        abstract int eval(int[] env);
        abstract <R> R accept(Visitor<R> v);
    }

    private static final class Constant extends Node {
        final int value;
        Constant(int v) { value = v; }
        @Override int eval(int[] env) { return value; }
        @Override <R> R accept(Visitor<R> v) { return v.constant(value); }
    }

    private static final class Variable extends Node {
        final int index;
        Variable(int i) { index = i; }
        @Override int eval(int[] env) { return env[index]; }
        @Override <R> R accept(Visitor<R> v) { return v.variable(index); }
    }

    private abstract static class Pair extends Node {
        final Node left, right;
        Pair(Node l, Node r) { left = l; right = r; }
        @Override <R> R accept(Visitor<R> v) { return v.operation(left, right, this::apply); }
        abstract int apply(int a, int b);
        @Override int eval(int[] env) { return apply(left.eval(env), right.eval(env)); }
    }

    private static final class Sum extends Pair {
        Sum(Node l, Node r) { super(l, r); }
        @Override int apply(int a, int b) { return a + b; }
    }

    private static final class Product extends Pair {
        Product(Node l, Node r) { super(l, r); }
        @Override int apply(int a, int b) { return a * b; }
    }

    private static final class Least extends Pair {
        Least(Node l, Node r) { super(l, r); }
        @Override int apply(int a, int b) { return Math.min(a, b); }
    }

    private static final class Mixed extends Pair {
        Mixed(Node l, Node r) { super(l, r); }
        @Override int apply(int a, int b) { return a ^ b >>> 3; }
    }

    private static final class Choice extends Node {
        final Node test, yes, no;
        Choice(Node t, Node y, Node n) { test = t; yes = y; no = n; }
        @Override int eval(int[] env) { return (test.eval(env) & 1) != 0 ? yes.eval(env) : no.eval(env); }
        @Override <R> R accept(Visitor<R> v) { return v.choice(test, yes, no); }
    }

    private static Node random(Bench.Random r, int depth) {
        if (depth == 0) return r.below(2) == 0 ? new Constant(r.below(100)) : new Variable(r.below(8));
        Node a = random(r, depth - 1), b = random(r, depth - 1);
        switch (r.below(5)) {
        case 0: return new Sum(a, b);
        case 1: return new Product(a, b);
        case 2: return new Least(a, b);
        case 3: return new Mixed(a, b);
        default: return new Choice(random(r, depth - 1), a, b);
        }
    }

    private record Evaluation(int[] env) implements Visitor<Integer> {
        @Override public Integer constant(int v) { return v; }
        @Override public Integer variable(int i) { return env[i]; }
        @Override public Integer operation(Node l, Node r, IntBinaryOperator f) { return f.applyAsInt(l.accept(this), r.accept(this)); }
        @Override public Integer choice(Node t, Node y, Node n) { return ((t.accept(this) & 1) != 0 ? y : n).accept(this); }
    }

    private static int byTests(Node n, int[] env) {
        if (n instanceof Constant c) return c.value;
        if (n instanceof Variable v) return env[v.index];
        if (n instanceof Choice c) return (byTests(c.test, env) & 1) != 0 ? byTests(c.yes, env) : byTests(c.no, env);
        Pair p = (Pair) n;
        return p.apply(byTests(p.left, env), byTests(p.right, env));
    }

    static long kernel(int rounds) {
        Bench.Random r = new Bench.Random(79);
        Node[] trees = new Node[20];
        for (int i = 0; i < trees.length; i++) trees[i] = random(r, 7);
        int[] env = new int[8];
        long sum = 0;
        for (int i = 0; i < rounds; i++) {
            for (int k = 0; k < env.length; k++) env[k] = r.below(1000);
            for (Node n : trees) {
                int a = n.eval(env), b = byTests(n, env), c = n.accept(new Evaluation(env));
                if (a != b || a != c) throw new AssertionError("evaluations differ");
                sum = sum * 31 + a;
            }
        }
        return sum;
    }

    public static void main(String[] args) { Bench.run(args, 120, Dispatch::kernel); }
}
