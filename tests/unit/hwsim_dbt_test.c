/* The translator: all tests of the core again, with it as the engine, and what is its own. */
#define TEST_ENGINE HW_ENGINE_DBT
#include "hwsim_core_test.c"
#include "hwsim/exec.h"
#include <signal.h>

/* --- faults ------------------------------------------------------------------------------------------------------------- */

/* Accesses that the host refuses, through a register: by way of the signal without a model, of the hook's slow path with one. */
#define FAULT_CASE(insn, cause_, base, tval_) \
    do { \
        for (int level_ = HW_NONE; level_ <= HW_TIMING; level_++) { \
            len = 0; \
            I(ADDI, A4, ZERO, 9); \
            I(LD, ZERO, A1, 8); \
            insn; \
            I(ADDI, A3, ZERO, 1); \
            EBREAK(); \
            HwModel *m_ = level_ == HW_NONE ? NULL : new_model((HwLevel)level_); \
            HwCore *core_ = core_at_start(m_); \
            core_->x[A1] = (u64)data, core_->x[A2] = (base), core_->x[T0] = (base), core_->x[A5] = 77; \
            cr_assert_eq(hw_core_run(core_, ~0ull), HW_STOP_TRAP); \
            cr_assert_eq(core_->cause, (cause_), "cause %u", core_->cause); \
            cr_assert_eq(core_->pc, (u64)&code[2]); \
            cr_assert_eq(core_->tval, (u64)(tval_), "tval %lx", (unsigned long)core_->tval); \
            cr_assert_eq(core_->instret, 2); \
            if (m_) cr_assert_eq(hw_instret(m_), 2); \
            if (m_) cr_assert_eq(hw_counter(m_, HWC_L1D_ACCESS), 1, "the faulting access is none"); \
            cr_assert_eq(core_->x[A5], 77); \
            cr_assert_eq(core_->x[A4], 9); \
            cr_assert_eq(core_->x[A3], 0); \
            hw_core_free(core_); \
            if (m_) hw_model_free(m_); \
        } \
    } while (0)

Test(dbt_faults, are_precise)
{
    const u64 far[] = { 0x8000000000000000, 0x7ffffffffffff000, 1ull << 48, 0x00007fffffffffff, ~0ull - 4096 };
    for (u32 r = 0; r < 2; r++) { /* a base register that is pinned, and one that is not */
        u32 base = r ? T0 : A2;
        FAULT_CASE(I(LD, A5, base, 8), HW_CAUSE_LOAD_FAULT, 0, 8);
        FAULT_CASE(I(LB, A5, base, -3), HW_CAUSE_LOAD_FAULT, 0x100, 0xfd);
        FAULT_CASE(I(LWU, A5, base, 0), HW_CAUSE_LOAD_FAULT, 0xfffc, 0xfffc);
        FAULT_CASE(I(FLD, A5, base, 16), HW_CAUSE_LOAD_FAULT, 0, 16);
        FAULT_CASE(I(FLW, A5, base, 16), HW_CAUSE_LOAD_FAULT, 8, 24);
        FAULT_CASE(S(SD, A5, 2047, base), HW_CAUSE_STORE_FAULT, 0, 2047);
        FAULT_CASE(S(SB, A5, -1, base), HW_CAUSE_STORE_FAULT, 1, 0);
        FAULT_CASE(S(FSW, A5, -8, base), HW_CAUSE_STORE_FAULT, 0, -8);
        FAULT_CASE(R(AMOADD_W, A5, base, A1), HW_CAUSE_STORE_FAULT, 4, 4);
        FAULT_CASE(R(LR_D, A5, base, 0), HW_CAUSE_LOAD_FAULT, 16, 16);
        FAULT_CASE(R(SC_D, A5, base, A1), HW_CAUSE_STORE_FAULT, 8, 8);
        for (u32 i = 0; i < NELEM(far); i++) {
            FAULT_CASE(I(LD, A5, base, 8), HW_CAUSE_LOAD_FAULT, far[i], far[i] + 8);
            FAULT_CASE(S(SW, A5, 4, base), HW_CAUSE_STORE_FAULT, far[i], far[i] + 4);
        }
    }
}

