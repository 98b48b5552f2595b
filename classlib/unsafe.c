/* jdk.internal.misc.Unsafe: memory access on raw slots. Arguments are this, base, offset (two slots), then values. A null base
   makes the offset an absolute address, which may lie outside our windows (libnio maps files): both work natively, and only
   addresses that the core has are charged to it. Sub-word atomics and the weak forms are Java code above these. */
#include "base/fault.h"
#include "base/log.h"
#include "classlib/costs.h"
#include "classlib/natives.h"
#include <string.h>

/* base + offset of the two arguments that start at args[i]; charged. */
static inline void *address(const u64 *args, u32 size, bool write)
{
    void *p = (u8 *)args[1] + args[2];
    native_touch(p, size, write);
    return p;
}

/* ---- Mapped files ------------------------------------------------------------------------------------------- */

/* An absolute address may be of a mapped file, whose pages are gone once the file has been cut. */
static inline bool is_foreign(u64 base) { return UNLIKELY(!base); }

/* access(t, args) again, with the fault expected: InternalError. */
static __attribute__((noinline)) u64 guarded(Thread *t, u64 *args, DirectNative access)
{
    FaultGuard guard;
    if (FAULT_GUARD(&guard)) {
        throw_new(t, "java/lang/InternalError", "a fault occurred in an unsafe memory access operation");
        return 0;
    }
    u64 result = access(t, args);
    fault_unguard();
    return result;
}
#define GUARD_IF(foreign, access)                                       \
    if (UNLIKELY(foreign) && !fault_guard) return guarded(t, args, access)

