/* Behind bp_settle.h, in bp_wide.c: sixteen branches at a time, a lane each. Where branches look depends on outcomes alone, which are known
   when they are settled: so histories are worked out for all lanes at once, each of TAGE's tables and of the corrector's is looked up for all
   lanes at once, and all are judged at once, as if none of them learned anything. Then they are taken one after the other. One that is right
   and has nothing to learn needs no more. One that learns does so by the plain form's functions, and the lanes behind it are told: weights that
   it changed are added to the sums of those that look at the same, what an entry says now is said in those that have found it, and those
   where an entry was made are looked up anew when their turn comes (`stale`). Then all are judged anew.

   Lanes of 64 bits are kept as two vectors: those of the even lanes, and those of the odd ones. */
#ifndef HWSIM_BP_LANES_H
#define HWSIM_BP_LANES_H

typedef struct Pair { __m512i even, odd; } Pair;
typedef union Pairs { u64 n[2][LANES / 2]; Pair v; } Pairs; /* lane k is n[k % 2][k / 2] */

typedef struct Group {
    Wide slot[TAGE_TABLES], tag[TAGE_TABLES], used[SC_TABLES]; /* as in Found; a vector is a table */
    Wide base_slot, loop_set, loop_tag;
    Wide hit, alternative, hit_says, alternative_says, useful, sure;
    Wide votes, sum;               /* weights but the first two; everything */
    Pairs key, part, history;      /* the corrector's history */
    Wide own, iteration;
    u32 n, branches, taken;        /* keys; lanes, a bit each */
    u32 tage, corrected, settled, stale;
} Group;

QUICK INLINE Pair pair(u64 v) { return (Pair){ _mm512_set1_epi64((i64)v), _mm512_set1_epi64((i64)v) }; }
INLINE u64 *lane_of(Pairs *p, u32 k) { return &p->n[k % 2][k / 2]; }

/* ---- where lanes look ---------------------------------------------------------------------------------------------- */

/* hash16, of lanes that each have a base of their own. */
QUICK INLINE __m512i hash_lanes(__m512i v, u64 factor, Pair base)
{
    __m512i low = _mm512_set1_epi64((i64)(factor & UINT32_MAX));
    __m512i even = _mm512_add_epi64(_mm512_mul_epu32(v, low), base.even);
    __m512i odd = _mm512_add_epi64(_mm512_mul_epu32(_mm512_srli_epi64(v, 32), low), base.odd);
    return _mm512_add_epi32(upper_halves(even, odd), _mm512_mullo_epi32(v, _mm512_set1_epi32((int)(factor >> 32))));
}

/* bp_slot of n entries. */
QUICK INLINE __m512i slot_lanes(__m512i hash, u32 n)
{
    __m512i by = _mm512_set1_epi64(n);
    return upper_halves(_mm512_mul_epu32(hash, by), _mm512_mul_epu32(_mm512_srli_epi64(hash, 32), by));
}

/* What hashes take from addresses; the first two are pc_part and its upper half. */
QUICK INLINE Pair parts(Pair address)
{
    __m512i c = _mm512_set1_epi64((i64)C1);
    __m512i even = _mm512_xor_si512(address.even, _mm512_srli_epi64(address.even, 17));
    __m512i odd = _mm512_xor_si512(address.odd, _mm512_srli_epi64(address.odd, 17));
    return (Pair){ _mm512_mullo_epi64(even, c), _mm512_mullo_epi64(odd, c) };
}

QUICK INLINE Pair times(Pair p, u64 factor)
{
    __m512i c = _mm512_set1_epi64((i64)factor);
    return (Pair){ _mm512_mullo_epi64(p.even, c), _mm512_mullo_epi64(p.odd, c) };
}

QUICK INLINE Pair plus(Pair p, u64 n)
{
    __m512i v = _mm512_set1_epi64((i64)n);
    return (Pair){ _mm512_add_epi64(p.even, v), _mm512_add_epi64(p.odd, v) };
}

QUICK INLINE Pair addresses(const Group *g)
{
    return (Pair){ _mm512_srli_epi64(g->key.v.even, 3), _mm512_srli_epi64(g->key.v.odd, 3) };
}

