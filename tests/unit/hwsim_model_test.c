/* The model against hand-computed patterns, a slow reference hierarchy, and itself (fast paths against slow ones). */
#include "hwsim/config.h"
#include "base/hash.h"
#include "base/vec.h"
#include "hwsim/model_fast.h"
#include "hwsim/observer.h"
#include "hwsim/samples.h"
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#define DATA 0x20000000ull
#define CODE 0x10000000ull

/* A small, plain core: one instruction per cycle, no prefetching, no queueing, identity pages, big TLBs. */
static const char *const plain[] = {
    "core.issue_width=1", "core.store_buffer_entries=0", "page.map=identity", "prefetch.next_line=false",
    "prefetch.stride=false", "prefetch.instruction=false", "dram.cycles_per_line=0", "walk.overhead_cycles=0",
    "walk.cache_entries=0", "dtlb.entries=4096", "itlb.entries=4096", "branch.indirect_entries=0",
    "l1d.latency_cycles=3", "l2.latency_cycles=14", "llc.latency_cycles=40", "dram.latency_cycles=200",
    "sampler.dead_cycles=0", "sampler.record_cycles=0", NULL
};

/* plain plus the given settings, NULL-terminated; freed with free_model. */
static HwModel *make(HwLevel level, const char *const *more)
{
    HwConfig *cfg = xcalloc(1, sizeof *cfg);
    hw_config_default(cfg);
    for (const char *const *p = plain; *p; p++) hw_config_set(cfg, *p);
    for (; more && *more; more++) hw_config_set(cfg, *more);
    hw_config_check(cfg);
    return hw_model_new(cfg, level);
}
#define MAKE(level, ...) make(level, (const char *const[]){ __VA_ARGS__ __VA_OPT__(,) NULL })
#define TINY "l1d.size_kib=1", "l2.present=false", "llc.present=false"

static u64 count(const HwModel *m, HwCounter c)
{
    return hw_counter(m, c);
}

/* Loads whole lines given by number; returns the L1D misses that this took. */
static u64 misses(HwModel *m, const int *lines, size_t n)
{
    u64 before = count(m, HWC_L1D_MISS);
    for (size_t i = 0; i < n; i++) hw_load_fast(m, CODE, DATA + (u64)lines[i] * 64, 8);
    hw_model_check(m);
    return count(m, HWC_L1D_MISS) - before;
}
#define MISSES(m, ...) misses(m, (const int[]){ __VA_ARGS__ }, NELEM(((const int[]){ __VA_ARGS__ })))

/* What one load costs beyond its issue slot. */
static u64 load_cost(HwModel *m, u64 addr)
{
    u64 before = hw_cycle(m);
    hw_load_fast(m, CODE, addr, 8);
    return hw_cycle(m) - before;
}

static u64 rng_state;
static u64 rnd(u64 n)
{
    rng_state = rng_state * 6364136223846793005ull + 1442695040888963407ull;
    return (rng_state >> 33) % n;
}

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

static void branch(HwModel *m, u64 pc, bool taken, u64 target)
{
    hw_branch_fast(m, HW_BR_COND, pc, 4, taken, target);
}

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

