/* The quick forms of TAGE-SC-L and ITTAGE - tables in vectors, branches settled many at a time, what comes again remembered - against the plain ones: they predict the same
   on every stream, whatever the budget. */
#include "tests/unit/hwsim_test.h"
#include "hwsim/mem.h"

/* With vectors and without: jumps to targets that history tells, with anything from none to some hundred branches in between. */
Test(tage, ittage_wide_as_plain)
{
    if (!bp_has_wide()) return;
    BpIttage *wide = bp_ittage_make(4 << 13), *slow = bp_ittage_make(4 << 13);
    u32 right = 0, jumps = 40000;
    bp_ittage_plain(slow);
    for (u32 i = 0; i < jumps; i++) {
        u64 pc = CODE + i % 3 * 20, target = CODE + 0x1000 + i % 7 * (rnd(50) ? 64 : 68), key[300], n = rnd(200) ? i % 5 : rnd(300);
        u64 base = rnd(2) ? target : 0;
        for (u64 k = 0; k < n; k++) key[k] = k != 3 ? bp_branch_key(pc, false, i % (k + 2) == 0) : bp_jump_key(target);
        bp_ittage_branches(wide, key, n), bp_ittage_branches(slow, key, n);
        u64 got = bp_ittage_predict(wide, pc, base);
        cr_assert_eq(got, bp_ittage_predict(slow, pc, base), "jump %u", i);
        right += got == target;
        bp_ittage_update(wide, pc, target), bp_ittage_update(slow, pc, target);
        bp_ittage_jump(wide, target), bp_ittage_jump(slow, target);
    }
    cr_expect(right > jumps / 4 * 3 && right < jumps, "%u", right);
    bp_ittage_drop(wide), bp_ittage_drop(slow);
}

/* With a memory of jumps that were predicted right, and without: jumps that come again with the same history for a while, until some go elsewhere once or for good; of
   some the buffer has the target. */
Test(tage, ittage_remembers)
{
    BpIttage *memory = bp_ittage_make(4 << 13), *slow = bp_ittage_make(4 << 13);
    u32 right = 0, jumps = 200000;
    bp_ittage_plain(slow);
    for (u32 i = 0, era = 0; i < jumps; i++) {
        u32 k = i % 57, odd = !rnd(700);
        u64 pc = CODE + k % 5 * 20, usual = CODE + 0x1000 + hash_u64(k + (k < 9 ? era : 0)) % 6 * 64, target = usual + odd * 64, base = k % 5 == 1 || rnd(3) ? usual : 0;
        u64 key[] = { bp_branch_key(pc, false, k & 1), bp_jump_key(target), bp_branch_key(pc, true, k % 3 == 0) };
        if (!rnd(9000)) era++;
        bp_ittage_branches(memory, key, k % 4), bp_ittage_branches(slow, key, k % 4);
        u64 got = bp_ittage_resolve(memory, pc, base, target);
        cr_assert_eq(got, bp_ittage_resolve(slow, pc, base, target), "jump %u", i);
        right += got == target;
    }
    cr_expect(right > jumps / 4 * 3 && right < jumps, "%u", right);
    bp_ittage_drop(memory), bp_ittage_drop(slow);
}

/* ---- TAGE-SC-L ------------------------------------------------------------------------------------------------ */
/* Branch k of a program with loops in loops, biased and alternating branches, some coins, in phases that come again. */
static bool outcome(u32 k, u32 step, u32 phase)
{
    switch (k % 8) {
    case 0: return step % (7 + phase) != 0;
    case 1: return true;
    case 2: return step & 1;
    case 3: return rnd(20) > 0;
    case 4: return step / 3 % (2 + phase) == 0;
    case 5: return rnd(2);
    case 6: return step % 90 != 0;
    default: return false;
    }
}

/* The two forms must agree on every prediction, whatever the budget, with lengths of history that change in between. */
static void quick_as_plain(const HwDirection *form, const char *budget, bool fused)
{
    HwModel *m = MAKE(HW_COUNTS, "branch.predictor=tage", budget);
    u64 bits = m->bp.budget;
    void *slow = bp_tage.make(m, bits), *quick = form->make(m, bits);
    u64 wrongs = 0;
    for (u32 i = 0; i < 150000; i++) {
        u32 phase = i / 20000 % 3, k = i % (11 + phase);
        u64 pc = CODE + k * 36 + phase * 4096, target = k % 3 ? pc + 64 : pc - 64;
        bool taken = outcome(k, i / 11, phase);
        bool a = bp_tage.predict(m, slow, pc, target), b;
        bp_tage.update(m, slow, pc, target, taken);
        if (fused) {
            b = form->resolve(quick, pc, target, taken) ? taken : !taken;
        } else {
            b = form->predict(m, quick, pc, target);
            form->update(m, quick, pc, target, taken);
        }
        cr_assert_eq(a, b, "%s: branch %u", budget, i);
        wrongs += a != taken;
        if (k == 5) bp_tage.jump(slow, pc, target + i % 3 * 2), form->jump(quick, pc, target + i % 3 * 2);
        if (i % 30000 > 29990) {
            u64 longest = (u64[]){ 0, 3, 30, 100, 700, 3000 }[rnd(6)];
            bp_tage.longest(slow, longest), form->longest(quick, longest);
        }
    }
    cr_expect_eq(bp_tage.bits(m, slow), form->bits(m, quick));
    cr_expect(wrongs > 5000 && wrongs < 60000, "%lu", wrongs);
    bp_tage.drop(slow), form->drop(quick);
    hw_model_free(m);
}

