/* Stack traces: which frames are recorded, how, and what a StackTraceElement says of each. The order of skipping is HotSpot's, because
   programs see it: first frames named fillInStackTrace, then constructors of the exception's class and its superclasses, then,
   anywhere, hidden frames. */
#include "vm/backtrace.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/costs.h"
#include <string.h>

enum { FLAG_HIDDEN_TOP = 1 };

u32 frame_position(const Frame *f) { return f->flags & FRAME_NATIVE || f->method->access & ACC_NATIVE ? 0 : frame_bci(f); }

bool method_is_hidden(const Method *m) { return m->access & METHOD_HIDDEN || m->owner->access & CLASS_HIDDEN; }

static i64 entry_pack(const Method *m, u32 bci) { return (i64)(((u64)m - WIN_BASE) << 16 | (bci & 0xffff)); }

static bool named(const Method *m, const char *name) { return !strcmp(m->name->bytes, name); }

/* The first frame that belongs in the trace of `throwable`. */
static Frame *skip_construction(Frame *f, const Object *throwable)
{
    const Class *c = object_class(throwable);
    while (f && named(f->method, "fillInStackTrace") && class_subtype(c, f->method->owner)) f = f->prev;
    while (f && named(f->method, "<init>") && class_subtype(c, f->method->owner)) f = f->prev;
    return f;
}

typedef struct Extent { u32 frames, mirrors; } Extent;

/* How many entries the trace will have, and how often the class changes from one to the next. */
static Extent measure(const Frame *f, bool show_hidden, u32 most)
{
    Extent e = { 0, 0 };
    const Class *last = NULL;
    for (; f && e.frames < most; f = f->prev) {
        if (!show_hidden && method_is_hidden(f->method)) continue;
        e.frames++;
        e.mirrors += f->method->owner != last;
        last = f->method->owner;
    }
    return e;
}

Object *backtrace_capture(Thread *t, Frame *from, Object *skip_for, bool show_hidden, u32 most)
{
    Frame *f = skip_for ? skip_construction(from, skip_for) : from;
    bool hidden_top = f && method_is_hidden(f->method);
    Extent e = measure(f, show_hidden, most);
    Object *entries = array_new_prim(t, T_LONG, (i32)e.frames + 1);
    if (!entries) return NULL;
    Object *trace = array_new(t, class_array_of(wk.Object), (i32)e.mirrors + 1);
    if (!trace) return NULL;
    array_set_ref(trace, 0, entries);
    i64 *out = long_elems(entries);
    out[0] = hidden_top ? FLAG_HIDDEN_TOP : 0;
    const Class *last = NULL;
    u32 n = 0, mirrors = 0;
    for (; f && n < e.frames; f = f->prev) {
        if (!show_hidden && method_is_hidden(f->method)) continue;
        out[++n] = entry_pack(f->method, frame_position(f));
        if (f->method->owner != last) array_set_ref(trace, ++mirrors, f->method->owner->mirror);
        last = f->method->owner;
    }
    ASSERT(n == e.frames && mirrors == e.mirrors);
    return trace;
}

u32 backtrace_length(const Object *backtrace)
{
    return backtrace ? array_length(array_ref(backtrace, 0)) - 1 : 0;
}

Method *backtrace_entry(const Object *backtrace, u32 i, u32 *bci)
{
    ASSERT(i < backtrace_length(backtrace));
    u64 v = (u64)long_elems(array_ref(backtrace, 0))[i + 1];
    *bci = (u32)(v & 0xffff);
    return (Method *)(WIN_BASE + (v >> 16));
}

bool backtrace_top_was_hidden(const Object *backtrace)
{
    return long_elems(array_ref(backtrace, 0))[0] & FLAG_HIDDEN_TOP;
}

static void fill_trace(Thread *t, Object *throwable, bool show_hidden, u32 most)
{
    charge_begin(SVC_EXCEPTION);
    store_ref(throwable, off.Throwable_stackTrace, NULL);
    store_ref(throwable, off.Throwable_backtrace, NULL);
    FIELD(throwable, i32, off.Throwable_depth) = 0;
    Object *trace = vm_options.no_traces ? NULL : backtrace_capture(t, t->frame, throwable, show_hidden, most);
    if (trace) {
        store_ref(throwable, off.Throwable_backtrace, trace);
        FIELD(throwable, i32, off.Throwable_depth) = (i32)backtrace_length(trace);
        charge_units(trace, 1);
        charge_units(trace_frame, backtrace_length(trace));
        charge_touch(trace, 16 + backtrace_length(trace) * 4ull, true);
    } else {
        t->exception = NULL; /* no memory for a trace: it goes without */
    }
    charge_end();
}

