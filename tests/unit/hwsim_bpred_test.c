/* Branch predictors one by one, by hand and against slow references; their order of accuracy; storage; value hints:
   in time, late, useless, squashed; automatic digests; the core's hint.val; fast paths and repetition. */
#include "tests/unit/hwsim_test.h"
#include "hwsim/core.h"
#include "hwsim/decode.h"
#include "hwsim/mem.h"

/* One branch; whether it was mispredicted. */
static bool wrong(HwModel *m, u64 pc, bool taken)
{
    u64 before = count(m, HWC_COND_MISPREDICT);
    hw_retire_fast(m, 1);
    branch(m, pc, taken, pc + 64);
    return count(m, HWC_COND_MISPREDICT) > before;
}

/* Outcomes as a string of T and N; returns the predictions' fate as a string of r(ight) and w(rong). */
static const char *fate(HwModel *m, u64 pc, const char *outcomes)
{
    static char out[64];
    size_t n = strlen(outcomes);
    for (size_t i = 0; i < n; i++) out[i] = wrong(m, pc, outcomes[i] == 'T') ? 'w' : 'r';
    out[n] = 0;
    return out;
}

/* ---- parts, by hand --------------------------------------------------------------------------------------- */

Test(bpred, folded_history_is_history_folded)
{
    static const struct { u32 length, width; } shape[] = { { 1, 5 }, { 5, 5 }, { 7, 5 }, { 64, 13 }, { 1000, 20 }, { 3000, 19 } };
    for (size_t k = 0; k < NELEM(shape); k++) {
        BpHistory h = { .head = 0 };
        BpFold f;
        u8 past[5000];
        bp_fold_init(&f, shape[k].length, shape[k].width);
        for (u32 n = 0; n < 5000; n++) {
            past[n] = (u8)rnd(2);
            bp_push(&h, past[n]);
            bp_fold(&f, &h);
            if (n % 97 && n < 4990) continue;
            u32 slow = 0; /* bit i of the history is at place i mod width */
            for (u32 i = 0; i < shape[k].length && i <= n; i++) slow ^= (u32)past[n - i] << (i % shape[k].width);
            cr_assert_eq(f.value, slow, "length %u width %u after %u", shape[k].length, shape[k].width, n);
        }
    }
}

Test(bpred, geometric_lengths)
{
    u16 l[12];
    bp_geometric(l, 12, 4, 1000);
    cr_expect_eq(l[0], 4);
    cr_expect_eq(l[11], 1000);
    for (int i = 1; i < 12; i++) cr_expect(l[i] > l[i - 1] && l[i] <= 2 * l[i - 1]);
    bp_geometric(l, 4, 1, 4);
    cr_expect(l[0] == 1 && l[1] == 2 && l[2] == 3 && l[3] == 4);
}

/* Counters begin weakly not taken, the chooser weakly with the global side. No global history: one counter. */
Test(bpred, tournament_by_hand)
{
    HwModel *m = MAKE(HW_COUNTS, "branch.predictor=tournament", "branch.history_bits=0");
    /* T: both wrong. T: the global counter is at 2, right; the local one of history 1 wrong: chooser stays global. */
    cr_expect_str_eq(fate(m, CODE, "TTTT"), "wrrr");
    cr_expect_str_eq(fate(m, CODE, "NN"), "ww", "the global counter comes down from 3");
    hw_model_free(m);
    /* Alternation. The global counter goes 1 2 1 2, always wrong. Local: histories ..0 and ..01 with counters of their own
       for each of the first LOCAL_BITS outcomes, then two of them, known after one more round; the chooser follows. */
    m = MAKE(HW_COUNTS, "branch.predictor=tournament", "branch.history_bits=0");
    u64 n = 0;
    for (int i = 0; i < 60; i++) n += wrong(m, CODE, i & 1);
    cr_expect(n > 5 && n < 30, "%lu", n);
    n = 0;
    for (int i = 0; i < 1000; i++) n += wrong(m, CODE, i & 1);
    cr_expect_eq(n, 0);
    hw_model_free(m);
}

/* All weights are zero and a sum of zero says taken. N trains all 16 weights down by 1; histories of N are like no history,
   so the next N finds -16, right but within the threshold of 16: -32, beyond it, untrained. T meets that sum: wrong. */
Test(bpred, perceptron_by_hand)
{
    HwModel *m = MAKE(HW_COUNTS, "branch.predictor=perceptron");
    cr_expect_str_eq(fate(m, CODE, "NNNNNT"), "wrrrrw");
    hw_model_free(m);
    m = MAKE(HW_COUNTS, "branch.predictor=perceptron");
    cr_expect_str_eq(fate(m, CODE, "TTTT"), "rrrr");
    hw_model_free(m);
}

