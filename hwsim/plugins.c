/* Plug-ins (plugin.h): loading and checking them, and the bridges from the model's own interfaces - HwPolicy, HwDirection, prefetchers -
   to theirs. The tables of model_fast.h hide hits and branches from a plug-in that must see them all; who makes a model asks
   plugins_need_all. */
#include "hwsim/plugins.h"
#include "hwsim/mem.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

typedef struct Loaded { const LoamPlugin *plugin; const char *file, *options; } Loaded;
static Loaded loaded[LOAM_PREDICTOR + 1];

static const char *const kinds[] = { "", "replacement policy", "prefetcher", "predictor" };

/* ---- loading -------------------------------------------------------------------------------------------- */

/* The first function that its kind cannot do without and that it lacks, or NULL. */
static const char *lacking(const LoamPlugin *p)
{
    const LoamReplacement *r = &p->replacement;
    const LoamPrefetcher *f = &p->prefetcher;
    const LoamPredictor *d = &p->predictor;
    switch ((LoamPluginKind)p->kind) {
    case LOAM_REPLACEMENT: return !r->make ? "make" : !r->drop ? "drop" : !r->hit ? "hit" : !r->fill ? "fill" : !r->victim ? "victim" : NULL;
    case LOAM_PREFETCHER: return !f->make ? "make" : !f->drop ? "drop" : !f->access ? "access" : NULL;
    case LOAM_PREDICTOR: return !d->make ? "make" : !d->drop ? "drop" : !d->predict ? "predict" : !d->update ? "update" : !d->bits ? "bits" : NULL;
    }
    return NULL;
}

static void check(const LoamPlugin *p, const char *file)
{
    if (p->version != LOAM_PLUGIN_VERSION)
        die("--plugin=%s: made for version %u of the plug-in interface, this loam has %d: compile it with this loam's plugin.h", file, p->version,
            LOAM_PLUGIN_VERSION);
    if (p->kind < LOAM_REPLACEMENT || p->kind > LOAM_PREDICTOR)
        die("--plugin=%s: its kind is %u, must be LOAM_REPLACEMENT, LOAM_PREFETCHER or LOAM_PREDICTOR", file, p->kind);
    if (!p->name || !*p->name) die("--plugin=%s: has no name", file);
    const char *missing = lacking(p);
    if (missing) die("--plugin=%s: a %s needs %s()", file, kinds[p->kind], missing);
    if (loaded[p->kind].plugin) die("--plugin=%s: there is a %s already, from %s", file, kinds[p->kind], loaded[p->kind].file);
}

void hw_plugin_load(const char *file_and_options)
{
    size_t n = strcspn(file_and_options, ",");
    char *file = xasprintf("%.*s", (int)n, file_and_options);
    if (!*file) die("--plugin=%s: must be FILE.so or FILE.so,OPTIONS", file_and_options);
    char *path = strchr(file, '/') ? xasprintf("%s", file) : xasprintf("./%s", file); /* never searched for */
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!object) die("--plugin=%s: cannot be loaded: %s", file, dlerror());
    const LoamPlugin *p = dlsym(object, "loam_plugin");
    if (!p) die("--plugin=%s: not a plug-in of loam's: it does not define loam_plugin", file);
    check(p, file);
    loaded[p->kind] = (Loaded){ p, file, file_and_options[n] ? file_and_options + n + 1 : "" };
    free(path);
}

const LoamPlugin *hw_plugin(LoamPluginKind kind)
{
    ASSERT(kind >= LOAM_REPLACEMENT && kind <= LOAM_PREDICTOR);
    return loaded[kind].plugin;
}

const char *hw_plugin_options(LoamPluginKind kind)
{
    return loaded[kind].options ? loaded[kind].options : "";
}

const char *hw_plugin_kind_name(LoamPluginKind kind)
{
    return kinds[kind];
}

/* ---- where they are used -------------------------------------------------------------------------------- */

static bool replaces_in_l1(const HwConfig *c)
{
    return c->l1i_replacement == HW_REPL_PLUGIN || c->l1d_replacement == HW_REPL_PLUGIN;
}