/* n bits of history, the last in bit 0. */
INLINE void push_bits(Quick *q, u32 bits, u32 n)
{
    u32 first = 64 - q->time % 64;
    ASSERT(n <= LANES);
    if (UNLIKELY(n >= first)) q->past[q->time / 64 % PAST_WORDS] = q->recent << (first & 63) | bits >> (n - first);
    q->recent = q->recent << n | bits;
    q->time += n;
}

/* push_lanes of branches alone. */
QUICK INLINE u32 push_branches(Quick *q, Group *g, const Wide *local)
{
    BpCorrector *c = q->t->corrector;
    u32 bits = 0, iteration = c->iteration;
    for (u32 k = 0; k < g->n; k++) {
        u64 key = *lane_of(&g->key, k);
        u32 taken = key & 1;
        u16 *own = &c->local[local->n[k]];
        bits = bits << 1 | taken;
        g->own.n[k] = *own;
        *own = sc_own(*own, taken);
        g->iteration.n[k] = iteration;
        iteration = sc_next_iteration(iteration, key >> 1 & 1, taken);
    }
    __m512i even = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14), odd = _mm512_add_epi64(even, _mm512_set1_epi64(1));
    __m512i votes = _mm512_set1_epi64((i64)q->votes), new = _mm512_set1_epi64(bits), n = _mm512_set1_epi64(g->n);
    g->history.v.even = _mm512_or_si512(_mm512_sllv_epi64(votes, even), _mm512_srlv_epi64(new, _mm512_sub_epi64(n, even)));
    g->history.v.odd = _mm512_or_si512(_mm512_sllv_epi64(votes, odd), _mm512_srlv_epi64(new, _mm512_sub_epi64(n, odd)));
    u32 first = _mm512_test_epi64_mask(g->key.v.even, _mm512_set1_epi64(1)), second = _mm512_test_epi64_mask(g->key.v.odd, _mm512_set1_epi64(1));
    g->branches = (1u << g->n) - 1;
    g->taken = (_pdep_u32(first, EVEN_LANES) | _pdep_u32(second, ODD_LANES)) & g->branches;
    c->iteration = iteration;
    q->votes = q->votes << g->n | bits;
    push_bits(q, bits, g->n);
    return bits;
}

/* All that outcomes change: histories, with what each lane finds of them. */
QUICK INLINE u32 push_lanes(Quick *q, Group *g, const Wide *local)
{
    u32 bits = 0;
    g->branches = g->taken = 0;
    for (u32 k = 0; k < g->n; k++) {
        u64 key = *lane_of(&g->key, k);
        u32 taken = key & 1;
        bits = bits << 1 | taken;
        push_bit(q, taken);
        if (key & BP_JUMP_KEY) continue;
        u16 *own = &q->t->corrector->local[local->n[k]];
        g->branches |= 1u << k, g->taken |= taken << k;
        g->own.n[k] = *own;
        g->iteration.n[k] = q->t->corrector->iteration;
        *lane_of(&g->history, k) = q->votes;
        remember(q, own, key & 2, taken);
    }
    return bits;
}

/* Of each longer-than-a-word history, and of shorter ones alike: the bits that have left it, as many as have come in, the last in bit 0. */
INLINE void bits_that_left(const Quick *q, u32 n, Wide *left)
{
    u64 history[PAST_WORDS];
    history_words(q, history);
    for (u32 i = 0; i < TAGE_TABLES; i++) left->n[i] = bp_bits_at(history, q->t->index_fold[i].length, n);
}

/* fold_in, many bits at once: `in` has come, as many bits `out` have left, at the place `at` before they were moved on; `far` is how many there were. */
QUICK INLINE __m512i fold_index(__m512i f, __m512i far, __m512i in, __m512i out, __m512i at)
{
    __m512i width = _mm512_set1_epi32(TAGE_INDEX_FOLD), mask = _mm512_set1_epi32((1 << TAGE_INDEX_FOLD) - 1);
    __m512i turned = _mm512_xor_si512(_mm512_sllv_epi32(f, far), _mm512_srlv_epi32(f, _mm512_sub_epi32(width, far)));
    __m512i gone = _mm512_xor_si512(_mm512_sllv_epi32(out, at), _mm512_srlv_epi32(out, _mm512_sub_epi32(width, at)));
    return _mm512_and_si512(_mm512_xor_si512(_mm512_xor_si512(turned, in), gone), mask);
}

