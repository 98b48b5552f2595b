/* The model's parts: replacement by hand and against a slow reference hierarchy, latencies, TLBs, predictors,
   prefetchers. */
#include "tests/unit/hwsim_test.h"

/* ---- replacement ---------------------------------------------------------------------------------------- */

Test(model, lru_by_hand)
{
    HwModel *m = MAKE(HW_COUNTS, TINY, "l1d.ways=2"); /* 8 sets: lines 0, 8, 16 share one */
    cr_expect_eq(MISSES(m, 0, 8, 0, 16, 0, 8), 4);
    cr_expect_eq(MISSES(m, 1, 2, 3, 1, 2, 3), 3);
    cr_expect_eq(count(m, HWC_L1D_ACCESS), 12);
    hw_model_free(m);
}

Test(model, plru_by_hand)
{
    /* 4 sets: lines 0, 4, 8, 12, 16 share one. After 0 4 8 12 0 the tree points right, then at 8; LRU would drop 4. */
    HwModel *m = MAKE(HW_COUNTS, TINY, "l1d.ways=4", "l1d.replacement=plru");
    cr_expect_eq(MISSES(m, 0, 4, 8, 12, 0, 16), 5);
    cr_expect_eq(MISSES(m, 4), 0);
    cr_expect_eq(MISSES(m, 8), 1);
    hw_model_free(m);
    m = MAKE(HW_COUNTS, TINY, "l1d.ways=4", "l1d.replacement=lru");
    cr_expect_eq(MISSES(m, 0, 4, 8, 12, 0, 16), 5);
    cr_expect_eq(MISSES(m, 8), 0);
    cr_expect_eq(MISSES(m, 4), 1);
    hw_model_free(m);
}

/* A loop over one line more than a set holds defeats LRU wholly, random only partly; the seed decides which part. */
Test(model, random_replacement)
{
    u64 got[3];
    for (int k = 0; k < 3; k++) {
        HwModel *m = MAKE(HW_COUNTS, TINY, "l1d.ways=4", k == 2 ? "l1d.replacement=lru" : "l1d.replacement=random",
                          k == 1 ? "page.seed=7" : "page.seed=1");
        got[k] = 0;
        for (int i = 0; i < 200; i++) got[k] += MISSES(m, 0, 4, 8, 12, 16);
        hw_model_free(m);
    }
    cr_expect_eq(got[2], 1000);
    cr_expect_gt(got[0], 200);
    cr_expect_lt(got[0], 800);
    cr_expect_neq(got[0], got[1]);
}

/* 4 sets of 4 ways. NRU: 0 4 8 set three bits; 12 would set the last, so it alone stays set, and 0's way goes first, then 4's;
   16 and 20 set theirs. SRRIP: 0 is used twice, so it survives three newcomers, one place each time. */
Test(model, nru_and_srrip_by_hand)
{
    HwModel *m = MAKE(HW_COUNTS, TINY, "l1d.ways=4", "l1d.replacement=nru");
    cr_expect_eq(MISSES(m, 0, 4, 8, 12, 16, 20), 6);
    cr_expect_eq(MISSES(m, 8, 12, 16, 20), 0);
    cr_expect_eq(MISSES(m, 0, 4), 2);
    hw_model_free(m);
    m = MAKE(HW_COUNTS, TINY, "l1d.ways=4", "l1d.replacement=srrip");
    cr_expect_eq(MISSES(m, 0, 0, 4, 8, 12), 4);
    cr_expect_eq(MISSES(m, 16, 20, 24), 3, "in the places of 4, 8 and 12");
    cr_expect_eq(MISSES(m, 0), 0);
    cr_expect_eq(MISSES(m, 4), 1);
    hw_model_free(m);
}

/* One set of each policy in a slow form, against the cache: an entry's number is its order for NRU and its interval for RRIPs. */
typedef struct RefSet { int line[4]; int bit[4]; } RefSet;

