/* The collector: an observer of the model that adds every miss and every mispredicted branch to a cell as it happens - one cell per
   (bytecode, what was accessed), and cells of their own for allocation sites and pages, which would multiply the others. Views are
   sums over cells, made at the end; so they add up to the model's counters exactly. */
#include "report/observe.h"
#include "report/sharing.h"
#include "base/log.h"
#include "hwsim/observer.h"
#include "hwsim/system.h"
#include "report/heat.h"
#include "report/lines.h"
#include "report/sites.h"
#include "report/summary.h"
#include "report/timeline.h"
#include "vm/guest/regs.h"

Observed observed;

static struct {
    Map targets;             /* class or place, and field: number of the target */
    Map cells;               /* code and target */
    Map sites, pages;
    u32 branch, code;        /* targets of what is no access */
    u32 last_level;          /* HW_MISS_* of the deepest cache */
    u64 instructions;        /* attributed so far */
    u64 code_key;            /* of the latest tick */
    const Method *method;
    u32 bci;
} C;

/* What was looked up lately, in front of a table that is too large for the host's caches. */
typedef struct Recent { u64 key; u32 place; } Recent;
enum { RECENT_BITS = 11 };
typedef Recent RecentTable[1 << RECENT_BITS];
static RecentTable recent_cells, recent_sites, recent_pages, recent_targets;

/* The place of `key`; false: it has to be looked up, and *r set. Key 0 is never found: it is what an empty entry has. */
static inline bool recently(RecentTable t, u64 key, Recent **r)
{
    *r = &t[key * 0x9e3779b97f4a7c15ull >> (64 - RECENT_BITS)];
    return LIKELY((*r)->key == key && key);
}

static u32 find_target(u64 key, Target t)
{
    u64 *known = map_get(&C.targets, key);
    if (LIKELY(known != NULL)) return (u32)*known;
    if (t.kind == PLACE_OBJECT && t.part == PART_NONE) heat_class(t.klass);
    *map_put(&C.targets, key) = observed.targets.len;
    vec_push(&observed.targets, t);
    return (u32)observed.targets.len - 1;
}

static u32 target(u64 key, Target t)
{
    Recent *r;
    if (recently(recent_targets, key, &r)) return r->place;
    *r = (Recent){ key, find_target(key, t) };
    return r->place;
}

/* Keys: small numbers for what is no object; two addresses of metadata, which fit 32 bits each, for fields. */
static u32 service_target(u8 service) { return target(0x100ull + service, (Target){ .kind = PLACE_OTHER, .part = PART_NONE, .service = service }); }
static u32 place_target(PlaceKind kind) { return target(0x10ull + kind, (Target){ .kind = kind, .part = PART_NONE }); }
static u32 offset_of(const void *metadata) { return (u32)((u64)metadata - WIN_META_BASE); }
static u32 class_target(const Class *c) /* whole objects */
{
    return target((u64)offset_of(c) << 32 | PART_NONE, (Target){ .kind = PLACE_OBJECT, .part = PART_NONE, .klass = c });
}

static u32 object_target(const Place *p)
{
    const Field *f = locate_field(p);
    Part part = f ? PART_FIELD : PART_HEADER;
    if (p->klass->kind == CLASS_ARRAY) part = p->offset >= ARRAY_BASE ? PART_ELEMENTS : p->offset >= ARRAY_LENGTH ? PART_LENGTH : PART_HEADER;
    u64 key = (u64)offset_of(p->klass) << 32 | (f ? offset_of(f) : (u32)part);
    return target(key, (Target){ .kind = PLACE_OBJECT, .part = part, .klass = p->klass, .field = f });
}

static u64 code_key(const Method *m, u32 bci) { return m ? (u64)offset_of(m->code + bci) << 32 : 0; }

/* Metadata is kept for as long as the process lives when a core is simulated, so addresses of it are good keys. */
static u64 code_of(u64 pc, const u64 *x, const Method **m, u32 *bci)
{
    *bci = 0;
    *m = locate_method(pc, x, bci);
    return code_key(*m, *bci);
}