Test(bpred, tage_by_hand)
{
    HwModel *m = MAKE(HW_COUNTS, "branch.predictor=tage");
    /* The base's counter starts at 1; the first T makes an entry for the empty history, the second meets another history. */
    cr_expect_str_eq(fate(m, CODE, "TTTT"), "wrrr");
    hw_model_free(m);
    m = MAKE(HW_COUNTS, "branch.predictor=tage");
    cr_expect_str_eq(fate(m, CODE, "NNNN"), "rrrr");
    hw_model_free(m);
}

/* Five iterations: the first exit makes the entry, the second gives its count, seven more make it sure (executions 3 to
   9), in the tenth it differs from the rest and gains trust, in the eleventh it predicts the exit. */
Test(bpred, loop_predictor_by_hand)
{
    BpLoop *l = bp_loop_make(4);
    for (int execution = 1; execution <= 12; execution++)
        for (int i = 1; i <= 5; i++) {
            bool taken = true, loop = i < 5;
            bool knows = bp_loop_predict(l, CODE, &taken);
            cr_expect_eq(knows, execution >= 11 || (execution == 10 && i > 5), "execution %d iteration %d", execution, i);
            if (knows) cr_expect_eq(taken, loop);
            bp_loop_update(l, loop, true);
        }
    /* one execution of another length: the entry is given up */
    bool taken;
    for (int i = 1; i <= 6; i++) {
        bp_loop_predict(l, CODE, &taken);
        bp_loop_update(l, i < 6, true);
    }
    for (int i = 1; i <= 5; i++) {
        cr_expect_not(bp_loop_predict(l, CODE, &taken));
        bp_loop_update(l, i < 5, true);
    }
    bp_loop_drop(l);
}

/* TAGE that is always sure and always wrong about one branch: the corrector turns it over. */
Test(bpred, corrector_by_hand)
{
    BpCorrector *c = bp_corrector_make(8192);
    cr_expect_eq(bp_corrector_predict(c, CODE, true, 2), true, "untrained it agrees");
    bp_corrector_update(c, CODE, CODE + 64, false);
    u64 n = 0;
    for (int i = 0; i < 200; i++) {
        if (i >= 100) n += bp_corrector_predict(c, CODE, true, 2) != false;
        else bp_corrector_predict(c, CODE, true, 2);
        bp_corrector_update(c, CODE, CODE + 64, false);
    }
    cr_expect_eq(n, 0);
    bp_corrector_drop(c);
}

Test(bpred, ittage_by_hand)
{
    BpIttage *t = bp_ittage_make(8 << 13);
    /* nothing known: the base; a wrong base makes an entry, which predicts as soon as history is the same again */
    cr_expect_eq(bp_ittage_predict(t, CODE, 111), 111);
    bp_ittage_update(t, CODE, 222);
    u64 got = bp_ittage_predict(t, CODE, 222);
    cr_expect_eq(got, 222);
    bp_ittage_update(t, CODE, 222);
    u64 late = 0;
    for (int i = 0; i < 2000; i++) {
        static const u8 pattern[] = { 1, 1, 2, 1, 3, 1, 1, 4, 2, 2 };
        u64 target = CODE + 4096u * pattern[i % 10];
        late += bp_ittage_predict(t, CODE, CODE) != target && i >= 1000;
        bp_ittage_update(t, CODE, target);
        bp_ittage_jump(t, target);
    }
    cr_expect_eq(late, 0);
    bp_ittage_drop(t);
}

/* ---- the order of accuracy ---------------------------------------------------------------------------------- */

/* Loops of 60 iterations with a branch inside; a branch that repeats what another did 50 branches ago; a branch that
   follows its own history of 11, seldom executed; a branch that is just biased. */
static u64 long_histories(HwModel *m)
{
    u64 warm = 0;
    u32 own = 5;
    rng_state = 99;
    for (int round = 0; round < 1200; round++) {
        if (round == 600) warm = count(m, HWC_COND_MISPREDICT);
        bool far = rnd(2);
        wrong(m, CODE, far);
        for (int i = 0; i < 50; i++) branch(m, CODE + 0x100, i < 49, CODE + 0x80);
        wrong(m, CODE + 0x200, far);
        for (int i = 0; i < 60; i++) {
            wrong(m, CODE + 0x300, i % 5 == 0);
            branch(m, CODE + 0x340, i < 59, CODE + 0x2f0);
        }
        own = own << 1 | (round % 7 < 3);
        wrong(m, CODE + 0x400, own & 1);
        wrong(m, CODE + 0x500, rnd(20) > 0);
    }
    return count(m, HWC_COND_MISPREDICT) - warm;
}

