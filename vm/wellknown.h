/* Classes, fields and methods of the class library that the VM itself uses, from wellknown.def:
   wk.String is a Class *, off.String_value a byte offset, meth.Thread_run a Method *. Classes are loaded in the table's order. */
#ifndef VM_WELLKNOWN_H
#define VM_WELLKNOWN_H
#include "vm/class.h"

#define CLASS(id, name) Class *id;
#define FIELD_(c, id, name, desc)
#define STATIC(c, id, name, desc)
#define INJECT(c, id, type)
#define METHOD(c, id, name, desc)
typedef struct WellKnownClasses {
#include "vm/wellknown.def"
} WellKnownClasses;
#undef CLASS
#undef FIELD_
#undef STATIC
#undef INJECT
#undef METHOD

#define CLASS(id, name)
#define FIELD_(c, id, name, desc) u32 c##_##id;
#define STATIC(c, id, name, desc) u32 c##_##id; /* offset in the mirror */
#define INJECT(c, id, type) u32 c##_##id;
#define METHOD(c, id, name, desc)
typedef struct WellKnownOffsets {
#include "vm/wellknown.def"
} WellKnownOffsets;
#undef CLASS
#undef FIELD_
#undef STATIC
#undef INJECT
#undef METHOD

#define CLASS(id, name)
#define FIELD_(c, id, name, desc)
#define STATIC(c, id, name, desc)
#define INJECT(c, id, type)
#define METHOD(c, id, name, desc) Method *c##_##id;
typedef struct WellKnownMethods {
#include "vm/wellknown.def"
} WellKnownMethods;
#undef CLASS
#undef FIELD_
#undef STATIC
#undef INJECT
#undef METHOD

extern WellKnownClasses wk;
extern WellKnownOffsets off;
extern WellKnownMethods meth;

/* wellknown.c: loads all rows' classes with the boot loader (no initialization), fixes the mirrors of classes loaded before
   java.lang.Class, fills wk, off and meth. A missing row is a fatal, clear error (wrong class library). */
void wellknown_load(Thread *t);
/* Injected fields of a class while it is being laid out: calls fn(name, type) for each INJECT row of this class name. */
void wellknown_injected(const Symbol *class_name, void (*fn)(void *ctx, const char *name, BasicType type), void *ctx);

#endif
