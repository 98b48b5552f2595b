/* Where the core will be in a few instructions, all of them within the unit that it is about to execute: for whoever only looks at registers, so that a run need
   not end within a unit, which costs as much as a thousand instructions. Constants added to registers are followed; what else is written is unknown. */
#include "hwsim/dbt.h"

#ifdef __x86_64__

/* The instruction at pc, which has been translated: it can be read. */
static HwInsn insn_at(u64 pc)
{
    u16 half[2] = { 0, 0 };
    HwInsn i;
    memcpy(&half[0], (const void *)pc, 2);
    if (hw_insn_len(half[0]) == 4) memcpy(&half[1], (const void *)(pc + 2), 2);
    hw_decode(half[0] | (u32)half[1] << 16, &i);
    return i;
}

static bool goes_on(const HwInsn *i)
{
    switch (hw_rows[i->id].class) {
    case HW_CLASS_JALR: case HW_CLASS_BRANCH: case HW_CLASS_FENCEI: case HW_CLASS_TRAP: case HW_CLASS_CSR: case HW_CLASS_HCALL: return false;
    default: return i->id != HW_I_ILLEGAL;
    }
}

bool dbt_ahead(const HwCore *core, u64 n, DbtAhead *to)
{
    memcpy(to->x, core->x, sizeof to->x);
    to->pc = core->pc;
    to->unknown = 0;
    for (; n; n--) {
        HwInsn i = insn_at(to->pc);
        if (!goes_on(&i)) return false;
        u32 written = dbt_operands(&i).x_def;
        if (i.id == HW_I_ADDI && i.rs1 == i.rd) to->x[i.rd] += (u64)(i64)i.imm;
        else to->unknown |= written;
        to->x[0] = 0;
        to->pc += hw_rows[i.id].class == HW_CLASS_JAL ? (u64)(i64)i.imm : i.len;
    }
    return true;
}

#endif