Test(bpred, order_of_accuracy, .timeout = 60)
{
    static const char *const names[] = { "branch.predictor=static", "branch.predictor=bimodal", "branch.predictor=gshare",
                                         "branch.predictor=perceptron", "branch.predictor=tage" };
    static const char *const budgets[] = { "branch.budget_kib=8", "branch.budget_kib=16", "branch.budget_kib=32", "branch.budget_kib=64" };
    for (size_t b = 0; b < NELEM(budgets); b++) {
        u64 n[NELEM(names)];
        for (size_t k = 0; k < NELEM(names); k++) {
            HwModel *m = MAKE(HW_COUNTS, names[k], budgets[b], "branch.table_entries=32768", "branch.history_bits=15");
            n[k] = long_histories(m);
            hw_model_check(m);
            hw_model_free(m);
            if (k) cr_expect_leq(n[k], n[k - 1] + n[k - 1] / 20, "%s %s: %lu, not %lu", budgets[b], names[k], n[k], n[k - 1]);
        }
        /* every round has one coin toss that nobody can know */
        cr_expect_lt(n[3], n[2] * 7 / 10);
        cr_expect_lt(n[4], 300 + 30 + 60, "%lu", n[4]);
    }
}

/* Targets whose order needs a history that the small target cache does not have. */
Test(bpred, ittage_beats_the_cache)
{
    u64 n[2];
    for (int k = 0; k < 2; k++) {
        HwModel *m = MAKE(HW_COUNTS, k ? "branch.indirect_predictor=ittage" : "branch.indirect_predictor=cache",
                          "branch.indirect_entries=512", "branch.indirect_history_bits=10");
        for (int i = 0; i < 4000; i++) {
            if (i == 2000) n[k] = count(m, HWC_TARGET_MISPREDICT);
            u64 t = hash_u64((u64)(i % 40) + 1) % 3;
            hw_branch_fast(m, HW_BR_INDIRECT, CODE, 4, true, CODE + 0x1000 + t * 0x100);
        }
        n[k] = count(m, HWC_TARGET_MISPREDICT) - n[k];
        hw_model_free(m);
    }
    cr_expect_lt(n[1], 20, "ittage: %lu", n[1]);
    cr_expect_gt(n[0], 10 * (n[1] + 1), "cache: %lu", n[0]);
}

/* ---- storage ------------------------------------------------------------------------------------------------ */

Test(bpred, storage_is_the_budget)
{
    static const char *const names[] = { "branch.predictor=tournament", "branch.predictor=perceptron", "branch.predictor=tage" };
    for (u32 k = 0; k < NELEM(names); k++)
        for (u32 kib = 2; kib <= 128; kib *= 2)
            for (u32 value = 0; value <= 1; value++) {
                char budget[40], bits[40];
                snprintf(budget, sizeof budget, "branch.budget_kib=%u", kib);
                snprintf(bits, sizeof bits, "branch.value_bits=%u", value * kib << 12);
                HwModel *m = MAKE(HW_COUNTS, names[k], budget, bits, value ? "branch.auto_digest=true" : "branch.auto_digest=false");
                u64 all = hw_bpred_bits(m, HW_BP_DIRECTION) + hw_bpred_bits(m, HW_BP_VALUE);
                cr_expect_leq(all, kib << 13, "%s %s %s: %lu", names[k], budget, bits, all);
                cr_expect_geq(all, (u64)(kib << 13) * 94 / 100, "%s %s %s: %lu", names[k], budget, bits, all);
                cr_expect_eq(hw_bpred_bits(m, HW_BP_VALUE) > 0, value);
                u64 sum = 0;
                for (int p = 0; p < HW_BP_PARTS; p++) sum += hw_bpred_bits(m, (HwBpredPart)p);
                cr_expect_eq(hw_bpred_bits(m, HW_BP_PARTS), sum);
                hw_model_free(m);
            }
    HwModel *m = MAKE(HW_COUNTS, "branch.predictor=gshare", "branch.table_entries=16384", "branch.history_bits=12");
    cr_expect_eq(hw_bpred_bits(m, HW_BP_DIRECTION), 2 * 16384 + 12);
    cr_expect_eq(hw_bpred_bits(m, HW_BP_BTB), 2048 * 94);
    hw_model_free(m);
}

/* ---- value hints -------------------------------------------------------------------------------------------- */

#define VALUE "branch.value_bits=16384", "branch.mispredict_cycles=12"
#define SITE (CODE + 0x800)

/* n executions of a branch that depends on a random value below 100, each with a hint `ahead` instructions before it; returns
   the mispredicts of the second half. */
static u64 data_dependent(HwModel *m, int n, u64 ahead, u64 (*hint)(u64 v))
{
    u64 half = 0;
    rng_state = 7;
    for (int i = 0; i < n; i++) {
        if (i == n / 2) half = count(m, HWC_COND_MISPREDICT);
        u64 v = rnd(100);
        if (hint) hw_hint(m, CODE, hint(v), SITE);
        hw_retire_fast(m, ahead);
        wrong(m, SITE, hash_u64(v) & 1);
        for (int k = 0; k < 3; k++) wrong(m, CODE + 0x900, false);
        hw_retire_fast(m, 20);
    }
    return count(m, HWC_COND_MISPREDICT) - half;
}
static u64 same(u64 v) { return v; }
static u64 coin(u64 v) { (void)v; return rnd(1 << 20); }

