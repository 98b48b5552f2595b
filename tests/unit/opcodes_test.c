/* The opcode table against the JVM specification's shape, instruction lengths in damaged code, and the profile's receiver counters. */
#include "vm/opcodes.h"
#include "vm/profile.h"
#include <criterion/criterion.h>
#include <string.h>

/* Slots that one side of an effect stands for; -1: depends on operands. */
static int slots(const char *s, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '?') return -1;
        sum += s[i] == 'J' || s[i] == 'D' ? 2 : 1;
    }
    return sum;
}

Test(opcodes, every_row_is_well_formed)
{
    u32 named = 0;
    for (u32 op = 0; op < 256; op++) {
        const OpcodeInfo *o = &opcodes[op];
        if (!o->name) continue;
        named++;
        cr_assert(strspn(o->effect, "IJFDA1?>") == strlen(o->effect), "%s", o->name);
        cr_assert_not_null(strchr(o->effect, '>'), "%s", o->name);
        cr_assert(o->length <= 5, "%s", o->name);
    }
    cr_assert_eq(named, 202 + (OP_ireturn_narrow - OP_FIRST_QUICK + 1));
    for (u32 op = 0; op <= OP_jsr_w; op++) cr_assert_not_null(opcodes[op].name, "opcode %u", op);
}

Test(opcodes, effects_of_typed_families_agree)
{
    static const struct { u8 op; int pops, pushes; } rows[] = {
        { OP_iadd, 2, 1 }, { OP_ladd, 4, 2 }, { OP_dcmpg, 4, 1 }, { OP_lshl, 3, 2 }, { OP_lastore, 4, 0 }, { OP_aastore, 3, 0 }, { OP_d2f, 2, 1 },
        { OP_i2l, 1, 2 }, { OP_dup2_x2, 4, 6 }, { OP_if_acmpne, 2, 0 }, { OP_dreturn, 2, 0 }, { OP_newarray, 1, 1 }, { OP_monitorenter, 1, 0 },
    };
    for (size_t i = 0; i < NELEM(rows); i++) {
        const char *e = opcodes[rows[i].op].effect, *gt = strchr(e, '>');
        cr_assert_eq(slots(e, (size_t)(gt - e)), rows[i].pops, "%s", opcodes[rows[i].op].name);
        cr_assert_eq(slots(gt + 1, strlen(gt + 1)), rows[i].pushes, "%s", opcodes[rows[i].op].name);
    }
}

Test(opcodes, lengths)
{
    static const u8 wide[] = { OP_wide, OP_iinc, 1, 0, 0, 5, OP_wide, OP_iload, 1, 0 };
    cr_assert_eq(opcode_length_at(wide, 0, sizeof wide), 6);
    cr_assert_eq(opcode_length_at(wide, 6, sizeof wide), 4);
    cr_assert_eq(opcode_length_at(wide, 6, sizeof wide - 1), 0);
    static const u8 table[] = { OP_nop, OP_tableswitch, 0, 0, 0, 0, 0, 9, 255, 255, 255, 255, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3 };
    cr_assert_eq(opcode_length_at(table, 1, sizeof table), sizeof table - 1);
    for (u32 end = 2; end < sizeof table; end++) cr_assert_eq(opcode_length_at(table, 1, end), 0, "cut at %u", end);
    static const u8 lookup[] = { OP_lookupswitch, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2 };
    cr_assert_eq(opcode_length_at(lookup, 0, sizeof lookup), sizeof lookup);
    for (u32 end = 1; end < sizeof lookup; end++) cr_assert_eq(opcode_length_at(lookup, 0, end), 0, "cut at %u", end);
    static const u8 empty[] = { OP_lookupswitch, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0 };
    cr_assert_eq(opcode_length_at(empty, 0, sizeof empty), sizeof empty);
    static const u8 bad[] = { OP_tableswitch, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 5, 0, 0, 0, 1, 202, 240 };
    cr_assert_eq(opcode_length_at(bad, 0, sizeof bad), 0, "high below low");
    cr_assert_eq(opcode_length_at(bad, 16, sizeof bad), 1, "reserved");
    cr_assert_eq(opcode_length_at(bad, 17, sizeof bad), 0, "no opcode");
}

/* Whatever code holds, walking it stays within it. */
Test(opcodes, random_code_is_never_overrun)
{
    u64 seed = 7;
    for (int round = 0; round < 20000; round++) {
        u8 code[24];
        for (size_t i = 0; i < sizeof code; i++) {
            seed = seed * 6364136223846793005ull + 1442695040888963407ull;
            code[i] = round % 2 && i % 3 ? 0 : (u8)(seed >> 56);
        }
        for (u32 bci = 0, n; bci < sizeof code; bci += n) {
            n = opcode_length_at(code, bci, sizeof code);
            cr_assert(bci + n <= sizeof code);
            if (!n) break;
        }
    }
}

Test(profile, receiver_counts)
{
    u32 p[3] = { 0 };
    for (int i = 0; i < 100; i++) profile_receiver(p, 0x1000);
    cr_assert(p[PROFILE_COUNT] == 100 && p[PROFILE_CLASS] == 0x1000 && p[PROFILE_CLASS_COUNT] == 100);
    for (int i = 0; i < 299; i++) profile_receiver(p, 0x2000); /* a quarter is still the first one's */
    cr_assert(p[PROFILE_COUNT] == 399 && p[PROFILE_CLASS] == 0x1000 && p[PROFILE_CLASS_COUNT] == 100);
    profile_receiver(p, 0x2000);
    cr_assert(p[PROFILE_CLASS] == 0x2000 && p[PROFILE_CLASS_COUNT] == 1);
}
