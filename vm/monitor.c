/* Monitors (JVMS 2.11.10, JLS 17.1-17.2) and identity hashes: what object.h's mark word says, in code.

   An uncontended lock is thin: owner and recursion count in the mark word; the interpreter takes and leaves it inline by the same rules.
   Everything else inflates the object: its mark becomes an index into the table of Monitors, which keeps the identity hash, the owner, the
   threads that want to enter and those that wait. Inflating somebody else's thin lock is safe, for only the baton's holder
   touches marks. Idle monitors are given back at the end of a collection, and then the mark is neutral again.

   Entering is FIFO, with one concession: leaving a monitor makes the first waiter ready but does not give it the lock, so a running
   thread may take it again in the same turn (a switch of host threads for each entry would cost 40 us). A waiter that was overtaken
   HANDOFF_AFTER times is given the lock by name. Notified threads join the entry queue, in the order of their waits.

   Monitors hold their object weakly: collecting drops those of dead objects, moving updates the address. */
#include "base/log.h"
#include "base/vec.h"
#include "vm/costs.h"
#include "vm/sched.h"
#include "vm/vm.h"

enum { CHUNK = 256, HANDOFF_AFTER = 3, THIN_MAX_ID = (1 << MARK_OWNER_BITS) - 1 };

/* java.lang.Thread.threadStatus, as JVMTI thread states (jdk.internal.misc.VM.toThreadState) */
enum { ST_RUNNABLE = 5, ST_BLOCKED = 0x401, ST_WAITING = 401, ST_WAITING_TIMED = 417, ST_SLEEPING = 225, ST_PARKED = 657, ST_PARKED_TIMED = 673 };

/* A thread in an entry queue or wait set: lives on that thread's C stack. */
typedef struct Waiter {
    Thread *thread;
    struct Waiter *next;
    bool notified;   /* moved from the wait set to the entry queue */
    bool granted;    /* the monitor was handed to it */
    u32 overtaken;
} Waiter;

typedef struct Queue { Waiter *head, *tail; } Queue;

typedef struct Monitor {
    Object *object;   /* weak; NULL: free, and `next_free` counts */
    u32 hash;
    u32 recursion;    /* entries beyond the first */
    Thread *owner;
    Queue entry, wait;
    u32 next_free;
} Monitor;

static struct {
    Vec(Monitor *) chunks; /* in the TABLE window; entry 0 is never used */
    u32 count, free_head;  /* indices handed out so far; head of the free list or 0 */
} table = { .count = 1 };

static u32 mark_with(u32 mark, u32 state, u32 payload)
{
    return (mark & ~(MARK_PAYLOAD_MASK | MARK_STATE)) | state | payload << MARK_PAYLOAD_SHIFT;
}
static u32 thin_owner(u32 mark) { return MARK_PAYLOAD(mark) >> MARK_RECURSION_BITS; }
static u32 thin_recursion(u32 mark) { return MARK_PAYLOAD(mark) & ((1u << MARK_RECURSION_BITS) - 1); }

/* ---- Queues --------------------------------------------------------------------------------------------------- */
static void queue_add(Queue *q, Waiter *w)
{
    w->next = NULL;
    if (q->tail) q->tail->next = w;
    else q->head = w;
    q->tail = w;
}

static void queue_remove(Queue *q, Waiter *w)
{
    Waiter **p = &q->head, *prev = NULL;
    while (*p != w) {
        ASSERT(*p != NULL);
        prev = *p, p = &(*p)->next;
    }
    *p = w->next;
    if (q->tail == w) q->tail = prev;
}

/* ---- The table -------------------------------------------------------------------------------------------------- */
static Monitor *monitor_at(u32 index)
{
    ASSERT(index > 0 && index < table.count);
    return &table.chunks.data[index / CHUNK][index % CHUNK];
}

static u32 monitor_new(void)
{
    u32 index = table.free_head;
    if (index) {
        table.free_head = monitor_at(index)->next_free;
        return index;
    }
    index = table.count++;
    if (index >> MARK_PAYLOAD_BITS) die("too many monitors in use");
    if (index / CHUNK == table.chunks.len) {
        Monitor *chunk = window_alloc(&win_table, CHUNK * sizeof(Monitor), 64);
        vec_push(&table.chunks, chunk);
    }
    return index;
}

static void monitor_free(u32 index)
{
    *monitor_at(index) = (Monitor){ .next_free = table.free_head };
    table.free_head = index;
}

