/* The core, with either engine (this file is the oracle's; hwsim_dbt_test.c includes it for the translator): decoder, semantics, traps, budgets, host calls, code changes, atomics, floating point,
   CSRs, and what it tells the model. Programs are assembled here from the rows of rv64.def. */
#include "hwsim/core.h"
#include "base/log.h"
#include "hwsim/config.h"
#include "hwsim/samples.h"
#include "tests/unit/hwsim_asm.h"
#include <criterion/criterion.h>
#include <fenv.h>
#include <string.h>

#ifndef TEST_ENGINE
#define TEST_ENGINE HW_ENGINE_ORACLE
#endif

static HwCore *new_core(HwModel *model)
{
    HwCore *core = hw_core_new(model);
    cr_assert(hw_core_set_engine(core, TEST_ENGINE));
    return core;
}

/* Runs what was assembled from its start until it traps at its ebreak. */
static HwCore *core_at_start(HwModel *model)
{
    HwCore *core = new_core(model);
    core->pc = (u64)code;
    return core;
}

static void run_to_break(HwCore *core)
{
    HwStop stop = hw_core_run(core, ~0ull);
    cr_assert_eq(stop, HW_STOP_TRAP);
    cr_assert_eq(core->cause, HW_CAUSE_BREAKPOINT, "cause %u at %+ld", core->cause, (long)(core->pc - (u64)code));
}

static HwConfig config;
static HwModel *new_model(HwLevel level)
{
    hw_config_default(&config);
    return hw_model_new(&config, level);
}

/* --- decoder ------------------------------------------------------------------------------------------------------- */

Test(decode, rows_are_disjoint)
{
    for (u32 a = 0; a < HW_I_COUNT; a++) {
        cr_assert_eq(hw_rows[a].match & ~hw_rows[a].mask, 0, "%s: match outside mask", hw_rows[a].name);
        for (u32 b = a + 1; b < HW_I_COUNT; b++)
            cr_assert((hw_rows[a].match ^ hw_rows[b].match) & hw_rows[a].mask & hw_rows[b].mask, "%s and %s overlap", hw_rows[a].name, hw_rows[b].name);
    }
}

Test(decode, every_row_decodes_to_itself)
{
    u64 x = 1;
    for (u32 id = 0; id < HW_I_COUNT; id++)
        for (int k = 0; k < 50; k++) {
            x = x * 6364136223846793005ull + 1442695040888963407ull;
            u32 w = hw_rows[id].match | ((u32)(x >> 32) & ~hw_rows[id].mask);
            HwInsn i;
            bool reserved = hw_formats[hw_rows[id].format].has_rm && ((w >> 12 & 7) == 5 || (w >> 12 & 7) == 6);
            cr_assert_eq(hw_decode(w, &i), !reserved);
            cr_assert_eq(i.id, reserved ? HW_I_ILLEGAL : id, "%s", hw_rows[id].name);
            cr_assert_eq(i.len, 4);
        }
}

Test(decode, compressed_expand_to_rows)
{
    u32 legal = 0;
    for (u32 c = 0; c < 65536; c++) {
        u32 w = hw_expand((u16)c);
        HwInsn i;
        bool ok = hw_decode(c, &i);
        if ((c & 3) == 3) {
            cr_assert_eq(w, 0);
            continue;
        }
        cr_assert_eq(i.len, 2);
        cr_assert_eq(ok, w != 0, "%04x expands to %08x", c, w);
        legal += ok;
    }
    /* All but: quadrant 0: reserved row 4 (2048), addi4spn of nothing (8); quadrant 1: addiw x0 (64), lui and addi16sp of nothing
       (32), reserved arithmetic (2 x 64 x 2 = 128... with bit 12 set and bits 6-5 = 2, 3: 8 registers x 8 x 2); quadrant 2: loads into x0
       (2 x 64), jr x0 (1). */
    cr_assert_eq(legal, 3 * 16384 - 2048 - 8 - 64 - 32 - 128 - 128 - 1);
}

Test(decode, reserved_compressed_are_illegal)
{
    static const u16 bad[] = { 0x0000, 0x0004, 0x8000, 0x2001, 0x6001, 0x6101, 0x9c41, 0x9c61, 0x4002, 0x6002, 0x8002 };
    for (u32 i = 0; i < NELEM(bad); i++) {
        HwInsn d;
        cr_assert_not(hw_decode(bad[i], &d), "%04x", bad[i]);
        cr_assert_eq(d.id, HW_I_ILLEGAL);
    }
}

Test(decode, disassembly)
{
    static const struct { u32 word; const char *text; u32 len; } cases[] = {
        { 0x00853503, "ld a0, 8(a0)", 4 }, { 0xfe112e23, "sw ra, -4(sp)", 4 }, { 0x00b50463, "beq a0, a1, 0x1008", 4 },
        { 0x12345537, "lui a0, 0x12345", 4 }, { 0x02a5f553, "fadd.d fa0, fa1, fa0", 4 }, { 0x02a58553, "fadd.d fa0, fa1, fa0, rne", 4 },
        { 0x6aa5f543, "fmadd.d fa0, fa1, fa0, fa3", 4 }, { 0x06b5352f, "amoadd.d.aqrl a0, a1, (a0)", 4 },
        { 0x0ff0000f, "fence iorw, iorw", 4 }, { 0x00302573, "csrrs a0, fcsr, zero", 4 }, { 0x0110000b, "hcall 17", 4 },
        { 0x4501, "addi a0, zero, 0", 2 }, { 0x8082, "jalr zero, 0(ra)", 2 }, { 0xffffffff, ".word 0xffffffff", 4 }, { 0, ".short 0x0", 2 },
    };
    for (u32 i = 0; i < NELEM(cases); i++) {
        char text[64];
        u32 n = hw_disassemble(&cases[i].word, 0x1000, text, sizeof text);
        cr_assert_str_eq(text, cases[i].text);
        cr_assert_eq(n, cases[i].len);
    }
    char small[6];
    hw_disassemble(&cases[0].word, 0, small, sizeof small);
    cr_assert_str_eq(small, "ld a0");
}

/* --- integer semantics ------------------------------------------------------------------------------------------------ */

