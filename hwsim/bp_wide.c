/* The quick form of TAGE-SC-L for hosts with AVX-512: bp_quick.h tells how it works.

   A lane, of 32 bits, is one of TAGE's tables, or one of the corrector's; vectors have room for sixteen. */
#include "hwsim/bp_tage.h"

#if defined __x86_64__
#include <immintrin.h>

#define QUICK __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,bmi,bmi2,lzcnt")))
enum { LANES = 16, ODD_LANES = 0xaaaa, EVEN_LANES = 0x5555 };
_Static_assert((int)TAGE_TABLES < (int)LANES && (int)SC_TABLES <= (int)LANES, "room");

typedef union Wide { u32 n[LANES]; __m512i v; } Wide;

typedef struct Folds {
    Wide index, tag;                       /* histories folded */
    Wide index_leaves, tag_leaves;         /* where a bit that leaves is taken out of them ... */
    Wide index_out, tag_out;               /* ... by number */
    union { u64 n[LANES]; __m512i v[2]; } ahead; /* of each longer history: the bits that leave it, by time % 64 */
    Wide first, entries, tag_mask;         /* of the tables: their first entries, how many, none behind the last table */
    Wide weight, weights;                  /* of the corrector's tables alike */
} Folds;

typedef struct Places {
    __m512i slot, tag, used;
    u32 base_slot;
} Places;

#include "hwsim/bp_quick.h"

static u32 *fold_of(Folds *f, u32 table, bool tag)
{
    return tag ? &f->tag.n[table] : &f->index.n[table];
}

static void set_up(Folds *f, const Tage *t)
{
    const BpCorrector *c = t->corrector;
    for (u32 i = 0; i < TAGE_TABLES; i++) {
        f->index_leaves.n[i] = 1u << t->index_fold[i].out;
        f->tag_leaves.n[i] = 1u << t->tag_fold[i].out;
        f->index_out.n[i] = t->index_fold[i].out;
        f->tag_out.n[i] = t->tag_fold[i].out;
        f->first.n[i] = i * t->entries;
        f->entries.n[i] = t->entries;
        f->tag_mask.n[i] = (1u << t->tag_bits[i]) - 1;
    }
    for (u32 i = SC_BIASES; i < SC_TABLES; i++) f->weight.n[i] = i * c->entries, f->weights.n[i] = c->entries;
}

/* ---- histories ------------------------------------------------------------------------------------------------- */

/* The lanes that lose a one now. */
QUICK INLINE u32 leaving(const Quick *q)
{
    __m512i now = _mm512_set1_epi64((i64)(1ull << 63 >> q->time % 64));
    u32 low = _mm512_test_epi64_mask(q->f.ahead.v[0], now), high = _mm512_test_epi64_mask(q->f.ahead.v[1], now);
    return (u32)_pext_u64(q->recent, q->short_ends) | low | high << 8;
}

/* Folds f to `width` bits after a bit has come in. */
QUICK INLINE __m512i fold_in(__m512i f, __m512i in, __mmask16 out, __m512i leaves, u32 width)
{
    f = _mm512_or_si512(_mm512_slli_epi32(f, 1), in);
    f = _mm512_mask_xor_epi32(f, out, f, leaves);
    return _mm512_and_si512(_mm512_xor_si512(f, _mm512_srli_epi32(f, width)), _mm512_set1_epi32((1 << width) - 1));
}

QUICK INLINE void push(Quick *q, u64 bit)
{
    if (q->stale) {
        push_bit(q, bit);
        return;
    }
    __m512i in = _mm512_set1_epi32((int)bit);
    __mmask16 out = (__mmask16)leaving(q);
    q->f.index.v = fold_in(q->f.index.v, in, out, q->f.index_leaves.v, TAGE_INDEX_FOLD);
    q->f.tag.v = fold_in(q->f.tag.v, in, out, q->f.tag_leaves.v, TAGE_TAG_FOLD);
    push_bit(q, bit);
    if (UNLIKELY(q->time % 64 == 0)) lay_out(q);
}

/* ---- looking up -------------------------------------------------------------------------------------------------- */

/* The upper halves of products of 64 bits: those of the even lanes, and those of the odd ones. */
QUICK INLINE __m512i upper_halves(__m512i even, __m512i odd)
{
    return _mm512_mask_shuffle_epi32(odd, EVEN_LANES, even, _MM_PERM_DDBB);
}

/* bp_hash(a, b) of b below 2^32, or of small a; `base` is the other one's part of it. */
QUICK INLINE __m512i hash16(__m512i v, u64 factor, __m512i base)
{
    __m512i low = _mm512_set1_epi64((i64)(factor & UINT32_MAX));
    __m512i even = _mm512_add_epi64(_mm512_mul_epu32(v, low), base);
    __m512i odd = _mm512_add_epi64(_mm512_mul_epu32(_mm512_srli_epi64(v, 32), low), base);
    return _mm512_add_epi32(upper_halves(even, odd), _mm512_mullo_epi32(v, _mm512_set1_epi32((int)(factor >> 32))));
}

