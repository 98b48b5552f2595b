/* The collector: an observer of the model that adds every miss to a cell as it happens - one cell per (bytecode, what was accessed), and cells of their
   own for allocation sites and pages, which would multiply the others - and every mispredicted branch (branches.c) to its bytecode. Views are
   sums over these, made at the end; so they add up to the model's counters exactly.

   What a miss was on must be asked at once, while things are as they were. Counting it costs more: lines of tables that are not in the host's
   caches. So it waits for a dozen further misses, while the host fetches the lines. */
#include "report/observe.h"
#include "base/log.h"
#include "hwsim/observer.h"
#include "hwsim/system.h"
#include "report/branches.h"
#include "report/heat.h"
#include "report/lines.h"
#include "report/names.h"
#include "report/sharing.h"
#include "report/sites.h"
#include "report/summary.h"
#include "report/tally.h"
#include "report/timeline.h"
#include "vm/guest/regs.h"
#include <string.h>

Observed observed;

/* One miss on its way to being counted. */
typedef struct Waiting {
    const Method *method;  /* of the spot; NULL: no Java code */
    const Object *object;  /* that was missed; NULL: no object */
    u64 page;              /* ~0: the page tables */
    u32 spot, to, whole;   /* whole: of `to`, a target, the whole object */
    u32 site;              /* of the object, once it was asked */
    u32 causes;            /* of HwMiss */
    u8 missed, kind;       /* HW_MISS_* bits; MissKind */
} Waiting;
typedef enum MissKind { MISS_FETCH, MISS_STORE, MISS_OTHER, KINDS_OF_MISS } MissKind;
enum { WAITING = 16, MISS_SETS = 256 };

static struct {
    Map targets;             /* class or place, and field: number of the target */
    Map sites, pages;        /* the same keys as the tallies' */
    Tally by_cell, by_site, by_page;
    Waiting waiting[WAITING]; /* a ring */
    u64 misses;              /* so far */
    TallyCounts adds[KINDS_OF_MISS][MISS_SETS];
    u64 instructions;        /* attributed so far */
    u32 running;             /* number of the code at the latest tick */
} C;

/* ---- What was accessed --------------------------------------------------------------------------------------- */
/* Keys: small numbers for what is no object; two addresses of metadata, which fit 32 bits each, for fields. */
static u32 target(u64 key, Target t)
{
    u64 *known = map_get(&C.targets, key);
    if (known) return (u32)*known;
    if (t.kind == PLACE_OBJECT && t.part == PART_NONE) heat_class(t.klass);
    *map_put(&C.targets, key) = observed.targets.len;
    vec_push(&observed.targets, t);
    return (u32)observed.targets.len - 1;
}

/* Those of services and of places that are no objects, from 1 on; 0: not met. */
static u32 service_targets[256], place_targets[256];

static u32 service_target(u8 service)
{
    u32 *t = &service_targets[service];
    if (UNLIKELY(!*t)) *t = 1 + target(0x100ull + service, (Target){ .kind = PLACE_OTHER, .part = PART_NONE, .service = service });
    return *t - 1;
}

static u32 place_target(PlaceKind kind)
{
    u32 *t = &place_targets[kind];
    if (UNLIKELY(!*t)) *t = 1 + target(0x10ull + kind, (Target){ .kind = kind, .part = PART_NONE });
    return *t - 1;
}

static u32 class_target(const Class *c) /* whole objects */
{
    return target((u64)meta_offset(c) << 32 | PART_NONE, (Target){ .kind = PLACE_OBJECT, .part = PART_NONE, .klass = c });
}

/* Places in objects seen lately: an offset of a class is a field's as long as the field lies there, and its header never moves. `whole` is of the class that the key names. */
typedef struct RecentPlace { u64 key; const Field *field; u32 target, whole; } RecentPlace;
enum { RECENT_BITS = 11 };
static RecentPlace *recent_places; /* 1 << RECENT_BITS */