/* 2 entries for 3 branches in a ring: each lookup finds its entry replaced. */
Test(model, branch_target_buffer_is_lru)
{
    HwModel *m = MAKE(HW_TIMING, "btb.entries=2", "btb.ways=2", "branch.btb_miss_cycles=1");
    for (int i = 0; i < 30; i++) hw_branch_fast(m, HW_BR_JUMP, CODE + (u64)(i % 3) * 64, 4, true, CODE);
    cr_expect_eq(hw_cycle(m), 30);
    for (int i = 0; i < 30; i++) hw_branch_fast(m, HW_BR_JUMP, CODE + (u64)(i % 2) * 64, 4, true, CODE);
    cr_expect_eq(hw_cycle(m), 32, "each of the two once");
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

/* ---- whole runs ---------------------------------------------------------------------------------------- */

static char samples_space[64 * 304 + 64] __attribute__((aligned(64)));
static u64 zero_events;

/* A program-like random trace: loops, calls, hot and cold data, firmware, reconfiguration, samples. */
static void trace(HwModel *m, u64 seed, int n)
{
    int service = hw_fw_service(m, "test");
    u64 pc = CODE;
    rng_state = seed;
    for (int i = 0; i < n; i++) {
        u64 addr = rnd(4) ? DATA + rnd(3 << 10) : rnd(3) ? DATA + rnd(1 << 16) : DATA + rnd(1 << 24);
        u32 size = 1u << rnd(4);
        hw_retire_fast(m, 1 + rnd(6));
        hw_fetch_fast(m, pc);
        for (u64 k = rnd(3); k-- > 0;) hw_load_fast(m, pc, addr + k * 8, size);
        if (!rnd(3)) hw_store_fast(m, pc, addr, size);
        if (!rnd(10)) hw_unit_fast(m, (HwUnit)rnd(HW_UNIT_COUNT));
        u64 next = CODE + (rnd(8) ? (pc - CODE + 8) % 2048 : rnd(1 << 18) & ~1ull);
        HwBranchKind kind = rnd(4) ? HW_BR_COND : (HwBranchKind)rnd(6);
        bool taken = kind != HW_BR_COND || (hash_u64(pc) & 7) > rnd(9);
        hw_branch_fast(m, kind, pc, 4, taken, next);
        pc = taken ? next : pc + 4;
        if (!rnd(500)) {
            hw_fw_begin(m, service);
            hw_fw_access(m, DATA + rnd(1 << 20), rnd(300), rnd(2));
            hw_fw_work(m, rnd(100));
            hw_fw_end(m);
        }
        if (!rnd(2000)) hw_knob_set(m, (HwKnob)rnd(HW_KNOB_COUNT), rnd(10));
        if (hw_sampler_count(hw_model_sampler(m)) == 64) hw_sampler_drain(hw_model_sampler(m));
    }
    hw_model_check(m);
}

static HwModel *preset(const char *name, HwLevel level, const char *one, const char *two)
{
    HwConfig *cfg = xcalloc(1, sizeof *cfg);
    hw_config_load(cfg, name);
    if (one) hw_config_set(cfg, one);
    if (two) hw_config_set(cfg, two);
    hw_config_check(cfg);
    return hw_model_new(cfg, level);
}

static void expect_same(const HwModel *a, const HwModel *b, const char *what)
{
    for (int c = 0; c < HWC_COUNT; c++)
        cr_expect_eq(count(a, c), count(b, c), "%s: %s: %lu and %lu", what, hw_counter_name(c), count(a, c), count(b, c));
}

static const struct { const char *core, *one, *two; } cores[] = {
    { "default", NULL, NULL }, { "small", NULL, NULL }, { "u74", NULL, NULL },
    { "default", "l1d.replacement=plru", "l1i.replacement=plru" }, { "default", "dtlb.ways=64", "page.map=2m" },
    { "small", "l1d.replacement=random", "branch.predictor=static" }, { "small", "l2.present=false", "core.store_buffer_entries=0" },
    { "default", "l1d.line_bytes=32", "l2.replacement=plru" }, { "default", "l1d.ways=1", "prefetch.degree=4" },
};

Test(model, fast_paths_count_like_slow_ones, .timeout = 120)
{
    for (size_t k = 0; k < NELEM(cores); k++) {
        for (int level = HW_COUNTS; level <= HW_TIMING; level++) {
            HwModel *m[2];
            for (int slow = 0; slow < 2; slow++) {
                m[slow] = preset(cores[k].core, level, cores[k].one, cores[k].two);
                if (slow) hw_model_no_fast(m[slow]);
                hw_sampler_program(hw_model_sampler(m[slow]), HW_SMP_L1D_MISS, (u64)samples_space, 64, 100, 5);
                trace(m[slow], k + 1, 60000);
            }
            expect_same(m[0], m[1], cores[k].core);
            hw_model_free(m[0]), hw_model_free(m[1]);
        }
    }
}

Test(model, same_trace_same_counters, .timeout = 60)
{
    for (size_t k = 0; k < NELEM(cores); k++) {
        HwModel *a = preset(cores[k].core, HW_TIMING, cores[k].one, cores[k].two);
        HwModel *b = preset(cores[k].core, HW_TIMING, cores[k].one, cores[k].two);
        trace(a, 42, 30000), trace(b, 42, 30000);
        expect_same(a, b, cores[k].core);
        hw_model_free(a), hw_model_free(b);
    }
}

/* Presence does not depend on time. */
Test(model, both_levels_count_the_same_misses, .timeout = 60)
{
    for (size_t k = 0; k < NELEM(cores); k++) {
        HwModel *a = preset(cores[k].core, HW_COUNTS, cores[k].one, cores[k].two);
        HwModel *b = preset(cores[k].core, HW_TIMING, cores[k].one, cores[k].two);
        trace(a, 7, 30000), trace(b, 7, 30000);
        for (int c = 0; c < HWC_COUNT; c++) {
            if (c == HWC_CYCLE || c == HWC_PREFETCH_LATE || c == HWC_FW_CYCLE) continue;
            cr_expect_eq(count(a, c), count(b, c), "%s: %s", cores[k].core, hw_counter_name(c));
        }
        cr_expect_eq(count(a, HWC_CYCLE), count(a, HWC_INSTRET) + count(a, HWC_FW_INSTRUCTION));
        cr_expect_gt(count(b, HWC_CYCLE), count(b, HWC_INSTRET) / 2);
        hw_model_free(a), hw_model_free(b);
    }
}

/* ---- the observer -------------------------------------------------------------------------------------- */

typedef struct Seen { u64 l1i, l1d, l2, llc, itlb, dtlb, stlb, wrong, walks; } Seen;

static void see_miss(void *ctx, const HwMiss *e)
{
    Seen *s = ctx;
    bool fetch = e->access == HW_ACC_FETCH;
    zero_events += !e->missed;
    if (e->access == HW_ACC_WALK) s->walks++;
    else if (e->missed & HW_MISS_L1) fetch ? s->l1i++ : s->l1d++;
    s->l2 += !!(e->missed & HW_MISS_L2), s->llc += !!(e->missed & HW_MISS_LLC), s->stlb += !!(e->missed & HW_MISS_STLB);
    if (e->missed & HW_MISS_TLB) fetch ? s->itlb++ : s->dtlb++;
    if (e->service) cr_expect_eq(e->pc, 0);
    cr_expect_eq(e->x[5], 55);
}

static void see_mispredict(void *ctx, HwBranchKind kind, u64 pc, u64 target, const u64 *x)
{
    (void)kind, (void)pc, (void)target;
    ((Seen *)ctx)->wrong++;
    cr_expect_eq(x[5], 55);
}

Test(model, observers_sums_are_the_counters, .timeout = 60)
{
    for (size_t k = 0; k < NELEM(cores); k++) {
        Seen s = { 0 };
        u64 x[32] = { [5] = 55 };
        const HwObserver o = { &s, see_miss, see_mispredict };
        HwModel *m = preset(cores[k].core, HW_TIMING, cores[k].one, cores[k].two);
        hw_model_regs(m, x);
        hw_model_observe(m, &o);
        hw_sampler_program(hw_model_sampler(m), HW_SMP_DTLB_MISS, (u64)samples_space, 64, 50, 1);
        zero_events = 0;
        trace(m, 3, 30000);
        cr_expect_eq(s.l1i, count(m, HWC_L1I_MISS));
        cr_expect_eq(s.l1d, count(m, HWC_L1D_MISS));
        cr_expect_eq(s.l2, count(m, HWC_L2_MISS));
        cr_expect_eq(s.llc, count(m, HWC_LLC_MISS));
        cr_expect_eq(s.itlb, count(m, HWC_ITLB_MISS));
        cr_expect_eq(s.dtlb, count(m, HWC_DTLB_MISS));
        cr_expect_eq(s.stlb, count(m, HWC_STLB_MISS));
        cr_expect_eq(s.wrong, count(m, HWC_MISPREDICT));
        cr_expect_eq(zero_events, 0);
        cr_expect(s.l1d && s.l1i && s.dtlb && s.wrong);
        hw_model_free(m);
    }
}

static HwMiss last_miss;
static void keep_miss(void *ctx, const HwMiss *e)
{
    (void)ctx;
    last_miss = *e;
}

Test(model, miss_events_say_what_happened)
{
    const HwObserver o = { NULL, keep_miss, NULL };
    HwModel *m = MAKE(HW_TIMING, "stlb.latency_cycles=7");
    hw_model_observe(m, &o);
    hw_load_fast(m, CODE + 4, DATA + 24, 8);
    cr_expect_eq(last_miss.pc, CODE + 4);
    cr_expect_eq(last_miss.addr, DATA + 24);
    cr_expect_eq(last_miss.missed, HW_MISS_L1 | HW_MISS_L2 | HW_MISS_LLC | HW_MISS_TLB | HW_MISS_STLB);
    cr_expect_eq(last_miss.latency, 7 + 4 * 200 + 200);
    cr_expect_eq(last_miss.access, HW_ACC_LOAD);
    hw_store_fast(m, CODE + 8, DATA + 126, 4); /* two lines: the second piece is reported with its own start */
    cr_expect_eq(last_miss.addr, DATA + 128);
    cr_expect_eq(last_miss.size, 2);
    cr_expect_eq(last_miss.access, HW_ACC_STORE);
    cr_expect_eq(last_miss.missed, HW_MISS_L1 | HW_MISS_L2 | HW_MISS_LLC);
    hw_model_free(m);
}

/* ---- sampling ------------------------------------------------------------------------------------------ */

static int full_calls;
static void on_full(void *ctx)
{
    full_calls++;
    cr_expect_eq(ctx, &full_calls);
}

/* n loads that all miss L1D and nothing else. */
static void miss_stream(HwModel *m, u64 *next, int n)
{
    for (int i = 0; i < n; i++, ++*next) hw_load_fast(m, CODE + *next % 7 * 4, DATA + *next % 512 * 64, 8);
}

Test(model, sampler_period_and_jitter)
{
    HwModel *m = MAKE(HW_COUNTS, TINY, "l1d.ways=1", "page.map=2m");
    HwSampler *s = hw_model_sampler(m);
    u64 next = 0, distance[64], seen[200] = { 0 };
    miss_stream(m, &next, 512);
    hw_sampler_program(s, HW_SMP_L1D_MISS, (u64)samples_space, 64, 100, 9);
    for (int i = 0, since = 0; hw_sampler_count(s) < 64; since++) {
        miss_stream(m, &next, 1);
        if ((int)hw_sampler_count(s) > i) distance[i++] = (u64)since, since = 0;
    }
    u64 sum = 0, kinds = 0;
    for (int i = 1; i < 64; i++) {
        cr_expect(distance[i] >= 75 - 1 && distance[i] <= 125, "%lu events", distance[i]);
        sum += distance[i];
        if (distance[i] < 200) seen[distance[i]]++;
    }
    for (int i = 0; i < 200; i++) kinds += seen[i] > 0;
    cr_expect(sum > 63 * 90 && sum < 63 * 110, "mean %lu", sum / 63);
    cr_expect_gt(kinds, 15, "only %lu distances", kinds);
    cr_expect_eq(count(m, HWC_SAMPLES), 64);
    hw_model_free(m);
}

Test(model, sampler_records)
{
    u64 x[32];
    for (u64 i = 0; i < 32; i++) x[i] = i * 3;
    HwModel *m = MAKE(HW_TIMING, TINY, "l1d.ways=1", "page.map=2m");
    HwSampler *s = hw_model_sampler(m);
    const HwSample *record = (const HwSample *)samples_space;
    hw_model_regs(m, x);
    load_cost(m, DATA);
    hw_sampler_on_full(s, on_full, &full_calls);
    full_calls = 0;
    hw_sampler_program(s, HW_SMP_L1D_MISS, (u64)samples_space, 3, 1, 1);
    branch(m, CODE, true, CODE + 64);
    u64 before = hw_cycle(m);
    hw_load_fast(m, CODE + 12, DATA + 64 + 8, 8);
    cr_expect_eq(hw_sampler_count(s), 1);
    cr_expect_eq(record->pc, CODE + 12);
    cr_expect_eq(record->addr, DATA + 64 + 8);
    cr_expect_eq(record->latency, 200);
    cr_expect_eq(record->level, 1);
    cr_expect_eq(record->event, HW_SMP_L1D_MISS);
    cr_expect_eq(record->store, 0);
    cr_expect_eq(record->history & 1, 1);
    cr_expect_eq(record->cycle, before + 197);
    cr_expect_eq(record->x[10], 30);
    hw_store_fast(m, CODE + 16, DATA + 128, 8);
    cr_expect_eq(record[1].store, 1);
    cr_expect_eq(full_calls, 0);
    hw_load_fast(m, CODE, DATA + 192, 8);
    cr_expect_eq(full_calls, 1);
    hw_load_fast(m, CODE, DATA + 256, 8);
    cr_expect_eq(hw_sampler_count(s), 3, "full: nothing is stored");
    cr_expect_eq(full_calls, 1);
    hw_sampler_drain(s);
    hw_load_fast(m, CODE, DATA + 320, 8);
    cr_expect_eq(hw_sampler_count(s), 1);
    hw_sampler_stop(s);
    hw_load_fast(m, CODE, DATA + 384, 8);
    cr_expect_eq(hw_sampler_count(s), 1);
    cr_expect_gt(hw_fw_cycles(m, 1), 0, "storing records costs misses of its own");
    cr_expect_str_eq(hw_fw_name(m, 1), "samples");
    hw_model_check(m);
    hw_model_free(m);
}

Test(model, sampler_dead_time_and_events)
{
    HwModel *m = MAKE(HW_COUNTS, TINY, "l1d.ways=1", "page.map=2m", "sampler.dead_cycles=50");
    HwSampler *s = hw_model_sampler(m);
    u64 next = 0;
    miss_stream(m, &next, 512);
    hw_sampler_program(s, HW_SMP_L1D_MISS, (u64)samples_space, 64, 1, 1);
    for (int i = 0; i < 100; i++) miss_stream(m, &next, 1), hw_retire_fast(m, 10);
    cr_expect_eq(hw_sampler_count(s), 20, "every fifth: ten cycles each, fifty dead");
    hw_sampler_program(s, HW_SMP_MISPREDICT, (u64)samples_space, 64, 1, 1);
    hw_retire_fast(m, 100);
    branch(m, CODE + 4, true, CODE + 64);
    cr_expect_eq(hw_sampler_count(s), 1);
    cr_expect_eq(((HwSample *)samples_space)->pc, CODE + 4);
    cr_expect_eq(((HwSample *)samples_space)->addr, CODE + 64);
    cr_expect_eq(((HwSample *)samples_space)->level, 0);
    hw_sampler_program(s, HW_SMP_L1D_MISS, (u64)samples_space + 8, 64, 1, 1);
    miss_stream(m, &next, 10);
    cr_expect_eq(hw_sampler_count(s), 0, "a misaligned buffer switches it off");
    hw_model_free(m);
}

Test(model, firmware_is_not_sampled)
{
    HwModel *m = MAKE(HW_COUNTS, TINY, "l1d.ways=1");
    HwSampler *s = hw_model_sampler(m);
    hw_sampler_program(s, HW_SMP_L1D_MISS, (u64)samples_space, 64, 1, 1);
    int service = hw_fw_service(m, "gc");
    hw_fw_begin(m, service);
    hw_fw_access(m, DATA, 640, false);
    hw_fw_end(m);
    cr_expect_eq(count(m, HWC_L1D_MISS), 10);
    cr_expect_eq(hw_sampler_count(s), 0);
    hw_load_fast(m, CODE, DATA + 4096, 8);
    cr_expect_eq(hw_sampler_count(s), 1);
    hw_model_free(m);
}

Test(model, hot_lines)
{
    HwModel *m = MAKE(HW_COUNTS, TINY, "l1d.ways=1", "sampler.hot_lines=8", "page.map=2m");
    HwHotLine top[8];
    /* lines 0 and 16 fight for a set; a stream of others passes by */
    for (u64 i = 0; i < 3000; i++) {
        hw_load_fast(m, CODE, DATA, 8);
        hw_load_fast(m, CODE, DATA + 1024, 8);
        hw_load_fast(m, CODE, DATA + 4096 + i % 512 * 128 + 64, 8);
    }
    u32 n = hw_hot_lines(hw_model_sampler(m), top, 8);
    cr_assert_geq(n, 2);
    cr_expect_eq(top[0].line, DATA);
    cr_expect_eq(top[1].line, DATA + 1024);
    /* Misra-Gries: the error is at most misses / (counters + 1) */
    cr_expect(top[0].count <= 3000 && top[0].count >= 3000 - 9000 / 9);
    hw_hot_lines_reset(hw_model_sampler(m));
    cr_expect_eq(hw_hot_lines(hw_model_sampler(m), top, 8), 0);
    hw_model_free(m);
}

/* ---- firmware ------------------------------------------------------------------------------------------ */

Test(model, firmware_charges)
{
    HwModel *m = MAKE(HW_TIMING, TINY, "firmware.cpi=1.5", "core.issue_width=2", "stlb.entries=0");
    int gc = hw_fw_service(m, "gc"), jit = hw_fw_service(m, "jit");
    cr_expect_eq(hw_fw_services(m), jit);
    load_cost(m, DATA);
    u64 before = hw_cycle(m);
    hw_fw_begin(m, gc);
    hw_fw_work(m, 100);
    hw_fw_begin(m, jit);
    hw_fw_work(m, 10);
    hw_fw_end(m);
    hw_fw_access(m, DATA + 64 + 60, 8, true);
    hw_fw_end(m);
    cr_expect_eq(hw_cycle(m) - before, 150 + 15 + 2 * 197);
    cr_expect_eq(hw_fw_cycles(m, gc), 150 + 2 * 197);
    cr_expect_eq(hw_fw_cycles(m, jit), 15);
    cr_expect_eq(hw_fw_instructions(m, gc), 100);
    cr_expect_eq(count(m, HWC_FW_INSTRUCTION), 110);
    cr_expect_eq(count(m, HWC_FW_CYCLE), 150 + 15 + 2 * 197);
    cr_expect_eq(hw_instret(m), 0);
    hw_charge_scale(m, 2.5);
    hw_fw_begin(m, jit);
    for (int i = 0; i < 10; i++) hw_fw_work(m, 1);
    hw_fw_end(m);
    cr_expect_eq(hw_fw_instructions(m, jit), 10 + 25, "fractions carry over");
    hw_model_check(m);
    hw_model_free(m);
}

/* A program that runs inside a service (a service that calls back) pays for itself. */
Test(model, callbacks_are_not_firmware)
{
    HwModel *m = MAKE(HW_TIMING, TINY);
    int s = hw_fw_service(m, "s");
    hw_fw_begin(m, s);
    hw_retire_fast(m, 100);
    load_cost(m, DATA);
    hw_fw_end(m);
    cr_expect_eq(hw_fw_cycles(m, s), 0);
    cr_expect_eq(hw_instret(m), 100);
    hw_model_free(m);
}

Test(model, work_outside_of_a_service_panics, .signal = SIGABRT)
{
    hw_fw_work(MAKE(HW_TIMING), 1);
}

Test(model, access_outside_of_a_service_panics, .signal = SIGABRT)
{
    hw_fw_access(MAKE(HW_TIMING), DATA, 8, false);
}

Test(model, services_nest_sixteen_deep, .signal = SIGABRT)
{
    HwModel *m = MAKE(HW_TIMING);
    int s = hw_fw_service(m, "s");
    for (int i = 0; i < 16; i++) hw_fw_begin(m, s);
    for (int i = 0; i < 16; i++) hw_fw_end(m);
    for (int i = 0; i < 17; i++) hw_fw_begin(m, s);
}

/* ---- reconfiguration ----------------------------------------------------------------------------------- */

Test(model, ways_switched_off)
{
    HwModel *m = MAKE(HW_TIMING, TINY, "l1d.ways=4", "core.reconfigure_cycles=20", "core.flush_line_cycles=4");
    load_cost(m, DATA + 4032);
    for (u64 i = 0; i < 4; i++) hw_store_fast(m, CODE, DATA + i * 256, 8); /* one set, all its ways, dirty */
    u64 before = hw_cycle(m), back = count(m, HWC_WRITEBACK);
    cr_expect(hw_knob_set(m, HW_KNOB_L1D_WAYS, 1));
    cr_expect_eq(count(m, HWC_WRITEBACK) - back, 3);
    cr_expect_eq(hw_cycle(m) - before, 20 + 3 * 4);
    cr_expect_eq(hw_knob_get(m, HW_KNOB_L1D_WAYS), 1);
    cr_expect_eq(MISSES(m, 0, 4, 0, 4), 3 + (u64)(load_cost(m, DATA + 256) > 0), "one way: the two lines throw each other out");
    cr_expect(hw_knob_set(m, HW_KNOB_L1D_WAYS, 4));
    MISSES(m, 0, 4);
    cr_expect_eq(MISSES(m, 0, 4, 0, 4), 0);
    hw_model_check(m);
    hw_model_free(m);
}

Test(model, knob_ranges)
{
    HwModel *m = MAKE(HW_COUNTS, "l2.present=false", "l1d.ways=8", "l1d.replacement=plru", "branch.table_entries=64");
    cr_expect_not(hw_knob_set(m, HW_KNOB_L1D_WAYS, 0));
    cr_expect_not(hw_knob_set(m, HW_KNOB_L1D_WAYS, 9));
    cr_expect_not(hw_knob_set(m, HW_KNOB_L1D_WAYS, 3), "a tree needs a power of two");
    cr_expect(hw_knob_set(m, HW_KNOB_L1D_WAYS, 4));
    cr_expect_not(hw_knob_set(m, HW_KNOB_L2_WAYS, 1));
    cr_expect_eq(hw_knob_get(m, HW_KNOB_L2_WAYS), 0);
    cr_expect_not(hw_knob_set(m, HW_KNOB_HISTORY_LENGTH, 13));
    cr_expect_not(hw_knob_set(m, HW_KNOB_HISTORY_LENGTH, 1ull << 40));
    cr_expect(hw_knob_set(m, HW_KNOB_HISTORY_LENGTH, 11));
    cr_expect_eq(hw_knob_get(m, HW_KNOB_HISTORY_LENGTH), 11);
    cr_expect_not(hw_knob_set(m, HW_KNOB_PREDICTOR, 3));
    cr_expect(hw_knob_set(m, HW_KNOB_PREDICTOR, 2));
    cr_expect_not(hw_knob_set(m, HW_KNOB_PREFETCH_ON, 2));
    hw_model_free(m);
}

Test(model, unknown_knob_panics, .signal = SIGABRT)
{
    hw_knob_set(MAKE(HW_COUNTS), HW_KNOB_COUNT, 0);
}

/* The check finds what is wrong: a counter that cannot be. */
Test(model, check_finds_damage, .signal = SIGABRT)
{
    HwModel *m = MAKE(HW_COUNTS);
    hw_load_fast(m, CODE, DATA, 8);
    hw_model_check(m);
    hw_fast(m)->l1d_load[((DATA >> 6) + 1) & hw_fast(m)->l1d_set_mask] = (DATA >> 6) + 1;
    hw_model_check(m);
}
