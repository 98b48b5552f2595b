/* The statistical corrector of TAGE-SC-L. TAGE says what happened the last times in the longest context that it has
   seen; for branches that are only biased, by address, by their own history or by the iteration they are in, that is
   worse than a vote. The corrector sums small weights selected by such features (and by TAGE's own prediction and how
   sure it was), and turns TAGE's prediction over where the sum is strong enough; how strong, it learns. */
#include "hwsim/bp.h"
#include <stdlib.h>

enum { BIASES = 2, GLOBALS = 5, LOCALS = 3, ITERATIONS = 2, TABLES = BIASES + GLOBALS + LOCALS + ITERATIONS };
enum { WEIGHT_BITS = 6, LOCAL_BITS = 11, ITERATION_BITS = 10, CHOOSER_BITS = 7, FOLD_BITS = 19, SLACK_BITS = 6 };
static const u16 global_lengths[GLOBALS] = { 2, 5, 11, 22, 44 };
static const u8 local_lengths[LOCALS] = { 3, 6, LOCAL_BITS };

struct BpCorrector {
    i8 *weights;
    u16 *local;
    u32 entries, locals;
    i32 threshold, slack;
    i8 chooser[3];            /* by TAGE's sureness, for sums that are neither strong nor weak: positive, trust the sum */
    u32 iteration;            /* of the innermost loop: how often in a row a backward branch was taken */
    u64 longest;
    BpHistory history;
    BpFold fold[GLOBALS];
    /* the last prediction */
    u32 used[TABLES];
    i32 sum;
    bool tage;
    u32 sure;
};

static u64 overhead(void)
{
    return global_lengths[GLOBALS - 1] + GLOBALS * FOLD_BITS + ITERATION_BITS + 3 * CHOOSER_BITS + 10 + SLACK_BITS;
}

BpCorrector *bp_corrector_make(u64 bits)
{
    BpCorrector *c = xcalloc(1, sizeof *c);
    for (u32 i = 0; i < GLOBALS; i++) bp_fold_init(&c->fold[i], global_lengths[i], FOLD_BITS);
    c->locals = (u32)(bits / 8 / LOCAL_BITS);
    c->local = xcalloc(c->locals, sizeof *c->local);
    u64 rest = bits - overhead() - (u64)c->locals * LOCAL_BITS;
    c->entries = (u32)(rest / (TABLES * WEIGHT_BITS));
    ASSERT(c->locals > 0 && c->entries > 0 && rest < bits);
    c->weights = xcalloc((u64)TABLES * c->entries, 1);
    c->threshold = 30;
    c->longest = BP_HISTORY_MAX;
    return c;
}

void bp_corrector_drop(BpCorrector *c)
{
    free(c->weights), free(c->local), free(c);
}

void bp_corrector_longest(BpCorrector *c, u64 length)
{
    c->longest = length;
}

static u16 *local_history(const BpCorrector *c, u64 pc)
{
    return &c->local[bp_slot(bp_hash(pc >> 1, 0), c->locals)];
}

/* Selects weight `table` for this feature and adds it to the sum. */
static void vote(BpCorrector *c, u32 table, u64 pc, u64 feature)
{
    ASSERT(table < TABLES);
    u32 i = table * c->entries + bp_slot(bp_hash(pc >> 1, feature << 4 | table), c->entries);
    c->used[table] = i;
    c->sum += 2 * c->weights[i] + 1;
}

bool bp_corrector_predict(BpCorrector *c, u64 pc, bool tage, u32 sure)
{
    ASSERT(sure < 3);
    u64 own = *local_history(c, pc), table = 0;
    c->tage = tage, c->sure = sure;
    c->sum = (tage ? 1 : -1) * (i32)(8 + 12 * sure); /* before it has learned anything it agrees */
    vote(c, (u32)table++, pc, tage);
    vote(c, (u32)table++, pc, 2 + 2 * sure + tage);
    for (u32 i = 0; i < GLOBALS; i++, table++) {
        c->used[table] = UINT32_MAX;
        if (global_lengths[i] <= c->longest) vote(c, (u32)table, pc, c->fold[i].value);
    }
    for (u32 i = 0; i < LOCALS; i++) vote(c, (u32)table++, pc, own & ((1u << local_lengths[i]) - 1));
    vote(c, (u32)table++, pc, c->iteration);
    vote(c, (u32)table++, pc, c->iteration << 6 | (own & 63));
    ASSERT(table == TABLES);
    bool sum = c->sum >= 0;
    i32 strength = abs(c->sum);
    if (sum == tage || strength >= c->threshold + (i32)(4 * sure)) return sum;
    return strength >= c->threshold / 2 && c->chooser[sure] > 0 ? sum : tage;
}

/* The threshold falls while the sum is right where it differs from TAGE, and rises while it is wrong. */
static void adapt(BpCorrector *c, bool right)
{
    c->slack = bp_counter(c->slack, !right, SLACK_BITS);
    if (c->slack == 31 && c->threshold < 1000) c->threshold++, c->slack = 0;
    if (c->slack == -32 && c->threshold > 6) c->threshold--, c->slack = 0;
}

void bp_corrector_update(BpCorrector *c, u64 pc, u64 target, bool taken)
{
    bool sum = c->sum >= 0;
    if (sum != c->tage) {
        c->chooser[c->sure] = (i8)bp_counter(c->chooser[c->sure], sum == taken, CHOOSER_BITS);
        adapt(c, sum == taken);
    }
    if (sum != taken || abs(c->sum) < c->threshold)
        for (u32 t = 0; t < TABLES; t++)
            if (c->used[t] != UINT32_MAX) c->weights[c->used[t]] = (i8)bp_counter(c->weights[c->used[t]], taken, WEIGHT_BITS);
    u16 *own = local_history(c, pc);
    *own = (u16)((*own << 1 | taken) & ((1u << LOCAL_BITS) - 1));
    bp_push(&c->history, taken);
    for (u32 i = 0; i < GLOBALS; i++) bp_fold(&c->fold[i], &c->history);
    if (target > pc) return;
    if (!taken) c->iteration = 0;
    else if (c->iteration < (1u << ITERATION_BITS) - 1) c->iteration++;
}

u64 bp_corrector_bits(const BpCorrector *c)
{
    return (u64)TABLES * c->entries * WEIGHT_BITS + (u64)c->locals * LOCAL_BITS + overhead();
}
