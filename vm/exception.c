/* Throwing, and finding who catches.

   An exception that the VM makes is made as Java would: class initialized, object allocated, constructor run (which records the
   stack trace). Two cannot afford that: OutOfMemoryError, which is thrown when nothing can be allocated and so exists beforehand, and
   StackOverflowError, which has no room to run a constructor and gets its trace from the VM. Both are as HotSpot's.

   Unwinding (exception_unwind) searches each frame's table in order. A catch type is resolved when its range matches, which may load a class, run
   Java and throw; then the new exception takes the place of the old and the search goes on from the handler that could not be
   resolved (JVMS 2.10 leaves it open; HotSpot does so). */
#define _GNU_SOURCE
#include "vm/exception.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/backtrace.h"
#include "vm/costs.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- Making exceptions --------------------------------------------------------------------------------------------- */
/* Runs the constructor (String) or (); without such a one the message is stored directly. */
static bool construct(Thread *t, Object *e, Object *message)
{
    static Symbol *init, *with_message, *without;
    if (!init) init = symbol_of("<init>"), with_message = symbol_of("(Ljava/lang/String;)V"), without = symbol_of("()V");
    Class *c = object_class(e);
    Method *m = message ? class_declared_method(c, init, with_message) : NULL;
    if (m) {
        vm_callv(t, m, (u64)e, (u64)message);
    } else {
        m = class_declared_method(c, init, without);
        if (m) vm_callv(t, m, (u64)e);
        else if ((m = class_declared_method(c, init, with_message)) != NULL) vm_callv(t, m, (u64)e, 0);
        else exception_fill_trace(t, e);
        if (message) store_ref(e, off.Throwable_detailMessage, message);
    }
    return !t->exception;
}

void throw_class(Thread *t, Class *c, Object *message, Object *cause)
{
    ASSERT(!t->exception);
    if (!class_initialize(t, c)) return;
    Object *e = object_new(t, c);
    if (!e || !construct(t, e, message)) return;
    if (cause) {
        vm_call_virtual(t, meth.Throwable_initCause, (const u64[]){ (u64)e, (u64)cause });
        if (t->exception) return;
    }
    throw_object(t, e);
}

void throw_object(Thread *t, Object *exception)
{
    ASSERT(exception != NULL);
    if (LOG_ON(exc)) LOG(exc, "thread %u throws %s", t->id, object_class(exception)->name->bytes);
    t->exception = exception;
}

/* A boot class by name, with the text as its message. */
static void throw_named(Thread *t, const char *class_name, const char *text)
{
    if (LOG_ON(exc)) LOG(exc, "thread %u: VM throws %s: %s", t->id, class_name, text ? text : "(no message)");
    Class *c = class_load(t, boot_loader, symbol_of(class_name));
    if (!c) return;
    Object *message = NULL;
    if (text) {
        message = string_new(t, text);
        if (!message) return;
    }
    throw_class(t, c, message, NULL);
}

void throw_new(Thread *t, const char *class_name, const char *fmt, ...)
{
    ASSERT(!t->exception);
    if (!fmt) {
        throw_named(t, class_name, NULL);
        return;
    }
    char *text;
    va_list ap;
    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0) panic("no memory for a message");
    va_end(ap);
    throw_named(t, class_name, text);
    free(text);
}

void throw_wrapping(Thread *t, const char *class_name, const char *message_or_null)
{
    Object *cause = exception_take(t);
    ASSERT(cause != NULL);
    throw_named(t, class_name, message_or_null);
    Object *wrapper = exception_take(t);
    if (wrapper && object_class(wrapper)->name == symbol_of(class_name)) {
        vm_call_virtual(t, meth.Throwable_initCause, (const u64[]){ (u64)wrapper, (u64)cause });
        if (t->exception) return;
    }
    t->exception = wrapper;
}

/* ---- When there is no memory or no stack ------------------------------------------------------------------------------ */
static struct { const char *message; Object *error; } oom_errors[] = {
    { "Java heap space", NULL },
    { "Requested array size exceeds VM limit", NULL },
    { "unable to create native thread: possibly out of memory or process/resource limits reached", NULL },
    { "Metaspace", NULL },
    { "GC overhead limit exceeded", NULL },
};
static bool making_oom; /* throw_oom is at work: do not recurse */
static u32 oom_traces = 4; /* OutOfMemoryErrors that will still get a trace: HotSpot has made as many beforehand */

void exceptions_preallocate(Thread *t)
{
    for (u32 i = 0; i < NELEM(oom_errors); i++) {
        if (oom_errors[i].error) continue;
        Object *e = object_new(t, wk.OutOfMemoryError);
        if (!e) return;
        oom_errors[i].error = e;
        vm_add_root(&oom_errors[i].error);
        Object *message = string_new(t, oom_errors[i].message);
        if (!message) return;
        store_ref(oom_errors[i].error, off.Throwable_detailMessage, message);
    }
}

static Object *oom_reserve(const char *message)
{
    for (u32 i = 0; i < NELEM(oom_errors); i++)
        if (!strcmp(oom_errors[i].message, message)) return oom_errors[i].error;
    return oom_errors[0].error;
}

void (*out_of_memory_hook)(Thread *t, const char *message);

