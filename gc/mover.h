/* Moving one object in the usual case, between gc_move_begin and gc_move_end, for loops that move many: nothing is called. What is not
   usual - an object that may be pinned, one in an arena, a chunk that is full - is left to gc_move_object.
   Whoever includes this says how memory is charged: MOVER_TOUCH(p, bytes, write). */
#ifndef GC_MOVER_H
#define GC_MOVER_H
#include "base/bits.h"
#include "gc/gc.h"

enum { ARENA_CHUNK = 65536, PIN_FILTER_WORDS = 64 };

/* Where copies go. */
typedef struct ArenaCursor {
    u64 at, end;   /* next free place, end of the chunk */
    u64 *starts;   /* the chunk's bits */
    u64 bytes;     /* placed since it was opened */
} ArenaCursor;

typedef struct GcMover {
    ArenaCursor to;
    u64 n;                             /* objects moved by mover_move, not yet accounted for; the cursor knows their bytes */
    u64 pin_filter[PIN_FILTER_WORDS];  /* a bit by hash of address: most objects are found not to be pinned here */
    u8 *const *originals;              /* bits of those that have moved, by pieces of BITS_CHUNK bytes of the heap; NULL: none there yet */
    void (*told)(const GcObject *from, const GcObject *to); /* reports look on: no work of the firmware's; may be NULL */
} GcMover;

/* That of the pass. */
GcMover *gc_mover(void);
/* May objects of this shape move? To be asked for once in a pass, before mover_move is given the first of them. */
bool gc_move_allows(GcShape *s);

static inline u64 mover_pin_bit(const GcObject *o) { return (u64)o >> 3 ^ (u64)o >> 15; }

/* May an ambiguous word point to it? */
static inline bool mover_pins(const GcMover *m, const GcObject *o)
{
    u64 bit = mover_pin_bit(o);
    return UNLIKELY(m->pin_filter[bit / 64 % PIN_FILTER_WORDS] >> bit % 64 & 1);
}

/* Two words at a time; size is a multiple of 8. */
static inline void mover_copy(const GcObject *from, u64 to, u64 size)
{
    const u64 *source = (const u64 *)from;
    u64 *target = (u64 *)to;
    for (u64 n = size / 16; n; n--, source += 2, target += 2) {
        u64 a = source[0], b = source[1];
        target[0] = a, target[1] = b;
    }
    if (size & 8) *target = *source;
}

/* Copies o, whose tag is there, to the next free place; its new address, or NULL: gc_move_object knows what to do. The cursor may be a copy of the mover's,
   which a loop can hold in registers. */
static inline __attribute__((always_inline)) GcObject *mover_copy_to(const GcMover *m, ArenaCursor *cursor, GcObject *o, u64 size)
{
    u64 to = cursor->at, at = (u64)o - WIN_HEAP_BASE, place = to % ARENA_CHUNK / 8;
    u8 *bits = LIKELY(at < WIN_HEAP_SIZE) ? m->originals[at / BITS_CHUNK] : NULL;
    if (UNLIKELY(!bits || to + size > cursor->end || mover_pins(m, o))) return NULL;
    MOVER_TOUCH(o, size, false);
    MOVER_TOUCH((void *)to, size, true);
    MOVER_TOUCH(o, 8, true);
    mover_copy(o, to, size);
#ifndef CALIBRATE
    if (UNLIKELY(m->told != NULL)) m->told(o, (GcObject *)to);
#endif
    cursor->starts[place / 64] |= 1ull << place % 64;
    *(u64 *)o = to;
    bits += at % BITS_CHUNK / 128; /* a bit for each cell of 16 bytes */
    MOVER_TOUCH(bits, 1, true);
    *bits |= (u8)(1u << (at / 16 & 7));
    cursor->at = to + size, cursor->bytes += size;
    return (GcObject *)to;
}

static inline __attribute__((always_inline)) GcObject *mover_move(GcMover *m, GcObject *o, u64 size)
{
    GcObject *to = mover_copy_to(m, &m->to, o, size);
    if (LIKELY(to != NULL)) m->n++;
    return to;
}

#endif
