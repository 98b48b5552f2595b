/* TAGE-SC-L, quickly: exactly what bp_tage.c and bp_corrector.c do, for hosts with QUICK and BMI2. Tables and learning are
   theirs; what is different is that all folded histories are kept in three vectors, that all tables are looked up at once, and
   that a branch which saturated counters predicted right learns nothing. Nothing here branches on what varies from one
   simulated branch to the next, since the host could not predict that either.

   A lane is one of TAGE's tables: the lower half has its history folded for the index, the upper half that for the tag.
   Bits leave a history when they are older than its length: those of histories up to 64 bits are picked out of the last 64
   outcomes, those of longer ones are laid out in advance, for 64 steps at a time. The corrector's histories are short enough to be
   folded from one word.

   While the stream of branches repeats itself (bp_repeat.h), histories and with them entries are what they were the last time.
   So where each branch finds its entries is kept with its place in the log (Places), and that it was right and had nothing
   to learn (Known), as long as no other branch has learned anything where it looks (Marks). Folded histories are left to grow stale
   meanwhile, and are made anew when somebody asks. */
#include "hwsim/bp_loop.h"
#include "hwsim/bp_repeat.h"
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
    u32 slot[16], used[16];        /* entries of TAGE's tables (0 behind them), the corrector's weights */
    u16 *own;                      /* local history */
    u32 base_slot, sure;
    int hit, alternative;
    u32 hit_says, alternative_says, useful;
    i32 sum;
    bool tage, corrected;
} Found;

/* Where a branch looks, given its address and all histories: entries, their tags, and weights but the first two. */
typedef struct Places {
    __m256i slot, tag, used;       /* of tables 0-7; the third vote and what follows */
    __m128i slot_high, tag_high, used_high;
    u32 base_slot;
} Places;

/* About a place of the log, index by index. */
typedef struct Known {
    u32 era;              /* then there was nothing to learn */
    u32 local;            /* local history */
    u16 own, iteration;   /* it, and the corrector's iteration, when memo was made */
    u16 margin;           /* so much more than enough the corrector's votes were then, and are at least still */
    u8 visits;            /* the second one makes the memo; many places have but one */
    bool looped;          /* the loop predictor has an entry */
} Known;
_Static_assert(sizeof(Known) == 16, "one load finds it");

/* Where a branch looks, or where one has changed something: a byte each for its weights, the entries that have its tags or not, and its
   set of loops. What are two may have the same byte; what has not been changed has one that nothing has. */
enum { MARK_ENTRY = SC_TABLES, MARK_LOOPS = MARK_ENTRY + TAGE_TABLES, MARK_END, UNMARKED = 255 };
typedef union Marks { u8 n[32]; __m256i v; } Marks;
/* Why a place had nothing to learn: where it looked, and what the entries that it found were. */
typedef struct Proof {
    Marks looks;
    u32 used[SC_TABLES];
    i32 start;            /* the votes without weights */
    u32 hit, alternative, base, loop;
    TageEntry hit_was, alternative_was;
    u8 base_was;
} Proof;
_Static_assert(MARK_END <= 32, "a vector has room");
enum { CHANGES = 16 /* that are remembered */ };

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
    u64 past[PAST_WORDS];          /* whole words of history, by time; in each the youngest in bit 0 */
    u64 votes;                     /* the corrector's history */
    Found last;                    /* between predict and update */
    Places last_places;
    bool stale;                    /* fold and ahead are not what recent and past say */
    u32 wanted;                    /* for so many bits more folds are kept fresh */
    u32 era;                       /* grows when anything but histories changes; more than CHANGES, so that 0 is long ago */
    Marks change[CHANGES];         /* what has changed at the end of an era, by its number */
    BpRepeat repeat;
    Known *known;
    Places *memo;
    Proof *proof;                  /* of known places */
    u32 logged, slow;              /* branches in this spell; those that were looked up although they came again */
    u32 pause, paused;             /* to be left out after a spell in vain; still to be left out */
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
    q->era = CHANGES + 1;
    q->known = xcalloc(BP_REPEAT_RING, sizeof *q->known);
    q->memo = aligned_alloc(64, BP_REPEAT_RING * sizeof *q->memo); /* pages come as they are written */
    q->proof = aligned_alloc(64, BP_REPEAT_RING * sizeof *q->proof);
    if (!q->memo || !q->proof) die("out of memory");
    bp_repeat_make(&q->repeat, t->index_fold[TAGE_TABLES - 1].length);
    find_usable(q);
    return q;
}