static bool still_there(const RecentPlace *r, u64 key, u32 offset)
{
    return r->key == key && (!r->field || offset - r->field->offset < 1u << type_shift((BasicType)r->field->type));
}

static u32 find_object_target(const Place *p, const Field *f)
{
    Part part = f ? PART_FIELD : PART_HEADER;
    if (p->klass->kind == CLASS_ARRAY) part = p->offset >= ARRAY_BASE ? PART_ELEMENTS : p->offset >= ARRAY_LENGTH ? PART_LENGTH : PART_HEADER;
    u64 key = (u64)meta_offset(p->klass) << 32 | (f ? meta_offset(f) : (u32)part);
    return target(key, (Target){ .kind = PLACE_OBJECT, .part = part, .klass = p->klass, .field = f });
}

/* Of an offset in objects of a class; in mirrors, where there may also be statics, of the mirror's own class. */
static RecentPlace *recent_place(const Class *c, u32 offset, u64 *key)
{
    *key = (u64)meta_offset(c) << 32 | offset;
    return &recent_places[hash_slot(*key, RECENT_BITS)];
}

/* The targets of a place in an object, and of the object. */
static RecentPlace object_targets(const Place *p)
{
    enum { STATICS = 1 << 31 };
    bool array = p->klass->kind == CLASS_ARRAY;
    u32 offset = array && p->offset > ARRAY_BASE ? ARRAY_BASE : p->offset;
    u64 key;
    RecentPlace *r = recent_place(p->klass, offset, &key);
    if (LIKELY(still_there(r, key, offset))) return *r;
    const Class *mirrored = p->klass == wk.Class ? mirror_class(p->object) : NULL;
    if (mirrored) {
        u64 statics;
        RecentPlace *s = recent_place(mirrored, offset | STATICS, &statics);
        if (LIKELY(still_there(s, statics, offset))) return *s;
    }
    const Field *f = locate_field(p);
    if (mirrored && f && f->access & ACC_STATIC) r = recent_place(mirrored, offset | STATICS, &key);
    RecentPlace found = { .key = key, .field = f, .target = find_object_target(p, f) };
    found.whole = class_target(p->klass);
    if (array || offset < OBJECT_HEADER || f) *r = found;
    return found;
}

/* What the core runs. */
static const Known *running(u64 pc, const u64 *x, u32 *spot)
{
    return IN_WINDOW(CODE, pc) ? code_compiled(pc, spot) : code_interpreted(x[GUEST_REG_PC], x[GUEST_REG_FRAME], spot);
}

static u32 number_running(u64 pc, const u64 *x)
{
    u32 spot;
    const Known *k = running(pc, x, &spot);
    return code_number(known_as(k), spot);
}

/* ---- Counting misses -------------------------------------------------------------------------------------- */
_Static_assert((int)N_L1D_STORE == MISS_KINDS && (int)N_LLC_FETCH == MISS_KINDS + 2 && MISS_KINDS + 3 == (int)TALLY_KINDS, "what is tallied comes first");

/* What a miss of these structures adds. */
static TallyCounts adds_of(MissKind kind, u32 missed, u32 last_level)
{
    bool fetch = kind == MISS_FETCH;
    TallyCounts c = { { 0 } };
    u8 *n = c.n;
    if (missed & HW_MISS_L1) n[fetch ? N_L1I : N_L1D]++;
    if (missed & HW_MISS_L2) n[N_L2]++;
    if (missed & HW_MISS_L3) n[N_L3]++;
    if (missed & HW_MISS_L4) n[N_L4]++;
    if (missed & HW_MISS_LLC) n[N_LLC]++;
    if (missed & HW_MISS_TLB) n[fetch ? N_ITLB : N_DTLB]++;
    if (kind == MISS_STORE && missed & HW_MISS_L1) n[N_L1D_STORE]++;
    if (kind == MISS_STORE && missed & last_level) n[N_LLC_STORE]++;
    if (fetch && missed & last_level) n[N_LLC_FETCH]++;
    n[TALLY_KINDS]++;
    return c;
}

