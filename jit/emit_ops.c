/* Code for arithmetic, conversions and comparisons. Ints are kept sign-extended, so 64-bit bit operations and comparisons serve them too; NaNs that
   the core computes are canonical, as Java's tests expect. */
#include "jit/emit.h"
#include "vm/opcodes.h"

enum { RTZ = 1 };

static bool is_long(const Ins *i) { return i->type == IT_LONG; }

/* Register-immediate forms; false: none for this constant. */
static bool immediate(Emit *e, Ins *i, i64 k)
{
    bool w = !is_long(i);
    HwInsnId id;
    switch (i->op) {
    case IR_ADD: id = w ? HW_I_ADDIW : HW_I_ADDI; break;
    case IR_AND: id = HW_I_ANDI; break;
    case IR_OR: id = HW_I_ORI; break;
    case IR_XOR: id = HW_I_XORI; break;
    case IR_SHL: id = w ? HW_I_SLLIW : HW_I_SLLI, k &= w ? 31 : 63; break;
    case IR_SHR: id = w ? HW_I_SRAIW : HW_I_SRAI, k &= w ? 31 : 63; break;
    case IR_USHR: id = w ? HW_I_SRLIW : HW_I_SRLI, k &= w ? 31 : 63; break;
    case IR_ROR: id = w ? HW_I_RORIW : HW_I_RORI, k &= w ? 31 : 63; break;
    case IR_ROL: id = w ? HW_I_RORIW : HW_I_RORI, k = -k & (w ? 31 : 63); break;
    default: return false;
    }
    if (!as_fits(k)) return false;
    u32 x = e_x(e, i->a, X_SCRATCH);
    as_i(e->a, id, e_dest(e, X_SCRATCH), x, k);
    return true;
}

static void integer(Emit *e, Ins *i)
{
    static const u16 ids[][2] = {
        [IR_ADD] = { HW_I_ADDW, HW_I_ADD }, [IR_SUB] = { HW_I_SUBW, HW_I_SUB }, [IR_MUL] = { HW_I_MULW, HW_I_MUL }, [IR_MULH] = { HW_I_MULH, HW_I_MULH }, [IR_DIV] = { HW_I_DIVW, HW_I_DIV },
        [IR_REM] = { HW_I_REMW, HW_I_REM }, [IR_AND] = { HW_I_AND, HW_I_AND }, [IR_OR] = { HW_I_OR, HW_I_OR }, [IR_XOR] = { HW_I_XOR, HW_I_XOR },
        [IR_SHL] = { HW_I_SLLW, HW_I_SLL }, [IR_SHR] = { HW_I_SRAW, HW_I_SRA }, [IR_USHR] = { HW_I_SRLW, HW_I_SRL },
        [IR_ROR] = { HW_I_RORW, HW_I_ROR }, [IR_ROL] = { HW_I_ROLW, HW_I_ROL },
        [IR_MIN] = { HW_I_MIN, HW_I_MIN }, [IR_MAX] = { HW_I_MAX, HW_I_MAX },
    };
    i64 k;
    if (e_constant(e, i->b, &k) && immediate(e, i, k)) return;
    u32 x = e_x(e, i->a, X_SCRATCH), y = e_x(e, i->b, X_T0);
    HwInsnId id = (HwInsnId)ids[i->op][is_long(i)];
    if (i->sub && (id == HW_I_MIN || id == HW_I_MAX)) id = id == HW_I_MIN ? HW_I_MINU : HW_I_MAXU;
    as_r(e->a, id, e_dest(e, X_SCRATCH), x, y);
}

static void floating(Emit *e, Ins *i)
{
    static const u16 ids[][2] = { [IR_ADD] = { HW_I_FADD_S, HW_I_FADD_D }, [IR_SUB] = { HW_I_FSUB_S, HW_I_FSUB_D },
                                  [IR_MUL] = { HW_I_FMUL_S, HW_I_FMUL_D }, [IR_DIV] = { HW_I_FDIV_S, HW_I_FDIV_D } };
    u32 x = e_f(e, i->a, F_T0), y = e_f(e, i->b, F_T1);
    as_r(e->a, (HwInsnId)ids[i->op][i->type == IT_DOUBLE], e_dest(e, F_T0), x, y);
}

