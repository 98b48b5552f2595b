/* Levels in depth: write policies, inclusion, victim buffers, miss registers, memory's banks, causes of misses, the prefetchers behind L1 and
   the one that follows pointers. */
#include "tests/unit/hwsim_test.h"
#include "hwsim/ooo.h"

/* Direct-mapped L1D of 16 lines; lines 0, 16, 32 ... share a set, in L2 too if that is as large. */
#define DIRECT "l1d.size_kib=1", "l1d.ways=1", "llc.present=false", "page.map=2m", "stlb.entries=0"
#define SMALL_L2 "l2.size_kib=1", "l2.ways=1"

static void store(HwModel *m, int line) { hw_store_fast(m, CODE, DATA + (u64)line * 64, 8); }
static void load(HwModel *m, int line) { hw_load_fast(m, CODE, DATA + (u64)line * 64, 8); }

/* What a piece of work adds to a counter. */
#define ADDS(m, counter, ...) ({ u64 before_ = count(m, counter); __VA_ARGS__; hw_model_check(m); count(m, counter) - before_; })

Test(levels, write_through_passes_stores_on)
{
    HwModel *m = MAKE(HW_TIMING, DIRECT, "l2.size_kib=64", "l1d.write=through", "core.store_buffer_entries=8");
    load(m, 0);
    cr_expect_eq(ADDS(m, HWC_WRITETHROUGH, for (int i = 0; i < 10; i++) store(m, 0)), 10);
    cr_expect_eq(count(m, HWC_WRITEBACK), 0, "they wait in L2");
    cr_expect_eq(ADDS(m, HWC_L1D_MISS, load(m, 16)), 1);
    cr_expect_eq(ADDS(m, HWC_L2_MISS, load(m, 0)), 0);
    hw_model_free(m);
    m = MAKE(HW_COUNTS, DIRECT, "l2.size_kib=64", "l1d.write=through", "l2.write=through");
    cr_expect_eq(ADDS(m, HWC_WRITEBACK, for (int i = 0; i < 10; i++) store(m, 0)), 10, "all the way to memory");
    hw_model_free(m);
}

Test(levels, stores_that_miss_need_not_allocate)
{
    for (int allocate = 0; allocate <= 1; allocate++) {
        HwModel *m = MAKE(HW_COUNTS, DIRECT, allocate ? "l1d.write_allocate=true" : "l1d.write_allocate=false");
        load(m, 16);
        cr_expect_eq(ADDS(m, HWC_L1D_MISS, store(m, 0)), 1);
        cr_expect_eq(ADDS(m, HWC_L1D_MISS, load(m, 16)), allocate ? 1 : 0);
        cr_expect_eq(ADDS(m, HWC_L1D_MISS, store(m, 16)), 0);
        cr_expect_eq(count(m, HWC_L2_MISS), count(m, HWC_STLB_MISS) * 3 + 2, "L2 has both lines, and what the walk read");
        hw_model_free(m);
    }
    HwModel *m = MAKE(HW_COUNTS, DIRECT, "l2.present=false", "l1d.write_allocate=false");
    load(m, 16);
    cr_expect_eq(ADDS(m, HWC_DRAM_READ, store(m, 0)), 0, "nothing is read");
    cr_expect_eq(count(m, HWC_WRITEBACK), 1);
    hw_model_free(m);
}

/* L1D holds 16 lines in one set; L2 sets are direct-mapped, so line 16 throws line 0 out of it, and if it is inclusive out of L1D too. */
Test(levels, inclusive_levels_invalidate_above)
{
    for (int inclusive = 0; inclusive <= 1; inclusive++) {
        HwModel *m = MAKE(HW_COUNTS, "l1d.size_kib=1", "l1d.ways=16", SMALL_L2, "llc.present=false", inclusive ? "l2.inclusion=inclusive" : "l2.inclusion=neither");
        load(m, 1), load(m, 17); /* the page's walk is done */
        store(m, 2);
        u64 written = ADDS(m, HWC_WRITEBACK, load(m, 18));
        cr_expect_eq(written, inclusive ? 1 : 0, "the store goes down with the line");
        cr_expect_eq(ADDS(m, HWC_L1D_MISS, load(m, 2)), inclusive ? 1 : 0);
        cr_expect(inclusive ? count(m, HWC_BACK_INVALIDATED) > 0 : count(m, HWC_BACK_INVALIDATED) == 0);
        hw_model_free(m);
    }
}

