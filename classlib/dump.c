/* Thread dumps, as HotSpot prints them on SIGQUIT, to the last blank, because tools read them: every thread with its state, frames and monitors, how
   many JNI references there are, then the deadlocks. Nobody else runs meanwhile, as the dumping thread has the baton. There are no threads but Java's. */
#include "base/log.h"
#include "base/vec.h"
#include "classlib/jvm_entry.h"
#include "classlib/jvm_properties.h"
#include "classlib/management.h"
#include "classlib/signals.h"
#include "classlib/waiting.h"
#include "vm/backtrace.h"
#include "vm/native.h"
#include "vm/sched.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BLOCKED = 0x401, WAITING = 401, WAITING_TIMED = 417, SLEEPING = 225, PARKED = 657, PARKED_TIMED = 673 };

static const char *state_name(i32 status)
{
    switch (status) {
    case BLOCKED: return "BLOCKED (on object monitor)";
    case WAITING: return "WAITING (on object monitor)";
    case WAITING_TIMED: return "TIMED_WAITING (on object monitor)";
    case SLEEPING: return "TIMED_WAITING (sleeping)";
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
    char *name = class_java_name(c == wk.Class && mirror_class(o) ? mirror_class(o) : c);
    fprintf(out, "<0x%016llx> (a %s%s)\n", (unsigned long long)(u64)o, c == wk.Class ? "java.lang.Class for " : "", name);
    free(name);
}

/* ---- Frames --------------------------------------------------------------------------------------------------------------- */
/* As in a stack trace, but for the module, which stands before the file. */
static void print_place(FILE *out, const Frame *f)
{
    const Class *c = f->method->owner;
    const Module *module = c->module && c->module->name ? c->module : NULL;
    char *name = class_java_name(c);
    i32 line = method_line(f->method, frame_position(f));
    fprintf(out, "\tat %s.%s(", name, f->method->name->bytes);
    free(name);
    if (module) fprintf(out, "%s%s%s/", module->name->bytes, module->version ? "@" : "", module->version ? module->version->bytes : "");
    if (line == -2) fprintf(out, "Native Method)\n");
    else if (!c->source_file) fprintf(out, "Unknown Source)\n");
    else if (line < 0) fprintf(out, "%s)\n", c->source_file->bytes);
    else fprintf(out, "%s:%d)\n", c->source_file->bytes, line);
}

static bool in_object_wait(const Thread *p) { return p->frame && p->frame->method->owner == wk.Object && !strcmp(p->frame->method->name->bytes, "wait"); }

static void print_blocker(FILE *out, const Thread *p)
{
    Object *o = p->blocker;
    const char *how = p->java_state != BLOCKED ? "waiting on" : in_object_wait(p) ? "waiting to re-lock in wait()" : "waiting to lock";
    if (p->java_state == PARKED || p->java_state == PARKED_TIMED) {
        how = "parking to wait for ";
        o = thread_park_blocker(p);
    }
    if (!o) return;
    fprintf(out, "\t- %s ", how);
    print_object(out, o);
}

typedef Vec(Object *) Monitors;
static void add_monitor(void *ctx, Object *o) { vec_push((Monitors *)ctx, o); }

static void print_frames(FILE *out, const Thread *p)
{
    bool waits = p->blocker && p->frame && (p->java_state != BLOCKED || in_object_wait(p)); /* Object.wait gave the monitor up, but its block has not ended */
    Monitors monitors = { 0 };
    for (const Frame *f = p->frame; f; f = f->prev) {
        print_place(out, f);
        if (f == p->frame) print_blocker(out, p);
        monitors.len = 0;
        frame_monitors(p, f, waits ? p->blocker : NULL, add_monitor, &monitors);
        for (size_t i = monitors.len; i-- > 0;) {
            fprintf(out, "\t- locked ");
            print_object(out, monitors.data[i]);
        }
    }
    vec_free(&monitors);
}

/* ---- Threads -------------------------------------------------------------------------------------------------------------- */
typedef struct DumpTo { FILE *out; bool locks, extended; u32 listed; } DumpTo;

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

/* What the host's thread does. */
static const char *host_state(const Thread *p)
{
    switch (p->java_state) {
    case BLOCKED: return in_object_wait(p) ? "in Object.wait()" : "waiting for monitor entry";
    case WAITING: case WAITING_TIMED: return "in Object.wait()";
    case SLEEPING: case PARKED: case PARKED_TIMED: return "waiting on condition";
    default: return p->host && (p->host->state == HOST_BLOCKED || p->host->background) ? "waiting on condition" : "runnable";
    }
}

static void print_allocated(FILE *out, u64 bytes)
{
    static const char units[] = "BKMG";
    u32 unit = 0;
    for (; bytes >= 10 << 10 && units[unit + 1]; unit++) bytes >>= 10;
    fprintf(out, "allocated=%llu%c ", (unsigned long long)bytes, units[unit]);
}

/* "cpu=": where it is known. */
static void print_times(FILE *out, const Thread *p, bool extended)
{
    i64 cpu = management_cpu_time(current_thread, p);
    if (cpu >= 0) fprintf(out, "cpu=%.2fms ", (double)cpu / 1e6);
    fprintf(out, "elapsed=%.2fs ", p->host ? (double)(sched_now() - p->host->made_at) / 1e9 : 0);
    if (extended) print_allocated(out, sched_allocated(current_thread, (Thread *)(uintptr_t)p));
}

/* Threads of a simulated run have no number of the host's: it would differ from run to run. */
static u32 native_id(const Thread *p) { return p->host && p->host->tid && !sched_time_is_virtual() ? (u32)p->host->tid : p->id; }

static void print_thread(void *ctx, Thread *p)
{
    enum { PAGE = 4096 };
    const DumpTo *to = ctx;
    FILE *out = to->out;
    if (!p->java) return;
    char *name = thread_name(p);
    fprintf(out, "\"%s\" #%lld %sprio=%d os_prio=0 ", name, (long long)FIELD(p->java, i64, off.Thread_tid), p->daemon ? "daemon " : "", FIELD(p->java, i32, off.Thread_priority));
    free(name);
    print_times(out, p, to->extended);
    fprintf(out, "tid=0x%016llx nid=0x%x %s  [0x%016llx]\n   java.lang.Thread.State: %s\n", (unsigned long long)(u64)p, native_id(p), host_state(p),
            (unsigned long long)ALIGN_DOWN((u64)p->frame, (u64)PAGE), state_name(p->java_state));
    print_frames(out, p);
    if (to->locks) print_synchronizers(out, p);
    fprintf(out, "\n");
}

static void count_thread(void *ctx, Thread *p) { ((DumpTo *)ctx)->listed += p->java != NULL; }

static void print_address(void *ctx, Thread *p)
{
    enum { A_LINE = 4 };
    DumpTo *to = ctx;
    if (!p->java) return;
    fprintf(to->out, "%s0x%016llx", !to->listed ? "" : to->listed % A_LINE ? ", " : ",\n", (unsigned long long)(u64)p);
    to->listed++;
}

/* HotSpot's list of threads, which tells their addresses. */
static void print_list(FILE *out)
{
    DumpTo to = { .out = out };
    threads_each(count_thread, &to);
    fprintf(out, "Threads class SMR info:\n_java_thread_list=0x%016llx, length=%u, elements={\n", (unsigned long long)(u64)thread_list, to.listed);
    to.listed = 0;
    threads_each(print_address, &to);
    fprintf(out, "\n}\n\n");
}

static void print_references(FILE *out)
{
    u64 global, weak;
    handle_counts(&global, &weak);
    fprintf(out, "JNI global refs: %llu, weak refs: %llu\n\n", (unsigned long long)global, (unsigned long long)weak);
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
    char *name = thread_name(y), *other = thread_name(owner), *of = class_java_name(object_class(o));
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

void threads_dump(FILE *out, bool locks, bool extended)
{
    DumpTo to = { .out = out, .locks = locks, .extended = extended };
    time_t now = (time_t)(vm_wall_millis() / 1000);
    struct tm tm;
    char date[32];
    strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", localtime_r(&now, &tm));
    fprintf(out, "%s\nFull thread dump %s (%s %s):\n\n", date, JVM_NAME, jvm_version(), jvm_mode());
    print_list(out);
    threads_each(print_thread, &to);
    print_references(out);
    u32 deadlocks = 0;
    for (const Thread *x = thread_list; x; x = x->next)
        if (heads_cycle(x)) print_cycle(out, x), deadlocks++;
    if (deadlocks) fprintf(out, "\nFound %u deadlock%s.\n\n", deadlocks, deadlocks == 1 ? "" : "s");
    fflush(out);
}
