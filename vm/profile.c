/* Profiles: attaching and reading them. The interpreter writes the counters inline (interp.c, profile.h). */
#include "vm/profile.h"
#include "base/log.h"
#include "base/window.h"
#include "vm/opcodes.h"
#include "vm/unit.h"
#include <stdio.h>

bool profile_enabled = true;

void profile_attach(Method *m)
{
    if (m->profile || !profile_enabled) return;
    ASSERT(m->code && m->code_length);
    m->profile = unit_alloc(m->owner->unit, (m->code_length + 3) * sizeof(u32), 8);
    m->profile_base = (u64)m->profile - 4 * (u64)m->code;
    ASSERT(m->profile_base); /* 0 means "none" to the interpreter: code lies in META, four times it does not */
}

u32 profile_count(const Method *m, u32 bci)
{
    ASSERT(bci < m->code_length);
    return m->profile ? m->profile[bci] : 0;
}

ProfileBranch profile_branch(const Method *m, u32 bci)
{
    ASSERT(bci < m->code_length);
    if (!m->profile) return (ProfileBranch){ 0, 0 };
    return (ProfileBranch){ m->profile[bci + PROFILE_TAKEN], m->profile[bci + PROFILE_NOT_TAKEN] };
}

ProfileType profile_type(const Method *m, u32 bci)
{
    ASSERT(bci < m->code_length);
    if (!m->profile || !m->profile[bci]) return (ProfileType){ 0, NULL, 0 };
    const u32 *p = m->profile + bci;
    return (ProfileType){ p[PROFILE_COUNT], (Class *)(WIN_BASE + p[PROFILE_CLASS]), p[PROFILE_CLASS_COUNT] };
}

static bool is_branch(u8 op)
{
    return (op >= OP_ifeq && op <= OP_if_acmpne) || op == OP_ifnull || op == OP_ifnonnull;
}

static bool is_typed(u8 op)
{
    return op == OP_invokevirtual || op == OP_invokeinterface || op == OP_checkcast || op == OP_instanceof;
}

void profile_print(const Method *m)
{
    if (!m->profile) return;
    printf("%s.%s%s\n", m->owner->name->bytes, m->name->bytes, m->desc->bytes);
    for (u32 bci = 0, n; bci < m->code_length; bci += n) {
        u8 op = m->original[bci];
        n = opcode_length_at(m->original, bci, m->code_length);
        ASSERT(n);
        ProfileBranch b = profile_branch(m, bci);
        ProfileType y = profile_type(m, bci);
        if (is_branch(op) && b.taken + b.not_taken)
            printf("  %5u %-16s taken %u, not taken %u\n", bci, opcodes[op].name, b.taken, b.not_taken);
        else if (is_typed(op) && y.count)
            printf("  %5u %-16s %u, of which %u %s\n", bci, opcodes[op].name, y.count, y.type_count, y.type->name->bytes);
        else if ((op == OP_tableswitch || op == OP_lookupswitch) && profile_count(m, bci))
            printf("  %5u %-16s %u\n", bci, opcodes[op].name, profile_count(m, bci));
    }
}
