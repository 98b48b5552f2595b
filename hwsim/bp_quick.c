/* TAGE-SC-L, quickly: exactly what bp_tage.c and bp_corrector.c do, for hosts with QUICK and BMI2. Tables and learning are
   theirs; what is different is that all folded histories are kept in three vectors, that all tables are looked up at once, and
   that a branch which saturated counters predicted right learns nothing. Nothing here branches on what varies from one
   simulated branch to the next, since the host could not predict that either.

   A lane is one of TAGE's tables: the lower half has its history folded for the index, the upper half that for the tag.
   Bits leave a history when they are older than its length: those of histories up to 64 bits are picked out of the last 64
   outcomes, those of longer ones are laid out in advance, for 64 steps at a time. The corrector's histories are short enough to be
   folded from one word. */
#include "hwsim/bp_loop.h"
#include "hwsim/bp_tage.h"
#include "hwsim/mem.h"

#if defined __x86_64__
#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

#define QUICK __attribute__((target("avx2,bmi,bmi2,lzcnt")))
#define INLINE static __attribute__((always_inline)) inline
#define UNROLL _Pragma("GCC unroll 4")
#define VECTORS (TAGE_TABLES / 4)
#define PAST_WORDS 64
#define C1 0x9e3779b97f4a7c15ull /* of bp_hash */
#define C2 0xd6e8feb86659fd93ull
_Static_assert(TAGE_TABLES % 4 == 0 && BP_HISTORY_MAX < 64 * (PAST_WORDS - 1), "lanes and past");
_Static_assert(sizeof(TageEntry) == 4 && offsetof(TageEntry, tag) == 2, "tags are taken out of gathered entries");

typedef union Lanes { u64 n[TAGE_TABLES]; u32 half[2 * TAGE_TABLES]; __m256i v[VECTORS]; } Lanes;

/* What was found about a branch. A copy of it in registers is worth much: whatever is stored through a pointer might be part of
   the predictor's state. */
typedef struct Found {
    u64 slot[16], used[SC_TABLES + 2]; /* entries of TAGE's tables (0 behind them), the corrector's weights */
    u16 *own;                      /* local history */
    u32 base_slot, sure;
    int hit, alternative;
    u32 hit_says, alternative_says, useful;
    i32 sum;
    bool tage, corrected;
} Found;

typedef struct Quick {
    Lanes fold;
    Lanes width, mask;             /* of the folds, each half its own */
    Lanes leaves;                  /* where a bit that leaves is taken out of them */
    Lanes number, first, tag_mask; /* of the tables; their first entries */
    Lanes bit;                     /* 1 << lane */
    Tage *t;
    u64 usable;                    /* tables, a bit each */
    u64 recent;                    /* the last 64 bits of history, the youngest in bit 0 */
    u64 time;                      /* bits put into it */
    u64 short_ends;                /* the last bit of each history of up to 64 */
    u32 shorts;                    /* so many tables have one */
    Lanes ahead;                   /* of each longer one: the bits that leave it, by time % 64 */
    u64 past[PAST_WORDS];          /* whole words of history, by time */
    u64 votes;                     /* the corrector's history */
    Found last;                    /* between predict and update */
} Quick;

/* What a counter says: by value + 4 one of an entry, behind them those of the base. */
enum { SAYS_TAKEN = 1, SAYS_SURE = 2 /* times 0-2 */, SAYS_NEW = 8, SAYS_ENOUGH = 16 /* it is saturated */ };
enum { BASE_SAYS = 1 << TAGE_COUNTER_BITS };
static const u8 says[] = { 20, 2, 0, 8, 9, 1, 3, 21, 18, 0, 1, 19 };

/* ---- set-up -------------------------------------------------------------------------------------------------- */

static void find_usable(Quick *q)
{
    q->usable = 0;
    for (int i = 0; i < TAGE_TABLES && tage_usable(q->t, i); i++) q->usable |= 1ull << i;
}

