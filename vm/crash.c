/* What the line about a host fault says of Java: the thread, and the method that ran or whose native code did. Runs in a signal handler, on
   state that may be broken: pointers are tested before they are followed, and nothing is allocated or locked. */
#include "base/fault.h"
#include "vm/boot.h"
#include <stdio.h>

static bool readable_method(const Method *m)
{
    return IN_WINDOW(META, m) && IN_WINDOW(META, m->owner) && IN_WINDOW(META, m->name) && IN_WINDOW(META, m->owner->name);
}

static void describe(char *text, size_t n)
{
    const Thread *t = current_thread;
    if (!t) {
        snprintf(text, n, "in a thread that does not run Java");
        return;
    }
    const Frame *f = t->frame;
    if (!IN_WINDOW(STACK, f) || !readable_method(f->method)) {
        snprintf(text, n, "in thread %u, outside Java", t->id);
        return;
    }
    const Method *m = f->method;
    snprintf(text, n, "in thread %u, %s %s.%s%s", t->id, m->access & ACC_NATIVE ? "native method" : "called from", m->owner->name->bytes,
             m->name->bytes, m->desc->bytes);
}

void crash_reports_install(void) { fault_install(describe); }
