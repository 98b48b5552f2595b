/* Natives of MethodHandleNatives: the questions that java.lang.invoke asks the VM about members. The work is in vm/membername.c
   and vm/indy.c. Arguments are raw slots; a long takes two. */
#include "classlib/methodhandles.h"
#include "classlib/jvm_util.h"
#include "classlib/reflect.h"
#include "vm/indy.h"
#include "vm/membername.h"
#include <string.h>

static Object *arg(const u64 *args, int i) { return (Object *)args[i]; }
static u64 internal_error(Thread *t, const char *message) { return throw_new(t, "java/lang/InternalError", "%s", message), 0; }

static bool is_field(const Object *member) { return membername_flags(member) & MN_IS_FIELD; }
static bool is_static_field(const Object *member)
{
    u32 kind = membername_ref_kind(member);
    return is_field(member) && (kind == REF_getStatic || kind == REF_putStatic);
}

/* (MemberName self, Object ref): ref is a Field, Method or Constructor. */
u64 mhn_init(Thread *t, u64 *args)
{
    Object *member = arg(args, 0), *ref = arg(args, 1);
    if (!member) return internal_error(t, "mname to init is null");
    if (!ref) return internal_error(t, "target to init from is null");
    Class *c = object_class(ref);
    if (c == wk.Field) {
        membername_set_field(member, reflect_to_field(ref), false);
        return 0;
    }
    if (c != wk.Method && c != wk.Constructor) return internal_error(t, "init");
    Method *m = reflect_to_method(ref);
    if (m->access & METHOD_SIG_POLYMORPHIC) return 0; /* unresolved: there is no concrete descriptor */
    membername_set_method(t, member, m, m->owner);
    return 0;
}

static u64 expand_method(Thread *t, Object *member)
{
    Method *m = membername_target(member);
    if (!m) return jvm_throw_iae(t, "nothing to expand");
    if (!load_ref(member, off.MemberName_clazz)) store_ref(member, off.MemberName_clazz, m->owner->mirror);
    if (!load_ref(member, off.MemberName_name)) {
        Object *name = string_intern_symbol(t, m->name);
        if (!name) return 0;
        store_ref(member, off.MemberName_name, name);
    }
    if (!load_ref(member, off.MemberName_type)) {
        Object *type = string_of_symbol(t, m->desc);
        if (type) store_ref(member, off.MemberName_type, type);
    }
    return 0;
}

/* The type of a field: a Class where that needs no loading, else the descriptor. */
static Object *field_type(Thread *t, const Field *f)
{
    if (f->type != T_OBJECT && f->type != T_ARRAY) return class_primitive((BasicType)f->type)->mirror;
    if (!strcmp(f->desc->bytes, "Ljava/lang/Object;")) return wk.Object->mirror;
    return string_of_symbol(t, f->desc);
}

static u64 expand_field(Thread *t, Object *member)
{
    Field *f = load_ref(member, off.MemberName_clazz) ? membername_field(member) : NULL;
    if (!f) return jvm_throw_iae(t, "nothing to expand (as field)");
    if (!load_ref(member, off.MemberName_name)) {
        Object *name = string_intern_symbol(t, f->name);
        if (!name) return 0;
        store_ref(member, off.MemberName_name, name);
    }
    if (!load_ref(member, off.MemberName_type)) {
        Object *type = field_type(t, f);
        if (type) store_ref(member, off.MemberName_type, type);
    }
    return 0;
}

/* Fills in what a resolved MemberName lacks of class, name and type. */
u64 mhn_expand(Thread *t, u64 *args)
{
    Object *member = arg(args, 0);
    if (!member) return internal_error(t, "mname to expand is null");
    switch (membername_flags(member) & MN_ALL_KINDS) {
    case MN_IS_METHOD: case MN_IS_CONSTRUCTOR: return expand_method(t, member);
    case MN_IS_FIELD: return expand_field(t, member);
    default: return internal_error(t, "unrecognized type");
    }
}

/* (MemberName, Class caller, int lookupMode, boolean speculative). Loader constraints, which the mode may switch off, are not kept. */
u64 mhn_resolve(Thread *t, u64 *args)
{
    Object *member = arg(args, 0), *caller = arg(args, 1);
    bool speculative = args[3] & 1;
    if (!member) return internal_error(t, "mname to resolve is null");
    Object *resolved = membername_resolve(t, member, caller ? mirror_class(caller) : NULL, speculative);
    if (resolved || t->exception) return (u64)resolved;
    u32 kind = membername_ref_kind(member);
    if (kind == 0 || kind >= REF_KIND_LIMIT) return internal_error(t, "obsolete MemberName format");
    if (speculative) return 0;
    if (is_field(member)) throw_new(t, "java/lang/NoSuchFieldError", "field resolution failed");
    else if (membername_flags(member) & (MN_IS_METHOD | MN_IS_CONSTRUCTOR))
        throw_new(t, "java/lang/NoSuchMethodError", "method resolution failed");
    else throw_new(t, "java/lang/LinkageError", "resolution failed");
    return 0;
}