static bool ref_policy(RefSet *s, int line, bool rrip)
{
    int at = -1, free_way = -1;
    for (int w = 3; w >= 0; w--) {
        if (s->line[w] == line) at = w;
        if (s->line[w] < 0) free_way = w;
    }
    bool hit = at >= 0;
    if (!hit) at = free_way;
    while (at < 0) {
        for (int w = 3; w >= 0; w--)
            if (s->bit[w] == (rrip ? 3 : 0)) at = w; /* the textbook's way round: 3 is distant */
        for (int w = 0; rrip && at < 0 && w < 4; w++) s->bit[w]++;
    }
    s->line[at] = line;
    s->bit[at] = rrip ? hit ? 0 : 2 : 1;
    int set = 0;
    for (int w = 0; w < 4; w++) set += s->bit[w];
    for (int w = 0; !rrip && set == 4 && w < 4; w++) s->bit[w] = w == at;
    return hit;
}

Test(model, nru_and_srrip_agree_with_the_reference)
{
    for (int rrip = 0; rrip <= 1; rrip++) {
        HwModel *m = MAKE(HW_COUNTS, TINY, "l1d.ways=4", rrip ? "l1d.replacement=srrip" : "l1d.replacement=nru");
        RefSet s[4];
        memset(s, 0xff, sizeof s);
        for (int i = 0; i < 4; i++) memset(s[i].bit, 0, sizeof s[i].bit);
        u64 expected = 0;
        rng_state = 17;
        for (int i = 0; i < 20000; i++) {
            int line = (int)(rnd(3) ? rnd(14) : rnd(60));
            for (u64 n = 1 + rnd(2); n-- > 0;) {
                expected += !ref_policy(&s[line % 4], line, rrip);
                MISSES(m, line);
            }
            cr_assert_eq(count(m, HWC_L1D_MISS), expected, "after %d accesses", i);
        }
        hw_model_free(m);
    }
}

/* A cycle of twice what the cache holds: SRRIP misses always, DRRIP finds out that BRRIP keeps a part. With reuse in between it
   is no worse than SRRIP. */
Test(model, drrip_resists_thrashing)
{
    u64 n[3];
    static const char *const names[] = { "l1d.replacement=lru", "l1d.replacement=srrip", "l1d.replacement=drrip" };
    for (int k = 0; k < 3; k++) {
        HwModel *m = MAKE(HW_COUNTS, "l1d.size_kib=16", "l1d.ways=4", "l2.present=false", "llc.present=false", names[k]);
        for (int round = 0; round < 60; round++)
            for (u64 line = 0; line < 512; line++) hw_load_fast(m, CODE, DATA + line * 64, 8);
        hw_model_check(m);
        n[k] = count(m, HWC_L1D_MISS);
        hw_model_free(m);
    }
    cr_expect_eq(n[0], 60 * 512);
    cr_expect_eq(n[1], 60 * 512);
    cr_expect_lt(n[2], 60 * 512 * 8 / 10, "%lu", n[2]);
}

Test(model, straddling_access_touches_both_lines)
{
    HwModel *m = MAKE(HW_COUNTS, TINY);
    hw_load_fast(m, CODE, DATA + 60, 8);
    cr_expect_eq(count(m, HWC_L1D_ACCESS), 2);
    cr_expect_eq(count(m, HWC_L1D_MISS), 2);
    hw_load_fast(m, CODE, DATA + 60, 8);
    hw_load_fast(m, CODE, DATA + 56, 8);
    cr_expect_eq(count(m, HWC_L1D_ACCESS), 5);
    cr_expect_eq(count(m, HWC_L1D_MISS), 2);
    hw_model_free(m);
}

/* ---- a slow reference --------------------------------------------------------------------------------- */

/* One level as lists in order of use, the youngest first. */
typedef struct Ref { struct { u64 line; bool dirty; } e[64][16]; u32 n[64]; u32 sets, ways; u64 accesses, misses; } Ref;
static u64 ref_to_memory;

static int ref_find(const Ref *r, u64 line)
{
    for (u32 i = 0; i < r->n[line % r->sets]; i++)
        if (r->e[line % r->sets][i].line == line) return (int)i;
    return -1;
}

static void ref_remove(Ref *r, u64 set, u32 i)
{
    memmove(&r->e[set][i], &r->e[set][i + 1], (--r->n[set] - i) * sizeof r->e[set][0]);
}

