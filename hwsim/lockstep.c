/* Lockstep: the translator under the oracle's eyes. A run goes forward by chunks of some instructions. A second core, the
   shadow, executes a chunk on the oracle, one instruction at a time, with the old contents of what it writes logged; memory
   is put back, the core itself executes the chunk translated, and then registers, written memory, counts and cycles must
   be the same. The first difference is printed with the instructions of its chunk, and ends the process with status 1.

   What has effects outside of the core happens once: host calls and traps are executed by the core, between chunks, and
   the shadow is given what they left. It executes the instruction itself too, before the core's handler is called, which may run
   the core. With `threads`, atomics happen once as well, because other host threads may write meanwhile. Chunks
   also end where code cannot be read. The model behind the shadow must have been made like the core's own, and sees the same
   instructions; what firmware does to the core's model it is given as to its twin (model.h). */
#include "base/log.h"
#include "base/vec.h"
#include "hwsim/exec.h"
#include "hwsim/yield.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_MAX 256 /* instructions */

typedef struct Write { u64 at, old, new; u32 size; } Write;

typedef struct HwLockstep {
    HwCore *shadow;
    bool threads;
    u64 random;
    Vec(Write) writes;
    u64 pcs[CHUNK_MAX];
    u32 n;               /* instructions of the chunk */
    u64 page;            /* of code that is known to be readable */
    /* While a host call or trap is executed: the embedder's handlers, and what came of it. */
    HwHostCall host_call;
    HwTrap trap;
    bool handled, taken, stop;
} HwLockstep;

/* ---- differences -------------------------------------------------------------------------------------------------- */

static void print_chunk(const HwLockstep *l)
{
    for (u32 i = 0; i < l->n; i++) {
        char text[80];
        hw_disassemble((void *)l->pcs[i], l->pcs[i], text, sizeof text);
        fprintf(stderr, "  %8" PRIx64 "  %s\n", l->pcs[i], text);
    }
}

/* Counts a difference, having printed it. */
static void compare(u32 *different, const char *what, u64 oracle, u64 translator)
{
    if (oracle == translator) return;
    fprintf(stderr, "%s: oracle %" PRIx64 ", translator %" PRIx64 "\n", what, oracle, translator);
    ++*different;
}

static void compare_registers(u32 *different, const HwCore *a, const HwCore *b)
{
    char name[16];
    for (u32 r = 0; r < 32; r++) compare(different, hw_reg_names[r], a->x[r], b->x[r]);
    for (u32 r = 0; r < 32; r++) {
        if (a->f[r] == b->f[r]) continue;
        snprintf(name, sizeof name, "f%u", r);
        compare(different, name, a->f[r], b->f[r]);
    }
    compare(different, "pc", a->pc, b->pc);
    compare(different, "fcsr", a->fcsr, b->fcsr);
    compare(different, "reservation", a->reservation, b->reservation);
    compare(different, "instructions", a->instret, b->instret);
}

static void compare_all(const HwLockstep *l, const HwCore *core)
{
    u32 different = 0;
    const HwCore *shadow = l->shadow;
    compare_registers(&different, shadow, core);
    for (size_t i = 0; i < l->writes.len; i++) {
        const Write *w = &l->writes.data[i];
        char name[40];
        u64 now = 0;
        memcpy(&now, (void *)w->at, w->size);
        if (now == w->new) continue;
        snprintf(name, sizeof name, "%u bytes at %" PRIx64, w->size, w->at);
        compare(&different, name, w->new, now);
    }
    for (int c = 0; shadow->model && c < HWC_COUNT; c++)
        compare(&different, hw_counter_name((HwCounter)c), hw_counter(shadow->model, (HwCounter)c), hw_counter(core->model, (HwCounter)c));
    if (shadow->model) compare(&different, "fetched", shadow->decode->fetched, core->decode->fetched);
    if (!different) return;
    fprintf(stderr, "loam: the translator differs from the oracle after these %u instructions:\n", l->n);
    print_chunk(l);
    exit(1);
}

/* ---- a chunk on the oracle ------------------------------------------------------------------------------------------- */

/* Pages stay as they are during a chunk: asking about one again costs a system call. */
static bool can_read(HwLockstep *l, u64 pc)
{
    u64 page = l->page;
    u32 word;
    return hw_read_code(pc, &page, &word);
}

