/* The scheduler: one baton, and whose turn it is.

   Only the holder of the baton runs Java or touches VM state. Everyone else is in one of three places: in the ready queue (FIFO),
   blocked (until sched_wake or a deadline), or in host code that may take its time (a "native"). When the holder gives the baton
   up, it hands it to the head of the queue by name; so who runs next is decided here and not by the host's scheduler, and a program
   that does not depend on time or input takes the same turns in every run. A native that returns joins the end of the queue; if nobody
   holds the baton and nobody waits for it, it takes it.

   Urgency. With real time, a thread that was woken or comes back from a native has most likely little to do before it waits again: a
   conversation would take a quantum of every busy thread for each of its steps. Such a thread joins a queue of its own, which goes
   first, and the busy one is interrupted for it (and has the rest of its turn afterwards). It may do so for CREDIT_NS in all; then it waits its
   turn with all others, which gives it new credit: so the lively get at most about twice as much as the busy.

   Fairness. Who waits for a slot in a queue and is woken only to find it full again would lose it every time to whoever runs a whole turn now. With
   real time the next one is, of the first few in the queue, who has run least, if that is less by a turn; and whoever is woken and has run less than the holder by a few turns
   interrupts it, even if it was woken by it. Who has not run for long counts as behind by so much and no more.

   Deadlines. With real time, each blocked thread waits on its own condition with its own time-out and joins the queue by itself when it
   passes; a running thread also looks at the earliest deadline when its quantum ends. With virtual time the clock jumps to the
   earliest deadline as soon as nobody is ready and no thread is in a native: no time is spent waiting, and the order is that of the deadlines.
   If natives are under way and nobody can run, blocked threads fall back to waiting for real, as a native may never return.

   Lending. When a native returns is up to the host. With virtual time, where runs must be alike, the baton therefore stays with a thread in a
   native ("lent") as long as that is short: a watchdog hands it on only once the host thread has slept in the kernel for some ticks. With real
   time it does so for natives that are known to be short (native_lent_begin), which saves them, and the JNI functions that they call, changes of threads.

   Several simulated cores (cores.h). A ready thread waits for a core; those that have one are not in the queue, and the baton goes to the thread of
   the least advanced core. Its host thread then runs the code of all cores by turns (sim.c), and passes the baton on when another thread's
   host code is to run. An idle core's clock jumps to when its next thread was ready; the clock that a thread sees is its core's.

   Rules for whoever edits this: `S.lock` protects everything in S and HostThread.state; it is held for a few instructions only, and never
   while calling out. A thread sleeps only in await_turn. */
#define _GNU_SOURCE
#include "vm/sched.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/cores.h"
#include "vm/costs.h"
#include "vm/sim.h"
#include "vm/vm.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    QUANTUM = 20000,            /* back edges and calls per turn */
    TURN_NS = 1000000,          /* with real time a turn is over after this, however few polls compiled code makes of it */
    CREDIT_NS = TURN_NS,        /* see "Urgency" */
    LAG_NS = 8 * TURN_NS, BEHIND_NS = 4 * TURN_NS, AMONG = 64, /* see "Fairness" */
    TICK_LOOK_NS = 25,          /* virtual time: cost of a look at the clock */
    TICK_QUANTUM_NS = 100000,   /* and of a quantum run natively */
    VIRTUAL_START_NS = 1000000000,
    REAL_FALLBACK_MIN_NS = 1000000,
    WATCH_TICK_NS = 1000000,    /* the watchdog's period, and how many ticks in a row a native sleeps before it loses the baton */
    WATCH_TICKS = 3, WATCH_REST = 100, /* ticks without a loan after which it rests */
    SWITCH_BYTES = 66 * 8        /* a thread's registers */
};
#define VIRTUAL_EPOCH_NS 1735689600000000000ll /* 2025-01-01, when virtual clocks start */

__thread Thread *current_thread;

typedef struct ReadyQueue { Thread *head, *tail; } ReadyQueue;