/* Streams that repeat pieces of themselves, of all lengths and so often that the quick form follows its log: for a while, until something is
   different, through loops that count, with jumps in between; pieces that come again much later; changes of the longest history. */
static void repeats_as_plain(const HwDirection *form, const char *budget)
{
    enum { SCRIPT = 6000 };
    static struct { u64 pc, target; bool taken, jump; } script[SCRIPT];
    HwModel *m = MAKE(HW_COUNTS, "branch.predictor=tage", budget);
    void *slow = bp_tage.make(m, m->bp.budget), *quick = form->make(m, m->bp.budget);
    u64 wrongs = 0, all = 0;
    for (u32 i = 0; i < SCRIPT; i++) {
        u64 pc = CODE + hash_u64(rnd(i % 700 + 1)) % 900 * 4;
        script[i].pc = pc, script[i].target = pc + (hash_u64(pc) & 1 ? 64 : -64ull);
        script[i].taken = hash_u64(pc + 1) % 10 > rnd(10), script[i].jump = !rnd(15);
    }
    for (u32 piece = 0; piece < 400; piece++) {
        u32 from = rnd(SCRIPT - 1), n = 1 + rnd(rnd(3) ? 50 : 900), times = 1 + rnd(3000 / n + 2), inner = 2 + rnd(40);
        for (u32 t = 0; t < times; t++)
            for (u32 k = 0; k < n; k++) {
                u32 i = (from + k) % SCRIPT;
                u64 pc = script[i].pc, target = script[i].target;
                bool taken = script[i].taken;
                if (k == n / 2) taken = t % inner != 0;
                if (!rnd(3000)) taken = !taken;
                if (script[i].jump) {
                    bp_tage.jump(slow, pc, target + taken * 2), form->jump(quick, pc, target + taken * 2);
                    continue;
                }
                bool a = bp_tage.predict(m, slow, pc, target);
                bp_tage.update(m, slow, pc, target, taken);
                bool b = form->resolve(quick, pc, target, taken) ? taken : !taken;
                cr_assert_eq(a, b, "%s: piece %u, time %u, branch %u", budget, piece, t, k);
                wrongs += a != taken, all++;
            }
        if (piece % 40 == 39) {
            u64 longest = (u64[]){ 0, 30, 3000, 3000 }[rnd(4)];
            bp_tage.longest(slow, longest), form->longest(quick, longest);
        }
    }
    cr_expect(all > 300000 && wrongs > 2000 && wrongs < all / 4, "%lu of %lu", wrongs, all);
    bp_tage.drop(slow), form->drop(quick);
    hw_model_free(m);
}

/* Branches that are told many at a time, in portions of any size: of a stream that hardly repeats itself, `dull` times in a row predictable and then
   as often full of coins; now and then with a shorter history. The forms must agree on which of each portion were wrong. */
static void portions_as_plain(const HwDirection *form, const char *budget, u32 dull)
{
    enum { PORTION = 200 };
    HwModel *m = MAKE(HW_COUNTS, "branch.predictor=tage", budget);
    void *slow = bp_tage.make(m, m->bp.budget), *quick = form->make(m, m->bp.budget);
    u64 wrongs = 0, all = 0;
    for (u32 portion = 0, i = 0; portion < 2500; portion++) {
        u64 key[PORTION], n = 1 + rnd(PORTION), wrong = 0;
        u16 want[PORTION], told[PORTION];
        bool lively = portion / dull & 1;
        for (u64 k = 0; k < n; k++, i++) {
            u32 which = rnd(lively ? 12 : 60);
            u64 pc = CODE + (which + portion / 700 * 50) * 36, target = which % 3 ? pc + 64 : pc - 64;
            bool taken = which < 4 ? i % (3 + which) != 0 : which < 6 && lively ? rnd(2) : rnd(400) ? which & 1 : rnd(2);
            if (which == 11) {
                key[k] = bp_jump_key(target + i % 3 * 2);
                bp_tage.jump(slow, pc, target + i % 3 * 2);
                continue;
            }
            key[k] = bp_branch_key(pc, target <= pc, taken);
            if (bp_tage.predict(m, slow, pc, target) != taken) want[wrong++] = (u16)k;
            bp_tage.update(m, slow, pc, target, taken);
            all++;
        }
        cr_assert_eq(form->settle(quick, key, n, told), wrong, "%s: portion %u", budget, portion);
        cr_assert(!memcmp(told, want, wrong * sizeof *told), "%s: portion %u", budget, portion);
        wrongs += wrong;
        if (portion % 100 > 97) {
            u64 longest = (u64[]){ 20, 300, 3000, 3000 }[rnd(4)];
            bp_tage.longest(slow, longest), form->longest(quick, longest);
        }
    }
    cr_expect(all > 150000 && wrongs > 2000 && wrongs < all / 3, "%lu of %lu", wrongs, all);
    bp_tage.drop(slow), form->drop(quick);
    hw_model_free(m);
}

