/* The out-of-order scoreboard: latencies worked out by hand, what overlaps and what must not, and the interpreter's steps. */
#include "tests/unit/hwsim_test.h"
#include "hwsim/core.h"
#include "hwsim/mem.h"
#include "hwsim/ooo.h"

#define OOO "core.kind=out_of_order", "core.store_buffer_entries=16", "l1d.latency_cycles=4", "stlb.entries=0"
enum { X1 = 1, X2, X3, X4, X5, X6 };

static void step(HwModel *m, HwStepKind kind, u32 dest, u32 a, u32 b, u64 addr)
{
    HwStep s = { .kind = (u8)kind, .dest = (u8)(dest ? dest : HW_STEP_NO_DEST), .src = { (u8)a, (u8)b }, .size = 8 };
    if (kind == HW_STEP_LOAD || kind == HW_STEP_STORE) {
        hw_ooo_begin(m, &s);
        if (kind == HW_STEP_LOAD) hw_load_fast(m, CODE, addr, 8);
        else hw_store_fast(m, CODE, addr, 8);
    }
    hw_ooo_run(m, &s, &addr, 1);
}
static void alu(HwModel *m, u32 dest, u32 a, u32 b) { step(m, HW_STEP_ALU, dest, a, b, 0); }
static void load(HwModel *m, u32 dest, u32 base, u64 addr) { step(m, HW_STEP_LOAD, dest, base, 0, addr); }
static void store(HwModel *m, u32 value, u32 base, u64 addr) { step(m, HW_STEP_STORE, 0, base, value, addr); }

/* Pages and lines that the tests hit are touched first, then the pipeline runs empty. */
static u64 warm(HwModel *m, int lines)
{
    for (int i = 0; i < lines; i++) load(m, 0, 0, DATA + (u64)i * 64);
    for (int i = 0; i < lines; i++) store(m, 0, 0, DATA + (u64)i * 64);
    step(m, HW_STEP_SERIAL, 0, 0, 0, 0);
    step(m, HW_STEP_SERIAL, 0, 0, 0, 0);
    return hw_cycle(m);
}

/* A chain takes a cycle a link; independent operations as many at a time as there are units and slots. */
Test(ooo, chains_and_width)
{
    static const struct { const char *units; bool chain; u64 cycles; } cases[] = {
        { "core.alu_units=4", true, 100 }, { "core.alu_units=4", false, 25 }, { "core.alu_units=2", false, 50 }, { "core.alu_units=1", false, 100 },
    };
    for (size_t k = 0; k < NELEM(cases); k++) {
        HwModel *m = MAKE(HW_TIMING, OOO, "core.issue_width=4", cases[k].units);
        u64 before = warm(m, 0);
        for (int i = 0; i < 100; i++) alu(m, X1, cases[k].chain ? X1 : 0, 0);
        u64 took = hw_cycle(m) - before;
        cr_expect(took >= cases[k].cycles && took <= cases[k].cycles + 2, "case %zu: %lu", k, took);
        cr_expect_eq(hw_instret(m), 102);
        hw_model_check(m);
        hw_model_free(m);
    }
}

Test(ooo, unit_latencies)
{
    static const struct { HwStepKind kind; u64 chain, apart; } cases[] = {
        { HW_STEP_MUL, 3, 1 }, { HW_STEP_DIV, 20, 20 }, { HW_STEP_FP, 4, 1 }, { HW_STEP_FDIV, 15, 15 }, { HW_STEP_BRANCH, 1, 1 },
    };
    for (size_t k = 0; k < NELEM(cases); k++)
        for (int chain = 0; chain <= 1; chain++) {
            HwModel *m = MAKE(HW_TIMING, OOO, "core.issue_width=4", "core.fp_units=1", "core.mul_extra_cycles=2", "core.div_extra_cycles=19",
                              "core.fp_extra_cycles=3", "core.fdiv_extra_cycles=14");
            u64 before = warm(m, 0), n = 50;
            for (u64 i = 0; i < n; i++) step(m, cases[k].kind, X1, chain ? X1 : 0, 0, 0);
            u64 took = hw_cycle(m) - before, expected = (chain ? n : n - 1) * (chain ? cases[k].chain : cases[k].apart) + (chain ? 0 : cases[k].chain);
            cr_expect(took >= expected && took <= expected + 2, "kind %d, chain %d: %lu, not %lu", cases[k].kind, chain, took, expected);
            hw_model_free(m);
        }
}

