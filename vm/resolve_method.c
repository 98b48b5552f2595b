/* Resolution of methods and call sites (JVMS 5.4.3.3, 5.4.3.4, 5.4.3.6) into CallInfo: which method, and how a call finds its target
   (directly, by vtable slot, by itable row). Checks that depend on the invoking instruction are made at every use: one pool entry may
   serve different instructions. */
#include "vm/loader.h"
#include "vm/access.h"
#include "vm/constraints.h"
#include "vm/unit.h"
#include "vm/throws.h"
#include "vm/membername.h"
#include "vm/names.h"
#include "vm/resolve.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include <string.h>

enum { INVOKEVIRTUAL = 0xb6, INVOKESPECIAL, INVOKESTATIC, INVOKEINTERFACE };
static const char icce[] = "java/lang/IncompatibleClassChangeError";

/* Throws with a message that has the method's external name in it. */
static bool complain(Thread *t, const char *exception, const char *before, const Class *holder, const Symbol *name, const Symbol *desc, const char *after)
{
    char *text = method_external_name(holder, name, desc);
    throw_new(t, exception, "%s'%s'%s", before, text, after);
    free(text);
    return false;
}

static bool complain_class(Thread *t, const char *before, const Class *c, const char *after)
{
    char *name = class_java_name(c);
    throw_new(t, icce, "%s %s%s", before, name, after);
    free(name);
    return false;
}

/* ---- Signature-polymorphic methods -------------------------------------------------------------------------------------- */

static CallInfo *link_polymorphic(Thread *t, const ConstantPool *cp, Class *c, Symbol *name, Symbol *desc)
{
    CallInfo *ci = unit_alloc(cp->owner->unit, sizeof *ci, 8);
    ci->kind = CALL_DIRECT;
    if (!polymorphic_is_intrinsic(name)) return indy_link_polymorphic(t, cp->owner, c, name, desc, ci) ? ci : NULL;
    Method *m = ci->method = indy_intrinsic_method(c, name, desc);
    u8 types[255];
    descriptor_params(desc, types, &ci->ret);
    ci->arg_slots = m->arg_slots;
    return ci;
}

/* ---- Ordinary methods ------------------------------------------------------------------------------------------------------ */

/* Class or interface must agree with the instruction and the pool's tag. */
static bool check_kind(Thread *t, const ConstantPool *cp, u32 i, u8 opcode, Class *c, Symbol *name, Symbol *desc)
{
    bool interface = class_is_interface(c), tagged = (cp->tags[i] & 0x3f) == CP_InterfaceMethodref;
    if (opcode == INVOKEVIRTUAL && interface) return complain_class(t, "Found interface", c, ", but class was expected");
    if (opcode == INVOKEINTERFACE && !interface) return complain_class(t, "Found class", c, ", but interface was expected");
    if (interface == tagged) return true;
    return complain(t, icce, "Method ", c, name, desc, interface ? " must be InterfaceMethodref constant" : " must be Methodref constant");
}

static Method *find(Thread *t, const ConstantPool *cp, Class *c, Symbol *name, Symbol *desc)
{
    Method *m = class_is_interface(c) ? class_find_interface_method(c, name, desc) : class_find_method(c, name, desc);
    if (!m) return complain(t, "java/lang/NoSuchMethodError", "", c, name, desc, ""), NULL;
    u32 access = m->access;
    if (c->kind == CLASS_ARRAY && m->owner == wk.Object && !strcmp(name->bytes, "clone")) access = (access & ~(u32)ACC_PROTECTED) | ACC_PUBLIC;
    if (access_member(t, cp->owner, c, m->owner, access)) return m;
    if (!t->exception) access_throw_method(t, cp->owner, m);
    return NULL;
}

/* The slot of class c that holds what interface method m runs; -1: none. */
static i32 interface_slot(const Class *c, const Method *m)
{
    for (u32 i = 0; i < c->vtable_length; i++) {
        const Method *s = c->vtable[i];
        bool filler = s->owner->access & ACC_INTERFACE || s->access & (METHOD_MIRANDA | METHOD_OVERPASS);
        if (filler && s->name == m->name && s->desc == m->desc) return (i32)i;
    }
    return -1;
}