void exception_fill_trace(Thread *t, Object *throwable)
{
    fill_trace(t, throwable, false, vm_options.trace_depth ? vm_options.trace_depth : BACKTRACE_MAX);
}
void exception_fill_short_trace(Thread *t, Object *throwable) { fill_trace(t, throwable, true, BACKTRACE_SHORT); }

/* ---- Lines and elements ---------------------------------------------------------------------------------------- */
i32 method_line(const Method *m, u32 bci)
{
    if (m->access & ACC_NATIVE) return -2;
    i32 line = -1;
    u32 best = 0;
    for (u32 i = 0; i < m->details->nlines; i++) {
        const LineRow *row = &m->details->lines[i];
        if (row->pc == bci) return row->line;
        if (row->pc <= bci && (line < 0 || row->pc >= best)) best = row->pc, line = row->line;
    }
    return line;
}

Object *class_name_string(Thread *t, Class *c)
{
    Object *name = load_ref(c->mirror, off.Class_name);
    if (name) return name;
    char *text = class_java_name(c);
    name = string_new(t, text);
    free(text);
    if (name) name = string_intern(t, name);
    if (name) store_ref(c->mirror, off.Class_name, name);
    return name;
}

/* Stores an interned String of the symbol; NULL symbols leave the field null. */
static bool store_symbol(Thread *t, Object *element, u32 offset, const Symbol *s)
{
    if (!s) return true;
    Object *text = string_intern_symbol(t, s);
    if (!text) return false;
    store_ref(element, offset, text);
    return true;
}

bool trace_element_fill(Thread *t, Object *element, Method *m, u32 bci)
{
    Class *c = m->owner;
    store_ref(element, off.StackTraceElement_declaringClassObject, c->mirror);
    if (c->loader->java)
        store_ref(element, off.StackTraceElement_classLoaderName, load_ref(c->loader->java, off.ClassLoader_name));
    Object *name = class_name_string(t, c);
    if (!name) return false;
    store_ref(element, off.StackTraceElement_declaringClass, name);
    if (c->module && c->module->name) {
        if (!store_symbol(t, element, off.StackTraceElement_moduleName, c->module->name)) return false;
        if (!store_symbol(t, element, off.StackTraceElement_moduleVersion, c->module->version)) return false;
    }
    FIELD(element, i32, off.StackTraceElement_lineNumber) = method_line(m, bci);
    return store_symbol(t, element, off.StackTraceElement_methodName, m->name) &&
           store_symbol(t, element, off.StackTraceElement_fileName, c->source_file);
}

Object *trace_elements(Thread *t, Object *backtrace)
{
    u32 n = backtrace_length(backtrace);
    if (!class_initialize(t, wk.StackTraceElement)) return NULL;
    Object *array = array_new(t, class_array_of(wk.StackTraceElement), (i32)n);
    for (u32 i = 0; array && i < n; i++) {
        u32 bci;
        Method *m = backtrace_entry(backtrace, i, &bci);
        Object *element = object_new(t, wk.StackTraceElement);
        if (!element || !trace_element_fill(t, element, m, bci)) return NULL;
        array_set_ref(array, i, element);
    }
    return array;
}

char *trace_line(Method *m, u32 bci)
{
    char *class_name = class_java_name(m->owner), *text;
    const char *file = m->owner->source_file ? m->owner->source_file->bytes : NULL;
    i32 line = method_line(m, bci);
    const Module *module = m->owner->module;
    bool in_module = module && module->name;
    const char *prefix = in_module ? module->name->bytes : "", *version = in_module && module->version ? module->version->bytes : "";
    const char *at = *version ? "@" : "", *slash = in_module ? "/" : "";
#define HEAD "at %s%s%s%s%s.%s"
#define HEAD_ARGS prefix, at, version, slash, class_name, m->name->bytes
    if (line == -2) text = xasprintf(HEAD "(Native Method)", HEAD_ARGS);
    else if (!file) text = xasprintf(HEAD "(Unknown Source)", HEAD_ARGS);
    else if (line < 0) text = xasprintf(HEAD "(%s)", HEAD_ARGS, file);
    else text = xasprintf(HEAD "(%s:%d)", HEAD_ARGS, file, line);
#undef HEAD
#undef HEAD_ARGS
    free(class_name);
    return text;
}
