/* Class initialization (JVMS 5.5). One thread initializes a class; others that need it wait in order of arrival. A class whose
   initializer failed stays erroneous: later uses throw NoClassDefFoundError, caused by a record of the first failure. */
#define _GNU_SOURCE
#include "vm/loader.h"
#include "vm/names.h"
#include "base/log.h"
#include "base/vec.h"
#include <string.h>

typedef struct Waiter { Class *c; Thread *t; } Waiter;
static Vec(Waiter) waiters;

static void wait_for(Thread *t, Class *c)
{
    vec_push(&waiters, ((Waiter){ c, t }));
    while (c->state == CS_INITIALIZING) sched_block(t, ~0ull);
    for (size_t i = 0; i < waiters.len; i++)
        if (waiters.data[i].t == t && waiters.data[i].c == c) {
            memmove(&waiters.data[i], &waiters.data[i + 1], (waiters.len - i - 1) * sizeof(Waiter));
            waiters.len--;
            return;
        }
    panic("a waiter for class %s was lost", c->name->bytes);
}

static void finish(Class *c, ClassState state)
{
    ASSERT(c->state == CS_INITIALIZING);
    c->state = (u8)state;
    c->init_thread = NULL;
    for (size_t i = 0; i < waiters.len; i++)
        if (waiters.data[i].c == c) sched_wake(waiters.data[i].t);
}

/* ---- Failure --------------------------------------------------------------------------------------------------------- */

static char *thread_name(const Thread *t)
{
    Object *name = t->java ? load_ref(t->java, off.Thread_name) : NULL;
    return name ? string_utf8(name) : xstrdup("main");
}

/* The record of a failure: an ExceptionInInitializerError that tells of `error` and has its stack trace. */
static Object *failure_record(Thread *t, Object *error)
{
    char *text = exception_headline(error), *thread = thread_name(t);
    throw_new(t, "java/lang/ExceptionInInitializerError", "Exception %s [in thread \"%s\"]", text, thread);
    free(text), free(thread);
    Object *record = exception_take(t);
    Method *get = method_named(wk.Throwable, "getStackTrace", "()[Ljava/lang/StackTraceElement;");
    Object *trace = record ? (Object *)vm_call_virtual(t, get, (const u64[]){ (u64)error }) : NULL;
    if (trace) {
        store_ref(record, off.Throwable_stackTrace, trace);
        store_ref(record, off.Throwable_backtrace, NULL);
    }
    exception_take(t);
    return record;
}

/* Anything but an Error is wrapped in ExceptionInInitializerError. */
static void wrap(Thread *t)
{
    Object *e = t->exception;
    if (class_subtype(object_class(e), wk.Error)) return;
    t->exception = NULL;
    Class *c = class_boot("java/lang/ExceptionInInitializerError");
    if (!class_initialize(t, c)) return;
    Object *error = object_new(t, c);
    if (!error) return;
    vm_callv(t, method_named(c, "<init>", "(Ljava/lang/Throwable;)V"), (u64)error, (u64)e);
    if (!t->exception) throw_object(t, error);
}

static bool fail(Thread *t, Class *c)
{
    Object *error = t->exception;
    ASSERT(error);
    t->exception = NULL;
    Object *record = vm_booted ? failure_record(t, error) : NULL;
    c->init_error = record;
    t->exception = error;
    wrap(t);
    LOG(init, "%s failed", c->name->bytes);
    finish(c, CS_ERROR);
    return false;
}

static bool throw_erroneous(Thread *t, Class *c)
{
    char *name = class_java_name(c), *text = xasprintf("Could not initialize class %s", name);
    if (c->init_error) {
        Object *message = string_new(t, text);
        if (message) throw_class(t, wk.NoClassDefFoundError, message, c->init_error);
    } else throw_new(t, "java/lang/NoClassDefFoundError", "%s", text);
    free(name), free(text);
    return false;
}

/* ---- Success ----------------------------------------------------------------------------------------------------------- */

/* Superinterfaces that declare defaults are initialized with the class, ancestors first (JVMS 5.5 step 7). */
static bool initialize_interfaces(Thread *t, Class *c)
{
    for (u32 i = 0; i < c->ninterfaces; i++) {
        Class *s = c->interfaces[i];
        if (!initialize_interfaces(t, s)) return false;
        if (s->access & CLASS_HAS_DEFAULTS && !class_initialize(t, s)) return false;
    }
    return true;
}

static bool run_initializer(Thread *t, Class *c)
{
    Method *m = class_declared_method(c, symbol_of("<clinit>"), symbol_of("()V"));
    if (!m || !(m->access & ACC_STATIC)) return true;
    vm_call(t, m, NULL);
    return !t->exception;
}

static bool initialize(Thread *t, Class *c)
{
    LOG(init, "%s", c->name->bytes);
    c->state = CS_INITIALIZING;
    c->init_thread = t;
    if (!(c->access & ACC_INTERFACE)) {
        bool ok = !c->super || class_initialize(t, c->super);
        if (!ok || !initialize_interfaces(t, c)) return fail(t, c);
    }
    if (!run_initializer(t, c)) return fail(t, c);
    finish(c, CS_INITIALIZED);
    return true;
}

bool class_initialize(Thread *t, Class *c)
{
    if (c->state == CS_INITIALIZED) return true;
    if (!class_link(t, c)) return false;
    if (c->state == CS_INITIALIZING) {
        if (c->init_thread == t) return true;
        wait_for(t, c);
    }
    if (c->state == CS_INITIALIZED) return true;
    if (c->state == CS_ERROR) return throw_erroneous(t, c);
    ASSERT(c->state == CS_LINKED);
    return initialize(t, c);
}