QUICK INLINE __m512i fold_tag(__m512i f, __m512i far, __m512i in, __m512i out, __m512i at)
{
    __m512i v = _mm512_xor_si512(_mm512_xor_si512(_mm512_sllv_epi32(f, far), in), _mm512_sllv_epi32(out, at));
    v = _mm512_xor_si512(_mm512_xor_si512(v, _mm512_srli_epi32(v, TAGE_TAG_FOLD)), _mm512_srli_epi32(v, 2 * TAGE_TAG_FOLD));
    return _mm512_and_si512(v, _mm512_set1_epi32((1 << TAGE_TAG_FOLD) - 1));
}
_Static_assert((int)LANES < (int)TAGE_INDEX_FOLD, "bits come round once");
_Static_assert(TAGE_TAG_FOLD + LANES <= 32 && 3 * TAGE_TAG_FOLD >= 32, "nothing is shifted out");

/* Slots and tags of all lanes, and the folds behind the last one. */
QUICK INLINE void find_lanes(Quick *q, Group *g, u32 bits)
{
    Folds *f = &q->f;
    Wide left;
    bits_that_left(q, g->n, &left);
    __m512i far = numbers(), late = _mm512_sub_epi32(_mm512_set1_epi32((int)g->n), far), in = _mm512_srlv_epi32(_mm512_set1_epi32((int)bits), late);
    Pair tag_base = times(addresses(g), C2);
    for (u32 i = 0; i < TAGE_TABLES; i++) {
        __m512i out = _mm512_srlv_epi32(_mm512_set1_epi32((int)left.n[i]), late);
        __m512i index = fold_index(_mm512_set1_epi32((int)f->index.n[i]), far, in, out, _mm512_set1_epi32((int)f->index_out.n[i]));
        __m512i tag = fold_tag(_mm512_set1_epi32((int)f->tag.n[i]), far, in, out, _mm512_set1_epi32((int)f->tag_out.n[i]));
        __m512i hash = hash_lanes(_mm512_or_si512(_mm512_slli_epi32(index, 5), _mm512_set1_epi32((int)i)), C2, g->part.v);
        g->slot[i].v = _mm512_add_epi32(slot_lanes(hash, q->t->entries), _mm512_set1_epi32((int)f->first.n[i]));
        g->tag[i].v = _mm512_and_si512(hash_lanes(tag, C1, tag_base), _mm512_set1_epi32((int)f->tag_mask.n[i]));
    }
    __m512i all = _mm512_set1_epi32((int)g->n), come = _mm512_set1_epi32((int)bits);
    f->index.v = fold_index(f->index.v, all, come, left.v, f->index_out.v);
    f->tag.v = fold_tag(f->tag.v, all, come, left.v, f->tag_out.v);
}

/* The lower halves. */
QUICK INLINE __m512i lower_halves(Pair p)
{
    return _mm512_mask_shuffle_epi32(p.even, ODD_LANES, p.odd, _MM_PERM_CCAA);
}

/* The youngest `bits` of 64 at most, folded to SC_FOLD_BITS. */
QUICK INLINE __m512i folded(Pair p, u32 bits)
{
    __m512i mask = _mm512_set1_epi64((i64)((1ull << bits) - 1));
    Pair r = { _mm512_and_si512(p.even, mask), _mm512_and_si512(p.odd, mask) };
    __m512i even = _mm512_xor_si512(_mm512_xor_si512(r.even, _mm512_srli_epi64(r.even, SC_FOLD_BITS)), _mm512_srli_epi64(r.even, 2 * SC_FOLD_BITS));
    __m512i odd = _mm512_xor_si512(_mm512_xor_si512(r.odd, _mm512_srli_epi64(r.odd, SC_FOLD_BITS)), _mm512_srli_epi64(r.odd, 2 * SC_FOLD_BITS));
    return _mm512_and_si512(lower_halves((Pair){ even, odd }), _mm512_set1_epi32((1 << SC_FOLD_BITS) - 1));
}

