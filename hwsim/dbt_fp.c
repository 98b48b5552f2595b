/* Translation of floating point. Registers are in the core, or in a region (dbt_region.c) in the host's; the host's SSE2 arithmetic is RISC-V's in the mode nearest
   even but for NaNs, which are made canonical in a tail. Exception flags accumulate in the host's MXCSR, as in the
   oracle (fp.h). Operands that are not boxed, other rounding modes and rare rows go to the row's helper; a dynamic
   rounding mode other than nearest even goes to the oracle. */
#include "hwsim/dbt.h"

enum { XMM0, XMM1 };
/* Mandatory prefixes of the scalar operations. */
enum { SD = 0xf20000, SS = 0xf30000, PD = 0x660000, PS = 0 };
enum { MOVSS_LOAD = 0x0f10, MOVSS_STORE = 0x0f11, SQRT = 0x0f51, ADD = 0x0f58, MUL = 0x0f59, SUB = 0x0f5c, DIV = 0x0f5e,
       CONVERT = 0x0f5a, FROM_INT = 0x0f2a, TO_INT = 0x0f2c, UCOMI = 0x0f2e, COMI = 0x0f2f };

enum { MOVAPS = 0x0f28, ORPS = 0x0f56, ANDPS = 0x0f54, XORPS = 0x0f57, MOVQ_TO_X = 0x660f7e, MOVQ_FROM_X = 0x660f6e };

/* In a region, registers that are mapped are in f_map; e->f_nan and e->f_one say what is known of them. */

static void move_f(DbtEmit *e, int to, int from)
{
    if (to != from) x_rr(&e->a, XD, MOVAPS, to, from);
}

static void with_constant(DbtEmit *e, u32 op, int to, u32 constant) { x_rm(&e->a, XD, op, to, x_code(e->c->constants + constant)); }

/* Jumps to t unless f[r] holds a single; rax is overwritten. */
static void expect_single(DbtEmit *e, DbtTail *t, u32 r)
{
    if (!e->f_map[r]) {
        x_alu_mem_imm(&e->a, XD, ALU_CMP, dbt_f_high(r), -1);
    } else {
        if (e->f_one >> r & 1) return;
        x_rr(&e->a, XQ, MOVQ_TO_X, e->f_map[r], RAX);
        x_shift_imm(&e->a, XQ, SH_SAR, RAX, 32);
        x_alu_imm(&e->a, XD, ALU_CMP, RAX, -1);
    }
    dbt_jump_tail(e, t, CC_NE);
}

static void load_f(DbtEmit *e, int to, u32 r, bool single)
{
    if (e->f_map[r]) move_f(e, to, e->f_map[r]);
    else x_rm(&e->a, XD, (single ? SS : SD) | MOVSS_LOAD, to, dbt_f(r));
}

/* op to, f[r] */
static void op_f(DbtEmit *e, u32 op, int to, u32 r)
{
    if (e->f_map[r]) x_rr(&e->a, XD, op, to, e->f_map[r]);
    else x_rm(&e->a, XD, op, to, dbt_f(r));
}

/* Mapped f[rd] has been written. */
static void wrote_f(DbtEmit *e, u32 rd, bool single, bool maybe_nan)
{
    u32 bit = 1u << rd;
    e->f_one = single ? e->f_one | bit : e->f_one & ~bit;
    e->f_nan = maybe_nan && !e->c->any_nan ? e->f_nan | bit : e->f_nan & ~bit;
}

/* f[rd] = xmm0, a NaN made canonical, now or later; if rd is mapped, a single in xmm0 is boxed */
static void put_f(DbtEmit *e, u32 rd, bool single)
{
    X64 *a = &e->a;
    if (e->f_map[rd]) {
        move_f(e, e->f_map[rd], XMM0);
        wrote_f(e, rd, single, true);
        return;
    }
    DbtTail *nan = e->c->any_nan ? NULL : dbt_tail(e, TAIL_NAN);
    if (nan) {
        nan->fd = (u8)rd, nan->single = single;
        x_rr(a, XD, (single ? PS : PD) | UCOMI, XMM0, XMM0);
        dbt_jump_tail(e, nan, CC_P);
    }
    x_rm(a, XD, (single ? SS : SD) | MOVSS_STORE, XMM0, dbt_f(rd));
    if (single) x_store_imm32(a, dbt_f_high(rd), ~0u);
    if (nan) nan->back = x_at(a);
}

/* Has the host instructions with three operands? */
static bool has_vex(void)
{
    static int known = -1;
    if (known < 0) known = __builtin_cpu_supports("avx") != 0;
    return known;
}

/* to = left op f[r] */
static void vex_f(DbtEmit *e, u32 op, int to, int left, u32 r)
{
    if (e->f_map[r]) x_vex_rr(&e->a, op, to, left, e->f_map[r]);
    else x_vex_rm(&e->a, op, to, left, dbt_f(r));
}

