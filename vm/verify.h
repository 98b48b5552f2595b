/* Inside the verifier (JVMS 4.10.1): verification types, frames, and what its files share. The type-checking verifier walks each method
   once, holding a current frame; where the StackMapTable has a frame, the current one must be assignable to it and is replaced by it.
   Failure is sticky: the first error is kept (or a Java exception is pending, from loading a class), everything after it does nothing,
   and the walk asks once per instruction. Messages are HotSpot's. */
#ifndef VM_VERIFY_H
#define VM_VERIFY_H
#include "vm/loader.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include <stdio.h>

/* A verification type: one of these, a new object (VT_NEW | bci of its `new`), or a reference (Symbol * of a class name or array
   descriptor, which no small number is). The first nine are the tags of the StackMapTable. */
typedef u64 VType;
enum {
    VT_TOP, VT_INT, VT_FLOAT, VT_DOUBLE, VT_LONG, VT_NULL, VT_UNINIT_THIS, VT_TAG_OBJECT, VT_TAG_NEW,
    VT_DOUBLE2, VT_LONG2,                    /* second slots */
    VT_BOOLEAN, VT_BYTE, VT_CHAR, VT_SHORT,  /* only as array components and results of methods */
    VT_ANY_REFERENCE, VT_ANY_CATEGORY1, VT_ANY_CATEGORY2, VT_ANY_SECOND, /* only as what an instruction asks for */
    VT_COUNT
};
#define VT_NEW (1ull << 63)

static inline VType vt_class(const Symbol *name) { return (u64)name; }
static inline bool vt_is_new(VType t) { return t & VT_NEW; }
static inline bool vt_is_named(VType t) { return t >= VT_COUNT && !vt_is_new(t); }
static inline const Symbol *vt_name(VType t) { ASSERT(vt_is_named(t)); return (const Symbol *)t; }
static inline bool vt_is_array(VType t) { return vt_is_named(t) && vt_name(t)->bytes[0] == '['; }
static inline bool vt_is_object(VType t) { return vt_is_named(t) && vt_name(t)->bytes[0] != '['; }
static inline bool vt_is_reference(VType t) { return vt_is_named(t) || t == VT_NULL; }
static inline bool vt_is_uninit(VType t) { return t == VT_UNINIT_THIS || vt_is_new(t); }
static inline bool vt_is_wide(VType t) { return t == VT_LONG || t == VT_DOUBLE; }
static inline bool vt_is_second(VType t) { return t == VT_LONG2 || t == VT_DOUBLE2; }
static inline bool vt_is_category1(VType t) { return t == VT_INT || t == VT_FLOAT || vt_is_reference(t) || vt_is_uninit(t); }
static inline VType vt_second(VType t) { return t == VT_LONG ? VT_LONG2 : VT_DOUBLE2; }

enum { FRAME_THIS_UNINIT = 1 };
typedef struct VFrame {
    i32 offset;
    i32 mark;      /* stack height that messages show: that before the instruction; -1: the height itself */
    u32 nlocals, nstack;
    u8 flags;
    VType *locals, *stack;
} VFrame;

/* Verification types of a method descriptor: nargs slots, then the result's (none: void). */
typedef struct Signature { u32 nargs, n; VType types[]; } Signature;

/* Memory that lives as long as the verification of one class. */
typedef struct Chunk { struct Chunk *next; size_t used, size; u64 data[]; } Chunk;

typedef struct Verifier {
    Thread *t;
    Class *c;
    const Method *m;
    const ConstantPool *cp;
    const u8 *code;
    u32 length, max_locals, max_stack, bci;
    u8 *starts;          /* by bci: 1 an instruction begins here, 2 it is `new` */
    VFrame *frames;      /* of the StackMapTable, by offset */
    u32 nframes;
    VFrame now;          /* current frame */
    VType this_type, result; /* result: VT_TOP for void */
    u32 handlers_from, handlers_to; /* the range of code with exception handlers */
    Chunk *chunks;
    Map signatures;      /* descriptor -> Signature * */
    const char *error;   /* class of the error: the first one; NULL so far */
    char *message;       /* malloc'ed */
} Verifier;

static inline bool verify_failed(const Verifier *v) { return v->error || v->t->exception; }
void *verify_alloc(Verifier *v, size_t n);

