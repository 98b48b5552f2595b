/* Translation of integer arithmetic: the host code of rows that read and write integer registers and nothing else. Part of dbt_emit.c's unit. */
#include "hwsim/dbt.h"

static void load(DbtEmit *e, int width, int to, u32 r)
{
    if (width == XD) dbt_load_word(e, to, r);
    else dbt_load_reg(e, to, r);
}

static int use(DbtEmit *e, int width, u32 r, int scratch) { return width == XD ? dbt_use_word(e, r, scratch) : dbt_use(e, r, scratch); }

static void put(DbtEmit *e, int width, u32 r, int from)
{
    if (width == XD) dbt_put_word(e, r, from);
    else dbt_put(e, r, from);
}

/* rd = rs1 op rs2 in 64 bits, or sign-extended from 32 */
static void arithmetic(DbtEmit *e, const HwInsn *i, int width, int op)
{
    X64 *a = &e->a;
    bool aliased = i->rd == i->rs2 && i->rd != i->rs1;
    int d = aliased ? RAX : dbt_dest(e, i->rd, RAX);
    if (op == ALU_ADD && dbt_pinned(e, i->rs1) && dbt_pinned(e, i->rs2)) {
        d = dbt_dest(e, i->rd, RAX);
        int l = use(e, width, i->rs1, RAX);
        x_rm(a, width, 0x8d, d, x_index(l, use(e, width, i->rs2, RAX), 0, 0));
    } else {
        load(e, width, d, i->rs1);
        dbt_op_reg(e, width, op, d, i->rs2);
    }
    put(e, width, i->rd, d);
}

/* Bits of two words make a word. */
static void bits(DbtEmit *e, const HwInsn *i, int op)
{
    bool narrow = (e->narrow >> i->rs1 | e->narrow >> i->rs2) & 1;
    arithmetic(e, i, narrow && dbt_is_word(e, i->rs1) && dbt_is_word(e, i->rs2) ? XD : XQ, op);
}

static void arithmetic_imm(DbtEmit *e, const HwInsn *i, int width, int op)
{
    X64 *a = &e->a;
    int d = dbt_dest(e, i->rd, RAX);
    if (!i->rs1 && op == ALU_ADD) {
        x_imm(a, d, (u64)(i64)i->imm);
        dbt_put(e, i->rd, d);
        return;
    }
    if (op == ALU_ADD && dbt_pinned(e, i->rs1) && d != e->pin[i->rs1] && i->imm) {
        x_rm(a, width, 0x8d, d, x_mem(use(e, width, i->rs1, RAX), i->imm));
    } else {
        load(e, width, d, i->rs1);
        if (i->imm || op == ALU_AND) x_alu_imm(a, width, op, d, i->imm);
    }
    put(e, width, i->rd, d);
}

/* A mask without a sign leaves nothing of the upper half. */
static void mask(DbtEmit *e, const HwInsn *i)
{
    int d = dbt_dest(e, i->rd, RAX);
    dbt_load_word(e, d, i->rs1);
    x_alu_imm(&e->a, XD, ALU_AND, d, i->imm);
    dbt_put(e, i->rd, d);
    e->word |= 1u << i->rd;
    e->flags_at = x_at(&e->a), e->flags_of = i->rd;
}

static void bits_imm(DbtEmit *e, const HwInsn *i, int op)
{
    if (op == ALU_AND && i->imm >= 0) mask(e, i);
    else arithmetic_imm(e, i, e->narrow >> i->rs1 & 1 ? XD : XQ, op);
}

/* rd = rs1: a word that waits for its sign still does. */
static void move(DbtEmit *e, const HwInsn *i)
{
    bool narrow = e->narrow >> i->rs1 & 1, word = e->word >> i->rs1 & 1;
    int d = dbt_dest(e, i->rd, RAX);
    load(e, narrow ? XD : XQ, d, i->rs1);
    put(e, narrow ? XD : XQ, i->rd, d);
    if (word) e->word |= 1u << i->rd;
}

static void shift_imm(DbtEmit *e, const HwInsn *i, int width, int op)
{
    int d = dbt_dest(e, i->rd, RAX);
    load(e, width, d, i->rs1);
    x_shift_imm(&e->a, width, op, d, (u32)i->imm);
    put(e, width, i->rd, d);
}