static void ref_insert(Ref *r, Ref *next, u64 line, bool dirty)
{
    u64 set = line % r->sets;
    if (r->n[set] == r->ways) {
        u64 old = r->e[set][r->ways - 1].line;
        bool old_dirty = r->e[set][r->ways - 1].dirty;
        ref_remove(r, set, r->ways - 1);
        int at = next ? ref_find(next, old) : -1;
        if (old_dirty && !next) ref_to_memory++;
        else if (old_dirty && at >= 0) next->e[old % next->sets][at].dirty = true;
        else if (old_dirty) ref_insert(next, NULL, old, true);
    }
    memmove(&r->e[set][1], &r->e[set][0], r->n[set]++ * sizeof r->e[set][0]);
    r->e[set][0].line = line;
    r->e[set][0].dirty = dirty;
}

static void ref_access(Ref *r, Ref *next, u64 line, bool store)
{
    int i = ref_find(r, line);
    bool dirty = store;
    r->accesses++;
    if (i >= 0) {
        dirty |= r->e[line % r->sets][i].dirty;
        ref_remove(r, line % r->sets, (u32)i);
    } else {
        r->misses++;
        if (next) ref_access(next, NULL, line, false);
    }
    ref_insert(r, next, line, dirty);
}

/* The first touch of a page reads its entry at each of the four levels, tables numbered as tlb.c says. */
static void ref_walk(Ref *l2, u64 va)
{
    for (int level = 3; level >= 0; level--) {
        u64 number = (va >> (12 + 9 * (level + 1)) | (u64)level << 27) & ((1ull << 29) - 1);
        u64 pa = 1ull << 52 | number << 12 | (va >> (12 + 9 * level) & 511) << 3;
        ref_access(l2, NULL, pa >> 6, false);
    }
}

Test(model, agrees_with_the_reference)
{
    for (u64 seed = 1; seed <= 6; seed++) {
        Ref *l1 = xcalloc(1, sizeof *l1), *l2 = xcalloc(1, sizeof *l2);
        bool walked[64] = { false };
        l1->sets = 8, l1->ways = 2, l2->sets = 8, l2->ways = 8;
        HwModel *m = MAKE(HW_TIMING, "l1d.size_kib=1", "l1d.ways=2", "l2.size_kib=4", "l2.ways=8", "llc.present=false");
        rng_state = seed;
        ref_to_memory = 0;
        u64 span = 2048 << seed; /* 4 KiB .. 128 KiB */
        for (int i = 0; i < 20000; i++) {
            u64 addr = DATA + rnd(span), size = 1ull << rnd(4);
            addr &= ~(size - 1);
            bool store = rnd(3) == 0;
            u64 page = (addr - DATA) >> 12;
            if (!walked[page]) ref_walk(l2, addr), walked[page] = true;
            ref_access(l1, l2, addr >> 6, store);
            if (store) hw_store_fast(m, CODE, addr, (u32)size);
            else hw_load_fast(m, CODE, addr, (u32)size);
        }
        hw_model_check(m);
        cr_expect_eq(count(m, HWC_L1D_ACCESS), l1->accesses);
        cr_expect_eq(count(m, HWC_L1D_MISS), l1->misses);
        cr_expect_eq(count(m, HWC_L2_ACCESS), l2->accesses);
        cr_expect_eq(count(m, HWC_L2_MISS), l2->misses);
        cr_expect_eq(count(m, HWC_WRITEBACK), ref_to_memory);
        cr_expect(ref_to_memory > 0 || span < 4096 * 2);
        hw_model_free(m);
        free(l1), free(l2);
    }
}

/* ---- latencies ----------------------------------------------------------------------------------------- */

Test(model, latency_of_each_level)
{
    HwModel *m = MAKE(HW_TIMING, "l1d.size_kib=1", "l1d.ways=1", "l2.size_kib=2", "l2.ways=1", "llc.size_kib=1024",
                      "stlb.latency_cycles=7");
    /* first touch: second TLB 7, four table entries 200 each, the line itself 200 - 3 */
    cr_expect_eq(load_cost(m, DATA), 7 + 4 * 200 + 197);
    cr_expect_eq(load_cost(m, DATA + 64), 197);
    cr_expect_eq(load_cost(m, DATA + 64), 0);
    cr_expect_eq(load_cost(m, DATA), 0);
    cr_expect_eq(load_cost(m, DATA + 1024 + 64), 197); /* throws line 1 out of L1, not out of L2 */
    cr_expect_eq(load_cost(m, DATA + 64), 11);
    cr_expect_eq(load_cost(m, DATA + 2048 + 64), 197);  /* throws it out of both */
    cr_expect_eq(load_cost(m, DATA + 64), 37);
    hw_model_check(m);
    hw_model_free(m);
}