/* The thread with this id; ids are those of live threads. */
static Thread *thread_by_id(u32 id)
{
    for (Thread *t = thread_list; t; t = t->next)
        if (t->id == id) return t;
    panic("a lock is held by thread %u, which does not exist", id);
}

/* The object's monitor, made if need be. */
static Monitor *inflate(Object *o)
{
    u32 mark = o->mark, state = mark & MARK_STATE;
    if (state == MARK_INFLATED) return monitor_at(MARK_PAYLOAD(mark));
    charge_begin(SVC_MONITOR);
    charge_units(inflate, 1);
    u32 index = monitor_new();
    Monitor *m = monitor_at(index);
    *m = (Monitor){ .object = o };
    if (state == MARK_THIN) {
        m->owner = thread_by_id(thin_owner(mark));
        m->recursion = thin_recursion(mark);
    } else {
        m->hash = MARK_PAYLOAD(mark);
    }
    o->mark = mark_with(mark, MARK_INFLATED, index);
    charge_touch(m, sizeof *m, true);
    charge_touch(o, sizeof *o, true);
    charge_end();
    return m;
}

static Monitor *monitor_of(const Object *o)
{
    return (o->mark & MARK_STATE) == MARK_INFLATED ? monitor_at(MARK_PAYLOAD(o->mark)) : NULL;
}

static bool monitor_idle(const Monitor *m) { return !m->owner && !m->entry.head && !m->wait.head; }

void monitor_weak_roots(GcVisitPtr weak, void *ctx)
{
    for (u32 i = 1; i < table.count; i++) {
        Monitor *m = monitor_at(i);
        if (!m->object) continue;
        weak(ctx, (GcObject **)&m->object);
        if (!m->object) {
            ASSERT(!m->entry.head && !m->wait.head);
            monitor_free(i);
        }
    }
}

/* After a collection: objects whose monitor is idle get a neutral mark back. */
void monitors_deflate(void)
{
    for (u32 i = 1; i < table.count; i++) {
        Monitor *m = monitor_at(i);
        if (!m->object || !monitor_idle(m)) continue;
        m->object->mark = mark_with(m->object->mark, MARK_NEUTRAL, m->hash);
        monitor_free(i);
    }
}

/* A thread that ends gives up what it still holds (attached threads may). */
void monitors_thread_exit(Thread *t)
{
    for (u32 i = 1; i < table.count; i++) {
        Monitor *m = monitor_at(i);
        if (!m->object || m->owner != t) continue;
        m->recursion = 0;
        monitor_exit(t, m->object);
    }
}

/* ---- Identity hash ------------------------------------------------------------------------------------------------ */
static u32 hash_make(Thread *t)
{
    u64 x = t->hash_seed; /* xorshift64, seeded by thread id and --seed: the same in every run */
    u32 hash;
    do {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        hash = (u32)(x >> 20) & ((1u << MARK_PAYLOAD_BITS) - 1);
    } while (!hash);
    t->hash_seed = x;
    return hash;
}

u32 object_hash(Thread *t, Object *o)
{
    u32 mark = o->mark;
    if ((mark & MARK_STATE) == MARK_NEUTRAL) {
        if (MARK_PAYLOAD(mark)) return MARK_PAYLOAD(mark);
        u32 hash = hash_make(t);
        o->mark = mark_with(mark, MARK_NEUTRAL, hash);
        return hash;
    }
    Monitor *m = inflate(o);
    if (!m->hash) m->hash = hash_make(t);
    return m->hash;
}

/* ---- Entering and leaving ------------------------------------------------------------------------------------------- */
bool monitors_time;

static void reset_times(void *unused, Thread *t)
{
    (void)unused;
    if (t->host) t->host->state_since = sched_now(), t->host->blocked_ns = t->host->waited_ns = 0;
}

void monitors_time_reset(void) { threads_each(reset_times, NULL); }

/* The thread leaves a state. */
static void count_time(HostThread *h, i32 state)
{
    u64 now = sched_now();
    if (state != ST_RUNNABLE) *(state == ST_BLOCKED ? &h->blocked_ns : &h->waited_ns) += now - h->state_since;
    h->state_since = now;
}

