/* ITTAGE: targets of indirect jumps by global history. As in TAGE, the longest of several geometrically growing
   histories that finds its tag predicts; here an entry holds a target and how sure it is of it, and beneath the tagged
   tables is the branch target buffer. History takes the outcome of each conditional branch and, of every other
   transfer, three bits of its target. It is folded when a prediction needs it, by all bits that have come since then at once: conditional
   branches are many more.

   Loops bring jumps back with the same history. Where nothing was learned, and no entry has changed since in a place that was looked at, the same
   is predicted, and there is nothing to learn: that is remembered (Memo), and takes no more than a comparison of the history. */
#include "hwsim/bp.h"
#include <stdlib.h>
#if defined __x86_64__
#include <immintrin.h>
#endif

enum { TABLES = 7, LANES = 8 /* a table is one, of those of vectors */, SURE_BITS = 2, USEFUL_BITS = 1, INDEX_FOLD = 20, TAG_FOLD = 13, FIRST_TAG = 9, JUMP_BITS = 3 };
enum { SURE = (1 << SURE_BITS) - 1, TRUST_BITS = 4, TICK_BITS = 8, LONGEST = 250 };
enum { AT_ONCE = TAG_FOLD /* bits */, FRESH_MAX = 3 * AT_ONCE /* more is folded anew */, PENDING = 64, WORDS = (LONGEST + FRESH_MAX + 63) / 64 };

enum { MEMO_BITS = 12, MARKS = 256, SPELL = 4096, PAUSE = 16 * SPELL };

typedef struct Entry { u64 target; u16 tag; u8 sure, useful; } Entry;
/* A jump that was predicted right, with nothing to learn. */
typedef struct Memo {
    u64 pc, target;
    u64 history[WORDS - 1];  /* all that is looked at */
    u64 era;                 /* then it was so */
    u8 mark[LANES - 1];      /* of each table, the lower byte of where it looked */
    bool based;              /* only if the buffer had the target too */
} Memo;
_Static_assert((int)TABLES == (int)LANES - 1 && sizeof(Memo) == 64, "a line of the host's");

struct BpIttage {
    Entry *table;           /* all tables, one behind the other */
    u32 entries;            /* of each */
    bool wide;              /* the host has vectors for all tables at once */
    u64 history[WORDS + 1]; /* the youngest in bit 0; the last word is empty */
    u64 pending;            /* younger bits that are not in it yet */
    u32 waiting, fresh;     /* how many; and bits in it that are not folded yet */
    u16 length[LANES];
    u32 index_fold[LANES], tag_fold[LANES];
    u8 index_leaves[LANES], tag_leaves[LANES]; /* where bits are in the folds that are too old */
    i8 trust_alternative;
    u32 tick;
    u64 random;
    /* the last prediction */
    u32 slot[LANES];        /* in `table` */
    u32 tag[LANES];
    int hit, alternative;
    u64 from_hit, from_alternative, predicted;
    /* what is remembered */
    Memo *memo;
    u64 era;                /* grows when an entry changes */
    u64 changed[TABLES][MARKS]; /* in which era one of these did so last: the one that began with it */
    u32 asked, unknown;     /* in this spell */
    u32 paused;             /* jumps to be left out after a spell in vain */
};

static u32 tag_bits(u32 i)
{
    return FIRST_TAG + i / 2;
}

static u64 overhead(void)
{
    return LONGEST + TABLES * (INDEX_FOLD + TAG_FOLD) + TRUST_BITS + TICK_BITS + 32;
}

static u64 entry_bits(void)
{
    u64 n = 0;
    for (u32 i = 0; i < TABLES; i++) n += BP_TARGET_BITS + SURE_BITS + USEFUL_BITS + tag_bits(i);
    return n;
}

