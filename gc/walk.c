/* Finding things: sizes, the slots of an object, the object around an address, all objects, the objects that a
   range of ambiguous words points into. Works between collections only (while libgc marks, marks mean something else). */
#include "gc/boehm.h"
#include "gc/internal.h"
#include "gc/walk.h"

u64 gc_object_size(const GcObject *o)
{
    const GcShape *s = gc_shape(o);
    switch (s->kind) {
    case GC_REF_ARRAY: return 12 + (u64)gc_length(o) * sizeof(ref_t);
    case GC_LEAF_ARRAY: return s->size + ((u64)gc_length(o) << s->elem_shift);
    case GC_SPECIAL: return gc_heap.client->special_size ? gc_heap.client->special_size(o) : s->size;
    default: return s->size;
    }
}

static void visit_slots(ref_t *slots, u64 n, GcVisit visit, void *ctx)
{
    for (u64 i = 0; i < n; i++) visit(ctx, slots + i);
}

static void visit_ranges(GcObject *o, const GcShape *s, GcVisit visit, void *ctx)
{
    for (u32 r = 0; r < s->nranges; r++) visit_slots((ref_t *)((u8 *)o + s->ranges[r].offset), s->ranges[r].count, visit, ctx);
}

static bool in_ranges(const GcShape *s, u32 offset)
{
    for (u32 r = 0; r < s->nranges; r++)
        if (offset - s->ranges[r].offset < s->ranges[r].count * sizeof(ref_t)) return true;
    return false;
}

void gc_visit_refs(GcObject *o, GcVisit visit, void *ctx)
{
    const GcShape *s = gc_shape(o);
    const GcClient *c = gc_heap.client;
    ASSERT(s->kind < GC_SHAPE_KINDS);
    if (s->kind == GC_LEAF || s->kind == GC_LEAF_ARRAY) return;
    if (s->kind == GC_REF_ARRAY) return visit_slots((ref_t *)((u8 *)o + 12), gc_length(o), visit, ctx);
    visit_ranges(o, s, visit, ctx);
    /* A client may leave the referent out of the ranges, as one whose other parts want strong fields only. */
    if (s->kind == GC_REFERENCE && !in_ranges(s, c->referent_offset)) visit(ctx, (ref_t *)((u8 *)o + c->referent_offset));
    if (s->kind == GC_SPECIAL && c->trace_special) c->trace_special(o, visit, ctx);
}

/* ---- Addresses --------------------------------------------------------------------------------------- */

static bool in_heap(u64 w) { return w - WIN_HEAP_BASE < gc_heap.high - WIN_HEAP_BASE; }

GcObject *gc_base(const void *address)
{
    if (IN_WINDOW(ARENA, address)) return arena_find(address);
    if (!in_heap((u64)address)) return NULL;
    GcObject *cell = blocks_cell(address);
    return cell && gc_cell_live(cell) ? cell : NULL;
}

/* Stacks are read as they are, red zones and dead slots too. */
/* Two small numbers side by side, as the host's locks have them: which of them are there, and when, must not show in a simulated run. */
static bool is_pair(u64 w) { return w - WIN_HEAP_BASE < GC_GRANULE; }

__attribute__((no_sanitize("address"))) void gc_scan_range(const void *lo, const void *hi, GcFound fn, void *ctx)
{
    const u64 *p = (const u64 *)ALIGN_UP((u64)lo, 8ull), *end = (const u64 *)ALIGN_DOWN((u64)hi, 8ull);
    if (p >= end) return;
    gc_touch(p, (u64)end - (u64)p, false);
    CHARGE(scan_word, end - p);
    for (; p < end; p++) {
        if (!in_heap(*p) && !IN_WINDOW(ARENA, *p)) continue;
        GcObject *o = gc_base((void *)*p);
        if (o || !is_pair(*p)) CHARGE(scan_hit, 1);
        if (o) fn(ctx, o, p);
    }
}

/* ---- All objects ------------------------------------------------------------------------------------- */

const u64 *walk_starts(u64 granules)
{
    static u64 starts[HEAP_BLOCK_MAX_CELL / GC_GRANULE + 1][BLOCK_WORDS];
    ASSERT(granules && granules < NELEM(starts));
    u64 *s = starts[granules];
    if (!s[0])
        for (u64 i = 0; i + granules <= BLOCK_GRANULES; i += granules) s[i / 64] |= 1ull << i % 64;
    return s;
}

void gc_walk(void (*fn)(void *ctx, GcObject *o), void *ctx)
{
    walk_blocks((Walk){ false, NULL }, fn, ctx);
    arena_each(fn, ctx, false);
}