static struct Scheduler {
    pthread_mutex_t lock;
    Thread *holder;
    ReadyQueue ready, urgent;
    u32 nready;       /* in both */
    u64 ran;          /* the most that any HostThread.ran has been at the end of a turn */
    Thread *timers;   /* blocked threads with a deadline, earliest first, FIFO among equals */
    u64 earliest;     /* deadline of the first, or SCHED_FOREVER; read without the lock as a hint */
    u32 natives;      /* threads in natives, background ones not counted */
    bool virtual_time;
    u64 (*source)(void);
    u64 source_base;  /* its value when it was installed */
    u64 passed;       /* virtual time that did not come from the source */
    Thread *lent;     /* in a native, but still the holder */
    u64 lent_serial;  /* how often it was lent */
    bool watched;     /* the watchdog has been started */
    bool watch_rests; /* it waits for `watch` */
    pthread_cond_t watch;
} S = { .lock = PTHREAD_MUTEX_INITIALIZER, .watch = PTHREAD_COND_INITIALIZER, .earliest = SCHED_FOREVER };

/* Holds the baton while a thread ends: that one's memory may be another's already. */
static Thread leaver;

static void lock(void) { pthread_mutex_lock(&S.lock); }
static void unlock(void) { pthread_mutex_unlock(&S.lock); }

/* ---- The clock -------------------------------------------------------------------------------------------- */
static u64 host_nanos(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (u64)ts.tv_sec * 1000000000ull + (u64)ts.tv_nsec;
}

static u64 virtual_now(void)
{
    return S.passed + (S.source ? S.source() - S.source_base : 0);
}

static u64 clock_now(void) { return S.virtual_time ? virtual_now() : host_nanos(CLOCK_MONOTONIC); }

static void watchdog_start(void);

void sched_virtual_clock(u64 (*source)(void))
{
    if (vm_options.real_time) return;
    u64 now = S.virtual_time ? virtual_now() : VIRTUAL_START_NS;
    S.virtual_time = true;
    S.source = source;
    S.source_base = source ? source() : 0;
    S.passed = now;
    watchdog_start();
}

bool sched_time_is_virtual(void) { return S.virtual_time; }
u64 sched_now(void) { return clock_now(); }

/* Cores' clocks differ a little; nobody sees time go back. */
static u64 not_before(u64 now)
{
    static u64 latest;
    if (now > latest) latest = now;
    return latest;
}

u64 vm_nano_time(void)
{
    if (S.virtual_time) S.passed += TICK_LOOK_NS;
    return cores_many() ? not_before(clock_now()) : clock_now();
}

i64 vm_wall_nanos(void)
{
    if (S.virtual_time) return VIRTUAL_EPOCH_NS + (i64)vm_nano_time();
    return (i64)host_nanos(CLOCK_REALTIME);
}

i64 vm_wall_millis(void) { return vm_wall_nanos() / 1000000; }

/* ---- Queues (lock held) ------------------------------------------------------------------------------------- */
static void count_ready(i32 more) { __atomic_store_n(&S.nready, S.nready + (u32)more, __ATOMIC_RELAXED); }

static void note_ready(HostThread *h)
{
    h->state = HOST_READY;
    if (cores_many()) h->ready_at = sim_now_ticks();
}

static void queue_add(ReadyQueue *q, Thread *t)
{
    HostThread *h = t->host;
    ASSERT(h->state != HOST_READY && S.holder != t);
    note_ready(h);
    h->next_ready = NULL;
    if (q->tail) q->tail->host->next_ready = t;
    else q->head = t;
    q->tail = t;
    count_ready(1);
}

static void ready_push(Thread *t) { queue_add(&S.ready, t); }

/* A thread that was interrupted goes on as soon as nothing is urgent. */
static void ready_push_first(Thread *t)
{
    HostThread *h = t->host;
    ASSERT(h->state != HOST_READY && S.holder != t);
    note_ready(h);
    h->next_ready = S.ready.head;
    S.ready.head = t;
    if (!S.ready.tail) S.ready.tail = t;
    count_ready(1);
}

/* HostThread.ran as it counts: who has not run for long is behind by so much and no more. */
static u64 level(const HostThread *h) { return h->ran + LAG_NS < S.ran ? S.ran - LAG_NS : h->ran; }

