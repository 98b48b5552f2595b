/* The code cache: compiled code in the CODE window, found by address. The window's beginning holds the stubs that code and interpreter share
   (frames.h). Code that became invalid is not called any more; its memory is not used again. */
#include "jit/code.h"
#include "base/window.h"
#include "jit/costs.h"
#include "vm/sim.h"
#include <string.h>

enum { CODE_LIMIT = 64 << 20 };
static Vec(JitCode *) by_address; /* ascending: memory is handed out upward */
static JitCode *all;

JitCode *code_all(void) { return all; }
u64 code_bytes(void) { return win_code.next - win_code.base; }

JitCode *code_at(u64 pc)
{
    size_t lo = 0, hi = by_address.len;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (by_address.data[mid]->end <= pc) lo = mid + 1;
        else hi = mid;
    }
    return lo < by_address.len && by_address.data[lo]->start <= pc ? by_address.data[lo] : NULL;
}

const JitRecord *code_record(const JitCode *c, u64 pc)
{
    u32 at = (u32)(pc - c->start);
    size_t lo = 0, hi = c->records.len;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (c->records.data[mid].pc < at) lo = mid + 1;
        else hi = mid;
    }
    return lo < c->records.len && c->records.data[lo].pc == at ? &c->records.data[lo] : NULL;
}

u32 code_where(const JitCode *c, u64 pc)
{
    u32 at = (u32)(pc - c->start);
    size_t lo = 0, hi = c->lines.len;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (c->lines.data[mid].pc <= at) lo = mid + 1;
        else hi = mid;
    }
    return lo ? c->lines.data[lo - 1].where : 0;
}

/* Where code may enter the host, by pc. */
typedef struct Place { u64 pc; JitCode *c; const JitRecord *r; } Place;
static struct { Place *at; u32 bits, len; } places;

static Place *place_of(u64 pc)
{
    u32 mask = (1u << places.bits) - 1;
    u64 h = pc * 0x9e3779b97f4a7c15ull >> (64 - places.bits);
    while (places.at[h & mask].pc && places.at[h & mask].pc != pc) h++;
    return &places.at[h & mask];
}

static void place_add(u64 pc, JitCode *c, const JitRecord *r)
{
    if (2 * places.len >= 1u << places.bits || !places.at) {
        Place *old = places.at;
        u32 n = old ? 1u << places.bits : 0;
        places.bits = old ? places.bits + 1 : 12;
        places.at = xcalloc(1u << places.bits, sizeof *places.at);
        for (u32 i = 0; i < n; i++)
            if (old[i].pc) *place_of(old[i].pc) = old[i];
        free(old);
    }
    places.len++;
    *place_of(pc) = (Place){ pc, c, r };
}

const JitRecord *code_find(u64 pc, JitCode **c)
{
    if (!places.at) return NULL;
    const Place *p = place_of(pc);
    *c = p->c;
    return p->r;
}

bool code_install(JitCode *c, const u32 *words, u32 n)
{
    if (win_code.next + 4ull * n > win_code.base + CODE_LIMIT) return false;
    u32 *at = window_alloc(&win_code, 4ull * n, 64);
    memcpy(at, words, 4ull * n);
    c->start = (u64)at, c->end = c->start + 4ull * n;
    c->valid = true;
    charge_touch(at, 4ull * n, true);
    c->serial = (u32)by_address.len;
    ASSERT(!by_address.len || vec_last(&by_address)->end <= c->start);
    vec_push(&by_address, c);
    for (size_t i = 0; i < c->records.len; i++)
        if (c->records.data[i].pc) place_add(c->start + c->records.data[i].pc, c, &c->records.data[i]);
    for (size_t i = 0; i < c->allocations.len; i++) sim_on_code_allocation(c->start + c->allocations.data[i].pc, c->allocations.data[i].reg);
    c->next = all;
    all = c;
    return true;
}

void code_free(JitCode *c)
{
    vec_free(&c->records);
    vec_free(&c->lines);
    vec_free(&c->stream);
    vec_free(&c->consts);
    vec_free(&c->scopes);
    vec_free(&c->sites);
    vec_free(&c->allocations);
    vec_free(&c->calls);
    vec_free(&c->uses_class);
    free(c);
}