static void *make(const HwModel *m, u64 bits)
{
    Quick *q = aligned_alloc(32, ALIGN_UP(sizeof *q, 32ull));
    if (!q) die("out of memory");
    memset(q, 0, sizeof *q);
    Tage *t = q->t = tage_make(m, bits);
    for (u32 i = 0; i < TAGE_TABLES; i++) {
        const BpFold *fold[] = { &t->index_fold[i], &t->tag_fold[i] };
        for (u32 k = 0; k < 2; k++) {
            q->leaves.half[2 * i + k] = 1u << fold[k]->out;
            q->width.half[2 * i + k] = fold[k]->width;
            q->mask.half[2 * i + k] = (1u << fold[k]->width) - 1;
        }
        u32 length = t->index_fold[i].length;
        if (length <= 64) q->short_ends |= 1ull << (length - 1), q->shorts++;
        q->number.n[i] = i;
        q->first.n[i] = (u64)i * t->entries;
        q->tag_mask.n[i] = (1u << t->tag_bits[i]) - 1;
        q->bit.n[i] = 1ull << i;
    }
    q->time = 64 * PAST_WORDS;
    find_usable(q);
    return q;
}

static void drop(void *state)
{
    Quick *q = state;
    tage_drop(q->t);
    free(q);
}

static void longest(void *state, u64 length)
{
    Quick *q = state;
    tage_longest(q->t, length);
    find_usable(q);
}

static u64 bits_of(const HwModel *m, const void *state)
{
    return tage_bits(m, ((const Quick *)state)->t);
}

/* ---- histories ------------------------------------------------------------------------------------------------- */

/* The bits that leave the longer histories in the next 64 steps. */
static void lay_out(Quick *q)
{
    u64 backwards = 0; /* by time, the oldest first */
    for (u32 i = 0; i < 64; i++) backwards |= (q->recent >> i & 1) << (63 - i);
    q->past[(q->time / 64 - 1) % PAST_WORDS] = backwards;
    for (u32 i = q->shorts; i < TAGE_TABLES; i++) {
        u64 from = q->time - q->t->index_fold[i].length, word = from / 64, bit = from % 64;
        u64 low = q->past[word % PAST_WORDS] >> bit, high = bit ? q->past[(word + 1) % PAST_WORDS] << (64 - bit) : 0;
        q->ahead.n[i] = low | high;
    }
}

/* The lanes that lose a one now. */
QUICK INLINE u64 leaving(const Quick *q)
{
    __m128i to_top = _mm_cvtsi64_si128((i64)(63 - q->time % 64));
    u64 out = _pext_u64(q->recent, q->short_ends);
    UNROLL
    for (u32 i = 0; i < VECTORS; i++)
        out |= (u64)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_sll_epi64(q->ahead.v[i], to_top))) << 4 * i;
    return out;
}

QUICK INLINE void push(Quick *q, u64 bit)
{
    __m256i in = _mm256_set1_epi32((int)bit), out = _mm256_set1_epi64x((i64)leaving(q));
    UNROLL
    for (u32 i = 0; i < VECTORS; i++) {
        __m256i f = _mm256_or_si256(_mm256_slli_epi32(q->fold.v[i], 1), in);
        __m256i loses = _mm256_cmpeq_epi64(_mm256_and_si256(out, q->bit.v[i]), q->bit.v[i]);
        f = _mm256_xor_si256(f, _mm256_and_si256(loses, q->leaves.v[i]));
        q->fold.v[i] = _mm256_and_si256(_mm256_xor_si256(f, _mm256_srlv_epi32(f, q->width.v[i])), q->mask.v[i]);
    }
    q->recent = q->recent << 1 | bit;
    if (UNLIKELY(++q->time % 64 == 0)) lay_out(q);
}

/* ---- looking up -------------------------------------------------------------------------------------------------- */

