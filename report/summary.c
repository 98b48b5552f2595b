/* The verdict: which misses matter, where they come from, what the optimizer and firmware did. Sentences are made only of numbers that
   the tables show too. */
#include "report/summary.h"
#include "base/log.h"
#include "report/numbers.h"
#include <stdarg.h>
#include <string.h>

static void say(cJSON *list, const char *fmt, ...) PRINTF(2, 3);
static void say(cJSON *list, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    ASSERT(n > 0);
    cJSON_AddItemToArray(list, cJSON_CreateString(text));
}

static bool is_java(const Row *r) { return r->name[0] != '('; }

/* The first row that is the program's own. */
static const Row *top(const Rows *rows)
{
    for (size_t i = 0; i < rows->len; i++)
        if (is_java(&rows->data[i])) return &rows->data[i];
    return NULL;
}

static void say_misses(cJSON *list, const Report *r)
{
    double n = report_number(r, "totals.instructions"), misses = report_number(r, "totals.levels.l1d.misses");
    double accesses = report_number(r, "totals.levels.l1d.accesses");
    if (!n || !accesses) {
        say(list, "Nothing ran on the simulated core.");
        return;
    }
    double per = 1000 * misses / n;
    const char *word = per < 0.5 ? "few" : per < 3 ? "some" : per < 10 ? "many" : "very many";
    say(list, "%.2f L1D misses per 1,000 instructions: %s. %.2f %% of the data accesses miss L1D; of these misses %.0f %% go past L2%s.", per, word,
        percent(misses, accesses), percent(report_number(r, "totals.levels.l2.misses"), report_number(r, "totals.levels.l2.accesses")),
        report_number(r, "totals.levels.llc.accesses") > 0 ? "" : " (there is no last-level cache)");
}

enum { LITTLE = 5 /* percent: what has less does not stand out */ };

/* "A.next, B.first -> A": that it was found by way of fields of A and B. */
static void say_origin(cJSON *list, const Report *r, double all)
{
    const Row *o = top(&r->views[VIEW_PAIR]);
    const char *arrow = o ? strstr(o->name, " -> ") : NULL;
    if (!arrow || arrow[4] == '(' || percent((double)o->n[N_L1D], all) < LITTLE) return;
    say(list, "%.0f %% of the L1D misses are on objects of %s reached by %.*s.", percent((double)o->n[N_L1D], all), arrow + 4, (int)(arrow - o->name), o->name);
}

static void say_where(cJSON *list, const Report *r)
{
    double all = (double)r->sums[N_L1D];
    const Row *c = top(&r->views[VIEW_CLASS]), *f = top(&r->views[VIEW_FIELD]), *line = top(&r->views[VIEW_LINE]), *site = top(&r->views[VIEW_SITE]);
    if (!c || !f || !line || all < 1) return;
    double most = percent((double)c->n[N_L1D], all);
    if (most < LITTLE) {
        say(list, "No class stands out: objects of %s have most of the others, %.0f %%; the line that misses most is %s with %.0f %%.", c->name, most, line->name,
            percent((double)line->n[N_L1D], all));
        return;
    }
    const char *part = strcmp(f->name, c->name) ? f->name : "its elements"; /* an array's have the class's name */
    say(list, "%.0f %% of the L1D misses are on objects of %s, %.0f %% on %s; the line that misses most is %s with %.0f %%.", most, c->name,
        percent((double)f->n[N_L1D], all), part, line->name, percent((double)line->n[N_L1D], all));
    say_origin(list, r, all);
    if (site && site->file) say(list, "%.0f %% of the L1D misses are on objects of %s.", percent((double)site->n[N_L1D], all), site->name);
}