/* Into a mapped register: in place if the second operand is not overwritten before it is read. */
static void binary_mapped(DbtEmit *e, const HwInsn *i, bool single, u32 op)
{
    u32 l = i->rs1, r = i->rs2;
    if (has_vex() && e->f_map[l]) { /* with l's box */
        vex_f(e, (single ? SS : SD) | op, e->f_map[i->rd], e->f_map[l], r);
        wrote_f(e, i->rd, single, true);
        return;
    }
    if (i->rd == r && (op == ADD || op == MUL)) l = i->rs2, r = i->rs1;
    int d = i->rd == r && i->rd != l ? XMM0 : e->f_map[i->rd];
    load_f(e, d, l, false); /* with its box */
    op_f(e, (single ? SS : SD) | op, d, r);
    move_f(e, e->f_map[i->rd], d);
    wrote_f(e, i->rd, single, true);
}

static void binary(DbtEmit *e, const HwInsn *i, bool single, u32 op)
{
    DbtTail *t = dbt_help_tail(e, i, dbt_helpers[i->id]);
    if (single) expect_single(e, t, i->rs1);
    if (single && i->rs2 != i->rs1) expect_single(e, t, i->rs2);
    if (e->f_map[i->rd]) {
        binary_mapped(e, i, single, op);
    } else {
        load_f(e, XMM0, i->rs1, single);
        op_f(e, (single ? SS : SD) | op, XMM0, i->rs2);
        put_f(e, i->rd, single);
    }
    t->back = x_at(&e->a);
}

/* rd = op(rs1), reading a `from` and making a `to` */
static void unary(DbtEmit *e, const HwInsn *i, bool from_single, bool to_single, u32 op)
{
    DbtTail *t = dbt_help_tail(e, i, dbt_helpers[i->id]);
    u32 form = (from_single ? SS : SD) | op;
    if (from_single) expect_single(e, t, i->rs1);
    if (has_vex() && !to_single && e->f_map[i->rs1] && e->f_map[i->rd]) {
        vex_f(e, form, e->f_map[i->rd], e->f_map[i->rs1], i->rs1);
        wrote_f(e, i->rd, to_single, true);
        t->back = x_at(&e->a);
        return;
    }
    if (to_single) with_constant(e, MOVAPS, XMM0, DBT_BOX);
    else load_f(e, XMM0, i->rs1, from_single); /* whatever: to have it depend on nothing else */
    op_f(e, form, XMM0, i->rs1);
    put_f(e, i->rd, to_single);
    t->back = x_at(&e->a);
}

/* From a signed integer of 32 or 64 bits, or an unsigned one of 32. */
static void from_int(DbtEmit *e, const HwInsn *i, bool single, int width, bool is_unsigned)
{
    X64 *a = &e->a;
    int d = e->f_map[i->rd]; /* or xmm0 */
    if (width == XD) dbt_load_word(e, RAX, i->rs1);
    else dbt_load_reg(e, RAX, i->rs1);
    if (is_unsigned) x_mov32(a, RAX, RAX);
    if (single && d) with_constant(e, MOVAPS, d, DBT_BOX);
    else x_rr(a, XD, XORPS, d, d); /* the conversion keeps the rest of the register: break the dependency */
    x_rr(a, is_unsigned ? XQ : width, (single ? SS : SD) | FROM_INT, d, RAX);
    if (d) {
        wrote_f(e, i->rd, single, false);
        return;
    }
    x_rm(a, XD, (single ? SS : SD) | MOVSS_STORE, d, dbt_f(i->rd));
    if (single) x_store_imm32(a, dbt_f_high(i->rd), ~0u);
}

/* Truncation. The host's answer to everything out of range is the most negative number: then the helper decides. */
static void to_int(DbtEmit *e, const HwInsn *i, bool single, int width)
{
    X64 *a = &e->a;
    DbtTail *t = dbt_help_tail(e, i, dbt_helpers[i->id]);
    if (single) expect_single(e, t, i->rs1);
    if (e->f_map[i->rs1]) x_rr(a, width, (single ? SS : SD) | TO_INT, RAX, e->f_map[i->rs1]);
    else x_rm(a, width, (single ? SS : SD) | TO_INT, RAX, dbt_f(i->rs1));
    x_alu_imm(a, width, ALU_CMP, RAX, 1); /* overflows for that number alone */
    dbt_jump_tail(e, t, CC_O);
    if (width == XD) x_rr(a, XQ, 0x63, RAX, RAX);
    dbt_put(e, i->rd, RAX);
    t->back = x_at(a);
}