Test(model, walks_use_the_walkers_cache)
{
    HwModel *m = MAKE(HW_TIMING, "walk.cache_entries=4", "walk.overhead_cycles=5", "stlb.entries=0");
    u64 first = load_cost(m, DATA);
    cr_expect_eq(first, 5 + 4 * 200 + 197);
    /* the next page's leaf entry lies in the line that the first walk fetched */
    cr_expect_eq(load_cost(m, DATA + 4096), 5 + 14 + 197);
    cr_expect_eq(count(m, HWC_DTLB_MISS), 2);
    cr_expect_eq(count(m, HWC_STLB_MISS), 2);
    hw_model_free(m);
}

Test(model, large_pages_walk_one_level_less)
{
    HwModel *m = MAKE(HW_TIMING, "page.map=2m", "stlb.entries=0");
    cr_expect_eq(load_cost(m, DATA), 3 * 200 + 197);
    cr_expect_eq(load_cost(m, DATA + 0x1ff000), 197);
    cr_expect_eq(count(m, HWC_DTLB_MISS), 1);
    hw_model_free(m);
}

Test(model, fetch_stalls)
{
    HwModel *m = MAKE(HW_TIMING, "stlb.entries=0", "l1i.latency_cycles=1");
    hw_fetch_fast(m, CODE);
    cr_expect_eq(hw_cycle(m), 4 * 200 + 199);
    hw_fetch_fast(m, CODE + 64);
    hw_fetch_fast(m, CODE);
    hw_fetch_fast(m, CODE);
    cr_expect_eq(hw_cycle(m), 4 * 200 + 2 * 199);
    cr_expect_eq(count(m, HWC_L1I_ACCESS), 4);
    cr_expect_eq(count(m, HWC_L1I_MISS), 2);
    cr_expect_eq(count(m, HWC_ITLB_MISS), 1);
    hw_model_free(m);
}

Test(model, memory_channel_queues)
{
    HwModel *m = MAKE(HW_TIMING, TINY, "dram.cycles_per_line=50", "core.store_buffer_entries=4");
    load_cost(m, DATA);
    load_cost(m, DATA + 2048);
    u64 before = hw_cycle(m);
    hw_store_fast(m, CODE, DATA + 64, 8);  /* channel busy until 50 later, line there at 200 */
    cr_expect_eq(hw_cycle(m), before);
    cr_expect_eq(load_cost(m, DATA + 128), 50 + 197);
    hw_model_free(m);
}

Test(model, store_buffer)
{
    HwModel *m = MAKE(HW_TIMING, TINY, "core.store_buffer_entries=2");
    load_cost(m, DATA);
    u64 before = hw_cycle(m);
    hw_store_fast(m, CODE, DATA + 64, 8);
    hw_store_fast(m, CODE, DATA + 72, 8); /* same line: no entry of its own */
    hw_store_fast(m, CODE, DATA + 128, 8);
    cr_expect_eq(hw_cycle(m) - before, 0);
    hw_store_fast(m, CODE, DATA + 192, 8); /* full: waits for the first */
    cr_expect_eq(hw_cycle(m) - before, 197);
    cr_expect_eq(load_cost(m, DATA + 128), 0); /* arrived meanwhile */
    cr_expect_eq(load_cost(m, DATA + 192), 197); /* in flight: waits, but is no miss */
    cr_expect_eq(count(m, HWC_L1D_MISS), 4);
    hw_model_check(m);
    hw_model_free(m);
    m = MAKE(HW_TIMING, TINY, "core.store_buffer_entries=0");
    load_cost(m, DATA);
    before = hw_cycle(m);
    hw_store_fast(m, CODE, DATA + 64, 8);
    cr_expect_eq(hw_cycle(m) - before, 197);
    hw_model_free(m);
}

