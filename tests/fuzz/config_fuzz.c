/* Fuzz target: core descriptions, as files and (inputs that begin with "set:") as the argument of --set. A bad one dies
   with a message; a good one prints as a file that reads back as the same, and a model can be made of it and run. */
#define _GNU_SOURCE
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/refuse.h"
#include "hwsim/config.h"
#include "base/log.h"
#include "base/vec.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char fuzz_name[] = "config";

/* Words of the language, to put anywhere: a field's path, its last part, a value. */
static void damage_text(FuzzInput *in, u64 *state)
{
    static const char *const words[] = { "0", "1", "-1", "3", "64", "4096", "65536", "4294967296", "9223372036854775807", "1e9", "0x10",
        "0.5", "nan", "true", "false", "\"lru\"", "\"random\"", "\"\"", "\"gshare\"", "=", ";", "{", "}", "(", ")", "[", "]", ",", "\n", "#",
        "//", "/*", "*/", "\"", "\\", "@include \"a\"\n", "set:", "\t", "l2 = { present = false; };", "\x80", "%s%n" };
    const HwField *f = &hw_fields[fuzz_below(state, HW_FIELD_COUNT)];
    const char *word = words[fuzz_below(state, NELEM(words))], *dot = strchr(f->path, '.');
    ASSERT(dot);
    if (!fuzz_below(state, 4)) word = fuzz_below(state, 2) ? f->path : dot + 1;
    size_t at = fuzz_below(state, in->length + 1);
    size_t removed = 0; /* half of the time the word replaces what stood there */
    if (fuzz_below(state, 2))
        while (at + removed < in->length && strchr("abcdefghijklmnopqrstuvwxyz0123456789_", in->data[at + removed])) removed++;
    fuzz_splice(in, at, removed, word, strlen(word));
}

/* Another number where one stands: most files stay well-formed, and ranges and geometry are tried. */
static void damage_number(FuzzInput *in, u64 *state)
{
    size_t at = fuzz_below(state, in->length);
    while (at < in->length && !(in->data[at] >= '0' && in->data[at] <= '9')) at++;
    size_t removed = 0;
    while (at + removed < in->length && in->data[at + removed] >= '0' && in->data[at + removed] <= '9') removed++;
    char text[24];
    u64 v = 1ull << fuzz_below(state, fuzz_below(state, 3) ? 17 : 64);
    if (!fuzz_below(state, 3)) v += fuzz_below(state, 5) - 2;
    int n = snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    fuzz_splice(in, at, removed, text, (size_t)n);
}

void fuzz_mutate(FuzzInput *in, u64 *state)
{
    for (u64 hits = 1 + fuzz_below(state, 1 + fuzz_below(state, 5)); hits; hits--) {
        u64 how = fuzz_below(state, 8);
        if (how < 5) damage_number(in, state);
        else if (how < 7) damage_text(in, state);
        else fuzz_damage(in, state);
    }
}

typedef struct Attempt { HwConfig *cfg; const char *text; } Attempt; /* to load a file, or to set a field */

static void load_file(void *ctx)
{
    Attempt *a = ctx;
    hw_config_load(a->cfg, a->text);
    hw_config_check(a->cfg);
}

static void set_field(void *ctx)
{
    Attempt *a = ctx;
    hw_config_set(a->cfg, a->text);
    hw_config_check(a->cfg);
}

static bool load(HwConfig *cfg, const u8 *data, size_t length)
{
    static char path[64];
    if (!*path) snprintf(path, sizeof path, "/tmp/loam-config-%d.cfg", (int)getpid());
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, length, f) != length || fclose(f)) panic("cannot write %s", path);
    bool refused = fuzz_refuses(load_file, &(Attempt){ cfg, path });
    unlink(path);
    return !refused;
}

static char *printed(const HwConfig *cfg)
{
    enum { ENOUGH = 1 << 16 };
    char *text = xmalloc(ENOUGH);
    FILE *f = fmemopen(text, ENOUGH, "w");
    ASSERT(f);
    hw_config_print(cfg, f);
    ASSERT(ftell(f) > 0 && ftell(f) < ENOUGH);
    fclose(f);
    return text;
}

/* Loads, stores and branches in loops and at random. */
static void run(const HwConfig *cfg)
{
    HwModel *m = hw_model_new(cfg, HW_TIMING);
    u64 state = 5;
    for (u64 i = 0; i < 1500; i++) {
        u64 r = fuzz_next(&state), pc = 0x12000000 + i % 100 * 4, address = 0x100000000 + (i & 1 ? r % (1 << 24) : i * 24);
        hw_fetch(m, pc);
        if (r >> 40 & 1) hw_load(m, pc, address, 8);
        else hw_store(m, pc, address, 4);
        hw_branch(m, r >> 41 & 7 ? HW_BR_COND : HW_BR_INDIRECT, pc, 4, r >> 44 & 1, pc + (r >> 45 & 1 ? 64 : -64ull));
        hw_retire(m, 3);
    }
    ASSERT(hw_cycle(m) > 0);
    hw_model_free(m);
}

static bool accepted(const u8 *data, size_t length, HwConfig *cfg)
{
    if (length < 4 || memcmp(data, "set:", 4)) return load(cfg, data, length);
    char *text = strndup((const char *)data + 4, length - 4);
    hw_config_default(cfg);
    bool refused = fuzz_refuses(set_field, &(Attempt){ cfg, text });
    free(text);
    return !refused;
}

bool fuzz_one(const u8 *data, size_t length)
{
    static HwConfig cfg, again;
    memset(&cfg, 0, sizeof cfg);
    if (!accepted(data, length, &cfg)) return false;
    char *first = printed(&cfg);
    if (!load(&again, (const u8 *)first, strlen(first))) panic("the printed configuration is refused: %s", first);
    char *second = printed(&again);
    /* the first line may name the file */
    if (strcmp(strchr(first, '\n'), strchr(second, '\n'))) panic("printed, read and printed again, it differs: %s and %s", first, second);
    free(first), free(second);
    run(&cfg);
    return true;
}