/* The next poll of the holder is the end of its turn. (It decrements `poll` all the time, and would overwrite what others store there.) */
static void interrupt_holder(const HostThread *by)
{
    if (!S.holder || S.holder == &leaver) return;
    bool behind = level(by) + BEHIND_NS < S.holder->host->ran;
    if (behind || (S.holder != current_thread && !S.holder->host->urgent)) S.holder->poll_floor = INT64_MAX;
}

/* Woken, or back from a native. */
static void ready_again(Thread *t)
{
    HostThread *h = t->host;
    if (S.virtual_time || !h->credit) {
        ready_push(t);
        return;
    }
    queue_add(&S.urgent, t);
    interrupt_holder(h);
}

/* The first in the queue; with real time, of the first few the one that has run least, if that is less by a turn. */
static Thread *queue_pop(ReadyQueue *q)
{
    Thread *best = q->head, *before = NULL;
    if (!best) return NULL;
    u32 n = S.virtual_time || cores_many() ? 0 : AMONG;
    for (Thread *t = best, *next; n-- && (next = t->host->next_ready); t = next)
        if (level(next->host) + TURN_NS < level(best->host)) best = next, before = t;
    *(before ? &before->host->next_ready : &q->head) = best->host->next_ready;
    if (q->tail == best) q->tail = before;
    count_ready(-1);
    return best;
}

static void turn_begins(HostThread *h, bool urgent)
{
    h->urgent = urgent;
    h->ran = level(h);
    if (!urgent) h->credit = CREDIT_NS;
}

/* It runs: on a busy host, long after it was told to. */
static void turn_clock_starts(HostThread *h)
{
    if (S.virtual_time) return;
    h->turn_began = host_nanos(CLOCK_MONOTONIC) - h->turn_used;
    h->turn_used = 0;
}

/* With what it was before it was interrupted. */
static u64 turn_so_far(const HostThread *h) { return host_nanos(CLOCK_MONOTONIC) - h->turn_began; }

/* What has been taken from the heap since somebody looked last is the holder's. */
static void count_allocated(HostThread *h)
{
    static u64 counted;
    u64 now = gc_allocated();
    h->allocated += now - counted;
    counted = now;
}

u64 sched_allocated(Thread *caller, Thread *of)
{
    HostThread *h = of->host;
    count_allocated(caller->host);
    u64 left = of == caller ? gc_lists_bytes(caller->lists) : 0, bytes = h->allocated > left ? h->allocated - left : 0;
    if (bytes > h->allocated_told) h->allocated_told = bytes;
    return h->allocated_told;
}

/* The holder gives the baton up. */
static void turn_ends(HostThread *h, bool interrupted)
{
    count_allocated(h);
    if (S.virtual_time) return;
    u64 used = turn_so_far(h);
    if (h->urgent) h->credit -= used < h->credit ? used : h->credit;
    h->ran += used - h->turn_counted;
    if (h->ran > S.ran) S.ran = h->ran;
    h->turn_counted = interrupted ? used : 0;
    if (interrupted) h->turn_used = used;
}

static Thread *ready_pop(void)
{
    Thread *t = queue_pop(&S.urgent);
    bool urgent = t != NULL;
    if (!t) t = queue_pop(&S.ready);
    if (!t) return NULL;
    turn_begins(t->host, urgent);
    return t;
}

static void timer_note_earliest(void)
{
    __atomic_store_n(&S.earliest, S.timers ? S.timers->host->deadline : SCHED_FOREVER, __ATOMIC_RELAXED);
}

static void timer_insert(Thread *t, u64 deadline)
{
    ASSERT(!t->host->timed);
    Thread **p = &S.timers;
    while (*p && (*p)->host->deadline <= deadline) p = &(*p)->host->next_timer;
    t->host->deadline = deadline;
    t->host->timed = true;
    t->host->next_timer = *p;
    *p = t;
    timer_note_earliest();
}

