/* Modules: records of what java.lang.Module told the VM (its natives end here), and the check that class access makes of
   them. A package's module is kept by its loader (loader.c); readability and exports are sets in the Module itself.

   Life of java.base: until it is defined, Class.module of every class is null; its definition sets it in all classes loaded so
   far, primitives and arrays included. Unnamed modules: one per loader, whose java.lang.Module is made by ClassLoader's
   constructor and found through ClassLoader.unnamedModule, but for the boot loader's, which BootLoader hands over. */
#include "vm/module.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/loader.h"
#include "vm/names.h"
#include "vm/unit.h"
#include <string.h>

/* Who a package is exported to. */
typedef struct Export { bool all, all_unnamed; Map to; /* set of Module * */ } Export;

/* `reads` is a Map (set of Module *), where key READS_UNNAMED stands for every unnamed module; `exports` a Map Symbol * -> Export *. */
enum { READS_UNNAMED = 1 };

static bool base_defined; /* java.base has its Module object: new classes get Class.module */

Module *module_new(Symbol *name, Loader *loader)
{
    Module *m = xcalloc(1, sizeof *m);
    m->name = name;
    m->loader = loader;
    m->open = name == NULL;
    m->reads = xcalloc(1, sizeof(Map));
    m->exports = xcalloc(1, sizeof(Map));
    return m;
}

/* Records made elsewhere (the boot loader's first ones) may lack their sets. */
static Map *reads_of(Module *m)
{
    if (!m->reads) m->reads = xcalloc(1, sizeof(Map));
    return m->reads;
}

static Map *exports_of(Module *m)
{
    if (!m->exports) m->exports = xcalloc(1, sizeof(Map));
    return m->exports;
}

/* Ties a record and a java.lang.Module together. */
static void bind(Module *m, Object *java)
{
    if (!m->rooted) unit_add_root(m->loader ? m->loader->unit : NULL, &m->java);
    m->rooted = true;
    m->java = java;
    FIELD(java, i64, off.Module_vmmodule) = (i64)m;
}

Module *module_unnamed(Loader *loader)
{
    if (!loader->unnamed) loader->unnamed = module_new(NULL, loader);
    Module *m = loader->unnamed;
    if (!m->java && loader->java) {
        Object *java = load_ref(loader->java, off.ClassLoader_unnamedModule);
        if (java) bind(m, java);
    }
    return m;
}

Module *module_of_object(Thread *t, Object *java)
{
    Module *m = (Module *)FIELD(java, i64, off.Module_vmmodule);
    if (m || load_ref(java, off.Module_name)) return m;
    Object *loader = load_ref(java, off.Module_loader);
    if (!loader) { /* the boot loader's, or Module.ALL_UNNAMED and EVERYONE, which belong to nobody */
        return boot_loader->unnamed && boot_loader->unnamed->java == java ? boot_loader->unnamed : NULL;
    }
    m = module_unnamed(loader_of(t, loader));
    return m->java == java ? m : NULL;
}

Object *module_object(Module *m)
{
    if (!m || !base_defined) return NULL;
    if (!m->java && !m->name && m->loader) module_unnamed(m->loader);
    return m->java;
}

/* ---- Definition ------------------------------------------------------------------------------------------ */
typedef struct BaseFix { Module *base; } BaseFix;

static void give_class_module(Class *c, Module *base)
{
    c->module = base;
    if (c->mirror) store_ref(c->mirror, off.Class_module, base->java);
    if (c->array_class) give_class_module(c->array_class, base);
}

/* Classes loaded before java.base was defined are java.base's. */
static void fix_class(void *ctx, Class *c)
{
    BaseFix *fix = ctx;
    if (c->loader == boot_loader || c->kind == CLASS_PRIMITIVE) give_class_module(c, fix->base);
}

static Module *define_base(Symbol *name, Object *java)
{
    Module *m = module_of_package(boot_loader, symbol_of("java/lang"));
    if (!m || !m->name) m = module_new(name, boot_loader);
    bind(m, java);
    base_defined = true;
    BaseFix fix = { m };
    classes_each(fix_class, &fix);
    for (int type = T_BOOLEAN; type <= T_LONG; type++) give_class_module(class_primitive((BasicType)type), m);
    give_class_module(class_primitive(T_VOID), m);
    return m;
}

/* JLS names of packages: letters, no empty component, no leading or trailing slash, and nothing that descriptors use. */
static bool package_name_ok(const Symbol *p)
{
    if (!p->length || p->bytes[0] == '/' || p->bytes[p->length - 1] == '/') return false;
    return !strstr(p->bytes, "//") && !strpbrk(p->bytes, ".;[");
}

static bool is_platform_loader(const Loader *l)
{
    return l == boot_loader || (l->java && !strcmp(object_class(l->java)->name->bytes, "jdk/internal/loader/ClassLoaders$PlatformClassLoader"));
}

