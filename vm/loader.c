/* Class loaders: their dictionaries and packages, and loading a class by name (JVMS 5.3): from the boot image for the boot
   loader, through loader.loadClass for all others. Which threads may load what at once is the Java side's business, but for
   loaders that are not parallel-capable: those are locked around the call, as the library expects. */
#define _GNU_SOURCE
#include "vm/constraints.h"
#include "vm/loader.h"
#include "vm/module.h"
#include "vm/names.h"
#include "vm/unit.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include <stdio.h>
#include <string.h>

Loader *boot_loader;
static Vec(Loader *) loaders;
static Vec(Symbol *) boot_packages; /* with loaded classes, in order */
static Map boot_locations;          /* Symbol* -> const char*: package first loaded from there */

/* ---- Loaders ------------------------------------------------------------------------------------------------------- */

/* The JDK's own loaders live as long as the process. */
static bool is_permanent(const Object *java)
{
    return !java || !strncmp(object_class(java)->name->bytes, "jdk/internal/loader/ClassLoaders$", 33);
}

static Loader *loader_make(Object *java)
{
    static u32 count;
    Unit *u = is_permanent(java) ? NULL : unit_new();
    Loader *l = unit_alloc(u, sizeof *l, 16);
    l->unit = u;
    if (u) u->loader = l;
    l->id = count++;
    l->java = java;
    l->dictionary = xcalloc(1, sizeof(Map));
    l->packages = xcalloc(1, sizeof(Map));
    l->unnamed = unit_alloc(u, sizeof(Module), 16);
    l->unnamed->loader = l;
    l->unnamed->open = true;
    vec_push(&loaders, l);
    return l;
}

void loader_boot_init(void)
{
    if (boot_loader) return;
    boot_loader = loader_make(NULL);
    boot_loader->name_and_id = symbol_of("'bootstrap'");
}

/* As messages name it: 'app', or class @identity hash. ClassLoader computes it in its constructor. */
static Symbol *loader_name(Thread *t, Object *java)
{
    Object *name = load_ref(java, off.ClassLoader_nameAndId);
    if (name) return string_symbol(name, false);
    char *class_name = class_java_name(object_class(java));
    char *text = xasprintf("%s @%x", class_name, object_hash(t, java));
    Symbol *s = symbol_of(text);
    free(class_name), free(text);
    return s;
}

Loader *loader_of(Thread *t, Object *java)
{
    if (!java) return boot_loader;
    Loader *l = FIELD(java, Loader *, off.ClassLoader_vmloader);
    if (l) return l;
    l = loader_make(java);
    if (!l->unit) vm_add_root(&l->java);
    l->name_and_id = loader_name(t, java);
    module_unnamed(l);
    FIELD(java, Loader *, off.ClassLoader_vmloader) = l;
    LOG(class, "loader %u: %s", l->id, l->name_and_id->bytes);
    return l;
}

void loaders_each(void (*fn)(void *ctx, Loader *l), void *ctx)
{
    for (size_t i = 0; i < loaders.len; i++) fn(ctx, loaders.data[i]);
}

void loader_remove_class(Loader *l, const Class *c)
{
    Class **at = &l->classes;
    while (*at && *at != c) at = &(*at)->next_in_loader;
    if (*at) *at = c->next_in_loader;
}

void loader_forget(Loader *l)
{
    map_free(l->dictionary), map_free(l->packages);
    free(l->dictionary), free(l->packages);
    size_t n = 0;
    for (size_t i = 0; i < loaders.len; i++)
        if (loaders.data[i] != l) loaders.data[n++] = loaders.data[i];
    loaders.len = n;
}

void loader_add_package(Loader *l, Symbol *package, Module *m) { *map_put(l->packages, (u64)package) = (u64)m; }

Module *module_of_package(Loader *l, Symbol *package)
{
    u64 *m = map_get(l->packages, (u64)package);
    return m ? (Module *)*m : NULL;
}

void loader_record(Loader *l, Symbol *name, Class *c)
{
    u64 *slot = map_put(l->dictionary, (u64)name);
    ASSERT(!*slot || *slot == (u64)c);
    *slot = (u64)c;
}

Class *class_find_loaded(Loader *l, Symbol *name)
{
    u64 *c = map_get(l->dictionary, (u64)name);
    return c ? (Class *)*c : NULL;
}

/* ---- The boot loader --------------------------------------------------------------------------------------------------- */

bool boot_find_resource(const char *path, Bytes *out, const char **where)
{
    Map *packages = boot_loader->packages;
    *where = NULL;
    if (!packages->len) return jimage_find("java.base", path, out); /* java.base is not defined yet: nothing else exists */
    const char *slash = strrchr(path, '/');
    Symbol *package = slash ? symbol_lookup(path, (size_t)(slash - path)) : NULL;
    Module *m = package ? module_of_package(boot_loader, package) : NULL;
    if (m && m->name) return jimage_find(m->name->bytes, path, out);
    return bootpath_find(path, out, where);
}

static void note_package(Symbol *class_name, const char *where)
{
    Symbol *package = package_of_name(class_name);
    if (map_get(&boot_locations, (u64)package)) return;
    *map_put(&boot_locations, (u64)package) = (u64)where;
    vec_push(&boot_packages, package);
}

