/* Inside of the loop predictor, for those that ask it about every branch: bp_loop.c tells how it works. */
#ifndef HWSIM_BP_LOOP_H
#define HWSIM_BP_LOOP_H
#include "hwsim/bp.h"

enum { LOOP_WAYS = 4, LOOP_TAG_BITS = 12, LOOP_COUNT_BITS = 12, LOOP_SURE_BITS = 3, LOOP_AGE_BITS = 3 };
enum { LOOP_FREE = UINT16_MAX /* wider than any tag */ };
enum { LOOP_SURE = (1 << LOOP_SURE_BITS) - 1, LOOP_OLD = (1 << LOOP_AGE_BITS) - 1, LOOP_TRUST_BITS = 7 };

typedef struct Loop {
    u16 tag, trips, now; /* trips: iterations up to and with the exit, 0: not known */
    u8 sure, age;
    bool body;           /* the direction of all iterations but the last */
} Loop;

struct BpLoop {
    Loop *entry;
    u64 *tags;           /* of a set, 16 bits each; LOOP_FREE where nothing is known */
    u32 sets;
    i8 trust;            /* of the times when it differed from the rest, was it right? */
    u32 turn;            /* which way is asked to give its place up next */
    /* the last prediction */
    Loop *hit;
    u64 set, tag;
    bool valid, taken;
};

/* The entry of this tag in the set, or NULL. */
static inline Loop *bp_loop_at(const BpLoop *l, u64 set, u64 tag)
{
    u64 ones = 0x0001000100010001, other = l->tags[set] ^ tag * ones, same = (other - ones) & ~other & ones << 15;
    return LIKELY(!same) ? NULL : &l->entry[set * LOOP_WAYS + (u64)__builtin_ctzll(same) / 16]; /* the lowest of 16 bits that are all zero is exact */
}

/* bp_loop_predict, given set and tag. */
static inline bool bp_loop_ask(BpLoop *l, u64 set, u64 tag, bool *taken)
{
    const Loop *e = l->hit = bp_loop_at(l, set, tag);
    l->set = set, l->tag = tag;
    l->valid = false;
    if (LIKELY(!e)) return false;
    l->taken = e->trips && e->now + 1 == e->trips ? !e->body : e->body;
    l->valid = e->trips && e->sure == LOOP_SURE;
    *taken = l->taken;
    return l->valid && l->trust >= 0;
}

/* The same, given bp_hash(pc >> 1, 0) and bp_hash(pc >> 1, LOOP_TAG_SALT). */
enum { LOOP_TAG_SALT = 77 };
static inline bool bp_loop_find(BpLoop *l, u32 set_hash, u32 tag_hash, bool *taken)
{
    return bp_loop_ask(l, bp_slot(set_hash, l->sets), tag_hash & ((1u << LOOP_TAG_BITS) - 1), taken);
}

#endif
