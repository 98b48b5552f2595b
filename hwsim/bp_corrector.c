/* The statistical corrector of TAGE-SC-L. TAGE says what happened the last times in the longest context that it has
   seen; for branches that are only biased, by address, by their own history or by the iteration they are in, that is
   worse than a vote. The corrector sums small weights selected by such features (and by TAGE's own prediction and how
   sure it was), and turns TAGE's prediction over where the sum is strong enough; how strong, it learns. */
#include "hwsim/bp_tage.h"
#include <stdlib.h>

enum { CHOOSER_BITS = 7, SLACK_BITS = 6 };
const u16 sc_global_lengths[SC_GLOBALS] = { 2, 5, 11, 22, 44 };
const u8 sc_local_lengths[SC_LOCALS] = { 3, 6, SC_LOCAL_BITS };

static u64 overhead(void)
{
    return sc_global_lengths[SC_GLOBALS - 1] + SC_GLOBALS * SC_FOLD_BITS + SC_ITERATION_BITS + 3 * CHOOSER_BITS + 10 + SLACK_BITS;
}

BpCorrector *bp_corrector_make(u64 bits)
{
    BpCorrector *c = xcalloc(1, sizeof *c);
    for (u32 i = 0; i < SC_GLOBALS; i++) bp_fold_init(&c->fold[i], sc_global_lengths[i], SC_FOLD_BITS);
    c->locals = (u32)(bits / 8 / SC_LOCAL_BITS);
    c->local = xcalloc(c->locals, sizeof *c->local);
    u64 rest = bits - overhead() - (u64)c->locals * SC_LOCAL_BITS;
    c->entries = (u32)(rest / (SC_TABLES * SC_WEIGHT_BITS));
    ASSERT(c->locals > 0 && c->entries > 0 && rest < bits);
    c->weights = xcalloc((u64)SC_TABLES * c->entries + sizeof(u32) - 1, 1); /* bp_wide.c reads words */
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
    ASSERT(table < SC_TABLES);
    u32 i = table * c->entries + bp_slot(bp_hash(pc >> 1, feature << 4 | table), c->entries);
    c->used[table] = i;
    c->sum += 2 * c->weights[i] + 1;
}

bool bp_corrector_predict(BpCorrector *c, u64 pc, bool tage, u32 sure)
{
    ASSERT(sure < 3);
    u64 own = *local_history(c, pc), table = 0;
    c->tage = tage, c->sure = sure;
    c->sum = sc_start(tage, sure);
    vote(c, (u32)table++, pc, tage);
    vote(c, (u32)table++, pc, 2 + 2 * sure + tage);
    for (u32 i = 0; i < SC_GLOBALS; i++, table++) {
        c->used[table] = SC_UNUSED;
        if (sc_global_lengths[i] <= c->longest) vote(c, (u32)table, pc, c->fold[i].value);
    }
    for (u32 i = 0; i < SC_LOCALS; i++) vote(c, (u32)table++, pc, own & ((1u << sc_local_lengths[i]) - 1));
    vote(c, (u32)table++, pc, c->iteration);
    vote(c, (u32)table++, pc, c->iteration << 6 | (own & 63));
    ASSERT(table == SC_TABLES);
    return sc_decide(c, c->sum, tage, sure);
}

/* The threshold falls while the sum is right where it differs from TAGE, and rises while it is wrong. */
static void adapt(BpCorrector *c, bool right)
{
    c->slack = bp_counter(c->slack, !right, SLACK_BITS);
    if (c->slack == 31 && c->threshold < 1000) c->threshold++, c->slack = 0;
    if (c->slack == -32 && c->threshold > 6) c->threshold--, c->slack = 0;
}

bool sc_learn_threshold(BpCorrector *c, bool taken)
{
    bool sum = c->sum >= 0;
    if (sum != c->tage) {
        c->chooser[c->sure] = (i8)bp_counter(c->chooser[c->sure], sum == taken, CHOOSER_BITS);
        adapt(c, sum == taken);
    }
    return sum != taken || abs(c->sum) < c->threshold;
}

void sc_learn(BpCorrector *c, bool taken)
{
    if (!sc_learn_threshold(c, taken)) return;
    for (u32 t = 0; t < SC_TABLES; t++)
        if (c->used[t] != SC_UNUSED) c->weights[c->used[t]] = (i8)sc_weight(c->weights[c->used[t]], taken);
}

void bp_corrector_update(BpCorrector *c, u64 pc, u64 target, bool taken)
{
    sc_learn(c, taken);
    u16 *own = local_history(c, pc);
    *own = (u16)((*own << 1 | taken) & ((1u << SC_LOCAL_BITS) - 1));
    bp_push(&c->history, taken);
    for (u32 i = 0; i < SC_GLOBALS; i++) bp_fold(&c->fold[i], &c->history);
    sc_iterate(c, target <= pc, taken);
}

u64 bp_corrector_bits(const BpCorrector *c)
{
    return (u64)SC_TABLES * c->entries * SC_WEIGHT_BITS + (u64)c->locals * SC_LOCAL_BITS + overhead();
}
