/* JVM_GetManagement: the table of functions behind java.lang.management. Threads are told with their stacks, monitors and
   locks; memory is jvm_memory_beans.c's. Diagnostic commands are diagnostics.c's. */
#define _GNU_SOURCE
#include "classlib/diagnostics.h"
#include "classlib/heapdump.h"
#include "classlib/management.h"
#include "classlib/vmflags.h"
#include "classlib/waiting.h"
#include "gc/gc.h"
#include "vm/backtrace.h"
#include "vm/sched.h"
#include "vm/unified.h"
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { JMM_VERSION = 0x20030000, JMM_SLOTS = 40 };

/* Attributes of GetLongAttribute and GetBoolAttribute that have an answer; every other one is "undefined". */
enum { CLASSES_LOADED = 1, CLASSES_UNLOADED = 2, THREADS_STARTED = 3, THREADS_LIVE = 4, THREADS_PEAK = 5, THREADS_DAEMON = 6,
       INIT_DONE_MILLIS = 7, COMPILE_MILLIS = 8, GC_MILLIS = 9, GC_COUNT = 10, UPTIME_MILLIS = 11, FLAG_COUNT = 104, PROCESS_ID = 201, GC_EXTENSIONS = 401,
       VERBOSE_GC = 21, VERBOSE_CLASS = 22, CONTENTION = 23, THREAD_CPU_TIME = 24, THREAD_ALLOCATED = 25, UNDEFINED = -1 };
enum { LOW_MEMORY = 1 << 0, COMPILATION_TIME = 1 << 1, CONTENTION_TIMES = 1 << 2, CURRENT_THREAD_CPU_TIME = 1 << 3, OTHER_THREAD_CPU_TIME = 1 << 4, OBJECT_MONITORS = 1 << 5, SYNCHRONIZERS = 1 << 6, ALLOCATED_MEMORY = 1 << 7, DIAGNOSTIC_COMMANDS = 1 << 8 }; /* GetOptionalSupport */

JNIEXPORT jobjectArray JNICALL JVM_DumpThreads(JNIEnv *env, jclass ignored, jobjectArray threads); /* jvm_thread.c or stackwalk.c */

static i64 start_millis; /* when the table was first asked for: near enough to boot's end */

/* ---- Threads ------------------------------------------------------------------------------------------------------ */
typedef struct ThreadCounts { i64 live, daemon; } ThreadCounts;

static bool visible(const Thread *x) { return x->java && !x->exited && FIELD(x->java, i64, off.Thread_eetop); }

static void count_thread(void *ctx, Thread *x)
{
    ThreadCounts *n = ctx;
    if (!visible(x)) return;
    n->live++;
    n->daemon += FIELD(x->java, u8, off.Thread_daemon) != 0;
}

static ThreadCounts count_threads(void)
{
    ThreadCounts n = { 0, 0 };
    threads_each(count_thread, &n);
    return n;
}

/* Most threads alive at once, as far as somebody looked. */
static i64 peak_threads(i64 live, bool reset)
{
    static i64 peak;
    if (reset || live > peak) peak = live;
    return peak;
}

/* Threads that ever got a number: the library counts them itself. */
static i64 threads_started(void)
{
    Field *f = class_declared_field(wk.Thread, symbol_of("threadSeqNumber"), NULL);
    return f ? FIELD(wk.Thread->mirror, i64, f->offset) : count_threads().live;
}

typedef struct ById { i64 id; Thread *found; } ById;

static void match_id(void *ctx, Thread *x)
{
    ById *by = ctx;
    if (visible(x) && FIELD(x->java, i64, off.Thread_tid) == by->id) by->found = x;
}

static Thread *thread_by_id(i64 id)
{
    ById by = { id, NULL };
    threads_each(match_id, &by);
    return by.found;
}