static void drop(void *state)
{
    Quick *q = state;
    tage_drop(q->t);
    bp_repeat_drop(&q->repeat);
    free(q->known), free(q->memo), free(q->proof), free(q);
}

/* What is known of places may be wrong now, wherever they look. */
static void forget_eras(Quick *q)
{
    q->era += CHANGES + 1;
    if (LIKELY(q->era < UINT32_MAX - 2 * CHANGES)) return;
    q->era = CHANGES + 1;
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
        q->ahead.n[i] = low | high;
    }
}

/* A bit of history; folds do not follow. */
INLINE void push_bit(Quick *q, u64 bit)
{
    q->recent = q->recent << 1 | bit;
    if (UNLIKELY(++q->time % 64 == 0)) q->past[(q->time / 64 - 1) % PAST_WORDS] = q->recent;
}

/* The lanes that lose a one now. */
QUICK INLINE u64 leaving(const Quick *q)
{
    __m128i to_top = _mm_cvtsi64_si128((i64)(q->time % 64));
    u64 out = _pext_u64(q->recent, q->short_ends);
    UNROLL
    for (u32 i = 0; i < VECTORS; i++)
        out |= (u64)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_sll_epi64(q->ahead.v[i], to_top))) << 4 * i;
    return out;
}

QUICK INLINE void push(Quick *q, u64 bit)
{
    if (q->stale) {
        push_bit(q, bit);
        return;
    }
    __m256i in = _mm256_set1_epi32((int)bit), out = _mm256_set1_epi64x((i64)leaving(q));
    UNROLL
    for (u32 i = 0; i < VECTORS; i++) {
        __m256i f = _mm256_or_si256(_mm256_slli_epi32(q->fold.v[i], 1), in);
        __m256i loses = _mm256_cmpeq_epi64(_mm256_and_si256(out, q->bit.v[i]), q->bit.v[i]);
        f = _mm256_xor_si256(f, _mm256_and_si256(loses, q->leaves.v[i]));
        q->fold.v[i] = _mm256_and_si256(_mm256_xor_si256(f, _mm256_srlv_epi32(f, q->width.v[i])), q->mask.v[i]);
    }
    push_bit(q, bit);
    if (UNLIKELY(q->time % 64 == 0)) lay_out(q);
}

/* Folds all tables' histories anew to `width` bits, half `half` of a lane. */
static void fold_anew(Quick *q, const u64 *history, u32 half, u32 width)
{
    u16 lengths[TAGE_TABLES];
    u32 folds[TAGE_TABLES];
    for (u32 i = 0; i < TAGE_TABLES; i++) lengths[i] = q->t->index_fold[i].length;
    bp_fold_all(folds, history, lengths, TAGE_TABLES, width);
    for (u32 i = 0; i < TAGE_TABLES; i++) q->fold.half[2 * i + half] = folds[i];
}

static __attribute__((noinline)) void freshen(Quick *q)
{
    u64 history[PAST_WORDS], bit = q->time % 64;
    u32 words = q->t->index_fold[TAGE_TABLES - 1].length / 64 + 2u;
    ASSERT(words <= PAST_WORDS - 1);
    history[0] = q->recent;
    for (u32 k = 1; k < words; k++) history[k] = bit ? word_before(q, k) << bit | word_before(q, k - 1) >> (64 - bit) : word_before(q, k);
    fold_anew(q, history, 0, TAGE_INDEX_FOLD);
    fold_anew(q, history, 1, TAGE_TAG_FOLD);
    lay_out(q);
    q->stale = false;
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

/* The lower halves of eight lanes. */
QUICK INLINE __m256i narrow(__m256i a, __m256i b)
{
    __m256 both = _mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), 0x88);
    return _mm256_permute4x64_epi64(_mm256_castps_si256(both), 0xd8);
}

QUICK INLINE __m128i narrow_one(__m256i a)
{
    return _mm256_castsi256_si128(narrow(a, a));
}

