/* Java objects in memory: header, mark word, arrays, and typed access to fields. Shared by the host build and the
   freestanding RV64 build of the interpreter. References in the heap are 32 bits (ref_t); everywhere else they are
   plain `Object *`; see gc.h for the rules that keep conservative scanning sound. */
#ifndef VM_OBJECT_H
#define VM_OBJECT_H
#include "base/types.h"
#include "gc/gc.h"

typedef struct Class Class;
/* 8-byte header. `klass` is the Class's address as an offset from WIN_BASE (a Class starts with its GcShape). */
typedef struct Object { u32 klass; u32 mark; } Object;
typedef struct Array { Object head; u32 length; } Array;

/* Mark word: bit 31 GC_TAG; 30..27 age/heat; 26..2 payload; 1..0 lock state.
   neutral: payload = identity hash (0: none yet). thin: payload = owner thread id << 11 | recursion count (0 = locked once);
   only objects without a hash are locked thin. inflated: payload = index into the monitor table (hash kept there). */
enum { MARK_NEUTRAL = 0, MARK_THIN = 1, MARK_INFLATED = 2, MARK_STATE = 3 };
enum { MARK_PAYLOAD_SHIFT = 2, MARK_PAYLOAD_BITS = 25, MARK_RECURSION_BITS = 11, MARK_OWNER_BITS = 14 };
#define MARK_PAYLOAD_MASK (((1u << MARK_PAYLOAD_BITS) - 1) << MARK_PAYLOAD_SHIFT)
#define MARK_PAYLOAD(m) (((m) & MARK_PAYLOAD_MASK) >> MARK_PAYLOAD_SHIFT)
#define MARK_RECURSION_ONE (1u << MARK_PAYLOAD_SHIFT)
#define MARK_THIN_WORD(tid) (MARK_THIN | (u32)(tid) << (MARK_PAYLOAD_SHIFT + MARK_RECURSION_BITS))

enum { OBJECT_HEADER = 8, ARRAY_LENGTH = 8, ARRAY_BASE = 12, ARRAY_BASE8 = 16 };

static inline Class *object_class(const Object *o) { return (Class *)(WIN_BASE + o->klass); }
static inline u32 array_length(const Object *a) { return ((const Array *)a)->length; }

/* Basic types, numbered as newarray's operand (JVMS 6.5 newarray). */
typedef enum BasicType {
    T_BOOLEAN = 4, T_CHAR, T_FLOAT, T_DOUBLE, T_BYTE, T_SHORT, T_INT, T_LONG, T_OBJECT, T_ARRAY, T_VOID
} BasicType;
/* log2 of the bytes of a field or array element. */
static inline u32 type_shift(BasicType t)
{
    static const u8 shift[] = { [T_BOOLEAN] = 0, [T_CHAR] = 1, [T_FLOAT] = 2, [T_DOUBLE] = 3, [T_BYTE] = 0,
                                [T_SHORT] = 1, [T_INT] = 2, [T_LONG] = 3, [T_OBJECT] = 2, [T_ARRAY] = 2, [T_VOID] = 0 };
    return shift[t];
}
/* Offset of element 0 of an array whose elements have this type. */
static inline u32 array_base(BasicType t) { return type_shift(t) == 3 ? ARRAY_BASE8 : ARRAY_BASE; }
/* Stack slots: long and double take two (the value is in the first, lower one), void none. */
static inline u32 type_slots(BasicType t) { return t == T_LONG || t == T_DOUBLE ? 2 : t != T_VOID; }

#define FIELD(o, type, offset) (*(type *)((u8 *)(o) + (offset)))
static inline Object *load_ref(const void *o, u64 offset) { return (Object *)gc_load(o, (u32)offset); }
static inline void store_ref(void *o, u64 offset, const void *v) { gc_store(o, (u32)offset, v); }
static inline ref_t *ref_elems(const Object *a) { return (ref_t *)((u8 *)a + ARRAY_BASE); }
static inline Object *array_ref(const Object *a, u32 i) { return (Object *)gc_decode(ref_elems(a)[i]); }
static inline void array_set_ref(Object *a, u32 i, const void *v) { ref_elems(a)[i] = gc_encode(v); }
static inline i8 *byte_elems(const Object *a) { return (i8 *)a + ARRAY_BASE; }
static inline u16 *char_elems(const Object *a) { return (u16 *)((u8 *)a + ARRAY_BASE); }
static inline i32 *int_elems(const Object *a) { return (i32 *)((u8 *)a + ARRAY_BASE); }
static inline i64 *long_elems(const Object *a) { return (i64 *)((u8 *)a + ARRAY_BASE8); }

#endif
