/** A binary search tree of 30,000 random keys and 100,000 lookups. */
public class LTree {
    static final class N {
        final int key;
        N left, right;
        N(int key) { this.key = key; }
    }

    private N root;
    private int size;

    boolean add(int key) {
        if (root == null) {
            root = new N(key);
            size = 1;
            return true;
        }
        N n = root;
        while (true) {
            if (key == n.key) return false;
            N next = key < n.key ? n.left : n.right;
            if (next == null) {
                if (key < n.key) n.left = new N(key);
                else n.right = new N(key);
                size++;
                return true;
            }
            n = next;
        }
    }

    boolean contains(int key) {
        N n = root;
        while (n != null && n.key != key) n = key < n.key ? n.left : n.right;
        return n != null;
    }

    private static long state;
    private static int random(int bound) {
        state = state * 6364136223846793005L + 1442695040888963407L;
        return (int) ((state >>> 33) % bound);
    }

    public static void main(String[] args) {
        int keys = args.length > 0 ? Integer.parseInt(args[0]) : 30_000;
        int lookups = args.length > 1 ? Integer.parseInt(args[1]) : 100_000;
        state = 7;
        LTree tree = new LTree();
        int range = keys * 4;
        for (int i = 0; i < keys; i++) tree.add(random(range));
        int hits = 0;
        for (int i = 0; i < lookups; i++) if (tree.contains(random(range))) hits++;
        System.out.println("keys " + tree.size + ", lookups " + lookups + ", found " + hits);
    }
}