/* ---- Enumeration ------------------------------------------------------------------------------------------------- */
typedef struct Search {
    Symbol *name, *desc; /* NULL: any */
    u32 flags;
    i32 skip, found;     /* members still to pass over; members seen after those */
    Object *out;
} Search;

/* Counts a match and stores it where there is room; false: thrown or a bad element. */
static bool matched(Thread *t, Search *s, Method *m, Field *f)
{
    if (s->skip > 0) return s->skip--, true;
    i32 at = s->found++;
    if (!s->out || (u32)at >= array_length(s->out)) return true;
    Object *member = array_ref(s->out, (u32)at);
    if (!member || object_class(member) != wk.MemberName) return s->found = -99, false;
    if (m) return membername_set_method(t, member, m, m->owner);
    membername_set_field(member, f, false);
    return true;
}

static bool search_methods(Thread *t, Search *s, Class *c)
{
    for (u32 i = 0; i < c->nmethods; i++) {
        Method *m = &c->methods[i];
        if (m->access & (METHOD_SIG_POLYMORPHIC | METHOD_OVERPASS | METHOD_MIRANDA) || !strcmp(m->name->bytes, "<clinit>")) continue;
        bool constructor = m->name->bytes[0] == '<';
        if (!(s->flags & (constructor ? MN_IS_CONSTRUCTOR : MN_IS_METHOD))) continue;
        if ((s->name && m->name != s->name) || (s->desc && m->desc != s->desc)) continue;
        if (!matched(t, s, m, NULL)) return false;
    }
    return true;
}

static bool search_fields(Thread *t, Search *s, Class *c)
{
    for (u32 i = 0; i < c->nfields; i++) {
        Field *f = &c->fields[i];
        if ((f->access & FIELD_INJECTED) || (s->name && f->name != s->name) || (s->desc && f->desc != s->desc)) continue;
        if (!matched(t, s, NULL, f)) return false;
    }
    return true;
}

static bool search_class(Thread *t, Search *s, Class *c)
{
    if (!class_link(t, c)) return false;
    if ((s->flags & MN_IS_FIELD) && !search_fields(t, s, c)) return false;
    return !(s->flags & (MN_IS_METHOD | MN_IS_CONSTRUCTOR)) || search_methods(t, s, c);
}

/* A name to match; false: nothing in the VM is called so. */
static bool given_symbol(Object *string, Symbol **out)
{
    *out = NULL;
    if (!string) return true;
    char *utf8 = string_utf8(string);
    *out = symbol_lookup(utf8, strlen(utf8));
    free(utf8);
    return *out != NULL;
}

/* (Class, String name, String sig, int matchFlags, Class caller, int skip, MemberName[] out): how many there are. */
u64 mhn_getMembers(Thread *t, u64 *args)
{
    Search s = { .flags = (u32)args[3], .skip = (i32)args[5], .out = arg(args, 6) };
    if (!arg(args, 0) || !s.out) return (u64)-1;
    Class *c = mirror_class(arg(args, 0));
    if (!given_symbol(arg(args, 1), &s.name) || !given_symbol(arg(args, 2), &s.desc) || !jvm_is_instance(c)) return 0;
    for (Class *k = c; k; k = s.flags & MN_SEARCH_SUPERCLASSES ? k->super : NULL)
        if (!search_class(t, &s, k)) return t->exception ? 0 : (u64)(i64)s.found;
    for (u32 i = 0; (s.flags & MN_SEARCH_INTERFACES) && i < c->nsupers; i++)
        if (!search_class(t, &s, c->supers[i])) return t->exception ? 0 : (u64)(i64)s.found;
    return (u64)(i64)s.found;
}

/* ---- Fields, call sites ------------------------------------------------------------------------------------------- */
u64 mhn_objectFieldOffset(Thread *t, u64 *args)
{
    Object *member = arg(args, 0);
    if (!member || !is_field(member) || is_static_field(member)) return internal_error(t, "non-static field required");
    return membername_vmindex(member);
}

u64 mhn_staticFieldOffset(Thread *t, u64 *args)
{
    Object *member = arg(args, 0);
    if (!member || !is_static_field(member)) return internal_error(t, "static field required");
    return membername_vmindex(member);
}

/* The mirror, which static offsets count from. */
u64 mhn_staticFieldBase(Thread *t, u64 *args)
{
    Object *member = arg(args, 0);
    if (!member || !is_static_field(member)) return internal_error(t, "static field required");
    return (u64)load_ref(member, off.MemberName_clazz);
}

