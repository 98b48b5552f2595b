/* Threads of a program that rvrun runs: clone, futexes, and who has which core. All cores run in one host thread, by turns, so a run is the same
   every time.

   A thread keeps its core until it waits, ends, or its slice is over while others are ready and have none; a core that is free takes the thread that has
   been ready for longest, preferring to give it its last one back. Of the cores that have one, the least advanced runs next: for as many instructions as
   cycles that cores may be apart (system.skew_cycles), or SMALL_TURN while it contends for lines. Without a model, and on one core, they take slices in turn.
   Calls that would wait for anything but a futex or the time keep the host thread, and so all cores. Limits of waits, and sleeps, are looked at between turns. */
#include "hwsim/rvrun.h"
#include "base/log.h"
#include "base/vec.h"
#include "hwsim/system.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SLICE = 20000, SMALL_TURN = 20, CONTENDS_CYCLES = 1000, NOBODY = -1, REG_SP = 2, REG_TP = 4, REG_A0 = 10, REG_A1 = 11 };
#define NEVER (~0ull)
/* Futex commands of the kernel, and the flag that a limit is on the calendar's clock. */
enum { WAIT, WAKE, REQUEUE = 3, CMP_REQUEUE, WAIT_BITSET = 9, WAKE_BITSET, COMMAND = 0x7f, REALTIME = 256 };
typedef enum HartState { HART_READY, HART_RUNS, HART_WAITS, HART_ENDED } HartState;

typedef struct RvHart {
    HwContext saved;     /* when it has no core */
    HartState state;
    i32 core, last_core; /* or NOBODY */
    u64 ready_at;        /* ticks */
    u64 slice;           /* instructions of it that are gone */
    u64 futex;           /* what it waits for */
    u32 bits;
    u64 until;           /* a wait ends at this time at the latest, with this result; NEVER: without limit */
    i64 late;
    u64 clear;           /* a word to clear when it ends; 0: none */
} RvHart;

struct RvHarts {
    RvProgram *program;
    HwCore **core;
    HwSystem *system, *twin; /* or NULL; the twin's cores execute the same (lockstep) */
    u32 cores, alive;
    u64 alarm;           /* the earliest time at which a wait may end, or NEVER */
    int migration;       /* the cores' number of that service */
    i32 *on;             /* who is on a core, or NOBODY */
    Vec(RvHart) hart;    /* number 0 is the first thread */
    Vec(u32) ready;      /* in this order */
};

RvHarts *rv_harts_new(RvProgram *p, HwCore *const *cores, u32 n, HwSystem *system, HwSystem *twin)
{
    RvHarts *h = xcalloc(1, sizeof *h);
    h->program = p;
    h->cores = n, h->alive = 1;
    h->alarm = NEVER;
    h->system = system, h->twin = twin;
    h->core = xcalloc(n, sizeof(HwCore *));
    h->on = xcalloc(n, sizeof *h->on);
    for (u32 i = 0; i < n; i++) h->core[i] = cores[i], h->on[i] = i ? NOBODY : 0;
    for (u32 i = 0; system && i < n; i++) h->migration = hw_fw_service(hw_system_core(system, i), "migration");
    vec_push(&h->hart, ((RvHart){ .state = HART_RUNS, .core = 0, .last_core = 0 }));
    p->running = cores[0];
    return h;
}

void rv_harts_free(RvHarts *h)
{
    vec_free(&h->hart);
    vec_free(&h->ready);
    free(h->core), free(h->on), free(h);
}

static u32 core_number(const RvHarts *h, const HwCore *core)
{
    u32 i = 0;
    while (h->core[i] != core) i++;
    ASSERT(i < h->cores);
    return i;
}

static u32 current(const RvHarts *h, const HwCore *core)
{
    i32 k = h->on[core_number(h, core)];
    ASSERT(k != NOBODY);
    return (u32)k;
}

static u64 ticks_of(const HwCore *core) { return core->model ? hw_ticks(core->model) : core->instret; }

/* ---- getting a core and losing it ------------------------------------------------------------------------------- */

static void make_ready(RvHarts *h, u32 k, u64 at)
{
    h->hart.data[k].state = HART_READY;
    h->hart.data[k].ready_at = at;
    vec_push(&h->ready, k);
}