QUICK INLINE __m512i low_bits(__m512i v, u32 n) { return _mm512_and_si512(v, _mm512_set1_epi32((1 << n) - 1)); }

QUICK INLINE void find_weight(const Quick *q, Group *g, u32 table, __m512i feature)
{
    u32 entries = q->t->corrector->entries;
    __m512i hash = hash_lanes(_mm512_or_si512(_mm512_slli_epi32(feature, 4), _mm512_set1_epi32((int)table)), C2, g->part.v);
    g->used[table].v = _mm512_add_epi32(slot_lanes(hash, entries), _mm512_set1_epi32((int)(table * entries)));
}

/* The corrector's weights but the first two, as `features` has them. */
QUICK INLINE void find_lane_weights(const Quick *q, Group *g)
{
    u32 table = SC_BIASES;
    for (u32 i = 0; i < SC_GLOBALS; i++) find_weight(q, g, table++, folded(g->history.v, sc_global_lengths[i]));
    for (u32 i = 0; i < SC_LOCALS; i++) find_weight(q, g, table++, low_bits(g->own.v, sc_local_lengths[i]));
    find_weight(q, g, table++, g->iteration.v);
    find_weight(q, g, table++, _mm512_or_si512(_mm512_slli_epi32(g->iteration.v, 6), low_bits(g->own.v, 6)));
    ASSERT(table == SC_TABLES);
}

/* Histories go on; where all lanes look is found. */
QUICK static __attribute__((noinline)) void place_lanes(Quick *q, Group *g)
{
    const Tage *t = q->t;
    u64 word = q->time / 64;
    Wide local;
    g->part.v = parts(addresses(g));
    __m512i hash = upper_halves(g->part.v.even, g->part.v.odd);
    local.v = slot_lanes(hash, t->corrector->locals);
    g->base_slot.v = slot_lanes(hash, t->bases);
    g->loop_set.v = slot_lanes(hash, t->loop->sets);
    Pair tags = plus(g->part.v, LOOP_TAG_SALT * C2);
    g->loop_tag.v = low_bits(upper_halves(tags.even, tags.odd), LOOP_TAG_BITS);
    u32 jumps = _mm512_movepi64_mask(g->key.v.even) | _mm512_movepi64_mask(g->key.v.odd), all = (1u << (g->n + 1) / 2) - 1;
    u32 bits = jumps & all ? push_lanes(q, g, &local) : push_branches(q, g, &local);
    find_lanes(q, g, bits);
    find_lane_weights(q, g);
    if (q->time / 64 != word) lay_out(q);
}

/* ---- what is predicted --------------------------------------------------------------------------------------------------- */

/* Of each lane, what a table has. One after the other that is quicker than the host's own instruction for it. */
QUICK INLINE __m128i four_entries(const TageEntry *table, const u32 *at)
{
    __m128i v = _mm_loadu_si32(&table[at[0]]);
    v = _mm_insert_epi32(v, (int)raw(table[at[1]]), 1);
    v = _mm_insert_epi32(v, (int)raw(table[at[2]]), 2);
    return _mm_insert_epi32(v, (int)raw(table[at[3]]), 3);
}

