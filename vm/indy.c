/* invokedynamic, dynamic constants, method handle and method type constants, signature-polymorphic calls. All policy is Java's
   (java.lang.invoke.MethodHandleNatives): this file resolves what the constant pool says, calls up, and unpacks the answer.

   A linked call is (method, appendix): the call site's arguments, then the appendix if there is one, go to the method as a static
   call. That holds for invokedynamic (LambdaForm$MH.linkToTargetMethod and its like), for MethodHandle.invoke and
   invokeExact, and for VarHandle's access modes. invokeBasic and the linkTo* family are the floor that those methods stand on:
   they get a Method each per erased descriptor, whose `entry` the interpreter knows. */
#include "vm/indy.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/access.h"
#include "vm/membername.h"
#include "vm/names.h"
#include "vm/native.h"
#include "vm/unit.h"
#include <string.h>

static u32 be16(const u8 *p) { return (u32)p[0] << 8 | p[1]; }

/* An immortal exact root. */
static Object **new_root(Object *o)
{
    Object **slot = xmalloc(sizeof *slot);
    *slot = o;
    vm_add_root(slot);
    return slot;
}

/* Non-errors that linking met are wrapped, errors pass (JVMS 6.5 invokedynamic). */
static void wrap_bootstrap_exception(Thread *t)
{
    ASSERT(t->exception);
    if (class_subtype(object_class(t->exception), wk.Error)) return;
    Object *cause = exception_take(t);
    Object *error = object_new(t, wk.BootstrapMethodError);
    if (!error) return;
    vm_callv(t, method_named(wk.BootstrapMethodError, "<init>", "(Ljava/lang/Throwable;)V"), (u64)error, (u64)cause);
    if (!t->exception) throw_object(t, error);
}

/* ---- Types of descriptors --------------------------------------------------------------------------------------- */
/* A class that a descriptor names and that is not there: NoClassDefFoundError, as for any other resolution. */
static void to_no_class_def_found(Thread *t, const char *desc, size_t length)
{
    if (!t->exception || object_class(t->exception) != wk.ClassNotFoundException) return;
    if (*desc == 'L') desc++, length -= 2;
    char *name = xasprintf("%.*s", (int)length, desc);
    throw_wrapping(t, "java/lang/NoClassDefFoundError", name);
    free(name);
}

Object *indy_descriptor_mirror(Thread *t, Loader *loader, Class *caller, const char *desc, size_t length)
{
    Class *c;
    if (*desc != 'L' && *desc != '[') {
        c = class_primitive(descriptor_type(*desc));
    } else {
        c = class_of_descriptor(t, loader, desc, length);
        if (!c) return to_no_class_def_found(t, desc, length), NULL;
        Class *element = c->element ? c->element : c;
        if (caller && !class_is_primitive(element) && !access_class(t, caller, element)) {
            if (!t->exception) access_throw_class(t, caller, element);
            return NULL;
        }
    }
    return c->mirror;
}

/* A type that means the same to every loader, so that its MethodType may be shared. */
static bool universal(const Object *mirror)
{
    const Class *c = mirror_class(mirror);
    if (class_is_primitive(c)) return true;
    if (c->loader != boot_loader || !(c->access & ACC_PUBLIC) || class_is_array(c)) return false;
    return !strncmp(c->name->bytes, "java/lang/", 10) && !strchr(c->name->bytes + 10, '/');
}

static Map method_types; /* descriptor Symbol * -> Object ** */

