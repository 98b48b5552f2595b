/* Thread dumps, as HotSpot prints them on SIGQUIT: every thread with its state, frames and monitors, then the deadlocks. Nobody else runs meanwhile, as
   the dumping thread has the baton. */
#include "base/log.h"
#include "base/vec.h"
#include "classlib/jvm_entry.h"
#include "classlib/signals.h"
#include "classlib/waiting.h"
#include "vm/backtrace.h"
#include "vm/native.h"
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
static void print_object(FILE *out, const Object *o)
{
    Class *c = object_class(o);
    char *name = class_external_name(c == wk.Class && mirror_class(o) ? mirror_class(o) : c);
    fprintf(out, "<0x%016llx> (a %s%s)\n", (unsigned long long)(u64)o, c == wk.Class ? "java.lang.Class for " : "", name);
    free(name);
}

static void print_locked(void *ctx, Object *o)
{
    FILE *out = ctx;
    fprintf(out, "\t- locked ");
    print_object(out, o);
}

static void print_blocker(FILE *out, const Thread *p)
{
    Object *o = p->blocker;
    const char *how = p->java_state == BLOCKED ? "waiting to lock" : "waiting on";
    if (p->java_state == PARKED || p->java_state == PARKED_TIMED) {
        how = "parking to wait for ";
        o = thread_park_blocker(p);
    }
    if (!o) return;
    fprintf(out, "\t- %s ", how);
    print_object(out, o);
}

/* ---- Threads -------------------------------------------------------------------------------------------------------------- */
static void print_frames(FILE *out, const Thread *p)
{
    bool waits = p->blocker && p->java_state != BLOCKED; /* Object.wait gave the monitor up, but its block has not ended */
    for (const Frame *f = p->frame; f; f = f->prev) {
        char *line = trace_line(f->method, frame_position(f));
        fprintf(out, "\t%s\n", line);
        free(line);
        if (f == p->frame) print_blocker(out, p);
        frame_monitors(p, f, waits ? p->blocker : NULL, print_locked, out);
    }
}

typedef struct DumpTo { FILE *out; bool locks; } DumpTo;

/* What java.util.concurrent's locks a thread holds: all of the heap is looked at. */
typedef struct Synchronizers { FILE *out; const Thread *owner; Class *c; u32 n; } Synchronizers;

static void print_synchronizer(void *ctx, GcObject *o)
{
    Synchronizers *s = ctx;
    if (!class_subtype(object_class((Object *)o), s->c) || synchronizer_owner((Object *)o) != s->owner) return;
    fprintf(s->out, "\t- ");
    print_object(s->out, (Object *)o);
    s->n++;
}

static void print_synchronizers(FILE *out, const Thread *p)
{
    Synchronizers s = { out, p, class_boot("java/util/concurrent/locks/AbstractOwnableSynchronizer"), 0 };
    fprintf(out, "\n   Locked ownable synchronizers:\n");
    gc_walk(print_synchronizer, &s);
    if (!s.n) fprintf(out, "\t- None\n");
}

static void print_thread(void *ctx, Thread *p)
{
    const DumpTo *to = ctx;
    FILE *out = to->out;
    if (!p->java) return;
    char *name = thread_name(p);
    fprintf(out, "\"%s\" #%lld %sprio=%d tid=0x%016llx nid=%u\n   java.lang.Thread.State: %s\n", name, (long long)FIELD(p->java, i64, off.Thread_tid),
           p->daemon ? "daemon " : "", FIELD(p->java, i32, off.Thread_priority), (unsigned long long)(u64)p, p->id, state_name(p->java_state));
    free(name);
    print_frames(out, p);
    if (to->locks) print_synchronizers(out, p);
    fprintf(out, "\n");
}

/* ---- Deadlocks ------------------------------------------------------------------------------------------------------------ */
/* Is x on a cycle of waiting threads, and the first of it in the list? */
static bool heads_cycle(const Thread *x)
{
    if (!thread_is_deadlocked(x, true)) return false;
    for (const Thread *y = thread_waits_for(x, true); y != x; y = thread_waits_for(y, true))
        if (y->id < x->id) return false;
    return true;
}

static void print_wait(FILE *out, const Thread *y)
{
    const Thread *owner = thread_waits_for(y, true);
    bool monitor = thread_waits_for(y, false) != NULL;
    const Object *o = monitor ? y->blocker : thread_park_blocker(y);
    char *name = thread_name(y), *other = thread_name(owner), *of = class_external_name(object_class(o));
    fprintf(out, "\"%s\":\n", name);
    if (monitor)
        fprintf(out, "  waiting to lock monitor 0x%016llx (object 0x%016llx, a %s),\n", (unsigned long long)(u64)o, (unsigned long long)(u64)o, of);
    else fprintf(out, "  waiting for ownable synchronizer 0x%016llx, (a %s),\n", (unsigned long long)(u64)o, of);
    fprintf(out, "  which is held by \"%s\"\n\n", other);
    free(name), free(other), free(of);
}

static void print_cycle(FILE *out, const Thread *x)
{
    fprintf(out, "\nFound one Java-level deadlock:\n=============================\n");
    const Thread *y = x;
    do print_wait(out, y), y = thread_waits_for(y, true);
    while (y != x);
    fprintf(out, "Java stack information for the threads listed above:\n===================================================\n");
    do {
        char *name = thread_name(y);
        fprintf(out, "\"%s\":\n", name);
        free(name);
        print_frames(out, y);
        y = thread_waits_for(y, true);
    } while (y != x);
}

void threads_dump(FILE *out, bool locks)
{
    DumpTo to = { out, locks };
    time_t now = (time_t)(vm_wall_millis() / 1000);
    struct tm tm;
    char date[32];
    strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", localtime_r(&now, &tm));
    fprintf(out, "%s\nFull thread dump loam:\n\n", date);
    threads_each(print_thread, &to);
    u32 deadlocks = 0;
    for (const Thread *x = thread_list; x; x = x->next)
        if (heads_cycle(x)) print_cycle(out, x), deadlocks++;
    if (deadlocks) fprintf(out, "\nFound %u deadlock%s.\n\n", deadlocks, deadlocks == 1 ? "" : "s");
    fflush(out);
}
