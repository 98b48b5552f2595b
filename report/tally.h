/* Events counted by key, one line of the host's cache to a key: what an event costs is that line, and whoever knows the key some events before it
   counts can have it fetched. Counts are of 32 bits; they go where they belong when one could overflow, and at the end. */
#ifndef REPORT_TALLY_H
#define REPORT_TALLY_H
#include "base/types.h"

enum { TALLY_KINDS = 11 };
/* What one event adds, and (last) that it was one. */
typedef struct TallyCounts { _Alignas(16) u32 n[TALLY_KINDS + 1]; } TallyCounts;

typedef struct TallyLine {
    u64 key;         /* 0: free */
    u32 what;        /* the user's, like the next; 0 in a new line */
    i32 votes;
    TallyCounts counts;
} TallyLine;
_Static_assert(sizeof(TallyLine) == 64, "one line of the host's cache");

typedef struct Tally {
    TallyLine *lines; /* 1 << bits, at most half of them filled */
    u32 bits, filled;
    void (*settle)(const TallyLine *line); /* adds a line's counts to where they belong */
} Tally;

void tally_start(Tally *t, void (*settle)(const TallyLine *line));
/* A line that is not there yet is made. Valid until the next line is made. */
TallyLine *tally_make(Tally *t, u64 key);
/* All counts are settled, and begin at 0 again. */
void tally_settle(Tally *t);
/* Zeroed memory for a table that is accessed all over: on large pages if the host has them. `bytes`: a power of 2. Freed by free(). */
void *tally_memory(u64 bytes);

static inline u64 tally_slot(const Tally *t, u64 key) { return key * 0x9e3779b97f4a7c15ull >> (64 - t->bits); }
/* It will be counted soon. */
static inline void tally_expect(const Tally *t, u64 key) { __builtin_prefetch(&t->lines[tally_slot(t, key)], 1); }
/* The line of a key (not 0). `what` of a new one is the user's to set: it is new as long as no event is counted. */
static inline TallyLine *tally_line(Tally *t, u64 key)
{
    u64 last = (1ull << t->bits) - 1;
    for (u64 at = tally_slot(t, key);; at = (at + 1) & last) {
        TallyLine *l = &t->lines[at];
        if (LIKELY(l->key == key)) return l;
        if (!l->key) return tally_make(t, key);
    }
}

typedef u32 TallyVector __attribute__((vector_size(16), may_alias));
static inline void tally_count(Tally *t, TallyLine *l, const TallyCounts *more)
{
    TallyVector *to = (TallyVector *)l->counts.n;
    const TallyVector *from = (const TallyVector *)more->n;
    for (u32 i = 0; i < sizeof *more / sizeof *to; i++) to[i] += from[i];
    if (UNLIKELY(l->counts.n[TALLY_KINDS] == UINT32_MAX)) tally_settle(t);
}

#endif