static u64 eval(u32 id, u64 a, u64 b)
{
    len = 0;
    word(hw_rows[id].match | A0 << 7 | A1 << 15 | ((u32)A2 << 20 & ~hw_rows[id].mask));
    EBREAK();
    HwCore *core = core_at_start(NULL);
    core->x[A1] = a, core->x[A2] = b;
    run_to_break(core);
    u64 r = core->x[A0];
    hw_core_free(core);
    return r;
}

Test(integer, corner_cases)
{
    const u64 min64 = 1ull << 63, min32 = 0xffffffff80000000;
    static const u64 none = ~0ull;
    const struct { u32 id; u64 a, b, expect; } t[] = {
        { HW_I_DIV, 7, 0, none }, { HW_I_DIVU, 7, 0, none }, { HW_I_REM, 7, 0, 7 }, { HW_I_REMU, 7, 0, 7 },
        { HW_I_DIV, min64, none, min64 }, { HW_I_REM, min64, none, 0 }, { HW_I_DIV, (u64)-7, 2, (u64)-3 }, { HW_I_REM, (u64)-7, 2, none },
        { HW_I_DIVW, 7, 0, none }, { HW_I_DIVUW, 7, 1ull << 32, none }, { HW_I_REMW, min32, none, 0 }, { HW_I_DIVW, min32, none, min32 },
        { HW_I_REMUW, 0xffffffff, 0, none }, { HW_I_DIVUW, none, 1, none }, { HW_I_REMW, 0x80000000, 0, min32 },
        { HW_I_MULH, min64, min64, 1ull << 62 }, { HW_I_MULHU, none, none, none - 1 }, { HW_I_MULHSU, none, none, none },
        { HW_I_MULHSU, min64, 2, none }, { HW_I_MULW, 0x10000, 0x8000, min32 },
        { HW_I_ADDW, 0x7fffffff, 1, min32 }, { HW_I_SUBW, 0, 1, none }, { HW_I_SLLW, 1, 31, min32 }, { HW_I_SLLW, 1, 32, 1 },
        { HW_I_SRLW, min32, 31, 1 }, { HW_I_SRAW, 0x80000000, 31, none }, { HW_I_SRA, min64, 63, none }, { HW_I_SLL, 1, 64 + 5, 32 },
        { HW_I_CTZW, 1ull << 52, 0, 32 }, { HW_I_CLZW, 1ull << 52, 0, 32 }, { HW_I_CTZ, 0, 0, 64 }, { HW_I_CLZ, 0, 0, 64 },
        { HW_I_CPOPW, none, 0, 32 }, { HW_I_ORC_B, 0x0100800001ff0010, 0, 0xff00ff00ffff00ff }, { HW_I_REV8, 0x0102030405060708, 0, 0x0807060504030201 },
        { HW_I_ROLW, 0x80000001, 1, 3 }, { HW_I_RORW, 1, 1, min32 }, { HW_I_ROL, min64, 1, 1 }, { HW_I_ROR, 1, 0, 1 },
        { HW_I_MAX, none, 1, 1 }, { HW_I_MAXU, none, 1, none }, { HW_I_MIN, none, 1, none }, { HW_I_MINU, none, 1, 1 },
        { HW_I_ADD_UW, none, 1, 1ull << 32 }, { HW_I_SH3ADD, 3, 5, 29 }, { HW_I_SH2ADD_UW, none, 0, 0x3fffffffc }, { HW_I_SEXT_B, 0x180, 0, (u64)-128 },
        { HW_I_ZEXT_H, none, 0, 0xffff }, { HW_I_ANDN, 0xff, 0x0f, 0xf0 }, { HW_I_XNOR, 5, 5, none },
    };
    for (u32 i = 0; i < NELEM(t); i++) {
        u64 r = eval(t[i].id, t[i].a, t[i].b);
        cr_assert_eq(r, t[i].expect, "%s %llx %llx = %llx", hw_rows[t[i].id].name, (unsigned long long)t[i].a, (unsigned long long)t[i].b, (unsigned long long)r);
    }
}

Test(integer, x0_stays_zero)
{
    data[0] = 0x1234;
    I(ADDI, ZERO, ZERO, 5);
    I(LD, ZERO, A1, 0);
    R(ADD, A0, ZERO, ZERO);
    R(AMOADD_D, ZERO, A1, A1);
    I(ADDI, A2, ZERO, 1);
    U(LUI, ZERO, 0x12345);
    I(CSRRW, ZERO, A2, 1);
    J(ZERO, 4);
    I(FCVT_L_D, ZERO, 0, 2);
    I(ADDI, A3, ZERO, 0);
    EBREAK();
    HwCore *core = core_at_start(NULL);
    core->x[A1] = (u64)data;
    core->f[0] = 0x4008000000000000;
    run_to_break(core);
    cr_assert_eq(core->x[0], 0);
    cr_assert_eq(core->x[A0], 0);
    cr_assert_eq(core->x[A2], 1);
    cr_assert_eq(core->x[A3], 0);
    cr_assert_eq(data[0], 0x1234 + (u64)data);
    hw_core_free(core);
}

Test(integer, misaligned_and_straddling_accesses)
{
    for (u32 i = 0; i < 64; i++) ((u8 *)data)[i] = (u8)i;
    I(LD, A0, A1, 61 - 8);
    I(LW, A2, A1, 1);
    I(LHU, A3, A1, 63 - 8);
    S(SD, A0, 59, A1); /* over a cache line's end */
    EBREAK();
    HwModel *m = new_model(HW_COUNTS);
    HwCore *core = core_at_start(m);
    core->x[A1] = (u64)data;
    run_to_break(core);
    cr_assert_eq(core->x[A0], 0x3c3b3a3938373635);
    cr_assert_eq(core->x[A2], 0x04030201);
    cr_assert_eq(core->x[A3], 0x3837);
    cr_assert_eq(((u8 *)data)[66], 0x3c);
    cr_assert_eq(hw_counter(m, HWC_L1D_ACCESS), 5, "a straddling access touches two lines");
    hw_core_free(core);
    hw_model_free(m);
}

/* --- traps --------------------------------------------------------------------------------------------------------------- */

