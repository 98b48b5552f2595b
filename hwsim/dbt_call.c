/* What translated code calls: the rows of rv64.def as functions, for those that are not worth translating, and the way
   into the model when a hook's fast path does not apply. Registers are all in the core while these run. */
#include "hwsim/dbt.h"
#include "hwsim/fp.h"
#include "hwsim/mem.h"
#include "hwsim/semantics.h"

/* ---- rows ----------------------------------------------------------------------------------------------------- */

#define RD (regs & 31)
#define RS1 (regs >> 8 & 31)
#define RS2 (regs >> 16 & 31)
#define RS3 (regs >> 24 & 31)
#define A core->x[RS1]
#define B core->x[RS2]
#define IMM (i64)imm
#define PC (u64)0 /* auipc is translated */
#define F1 fp_val32(fp_unbox(core->f[RS1]))
#define F2 fp_val32(fp_unbox(core->f[RS2]))
#define F3 fp_val32(fp_unbox(core->f[RS3]))
#define D1 fp_val64(core->f[RS1])
#define D2 fp_val64(core->f[RS2])
#define D3 fp_val64(core->f[RS3])
#define RM (u32)imm
#define FTYPE f32
#define DTYPE f64
#define FMAS(a, b, c) fp_fma32(&core->fcsr, a, b, c)
#define FMAD(a, b, c) fp_fma64(&core->fcsr, a, b, c)
#define SQRTS(a) sqrtf(a)
#define SQRTD(a) sqrt(a)
#define OLD old
#define NEW new

#define HELP(id, body) \
    static void help_##id(HwCore *core, u32 regs, i32 imm) \
    { \
        (void)imm, (void)regs; \
        body \
        core->x[0] = 0; \
    }