/* bp_hash(a, b) of four b below 2^32, or of four small a; `base` is the other one's part of it. */
QUICK INLINE __m256i hash4(__m256i v, u64 factor, __m256i base)
{
    __m256i low = _mm256_mul_epu32(v, _mm256_set1_epi64x((i64)(factor & UINT32_MAX))), high = _mm256_mul_epu32(v, _mm256_set1_epi64x((i64)(factor >> 32)));
    return _mm256_add_epi64(_mm256_srli_epi64(_mm256_add_epi64(low, base), 32), high); /* in the lower half; the upper is anything */
}

/* Slots of four tables with `entries` each that begin at `first`. */
QUICK INLINE __m256i slot4(__m256i hash, __m256i entries, __m256i first)
{
    return _mm256_add_epi64(_mm256_srli_epi64(_mm256_mul_epu32(hash, entries), 32), first);
}

INLINE u64 pc_part(u64 pc)
{
    u64 a = pc >> 1;
    return (a ^ a >> 17) * C1;
}

/* bp_tage.c's look_up, but for the tags, which only learning wants. */
QUICK INLINE void look_up(const Quick *q, Found *n, u64 pc, u64 part)
{
    const Tage *t = q->t;
    __m256i base = _mm256_set1_epi64x((i64)part), tag_base = _mm256_set1_epi64x((i64)((pc >> 1) * C2));
    __m256i entries = _mm256_set1_epi64x(t->entries);
    u32 known = 0;
    UNROLL
    for (u32 i = 0; i < VECTORS; i++) {
        __m256i f = q->fold.v[i];
        __m256i slot = slot4(hash4(_mm256_or_si256(_mm256_slli_epi64(f, 5), q->number.v[i]), C2, base), entries, q->first.v[i]);
        __m256i tag = _mm256_and_si256(hash4(_mm256_srli_epi64(f, 32), C1, tag_base), q->tag_mask.v[i]);
        __m256i e = _mm256_i64gather_epi64((const long long *)t->table, slot, sizeof(TageEntry));
        __m256i found = _mm256_cmpeq_epi64(_mm256_and_si256(_mm256_srli_epi64(e, 16), _mm256_set1_epi64x(UINT16_MAX)), tag);
        _mm256_storeu_si256((__m256i *)&n->slot[4 * i], slot);
        known |= (u32)_mm256_movemask_pd(_mm256_castsi256_pd(found)) << 4 * i;
    }
    known &= (u32)q->usable;
    n->base_slot = bp_slot((u32)(part >> 32), t->bases);
    n->hit = 31 - (int)_lzcnt_u32(known);
    n->alternative = 31 - (int)_lzcnt_u32(_bzhi_u32(known, (u32)n->hit)); /* of -1 that is all, and there is none */
}

QUICK static void find_tags(Quick *q, u64 pc)
{
    __m256i base = _mm256_set1_epi64x((i64)((pc >> 1) * C2));
    for (u32 i = 0; i < VECTORS; i++) {
        __m256i tag = _mm256_and_si256(hash4(_mm256_srli_epi64(q->fold.v[i], 32), C1, base), q->tag_mask.v[i]);
        _mm256_storeu_si256((__m256i *)&q->t->tag[4 * i], tag);
    }
}