/* Whether the instruction at the shadow's pc is for the core alone, or for both but apart from others. */
static bool is_special(HwLockstep *l, const HwInsn *i)
{
    const HwCore *s = l->shadow;
    if (i->id == HW_I_ILLEGAL) return true;
    switch (hw_rows[i->id].class) {
    case HW_CLASS_TRAP: case HW_CLASS_HCALL: case HW_CLASS_CSR: case HW_CLASS_FENCEI: return true;
    case HW_CLASS_LR: case HW_CLASS_SC: case HW_CLASS_AMO: if (l->threads) return true; break;
    case HW_CLASS_JALR: return !can_read(l, (s->x[i->rs1] + (u64)(i64)i->imm) & ~1ull);
    case HW_CLASS_JAL: return !can_read(l, s->pc + (u64)(i64)i->imm);
    case HW_CLASS_BRANCH: if (!can_read(l, s->pc + (u64)(i64)i->imm)) return true; break;
    default: break;
    }
    return !can_read(l, s->pc + i->len);
}

/* Bytes that the instruction writes, by its encoding; 0 if none. */
static u32 writes_bytes(const HwInsn *i)
{
    switch (hw_rows[i->id].class) {
    case HW_CLASS_STORE: case HW_CLASS_FSTORE: case HW_CLASS_SC: case HW_CLASS_AMO: return 1u << (i->word >> 12 & 3);
    default: return 0;
    }
}

static void log_write_of(HwLockstep *l, const HwInsn *i)
{
    u32 size = writes_bytes(i);
    bool store = size && (hw_rows[i->id].class == HW_CLASS_STORE || hw_rows[i->id].class == HW_CLASS_FSTORE);
    Write w = { .at = l->shadow->x[i->rs1] + (store ? (u64)(i64)i->imm : 0), .size = size };
    if (!size || w.at - HW_LOW_MEMORY >= HW_MEMORY_SPAN) return;
    memcpy(&w.old, (void *)w.at, size);
    vec_push(&l->writes, w);
}

/* The shadow executes up to `limit` instructions, and stops before one that is special or traps; returns how many. */
static u32 run_shadow(HwLockstep *l, u32 limit)
{
    HwCore *s = l->shadow;
    u32 word;
    l->page = ~0ull;
    vec_clear(&l->writes);
    for (l->n = 0; l->n < limit; l->n++) {
        HwInsn i;
        if (!hw_read_code(s->pc, &l->page, &word)) break;
        hw_decode(word, &i);
        if (is_special(l, &i) || hw_yields(s->pc, word)) break;
        log_write_of(l, &i);
        l->pcs[l->n] = s->pc;
        HwStop stop = hw_oracle_run(s, 1);
        if (stop == HW_STOP_TRAP) break;
        ASSERT(stop == HW_STOP_BUDGET);
    }
    return l->n;
}

/* Notes what is written where, and puts memory back: youngest write first, since they may overlap. */
static void undo(HwLockstep *l)
{
    for (size_t i = 0; i < l->writes.len; i++) memcpy(&l->writes.data[i].new, (void *)l->writes.data[i].at, l->writes.data[i].size);
    for (size_t i = l->writes.len; i--;) memcpy((void *)l->writes.data[i].at, &l->writes.data[i].old, l->writes.data[i].size);
}

/* ---- what happens once --------------------------------------------------------------------------------------------------- */

static void shadow_calls(HwCore *shadow, u32 n)
{
    (void)n;
    shadow->stop = true;
}

static bool shadow_traps(HwCore *shadow, u32 cause, u64 tval)
{
    (void)cause, (void)tval;
    return shadow->stop = true;
}

/* The shadow comes to where the core is: its handler does nothing. */
static void shadow_first(const HwLockstep *l, const HwCore *core)
{
    HwCore *s = l->shadow;
    s->host_call = core->host_call ? shadow_calls : NULL;
    s->trap = shadow_traps;
    hw_oracle_run(s, 1);
    s->host_call = NULL, s->trap = NULL;
}

/* The embedder's handlers run as if there were no lockstep; then the run stops, so that nothing follows unseen. */
static void note_handled(HwLockstep *l, HwCore *core, bool taken)
{
    l->handled = true;
    l->taken = taken;
    l->stop = core->stop;
    core->stop = taken;
}

static void core_calls(HwCore *core, u32 n)
{
    HwLockstep *l = core->lockstep;
    core->host_call = l->host_call, core->trap = l->trap;
    shadow_first(l, core);
    core->host_call(core, n);
    note_handled(l, core, true);
}

static bool core_traps(HwCore *core, u32 cause, u64 tval)
{
    HwLockstep *l = core->lockstep;
    core->host_call = l->host_call, core->trap = l->trap;
    shadow_first(l, core);
    bool taken = core->trap(core, cause, tval);
    note_handled(l, core, taken);
    return taken;
}

static void give_state(HwCore *shadow, const HwCore *core)
{
    HwContext c;
    u64 fetched = core->decode->fetched;
    hw_context_save(core, &c);
    hw_context_load(shadow, &c);
    shadow->reservation = core->reservation;
    shadow->reserved = core->reserved;
    shadow->instret = core->instret;
    shadow->decode->fetched = fetched;
}

