/* The verifier's instructions that name members: fields, calls, constructors; access to protected members; and checks of pool entries. */
#include "vm/verify.h"
#include "vm/names.h"
#include "vm/opcodes.h"
#include <string.h>

/* ---- The constant pool ---------------------------------------------------------------------------------------------------------------- */

static void bad_entry(Verifier *v, u32 index, const char *what)
{
    char *name = class_java_name(v->c);
    Trouble x = { .fault = FAULT_POOL_INDEX, .bci = (i32)v->bci, .type = { .kind = FROM_CONTEXT, .index = index } };
    verify_error(v, x, "%s %u in class %s", what, index, name);
    free(name);
}

bool verify_pool_entry(Verifier *v, u32 index, u32 tags)
{
    if (verify_failed(v)) return false;
    if (!index || index >= v->cp->length) return bad_entry(v, index, "Illegal constant pool index"), false;
    if (!(tags >> (v->cp->tags[index] & 0x3f) & 1)) return bad_entry(v, index, "Illegal type at constant pool entry"), false;
    return true;
}

VType verify_pool_class(Verifier *v, u32 index)
{
    return verify_pool_entry(v, index, 1 << CP_Class) ? vt_class(cp_class_name(v->cp, index)) : VT_TOP;
}

/* The class that a member entry refers to. */
static VType holder_type(const Verifier *v, u32 index) { return vt_class(cp_class_name(v->cp, cp_ref_class_index(v->cp, index))); }

/* ---- Protected members ------------------------------------------------------------------------------------------------------------------ */

/* The superclass of this name; NULL: none, or it can't be loaded (then it threw). */
static Class *superclass_named(Verifier *v, VType name)
{
    for (const Class *s = v->c->super; s; s = s->super)
        if (s->name == vt_name(name)) return class_load_for_reference(v->t, v->c->loader, s->name);
    return NULL;
}

static Method *find_method(Class *c, Symbol *name, Symbol *desc)
{
    Method *m = NULL;
    for (; c && !m; c = c->super) m = class_declared_method(c, name, desc);
    return m;
}

/* Is it protected, declared by a superclass in another package, and so to be used on objects of the current class only? */
static bool needs_own_object(const Verifier *v, const Class *holder, u32 access)
{
    return access & ACC_PROTECTED && !class_same_package(v->c, holder);
}

static bool protected_field(Verifier *v, VType holder, Symbol *name, Symbol *desc)
{
    Class *s = superclass_named(v, holder);
    const Field *f = s && class_subtype(v->c, s) ? class_find_field(s, name, desc) : NULL;
    return f && needs_own_object(v, f->owner, f->access);
}

static bool protected_method(Verifier *v, VType holder, Symbol *name, Symbol *desc)
{
    Class *s = superclass_named(v, holder);
    const Method *m = s && class_subtype(v->c, s) ? find_method(s, name, desc) : NULL;
    return m && needs_own_object(v, m->owner, m->access);
}

/* ---- Fields ------------------------------------------------------------------------------------------------------------------------------- */

/* Constructors may store to fields of their own class before `this` is an object. */
static VType put_target(Verifier *v, u32 index, VType holder, Symbol *name, Symbol *desc)
{
    VType object = verify_pop(v, VT_TOP);
    if (verify_failed(v)) return VT_TOP;
    if (object == VT_UNINIT_THIS && holder == v->this_type && class_declared_field(v->c, name, desc)) object = v->this_type;
    if (!verify_assignable(v, holder, object, false))
        verify_bad_type(v, from_popped(&v->now), from_pool(index, holder), "Bad type on operand stack in putfield");
    return object;
}

void verify_field(Verifier *v, u32 op)
{
    ASSERT(op >= OP_getstatic && op <= OP_putfield);
    u32 index = code_u16(v->code + v->bci + 1);
    if (!verify_pool_entry(v, index, 1 << CP_Fieldref)) return;
    bool is_static = op == OP_getstatic || op == OP_putstatic, put = op == OP_putstatic || op == OP_putfield;
    Symbol *name, *desc;
    cp_name_and_type(v->cp, index, &name, &desc);
    VType holder = holder_type(v, index), t[2];
    u32 n = vt_of_descriptor(desc->bytes, t);
    if (!is_static && vt_is_array(holder)) {
        char *c = class_java_name(v->c);
        verify_error(v, (Trouble){ .fault = FAULT_TYPE, .bci = (i32)v->bci, .type = from_pool(index, holder) },
                     "Expecting reference to class in class %s at constant pool index %u", c, index);
        free(c);
        return;
    }
    for (u32 i = n; put && i > 0; i--) verify_pop(v, t[i - 1]);
    if (!is_static) {
        VType object = put ? put_target(v, index, holder, name, desc) : verify_pop(v, holder);
        if (!verify_failed(v) && object != v->this_type && protected_field(v, holder, name, desc)
            && !verify_assignable(v, v->this_type, object, true))
            verify_bad_type(v, from_popped(&v->now), from_context(v->this_type),
                            put ? "Bad access to protected data in putfield" : "Bad access to protected data in getfield");
    }
    if (!put) verify_push_slots(v, t, n);
}

