/* TAGE-SC-L, quickly: exactly what bp_tage.c and bp_corrector.c do, for hosts with vectors. Tables and learning are
   theirs; what is different is that all folded histories are kept in vectors, that all tables are looked up at once, and
   that a branch which saturated counters predicted right learns nothing. Nothing here branches on what varies from one
   simulated branch to the next, since the host could not predict that either.

   This is compiled once for each kind of host, with functions of its own only: bp_quick.c for AVX2, bp_wide.c for AVX-512. Each has the vectors
   (Folds, Places), and finds with them where a branch looks; the rest is here, in bp_settle.h (what is predicted, what is learned) and in bp_follow.h
   (streams of branches that repeat themselves), which are included one after the other, each behind what it needs; with AVX-512 bp_lanes.h
   (many branches at once) comes between them.

   Bits leave a history when they are older than its length: those of histories up to 64 bits are picked out of the last 64
   outcomes, those of longer ones are laid out in advance, for 64 steps at a time. The corrector's histories are short enough to be
   folded from one word. */
#ifndef HWSIM_BP_QUICK_H
#define HWSIM_BP_QUICK_H
#include "hwsim/bp_loop.h"
#include "hwsim/bp_repeat.h"
#include "hwsim/bp_tage.h"
#include "hwsim/mem.h"
#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

/* The form has defined, before this: QUICK, what its functions are compiled for; Folds, folded histories with all that keeps them up to date,
   among it `ahead`; and Places, where a branch looks (entries, their tags, weights but the first two), given its address and all histories. */
#define INLINE static __attribute__((always_inline)) inline
#define PAST_WORDS 64
#define C1 BP_C1
#define C2 BP_C2
_Static_assert(BP_HISTORY_MAX < 64 * (PAST_WORDS - 1), "past");
_Static_assert(sizeof(TageEntry) == 4 && offsetof(TageEntry, tag) == 2, "tags are taken out of gathered entries");

/* What was found about a branch. A copy of it in registers is worth much: whatever is stored through a pointer might be part of
   the predictor's state. */
typedef struct Found {
    u32 slot[16], used[16];        /* entries of TAGE's tables (0 behind them), the corrector's weights */
    u16 *own;                      /* local history */
    u32 base_slot, sure;
    int hit, alternative;
    TageEntry hit_entry, alternative_entry; /* base_entry where there is none */
    u32 hit_says, alternative_says, useful;
    i32 votes, sum;                /* weights but the first two; everything */
    bool tage, corrected;
} Found;

/* About a place of the log, index by index. */
typedef struct Known {
    u32 era;              /* then there was nothing to learn */
    u32 calm;             /* Quick.calm, with one of CALM: can what is restless change that? */
    u16 local;            /* local history */
    u16 own, iteration;   /* it, and the corrector's iteration, when memo was made */
    u16 margin : 13;      /* so much more than enough the corrector's votes were then, and are at least still */
    u16 visits : 2;       /* the second one makes the memo; many places have but one */
    u16 looped : 1;       /* the loop predictor has an entry */
} Known;
_Static_assert(sizeof(Known) == 16, "one load finds it");

/* Where a branch looks, or where one has changed something: a byte each for its weights, the tags that are its own or not, and its set of loops;
   for the counters of hit and alternative, twice, because two may change; and for the base's. What are two may have the same byte; what has not
   been changed has one that nothing has. */
enum { MARK_TAG = SC_TABLES, MARK_LOOPS = MARK_TAG + TAGE_TABLES, MARK_HIT, MARK_ALTERNATIVE = MARK_HIT + 2, MARK_BASE = MARK_ALTERNATIVE + 2, MARK_END };
enum { UNMARKED = 255 };
typedef union Marks { u8 n[32]; __m256i v; } Marks;
/* Why a place had nothing to learn: where it looked, and what the entries that it found were. */
typedef struct Proof {
    Marks looks;
    u32 hit, alternative, base;
    TageEntry hit_was, alternative_was;
    i32 start;            /* the votes without weights */
    u8 base_was;
    u32 used[SC_TABLES];
} Proof;
_Static_assert(MARK_END <= 32, "a vector has room");
enum { CHANGES = 8 /* that are remembered one by one */ };

