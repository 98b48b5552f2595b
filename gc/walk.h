/* All cells of libgc's blocks, for walks that are worth inlining (walk.c, move.c). */
#ifndef GC_WALK_H
#define GC_WALK_H
#include "base/bits.h"
#include "gc/boehm.h"
#include "gc/internal.h"

enum { BLOCK_GRANULES = HEAP_BLOCK / GC_GRANULE, BLOCK_WORDS = BLOCK_GRANULES / 64 };

/* What a walk visits: cells that hold references only, or all; not those in `skip`. */
typedef struct Walk { bool traced; const Bits *skip; } Walk;

/* A bit per granule at which a cell of so many granules starts, in a block of such cells. */
const u64 *walk_starts(u64 granules); /* walk.c */

/* As gc_cell_live, for what the cells of one block hold. */
static inline __attribute__((always_inline)) bool walk_live(const GcObject *o, const void *cell, bool is_fresh)
{
    CHARGE(walk_cell, 1);
    gc_touch(o, sizeof *o, false);
    if (!gc_has_tag(o)) return false;
    if (LIKELY(is_fresh)) return true;
    CHARGE(walk_mark, 1);
    gc_touch_block(cell, 1);
    return GC_is_marked(cell);
}

/* The part of a bitmap that stands for a block, or NULL: all clear. */
static inline const u64 *walk_skip(const Bits *skip, u64 block)
{
    if (!skip) return NULL;
    u64 at = block - WIN_HEAP_BASE;
    const u8 *chunk = skip->chunks[at / BITS_CHUNK];
    if (!chunk) return NULL;
    const u64 *words = (const u64 *)(chunk + at % BITS_CHUNK / GC_GRANULE / 8);
    gc_touch(words, BLOCK_GRANULES / 8, false);
    return words;
}

/* Visits the objects of the block at `block`; returns where the next block is. `first`: the cell at its start. */
static inline __attribute__((always_inline)) u64 walk_block(Walk w, u64 block, u8 *first, void (*fn)(void *ctx, GcObject *o), void *ctx)
{
    size_t size;
    unsigned kind = (unsigned)GC_get_kind_and_size(first, &size);
    bool visit = !w.traced || kind != mark_kind(true), is_fresh = gc_block_fresh(first);
    ASSERT((u64)first == block && size >= GC_GRANULE);
    const u64 *skip = visit ? walk_skip(w.skip, block) : NULL;
    if (size > HEAP_BLOCK_MAX_CELL) {
        GcObject *o = gc_object_in(first);
        u64 bit = (u64)((u8 *)o - first) / GC_GRANULE;
        if (visit && !(skip && skip[bit / 64] >> bit % 64 & 1) && walk_live(o, first, is_fresh)) fn(ctx, o);
        return block + ALIGN_UP(size, (u64)HEAP_BLOCK);
    }
    const u64 *starts = walk_starts(size / GC_GRANULE);
    for (u64 i = 0; visit && i < BLOCK_WORDS; i++)
        for (u64 bits = skip ? starts[i] & ~skip[i] : starts[i]; bits; bits &= bits - 1) {
            GcObject *cell = (GcObject *)(first + (i * 64 + (u64)__builtin_ctzll(bits)) * GC_GRANULE);
            if (walk_live(cell, cell, is_fresh)) fn(ctx, cell);
        }
    return block + HEAP_BLOCK;
}

static inline __attribute__((always_inline)) void walk_blocks(Walk w, void (*fn)(void *ctx, GcObject *o), void *ctx)
{
    for (u64 block = WIN_HEAP_BASE + gc_heap_skip; block < gc_heap.high;) {
        CHARGE(walk_block, 1);
        gc_touch_block((void *)block, 0);
        void *first = GC_base((void *)block);
        block = first ? walk_block(w, block, first, fn, ctx) : block + HEAP_BLOCK;
    }
}
#endif
