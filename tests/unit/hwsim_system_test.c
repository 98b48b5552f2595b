/* Several cores: MESI by hand-worked sequences, what is counted where, latencies, false sharing by words, reservations, clocks, nodes; and
   random accesses, after each of which the invariants must hold. */
#include "hwsim_test.h"
#include "hwsim/system.h"

static HwSystem *make_system(HwLevel level, const char *const *more)
{
    HwConfig *cfg = xcalloc(1, sizeof *cfg);
    hw_config_default(cfg);
    for (const char *const *p = plain; *p; p++) hw_config_set(cfg, *p);
    for (; more && *more; more++) hw_config_set(cfg, *more);
    hw_config_check(cfg);
    return hw_system_new(cfg, level);
}
#define SYSTEM(level, ...) make_system(level, (const char *const[]){ __VA_ARGS__ __VA_OPT__(,) NULL })

static void load(HwSystem *s, u32 core, u64 at) { hw_load_fast(hw_system_core(s, core), CODE, DATA + at, 4), hw_system_check(s); }
static void store(HwSystem *s, u32 core, u64 at) { hw_store_fast(hw_system_core(s, core), CODE, DATA + at, 4), hw_system_check(s); }
static u64 of(HwSystem *s, u32 core, HwCounter c) { return hw_counter(hw_system_core(s, core), c); }
static u64 all(HwSystem *s, HwCounter c) { return hw_total(hw_system_core(s, 0), c); }
static u64 cost(HwSystem *s, u32 core, u64 at, void (*access)(HwSystem *, u32, u64))
{
    u64 before = hw_cycle(hw_system_core(s, core));
    access(s, core, at);
    return hw_cycle(hw_system_core(s, core)) - before;
}

Test(system, read_alone_then_write_asks_nobody)
{
    HwSystem *s = SYSTEM(HW_COUNTS, "cores=2");
    load(s, 0, 0); /* E */
    store(s, 0, 0); /* M without a word */
    store(s, 0, 4);
    cr_expect_eq(all(s, HWC_UPGRADE), 0);
    cr_expect_eq(all(s, HWC_INVALIDATION_SENT), 0);
    cr_expect_eq(of(s, 0, HWC_L1D_MISS), 1);
    hw_system_free(s);
}

Test(system, shared_line_is_upgraded_once)
{
    HwSystem *s = SYSTEM(HW_COUNTS, "cores=3");
    for (u32 k = 0; k < 3; k++) load(s, k, 0); /* S in all */
    store(s, 1, 0);
    cr_expect_eq(of(s, 1, HWC_UPGRADE), 1);
    cr_expect_eq(of(s, 1, HWC_INVALIDATION_SENT), 2);
    cr_expect_eq(of(s, 0, HWC_INVALIDATION_RECEIVED), 1);
    cr_expect_eq(of(s, 2, HWC_INVALIDATION_RECEIVED), 1);
    store(s, 1, 8);
    cr_expect_eq(of(s, 1, HWC_UPGRADE), 1, "M needs no second one");
    cr_expect_eq(of(s, 1, HWC_L1D_MISS), 1);
    hw_system_free(s);
}

Test(system, changed_line_is_forwarded_and_goes_home)
{
    HwSystem *s = SYSTEM(HW_COUNTS, "cores=2");
    load(s, 0, 4000), load(s, 1, 4000); /* page walks */
    u64 before = all(s, HWC_LLC_MISS), accesses = all(s, HWC_LLC_ACCESS);
    store(s, 0, 0);
    load(s, 1, 0);
    cr_expect_eq(of(s, 1, HWC_DIRTY_FORWARD), 1);
    cr_expect_eq(all(s, HWC_LLC_MISS) - before, 1, "the store's; the load finds another core's copy");
    cr_expect_eq(all(s, HWC_LLC_ACCESS) - accesses, 2);
    store(s, 0, 0); /* it is S now */
    cr_expect_eq(of(s, 0, HWC_UPGRADE), 1);
    cr_expect_eq(of(s, 1, HWC_INVALIDATION_RECEIVED), 1);
    store(s, 1, 4); /* M moves from 0 to 1 */
    cr_expect_eq(of(s, 1, HWC_DIRTY_FORWARD), 2);
    cr_expect_eq(of(s, 0, HWC_INVALIDATION_RECEIVED), 1);
    cr_expect_eq(all(s, HWC_WRITEBACK), 0, "nothing has left the last level");
    hw_system_free(s);
}