Object *indy_method_type(Thread *t, Loader *loader, Class *caller, Symbol *desc)
{
    u64 *known = map_get(&method_types, (u64)desc);
    if (known) return *(Object **)*known;
    u8 types[256], ret;
    u32 n = descriptor_params(desc, types, &ret);
    Object *params = array_new(t, class_array_of(wk.Class), (i32)n);
    if (!params) return NULL;
    bool shared = true;
    const char *p = desc->bytes + 1;
    for (u32 i = 0; i < n; i++) {
        u32 length = descriptor_length(p);
        Object *mirror = indy_descriptor_mirror(t, loader, caller, p, length);
        if (!mirror) return NULL;
        shared &= universal(mirror);
        array_set_ref(params, i, mirror);
        p += length;
    }
    ASSERT(*p == ')');
    Object *result = indy_descriptor_mirror(t, loader, caller, p + 1, strlen(p + 1));
    if (!result) return NULL;
    shared &= universal(result);
    Object *type = (Object *)vm_callv(t, meth.MethodHandleNatives_findMethodHandleType, (u64)result, (u64)params);
    if (t->exception) return NULL;
    if (shared) *map_put(&method_types, (u64)desc) = (u64)new_root(type);
    return type;
}

/* ---- Bootstrap methods -------------------------------------------------------------------------------------------- */
bool indy_bootstrap(Thread *t, const ConstantPool *cp, u32 index, Bootstrap *out)
{
    ASSERT(index < cp->length);
    u32 wanted = cp->raw[index] & 0xffff;
    Bytes attr = cp->owner->bootstrap_methods;
    const u8 *p = attr.data, *end = p + attr.length;
    cp_name_and_type(cp, index, &out->name, &out->desc);
    u32 n = p && attr.length >= 2 ? be16(p) : 0;
    p += 2;
    for (u32 i = 0; i < n && end - p >= 4; i++) {
        u32 nargs = be16(p + 2);
        if ((u64)(end - p) < 4 + 2 * (u64)nargs) break;
        if (i == wanted) {
            out->handle = (u16)be16(p);
            out->nargs = (u16)nargs;
            out->args = p + 4;
            return true;
        }
        p += 4 + 2 * nargs;
    }
    throw_new(t, "java/lang/ClassFormatError", "Short length on BootstrapMethods in class file %s", cp->owner->name->bytes);
    return false;
}

bool indy_bootstrap_argument(Thread *t, ConstantPool *cp, const Bootstrap *b, u32 i, Object **out)
{
    ASSERT(i < b->nargs);
    BasicType type;
    u64 value;
    if (!cp_constant(t, cp, be16(b->args + 2 * i), &type, &value)) return false;
    *out = type == T_OBJECT || type == T_ARRAY ? (Object *)value : box(t, type, value);
    return !t->exception;
}

/* The static arguments as Java wants them: none: null; one that is neither null nor an array: itself; else Object[]. */
static bool static_arguments(Thread *t, ConstantPool *cp, const Bootstrap *b, Object **out)
{
    *out = NULL;
    if (!b->nargs) return true;
    Object *array = NULL;
    for (u32 i = 0; i < b->nargs; i++) {
        Object *arg;
        if (!indy_bootstrap_argument(t, cp, b, i, &arg)) return false;
        if (b->nargs == 1 && arg && !class_is_array(object_class(arg))) return *out = arg, true;
        if (!array && !(array = array_new(t, class_array_of(wk.Object), b->nargs))) return false;
        array_set_ref(array, i, arg);
    }
    *out = array;
    return true;
}

/* Handle, name and static arguments of a bootstrap; false: thrown. */
typedef struct Invocation { Object *handle, *name, *args; } Invocation;

static bool prepare(Thread *t, ConstantPool *cp, const Bootstrap *b, Invocation *in)
{
    BasicType type;
    u64 handle;
    if (!cp_constant(t, cp, b->handle, &type, &handle)) return false;
    in->handle = (Object *)handle;
    in->name = string_intern_symbol(t, b->name);
    return in->name && static_arguments(t, cp, b, &in->args);
}