static void expect_trap(u32 cause, u32 at, u64 tval, u64 instret, HwLevel level)
{
    HwModel *m = level == HW_NONE ? NULL : new_model(level);
    HwCore *core = core_at_start(m);
    core->x[A1] = (u64)data;
    core->x[A5] = 77;
    cr_assert_eq(hw_core_run(core, ~0ull), HW_STOP_TRAP);
    cr_assert_eq(core->cause, cause, "cause %u, not %u", core->cause, cause);
    cr_assert_eq(core->pc, (u64)&code[at], "pc %+ld", (long)(core->pc - (u64)code));
    cr_assert_eq(core->tval, tval);
    cr_assert_eq(core->instret, instret, "%lu instructions", (unsigned long)core->instret);
    if (m) cr_assert_eq(hw_instret(m), instret);
    cr_assert_eq(core->x[A5], 77, "a trapping instruction writes nothing");
    cr_assert_eq(core->x[A4], 9, "the ones before it have");
    cr_assert_eq(core->x[A3], 0, "the ones behind it have not");
    hw_core_free(core);
    if (m) hw_model_free(m);
}

/* addi a4; ld; <the instruction>; addi a3 */
#define TRAP_CASE(insn, cause, tval) \
    do { \
        for (int level_ = HW_NONE; level_ <= HW_TIMING; level_++) { \
            len = 0; \
            I(ADDI, A4, ZERO, 9); \
            I(LD, ZERO, A1, 8); \
            insn; \
            I(ADDI, A3, ZERO, 1); \
            EBREAK(); \
            expect_trap(cause, 2, tval, 2, (HwLevel)level_); \
        } \
    } while (0)

Test(traps, are_precise)
{
    TRAP_CASE(I(LD, A5, ZERO, 8), HW_CAUSE_LOAD_FAULT, 8);
    TRAP_CASE(I(LBU, A5, ZERO, -1), HW_CAUSE_LOAD_FAULT, ~0ull);
    TRAP_CASE(I(FLD, A5, ZERO, 16), HW_CAUSE_LOAD_FAULT, 16);
    TRAP_CASE(S(SD, A5, 2047, ZERO), HW_CAUSE_STORE_FAULT, 2047);
    TRAP_CASE(S(FSW, A5, -8, ZERO), HW_CAUSE_STORE_FAULT, (u64)-8);
    TRAP_CASE(R(AMOADD_W, A5, ZERO, A1), HW_CAUSE_STORE_FAULT, 0);
    TRAP_CASE(R(LR_D, A5, ZERO, 0), HW_CAUSE_LOAD_FAULT, 0);
    TRAP_CASE(R(SC_D, A5, ZERO, A1), HW_CAUSE_STORE_FAULT, 0);
    TRAP_CASE(word(0xffffffff), HW_CAUSE_ILLEGAL, 0xffffffff);
    TRAP_CASE(word(0x00000000), HW_CAUSE_ILLEGAL, 0);
    TRAP_CASE(EBREAK(), HW_CAUSE_BREAKPOINT, (u64)&code[2]);
    TRAP_CASE(ECALL(), HW_CAUSE_ECALL, 0);
    TRAP_CASE(HCALL(5), HW_CAUSE_ILLEGAL, 5u << 20 | 0x0b);
    TRAP_CASE(I(CSRRW, A5, A1, 0xc00), HW_CAUSE_ILLEGAL, 0);
    TRAP_CASE(I(CSRRS, A5, ZERO, 0x7c0), HW_CAUSE_ILLEGAL, 0);
    TRAP_CASE(FP(FADD_D, A5, 1, 2, 5), HW_CAUSE_ILLEGAL, hw_rows[HW_I_FADD_D].match | A5 << 7 | 1 << 15 | 2 << 20 | 5 << 12);
}

Test(traps, misaligned_atomics)
{
    I(ADDI, A1, A1, 4);
    R(AMOADD_D, A0, A1, A2);
    EBREAK();
    HwCore *core = core_at_start(NULL);
    core->x[A1] = (u64)data;
    cr_assert_eq(hw_core_run(core, ~0ull), HW_STOP_TRAP);
    cr_assert_eq(core->cause, HW_CAUSE_STORE_MISALIGNED);
    cr_assert_eq(core->tval, (u64)data + 4);
    hw_core_free(core);
}

Test(traps, fetch_faults)
{
    static const u64 bad[] = { 0, 8, 0xfffe, 0x7ffffffff000, 1ull << 60, ~1ull };
    for (u32 i = 0; i < NELEM(bad); i++) {
        len = 0;
        I(ADDI, A0, ZERO, 1);
        I(JALR, RA, A1, 0);
        HwModel *m = i & 1 ? new_model(HW_TIMING) : NULL;
        HwCore *core = core_at_start(m);
        core->x[A1] = bad[i];
        cr_assert_eq(hw_core_run(core, ~0ull), HW_STOP_TRAP);
        cr_assert_eq(core->cause, HW_CAUSE_FETCH_FAULT);
        cr_assert_eq(core->pc, bad[i]);
        cr_assert_eq(core->tval, bad[i]);
        cr_assert_eq(core->x[RA], (u64)&code[2]);
        cr_assert_eq(core->instret, 2);
        hw_core_free(core);
        if (m) hw_model_free(m);
    }
}

static bool skip_trap(HwCore *core, u32 cause, u64 tval)
{
    (void)tval;
    ++*(u32 *)core->user;
    core->x[A0] += cause;
    core->pc += 4;
    return cause != HW_CAUSE_BREAKPOINT;
}

Test(traps, handler_resumes)
{
    u32 taken = 0;
    I(ADDI, A0, ZERO, 100);
    I(LD, A1, ZERO, 0);
    ECALL();
    word(0xffffffff);
    S(SW, A1, 4, ZERO);
    EBREAK();
    HwCore *core = core_at_start(NULL);
    core->trap = skip_trap;
    core->user = &taken;
    cr_assert_eq(hw_core_run(core, ~0ull), HW_STOP_TRAP);
    cr_assert_eq(taken, 5);
    cr_assert_eq(core->x[A0], 100 + HW_CAUSE_LOAD_FAULT + HW_CAUSE_ECALL + HW_CAUSE_ILLEGAL + HW_CAUSE_STORE_FAULT + HW_CAUSE_BREAKPOINT);
    hw_core_free(core);
}