/* Long loops that are followed while a few branches behind them learn on and on: alternating ones, once in `coin` rounds one that has a pattern in the loop and goes anywhere here, numbers of iterations that change for a while. */
static void restless_as_plain(const HwDirection *form, const char *budget, u32 iterations, u32 coin)
{
    HwModel *m = MAKE(HW_COUNTS, "branch.predictor=tage", budget);
    void *slow = bp_tage.make(m, m->bp.budget), *quick = form->make(m, m->bp.budget);
    u64 wrongs = 0, all = 0;
    for (u32 round = 0; all < 400000; round++) {
        u32 n = iterations + (round % 50 > 47 ? rnd(3) : 0), size = 0, wrong = 0;
        u64 key[BP_LATER];
        u16 want[BP_LATER], told[BP_LATER];
        for (u32 i = 0; i < n; i++) {
            if (i % 3 == 1) key[size++] = bp_branch_key(CODE + 400, false, hash_u64(i) & 1);
            key[size++] = bp_branch_key(CODE, true, i + 1 < n);
        }
        key[size++] = bp_branch_key(CODE + 40, false, round & 1);
        key[size++] = bp_branch_key(CODE + 80, false, round % 5 == 0);
        key[size++] = bp_branch_key(CODE + 120, false, round % 3);
        if (round % coin == 0) key[size++] = bp_branch_key(CODE + 400, false, rnd(2));
        for (u32 k = 0; k < size; k++) {
            u64 pc = key[k] >> 2, target = key[k] & 2 ? pc - 64 : pc + 64;
            bool taken = key[k] & 1;
            if (bp_tage.predict(m, slow, pc, target) != taken) want[wrong++] = (u16)k;
            bp_tage.update(m, slow, pc, target, taken);
        }
        cr_assert_eq(form->settle(quick, key, size, told), wrong, "%s: round %u", budget, round);
        cr_assert(!memcmp(told, want, wrong * sizeof *told), "%s: round %u", budget, round);
        all += size, wrongs += wrong;
    }
    cr_expect(wrongs > 50 && wrongs < all / 20, "%lu of %lu", wrongs, all);
    bp_tage.drop(slow), form->drop(quick);
    hw_model_free(m);
}

static void all_restless_as_plain(const HwDirection *form)
{
    restless_as_plain(form, "branch.budget_kib=2", 60, 30);
    restless_as_plain(form, "branch.budget_kib=2", 9, 40);
    restless_as_plain(form, "branch.budget_kib=8", 25, 30);
    restless_as_plain(form, "branch.budget_kib=8", 900, 3);
    restless_as_plain(form, "branch.budget_kib=32", 300, 6);
}

static void all_portions_as_plain(const HwDirection *form)
{
    portions_as_plain(form, "branch.budget_kib=2", 30);
    portions_as_plain(form, "branch.budget_kib=8", 30);
    portions_as_plain(form, "branch.budget_kib=8", 3);
    portions_as_plain(form, "branch.budget_kib=64", 300);
}

static void all_repeats_as_plain(const HwDirection *form)
{
    repeats_as_plain(form, "branch.budget_kib=4");
    repeats_as_plain(form, "branch.budget_kib=8");
    repeats_as_plain(form, "branch.budget_kib=32");
}

static void all_as_plain(const HwDirection *form)
{
    quick_as_plain(form, "branch.budget_kib=2", true);
    quick_as_plain(form, "branch.budget_kib=8", true);
    quick_as_plain(form, "branch.budget_kib=8", false);
    quick_as_plain(form, "branch.budget_kib=16", true);
    quick_as_plain(form, "branch.budget_kib=64", false);
}

Test(tage, quick_tage_repeats, .timeout = 60)
{
    if (bp_has_quick()) all_repeats_as_plain(&bp_quick_tage);
}

Test(tage, quick_tage_is_tage, .timeout = 60)
{
    if (bp_has_quick()) all_as_plain(&bp_quick_tage);
}

Test(tage, wide_tage_repeats, .timeout = 60)
{
    if (bp_has_wide()) all_repeats_as_plain(&bp_wide_tage);
}

Test(tage, wide_tage_is_tage, .timeout = 60)
{
    if (bp_has_wide()) all_as_plain(&bp_wide_tage);
}

Test(tage, quick_tage_restless, .timeout = 60)
{
    if (bp_has_quick()) all_restless_as_plain(&bp_quick_tage);
}

Test(tage, wide_tage_restless, .timeout = 60)
{
    if (bp_has_wide()) all_restless_as_plain(&bp_wide_tage);
}

Test(tage, quick_tage_many, .timeout = 60)
{
    if (bp_has_quick()) all_portions_as_plain(&bp_quick_tage);
}

Test(tage, wide_tage_many, .timeout = 60)
{
    if (bp_has_wide()) all_portions_as_plain(&bp_wide_tage);
}
