/* MemberNames: filling one from a method or field, and resolving a symbolic one, as MethodHandleNatives asks.

   A call through a MemberName takes one of three forms, decided here once (JVMS 5.4.6 leaves no more choice after the receiver's
   class is known): direct (vmindex < 0; reference kind invokeStatic or invokeSpecial), through a vtable slot (invokeVirtual; clazz is
   the class that the slot belongs to), or through an itable slot (invokeInterface; clazz is the interface). So the kind that Java asked
   for may come back changed: invokevirtual of a final method becomes invokeSpecial, invokeinterface of an Object method invokeVirtual.

   Speculative resolution is how java.lang.invoke asks whether a precompiled form exists: it is frequent, mostly fails, and must
   neither throw nor intern anything. */
#include "vm/membername.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/access.h"
#include "vm/names.h"
#include <string.h>

enum { DIRECT_INDEX = -2 }; /* vmindex of a call that selects nothing */

typedef struct Target { Class *holder; i64 vmindex; u32 ref_kind; } Target;

Method *membername_target(const Object *member)
{
    Object *resolved = load_ref(member, off.MemberName_method);
    return resolved ? (Method *)FIELD(resolved, i64, off.ResolvedMethodName_vmtarget) : NULL;
}

u64 membername_vmindex(const Object *member) { return FIELD(member, u64, off.MemberName_vmindex); }

Object *membername_new(Thread *t, Class *holder, Symbol *name, Object *type, u32 flags)
{
    Object *string = string_intern_symbol(t, name);
    Object *m = string ? object_new(t, wk.MemberName) : NULL;
    if (!m) return NULL;
    store_ref(m, off.MemberName_clazz, holder->mirror);
    store_ref(m, off.MemberName_name, string);
    store_ref(m, off.MemberName_type, type);
    FIELD(m, u32, off.MemberName_flags) = flags;
    return m;
}

/* ---- Filling ---------------------------------------------------------------------------------------------- */
static Target direct(const Method *m)
{
    u32 kind = m->access & ACC_STATIC ? REF_invokeStatic : REF_invokeSpecial;
    return (Target){ m->owner, DIRECT_INDEX, kind };
}

/* Slot of a class's vtable that an interface's method runs through: a default method's or one nobody implements. */
static i64 interface_method_slot(const Class *c, const Method *m)
{
    for (u32 i = c->vtable_length; i-- > 0;) {
        const Method *v = c->vtable[i];
        if (v && v->name == m->name && v->desc == m->desc && (v->access & ACC_PUBLIC)) return i;
    }
    return -1;
}

static Target virtual_target(Class *holder, i64 slot) { return (Target){ holder, slot, REF_invokeVirtual }; }

static Target choose(Method *m, Class *through)
{
    if (method_is_final(m)) return direct(m);
    if (!class_is_interface(m->owner)) return m->vindex >= 0 ? virtual_target(m->owner, m->vindex) : direct(m);
    if (!class_is_interface(through)) {
        i64 slot = interface_method_slot(through, m);
        if (slot >= 0) return virtual_target(through, slot);
    }
    if (m->iindex >= 0) return (Target){ m->owner, m->iindex, REF_invokeInterface };
    i64 slot = interface_method_slot(wk.Object, m); /* an interface that declares a method of Object again */
    return slot >= 0 ? virtual_target(wk.Object, slot) : direct(m);
}

bool membername_set_method(Thread *t, Object *member, Method *m, Class *through)
{
    Object *resolved = object_new(t, wk.ResolvedMethodName);
    if (!resolved) return false;
    FIELD(resolved, i64, off.ResolvedMethodName_vmtarget) = (i64)m;
    store_ref(resolved, off.ResolvedMethodName_vmholder, m->owner->mirror);
    Target target = choose(m, through);
    u32 flags = method_modifiers(m) & MODIFIERS_METHOD;
    flags |= m->name->bytes[0] == '<' ? MN_IS_CONSTRUCTOR : MN_IS_METHOD;
    flags |= target.ref_kind << MN_REF_KIND_SHIFT;
    if (m->access & METHOD_CALLER_SENSITIVE) flags |= MN_CALLER_SENSITIVE;
    FIELD(member, u32, off.MemberName_flags) = flags;
    FIELD(member, i64, off.MemberName_vmindex) = target.vmindex;
    store_ref(member, off.MemberName_method, resolved);
    store_ref(member, off.MemberName_clazz, target.holder->mirror);
    return true;
}

