/* Constant-pool resolution (JVMS 5.4.3): classes, fields, strings and other loadable constants; methods are in resolve_method.c. Results
   and errors are kept in the pool. Resolution may run Java code (class loaders, bootstrap methods), so other threads may have
   resolved the same entry meanwhile: the first result stays. */
#include "vm/loader.h"
#include "vm/access.h"
#include "vm/constraints.h"
#include "vm/unit.h"
#include "vm/costs.h"
#include "vm/names.h"
#include "vm/resolve.h"
#include "base/log.h"
#include "base/vec.h"
#include <string.h>

/* ---- Reading the pool --------------------------------------------------------------------------------------------------- */

Symbol *cp_utf8(const ConstantPool *cp, u32 i)
{
    ASSERT(i < cp->length && cp->tags[i] == CP_Utf8);
    return (Symbol *)cp->v[i];
}

Symbol *cp_class_name(const ConstantPool *cp, u32 i)
{
    ASSERT(i < cp->length && (cp->tags[i] & 0x3f) == CP_Class);
    return cp->tags[i] & CP_RESOLVED ? ((Class *)cp->v[i])->name : cp_utf8(cp, cp->raw[i]);
}

u32 cp_ref_class_index(const ConstantPool *cp, u32 i)
{
    ASSERT(i < cp->length);
    return cp->raw[i] & 0xffff;
}

void cp_name_and_type(const ConstantPool *cp, u32 i, Symbol **name, Symbol **desc)
{
    ASSERT(i < cp->length);
    u32 nat = (cp->tags[i] & 0x3f) == CP_NameAndType ? i : cp->raw[i] >> 16;
    ASSERT(nat < cp->length && cp->tags[nat] == CP_NameAndType);
    *name = cp_utf8(cp, cp->raw[nat] & 0xffff);
    *desc = cp_utf8(cp, cp->raw[nat] >> 16);
}

/* ---- Errors ---------------------------------------------------------------------------------------------------------------- */

static char *message_of(const Object *throwable)
{
    Object *message = load_ref(throwable, off.Throwable_detailMessage);
    return message ? string_utf8(message) : NULL;
}

/* Class and message are kept, so that each use throws an exception of its own; likewise of the cause. */
CpError *cp_error_of(Thread *t, Unit *u)
{
    Object *o = t->exception;
    if (!o || !class_subtype(object_class(o), wk.LinkageError)) return NULL;
    CpError *e = xcalloc(1, sizeof *e);
    /* An exception that can't be made anew by class, message and cause is kept itself. */
    if (object_class(o)->loader != boot_loader || !strcmp(object_class(o)->name->bytes, "java/lang/ExceptionInInitializerError")) {
        e->exception = o;
        unit_add_root(u, &e->exception);
        return e;
    }
    e->class_name = object_class(o)->name;
    e->message = message_of(o);
    Object *cause = load_ref(o, off.Throwable_cause);
    if (cause && cause != o && object_class(cause)->loader == boot_loader) {
        e->cause_class = object_class(cause)->name;
        e->cause_message = message_of(cause);
    }
    return e;
}

void cp_error_free(CpError *e)
{
    free(e->message), free(e->cause_message);
    free(e);
}

void cp_free_errors(ConstantPool *cp)
{
    for (u32 i = 1; i < cp->length; i++)
        if (cp->tags[i] & CP_ERROR) cp_error_free((CpError *)cp->v[i]);
}

static void throw_by_name(Thread *t, const Symbol *class_name, const char *message)
{
    if (message) throw_new(t, class_name->bytes, "%s", message);
    else throw_new(t, class_name->bytes, NULL);
}

/* A cause of the kind that was there, then the error around it. */
static void throw_with_cause(Thread *t, const CpError *e)
{
    throw_by_name(t, e->cause_class, e->cause_message);
    Object *cause = exception_take(t), *message = e->message ? string_new(t, e->message) : NULL;
    if (!t->exception) throw_class(t, class_boot(e->class_name->bytes), message, cause);
}

void cp_error_throw(Thread *t, const CpError *e)
{
    if (e->exception) throw_object(t, e->exception);
    else if (e->cause_class) throw_with_cause(t, e);
    else throw_by_name(t, e->class_name, e->message);
    ASSERT(t->exception);
}

