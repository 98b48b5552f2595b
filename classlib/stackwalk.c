/* Stacks as the class library sees them: traces of Throwables, StackTraceElements, Reflection.getCallerClass, StackWalker, access-control
   contexts, and dumps of other threads. Frames are walked from Thread.frame, which during a native is that native's own frame. */
#include "base/log.h"
#include "base/vec.h"
#include "classlib/jvm_entry.h"
#include "classlib/signals.h"
#include "vm/backtrace.h"
#include "vm/membername.h"
#include "vm/names.h"
#include "vm/native.h"
#include "vm/sched.h"
#include <jni.h>
#include <stdio.h>
#include <string.h>

enum { /* StackStreamFactory's modes */
    WALK_CLASSES_ONLY = 0x2, WALK_CALLER_CLASS = 0x4, WALK_SHOW_HIDDEN = 0x20
};

static bool method_is(const Method *m, const char *class_name, const char *name)
{
    return !strcmp(m->name->bytes, name) && !strcmp(m->owner->name->bytes, class_name);
}

/* A boot class that is perhaps not loaded yet. */
static Class *class_if_loaded(const char *name) { return class_find_loaded(boot_loader, symbol_of(name)); }

/* ---- Throwables ------------------------------------------------------------------------------------------------------- */
JNIEXPORT void JNICALL JVM_FillInStackTrace(JNIEnv *env, jobject throwable)
{
    (void)env;
    Thread *t = jvm_enter();
    exception_fill_trace(t, handle_get(throwable));
    jvm_leave(t);
}

static void fill_elements(Thread *t, Object *elements, Object *throwable)
{
    if (!elements || !throwable) {
        throw_new(t, "java/lang/NullPointerException", NULL);
        return;
    }
    Object *trace = load_ref(throwable, off.Throwable_backtrace);
    u32 n = backtrace_length(trace);
    if (trace && array_length(elements) != n) {
        throw_new(t, "java/lang/IndexOutOfBoundsException", NULL);
        return;
    }
    for (u32 i = 0; i < n; i++) {
        u32 bci;
        Method *m = backtrace_entry(trace, i, &bci);
        Object *element = array_ref(elements, i);
        if (!element) {
            throw_new(t, "java/lang/NullPointerException", NULL);
            return;
        }
        if (!trace_element_fill(t, element, m, bci)) return;
    }
}

JNIEXPORT void JNICALL JVM_InitStackTraceElementArray(JNIEnv *env, jobjectArray elements, jobject throwable)
{
    (void)env;
    Thread *t = jvm_enter();
    fill_elements(t, handle_get(elements), handle_get(throwable));
    jvm_leave(t);
}

JNIEXPORT void JNICALL JVM_InitStackTraceElement(JNIEnv *env, jobject element, jobject frame_info)
{
    (void)env;
    Thread *t = jvm_enter();
    Object *info = handle_get(frame_info), *member = load_ref(info, off.StackFrameInfo_memberName);
    Method *m = member ? membername_target(member) : NULL;
    if (m) trace_element_fill(t, handle_get(element), m, (u32)FIELD(info, i32, off.StackFrameInfo_bci));
    else throw_new(t, "java/lang/InternalError", "method not found in StackFrameInfo");
    jvm_leave(t);
}

JNIEXPORT jstring JNICALL JVM_GetExtendedNPEMessage(JNIEnv *env, jthrowable throwable)
{
    (void)env;
    Thread *t = jvm_enter();
    Object *trace = load_ref(handle_get(throwable), off.Throwable_backtrace);
    jstring r = NULL;
    u32 bci;
    /* A frame that was left out raised it: the first recorded one has nothing to do with it. */
    if (trace && backtrace_length(trace) && !backtrace_top_was_hidden(trace)) {
        Method *m = backtrace_entry(trace, 0, &bci);
        char *text = m->access & ACC_NATIVE || vm_options.plain_npe ? NULL : npe_message(t, m, bci);
        Object *s = text ? string_new(t, text) : NULL;
        if (s) r = handle_local(t, s);
        free(text);
    }
    jvm_leave(t);
    return r;
}