Test(model, issue_width_and_units)
{
    HwModel *m = MAKE(HW_TIMING, "core.issue_width=2", "core.mul_extra_cycles=2", "core.div_extra_cycles=20",
                      "core.fp_extra_cycles=3", "core.fdiv_extra_cycles=15");
    hw_retire_fast(m, 1000);
    cr_expect_eq(hw_cycle(m), 500);
    static const u32 extra[] = { 2, 20, 3, 15 };
    for (u32 u = 0; u < HW_UNIT_COUNT; u++) {
        u64 before = hw_cycle(m);
        hw_unit_fast(m, u);
        cr_expect_eq(hw_cycle(m) - before, extra[u]);
    }
    cr_expect_eq(hw_instret(m), 1000);
    hw_model_free(m);
    m = MAKE(HW_COUNTS, "core.issue_width=2");
    hw_retire(m, 1000);
    hw_unit(m, HW_UNIT_DIV);
    load_cost(m, DATA);
    cr_expect_eq(hw_cycle(m), 1000);
    hw_model_free(m);
}

/* ---- TLBs and pages ------------------------------------------------------------------------------------ */

Test(model, tlb_reach)
{
    for (int extra = 0; extra <= 1; extra++) {
        HwModel *m = MAKE(HW_COUNTS, "dtlb.entries=16", "dtlb.ways=16", "stlb.entries=64", "stlb.ways=64");
        for (int round = 0; round < 10; round++)
            for (int p = 0; p < 16 + extra; p++) hw_load_fast(m, CODE, DATA + (u64)p * 4096 + (u64)p * 64, 8);
        cr_expect_eq(count(m, HWC_DTLB_MISS), extra ? 170 : 16);
        cr_expect_eq(count(m, HWC_STLB_MISS), 16 + (u64)extra);
        cr_expect_eq(count(m, HWC_DTLB_ACCESS), 10 * (16 + (u64)extra));
        hw_model_check(m);
        hw_model_free(m);
    }
}

/* 64 pages whose first lines share an L2 set when pages stay in place; random frames spread them over sets. */
Test(model, page_map_decides_l2_conflicts)
{
    u64 got[4];
    static const char *const maps[] = { "page.map=identity", "page.map=random", "page.map=random", "page.map=2m" };
    for (int k = 0; k < 4; k++) {
        HwModel *m = MAKE(HW_COUNTS, "l1d.size_kib=1", "l2.size_kib=256", "l2.ways=4", "llc.present=false", maps[k],
                          k == 2 ? "page.seed=99" : "page.seed=1");
        for (int round = 0; round < 20; round++)
            for (int p = 0; p < 64; p++) hw_load_fast(m, CODE, DATA + (u64)p * 65536, 8);
        got[k] = count(m, HWC_L2_MISS);
        hw_model_check(m);
        hw_model_free(m);
    }
    cr_expect_geq(got[0], 64 * 20);
    cr_expect_lt(got[1], 64 * 16);
    cr_expect_neq(got[1], got[2], "another seed is another map");
    cr_expect_geq(got[3], 64 * 20, "within 2 MiB pages 32 stay aligned to each other: 4 ways cannot hold them");
}

/* ---- branches ------------------------------------------------------------------------------------------ */

/* Mispredicts of `rounds` loops of n iterations, after ten loops of warm-up. */
static u64 loop_mispredicts(HwModel *m, int n, int rounds)
{
    u64 before = 0;
    for (int r = -10; r < rounds; r++) {
        if (!r) before = count(m, HWC_COND_MISPREDICT);
        for (int i = 0; i < n; i++) branch(m, CODE + 0x100, i < n - 1, CODE);
    }
    return count(m, HWC_COND_MISPREDICT) - before;
}