static Cell *cell(u64 code, const Method *m, u32 bci, u32 to)
{
    Recent *r;
    if (recently(recent_cells, code | to, &r)) return &observed.cells.data[r->place];
    u64 *at = map_get(&C.cells, code | to);
    if (!at) {
        at = map_put(&C.cells, code | to);
        *at = observed.cells.len;
        vec_push(&observed.cells, ((Cell){ .target = to, .bci = bci, .method = m }));
    }
    *r = (Recent){ code | to, (u32)*at };
    return &observed.cells.data[*at];
}

static void add(u64 *n, const HwMiss *e)
{
    bool fetch = e->access == HW_ACC_FETCH;
    ASSERT(e->missed);
    if (e->missed & HW_MISS_L1) n[fetch ? N_L1I : N_L1D]++;
    if (e->missed & HW_MISS_L2) n[N_L2]++;
    if (e->missed & HW_MISS_L3) n[N_L3]++;
    if (e->missed & HW_MISS_L4) n[N_L4]++;
    if (e->missed & HW_MISS_LLC) n[N_LLC]++;
    if (e->missed & HW_MISS_TLB) n[fetch ? N_ITLB : N_DTLB]++;
}

static void add_details(u64 *n, const HwMiss *e)
{
    if (e->access == HW_ACC_STORE && e->missed & HW_MISS_L1) n[N_L1D_STORE]++;
    if (e->access == HW_ACC_STORE && e->missed & C.last_level) n[N_LLC_STORE]++;
    if (e->access == HW_ACC_FETCH && e->missed & C.last_level) n[N_LLC_FETCH]++;
    if (e->access == HW_ACC_FETCH || !(e->missed & HW_MISS_L1)) return;
    switch (hw_miss_cause(e, HW_MISS_L1)) {
    case HW_CAUSE_COLD: n[N_COLD]++; break;
    case HW_CAUSE_CAPACITY: n[N_CAPACITY]++; break;
    case HW_CAUSE_CONFLICT: n[N_CONFLICT]++; break;
    case HW_CAUSE_COHERENCE: case HW_CAUSE_NONE: break;
    }
}

static void add_site(const HwMiss *e, u32 whole, u32 site)
{
    u64 key = (u64)site << 32 | whole;
    Recent *r;
    if (!recently(recent_sites, key, &r)) {
        u64 *at = map_get(&C.sites, key);
        if (!at) {
            at = map_put(&C.sites, key);
            *at = observed.sites.len;
            vec_push(&observed.sites, ((SiteCell){ .target = whole, .site = site }));
        }
        *r = (Recent){ key, (u32)*at };
    }
    add(observed.sites.data[r->place].n, e);
}

/* Majority by Boyer and Moore's votes. */
static void add_page(const HwMiss *e, u32 whole)
{
    u64 page = e->access == HW_ACC_WALK ? ~0ull : e->addr / PAGE_BYTES;
    Recent *r;
    if (!recently(recent_pages, page, &r)) {
        u64 *at = map_get(&C.pages, page);
        if (!at) {
            at = map_put(&C.pages, page);
            *at = observed.pages.len;
            vec_push(&observed.pages, ((PageCell){ .page = page, .what = whole }));
        }
        *r = (Recent){ page, (u32)*at };
    }
    PageCell *p = &observed.pages.data[r->place];
    if (p->what == whole) p->votes++;
    else if (--p->votes < 0) p->what = whole, p->votes = 1;
    add(p->n, e);
}

static Place place_of(const HwMiss *e)
{
    if (e->access == HW_ACC_WALK) return (Place){ .kind = PLACE_PAGE_TABLE };
    if (e->access == HW_ACC_FETCH) return (Place){ .kind = PLACE_CODE };
    return locate(e->addr, e->pc, e->x);
}

