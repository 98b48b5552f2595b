/* The loop predictor of TAGE-SC-L: for branches that go one way a constant number of times and then the other way once.
   An entry counts iterations; when the same number came out of several executions of the loop in a row, it predicts the
   exit. Entries are made for branches that the rest of the predictor got wrong, and age while they do not pay. */
#include "hwsim/bp.h"
#include <stdlib.h>

enum { WAYS = 4, TAG_BITS = 12, COUNT_BITS = 12, SURE_BITS = 3, AGE_BITS = 3, SURE = (1 << SURE_BITS) - 1, OLD = (1 << AGE_BITS) - 1 };
enum { SHORTEST = 3 /* iterations; shorter loops fit into any history */ };

typedef struct Loop {
    u16 tag, trips, now; /* trips: iterations up to and with the exit, 0: not known */
    u8 sure, age;
    bool body;           /* the direction of all iterations but the last */
} Loop;

struct BpLoop {
    Loop *entry;
    u32 sets;
    i8 trust;            /* 7 bits: of the times when it differed from the rest, was it right? */
    u32 turn;            /* which way is asked to give its place up next */
    /* the last prediction */
    Loop *hit;
    u64 set, tag;
    bool valid, taken;
};

BpLoop *bp_loop_make(u32 entries)
{
    ASSERT(entries % WAYS == 0);
    BpLoop *l = xcalloc(1, sizeof *l);
    l->entry = xcalloc(entries, sizeof *l->entry);
    l->sets = entries / WAYS;
    l->trust = -1;
    return l;
}

void bp_loop_drop(BpLoop *l)
{
    free(l->entry), free(l);
}

bool bp_loop_predict(BpLoop *l, u64 pc, bool *taken)
{
    u32 h = bp_hash(pc >> 1, 0);
    l->set = bp_slot(h, l->sets);
    l->tag = bp_hash(pc >> 1, 77) & ((1u << TAG_BITS) - 1);
    l->hit = NULL;
    l->valid = false;
    for (u32 w = 0; w < WAYS && !l->hit; w++) {
        Loop *e = &l->entry[l->set * WAYS + w];
        if (e->age && e->tag == l->tag) l->hit = e;
    }
    if (!l->hit) return false;
    const Loop *e = l->hit;
    l->taken = e->trips && e->now + 1 == e->trips ? !e->body : e->body;
    l->valid = e->trips && e->sure == SURE;
    *taken = l->taken;
    return l->valid && l->trust >= 0;
}

/* One more iteration of e, which went `taken`. */
static void count(Loop *e, bool taken)
{
    if (e->now < (1u << COUNT_BITS) - 1) e->now++;
    if (taken == e->body) {
        if (e->trips && e->now >= e->trips) e->trips = 0, e->sure = 0; /* longer than ever: start over */
        return;
    }
    bool same = e->now == e->trips;
    if (e->now < SHORTEST) {
        *e = (Loop){ .tag = e->tag, .age = e->age, .body = taken }; /* perhaps the other way is the common one */
    } else {
        e->sure = (u8)(same ? e->sure + (e->sure < SURE) : 0);
        e->trips = e->now;
    }
    e->now = 0;
}

static void allocate(BpLoop *l, bool taken)
{
    Loop *e = &l->entry[l->set * WAYS + l->turn++ % WAYS];
    if (e->age) e->age--;
    if (!e->age) *e = (Loop){ .tag = (u16)l->tag, .age = OLD, .body = !taken };
}

void bp_loop_update(BpLoop *l, bool taken, bool other)
{
    Loop *e = l->hit;
    if (l->valid && l->taken != other) {
        l->trust = (i8)bp_counter(l->trust, l->taken == taken, 7);
        if (l->taken == taken && e->age < OLD) e->age++;
    }
    if (!e) {
        if (other != taken) allocate(l, taken);
    } else if (l->valid && l->taken != taken) {
        *e = (Loop){ .tag = e->tag, .body = e->body }; /* not a constant number after all */
    } else {
        count(e, taken);
    }
}

u64 bp_loop_bits(const BpLoop *l)
{
    return (u64)l->sets * WAYS * (TAG_BITS + 2 * COUNT_BITS + SURE_BITS + AGE_BITS + 1) + 7 + 2;
}
