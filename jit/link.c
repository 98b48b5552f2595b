/* Direct calls between compiled methods. A call of a known method is a `jal` that is written anew when the method gets code, or loses it: to the code
   itself, or, without code or out of reach, as it was emitted: to a few instructions of the caller's that go through Method.compiled.

   Polls: code that calls polls at its entry, so that recursion does. Any cycle of calls has one that goes from code to code that is as new or newer; so it is
   enough if those poll, and the calls that go through Method.compiled. The others come in behind the poll. */
#include "jit/policy.h"
#include "base/log.h"
#include "jit/costs.h"
#include "vm/sim.h"

/* jal rd, offset: its offset's bits, in order from the top: 20, 10 to 1, 11, 19 to 12. */
static u32 with_offset(u32 jal, i64 d)
{
    u64 v = (u64)d;
    return (jal & 0xfff) | (u32)(v >> 20 & 1) << 31 | (u32)(v >> 1 & 0x3ff) << 21 | (u32)(v >> 11 & 1) << 20 | (u32)(v >> 12 & 0xff) << 12;
}

static u32 wanted(const CallSite *s, const JitCode *to)
{
    if (!to) return s->word;
    i64 d = (i64)(to->start + (s->serial > to->serial ? 0 : to->entry) - s->pc);
    return d >= -(1 << 20) && d < 1 << 20 ? with_offset(s->word, d) : s->word;
}

static bool point(const CallSite *s, const JitCode *to)
{
    u32 *at = (u32 *)s->pc, w = wanted(s, to);
    ASSERT((s->word & 0xfff) == 0xef); /* jal ra */
    if (*at == w) return false;
    *at = w;
    charge_touch(at, sizeof *at, true);
    charge_units(call_link, 1);
    return true;
}

void link_code(JitCode *c)
{
    for (size_t k = 0; k < c->calls.len; k++) {
        const JitCall *call = &c->calls.data[k];
        CallSite s = { c->start + call->pc, call->word, c->serial };
        JitMethod *j = policy_method(call->to);
        vec_push(&j->callers, s);
        point(&s, j->code);
    }
}

void link_method(Method *m)
{
    const JitMethod *j = m->jit;
    charge_begin(SVC_COMPILE);
    for (size_t k = 0; k < j->callers.len; k++) {
        const CallSite *s = &j->callers.data[k];
        if (point(s, j->code)) sim_code_changed(s->pc, s->pc + sizeof(u32));
    }
    charge_end();
}
