/* What instructions of the bytecode interpreter compute, apart from how one follows the other: operands, arithmetic, thin locks, type tests, interface
   methods, slow field accesses, switches. A part of interp.c, whose rules hold here, for both of its builds. */
#ifndef VM_INTERP_OPS_H
#define VM_INTERP_OPS_H
#include "vm/opcodes.h"
#include "vm/runtime.h"
#include "vm/vm.h"

/* ---- Operands of instructions ------------------------------------------------------------------------ */
/* gcc splits possibly misaligned loads for RISC-V; the core does them whole. */
typedef struct __attribute__((packed)) Unaligned16 { u16 v; } Unaligned16;
typedef struct __attribute__((packed)) Unaligned32 { u32 v; } Unaligned32;

static inline u64 load_u16(const u8 *p)
{
#ifdef INTERP_GUEST
    u64 v;
    __asm__("lhu %0, %1" : "=r"(v) : "m"(*(const Unaligned16 *)p));
    return v;
#else
    return ((const Unaligned16 *)p)->v;
#endif
}

static inline u64 load_u32(const u8 *p)
{
#ifdef INTERP_GUEST
    u64 v;
    __asm__("lwu %0, %1" : "=r"(v) : "m"(*(const Unaligned32 *)p));
    return v;
#else
    return ((const Unaligned32 *)p)->v;
#endif
}

static inline i64 load_be16(const u8 *p) { return (i64)__builtin_bswap64(load_u16(p)) >> 48; }
static inline i64 load_be32(const u8 *p) { return (i64)__builtin_bswap64(load_u32(p)) >> 32; }

/* ---- Arithmetic as Java defines it --------------------------------------------------------------------- */
static inline f32 as_f32(u64 slot)
{
    u32 bits = (u32)slot;
    f32 f;
    __builtin_memcpy(&f, &bits, 4);
    return f;
}

static inline f64 as_f64(u64 slot)
{
    f64 d;
    __builtin_memcpy(&d, &slot, 8);
    return d;
}

static inline u64 of_f32(f32 f)
{
    u32 bits;
    __builtin_memcpy(&bits, &f, 4);
#ifndef INTERP_GUEST
    if (UNLIKELY(f != f)) return 0x7fc00000u;
#endif
    return bits;
}

static inline u64 of_f64(f64 d)
{
    u64 bits;
    __builtin_memcpy(&bits, &d, 8);
#ifndef INTERP_GUEST
    if (UNLIKELY(d != d)) return 0x7ff8000000000000ull;
#endif
    return bits;
}

static inline i32 div_int(i32 a, i32 b) { return b == -1 ? -a : a / b; }
static inline i32 rem_int(i32 a, i32 b) { return b == -1 ? 0 : a % b; }
static inline i64 div_long(i64 a, i64 b) { return b == -1 ? -a : a / b; }
static inline i64 rem_long(i64 a, i64 b) { return b == -1 ? 0 : a % b; }

/* Saturating, NaN to 0. A float converts to double exactly. */
static inline i32 to_int(f64 d) { return d != d ? 0 : d >= 0x1p31 ? INT32_MAX : d < -0x1p31 ? INT32_MIN : (i32)d; }
static inline i64 to_long(f64 d) { return d != d ? 0 : d >= 0x1p63 ? INT64_MAX : d < -0x1p63 ? INT64_MIN : (i64)d; }

static inline i64 compare_float(f64 a, f64 b, i64 unordered)
{
    return a > b ? 1 : a == b ? 0 : a < b ? -1 : unordered;
}

/* ---- Locks: the thin cases of object.h; all else is the runtime's ------------------------------------------ */
enum { MARK_OWNER_WORD = MARK_STATE | ((1 << MARK_OWNER_BITS) - 1) << (MARK_PAYLOAD_SHIFT + MARK_RECURSION_BITS) };
#define MARK_RECURSION_MASK (((1u << MARK_RECURSION_BITS) - 1) << MARK_PAYLOAD_SHIFT)

static inline bool lock_fast(Thread *self, Object *o)
{
    u32 mark = o->mark, mine = MARK_THIN_WORD(self->id);
    if (LIKELY(!(mark & (MARK_PAYLOAD_MASK | MARK_STATE)))) {
        o->mark = mark | mine;
        return true;
    }
    if ((mark & MARK_OWNER_WORD) != mine || (mark & MARK_RECURSION_MASK) == MARK_RECURSION_MASK) return false;
    o->mark = mark + MARK_RECURSION_ONE;
    return true;
}