BpIttage *bp_ittage_make(u64 bits)
{
    BpIttage *t = xcalloc(1, sizeof *t);
    bp_geometric(t->length, TABLES, 4, LONGEST);
    u64 rest = bits - overhead();
    t->entries = (u32)(rest / entry_bits());
    ASSERT(rest < bits && t->entries > 0);
    for (u32 i = 0; i < TABLES; i++) {
        t->index_leaves[i] = t->length[i] % INDEX_FOLD, t->tag_leaves[i] = t->length[i] % TAG_FOLD;
    }
    t->table = xcalloc(TABLES * (u64)t->entries, sizeof *t->table);
    for (u64 k = 0; k < TABLES * (u64)t->entries; k++) t->table[k].tag = UINT16_MAX; /* wider than any tag */
    t->random = 1;
    t->wide = bp_has_wide();
    t->memo = xcalloc(1u << MEMO_BITS, sizeof *t->memo);
    t->era = 1;
    return t;
}

void bp_ittage_drop(BpIttage *t)
{
    if (t) free(t->table), free(t->memo);
    free(t);
}

static Entry *entry(const BpIttage *t, int i)
{
    ASSERT(i >= 0 && i < TABLES);
    return &t->table[t->slot[i]];
}

/* Pending bits become history. */
static void take_in(BpIttage *t)
{
    u32 n = t->waiting;
    ASSERT(n < PENDING);
    if (!n) return;
    for (u32 i = WORDS - 1; i; i--) t->history[i] = t->history[i] << n | t->history[i - 1] >> (64 - n);
    t->history[0] = t->history[0] << n | (t->pending & ((1ull << n) - 1));
    t->fresh = t->fresh + n <= FRESH_MAX ? t->fresh + n : FRESH_MAX + 1;
    t->waiting = 0;
}

/* A folded history into which k bits have come, and as many have left, from bit `leaves` of it on. */
static inline u32 fold_on(u32 fold, u32 width, u32 leaves, u32 k, u32 in, u32 out)
{
    u64 left = (u64)out << leaves, mask = (1ull << width) - 1;
    u64 turned = (u64)fold << k;
    return (u32)(((turned ^ turned >> width) & mask) ^ in ^ (left & mask) ^ left >> width);
}

static void fold_fresh(BpIttage *t)
{
    if (t->fresh > FRESH_MAX) {
        bp_fold_all(t->index_fold, t->history, t->length, TABLES, INDEX_FOLD);
        bp_fold_all(t->tag_fold, t->history, t->length, TABLES, TAG_FOLD);
        t->fresh = 0;
    }
    while (t->fresh) {
        u32 k = t->fresh < AT_ONCE ? t->fresh : AT_ONCE;
        t->fresh -= k;
        u32 in = bp_bits_at(t->history, t->fresh, k);
        for (u32 i = 0; i < TABLES; i++) {
            u32 out = bp_bits_at(t->history, t->length[i] + t->fresh, k);
            t->index_fold[i] = fold_on(t->index_fold[i], INDEX_FOLD, t->index_leaves[i], k, in, out);
            t->tag_fold[i] = fold_on(t->tag_fold[i], TAG_FOLD, t->tag_leaves[i], k, in, out);
        }
    }
}

/* The tables that know the jump, a bit each. */
static u32 look_up(BpIttage *t, u64 pc)
{
    u32 known = 0;
    fold_fresh(t);
    for (u32 i = 0; i < TABLES; i++) {
        t->slot[i] = i * t->entries + bp_slot(bp_hash(pc >> 1, (u64)t->index_fold[i] << 4 | i), t->entries);
        t->tag[i] = bp_hash(t->tag_fold[i], pc >> 1) & ((1u << tag_bits(i)) - 1);
        known |= (u32)(entry(t, (int)i)->tag == t->tag[i]) << i;
    }
    return known;
}

#if defined __x86_64__
#define WIDE __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,bmi,bmi2,lzcnt")))
#define INLINE static inline __attribute__((always_inline))
_Static_assert(sizeof(Entry) == 16 && offsetof(Entry, tag) == 8, "tags are gathered");

