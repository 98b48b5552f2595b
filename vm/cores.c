/* Which thread has which of several simulated cores: see cores.h. The queue that threads without a core wait in is the scheduler's. */
#include "vm/cores.h"
#include "base/log.h"
#include "vm/sched.h"
#include "vm/sim.h"

enum { MAX_CORES = 64, NO_CORE = -1 };

static struct {
    u32 n; /* 0: one core, or not started */
    Thread *thread[MAX_CORES];
} C;

void cores_start(u32 n, Thread *t)
{
    ASSERT(!C.n && n > 1 && n <= MAX_CORES && t->held);
    C.n = n;
    cores_take(t, 0);
}

bool cores_many(void) { return C.n > 1; }

int cores_idle_for(const Thread *t)
{
    int last = t->host->last_core, best = NO_CORE;
    if (last != NO_CORE && !C.thread[last]) return last;
    for (u32 i = 0; i < C.n; i++)
        if (!C.thread[i] && (best == NO_CORE || sim_ticks(i) < sim_ticks((u32)best))) best = (int)i;
    return best;
}

void cores_take(Thread *t, u32 core)
{
    ASSERT(core < C.n && !C.thread[core] && t->host->core == NO_CORE);
    C.thread[core] = t;
    t->host->core = t->host->last_core = (i32)core;
    sim_idle_until(core, t->host->ready_at);
}

void cores_leave(Thread *t)
{
    i32 core = t->host->core;
    if (core == NO_CORE) return;
    ASSERT(C.thread[core] == t);
    C.thread[core] = NULL;
    t->host->core = NO_CORE;
}

Thread *cores_least(u64 *next)
{
    Thread *least = NULL;
    u64 now = ~0ull, second = ~0ull;
    for (u32 i = 0; i < C.n; i++) {
        if (!C.thread[i]) continue;
        u64 ticks = sim_ticks(i);
        if (ticks < now) second = now, now = ticks, least = C.thread[i];
        else if (ticks < second) second = ticks;
    }
    *next = second;
    return least;
}

/* Cores that firmware of t's core stops, or sets going: those that run. */
static void bring_to(u64 ticks)
{
    for (u32 i = 0; i < C.n; i++)
        if (C.thread[i]) sim_stopped_until(i, ticks);
}

void cores_stop(Thread *t)
{
    u64 last = 0;
    if (!C.n || !t || t->host->core == NO_CORE) return;
    for (u32 i = 0; i < C.n; i++)
        if (C.thread[i] && sim_ticks(i) > last) last = sim_ticks(i);
    sim_stopped_until((u32)t->host->core, last);
}

void cores_go_on(Thread *t)
{
    if (C.n && t && t->host->core != NO_CORE) bring_to(sim_ticks((u32)t->host->core));
}
