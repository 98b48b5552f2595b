/* athrow: where the exception is caught in what is being built - by this method, or by one that it is inlined into - control goes to the handler, as a jump.
   Handlers are searched as unwinding does (exception.c): each method's table in order, from the innermost outward; the exception's class is
   known, or compared. What nobody here catches, and what only unwinding can find out, leaves for the interpreter, as do exceptions that no athrow
   throws. */
#include "jit/intrinsics.h"
#include "base/log.h"

/* Is there a way from here to the handler, as an edge forward? */
static bool reachable(const Build *at, const ExRange *r)
{
    return r->handler > at->bci && !at->places[r->handler].started;
}

/* The resolved class that r catches; NULL: any, or (*known false) not resolved yet. */
static Class *catches(const Method *m, const ExRange *r, bool *known)
{
    *known = !r->type || m->cp->tags[r->type] == (CP_Class | CP_RESOLVED);
    return r->type && *known ? (Class *)m->cp->v[r->type] : NULL;
}

/* The methods from b on outward, up to `at`, are left. */
static void unlock_to(Build *b, const Build *at)
{
    u32 state = b_state(b);
    for (const Build *k = b; k != at; k = k->caller) {
        if (k->lock) b_unlock(b, k, state);
        state = b->f->scopes.data[k->scope].parent_state;
    }
}

static void to_handler(Build *b, Build *at, const ExRange *r, Val exception)
{
    u32 sp = at->sp, locals = at->m->max_locals;
    Val kept = at->env[locals];
    unlock_to(b, at);
    b_emit(b, IR_GOTO, IT_VOID, 0, 0, 0);
    at->env[locals] = exception, at->sp = locals + 1;
    b_edge(at, b->cur, r->handler);
    at->env[locals] = kept, at->sp = sp;
    b->cur = 0;
}

/* Control goes to the handler if the exception is one of c's; the other way goes on. */
static void if_instance(Build *b, Build *at, const ExRange *r, Val exception, Class *c)
{
    u32 yes = ir_new_block(b->f, b->bci), no = ir_new_block(b->f, b->bci);
    Val v = b_emit(b, IR_INSTANCEOF, IT_INT, exception, 0, 0);
    b_ins(b, v)->ref = c;
    b_uses_class(b, c);
    b_split(b, CC_NE, v, b_int(b, 0), yes, no);
    b->cur = yes;
    to_handler(b, at, r, exception);
    b->cur = no;
}

/* Does a handler of `at` (or, from there, of whom it is inlined into) possibly catch it, that can be gone to? If not, nothing is worth comparing. */
static bool may_catch(const Build *at, const Class *exact)
{
    for (; at; at = at->caller) {
        for (u32 i = 0; i < at->m->details->nhandlers; i++) {
            const ExRange *r = &at->m->details->handlers[i];
            bool known;
            if (at->bci < r->start || at->bci >= r->end) continue;
            const Class *c = catches(at->m, r, &known);
            if (!known || !reachable(at, r)) return false;
            if (!c || !exact || class_subtype(exact, c)) return true;
        }
    }
    return false;
}

void b_throw(Build *b)
{
    b_state(b);
    Val exception = b->env[b->sp - 1];
    const Class *exact = ir_exact_class(b->f, exception);
    if (LOG_ON(exc) || !may_catch(b, exact)) {
        b_trap(b, REASON_THROW);
        return;
    }
    b_nullcheck(b, exception);
    for (Build *at = b; may_catch(at, exact); at = at->caller)
        for (u32 i = 0; i < at->m->details->nhandlers; i++) {
            const ExRange *r = &at->m->details->handlers[i];
            bool known;
            if (at->bci < r->start || at->bci >= r->end) continue;
            Class *c = catches(at->m, r, &known);
            if (!known || !reachable(at, r)) {
                b_trap(b, known ? REASON_THROW : REASON_UNRESOLVED);
                return;
            }
            if (c && exact && !class_subtype(exact, c)) continue;
            if (!c || exact) {
                to_handler(b, at, r, exception);
                return;
            }
            if_instance(b, at, r, exception, c);
        }
    b_trap(b, REASON_THROW);
}