/* The handler takes the fault and goes on behind it, in a hot loop. */
static bool count_fault(HwCore *core, u32 cause, u64 tval)
{
    if (cause != HW_CAUSE_LOAD_FAULT) return false;
    core->x[A0] += tval;
    core->pc += 4;
    return true;
}

Test(dbt_faults, null_checks_in_a_loop)
{
    for (int level = HW_NONE; level <= HW_TIMING; level++) {
        len = 0;
        I(ADDI, T0, ZERO, 100);
        u32 loop = len;
        I(ANDI, A2, T0, 1);
        R(SUB, A2, ZERO, A2);
        R(AND, A2, A2, S0);      /* null every other time */
        I(LD, A3, A2, 24);
        I(ADDI, T0, T0, -1);
        B(BNE, T0, ZERO, (i32)(loop - len) * 4);
        EBREAK();
        HwModel *m = level == HW_NONE ? NULL : new_model((HwLevel)level);
        HwCore *core = core_at_start(m);
        core->trap = count_fault;
        core->x[S0] = (u64)data;
        run_to_break(core);
        cr_assert_eq(core->x[A0], 50 * 24);
        cr_assert_eq(core->instret, 1 + 6 * 100 - 50);
        hw_core_free(core);
        if (m) hw_model_free(m);
    }
}

/* Memory that is only not mapped is the process's own affair, as under the oracle. */
Test(dbt_faults, others_are_left_to_the_process, .signal = SIGSEGV)
{
    I(LD, A0, A1, 0);
    EBREAK();
    HwCore *core = core_at_start(NULL);
    core->x[A1] = 0x7000000000;
    hw_core_run(core, ~0ull);
}

/* --- both engines ----------------------------------------------------------------------------------------------------------- */

typedef struct Outcome { HwContext context; u64 instret, counters[HWC_COUNT]; } Outcome;

/* Runs busy_program with engines by turns (0 oracle, 1 dbt, 2 random), in slices of up to `slice`. */
static void run_busy(int engines, u64 slice, HwLevel level, const char *setting, Outcome *o)
{
    u64 x = 88172645463325252ull;
    memset(o, 0, sizeof *o);
    busy_program();
    fill_data();
    hw_config_default(&config);
    if (setting) hw_config_set(&config, setting);
    HwModel *m = level == HW_NONE ? NULL : hw_model_new(&config, level);
    HwCore *core = core_at_start(m);
    core->x[S0] = (u64)data;
    HwStop stop = HW_STOP_BUDGET;
    while (stop == HW_STOP_BUDGET) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        hw_core_set_engine(core, engines == 2 ? (HwEngine)(x >> 40 & 1) : (HwEngine)engines);
        stop = hw_core_run(core, slice ? 1 + (x >> 20) % slice : ~0ull);
    }
    cr_assert_eq(stop, HW_STOP_TRAP);
    hw_context_save(core, &o->context);
    o->instret = core->instret;
    for (int c = 0; m && c < HWC_COUNT; c++) o->counters[c] = hw_counter(m, (HwCounter)c);
    if (m) hw_model_check(m);
    hw_core_free(core);
    if (m) hw_model_free(m);
}

