/* Defining a class from its image (JVMS 5.3.5): parse, loading its superinterfaces on the way, load its superclass, check them, lay it out, make its
   mirror, and enter it into its loader. Nothing is visible to others until all of that has succeeded. */
#define _GNU_SOURCE
#include "vm/loader.h"
#include "vm/classfile.h"
#include "vm/constraints.h"
#include "vm/costs.h"
#include "vm/names.h"
#include "vm/unit.h"
#include "vm/module.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/unified.h"
#include <stdio.h>
#include <string.h>

/* Definitions whose superclasses are being loaded: meeting one again is a circularity. */
typedef struct InProgress { Loader *loader; Symbol *name; Thread *thread; } InProgress;
static Vec(InProgress) in_progress;

static bool is_in_progress(const Thread *t, const Loader *l, const Symbol *name)
{
    for (size_t i = 0; i < in_progress.len; i++) {
        const InProgress *p = &in_progress.data[i];
        if (p->loader == l && p->name == name && p->thread == t) return true;
    }
    return false;
}

static void progress_end(const Thread *t, const Loader *l, const Symbol *name)
{
    for (size_t i = in_progress.len; i-- > 0; ) {
        InProgress *p = &in_progress.data[i];
        if (p->loader != l || p->name != name || p->thread != t) continue;
        memmove(p, p + 1, (in_progress.len - i - 1) * sizeof *p);
        in_progress.len--;
        return;
    }
    panic("definition of %s was not in progress", name->bytes);
}

/* ---- Checks of supertypes -------------------------------------------------------------------------------------------------- */

/* Throws `exception` with a message in which classes appear by their Java names: fmt has one %s for c, one for other. */
static bool complain(Thread *t, const char *exception, const char *fmt, const Class *c, const Class *other)
{
    char *a = class_java_name(c), *b = class_java_name(other);
    throw_new(t, exception, fmt, a, b);
    free(a), free(b);
    return false;
}

/* fmt: c, other and the phrase where both are. */
static bool complain_where(Thread *t, const char *exception, const char *fmt, const Class *c, const Class *other)
{
    char *a = class_java_name(c), *b = class_java_name(other), *where = classes_where(c, other);
    throw_new(t, exception, fmt, a, b, where);
    free(a), free(b), free(where);
    return false;
}

/* Does sealed class s permit c? (JVMS 5.3.5: same module, same package unless public, and named.) */
static bool permits(const Class *s, const Class *c)
{
    const u8 *p = s->permitted.data;
    if (!p) return true;
    if (s->module != c->module) return false;
    if (!(c->access & ACC_PUBLIC) && !class_same_package(s, c)) return false;
    for (u32 n = (u32)(p[0] << 8 | p[1]), i = 0; i < n; i++)
        if (cp_class_name(s->cp, (u32)(p[2 + i * 2] << 8 | p[3 + i * 2])) == c->name) return true;
    return false;
}

static const char icce[] = "java/lang/IncompatibleClassChangeError", iae[] = "java/lang/IllegalAccessError";

static bool module_denies(Thread *t, Class *from, Class *to, const char *what)
{
    if (module_can_access(from, to)) return false;
    char *text = module_access_problem(from, to);
    throw_new(t, iae, "%s check failed: %s", what, text);
    free(text);
    return true;
}

static bool check_super(Thread *t, Class *c)
{
    Class *s = c->super;
    if (s->access & ACC_INTERFACE) return complain(t, icce, "class %s has interface %s as super class", c, s);
    if (s->access & ACC_FINAL) return complain(t, icce, "class %s cannot inherit from final class %s", c, s);
    if (!permits(s, c)) return complain(t, icce, "class %s cannot inherit from sealed class %s", c, s);
    if (c->access & CLASS_MAGIC || access_class(t, c, s)) return true;
    if (t->exception || module_denies(t, c, s, "superclass access")) return false;
    return complain_where(t, iae, s->access & ACC_ABSTRACT ? "class %s cannot access its abstract superclass %s (%s)"
                                                           : "class %s cannot access its superclass %s (%s)", c, s);
}

static bool check_is_interface(Thread *t, const Class *c, const Class *i)
{
    if (i->access & ACC_INTERFACE) return true;
    char *a = class_java_name(c), *b = class_java_name(i), *where = class_in_module(i);
    throw_new(t, icce, "class %s can not implement %s, because it is not an interface (%s)", a, b, where);
    free(a), free(b), free(where);
    return false;
}

static bool check_interface(Thread *t, Class *c, Class *i)
{
    if (!permits(i, c))
        return complain(t, icce, c->access & ACC_INTERFACE ? "class %s cannot extend sealed interface %s"
                                                           : "class %s cannot implement sealed interface %s", c, i);
    if (c->access & CLASS_MAGIC || access_class(t, c, i)) return true;
    if (t->exception || module_denies(t, c, i, "superinterface")) return false;
    return complain_where(t, iae, "class %s cannot access its superinterface %s (%s)", c, i);
}

