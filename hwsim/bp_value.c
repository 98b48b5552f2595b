/* The value component: tables that predict a branch from digests of data values. An entry is chosen by a hash of the
   branch's address (or the key that stands for it) and a digest, in sets of WAYS; a partial tag tells whether it is about
   this pair. Two tables hold directions: one by the fine digest, which is all of a small value, and one by the coarse digest, sign and
   magnitude, which knows a comparison with a limit whatever the value, and speaks up only when it is quite sure. A third holds targets of indirect jumps by the fine digest.
   The chooser, a counter per branch, compares with the base predictor wherever the two differ, and the component decides
   only where it has done no worse. */
#include "hwsim/bp.h"
#include <stdlib.h>

enum { WAYS = 4, TAG_BITS = 10, COUNTER_BITS = 4, SURE_BITS = 2, CHOOSER_BITS = 5, LEAST_BITS = 768 };
enum { SURE = (1 << SURE_BITS) - 1 };
enum { FINE_KNOWN = 3, COARSE_KNOWN = 9 /* bp_sure from which a direction is given: two, and five, equal outcomes */ };

typedef struct Direction { i8 counter; u16 tag; } Direction;
typedef struct Target { u64 target; u16 tag; u8 sure; } Target;

struct BpValue {
    Direction *fine, *coarse;
    Target *targets;
    i8 *chooser;
    u32 fines, coarses, n_targets, choosers; /* sets, but the choosers */
};

BpDigest bp_digest(u64 value)
{
    u64 fold = value ^ value >> 12 ^ value >> 24 ^ value >> 36 ^ value >> 48 ^ value >> 60;
    bool negative = value >> 63;
    u64 size = negative ? ~value : value;
    u32 length = size ? 64 - (u32)__builtin_clzll(size) : 0; /* 0-63 */
    return (BpDigest){ .fine = (u16)(fold & ((1u << BP_FINE_BITS) - 1)), .coarse = (u8)((u32)negative << 6 | length) };
}

u64 bp_value_least_bits(void)
{
    return LEAST_BITS;
}

/* Half of the bits for fine directions, an eighth for coarse ones, a sixteenth for the chooser, the rest for targets. */
BpValue *bp_value_make(u64 bits)
{
    ASSERT(bits >= LEAST_BITS);
    BpValue *v = xcalloc(1, sizeof *v);
    v->fines = (u32)(bits / 2 / (WAYS * (TAG_BITS + COUNTER_BITS)));
    v->coarses = (u32)(bits / 8 / (WAYS * (TAG_BITS + COUNTER_BITS)));
    v->choosers = (u32)(bits / 16 / CHOOSER_BITS);
    v->n_targets = (u32)(bits * 5 / 16 / (WAYS * (TAG_BITS + SURE_BITS + BP_TARGET_BITS)));
    ASSERT(v->coarses > 0 && v->choosers > 0 && v->n_targets > 0);
    v->fine = xcalloc(WAYS * v->fines, sizeof *v->fine);
    v->coarse = xcalloc(WAYS * v->coarses, sizeof *v->coarse);
    v->targets = xcalloc(WAYS * v->n_targets, sizeof *v->targets);
    v->chooser = xcalloc(v->choosers, 1);
    return v;
}

void bp_value_drop(BpValue *v)
{
    if (!v) return;
    free(v->fine), free(v->coarse), free(v->targets), free(v->chooser), free(v);
}

u64 bp_value_bits(const BpValue *v)
{
    return WAYS * ((u64)(v->fines + v->coarses) * (TAG_BITS + COUNTER_BITS) + (u64)v->n_targets * (TAG_BITS + SURE_BITS + BP_TARGET_BITS)) +
           (u64)v->choosers * CHOOSER_BITS;
}

/* Tags are never 0: that is an empty entry. */
static u16 tag_of(u64 key, u64 digest)
{
    return (u16)(1 + bp_hash(digest + 1, key) % ((1u << TAG_BITS) - 1));
}

/* ---- directions --------------------------------------------------------------------------------------------- */

