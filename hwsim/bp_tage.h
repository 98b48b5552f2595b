/* Inside of TAGE-SC-L: the state that its plain form (bp_tage.c, bp_corrector.c) and its quick form (bp_quick.c) share, and
   the learning, which is written once. The two forms differ in how they find entries and keep folded histories. */
#ifndef HWSIM_BP_TAGE_H
#define HWSIM_BP_TAGE_H
#include "hwsim/bp.h"

/* ---- TAGE --------------------------------------------------------------------------------------------------- */

enum { TAGE_TABLES = 12, TAGE_COUNTER_BITS = 3, TAGE_USEFUL_BITS = 2, TAGE_INDEX_FOLD = 20, TAGE_TAG_FOLD = 13 };
enum { TAGE_COUNTER_MAX = (1 << (TAGE_COUNTER_BITS - 1)) - 1, TAGE_USEFUL_MAX = (1 << TAGE_USEFUL_BITS) - 1 };

typedef struct TageEntry { i8 counter; u8 useful; u16 tag; } TageEntry;

typedef struct Tage {
    u8 *base;             /* two-bit counters */
    TageEntry *table;     /* of TAGE_TABLES tables, one behind the other; one more entry behind them */
    u32 bases, entries;
    u8 tag_bits[TAGE_TABLES];
    BpHistory history;
    BpFold index_fold[TAGE_TABLES], tag_fold[TAGE_TABLES];
    i8 trust_alternative; /* does the second longest match do better than an entry just made? */
    u32 tick;             /* failures to find a place, less successes: when full, usefulness wears off */
    u64 random, longest;
    u64 worn;             /* so often usefulness wore off */
    u32 made;             /* tables in which the last learning made an entry, a bit each */
    BpLoop *loop;
    BpCorrector *corrector;
    /* the last prediction */
    u32 slot[TAGE_TABLES], tag[TAGE_TABLES]; /* slots in `table`; of tables that are usable */
    u32 base_slot;
    int hit, alternative; /* tables, or -1: the base */
    bool from_hit, from_alternative, from_tage, corrected;
} Tage;

Tage *tage_make(const HwModel *m, u64 bits);
void tage_drop(void *state);
void tage_longest(void *state, u64 length);
u64 tage_bits(const HwModel *m, const void *state);

static inline TageEntry *tage_entry(const Tage *t, int i)
{
    ASSERT(i >= 0 && i < TAGE_TABLES);
    return &t->table[t->slot[i]];
}
static inline bool tage_from(const Tage *t, int i)
{
    return i < 0 ? t->base[t->base_slot] >> 1 : tage_entry(t, i)->counter >= 0;
}
/* An entry just made says little. */
static inline bool tage_is_new(const TageEntry *e)
{
    return bp_sure(e->counter) == 1;
}
static inline bool tage_usable(const Tage *t, int i)
{
    return t->index_fold[i].length <= t->longest;
}
/* 0 weak, 1 medium, 2 high. */
static inline u32 tage_sureness(const Tage *t)
{
    if (t->hit < 0) return t->base[t->base_slot] == 0 || t->base[t->base_slot] == 3;
    u32 s = bp_sure(tage_entry(t, t->hit)->counter);
    return s >= 7 ? 2 : s >= 5;
}
/* hit and alternative are found: what do they say? */
static inline void tage_decide(Tage *t)
{
    t->from_hit = tage_from(t, t->hit);
    t->from_alternative = tage_from(t, t->alternative);
    bool alternative = t->hit >= 0 && tage_is_new(tage_entry(t, t->hit)) && t->trust_alternative >= 0;
    t->from_tage = alternative ? t->from_alternative : t->from_hit;
}
/* Tables and counters learn the outcome of the branch that was predicted last; histories are not touched. */
void tage_learn(Tage *t, bool taken);

/* ---- the statistical corrector ------------------------------------------------------------------------------- */

enum { SC_BIASES = 2, SC_GLOBALS = 5, SC_LOCALS = 3, SC_ITERATIONS = 2, SC_TABLES = SC_BIASES + SC_GLOBALS + SC_LOCALS + SC_ITERATIONS };
#define SC_UNUSED UINT32_MAX
enum { SC_LOCAL_BITS = 11, SC_ITERATION_BITS = 10, SC_FOLD_BITS = 19, SC_WEIGHT_BITS = 6 };
extern const u16 sc_global_lengths[SC_GLOBALS];
extern const u8 sc_local_lengths[SC_LOCALS];

struct BpCorrector {
    i8 *weights;
    u16 *local;
    u32 entries, locals;
    i32 threshold, slack;
    i8 chooser[3];            /* by TAGE's sureness, for sums that are neither strong nor weak: positive, trust the sum */
    u32 iteration;            /* of the innermost loop: how often in a row a backward branch was taken */
    u64 longest;
    BpHistory history;
    BpFold fold[SC_GLOBALS];
    /* the last prediction */
    u32 used[SC_TABLES];      /* weights, or SC_UNUSED */
    i32 sum;
    bool tage;
    u32 sure;
};

/* The sum without any weight: before it has learned anything it agrees. */
static inline i32 sc_start(bool tage, u32 sure)
{
    return (tage ? 1 : -1) * (i32)(8 + 12 * sure);
}
/* What to predict. */
static inline bool sc_decide(const BpCorrector *c, i32 votes, bool tage, u32 sure)
{
    u32 sum = votes >= 0;
    i32 strength = votes < 0 ? -votes : votes;
    u32 strong = strength >= c->threshold + (i32)(4 * sure), enough = strength >= c->threshold / 2, chosen = c->chooser[sure] > 0;
    return tage ^ ((sum ^ tage) & (strong | (enough & chosen)));
}
/* Weights and thresholds learn; histories are not touched. The second: all but the weights; whether they are to learn. */
void sc_learn(BpCorrector *c, bool taken);
bool sc_learn_threshold(BpCorrector *c, bool taken);
/* A weight that learns. */
static inline i32 sc_weight(i32 weight, bool taken) { return bp_counter(weight, taken, SC_WEIGHT_BITS); }
static inline u32 sc_next_iteration(u32 now, bool backward, bool taken)
{
    u32 next = (now + (now < (1u << SC_ITERATION_BITS) - 1)) & -(u32)taken;
    return now ^ ((now ^ next) & -(u32)backward); /* no branches: the host could not predict them */
}
static inline void sc_iterate(BpCorrector *c, bool backward, bool taken)
{
    c->iteration = sc_next_iteration(c->iteration, backward, taken);
}
static inline u16 sc_own(u32 own, bool taken) { return (u16)((own << 1 | taken) & ((1u << SC_LOCAL_BITS) - 1)); }

#endif
