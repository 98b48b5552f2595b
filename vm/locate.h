/* What lies at an address, and what code a sampled core state was running: the translation from hardware's words (address,
   pc, registers) to Java's (class, field, method, bytecode). Reports and the layout optimizer both use it; neither changes anything. */
#ifndef VM_LOCATE_H
#define VM_LOCATE_H
#include "vm/vm.h"

/* R(id, "name of the row for data that is no Java object") */
#define PLACES(R) \
    R(OBJECT, "") \
    R(FREE, "(fresh allocation)") \
    R(STACK, "(Java stacks)") \
    R(BYTECODE, "(bytecode)") \
    R(METADATA, "(class metadata)") \
    R(CODE, "(interpreter code)") \
    R(NATIVE, "(native memory)") \
    R(TABLE, "(VM tables)") \
    R(PAGE_TABLE, "(page tables)") \
    R(OTHER, "(other memory)")
#define R(id, name) PLACE_##id,
typedef enum PlaceKind { PLACES(R) PLACE_COUNT } PlaceKind;
#undef R

typedef struct Place {
    PlaceKind kind;
    Object *object;   /* PLACE_OBJECT */
    Class *klass;     /* its class; of a mirror's statics: java.lang.Class */
    u32 offset;       /* of the address from the object's start */
} Place;

/* pc, x: the core's pc and integer registers at the access; 0 and NULL if firmware made it. */
Place locate(u64 address, u64 pc, const u64 *x);
const char *place_name(PlaceKind kind);

/* The field at this offset of an instance (statics of the represented class for mirrors), or NULL: header, padding, array. */
Field *locate_field(const Place *p);
/* "LTree$N.left", "int[]", "String.(header)"; malloc'ed. */
char *locate_field_name(const Place *p);

/* The Java method that the core was running, from its pc (compiled code) or its registers; NULL: none. *bci: its bytecode index. */
Method *locate_method(u64 pc, const u64 *x, u32 *bci);
/* The same with its callers, innermost first, as far as they are known: those that it is inlined into; in the interpreter what its frame says, which
   may hold another call of the same method by now if the registers are of some time ago; of compiled code the one that GUEST_REG_RA returns to. Returns how many, at most `max` (>= 1). */
u32 locate_places(u64 pc, const u64 *x, CodePlace *out, u32 max);
/* The method that a frame names, if it is one, and the index of the interpreter's pc in it; NULL: it is none. */
Method *locate_bytecode(Method *m, u64 pc, u32 *bci);

#endif
