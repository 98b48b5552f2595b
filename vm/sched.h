/* The scheduler's inside, for thread.c and classlib: a HostThread is the host's half of a Thread. The baton and the ready queue
   are described in sched.c; what the rest of the VM uses of them is in thread.h. */
#ifndef VM_SCHED_H
#define VM_SCHED_H
#include "vm/thread.h"
#include <pthread.h>

typedef enum HostState {
    HOST_NEW,     /* no host thread yet, or not announced to the scheduler */
    HOST_RUNNING, /* holds the baton */
    HOST_READY,   /* in the ready queue */
    HOST_BLOCKED, /* in sched_block */
    HOST_NATIVE,  /* runs host code without the baton */
    HOST_SUSPENDED, /* was ready when Thread.suspend took effect */
    HOST_ON_CORE  /* has one of several cores, whose code another thread's host thread may run; not the baton */
} HostState;

enum { SCHED_REGISTERS = 32 };
#define SCHED_FOREVER (~0ull)

/* What was when a native began. */
typedef struct HeldBaton { u32 count; bool lends; } HeldBaton;

typedef struct HostThread {
    pthread_cond_t turn;     /* signalled when the baton is handed to it */
    u64 made_at;             /* sched_now's time */
    int tid;                 /* the host's name of the thread; 0: it has not begun */
    HostState state;
    bool woken;              /* the last sched_block ended by sched_wake */
    bool background;         /* waits in the host for ever: the virtual clock does not wait for it */
    u64 deadline;            /* while in the timer list */
    bool timed;              /* in the timer list */
    bool suspended;          /* must not get the baton */
    u64 credit;              /* how long it may still go before those that only want to go on running; ns */
    bool urgent;             /* it did so for this turn: it is not interrupted */
    i32 core, last_core;     /* of several simulated ones; -1: none */
    u64 ready_at;            /* in their ticks, when it had none */
    u64 turn_began;          /* on the host's clock, later by the time it was interrupted for; real time only */
    u64 times_blocked, times_waited; /* entered a monitor that was taken; waited, slept or parked */
    u64 allocated;           /* bytes taken from the heap in turns that have ended; see sched_allocated */
    u64 allocated_told;
    u64 state_since, blocked_ns, waited_ns; /* sched_now's time, kept while monitors_time is on */
    u64 turn_used;           /* while interrupted: how much of its turn is over, ns; else 0 */
    u64 turn_counted;        /* and how much of that is in `ran` */
    u64 ran;                 /* ns of turns that have ended, real time only; never far less than the others' when it begins one */
    void (*body)(Thread *t); /* what a VM thread runs in place of Thread.run */
    Thread *next_ready, *next_timer;
    u64 registers[SCHED_REGISTERS]; /* callee-saved registers when it gave the baton away: scanned */
    bool lends;              /* when it gives the baton up for host code, it only lends it */
    HeldBaton *held; u32 nheld, held_cap; /* saved by native_blocking_begin */
} HostThread;

HostThread *host_thread_new(void);
void host_thread_free(HostThread *h);

/* Makes a thread that has no baton and no place in the queue ready to run; baton held by the caller (not t). */
void sched_announce(Thread *t);
/* A fresh host thread waits for its first turn; it was announced by its creator. */
void sched_first_turn(Thread *t);
/* The thread gives the baton away for good; `bury` runs on its way out, before anybody else can run. */
void sched_leave(Thread *t, void (*bury)(Thread *t));
/* Between begin and end, the wait of this thread in the host does not stop the virtual clock (signal dispatcher). */
void sched_background_begin(Thread *t);
void sched_background_end(Thread *t);
/* Is t in a native without the baton, and has not come back for it? */
bool sched_in_native(const Thread *t);

/* Thread.suspend and resume: a suspended thread gets no turn. The caller may suspend itself. */
void sched_suspend(Thread *t, Thread *target);
void sched_resume(Thread *target);
/* thread.c: like thread_start, but the thread runs `body` and not Thread.run. */
void thread_start_vm(Thread *t, Object *java_thread, void (*body)(Thread *t));

/* Bytes that a thread has allocated. Free cells are handed out by the block and to whoever comes: what others have is told within a few blocks, the
   caller's own up to what has been taken from blocks that it has not fetched itself. Never less than before. */
u64 sched_allocated(Thread *caller, Thread *of);

/* monitor.c: are the times measured that threads spend blocked and waiting? From now on; all begin at zero. */
extern bool monitors_time;
void monitors_time_reset(void);

/* Records the live part of the caller's host stack and its registers for conservative scanning. */
void sched_save_stack(Thread *t);

/* From now on time is virtual: it advances by what `source` counts (ns; NULL: nothing yet), a little with each look at it, and
   jumps to the next deadline when nobody can run. Called before boot with NULL, and again when the core starts. */
void sched_virtual_clock(u64 (*source)(void));
bool sched_time_is_virtual(void);
u64 sched_now(void); /* vm_nano_time's clock, without the time that a look takes */
i64 vm_wall_nanos(void); /* since 1970 */

/* Back edges and calls from one poll to the next; a turn has several such slices if somebody wants to look more often. */
extern u32 sched_slice;
void sched_torture(u32 polls); /* turns end after so many polls: a debugging aid */

#endif
