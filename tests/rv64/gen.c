/* Writes random programs, for comparing the core with other implementations. Encodings are made from the rows of
   rv64.def, so every instruction is tried; what they mean is then the other implementation's word against ours.

     gen SEED COUNT    an assembler file with the function `body`, about COUNT random instructions (harness.c
                       calls it and prints what it leaves behind)
     gen --flat SEED   a straight list of every row with random operands, for comparing disassembly

   Register use in `body`: x26 special values, x27 middle of the scratch buffer, x25 and x21 loop counters, x24 address,
   x23 temporary, x22 accumulator of results and flags; sp, gp, tp are left alone. The others are random.
   Some loops are without instructions that a translator leaves to others (CSRs), so that it may do its best with them. */
#include "base/log.h"
#include "base/types.h"
#include "hwsim/core.h"
#include "hwsim/decode.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INNER = 21, ACC = 22, TMP = 23, ADDR = 24, COUNTER = 25, SPECIAL = 26, SCRATCH = 27 };
enum { FFLAGS = 1, FRM = 2, FCSR = 3 };
#define SPECIALS 96

/* --- random numbers ---------------------------------------------------------------------------------------------- */

static u64 state;
static u64 rnd(void)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state * 0x2545f4914f6cdd1dull >> 16;
}
static u32 below(u32 n) { return (u32)(rnd() % n); }
static bool chance(u32 percent) { return below(100) < percent; }

/* Registers that random instructions may write. */
static u32 any_dest(void)
{
    static const u8 free_regs[] = { 1, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 28, 29, 30, 31 };
    return free_regs[below(sizeof free_regs)];
}
static bool is_free(u32 r) { return r == 1 || (r >= 5 && r <= 20) || r >= 28; }
static u32 dest(void) { return chance(3) ? 0 : any_dest(); }
static u32 source(void) { return chance(4) ? 0 : any_dest(); }
static bool quiet; /* no CSR instructions, few rounding modes */
static u32 rounding_mode(void) { return chance(quiet ? 95 : 50) ? 7 : below(5); }

/* --- encoding ----------------------------------------------------------------------------------------------------- */

static u32 field(u32 v, u32 hi, u32 lo, u32 to) { return (v >> lo & ((2u << (hi - lo)) - 1)) << to; }
static u32 enc_b(u32 imm) { return field(imm, 12, 12, 31) | field(imm, 10, 5, 25) | field(imm, 4, 1, 8) | field(imm, 11, 11, 7); }
static u32 enc_s(u32 imm) { return field(imm, 11, 5, 25) | field(imm, 4, 0, 7); }
static u32 enc_j(u32 imm) { return field(imm, 20, 20, 31) | field(imm, 10, 1, 21) | field(imm, 11, 11, 20) | field(imm, 19, 12, 12); }

/* The row with these registers and immediate; operands that the format does not have are ignored. */
static u32 encode(u32 id, u32 rd, u32 rs1, u32 rs2, u32 imm)
{
    const HwRow *r = &hw_rows[id];
    u32 w = r->match;
    switch (r->format) {
    case HW_FMT_N: break;
    case HW_FMT_I: case HW_FMT_L: case HW_FMT_FL: case HW_FMT_CSR: case HW_FMT_CSRI: w |= rd << 7 | rs1 << 15 | imm << 20; break;
    case HW_FMT_FEN: w |= (imm & 255) << 20; break;
    case HW_FMT_SH6: w |= rd << 7 | rs1 << 15 | (imm & 63) << 20; break;
    case HW_FMT_SH5: w |= rd << 7 | rs1 << 15 | (imm & 31) << 20; break;
    case HW_FMT_S: case HW_FMT_FS: w |= rs1 << 15 | rs2 << 20 | enc_s(imm); break;
    case HW_FMT_B: w |= rs1 << 15 | rs2 << 20 | enc_b(imm); break;
    case HW_FMT_HINT: w |= rs1 << 15 | enc_b(imm); break;
    case HW_FMT_U: w |= rd << 7 | imm << 12; break;
    case HW_FMT_J: w |= rd << 7 | enc_j(imm); break;
    case HW_FMT_H: w |= imm << 20; break;
    default: w |= rd << 7 | rs1 << 15 | (rs2 << 20 & ~r->mask);
    }
    if (hw_formats[r->format].has_rm) w |= (imm & 7) << 12;
    if (r->format == HW_FMT_FR4) w |= below(32) << 27;
    if (r->format == HW_FMT_A || r->format == HW_FMT_LR) w |= below(4) << 25;
    return w;
}