static void timer_remove(Thread *t)
{
    if (!t->host->timed) return;
    Thread **p = &S.timers;
    while (*p != t) p = &(*p)->host->next_timer;
    *p = t->host->next_timer;
    t->host->timed = false;
    timer_note_earliest();
}

/* Moves every thread whose deadline has passed to the ready queue. */
static void timers_expire(u64 now)
{
    while (S.timers && S.timers->host->deadline <= now) {
        Thread *t = S.timers;
        timer_remove(t);
        ready_again(t);
    }
}

/* Nobody is ready: virtual time jumps to the earliest deadline. */
static void clock_jump(void)
{
    u64 deadline = S.timers->host->deadline, now = virtual_now();
    if (deadline > now) S.passed += deadline - now;
    timers_expire(deadline);
}

/* ---- Several cores (lock held) ------------------------------------------------------------------------------ */
/* Idle cores go to those who have waited longest. */
static void fill_cores(void)
{
    while (S.nready) {
        int core = cores_idle_for(S.urgent.head ? S.urgent.head : S.ready.head);
        if (core < 0) return;
        Thread *t = ready_pop();
        t->host->state = t->host->suspended ? HOST_SUSPENDED : HOST_ON_CORE;
        if (!t->host->suspended) cores_take(t, (u32)core);
    }
}

static Thread *thread_of_least_core(void)
{
    u64 unused;
    fill_cores();
    Thread *next = cores_least(&unused);
    while (!next && S.virtual_time && !S.natives && S.timers) {
        clock_jump();
        fill_cores();
        next = cores_least(&unused);
    }
    return next;
}

/* ---- Handing over (lock held) ------------------------------------------------------------------------------- */
static Thread *next_ready_thread(void)
{
    for (;;) {
        if (!S.nready && S.virtual_time && !S.natives && S.timers) clock_jump();
        Thread *next = ready_pop();
        if (!next || !next->host->suspended) return next;
        next->host->state = HOST_SUSPENDED;
    }
}

/* The baton is nobody's, or the caller's who gives it up: the next thread gets it. */
static void hand_over(void)
{
    S.holder = NULL;
    Thread *next = cores_many() ? thread_of_least_core() : next_ready_thread();
    if (!next) return;
    S.holder = next;
    next->host->state = HOST_RUNNING;
    pthread_cond_signal(&next->host->turn);
}

/* When a blocked thread should look again, on the host's clock; SCHED_FOREVER: when told. */
static u64 real_deadline(const HostThread *h)
{
    if (h->state != HOST_BLOCKED || !h->timed) return SCHED_FOREVER;
    if (!S.virtual_time) return h->deadline;
    u64 now = virtual_now(), wait = h->deadline > now ? h->deadline - now : 0;
    return host_nanos(CLOCK_MONOTONIC) + (wait > REAL_FALLBACK_MIN_NS ? wait : REAL_FALLBACK_MIN_NS);
}

/* Its time is over by the host's clock. With virtual time this counts only if nobody runs. */
static void real_time_out(Thread *t)
{
    if (t->host->state != HOST_BLOCKED || !t->host->timed) return;
    if (S.virtual_time) {
        if (S.holder || S.timers != t) return;
        clock_jump();
    } else {
        timer_remove(t);
        ready_again(t);
    }
    if (!S.holder) hand_over();
}

static void await_turn(Thread *t)
{
    HostThread *h = t->host;
    while (S.holder != t) {
        u64 until = real_deadline(h);
        if (until == SCHED_FOREVER) {
            pthread_cond_wait(&h->turn, &S.lock);
            continue;
        }
        struct timespec ts = { (time_t)(until / 1000000000ull), (long)(until % 1000000000ull) };
        if (pthread_cond_timedwait(&h->turn, &S.lock, &ts) == ETIMEDOUT) real_time_out(t);
    }
    ASSERT(h->state == HOST_RUNNING);
    turn_clock_starts(h);
}

