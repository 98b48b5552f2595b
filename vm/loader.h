/* Class loaders' tables, the boot class path, and the steps of class loading that other files of vm/ and the module system need. */
#ifndef VM_LOADER_H
#define VM_LOADER_H
#include "vm/vm.h"

/* ---- jimage.c: the boot image <java.home>/lib/modules ---- */
void jimage_open(const char *java_home);                       /* dies with a clear line if it can't */
bool jimage_find(const char *module, const char *path, Bytes *out); /* "java.base", "java/lang/Object.class" */
bool jimage_contains(const void *p);                           /* p points into the mapped image: it stays */

/* ---- bootpath.c: -Xbootclasspath/a ---- */
bool bootpath_find(const char *path, Bytes *out, const char **where); /* malloc'ed content; where: the jar or folder */

/* ---- loader.c ---- */
void loader_boot_init(void);                                   /* makes boot_loader; idempotent */
/* A resource as the boot loader sees it (of java.base until modules are defined, then by package, then the append path). */
bool boot_find_resource(const char *path, Bytes *out, const char **where);
void loader_add_package(Loader *l, Symbol *package, Module *m); /* java/lang belongs to m */
void loader_record(Loader *l, Symbol *name, Class *c);         /* as defined or initiated */
void loader_remove_class(Loader *l, const Class *c);            /* from those it defined */
void loader_forget(Loader *l);                                 /* it is gone; its memory is its unit's */
void loaders_each(void (*fn)(void *ctx, Loader *l), void *ctx);
/* Where the boot loader found a package it has loaded classes of ("jrt:/java.base", a jar's path), or NULL. */
const char *class_boot_package_location(Symbol *package);
/* Every package the boot loader has loaded classes of, in order of first load. */
void class_boot_packages_each(void (*fn)(void *ctx, Symbol *package, const char *location), void *ctx);
/* class_load for a symbolic reference: ClassNotFoundException becomes NoClassDefFoundError (JVMS 5.3). */
Class *class_load_for_reference(Thread *t, Loader *l, Symbol *name);

/* ---- class.c: registering ---- */
void class_register(Class *c);                                 /* gives it its id; visible to classes_each */
void class_set_supers(Class *c);                               /* depth, display, all superinterfaces */
void class_set_module(Class *c);                               /* from its loader's packages */
void class_add_subclass(Class *super, Class *c);               /* its superclass */
void classes_forget_dead(void);                                /* those of dead units */

/* ---- layout_fields.c ---- */
u32 fields_start(void);                       /* the least offset of an instance field, by the object model */
bool class_layout_instance(Class *c);         /* false: too large */
/* What follows from where the fields of an instance lie, superclasses' included. */
typedef struct FieldShape { u32 size, nranges; GcRange *ranges; } FieldShape;
bool class_shape_of(const Class *c, FieldShape *s); /* false: two fields overlap, or one is not aligned; to be freed */
void class_set_shape(Class *c, const FieldShape *s);
void class_free_shape(FieldShape *s);
void class_layout_statics(Class *c);                           /* needs java.lang.Class laid out */

/* ---- link.c, lookup.c ---- */
bool method_is_overridable_by(const Method *m, const Class *c);/* would a method of c with the same name and type override m? */
Method *class_lookup_instance(Class *c, Symbol *name, Symbol *desc); /* first non-static non-private declaration up the chain */
/* Maximally-specific selection among c's superinterfaces. *conflict: several defaults. NULL: none but abstract ones (*abstract tells one). */
Method *interface_select(Class *c, Symbol *name, Symbol *desc, bool *conflict, Method **abstract_one);
bool class_check_finals(Thread *t, const Class *c);            /* link.c: no final method is overridden; throws */
bool verify_class(Thread *t, Class *c);                        /* verifier.c; throws */
#endif
