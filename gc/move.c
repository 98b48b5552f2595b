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
   it from touching the targets: only moved ones are looked at.

   What the walk leaves out:
     - originals that have moved: the bitmap says where they are, 64 cells at a time;
     - slots whose declared type admits no moved object (GcClient.slots_for), and objects that have no others;
     - copies, if the caller has rewritten all their slots that matter (gc_move_settles), as one that follows references does anyway;
     - large arrays of references, until something refers to them. What nothing refers to in all of the heap is dead: it is made a free
       cell here and now instead of being rewritten (a table that was outgrown, an array that a structure was built from).

   The order in which objects lay before a move costs nothing to remember: until the next collection the originals are there, their bits in address
   order, and each says where its copy is. If that has to outlive a collection, it is written down as the collection begins. */
#include "base/bits.h"
#include "base/hash.h"
#include "gc/boehm.h"
#include "gc/internal.h"
#include "gc/walk.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_SHAPES = 16, LINE = 64, PAGE = 4096, SETTLED_BITS = 64, DEFER_LENGTH = 512, RECENT_SHAPES = 16 };

#define CHAIN_HEAD ((u64)GC_TAG << 32 | 0xffffffff) /* shape and tag */

typedef struct Settled { const GcShape *shape; u64 slots; } Settled; /* a bit per 4 bytes from the object's start */
typedef struct Deferred { GcObject *array; bool reached; } Deferred;

typedef struct Pass {
    Map met;              /* large arrays: see gc_move_meets */
    GcMover mover;
    u64 slow_bytes;       /* of what was placed in its chunk, those that are in `result` already */
    u64 run, run_end;     /* chunks reserved for it */
    bool full;            /* there was no room for an object: none moves after that, or one that was met there might yet, and leave who referred to it behind */
    struct { const GcShape *shape; u64 size; } recent[RECENT_SHAPES]; /* whose objects may move, and their size if all have the same */
    GcShape *shapes[MAX_SHAPES]; /* of the objects moved; more than that: every slot is looked at */
    u32 nshapes;
    Settled settled[MAX_SHAPES];
    u32 nsettled;
    bool loose_copies;    /* objects moved that the caller did not name */
    bool twice;           /* so did copies, such as survivors of sparse chunks */
    bool remember;        /* see gc_move_remember */
    ref_t lowest, span;   /* references to what has moved lie in between: most others need no look at the bitmap */
    u32 number;           /* of this move: GcShape.slots_move */
    GcMoveResult result;
} Pass;

static Pass pass;
static Bits *moved; /* originals of the current pass, and deferred arrays */
static u8 *dirty[BITS_CHUNKS]; /* its chunks that hold a bit */
static Vec(GcObject *) pins;
static Vec(Deferred) deferred;
static struct { bool kept; ref_t *places; u64 n, cap; } old_order; /* `moved` and the originals tell it, or the list of where what lay there has gone */

/* ---- Begin ------------------------------------------------------------------------------------------- */

static void pin_found(void *ctx, GcObject *o, const void *word)
{
    (void)ctx, (void)word;
    CHARGE(pin, 1);
    u8 *byte = bits_byte(moved, o), mask = bits_mask(o);
    gc_touch(byte, 1, true);
    if (!(*byte & mask)) vec_push(&pins, o);
    *byte |= mask;
}
static void pin_range(void *ctx, const void *lo, const void *hi) { gc_scan_range(lo, hi, pin_found, ctx); }
static void skip_exact(void *ctx, GcObject **slot) { (void)ctx, (void)slot; }

/* Until the last object has moved: an original with its bit set that still has its tag. */
static bool is_pinned(const GcObject *o) { return gc_has_tag(o) && bits_get(moved, o); }

static void unpin(void)
{
    for (size_t i = 0; i < pins.len; i++) {
        u8 *byte = bits_byte(moved, pins.data[i]);
        gc_touch(byte, 1, true);
        *byte &= (u8)~bits_mask(pins.data[i]);
    }
}

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
    if (arena_tail(bytes)) return true;
    if (!room(rounded) || !(pass.run = arena_reserve(rounded / ARENA_CHUNK))) return false;
    pass.run_end = pass.run + rounded;
    return true;
}