/* Slots of tables with so many entries that begin at `first`. */
QUICK INLINE __m512i slot16(__m512i hash, __m512i entries, __m512i first)
{
    __m512i even = _mm512_mul_epu32(hash, entries), odd = _mm512_mul_epu32(_mm512_srli_epi64(hash, 32), _mm512_srli_epi64(entries, 32));
    return _mm512_add_epi32(upper_halves(even, odd), first);
}

QUICK INLINE __m512i numbers(void)
{
    return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

/* What the corrector's tables are looked up by, one behind the other: global history of growing length, local history, iteration. */
QUICK INLINE __m512i features(const Quick *q, u32 own)
{
    u64 word = (1ull << SC_FOLD_BITS) - 1, longest = q->votes & ((1ull << 44) - 1);
    u32 second = (u32)(q->votes & word) ^ (u32)(q->votes >> SC_FOLD_BITS & 7);
    u32 first = (u32)((longest ^ longest >> SC_FOLD_BITS ^ longest >> 2 * SC_FOLD_BITS) & word);
    const __m512i globals = _mm512_setr_epi32(0, 0, 3, 31, 0x7ff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m512i locals = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 7, 63, 0x7ff, 0, 63, 0, 0, 0, 0);
    __m512i f = _mm512_maskz_set1_epi32(1 << 10, (int)q->t->corrector->iteration);
    f = _mm512_mask_set1_epi32(f, 1 << 11, (int)(q->t->corrector->iteration << 6));
    f = _mm512_or_si512(f, _mm512_and_si512(_mm512_set1_epi32((int)own), locals));
    f = _mm512_or_si512(f, _mm512_and_si512(_mm512_set1_epi32((int)q->votes), globals));
    f = _mm512_mask_set1_epi32(f, 1 << 5, (int)second);
    return _mm512_mask_set1_epi32(f, 1 << 6, (int)first);
}
_Static_assert(SC_BIASES == 2 && SC_GLOBALS == 5 && SC_LOCALS == 3 && SC_ITERATIONS == 2 && SC_LOCAL_BITS == 11, "the lanes above");

QUICK INLINE void find_places(const Quick *q, Places *p, u32 own, u64 pc, u64 part)
{
    const Folds *f = &q->f;
    __m512i base = _mm512_set1_epi64((i64)part), tag_base = _mm512_set1_epi64((i64)((pc >> 1) * C2));
    __m512i weight = hash16(_mm512_or_si512(_mm512_slli_epi32(features(q, own), 4), numbers()), C2, base);
    __m512i index = hash16(_mm512_or_si512(_mm512_slli_epi32(f->index.v, 5), numbers()), C2, base);
    p->used = slot16(weight, f->weights.v, f->weight.v);
    p->slot = slot16(index, f->entries.v, f->first.v);
    p->tag = _mm512_and_si512(hash16(f->tag.v, C1, tag_base), f->tag_mask.v);
    p->base_slot = bp_slot((u32)(part >> 32), q->t->bases);
}

/* The sum of the weights that the corrector has at these places, of all votes but the first two. */
QUICK INLINE i32 count(const i8 *weights, __m512i used)
{
    const __mmask16 voters = ((1 << SC_TABLES) - 1) & ~((1 << SC_BIASES) - 1);
    __m512i w = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), voters, used, weights, 1);
    return _mm512_reduce_add_epi32(_mm512_srai_epi32(_mm512_slli_epi32(w, 24), 24));
}

/* The two longest histories that know the branch. */
QUICK INLINE void look_up(const Quick *q, Found *n, const Places *p)
{
    __mmask16 usable = (__mmask16)q->usable;
    __m512i entries = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), usable, p->slot, q->t->table, sizeof(TageEntry));
    u32 known = _mm512_mask_cmpeq_epi32_mask(usable, _mm512_srli_epi32(entries, 16), p->tag);
    union { TageEntry n[LANES]; __m512i v; } entry = { .v = entries };
    _mm512_storeu_si512(n->slot, p->slot);
    _mm512_storeu_si512(n->used, p->used);
    n->base_slot = p->base_slot;
    n->hit = 31 - (int)_lzcnt_u32(known);
    n->alternative = 31 - (int)_lzcnt_u32(_bzhi_u32(known, (u32)n->hit)); /* of -1 that is all, and there is none */
    entry.n[NO_ENTRY] = base_entry(q->t, p->base_slot);
    n->hit_entry = entry.n[n->hit & 15], n->alternative_entry = entry.n[n->alternative & 15];
    n->votes = count(q->t->corrector->weights, p->used);
}
_Static_assert(sizeof ((Found *)0)->slot == sizeof(Wide) && sizeof ((Found *)0)->used == sizeof(Wide), "stored at once");

/* The tags of p, table by table. */
INLINE void copy_tags(u32 *to, const Places *p)
{
    memcpy(to, &p->tag, TAGE_TABLES * sizeof *to);
}

#include "hwsim/bp_settle.h"
#include "hwsim/bp_lanes.h"
enum { COST_BATCHED = 6 }; /* bp_follow.h */
#include "hwsim/bp_follow.h"

const HwDirection bp_wide_tage = BP_QUICK_FORM;

bool bp_has_wide(void)
{
    return bp_has_quick() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl");
}

#else
const HwDirection bp_wide_tage;

bool bp_has_wide(void)
{
    return false;
}
#endif
