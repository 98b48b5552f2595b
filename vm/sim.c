/* Java on the simulated core. The image of the RV64 interpreter (guest/) is copied to its window once; sim_run then enters it on
   a thread's RV64 stack and stays until the interpreter returns. What the interpreter asks of the runtime arrives as host
   calls, by number, in host_call.

   Many threads on a core: each simulated thread has a SimThread with the registers it had when another thread took its core.
   Whoever is about to run on a core, or comes back from a host call in which others may have run, calls core_acquire; it
   puts away the registers of the thread that had the core before. So nothing needs to know where threads are switched.

   Several cores: the scheduler says which thread has which core (cores.h), and the host thread that holds the baton runs the code of all of
   them by turns (run_many). What a thread asks of the host ends its run on the core; it is served by the thread's own host thread.

   Charging: the charge_ hooks of vm.h end up here. They count only in threads that are in a host call; each thread has its
   own stack of services in progress, because a service may switch threads in the middle. The model's stack holds that
   of one thread at a time (charge_acquire), and is empty while the core runs. */
#define _GNU_SOURCE
#include "vm/sim.h"
#include "base/log.h"
#include "base/vec.h"
#include "base/window.h"
#include "hwsim/decode.h"
#include "hwsim/probe.h"
#include "hwsim/samples.h"
#include "hwsim/system.h"
#include "hwsim/yield.h"
#include "vm/charge.h"
#include "vm/cores.h"
#include "vm/guest/regs.h"
#include "vm/runtime.h"
#include "vm/sched.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { REG_RA = 1, REG_SP = 2, REG_S0 = 8, REG_A0 = 10, REG_S2 = 18, REG_S4 = 20, MAX_SERVICES = 12, CODE_RUNS_A_POLL = 256, CODE_RUNS_SOON = 16, NULL_PAGE = 64 << 10 };

enum { CALL_NONE, CALL_INTERPRETER, CALL_CODE };

/* What ended the run of a thread's code, and waits for its own host thread (several cores). */
typedef enum Pending { PENDING_NOTHING, PENDING_CALL, PENDING_TRAP } Pending;

typedef struct SimCore {
    HwCore *core;
    Thread *owner;         /* whose registers it has */
    Thread *charging;      /* whose services its model's stack has */
    bool samples_full;     /* until the next poll */
    GcLists *lists;        /* several cores: what is allocated on each comes from its own */
} SimCore;

typedef struct SimThread {
    HwContext saved;             /* when it does not have a core */
    bool in_guest;               /* in run_many: anybody may run its code */
    u8 pending;                  /* Pending */
    u32 call;                    /* the host call's number */
    u8 in_call;                  /* in a host call, of the interpreter or of compiled code: what it does is charged */
    u32 depth;                   /* services in progress, of this host call */
    u8 services[MAX_SERVICES];
    u64 entry_sp;                /* RV64 stack pointer of the innermost sim_run */
    u32 code_runs;               /* of compiled code from the host's interpreter */
    u32 rings;                   /* alarms before its current run began */
    bool again;                  /* its run ended only to begin anew */
    u32 soon;                    /* so many more are followed by a poll */
} SimThread;

static struct {
    SimCore *set;          /* NULL: nothing is simulated */
    u32 cores;
    bool native;           /* the core runs compiled code only, beside the host's interpreter */
    SimCode code;          /* what compiled code's host calls and faults are */
    int service[SVC_COUNT];/* the model's numbers */
    void (*tick)(const u64 *x, u64 pc);
    bool (*tick_ahead)(const u64 *x, u32 unknown, u64 pc, u64 instructions);
    void (*tick_undo)(void);
    u64 tick_taken, tick_kept; /* looking ahead: until the next tick; the same when that was undone, or 0 */
    void (*allocation)(const u64 *x, u64 object, u32 pc);
    u64 period, random;    /* of ticks at first, in instructions; for their jitter */
    u64 ticks;             /* so far */
    i64 tick_left;         /* several cores */
    struct { u64 at; void (*fn)(void); u32 rings; } alarm;
    u64 skew;              /* ticks of a model */
} sim;

extern const u8 guest_image[], guest_image_end[];
typedef struct GuestProbe { u64 pc; u32 move, pad; } GuestProbe; /* move: `mv zero, REGISTER` */
extern const GuestProbe guest_probes[], guest_probes_end[];

