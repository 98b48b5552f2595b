/* Folding: a simpler value for an instruction, by constants and algebra. Used while building and by value numbering, on pure instructions that
   are not (or no longer) in need of their place. Floats are left alone but for what is exact: Java's results are bit-exact. */
#include "jit/ir.h"
#include "vm/opcodes.h"
#include <string.h>

static bool constant(IrFn *f, Val v) { return v && ir(f, v)->op == IR_CONST; }
static i64 value(IrFn *f, Val v) { return ir(f, v)->imm; }

/* The result, normalised as registers hold it. */
static Val make(IrFn *f, IrType t, u64 v) { return ir_const(f, t, t == IT_INT ? (u64)(i64)(i32)v : v); }

static bool evaluate(IrOp op, IrType t, i64 a, i64 b, u64 *out)
{
    bool wide = t == IT_LONG;
    u64 x = (u64)a, y = (u64)b;
    u32 s = (u32)b & (wide ? 63 : 31);
    switch (op) {
    case IR_ADD: *out = x + y; return true;
    case IR_SUB: *out = x - y; return true;
    case IR_MUL: *out = x * y; return true;
    case IR_MULH: *out = (u64)(i64)((__int128)a * b >> 64); return true;
    case IR_AND: *out = x & y; return true;
    case IR_OR: *out = x | y; return true;
    case IR_XOR: *out = x ^ y; return true;
    case IR_SHL: *out = x << s; return true;
    case IR_SHR: *out = (u64)(a >> s); return true;
    case IR_USHR: *out = wide ? x >> s : (u64)((u32)x >> s); return true;
    case IR_ROR: *out = wide ? x >> s | x << (-s & 63) : (u64)((u32)x >> s | (u32)x << (-s & 31)); return true;
    case IR_ROL: *out = wide ? x << s | x >> (-s & 63) : (u64)((u32)x << s | (u32)x >> (-s & 31)); return true;
    case IR_DIV:
        if (!b) return false;
        *out = b == -1 ? -x : (u64)(a / b);
        return true;
    case IR_REM:
        if (!b) return false;
        *out = b == -1 ? 0 : (u64)(a % b);
        return true;
    case IR_MIN: *out = (u64)(a < b ? a : b); return true;
    case IR_MAX: *out = (u64)(a > b ? a : b); return true;
    default: return false;
    }
}

static bool commutes(IrOp op) { return op == IR_ADD || op == IR_MUL || op == IR_AND || op == IR_OR || op == IR_XOR || op == IR_MIN || op == IR_MAX; }

/* x op constant c. */
static Val with_constant(IrFn *f, Val v, Val x, i64 c)
{
    Ins *i = ir(f, v);
    IrType t = (IrType)i->type;
    switch (i->op) {
    case IR_ADD: case IR_SUB: case IR_OR: case IR_XOR:
        if (!c) return x;
        if (i->op == IR_OR && c == -1) return i->b;
        break;
    case IR_SHL: case IR_SHR: case IR_USHR: case IR_ROR: case IR_ROL:
        if (!(c & (t == IT_LONG ? 63 : 31))) return x;
        break;
    case IR_AND:
        if (c == -1) return x;
        if (!c) return i->b;
        if (c == 1 && (ir(f, x)->op == IR_INSTANCEOF || ir(f, x)->op == IR_SELECTCC)) return x;
        break;
    case IR_MUL:
        if (c == 1) return x;
        if (!c) return i->b;
        if (c > 0 && !(c & (c - 1))) {
            Val shift = ir_const(f, IT_INT, (u64)__builtin_ctzll((u64)c));
            ir(f, v)->op = IR_SHL, ir(f, v)->b = shift;
        }
        break;
    case IR_DIV:
        if (c == 1) return x;
        break;
    }
    /* x - c is x + -c; (x + c1) + c2 is x + (c1 + c2) */
    i = ir(f, v);
    if (i->op == IR_SUB && c != INT64_MIN && !(t == IT_INT && c == INT32_MIN)) {
        Val negative = make(f, t, (u64)-c);
        ir(f, v)->op = IR_ADD, ir(f, v)->b = negative, c = -c;
    }
    i = ir(f, v);
    if (i->op == IR_ADD && ir(f, x)->op == IR_ADD && constant(f, ir(f, x)->b)) {
        Val y = ir(f, x)->a, k = make(f, t, (u64)c + (u64)value(f, ir(f, x)->b));
        ir(f, v)->a = y, ir(f, v)->b = k;
        if (!value(f, k)) return y;
    }
    return v;
}