/* ---- Callers ---------------------------------------------------------------------------------------------------------- */
/* Frames of the machinery between a caller and whom it calls reflectively. */
static bool ignored_by_security(const Method *m)
{
    if (method_is(m, "java/lang/reflect/Method", "invoke")) return true;
    Class *accessor = class_if_loaded("jdk/internal/reflect/MethodAccessorImpl");
    if (accessor && class_subtype(m->owner, accessor)) return true;
    return m->entry >= ENTRY_INVOKE_BASIC || m->access & METHOD_LAMBDA_COMPILED;
}

static Class *caller_class(Thread *t)
{
    Frame *f = t->frame;
    if (!f || !method_is(f->method, "jdk/internal/reflect/Reflection", "getCallerClass")) {
        throw_new(t, "java/lang/InternalError", "JVM_GetCallerClass must only be called from Reflection.getCallerClass");
        return NULL;
    }
    f = f->prev;
    if (!f) return NULL;
    if (!(f->method->access & METHOD_CALLER_SENSITIVE)) {
        throw_new(t, "java/lang/InternalError", "CallerSensitive annotation expected at frame 1");
        return NULL;
    }
    for (f = f->prev; f; f = f->prev)
        if (!ignored_by_security(f->method)) return f->method->owner;
    return NULL;
}

JNIEXPORT jclass JNICALL JVM_GetCallerClass(JNIEnv *env)
{
    (void)env;
    Thread *t = jvm_enter();
    Class *c = caller_class(t);
    jclass r = c ? handle_local(t, c->mirror) : NULL;
    jvm_leave(t);
    return r;
}

/* ---- StackWalker -------------------------------------------------------------------------------------------------------
   A walk lives on the C stack of callStackWalk; its address is the anchor that Java hands back for further batches; a
   stale one is in the list of walks no more. Elements in front of `start` are not touched: the heap's moves trust arrays to hold what their class says. */
typedef struct Walk {
    Frame *frame;  /* NULL: at the end */
    Object *buffer;/* as of the last batch */
    struct Walk *outer;
    Thread *thread;
} Walk;

static Walk *walks; /* in progress, innermost first of each thread */

/* Element type of the frames[] decides what may be stored; a walk for classes stores mirrors, else StackFrameInfos are filled. */
static bool walk_fill(Thread *t, i64 mode, const Frame *f, Object *buffer, u32 index)
{
    Method *m = f->method;
    if (mode & WALK_CLASSES_ONLY) {
        array_set_ref(buffer, index, m->owner->mirror);
        return true;
    }
    Object *info = array_ref(buffer, index), *member = info ? load_ref(info, off.StackFrameInfo_memberName) : NULL;
    if (!member) {
        throw_new(t, "java/lang/InternalError", "stack walk: no frame to fill");
        return false;
    }
    FIELD(info, i32, off.StackFrameInfo_bci) = (i32)frame_position(f);
    return membername_set_method(t, member, m, m->owner);
}

/* Fills up to `count` elements from `start`; the walk stays at the last frame it used. Returns the end index; -1: thrown. */
static i32 walk_batch(Thread *t, Walk *w, i64 mode, i32 count, i32 start)
{
    i32 end = start;
    for (; w->frame; w->frame = w->frame->prev) {
        Method *m = w->frame->method;
        if ((!(mode & WALK_SHOW_HIDDEN) || mode & WALK_CALLER_CLASS) && method_is_hidden(m)) continue;
        if (mode & WALK_CLASSES_ONLY && mode & WALK_CALLER_CLASS && end == start && m->access & METHOD_CALLER_SENSITIVE) {
            char *name = method_external_name(m->owner, m->name, m->desc);
            throw_new(t, "java/lang/UnsupportedOperationException", "StackWalker::getCallerClass called from @CallerSensitive '%s' method", name);
            free(name);
            return -1;
        }
        if (!walk_fill(t, mode, w->frame, w->buffer, (u32)end)) return -1;
        if (++end - start >= count) break;
    }
    if (end == start) {
        throw_new(t, "java/lang/InternalError", "stack walk: decode failed");
        return -1;
    }
    return end;
}

