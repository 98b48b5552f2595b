/* The whole-heap verifier: every header, every reference, every root, the free lists, the arena's books. It panics with what it
   found; tests and torture runs call it after every collection and move. */
#include "gc/boehm.h"
#include "gc/internal.h"

typedef unsigned long long ull;

static const char *const kind_names[GC_SHAPE_KINDS] = { "leaf", "object", "reference array", "leaf array", "reference", "special" };

static void check_header(const GcObject *o)
{
    const GcShape *s = gc_shape(o);
    if ((u64)s % 4 || !(IN_WINDOW(META, s) || IN_WINDOW(CODE, s))) panic("object %p: no shape at %p", (void *)o, (void *)s);
    if (s->kind >= GC_SHAPE_KINDS) panic("object %p: shape %p has kind %u", (void *)o, (void *)s, s->kind);
    if (!gc_has_tag(o)) panic("object %p (%s): untagged", (void *)o, kind_names[s->kind]);
}

/* Does the cell hold all of the object, and is it of the kind that marking treats rightly? */
static void check_cell(const GcObject *o)
{
    size_t cell;
    const GcShape *s = gc_shape(o);
    u64 size = gc_object_size(o);
    if (IN_WINDOW(ARENA, o)) {
        if (!arena_starts(o)) panic("object %p: no start in the arena", (void *)o);
        return;
    }
    unsigned kind = (unsigned)GC_get_kind_and_size(o, &cell);
    u8 *begin = gc_cell_of(o);
    if (blocks_cell(begin + cell - 1) != o) panic("object %p: its cell of %llu bytes is taken for another size", (void *)o, (ull)cell);
    if (size > cell - (u64)((u8 *)o - begin)) panic("object %p (%s): %llu bytes in a cell of %llu", (void *)o, kind_names[s->kind], (ull)size, (ull)cell);
    if (kind == mark_kind(true) && !gc_shape_leaf(s)) panic("object %p (%s, owner %p): in an untraced cell", (void *)o, kind_names[s->kind], (void *)s->owner);
    if (kind != mark_kind(true) && kind != mark_kind(false)) panic("object %p: in a cell of kind %u", (void *)o, kind);
}

static void check_target(const void *holder, const void *slot, GcObject *target)
{
    GcObject *base = gc_base(target);
    if (base != target)
        panic("%p, slot %p: refers to %p, %s", holder, slot, (void *)target, base ? "inside an object" : "which is no object");
    check_header(target);
}

static void check_slot(void *ctx, ref_t *slot)
{
    if (*slot) check_target(ctx, slot, gc_decode(*slot));
}

static void check_object(void *ctx, GcObject *o)
{
    check_header(o);
    check_cell(o);
    const GcShape *s = gc_shape(o);
    if (s->owner) {
        check_target(o, &s->owner, s->owner);
        const GcShape *os = gc_shape(s->owner);
        if (os->kind != GC_SPECIAL && !os->pinned) panic("object %p: its owner %p may move", (void *)o, (void *)s->owner);
    }
    gc_visit_refs(o, check_slot, o);
    ++*(u64 *)ctx;
}

static void check_root(void *ctx, GcObject **slot)
{
    if (*slot) check_target(ctx, slot, *slot);
}

static void skip_range(void *ctx, const void *lo, const void *hi) { (void)ctx, (void)lo, (void)hi; }

static void check_list(int leaf, u64 g)
{
    for (u64 *cell = gc_lists->head[leaf][g]; cell; cell = (u64 *)cell[0]) {
        size_t size;
        if (gc_has_tag((GcObject *)cell)) panic("free list %d/%llu: cell %p is an object", leaf, (ull)g, (void *)cell);
        if (!IN_WINDOW(HEAP, cell) || GC_base(cell) != cell) panic("free list %d/%llu: %p is no cell", leaf, (ull)g, (void *)cell);
        if (!gc_block_fresh(cell)) panic("free list %d/%llu: cell %p in a block not swept", leaf, (ull)g, (void *)cell);
        if ((unsigned)GC_get_kind_and_size(cell, &size) != mark_kind(leaf) || size < g * GC_GRANULE)
            panic("free list %d/%llu: cell %p has %llu bytes", leaf, (ull)g, (void *)cell, (ull)size);
    }
}

void gc_verify(void)
{
    ASSERT(gc_heap.client && !gc_heap.busy);
    u64 objects = 0;
    gc_walk(check_object, &objects);
    gc_heap.client->roots(check_root, skip_range, "root");
    if (gc_heap.client->weak_roots) gc_heap.client->weak_roots(check_root, "weak root");
    for (int leaf = 0; leaf < GC_CELL_KINDS; leaf++)
        for (u64 g = 1; g <= GC_MAX_GRANULES; g++) check_list(leaf, g);
    arena_check();
    LOG(gc, "verified %llu objects", (ull)objects);
}
