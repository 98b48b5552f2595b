/* Set-associative caches (their replacement policies are in replace.c), and the way down through the levels.

   A line is filled into every level that it passes on its way up, and leaves each on its own; a dirty line that leaves is written to
   the next level, which allocates it without reading. That is what "neither" inclusive nor exclusive means. An inclusive level takes
   a line that it evicts out of all levels above as well (their copy's changes go down with it). An exclusive level gives a line away
   when it moves up, is not filled on the way, and takes in all that the level above evicts, clean lines too; page-table entries,
   which the walker reads from the first level behind L1, stay in that level even if it is exclusive.

   In a sectored cache the tag is the line's, and sectors come, change and are written back one by one. Whoever fills a line in whole
   (prefetchers, cache_fill) makes all of them valid.

   A last level may be cut into slices, by a hash of the line; a request takes so much longer as its line's slice is away from the core.

   A level that writes through never has dirty lines. L1D may have a buffer of victims, whose lines come back when they are asked for. */
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
    c->shift = c->unit_shift = (u32)__builtin_ctzll(v[2]);
    c->set_mask = sets - 1;
    c->policy = v[3] == HW_REPL_PLUGIN ? &plugin_policy : &hw_policies[v[3]];
    c->latency = v[4] * ticks_per_cycle;
    c->clock = &c->own_clock;
    c->random = hash_u64(cfg->page_seed + hash_bytes(hw_fields[size_field].path, strlen(hw_fields[size_field].path))) | 1;
    c->tag = xcalloc(lines, sizeof *c->tag);
    c->ready = xcalloc(lines, sizeof *c->ready);
    c->stamp = xcalloc(lines, sizeof *c->stamp);
    c->flags = xcalloc(lines, 1);
    c->tree = xcalloc(sets, sizeof *c->tree);
    c->filled = xcalloc(sets, sizeof *c->filled);
    memset(c->tag, 0xff, lines * sizeof *c->tag);
}

void cache_init_buffer(HwCache *c, u64 lines, u32 line_shift)
{
    c->ways = c->enabled = (u32)lines;
    c->shift = c->unit_shift = line_shift;
    c->policy = &hw_policies[HW_REPL_LRU];
    c->clock = &c->own_clock;
    c->tag = xcalloc(lines, sizeof *c->tag);
    c->ready = xcalloc(lines, sizeof *c->ready);
    c->stamp = xcalloc(lines, sizeof *c->stamp);
    c->flags = xcalloc(lines, 1);
    c->filled = xcalloc(1, sizeof *c->filled);
    memset(c->tag, 0xff, lines * sizeof *c->tag);
}

void cache_free(HwCache *c)
{
    shadow_free(c->shadow);
    plugin_cache_free(c);
    free(c->mshrs), free(c->ports), free(c->valid), free(c->dirty);
    free(c->tag), free(c->ready), free(c->flags), free(c->tree), free(c->filled), free(c->settled);
    free(c->stamp), free(c->fast_place);
}

void cache_init_sectors(HwCache *c, u64 bytes)
{
    u64 lines = (c->set_mask + 1) * c->ways;
    if (!bytes) return;
    c->unit_shift = (u32)__builtin_ctzll(bytes);
    ASSERT(cache_sectors(c) > 1 && cache_sectors(c) <= 16);
    c->valid = xcalloc(lines, sizeof *c->valid);
    c->dirty = xcalloc(lines, sizeof *c->dirty);
    free(c->ready);
    c->ready = xcalloc(lines * cache_sectors(c), sizeof *c->ready);
}

static u16 all_sectors(const HwCache *c) { return (u16)((1u << cache_sectors(c)) - 1); }

bool cache_whole(const HwCache *c, u64 slot, u64 now, bool dirty)
{
    u32 n = cache_sectors(c);
    if (LIKELY(!c->valid)) return true;
    if ((dirty ? c->dirty : c->valid)[slot] != all_sectors(c)) return false;
    for (u32 i = 0; i < n; i++)
        if (c->ready[slot * n + i] > now) return false;
    return true;
}

/* ---- what the fast paths know ----------------------------------------------------------------------------- */

