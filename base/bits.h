/* A set of objects as bitmaps, in pages of 1 MiB of address space made on first use: one bit per 16 bytes in the HEAP window, whose cells
   are multiples of that, per 8 bytes in the ARENA window. The bitmaps lie in the TABLE window, so that firmware's use of them can be
   charged like any memory (bits_byte tells the address). */
#ifndef BASE_BITS_H
#define BASE_BITS_H
#include "base/window.h"
#include <string.h>

enum { BITS_CHUNK = 1 << 20, BITS_BYTES = BITS_CHUNK / 64 };
#define BITS_CHUNKS ((WIN_ARENA_BASE + WIN_ARENA_SIZE - WIN_HEAP_BASE) / BITS_CHUNK)
typedef struct Bits { /* zero-initialised: empty */
    u8 *chunks[BITS_CHUNKS];
    u64 made[BITS_CHUNKS / 64 + 1]; /* a bit per chunk that exists */
} Bits;

static inline u32 bits_shift(const void *p) { return IN_WINDOW(ARENA, p) ? 3 : 4; }

/* The byte that holds p's bit; p is an object's start and lies in the HEAP or ARENA window. */
static inline u8 *bits_byte(Bits *b, const void *p)
{
    u64 at = (u64)p - WIN_HEAP_BASE;
    u8 **chunk = &b->chunks[at / BITS_CHUNK];
    if (UNLIKELY(!*chunk)) {
        *chunk = window_alloc(&win_table, BITS_BYTES, 64);
        b->made[at / BITS_CHUNK / 64] |= 1ull << at / BITS_CHUNK % 64;
    }
    return *chunk + (at % BITS_CHUNK >> (bits_shift(p) + 3));
}
static inline u8 bits_mask(const void *p) { return (u8)(1u << ((u64)p >> bits_shift(p) & 7)); }
static inline bool bits_get(Bits *b, const void *p) { return *bits_byte(b, p) & bits_mask(p); }
/* Returns whether it was new. */
static inline bool bits_set(Bits *b, const void *p)
{
    u8 *byte = bits_byte(b, p), mask = bits_mask(p);
    bool was = *byte & mask;
    *byte |= mask;
    return !was;
}
/* Empties the set; touched(p, n) is told of each piece cleared (may be NULL). */
static inline void bits_clear(Bits *b, void (*touched)(const void *p, u64 n))
{
    for (u64 w = 0; w <= BITS_CHUNKS / 64; w++)
        for (u64 made = b->made[w]; made; made &= made - 1) {
            u8 *chunk = b->chunks[w * 64 + (u64)__builtin_ctzll(made)];
            if (touched) touched(chunk, BITS_BYTES);
            memset(chunk, 0, BITS_BYTES);
        }
}

#endif