/* The first `depth` elements of a thread's stack trace (-1: all; 0: none); NULL: thrown. */
static Object *stack_trace(Thread *t, JNIEnv *env, Thread *x, jint depth)
{
    Object *all = NULL;
    if (depth) {
        Object *one = array_new(t, class_array_of(wk.Thread), 1);
        if (!one) return NULL;
        array_set_ref(one, 0, x->java);
        Object *rows = jvm_object(JVM_DumpThreads(env, NULL, jvm_local(t, one)));
        if (t->exception) return NULL;
        all = rows ? array_ref(rows, 0) : NULL;
    }
    u32 n = all ? array_length(all) : 0;
    if (depth >= 0 && (u32)depth < n) n = (u32)depth;
    Object *cut = array_new(t, class_array_of(wk.StackTraceElement), (i32)n);
    for (u32 i = 0; cut && i < n; i++) array_set_ref(cut, i, array_ref(all, i));
    return cut;
}

/* What a thread has locked, as ThreadInfo's constructor wants it: monitors with the depths of their frames, java.util.concurrent's locks. */
typedef struct Locked { Object *monitors, *depths, *synchronizers; } Locked;

typedef struct MonitorList { ObjectList objects; Vec(i32) depths; Thread *t; i32 depth; bool failed; } MonitorList;

static void add_monitor(void *ctx, Object *o)
{
    MonitorList *l = ctx;
    if (!jvm_list_add(l->t, &l->objects, o)) l->failed = true;
    else vec_push(&l->depths, l->depth);
}

/* Frames count as stack_trace has them. A monitor that Object.wait has given up is not told. */
static bool locked_monitors(Thread *t, const Thread *x, i32 most, Locked *out)
{
    MonitorList l = { .t = t };
    for (const Frame *f = x->frame; f && !l.failed && (most < 0 || l.depth < most); f = f->prev) {
        if (method_is_hidden(f->method)) continue;
        frame_monitors(x, f, NULL, add_monitor, &l);
        l.depth++;
    }
    if (!l.failed) {
        out->monitors = jvm_list_array(t, &l.objects, wk.Object);
        out->depths = out->monitors ? array_new_prim(t, T_INT, (i32)l.depths.len) : NULL;
        for (u32 i = 0; out->depths && i < l.depths.len; i++) int_elems(out->depths)[i] = l.depths.data[i];
    }
    vec_free(&l.depths);
    return out->depths != NULL;
}
typedef struct SynchronizerWalk { Class *c; const Thread *owner; Object *into; u32 n; } SynchronizerWalk;

static void match_synchronizer(void *ctx, GcObject *o)
{
    SynchronizerWalk *w = ctx;
    Object *x = (Object *)o;
    if (!class_subtype(object_class(x), w->c) || synchronizer_owner(x) != w->owner) return;
    if (w->into && w->n < array_length(w->into)) array_set_ref(w->into, w->n, x);
    w->n++;
}

/* All of the heap is looked at. The array's allocation may collect some that were counted: then once more. */
static bool locked_synchronizers(Thread *t, const Thread *x, Locked *out)
{
    SynchronizerWalk w = { .c = class_boot("java/util/concurrent/locks/AbstractOwnableSynchronizer"), .owner = x };
    gc_walk(match_synchronizer, &w);
    do {
        w.into = jvm_object_array(t, w.n);
        if (!w.into) return false;
        w.n = 0;
        gc_walk(match_synchronizer, &w);
    } while (w.n != array_length(w.into));
    out->synchronizers = w.into;
    return true;
}

