import java.util.ArrayList;
import java.util.List;

/** An incremental solver of one-way constraints of different strengths: many small classes, virtual calls, array lists. */
final class DeltaBlue {
    private enum Strength {
        REQUIRED, STRONG, MEDIUM, WEAK, WEAKEST;
        boolean stronger(Strength s) { return ordinal() < s.ordinal(); }
        static Strength weaker(Strength a, Strength b) { return a.stronger(b) ? b : a; }
    }

    private static final class Variable {
        int value, mark;
        boolean stay = true;
        Constraint determinedBy;
        Strength walkabout = Strength.WEAKEST;
        final List<Constraint> constraints = new ArrayList<>();
        Variable(int value) { this.value = value; }
    }

    private abstract static class Constraint {
        final Strength strength;
        Constraint(Strength s) { strength = s; }
        abstract boolean satisfied();
        abstract void addTo();
        abstract void removeFrom();
        abstract void chooseMethod(int mark);
        abstract void unsatisfy();
        abstract boolean inputsKnown(int mark);
        abstract Variable output();
        abstract void recalculate();
        abstract void execute();
        abstract void markInputs(int mark);
        boolean isInput() { return false; }

        /** Tries to make this hold; returns a weaker constraint that it displaced. */
        final Constraint satisfy(Planner p, int mark) {
            chooseMethod(mark);
            if (!satisfied()) {
                if (strength == Strength.REQUIRED) throw new IllegalStateException("a required constraint does not hold");
                return null;
            }
            markInputs(mark);
            Variable out = output();
            Constraint displaced = out.determinedBy;
            if (displaced != null) displaced.unsatisfy();
            out.determinedBy = this;
            p.propagate(this, mark);
            out.mark = mark;
            return displaced;
        }
    }

    private abstract static class Unary extends Constraint {
        final Variable out;
        private boolean holds;
        Unary(Variable v, Strength s) { super(s); out = v; }
        @Override boolean satisfied() { return holds; }
        @Override void addTo() { out.constraints.add(this); holds = false; }
        @Override void removeFrom() { out.constraints.remove(this); holds = false; }
        @Override void chooseMethod(int mark) { holds = out.mark != mark && strength.stronger(out.walkabout); }
        @Override void unsatisfy() { holds = false; }
        @Override boolean inputsKnown(int mark) { return true; }
        @Override Variable output() { return out; }
        @Override void markInputs(int mark) { }
        @Override void recalculate() {
            out.walkabout = strength;
            out.stay = !isInput();
            if (out.stay) execute();
        }
    }

    private static final class Stay extends Unary {
        Stay(Variable v, Strength s) { super(v, s); }
        @Override void execute() { }
    }

    private static final class Edit extends Unary {
        Edit(Variable v, Strength s) { super(v, s); }
        @Override boolean isInput() { return true; }
        @Override void execute() { }
    }

    private abstract static class Binary extends Constraint {
        final Variable a, b;
        int direction; // 1: b from a, -1: a from b, 0: does not hold
        Binary(Variable a, Variable b, Strength s) { super(s); this.a = a; this.b = b; }
        @Override boolean satisfied() { return direction != 0; }
        @Override void addTo() { a.constraints.add(this); b.constraints.add(this); direction = 0; }
        @Override void removeFrom() { a.constraints.remove(this); b.constraints.remove(this); direction = 0; }
        @Override void unsatisfy() { direction = 0; }
        @Override Variable output() { return direction > 0 ? b : a; }
        Variable input() { return direction > 0 ? a : b; }
        @Override void markInputs(int mark) { input().mark = mark; }
        @Override boolean inputsKnown(int mark) {
            Variable v = input();
            return v.mark == mark || v.stay || v.determinedBy == null;
        }
        @Override void chooseMethod(int mark) {
            if (a.mark == mark) direction = b.mark != mark && strength.stronger(b.walkabout) ? 1 : 0;
            else if (b.mark == mark) direction = strength.stronger(a.walkabout) ? -1 : 0;
            else if (b.walkabout.stronger(a.walkabout)) direction = strength.stronger(a.walkabout) ? -1 : 0;
            else direction = strength.stronger(b.walkabout) ? 1 : 0;
        }
        @Override void recalculate() {
            Variable in = input(), out = output();
            out.walkabout = Strength.weaker(strength, in.walkabout);
            out.stay = in.stay;
            if (out.stay) execute();
        }
    }

    private static final class Equal extends Binary {
        Equal(Variable a, Variable b, Strength s) { super(a, b, s); }
        @Override void execute() { output().value = input().value; }
    }