WIDE INLINE __m512i lanes(u64 v) { return _mm512_set1_epi64((i64)v); }
WIDE INLINE __m512i of_words(const u32 *v) { return _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)v)); }
WIDE INLINE __m512i of_bytes(const u8 *v) { return _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)v)); }

/* fold_on of all tables. */
WIDE INLINE __m512i fold_lanes(__m512i fold, u32 width, __m512i leaves, u32 k, u32 in, __m512i out)
{
    __m512i left = _mm512_sllv_epi64(out, leaves), mask = lanes((1ull << width) - 1), turned = _mm512_sll_epi64(fold, _mm_cvtsi32_si128((int)k));
    turned = _mm512_and_si512(_mm512_xor_si512(turned, _mm512_srli_epi64(turned, width)), mask);
    left = _mm512_xor_si512(_mm512_and_si512(left, mask), _mm512_srli_epi64(left, width));
    return _mm512_xor_si512(_mm512_xor_si512(turned, lanes(in)), left);
}

/* bp_bits_at of all tables. */
WIDE INLINE __m512i bits_lanes(const u64 *history, __m512i from, u32 n)
{
    __m512i word = _mm512_srli_epi64(from, 6), bit = _mm512_and_si512(from, lanes(63));
    __m512i low = _mm512_srlv_epi64(_mm512_i64gather_epi64(word, history, 8), bit);
    __m512i high = _mm512_i64gather_epi64(_mm512_add_epi64(word, lanes(1)), history, 8);
    high = _mm512_sllv_epi64(_mm512_slli_epi64(high, 1), _mm512_sub_epi64(lanes(63), bit));
    return _mm512_and_si512(_mm512_or_si512(low, high), lanes((1ull << n) - 1));
}

/* look_up; the folds of more bits than come at once are made anew by the plain form. */
WIDE static u32 look_up_wide(BpIttage *t, u64 pc)
{
    const __mmask8 tables = (1 << TABLES) - 1;
    const __m512i number = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
    u32 k = t->fresh;
    if (k > AT_ONCE) fold_fresh(t), k = 0;
    __m512i index = of_words(t->index_fold), tag = of_words(t->tag_fold);
    if (k) {
        u32 in = bp_bits_at(t->history, 0, k);
        __m512i out = bits_lanes(t->history, _mm512_cvtepu16_epi64(_mm_loadu_si128((const __m128i *)t->length)), k);
        index = fold_lanes(index, INDEX_FOLD, of_bytes(t->index_leaves), k, in, out);
        tag = fold_lanes(tag, TAG_FOLD, of_bytes(t->tag_leaves), k, in, out);
        _mm256_storeu_si256((__m256i *)t->index_fold, _mm512_cvtepi64_epi32(index));
        _mm256_storeu_si256((__m256i *)t->tag_fold, _mm512_cvtepi64_epi32(tag));
        t->fresh = 0;
    }
    u64 a = pc >> 1, part = (a ^ a >> 17) * BP_C1;
    __m512i feature = _mm512_or_si512(_mm512_slli_epi64(index, 4), number), entries = lanes(t->entries);
    __m512i hash = _mm512_srli_epi64(_mm512_add_epi64(_mm512_mullo_epi64(feature, lanes(BP_C2)), lanes(part)), 32);
    __m512i slot = _mm512_add_epi64(_mm512_srli_epi64(_mm512_mul_epu32(hash, entries), 32), _mm512_mul_epu32(number, entries));
    __m512i bits = _mm512_add_epi64(lanes(FIRST_TAG), _mm512_srli_epi64(number, 1));
    __m512i tags = _mm512_srli_epi64(_mm512_add_epi64(_mm512_mullo_epi64(tag, lanes(BP_C1)), lanes(a * BP_C2)), 32);
    tags = _mm512_andnot_si512(_mm512_sllv_epi64(lanes(~0ull), bits), tags);
    __m512i found = _mm512_mask_i64gather_epi64(lanes(0), tables, _mm512_slli_epi64(slot, 1), &t->table->tag, 8);
    _mm256_storeu_si256((__m256i *)t->slot, _mm512_cvtepi64_epi32(slot));
    _mm256_storeu_si256((__m256i *)t->tag, _mm512_cvtepi64_epi32(tags));
    return _mm512_mask_cmpeq_epi64_mask(tables, _mm512_and_si512(found, lanes(UINT16_MAX)), tags);
}
#else
#define look_up_wide look_up
#endif

