/* Branch prediction. Directions: two-bit counters indexed by address (bimodal) or by address xor folded global history
   (gshare), or static. Targets: a branch target buffer for direct branches, a target cache indexed with the path for
   indirect jumps (falling back to the buffer), a return-address stack.
   A wrong direction or an indirect target predicted wrong costs the mispredict penalty; a taken direct branch that the
   buffer does not know costs a short bubble, since decoding finds the target. Returns neither read nor fill the buffer. */
#include "hwsim/mem.h"
#include <stdlib.h>
#include <string.h>

/* ---- set-up -------------------------------------------------------------------------------------------- */

void bpred_init(HwModel *m)
{
    const HwConfig *c = m->cfg;
    HwBpred *b = &m->bp;
    HwFast *f = &m->f;
    b->predictor = c->branch_predictor;
    b->history_bits = c->branch_history_bits;
    b->mispredict = c->branch_mispredict_cycles * m->width;
    b->btb_miss = c->branch_btb_miss_cycles * m->width;
    f->counter_mask = c->branch_table_entries - 1;
    f->counter_bits = (u32)__builtin_ctzll(c->branch_table_entries);
    f->counters = xcalloc(c->branch_table_entries, 1);
    memset(f->counters, 1, c->branch_table_entries); /* weakly not taken */
    b->btb_ways = (u32)c->btb_ways;
    b->btb_set_mask = c->btb_entries / c->btb_ways - 1;
    b->btb_tag = xcalloc(c->btb_entries, sizeof *b->btb_tag);
    memset(b->btb_tag, 0xff, c->btb_entries * sizeof *b->btb_tag);
    f->btb_target = xcalloc(c->btb_entries, sizeof *f->btb_target);
    f->btb_stamp = xcalloc(c->btb_entries, sizeof *f->btb_stamp);
    u64 indirect = c->branch_indirect_entries;
    b->indirect_mask = indirect ? indirect - 1 : NONE;
    b->indirect_bits = indirect > 1 ? (u32)__builtin_ctzll(indirect) : 1;
    b->path_mask = (1ull << c->branch_indirect_history_bits) - 1;
    b->indirect_tag = xcalloc(indirect + 1, sizeof *b->indirect_tag);
    b->indirect_target = xcalloc(indirect + 1, sizeof *b->indirect_target);
    memset(b->indirect_tag, 0xff, (indirect + 1) * sizeof *b->indirect_tag);
    b->ras_entries = (u32)c->ras_entries;
    b->ras = xcalloc(c->ras_entries, sizeof *b->ras);
    bpred_apply(m);
}

void bpred_free(HwModel *m)
{
    free(m->f.counters), free(m->f.btb_target), free(m->f.btb_stamp);
    free(m->bp.btb_tag), free(m->bp.indirect_tag), free(m->bp.indirect_target), free(m->bp.ras);
}

void bpred_apply(HwModel *m)
{
    ASSERT(m->bp.predictor < HW_PRED_COUNT && m->bp.history_bits <= 2 * m->f.counter_bits);
    m->f.branch_fast = !m->no_fast && m->bp.predictor != HW_PRED_STATIC;
    m->f.history_mask = m->bp.predictor == HW_PRED_GSHARE ? (1ull << m->bp.history_bits) - 1 : 0;
}

/* ---- directions ---------------------------------------------------------------------------------------- */

/* Predicts, learns; returns whether the prediction was right. */
static bool direction(HwModel *m, u64 pc, bool taken, u64 target)
{
    HwFast *f = &m->f;
    bool predicted;
    if (m->bp.predictor == HW_PRED_STATIC) {
        predicted = target <= pc;
    } else {
        u8 *c = hw_direction_counter(f, pc);
        predicted = *c >> 1;
        *c = hw_two_bit(*c, taken);
    }
    f->history = f->history << 1 | taken;
    return predicted == taken;
}

/* ---- targets ------------------------------------------------------------------------------------------- */

static u64 btb_find(const HwModel *m, u64 pc)
{
    u64 first = (pc >> 1 & m->bp.btb_set_mask) * m->bp.btb_ways;
    for (u32 w = 0; w < m->bp.btb_ways; w++)
        if (m->bp.btb_tag[first + w] == pc) return first + w;
    return NONE;
}

