/* Events counted by key, half a line of the host's cache to a key: what an event costs is that line, and whoever knows the key some events before it
   counts can have it fetched. Counts are of 8 bits, so that many keys stay in the cache; they go where they belong when one could overflow, and at the end. */
#ifndef REPORT_TALLY_H
#define REPORT_TALLY_H
#include "base/types.h"
#include "base/vec.h"

enum { TALLY_KINDS = 11 };
/* What one event adds - nothing or one - and (last) that it was one. */
typedef struct TallyCounts { _Alignas(16) u8 n[TALLY_KINDS + 1]; } TallyCounts;

typedef struct TallyLine {
    u64 key;         /* 0: free */
    u32 what;        /* the user's, like the next; 0 in a new line */
    i32 votes;
    TallyCounts counts;
} TallyLine;
_Static_assert(sizeof(TallyLine) == 32 && sizeof(TallyCounts) == 16, "half a line of the host's cache");

typedef struct Tally {
    TallyLine *lines; /* 1 << bits, at most three quarters of them filled */
    u32 bits, filled;
    void (*settle)(const TallyLine *line); /* adds a line's counts to where they belong */
} Tally;

/* Begins with 1 << bits lines. */
void tally_start(Tally *t, u32 bits, void (*settle)(const TallyLine *line));
/* A line that is not there yet is made. Valid until the next line is made. */
TallyLine *tally_make(Tally *t, u64 key);
/* The counts of a line, or of all, are settled, and begin at 0 again. */
void tally_settle_line(const Tally *t, TallyLine *l);
void tally_settle(const Tally *t);
/* Memory for a table that is accessed all over, on large pages if the host has them; only what is touched of it is taken. Freed by free(). */
void *large_memory(u64 bytes);
/* The same, zeroed, and for as long as the process lives: small ones share a large page. */
void *lasting_zeroed(u64 bytes);
/* An empty vector gets room for n elements there: it neither moves nor has its pages faulted in one by one until it has more. */
#define vec_large(v, n) ((v)->data = large_memory((n) * sizeof *(v)->data), (v)->cap = (n))

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

typedef u8 TallyVector __attribute__((vector_size(16), may_alias));
/* True: they have to be settled before they get more. */
static inline bool tally_add(TallyCounts *to, const TallyCounts *more)
{
    *(TallyVector *)to->n += *(const TallyVector *)more->n;
    return to->n[TALLY_KINDS] == UINT8_MAX;
}

static inline void tally_count(const Tally *t, TallyLine *l, const TallyCounts *more)
{
    if (UNLIKELY(tally_add(&l->counts, more))) tally_settle_line(t, l);
}

#endif