QUICK INLINE __m512i entries_at(const TageEntry *table, const Wide *at)
{
    __m256i low = _mm256_set_m128i(four_entries(table, &at->n[4]), four_entries(table, &at->n[0]));
    __m256i high = _mm256_set_m128i(four_entries(table, &at->n[12]), four_entries(table, &at->n[8]));
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

QUICK INLINE __m128i bytes_at(const void *table, const Wide *at)
{
    const i8 *b = table;
    const u32 *n = at->n;
    return _mm_setr_epi8(b[n[0]], b[n[1]], b[n[2]], b[n[3]], b[n[4]], b[n[5]], b[n[6]], b[n[7]], b[n[8]], b[n[9]], b[n[10]], b[n[11]], b[n[12]], b[n[13]],
                         b[n[14]], b[n[15]]);
}

QUICK INLINE __m512i weights_at(const Quick *q, const Wide *at)
{
    return _mm512_cvtepi8_epi32(bytes_at(q->t->corrector->weights, at));
}

/* base_entry */
QUICK INLINE __m512i base_entries(const Quick *q, const Group *g)
{
    __m512i counter = _mm512_cvtepu8_epi32(bytes_at(q->t->base, &g->base_slot));
    return _mm512_add_epi32(counter, _mm512_set1_epi32((BASE_SAYS - 4) | TAGE_USEFUL_MAX << 8));
}

QUICK INLINE __m512i says_of(__m512i entries)
{
    const __m512i table = _mm512_setr_epi32(20, 2, 0, 8, 9, 1, 3, 21, 18, 0, 1, 19, 0, 0, 0, 0);
    return _mm512_permutexvar_epi32(_mm512_add_epi32(entries, _mm512_set1_epi32(4)), table); /* by the lowest four bits */
}

/* The two longest histories that know each lane's branch. */
QUICK INLINE void look_up_lanes(const Quick *q, Group *g)
{
    __m512i hit = base_entries(q, g), alternative = hit, hit_table = _mm512_set1_epi32(-1), alternative_table = hit_table;
    for (u32 i = 0; i < TAGE_TABLES; i++) {
        __m512i entry = entries_at(q->t->table, &g->slot[i]);
        __mmask16 known = _mm512_cmpeq_epi32_mask(_mm512_srli_epi32(entry, 16), g->tag[i].v);
        alternative = _mm512_mask_mov_epi32(alternative, known, hit);
        alternative_table = _mm512_mask_mov_epi32(alternative_table, known, hit_table);
        hit = _mm512_mask_mov_epi32(hit, known, entry);
        hit_table = _mm512_mask_set1_epi32(hit_table, known, (int)i);
    }
    g->hit.v = hit_table, g->alternative.v = alternative_table;
    g->hit_says.v = says_of(hit), g->alternative_says.v = says_of(alternative);
    g->useful.v = _mm512_and_si512(_mm512_srli_epi32(hit, 8), _mm512_set1_epi32(255));
}

/* decide */
QUICK INLINE void decide_lanes(const Quick *q, Group *g)
{
    __m512i hit = g->hit_says.v, alternative = g->alternative_says.v;
    __mmask16 new = _mm512_test_epi32_mask(hit, _mm512_set1_epi32(SAYS_NEW));
    if (q->t->trust_alternative < 0) new = 0;
    g->sure.v = _mm512_and_si512(_mm512_srli_epi32(hit, 1), _mm512_set1_epi32(3));
    g->tage = _mm512_test_epi32_mask(_mm512_mask_mov_epi32(hit, new, alternative), _mm512_set1_epi32(SAYS_TAKEN));
}

/* The votes but the first two. */
QUICK INLINE void count_lane_votes(const Quick *q, Group *g)
{
    __m512i all = weights_at(q, &g->used[SC_BIASES]);
    for (u32 i = SC_BIASES + 1; i < SC_TABLES; i++) all = _mm512_add_epi32(all, weights_at(q, &g->used[i]));
    g->votes.v = all;
}

/* All votes. */
QUICK INLINE void sum_up_lanes(const Quick *q, Group *g)
{
    __m512i tage = _mm512_maskz_set1_epi32((__mmask16)g->tage, 1), twice = _mm512_add_epi32(g->sure.v, g->sure.v);
    find_weight(q, g, 0, tage);
    find_weight(q, g, 1, _mm512_add_epi32(_mm512_add_epi32(twice, tage), _mm512_set1_epi32(2)));
    __m512i all = _mm512_add_epi32(g->votes.v, _mm512_add_epi32(weights_at(q, &g->used[0]), weights_at(q, &g->used[1])));
    __m512i start = _mm512_add_epi32(_mm512_set1_epi32(8), _mm512_mullo_epi32(g->sure.v, _mm512_set1_epi32(12)));
    start = _mm512_mask_sub_epi32(start, (__mmask16)~g->tage, _mm512_setzero_si512(), start);
    g->sum.v = _mm512_add_epi32(_mm512_add_epi32(start, _mm512_set1_epi32(SC_TABLES)), _mm512_add_epi32(all, all));
}
_Static_assert(SC_BIASES == 2, "the weights above");

/* sc_decide, and `settled`, by what is said and the sums. */
QUICK INLINE void judge_lanes(const Quick *q, Group *g)
{
    const BpCorrector *c = q->t->corrector;
    __m512i sum = g->sum.v, strength = _mm512_abs_epi32(sum), threshold = _mm512_set1_epi32(c->threshold), sure = g->sure.v;
    __m512i choosers = _mm512_setr_epi32(c->chooser[0], c->chooser[1], c->chooser[2], 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    u32 agrees = (u32)~_mm512_movepi32_mask(sum), positive = agrees & 0xffff;
    u32 strong = _mm512_cmpge_epi32_mask(strength, _mm512_add_epi32(threshold, _mm512_slli_epi32(sure, 2)));
    u32 enough = _mm512_cmpge_epi32_mask(strength, _mm512_set1_epi32(c->threshold / 2));
    u32 chosen = _mm512_cmpgt_epi32_mask(_mm512_permutexvar_epi32(sure, choosers), _mm512_setzero_si512());
    g->corrected = g->tage ^ ((positive ^ g->tage) & (strong | (enough & chosen)));
    u32 firm = _mm512_cmpge_epi32_mask(strength, threshold) & ~(positive ^ g->taken);
    u32 hit_enough = _mm512_test_epi32_mask(g->hit_says.v, _mm512_set1_epi32(SAYS_ENOUGH));
    u32 other_enough = _mm512_test_epi32_mask(g->alternative_says.v, _mm512_set1_epi32(SAYS_ENOUGH));
    u32 other_right = ~(_mm512_test_epi32_mask(g->alternative_says.v, _mm512_set1_epi32(SAYS_TAKEN)) ^ g->taken);
    u32 most = _mm512_cmpeq_epi32_mask(g->useful.v, _mm512_set1_epi32(TAGE_USEFUL_MAX)), some = _mm512_test_epi32_mask(g->useful.v, g->useful.v);
    g->settled = ~(g->tage ^ g->taken) & hit_enough & firm & (other_right | most) & (some | (other_right & other_enough));
}

QUICK static __attribute__((noinline)) void predict_lanes(const Quick *q, Group *g)
{
    look_up_lanes(q, g);
    decide_lanes(q, g);
    count_lane_votes(q, g);
    sum_up_lanes(q, g);
    judge_lanes(q, g);
    g->stale = 0;
}

/* ---- one lane after the other ------------------------------------------------------------------------------------------------ */

/* Lane k of a number of tables; the lanes behind them are anything. */
QUICK INLINE __m512i column(const Wide *tables, u32 k, u32 n)
{
    __m512i at = _mm512_add_epi32(_mm512_slli_epi32(numbers(), 4), _mm512_set1_epi32((int)k));
    return _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), (__mmask16)((1u << n) - 1), at, tables, 4);
}
_Static_assert(sizeof(Wide) == 16 * 4, "the distance from table to table");