/* How a call on a receiver of (a subtype of) c finds its target. */
static void choose_kind(CallInfo *ci, const Class *c, Method *m)
{
    i32 slot = m->vindex;
    ci->kind = CALL_DIRECT;
    if (method_is_final(m)) return;
    if (m->owner->access & ACC_INTERFACE) {
        slot = class_is_interface(c) ? -1 : interface_slot(c, m);
        if (slot < 0 && m->iindex >= 0) {
            ci->kind = CALL_INTERFACE;
            ci->interface = m->owner;
            ci->iindex = (u16)m->iindex;
        }
    }
    if (slot < 0) return;
    ci->kind = CALL_VIRTUAL;
    ci->vindex = (u16)slot;
}

static CallInfo *link_method(Thread *t, const ConstantPool *cp, u32 i, u8 opcode, Class *c, Symbol *name, Symbol *desc)
{
    if (!check_kind(t, cp, i, opcode, c, name, desc)) return NULL;
    if (c->kind == CLASS_INSTANCE && !class_link(t, c)) return NULL; /* slots are numbered then */
    Method *m = find(t, cp, c, name, desc);
    if (!m || !constraints_method(t, cp->owner, c, m)) return NULL;
    CallInfo *ci = unit_alloc(cp->owner->unit, sizeof *ci, 8);
    ci->method = m;
    ci->arg_slots = m->arg_slots;
    ci->ret = m->ret;
    choose_kind(ci, c, m);
    return ci;
}

static CallInfo *resolve_method(Thread *t, ConstantPool *cp, u32 i, u8 opcode)
{
    Class *c = cp_class(t, cp, cp_ref_class_index(cp, i));
    if (!c) return NULL;
    Symbol *name, *desc;
    cp_name_and_type(cp, i, &name, &desc);
    bool polymorphic = (cp->tags[i] & 0x3f) == CP_Methodref && polymorphic_method(c, name);
    CallInfo *ci = polymorphic ? link_polymorphic(t, cp, c, name, desc) : link_method(t, cp, i, opcode, c, name, desc);
    if (ci) LOG(resolve, "%s: method %s.%s%s", cp->owner->name->bytes, c->name->bytes, name->bytes, desc->bytes);
    return ci;
}

/* ---- invokespecial ------------------------------------------------------------------------------------------------------------ */

static bool is_direct_interface(const Class *c, const Class *interface)
{
    for (u32 i = 0; i < c->ninterfaces; i++)
        if (c->interfaces[i] == interface) return true;
    return false;
}

static bool throw_indirect(Thread *t, const Class *from, const Method *m)
{
    char *text = method_external_name(m->owner, m->name, m->desc), *name = class_java_name(from);
    throw_new(t, icce, "Interface method reference: '%s', is in an indirect superinterface of %s", text, name);
    free(text), free(name);
    return false;
}

/* Where the search begins: the direct superclass if the reference names some superclass, else the class named (JVMS 6.5). */
static Class *special_start(const ConstantPool *cp, Class *named)
{
    Class *from = cp->owner;
    bool super_call = from->access & ACC_SUPER && !class_is_interface(named) && from != named && class_subtype(from, named);
    return super_call && !class_is_interface(from) ? from->super : named;
}

static Method *select_special(Class *start, Method *m)
{
    if (m->access & ACC_PRIVATE) return m;
    Method *found = class_lookup_instance(start, m->name, m->desc);
    if (found && (!class_is_interface(start) || found->owner == start)) return found;
    if (class_is_interface(start) && m->owner == wk.Object) return m;
    bool conflict;
    Method *abstract_one, *s = interface_select(start, m->name, m->desc, &conflict, &abstract_one);
    return s ? s : m;
}

