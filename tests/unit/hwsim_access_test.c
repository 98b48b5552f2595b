/* How a cache is reached, by hand-worked sequences: sectors, ports, slices of the last level; and what fetches on a mispredicted path bring in. */
#include "hwsim/ooo.h"
#include "hwsim/system.h"
#include "tests/unit/hwsim_test.h"

#define ADDS(m, counter, ...) ({ u64 before_ = count(m, counter); __VA_ARGS__; hw_model_check(m); count(m, counter) - before_; })

static void load(HwModel *m, u64 at) { hw_load_fast(m, CODE, DATA + at, 8); }
static void store(HwModel *m, u64 at) { hw_store_fast(m, CODE, DATA + at, 8); }

/* ---- sectors ----------------------------------------------------------------------------------------------------- */

/* Direct-mapped, 16 lines of 64 bytes in sectors of 16; memory is next. */
#define SECTORS TINY, "l1d.ways=1", "l1d.sector_bytes=16", "page.map=2m", "stlb.entries=0"

Test(access, a_miss_brings_in_one_sector)
{
    HwModel *m = MAKE(HW_COUNTS, SECTORS);
    load(m, 0);
    cr_expect_eq(count(m, HWC_L1D_SECTOR), 0, "the line was not there");
    cr_expect_eq(ADDS(m, HWC_L1D_MISS, load(m, 8), load(m, 0)), 0);
    cr_expect_eq(ADDS(m, HWC_L1D_MISS, load(m, 16), load(m, 24)), 1);
    cr_expect_eq(count(m, HWC_L1D_SECTOR), 1);
    cr_expect_eq(ADDS(m, HWC_L1D_ACCESS, load(m, 28)), 2, "bytes 28 to 35 are in two sectors");
    cr_expect_eq(count(m, HWC_L1D_SECTOR), 2);
    cr_expect_eq(ADDS(m, HWC_L1D_MISS, load(m, 48), load(m, 0), load(m, 16), load(m, 32), load(m, 48)), 1, "then all are there, and the fast path may have them");
    cr_expect_eq(ADDS(m, HWC_L1D_MISS, load(m, 1024), load(m, 0), load(m, 16)), 3, "a line leaves with all its sectors");
    cr_expect_eq(count(m, HWC_L1D_SECTOR), 4);
    hw_model_free(m);
}

Test(access, changed_sectors_are_written_back)
{
    HwModel *m = MAKE(HW_COUNTS, SECTORS);
    load(m, 0), store(m, 16), store(m, 24), store(m, 56);
    cr_expect_eq(ADDS(m, HWC_WRITEBACK, load(m, 1024)), 2);
    store(m, 1024);
    cr_expect_eq(ADDS(m, HWC_WRITEBACK, load(m, 0)), 1);
    for (int i = 0; i < 4; i++) load(m, 16u * (u64)i), store(m, 16u * (u64)i), store(m, 16u * (u64)i);
    cr_expect_eq(ADDS(m, HWC_WRITEBACK, load(m, 1024)), 4);
    hw_model_free(m);
}

/* L1's lines of 32 bytes are L2's sectors: what L1 evicts makes a sector of L2 present without reading it. */
Test(access, a_write_back_makes_its_sector_present)
{
    HwModel *m = MAKE(HW_COUNTS, "l1d.size_kib=1", "l1d.ways=1", "l1d.line_bytes=32", "l1i.line_bytes=32", "l2.size_kib=64", "l2.sector_bytes=32", "llc.present=false",
                      "page.map=2m", "stlb.entries=0");
    load(m, 0);
    cr_expect_eq(ADDS(m, HWC_L2_SECTOR, load(m, 32)), 1);
    store(m, 128), load(m, 160);
    cr_expect_eq(count(m, HWC_L2_SECTOR), 2);
    hw_knob_set(m, HW_KNOB_L2_WAYS, 1);
    hw_knob_set(m, HW_KNOB_L2_WAYS, 8);
    u64 read = count(m, HWC_DRAM_READ);
    load(m, 1024 + 128); /* evicts line 128 of L1D, which writes it to L2 */
    cr_expect_eq(count(m, HWC_DRAM_READ), read + 1);
    cr_expect_eq(ADDS(m, HWC_L2_MISS, load(m, 128)), 0);
    hw_model_free(m);
}

/* Each sector has its own time of arrival, and memory's channel is taken for a quarter of a line's 40 cycles. */
Test(access, sectors_arrive_one_by_one)
{
    HwModel *m = MAKE(HW_TIMING, SECTORS, "dram.cycles_per_line=40", "core.store_buffer_entries=8");
    load(m, 0);
    store(m, 16); /* waits in the store buffer */
    cr_expect_eq(load_cost(m, DATA), 0, "the first sector is there");
    cr_expect_geq(load_cost(m, DATA + 16), 196, "the second is on its way");
    store(m, 1024), store(m, 1040);
    cr_expect_eq(load_cost(m, DATA + 1056), 197 + 30, "two sectors are before it, and what the first one evicted");
    hw_model_free(m);
}

