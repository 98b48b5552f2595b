/* A small x86-64 assembler for the translator. Instructions are appended at `p`; when the room ends, nothing more is
   written and `full` stays set (a sticky error, so that call sites need not look).

   An opcode is a number as the manual prints it: 0x8b, 0x0fb6, and with a mandatory prefix in front 0xf20f58. Widths:
   XB a byte (always with a REX prefix, so that sil and dil can be named), XD 32 bits, XQ 64 bits. */
#ifndef HWSIM_X64_H
#define HWSIM_X64_H
#include "base/log.h"
#include "base/types.h"
#include <string.h>

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15, X_NO_REG = -1, X_CODE = -2 };
enum { XB, XD, XQ };
enum { CC_O, CC_NO, CC_B, CC_AE, CC_E, CC_NE, CC_BE, CC_A, CC_S, CC_NS, CC_P, CC_NP, CC_L, CC_GE, CC_LE, CC_G };
/* The arithmetic group: opcode `op << 3 | form`, and /op of 0x81 and 0x83. */
enum { ALU_ADD, ALU_OR, ALU_ADC, ALU_SBB, ALU_AND, ALU_SUB, ALU_XOR, ALU_CMP };
/* The shift group: /op of 0xc1 and 0xd3. */
enum { SH_ROL, SH_ROR, SH_SHL = 4, SH_SHR, SH_SAR = 7 };

typedef struct X64 {
    u8 *base, *p, *end;
    bool full;
} X64;

/* base + index * 2^scale + disp */
typedef struct XMem { int base, index, scale; i32 disp; } XMem;
static inline XMem x_mem(int base, i32 disp) { return (XMem){ base, X_NO_REG, 0, disp }; }
/* The byte at offset `target` of the code, relative to rip: for instructions without an immediate. */
static inline XMem x_code(u32 target) { return (XMem){ X_CODE, X_NO_REG, 0, (i32)target }; }
static inline XMem x_index(int base, int index, int scale, i32 disp) { return (XMem){ base, index, scale, disp }; }

#define X_LONGEST 32 /* bytes that an instruction may take, generously */

static inline bool x_room(X64 *a)
{
    if (UNLIKELY(a->end - a->p < X_LONGEST)) a->full = true;
    return !a->full;
}
static inline void x_byte(X64 *a, u32 b) { *a->p++ = (u8)b; }
static inline void x_32(X64 *a, u32 v) { memcpy(a->p, &v, 4), a->p += 4; }
static inline void x_64(X64 *a, u64 v) { memcpy(a->p, &v, 8), a->p += 8; }
static inline bool x_fits8(i64 v) { return v == (i8)v; }
static inline bool x_fits32(i64 v) { return v == (i32)v; }
static inline u32 x_at(const X64 *a) { return (u32)(a->p - a->base); }

/* Prefix, REX and opcode bytes; reg, index and base are register numbers (0 where there is none). */
static inline void x_opcode(X64 *a, int width, u32 op, int reg, int index, int base)
{
    u32 rex = (u32)(width == XQ) << 3 | (u32)(reg >> 3) << 2 | (u32)(index >> 3) << 1 | (u32)(base >> 3);
    if (op >> 16) x_byte(a, op >> 16);
    if (rex || width == XB) x_byte(a, 0x40 | rex);
    if (op >> 8 & 255) x_byte(a, op >> 8 & 255);
    x_byte(a, op & 255);
}

/* op with a register operand and a register or memory operand. */
static inline void x_rr(X64 *a, int width, u32 op, int reg, int rm)
{
    if (!x_room(a)) return;
    ASSERT((u32)reg < 16 && (u32)rm < 16);
    x_opcode(a, width, op, reg, 0, rm);
    x_byte(a, 0xc0u | (u32)(reg & 7) << 3 | (u32)(rm & 7));
}