/* Misses of what is no Java object: said if they are many, because no change of the program's data mends them. */
static void say_machine(cJSON *list, const Report *r)
{
    const Rows *rows = &r->views[VIEW_CLASS];
    double own = 0, all = (double)r->sums[N_L1D];
    char names[200] = "";
    u32 named = 0;
    for (size_t i = 0; i < rows->len; i++) {
        const Row *x = &rows->data[i];
        if (is_java(x) || !strcmp(x->name, "(fresh allocation)")) continue;
        own += (double)x->n[N_L1D];
        if (named < 3 && strlen(names) + strlen(x->name) + 3 < sizeof names) strcat(strcat(names, named++ ? ", " : ""), x->name);
    }
    if (percent(own, all) >= 40) say(list, "%.0f %% of the L1D misses are the virtual machine's own: %s%s.", percent(own, all), names, named == 3 ? " and others" : "");
}

/* Which bytecode has most of the misses on class metadata, if that is many. */
static void say_metadata(cJSON *list, const Report *r)
{
    static const char ending[] = " -> (class metadata)";
    const Rows *rows = &r->views[VIEW_PAIR];
    for (size_t i = 0; i < rows->len; i++) {
        const Row *x = &rows->data[i];
        size_t n = strlen(x->name);
        double part = percent((double)x->n[N_L1D], (double)r->sums[N_L1D]);
        if (n < sizeof ending || strcmp(x->name + n + 1 - sizeof ending, ending)) continue;
        if (part >= LITTLE) say(list, "%.0f %% of the L1D misses are on class metadata, at %.*s.", part, (int)(n + 1 - sizeof ending), x->name);
        return;
    }
}

static double pass_number(const cJSON *p, const char *key)
{
    const cJSON *n = cJSON_GetObjectItemCaseSensitive(p, key);
    return cJSON_IsNumber(n) ? n->valuedouble : -1;
}

/* L1D misses saved by passes, from the samples before and after each one and the instructions until the next; without what the passes cost.
   False: no pass was judged. */
static bool saved_misses(const Report *r, double *saved, double *cost)
{
    const cJSON *p;
    bool judged = false;
    *saved = *cost = 0;
    cJSON_ArrayForEach(p, report_item(r, "layout_passes"))
    {
        double before = pass_number(p, "target_mpki_before"), after = pass_number(p, "target_mpki_after"), at = pass_number(p, "at_instruction");
        double end = p->next ? pass_number(p->next, "at_instruction") : report_number(r, "totals.instructions");
        if (pass_number(p, "cost_l1d_misses") > 0) *cost += pass_number(p, "cost_l1d_misses");
        if (before < 0 || after < 0 || end <= at) continue;
        *saved += (before - after) * (end - at) / 1000;
        judged = true;
    }
    return judged;
}

static void say_saved(cJSON *list, const Report *r)
{
    double saved, cost;
    if (!saved_misses(r, &saved, &cost)) return;
    if (saved > cost) say(list, "By samples it saved %s L1D misses, net of %s for the passes.", shortened(saved - cost), shortened(cost));
    else say(list, "By samples it lost %s L1D misses: %s saved, %s spent on the passes.", shortened(cost - saved), shortened(saved), shortened(cost));
}

static void say_passes(cJSON *list, const Report *r)
{
    const cJSON *passes = report_item(r, "layout_passes"), *p;
    double moved = 0, cost = 0;
    u32 n = 0, kept = 0;
    cJSON_ArrayForEach(p, passes)
    {
        const cJSON *verdict = cJSON_GetObjectItemCaseSensitive(p, "verdict");
        n++;
        moved += cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(p, "moved_objects"));
        cost += cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(p, "cost_cycles"));
        kept += cJSON_IsString(verdict) && !strncmp(verdict->valuestring, "kept", 4);
    }
    if (!n) {
        if (!strcmp(report_string(r, "layout"), "on") && !cJSON_GetArraySize(report_item(r, "field_moves"))) say(list, "The layout optimizer found nothing worth moving.");
        return;
    }
    say(list, "The layout optimizer moved %s objects in %u pass%s, %u of which paid; it cost %.1f %% of the cycles.", grouped(moved), n, n == 1 ? "" : "es",
        kept, percent(cost, report_number(r, "totals.cycles")));
    say_saved(list, r);
}