/* Entries of all tables, and the tags that they are to have. */
QUICK INLINE void find_entries(const Quick *q, Places *p, u64 pc, u64 part)
{
    __m256i base = _mm256_set1_epi64x((i64)part), tag_base = _mm256_set1_epi64x((i64)((pc >> 1) * C2));
    __m256i entries = _mm256_set1_epi64x(q->t->entries), slot[VECTORS], tag[VECTORS];
    UNROLL
    for (u32 i = 0; i < VECTORS; i++) {
        __m256i f = q->fold.v[i];
        slot[i] = slot4(hash4(_mm256_or_si256(_mm256_slli_epi64(f, 5), q->number.v[i]), C2, base), entries, q->first.v[i]);
        tag[i] = _mm256_and_si256(hash4(_mm256_srli_epi64(f, 32), C1, tag_base), q->tag_mask.v[i]);
    }
    p->slot = narrow(slot[0], slot[1]), p->slot_high = narrow_one(slot[2]);
    p->tag = narrow(tag[0], tag[1]), p->tag_high = narrow_one(tag[2]);
    p->base_slot = bp_slot((u32)(part >> 32), q->t->bases);
}
_Static_assert(VECTORS == 3, "the halves above");

/* The weights of all votes but the first two. */
QUICK INLINE void find_weights(const Quick *q, Places *p, u32 own_history, u64 part)
{
    const BpCorrector *c = q->t->corrector;
    u64 word = (1ull << SC_FOLD_BITS) - 1, longest = q->votes & ((1ull << 44) - 1);
    __m256i own = _mm256_set1_epi64x(own_history), votes = _mm256_set1_epi64x((i64)q->votes), iteration = _mm256_set1_epi64x(c->iteration);
    __m256i features[3], slot[3];
    votes = _mm256_and_si256(votes, _mm256_setr_epi64x(3, 31, 0x7ff, 0x3fffff));
    features[0] = _mm256_xor_si256(_mm256_and_si256(votes, _mm256_set1_epi64x((i64)word)), _mm256_srli_epi64(votes, SC_FOLD_BITS));
    __m256i folded = _mm256_zextsi128_si256(_mm_cvtsi64_si128((i64)((longest ^ longest >> SC_FOLD_BITS ^ longest >> 2 * SC_FOLD_BITS) & word)));
    features[1] = _mm256_or_si256(folded, _mm256_and_si256(own, _mm256_setr_epi64x(0, 7, 63, 0x7ff)));
    features[2] = _mm256_or_si256(_mm256_sllv_epi64(iteration, _mm256_setr_epi64x(0, 6, 0, 0)), _mm256_and_si256(own, _mm256_setr_epi64x(0, 63, 0, 0)));
    __m256i table = _mm256_setr_epi64x(2, 3, 4, 5), base = _mm256_set1_epi64x((i64)part), entries = _mm256_set1_epi64x(c->entries);
    UNROLL
    for (u32 i = 0; i < 3; i++) {
        __m256i hash = hash4(_mm256_or_si256(_mm256_slli_epi64(features[i], 4), table), C2, base);
        slot[i] = slot4(hash, entries, _mm256_mul_epu32(table, entries));
        table = _mm256_add_epi64(table, _mm256_set1_epi64x(4));
    }
    p->used = narrow(slot[0], slot[1]), p->used_high = narrow_one(slot[2]);
}
_Static_assert(SC_BIASES == 2 && SC_GLOBALS == 5 && SC_LOCALS == 3 && SC_ITERATIONS == 2 && SC_LOCAL_BITS == 11, "the lanes above");

/* Which of eight, or four, entries have their tags. */
QUICK INLINE u32 match(__m256i entries, __m256i tags)
{
    return (u32)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_srli_epi32(entries, 16), tags)));
}

QUICK INLINE u32 match_high(__m128i entries, __m128i tags)
{
    return (u32)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(_mm_srli_epi32(entries, 16), tags)));
}

/* The two longest histories that know the branch. */
QUICK INLINE void look_up(const Quick *q, Found *n, const Places *p)
{
    const int *table = (const int *)q->t->table;
    u32 known = match(_mm256_i32gather_epi32(table, p->slot, sizeof(TageEntry)), p->tag) |
                match_high(_mm_i32gather_epi32(table, p->slot_high, sizeof(TageEntry)), p->tag_high) << 8;
    known &= (u32)q->usable;
    _mm256_storeu_si256((__m256i *)n->slot, p->slot);
    _mm_storeu_si128((__m128i *)&n->slot[8], p->slot_high);
    _mm256_storeu_si256((__m256i *)&n->used[SC_BIASES], p->used);
    _mm_storeu_si128((__m128i *)&n->used[SC_BIASES + 8], p->used_high);
    n->slot[12] = n->slot[13] = n->slot[14] = n->slot[15] = 0;
    n->base_slot = p->base_slot;
    n->hit = 31 - (int)_lzcnt_u32(known);
    n->alternative = 31 - (int)_lzcnt_u32(_bzhi_u32(known, (u32)n->hit)); /* of -1 that is all, and there is none */
}