/* Lines 2 and 18 in turn: an exclusive L2 of the same geometry always has the one that L1D has not. */
Test(levels, exclusive_levels_add_up)
{
    for (int exclusive = 0; exclusive <= 1; exclusive++) {
        HwModel *m = MAKE(HW_COUNTS, DIRECT, SMALL_L2, exclusive ? "l2.inclusion=exclusive" : "l2.inclusion=neither");
        store(m, 2), load(m, 18), load(m, 2);
        u64 reads = ADDS(m, HWC_DRAM_READ, for (int i = 0; i < 10; i++) (load(m, 18), load(m, 2)));
        cr_expect_eq(reads, exclusive ? 0 : 20, "%lu", reads);
        cr_expect_eq(count(m, HWC_WRITEBACK), exclusive ? 0 : 1, "the store travels with its line");
        load(m, 34), load(m, 18), load(m, 34), load(m, 50);
        cr_expect_eq(ADDS(m, HWC_WRITEBACK, load(m, 66), load(m, 82)), 0);
        cr_expect_eq(count(m, HWC_WRITEBACK), 1);
        hw_model_free(m);
    }
}

Test(levels, page_map_is_undone)
{
    static const char *const maps[] = { "page.map=random", "page.map=identity", "page.map=2m" };
    for (int k = 0; k < 3; k++) { /* random lines through an inclusive level: hw_model_check compares the addresses both ways */
        HwModel *m = MAKE(HW_COUNTS, "l2.size_kib=32", "l2.inclusion=inclusive", maps[k]);
        rng_state = 3;
        for (int i = 0; i < 20000; i++) hw_load_fast(m, CODE, DATA + rnd(1ull << 40) / (1 + rnd(2) * 1000000), 1);
        hw_model_check(m);
        cr_expect_gt(count(m, HWC_BACK_INVALIDATED), 1000);
        hw_model_free(m);
    }
}

Test(levels, victims_come_back)
{
    HwModel *m = MAKE(HW_TIMING, DIRECT, "l1d.victim_lines=1", "l1d.victim_cycles=2");
    load(m, 0), load(m, 16);
    for (int i = 0; i < 10; i++) {
        cr_expect_eq(load_cost(m, DATA), 2);
        cr_expect_eq(load_cost(m, DATA + 16 * 64), 2);
    }
    cr_expect_eq(count(m, HWC_L1D_MISS), 2);
    cr_expect_eq(count(m, HWC_VICTIM_HIT), 20);
    store(m, 0);
    cr_expect_eq(ADDS(m, HWC_L1D_MISS, load(m, 16), load(m, 32), load(m, 0)), 2, "one line of three at a time is out of reach");
    hw_model_check(m);
    hw_model_free(m);
}

Test(levels, more_levels)
{
    HwModel *m = MAKE(HW_TIMING, DIRECT, SMALL_L2, "l3.present=true", "l3.size_kib=2", "l3.ways=1", "l3.latency_cycles=20", "l4.present=true",
                      "l4.size_kib=64", "l4.latency_cycles=60");
    load(m, 2), load(m, 18);
    cr_expect_eq(load_cost(m, DATA + 2 * 64), 20 - 3);
    load(m, 34); /* throws it out of L3 as well */
    cr_expect_eq(load_cost(m, DATA + 2 * 64), 60 - 3);
    cr_expect_eq(count(m, HWC_L3_ACCESS), count(m, HWC_L2_MISS));
    cr_expect_eq(count(m, HWC_L4_ACCESS), count(m, HWC_L3_MISS));
    hw_model_check(m);
    hw_model_free(m);
}

/* ---- time --------------------------------------------------------------------------------------------------------- */

/* Eight independent misses with two registers: four rounds. */
Test(levels, miss_registers_limit_overlap)
{
    static const struct { const char *set; u64 rounds; } cases[] = { { "l1d.mshrs=0", 1 }, { "l1d.mshrs=2", 4 }, { "l2.mshrs=1", 8 }, { "l1d.mshrs=4", 2 } };
    for (size_t k = 0; k < NELEM(cases); k++) {
        HwModel *m = MAKE(HW_TIMING, DIRECT, "core.kind=out_of_order", "core.store_buffer_entries=8", cases[k].set);
        HwStep serial = { HW_STEP_SERIAL, HW_STEP_NO_DEST, { 0 }, 0 };
        u64 none = 0;
        for (int i = 0; i < 9; i++) {
            HwStep s = { HW_STEP_LOAD, (u8)(i ? i : HW_STEP_NO_DEST), { 0 }, 8 };
            u64 addr = DATA + (u64)i * 64;
            hw_ooo_begin(m, &s);
            hw_load_fast(m, CODE, addr, 8);
            hw_ooo_run(m, &s, &addr, 1);
            if (!i) hw_ooo_run(m, &serial, &none, 1), hw_ooo_run(m, &serial, &none, 1);
            if (!i) none = hw_cycle(m);
        }
        u64 took = hw_cycle(m) - none;
        cr_expect(took >= cases[k].rounds * 197 && took <= cases[k].rounds * 200 + 12, "%s: %lu", cases[k].set, took);
        hw_model_free(m);
    }
}