bool sim_active(void) { return sim.set && !sim.native; }
u32 sim_cores(void) { return sim.cores; }
void sim_set_code(const SimCode *code)
{
    sim.code = *code;
    for (u32 i = 0; sim.native && i < sim.cores; i++) sim.set[i].core->live_at = code->live_at;
}

/* The core that t has. */
static SimCore *core_of(const Thread *t)
{
    if (LIKELY(sim.cores == 1)) return sim.set;
    ASSERT(t->host->core >= 0);
    return &sim.set[t->host->core];
}

static bool has_core(const Thread *t) { return t && (sim.cores == 1 || t->host->core >= 0); }

u64 sim_ticks(u32 core) { return hw_ticks(sim.set[core].core->model); }
void sim_stopped_until(u32 core, u64 ticks) { hw_wait_until(sim.set[core].core->model, ticks, HWC_STOPPED_CYCLE); }
void sim_idle_until(u32 core, u64 ticks) { hw_wait_until(sim.set[core].core->model, ticks, HWC_IDLE_CYCLE); }

/* How far a core may be ahead of the others: a core that contends for lines goes in small steps, or how often they change hands would
   depend on how long its turns are. */
u64 sim_skew(u32 core)
{
    enum { CONTENDS = 1000, SMALL = 20 }; /* cycles */
    const HwModel *m = sim.set[core].core->model;
    u64 took = hw_took(m), cycle = hw_ticks_per_cycle(m), small = SMALL * cycle;
    bool contends = took && hw_ticks(m) - took < CONTENDS * cycle;
    return contends && small < sim.skew ? small : sim.skew;
}

/* The clock of the current thread's core; without one, that of the core that is furthest. */
u64 sim_now_ticks(void)
{
    if (has_core(current_thread)) return hw_ticks(core_of(current_thread)->core->model);
    u64 most = 0;
    for (u32 i = 0; i < sim.cores; i++)
        if (sim_ticks(i) > most) most = sim_ticks(i);
    return most;
}

u64 sim_cycle(void)
{
    if (!sim_active()) return 0;
    const HwCore *first = sim.set->core;
    if (!first->model) return first->instret;
    return sim.cores == 1 ? hw_cycle(first->model) : sim_now_ticks() / hw_ticks_per_cycle(first->model);
}

static SimThread *sim_thread(Thread *t)
{
    if (UNLIKELY(!t->context)) t->context = xcalloc(1, sizeof(SimThread));
    return t->context;
}

/* ---- The model's service stack -------------------------------------------------------------------------------------- */
static void model_begin(SimCore *k, u8 service) { hw_fw_begin(k->core->model, sim.service[service]); }

/* Takes the services of the thread that has the model's stack off it. */
static void charge_release(SimCore *k)
{
    const SimThread *s = k->charging->context;
    for (u32 i = 0; s && i < s->depth; i++) hw_fw_end(k->core->model);
    k->charging = NULL;
}

/* ---- The core's registers --------------------------------------------------------------------------------------- */
static void core_give_up(SimCore *k)
{
    hw_context_save(k->core, &sim_thread(k->owner)->saved);
    k->owner = NULL;
}

/* The core that t has, with t's registers. */
static HwCore *core_acquire(Thread *t)
{
    SimCore *k = core_of(t);
    if (UNLIKELY(k->charging && k->charging != t)) charge_release(k);
    if (UNLIKELY(k->lists != NULL)) gc_lists = t->lists = k->lists;
    if (LIKELY(k->owner == t)) return k->core;
    if (k->owner) core_give_up(k);
    for (u32 i = 0; UNLIKELY(sim.cores > 1) && i < sim.cores; i++)
        if (sim.set[i].owner == t) core_give_up(&sim.set[i]); /* it was there before */
    hw_context_load(k->core, &sim_thread(t)->saved);
    k->core->reservation = ~0ull;
    k->owner = t;
    if (sim.cores > 1) hw_model_thread(k->core->model, t->id);
    return k->core;
}

HwCore *sim_core(Thread *t) { return core_acquire(t); }

