/* Branch prediction: which parts there are (bp.h lists them), and what happens at a control transfer. Directions come
   from the predictor that is chosen; targets from a branch target buffer for direct branches, for indirect jumps from a
   target cache indexed with the path (falling back to the buffer) or ITTAGE, for returns from a return-address stack. The
   value component, where there is one, has the last word on conditional branches and indirect jumps.
   A wrong direction or an indirect target predicted wrong costs the mispredict penalty; a taken direct branch that the
   buffer does not know costs a short bubble, since decoding finds the target. Returns neither read nor fill the buffer.

   The inline path of model_fast.h takes branches only while nothing else must see every one of them: with bimodal or
   gshare, without ITTAGE, without a value component. */
#include "hwsim/mem.h"
#include <stdlib.h>
#include <string.h>

static const HwDirection *const directions[HW_PRED_COUNT] = {
    [HW_PRED_GSHARE] = &bp_gshare, [HW_PRED_BIMODAL] = &bp_bimodal, [HW_PRED_STATIC] = &bp_static,
    [HW_PRED_TOURNAMENT] = &bp_tournament, [HW_PRED_PERCEPTRON] = &bp_perceptron, [HW_PRED_TAGE] = &bp_tage,
    [HW_PRED_PLUGIN] = &bp_plugin,
};

/* ---- set-up -------------------------------------------------------------------------------------------- */

static void init_counters(HwModel *m)
{
    HwFast *f = &m->f;
    u64 n = m->cfg->branch_table_entries;
    f->counter_mask = n - 1;
    f->counter_bits = (u32)__builtin_ctzll(n);
    f->counters = xcalloc(n, 1);
    memset(f->counters, 1, n); /* weakly not taken */
}

static void init_btb(HwModel *m)
{
    const HwConfig *c = m->cfg;
    HwBpred *b = &m->bp;
    b->btb_ways = (u32)c->btb_ways;
    b->btb_set_mask = c->btb_entries / c->btb_ways - 1;
    b->btb_tag = xcalloc(c->btb_entries, sizeof *b->btb_tag);
    memset(b->btb_tag, 0xff, c->btb_entries * sizeof *b->btb_tag);
    m->f.btb_target = xcalloc(c->btb_entries, sizeof *m->f.btb_target);
    m->f.btb_stamp = xcalloc(c->btb_entries, sizeof *m->f.btb_stamp);
}

static void init_indirect(HwModel *m)
{
    const HwConfig *c = m->cfg;
    HwBpred *b = &m->bp;
    u64 indirect = c->branch_indirect_predictor == HW_INDIRECT_CACHE ? c->branch_indirect_entries : 0;
    if (c->branch_indirect_predictor == HW_INDIRECT_ITTAGE) b->ittage = bp_ittage_make(c->branch_indirect_kib << 13);
    b->indirect_mask = indirect ? indirect - 1 : NONE;
    b->indirect_bits = indirect > 1 ? (u32)__builtin_ctzll(indirect) : 1;
    b->path_mask = (1ull << c->branch_indirect_history_bits) - 1;
    b->indirect_tag = xcalloc(indirect + 1, sizeof *b->indirect_tag);
    b->indirect_target = xcalloc(indirect + 1, sizeof *b->indirect_target);
    memset(b->indirect_tag, 0xff, (indirect + 1) * sizeof *b->indirect_tag);
}

/* The value component's bits are part of the budget. */
static void init_value(HwModel *m)
{
    HwBpred *b = &m->bp;
    u64 bits = m->cfg->branch_value_bits;
    b->budget = (m->cfg->branch_budget_kib << 13) - bits;
    if (!bits) return;
    b->hints = bp_hints_make(m);
    b->value = bp_value_make(bits - bp_hints_bits(b->hints));
}

void bpred_init(HwModel *m)
{
    const HwConfig *c = m->cfg;
    HwBpred *b = &m->bp;
    b->history_bits = c->branch_history_bits;
    b->long_history = c->branch_long_history_bits;
    b->mispredict = c->branch_mispredict_cycles * m->width;
    b->btb_miss = c->branch_btb_miss_cycles * m->width;
    init_counters(m);
    init_btb(m);
    init_indirect(m);
    init_value(m);
    m->f.later = b->later, m->f.later_full = b->later + BP_LATER_COUNTS;
    b->ras_entries = (u32)c->ras_entries;
    b->ras = xcalloc(c->ras_entries, sizeof *b->ras);
    bool ok = bpred_choose(m, c->branch_predictor);
    ASSERT(ok);
}

