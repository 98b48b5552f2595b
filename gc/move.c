/* The moving pass: mostly-copying in Bartlett's sense. What an ambiguous word may point to stays where it is for this pass;
   every other object that the caller names is copied into arena space, in the order named, and all exact references are rewritten.

   A pass is these steps:
     begin    scan the ambiguous ranges and remember what they point into; reserve the destination
     object   (for each object, while the caller still has its line at hand) copy contents and mark word to the next free place; the
              original's first word becomes the new address (untagged: bit 63 is clear), its bit in `moved` is set
     end      rewrite every slot of every object, every exact and weak root whose target's bit is set; then arena chunks that emptied are
              given back. Originals stay as they are: without a tag they are dead cells, and nobody follows what word 0 says
   Between object and end every reference leads either to a tagged object or to a forwarded original, because the set of
   allocated objects is closed under reference (dead but uncollected ones too). Rewriting is one walk in address order; the bitmap keeps
   it from touching the targets: only moved ones are looked at. */
#include "base/bits.h"
#include "base/hash.h"
#include "gc/boehm.h"
#include "gc/internal.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_SHAPES = 16, LINE = 64, PAGE = 4096 };

typedef struct Pass {
    Map pinned;
    u64 at, end;          /* destination: next free byte, end of what is reserved in one piece */
    GcShape *shapes[MAX_SHAPES]; /* of the objects moved; more than that: every slot is looked at */
    u32 nshapes;
    u32 number;           /* of this move: GcShape.slots_move */
    GcMoveResult result;
} Pass;

static Pass pass;
static Bits *moved_bits; /* originals of the current pass */
static u64 dirty[BITS_CHUNKS / 64 + 1]; /* chunks of moved_bits that hold a bit */

/* Slots of recent copies whose targets have not moved yet, by target: an object that moves soon after the one that refers to it - the
   next of a list, the child of a node - has that reference set while its line is near. The rest is left to the walk at the end. */
enum { WAITING = 256 };
typedef struct Waiting { u64 target; ref_t *slot; } Waiting;
static Waiting *waiting; /* in the TABLE window */

/* ---- Begin ------------------------------------------------------------------------------------------- */

static void pin_found(void *ctx, GcObject *o, const void *word)
{
    (void)ctx, (void)word;
    CHARGE(pin, 1);
    *map_put(&pass.pinned, (u64)o) = 1;
}
static void pin_range(void *ctx, const void *lo, const void *hi) { gc_scan_range(lo, hi, pin_found, ctx); }
static void skip_exact(void *ctx, GcObject **slot) { (void)ctx, (void)slot; }

/* Where an object of `size` bytes goes if the next free place is `at`: packed, but within one chunk. */
static u64 place(u64 at, u64 size)
{
    return at % ARENA_CHUNK + size > ARENA_CHUNK ? ALIGN_UP(at, (u64)ARENA_CHUNK) : at;
}

static bool room(u64 bytes) { return gc_used_bytes() + bytes <= gc_heap.max_bytes; }

/* A small pass continues where the last one stopped. */
static bool reserve(u64 bytes)
{
    u64 rounded = ALIGN_UP(bytes, (u64)ARENA_CHUNK);
    u64 base = arena_tail(bytes);
    if (base) {
        pass.at = base, pass.end = ALIGN_UP(base, (u64)ARENA_CHUNK);
        return true;
    }
    if (!room(rounded) || !(base = arena_reserve(rounded / ARENA_CHUNK))) return false;
    pass.at = base, pass.end = base + rounded;
    return true;
}

bool gc_move_begin(u64 bytes)
{
    GcHeap *h = &gc_heap;
    ASSERT(h->client && !h->busy);
    if (!moved_bits) {
        moved_bits = xcalloc(1, sizeof *moved_bits);
        waiting = window_alloc(&win_table, WAITING * sizeof *waiting, 64);
    }
    memset(waiting, 0, WAITING * sizeof *waiting);
    map_clear(&pass.pinned);
    pass.at = pass.end = 0, pass.result = (GcMoveResult){ 0 };
    pass.nshapes = 0, pass.number++;
    if (bytes && !reserve(bytes)) return false;
    if (h->client->cycle_start) h->client->cycle_start(true);
    h->busy = true;
    CHARGE(move, 1);
    h->client->roots(skip_exact, pin_range, NULL);
    return true;
}

