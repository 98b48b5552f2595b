/* ITTAGE: targets of indirect jumps by global history. As in TAGE, the longest of several geometrically growing
   histories that finds its tag predicts; here an entry holds a target and how sure it is of it, and beneath the tagged
   tables is the branch target buffer. History takes the outcome of each conditional branch and, of every other
   transfer, three bits of its target. It is folded when a prediction needs it, by all bits that have come since then at once: conditional
   branches are many more. */
#include "hwsim/bp.h"
#include <stdlib.h>

enum { TABLES = 7, SURE_BITS = 2, USEFUL_BITS = 1, INDEX_FOLD = 20, TAG_FOLD = 13, FIRST_TAG = 9, JUMP_BITS = 3 };
enum { SURE = (1 << SURE_BITS) - 1, TRUST_BITS = 4, TICK_BITS = 8, LONGEST = 250 };
enum { AT_ONCE = TAG_FOLD /* bits */, FRESH_MAX = 3 * AT_ONCE /* more is folded anew */, PENDING = 64, WORDS = (LONGEST + FRESH_MAX + 63) / 64 };

typedef struct Entry { u64 target; u16 tag; u8 sure, useful; } Entry;

struct BpIttage {
    Entry *table[TABLES];
    u32 entries;
    u64 history[WORDS + 1]; /* the youngest in bit 0; the last word is empty */
    u64 pending;            /* younger bits that are not in it yet */
    u32 waiting, fresh;     /* how many; and bits in it that are not folded yet */
    u16 length[TABLES];
    u32 index_fold[TABLES], tag_fold[TABLES];
    u8 index_leaves[TABLES], tag_leaves[TABLES]; /* where bits are in the folds that are too old */
    i8 trust_alternative;
    u32 tick;
    u64 random;
    /* the last prediction */
    u32 slot[TABLES];
    u16 tag[TABLES];
    int hit;
    u64 from_hit, from_alternative, predicted;
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
        t->table[i] = xcalloc(t->entries, sizeof **t->table);
        for (u32 k = 0; k < t->entries; k++) t->table[i][k].tag = UINT16_MAX; /* wider than any tag */
    }
    t->random = 1;
    return t;
}

void bp_ittage_drop(BpIttage *t)
{
    for (u32 i = 0; t && i < TABLES; i++) free(t->table[i]);
    free(t);
}

static Entry *entry(const BpIttage *t, int i)
{
    ASSERT(i >= 0 && i < TABLES);
    return &t->table[i][t->slot[i]];
}

/* Pending bits become history. */
static void take_in(BpIttage *t)
{
    u32 n = t->waiting;
    ASSERT(n < PENDING);
    if (!n) return;
    for (u32 i = WORDS - 1; i; i--) t->history[i] = t->history[i] << n | t->history[i - 1] >> (64 - n);
    t->history[0] = t->history[0] << n | (t->pending & ((1ull << n) - 1));
    t->fresh += n;
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

u64 bp_ittage_predict(BpIttage *t, u64 pc, u64 base)
{
    const u32 *index = t->index_fold, *tag = t->tag_fold;
    take_in(t);
    fold_fresh(t);
    t->hit = -1;
    t->from_hit = t->from_alternative = base;
    for (int i = 0; i < TABLES; i++) {
        t->slot[i] = bp_slot(bp_hash(pc >> 1, (u64)index[i] << 4 | (u32)i), t->entries);
        t->tag[i] = (u16)(bp_hash(tag[i], pc >> 1) & ((1u << tag_bits((u32)i)) - 1));
        if (entry(t, i)->tag != t->tag[i]) continue;
        t->hit = i;
        t->from_alternative = t->from_hit;
        t->from_hit = entry(t, i)->target;
    }
    bool doubt = t->hit >= 0 && !entry(t, t->hit)->sure && t->trust_alternative >= 0;
    return t->predicted = doubt ? t->from_alternative : t->from_hit;
}

static void learn(BpIttage *t, u64 target)
{
    Entry *e = entry(t, t->hit);
    bool right = e->target == target;
    if (!e->sure && t->from_hit != t->from_alternative)
        t->trust_alternative = (i8)bp_counter(t->trust_alternative, t->from_alternative == target, TRUST_BITS);
    if (right && t->from_alternative != target) e->useful = 1;
    if (right) e->sure = (u8)(e->sure + (e->sure < SURE));
    else if (e->sure) e->sure--;
    else e->target = target, e->useful = 0;
}

static void allocate(BpIttage *t, u64 target)
{
    t->random ^= t->random << 13, t->random ^= t->random >> 7, t->random ^= t->random << 17;
    int i = t->hit + 1 + ((t->random >> 16 & 3) == 0), failed = 0;
    for (; i < TABLES && entry(t, i)->useful; i++) failed++;
    if (i < TABLES) *entry(t, i) = (Entry){ .target = target, .tag = t->tag[i] };
    i32 tick = (i32)t->tick + failed - (i < TABLES);
    t->tick = tick < 0 ? 0 : (u32)tick;
    if (t->tick < (1u << TICK_BITS) - 1) return;
    t->tick = 0;
    for (u32 k = 0; k < TABLES; k++)
        for (u32 n = 0; n < t->entries; n++) t->table[k][n].useful = 0;
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

u64 bp_ittage_bits(const BpIttage *t)
{
    return t->entries * entry_bits() + overhead();
}