/* Entries that lines of c may have. */
static u64 fast_entries(const HwCache *c) { return HW_FAST_SPAN >> c->shift; }

/* The entry that stands for `line`, or NONE. */
static u64 fast_entry(const HwCache *c, u64 line)
{
    u64 k = line & (fast_entries(c) - 1);
    return c->fast_load && c->fast_load[k] == line << c->shift ? k : NONE;
}

/* Line and page get the stamp that the fast path has made. */
static void stamp_entry(HwCache *c, u64 k)
{
    u64 stamp = c->fast_stamp[k];
    HwFastPlace *p = &c->fast_place[k];
    if (stamp > *p->line) *p->line = stamp;
    if (stamp > *p->page) *p->page = stamp;
}

static void forget_entry(HwCache *c, u64 k)
{
    if (c->fast_load[k] == NONE) return;
    stamp_entry(c, k);
    c->fast_load[k] = NONE;
    if (c->fast_store) c->fast_store[k] = NONE;
}

void cache_know_line(HwCache *c, u64 line, bool store, HwFastPlace place)
{
    u64 k = line & (fast_entries(c) - 1);
    forget_entry(c, k);
    c->fast_load[k] = line << c->shift;
    if (store) c->fast_store[k] = line << c->shift;
    c->fast_stamp[k] = 0;
    c->fast_place[k] = place;
}

void cache_forget_line(HwCache *c, u64 line)
{
    u64 k = fast_entry(c, line);
    if (k != NONE) forget_entry(c, k);
}

void cache_forget_all(HwCache *c)
{
    for (u64 k = 0; c->fast_load && k < fast_entries(c); k++) forget_entry(c, k);
}

/* The lines in one part of a page; a small page's parts begin anywhere. */
typedef struct Part { u64 first, lines; } Part;
static Part part_of_page(const HwCache *c, u64 page, u32 page_shift, u32 part)
{
    u64 lines = 1ull << (page_shift - c->shift), of_part = lines > PAGE_PARTS ? lines / PAGE_PARTS : 1;
    return (Part){ (page << (page_shift - c->shift)) + (part * of_part & (lines - 1)), of_part };
}

void cache_forget_page(HwCache *c, u64 page, u32 page_shift, u64 parts)
{
    if (parts && 1ull << page_shift >= HW_FAST_SPAN) {
        cache_forget_all(c);
        return;
    }
    for (; parts; parts &= parts - 1) {
        Part p = part_of_page(c, page, page_shift, (u32)__builtin_ctzll(parts));
        for (u64 i = 0; i < p.lines; i++) cache_forget_line(c, p.first + i);
    }
}

u64 cache_stamp_page(HwCache *c, u64 page, u32 page_shift, u64 parts)
{
    u64 known = 0;
    if (parts && 1ull << page_shift >= HW_FAST_SPAN) {
        for (u64 k = 0; k < fast_entries(c); k++)
            if (c->fast_load[k] != NONE) stamp_entry(c, k);
        return parts;
    }
    for (; parts; parts &= parts - 1) {
        Part p = part_of_page(c, page, page_shift, (u32)__builtin_ctzll(parts));
        for (u64 i = 0; i < p.lines; i++) {
            u64 k = fast_entry(c, p.first + i);
            if (k == NONE) continue;
            stamp_entry(c, k);
            known |= parts & -parts;
        }
    }
    return known;
}

/* The victim of a full set. Lines have been used at their stamp or, by the fast path, later: the oldest by its stamp is the oldest if the fast path has no later one. */
static u32 oldest(HwCache *c, u64 set)
{
    for (;;) {
        u32 way = c->policy->victim(c, set);
        u64 slot = set * c->ways + way, k = fast_entry(c, c->tag[slot]);
        if (k == NONE || c->fast_stamp[k] <= c->stamp[slot]) return way;
        c->stamp[slot] = c->fast_stamp[k];
    }
}

/* The order of the set changes: what the fast path took for its end state is none. */
static void unsettle(HwCache *c, u64 set)
{
    if (!c->settled || c->settled[set] == NONE) return;
    cache_forget_line(c, c->settled[set]);
    c->settled[set] = NONE;
}