Test(model, loop_branches)
{
    HwModel *m = MAKE(HW_COUNTS, "branch.predictor=bimodal");
    cr_expect_eq(loop_mispredicts(m, 10, 20), 20, "two bits miss each exit, and only the exit");
    hw_model_free(m);
    m = MAKE(HW_COUNTS, "branch.predictor=gshare", "branch.history_bits=12");
    cr_expect_eq(loop_mispredicts(m, 10, 20), 0, "history sees the exit coming");
    cr_expect(hw_knob_set(m, HW_KNOB_HISTORY_LENGTH, 4));
    cr_expect_eq(loop_mispredicts(m, 10, 20), 20, "too short a history does not");
    hw_model_free(m);
    m = MAKE(HW_COUNTS, "branch.predictor=static");
    cr_expect_eq(loop_mispredicts(m, 10, 20), 20);
    for (int i = 0; i < 100; i++) branch(m, CODE, false, CODE + 64);
    cr_expect_eq(count(m, HWC_COND_MISPREDICT), 30, "forward branches are predicted not taken");
    hw_model_free(m);
}

Test(model, alternating_branch)
{
    HwModel *m = MAKE(HW_COUNTS, "branch.predictor=gshare", "branch.history_bits=8");
    for (int i = 0; i < 100; i++) branch(m, CODE, i & 1, CODE + 64);
    u64 warm = count(m, HWC_MISPREDICT);
    for (int i = 0; i < 1000; i++) branch(m, CODE, i & 1, CODE + 64);
    cr_expect_eq(count(m, HWC_MISPREDICT), warm);
    cr_expect(hw_knob_set(m, HW_KNOB_PREDICTOR, 1));
    for (int i = 0; i < 1000; i++) branch(m, CODE + 32, i & 1, CODE + 64);
    cr_expect_geq(count(m, HWC_MISPREDICT) - warm, 500);
    cr_expect_eq(count(m, HWC_BRANCH), 2100);
    hw_model_free(m);
}

Test(model, mispredict_and_bubble_cycles)
{
    HwModel *m = MAKE(HW_TIMING, "branch.mispredict_cycles=12", "branch.btb_miss_cycles=2");
    branch(m, CODE, true, CODE + 64); /* counters start weakly not taken */
    cr_expect_eq(hw_cycle(m), 12);
    hw_branch_fast(m, HW_BR_JUMP, CODE + 8, 4, true, CODE);
    cr_expect_eq(hw_cycle(m), 14);
    hw_branch_fast(m, HW_BR_JUMP, CODE + 8, 4, true, CODE);
    cr_expect_eq(hw_cycle(m), 14);
    hw_model_free(m);
}

Test(model, return_stack_depth)
{
    for (u64 depth = 8; depth <= 10; depth++) {
        HwModel *m = MAKE(HW_COUNTS, "ras.entries=8");
        for (u64 i = 0; i < depth; i++) hw_branch_fast(m, HW_BR_CALL, CODE + i * 16, 4, true, CODE + i * 16 + 16);
        for (u64 i = depth; i-- > 0;) hw_branch_fast(m, HW_BR_RETURN, CODE + 0x1000, 4, true, CODE + i * 16 + 4);
        cr_expect_eq(count(m, HWC_TARGET_MISPREDICT), depth - 8);
        hw_model_check(m);
        hw_model_free(m);
    }
}

Test(model, indirect_targets)
{
    for (int path = 0; path <= 1; path++) {
        HwModel *m = MAKE(HW_COUNTS, path ? "branch.indirect_entries=256" : "branch.indirect_entries=0");
        u64 warm = 0;
        for (int i = 0; i < 300; i++) {
            if (i == 100) warm = count(m, HWC_TARGET_MISPREDICT);
            hw_branch_fast(m, HW_BR_INDIRECT, CODE, 2, true, CODE + 0x1000 * (u64)(1 + i % 3));
        }
        cr_expect_eq(count(m, HWC_TARGET_MISPREDICT) - warm, path ? 0 : 200);
        hw_model_free(m);
    }
}

/* A jump to CODE, where the next instruction is fetched. */
static void jump_to_code(HwModel *m, u64 pc)
{
    hw_branch_fast(m, HW_BR_JUMP, pc, 4, true, CODE);
    hw_fetch_fast(m, CODE);
}