bool cp_failed_before(Thread *t, ConstantPool *cp, u32 i)
{
    if (!(cp->tags[i] & CP_ERROR)) return false;
    cp_error_throw(t, (const CpError *)cp->v[i]);
    return true;
}

void cp_save_error(Thread *t, ConstantPool *cp, u32 i)
{
    ASSERT(t->exception);
    CpError *e = cp->tags[i] & (CP_RESOLVED | CP_ERROR) ? NULL : cp_error_of(t, cp->owner->unit);
    if (!e) return;
    cp->v[i] = (u64)e;
    cp->tags[i] |= CP_ERROR;
}

void cp_set(ConstantPool *cp, u32 i, u64 value, bool is_object)
{
    if (cp->tags[i] & (CP_RESOLVED | CP_ERROR)) return;
    charge_begin(SVC_RESOLVE);
    charge_touch(&cp->v[i], 8, true);
    charge_units(set_entry, 1);
    charge_end();
    cp->v[i] = value;
    cp->tags[i] |= CP_RESOLVED;
    if (is_object) unit_add_root(cp->owner->unit, (Object **)&cp->v[i]);
}

/* ---- Classes ------------------------------------------------------------------------------------------------------------------ */

Class *cp_class(Thread *t, ConstantPool *cp, u32 i)
{
    ASSERT(i < cp->length && (cp->tags[i] & 0x3f) == CP_Class);
    if (LIKELY(cp->tags[i] & CP_RESOLVED)) return (Class *)cp->v[i];
    if (cp_failed_before(t, cp, i)) return NULL;
    Class *c = class_load_for_reference(t, cp->owner->loader, cp_class_name(cp, i));
    if (c && !access_class(t, cp->owner, c)) {
        if (!t->exception) access_throw_class(t, cp->owner, c);
        c = NULL;
    }
    if (!c) return cp_save_error(t, cp, i), NULL;
    unit_needs(cp->owner->unit, c);
    cp_set(cp, i, (u64)c, false);
    LOG(resolve, "%s: class %s", cp->owner->name->bytes, c->name->bytes);
    return c;
}

/* ---- Fields -------------------------------------------------------------------------------------------------------------------- */

static Field *resolve_field(Thread *t, ConstantPool *cp, u32 i)
{
    Class *c = cp_class(t, cp, cp_ref_class_index(cp, i));
    if (!c) return NULL;
    Symbol *name, *desc;
    cp_name_and_type(cp, i, &name, &desc);
    Field *f = class_find_field(c, name, desc);
    if (!f) throw_new(t, "java/lang/NoSuchFieldError", "%s", name->bytes);
    else if (!access_member(t, cp->owner, c, f->owner, f->access)) {
        if (!t->exception) access_throw_field(t, cp->owner, f);
        f = NULL;
    }
    return f && constraints_field(t, cp->owner, f) ? f : NULL;
}

/* Final fields are written by their own class's initializers alone (JVMS 6.5 putfield, putstatic). */
static bool check_final_put(Thread *t, const ConstantPool *cp, const Field *f, bool is_static, const Method *from)
{
    const char *kind = is_static ? "static" : "non-static", *initializer = is_static ? "<clinit>" : "<init>";
    if (!(f->access & ACC_FINAL)) return true;
    char *holder = class_java_name(f->owner), *user = class_java_name(cp->owner);
    bool ok = true;
    if (f->owner != cp->owner) {
        throw_new(t, "java/lang/IllegalAccessError",
                  "Update to %s final field %s.%s attempted from a different class (%s) than the field's declaring class", kind, holder, f->name->bytes, user);
        ok = false;
    } else if (from && (f->owner->minor_major & 0xffff) >= 53 && strcmp(from->name->bytes, initializer)) {
        throw_new(t, "java/lang/IllegalAccessError",
                  "Update to %s final field %s.%s attempted from a different method (%s) than the initializer method %s ", kind, holder, f->name->bytes,
                  from->name->bytes, initializer);
        ok = false;
    }
    free(holder), free(user);
    return ok;
}

