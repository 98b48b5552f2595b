/** Queens on a board, with objects and with bits: recursion, deep and cheap. */
final class Queens {
    private final int[] columns;
    private int found;

    private Queens(int n) { columns = new int[n]; }

    private boolean attacked(int row, int column) {
        for (int r = 0; r < row; r++) {
            int d = columns[r] - column;
            if (d == 0 || d == row - r || d == r - row) return true;
        }
        return false;
    }

    private void place(int row) {
        if (row == columns.length) {
            found++;
            return;
        }
        for (int c = 0; c < columns.length; c++) {
            if (attacked(row, c)) continue;
            columns[row] = c;
            place(row + 1);
        }
    }

    private static int byBits(int all, int columns, int left, int right) {
        if (columns == all) return 1;
        int count = 0;
        for (int open = all & ~(columns | left | right); open != 0; open &= open - 1) {
            int bit = open & -open;
            count += byBits(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
        }
        return count;
    }

    static long kernel(int n) {
        Queens q = new Queens(n);
        q.place(0);
        return q.found * 1_000_003L + byBits((1 << n + 1) - 1, 0, 0, 0);
    }

    public static void main(String[] args) { Bench.run(args, 11, Queens::kernel); }
}
