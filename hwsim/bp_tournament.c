/* Tournament prediction, as in the Alpha 21264: one predictor of global history (gshare) and one of each branch's own
   history (two-level), and a chooser that learns, by address and global history, which of the two is right where they
   differ. Three eighths of the bits go to the global counters, an eighth to the chooser, a quarter each to the local
   histories and to the counters that they index. Of the global history it uses HwBpred.history_bits, at most 32. */
#include "hwsim/mem.h"
#include <stdlib.h>

typedef struct Tournament {
    u8 *global, *chooser; /* two bits; chooser: 2 and 3 trust the local predictor */
    u16 *history;         /* per branch, the youngest outcome in bit 0 */
    i8 *local;            /* three bits, signed */
    u32 globals, choosers, histories, local_bits;
    bool from_global, from_local; /* the last predictions */
} Tournament;

static void *make(const HwModel *m, u64 bits)
{
    (void)m;
    Tournament *t = xcalloc(1, sizeof *t);
    while (t->local_bits < 15 && 3ull << (t->local_bits + 1) <= bits / 4) t->local_bits++;
    ASSERT(t->local_bits > 0 && bits < 1ull << 31);
    bits -= 32; /* the global history itself */
    t->globals = (u32)(bits * 3 / 8 / 2);
    t->choosers = (u32)(bits / 8 / 2);
    u64 rest = bits - 2 * (t->globals + t->choosers) - (3ull << t->local_bits);
    t->histories = (u32)(rest / t->local_bits);
    t->global = xmalloc(t->globals), t->chooser = xmalloc(t->choosers);
    for (u32 i = 0; i < t->globals; i++) t->global[i] = 1;
    for (u32 i = 0; i < t->choosers; i++) t->chooser[i] = 1;
    t->history = xcalloc(t->histories, sizeof *t->history);
    t->local = xmalloc(1u << t->local_bits);
    for (u32 i = 0; i < 1u << t->local_bits; i++) t->local[i] = -1;
    return t;
}

static void drop(void *state)
{
    Tournament *t = state;
    free(t->global), free(t->chooser), free(t->history), free(t->local), free(t);
}

static u64 history(const HwModel *m)
{
    return m->f.history & ((1ull << m->bp.history_bits) - 1);
}

static u8 *global_counter(const HwModel *m, const Tournament *t, u64 pc)
{
    return &t->global[bp_slot(bp_hash(pc >> 1, history(m)), t->globals)];
}

static u8 *chooser_counter(const HwModel *m, const Tournament *t, u64 pc)
{
    return &t->chooser[bp_slot(bp_hash(pc >> 1, history(m) + 1), t->choosers)];
}

static u16 *local_history(const Tournament *t, u64 pc)
{
    return &t->history[bp_slot(bp_hash(pc >> 1, 0), t->histories)];
}

static bool predict(HwModel *m, void *state, u64 pc, u64 target)
{
    (void)target;
    Tournament *t = state;
    t->from_global = *global_counter(m, t, pc) >> 1;
    t->from_local = t->local[*local_history(t, pc)] >= 0;
    return *chooser_counter(m, t, pc) >> 1 ? t->from_local : t->from_global;
}

static void update(HwModel *m, void *state, u64 pc, u64 target, bool taken)
{
    (void)target;
    Tournament *t = state;
    u8 *g = global_counter(m, t, pc), *c = chooser_counter(m, t, pc);
    u16 *h = local_history(t, pc);
    if (t->from_global != t->from_local) *c = hw_two_bit(*c, t->from_local == taken);
    *g = hw_two_bit(*g, taken);
    t->local[*h] = (i8)bp_counter(t->local[*h], taken, 3);
    *h = (u16)((*h << 1 | taken) & ((1u << t->local_bits) - 1));
}

static u64 bits_of(const HwModel *m, const void *state)
{
    (void)m;
    const Tournament *t = state;
    return 2 * (u64)(t->globals + t->choosers) + (u64)t->histories * t->local_bits + (3ull << t->local_bits) + 32;
}

const HwDirection bp_tournament = {
    .name = "tournament", .make = make, .drop = drop, .predict = predict, .update = update, .bits = bits_of,
};