/* The instruction that the core has just executed, or before which it has yielded. Without a model there is no clock to yield by: but the core has
   the one that the shadow lacks. */
static void shadow_same(const HwLockstep *l, const HwCore *core, u64 yield_at, HwStop stop)
{
    HwCore *s = l->shadow;
    if (stop == HW_STOP_YIELD && !s->model) return;
    s->yield_at = s->model ? yield_at : ~0ull;
    HwStop same = hw_oracle_run(s, 1);
    s->yield_at = ~0ull;
    if ((same == HW_STOP_YIELD) == (stop == HW_STOP_YIELD)) return;
    fprintf(stderr, "loam: at %" PRIx64 " %s yields and the other engine does not\n", core->pc, stop == HW_STOP_YIELD ? "the translator" : "the oracle");
    exit(1);
}

/* One instruction, on the core and then (but for atomics that happen once) on the shadow. True: the run goes on. */
static bool run_special(HwLockstep *l, HwCore *core, i64 *budget, HwStop *stop)
{
    HwInsn i = { .id = HW_I_ILLEGAL };
    u64 page = ~0ull;
    u32 word;
    if (hw_read_code(core->pc, &page, &word)) hw_decode(word, &i);
    u32 class = i.id == HW_I_ILLEGAL ? HW_CLASS_TRAP : hw_rows[i.id].class;
    bool once = l->threads && (class == HW_CLASS_LR || class == HW_CLASS_SC || class == HW_CLASS_AMO);
    l->host_call = core->host_call, l->trap = core->trap;
    if (core->host_call) core->host_call = core_calls;
    if (core->trap) core->trap = core_traps;
    l->handled = false;
    u64 yield_at = core->yield_at;
    *stop = hw_dbt_run(core, 1);
    core->host_call = l->host_call, core->trap = l->trap;
    bool handled = l->handled, taken = l->taken, stopped = l->stop;
    if (!once && !handled) shadow_same(l, core, yield_at, *stop);
    if (core->model) hw_model_tell_twin(core->model);
    give_state(l->shadow, core);
    l->n = 0;
    vec_clear(&l->writes);
    compare_all(l, core);
    if (*stop == HW_STOP_BUDGET || (handled && class == HW_CLASS_HCALL)) --*budget;
    if (handled && taken) *stop = stopped ? HW_STOP_HCALL : HW_STOP_BUDGET;
    return *stop == HW_STOP_BUDGET;
}

/* ---- running --------------------------------------------------------------------------------------------------------------- */

static u32 chunk_length(HwLockstep *l, i64 budget)
{
    l->random ^= l->random << 13, l->random ^= l->random >> 7, l->random ^= l->random << 17;
    u32 n = 1 + (u32)(l->random >> 20) % CHUNK_MAX;
    return budget < n ? (u32)budget : n;
}

HwStop hw_lockstep_run(HwCore *core, i64 budget)
{
    HwLockstep *l = core->lockstep;
    HwStop stop = HW_STOP_BUDGET;
    ASSERT(core->model || !l->shadow->model);
    while (budget > 0) {
        if (core->model) hw_model_tell_twin(core->model);
        give_state(l->shadow, core);
        u32 limit = chunk_length(l, budget), n = run_shadow(l, limit);
        undo(l);
        if (n) {
            stop = hw_dbt_run(core, n);
            if (stop != HW_STOP_BUDGET) fprintf(stderr, "the translator stopped with %s\n", stop == HW_STOP_TRAP ? hw_cause_name(core->cause) : "a host call");
            compare_all(l, core);
            ASSERT(stop == HW_STOP_BUDGET);
            budget -= n;
        }
        if (n < limit && !run_special(l, core, &budget, &stop)) return stop;
    }
    return stop;
}

bool hw_core_lockstep(HwCore *core, HwModel *shadow_model, bool threads)
{
    if (!hw_dbt_supported()) return false;
    HwLockstep *l = xcalloc(1, sizeof *l);
    ASSERT(!core->lockstep && !(threads && shadow_model));
    l->threads = threads;
    l->random = 88172645463325252ull;
    l->shadow = hw_core_bare(shadow_model);
    l->shadow->user = l;
    hw_oracle_prepare(l->shadow);
    core->lockstep = l;
    core->engine = HW_ENGINE_LOCKSTEP;
    return true;
}

void hw_lockstep_invalidate(HwLockstep *l, u64 from, u64 to)
{
    if (l) hw_core_invalidate(l->shadow, from, to);
}

void hw_lockstep_free(HwLockstep *l)
{
    if (!l) return;
    hw_core_free(l->shadow);
    vec_free(&l->writes);
    free(l);
}