static void give_core(RvHarts *h, u32 k, u32 core)
{
    RvHart *t = &h->hart.data[k];
    HwCore *c = h->core[core];
    ASSERT(h->on[core] == NOBODY && t->state == HART_READY);
    h->on[core] = (i32)k;
    t->state = HART_RUNS;
    t->core = t->last_core = (i32)core;
    t->slice = 0;
    hw_context_load(c, &t->saved);
    if (!c->model) return;
    if (h->system) hw_model_thread(c->model, k + 1);
    hw_wait_until(c->model, t->ready_at, HWC_IDLE_CYCLE);
}

static void take_core(RvHarts *h, u32 core)
{
    RvHart *t = &h->hart.data[h->on[core]];
    hw_context_save(h->core[core], &t->saved);
    t->core = NOBODY;
    h->on[core] = NOBODY;
}

/* The free core for a ready thread: its last one, or the least advanced. */
static i32 free_core(const RvHarts *h, const RvHart *t)
{
    i32 best = NOBODY;
    if (t->last_core != NOBODY && h->on[t->last_core] == NOBODY) return t->last_core;
    for (u32 i = 0; i < h->cores; i++)
        if (h->on[i] == NOBODY && (best == NOBODY || ticks_of(h->core[i]) < ticks_of(h->core[best]))) best = (i32)i;
    return best;
}

static void give_cores(RvHarts *h)
{
    while (h->ready.len) {
        u32 k = h->ready.data[0];
        i32 core = free_core(h, &h->hart.data[k]);
        if (core == NOBODY) return;
        for (size_t i = 1; i < h->ready.len; i++) h->ready.data[i - 1] = h->ready.data[i];
        h->ready.len--;
        give_core(h, k, (u32)core);
    }
}

/* ---- what threads ask for ----------------------------------------------------------------------------------------- */

i64 rv_clone(RvHarts *h, HwCore *core, const u64 *a)
{
    enum { VM = 0x100, THREAD = 0x10000, SETTLS = 0x80000, PARENT_SETTID = 0x100000, CHILD_CLEARTID = 0x200000, CHILD_SETTID = 0x1000000, MOST = 10000 };
    u64 flags = a[0];
    if ((flags & (VM | THREAD)) != (VM | THREAD)) return -ENOSYS; /* processes */
    if (h->hart.len >= MOST) return -EAGAIN;
    RvHart t = { .core = NOBODY, .last_core = NOBODY, .clear = flags & CHILD_CLEARTID ? a[4] : 0 };
    u32 k = (u32)h->hart.len, tid = rv_pid(h->program) + k;
    hw_context_save(core, &t.saved);
    t.saved.pc += 4;
    t.saved.x[REG_A0] = 0;
    if (a[1]) t.saved.x[REG_SP] = a[1];
    if (flags & SETTLS) t.saved.x[REG_TP] = a[3];
    if (flags & PARENT_SETTID && a[2] >= HW_LOW_MEMORY) *(u32 *)a[2] = tid;
    if (flags & CHILD_SETTID && a[4] >= HW_LOW_MEMORY) *(u32 *)a[4] = tid;
    vec_push(&h->hart, t);
    h->alive++;
    make_ready(h, k, ticks_of(core));
    hw_core_stop(core);
    return tid;
}

static i64 wake(RvHarts *h, const HwCore *core, u64 at, u64 most, u32 bits)
{
    i64 n = 0;
    for (u32 k = 0; k < h->hart.len && (u64)n < most; k++) {
        RvHart *t = &h->hart.data[k];
        if (t->state != HART_WAITS || t->futex != at || !(t->bits & bits)) continue;
        t->saved.x[REG_A0] = 0;
        make_ready(h, k, ticks_of(core));
        n++;
    }
    return n;
}

static i64 requeue(RvHarts *h, u64 from, u64 to, u64 most)
{
    i64 n = 0;
    for (u32 k = 0; k < h->hart.len && (u64)n < most; k++) {
        RvHart *t = &h->hart.data[k];
        if (t->state == HART_WAITS && t->futex == from) t->futex = to, n++;
    }
    return n;
}

static void wait_until(RvHarts *h, HwCore *core, u64 futex, u32 bits, u64 until, i64 late)
{
    RvHart *t = &h->hart.data[current(h, core)];
    t->state = HART_WAITS;
    t->futex = futex, t->bits = bits;
    t->until = until, t->late = late;
    if (until < h->alarm) h->alarm = until;
    hw_core_stop(core);
}