void cache_touch(HwCache *c, u64 slot)
{
    ASSERT(c->tag[slot] != NONE);
    u64 set = cache_set(c, c->tag[slot]);
    c->policy->touch(c, set, (u32)(slot - set * c->ways));
    unsettle(c, set);
}

u8 cache_carried(HwModel *m)
{
    u8 flags = m->carried;
    m->carried = 0;
    return flags;
}

/* What comes from above is all of a sector, or as good as that. */
static void write_here(HwCache *c, u64 slot, u64 pa)
{
    cache_change(c, slot, pa);
    if (LIKELY(!c->valid) || cache_has(c, slot, pa)) return;
    c->valid[slot] |= (u16)(1u << cache_sector(c, pa));
    *cache_ready(c, slot, pa) = 0;
}

void cache_write(HwModel *m, HwCache *c, u64 pa)
{
    if (!c) {
        m->counter[HWC_WRITEBACK]++;
        dram_write(m, pa);
        return;
    }
    if (UNLIKELY(c->gate)) {
        coherence_write(m, pa);
        return;
    }
    u64 line = pa >> c->shift, slot = cache_find(c, line);
    if (UNLIKELY(c->ports != NULL)) ports_take(c->ports, cache_slice(c, line), model_now(m));
    if (c->through) cache_write(m, c->next, pa);
    else if (slot == NONE) cache_ask(c, line, NULL), cache_bring(m, c, pa, 0, LINE_DIRTY);
    else write_here(c, slot, pa);
}

/* Empties a slot; returns the line's flags. */
static u8 drop(HwCache *c, u64 slot)
{
    u8 flags = c->flags[slot];
    cache_forget_line(c, c->tag[slot]);
    c->filled[cache_set(c, c->tag[slot])]--;
    c->tag[slot] = NONE;
    c->flags[slot] = 0;
    if (UNLIKELY(c->valid != NULL)) c->valid[slot] = c->dirty[slot] = 0;
    return flags;
}

/* Takes what `above` has of the `bytes` at pa out of it; returns LINE_DIRTY if any of it was. */
static u8 take_from(HwModel *m, HwCache *above, u64 pa, u64 bytes)
{
    u8 flags = 0;
    u64 addr = above->is_virtual ? page_unmap(m, pa) : pa;
    for (u64 at = addr; at < addr + bytes; at += 1ull << above->shift) {
        u64 slot = cache_find(above, at >> above->shift);
        if (slot == NONE) continue;
        m->counter[HWC_BACK_INVALIDATED]++;
        flags |= drop(above, slot);
    }
    if (above->victims) flags |= take_from(m, above->victims, pa, bytes);
    return flags & LINE_DIRTY;
}

/* The inclusive level c, or a shared one behind it, loses the line at pa. */
static u8 take_from_above(HwModel *m, const HwCache *c, u64 pa)
{
    u64 bytes = 1ull << c->shift;
    u8 flags = 0;
    if (pa < 1ull << ADDRESS_BITS) flags = take_from(m, &m->l1i, pa, bytes) | take_from(m, &m->l1d, pa, bytes); /* not page tables */
    for (HwCache *u = m->unified; u != c && !u->gate; u = u->next) flags |= take_from(m, u, pa, bytes);
    return flags;
}

static u8 back_invalidate(HwModel *m, const HwCache *c, u64 pa)
{
    if (LIKELY(!c->shared)) return take_from_above(m, c, pa);
    const HwSystem *s = m->system;
    u8 flags = 0;
    for (u32 i = 0; i < s->cores; i++) flags |= take_from_above(s->core[i], c, pa);
    for (HwCache *u = s->node[system_home(m, pa)].shared; u != c; u = u->next) flags |= take_from(m, u, pa, 1ull << c->shift);
    return flags;
}