/* Hits: 4 cycles from load to load in a chain. */
Test(ooo, a_chain_of_hits)
{
    HwModel *m = MAKE(HW_TIMING, OOO, "core.issue_width=1");
    u64 before = warm(m, 10);
    for (int i = 0; i < 10; i++) load(m, X1, X1, DATA + (u64)i * 64);
    cr_expect_eq(hw_cycle(m) - before, 10 * 4 + 1); /* dispatched a cycle after the pipeline was empty */
    hw_model_free(m);
}

/* Eight misses of 200 cycles each: at once, or one after the other. */
Test(ooo, independent_misses_overlap_and_chains_do_not)
{
    u64 took[2], held_up[2];
    for (int chain = 0; chain <= 1; chain++) {
        HwModel *m = MAKE(HW_TIMING, OOO, "core.issue_width=1");
        u64 before = warm(m, 1), stalls = count(m, HWC_LOAD_STALL);
        for (int i = 1; i <= 8; i++) load(m, chain ? X1 : X1 + (u32)i, chain ? X1 : 0, DATA + (u64)i * 64);
        took[chain] = hw_cycle(m) - before;
        held_up[chain] = count(m, HWC_LOAD_STALL) - stalls;
        cr_expect_eq(count(m, HWC_L1D_MISS), 9);
        hw_model_free(m);
    }
    cr_expect_eq(took[0], 8 + 200); /* dispatched in cycles 1 to 8 */
    cr_expect_eq(took[1], 1 + 8 * 200);
    cr_expect_eq(held_up[0], 200 - 4, "the first holds up what the others would have done meanwhile");
    cr_expect_eq(held_up[1], 8 * (200 - 4));
}

/* The memory channel is what limits many at once. */
Test(ooo, misses_share_the_channel)
{
    HwModel *m = MAKE(HW_TIMING, OOO, "core.issue_width=1", "dram.cycles_per_line=50");
    u64 before = warm(m, 1);
    for (int i = 1; i <= 8; i++) load(m, X1 + (u32)i, 0, DATA + (u64)i * 64);
    u64 took = hw_cycle(m) - before;
    cr_expect(took >= 200 + 6 * 50 && took <= 200 + 8 * 50 + 2, "%lu", took);
    hw_model_free(m);
}

/* With 4 entries the fifth load waits for the first to retire: two rounds of four. */
Test(ooo, reorder_buffer_limits_overlap)
{
    HwModel *m = MAKE(HW_TIMING, OOO, "core.issue_width=1", "core.rob_entries=4");
    u64 before = warm(m, 1);
    for (int i = 1; i <= 8; i++) load(m, X1 + (u32)i, 0, DATA + (u64)i * 64);
    cr_expect_eq(hw_cycle(m) - before, 1 + 200 + 200 + 3);
    hw_model_free(m);
    m = MAKE(HW_TIMING, OOO, "core.issue_width=1", "core.load_queue_entries=2");
    before = warm(m, 1);
    for (int i = 1; i <= 8; i++) load(m, X1 + (u32)i, 0, DATA + (u64)i * 64);
    cr_expect_eq(hw_cycle(m) - before, 1 + 4 * 200 + 1);
    hw_model_free(m);
}

/* The reorder buffer throttled while running: two rounds of four instead of one of eight. */
Test(ooo, reorder_buffer_can_be_throttled)
{
    HwModel *m = MAKE(HW_TIMING, OOO, "core.issue_width=1", "core.rob_entries=64", "core.reconfigure_cycles=0");
    warm(m, 1);
    cr_expect_eq(hw_knob_get(m, HW_KNOB_ROB_ENTRIES), 64);
    cr_expect_not(hw_knob_set(m, HW_KNOB_ROB_ENTRIES, 65));
    cr_expect_not(hw_knob_set(m, HW_KNOB_ROB_ENTRIES, 0));
    cr_expect(hw_knob_set(m, HW_KNOB_ROB_ENTRIES, 4));
    u64 before = hw_cycle(m);
    for (int i = 1; i <= 8; i++) load(m, X1 + (u32)i, 0, DATA + (u64)i * 64);
    cr_expect_eq(hw_cycle(m) - before, 1 + 200 + 200 + 3);
    hw_model_free(m);
}