/* ModRM and what follows it, of a memory operand. */
static inline void x_operand(X64 *a, int reg, XMem m)
{
    if (m.base == X_CODE) {
        x_byte(a, (u32)(reg & 7) << 3 | 5);
        x_32(a, (u32)m.disp - (x_at(a) + 4));
        return;
    }
    u32 mod = m.disp == 0 && (m.base & 7) != RBP ? 0 : x_fits8(m.disp) ? 1 : 2;
    bool sib = m.index != X_NO_REG || (m.base & 7) == RSP;
    x_byte(a, mod << 6 | (u32)(reg & 7) << 3 | (sib ? 4u : (u32)(m.base & 7)));
    if (sib) x_byte(a, (u32)m.scale << 6 | (m.index == X_NO_REG ? 4u : (u32)(m.index & 7)) << 3 | (u32)(m.base & 7));
    if (mod == 1) x_byte(a, (u8)m.disp);
    else if (mod == 2) x_32(a, (u32)m.disp);
}

static inline void x_rm(X64 *a, int width, u32 op, int reg, XMem m)
{
    if (!x_room(a)) return;
    ASSERT(m.index != RSP && (u32)m.scale < 4);
    x_opcode(a, width, op, reg, m.index == X_NO_REG ? 0 : m.index, m.base == X_CODE ? 0 : m.base);
    x_operand(a, reg, m);
}

/* VEX prefix and opcode of `reg = left op right` on 128 bits; op as elsewhere, of the map 0x0f. */
static inline void x_vex(X64 *a, u32 op, int reg, int left, int index, int base)
{
    u32 pp = op >> 16 == 0x66 ? 1 : op >> 16 == 0xf3 ? 2 : op >> 16 == 0xf2 ? 3 : 0, last = (u32)(~left & 15) << 3 | pp;
    ASSERT((op >> 8 & 255) == 0x0f && (u32)left < 16);
    if ((index | base) >> 3) {
        x_byte(a, 0xc4);
        x_byte(a, (u32)(~reg >> 3 & 1) << 7 | (u32)(~index >> 3 & 1) << 6 | (u32)(~base >> 3 & 1) << 5 | 1);
        x_byte(a, last);
    } else {
        x_byte(a, 0xc5);
        x_byte(a, (u32)(~reg >> 3 & 1) << 7 | last);
    }
    x_byte(a, op & 255);
}
static inline void x_vex_rr(X64 *a, u32 op, int reg, int left, int right)
{
    if (!x_room(a)) return;
    x_vex(a, op, reg, left, 0, right);
    x_byte(a, 0xc0u | (u32)(reg & 7) << 3 | (u32)(right & 7));
}
static inline void x_vex_rm(X64 *a, u32 op, int reg, int left, XMem m)
{
    if (!x_room(a)) return;
    x_vex(a, op, reg, left, m.index == X_NO_REG ? 0 : m.index, m.base == X_CODE ? 0 : m.base);
    x_operand(a, reg, m);
}

static inline void x_mov(X64 *a, int to, int from) { if (to != from) x_rr(a, XQ, 0x8b, to, from); }
static inline void x_mov32(X64 *a, int to, int from) { x_rr(a, XD, 0x8b, to, from); } /* clears the upper half */
static inline void x_load(X64 *a, int to, XMem m) { x_rm(a, XQ, 0x8b, to, m); }
static inline void x_store(X64 *a, XMem m, int from) { x_rm(a, XQ, 0x89, from, m); }
static inline void x_lea(X64 *a, int to, XMem m) { x_rm(a, XQ, 0x8d, to, m); }

/* to = v, by the shortest way that leaves the flags alone. */
static inline void x_imm(X64 *a, int to, u64 v)
{
    if (!x_room(a)) return;
    if (v == (u32)v) {
        x_opcode(a, XD, 0xb8u | (u32)(to & 7), 0, 0, to);
        x_32(a, (u32)v);
    } else if (x_fits32((i64)v)) {
        x_rr(a, XQ, 0xc7, 0, to);
        x_32(a, (u32)v);
    } else {
        x_opcode(a, XQ, 0xb8u | (u32)(to & 7), 0, 0, to);
        x_64(a, v);
    }
}