static void float_to_int(Emit *e, u32 d, u32 x, HwInsnId convert, bool single)
{
    Asm *a = e->a;
    as_op_rm(a, convert, d, x, RTZ);
    as_r(a, single ? HW_I_FEQ_S : HW_I_FEQ_D, X_SCRATCH, x, x); /* NaN becomes 0 */
    as_r(a, HW_I_SUB, X_SCRATCH, X0, X_SCRATCH);
    as_r(a, HW_I_AND, d, d, X_SCRATCH);
}

static void convert(Emit *e, Ins *i)
{
    Asm *a = e->a;
    bool from_float = ir(e->f, i->a)->type == IT_FLOAT || ir(e->f, i->a)->type == IT_DOUBLE;
    u32 x = from_float ? e_f(e, i->a, F_T0) : e_x(e, i->a, X_SCRATCH);
    u32 d = e_dest(e, i->type == IT_FLOAT || i->type == IT_DOUBLE ? F_T0 : X_T0);
    switch (i->sub) {
    case OP_i2l: as_i(a, HW_I_ADDI, d, x, 0); break;
    case OP_l2i: as_i(a, HW_I_ADDIW, d, x, 0); break;
    case OP_i2b: as_r(a, HW_I_SEXT_B, d, x, 0); break;
    case OP_i2c: as_r(a, HW_I_ZEXT_H, d, x, 0); break;
    case OP_i2s: as_r(a, HW_I_SEXT_H, d, x, 0); break;
    case OP_i2f: as_r(a, HW_I_FCVT_S_W, d, x, 0); break;
    case OP_i2d: as_r(a, HW_I_FCVT_D_W, d, x, 0); break;
    case OP_l2f: as_r(a, HW_I_FCVT_S_L, d, x, 0); break;
    case OP_l2d: as_r(a, HW_I_FCVT_D_L, d, x, 0); break;
    case OP_f2d: as_r(a, HW_I_FCVT_D_S, d, x, 0); break;
    case OP_d2f: as_r(a, HW_I_FCVT_S_D, d, x, 0); break;
    case OP_f2i: float_to_int(e, d, x, HW_I_FCVT_W_S, true); break;
    case OP_f2l: float_to_int(e, d, x, HW_I_FCVT_L_S, true); break;
    case OP_d2i: float_to_int(e, d, x, HW_I_FCVT_W_D, false); break;
    default: float_to_int(e, d, x, HW_I_FCVT_L_D, false); break;
    }
}

/* Three-way: (a > b) + (a >= b) - 1, and for ..g 1 - (a <= b) - (a < b): what is unordered counts as none of them. */
static void compare(Emit *e, Ins *i)
{
    Asm *a = e->a;
    u32 d = e_dest(e, X_T1);
    if (i->sub == OP_lcmp) {
        u32 x = e_x(e, i->a, X_T2), y = e_x(e, i->b, X_T0);
        as_r(a, HW_I_SLT, X_SCRATCH, x, y);
        as_r(a, HW_I_SLT, d, y, x);
        as_r(a, HW_I_SUB, d, d, X_SCRATCH);
        return;
    }
    bool single = i->sub == OP_fcmpl || i->sub == OP_fcmpg, less = i->sub == OP_fcmpl || i->sub == OP_dcmpl;
    HwInsnId lt = single ? HW_I_FLT_S : HW_I_FLT_D, le = single ? HW_I_FLE_S : HW_I_FLE_D;
    u32 x = e_f(e, i->a, F_T0), y = e_f(e, i->b, F_T1);
    if (less) {
        as_r(a, lt, d, y, x);
        as_r(a, le, X_SCRATCH, y, x);
        as_r(a, HW_I_ADD, d, d, X_SCRATCH);
        as_i(a, HW_I_ADDI, d, d, -1);
    } else {
        as_r(a, lt, d, x, y);
        as_r(a, le, X_SCRATCH, x, y);
        as_r(a, HW_I_ADD, d, d, X_SCRATCH);
        as_i(a, HW_I_ADDI, X_SCRATCH, X0, 1);
        as_r(a, HW_I_SUB, d, X_SCRATCH, d);
    }
}