Test(dbt, counts_as_the_oracle)
{
    static const char *const settings[] = {
        NULL, "branch.predictor=bimodal", "branch.predictor=static", "branch.predictor=tage", "branch.predictor=perceptron",
        "branch.indirect_predictor=ittage", "branch.indirect_entries=0", "branch.value_bits=65536", "l1d.ways=1", "l1d.replacement=random",
        "l1i.line_bytes=16", "page.map=2m", "dtlb.entries=4", "core.issue_width=1", "core.store_buffer_entries=0", "btb.entries=16",
        "ras.entries=1", "branch.table_entries=1048576",
    };
    static Outcome oracle, dbt, mixed;
    for (u32 s = 0; s < NELEM(settings); s++)
        for (int level = HW_NONE; level <= HW_TIMING; level++) {
            run_busy(0, 0, (HwLevel)level, settings[s], &oracle);
            run_busy(1, 0, (HwLevel)level, settings[s], &dbt);
            run_busy(2, 50, (HwLevel)level, settings[s], &mixed);
            for (int c = 0; c < HWC_COUNT; c++) {
                cr_assert_eq(dbt.counters[c], oracle.counters[c], "%s, level %d: %s", settings[s], level, hw_counter_name((HwCounter)c));
                cr_assert_eq(mixed.counters[c], oracle.counters[c], "%s, level %d, by turns: %s", settings[s], level, hw_counter_name((HwCounter)c));
            }
            cr_assert_eq(memcmp(&dbt, &oracle, sizeof dbt), 0);
            cr_assert_eq(memcmp(&mixed, &oracle, sizeof mixed), 0);
        }
}

/* A loop whose elements are found by sums that nobody but accesses asks for: left by a branch, by faults, at any budget. */
static void run_sums(HwEngine engine, u64 stride, u64 wanted, u64 slice, HwContext *at, u64 *instret)
{
    fill_data();
    data[8] = 77;
    len = 0;
    u32 loop = len;
    R(SH3ADD, A5, T1, A1);
    I(LD, A3, A5, 16);
    S(SD, T1, 8, A5);
    B(BEQ, A3, S1, (i32)(loop + 15 - len) * 4);
    R(SH3ADD, T2, A6, A1); /* neither register has one of the host's outside of the loop */
    I(FLD, 1, T2, 64);
    S(FSD, 1, 96, T2);
    R(ADD, T1, T1, A7);    /* A5 cannot be computed any more, but is written before anyone looks */
    I(ANDI, A5, T1, 255);
    I(ADDI, A6, A6, 1);
    I(ADDI, T2, A6, 3);
    I(ANDI, A2, A6, 3);
    B(BEQ, A2, ZERO, 8);
    I(ADDI, A0, A0, 1);
    B(BNE, A6, T0, (i32)(loop - len) * 4);
    EBREAK();
    HwCore *core = core_at_start(NULL);
    hw_core_set_engine(core, engine);
    core->x[A1] = (u64)data, core->x[T0] = 40, core->x[A7] = stride, core->x[S1] = wanted;
    HwStop stop = HW_STOP_BUDGET;
    while (stop == HW_STOP_BUDGET) stop = hw_core_run(core, slice);
    cr_assert_eq(stop, HW_STOP_TRAP);
    memset(at, 0, sizeof *at);
    hw_context_save(core, at);
    *instret = core->instret ^ (u64)core->cause << 32 ^ core->tval ^ core->pc;
    hw_core_free(core);
}

Test(dbt, sums_are_there_when_anyone_looks)
{
    const u64 strides[] = { 1, 2, 1ull << 59, 1ull << 44, 1ull << 62 }; /* the long ones fault, in the store or the load */
    static HwContext oracle, dbt;
    u64 retired, other;
    for (u32 k = 0; k < NELEM(strides); k++)
        for (u64 wanted = 77; wanted < 79; wanted++)
            for (u64 slice = 1; slice < 400; slice += slice < 40 ? 1 : 60) {
                run_sums(HW_ENGINE_ORACLE, strides[k], wanted, slice, &oracle, &retired);
                run_sums(HW_ENGINE_DBT, strides[k], wanted, slice, &dbt, &other);
                cr_assert_eq(retired, other, "stride %llx, slices of %u", (unsigned long long)strides[k], (u32)slice);
                cr_assert_eq(memcmp(&dbt, &oracle, sizeof dbt), 0, "stride %llx, slices of %u", (unsigned long long)strides[k], (u32)slice);
            }
}

