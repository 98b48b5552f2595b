/* The fixed code of a translation cache: the way in from the driver and out to it, calls of C functions with RV64
   registers put into the core, and the jump table for indirect jumps, which lies in front of all code so that it can be
   reached relative to rip. */
#include "hwsim/dbt.h"
#include "hwsim/mem.h"

#define N X_NO_REG
/* By how often the interpreter of bytecode names them, and compiled C in general: a0-a5, s2; without a model s4-s6. */
#define PINS(a6, s4, s5, s6) { N, N, N, N, N, N, N, N, N, N, R11, R10, R9, R8, RDI, RSI, a6, N, R12, N, s4, s5, s6, N, N, N, N, N, N, N, N, N }
const i8 dbt_pins[DBT_KINDS][32] = {
    [HW_LOOP_PLAIN] = PINS(N, R13, R14, RBX), [DBT_FREE] = PINS(R15, R13, R14, RBX), [HW_LOOP_MODEL] = PINS(N, N, N, N), [HW_LOOP_STEPS] = PINS(N, N, N, N)
};
#undef N

/* What code with a model keeps of it in registers. */
static void state_in(const DbtCache *c, X64 *a)
{
    if (dbt_is_plain(c)) return;
    x_load(a, R14, x_mem(RBX, (i32)offsetof(HwFast, clock)));
    x_load(a, R13, x_mem(RBX, (i32)offsetof(HwFast, history)));
}

static void state_out(const DbtCache *c, X64 *a)
{
    if (dbt_is_plain(c)) return;
    x_store(a, x_mem(RBX, (i32)offsetof(HwFast, clock)), R14);
    x_store(a, x_mem(RBX, (i32)offsetof(HwFast, history)), R13);
}

static const u8 saved[] = { RBX, RBP, R12, R13, R14, R15 };
#define FRAME 24 /* makes rsp a multiple of 16 behind six pushes and a return address */

static bool host_keeps(int r) { return r == RBX || r == RBP || r >= R12; }

static void spill(X64 *a, const i8 *pin)
{
    for (u32 r = 1; r < 32; r++)
        if (pin[r] != X_NO_REG) x_store(a, dbt_x(r), pin[r]);
}

static void reload(X64 *a, const i8 *pin, bool all)
{
    for (u32 r = 1; r < 32; r++)
        if (pin[r] != X_NO_REG && (all || !host_keeps(pin[r]))) x_load(a, pin[r], dbt_x(r));
}

/* void enter(HwCore *core, void *code, i64 left, u64 pc); a unit's entry finds the pc where indirect jumps have it */
static void stub_enter(DbtCache *c, X64 *a)
{
    c->enter = x_at(a);
    for (u32 i = 0; i < NELEM(saved); i++) x_push(a, saved[i]);
    x_alu_imm(a, XQ, ALU_SUB, RSP, FRAME);
    x_lea(a, RBP, x_mem(RDI, DBT_BIAS));
    if (dbt_counts(c)) x_mov(a, R15, RDX);
    x_mov(a, RDX, RSI);
    x_mov(a, RAX, RCX);
    if (!dbt_is_plain(c)) x_load(a, RBX, DBT_CORE(model));
    state_in(c, a);
    reload(a, dbt_pins[c->kind], true);
    x_jump_reg(a, RDX);
}

/* u32 exit: eax says why, rdx is the pc, ecx the argument. */
static void stub_exit(DbtCache *c, X64 *a)
{
    c->lookup = x_at(a); /* an indirect jump to rax that found nothing */
    x_alu_imm(a, XQ, ALU_AND, RAX, -2);
    x_mov(a, RDX, RAX);
    x_imm(a, RAX, DBT_EXIT_LOOKUP);
    c->exit = x_at(a);
    spill(a, dbt_pins[c->kind]);
    x_store(a, DBT_CORE(pc), RDX);
    if (dbt_counts(c)) x_store(a, DBT_CORE(dbt_left), R15);
    x_rm(a, XD, 0x89, RCX, DBT_CORE(dbt_arg));
    state_out(c, a);
    c->exit_spilled = x_at(a);
    x_alu_imm(a, XQ, ALU_ADD, RSP, FRAME);
    for (u32 i = NELEM(saved); i--;) x_pop(a, saved[i]);
    x_ret(a);
}