static i32 status_set(Thread *t, i32 status)
{
    i32 old = t->java_state;
    HostThread *h = t->host;
    if (UNLIKELY(monitors_time) && h) count_time(h, old);
    if (h && status != ST_RUNNABLE && status != old) *(status == ST_BLOCKED ? &h->times_blocked : &h->times_waited) += 1;
    t->java_state = status;
    if (t->java) FIELD(t->java, i32, off.Thread_threadStatus) = status;
    return old;
}

/* Waits in the entry queue (w may be in it already, if notified) until the monitor is t's. */
static void enter_queued(Thread *t, Monitor *m, Waiter *w, bool queued)
{
    if (!queued) queue_add(&m->entry, w);
    Object *blocker = t->blocker;
    i32 status = status_set(t, ST_BLOCKED);
    t->blocker = m->object;
    while (!w->granted) {
        if (!m->owner && m->entry.head == w) {
            queue_remove(&m->entry, w);
            m->owner = t;
            break;
        }
        w->overtaken += m->entry.head == w;
        sched_block(t, SCHED_FOREVER);
    }
    ASSERT(m->owner == t && m->recursion == 0);
    t->blocker = blocker;
    status_set(t, status);
}

static void enter_inflated(Thread *t, Monitor *m)
{
    if (m->owner == t) m->recursion++;
    else if (!m->owner) m->owner = t;
    else {
        LOG(monitor, "thread %u waits to enter %p, held by %u", t->id, (void *)m->object, m->owner->id);
        Waiter w = { .thread = t };
        enter_queued(t, m, &w, false);
    }
}

bool monitor_enter(Thread *t, Object *o)
{
    u32 mark = o->mark;
    switch (mark & MARK_STATE) {
    case MARK_NEUTRAL:
        if (MARK_PAYLOAD(mark) || t->id > THIN_MAX_ID) break;
        o->mark = (mark & ~MARK_STATE) | MARK_THIN_WORD(t->id);
        return true;
    case MARK_THIN:
        if (thin_owner(mark) != t->id || thin_recursion(mark) == (1u << MARK_RECURSION_BITS) - 1) break;
        o->mark = mark + MARK_RECURSION_ONE;
        return true;
    default:
        break;
    }
    enter_inflated(t, inflate(o));
    return true;
}

/* The owner has left: the first of the queue may go on. */
static void let_next_in(Monitor *m)
{
    Waiter *w = m->entry.head;
    m->owner = NULL;
    if (!w) return;
    if (w->overtaken >= HANDOFF_AFTER) {
        queue_remove(&m->entry, w);
        m->owner = w->thread;
        w->granted = true;
    }
    sched_wake(w->thread);
}

static bool not_owner(Thread *t)
{
    throw_new(t, "java/lang/IllegalMonitorStateException", "current thread is not owner");
    return false;
}

bool monitor_at_once(Thread *t, const Object *o, bool enter)
{
    const Monitor *m = monitor_of(o);
    return m && (m->owner == t || (enter && !m->owner));
}

bool monitor_exit(Thread *t, Object *o)
{
    u32 mark = o->mark;
    if ((mark & MARK_STATE) == MARK_THIN) {
        if (thin_owner(mark) != t->id) return not_owner(t);
        o->mark = thin_recursion(mark) ? mark - MARK_RECURSION_ONE : mark_with(mark, MARK_NEUTRAL, 0);
        return true;
    }
    Monitor *m = monitor_of(o);
    if (!m || m->owner != t) return not_owner(t);
    if (m->recursion) m->recursion--;
    else let_next_in(m);
    return true;
}

Thread *monitor_owner(Object *o)
{
    if ((o->mark & MARK_STATE) == MARK_THIN) return thread_by_id(thin_owner(o->mark));
    Monitor *m = monitor_of(o);
    return m ? m->owner : NULL;
}

bool monitor_held_by(Thread *t, Object *o)
{
    if ((o->mark & MARK_STATE) == MARK_THIN) return thin_owner(o->mark) == t->id;
    Monitor *m = monitor_of(o);
    return m && m->owner == t;
}

void monitors_unlock_frame(Thread *t, Frame *f)
{
    if (!(f->flags & FRAME_SYNC)) return;
    Object *o = f->lock;
    f->flags &= ~(u32)FRAME_SYNC;
    Object *pending = exception_take(t);
    if (monitor_exit(t, o)) t->exception = pending; /* otherwise IllegalMonitorStateException takes its place */
}

/* ---- wait and notify -------------------------------------------------------------------------------------------------- */
static u64 deadline_after(i64 nanos)
{
    u64 now = vm_nano_time();
    return (u64)nanos > SCHED_FOREVER / 4 ? SCHED_FOREVER : now + (u64)nanos;
}