/* ---- Charging: hooks ---------------------------------------------------------------------------------------------- */
/* The current thread's state if its doings are charged, with the model's service stack made its own; or NULL. */
static SimThread *charge_acquire(SimCore **core)
{
    Thread *t = current_thread;
    SimThread *s = t ? t->context : NULL;
    if (!s || !s->in_call || !sim.set->core->model || UNLIKELY(!has_core(t))) return NULL;
    SimCore *k = *core = core_of(t);
    if (UNLIKELY(k->charging != t)) {
        if (k->charging) charge_release(k);
        k->charging = t;
        for (u32 i = 0; i < s->depth; i++) model_begin(k, s->services[i]);
    }
    return s;
}

static void hook_begin(int service)
{
    SimCore *k;
    SimThread *s = charge_acquire(&k);
    if (!s) return;
    ASSERT(service > SVC_NONE && service < SVC_COUNT && s->depth < MAX_SERVICES);
    s->services[s->depth++] = (u8)service;
    model_begin(k, (u8)service);
}

static void hook_end(void)
{
    SimCore *k;
    SimThread *s = charge_acquire(&k);
    if (!s) return;
    ASSERT(s->depth > 0);
    s->depth--;
    hw_fw_end(k->core->model);
}

/* Work outside any service is charged to "other". */
static void hook_touch(const void *p, u64 n, bool write)
{
    SimCore *k;
    SimThread *s = charge_acquire(&k);
    if (!s || !n || (u64)p - WIN_BASE >= WIN_TABLE_BASE + WIN_TABLE_SIZE - WIN_BASE) return; /* host memory is not the core's */
    if (!s->depth) model_begin(k, SVC_OTHER);
    hw_fw_access(k->core->model, (u64)p, n, write);
    if (!s->depth) hw_fw_end(k->core->model);
}

static void hook_work(u64 instructions)
{
    SimCore *k;
    SimThread *s = charge_acquire(&k);
    if (!s) return;
    if (!s->depth) model_begin(k, SVC_OTHER);
    hw_fw_work(k->core->model, instructions);
    if (!s->depth) hw_fw_end(k->core->model);
}

static ChargeHooks sim_hooks = { hook_begin, hook_end, hook_touch, hook_work };

/* ---- Host calls ----------------------------------------------------------------------------------------------------- */
typedef u64 (*HostFunction)(Thread *t, u64 a, u64 b, u64 c, u64 d);
#define H(name, text) rt_##name,
static const HostFunction host_functions[HCALL_COUNT] = {
#include "vm/runtime.def"
};
#undef H

/* The next poll comes now; it gives back what is left of the slice. */
static void cut_slice(Thread *t)
{
    if (t->poll <= 0) return;
    t->poll_cut = t->poll;
    t->poll = POLL_CUT;
}

static void serve_call(Thread *t, HwCore *core, u32 n)
{
    SimThread *s = t->context;
    ASSERT(t == current_thread && core_of(t)->owner == t && !s->in_call);
    if (n == HCALL_CODE || n == HCALL_INTERPRET) {
        s->in_call = CALL_CODE;
        if (n == HCALL_CODE) sim.code.call(t, core);
        else sim.code.interpret(t, core);
        ASSERT(s->depth == 0);
        s->in_call = CALL_NONE;
        core_acquire(t);
        return;
    }
    if (n >= HCALL_COUNT) panic("host call %u at pc 0x%llx", n, (unsigned long long)core->pc);
    s->in_call = CALL_INTERPRETER;
    u64 r = host_functions[n](t, core->x[REG_A0 + 1], core->x[REG_A0 + 2], core->x[REG_A0 + 3], core->x[REG_A0 + 4]);
    ASSERT(s->depth == 0);
    s->in_call = CALL_NONE;
    core = core_acquire(t);
    core->x[REG_A0] = r;
    if (UNLIKELY(core_of(t)->samples_full)) cut_slice(t); /* see samples_full */
}

/* An alarm rang while t's run was waiting for a call of the host: what the engines have taken from the model may be true no more. */
static void begin_anew(Thread *t, HwCore *core)
{
    SimThread *s = t->context;
    if (LIKELY(s->rings == sim.alarm.rings)) return;
    s->again = true;
    hw_core_stop(core);
}

