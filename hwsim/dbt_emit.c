/* Translation of a unit: decoding, the host code of accesses and transfers (integer arithmetic is in dbt_int.c, floating point in dbt_fp.c,
   hooks in dbt_model.c, tails in dbt_tail.c). See dbt.h for how units look. Rows that are not translated here call their helper in dbt_call.c. */
#include "hwsim/dbt.h"
#include "base/log.h"
#include "hwsim/probe.h"
#include "hwsim/stall.h"
#include "hwsim/yield.h"

/* ---- registers ------------------------------------------------------------------------------------------------- */

void dbt_widen(DbtEmit *e, u32 which)
{
    for (u32 r = 1; which & e->narrow && r < 32; r++) {
        if (!(which & e->narrow & 1u << r)) continue;
        x_rr(&e->a, XQ, 0x63, e->pin[r], e->pin[r]);
        e->narrow &= ~(1u << r);
        e->word |= 1u << r;
    }
}

/* The scratch register that has r's value, or X_NO_REG. */
static int scratch_of(const DbtEmit *e, u32 r)
{
    for (int s = 0; r && s < DBT_SCRATCH; s++)
        if (e->held[s] == r) return s;
    return X_NO_REG;
}

void dbt_drop_scratch(DbtEmit *e) { memset(e->held, 0, sizeof e->held); }

static void load_any(DbtEmit *e, int to, u32 r)
{
    int held = scratch_of(e, r);
    if (!r) x_imm(&e->a, to, 0);
    else if (e->pin[r] != X_NO_REG) x_mov(&e->a, to, e->pin[r]);
    else if (e->known >> r & 1) x_imm(&e->a, to, e->value[r]);
    else if (held != X_NO_REG) x_mov(&e->a, to, held);
    else x_load(&e->a, to, dbt_x(r));
    if (to < DBT_SCRATCH) e->held[to] = 0; /* which is going to be written to */
}

static int use_any(DbtEmit *e, u32 r, int scratch)
{
    if (r && e->pin[r] != X_NO_REG) return e->pin[r];
    load_any(e, scratch, r);
    if (dbt_is_plain(e->c) && scratch < DBT_SCRATCH) e->held[scratch] = (u8)r;
    return scratch;
}

void dbt_load_reg(DbtEmit *e, int to, u32 r)
{
    dbt_widen(e, 1u << r);
    load_any(e, to, r);
}

int dbt_use(DbtEmit *e, u32 r, int scratch)
{
    dbt_widen(e, 1u << r);
    return use_any(e, r, scratch);
}

void dbt_load_word(DbtEmit *e, int to, u32 r) { load_any(e, to, r); }
int dbt_use_word(DbtEmit *e, u32 r, int scratch) { return use_any(e, r, scratch); }

int dbt_dest(DbtEmit *e, u32 r, int scratch)
{
    return r && e->pin[r] != X_NO_REG ? e->pin[r] : scratch;
}

void dbt_hold(DbtEmit *e, u32 r, int from)
{
    for (int s = 0; s < DBT_SCRATCH; s++)
        if (e->held[s] == r) e->held[s] = 0;
    if (from >= 0 && from < DBT_SCRATCH) e->held[from] = dbt_is_plain(e->c) && r && !dbt_pinned(e, r) ? (u8)r : 0;
}

/* The next instruction makes another value of r's of this one, which it finds in a scratch register, and nothing can see r between them. */
static bool is_passed_on(const DbtEmit *e, u32 r)
{
    const HwInsn *n = e->next;
    if (!n || !dbt_is_plain(e->c) || hw_probing || hw_yield_mask || n->rd != r || n->rs1 != r) return false;
    switch (n->id) {
    case HW_I_ADDI: case HW_I_ADDIW: case HW_I_ANDI: case HW_I_ORI: case HW_I_XORI: case HW_I_SLLI: case HW_I_SRLI: case HW_I_SRAI: case HW_I_SLLIW:
    case HW_I_SRLIW: case HW_I_SRAIW: return true;
    case HW_I_SUB: case HW_I_AND: case HW_I_OR: case HW_I_XOR: case HW_I_ADDW: case HW_I_SUBW: return n->rs2 != r; /* sums may become part of an access */
    default: return false;
    }
}

/* ... and of the lower half of r's value alone. */
static bool wants_word(const HwInsn *n)
{
    switch (n->id) {
    case HW_I_ANDI: return n->imm >= 0;
    case HW_I_ADDIW: case HW_I_SLLIW: case HW_I_SRLIW: case HW_I_SRAIW: case HW_I_ADDW: case HW_I_SUBW: return true;
    default: return false;
    }
}

void dbt_put(DbtEmit *e, u32 r, int from)
{
    dbt_hold(e, r, from);
    if (!r) return;
    e->narrow &= ~(1u << r), e->word &= ~(1u << r);
    if (e->pin[r] != X_NO_REG) x_mov(&e->a, e->pin[r], from);
    else if (!e->passes || !is_passed_on(e, r) || scratch_of(e, r) == X_NO_REG) x_store(&e->a, dbt_x(r), from);
}

void dbt_put_word(DbtEmit *e, u32 r, int from)
{
    bool wait = dbt_is_plain(e->c) && dbt_pinned(e, r), halved = !wait && e->passes && is_passed_on(e, r) && wants_word(e->next);
    if (!wait && !halved) x_rr(&e->a, XQ, 0x63, from, from);
    dbt_put(e, r, from);
    if (wait) e->narrow |= 1u << r;
    else if (r && !halved) e->word |= 1u << r;
}