/* A prefetcher takes lines, not sectors. */
Test(access, prefetches_fill_lines)
{
    HwModel *m = MAKE(HW_COUNTS, SECTORS, "prefetch.next_line=true", "prefetch.degree=1");
    cr_expect_eq(ADDS(m, HWC_DRAM_READ, load(m, 0)), 1 + 4 + 3, "a sector, the next line, and a walk of three tables");
    cr_expect_eq(ADDS(m, HWC_L1D_MISS, load(m, 64), load(m, 80), load(m, 96), load(m, 112)), 0);
    cr_expect_eq(ADDS(m, HWC_L1D_MISS, load(m, 16)), 1);
    hw_model_free(m);
}

/* Fetches are told by sector then. */
Test(access, instructions_have_sectors)
{
    HwModel *m = MAKE(HW_COUNTS, "l1i.sector_bytes=16");
    cr_expect_eq(hw_fast(m)->l1i_shift, 4);
    for (int k = 0; k < 2; k++)
        for (u64 pc = CODE; pc < CODE + 64; pc += 16) hw_fetch_fast(m, pc);
    hw_model_check(m);
    cr_expect_eq(count(m, HWC_L1I_ACCESS), 8);
    cr_expect_eq(count(m, HWC_L1I_MISS), 4);
    cr_expect_eq(count(m, HWC_L1I_SECTOR), 3);
    hw_model_free(m);
}

/* A sector is cold when it comes the first time; a cache of as many sectors in any order would still have had the two that the set could not. */
Test(access, causes_of_sectors)
{
    HwModel *m = MAKE(HW_COUNTS, SECTORS, "detail.classify=true");
    load(m, 0), load(m, 16), load(m, 1024), load(m, 0), load(m, 16);
    cr_expect_eq(count(m, HWC_L1D_COLD), 3);
    cr_expect_eq(count(m, HWC_L1D_CONFLICT), 2);
    hw_model_free(m);
}

/* ---- ports ------------------------------------------------------------------------------------------------------- */

/* Four loads that hit, two instructions a cycle: two cycles with two ports, four with one. */
Test(access, ports_in_order)
{
    for (int ports = 0; ports <= 2; ports++) {
        char set[32];
        snprintf(set, sizeof set, "l1d.ports=%d", ports);
        HwModel *m = MAKE(HW_TIMING, "core.issue_width=2", set);
        load(m, 0);
        while (hw_ticks(m) % 2) hw_retire_fast(m, 1);
        u64 before = hw_cycle(m), waited = count(m, HWC_L1D_PORT);
        for (int i = 0; i < 4; i++) load(m, 0), hw_retire_fast(m, 1);
        cr_expect_eq(count(m, HWC_L1D_PORT) - waited, ports == 1 ? 3 : 0, "%d ports: %lu", ports, count(m, HWC_L1D_PORT) - waited);
        cr_expect_eq(hw_cycle(m) - before, ports == 1 ? 3 : 2, "%d ports: %lu", ports, hw_cycle(m) - before);
        hw_model_free(m);
    }
}

static void step(HwModel *m, HwStepKind kind, u64 addr)
{
    HwStep s = { (u8)kind, HW_STEP_NO_DEST, { 0 }, kind == HW_STEP_ALU ? 0 : 8 };
    hw_ooo_begin(m, &s);
    if (kind == HW_STEP_LOAD) hw_load_fast(m, CODE, addr, 8);
    if (kind == HW_STEP_STORE) hw_store_fast(m, CODE, addr, 8);
    hw_ooo_run(m, &s, &addr, 1);
}

