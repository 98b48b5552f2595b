/* Where a stream of branches repeats itself. Loops, and loops in loops, send the same branches with the same outcomes over and over;
   what a predictor works out from the last `need` of them it need not work out again while they are as they were an earlier time.
   The stream is a log of keys. As long as the last `need` keys are those before an earlier place of the log, that place is
   followed: nothing is written, the stream is compared with what came after it then, and at the end of the log it goes on at
   that place again. When the stream turns away, what it took last is copied to the end, so that the log reads as if it had been written.

   Places are numbered from the beginning of the stream; the log is a ring, place p is at p % BP_REPEAT_RING. */
#ifndef HWSIM_BP_REPEAT_H
#define HWSIM_BP_REPEAT_H
#include "hwsim/bp.h"

enum { BP_REPEAT_RING = 1 << 15, BP_REPEAT_HASH_BITS = 14 };
#define BP_NOWHERE (~0ull)

typedef struct BpRepeat {
    u64 *key;           /* ring */
    u64 *context;       /* ring: the user's own, which must also be the same where following begins */
    u32 *latest;        /* the lower half of the last place of a name, by its hash */
    u64 n;              /* places so far */
    u64 need;
    u64 candidate;      /* the stream went as it did before this place, or BP_NOWHERE ... */
    u64 matched;        /* ... for so many keys */
    u64 at;             /* the place that is followed, or BP_NOWHERE; it goes around from `begin` up to `end` */
    u64 begin, end;
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

static inline bool bp_repeat_expects(const BpRepeat *r, u64 key)
{
    return r->at != BP_NOWHERE && r->key[bp_repeat_index(r->at)] == key;
}

static inline void bp_repeat_step(BpRepeat *r)
{
    r->followed++;
    r->at = r->at + 1 == r->end ? r->begin : r->at + 1;
}

#endif