void dbt_op_reg(DbtEmit *e, int width, int op, int to, u32 r)
{
    if (width == XQ) dbt_widen(e, 1u << r);
    if (!r && op == ALU_CMP) x_test(&e->a, width, to, to); /* the flags are the same */
    else if (op == ALU_CMP && e->known >> r & 1 && !e->value[r]) x_test(&e->a, width, to, to);
    else if (!r) x_alu_imm(&e->a, width, op, to, 0);
    else if (e->known >> r & 1 && x_fits32((i64)e->value[r])) x_alu_imm(&e->a, width, op, to, (i32)e->value[r]);
    else if (dbt_pinned(e, r)) x_alu(&e->a, width, op, to, e->pin[r]);
    else if (scratch_of(e, r) != X_NO_REG) x_alu(&e->a, width, op, to, scratch_of(e, r));
    else x_alu_mem(&e->a, width, op, to, dbt_x(r));
}

/* ---- memory ----------------------------------------------------------------------------------------------------------- */

void dbt_compute_sum(DbtEmit *e)
{
    DbtSum s = e->sum;
    e->sum.reg = 0;
    if (!s.reg) return;
    int base = dbt_use(e, s.base, RDX), index = dbt_use(e, s.index, RAX), d = dbt_dest(e, s.reg, RAX);
    x_lea(&e->a, d, x_index(base, index, s.scale, 0));
    dbt_put(e, s.reg, d);
}

XMem dbt_access(DbtEmit *e, const HwInsn *i, u32 size, bool store)
{
    if (e->sum.reg && i->rs1 == e->sum.reg) {
        int base = dbt_use(e, e->sum.base, RDX);
        return x_index(base, dbt_use(e, e->sum.index, RAX), e->sum.scale, i->imm);
    }
    XMem at = x_mem(dbt_use(e, i->rs1, RAX), i->imm);
    dbt_hook_data(e, at, size, store);
    return at;
}

static u32 access_size(u32 id)
{
    switch (id) {
    case HW_I_LB: case HW_I_LBU: case HW_I_SB: return 1;
    case HW_I_LH: case HW_I_LHU: case HW_I_SH: return 2;
    case HW_I_LW: case HW_I_LWU: case HW_I_SW: case HW_I_FLW: case HW_I_FSW: return 4;
    default: return 8;
    }
}

/* Is i the address of the load behind it, which overwrites it? Then both are one access of the host's. If that faults, it is i that is executed again. */
static bool makes_address(const DbtEmit *e, const HwInsn *i)
{
    const HwInsn *n = e->next;
    if (!n || !dbt_is_plain(e->c) || hw_probing || hw_yield_mask || !i->rd) return false;
    return dbt_scale_of(i) >= 0 && hw_rows[n->id].class == HW_CLASS_LOAD && n->rs1 == i->rd && n->rd == i->rd;
}

static XMem element(DbtEmit *e, const HwInsn *sum)
{
    int base = dbt_use(e, sum->rs2, RCX);
    return x_index(base, dbt_use(e, sum->rs1, RAX), dbt_scale_of(sum), 0);
}

/* Of the sum, if there is one, and a displacement; else of rs1 and that. */
static void emit_load(DbtEmit *e, const HwInsn *i, const HwInsn *sum)
{
    static const struct { u16 id; u8 width; u32 op; } loads[] = {
        { HW_I_LB, XQ, 0x0fbe }, { HW_I_LH, XQ, 0x0fbf }, { HW_I_LW, XQ, 0x63 }, { HW_I_LD, XQ, 0x8b },
        { HW_I_LBU, XD, 0x0fb6 }, { HW_I_LHU, XD, 0x0fb7 }, { HW_I_LWU, XD, 0x8b },
    };
    XMem m = sum ? element(e, sum) : dbt_access(e, i, access_size(i->id), false);
    u32 k = 0;
    m.disp += sum ? i->imm : 0;
    while (loads[k].id != i->id) k++;
    ASSERT(k < NELEM(loads));
    int d = dbt_dest(e, i->rd, RCX);
    dbt_site(e);
    x_rm(&e->a, loads[k].width, loads[k].op, d, m);
    dbt_put(e, i->rd, d);
    if (i->id != HW_I_LD && i->id != HW_I_LWU) e->word |= 1u << i->rd;
}

/* Stores constant v; not of two bytes, whose instruction decoders of the host stumble over. */
static void store_constant(DbtEmit *e, u32 size, XMem m, u64 v)
{
    X64 *a = &e->a;
    dbt_site(e);
    x_rm(a, size == 8 ? XQ : size == 4 ? XD : XB, size == 1 ? 0xc6 : 0xc7, 0, m);
    if (a->full) return;
    if (size == 1) x_byte(a, v & 255);
    else x_32(a, (u32)v);
}

static void emit_store(DbtEmit *e, const HwInsn *i)
{
    u32 size = access_size(i->id);
    XMem m = dbt_access(e, i, size, true);
    if (dbt_is_plain(e->c) && size != 2 && (!i->rs2 || (e->known >> i->rs2 & 1 && (size < 8 || x_fits32((i64)e->value[i->rs2]))))) {
        store_constant(e, size, m, i->rs2 ? e->value[i->rs2] : 0);
        return;
    }
    int v = size == 8 ? dbt_use(e, i->rs2, RCX) : dbt_use_word(e, i->rs2, RCX);
    dbt_site(e);
    if (size == 1) x_rm(&e->a, XB, 0x88, v, m);
    else x_rm(&e->a, size == 8 ? XQ : XD, size == 2 ? 0x660089 : 0x89, v, m);
}