static void add(u64 *to, const TallyCounts *c, u32 kinds)
{
    for (u32 i = 0; i < kinds; i++) to[i] += c->n[i];
}

/* Keys of cells: never 0. A line's `what` is the number of its cell, from 1 on. */
static u64 cell_key(const Waiting *w) { return (u64)w->spot << 32 | (w->to + 1); }
static void settle_cell(const TallyLine *l) { add(observed.cells.data[l->what - 1].n, &l->counts, TALLY_KINDS); }

/* Keys of sites: never 0. */
static u64 site_key(u32 site, u32 to) { return (u64)site << 32 | (to + 1); }
static void settle_site(const TallyLine *l)
{
    u64 *at = map_put(&C.sites, l->key);
    if (!*at) {
        vec_push(&observed.sites, ((SiteCell){ .target = (u32)l->key - 1, .site = (u32)(l->key >> 32) }));
        *at = observed.sites.len;
    }
    add(observed.sites.data[*at - 1].n, &l->counts, MISS_KINDS);
}

/* Keys of pages: never 0. */
static u64 page_key(u64 page) { return page + 2; }
static void settle_page(const TallyLine *l)
{
    u64 *at = map_put(&C.pages, l->key);
    if (!*at) {
        vec_push(&observed.pages, ((PageCell){ .page = l->key - 2 }));
        *at = observed.pages.len;
    }
    PageCell *p = &observed.pages.data[*at - 1];
    p->what = l->what;
    add(p->n, &l->counts, MISS_KINDS);
}

static void count_cause(u64 *n, const Waiting *w)
{
    const HwMiss e = { .causes = w->causes };
    switch (hw_miss_cause(&e, HW_MISS_L1)) {
    case HW_CAUSE_COLD: n[0]++; break;
    case HW_CAUSE_CAPACITY: n[N_CAPACITY - N_COLD]++; break;
    case HW_CAUSE_CONFLICT: n[N_CONFLICT - N_COLD]++; break;
    case HW_CAUSE_COHERENCE: n[N_COHERENCE - N_COLD]++; break;
    case HW_CAUSE_NONE: break;
    }
}

/* What a page has mostly: majority by Boyer and Moore's votes. */
static void vote(TallyLine *page, u32 what)
{
    if (page->what == what) page->votes += page->votes < INT32_MAX;
    else if (--page->votes < 0) page->what = what, page->votes = 1;
}

static u32 new_cell(const Waiting *w)
{
    vec_push(&observed.cells, ((Cell){ .target = w->to, .code = code_number(w->method, w->spot) }));
    return (u32)observed.cells.len;
}

static void count_miss(const Waiting *w)
{
    const TallyCounts *adds = &C.adds[w->kind][w->missed];
    TallyLine *cell = tally_line(&C.by_cell, cell_key(w));
    if (UNLIKELY(!cell->what)) cell->what = new_cell(w);
    TallyLine *page = tally_line(&C.by_page, page_key(w->page));
    TallyLine *s = tally_line(&C.by_site, site_key(w->site, w->whole));
    vote(page, w->whole);
    if (UNLIKELY(w->causes) && w->kind != MISS_FETCH && w->missed & HW_MISS_L1) count_cause(observed.cells.data[cell->what - 1].causes, w);
    tally_count(&C.by_cell, cell, adds);
    tally_count(&C.by_page, page, adds);
    tally_count(&C.by_site, s, adds);
}

/* The place for a miss: the one that has waited longest leaves it. */
static Waiting *next_waiting(void)
{
    Waiting *w = &C.waiting[C.misses++ % WAITING];
    if (LIKELY(w->missed)) count_miss(w);
    return w;
}

static void know_site(Waiting *w) { w->site = w->object ? site_of(w->object) : 0; }

