/* Reading the counters, and the model's own consistency check. Some counters double as clocks of the fast paths and
   live in HwFast; the rest are in HwModel.counter. */
#include "hwsim/mem.h"

#define C(id, name, unit, text) name,
static const char *const names[] = {
#include "hwsim/counters.def"
};
#undef C
#define C(id, name, unit, text) { unit, text },
static const struct { const char *unit, *text; } meanings[] = {
#include "hwsim/counters.def"
};
#undef C

const char *hw_counter_name(HwCounter c)
{
    ASSERT((u32)c < HWC_COUNT);
    return names[c];
}

const char *hw_counter_unit(HwCounter c)
{
    ASSERT((u32)c < HWC_COUNT);
    return meanings[c].unit;
}

const char *hw_counter_text(HwCounter c)
{
    ASSERT((u32)c < HWC_COUNT);
    return meanings[c].text;
}

u64 hw_counter(const HwModel *m, HwCounter c)
{
    ASSERT((u32)c < HWC_COUNT);
    switch (c) {
    case HWC_CYCLE: return hw_cycle(m);
    case HWC_INSTRET: return m->leader ? m->leader->f.instret : m->f.instret;
    case HWC_L1I_ACCESS: case HWC_ITLB_ACCESS: return m->f.fetches;
    case HWC_L1D_ACCESS: case HWC_DTLB_ACCESS: return m->f.clock - m->f.fetches - m->f.other;
    case HWC_BRANCH: return m->f.branches;
    case HWC_FW_CYCLE: return m->fw_ticks / m->width;
    case HWC_FW_INSTRUCTION: return m->fw_instructions;
    case HWC_L1D_PORT: return m->counter[c] + (m->ooo ? ooo_port_conflicts(m) : 0);
    case HWC_LOAD_STALL: stall_due((HwModel *)m); return (m->counter[c] + ooo_load_stalls(m)) / m->width;
    case HWC_IDLE_CYCLE: case HWC_STOPPED_CYCLE: return m->counter[c] / m->width; /* kept in ticks */
    case HWC_MISPREDICT: case HWC_COND_MISPREDICT: bpred_settle((HwModel *)m); return m->counter[c]; /* nobody can tell that it was not done before */
    default: return m->counter[c];
    }
}

u64 hw_cycle(const HwModel *m)
{
    stall_due((HwModel *)m); /* nobody can tell that it was not done before */
    return model_cycle(m);
}

u64 hw_instret(const HwModel *m)
{
    return m->f.instret;
}

/* ---- invariants ---------------------------------------------------------------------------------------- */

static void at_most(const HwModel *m, HwCounter a, HwCounter b)
{
    if (hw_counter(m, a) > hw_counter(m, b))
        panic("%s = %llu exceeds %s = %llu", names[a], (unsigned long long)hw_counter(m, a), names[b],
              (unsigned long long)hw_counter(m, b));
}

static void equal(u64 a, u64 b, const char *what)
{
    if (a != b) panic("%s: %llu is not %llu", what, (unsigned long long)a, (unsigned long long)b);
}

static void check_counters(const HwModel *m)
{
    const u64 *c = m->counter;
    bpred_settle((HwModel *)m);
    at_most(m, HWC_L1I_MISS, HWC_L1I_ACCESS);
    at_most(m, HWC_L1D_MISS, HWC_L1D_ACCESS);
    at_most(m, HWC_L2_MISS, HWC_L2_ACCESS);
    at_most(m, HWC_LLC_MISS, HWC_LLC_ACCESS);
    at_most(m, HWC_ITLB_MISS, HWC_ITLB_ACCESS);
    at_most(m, HWC_DTLB_MISS, HWC_DTLB_ACCESS);
    at_most(m, HWC_PREFETCH_USEFUL, HWC_PREFETCH_ISSUED);
    at_most(m, HWC_PREFETCH_LATE, HWC_PREFETCH_USEFUL);
    at_most(m, HWC_MISPREDICT, HWC_BRANCH);
    at_most(m, HWC_FW_CYCLE, HWC_CYCLE);
    at_most(m, HWC_LOAD_STALL, HWC_CYCLE);
    at_most(m, HWC_HINT_CORRECT, HWC_HINT_USED);
    at_most(m, HWC_DIGEST_CORRECT, HWC_DIGEST_USED);
    if (c[HWC_HINT_LATE] + c[HWC_HINT_LOST] + c[HWC_HINT_USED] > c[HWC_HINT_ISSUED]) panic("more became of hints than were made");
    if (c[HWC_VALUE_GAINED] > c[HWC_HINT_CORRECT] + c[HWC_DIGEST_CORRECT]) panic("the value component gained more than it got right");
    equal(c[HWC_MISPREDICT], c[HWC_COND_MISPREDICT] + c[HWC_TARGET_MISPREDICT], "mispredicts by kind");
    for (const HwCache *l = m->unified; l && l->next && l->next->access_counter >= 0; l = l->next)
        equal(c[l->next->access_counter], c[l->miss_counter], "what a level misses reaches the next");
    u64 l1_misses = c[HWC_L1I_MISS] + c[HWC_L1D_MISS];
    if (m->unified && m->unified->access_counter >= 0 && c[m->unified->access_counter] < l1_misses) panic("L1 misses that reached no further level");
    if (c[HWC_STLB_MISS] > c[HWC_ITLB_MISS] + c[HWC_DTLB_MISS]) panic("more page walks than TLB misses");
}