/* A register that holds f[r] for reading. */
static int use_f(DbtEmit *e, u32 r, bool single)
{
    if (e->f_map[r]) return e->f_map[r];
    load_f(e, XMM0, r, single);
    return XMM0;
}

static void equal(DbtEmit *e, const HwInsn *i, bool single)
{
    X64 *a = &e->a;
    DbtTail *t = dbt_help_tail(e, i, dbt_helpers[i->id]);
    if (single) expect_single(e, t, i->rs1), expect_single(e, t, i->rs2);
    op_f(e, (single ? PS : PD) | UCOMI, use_f(e, i->rs1, single), i->rs2);
    x_rr(a, XB, 0x0f90 | CC_NP, 0, RCX);
    x_setcc(a, CC_E, RAX);
    x_alu(a, XD, ALU_AND, RAX, RCX);
    dbt_put(e, i->rd, RAX);
    t->back = x_at(a);
}

/* rs1 < rs2 is rs2 above rs1: unordered compares as below. */
static void less(DbtEmit *e, const HwInsn *i, bool single, int cc)
{
    X64 *a = &e->a;
    DbtTail *t = dbt_help_tail(e, i, dbt_helpers[i->id]);
    if (single) expect_single(e, t, i->rs1), expect_single(e, t, i->rs2);
    op_f(e, (single ? PS : PD) | COMI, use_f(e, i->rs2, single), i->rs1);
    x_setcc(a, cc, RAX);
    dbt_put(e, i->rd, RAX);
    t->back = x_at(a);
}

/* With both operands the same: move (0), negate (1), absolute value (2). */
static void sign(DbtEmit *e, const HwInsn *i, bool single, int how)
{
    static const int bit_op[] = { 0, 7, 6 };
    if (i->rs1 != i->rs2) {
        dbt_help(e, i, dbt_helpers[i->id]);
        return;
    }
    dbt_canonical(e, 1u << i->rs1);
    DbtTail *t = dbt_help_tail(e, i, dbt_helpers[i->id]);
    if (single) expect_single(e, t, i->rs1);
    int d = e->f_map[i->rd];
    if (d) {
        load_f(e, d, i->rs1, false);
        if (how == 1) with_constant(e, XORPS, d, single ? DBT_SIGN_SINGLE : DBT_SIGN_DOUBLE);
        if (how == 2) with_constant(e, ANDPS, d, single ? DBT_ABS_SINGLE : DBT_ABS_DOUBLE);
    } else {
        if (e->f_map[i->rs1]) x_rr(&e->a, XQ, MOVQ_TO_X, e->f_map[i->rs1], RAX);
        else x_load(&e->a, RAX, dbt_f(i->rs1));
        if (how) x_bit(&e->a, bit_op[how], RAX, single ? 31 : 63);
        x_store(&e->a, dbt_f(i->rd), RAX);
    }
    t->back = x_at(&e->a);
}

static void move_from_f(DbtEmit *e, const HwInsn *i, bool single)
{
    int d = dbt_dest(e, i->rd, RAX);
    dbt_canonical(e, 1u << i->rs1);
    if (!e->f_map[i->rs1]) {
        x_rm(&e->a, XQ, single ? 0x63 : 0x8b, d, dbt_f(i->rs1));
    } else {
        x_rr(&e->a, single ? XD : XQ, MOVQ_TO_X, e->f_map[i->rs1], d);
        if (single) x_rr(&e->a, XQ, 0x63, d, d);
    }
    dbt_put(e, i->rd, d);
}

static void move_to_f(DbtEmit *e, const HwInsn *i, bool single)
{
    int v = dbt_use(e, i->rs1, RAX), d = e->f_map[i->rd];
    if (d) {
        x_rr(&e->a, single ? XD : XQ, MOVQ_FROM_X, d, v);
        if (single) with_constant(e, ORPS, d, DBT_BOX);
    } else if (single) {
        dbt_put_single(e, i->rd, v);
    } else {
        x_store(&e->a, dbt_f(i->rd), v);
    }
}

void dbt_load_f(DbtEmit *e, u32 rd, XMem m, bool single)
{
    int d = e->f_map[rd];
    ASSERT(d);
    x_rm(&e->a, XD, (single ? SS : SD) | MOVSS_LOAD, d, m);
    if (single) with_constant(e, ORPS, d, DBT_BOX);
    wrote_f(e, rd, single, false);
}

void dbt_store_f(DbtEmit *e, u32 r, XMem m, bool single)
{
    ASSERT(e->f_map[r] && !(e->f_nan >> r & 1));
    x_rm(&e->a, XD, (single ? SS : SD) | MOVSS_STORE, e->f_map[r], m);
}