Test(system, changed_line_without_shared_level_goes_to_memory)
{
    HwSystem *s = SYSTEM(HW_COUNTS, "cores=2", "system.shared=memory", "llc.present=false");
    load(s, 0, 4000), load(s, 1, 4000);
    u64 before = all(s, HWC_DRAM_READ);
    store(s, 0, 0);
    load(s, 1, 0);
    cr_expect_eq(of(s, 0, HWC_WRITEBACK), 1);
    cr_expect_eq(all(s, HWC_DRAM_READ) - before, 1);
    store(s, 1, 0);
    store(s, 0, 0); /* M moves: memory sees nothing of it */
    cr_expect_eq(all(s, HWC_WRITEBACK), 1);
    cr_expect_eq(all(s, HWC_DRAM_READ) - before, 1);
    hw_system_free(s);
}

/* 1 KiB L1 of 8 ways: 2 sets. Core 0's line is written back when 8 others push it out of both its levels. */
Test(system, evicted_line_is_not_missed)
{
    HwSystem *s = SYSTEM(HW_COUNTS, "cores=2", "l1d.size_kib=1", "l2.size_kib=1", "l2.ways=8");
    store(s, 0, 0);
    for (u64 i = 1; i <= 16; i++) load(s, 0, i * 128);
    load(s, 1, 0);
    cr_expect_eq(of(s, 1, HWC_DIRTY_FORWARD), 0, "the last level has it");
    cr_expect_eq(of(s, 1, HWC_LLC_MISS), 0);
    store(s, 1, 0);
    cr_expect_eq(of(s, 1, HWC_UPGRADE), 0, "the owner was found to have lost it, so core 1 had it alone");
    cr_expect_eq(all(s, HWC_INVALIDATION_SENT), 0);
    load(s, 0, 0);
    cr_expect_eq(all(s, HWC_COHERENCE_MISS), 0, "eviction, not coherence");
    hw_system_free(s);
}

/* An inclusive last level of 2 lines a set takes lines from all cores. */
Test(system, inclusion_reaches_all_cores)
{
    HwSystem *s = SYSTEM(HW_COUNTS, "cores=2", "l2.present=false", "l1d.size_kib=1", "l1i.size_kib=1", "llc.size_kib=1", "llc.ways=2", "llc.inclusion=inclusive");
    load(s, 0, 0);
    store(s, 1, 512);
    load(s, 0, 1024); /* set 0 of 8 is full: line 0 goes, from core 0 */
    cr_expect_eq(all(s, HWC_BACK_INVALIDATED), 1);
    load(s, 0, 1536); /* line 512 goes, from core 1, and was changed */
    cr_expect_eq(all(s, HWC_BACK_INVALIDATED), 2);
    cr_expect_eq(all(s, HWC_WRITEBACK), 1);
    hw_system_free(s);
}

/* ---- false sharing ------------------------------------------------------------------------------------------ */

Test(system, two_words_of_a_line)
{
    HwSystem *s = SYSTEM(HW_COUNTS, "cores=2");
    store(s, 0, 0);
    store(s, 1, 4); /* takes it from 0: cold for core 1 */
    cr_expect_eq(all(s, HWC_COHERENCE_MISS), 0);
    for (int i = 0; i < 10; i++) store(s, 0, 0), store(s, 1, 4);
    cr_expect_eq(all(s, HWC_COHERENCE_MISS), 20);
    cr_expect_eq(all(s, HWC_FALSE_SHARING), 20);
    hw_system_free(s);
}