/* d: 1 if a <cc> b (or unordered, if that counts), or with *inverted the opposite. */
void e_float_compare(Emit *e, u32 d, u32 cc, bool unordered, Val va, Val vb, bool *inverted)
{
    bool single = ir(e->f, va)->type == IT_FLOAT;
    HwInsnId lt = single ? HW_I_FLT_S : HW_I_FLT_D, le = single ? HW_I_FLE_S : HW_I_FLE_D;
    u32 x = e_f(e, va, F_T0), y = e_f(e, vb, F_T1);
    *inverted = cc == CC_NE || (unordered && cc != CC_EQ);
    switch (cc) {
    case CC_EQ: case CC_NE: as_r(e->a, single ? HW_I_FEQ_S : HW_I_FEQ_D, d, x, y); break;
    case CC_LT: unordered ? as_r(e->a, le, d, y, x) : as_r(e->a, lt, d, x, y); break;
    case CC_LE: unordered ? as_r(e->a, lt, d, y, x) : as_r(e->a, le, d, x, y); break;
    case CC_GT: unordered ? as_r(e->a, le, d, x, y) : as_r(e->a, lt, d, y, x); break;
    default: unordered ? as_r(e->a, lt, d, x, y) : as_r(e->a, le, d, y, x); break;
    }
}

static void float_function(Emit *e, Ins *i)
{
    Label back;
    u32 r = e_record(e, REC_FMATH, 0, e->pos);
    JitRecord *k = &e->c->records.data[r];
    k->reason = i->sub ? 1 + i->sub : i->type == IT_DOUBLE, k->args = (u32)e->c->stream.len, k->nargs = 2;
    vec_push(&e->c->stream, e_word(e, i->a, e->pos));
    vec_push(&e->c->stream, e_word(e, i->b, e->pos));
    e->c->records.data[r].result = e_result_word(e, e->v);
    as_jump(e->a, e_stub(e, r, true, &back));
    as_bind(e->a, back);
}

static void negate(Emit *e, Ins *i)
{
    Asm *a = e->a;
    if (i->type == IT_INT || i->type == IT_LONG) {
        u32 x = e_x(e, i->a, X_SCRATCH);
        as_r(a, is_long(i) ? HW_I_SUB : HW_I_SUBW, e_dest(e, X_SCRATCH), X0, x);
    } else {
        u32 x = e_f(e, i->a, F_T0);
        as_r(a, i->type == IT_FLOAT ? HW_I_FSGNJN_S : HW_I_FSGNJN_D, e_dest(e, F_T0), x, x);
    }
}

static void absolute(Emit *e, Ins *i)
{
    Asm *a = e->a;
    if (i->type == IT_FLOAT || i->type == IT_DOUBLE) {
        u32 x = e_f(e, i->a, F_T0);
        as_r(a, i->type == IT_FLOAT ? HW_I_FSGNJX_S : HW_I_FSGNJX_D, e_dest(e, F_T0), x, x);
    } else { /* MIN stays MIN */
        u32 x = e_x(e, i->a, X_T0), d = e_dest(e, X_T1);
        as_r(a, is_long(i) ? HW_I_SUB : HW_I_SUBW, X_SCRATCH, X0, x);
        as_r(a, HW_I_MAX, d, x, X_SCRATCH);
    }
}

static void bit_operation(Emit *e, Ins *i)
{
    bool w = ir(e->f, i->a)->type == IT_INT;
    Asm *a = e->a;
    u32 x = e_x(e, i->a, X_T0), d = e_dest(e, X_T1);
    switch (i->sub) {
    case IRB_CLZ: as_r(a, w ? HW_I_CLZW : HW_I_CLZ, d, x, 0); break;
    case IRB_CTZ: as_r(a, w ? HW_I_CTZW : HW_I_CTZ, d, x, 0); break;
    case IRB_POPCOUNT: as_r(a, w ? HW_I_CPOPW : HW_I_CPOP, d, x, 0); break;
    default:
        as_r(a, HW_I_REV8, d, x, 0);
        if (w) as_i(a, HW_I_SRAI, d, d, 32);
    }
}