/* Rounding modes: 0 is done here, other static ones by the oracle's helper; dynamic ones are 0 when they come here. */
#define HELP_ROUNDING(id, type, set) \
    HELP(id, if (imm) hw_fp_round(core, HW_I_##id, RD, RS1, RS2, RS3, (u32)imm); else core->f[RD] = set;)
#define op (&(const struct { u8 rs1, rs2; }){ (u8)RS1, (u8)RS2 })
#define fp_sgnj32(a, b, how) fp_box(fp_sign32(fp_unbox(core->f[a]), fp_unbox(core->f[b]), how))
#define fp_sgnj64(a, b, how) fp_sign64(core->f[a], core->f[b], how)

#define HELP_ALU(id, expr) HELP(id, core->x[RD] = (u64)(expr);)
#define HELP_FPS(id, expr) HELP_ROUNDING(id, f32, fp_canon32((f32)(expr)))
#define HELP_FPD(id, expr) HELP_ROUNDING(id, f64, fp_canon64((f64)(expr)))
#define HELP_FPBITS(id, expr) HELP(id, core->f[RD] = (expr);)
#define HELP_FPX0(id, expr) HELP(id, core->x[RD] = (u64)(expr);)
#define HELP_FPX(id, expr) HELP(id, core->x[RD] = (expr);)
#define HELP_LR(id, type, signed_type) \
    HELP(id, u64 at = A; type v = __atomic_load_n((type *)at, __ATOMIC_SEQ_CST); \
         core->reservation = at; core->reserved = v; core->x[RD] = (u64)(i64)(signed_type)v;)
#define HELP_SC(id, type) \
    HELP(id, u64 at = A; type expected = (type)core->reserved; \
         bool ok = core->reservation == at && __atomic_compare_exchange_n((type *)at, &expected, (type)B, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
         core->reservation = ~0ull; core->x[RD] = !ok;)
#define HELP_AMO(id, type, signed_type, expr) \
    HELP(id, u64 at = A; type new = (type)B; type old = __atomic_load_n((type *)at, __ATOMIC_RELAXED); \
         while (!__atomic_compare_exchange_n((type *)at, &old, (type)(expr), false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {} \
         core->x[RD] = (u64)(i64)(signed_type)old;)
/* Classes that are always translated, or left to the oracle. */
#define HELP_NONE(id) static const DbtHelp help_##id = NULL;
#define HELP_JAL(id, ...)
#define HELP_JALR(id, ...)
#define HELP_BRANCH(id, ...)
#define HELP_LOAD(id, ...)
#define HELP_STORE(id, ...)
#define HELP_FENCE(id, ...)
#define HELP_FENCEI(id, ...)
#define HELP_TRAP(id, ...)
#define HELP_CSR(id, ...)
#define HELP_FLOAD(id, ...)
#define HELP_FSTORE(id, ...)
#define HELP_HCALL(id, ...)
#define I(id, name, match, mask, fmt, unit, class, ...) HELP_##class(id, __VA_ARGS__)
#include "hwsim/rv64.def"

#define ROW_ALU(id) [HW_I_##id] = help_##id,
#define ROW_FPS ROW_ALU
#define ROW_FPD ROW_ALU
#define ROW_FPBITS ROW_ALU
#define ROW_FPX0 ROW_ALU
#define ROW_FPX ROW_ALU
#define ROW_LR ROW_ALU
#define ROW_SC ROW_ALU
#define ROW_AMO ROW_ALU
#define ROW_JAL(id)
#define ROW_JALR ROW_JAL
#define ROW_BRANCH ROW_JAL
#define ROW_LOAD ROW_JAL
#define ROW_STORE ROW_JAL
#define ROW_FENCE ROW_JAL
#define ROW_FENCEI ROW_JAL
#define ROW_TRAP ROW_JAL
#define ROW_CSR ROW_JAL
#define ROW_FLOAD ROW_JAL
#define ROW_FSTORE ROW_JAL
#define ROW_HCALL ROW_JAL
const DbtHelp dbt_helpers[HW_I_COUNT] = {
#define I(id, name, match, mask, fmt, unit, class, ...) ROW_##class(id)
#include "hwsim/rv64.def"
};
#undef op

/* ---- the model, off its fast path -------------------------------------------------------------------------------- */

/* Makes the model's count of instructions exact: all of the budget that is gone but what is behind. */
static HwModel *retire(HwCore *core, u32 packed)
{
    HwModel *m = core->model;
    ASSERT(m && (m == core->dbt->cache[HW_LOOP_MODEL].model || m == core->dbt->cache[HW_LOOP_STEPS].model));
    dbt_retire(m, core->dbt->retired - (u64)core->dbt_left - (packed & 255));
    return m;
}

/* ... for the access, or hint, of the next instruction: out of order, the model wants to know which. */
static HwModel *begin(HwCore *core, u32 packed)
{
    HwModel *m = retire(core, packed);
    if (hw_fast(m)->out_of_order) hw_ooo_begin_logged(m);
    return m;
}

static bool out_of_range(HwCore *core, u64 pc, u64 addr, u32 packed)
{
    if (LIKELY(addr - HW_LOW_MEMORY < HW_MEMORY_SPAN)) return false;
    core->pc = pc;
    core->dbt_left += packed & 255;
    return true;
}

bool dbt_slow_load(HwCore *core, u64 pc, u64 addr, u32 packed)
{
    if (out_of_range(core, pc, addr, packed)) return true;
    hw_load(begin(core, packed), pc, addr, packed >> 8 & 255);
    return false;
}

bool dbt_slow_store(HwCore *core, u64 pc, u64 addr, u32 packed)
{
    if (out_of_range(core, pc, addr, packed)) return true;
    hw_store(begin(core, packed), pc, addr, packed >> 8 & 255);
    return false;
}

void dbt_slow_fetch(HwCore *core, u64 pc, u64 addr, u32 packed)
{
    (void)addr;
    hw_fetch(retire(core, packed), pc);
}

/* packed's size is the register whose value is hinted. */
void dbt_slow_hint(HwCore *core, u64 pc, u64 target, u32 packed)
{
    HwModel *m = begin(core, packed);
    u32 r = packed >> 8 & 31;
    if (r) hw_hint(m, pc, core->x[r], target);
    else hw_hint_cancel(m, target);
}

void dbt_slow_branch(HwCore *core, u64 pc, u64 target, u32 packed)
{
    hw_branch(retire(core, packed), (HwBranchKind)(packed >> 16 & 255), pc, packed >> 8 & 255, packed >> 24, target);
}

void dbt_slow_log(HwCore *core, u64 pc, u64 target, u32 packed)
{
    (void)pc, (void)target;
    retire(core, packed);
}

/* A conditional branch that the predictor has been asked about already, and was wrong. */
void dbt_slow_wrong(HwCore *core, u64 pc, u64 target, u32 packed)
{
    hw_branch_wrong(retire(core, packed), pc, packed >> 8 & 255, packed >> 24, target);
}