/* What all lanes depend on: signs. */
static u32 choices(const Tage *t)
{
    const i8 *c = t->corrector->chooser;
    return (c[0] > 0) | (u32)(c[1] > 0) << 1 | (u32)(c[2] > 0) << 2 | (u32)(t->trust_alternative >= 0) << 3;
}

/* Lane k's weights learn; all that look at the same are told. Nothing here branches: the host could not predict it. */
QUICK INLINE void learn_weights(const Quick *q, Group *g, u32 k, bool taken)
{
    i8 *weights = q->t->corrector->weights;
    __m512i votes = g->votes.v, sum = g->sum.v;
    _Pragma("GCC unroll 12")
    for (u32 i = 0; i < SC_TABLES; i++) {
        u32 at = g->used[i].n[k];
        i32 was = weights[at], is = sc_weight(was, taken);
        weights[at] = (i8)is;
        __m512i by = _mm512_maskz_set1_epi32(_mm512_cmpeq_epi32_mask(g->used[i].v, _mm512_set1_epi32((int)at)), is - was);
        if (i >= SC_BIASES) votes = _mm512_add_epi32(votes, by);
        sum = _mm512_add_epi32(sum, _mm512_add_epi32(by, by));
    }
    g->votes.v = votes, g->sum.v = sum;
}