static void drop_state(HwBpred *b)
{
    if (b->state) b->direction->drop(b->state);
    b->state = NULL;
}

void bpred_free(HwModel *m)
{
    drop_state(&m->bp);
    bp_ittage_drop(m->bp.ittage), bp_value_drop(m->bp.value), bp_hints_drop(m->bp.hints);
    free(m->f.counters), free(m->f.btb_target), free(m->f.btb_stamp);
    free(m->bp.btb_tag), free(m->bp.indirect_tag), free(m->bp.indirect_target), free(m->bp.ras);
}

/* Does anything but a counter, time and an observer depend on whether a conditional branch was predicted right? */
static bool matters_at_once(const HwModel *m)
{
    bool sampled = false;
    for (u32 i = 0; i < HW_SAMPLERS; i++) sampled |= m->samplers[i].event == HW_SMP_MISPREDICT;
    return sampled || m->bp.value || m->cfg->branch_wrong_path_lines;
}

/* Out of order, time can wait as long as the log does. */
static bool time_waits(const HwModel *m) { return !m->timing || m->ooo || m->resting; }

void bpred_defer(HwModel *m)
{
    const HwObserver *o = m->observer;
    bool later = !matters_at_once(m), defers = later && !o && time_waits(m) && m->bp.direction->settle;
    bool counts = later && (!o || o->wrong_direction) && !m->timing && m->f.branch_fast, tells = counts && o;
    bpred_settle(m);
    if (defers == m->f.defers && counts == m->f.counts_wrong && tells == m->f.tells_wrong) return;
    m->f.defers = defers, m->f.counts_wrong = counts, m->f.tells_wrong = tells;
    m->f.epoch++;
}

void bpred_apply(HwModel *m)
{
    HwBpred *b = &m->bp;
    m->f.epoch++;
    ASSERT(b->predictor < HW_PRED_COUNT && b->history_bits <= 2 * m->f.counter_bits);
    bool inlined = b->predictor == HW_PRED_GSHARE || b->predictor == HW_PRED_BIMODAL;
    m->f.target_fast = !m->no_fast && !b->value;
    m->f.branch_fast = inlined && m->f.target_fast && !b->ittage;
    m->f.history_mask = b->predictor == HW_PRED_GSHARE ? (1ull << b->history_bits) - 1 : 0;
    bpred_defer(m);
}

/* ---- reconfiguration ----------------------------------------------------------------------------------- */

/* The counters of gshare and bimodal stay; predictors with state of their own begin with nothing. */
bool bpred_choose(HwModel *m, u64 predictor)
{
    HwBpred *b = &m->bp;
    bpred_settle(m);
    if (predictor >= HW_PRED_COUNT || (predictor == HW_PRED_PLUGIN && !hw_plugin(LOAM_PREDICTOR))) return false;
    const HwDirection *d = directions[predictor];
    if (d == &bp_tage && !b->plain && bp_has_quick()) d = bp_has_wide() ? &bp_wide_tage : &bp_quick_tage;
    if (d != b->direction) {
        drop_state(b);
        b->direction = d;
        b->state = d->make ? d->make(m, b->budget) : NULL;
        ASSERT(!b->state || d->bits(m, b->state) <= b->budget);
    }
    b->predictor = (u32)predictor;
    bpred_apply(m);
    return true;
}

bool bpred_set_history(HwModel *m, u64 length)
{
    HwBpred *b = &m->bp;
    bpred_settle(m);
    if (length > (b->direction->longest ? BP_HISTORY_MAX : 2 * m->f.counter_bits) || (!b->direction->longest && length > 32)) return false;
    if (b->direction->longest) {
        b->long_history = length;
        b->direction->longest(b->state, length);
    } else {
        b->history_bits = length;
    }
    bpred_apply(m);
    return true;
}

