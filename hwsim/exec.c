/* The instruction interpreter, and with it the definition of what an RV64 instruction does. The loop itself is
   exec_loop.h, compiled here without and with a model behind it; its handlers are exec_class.h's templates filled
   with the rows of rv64.def; blocks come from blocks.c. */
#include "hwsim/exec.h"
#include "base/log.h"
#include "hwsim/fp.h"
#include "hwsim/model_fast.h"
#include "hwsim/probe.h"
#include "hwsim/semantics.h"
#include "hwsim/system.h"
#include <string.h>

#define HW_UNIT_NONE HW_UNIT_COUNT

/* Accesses may be misaligned. */
#define rv_read(type, at) ({ type v_; memcpy(&v_, (const void *)(at), sizeof v_); (i64)v_; })
#define rv_write(type, at, value) do { type v_ = (value); memcpy((void *)(at), &v_, sizeof v_); } while (0)

#include "hwsim/exec_class.h"
#define LOOP_MODEL 0
#include "hwsim/exec_loop.h"
#undef LOOP_MODEL
#define LOOP_MODEL 1
#include "hwsim/exec_loop.h"
#undef LOOP_MODEL
#define LOOP_MODEL 2
#include "hwsim/exec_loop.h"
#undef LOOP_MODEL

_Static_assert(HW_STEPS == HW_BLOCK_MAX, "a place for each instruction's access");

HwStop hw_oracle_run(HwCore *core, i64 budget)
{
    if (!core->model) return hw_run_plain(core, budget);
    return hw_fast(core->model)->out_of_order ? hw_run_steps(core, budget) : hw_run_model(core, budget);
}

void hw_oracle_prepare(HwCore *core)
{
    if (UNLIKELY(!hw_handlers[HW_LOOP_MODEL])) {
        hw_run_plain(NULL, 0);
        hw_run_model(NULL, 0);
        hw_run_steps(NULL, 0);
    }
    if (LIKELY(core->model == core->decode->model)) return;
    hw_decode_model(core->decode, core->model);
    hw_dbt_model(core);
    if (!core->model) return;
    hw_model_regs(core->model, core->x);
    hw_model_core(core->model, &core->reservation, &core->yield_at, &core->dbt_yield);
}

HwStop hw_core_run(HwCore *core, u64 max_instructions)
{
    ASSERT(core->x[0] == 0);
    hw_oracle_prepare(core);
    i64 budget = max_instructions > INT64_MAX ? INT64_MAX : (i64)max_instructions;
    if (UNLIKELY(core->tracing)) return hw_trace_run(core, budget);
    switch ((HwEngine)core->engine) {
    case HW_ENGINE_DBT: return hw_dbt_run(core, budget);
    case HW_ENGINE_LOCKSTEP: return hw_lockstep_run(core, budget);
    case HW_ENGINE_ORACLE: break;
    }
    return hw_oracle_run(core, budget);
}