static bool link_special(Thread *t, ConstantPool *cp, u32 i, CallInfo *ci)
{
    Class *named = cp_class(t, cp, cp_ref_class_index(cp, i));
    Method *m = ci->method;
    ASSERT(named);
    if (!strcmp(m->name->bytes, "<init>")) {
        if (m->owner != named) return throw_no_constructor(t, named, m->desc), false;
        ci->special = m;
        return true;
    }
    Class *from = cp->owner;
    if (class_is_interface(named) && named != from && !is_direct_interface(from, named) && m->owner != wk.Object && !(from->access & CLASS_HIDDEN)
        && class_subtype(from, named))
        return throw_indirect(t, from, m);
    Method *selected = select_special(special_start(cp, named), m);
    if (selected->access & ACC_ABSTRACT) return complain(t, "java/lang/AbstractMethodError", "", named, m->name, m->desc, "");
    ci->special = selected;
    return true;
}

/* ---- Entry points ----------------------------------------------------------------------------------------------------------------- */

/* Static or not, as the instruction wants. */
static bool check_static(Thread *t, u8 opcode, const CallInfo *ci)
{
    const Method *m = ci->method;
    bool is_static = m->access & ACC_STATIC;
    if (ci->appendix || is_static == (opcode == INVOKESTATIC)) return true;
    const char *text = opcode == INVOKESTATIC ? "Expected static method " : opcode == INVOKEINTERFACE ? "Expected instance not static method "
                                              : "Expecting non-static method ";
    return complain(t, icce, text, m->owner, m->name, m->desc, "");
}

/* Calls through Java's adapters are static calls, whatever the instruction. */
static bool is_adapter(const ConstantPool *cp, u32 i, const CallInfo *ci)
{
    Symbol *name, *desc;
    cp_name_and_type(cp, i, &name, &desc);
    return ci->appendix || ci->method->name != name;
}

CallInfo *cp_method(Thread *t, ConstantPool *cp, u32 i, u8 opcode)
{
    ASSERT(i < cp->length);
    if (cp_failed_before(t, cp, i)) return NULL;
    if (!(cp->tags[i] & CP_RESOLVED)) {
        CallInfo *made = resolve_method(t, cp, i, opcode);
        if (!made) return cp_save_error(t, cp, i), NULL;
        cp_set(cp, i, (u64)made, false);
        if (cp_failed_before(t, cp, i)) return NULL;
    }
    CallInfo *ci = (CallInfo *)cp->v[i];
    if (is_adapter(cp, i, ci)) return ci;
    if (!check_static(t, opcode, ci)) return NULL;
    if (opcode == INVOKESPECIAL && !ci->special && !link_special(t, cp, i, ci)) return NULL;
    return ci;
}

/* Per (method, bci): a CallInfo, or a CpError with bit 0 set. Bytecode addresses are unique for ever. */
static Map call_sites;

CallInfo *cp_call_site(Thread *t, ConstantPool *cp, u32 index, Method *method, u32 bci)
{
    u64 key = (u64)method->code + bci;
    u64 *known = map_get(&call_sites, key);
    if (!known) {
        CallInfo *ci = unit_alloc(cp->owner->unit, sizeof *ci, 8);
        bool ok = indy_link_call_site(t, cp, index, ci);
        known = map_get(&call_sites, key); /* another thread may have won */
        if (!known) {
            CpError *e = ok ? NULL : cp_error_of(t, cp->owner->unit);
            if (!ok && !e) return NULL;
            if (e) e->cause_class = NULL; /* as HotSpot: the cause is told once */
            *map_put(&call_sites, key) = ok ? (u64)ci : (u64)e | 1;
            return ok ? ci : NULL;
        }
        t->exception = NULL;
    }
    if (*known & 1) return cp_error_throw(t, (const CpError *)(*known & ~1ull)), NULL;
    return (CallInfo *)*known;
}

void call_sites_forget(bool (*dead)(const void *code))
{
    MapEntry *e;
    for (size_t i = 0; (e = map_next(&call_sites, &i)); ) {
        if (!dead((const void *)e->key)) continue;
        if (e->value & 1) cp_error_free((CpError *)(e->value & ~1ull));
        map_del(&call_sites, e->key);
    }
}
