/* Linking helpers of invokedynamic and method handles beyond vm.h's: bootstrap arguments, mirrors of descriptors. */
#ifndef VM_INDY_H
#define VM_INDY_H
#include "vm/vm.h"

/* Mirror of the class that a field descriptor (or "V") names, seen from `loader`; `caller` NULL: no access check. Throws
   NoClassDefFoundError for a class that is not there. */
Object *indy_descriptor_mirror(Thread *t, Loader *loader, Class *caller, const char *desc, size_t length);

/* The pieces of a CONSTANT_InvokeDynamic or CONSTANT_Dynamic entry (not resolved yet). */
typedef struct Bootstrap {
    u16 handle;      /* CP index of the bootstrap method */
    u16 nargs;
    const u8 *args;  /* CP indices, big-endian */
    Symbol *name, *desc;
} Bootstrap;
bool indy_bootstrap(Thread *t, const ConstantPool *cp, u32 index, Bootstrap *out); /* throws ClassFormatError */
/* Static argument i as an object (boxed if primitive); false: thrown. */
bool indy_bootstrap_argument(Thread *t, ConstantPool *cp, const Bootstrap *b, u32 i, Object **out);

#endif
