/* Who waits for whom, and what a thread has locked.

   Which monitors a frame holds is not recorded anywhere: that of a synchronized method is in its frame; a synchronized block is found by what
   every compiler emits for it, a local variable stored just before `monitorenter`. Locals of compiled frames are not where the frame says, so
   their blocks are not told. */
#include "classlib/waiting.h"
#include "base/log.h"
#include "vm/backtrace.h"
#include "vm/opcodes.h"

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
/* The local variable that the instruction stores a reference in; -1: another instruction. */
static i32 stored_local(const u8 *code, u32 bci)
{
    u8 op = code[bci];
    if (op >= OP_astore_0 && op <= OP_astore_3) return op - OP_astore_0;
    return op == OP_astore ? code[bci + 1] : -1;
}

static bool held(const Thread *p, Object *o, const Object *waiting_on) { return o == waiting_on || monitor_owner(o) == p; }

static void visit_blocks(const Thread *p, const Frame *f, const Object *waiting_on, MonitorVisit visit, void *ctx)
{
    const Method *m = f->method;
    u32 at = frame_position(f);
    i32 local = -1;
    ASSERT(m->code && at <= m->code_length);
    for (u32 bci = 0, n; bci < at && (n = opcode_length_at(m->original, bci, m->code_length)); bci += n) {
        Object *o = local >= 0 && m->original[bci] == OP_monitorenter ? (Object *)f->locals[local] : NULL;
        if (o && gc_base(o) == (GcObject *)o && held(p, o, waiting_on)) visit(ctx, o);
        local = stored_local(m->original, bci);
    }
}

void frame_monitors(const Thread *p, const Frame *f, const Object *waiting_on, MonitorVisit visit, void *ctx)
{
    if (f->flags & FRAME_SYNC && held(p, f->lock, waiting_on)) visit(ctx, f->lock);
    if (!(f->method->access & ACC_NATIVE) && !(f->flags & FRAME_COMPILED)) visit_blocks(p, f, waiting_on, visit, ctx);
}