Test(system, one_word_is_true_sharing)
{
    HwSystem *s = SYSTEM(HW_COUNTS, "cores=2");
    store(s, 0, 0), store(s, 1, 0);
    for (int i = 0; i < 10; i++) store(s, 0, 0), store(s, 1, 0);
    cr_expect_eq(all(s, HWC_COHERENCE_MISS), 20);
    cr_expect_eq(all(s, HWC_FALSE_SHARING), 0);
    hw_system_free(s);
}

/* The miss is by a word that nobody else wrote, but what core 1 wrote is read before the line goes again. */
Test(system, used_later_is_true_sharing)
{
    HwSystem *s = SYSTEM(HW_COUNTS, "cores=2");
    load(s, 0, 8);
    store(s, 1, 0);
    load(s, 0, 8);
    cr_expect_eq(of(s, 0, HWC_FALSE_SHARING), 1, "so far");
    load(s, 0, 12);
    cr_expect_eq(of(s, 0, HWC_FALSE_SHARING), 1);
    load(s, 0, 0);
    cr_expect_eq(of(s, 0, HWC_FALSE_SHARING), 0);
    load(s, 0, 0);
    cr_expect_eq(of(s, 0, HWC_FALSE_SHARING), 0);
    cr_expect_eq(of(s, 0, HWC_COHERENCE_MISS), 1);
    hw_system_free(s);
}

/* Words that were written before core 0 lost the line are no news to it. */
Test(system, only_news_counts)
{
    HwSystem *s = SYSTEM(HW_COUNTS, "cores=2");
    store(s, 1, 0);
    load(s, 0, 0);  /* core 0 knows word 0 */
    store(s, 1, 16);
    load(s, 0, 0);
    cr_expect_eq(of(s, 0, HWC_COHERENCE_MISS), 1);
    cr_expect_eq(of(s, 0, HWC_FALSE_SHARING), 1);
    hw_system_free(s);
}

static struct { HwSharing last; u32 told, after_all; } seen;
static u32 on_sharing(void *ctx, const HwSharing *e) { (void)ctx, seen.last = *e; return ++seen.told; }
static void on_after_all(void *ctx, u32 number) { (void)ctx, seen.after_all = number; }

Test(system, the_observer_hears_who_wrote_what)
{
    static const HwObserver o = { .sharing = on_sharing, .shared_after_all = on_after_all };
    HwSystem *s = SYSTEM(HW_COUNTS, "cores=2");
    for (u32 k = 0; k < 2; k++) hw_model_observe(hw_system_core(s, k), &o), hw_model_thread(hw_system_core(s, k), 70 + k);
    store(s, 0, 0), store(s, 1, 20), store(s, 1, 24);
    load(s, 0, 4);
    cr_expect_eq(seen.told, 1);
    cr_expect_eq(seen.last.addr, DATA + 4);
    cr_expect_eq(seen.last.written, DATA + 24, "the youngest");
    cr_expect_eq(seen.last.core, 0);
    cr_expect_eq(seen.last.thread, 70);
    cr_expect_eq(seen.last.writer_core, 1);
    cr_expect_eq(seen.last.writer_thread, 71);
    cr_expect(seen.last.false_sharing);
    load(s, 0, 20);
    cr_expect_eq(seen.after_all, 1);
    hw_system_free(s);
}

Test(system, causes_name_coherence)
{
    HwSystem *s = SYSTEM(HW_COUNTS, "cores=2", "detail.classify=true");
    store(s, 0, 0), store(s, 1, 4), load(s, 0, 0);
    cr_expect_eq(of(s, 0, HWC_L1D_COLD), 1);
    cr_expect_eq(of(s, 0, HWC_L1D_COHERENCE), 1);
    cr_expect_eq(of(s, 0, HWC_L2_COHERENCE), 1);
    cr_expect_eq(of(s, 0, HWC_L1D_MISS), 2);
    hw_system_free(s);
}

/* ---- time ----------------------------------------------------------------------------------------------------- */