static void shift_reg(DbtEmit *e, const HwInsn *i, int width, int op)
{
    int d = i->rd == i->rs2 ? RAX : dbt_dest(e, i->rd, RAX);
    dbt_load_word(e, RCX, i->rs2); /* its lowest bits */
    load(e, width, d, i->rs1);
    x_shift_cl(&e->a, width, op, d);
    put(e, width, i->rd, d);
}

static void set_less(DbtEmit *e, const HwInsn *i, bool immediate, int cc)
{
    int width = dbt_is_word(e, i->rs1) && (immediate || dbt_is_word(e, i->rs2)) ? XD : XQ, l = use(e, width, i->rs1, RAX);
    if (immediate) x_alu_imm(&e->a, width, ALU_CMP, l, i->imm);
    else dbt_op_reg(e, width, ALU_CMP, l, i->rs2);
    x_setcc(&e->a, cc, RAX);
    dbt_put(e, i->rd, RAX);
    e->word |= 1u << i->rd;
}

/* rd = (rs1, zero-extended from a word if `word`) * 2^n + rs2 */
static void shift_add(DbtEmit *e, const HwInsn *i, int n, bool word)
{
    int d = dbt_dest(e, i->rd, RAX), l = RAX;
    if (word) {
        dbt_load_word(e, RAX, i->rs1);
        x_mov32(&e->a, RAX, RAX);
    } else {
        l = dbt_use(e, i->rs1, RAX);
    }
    x_lea(&e->a, d, x_index(dbt_use(e, i->rs2, RCX), l, n, 0));
    dbt_put(e, i->rd, d);
}

static void multiply(DbtEmit *e, const HwInsn *i, int width)
{
    int d = i->rd == i->rs2 ? RAX : dbt_dest(e, i->rd, RAX);
    load(e, width, d, i->rs1);
    x_rr(&e->a, width, 0x0faf, d, use(e, width, i->rs2, RCX));
    put(e, width, i->rd, d);
}

/* The upper half of the product; form: /op of 0xf7, 4 unsigned, 5 signed */
static void multiply_high(DbtEmit *e, const HwInsn *i, int form)
{
    dbt_load_reg(e, RAX, i->rs1);
    x_rr(&e->a, XQ, 0xf7, form, dbt_use(e, i->rs2, RCX));
    dbt_put(e, i->rd, RDX);
}

/* Quotient or remainder; what the host would fault on goes to the helper. */
static void divide(DbtEmit *e, const HwInsn *i, int width, bool is_signed, bool remainder)
{
    X64 *a = &e->a;
    DbtTail *t = dbt_help_tail(e, i, dbt_helpers[i->id]);
    load(e, width, RCX, i->rs2);
    load(e, width, RAX, i->rs1);
    x_test(a, width, RCX, RCX);
    dbt_jump_tail(e, t, CC_E);
    if (is_signed) {
        x_alu_imm(a, width, ALU_CMP, RCX, -1);
        dbt_jump_tail(e, t, CC_E);
        if (x_room(a)) x_opcode(a, width, 0x99, 0, 0, 0); /* cdq, cqo */
        x_rr(a, width, 0xf7, 7, RCX);
    } else {
        x_imm(a, RDX, 0);
        x_rr(a, width, 0xf7, 6, RCX);
    }
    int r = remainder ? RDX : RAX;
    e->passes = false;
    put(e, width, i->rd, r);
    t->back = x_at(a);
    dbt_drop_scratch(e);
}

/* rd = rs1 op ~rs2 */
static void with_complement(DbtEmit *e, const HwInsn *i, int op)
{
    dbt_load_reg(e, RAX, i->rs2);
    x_rr(&e->a, XQ, 0xf7, 2, RAX);
    dbt_op_reg(e, XQ, op, RAX, i->rs1);
    dbt_put(e, i->rd, RAX);
}

/* rd = rs1 if it compares so with rs2, else rs2 */
static void select_if(DbtEmit *e, const HwInsn *i, int cc)
{
    dbt_load_reg(e, RAX, i->rs2);
    int l = dbt_use(e, i->rs1, RCX);
    x_alu(&e->a, XQ, ALU_CMP, l, RAX);
    x_rr(&e->a, XQ, 0x0f40u | (u32)cc, RAX, l);
    dbt_put(e, i->rd, RAX);
}

/* rd = op(rs1), op taking a register, or its lower half alone, to a register */
static void unary(DbtEmit *e, const HwInsn *i, int width, u32 op, bool lower)
{
    int d = dbt_dest(e, i->rd, RAX);
    x_rr(&e->a, width, op, d, use(e, lower ? XD : XQ, i->rs1, RAX));
    dbt_put(e, i->rd, d);
    if (lower) e->word |= 1u << i->rd;
}