/* The weights of all votes but the first two. */
QUICK INLINE void find_weights(const Quick *q, Found *n, u64 part)
{
    const BpCorrector *c = q->t->corrector;
    u64 word = (1ull << SC_FOLD_BITS) - 1, longest = q->votes & ((1ull << 44) - 1);
    __m256i own = _mm256_set1_epi64x(*n->own), votes = _mm256_set1_epi64x((i64)q->votes), iteration = _mm256_set1_epi64x(c->iteration);
    __m256i features[3];
    votes = _mm256_and_si256(votes, _mm256_setr_epi64x(3, 31, 0x7ff, 0x3fffff));
    features[0] = _mm256_xor_si256(_mm256_and_si256(votes, _mm256_set1_epi64x((i64)word)), _mm256_srli_epi64(votes, SC_FOLD_BITS));
    __m256i folded = _mm256_zextsi128_si256(_mm_cvtsi64_si128((i64)((longest ^ longest >> SC_FOLD_BITS ^ longest >> 2 * SC_FOLD_BITS) & word)));
    features[1] = _mm256_or_si256(folded, _mm256_and_si256(own, _mm256_setr_epi64x(0, 7, 63, 0x7ff)));
    features[2] = _mm256_or_si256(_mm256_sllv_epi64(iteration, _mm256_setr_epi64x(0, 6, 0, 0)), _mm256_and_si256(own, _mm256_setr_epi64x(0, 63, 0, 0)));
    __m256i table = _mm256_setr_epi64x(2, 3, 4, 5), base = _mm256_set1_epi64x((i64)part), entries = _mm256_set1_epi64x(c->entries);
    UNROLL
    for (u32 i = 0; i < 3; i++) {
        __m256i hash = hash4(_mm256_or_si256(_mm256_slli_epi64(features[i], 4), table), C2, base);
        __m256i slot = slot4(hash, entries, _mm256_mul_epu32(table, entries));
        _mm256_storeu_si256((__m256i *)&n->used[SC_BIASES + 4 * i], slot);
        table = _mm256_add_epi64(table, _mm256_set1_epi64x(4));
    }
}
_Static_assert(SC_BIASES == 2 && SC_GLOBALS == 5 && SC_LOCALS == 3 && SC_ITERATIONS == 2 && SC_LOCAL_BITS == 11, "the lanes above");

INLINE u64 bias(const BpCorrector *c, u32 table, u64 part, u64 feature)
{
    return (u64)table * c->entries + bp_slot((u32)((part + (feature << 4 | table) * C2) >> 32), c->entries);
}

/* bp_corrector_predict */
QUICK INLINE bool correct(const Quick *q, Found *n, u64 part)
{
    const BpCorrector *c = q->t->corrector;
    const i8 *weights = c->weights;
    n->used[0] = bias(c, 0, part, n->tage);
    n->used[1] = bias(c, 1, part, 2 + 2 * n->sure + n->tage);
    i32 sum = 0;
    _Pragma("GCC unroll 12")
    for (u32 i = 0; i < SC_TABLES; i++) sum += weights[n->used[i]];
    n->sum = sc_start(n->tage, n->sure) + 2 * sum + SC_TABLES;
    if (UNLIKELY(c->longest < sc_global_lengths[SC_GLOBALS - 1]))
        for (u32 i = SC_BIASES; i < SC_BIASES + SC_GLOBALS; i++) {
            if (sc_global_lengths[i - SC_BIASES] <= c->longest) continue;
            n->sum -= 2 * weights[n->used[i]] + 1;
            n->used[i] = ~0ull;
        }
    return sc_decide(c, n->sum, n->tage, n->sure);
}

/* tage_decide, and how sure it is */
QUICK INLINE void decide(const Quick *q, Found *n)
{
    const Tage *t = q->t;
    u32 base = BASE_SAYS + t->base[n->base_slot];
    TageEntry hit = t->table[n->slot[n->hit & 15]], alternative = t->table[n->slot[n->alternative & 15]]; /* -1: anything */
    n->hit_says = says[n->hit < 0 ? base : (u32)hit.counter + 4];
    n->alternative_says = says[n->alternative < 0 ? base : (u32)alternative.counter + 4];
    n->useful = n->hit < 0 ? TAGE_USEFUL_MAX : hit.useful;
    n->sure = n->hit_says / SAYS_SURE & 3;
    bool trust = (n->hit_says / SAYS_NEW & 1) & (t->trust_alternative >= 0);
    n->tage = (trust ? n->alternative_says : n->hit_says) & SAYS_TAKEN;
}

