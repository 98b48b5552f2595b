/* The head of a report: everything but the views, as the JSON object that it is in the file. */
#include "base/log.h"
#include "hwsim/plugins.h"
#include "hwsim/system.h"
#include "layout/layout.h"
#include "report/baseline.h"
#include "report/lines.h"
#include "report/observe.h"
#include "report/pictures.h"
#include "report/ranks.h"
#include "report/sharing.h"
#include "report/timeline.h"
#include <string.h>

/* cJSON keeps numbers as doubles, which print exactly up to 2^53: counters stay far below. */
static void put(cJSON *o, const char *key, u64 value)
{
    ASSERT(value < 1ull << 53);
    cJSON_AddNumberToObject(o, key, (double)value);
}

/* Names and options of the plug-ins that the core uses; their files are the user's affair. */
static void add_plugins(cJSON *core, const HwConfig *cfg)
{
    static const char *const keys[] = { "", "replacement", "prefetcher", "predictor" };
    cJSON *all = NULL;
    for (LoamPluginKind k = LOAM_REPLACEMENT; k <= LOAM_PREDICTOR; k++) {
        if (!hw_plugin_used(cfg, k)) continue;
        if (!all) all = cJSON_AddObjectToObject(core, "plugins");
        cJSON *p = cJSON_AddObjectToObject(all, keys[k]);
        cJSON_AddStringToObject(p, "name", hw_plugin(k)->name);
        cJSON_AddStringToObject(p, "options", hw_plugin_options(k));
    }
}

static void add_core(cJSON *root, const HwConfig *cfg)
{
    cJSON *core = cJSON_AddObjectToObject(root, "core");
    cJSON_AddStringToObject(core, "name", cfg->name);
    for (u32 i = 0; i < HW_FIELD_COUNT; i++) {
        const HwField *f = &hw_fields[i];
        char buf[64], section[32];
        const char *dot = strchr(f->path, '.');
        ASSERT(dot);
        snprintf(section, sizeof section, "%.*s", (int)(dot - f->path), f->path);
        cJSON *s = cJSON_GetObjectItemCaseSensitive(core, section);
        if (!s) s = cJSON_AddObjectToObject(core, section);
        switch (f->type) {
        case HW_FIELD_INT: case HW_FIELD_POW2: put(s, dot + 1, hw_field_int(cfg, f)); break;
        case HW_FIELD_BOOL: cJSON_AddBoolToObject(s, dot + 1, hw_field_int(cfg, f) != 0); break;
        case HW_FIELD_REAL: cJSON_AddNumberToObject(s, dot + 1, hw_field_real(cfg, f)); break;
        case HW_FIELD_ENUM: cJSON_AddStringToObject(s, dot + 1, hw_field_text(cfg, f, buf, sizeof buf)); break;
        }
    }
    add_plugins(core, cfg);
}

static void add_level(cJSON *levels, const char *name, u64 accesses, u64 misses)
{
    cJSON *l = cJSON_AddObjectToObject(levels, name);
    put(l, "accesses", accesses);
    put(l, "misses", misses);
}

static bool has_level(const HwConfig *cfg, Count misses)
{
    return misses == N_L3 ? cfg->l3_present : misses == N_L4 ? cfg->l4_present : true;
}