/* --- output: instructions are collected, so that branches can skip over what follows them ---------------------------- */

static struct { u32 word, len; } code[1 << 16];
static u32 code_len;

static void put(u32 word)
{
    ASSERT(code_len < NELEM(code));
    code[code_len].word = word;
    code[code_len++].len = hw_insn_len((u16)word);
}

static u32 bytes_since(u32 from)
{
    u32 n = 0;
    for (u32 i = from; i < code_len; i++) n += code[i].len;
    return n;
}

static void print_code(void)
{
    u64 at = 0;
    for (u32 i = 0; i < code_len; i++) {
        char text[80];
        u32 both = code[i].word;
        hw_disassemble(&both, at, text, sizeof text);
        if (code[i].len == 4) printf("    .insn 4, 0x%08x # %s\n", both, text);
        else printf("    .insn 2, 0x%04x # %s\n", both, text);
        at += code[i].len;
    }
}

/* --- random instructions ------------------------------------------------------------------------------------------------ */

/* x22 = (x22 rotated) + x23 */
static void accumulate(void)
{
    put(encode(HW_I_RORI, ACC, ACC, 0, 5));
    put(encode(HW_I_ADD, ACC, ACC, TMP, 0));
}

static void collect_flags(void)
{
    if (quiet) return;
    put(encode(HW_I_CSRRW, TMP, 0, 0, FFLAGS));
    accumulate();
}

static void collect_float(u32 f)
{
    put(encode(HW_I_FMV_X_D, TMP, f, 0, 0));
    accumulate();
}

static void load_specials(void)
{
    put(encode(HW_I_FLD, below(32), SPECIAL, 0, 8 * below(SPECIALS)));
    if (chance(30)) put(encode(HW_I_FLW, below(32), SPECIAL, 0, 8 * below(SPECIALS) + 4 * below(2)));
    if (chance(50)) put(encode(HW_I_LD, any_dest(), SPECIAL, 0, 8 * below(SPECIALS)));
}

static u32 near_scratch(void) { return below(3600) - 1800; }

static void atomic(u32 id)
{
    bool wide = hw_rows[id].match >> 12 & 1;
    u32 at = (below(400) - 200) * 8;
    if (!wide) at += 4 * below(2);
    put(encode(HW_I_ADDI, ADDR, SCRATCH, 0, at));
    if (hw_rows[id].class == HW_CLASS_SC && chance(80)) {
        put(encode(wide ? HW_I_LR_D : HW_I_LR_W, dest(), ADDR, 0, 0));
        if (chance(30)) put(encode(HW_I_ADDI, ADDR, ADDR, 0, 8)); /* elsewhere: must fail */
        if (chance(20)) put(encode(wide ? HW_I_SD : HW_I_SW, 0, ADDR, source(), 0)); /* the value changed: must fail */
    }
    put(encode(id, dest(), ADDR, source(), 0));
}

static void csr(u32 id)
{
    if (quiet) return;
    static const u32 numbers[] = { FFLAGS, FFLAGS, FCSR, FRM };
    u32 n = numbers[below(4)];
    bool immediate = hw_rows[id].format == HW_FMT_CSRI, sets = id == HW_I_CSRRS || id == HW_I_CSRRSI;
    if (sets) n = FFLAGS; /* the others could become a reserved rounding mode */
    u32 value = n == FFLAGS ? below(32) : n == FRM ? below(5) : below(5) << 5 | below(32);
    if (immediate && n == FCSR) n = FFLAGS, value = below(32);
    if (!immediate) put(encode(HW_I_ADDI, TMP, 0, 0, value));
    put(encode(id, dest(), immediate ? value : TMP, 0, n));
}