/* Rows that round, in nearest even. */
static bool rounding(DbtEmit *e, const HwInsn *i)
{
    switch (i->id) {
    case HW_I_FADD_S: binary(e, i, true, ADD); return true;
    case HW_I_FSUB_S: binary(e, i, true, SUB); return true;
    case HW_I_FMUL_S: binary(e, i, true, MUL); return true;
    case HW_I_FDIV_S: binary(e, i, true, DIV); return true;
    case HW_I_FADD_D: binary(e, i, false, ADD); return true;
    case HW_I_FSUB_D: binary(e, i, false, SUB); return true;
    case HW_I_FMUL_D: binary(e, i, false, MUL); return true;
    case HW_I_FDIV_D: binary(e, i, false, DIV); return true;
    case HW_I_FSQRT_S: unary(e, i, true, true, SQRT); return true;
    case HW_I_FSQRT_D: unary(e, i, false, false, SQRT); return true;
    case HW_I_FCVT_S_D: unary(e, i, false, true, CONVERT); return true;
    case HW_I_FCVT_D_S: unary(e, i, true, false, CONVERT); return true;
    case HW_I_FCVT_S_W: from_int(e, i, true, XD, false); return true;
    case HW_I_FCVT_S_WU: from_int(e, i, true, XD, true); return true;
    case HW_I_FCVT_S_L: from_int(e, i, true, XQ, false); return true;
    case HW_I_FCVT_D_W: from_int(e, i, false, XD, false); return true;
    case HW_I_FCVT_D_WU: from_int(e, i, false, XD, true); return true;
    case HW_I_FCVT_D_L: from_int(e, i, false, XQ, false); return true;
    default: return false;
    }
}

static bool exact(DbtEmit *e, const HwInsn *i)
{
    switch (i->id) {
    case HW_I_FEQ_S: equal(e, i, true); return true;
    case HW_I_FEQ_D: equal(e, i, false); return true;
    case HW_I_FLT_S: less(e, i, true, CC_A); return true;
    case HW_I_FLT_D: less(e, i, false, CC_A); return true;
    case HW_I_FLE_S: less(e, i, true, CC_AE); return true;
    case HW_I_FLE_D: less(e, i, false, CC_AE); return true;
    case HW_I_FSGNJ_S: sign(e, i, true, 0); return true;
    case HW_I_FSGNJN_S: sign(e, i, true, 1); return true;
    case HW_I_FSGNJX_S: sign(e, i, true, 2); return true;
    case HW_I_FSGNJ_D: sign(e, i, false, 0); return true;
    case HW_I_FSGNJN_D: sign(e, i, false, 1); return true;
    case HW_I_FSGNJX_D: sign(e, i, false, 2); return true;
    case HW_I_FMV_X_W: move_from_f(e, i, true); return true;
    case HW_I_FMV_X_D: move_from_f(e, i, false); return true;
    case HW_I_FMV_W_X: move_to_f(e, i, true); return true;
    case HW_I_FMV_D_X: move_to_f(e, i, false); return true;
    default: return false;
    }
}

/* Conversions to integers, in the mode that C and Java use. */
static bool truncating(DbtEmit *e, const HwInsn *i)
{
    enum { TOWARDS_ZERO = 1 };
    if (i->imm != TOWARDS_ZERO) return false;
    switch (i->id) {
    case HW_I_FCVT_W_S: to_int(e, i, true, XD); return true;
    case HW_I_FCVT_L_S: to_int(e, i, true, XQ); return true;
    case HW_I_FCVT_W_D: to_int(e, i, false, XD); return true;
    case HW_I_FCVT_L_D: to_int(e, i, false, XQ); return true;
    default: return false;
    }
}

void dbt_fp(DbtEmit *e, const HwInsn *insn)
{
    enum { DYNAMIC = 7 };
    HwInsn i = *insn;
    u32 class = hw_rows[i.id].class;
    bool has_mode = hw_formats[hw_rows[i.id].format].has_rm, rounds = class == HW_CLASS_FPS || class == HW_CLASS_FPD;
    i.imm = has_mode && i.rm != DYNAMIC ? i.rm : 0; /* as helpers expect it */
    if (rounds && has_mode && i.rm == DYNAMIC && !e->f_mapped) {
        x_alu_mem_imm(&e->a, XD, ALU_CMP, DBT_CORE(fcsr), 32);
        dbt_jump_tail(e, dbt_oracle_tail(e), CC_AE);
    }
    dbt_hook_unit(e, hw_rows[i.id].unit);
    bool done = rounds ? !i.imm && rounding(e, &i) : class == HW_CLASS_FPX ? truncating(e, &i) : exact(e, &i);
    if (!done) dbt_help(e, &i, dbt_helpers[i.id]);
    bool to_x = class == HW_CLASS_FPX || class == HW_CLASS_FPX0;
    if (!to_x && e->f_map[i.rd] && !(done && rounds)) wrote_f(e, i.rd, dbt_writes_single(&i), false);
}