static void host_call(HwCore *core, u32 n)
{
    Thread *t = (Thread *)core->x[GUEST_REG_THREAD];
    if (n == HCALL_EXIT) {
        hw_core_stop(core);
        return;
    }
    serve_call(t, core, n);
    begin_anew(t, core);
}

/* Several cores: the run ends, and the thread's own host thread goes on with it. */
static void note_call(HwCore *core, u32 n)
{
    SimThread *s = ((SimCore *)core->user)->owner->context;
    s->pending = PENDING_CALL;
    s->call = n;
    hw_core_stop(core);
}

/* ---- Traps ------------------------------------------------------------------------------------------------------------ */
static bool in_image(u64 pc)
{
    return pc - (WIN_GUEST_BASE + GUEST_ENTRY_OFFSET) < (u64)(guest_image_end - guest_image);
}

static void describe_trap(HwCore *core, u32 cause, u64 tval) NORETURN;
static void describe_trap(HwCore *core, u32 cause, u64 tval)
{
    char text[96] = "?";
    if (in_image(core->pc)) hw_disassemble((void *)core->pc, core->pc, text, sizeof text);
    const Frame *f = (Frame *)core->x[GUEST_REG_FRAME];
    const char *owner = "?", *name = "?";
    u64 bci = 0;
    if (IN_WINDOW(STACK, f)) {
        owner = f->method->owner->name->bytes, name = f->method->name->bytes;
        bci = core->x[GUEST_REG_PC] - (u64)f->method->code;
    }
    panic("trap %u (address 0x%llx) at pc 0x%llx: %s; running %s.%s, bytecode %llu", cause, (unsigned long long)tval,
          (unsigned long long)core->pc, text, owner, name, (unsigned long long)bci);
}

/* An access below NULL_PAGE by the interpreter itself is a null reference: its state is in the fixed registers, so the exception
   is made here and the interpreter entered afresh, where it finds the exception pending. */
static bool trap(HwCore *core, u32 cause, u64 tval)
{
    enum { LOAD_FAULT = 5, STORE_FAULT = 7 };
    Thread *t = (Thread *)core->x[GUEST_REG_THREAD];
    if ((cause != LOAD_FAULT && cause != STORE_FAULT) || tval >= NULL_PAGE || !in_image(core->pc) || t != current_thread)
        describe_trap(core, cause, tval);
    SimThread *s = t->context;
    Frame *f = (Frame *)core->x[GUEST_REG_FRAME];
    if (f != t->frame || !f) describe_trap(core, cause, tval);
    f->pc = (u8 *)core->x[GUEST_REG_PC];
    f->sp = (u64 *)core->x[GUEST_REG_SP];
    s->in_call = CALL_INTERPRETER;
    rt_throw_kind(t, THROW_NULL, 0, 0, 0);
    s->in_call = CALL_NONE;
    core = core_acquire(t);
    core->x[REG_A0] = (u64)t;
    core->x[REG_SP] = s->entry_sp;
    core->pc = WIN_GUEST_BASE + GUEST_ENTRY_OFFSET;
    begin_anew(t, core);
    return true;
}

/* ---- Running -------------------------------------------------------------------------------------------------------------- */
/* What a nested sim_run puts aside: the state of the host call that it is nested in. */
typedef struct Outer {
    HwContext context;
    u64 entry_sp;
    u8 in_call;
    u32 depth, rings;
    u8 services[MAX_SERVICES];
} Outer;

static void outer_save(Thread *t, SimThread *s, Outer *o)
{
    SimCore *k = core_of(t);
    if (k->charging == t) charge_release(k);
    hw_context_save(k->core, &o->context);
    o->entry_sp = s->entry_sp;
    o->in_call = s->in_call;
    o->depth = s->depth;
    o->rings = s->rings;
    memcpy(o->services, s->services, sizeof o->services);
    s->in_call = CALL_NONE;
    s->depth = 0;
}

static void outer_restore(Thread *t, SimThread *s, const Outer *o)
{
    core_acquire(t);
    SimCore *k = core_of(t);
    if (k->charging == t) charge_release(k); /* of its nested calls: nothing is left */
    hw_context_load(k->core, &o->context);
    s->entry_sp = o->entry_sp;
    s->in_call = o->in_call;
    s->depth = o->depth;
    s->rings = o->rings;
    memcpy(s->services, o->services, sizeof s->services);
}