void membername_set_field(Object *member, Field *f, bool setter)
{
    Class *c = f->owner;
    bool is_static = f->access & ACC_STATIC;
    u32 kind = (is_static ? REF_getStatic : REF_getField) + (setter ? REF_putField - REF_getField : 0);
    u32 flags = (f->access & MODIFIERS_FIELD) | MN_IS_FIELD | kind << MN_REF_KIND_SHIFT;
    if ((f->access & ACC_FINAL) && (is_static || (c->access & (CLASS_HIDDEN | CLASS_RECORD)))) flags |= MN_TRUSTED_FINAL;
    if (!is_static) c->access |= CLASS_OFFSETS_ESCAPED; /* field handles and VarHandles keep the offset */
    FIELD(member, u32, off.MemberName_flags) = flags;
    FIELD(member, i64, off.MemberName_vmindex) = f->offset;
    store_ref(member, off.MemberName_method, NULL);
    store_ref(member, off.MemberName_clazz, c->mirror);
}

Field *membername_field(const Object *member)
{
    Class *c = membername_class(member);
    u32 kind = membername_ref_kind(member);
    bool is_static = kind == REF_getStatic || kind == REF_putStatic;
    u64 offset = membername_vmindex(member);
    for (u32 i = 0; c && i < c->nfields; i++) {
        Field *f = &c->fields[i];
        if (f->offset == offset && !!(f->access & ACC_STATIC) == is_static && !(f->access & FIELD_INJECTED)) return f;
    }
    return NULL;
}

/* ---- Types -------------------------------------------------------------------------------------------------- */
typedef Vec(char) Text;

static void append_descriptor(Text *s, const Class *c)
{
    static const char prims[] = { [T_BOOLEAN] = 'Z', [T_CHAR] = 'C', [T_FLOAT] = 'F', [T_DOUBLE] = 'D', [T_BYTE] = 'B', [T_SHORT] = 'S',
                                  [T_INT] = 'I', [T_LONG] = 'J', [T_VOID] = 'V' };
    if (class_is_primitive(c)) {
        vec_push(s, prims[c->type]);
        return;
    }
    if (!class_is_array(c)) vec_push(s, 'L');
    for (const char *p = c->name->bytes; *p; p++) vec_push(s, *p);
    if (!class_is_array(c)) vec_push(s, ';');
}

static void append_method_type(Text *s, const Object *type)
{
    Object *params = load_ref(type, off.MethodType_ptypes);
    vec_push(s, '(');
    for (u32 i = 0; i < array_length(params); i++) append_descriptor(s, mirror_class(array_ref(params, i)));
    vec_push(s, ')');
    append_descriptor(s, mirror_class(load_ref(type, off.MethodType_rtype)));
}

Symbol *membername_type_symbol(Thread *t, Object *type, bool make)
{
    Class *c = object_class(type);
    if (c == wk.String && make) return string_symbol(type, false);
    Text text = { 0 };
    if (c == wk.String) {
        char *utf8 = string_utf8(type);
        Symbol *s = symbol_lookup(utf8, strlen(utf8));
        free(utf8);
        return s;
    }
    if (c == wk.MethodType) append_method_type(&text, type);
    else if (c == wk.Class) append_descriptor(&text, mirror_class(type));
    else return throw_new(t, "java/lang/InternalError", "unrecognized type"), NULL;
    Symbol *s = make ? symbol_intern(text.data, text.len) : symbol_lookup(text.data, text.len);
    vec_free(&text);
    return s;
}

/* ---- Signature polymorphism ------------------------------------------------------------------------------------ */
Method *polymorphic_method(Class *holder, const Symbol *name)
{
    if (holder != wk.MethodHandle && holder != wk.VarHandle) return NULL;
    for (u32 i = 0; i < holder->nmethods; i++) {
        Method *m = &holder->methods[i];
        if (m->name == name && (m->access & METHOD_SIG_POLYMORPHIC)) return m;
    }
    return NULL;
}

bool polymorphic_is_intrinsic(const Symbol *name) { return !strcmp(name->bytes, "invokeBasic") || !strncmp(name->bytes, "linkTo", 6); }

/* ---- Resolution ---------------------------------------------------------------------------------------------- */
typedef struct Request {
    Class *holder, *caller; /* caller NULL: trusted */
    Symbol *name, *desc;
    u32 ref_kind;
    bool speculative;
} Request;