/* ---- Object ------------------------------------------------------------------------------------------ */

/* A place for a larger-than-chunk object, in chunks of its own. */
static u64 place_large(u64 size)
{
    u64 n = ALIGN_UP(size, (u64)ARENA_CHUNK) / ARENA_CHUNK;
    u64 base = room(n * ARENA_CHUNK) ? arena_reserve(n) : 0;
    for (u64 c = 0; base && c < n; c++) arena_set_use(base + c * ARENA_CHUNK, c ? ARENA_BODY : ARENA_HEAD, c);
    return base;
}

static u64 destination(u64 size)
{
    if (size > ARENA_CHUNK) return place_large(size);
    u64 to = place(pass.at, size);
    if (to + size > pass.end) {
        if (!room(ARENA_CHUNK) || !(to = arena_reserve(1))) return 0;
        pass.end = to + ARENA_CHUNK;
    }
    pass.at = to + size;
    return to;
}

static Waiting *waiting_for(u64 target)
{
    Waiting *w = &waiting[hash_u64(target) % WAITING];
    gc_touch(w, sizeof *w, false);
    CHARGE(wait_slot, 1);
    return w;
}

static void wait_for_target(void *ctx, ref_t *slot)
{
    (void)ctx;
    u64 target = (u64)gc_decode(*slot);
    if (!target || !(IN_WINDOW(HEAP, target) || IN_WINDOW(ARENA, target))) return;
    Waiting *w = waiting_for(target);
    gc_touch(w, sizeof *w, true);
    *w = (Waiting){ target, slot };
}

/* A slot of a recent copy may be waiting for this one. */
static void answer(GcObject *from, GcObject *to)
{
    Waiting *w = waiting_for((u64)from);
    if (w->target != (u64)from) return;
    gc_touch(w->slot, sizeof *w->slot, true);
    *w->slot = gc_encode(to);
    pass.result.slots_rewritten++;
    w->target = 0;
}

static void set_moved(GcObject *from)
{
    u64 chunk = ((u64)from - WIN_HEAP_BASE) / BITS_CHUNK;
    gc_touch(bits_byte(moved_bits, from), 1, true);
    bits_set(moved_bits, from);
    dirty[chunk / 64] |= 1ull << chunk % 64;
}

static void note_shape(GcShape *s)
{
    u32 n = pass.nshapes < MAX_SHAPES ? pass.nshapes : MAX_SHAPES;
    for (u32 i = 0; i < n; i++)
        if (pass.shapes[i] == s) return;
    if (n < MAX_SHAPES) pass.shapes[n] = s;
    pass.nshapes++;
}

static void copy_one(GcObject *from, GcObject *to, u64 size)
{
    gc_touch(from, size, false);
    gc_touch(to, size, true);
    gc_touch(from, 8, true);
    CHARGE(copy_word, size / 8);
    memcpy(to, from, size);
    if (UNLIKELY(gc_heap.client->moved != NULL)) gc_heap.client->moved(from, to);
    if (IN_WINDOW(ARENA, from)) arena_remove(from, size); /* no walk may meet a forwarded original */
    else gc_heap.moved_bytes += size; /* libgc reclaims it at the next collection */
    arena_place(to, size);
    *gc_word0(from) = (u64)to;
    set_moved(from);
    answer(from, to);
    if (gc_shape(to)->kind == GC_OBJECT) gc_visit_refs(to, wait_for_target, NULL);
}