static i64 wait_for(RvHarts *h, HwCore *core, const u64 *a, u32 bits)
{
    u64 until = NEVER;
    bool absolute = (a[1] & COMMAND) == WAIT_BITSET;
    if (*(u32 *)a[0] != (u32)a[2]) return -EAGAIN;
    if (a[3] && !rv_deadline(&h->program->clock, core, a[3], a[1] & REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC, absolute, &until)) return -EINVAL;
    wait_until(h, core, a[0], bits, until, -ETIMEDOUT);
    return 0;
}

i64 rv_sleep(RvHarts *h, HwCore *core, u64 clock, bool absolute, u64 time)
{
    u64 until;
    if (!rv_deadline(&h->program->clock, core, time, clock, absolute, &until)) return -EINVAL;
    wait_until(h, core, 0, 0, until, 0);
    return 0;
}

i64 rv_futex(RvHarts *h, HwCore *core, const u64 *a)
{
    if (a[0] < HW_LOW_MEMORY || a[0] & 3) return -EINVAL;
    i64 n;
    switch (a[1] & COMMAND) {
    case WAIT: return wait_for(h, core, a, ~0u);
    case WAIT_BITSET: return a[5] ? wait_for(h, core, a, (u32)a[5]) : -EINVAL;
    case WAKE: return wake(h, core, a[0], a[2], ~0u);
    case WAKE_BITSET: return wake(h, core, a[0], a[2], (u32)a[5]);
    case CMP_REQUEUE:
        if (*(u32 *)a[0] != (u32)a[5]) return -EAGAIN;
        /* falls through */
    case REQUEUE:
        n = wake(h, core, a[0], a[2], ~0u);
        return n + requeue(h, a[0], a[4], a[3]);
    default: return -ENOSYS;
    }
}

void rv_hart_clears(RvHarts *h, const HwCore *core, u64 at) { h->hart.data[current(h, core)].clear = at; }
u32 rv_pid(const RvProgram *p) { return p->clock.simulated ? 1000 : (u32)getpid(); }
u32 rv_hart_tid(const RvHarts *h, const HwCore *core) { return rv_pid(h->program) + current(h, core); }

bool rv_hart_ends(RvHarts *h, HwCore *core)
{
    RvHart *t = &h->hart.data[current(h, core)];
    if (h->alive == 1) return false;
    h->alive--;
    t->state = HART_ENDED;
    if (t->clear >= HW_LOW_MEMORY) *(u32 *)t->clear = 0, wake(h, core, t->clear, 1, ~0u);
    hw_core_stop(core);
    return true;
}

void rv_hart_yields(RvHarts *h, HwCore *core)
{
    h->hart.data[current(h, core)].slice = SLICE;
    if (h->ready.len) hw_core_stop(core);
}

void rv_harts_invalidate(RvHarts *h)
{
    for (u32 i = 0; i < h->cores; i++) hw_core_invalidate(h->core[i], 0, ~0ull);
}

/* ---- nodes ---------------------------------------------------------------------------------------------------------- */

i64 rv_getcpu(const RvHarts *h, const HwCore *core, const u64 *a)
{
    u32 k = core_number(h, core);
    if (a[0] >= HW_LOW_MEMORY) *(u32 *)a[0] = k;
    if (a[1] >= HW_LOW_MEMORY) *(u32 *)a[1] = h->system ? hw_system_node(h->system, k) : 0;
    return 0;
}

/* The kernel's copy of a page, charged to who asked. */
static void move_page(RvHarts *h, HwCore *core, u64 page, u32 node)
{
    HwModel *m = core->model;
    bool moves = hw_numa_home(h->system, page) != (int)node;
    hw_fw_begin(m, h->migration);
    if (moves) hw_fw_access(m, page, 4096, false);
    hw_numa_move(h->system, page, 4096, node);
    if (h->twin) hw_model_tell_twin(m), hw_numa_move(h->twin, page, 4096, node);
    if (moves) hw_fw_access(m, page, 4096, true);
    hw_fw_end(m);
}