u64 bpred_history(const HwModel *m)
{
    return m->bp.direction->longest ? m->bp.long_history : m->bp.history_bits;
}

/* ---- storage ------------------------------------------------------------------------------------------- */

u64 hw_bpred_bits(const HwModel *m, HwBpredPart part)
{
    const HwBpred *b = &m->bp;
    u64 stored = 2 * BP_TARGET_BITS; /* a branch and its target */
    switch (part) {
    case HW_BP_DIRECTION: return b->direction->bits(m, b->state);
    case HW_BP_VALUE: return b->value ? bp_value_bits(b->value) + bp_hints_bits(b->hints) : 0;
    case HW_BP_INDIRECT:
        if (b->ittage) return bp_ittage_bits(b->ittage);
        return b->indirect_mask == NONE ? 0 : (b->indirect_mask + 1) * stored + m->cfg->branch_indirect_history_bits;
    case HW_BP_BTB: return m->cfg->btb_entries * stored;
    case HW_BP_RAS: return m->cfg->ras_entries * BP_TARGET_BITS;
    case HW_BP_PARTS: break;
    }
    u64 all = 0;
    for (u32 p = 0; p < HW_BP_PARTS; p++) all += hw_bpred_bits(m, (HwBpredPart)p);
    return all;
}

const char *hw_bpred_part(HwBpredPart part)
{
    static const char *const names[] = { "direction", "value", "indirect", "btb", "ras", "all" };
    ASSERT((u32)part < NELEM(names));
    return names[part];
}

/* ---- directions ---------------------------------------------------------------------------------------- */

/* ITTAGE's part of it: the targets among n keys, whose keys are from now on those of any jump; the numbers of those that were predicted wrong. */
static u64 settle_targets(HwBpred *b, u64 n, u16 *which)
{
    u64 wrong = 0, done = 0;
    for (u64 k = 0; k < n; k++) {
        if (b->later[k] != BP_TARGET_KEY) continue;
        u64 target = b->target[k];
        bp_ittage_branches(b->ittage, b->later + done, k - done);
        done = k;
        if (bp_ittage_resolve(b->ittage, b->pc[k], b->base[k], target) != target) which[wrong++] = (u16)k;
        b->later[k] = bp_jump_key(target);
    }
    bp_ittage_branches(b->ittage, b->later + done, n - done);
    return wrong;
}

/* What was predicted wrong, by number in `later`, ascending. */
typedef struct Late { u64 branches, jumps; u16 branch[BP_LATER], jump[BP_LATER]; } Late;

static void settle(HwModel *m, Late *l)
{
    HwBpred *b = &m->bp;
    u64 n = (u64)(m->f.later - b->later);
    l->branches = l->jumps = 0;
    if (!n) return;
    ASSERT(n <= BP_LATER);
    m->f.later = b->later;
    if (b->ittage) l->jumps = settle_targets(b, n, l->jump);
    l->branches = b->direction->settle(b->state, b->later, n, l->branch);
}

static void count_wrong(HwModel *m, u64 branches, u64 jumps)
{
    m->counter[HWC_MISPREDICT] += branches + jumps;
    m->counter[HWC_COND_MISPREDICT] += branches;
    m->counter[HWC_TARGET_MISPREDICT] += jumps;
}

void bpred_tell(HwModel *m, u64 pc, u64 first, u64 second)
{
    ASSERT(m->f.tells_wrong);
    m->f.wrong++;
    m->observer->wrong_direction(m->observer->ctx, pc, first, second);
}

void bpred_settle(HwModel *m)
{
    Late l;
    settle(m, &l);
    ASSERT(!(l.branches + l.jumps) || !m->timing);
    count_wrong(m, l.branches + m->f.wrong, l.jumps);
    m->f.wrong = 0;
}

u64 bpred_settle_logged(HwModel *m, u64 **wrong)
{
    Late l;
    settle(m, &l);
    u64 n = 0;
    for (u64 b = 0, j = 0; b < l.branches || j < l.jumps;) {
        bool branch = j == l.jumps || (b < l.branches && l.branch[b] < l.jump[j]);
        wrong[n++] = m->bp.place[branch ? l.branch[b++] : l.jump[j++]];
    }
    count_wrong(m, l.branches, l.jumps);
    return n;
}