Test(hint, early_hints_predict_data, .timeout = 30)
{
    for (int level = HW_COUNTS; level <= HW_TIMING; level++) {
        HwModel *m = MAKE((HwLevel)level, VALUE);
        u64 without = data_dependent(m, 8000, 40, NULL);
        hw_model_free(m);
        m = MAKE((HwLevel)level, VALUE);
        u64 with = data_dependent(m, 8000, 40, same);
        cr_expect_gt(without, 1500);
        cr_expect_lt(with, 40, "%lu of 4000", with);
        cr_expect_eq(count(m, HWC_HINT_ISSUED), 8000);
        cr_expect_eq(count(m, HWC_HINT_LATE), 0);
        cr_expect_gt(count(m, HWC_HINT_USED), 7000);
        cr_expect_gt(count(m, HWC_HINT_CORRECT), count(m, HWC_HINT_USED) * 97 / 100);
        hw_model_check(m);
        hw_model_free(m);
    }
}

Test(hint, late_hints_change_nothing, .timeout = 30)
{
    for (int level = HW_COUNTS; level <= HW_TIMING; level++) {
        HwModel *m = MAKE((HwLevel)level, VALUE);
        u64 without = data_dependent(m, 4000, 5, NULL);
        hw_model_free(m);
        m = MAKE((HwLevel)level, VALUE);
        u64 with = data_dependent(m, 4000, 5, same);
        cr_expect_eq(with, without);
        cr_expect_eq(count(m, HWC_HINT_LATE), 4000);
        cr_expect_eq(count(m, HWC_HINT_USED), 0);
        hw_model_free(m);
    }
}

/* Whether a hint `ahead` instructions before its branch counts as late. */
static bool late(HwModel *m, u64 ahead)
{
    u64 before = count(m, HWC_HINT_LATE);
    hw_retire_fast(m, 1000);
    hw_hint(m, CODE, 1, SITE);
    hw_retire_fast(m, ahead); /* with the hint itself */
    wrong(m, SITE, false);
    return count(m, HWC_HINT_LATE) > before;
}

/* Counts: 12 x 2 instructions by default. Timing: the branch is fetched when the instruction 24 ahead of it issues; with two
   a cycle and a digest of 3 cycles the hint must be 30 ahead. */
Test(hint, the_limit_by_hand)
{
    HwModel *m = MAKE(HW_COUNTS, VALUE, "core.issue_width=2");
    cr_expect(late(m, 23));
    cr_expect_not(late(m, 24));
    hw_model_free(m);
    m = MAKE(HW_COUNTS, VALUE, "core.issue_width=2", "branch.hint_min_distance=7");
    cr_expect(late(m, 6));
    cr_expect_not(late(m, 7));
    hw_model_free(m);
    m = MAKE(HW_TIMING, VALUE, "core.issue_width=2", "branch.digest_cycles=3");
    cr_expect(late(m, 29));
    cr_expect_not(late(m, 30));
    hw_model_free(m);
}

/* A stall between hint and branch does not help by itself: the branch had been fetched before it. A mispredict does: the
   front end is empty, and fetches the branch after it. */
Test(hint, stalls_and_redirects)
{
    for (int redirect = 0; redirect <= 1; redirect++) {
        HwModel *m = MAKE(HW_TIMING, VALUE, "branch.digest_cycles=2", "core.div_extra_cycles=100");
        hw_retire_fast(m, 1000);
        hw_hint(m, CODE, 1, SITE);
        hw_retire_fast(m, 4);
        hw_unit_fast(m, HW_UNIT_DIV);
        cr_expect_eq(wrong(m, CODE + 0x900, redirect), redirect);
        hw_retire_fast(m, 2);
        wrong(m, SITE, false);
        cr_expect_eq(count(m, HWC_HINT_LATE), !redirect);
        hw_model_free(m);
    }
}

/* Random values beside a branch that is always taken, and beside one that the base predictor half knows. */
Test(hint, chooser_turns_useless_hints_off, .timeout = 30)
{
    for (int bias = 0; bias <= 1; bias++) {
        u64 n[2];
        for (int hinted = 0; hinted <= 1; hinted++) {
            HwModel *m = MAKE(HW_COUNTS, VALUE, "branch.predictor=bimodal");
            for (int i = 0; i < 6000; i++) {
                u64 v = hash_u64((u64)i * 2 + 1) % 64, toss = hash_u64((u64)i * 2 + 2) % 10;
                if (hinted) hw_hint(m, CODE, v, SITE);
                hw_retire_fast(m, 40);
                wrong(m, SITE, !bias || toss > 0);
            }
            n[hinted] = count(m, HWC_COND_MISPREDICT);
            hw_model_free(m);
        }
        cr_expect_leq(n[1], n[0] + n[0] / 50, "bias %d: %lu with useless hints, %lu without", bias, n[1], n[0]);
    }
    HwModel *m = MAKE(HW_COUNTS, VALUE);
    u64 without = data_dependent(m, 4000, 40, NULL);
    hw_model_free(m);
    m = MAKE(HW_COUNTS, VALUE);
    cr_expect_leq(data_dependent(m, 4000, 40, coin), without + without / 10);
    hw_model_free(m);
}