/* 2 entries for 3 branches in a ring: each lookup finds its entry replaced. */
Test(model, branch_target_buffer_is_lru)
{
    HwModel *m = MAKE(HW_TIMING, "btb.entries=2", "btb.ways=2", "branch.btb_miss_cycles=1");
    hw_fetch_fast(m, CODE);
    u64 start = hw_cycle(m);
    for (int i = 0; i < 30; i++) jump_to_code(m, CODE + (u64)(i % 3) * 64);
    cr_expect_eq(hw_cycle(m) - start, 30);
    for (int i = 0; i < 30; i++) jump_to_code(m, CODE + (u64)(i % 2) * 64);
    cr_expect_eq(hw_cycle(m) - start, 32, "each of the two once");
    hw_model_free(m);
}

/* ---- prefetching --------------------------------------------------------------------------------------- */

Test(model, next_line_prefetching)
{
    HwModel *m = MAKE(HW_TIMING, "prefetch.next_line=true", "prefetch.degree=2");
    for (u64 a = 0; a < 4096 * 4; a += 8) {
        hw_load_fast(m, CODE, DATA + a, 8);
        hw_retire_fast(m, 100);
    }
    cr_expect_eq(count(m, HWC_L1D_MISS), 4, "one at the head of each page");
    cr_expect_eq(count(m, HWC_PREFETCH_ISSUED), 4 * 63);
    cr_expect_eq(count(m, HWC_PREFETCH_USEFUL), 4 * 63);
    cr_expect_eq(count(m, HWC_PREFETCH_LATE), 0);
    cr_expect_eq(count(m, HWC_L2_MISS) - count(m, HWC_STLB_MISS) * 4, 4 - 3 * 4, "pages share table lines but the first");
    hw_model_check(m);
    hw_model_free(m);
}

Test(model, late_prefetch_is_not_a_miss)
{
    HwModel *m = MAKE(HW_TIMING, "prefetch.next_line=true", "prefetch.degree=1", "dram.cycles_per_line=50");
    load_cost(m, DATA + 4032); /* the page's last line: translation only */
    load_cost(m, DATA);
    cr_expect_eq(load_cost(m, DATA + 64), 50);
    cr_expect_eq(count(m, HWC_L1D_MISS), 2);
    cr_expect_eq(count(m, HWC_PREFETCH_USEFUL), 1);
    cr_expect_eq(count(m, HWC_PREFETCH_LATE), 1);
    hw_model_free(m);
}

Test(model, stride_prefetching)
{
    for (int dir = -1; dir <= 1; dir += 2) {
        HwModel *m = MAKE(HW_COUNTS, "prefetch.stride=true", "prefetch.degree=1", "page.map=2m");
        for (int i = 0; i < 100; i++) hw_load_fast(m, CODE, DATA + 0x100000 + (u64)(dir * i * 256), 8);
        cr_expect_eq(count(m, HWC_L1D_MISS), 3, "one sets the start, two make the stride sure");
        cr_expect_eq(count(m, HWC_PREFETCH_USEFUL), 97);
        cr_expect_eq(count(m, HWC_PREFETCH_ISSUED), 98);
        hw_model_free(m);
    }
}

Test(model, prefetch_switch)
{
    HwModel *m = MAKE(HW_COUNTS, "prefetch.next_line=true", "prefetch.instruction=true");
    cr_expect_eq(hw_knob_get(m, HW_KNOB_PREFETCH_ON), 1);
    cr_expect(hw_knob_set(m, HW_KNOB_PREFETCH_ON, 0));
    for (u64 a = 0; a < 4096; a += 64) hw_load_fast(m, CODE, DATA + a, 8), hw_fetch_fast(m, CODE + a);
    cr_expect_eq(count(m, HWC_L1D_MISS), 64);
    cr_expect_eq(count(m, HWC_L1I_MISS), 64);
    cr_expect_eq(count(m, HWC_PREFETCH_ISSUED), 0);
    cr_expect(hw_knob_set(m, HW_KNOB_PREFETCH_ON, 1));
    for (u64 a = 4096; a < 8192; a += 64) hw_load_fast(m, CODE, DATA + a, 8), hw_fetch_fast(m, CODE + a);
    cr_expect_eq(count(m, HWC_L1D_MISS), 65);
    cr_expect_eq(count(m, HWC_L1I_MISS), 65);
    hw_model_free(m);
}
