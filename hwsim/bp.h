/* Inside of branch prediction: what a direction predictor is, the histories that predictors share the code of, and the
   parts that several files of bp*.c use. bpred.c drives them all; nobody outside hwsim includes this.

     bp_simple.c      static, bimodal, gshare: two-bit counters that live in HwFast, predicted inline by model_fast.h
     bp_tournament.c  gshare against two-level local history
     bp_perceptron.c  hashed perceptron
     bp_tage.c        TAGE, with bp_loop.c and the statistical corrector of bp_corrector.c: TAGE-SC-L
     bp_quick.[ch]    the same, quicker; bp_wide.c: on wider vectors, and many branches at once; bp_repeat.c: where the stream of branches repeats itself
     bp_ittage.c      indirect targets by global history
     plugins.c        a predictor from outside
     bp_value.c       the component that predicts from digests of values; bp_hints.c: where digests come from

   A branch is predicted and learned in one go, when its outcome is known: the core hears nothing of wrong paths, so
   histories need no repair. Tables may have any number of entries (an index is a hash scaled to it), so that a storage
   budget is used up to the bit, and what one part takes another can be made to give. */
#ifndef HWSIM_BP_H
#define HWSIM_BP_H
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "hwsim/config.h"
#include "hwsim/ooo.h"

#define BP_TARGET_BITS 47 /* what storing a target takes: addresses are of 48 bits, the lowest always 0 */

/* ---- direction predictors ---------------------------------------------------------------------------------- */

typedef struct HwDirection {
    const char *name;
    /* State of at most `bits` of storage, all forgotten; NULL: the predictor has none of its own. */
    void *(*make)(const HwModel *m, u64 bits);
    void (*drop)(void *state);
    bool (*predict)(HwModel *m, void *state, u64 pc, u64 target);
    /* Follows predict() of the same branch. */
    void (*update)(HwModel *m, void *state, u64 pc, u64 target, bool taken);
    /* Both in one; whether the prediction was right. NULL: there is nothing quicker than the two. */
    bool (*resolve)(void *state, u64 pc, u64 target, bool taken);
    /* Any other transfer; NULL: it does not care. */
    void (*jump)(void *state, u64 pc, u64 target);
    /* Up to BP_LATER branches and other transfers at once, by their keys (below); how many branches were predicted wrong, and the numbers of these
       keys, ascending. NULL: it cannot. */
    u64 (*settle)(void *state, const u64 *key, u64 n, u16 *wrong);
    /* Histories longer than this are not looked at from now on; NULL: it looks at HwBpred.history_bits itself. */
    void (*longest)(void *state, u64 length);
    u64 (*bits)(const HwModel *m, const void *state);
} HwDirection;

extern const HwDirection bp_static, bp_bimodal, bp_gshare, bp_tournament, bp_perceptron, bp_tage, bp_plugin, bp_quick_tage, bp_wide_tage;
/* Can this host do what bp_quick.c, what bp_wide.c asks for? */
bool bp_has_quick(void);
bool bp_has_wide(void);

/* ---- branches in a row ------------------------------------------------------------------------------------- */

/* The bit that a transfer which is no conditional branch puts into long histories. */
static inline u32 bp_jump_bit(u64 target)
{
    return (u32)(target >> 1 ^ target >> 4 ^ target >> 7) & 1;
}

/* A conditional branch below BP_KEY_END, or another transfer, in one word; or an indirect jump whose target has not been predicted yet. */
#define BP_JUMP_KEY (1ull << 63)
#define BP_KEY_END (1ull << 61)
#define BP_TARGET_KEY (~0ull)
static inline u64 bp_branch_key(u64 pc, bool backward, bool taken) { return (pc << 2 | (u64)backward << 1 | taken) & ~BP_JUMP_KEY; }
static inline u64 bp_jump_key(u64 target) { return BP_JUMP_KEY | bp_jump_bit(target); }

/* ---- hashing, counters ------------------------------------------------------------------------------------- */

#define BP_C1 0x9e3779b97f4a7c15ull
#define BP_C2 0xd6e8feb86659fd93ull
static inline u32 bp_hash(u64 a, u64 b)
{
    return (u32)(((a ^ a >> 17) * BP_C1 + b * BP_C2) >> 32);
}
/* A hash scaled to a table of n entries. */
static inline u32 bp_slot(u32 hash, u32 n)
{
    return (u32)((u64)hash * n >> 32);
}
/* A signed counter of `bits` bits, saturating; up if `taken`. */
static inline i32 bp_counter(i32 c, bool taken, u32 bits)
{
    i32 top = (1 << (bits - 1)) - 1;
    return taken ? c + (c < top) : c - (c > -top - 1);
}
/* How sure a signed counter is: 1 for its two weak states, growing by 2. */
static inline u32 bp_sure(i32 c)
{
    return (u32)(c >= 0 ? 2 * c + 1 : -2 * c - 1);
}

/* ---- long histories ---------------------------------------------------------------------------------------- */

#define BP_HISTORY_MAX 3000
#define BP_HISTORY_RING 4096