static void sign_byte(DbtEmit *e, const HwInsn *i)
{
    dbt_load_word(e, RAX, i->rs1);
    x_rr(&e->a, XQ, 0x0fbe, RAX, RAX);
    dbt_put(e, i->rd, RAX);
    e->word |= 1u << i->rd;
}

void dbt_constant(DbtEmit *e, u32 rd, u64 v)
{
    if (!dbt_pinned(e, rd) && x_fits32((i64)v)) {
        x_store_imm(&e->a, dbt_x(rd), (i32)v);
        return;
    }
    int d = dbt_dest(e, rd, RAX);
    x_imm(&e->a, d, v);
    dbt_put(e, rd, d);
}

static void reverse_bytes(DbtEmit *e, const HwInsn *i)
{
    dbt_load_reg(e, RAX, i->rs1);
    if (x_room(&e->a)) x_opcode(&e->a, XQ, 0x0fc8, 0, 0, RAX);
    dbt_put(e, i->rd, RAX);
}

static void shift_word_up(DbtEmit *e, const HwInsn *i)
{
    dbt_load_word(e, RAX, i->rs1);
    x_mov32(&e->a, RAX, RAX);
    x_shift_imm(&e->a, XQ, SH_SHL, RAX, (u32)i->imm);
    dbt_put(e, i->rd, RAX);
}

static bool has_bit_counts(void)
{
    static int known = -1;
    if (known < 0) known = __builtin_cpu_supports("lzcnt") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
    return known;
}

/* What takes a bit count instruction of the host; false: the helper does it. */
static bool bit_counts(DbtEmit *e, const HwInsn *i)
{
    if (!has_bit_counts()) return false;
    switch (i->id) {
    case HW_I_CLZ: unary(e, i, XQ, 0xf30fbd, false); return true;
    case HW_I_CLZW: unary(e, i, XD, 0xf30fbd, true); return true;
    case HW_I_CTZ: unary(e, i, XQ, 0xf30fbc, false); return true;
    case HW_I_CTZW: unary(e, i, XD, 0xf30fbc, true); return true;
    case HW_I_CPOP: unary(e, i, XQ, 0xf30fb8, false); return true;
    case HW_I_CPOPW: unary(e, i, XD, 0xf30fb8, true); return true;
    default: return false;
    }
}

static bool emit_shift(DbtEmit *e, const HwInsn *i)
{
    switch (i->id) {
    case HW_I_SLLI: shift_imm(e, i, XQ, SH_SHL); return true;
    case HW_I_SRLI: shift_imm(e, i, XQ, SH_SHR); return true;
    case HW_I_SRAI: shift_imm(e, i, XQ, SH_SAR); return true;
    case HW_I_RORI: shift_imm(e, i, XQ, SH_ROR); return true;
    case HW_I_SLLIW: shift_imm(e, i, XD, SH_SHL); return true;
    case HW_I_SRLIW: shift_imm(e, i, XD, SH_SHR); return true;
    case HW_I_SRAIW: shift_imm(e, i, XD, SH_SAR); return true;
    case HW_I_RORIW: shift_imm(e, i, XD, SH_ROR); return true;
    case HW_I_SLL: shift_reg(e, i, XQ, SH_SHL); return true;
    case HW_I_SRL: shift_reg(e, i, XQ, SH_SHR); return true;
    case HW_I_SRA: shift_reg(e, i, XQ, SH_SAR); return true;
    case HW_I_ROL: shift_reg(e, i, XQ, SH_ROL); return true;
    case HW_I_ROR: shift_reg(e, i, XQ, SH_ROR); return true;
    case HW_I_SLLW: shift_reg(e, i, XD, SH_SHL); return true;
    case HW_I_SRLW: shift_reg(e, i, XD, SH_SHR); return true;
    case HW_I_SRAW: shift_reg(e, i, XD, SH_SAR); return true;
    case HW_I_ROLW: shift_reg(e, i, XD, SH_ROL); return true;
    case HW_I_RORW: shift_reg(e, i, XD, SH_ROR); return true;
    case HW_I_SLLI_UW: shift_word_up(e, i); return true;
    case HW_I_ADD_UW: shift_add(e, i, 0, true); return true;
    case HW_I_SH1ADD: shift_add(e, i, 1, false); return true;
    case HW_I_SH2ADD: shift_add(e, i, 2, false); return true;
    case HW_I_SH3ADD: shift_add(e, i, 3, false); return true;
    case HW_I_SH1ADD_UW: shift_add(e, i, 1, true); return true;
    case HW_I_SH2ADD_UW: shift_add(e, i, 2, true); return true;
    case HW_I_SH3ADD_UW: shift_add(e, i, 3, true); return true;
    default: return false;
    }
}