/* ---- Steps ------------------------------------------------------------------------------------------------------------------ */

static Class *load_supertype(Thread *t, Class *c, u16 index)
{
    Symbol *name = cp_class_name(c->cp, index);
    if (name == c->name || is_in_progress(t, c->loader, name)) {
        throw_new(t, "java/lang/ClassCircularityError", "%s", name->bytes);
        return NULL;
    }
    Class *s = class_load_for_reference(t, c->loader, name);
    if (s) unit_needs(c->unit, s);
    return s;
}

/* What the parser calls for each superinterface. */
typedef struct Definition { Thread *thread; Loader *loader; bool in_progress; } Definition;

static void progress_begin(Definition *d, Class *c)
{
    c->loader = d->loader;
    if (!d->in_progress) vec_push(&in_progress, ((InProgress){ d->loader, c->name, d->thread }));
    d->in_progress = true;
}

static bool load_interface(void *context, Class *c, u32 i, u16 index)
{
    Definition *d = context;
    progress_begin(d, c);
    if (!c->interfaces) c->interfaces = unit_alloc_cold(c->unit, c->ninterfaces * sizeof *c->interfaces, 8);
    c->interfaces[i] = load_supertype(d->thread, c, index);
    return c->interfaces[i] && check_is_interface(d->thread, c, c->interfaces[i]);
}

/* Properties that subclasses inherit, and those that a few boot classes begin. */
static void set_flags(Class *c)
{
    enum { INHERITED = CLASS_FINALIZABLE | CLASS_REFERENCE | CLASS_CLONEABLE | CLASS_MAGIC };
    if (c->super) c->access |= c->super->access & INHERITED;
    for (u32 i = 0; i < c->ninterfaces; i++) c->access |= c->interfaces[i]->access & CLASS_CLONEABLE;
    if (c->loader != boot_loader) return;
    const char *name = c->name->bytes;
    if (!strcmp(name, "java/lang/Cloneable")) c->access |= CLASS_CLONEABLE;
    if (!strcmp(name, "java/lang/ref/Reference")) c->access |= CLASS_REFERENCE;
    if (!strcmp(name, "jdk/internal/reflect/MagicAccessorImpl")) c->access |= CLASS_MAGIC;
}

static void number_interface_methods(Class *c)
{
    if (!(c->access & ACC_INTERFACE)) return;
    for (u32 i = 0; i < c->nmethods; i++) {
        Method *m = &c->methods[i];
        if (!(m->access & (ACC_STATIC | ACC_PRIVATE)) && m->name->bytes[0] != '<') m->iindex = (i32)c->next_iindex++;
    }
}

static bool throw_duplicate(Thread *t, Loader *l, const Class *c)
{
    char *name = class_java_name(c), *where = class_in_module_and_parent(t, c);
    throw_new(t, "java/lang/LinkageError", "loader %s attempted duplicate %s definition for %s. (%s)", l->name_and_id->bytes, class_kind(c), name, where);
    free(name), free(where);
    return false;
}

/* Makes it visible: registry, loader, class hierarchy, mirror. */
static bool publish(Thread *t, Class *c, const DefineOptions *o)
{
    bool hidden = c->access & CLASS_HIDDEN;
    Loader *l = c->loader;
    if (!hidden && class_find_loaded(l, c->name)) return throw_duplicate(t, l, class_find_loaded(l, c->name));
    if (!hidden && !constraints_class(t, l, c)) return false;
    if (!class_make_mirror(t, c) && t->exception) return false;
    c->protection_domain = o->protection_domain;
    if (o->class_data) store_ref(c->mirror, off.Class_classData, o->class_data);
    class_register(c);
    c->next_in_loader = l->classes;
    l->classes = c;
    if (!hidden) loader_record(l, c->name, c);
    if (c->super) class_add_subclass(c->super, c);
    if (c->unit) {
        unit_add_root(c->unit, &c->init_error);
        unit_add_root(c->unit, &c->protection_domain);
        unit_add_root(c->unit, &c->signers);
        if (c->unit != l->unit) c->unit->hidden = c;
    }
    return true;
}

static void announce(const Class *c, const DefineOptions *o)
{
    charge_begin(SVC_CLASS);
    charge_units(define, 1);
    charge_touch(c, sizeof *c, true);
    charge_touch(c->methods, c->nmethods * sizeof(Method), true);
    charge_end();
    LOG(class, "%s from %s", c->name->bytes, o->source ? o->source : "?");
    if (!vm_options.verbose_class) return;
    char *name = class_java_name(c);
    ul_log(UL_CLASS_LOAD, "%s source: %s", name, o->source ? o->source : "__JVM_DefineClass__");
    free(name);
}