/* Instructions until the next tick: jittered, or loops alias with it. The more there were, the less does one more tell, and each takes the host's time. */
enum { TICKS_OF_A_PERIOD = 2048, MOST_DOUBLINGS = 3 };
static u64 next_tick(void)
{
    if (LIKELY(!sim.tick)) return ~0ull;
    u64 kept = sim.tick_kept;
    sim.tick_kept = 0;
    if (UNLIKELY(kept)) return kept;
    sim.random ^= sim.random << 13, sim.random ^= sim.random >> 7, sim.random ^= sim.random << 17;
    u64 doublings = sim.ticks++ / TICKS_OF_A_PERIOD, period = sim.period << (doublings < MOST_DOUBLINGS ? doublings : MOST_DOUBLINGS);
    return period / 2 + sim.random % period;
}

static u64 look_ahead(const u64 *x, u32 unknown, u64 pc, u64 instructions)
{
    bool looked = sim.tick && !sim.alarm.fn && sim.tick_ahead(x, unknown, pc, instructions);
    return looked ? sim.tick_taken = next_tick() : 0;
}

static void undo_ahead(void)
{
    sim.tick_undo();
    sim.tick_kept = sim.tick_taken;
}

/* By short runs, as samples_full asks for. */
static HwStop run_in_lockstep(HwCore *core, u64 budget)
{
    enum { RUN = 512 };
    HwStop stop = HW_STOP_BUDGET;
    SimCore *k = core->user;
    while (budget && stop == HW_STOP_BUDGET) {
        u64 n = budget < RUN ? budget : RUN;
        stop = hw_core_run(core, n);
        budget -= n;
        if (UNLIKELY(k->samples_full) && stop == HW_STOP_BUDGET) cut_slice(k->owner);
    }
    return stop;
}

static HwStop run_until_tick(HwCore *core)
{
    u64 budget = next_tick();
    return UNLIKELY(core->engine == HW_ENGINE_LOCKSTEP) ? run_in_lockstep(core, budget) : hw_core_run(core, budget);
}

void sim_alarm(u64 instructions, void (*fn)(void))
{
    ASSERT(sim.cores == 1 && !sim.native);
    sim.alarm.at = instructions, sim.alarm.fn = fn;
}

static HwStop run_with_alarm(HwCore *core, SimThread *s)
{
    u64 left = next_tick();
    for (;;) {
        u64 begin = hw_instret(core->model), n = sim.alarm.at > begin ? sim.alarm.at - begin : 1;
        s->rings = sim.alarm.rings;
        HwStop stop = hw_core_run(core, n < left ? n : left);
        u64 now = hw_instret(core->model);
        left = now - begin < left ? left - (now - begin) : 0;
        if (now >= sim.alarm.at) {
            sim.alarm.rings++;
            sim.alarm.at = ~0ull;
            sim.alarm.fn();
        }
        if (!left) {
            if (sim.tick) sim.tick(core->x, core->pc);
            left = next_tick();
        }
        if (stop != HW_STOP_BUDGET && !s->again) return stop;
        s->again = false;
    }
}

/* A run that ends on its budget goes on as if it had not. */
static HwStop run_with_ticks(HwCore *core)
{
    HwStop stop;
    if (UNLIKELY(sim.alarm.fn != NULL)) return run_with_alarm(core, current_thread->context);
    while ((stop = run_until_tick(core)) == HW_STOP_BUDGET)
        if (sim.tick) sim.tick(core->x, core->pc);
    return stop;
}

/* ---- Several cores: running ------------------------------------------------------------------------------------------------ */
/* In lockstep by short runs, as samples_full asks for. */
static HwStop run_part(HwCore *core, u64 budget)
{
    enum { RUN = 512 };
    if (LIKELY(core->engine != HW_ENGINE_LOCKSTEP)) return hw_core_run(core, budget);
    SimCore *k = core->user;
    HwStop stop = hw_core_run(core, budget < RUN ? budget : RUN);
    if (UNLIKELY(k->samples_full) && stop == HW_STOP_BUDGET) cut_slice(k->owner);
    return stop;
}

