/* Threads, frames and the baton. A Java thread is a host thread; one baton says whose turn it is to run Java or to touch
   VM state, so nothing in the VM needs locks of its own. The hot part of Thread is read and written by the interpreter on
   host and core alike (RISC-V register tp points here). */
#ifndef VM_THREAD_H
#define VM_THREAD_H
#include "vm/class.h"

/* One activation on the Java stack, which grows up. Locals lie below the Frame (arguments are the caller's operand stack),
   operands above it: [locals ...][Frame][operand stack ...]. Slots are 8 bytes; int is sign-extended, float is its bits zero-extended,
   references are plain pointers; long and double take two slots with the value in the lower one. */
typedef struct Frame {
    struct Frame *prev;
    Method *method;
    u8 *pc;        /* current instruction: valid whenever the frame is not running (calls, host calls, exceptions) */
    u64 *sp;       /* first free operand slot, likewise */
    u64 *locals;
    Object *lock;  /* synchronized methods: what to unlock */
    u32 flags;     /* FRAME_* */
    u32 id;        /* FRAME_TO_COMPILED: frame_offset of the nearest frame below that is not compiled; FRAME_COMPILED: where in the code it is */
    union {
        void *handles; /* native frames: JNI local-reference frame to pop (handles.c) */
        u64 ra;        /* FRAME_TO_COMPILED, FRAME_COMPILED: return address in compiled code; bit 0: see jit/frames.c */
    };
} Frame;
enum {
    FRAME_ENTRY = 1,  /* entered from host code (vm_call): returning from it leaves the engine */
    FRAME_NATIVE = 2, /* of a native method: no code */
    FRAME_REGISTER_FINALIZER = 4,
    FRAME_SYNC = 8,   /* `lock` is held: unlocked on return */
    FRAME_TO_COMPILED = 16, /* interpreted, called from compiled code: returns to `ra` */
    FRAME_COMPILED = 32,    /* of compiled code; valid while that is in a host call or has called something else than compiled code */
    FRAME_INLINED = 64      /* compiled, part of the frame below it */
};
static inline u64 *frame_stack(Frame *f) { return (u64 *)(f + 1); }
/* What Frame.id says of a frame below; 0: there is none. */
static inline u32 frame_offset(const Frame *f) { return f ? (u32)((u64)f - WIN_STACK_BASE) : 0; }
static inline Frame *frame_at(u32 offset) { return offset ? (Frame *)(WIN_STACK_BASE + offset) : NULL; }
static inline u32 frame_bci(const Frame *f) { return (u32)(f->pc - f->method->code); }

enum { STACK_SLACK = 1024 };
struct Thread {
    /* ---- hot: interpreter ---- */
    Frame *frame;       /* top frame; NULL: none */
    u64 *stack_limit;   /* a new frame must end below it, or (compiled, and calling nothing) STACK_SLACK bytes further on */
    i64 poll;           /* decremented at calls and back edges; below zero: rt_poll. Setting it to 0 asks for a safepoint */
    Object *exception;  /* pending */
    u64 ret;            /* result of the entry frame that just returned */
    GcLists *lists;
    Object *java;       /* java.lang.Thread */
    u32 id;             /* small number for thin locks: 1.. */
    u32 simulated;      /* run Java on the core from the next method call on */
    u64 scratch[4];
    Class **prim_arrays; /* array class of each primitive BasicType (call.c) */
    u64 code_pc, code_sp, code_ra; /* RUN_COMPILED: compiled code goes on there, with s4 and ra */
    u64 resume;          /* the call at t->frame has returned `ret`, which takes resume - 1 slots; 0: nothing */
    u64 return_stub[3];  /* what compiled code returns to when the interpreter called it, by slots of the result */
    /* ---- host ---- */
    struct HostThread *host;   /* sched.c: host thread, condition, state */
    struct Handles *handles;   /* JNI local references (handles.c) */
    void *jni_env;             /* JNIEnv* of this thread: its first word is the function table */
    u64 *stack_base, *stack_end;
    u64 guest_stack_base, guest_stack_top; /* RV64 C stack */
    void *context;      /* sim.c: saved core registers while another thread has the core */
    u64 host_stack_base;/* conservative scanning: highest address of the host stack */
    u64 host_stack_low; /* while it does not have the baton: lowest live address */
    u32 call_depth;     /* nested vm_call's, for host stack overflow */
    bool daemon, attached, exited;
    bool park_permit;
    i32 java_state;     /* threadStatus is kept in the Thread object; this is a mirror for dumps */
    Object *blocker;    /* monitor it waits to enter or is waiting on; root */
    void *unsafe_scope;
    u32 pending_async;  /* a Thread.stop request: exception in async_exception */
    Object *async_exception;
    Thread *next;       /* all threads */
    u64 *overflow_limit;/* stack_limit with the reserve for StackOverflowError handling */
    Frame *code_below;  /* for code_leave: the nearest frame below that is not compiled, which t->frame is while the code runs */
    u64 hash_seed;      /* identity hashes */
    i32 polled;         /* of its turn, what earlier slices have used up */
    i64 poll_floor;     /* host's interpreter: the poll is due when `poll` is below it; others set it to interrupt this thread's turn */
    i64 poll_cut;       /* what was left of the slice when a full sample buffer asked for a poll before its end: `poll` is POLL_CUT then, or a little less */
    u32 held;           /* the baton: 0 not held, else 1 + nested jvm_enter's (jvm_entry.h) */
};

