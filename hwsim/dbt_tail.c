/* The ways out of a unit's straight line: jumps to other blocks and units, and tails, code out of the way, behind the unit, for
   what is rare or leaves it. See dbt.h for how units look. */
#include "hwsim/dbt.h"

/* What leaving here gives back of the budget. */
static u32 counted(const DbtEmit *e, u32 behind) { return dbt_counts(e->c) ? behind : 0; }

DbtTail *dbt_tail(DbtEmit *e, DbtTailKind kind)
{
    ASSERT(e->tails < NELEM(e->tail));
    DbtTail *t = &e->tail[e->tails++];
    *t = (DbtTail){ .kind = kind, .pc = e->pc, .behind = counted(e, e->behind), .f_nan = e->f_nan, .f_one = e->f_one, .narrow = e->narrow, .sum = e->sum };
    return t;
}

void dbt_jump_tail(DbtEmit *e, DbtTail *t, int cc)
{
    ASSERT(t->n < NELEM(t->from));
    t->from[t->n++] = x_jcc(&e->a, cc);
}

DbtTail *dbt_oracle_tail(DbtEmit *e) { return dbt_tail(e, TAIL_ORACLE); }

static i8 host_of(const DbtEmit *e, u32 r) { return dbt_pinned(e, r) ? e->pin[r] : (i8)~r; }

void dbt_site(DbtEmit *e)
{
    DbtSite s = { .host = x_at(&e->a), .behind = counted(e, e->behind), .exit = e->region ? e->leave : e->c->exit, .pc = e->pc };
    for (u32 r = 0; e->f_nan && r < 32; r++) {
        if (e->f_nan >> r & 1) s.nan |= (u16)(1u << e->f_map[r]);
        if (e->f_nan & e->f_one & 1u << r) s.one |= (u16)(1u << e->f_map[r]);
    }
    for (u32 r = 1; e->narrow && r < 32; r++)
        if (e->narrow >> r & 1) s.narrow |= (u16)(1u << e->pin[r]);
    if (e->sum.reg) {
        s.sum = host_of(e, e->sum.reg), s.sum_base = host_of(e, e->sum.base), s.sum_index = host_of(e, e->sum.index);
        s.sum_scale = (i8)e->sum.scale;
    }
    vec_push(&e->c->site, s);
}

/* Calls the helper of i's row here. */
void dbt_help(DbtEmit *e, const HwInsn *i, DbtHelp help)
{
    ASSERT(help);
    dbt_canonical(e, ~0u);
    dbt_widen(e, ~0u);
    e->word = 0;
    x_imm(&e->a, RAX, (u64)help);
    x_imm(&e->a, RDX, (u64)(i->rd | i->rs1 << 8 | i->rs2 << 16 | (u32)i->rs3 << 24));
    x_imm(&e->a, RCX, (u32)i->imm);
    x_call_to(&e->a, e->help);
    dbt_drop_scratch(e);
}

DbtTail *dbt_help_tail(DbtEmit *e, const HwInsn *i, DbtHelp help)
{
    DbtTail *t = dbt_tail(e, TAIL_HELP);
    t->help = help;
    t->regs = i->rd | (u32)i->rs1 << 8 | (u32)i->rs2 << 16 | (u32)i->rs3 << 24;
    t->imm = i->imm;
    return t;
}

void dbt_note_jump(DbtEmit *e, u32 at, i32 block)
{
    ASSERT(e->jumps < NELEM(e->jump));
    e->jump[e->jumps].at = at;
    e->jump[e->jumps++].block = block;
}

/* The current instruction jumps, by cc, to another block of the region. */
void dbt_jump_block(DbtEmit *e, int cc, i32 block)
{
    if (counted(e, e->behind) <= 1) {
        dbt_note_jump(e, x_jcc(&e->a, cc), block);
        return;
    }
    DbtTail *t = dbt_tail(e, TAIL_LOCAL);
    t->behind = e->behind - 1;
    t->block = block;
    dbt_jump_tail(e, t, cc);
}

/* The current instruction jumps, by cc, to the unit at `target`; through the driver until it is linked. What is behind
   it in its own unit is not executed: the tail gives that back. */
void dbt_jump_unit(DbtEmit *e, int cc, u64 target, bool fetch)
{
    i32 block = e->region ? dbt_region_block(e, target) : -1;
    if (block >= 0) {
        dbt_jump_block(e, cc, block);
        return;
    }
    u32 behind = e->behind ? e->behind - 1 : 0;
    dbt_hook_leave(e, behind);
    DbtTail *t = dbt_tail(e, TAIL_LINK);
    t->behind = counted(e, behind);
    t->target = target;
    t->fetch = fetch;
    dbt_jump_tail(e, t, cc);
}

static void emit_slow(DbtEmit *e, const DbtTail *t)
{
    X64 *a = &e->a;
    bool moves = t->accesses && (t->at.base != RAX || t->at.disp);
    if (t->constant) x_imm(a, RAX, t->target);
    if (moves) x_lea(a, RAX, t->at);
    x_imm(a, RDX, t->pc);
    x_imm(a, RCX, t->packed);
    x_call_to(a, t->stub);
    if (moves && t->at.base == RAX) x_lea(a, RAX, x_mem(RAX, -t->at.disp));
    x_jump_to(a, CC_ALWAYS, t->back);
}