/* Runs x's code, here, until it is time for another core's, or it asks for something. */
static void run_slice(Thread *x, u64 until)
{
    HwCore *core = core_acquire(x);
    SimThread *s = x->context;
    core->yield_at = until;
    for (;;) {
        u64 before = core->instret;
        HwStop stop = run_part(core, sim.tick ? (u64)sim.tick_left : 1ull << 40);
        sim.tick_left -= (i64)(core->instret - before);
        if (stop == HW_STOP_TRAP) s->pending = PENDING_TRAP;
        if (sim.tick && sim.tick_left <= 0) {
            sim.tick_left = (i64)next_tick();
            sim.tick(core->x, core->pc);
        }
        if (stop != HW_STOP_BUDGET) return; /* only where threads may be switched */
    }
}

/* True: t's run is over. */
static bool serve_pending(Thread *t)
{
    SimThread *s = t->context;
    HwCore *core = core_acquire(t);
    Pending what = s->pending;
    s->pending = PENDING_NOTHING;
    if (what == PENDING_CALL && s->call == HCALL_EXIT) return true;
    s->in_guest = false;
    if (what == PENDING_CALL) serve_call(t, core, s->call);
    else if (!trap(core, core->cause, core->tval)) describe_trap(core, core->cause, core->tval);
    s->in_guest = true;
    core = core_of(t)->core;
    bool over = core->stop;
    core->stop = false;
    return over;
}

/* Runs all cores' code, the least advanced core's first, until t's run is over. Others' requests are passed to their host threads. */
static HwStop run_many(Thread *t)
{
    SimThread *s = t->context;
    bool outer = s->in_guest;
    s->in_guest = true;
    for (;;) {
        u64 until;
        Thread *x = cores_turn(&until);
        SimThread *sx = x->context;
        if (x != t && (!sx || !sx->in_guest || sx->pending)) {
            sched_pass(t, x);
        } else if (sx->pending) {
            if (serve_pending(t)) break;
        } else {
            run_slice(x, until);
        }
    }
    s->in_guest = outer;
    return HW_STOP_HCALL;
}

/* Runs the core from pc until it is told to leave. */
static u64 run_from(Thread *t, u64 pc, bool code)
{
    ASSERT(sim.set && t == current_thread && t->guest_stack_top);
    SimThread *s = sim_thread(t);
    HwCore *core = core_acquire(t);
    Outer outer;
    outer_save(t, s, &outer);
    u64 top = outer.in_call ? core->x[REG_SP] : t->guest_stack_top;
    s->entry_sp = ALIGN_DOWN(top, 16ull) - 16;
    ASSERT(s->entry_sp - t->guest_stack_base >= 4096 && s->entry_sp < t->guest_stack_top); /* the host's stack ends first */
    core->x[REG_SP] = s->entry_sp;
    core->x[REG_A0] = code ? t->ret : (u64)t;
    core->x[REG_RA] = code ? t->code_ra : 0;
    if (code) core->x[REG_S4] = t->code_sp, core->x[GUEST_REG_THREAD] = (u64)t;
    core->pc = pc;
    HwStop stop = sim.cores == 1 ? run_with_ticks(core) : run_many(t);
    core = core_of(t)->core;
    if (stop != HW_STOP_HCALL) describe_trap(core, core->cause, core->tval);
    ASSERT(core_of(t)->owner == t && s->depth == 0);
    u64 r = core->x[REG_A0];
    outer_restore(t, s, &outer);
    return r;
}

u64 sim_run(Thread *t) { return run_from(t, WIN_GUEST_BASE + GUEST_ENTRY_OFFSET, false); }

/* The next poll comes now, and the turn is as much longer as the slice is shorter. */
static void end_slice(Thread *t)
{
    if (t->poll <= 0) return;
    t->polled -= (i32)t->poll;
    t->poll = 0;
}

u64 sim_run_code(Thread *t)
{
    ASSERT(IN_WINDOW(CODE, t->code_pc)); /* not native: compiled callers of a thread that has left the core */
    u64 r = run_from(t, t->code_pc, true);
    /* An interpreted loop around compiled calls hardly ever sees the end of a slice: they take the polls. It gets one of its own. */
    SimThread *s = sim_thread(t);
    if (++s->code_runs % CODE_RUNS_A_POLL == 0) t->poll = 0;
    if (UNLIKELY(s->soon > 0)) s->soon--, end_slice(t);
    return r;
}