/* A value pushed and popped: the load takes it from the store, when that has it. */
Test(ooo, stores_forward_to_loads)
{
    HwModel *m = MAKE(HW_TIMING, OOO, "core.issue_width=1", "core.forward_cycles=5");
    u64 before = warm(m, 2), stack = DATA;
    load(m, X1, 0, DATA + 64 * 20);  /* miss: there at 1 + 200 */
    store(m, X1, 0, stack);
    load(m, X2, 0, stack);           /* a cycle for the store, five to forward */
    alu(m, X3, X2, 0);
    cr_expect_eq(hw_cycle(m) - before, 1 + 200 + 1 + 5 + 1);
    hw_model_free(m);
    m = MAKE(HW_TIMING, OOO, "core.issue_width=1", "core.forward_cycles=5");
    before = warm(m, 2);
    load(m, X1, 0, DATA + 64 * 20);
    store(m, X1, 0, stack);
    load(m, X2, 0, stack + 64);      /* another place: does not wait */
    for (int i = 0; i < 50; i++) alu(m, X2, X2, 0);
    cr_expect_eq(hw_cycle(m) - before, 1 + 200 + 52, "fifty cycles of work under the miss, and their retirement");
    hw_model_free(m);
}

/* What an interpreter makes of `p = p.next`: the pointer is pushed to the operand stack and popped from it. With eight chains
   side by side the misses of one hide behind those of the others. */
Test(ooo, a_chase_through_the_operand_stack_overlaps_nothing)
{
    enum { N = 40, CHAINS = 8 };
    u64 took[2];
    for (int apart = 0; apart <= 1; apart++) {
        HwModel *m = MAKE(HW_TIMING, OOO, "core.issue_width=4", "core.rob_entries=256");
        u64 before = warm(m, 2), stack = DATA;
        for (u64 i = 0; i < N; i++) {
            u64 slot = stack + (apart ? i % CHAINS * 8 : 0);
            load(m, X2, 0, slot);                        /* aload_0 */
            load(m, X3, X2, DATA + 0x10000 + i * 64);    /* getfield next: a miss */
            store(m, X3, 0, slot);                       /* astore_0 */
        }
        took[apart] = hw_cycle(m) - before;
        hw_model_free(m);
    }
    cr_expect_geq(took[0], N * 200);
    cr_expect_lt(took[1], N * 200 / CHAINS * 3 / 2, "%lu", took[1]);
}

/* A mispredicted branch is resolved when its operand is there; what follows is dispatched a penalty later. */
Test(ooo, mispredicts_wait_for_their_operands)
{
    HwModel *m = MAKE(HW_TIMING, OOO, "core.issue_width=1", "branch.mispredict_cycles=10");
    u64 before = warm(m, 1);
    load(m, X1, 0, DATA + 64);
    step(m, HW_STEP_BRANCH, 0, X1, 0, 0);
    branch(m, CODE, true, CODE + 64); /* predicted not taken */
    cr_expect_eq(count(m, HWC_MISPREDICT), 1);
    alu(m, X2, 0, 0);
    cr_expect_eq(hw_cycle(m) - before, 1 + 200 + 1 + 10 + 1 + 1);
    hw_model_free(m);
}

Test(ooo, the_pipeline_is_empty_around_serial_instructions_and_firmware)
{
    HwModel *m = MAKE(HW_TIMING, OOO, "core.issue_width=1", "firmware.cpi=1.0");
    int service = hw_fw_service(m, "test");
    u64 before = warm(m, 1);
    load(m, X1, 0, DATA + 64);
    step(m, HW_STEP_SERIAL, X2, 0, 0, 0);
    cr_expect_eq(hw_cycle(m) - before, 1 + 200 + 1);
    hw_fw_begin(m, service);
    hw_fw_work(m, 1000);
    hw_fw_end(m);
    alu(m, X3, 0, 0);
    cr_expect_eq(hw_cycle(m) - before, 1 + 200 + 1 + 1000 + 1 + 1);
    hw_model_check(m);
    hw_model_free(m);
}