bool hw_plugin_used(const HwConfig *c, LoamPluginKind kind)
{
    switch (kind) {
    case LOAM_REPLACEMENT:
        return replaces_in_l1(c) || (c->l2_present && c->l2_replacement == HW_REPL_PLUGIN) || (c->l3_present && c->l3_replacement == HW_REPL_PLUGIN) ||
               (c->l4_present && c->l4_replacement == HW_REPL_PLUGIN) || (c->llc_present && c->llc_replacement == HW_REPL_PLUGIN);
    case LOAM_PREFETCHER: return c->prefetch_plugin != HW_PLUGIN_OFF;
    case LOAM_PREDICTOR: return c->branch_predictor == HW_PRED_PLUGIN;
    }
    return false;
}

void hw_plugins_check(const HwConfig *const *cfgs, u32 n)
{
    static const char *const how[] = { "", "l2.replacement=plugin", "prefetch.plugin=l1d", "branch.predictor=plugin" };
    for (LoamPluginKind k = LOAM_REPLACEMENT; k <= LOAM_PREDICTOR; k++) {
        bool used = !loaded[k].plugin;
        for (u32 i = 0; i < n; i++) used |= hw_plugin_used(cfgs[i], k);
        if (!used) die("--plugin=%s: no core uses this %s: add, for one, --set=%s", loaded[k].file, kinds[k], how[k]);
    }
}

bool plugins_need_all(const HwConfig *c)
{
    return replaces_in_l1(c) || (c->prefetch_plugin == HW_PLUGIN_L1D && loaded[LOAM_PREFETCHER].plugin->prefetcher.hits);
}

/* What make() of a plug-in must not return. */
static void *made(LoamPluginKind kind, void *state)
{
    if (!state) die("--plugin=%s: its make() failed%s%s", loaded[kind].file, *loaded[kind].options ? " with options " : "", loaded[kind].options);
    return state;
}

static LoamAccess access_of(const HwModel *m, u64 line, const HwRequest *r)
{
    static const u8 kind[] = { [HW_ACC_LOAD] = LOAM_LOAD, [HW_ACC_STORE] = LOAM_STORE, [HW_ACC_FETCH] = LOAM_FETCH, [HW_ACC_WALK] = LOAM_WALK };
    if (!r) return (LoamAccess){ .line = line, .cycle = model_cycle(m), .kind = LOAM_WRITEBACK };
    return (LoamAccess){ .pc = r->service ? 0 : r->pc, .line = line, .cycle = r->now / m->width, .kind = kind[r->access], .firmware = r->service != 0,
                         .prefetch = !r->demand };
}

/* ---- replacement ---------------------------------------------------------------------------------------- */

struct HwPlugged { const HwModel *m; const LoamReplacement *policy; void *state; const HwRequest *asked; u64 line; };

void plugin_cache_init(const HwModel *m, HwCache *c)
{
    const LoamReplacement *p = &loaded[LOAM_REPLACEMENT].plugin->replacement;
    void *state = p->make(loaded[LOAM_REPLACEMENT].options, c->set_mask + 1, c->ways, c->random);
    c->plugged = xcalloc(1, sizeof *c->plugged);
    *c->plugged = (HwPlugged){ .m = m, .policy = p, .state = made(LOAM_REPLACEMENT, state) };
}

void plugin_cache_free(HwCache *c)
{
    if (c->plugged) c->plugged->policy->drop(c->plugged->state);
    free(c->plugged);
}

void plugin_cache_ask(HwCache *c, u64 line, const HwRequest *r)
{
    c->plugged->asked = r;
    c->plugged->line = line;
}

static LoamAccess asked(const HwCache *c)
{
    const HwPlugged *p = c->plugged;
    return access_of(p->m, p->line, p->asked);
}

static void plugged_hit(HwCache *c, u64 set, u32 way)
{
    LoamAccess a = asked(c);
    c->plugged->policy->hit(c->plugged->state, set, way, &a);
}

static void plugged_fill(HwCache *c, u64 set, u32 way)
{
    LoamAccess a = asked(c);
    c->plugged->policy->fill(c->plugged->state, set, way, &a);
}

