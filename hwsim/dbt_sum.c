/* Sums that wait. RV64 has no access of base and index: an element's address is an instruction of its own, into a register that nothing else uses. The host's
   accesses take both. So the sum is not computed where it stands but by each access, if what follows in straight line shows that accesses are all that it is used
   for before its register is written again. Who leaves the code in between - by a branch, a fault, at the end of the budget - computes it first
   (DbtTail.sum, DbtSite.sum). Once an operand of the sum has changed that is impossible, so from there on only plain arithmetic may come. */
#include "hwsim/dbt.h"
#include "hwsim/probe.h"
#include "hwsim/yield.h"

#ifdef __x86_64__

int dbt_scale_of(const HwInsn *i)
{
    switch (i->id) {
    case HW_I_ADD: return 0;
    case HW_I_SH1ADD: return 1;
    case HW_I_SH2ADD: return 2;
    case HW_I_SH3ADD: return 3;
    default: return -1;
    }
}

typedef struct Cursor { u32 order, at; } Cursor; /* a block of the region, by its place in the code, and an instruction */

static u32 place_of(const DbtEmit *e, i32 block)
{
    u32 k = 0;
    while (e->order[k] != block) k++;
    return k;
}

/* The instruction that is executed next if no branch is taken; false: others may be, or come here. */
static bool step(const DbtEmit *e, Cursor *c)
{
    c->at++;
    if (!e->region) return c->at < e->n;
    const DbtBlock *b = &e->block[e->order[c->order]];
    if (c->at < b->first + b->n) return true;
    if (c->order + 1 >= e->ordered || b->next != e->order[c->order + 1] || e->block[b->next].joined) return false;
    c->order++;
    c->at = e->block[b->next].first;
    return true;
}

static bool stays_inside(const DbtEmit *e, const DbtInsn *d) { return e->region && dbt_region_block(e, d->pc + (u64)(i64)d->i.imm) >= 0; }

typedef enum Verdict { GOES_ON, DIES, IS_NEEDED } Verdict;

/* What instruction d does with the sum's register; `changed`: an operand of the sum has. */
static Verdict judge(const DbtEmit *e, const DbtInsn *d, u32 reg, bool changed)
{
    DbtOperands o = dbt_operands(&d->i);
    bool uses = o.x_use >> reg & 1, writes = o.x_def >> reg & 1;
    switch (hw_rows[d->i.id].class) {
    case HW_CLASS_ALU: return uses ? IS_NEEDED : writes ? DIES : GOES_ON;
    case HW_CLASS_STORE: return changed || d->i.rs2 == reg ? IS_NEEDED : GOES_ON;
    case HW_CLASS_LOAD: case HW_CLASS_FLOAD: case HW_CLASS_FSTORE: return changed ? IS_NEEDED : writes ? DIES : GOES_ON;
    case HW_CLASS_BRANCH: return changed || uses || (stays_inside(e, d) && dbt_live_after(e, d->pc) >> reg & 1) ? IS_NEEDED : GOES_ON;
    case HW_CLASS_FPS: case HW_CLASS_FPD: return changed || uses ? IS_NEEDED : GOES_ON;
    default: return IS_NEEDED;
    }
}

bool dbt_sum_waits(const DbtEmit *e, const HwInsn *sum)
{
    u32 operands = 1u << sum->rs1 | 1u << sum->rs2;
    if (!dbt_is_plain(e->c) || hw_probing || hw_yield_mask || dbt_scale_of(sum) < 0) return false;
    if (!sum->rd || !sum->rs1 || !sum->rs2 || operands >> sum->rd & 1 || e->sum.reg) return false;
    if (!e->next || e->next->rs1 != sum->rd || !(e->out >> sum->rd & 1)) return false;
    Cursor c = { e->region ? place_of(e, e->current) : 0, e->at };
    for (bool changed = false; step(e, &c);) {
        const DbtInsn *d = &e->insn[c.at];
        Verdict v = judge(e, d, sum->rd, changed);
        if (v == GOES_ON && !(dbt_live_after(e, d->pc) >> sum->rd & 1)) v = DIES;
        if (v != GOES_ON) return v == DIES;
        changed |= (dbt_operands(&d->i).x_def & operands) != 0;
    }
    return false;
}

#endif