static void emit_link(DbtEmit *e, const DbtTail *t)
{
    DbtCache *c = e->c;
    u32 at = t->from[0];
    ASSERT(t->n == 1);
    u32 live = dbt_live_in(e, t->target), live_f = dbt_live_f(e, t->target);
    e->narrow &= live;
    if (t->behind || e->region || e->narrow || e->sum.reg) {
        dbt_widen(e, ~0u);
        dbt_compute_sum(e);
        if (t->behind) x_alu_imm(&e->a, XQ, ALU_ADD, R15, (i32)t->behind);
        dbt_canonical(e, live_f);
        dbt_leave_region(e, live, live_f);
        at = x_jcc(&e->a, CC_ALWAYS);
        x_patch(&e->a, at, x_at(&e->a));
    }
    vec_push(&c->link, ((DbtLink){ .at = at, .stub = x_at(&e->a), .next = DBT_NONE, .fetch = t->fetch, .back = t->target < t->pc }));
    x_imm(&e->a, RDX, t->target);
    x_imm(&e->a, RCX, c->link.len - 1);
    x_imm(&e->a, RAX, DBT_EXIT_LINK);
    x_jump_to(&e->a, CC_ALWAYS, c->exit);
}

void dbt_emit_exit(DbtEmit *e, DbtExit why, u64 pc, u32 behind)
{
    if (counted(e, behind)) x_alu_imm(&e->a, XQ, ALU_ADD, R15, (i32)behind);
    dbt_canonical(e, ~0u);
    dbt_widen(e, ~0u);
    dbt_compute_sum(e);
    x_imm(&e->a, RDX, pc);
    x_imm(&e->a, RAX, why);
    x_jump_to(&e->a, CC_ALWAYS, e->region ? e->leave : e->c->exit);
}

static void emit_local(DbtEmit *e, const DbtTail *t)
{
    ASSERT(!t->narrow && !t->sum.reg);
    x_alu_imm(&e->a, XQ, ALU_ADD, R15, (i32)t->behind);
    dbt_note_jump(e, x_jcc(&e->a, CC_ALWAYS), t->block);
}

/* An exit of a region before its registers are in place. */
static void emit_outside(DbtEmit *e, const DbtTail *t)
{
    x_imm(&e->a, RDX, t->pc);
    x_imm(&e->a, RAX, DBT_EXIT_ORACLE);
    x_jump_to(&e->a, CC_ALWAYS, e->c->exit);
}

static void emit_help(DbtEmit *e, const DbtTail *t)
{
    dbt_canonical(e, ~0u);
    dbt_widen(e, ~0u);
    x_imm(&e->a, RAX, (u64)t->help);
    x_imm(&e->a, RDX, t->regs);
    x_imm(&e->a, RCX, (u32)t->imm);
    x_call_to(&e->a, e->help);
    x_jump_to(&e->a, CC_ALWAYS, t->back);
}

static void emit_nan(DbtEmit *e, const DbtTail *t)
{
    x_imm(&e->a, RAX, t->single ? 0xffffffff7fc00000ull : 0x7ff8000000000000ull);
    x_store(&e->a, dbt_f(t->fd), RAX);
    x_jump_to(&e->a, CC_ALWAYS, t->back);
}

/* In a region. */
static void emit_region_nan(DbtEmit *e, const DbtTail *t)
{
    dbt_load_nan(e, t->fd, t->single);
    x_jump_to(&e->a, CC_ALWAYS, t->back);
}

void dbt_emit_tails(DbtEmit *e)
{
    e->in_tails = true;
    for (u32 k = 0; k < e->tails; k++) {
        const DbtTail *t = &e->tail[k];
        u32 at = x_at(&e->a);
        if (!t->n) continue;
        for (u32 j = 0; j < t->n; j++) x_patch(&e->a, t->from[j], at);
        e->f_nan = t->f_nan, e->f_one = t->f_one, e->narrow = t->narrow, e->sum = t->sum, e->known = 0;
        dbt_drop_scratch(e);
        switch (t->kind) {
        case TAIL_SLOW: emit_slow(e, t); break;
        case TAIL_WRONG: dbt_tell_wrong(e, t); break;
        case TAIL_LINK: emit_link(e, t); break;
        case TAIL_LOCAL: emit_local(e, t); break;
        case TAIL_ORACLE:
            if (t->outside) emit_outside(e, t);
            else dbt_emit_exit(e, DBT_EXIT_ORACLE, t->pc, t->behind);
            break;
        case TAIL_WORDS:
            x_imm(&e->a, RDX, t->pc);
            x_imm(&e->a, RAX, DBT_EXIT_WORDS);
            x_jump_to(&e->a, CC_ALWAYS, e->c->exit);
            break;
        case TAIL_BUDGET: dbt_emit_exit(e, DBT_EXIT_BUDGET, t->pc, t->behind); break;
        case TAIL_HELP: emit_help(e, t); break;
        case TAIL_NAN: emit_nan(e, t); break;
        case TAIL_REGION_NAN: emit_region_nan(e, t); break;
        }
    }
    e->in_tails = false;
    e->sum.reg = 0;
}
