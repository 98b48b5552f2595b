/* The virtual machine as the heap's client: where references are, besides in objects.

   Exact (updated when objects move): registered slots (vm_add_root), mirrors and what hangs off classes, loaders and modules, the fixed
   references of each thread, JNI handles, the pending list. Ambiguous (pinned): Java stacks, RV64 stacks and registers, the host stacks of all
   threads as of the moment they gave up the baton, and of the collecting thread as of the start of the cycle. Weak: interned strings,
   monitors, weak JNI references. Classes of the JDK's own loaders are roots, for as long as the process lives; others live and die by units (unit.c).

   Everything here runs inside a collection: it must not allocate from the heap, throw, or switch threads. */
#include "vm/cores.h"
#include "vm/roots.h"
#include "vm/slots.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/exception.h"
#include "vm/native.h"
#include "vm/sched.h"
#include "vm/sim.h"
#include "vm/unit.h"
#include "vm/unified.h"

static Vec(Object **) slots; /* of vm_add_root */
static Map slot_index;       /* slot -> index in slots + 1 */

void vm_add_root(Object **slot)
{
    u64 *index = map_put(&slot_index, (u64)slot);
    if (*index) return;
    vec_push(&slots, slot);
    *index = slots.len;
}

void vm_remove_root(Object **slot)
{
    u64 *index = map_get(&slot_index, (u64)slot);
    if (!index) return;
    size_t i = *index - 1;
    map_del(&slot_index, (u64)slot);
    Object **last = vec_pop(&slots);
    if (last == slot) return;
    slots.data[i] = last;
    *map_get(&slot_index, (u64)last) = i + 1;
}

/* ---- Classes, loaders, modules -------------------------------------------------------------------------------------- */
typedef struct RootVisit {
    GcVisitPtr exact;
    void *ctx;
    Map seen; /* loaders and modules already visited: a slot is visited once a cycle */
} RootVisit;

static void visit(RootVisit *v, Object **slot)
{
    if (*slot && !map_get(&slot_index, (u64)slot)) v->exact(v->ctx, (GcObject **)slot);
}

static bool first_time(RootVisit *v, const void *p)
{
    u64 *seen = map_put(&v->seen, (u64)p);
    return !(*seen)++;
}

static void visit_module(RootVisit *v, Module *m)
{
    if (m && first_time(v, m)) visit(v, &m->java);
}

static void visit_class(void *ctx, Class *c)
{
    RootVisit *v = ctx;
    if (c->unit) return;
    visit(v, &c->mirror);
    visit(v, &c->init_error);
    visit(v, &c->protection_domain);
    visit(v, &c->signers);
    visit_module(v, c->module);
    if (c->loader && first_time(v, c->loader)) {
        visit(v, &c->loader->java);
        visit_module(v, c->loader->unnamed);
    }
}

/* Ambiguous words lead to objects, and addresses of metadata to classes. */
static struct { GcVisitPtr exact; GcVisitRange ambiguous; } to;

static void scan_words(void *ctx, const void *lo, const void *hi)
{
    to.ambiguous(ctx, lo, hi);
    units_scan(lo, hi, to.exact, ctx);
}

/* ---- The callbacks ----------------------------------------------------------------------------------------------------- */
static void roots(GcVisitPtr exact, GcVisitRange ambiguous, void *ctx)
{
    for (size_t i = 0; i < slots.len; i++)
        if (*slots.data[i]) exact(ctx, (GcObject **)slots.data[i]);
    RootVisit v = { .exact = exact, .ctx = ctx };
    classes_each(visit_class, &v);
    map_free(&v.seen);
    handle_roots(exact, ctx);
    handle_pinned_roots(ambiguous, ctx);
    refs_roots(exact, ctx);
    to.exact = exact, to.ambiguous = ambiguous;
    for (Thread *t = thread_list; t; t = t->next) thread_roots(t, exact, scan_words, ctx);
    units_roots(exact, ctx);
}