bool gc_move_object(GcObject *o)
{
    CHARGE(plan_object, 1);
    ASSERT(gc_heap.busy);
    if (!gc_has_tag(o)) return false; /* moved already */
    const GcShape *s = gc_shape(o);
    gc_touch_shape(s);
    if (s->pinned || s->kind == GC_SPECIAL || map_get(&pass.pinned, (u64)o)) {
        pass.result.pinned++;
        return false;
    }
    u64 size = ALIGN_UP(gc_object_size(o), 8ull), to = destination(size);
    if (!to) return false;
    note_shape(gc_shape(o));
    copy_one(o, (GcObject *)to, size);
    pass.result.moved++;
    pass.result.bytes += size;
    return true;
}

void gc_move_align(u32 bytes)
{
    ASSERT(gc_heap.busy && bytes && !(bytes & (bytes - 1)));
    pass.at = ALIGN_UP(pass.at, (u64)bytes);
}

/* ---- End --------------------------------------------------------------------------------------------- */

/* The one test that every reference of the heap goes through. Nothing was moved in a chunk of the bitmap that does not exist. */
static inline bool was_moved(const GcObject *o)
{
    u64 at = (u64)o - WIN_HEAP_BASE, shift = 4 - ((u64)o >= WIN_ARENA_BASE);
    const u8 *chunk = moved_bits->chunks[at / BITS_CHUNK];
    if (!chunk) return false;
    const u8 *byte = chunk + (at % BITS_CHUNK >> (shift + 3));
    gc_touch(byte, 1, false);
    return *byte >> ((u64)o >> shift & 7) & 1;
}

static __attribute__((noinline)) GcObject *new_place(const GcObject *o)
{
    CHARGE(rewrite_moved, 1);
    gc_touch(o, 8, false);
    GcObject *to = (GcObject *)*(const u64 *)o;
    while (was_moved(to)) to = (GcObject *)*gc_word0(to); /* a survivor of a sparse chunk that moved twice */
    ASSERT(arena_starts(to));
    pass.result.slots_rewritten++;
    return to;
}

static void rewrite_slot(void *ctx, ref_t *slot)
{
    (void)ctx;
    CHARGE(rewrite_slot, 1);
    gc_touch(slot, sizeof *slot, false);
    if (!*slot) return;
    GcObject *o = gc_decode(*slot);
    if (LIKELY(!was_moved(o))) return;
    gc_touch(slot, sizeof *slot, true);
    *slot = gc_encode(new_place(o));
}

static void rewrite_pointer(void *ctx, GcObject **slot)
{
    (void)ctx;
    CHARGE(rewrite_slot, 1);
    gc_touch(slot, sizeof *slot, false);
    if (!*slot) return;
    if (LIKELY(!was_moved(*slot))) return;
    gc_touch(slot, sizeof *slot, true);
    *slot = new_place(*slot);
}

/* Only where a slot's declared type admits a moved object can there be a reference to one. */
static bool knows_slots(GcShape *s)
{
    const GcClient *c = gc_heap.client;
    if (!c->slots_for || pass.nshapes > MAX_SHAPES || (s->kind != GC_OBJECT && s->kind != GC_REF_ARRAY)) return false;
    if (s->slots_move != pass.number) {
        s->slots = c->slots_for(s, pass.shapes, pass.nshapes, &s->nslots);
        s->slots_move = pass.number;
    }
    return true;
}

static void rewrite_object(void *ctx, GcObject *o)
{
    CHARGE(walk_object, 1);
    GcShape *s = gc_shape(o);
    gc_touch(s, sizeof *s, false);
    if (!knows_slots(s) || (s->kind == GC_REF_ARRAY && s->nslots)) {
        if (s->nranges) gc_touch(s->ranges, s->nranges * sizeof *s->ranges, false);
        gc_visit_refs(o, rewrite_slot, ctx);
        return;
    }
    if (s->kind == GC_OBJECT && s->nslots) gc_touch(s->slots, s->nslots * sizeof *s->slots, false);
    for (u32 r = 0; s->kind == GC_OBJECT && r < s->nslots; r++)
        for (u32 i = 0; i < s->slots[r].count; i++) rewrite_slot(ctx, (ref_t *)((u8 *)o + s->slots[r].offset) + i);
}