/* move_pages(pid, count, pages, nodes, status, flags): without nodes it only tells where they are. */
i64 rv_move_pages(RvHarts *h, HwCore *core, const u64 *a)
{
    const u64 *pages = (const u64 *)a[2];
    const i32 *nodes = (const i32 *)a[3];
    i32 *status = (i32 *)a[4];
    if (!h->system || !core->model) return -ENOSYS;
    if (a[2] < HW_LOW_MEMORY || a[4] < HW_LOW_MEMORY || a[1] > 1 << 20) return -EINVAL;
    for (u64 i = 0; i < a[1]; i++) {
        u64 page = ALIGN_DOWN(pages[i], 4096ull);
        if (!nodes) {
            int home = hw_numa_home(h->system, page);
            status[i] = home < 0 ? -ENOENT : home;
        } else if ((u32)nodes[i] >= rv_nodes(h)) {
            return -ENODEV;
        } else {
            move_page(h, core, page, (u32)nodes[i]);
            status[i] = nodes[i];
        }
    }
    return 0;
}

u32 rv_nodes(const RvHarts *h) { return h->system ? hw_system_node(h->system, h->cores - 1) + 1 : 1; }
u32 rv_cores(const RvHarts *h) { return h->cores; }

/* ---- running ---------------------------------------------------------------------------------------------------------- */

static i32 least_advanced(const RvHarts *h)
{
    i32 best = NOBODY;
    for (u32 i = 0; i < h->cores; i++)
        if (h->on[i] != NOBODY && (best == NOBODY || ticks_of(h->core[i]) < ticks_of(h->core[best]))) best = (i32)i;
    return best;
}

/* Waits whose time is over by the core's clock end. */
static void end_waits(RvHarts *h, const HwCore *core)
{
    u64 now = rv_now(&h->program->clock, core);
    if (now < h->alarm) return;
    h->alarm = NEVER;
    for (u32 k = 0; k < h->hart.len; k++) {
        RvHart *t = &h->hart.data[k];
        if (t->state != HART_WAITS) continue;
        if (t->until <= now) {
            t->saved.x[REG_A0] = (u64)t->late;
            make_ready(h, k, ticks_of(core));
        } else if (t->until < h->alarm) {
            h->alarm = t->until;
        }
    }
}

/* Nobody can run before the first wait's time is over. */
static void sleep_all(RvHarts *h)
{
    if (h->alarm == NEVER) die("%s: all %u threads wait for each other", h->program->path, h->alive);
    const HwCore *core = h->program->running;
    rv_skip_to(&h->program->clock, core, h->alarm);
    end_waits(h, core);
}

/* How many instructions the core's turn lasts. */
static u64 turn(const RvHarts *h, const HwCore *core)
{
    if (h->alive == 1) return ~0ull;
    if (!h->system || !core->model) return SLICE;
    const HwModel *m = core->model;
    u64 took = hw_took(m);
    bool contends = took && hw_ticks(m) - took < CONTENDS_CYCLES * hw_ticks_per_cycle(m);
    return contends && h->program->skew > SMALL_TURN ? SMALL_TURN : h->program->skew;
}

/* After a run: a thread that waits or has ended leaves its core, and so does one whose slice is over while others are ready. */
static void settle(RvHarts *h, u32 core, u64 executed)
{
    u32 k = (u32)h->on[core];
    RvHart *t = &h->hart.data[k];
    t->slice += executed;
    if (t->state != HART_RUNS) {
        take_core(h, core);
    } else if (t->slice >= SLICE && h->ready.len) {
        take_core(h, core);
        make_ready(h, k, ticks_of(h->core[core]));
    }
}

HwCore *rv_harts_next(RvHarts *h)
{
    i32 c;
    for (give_cores(h); (c = least_advanced(h)) == NOBODY; give_cores(h)) sleep_all(h);
    if (h->alarm != NEVER) end_waits(h, h->core[c]), give_cores(h);
    return h->program->running = h->core[c];
}

HwStop rv_harts_run(RvHarts *h, u64 n)
{
    for (u64 left = n; left;) {
        HwCore *core = rv_harts_next(h);
        u64 before = core->instret, most = turn(h, core);
        HwStop stop = hw_core_run(core, most < left ? most : left);
        u64 executed = core->instret - before;
        left -= executed < left ? executed : left;
        if (stop == HW_STOP_TRAP || h->program->exited) return stop;
        settle(h, core_number(h, core), executed);
    }
    return HW_STOP_BUDGET;
}

u64 rv_harts_instructions(const RvHarts *h)
{
    u64 sum = 0;
    for (u32 i = 0; i < h->cores; i++) sum += h->core[i]->instret;
    return sum;
}

HwCore *rv_harts_core(const RvHarts *h, u32 i)
{
    ASSERT(i < h->cores);
    return h->core[i];
}
