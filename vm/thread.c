/* The life of a thread: its stacks, its host thread, its Java object, and its end.

   A Thread and its stacks are one block of the STACK window: [Thread][Java stack, growing up][guard page][RV64 stack, growing down]. Blocks are
   never returned to the window but kept for the next thread that wants the same size, last used first, so that addresses and
   thread ids are the same in every run. A thread is alive from thread_start (or attaching) to thread_end, which is when `eetop` in its
   Java object names it; a finished block holds nothing that anybody may still look at. */
#define _GNU_SOURCE
#include "base/fault.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/native.h"
#include "vm/roots.h"
#include "vm/sched.h"
#include "vm/sim.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    PAGE = 4096,
    GUEST_STACK = 256 << 10,
    HOST_STACK = 8 << 20,
    MIN_JAVA_STACK = 128 << 10,
    MAX_JAVA_STACK = 1 << 30,
    SHORT_JAVA_STACK = 512 << 10, /* for threads without a wish, when the window is half full */
    OVERFLOW_RESERVE = 64 << 10,  /* for making a StackOverflowError, and for its handlers */
    MAX_ID = (1 << MARK_OWNER_BITS) - 1,
    ST_ALIVE = 5, ST_TERMINATED = 2 /* java.lang.Thread.threadStatus */
};

Thread *thread_list;
static u32 last_id;
static Thread *end_waiter; /* DestroyJavaVM: woken whenever a thread ends */

/* ---- Blocks ---------------------------------------------------------------------------------------------------------- */
typedef struct FreeList { u64 stack; Thread *first; } FreeList;
static Vec(FreeList) free_lists; /* by size of the Java stack; linked through Thread.next */

static FreeList *free_list(u64 stack)
{
    for (size_t i = 0; i < free_lists.len; i++)
        if (free_lists.data[i].stack == stack) return &free_lists.data[i];
    vec_push(&free_lists, ((FreeList){ stack, NULL }));
    return &vec_last(&free_lists);
}

static u64 window_left(void) { return win_stack.base + win_stack.size - win_stack.next; }
static u64 thread_header(void) { return ALIGN_UP(sizeof(Thread), (u64)PAGE); }
static u64 thread_stack_bytes(const Thread *t) { return (u64)t->stack_end - (u64)t->stack_base; }

/* Host threads attach before they have the baton, so blocks have a lock of their own. */
static pthread_mutex_t blocks_lock = PTHREAD_MUTEX_INITIALIZER;

static Thread *block_recycle(u64 stack)
{
    FreeList *list = free_list(stack);
    Thread *t = list->first;
    if (!t) return NULL;
    list->first = t->next;
    t->next = NULL;
    return t;
}

static Thread *block_make(u64 stack)
{
    Thread *t;
    u64 size = thread_header() + stack + PAGE + GUEST_STACK;
    if (window_left() < size + PAGE || last_id == MAX_ID) return NULL;
    t = window_alloc(&win_stack, size, PAGE);
    t->id = ++last_id;
    t->stack_base = (u64 *)((u8 *)t + thread_header());
    t->stack_end = (u64 *)((u8 *)t->stack_base + stack);
    t->guest_stack_base = (u64)t->stack_end + PAGE;
    t->guest_stack_top = t->guest_stack_base + GUEST_STACK;
    window_decommit(t->stack_end, PAGE); /* an overflow of the RV64 stack faults */
    return t;
}

static Thread *block_take(u64 stack)
{
    pthread_mutex_lock(&blocks_lock);
    Thread *t = block_recycle(stack);
    if (!t) t = block_make(stack);
    pthread_mutex_unlock(&blocks_lock);
    return t;
}

/* Big stacks give their memory back. */
static void block_give(Thread *t)
{
    Thread blank = { .id = t->id, .stack_base = t->stack_base, .stack_end = t->stack_end,
                     .guest_stack_base = t->guest_stack_base, .guest_stack_top = t->guest_stack_top };
    u64 stack = thread_stack_bytes(t);
    if (stack > 16 << 20) {
        window_decommit(t->stack_base, stack);
        window_commit(t->stack_base, stack);
    }
    *t = blank;
    pthread_mutex_lock(&blocks_lock);
    FreeList *list = free_list(stack);
    t->next = list->first;
    list->first = t;
    pthread_mutex_unlock(&blocks_lock);
}