/* ---- What conservative scanning needs ----------------------------------------------------------------------- */
#if defined(__x86_64__)
/* Stores the callee-saved registers; returns the caller's stack pointer. */
u64 sched_dump_registers(u64 *registers);
__asm__(".text\n.p2align 4\n.type sched_dump_registers, @function\nsched_dump_registers:\n"
        "movq %rbx, 0(%rdi)\nmovq %rbp, 8(%rdi)\nmovq %r12, 16(%rdi)\nmovq %r13, 24(%rdi)\n"
        "movq %r14, 32(%rdi)\nmovq %r15, 40(%rdi)\nleaq 8(%rsp), %rax\nret\n.size sched_dump_registers, .-sched_dump_registers\n");
#else
static __attribute__((noinline)) u64 sched_dump_registers(u64 *registers)
{
    jmp_buf buf;
    _setjmp(buf); /* stores them unmangled but for the stack pointer and the return address */
    memcpy(registers, buf, sizeof buf < SCHED_REGISTERS * 8 ? sizeof buf : SCHED_REGISTERS * 8);
    return (u64)__builtin_frame_address(0);
}
#endif

__attribute__((noinline)) void sched_save_stack(Thread *t)
{
    t->host_stack_low = sched_dump_registers(t->host->registers);
}

static void switch_out(Thread *t)
{
    ASSERT(current_thread == t && S.holder == t);
    charge_begin(SVC_THREAD);
    charge_units(thread_switch, 1);
    charge_touch((void *)(t->guest_stack_base), SWITCH_BYTES, true); /* stands for where a core's system keeps the registers */
    charge_end();
    if (t->context) sim_switch_out(t);
}

static void switch_in(Thread *t)
{
    if (t->context) sim_switch_in(t);
}

/* ---- Lending ----------------------------------------------------------------------------------- */
/* Is a host thread asleep in the kernel, rather than running or waiting for a processor? */
static bool host_sleeps(pid_t tid)
{
    char name[64], text[512];
    snprintf(name, sizeof name, "/proc/self/task/%d/stat", (int)tid);
    int file = open(name, O_RDONLY | O_CLOEXEC);
    if (file < 0) return true;
    ssize_t n = read(file, text, sizeof text - 1);
    close(file);
    if (n <= 0) return true;
    text[n] = 0;
    const char *after = strrchr(text, ')');
    return after && after[1] && after[2] == 'S';
}

static void lend(Thread *t)
{
    S.lent = t;
    S.lent_serial++;
    watchdog_start();
    if (S.watch_rests) pthread_cond_signal(&S.watch);
}

/* The native takes long: others go on. */
static void lent_is_given_up(void)
{
    S.lent->poll_floor = 0;
    turn_ends(S.lent->host, false);
    cores_leave(S.lent);
    S.lent = NULL;
    S.natives++;
    hand_over();
}

static void *watchdog(void *unused)
{
    (void)unused;
    u64 serial = 0;
    u32 asleep = 0, idle = 0;
    for (;;) {
        nanosleep(&(struct timespec){ 0, WATCH_TICK_NS }, NULL);
        lock();
        bool none = S.lent_serial == serial, same = none && S.lent;
        serial = S.lent_serial;
        asleep = same && host_sleeps(S.lent->host->tid) ? asleep + 1 : 0;
        if (asleep >= WATCH_TICKS) lent_is_given_up();
        idle = none && !S.lent ? idle + 1 : 0;
        if (idle >= WATCH_REST) {
            S.watch_rests = true;
            while (!S.lent) pthread_cond_wait(&S.watch, &S.lock);
            S.watch_rests = false;
            idle = 0;
        }
        unlock();
    }
    return NULL;
}

static void watchdog_start(void)
{
    if (S.watched) return;
    S.watched = true;
    pthread_t id;
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    if (pthread_create(&id, NULL, watchdog, NULL)) die("cannot start a host thread");
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_detach(id);
}

/* ---- The baton ------------------------------------------------------------------------------------------------ */
void baton_take(Thread *t)
{
    HostThread *h = t->host;
    ASSERT(!t->held && current_thread == t);
    lock();
    bool lent = S.lent == t;
    if (lent) S.lent = NULL;
    else if (h->state == HOST_NATIVE && !h->background) S.natives--;
    if (lent) {
        ASSERT(S.holder == t);
        h->state = HOST_RUNNING;
    } else if (!S.holder && !S.nready && !h->suspended && !cores_many()) {
        S.holder = t;
        h->state = HOST_RUNNING;
        turn_begins(h, false);
        turn_clock_starts(h);
    } else {
        ready_again(t);
        if (!S.holder) hand_over();
        await_turn(t);
    }
    unlock();
    t->held = 1;
    switch_in(t);
}

