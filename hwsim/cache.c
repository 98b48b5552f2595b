/* Set-associative write-back, write-allocate caches (their replacement policies are in replace.c), and the way down
   through the levels. Levels are neither inclusive nor exclusive: a line is filled into every level that it passes, and leaves each
   on its own; dirty lines that leave are written to the next level, which allocates them without reading. */
#include "hwsim/mem.h"
#include <stdlib.h>
#include <string.h>

/* ---- one cache ----------------------------------------------------------------------------------------- */

/* The five fields of a cache stand together in config.def, size first. */
_Static_assert(HW_F_l1d_latency_cycles == HW_F_l1d_size_kib + 4, "order of a cache's fields");
_Static_assert(HW_F_l2_line_bytes == HW_F_l2_size_kib + 2, "order of a cache's fields");

void cache_init(HwCache *c, const HwConfig *cfg, int size_field, u64 ticks_per_cycle)
{
    u64 v[5];
    for (int i = 0; i < 5; i++) v[i] = hw_field_int(cfg, &hw_fields[size_field + i]);
    u64 lines = (v[0] << 10) / v[2], sets = lines / v[1];
    ASSERT(sets && !(sets & (sets - 1)) && sets * v[1] * v[2] == v[0] << 10 && v[3] < HW_REPL_COUNT);
    c->ways = c->enabled = (u32)v[1];
    c->shift = (u32)__builtin_ctzll(v[2]);
    c->set_mask = sets - 1;
    c->policy = &hw_policies[v[3]];
    c->latency = v[4] * ticks_per_cycle;
    c->clock = &c->own_clock;
    c->random = hash_u64(cfg->page_seed + 1000 + (u64)size_field) | 1;
    c->tag = xcalloc(lines, sizeof *c->tag);
    c->ready = xcalloc(lines, sizeof *c->ready);
    c->stamp = xcalloc(lines, sizeof *c->stamp);
    c->flags = xcalloc(lines, 1);
    c->tree = xcalloc(sets, sizeof *c->tree);
    memset(c->tag, 0xff, lines * sizeof *c->tag);
}

void cache_free(HwCache *c)
{
    free(c->tag), free(c->ready), free(c->flags), free(c->tree), free(c->settled);
    if (!c->fast_load) free(c->stamp);
}

u64 cache_find(const HwCache *c, u64 line)
{
    u64 first = (line & c->set_mask) * c->ways;
    const u64 *tag = c->tag + first;
    for (u32 w = 0; w < c->enabled; w++)
        if (tag[w] == line) return first + w;
    return NONE;
}

static void forget(HwFastLine *table, u64 line, u64 base)
{
    HwFastLine *l = &table[line % HW_FAST_LINES];
    if (l->base == base) l->base = NONE;
}

static void forget_line(HwCache *c, u64 line)
{
    if (c->fast_load) forget(c->fast_load, line, line << c->shift);
    if (c->fast_store) forget(c->fast_store, line, line << c->shift);
}

void cache_forget_all(HwCache *c)
{
    for (u32 i = 0; i < HW_FAST_LINES; i++) {
        if (c->fast_load) c->fast_load[i].base = NONE;
        if (c->fast_store) c->fast_store[i].base = NONE;
    }
}

void cache_forget_page(HwCache *c, u64 page, u32 page_shift)
{
    u64 first = page << (page_shift - c->shift), lines = 1ull << (page_shift - c->shift);
    if (lines >= HW_FAST_LINES) cache_forget_all(c);
    else for (u64 line = first; line < first + lines; line++) forget_line(c, line);
}

/* The order of the set changes: what the fast path took for its end state is none. */
static void unsettle(HwCache *c, u64 set)
{
    if (!c->settled || c->settled[set] == NONE) return;
    forget_line(c, c->settled[set]);
    c->settled[set] = NONE;
}

void cache_touch(HwCache *c, u64 slot)
{
    ASSERT(c->tag[slot] != NONE);
    u64 set = c->tag[slot] & c->set_mask;
    c->policy->touch(c, set, (u32)(slot % c->ways));
    unsettle(c, set);
}

/* A dirty line leaves the level above for level c. */
static void write_back(HwModel *m, HwCache *c, u64 pa)
{
    if (!c) {
        m->counter[HWC_WRITEBACK]++;
        dram_write(m);
        return;
    }
    u64 line = pa >> c->shift, slot = cache_find(c, line);
    if (slot == NONE) cache_fill(m, c, line, 0, LINE_DIRTY);
    else c->flags[slot] |= LINE_DIRTY;
}

/* Empties a slot; returns whether the line was dirty. */
static bool evict(HwModel *m, HwCache *c, u64 slot)
{
    u64 addr = c->tag[slot] << c->shift;
    bool dirty = c->flags[slot] & LINE_DIRTY;
    forget_line(c, c->tag[slot]);
    c->tag[slot] = NONE;
    c->flags[slot] = 0;
    if (dirty) write_back(m, c->next, c->is_virtual ? page_map(m, addr) : addr);
    return dirty;
}

u64 cache_fill(HwModel *m, HwCache *c, u64 line, u64 ready, u8 flags)
{
    u64 set = line & c->set_mask, first = set * c->ways;
    u32 way = 0;
    while (way < c->enabled && c->tag[first + way] != NONE) way++;
    if (way == c->enabled) {
        way = c->policy->victim(c, set);
        ASSERT(way < c->enabled);
        evict(m, c, first + way);
    }
    u64 slot = first + way;
    c->tag[slot] = line;
    c->ready[slot] = m->timing ? ready : 0;
    c->flags[slot] = flags;
    (c->policy->insert ? c->policy->insert : c->policy->touch)(c, set, way);
    unsettle(c, set);
    return slot;
}

/* ---- the way down -------------------------------------------------------------------------------------- */

u64 cache_fetch(HwModel *m, HwCache *c, u64 pa, const HwRequest *r, u32 *missed)
{
    if (!c) return dram_read(m, r->now);
    u64 line = pa >> c->shift, slot = cache_find(c, line);
    if (r->demand) m->counter[c->access_counter]++;
    if (slot != NONE) {
        cache_touch(c, slot);
        u64 arrives = c->ready[slot] > r->now ? in_flight(m, c->ready[slot] - r->now) : 0;
        return arrives > c->latency ? arrives : c->latency;
    }
    if (r->demand) {
        m->counter[c->miss_counter]++;
        *missed |= c->miss_bit;
    }
    u64 latency = cache_fetch(m, c->next, pa, r, missed);
    cache_fill(m, c, line, r->now + latency, 0);
    return latency;
}

/* ---- ways switched off and on -------------------------------------------------------------------------- */

/* A PLRU tree needs a power of two. */
bool cache_resizable(const HwCache *c, u64 ways)
{
    if (!c->tag) return ways == 0;
    return ways >= 1 && ways <= c->ways && (c->policy != &hw_policies[HW_REPL_PLRU] || !(ways & (ways - 1)));
}

u64 cache_resize(HwModel *m, HwCache *c, u32 ways)
{
    u64 dirty = 0;
    if (!c->tag) return 0;
    for (u64 set = 0; set <= c->set_mask; set++) {
        for (u32 w = ways; w < c->enabled; w++)
            if (c->tag[set * c->ways + w] != NONE) dirty += evict(m, c, set * c->ways + w);
        c->tree[set] = 0;
    }
    cache_forget_all(c);
    c->enabled = ways;
    return dirty;
}