/* Hints behind a mispredicted branch were made on the wrong path: they go with it, older ones stay. */
Test(hint, squashed_with_their_path)
{
    HwModel *m = MAKE(HW_COUNTS, VALUE);
    u64 branches = count(m, HWC_BRANCH);
    hw_hint(m, CODE, 1, SITE);
    /* the core runs ahead of the branch that comes next, on a path that will turn out wrong */
    m->counter[HWC_HINT_ISSUED] += 2;
    bp_hints_add(m, 2, SITE, branches + 1);
    bp_hints_add(m, 3, SITE, branches + 1);
    hw_retire_fast(m, 100);
    cr_expect(wrong(m, CODE + 0x900, true));
    cr_expect_eq(count(m, HWC_HINT_LOST), 2);
    /* the first is still there, once */
    hw_hint(m, CODE, 4, SITE);
    wrong(m, SITE, false);
    cr_expect_eq(count(m, HWC_HINT_LATE), 0, "the branch took the oldest hint, which is early enough");
    wrong(m, SITE, false);
    cr_expect_eq(count(m, HWC_HINT_LATE), 1);
    /* a branch predicted right squashes nothing */
    bp_hints_add(m, 5, SITE, count(m, HWC_BRANCH) + 1);
    m->counter[HWC_HINT_ISSUED]++;
    cr_expect_not(wrong(m, CODE + 0x940, false));
    cr_expect_eq(count(m, HWC_HINT_LOST), 2);
    hw_model_check(m);
    hw_model_free(m);
}

Test(hint, queue_is_bounded_and_cancelled)
{
    HwModel *m = MAKE(HW_COUNTS, VALUE, "branch.hint_queue_entries=4");
    for (int i = 0; i < 6; i++) hw_hint(m, CODE, 1, SITE + 64u * (u64)i);
    cr_expect_eq(count(m, HWC_HINT_LOST), 2, "the two oldest");
    hw_hint_cancel(m, SITE + 64 * 3);
    cr_expect_eq(count(m, HWC_HINT_LOST), 3);
    for (int i = 0; i < 6; i++) wrong(m, SITE + 64u * (u64)i, false);
    cr_expect_eq(count(m, HWC_HINT_LATE), 3, "those for branches 2, 4 and 5");
    hw_model_check(m);
    hw_model_free(m);
}

/* Two executions ahead: the queue keeps hints of one branch in order. */
Test(hint, several_in_flight)
{
    HwModel *m = MAKE(HW_COUNTS, VALUE);
    u64 v[3], bad = 0;
    rng_state = 5;
    for (int i = 0; i < 3; i++) v[i] = rnd(50), hw_hint(m, CODE, v[i], SITE);
    for (int i = 0; i < 4000; i++) {
        hw_retire_fast(m, 10);
        bad += wrong(m, SITE, hash_u64(v[i % 3]) & 1) && i > 1000;
        v[i % 3] = rnd(50);
        hw_hint(m, CODE, v[i % 3], SITE);
    }
    cr_expect_lt(bad, 30, "%lu", bad);
    hw_model_free(m);
}

/* A comparison with a limit, on values of 64 bits that hardly repeat: the coarse digest knows their magnitude. */
Test(hint, coarse_digests_generalise)
{
    cr_expect_eq(bp_digest(5).fine, 5);
    cr_expect_eq(bp_digest(4095).fine, 4095);
    cr_expect_neq(bp_digest(~0ull).coarse, bp_digest(0).coarse);
    cr_expect_eq(bp_digest(1ull << 40).coarse, bp_digest((1ull << 40) + 12345).coarse);
    HwModel *m = MAKE(HW_COUNTS, VALUE);
    u64 bad = 0;
    for (u64 i = 0; i < 3000; i++) {
        u64 v = hash_u64(i + 1) >> (hash_u64(i) % 40);
        hw_hint(m, CODE, v, SITE);
        hw_retire_fast(m, 40);
        bad += wrong(m, SITE, v >= 1ull << 40) && i > 500;
    }
    cr_expect_lt(bad, 60, "%lu of 2500", bad);
    hw_model_free(m);
}

