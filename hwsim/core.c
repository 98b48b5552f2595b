/* Cores: making and freeing them, contexts, names. See core.h; what a core does is in exec.c. */
#include "hwsim/core.h"
#include "base/log.h"
#include "base/vec.h"
#include "hwsim/exec.h"
#include <string.h>

/* Whoever reads registers through a core or a context pointer may rely on this. */
_Static_assert(offsetof(HwCore, x) == 0 && offsetof(HwContext, x) == 0, "registers come first");

#ifdef __x86_64__
static HwEngine default_engine = HW_ENGINE_DBT;
#else
static HwEngine default_engine = HW_ENGINE_ORACLE;
#endif

bool hw_default_engine(HwEngine engine)
{
    if (engine != HW_ENGINE_ORACLE && !hw_dbt_supported()) return false;
    default_engine = engine;
    return true;
}

HwCore *hw_core_new(HwModel *model)
{
    HwCore *core = hw_core_bare(model);
    if (default_engine == HW_ENGINE_LOCKSTEP) hw_core_lockstep(core, NULL, true);
    else core->engine = (u8)default_engine;
    return core;
}

HwCore *hw_core_bare(HwModel *model)
{
    HwCore *core = xcalloc(1, sizeof *core);
    core->model = model;
    core->reservation = core->yield_at = ~0ull;
    core->decode = hw_decode_new();
    core->csr = hw_csr_new();
    return core;
}

void hw_core_free(HwCore *core)
{
    if (!core) return;
    hw_decode_free(core->decode);
    hw_csr_free(core->csr);
    hw_dbt_free(core->dbt);
    hw_lockstep_free(core->lockstep);
    free(core);
}

bool hw_core_set_engine(HwCore *core, HwEngine engine)
{
    ASSERT(engine != HW_ENGINE_LOCKSTEP && core->engine != HW_ENGINE_LOCKSTEP);
    bool ok = engine == HW_ENGINE_ORACLE || hw_dbt_supported();
    core->engine = (u8)(ok ? engine : HW_ENGINE_ORACLE);
    return ok;
}

void hw_core_stop(HwCore *core)
{
    ASSERT(core);
    core->stop = true;
}

void hw_context_save(const HwCore *core, HwContext *c)
{
    memcpy(c->x, core->x, sizeof c->x);
    memcpy(c->f, core->f, sizeof c->f);
    c->pc = core->pc;
    c->fcsr = core->fcsr;
}

/* A reservation does not survive a change of context, and the next fetch is counted. */
void hw_context_load(HwCore *core, const HwContext *c)
{
    ASSERT(c->x[0] == 0);
    memcpy(core->x, c->x, sizeof c->x);
    memcpy(core->f, c->f, sizeof c->f);
    core->pc = c->pc;
    core->fcsr = c->fcsr;
    core->reservation = ~0ull;
    core->decode->fetched = ~0ull;
}

const char *hw_cause_name(u32 cause)
{
    static const char *const names[] = {
        [HW_CAUSE_FETCH_FAULT] = "instruction access fault", [HW_CAUSE_ILLEGAL] = "illegal instruction",
        [HW_CAUSE_BREAKPOINT] = "breakpoint", [HW_CAUSE_LOAD_MISALIGNED] = "load address misaligned",
        [HW_CAUSE_LOAD_FAULT] = "load access fault", [HW_CAUSE_STORE_MISALIGNED] = "store address misaligned",
        [HW_CAUSE_STORE_FAULT] = "store access fault", [HW_CAUSE_ECALL] = "environment call",
    };
    return cause < NELEM(names) && names[cause] ? names[cause] : "unknown trap";
}
