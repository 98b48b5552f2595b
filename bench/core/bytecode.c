/* An interpreter of bytecode for a stack machine, with computed jumps: Collatz sequences. */
#include "core.h"

enum { PUSH, LOAD, STORE, ADD, MUL, AND, SHR, JUMP_ZERO, JUMP, HALT };

static int64_t run(const int8_t *code, int64_t n)
{
    static const void *const labels[] = { &&push, &&load, &&store, &&add, &&mul, &&and, &&shr, &&jump_zero, &&jump, &&halt };
    int64_t stack[16], local[4] = { n, 0, 0, 0 }, *sp = stack;
    const int8_t *pc = code;
#define NEXT goto *labels[(uint8_t)*pc]
    NEXT;
push: *sp++ = pc[1], pc += 2; NEXT;
load: *sp++ = local[pc[1]], pc += 2; NEXT;
store: local[pc[1]] = *--sp, pc += 2; NEXT;
add: sp--, sp[-1] += sp[0], pc++; NEXT;
mul: sp--, sp[-1] *= sp[0], pc++; NEXT;
and: sp--, sp[-1] &= sp[0], pc++; NEXT;
shr: sp--, sp[-1] >>= sp[0], pc++; NEXT;
jump_zero: pc += *--sp ? 2 : pc[1]; NEXT;
jump: pc += pc[1]; NEXT;
halt: return local[1];
}

static uint64_t kernel(uint64_t rounds)
{
    /* while (n + -1) { steps++; if (n & 1) n = n * 3 + 1; else n = n >> 1; } Displacements count from the jump. */
    static const int8_t code[] = {
        LOAD, 0, PUSH, -1, ADD, JUMP_ZERO, 37,                    /*  0 */
        LOAD, 1, PUSH, 1, ADD, STORE, 1,                          /*  7 */
        LOAD, 0, PUSH, 1, AND, JUMP_ZERO, 14,                     /* 14 */
        LOAD, 0, PUSH, 3, MUL, PUSH, 1, ADD, STORE, 0, JUMP, -31, /* 21 */
        LOAD, 0, PUSH, 1, SHR, STORE, 0, JUMP, -40,               /* 33 */
        HALT,                                                     /* 42 */
    };
    uint64_t sum = 0;
    for (uint64_t r = 0; r < rounds; r++) sum += (uint64_t)run(code, (int64_t)(27 + r % 64));
    return sum;
}