Test(system, latencies)
{
    HwSystem *s = SYSTEM(HW_TIMING, "cores=2", "system.forward_cycles=70", "system.upgrade_cycles=33", "stlb.latency_cycles=0");
    for (u32 k = 0; k < 2; k++) load(s, k, 4000); /* the page */
    u64 hit = cost(s, 0, 4000, load);
    cr_expect_eq(hit, 0, "not retired here");
    cr_expect_eq(cost(s, 0, 0, store), 197, "from memory");
    cr_expect_eq(cost(s, 1, 0, load), 67, "from core 0");
    cr_expect_eq(cost(s, 0, 0, store), 33, "an upgrade");
    cr_expect_eq(cost(s, 1, 64, load), 197);
    cr_expect_eq(cost(s, 0, 64, load), 37, "from the last level");
    hw_system_free(s);
}

Test(system, waiting_is_counted)
{
    HwSystem *s = SYSTEM(HW_TIMING, "cores=2", "core.issue_width=2");
    HwModel *m = hw_system_core(s, 1);
    hw_wait_until(m, 1000, HWC_IDLE_CYCLE);
    hw_wait_until(m, 400, HWC_IDLE_CYCLE);
    hw_wait_until(m, 1100, HWC_STOPPED_CYCLE);
    cr_expect_eq(hw_cycle(m), 550);
    cr_expect_eq(of(s, 1, HWC_IDLE_CYCLE), 500);
    cr_expect_eq(of(s, 1, HWC_STOPPED_CYCLE), 50);
    cr_expect_eq(all(s, HWC_CYCLE), 550, "the core that is furthest");
    hw_system_free(s);
}

Test(system, stores_clear_reservations)
{
    HwSystem *s = SYSTEM(HW_COUNTS, "cores=2");
    u64 held[2] = { ~0ull, ~0ull };
    u64 at[2] = { 100, 100 };
    i64 code[2] = { 5, 5 };
    for (u32 k = 0; k < 2; k++) hw_model_core(hw_system_core(s, k), &held[k], &at[k], &code[k]);
    load(s, 0, 8), held[0] = DATA + 8;
    store(s, 1, 64);
    cr_expect_eq(held[0], DATA + 8, "another line");
    store(s, 1, 32);
    cr_expect_eq(held[0], ~0ull);
    cr_expect(at[1] == 0 && code[1] == INT64_MIN && at[0] == 100 && code[0] == 5, "who takes a line yields soon");
    held[0] = DATA + 8;
    store(s, 0, 8);
    cr_expect_eq(held[0], DATA + 8, "its own store does not");
    hw_system_free(s);
}

/* ---- nodes ------------------------------------------------------------------------------------------------------ */

#define NODES "cores=4", "nodes=2", "numa.remote_cycles=90", "stlb.latency_cycles=0"

Test(system, first_touch)
{
    HwSystem *s = SYSTEM(HW_TIMING, NODES);
    cr_expect_eq(hw_numa_home(s, DATA), -1);
    load(s, 3, 0);
    cr_expect_eq(hw_numa_home(s, DATA), 1);
    load(s, 0, 64); /* its page walk */
    cr_expect_eq(cost(s, 0, 128, load), 287);
    cr_expect_eq(cost(s, 2, 128, load) > 37, 1, "with a walk");
    cr_expect_eq(cost(s, 2, 64, load), 37, "node 1 keeps what is its own, whoever asked for it");
    cr_expect_eq(cost(s, 1, 64, load) > 127, 1);
    cr_expect_eq(of(s, 0, HWC_REMOTE_HOME), 2);
    cr_expect_eq(of(s, 2, HWC_LOCAL_HOME), 2);
    hw_system_free(s);
}

Test(system, interleave_and_move)
{
    HwSystem *s = SYSTEM(HW_TIMING, NODES, "numa.placement=interleave");
    int a = hw_numa_home(s, DATA), b = hw_numa_home(s, DATA + 4096);
    cr_expect(a >= 0 && b >= 0 && a != b);
    load(s, a ? 2 : 0, 0);
    cr_expect_eq(hw_numa_move(s, DATA, 4096, (u32)!a), 1, "a line in the shared level of the old home");
    cr_expect_eq(hw_numa_home(s, DATA), !a);
    cr_expect_eq(hw_numa_move(s, DATA, 4096, (u32)!a), 0);
    hw_system_check(s);
    hw_system_free(s);
}

