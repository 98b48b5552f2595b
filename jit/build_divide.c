/* Division by constants without dividing: by powers of two shifts, by others a multiplication by the reciprocal (Granlund and Montgomery 1994). Of ints the
   product fits a long; of longs its upper half is wanted. */
#include "jit/build.h"
#include "vm/opcodes.h"

static Val op_const(Build *b, IrOp op, IrType t, Val x, i64 k)
{
    return b_emit(b, op, t, x, op == IR_SHR || op == IR_USHR || t == IT_INT ? b_int(b, (i32)k) : b_long(b, k), 0);
}

static Val convert(Build *b, Val x, u8 how)
{
    Val v = ir_make(b->f, IR_CVT, how == OP_i2l ? IT_LONG : IT_INT, x, 0, 0);
    b_ins(b, v)->sub = how, b_ins(b, v)->where = IR_WHERE(b->scope, b->bci);
    Val w = jit_fold(b->f, v);
    return w != v ? w : ir_append(b->f, b->cur, v);
}

/* x / 2^k, or x % 2^k, rounded towards zero: negative x are raised by 2^k - 1 first. */
static Val by_power(Build *b, IrOp op, IrType t, Val x, u32 k)
{
    u32 bits = t == IT_INT ? 32 : 64;
    Val sign = op_const(b, IR_SHR, t, x, bits - 1), raise = op_const(b, IR_USHR, t, sign, bits - k);
    Val raised = b_emit(b, IR_ADD, t, x, raise, 0);
    if (op == IR_DIV) return op_const(b, IR_SHR, t, raised, k);
    return b_emit(b, IR_SUB, t, x, op_const(b, IR_AND, t, raised, -(i64)(1ull << k)), 0);
}

/* x / d for d > 2, no power of two. */
static Val by_reciprocal(Build *b, Val x, i64 d)
{
    u32 log = 64 - (u32)__builtin_clzll((u64)d);
    i64 reciprocal = (i64)((1ull << (31 + log)) / (u64)d) + 1;
    ASSERT(d > 2 && reciprocal >> 32 <= 1);
    Val product = op_const(b, IR_MUL, IT_LONG, convert(b, x, OP_i2l), reciprocal);
    Val q = convert(b, op_const(b, IR_SHR, IT_LONG, product, 31 + log), OP_l2i);
    return b_emit(b, IR_SUB, IT_INT, q, op_const(b, IR_SHR, IT_INT, x, 31), 0);
}

/* The same for longs. The reciprocal has 64 bits, the highest set: as a signed number it is 2^64 less, so x is to be added. */
static Val by_long_reciprocal(Build *b, Val x, i64 d)
{
    u32 log = 64 - (u32)__builtin_clzll((u64)d);
    u64 reciprocal = (u64)(((unsigned __int128)1 << (63 + log)) / (u64)d) + 1;
    ASSERT(d > 2 && reciprocal >> 63);
    Val upper = b_emit(b, IR_ADD, IT_LONG, op_const(b, IR_MULH, IT_LONG, x, (i64)reciprocal), x, 0);
    return b_emit(b, IR_SUB, IT_LONG, op_const(b, IR_SHR, IT_LONG, upper, log - 1), op_const(b, IR_SHR, IT_LONG, x, 63), 0);
}

Val b_divide(Build *b, IrOp op, IrType t, Val x, i64 d)
{
    if (!d || d == INT64_MIN || (t == IT_INT && d == INT32_MIN)) return V_NONE;
    i64 size = d < 0 ? -d : d;
    bool power = !(size & (size - 1));
    Val q;
    if (size == 1) {
        q = op == IR_DIV ? x : t == IT_INT ? b_int(b, 0) : b_long(b, 0);
    } else if (power) {
        q = by_power(b, op, t, x, (u32)__builtin_ctzll((u64)size));
    } else {
        q = t == IT_INT ? by_reciprocal(b, x, size) : by_long_reciprocal(b, x, size);
        if (op == IR_REM) q = b_emit(b, IR_SUB, t, x, op_const(b, IR_MUL, t, q, size), 0);
    }
    return op == IR_DIV && d < 0 ? b_emit(b, IR_NEG, t, q, 0, 0) : q;
}