/* The last of some tables, or -1. */
static int longest_of(u32 tables) { return 30 - __builtin_clz(tables << 1 | 1); }

u64 bp_ittage_predict(BpIttage *t, u64 pc, u64 base)
{
    take_in(t);
    u32 known = t->wide ? look_up_wide(t, pc) : look_up(t, pc);
    t->hit = longest_of(known);
    int alternative = t->alternative = known ? longest_of(known & ~(1u << t->hit)) : -1;
    t->from_hit = t->hit < 0 ? base : entry(t, t->hit)->target;
    t->from_alternative = alternative < 0 ? base : entry(t, alternative)->target;
    bool doubt = t->hit >= 0 && !entry(t, t->hit)->sure && t->trust_alternative >= 0;
    return t->predicted = doubt ? t->from_alternative : t->from_hit;
}

/* An era ends with the change of table i's entry. */
static void change(BpIttage *t, int i)
{
    t->changed[i][t->slot[i] % MARKS] = ++t->era;
}

static void learn(BpIttage *t, u64 target)
{
    Entry *e = entry(t, t->hit), was = *e;
    bool right = e->target == target;
    if (!e->sure && t->from_hit != t->from_alternative)
        t->trust_alternative = (i8)bp_counter(t->trust_alternative, t->from_alternative == target, TRUST_BITS);
    if (right && t->from_alternative != target) e->useful = 1;
    if (right) e->sure = (u8)(e->sure + (e->sure < SURE));
    else if (e->sure) e->sure--;
    else e->target = target, e->useful = 0;
    if (e->target != was.target || e->sure != was.sure || e->useful != was.useful) change(t, t->hit);
}

static void allocate(BpIttage *t, u64 target)
{
    t->random ^= t->random << 13, t->random ^= t->random >> 7, t->random ^= t->random << 17;
    int i = t->hit + 1 + ((t->random >> 16 & 3) == 0), failed = 0;
    for (; i < TABLES && entry(t, i)->useful; i++) failed++;
    if (i < TABLES) *entry(t, i) = (Entry){ .target = target, .tag = (u16)t->tag[i] }, change(t, i);
    i32 tick = (i32)t->tick + failed - (i < TABLES);
    t->tick = tick < 0 ? 0 : (u32)tick;
    if (t->tick < (1u << TICK_BITS) - 1) return;
    t->tick = 0;
    for (u64 k = 0; k < TABLES * (u64)t->entries; k++) t->table[k].useful = 0;
    for (int k = 0; k < TABLES * MARKS; k++) t->changed[k / MARKS][k % MARKS] = t->era + 1;
    t->era++;
}

void bp_ittage_update(BpIttage *t, u64 pc, u64 target)
{
    (void)pc;
    bool wrong = t->predicted != target && t->from_hit != target;
    if (t->hit >= 0) learn(t, target);
    if (wrong) allocate(t, target);
}

static void push(BpIttage *t, u32 bit)
{
    t->pending = t->pending << 1 | (bit & 1);
    if (++t->waiting == PENDING - 1) take_in(t);
}

void bp_ittage_branch(BpIttage *t, bool taken)
{
    push(t, taken);
}

void bp_ittage_branches(BpIttage *t, const u64 *key, u64 n)
{
    for (u64 k = 0; k < n; k++)
        if (!(key[k] & BP_JUMP_KEY)) push(t, key[k] & 1);
}