static bool emit_muldiv(DbtEmit *e, const HwInsn *i)
{
    switch (i->id) {
    case HW_I_MUL: multiply(e, i, XQ); return true;
    case HW_I_MULW: multiply(e, i, XD); return true;
    case HW_I_MULH: multiply_high(e, i, 5); return true;
    case HW_I_MULHU: multiply_high(e, i, 4); return true;
    case HW_I_DIV: divide(e, i, XQ, true, false); return true;
    case HW_I_DIVU: divide(e, i, XQ, false, false); return true;
    case HW_I_REM: divide(e, i, XQ, true, true); return true;
    case HW_I_REMU: divide(e, i, XQ, false, true); return true;
    case HW_I_DIVW: divide(e, i, XD, true, false); return true;
    case HW_I_DIVUW: divide(e, i, XD, false, false); return true;
    case HW_I_REMW: divide(e, i, XD, true, true); return true;
    case HW_I_REMUW: divide(e, i, XD, false, true); return true;
    default: return false;
    }
}

static bool emit_plain(DbtEmit *e, const HwInsn *i)
{
    switch (i->id) {
    case HW_I_LUI: dbt_constant(e, i->rd, (u64)(i64)i->imm); return true;
    case HW_I_AUIPC: dbt_constant(e, i->rd, e->pc + (u64)(i64)i->imm); return true;
    case HW_I_ADDI:
        if (i->rs1 && !i->imm) move(e, i);
        else arithmetic_imm(e, i, XQ, ALU_ADD);
        return true;
    case HW_I_XORI: bits_imm(e, i, ALU_XOR); return true;
    case HW_I_ORI: bits_imm(e, i, ALU_OR); return true;
    case HW_I_ANDI: bits_imm(e, i, ALU_AND); return true;
    case HW_I_ADDIW: arithmetic_imm(e, i, XD, ALU_ADD); return true;
    case HW_I_ADD: arithmetic(e, i, XQ, ALU_ADD); return true;
    case HW_I_SUB: arithmetic(e, i, XQ, ALU_SUB); return true;
    case HW_I_XOR: bits(e, i, ALU_XOR); return true;
    case HW_I_OR: bits(e, i, ALU_OR); return true;
    case HW_I_AND: bits(e, i, ALU_AND); return true;
    case HW_I_ADDW: arithmetic(e, i, XD, ALU_ADD); return true;
    case HW_I_SUBW: arithmetic(e, i, XD, ALU_SUB); return true;
    case HW_I_SLT: set_less(e, i, false, CC_L); return true;
    case HW_I_SLTU: set_less(e, i, false, CC_B); return true;
    case HW_I_SLTI: set_less(e, i, true, CC_L); return true;
    case HW_I_SLTIU: set_less(e, i, true, CC_B); return true;
    case HW_I_ANDN: with_complement(e, i, ALU_AND); return true;
    case HW_I_ORN: with_complement(e, i, ALU_OR); return true;
    case HW_I_XNOR: with_complement(e, i, ALU_XOR); return true;
    case HW_I_MAX: select_if(e, i, CC_G); return true;
    case HW_I_MAXU: select_if(e, i, CC_A); return true;
    case HW_I_MIN: select_if(e, i, CC_L); return true;
    case HW_I_MINU: select_if(e, i, CC_B); return true;
    case HW_I_SEXT_B: sign_byte(e, i); return true;
    case HW_I_SEXT_H: unary(e, i, XQ, 0x0fbf, true); return true;
    case HW_I_ZEXT_H: unary(e, i, XD, 0x0fb7, true); return true;
    case HW_I_REV8: reverse_bytes(e, i); return true;
    default: return false;
    }
}

void dbt_alu(DbtEmit *e, const HwInsn *i)
{
    if (!i->rd) return; /* the oracle charges no unit either */
    dbt_hook_unit(e, hw_rows[i->id].unit);
    if (!emit_plain(e, i) && !emit_shift(e, i) && !emit_muldiv(e, i) && !bit_counts(e, i)) dbt_help(e, i, dbt_helpers[i->id]);
}
