/* The VM's own native methods (natives.def): functions on raw slots, without JNI between. Also how natives are found and called. */
#ifndef CLASSLIB_NATIVES_H
#define CLASSLIB_NATIVES_H
#include "vm/native.h"

/* Opens libjava, installs vm_hooks.native_lookup and invoke_native. Once classes are loaded, before any of their natives runs. */
void natives_init(Thread *t);

/* Name, class, descriptor of every row are interned on first use (natives_table.c). */
#define N(class_name, name, desc, fn) u64 fn(Thread *t, u64 *args);
#define BLOCKS(class_name, name, where)
#include "classlib/natives.def"
#undef N
#undef BLOCKS

/* Where a blocking native's file descriptor is: a slot number, or one of these. */
enum { BLOCKS_ALWAYS = -1, BLOCKS_THIS_FD = -2 /* field `fd` of the receiver */, BLOCKS_NEVER = -3 };
/* The row of natives.def for a JNI native of the class library; BLOCKS_NEVER: it has none. */
int native_blocks(const Method *m);

/* nativecall.c: vm_hooks.invoke_native. */
void native_invoke(Thread *t, Method *m, u64 *args);
/* nativelib.c: is this function from one of the JDK's libraries (or the VM itself)? */
bool native_from_jdk(void *function);

/* Charges the modelled core for firmware's access to memory that it knows; host memory has no address there. */
static inline void native_touch(const void *p, u64 n, bool write)
{
    if (UNLIKELY(charge_hooks != NULL) && (u64)p - WIN_BASE < WIN_TABLE_BASE + WIN_TABLE_SIZE - WIN_BASE) charge_touch(p, n, write);
}

/* Results of native functions as slots. */
static inline u64 slot_int(i32 v) { return (u64)(i64)v; }

#endif