/* The frames of the walker itself are not part of the walk. */
static Frame *walk_start(Frame *f, i32 skip)
{
    const Class *walker = class_if_loaded("java/lang/StackWalker"), *abstract = wk.StackStreamFactory_AbstractStackWalker;
    while (f && (f->method->owner == walker || f->method->owner == abstract || f->method->owner->super == abstract)) f = f->prev;
    for (; f && skip > 0; skip--) f = f->prev;
    return f;
}

static Object *walk_run(Thread *t, Object *stream, i64 mode, i32 skip, i32 count, i32 start, Object *buffer)
{
    if (!buffer || (u64)start + (u64)count > array_length(buffer)) {
        throw_new(t, "java/lang/IllegalArgumentException", "not enough space in buffers");
        return NULL;
    }
    Walk w = { .frame = walk_start(t->frame, skip), .buffer = buffer, .outer = walks, .thread = t };
    i32 end = start;
    if (count > 0 && (end = walk_batch(t, &w, mode, count, start)) < 0) return NULL;
    walks = &w;
    Object *result = (Object *)vm_call(t, meth.StackStreamFactory_AbstractStackWalker_doStackWalk,
        (const u64[]){ (u64)stream, (u64)&w, 0, (u64)(i64)skip, (u64)(i64)count, (u64)(i64)start, (u64)(i64)end });
    Walk **p = &walks; /* another thread may have begun a walk since */
    while (*p != &w) p = &(*p)->outer;
    *p = w.outer;
    return t->exception ? NULL : result;
}

JNIEXPORT jobject JNICALL JVM_CallStackWalk(JNIEnv *env, jobject stream, jlong mode, jint skip, jint count, jint start, jobjectArray frames)
{
    (void)env;
    Thread *t = jvm_enter();
    Object *r = walk_run(t, handle_get(stream), mode, skip, count, start, handle_get(frames));
    jobject h = r ? handle_local(t, r) : NULL;
    jvm_leave(t);
    return h;
}

static Walk *walk_of_anchor(Thread *t, i64 anchor)
{
    for (Walk *w = walks; w; w = w->outer)
        if ((i64)w == anchor && w->thread == t) return w;
    return NULL;
}

static i32 walk_more(Thread *t, i64 mode, i64 anchor, i32 count, i32 start, Object *buffer)
{
    Walk *w = walk_of_anchor(t, anchor);
    if (!w || !buffer) {
        throw_new(t, "java/lang/InternalError", "doStackWalk: corrupted buffers");
        return start;
    }
    if ((u64)start + (u64)count > array_length(buffer)) {
        throw_new(t, "java/lang/IllegalArgumentException", "not enough space in buffers");
        return start;
    }
    w->buffer = buffer;
    if (count <= 0 || !w->frame) return start;
    w->frame = w->frame->prev; /* the last one of the previous batch */
    if (!w->frame) return start;
    i32 end = walk_batch(t, w, mode, count, start);
    return end < 0 ? start : end;
}

JNIEXPORT jint JNICALL JVM_MoreStackWalk(JNIEnv *env, jobject stream, jlong mode, jlong anchor, jint count, jint start, jobjectArray frames)
{
    (void)env, (void)stream;
    Thread *t = jvm_enter();
    jint r = walk_more(t, mode, anchor, count, start, handle_get(frames));
    jvm_leave(t);
    return r;
}

/* ---- Access control ----------------------------------------------------------------------------------------------------- */
static void set_context_field(Object *context, const char *name, Object *value)
{
    Field *f = class_declared_field(wk.AccessControlContext, symbol_of(name), NULL);
    if (f) store_ref(context, f->offset, value);
}

static void set_context_flag(Object *context, const char *name, bool value)
{
    Field *f = class_declared_field(wk.AccessControlContext, symbol_of(name), NULL);
    if (f) FIELD(context, u8, f->offset) = value;
}

