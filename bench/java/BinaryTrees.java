/** Trees built, walked and dropped: allocation, collection, recursion. */
final class BinaryTrees {
    private record Tree(Tree left, Tree right) {
        static Tree ofDepth(int depth) { return depth == 0 ? new Tree(null, null) : new Tree(ofDepth(depth - 1), ofDepth(depth - 1)); }
        int size() { return left == null ? 1 : 1 + left.size() + right.size(); }
    }

    static long kernel(int depth) {
        Tree lasting = Tree.ofDepth(depth);
        long sum = Tree.ofDepth(depth + 1).size();
        for (int d = 4; d <= depth; d += 2) {
            int rounds = 1 << (depth - d + 4);
            for (int i = 0; i < rounds; i++) sum = sum * 7 + Tree.ofDepth(d).size();
        }
        return sum * 31 + lasting.size();
    }

    public static void main(String[] args) { Bench.run(args, 14, BinaryTrees::kernel); }
}
