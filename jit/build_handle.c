/* Method handles that are known while compiling: invokeBasic of a constant handle is a call of its form's code, linkTo* with a constant MemberName
   one of that member. So a chain of lambda forms becomes calls like others, and is inlined like them. A form that is exchanged later
   (customized, say) means the same as the one that was built in. */
#include "jit/build.h"
#include "vm/unit.h"

/* The class of code that is built in stays as long as the code's method. */
static void keep(const Build *b, Class *c)
{
    static Class *last;
    if (b->f->m->owner->unit || last != c) unit_needs(b->f->m->owner->unit, c);
    last = c;
}

static Method *form_target(const Object *handle)
{
    const Object *form = load_ref(handle, off.MethodHandle_form);
    const Object *member = form ? load_ref(form, off.LambdaForm_vmentry) : NULL;
    return member ? membername_target(member) : NULL;
}

/* May call c go to m instead, with the arguments on the stack? A result that c has not is dropped (b_memory). */
static bool fits(const Call *c, const Method *m, u32 slots)
{
    if (m->arg_slots != slots || (c->m->ret != T_VOID && b_type((BasicType)m->ret) != b_type((BasicType)c->m->ret))) return false;
    if (m->access & ACC_ABSTRACT && !(m->access & ACC_STATIC)) return false;
    return !(m->access & ACC_STATIC) || !class_needs_init(m->owner);
}

static void go_to(Build *b, Call *c, Method *m)
{
    c->m = m, c->ref = m, c->kind = IRC_DIRECT, c->slots = m->arg_slots;
    c->receiver = !(m->access & ACC_STATIC);
    keep(b, m->owner);
    b_uses_class(b, m->owner);
}

/* linkToVirtual: through the receiver's table. */
static void go_to_virtual(Build *b, Call *c, Method *m, u64 index)
{
    go_to(b, c, m);
    if ((i64)index >= 0 && !method_is_final(m)) c->kind = IRC_VIRTUAL, c->index = (i64)index;
}

void b_handle(Build *b, Call *c)
{
    u32 entry = c->m->entry;
    if (entry == ENTRY_INVOKE_BASIC) {
        const Object *handle = ir_constant_object(b->f, b->env[b->sp - c->slots]);
        Method *m = handle ? form_target(handle) : NULL;
        if (m && fits(c, m, c->slots)) go_to(b, c, m);
        return;
    }
    if (entry < ENTRY_LINK_STATIC || entry > ENTRY_LINK_VIRTUAL) return;
    const Object *member = ir_constant_object(b->f, b->env[b->sp - 1]);
    Method *m = member ? membername_target(member) : NULL;
    if (!m || !fits(c, m, c->slots - 1) || (entry == ENTRY_LINK_STATIC) != !!(m->access & ACC_STATIC)) return;
    b->sp--;
    if (entry == ENTRY_LINK_VIRTUAL) go_to_virtual(b, c, m, membername_vmindex(member));
    else go_to(b, c, m);
}