/* What `above` has of the line at pa: drops it, or leaves it unchanged. */
static u8 settle_line(HwModel *m, HwCache *c, u64 pa, bool take)
{
    u64 line = (c->is_virtual ? page_unmap(m, pa) : pa) >> c->shift, slot = c->tag ? cache_find(c, line) : NONE;
    u8 flags = c->victims ? settle_line(m, c->victims, pa, take) : 0;
    if (slot == NONE) return flags;
    flags |= LINE_HELD | (c->flags[slot] & LINE_DIRTY);
    if (take) {
        drop(c, slot);
    } else {
        c->flags[slot] &= (u8)~LINE_DIRTY;
        cache_forget_line(c, line);
    }
    return flags;
}

static u8 settle_lines(HwModel *m, u64 pa, bool take)
{
    u8 flags = settle_line(m, &m->l1i, pa, take) | settle_line(m, &m->l1d, pa, take);
    for (HwCache *u = m->unified; !u->gate; u = u->next) flags |= settle_line(m, u, pa, take);
    return flags;
}

u8 cache_take_line(HwModel *m, u64 pa) { return settle_lines(m, pa, true); }
u8 cache_clean_line(HwModel *m, u64 pa) { return settle_lines(m, pa, false); }

/* Writes the line of c at pa to `next`, sector by sector if it has some: those in `sectors`. */
static void write_line(HwModel *m, const HwCache *c, HwCache *next, u64 pa, u16 sectors)
{
    if (LIKELY(!c->valid)) cache_write(m, next, pa);
    for (u32 rest = sectors; rest; rest &= rest - 1) cache_write(m, next, pa + ((u64)__builtin_ctz(rest) << c->unit_shift));
}

u64 cache_take_page(HwModel *m, HwCache *c, u64 pa, u64 bytes)
{
    u64 lines = 0;
    for (u64 at = pa; at < pa + bytes; at += 1ull << c->shift) {
        u64 slot = cache_find(c, at >> c->shift);
        if (slot == NONE) continue;
        lines++;
        u16 sectors = c->dirty ? c->dirty[slot] : 0;
        if (drop(c, slot) & LINE_DIRTY) write_line(m, c, NULL, at, sectors);
    }
    return lines;
}

/* A line has left c: down it goes, if it is dirty or the next level lives on what this one evicts. */
static void pass_down(HwModel *m, HwCache *c, u64 pa, bool dirty, u16 sectors)
{
    HwCache *next = c->next;
    if (dirty) write_line(m, c, next, pa, sectors);
    else if (next && next->exclusive && cache_find(next, pa >> next->shift) == NONE)
        cache_ask(next, pa >> next->shift, NULL), cache_fill(m, next, pa >> next->shift, 0, 0);
}

/* Empties a slot; returns whether the line was dirty. */
static bool evict(HwModel *m, HwCache *c, u64 slot)
{
    u64 line = c->tag[slot];
    u16 sectors = c->dirty ? c->dirty[slot] : 0;
    u8 flags = drop(c, slot);
    if (c->victims) {
        cache_fill(m, c->victims, line, c->ready[slot], flags & (LINE_DIRTY | LINE_CONTESTED));
        return flags & LINE_DIRTY;
    }
    if (!(flags & LINE_DIRTY) && !c->inclusive && !(c->next && c->next->exclusive)) return false;
    u64 addr = line << c->shift, pa = c->is_virtual ? page_map(m, addr) : addr;
    if (c->inclusive) flags |= back_invalidate(m, c, pa);
    pass_down(m, c, pa, flags & LINE_DIRTY, sectors);
    return flags & LINE_DIRTY;
}

static void fill_sectors(const HwModel *m, HwCache *c, u64 slot, u64 ready)
{
    u32 n = cache_sectors(c);
    c->valid[slot] = all_sectors(c);
    c->dirty[slot] = c->flags[slot] & LINE_DIRTY ? c->valid[slot] : 0;
    for (u32 i = 0; i < n; i++) c->ready[slot * n + i] = m->timing ? ready : 0;
}