/* ---- Constructors ------------------------------------------------------------------------------------------------------------------------- */

typedef Vec(u32) Work;

static void visit(const Verifier *v, Work *work, u8 *seen, i64 bci)
{
    if (bci < 0 || bci >= v->length || seen[bci]) return;
    seen[bci] = 1;
    vec_push(work, (u32)bci);
}

static void visit_switch(const Verifier *v, Work *work, u8 *seen, u32 bci)
{
    const u8 *at = v->code + ALIGN_UP(bci + 1, 4u);
    bool table = v->code[bci] == OP_tableswitch;
    u32 n = table ? (u32)(code_i32(at + 8) - code_i32(at + 4)) + 1 : (u32)code_i32(at + 4);
    visit(v, work, seen, (i64)bci + code_i32(at));
    for (u32 i = 0; i < n; i++) visit(v, work, seen, (i64)bci + code_i32(table ? at + 12 + 4 * i : at + 12 + 8 * i));
}

/* Visits what follows the instruction; false: it returns, or the code ends. */
static bool visit_next(const Verifier *v, Work *work, u8 *seen, u32 bci)
{
    const u8 *p = v->code + bci;
    u32 op = p[0], next = bci + opcode_length_at(v->code, bci, v->length);
    for (u32 i = 0; i < v->m->details->nhandlers; i++) {
        const ExRange *h = &v->m->details->handlers[i];
        if (bci >= h->start && bci < h->end) visit(v, work, seen, h->handler);
    }
    switch (op) {
    case OP_return: return false;
    case OP_athrow: return true;
    case OP_goto: visit(v, work, seen, (i64)bci + code_i16(p + 1)); return true;
    case OP_goto_w: visit(v, work, seen, (i64)bci + code_i32(p + 1)); return true;
    case OP_tableswitch: case OP_lookupswitch: visit_switch(v, work, seen, bci); return true;
    default:
        if ((op >= OP_ifeq && op <= OP_if_acmpne) || op == OP_ifnull || op == OP_ifnonnull) visit(v, work, seen, (i64)bci + code_i16(p + 1));
        visit(v, work, seen, next);
        return next < v->length;
    }
}

/* A handler around the call of another constructor must not let a half-made object out: every way from it throws. */
static bool ends_in_athrow(const Verifier *v, u32 from)
{
    Work work = { 0 };
    u8 *seen = xcalloc(v->length, 1);
    visit(v, &work, seen, from);
    bool ok = true;
    while (ok && work.len) ok = visit_next(v, &work, seen, vec_pop(&work));
    vec_free(&work);
    free(seen);
    return ok;
}

static bool in_try(const Verifier *v) { return v->bci >= v->handlers_from && v->bci < v->handlers_to; }

/* this(...) or super(...). */
static bool init_this(Verifier *v, VType holder)
{
    ASSERT(v->c->super != NULL);
    if (holder != v->this_type && vt_name(holder) != v->c->super->name)
        return verify_bad_type(v, from_context(holder), from_context(v->this_type), "Bad <init> method call"), false;
    for (u32 i = 0; in_try(v) && i < v->m->details->nhandlers; i++) {
        const ExRange *h = &v->m->details->handlers[i];
        if (v->bci >= h->start && v->bci < h->end && !ends_in_athrow(v, h->handler))
            return verify_bad_code(v, (i32)v->bci, "Bad <init> method call from after the start of a try block"), false;
    }
    if (in_try(v)) verify_handlers_match(v, true);
    if (verify_failed(v)) return false;
    verify_initialized(v, VT_UNINIT_THIS, v->this_type);
    return true;
}

static void init_new(Verifier *v, u32 index, VType holder, VType object)
{
    ASSERT(vt_is_new(object) && v->starts[(u32)object] == 2);
    u32 new_index = code_u16(v->code + (u32)object + 1);
    VType made = verify_pool_class(v, new_index);
    if (verify_failed(v)) return;
    if (made != holder) return verify_bad_type(v, from_pool(new_index, made), from_pool(index, holder), "Call to wrong <init> method");
    Symbol *name, *desc;
    cp_name_and_type(v->cp, index, &name, &desc);
    if (protected_method(v, holder, name, desc) && !verify_assignable(v, v->this_type, made, true))
        return verify_bad_type(v, from_pool(new_index, made), from_context(v->this_type), "Bad access to protected <init> method");
    if (in_try(v)) verify_handlers_match(v, false);
    verify_initialized(v, object, made);
}

