/* TAGE-SC-L after Seznec. A table of two-bit counters by address, and tagged tables indexed by hashes of the address with
   global histories whose lengths grow geometrically: the longest history that finds its tag predicts. An entry is made,
   in a table of longer history, when a prediction was wrong; entries that were right where the next shorter history was
   wrong are useful and are not replaced until that has worn off. In front of it the loop predictor, behind it the
   statistical corrector. Global history takes the outcome of each conditional branch and a bit of each other transfer's target.

   The budget: a sixteenth to the table by address, a quarter to the corrector, 64 loops, all the rest to the tagged tables,
   which have the same number of entries and tags that widen with the history. */
#include "hwsim/bp_tage.h"
#include "hwsim/mem.h"
#include <stdlib.h>

enum { FIRST_TAG = 8, LOOPS = 64, TRUST_BITS = 4, TICK_BITS = 10 };

/* ---- set-up ------------------------------------------------------------------------------------------------ */

static u64 overhead(const Tage *t)
{
    return t->index_fold[TAGE_TABLES - 1].length + TAGE_TABLES * (TAGE_INDEX_FOLD + TAGE_TAG_FOLD) + TRUST_BITS + TICK_BITS + 32;
}

static u64 entry_bits(const Tage *t)
{
    u64 n = 0;
    for (u32 i = 0; i < TAGE_TABLES; i++) n += TAGE_COUNTER_BITS + TAGE_USEFUL_BITS + t->tag_bits[i];
    return n;
}

static void size_tables(Tage *t, u64 bits)
{
    u16 lengths[TAGE_TABLES];
    bp_geometric(lengths, TAGE_TABLES, 4, bits >= 32 * 8192 ? 1000 : bits >= 16 * 8192 ? 640 : 320);
    for (u32 i = 0; i < TAGE_TABLES; i++) {
        bp_fold_init(&t->index_fold[i], lengths[i], TAGE_INDEX_FOLD);
        bp_fold_init(&t->tag_fold[i], lengths[i], TAGE_TAG_FOLD);
        t->tag_bits[i] = (u8)(FIRST_TAG + i / 2);
    }
    t->bases = (u32)(bits / 16 / 2);
    u64 rest = bits - 2ull * t->bases - bp_loop_bits(t->loop) - bp_corrector_bits(t->corrector) - overhead(t);
    t->entries = (u32)(rest / entry_bits(t));
    ASSERT(rest < bits && t->entries > 0);
}

Tage *tage_make(const HwModel *m, u64 bits)
{
    Tage *t = xcalloc(1, sizeof *t);
    t->loop = bp_loop_make(LOOPS);
    t->corrector = bp_corrector_make(bits / 4);
    size_tables(t, bits);
    t->base = xcalloc(t->bases + sizeof(u32) - 1, 1); /* bp_lanes.h reads words */
    for (u32 i = 0; i < t->bases; i++) t->base[i] = 1;
    t->table = xcalloc(TAGE_TABLES * (u64)t->entries + 1, sizeof *t->table);
    for (u64 k = 0; k < TAGE_TABLES * (u64)t->entries; k++) t->table[k].tag = UINT16_MAX; /* wider than any tag */
    t->random = 1;
    t->longest = m->bp.long_history;
    bp_corrector_longest(t->corrector, t->longest);
    return t;
}

static void *make(const HwModel *m, u64 bits)
{
    return tage_make(m, bits);
}

void tage_drop(void *state)
{
    Tage *t = state;
    free(t->table);
    bp_loop_drop(t->loop), bp_corrector_drop(t->corrector);
    free(t->base), free(t);
}

u64 tage_bits(const HwModel *m, const void *state)
{
    (void)m;
    const Tage *t = state;
    return 2ull * t->bases + t->entries * entry_bits(t) + overhead(t) + bp_loop_bits(t->loop) + bp_corrector_bits(t->corrector);
}

void tage_longest(void *state, u64 length)
{
    Tage *t = state;
    t->longest = length;
    bp_corrector_longest(t->corrector, length);
}