static void add_totals(cJSON *root, const HwModel *m, const HwConfig *cfg)
{
    cJSON *t = cJSON_AddObjectToObject(root, "totals");
    put(t, "instructions", told_total(m, HWC_INSTRET));
    put(t, "cycles", told_total(m, HWC_CYCLE));
    cJSON *l = cJSON_AddObjectToObject(t, "levels");
#define L(id, key, name) if (has_level(cfg, N_##id)) add_level(l, key, told_total(m, HWC_##id##_ACCESS), told_total(m, HWC_##id##_MISS));
    LEVELS(L)
#undef L
    cJSON *b = cJSON_AddObjectToObject(t, "branches");
    put(b, "executed", told_total(m, HWC_BRANCH));
    put(b, "mispredicted", told_total(m, HWC_MISPREDICT));
    cJSON *f = cJSON_AddObjectToObject(t, "firmware_cycles");
    put(f, "total", told_total(m, HWC_FW_CYCLE));
    for (int s = 1; s <= hw_fw_services(m); s++)
        if (told_fw_cycles(m, s)) put(f, hw_fw_name(m, s), told_fw_cycles(m, s));
    cJSON *all = cJSON_AddObjectToObject(t, "counters");
    for (HwCounter c = 0; c < HWC_COUNT; c++) put(all, hw_counter_name(c), told_total(m, c));
}

/* Passive cores have no clock: without the counters of cycles. */
static void add_passive(cJSON *root, const Run *run)
{
    if (!run->passives) return;
    cJSON *list = cJSON_AddArrayToObject(root, "passive_cores");
    for (size_t i = 0; i < run->passives; i++) {
        const PassiveRun *p = &run->passive[i];
        cJSON *o = cJSON_CreateObject(), *all;
        cJSON_AddBoolToObject(o, "passive", true);
        add_core(o, p->config);
        all = cJSON_AddObjectToObject(o, "counters");
        for (HwCounter c = 0; c < HWC_COUNT; c++)
            if (c != HWC_CYCLE && c != HWC_FW_CYCLE) put(all, hw_counter_name(c), told_counter(p->model, c));
        cJSON_AddItemToArray(list, o);
    }
}

/* The whole run's time, estimated; the counter of cycles is of no use then. */
static void add_sampled(cJSON *root, const Run *run)
{
    const HwSampled *s = run->sampled;
    if (!s) return;
    cJSON *o = cJSON_AddObjectToObject(root, "sampled");
    put(o, "period", run->sampling.period);
    put(o, "detail", run->sampling.detail);
    put(o, "settle", run->sampling.settle);
    put(o, "windows", s->windows);
    if (s->windows < 2) return;
    f64 n = (f64)hw_instret(run->model);
    cJSON_AddNumberToObject(o, "cycles_per_instruction", hw_sampled_cpi(s));
    cJSON_AddNumberToObject(o, "cycles_per_instruction_half_interval", hw_sampled_half(s));
    put(o, "cycles", (u64)hw_sampled_cycles(s, run->model));
    put(o, "cycles_half_interval", (u64)(hw_sampled_half(s) * n));
}

/* A rate, or null where the run ended before it was known. */
static void put_rate(cJSON *o, const char *key, double rate)
{
    if (rate >= 0) cJSON_AddNumberToObject(o, key, rate);
    else cJSON_AddNullToObject(o, key);
}

/* The undoing of a pass. */
static void add_back(cJSON *pass, const LayoutBack *b)
{
    cJSON *o = cJSON_AddObjectToObject(pass, "undone");
    put(o, "at_instruction", b->at_instruction);
    put(o, "at_cycle", b->at_cycle);
    put(o, "moved_objects", b->moved);
    put(o, "cost_cycles", b->cost_cycles);
    put(o, "cost_l1d_misses", b->cost_misses);
    put_rate(o, "l1d_mpki_after", b->rate_after);
    put_rate(o, "target_mpki_after", b->target_after);
}