Test(hint, indirect_targets)
{
    u64 n[2];
    for (int hinted = 0; hinted <= 1; hinted++) {
        HwModel *m = MAKE(HW_COUNTS, VALUE, "branch.indirect_predictor=ittage");
        rng_state = 3;
        for (int i = 0; i < 4000; i++) {
            u64 op = rnd(30);
            if (i == 2000) n[hinted] = count(m, HWC_TARGET_MISPREDICT);
            if (hinted) hw_hint(m, CODE, op, SITE);
            hw_retire_fast(m, 40);
            hw_branch_fast(m, HW_BR_INDIRECT, SITE, 4, true, CODE + 0x10000 + op * 64);
        }
        n[hinted] = count(m, HWC_TARGET_MISPREDICT) - n[hinted];
        hw_model_check(m);
        hw_model_free(m);
    }
    cr_expect_gt(n[0], 1800);
    cr_expect_lt(n[1], 100, "%lu", n[1]);
}

Test(hint, without_the_component_hints_do_nothing)
{
    HwModel *a = MAKE(HW_TIMING, "branch.mispredict_cycles=12"), *b = MAKE(HW_TIMING, "branch.mispredict_cycles=12");
    u64 x = data_dependent(a, 2000, 40, same), y = data_dependent(b, 2000, 40, NULL);
    cr_expect_eq(x, y);
    cr_expect_eq(hw_cycle(a), hw_cycle(b));
    cr_expect_eq(count(a, HWC_HINT_ISSUED), 2000);
    cr_expect_eq(hw_bpred_bits(a, HW_BP_VALUE), 0);
    hw_model_free(a), hw_model_free(b);
}

/* ---- automatic digests --------------------------------------------------------------------------------------- */

/* The branch depends on register 21, written `ahead` instructions before it; other registers hold noise. */
static u64 register_dependent(HwModel *m, int n, u64 ahead)
{
    u64 x[32] = { 0 }, half = 0;
    hw_model_regs(m, x);
    for (int i = 0; i < n; i++) {
        if (i == n / 2) half = count(m, HWC_COND_MISPREDICT);
        for (u64 r = 5; r < 20; r++) x[r] = hash_u64((u64)i * 32 + r) % 100;
        x[21] = hash_u64((u64)i) % 60;
        wrong(m, CODE + 0x900, false);
        hw_retire_fast(m, ahead);
        wrong(m, SITE, hash_u64(x[21] + 9) & 1);
    }
    hw_model_regs(m, NULL);
    return count(m, HWC_COND_MISPREDICT) - half;
}

Test(hint, automatic_digests_find_the_register, .timeout = 30)
{
    HwModel *m = MAKE(HW_COUNTS, VALUE, "branch.auto_digest=true");
    u64 early = register_dependent(m, 16000, 40);
    cr_expect_gt(count(m, HWC_DIGEST_USED), 4000);
    cr_expect_eq(count(m, HWC_HINT_USED), 0);
    hw_model_check(m);
    hw_model_free(m);
    m = MAKE(HW_COUNTS, VALUE, "branch.auto_digest=true");
    u64 too_late = register_dependent(m, 16000, 3);
    hw_model_free(m);
    cr_expect_lt(early, 200, "%lu of 8000", early);
    cr_expect_gt(too_late, 3000, "%lu of 8000: the register is written just before", too_late);
}

/* ---- reconfiguration ------------------------------------------------------------------------------------------ */

static u64 exits(HwModel *m, int trips, int rounds)
{
    u64 before = count(m, HWC_COND_MISPREDICT);
    for (int r = 0; r < rounds; r++)
        for (int i = 0; i < trips; i++) branch(m, CODE + 0x100, i < trips - 1, CODE);
    return count(m, HWC_COND_MISPREDICT) - before;
}

Test(bpred, knobs)
{
    HwModel *m = MAKE(HW_COUNTS, "branch.predictor=gshare", "branch.history_bits=12");
    exits(m, 10, 20);
    cr_expect_eq(exits(m, 10, 20), 0);
    for (u64 p = 0; p < HW_PRED_PLUGIN; p++) {
        cr_expect(hw_knob_set(m, HW_KNOB_PREDICTOR, p));
        cr_expect_eq(hw_knob_get(m, HW_KNOB_PREDICTOR), p);
        exits(m, 10, 20);
        hw_model_check(m);
    }
    cr_expect_not(hw_knob_set(m, HW_KNOB_PREDICTOR, HW_PRED_PLUGIN), "none is loaded");
    cr_expect_not(hw_knob_set(m, HW_KNOB_PREDICTOR, HW_PRED_COUNT));
    /* perceptron and TAGE have a length of their own, and short histories do not see a loop's exit */
    cr_expect(hw_knob_set(m, HW_KNOB_PREDICTOR, HW_PRED_PERCEPTRON));
    cr_expect_eq(hw_knob_get(m, HW_KNOB_HISTORY_LENGTH), 3000);
    cr_expect_not(hw_knob_set(m, HW_KNOB_HISTORY_LENGTH, 3001));
    exits(m, 30, 100);
    cr_expect_eq(exits(m, 30, 20), 0);
    cr_expect(hw_knob_set(m, HW_KNOB_HISTORY_LENGTH, 8));
    exits(m, 30, 100);
    cr_expect_geq(exits(m, 30, 20), 20);
    cr_expect(hw_knob_set(m, HW_KNOB_HISTORY_LENGTH, 3000));
    cr_expect_lt(exits(m, 30, 20), 20, "what the long histories knew was kept");
    cr_expect(hw_knob_set(m, HW_KNOB_PREDICTOR, HW_PRED_GSHARE));
    cr_expect_eq(hw_knob_get(m, HW_KNOB_HISTORY_LENGTH), 12);
    hw_model_free(m);
}