static void check_services(const HwModel *m)
{
    u64 ticks = 0, instructions = 0;
    for (size_t i = 0; i < m->services.len; i++)
        ticks += m->services.data[i].ticks, instructions += m->services.data[i].instructions;
    equal(ticks, m->fw_ticks, "firmware ticks by service");
    equal(instructions, m->fw_instructions, "firmware instructions by service");
    if (ticks > m->f.extra) panic("firmware took more than all time besides the program's instructions");
}

static void check_sectors(const HwCache *c, u64 slot, const char *name)
{
    if (!c->valid) return;
    if (!c->valid[slot]) panic("%s: a line without sectors", name);
    if (c->dirty[slot] & ~c->valid[slot]) panic("%s: a changed sector that is not there", name);
    if (!c->dirty[slot] != !(c->flags[slot] & LINE_DIRTY)) panic("%s: a line and its sectors differ in whether they were changed", name);
}

/* Lines sit in their sets, once each, and only in enabled ways. */
static void check_cache(const HwCache *c, const char *name)
{
    for (u64 set = 0; c->tag && set <= c->set_mask; set++) {
        const u64 *tag = c->tag + set * c->ways;
        u32 filled = 0;
        for (u32 w = 0; w < c->ways; w++) {
            filled += tag[w] != NONE;
            if (tag[w] == NONE) {
                if (c->flags[set * c->ways + w]) panic("%s: flags on an empty slot", name);
                continue;
            }
            if (w >= c->enabled) panic("%s: a line in a way that is switched off", name);
            if (cache_set(c, tag[w]) != set) panic("%s: a line in the wrong set", name);
            check_sectors(c, set * c->ways + w, name);
            for (u32 v = 0; v < w; v++)
                if (tag[v] == tag[w]) panic("%s: the same line twice", name);
        }
        if (filled != c->filled[set]) panic("%s: a set with other lines than were counted", name);
    }
}

/* An inclusive level has every line of `above`. */
static void check_included(const HwModel *m, const HwCache *c, const HwCache *above)
{
    for (u64 slot = 0; slot < (above->set_mask + 1) * above->ways; slot++) {
        if (above->tag[slot] == NONE) continue;
        u64 addr = above->tag[slot] << above->shift, pa = above->is_virtual ? page_map(m, addr) : addr;
        if (cache_find(c, pa >> c->shift) == NONE) panic("a line of a level above is not in the inclusive level");
    }
}

static void check_inclusion(const HwModel *m, const HwCache *c)
{
    check_included(m, c, &m->l1i);
    check_included(m, c, &m->l1d);
    if (m->l1d.victims) check_included(m, c, m->l1d.victims);
    for (const HwCache *u = m->unified; u != c; u = u->next) check_included(m, c, u);
}

/* What the fast path takes for a hit is one. */
static void check_fast_line(const HwModel *m, const HwCache *c, const HwTlb *t, u64 k, const char *name)
{
    u64 slot = cache_find(c, c->fast_load[k] >> c->shift), page = c->fast_load[k] >> m->f.page_shift;
    const HwFastPlace *place = &c->fast_place[k];
    if (slot == NONE) panic("%s: the fast path knows a line that is not there", name);
    if (c->flags[slot] & LINE_PREFETCHED) panic("%s: the fast path hides the first use of a prefetched line", name);
    if (c->valid ? !cache_whole(c, slot, model_now(m) + c->latency, false) : c->ready[slot] > model_now(m) + c->latency) panic("%s: the fast path takes a line in flight", name);
    if (place->line != (c->settled ? &c->nothing : &c->stamp[slot])) panic("%s: the fast path stamps the wrong line", name);
    if (t->tag[place->page - t->stamp] != page) panic("%s: the fast path stamps the wrong page", name);
    if (!c->fast_store || c->fast_store[k] == NONE) return;
    if (c->fast_store[k] != c->fast_load[k]) panic("%s: the fast path stores to another line than it loads", name);
    if (!(c->flags[slot] & LINE_DIRTY) || !cache_whole(c, slot, NONE, true)) panic("%s: fast stores to a clean line", name);
}

static void check_fast(const HwModel *m, const HwCache *c, const HwTlb *t, const char *name)
{
    for (u64 k = 0; k < HW_FAST_LINES; k++) {
        if (c->fast_load[k] != NONE) check_fast_line(m, c, t, k, name);
        else if (c->fast_store && c->fast_store[k] != NONE) panic("%s: the fast path stores to a line that it cannot load", name);
    }
}

static void check_hints(const HwTlb *t, const char *name)
{
    for (u64 i = 0; t->hint && i < HW_HINTS; i++)
        if (t->hint[i].key != NONE && t->tag[t->hint[i].slot] != t->hint[i].key) panic("%s: a stale hint", name);
}

void hw_model_check(const HwModel *m)
{
    check_counters(m);
    check_services(m);
    check_cache(&m->l1i, "l1i");
    check_cache(&m->l1d, "l1d");
    check_cache(&m->l2, "l2");
    check_cache(&m->l3, "l3");
    check_cache(&m->l4, "l4");
    check_cache(&m->llc, "llc");
    for (const HwCache *c = m->unified; c; c = c->next)
        if (c->inclusive) check_inclusion(m, c);
    check_fast(m, &m->l1i, &m->itlb, "l1i");
    check_fast(m, &m->l1d, &m->dtlb, "l1d");
    check_hints(&m->itlb, "itlb");
    check_hints(&m->dtlb, "dtlb");
    for (u64 i = 0; i < HW_BTB_HINTS; i++)
        if (m->f.btb_hint[i].key != NONE && m->bp.btb_tag[m->f.btb_hint[i].slot] != m->f.btb_hint[i].key)
            panic("btb: a stale hint");
}