/* NULL: no room for one more. */
static Thread *thread_create_sized(u64 stack)
{
    stack = stack < MIN_JAVA_STACK ? MIN_JAVA_STACK : stack > MAX_JAVA_STACK ? MAX_JAVA_STACK : stack;
    Thread *t = block_take(ALIGN_UP(stack, (u64)PAGE));
    if (!t) return NULL;
    t->stack_limit = (u64 *)((u8 *)t->stack_end - OVERFLOW_RESERVE);
    t->overflow_limit = (u64 *)((u8 *)t->stack_end - STACK_SLACK);
    t->lists = gc_lists;
    for (u32 i = 0; i < NELEM(t->return_stub); i++) t->return_stub[i] = CODE_RETURN(i);
    t->host = host_thread_new();
    t->java_state = ST_ALIVE;
    t->hash_seed = ((u64)t->id * 0x9e3779b97f4a7c15ull + vm_options.seed) | 1;
    sched_quantum_start(t);
    return t;
}

static u64 default_stack(void)
{
    u64 stack = vm_options.java_stack ? vm_options.java_stack : 2 << 20;
    return window_left() < win_stack.size / 2 && stack > SHORT_JAVA_STACK ? SHORT_JAVA_STACK : stack;
}

Thread *thread_create(void)
{
    Thread *t = thread_create_sized(default_stack());
    if (!t) die("too many threads: the window of stacks is full");
    return t;
}

static void list_add(Thread *t)
{
    Thread **p = &thread_list;
    while (*p) p = &(*p)->next;
    t->next = NULL;
    *p = t;
}

static void list_remove(Thread *t)
{
    Thread **p = &thread_list;
    while (*p != t) {
        ASSERT(*p != NULL);
        p = &(*p)->next;
    }
    *p = t->next;
    t->next = NULL;
}

void threads_each(void (*fn)(void *ctx, Thread *t), void *ctx)
{
    for (Thread *t = thread_list, *next; t; t = next) {
        next = t->next;
        fn(ctx, t);
    }
}

Thread *thread_of_java(const Object *java_thread)
{
    return (Thread *)FIELD(java_thread, i64, off.Thread_eetop);
}

/* ---- Roots ------------------------------------------------------------------------------------------------------------- */
static void visit_exact(Object **slot, GcVisitPtr exact, void *ctx)
{
    if (*slot) exact(ctx, (GcObject **)slot);
}

void thread_roots(Thread *t, GcVisitPtr exact, GcVisitRange ambiguous, void *ctx)
{
    visit_exact(&t->java, exact, ctx);
    visit_exact(&t->exception, exact, ctx);
    visit_exact(&t->blocker, exact, ctx);
    visit_exact(&t->async_exception, exact, ctx);
    handle_thread_roots(t, exact, ctx);
    if (t->resume) ambiguous(ctx, &t->ret, &t->ret + 1); /* otherwise it was read long ago */
    ambiguous(ctx, t->scratch, t->scratch + NELEM(t->scratch));
    const u64 *top = sim_stack_top(t);
    if (top) ambiguous(ctx, t->stack_base, top);
    else stack_roots(t, ambiguous, ctx); /* what a call being made has pushed above the top frame is also in its maker's hands (call.c) */
    ambiguous(ctx, t->host->registers, t->host->registers + SCHED_REGISTERS);
    if (t->host_stack_low && t->host_stack_base) {
        ASSERT(t->host_stack_low < t->host_stack_base);
        ambiguous(ctx, (void *)ALIGN_DOWN(t->host_stack_low, 8), (void *)ALIGN_DOWN(t->host_stack_base, 8));
    }
    sim_roots(t, ambiguous, ctx);
}

