/* The opcode table and the length of an instruction: what code that walks bytecode needs to know of each opcode. */
#include "vm/opcodes.h"
#include "base/log.h"

#define O(name, code, length, effect) [code] = { #name, effect, length },
#define Q(name, code, length, effect, operand) [code] = { #name, effect, length },
const OpcodeInfo opcodes[256] = {
#include "vm/opcodes.def"
};
#undef O
#undef Q

_Static_assert(OP_jsr_w == 201 && OP_invokevirtual == 0xb6 && OP_monitorexit == 0xc3, "opcodes.def is in JVMS order");
_Static_assert(OP_FIRST_INVOKE5 == OP_FIRST_QUICK && OP_LAST_INVOKE5 == OP_FIRST_INVOKE5 + 3, "5-byte quick invokes are together");

/* Of the opcodes from 202 on in a class file. */
#define R(code, name, length) [code] = { #name, NULL, length },
static const OpcodeInfo reserved[256] = {
#include "vm/reserved_opcodes.def"
};
#undef R
enum { RESERVED_SWITCH_FIRST = 228, RESERVED_SWITCH_LAST = 229 };

const char *opcode_name(u32 op)
{
    ASSERT(op < 256);
    return op < OP_FIRST_RESERVED ? opcodes[op].name : reserved[op].name;
}

/* Length of a switch: its operands start at the next multiple of 4 from the start of the code. */
static u32 switch_length(const u8 *code, u32 bci, u32 end)
{
    u32 at = ALIGN_UP(bci + 1, 4u);
    if (at + 8 > end) return 0;
    if (code[bci] == OP_tableswitch) {
        if (at + 12 > end) return 0;
        i64 low = code_i32(code + at + 4), high = code_i32(code + at + 8);
        if (high < low || high - low >= end) return 0;
        return at + 12 + 4 * (u32)(high - low + 1) - bci;
    }
    i64 pairs = code_i32(code + at + 4);
    if (pairs < 0 || pairs >= end) return 0;
    return at + 8 + 8 * (u32)pairs - bci;
}

u32 opcode_length_at(const u8 *code, u32 bci, u32 end)
{
    ASSERT(bci < end);
    u32 op = code[bci], length = op < OP_FIRST_RESERVED ? opcodes[op].length : reserved[op].length;
    if (op == OP_tableswitch || op == OP_lookupswitch || (op >= RESERVED_SWITCH_FIRST && op <= RESERVED_SWITCH_LAST)) {
        length = switch_length(code, bci, end);
    } else if (op == OP_wide) {
        length = bci + 1 < end && code[bci + 1] == OP_iinc ? 6 : 4;
    }
    return length && bci + length <= end ? length : 0;
}
