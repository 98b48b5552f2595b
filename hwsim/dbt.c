/* The translator's driver: finds or makes the unit at the core's pc, runs translated code, deals with what it comes back
   for, and forgets units whose code changed. See dbt.h for units and registers.

   Memory for code is mapped twice, once to write and once to run, so it is never both in one place. The mapping that runs
   begins with the jump table: for each slot the host address of a unit's entry, or of the stub that comes back here.
   No translated code is on any stack while the driver, a host call or a trap handler runs, so units may go at any time
   that they do. When the memory is full, all units go. */
#define _GNU_SOURCE
#include "hwsim/dbt.h"
#include "hwsim/fp.h"
#include "hwsim/stall.h"
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __x86_64__

#define PAGE_SHIFT 12
#define MAX_CACHES 256 /* cores that may have faults in translated code */

static _Atomic(DbtCache *) caches[MAX_CACHES];
static size_t cache_bytes = DBT_CACHE_BYTES;

bool hw_dbt_supported(void) { return true; }

void hw_dbt_limit(size_t bytes)
{
    ASSERT(bytes >= 1 << 20);
    cache_bytes = bytes;
}

/* ---- memory for code --------------------------------------------------------------------------------------------- */

DbtCache *dbt_cache_at(u64 host)
{
    for (u32 i = 0; i < MAX_CACHES; i++) {
        DbtCache *c = atomic_load_explicit(&caches[i], memory_order_acquire);
        if (c && host - (u64)c->run < c->bytes) return c;
    }
    return NULL;
}

static bool enter_cache(DbtCache *c)
{
    for (u32 i = 0; i < MAX_CACHES; i++) {
        DbtCache *none = NULL;
        if (atomic_compare_exchange_strong(&caches[i], &none, c)) return true;
    }
    return false;
}

static void leave_cache(DbtCache *c)
{
    for (u32 i = 0; i < MAX_CACHES; i++) {
        DbtCache *mine = c;
        if (atomic_compare_exchange_strong(&caches[i], &mine, NULL)) return;
    }
}