/* While the engine tells of each branch by itself. */
static bool defers(const HwModel *m) { return m->f.defers && !m->timing; }

static void settle_later(HwModel *m, u64 key)
{
    ASSERT(m->f.defers && m->f.later < m->bp.later + BP_LATER);
    *m->f.later++ = key;
    if (m->f.later >= m->f.later_full && defers(m)) bpred_settle(m);
}

bool bpred_resolve(HwModel *m, u64 pc, u64 target, bool taken)
{
    HwBpred *b = &m->bp;
    bpred_settle(m);
    bool right = b->direction->resolve(b->state, pc, target, taken);
    if (b->ittage) bp_ittage_branch(b->ittage, taken);
    return right;
}

void bpred_jump(HwModel *m, u64 pc, u64 target)
{
    if (m->f.defers) settle_later(m, bp_jump_key(target));
    else m->bp.direction->jump(m->bp.state, pc, target);
}

/* Predicts, learns; returns whether the prediction was right, or may be taken to have been right. */
static bool direction(HwModel *m, u64 pc, bool taken, u64 target)
{
    HwBpred *b = &m->bp;
    if (m->f.branch_fast) { /* counters and nothing else: what the inline path leaves over is worth being quick too */
        u8 *c = hw_direction_counter(&m->f, pc);
        bool right = *c >> 1 == taken;
        *c = hw_two_bit(*c, taken);
        m->f.history = m->f.history << 1 | taken;
        return right;
    }
    if (defers(m) && pc < BP_KEY_END) {
        settle_later(m, bp_branch_key(pc, target <= pc, taken));
        m->f.history = m->f.history << 1 | taken;
        return true;
    }
    if (b->direction->resolve && !b->value) {
        bool right = bpred_resolve(m, pc, target, taken);
        m->f.history = m->f.history << 1 | taken;
        return right;
    }
    bool predicted = b->direction->predict(m, b->state, pc, target);
    if (b->value) predicted = bp_hints_direction(m, pc, predicted, taken);
    b->direction->update(m, b->state, pc, target, taken);
    if (b->ittage) bp_ittage_branch(b->ittage, taken);
    m->f.history = m->f.history << 1 | taken;
    return predicted == taken;
}

/* ---- targets ------------------------------------------------------------------------------------------- */

static u64 btb_find(const HwModel *m, u64 pc)
{
    const HwHint *hint = &m->f.btb_hint[(pc >> 1) % HW_BTB_HINTS];
    if (hint->key == pc) return hint->slot;
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
    f->btb_stamp[slot] = f->clock;
    if (!m->no_fast) f->btb_hint[(pc >> 1) % HW_BTB_HINTS] = (HwHint){ pc, slot };
    return known;
}

/* The target cache: its prediction, or `predicted`; learns. */
static u64 cached_target(HwBpred *b, u64 pc, u64 predicted, u64 target)
{
    u64 path = b->path & b->path_mask;
    u64 i = (pc >> 1 ^ path ^ path >> b->indirect_bits) & b->indirect_mask;
    if (b->indirect_tag[i] == pc) predicted = b->indirect_target[i];
    b->indirect_tag[i] = pc;
    b->indirect_target[i] = target;
    b->path = b->path << 3 ^ target >> 2;
    return predicted;
}