static void emit_fload(DbtEmit *e, const HwInsn *i)
{
    bool single = i->id == HW_I_FLW;
    XMem m = dbt_access(e, i, single ? 4 : 8, false);
    dbt_site(e);
    if (e->f_map[i->rd]) {
        dbt_load_f(e, i->rd, m, single);
        return;
    }
    x_rm(&e->a, single ? XD : XQ, 0x8b, RCX, m);
    e->held[RCX] = 0;
    if (single) dbt_put_single(e, i->rd, RCX);
    else x_store(&e->a, dbt_f(i->rd), RCX);
}

static void emit_fstore(DbtEmit *e, const HwInsn *i)
{
    bool single = i->id == HW_I_FSW;
    dbt_canonical(e, 1u << i->rs2);
    XMem m = dbt_access(e, i, single ? 4 : 8, true);
    if (e->f_map[i->rs2]) {
        dbt_site(e);
        dbt_store_f(e, i->rs2, m, single);
        return;
    }
    x_load(&e->a, RCX, dbt_f(i->rs2));
    e->held[RCX] = 0;
    dbt_site(e);
    x_rm(&e->a, single ? XD : XQ, 0x89, RCX, m);
}

/* lr, sc and amo: address and alignment are tested here, the rest is the helper's. */
static void emit_atomic(DbtEmit *e, const HwInsn *i)
{
    X64 *a = &e->a;
    u32 class = hw_rows[i->id].class, size = i->word >> 12 & 1 ? 8 : 4;
    DbtTail *t = dbt_oracle_tail(e);
    dbt_load_reg(e, RAX, i->rs1);
    x_imm(a, RDX, HW_MEMORY_SPAN);
    x_lea(a, RCX, x_mem(RAX, -(i32)HW_LOW_MEMORY));
    x_alu(a, XQ, ALU_CMP, RCX, RDX);
    dbt_jump_tail(e, t, CC_AE);
    x_rr(a, XB, 0xf6, 0, RAX); /* test al, size - 1 */
    if (!a->full) x_byte(a, size - 1);
    dbt_jump_tail(e, t, CC_NE);
    if (class == HW_CLASS_SC && !dbt_is_plain(e->c)) {
        x_alu_mem(a, XQ, ALU_CMP, RAX, DBT_CORE(reservation));
        dbt_hook_no_access(e);
        u32 skip = x_jcc(a, CC_NE);
        dbt_hook_data(e, x_mem(RAX, 0), size, true);
        x_patch(a, skip, x_at(a));
    } else {
        dbt_hook_data(e, x_mem(RAX, 0), size, class != HW_CLASS_LR);
    }
    dbt_help(e, i, dbt_helpers[i->id]);
}

/* ---- transfers ---------------------------------------------------------------------------------------------------------- */

static bool starts_line(const DbtEmit *e, u64 pc) { return (pc & ~e->line_mask) == 0; }

static int condition(u32 id)
{
    switch (id) {
    case HW_I_BEQ: return CC_E;
    case HW_I_BNE: return CC_NE;
    case HW_I_BLT: return CC_L;
    case HW_I_BGE: return CC_GE;
    case HW_I_BLTU: return CC_B;
    default: ASSERT(id == HW_I_BGEU); return CC_AE;
    }
}

/* Before a transfer that ends a region's block. */
static void settle(DbtEmit *e)
{
    if (!e->region) return;
    dbt_canonical_for(e, e->block[e->current].next);
    dbt_canonical_for(e, e->block[e->current].jump);
}

/* Registers that have to be whole at pc, which the code goes on at: those that are live, and not expected otherwise by a block of the region. */
static u32 whole_at(const DbtEmit *e, u64 pc)
{
    i32 block = e->region ? dbt_region_block(e, pc) : -1;
    return dbt_live_in(e, pc) & ~(block >= 0 ? e->block[block].x_narrow : 0);
}

/* Blocks that others jump to, and what is behind the last instruction of a unit, have registers whole, if they are live there. */
static void settle_words(DbtEmit *e)
{
    const DbtBlock *b = &e->block[e->current];
    bool inside = e->region && b->jump >= 0 && e->block[b->jump].inside;
    i32 back = e->region ? dbt_turned_round(e, e->current) : -1;
    if (!e->region && e->behind <= 1) dbt_widen(e, e->out);
    if (back >= 0) dbt_widen(e, whole_at(e, e->block[back].pc));
    if (inside) dbt_widen(e, whole_at(e, e->block[b->jump].pc));
}

static bool is_first_constant(const DbtEmit *e, const HwInsn *i)
{
    bool constant = !i->rs1 || (e->known >> i->rs1 & 1 && x_fits32((i64)e->value[i->rs1]));
    return dbt_is_plain(e->c) && constant && i->rs2 && i->rs2 != i->rs1 && !(e->known >> i->rs2 & 1);
}