/* ---- Call sites ------------------------------------------------------------------------------------------------ */
/* Binds a call to what Java answered. receiver: 1 if the call pushes one. */
static bool bind_call(Thread *t, Object *member, Object *box_array, const Symbol *desc, u32 receiver, Unit *u, CallInfo *out)
{
    Method *target = member ? membername_target(member) : NULL;
    if (!target) return throw_new(t, "java/lang/LinkageError", "bad method handle linkage"), false;
    u8 types[256], ret;
    u32 n = descriptor_params(desc, types, &ret), slots = receiver;
    for (u32 i = 0; i < n; i++) slots += type_slots((BasicType)types[i]);
    out->method = target;
    out->special = NULL;
    out->interface = NULL;
    out->kind = CALL_DIRECT;
    out->arg_slots = (u16)slots;
    out->ret = ret;
    out->appendix = array_ref(box_array, 0);
    if (out->appendix) unit_add_root(u, &out->appendix);
    unit_needs(u, target->owner);
    ASSERT(target->access & ACC_STATIC);
    ASSERT(target->arg_slots == slots + (out->appendix != NULL));
    return true;
}

bool indy_link_call_site(Thread *t, ConstantPool *cp, u32 index, CallInfo *out)
{
    Bootstrap b;
    Invocation in;
    charge_begin(SVC_RESOLVE);
    Object *type = NULL, *appendix = NULL, *member = NULL;
    if (indy_bootstrap(t, cp, index, &b) && prepare(t, cp, &b, &in))
        type = indy_method_type(t, cp->owner->loader, cp->owner, b.desc);
    if (type) appendix = array_new(t, class_array_of(wk.Object), 1);
    charge_end();
    if (appendix) {
        LOG(indy, "link call site %s.%s%s", cp->owner->name->bytes, b.name->bytes, b.desc->bytes);
        member = (Object *)vm_callv(t, meth.MethodHandleNatives_linkCallSite, (u64)cp->owner->mirror, index, (u64)in.handle, (u64)in.name,
                                    (u64)type, (u64)in.args, (u64)appendix);
    }
    if (t->exception) return wrap_bootstrap_exception(t), false;
    return bind_call(t, member, appendix, b.desc, 0, cp->owner->unit, out);
}

bool indy_link_polymorphic(Thread *t, Class *caller, Class *defc, Symbol *name, Symbol *desc, CallInfo *out)
{
    Object *type = indy_method_type(t, caller ? caller->loader : boot_loader, caller, desc);
    Object *string = type ? string_intern_symbol(t, name) : NULL;
    Object *appendix = string ? array_new(t, class_array_of(wk.Object), 1) : NULL;
    if (!appendix) return false;
    LOG(indy, "link %s.%s%s for %s", defc->name->bytes, name->bytes, desc->bytes, caller ? caller->name->bytes : "the VM");
    Class *from = caller ? caller : wk.Object;
    Object *member = (Object *)vm_callv(t, meth.MethodHandleNatives_linkMethod, (u64)from->mirror, REF_invokeVirtual, (u64)defc->mirror,
                                        (u64)string, (u64)type, (u64)appendix);
    if (t->exception) return false;
    return bind_call(t, member, appendix, desc, 1, caller ? caller->unit : NULL, out);
}

/* ---- Dynamic constants -------------------------------------------------------------------------------------------- */
/* Java answers with a wrapper for a primitive constant. */
static bool unwrap_constant(Thread *t, const Symbol *desc, Object *answer, BasicType *type, u64 *value)
{
    char c = desc->bytes[0];
    if (c == 'L' || c == '[') {
        *type = T_OBJECT;
        *value = (u64)answer;
        return true;
    }
    BasicType boxed;
    if (!answer || !unbox(answer, &boxed, value) || boxed != descriptor_type(c)) {
        throw_new(t, "java/lang/ClassCastException", "dynamic constant is not of type %s", desc->bytes);
        return false;
    }
    *type = c == 'J' ? T_LONG : c == 'F' ? T_FLOAT : c == 'D' ? T_DOUBLE : T_INT;
    return true;
}

