/* The VM's own native methods (natives.def): functions on raw slots, without JNI between. Also how natives are found and called. */
#ifndef CLASSLIB_NATIVES_H
#define CLASSLIB_NATIVES_H
#include "vm/native.h"

/* Opens libjava, installs vm_hooks.native_lookup and invoke_native. Once classes are loaded, before any of their natives runs. */
void natives_init(Thread *t);

/* Name, class, descriptor of every row are interned on first use (natives_table.c). */
#define N(class_name, name, desc, fn) u64 fn(Thread *t, u64 *args);
#define BLOCKS(class_name, name, where, end)
#include "classlib/natives.def"
#undef N
#undef BLOCKS

/* Where a blocking native's file descriptor is: a slot number, or one of these. */
enum {
    BLOCKS_ALWAYS = -1,  /* it waits for something else */
    BLOCKS_THIS_FD = -2, /* field `fd` of the receiver */
    BLOCKS_POLL = -3     /* an int, slot 0; slot 4: how long, ms */
};
/* What ends the wait. ENDS_WRITABLE: of what is written, slot 3 says how many bytes. */
typedef enum NativeEnd { ENDS_UNKNOWN, ENDS_READABLE, ENDS_WRITABLE } NativeEnd;
typedef struct BlockRow { const char *class_name, *name; int where; NativeEnd end; } BlockRow;
/* The row of natives.def for a JNI native of the class library; NULL: it does not block. */
const BlockRow *native_blocks(const Method *m);

/* native_wait.c: what becomes of the baton while a native of the class library runs. */
typedef enum NativeBaton {
    BATON_KEPT, /* it does not wait */
    BATON_LENT, /* it will hardly wait: others get it only if it does (native_lent_begin) */
    BATON_GIVEN /* native_blocking_begin */
} NativeBaton;
/* Before the native is called with these slots. May wait itself, without the baton: references in `args` have moved then. */
NativeBaton native_wait(Thread *t, const BlockRow *row, const u64 *args);

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