/* A hook's slow path: rdx is the pc, rax address or target (preserved), ecx packed. A function that `traps` says so. */
static u32 stub_slow(DbtCache *c, X64 *a, u64 function, bool traps)
{
    u32 at = x_at(a);
    x_push(a, RAX);
    spill(a, dbt_pins[c->kind]);
    x_store(a, DBT_CORE(dbt_left), R15);
    state_out(c, a);
    x_lea(a, RDI, x_mem(RBP, -DBT_BIAS));
    x_mov(a, RSI, RDX);
    x_mov(a, RDX, RAX);
    x_imm(a, RAX, function);
    x_call_reg(a, RAX);
    u32 trap = 0;
    if (traps) {
        x_rr(a, XB, 0x84, RAX, RAX);
        trap = x_jcc(a, CC_NE);
    }
    state_in(c, a);
    reload(a, dbt_pins[c->kind], false);
    x_pop(a, RAX);
    x_ret(a);
    if (traps) {
        x_patch(a, trap, x_at(a));
        x_alu_imm(a, XQ, ALU_ADD, RSP, 16); /* what was pushed, and the return address */
        x_imm(a, RAX, DBT_EXIT_ORACLE);
        x_jump_to(a, CC_ALWAYS, c->exit_spilled);
    }
    return at;
}

/* A row's helper: rax is the function, edx registers, ecx the immediate. */
static void stub_help(DbtCache *c, X64 *a)
{
    c->help = x_at(a);
    x_push(a, RAX);
    spill(a, dbt_pins[c->kind]);
    x_lea(a, RDI, x_mem(RBP, -DBT_BIAS));
    x_mov32(a, RSI, RDX);
    x_mov32(a, RDX, RCX);
    x_call_reg(a, RAX);
    reload(a, dbt_pins[c->kind], true);
    x_pop(a, RAX);
    x_ret(a);
}

static const u8 callers[] = { RDI, RSI, R8, R9, R10, R11 }; /* that hold RV64 registers and that functions may overwrite */

/* Calls a function that looks at the model's predictors alone, of the model, the pc in rdx, the target in rax, and rcx. Its result is
   al; rax is preserved if `keeps`. */
static u32 stub_predictor(X64 *a, u64 function, bool keeps)
{
    u32 at = x_at(a);
    if (keeps) x_push(a, RAX);
    for (u32 i = 0; i < NELEM(callers); i++) x_push(a, callers[i]);
    if (!keeps) x_alu_imm(a, XQ, ALU_SUB, RSP, 8);
    x_mov(a, RDI, RBX);
    x_mov(a, RSI, RDX);
    x_mov(a, RDX, RAX);
    x_imm(a, RAX, function);
    x_call_reg(a, RAX);
    if (!keeps) x_alu_imm(a, XQ, ALU_ADD, RSP, 8);
    for (u32 i = NELEM(callers); i--;) x_pop(a, callers[i]);
    if (keeps) x_pop(a, RAX);
    else x_rr(a, XB, 0x84, RAX, RAX); /* flags: was it right? */
    x_ret(a);
    return at;
}

void dbt_stubs(DbtCache *c)
{
    X64 a = { .base = c->write, .p = c->write + sizeof(u64[1 << DBT_TABLE_BITS]), .end = c->write + c->bytes };
    static const u64 constants[DBT_CONSTANT_BYTES / 8] = {
        [DBT_NAN_DOUBLE / 8] = 0x7ff8000000000000, [DBT_NAN_SINGLE / 8] = 0xffffffff7fc00000, [DBT_BOX / 8] = 0xffffffff00000000,
        [DBT_SIGN_DOUBLE / 8] = 1ull << 63, [DBT_SIGN_SINGLE / 8] = 1ull << 31,
        [DBT_ABS_DOUBLE / 8] = ~(1ull << 63), [DBT_ABS_SINGLE / 8] = ~(1ull << 31),
    };
    c->constants = x_at(&a);
    memcpy(a.p, constants, sizeof constants);
    a.p += sizeof constants;
    stub_enter(c, &a);
    stub_exit(c, &a);
    stub_help(c, &a);
    c->slow_load = stub_slow(c, &a, (u64)dbt_slow_load, true);
    c->slow_store = stub_slow(c, &a, (u64)dbt_slow_store, true);
    c->slow_fetch = stub_slow(c, &a, (u64)dbt_slow_fetch, false);
    c->slow_branch = stub_slow(c, &a, (u64)dbt_slow_branch, false);
    c->slow_hint = stub_slow(c, &a, (u64)dbt_slow_hint, false);
    c->slow_wrong = stub_slow(c, &a, (u64)dbt_slow_wrong, false);
    c->slow_log = stub_slow(c, &a, (u64)dbt_slow_log, false);
    c->resolve = stub_predictor(&a, (u64)bpred_resolve, false);
    c->jump = stub_predictor(&a, (u64)bpred_jump, true);
    c->settle = stub_predictor(&a, (u64)bpred_settle, true);
    c->tell = stub_predictor(&a, (u64)bpred_tell, true);
    ASSERT(!a.full);
    c->begin = ALIGN_UP(x_at(&a), 64u);
}