static u64 btb_victim(const HwModel *m, u64 pc)
{
    u64 slot = (pc >> 1 & m->bp.btb_set_mask) * m->bp.btb_ways, first = slot;
    for (u32 w = 1; w < m->bp.btb_ways; w++)
        if (m->f.btb_stamp[first + w] < m->f.btb_stamp[slot]) slot = first + w;
    return slot;
}

/* Looks a taken branch up and enters it; returns the target that the buffer had, or NONE. */
static u64 btb_update(HwModel *m, u64 pc, u64 target)
{
    HwFast *f = &m->f;
    u64 slot = btb_find(m, pc), known = NONE;
    if (slot != NONE) {
        known = f->btb_target[slot];
    } else {
        slot = btb_victim(m, pc);
        u64 old = m->bp.btb_tag[slot];
        HwHint *hint = &f->btb_hint[(old >> 1) % HW_BTB_HINTS];
        if (old != NONE && hint->key == old) hint->key = NONE;
        m->bp.btb_tag[slot] = pc;
    }
    f->btb_target[slot] = target;
    f->btb_stamp[slot] = f->branches;
    if (!m->no_fast) f->btb_hint[(pc >> 1) % HW_BTB_HINTS] = (HwHint){ pc, slot };
    return known;
}

/* Predicts an indirect jump, learns; returns whether the prediction was right. */
static bool indirect(HwModel *m, u64 pc, u64 target)
{
    HwBpred *b = &m->bp;
    u64 predicted = btb_update(m, pc, target);
    if (b->indirect_mask != NONE) {
        u64 path = b->path & b->path_mask;
        u64 i = (pc >> 1 ^ path ^ path >> b->indirect_bits) & b->indirect_mask;
        if (b->indirect_tag[i] == pc) predicted = b->indirect_target[i];
        b->indirect_tag[i] = pc;
        b->indirect_target[i] = target;
        b->path = b->path << 3 ^ target >> 2;
    }
    return predicted == target;
}

/* The stack is a ring: a call too many overwrites the oldest return address. */
static void ras_push(HwBpred *b, u64 address)
{
    b->ras_top = (b->ras_top + 1) % b->ras_entries;
    b->ras[b->ras_top] = address;
    if (b->ras_depth < b->ras_entries) b->ras_depth++;
}

static u64 ras_pop(HwBpred *b)
{
    if (!b->ras_depth) return NONE;
    u64 address = b->ras[b->ras_top];
    b->ras_top = (b->ras_top + b->ras_entries - 1) % b->ras_entries;
    b->ras_depth--;
    return address;
}

/* ---- a branch ------------------------------------------------------------------------------------------ */

static void mispredicted(HwModel *m, HwCounter why, HwBranchKind kind, u64 pc, u64 next)
{
    m->counter[why]++;
    m->counter[HWC_MISPREDICT]++;
    model_stall(m, m->bp.mispredict);
    if (m->observer && m->observer->mispredict) m->observer->mispredict(m->observer->ctx, kind, pc, next, m->x);
    sampler_mispredict(m, pc, next);
}

static void direct(HwModel *m, u64 pc, u64 target)
{
    if (btb_update(m, pc, target) != target) model_stall(m, m->bp.btb_miss);
}

static void conditional(HwModel *m, u64 pc, u32 len, bool taken, u64 target)
{
    if (direction(m, pc, taken, target)) {
        if (taken) direct(m, pc, target);
        return;
    }
    if (taken) btb_update(m, pc, target);
    mispredicted(m, HWC_COND_MISPREDICT, HW_BR_COND, pc, taken ? target : pc + len);
}

void hw_branch(HwModel *m, HwBranchKind kind, u64 pc, u32 len, bool taken, u64 target)
{
    bool right = true;
    m->f.branches++;
    switch (kind) {
    case HW_BR_COND: conditional(m, pc, len, taken, target); return;
    case HW_BR_JUMP: case HW_BR_CALL: direct(m, pc, target); break;
    case HW_BR_INDIRECT: case HW_BR_INDIRECT_CALL: right = indirect(m, pc, target); break;
    case HW_BR_RETURN: right = ras_pop(&m->bp) == target; break;
    }
    if (kind == HW_BR_CALL || kind == HW_BR_INDIRECT_CALL) ras_push(&m->bp, pc + len);
    if (!right) mispredicted(m, HWC_TARGET_MISPREDICT, kind, pc, target);
}