/* Rows of 256 bytes are four lines; with 4 banks, row r is in bank (r ^ r / 4) % 4: rows 0 and 5 share one, row 1 is elsewhere. */
Test(levels, open_rows_by_hand)
{
    HwModel *m = MAKE(HW_TIMING, TINY, "page.map=2m", "stlb.entries=0", "dram.banks=4", "dram.row_bytes=256", "dram.row_hit_saves_cycles=30",
                      "dram.row_conflict_cycles=50", "dram.latency_cycles=200");
    load(m, 1000);
    u64 row = 0;
    load(m, 0);
    cr_expect_eq(load_cost(m, DATA + 64), 200 - 30 - 3, "the row is open");
    cr_expect_eq(ADDS(m, HWC_DRAM_ROW_HIT, load(m, 2)), 1);
    cr_expect_eq(load_cost(m, DATA + (row + 5) * 256), 200 + 50 - 3, "another row of the bank");
    cr_expect_eq(load_cost(m, DATA + 3 * 64), 200 + 50 - 3, "and back");
    cr_expect_gt(count(m, HWC_DRAM_ROW_CONFLICT), 1);
    hw_model_free(m);
}

Test(levels, channels_share_the_load)
{
    u64 took[2];
    for (int two = 0; two <= 1; two++) {
        HwModel *m = MAKE(HW_TIMING, TINY, "page.map=2m", "stlb.entries=0", "dram.cycles_per_line=100", "core.store_buffer_entries=8",
                          two ? "dram.channels=2" : "dram.channels=1");
        load(m, 1000);
        u64 before = hw_cycle(m);
        for (int i = 0; i < 4; i++) store(m, i);
        load(m, 4);
        took[two] = hw_cycle(m) - before;
        hw_model_free(m);
    }
    cr_expect_eq(took[0], 4 * 100 + 197);
    cr_expect_eq(took[1], 2 * 100 + 197);
}

/* ---- causes --------------------------------------------------------------------------------------------------------- */

static u64 seen[4];
static void see(void *ctx, const HwMiss *e)
{
    (void)ctx;
    if (e->missed & HW_MISS_L1) seen[hw_miss_cause(e, HW_MISS_L1)]++;
    cr_expect_eq(hw_miss_cause(e, HW_MISS_TLB), HW_CAUSE_NONE);
}

/* 16 lines, direct-mapped. 0 16 0: the second 0 is a conflict. Then 1 to 16 are 15 cold ones and one conflict (16 was thrown out by 0, and
   is among the last 16); 17 is cold, and 1 after it has been pushed out of the last 16 lines used: capacity. */
Test(levels, causes_by_hand)
{
    const HwObserver o = { .miss = see };
    HwModel *m = MAKE(HW_COUNTS, DIRECT, "l2.present=false", "detail.classify=true");
    memset(seen, 0, sizeof seen);
    hw_model_observe(m, &o);
    load(m, 0), load(m, 16);
    cr_expect_eq(ADDS(m, HWC_L1D_CONFLICT, load(m, 0)), 1);
    cr_expect_eq(count(m, HWC_L1D_COLD), 2);
    cr_expect_eq(ADDS(m, HWC_L1D_COLD, for (int i = 1; i <= 15; i++) load(m, i)), 15);
    cr_expect_eq(ADDS(m, HWC_L1D_CAPACITY, load(m, 16)), 1);
    cr_expect_eq(ADDS(m, HWC_L1D_COLD, load(m, 17)), 1);
    cr_expect_eq(ADDS(m, HWC_L1D_CAPACITY, load(m, 1)), 1);
    cr_expect_eq(count(m, HWC_L1D_COLD) + count(m, HWC_L1D_CAPACITY) + count(m, HWC_L1D_CONFLICT), count(m, HWC_L1D_MISS));
    cr_expect_eq(seen[HW_CAUSE_COLD], count(m, HWC_L1D_COLD));
    cr_expect_eq(seen[HW_CAUSE_CAPACITY], count(m, HWC_L1D_CAPACITY));
    cr_expect_eq(seen[HW_CAUSE_CONFLICT], count(m, HWC_L1D_CONFLICT));
    cr_expect_eq(seen[HW_CAUSE_NONE], 0);
    hw_model_free(m);
}