/* ---- The end of a thread ---------------------------------------------------------------------------------------------- */
void thread_dispatch_uncaught(Thread *t)
{
    Object *e = exception_take(t);
    if (!e) return;
    if (!t->java) {
        exception_print(t, e);
        return;
    }
    vm_call_virtual(t, meth.Thread_dispatchUncaughtException, (const u64[]){ (u64)t->java, (u64)e });
    if (!t->exception) return;
    /* The handler failed: said as HotSpot says it. */
    Object *failure = exception_take(t), *name = load_ref(t->java, off.Thread_name);
    char *what = class_external_name(object_class(failure)), *where = name ? string_utf8(name) : NULL;
    fprintf(stderr, "\nException: %s thrown from the UncaughtExceptionHandler in thread \"%s\"\n", what, where ? where : "");
    free(what);
    free(where);
}

/* Tells joiners: with the Thread's monitor held, it is terminated and no longer alive. */
static void announce_end(Thread *t)
{
    monitor_enter(t, t->java);
    t->java_state = ST_TERMINATED;
    FIELD(t->java, i32, off.Thread_threadStatus) = ST_TERMINATED;
    FIELD(t->java, i64, off.Thread_eetop) = 0;
    monitor_notify(t, t->java, true);
    monitor_exit(t, t->java);
    ASSERT(!t->exception);
}

static void bury(Thread *t)
{
    sim_thread_end(t);
    handles_free(t);
    host_thread_free(t->host);
    block_give(t);
}

static void end_java(Thread *t)
{
    vm_callv(t, meth.Thread_exit, (u64)t->java);
    t->exception = NULL;
    announce_end(t);
}

/* Runs the thread's end in Java, then leaves the VM; the Thread is gone afterwards. */
static void thread_end(Thread *t)
{
    thread_dispatch_uncaught(t);
    if (t->java) end_java(t);
    LOG(thread, "thread %u ends", t->id);
    t->exited = true;
    monitors_thread_exit(t);
    list_remove(t);
    if (end_waiter) sched_wake(end_waiter);
    sched_leave(t, bury);
    current_thread = NULL;
}

/* ---- Starting -------------------------------------------------------------------------------------------------------------- */
static bool stillborn(Object *java_thread)
{
    static u32 offset;
    if (!offset) {
        Field *f = class_declared_field(wk.Thread, symbol_of("stillborn"), NULL);
        offset = f ? f->offset : ~0u;
    }
    return offset != ~0u && FIELD(java_thread, u8, offset);
}

static void *thread_main(void *arg)
{
    Thread *t = arg;
    current_thread = t;
    t->host->tid = gettid();
    fault_stack_begin();
    t->host_stack_base = (u64)__builtin_frame_address(0);
    sched_first_turn(t);
    LOG(thread, "thread %u runs", t->id);
    if (t->host->body) t->host->body(t);
    else if (!stillborn(t->java)) vm_call_virtual(t, meth.Thread_run, (const u64[]){ (u64)t->java });
    thread_end(t);
    fault_stack_end();
    return NULL;
}

static bool host_start(Thread *n)
{
    pthread_attr_t attr;
    pthread_t id;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, HOST_STACK);
    int error = pthread_create(&id, &attr, thread_main, n);
    pthread_attr_destroy(&attr);
    return error == 0;
}

static u64 wanted_stack(Object *java_thread)
{
    static u32 offset;
    if (!offset) {
        Field *f = class_declared_field(wk.Thread, symbol_of("stackSize"), NULL);
        offset = f ? f->offset : ~0u;
    }
    i64 size = offset == ~0u ? 0 : FIELD(java_thread, i64, offset);
    return size > 0 ? (u64)size : default_stack();
}

static const char no_thread[] = "unable to create native thread: possibly out of memory or process/resource limits reached";


void thread_start_vm(Thread *t, Object *java_thread, void (*body)(Thread *t))
{
    Thread *n = thread_create_sized(wanted_stack(java_thread));
    if (!n) {
        throw_oom(t, no_thread);
        return;
    }
    n->java = java_thread;
    n->daemon = FIELD(java_thread, u8, off.Thread_daemon);
    n->host->body = body;
    n->simulated = body ? 0 : t->simulated;
    list_add(n);
    FIELD(java_thread, i64, off.Thread_eetop) = (i64)n;
    FIELD(java_thread, i32, off.Thread_threadStatus) = ST_ALIVE;
    if (host_start(n)) {
        LOG(thread, "thread %u started by %u", n->id, t->id);
        sched_announce(n);
        return;
    }
    FIELD(java_thread, i64, off.Thread_eetop) = 0;
    FIELD(java_thread, i32, off.Thread_threadStatus) = ST_TERMINATED;
    list_remove(n);
    bury(n);
    throw_oom(t, no_thread);
}