/* Far from what `poll` counts down to by itself, so that a poll knows why it came: whoever sets `poll` to 0 meanwhile, or writes back what it read
   before, makes it one that is due. */
#define POLL_CUT (INT64_MIN / 2)
static inline bool poll_is_early(const Thread *t) { return t->poll < POLL_CUT / 2 && !t->poll_floor; }

/* The current host thread's Thread; NULL if not attached. */
extern __thread Thread *current_thread;
extern Thread *thread_list; /* all, through next; main first */

/* ---- Life (thread.c). The baton is held in all of these unless said otherwise. ---------------------- */
Thread *thread_create(void);                         /* a Thread with stacks, not running */
Thread *thread_attach_main(void);                    /* the boot thread: takes the baton */
void thread_start(Thread *t, Object *java_thread);   /* starts a host thread that runs java_thread.run(); publishes eetop first. Throws OOM */
Thread *thread_attach(const char *name, Object *group, bool daemon); /* JNI AttachCurrentThread; takes the baton */
void thread_detach(Thread *t);                       /* uncaught handling, Thread.exit, notify joiners, gives the baton back */
void thread_become(Thread *t, const char *name);     /* its Java thread ends, joiners go on; the host thread is an attached one from now on */
void threads_wait_for_non_daemon(Thread *t);         /* DestroyJavaVM */
Thread *thread_of_java(const Object *java_thread);   /* through eetop; NULL if not alive */
void threads_each(void (*fn)(void *ctx, Thread *t), void *ctx);
void thread_roots(Thread *t, GcVisitPtr exact, GcVisitRange ambiguous, void *ctx);
/* Calls the thread's uncaught-exception handler with the pending exception (which is cleared). */
void thread_dispatch_uncaught(Thread *t);

/* ---- The baton and blocking (sched.c) ---------------------------------------------------------------- */
void baton_take(Thread *t);    /* waits for it */
void baton_release(Thread *t); /* before code that may block in the host; conservative scanning covers the stack as of now */
void sched_yield_baton(Thread *t); /* lets the next ready thread run */
void sched_poll(Thread *t);        /* rt_poll: does so if the turn is over or interrupted */
/* Blocks without the baton until sched_wake(t) or the deadline (ns on vm_now's clock; ~0: none). Returns false on time-out. FIFO, deterministic. */
bool sched_block(Thread *t, u64 deadline);
void sched_wake(Thread *t);
bool sched_others_ready(void);
u64 vm_nano_time(void);        /* host's monotonic clock, or the simulated clock when simulating (unless --time=real) */
i64 vm_wall_millis(void);
void sched_quantum_start(Thread *t); /* sets t->poll for the next quantum */
/* Natives that may block and do not hold VM state run between these; nested calls are counted. */
void native_blocking_begin(Thread *t);
void native_blocking_end(Thread *t);
/* In place of native_blocking_begin, for natives that need the baton again and again and hardly ever block: others get it only if it takes long. */
void native_lent_begin(Thread *t);

/* ---- Monitors (monitor.c); JVMS 2.11.10. Baton held; may block. ------------------------------------------ */
/* o has a monitor, and t may enter it (or leave it) without waiting for anybody or an exception. */
bool monitor_at_once(Thread *t, const Object *o, bool enter);
bool monitor_enter(Thread *t, Object *o);           /* false: never (kept for async exceptions) */
bool monitor_exit(Thread *t, Object *o);            /* throws IllegalMonitorStateException "current thread is not owner" */
bool monitor_wait(Thread *t, Object *o, i64 millis);/* throws IllegalMonitorState, Interrupted */
bool monitor_notify(Thread *t, Object *o, bool all);/* throws */
bool monitor_held_by(Thread *t, Object *o);
Thread *monitor_owner(Object *o);
u32 object_hash(Thread *t, Object *o);              /* identity hash, made on first use */
void monitor_weak_roots(GcVisitPtr weak, void *ctx);/* drops monitors of dead objects */
void monitors_unlock_frame(Thread *t, Frame *f);    /* synchronized method left by an exception */
/* Thread.sleep, park: java.lang.Thread state is set for getState(). */
bool thread_sleep(Thread *t, i64 nanos);            /* throws InterruptedException */
void thread_park(Thread *t, bool absolute, i64 time);
void thread_unpark(Thread *t);
void thread_interrupt(Thread *t);
bool thread_test_interrupted(Thread *t, bool clear);

#endif
