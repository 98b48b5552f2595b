/* Host calls of the interpreter: declared from runtime.def, for the host and the RV64 build alike. */
#ifndef VM_RUNTIME_H
#define VM_RUNTIME_H
#include "vm/thread.h"

#define H(name, text) HCALL_##name,
typedef enum HostCallNumber {
#include "vm/runtime.def"
    HCALL_COUNT,
    HCALL_INTERPRET = 0x7fd, /* compiled code calls the Method in t0, which has no code */
    HCALL_CODE = 0x7fe,      /* a slow path of compiled code; its record says what */
    HCALL_EXIT = 0x7ff /* the RV64 interpreter returned: leave the core */
} HostCallNumber;
#undef H

#define H(name, text) u64 rt_##name(Thread *t, u64 a, u64 b, u64 c, u64 d);
#include "vm/runtime.def"
#undef H

typedef enum ThrowKind {
    THROW_NULL,          /* b: nothing; helpful message from the current bci */
    THROW_INDEX,         /* b: index, c: length */
    THROW_DIV_ZERO, THROW_NEGATIVE_SIZE /* b: size */,
    THROW_CLASS_CAST,    /* b: object, c: Class * */
    THROW_ARRAY_STORE,   /* b: object */
    THROW_ABSTRACT,      /* b: Method *, c: receiver's Class * */
    THROW_MONITOR_STATE
} ThrowKind;

#endif
