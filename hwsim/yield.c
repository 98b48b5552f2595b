/* Yield points in translated code; the oracle's are in exec_loop.h. See yield.h. */
#include "hwsim/yield.h"
#include "hwsim/dbt.h"
#include "hwsim/mem.h"
#include "hwsim/stall.h"

u32 hw_yield_match = 1, hw_yield_mask; /* none */

void hw_yield_points(u32 match, u32 mask)
{
    ASSERT(mask && !(match & ~mask));
    hw_yield_match = match, hw_yield_mask = mask;
}

#ifdef __x86_64__
/* Time is the model's `retired` less what is left of the budget, and `extra`; dbt_yield is core->yield_at less `retired`. */
void dbt_hook_yield(DbtEmit *e, const HwInsn *i)
{
    X64 *a = &e->a;
    if (e->c->kind != HW_LOOP_MODEL || !hw_yields(e->pc, i->word)) return;
    DbtTail *t = dbt_oracle_tail(e);
    if (hw_stalls_at_use(e->c->model)) { /* what is due must be charged first */
        x_alu_mem_imm(a, XD, ALU_CMP, x_mem(RBX, (i32)offsetof(HwModel, late.n)), 0);
        dbt_jump_tail(e, t, CC_NE);
    }
    x_load(a, RCX, x_mem(RBX, (i32)offsetof(HwFast, extra)));
    x_alu(a, XQ, ALU_SUB, RCX, R15);
    x_alu_imm(a, XQ, ALU_SUB, RCX, (i32)e->behind);
    x_alu_mem(a, XQ, ALU_CMP, RCX, DBT_CORE(dbt_yield));
    dbt_jump_tail(e, t, CC_GE);
}
#endif