Test(ooo, steps_name_all_registers)
{
    static const struct { u32 word; HwStep step; } cases[] = {
        { 0x00c58533, { HW_STEP_ALU, 10, { 11, 12 }, 0 } },                /* add a0, a1, a2 */
        { 0x02c5c533, { HW_STEP_DIV, 10, { 11, 12 }, 0 } },                /* div a0, a1, a2 */
        { 0x0005b503, { HW_STEP_LOAD, 10, { 11 }, 8 } },                   /* ld a0, 0(a1) */
        { 0x00a59023, { HW_STEP_STORE, HW_STEP_NO_DEST, { 11, 10 }, 2 } }, /* sh a0, 0(a1) */
        { 0x0005b507, { HW_STEP_LOAD, 42, { 11 }, 8 } },                   /* fld fa0, 0(a1) */
        { 0x68c5f543, { HW_STEP_FP, 42, { 43, 44, 45 }, 0 } },             /* fmadd.s fa0, fa1, fa2, fa3 */
        { 0x00b50463, { HW_STEP_BRANCH, HW_STEP_NO_DEST, { 10, 11 }, 0 } },/* beq a0, a1, 8 */
        { 0x00008067, { HW_STEP_BRANCH, HW_STEP_NO_DEST, { 1 }, 0 } },     /* ret */
        { 0x00c5a52f, { HW_STEP_AMO, 10, { 11, 12 }, 4 } },                /* amoadd.w a0, a2, (a1) */
        { 0xc0002573, { HW_STEP_SERIAL, 10, { 0 }, 0 } },                  /* csrr a0, cycle */
        { 0xffffffff, { HW_STEP_SERIAL, HW_STEP_NO_DEST, { 0 }, 0 } },
    };
    for (size_t k = 0; k < NELEM(cases); k++) {
        HwInsn i;
        hw_decode(cases[k].word, &i);
        HwStep s = hw_step(&i), *e = (HwStep *)&cases[k].step;
        cr_expect(s.kind == e->kind && s.dest == e->dest && s.size == e->size && !memcmp(s.src, e->src, 3), "%08x: %d %d %d %d %d %d", cases[k].word,
                  s.kind, s.dest, s.src[0], s.src[1], s.src[2], s.size);
    }
}

/* ---- programs ------------------------------------------------------------------------------------------------ */

/* 64 loads a line apart; with `chain` each takes its address from the one before (a zero is added to it). */
static u64 run_loads(HwEngine engine, bool chain, u64 slice, u64 counters[HWC_COUNT])
{
    static u32 code[200] __attribute__((aligned(64)));
    static u64 data[64 * 8 + 8] __attribute__((aligned(64)));
    u32 n = 0;
    for (u32 i = 0; i < 64; i++) {
        code[n++] = 0x0005b503;                          /* ld a0, 0(a1) */
        code[n++] = chain ? 0x00a585b3 : 0x000585b3;     /* add a1, a1, a0 or x0 */
        code[n++] = 0x04058593;                          /* addi a1, a1, 64 */
    }
    code[n++] = 0x00100073;
    HwModel *m = MAKE(HW_TIMING, OOO, "core.issue_width=2", "core.rob_entries=256", "core.load_queue_entries=128", "page.map=identity");
    HwCore *core = hw_core_new(m);
    cr_assert(hw_core_set_engine(core, engine));
    core->pc = (u64)code;
    core->x[11] = (u64)data;
    while (hw_core_run(core, slice) == HW_STOP_BUDGET) {}
    for (int c = 0; c < HWC_COUNT; c++) counters[c] = count(m, c);
    hw_model_check(m);
    hw_core_free(core);
    hw_model_free(m);
    return counters[HWC_CYCLE];
}

Test(ooo, engines_and_slices_agree)
{
    u64 a[HWC_COUNT], b[HWC_COUNT], cycles[2];
    for (int chain = 0; chain <= 1; chain++) {
        cycles[chain] = run_loads(HW_ENGINE_ORACLE, chain, ~0ull, a);
        for (u64 slice = 1; slice < 9; slice += 3) {
            run_loads(HW_ENGINE_ORACLE, chain, slice, b);
            cr_expect_arr_eq(a, b, sizeof a, "slices of %lu", slice);
            run_loads(HW_ENGINE_DBT, chain, slice == 1 ? ~0ull : slice, b);
            cr_expect_arr_eq(a, b, sizeof a, "translated, slices of %lu", slice);
        }
    }
    cr_expect_gt(cycles[1] - cycles[0], 50 * 200, "%lu and %lu", cycles[1], cycles[0]);
}

/* ---- what translated code has executed ----------------------------------------------------------------------- */

enum { UNITS = 12, LONGEST = 20 };
typedef struct Unit { u64 number; HwStep step[LONGEST]; } Unit;

static u32 any(u64 *state, u32 n)
{
    *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
    return (u32)((*state >> 20) % n);
}

static HwStep any_step(u64 *state)
{
    static const u8 kinds[] = { HW_STEP_ALU, HW_STEP_ALU, HW_STEP_MUL, HW_STEP_DIV, HW_STEP_FP, HW_STEP_FDIV, HW_STEP_LOAD, HW_STEP_LOAD, HW_STEP_STORE,
                                HW_STEP_BRANCH, HW_STEP_AMO };
    HwStep s = { .kind = kinds[any(state, (u32)NELEM(kinds))], .dest = (u8)(1 + any(state, 20)), .src = { (u8)any(state, 20), (u8)any(state, 20) } };
    s.size = s.kind == HW_STEP_AMO ? 8 : (u8)(1u << any(state, 4));
    if (s.kind == HW_STEP_BRANCH || s.kind == HW_STEP_STORE) s.dest = HW_STEP_NO_DEST;
    return s;
}