void throw_oom(Thread *t, const char *message)
{
    if (out_of_memory_hook && !making_oom) out_of_memory_hook(t, message);
    Object *reserve = oom_reserve(message);
    if (vm_options.exit_on_oom) {
        printf("Terminating due to java.lang.OutOfMemoryError: %s\n", message);
        fflush(stdout);
        vm_exit(3);
    }
    if (!making_oom && wk.OutOfMemoryError) {
        /* A fresh error with a trace, out of the heap's reserve: collecting for it once more would be in vain. */
        making_oom = true;
        gc_reserve(true);
        t->exception = NULL;
        Object *e = object_new(t, wk.OutOfMemoryError);
        Object *text = e ? string_new(t, message) : NULL;
        t->exception = NULL;
        if (text) {
            store_ref(e, off.Throwable_detailMessage, text);
            if (oom_traces) {
                oom_traces--;
                exception_fill_short_trace(t, e);
            }
            reserve = e;
        }
        gc_reserve(false);
        making_oom = false;
    }
    if (!reserve) die("out of memory: %s (raise -Xmx)", message);
    throw_object(t, reserve);
}

void throw_stack_overflow(Thread *t)
{
    u64 *limit = t->stack_limit;
    t->stack_limit = t->overflow_limit; /* initializing the class may need some stack */
    t->exception = NULL;
    if (class_initialize(t, wk.StackOverflowError)) {
        Object *e = object_new(t, wk.StackOverflowError);
        if (e) {
            exception_fill_trace(t, e);
            throw_object(t, e);
        }
    }
    t->stack_limit = limit;
}

/* ---- Unwinding --------------------------------------------------------------------------------------------------------- */
/* The handler of `*e` in frame f for an instruction at bci, or NULL. *e changes if a catch type cannot be resolved. */
static const ExRange *find_handler(Thread *t, const Frame *f, u32 bci, Object **e)
{
    const Method *m = f->method;
    u32 failures = 0;
    charge_units(unwind_row, m->details->nhandlers);
    charge_touch(m, sizeof *m, false);
    for (u32 i = 0; i < m->details->nhandlers; i++) {
        const ExRange *r = &m->details->handlers[i];
        if (bci < r->start || bci >= r->end) continue;
        if (!r->type) return r;
        Class *c = cp_class(t, m->cp, r->type);
        if (c) {
            if (class_subtype(object_class(*e), c)) return r;
            continue;
        }
        *e = exception_take(t);
        if (failures++ == m->details->nhandlers) return NULL; /* handlers that cover each other and all fail */
        bci = r->handler;
        i = ~0u; /* again, from the first */
    }
    return NULL;
}

static void enter_handler(Thread *t, Frame *f, const ExRange *r, Object *e)
{
    ASSERT(r->handler < f->method->code_length);
    f->pc = f->method->code + r->handler;
    f->sp = frame_stack(f);
    *f->sp++ = (u64)e;
    t->exception = NULL;
    charge_begin(SVC_EXCEPTION);
    charge_touch(f, sizeof *f + 8, true);
    charge_end();
}

bool exception_unwind(Thread *t)
{
    bool found = false, left = false;
    Frame *below = t->code_below;
    while (!found && !left) {
        Frame *f = t->frame;
        ASSERT(f != NULL && t->exception != NULL);
        charge_units(unwind_frame, 1);
        charge_touch(f, sizeof *f, false);
        if (!(f->flags & FRAME_NATIVE)) {
            Object *e = exception_take(t);
            const ExRange *r = find_handler(t, f, frame_bci(f), &e);
            t->exception = e;
            if (r) {
                t->code_below = below;
                if (f->flags & FRAME_COMPILED) f = vm_hooks.code_leave(t, f);
                enter_handler(t, f, r, e);
                found = true;
                continue;
            }
        }
        monitors_unlock_frame(t, f);
        ASSERT(t->frame == f);
        left = f->flags & FRAME_ENTRY;
        if (f->flags & FRAME_TO_COMPILED) below = frame_at(f->id);
        t->frame = f->prev;
    }
    return found;
}

/* ---- Printing without Java ----------------------------------------------------------------------------------------------- */
char *exception_headline(const Object *e)
{
    char *name = class_java_name(object_class(e));
    Object *message = load_ref(e, off.Throwable_detailMessage);
    char *text = message ? string_utf8(message) : NULL, *both = xasprintf("%s%s%s", name, text ? ": " : "", text ? text : "");
    free(name), free(text);
    return both;
}

static void print_one(const char *prefix, Object *e)
{
    char *text = exception_headline(e);
    fprintf(stderr, "%s%s\n", prefix, text);
    free(text);
    Object *trace = load_ref(e, off.Throwable_backtrace);
    for (u32 i = 0; i < backtrace_length(trace); i++) {
        u32 bci;
        Method *m = backtrace_entry(trace, i, &bci);
        char *line = trace_line(m, bci);
        fprintf(stderr, "\t%s\n", line);
        free(line);
    }
}

void exception_print(Thread *t, Object *exception)
{
    (void)t;
    const char *prefix = "";
    for (u32 depth = 0; exception && depth < 16; depth++) {
        print_one(prefix, exception);
        Object *cause = load_ref(exception, off.Throwable_cause);
        exception = cause == exception ? NULL : cause;
        prefix = "Caused by: ";
    }
}
