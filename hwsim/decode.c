/* The decoder, made from rv64.def: see decode.h. Rows are found through buckets by opcode and funct3, filled
   at first use; a bucket holds at most some fifty rows (OP-FP), and each instruction is decoded once. */
#include "hwsim/decode.h"
#include "base/log.h"
#include "hwsim/model.h"

enum { IMM_NONE, IMM_I, IMM_S, IMM_B, IMM_U, IMM_J, IMM_SH6, IMM_SH5, IMM_CSR };

#define FMT(id, imm, has_rm, text) [HW_FMT_##id] = { IMM_##imm, has_rm, text },
const HwFormatInfo hw_formats[HW_FMT_COUNT] = {
#include "hwsim/rv64.def"
};
#define HW_UNIT_NONE HW_UNIT_COUNT
#define I(id, name, match, mask, fmt, unit, class, ...) [HW_I_##id] = { name, match, mask, HW_FMT_##fmt, HW_CLASS_##class, HW_UNIT_##unit },
const HwRow hw_rows[HW_I_COUNT] = {
#include "hwsim/rv64.def"
};

/* --- 32-bit instructions ------------------------------------------------------------------------------- */

#define BUCKETS 256
#define BUCKET_OF(opcode, funct3) (((opcode) >> 2 & 31) << 3 | (funct3))
static u16 bucket_rows[4096];
static struct { u16 first, n; } buckets[BUCKETS];

/* A row is in every bucket that its fixed bits allow (one, or eight if funct3 is free). */
static bool row_in_bucket(const HwRow *r, u32 b)
{
    u32 bits = (b >> 3 & 31) << 2 | 3 | (b & 7) << 12;
    return !((bits ^ r->match) & r->mask & 0x707f);
}

static void fill_buckets(void)
{
    u32 n = 0;
    for (u32 b = 0; b < BUCKETS; b++) {
        buckets[b].first = (u16)n;
        for (u32 i = 0; i < HW_I_COUNT; i++) {
            if (!row_in_bucket(&hw_rows[i], b)) continue;
            ASSERT(n < NELEM(bucket_rows));
            bucket_rows[n++] = (u16)i;
        }
        ASSERT(n < 1 << 16);
        buckets[b].n = (u16)(n - buckets[b].first);
    }
}

/* Bits hi..lo of w, moved to bit `to`. */
static inline u32 bits(u32 w, u32 hi, u32 lo, u32 to) { return (w >> lo & ((2u << (hi - lo)) - 1)) << to; }
static inline i32 sext(u32 v, u32 width) { return (i32)(v << (32 - width)) >> (32 - width); }

static i32 immediate(u32 w, u32 kind)
{
    switch (kind) {
    case IMM_I: return (i32)w >> 20;
    case IMM_S: return sext(bits(w, 31, 25, 5) | bits(w, 11, 7, 0), 12);
    case IMM_B: return sext(bits(w, 31, 31, 12) | bits(w, 7, 7, 11) | bits(w, 30, 25, 5) | bits(w, 11, 8, 1), 13);
    case IMM_U: return (i32)(w & 0xfffff000);
    case IMM_J: return sext(bits(w, 31, 31, 20) | bits(w, 19, 12, 12) | bits(w, 20, 20, 11) | bits(w, 30, 21, 1), 21);
    case IMM_SH6: return (i32)bits(w, 25, 20, 0);
    case IMM_SH5: return (i32)bits(w, 24, 20, 0);
    case IMM_CSR: return (i32)bits(w, 31, 20, 0);
    default: return 0;
    }
}

static u32 find_row(u32 w)
{
    if (UNLIKELY(!buckets[BUCKETS - 1].first)) fill_buckets();
    u32 b = BUCKET_OF(w & 127, w >> 12 & 7);
    for (u32 i = buckets[b].first; i < buckets[b].first + (u32)buckets[b].n; i++)
        if ((w & hw_rows[bucket_rows[i]].mask) == hw_rows[bucket_rows[i]].match) return bucket_rows[i];
    return HW_I_ILLEGAL;
}