/* Compares the operands; the condition, which is turned round if they are exchanged: constants are the second operand. */
static int compare(DbtEmit *e, const HwInsn *i, int cc)
{
    static const u8 exchanged[16] = { [CC_E] = CC_E, [CC_NE] = CC_NE, [CC_L] = CC_G, [CC_GE] = CC_LE, [CC_B] = CC_A, [CC_AE] = CC_BE };
    if (is_first_constant(e, i)) {
        bool word = dbt_is_word(e, i->rs2);
        int r = word ? dbt_use_word(e, i->rs2, RAX) : dbt_use(e, i->rs2, RAX);
        dbt_op_reg(e, word ? XD : XQ, ALU_CMP, r, i->rs1);
        return exchanged[cc];
    }
    bool words = dbt_is_word(e, i->rs1) && dbt_is_word(e, i->rs2);
    int l = words ? dbt_use_word(e, i->rs1, RAX) : dbt_use(e, i->rs1, RAX);
    dbt_op_reg(e, words ? XD : XQ, ALU_CMP, l, i->rs2);
    return cc;
}

/* What was known of r does not hold any more. */
static void forget_value(DbtEmit *e, u32 r)
{
    dbt_hold(e, r, X_NO_REG);
    e->known &= ~(1u << r), e->narrow &= ~(1u << r), e->word &= ~(1u << r);
}

/* Does the current block of a region end with a branch to the block behind it, around a way out? Then that is the branch. */
static bool goes_around(const DbtEmit *e)
{
    if (!e->region) return false;
    const DbtBlock *b = &e->block[e->current];
    u32 k = 0;
    while (e->order[k] != e->current) k++;
    return k + 1 < e->ordered && b->jump == e->order[k + 1] && hw_rows[e->insn[b->first + b->n - 1].i.id].class == HW_CLASS_BRANCH &&
           (b->next < 0 || !e->block[b->next].inside) && dbt_turned_round(e, e->current) < 0;
}

/* e->test and the branch on what it makes, in one. */
static void test(DbtEmit *e)
{
    int l = dbt_use_word(e, e->test->rs1, RAX);
    x_rr(&e->a, XD, 0xf7, 0, l);
    if (!e->a.full) x_32(&e->a, (u32)e->test->imm);
    forget_value(e, e->test->rd);
    e->test = NULL;
}

/* e->count and what follows it up to the branch on the sign, in one; the condition. If the host faults, the load is executed again. */
static int count(DbtEmit *e, int cc)
{
    const DbtInsn *load = e->count;
    u64 pc = e->pc;
    XMem m = dbt_access(e, &load->i, 8, true);
    e->pc = load->pc;
    dbt_site(e);
    x_alu_mem_imm(&e->a, XQ, ALU_ADD, m, load[1].i.imm);
    e->pc = pc;
    forget_value(e, load->i.rd);
    e->count = NULL;
    return cc == CC_L ? CC_S : CC_NS;
}

static void emit_branch(DbtEmit *e, const HwInsn *i)
{
    X64 *a = &e->a;
    bool masked = e->flags_at == x_at(a) && e->flags_of == i->rs1 && !i->rs2 && (i->id == HW_I_BEQ || i->id == HW_I_BNE);
    i32 back = e->region ? dbt_turned_round(e, e->current) : -1;
    settle(e);
    dbt_canonical_for(e, back);
    masked &= e->flags_at == x_at(a);
    u64 target = e->pc + (u64)(i64)i->imm;
    int cc = condition(i->id);
    settle_words(e);
    if (e->test) test(e);
    else if (e->count) cc = count(e, cc);
    else if (!masked) cc = compare(e, i, cc);
    if (back >= 0) {
        ASSERT(e->behind == 2);
        dbt_note_jump(e, x_jcc(a, cc ^ 1), back);
        cc = CC_ALWAYS;
    }
    if (dbt_is_plain(e->c)) {
        if (goes_around(e)) dbt_jump_unit(e, cc ^ 1, e->pc + i->len, false);
        else dbt_jump_unit(e, cc, target, true);
        return;
    }
    u32 skip = x_jcc(a, cc ^ 1);
    dbt_hook_branch(e, HW_BR_COND, i->len, true, target);
    dbt_jump_unit(e, CC_ALWAYS, target, true);
    x_patch(a, skip, x_at(a));
    dbt_hook_branch(e, HW_BR_COND, i->len, false, target);
}

static void emit_jal(DbtEmit *e, const HwInsn *i)
{
    u64 target = e->pc + (u64)(i64)i->imm;
    settle(e);
    if (i->rd) dbt_constant(e, i->rd, e->pc + i->len);
    dbt_hook_branch(e, hw_jump_kind(i), i->len, true, target);
    dbt_jump_unit(e, CC_ALWAYS, target, true);
}

static void emit_jalr(DbtEmit *e, const HwInsn *i)
{
    X64 *a = &e->a;
    if (dbt_pinned(e, i->rs1)) {
        x_lea(a, RAX, x_mem(e->pin[i->rs1], i->imm));
    } else {
        dbt_load_reg(e, RAX, i->rs1);
        if (i->imm) x_alu_imm(a, XQ, ALU_ADD, RAX, i->imm);
    }
    if (!dbt_is_plain(e->c)) x_alu_imm(a, XQ, ALU_AND, RAX, -2); /* else where nothing is found (stub_exit) */
    if (i->rd) {
        int d = dbt_dest(e, i->rd, RCX);
        x_imm(a, d, e->pc + i->len);
        dbt_put(e, i->rd, d);
    }
    dbt_hook_indirect(e, hw_jump_kind(i), i->len);
    dbt_hook_leave(e, 0);
    x_mov32(a, RCX, RAX);
    x_alu_imm(a, XD, ALU_AND, RCX, ((1 << DBT_TABLE_BITS) - 1) << 1);
    x_lea_code(a, RDX, 0);
    x_jump_mem(a, x_index(RDX, RCX, 2, 0));
}

