import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the loops of a control-flow graph, irreducible ones too (Havlak's method): union-find, lists, sets and maps of objects. */
final class Havlak {
    private static final class Block {
        final int name;
        final List<Block> in = new ArrayList<>(2), out = new ArrayList<>(2);
        Block(int name) { this.name = name; }
    }

    private static final class Graph {
        final List<Block> blocks = new ArrayList<>();
        Block add() {
            Block b = new Block(blocks.size());
            blocks.add(b);
            return b;
        }
        static void edge(Block a, Block b) {
            a.out.add(b);
            b.in.add(a);
        }
        Block straight(Block from, int n) {
            for (int i = 0; i < n; i++) {
                Block b = add();
                edge(from, b);
                from = b;
            }
            return from;
        }
        Block diamond(Block from) {
            Block left = add(), right = add(), join = add();
            edge(from, left);
            edge(from, right);
            edge(left, join);
            edge(right, join);
            return join;
        }
        Block nest(Block from, int depth) {
            Block header = straight(from, 1), end = diamond(header);
            if (depth > 0) for (int i = 0; i < 2; i++) end = nest(end, depth - 1);
            end = straight(end, 2);
            edge(end, header);
            Block exit = add();
            edge(end, exit);
            return exit;
        }
    }

    private static final class Node {
        final Block block;
        final int number;
        Node parent = this;
        Loop loop;
        Node(Block b, int n) { block = b; number = n; }
        Node find() {
            Node root = this;
            while (root.parent != root) root = root.parent;
            for (Node n = this; n != root; ) {
                Node next = n.parent;
                n.parent = root;
                n = next;
            }
            return root;
        }
    }

    private static final class Loop {
        final boolean reducible;
        final Set<Block> blocks = new HashSet<>();
        Loop outer;
        Loop(boolean reducible) { this.reducible = reducible; }
        int depth() { return outer == null ? 1 : 1 + outer.depth(); }
    }

    /** Depth-first numbers of the blocks, and for each number the highest number below it in the tree. */
    private static int number(Block start, List<Node> nodes, Map<Block, Integer> numbers, int[] last) {
        ArrayDeque<Block> path = new ArrayDeque<>();
        ArrayDeque<int[]> progress = new ArrayDeque<>();
        path.push(start);
        progress.push(new int[1]);
        numbers.put(start, 0);
        nodes.add(new Node(start, 0));
        while (!path.isEmpty()) {
            Block b = path.peek();
            int[] at = progress.peek();
            if (at[0] == b.out.size()) {
                last[numbers.get(b)] = nodes.size() - 1;
                path.pop();
                progress.pop();
                continue;
            }
            Block next = b.out.get(at[0]++);
            if (numbers.containsKey(next)) continue;
            numbers.put(next, nodes.size());
            nodes.add(new Node(next, nodes.size()));
            path.push(next);
            progress.push(new int[1]);
        }
        return nodes.size();
    }

    private static List<Loop> loops(Graph g) {
        List<Node> nodes = new ArrayList<>();
        Map<Block, Integer> numbers = new HashMap<>();
        int[] last = new int[g.blocks.size()];
        int n = number(g.blocks.get(0), nodes, numbers, last);
        List<List<Integer>> back = new ArrayList<>(), other = new ArrayList<>();
        for (int w = 0; w < n; w++) {
            back.add(new ArrayList<>());
            other.add(new ArrayList<>());
            for (Block p : nodes.get(w).block.in) {
                Integer v = numbers.get(p);
                if (v == null) continue;
                (w <= v && v <= last[w] ? back : other).get(w).add(v);
            }
        }
        List<Loop> found = new ArrayList<>();
        for (int w = n - 1; w >= 0; w--) {
            List<Node> body = new ArrayList<>();
            boolean self = false, reducible = true;
            for (int v : back.get(w)) {
                if (v == w) self = true;
                else {
                    Node r = nodes.get(v).find();
                    if (!body.contains(r)) body.add(r);
                }
            }
            ArrayDeque<Node> todo = new ArrayDeque<>(body);
            while (!todo.isEmpty()) {
                Node x = todo.poll();
                for (int y : List.copyOf(other.get(x.number))) {
                    Node r = nodes.get(y).find();
                    if (!(w <= r.number && r.number <= last[w])) {
                        reducible = false;
                        if (!other.get(w).contains(r.number)) other.get(w).add(r.number);
                    } else if (r.number != w && !body.contains(r)) {
                        todo.add(r);
                        body.add(r);
                    }
                }
            }
            if (body.isEmpty() && !self) continue;
            Loop loop = new Loop(reducible);
            Node header = nodes.get(w);
            loop.blocks.add(header.block);
            for (Node x : body) {
                x.parent = header;
                if (x.loop != null) x.loop.outer = loop;
                else loop.blocks.add(x.block);
            }
            header.loop = loop;
            found.add(loop);
        }
        return found;
    }

    static long kernel(int rounds) {
        Graph g = new Graph();
        Block at = g.add();
        for (int i = 0; i < 12; i++) {
            Block before = at;
            at = g.nest(at, 4);
            Block side = g.add(); // a second entry into the last loop
            Graph.edge(before, side);
            Graph.edge(side, g.blocks.get(at.name - 2));
        }
        long sum = g.blocks.size();
        for (int i = 0; i < rounds; i++) {
            for (Loop l : loops(g)) sum = sum * 31 + l.blocks.size() * 100L + l.depth() * 2 + (l.reducible ? 1 : 0);
        }
        return sum;
    }

    public static void main(String[] args) { Bench.run(args, 25, Havlak::kernel); }
}