void thread_start(Thread *t, Object *java_thread) { thread_start_vm(t, java_thread, NULL); }

/* ---- Attaching: host threads that the VM did not make -------------------------------------------------------------- */
static u64 host_stack_end(void)
{
    pthread_attr_t attr;
    void *low;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attr)) panic("cannot find the extent of the host stack");
    pthread_attr_getstack(&attr, &low, &size);
    pthread_attr_destroy(&attr);
    return (u64)low + size;
}

static Thread *enter_vm(void)
{
    ASSERT(!current_thread);
    Thread *t = thread_create();
    t->attached = true;
    fault_stack_begin();
    t->host_stack_base = host_stack_end();
    current_thread = t;
    t->host->tid = gettid();
    return t;
}

Thread *thread_attach_main(void)
{
    Thread *t = enter_vm();
    baton_take(t);
    list_add(t);
    return t;
}

static void construct_attached(Thread *t, Object *thread, const char *name, Object *group)
{
    if (name) {
        Object *text = string_new(t, name);
        if (text) vm_callv(t, meth.Thread_init_group_name, (u64)thread, (u64)group, (u64)text);
    } else {
        Method *init = method_named(wk.Thread, "<init>", "(Ljava/lang/ThreadGroup;Ljava/lang/Runnable;)V");
        vm_callv(t, init, (u64)thread, (u64)group, 0);
    }
}

/* The main thread's group, where attached threads go by default. */
static Object *default_group(void)
{
    static Object *group; /* a root */
    if (!group && thread_list && thread_list->java) {
        group = load_ref(thread_list->java, off.Thread_group);
        vm_add_root(&group);
    }
    return group;
}

/* Gives t, which has none, a Thread object of its own. With an exception, it is not complete or there is none. */
static void make_attached_object(Thread *t, const char *name, Object *group)
{
    if (!group) group = default_group();
    Object *thread = object_new(t, wk.Thread);
    if (!thread) return;
    FIELD(thread, i64, off.Thread_eetop) = (i64)t;
    FIELD(thread, i32, off.Thread_priority) = 5;
    t->java = thread;
    construct_attached(t, thread, name, group);
    if (t->exception) return;
    FIELD(thread, u8, off.Thread_daemon) = t->daemon;
    FIELD(thread, i32, off.Thread_threadStatus) = ST_ALIVE;
    vm_callv(t, meth.ThreadGroup_add, (u64)group, (u64)thread);
}

Thread *thread_attach(const char *name, Object *group, bool daemon)
{
    Thread *t = enter_vm();
    baton_take(t);
    list_add(t);
    t->daemon = daemon;
    make_attached_object(t, name, group);
    return t;
}

/* Natively: what `java`'s launcher does after main is no part of the program. */
void thread_become(Thread *t, const char *name)
{
    ASSERT(t == current_thread && t->java && !t->frame && !t->exception);
    u32 simulated = t->simulated;
    t->simulated = 0;
    default_group(); /* while there is a thread to ask */
    end_java(t);
    t->java = NULL;
    t->park_permit = false;
    t->java_state = ST_ALIVE;
    make_attached_object(t, name, NULL);
    t->exception = NULL; /* without memory it goes on nameless */
    t->simulated = simulated;
}

void thread_detach(Thread *t)
{
    ASSERT(t == current_thread && t->held == 1);
    thread_end(t);
    fault_stack_end();
}

/* ---- DestroyJavaVM -------------------------------------------------------------------------------------------------------- */
static bool others_to_wait_for(const Thread *self)
{
    for (Thread *t = thread_list; t; t = t->next)
        if (t != self && !t->daemon && !t->exited) return true;
    return false;
}

void threads_wait_for_non_daemon(Thread *t)
{
    end_waiter = t;
    while (others_to_wait_for(t)) sched_block(t, SCHED_FOREVER);
    end_waiter = NULL;
}
