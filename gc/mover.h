/* Moving one object in the usual case, between gc_move_begin and gc_move_end, for loops that move many: nothing is called. What is not
   usual - an object that may be pinned, one in an arena, a chunk that is full - is left to gc_move_object.
   Whoever includes this says how memory is charged: MOVER_TOUCH(p, bytes, write). */
#ifndef GC_MOVER_H
#define GC_MOVER_H
#include "base/bits.h"
#include "gc/gc.h"

enum { ARENA_CHUNK = 65536 };

/* Where copies go. */
typedef struct ArenaCursor {
    u64 at, end;   /* next free place, end of the chunk */
    u64 *starts;   /* the chunk's bits: a bit per 8 bytes */
    u64 bytes;     /* placed since it was opened */
} ArenaCursor;

typedef struct GcMover {
    ArenaCursor to;
    u64 n;                             /* objects moved by mover_move, not yet accounted for; the cursor knows their bytes */
    u8 *const *originals;              /* bits of those that have moved or are pinned, by pieces of BITS_CHUNK bytes of the heap; NULL: none has moved there yet */
    void (*told)(const GcObject *from, const GcObject *to); /* reports look on: no work of the firmware's; may be NULL */
} GcMover;

/* That of the pass. */
GcMover *gc_mover(void);
/* May objects of this shape move? To be asked for once in a pass, before mover_move is given the first of them. */
bool gc_move_allows(GcShape *s);

/* Two words at a time. size is a multiple of 8; behind an object of one word in an arena there may be no memory. */
static inline __attribute__((always_inline)) void mover_copy(const GcObject *from, u64 to, u64 size)
{
    const u64 *source = (const u64 *)from;
    u64 *target = (u64 *)to, *end = (u64 *)(to + size - 8);
    target[0] = source[0];
    if (LIKELY(end != target)) target[1] = source[1];
    for (target += 2, source += 2; target < end; target += 2, source += 2) {
        u64 a = source[0], b = source[1];
        target[0] = a, target[1] = b;
    }
    if (target == end) *target = *source;
}

/* Copies o to the next free place, for which there is room; `bit` of *bits says that it has moved. */
static inline __attribute__((always_inline)) GcObject *mover_put(const GcMover *m, ArenaCursor *cursor, GcObject *o, u64 size, u8 *bits, u8 bit)
{
    u64 to = cursor->at, place = to % ARENA_CHUNK / 8;
    MOVER_TOUCH(o, size, false);
    MOVER_TOUCH((void *)to, size, true);
    MOVER_TOUCH(o, 8, true);
    mover_copy(o, to, size);
#ifndef CALIBRATE
    if (UNLIKELY(m->told != NULL)) m->told(o, (GcObject *)to);
#endif
    cursor->starts[place / 64] |= 1ull << place % 64;
    *(u64 *)o = to;
    MOVER_TOUCH(bits, 1, true);
    *bits |= bit;
    cursor->at = to + size, cursor->bytes += size;
    return (GcObject *)to;
}

/* The same if o, whose tag is there, is like most; its new address, or NULL: gc_move_object knows what to do. The cursor may be a copy of the mover's,
   which a loop can hold in registers. */
static inline __attribute__((always_inline)) GcObject *mover_copy_to(const GcMover *m, ArenaCursor *cursor, GcObject *o, u64 size)
{
    u64 at = (u64)o - WIN_HEAP_BASE;
    u8 *bits = LIKELY(at < WIN_HEAP_SIZE) ? m->originals[at / BITS_CHUNK] : NULL, bit = (u8)(1u << (at / 16 & 7)); /* of each cell of 16 bytes */
    if (UNLIKELY(!bits || cursor->at + size > cursor->end)) return NULL;
    bits += at % BITS_CHUNK / 128;
    MOVER_TOUCH(bits, 1, false);
    if (UNLIKELY(*bits & bit)) return NULL; /* an ambiguous word may point to it */
    return mover_put(m, cursor, o, size, bits, bit);
}

static inline __attribute__((always_inline)) GcObject *mover_move(GcMover *m, GcObject *o, u64 size)
{
    GcObject *to = mover_copy_to(m, &m->to, o, size);
    if (LIKELY(to != NULL)) m->n++;
    return to;
}

#endif