/* What has changed lately, and will again: a few branches of most loops learn on and on, up and down. The range of each weight, and marks of all else. */
enum { RESTLESS = 32, SOON = 4 /* changes */ };
enum { CALM, CALM_ENTRIES /* not while the entries that were found are what they were */, RESTLESS_TOO, CALM_STEP = 4 };
typedef struct Restless {
    i8 *low, *high;
    Marks other[RESTLESS];
    u32 others;
    u32 since;            /* the era in which it grew last */
    bool unknown;         /* something has changed untold */
} Restless;

typedef struct Quick {
    Folds f;
    Tage *t;
    u64 usable;                    /* tables, a bit each */
    u64 recent;                    /* the last 64 bits of history, the youngest in bit 0 */
    u64 time;                      /* bits put into it */
    u64 short_ends;                /* the last bit of each history of up to 64 */
    u32 shorts;                    /* so many tables have one */
    u64 past[PAST_WORDS];          /* whole words of history, by time; in each the youngest in bit 0 */
    u64 votes;                     /* the corrector's history */
    Found last;                    /* between predict and update */
    Places last_places;
    bool stale;                    /* folds are not what recent and past say */
    u32 wanted;                    /* for so many bits more folds are kept fresh */
    u32 era;                       /* grows when anything but histories changes */
    u32 known_from;                /* what is known of earlier eras is void; not 0, so that 0 is always before */
    Marks change[CHANGES];         /* what has changed at the end of an era, by its number */
    u32 changed[MARK_END][256];    /* in which era each byte of marks did so last: the one that began with it */
    Restless restless;
    u32 calm;                      /* grows by CALM_STEP when more is restless; never 0 */
    BpRepeat repeat;
    Known *known;
    Places *memo;
    Proof *proof;                  /* of known places */
    u32 *loop;                     /* of those that are looped: which entry */
    u32 logged, checked, slow;     /* branches in this spell; those that came again: with changes to look at, or looked up all the same */
    u32 pause, paused;             /* to be left out after a spell in vain; still to be left out */
    bool again;                    /* this spell is to tell whether the one before, in vain, was so for its beginning alone */
    bool batched;                  /* what is left out is settled many at a time */
} Quick;

/* What a counter says: by value + 4 one of an entry, behind them those of the base. */
enum { SAYS_TAKEN = 1, SAYS_SURE = 2 /* times 0-2 */, SAYS_NEW = 8, SAYS_ENOUGH = 16 /* it is saturated */ };
enum { BASE_SAYS = 1 << TAGE_COUNTER_BITS };
static const u8 says[] = { 20, 2, 0, 8, 9, 1, 3, 21, 18, 0, 1, 19 };

/* The base's counter as if it were an entry's. */
INLINE TageEntry base_entry(const Tage *t, u32 slot)
{
    return (TageEntry){ .counter = (i8)(BASE_SAYS - 4 + t->base[slot]), .useful = TAGE_USEFUL_MAX };
}
enum { NO_ENTRY = 15 /* -1 & 15: none was found */ };

/* The form's own. */
static void set_up(Folds *f, const Tage *t);
static u32 *fold_of(Folds *f, u32 table, bool tag);

/* ---- set-up -------------------------------------------------------------------------------------------------- */

static void find_usable(Quick *q)
{
    q->usable = 0;
    for (int i = 0; i < TAGE_TABLES && tage_usable(q->t, i); i++) q->usable |= 1ull << i;
}

static u64 weights_of(const BpCorrector *c) { return (u64)SC_TABLES * c->entries; }

static void *make(const HwModel *m, u64 bits)
{
    Quick *q = aligned_alloc(64, ALIGN_UP(sizeof *q, 64ull));
    if (!q) die("out of memory");
    memset(q, 0, sizeof *q);
    Tage *t = q->t = tage_make(m, bits);
    for (u32 i = 0; i < TAGE_TABLES; i++) {
        u32 length = t->index_fold[i].length;
        if (length <= 64) q->short_ends |= 1ull << (length - 1), q->shorts++;
    }
    set_up(&q->f, t);
    q->time = 64 * PAST_WORDS;
    q->era = q->known_from = 1;
    q->restless.low = xcalloc(weights_of(t->corrector), 1), q->restless.high = xcalloc(weights_of(t->corrector), 1);
    q->restless.unknown = true;
    ASSERT(t->corrector->locals <= UINT16_MAX + 1u);
    q->known = xcalloc(BP_REPEAT_RING, sizeof *q->known);
    q->memo = aligned_alloc(64, BP_REPEAT_RING * sizeof *q->memo); /* pages come as they are written */
    q->proof = aligned_alloc(64, BP_REPEAT_RING * sizeof *q->proof);
    if (!q->memo || !q->proof) die("out of memory");
    q->loop = xcalloc(BP_REPEAT_RING, sizeof *q->loop);
    bp_repeat_make(&q->repeat, t->index_fold[TAGE_TABLES - 1].length);
    find_usable(q);
    return q;
}

