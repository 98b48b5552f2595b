/* TAGE-SC-L after Seznec. A table of two-bit counters by address, and tagged tables indexed by hashes of the address with
   global histories whose lengths grow geometrically: the longest history that finds its tag predicts. An entry is made,
   in a table of longer history, when a prediction was wrong; entries that were right where the next shorter history was
   wrong are useful and are not replaced until that has worn off. In front of it the loop predictor, behind it the
   statistical corrector. Global history takes the outcome of each conditional branch and a bit of each other transfer's target.

   The budget: a sixteenth to the table by address, a quarter to the corrector, 64 loops, all the rest to the tagged tables,
   which have the same number of entries and tags that widen with the history. */
#include "hwsim/mem.h"
#include <stdlib.h>

enum { TABLES = 12, COUNTER_BITS = 3, USEFUL_BITS = 2, INDEX_FOLD = 20, TAG_FOLD = 13, FIRST_TAG = 8, LOOPS = 64 };
enum { TRUST_BITS = 4, TICK_BITS = 10 };

typedef struct Entry { i8 counter; u8 useful; u16 tag; } Entry;

typedef struct Tage {
    u8 *base;             /* two-bit counters */
    Entry *table[TABLES];
    u32 bases, entries;
    u8 tag_bits[TABLES];
    BpHistory history;
    BpFold index_fold[TABLES], tag_fold[TABLES];
    i8 trust_alternative; /* does the second longest match do better than an entry just made? */
    u32 tick;             /* failures to find a place, less successes: when full, usefulness wears off */
    u64 random, longest;
    BpLoop *loop;
    BpCorrector *corrector;
    /* the last prediction */
    u32 slot[TABLES], base_slot;
    u16 tag[TABLES];
    int hit, alternative; /* tables, or -1: the base */
    bool from_hit, from_alternative, from_tage, corrected;
} Tage;

/* ---- set-up ------------------------------------------------------------------------------------------------ */

static u64 overhead(const Tage *t)
{
    return t->index_fold[TABLES - 1].length + TABLES * (INDEX_FOLD + TAG_FOLD) + TRUST_BITS + TICK_BITS + 32;
}

static u64 entry_bits(const Tage *t)
{
    u64 n = 0;
    for (u32 i = 0; i < TABLES; i++) n += COUNTER_BITS + USEFUL_BITS + t->tag_bits[i];
    return n;
}

static void size_tables(Tage *t, u64 bits)
{
    u16 lengths[TABLES];
    bp_geometric(lengths, TABLES, 4, bits >= 32 * 8192 ? 1000 : bits >= 16 * 8192 ? 640 : 320);
    for (u32 i = 0; i < TABLES; i++) {
        bp_fold_init(&t->index_fold[i], lengths[i], INDEX_FOLD);
        bp_fold_init(&t->tag_fold[i], lengths[i], TAG_FOLD);
        t->tag_bits[i] = (u8)(FIRST_TAG + i / 2);
    }
    t->bases = (u32)(bits / 16 / 2);
    u64 rest = bits - 2ull * t->bases - bp_loop_bits(t->loop) - bp_corrector_bits(t->corrector) - overhead(t);
    t->entries = (u32)(rest / entry_bits(t));
    ASSERT(rest < bits && t->entries > 0);
}

static void *make(const HwModel *m, u64 bits)
{
    Tage *t = xcalloc(1, sizeof *t);
    t->loop = bp_loop_make(LOOPS);
    t->corrector = bp_corrector_make(bits / 4);
    size_tables(t, bits);
    t->base = xmalloc(t->bases);
    for (u32 i = 0; i < t->bases; i++) t->base[i] = 1;
    for (u32 i = 0; i < TABLES; i++) {
        t->table[i] = xcalloc(t->entries, sizeof **t->table);
        for (u32 k = 0; k < t->entries; k++) t->table[i][k].tag = UINT16_MAX; /* wider than any tag */
    }
    t->random = 1;
    t->longest = m->bp.long_history;
    bp_corrector_longest(t->corrector, t->longest);
    return t;
}

static void drop(void *state)
{
    Tage *t = state;
    for (u32 i = 0; i < TABLES; i++) free(t->table[i]);
    bp_loop_drop(t->loop), bp_corrector_drop(t->corrector);
    free(t->base), free(t);
}

static u64 bits_of(const HwModel *m, const void *state)
{
    (void)m;
    const Tage *t = state;
    return 2ull * t->bases + t->entries * entry_bits(t) + overhead(t) + bp_loop_bits(t->loop) + bp_corrector_bits(t->corrector);
}

static void longest(void *state, u64 length)
{
    Tage *t = state;
    t->longest = length;
    bp_corrector_longest(t->corrector, length);
}

/* ---- predicting -------------------------------------------------------------------------------------------- */

static Entry *entry(const Tage *t, int i)
{
    ASSERT(i >= 0 && i < TABLES);
    return &t->table[i][t->slot[i]];
}

static bool usable(const Tage *t, int i)
{
    return t->index_fold[i].length <= t->longest;
}

