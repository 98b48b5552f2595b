/* --from=REGEX: the program runs natively until a method that matches is called; from its next call or loop on the core runs.

   Methods without a profile count how often they are called, and ask the runtime for a profile when that is often enough
   (rt_attach_profile). So a matching method is made to look as if one call were missing: nothing is in the way of other methods. One that
   has a profile from the time before main gets it back when simulation begins. A call that comes to a poll asks for no profile; but polls
   are looked at too. */
#include "launcher/from.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/class.h"
#include "vm/profile.h"
#include "vm/thread.h"
#include <regex.h>
#include <stdlib.h>

typedef struct Saved { Method *m; u32 *profile; u64 base; } Saved;

static regex_t pattern;
static bool waiting;
static Vec(Saved) saved;
static void (*begin)(Thread *t);
static void (*safepoint)(Thread *t);
static void (*class_defined)(Class *c);

void from_check(const char *regex)
{
    if (!*regex || regcomp(&pattern, regex, REG_EXTENDED | REG_NOSUB))
        die("--from=%s: must be main, boot, or a regular expression of Class.method, as in 'com.acme.Solver\\.solve'", regex);
}

static bool matches(const Method *m)
{
    char *owner = class_external_name(m->owner), *name = xasprintf("%s.%s", owner, m->name->bytes);
    bool yes = !regexec(&pattern, name, 0, NULL, 0);
    free(owner);
    free(name);
    return yes;
}

static void watch(Method *m)
{
    if (!m->code || !matches(m)) return;
    if (m->profile) vec_push(&saved, ((Saved){ m, m->profile, m->profile_base }));
    m->profile = NULL, m->profile_base = 0;
    m->hotness = PROFILE_THRESHOLD - 1;
}

static void watch_class(void *ctx, Class *c)
{
    (void)ctx;
    for (u32 i = 0; i < c->nmethods; i++) watch(&c->methods[i]);
}

static void defined(Class *c)
{
    watch_class(NULL, c);
    if (class_defined) class_defined(c);
}

static void called(Thread *t, Method *m)
{
    if (!waiting || !matches(m)) return;
    waiting = false;
    vm_hooks.method_warm = NULL, vm_hooks.safepoint = safepoint, vm_hooks.class_defined = class_defined;
    for (size_t i = 0; i < saved.len; i++) saved.data[i].m->profile = saved.data[i].profile, saved.data[i].m->profile_base = saved.data[i].base;
    vec_free(&saved);
    regfree(&pattern);
    begin(t);
}

/* A method that is watched and has just been called may be at a poll instead. */
static void polled(Thread *t)
{
    Method *m = t->frame->method;
    if (m && !m->profile && m->hotness == PROFILE_THRESHOLD - 1) called(t, m);
    if (vm_hooks.safepoint != polled && vm_hooks.safepoint) vm_hooks.safepoint(t);
    else if (safepoint) safepoint(t);
}

void from_method(const char *regex, void (*start)(Thread *t))
{
    ASSERT(regex && start && !waiting);
    begin = start;
    waiting = true;
    safepoint = vm_hooks.safepoint, class_defined = vm_hooks.class_defined;
    vm_hooks.safepoint = polled, vm_hooks.class_defined = defined, vm_hooks.method_warm = called;
    classes_each(watch_class, NULL);
}

bool from_waits(void) { return waiting; }
