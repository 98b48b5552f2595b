/* The model as a whole: long random runs (fast paths against slow ones, level against level, observer against
   counters), sampling, firmware charges, reconfiguration. */
#include "tests/unit/hwsim_test.h"

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
        if (hw_sampler_count(hw_model_sampler(m, 0)) == 64) hw_sampler_drain(hw_model_sampler(m, 0));
    }
    hw_model_check(m);
}

static HwModel *preset(const char *name, HwLevel level, const char *one, const char *two)
{
    HwConfig *cfg = xcalloc(1, sizeof *cfg);
    hw_config_load(cfg, name);
    hw_config_set(cfg, "core.stall=miss"); /* there is no code to look for uses in */
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
    { "default", "branch.predictor=tournament", "branch.indirect_predictor=ittage" }, { "small", "branch.predictor=perceptron", NULL },
    { "default", "l1d.replacement=nru", "l1i.replacement=srrip" }, { "small", "l1d.replacement=drrip", "l2.replacement=drrip" },
    { "default", "branch.predictor=tage", "branch.budget_kib=16" }, { "default", "branch.value_bits=16384", NULL },
    { "default", "llc.inclusion=inclusive", "l1d.victim_lines=4" }, { "small", "l2.inclusion=exclusive", "l1d.write=through" },
    { "default", "prefetch.stream=true", "prefetch.best_offset=true" }, { "small", "l1d.write_allocate=false", "l2.inclusion=inclusive" },
    { "default", "l3.present=true", "dram.banks=8" }, { "small", "detail.classify=true", "l1d.mshrs=4" }, { "default", "l2.write=through", "dram.channels=2" },
    { "alpha21264", "core.kind=in_order", "l1d.victim_lines=8" }, { "zen3", "core.kind=in_order", "branch.predictor=gshare" },
    { "default", "l1d.sector_bytes=16", "l1i.sector_bytes=32" }, { "small", "l1d.sector_bytes=32", "l1d.write_allocate=false" },
    { "small", "l2.line_bytes=128", "l2.sector_bytes=64" }, { "small", "l1d.sector_bytes=16", "l1d.replacement=plru" }, { "small", "l1d.sector_bytes=16", "l1d.write=through" },
    { "default", "l1d.ports=1", "l2.ports=1" }, { "default", "llc.slices=8", "llc.hop_cycles=4" }, { "small", "branch.wrong_path_lines=4", "l1i.sector_bytes=16" },
    { "u74", "branch.wrong_path_lines=2", "l1i.replacement=nru" },
};

Test(runs, fast_paths_count_like_slow_ones, .timeout = 120)
{
    for (size_t k = 0; k < NELEM(cores); k++) {
        for (int level = HW_COUNTS; level <= HW_TIMING; level++) {
            HwModel *m[2];
            for (int slow = 0; slow < 2; slow++) {
                m[slow] = preset(cores[k].core, level, cores[k].one, cores[k].two);
                if (slow) hw_model_no_fast(m[slow]);
                hw_sampler_program(hw_model_sampler(m[slow], 0), HW_SMP_L1D_MISS, (u64)samples_space, 64, 100, 5);
                trace(m[slow], k + 1, 60000);
            }
            expect_same(m[0], m[1], cores[k].core);
            hw_model_free(m[0]), hw_model_free(m[1]);
        }
    }
}