/* Where instruction k of a unit accesses in a round: places that are used again soon, some of them across doublewords. */
static u64 any_place(u64 *state, const HwStep *s)
{
    if (s->kind == HW_STEP_AMO) return any(state, 4) ? DATA + 8 * any(state, 16) : ~0ull;
    return DATA + (u64)any(state, 8) * 8 + (any(state, 50) ? 0 : 5);
}

/* The log of m gets a record of the unit's first n instructions, of which the scoreboard knows `known`. */
static void log_unit(HwModel *m, const Unit *u, const u64 *addr, u32 n)
{
    HwFast *f = hw_fast(m);
    f->log[HW_LOG_HEAD] = hw_log_head(u->number, 0, n);
    memcpy(&f->log[HW_LOG_ACCESS], addr, n * sizeof *addr);
    f->log += HW_LOG_ACCESS + n;
}

/* Units, loops of them among them, with mispredicts, waiting fetches and firmware: a scoreboard that remembers and one that is
   told instruction by instruction agree after each. */
static void remembers(const char *const *fields, u64 seed)
{
    HwModel *m[2] = { make(HW_TIMING, fields), make(HW_TIMING, fields) };
    Unit unit[UNITS];
    u32 length[UNITS];
    for (u32 u = 0; u < UNITS; u++) {
        unit[u].number = hw_ooo_number(m[0], unit[u].step);
        length[u] = 1 + any(&seed, LONGEST);
        for (u32 k = 0; k < length[u]; k++) unit[u].step[k] = any_step(&seed);
    }
    for (u32 round = 0; round < 3000; round++) {
        u32 loop = any(&seed, UNITS - 2), body = 1 + any(&seed, 3), times = 1 + any(&seed, any(&seed, 10) ? 12 : 200);
        u64 places = seed, fixed = any(&seed, 2);
        for (u32 t = 0; t < times * body; t++) {
            u32 u = loop + t % body, n = length[u];
            u64 addr[LONGEST], *from = fixed ? &places : &seed, again = places;
            for (u32 k = 0; k < n; k++) addr[k] = any_place(fixed ? &again : from, &unit[u].step[k]);
            if (unit[u].step[0].kind == HW_STEP_LOAD && !any(&seed, 9))
                for (u32 i = 0; i < 2; i++) ooo_wait(m[i], 50);
            log_unit(m[0], &unit[u], addr, n);
            hw_ooo_log(m[0], n);
            hw_ooo_run(m[1], unit[u].step, addr, n);
            if (!any(&seed, 9))
                for (u32 i = 0; i < 2; i++) ooo_redirect(m[i], 40);
            cr_assert_eq(hw_cycle(m[0]), hw_cycle(m[1]), "round %u, unit %u", round, u);
            cr_assert_eq(ooo_front(m[0]), ooo_front(m[1]));
            cr_assert_eq(ooo_resolved(m[0]), ooo_resolved(m[1]));
        }
        u32 event = any(&seed, 20), service = 1;
        for (u32 i = 0; i < 2; i++) {
            if (event == 0) hw_fw_begin(m[i], (int)service), hw_fw_work(m[i], 300), hw_fw_end(m[i]);
            if (event == 1) ooo_stall_front(m[i], 1 + round % 7);
            if (event == 2) hw_ooo_drain(m[i]);
            if (event == 3 && round % 5 == 0) hw_knob_set(m[i], HW_KNOB_ROB_ENTRIES, 16 + round % 48);
        }
    }
    for (u32 i = 0; i < 2; i++) hw_model_check(m[i]), hw_model_free(m[i]);
}

Test(ooo, remembers_what_units_do)
{
    static const char *const wide[] = { OOO, "core.issue_width=4", "core.rob_entries=64", "core.load_queue_entries=20", NULL };
    static const char *const odd[] = { OOO, "core.issue_width=3", "core.rob_entries=50", "core.alu_units=1", "core.store_buffer_entries=3", NULL };
    static const char *const ports[] = { OOO, "core.issue_width=2", "l1d.ports=1", NULL };
    remembers(wide, 88172645463325252);
    remembers(odd, 12345678987654321);
    remembers(ports, 777);
}
