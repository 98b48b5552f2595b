/* A small assembler for tests of the core: programs in `code`, made from the rows of rv64.def, and data for them. */
#ifndef TESTS_HWSIM_ASM_H
#define TESTS_HWSIM_ASM_H
#include "base/types.h"
#include "hwsim/decode.h"

static u32 code[16384] __attribute__((aligned(4096)));
static u32 len;
static u64 data[4096] __attribute__((aligned(4096)));

enum { ZERO, RA, SP, GP, TP, T0, T1, T2, S0, S1, A0, A1, A2, A3, A4, A5, A6, A7 };

static u32 field(u32 v, u32 hi, u32 lo, u32 to) { return (v >> lo & ((2u << (hi - lo)) - 1)) << to; }
static void word(u32 w) { code[len++] = w; }
#define R(id, rd, rs1, rs2) word(hw_rows[HW_I_##id].match | (rd) << 7 | (rs1) << 15 | (u32)(rs2) << 20)
#define I(id, rd, rs1, imm) word(hw_rows[HW_I_##id].match | (rd) << 7 | (rs1) << 15 | (u32)(imm) << 20)
#define S(id, rs2, imm, rs1) \
    word(hw_rows[HW_I_##id].match | (rs1) << 15 | (rs2) << 20 | field((u32)(imm), 11, 5, 25) | field((u32)(imm), 4, 0, 7))
#define B(id, rs1, rs2, off) \
    word(hw_rows[HW_I_##id].match | (rs1) << 15 | (rs2) << 20 | field((u32)(off), 12, 12, 31) | field((u32)(off), 10, 5, 25) | \
         field((u32)(off), 4, 1, 8) | field((u32)(off), 11, 11, 7))
#define J(rd, off) \
    word(hw_rows[HW_I_JAL].match | (rd) << 7 | field((u32)(off), 20, 20, 31) | field((u32)(off), 10, 1, 21) | \
         field((u32)(off), 11, 11, 20) | field((u32)(off), 19, 12, 12))
#define U(id, rd, imm20) word(hw_rows[HW_I_##id].match | (rd) << 7 | (u32)(imm20) << 12)
#define FP(id, rd, rs1, rs2, rm) word(hw_rows[HW_I_##id].match | (rd) << 7 | (rs1) << 15 | (rs2) << 20 | (u32)(rm) << 12)
#define HCALL(n) word(0x0b | (u32)(n) << 20)
#define EBREAK() word(0x00100073)
#define ECALL() word(0x00000073)

#endif