static u64 deadline_millis(i64 millis)
{
    return millis > INT64_MAX / 4000000 ? SCHED_FOREVER : deadline_after(millis * 1000000);
}

static bool interrupted(Thread *t) { return t->java && FIELD(t->java, u8, off.Thread_interrupted); }

static bool throw_interrupted(Thread *t, const char *message)
{
    FIELD(t->java, u8, off.Thread_interrupted) = 0;
    if (message) throw_new(t, "java/lang/InterruptedException", "%s", message);
    else throw_new(t, "java/lang/InterruptedException", NULL);
    return false;
}

bool monitor_wait(Thread *t, Object *o, i64 millis)
{
    if (!monitor_held_by(t, o)) return not_owner(t);
    if (interrupted(t)) return throw_interrupted(t, NULL);
    Monitor *m = inflate(o);
    Waiter w = { .thread = t };
    u32 recursion = m->recursion;
    u64 deadline = millis ? deadline_millis(millis) : SCHED_FOREVER;
    bool timed_out = false;
    i32 status = status_set(t, millis ? ST_WAITING_TIMED : ST_WAITING);
    t->blocker = o;
    queue_add(&m->wait, &w);
    m->recursion = 0;
    let_next_in(m);
    while (!w.notified && !timed_out && !interrupted(t) && !t->pending_async)
        timed_out = !sched_block(t, deadline) && vm_nano_time() >= deadline;
    t->blocker = NULL;
    bool was_notified = w.notified;
    if (was_notified) {
        enter_queued(t, m, &w, true);
    } else {
        queue_remove(&m->wait, &w);
        if (m->owner) enter_queued(t, m, &w, false);
        else m->owner = t;
    }
    m->recursion = recursion;
    status_set(t, status);
    if (!was_notified && interrupted(t)) return throw_interrupted(t, NULL);
    return true;
}

bool monitor_notify(Thread *t, Object *o, bool all)
{
    if (!monitor_held_by(t, o)) return not_owner(t);
    Monitor *m = monitor_of(o);
    if (!m) return true; /* thin: nobody waits */
    while (m->wait.head) {
        Waiter *w = m->wait.head;
        queue_remove(&m->wait, w);
        w->notified = true;
        status_set(w->thread, ST_BLOCKED);
        queue_add(&m->entry, w);
        if (!all) break;
    }
    return true;
}

/* ---- sleep, park, interrupt ------------------------------------------------------------------------------------------- */
bool thread_sleep(Thread *t, i64 nanos)
{
    if (interrupted(t)) return throw_interrupted(t, "sleep interrupted");
    if (nanos <= 0) {
        sched_yield_baton(t);
        return true;
    }
    u64 deadline = deadline_after(nanos);
    i32 status = status_set(t, ST_SLEEPING);
    while (!interrupted(t) && !t->pending_async)
        if (!sched_block(t, deadline) && vm_nano_time() >= deadline) break;
    status_set(t, status);
    if (interrupted(t)) return throw_interrupted(t, "sleep interrupted");
    return true;
}

void thread_park(Thread *t, bool absolute, i64 time)
{
    if (t->park_permit) {
        t->park_permit = false;
        return;
    }
    if (interrupted(t) || time < 0 || (absolute && time == 0)) return;
    u64 deadline = SCHED_FOREVER;
    if (absolute) {
        i64 wait = time - vm_wall_millis();
        if (wait <= 0) return;
        deadline = deadline_millis(wait);
    } else if (time) {
        deadline = deadline_after(time);
    }
    i32 status = status_set(t, time ? ST_PARKED_TIMED : ST_PARKED);
    sched_block(t, deadline); /* may end early: park's callers look again */
    t->park_permit = false;
    status_set(t, status);
}

void thread_unpark(Thread *t)
{
    t->park_permit = true;
    if (t->java_state == ST_PARKED || t->java_state == ST_PARKED_TIMED) sched_wake(t);
}

void thread_interrupt(Thread *t)
{
    t->park_permit = true; /* an interrupt makes the next park return, as an unpark does */
    if (t->java_state != ST_BLOCKED) sched_wake(t);
}

bool thread_test_interrupted(Thread *t, bool clear)
{
    bool was = interrupted(t);
    if (was && clear) FIELD(t->java, u8, off.Thread_interrupted) = 0;
    return was;
}