static void add_passes(cJSON *root)
{
    cJSON *list = cJSON_AddArrayToObject(root, "layout_passes");
    const LayoutPasses *p = layout_passes();
    put(root, "layout_samples", layout_totals().samples);
    for (size_t i = 0; i < p->len; i++) {
        const LayoutPass *x = &p->data[i];
        cJSON *o = cJSON_CreateObject();
        put(o, "at_instruction", x->at_instruction);
        put(o, "at_cycle", x->at_cycle);
        put(o, "moved_objects", x->moved);
        put(o, "pinned_objects", x->pinned);
        put(o, "moved_bytes", x->bytes);
        put(o, "rewritten_references", x->rewritten);
        put(o, "cost_cycles", x->cost_cycles);
        put(o, "cost_l1d_misses", x->cost_misses);
        put(o, "predicted_l1d_misses_saved", x->predicted_savings);
        cJSON_AddNumberToObject(o, "l1d_mpki_before", x->rate_before);
        put_rate(o, "l1d_mpki_after", x->rate_after);
        cJSON_AddNumberToObject(o, "target_mpki_before", x->target_before);
        put_rate(o, "target_mpki_after", x->target_after);
        cJSON_AddStringToObject(o, "verdict", x->verdict);
        if (x->back.at_cycle) add_back(o, &x->back);
        cJSON_AddStringToObject(o, "edges", x->edges);
        cJSON_AddItemToArray(list, o);
    }
}

/* Fields that moved within their class. */
static void add_field_moves(cJSON *root)
{
    const FieldMoves *list = layout_field_moves();
    if (!list->len) return;
    cJSON *all = cJSON_AddArrayToObject(root, "field_moves");
    for (size_t i = 0; i < list->len; i++) {
        const FieldMove *x = &list->data[i];
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "class", x->klass);
        cJSON_AddStringToObject(o, "order_before", x->before);
        cJSON_AddStringToObject(o, "order_after", x->after);
        put(o, "at_instruction", x->at_instruction);
        put(o, "at_cycle", x->at_cycle);
        put(o, "rewritten_objects", x->objects);
        put(o, "rewritten_bytes", x->bytes);
        put(o, "cost_cycles", x->cost_cycles);
        put(o, "cost_l1d_misses", x->cost_misses);
        put(o, "predicted_cycles_saved", x->predicted_savings);
        cJSON_AddNumberToObject(o, "lines_a_visit_before", x->lines_before);
        cJSON_AddNumberToObject(o, "lines_a_visit_after", x->lines_after);
        cJSON_AddNumberToObject(o, "stalls_before", x->stalls_before);
        put_rate(o, "stalls_after", x->stalls_after);
        cJSON_AddStringToObject(o, "verdict", x->verdict);
        cJSON_AddItemToArray(all, o);
    }
}

static void add_firmware(cJSON *root, const HwModel *m)
{
    cJSON *list = cJSON_AddArrayToObject(root, "firmware");
    for (int s = 1; s <= hw_fw_services(m); s++) {
        if (!told_fw_cycles(m, s)) continue;
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "name", hw_fw_name(m, s));
        put(o, "cycles", told_fw_cycles(m, s));
        put(o, "instructions", told_fw_instructions(m, s));
        cJSON_AddItemToArray(list, o);
    }
}

cJSON *head_make(const Run *run)
{
    static const char *const levels[] = { "none", "counts", "timing" };
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "schema", "loam-report/1");
    cJSON_AddStringToObject(root, "command", run->command);
    cJSON_AddStringToObject(root, "model", levels[run->level]);
    cJSON_AddStringToObject(root, "layout", run->layout);
    cJSON_AddNumberToObject(root, "exit_code", run->exit_code);
    if (run->stopped) cJSON_AddStringToObject(root, "stopped", run->stopped);
    add_core(root, run->config);
    add_totals(root, run->model, run->config);
    add_firmware(root, run->model);
    add_sampled(root, run);
    add_passes(root);
    add_field_moves(root);
    add_passive(root, run);
    if (observed.model) {
        cJSON_AddItemToObject(root, "timeline", timeline_json());
        pictures_add(root);
        if (layout_totals().samples) ranks_add(root);
        cJSON *lines = lines_json();
        if (lines) cJSON_AddItemToObject(root, "lines", lines);
        if (hw_cores(run->model) > 1) {
            cJSON_AddItemToObject(root, "cores", sharing_cores(run->model));
            cJSON_AddItemToObject(root, "sharing", sharing_json(run->model));
        }
    }
    return root;
}