u64 cache_fill(HwModel *m, HwCache *c, u64 line, u64 ready, u8 flags)
{
    u64 set = cache_set(c, line), first = set * c->ways;
    u32 way = 0;
    if (LIKELY(c->filled[set] == c->enabled)) {
        way = c->policy == &hw_policies[HW_REPL_LRU] ? oldest(c, set) : c->policy->victim(c, set);
        ASSERT(way < c->enabled);
        evict(m, c, first + way);
    } else {
        while (c->tag[first + way] != NONE) way++;
    }
    u64 slot = first + way;
    if (c->through && flags & LINE_DIRTY) { /* brought along from an exclusive level */
        cache_write(m, c->next, (c->is_virtual ? page_map(m, line << c->shift) : line << c->shift));
        flags &= (u8)~LINE_DIRTY;
    }
    c->tag[slot] = line;
    c->filled[set]++;
    c->flags[slot] = m->timing && ready ? flags | LINE_COMING : flags;
    if (LIKELY(!c->valid)) c->ready[slot] = m->timing ? ready : 0;
    else fill_sectors(m, c, slot, ready);
    (c->policy->insert ? c->policy->insert : c->policy->touch)(c, set, way);
    unsettle(c, set);
    return slot;
}

u64 cache_bring(HwModel *m, HwCache *c, u64 addr, u64 ready, u8 flags)
{
    u64 line = addr >> c->shift, slot;
    if (LIKELY(!c->valid)) return cache_fill(m, c, line, ready, flags);
    slot = cache_find(c, line); /* the way down may have taken it away */
    if (slot == NONE) {
        slot = cache_fill(m, c, line, 0, flags);
        c->valid[slot] = c->dirty[slot] = 0;
    } else {
        cache_touch(c, slot);
    }
    c->valid[slot] |= (u16)(1u << cache_sector(c, addr));
    if (flags & LINE_DIRTY) cache_change(c, slot, addr);
    c->flags[slot] |= LINE_COMING;
    *cache_ready(c, slot, addr) = m->timing ? ready : 0;
    return slot;
}

u64 cache_recall(HwModel *m, HwCache *c, u64 line)
{
    HwCache *v = c->victims;
    u64 slot = cache_find(v, line);
    if (slot == NONE) return NONE;
    u64 ready = v->ready[slot];
    m->counter[HWC_VICTIM_HIT]++;
    return cache_fill(m, c, line, ready, drop(v, slot));
}

/* ---- the way down -------------------------------------------------------------------------------------- */

u64 cache_miss(HwModel *m, HwCache *c, u64 pa, const HwRequest *r, u32 *missed)
{
    if (LIKELY(!c->mshrs)) return cache_fetch(m, c->next, pa, r, missed);
    HwRequest late = *r;
    late.now = mshrs_start(c->mshrs, r->now);
    u64 latency = cache_fetch(m, c->next, pa, &late, missed);
    mshrs_take(c->mshrs, late.now, late.now + latency);
    return late.now - r->now + latency;
}

u64 cache_miss_line(HwModel *m, HwCache *c, u64 pa, const HwRequest *r, u32 *missed)
{
    u64 last = 0;
    for (u32 i = 0; i < cache_sectors(c); i++) {
        u64 latency = cache_miss(m, c, pa + ((u64)i << c->unit_shift), r, missed);
        if (latency > last) last = latency;
    }
    return last;
}

/* Ticks from `now` until what is in slot arrives. */
static u64 arrives_in(const HwModel *m, HwCache *c, u64 slot, u64 pa, u64 now)
{
    if (LIKELY(!(c->flags[slot] & LINE_COMING))) return 0;
    u64 ready = *cache_ready(c, slot, pa);
    if (ready > now) return in_flight(m, ready - now);
    bool ordered = !m->ooo && !m->resting && !m->system; /* nobody asks for an earlier time */
    if (ordered && !c->valid && ready <= model_now(m)) c->flags[slot] &= (u8)~LINE_COMING;
    return 0;
}