void baton_release(Thread *t)
{
    switch_out(t);
    sched_save_stack(t);
    t->held = 0;
    lock();
    t->host->state = HOST_NATIVE;
    if (t->host->lends || (S.virtual_time && !t->host->background)) {
        lend(t);
    } else {
        t->poll_floor = 0;
        turn_ends(t->host, false);
        if (!t->host->background) S.natives++;
        cores_leave(t);
        hand_over();
    }
    unlock();
}

static void native_begin(Thread *t, bool lends)
{
    HostThread *h = t->host;
    if (h->nheld == h->held_cap) {
        h->held_cap = h->held_cap ? h->held_cap * 2 : 8;
        h->held = xrealloc(h->held, h->held_cap * sizeof *h->held);
    }
    h->held[h->nheld++] = (HeldBaton){ t->held, h->lends };
    h->lends = lends;
    if (t->held) baton_release(t);
}

void native_blocking_begin(Thread *t) { native_begin(t, false); }
void native_lent_begin(Thread *t) { native_begin(t, true); }

void native_blocking_end(Thread *t)
{
    HostThread *h = t->host;
    ASSERT(h->nheld > 0 && !t->held);
    HeldBaton was = h->held[--h->nheld];
    if (was.count) {
        baton_take(t);
        t->held = was.count;
    }
    h->lends = was.lends;
}

void sched_background_begin(Thread *t)
{
    t->host->background = true;
    native_blocking_begin(t);
}

void sched_background_end(Thread *t)
{
    native_blocking_end(t);
    t->host->background = false;
}

bool sched_in_native(const Thread *t)
{
    lock();
    bool native = t->host->state == HOST_NATIVE && S.lent != t;
    unlock();
    return native;
}

/* ---- Blocking and yielding --------------------------------------------------------------------------------- */
bool sched_block(Thread *t, u64 deadline)
{
    HostThread *h = t->host;
    switch_out(t);
    sched_save_stack(t);
    lock();
    t->poll_floor = 0;
    turn_ends(h, false);
    h->woken = false;
    h->state = HOST_BLOCKED;
    if (deadline < SCHED_FOREVER / 2) timer_insert(t, deadline);
    cores_leave(t);
    hand_over();
    await_turn(t);
    unlock();
    switch_in(t);
    return h->woken;
}

void sched_wake(Thread *t)
{
    lock();
    if (t->host->state == HOST_BLOCKED) {
        timer_remove(t);
        t->host->woken = true;
        ready_again(t);
        if (!S.holder) hand_over();
    }
    unlock();
}

bool sched_others_ready(void) { return __atomic_load_n(&S.nready, __ATOMIC_RELAXED) != 0; }

u32 sched_slice = QUANTUM;
static i32 quantum = QUANTUM;

void sched_torture(u32 polls)
{
    ASSERT(polls > 0);
    quantum = (i32)polls;
    if (sched_slice > polls) sched_slice = polls;
}

/* What another thread has thrown into this one waits for a poll, even if it yields all the time. */
void sched_quantum_start(Thread *t)
{
    t->poll = t->pending_async ? 0 : sched_slice;
    t->poll_floor = 0;
    t->poll_cut = 0;
}

/* To the end of the queue; or, if the turn is not over, to its head. */
static void give_turn(Thread *t, bool over)
{
    switch_out(t);
    sched_save_stack(t);
    lock();
    turn_ends(t->host, !over);
    S.holder = NULL; /* a thread in the queue does not hold it */
    cores_leave(t);
    if (over) ready_push(t);
    else ready_push_first(t);
    hand_over();
    await_turn(t);
    unlock();
    switch_in(t);
}