/* --- code that does not count --------------------------------------------------------------------------------------------- */

/* a2 += a0, a0 = (a word of) a0 + 1 until that is not below a1; a3 is written, but not read. */
static void run_uncounted(HwCore *core, u64 from, u64 to)
{
    core->pc = (u64)code;
    core->x[A0] = from, core->x[A1] = to, core->x[A2] = 0;
    cr_assert_eq(hw_core_run(core, ~0ull), HW_STOP_TRAP);
    cr_assert_eq(core->cause, HW_CAUSE_BREAKPOINT);
    u64 sum = 0, n = from;
    do sum += n, n = (u64)(i64)(i32)(n + 1); while ((i64)n < (i64)to);
    cr_assert_eq(core->x[A2], sum, "from %llx: %llx", (unsigned long long)from, (unsigned long long)core->x[A2]);
    cr_assert_eq(core->x[A0], n);
}

/* A loop whose counter has been a word all the time meets one that is none; and a limit that is none. */
Test(dbt, regions_that_expect_words_in_vain)
{
    len = 0;
    R(ADD, A2, A2, A0);
    I(ANDI, A3, A0, 63);
    I(ADDIW, A0, A0, 1);
    B(BLT, A0, A1, -12);
    EBREAK();
    const u64 from[] = { 0, 1ull << 40, 5, (1ull << 33) - 1, 0x7fffffff, ~0ull << 31, 3 }, to[] = { 100, 90, 1ull << 31, 70, 1, 60, 50 };
    for (u32 first = 0; first < NELEM(from); first++) {
        HwCore *core = core_at_start(NULL);
        core->uncounted = true;
        for (u32 k = 0; k < NELEM(from); k++) {
            u32 n = (first + k) % NELEM(from);
            if (n != 2) run_uncounted(core, from[n], to[n]); /* that one would go on for ever */
        }
        cr_assert(core->instret < 100, "only what the oracle executed is counted: %llu", (unsigned long long)core->instret);
        hw_core_free(core);
    }
}

static u32 promise;
static u64 promised(u64 pc) { (void)pc; return promise; }

/* Behind a host call only that is right which was promised to be read there. */
static void keep_promise(HwCore *core, u32 n)
{
    (void)n;
    if (promise >> A3 & 1) cr_assert_eq(core->x[A3], 7);
    cr_assert_eq(core->x[A2], 12);
    hw_core_stop(core);
}

Test(dbt, promises_of_what_is_live)
{
    len = 0;
    I(ADDI, A2, ZERO, 12);
    I(ADDI, A3, A4, 7);
    word(hw_rows[HW_I_HCALL].match | 3u << 20);
    for (u32 k = 0; k < 2; k++) {
        promise = 1u << A2 | (k ? 0 : 1u << A3);
        HwCore *core = core_at_start(NULL);
        core->uncounted = true, core->live_at = promised, core->host_call = keep_promise;
        cr_assert_eq(hw_core_run(core, ~0ull), HW_STOP_HCALL);
        cr_assert_eq(core->x[A3], k ? 0 : 7, "what nobody reads is not made");
        hw_core_free(core);
    }
}

/* A counter in memory goes down until it is negative, in a region and in straight line. */
Test(dbt, counters_in_memory)
{
    const u64 from[] = { 0, 1, 100, 1ull << 63 }; /* the last one becomes positive */
    len = 0;
    I(LD, A2, A1, 8);
    I(ADDI, A2, A2, -1);
    S(SD, A2, 8, A1);
    B(BLT, A2, ZERO, 12);
    I(ADDI, A0, A0, 1);
    B(BNE, A0, A3, -20);
    I(ADDI, A2, ZERO, 0);
    EBREAK();
    for (u32 k = 0; k < NELEM(from); k++) {
        HwCore *core = core_at_start(NULL);
        core->uncounted = true;
        core->x[A1] = (u64)data, core->x[A3] = 90;
        data[1] = from[k];
        run_to_break(core);
        u64 rounds = from[k] < 90 ? from[k] : 90;
        cr_assert_eq(core->x[A0], rounds);
        cr_assert_eq(data[1], from[k] < 90 ? ~0ull : from[k] - 90);
        hw_core_free(core);
    }
    HwCore *core = core_at_start(NULL);
    core->uncounted = true;
    core->x[A1] = 16;
    cr_assert_eq(hw_core_run(core, ~0ull), HW_STOP_TRAP);
    cr_assert_eq(core->pc, (u64)code, "the load, not the store");
    cr_assert_eq(core->cause, HW_CAUSE_LOAD_FAULT);
    hw_core_free(core);
}