/* Finds the two longest histories that know this branch. */
static void look_up(Tage *t, u64 pc)
{
    t->hit = t->alternative = -1;
    t->base_slot = bp_slot(bp_hash(pc >> 1, 0), t->bases);
    for (int i = 0; i < TABLES && usable(t, i); i++) {
        u32 fold = t->index_fold[i].value, tag = t->tag_fold[i].value;
        t->slot[i] = bp_slot(bp_hash(pc >> 1, (u64)fold << 5 | (u32)i), t->entries);
        t->tag[i] = (u16)(bp_hash(tag, pc >> 1) & ((1u << t->tag_bits[i]) - 1));
        if (entry(t, i)->tag == t->tag[i]) t->alternative = t->hit, t->hit = i;
    }
}

static bool from_table(const Tage *t, int i)
{
    return i < 0 ? t->base[t->base_slot] >> 1 : entry(t, i)->counter >= 0;
}

/* An entry just made says little. */
static bool is_new(const Entry *e)
{
    return bp_sure(e->counter) == 1;
}

/* 0 weak, 1 medium, 2 high. */
static u32 sureness(const Tage *t)
{
    if (t->hit < 0) return t->base[t->base_slot] == 0 || t->base[t->base_slot] == 3;
    u32 s = bp_sure(entry(t, t->hit)->counter);
    return s >= 7 ? 2 : s >= 5;
}

static bool predict(HwModel *m, void *state, u64 pc, u64 target)
{
    (void)m, (void)target;
    Tage *t = state;
    bool looped;
    look_up(t, pc);
    t->from_hit = from_table(t, t->hit);
    t->from_alternative = from_table(t, t->alternative);
    bool alternative = t->hit >= 0 && is_new(entry(t, t->hit)) && t->trust_alternative >= 0;
    t->from_tage = alternative ? t->from_alternative : t->from_hit;
    t->corrected = bp_corrector_predict(t->corrector, pc, t->from_tage, sureness(t));
    return bp_loop_predict(t->loop, pc, &looped) ? looped : t->corrected;
}

/* ---- learning ---------------------------------------------------------------------------------------------- */

static u32 random_bits(Tage *t)
{
    t->random ^= t->random << 13, t->random ^= t->random >> 7, t->random ^= t->random << 17;
    return (u32)(t->random >> 16);
}

static void wear_off(Tage *t)
{
    for (u32 i = 0; i < TABLES; i++)
        for (u32 k = 0; k < t->entries; k++) t->table[i][k].useful >>= 1;
}

/* One or two entries in tables of longer history, where something not useful gives way. */
static void allocate(Tage *t, bool taken)
{
    int i = t->hit + 1 + ((random_bits(t) & 3) == 0), made = 0, failed = 0;
    for (; i < TABLES && usable(t, i) && made < 2; i++) {
        Entry *e = entry(t, i);
        if (e->useful) {
            failed++;
            continue;
        }
        *e = (Entry){ .counter = taken ? 0 : -1, .tag = t->tag[i] };
        made++, i++; /* not in two neighbours */
    }
    i32 tick = (i32)t->tick + failed - 2 * made;
    t->tick = tick < 0 ? 0 : (u32)tick;
    if (t->tick < (1u << TICK_BITS) - 1) return;
    wear_off(t);
    t->tick = 0;
}

static void learn_base(Tage *t, bool taken)
{
    u8 *c = &t->base[t->base_slot];
    *c = hw_two_bit(*c, taken);
}

/* The entry that hit, and the next shorter match while that entry is not proven. */
static void learn_tables(Tage *t, bool taken)
{
    if (t->hit < 0) {
        learn_base(t, taken);
        return;
    }
    Entry *e = entry(t, t->hit);
    if (!e->useful) {
        if (t->alternative < 0) learn_base(t, taken);
        else entry(t, t->alternative)->counter = (i8)bp_counter(entry(t, t->alternative)->counter, taken, COUNTER_BITS);
    }
    e->counter = (i8)bp_counter(e->counter, taken, COUNTER_BITS);
    if (t->from_hit == t->from_alternative) return;
    if (t->from_hit == taken) e->useful = (u8)(e->useful + (e->useful < (1 << USEFUL_BITS) - 1));
    else if (e->useful) e->useful--;
}

static void push(Tage *t, u32 bit)
{
    bp_push(&t->history, bit);
    for (u32 i = 0; i < TABLES; i++) bp_fold(&t->index_fold[i], &t->history), bp_fold(&t->tag_fold[i], &t->history);
}

static void update(HwModel *m, void *state, u64 pc, u64 target, bool taken)
{
    (void)m;
    Tage *t = state;
    bp_loop_update(t->loop, taken, t->corrected);
    bp_corrector_update(t->corrector, pc, target, taken);
    bool make_entry = t->from_tage != taken;
    if (t->hit >= 0 && is_new(entry(t, t->hit))) {
        if (t->from_hit == taken) make_entry = false; /* it only has to grow */
        if (t->from_hit != t->from_alternative)
            t->trust_alternative = (i8)bp_counter(t->trust_alternative, t->from_alternative == taken, TRUST_BITS);
    }
    if (make_entry) allocate(t, taken);
    learn_tables(t, taken);
    push(t, taken);
}

static void jump(void *state, u64 pc, u64 target)
{
    (void)pc;
    push(state, (u32)(target >> 1 ^ target >> 4 ^ target >> 7));
}

const HwDirection bp_tage = {
    .name = "tage", .make = make, .drop = drop, .predict = predict, .update = update, .jump = jump, .longest = longest, .bits = bits_of,
};