void vm_roots(GcVisitPtr exact, GcVisitRange ambiguous, void *ctx) { roots(exact, ambiguous, ctx); }

static void weak_roots(GcVisitPtr weak, void *ctx)
{
    units_weak(weak, ctx);
    string_weak_roots(weak, ctx);
    monitor_weak_roots(weak, ctx);
    handle_weak_roots(weak, ctx);
}

static void trace_special(GcObject *o, GcVisit visit_ref, void *ctx)
{
    if (!off.Class_vmclass) return;
    Class *c = mirror_class((Object *)o);
    if (!c || c->mirror != (Object *)o) return; /* not filled in yet */
    if (c->unit) unit_trace(c->unit, visit_ref, ctx);
    for (u32 i = 0; i < c->nstatic_refs; i++) {
        ref_t *slot = (ref_t *)((u8 *)o + c->static_refs[i].offset);
        for (u32 k = 0; k < c->static_refs[i].count; k++) visit_ref(ctx, slot + k);
    }
}

static u64 special_size(const GcObject *o)
{
    Class *c = off.Class_vmclass ? mirror_class((const Object *)o) : NULL;
    return gc_shape(o)->size + (c && c->mirror == (const Object *)o ? c->static_size : 0);
}

static GcClient client;

static void moved(const GcObject *old, const GcObject *copy) { vm_hooks.moved((const Object *)old, (const Object *)copy); }

/* Charges go to the core only while it is being simulated. */
static void set_charging(void)
{
    client.touch = charge_hooks ? charge_hooks->touch : NULL;
    client.moved = vm_hooks.moved ? moved : NULL;
    client.work = charge_hooks ? charge_hooks->work : NULL;
}

/* Offsets of java.lang.ref.Reference; known once the well-known classes are laid out. */
static void set_offsets(void)
{
    client.referent_offset = off.Reference_referent;
    client.discovered_offset = off.Reference_discovered;
    client.next_offset = off.Reference_next;
    client.timestamp_offset = off.SoftReference_timestamp;
}

bool vm_collection_asked;
u64 vm_compile_nanos;
static bool cycle_moves;

static void cycle_start(bool moving)
{
    cycle_moves = moving;
    if (!moving && vm_hooks.collection) vm_hooks.collection(true);
    if (!moving && UNLIKELY(vm_options.verbose_gc)) ul_collection(true);
    ASSERT(!thread_list || current_thread);
    set_offsets();
    units_cycle_start(moving);
    slots_reset();
    cores_stop(current_thread);
    charge_begin(moving ? SVC_LAYOUT : SVC_GC);
    set_charging();
    if (current_thread) sched_save_stack(current_thread);
}

static void cycle_end(void)
{
    monitors_deflate();
    units_unload();
    refs_cycle_end();
    if (!cycle_moves && vm_hooks.collection) vm_hooks.collection(false);
    if (!cycle_moves && UNLIKELY(vm_options.verbose_gc)) ul_collection(false);
    charge_end();
    cores_go_on(current_thread);
}

static GcClient client = {
    .roots = roots, .weak_roots = weak_roots, .trace_special = trace_special, .special_size = special_size,
    .slots_for = slots_for, .keep_soft = refs_keep_soft, .pending = refs_pending, .cycle_start = cycle_start, .cycle_end = cycle_end,
    .now = sched_now,
};

void gc_client_classes_known(Thread *t)
{
    set_offsets();
    exceptions_preallocate(t);
}

/* The frames of a collection are laid over what earlier calls left on the host stack, and do not write all of it. */
static __attribute__((noinline)) void clear_stack_below(void)
{
    volatile u64 words[512];
    for (u32 i = 0; i < NELEM(words); i++) words[i] = 0;
}

void vm_collect(void)
{
    clear_stack_below();
    vm_collection_asked = true;
    gc_collect();
    vm_collection_asked = false;
}

void gc_client_init(void)
{
    gc_init(vm_options.max_heap ? vm_options.max_heap : vm_options.default_heap, &client);
    ul_log(UL_GC, "Using loam mark-sweep");
}