/* 64 loads with four units: sixteen cycles, or as many as the ports need; stores, one a cycle at most, take theirs. */
Test(access, ports_out_of_order)
{
    static const struct { const char *set; HwStepKind kinds[2]; u64 cycles; } cases[] = {
        { "l1d.ports=0", { HW_STEP_LOAD, HW_STEP_LOAD }, 16 }, { "l1d.ports=2", { HW_STEP_LOAD, HW_STEP_LOAD }, 32 },
        { "l1d.ports=1", { HW_STEP_LOAD, HW_STEP_LOAD }, 64 }, { "l1d.ports=1", { HW_STEP_LOAD, HW_STEP_ALU }, 32 },
        { "l1d.ports=1", { HW_STEP_LOAD, HW_STEP_STORE }, 64 },
    };
    for (size_t k = 0; k < NELEM(cases); k++) {
        HwModel *m = MAKE(HW_TIMING, "core.kind=out_of_order", "core.issue_width=4", "core.load_units=4", "core.store_units=4", "core.store_buffer_entries=64", cases[k].set);
        step(m, HW_STEP_LOAD, DATA), step(m, HW_STEP_STORE, DATA + 8), step(m, HW_STEP_SERIAL, 0), step(m, HW_STEP_SERIAL, 0);
        u64 before = hw_cycle(m), waited = count(m, HWC_L1D_PORT);
        for (int i = 0; i < 64; i++) step(m, cases[k].kinds[i & 1], DATA + (u64)(i & 1) * 8);
        for (int i = 0; i < 64 && cases[k].kinds[1] == HW_STEP_STORE; i++) step(m, HW_STEP_LOAD, DATA + 16); /* behind the stores */
        u64 took = hw_cycle(m) - before, want = cases[k].cycles * (cases[k].kinds[1] == HW_STEP_STORE ? 2 : 1);
        cr_expect(took >= want && took <= want + 5, "%s: %lu, not %lu", cases[k].set, took, want);
        cr_expect_eq(count(m, HWC_L1D_PORT) > waited, strcmp(cases[k].set, "l1d.ports=0") != 0, "case %zu", k);
        hw_model_check(m);
        hw_model_free(m);
    }
}

/* Stores that miss do not stall: their requests reach L2 one a cycle, and its only port takes each for ten. */
Test(access, ports_behind_l1)
{
    HwModel *m = MAKE(HW_TIMING, "core.store_buffer_entries=8", "l1d.size_kib=1", "l1d.ways=1", "l2.ports=1", "l2.port_cycles=10", "page.map=2m", "stlb.entries=0");
    for (u64 i = 0; i < 3; i++) load(m, 64 * i), load(m, 1024 + 64 * i);
    while (hw_cycle(m) % 10) hw_retire_fast(m, 1);
    u64 waited = count(m, HWC_L2_PORT);
    store(m, 0), store(m, 64), store(m, 128);
    cr_expect_eq(count(m, HWC_L2_PORT) - waited, 2);
    cr_expect_eq(load_cost(m, DATA + 128), 11 + 20, "the third: twenty cycles later than alone");
    hw_model_free(m);
    m = MAKE(HW_COUNTS, "l2.ports=1", "l2.port_cycles=10");
    for (int i = 0; i < 100; i++) load(m, 64 * (u64)i);
    cr_expect_eq(count(m, HWC_L2_PORT), 0, "without time nothing waits");
    hw_model_free(m);
}

/* ---- slices ------------------------------------------------------------------------------------------------------ */

/* DATA is line 0x800000: of its digits in base 8 only one is not 0, and that is 4. So line i of DATA, below 8, is in slice 4 ^ i. */
Test(access, a_ring_of_slices)
{
    static const u64 steps[8] = { 4, 3, 2, 1, 0, 1, 2, 3 }; /* from slice 0 to slice 4 ^ i: 4, 5, 6, 7, 0, 1, 2, 3 */
    HwModel *m = MAKE(HW_TIMING, "l1d.size_kib=1", "l1d.ways=1", "l2.present=false", "llc.slices=8", "llc.hop_cycles=5", "page.map=identity", "stlb.entries=0");
    for (u64 i = 0; i < 8; i++) load(m, 64 * i), load(m, 1024 + 64 * i);
    for (u64 i = 0; i < 8; i++) {
        u64 hops = count(m, HWC_LLC_HOP), took = load_cost(m, DATA + 64 * i);
        cr_expect_eq(took, 37 + 5 * steps[i], "line %lu: %lu", i, took);
        cr_expect_eq(count(m, HWC_LLC_HOP) - hops, steps[i]);
    }
    hw_model_check(m);
    hw_model_free(m);
}

/* A mesh of two rows of four: slice 4 ^ i is at column (4 ^ i) % 4, row (4 ^ i) / 4. */
Test(access, a_mesh_of_slices)
{
    static const u64 steps[8] = { 1, 2, 3, 4, 0, 1, 2, 3 };
    HwModel *m = MAKE(HW_COUNTS, "l2.present=false", "llc.slices=8", "llc.network=mesh", "page.map=identity");
    load(m, 4096 - 64);
    for (u64 i = 0; i < 8; i++) cr_expect_eq(ADDS(m, HWC_LLC_HOP, load(m, 64 * i)), steps[i], "line %lu", i);
    hw_model_free(m);
}