static inline void x_alu(X64 *a, int width, int op, int to, int from) { x_rr(a, width, (u32)op << 3 | 3, to, from); }
static inline void x_alu_mem(X64 *a, int width, int op, int to, XMem m) { x_rm(a, width, (u32)op << 3 | 3, to, m); }
static inline void x_alu_imm(X64 *a, int width, int op, int to, i32 imm)
{
    x_rr(a, width, x_fits8(imm) ? 0x83 : 0x81, op, to);
    if (a->full) return;
    if (x_fits8(imm)) x_byte(a, (u8)imm);
    else x_32(a, (u32)imm);
}
static inline void x_alu_mem_imm(X64 *a, int width, int op, XMem m, i32 imm)
{
    bool is_short = width == XB || x_fits8(imm);
    x_rm(a, width, width == XB ? 0x80 : is_short ? 0x83 : 0x81, op, m);
    if (a->full) return;
    if (is_short) x_byte(a, (u8)imm);
    else x_32(a, (u32)imm);
}
static inline void x_store_imm32(X64 *a, XMem m, u32 v)
{
    x_rm(a, XD, 0xc7, 0, m);
    if (!a->full) x_32(a, v);
}
/* 64 bits at m = v */
static inline void x_store_imm(X64 *a, XMem m, i32 v)
{
    x_rm(a, XQ, 0xc7, 0, m);
    if (!a->full) x_32(a, (u32)v);
}
static inline void x_test(X64 *a, int width, int r, int s) { x_rr(a, width, 0x85, s, r); }
static inline void x_shift_imm(X64 *a, int width, int op, int r, u32 n)
{
    x_rr(a, width, 0xc1, op, r);
    if (!a->full) x_byte(a, n);
}
static inline void x_shift_cl(X64 *a, int width, int op, int r) { x_rr(a, width, 0xd3, op, r); }
/* Bit operations on bit n of r: /4 test, /5 set, /6 reset, /7 complement. */
static inline void x_bit(X64 *a, int op, int r, u32 n)
{
    x_rr(a, XQ, 0x0fba, op, r);
    if (!a->full) x_byte(a, n);
}
/* r = condition, 0 or 1; r's old value is gone. */
static inline void x_setcc(X64 *a, int cc, int r)
{
    x_rr(a, XB, 0x0f90u | (u32)cc, 0, r);
    x_rr(a, XB, 0x0fb6, r, r);
}
static inline void x_push(X64 *a, int r) { if (x_room(a)) x_opcode(a, XD, 0x50u | (u32)(r & 7), 0, 0, r); }
static inline void x_pop(X64 *a, int r) { if (x_room(a)) x_opcode(a, XD, 0x58u | (u32)(r & 7), 0, 0, r); }
static inline void x_ret(X64 *a) { if (x_room(a)) x_byte(a, 0xc3); }

/* Jumps with 32-bit displacements. `x_jump` and `x_jcc` return where the displacement is, for x_patch; CC_ALWAYS jumps. */
enum { CC_ALWAYS = 16 };
static inline u32 x_jcc(X64 *a, int cc)
{
    if (!x_room(a)) return 0;
    if (cc == CC_ALWAYS) x_byte(a, 0xe9);
    else x_byte(a, 0x0f), x_byte(a, 0x80u | (u32)cc);
    x_32(a, 0);
    return x_at(a) - 4;
}
static inline void x_patch(X64 *a, u32 at, u32 target)
{
    if (a->full) return;
    u32 rel = target - (at + 4);
    memcpy(a->base + at, &rel, 4);
}
static inline void x_jump_to(X64 *a, int cc, u32 target) { x_patch(a, x_jcc(a, cc), target); }
static inline void x_call_to(X64 *a, u32 target)
{
    if (!x_room(a)) return;
    x_byte(a, 0xe8);
    x_32(a, target - (x_at(a) + 4));
}
static inline void x_call_reg(X64 *a, int r) { x_rr(a, XD, 0xff, 2, r); }
static inline void x_jump_reg(X64 *a, int r) { x_rr(a, XD, 0xff, 4, r); }
static inline void x_jump_mem(X64 *a, XMem m) { x_rm(a, XD, 0xff, 4, m); }
/* to = address of the byte at offset `target` of this code */
static inline void x_lea_code(X64 *a, int to, u32 target)
{
    if (!x_room(a)) return;
    x_opcode(a, XQ, 0x8d, to, 0, 0);
    x_byte(a, (u32)(to & 7) << 3 | 5);
    x_32(a, target - (x_at(a) + 4));
}

#endif
