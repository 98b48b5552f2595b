/* Java on the simulated core. The image of the RV64 interpreter (guest/) is copied to its window once; sim_run then enters it on
   a thread's RV64 stack and stays until the interpreter returns. What the interpreter asks of the runtime arrives as host
   calls, by number, in host_call.

   One core, many threads: each simulated thread has a SimThread with the registers it had when another thread took the core.
   Whoever is about to run on the core, or comes back from a host call in which others may have run, calls core_acquire; it
   puts away the registers of the thread that had the core before. So nothing needs to know where threads are switched.

   Charging: the charge_ hooks of vm.h end up here. They count only in threads that are in a host call; each thread has its
   own stack of services in progress, because a service may switch threads in the middle. The model's stack holds that
   of one thread at a time (charge_acquire), and is empty while the core runs. */
#define _GNU_SOURCE
#include "vm/sim.h"
#include "base/log.h"
#include "base/vec.h"
#include "base/window.h"
#include "hwsim/probe.h"
#include "hwsim/samples.h"
#include "vm/charge.h"
#include "vm/guest/regs.h"
#include "vm/runtime.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { REG_RA = 1, REG_SP = 2, REG_S0 = 8, REG_A0 = 10, REG_S2 = 18, REG_S4 = 20, MAX_SERVICES = 12, CODE_RUNS_A_POLL = 256, NULL_PAGE = 64 << 10 };

enum { CALL_NONE, CALL_INTERPRETER, CALL_CODE };

typedef struct SimThread {
    HwContext saved;             /* when it does not have the core */
    u8 in_call;                  /* in a host call, of the interpreter or of compiled code: what it does is charged */
    u32 depth;                   /* services in progress, of this host call */
    u8 services[MAX_SERVICES];
    u64 entry_sp;                /* RV64 stack pointer of the innermost sim_run */
    u32 code_runs;               /* of compiled code from the host's interpreter */
} SimThread;

static struct {
    HwCore *core;
    Thread *owner;         /* whose registers the core has */
    Thread *charging;      /* whose services the model's stack has */
    bool samples_full;     /* until the next poll */
    bool native;           /* the core runs compiled code only, beside the host's interpreter */
    SimCode code;          /* what compiled code's host calls and faults are */
    int service[SVC_COUNT];/* the model's numbers */
    void (*tick)(const u64 *x, u64 pc);
    u64 period, random;    /* of ticks, in instructions; for their jitter */
} sim;

extern const u8 guest_image[], guest_image_end[];
typedef struct GuestProbe { u64 pc; u32 move, pad; } GuestProbe; /* move: `mv zero, REGISTER` */
extern const GuestProbe guest_probes[], guest_probes_end[];

bool sim_active(void) { return sim.core && !sim.native; }
void sim_set_code(const SimCode *code) { sim.code = *code; }

u64 sim_cycle(void)
{
    if (!sim_active()) return 0;
    return sim.core->model ? hw_cycle(sim.core->model) : sim.core->instret;
}

static SimThread *sim_thread(Thread *t)
{
    if (UNLIKELY(!t->context)) t->context = xcalloc(1, sizeof(SimThread));
    return t->context;
}

/* ---- The model's service stack -------------------------------------------------------------------------------------- */
static void model_begin(u8 service) { hw_fw_begin(sim.core->model, sim.service[service]); }

static void suspend_services(const SimThread *s)
{
    for (u32 i = 0; i < s->depth; i++) hw_fw_end(sim.core->model);
}

static void resume_services(const SimThread *s)
{
    for (u32 i = 0; i < s->depth; i++) model_begin(s->services[i]);
}

/* Takes the services of the thread that has the model's stack off it. */
static void charge_release(void)
{
    if (sim.charging->context) suspend_services(sim.charging->context);
    sim.charging = NULL;
}

/* ---- The core's registers --------------------------------------------------------------------------------------- */
static void core_acquire(Thread *t)
{
    if (UNLIKELY(sim.charging && sim.charging != t)) charge_release();
    if (LIKELY(sim.owner == t)) return;
    if (sim.owner) hw_context_save(sim.core, &sim_thread(sim.owner)->saved);
    hw_context_load(sim.core, &sim_thread(t)->saved);
    sim.core->reservation = ~0ull;
    sim.owner = t;
}

HwCore *sim_core(Thread *t)
{
    core_acquire(t);
    return sim.core;
}

/* ---- Charging: hooks ---------------------------------------------------------------------------------------------- */
/* The current thread's state if its doings are charged, with the model's service stack made its own; or NULL. */
static SimThread *charge_acquire(void)
{
    Thread *t = current_thread;
    SimThread *s = t ? t->context : NULL;
    if (!s || !s->in_call || !sim.core->model) return NULL;
    if (UNLIKELY(sim.charging != t)) {
        if (sim.charging) charge_release();
        sim.charging = t;
        resume_services(s);
    }
    return s;
}

