/* Who waits for whom, and what a thread has locked.

   Which monitors a frame holds is not recorded anywhere: that of a synchronized method is in its frame; those of synchronized blocks are in local
   variables (blocks.c), which compiled code keeps where its records say (VmHooks.code_local). A lock that compiled code does without is not held. */
#include "classlib/waiting.h"
#include "base/log.h"
#include "classlib/blocks.h"
#include "vm/backtrace.h"

enum { BLOCKED_ON_ENTER = 0x400, PARKED = 0x200 }; /* in Thread.threadStatus */

static bool alive(const Thread *x) { return x->java && !x->exited && FIELD(x->java, i64, off.Thread_eetop); }
static bool status_has(const Thread *x, i32 bit) { return alive(x) && FIELD(x->java, i32, off.Thread_threadStatus) & bit; }

Object *thread_park_blocker(const Thread *x)
{
    if (!status_has(x, PARKED)) return NULL;
    Field *f = class_declared_field(wk.Thread, symbol_of("parkBlocker"), NULL);
    return f ? load_ref(x->java, f->offset) : NULL;
}

Thread *synchronizer_owner(const Object *o)
{
    Class *c = o ? class_boot("java/util/concurrent/locks/AbstractOwnableSynchronizer") : NULL;
    if (!c || !class_subtype(object_class(o), c)) return NULL;
    Field *f = class_declared_field(c, symbol_of("exclusiveOwnerThread"), NULL);
    Object *owner = f ? load_ref(o, f->offset) : NULL;
    return owner ? thread_of_java(owner) : NULL;
}

Thread *thread_waits_for(const Thread *x, bool synchronizers)
{
    if (x->blocker && status_has(x, BLOCKED_ON_ENTER)) return monitor_owner(x->blocker);
    return synchronizers ? synchronizer_owner(thread_park_blocker(x)) : NULL;
}

bool thread_is_deadlocked(const Thread *x, bool synchronizers)
{
    u32 limit = 0;
    for (const Thread *t = thread_list; t; t = t->next) limit++;
    const Thread *y = x;
    do y = thread_waits_for(y, synchronizers);
    while (y && y != x && limit--);
    return y == x;
}

/* ---- Monitors of a frame -------------------------------------------------------------------------------------------------- */
static bool held(const Thread *p, Object *o, const Object *waiting_on) { return o == waiting_on || monitor_owner(o) == p; }

/* What a frame has in a local variable that holds a reference; NULL: not known. */
static Object *frame_local(const Thread *p, const Frame *f, u32 local)
{
    u64 v = 0;
    if (!(f->flags & FRAME_COMPILED)) v = f->locals[local];
    else if (!vm_hooks.code_local || !vm_hooks.code_local(p, f, local, &v)) return NULL;
    return v && gc_base((void *)v) == (GcObject *)v ? (Object *)v : NULL;
}

static void visit_blocks(const Thread *p, const Frame *f, const Object *waiting_on, MonitorVisit visit, void *ctx)
{
    u16 locals[BLOCKS_MAX];
    u32 n = blocks_at(f->method, frame_position(f), locals);
    for (u32 i = 0; i < n; i++) {
        Object *o = frame_local(p, f, locals[i]);
        if (o && held(p, o, waiting_on)) visit(ctx, o);
    }
}

void frame_monitors(const Thread *p, const Frame *f, const Object *waiting_on, MonitorVisit visit, void *ctx)
{
    if (f->flags & FRAME_SYNC && held(p, f->lock, waiting_on)) visit(ctx, f->lock);
    if (!(f->method->access & ACC_NATIVE)) visit_blocks(p, f, waiting_on, visit, ctx);
}