/* 0 / 0 in a region and, if it goes round once only, in straight line. */
static u64 bits_of_nan(bool any_nan, u64 rounds)
{
    HwCore *core = core_at_start(NULL);
    core->uncounted = true, core->any_nan = any_nan;
    core->x[A1] = (u64)data, core->x[A0] = rounds;
    run_to_break(core);
    cr_assert_eq(core->f[A0], data[0]);
    hw_core_free(core);
    return data[0];
}

Test(dbt, nans_are_canonical_unless_nobody_minds)
{
    len = 0;
    R(FMV_D_X, A2, ZERO, 0);
    R(FDIV_D, A0, A2, A2);
    S(FSD, A0, 0, A1);
    I(ADDI, A0, A0, -1);
    B(BNE, A0, ZERO, -12);
    EBREAK();
    for (u64 rounds = 1; rounds < 100; rounds += 49) {
        cr_assert_eq(bits_of_nan(false, rounds), 0x7ff8000000000000);
        cr_assert_eq(bits_of_nan(true, rounds) << 1 >> 1, 0x7ff8000000000000, "a NaN of either sign");
    }
}

/* A run that is cut short anywhere has counted the same under both. */
Test(dbt, budgets_end_alike)
{
    for (u64 limit = 1; limit < 400; limit += 7) {
        u64 counters[2][HWC_COUNT];
        u64 pc[2];
        for (int engine = 0; engine < 2; engine++) {
            busy_program();
            fill_data();
            HwModel *m = new_model(HW_TIMING);
            HwCore *core = core_at_start(m);
            hw_core_set_engine(core, (HwEngine)engine);
            core->x[S0] = (u64)data;
            cr_assert_eq(hw_core_run(core, limit), HW_STOP_BUDGET);
            cr_assert_eq(core->instret, limit);
            pc[engine] = core->pc;
            for (int c = 0; c < HWC_COUNT; c++) counters[engine][c] = hw_counter(m, (HwCounter)c);
            hw_core_free(core);
            hw_model_free(m);
        }
        cr_assert_eq(pc[0], pc[1]);
        for (int c = 0; c < HWC_COUNT; c++) cr_assert_eq(counters[0][c], counters[1][c], "%lu instructions: %s", (unsigned long)limit, hw_counter_name((HwCounter)c));
    }
}

/* --- the cache of code -------------------------------------------------------------------------------------------------------- */

/* Room for a few units only: everything is translated again and again. */
Test(dbt, code_cache_starts_over)
{
    hw_dbt_limit(1 << 20);
    for (int level = HW_NONE; level <= HW_TIMING; level++) {
        HwModel *m = level == HW_NONE ? NULL : new_model((HwLevel)level);
        len = 0;
        u32 n = 0;
        while (len + 80 < NELEM(code)) { /* many units, jumped through backwards and forwards */
            for (u32 i = 0; i < 1 + n % 7; i++) S(SD, A0, (i32)(8 * i), S0);
            I(ADDI, A0, A0, 1);
            J(ZERO, 4);
            n++;
        }
        I(ADDI, T0, T0, -1);
        B(BEQ, T0, ZERO, 12);
        U(AUIPC, A2, 0xffff0); /* code's start: 64 KiB back */
        I(JALR, ZERO, A2, (i32)((u64)65536 - 4 * (len - 1)) );
        EBREAK();
        HwCore *core = core_at_start(m);
        core->x[S0] = (u64)data;
        core->x[T0] = 3;
        run_to_break(core);
        cr_assert_eq(core->x[A0], 3 * n);
        hw_core_free(core);
        if (m) hw_model_free(m);
    }
}