static void emit_hcall(DbtEmit *e, const HwInsn *i)
{
    x_imm(&e->a, RCX, (u32)i->imm);
    dbt_emit_exit(e, DBT_EXIT_HCALL, e->pc + i->len, 0);
}

/* ---- units -------------------------------------------------------------------------------------------------------------- */

/* What only the oracle executes: traps, CSRs, and accesses without a base register, which trap as well. */
static bool oracles(const DbtCache *c, const HwInsn *i)
{
    if (i->id == HW_I_ILLEGAL) return true;
    switch (hw_rows[i->id].class) {
    case HW_CLASS_FENCEI: case HW_CLASS_TRAP: case HW_CLASS_CSR: return true;
    case HW_CLASS_LOAD: case HW_CLASS_STORE: case HW_CLASS_FLOAD: case HW_CLASS_FSTORE: case HW_CLASS_LR: case HW_CLASS_SC:
    case HW_CLASS_AMO: return !i->rs1;
    case HW_CLASS_HCALL: return c->lockstep;
    case HW_CLASS_FPX: return i->rm == 7; /* conversions in the dynamic mode: compilers name one */
    default: return false;
    }
}

/* What a region may consist of. */
bool dbt_in_region(const DbtCache *c, const HwInsn *i)
{
    if (oracles(c, i)) return false;
    u32 class = hw_rows[i->id].class;
    return class != HW_CLASS_JALR && class != HW_CLASS_HCALL && (class != HW_CLASS_JAL || !i->rd);
}

static bool ends_unit(const HwInsn *i)
{
    switch (hw_rows[i->id].class) {
    case HW_CLASS_JAL: case HW_CLASS_JALR: case HW_CLASS_HCALL: return true;
    case HW_CLASS_BRANCH: return i->imm < 0; /* a loop: rarely left */
    default: return false;
    }
}

/* The oracle would count the fetch of the line that its instruction reaches into again: in code with a model an instruction
   that does and may go to it, always does. Rare: only code with compressed instructions has any. */
static bool oracles_for_fetch(const DbtEmit *e, const DbtInsn *d)
{
    u32 class = hw_rows[d->i.id].class;
    bool straddles = ((d->pc ^ (d->pc + d->i.len - 1)) & e->line_mask) != 0;
    return !dbt_is_plain(e->c) && straddles && class != HW_CLASS_ALU && class != HW_CLASS_BRANCH && class != HW_CLASS_JAL &&
           class != HW_CLASS_JALR && class != HW_CLASS_FENCE;
}

/* Straight-line code ends where a region begins. */
static bool region_at(const DbtCache *c, u64 pc)
{
    const u64 *n = map_get(&c->units, pc);
    return n && c->unit.data[*n].region;
}

/* Code without a model goes on at the target of a jump forward, as long as the unit stays within so many bytes (retire_around). */
static bool follows_jump(const DbtEmit *e, u64 pc, const DbtInsn *d)
{
    if (!dbt_is_plain(e->c) || hw_rows[d->i.id].class != HW_CLASS_JAL || d->i.rd || d->i.imm <= 0 || e->n >= DBT_UNIT_MAX) return false;
    u64 to = d->pc + (u64)(i64)d->i.imm;
    return to + 4 - pc <= DBT_UNIT_SPAN && !region_at(e->c, to);
}

static void decode(DbtEmit *e, u64 pc)
{
    u64 page = ~0ull;
    u32 word;
    e->end = pc;
    while (e->n < DBT_UNIT_MAX && e->end + 4 - pc <= DBT_UNIT_SPAN && !e->ends && hw_read_code(e->end, &page, &word)) {
        DbtInsn *d = &e->insn[e->n];
        if (e->n && region_at(e->c, e->end)) return;
        hw_decode(word, &d->i);
        d->pc = e->end;
        if (oracles(e->c, &d->i) || oracles_for_fetch(e, d)) {
            e->to_oracle = true;
            return;
        }
        e->n++;
        e->end += d->i.len;
        if (follows_jump(e, pc, d)) e->end = d->pc + (u64)(i64)d->i.imm;
        else e->ends = ends_unit(&d->i);
    }
}

static void fire(HwCore *core, u32 regs, i32 imm)
{
    hw_probe_fire(core, regs & 31, (u32)imm);
}

static void emit_probe(DbtEmit *e)
{
    HwInsn i = { .rd = (u8)hw_probe_at(e->pc), .imm = (i32)(u32)e->pc };
    if (i.rd) dbt_help(e, &i, fire);
}

/* The value that i computes, if it is a piece of a constant. */
static bool makes_constant(const DbtEmit *e, const HwInsn *i, u64 *v)
{
    bool has = !i->rs1 || e->known >> i->rs1 & 1;
    u64 x = i->rs1 ? e->value[i->rs1] : 0;
    switch (i->id) {
    case HW_I_LUI: *v = (u64)(i64)i->imm; return true;
    case HW_I_AUIPC: *v = e->pc + (u64)(i64)i->imm; return true;
    case HW_I_ADDI: *v = x + (u64)(i64)i->imm; return has;
    case HW_I_ADDIW: *v = (u64)(i64)(i32)(x + (u64)(i64)i->imm); return has;
    case HW_I_SLLI: *v = x << (i->imm & 63); return has;
    default: return false;
    }
}