static void random_simple(void);

static void skip_forward(u32 id)
{
    u32 at = code_len, class = hw_rows[id].class;
    put(0x00000013);
    if (class == HW_CLASS_JALR) put(0x00000013);
    u32 n = below(4);
    while (n--) random_simple();
    u32 bytes = bytes_since(at);
    if (class == HW_CLASS_BRANCH) code[at].word = encode(id, 0, source(), source(), bytes);
    else if (class == HW_CLASS_JAL) code[at].word = encode(id, quiet ? 0 : dest(), 0, 0, bytes);
    else {
        code[at].word = encode(HW_I_AUIPC, ADDR, 0, 0, 0);
        code[at + 1].word = encode(id, dest(), ADDR, 0, bytes | below(2)); /* bit 0 of the target is ignored */
    }
}

static void random_row(u32 id)
{
    const HwRow *r = &hw_rows[id];
    u32 f = below(32);
    switch (r->class) {
    case HW_CLASS_LOAD: put(encode(id, dest(), SCRATCH, 0, near_scratch())); break;
    case HW_CLASS_STORE: put(encode(id, 0, SCRATCH, source(), near_scratch())); break;
    case HW_CLASS_FLOAD: put(encode(id, f, SCRATCH, 0, near_scratch())); break;
    case HW_CLASS_FSTORE: put(encode(id, 0, SCRATCH, f, near_scratch())); break;
    case HW_CLASS_LR: case HW_CLASS_SC: case HW_CLASS_AMO: atomic(id); break;
    case HW_CLASS_CSR: csr(id); break;
    case HW_CLASS_FENCE: put(id == HW_I_FENCE ? encode(id, 0, 0, 0, 0xff) : 0x00000013); break;
    case HW_CLASS_FENCEI: if (!quiet && chance(10)) put(encode(id, 0, 0, 0, 0)); break;
    case HW_CLASS_FPS: case HW_CLASS_FPD: case HW_CLASS_FPBITS:
        if (chance(60)) load_specials();
        if (r->format == HW_FMT_XF || r->format == HW_FMT_XFE || r->format == HW_FMT_XF0) put(encode(id, f, source(), 0, rounding_mode()));
        else put(encode(id, f, below(32), below(32), rounding_mode()));
        if (chance(80)) collect_flags();
        if (chance(50)) collect_float(f);
        break;
    case HW_CLASS_FPX: case HW_CLASS_FPX0:
        if (chance(60)) load_specials();
        put(encode(id, dest(), below(32), below(32), rounding_mode()));
        if (chance(80)) collect_flags();
        break;
    default:
        if (id == HW_I_CTZW) { /* of a low word that is zero, qemu before 8.0 counts the high one */
            put(encode(HW_I_ORI, TMP, source(), 0, 1u << below(12)));
            put(encode(id, dest(), TMP, 0, 0));
            break;
        }
        put(encode(id, dest(), source(), source(), (u32)rnd() & (r->format == HW_FMT_U ? 0xfffff : 0xfff)));
    }
}

/* A compressed instruction whose expansion has no effect but on free registers, or goes to the scratch buffer. */
static void random_compressed(void)
{
    for (;;) {
        u16 c = (u16)rnd();
        HwInsn i;
        if (hw_insn_len(c) != 2 || !hw_decode(c, &i)) continue;
        u32 class = hw_rows[i.id].class, format = hw_rows[i.id].format;
        if (class == HW_CLASS_ALU) {
            bool uses_rs1 = format != HW_FMT_U, uses_rs2 = format == HW_FMT_R;
            if (!is_free(i.rd) || (uses_rs1 && i.rs1 && !is_free(i.rs1)) || (uses_rs2 && i.rs2 && !is_free(i.rs2))) continue;
        } else if (class == HW_CLASS_LOAD || class == HW_CLASS_STORE || class == HW_CLASS_FLOAD || class == HW_CLASS_FSTORE) {
            if (i.rs1 == 2) continue;
            put(encode(HW_I_ADDI, i.rs1, SCRATCH, 0, near_scratch() & ~3u));
        } else continue;
        put(c);
        return;
    }
}