/* ---- at random ---------------------------------------------------------------------------------------------------- */

/* Few lines, so that everything meets; each configuration has its own shortcuts. */
static void at_random(const char *const *more)
{
    HwSystem *s = make_system(HW_TIMING, more), *slow = make_system(HW_TIMING, more);
    u64 random = 7;
    for (u32 k = 0; k < 4; k++) hw_model_no_fast(hw_system_core(slow, k));
    for (int i = 0; i < 20000; i++) {
        random = random * 6364136223846793005ull + 1442695040888963407ull;
        u32 core = random >> 33 & 3, line = random >> 35 & 63, word = random >> 41 & 15, kind = random >> 45 & 7;
        u64 at = DATA + line * 64 + word * 4;
        for (HwSystem *x = s; x; x = x == s ? slow : NULL) {
            HwModel *m = hw_system_core(x, core);
            if (kind < 3) hw_store_fast(m, CODE, at, 4);
            else if (kind < 7) hw_load_fast(m, CODE, at, 4);
            else hw_fetch_fast(m, at);
            if (i % 64 == 0) hw_system_check(x);
        }
    }
    hw_system_check(s);
    for (u32 k = 0; k < 4; k++)
        for (HwCounter c = 0; c < HWC_COUNT; c++) cr_assert_eq(of(s, k, c), of(slow, k, c), "core %u, %s", k, hw_counter_name(c));
    u64 misses_of_it = all(s, HWC_COHERENCE_MISS);
    cr_expect_gt(misses_of_it, 100);
    cr_expect_lt(all(s, HWC_FALSE_SHARING), misses_of_it);
    cr_expect_eq(all(s, HWC_INVALIDATION_SENT), all(s, HWC_INVALIDATION_RECEIVED));
    hw_system_free(s), hw_system_free(slow);
}
#define AT_RANDOM(...) at_random((const char *const[]){ "cores=4", __VA_ARGS__, NULL })

Test(system, random_default) { AT_RANDOM("page.map=random"); }
Test(system, random_small) { AT_RANDOM("l1d.size_kib=1", "l1i.size_kib=1", "l2.size_kib=1", "prefetch.next_line=true", "prefetch.instruction=true"); }
Test(system, random_exclusive) { AT_RANDOM("l1d.size_kib=1", "l1i.size_kib=1", "l2.size_kib=2", "l2.inclusion=exclusive", "l1d.victim_lines=4"); }
Test(system, random_through) { AT_RANDOM("l1d.write=through", "l1d.write_allocate=false", "l1d.size_kib=1", "l2.size_kib=1"); }
Test(system, random_inclusive) { AT_RANDOM("l2.present=false", "l1d.size_kib=1", "l1i.size_kib=1", "llc.size_kib=2", "llc.inclusion=inclusive"); }
Test(system, random_memory) { AT_RANDOM("system.shared=memory", "nodes=2", "l1d.size_kib=1", "numa.placement=interleave", "l1d.replacement=plru"); }
Test(system, random_slices) { AT_RANDOM("llc.slices=4", "llc.ports=1", "llc.port_cycles=3", "llc.hop_cycles=4", "llc.network=mesh", "llc.size_kib=16", "l1d.size_kib=1", "l2.size_kib=1", "l1d.ports=1"); }
Test(system, random_sectors) { AT_RANDOM("l2.present=false", "l1d.size_kib=1", "l1i.size_kib=1", "llc.size_kib=4", "llc.line_bytes=256", "llc.sector_bytes=64", "nodes=2", "numa.placement=interleave"); }
Test(system, random_shared_l2) { AT_RANDOM("system.shared=l2", "l1d.size_kib=1", "l2.size_kib=4", "nodes=2"); }
