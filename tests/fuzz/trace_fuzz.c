/* Fuzz target: traces to replay - ChampSim's records, Dinero's and lackey's lines, compressed or not - through a model in order and
   one out of order, and by cachegrind's rules. A bad one is refused with one line; the models stay consistent. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/refuse.h"
#include "base/log.h"
#include "hwsim/config.h"
#include "hwsim/replay.h"
#include <stdio.h>
#include <unistd.h>

const char fuzz_name[] = "trace";

static char path[64];
static HwModel *model;

void fuzz_mutate(FuzzInput *in, u64 *state)
{
    for (u64 hits = 1 + fuzz_below(state, 1 + fuzz_below(state, 6)); hits; hits--) fuzz_damage(in, state);
}

static void replay(void *ctx)
{
    (void)ctx;
    hw_replay(model, path);
}

static void replay_cachegrind(void *ctx)
{
    HwCachegrind *c = ctx;
    hw_replay_cachegrind(model, path, c);
    ASSERT(c->i1_misses <= c->instructions && c->d1_read_misses <= c->reads && c->dl_write_misses <= c->d1_write_misses);
}

/* True if the whole trace was read. */
static bool run(const char *core, const char *set, void (*how)(void *ctx))
{
    static HwConfig cfg;
    HwCachegrind counts;
    hw_config_load(&cfg, core);
    if (set) hw_config_set(&cfg, set);
    hw_config_check(&cfg);
    model = hw_model_new(&cfg, HW_TIMING);
    bool refused = fuzz_refuses(how, &counts);
    if (!refused && how == replay) hw_model_check(model);
    hw_model_free(model);
    return !refused;
}

bool fuzz_one(const u8 *data, size_t length)
{
    if (!*path) snprintf(path, sizeof path, "/tmp/loam-trace-%d", (int)getpid());
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, length, f) != length || fclose(f)) panic("cannot write %s", path);
    bool good = run("small", NULL, replay);
    if (run("r10000", NULL, replay) != good) panic("in order and out of order do not agree whether the trace is good");
    if (run("small", "llc.present=false", replay_cachegrind) != good) panic("cachegrind's rules do not agree whether the trace is good");
    unlink(path);
    return good;
}
