/** An interpreter's loop: a switch on the next opcode of random straight-line code for a little machine with two registers. */
public class Interpreter {
    static long run(byte[] code, long x) {
        long y = 1;
        for (int pc = 0; pc < code.length; pc++) {
            switch (code[pc]) {
            case 0: x += y; break;
            case 1: y ^= x >>> 3; break;
            case 2: x = x * 31 + 7; break;
            case 3: y -= x; break;
            case 4: x = Long.rotateLeft(x, 5); break;
            case 5: y += 12345; break;
            case 6: x ^= y; break;
            default: { long t = x; x = y; y = t; }
            }
        }
        return x + y;
    }

    public static void main(String[] args) {
        long seed = args.length > 0 ? Long.parseLong(args[0]) : 1;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 60;
        byte[] code = new byte[10_000];
        long sum = 0;
        for (int r = 0; r < rounds; r++) {
            for (int i = 0; i < code.length; i++) {
                seed = seed * 6364136223846793005L + 1442695040888963407L;
                code[i] = (byte) (seed >>> 60 & 7);
            }
            sum = sum * 17 + run(code, r);
        }
        System.out.println(sum);
    }
}
