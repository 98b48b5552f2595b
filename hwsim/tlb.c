/* Address translation: the page map (where a virtual page lies in physical memory), instruction, data and second-level
   TLBs, and the page walker, whose reads of synthetic Sv48 tables go through the caches behind L1.

   The random map is a permutation of page numbers made of steps that each can be undone modulo 2^n (add a key, multiply
   by an odd number, xor with the number's own upper half): no table, no collisions, and low bits that depend on all.
   Page tables live above all ordinary memory, each table in a frame of its own. */
#include "hwsim/mem.h"
#include <stdlib.h>
#include <string.h>

#define TABLES (1ull << 52) /* physical address bit that only page tables have */
#define ROOT_LEVEL 3        /* Sv48: tables of level 3 (root) down to 0 (4 KiB leaves) or 1 (2 MiB leaves) */

/* ---- the page map -------------------------------------------------------------------------------------- */

static u64 permute(const u64 keys[3], u64 n, u32 bits)
{
    u64 mask = (1ull << bits) - 1;
    for (int i = 0; i < 3; i++) {
        n = (n + keys[i]) & mask;
        n = n * 0x9e3779b97f4a7c15ull & mask;
        n ^= n >> (bits / 2);
    }
    return n;
}

u64 page_map(const HwModel *m, u64 va)
{
    u32 shift = m->f.page_shift;
    va &= (1ull << ADDRESS_BITS) - 1;
    if (m->cfg->page_map == HW_PAGE_IDENTITY) return va;
    return permute(m->page_keys, va >> shift, ADDRESS_BITS - shift) << shift | (va & ((1ull << shift) - 1));
}

/* x such that x ^ x >> shift is n. */
static u64 unshift(u64 n, u32 shift)
{
    for (u64 part = n >> shift; part; part >>= shift) n ^= part;
    return n;
}

static u64 unpermute(const u64 keys[3], u64 n, u32 bits)
{
    const u64 factor = 0x9e3779b97f4a7c15ull;
    u64 mask = (1ull << bits) - 1, inverse = factor; /* modulo 8; each step doubles the bits that are right */
    for (int i = 0; i < 5; i++) inverse *= 2 - factor * inverse;
    for (int i = 3; i-- > 0;) {
        n = unshift(n, bits / 2);
        n = n * inverse & mask;
        n = (n - keys[i]) & mask;
    }
    return n;
}

u64 page_unmap(const HwModel *m, u64 pa)
{
    u32 shift = m->f.page_shift;
    ASSERT(pa < 1ull << ADDRESS_BITS);
    if (m->cfg->page_map == HW_PAGE_IDENTITY) return pa;
    return unpermute(m->page_keys, pa >> shift, ADDRESS_BITS - shift) << shift | (pa & ((1ull << shift) - 1));
}

/* The physical address of the entry for va in its table of `level`. */
static u64 entry_address(const HwModel *m, u64 va, u32 level)
{
    va &= (1ull << ADDRESS_BITS) - 1;
    u64 table = va >> (12 + 9 * (level + 1)), index = va >> (12 + 9 * level) & 511;
    u64 number = (table | (u64)level << 27) & ((1ull << 29) - 1);
    u64 frame = m->cfg->page_map == HW_PAGE_IDENTITY ? number : permute(m->page_keys, number, 29);
    return TABLES | frame << 12 | index << 3;
}

/* ---- one TLB ------------------------------------------------------------------------------------------- */

void tlb_init(HwTlb *t, u64 entries, u64 ways, int miss_counter)
{
    ASSERT(!entries || (entries % ways == 0 && !(entries / ways & (entries / ways - 1))));
    t->ways = entries ? (u32)ways : 0;
    t->set_mask = entries ? entries / ways - 1 : 0;
    t->miss_counter = miss_counter;
    t->tag = xcalloc(entries + 1, sizeof *t->tag);
    t->known = xcalloc(entries + 1, sizeof *t->known);
    t->stamp = xcalloc(entries + 1, sizeof *t->stamp);
    memset(t->tag, 0xff, (entries + 1) * sizeof *t->tag);
}

void tlb_free(HwTlb *t)
{
    free(t->tag), free(t->known), free(t->stamp);
}

static void set_hint(HwTlb *t, u64 page, u64 slot)
{
    if (t->hint) t->hint[hw_hint_index(page)] = (HwHint){ page, slot };
}

bool tlb_holds(const HwTlb *t, u64 page)
{
    u64 first = (page & t->set_mask) * t->ways;
    for (u32 w = 0; w < t->ways; w++)
        if (t->tag[first + w] == page) return true;
    return false;
}