/* What is needed to count a miss is fetched; where its object was allocated must have come before it is known what that is counted in. */
static void wait(const Waiting *w)
{
    ASSERT(w->missed);
    tally_expect(&C.by_cell, cell_key(w));
    tally_expect(&C.by_page, page_key(w->page));
    if (w->object) site_expect(w->object);

    Waiting *older = &C.waiting[(C.misses - 1 - WAITING / 2) % WAITING];
    know_site(older);
    tally_expect(&C.by_site, site_key(older->site, older->whole));
}

/* The oldest first. */
void report_settle(void)
{
    if (!C.by_cell.lines) return; /* nobody observes */
    for (u64 i = 0; i < WAITING; i++) {
        Waiting *w = &C.waiting[(C.misses + i) % WAITING];
        if (w->missed) know_site(w), count_miss(w);
        w->missed = 0;
    }
    tally_settle(&C.by_cell);
    tally_settle(&C.by_site);
    tally_settle(&C.by_page);
}

static void start_counting(const HwConfig *cfg)
{
    u32 last_level = cfg->llc_present ? HW_MISS_LLC : cfg->l4_present ? HW_MISS_L4 : cfg->l3_present ? HW_MISS_L3 : HW_MISS_L2;
    for (u32 kind = 0; kind < KINDS_OF_MISS; kind++)
        for (u32 missed = 0; missed < MISS_SETS; missed++) C.adds[kind][missed] = adds_of((MissKind)kind, missed, last_level);
    recent_places = lasting_zeroed(sizeof *recent_places << RECENT_BITS);
    tally_start(&C.by_cell, 16, settle_cell);
    tally_start(&C.by_site, 12, settle_site);
    tally_start(&C.by_page, 12, settle_page);
    vec_large(&observed.cells, 1 << 18);
}

/* ---- Misses ------------------------------------------------------------------------------------------------ */
static MissKind kind_of(const HwMiss *e) { return e->access == HW_ACC_FETCH ? MISS_FETCH : e->access == HW_ACC_STORE ? MISS_STORE : MISS_OTHER; }

static Place place_of(const HwMiss *e, const Known *running)
{
    if (e->access == HW_ACC_WALK) return (Place){ .kind = PLACE_PAGE_TABLE };
    if (e->access == HW_ACC_FETCH) return (Place){ .kind = PLACE_CODE };
    if (IN_WINDOW(META, e->addr)) return (Place){ .kind = running && (u32)(e->addr - WIN_META_BASE) - running->code < running->length ? PLACE_BYTECODE : PLACE_METADATA };
    return locate(e->addr, e->pc, e->x);
}

static void on_miss(void *ctx, const HwMiss *e)
{
    (void)ctx;
    Waiting *w = next_waiting();
    w->missed = (u8)e->missed, w->kind = (u8)kind_of(e), w->causes = e->causes;
    w->page = e->access == HW_ACC_WALK ? ~0ull : e->addr / PAGE_BYTES;
    w->method = NULL, w->object = NULL;
    if (UNLIKELY(e->service)) {
        w->spot = 0;
        w->to = w->whole = service_target(e->service);
        timeline_service(e->service);
    } else {
        const Known *k = running(e->pc, e->x, &w->spot);
        w->method = known_as(k);
        Place p = place_of(e, k);
        if (p.kind == PLACE_OBJECT) {
            RecentPlace r = object_targets(&p);
            w->object = p.object, w->to = r.target, w->whole = r.whole;
        } else {
            w->to = w->whole = place_target(p.kind);
        }
    }
    if (e->missed & HW_MISS_L1 && e->access != HW_ACC_FETCH) lines_fetched(e->addr, w->whole);
    wait(w);
}

/* ---- Instructions ------------------------------------------------------------------------------------------ */
/* A look at the core: the code that is running is told to have executed all since the one before. */
typedef struct Look { u32 running, kind; /* 0, N_LOADS, or N_STORES */ u64 n; } Look;
static Look latest;
static u32 running_before;