/* A java.lang.management.ThreadInfo; NULL: thrown. */
static Object *thread_info(Thread *t, JNIEnv *env, Thread *x, jint depth, bool monitors, bool synchronizers)
{
    Class *c = class_boot("java/lang/management/ThreadInfo");
    if (!class_initialize(t, c)) return NULL;
    Locked locked = { NULL, NULL, NULL };
    if ((monitors && !locked_monitors(t, x, depth, &locked)) || (synchronizers && !locked_synchronizers(t, x, &locked))) return NULL;
    Object *trace = stack_trace(t, env, x, depth), *info = trace ? object_new(t, c) : NULL;
    if (!info) return NULL;
    Object *parked = thread_park_blocker(x), *blocker = parked ? parked : x->blocker;
    Thread *owner = parked ? synchronizer_owner(parked) : blocker ? monitor_owner(blocker) : NULL;
    Method *init = method_named(c, "<init>", "(Ljava/lang/Thread;ILjava/lang/Object;Ljava/lang/Thread;JJJJ[Ljava/lang/StackTraceElement;"
                                             "[Ljava/lang/Object;[I[Ljava/lang/Object;)V");
    /* blocked count and time, waited count and time: two slots each */
    u64 blocked = x->host ? x->host->times_blocked : 0, waited = x->host ? x->host->times_waited : 0;
    u64 blocked_time = monitors_time && x->host ? x->host->blocked_ns / 1000000 : (u64)UNDEFINED, waited_time = monitors_time && x->host ? x->host->waited_ns / 1000000 : (u64)UNDEFINED;
    u64 args[] = { (u64)info, (u64)x->java, (u64)(i64)FIELD(x->java, i32, off.Thread_threadStatus), (u64)blocker,
                   owner ? (u64)owner->java : 0, blocked, 0, blocked_time, 0, waited, 0, waited_time, 0, (u64)trace,
                   (u64)locked.monitors, (u64)locked.depths, (u64)locked.synchronizers };
    ASSERT(init->arg_slots == NELEM(args));
    vm_call(t, init, args);
    return t->exception ? NULL : info;
}

static jint GetThreadInfo(JNIEnv *env, jlongArray ids, jint depth, jobjectArray result)
{
    JVM_SCOPE();
    Object *list = jvm_object(ids), *out = jvm_object(result);
    if (!list || !out) return (jint)jvm_throw_npe(t);
    u32 n = array_length(list) < array_length(out) ? array_length(list) : array_length(out);
    for (u32 i = 0; i < n; i++) {
        Thread *x = thread_by_id(long_elems(list)[i]);
        Object *info = x ? thread_info(t, env, x, depth, false, false) : NULL;
        if (t->exception) return 0;
        array_set_ref(out, i, info);
    }
    return 0;
}

static void list_thread(void *ctx, Thread *x)
{
    Vec(i64) *ids = ctx;
    if (visible(x)) vec_push(ids, FIELD(x->java, i64, off.Thread_tid));
}

static jobjectArray DumpThreads(JNIEnv *env, jlongArray ids, jboolean monitors, jboolean synchronizers, jint depth)
{
    JVM_SCOPE();
    Object *given = jvm_object(ids);
    Vec(i64) list = { 0 };
    if (given) for (u32 i = 0; i < array_length(given); i++) vec_push(&list, long_elems(given)[i]);
    else threads_each(list_thread, &list);
    Object *out = array_new(t, class_array_of(class_boot("java/lang/management/ThreadInfo")), (i32)list.len);
    for (u32 i = 0; out && i < list.len; i++) {
        Thread *x = thread_by_id(list.data[i]);
        Object *info = x ? thread_info(t, env, x, depth, monitors, synchronizers) : NULL;
        if (t->exception) out = NULL;
        else array_set_ref(out, i, info);
    }
    vec_free(&list);
    return jvm_local(t, out);
}

static jobjectArray FindDeadlocks(JNIEnv *env, jboolean monitors_only)
{
    JVM_SCOPE();
    ObjectList list = { 0 };
    for (Thread *x = thread_list; x; x = x->next)
        if (thread_is_deadlocked(x, !monitors_only) && !jvm_list_add(t, &list, x->java)) return NULL;
    return list.len ? jvm_local(t, jvm_list_array(t, &list, wk.Thread)) : NULL;
}

static jobjectArray FindMonitorDeadlockedThreads(JNIEnv *env) { return FindDeadlocks(env, JNI_TRUE); }