static void look_at_timers(void)
{
    u64 earliest = __atomic_load_n(&S.earliest, __ATOMIC_RELAXED);
    if (earliest == SCHED_FOREVER) return;
    u64 now = clock_now();
    if (earliest > now) return;
    lock();
    timers_expire(now);
    unlock();
}

static void let_others_run(Thread *t, bool over)
{
    if (over) t->polled = 0;
    if (S.virtual_time && !t->simulated) S.passed += TICK_QUANTUM_NS;
    look_at_timers();
    if (sched_others_ready() && cores_many()) {
        lock();
        fill_cores();
        unlock();
    }
    if (sched_others_ready()) give_turn(t, over);
    sched_quantum_start(t);
}

void sched_yield_baton(Thread *t) { let_others_run(t, true); }

void sched_poll(Thread *t)
{
    bool interrupted = t->poll_floor != 0;
    if (t->poll < sched_slice) t->polled += (i32)sched_slice - (t->poll > 0 ? (i32)t->poll : 0);
    bool over = t->polled >= quantum ||
                (!S.virtual_time && sched_others_ready() && turn_so_far(t->host) >= TURN_NS);
    if (UNLIKELY(t->host->suspended)) give_turn(t, true);
    if (over || interrupted) let_others_run(t, over);
    else sched_quantum_start(t); /* somebody wanted to look */
}

void sched_suspend(Thread *t, Thread *target)
{
    target->host->suspended = true;
    if (cores_many()) target->poll = 0;
    if (target == t) give_turn(t, true);
}

void sched_resume(Thread *target)
{
    lock();
    target->host->suspended = false;
    if (target->host->state == HOST_SUSPENDED) ready_push(target);
    if (!S.holder) hand_over();
    unlock();
}

/* ---- Several cores ------------------------------------------------------------------------------------------- */
Thread *cores_turn(u64 *until)
{
    enum { LOOK = 20000 }; /* ticks after which to look for others if nothing else ends a run */
    u64 next;
    look_at_timers();
    if (sched_others_ready()) {
        lock();
        fill_cores();
        unlock();
    }
    Thread *x = cores_least(&next);
    u32 core = (u32)x->host->core;
    u64 look = sim_ticks(core) + LOOK, skew = sim_skew(core);
    *until = next != ~0ull && next + skew < look ? next + skew : look;
    return x;
}

void sched_pass(Thread *t, Thread *x)
{
    sched_save_stack(t);
    lock();
    ASSERT(S.holder == t && t != x && x->host->state == HOST_ON_CORE);
    t->host->state = HOST_ON_CORE;
    S.holder = x;
    x->host->state = HOST_RUNNING;
    pthread_cond_signal(&x->host->turn);
    await_turn(t);
    unlock();
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */
HostThread *host_thread_new(void)
{
    HostThread *h = xcalloc(1, sizeof *h);
    h->core = h->last_core = -1;
    h->made_at = sched_now();
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&h->turn, &attr);
    pthread_condattr_destroy(&attr);
    return h;
}

void host_thread_free(HostThread *h)
{
    pthread_cond_destroy(&h->turn);
    free(h->held);
    free(h);
}

/* Those that have waited go before new threads, which begin level with who makes them, however long its turn has been. */
static u64 newcomer_level(void)
{
    if (S.virtual_time || !S.holder || S.holder == &leaver) return S.ran;
    const HostThread *h = S.holder->host;
    u64 by_now = h->ran + turn_so_far(h) - h->turn_counted;
    return by_now > S.ran ? by_now : S.ran;
}

void sched_announce(Thread *t)
{
    lock();
    ASSERT(t->host->state == HOST_NEW);
    t->host->ran = newcomer_level();
    ready_push(t);
    unlock();
}

void sched_first_turn(Thread *t)
{
    lock();
    await_turn(t);
    unlock();
    t->held = 1;
    switch_in(t);
}

void sched_leave(Thread *t, void (*bury)(Thread *t))
{
    switch_out(t);
    lock();
    cores_leave(t);
    S.holder = &leaver;
    unlock();
    bury(t);
    lock();
    hand_over();
    unlock();
}