void bp_ittage_jump(BpIttage *t, u64 target)
{
    u32 h = bp_hash(target >> 1, 0);
    for (u32 i = 0; i < JUMP_BITS; i++) push(t, h >> (29 + i));
}

/* ---- what is remembered ------------------------------------------------------------------------------------ */

_Static_assert(LONGEST > 64 * (WORDS - 2) && LONGEST < 64 * (WORDS - 1), "the last word of a memo is cut");

/* What is looked at of the last word. */
static u64 last_word(const BpIttage *t) { return t->history[WORDS - 2] & ((1ull << LONGEST % 64) - 1); }

static Memo *memo_of(const BpIttage *t, u64 pc)
{
    u64 h = (pc ^ t->history[0]) * BP_C1 + t->history[1] * BP_C2 + t->history[2] * (BP_C1 ^ BP_C2) + last_word(t) * (BP_C1 + 2 * BP_C2);
    return &t->memo[(h ^ h >> 32) * BP_C1 >> (64 - MEMO_BITS)];
}
_Static_assert(WORDS - 1 == 4, "the words above");

/* Is the jump at pc, with this history, the memo's? */
static bool is(const BpIttage *t, const Memo *o, u64 pc)
{
    u64 differs = o->pc ^ pc;
    for (u32 i = 0; i < WORDS - 2; i++) differs |= o->history[i] ^ t->history[i];
    return !(differs | (o->history[WORDS - 2] ^ last_word(t)));
}

/* Would it go as it did then? */
static bool still(BpIttage *t, Memo *o, u64 base, u64 target)
{
    u64 last = 0;
    if (o->target != target || (o->based && base != target)) return false;
    if (o->era == t->era) return true;
    for (u32 i = 0; i < TABLES; i++) last = t->changed[i][o->mark[i]] > last ? t->changed[i][o->mark[i]] : last;
    if (last > o->era) return false;
    o->era = t->era;
    return true;
}

/* The jump at pc has been predicted right; nothing has changed. */
static void note(const BpIttage *t, Memo *o, u64 pc, u64 target)
{
    *o = (Memo){ .pc = pc, .target = target, .era = t->era };
    for (u32 i = 0; i < WORDS - 2; i++) o->history[i] = t->history[i];
    o->history[WORDS - 2] = last_word(t);
    for (u32 i = 0; i < TABLES; i++) o->mark[i] = (u8)(t->slot[i] % MARKS);
    o->based = t->hit < 0 || (t->alternative < 0 && !entry(t, t->hit)->useful);
}

/* Is memory worth asking? It is left alone for a while where little comes again. */
static bool worth(BpIttage *t)
{
    if (t->paused) {
        t->paused--;
        return false;
    }
    if (++t->asked < SPELL) return true;
    t->paused = t->unknown > SPELL / 2 ? PAUSE : 0;
    t->asked = t->unknown = 0;
    return !t->paused;
}

u64 bp_ittage_resolve(BpIttage *t, u64 pc, u64 base, u64 target)
{
    u64 predicted = target;
    take_in(t);
    Memo *o = t->memo && worth(t) ? memo_of(t, pc) : NULL;
    if (!o || !is(t, o, pc) || !still(t, o, base, target)) {
        u64 era = t->era;
        predicted = bp_ittage_predict(t, pc, base);
        bp_ittage_update(t, pc, target);
        t->unknown += o != NULL;
        bool sure = t->hit < 0 || entry(t, t->hit)->sure == SURE;
        if (o && predicted == target && sure && t->era == era) note(t, o, pc, target);
    }
    bp_ittage_jump(t, target);
    return predicted;
}

void bp_ittage_plain(BpIttage *t)
{
    t->wide = false;
    free(t->memo);
    t->memo = NULL;
}

u64 bp_ittage_bits(const BpIttage *t)
{
    return t->entries * entry_bits() + overhead();
}