QUICK INLINE bool find(const Quick *q, Found *n, u64 pc)
{
    const Tage *t = q->t;
    u64 part = pc_part(pc);
    bool looped = false;
    n->own = &t->corrector->local[bp_slot((u32)(part >> 32), t->corrector->locals)];
    n->slot[12] = n->slot[13] = n->slot[14] = n->slot[15] = 0;
    find_weights(q, n, part);
    look_up(q, n, pc, part);
    decide(q, n);
    n->corrected = correct(q, n, part);
    u32 tag_hash = (u32)((part + LOOP_TAG_SALT * C2) >> 32);
    return bp_loop_find(t->loop, (u32)(part >> 32), tag_hash, &looped) ? looped : n->corrected;
}

/* ---- learning ------------------------------------------------------------------------------------------------------ */

/* Whether sc_learn and tage_learn would leave everything as it is. */
INLINE bool settled(const Quick *q, const Found *n, bool taken)
{
    i32 strength = taken ? n->sum : -n->sum;
    bool right = n->tage == taken, other_right = (n->alternative_says & SAYS_TAKEN) == taken;
    bool enough = n->hit_says & SAYS_ENOUGH, other_enough = n->alternative_says & SAYS_ENOUGH;
    return right & enough & (strength >= q->t->corrector->threshold) & (other_right | (n->useful == TAGE_USEFUL_MAX)) &
           ((n->useful > 0) | (other_right & other_enough));
}

/* Hands the branch over to the plain form's learning. */
QUICK static __attribute__((noinline)) void learn_plainly(Quick *q, const Found *n, u64 pc, bool taken)
{
    Tage *t = q->t;
    BpCorrector *c = t->corrector;
    memcpy(t->slot, n->slot, sizeof t->slot);
    t->base_slot = n->base_slot;
    t->hit = n->hit, t->alternative = n->alternative;
    t->from_hit = n->hit_says & SAYS_TAKEN, t->from_alternative = n->alternative_says & SAYS_TAKEN, t->from_tage = n->tage;
    find_tags(q, pc);
    memcpy(c->used, n->used, sizeof c->used);
    c->sum = n->sum, c->tage = n->tage, c->sure = n->sure;
    sc_learn(c, taken);
    tage_learn(t, taken);
}

QUICK INLINE void learn(Quick *q, const Found *n, u64 pc, u64 target, bool taken)
{
    Tage *t = q->t;
    if (UNLIKELY(t->loop->hit || n->corrected != taken)) bp_loop_update(t->loop, taken, n->corrected);
    if (UNLIKELY(!settled(q, n, taken))) {
        Found copy = *n; /* so that the one that is looked at otherwise need not be in memory */
        learn_plainly(q, &copy, pc, taken);
    }
    *n->own = (u16)((*n->own << 1 | taken) & ((1u << SC_LOCAL_BITS) - 1));
    q->votes = q->votes << 1 | taken;
    sc_iterate(t->corrector, target <= pc, taken);
    push(q, taken);
}

QUICK static bool predict(HwModel *m, void *state, u64 pc, u64 target)
{
    (void)m, (void)target;
    Quick *q = state;
    return find(q, &q->last, pc);
}

QUICK static void update(HwModel *m, void *state, u64 pc, u64 target, bool taken)
{
    (void)m;
    Quick *q = state;
    learn(q, &q->last, pc, target, taken);
}

QUICK static bool resolve(void *state, u64 pc, u64 target, bool taken)
{
    Found n;
    bool right = find(state, &n, pc) == taken;
    learn(state, &n, pc, target, taken);
    return right;
}

QUICK static void jump(void *state, u64 pc, u64 target)
{
    (void)pc;
    push(state, tage_jump_bit(target));
}

const HwDirection bp_quick_tage = {
    .name = "tage", .make = make, .drop = drop, .predict = predict, .update = update, .resolve = resolve, .jump = jump, .longest = longest, .bits = bits_of,
};

bool bp_has_quick(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
}

#else
const HwDirection bp_quick_tage;

bool bp_has_quick(void)
{
    return false;
}
#endif
