/* The texts of exceptions that bytecodes raise: casts, stores, missing methods. */
#include "vm/throws.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/names.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void throw_cast(Thread *t, const Object *o, Class *want)
{
    char *from = class_java_name(object_class(o)), *to = class_java_name(want);
    char *where = classes_where(object_class(o), want);
    throw_new(t, "java/lang/ClassCastException", "class %s cannot be cast to class %s (%s)", from, to, where);
    free(from);
    free(to);
    free(where);
}

static void throw_store(Thread *t, const Object *o)
{
    char *name = class_java_name(object_class(o));
    throw_new(t, "java/lang/ArrayStoreException", "%s", name);
    free(name);
}

/* "abstract void foo(int)' of interface I": the method without its class in front. */
static char *method_and_kind(const Method *m)
{
    char *name = method_external_name(m->owner, m->name, m->desc), *owner = class_java_name(m->owner);
    char *space = strchr(name, ' ');
    ASSERT(space != NULL);
    char *plain = space + 1;
    size_t n = strlen(owner);
    if (!strncmp(plain, owner, n) && plain[n] == '.') plain += n + 1;
    *space = 0;
    u32 access = m->owner->access;
    const char *kind = access & ACC_INTERFACE ? "interface" : access & ACC_ABSTRACT ? "abstract class" : "class";
    char *text = xasprintf("%s%s%s %s' of %s %s", m->access & ACC_ABSTRACT ? "abstract " : "", m->access & ACC_PRIVATE ? "private " : "",
                           name, plain, kind, owner);
    free(name);
    free(owner);
    return text;
}

/* The interface method that nobody implements, for the entry that stands for it in a class. */
static const Method *miranda_origin(const Method *m)
{
    for (u32 i = 0; m->access & METHOD_MIRANDA && i < m->owner->nsupers; i++) {
        const Method *d = class_declared_method(m->owner->supers[i], m->name, m->desc);
        if (d) return d;
    }
    return m;
}

/* Is interface i's declaration overridden by a more specific one among c's superinterfaces? */
static bool overridden(const Class *c, const Class *i, const Method *m)
{
    for (u32 k = 0; k < c->nsupers; k++) {
        Class *other = c->supers[k];
        if (other != i && class_subtype(other, i) && class_declared_method(other, m->name, m->desc)) return true;
    }
    return false;
}

/* " I.m J.m": the defaults that m's class cannot choose between; malloc'ed. */
static char *conflicting(const Method *m)
{
    char *text = xstrdup("");
    u32 count = 0;
    for (u32 k = 0; k < m->owner->nsupers; k++) {
        Class *i = m->owner->supers[k];
        Method *d = class_declared_method(i, m->name, m->desc);
        if (!d || d->access & (ACC_ABSTRACT | ACC_STATIC | ACC_PRIVATE) || overridden(m->owner, i, d)) continue;
        char *name = class_java_name(i), *longer = xasprintf("%s %s.%s", text, name, m->name->bytes);
        free(name), free(text);
        text = longer, count++;
    }
    if (count < 2) text[0] = 0;
    return text;
}

/* A call that ended at an overpass: conflicting defaults, or no method at all. */
static void throw_overpass(Thread *t, const Method *m, const Class *receiver)
{
    char *defaults = conflicting(m), *name = class_java_name(receiver);
    if (*defaults) throw_new(t, "java/lang/IncompatibleClassChangeError", "Conflicting default methods:%s", defaults);
    else throw_new(t, "java/lang/AbstractMethodError", "Method %s.%s%s is abstract", name, m->name->bytes, m->desc->bytes);
    free(defaults), free(name);
}

static void throw_abstract(Thread *t, const Method *m, const Class *receiver)
{
    if (m->access & METHOD_OVERPASS) {
        throw_overpass(t, m, receiver);
        return;
    }
    m = miranda_origin(m);
    char *method = method_and_kind(m), *name = receiver ? class_java_name(receiver) : NULL;
    if (name)
        throw_new(t, "java/lang/AbstractMethodError",
                  "Receiver class %s does not define or inherit an implementation of the resolved method '%s.", name, method);
    else
        throw_new(t, "java/lang/AbstractMethodError", "Missing implementation of resolved method '%s.", method);
    free(method);
    free(name);
}

/* The method that would be selected, were it public: the reason of an IllegalAccessError. */
static bool hidden_by_access(Class *c, const Method *resolved)
{
    const Method *m = class_find_method(c, resolved->name, resolved->desc);
    return m && !class_is_interface(m->owner) && !(m->access & (ACC_PUBLIC | ACC_PRIVATE | ACC_STATIC | METHOD_MIRANDA | METHOD_OVERPASS));
}

void throw_interface_call(Thread *t, Class *c, const Method *resolved, Class *interface)
{
    ASSERT(class_is_interface(interface));
    if (!class_subtype(c, interface)) {
        char *have = class_java_name(c), *want = class_java_name(interface);
        throw_new(t, "java/lang/IncompatibleClassChangeError", "Class %s does not implement the requested interface %s", have, want);
        free(have);
        free(want);
    } else if (hidden_by_access(c, resolved)) {
        char *text = method_external_name(c, resolved->name, resolved->desc);
        throw_new(t, "java/lang/IllegalAccessError", "'%s'", text);
        free(text);
    } else
        throw_abstract(t, resolved, c);
}

const char *interface_call_error(Class *c, const Method *resolved, const Class *interface)
{
    if (!class_subtype(c, interface)) return "java/lang/IncompatibleClassChangeError";
    return resolved && hidden_by_access(c, resolved) ? "java/lang/IllegalAccessError" : "java/lang/AbstractMethodError";
}

void throw_no_constructor(Thread *t, Class *c, Symbol *desc)
{
    Symbol *init = symbol_of("<init>");
    char *name = class_java_name(c), *text = method_external_name(c, init, desc);
    if (class_find_method(c, init, desc))
        throw_new(t, "java/lang/NoSuchMethodError", "%s: method 'void <init>%s' not found", name, strchr(text, '('));
    else throw_new(t, "java/lang/NoSuchMethodError", "'%s'", text);
    free(name), free(text);
}

void throw_instantiation(Thread *t, Class *c)
{
    char *name = class_java_name(c);
    throw_new(t, "java/lang/InstantiationError", "%s", name);
    free(name);
}

void throw_of_kind(Thread *t, ThrowKind kind, u64 b, u64 c)
{
    ASSERT(!t->exception);
    switch (kind) {
    case THROW_NULL: throw_new(t, "java/lang/NullPointerException", NULL); return;
    case THROW_INDEX:
        throw_new(t, "java/lang/ArrayIndexOutOfBoundsException", "Index %d out of bounds for length %d", (i32)b, (i32)c);
        return;
    case THROW_DIV_ZERO: throw_new(t, "java/lang/ArithmeticException", "/ by zero"); return;
    case THROW_NEGATIVE_SIZE: throw_new(t, "java/lang/NegativeArraySizeException", "%d", (i32)b); return;
    case THROW_CLASS_CAST: throw_cast(t, (Object *)b, (Class *)c); return;
    case THROW_ARRAY_STORE: throw_store(t, (Object *)b); return;
    case THROW_ABSTRACT: throw_abstract(t, (Method *)b, (Class *)c); return;
    case THROW_MONITOR_STATE: throw_new(t, "java/lang/IllegalMonitorStateException", "current thread is not owner"); return;
    }
    panic("no exception of kind %d", (int)kind);
}