/* Code that a nested run rewrites while the outer one is in a host call. */
static void rewriting_handler(HwCore *core, u32 n)
{
    if (n == 2) {
        hw_core_stop(core);
        return;
    }
    HwContext saved;
    hw_context_save(core, &saved);
    core->pc = core->x[A1];
    cr_assert_eq(hw_core_run(core, ~0ull), HW_STOP_HCALL);
    hw_context_load(core, &saved);
    *(u32 *)core->x[A2] += 1 << 20; /* the addi behind the call adds one more */
    hw_core_invalidate(core, 0, ~0ull);
}

Test(dbt, nested_runs_forget_code)
{
    I(ADDI, T0, ZERO, 10);
    u32 loop = len;
    HCALL(4);
    u32 changes = len;
    I(ADDI, A0, A0, 0);
    I(ADDI, T0, T0, -1);
    B(BNE, T0, ZERO, (i32)(loop - len) * 4);
    EBREAK();
    u32 function = len;
    I(ADDI, A3, ZERO, 99);
    HCALL(2);
    HwCore *core = core_at_start(NULL);
    core->host_call = rewriting_handler;
    core->x[A1] = (u64)&code[function];
    core->x[A2] = (u64)&code[changes];
    run_to_break(core);
    cr_assert_eq(core->x[A0], 55);
    hw_core_free(core);
}

/* --- lockstep ---------------------------------------------------------------------------------------------------------------------- */

static HwCore *lockstep_core(HwModel *model, HwModel *shadow)
{
    HwCore *core = hw_core_new(model);
    cr_assert(hw_core_lockstep(core, shadow, false));
    core->pc = (u64)code;
    core->x[S0] = (u64)data;
    return core;
}

Test(lockstep, agrees)
{
    for (int level = HW_NONE; level <= HW_TIMING; level++) {
        busy_program();
        fill_data();
        HwModel *m = level == HW_NONE ? NULL : new_model((HwLevel)level), *s = m ? new_model((HwLevel)level) : NULL;
        HwCore *core = lockstep_core(m, s);
        run_to_break(core);
        cr_assert_gt(core->instret, 1000);
        hw_core_free(core);
        if (m) hw_model_free(m), hw_model_free(s);
    }
}

Test(lockstep, host_calls_happen_once)
{
    I(ADDI, T0, ZERO, 20);
    u32 loop = len;
    I(ADDI, A0, ZERO, 1); /* becomes 7 in the first round */
    R(ADD, A2, A2, A0);
    HCALL(5);
    R(AMOADD_D, A3, S0, T0);
    I(ADDI, T0, T0, -1);
    B(BNE, T0, ZERO, (i32)(loop - len) * 4);
    HCALL(2);
    EBREAK();
    data[0] = 1000;
    HwCore *core = lockstep_core(NULL, NULL);
    core->host_call = call_handler;
    core->x[A1] = (u64)&code[loop];
    cr_assert_eq(hw_core_run(core, ~0ull), HW_STOP_HCALL);
    cr_assert_eq(core->x[A2], 1 + 19 * 7);
    cr_assert_eq(data[0], 1000 + 210);
    run_to_break(core);
    hw_core_free(core);
}

/* A shadow that must count differently. */
Test(lockstep, finds_a_difference, .exit_code = 1)
{
    busy_program();
    fill_data();
    static HwConfig other;
    hw_config_default(&other);
    hw_config_set(&other, "l1d.line_bytes=32");
    HwModel *m = new_model(HW_COUNTS);
    HwCore *core = lockstep_core(m, hw_model_new(&other, HW_COUNTS));
    run_to_break(core);
}