static void skip_range(void *ctx, const void *lo, const void *hi) { (void)ctx, (void)lo, (void)hi; }

static void rewrite_all(void)
{
    gc_walk_traced(rewrite_object, NULL);
    gc_heap.client->roots(rewrite_pointer, skip_range, NULL);
    if (gc_heap.client->weak_roots) gc_heap.client->weak_roots(rewrite_pointer, NULL);
}

/* Empties moved_bits, in address order. */
static void forget_moved(void)
{
    for (u64 w = 0; w < NELEM(dirty); w++)
        for (; dirty[w]; dirty[w] &= dirty[w] - 1) {
            u8 *bytes = moved_bits->chunks[w * 64 + (u64)__builtin_ctzll(dirty[w])];
            gc_touch(bytes, BITS_BYTES, true);
            CHARGE(clear_line, BITS_BYTES / LINE);
            memset(bytes, 0, BITS_BYTES);
        }
}

static void collect_sparse(void *ctx, GcObject *o)
{
    Vec(GcObject *) *list = ctx;
    vec_push(list, o);
}

/* Survivors of mostly dead chunks come along, so that those can go. */
static void move_sparse(void)
{
    Vec(GcObject *) list = { 0 };
    arena_each_sparse(collect_sparse, &list);
    for (size_t i = 0; i < list.len; i++) gc_move_object(list.data[i]);
    vec_free(&list);
}

void gc_move_end(GcMoveResult *result)
{
    GcHeap *h = &gc_heap;
    ASSERT(h->busy);
    move_sparse();
    if (pass.result.moved) rewrite_all();
    forget_moved();
    pass.result.freed_bytes = arena_free_empty();
    h->objects_moved += pass.result.moved;
    h->busy = false;
    if (result) *result = pass.result;
    LOG(gc, "move: %llu objects, %llu bytes, %llu pinned, %llu slots rewritten", (unsigned long long)pass.result.moved,
        (unsigned long long)pass.result.bytes, (unsigned long long)pass.result.pinned, (unsigned long long)pass.result.slots_rewritten);
    gc_charge_flush();
    if (h->client->cycle_end) h->client->cycle_end();
}

/* ---- A whole order at once ---------------------------------------------------------------------------- */

/* Still? It may have been collected, or moved, since the caller saw it. */
static bool is_object(const GcObject *o)
{
    CHARGE(check_entry, 1);
    return (u64)o % 8 == 0 && gc_base(o) == o;
}

/* Bytes that the order needs at most: as if nothing were pinned. */
static u64 bytes_of(GcObject *const *order, u64 n)
{
    Map seen = { 0 };
    u64 at = 0;
    for (u64 i = 0; i < n; i++) {
        GcObject *o = order[i];
        if (!o) at = ALIGN_UP(at, (u64)LINE);
        else if ((u64)o == ~0ull) at = ALIGN_UP(at, (u64)PAGE);
        else if (is_object(o) && !map_get(&seen, (u64)o)) {
            u64 size = ALIGN_UP(gc_object_size(o), 8ull);
            *map_put(&seen, (u64)o) = 1;
            if (size <= ARENA_CHUNK) at = place(at, size) + size;
            else if (!room(at + size)) at = ~0ull >> 1;
        }
    }
    map_free(&seen);
    return at;
}

bool gc_move(GcObject *const *order, u64 n, GcMoveResult *result)
{
    if (result) *result = (GcMoveResult){ 0 };
    if (!gc_move_begin(bytes_of(order, n))) return false;
    for (u64 i = 0; i < n; i++) {
        if (!order[i]) gc_move_align(LINE);
        else if ((u64)order[i] == ~0ull) gc_move_align(PAGE);
        else if (is_object(order[i])) gc_move_object(order[i]);
    }
    gc_move_end(result);
    return true;
}