INLINE u32 bias(const BpCorrector *c, u32 table, u64 part, u64 feature)
{
    return table * c->entries + bp_slot((u32)((part + (feature << 4 | table) * C2) >> 32), c->entries);
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
            n->used[i] = SC_UNUSED;
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

QUICK INLINE void find_places(const Quick *q, Places *p, u32 own, u64 pc, u64 part)
{
    find_weights(q, p, own, part);
    find_entries(q, p, pc, part);
}

/* What is predicted, with entries from p. */
QUICK INLINE bool judge(const Quick *q, Found *n, const Places *p, u64 part)
{
    bool looped = false;
    look_up(q, n, p);
    decide(q, n);
    n->corrected = correct(q, n, part);
    u32 tag_hash = (u32)((part + LOOP_TAG_SALT * C2) >> 32);
    return bp_loop_find(q->t->loop, (u32)(part >> 32), tag_hash, &looped) ? looped : n->corrected;
}

INLINE u32 local_of(const Quick *q, u64 part)
{
    return bp_slot((u32)(part >> 32), q->t->corrector->locals);
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

static u8 mark(u32 number) { return (u8)((number & 255) < UNMARKED ? number : UNMARKED - 1); }

/* An era ends with this change. */
static void change(Quick *q, const Marks *m)
{
    q->change[q->era % CHANGES] = *m;
    if (UNLIKELY(++q->era > UINT32_MAX - 2 * CHANGES)) forget_eras(q);
}

/* Where the branch looks. */
static void mark_all(const Quick *q, const Found *n, Marks *m)
{
    memset(m, UNMARKED, sizeof *m);
    for (u32 i = 0; i < SC_TABLES; i++) m->n[i] = mark(n->used[i]);
    for (u32 i = 0; i < TAGE_TABLES; i++) m->n[MARK_ENTRY + i] = mark(n->slot[i]);
    m->n[MARK_LOOPS] = mark((u32)q->t->loop->set);
}

/* What learning may change. */
typedef struct Contents { u16 tag[TAGE_TABLES]; i8 weight[SC_TABLES]; i32 threshold; u64 worn; } Contents;

static void read_contents(const Quick *q, const Found *n, Contents *c)
{
    const Tage *t = q->t;
    for (u32 i = 0; i < TAGE_TABLES; i++) c->tag[i] = t->table[n->slot[i]].tag;
    for (u32 i = 0; i < SC_TABLES; i++) c->weight[i] = n->used[i] == SC_UNUSED ? 0 : t->corrector->weights[n->used[i]];
    c->threshold = t->corrector->threshold;
    c->worn = t->worn;
}

/* An era ends, with what is not as it was. */
static void note_changes(Quick *q, const Found *n, const Contents *was)
{
    Contents is;
    Marks m;
    read_contents(q, n, &is);
    if (is.worn != was->worn || is.threshold != was->threshold) {
        forget_eras(q);
        return;
    }
    mark_all(q, n, &m);
    for (u32 i = 0; i < SC_TABLES; i++)
        if (is.weight[i] == was->weight[i]) m.n[i] = UNMARKED;
    for (u32 i = 0; i < TAGE_TABLES; i++)
        if (is.tag[i] == was->tag[i]) m.n[MARK_ENTRY + i] = UNMARKED;
    m.n[MARK_LOOPS] = UNMARKED;
    change(q, &m);
}

/* Hands the branch over to the plain form's learning. */
QUICK static __attribute__((noinline)) void learn_plainly(Quick *q, const Found *n, const Places *p, bool taken)
{
    Tage *t = q->t;
    BpCorrector *c = t->corrector;
    Contents was;
    if (!q->paused) read_contents(q, n, &was);
    memcpy(t->slot, n->slot, sizeof t->slot);
    t->base_slot = n->base_slot;
    t->hit = n->hit, t->alternative = n->alternative;
    t->from_hit = n->hit_says & SAYS_TAKEN, t->from_alternative = n->alternative_says & SAYS_TAKEN, t->from_tage = n->tage;
    memcpy(t->tag, &p->tag, 8 * sizeof *t->tag);
    memcpy(&t->tag[8], &p->tag_high, 4 * sizeof *t->tag);
    memcpy(c->used, n->used, sizeof c->used);
    c->sum = n->sum, c->tage = n->tage, c->sure = n->sure;
    sc_learn(c, taken);
    tage_learn(t, taken);
    if (q->paused) forget_eras(q);
    else note_changes(q, n, &was);
}
_Static_assert(sizeof *((Tage *)0)->tag == 4 && sizeof *((BpCorrector *)0)->used == 4, "copied from lanes");

/* The loop predictor learns; whether a branch finds an entry there may be different from now on. */
static void learn_loop(Quick *q, const Found *n, bool taken)
{
    BpLoop *l = q->t->loop;
    u64 tags = l->tags[l->set];
    bp_loop_update(l, taken, n->corrected);
    if (tags == l->tags[l->set]) return;
    Marks changed;
    memset(&changed, UNMARKED, sizeof changed);
    changed.n[MARK_LOOPS] = mark((u32)l->set);
    change(q, &changed);
}

/* All but histories; whether there was nothing to learn. */
QUICK INLINE bool learn(Quick *q, const Found *n, const Places *p, bool taken)
{
    if (UNLIKELY(q->t->loop->hit || n->corrected != taken)) learn_loop(q, n, taken);
    if (LIKELY(settled(q, n, taken))) return true;
    Found copy = *n; /* so that the one that is looked at otherwise need not be in memory */
    learn_plainly(q, &copy, p, taken);
    return false;
}

/* The corrector's histories. */
INLINE void remember(Quick *q, u16 *own, bool backward, bool taken)
{
    *own = (u16)((*own << 1 | taken) & ((1u << SC_LOCAL_BITS) - 1));
    q->votes = q->votes << 1 | taken;
    sc_iterate(q->t->corrector, backward, taken);
}

/* ---- streams that repeat themselves ---------------------------------------------------------------------------------- */

#define JUMP_KEY (1ull << 63)
enum { VOTES_BITS = 44, SPELL = 1 << 13, PAUSE_MAX = 16 * SPELL };
_Static_assert(SC_FOLD_BITS * 2 < VOTES_BITS && VOTES_BITS + SC_ITERATION_BITS <= 64, "the corrector's histories");

/* What log and stream must have in common besides their last branches: the corrector's histories. */
INLINE u64 context(const Quick *q)
{
    return (u64)q->t->corrector->iteration << VOTES_BITS | (q->votes & ((1ull << VOTES_BITS) - 1));
}

/* What a place is found again by. */
INLINE u64 place_name(const Quick *q)
{
    return q->recent ^ (u64)q->t->corrector->iteration << (64 - SC_ITERATION_BITS);
}

INLINE u64 branch_key(u64 pc, bool backward, bool taken)
{
    return (pc << 2 | (u64)backward << 1 | taken) & ~JUMP_KEY;
}

static void forget_from(Quick *q, u64 place)
{
    for (; place < q->repeat.n; place++) q->known[bp_repeat_index(place)] = (Known){ 0 };
}

static void leave(Quick *q)
{
    u64 n = q->repeat.n;
    if (q->repeat.at == BP_NOWHERE) return;
    bp_repeat_leave(&q->repeat);
    forget_from(q, n);
}

/* A spell of the log has ended. If little came of it, the next ones are left out. */
static void end_spell(Quick *q)
{
    BpRepeat *r = &q->repeat;
    if (r->at == BP_NOWHERE && r->repeated < q->slow + SPELL / 2) {
        u64 n = r->n;
        bp_repeat_gap(r);
        forget_from(q, n);
        q->pause = q->pause ? q->pause * 2 : SPELL;
        if (q->pause > PAUSE_MAX) q->pause = PAUSE_MAX;
        q->paused = q->pause;
    } else {
        q->pause = 0;
    }
    r->repeated = 0;
    q->logged = q->slow = 0;
}

/* The branch or jump of this key has been pushed; before, name and context were so. */
INLINE void append(Quick *q, u64 key, u64 name, u64 was)
{
    if (q->paused) {
        q->paused--;
        return;
    }
    q->known[bp_repeat_index(q->repeat.n)] = (Known){ 0 };
    bp_repeat_append(&q->repeat, key, name, place_name(q), was, context(q));
    if (UNLIKELY(++q->logged == SPELL)) end_spell(q);
}

static i32 count_votes(const Quick *q, const Proof *p)
{
    const i8 *weights = q->t->corrector->weights;
    i32 sum = 0;
    _Pragma("GCC unroll 12")
    for (u32 i = 0; i < SC_TABLES; i++) sum += weights[p->used[i]];
    return p->start + 2 * sum;
}

/* The branch had nothing to learn, and the corrector looked at all its weights. */
static void prove(const Quick *q, const Found *n, Proof *p)
{
    const Tage *t = q->t;
    mark_all(q, n, &p->looks);
    p->hit = n->slot[n->hit & 15], p->alternative = n->slot[n->alternative & 15]; /* -1: anything */
    p->hit_was = t->table[p->hit], p->alternative_was = t->table[p->alternative];
    p->base = n->base_slot;
    p->base_was = t->base[p->base];
    p->loop = t->loop->hit ? (u32)(t->loop->hit - t->loop->entry) : 0;
    memcpy(p->used, n->used, sizeof p->used);
    p->start = 0;
    p->start = n->sum - count_votes(q, p);
}

/* The log's branch comes again, and something may have changed, or this is the first time that it does. */
QUICK static __attribute__((noinline)) bool repeat_slowly(Quick *q, u64 pc, bool taken)
{
    u64 i = bp_repeat_index(q->repeat.at), part = pc_part(pc);
    Known *k = &q->known[i];
    Places *p = &q->memo[i];
    const BpCorrector *c = q->t->corrector;
    u32 local = local_of(q, part), own = c->local[local];
    Found n;
    q->slow++;
    if (k->visits < 2 || k->own != own || k->iteration != c->iteration) {
        if (q->stale) freshen(q);
        q->wanted = 64;
        find_places(q, p, own, pc, part);
        *k = (Known){ .local = local, .own = (u16)own, .iteration = (u16)c->iteration, .visits = k->visits ? 2 : 1 };
    }
    bool right = judge(q, &n, p, part) == taken, nothing = learn(q, &n, p, taken);
    if (k->visits < 2) return right;
    nothing &= c->longest >= sc_global_lengths[SC_GLOBALS - 1];
    k->era = nothing ? q->era : 0;
    k->looped = q->t->loop->hit != NULL;
    k->margin = (u16)(abs(n.sum) - c->threshold); /* if there was nothing to learn */
    if (nothing) prove(q, &n, &q->proof[i]);
    return right;
}

/* The commonest case of bp_loop_update: one more iteration, which is not known to be the last, as everybody has predicted. */
INLINE bool goes_around(Loop *e, bool taken)
{
    u32 now = e->now + 1u;
    if (taken != e->body || now == (1u << LOOP_COUNT_BITS) - 1 || (e->trips && now >= e->trips)) return false;
    e->now = (u16)now;
    return true;
}

/* Tables have nothing to learn; the loop predictor counts. */
QUICK static __attribute__((noinline)) bool repeat_loop(Quick *q, u64 pc, bool taken)
{
    u64 part = pc_part(pc);
    bool looped = false;
    Found n = { .corrected = taken };
    bool predicted = bp_loop_find(q->t->loop, (u32)(part >> 32), (u32)((part + LOOP_TAG_SALT * C2) >> 32), &looped) ? looped : taken;
    learn_loop(q, &n, taken);
    return predicted == taken;
}

INLINE u32 raw(TageEntry e)
{
    u32 v;
    memcpy(&v, &e, sizeof v);
    return v;
}

/* Nothing that was learned since then lets place i have anything to learn: the entries are what they were, and weights, each of which
   is a step up or down at most, cannot have made up for the margin, or have not. */
QUICK static __attribute__((noinline)) bool unconcerned(Quick *q, u64 i, bool taken)
{
    const Tage *t = q->t;
    Known *k = &q->known[i];
    const Proof *p = &q->proof[i];
    u32 ago = q->era - k->era, weights = 0, others = 0;
    if (ago > CHANGES) return false;
    for (u32 era = k->era; era != q->era; era++) {
        u32 same = (u32)_mm256_movemask_epi8(_mm256_cmpeq_epi8(q->change[era % CHANGES].v, p->looks.v));
        weights += (u32)__builtin_popcount(same & ((1u << SC_TABLES) - 1));
        others |= same;
    }
    u32 differs = raw(t->table[p->hit]) ^ raw(p->hit_was);
    differs |= raw(t->table[p->alternative]) ^ raw(p->alternative_was);
    differs |= (u32)(t->base[p->base] ^ p->base_was);
    differs |= others & ((1u << MARK_END) - 1) & ~((1u << SC_TABLES) - 1);
    if (differs) return false;
    i32 margin = k->margin - (i32)(2 * weights);
    if (margin < 0) margin = (taken ? 1 : -1) * count_votes(q, p) - t->corrector->threshold;
    if (margin < 0) return false;
    k->margin = (u16)margin;
    k->era = q->era;
    return true;
}

/* Folds may grow stale, unless a place without a memo has just asked for them: its neighbours will. */
QUICK INLINE void push_repeated(Quick *q, u64 bit)
{
    if (LIKELY(q->stale)) {
        push_bit(q, bit);
    } else if (q->wanted) {
        q->wanted--;
        push(q, bit);
    } else {
        q->stale = true;
        push_bit(q, bit);
    }
    bp_repeat_step(&q->repeat);
}

QUICK INLINE bool repeat(Quick *q, u64 pc, bool backward, bool taken)
{
    BpCorrector *c = q->t->corrector;
    u64 i = bp_repeat_index(q->repeat.at);
    const Known *k = &q->known[i];
    u16 *own = &c->local[k->local];
    bool right = true;
    if (UNLIKELY(*own != k->own || c->iteration != k->iteration || (k->era != q->era && !unconcerned(q, i, taken)))) {
        right = repeat_slowly(q, pc, taken);
        own = &c->local[k->local];
    } else if (k->looped && !goes_around(&q->t->loop->entry[q->proof[i].loop], taken)) {
        right = repeat_loop(q, pc, taken);
    }
    remember(q, own, backward, taken);
    push_repeated(q, taken);
    return right;
}

/* ---- the face -------------------------------------------------------------------------------------------------------------- */

QUICK INLINE bool anew(Quick *q, Found *n, Places *p, u64 pc)
{
    u64 part = pc_part(pc);
    leave(q);
    if (q->stale) freshen(q);
    n->own = &q->t->corrector->local[local_of(q, part)];
    find_places(q, p, *n->own, pc, part);
    return judge(q, n, p, part);
}

QUICK static bool predict(HwModel *m, void *state, u64 pc, u64 target)
{
    (void)m, (void)target;
    Quick *q = state;
    return anew(q, &q->last, &q->last_places, pc);
}

QUICK static void update(HwModel *m, void *state, u64 pc, u64 target, bool taken)
{
    (void)m, (void)pc;
    Quick *q = state;
    learn(q, &q->last, &q->last_places, taken);
    remember(q, q->last.own, target <= pc, taken);
    push(q, taken);
    u64 n = q->repeat.n;
    bp_repeat_gap(&q->repeat); /* whoever asks in two steps needs every branch predicted */
    forget_from(q, n);
}

QUICK static __attribute__((noinline)) bool resolve_anew(Quick *q, u64 pc, u64 target, bool taken)
{
    u64 key = branch_key(pc, target <= pc, taken);
    Found n;
    Places p;
    bool right = anew(q, &n, &p, pc) == taken;
    learn(q, &n, &p, taken);
    u64 name = place_name(q), was = context(q);
    remember(q, n.own, target <= pc, taken);
    push(q, taken);
    append(q, key, name, was);
    return right;
}

QUICK static bool resolve(void *state, u64 pc, u64 target, bool taken)
{
    Quick *q = state;
    if (bp_repeat_expects(&q->repeat, branch_key(pc, target <= pc, taken))) return repeat(q, pc, target <= pc, taken);
    return resolve_anew(q, pc, target, taken);
}

QUICK static void jump(void *state, u64 pc, u64 target)
{
    (void)pc;
    Quick *q = state;
    u64 bit = tage_jump_bit(target), name = place_name(q), was = context(q);
    if (bp_repeat_expects(&q->repeat, JUMP_KEY | bit)) {
        push_repeated(q, bit);
        return;
    }
    leave(q);
    push(q, bit);
    append(q, JUMP_KEY | bit, name, was);
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