static void on_miss(void *ctx, const HwMiss *e)
{
    (void)ctx;
    const Method *m = NULL;
    u32 bci = 0, to, whole, site = 0;
    u64 code = 0;
    if (e->service) {
        to = whole = service_target(e->service);
        timeline_service(e->service);
    } else {
        code = code_of(e->pc, e->x, &m, &bci);
        Place p = place_of(e);
        bool object = p.kind == PLACE_OBJECT;
        to = object ? object_target(&p) : place_target(p.kind);
        whole = object ? class_target(p.klass) : to;
        if (object) site = site_of(p.object);
    }
    Cell *c = cell(code, m, bci, to);
    add(c->n, e);
    add_details(c->n, e);
    add_site(e, whole, site);
    add_page(e, whole);
    if (e->missed & HW_MISS_L1 && e->access != HW_ACC_FETCH) lines_fetched(e->addr, whole);
}

/* ---- Mispredicted branches: there are many, so that each touches one line of a small table. What locate_method looks at is the key: it is asked
   once for each place. */
typedef struct Branch {
    u32 pc;       /* 1 + offset of the bytecode in the META window, or of compiled code in its window; 0: free */
    u32 running;  /* offset of the frame's method, or 0; bit 0: targets, not directions; bit 1: compiled code */
    u32 cell, n;
} Branch;
static struct { Branch *slots; u32 bits, filled; } B;

static u64 branch_hash(u32 pc, u32 running) { return ((u64)running << 32 | pc) * 0x9e3779b97f4a7c15ull >> (64 - B.bits); }

static Branch *branch_slot(u32 pc, u32 running)
{
    u64 at = branch_hash(pc, running);
    while (B.slots[at].pc && (B.slots[at].pc != pc || B.slots[at].running != running)) at = (at + 1) & ((1u << B.bits) - 1);
    return &B.slots[at];
}

static void branches_grow(void)
{
    Branch *old = B.slots;
    u32 n = old ? 1u << B.bits : 0;
    B.bits = old ? B.bits + 1 : 12;
    ASSERT(B.bits < 28);
    B.slots = xcalloc((size_t)1 << B.bits, sizeof *B.slots);
    for (u32 i = 0; i < n; i++)
        if (old[i].pc) *branch_slot(old[i].pc, old[i].running) = old[i];
    free(old);
}

static void settle_branch(Branch *b)
{
    u64 *n = observed.cells.data[b->cell].n;
    n[N_MISPREDICTED] += b->n;
    if (b->running & 1) n[N_MISPREDICTED_TARGET] += b->n;
    b->n = 0;
}

/* An event waits here until the host has fetched its slot. */
typedef struct Waiting { u64 pc, bytecode; Method *method; u32 at, running; } Waiting;
enum { WAITING = 16 };
static Waiting waiting[WAITING];
static u32 next_waiting;

static void count_branch(const Waiting *w)
{
    Branch *b = branch_slot(w->at, w->running);
    if (UNLIKELY(!b->pc)) {
        u32 bci = 0;
        const Method *m = IN_WINDOW(CODE, w->pc) ? locate_method(w->pc, NULL, &bci) : w->method ? locate_bytecode(w->method, w->bytecode, &bci) : NULL;
        *b = (Branch){ w->at, w->running, (u32)(cell(code_key(m, bci), m, bci, C.branch) - observed.cells.data), 0 };
        if (++B.filled > 1u << (B.bits - 1)) branches_grow(), b = branch_slot(w->at, w->running);
    }
    if (UNLIKELY(++b->n == UINT32_MAX)) settle_branch(b);
}

static void settle_branches(void)
{
    for (u32 i = 0; i < WAITING; i++)
        if (waiting[i].at) count_branch(&waiting[i]), waiting[i].at = 0;
    for (u32 i = 0; i < 1u << B.bits; i++)
        if (B.slots[i].pc) settle_branch(&B.slots[i]);
}