/* Telling causes changes no count; a fully associative LRU cache has no conflicts. */
Test(levels, causes_add_up_and_change_nothing)
{
    u64 misses_of[2][4];
    for (int on = 0; on <= 1; on++) {
        HwModel *m = MAKE(HW_TIMING, "l1d.size_kib=2", "l1d.ways=32", "l2.size_kib=32", "llc.size_kib=128", on ? "detail.classify=true" : "detail.classify=false");
        rng_state = 11;
        for (int i = 0; i < 50000; i++) {
            u64 addr = DATA + (rnd(3) ? rnd(1 << 14) : rnd(1 << 19));
            if (rnd(4)) hw_load_fast(m, CODE, addr, 1);
            else hw_store_fast(m, CODE, addr, 1);
        }
        hw_model_check(m);
        const HwCounter c[] = { HWC_L1D_MISS, HWC_L2_MISS, HWC_LLC_MISS, HWC_CYCLE };
        for (int k = 0; k < 4; k++) misses_of[on][k] = count(m, c[k]);
        for (int k = 0; on && k < 3; k++) {
            const HwCounter cold[] = { HWC_L1D_COLD, HWC_L2_COLD, HWC_LLC_COLD };
            cr_expect_eq(count(m, cold[k]) + count(m, cold[k] + 1) + count(m, cold[k] + 2), misses_of[on][k]);
        }
        if (on) cr_expect_eq(count(m, HWC_L1D_CONFLICT), 0, "one set: %lu", count(m, HWC_L1D_CONFLICT));
        if (on) cr_expect_gt(count(m, HWC_L2_CONFLICT), 0);
        hw_model_free(m);
    }
    cr_expect_arr_eq(misses_of[0], misses_of[1], sizeof misses_of[0]);
}

/* ---- prefetchers ----------------------------------------------------------------------------------------------------- */

/* L2 misses of a walk with a stride in lines, the first quarter left out. */
static u64 l2_misses(const char *one, const char *two, int stride)
{
    HwModel *m = MAKE(HW_COUNTS, TINY, "l2.present=true", "l2.size_kib=64", "page.map=2m", "stlb.entries=0", one, two);
    u64 begin = 0;
    for (int i = 0; i < 4000; i++) {
        if (i == 1000) begin = count(m, HWC_L2_MISS);
        load(m, i * stride);
    }
    hw_model_check(m);
    u64 n = count(m, HWC_L2_MISS) - begin;
    hw_model_free(m);
    return n;
}

Test(levels, streams_and_best_offset)
{
    cr_expect_gt(l2_misses("prefetch.stream=false", "prefetch.degree=2", 1), 2990);
    cr_expect_lt(l2_misses("prefetch.stream=true", "prefetch.degree=2", 1), 100);
    cr_expect_lt(l2_misses("prefetch.stream=true", "prefetch.degree=2", -1), 100);
    cr_expect_gt(l2_misses("prefetch.stream=true", "prefetch.degree=2", 9), 2900, "no stream");
    cr_expect_lt(l2_misses("prefetch.best_offset=true", "prefetch.degree=2", 9), 600);
    cr_expect_lt(l2_misses("prefetch.best_offset=true", "prefetch.degree=2", 1), 600);
    cr_expect_gt(l2_misses("prefetch.best_offset=true", "prefetch.degree=2", 11), 2500, "11 is not on the list, nor is a multiple within reach");
}

/* A list through real memory in random order: the pointer in the line that missed says where the next miss will be. */
Test(levels, pointers_are_followed)
{
    enum { N = 512 };
    static u64 space[2 * N * 8] __attribute__((aligned(1 << 16)));
    u64 x[32] = { 0 }, missed[2], at[N];
    for (u64 i = 0; i < N; i++) at[i] = i;
    rng_state = 5;
    for (u64 i = N - 1; i > 0; i--) {
        u64 j = rnd(i + 1), t = at[i];
        at[i] = at[j], at[j] = t;
    }
    for (u64 i = 0; i < N; i++) space[at[i] * 8] = (u64)&space[at[(i + 1) % N] * 8];
    for (int on = 0; on <= 1; on++) {
        HwModel *m = MAKE(HW_COUNTS, TINY, "prefetch.pointer_format=plain64", on ? "prefetch.pointer=true" : "prefetch.pointer=false");
        hw_model_regs(m, x);
        for (u64 i = 0; i < N; i++) hw_load_fast(m, CODE, (u64)&space[i * 8], 8); /* pages are in the TLB */
        missed[on] = ADDS(m, HWC_L1D_MISS, for (u64 i = 0, p = (u64)space; i < N; i++, p = *(u64 *)p) hw_load_fast(m, CODE, p, 8));
        hw_model_free(m);
    }
    cr_expect_gt(missed[0], N * 9 / 10);
    cr_expect_lt(missed[1], N / 10, "%lu", missed[1]);
}