/* --- budgets ------------------------------------------------------------------------------------------------------------- */

/* A loop over memory with a call, a data-dependent branch, straight code longer than a block, and a straddling fetch. */
static void busy_program(void)
{
    len = 0;
    I(ADDI, T0, ZERO, 300);
    u32 loop = len;
    I(LD, A0, S0, 0);
    R(XOR, A1, A1, A0);
    I(ANDI, A2, A1, 1);
    B(BEQ, A2, ZERO, 8);
    R(MUL, A1, A1, A0);
    J(RA, 16);
    I(ADDI, S0, S0, 72);
    I(ADDI, T0, T0, -1);
    J(ZERO, 16);
    S(SD, A1, 16, S0); /* the called function */
    R(DIVU, A3, A1, T0);
    I(JALR, ZERO, RA, 0);
    for (int i = 0; i < 150; i++) R(ADD, A4, A4, A1);
    word(0x05058505); /* c.addi a0, 1; c.addi a0, 1: the next one is aligned again */
    B(BNE, T0, ZERO, (i32)(loop - len) * 4);
    EBREAK();
}

static void fill_data(void)
{
    for (u32 i = 0; i < NELEM(data); i++) data[i] = i * 0x9e3779b97f4a7c15ull;
}

Test(budget, slices_equal_the_whole)
{
    for (int level = HW_NONE; level <= HW_TIMING; level++) {
        u64 counters[HWC_COUNT], instret = 0, result = 0;
        for (u64 slice = 0; slice <= 97; slice = slice ? slice * 3 + 2 : 1) { /* 0: all at once */
            busy_program();
            fill_data();
            HwModel *m = level == HW_NONE ? NULL : new_model((HwLevel)level);
            HwCore *core = core_at_start(m);
            core->x[S0] = (u64)data;
            HwStop stop;
            u64 slices = 0;
            while ((stop = hw_core_run(core, slice ? slice : ~0ull)) == HW_STOP_BUDGET) cr_assert_eq(core->instret, ++slices * slice);
            cr_assert_eq(stop, HW_STOP_TRAP);
            if (!slice) instret = core->instret, result = core->x[A4];
            cr_assert_eq(core->instret, instret);
            cr_assert_eq(core->x[A4], result);
            for (int c = 0; m && c < HWC_COUNT; c++) {
                if (!slice) counters[c] = hw_counter(m, (HwCounter)c);
                cr_assert_eq(hw_counter(m, (HwCounter)c), counters[c], "level %d, slices of %lu: %s", level, (unsigned long)slice, hw_counter_name((HwCounter)c));
            }
            if (m) cr_assert_eq(hw_instret(m), instret);
            hw_core_free(core);
            if (m) hw_model_free(m);
        }
    }
}

Test(budget, zero_does_nothing)
{
    len = 0;
    I(ADDI, A0, ZERO, 1);
    EBREAK();
    HwCore *core = core_at_start(NULL);
    cr_assert_eq(hw_core_run(core, 0), HW_STOP_BUDGET);
    cr_assert_eq(core->pc, (u64)code);
    cr_assert_eq(core->x[A0], 0);
    hw_core_free(core);
}

/* --- host calls ----------------------------------------------------------------------------------------------------------- */

static void call_handler(HwCore *core, u32 n)
{
    switch (n) {
    case 1: core->x[A0] = core->x[A0] * 10 + core->instret; break;
    case 2: hw_core_stop(core); break;
    case 3: core->pc += 8; break;
    case 4: { /* runs the function at a1 and comes back */
        HwContext saved;
        hw_context_save(core, &saved);
        core->pc = core->x[A1];
        cr_assert_eq(hw_core_run(core, ~0ull), HW_STOP_HCALL);
        u64 r = core->x[A0];
        hw_context_load(core, &saved);
        core->x[A0] = r;
        break;
    }
    case 5: *(u32 *)core->x[A1] = 0x00700513; /* addi a0, zero, 7 */
        hw_core_invalidate(core, core->x[A1], core->x[A1] + 4);
        break;
    case 4095: core->x[A0] = 4095; core->x[0] = 3; break;
    default: cr_assert_fail("host call %u", n);
    }
}

Test(hcall, arguments_pc_and_count)
{
    I(ADDI, A0, ZERO, 4);
    HCALL(1);
    R(ADD, A2, A0, ZERO);
    HCALL(3);
    I(ADDI, A2, ZERO, 0); /* skipped */
    I(ADDI, A2, ZERO, 0); /* skipped */
    HCALL(4095);
    HCALL(2);
    EBREAK();
    for (int level = HW_NONE; level <= HW_TIMING; level++) {
        HwModel *m = level == HW_NONE ? NULL : new_model((HwLevel)level);
        HwCore *core = core_at_start(m);
        core->host_call = call_handler;
        cr_assert_eq(hw_core_run(core, ~0ull), HW_STOP_HCALL);
        cr_assert_eq(core->pc, (u64)&code[8]);
        cr_assert_eq(core->x[A2], 42, "the call itself counts as executed");
        cr_assert_eq(core->x[A0], 4095);
        cr_assert_eq(core->x[0], 0);
        cr_assert_eq(core->instret, 6);
        if (m) cr_assert_eq(hw_instret(m), 6);
        run_to_break(core);
        hw_core_free(core);
        if (m) hw_model_free(m);
    }
}

Test(hcall, nested_runs)
{
    I(ADDI, A0, ZERO, 0);
    I(ADDI, A3, ZERO, 11);
    HCALL(4);
    R(ADD, A2, A0, A3);
    EBREAK();
    u32 function = len;
    I(ADDI, A0, ZERO, 30);
    I(ADDI, A3, ZERO, 99); /* its own context's */
    HCALL(2);
    HwCore *core = core_at_start(NULL);
    core->host_call = call_handler;
    core->x[A1] = (u64)&code[function];
    run_to_break(core);
    cr_assert_eq(core->x[A2], 41);
    cr_assert_eq(core->instret, 4 + 3);
    hw_core_free(core);
}