void sim_poll_soon(Thread *t)
{
    end_slice(t);
    sim_thread(t)->soon = CODE_RUNS_SOON;
}

void sim_poll_again(Thread *t, bool enough)
{
    SimThread *s = t->context;
    if (LIKELY(!s || !s->soon)) return;
    s->soon = enough ? 0 : s->soon - 1;
    if (!enough) end_slice(t);
}

/* ---- Threads -------------------------------------------------------------------------------------------------------------- */
/* Registers change hands lazily, in core_acquire; only the model's service stack must not outlive its thread's turn. */
void sim_switch_out(Thread *t)
{
    if (has_core(t) && core_of(t)->charging == t) charge_release(core_of(t));
}

void sim_switch_in(Thread *t) { (void)t; }

const u64 *sim_registers(const Thread *t)
{
    if (!t->context) return NULL;
    for (u32 i = 0; i < sim.cores; i++)
        if (sim.set[i].owner == t) return sim.set[i].core->x;
    return ((const SimThread *)t->context)->saved.x;
}

/* Code may stop anywhere where it might poll, and where it calls the host, before its frame says how far the Java stack goes: no further than this
   behind the last place that a register names. */
enum { BEYOND = 16 << 10 };
const u64 *sim_stack_top(Thread *t)
{
    const SimThread *s = t->context;
    if (!s || !s->in_guest) return NULL;
    const u64 *x = sim_registers(t);
    u64 end = (u64)t->stack_end, most = t->frame ? (u64)t->frame->sp : (u64)t->stack_base;
    for (u32 i = 1; i < 32; i++)
        if (x[i] >= (u64)t->stack_base && x[i] < end && x[i] > most) most = x[i];
    most = ALIGN_DOWN(most, 8ull) + BEYOND;
    return (const u64 *)(most < end ? most : end);
}

void sim_roots(Thread *t, GcVisitRange ambiguous, void *ctx)
{
    SimThread *s = t->context;
    if (!s) return;
    const u64 *x = sim_registers(t);
    u64 sp = x[REG_SP];
    /* Calls of the interpreter, being C's, keep s registers and have their arguments in a registers; compiled code has cleared what holds nothing
       (jit/live.c). Beside the host's interpreter the registers mean nothing outside of host calls. */
    if (s->in_call == CALL_CODE || s->in_guest) {
        ambiguous(ctx, x + 1, x + 32);
    } else if (!sim.native) {
        ambiguous(ctx, x + REG_S0, x + REG_A0 + 5);
        ambiguous(ctx, x + REG_S2, x + REG_S2 + 10);
    }
    if ((s->in_call || s->in_guest) && sp >= t->guest_stack_base && sp < t->guest_stack_top) ambiguous(ctx, (void *)ALIGN_DOWN(sp, 8ull), (void *)t->guest_stack_top);
}

void sim_thread_end(Thread *t)
{
    if (!t->context) return;
    for (u32 i = 0; i < sim.cores; i++) {
        if (sim.set[i].charging == t) charge_release(&sim.set[i]);
        if (sim.set[i].owner == t) sim.set[i].owner = NULL;
    }
    free(t->context);
    t->context = NULL;
}

/* ---- Start ------------------------------------------------------------------------------------------------------------------ */
static void take_cores(HwCore *const *cores, u32 n)
{
    ASSERT(!sim.set && n > 0);
    sim.set = xcalloc(n, sizeof *sim.set);
    sim.cores = n;
    for (u32 i = 0; i < n; i++) {
        sim.set[i].core = cores[i];
        cores[i]->user = &sim.set[i];
        cores[i]->host_call = n > 1 ? note_call : host_call;
        cores[i]->trap = n > 1 ? NULL : trap;
    }
}

void sim_init_native(HwCore *core)
{
    ASSERT(!core->model);
    take_cores(&core, 1);
    core->uncounted = core->any_nan = true;
    sim.native = true;
}