/* Not to be resolved: throws (format holds one %s, for `what`, which is freed), or says nothing when speculative. */
static void *refuse(Thread *t, const Request *r, const char *error, const char *format, char *what)
{
    const char *at = strstr(format, "%s");
    ASSERT(at);
    if (!r->speculative && !t->exception) throw_new(t, error, "%.*s%s%s", (int)(at - format), format, what ? what : "", at + 2);
    if (r->speculative) t->exception = NULL;
    free(what);
    return NULL;
}

#define ICCE "java/lang/IncompatibleClassChangeError"
static char *method_text(const Request *r) { return method_external_name(r->holder, r->name, r->desc); }

/* Object as the caller is how java.lang.invoke says "unconditionally": whether a public class is exported is then for it to judge. */
static bool accessible(Thread *t, const Request *r, const Method *m)
{
    if (!r->caller) return true;
    bool seen = (r->caller == wk.Object && (r->holder->access & ACC_PUBLIC)) || access_class(t, r->caller, r->holder);
    if (seen && access_member(t, r->caller, r->holder, m->owner, m->access)) return true;
    if (r->speculative) t->exception = NULL;
    else if (!t->exception && !seen) access_throw_class(t, r->caller, r->holder);
    else if (!t->exception) access_throw_method(t, r->caller, m);
    return false;
}

static Method *lookup(Thread *t, const Request *r)
{
    Method *m = class_is_interface(r->holder) ? class_find_interface_method(r->holder, r->name, r->desc)
                                              : class_find_method(r->holder, r->name, r->desc);
    if (!m) return refuse(t, r, "java/lang/NoSuchMethodError", "'%s'", r->speculative ? NULL : method_text(r));
    return accessible(t, r, m) ? m : NULL;
}

static Method *resolve_static(Thread *t, const Request *r)
{
    Method *m = lookup(t, r);
    if (m && !(m->access & ACC_STATIC)) return refuse(t, r, ICCE, "Expected static method '%s'", method_text(r));
    return m;
}

static Method *resolve_virtual(Thread *t, const Request *r)
{
    if (class_is_interface(r->holder))
        return refuse(t, r, ICCE, "Found interface %s, but class was expected", class_external_name(r->holder));
    Method *m = lookup(t, r);
    if (m && (m->access & ACC_STATIC)) return refuse(t, r, ICCE, "Expecting non-static method '%s'", method_text(r));
    return m;
}

static Method *resolve_interface(Thread *t, const Request *r)
{
    if (!class_is_interface(r->holder))
        return refuse(t, r, ICCE, "Found class %s, but interface was expected", class_external_name(r->holder));
    Method *m = lookup(t, r);
    if (m && (m->access & ACC_STATIC)) return refuse(t, r, ICCE, "Expected instance not static method '%s'", method_text(r));
    return m;
}

/* invokespecial from `caller` to a method of a proper superclass starts the search at the caller's direct superclass. */
static Method *select_special(const Request *r, Method *m)
{
    if (!r->caller || m->name->bytes[0] == '<' || class_is_interface(r->holder)) return m;
    if (r->caller == r->holder || !class_subtype(r->caller, r->holder) || !r->caller->super) return m;
    return class_find_method(r->caller->super, r->name, r->desc);
}

/* A superclass has such a constructor. */
static Method *refuse_foreign_init(Thread *t, const Request *r)
{
    char *name = class_java_name(r->holder), *text = method_text(r);
    char *what = xasprintf("%s: method 'void <init>%s' not found", name, strchr(text, '('));
    free(name), free(text);
    return refuse(t, r, "java/lang/NoSuchMethodError", "%s", what);
}

static Method *resolve_special(Thread *t, const Request *r)
{
    Method *m = lookup(t, r);
    if (!m) return NULL;
    if (m->name->bytes[0] == '<' && m->owner != r->holder) return refuse_foreign_init(t, r);
    if (m->access & ACC_STATIC) return refuse(t, r, ICCE, "Expecting non-static method '%s'", method_text(r));
    m = select_special(r, m);
    if (!m || (m->access & ACC_ABSTRACT)) return refuse(t, r, "java/lang/AbstractMethodError", "'%s'", method_text(r));
    return m;
}

