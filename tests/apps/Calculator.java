import java.util.TreeMap;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;

/** Runs programs in the language of Expr.g4 with the visitor that ANTLR generated. */
public class Calculator extends ExprBaseVisitor<Long> {
    final TreeMap<String, Long> variables = new TreeMap<>();

    @Override public Long visitAssign(ExprParser.AssignContext c) { return variables.put(c.ID().getText(), visit(c.expr())); }
    @Override public Long visitPrint(ExprParser.PrintContext c) {
        System.out.println(visit(c.expr()));
        return null;
    }
    @Override public Long visitLoop(ExprParser.LoopContext c) {
        while (visit(c.expr()) != 0) c.statement().forEach(this::visit);
        return null;
    }
    @Override public Long visitNegate(ExprParser.NegateContext c) { return -visit(c.expr()); }
    @Override public Long visitProduct(ExprParser.ProductContext c) {
        long a = visit(c.expr(0)), b = visit(c.expr(1));
        switch (c.op.getText()) {
        case "*": return a * b;
        case "/": return a / b;
        default: return a % b;
        }
    }
    @Override public Long visitSum(ExprParser.SumContext c) {
        long a = visit(c.expr(0)), b = visit(c.expr(1));
        return c.op.getText().equals("+") ? a + b : a - b;
    }
    @Override public Long visitCompare(ExprParser.CompareContext c) {
        long a = visit(c.expr(0)), b = visit(c.expr(1));
        return (c.op.getText().equals("<") ? a < b : a == b) ? 1L : 0;
    }
    @Override public Long visitNumber(ExprParser.NumberContext c) { return Long.parseLong(c.INT().getText()); }
    @Override public Long visitVariable(ExprParser.VariableContext c) { return variables.getOrDefault(c.ID().getText(), 0L); }
    @Override public Long visitParens(ExprParser.ParensContext c) { return visit(c.expr()); }

    public static void main(String[] args) {
        StringBuilder program = new StringBuilder("# collatz\nn = 27; steps = 0;\nwhile (1 < n) { odd = n % 2; n = odd * (3 * n + 1) + (1 - odd) * (n / 2); steps = steps + 1; }\nprint steps;\n");
        for (int i = 0; i < 300; i++) program.append("x = x * 31 + (").append(i).append(" - -y) % 7; y = (x / 3 + y) % 1000003;\nprint x < y;\n");
        program.append("print x; print (y;\n");
        ExprParser parser = new ExprParser(new CommonTokenStream(new ExprLexer(CharStreams.fromString(program.toString()))));
        ExprParser.ProgramContext tree = parser.program();
        System.out.println(parser.getNumberOfSyntaxErrors() + " error(s), " + tree.statement().size() + " statements");
        Calculator c = new Calculator();
        for (int i = 0; i < tree.statement().size() - 1; i++) c.visit(tree.statement(i));
        System.out.println(c.variables);
    }
}