i64 management_cpu_time(const Thread *t, const Thread *x)
{
    if (t->simulated && !vm_options.real_time) return x == t ? (i64)vm_nano_time() : UNDEFINED;
    if (x != t && !(x->host && x->host->tid)) return UNDEFINED;
    /* Linux: the clock of a thread's processor time, by its number */
    clockid_t clock = x == t ? CLOCK_THREAD_CPUTIME_ID : (clockid_t)(~(u32)x->host->tid << 3 | 6);
    struct timespec now;
    return clock_gettime(clock, &now) ? UNDEFINED : (i64)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* id 0: the calling thread. */
static i64 cpu_time(const Thread *t, i64 id)
{
    const Thread *x = id ? thread_by_id(id) : t;
    return x ? management_cpu_time(t, x) : UNDEFINED;
}

static jlong GetThreadCpuTimeWithKind(JNIEnv *env, jlong id, jboolean with_system)
{
    JVM_SCOPE();
    (void)with_system;
    return cpu_time(t, id);
}

static jlong GetThreadCpuTime(JNIEnv *env, jlong id) { return GetThreadCpuTimeWithKind(env, id, JNI_TRUE); }

/* ---- Attributes --------------------------------------------------------------------------------------------------------- */
i64 management_uptime_millis(void) { return vm_wall_millis() - start_millis; }

static i64 long_attribute(jint attribute)
{
    switch (attribute) {
    case CLASSES_LOADED: return (i64)class_count() + class_unloaded_count();
    case CLASSES_UNLOADED: return class_unloaded_count();
    case THREADS_STARTED: return threads_started();
    case THREADS_LIVE: return count_threads().live;
    case THREADS_PEAK: return peak_threads(count_threads().live, false);
    case THREADS_DAEMON: return count_threads().daemon;
    case INIT_DONE_MILLIS: return start_millis;
    case COMPILE_MILLIS: return (i64)(vm_compile_nanos / 1000000);
    case GC_MILLIS: return memory_beans_millis();
    case GC_COUNT: return (i64)gc_stats().collections;
    case UPTIME_MILLIS: return management_uptime_millis();
    case PROCESS_ID: return getpid();
    case FLAG_COUNT: return vmflags_count();
    case GC_EXTENSIONS: return GC_ATTRIBUTES;
    default: return UNDEFINED;
    }
}

static jlong GetLongAttribute(JNIEnv *env, jobject o, jint attribute)
{
    JVM_SCOPE();
    (void)o;
    return long_attribute(attribute);
}

static jint GetLongAttributes(JNIEnv *env, jobject o, const jint *attributes, jint n, jlong *out)
{
    JVM_SCOPE();
    (void)o;
    for (jint i = 0; i < n; i++) out[i] = long_attribute(attributes[i]);
    return n;
}

static jboolean GetBoolAttribute(JNIEnv *env, jint attribute)
{
    (void)env;
    if (attribute == THREAD_CPU_TIME || attribute == THREAD_ALLOCATED) return JNI_TRUE;
    if (attribute == CONTENTION) return monitors_time;
    return attribute == VERBOSE_GC ? vm_options.verbose_gc : attribute == VERBOSE_CLASS ? vm_options.verbose_class : JNI_FALSE;
}

static void set_contention(bool on)
{
    JVM_SCOPE_NO_ENV();
    if (on && !monitors_time) monitors_time_reset();
    monitors_time = on;
}

/* Sets and returns what was. */
static jboolean SetBoolAttribute(JNIEnv *env, jint attribute, jboolean on)
{
    jboolean old = GetBoolAttribute(env, attribute);
    if (attribute == VERBOSE_GC) ul_switch(UL_GC, on);
    if (attribute == VERBOSE_CLASS) ul_switch(UL_CLASS_LOAD, on), ul_switch(UL_CLASS_UNLOAD, on);
    if (attribute == CONTENTION) set_contention(on);
    return old;
}

enum { RESET_PEAK_THREADS = 801, RESET_CONTENTION_TIME = 803, RESET_PEAK_POOL = 805 };

static jboolean ResetStatistic(JNIEnv *env, jvalue o, jint which)
{
    JVM_SCOPE();
    (void)o;
    if (which == RESET_PEAK_THREADS) peak_threads(count_threads().live, true);
    if (which == RESET_CONTENTION_TIME) monitors_time_reset();
    if (which == RESET_PEAK_POOL) memory_beans_reset_peak();
    return JNI_TRUE;
}

static jint GetVersion(JNIEnv *env) { return (void)env, JMM_VERSION; }

/* A word of flags: which optional features there are. */
static jint GetOptionalSupport(JNIEnv *env, u32 *flags)
{
    (void)env;
    *flags = LOW_MEMORY | COMPILATION_TIME | CONTENTION_TIMES | ALLOCATED_MEMORY | CURRENT_THREAD_CPU_TIME | OTHER_THREAD_CPU_TIME | OBJECT_MONITORS | SYNCHRONIZERS | DIAGNOSTIC_COMMANDS;
    return 0;
}

/* ---- Flags of the VM ---------------------------------------------------------------------------------------------------- */
enum { IS_WRITABLE = 1, IS_EXTERNAL = 2 };
typedef struct VmGlobal { jobject name; jvalue value; jint type, origin; u32 bits; void *reserved[2]; } VmGlobal; /* jmm.h's jmmVMGlobal */

static jobjectArray GetVMGlobalNames(JNIEnv *env)
{
    JVM_SCOPE();
    u32 n = vmflags_count();
    Object *array = jvm_string_array(t, n);
    for (u32 i = 0; array && i < n; i++) {
        Object *s = string_new(t, vmflag_at(i).name);
        if (!s) return NULL;
        array_set_ref(array, i, s);
    }
    return jvm_local(t, array);
}

/* false: thrown. */
static bool fill_global(Thread *t, VmGlobal *out, const VmFlag *f)
{
    *out = (VmGlobal){ .name = jvm_local(t, string_new(t, f->name)), .type = (jint)f->type, .origin = (jint)f->origin };
    out->bits = f->writable ? IS_WRITABLE | IS_EXTERNAL : 0;
    switch (f->type) {
    case FLAG_BOOL: out->value.z = f->value.l != 0; break;
    case FLAG_LONG: out->value.j = f->value.l; break;
    case FLAG_DOUBLE: out->value.d = f->value.d; break;
    case FLAG_STRING: if (!t->exception) out->value.l = jvm_local(t, string_new(t, f->value.s)); break;
    }
    return !t->exception;
}

/* Returns how many of the names (NULL: all) are there; an entry without a name stands for a flag that is not. */
static jint GetVMGlobals(JNIEnv *env, jobjectArray names, VmGlobal *out, jint n)
{
    JVM_SCOPE();
    jint found = 0;
    for (jint i = 0; i < n && (names || (u32)i < vmflags_count()); i++) {
        VmFlag f;
        Object *s = names ? array_ref(jvm_object(names), (u32)i) : NULL;
        if (names && !s) return (jint)jvm_throw_npe(t);
        char *name = s ? string_utf8(s) : NULL;
        bool there = true;
        if (name) there = vmflag_find(name, &f);
        else f = vmflag_at((u32)i);
        free(name);
        memset(&out[i], 0, sizeof out[i]);
        if (there && !fill_global(t, &out[i], &f)) return 0;
        found += there;
    }
    return found;
}

static void SetVMGlobal(JNIEnv *env, jstring name, jvalue value)
{
    JVM_SCOPE();
    if (!jvm_object(name)) {
        jvm_throw_npe(t);
        return;
    }
    VmFlag f;
    char *flag = string_utf8(jvm_object(name)), *text = NULL;
    FlagValue v = { 0 };
    if (vmflag_find(flag, &f)) {
        if (f.type == FLAG_BOOL) v.l = value.z != JNI_FALSE;
        else if (f.type == FLAG_LONG) v.l = value.j;
        else if (f.type == FLAG_DOUBLE) v.d = value.d;
        else v.s = text = value.l ? string_utf8(jvm_object(value.l)) : xstrdup("");
    }
    char *wrong = vmflag_set(flag, v, FLAG_MANAGEMENT);
    if (wrong) jvm_throw_iae(t, wrong);
    free(flag), free(text), free(wrong);
}

/* Bytes that a thread (0: the caller) has allocated. */
static i64 allocated_by(Thread *t, i64 id)
{
    Thread *x = id ? thread_by_id(id) : t;
    return x && x->host ? (i64)sched_allocated(t, x) : UNDEFINED;
}

static jlong GetOneThreadAllocatedMemory(JNIEnv *env, jlong id)
{
    JVM_SCOPE();
    return allocated_by(t, id);
}

static void GetThreadAllocatedMemory(JNIEnv *env, jlongArray ids, jlongArray sizes)
{
    JVM_SCOPE();
    Object *list = jvm_object(ids), *out = jvm_object(sizes);
    for (u32 i = 0; list && out && i < array_length(out) && i < array_length(list); i++) long_elems(out)[i] = allocated_by(t, long_elems(list)[i]);
}

static jint GetInternalThreadTimes(JNIEnv *env, jobjectArray names, jlongArray times) { return (void)env, (void)names, (void)times, 0; }

static void GetThreadCpuTimesWithKind(JNIEnv *env, jlongArray ids, jlongArray times, jboolean with_system)
{
    JVM_SCOPE();
    (void)with_system;
    Object *list = jvm_object(ids), *out = jvm_object(times);
    for (u32 i = 0; list && out && i < array_length(out) && i < array_length(list); i++) long_elems(out)[i] = cpu_time(t, long_elems(list)[i]);
}

static jint DumpHeap(JNIEnv *env, jstring path, jboolean live)
{
    JVM_SCOPE();
    if (!jvm_object(path)) {
        throw_new(t, "java/io/IOException", "Output file name not specified.");
        return -1;
    }
    char *name = string_utf8(jvm_object(path)), *wrong = heap_dump(t, name, live);
    if (wrong) throw_new(t, "java/io/IOException", "%s", wrong);
    free(name), free(wrong);
    return t->exception ? -1 : 0;
}

/* Whether listeners want to hear of commands that come or go: none do. */
static void commands_notify(JNIEnv *env, jboolean on) { (void)env, (void)on; }

/* F(slot, function): the table in jmm.h's order. */
#define FUNCTIONS(F) \
    F(2, GetVersion) F(3, GetOptionalSupport) F(4, GetThreadInfo) F(5, GetMemoryPools) F(6, GetMemoryManagers) \
    F(7, GetMemoryPoolUsage) F(8, GetPeakMemoryPoolUsage) F(9, GetOneThreadAllocatedMemory) F(10, GetThreadAllocatedMemory) \
    F(11, GetMemoryUsage) F(12, GetLongAttribute) F(13, GetBoolAttribute) F(14, SetBoolAttribute) F(15, GetLongAttributes) \
    F(16, FindMonitorDeadlockedThreads) F(17, GetThreadCpuTime) F(18, GetVMGlobalNames) F(19, GetVMGlobals) F(20, GetInternalThreadTimes) \
    F(21, ResetStatistic) F(22, SetPoolSensor) F(23, SetPoolThreshold) F(24, GetPoolCollectionUsage) F(25, GetGCExtAttributeInfo) \
    F(26, GetLastGCStat) F(27, GetThreadCpuTimeWithKind) F(28, GetThreadCpuTimesWithKind) F(29, DumpHeap) F(30, FindDeadlocks) \
    F(31, SetVMGlobal) F(33, DumpThreads) F(34, SetGCNotificationEnabled) F(35, GetDiagnosticCommands) \
    F(36, GetDiagnosticCommandInfo) F(37, GetDiagnosticCommandArgumentsInfo) F(38, ExecuteDiagnosticCommand) F(39, commands_notify)

JNIEXPORT void *JNICALL JVM_GetManagement(jint version)
{
    static void *table[JMM_SLOTS];
    if ((version & (jint)0xfff00000) != 0x20000000 || version > JMM_VERSION) return NULL;
    JVM_SCOPE_NO_ENV();
    if (!start_millis) start_millis = vm_wall_millis();
    memory_beans_start(t, start_millis);
#define F(slot, function) table[slot] = (void *)(uintptr_t)function;
    FUNCTIONS(F)
#undef F
    return table;
}
