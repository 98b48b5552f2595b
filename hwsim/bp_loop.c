/* The loop predictor of TAGE-SC-L: for branches that go one way a constant number of times and then the other way once.
   An entry counts iterations; when the same number came out of several executions of the loop in a row, it predicts the
   exit. Entries are made for branches that the rest of the predictor got wrong, and age while they do not pay. */
#include "hwsim/bp_loop.h"
#include <stdlib.h>
#include <string.h>

enum { SHORTEST = 3 /* iterations; shorter loops fit into any history */ };

BpLoop *bp_loop_make(u32 entries)
{
    ASSERT(entries % LOOP_WAYS == 0);
    BpLoop *l = xcalloc(1, sizeof *l);
    l->entry = xcalloc(entries, sizeof *l->entry);
    l->sets = entries / LOOP_WAYS;
    l->tags = xmalloc(l->sets * sizeof *l->tags);
    memset(l->tags, 0xff, l->sets * sizeof *l->tags);
    l->trust = -1;
    return l;
}

void bp_loop_drop(BpLoop *l)
{
    free(l->entry), free(l->tags), free(l);
}

bool bp_loop_predict(BpLoop *l, u64 pc, bool *taken)
{
    return bp_loop_find(l, bp_hash(pc >> 1, 0), bp_hash(pc >> 1, LOOP_TAG_SALT), taken);
}

/* One more iteration of e, which went `taken`. */
static void count(Loop *e, bool taken)
{
    if (e->now < (1u << LOOP_COUNT_BITS) - 1) e->now++;
    if (taken == e->body) {
        if (e->trips && e->now >= e->trips) e->trips = 0, e->sure = 0; /* longer than ever: start over */
        return;
    }
    bool same = e->now == e->trips;
    if (e->now < SHORTEST) {
        *e = (Loop){ .tag = e->tag, .age = e->age, .body = taken }; /* perhaps the other way is the common one */
    } else {
        e->sure = (u8)(same ? e->sure + (e->sure < LOOP_SURE) : 0);
        e->trips = e->now;
    }
    e->now = 0;
}

/* e is another branch's, or nobody's. */
static void note_tag(BpLoop *l, const Loop *e)
{
    u64 n = (u64)(e - l->entry), shift = n % LOOP_WAYS * 16;
    ASSERT(n < (u64)l->sets * LOOP_WAYS && e->tag < LOOP_FREE);
    l->tags[n / LOOP_WAYS] &= ~((u64)LOOP_FREE << shift);
    l->tags[n / LOOP_WAYS] |= (u64)(e->age ? e->tag : LOOP_FREE) << shift;
}

static void allocate(BpLoop *l, bool taken)
{
    Loop *e = &l->entry[l->set * LOOP_WAYS + l->turn++ % LOOP_WAYS];
    if (e->age) e->age--;
    if (e->age) return;
    *e = (Loop){ .tag = (u16)l->tag, .age = LOOP_OLD, .body = !taken };
    note_tag(l, e);
}

void bp_loop_update(BpLoop *l, bool taken, bool other)
{
    Loop *e = l->hit;
    if (l->valid && l->taken != other) {
        l->trust = (i8)bp_counter(l->trust, l->taken == taken, LOOP_TRUST_BITS);
        if (l->taken == taken && e->age < LOOP_OLD) e->age++;
    }
    if (!e) {
        if (other != taken) allocate(l, taken);
    } else if (l->valid && l->taken != taken) {
        *e = (Loop){ .tag = e->tag, .body = e->body }; /* not a constant number after all */
        note_tag(l, e);
    } else {
        count(e, taken);
    }
}

u64 bp_loop_bits(const BpLoop *l)
{
    return (u64)l->sets * LOOP_WAYS * (LOOP_TAG_BITS + 2 * LOOP_COUNT_BITS + LOOP_SURE_BITS + LOOP_AGE_BITS + 1) + LOOP_TRUST_BITS + 2;
}