Test(runs, same_trace_same_counters, .timeout = 60)
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
Test(runs, both_levels_count_the_same_misses, .timeout = 60)
{
    for (size_t k = 0; k < NELEM(cores); k++) {
        HwModel *a = preset(cores[k].core, HW_COUNTS, cores[k].one, cores[k].two);
        HwModel *b = preset(cores[k].core, HW_TIMING, cores[k].one, cores[k].two);
        trace(a, 7, 30000), trace(b, 7, 30000);
        for (int c = 0; c < HWC_COUNT; c++) {
            if (c == HWC_CYCLE || c == HWC_PREFETCH_LATE || c == HWC_FW_CYCLE || c == HWC_LOAD_STALL || (c >= HWC_L1D_PORT && c <= HWC_LLC_PORT)) continue; /* of time */
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

Test(runs, observers_sums_are_the_counters, .timeout = 60)
{
    for (size_t k = 0; k < NELEM(cores); k++) {
        Seen s = { 0 };
        u64 x[32] = { [5] = 55 };
        const HwObserver o = { .ctx = &s, .miss = see_miss, .mispredict = see_mispredict };
        HwModel *m = preset(cores[k].core, HW_TIMING, cores[k].one, cores[k].two);
        hw_model_regs(m, x);
        hw_model_observe(m, &o);
        hw_sampler_program(hw_model_sampler(m, 0), HW_SMP_DTLB_MISS, (u64)samples_space, 64, 50, 1);
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

Test(runs, miss_events_say_what_happened)
{
    const HwObserver o = { .miss = keep_miss };
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

Test(runs, sampler_period_and_jitter)
{
    HwModel *m = MAKE(HW_COUNTS, TINY, "l1d.ways=1", "page.map=2m");
    HwSampler *s = hw_model_sampler(m, 0);
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

Test(runs, sampler_records)
{
    u64 x[32];
    for (u64 i = 0; i < 32; i++) x[i] = i * 3;
    HwModel *m = MAKE(HW_TIMING, TINY, "l1d.ways=1", "page.map=2m");
    HwSampler *s = hw_model_sampler(m, 0);
    const HwSample *record = (const HwSample *)samples_space;
    hw_model_regs(m, x);
    hw_sampler_regs(s, 10, 11, 12);
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
    cr_expect_eq(record->regs[0], 30);
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

Test(runs, sampler_dead_time_and_events)
{
    HwModel *m = MAKE(HW_COUNTS, TINY, "l1d.ways=1", "page.map=2m", "sampler.dead_cycles=50");
    HwSampler *s = hw_model_sampler(m, 0);
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

Test(runs, samplers_know_nothing_of_each_other)
{
    HwModel *m = MAKE(HW_COUNTS, TINY, "l1d.ways=1", "page.map=2m", "sampler.dead_cycles=0");
    HwSampler *misses = hw_model_sampler(m, 0), *branches = hw_model_sampler(m, 1);
    u64 next = 0;
    miss_stream(m, &next, 512);
    hw_sampler_program(misses, HW_SMP_L1D_MISS, (u64)samples_space, 8, 1, 1);
    hw_sampler_program(branches, HW_SMP_MISPREDICT, (u64)samples_space + 8 * 64, 8, 1, 1);
    miss_stream(m, &next, 5);
    branch(m, CODE + 4, true, CODE + 64);
    cr_expect_eq(hw_sampler_count(misses), 5);
    cr_expect_eq(hw_sampler_count(branches), 1);
    cr_expect_eq(((HwSample *)samples_space)->event, HW_SMP_L1D_MISS);
    cr_expect_eq(((HwSample *)samples_space)[8].event, HW_SMP_MISPREDICT);
    hw_sampler_stop(misses);
    branch(m, CODE + 8, true, CODE + 64);
    miss_stream(m, &next, 5);
    cr_expect_eq(hw_sampler_count(misses), 5);
    cr_expect_eq(hw_sampler_count(branches), 2);
    hw_model_free(m);
}

Test(runs, firmware_is_not_sampled)
{
    HwModel *m = MAKE(HW_COUNTS, TINY, "l1d.ways=1");
    HwSampler *s = hw_model_sampler(m, 0);
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

Test(runs, hot_lines)
{
    HwModel *m = MAKE(HW_COUNTS, TINY, "l1d.ways=1", "sampler.hot_lines=8", "page.map=2m");
    HwHotLine top[8];
    /* lines 0 and 16 fight for a set; a stream of others passes by */
    for (u64 i = 0; i < 3000; i++) {
        hw_load_fast(m, CODE, DATA, 8);
        hw_load_fast(m, CODE, DATA + 1024, 8);
        hw_load_fast(m, CODE, DATA + 4096 + i % 512 * 128 + 64, 8);
    }
    u32 n = hw_hot_lines(hw_model_sampler(m, 0), top, 8);
    cr_assert_geq(n, 2);
    cr_expect_eq(top[0].line, DATA);
    cr_expect_eq(top[1].line, DATA + 1024);
    /* Misra-Gries: the error is at most misses / (counters + 1) */
    cr_expect(top[0].count <= 3000 && top[0].count >= 3000 - 9000 / 9);
    hw_hot_lines_reset(hw_model_sampler(m, 0));
    cr_expect_eq(hw_hot_lines(hw_model_sampler(m, 0), top, 8), 0);
    hw_model_free(m);
}

/* ---- firmware ------------------------------------------------------------------------------------------ */

Test(runs, firmware_charges)
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
Test(runs, callbacks_are_not_firmware)
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

Test(runs, work_outside_of_a_service_panics, .signal = SIGABRT)
{
    hw_fw_work(MAKE(HW_TIMING), 1);
}

Test(runs, access_outside_of_a_service_panics, .signal = SIGABRT)
{
    hw_fw_access(MAKE(HW_TIMING), DATA, 8, false);
}

Test(runs, services_nest_sixteen_deep, .signal = SIGABRT)
{
    HwModel *m = MAKE(HW_TIMING);
    int s = hw_fw_service(m, "s");
    for (int i = 0; i < 16; i++) hw_fw_begin(m, s);
    for (int i = 0; i < 16; i++) hw_fw_end(m);
    for (int i = 0; i < 17; i++) hw_fw_begin(m, s);
}

/* ---- reconfiguration ----------------------------------------------------------------------------------- */

Test(runs, ways_switched_off)
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

/* The last level halves: dirty lines go to memory, at their price. Two of its ways' worth of lines are gone, the others stay. */
Test(runs, last_level_ways)
{
    HwModel *m = MAKE(HW_TIMING, "l1d.size_kib=1", "l2.present=false", "llc.size_kib=4", "llc.ways=4", "llc.latency_cycles=40", "page.map=2m",
                      "core.reconfigure_cycles=20", "core.flush_line_cycles=4", "stlb.entries=0");
    for (u64 i = 0; i < 32; i++) hw_store_fast(m, CODE, DATA + i * 64, 8); /* half in the last level, dirty, half in L1D */
    u64 before = hw_cycle(m), back = count(m, HWC_WRITEBACK);
    cr_expect(hw_knob_set(m, HW_KNOB_LLC_WAYS, 1));
    u64 written = count(m, HWC_WRITEBACK) - back;
    cr_expect_gt(written, 0);
    cr_expect_eq(hw_cycle(m) - before, 20 + written * 4);
    cr_expect_eq(hw_knob_get(m, HW_KNOB_LLC_WAYS), 1);
    cr_expect_not(hw_knob_set(m, HW_KNOB_LLC_WAYS, 5));
    hw_model_check(m);
    hw_model_free(m);
}

/* What was requested before the switch still arrives, and is used. */
Test(runs, prefetchers_drain)
{
    HwModel *m = MAKE(HW_TIMING, TINY, "prefetch.next_line=true", "prefetch.degree=2", "page.map=2m");
    load_cost(m, DATA);
    cr_expect_eq(count(m, HWC_PREFETCH_ISSUED), 2);
    cr_expect(hw_knob_set(m, HW_KNOB_PREFETCH_DEGREE, 4));
    cr_expect_not(hw_knob_set(m, HW_KNOB_PREFETCH_DEGREE, 17));
    cr_expect(hw_knob_set(m, HW_KNOB_PREFETCH_ON, 0));
    cr_expect_eq(load_cost(m, DATA + 64), 0, "on its way when they were switched off");
    load_cost(m, DATA + 64 * 8);
    cr_expect_eq(count(m, HWC_PREFETCH_ISSUED), 2);
    cr_expect(hw_knob_set(m, HW_KNOB_PREFETCH_ON, 1));
    load_cost(m, DATA + 64 * 20);
    cr_expect_eq(count(m, HWC_PREFETCH_ISSUED), 6);
    hw_model_free(m);
}

Test(runs, knob_ranges)
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
    cr_expect_not(hw_knob_set(m, HW_KNOB_PREDICTOR, 6));
    cr_expect(hw_knob_set(m, HW_KNOB_PREDICTOR, 2));
    cr_expect_not(hw_knob_set(m, HW_KNOB_PREFETCH_ON, 2));
    hw_model_free(m);
}

Test(runs, unknown_knob_panics, .signal = SIGABRT)
{
    hw_knob_set(MAKE(HW_COUNTS), HW_KNOB_COUNT, 0);
}

/* The check finds what is wrong: a counter that cannot be. */
Test(runs, check_finds_damage, .signal = SIGABRT)
{
    HwModel *m = MAKE(HW_COUNTS);
    hw_load_fast(m, CODE, DATA, 8);
    hw_model_check(m);
    hw_fast(m)->l1d_load[hw_fast_entry(DATA + 64, 6)] = DATA + 64;
    hw_model_check(m);
}
