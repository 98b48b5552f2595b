/* The code cache is bounded. When little room is left, code that is not valid any more and that no activation is in gives its memory back; if that is not enough,
   the oldest valid code is given up too, until half of the cache is free. A method whose code went so gets code again as soon as it is as hot as before.

   Natively only: what a simulated core has counted at an address keeps belonging to the code that was there.

   Under torture the cache is taken to be as large as what has been used of it, every so many times that something may be compiled: small programs make room too. */
#include "jit/flush.h"
#include "jit/policy.h"
#include "vm/sim.h"
#include "vm/thread.h"
#include <stdlib.h>

u64 jit_flushes;

enum { FULL = 8 /* the part of the cache that is still free when room is made */ };

/* Code that some thread will go on in. Whoever comes here is in the host, so all frames are settled (frames.h). */
static void mark_active(void)
{
    for (JitCode *c = code_all(); c; c = c->next) c->active = false;
    for (const Thread *t = thread_list; t; t = t->next)
        for (const Frame *f = t->frame; f; f = f->prev) {
            if (!(f->flags & FRAME_COMPILED)) continue;
            JitCode *c = code_at(WIN_BASE + f->id - 1);
            ASSERT(c);
            c->active = true;
        }
}

static bool dead(const JitCode *c) { return !c->valid && !c->active; }

static u64 dead_bytes(void)
{
    u64 n = 0;
    for (const JitCode *c = code_all(); c; c = c->next)
        if (dead(c)) n += c->end - c->start;
    return n;
}

/* The oldest first. */
static void give_up(u64 bytes)
{
    Vec(JitCode *) codes = { 0 };
    for (JitCode *c = code_all(); c; c = c->next)
        if (c->valid && !c->active) vec_push(&codes, c);
    for (u64 n = 0; codes.len && n < bytes;) {
        JitCode *c = vec_pop(&codes);
        n += c->end - c->start;
        policy_give_up(c);
    }
    vec_free(&codes);
}

/* Methods that dead code calls are not to write into it when their code changes. */
static void forget_callers(void)
{
    for (JitCode *c = code_all(); c; c = c->next)
        for (size_t k = 0; dead(c) && k < c->calls.len; k++) {
            JitMethod *j = c->calls.data[k].to ? c->calls.data[k].to->jit : NULL;
            size_t keep = 0;
            for (size_t i = 0; j && i < j->callers.len; i++)
                if (!dead(code_at(j->callers.data[i].pc))) j->callers.data[keep++] = j->callers.data[i];
            if (j) j->callers.len = keep;
            for (size_t i = k + 1; i < c->calls.len; i++)
                if (c->calls.data[i].to == c->calls.data[k].to) c->calls.data[i].to = NULL; /* done */
        }
}

static bool seems_full(void)
{
    static u32 times;
    return jit_options.flush_every && ++times % jit_options.flush_every == 0;
}

void flush_if_full(void)
{
    if (!policy_native) return;
    bool full = code_room() <= code_limit() / FULL, seems = !full && seems_full();
    if (!full && !seems) return;
    mark_active();
    u64 beyond = seems ? code_limit() - code_bytes() : 0, limit = code_limit() - beyond, room = code_room() - beyond + dead_bytes();
    if (room < limit / 2) give_up(limit / 2 - room);
    forget_callers();
    code_release(dead);
    jit_flushes++;
}