/* What an entry says now, to the lanes that it is hit or alternative of: that of table number `table` (-1: the base) at `slot`; those lanes. */
QUICK INLINE u32 tell_lanes(Group *g, const Wide *slots, int table, u32 slot, TageEntry e)
{
    __mmask16 same = _mm512_cmpeq_epi32_mask(slots->v, _mm512_set1_epi32((int)slot));
    __mmask16 hit = _mm512_mask_cmpeq_epi32_mask(same, g->hit.v, _mm512_set1_epi32(table));
    __mmask16 alternative = _mm512_mask_cmpeq_epi32_mask(same, g->alternative.v, _mm512_set1_epi32(table));
    int now = says[e.counter + 4];
    g->hit_says.v = _mm512_mask_set1_epi32(g->hit_says.v, hit, now);
    g->useful.v = _mm512_mask_set1_epi32(g->useful.v, hit, e.useful);
    g->alternative_says.v = _mm512_mask_set1_epi32(g->alternative_says.v, alternative, now);
    return hit | alternative;
}

/* What TAGE found in lane k, for its learning; all entries only where one may be made. */
QUICK INLINE void hand_over(Tage *t, const Group *g, u32 k, bool all)
{
    int hit = (int)g->hit.n[k], alternative = (int)g->alternative.n[k];
    t->base_slot = g->base_slot.n[k];
    t->hit = hit, t->alternative = alternative;
    t->from_hit = g->hit_says.n[k] & SAYS_TAKEN, t->from_alternative = g->alternative_says.n[k] & SAYS_TAKEN, t->from_tage = g->tage >> k & 1;
    for (u32 i = 0; all && i < TAGE_TABLES; i++) t->slot[i] = g->slot[i].n[k], t->tag[i] = g->tag[i].n[k];
    if (hit >= 0) t->slot[hit] = g->slot[hit].n[k];
    if (alternative >= 0) t->slot[alternative] = g->slot[alternative].n[k];
}

/* Lane k's entries learn; the lanes that are told of it. Those that a new entry may concern are stale. */
QUICK INLINE u32 learn_entries(Quick *q, Group *g, u32 k, bool taken)
{
    Tage *t = q->t;
    u32 told = 0;
    hand_over(t, g, k, (g->tage >> k & 1) != taken);
    tage_learn(t, taken);
    if (t->hit >= 0) told |= tell_lanes(g, &g->slot[t->hit], t->hit, t->slot[t->hit], *tage_entry(t, t->hit));
    if (t->alternative >= 0) told |= tell_lanes(g, &g->slot[t->alternative], t->alternative, t->slot[t->alternative], *tage_entry(t, t->alternative));
    else told |= tell_lanes(g, &g->base_slot, -1, t->base_slot, base_entry(t, t->base_slot));
    for (u32 made = t->made; made; made &= made - 1) {
        u32 i = (u32)__builtin_ctz(made);
        g->stale |= _mm512_cmpeq_epi32_mask(g->slot[i].v, _mm512_set1_epi32((int)g->slot[i].n[k]));
    }
    return told;
}

QUICK static __attribute__((noinline)) void learn_lane(Quick *q, Group *g, u32 k, bool taken)
{
    Tage *t = q->t;
    BpCorrector *c = t->corrector;
    u32 chosen = choices(t), later = g->branches & ~1u << k;
    u64 worn = t->worn;
    c->sum = (i32)g->sum.n[k], c->tage = g->tage >> k & 1, c->sure = g->sure.n[k];
    if (sc_learn_threshold(c, taken)) learn_weights(q, g, k, taken);
    u32 told = learn_entries(q, g, k, taken);
    if (t->worn != worn || choices(t) != chosen) {
        g->stale = ~0u;
        return;
    }
    if (told & later) {
        decide_lanes(q, g);
        sum_up_lanes(q, g);
    }
    judge_lanes(q, g);
}

