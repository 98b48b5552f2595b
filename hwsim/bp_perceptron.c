/* A hashed perceptron: each of its tables holds signed weights, indexed by a hash of the address and one feature of the
   past; the sum of the weights that a branch selects is its prediction, and the weights are trained where the sum was
   wrong or too close to zero. Features are segments of global history whose lengths grow geometrically, the branch's
   own last outcomes, and the address alone. The training threshold adapts until training on wrong sums and training
   on weak ones balance. */
#include "hwsim/mem.h"
#include <stdlib.h>
#include <string.h>

enum { GLOBALS = 13, LOCALS = 2, TABLES = 1 + GLOBALS + LOCALS, WEIGHT_BITS = 8, LOCAL_BITS = 12, FOLD_BITS = 20 };
static const u8 local_lengths[LOCALS] = { 6, LOCAL_BITS };

typedef struct Perceptron {
    i8 *weights;      /* TABLES x entries */
    u16 *local;       /* outcomes of single branches */
    u32 entries, locals;
    u32 used[TABLES]; /* weights that the last prediction selected */
    i32 sum, threshold, balance;
    u64 longest;
    BpHistory history;
    BpFold fold[GLOBALS];
} Perceptron;

static u64 overhead(const Perceptron *p)
{
    return p->fold[GLOBALS - 1].length + GLOBALS * FOLD_BITS + 12 + 7; /* histories, threshold and its balance */
}

static void *make(const HwModel *m, u64 bits)
{
    Perceptron *p = xcalloc(1, sizeof *p);
    u16 lengths[GLOBALS];
    bp_geometric(lengths, GLOBALS, 2, bits >= 64 * 8192 ? 400 : bits >= 16 * 8192 ? 256 : 128);
    for (u32 i = 0; i < GLOBALS; i++) bp_fold_init(&p->fold[i], lengths[i], FOLD_BITS);
    p->locals = (u32)(bits / 16 / LOCAL_BITS);
    p->local = xcalloc(p->locals, sizeof *p->local);
    u64 rest = bits - overhead(p) - (u64)p->locals * LOCAL_BITS;
    p->entries = (u32)(rest / (TABLES * WEIGHT_BITS));
    ASSERT(p->entries > 0 && rest < bits);
    p->weights = xcalloc((u64)TABLES * p->entries, 1);
    p->threshold = TABLES;
    p->longest = m->bp.long_history;
    return p;
}

static void drop(void *state)
{
    Perceptron *p = state;
    free(p->weights), free(p->local), free(p);
}

static u16 *local_history(const Perceptron *p, u64 pc)
{
    return &p->local[bp_slot(bp_hash(pc >> 1, 0), p->locals)];
}

/* The feature that table t hashes with the address; false: its history is longer than allowed. */
static bool feature(const Perceptron *p, u64 pc, u32 t, u64 *f)
{
    *f = 0;
    if (!t) return true;
    if (t <= GLOBALS) {
        *f = p->fold[t - 1].value;
        return p->fold[t - 1].length <= p->longest;
    }
    u32 length = local_lengths[t - 1 - GLOBALS];
    *f = *local_history(p, pc) & ((1u << length) - 1);
    return true;
}

static bool predict(HwModel *m, void *state, u64 pc, u64 target)
{
    (void)m, (void)target;
    Perceptron *p = state;
    p->sum = 0;
    for (u32 t = 0; t < TABLES; t++) {
        u64 f;
        p->used[t] = UINT32_MAX;
        if (!feature(p, pc, t, &f)) continue;
        p->used[t] = t * p->entries + bp_slot(bp_hash(pc >> 1, f << 5 | t), p->entries);
        p->sum += p->weights[p->used[t]];
    }
    return p->sum >= 0;
}

static void train(Perceptron *p, bool taken)
{
    for (u32 t = 0; t < TABLES; t++)
        if (p->used[t] != UINT32_MAX) p->weights[p->used[t]] = (i8)bp_counter(p->weights[p->used[t]], taken, WEIGHT_BITS);
}

static void adapt(Perceptron *p, bool wrong)
{
    p->balance = bp_counter(p->balance, wrong, 7);
    if (p->balance == 63 && p->threshold < 2000) p->threshold++, p->balance = 0;
    if (p->balance == -64 && p->threshold > 1) p->threshold--, p->balance = 0;
}

static void push(Perceptron *p, u32 bit)
{
    bp_push(&p->history, bit);
    for (u32 i = 0; i < GLOBALS; i++) bp_fold(&p->fold[i], &p->history);
}

static void update(HwModel *m, void *state, u64 pc, u64 target, bool taken)
{
    (void)m, (void)target;
    Perceptron *p = state;
    bool wrong = (p->sum >= 0) != taken;
    if (wrong || abs(p->sum) <= p->threshold) {
        adapt(p, wrong);
        train(p, taken);
    }
    u16 *h = local_history(p, pc);
    *h = (u16)((*h << 1 | taken) & ((1u << LOCAL_BITS) - 1));
    push(p, taken);
}

static void jump(void *state, u64 pc, u64 target)
{
    (void)pc;
    push(state, (u32)(target >> 1 ^ target >> 4 ^ target >> 7));
}

static void longest(void *state, u64 length)
{
    ((Perceptron *)state)->longest = length;
}

static u64 bits_of(const HwModel *m, const void *state)
{
    (void)m;
    const Perceptron *p = state;
    return (u64)TABLES * p->entries * WEIGHT_BITS + (u64)p->locals * LOCAL_BITS + overhead(p);
}

const HwDirection bp_perceptron = {
    .name = "perceptron", .make = make, .drop = drop, .predict = predict, .update = update, .jump = jump,
    .longest = longest, .bits = bits_of,
};