static bool complete(Thread *t, const ParsedClass *pc, const DefineOptions *o)
{
    Class *c = pc->c;
    if (pc->super_index && !(c->super = load_supertype(t, c, pc->super_index))) return false;
    if (o->hidden_host) {
        c->module = o->hidden_host->module;
        if (o->nestmate) unit_needs(c->unit, c->nest_host = class_nest_host(t, o->hidden_host));
    } else class_set_module(c);
    if (c->access & CLASS_HIDDEN && !c->nest_host) c->nest_host = c;
    set_flags(c);
    if (c->super && !check_super(t, c)) return false;
    for (u32 i = 0; i < c->ninterfaces; i++)
        if (!check_interface(t, c, c->interfaces[i])) return false;
    if (!class_check_finals(t, c)) return false;
    class_set_supers(c);
    number_interface_methods(c);
    if (!class_layout_instance(c)) {
        throw_new(t, "java/lang/ClassFormatError", "Too many instance fields in class file %s", c->name->bytes);
        return false;
    }
    return publish(t, c, o);
}

/* The platform and boot loaders' classes, and hidden ones that ask for it, may use the VM's annotations. */
static bool honours_annotations(const Loader *l, const DefineOptions *o)
{
    if (o->hidden) return o->vm_annotations;
    return l == boot_loader || !strcmp(l->name_and_id->bytes, "'platform'") || o->vm_annotations;
}

/* ClassLoader.addClass keeps the class with its loader, on the Java side too. */
static bool tell_loader(Thread *t, Class *c)
{
    bool own = c->access & CLASS_HIDDEN && (!c->unit || c->unit != c->loader->unit);
    if (!c->loader->java || own) return true;
    vm_callv(t, meth.ClassLoader_addClass, (u64)c->loader->java, (u64)c->mirror);
    return !t->exception;
}

static bool parse(Thread *t, const u8 *data, size_t length, const ParseOptions *p, ParsedClass *pc)
{
    ClassFileError error;
    charge_begin(SVC_CLASS);
    charge_touch(data, length, false);
    charge_units(parse_byte, length);
    charge_end();
    if (classfile_parse(data, length, p, pc, &error)) return true;
    if (error.exception) throw_new(t, error.exception, "%s", error.message);
    ASSERT(t->exception);
    return false;
}

/* The names of a hidden class: `given` is known to its definer and its own constant pool, the other to itself. Lambdas by the million have
   such names. */
static void own_names(const ParseOptions *p, Class *c)
{
    Symbol *given = p->expected_name;
    if (c->name->uses == 1) unit_owns_symbol(p->unit, c->name);
    if (given && given->uses == 2) unit_owns_symbol(p->unit, given);
}

/* Parses and completes; the class is visible to others then. */
static bool define(Thread *t, Loader *l, const u8 *data, size_t length, ParseOptions *p, ParsedClass *pc, const DefineOptions *o)
{
    Definition d = { .thread = t, .loader = l };
    p->interface = load_interface, p->context = &d;
    bool ok = parse(t, data, length, p, pc);
    if (ok) {
        if (o->hidden) own_names(p, pc->c);
        progress_begin(&d, pc->c);
        if (p->vm_annotations) pc->c->access |= CLASS_VM_ANNOTATIONS;
        Class *before = o->hidden ? NULL : class_find_loaded(l, pc->c->name);
        ok = before ? throw_duplicate(t, l, before) : complete(t, pc, o);
    }
    if (d.in_progress) progress_end(t, l, pc->c->name);
    return ok;
}

Class *class_define(Thread *t, Loader *l, Symbol *expected, const u8 *data, size_t length, const DefineOptions *options)
{
    static u64 hidden_count;
    static const DefineOptions none;
    const DefineOptions *o = options ? options : &none;
    char suffix[24];
    snprintf(suffix, sizeof suffix, "+0x%016llx", (unsigned long long)(o->hidden ? ++hidden_count << 10 : 0));
    u8 *copy = NULL;
    if (!jimage_contains(data)) data = copy = memcpy(xmalloc(length + 1), data, length);
    ParseOptions p = { .expected_name = expected, .hidden = o->hidden, .hidden_suffix = suffix, .boot = l == boot_loader,
                       .vm_annotations = honours_annotations(l, o), .unit = o->hidden && !o->strong ? unit_new() : l->unit };
    ParsedClass pc;
    bool ok = define(t, l, data, length, &p, &pc, o);
    if (ok) announce(pc.c, o);
    if (!ok) {
        if (p.unit != l->unit) unit_free(p.unit);
        free(copy);
        return NULL;
    }
    if (!tell_loader(t, pc.c)) return NULL;
    if (vm_hooks.class_defined) vm_hooks.class_defined(pc.c);
    return pc.c;
}
