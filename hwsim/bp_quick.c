/* The quick form of TAGE-SC-L for hosts with AVX2 and BMI2: bp_quick.h tells how it works.

   A lane is one of TAGE's tables: the lower half has its history folded for the index, the upper half that for the tag. */
#include "hwsim/bp_tage.h"

#if defined __x86_64__
#include <immintrin.h>

#define QUICK __attribute__((target("avx2,bmi,bmi2,lzcnt")))
#define UNROLL _Pragma("GCC unroll 4")
#define VECTORS (TAGE_TABLES / 4)
_Static_assert(TAGE_TABLES % 4 == 0, "lanes");

typedef union Lanes { u64 n[TAGE_TABLES]; u32 half[2 * TAGE_TABLES]; __m256i v[VECTORS]; } Lanes;

typedef struct Folds {
    Lanes fold;
    Lanes width, mask;             /* of the folds, each half its own */
    Lanes leaves;                  /* where a bit that leaves is taken out of them */
    Lanes number, first, tag_mask; /* of the tables; their first entries */
    Lanes bit;                     /* 1 << lane */
    Lanes ahead;                   /* of each longer history: the bits that leave it, by time % 64 */
} Folds;

typedef struct Places {
    __m256i slot, tag, used;       /* of tables 0-7; the third vote and what follows */
    __m128i slot_high, tag_high, used_high;
    u32 base_slot;
} Places;

#include "hwsim/bp_quick.h"

static u32 *fold_of(Folds *f, u32 table, bool tag)
{
    return &f->fold.half[2 * table + tag];
}

static void set_up(Folds *f, const Tage *t)
{
    for (u32 i = 0; i < TAGE_TABLES; i++) {
        const BpFold *fold[] = { &t->index_fold[i], &t->tag_fold[i] };
        for (u32 k = 0; k < 2; k++) {
            f->leaves.half[2 * i + k] = 1u << fold[k]->out;
            f->width.half[2 * i + k] = fold[k]->width;
            f->mask.half[2 * i + k] = (1u << fold[k]->width) - 1;
        }
        f->number.n[i] = i;
        f->first.n[i] = (u64)i * t->entries;
        f->tag_mask.n[i] = (1u << t->tag_bits[i]) - 1;
        f->bit.n[i] = 1ull << i;
    }
}

/* ---- histories ------------------------------------------------------------------------------------------------- */

/* The lanes that lose a one now. */
QUICK INLINE u64 leaving(const Quick *q)
{
    __m128i to_top = _mm_cvtsi64_si128((i64)(q->time % 64));
    u64 out = _pext_u64(q->recent, q->short_ends);
    UNROLL
    for (u32 i = 0; i < VECTORS; i++)
        out |= (u64)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_sll_epi64(q->f.ahead.v[i], to_top))) << 4 * i;
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
        __m256i f = _mm256_or_si256(_mm256_slli_epi32(q->f.fold.v[i], 1), in);
        __m256i loses = _mm256_cmpeq_epi64(_mm256_and_si256(out, q->f.bit.v[i]), q->f.bit.v[i]);
        f = _mm256_xor_si256(f, _mm256_and_si256(loses, q->f.leaves.v[i]));
        q->f.fold.v[i] = _mm256_and_si256(_mm256_xor_si256(f, _mm256_srlv_epi32(f, q->f.width.v[i])), q->f.mask.v[i]);
    }
    push_bit(q, bit);
    if (UNLIKELY(q->time % 64 == 0)) lay_out(q);
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
        __m256i f = q->f.fold.v[i];
        slot[i] = slot4(hash4(_mm256_or_si256(_mm256_slli_epi64(f, 5), q->f.number.v[i]), C2, base), entries, q->f.first.v[i]);
        tag[i] = _mm256_and_si256(hash4(_mm256_srli_epi64(f, 32), C1, tag_base), q->f.tag_mask.v[i]);
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
    union { TageEntry n[16]; __m256i v; __m128i quarter[4]; } entry;
    entry.v = _mm256_i32gather_epi32(table, p->slot, sizeof(TageEntry));
    entry.quarter[2] = _mm_i32gather_epi32(table, p->slot_high, sizeof(TageEntry));
    u32 known = (match(entry.v, p->tag) | match_high(entry.quarter[2], p->tag_high) << 8) & (u32)q->usable;
    _mm256_storeu_si256((__m256i *)n->slot, p->slot);
    _mm_storeu_si128((__m128i *)&n->slot[8], p->slot_high);
    _mm256_storeu_si256((__m256i *)&n->used[SC_BIASES], p->used);
    _mm_storeu_si128((__m128i *)&n->used[SC_BIASES + 8], p->used_high);
    n->slot[12] = n->slot[13] = n->slot[14] = n->slot[15] = 0;
    n->base_slot = p->base_slot;
    n->hit = 31 - (int)_lzcnt_u32(known);
    n->alternative = 31 - (int)_lzcnt_u32(_bzhi_u32(known, (u32)n->hit)); /* of -1 that is all, and there is none */
    entry.n[NO_ENTRY] = base_entry(q->t, p->base_slot);
    n->hit_entry = entry.n[n->hit & 15], n->alternative_entry = entry.n[n->alternative & 15];
    n->votes = 0;
    _Pragma("GCC unroll 12")
    for (u32 i = SC_BIASES; i < SC_TABLES; i++) n->votes += q->t->corrector->weights[n->used[i]];
}

QUICK INLINE void find_places(const Quick *q, Places *p, u32 own, u64 pc, u64 part)
{
    find_weights(q, p, own, part);
    find_entries(q, p, pc, part);
}

/* The tags of p, table by table. */
INLINE void copy_tags(u32 *to, const Places *p)
{
    memcpy(to, &p->tag, sizeof p->tag);
    memcpy(&to[8], &p->tag_high, sizeof p->tag_high);
}
_Static_assert(sizeof *((Tage *)0)->tag == 4 && TAGE_TABLES == 12, "copied from lanes");

#include "hwsim/bp_settle.h"
#define settle_batch settle_in_turn
enum { COST_BATCHED = 10 };
#include "hwsim/bp_follow.h"

const HwDirection bp_quick_tage = BP_QUICK_FORM;

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