/* A hit in a level behind L1; `moves`: the line goes up and leaves it. Returns the ticks it takes. */
static u64 hit_below(HwModel *m, HwCache *c, u64 slot, u64 pa, const HwRequest *r, bool moves)
{
    u64 arrives = arrives_in(m, c, slot, pa, r->now);
    if (c->flags[slot] & LINE_PREFETCHED && r->demand) {
        c->flags[slot] &= (u8)~LINE_PREFETCHED;
        m->counter[HWC_PREFETCH_USEFUL]++;
        m->counter[HWC_PREFETCH_LATE] += arrives > c->latency;
        if (c == m->unified) m->pf.trigger = pa, m->pf.outcome = LOAM_USEFUL;
    } else if (UNLIKELY(c == m->pf.plugin_at) && m->pf.plugin->hits && r->demand && r->access != HW_ACC_WALK) {
        m->pf.trigger = pa, m->pf.outcome = LOAM_HIT;
    }
    cache_ask(c, pa >> c->shift, r);
    if (moves) m->carried |= drop(c, slot) & LINE_DIRTY;
    else cache_touch(c, slot);
    return arrives > c->latency ? arrives : c->latency;
}

/* The request in c itself. */
static u64 fetch_here(HwModel *m, HwCache *c, u64 pa, const HwRequest *r, u32 *missed)
{
    u64 line = pa >> c->shift, slot = cache_find(c, line);
    bool part = UNLIKELY(c->valid != NULL) && slot != NONE && !cache_has(c, slot, pa);
    bool moves = c->exclusive && !(r->access == HW_ACC_WALK && c == m->unified);
    HwMissCause cause = HW_CAUSE_NONE;
    if (r->demand) {
        m->counter[c->access_counter]++;
        if (c->shadow) cause = shadow_access(c->shadow, pa >> c->unit_shift);
        if (UNLIKELY(cause && m->system && !c->shared && coherence_lost(m, pa))) cause = HW_CAUSE_COHERENCE;
    }
    if (slot != NONE && !part) return hit_below(m, c, slot, pa, r, moves);
    if (r->demand) cache_count_miss(m, c, c->miss_bit, cause, missed);
    if (r->demand && part) m->counter[c->sector_counter]++;
    u64 latency = cache_miss(m, c, pa, r, missed);
    cache_ask(c, line, r);
    if (!moves) cache_bring(m, c, pa, r->now + latency, cache_carried(m));
    if ((m->pf.behind || m->pf.plugin_at == c) && r->demand && c == m->unified && r->access != HW_ACC_WALK) m->pf.trigger = pa, m->pf.outcome = LOAM_MISS;
    return latency;
}

/* Steps from m's place to the line's slice. A node's cores stand beside its slices at equal distances; others come in at the first. */
static u32 steps_to(const HwModel *m, const HwCache *c, u64 pa)
{
    u32 n = 1u << c->slice_bits, to = cache_slice(c, pa >> c->shift), from = 0;
    const HwSystem *s = m->system;
    if (s && system_home((HwModel *)m, pa) == m->node) from = m->number % (s->cores / s->nodes) * n / (s->cores / s->nodes);
    if (!c->mesh) {
        u32 d = from < to ? to - from : from - to;
        return d < n - d ? d : n - d;
    }
    u32 bits = (c->slice_bits + 1) / 2, columns = 1u << bits; /* not fewer than rows */
    i32 across = (i32)(from % columns) - (i32)(to % columns), down = (i32)(from >> bits) - (i32)(to >> bits);
    return (u32)(abs(across) + abs(down));
}

/* A request that has a way to go, or waits for a port. */
static u64 fetch_there(HwModel *m, HwCache *c, u64 pa, const HwRequest *r, u32 *missed)
{
    HwRequest there = *r;
    u64 way = 0;
    if (c->slice_bits) {
        u32 steps = steps_to(m, c, pa);
        if (r->demand) m->counter[HWC_LLC_HOP] += steps;
        way = m->timing ? steps * c->hop : 0;
    }
    if (c->ports) {
        there.now = ports_take(c->ports, cache_slice(c, pa >> c->shift), r->now);
        m->counter[c->port_counter] += there.now > r->now;
    }
    return there.now - r->now + way + fetch_here(m, c, pa, &there, missed);
}

u64 cache_fetch(HwModel *m, HwCache *c, u64 pa, const HwRequest *r, u32 *missed)
{
    if (!c) return dram_read(m, r->now, pa);
    if (UNLIKELY(c->gate)) return coherence_fetch(m, pa, r, missed);
    return UNLIKELY(c->ports || c->slice_bits) ? fetch_there(m, c, pa, r, missed) : fetch_here(m, c, pa, r, missed);
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
