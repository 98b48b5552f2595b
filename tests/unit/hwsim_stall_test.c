/* Waiting for results in order: what short programs wait, worked out by hand, by both engines, with the model's shortcuts and without; and random programs. */
#include "tests/unit/hwsim_test.h"
#include "hwsim/core.h"
#include "tests/unit/hwsim_asm.h"

enum { HIT = 3, MISS = 200, MUL_EXTRA = 5, DIV_EXTRA = 20, LENGTH = 40 };
#define LATENCIES "core.mul_extra_cycles=5", "core.div_extra_cycles=20"

/* The program so far, filled up with instructions that wait for nothing. */
static void finish(void)
{
    while (len < LENGTH) I(ADDI, ZERO, ZERO, 0);
    EBREAK();
}

static void run_with(HwCore *core, u64 *where)
{
    memset(core->x, 0, sizeof core->x);
    core->pc = (u64)code;
    core->x[A1] = (u64)where;
    hw_core_run(core, ~0ull);
    cr_assert_eq(core->cause, HW_CAUSE_BREAKPOINT);
}

static u64 held_up; /* of these, what the counter has for loads that missed */

/* Cycles that the program waits when its data, from a1 on, has to come from memory, and nothing else has. */
static u64 waits_on(HwEngine engine, bool fast, const char *stall)
{
    HwModel *m = MAKE(HW_TIMING, stall, LATENCIES);
    if (!fast) hw_model_no_fast(m);
    HwCore *core = hw_core_new(m);
    cr_assert(hw_core_set_engine(core, engine));
    hw_core_invalidate(core, (u64)code, (u64)(code + LENGTH + 1));
    run_with(core, data); /* brings the code, and the page's translation */
    u64 cycles = hw_cycle(m), instructions = hw_instret(m), stalls = count(m, HWC_LOAD_STALL);
    run_with(core, data + 256);
    held_up = count(m, HWC_LOAD_STALL) - stalls;
    u64 took = hw_cycle(m) - cycles - (hw_instret(m) - instructions);
    hw_model_check(m);
    hw_core_free(core);
    hw_model_free(m);
    return took;
}

static void expect_waits(const char *what, u64 at_use, u64 at_miss)
{
    finish();
    for (int k = 0; k < 4; k++) {
        HwEngine engine = k & 1 ? HW_ENGINE_DBT : HW_ENGINE_ORACLE;
        u64 use = waits_on(engine, k & 2, "core.stall=use"), miss = waits_on(engine, k & 2, "core.stall=miss");
        cr_expect_eq(use, at_use, "%s, case %d: waits %lu at uses, not %lu", what, k, use, at_use);
        cr_expect_eq(miss, at_miss, "%s, case %d: waits %lu at misses, not %lu", what, k, miss, at_miss);
    }
    len = 0;
}

Test(stall, a_miss_waits_at_its_use)
{
    I(LD, A0, A1, 0), I(ADDI, A2, A0, 1);
    expect_waits("used at once", MISS - 1, MISS - HIT);
    I(LD, A0, A1, 0);
    for (int i = 0; i < 7; i++) I(ADDI, A3, A3, 1);
    I(ADDI, A2, A0, 1);
    expect_waits("used after seven", MISS - 1 - 7, MISS - HIT);
    I(LD, A0, A1, 0), I(ADDI, A3, A3, 1), I(ADDI, A0, ZERO, 1);
    expect_waits("overwritten", MISS - 1 - 1, MISS - HIT);
    I(LD, ZERO, A1, 0);
    expect_waits("of no use", 0, MISS - HIT);
    I(LD, A0, A1, 0), I(ADDI, A3, A3, 1), J(ZERO, 4);
    expect_waits("at the end of its block", MISS - 1 - 1, MISS - HIT);
    I(LD, A0, A1, 0);
    expect_waits("at the end of the window", MISS - 1 - 15, MISS - HIT);
    I(FLD, 3, A1, 0), I(ADDI, A3, A3, 1), S(FSD, 3, 8, A1);
    expect_waits("floating point, stored", MISS - 1 - 1, MISS - HIT);
}

