/* A set of heap addresses as bitmaps, one bit per 8 bytes, in pages of 1 MiB of heap made on first use. The bitmaps lie in the TABLE
   window, so that firmware's use of them is charged like any memory. */
#ifndef LAYOUT_BITS_H
#define LAYOUT_BITS_H
#include "base/types.h"
#include "base/window.h"
#include "vm/vm.h"
#include <string.h>

enum { BITS_CHUNK = 1 << 20, BITS_BYTES = BITS_CHUNK / 64 };
#define BITS_CHUNKS ((WIN_ARENA_BASE + WIN_ARENA_SIZE - WIN_HEAP_BASE) / BITS_CHUNK)
typedef struct Bits { u8 *chunks[BITS_CHUNKS]; } Bits;

static inline u8 *bits_byte(Bits *b, const void *p)
{
    u64 at = (u64)p - WIN_HEAP_BASE;
    u8 **chunk = &b->chunks[at / BITS_CHUNK];
    if (!*chunk) *chunk = window_alloc(&win_table, BITS_BYTES, 64);
    return *chunk + at % BITS_CHUNK / 64;
}
static inline bool bits_get(Bits *b, const void *p)
{
    u8 *byte = bits_byte(b, p);
    charge_touch(byte, 1, false);
    return *byte >> ((u64)p / 8 % 8) & 1;
}
/* Returns whether it was new. */
static inline bool bits_set(Bits *b, const void *p)
{
    u8 *byte = bits_byte(b, p), bit = (u8)(1u << ((u64)p / 8 % 8));
    charge_touch(byte, 1, true);
    bool was = *byte & bit;
    *byte |= bit;
    return !was;
}
static inline void bits_clear(Bits *b)
{
    for (u64 i = 0; i < BITS_CHUNKS; i++)
        if (b->chunks[i]) {
            charge_touch(b->chunks[i], BITS_BYTES, true);
            memset(b->chunks[i], 0, BITS_BYTES);
        }
}

#endif