typedef struct BpHistory { u8 bit[BP_HISTORY_RING]; u32 head; } BpHistory; /* the youngest at head */
/* The youngest `length` bits, folded by exclusive or to `width` bits, kept up to date bit by bit. */
typedef struct BpFold { u32 value; u16 length; u8 width, out; } BpFold;

static inline void bp_push(BpHistory *h, u32 bit)
{
    h->head = (h->head - 1) & (BP_HISTORY_RING - 1);
    h->bit[h->head] = (u8)(bit & 1);
}
static inline void bp_fold_init(BpFold *f, u32 length, u32 width)
{
    ASSERT(width > 0 && width < 31 && length <= BP_HISTORY_MAX);
    *f = (BpFold){ .length = (u16)length, .width = (u8)width, .out = (u8)(length % width) };
}
/* After each bp_push. */
static inline void bp_fold(BpFold *f, const BpHistory *h)
{
    if (!f->length) return;
    u32 v = f->value << 1 | h->bit[h->head];
    v ^= (u32)h->bit[(h->head + f->length) & (BP_HISTORY_RING - 1)] << f->out;
    f->value = (v ^ v >> f->width) & ((1u << f->width) - 1);
}
/* The same, of a history whose youngest bit is bit 0 of its first word; one more word than its bits need. `n` bits from bit `from` on, n less
   than 64; and histories of n growing lengths, all folded to `width` bits. */
static inline u32 bp_bits_at(const u64 *history, u32 from, u32 n)
{
    u64 low = history[from / 64] >> from % 64, high = history[from / 64 + 1] << 1 << (63 - from % 64);
    return (u32)((low | high) & ((1ull << n) - 1));
}
static inline void bp_fold_all(u32 *values, const u64 *history, const u16 *lengths, u32 n, u32 width)
{
    u32 folded = 0, from = 0;
    for (u32 i = 0; i < n; i++) {
        for (; from + width <= lengths[i]; from += width) folded ^= bp_bits_at(history, from, width);
        values[i] = folded ^ bp_bits_at(history, from, lengths[i] - from);
    }
}
/* n lengths that grow by a constant factor from `first` to `last`. */
void bp_geometric(u16 *lengths, u32 n, u32 first, u32 last);

/* ---- the parts of TAGE-SC-L --------------------------------------------------------------------------------- */

typedef struct BpLoop BpLoop; /* counts iterations of loops whose number of iterations repeats */
BpLoop *bp_loop_make(u32 entries);
void bp_loop_drop(BpLoop *l);
/* Whether it knows this branch well enough; if so, *taken. */
bool bp_loop_predict(BpLoop *l, u64 pc, bool *taken);
/* `other` is what the rest of the predictor said; a branch that it got wrong may get an entry. */
void bp_loop_update(BpLoop *l, bool taken, bool other);
u64 bp_loop_bits(const BpLoop *l);

typedef struct BpCorrector BpCorrector; /* sums votes of statistics about a prediction, and may turn it over */
BpCorrector *bp_corrector_make(u64 bits);
void bp_corrector_drop(BpCorrector *c);
/* What to predict, given TAGE's prediction and how sure that was (0-2). */
bool bp_corrector_predict(BpCorrector *c, u64 pc, bool tage, u32 sure);
void bp_corrector_update(BpCorrector *c, u64 pc, u64 target, bool taken);
void bp_corrector_longest(BpCorrector *c, u64 length);
u64 bp_corrector_bits(const BpCorrector *c);

/* ---- indirect targets --------------------------------------------------------------------------------------- */

typedef struct BpIttage BpIttage;
BpIttage *bp_ittage_make(u64 bits);
void bp_ittage_drop(BpIttage *t);
/* The target by global history, or `base`. */
u64 bp_ittage_predict(BpIttage *t, u64 pc, u64 base);
void bp_ittage_update(BpIttage *t, u64 pc, u64 target);
/* Both, and bp_ittage_jump. */
u64 bp_ittage_resolve(BpIttage *t, u64 pc, u64 base, u64 target);
/* History: one conditional branch, those among n keys, or the target of another transfer. */
void bp_ittage_branch(BpIttage *t, bool taken);
void bp_ittage_branches(BpIttage *t, const u64 *key, u64 n);
void bp_ittage_jump(BpIttage *t, u64 target);
u64 bp_ittage_bits(const BpIttage *t);
void bp_ittage_plain(BpIttage *t); /* without vectors and memory of what was predicted from now on */

/* ---- values -------------------------------------------------------------------------------------------------- */

/* What the tables see of a value: all of a small one, and its sign and magnitude. */
typedef struct BpDigest { u16 fine; u8 coarse; } BpDigest;
enum { BP_FINE_BITS = 12, BP_COARSE_BITS = 7, BP_DIGEST_BITS = BP_FINE_BITS + BP_COARSE_BITS };
BpDigest bp_digest(u64 value);

/* The tables behind digests, and the chooser between them and the base predictor. `key` is the branch's pc, or a mix of
   pc and register where digests of several registers are tried for one branch. */