/* --- code that changes ------------------------------------------------------------------------------------------------------ */

Test(invalidate, rewritten_code_is_seen)
{
    for (int level = HW_NONE; level <= HW_COUNTS; level++) {
        len = 0;
        I(ADDI, T0, ZERO, 20);
        u32 loop = len;
        I(ADDI, A0, ZERO, 1); /* becomes 7 in the first round */
        R(ADD, A2, A2, A0);
        HCALL(5);
        I(ADDI, T0, T0, -1);
        B(BNE, T0, ZERO, (i32)(loop - len) * 4);
        EBREAK();
        HwModel *m = level == HW_NONE ? NULL : new_model((HwLevel)level);
        HwCore *core = core_at_start(m);
        core->host_call = call_handler;
        core->x[A1] = (u64)&code[loop];
        run_to_break(core);
        cr_assert_eq(core->x[A2], 1 + 19 * 7);
        hw_core_free(core);
        if (m) hw_model_free(m);
    }
}

/* Blocks that jump into rewritten ones are unlinked from them; others stay. */
Test(invalidate, links_are_cut)
{
    I(ADDI, T0, ZERO, 3);
    u32 loop = len;
    J(RA, 4096 - (i32)len * 4);
    I(ADDI, T0, T0, -1);
    B(BNE, T0, ZERO, (i32)(loop - len) * 4);
    EBREAK();
    len = 1024;
    I(ADDI, A0, A0, 1);
    I(JALR, ZERO, RA, 0);
    HwCore *core = core_at_start(NULL);
    run_to_break(core);
    cr_assert_eq(core->x[A0], 3);
    len = 1024;
    I(ADDI, A0, A0, 100);
    core->pc = (u64)code;
    hw_core_invalidate(core, (u64)data, (u64)data + sizeof data); /* elsewhere */
    hw_core_invalidate(core, (u64)&code[1024], (u64)&code[1025]);
    run_to_break(core);
    cr_assert_eq(core->x[A0], 303);
    code[1024] = 0x00750513; /* addi a0, a0, 7 */
    hw_core_invalidate(core, 0, ~0ull);
    core->pc = (u64)code;
    run_to_break(core);
    cr_assert_eq(core->x[A0], 324);
    hw_core_free(core);
}

Test(invalidate, fence_i_forgets_all)
{
    I(ADDI, A0, A0, 1);
    S(SW, A2, 0, A1);
    word(0x0000100f);
    B(BEQ, A3, ZERO, 8);
    EBREAK();
    I(ADDI, A3, A3, 1);
    J(ZERO, -24);
    HwCore *core = core_at_start(NULL);
    core->x[A1] = (u64)code;
    core->x[A2] = 0x01450513; /* addi a0, a0, 20 */
    run_to_break(core);
    cr_assert_eq(core->x[A0], 21);
    hw_core_free(core);
}

/* So much code that the cache of blocks starts over several times. */
Test(invalidate, cache_is_bounded)
{
    HwCore *core = new_core(NULL);
    u64 sum = 0;
    for (u32 round = 0; round < 6; round++)
        for (u32 at = 0; at + 70 < NELEM(code); at += 8) {
            len = at;
            for (int i = 0; i < 60; i++) I(ADDI, A0, A0, 1);
            EBREAK();
            hw_core_invalidate(core, (u64)&code[at], (u64)&code[len]);
            core->pc = (u64)&code[at];
            run_to_break(core);
            sum += 60;
        }
    cr_assert_eq(core->x[A0], sum);
    hw_core_free(core);
}

/* --- atomics ------------------------------------------------------------------------------------------------------------------ */

Test(atomics, reservations)
{
    data[0] = 5;
    R(LR_D, A0, A1, 0);
    R(SC_D, A2, A1, A3); /* succeeds */
    R(SC_D, A4, A1, A3); /* no reservation left */
    R(LR_D, A0, A1, 0);
    S(SD, ZERO, 0, A1);
    R(SC_D, A5, A1, A3); /* the value changed */
    EBREAK();
    HwCore *core = core_at_start(NULL);
    core->x[A1] = (u64)data;
    core->x[A3] = 9;
    run_to_break(core);
    cr_assert_eq(core->x[A0], 9);
    cr_assert_eq(core->x[A2], 0);
    cr_assert_eq(core->x[A4], 1);
    cr_assert_eq(core->x[A5], 1);
    cr_assert_eq(data[0], 0);
    HwContext c;
    len = 0;
    R(LR_D, A0, A1, 0);
    EBREAK();
    R(SC_D, A2, A1, A3);
    EBREAK();
    hw_core_invalidate(core, 0, ~0ull);
    core->pc = (u64)code;
    run_to_break(core);
    hw_context_save(core, &c);
    hw_context_load(core, &c);
    core->pc += 4;
    run_to_break(core);
    cr_assert_eq(core->x[A2], 1, "a change of context ends a reservation");
    hw_core_free(core);
}

/* --- floating point ------------------------------------------------------------------------------------------------------------- */

enum { NX = 1, UF = 2, OF = 4, DZ = 8, NV = 16 };

/* f2 = id(f0, f1) or a0 = id(f0) in rounding mode rm; returns the flags. */
static u32 eval_fp(u32 id, u64 a, u64 b, u32 rm, u64 *result)
{
    len = 0;
    word(hw_rows[id].match | 10 << 7 | (((u32)1 << 20) & ~hw_rows[id].mask) | ((rm << 12) & ~hw_rows[id].mask));
    EBREAK();
    HwCore *core = core_at_start(NULL);
    core->f[0] = a, core->f[1] = b;
    run_to_break(core);
    bool integer = hw_rows[id].class == HW_CLASS_FPX || hw_rows[id].class == HW_CLASS_FPX0;
    *result = integer ? core->x[10] : core->f[10];
    u32 flags = core->fcsr;
    hw_core_free(core);
    return flags;
}