static inline bool unlock_fast(Thread *self, Object *o)
{
    u32 mark = o->mark;
    if (UNLIKELY((mark & MARK_OWNER_WORD) != MARK_THIN_WORD(self->id))) return false;
    o->mark = mark & MARK_RECURSION_MASK ? mark - MARK_RECURSION_ONE : mark & ~(MARK_PAYLOAD_MASK | MARK_STATE);
    return true;
}

/* ---- Types ---------------------------------------------------------------------------------------------- */
/* sub != super, both classes of objects or array components. */
static __attribute__((noinline)) bool is_subtype(Thread *self, const Class *sub, const Class *super)
{
    if (super->access & ACC_INTERFACE) {
        for (u32 i = 0, n = sub->nsupers; i < n; i++)
            if (sub->supers[i] == super) return true;
        return false;
    }
    if (super->kind != CLASS_INSTANCE) return rt_subtype(self, (u64)sub, (u64)super, 0, 0);
    if (!super->super) return true; /* Object */
    if (super->depth < CLASS_DISPLAY) return sub->display[super->depth] == super;
    for (const Class *c = sub; c; c = c->super)
        if (c == super) return true;
    return false;
}

/* What an interface call on class c runs, if the class has a public method for it; NULL: the runtime says what is wrong. */
static __attribute__((noinline)) Method *find_in_itable(const Class *c, const CallInfo *call)
{
    const ITable *it = c->itable;
    for (u32 n = c->itable_length; n; n--, it++) {
        if (it->interface != call->interface) continue;
        Method *m = it->methods[call->iindex];
        return m && m->access & ACC_PUBLIC ? m : NULL;
    }
    return NULL;
}

/* ---- Fields whose access could not be quickened --------------------------------------------------------- */
/* Reads a field of this type onto the stack at sp; returns the new sp. */
static __attribute__((noinline)) u64 *push_field(u64 *top, const u8 *a, u64 type)
{
    switch (type) {
    case T_BOOLEAN: case T_BYTE: *top = (u64)(i64)*(const i8 *)a; return top + 1;
    case T_CHAR: *top = *(const u16 *)a; return top + 1;
    case T_SHORT: *top = (u64)(i64)*(const i16 *)a; return top + 1;
    case T_INT: *top = (u64)(i64)*(const i32 *)a; return top + 1;
    case T_FLOAT: *top = *(const u32 *)a; return top + 1;
    case T_LONG: case T_DOUBLE: *top = *(const u64 *)a; return top + 2;
    default: *top = (u64)gc_decode(*(const ref_t *)a); return top + 1;
    }
}

static __attribute__((noinline)) void put_field(u8 *a, u64 type, u64 v)
{
    switch (type) {
    case T_BOOLEAN: *a = v & 1; break;
    case T_BYTE: *a = (u8)v; break;
    case T_CHAR: case T_SHORT: *(u16 *)a = (u16)v; break;
    case T_INT: case T_FLOAT: *(u32 *)a = (u32)v; break;
    case T_LONG: case T_DOUBLE: *(u64 *)a = v; break;
    default: *(ref_t *)a = gc_encode((void *)v); break;
    }
}

static inline bool two_slots(u64 type) { return type == T_LONG || type == T_DOUBLE; }

/* ---- Switches: their words are put in native order on first execution ---------------------------------------- */
static inline i32 *switch_words(const u8 *at) { return (i32 *)(((u64)at + 4) & ~3ull); } /* code is aligned to 4 */

static __attribute__((noinline)) void quicken_switch(u8 *at)
{
    bool table = *at == OP_tableswitch;
    i32 *w = switch_words(at);
    u32 n = table ? 3 : 2;
    for (u32 i = 0; i < n; i++) w[i] = (i32)load_be32((u8 *)(w + i));
    u32 more = table ? (u32)(w[2] - w[1] + 1) : 2 * (u32)w[1];
    for (u32 i = n; i < n + more; i++) w[i] = (i32)load_be32((u8 *)(w + i));
    *at = table ? OP_tableswitch_quick : OP_lookupswitch_quick;
}

/* The offset for `key`: binary search of the sorted pairs. */
static inline i64 lookup_switch(const i32 *w, i32 key)
{
    u32 lo = 0, hi = (u32)w[1];
    const i32 *pairs = w + 2;
    while (lo < hi) {
        u32 mid = (lo + hi) / 2;
        i32 k = pairs[2 * mid];
        if (k == key) return pairs[2 * mid + 1];
        if (k < key) lo = mid + 1;
        else hi = mid;
    }
    return w[0];
}

static inline u64 narrow_result(u64 type, u64 v)
{
    switch (type) {
    case T_BOOLEAN: return v & 1;
    case T_BYTE: return (u64)(i64)(i8)v;
    case T_CHAR: return (u16)v;
    case T_SHORT: return (u64)(i64)(i16)v;
    default: return v;
    }
}

#endif