static bool invoke_init(Verifier *v, u32 index, VType holder)
{
    VType object = verify_pop(v, VT_ANY_REFERENCE);
    if (verify_failed(v)) return false;
    if (object == VT_UNINIT_THIS) return init_this(v, holder);
    if (vt_is_new(object)) init_new(v, index, holder, object);
    else verify_bad_type(v, from_popped(&v->now), (Origin){ 0 }, "Bad operand type when invoking <init>");
    return false;
}

/* ---- Calls ---------------------------------------------------------------------------------------------------------------------------------- */

static bool is_own_interface(const Class *c, VType t)
{
    for (u32 i = 0; i < c->ninterfaces; i++)
        if (c->interfaces[i]->name == vt_name(t)) return true;
    return false;
}

/* super.m() names the class itself, its superclass, or a direct interface. */
static void check_special(Verifier *v, u32 index, VType holder)
{
    if (holder == v->this_type || is_own_interface(v->c, holder) || vt_name(holder) == v->c->super->name) return;
    bool subtype = verify_assignable(v, holder, v->this_type, false);
    if (!subtype) verify_bad_code(v, (i32)v->bci, "Bad invokespecial instruction: current class isn't assignable to reference class.");
    else if ((v->cp->tags[index] & 0x3f) == CP_InterfaceMethodref)
        verify_bad_code(v, (i32)v->bci, "Bad invokespecial instruction: interface method reference is in an indirect superinterface.");
}

static void check_operands(Verifier *v, u32 op, u32 nargs)
{
    const u8 *p = v->code + v->bci;
    const char *text = NULL;
    if (op == OP_invokeinterface && p[3] != nargs + 1) text = "Inconsistent args count operand in invokeinterface";
    else if (op == OP_invokeinterface && p[4]) text = "Fourth operand byte of invokeinterface must be zero";
    else if (op == OP_invokedynamic && (p[3] || p[4])) text = "Third and fourth operand bytes of invokedynamic must be zero";
    if (text) verify_bad_code(v, (i32)v->bci, text);
}

/* Arrays' clone() is public, though Object's is protected. */
static bool is_array_clone(VType holder, VType object, const Symbol *name)
{
    return vt_name(holder) == wk.Object->name && vt_is_array(object) && !strcmp(name->bytes, "clone");
}

static void invoke_virtual(Verifier *v, VType holder, Symbol *name, Symbol *desc)
{
    VType object = verify_pop(v, holder);
    if (verify_failed(v) || object == v->this_type || !protected_method(v, holder, name, desc)) return;
    if (is_array_clone(holder, object, name) || verify_assignable(v, v->this_type, object, true)) return;
    verify_bad_type(v, from_popped(&v->now), from_context(v->this_type), "Bad access to protected data in invokevirtual");
}

static u32 legal_tags(const Verifier *v, u32 op)
{
    u32 both = 1 << CP_Methodref | 1 << CP_InterfaceMethodref;
    switch (op) {
    case OP_invokeinterface: return 1 << CP_InterfaceMethodref;
    case OP_invokedynamic: return 1 << CP_InvokeDynamic;
    case OP_invokevirtual: return 1 << CP_Methodref;
    default: return (v->c->minor_major & 0xffff) < 52 ? 1 << CP_Methodref : both;
    }
}

bool verify_invoke(Verifier *v, u32 op)
{
    u32 index = code_u16(v->code + v->bci + 1);
    if (!verify_pool_entry(v, index, legal_tags(v, op))) return false;
    Symbol *name, *desc;
    cp_name_and_type(v->cp, index, &name, &desc);
    VType holder = op == OP_invokedynamic ? VT_TOP : holder_type(v, index);
    const Signature *s = verify_signature(v, desc);
    bool init = !strcmp(name->bytes, "<init>"), made_this = false;
    check_operands(v, op, s->nargs);
    if (name->bytes[0] == '<' && !(init && op == OP_invokespecial)) verify_bad_code(v, (i32)v->bci, "Illegal call to internal method");
    else if (op == OP_invokespecial && !init) check_special(v, index, holder);
    for (u32 i = s->nargs; i > 0; i--) verify_pop(v, s->types[i - 1]);
    if (init) made_this = invoke_init(v, index, holder);
    else if (op == OP_invokespecial) verify_pop(v, v->this_type);
    else if (op == OP_invokevirtual) invoke_virtual(v, holder, name, desc);
    else if (op == OP_invokeinterface) verify_pop(v, holder);
    verify_push_slots(v, s->types + s->nargs, s->n - s->nargs);
    return made_this;
}