static u32 kind_of_word(u32 word)
{
    switch (word & 0x7f) { /* RISC-V's major opcodes */
    case 0x03: case 0x07: return N_LOADS;
    case 0x23: case 0x27: case 0x2f: return N_STORES;
    default: return 0;
    }
}

static void add_instructions(u32 running, u32 kind, u64 now)
{
    ASSERT(now >= C.instructions);
    running_before = C.running;
    latest = (Look){ running, kind, now - C.instructions };
    *code_count(running, N_INSTRUCTIONS) += latest.n;
    if (kind) *code_count(running, (Count)kind) += latest.n;
    C.running = running, C.instructions = now;
}

void report_untick(void)
{
    *code_count(latest.running, N_INSTRUCTIONS) -= latest.n;
    if (latest.kind) *code_count(latest.running, (Count)latest.kind) -= latest.n;
    C.running = running_before, C.instructions -= latest.n;
}

static u32 kind_at(u64 pc) { return IN_WINDOW(GUEST, pc) || IN_WINDOW(CODE, pc) ? kind_of_word(*(const u32 *)pc) : 0; }

void report_tick(const u64 *x, u64 pc)
{
    add_instructions(number_running(pc, x), kind_at(pc), hw_total(observed.model, HWC_INSTRET));
    timeline_tick();
    heat_tick();
}

/* Code that is met for the first time has its number by then: numbers go by the order in which code was met. */
bool report_tick_ahead(const u64 *x, u32 unknown, u64 pc, u64 instructions)
{
    u64 then = hw_total(observed.model, HWC_INSTRET) + instructions;
    u32 spot, needed = IN_WINDOW(CODE, pc) ? 0 : 1u << GUEST_REG_PC | 1u << GUEST_REG_FRAME;
    if (unknown & needed || timeline_due(then) || heat_due()) return false;
    running(pc, x, &spot);
    u32 number = codes.numbers.data[spot];
    if (spot && !number) return false;
    add_instructions(number, kind_at(pc), then);
    return true;
}

static void on_access(void *ctx, u64 addr, u32 size)
{
    (void)ctx;
    lines_used(addr, size);
}

void report_observe(HwModel *model, const HwConfig *cfg, bool lines, bool branches)
{
    static HwObserver observer = { .miss = on_miss, .mispredict = branch_mispredicted, .wrong_at = branch_counter, .wrong_direction = branch_wrong_direction, .first = GUEST_REG_PC, .second = GUEST_REG_FRAME,
                                   .value = branch_value, .reconfigured = timeline_reconfigured, .sharing = sharing_event, .shared_after_all = sharing_after_all };
    if (lines) observer.access = on_access, lines_start((u32)cfg->l1d_line_bytes);
    if (branches) observer.branch = branch_executed;
    ASSERT(!observed.model);
    observed.model = model;
    start_counting(cfg);
    codes_start();
    branches_start();
    C.instructions = hw_total(model, HWC_INSTRET);
    timeline_start(model);
    heat_start();
    for (u32 i = 0; i < hw_cores(model); i++) hw_model_observe(hw_core_of(model, i), &observer);
}

static void standard_names(cJSON *item)
{
    for (cJSON *x = item; x; x = x->next) {
        if (cJSON_IsString(x) && x->valuestring) standard_utf8(x->valuestring);
        standard_names(x->child);
    }
}

/* The head first: making the views asks the VM's data flow, which charges the core for it. */
void report_collect(Report *r, const Run *run)
{
    *r = (Report){ .head = NULL };
    if (observed.model) {
        for (u32 i = 0; i < hw_cores(observed.model); i++) hw_model_observe(hw_core_of(observed.model, i), NULL);
        add_instructions(C.running, 0, hw_total(observed.model, HWC_INSTRET));
        report_settle();
        branches_settle();
        heat_tick();
        timeline_end();
        lines_end();
    }
    r->head = head_make(run);
    if (observed.model) views_make(r);
    standard_names(r->head);
    names_standard();
    report_finish(r);
    cJSON_AddItemToObject(r->head, "summary", summary_make(r));
}