/* What a hit would have waited for is none of it, nor what other instructions wait for. */
Test(stall, misses_that_hold_up_are_counted)
{
    I(LD, A0, A1, 0), I(ADDI, A3, A3, 1), I(ADDI, A2, A0, 1), R(MUL, A4, A2, A2), I(ADDI, A5, A4, 1);
    finish();
    for (int k = 0; k < 4; k++) {
        HwEngine engine = k & 1 ? HW_ENGINE_DBT : HW_ENGINE_ORACLE;
        cr_expect_eq(waits_on(engine, k & 2, "core.stall=use"), MISS - 2 + MUL_EXTRA);
        cr_expect_eq(held_up, MISS - HIT, "case %d: %lu", k, held_up);
        cr_expect_eq(waits_on(engine, k & 2, "core.stall=miss"), MISS - HIT + MUL_EXTRA);
        cr_expect_eq(held_up, MISS - HIT, "case %d: %lu", k, held_up);
    }
    len = 0;
}

Test(stall, independent_misses_overlap_and_chains_do_not)
{
    for (u32 i = 0; i < 512; i++) data[i] = (u64)&data[(i + 16) % 512];
    I(LD, A0, A1, 0), I(LD, A2, A1, 64), R(ADD, A3, A0, A2);
    expect_waits("two", MISS - 1, 2 * (MISS - HIT));
    I(LD, A0, A1, 0), I(LD, A2, A1, 64), I(LD, A4, A1, 512), R(ADD, A3, A0, A2), R(ADD, A3, A3, A4);
    expect_waits("three", MISS - 2, 3 * (MISS - HIT)); /* the third comes two cycles after the first */
    I(LD, A0, A1, 0), I(LD, A0, A0, 0), I(ADDI, A2, A0, 1);
    expect_waits("a chain", 2 * (MISS - 1), 2 * (MISS - HIT));
    I(LD, A0, A1, 0), I(LD, A2, A1, 8), R(ADD, A3, A0, A2); /* the second finds its line in flight */
    expect_waits("one line", MISS - 2, MISS - HIT);
}

Test(stall, arithmetic_and_hits_wait_at_their_uses)
{
    R(MUL, A0, A1, A1), I(ADDI, A2, A0, 1);
    expect_waits("mul, used at once", MUL_EXTRA, MUL_EXTRA);
    R(MUL, A0, A1, A1), I(ADDI, A3, A3, 1), I(ADDI, A3, A3, 1), I(ADDI, A2, A0, 1);
    expect_waits("mul, used after two", MUL_EXTRA - 2, MUL_EXTRA);
    R(MUL, A0, A1, A1), R(MUL, A2, A1, A1), R(ADD, A3, A0, A2);
    expect_waits("two at a time", MUL_EXTRA, 2 * MUL_EXTRA);
    R(DIV, A0, A1, A1), R(DIV, A2, A1, A1), R(ADD, A3, A0, A2);
    expect_waits("one divider", 2 * DIV_EXTRA, 2 * DIV_EXTRA);
    I(LD, A0, A1, 0), I(ADDI, A2, A0, 1), I(LD, A0, A1, 0), I(ADDI, A2, A0, 1);
    expect_waits("a hit", MISS - 1 + HIT - 1, MISS - HIT);
}

static HwCore *waiting_core(bool dbt)
{
    HwCore *core = hw_core_new(MAKE(HW_TIMING, "core.stall=use"));
    cr_assert(hw_core_set_engine(core, dbt ? HW_ENGINE_DBT : HW_ENGINE_ORACLE));
    len = 0;
    return core;
}