static bool is_jump(u32 id)
{
    u32 class = hw_rows[id].class;
    return class == HW_CLASS_BRANCH || class == HW_CLASS_JAL || class == HW_CLASS_JALR;
}

static u32 random_id(void)
{
    for (;;) {
        u32 id = below(HW_I_COUNT), class = hw_rows[id].class;
        if (class != HW_CLASS_TRAP && class != HW_CLASS_HCALL && id != HW_I_HINT_VAL) return id;
    }
}

static void random_simple(void)
{
    if (chance(15)) {
        random_compressed();
        return;
    }
    u32 id = random_id();
    if (!is_jump(id)) random_row(id);
}

static void random_loop(void)
{
    put(encode(HW_I_ADDI, COUNTER, 0, 0, 2 + below(6)));
    u32 start = code_len;
    for (u32 n = 2 + below(10); n; n--) random_simple();
    put(encode(HW_I_ADDI, COUNTER, COUNTER, 0, (u32)-1 & 0xfff));
    u32 bytes = bytes_since(start);
    if (bytes < 4000) put(encode(HW_I_BNE, 0, COUNTER, 0, -bytes));
}

static void quiet_loop(u32 counter)
{
    quiet = true;
    put(encode(HW_I_ADDI, counter, 0, 0, 1 + below(counter == INNER ? 6 : 40)));
    u32 start = code_len;
    for (u32 n = 2 + below(16); n; n--) {
        if (counter == COUNTER && chance(8)) quiet_loop(INNER);
        else if (chance(20)) skip_forward(chance(70) ? HW_I_BEQ + below(6) : HW_I_JAL);
        else random_simple();
    }
    put(encode(HW_I_ADDI, counter, counter, 0, (u32)-1 & 0xfff));
    u32 bytes = bytes_since(start);
    if (bytes < 4000) put(encode(HW_I_BNE, 0, counter, 0, -bytes));
    quiet = counter == INNER;
}

static void random_body(u32 count)
{
    while (code_len < count) {
        u32 id = random_id();
        if (chance(3)) random_loop();
        else if (chance(3)) quiet_loop(COUNTER);
        else if (is_jump(id)) skip_forward(id);
        else random_simple();
    }
}

/* --- the data -------------------------------------------------------------------------------------------------------------- */

static u64 special_double(void)
{
    static const u64 known[] = {
        0, 1ull << 63, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000, 0xfff8000000000001, 0x7ff0000000000001,
        0x7ff4000000000000, 1, 0x000fffffffffffff, 0x0010000000000000, 0x0010000000000001, 0x7fefffffffffffff, 0x3ff0000000000000,
        0xbff0000000000000, 0x3ff0000000000001, 0x3fefffffffffffff, 0x3fe0000000000000, 0x3ff8000000000000, 0x4004000000000000,
        0x41dfffffffc00000, 0xc1e0000000000000, 0x41dfffffffe00000, 0x41efffffffe00000, 0x43e0000000000000, 0xc3e0000000000000,
        0x43f0000000000000, 0x43dfffffffffffff, 0x36a0000000000000, 0x380fffffffffffff, 0x47efffffe0000000, 0x47efffffefffffff,
        0x3810000000000000, 0x36a8000000000000,
    };
    if (chance(60)) return known[below(NELEM(known))];
    return (u64)below(2) << 63 | (u64)(1023 + below(120) - 60) << 52 | (rnd() & 0xfffffffffffff);
}

static u64 special_single(void)
{
    static const u32 known[] = { 0, 0x80000000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00001, 0x7f800001, 0x7fa00000, 1, 0x007fffff,
                                 0x00800000, 0x00800001, 0x7f7fffff, 0x3f800000, 0xbf800000, 0x3f800001, 0x3f7fffff, 0x3f000000, 0x3fc00000,
                                 0x40200000, 0x4f000000, 0xcf000000, 0x4effffff, 0x4f7fffff, 0x4f800000, 0x5f000000, 0xdf000000, 0x5f800000 };
    u32 v = chance(60) ? known[below(NELEM(known))] : below(2) << 31 | (127 + below(60) - 30) << 23 | ((u32)rnd() & 0x7fffff);
    return v | (chance(90) ? 0xffffffff00000000ull : rnd() << 32); /* sometimes not boxed */
}