/* x >>> n | x << m, where n + m is the number of bits: a rotation. By constants n and m, + and ^ do the same. */
static Val rotation(IrFn *f, Val v)
{
    const Ins *i = ir(f, v), *r = ir(f, i->a), *l = ir(f, i->b);
    if (i->op != IR_OR && i->op != IR_XOR && i->op != IR_ADD) return v;
    if (r->op == IR_SHL) l = r, r = ir(f, i->b);
    if (r->op != IR_USHR || l->op != IR_SHL || r->a != l->a) return v;
    i64 mask = i->type == IT_LONG ? 63 : 31;
    const Ins *n = ir(f, r->b), *m = ir(f, l->b);
    IrOp op = IR_ROR;
    Val by = r->b;
    if (n->op == IR_CONST && m->op == IR_CONST) {
        if ((n->imm + m->imm) & mask || !(n->imm & mask)) return v;
    } else if (i->op == IR_OR && n->op == IR_NEG && n->a == l->b) {
        op = IR_ROL, by = l->b;
    } else if (i->op != IR_OR || m->op != IR_NEG || m->a != r->b) {
        return v;
    }
    Val x = r->a;
    ir(f, v)->op = (u8)op, ir(f, v)->a = x, ir(f, v)->b = by;
    return v;
}

static Val fold_convert(IrFn *f, Val v)
{
    Ins *i = ir(f, v);
    if (!constant(f, i->a)) return v;
    i64 c = value(f, i->a);
    switch (i->sub) {
    case OP_i2l: return ir_const(f, IT_LONG, (u64)c);
    case OP_l2i: return make(f, IT_INT, (u64)c);
    case OP_i2b: return make(f, IT_INT, (u64)(i64)(i8)c);
    case OP_i2c: return make(f, IT_INT, (u16)c);
    case OP_i2s: return make(f, IT_INT, (u64)(i64)(i16)c);
    case OP_i2d: {
        f64 d = (f64)(i32)c;
        u64 bits;
        memcpy(&bits, &d, 8);
        return ir_const(f, IT_DOUBLE, bits);
    }
    case OP_i2f: {
        f32 x = (f32)(i32)c;
        u32 bits;
        memcpy(&bits, &x, 4);
        return ir_const(f, IT_FLOAT, bits);
    }
    default: return v;
    }
}

static Val fold_compare(IrFn *f, Val v)
{
    Ins *i = ir(f, v);
    if (i->sub != OP_lcmp || !constant(f, i->a) || !constant(f, i->b)) return v;
    i64 a = value(f, i->a), b = value(f, i->b);
    return make(f, IT_INT, (u64)(i64)((a > b) - (a < b)));
}

Val jit_fold(IrFn *f, Val v)
{
    Ins *i = ir(f, v);
    if (i->op == IR_CVT) return fold_convert(f, v);
    if (i->op == IR_CMP) return fold_compare(f, v);
    if (i->op == IR_ARRAYLEN) {
        Ins *a = ir(f, i->a);
        return a->op == IR_NEWARRAY && constant(f, a->a) && value(f, a->a) >= 0 ? a->a : v;
    }
    if ((i->type != IT_INT && i->type != IT_LONG) || i->op < IR_ADD || i->op == IR_FMATH || i->op > IR_MAX) return v;
    if (i->op == IR_NEG) return constant(f, i->a) ? make(f, (IrType)i->type, -(u64)value(f, i->a)) : v;
    if (ir_ops[i->op].operands != 2) return v;
    u64 result;
    if (constant(f, i->a) && constant(f, i->b) && evaluate((IrOp)i->op, (IrType)i->type, value(f, i->a), value(f, i->b), &result))
        return make(f, (IrType)i->type, result);
    if (constant(f, i->a) && commutes((IrOp)i->op)) {
        Val t = i->a;
        i->a = i->b, i->b = t;
    }
    if (constant(f, i->b)) return with_constant(f, v, i->a, value(f, i->b));
    if (i->a == i->b && (i->op == IR_SUB || i->op == IR_XOR)) return make(f, (IrType)i->type, 0);
    if (i->a == i->b && (i->op == IR_AND || i->op == IR_OR)) return i->a;
    return rotation(f, v);
}
