/** A register machine's interpreter running a sieve, a sort and a recursion: a switch in a loop, hard to predict. */
final class Interpreter {
    private static final int LOADI = 0, MOVE = 1, ADD = 2, SUB = 3, MUL = 4, LOAD = 5, STORE = 6, JLT = 7, JNE = 8, JUMP = 9, CALL = 10, RET = 11,
        AND = 12, SHR = 13, ADDI = 14, HALT = 15;

    private final int[] code = new int[1024], memory;
    private int length;

    private Interpreter(int memorySize) { memory = new int[memorySize]; }

    private int emit(int op, int a, int b, int c) {
        code[length] = op | a << 8 | b << 16 | c << 24;
        return length++;
    }

    private int emitJump(int op, int a, int b, int target) {
        emit(op, a, b, 0);
        code[length] = target;
        return length++;
    }

    private long run(int pc, int[] r) {
        int[] stack = new int[256];
        int sp = 0;
        long steps = 0;
        for (;;) {
            int i = code[pc++], a = i >> 8 & 255, b = i >> 16 & 255, c = i >> 24 & 255;
            steps++;
            switch (i & 255) {
            case LOADI: r[a] = code[pc++]; break;
            case MOVE: r[a] = r[b]; break;
            case ADD: r[a] = r[b] + r[c]; break;
            case SUB: r[a] = r[b] - r[c]; break;
            case MUL: r[a] = r[b] * r[c]; break;
            case AND: r[a] = r[b] & r[c]; break;
            case SHR: r[a] = r[b] >>> c; break;
            case ADDI: r[a] = r[b] + (byte) c; break;
            case LOAD: r[a] = memory[r[b] + r[c]]; break;
            case STORE: memory[r[b] + r[c]] = r[a]; break;
            case JLT: pc = r[a] < r[b] ? code[pc] : pc + 1; break;
            case JNE: pc = r[a] != r[b] ? code[pc] : pc + 1; break;
            case JUMP: pc = code[pc]; break;
            case CALL:
                stack[sp++] = pc + 1;
                stack[sp++] = r[1];
                stack[sp++] = r[2];
                pc = code[pc];
                break;
            case RET:
                r[2] = stack[--sp];
                r[1] = stack[--sp];
                pc = stack[--sp];
                break;
            case HALT: return steps;
            default: throw new IllegalStateException("instruction " + i);
            }
        }
    }

    private int loadImmediate(int register, int value) {
        emit(LOADI, register, 0, 0);
        code[length] = value;
        return length++;
    }

    /** memory[0..n) filled by a generator, sorted by insertion in gaps. */
    private int sortProgram(int n) {
        int start = length;
        loadImmediate(0, 0);
        loadImmediate(1, 12345);
        loadImmediate(2, 1103515245);
        loadImmediate(3, n);
        loadImmediate(5, 0);
        int fill = length;
        emit(MUL, 1, 1, 2);
        emit(ADDI, 1, 1, 77);
        emit(SHR, 4, 1, 8);
        emit(STORE, 4, 5, 0);
        emit(ADDI, 5, 5, 1);
        emitJump(JLT, 5, 3, fill);
        loadImmediate(6, n / 2); // the gap
        int gaps = length;
        emit(MOVE, 7, 6, 0);
        int outer = length;
        emit(LOAD, 8, 7, 0);
        emit(MOVE, 9, 7, 0);
        int inner = length, low = emitJump(JLT, 9, 6, 0);
        emit(SUB, 10, 9, 6);
        emit(LOAD, 11, 10, 0);
        int less = length;
        emitJump(JLT, 8, 11, less + 4);
        int done = emitJump(JUMP, 0, 0, 0);
        emit(STORE, 11, 9, 0);
        emit(MOVE, 9, 10, 0);
        emitJump(JUMP, 0, 0, inner);
        code[low] = code[done] = length;
        emit(STORE, 8, 9, 0);
        emit(ADDI, 7, 7, 1);
        emitJump(JLT, 7, 3, outer);
        emit(SHR, 6, 6, 1);
        emitJump(JNE, 6, 0, gaps);
        emit(HALT, 0, 0, 0);
        return start;
    }

    /** r3 = fib(r1) by recursion. */
    private int fibProgram() {
        int start = length, call = emitJump(CALL, 0, 0, 0);
        emit(HALT, 0, 0, 0);
        code[call] = length;
        int function = length;
        loadImmediate(4, 2);
        int large = length;
        emitJump(JLT, 1, 4, large + 11);
        emit(ADDI, 1, 1, 255);
        emitJump(CALL, 0, 0, function);
        emit(MOVE, 2, 3, 0);
        emit(ADDI, 1, 1, 255);
        emitJump(CALL, 0, 0, function);
        emit(ADD, 3, 2, 3);
        emit(RET, 0, 0, 0);
        emit(MOVE, 3, 1, 0);
        emit(RET, 0, 0, 0);
        return start;
    }

    static long kernel(int n) {
        Interpreter m = new Interpreter(n);
        int sort = m.sortProgram(n), fib = m.fibProgram();
        int[] r = new int[16];
        long steps = m.run(sort, r), sum = 0;
        for (int i = 0; i < n; i++) {
            if (i > 0 && m.memory[i] < m.memory[i - 1]) throw new AssertionError("not sorted at " + i);
            sum = sum * 31 + m.memory[i];
        }
        r[1] = 21;
        steps += m.run(fib, r);
        return (sum * 31 + r[3]) * 31 + steps;
    }

    public static void main(String[] args) { Bench.run(args, 40_000, Interpreter::kernel); }
}