static void move_bits(Emit *e, Ins *i)
{
    if (ir(e->f, i->a)->type == i->type) { /* a constant in a register (select.c) */
        ASSERT(ir(e->f, i->a)->op == IR_CONST);
        u32 d = e_dest(e, F_T0), from = e_f(e, i->a, d);
        ASSERT(from == d);
        return;
    }
    switch (i->type) {
    case IT_INT: as_r(e->a, HW_I_FMV_X_W, e_dest(e, X_T0), e_f(e, i->a, F_T0), 0); break;
    case IT_LONG: as_r(e->a, HW_I_FMV_X_D, e_dest(e, X_T0), e_f(e, i->a, F_T0), 0); break;
    case IT_FLOAT: as_r(e->a, HW_I_FMV_W_X, e_dest(e, F_T0), e_x(e, i->a, X_T0), 0); break;
    default: as_r(e->a, HW_I_FMV_D_X, e_dest(e, F_T0), e_x(e, i->a, X_T0), 0); break;
    }
}

static void select_cc(Emit *e, Ins *i)
{
    Asm *a = e->a;
    u32 x = e_x(e, i->a, X_T0), y = e_x(e, i->b, X_T1), d = e_dest(e, X_T2);
    switch (i->sub) {
    case CC_EQ: as_r(a, HW_I_SUB, X_SCRATCH, x, y), as_op(a, HW_I_SLTIU, d, X_SCRATCH, 0, 1); break;
    case CC_NE: as_r(a, HW_I_SUB, X_SCRATCH, x, y), as_r(a, HW_I_SLTU, d, X0, X_SCRATCH); break;
    case CC_LT: as_r(a, HW_I_SLT, d, x, y); break;
    case CC_GT: as_r(a, HW_I_SLT, d, y, x); break;
    case CC_GE: as_r(a, HW_I_SLT, X_SCRATCH, x, y), as_i(a, HW_I_XORI, d, X_SCRATCH, 1); break;
    case CC_LE: as_r(a, HW_I_SLT, X_SCRATCH, y, x), as_i(a, HW_I_XORI, d, X_SCRATCH, 1); break;
    case CC_ULT: as_r(a, HW_I_SLTU, d, x, y); break;
    default: as_r(a, HW_I_SLTU, X_SCRATCH, x, y), as_i(a, HW_I_XORI, d, X_SCRATCH, 1); break;
    }
}

bool e_arithmetic(Emit *e, Ins *i)
{
    bool fp = i->type == IT_FLOAT || i->type == IT_DOUBLE;
    switch (i->op) {
    case IR_ADD: case IR_SUB: case IR_MUL: case IR_DIV: fp ? floating(e, i) : integer(e, i); break;
    case IR_MULH: case IR_REM: case IR_AND: case IR_OR: case IR_XOR: case IR_SHL: case IR_SHR: case IR_USHR: case IR_ROR: case IR_ROL: case IR_MIN: case IR_MAX: integer(e, i); break;
    case IR_NEG: negate(e, i); break;
    case IR_ABS: absolute(e, i); break;
    case IR_CVT: convert(e, i); break;
    case IR_CMP: compare(e, i); break;
    case IR_SELECTCC: select_cc(e, i); break;
    case IR_FMATH: float_function(e, i); break;
    case IR_SQRT: as_r(e->a, i->type == IT_FLOAT ? HW_I_FSQRT_S : HW_I_FSQRT_D, e_dest(e, F_T0), e_f(e, i->a, F_T0), 0); break;
    case IR_BITOP: bit_operation(e, i); break;
    case IR_MOVBITS: move_bits(e, i); break;
    default: return false;
    }
    return true;
}