#define BOX(v) (0xffffffff00000000ull | (v))
Test(floats, known_answers)
{
    const u64 one = 0x3ff0000000000000, qnan = 0x7ff8000000000000, snan = 0x7ff0000000000001, inf = 0x7ff0000000000000, neg0 = 1ull << 63;
    const struct { u32 id; u64 a, b; u32 rm; u64 expect; u32 flags; } t[] = {
        { HW_I_FADD_D, one, 0x3ca0000000000000, 0, one, NX },                     /* 1 + 2^-53: tie to even */
        { HW_I_FADD_D, one, 0x3ca0000000000000, 4, one + 1, NX },                 /* ties away */
        { HW_I_FADD_D, one, 0x3ca0000000000000, 3, one + 1, NX },
        { HW_I_FADD_D, one, 0xbc90000000000000, 4, one, NX },                     /* 1 - 2^-54: a tie, away from zero */
        { HW_I_FADD_D, one, 0xbc90000000000000, 1, one - 1, NX },
        { HW_I_FADD_D, 0xfff8000000001234, one, 0, qnan, 0 },                      /* canonical NaN */
        { HW_I_FADD_D, snan, one, 0, qnan, NV },
        { HW_I_FSUB_D, inf, inf, 7, qnan, NV },
        { HW_I_FDIV_D, one, 0, 7, inf, DZ },
        { HW_I_FDIV_D, one, neg0, 4, inf | neg0, DZ },
        { HW_I_FMUL_D, 0x7fefffffffffffff, 0x4000000000000000, 0, inf, OF | NX },
        { HW_I_FMUL_D, 0x7fefffffffffffff, 0x4000000000000000, 1, 0x7fefffffffffffff, OF | NX },
        { HW_I_FMUL_D, 0x7fefffffffffffff, 0x4000000000000000, 4, inf, OF | NX },
        { HW_I_FMUL_D, 1, 0x3fe0000000000000, 0, 0, UF | NX },
        { HW_I_FMUL_D, 1, 0x3fe0000000000000, 4, 1, UF | NX },                     /* half the least: away */
        { HW_I_FSQRT_D, 0xbff0000000000000, 0, 7, qnan, NV },
        { HW_I_FSQRT_D, 0x4000000000000000, 0, 4, 0x3ff6a09e667f3bcd, NX },
        { HW_I_FADD_S, BOX(0x3f800000), BOX(0x33800000), 0, BOX(0x3f800000), NX },
        { HW_I_FADD_S, BOX(0x3f800000), BOX(0x33800000), 4, BOX(0x3f800001), NX },
        { HW_I_FADD_S, 0x3f800000, BOX(0x3f800000), 0, BOX(0x7fc00000), 0 },        /* not boxed: NaN */
        { HW_I_FCVT_S_D, 0x3ff0000010000000, 0, 4, BOX(0x3f800001), NX },
        { HW_I_FCVT_S_D, 0x36a0000000000000, 0, 0, BOX(0x00000001), 0 },
        { HW_I_FCVT_S_D, 0x3690000000000000, 0, 4, BOX(0x00000001), UF | NX },
        { HW_I_FCVT_D_S, BOX(0x7fa00000), 0, 0, qnan, NV },
        { HW_I_FMIN_D, neg0, 0, 0, neg0, 0 }, { HW_I_FMAX_D, neg0, 0, 0, 0, 0 }, { HW_I_FMIN_D, qnan, one, 0, one, 0 },
        { HW_I_FMAX_D, snan, one, 0, one, NV }, { HW_I_FMIN_D, qnan, 0xfff8000000000001, 0, qnan, 0 },
        { HW_I_FMIN_S, BOX(0x80000000), BOX(0), 0, BOX(0x80000000), 0 },
        { HW_I_FEQ_D, qnan, one, 0, 0, 0 }, { HW_I_FEQ_D, snan, one, 0, 0, NV }, { HW_I_FLT_D, qnan, one, 0, 0, NV },
        { HW_I_FLE_D, neg0, 0, 0, 1, 0 }, { HW_I_FLE_S, 0, BOX(0), 0, 0, NV },
        { HW_I_FCVT_W_D, qnan, 0, 1, 0x7fffffff, NV }, { HW_I_FCVT_W_D, inf | neg0, 0, 1, 0xffffffff80000000, NV },
        { HW_I_FCVT_W_D, 0x41dfffffffe00000, 0, 1, 0x7fffffff, NX }, { HW_I_FCVT_W_D, 0x41dfffffffe00000, 0, 0, 0x7fffffff, NV },
        { HW_I_FCVT_WU_D, 0xbfe0000000000000, 0, 0, 0, NX }, { HW_I_FCVT_WU_D, 0xbff0000000000000, 0, 0, 0, NV },
        { HW_I_FCVT_WU_D, 0x41efffffffe00000, 0, 1, ~0ull, 0 }, { HW_I_FCVT_WU_D, 0x41f0000000000000, 0, 1, ~0ull, NV },
        { HW_I_FCVT_L_D, 0x43e0000000000000, 0, 1, INT64_MAX, NV }, { HW_I_FCVT_L_D, 0xc3e0000000000000, 0, 1, 1ull << 63, 0 },
        { HW_I_FCVT_LU_D, 0x43f0000000000000, 0, 1, ~0ull, NV }, { HW_I_FCVT_LU_D, 0x43efffffffffffff, 0, 1, 0xfffffffffffff800, 0 },
        { HW_I_FCVT_L_D, 0x4004000000000000, 0, 0, 2, NX }, { HW_I_FCVT_L_D, 0x4004000000000000, 0, 4, 3, NX }, { HW_I_FCVT_L_D, 0xc004000000000000, 0, 2, (u64)-3, NX },
        { HW_I_FCLASS_D, neg0, 0, 0, 1 << 3, 0 }, { HW_I_FCLASS_D, snan, 0, 0, 1 << 8, 0 }, { HW_I_FCLASS_D, 1, 0, 0, 1 << 5, 0 },
        { HW_I_FCLASS_D, inf, 0, 0, 1 << 7, 0 }, { HW_I_FCLASS_S, 0x3f800000, 0, 0, 1 << 9, 0 }, { HW_I_FCLASS_D, inf | neg0, 0, 0, 1, 0 },
        { HW_I_FSGNJN_S, 0x3f800000, BOX(0), 0, BOX(0xffc00000), 0 }, { HW_I_FMV_X_W, 0x80000000, 0, 0, 0xffffffff80000000, 0 },
    };
    for (u32 i = 0; i < NELEM(t); i++) {
        u64 r;
        u32 flags = eval_fp(t[i].id, t[i].a, t[i].b, t[i].rm, &r);
        cr_expect_eq(r, t[i].expect, "%u: %s %llx %llx rm %u = %llx", i, hw_rows[t[i].id].name, (unsigned long long)t[i].a, (unsigned long long)t[i].b, t[i].rm, (unsigned long long)r);
        cr_expect_eq(flags, t[i].flags, "%u: %s %llx %llx rm %u: flags %x", i, hw_rows[t[i].id].name, (unsigned long long)t[i].a, (unsigned long long)t[i].b, t[i].rm, flags);
    }
}

