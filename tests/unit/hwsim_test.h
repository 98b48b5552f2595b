/* What the model's unit tests share: models made from a plain core plus single settings, and short ways to access them. */
#ifndef TESTS_HWSIM_TEST_H
#define TESTS_HWSIM_TEST_H
#include "hwsim/config.h"
#include "base/hash.h"
#include "base/vec.h"
#include "hwsim/model_fast.h"
#include "hwsim/observer.h"
#include "hwsim/samples.h"
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wunused-function" /* each test file uses some */

#define DATA 0x20000000ull
#define CODE 0x10000000ull

/* A small, plain core: one instruction per cycle, blocking (most tests have no code where uses could be looked for), no prefetching, no queueing, identity pages, big TLBs. */
static const char *const plain[] = {
    "core.issue_width=1", "core.stall=miss", "core.store_buffer_entries=0", "page.map=identity", "prefetch.next_line=false",
    "prefetch.stride=false", "prefetch.instruction=false", "dram.cycles_per_line=0", "walk.overhead_cycles=0",
    "walk.cache_entries=0", "dtlb.entries=4096", "itlb.entries=4096", "branch.indirect_entries=0",
    "l1d.latency_cycles=3", "l2.latency_cycles=14", "llc.latency_cycles=40", "dram.latency_cycles=200",
    "sampler.dead_cycles=0", "sampler.record_cycles=0", NULL
};

/* plain plus the given settings, NULL-terminated; the configuration lives as long as the process. */
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

static void branch(HwModel *m, u64 pc, bool taken, u64 target)
{
    hw_branch_fast(m, HW_BR_COND, pc, 4, taken, target);
}

#endif