/* ---- predicting -------------------------------------------------------------------------------------------- */

/* Finds the two longest histories that know this branch. */
static void look_up(Tage *t, u64 pc)
{
    t->hit = t->alternative = -1;
    t->base_slot = bp_slot(bp_hash(pc >> 1, 0), t->bases);
    for (int i = 0; i < TAGE_TABLES && tage_usable(t, i); i++) {
        u32 fold = t->index_fold[i].value, tag = t->tag_fold[i].value;
        t->slot[i] = (u32)i * t->entries + bp_slot(bp_hash(pc >> 1, (u64)fold << 5 | (u32)i), t->entries);
        t->tag[i] = bp_hash(tag, pc >> 1) & ((1u << t->tag_bits[i]) - 1);
        if (tage_entry(t, i)->tag == t->tag[i]) t->alternative = t->hit, t->hit = i;
    }
}

static bool predict(HwModel *m, void *state, u64 pc, u64 target)
{
    (void)m, (void)target;
    Tage *t = state;
    bool looped;
    look_up(t, pc);
    tage_decide(t);
    t->corrected = bp_corrector_predict(t->corrector, pc, t->from_tage, tage_sureness(t));
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
    for (u64 k = 0; k < TAGE_TABLES * (u64)t->entries; k++) t->table[k].useful >>= 1;
    t->worn++;
}

/* One or two entries in tables of longer history, where something not useful gives way. */
static void allocate(Tage *t, bool taken)
{
    int i = t->hit + 1 + ((random_bits(t) & 3) == 0), made = 0, failed = 0;
    for (; i < TAGE_TABLES && tage_usable(t, i) && made < 2; i++) {
        TageEntry *e = tage_entry(t, i);
        if (e->useful) {
            failed++;
            continue;
        }
        *e = (TageEntry){ .counter = taken ? 0 : -1, .tag = (u16)t->tag[i] };
        t->made |= 1u << i;
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
    TageEntry *e = tage_entry(t, t->hit);
    if (!e->useful) {
        if (t->alternative < 0) learn_base(t, taken);
        else tage_entry(t, t->alternative)->counter = (i8)bp_counter(tage_entry(t, t->alternative)->counter, taken, TAGE_COUNTER_BITS);
    }
    e->counter = (i8)bp_counter(e->counter, taken, TAGE_COUNTER_BITS);
    if (t->from_hit == t->from_alternative) return;
    if (t->from_hit == taken) e->useful = (u8)(e->useful + (e->useful < TAGE_USEFUL_MAX));
    else if (e->useful) e->useful--;
}

void tage_learn(Tage *t, bool taken)
{
    bool make_entry = t->from_tage != taken;
    t->made = 0;
    if (t->hit >= 0 && tage_is_new(tage_entry(t, t->hit))) {
        if (t->from_hit == taken) make_entry = false; /* it only has to grow */
        if (t->from_hit != t->from_alternative)
            t->trust_alternative = (i8)bp_counter(t->trust_alternative, t->from_alternative == taken, TRUST_BITS);
    }
    if (make_entry) allocate(t, taken);
    learn_tables(t, taken);
}

static void push(Tage *t, u32 bit)
{
    bp_push(&t->history, bit);
    for (u32 i = 0; i < TAGE_TABLES; i++) bp_fold(&t->index_fold[i], &t->history), bp_fold(&t->tag_fold[i], &t->history);
}

static void update(HwModel *m, void *state, u64 pc, u64 target, bool taken)
{
    (void)m;
    Tage *t = state;
    bp_loop_update(t->loop, taken, t->corrected);
    bp_corrector_update(t->corrector, pc, target, taken);
    tage_learn(t, taken);
    push(t, taken);
}

static void jump(void *state, u64 pc, u64 target)
{
    (void)pc;
    push(state, bp_jump_bit(target));
}

const HwDirection bp_tage = {
    .name = "tage", .make = make, .drop = tage_drop, .predict = predict, .update = update, .jump = jump, .longest = tage_longest, .bits = tage_bits,
};