/* Object[2]: vmindex, and the class (fields) or the MemberName itself (methods). */
u64 mhn_getMemberVMInfo(Thread *t, u64 *args)
{
    Object *member = arg(args, 0);
    if (!member) return 0;
    Object *pair = jvm_object_array(t, 2), *index = pair ? box(t, T_LONG, membername_vmindex(member)) : NULL;
    if (!index) return 0;
    array_set_ref(pair, 0, index);
    array_set_ref(pair, 1, is_field(member) ? load_ref(member, off.MemberName_clazz) : membername_target(member) ? member : NULL);
    return (u64)pair;
}

u64 mhn_setCallSiteTargetNormal(Thread *t, u64 *args)
{
    (void)t;
    store_ref(arg(args, 0), off.CallSite_target, arg(args, 1));
    return 0;
}

/* One thread at a time runs Java, and a hand-over orders memory: a plain store is a volatile one. */
u64 mhn_setCallSiteTargetVolatile(Thread *t, u64 *args) { return mhn_setCallSiteTargetNormal(t, args); }

/* ---- Bootstrap arguments on demand ---------------------------------------------------------------------------------- */
/* Pseudo indices that ask for the parts of the bootstrap itself. */
enum { BSM_HANDLE = -4, BSM_NAME = -3, BSM_TYPE = -2, BSM_COUNT = -1 };

static bool bootstrap_part(Thread *t, Class *c, u32 index, const Bootstrap *b, i32 which, Object **out)
{
    BasicType type;
    u64 value;
    bool dynamic = cp_tag(c->cp, index) == CP_Dynamic;
    switch (which) {
    case BSM_HANDLE:
        if (!cp_constant(t, c->cp, b->handle, &type, &value)) return false;
        *out = (Object *)value;
        return true;
    case BSM_NAME: *out = string_intern_symbol(t, b->name); break;
    case BSM_TYPE:
        *out = dynamic ? indy_descriptor_mirror(t, c->loader, c, b->desc->bytes, b->desc->length) : indy_method_type(t, c->loader, c, b->desc);
        break;
    case BSM_COUNT: *out = box(t, T_INT, b->nargs); break;
    default: return indy_bootstrap_argument(t, c->cp, b, (u32)which, out);
    }
    return !t->exception;
}

/* An argument that needs no code to run: already resolved, or a plain constant. */
static bool available(const ConstantPool *cp, const Bootstrap *b, i32 which)
{
    if (which == BSM_NAME || which == BSM_COUNT) return true;
    if (which == BSM_TYPE) return false;
    u32 i = which == BSM_HANDLE ? b->handle : be16(b->args + 2 * which);
    u8 tag = cp_tag(cp, i);
    return (cp->tags[i] & CP_RESOLVED) || (tag >= CP_Integer && tag <= CP_Double);
}

/* (Class caller, int[]{argc, cpIndex}, int start, int end, Object[] buf, int pos, boolean resolve, Object ifNotAvailable) */
u64 mhn_copyOutBootstrapArguments(Thread *t, u64 *args)
{
    Object *info = arg(args, 1), *buffer = arg(args, 4);
    i32 start = (i32)args[2], end = (i32)args[3], at = (i32)args[5];
    if (!arg(args, 0) || !info || !buffer) return internal_error(t, "nothing to copy");
    Class *c = mirror_class(arg(args, 0));
    if (array_length(info) < 2 || !jvm_is_instance(c)) return internal_error(t, "bad index info (1)");
    u32 index = (u32)int_elems(info)[1];
    u8 tag = cp_tag(c->cp, index);
    if ((tag != CP_InvokeDynamic && tag != CP_Dynamic) || (c->cp->tags[index] & CP_RESOLVED)) return internal_error(t, "bad index info (0)");
    Bootstrap b;
    if (!indy_bootstrap(t, c->cp, index, &b)) return 0;
    if (start < BSM_HANDLE || start > end || end > b.nargs || at < 0 || (u64)at + (u64)(end - start) > array_length(buffer))
        return internal_error(t, "bad index info (2)");
    for (i32 i = start; i < end; i++, at++) {
        Object *o = arg(args, 7);
        if ((args[6] & 1) || available(c->cp, &b, i))
            if (!bootstrap_part(t, c, index, &b, i, &o)) return 0;
        array_set_ref(buffer, (u32)at, o);
    }
    return 0;
}

/* ---- The rest ---------------------------------------------------------------------------------------------------------- */
/* No compiled code depends on a call site's target. */
u64 mhn_clearCallSiteContext(Thread *t, u64 *args)
{
    (void)t, (void)args;
    return 0;
}

u64 mhn_registerNatives(Thread *t, u64 *args)
{
    (void)t, (void)args;
    return 0;
}

/* Constants to verify against: none. */
u64 mhn_getNamedCon(Thread *t, u64 *args)
{
    (void)t, (void)args;
    return 0;
}
