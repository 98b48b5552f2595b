/* Hash functions and one open-addressing table from a 64-bit key to a 64-bit value. Host only.
   Iteration order is the table's own and depends only on the sequence of operations (deterministic). */
#ifndef BASE_HASH_H
#define BASE_HASH_H
#include "base/types.h"

/* FNV-1a over bytes, finished with a mixer. */
u64 hash_bytes(const void *p, size_t n);
/* Mixes one word (splitmix64's finalizer). */
static inline u64 hash_u64(u64 x)
{
    x ^= x >> 30, x *= 0xbf58476d1ce4e5b9ull;
    x ^= x >> 27, x *= 0x94d049bb133111ebull;
    return x ^ x >> 31;
}

/* A place for a word in a small direct-mapped table of 1 << bits. */
static inline u32 hash_slot(u64 x, u32 bits) { return (u32)(x * 0x9e3779b97f4a7c15ull >> (64 - bits)); }

typedef struct MapEntry { u64 key, value; } MapEntry;
/* Zero-initialise before first use. Keys 0 and ~0 are legal. */
typedef struct Map {
    MapEntry *slots;
    u8 *state; /* 0 free, 1 used, 2 deleted */
    size_t cap, len, filled;
} Map;

/* Pointer to the value of `key`, or NULL. Valid until the next insertion. */
u64 *map_get(const Map *m, u64 key);
/* Pointer to the value of `key`, inserted as 0 if absent. */
u64 *map_put(Map *m, u64 key);
/* Removes `key`; returns whether it was there. */
bool map_del(Map *m, u64 key);
void map_clear(Map *m);
void map_free(Map *m);
/* Iteration: `for (size_t i = 0; (e = map_next(&m, &i)); )`; the table must not grow meanwhile. */
MapEntry *map_next(const Map *m, size_t *i);

#endif
