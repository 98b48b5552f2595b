/* The code cache: compiled code in the CODE window, found by address. The window's beginning holds the stubs that code and interpreter share
   (frames.h). Code that became invalid is not called any more; flush.c says when its memory is used again. */
#include "jit/code.h"
#include "base/window.h"
#include "jit/costs.h"
#include "jit/jit.h"
#include "vm/sim.h"
#include <string.h>

enum { CODE_LIMIT = 64 << 20, GRAIN = 64 };
typedef struct Hole { u64 from, to; } Hole;
static Vec(JitCode *) by_address; /* ascending */
static Vec(Hole) holes;           /* ascending: memory that was given back */
static JitCode *all;              /* the newest first */
static u32 installed;
static u64 first_code;            /* where methods' code begins */

JitCode *code_all(void) { return all; }
u64 code_bytes(void) { return win_code.next - win_code.base; }
u64 code_limit(void) { return jit_options.code_cache && jit_options.code_cache < CODE_LIMIT ? jit_options.code_cache : CODE_LIMIT; }

u64 code_room(void)
{
    u64 n = code_limit() > code_bytes() ? code_limit() - code_bytes() : 0;
    for (size_t i = 0; i < holes.len; i++) n += holes.data[i].to - holes.data[i].from;
    return n;
}

/* Memory for n bytes: the first hole that is big enough, else behind all; 0: there is none. The cores may have translated what was in the hole. */
static u64 take(u64 n)
{
    n = ALIGN_UP(n, (u64)GRAIN);
    for (size_t i = 0; i < holes.len; i++) {
        Hole *h = &holes.data[i];
        if (h->to - h->from < n) continue;
        h->from += n;
        sim_code_changed(h->from - n, h->from);
        return h->from - n;
    }
    if (code_bytes() + n > code_limit()) return 0;
    return (u64)window_alloc(&win_code, n, GRAIN);
}

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

static void note_places(JitCode *c)
{
    for (size_t i = 0; i < c->records.len; i++)
        if (c->records.data[i].pc) place_add(c->start + c->records.data[i].pc, c, &c->records.data[i]);
}

bool code_install(JitCode *c, const u32 *words, u32 n)
{
    u64 place = take(4ull * n + jit_options.offset);
    if (!place) return false;
    u32 *at = (u32 *)(place + jit_options.offset);
    memcpy(at, words, 4ull * n);
    if (!first_code) first_code = (u64)at;
    c->start = (u64)at, c->end = c->start + 4ull * n;
    c->valid = true;
    charge_touch(at, 4ull * n, true);
    c->serial = installed++;
    size_t k = by_address.len;
    vec_push(&by_address, c);
    for (; k > 0 && by_address.data[k - 1]->start > c->start; k--) by_address.data[k] = by_address.data[k - 1];
    by_address.data[k] = c;
    note_places(c);
    for (size_t i = 0; i < c->allocations.len; i++) sim_on_code_allocation(c->start + c->allocations.data[i].pc, c->allocations.data[i].reg);
    c->next = all;
    all = c;
    return true;
}

/* The holes are what lies between the codes that are left. */
static void find_holes(void)
{
    u64 at = first_code;
    vec_clear(&holes);
    for (size_t i = 0; i <= by_address.len; i++) {
        u64 next = i < by_address.len ? by_address.data[i]->start : win_code.next;
        if (next > at) vec_push(&holes, ((Hole){ at, next }));
        if (i < by_address.len) at = ALIGN_UP(by_address.data[i]->end, (u64)GRAIN);
    }
}

void code_release(bool (*dead)(const JitCode *c))
{
    size_t keep = 0;
    for (size_t i = 0; i < by_address.len; i++)
        if (!dead(by_address.data[i])) by_address.data[keep++] = by_address.data[i];
    by_address.len = keep;
    find_holes();
    free(places.at);
    places.at = NULL, places.len = 0, places.bits = 0;
    for (JitCode **link = &all, *c; (c = *link);) {
        if (dead(c)) {
            *link = c->next;
            code_free(c);
            continue;
        }
        note_places(c);
        link = &c->next;
    }
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
