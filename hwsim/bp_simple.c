/* The direction predictors whose state the fast path of model_fast.h knows: two-bit counters indexed by address
   (bimodal) or by address xor folded global history (gshare), and static prediction, which has none. They share the
   counters: a change from one to another keeps them. */
#include "hwsim/mem.h"
#include <math.h>

void bp_geometric(u16 *lengths, u32 n, u32 first, u32 last)
{
    ASSERT(n > 1 && first > 0 && last >= first && last <= BP_HISTORY_MAX);
    for (u32 i = 0; i < n; i++)
        lengths[i] = (u16)lround((f64)first * pow((f64)last / (f64)first, (f64)i / (f64)(n - 1)));
    for (u32 i = 1; i < n; i++)
        if (lengths[i] <= lengths[i - 1]) lengths[i] = lengths[i - 1] + 1;
    ASSERT(lengths[n - 1] <= BP_HISTORY_MAX);
}

/* Backward taken, forward not. */
static bool static_predict(HwModel *m, void *state, u64 pc, u64 target)
{
    (void)m, (void)state;
    return target <= pc;
}

static void static_update(HwModel *m, void *state, u64 pc, u64 target, bool taken)
{
    (void)m, (void)state, (void)pc, (void)target, (void)taken;
}

static u64 static_bits(const HwModel *m, const void *state)
{
    (void)m, (void)state;
    return 0;
}

static bool counter_predict(HwModel *m, void *state, u64 pc, u64 target)
{
    (void)state, (void)target;
    return *hw_direction_counter(&m->f, pc) >> 1;
}

static void counter_update(HwModel *m, void *state, u64 pc, u64 target, bool taken)
{
    (void)state, (void)target;
    u8 *c = hw_direction_counter(&m->f, pc);
    *c = hw_two_bit(*c, taken);
}

static u64 counter_bits(const HwModel *m, const void *state)
{
    (void)state;
    return 2 * (m->f.counter_mask + 1) + (u64)__builtin_popcountll(m->f.history_mask);
}

const HwDirection bp_static = { .name = "static", .predict = static_predict, .update = static_update, .bits = static_bits };
const HwDirection bp_bimodal = { .name = "bimodal", .predict = counter_predict, .update = counter_update, .bits = counter_bits };
const HwDirection bp_gshare = { .name = "gshare", .predict = counter_predict, .update = counter_update, .bits = counter_bits };