Test(floats, fused_invalid_with_quiet_addend)
{
    word(hw_rows[HW_I_FMADD_D].match | 10 << 7 | 0 << 15 | 1 << 20 | 2u << 27 | 7 << 12);
    EBREAK();
    for (u32 frm = 0; frm <= 4; frm++) {
        HwCore *core = core_at_start(NULL);
        core->f[0] = 0x7ff0000000000000, core->f[1] = 0, core->f[2] = 0x7ff8000000000000;
        core->fcsr = frm << 5;
        run_to_break(core);
        cr_assert_eq(core->f[10], 0x7ff8000000000000);
        cr_assert_eq(core->fcsr, frm << 5 | NV);
        hw_core_free(core);
    }
}

/* The dynamic mode comes from frm; reserved ones trap; the caller's own environment is left as it was. */
Test(floats, dynamic_mode_and_host_environment)
{
    FP(FADD_D, 2, 0, 1, 7);
    I(CSRRWI, A0, 3, 2); /* frm = up */
    FP(FADD_D, 3, 0, 1, 7);
    FP(FADD_D, 4, 0, 1, 0);
    I(CSRRS, A1, ZERO, 3);
    I(CSRRWI, ZERO, 5, 2); /* reserved */
    FP(FADD_D, 5, 0, 1, 0);
    u32 bad = len;
    FP(FADD_D, 5, 0, 1, 7);
    fesetround(FE_DOWNWARD);
    feraiseexcept(FE_DIVBYZERO);
    HwCore *core = core_at_start(NULL);
    core->f[0] = 0x3ff0000000000000, core->f[1] = 0x3c90000000000000;
    cr_assert_eq(hw_core_run(core, ~0ull), HW_STOP_TRAP);
    cr_assert_eq(fegetround(), FE_DOWNWARD);
    cr_assert_eq(fetestexcept(FE_ALL_EXCEPT), FE_DIVBYZERO);
    fesetround(FE_TONEAREST);
    cr_assert_eq(core->f[2], 0x3ff0000000000000);
    cr_assert_eq(core->f[3], 0x3ff0000000000001);
    cr_assert_eq(core->f[4], 0x3ff0000000000000);
    cr_assert_eq(core->x[A1], 3 << 5 | NX);
    cr_assert_eq(core->cause, HW_CAUSE_ILLEGAL);
    cr_assert_eq(core->pc, (u64)&code[bad]);
    hw_core_free(core);
}

/* --- CSRs ------------------------------------------------------------------------------------------------------------------------ */

Test(csr, counters_without_a_model)
{
    I(ADDI, A0, ZERO, 1);
    I(CSRRS, A1, ZERO, 0xc02);
    I(CSRRS, A2, ZERO, 0xc00);
    I(CSRRS, A3, ZERO, 0xc03);
    I(CSRRS, A4, ZERO, 0xc02);
    EBREAK();
    HwCore *core = core_at_start(NULL);
    run_to_break(core);
    cr_assert_eq(core->x[A1], 1);
    cr_assert_eq(core->x[A2], 2);
    cr_assert_eq(core->x[A3], 0);
    cr_assert_eq(core->x[A4], 4);
    hw_core_free(core);
}

Test(csr, event_counters)
{
    I(LD, ZERO, S0, 0);
    I(ADDI, A0, ZERO, HWC_L1D_ACCESS);
    I(CSRRW, A1, A0, 0x323);
    I(CSRRS, A2, ZERO, 0xc03); /* counts from here */
    I(LD, ZERO, S0, 0);
    S(SD, ZERO, 0, S0);
    I(CSRRS, A3, ZERO, 0xc03);
    I(CSRRWI, ZERO, 0, 0xb03);
    I(LD, ZERO, S0, 0);
    I(CSRRS, A4, ZERO, 0xc03);
    I(ADDI, A0, ZERO, HWC_COUNT);
    I(CSRRW, A5, A0, 0x323); /* no such event: kept */
    I(CSRRS, A6, ZERO, 0x323);
    I(CSRRS, A7, ZERO, 0xc02);
    EBREAK();
    for (int level = HW_COUNTS; level <= HW_TIMING; level++) {
        HwModel *m = new_model((HwLevel)level);
        HwCore *core = core_at_start(m);
        core->x[S0] = (u64)data;
        run_to_break(core);
        cr_assert_eq(core->x[A2], 0);
        cr_assert_eq(core->x[A3], 2);
        cr_assert_eq(core->x[A4], 1);
        cr_assert_eq(core->x[A6], HWC_L1D_ACCESS);
        cr_assert_eq(core->x[A7], 13);
        hw_core_free(core);
        hw_model_free(m);
    }
}

Test(csr, knobs)
{
    I(CSRRS, A0, ZERO, 0x810 + HW_KNOB_PREFETCH_ON);
    I(CSRRWI, ZERO, 0, 0x810 + HW_KNOB_PREFETCH_ON);
    I(CSRRS, A1, ZERO, 0x810 + HW_KNOB_PREFETCH_ON);
    EBREAK();
    HwModel *m = new_model(HW_TIMING);
    HwCore *core = core_at_start(m);
    u64 before = hw_knob_get(m, HW_KNOB_PREFETCH_ON);
    run_to_break(core);
    cr_assert_eq(core->x[A0], before);
    cr_assert_eq(core->x[A1], 0);
    hw_core_free(core);
    hw_model_free(m);
}