bool gc_move_begin(u64 bytes)
{
    GcHeap *h = &gc_heap;
    ASSERT(h->client && !h->busy);
    if (!moved) moved = xcalloc(1, sizeof *moved);
    gc_move_forget();
    map_clear(&pass.met);
    vec_clear(&pins);
    vec_clear(&deferred);
    pass = (Pass){ .met = pass.met, .number = pass.number + 1, .mover = { .originals = dirty, .told = h->client->moved } };
    if (bytes && !reserve(bytes)) return false;
    arena_pass_begin();
    if (h->client->cycle_start) h->client->cycle_start(true);
    h->busy = true;
    CHARGE(move, 1);
    h->client->roots(skip_exact, pin_range, NULL);
    return true;
}

u64 gc_move_pinned(GcObject *const **objects)
{
    ASSERT(gc_heap.busy);
    *objects = pins.data;
    return pins.len;
}

void gc_move_walk(bool all, void (*fn)(void *ctx, GcObject *o), void *ctx)
{
    ASSERT(gc_heap.busy);
    walk_blocks((Walk){ !all, moved }, fn, ctx);
    arena_each(fn, ctx, true);
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

/* What mover_move has placed in the chunk that is open. */
static void close_chunk(void)
{
    u64 bytes = pass.mover.to.bytes - pass.slow_bytes;
    pass.result.moved += pass.mover.n, pass.result.bytes += bytes;
    gc_heap.moved_bytes += bytes;
    pass.mover.n = pass.slow_bytes = 0;
    arena_close(&pass.mover.to);
}

/* The next chunk: of those reserved, or the rest of the one where the last pass stopped, or one more. */
static u64 next_chunk(u64 size)
{
    close_chunk();
    u64 at = pass.run < pass.run_end ? pass.run : arena_tail(size);
    if (pass.run < pass.run_end) pass.run += ARENA_CHUNK;
    if (!at && (!room(ARENA_CHUNK) || !(at = arena_reserve(1)))) return 0;
    arena_open(&pass.mover.to, at);
    pass.mover.to.at = at + size;
    return at;
}

static inline u64 destination(u64 size)
{
    u64 at = pass.mover.to.at;
    if (UNLIKELY(at + size > pass.mover.to.end)) return size > ARENA_CHUNK ? place_large(size) : next_chunk(size);
    pass.mover.to.at = at + size;
    return at;
}

static void set_moved(const GcObject *o)
{
    u8 *byte = bits_byte(moved, o);
    gc_touch(byte, 1, true);
    *byte |= bits_mask(o);
    u64 chunk = ((u64)o - WIN_HEAP_BASE) / BITS_CHUNK;
    dirty[chunk] = moved->chunks[chunk];
}

static void note_shape(GcShape *s)
{
    u32 n = pass.nshapes < MAX_SHAPES ? pass.nshapes : MAX_SHAPES;
    for (u32 i = 0; i < n; i++)
        if (pass.shapes[i] == s) return;
    if (n < MAX_SHAPES) pass.shapes[n] = s;
    pass.nshapes++;
}

_Static_assert(RECENT_SHAPES == 1 << 4, "recent_index");
static inline u32 recent_index(const GcShape *s) { return (u32)(u64)s * 0x9e3779b1u >> 28; } /* 4 bits: RECENT_SHAPES */

/* Not one of the recent shapes: may its objects move? */
static __attribute__((noinline)) bool next_shape(GcShape *s)
{
    gc_touch_shape(s);
    if (s->pinned || s->kind == GC_SPECIAL) return false;
    note_shape(s);
    pass.recent[recent_index(s)].shape = s;
    pass.recent[recent_index(s)].size = s->kind == GC_REF_ARRAY || s->kind == GC_LEAF_ARRAY ? 0 : s->size;
    return true;
}

bool gc_move_allows(GcShape *s)
{
    ASSERT(gc_heap.busy);
    return pass.recent[recent_index(s)].shape == s || next_shape(s);
}

GcMover *gc_mover(void)
{
    ASSERT(gc_heap.busy);
    return &pass.mover;
}

/* Whatever the object and its place. */
static __attribute__((noinline)) GcObject *move_any(GcObject *o)
{
    if (!gc_has_tag(o)) return NULL; /* moved already */
    GcShape *s = gc_shape(o);
    u32 i = recent_index(s);
    if ((s != pass.recent[i].shape && !next_shape(s)) || is_pinned(o)) {
        pass.result.pinned++;
        return NULL;
    }
    u64 size = pass.recent[i].size ? pass.recent[i].size : ALIGN_UP(gc_object_size(o), 8ull), to = pass.full ? 0 : destination(size);
    if (UNLIKELY(!to)) {
        pass.full |= size <= ARENA_CHUNK;
        return NULL;
    }
    gc_touch(o, size, false);
    gc_touch((void *)to, size, true);
    gc_touch(o, 8, true);
    CHARGE(move_any, 1);
    CHARGE(copy_word, size / 8);
    mover_copy(o, to, size);
#ifndef CALIBRATE
    if (UNLIKELY(pass.mover.told != NULL)) pass.mover.told(o, (GcObject *)to);
#endif
    if (IN_WINDOW(ARENA, o)) pass.twice |= arena_remove(o, size); /* no walk may meet a forwarded original */
    else gc_heap.moved_bytes += size;               /* libgc reclaims it at the next collection */
    if (size <= ARENA_CHUNK) arena_note(&pass.mover.to, to, size), pass.slow_bytes += size;
    else arena_place((GcObject *)to, size);
    *gc_word0(o) = to;
    set_moved(o);
    pass.result.moved++;
    pass.result.bytes += size;
    return (GcObject *)to;
}

/* An object like one that has moved lately. */
GcObject *gc_move_object(GcObject *o)
{
    CHARGE(move_object, 1);
    u32 i = recent_index(gc_shape(o));
    u64 size = pass.recent[i].size;
    GcObject *to = LIKELY(gc_has_tag(o) && gc_shape(o) == pass.recent[i].shape && size) ? mover_move(&pass.mover, o, size) : NULL;
    if (UNLIKELY(!to)) return move_any(o);
    CHARGE(copy_word, size / 8);
    return to;
}

/* As mover_copy_to, of one that an earlier pass has moved. */
static inline __attribute__((always_inline)) GcObject *move_again(ArenaCursor *cursor, GcObject *o, u64 size)
{
    u64 at = (u64)o - WIN_HEAP_BASE;
    u8 *bits = IN_WINDOW(ARENA, o) ? dirty[at / BITS_CHUNK] : NULL, bit = (u8)(1u << (at / 8 & 7));
    if (!bits || cursor->at + size > cursor->end) return NULL;
    bits += at % BITS_CHUNK / 64;
    gc_touch(bits, 1, false);
    if (*bits & bit) return NULL;
    CHARGE(move_again, 1);
    pass.twice |= arena_remove(o, size);
    gc_heap.moved_bytes -= size; /* there is nothing for libgc to reclaim */
    return mover_put(&pass.mover, cursor, o, size, bits, bit);
}

/* As gc_move_object in a row, with all that it would look up each time at hand. */
ref_t *gc_move_chain(ref_t *slot, const GcShape *shape, u32 offset, u64 *length)
{
    GcMover *m = &pass.mover;
    ArenaCursor cursor = m->to;
    u64 size = pass.recent[recent_index(shape)].size, n = 0, slow = 0;
    u64 head = (u64)GC_TAG << 32 | (u32)((u64)shape - WIN_BASE);
    *length = 0;
    if (shape != pass.recent[recent_index(shape)].shape || !size) return slot;
    while (*slot) {
        GcObject *o = gc_decode(*slot), *to;
        gc_touch(o, sizeof *o, false);
        if (UNLIKELY((*gc_word0(o) & CHAIN_HEAD) != head)) break;
        if (UNLIKELY(!(to = mover_copy_to(m, &cursor, o, size))) && !(to = move_again(&cursor, o, size))) {
            if (!IN_WINDOW(ARENA, o) || is_pinned(o)) break;
            m->to = cursor; /* as an earlier pass has left it */
            if (!(to = move_any(o))) break;
            cursor = m->to, slow++;
        }
        gc_touch(slot, sizeof *slot, true);
        *slot = gc_encode(to);
        slot = (ref_t *)((u8 *)to + offset);
        n++;
    }
    m->to = cursor, m->n += n - slow, *length = n;
    CHARGE(chain_object, n);
    CHARGE(copy_word, (n - slow) * size / 8);
    return slot;
}

void gc_move_align(u32 bytes)
{
    ASSERT(gc_heap.busy && bytes && !(bytes & (bytes - 1)));
    pass.mover.to.at = ALIGN_UP(pass.mover.to.at, (u64)bytes);
}

void gc_move_settles(const GcShape *s, u64 slots)
{
    ASSERT(gc_heap.busy);
    if (pass.nsettled < MAX_SHAPES) pass.settled[pass.nsettled++] = (Settled){ s, slots };
}

void gc_move_meets(const GcObject *o)
{
    if (gc_shape(o)->kind == GC_REF_ARRAY && gc_length(o) >= DEFER_LENGTH) *map_put(&pass.met, (u64)o) = 1;
}

/* ---- End --------------------------------------------------------------------------------------------- */

/* The one test that every reference of the heap goes through. Nothing was moved in a chunk of the bitmap that does not exist. */
static inline bool was_moved(const GcObject *o)
{
    u64 at = (u64)o - WIN_HEAP_BASE, shift = 4 - ((u64)o >= WIN_ARENA_BASE);
    const u8 *chunk = moved->chunks[at / BITS_CHUNK];
    if (!chunk) return false;
    const u8 *byte = chunk + (at % BITS_CHUNK >> (shift + 3));
    gc_touch(byte, 1, false);
    return *byte >> ((u64)o >> shift & 7) & 1;
}

/* A deferred array is referred to. */
static GcObject *reach(GcObject *array)
{
    for (size_t i = 0; i < deferred.len; i++)
        if (deferred.data[i].array == array) deferred.data[i].reached = true;
    return array;
}

static __attribute__((noinline)) GcObject *new_place(GcObject *o)
{
    CHARGE(rewrite_moved, 1);
    gc_touch(o, 8, false);
    if (gc_has_tag(o)) return reach(o);
    GcObject *to = (GcObject *)*gc_word0(o);
    while (UNLIKELY(pass.twice) && was_moved(to)) to = (GcObject *)*gc_word0(to);
    ASSERT(IN_WINDOW(ARENA, to));
    pass.result.slots_rewritten++;
    return to;
}

/* No object has the reference 0. */
static inline bool may_have_moved(ref_t r) { return r - pass.lowest < pass.span; }

static inline void rewrite_slot(ref_t *slot)
{
    CHARGE(walk_slot, 1);
    gc_touch(slot, sizeof *slot, false);
    if (LIKELY(!may_have_moved(*slot))) return;
    CHARGE(rewrite_slot, 1);
    GcObject *o = gc_decode(*slot);
    if (LIKELY(!was_moved(o))) return;
    gc_touch(slot, sizeof *slot, true);
    *slot = gc_encode(new_place(o));
}

static void rewrite_visited(void *ctx, ref_t *slot) { (void)ctx, rewrite_slot(slot); }

static void rewrite_pointer(void *ctx, GcObject **slot)
{
    (void)ctx;
    CHARGE(walk_slot, 1);
    gc_touch(slot, sizeof *slot, false);
    if (LIKELY(!may_have_moved(gc_encode(*slot)))) return;
    CHARGE(rewrite_slot, 1);
    if (LIKELY(!was_moved(*slot))) return;
    gc_touch(slot, sizeof *slot, true);
    *slot = new_place(*slot);
}

/* Only where a slot's declared type admits a moved object can there be a reference to one. Of kinds that have no list of slots, 0 means that
   there are none to look at. */
static __attribute__((noinline)) void find_slots(GcShape *s)
{
    const GcClient *c = gc_heap.client;
    bool known = c->slots_for && pass.nshapes <= MAX_SHAPES;
    gc_touch_shape(s);
    gc_touch(&s->slots, 16, true);
    s->slots_move = pass.number;
    s->slots = s->ranges, s->nslots = s->kind == GC_OBJECT ? s->nranges : s->kind != GC_LEAF && s->kind != GC_LEAF_ARRAY;
    if (known && (s->kind == GC_OBJECT || s->kind == GC_REF_ARRAY)) s->slots = c->slots_for(s, pass.shapes, pass.nshapes, &s->nslots);
}

static void rewrite_elements(GcObject *array)
{
    ref_t *slots = (ref_t *)((u8 *)array + 12);
    for (u64 i = 0, n = gc_length(array); i < n; i++) rewrite_slot(slots + i);
}

static inline __attribute__((always_inline)) void rewrite_object(void *ctx, GcObject *o)
{
    CHARGE(walk_object, 1);
    GcShape *s = gc_shape(o);
    gc_touch(&s->slots, 16, false);
    if (UNLIKELY(s->slots_move != pass.number)) find_slots(s);
    if (LIKELY(!s->nslots)) return;
    if (s->kind == GC_REF_ARRAY) rewrite_elements(o);
    else if (s->kind != GC_OBJECT) gc_visit_refs(o, rewrite_visited, ctx);
    else {
        gc_touch(s->slots, s->nslots * sizeof *s->slots, false);
        CHARGE(walk_range, s->nslots);
        for (const GcRange *r = s->slots, *end = r + s->nslots; r < end; r++) {
            ref_t *slot = (ref_t *)((u8 *)o + r->offset), *stop = slot + r->count;
            do rewrite_slot(slot++);
            while (slot < stop);
        }
    }
}

/* Are there no slots in copies that matter and that the caller left alone? */
static bool is_settled(GcShape *s)
{
    u64 done = 0;
    for (u32 i = 0; i < pass.nsettled; i++)
        if (pass.settled[i].shape == s) done |= pass.settled[i].slots;
    if (s->slots_move != pass.number) find_slots(s);
    if (s->kind != GC_OBJECT) return !s->nslots || (s->kind == GC_REF_ARRAY && done);
    for (u32 r = 0; r < s->nslots; r++)
        for (u32 i = 0; i < s->slots[r].count; i++) {
            u32 bit = s->slots[r].offset / 4 + i;
            if (bit >= SETTLED_BITS || !(done >> bit & 1)) return false;
        }
    return true;
}

/* The copies, when all else is done: those that the caller has left nothing to do for are passed over by their shape. */
static void rewrite_copies(u32 nmoved)
{
    bool named = !pass.loose_copies && pass.nshapes <= MAX_SHAPES, all = named;
    for (u32 i = 0; named && i < nmoved; i++) {
        if (is_settled(pass.shapes[i])) pass.shapes[i]->nslots = 0;
        else all = false;
    }
    if (!all) arena_each_new(rewrite_object, NULL);
}

/* Could this large array refer to a moved object? Then it waits for a reference to it. */
static void defer_array(void *ctx, GcObject *o)
{
    GcShape *s = gc_shape(o);
    u32 admits = 1;
    if (s->kind != GC_REF_ARRAY || gc_length(o) < DEFER_LENGTH || is_pinned(o)) return;
    if (gc_heap.client->slots_for) gc_heap.client->slots_for(s, pass.shapes, *(u32 *)ctx, &admits);
    if (!admits || deferred.len >= MAX_SHAPES) return;
    vec_push(&deferred, ((Deferred){ o, map_get(&pass.met, (u64)o) != NULL }));
    note_shape(s);
    set_moved(o);
}

/* Only cells that have blocks to themselves are looked at. */
static void defer_arrays(u32 nmoved)
{
    for (u64 block = WIN_HEAP_BASE + gc_heap_skip; pass.nshapes <= MAX_SHAPES && block < gc_heap.high;) {
        size_t size;
        CHARGE(walk_block, 1);
        gc_touch_block((void *)block, 0);
        void *first = GC_base((void *)block);
        unsigned kind = first ? (unsigned)GC_get_kind_and_size(first, &size) : 0;
        bool large = first && size > HEAP_BLOCK_MAX_CELL;
        GcObject *o = large ? gc_object_in(first) : NULL;
        if (large && kind != mark_kind(true) && walk_live(o, first, gc_block_fresh(o))) defer_array(&nmoved, o);
        block += large ? ALIGN_UP(size, (u64)HEAP_BLOCK) : HEAP_BLOCK;
    }
}

/* Deferred arrays that something refers to are rewritten, which may lead to others; the rest is dead. */
static void settle_deferred(void)
{
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < deferred.len; i++) {
            Deferred *d = &deferred.data[i];
            if (!d->reached || !d->array) continue;
            GcObject *array = d->array;
            d->array = NULL, more = true;
            rewrite_elements(array);
        }
    }
    for (size_t i = 0; i < deferred.len; i++) {
        GcObject *dead = deferred.data[i].array;
        if (!dead) continue;
        gc_touch(dead, 8, true);
        pass.result.dead_bytes += gc_object_size(dead);
        *gc_word0(dead) = 0;
    }
}