static Direction *direction_set(Direction *table, u32 sets, u64 key, u32 digest)
{
    return &table[WAYS * bp_slot(bp_hash(key, digest), sets)];
}

/* How sure the table is, negative for not taken; 0 if it knows less than `least` about this pair. */
static i32 opinion(Direction *table, u32 sets, u64 key, u32 digest, u32 least)
{
    const Direction *set = direction_set(table, sets, key, digest);
    u16 tag = tag_of(key, digest);
    for (u32 w = 0; w < WAYS; w++)
        if (set[w].tag == tag) {
            u32 sure = bp_sure(set[w].counter);
            return sure < least ? 0 : set[w].counter >= 0 ? (i32)sure : -(i32)sure;
        }
    return 0;
}

bool bp_value_direction(const BpValue *v, u64 key, BpDigest d, bool *taken)
{
    i32 fine = opinion(v->fine, v->fines, key, d.fine, FINE_KNOWN);
    i32 coarse = opinion(v->coarse, v->coarses, key, d.coarse, COARSE_KNOWN);
    i32 best = abs(fine) >= abs(coarse) ? fine : coarse;
    *taken = best > 0;
    return best != 0;
}

/* A new pair takes an empty or weak place; if there is none, the least sure entry loses some of its sureness. */
static void learn(Direction *table, u32 sets, u64 key, u32 digest, bool taken)
{
    Direction *set = direction_set(table, sets, key, digest), *least = set;
    u16 tag = tag_of(key, digest);
    for (u32 w = 0; w < WAYS; w++) {
        Direction *e = &set[w];
        if (e->tag == tag) {
            e->counter = (i8)bp_counter(e->counter, taken, COUNTER_BITS);
            return;
        }
        if (least->tag && (!e->tag || bp_sure(e->counter) < bp_sure(least->counter))) least = e;
    }
    if (least->tag && bp_sure(least->counter) > 1) least->counter = (i8)(least->counter - (least->counter > 0) + (least->counter < -1));
    else *least = (Direction){ .counter = taken ? 0 : -1, .tag = tag };
}

void bp_value_learn(BpValue *v, u64 key, BpDigest d, bool taken)
{
    learn(v->fine, v->fines, key, d.fine, taken);
    learn(v->coarse, v->coarses, key, d.coarse, taken);
}

/* ---- targets -------------------------------------------------------------------------------------------------- */

/* The entry for this pair, or else the one that would give its place up. */
static Target *target_entry(const BpValue *v, u64 key, BpDigest d, u16 tag)
{
    Target *set = &v->targets[WAYS * bp_slot(bp_hash(key, d.fine), v->n_targets)], *least = set;
    for (u32 w = 0; w < WAYS; w++) {
        if (set[w].tag == tag) return &set[w];
        if (set[w].sure < least->sure) least = &set[w];
    }
    return least;
}

bool bp_value_target(const BpValue *v, u64 key, BpDigest d, u64 *target)
{
    u16 tag = tag_of(key, d.fine);
    const Target *e = target_entry(v, key, d, tag);
    *target = e->target;
    return e->tag == tag && e->sure;
}

void bp_value_learn_target(BpValue *v, u64 key, BpDigest d, u64 target)
{
    u16 tag = tag_of(key, d.fine);
    Target *e = target_entry(v, key, d, tag);
    if (e->tag == tag && e->target == target) e->sure = (u8)(e->sure + (e->sure < SURE));
    else if (e->sure) e->sure--;
    else *e = (Target){ .target = target, .tag = tag, .sure = 1 };
}

/* ---- the chooser ------------------------------------------------------------------------------------------------ */

static i8 *chooser(const BpValue *v, u64 pc)
{
    return &v->chooser[bp_slot(bp_hash(pc, 0), v->choosers)];
}

bool bp_value_trusted(const BpValue *v, u64 pc)
{
    return *chooser(v, pc) >= 0;
}

void bp_value_judge(BpValue *v, u64 pc, bool value_right)
{
    *chooser(v, pc) = (i8)bp_counter(*chooser(v, pc), value_right, CHOOSER_BITS);
}