/* Predicts an indirect jump, learns; returns the prediction. */
static u64 indirect(HwModel *m, u64 pc, u64 target)
{
    HwBpred *b = &m->bp;
    u64 predicted = btb_update(m, pc, target);
    if (b->indirect_mask != NONE) predicted = cached_target(b, pc, predicted, target);
    if (b->ittage) {
        bpred_settle(m);
        predicted = bp_ittage_resolve(b->ittage, pc, predicted, target);
    }
    if (b->value) predicted = bp_hints_target(m, pc, predicted, target);
    if (!b->direction->jump) return predicted;
    if (defers(m)) {
        settle_later(m, bp_jump_key(target));
    } else {
        bpred_settle(m);
        b->direction->jump(b->state, pc, target);
    }
    return predicted;
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

/* Fetch went to `wrong` (NONE: it waited for a target) instead of `next`. */
static void mispredicted(HwModel *m, HwCounter why, HwBranchKind kind, u64 pc, u64 next, u64 wrong)
{
    if (UNLIKELY(m->cfg->branch_wrong_path_lines) && wrong != NONE) model_wrong_path(m, wrong);
    m->counter[why]++;
    m->counter[HWC_MISPREDICT]++;
    if (m->bp.hints) {
        bp_hints_squash(m, m->f.branches);
        bp_hints_redirect(m);
    }
    if (m->ooo) ooo_redirect(m, m->bp.mispredict);
    else model_stall(m, m->bp.mispredict);
    if (m->observer && m->observer->mispredict) m->observer->mispredict(m->observer->ctx, kind, pc, next, m->x);
    sampler_mispredict(m, pc, next);
}

static void direct(HwModel *m, u64 pc, u64 target)
{
    if (btb_update(m, pc, target) == target) return;
    if (m->ooo) ooo_stall_front(m, m->bp.btb_miss);
    else model_stall(m, m->bp.btb_miss);
}

static void wrong_direction(HwModel *m, u64 pc, u32 len, bool taken, u64 target)
{
    mispredicted(m, HWC_COND_MISPREDICT, HW_BR_COND, pc, taken ? target : pc + len, taken ? pc + len : target);
}

static void conditional(HwModel *m, u64 pc, u32 len, bool taken, u64 target)
{
    if (direction(m, pc, taken, target)) {
        if (taken) direct(m, pc, target);
        return;
    }
    if (taken) btb_update(m, pc, target);
    wrong_direction(m, pc, len, taken, target);
}

static void transfer(HwModel *m, HwBranchKind kind, u64 pc, u32 len, u64 target)
{
    u64 predicted = target;
    switch (kind) {
    case HW_BR_COND: panic("a conditional branch is no plain transfer");
    case HW_BR_JUMP: case HW_BR_CALL: direct(m, pc, target); break;
    case HW_BR_INDIRECT: case HW_BR_INDIRECT_CALL: predicted = indirect(m, pc, target); break;
    case HW_BR_RETURN: predicted = ras_pop(&m->bp); break;
    }
    if (kind == HW_BR_CALL || kind == HW_BR_INDIRECT_CALL) ras_push(&m->bp, pc + len);
    if (predicted != target) mispredicted(m, HWC_TARGET_MISPREDICT, kind, pc, target, predicted);
}

void hw_branch_wrong(HwModel *m, u64 pc, u32 len, bool taken, u64 target)
{
    ASSERT(m->f.target_fast);
    stall_due(m);
    m->f.branches++;
    m->f.history = m->f.history << 1 | taken;
    if (taken) btb_update(m, pc, target);
    wrong_direction(m, pc, len, taken, target);
}

void hw_branch(HwModel *m, HwBranchKind kind, u64 pc, u32 len, bool taken, u64 target)
{
    stall_due(m);
    m->f.branches++;
    if (UNLIKELY(m->observer && m->observer->branch)) m->observer->branch(m->observer->ctx, kind, pc, m->x);
    if (UNLIKELY(m->followers.len)) follow_branch(m, kind, pc, len, taken, target);
    if (kind == HW_BR_COND) conditional(m, pc, len, taken, target);
    else transfer(m, kind, pc, len, target);
    if (m->bp.hints && kind != HW_BR_JUMP) bp_hints_branch(m);
}

/* ---- hints ---------------------------------------------------------------------------------------------- */

void hw_hint(HwModel *m, u64 pc, u64 value, u64 target)
{
    if (UNLIKELY(m->followers.len)) follow_hint(m, pc, value, target, false);
    stall_due(m);
    m->counter[HWC_HINT_ISSUED]++;
    if (m->bp.hints) bp_hints_add(m, value, target, m->f.branches);
}

void hw_hint_cancel(HwModel *m, u64 target)
{
    if (UNLIKELY(m->followers.len)) follow_hint(m, 0, 0, target, true);
    if (m->bp.hints) bp_hints_cancel(m, target);
}