/* The next instruction makes another constant of this register's, and nothing can see what it holds between them. */
static bool is_piece(const DbtEmit *e, const HwInsn *i)
{
    const HwInsn *n = e->next;
    if (!n || !dbt_is_plain(e->c) || hw_probing || hw_yield_mask) return false;
    return (n->id == HW_I_ADDI || n->id == HW_I_ADDIW || n->id == HW_I_SLLI) && n->rd == i->rd && n->rs1 == i->rd;
}

/* Arithmetic whose second operand's value is enough, if it is known. */
static bool takes_immediate(const HwInsn *i)
{
    switch (i->id) {
    case HW_I_ADD: case HW_I_SUB: case HW_I_AND: case HW_I_OR: case HW_I_XOR: case HW_I_ADDW: case HW_I_SUBW: case HW_I_SLT: case HW_I_SLTU:
    case HW_I_SH1ADD: case HW_I_SH2ADD: case HW_I_SH3ADD: return true;
    default: return false;
    }
}

/* The next instruction has it as an immediate, and nobody else wants it. */
static bool is_immediate(const DbtEmit *e, const HwInsn *i, u64 v)
{
    const HwInsn *n = e->next;
    if (!n || !x_fits32((i64)v) || n->rs2 == n->rs1 || dbt_live_after(e, e->pc + i->len) >> i->rd & 1) return false;
    if (n->rs1 == i->rd) return hw_rows[n->id].class == HW_CLASS_BRANCH && n->rs2 && !(e->known >> n->rs2 & 1);
    if (n->rs2 != i->rd) return false;
    if (!dbt_pinned(e, i->rd) && takes_immediate(n)) return true;
    return hw_rows[n->id].class == HW_CLASS_BRANCH || (hw_rows[n->id].class == HW_CLASS_STORE && n->id != HW_I_SH);
}

static void emit_integer(DbtEmit *e, const HwInsn *i)
{
    u64 v;
    if (!i->rd || !makes_constant(e, i, &v)) {
        e->passes = true;
        dbt_alu(e, i);
        e->passes = false;
        e->known &= ~(1u << i->rd);
        return;
    }
    dbt_hook_unit(e, hw_rows[i->id].unit);
    dbt_hold(e, i->rd, X_NO_REG);
    if (!is_piece(e, i) && !is_immediate(e, i, v)) dbt_constant(e, i->rd, v);
    e->known |= 1u << i->rd;
    e->value[i->rd] = v;
}

static void emit_other(DbtEmit *e, const HwInsn *i)
{
    u32 class = hw_rows[i->id].class;
    switch (class) {
    case HW_CLASS_LOAD: e->passes = true; emit_load(e, i, NULL); e->passes = false; break;
    case HW_CLASS_STORE: emit_store(e, i); break;
    case HW_CLASS_FLOAD: emit_fload(e, i); break;
    case HW_CLASS_FSTORE: emit_fstore(e, i); break;
    case HW_CLASS_LR: case HW_CLASS_SC: case HW_CLASS_AMO: emit_atomic(e, i); break;
    case HW_CLASS_BRANCH: emit_branch(e, i); break;
    case HW_CLASS_JAL:
        if (!e->region && e->next) break; /* that is at its target */
        dbt_widen(e, i->rd ? e->out : whole_at(e, e->pc + (u64)(i64)i->imm));
        emit_jal(e, i);
        break;
    case HW_CLASS_JALR: dbt_widen(e, e->out | 1u << i->rs1); emit_jalr(e, i); break;
    case HW_CLASS_HCALL: emit_hcall(e, i); break;
    case HW_CLASS_FENCE: if (i->id == HW_I_HINT_VAL) dbt_hook_hint(e, i->rs1, e->pc + (u64)(i64)i->imm); break;
    default: dbt_drop_scratch(e); dbt_fp(e, i); dbt_drop_scratch(e);
    }
}

/* Registers `written` change: nobody will ask for the sum any more. */
static void forget_sum(DbtEmit *e, u32 written)
{
    if (written & (1u << e->sum.reg | 1u << e->sum.base | 1u << e->sum.index)) e->sum.reg = 0;
}

/* Only the branch behind it wants to know whether these bits are zero. */
static bool is_tested(const DbtEmit *e, const HwInsn *i)
{
    const HwInsn *n = e->next;
    if (i->id != HW_I_ANDI || i->imm < 0 || !i->rd || !i->rs1 || !n || (n->id != HW_I_BEQ && n->id != HW_I_BNE)) return false;
    return n->rs1 == i->rd && !n->rs2 && !(dbt_live_after(e, e->pc + i->len) >> i->rd & 1);
}

/* A word of memory is loaded, added to, stored there again, and a branch asks for its sign; nobody else wants it. So are polls. */
static bool is_count(const DbtEmit *e, const HwInsn *i)
{
    const DbtInsn *d = &e->insn[e->at];
    u32 end = e->region ? e->block[e->current].first + e->block[e->current].n : e->n;
    if (i->id != HW_I_LD || !i->rd || i->rd == i->rs1 || e->at + 3 >= end || !dbt_is_plain(e->c) || hw_probing || hw_yield_mask) return false;
    const HwInsn *add = &d[1].i, *store = &d[2].i, *branch = &d[3].i;
    bool adds = add->id == HW_I_ADDI && add->rd == i->rd && add->rs1 == i->rd;
    bool stores = store->id == HW_I_SD && store->rs2 == i->rd && store->rs1 == i->rs1 && store->imm == i->imm;
    bool tests = (branch->id == HW_I_BLT || branch->id == HW_I_BGE) && branch->rs1 == i->rd && !branch->rs2;
    return adds && stores && tests && !(dbt_live_after(e, d[3].pc) >> i->rd & 1);
}