Field *cp_field(Thread *t, ConstantPool *cp, u32 i, bool is_static, bool is_put, const Method *from)
{
    ASSERT(i < cp->length && (cp->tags[i] & 0x3f) == CP_Fieldref);
    if (cp_failed_before(t, cp, i)) return NULL;
    if (!(cp->tags[i] & CP_RESOLVED)) {
        Field *f = resolve_field(t, cp, i);
        if (!f) return cp_save_error(t, cp, i), NULL;
        cp_set(cp, i, (u64)f, false);
    }
    Field *f = (Field *)cp->v[i];
    if (!(f->access & ACC_STATIC) == is_static) {
        char *holder = class_java_name(f->owner);
        throw_new(t, "java/lang/IncompatibleClassChangeError", "Expected %s field %s.%s", is_static ? "static" : "non-static", holder, f->name->bytes);
        free(holder);
        return NULL;
    }
    return is_put && !check_final_put(t, cp, f, is_static, from) ? NULL : f;
}

/* ---- Loadable constants ------------------------------------------------------------------------------------------------------------ */

Object *cp_string(Thread *t, ConstantPool *cp, u32 i)
{
    ASSERT(i < cp->length && (cp->tags[i] & 0x3f) == CP_String);
    if (cp->tags[i] & CP_RESOLVED) return (Object *)cp->v[i];
    Object *s = string_intern_symbol(t, cp_utf8(cp, cp->raw[i]));
    if (!s) return NULL;
    cp_set(cp, i, (u64)s, true);
    return (Object *)cp->v[i];
}

/* Method handle or method type. */
static bool handle_constant(Thread *t, ConstantPool *cp, u32 i, u8 tag, u64 *value)
{
    if (!(cp->tags[i] & CP_RESOLVED)) {
        Object *o = tag == CP_MethodHandle ? indy_method_handle_constant(t, cp, i)
                                           : indy_method_type(t, cp->owner->loader, cp->owner, cp_utf8(cp, cp->raw[i]));
        if (!o) return cp_save_error(t, cp, i), false;
        cp_set(cp, i, (u64)o, true);
    }
    *value = cp->v[i];
    return true;
}

/* What ldc pushes for a descriptor: small integers as int. */
static BasicType constant_type(const Symbol *desc)
{
    BasicType type = descriptor_type(desc->bytes[0]);
    switch (type) {
    case T_LONG: case T_FLOAT: case T_DOUBLE: return type;
    case T_OBJECT: case T_ARRAY: return T_OBJECT;
    default: return T_INT;
    }
}

static bool dynamic_constant(Thread *t, ConstantPool *cp, u32 i, BasicType *type, u64 *value)
{
    Symbol *name, *desc;
    cp_name_and_type(cp, i, &name, &desc);
    if (!(cp->tags[i] & CP_RESOLVED)) {
        if (!indy_dynamic_constant(t, cp, i, type, value)) return cp_save_error(t, cp, i), false;
        cp_set(cp, i, *value, constant_type(desc) == T_OBJECT);
        if (cp_failed_before(t, cp, i)) return false;
    }
    *type = constant_type(desc);
    *value = cp->v[i];
    return true;
}

bool cp_constant(Thread *t, ConstantPool *cp, u32 i, BasicType *type, u64 *value)
{
    ASSERT(i < cp->length);
    u8 tag = cp->tags[i] & 0x3f;
    *type = T_OBJECT;
    if (cp_failed_before(t, cp, i)) return false;
    switch (tag) {
    case CP_Integer: *type = T_INT, *value = (u64)(i64)(i32)cp->v[i]; return true;
    case CP_Float: *type = T_FLOAT, *value = cp->v[i]; return true;
    case CP_Long: *type = T_LONG, *value = cp->v[i]; return true;
    case CP_Double: *type = T_DOUBLE, *value = cp->v[i]; return true;
    case CP_Class: {
        Class *c = cp_class(t, cp, i);
        *value = c ? (u64)c->mirror : 0;
        return c != NULL;
    }
    case CP_String: return (*value = (u64)cp_string(t, cp, i)) != 0;
    case CP_MethodHandle: case CP_MethodType: return handle_constant(t, cp, i, tag, value);
    case CP_Dynamic: return dynamic_constant(t, cp, i, type, value);
    default:
        throw_new(t, "java/lang/ClassFormatError", "Illegal constant pool index %u in class %s", i, cp->owner->name->bytes);
        return false;
    }
}
