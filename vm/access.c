/* Access control (JVMS 5.4.4): classes by package and module, members by package, subclassing and nest. */
#include "vm/loader.h"
#include "vm/module.h"
#include "vm/access.h"
#include "vm/names.h"
#include "vm/unit.h"
#include "base/log.h"
#include "base/vec.h"
#include <string.h>

static Class *element_of(Class *c) { return c->kind == CLASS_ARRAY ? c->element : c; }

bool access_class(Thread *t, Class *from, Class *to)
{
    (void)t;
    to = element_of(to);
    if (to->kind == CLASS_PRIMITIVE || from == to || from->access & CLASS_MAGIC || class_same_package(from, to)) return true;
    return to->access & ACC_PUBLIC && module_can_access(from, to);
}

static bool protected_access(const Class *from, const Class *through, const Class *holder, u32 access)
{
    if (!class_subtype(from, holder)) return false;
    return access & ACC_STATIC || from == through || class_subtype(through, from) || class_subtype(from, through);
}

bool access_member(Thread *t, Class *from, Class *through, Class *holder, u32 access)
{
    if (access & ACC_PUBLIC || from == holder || from->access & CLASS_MAGIC) return true;
    if (access & ACC_PRIVATE) return class_same_nest(t, from, holder);
    if (class_same_package(from, holder)) return true;
    return access & ACC_PROTECTED && protected_access(from, through, holder, access);
}

void access_throw_class(Thread *t, Class *from, Class *to)
{
    to = element_of(to);
    const char *error = "java/lang/IllegalAccessError";
    char *text;
    if (!module_can_access(from, to)) text = module_access_problem(from, to);
    else {
        char *a = class_java_name(to), *b = class_java_name(from), *where = classes_where(to, from);
        text = xasprintf("failed to access class %s from class %s (%s)", a, b, where);
        free(a), free(b), free(where);
    }
    throw_new(t, error, "%s", text);
    free(text);
}

/* "abstract private ": the modifiers that HotSpot mentions. */
static const char *modifiers(u32 access, bool method)
{
    bool abstract = method && access & ACC_ABSTRACT;
    if (access & ACC_PROTECTED) return abstract ? "abstract protected " : "protected ";
    if (access & ACC_PRIVATE) return abstract ? "abstract private " : "private ";
    return abstract ? "abstract " : "";
}

/* ", (why the nest hosts of both are not what they claim)", if so; malloc'ed. */
static char *nest_errors(const Class *a, const Class *b)
{
    const char *x = a->nest_error, *y = b->nest_error;
    return x || y ? xasprintf(", (%s%s%s)", x ? x : "", x && y ? ", " : "", y ? y : "") : xstrdup("");
}

void access_throw_method(Thread *t, Class *from, const Method *m)
{
    char *a = class_java_name(from), *text = method_external_name(m->owner, m->name, m->desc), *where = classes_where(from, m->owner);
    char *nests = m->access & ACC_PRIVATE ? nest_errors(from, m->owner) : xstrdup("");
    throw_new(t, "java/lang/IllegalAccessError", "class %s tried to access %smethod '%s' (%s)%s", a, modifiers(m->access, true), text, where, nests);
    free(a), free(text), free(where), free(nests);
}

void access_throw_field(Thread *t, Class *from, const Field *f)
{
    char *a = class_java_name(from), *b = class_java_name(f->owner), *where = classes_where(from, f->owner);
    char *nests = f->access & ACC_PRIVATE ? nest_errors(from, f->owner) : xstrdup("");
    throw_new(t, "java/lang/IllegalAccessError", "class %s tried to access %sfield %s.%s (%s)%s", a, modifiers(f->access, false), b, f->name->bytes, where, nests);
    free(a), free(b), free(where), free(nests);
}

/* ---- Nests (JVMS 5.4.4) ----------------------------------------------------------------------------------------------- */

static bool lists_member(const Class *host, const Symbol *name)
{
    const u8 *p = host->nest_members.data;
    for (u32 n = p ? (u32)(p[0] << 8 | p[1]) : 0, i = 0; i < n; i++)
        if (cp_class_name(host->cp, (u32)(p[2 + i * 2] << 8 | p[3 + i * 2])) == name) return true;
    return false;
}

static const char *loader_text(const Class *c)
{
    return c->loader->name_and_id ? c->loader->name_and_id->bytes : "'bootstrap'";
}

/* Keeps the text, which is freed, with the class. */
static void keep_nest_error(Class *c, char *text)
{
    size_t n = strlen(text) + 1;
    c->nest_error = memcpy(unit_alloc_cold(c->unit, n, 1), text, n);
    LOG(resolve, "%s", text);
    free(text);
}

static void nest_host_missing(Thread *t, Class *c, const Symbol *host)
{
    char *name = class_java_name(c), *error = exception_headline(exception_take(t));
    char *dotted = xstrdup(host->bytes);
    for (char *p = dotted; *p; p++)
        if (*p == '/') *p = '.';
    keep_nest_error(c, xasprintf("Nest host resolution of %s with host %s failed: %s", name, dotted, error));
    free(name), free(error), free(dotted);
}

static void nest_host_disagrees(Class *c, const Class *host, bool elsewhere)
{
    char *a = class_java_name(c), *b = class_java_name(host);
    keep_nest_error(c, xasprintf("Type %s (loader: %s) is not a nest member of type %s (loader: %s): %s", a, loader_text(c), b, loader_text(host),
                                 elsewhere ? "types are in different packages" : "current type is not listed as a nest member"));
    free(a), free(b);
}

/* The host that the attribute names, if it exists, is in the same package and agrees. */
static Class *claimed_host(Thread *t, Class *c)
{
    Object *pending = exception_take(t);
    Symbol *name = cp_class_name(c->cp, c->nest_host_index);
    Class *host = class_load_for_reference(t, c->loader, name);
    if (!host) {
        nest_host_missing(t, c, name);
    } else {
        bool elsewhere = host->kind != CLASS_INSTANCE || !class_same_package(host, c);
        if (elsewhere || !lists_member(host, c->name)) nest_host_disagrees(c, host, elsewhere), host = NULL;
    }
    t->exception = pending;
    return host;
}

Class *class_nest_host(Thread *t, Class *c)
{
    if (c->kind != CLASS_INSTANCE) return c;
    if (c->nest_host) return c->nest_host;
    Class *host = c->nest_host_index ? claimed_host(t, c) : c;
    c->nest_host = host ? host : c;
    unit_needs(c->unit, c->nest_host);
    return c->nest_host;
}

bool class_same_nest(Thread *t, Class *a, Class *b)
{
    return a == b || class_nest_host(t, a) == class_nest_host(t, b);
}