static void on_mispredict(void *ctx, HwBranchKind kind, u64 pc, u64 target_pc, const u64 *x)
{
    (void)ctx, (void)target_pc;
    bool compiled = IN_WINDOW(CODE, pc) || !x;
    u64 frame = compiled ? 0 : x[GUEST_REG_FRAME];
    Waiting w = { .pc = pc, .bytecode = compiled ? 0 : x[GUEST_REG_PC], .at = 1, .running = (kind != HW_BR_COND) | (u32)compiled << 1 };
    if (IN_WINDOW(CODE, pc)) w.at += (u32)(pc - WIN_CODE_BASE);
    else if (IN_WINDOW(META, w.bytecode)) w.at += (u32)(w.bytecode - WIN_META_BASE);
    if (IN_WINDOW(STACK, frame) && !(frame & 7)) w.method = ((const Frame *)frame)->method, w.running |= offset_of(w.method);
    __builtin_prefetch(&B.slots[branch_hash(w.at, w.running)], 1);
    Waiting *place = &waiting[next_waiting++ % WAITING];
    if (place->at) count_branch(place);
    *place = w;
}

/* The instructions since the last look at the core, for the code that is running. */
static void add_instructions(u64 code, const Method *m, u32 bci, u32 word)
{
    u64 now = hw_total(observed.model, HWC_INSTRET), n = now - C.instructions;
    ASSERT(now >= C.instructions);
    Cell *c = cell(code, m, bci, C.code);
    c->n[N_INSTRUCTIONS] += n;
    C.instructions = now;
    switch (word & 0x7f) { /* RISC-V's major opcodes */
    case 0x03: case 0x07: c->n[N_LOADS] += n; break;
    case 0x23: case 0x27: case 0x2f: c->n[N_STORES] += n; break;
    default: break;
    }
}

void report_tick(const u64 *x, u64 pc)
{
    u64 code = code_of(pc, x, &C.method, &C.bci);
    C.code_key = code;
    add_instructions(code, C.method, C.bci, IN_WINDOW(GUEST, pc) || IN_WINDOW(CODE, pc) ? *(const u32 *)pc : 0);
    timeline_tick();
    heat_tick();
}

static void on_access(void *ctx, u64 addr, u32 size)
{
    (void)ctx;
    lines_used(addr, size);
}

void report_observe(HwModel *model, const HwConfig *cfg, bool lines)
{
    static HwObserver observer = { .miss = on_miss, .mispredict = on_mispredict, .sharing = sharing_event, .shared_after_all = sharing_after_all };
    if (lines) observer.access = on_access, lines_start((u32)cfg->l1d_line_bytes);
    ASSERT(!observed.model);
    observed.model = model;
    C.last_level = cfg->llc_present ? HW_MISS_LLC : cfg->l4_present ? HW_MISS_L4 : cfg->l3_present ? HW_MISS_L3 : HW_MISS_L2;
    branches_grow();
    C.branch = target(1, (Target){ .kind = PLACE_CODE, .part = PART_NONE });
    C.code = target(2, (Target){ .kind = PLACE_CODE, .part = PART_NONE });
    C.instructions = hw_total(model, HWC_INSTRET);
    timeline_start(model);
    heat_start();
    for (u32 i = 0; i < hw_cores(model); i++) hw_model_observe(hw_core_of(model, i), &observer);
}

/* The head first: making the views asks the VM's data flow, which charges the core for it. */
void report_collect(Report *r, const Run *run)
{
    *r = (Report){ .head = NULL };
    if (observed.model) {
        for (u32 i = 0; i < hw_cores(observed.model); i++) hw_model_observe(hw_core_of(observed.model, i), NULL);
        add_instructions(C.code_key, C.method, C.bci, 0);
        settle_branches();
        heat_tick();
        timeline_end();
        lines_end();
    }
    r->head = head_make(run);
    if (observed.model) views_make(r);
    report_finish(r);
    cJSON_AddItemToObject(r->head, "summary", summary_make(r));
}
