/** Cons cells of an interpreter: expressions evaluated over and over. */
public class LispCells {
    static long state = 88172645463325252L;
    static int random(int n) { state ^= state << 13; state ^= state >>> 7; state ^= state << 17; return (int) ((state >>> 33) % n); }
    static final class Cell { Object car; Cell cdr; Cell(Object a, Cell d) { car = a; cdr = d; } }
    static final class Int { final int v; Int(int v) { this.v = v; } }
    static Cell expression(int depth) {
        Cell list = null;
        for (int i = 0; i < 4; i++) list = new Cell(depth == 0 || random(3) == 0 ? (Object) new Int(random(50)) : expression(depth - 1), list);
        return list;
    }
    static int eval(Cell c) {
        int s = 1;
        for (; c != null; c = c.cdr) s = s * 31 + (c.car instanceof Int ? ((Int) c.car).v : eval((Cell) c.car));
        return s;
    }
    public static void main(String[] x) {
        int scale = x.length > 0 ? Integer.parseInt(x[0]) : 1;
        Cell[] programs = new Cell[400];
        for (int d = 0; d < 3; d++) for (int i = 0; i < programs.length; i++) programs[i] = new Cell(expression(4), programs[random(programs.length)]);
        long total = 0;
        for (int i = 0; i < 1_500 * scale; i++) total += eval((Cell) programs[random(programs.length)].car);
        System.out.println(total);
    }
}