bool indy_dynamic_constant(Thread *t, ConstantPool *cp, u32 index, BasicType *type, u64 *value)
{
    Bootstrap b;
    Invocation in;
    Object *mirror = NULL, *answer = NULL;
    if (indy_bootstrap(t, cp, index, &b) && prepare(t, cp, &b, &in))
        mirror = indy_descriptor_mirror(t, cp->owner->loader, cp->owner, b.desc->bytes, b.desc->length);
    if (mirror) {
        LOG(indy, "dynamic constant %s.%s:%s", cp->owner->name->bytes, b.name->bytes, b.desc->bytes);
        answer = (Object *)vm_callv(t, meth.MethodHandleNatives_linkDynamicConstant, (u64)cp->owner->mirror, index, (u64)in.handle, (u64)in.name,
                                    (u64)mirror, (u64)in.args);
    }
    if (t->exception) return wrap_bootstrap_exception(t), false;
    return unwrap_constant(t, b.desc, answer, type, value);
}

/* ---- Method handle constants ------------------------------------------------------------------------------------- */
/* The referenced method must be of an interface exactly if the entry says so. index: of the handle's entry. */
static bool consistent(Thread *t, const ConstantPool *cp, u32 index, Class *callee)
{
    u32 ref = cp->raw[index] >> 16;
    u8 tag = cp->tags[ref] & 0x3f;
    bool interface = class_is_interface(callee);
    if (tag == CP_Fieldref || interface == (tag == CP_InterfaceMethodref)) return true;
    Symbol *name, *desc;
    cp_name_and_type(cp, ref, &name, &desc);
    char *method = method_external_name(callee, name, desc), *class_name = class_java_name(callee);
    char *member = strchr(method, ' ') + 1; /* without its class */
    memmove(member, member + strlen(class_name) + 1, strlen(member + strlen(class_name) + 1) + 1);
    const char *kinds[] = { "CONSTANT_MethodRef", "CONSTANT_InterfaceMethodRef" };
    throw_new(t, "java/lang/IncompatibleClassChangeError",
              "Inconsistent constant pool data in classfile for class %s. Method '%s' at index %u is %s and should be %s", callee->name->bytes,
              method, index, kinds[!interface], kinds[interface]);
    free(method), free(class_name);
    return false;
}

static u32 member_kind(u32 ref_kind)
{
    if (ref_kind <= REF_putStatic) return MN_IS_FIELD;
    return ref_kind == REF_newInvokeSpecial ? MN_IS_CONSTRUCTOR : MN_IS_METHOD;
}

/* Does the member exist and may the class see it? Reports what resolution of the plain reference would, before any type is loaded. */
static bool check_member(Thread *t, Class *from, u32 ref_kind, Class *callee, Symbol *name, Symbol *desc)
{
    if (ref_kind == REF_invokeVirtual && polymorphic_method(callee, name)) return true;
    Object *type = string_of_symbol(t, desc);
    Object *member = type ? membername_new(t, callee, name, type, member_kind(ref_kind) | ref_kind << MN_REF_KIND_SHIFT) : NULL;
    if (!member) return false;
    if (membername_resolve(t, member, from, false)) return true;
    if (!t->exception)
        throw_new(t, ref_kind <= REF_putStatic ? "java/lang/NoSuchFieldError" : "java/lang/NoSuchMethodError", "%s", name->bytes);
    return false;
}

Object *indy_method_handle_constant(Thread *t, ConstantPool *cp, u32 index)
{
    u32 ref_kind = cp->raw[index] & 0xffff, ref = cp->raw[index] >> 16;
    ASSERT(ref_kind > 0 && ref_kind < REF_KIND_LIMIT && ref < cp->length);
    Symbol *name, *desc;
    cp_name_and_type(cp, ref, &name, &desc);
    Class *from = cp->owner, *callee = cp_class(t, cp, cp_ref_class_index(cp, ref));
    if (!callee || !consistent(t, cp, index, callee) || !check_member(t, from, ref_kind, callee, name, desc)) return NULL;
    Object *type = desc->bytes[0] == '(' ? indy_method_type(t, from->loader, from, desc)
                                         : indy_descriptor_mirror(t, from->loader, from, desc->bytes, desc->length);
    Object *string = type ? string_intern_symbol(t, name) : NULL;
    if (!string) return NULL;
    Object *handle = (Object *)vm_callv(t, meth.MethodHandleNatives_linkMethodHandleConstant, (u64)from->mirror, ref_kind, (u64)callee->mirror,
                                        (u64)string, (u64)type);
    return t->exception ? NULL : handle;
}