static void hook_begin(int service)
{
    SimThread *s = charge_acquire();
    if (!s) return;
    ASSERT(service > SVC_NONE && service < SVC_COUNT && s->depth < MAX_SERVICES);
    s->services[s->depth++] = (u8)service;
    model_begin((u8)service);
}

static void hook_end(void)
{
    SimThread *s = charge_acquire();
    if (!s) return;
    ASSERT(s->depth > 0);
    s->depth--;
    hw_fw_end(sim.core->model);
}

/* Work outside any service is charged to "other". */
static void hook_touch(const void *p, u64 n, bool write)
{
    SimThread *s = charge_acquire();
    if (!s || !n || (u64)p - WIN_BASE >= WIN_TABLE_BASE + WIN_TABLE_SIZE - WIN_BASE) return; /* host memory is not the core's */
    if (!s->depth) model_begin(SVC_OTHER);
    hw_fw_access(sim.core->model, (u64)p, n, write);
    if (!s->depth) hw_fw_end(sim.core->model);
}

static void hook_work(u64 instructions)
{
    SimThread *s = charge_acquire();
    if (!s) return;
    if (!s->depth) model_begin(SVC_OTHER);
    hw_fw_work(sim.core->model, instructions);
    if (!s->depth) hw_fw_end(sim.core->model);
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
    t->poll = 0;
}

static void host_call(HwCore *core, u32 n)
{
    if (n == HCALL_EXIT) {
        hw_core_stop(core);
        return;
    }
    Thread *t = (Thread *)core->x[GUEST_REG_THREAD];
    SimThread *s = t->context;
    ASSERT(t == current_thread && sim.owner == t && !s->in_call);
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
    core_acquire(t);
    core->x[REG_A0] = r;
    if (UNLIKELY(sim.samples_full)) cut_slice(t); /* see samples_full */
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
    core_acquire(t);
    core->x[REG_A0] = (u64)t;
    core->x[REG_SP] = s->entry_sp;
    core->pc = WIN_GUEST_BASE + GUEST_ENTRY_OFFSET;
    return true;
}

/* ---- Running -------------------------------------------------------------------------------------------------------------- */
/* What a nested sim_run puts aside: the state of the host call that it is nested in. */
typedef struct Outer {
    HwContext context;
    u64 entry_sp;
    u8 in_call;
    u32 depth;
    u8 services[MAX_SERVICES];
} Outer;

static void outer_save(Thread *t, SimThread *s, Outer *o)
{
    if (sim.charging == t) charge_release();
    hw_context_save(sim.core, &o->context);
    o->entry_sp = s->entry_sp;
    o->in_call = s->in_call;
    o->depth = s->depth;
    memcpy(o->services, s->services, sizeof o->services);
    s->in_call = CALL_NONE;
    s->depth = 0;
}

static void outer_restore(Thread *t, SimThread *s, const Outer *o)
{
    core_acquire(t);
    if (sim.charging == t) charge_release(); /* of its nested calls: nothing is left */
    hw_context_load(sim.core, &o->context);
    s->entry_sp = o->entry_sp;
    s->in_call = o->in_call;
    s->depth = o->depth;
    memcpy(s->services, o->services, sizeof s->services);
}

/* Instructions until the next tick: jittered, or loops alias with it. */
static u64 next_tick(void)
{
    if (LIKELY(!sim.tick)) return ~0ull;
    sim.random ^= sim.random << 13, sim.random ^= sim.random >> 7, sim.random ^= sim.random << 17;
    return sim.period / 2 + sim.random % sim.period;
}

/* A run that ends on its budget goes on as if it had not. */
static HwStop run_with_ticks(HwCore *core)
{
    HwStop stop;
    while ((stop = hw_core_run(core, next_tick())) == HW_STOP_BUDGET)
        if (sim.tick) sim.tick(core->x, core->pc);
    return stop;
}

/* Runs the core from pc until it is told to leave. */
static u64 run_from(Thread *t, u64 pc, bool code)
{
    HwCore *core = sim.core;
    ASSERT(core && t == current_thread && t->guest_stack_top);
    SimThread *s = sim_thread(t);
    core_acquire(t);
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
    HwStop stop = run_with_ticks(core);
    if (stop != HW_STOP_HCALL) describe_trap(core, core->cause, core->tval);
    ASSERT(sim.owner == t && s->depth == 0);
    u64 r = core->x[REG_A0];
    outer_restore(t, s, &outer);
    return r;
}

u64 sim_run(Thread *t) { return run_from(t, WIN_GUEST_BASE + GUEST_ENTRY_OFFSET, false); }