typedef Vec(Module *) ModuleList;
static ModuleList defined_modules; /* named ones, in order of definition */

static Module *find_defined(const Loader *loader, const Symbol *name)
{
    for (size_t i = 0; i < defined_modules.len; i++)
        if (defined_modules.data[i]->loader == loader && defined_modules.data[i]->name == name) return defined_modules.data[i];
    return NULL;
}

/* The rules of Module.defineModule0; false: thrown. */
static bool check_definition(Thread *t, Loader *loader, Symbol *name, Symbol *const *packages, u32 n)
{
    const char *iae = "java/lang/IllegalArgumentException", *ise = "java/lang/IllegalStateException";
    const char *in = loader == boot_loader ? "boot loader" : "class loader";
    if (find_defined(loader, name)) return throw_new(t, ise, "Module %s is already defined", name->bytes), false;
    for (u32 i = 0; i < n; i++) {
        const Symbol *p = packages[i];
        if (!package_name_ok(p)) return throw_new(t, iae, "Invalid package name: %s for module: %s", p->bytes, name->bytes), false;
        bool java = !strncmp(p->bytes, "java", 4) && (p->bytes[4] == '/' || !p->bytes[4]);
        if (java && !is_platform_loader(loader))
            return throw_new(t, iae, "Class loader (instance of): %s tried to define prohibited package name: %s",
                             object_class(loader->java)->name->bytes, p->bytes), false;
        Module *owner = module_of_package(loader, packages[i]);
        if (owner && owner->name)
            return throw_new(t, ise, "Package %s is already in another module, %s, defined to the %s", p->bytes, owner->name->bytes, in), false;
    }
    return true;
}

void module_define(Thread *t, Object *java, bool open, Symbol *version, Symbol *location, Symbol *const *packages, u32 npackages)
{
    Object *name_string = load_ref(java, off.Module_name);
    if (!name_string) return throw_new(t, "java/lang/IllegalArgumentException", "Module name cannot be null");
    Symbol *name = string_symbol(name_string, false);
    Loader *loader = loader_of(t, load_ref(java, off.Module_loader));
    Module *m;
    if (name == symbol_of("java.base")) {
        if (base_defined) return throw_new(t, "java/lang/InternalError", "Module java.base is already defined");
        if (loader != boot_loader)
            return throw_new(t, "java/lang/IllegalArgumentException", "Class loader must be the boot class loader");
        m = define_base(name, java);
    } else {
        if (!check_definition(t, loader, name, packages, npackages)) return;
        m = module_new(name, loader);
        bind(m, java);
    }
    m->name = name;
    m->open = open;
    m->version = version;
    m->location = location;
    vec_push(&defined_modules, m);
    for (u32 i = 0; i < npackages; i++) loader_add_package(loader, packages[i], m);
    LOG(module, "defined %s with %u packages in loader %u", name->bytes, npackages, loader->id);
}

void module_set_boot_unnamed(Thread *t, Object *java)
{
    if (load_ref(java, off.Module_loader) || load_ref(java, off.Module_name))
        return throw_new(t, "java/lang/IllegalArgumentException", "Class loader must be the boot class loader");
    if (!boot_loader->unnamed) boot_loader->unnamed = module_new(NULL, boot_loader);
    Module *m = boot_loader->unnamed;
    bind(m, java);
}

/* ---- Readability and exports ------------------------------------------------------------------------------ */
/* The record of a module that a native names; throws IllegalArgumentException. */
static Module *required(Thread *t, Object *java, const char *what)
{
    if (!java) return throw_new(t, "java/lang/NullPointerException", "%s is null", what), NULL;
    Module *m = module_of_object(t, java);
    if (!m && !t->exception) throw_new(t, "java/lang/IllegalArgumentException", "%s is not valid", what);
    return m;
}

void module_add_reads(Thread *t, Object *from, Object *to)
{
    Module *f = required(t, from, "from_module");
    if (!f) return;
    if (!to) {
        *map_put(reads_of(f), READS_UNNAMED) = 1;
        return;
    }
    Module *m = required(t, to, "to_module");
    if (m && m != f && f->name) *map_put(reads_of(f), (u64)m) = 1;
}

/* The export record of a package that `m` contains; NULL: nothing to record (open, unnamed), or thrown. */
static Export *export_of(Thread *t, Module *m, Symbol *package)
{
    if (!m->name || m->open) return NULL;
    if (module_of_package(m->loader, package) != m)
        return throw_new(t, "java/lang/IllegalArgumentException", "Package %s not found in from_module %s", package->bytes, m->name->bytes), NULL;
    u64 *slot = map_put(exports_of(m), (u64)package);
    if (!*slot) *slot = (u64)xcalloc(1, sizeof(Export));
    return (Export *)*slot;
}

