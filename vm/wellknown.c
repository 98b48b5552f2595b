/* The classes, fields and methods that the VM itself uses (wellknown.def): loading them at boot and filling wk, off and meth. The
   classes that come before java.lang.Class get their mirrors here. */
#include "vm/loader.h"
#include "base/log.h"
#include <string.h>

WellKnownClasses wk;
WellKnownOffsets off;
WellKnownMethods meth;

/* ---- The table, in four forms --------------------------------------------------------------------------------------------- */

#define NOTHING(...)
#define CLASS(id, name) WK_##id,
#define FIELD_ NOTHING
#define STATIC NOTHING
#define INJECT NOTHING
#define METHOD NOTHING
enum {
#include "vm/wellknown.def"
    WK_COUNT
};
#undef CLASS

#define CLASS(id, name) { name, &wk.id },
static const struct { const char *name; Class **slot; } classes[] = {
#include "vm/wellknown.def"
};
#undef CLASS
#undef FIELD_
#undef STATIC
#undef INJECT

#define CLASS NOTHING
#define FIELD_(c, id, name, desc) { WK_##c, name, desc, &off.c##_##id, false },
#define STATIC(c, id, name, desc) { WK_##c, name, desc, &off.c##_##id, true },
#define INJECT(c, id, type) { WK_##c, #id, type == T_LONG ? "J" : "Ljava/lang/Object;", &off.c##_##id, false },
static const struct { int class; const char *name, *desc; u32 *slot; bool is_static; } fields[] = {
#include "vm/wellknown.def"
};
#undef FIELD_
#undef STATIC
#undef INJECT

#define FIELD_ NOTHING
#define STATIC NOTHING
#define INJECT(c, id, type) { WK_##c, #id, type },
static const struct { int class; const char *name; BasicType type; } injected[] = {
#include "vm/wellknown.def"
};
#undef INJECT
#undef METHOD

#define INJECT NOTHING
#define METHOD(c, id, name, desc) { WK_##c, name, desc, &meth.c##_##id },
static const struct { int class; const char *name, *desc; Method **slot; } methods[] = {
#include "vm/wellknown.def"
};
#undef METHOD

void wellknown_injected(const Symbol *class_name, void (*fn)(void *ctx, const char *name, BasicType type), void *ctx)
{
    for (size_t i = 0; i < NELEM(injected); i++)
        if (!strcmp(classes[injected[i].class].name, class_name->bytes)) fn(ctx, injected[i].name, injected[i].type);
}

/* ---- Loading ------------------------------------------------------------------------------------------------------------------ */

static void missing(const char *class, const char *name, const char *desc)
{
    die("the class library in %s lacks %s.%s %s (OpenJDK 17 is needed)", vm_options.java_home, class, name, desc);
}

/* only: one class's rows, or -1 for all. */
static void fill_fields(int only)
{
    for (size_t i = 0; i < NELEM(fields); i++) {
        if (only >= 0 && fields[i].class != only) continue;
        Class *c = *classes[fields[i].class].slot;
        Field *f = class_declared_field(c, symbol_of(fields[i].name), symbol_of(fields[i].desc));
        if (!f || !(f->access & ACC_STATIC) == fields[i].is_static) missing(c->name->bytes, fields[i].name, fields[i].desc);
        ASSERT(f->offset || only >= 0);
        *fields[i].slot = f->offset;
    }
}

static void fill_methods(void)
{
    for (size_t i = 0; i < NELEM(methods); i++) {
        Class *c = *classes[methods[i].class].slot;
        Method *m = class_declared_method(c, symbol_of(methods[i].name), symbol_of(methods[i].desc));
        if (!m) missing(c->name->bytes, methods[i].name, methods[i].desc);
        *methods[i].slot = m;
    }
}

static void give_mirror(void *ctx, Class *c)
{
    if (!class_make_mirror(ctx, c)) die("the heap is too small to start (%llu bytes)", (unsigned long long)vm_options.max_heap);
}

/* java.lang.Class is laid out: from here on every class gets its mirror at once. Components before their arrays: order of definition. */
static void begin_mirrors(Thread *t)
{
    fill_fields(WK_Class);
    classes_each(give_mirror, t);
    for (int type = T_BOOLEAN; type <= T_LONG; type++) class_array_of(class_primitive((BasicType)type));
    class_primitive(T_VOID);
}

void wellknown_load(Thread *t)
{
    loader_boot_init();
    jimage_open(vm_options.java_home);
    for (size_t i = 0; i < NELEM(classes); i++) {
        Class *c = class_load(t, boot_loader, symbol_of(classes[i].name));
        if (!c) missing(classes[i].name, "class", "");
        *classes[i].slot = c;
        if (i == WK_Class) begin_mirrors(t);
    }
    fill_fields(-1);
    fill_methods();
    meth.AccessController_executePrivileged->access |= METHOD_LOCALS_READ;
    meth.AccessController_executePrivileged_exception->access |= METHOD_LOCALS_READ;
    for (size_t i = 0; i < NELEM(classes); i++)
        if (!class_link(t, *classes[i].slot)) die("class %s of the class library does not link", classes[i].name);
    LOG(class, "%zu well-known classes, %u in all", NELEM(classes), class_count());
}