bool hw_decode(u32 word, HwInsn *out)
{
    u32 len = hw_insn_len((u16)word), w = len == 2 ? hw_expand((u16)word) : word;
    u32 id = (w & 3) == 3 ? find_row(w) : HW_I_ILLEGAL;
    *out = (HwInsn){ .word = id == HW_I_ILLEGAL && len == 2 ? (u16)word : w, .id = (u16)id, .len = (u8)len,
                     .rd = w >> 7 & 31, .rs1 = w >> 15 & 31, .rs2 = w >> 20 & 31, .rs3 = w >> 27, .rm = w >> 12 & 7 };
    if (id == HW_I_ILLEGAL) return false;
    const HwFormatInfo *f = &hw_formats[hw_rows[id].format];
    out->imm = immediate(w, f->imm);
    if (f->has_rm && (out->rm == 5 || out->rm == 6)) { /* reserved rounding modes */
        out->id = HW_I_ILLEGAL;
        return false;
    }
    return true;
}

/* --- compressed instructions ----------------------------------------------------------------------------- */

static u32 enc_r(u32 match, u32 rd, u32 rs1, u32 rs2) { return match | rd << 7 | rs1 << 15 | rs2 << 20; }
static u32 enc_i(u32 match, u32 rd, u32 rs1, u32 imm) { return match | rd << 7 | rs1 << 15 | imm << 20; }
static u32 enc_s(u32 match, u32 rs1, u32 rs2, u32 imm)
{
    return match | rs1 << 15 | rs2 << 20 | bits(imm, 4, 0, 7) | bits(imm, 11, 5, 25);
}
static u32 enc_b(u32 match, u32 rs1, u32 imm)
{
    return match | rs1 << 15 | bits(imm, 12, 12, 31) | bits(imm, 10, 5, 25) | bits(imm, 4, 1, 8) | bits(imm, 11, 11, 7);
}
static u32 enc_j(u32 rd, u32 imm)
{
    return hw_rows[HW_I_JAL].match | rd << 7 | bits(imm, 20, 20, 31) | bits(imm, 10, 1, 21) | bits(imm, 11, 11, 20) | bits(imm, 19, 12, 12);
}
/* A row's fixed bits. */
#define M(id) hw_rows[HW_I_##id].match

/* Immediates that several compressed formats share; names follow the manual's. */
static u32 uimm_w(u32 c) { return bits(c, 5, 5, 6) | bits(c, 12, 10, 3) | bits(c, 6, 6, 2); }
static u32 uimm_d(u32 c) { return bits(c, 6, 5, 6) | bits(c, 12, 10, 3); }
static u32 uimm_lwsp(u32 c) { return bits(c, 3, 2, 6) | bits(c, 12, 12, 5) | bits(c, 6, 4, 2); }
static u32 uimm_ldsp(u32 c) { return bits(c, 4, 2, 6) | bits(c, 12, 12, 5) | bits(c, 6, 5, 3); }
static u32 uimm_swsp(u32 c) { return bits(c, 8, 7, 6) | bits(c, 12, 9, 2); }
static u32 uimm_sdsp(u32 c) { return bits(c, 9, 7, 6) | bits(c, 12, 10, 3); }
static u32 imm6(u32 c) { return (u32)sext(bits(c, 12, 12, 5) | bits(c, 6, 2, 0), 6); }
static u32 shamt(u32 c) { return bits(c, 12, 12, 5) | bits(c, 6, 2, 0); }
static u32 imm_j(u32 c)
{
    return (u32)sext(bits(c, 12, 12, 11) | bits(c, 8, 8, 10) | bits(c, 10, 9, 8) | bits(c, 6, 6, 7) | bits(c, 7, 7, 6) |
                     bits(c, 2, 2, 5) | bits(c, 11, 11, 4) | bits(c, 5, 3, 1), 12);
}
static u32 imm_b(u32 c)
{
    return (u32)sext(bits(c, 12, 12, 8) | bits(c, 6, 5, 6) | bits(c, 2, 2, 5) | bits(c, 11, 10, 3) | bits(c, 4, 3, 1), 9);
}
static u32 imm_16sp(u32 c)
{
    return (u32)sext(bits(c, 12, 12, 9) | bits(c, 4, 3, 7) | bits(c, 5, 5, 6) | bits(c, 2, 2, 5) | bits(c, 6, 6, 4), 10);
}
static u32 uimm_4spn(u32 c) { return bits(c, 10, 7, 6) | bits(c, 12, 11, 4) | bits(c, 5, 5, 3) | bits(c, 6, 6, 2); }