/* bp_loop_predict and bp_loop_update of lane k; what is predicted. */
QUICK INLINE bool loop_lane(Quick *q, Group *g, u32 k, bool corrected, bool taken)
{
    BpLoop *l = q->t->loop;
    Loop *e = bp_loop_at(l, g->loop_set.n[k], g->loop_tag.n[k]);
    if (corrected == taken && (!e || goes_around(e, taken))) return taken;
    bool looped = false, known = bp_loop_ask(l, g->loop_set.n[k], g->loop_tag.n[k], &looped);
    Found n = { .corrected = corrected };
    learn_loop(q, &n, taken);
    return known ? looped : corrected;
}

/* Lane k is looked up anew, as the others are. */
QUICK static __attribute__((noinline)) void predict_lane(const Quick *q, Group *g, u32 k)
{
    u32 bit = 1u << k;
    Found n;
    Places p = { .slot = column(g->slot, k, TAGE_TABLES), .tag = column(g->tag, k, TAGE_TABLES), .used = column(g->used, k, SC_TABLES) };
    p.base_slot = g->base_slot.n[k];
    look_up(q, &n, &p);
    decide(q, &n);
    bool corrected = correct(q, &n, *lane_of(&g->part, k));
    g->used[0].n[k] = n.used[0], g->used[1].n[k] = n.used[1];
    g->hit.n[k] = (u32)n.hit, g->alternative.n[k] = (u32)n.alternative;
    g->hit_says.n[k] = n.hit_says, g->alternative_says.n[k] = n.alternative_says, g->useful.n[k] = n.useful, g->sure.n[k] = n.sure;
    g->votes.n[k] = (u32)n.votes, g->sum.n[k] = (u32)n.sum;
    g->tage = (g->tage & ~bit) | (u32)n.tage << k;
    g->corrected = (g->corrected & ~bit) | (u32)corrected << k;
    g->settled = (g->settled & ~bit) | (u32)settled(q, &n, g->taken >> k & 1) << k;
}

/* Lanes cost more than they save where most transfers are no branches; and histories that the plain form does not look at any more are looked at here. */
enum { BRANCHES_ENOUGH = 11 };
INLINE bool lanes_will_do(const Quick *q, const u64 *key, u32 n)
{
    u32 jumps = 0;
    for (u32 k = 0; k < n; k++) jumps += key[k] >> 63;
    return n - jumps >= BRANCHES_ENOUGH && q->usable == (1u << TAGE_TABLES) - 1 && q->t->corrector->longest >= sc_global_lengths[SC_GLOBALS - 1];
}

/* The lanes one after the other; those that were predicted wrong. */
QUICK INLINE u32 take_lanes(Quick *q, Group *g, u32 *learned)
{
    u32 wrong = 0;
    for (u32 left = g->branches; left; left &= left - 1) {
        u32 k = (u32)__builtin_ctz(left);
        bool taken = g->taken >> k & 1;
        if (UNLIKELY(g->stale >> k & 1)) {
            if (__builtin_popcount(g->stale & left) > 2) predict_lanes(q, g);
            else predict_lane(q, g, k);
        }
        wrong |= (u32)(loop_lane(q, g, k, g->corrected >> k & 1, taken) != taken) << k;
        if (LIKELY(g->settled >> k & 1)) continue;
        learn_lane(q, g, k, taken);
        ++*learned;
    }
    return wrong;
}

QUICK static u32 settle_batch(Quick *q, const u64 *key, u32 n)
{
    if (UNLIKELY(!lanes_will_do(q, key, n))) return settle_in_turn(q, key, n);
    Group g;
    u32 learned = 0;
    ASSERT(n <= LANES && q->repeat.at == BP_NOWHERE);
    if (q->stale) freshen(q);
    g.n = n;
    g.key.v = pair(BP_JUMP_KEY), g.history.v = pair(0);
    g.own.v = g.iteration.v = _mm512_setzero_si512();
    for (u32 k = 0; k < n; k++) *lane_of(&g.key, k) = key[k];
    place_lanes(q, &g);
    predict_lanes(q, &g);
    u32 wrong = take_lanes(q, &g, &learned);
    if (learned) forget_eras(q);
    return wrong;
}

#endif