static Object *context_new(Thread *t, Object *const *domains, u32 n, bool privileged, Object *inherited)
{
    if (!class_initialize(t, wk.AccessControlContext)) return NULL;
    Object *array = NULL;
    if (n) {
        array = array_new(t, class_array_of(wk.ProtectionDomain), (i32)n);
        if (!array) return NULL;
        for (u32 i = 0; i < n; i++) array_set_ref(array, i, domains[i]);
    }
    Object *context = object_new(t, wk.AccessControlContext);
    if (!context) return NULL;
    set_context_field(context, "context", array);
    set_context_field(context, "privilegedContext", inherited);
    set_context_flag(context, "isPrivileged", privileged);
    set_context_flag(context, "isAuthorized", true);
    return context;
}

/* The protection domains on the stack, down to the first doPrivileged; NULL: all of them are the system's. */
static Object *stack_context(Thread *t)
{
    enum { MAX_DOMAINS = 256 };
    Object *domains[MAX_DOMAINS], *previous = NULL, *inherited = NULL;
    u32 n = 0;
    bool privileged = false;
    for (Frame *f = t->frame; f && !privileged; f = f->prev) {
        Object *domain = f->method->owner->protection_domain;
        if (f->method->access & METHOD_LOCALS_READ) { /* executePrivileged(action, context, caller) */
            privileged = true;
            inherited = (Object *)f->locals[1];
            Object *caller = (Object *)f->locals[2];
            domain = caller ? mirror_class(caller)->protection_domain : NULL;
        }
        if (domain && domain != previous && n < MAX_DOMAINS) domains[n++] = previous = domain;
    }
    if (!n && privileged && !inherited) return NULL;
    if (!n && !privileged) return context_new(t, NULL, 0, false, NULL);
    return context_new(t, domains, n, privileged, inherited);
}

JNIEXPORT jobject JNICALL JVM_GetStackAccessControlContext(JNIEnv *env, jclass c)
{
    (void)env, (void)c;
    Thread *t = jvm_enter();
    Object *context = stack_context(t);
    jobject r = context ? handle_local(t, context) : NULL;
    jvm_leave(t);
    return r;
}

JNIEXPORT jobject JNICALL JVM_GetInheritedAccessControlContext(JNIEnv *env, jclass c)
{
    (void)env, (void)c;
    Thread *t = jvm_enter();
    Object *context = t->java ? load_ref(t->java, off.Thread_inheritedAccessControlContext) : NULL;
    jobject r = context ? handle_local(t, context) : NULL;
    jvm_leave(t);
    return r;
}

/* ---- Dumps ---------------------------------------------------------------------------------------------------------------- */
static Object *thread_elements(Thread *t, Object *java_thread)
{
    Thread *target = java_thread ? thread_of_java(java_thread) : NULL;
    if (!target) return NULL;
    Object *trace = backtrace_capture(t, target->frame, NULL, true, BACKTRACE_MAX);
    return trace ? trace_elements(t, trace) : NULL;
}

static Object *dump_threads(Thread *t, Object *threads)
{
    if (!threads) throw_new(t, "java/lang/NullPointerException", NULL);
    else if (!array_length(threads)) throw_new(t, "java/lang/IllegalArgumentException", NULL);
    if (t->exception) return NULL;
    Class *row = class_array_of(wk.StackTraceElement);
    Object *result = array_new(t, class_array_of(row), (i32)array_length(threads));
    for (u32 i = 0; result && i < array_length(threads); i++) {
        Object *elements = thread_elements(t, array_ref(threads, i));
        if (t->exception) return NULL;
        array_set_ref(result, i, elements);
    }
    return result;
}

JNIEXPORT jobjectArray JNICALL JVM_DumpThreads(JNIEnv *env, jclass c, jobjectArray threads)
{
    (void)env, (void)c;
    Thread *t = jvm_enter();
    Object *result = dump_threads(t, handle_get(threads));
    jobjectArray r = result ? handle_local(t, result) : NULL;
    jvm_leave(t);
    return r;
}

JNIEXPORT void JNICALL JVM_DumpAllStacks(JNIEnv *env, jclass c)
{
    (void)env, (void)c;
    Thread *t = jvm_enter();
    threads_dump(stdout, false, false);
    jvm_leave(t);
}