static Method *resolve_method(Thread *t, const Request *r, const Method *polymorphic)
{
    if (polymorphic) {
        if (polymorphic_is_intrinsic(r->name)) return indy_intrinsic_method(r->holder, r->name, r->desc);
        return refuse(t, r, "java/lang/InternalError", "appendix%s", NULL); /* invokeExact and its like have no target of their own */
    }
    switch (r->ref_kind) {
    case REF_invokeStatic: return resolve_static(t, r);
    case REF_invokeInterface: return resolve_interface(t, r);
    case REF_invokeSpecial: return resolve_special(t, r);
    case REF_invokeVirtual: return resolve_virtual(t, r);
    default: return NULL;
    }
}

static Object *resolve_to_method(Thread *t, Object *member, const Request *r, const Method *polymorphic)
{
    Method *m = resolve_method(t, r, polymorphic);
    if (!m) return NULL;
    Class *through = r->ref_kind == REF_invokeSpecial || r->ref_kind == REF_newInvokeSpecial ? m->owner : r->holder;
    if (!membername_set_method(t, member, m, through)) return NULL;
    if (r->ref_kind == REF_invokeSpecial && !(m->access & ACC_STATIC)) { /* never dispatches, whatever the method could do */
        u32 flags = membername_flags(member) & ~(u32)(MN_REF_KIND_MASK << MN_REF_KIND_SHIFT);
        FIELD(member, u32, off.MemberName_flags) = flags | (u32)REF_invokeSpecial << MN_REF_KIND_SHIFT;
        FIELD(member, i64, off.MemberName_vmindex) = DIRECT_INDEX;
        store_ref(member, off.MemberName_clazz, m->owner->mirror);
    }
    return member;
}

static Object *resolve_to_constructor(Thread *t, Object *member, const Request *r)
{
    if (strcmp(r->name->bytes, "<init>")) return NULL;
    Method *m = resolve_special(t, r);
    return m && membername_set_method(t, member, m, r->holder) ? member : NULL;
}

static Object *resolve_to_field(Thread *t, Object *member, const Request *r)
{
    Field *f = class_find_field(r->holder, r->name, r->desc);
    if (!f) return refuse(t, r, "java/lang/NoSuchFieldError", "%s", r->speculative ? NULL : xstrdup(r->name->bytes));
    membername_set_field(member, f, r->ref_kind == REF_putField || r->ref_kind == REF_putStatic);
    return member;
}

/* The class to search; NULL: a primitive. */
static Class *holder_of(const Object *member)
{
    Class *c = membername_class(member);
    return class_is_array(c) ? wk.Object : class_is_primitive(c) ? NULL : c;
}

static bool link_holder(Thread *t, const Request *r)
{
    if (class_link(t, r->holder)) return true;
    if (r->speculative) t->exception = NULL;
    return false;
}

Object *membername_resolve(Thread *t, Object *member, Class *caller, bool speculative)
{
    if (membername_target(member)) return member;
    Object *name = load_ref(member, off.MemberName_name), *type = load_ref(member, off.MemberName_type);
    u32 flags = membername_flags(member);
    Request r = { .caller = caller, .ref_kind = membername_ref_kind(member), .speculative = speculative };
    if (r.ref_kind == 0 || r.ref_kind >= REF_KIND_LIMIT) return NULL;
    if (!load_ref(member, off.MemberName_clazz) || !name || !type)
        return throw_new(t, "java/lang/IllegalArgumentException", "nothing to resolve"), NULL;
    r.holder = holder_of(member);
    if (!r.holder || !link_holder(t, &r)) return NULL;
    char *utf8 = string_utf8(name);
    r.name = symbol_lookup(utf8, strlen(utf8));
    free(utf8);
    if (!r.name || !strcmp(r.name->bytes, "<clinit>")) return NULL;
    Method *polymorphic = flags & MN_IS_METHOD ? polymorphic_method(r.holder, r.name) : NULL;
    if (polymorphic && (r.ref_kind == REF_invokeInterface || (r.ref_kind == REF_invokeStatic) != !!(polymorphic->access & ACC_STATIC)))
        polymorphic = NULL;
    r.desc = membername_type_symbol(t, type, polymorphic != NULL);
    if (!r.desc) return NULL;
    switch (flags & MN_ALL_KINDS) {
    case MN_IS_METHOD: return resolve_to_method(t, member, &r, polymorphic);
    case MN_IS_CONSTRUCTOR: return resolve_to_constructor(t, member, &r);
    case MN_IS_FIELD: return resolve_to_field(t, member, &r);
    default: return throw_new(t, "java/lang/InternalError", "unrecognized MemberName format"), NULL;
    }
}
