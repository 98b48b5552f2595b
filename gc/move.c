/* The moving pass: mostly-copying in Bartlett's sense. What an ambiguous word may point to stays where it is for this pass;
   every other object of the order is copied into arena space, in that order, and all exact references are rewritten.

   A pass is these steps (gc_move reads as the list):
     pin      scan the ambiguous ranges; remember what they point into
     plan     give each movable object of the order a place relative to the destination's start; take it out of
              the set of objects by clearing its tag, so that a second mention is not planned twice
     reserve  get the destination; if that fails, set the tags again: the heap is as before
     copy     contents and mark word; the original's first word becomes the new address (untagged: bit 63 is clear)
     rewrite  every slot of every object, every exact and weak root: an untagged target is an original
     retire   originals become dead cells (word 0 is 0); arena chunks that emptied are given back
   Between copy and retire every reference leads either to a tagged object or to a forwarded original, because
   the set of allocated objects is closed under reference (dead but uncollected ones too). */
#include "base/hash.h"
#include "gc/internal.h"
#include <string.h>

enum { LINE = 64, PAGE = 4096 };

typedef struct Planned { GcObject *from; u64 size, to; } Planned; /* to: relative until the destination is known */

typedef struct Pass {
    Map pinned;
    Vec(Planned) plan;
    u64 end;              /* bytes of destination planned so far */
    bool large;           /* an object with chunks of its own is among them */
    GcMoveResult result;
} Pass;

static Pass pass;

/* ---- Pin --------------------------------------------------------------------------------------------- */

static void pin_found(void *ctx, GcObject *o, const void *word)
{
    (void)ctx, (void)word;
    *map_put(&pass.pinned, (u64)o) = 1;
}
static void pin_range(void *ctx, const void *lo, const void *hi) { gc_scan_range(lo, hi, pin_found, ctx); }
static void skip_exact(void *ctx, GcObject **slot) { (void)ctx, (void)slot; }

/* ---- Plan -------------------------------------------------------------------------------------------- */

/* Where the next object of `size` bytes goes: packed, but within one chunk, or with chunks to itself. */
static u64 place(u64 size)
{
    u64 at = pass.end;
    bool large = size > ARENA_CHUNK;
    if (at % ARENA_CHUNK + size > ARENA_CHUNK) at = ALIGN_UP(at, (u64)ARENA_CHUNK);
    pass.end = large ? ALIGN_UP(at + size, (u64)ARENA_CHUNK) : at + size;
    pass.large |= large;
    return at;
}

static void plan_object(void *ctx, GcObject *o)
{
    (void)ctx;
    CHARGE(plan_object, 1);
    if (gc_base(o) != o || !gc_has_tag(o)) return; /* collected since it was put into the order, or planned already */
    const GcShape *s = gc_shape(o);
    if (s->pinned || s->kind == GC_SPECIAL || map_get(&pass.pinned, (u64)o)) {
        pass.result.pinned++;
        return;
    }
    u64 size = ALIGN_UP(gc_object_size(o), 8ull);
    Planned p = { o, size, place(size) };
    vec_push(&pass.plan, p);
    o->mark &= ~GC_TAG;
    pass.result.bytes += size;
}

static void plan(GcObject *const *order, u64 n)
{
    for (u64 i = 0; i < n; i++) {
        if (!order[i]) pass.end = ALIGN_UP(pass.end, (u64)LINE);
        else if ((u64)order[i] == ~0ull) pass.end = ALIGN_UP(pass.end, (u64)PAGE);
        else if ((u64)order[i] % 8 == 0) plan_object(NULL, order[i]);
    }
    arena_each_sparse(plan_object, NULL); /* survivors of mostly dead chunks come along, so that those can go */
}

static void unplan(void)
{
    for (size_t i = 0; i < pass.plan.len; i++) pass.plan.data[i].from->mark |= GC_TAG;
}

/* ---- Reserve ----------------------------------------------------------------------------------------- */

/* Turns the destination's chunks into those of large objects where the plan says so. */
static void lay_out_large(u64 base)
{
    for (size_t i = 0; i < pass.plan.len; i++) {
        const Planned *p = &pass.plan.data[i];
        if (p->size <= ARENA_CHUNK) continue;
        for (u64 c = 0; c * ARENA_CHUNK < p->size; c++) arena_set_use(base + p->to + c * ARENA_CHUNK, c ? ARENA_BODY : ARENA_HEAD, c);
    }
}

/* Address of the destination, or 0. A small pass continues where the last one stopped, if it may start at any line there. */
static u64 reserve(bool paged)
{
    u64 bytes = ALIGN_UP(pass.end, (u64)ARENA_CHUNK);
    u64 base = paged || pass.large ? 0 : arena_tail(pass.end);
    if (base) return base;
    if (gc_used_bytes() + bytes > gc_heap.max_bytes || !(base = arena_reserve(bytes / ARENA_CHUNK))) return 0;
    if (pass.large) lay_out_large(base);
    return base;
}