static void emit_insn(DbtEmit *e, const HwInsn *i)
{
    if (e->fused) {
        e->fused--;
        return;
    }
    u32 x_def = dbt_operands(i).x_def;
    e->out = dbt_live_after(e, e->pc);
    if (hw_rows[i->id].class == HW_CLASS_ALU && !(x_def & e->out)) {
        forget_sum(e, x_def);
        forget_value(e, i->rd);
        return;
    }
    if (makes_address(e, i)) {
        emit_load(e, e->next, i);
        forget_sum(e, x_def);
        e->known &= ~(1u << i->rd);
        e->fused = 1;
        return;
    }
    if (is_count(e, i)) {
        forget_sum(e, x_def);
        e->count = &e->insn[e->at];
        e->fused = 2;
        return;
    }
    if (dbt_sum_waits(e, i)) {
        dbt_widen(e, 1u << i->rs1 | 1u << i->rs2);
        forget_value(e, i->rd);
        e->sum = (DbtSum){ i->rd, i->rs2, i->rs1, (u8)dbt_scale_of(i) };
        return;
    }
    if (is_tested(e, i)) {
        forget_sum(e, x_def);
        e->test = i;
        return;
    }
    if (hw_rows[i->id].class == HW_CLASS_ALU) {
        forget_sum(e, x_def);
        emit_integer(e, i);
        if (!(e->out >> e->sum.reg & 1)) e->sum.reg = 0;
        return;
    }
    if (!(e->out >> e->sum.reg & 1) && hw_rows[i->id].class == HW_CLASS_BRANCH) e->sum.reg = 0;
    emit_other(e, i);
    forget_sum(e, x_def);
    if (!(e->out >> e->sum.reg & 1)) e->sum.reg = 0;
    if (strchr(hw_formats[hw_rows[i->id].format].operands, 'd')) e->known &= ~(1u << i->rd);
}

/* Fetches as in blocks.c: entering a line in sequence, and the line that an instruction reaches into. */
static void emit_fetches(DbtEmit *e, u32 len)
{
    if (e->behind < e->n && starts_line(e, e->pc)) dbt_hook_fetch(e, e->pc, e->behind);
    u64 last = (e->pc + len - 1) & e->line_mask;
    if (last != (e->pc & e->line_mask)) dbt_hook_fetch(e, last, e->behind);
}

/* The next n instructions, which are executed together, come off the budget. */
static void take_budget(DbtEmit *e, u32 n)
{
    e->behind = n;
    if (!dbt_counts(e->c)) return;
    x_alu_imm(&e->a, XQ, ALU_SUB, R15, (i32)n);
    dbt_jump_tail(e, dbt_tail(e, TAIL_BUDGET), CC_L);
}

static void emit_entries(DbtEmit *e, DbtUnit *u)
{
    X64 *a = &e->a;
    u->entry = x_at(a);
    if (x_fits32((i64)u->pc)) {
        x_alu_imm(a, XQ, ALU_CMP, RAX, (i32)u->pc);
    } else {
        x_imm(a, RCX, u->pc);
        x_alu(a, XQ, ALU_CMP, RAX, RCX);
    }
    x_jump_to(a, CC_NE, e->c->lookup);
    u->fetch = x_at(a);
    e->pc = u->pc;
    e->behind = 0;
    dbt_hook_fetch(e, u->pc, 0);
    u->body = x_at(a);
    if (!e->n) return;
    take_budget(e, e->n);
}

static void emit_end(DbtEmit *e)
{
    bool falls = !e->ends || hw_rows[e->insn[e->n - 1].i.id].class == HW_CLASS_BRANCH;
    e->pc = e->end;
    e->behind = 0;
    if (!falls) return;
    dbt_widen(e, e->to_oracle ? ~0u : dbt_live_in(e, e->end));
    bool fetch = e->n && starts_line(e, e->end);
    if (e->to_oracle) {
        if (fetch) dbt_hook_fetch(e, e->end, 0);
        dbt_jump_tail(e, dbt_oracle_tail(e), CC_ALWAYS);
    } else {
        dbt_jump_unit(e, CC_ALWAYS, e->end, fetch);
    }
}

/* ---- regions ---------------------------------------------------------------------------------------------------------- */

/* Instructions from block order[k] on that come off the budget together. */
static u32 together(const DbtEmit *e, u32 k)
{
    u32 n = e->block[e->order[k]].n;
    for (; k + 1 < e->ordered; k++) {
        const DbtBlock *next = &e->block[e->order[k + 1]];
        if (e->block[e->order[k]].next != e->order[k + 1] || next->joined || next->counted) break;
        n += next->n;
    }
    return n + (dbt_turned_round(e, e->order[k]) >= 0);
}

/* What follows block order[k]. */
static void leave_block(DbtEmit *e, u32 k)
{
    const DbtBlock *b = &e->block[e->order[k]];
    const HwInsn *last = &e->insn[b->first + b->n - 1].i;
    bool inside = b->next >= 0 && e->block[b->next].inside;
    if (hw_rows[last->id].class == HW_CLASS_JAL || dbt_turned_round(e, e->order[k]) >= 0 || goes_around(e)) return;
    bool on = k + 1 < e->ordered && b->next == e->order[k + 1] && !e->block[b->next].joined;
    if (inside && e->block[b->next].joined) dbt_canonical_for(e, b->next);
    if (!on) dbt_widen(e, whole_at(e, b->end));
    if (k + 1 < e->ordered && b->next == e->order[k + 1]) return;
    e->pc = b->end;
    e->behind = 0;
    if (inside) dbt_jump_block(e, CC_ALWAYS, b->next);
    else dbt_jump_unit(e, CC_ALWAYS, b->end, false);
}