static void skip_range(void *ctx, const void *lo, const void *hi) { (void)ctx, (void)lo, (void)hi; }

/* The first object of a chunk of the bitmap, or the last. */
static const GcObject *end_of(u64 chunk, bool last)
{
    u64 base = WIN_HEAP_BASE + chunk * BITS_CHUNK, n = BITS_BYTES / sizeof(u64), looked = 0;
    const u64 *words = (const u64 *)moved->chunks[chunk] + (last ? n - 1 : 0), *w = words;
    while (!*w) w += last ? -1 : 1;
    looked = (u64)(last ? words - w : w - words) + 1;
    gc_touch(last ? w : words, looked * sizeof *w, false);
    CHARGE(old_line, (looked + 7) / 8);
    u64 bit = last ? 63 - (u64)__builtin_clzll(*w) : (u64)__builtin_ctzll(*w);
    return (const GcObject *)(base + (((u64)(w - (const u64 *)moved->chunks[chunk]) * 64 + bit) << bits_shift((void *)base)));
}

static void find_span(void)
{
    u64 first = BITS_CHUNKS, last = 0;
    for (u64 w = 0; w < NELEM(moved->made); w++)
        for (u64 made = moved->made[w]; made; made &= made - 1) {
            u64 i = w * 64 + (u64)__builtin_ctzll(made);
            if (!dirty[i]) continue;
            if (first == BITS_CHUNKS) first = i;
            last = i;
        }
    pass.lowest = gc_encode(end_of(first, false));
    pass.span = gc_encode(end_of(last, true)) - pass.lowest + 1;
}