#define ACCESS(Type, ctype, to_slot)                                                                       \
    u64 unsafe_get##Type(Thread *t, u64 *args)                                                             \
    {                                                                                                      \
        GUARD_IF(is_foreign(args[1]), unsafe_get##Type);                                                   \
        ctype v = *(volatile ctype *)address(args, sizeof(ctype), false);                                  \
        return to_slot;                                                                                    \
    }                                                                                                      \
    u64 unsafe_put##Type(Thread *t, u64 *args)                                                             \
    {                                                                                                      \
        GUARD_IF(is_foreign(args[1]), unsafe_put##Type);                                                   \
        *(volatile ctype *)address(args, sizeof(ctype), true) = (ctype)args[4];                            \
        return 0;                                                                                          \
    }                                                                                                      \
    u64 unsafe_get##Type##Volatile(Thread *t, u64 *args)                                                   \
    {                                                                                                      \
        GUARD_IF(is_foreign(args[1]), unsafe_get##Type##Volatile);                                         \
        ctype v = __atomic_load_n((ctype *)address(args, sizeof(ctype), false), __ATOMIC_SEQ_CST);         \
        return to_slot;                                                                                    \
    }                                                                                                      \
    u64 unsafe_put##Type##Volatile(Thread *t, u64 *args)                                                   \
    {                                                                                                      \
        GUARD_IF(is_foreign(args[1]), unsafe_put##Type##Volatile);                                         \
        __atomic_store_n((ctype *)address(args, sizeof(ctype), true), (ctype)args[4], __ATOMIC_SEQ_CST);   \
        return 0;                                                                                          \
    }
ACCESS(Int, i32, (u64)(i64)v)
ACCESS(Byte, i8, (u64)(i64)v)
ACCESS(Short, i16, (u64)(i64)v)
ACCESS(Char, u16, v)
ACCESS(Long, u64, v)
ACCESS(Float, u32, v)  /* raw bits */
ACCESS(Double, u64, v)

static bool read_boolean(const u64 *args) { return *(volatile u8 *)address(args, 1, false) != 0; }
static void write_boolean(const u64 *args) { __atomic_store_n((u8 *)address(args, 1, true), args[4] & 1, __ATOMIC_SEQ_CST); }
u64 unsafe_getBoolean(Thread *t, u64 *args) { return (void)t, read_boolean(args); }
u64 unsafe_getBooleanVolatile(Thread *t, u64 *args) { return (void)t, read_boolean(args); }
u64 unsafe_putBoolean(Thread *t, u64 *args) { return (void)t, write_boolean(args), 0; }
u64 unsafe_putBooleanVolatile(Thread *t, u64 *args) { return (void)t, write_boolean(args), 0; }

/* References are compressed in memory. No barrier: collections happen while nobody is between load and use. */
static u64 read_reference(const u64 *args) { return (u64)gc_decode(*(volatile ref_t *)address(args, sizeof(ref_t), false)); }

static void write_reference(const u64 *args)
{
    ASSERT(args[1] != 0); /* references live in objects only */
    __atomic_store_n((ref_t *)address(args, sizeof(ref_t), true), gc_encode((void *)args[4]), __ATOMIC_SEQ_CST);
}

u64 unsafe_getReference(Thread *t, u64 *args) { return (void)t, read_reference(args); }
u64 unsafe_getReferenceVolatile(Thread *t, u64 *args) { return (void)t, read_reference(args); }
u64 unsafe_putReference(Thread *t, u64 *args) { return (void)t, write_reference(args), 0; }
u64 unsafe_putReferenceVolatile(Thread *t, u64 *args) { return (void)t, write_reference(args), 0; }

/* (J): a plain, uncompressed pointer at an absolute address. */
u64 unsafe_getUncompressedObject(Thread *t, u64 *args) { return (void)t, *(u64 *)args[1]; }

/* ---- Compare and set: expected and new value follow the offset. ------------------------------------------- */

#define EXCHANGE(Type, ctype, expected, desired, to_slot)                                                                  \
    u64 unsafe_compareAndSet##Type(Thread *t, u64 *args)                                                                   \
    {                                                                                                                      \
        GUARD_IF(is_foreign(args[1]), unsafe_compareAndSet##Type);                                                         \
        ctype v = expected;                                                                                                \
        return __atomic_compare_exchange_n((ctype *)address(args, sizeof(ctype), true), &v, desired, false,                \
                                           __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);                                            \
    }                                                                                                                      \
    u64 unsafe_compareAndExchange##Type(Thread *t, u64 *args)                                                              \
    {                                                                                                                      \
        GUARD_IF(is_foreign(args[1]), unsafe_compareAndExchange##Type);                                                    \
        ctype v = expected;                                                                                                \
        __atomic_compare_exchange_n((ctype *)address(args, sizeof(ctype), true), &v, desired, false, __ATOMIC_SEQ_CST,     \
                                    __ATOMIC_SEQ_CST);                                                                     \
        return to_slot;                                                                                                    \
    }
EXCHANGE(Int, i32, (i32)args[4], (i32)args[5], (u64)(i64)v)
EXCHANGE(Long, u64, args[4], args[6], v)
EXCHANGE(Reference, ref_t, gc_encode((void *)args[4]), gc_encode((void *)args[5]), (u64)gc_decode(v))

u64 unsafe_fence(Thread *t, u64 *args)
{
    (void)t, (void)args;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return 0;
}

/* ---- Blocks of memory --------------------------------------------------------------------------------------- */

/* (Object base, long offset, long bytes, byte value) */
u64 unsafe_setMemory0(Thread *t, u64 *args)
{
    GUARD_IF(is_foreign(args[1]), unsafe_setMemory0);
    void *p = (u8 *)args[1] + args[2];
    u64 n = args[4];
    native_touch(p, n, true);
    charge_units(memory_word, n / 8);
    memset(p, (int)(u8)args[6], n);
    return 0;
}

/* (Object from, long offset, Object to, long offset, long bytes); may overlap. */
u64 unsafe_copyMemory0(Thread *t, u64 *args)
{
    GUARD_IF(is_foreign(args[1]) || is_foreign(args[4]), unsafe_copyMemory0);
    const void *from = (u8 *)args[1] + args[2];
    void *to = (u8 *)args[4] + args[5];
    u64 n = args[7];
    native_touch(from, n, false);
    native_touch(to, n, true);
    charge_units(memory_word, n / 8);
    memmove(to, from, n);
    return 0;
}

static void swap_unit(u8 *p, u64 size)
{
    for (u64 i = 0; i < size / 2; i++) {
        u8 b = p[i];
        p[i] = p[size - 1 - i], p[size - 1 - i] = b;
    }
}

/* As copyMemory0, then long element size: bytes of each element are reversed. */
u64 unsafe_copySwapMemory0(Thread *t, u64 *args)
{
    GUARD_IF(is_foreign(args[1]) || is_foreign(args[4]), unsafe_copySwapMemory0);
    u64 n = args[7], size = args[9];
    ASSERT(size == 2 || size == 4 || size == 8);
    unsafe_copyMemory0(t, args);
    u8 *to = (u8 *)args[4] + args[5];
    for (u64 i = 0; i + size <= n; i += size) swap_unit(to + i, size);
    return 0;
}