void module_add_export(Thread *t, Object *from, Symbol *package, Object *to)
{
    if (!package) return throw_new(t, "java/lang/NullPointerException", "package is null");
    Module *f = required(t, from, "from_module");
    Module *m = f ? required(t, to, "to_module") : NULL;
    if (!m) return;
    Export *e = export_of(t, f, package);
    if (e && m != f) *map_put(&e->to, (u64)m) = 1;
}

void module_add_export_all(Thread *t, Object *from, Symbol *package, bool unnamed_only)
{
    if (!package) return throw_new(t, "java/lang/NullPointerException", "package is null");
    Module *f = required(t, from, "from_module");
    Export *e = f ? export_of(t, f, package) : NULL;
    if (!e) return;
    if (unnamed_only) e->all_unnamed = true;
    else e->all = true;
}

/* ---- Unloading ----------------------------------------------------------------------------------------------- */
static void forget_export_to(Module *m, const Module *gone)
{
    MapEntry *e;
    for (size_t i = 0; m->exports && (e = map_next(m->exports, &i)); ) map_del(&((Export *)e->value)->to, (u64)gone);
    if (m->reads) map_del(m->reads, (u64)gone);
}

static void each_relation(void *ctx, Loader *l)
{
    if (l->unnamed) forget_export_to(l->unnamed, ctx);
}

static void forget_module(Module *gone)
{
    MapEntry *e;
    for (size_t i = 0; i < defined_modules.len; i++) forget_export_to(defined_modules.data[i], gone);
    loaders_each(each_relation, gone);
    for (size_t i = 0; gone->exports && (e = map_next(gone->exports, &i)); ) {
        map_free(&((Export *)e->value)->to);
        free((Export *)e->value);
    }
    if (gone->exports) map_free(gone->exports);
    if (gone->reads) map_free(gone->reads);
    free(gone->exports), free(gone->reads);
    gone->exports = gone->reads = NULL;
}

void modules_forget_loader(Loader *l)
{
    for (size_t i = defined_modules.len; i-- > 0; ) {
        Module *m = defined_modules.data[i];
        if (m->loader != l) continue;
        forget_module(m);
        memmove(&defined_modules.data[i], &defined_modules.data[i + 1], (defined_modules.len - i - 1) * sizeof m);
        defined_modules.len--;
        free(m);
    }
    if (l->unnamed) forget_module(l->unnamed);
}

/* ---- Checks ------------------------------------------------------------------------------------------------- */
static bool is_base(const Module *m) { return m->name && m->loader == boot_loader && !strcmp(m->name->bytes, "java.base"); }

bool module_reads(const Module *from, const Module *to)
{
    if (from == to || !from->name || is_base(to)) return true;
    const Map *reads = from->reads;
    if (!reads) return false;
    return map_get(reads, (u64)to) || (!to->name && map_get(reads, READS_UNNAMED));
}

bool module_exports(const Module *m, const Symbol *package, const Module *to)
{
    if (m == to || !m->name || m->open) return true;
    u64 *slot = m->exports ? map_get(m->exports, (u64)package) : NULL;
    if (!slot) return false;
    const Export *e = (const Export *)*slot;
    return e->all || (e->all_unnamed && !to->name) || map_get(&e->to, (u64)to);
}

/* The class whose module and package decide: an array's element. */
static Class *element(Class *c) { return c->element ? c->element : c; }

bool module_can_access(Class *from, Class *to)
{
    to = element(to);
    const Module *f = from->module, *m = to->module;
    if (!base_defined || f == m || !f || !m || to->kind == CLASS_PRIMITIVE) return true;
    return module_reads(f, m) && module_exports(m, class_package(to), f);
}

/* "module java.base", "unnamed module @0x5" */
static char *module_text(const Module *m)
{
    if (m->name) return xasprintf("module %s", m->name->bytes);
    return xasprintf("unnamed module @0x%x", m->java ? object_hash(current_thread, m->java) : 0);
}

char *module_access_problem(Class *from, Class *to)
{
    to = element(to);
    Module *f = from->module, *m = to->module;
    ASSERT(f && m && f != m);
    char *from_name = class_external_name(from), *to_name = class_external_name(to);
    char *fm = module_text(f), *tm = module_text(m), *text;
    if (!module_reads(f, m)) {
        text = xasprintf("class %s (in %s) cannot access class %s (in %s) because %s does not read %s", from_name, fm, to_name, tm, fm, tm);
    } else {
        char *package = xstrdup(class_package(to)->bytes);
        for (char *p = package; *p; p++)
            if (*p == '/') *p = '.';
        text = xasprintf("class %s (in %s) cannot access class %s (in %s) because %s does not export %s to %s", from_name, fm, to_name, tm, tm,
                         package, fm);
        free(package);
    }
    free(from_name), free(to_name), free(fm), free(tm);
    return text;
}