/* Looks page up and makes it the most recently used. */
static bool tlb_hit(HwTlb *t, u64 page, u64 stamp)
{
    u64 first = (page & t->set_mask) * t->ways;
    for (u32 w = 0; w < t->ways; w++) {
        if (t->tag[first + w] != page) continue;
        t->stamp[first + w] = stamp;
        set_hint(t, page, first + w);
        return true;
    }
    return false;
}

/* Replaces the least recently used entry; empty ones have stamp 0. */
static void tlb_fill(HwModel *m, HwTlb *t, u64 page, u64 stamp)
{
    u64 first = (page & t->set_mask) * t->ways, slot = first;
    if (!t->ways) return;
    for (u64 stamp_before = NONE; stamp_before != t->stamp[slot];) { /* the oldest by its stamp is the oldest if its lines have been used no later */
        slot = first;
        for (u32 w = 1; w < t->ways; w++)
            if (t->stamp[first + w] < t->stamp[slot]) slot = first + w;
        stamp_before = t->stamp[slot];
        if (t->cache && t->known[slot]) t->known[slot] = cache_stamp_page(t->cache, t->tag[slot], m->f.page_shift, t->known[slot]);
    }
    u64 old = t->tag[slot];
    if (t->hint && old != NONE) {
        if (t->hint[hw_hint_index(old)].key == old) t->hint[hw_hint_index(old)].key = NONE;
        cache_forget_page(t->cache, old, m->f.page_shift, t->known[slot]);
    }
    t->tag[slot] = page;
    t->known[slot] = 0;
    t->stamp[slot] = stamp;
    set_hint(t, page, slot);
}

/* ---- page walks ---------------------------------------------------------------------------------------- */

/* Does the walker hold the entry of `level` that covers va? */
static bool walker_holds(HwWalker *w, u64 key)
{
    for (u32 i = 0; i < w->entries; i++) {
        if (w->key[i] != key) continue;
        w->stamp[i] = ++w->clock;
        return true;
    }
    return false;
}

static void walker_keep(HwWalker *w, u64 key)
{
    u32 oldest = 0;
    if (!w->entries) return;
    for (u32 i = 1; i < w->entries; i++)
        if (w->stamp[i] < w->stamp[oldest]) oldest = i;
    w->key[oldest] = key;
    w->stamp[oldest] = ++w->clock;
}

/* Keys are never 0, the walker's empty key, because levels above the leaf are at least 1. */
static u64 walker_key(u64 va, u32 level)
{
    return (u64)level << ADDRESS_BITS | (va & ((1ull << ADDRESS_BITS) - 1)) >> (12 + 9 * level);
}

/* Reads the tables from the deepest entry that the walker holds down to the leaf; returns the ticks taken. */
static u64 walk(HwModel *m, const HwRequest *r)
{
    u32 leaf = m->cfg->page_map == HW_PAGE_2M ? 1 : 0, level = leaf;
    u64 ticks = m->cfg->walk_overhead_cycles * m->width;
    while (level < ROOT_LEVEL && !walker_holds(&m->walker, walker_key(r->addr, level + 1))) level++;
    for (;; level--) {
        u32 missed = 0;
        HwRequest read = *r;
        read.access = HW_ACC_WALK;
        read.size = 8;
        read.now = r->now + ticks;
        u64 latency = cache_fetch(m, m->unified, entry_address(m, r->addr, level), &read, &missed);
        if (missed) model_report(m, &read, missed, latency);
        ticks += latency;
        if (level == leaf) return ticks;
        walker_keep(&m->walker, walker_key(r->addr, level));
    }
}

u64 tlb_translate(HwModel *m, HwTlb *t, const HwRequest *r, u64 stamp, u32 *missed)
{
    u64 page = r->addr >> m->f.page_shift, ticks = 0;
    const HwHint *hint = t->hint ? &t->hint[hw_hint_index(page)] : NULL;
    if (hint && hint->key == page) {
        t->stamp[hint->slot] = stamp;
        return 0;
    }
    if (tlb_hit(t, page, stamp)) return 0;
    m->counter[t->miss_counter]++;
    *missed |= HW_MISS_TLB;
    u64 lookups = m->counter[HWC_ITLB_MISS] + m->counter[HWC_DTLB_MISS];
    if (m->stlb.ways) ticks += m->cfg->stlb_latency_cycles * m->width;
    if (!tlb_hit(&m->stlb, page, lookups)) {
        HwRequest late = *r;
        late.now += ticks;
        m->counter[HWC_STLB_MISS]++;
        *missed |= HW_MISS_STLB;
        ticks += walk(m, &late);
        tlb_fill(m, &m->stlb, page, lookups);
    }
    tlb_fill(m, t, page, stamp);
    return ticks;
}
