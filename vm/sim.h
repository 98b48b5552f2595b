/* Running Java on the simulated core: the RV64 interpreter's image, host calls, the core's state per thread, charging. */
#ifndef VM_SIM_H
#define VM_SIM_H
#include "hwsim/core.h"
#include "vm/vm.h"

/* Loads the interpreter's image into the GUEST window and takes over the cores: one, or several, whose models are a system's (hwsim/system.h) and whose
   clocks stay within `skew_cycles` of each other, but for what firmware does in one go and the way to the next poll. Once, before any thread is simulated. */
void sim_init(HwCore *const *cores, u32 n, u64 skew_cycles);
u32 sim_cores(void);
bool sim_active(void); /* sim_init was called */
/* A core without a model for compiled code only, beside the host's interpreter. Instead of sim_init. */
void sim_init_native(HwCore *core);
/* What compiled code asks of the host: a slow path, a call of a method that has no code. They may switch threads: registers are read before that, or
   through sim_core; they end with the program counter where it is to go on. Set by the compiler. */
typedef struct SimCode { void (*call)(Thread *t, HwCore *core); void (*interpret)(Thread *t, HwCore *core); HwLiveAt live_at; } SimCode;
void sim_set_code(const SimCode *code);
HwCore *sim_core(Thread *t); /* with t's registers */
const u64 *sim_registers(const Thread *t); /* its integer registers, on a core or saved; NULL: it never had a core */
/* u64 sim_run(Thread *t) is in vm.h: runs t's top frame on the core; RUN_*. May be nested (a host call that calls Java). */

/* The scheduler, when a simulated thread gives the baton away or gets it: the core's registers and charges in progress
   change hands. */
void sim_switch_out(Thread *t);
void sim_switch_in(Thread *t);

/* Words that may be references: registers of t on the core or saved, and its RV64 stack. */
void sim_roots(Thread *t, GcVisitRange ambiguous, void *ctx);
/* How far the Java stack of a thread may go that several cores' turns have stopped in its own code: its frames do not tell. NULL: they do. */
const u64 *sim_stack_top(Thread *t);
/* A thread has ended: frees what sim_run kept for it. */
void sim_thread_end(Thread *t);

/* Who has which of a core's samplers: the layout optimizer looks at misses, the compiler's value hints at mispredicted branches. */
enum { SAMPLER_MISSES, SAMPLER_MISPREDICTS };

/* Compiled code of t has been left for what the program does (an exception), in a loop perhaps that could go on compiled: it polls soon, though the
   code that it calls polls too. */
void sim_poll_soon(Thread *t);
/* It has polled, and there was what it was to poll for; or something else: then it polls again at once, a few times. */
void sim_poll_again(Thread *t, bool enough);

/* Instructions in memory are others than before: what cores have decoded or translated of them goes. */
void sim_code_changed(u64 from, u64 to);

/* At a poll: was it asked for by samples alone? Then it is no end of a slice: what was left of it is given back. Or what is compiled when, and who runs
   when, would depend on what misses. */
bool sim_samples_polled(Thread *t);

/* For reports, which must not change what the program sees. The integer registers and the object, after each inline allocation of the
   interpreter on the core; the registers and pc about every `period` instructions, every 2, 4, and 8 times as many
   when there were some thousand. */
void sim_on_allocation(void (*fn)(const u64 *x, u64 object, u32 pc));
void sim_on_code_allocation(u64 pc, u32 reg); /* compiled code allocates inline at pc too */
void sim_on_tick(u32 period, void (*fn)(const u64 *x, u64 pc));
/* As long as ticks are asked for and there is one core, `look` may be told instead, so many instructions before, and without the registers of these bits; false: fn is to be called then.
   `undo`: what `look` was told last will not be so; fn, or `look`, is called for it. */
void sim_on_tick_ahead(bool (*look)(const u64 *x, u32 unknown, u64 pc, u64 instructions), void (*undo)(void));

/* One core: fn is called when the program has executed so many instructions in all (or a little later, if it was in nested calls), between two
   of them, and may change what the model does and set another alarm. ~0: not any more. */
void sim_alarm(u64 instructions, void (*fn)(void));

/* Cycles since the core started (instructions without a timing model); 0 before sim_init. */
u64 sim_cycle(void);

/* ---- For the scheduler (cores.c): clocks of several cores, in ticks of their models. ---- */
u64 sim_ticks(u32 core);
u64 sim_skew(u32 core);
u64 sim_now_ticks(void); /* of the current thread's core, or of the core that is furthest */
void sim_idle_until(u32 core, u64 ticks);
void sim_stopped_until(u32 core, u64 ticks);

#endif