    /** b = a * scale + offset. */
    private static final class Scale extends Binary {
        final Variable scale, offset;
        Scale(Variable a, Variable scale, Variable offset, Variable b) {
            super(a, b, Strength.REQUIRED);
            this.scale = scale;
            this.offset = offset;
        }
        @Override void addTo() { super.addTo(); scale.constraints.add(this); offset.constraints.add(this); }
        @Override void removeFrom() { super.removeFrom(); scale.constraints.remove(this); offset.constraints.remove(this); }
        @Override void markInputs(int mark) { super.markInputs(mark); scale.mark = offset.mark = mark; }
        @Override void execute() {
            if (direction > 0) b.value = a.value * scale.value + offset.value;
            else a.value = (b.value - offset.value) / scale.value;
        }
        @Override void recalculate() {
            Variable in = input(), out = output();
            out.walkabout = Strength.weaker(strength, in.walkabout);
            out.stay = in.stay && scale.stay && offset.stay;
            if (out.stay) execute();
        }
    }

    private static final class Planner {
        private int mark;

        void add(Constraint c) {
            c.addTo();
            int m = ++mark;
            for (Constraint d = c.satisfy(this, m); d != null; ) d = d.satisfy(this, m);
        }

        void remove(Constraint c) {
            Variable out = c.output();
            c.unsatisfy();
            c.removeFrom();
            out.determinedBy = null;
            out.walkabout = Strength.WEAKEST;
            out.stay = true;
            List<Constraint> unsatisfied = new ArrayList<>();
            List<Variable> todo = new ArrayList<>();
            todo.add(out);
            while (!todo.isEmpty()) {
                Variable v = todo.remove(todo.size() - 1);
                for (Constraint d : v.constraints) {
                    if (!d.satisfied()) unsatisfied.add(d);
                    else if (d != v.determinedBy) {
                        d.recalculate();
                        todo.add(d.output());
                    }
                }
            }
            for (Strength s : Strength.values())
                for (Constraint d : unsatisfied)
                    if (d.strength == s) {
                        int m = ++mark;
                        for (Constraint e = d.satisfy(this, m); e != null; ) e = e.satisfy(this, m);
                    }
        }

        void propagate(Constraint c, int m) {
            List<Constraint> todo = new ArrayList<>();
            todo.add(c);
            while (!todo.isEmpty()) {
                Constraint d = todo.remove(todo.size() - 1);
                d.recalculate();
                consumers(d.output(), todo);
            }
        }

        private static void consumers(Variable v, List<Constraint> into) {
            for (Constraint c : v.constraints)
                if (c != v.determinedBy && c.satisfied()) into.add(c);
        }

        List<Constraint> plan(List<? extends Constraint> sources) {
            int m = ++mark;
            List<Constraint> plan = new ArrayList<>(), todo = new ArrayList<>(sources);
            while (!todo.isEmpty()) {
                Constraint c = todo.remove(todo.size() - 1);
                if (c.output().mark == m || !c.inputsKnown(m)) continue;
                plan.add(c);
                c.output().mark = m;
                consumers(c.output(), todo);
            }
            return plan;
        }

        void change(Variable v, int value) {
            Edit e = new Edit(v, Strength.STRONG);
            add(e);
            List<Constraint> plan = plan(List.of(e));
            for (int i = 0; i < 10; i++) {
                v.value = value;
                for (Constraint c : plan) c.execute();
            }
            remove(e);
        }
    }

    private static int chain(int n) {
        Planner p = new Planner();
        Variable[] v = new Variable[n + 1];
        for (int i = 0; i <= n; i++) {
            v[i] = new Variable(0);
            if (i > 0) p.add(new Equal(v[i - 1], v[i], Strength.REQUIRED));
        }
        p.add(new Stay(v[n], Strength.WEAK));
        Edit e = new Edit(v[0], Strength.STRONG);
        p.add(e);
        List<Constraint> plan = p.plan(List.of(e));
        for (int i = 0; i < 100; i++) {
            v[0].value = i;
            for (Constraint c : plan) c.execute();
            if (v[n].value != i) throw new AssertionError("chain: " + v[n].value + " for " + i);
        }
        p.remove(e);
        return v[n].value;
    }

    private static int projection(int n) {
        Planner p = new Planner();
        Variable scale = new Variable(10), offset = new Variable(1000), from = null, to = null;
        List<Variable> targets = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            from = new Variable(i);
            to = new Variable(i);
            targets.add(to);
            p.add(new Stay(from, Strength.MEDIUM));
            p.add(new Scale(from, scale, offset, to));
        }
        p.change(from, 17);
        int sum = to.value;
        p.change(to, 1050);
        sum = sum * 31 + from.value;
        p.change(scale, 5);
        for (Variable v : targets) sum = sum * 31 + v.value;
        p.change(offset, 2000);
        for (Variable v : targets) sum = sum * 31 + v.value;
        return sum;
    }

    static long kernel(int n) {
        long sum = 0;
        for (int i = 0; i < 10; i++) sum = sum * 31 + chain(n) * 7 + projection(n);
        return sum;
    }

    public static void main(String[] args) { Bench.run(args, 1000, DeltaBlue::kernel); }
}
