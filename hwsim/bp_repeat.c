/* The log behind bp_repeat.h: appending to it, finding the place that the stream goes on from, and closing it again. */
#include "hwsim/bp_repeat.h"
#include <stdlib.h>

#define GAP (~0ull) /* a key that nothing has: what is in front of it and behind it did not follow each other */

void bp_repeat_make(BpRepeat *r, u64 need)
{
    ASSERT(need > 0 && need < BP_REPEAT_RING / 8);
    *r = (BpRepeat){ .need = need, .candidate = BP_NOWHERE, .at = BP_NOWHERE };
    r->key = xcalloc(BP_REPEAT_RING, sizeof *r->key);
    r->context = xcalloc(BP_REPEAT_RING, sizeof *r->context);
    r->latest = xcalloc(1u << BP_REPEAT_HASH_BITS, sizeof *r->latest);
    bp_repeat_gap(r);
}

void bp_repeat_drop(BpRepeat *r)
{
    free(r->key), free(r->context), free(r->latest);
}

static void put(BpRepeat *r, u64 key, u64 context)
{
    u64 i = bp_repeat_index(r->n++);
    r->key[i] = key;
    r->context[i] = context;
}

void bp_repeat_gap(BpRepeat *r)
{
    ASSERT(r->at == BP_NOWHERE);
    r->candidate = BP_NOWHERE;
    r->matched = 0;
    if (!r->n || r->key[bp_repeat_index(r->n - 1)] != GAP) put(r, GAP, 0);
}

static u32 *latest(const BpRepeat *r, u64 name)
{
    return &r->latest[name * 0x9e3779b97f4a7c15ull >> (64 - BP_REPEAT_HASH_BITS)];
}

/* How many keys before `place` are those at the end of the log; r->need is enough. */
static u64 common(const BpRepeat *r, u64 place)
{
    u64 k = 0;
    while (k < r->need) {
        u64 key = r->key[bp_repeat_index(r->n - 1 - k)];
        if (key != r->key[bp_repeat_index(place - 1 - k)] || key == GAP) break;
        k++;
    }
    return k;
}

/* The last place of this name; all that is compared or copied must still be in the ring. */
static void find_candidate(BpRepeat *r, u64 name)
{
    u64 distance = (u32)((u32)r->n - *latest(r, name));
    r->candidate = BP_NOWHERE;
    r->matched = 0;
    if (!distance || distance > BP_REPEAT_RING - 3 * r->need || distance + r->need >= r->n) return;
    r->candidate = r->n - distance;
    r->matched = common(r, r->candidate);
}

void bp_repeat_append(BpRepeat *r, u64 key, u64 name, u64 next_name, u64 context, u64 next_context)
{
    ASSERT(r->at == BP_NOWHERE && key != GAP);
    *latest(r, name) = (u32)r->n;
    put(r, key, context);
    bool goes_on = r->candidate != BP_NOWHERE && r->key[bp_repeat_index(r->candidate)] == key;
    if (goes_on) r->candidate++, r->matched++;
    bool enough = r->matched >= r->need, same = goes_on && r->context[bp_repeat_index(r->candidate)] == next_context;
    if (!goes_on || (enough && !same && r->matched % 64 == 0)) {
        find_candidate(r, next_name);
        enough = r->matched >= r->need;
        same = enough && r->context[bp_repeat_index(r->candidate)] == next_context;
    }
    if (!enough || !same) return;
    r->begin = r->at = r->candidate;
    r->end = r->n;
    r->followed = 0;
    ASSERT(r->begin < r->end);
}

void bp_repeat_leave(BpRepeat *r)
{
    u64 around = r->end - r->begin, n = r->followed < r->need ? r->followed : r->need;
    u64 from = (r->at - r->begin + around * r->need - n) % around;
    ASSERT(r->at >= r->begin && r->at < r->end);
    r->at = BP_NOWHERE;
    r->repeated += r->followed;
    if (r->followed > n) bp_repeat_gap(r);
    for (u64 k = 0; k < n; k++) {
        u64 i = bp_repeat_index(r->begin + from);
        put(r, r->key[i], r->context[i]);
        if (++from == around) from = 0;
    }
    r->candidate = BP_NOWHERE;
    r->matched = 0;
}