/* The counters of gshare survive a change and back; a predictor with tables of its own starts anew. */
Test(bpred, what_a_change_keeps)
{
    HwModel *m = MAKE(HW_COUNTS, "branch.predictor=gshare");
    cr_expect_str_eq(fate(m, CODE, "TTTTTTTTTTTTTTTTTTTT") + 14, "rrrrrr");
    hw_knob_set(m, HW_KNOB_PREDICTOR, HW_PRED_TAGE);
    cr_expect_str_eq(fate(m, CODE, "TT"), "wr");
    hw_knob_set(m, HW_KNOB_PREDICTOR, HW_PRED_GSHARE);
    cr_expect_str_eq(fate(m, CODE, "TT"), "rr");
    hw_knob_set(m, HW_KNOB_PREDICTOR, HW_PRED_TAGE);
    cr_expect_str_eq(fate(m, CODE, "TT"), "wr");
    hw_model_free(m);
}

/* ---- the core's instruction ---------------------------------------------------------------------------------- */

static u32 program[80] __attribute__((aligned(64)));
static u32 length;
static u64 array[2000];

static u32 put(u32 id, u32 rd, u32 rs1, i32 imm)
{
    program[length] = hw_rows[id].match | rd << 7 | rs1 << 15 | (u32)imm << 20;
    return length++;
}

static void put_branch(u32 at, u32 id, u32 rs1, u32 rs2, u32 to)
{
    u32 v = (u32)((i32)(to - at) * 4);
    program[at] = hw_rows[id].match | rs1 << 15 | rs2 << 20 | (v >> 12 & 1) << 31 | (v >> 5 & 63) << 25 | (v >> 1 & 15) << 8 | (v >> 11 & 1) << 7;
}

/* Counts in a0 how many elements of the array are odd; each element's last bit is hinted `ahead` instructions before the branch. */
static void assemble(u32 ahead, bool hint)
{
    enum { A0 = 10, A1, A2, S0 = 8, S1 = 9 };
    length = 0;
    u32 loop = put(HW_I_LD, A1, S0, 0);
    put(HW_I_ANDI, A1, A1, 7);
    put(HW_I_ANDI, A2, A1, 1);
    u32 place = put(HW_I_ADDI, 0, 0, 0);
    for (u32 i = 0; i + 1 < ahead; i++) put(HW_I_ADDI, 0, 0, 0);
    u32 test = length++, inc = put(HW_I_ADDI, A0, A0, 1);
    put_branch(test, HW_I_BEQ, A2, 0, inc + 1);
    put(HW_I_ADDI, S0, S0, 8);
    u32 back = length++;
    put_branch(back, HW_I_BNE, S0, S1, loop);
    put(HW_I_EBREAK, 0, 0, 0);
    program[length - 1] = hw_rows[HW_I_EBREAK].match;
    if (hint) put_branch(place, HW_I_HINT_VAL, A1, 0, test);
}

static u64 run_on(HwModel *m, HwEngine engine)
{
    HwCore *core = hw_core_new(m);
    hw_core_set_engine(core, engine);
    core->pc = (u64)program;
    core->x[8] = (u64)array, core->x[9] = (u64)&array[NELEM(array)];
    cr_assert_eq(hw_core_run(core, 1000000), HW_STOP_TRAP);
    cr_assert_eq(core->cause, HW_CAUSE_BREAKPOINT);
    u64 odd = core->x[10];
    hw_core_free(core);
    return odd;
}

static u64 run_program(HwModel *m)
{
    return run_on(m, HW_ENGINE_ORACLE);
}

Test(hint, the_instruction, .timeout = 30)
{
    u64 odd = 0;
    rng_state = 11;
    for (size_t i = 0; i < NELEM(array); i++) array[i] = rnd(1u << 30), odd += array[i] & 1;
    u64 wrong_of[4];
    for (int k = 0; k < 4; k++) {
        assemble(k == 3 ? 6 : 30, k > 0);
        HwModel *m = k == 1 ? MAKE(HW_TIMING, "branch.mispredict_cycles=12") : MAKE(HW_TIMING, VALUE);
        cr_expect_eq(run_program(m), odd);
        wrong_of[k] = count(m, HWC_COND_MISPREDICT);
        cr_expect_eq(count(m, HWC_HINT_ISSUED), k ? NELEM(array) : 0);
        if (k == 3) cr_expect_gt(count(m, HWC_HINT_LATE), NELEM(array) / 4, "%lu", count(m, HWC_HINT_LATE));
        if (k == 2) cr_expect(!count(m, HWC_HINT_LATE) && count(m, HWC_HINT_CORRECT) > NELEM(array) * 98 / 100);
        hw_model_free(m);
    }
    cr_expect_gt(wrong_of[0], NELEM(array) / 3);
    cr_expect_eq(wrong_of[1], wrong_of[0], "no component: no effect");
    cr_expect_lt(wrong_of[2], 120, "%lu: warming up, and the loop's own branch", wrong_of[2]);
    assemble(30, true);
    cr_expect_eq(run_program(NULL), odd, "no model: no effect");
}

