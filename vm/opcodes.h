/* Opcode numbers, names, lengths and stack effects, from opcodes.def. */
#ifndef VM_OPCODES_H
#define VM_OPCODES_H
#include "base/types.h"

#define O(name, code, length, effect) OP_##name = code,
#define Q(name, code, length, effect, operand) OP_##name = code,
enum {
#include "vm/opcodes.def"
    OP_FIRST_RESERVED = 202, /* from here on a class file has none */
    OP_FIRST_QUICK = 203,
    OP_FIRST_INVOKE5 = OP_invokeinterface_quick, /* quick invokes of 5 bytes: this one and the next three */
    OP_LAST_INVOKE5 = OP_invokedynamic_quick
};
#undef O
#undef Q

typedef struct OpcodeInfo {
    const char *name;   /* NULL: no such opcode */
    const char *effect; /* "II>I", see opcodes.def */
    u8 length;          /* 0: variable, see opcode_length_at */
} OpcodeInfo;
extern const OpcodeInfo opcodes[256];

/* Of an opcode in a class file, as HotSpot knows it; NULL: none. */
const char *opcode_name(u32 op);

/* Length of the instruction at `bci` of unquickened code (Method.original), wide and switches included; 0 if it is no opcode of the JVM
   (HotSpot's reserved ones have a length) or does not end before `end`. */
u32 opcode_length_at(const u8 *code, u32 bci, u32 end);

/* Big-endian operands of unquickened code. */
static inline u32 code_u16(const u8 *p) { return (u32)p[0] << 8 | p[1]; }
static inline i32 code_i16(const u8 *p) { return (i16)code_u16(p); }
static inline i32 code_i32(const u8 *p) { return (i32)((u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3]); }

#endif
