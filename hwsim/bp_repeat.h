/* Where a stream of branches repeats itself. Loops, and loops in loops, send the same branches with the same outcomes over and over;
   what a predictor works out from the last `need` of them it need not work out again while they are as they were an earlier time.
   The stream is a log of keys. As long as the last `need` keys are those before an earlier place of the log, that place is
   followed: nothing is written, the stream is compared with what came after it then. Where the end of the log was when that began, the way goes
   on at the place that was followed, now and later. When the stream turns away, what it took last is copied to the end, so that the log reads as if it
   had been written; and the place that is written next becomes a sibling of the one that was turned away from: the same came before
   both, and the next time the stream may take either. So what loops do when they end is found again as their iterations are.

   Places are numbered from the beginning of the stream; the log is a ring, place p is at p % BP_REPEAT_RING. */
#ifndef HWSIM_BP_REPEAT_H
#define HWSIM_BP_REPEAT_H
#include "hwsim/bp.h"

enum { BP_REPEAT_RING = 1 << 15, BP_REPEAT_HASH_BITS = 14 };
#define BP_NOWHERE (~0ull)

typedef struct BpPlace {
    u64 key;
    u64 context;        /* the user's own, which must also be the same where following begins */
    u32 next, sibling;  /* places, their lower halves: behind this key, and where another key came in its place (itself: none) */
} BpPlace;

typedef struct BpRepeat {
    BpPlace *place;     /* ring */
    u32 *latest;        /* the lower half of the last place of a name, by its hash */
    u64 n;              /* places so far */
    u64 need;
    u64 reach;          /* places that are not older can be followed: all that is compared or copied is still in the ring */
    u64 candidate;      /* the stream went as it did before this place, or BP_NOWHERE ... */
    u64 matched;        /* ... for so many keys */
    u64 at;             /* the place that is followed, or BP_NOWHERE */
    u64 turned;         /* the place that the last key turned away from, or BP_NOWHERE */
    u64 followed;       /* keys, since it began */
    u64 repeated;       /* keys that were followed; the user may set it back */
} BpRepeat;

void bp_repeat_make(BpRepeat *r, u64 need);
void bp_repeat_drop(BpRepeat *r);
/* Nothing is followed: the next key. `name` is what its place is found again by, `context` what must be the same besides keys; and the same
   of the place behind it. */
void bp_repeat_append(BpRepeat *r, u64 key, u64 name, u64 next_name, u64 context, u64 next_context);
/* The stream turns away from what is followed, or is not told any further. */
void bp_repeat_leave(BpRepeat *r);
void bp_repeat_gap(BpRepeat *r);

static inline u64 bp_repeat_index(u64 place) { return place % BP_REPEAT_RING; }

static inline BpPlace *bp_repeat_place(const BpRepeat *r, u64 place) { return &r->place[bp_repeat_index(place)]; }

/* The place of this lower half. */
static inline u64 bp_repeat_whole(const BpRepeat *r, u32 place) { return r->n - (u32)((u32)r->n - place); }

/* Does this key come next, at the place that is followed or at a sibling, which is followed then? */
bool bp_repeat_turns(BpRepeat *r, u64 key);
static inline bool bp_repeat_expects(BpRepeat *r, u64 key)
{
    if (r->at == BP_NOWHERE) return false;
    return LIKELY(bp_repeat_place(r, r->at)->key == key) || bp_repeat_turns(r, key);
}

/* Goes on behind the place that is followed. False: what came next is too old, and the user is to leave. */
static inline bool bp_repeat_step(BpRepeat *r)
{
    u64 next = bp_repeat_whole(r, bp_repeat_place(r, r->at)->next);
    r->followed++;
    if (UNLIKELY(r->n - next > r->reach)) {
        r->at++;
        return false;
    }
    ASSERT(next < r->n);
    r->at = next;
    return true;
}

#endif