/* The translator tells the model the same, hints and registers included. */
Test(hint, engines_agree, .timeout = 30)
{
    static const char *const with[][2] = { { "branch.predictor=gshare", "branch.auto_digest=false" }, { "branch.predictor=tage", "branch.auto_digest=true" } };
    rng_state = 12;
    for (size_t i = 0; i < NELEM(array); i++) array[i] = rnd(1u << 30);
    for (int k = 0; k < 4; k++) {
        HwModel *m[2];
        assemble(30, k & 1);
        for (int e = 0; e < 2; e++) {
            m[e] = MAKE(HW_TIMING, VALUE, with[k / 2][0], with[k / 2][1]);
            run_on(m[e], e ? HW_ENGINE_DBT : HW_ENGINE_ORACLE);
        }
        for (int c = 0; c < HWC_COUNT; c++)
            cr_expect_eq(count(m[0], c), count(m[1], c), "%d %s: %lu and %lu", k, hw_counter_name(c), count(m[0], c), count(m[1], c));
        cr_expect_gt(count(m[0], HWC_HINT_USED) + count(m[0], HWC_DIGEST_USED) + (k == 0), 0);
        hw_model_free(m[0]), hw_model_free(m[1]);
    }
}

/* ---- fast paths, repetition ------------------------------------------------------------------------------------- */

static void hinted_trace(HwModel *m, u64 seed, int n)
{
    static u64 x[32];
    rng_state = seed;
    memset(x, 0, sizeof x);
    hw_model_regs(m, x);
    for (int i = 0; i < n; i++) {
        u64 pc = CODE + rnd(64) * 16;
        x[rnd(31) + 1] = rnd(1000);
        hw_retire_fast(m, 1 + rnd(8));
        if (!rnd(3)) hw_hint(m, pc, x[7], CODE + rnd(64) * 16);
        if (!rnd(50)) hw_hint_cancel(m, CODE + rnd(64) * 16);
        if (!rnd(20)) hw_unit_fast(m, HW_UNIT_DIV);
        HwBranchKind kind = rnd(3) ? HW_BR_COND : (HwBranchKind)rnd(6);
        bool taken = kind != HW_BR_COND || (hash_u64(pc + x[7] / 100) & 3) > rnd(4);
        hw_retire_fast(m, 1);
        hw_branch_fast(m, kind, pc, 4, taken, CODE + (hash_u64(pc ^ (rnd(4) << 20)) & 0xfff0));
        if (!rnd(3000)) hw_knob_set(m, rnd(2) ? HW_KNOB_PREDICTOR : HW_KNOB_HISTORY_LENGTH, rnd(9));
    }
    hw_model_regs(m, NULL);
    hw_model_check(m);
}

static const char *const setups[][4] = {
    { "branch.predictor=gshare", "branch.value_bits=16384" }, { "branch.predictor=tournament", "branch.indirect_predictor=ittage" },
    { "branch.predictor=perceptron", "branch.value_bits=16384", "branch.auto_digest=true" },
    { "branch.predictor=tage", "branch.value_bits=8192", "branch.hint_queue_entries=3", "branch.indirect_predictor=ittage" },
    { "branch.predictor=bimodal", "branch.indirect_predictor=ittage" }, { "branch.predictor=tage" }, { "branch.predictor=tage", "branch.budget_kib=64" },
};

Test(bpred, fast_slow_and_repeated_runs_agree, .timeout = 120)
{
    for (size_t k = 0; k < NELEM(setups); k++)
        for (int level = HW_COUNTS; level <= HW_TIMING; level++) {
            HwModel *m[3];
            for (int i = 0; i < 3; i++) {
                m[i] = MAKE((HwLevel)level, setups[k][0], setups[k][1], setups[k][2], setups[k][3]);
                if (i == 1) hw_model_reference(m[i]);
                hinted_trace(m[i], k + 1, 20000);
            }
            for (int c = 0; c < HWC_COUNT; c++)
                for (int i = 1; i < 3; i++)
                    cr_expect_eq(count(m[0], c), count(m[i], c), "%s: %s: %lu and %lu", setups[k][0], hw_counter_name(c),
                                 count(m[0], c), count(m[i], c));
            for (int i = 0; i < 3; i++) hw_model_free(m[i]);
        }
}
