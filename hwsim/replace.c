/* Replacement policies: what a cache remembers about its ways, and which one gives its line up.
     lru, plru, random
     nru     one bit a way, set by use; when all would be set, all but this one are cleared; the first clear one goes
     srrip   two bits a way, how near its next use seems: 1 when a line comes in, 3 once it is used; the first way at 0
             goes, and while there is none all come down by one (Jaleel's re-reference intervals, counted the other way round)
     drrip   srrip, or brrip, where lines come in at 0 but for every BRRIP_LONG-th: in each group of GROUP sets one always does the
             former and one the latter, and the others do what has missed less

   nru and the rrips keep their bits in HwCache.stamp. touch() must be idempotent: the fast paths leave
   repetitions out, and for lru keep the stamp until it is asked for. */
#include "hwsim/mem.h"

static void lru_touch(HwCache *c, u64 set, u32 way)
{
    c->stamp[set * c->ways + way] = ++*c->clock;
}

static u32 lru_victim(HwCache *c, u64 set)
{
    const u64 *stamp = c->stamp + set * c->ways;
    u64 least = stamp[0];
    u32 oldest = 0;
    for (u32 w = 1; w < c->enabled; w++) {
        bool older = stamp[w] < least;
        least = older ? stamp[w] : least, oldest = older ? w : oldest;
    }
    return oldest;
}

/* The tree's nodes are numbered from 1; node n's children are 2n and 2n+1. A set bit: replace on the right. */
static void plru_touch(HwCache *c, u64 set, u32 way)
{
    u32 node = 1, tree = c->tree[set];
    for (u32 half = c->enabled >> 1; half; half >>= 1) {
        bool right = way & half;
        tree = right ? tree & ~(1u << node) : tree | 1u << node;
        node = 2 * node + right;
    }
    c->tree[set] = tree;
}

static u32 plru_victim(HwCache *c, u64 set)
{
    u32 node = 1, way = 0;
    for (u32 half = c->enabled >> 1; half; half >>= 1) {
        bool right = c->tree[set] >> node & 1;
        if (right) way |= half;
        node = 2 * node + right;
    }
    return way;
}

static void random_touch(HwCache *c, u64 set, u32 way)
{
    (void)c, (void)set, (void)way;
}

static u32 random_victim(HwCache *c, u64 set)
{
    (void)set;
    c->random ^= c->random << 13, c->random ^= c->random >> 7, c->random ^= c->random << 17;
    return (u32)((c->random >> 32) * c->enabled >> 32);
}

/* ---- not recently used ----------------------------------------------------------------------------------- */

static void nru_touch(HwCache *c, u64 set, u32 way)
{
    u64 *used = c->stamp + set * c->ways, clear = 0;
    used[way] = 1;
    for (u32 w = 0; w < c->enabled; w++) clear += !used[w];
    for (u32 w = 0; !clear && w < c->enabled; w++) used[w] = w == way;
}

static u32 nru_victim(HwCache *c, u64 set)
{
    const u64 *used = c->stamp + set * c->ways;
    for (u32 w = 0; w < c->enabled; w++)
        if (!used[w]) return w;
    return 0; /* a single way */
}

/* ---- re-reference intervals ------------------------------------------------------------------------------- */

enum { NEAR = 3, COMING_IN = 1, DISTANT = 0, BRRIP_LONG = 32, GROUP = 32, DUEL_MAX = 511 };

static void rrip_touch(HwCache *c, u64 set, u32 way)
{
    c->stamp[set * c->ways + way] = NEAR;
}

static u32 rrip_victim(HwCache *c, u64 set)
{
    u64 *near = c->stamp + set * c->ways;
    for (;;) {
        for (u32 w = 0; w < c->enabled; w++)
            if (near[w] == DISTANT) return w;
        for (u32 w = 0; w < c->enabled; w++) near[w]--;
    }
}

static void srrip_insert(HwCache *c, u64 set, u32 way)
{
    c->stamp[set * c->ways + way] = COMING_IN;
}

static void brrip_insert(HwCache *c, u64 set, u32 way)
{
    c->stamp[set * c->ways + way] = ++c->inserts % BRRIP_LONG ? DISTANT : COMING_IN;
}

/* A line that comes in has missed: c->duel grows with the misses of srrip's sets and falls with those of brrip's. */
static void drrip_insert(HwCache *c, u64 set, u32 way)
{
    u64 place = set % GROUP;
    bool brrip = c->duel > 0;
    if (place == 0) {
        brrip = false;
        c->duel += c->duel < DUEL_MAX;
    } else if (place == GROUP / 2 || (c->set_mask < GROUP && set == c->set_mask)) {
        brrip = true;
        c->duel -= c->duel > -DUEL_MAX;
    }
    (brrip ? brrip_insert : srrip_insert)(c, set, way);
}

const HwPolicy hw_policies[HW_REPL_PLUGIN] = {
    [HW_REPL_LRU] = { "lru", lru_touch, lru_victim, NULL },
    [HW_REPL_PLRU] = { "plru", plru_touch, plru_victim, NULL },
    [HW_REPL_RANDOM] = { "random", random_touch, random_victim, NULL },
    [HW_REPL_NRU] = { "nru", nru_touch, nru_victim, NULL },
    [HW_REPL_SRRIP] = { "srrip", rrip_touch, rrip_victim, srrip_insert },
    [HW_REPL_DRRIP] = { "drrip", rrip_touch, rrip_victim, drrip_insert },
};