static void load_image(void)
{
    u64 size = (u64)(guest_image_end - guest_image), base = WIN_GUEST_BASE + GUEST_ENTRY_OFFSET;
    ASSERT(size && GUEST_ENTRY_OFFSET + size <= WIN_GUEST_SIZE);
    void *p = mmap((void *)base, ALIGN_UP(size, 4096), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (p != (void *)base) die("cannot load the core's interpreter at 0x%llx: %s", (unsigned long long)base, strerror(errno));
    memcpy(p, guest_image, size);
    if (mprotect(p, ALIGN_UP(size, 4096), PROT_READ)) die("cannot protect the core's interpreter: %s", strerror(errno));
    sim_code_changed(base, base + size);
}

void sim_code_changed(u64 from, u64 to)
{
    for (u32 i = 0; i < sim.cores; i++) hw_core_invalidate(sim.set[i].core, from, to);
}

bool sim_samples_polled(Thread *t)
{
    if (sim.set && has_core(t)) core_of(t)->samples_full = false;
    bool early = poll_is_early(t);
    if (early) t->poll = t->poll_cut - 1; /* the jump or call that polls is one of it */
    t->poll_cut = 0;
    return early;
}

/* Asks for a safepoint. The interpreter may be between reading and writing its poll count, which would undo this: so host calls
   ask again until the poll has come. In lockstep the other engine would not see it happen: it waits for the end of the run. */
static void samples_full(void *ctx)
{
    SimCore *k = ctx;
    Thread *t = sim.cores == 1 ? current_thread : k->owner;
    k->samples_full = true;
    if (t && k->core->engine != HW_ENGINE_LOCKSTEP) cut_slice(t);
}

void sim_on_code_allocation(u64 pc, u32 reg)
{
    for (u32 i = 0; sim.allocation && i < sim.cores; i++) hw_probe(sim.set[i].core, &(HwProbePoint){ pc, reg }, 1, sim.allocation);
}

void sim_on_allocation(void (*fn)(const u64 *x, u64 object, u32 pc))
{
    sim.allocation = fn;
    u32 n = (u32)(guest_probes_end - guest_probes);
    HwProbePoint points[16];
    ASSERT(sim.set && n > 0 && n <= NELEM(points));
    for (u32 i = 0; i < n; i++) points[i] = (HwProbePoint){ guest_probes[i].pc, guest_probes[i].move >> 15 & 31 };
    for (u32 i = 0; i < sim.cores; i++) hw_probe(sim.set[i].core, points, n, fn);
}

void sim_on_tick(u32 period, void (*fn)(const u64 *x, u64 pc))
{
    ASSERT(sim.set && period >= 16);
    sim.period = period, sim.random = 0x9e3779b97f4a7c15ull, sim.ticks = 0;
    sim.tick = fn;
    sim.tick_left = (i64)next_tick();
}

void sim_on_tick_ahead(bool (*look)(const u64 *x, u32 unknown, u64 pc, u64 instructions), void (*undo)(void))
{
    static const HwAhead ahead = { look_ahead, undo_ahead };
    sim.tick_ahead = look, sim.tick_undo = undo;
    if (sim.cores == 1) sim.set[0].core->ahead = &ahead;
}

/* Several cores: code stops where it loads its thread's poll count, that is where a thread might be switched. */
static void stop_at_polls(void)
{
    u32 load = hw_rows[HW_I_LD].match | GUEST_REG_THREAD << 15 | (u32)offsetof(Thread, poll) << 20, rd = 31u << 7;
    hw_yield_points(load, ~rd);
}

static void register_services(SimCore *k)
{
    HwModel *m = k->core->model;
    for (int i = SVC_NONE + 1; i < SVC_COUNT; i++) sim.service[i] = hw_fw_service(m, charge_service_name((Service)i));
    for (u32 i = 0; i < HW_SAMPLERS; i++) hw_sampler_on_full(hw_model_sampler(m, i), samples_full, k);
}

void sim_init(HwCore *const *cores, u32 n, u64 skew_cycles)
{
    take_cores(cores, n);
    if (n > 1) {
        stop_at_polls();
        for (u32 i = 0; i < n; i++) sim.set[i].lists = i ? gc_lists_more() : gc_lists;
    }
    load_image();
    if (!cores[0]->model) return;
    sim.skew = skew_cycles * hw_ticks_per_cycle(cores[0]->model);
    for (u32 i = 0; i < n; i++) register_services(&sim.set[i]);
    charge_hooks = &sim_hooks;
}