static u32 plugged_victim(HwCache *c, u64 set)
{
    LoamAccess a = asked(c);
    u32 way = c->plugged->policy->victim(c->plugged->state, set, c->enabled, &a);
    if (way >= c->enabled)
        die("--plugin=%s: its victim() chose way %u, must be 0..%u", loaded[LOAM_REPLACEMENT].file, way, c->enabled - 1);
    return way;
}

const HwPolicy plugin_policy = { "plugin", plugged_hit, plugged_victim, plugged_fill };

/* ---- prefetching ---------------------------------------------------------------------------------------- */

void plugin_prefetch_init(HwModel *m)
{
    if (m->cfg->prefetch_plugin == HW_PLUGIN_OFF) return;
    const LoamPrefetcher *p = &loaded[LOAM_PREFETCHER].plugin->prefetcher;
    HwCache *c = m->cfg->prefetch_plugin == HW_PLUGIN_L1D ? &m->l1d : m->unified;
    ASSERT(c);
    m->pf.plugin = p;
    m->pf.plugin_at = c;
    m->pf.plugin_state = made(LOAM_PREFETCHER, p->make(loaded[LOAM_PREFETCHER].options, 1u << c->shift, 1ull << m->f.page_shift));
}

void plugin_prefetch_free(HwModel *m)
{
    if (m->pf.plugin) m->pf.plugin->drop(m->pf.plugin_state);
}

typedef struct Asker { HwModel *m; HwCache *c; const HwRequest *r; u64 line; HwPrefetch *request; } Asker;

static void requested(void *to, u64 line)
{
    const Asker *a = to;
    if (line << a->c->shift >> a->m->f.page_shift == a->line << a->c->shift >> a->m->f.page_shift) a->request(a->m, a->c, line, a->r);
    else a->m->counter[HWC_PREFETCH_DROPPED]++;
}

void plugin_prefetch(HwModel *m, HwCache *c, u64 line, const HwRequest *r, LoamOutcome outcome, HwPrefetch *request)
{
    const LoamPrefetcher *p = m->pf.plugin;
    if (!m->pf.on || (outcome == LOAM_HIT && !p->hits)) return;
    Asker a = { m, c, r, line, request };
    LoamAccess access = access_of(m, line, r);
    p->access(m->pf.plugin_state, &access, outcome, requested, &a);
}

/* ---- directions ----------------------------------------------------------------------------------------- */

typedef struct Predictor { const LoamPredictor *p; void *state; } Predictor;

static void *predictor_make(const HwModel *m, u64 bits)
{
    (void)m;
    Predictor *d = xcalloc(1, sizeof *d);
    d->p = &loaded[LOAM_PREDICTOR].plugin->predictor;
    d->state = made(LOAM_PREDICTOR, d->p->make(loaded[LOAM_PREDICTOR].options, bits));
    u64 takes = d->p->bits(d->state);
    if (takes > bits) die("--plugin=%s: takes %lu bits of storage, branch.budget_kib allows %lu", loaded[LOAM_PREDICTOR].file, takes, bits);
    return d;
}

static void predictor_drop(void *state)
{
    Predictor *d = state;
    d->p->drop(d->state);
    free(d);
}

static bool predictor_predict(HwModel *m, void *state, u64 pc, u64 target)
{
    (void)m;
    const Predictor *d = state;
    return d->p->predict(d->state, pc, target);
}

static void predictor_update(HwModel *m, void *state, u64 pc, u64 target, bool taken)
{
    (void)m;
    const Predictor *d = state;
    d->p->update(d->state, pc, target, taken);
}

static void predictor_jump(void *state, u64 pc, u64 target)
{
    const Predictor *d = state;
    if (d->p->jump) d->p->jump(d->state, pc, target);
}

static u64 predictor_bits(const HwModel *m, const void *state)
{
    (void)m;
    const Predictor *d = state;
    return d->p->bits(d->state);
}

const HwDirection bp_plugin = {
    .name = "plugin", .make = predictor_make, .drop = predictor_drop, .predict = predictor_predict, .update = predictor_update,
    .jump = predictor_jump, .bits = predictor_bits,
};