const char *class_boot_package_location(Symbol *package)
{
    u64 *where = map_get(&boot_locations, (u64)package);
    if (!where) return NULL;
    if (*where) return (const char *)*where;
    Module *m = module_of_package(boot_loader, package);
    return m && m->location ? m->location->bytes : "jrt:/java.base";
}

void class_boot_packages_each(void (*fn)(void *ctx, Symbol *package, const char *location), void *ctx)
{
    for (size_t i = 0; i < boot_packages.len; i++) fn(ctx, boot_packages.data[i], class_boot_package_location(boot_packages.data[i]));
}

/* NULL without exception: not found. */
static Class *boot_load(Thread *t, Symbol *name)
{
    char path[1024];
    Bytes data;
    const char *where;
    if (snprintf(path, sizeof path, "%s.class", name->bytes) >= (int)sizeof path) return NULL;
    if (!boot_find_resource(path, &data, &where)) return NULL;
    DefineOptions options = { .source = where ? where : "jrt:/" };
    Class *c = class_define(t, boot_loader, name, data.data, data.length, &options);
    if (!jimage_contains(data.data)) free((void *)data.data);
    if (c) note_package(name, where);
    return c;
}

/* ---- Other loaders ----------------------------------------------------------------------------------------------------- */

/* loader.loadClass(dotted name). NULL: it threw, or returned null or another class (then nothing is pending). */
static Class *java_load(Thread *t, Loader *l, Symbol *name)
{
    char *dotted = xstrdup(name->bytes);
    for (char *p = dotted; *p; p++)
        if (*p == '/') *p = '.';
    Object *string = string_new(t, dotted), *loader = l->java;
    free(dotted);
    if (!string) return NULL;
    bool lock = !load_ref(loader, off.ClassLoader_parallelLockMap);
    if (lock && !monitor_enter(t, loader)) return NULL;
    const u64 args[] = { (u64)loader, (u64)string };
    Object *mirror = (Object *)vm_call_virtual(t, meth.ClassLoader_loadClass, args);
    if (lock) {
        Object *pending = exception_take(t);
        monitor_exit(t, loader);
        if (pending) t->exception = pending;
    }
    if (t->exception || !mirror) return NULL;
    Class *c = mirror_class(mirror), *known = class_find_loaded(l, name);
    if (c->name != name || c->kind != CLASS_INSTANCE) return NULL;
    if (known) return known;
    if (!constraints_class(t, l, c)) return NULL;
    unit_needs(l->unit, c);
    loader_record(l, name, c);
    return c;
}

/* Element class, then as many dimensions. */
static Class *array_load(Thread *t, Loader *l, Symbol *name)
{
    if (!descriptor_check(name->bytes, name->length, false)) return NULL;
    return class_of_descriptor(t, l, name->bytes, name->length);
}

static Class *load(Thread *t, Loader *l, Symbol *name)
{
    Class *c = class_find_loaded(l, name);
    if (c) return c;
    if (name->bytes[0] == '[') return array_load(t, l, name);
    if (l != boot_loader) return java_load(t, l, name);
    return boot_load(t, name);
}

Class *class_load(Thread *t, Loader *l, Symbol *name)
{
    Class *c = load(t, l, name);
    if (!c && !t->exception) throw_new(t, "java/lang/ClassNotFoundException", "%s", name->bytes);
    return c;
}

static bool pending_not_found(const Thread *t)
{
    return t->exception && wk.ClassNotFoundException && class_subtype(object_class(t->exception), wk.ClassNotFoundException);
}

Class *class_load_or_null(Thread *t, Loader *l, Symbol *name)
{
    Class *c = load(t, l, name);
    if (!c && pending_not_found(t)) t->exception = NULL;
    return c;
}

Class *class_load_for_reference(Thread *t, Loader *l, Symbol *name)
{
    Class *c = load(t, l, name);
    if (c) return c;
    if (!t->exception) throw_new(t, "java/lang/NoClassDefFoundError", "%s", name->bytes);
    else if (pending_not_found(t)) {
        Object *cause = exception_take(t), *message = string_of_symbol(t, name);
        if (message) throw_class(t, wk.NoClassDefFoundError, message, cause);
    }
    return NULL;
}

Class *class_boot(const char *name)
{
    Thread *t = current_thread;
    Class *c = class_load(t, boot_loader, symbol_of(name));
    if (!c) die("the class library in %s lacks class %s", vm_options.java_home, name);
    return c;
}

Class *class_of_descriptor(Thread *t, Loader *l, const char *desc, size_t length)
{
    size_t dims = 0;
    while (dims < length && desc[dims] == '[') dims++;
    ASSERT(dims < length);
    Class *c;
    if (desc[dims] == 'L') {
        ASSERT(desc[length - 1] == ';');
        c = class_load(t, l, symbol_intern(desc + dims + 1, length - dims - 2));
    } else c = class_primitive(descriptor_type(desc[dims]));
    for (; c && dims; dims--) c = class_array_of(c);
    return c;
}