/* Software programs the sampler, misses on ten lines, and reads the records. At level counts a record's cycle is the number
   of instructions before the access: retired in batches, but exact whenever somebody looks. */
Test(csr, samples_are_exact)
{
    static u8 buffer[64 * sizeof(HwSample)] __attribute__((aligned(4096)));
    R(ADD, T0, A1, ZERO);
    I(CSRRW, ZERO, T0, 0x800);
    I(ADDI, T0, ZERO, 64);
    I(CSRRW, ZERO, T0, 0x801);
    I(CSRRWI, ZERO, 1, 0x802);
    I(CSRRWI, ZERO, 1, 0x803);
    I(ADDI, T0, ZERO, A0 << 6 | A2 >> 2); /* the upper two numbers, shifted into place */
    I(SLLI, T0, T0, 10);
    I(ADDI, T1, ZERO, (A2 & 3) << 8 | S0);
    R(OR, T0, T0, T1);
    I(CSRRW, ZERO, T0, 0x806);
    I(CSRRWI, ZERO, HW_SMP_L1D_MISS, 0x804);
    u32 first = len;
    for (int i = 0; i < 10; i++) {
        I(ADDI, A2, A2, 1);
        I(LD, A3, S0, 192 * i);
    }
    I(CSRRS, A4, ZERO, 0x805);
    I(CSRRWI, ZERO, 0, 0x804);
    EBREAK();
    HwModel *m = new_model(HW_COUNTS);
    hw_knob_set(m, HW_KNOB_PREFETCH_ON, 0);
    HwCore *core = core_at_start(m);
    core->x[S0] = (u64)data;
    core->x[A1] = (u64)buffer;
    core->x[A0] = 0x77;
    run_to_break(core);
    cr_assert_gt(core->x[A4], 0);
    const HwSample *s = (const HwSample *)buffer;
    for (u64 i = 0; i < core->x[A4]; i++) {
        u64 index = (s[i].pc - (u64)&code[first]) / 4;
        cr_assert_eq(index & 1, 1, "the load's pc");
        cr_assert_eq(s[i].addr, (u64)data + 192 * (index / 2));
        cr_assert_eq(s[i].cycle, first + index, "record %lu: cycle %lu, not %lu", (unsigned long)i, (unsigned long)s[i].cycle, (unsigned long)(first + index));
        cr_assert_eq(s[i].regs[0], (u64)data, "s0");
        cr_assert_eq(s[i].regs[1], index / 2 + 1, "a2");
        cr_assert_eq(s[i].regs[2], 0x77, "a0");
    }
    hw_core_free(core);
    hw_model_free(m);
}

/* --- what the model is told --------------------------------------------------------------------------------------------------------- */

Test(model, straight_code_is_fetched_by_lines)
{
    for (int i = 0; i < 200; i++) I(ADDI, A0, A0, 1);
    EBREAK();
    HwModel *m = new_model(HW_COUNTS);
    HwCore *core = core_at_start(m);
    run_to_break(core);
    u64 line = config.l1i_line_bytes;
    cr_assert_eq(hw_counter(m, HWC_L1I_ACCESS), (201 * 4 + line - 1) / line);
    cr_assert_eq(hw_counter(m, HWC_L1D_ACCESS), 0);
    cr_assert_eq(hw_instret(m), 200);
    hw_core_free(core);
    hw_model_free(m);
}

Test(model, transfers_are_counted)
{
    I(ADDI, T0, ZERO, 10);
    I(ADDI, T0, T0, -1);   /* loop: 10 times */
    J(RA, 12);             /*   call */
    B(BNE, T0, ZERO, -8);  /*   9 taken, 1 not */
    EBREAK();
    I(JALR, ZERO, RA, 0);  /* return */
    HwModel *m = new_model(HW_COUNTS);
    HwCore *core = core_at_start(m);
    run_to_break(core);
    cr_assert_eq(hw_counter(m, HWC_BRANCH), 30);
    /* all in one line: at the start and after each taken transfer */
    cr_assert_eq(hw_counter(m, HWC_L1I_ACCESS), 1 + 29);
    cr_assert_eq(hw_instret(m), 1 + 4 * 10);
    hw_core_free(core);
    hw_model_free(m);
}

/* Architectural results don't depend on the model. */
Test(model, does_not_change_results)
{
    static HwContext results[3]; /* static: padding is compared too */
    for (int level = HW_NONE; level <= HW_TIMING; level++) {
        busy_program();
        fill_data();
        HwModel *m = level == HW_NONE ? NULL : new_model((HwLevel)level);
        HwCore *core = core_at_start(m);
        core->x[S0] = (u64)data;
        run_to_break(core);
        hw_context_save(core, &results[level]);
        hw_core_free(core);
        if (m) hw_model_check(m);
        if (m) hw_model_free(m);
    }
    cr_assert_eq(memcmp(&results[0], &results[1], sizeof results[0]), 0);
    cr_assert_eq(memcmp(&results[0], &results[2], sizeof results[0]), 0);
}

/* One core, with and without a model in turns, and with another one whose fetch lines are shorter. */
Test(model, may_change_between_runs)
{
    for (int i = 0; i < 64; i++) I(ADDI, A0, A0, 1);
    EBREAK();
    HwCore *core = core_at_start(NULL);
    run_to_break(core);
    u64 fetches[2];
    for (int k = 0; k < 2; k++) {
        hw_config_default(&config);
        hw_config_set(&config, k ? "l1i.line_bytes=32" : "l1i.line_bytes=64");
        HwModel *m = hw_model_new(&config, HW_COUNTS);
        core->model = m;
        core->pc = (u64)code;
        run_to_break(core);
        fetches[k] = hw_counter(m, HWC_L1I_ACCESS);
        cr_assert_eq(hw_instret(m), 64);
        core->model = NULL;
        core->pc = (u64)code;
        run_to_break(core);
        cr_assert_eq(hw_instret(m), 64);
        hw_model_free(m);
    }
    cr_assert_eq(fetches[0], 5);
    cr_assert_eq(fetches[1], 9);
    cr_assert_eq(core->x[A0], 5 * 64);
    hw_core_free(core);
}
