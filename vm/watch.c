/* See watch.h. A watched method passes for a native one, so that nothing is spent where none is watched: interpreter, calls from C and compiled code
   give it to call_native, which tells. Its own entry follows from its access flags. */
#include "vm/watch.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/loader.h"
#include <stdlib.h>

static const Pattern *pattern; /* NULL: no watch */
static void (*on_reached)(Thread *t);

char *method_dotted_name(const Method *m)
{
    char *owner = class_external_name(m->owner), *name = xasprintf("%s.%s", owner, m->name->bytes);
    free(owner);
    return name;
}

static void arm(Method *m)
{
    if (m->entry != ENTRY_JAVA && m->entry != ENTRY_JAVA_SYNC && m->entry != ENTRY_NATIVE) return;
    char *name = method_dotted_name(m);
    if (pattern_matches(pattern, name)) m->entry = ENTRY_NATIVE, m->access |= METHOD_WATCHED;
    free(name);
}

static void disarm(Method *m)
{
    if (!(m->access & METHOD_WATCHED)) return;
    m->access &= ~(u32)METHOD_WATCHED;
    m->entry = m->access & ACC_NATIVE ? ENTRY_NATIVE : m->access & ACC_SYNCHRONIZED ? ENTRY_JAVA_SYNC : ENTRY_JAVA;
}

static void arm_class(Class *c)
{
    if (!pattern) return;
    for (u32 i = 0; i < c->nmethods; i++) arm(&c->methods[i]);
}

static void arm_each(void *ctx, Class *c)
{
    (void)ctx;
    arm_class(c);
}

static void disarm_each(void *ctx, Class *c)
{
    (void)ctx;
    for (u32 i = 0; i < c->nmethods; i++) disarm(&c->methods[i]);
}

void watch(const Pattern *p, void (*reached)(Thread *t))
{
    ASSERT(p && reached && !pattern);
    pattern = p;
    on_reached = reached;
    vm_hooks.class_defined = arm_class;
    classes_each(arm_each, NULL);
}

void watch_entered(Thread *t, Method *m)
{
    ASSERT(m->access & METHOD_WATCHED && pattern);
    pattern = NULL;
    vm_hooks.class_defined = NULL;
    classes_each(disarm_each, NULL);
    on_reached(t);
}
