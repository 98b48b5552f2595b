/* Reaching assignments: a slot that two loops use, a parameter that is assigned, exceptions, switches, longs, and code that is not followed. */
#include "layout/reach.h"
#include "vm/opcodes.h"
#include <criterion/criterion.h>
#include <stdlib.h>

static bool reaches(const u8 *code, u32 n, u32 from, u32 local, u32 at)
{
    Method m = { .original = code, .code_length = n, .details = &(MethodDetails){ 0 } };
    u8 *reach = reach_from(&m, from, local);
    cr_assert_not_null(reach);
    bool yes = reach_has(reach, at);
    free(reach);
    return yes;
}

Test(reach, loops_that_share_a_slot)
{
    static const u8 code[] = {
        OP_aload_0, OP_astore_2,                                                            /* 0: p = a */
        OP_aload_2, OP_ifnull, 0, 11,                                                       /* 2: while (p != null)   -> 14 */
        OP_aload_2, OP_getfield, 0, 1, OP_astore_2,                                         /* 6: p = p.one */
        OP_goto, 0xff, 0xf7,                                                                /* 11: -> 2 */
        OP_aload_1, OP_astore_2,                                                            /* 14: p = b */
        OP_aload_2, OP_ifnull, 0, 11,                                                       /* 16:                    -> 28 */
        OP_aload_2, OP_getfield, 0, 2, OP_astore_2,                                         /* 20: p = p.two */
        OP_goto, 0xff, 0xf7,                                                                /* 25: -> 16 */
        OP_return                                                                           /* 28 */
    };
    enum { FIRST = 2, ONE = 11, SECOND = 16, TWO = 25, LOAD_ONE = 6, LOAD_TWO = 20 };
    cr_expect(reaches(code, sizeof code, FIRST, 2, LOAD_ONE));
    cr_expect(reaches(code, sizeof code, ONE, 2, LOAD_ONE));
    cr_expect(!reaches(code, sizeof code, FIRST, 2, LOAD_TWO));
    cr_expect(!reaches(code, sizeof code, ONE, 2, LOAD_TWO));
    cr_expect(reaches(code, sizeof code, SECOND, 2, LOAD_TWO));
    cr_expect(reaches(code, sizeof code, TWO, 2, LOAD_TWO));
    cr_expect(!reaches(code, sizeof code, TWO, 2, LOAD_ONE));
}

Test(reach, a_parameter_until_it_is_assigned)
{
    static const u8 code[] = { OP_aload_0, OP_pop, OP_aconst_null, OP_wide, OP_astore, 0, 0, OP_aload_0, OP_areturn };
    cr_expect(reaches(code, sizeof code, 0, 0, 0));
    cr_expect(!reaches(code, sizeof code, 0, 0, 7));
}

Test(reach, a_long_takes_two_slots)
{
    static const u8 code[] = { OP_lconst_0, OP_lstore_1, OP_aload_2, OP_areturn }, other[] = { OP_iconst_0, OP_istore_1, OP_aload_2, OP_areturn };
    cr_expect(!reaches(code, sizeof code, 0, 2, 2));
    cr_expect(reaches(other, sizeof other, 0, 2, 2));
}

Test(reach, exceptions_and_switches)
{
    static const u8 code[] = {
        OP_aload_0, OP_monitorenter,                                                        /* 0 */
        OP_aconst_null, OP_astore_0,                                                        /* 2 */
        OP_iconst_0, OP_lookupswitch, 0, 0, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 19, /* 4: 7 -> 24, else 25 */
        OP_nop,                                                                             /* 24 */
        OP_return,                                                                          /* 25 */
        OP_pop, OP_aload_0, OP_areturn                                                      /* 26: the handler */
    };
    MethodDetails d = { .handlers = &(ExRange){ 0, 4, 26, 0 }, .nhandlers = 1 };
    Method m = { .original = code, .code_length = sizeof code, .details = &d };
    u8 *on_entry = reach_from(&m, 0, 0), *assigned = reach_from(&m, 4, 0);
    cr_expect(reach_has(on_entry, 27), "what is thrown before the assignment leaves the slot alone");
    cr_expect(!reach_has(on_entry, 24) && !reach_has(on_entry, 25));
    cr_expect(reach_has(assigned, 24) && reach_has(assigned, 25) && !reach_has(assigned, 27));
    free(on_entry), free(assigned);
}

Test(reach, subroutines_are_not_followed)
{
    static const u8 code[] = { OP_jsr, 0, 4, OP_return, OP_astore_1, OP_ret, 1 };
    cr_expect_null(reach_from(&(Method){ .original = code, .code_length = sizeof code, .details = &(MethodDetails){ 0 } }, 0, 0));
}
