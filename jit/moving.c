/* Fields of classes get other offsets (vm/relayout.c), and compiled code has the old ones built in. It is given up: nobody enters it any more, and its
   activations leave it before they execute another instruction of it. An activation is either at a poll, which asks when the host call is over
   (JitCode.remade), or in a call; so the instruction that each call of the code returns to is overwritten with a host call, which has the interpreter go on
   behind the call (code_returned). An activation that is in another host call would go on in the code: then fields do not move now.

   Frame states of code that is given up, now or earlier, are read when it is left: objects that they tell how to make get the new offsets. */
#include "jit/moving.h"
#include "base/log.h"
#include "jit/costs.h"
#include "vm/runtime.h"
#include "vm/sim.h"
#include "vm/thread.h"

u64 jit_given_up;

static bool knows_offsets(const JitCode *c)
{
    for (size_t i = 0; i < c->uses_class.len; i++)
        if (c->uses_class.data[i]->access & CLASS_MOVING) return true;
    return false;
}

/* Could the activation that this settled frame belongs to go on in the code? */
static bool can_be_left(const Frame *f)
{
    u64 pc = WIN_BASE + f->id;
    const JitCode *c = code_at(pc - 1);
    const JitRecord *r = c ? code_record(c, pc) : NULL;
    ASSERT(r);
    return r->kind == REC_CALL || r->kind == REC_POLL || !knows_offsets(c);
}

bool moving_possible(void)
{
    for (const Thread *t = thread_list; t; t = t->next)
        for (const Frame *f = t->frame; f; f = f->prev)
            if (f->flags & FRAME_COMPILED && !can_be_left(f)) return false;
    return true;
}

/* Where the objects to make begin in a state of the stream. */
static u32 objects_of(const JitCode *c, u32 state)
{
    const u32 *w = c->stream.data;
    u32 at = state + 1;
    for (u32 k = 0; k < w[state]; k++) at += frame_words(w + at);
    return at;
}

static void move_in_state(JitCode *c, u32 state, u32 (*offset)(const Class *c, u32 before))
{
    u32 *w = c->stream.data + objects_of(c, state), n = *w++;
    for (; n; n--) {
        const Class *class = (const Class *)(WIN_BASE + w[0]);
        u32 fields = w[1];
        w += 2;
        for (u32 i = 0; i < fields; i++, w += 2) w[0] = offset(class, w[0] & 0xffffff) | (w[0] & 0xff000000);
    }
}

static u32 host_call_word(void)
{
    Asm a = { 0 };
    as_op(&a, HW_I_HCALL, 0, 0, 0, HCALL_CODE);
    u32 word = a.code.data[0];
    as_free(&a);
    return word;
}

static void patch_returns(JitCode *c)
{
    u32 word = host_call_word();
    for (size_t i = 0; i < c->records.len; i++) {
        const JitRecord *r = &c->records.data[i];
        if (r->kind != REC_CALL || !r->pc) continue;
        u32 *at = (u32 *)(c->start + r->pc);
        ASSERT((u64)at < c->end && !code_record(c, (u64)(at + 1))); /* what a call returns to is no host call of its own */
        *at = word;
        charge_touch(at, sizeof *at, true);
    }
    sim_code_changed(c->start, c->end);
}

void moving_done(Thread *t, u32 (*offset)(const Class *c, u32 before))
{
    Vec(Method *) entries = { 0 };
    charge_begin(SVC_COMPILE);
    for (JitCode *c = code_all(); c; c = c->next) {
        if (!knows_offsets(c)) continue;
        charge_units(code_leave, 1);
        for (size_t i = 0; i < c->records.len; i++)
            if (c->records.data[i].state) move_in_state(c, c->records.data[i].state, offset);
        if (c->given_up) continue;
        if (c->valid && c->m->jit->code == c) vec_push(&entries, c->m);
        if (c->valid) policy_give_up(c);
        patch_returns(c);
        c->given_up = c->remade = true;
        jit_given_up++;
    }
    charge_end();
    for (size_t i = 0; i < entries.len; i++) policy_compile_again(t, entries.data[i]);
    LOG(layout, "fields move: %zu methods compiled anew", entries.len);
    vec_free(&entries);
}
