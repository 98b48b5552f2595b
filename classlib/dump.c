/* Thread dumps, as HotSpot prints them on SIGQUIT: every thread with its state, frames and monitors, then the deadlocks. Nobody else runs meanwhile, as
   the dumping thread has the baton.

   Which monitors a frame holds is not recorded anywhere: that of a synchronized method is in its frame; a synchronized block is found by what
   every compiler emits for it, a local variable stored just before `monitorenter`. */
#include "base/log.h"
#include "base/vec.h"
#include "classlib/jvm_entry.h"
#include "classlib/signals.h"
#include "vm/backtrace.h"
#include "vm/native.h"
#include "vm/opcodes.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BLOCKED = 0x401, PARKED = 657, PARKED_TIMED = 673 };

static const char *state_name(i32 status)
{
    switch (status) {
    case BLOCKED: return "BLOCKED (on object monitor)";
    case 401: return "WAITING (on object monitor)";
    case 417: return "TIMED_WAITING (on object monitor)";
    case 225: return "TIMED_WAITING (sleeping)";
    case PARKED: return "WAITING (parking)";
    case PARKED_TIMED: return "TIMED_WAITING (parking)";
    case 2: return "TERMINATED";
    case 0: return "NEW";
    default: return "RUNNABLE";
    }
}

static char *thread_name(const Thread *p)
{
    Object *name = p->java ? load_ref(p->java, off.Thread_name) : NULL;
    return name ? string_utf8(name) : xstrdup("");
}

/* "<0x100042ce0> (a java.lang.Object)" */
static void print_object(const Object *o)
{
    Class *c = object_class(o);
    char *name = class_external_name(c == wk.Class && mirror_class(o) ? mirror_class(o) : c);
    printf("<0x%016llx> (a %s%s)\n", (unsigned long long)(u64)o, c == wk.Class ? "java.lang.Class for " : "", name);
    free(name);
}

/* ---- Monitors of a frame -------------------------------------------------------------------------------------------------- */
static void print_locked(const Thread *p, Object *o, const Object *waiting_on)
{
    if (o != waiting_on && monitor_owner(o) != p) return;
    printf("\t- locked ");
    print_object(o);
}

/* The local variable that the instruction stores a reference in; -1: another instruction. */
static i32 stored_local(const u8 *code, u32 bci)
{
    u8 op = code[bci];
    if (op >= OP_astore_0 && op <= OP_astore_3) return op - OP_astore_0;
    return op == OP_astore ? code[bci + 1] : -1;
}

/* Newest last in the code, so nested blocks are told outermost first; a dump is read the other way, but rarely nests. */
static void print_blocks(const Thread *p, const Frame *f, const Object *waiting_on)
{
    const Method *m = f->method;
    u32 at = frame_position(f);
    i32 local = -1;
    ASSERT(m->code && at <= m->code_length);
    for (u32 bci = 0, n; bci < at && (n = opcode_length_at(m->original, bci, m->code_length)); bci += n) {
        Object *o = local >= 0 && m->original[bci] == OP_monitorenter ? (Object *)f->locals[local] : NULL;
        if (o && gc_base(o) == (GcObject *)o) print_locked(p, o, waiting_on);
        local = stored_local(m->original, bci);
    }
}

static void print_frame_monitors(const Thread *p, const Frame *f, const Object *waiting_on)
{
    if (f->flags & FRAME_SYNC) print_locked(p, f->lock, waiting_on);
    if (!(f->method->access & ACC_NATIVE)) print_blocks(p, f, waiting_on);
}

static void print_blocker(const Thread *p)
{
    Field *parked_for = class_declared_field(wk.Thread, symbol_of("parkBlocker"), NULL);
    Object *o = p->blocker;
    const char *how = p->java_state == BLOCKED ? "waiting to lock" : "waiting on";
    if (p->java_state == PARKED || p->java_state == PARKED_TIMED) {
        how = "parking to wait for ";
        o = parked_for ? load_ref(p->java, parked_for->offset) : NULL;
    }
    if (!o) return;
    printf("\t- %s ", how);
    print_object(o);
}

/* ---- Threads -------------------------------------------------------------------------------------------------------------- */
static void print_frames(const Thread *p)
{
    bool waits = p->blocker && p->java_state != BLOCKED; /* Object.wait gave the monitor up, but its block has not ended */
    for (const Frame *f = p->frame; f; f = f->prev) {
        char *line = trace_line(f->method, frame_position(f));
        printf("\t%s\n", line);
        free(line);
        if (f == p->frame) print_blocker(p);
        print_frame_monitors(p, f, waits ? p->blocker : NULL);
    }
}

static void print_thread(void *ctx, Thread *p)
{
    (void)ctx;
    if (!p->java) return;
    char *name = thread_name(p);
    printf("\"%s\" #%lld %sprio=%d tid=0x%016llx nid=%u\n   java.lang.Thread.State: %s\n", name, (long long)FIELD(p->java, i64, off.Thread_tid),
           p->daemon ? "daemon " : "", FIELD(p->java, i32, off.Thread_priority), (unsigned long long)(u64)p, p->id, state_name(p->java_state));
    free(name);
    print_frames(p);
    printf("\n");
}

/* ---- Deadlocks ------------------------------------------------------------------------------------------------------------ */
static Thread *waits_for(const Thread *x) { return x->java && x->blocker && x->java_state == BLOCKED ? monitor_owner(x->blocker) : NULL; }

/* Is x on a cycle of waiting threads, and the first of it in the list? */
static bool heads_cycle(const Thread *x)
{
    u32 limit = 0;
    for (const Thread *t = thread_list; t; t = t->next) limit++;
    const Thread *y = x;
    do {
        if (y != x && y->id < x->id) return false;
        y = waits_for(y);
    } while (y && y != x && limit--);
    return y == x;
}

static void print_cycle(const Thread *x)
{
    printf("\nFound one Java-level deadlock:\n=============================\n");
    const Thread *y = x;
    do {
        const Thread *owner = waits_for(y);
        char *name = thread_name(y), *other = thread_name(owner), *of = class_external_name(object_class(y->blocker));
        printf("\"%s\":\n  waiting to lock monitor 0x%016llx (object 0x%016llx, a %s),\n  which is held by \"%s\"\n\n", name,
               (unsigned long long)(u64)y->blocker, (unsigned long long)(u64)y->blocker, of, other);
        free(name), free(other), free(of);
        y = owner;
    } while (y != x);
    printf("Java stack information for the threads listed above:\n===================================================\n");
    do {
        char *name = thread_name(y);
        printf("\"%s\":\n", name);
        free(name);
        print_frames(y);
        y = waits_for(y);
    } while (y != x);
}

void threads_dump(Thread *t)
{
    (void)t;
    time_t now = (time_t)(vm_wall_millis() / 1000);
    struct tm tm;
    char date[32];
    strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", localtime_r(&now, &tm));
    printf("%s\nFull thread dump loam:\n\n", date);
    threads_each(print_thread, NULL);
    u32 deadlocks = 0;
    for (const Thread *x = thread_list; x; x = x->next)
        if (heads_cycle(x)) print_cycle(x), deadlocks++;
    if (deadlocks) printf("\nFound %u deadlock%s.\n\n", deadlocks, deadlocks == 1 ? "" : "s");
    fflush(stdout);
}