static bool map_twice(DbtCache *c)
{
    int fd = memfd_create("translated code", MFD_CLOEXEC);
    if (fd < 0) return false;
    c->write = c->run = MAP_FAILED;
    if (!ftruncate(fd, (off_t)c->bytes)) {
        c->write = mmap(NULL, c->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        c->run = mmap(NULL, c->bytes, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
    }
    close(fd);
    if (c->write != MAP_FAILED && c->run != MAP_FAILED) return true;
    if (c->write != MAP_FAILED) munmap(c->write, c->bytes);
    if (c->run != MAP_FAILED) munmap(c->run, c->bytes);
    c->write = c->run = NULL;
    return false;
}

static u64 *table_slot(DbtCache *c, u64 pc)
{
    return (u64 *)c->write + (pc >> 1 & ((1u << DBT_TABLE_BITS) - 1));
}

static u64 host(const DbtCache *c, u32 offset) { return (u64)c->run + offset; }

/* All units go. */
static void flush(DbtCache *c)
{
    if (!c->write) return;
    for (size_t i = 0; i < c->unit.len; i++) *table_slot(c, c->unit.data[i].pc) = host(c, c->lookup);
    vec_clear(&c->unit);
    vec_clear(&c->regions);
    vec_clear(&c->link);
    vec_clear(&c->site);
    map_clear(&c->units);
    map_clear(&c->pages);
    map_clear(&c->wordless);
    c->used = c->begin;
    c->generation++;
}

static bool create(DbtCache *c, int kind)
{
    c->kind = kind;
    c->bytes = cache_bytes;
    if (!map_twice(c)) return false;
    if (!enter_cache(c)) {
        munmap(c->write, c->bytes);
        munmap(c->run, c->bytes);
        c->write = c->run = NULL;
        return false;
    }
    dbt_stubs(c);
    for (u64 i = 0; i < 1u << DBT_TABLE_BITS; i++) ((u64 *)c->write)[i] = host(c, c->lookup);
    flush(c);
    return true;
}

static void destroy(DbtCache *c)
{
    if (!c->write) return;
    leave_cache(c);
    munmap(c->write, c->bytes);
    munmap(c->run, c->bytes);
    vec_free(&c->unit);
    vec_free(&c->regions);
    vec_free(&c->link);
    vec_free(&c->site);
    map_free(&c->units);
    map_free(&c->pages);
    map_free(&c->wordless);
    free(c->emit);
}

void hw_dbt_free(HwDbt *d)
{
    if (!d) return;
    for (int k = 0; k < DBT_KINDS; k++) destroy(&d->cache[k]);
    free(d);
}

/* ---- units --------------------------------------------------------------------------------------------------------- */

static void point_link(DbtCache *c, const DbtLink *l, u32 to)
{
    u32 rel = to - (l->at + 4);
    memcpy(c->write + l->at, &rel, 4);
}

/* From now on link number `l` goes to unit number n without the driver. */
static void join(DbtCache *c, u32 l, u32 n)
{
    DbtLink *link = &c->link.data[l];
    DbtUnit *u = &c->unit.data[n];
    ASSERT(l < c->link.len && link->next == DBT_NONE && !u->dead);
    link->next = u->incoming;
    u->incoming = l;
    point_link(c, link, link->fetch ? u->fetch : u->body);
}

/* Nothing reaches the unit any more. */
static void retire_unit(DbtCache *c, u32 n)
{
    DbtUnit *u = &c->unit.data[n];
    u->dead = true;
    map_del(&c->units, u->pc);
    u64 *slot = table_slot(c, u->pc);
    if (*slot == host(c, u->entry)) *slot = host(c, c->lookup);
    for (u32 l = u->incoming, next; l != DBT_NONE; l = next) {
        next = c->link.data[l].next;
        c->link.data[l].next = DBT_NONE;
        point_link(c, &c->link.data[l], c->link.data[l].stub);
    }
    u->incoming = DBT_NONE;
    c->generation++;
}

/* Straight-line code that runs on into the region goes, to be made anew up to there. */
static void retire_overlapping(DbtCache *c, u32 region)
{
    u64 pc = c->unit.data[region].pc;
    for (u32 n = 0; n < c->unit.len; n++) {
        const DbtUnit *u = &c->unit.data[n];
        if (!u->dead && !u->region && u->pc < pc && u->to > pc) retire_unit(c, n);
    }
}

/* The number of the unit at pc, made if need be; DBT_NONE if memory there cannot be read. May flush. `loop`: pc is jumped
   to from below, so that it may be a region. */
static u32 find_unit(DbtCache *c, u64 pc, u32 line_bytes, bool loop)
{
    u64 *known = map_get(&c->units, pc);
    if (known && (!loop || c->unit.data[*known].looped)) return (u32)*known;
    if (known) retire_unit(c, (u32)*known);
    if (c->bytes - c->used < DBT_UNIT_BYTES) flush(c);
    u32 n = dbt_translate(c, pc, line_bytes, loop);
    if (n == DBT_NONE) return n;
    const DbtUnit *u = &c->unit.data[n];
    *map_put(&c->units, pc) = n;
    if (u->region) {
        vec_push(&c->regions, n);
        retire_overlapping(c, n);
    }
    for (u64 p = u->from >> PAGE_SHIFT; p <= (u->to - 1) >> PAGE_SHIFT; p++) *map_put(&c->pages, p) = 1;
    return n;
}

static bool pages_translated(const DbtCache *c, u64 from, u64 to)
{
    u64 first = from >> PAGE_SHIFT, last = (to - 1) >> PAGE_SHIFT;
    if (last - first >= c->pages.len) return c->pages.len > 0;
    for (u64 p = first; p <= last; p++)
        if (map_get(&c->pages, p)) return true;
    return false;
}

/* Code in [from, to) has changed: the model's hints about direct branches there, whose targets translated code takes for granted, go. */
static void forget_targets(HwModel *m, u64 from, u64 to)
{
    if (!m || from >= to) return;
    HwHint *hints = hw_fast(m)->btb_hint;
    if (to - from >= HW_BTB_HINTS) {
        memset(hints, 0xff, HW_BTB_HINTS * sizeof *hints);
        return;
    }
    for (u64 pc = (from & ~1ull) - 2; pc < to; pc += 2) /* a branch may begin in front of what has changed */
        if (hints[(pc >> 1) % HW_BTB_HINTS].key == pc) hints[(pc >> 1) % HW_BTB_HINTS].key = ~0ull;
}

static void retire_if(DbtCache *c, u32 n, u64 from, u64 to)
{
    const DbtUnit *u = &c->unit.data[n];
    if (!u->dead && u->from < to && u->to > from) retire_unit(c, n);
}

/* Units of a few instructions: straight code can begin only so far ahead of them. */
static void retire_around(DbtCache *c, u64 from, u64 to)
{
    for (u64 pc = from - DBT_UNIT_SPAN - HW_USE_BYTES; pc < to; pc += 2) {
        const u64 *n = map_get(&c->units, pc);
        if (n) retire_if(c, (u32)*n, from, to);
    }
    for (size_t i = 0; i < c->regions.len; i++) retire_if(c, c->regions.data[i], from, to);
}

void hw_dbt_invalidate(HwCore *core, u64 from, u64 to)
{
    enum { FEW = 64 };
    forget_targets(core->model, from, to);
    for (int k = 0; core->dbt && k < DBT_KINDS; k++) {
        DbtCache *c = &core->dbt->cache[k];
        if (!c->write || from >= to || !pages_translated(c, from, to)) continue;
        if (to - from <= FEW && !(from & 1)) retire_around(c, from, to);
        else for (u32 n = 0; n < c->unit.len; n++) retire_if(c, n, from, to);
    }
}

void hw_dbt_model(HwCore *core)
{
    if (!core->dbt) return;
    flush(&core->dbt->cache[HW_LOOP_MODEL]);
    flush(&core->dbt->cache[HW_LOOP_STEPS]);
    forget_targets(core->model, 0, ~0ull);
}

/* ---- running ---------------------------------------------------------------------------------------------------------- */

typedef struct Run {
    HwCore *core;
    HwDbt *d;
    DbtCache *c;
    HwModel *m;   /* or NULL */
    i64 left;
    i64 beyond;   /* somebody has looked ahead: to when so many are left. 0: nobody */
} Run;

/* The unit within which somebody has looked ahead has been left. */
static void get_there(Run *r)
{
    if (UNLIKELY(r->left > r->beyond)) {
        r->core->ahead->undo();
        r->left -= r->beyond;
    }
    r->beyond = 0;
}

/* Runs translated code from offset `at` until it comes back; brings the counts of instructions up to date. */
static DbtExit run_code(Run *r, u32 at)
{
    HwCore *core = r->core;
    typedef u32 Enter(HwCore *core, u64 code, i64 left, u64 pc);
    if (r->m) {
        r->d->retired = hw_fast(r->m)->instret + (u64)r->left;
        core->dbt_yield = core->yield_at == ~0ull ? INT64_MAX : (i64)(core->yield_at - r->d->retired);
    }
    DbtExit why = (DbtExit)((Enter *)host(r->c, r->c->enter))(core, host(r->c, at), r->left, core->pc);
    if (!dbt_counts(r->c)) return why;
    core->instret += (u64)(r->left - core->dbt_left);
    r->left = core->dbt_left;
    if (r->m) dbt_retire(r->m, r->d->retired - (u64)r->left);
    ASSERT(r->left >= 0);
    if (r->beyond) get_there(r);
    return why;
}

/* The oracle executes one instruction at core->pc (none, if that cannot be read or the budget is gone). True: the run goes
   on; false: it ends with *stop. `fetched`: the model has seen the fetch. */
static bool oracle_step(Run *r, bool fetched, HwStop *stop)
{
    HwCore *core = r->core;
    i64 budget = r->left > 0;
    fp_gather(core);
    core->decode->fetched = r->m && fetched ? core->pc : ~0ull;
    *stop = hw_oracle_run(core, budget);
    if (*stop != HW_STOP_BUDGET) return false;
    r->left -= budget;
    return r->left > 0;
}

/* The budget ends within the unit at core->pc, which has been fetched: the oracle executes what is left. */
static HwStop last_instructions(Run *r)
{
    HwCore *core = r->core;
    fp_gather(core);
    core->decode->fetched = r->m ? core->pc : ~0ull;
    if (!r->left) return HW_STOP_BUDGET;
    HwStop stop = hw_oracle_run(core, r->left);
    if (stop == HW_STOP_BUDGET) r->d->broken_off = core->pc;
    return stop;
}

/* The budget ends within the unit at core->pc, which has been fetched. Where to go on, if all that is wanted then is a look ahead; else 0. */
static u32 go_on(Run *r)
{
    const HwAhead *a = r->core->ahead;
    DbtAhead there;
    if (!a || !r->m || r->c->kind != HW_LOOP_MODEL || r->c->lockstep || !dbt_ahead(r->core, (u64)r->left, &there)) return 0;
    const u64 *unit = map_get(&r->c->units, r->core->pc);
    u64 more = unit ? a->look(there.x, there.unknown, there.pc, (u64)r->left) : 0;
    if (!more) return 0;
    r->left += r->beyond = (i64)more;
    return r->c->unit.data[*unit].body;
}

/* The last run ended within a unit: the oracle goes on to its end. A unit of its own for whatever instruction a run may end at would be most of the code.
   False: this run is over. */
static bool finish_unit(Run *r, HwStop *stop)
{
    HwCore *core = r->core;
    u64 next = core->pc;
    while (core->pc == next && r->left && !map_get(&r->c->units, next)) {
        const HwBlock *b = hw_block_find(core->decode, r->c->kind, next);
        if (!b) return true;
        i64 n = b->n < r->left ? b->n : r->left;
        next = b->pc + b->bytes;
        *stop = hw_oracle_run(core, n);
        if (*stop != HW_STOP_BUDGET) return false;
        r->left -= n;
    }
    return r->left > 0;
}

/* True: the run goes on at core->pc. */
static bool call_host(Run *r, HwStop *stop)
{
    HwCore *core = r->core;
    if (UNLIKELY(!core->host_call)) { /* the oracle makes the trap of it */
        core->pc -= 4;
        core->instret--;
        if (r->m) hw_fast(r->m)->instret--;
        r->left++;
        return oracle_step(r, true, stop);
    }
    fp_gather(core);
    core->host_call(core, core->dbt_arg);
    core->x[0] = 0;
    fp_clear();
    if (LIKELY(!core->stop)) return true;
    core->stop = false;
    *stop = HW_STOP_HCALL;
    return false;
}

/* A jump came to core->pc: through link number `l`, or DBT_NONE for an indirect one. Where to go on; 0 if nowhere. */
static u32 resolve(Run *r, u32 l)
{
    DbtCache *c = r->c;
    u64 generation = c->generation;
    bool fetch = l == DBT_NONE || c->link.data[l].fetch, loop = l != DBT_NONE && c->link.data[l].back && !r->m;
    u32 n = find_unit(c, r->core->pc, r->core->decode->line_bytes, loop);
    if (n == DBT_NONE) return 0;
    const DbtUnit *u = &c->unit.data[n];
    if (l == DBT_NONE) *table_slot(c, u->pc) = host(c, u->entry);
    else if (c->generation == generation) join(c, l, n);
    return fetch ? u->fetch : u->body;
}

/* The region at core->pc is made anew; where to go on, or 0. */
static u32 without_words(Run *r)
{
    DbtCache *c = r->c;
    u64 pc = r->core->pc;
    const u64 *n = map_get(&c->units, pc);
    if (n) retire_unit(c, (u32)*n);
    *map_put(&c->wordless, pc) = 1;
    u32 made = find_unit(c, pc, r->core->decode->line_bytes, true);
    return made == DBT_NONE ? 0 : c->unit.data[made].fetch;
}

/* fence.i, wherever it was executed, drops all units; so does a change of the model's that is built into them. */
static void look_at_fences(Run *r)
{
    if (r->m && UNLIKELY(r->c->epoch != hw_fast(r->m)->epoch)) {
        flush(r->c);
        r->c->epoch = hw_fast(r->m)->epoch;
    }
    if (LIKELY(r->d->fences == r->core->decode->fences)) return;
    r->d->fences = r->core->decode->fences;
    for (int k = 0; k < DBT_KINDS; k++) flush(&r->d->cache[k]);
    forget_targets(r->m, 0, ~0ull);
}

static HwStop run(Run *r)
{
    HwCore *core = r->core;
    HwStop stop = HW_STOP_BUDGET;
    bool fetched = r->m && core->pc == core->decode->fetched;
    for (;;) {
        look_at_fences(r);
        u32 n = 0, at = (u32)(*table_slot(r->c, core->pc) - host(r->c, 0)); /* as an indirect jump to pc: it may come back at once */
        if (fetched) {
            n = find_unit(r->c, core->pc, core->decode->line_bytes, false);
            at = n != DBT_NONE ? r->c->unit.data[n].body : 0;
        }
        core->decode->fetched = ~0ull;
        while (at) {
            DbtExit why = run_code(r, at);
            at = 0;
            if (why == DBT_EXIT_LINK || why == DBT_EXIT_LOOKUP) {
                at = resolve(r, why == DBT_EXIT_LINK ? core->dbt_arg : DBT_NONE);
                if (!at) n = DBT_NONE;
            } else if (why == DBT_EXIT_WORDS) {
                at = without_words(r);
                if (!at) n = DBT_NONE;
            } else if (why == DBT_EXIT_BUDGET) {
                at = go_on(r);
                if (!at) return last_instructions(r);
            } else if (why == DBT_EXIT_HCALL) {
                if (!call_host(r, &stop)) return stop;
                fetched = false;
                break;
            } else {
                if (!oracle_step(r, true, &stop)) return stop;
                fetched = r->m && core->pc == core->decode->fetched;
                break;
            }
        }
        if (at || n != DBT_NONE) continue;
        if (!oracle_step(r, false, &stop)) return stop; /* it cannot read there either, and traps */
        fetched = r->m && core->pc == core->decode->fetched;
    }
}

HwStop hw_dbt_run(HwCore *core, i64 budget)
{
    int plain = core->uncounted && budget == INT64_MAX ? DBT_FREE : HW_LOOP_PLAIN;
    int kind = !core->model ? plain : hw_fast(core->model)->out_of_order ? HW_LOOP_STEPS : HW_LOOP_MODEL;
    if (UNLIKELY(!core->dbt)) {
        core->dbt = xcalloc(1, sizeof *core->dbt);
        dbt_catch_faults();
    }
    DbtCache *c = &core->dbt->cache[kind];
    if (UNLIKELY(!c->write && !core->dbt->broken && !create(c, kind))) {
        warn("no executable memory: the core is interpreted");
        core->dbt->broken = true;
    }
    if (UNLIKELY(core->dbt->broken)) return hw_oracle_run(core, budget);
    c->model = core->model;
    c->lockstep = core->engine == HW_ENGINE_LOCKSTEP;
    c->live_at = core->live_at;
    c->any_nan = kind == DBT_FREE && core->any_nan;
    c->x = core->x;
    Run r = { .core = core, .d = core->dbt, .c = c, .m = core->model, .left = budget };
    FpHost environment = fp_enter();
    HwStop stop = HW_STOP_BUDGET;
    bool within = core->pc == core->dbt->broken_off && dbt_counts(c) && !c->lockstep; /* which looks at all that can be translated */
    core->dbt->broken_off = 0;
    if (!within || finish_unit(&r, &stop)) stop = run(&r);
    fp_gather(core);
    fp_leave(environment);
    return stop;
}

#else

bool hw_dbt_supported(void) { return false; }
HwStop hw_dbt_run(HwCore *core, i64 budget) { return hw_oracle_run(core, budget); }
void hw_dbt_limit(size_t bytes) { (void)bytes; }
void hw_dbt_invalidate(HwCore *core, u64 from, u64 to) { (void)core, (void)from, (void)to; }
void hw_dbt_free(HwDbt *d) { (void)d; }
void hw_dbt_model(HwCore *core) { (void)core; }

#endif