static void rewrite_all(void)
{
    u32 nmoved = pass.nshapes;
    defer_arrays(nmoved);
    unpin();
    find_span();
    walk_blocks((Walk){ true, moved }, rewrite_object, NULL);
    arena_each(rewrite_object, NULL, true);
    rewrite_copies(nmoved);
    gc_heap.client->roots(rewrite_pointer, skip_range, NULL);
    if (gc_heap.client->weak_roots) gc_heap.client->weak_roots(rewrite_pointer, NULL);
    settle_deferred();
}

/* Empties `moved`, in address order. */
static void forget_moved(void)
{
    for (u64 w = 0; w < NELEM(moved->made); w++)
        for (u64 made = moved->made[w]; made; made &= made - 1) {
            u64 i = w * 64 + (u64)__builtin_ctzll(made);
            if (!dirty[i]) continue;
            u8 *bytes = moved->chunks[i];
            gc_touch(bytes, BITS_BYTES, true);
            CHARGE(clear_line, BITS_BYTES / LINE);
            memset(bytes, 0, BITS_BYTES);
            dirty[i] = NULL;
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
    for (size_t i = 0; i < list.len; i++) pass.loose_copies |= gc_move_object(list.data[i]) != NULL;
    vec_free(&list);
}

void gc_move_end(GcMoveResult *result)
{
    GcHeap *h = &gc_heap;
    ASSERT(h->busy);
    close_chunk();
    move_sparse();
    close_chunk();
    if (pass.result.moved) rewrite_all();
    else unpin();
    if (pass.remember) old_order.kept = true;
    else forget_moved();
    pass.result.freed_bytes = arena_free_empty();
    h->objects_moved += pass.result.moved;
    h->busy = false;
    if (result) *result = pass.result;
    LOG(gc, "move: %llu objects, %llu bytes, %llu pinned, %llu slots rewritten, %llu bytes dead", (unsigned long long)pass.result.moved,
        (unsigned long long)pass.result.bytes, (unsigned long long)pass.result.pinned, (unsigned long long)pass.result.slots_rewritten,
        (unsigned long long)pass.result.dead_bytes);
    gc_charge_flush();
    if (h->client->cycle_end) h->client->cycle_end();
}

/* ---- The way back ------------------------------------------------------------------------------------ */

void gc_move_remember(void)
{
    ASSERT(gc_heap.busy);
    pass.remember = true;
}

void gc_move_forget(void)
{
    if (old_order.kept) forget_moved();
    old_order.kept = false, old_order.n = 0;
}

/* Of a large array the bit says that it was deferred; of an original in a chunk that has been given back nothing is left. */
static void list_place(GcObject *from)
{
    CHARGE(old_place, 1);
    gc_touch(from, sizeof *from, false);
    GcObject *to = gc_has_tag(from) ? NULL : (GcObject *)*gc_word0(from);
    if (!to) return;
    ASSERT(old_order.n < old_order.cap);
    ref_t *place = &old_order.places[old_order.n++];
    gc_touch(place, sizeof *place, true);
    *place = gc_encode(to);
}

static void list_chunk(u64 i)
{
    u64 base = WIN_HEAP_BASE + i * BITS_CHUNK, *words = (u64 *)moved->chunks[i];
    u32 shift = bits_shift((void *)base);
    gc_touch(words, BITS_BYTES, false);
    CHARGE(old_line, BITS_BYTES / LINE);
    for (u64 w = 0; w < BITS_BYTES / sizeof *words; w++)
        for (u64 bits = words[w]; bits; bits &= bits - 1) list_place((GcObject *)(base + ((w * 64 + (u64)__builtin_ctzll(bits)) << shift)));
}

/* Writes down what originals tell. */
static void list_old_order(void)
{
    u64 most = pass.result.moved + deferred.len;
    if (most > old_order.cap) old_order.places = window_alloc(&win_table, (old_order.cap = most) * sizeof(ref_t), LINE);
    for (u64 w = 0; w < NELEM(moved->made); w++)
        for (u64 made = moved->made[w]; made; made &= made - 1) {
            u64 i = w * 64 + (u64)__builtin_ctzll(made);
            if (dirty[i]) list_chunk(i);
        }
    forget_moved();
    old_order.kept = false;
}

void move_collecting(void)
{
    if (old_order.kept) list_old_order();
}

/* Still? It may have been collected, or moved, since the caller saw it. */
static bool is_object(const GcObject *o)
{
    CHARGE(check_entry, 1);
    return (u64)o % 8 == 0 && gc_base(o) == o;
}

bool gc_move_back(GcMoveResult *result)
{
    *result = (GcMoveResult){ 0 };
    if (old_order.kept) list_old_order();
    u64 n = old_order.n;
    if (!n || !gc_move_begin(0)) return false;
    for (u64 i = 0; i < n; i++) {
        gc_touch(&old_order.places[i], sizeof(ref_t), false);
        GcObject *o = gc_decode(old_order.places[i]);
        if (is_object(o)) gc_move_object(o);
    }
    gc_move_end(result);
    return true;
}

/* ---- A whole order at once ---------------------------------------------------------------------------- */

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
