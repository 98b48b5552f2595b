/* The disassembler, made from rv64.def: a format's operand letters (explained there) print one operand each.
   Compressed instructions appear as what they expand to; there are no pseudo-instructions. */
#include "hwsim/core.h"
#include "base/log.h"
#include "hwsim/decode.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const hw_reg_names[32] = {
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
    "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
};
static const char *const float_names[32] = {
    "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5",
    "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
};
static const char *const rounding_names[8] = { "rne", "rtz", "rdn", "rup", "rmm", "?", "?", "dyn" };

typedef struct Text { char *at; size_t room; } Text;

static void put(Text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(Text *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(t->at, t->room, fmt, ap);
    va_end(ap);
    size_t used = n < 0 ? 0 : (size_t)n < t->room ? (size_t)n : t->room ? t->room - 1 : 0;
    t->at += used, t->room -= used;
}

static void put_fence_set(Text *t, u32 set)
{
    if (!set) put(t, "0");
    for (u32 i = 0; i < 4; i++)
        if (set >> (3 - i) & 1) put(t, "%c", "iorw"[i]);
}

static void put_csr(Text *t, u32 number)
{
    static const struct { u16 number; const char *name; } named[] = {
        { 1, "fflags" }, { 2, "frm" }, { 3, "fcsr" }, { 0xc00, "cycle" }, { 0xc01, "time" }, { 0xc02, "instret" },
    };
    for (u32 i = 0; i < sizeof named / sizeof *named; i++)
        if (named[i].number == number) {
            put(t, "%s", named[i].name);
            return;
        }
    if (number >= 0xc03 && number < 0xc20) put(t, "hpmcounter%u", number - 0xc00);
    else if (number >= 0xb03 && number < 0xb20) put(t, "mhpmcounter%u", number - 0xb00);
    else if (number >= 0x323 && number < 0x340) put(t, "mhpmevent%u", number - 0x320);
    else put(t, "0x%x", number);
}

static void put_operand(Text *t, char letter, const HwInsn *i, u64 pc)
{
    switch (letter) {
    case 'd': put(t, "%s", hw_reg_names[i->rd]); break;
    case 's': put(t, "%s", hw_reg_names[i->rs1]); break;
    case 't': put(t, "%s", hw_reg_names[i->rs2]); break;
    case 'D': put(t, "%s", float_names[i->rd]); break;
    case 'S': put(t, "%s", float_names[i->rs1]); break;
    case 'T': put(t, "%s", float_names[i->rs2]); break;
    case 'R': put(t, "%s", float_names[i->rs3]); break;
    case 'i': case 'o': case 'h': put(t, "%d", i->imm); break;
    case 'x': put(t, "0x%x", (u32)i->imm); break;
    case 'u': put(t, "0x%x", (u32)i->imm >> 12); break;
    case 'p': put(t, "0x%llx", (unsigned long long)(pc + (u64)(i64)i->imm)); break;
    case 'z': put(t, "%u", i->rs1); break;
    case 'c': put_csr(t, (u32)i->imm); break;
    case 'm': if (i->rm != 7) put(t, ", %s", rounding_names[i->rm]); break;
    case 'f': put_fence_set(t, i->word >> 24 & 15); put(t, ", "); put_fence_set(t, i->word >> 20 & 15); break;
    case ',': put(t, ", "); break;
    default: put(t, "%c", letter);
    }
}

u32 hw_disassemble(const void *code, u64 pc, char *buf, size_t n)
{
    u16 half[2] = { 0, 0 };
    memcpy(half, code, 2);
    u32 len = hw_insn_len(half[0]);
    if (len == 4) memcpy(&half[1], (const char *)code + 2, 2);
    Text t = { buf, n };
    HwInsn i;
    if (!hw_decode(half[0] | (u32)half[1] << 16, &i)) {
        put(&t, len == 2 ? ".short 0x%x" : ".word 0x%x", i.word);
        return len;
    }
    ASSERT(i.id < HW_I_COUNT);
    const HwRow *row = &hw_rows[i.id];
    const char *operands = hw_formats[row->format].operands;
    put(&t, "%s", row->name);
    if (row->format == HW_FMT_A || row->format == HW_FMT_LR) {
        static const char *const order[4] = { "", ".rl", ".aq", ".aqrl" };
        put(&t, "%s", order[i.word >> 25 & 3]);
    }
    if (*operands) put(&t, " ");
    for (; *operands; operands++) put_operand(&t, *operands, &i, pc);
    return len;
}