/* Fields that moved, class by class. */
static void say_fields(cJSON *list, const Report *r)
{
    const cJSON *m;
    cJSON_ArrayForEach(m, report_item(r, "field_moves"))
    {
        const char *class = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(m, "class")), *verdict = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(m, "verdict"));
        double before = pass_number(m, "stalls_before"), after = pass_number(m, "stalls_after");
        char judged[100] = "";
        if (after >= 0) snprintf(judged, sizeof judged, ", which stall %.1f cycles per 1,000 instructions instead of %.1f", after, before);
        say(list, "The layout optimizer put the fields of %s in another order in %s objects%s: %s; it cost %.1f %% of the cycles.", class ? class : "?",
            grouped(pass_number(m, "rewritten_objects")), judged, verdict ? verdict : "?", percent(pass_number(m, "cost_cycles"), report_number(r, "totals.cycles")));
    }
}

static void say_rest(cJSON *list, const Report *r)
{
    double cycles = report_number(r, "totals.cycles"), firmware = report_number(r, "totals.firmware_cycles.total");
    double branches = report_number(r, "totals.branches.executed"), wrong = report_number(r, "totals.branches.mispredicted");
    if (percent(firmware, cycles) >= 10) say(list, "Firmware (class loading, collection, optimizer, natives) took %.0f %% of the cycles.", percent(firmware, cycles));
    const Row *b = top(&r->views[VIEW_BRANCH]);
    double most = b ? percent((double)b->n[N_MISPREDICTED], wrong) : 0;
    if (percent(wrong, branches) < 1) return;
    if (most < LITTLE) say(list, "%.1f %% of the branches are predicted wrong, none of them much more often than others.", percent(wrong, branches));
    else say(list, "%.1f %% of the branches are predicted wrong; %.0f %% of these at %s.", percent(wrong, branches), most, b->name);
}

/* What several cores took from each other. */
static void say_sharing(cJSON *list, const Report *r)
{
    double misses = report_number(r, "sharing.misses"), falsely = report_number(r, "sharing.false_sharing"), all = (double)r->sums[N_L1D];
    const cJSON *first = cJSON_GetArrayItem(report_item(r, "sharing.pairs"), 0);
    if (percent(misses, all) < 1) return;
    say(list, "%.0f %% of the L1D misses are because another core had written to the line; %.0f %% of these are false sharing.", percent(misses, all), percent(falsely, misses));
    if (!first || pass_number(first, "false_sharing") < falsely / 20) return;
    const char *accessed = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(first, "accessed")), *written = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(first, "written"));
    if (accessed && written) say(list, "Most false sharing is between %s and %s.", accessed, written);
}

/* What value hints brought: the branches that they decided otherwise than the predictor, rightly and wrongly. */
static void say_hints(cJSON *list, const Report *r)
{
    double wrong = report_number(r, "totals.branches.mispredicted"), used = (double)r->sums[N_VALUE_USED];
    double without = wrong + (double)r->sums[N_VALUE_GAINED] - (double)r->sums[N_VALUE_HARMED];
    if (!used) return;
    say(list, "Values decided %s branches, %.1f %% of them rightly; without, %s would have been mispredicted instead of %s (%+.1f %%).", shortened(used),
        percent((double)r->sums[N_VALUE_RIGHT], used), shortened(without), shortened(wrong), percent(wrong - without, without));
}

cJSON *summary_make(const Report *r)
{
    cJSON *list = cJSON_CreateArray();
    ASSERT(!r->file);
    if (!strcmp(report_string(r, "stopped"), "region"))
        say(list, "These numbers are of a part of the run (--to); the program went on without being measured.");
    else if (*report_string(r, "stopped"))
        say(list, "The run was stopped by %s; these are the numbers up to there.", report_string(r, "stopped"));
    say_misses(list, r);
    say_machine(list, r);
    say_metadata(list, r);
    say_where(list, r);
    say_sharing(list, r);
    say_passes(list, r);
    say_fields(list, r);
    say_rest(list, r);
    say_hints(list, r);
    return list;
}
