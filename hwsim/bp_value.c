/* The value component: tables that predict a branch from digests of data values. An entry is chosen by a hash of the
   branch's address (or the key that stands for it) and a digest; a partial tag tells whether it is about this pair. Two
   tables hold directions: one by the fine digest, which is all of a small value, and one by the coarse digest, sign and
   magnitude, which learns a comparison from few examples. A third holds targets of indirect jumps by the fine digest.
   The chooser, a counter per branch, compares with the base predictor wherever the two differ, and the component decides
   only where it has done no worse. */
#include "hwsim/bp.h"
#include <stdlib.h>

enum { TAG_BITS = 8, COUNTER_BITS = 4, SURE_BITS = 2, CHOOSER_BITS = 5, LEAST_BITS = 640 };
enum { SURE = (1 << SURE_BITS) - 1, KNOWN = 3 /* bp_sure from which a direction is given: two equal outcomes */ };

typedef struct Direction { i8 counter; u8 tag; } Direction;
typedef struct Target { u64 target; u8 tag, sure; } Target;

struct BpValue {
    Direction *fine, *coarse;
    Target *targets;
    i8 *chooser;
    u32 fines, coarses, n_targets, choosers;
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
    v->fines = (u32)(bits / 2 / (TAG_BITS + COUNTER_BITS));
    v->coarses = (u32)(bits / 8 / (TAG_BITS + COUNTER_BITS));
    v->choosers = (u32)(bits / 16 / CHOOSER_BITS);
    v->n_targets = (u32)(bits * 5 / 16 / (TAG_BITS + SURE_BITS + BP_TARGET_BITS));
    ASSERT(v->coarses > 0 && v->choosers > 0 && v->n_targets > 0);
    v->fine = xcalloc(v->fines, sizeof *v->fine);
    v->coarse = xcalloc(v->coarses, sizeof *v->coarse);
    v->targets = xcalloc(v->n_targets, sizeof *v->targets);
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
    return (u64)(v->fines + v->coarses) * (TAG_BITS + COUNTER_BITS) + (u64)v->choosers * CHOOSER_BITS +
           (u64)v->n_targets * (TAG_BITS + SURE_BITS + BP_TARGET_BITS);
}

/* Tags are never 0: that is an empty entry. */
static u8 tag_of(u64 key, u64 digest)
{
    return (u8)(1 + bp_hash(digest + 1, key) % 255);
}

static Direction *direction(Direction *table, u32 n, u64 key, u32 digest)
{
    return &table[bp_slot(bp_hash(key, digest), n)];
}

/* The entry's counter, or 0 if it is about another pair or knows too little. */
static i32 opinion(Direction *table, u32 n, u64 key, u32 digest)
{
    const Direction *e = direction(table, n, key, digest);
    if (e->tag != tag_of(key, digest) || bp_sure(e->counter) < KNOWN) return 0;
    return e->counter >= 0 ? (i32)bp_sure(e->counter) : -(i32)bp_sure(e->counter);
}

bool bp_value_direction(const BpValue *v, u64 key, BpDigest d, bool *taken)
{
    i32 fine = opinion(v->fine, v->fines, key, d.fine), coarse = opinion(v->coarse, v->coarses, key, d.coarse);
    i32 best = abs(fine) >= abs(coarse) ? fine : coarse;
    *taken = best > 0;
    return best != 0;
}

static void learn(Direction *table, u32 n, u64 key, u32 digest, bool taken)
{
    Direction *e = direction(table, n, key, digest);
    u8 tag = tag_of(key, digest);
    if (e->tag == tag) e->counter = (i8)bp_counter(e->counter, taken, COUNTER_BITS);
    else if (e->tag && bp_sure(e->counter) > 1) e->counter = (i8)(e->counter - (e->counter > 0) + (e->counter < -1));
    else *e = (Direction){ .counter = taken ? 0 : -1, .tag = tag };
}

void bp_value_learn(BpValue *v, u64 key, BpDigest d, bool taken)
{
    learn(v->fine, v->fines, key, d.fine, taken);
    learn(v->coarse, v->coarses, key, d.coarse, taken);
}

static Target *target_entry(const BpValue *v, u64 key, BpDigest d)
{
    return &v->targets[bp_slot(bp_hash(key, d.fine), v->n_targets)];
}

bool bp_value_target(const BpValue *v, u64 key, BpDigest d, u64 *target)
{
    const Target *e = target_entry(v, key, d);
    *target = e->target;
    return e->tag == tag_of(key, d.fine) && e->sure;
}

void bp_value_learn_target(BpValue *v, u64 key, BpDigest d, u64 target)
{
    Target *e = target_entry(v, key, d);
    u8 tag = tag_of(key, d.fine);
    if (e->tag == tag && e->target == target) e->sure = (u8)(e->sure + (e->sure < SURE));
    else if (e->sure) e->sure--;
    else *e = (Target){ .target = target, .tag = tag, .sure = 1 };
}

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