static u32 expand_q0(u32 c)
{
    u32 rd = 8 + bits(c, 4, 2, 0), rs = 8 + bits(c, 9, 7, 0);
    switch (c >> 13) {
    case 0: return uimm_4spn(c) ? enc_i(M(ADDI), rd, 2, uimm_4spn(c)) : 0;
    case 1: return enc_i(M(FLD), rd, rs, uimm_d(c));
    case 2: return enc_i(M(LW), rd, rs, uimm_w(c));
    case 3: return enc_i(M(LD), rd, rs, uimm_d(c));
    case 5: return enc_s(M(FSD), rs, rd, uimm_d(c));
    case 6: return enc_s(M(SW), rs, rd, uimm_w(c));
    case 7: return enc_s(M(SD), rs, rd, uimm_d(c));
    default: return 0;
    }
}

/* c.srli c.srai c.andi and the two-register operations */
static u32 expand_misc_alu(u32 c)
{
    u32 rd = 8 + bits(c, 9, 7, 0), rs2 = 8 + bits(c, 4, 2, 0);
    static const u8 ops[8] = { HW_I_SUB, HW_I_XOR, HW_I_OR, HW_I_AND, HW_I_SUBW, HW_I_ADDW, 0, 0 };
    switch (c >> 10 & 3) {
    case 0: return enc_i(M(SRLI), rd, rd, shamt(c));
    case 1: return enc_i(M(SRAI), rd, rd, shamt(c));
    case 2: return enc_i(M(ANDI), rd, rd, imm6(c));
    default: {
        u32 op = ops[bits(c, 12, 12, 2) | bits(c, 6, 5, 0)];
        return op ? enc_r(hw_rows[op].match, rd, rd, rs2) : 0;
    }
    }
}

static u32 expand_q1(u32 c)
{
    u32 rd = bits(c, 11, 7, 0), rs = 8 + bits(c, 9, 7, 0);
    switch (c >> 13) {
    case 0: return enc_i(M(ADDI), rd, rd, imm6(c));
    case 1: return rd ? enc_i(M(ADDIW), rd, rd, imm6(c)) : 0;
    case 2: return enc_i(M(ADDI), rd, 0, imm6(c));
    case 3:
        if (rd == 2) return imm_16sp(c) ? enc_i(M(ADDI), 2, 2, imm_16sp(c)) : 0;
        return imm6(c) ? M(LUI) | rd << 7 | imm6(c) << 12 : 0;
    case 4: return expand_misc_alu(c);
    case 5: return enc_j(0, imm_j(c));
    case 6: return enc_b(M(BEQ), rs, imm_b(c));
    default: return enc_b(M(BNE), rs, imm_b(c));
    }
}

/* c.jr c.mv c.ebreak c.jalr c.add */
static u32 expand_jump_move(u32 c)
{
    u32 rd = bits(c, 11, 7, 0), rs2 = bits(c, 6, 2, 0), add = c >> 12 & 1;
    if (rs2) return enc_r(M(ADD), rd, add ? rd : 0, rs2);
    if (rd) return enc_i(M(JALR), add, rd, 0);
    return add ? M(EBREAK) : 0;
}

static u32 expand_q2(u32 c)
{
    u32 rd = bits(c, 11, 7, 0), rs2 = bits(c, 6, 2, 0);
    switch (c >> 13) {
    case 0: return enc_i(M(SLLI), rd, rd, shamt(c));
    case 1: return enc_i(M(FLD), rd, 2, uimm_ldsp(c));
    case 2: return rd ? enc_i(M(LW), rd, 2, uimm_lwsp(c)) : 0;
    case 3: return rd ? enc_i(M(LD), rd, 2, uimm_ldsp(c)) : 0;
    case 4: return expand_jump_move(c);
    case 5: return enc_s(M(FSD), 2, rs2, uimm_sdsp(c));
    case 6: return enc_s(M(SW), 2, rs2, uimm_swsp(c));
    default: return enc_s(M(SD), 2, rs2, uimm_sdsp(c));
    }
}

u32 hw_expand(u16 c)
{
    switch (c & 3) {
    case 0: return c ? expand_q0(c) : 0;
    case 1: return expand_q1(c);
    case 2: return expand_q2(c);
    default: return 0;
    }
}