/* ---- Intrinsic methods ---------------------------------------------------------------------------------------------- */
#define INTRINSICS(I) \
    I("invokeBasic", ENTRY_INVOKE_BASIC) I("linkToStatic", ENTRY_LINK_STATIC) I("linkToSpecial", ENTRY_LINK_SPECIAL) \
    I("linkToVirtual", ENTRY_LINK_VIRTUAL) I("linkToInterface", ENTRY_LINK_INTERFACE)

/* ENTRY_NATIVE for linkToNative, which the VM does not have. */
static MethodEntry intrinsic_entry(const Symbol *name)
{
#define I(text, entry) \
    if (!strcmp(name->bytes, text)) return entry;
    INTRINSICS(I)
#undef I
    return ENTRY_NATIVE;
}

static u64 link_to_native(Thread *t, u64 *args)
{
    (void)args;
    throw_new(t, "java/lang/UnsupportedOperationException", "native method handles are not supported");
    return 0;
}

/* Small integers become int and references Object; the last parameter of linkTo* keeps its class. */
static Symbol *erase(const Symbol *desc, bool keep_last)
{
    Vec(char) text = { 0 };
    const char *p = desc->bytes;
    while (*p) {
        if (*p == '(' || *p == ')') {
            vec_push(&text, *p++);
            continue;
        }
        u32 length = *p == 'V' ? 1 : descriptor_length(p);
        bool last = p[length] == ')' && keep_last;
        if ((*p == 'L' || *p == '[') && !last)
            for (const char *o = "Ljava/lang/Object;"; *o; o++) vec_push(&text, *o);
        else if (*p == 'L' || *p == '[')
            for (u32 i = 0; i < length; i++) vec_push(&text, p[i]);
        else vec_push(&text, strchr("ZBCS", *p) ? 'I' : *p);
        p += length;
    }
    Symbol *s = symbol_intern(text.data, text.len);
    vec_free(&text);
    return s;
}

static Method *make_intrinsic(Class *holder, Symbol *name, Symbol *erased)
{
    Method *declared = polymorphic_method(holder, name);
    ASSERT(declared);
    u8 types[256], ret;
    u32 n = descriptor_params(erased, types, &ret), slots = !(declared->access & ACC_STATIC);
    for (u32 i = 0; i < n; i++) slots += type_slots((BasicType)types[i]);
    Method *m = unit_alloc(NULL, sizeof *m, METHOD_ALIGN);
    MethodDetails *d = unit_alloc_cold(NULL, sizeof *d, 8);
    *m = *declared, *d = *declared->details;
    m->details = d;
    m->desc = erased;
    m->ret = ret;
    m->compiled = CODE_INTERPRET;
    m->entry = (u8)intrinsic_entry(name);
    m->arg_slots = m->max_locals = (u16)slots;
    m->access |= METHOD_HIDDEN;
    m->vindex = m->iindex = -1;
    d->nparams = (u16)n;
    d->arg_types = unit_alloc_cold(NULL, n + 1, 1);
    memcpy(d->arg_types, types, n);
    m->profile = NULL;
    d->ffi = NULL;
    if (m->entry == ENTRY_NATIVE) d->native = (void *)(uintptr_t)link_to_native, d->native_kind = NATIVE_DIRECT;
    return m;
}

Method *indy_intrinsic_method(Class *holder, Symbol *name, Symbol *desc)
{
    static Map made; /* symbol of name and erased descriptor, written together -> Method * */
    Symbol *erased = erase(desc, strcmp(name->bytes, "invokeBasic") != 0);
    char *text = xasprintf("%s%s", name->bytes, erased->bytes);
    u64 *slot = map_put(&made, (u64)symbol_of(text));
    free(text);
    if (!*slot) *slot = (u64)make_intrinsic(holder, name, erased);
    return (Method *)*slot;
}
