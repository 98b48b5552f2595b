/* The table of symbols: one per string, also after others in the same runs of slots have gone; their memory is used again. */
#include "base/vec.h"
#include "vm/class.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { NAMES = 3000, STEPS = 200000 };
static Symbol *model[NAMES]; /* NULL: not interned */
static u32 state = 7;
static u32 rnd(u32 n) { return (state = state * 1664525 + 1013904223, state >> 8) % n; }

static const char *name(u32 i)
{
    static char text[64];
    snprintf(text, sizeof text, "Some$Host%.*s$$Lambda$%u", (int)(i % 17), "/a/long/package/x", i);
    return text;
}

Test(symbols, come_and_go)
{
    for (u32 step = 0; step < STEPS; step++) {
        u32 i = rnd(NAMES);
        const char *text = name(i);
        if (model[i]) {
            cr_assert(!strcmp(model[i]->bytes, text) && model[i]->length == strlen(text));
            if (model[i]->uses < 3 && rnd(2)) symbol_free(model[i]), model[i] = NULL;
            else cr_assert(symbol_lookup(text, strlen(text)) == model[i]);
        } else {
            cr_assert(!symbol_lookup(text, strlen(text)));
            model[i] = symbol_of(text);
            cr_assert(model[i]->uses == 1);
        }
    }
    for (u32 i = 0; i < NAMES; i++) cr_assert(symbol_lookup(name(i), strlen(name(i))) == model[i]);
}

Test(symbols, memory_is_used_again)
{
    symbol_free(symbol_of("the first"));
    u64 before = win_meta.next;
    for (int i = 0; i < 1000000; i++) {
        char text[32];
        snprintf(text, sizeof text, "name number %07d", i);
        symbol_free(symbol_of(text));
    }
    cr_assert(win_meta.next == before);
}
