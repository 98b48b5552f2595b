/* The log behind bp_repeat.h: appending to it, finding the place that the stream goes on from, and closing it again. */
#include "hwsim/bp_repeat.h"
#include <stdlib.h>

enum { SIBLINGS = 4 /* that are looked at */ };
#define GAP (~0ull) /* a key that nothing has: what is in front of it and behind it did not follow each other */

void bp_repeat_make(BpRepeat *r, u64 need)
{
    ASSERT(need > 0 && need < BP_REPEAT_RING / 8);
    *r = (BpRepeat){ .need = need, .reach = BP_REPEAT_RING - 3 * need, .candidate = BP_NOWHERE, .at = BP_NOWHERE, .turned = BP_NOWHERE };
    r->place = xcalloc(BP_REPEAT_RING, sizeof *r->place);
    r->latest = xcalloc(1u << BP_REPEAT_HASH_BITS, sizeof *r->latest);
    bp_repeat_gap(r);
}

void bp_repeat_drop(BpRepeat *r)
{
    free(r->place), free(r->latest);
}

static void put(BpRepeat *r, u64 key, u64 context)
{
    *bp_repeat_place(r, r->n) = (BpPlace){ .key = key, .context = context, .next = (u32)r->n + 1, .sibling = (u32)r->n };
    r->n++;
}

void bp_repeat_gap(BpRepeat *r)
{
    ASSERT(r->at == BP_NOWHERE);
    r->candidate = r->turned = BP_NOWHERE;
    r->matched = 0;
    if (!r->n || bp_repeat_place(r, r->n - 1)->key != GAP) put(r, GAP, 0);
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
        u64 key = bp_repeat_place(r, r->n - 1 - k)->key;
        if (key != bp_repeat_place(r, place - 1 - k)->key || key == GAP) break;
        k++;
    }
    return k;
}

/* The last place of this name. */
static void find_candidate(BpRepeat *r, u64 name)
{
    u64 distance = (u32)((u32)r->n - *latest(r, name));
    r->candidate = BP_NOWHERE;
    r->matched = 0;
    if (!distance || distance > r->reach || distance + r->need >= r->n) return;
    r->candidate = r->n - distance;
    r->matched = common(r, r->candidate);
}

/* A new place is where the stream has turned to. Siblings are a ring. */
static void join(BpRepeat *r, u64 new)
{
    BpPlace *old = bp_repeat_place(r, r->turned);
    bp_repeat_place(r, new)->sibling = old->sibling;
    old->sibling = (u32)new;
    r->turned = BP_NOWHERE;
}

void bp_repeat_append(BpRepeat *r, u64 key, u64 name, u64 next_name, u64 context, u64 next_context)
{
    ASSERT(r->at == BP_NOWHERE && key != GAP);
    *latest(r, name) = (u32)r->n;
    put(r, key, context);
    if (r->turned != BP_NOWHERE) join(r, r->n - 1);
    bool goes_on = r->candidate != BP_NOWHERE && bp_repeat_place(r, r->candidate)->key == key;
    if (goes_on) r->candidate++, r->matched++;
    bool enough = r->matched >= r->need, same = goes_on && bp_repeat_place(r, r->candidate)->context == next_context;
    if (!goes_on || (enough && !same && r->matched % 64 == 0)) {
        find_candidate(r, next_name);
        enough = r->matched >= r->need;
        same = enough && bp_repeat_place(r, r->candidate)->context == next_context;
    }
    if (!enough || !same) return;
    r->at = r->candidate;
    r->followed = 0;
    ASSERT(r->at < r->n);
    bp_repeat_place(r, r->n - 1)->next = (u32)r->at;
}

bool bp_repeat_turns(BpRepeat *r, u64 key)
{
    u64 place = r->at;
    for (u32 k = 0; k < SIBLINGS; k++) {
        place = bp_repeat_whole(r, bp_repeat_place(r, place)->sibling);
        if (place == r->at || r->n - place > r->reach) return false;
        if (bp_repeat_place(r, place)->key != key) continue;
        r->at = place;
        return true;
    }
    return false;
}

void bp_repeat_leave(BpRepeat *r)
{
    u64 n = r->followed < r->need ? r->followed : r->need;
    ASSERT(r->at != BP_NOWHERE && r->at >= n && r->n - r->at <= r->reach + 1);
    u64 from = r->at - n;
    u64 turned = r->at;
    r->at = BP_NOWHERE;
    r->repeated += r->followed;
    if (r->followed > n) bp_repeat_gap(r);
    r->turned = turned;
    for (u64 k = 0; k < n; k++) {
        const BpPlace *p = bp_repeat_place(r, from + k);
        put(r, p->key, p->context);
    }
    r->candidate = BP_NOWHERE;
    r->matched = 0;
}