static void drop(void *state)
{
    Quick *q = state;
    tage_drop(q->t);
    bp_repeat_drop(&q->repeat);
    free(q->restless.low), free(q->restless.high);
    free(q->known), free(q->memo), free(q->proof), free(q->loop), free(q);
}

/* More is restless: no place is calm until it has been looked at. */
static void disturb(Quick *q)
{
    q->restless.since = q->era;
    q->calm += CALM_STEP;
    if (LIKELY(q->calm)) return;
    q->calm = CALM_STEP;
    for (u32 i = 0; i < BP_REPEAT_RING; i++) q->known[i].calm = 0;
}

/* What is known of places may be wrong now, wherever they look. */
static void forget_eras(Quick *q)
{
    q->known_from = ++q->era;
    q->restless.unknown = true;
    disturb(q);
    if (LIKELY(q->era < UINT32_MAX - 1)) return;
    q->era = q->known_from = 1;
    memset(q->changed, 0, sizeof q->changed);
    for (u32 i = 0; i < BP_REPEAT_RING; i++) q->known[i].era = 0;
}

static void longest(void *state, u64 length)
{
    Quick *q = state;
    tage_longest(q->t, length);
    find_usable(q);
    forget_eras(q);
}

static u64 bits_of(const HwModel *m, const void *state)
{
    return tage_bits(m, ((const Quick *)state)->t);
}

/* ---- histories ------------------------------------------------------------------------------------------------- */

/* `past`, word k of what was before the current one. */
INLINE u64 word_before(const Quick *q, u64 k)
{
    return q->past[(q->time / 64 - 1 - k) % PAST_WORDS];
}

/* The bits that leave the longer histories in these 64 steps, the first in bit 63. */
static void lay_out(Quick *q)
{
    for (u32 i = q->shorts; i < TAGE_TABLES; i++) {
        u64 from = q->t->index_fold[i].length - 64u, word = from / 64, bit = from % 64;
        u64 low = word_before(q, word) >> bit, high = bit ? word_before(q, word + 1) << (64 - bit) : 0;
        q->f.ahead.n[i] = low | high;
    }
}

/* A bit of history; folds do not follow. */
INLINE void push_bit(Quick *q, u64 bit)
{
    q->recent = q->recent << 1 | bit;
    if (UNLIKELY(++q->time % 64 == 0)) q->past[(q->time / 64 - 1) % PAST_WORDS] = q->recent;
}

/* Folds all tables' histories anew to `width` bits, for their indices or their tags. */
static void fold_anew(Quick *q, const u64 *history, bool tags, u32 width)
{
    u16 lengths[TAGE_TABLES];
    u32 folds[TAGE_TABLES];
    for (u32 i = 0; i < TAGE_TABLES; i++) lengths[i] = q->t->index_fold[i].length;
    bp_fold_all(folds, history, lengths, TAGE_TABLES, width);
    for (u32 i = 0; i < TAGE_TABLES; i++) *fold_of(&q->f, i, tags) = folds[i];
}

/* All of history that is looked at, and a word more; the youngest bit is bit 0 of the first word. */
INLINE void history_words(const Quick *q, u64 *history)
{
    u64 bit = q->time % 64;
    u32 words = q->t->index_fold[TAGE_TABLES - 1].length / 64 + 3u;
    ASSERT(words <= PAST_WORDS - 1);
    history[0] = q->recent;
    for (u32 k = 1; k < words; k++) history[k] = bit ? word_before(q, k) << bit | word_before(q, k - 1) >> (64 - bit) : word_before(q, k);
}

static __attribute__((noinline)) void freshen(Quick *q)
{
    u64 history[PAST_WORDS];
    history_words(q, history);
    fold_anew(q, history, false, TAGE_INDEX_FOLD);
    fold_anew(q, history, true, TAGE_TAG_FOLD);
    lay_out(q);
    q->stale = false;
}

INLINE u64 pc_part(u64 pc)
{
    u64 a = pc >> 1;
    return (a ^ a >> 17) * C1;
}

#endif