/* Lines a set's size apart are in one set without slices and in different ones with them. */
Test(access, the_hash_spreads_lines)
{
    for (int slices = 1; slices <= 8; slices *= 8) {
        char set[32];
        snprintf(set, sizeof set, "llc.slices=%d", slices);
        HwModel *m = MAKE(HW_COUNTS, "l1d.size_kib=1", "l1d.ways=1", "l2.present=false", "llc.size_kib=64", "llc.ways=1", "page.map=2m", "stlb.entries=0", set);
        load(m, 0);
        u64 missed = ADDS(m, HWC_LLC_MISS, for (int k = 0; k < 10; k++) for (u64 i = 0; i < 4; i++) load(m, 65536 * i));
        cr_expect_eq(missed, slices == 1 ? 39 : 3, "%d slices: %lu", slices, missed);
        hw_model_free(m);
    }
}

/* Four cores beside four slices, of which each is nearest to another. */
Test(access, cores_stand_beside_slices)
{
    HwConfig *cfg = xcalloc(1, sizeof *cfg);
    hw_config_default(cfg);
    static const char *const more[] = { "cores=4", "llc.slices=4", "llc.ports=1", "l2.present=false" };
    for (const char *const *p = plain; *p; p++) hw_config_set(cfg, *p);
    for (size_t i = 0; i < NELEM(more); i++) hw_config_set(cfg, more[i]);
    hw_config_check(cfg);
    HwSystem *s = hw_system_new(cfg, HW_TIMING);
    for (u32 k = 0; k < 4; k++) hw_load_fast(hw_system_core(s, k), CODE, DATA + 4032, 8); /* their TLBs have the page */
    u64 slice = 2 ^ 0; /* 0x800000 in base 4 is a 2 and zeros */
    for (u32 k = 0; k < 4; k++) {
        HwModel *m = hw_system_core(s, k);
        u64 before = count(m, HWC_LLC_HOP), d = k < slice ? slice - k : k - slice;
        hw_load_fast(m, CODE, DATA, 8);
        cr_expect_eq(count(m, HWC_LLC_HOP) - before, d < 4 - d ? d : 4 - d, "core %u", k);
    }
    hw_system_check(s);
    hw_system_free(s);
}

/* ---- wrong paths ------------------------------------------------------------------------------------------------- */

/* static prediction: backward taken. A loop's end is predicted to go on, and fetch reads the loop's first lines. */
Test(access, fetches_follow_the_predicted_path)
{
    HwModel *m = MAKE(HW_COUNTS, "branch.predictor=static", "branch.wrong_path_lines=2");
    u64 loop = CODE + 512, end = CODE + 1024;
    hw_fetch_fast(m, end);
    cr_expect_eq(ADDS(m, HWC_WRONG_PATH, branch(m, end, true, loop)), 0, "predicted right");
    u64 accesses = count(m, HWC_L1I_ACCESS);
    cr_expect_eq(ADDS(m, HWC_WRONG_PATH, branch(m, end, false, loop)), 2);
    cr_expect_eq(ADDS(m, HWC_WRONG_PATH, branch(m, end, false, loop)), 0, "they are there");
    cr_expect_eq(count(m, HWC_L1I_ACCESS), accesses);
    cr_expect_eq(ADDS(m, HWC_L1I_MISS, hw_fetch_fast(m, loop), hw_fetch_fast(m, loop + 64)), 0);
    cr_expect_eq(ADDS(m, HWC_L1I_MISS, hw_fetch_fast(m, loop + 128)), 1);
    cr_expect_eq(ADDS(m, HWC_WRONG_PATH, branch(m, end + 4096 - 1024 - 8, true, end + 8192)), 1, "a forward branch falls through, up to the end of the page");
    cr_expect_eq(ADDS(m, HWC_WRONG_PATH, branch(m, end, false, CODE - 8192)), 0, "no TLB has that page");
    hw_model_free(m);
}

/* A return without a call has no prediction, one with a wrong address on the stack leads there. */
Test(access, returns_lead_to_what_the_stack_says)
{
    HwModel *m = MAKE(HW_COUNTS, "branch.wrong_path_lines=1");
    hw_fetch_fast(m, CODE);
    cr_expect_eq(ADDS(m, HWC_WRONG_PATH, hw_branch(m, HW_BR_RETURN, CODE, 4, true, CODE + 64)), 0);
    hw_branch(m, HW_BR_CALL, CODE + 2044, 4, true, CODE);
    cr_expect_eq(ADDS(m, HWC_WRONG_PATH, hw_branch(m, HW_BR_RETURN, CODE, 4, true, CODE + 64)), 1);
    cr_expect_eq(ADDS(m, HWC_L1I_MISS, hw_fetch_fast(m, CODE + 2048)), 0);
    hw_model_free(m);
}