/* ---- verify_error.c: messages ---- */
typedef enum Fault {
    FAULT_CODE, FAULT_TYPE, FAULT_FLAGS, FAULT_POOL_INDEX, FAULT_LOCAL_INDEX, FAULT_LOCALS_SIZE, FAULT_STACK_SIZE, FAULT_OVERFLOW,
    FAULT_UNDERFLOW, FAULT_NO_MAP, FAULT_BAD_MAP
} Fault;
/* Where a type in a message comes from. */
typedef enum OriginKind { FROM_NOWHERE, FROM_LOCAL, FROM_STACK, FROM_POOL, FROM_SIGNATURE, FROM_CONTEXT, FROM_FRAME } OriginKind;
typedef struct Origin { OriginKind kind; bool map; u32 index; const VFrame *frame; VType type; } Origin; /* map: a frame of the table */
typedef struct Trouble { Fault fault; i32 bci; Origin type, expected; } Trouble;
static inline Origin from_local(const VFrame *f, u32 i) { return (Origin){ FROM_LOCAL, false, i, f, f->locals[i] }; }
static inline Origin from_stack(const VFrame *f, u32 i) { return (Origin){ FROM_STACK, false, i, f, f->stack[i] }; }
static inline Origin from_popped(const VFrame *f) { return from_stack(f, f->nstack); } /* what was popped last */
static inline Origin from_pool(u32 index, VType t) { return (Origin){ FROM_POOL, false, index, NULL, t }; }
static inline Origin from_signature(VType t) { return (Origin){ FROM_SIGNATURE, false, 0, NULL, t }; }
static inline Origin from_context(VType t) { return (Origin){ FROM_CONTEXT, false, 0, NULL, t }; }
static inline Origin from_frame(const VFrame *f, bool map) { return (Origin){ FROM_FRAME, map, 0, f, VT_TOP }; }
/* VerifyError with its details. Nothing if one failed before. */
void verify_error(Verifier *v, Trouble x, const char *fmt, ...) PRINTF(3, 4);
void verify_bad_code(Verifier *v, i32 bci, const char *text);
void verify_bad_type(Verifier *v, Origin type, Origin expected, const char *text); /* at the current instruction; expected may be {0} */
/* ClassFormatError "... in method '...'". */
void verify_format_error(Verifier *v, const char *fmt, ...) PRINTF(2, 3);

/* ---- verify_types.c ---- */
/* May a value of type `from` be used as `to`? Loads classes to find out; then an exception may be pending.
   of_protected: the value is the object of an access to a protected member. */
bool verify_assignable(Verifier *v, VType to, VType from, bool of_protected);
VType vt_component(VType array);
VType vt_named(const char *text, size_t length);
/* The slots of the field descriptor at p into out[0..1]; returns how many. */
u32 vt_of_descriptor(const char *p, VType out[2]);
const Signature *verify_signature(Verifier *v, const Symbol *desc);
void vt_print(FILE *out, VType t);

/* ---- verify_frames.c ---- */
void verify_read_map(Verifier *v);           /* decodes Method.stack_map; v->now is the frame on entry */
/* The frame at a bci, or NULL. */
VFrame *verify_frame_at(const Verifier *v, i64 bci);
void verify_jump(Verifier *v, i32 distance);  /* from the current instruction: there must be a frame, and the current one matches */
bool verify_matches(Verifier *v, const VFrame *from, const VFrame *to, Trouble *why);
void verify_enter_frame(Verifier *v, const VFrame *f); /* the table's frame becomes the current one */
void frame_print(FILE *out, const VFrame *f, bool at_mark);
void verify_push(Verifier *v, VType t);
void verify_push_wide(Verifier *v, VType t);
void verify_push_slots(Verifier *v, const VType *t, u32 n);
VType verify_pop(Verifier *v, VType wanted);
VType verify_get_local(Verifier *v, u32 i, VType wanted);
void verify_get_wide(Verifier *v, u32 i, VType wanted);
void verify_set_local(Verifier *v, u32 i, VType t);
void verify_set_wide(Verifier *v, u32 i, VType t);
void verify_initialized(Verifier *v, VType old, VType type); /* a constructor has run */

/* ---- verify_code.c, verify_members.c ---- */
void verify_code(Verifier *v);
void verify_handlers_match(Verifier *v, bool this_was_uninit);
bool verify_pool_entry(Verifier *v, u32 index, u32 tags); /* in range, and its tag in the set */
VType verify_pool_class(Verifier *v, u32 index);           /* of an entry that must be a class; VT_TOP: failed */
void verify_field(Verifier *v, u32 op);
bool verify_invoke(Verifier *v, u32 op); /* true: a constructor made `this` an object */
#endif