static u64 special_integer(void)
{
    static const u64 known[] = { 0, 1, ~0ull, 1ull << 63, (1ull << 63) - 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xffffffff80000000, 63, 64, 31,
                                 0x8000000000000001, 0xfffffffffffffc00, 0x20000000000001, 0x1000001, 0x7fffffbfffffffff };
    return chance(50) ? known[below(NELEM(known))] : rnd() << below(48) ^ rnd();
}

static u64 special(void)
{
    u32 kind = below(5);
    return kind < 2 ? special_double() : kind < 4 ? special_single() : special_integer();
}

static void print_words(const char *label, u32 n)
{
    printf("%s:\n", label);
    for (u32 i = 0; i < n; i++) printf("    .8byte 0x%016llx\n", (unsigned long long)special());
}

static void print_program(void)
{
    printf("    .text\n    .globl body\n    .option norvc\nbody:\n    lla x27, save\n");
    for (int r = 1; r < 27; r++) printf("    sd x%d, %d(x27)\n", r, 8 * r);
    printf("    lla x26, specials\n    lla x27, initial\n");
    for (int r = 0; r < 32; r++) printf("    fld f%d, %d(x27)\n", r, 8 * r);
    for (int r = 1; r < 32; r++)
        if (is_free(r) || (r >= INNER && r <= COUNTER)) printf("    ld x%d, %d(x27)\n", r, 256 + 8 * r);
    printf("    fscsr x0\n    lla x27, scratch + 2048\n");
    print_code();
    printf("    lla x27, final\n");
    for (int r = 1; r < 27; r++)
        if (r < 2 || r > 4) printf("    sd x%d, %d(x27)\n", r, 8 * r);
    for (int r = 28; r < 32; r++) printf("    sd x%d, %d(x27)\n", r, 8 * r);
    for (int r = 0; r < 32; r++) printf("    fsd f%d, %d(x27)\n", r, 256 + 8 * r);
    printf("    frcsr x5\n    sd x5, 512(x27)\n    fscsr x0\n    lla x27, save\n");
    for (int r = 1; r < 27; r++) printf("    ld x%d, %d(x27)\n", r, 8 * r);
    printf("    ret\n    .data\n    .balign 64\n    .globl final, scratch\nsave: .space 256\nfinal: .space 520\n    .balign 64\n");
    print_words("initial", 64);
    print_words("specials", SPECIALS);
    printf("    .balign 64\n");
    print_words("scratch", 512);
    printf("    .section .note.GNU-stack\n");
}

static void print_flat(void)
{
    for (u32 id = 0; id < HW_I_COUNT; id++) {
        if (id == HW_I_HCALL || id == HW_I_HINT_VAL) continue;
        for (int k = 0; k < 6; k++) {
            u32 imm = (u32)rnd() & 0xfff, format = hw_rows[id].format;
            if (hw_rows[id].class == HW_CLASS_CSR) imm = 1 + below(3);
            else if (format == HW_FMT_B || format == HW_FMT_J) imm &= 0xffe;
            else if (hw_formats[format].has_rm) imm = format == HW_FMT_FUE || format == HW_FMT_XFE ? 0 : rounding_mode();
            put(encode(id, below(32), below(32), below(32), imm));
        }
    }
    printf("    .globl _start\n    .option norvc\n_start:\n");
    print_code();
}

int main(int argc, char **argv)
{
    if (argc != 3) die("usage: gen SEED COUNT, or gen --flat SEED");
    bool flat = !strcmp(argv[1], "--flat");
    state = strtoull(argv[flat ? 2 : 1], NULL, 10) * 0x9e3779b97f4a7c15ull + 1;
    if (flat) {
        print_flat();
        return 0;
    }
    random_body((u32)strtoul(argv[2], NULL, 10));
    print_program();
    return 0;
}