/* A clock that the program reads has the waiting that came before it. */
Test(stall, the_program_sees_it)
{
    for (int dbt = 0; dbt < 2; dbt++) {
        HwCore *core = waiting_core(dbt);
        HwModel *m = core->model;
        I(CSRRS, A4, ZERO, 0xc00), I(LD, A0, A1, 0), I(CSRRS, A5, ZERO, 0xc00);
        finish();
        hw_core_invalidate(core, (u64)code, (u64)(code + LENGTH + 1));
        run_with(core, data);
        run_with(core, data + 256);
        cr_expect_eq(core->x[A5] - core->x[A4], 2 + MISS - 1);
        hw_core_free(core);
        hw_model_free(m);
        len = 0;
    }
}

/* The use is in another block than the result, and changes: the first block must be made anew. */
Test(stall, a_use_that_changes)
{
    for (int dbt = 0; dbt < 2; dbt++) {
        HwCore *core = waiting_core(dbt);
        HwModel *m = core->model;
        while (len < 63) I(ADDI, ZERO, ZERO, 0);
        I(LD, A0, A1, 0), I(ADDI, A2, A0, 1), I(ADDI, A2, A2, 1), EBREAK();
        hw_core_invalidate(core, (u64)code, (u64)(code + len));
        u64 took[3];
        for (int k = 0; k < 3; k++) {
            if (k == 2) {
                code[64] = hw_rows[HW_I_ADDI].match;
                hw_core_invalidate(core, (u64)&code[64], (u64)&code[65]);
            }
            u64 before = hw_cycle(m);
            run_with(core, data);
            took[k] = hw_cycle(m) - before;
        }
        cr_expect_eq(took[1], 66 + HIT - 1);
        cr_expect_eq(took[2], 66, "waits for nobody");
        hw_core_free(core);
        hw_model_free(m);
    }
}

/* A loop of random loads, stores, arithmetic and branches. */
static void random_program(u64 seed)
{
    rng_state = seed;
    len = 0;
    I(ADDI, S1, ZERO, 400);
    for (int i = 0; i < 60; i++) {
        u32 rd = A2 + (u32)rnd(5), rs = A2 + (u32)rnd(5);
        switch (rnd(9)) {
        case 0: case 1: I(LD, rd, A1, rnd(200) * 8); break;
        case 2: I(LW, rd, A1, rnd(500) * 4); break;
        case 3: S(SD, rs, rnd(200) * 8, A1); break;
        case 4: R(MUL, rd, rs, A2); break;
        case 5: I(FLD, rd, A1, rnd(200) * 8); break;
        case 6: B(BEQ, rd, rs, 8); break;
        default: I(ADDI, rd, rs, rnd(9));
        }
    }
    I(ADDI, A1, A1, 72), I(ADDI, S1, S1, -1);
    B(BNE, S1, ZERO, -4 * ((i32)len - 1));
    EBREAK();
}

Test(stall, random_programs_count_the_same)
{
    for (u64 seed = 1; seed <= 60; seed++) {
        u64 cycles[3], missed[3];
        random_program(seed);
        for (int k = 0; k < 3; k++) {
            HwModel *m = MAKE(HW_TIMING, "core.stall=use", TINY, LATENCIES, seed & 1 ? "core.issue_width=2" : "core.store_buffer_entries=4", "prefetch.stride=true");
            if (k == 2) hw_model_no_fast(m);
            HwCore *core = hw_core_new(m);
            cr_assert(hw_core_set_engine(core, k ? HW_ENGINE_DBT : HW_ENGINE_ORACLE));
            memset(data, 0, sizeof data);
            hw_core_invalidate(core, (u64)code, (u64)(code + len));
            run_with(core, data);
            cycles[k] = hw_cycle(m), missed[k] = count(m, HWC_L1D_MISS);
            hw_core_free(core);
            hw_model_free(m);
        }
        cr_expect(cycles[0] == cycles[1] && cycles[1] == cycles[2] && missed[0] == missed[1] && missed[1] == missed[2], "seed %lu: cycles %lu, %lu, %lu", seed, cycles[0],
                  cycles[1], cycles[2]);
    }
}