u64 sim_run_code(Thread *t)
{
    ASSERT(sim.native && IN_WINDOW(CODE, t->code_pc));
    u64 r = run_from(t, t->code_pc, true);
    /* An interpreted loop around compiled calls hardly ever sees the end of a slice: they take the polls. It gets one of its own. */
    if (++sim_thread(t)->code_runs % CODE_RUNS_A_POLL == 0) t->poll = 0;
    return r;
}

/* ---- Threads -------------------------------------------------------------------------------------------------------------- */
/* Registers change hands lazily, in core_acquire; only the model's service stack must not outlive its thread's turn. */
void sim_switch_out(Thread *t)
{
    if (sim.charging == t) charge_release();
}

void sim_switch_in(Thread *t) { (void)t; }

void sim_roots(Thread *t, GcVisitRange ambiguous, void *ctx)
{
    SimThread *s = t->context;
    if (!s) return;
    const u64 *x = sim.owner == t ? sim.core->x : s->saved.x;
    u64 sp = x[REG_SP];
    /* Calls of the interpreter, being C's, keep s registers and have their arguments in a registers; compiled code has cleared what holds nothing
       (jit/live.c). Beside the host's interpreter the registers mean nothing outside of host calls. */
    if (s->in_call == CALL_CODE) {
        ambiguous(ctx, x + 1, x + 32);
    } else if (!sim.native) {
        ambiguous(ctx, x + REG_S0, x + REG_A0 + 5);
        ambiguous(ctx, x + REG_S2, x + REG_S2 + 10);
    }
    if (s->in_call && sp >= t->guest_stack_base && sp < t->guest_stack_top) ambiguous(ctx, (void *)ALIGN_DOWN(sp, 8ull), (void *)t->guest_stack_top);
}

void sim_thread_end(Thread *t)
{
    if (!t->context) return;
    sim_switch_out(t);
    if (sim.owner == t) sim.owner = NULL;
    free(t->context);
    t->context = NULL;
}

/* ---- Start ------------------------------------------------------------------------------------------------------------------ */
void sim_init_native(HwCore *core)
{
    ASSERT(!sim.core && !core->model);
    sim.core = core;
    sim.native = true;
    core->host_call = host_call;
    core->trap = trap;
}

static void load_image(void)
{
    u64 size = (u64)(guest_image_end - guest_image), base = WIN_GUEST_BASE + GUEST_ENTRY_OFFSET;
    ASSERT(size && GUEST_ENTRY_OFFSET + size <= WIN_GUEST_SIZE);
    void *p = mmap((void *)base, ALIGN_UP(size, 4096), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (p != (void *)base) die("cannot load the core's interpreter at 0x%llx: %s", (unsigned long long)base, strerror(errno));
    memcpy(p, guest_image, size);
    if (mprotect(p, ALIGN_UP(size, 4096), PROT_READ)) die("cannot protect the core's interpreter: %s", strerror(errno));
    hw_core_invalidate(sim.core, base, base + size);
}

/* Asks for a safepoint. The interpreter may be between reading and writing its poll count, which would undo this: so host calls
   ask again until the poll has come. */
bool sim_samples_polled(Thread *t)
{
    sim.samples_full = false;
    if (!t->poll_cut || t->poll_floor) return false;
    t->poll = t->poll_cut - 1; /* the jump or call that polls is one of it */
    t->poll_cut = 0;
    return true;
}

static void samples_full(void *ctx)
{
    (void)ctx;
    sim.samples_full = true;
    if (current_thread) cut_slice(current_thread);
}

void sim_on_allocation(void (*fn)(const u64 *x, u64 object))
{
    u32 n = (u32)(guest_probes_end - guest_probes);
    HwProbePoint points[16];
    ASSERT(sim.core && n > 0 && n <= NELEM(points));
    for (u32 i = 0; i < n; i++) points[i] = (HwProbePoint){ guest_probes[i].pc, guest_probes[i].move >> 15 & 31 };
    hw_probe(sim.core, points, n, fn);
}

void sim_on_tick(u32 period, void (*fn)(const u64 *x, u64 pc))
{
    ASSERT(sim.core && period >= 16);
    sim.period = period, sim.random = 0x9e3779b97f4a7c15ull;
    sim.tick = fn;
}

void sim_init(HwCore *core)
{
    ASSERT(!sim.core);
    sim.core = core;
    load_image();
    core->host_call = host_call;
    core->trap = trap;
    if (!core->model) return;
    for (int i = SVC_NONE + 1; i < SVC_COUNT; i++) sim.service[i] = hw_fw_service(core->model, charge_service_name((Service)i));
    hw_sampler_on_full(hw_model_sampler(core->model), samples_full, NULL);
    charge_hooks = &sim_hooks;
}