typedef struct BpValue BpValue;
BpValue *bp_value_make(u64 bits);
void bp_value_drop(BpValue *v);
/* Whether the tables know this digest; if so, *taken or *target. */
bool bp_value_direction(const BpValue *v, u64 key, BpDigest d, bool *taken);
bool bp_value_target(const BpValue *v, u64 key, BpDigest d, u64 *target);
void bp_value_learn(BpValue *v, u64 key, BpDigest d, bool taken);
void bp_value_learn_target(BpValue *v, u64 key, BpDigest d, u64 target);
/* Whether to trust the tables rather than the base predictor for the branch at pc. */
bool bp_value_trusted(const BpValue *v, u64 pc);
/* One of the two was right and the other wrong. */
void bp_value_judge(BpValue *v, u64 pc, bool value_right);
u64 bp_value_bits(const BpValue *v);
u64 bp_value_least_bits(void);

/* Hints in the order in which they were made, and the digests of registers that the core takes by itself. */
typedef struct BpHints BpHints;
BpHints *bp_hints_make(const HwModel *m);
void bp_hints_drop(BpHints *h);
/* A hint on the path behind control transfer number `path`. */
void bp_hints_add(HwModel *m, u64 value, u64 target, u64 path);
void bp_hints_cancel(HwModel *m, u64 target);
/* Control transfer number `path` was mispredicted: hints behind it were made on the wrong path. */
void bp_hints_squash(HwModel *m, u64 path);
/* A control transfer has been resolved: time and registers as they are now. Not for direct jumps, which an inline path
   may keep to itself. */
void bp_hints_branch(HwModel *m);
/* Instructions are fetched anew from now on. */
void bp_hints_redirect(HwModel *m);
/* The direction or target of the branch at pc, as the value component would have it, or else `base`; learns. */
bool bp_hints_direction(HwModel *m, u64 pc, bool base, bool taken);
u64 bp_hints_target(HwModel *m, u64 pc, u64 base, u64 target);
u64 bp_hints_bits(const BpHints *h);

/* ---- all of it, in HwModel ----------------------------------------------------------------------------------- */

enum { BP_LATER = HW_LOG_WORDS, BP_LATER_COUNTS = 256 /* are settled then if nobody asks before */ };
typedef struct HwBpred {
    u32 predictor;            /* HwPredictor */
    u64 history_bits;         /* of gshare and tournament */
    u64 long_history;         /* of the others */
    const HwDirection *direction;
    void *state;              /* direction's own */
    bool plain;               /* not the quick forms of predictors */
    u64 budget;               /* bits that direction may take */
    u64 *btb_tag;             /* stamps and targets are in HwFast */
    u64 btb_set_mask;
    u32 btb_ways;
    u64 *indirect_tag, *indirect_target;
    u64 indirect_mask, path, path_mask;
    u32 indirect_bits;
    BpIttage *ittage;         /* in place of the target cache, or NULL */
    BpValue *value;           /* NULL: no value component */
    BpHints *hints;           /* with it */
    u64 *ras;
    u32 ras_entries, ras_top, ras_depth; /* depth: valid entries */
    u64 mispredict, btb_miss; /* ticks */
    u64 later[BP_LATER];      /* HwFast.later goes through it; out of order, a conditional branch ... */
    u64 *place[BP_LATER];     /* ... has here where the log has its access: later is never longer than the log */
    u64 pc[BP_LATER], base[BP_LATER], target[BP_LATER]; /* of indirect jumps in it; base: what the target buffer had */
} HwBpred;

void bpred_init(HwModel *m);
void bpred_free(HwModel *m);
/* A conditional branch, where the direction predictor has `resolve` and there is no value component: was it predicted right? Changes
   nothing outside of direction predictor and ITTAGE; hw_branch_wrong does the rest of hw_branch if it was not. */
bool bpred_resolve(HwModel *m, u64 pc, u64 target, bool taken);
/* The direction predictor is told of another transfer, if it cares. */
void bpred_jump(HwModel *m, u64 pc, u64 target);
/* Predicts what was put off (HwFast.later), directions and targets; whoever wants to know what was mispredicted asks for that first. Out of order, what the log has is
   the scoreboard's to settle: it needs to know which were wrong (how many; their places). */
void bpred_settle(HwModel *m);
/* Translated code found a two-bit counter wrong. */
void bpred_tell(HwModel *m, u64 pc, u64 first, u64 second);
u64 bpred_settle_logged(HwModel *m, u64 **wrong);
/* Who looks at mispredicts has changed. */
void bpred_defer(HwModel *m);
void hw_branch_wrong(HwModel *m, u64 pc, u32 len, bool taken, u64 target);
/* Makes the tables of model_fast.h follow predictor and history length. */
void bpred_apply(HwModel *m);
/* Run-time changes; false: no such predictor, or a length that it cannot have. */
bool bpred_choose(HwModel *m, u64 predictor);
bool bpred_set_history(HwModel *m, u64 length);
u64 bpred_history(const HwModel *m);

#endif