static u32 pinned_here(const DbtEmit *e)
{
    u32 pinned = 0;
    for (u32 r = 1; r < 32; r++) pinned |= (u32)(e->pin[r] != X_NO_REG) << r;
    return pinned;
}

static void emit_block(DbtEmit *e, u32 k)
{
    DbtBlock *b = &e->block[e->order[k]];
    bool heads = !k || b->joined || e->block[e->order[k - 1]].next != e->order[k];
    e->pc = b->pc;
    if (!b->joined && k && dbt_turned_round(e, e->order[k - 1]) >= 0 && e->block[e->order[k - 1]].next == e->order[k]) return; /* done there */
    if (heads) {
        e->f_nan = e->c->any_nan ? 0 : b->f_made[0] | b->f_made[1];
        e->f_one = e->f_single | b->f_made[1];
        b->label = x_at(&e->a);
        e->known = 0;
        e->narrow = b->x_narrow & pinned_here(e);
        e->word = b->x_word & ~e->narrow;
        ASSERT(!e->sum.reg || !(dbt_live_in(e, b->pc) >> e->sum.reg & 1));
        e->sum.reg = 0;
        dbt_drop_scratch(e);
    }
    if (heads || b->counted) take_budget(e, together(e, k));
    e->current = e->order[k];
    for (u32 n = b->first; n < b->first + b->n; n++, e->behind--) {
        e->pc = e->insn[n].pc;
        e->at = n;
        e->next = n + 1 < b->first + b->n ? &e->insn[n + 1].i : NULL;
        emit_insn(e, &e->insn[n].i);
    }
    leave_block(e, k);
}

static void emit_region(DbtEmit *e, DbtUnit *u)
{
    dbt_region_stubs(e);
    e->n = 0; /* what takes_budget for straight-line code */
    emit_entries(e, u);
    dbt_enter_region(e);
    if (e->order[0]) dbt_note_jump(e, x_jcc(&e->a, CC_ALWAYS), 0);
    for (u32 k = 0; k < e->ordered; k++) {
        const DbtBlock *b = &e->block[e->order[k]];
        if (b->pc < u->from) u->from = b->pc;
        if (b->end > u->to) u->to = b->end;
        emit_block(e, k);
    }
    dbt_emit_tails(e);
    for (u32 j = 0; j < e->jumps; j++) {
        ASSERT(e->block[e->jump[j].block].label);
        x_patch(&e->a, e->jump[j].at, e->block[e->jump[j].block].label);
    }
}

static void emit_straight(DbtEmit *e, DbtUnit *u)
{
    u->to = e->end + (hw_stalls_at_use(e->c->model) ? HW_USE_BYTES : e->to_oracle ? 4 : 0);
    u32 steps = dbt_steps(e);
    emit_entries(e, u);
    dbt_hook_begin(e, steps);
    for (u32 k = 0; k < e->n; k++) {
        e->pc = e->insn[k].pc;
        e->at = k;
        e->behind = e->n - k;
        emit_fetches(e, e->insn[k].i.len);
        if (UNLIKELY(hw_probing)) emit_probe(e);
        if (UNLIKELY(hw_yield_mask)) dbt_hook_yield(e, &e->insn[k].i), dbt_drop_scratch(e);
        e->next = k + 1 < e->n ? &e->insn[k + 1].i : NULL;
        emit_insn(e, &e->insn[k].i);
        dbt_hook_stall(e, &e->insn[k].i);
    }
    emit_end(e);
    dbt_emit_tails(e);
}

u32 dbt_translate(DbtCache *c, u64 pc, u32 line_bytes, bool loop)
{
    if (!c->emit) c->emit = xmalloc(sizeof *c->emit);
    DbtEmit *e = c->emit;
    e->c = c;
    e->a = (X64){ .base = c->write, .p = c->write + c->used, .end = c->write + c->bytes };
    e->line_mask = ~(u64)(line_bytes - 1);
    DbtUnit u = { .pc = pc, .from = pc, .to = pc, .looped = loop, .incoming = DBT_NONE };
    bool region = u.region = loop && dbt_find_region(e, pc);
    dbt_live_find(e, pc, region ? DBT_AHEAD_REGION : DBT_AHEAD);
    e->test = NULL;
    e->out = ~0u;
    e->n = e->tails = e->jumps = e->known = e->narrow = e->word = e->flags_at = 0;
    e->sum.reg = 0;
    e->fused = 0, e->count = NULL;
    e->passes = e->in_tails = false;
    dbt_drop_scratch(e);
    if (region) {
        emit_region(e, &u);
    } else {
        dbt_no_region(e);
        e->to_oracle = e->ends = false;
        decode(e, pc);
        if (!e->n && !e->to_oracle) return DBT_NONE;
        emit_straight(e, &u);
    }
    ASSERT(!e->a.full);
    c->used = ALIGN_UP(x_at(&e->a), 16u);
    LOG(hw, "unit %llx: host code %p to %p", (unsigned long long)pc, (void *)(c->run + (e->a.base + u.entry - c->write)), (void *)(c->run + c->used));
    vec_push(&c->unit, u);
    return (u32)c->unit.len - 1;
}