static bool wants_pages(GcObject *const *order, u64 n)
{
    for (u64 i = 0; i < n; i++)
        if ((u64)order[i] == ~0ull) return true;
    return false;
}

/* ---- Copy -------------------------------------------------------------------------------------------- */

static void copy_one(const Planned *p, u64 base)
{
    GcObject *to = (GcObject *)(base + p->to);
    gc_touch(p->from, p->size, false);
    gc_touch(to, p->size, true);
    gc_touch(p->from, 8, true);
    CHARGE(copy_word, p->size / 8);
    memcpy(to, p->from, p->size);
    to->mark |= GC_TAG;
    arena_place(to, p->size);
    *gc_word0(p->from) = (u64)to;
}

/* ---- Rewrite ----------------------------------------------------------------------------------------- */

static inline GcObject *forwarded(GcObject *o)
{
    gc_touch(o, 8, false);
    if (LIKELY(gc_has_tag(o))) return o;
    GcObject *to = (GcObject *)*gc_word0(o);
    ASSERT(arena_starts(to));
    return to;
}

static void rewrite_slot(void *ctx, ref_t *slot)
{
    (void)ctx;
    CHARGE(rewrite_slot, 1);
    gc_touch(slot, sizeof *slot, false);
    if (!*slot) return;
    GcObject *o = gc_decode(*slot), *to = forwarded(o);
    if (to == o) return;
    gc_touch(slot, sizeof *slot, true);
    *slot = gc_encode(to);
    pass.result.slots_rewritten++;
}

static void rewrite_pointer(void *ctx, GcObject **slot)
{
    (void)ctx;
    CHARGE(rewrite_slot, 1);
    gc_touch(slot, sizeof *slot, false);
    if (!*slot) return;
    GcObject *to = forwarded(*slot);
    if (to == *slot) return;
    gc_touch(slot, sizeof *slot, true);
    *slot = to;
    pass.result.slots_rewritten++;
}

static void rewrite_object(void *ctx, GcObject *o)
{
    CHARGE(walk_object, 1);
    gc_touch(o, sizeof *o, false);
    gc_visit_refs(o, rewrite_slot, ctx);
}

static void skip_range(void *ctx, const void *lo, const void *hi) { (void)ctx, (void)lo, (void)hi; }

static void rewrite_all(void)
{
    gc_walk(rewrite_object, NULL);
    gc_heap.client->roots(rewrite_pointer, skip_range, NULL);
    if (gc_heap.client->weak_roots) gc_heap.client->weak_roots(rewrite_pointer, NULL);
}

/* ---- Retire ------------------------------------------------------------------------------------------ */

static void retire(const Planned *p)
{
    *gc_word0(p->from) = 0;
    if (!IN_WINDOW(ARENA, p->from)) gc_heap.moved_bytes += p->size; /* libgc reclaims it at the next collection */
}

static void run(u64 base)
{
    for (size_t i = 0; i < pass.plan.len; i++) /* no walk may meet a forwarded original */
        if (IN_WINDOW(ARENA, pass.plan.data[i].from)) arena_remove(pass.plan.data[i].from, pass.plan.data[i].size);
    for (size_t i = 0; i < pass.plan.len; i++) copy_one(&pass.plan.data[i], base);
    rewrite_all();
    for (size_t i = 0; i < pass.plan.len; i++) retire(&pass.plan.data[i]);
    pass.result.freed_bytes = arena_free_empty();
    pass.result.moved = pass.plan.len;
    gc_heap.objects_moved += pass.plan.len;
}

bool gc_move(GcObject *const *order, u64 n, GcMoveResult *result)
{
    GcHeap *h = &gc_heap;
    ASSERT(h->client && !h->busy);
    if (h->client->cycle_start) h->client->cycle_start();
    h->busy = true;
    map_clear(&pass.pinned), vec_clear(&pass.plan);
    pass.end = 0, pass.large = false, pass.result = (GcMoveResult){ 0 };
    CHARGE(move, 1);
    h->client->roots(skip_exact, pin_range, NULL);
    plan(order, n);
    u64 base = pass.plan.len ? reserve(wants_pages(order, n)) : 0;
    bool done = base || !pass.plan.len;
    if (base) run(base);
    else if (!done) unplan(), pass.result = (GcMoveResult){ .pinned = pass.result.pinned };
    h->busy = false;
    if (result) *result = pass.result;
    LOG(gc, "move: %llu objects, %llu bytes, %llu pinned, %llu slots rewritten%s", (unsigned long long)pass.result.moved,
        (unsigned long long)pass.result.bytes, (unsigned long long)pass.result.pinned, (unsigned long long)pass.result.slots_rewritten,
        done ? "" : ": no memory");
    gc_charge_flush();
    if (h->client->cycle_end) h->client->cycle_end();
    return done;
}
