/* Two reports compared: totals, then each view's rows joined by name, most changed first. */
#include "report/diff.h"
#include "base/hash.h"
#include "base/log.h"
#include "report/html.h"
#include "report/numbers.h"
#include <math.h>
#include <string.h>

enum { SHOWN = 12, NAME_WIDTH = 52 };

typedef struct Change { const char *name; double before, after; } Change;
typedef Vec(Change) Changes;

static int larger(const void *a, const void *b)
{
    const Change *x = a, *y = b;
    double d = fabs(x->after - x->before), e = fabs(y->after - y->before);
    if (d != e) return d < e ? 1 : -1;
    return strcmp(x->name, y->name);
}

static Change *change_of(Map *index, Changes *list, const char *name)
{
    u64 key = hash_bytes(name, strlen(name)), *at = map_get(index, key);
    if (at) return &list->data[*at];
    *map_put(index, key) = list->len;
    vec_push(list, ((Change){ name, 0, 0 }));
    return &vec_last(list);
}

/* Rows of one view by one count; classes of one name in several loaders are taken together. */
static Changes join(const ReportPair *p, View v, Count k)
{
    Map index = { 0 };
    Changes list = { 0 };
    const Rows *a = &p->before->views[v], *b = &p->after->views[v];
    for (size_t i = 0; i < a->len; i++) change_of(&index, &list, a->data[i].name)->before += (double)a->data[i].n[k];
    for (size_t i = 0; i < b->len; i++) change_of(&index, &list, b->data[i].name)->after += (double)b->data[i].n[k];
    map_free(&index);
    if (list.len) qsort(list.data, list.len, sizeof(Change), larger);
    return list;
}

static const struct { const char *name, *path; } totals[] = {
    { "instructions", "totals.instructions" }, { "cycles", "totals.cycles" }, { "L1D accesses", "totals.levels.l1d.accesses" },
#define L(id, key, name) { name " misses", "totals.levels." key ".misses" },
    LEVELS(L)
#undef L
    { "branches mispredicted", "totals.branches.mispredicted" }, { "firmware cycles", "totals.firmware_cycles.total" },
};

static Changes total_changes(const ReportPair *p)
{
    Changes list = { 0 };
    for (size_t i = 0; i < NELEM(totals); i++) {
        Change c = { totals[i].name, report_number(p->before, totals[i].path), report_number(p->after, totals[i].path) };
        if (c.before > 0 || c.after > 0) vec_push(&list, c);
    }
    return list;
}

/* "-45.7 %", "new", "gone" */
static const char *change_text(const Change *c)
{
    static char text[32];
    if (c->before <= 0) return c->after > 0 ? "new" : "0.0 %";
    if (c->after <= 0) return "gone";
    snprintf(text, sizeof text, "%+.1f %%", 100 * (c->after - c->before) / c->before);
    return text;
}

static void text_row(FILE *f, const char *name, const Change *c)
{
    int length = (int)strlen(name), width = NAME_WIDTH - 2;
    if (length <= width) fprintf(f, "  %-*s", width, name);
    else fprintf(f, "  …%s", name + length - width + 1);
    double d = c->after - c->before;
    fprintf(f, " %15s %15s %s%14s %10s\n", grouped(c->before), grouped(c->after), d > 0 ? "+" : " ", grouped(d), change_text(c));
}

static void text_table(FILE *f, const char *title, const Changes *list, bool all)
{
    Change sum = { "total", 0, 0 }, rest = { "(all other rows)", 0, 0 };
    fprintf(f, "\n%-*s %15s %15s %15s %10s\n", NAME_WIDTH, title, "before", "after", "difference", "change");
    for (size_t i = 0; i < list->len; i++) {
        const Change *c = &list->data[i];
        sum.before += c->before, sum.after += c->after;
        if (all || i < SHOWN) text_row(f, c->name, c);
        else rest.before += c->before, rest.after += c->after;
    }
    if (all) return;
    if (list->len > SHOWN) text_row(f, rest.name, &rest);
    text_row(f, sum.name, &sum);
}

static void html_table(FILE *f, const char *key, const char *title, const Changes *list)
{
    fprintf(f, "{\"key\":\"%s\",\"title\":", key);
    html_string(f, title);
    fputs(",\"rows\":[", f);
    for (size_t i = 0; i < list->len; i++) {
        fputs(i ? ",\n[" : "\n[", f);
        html_string(f, list->data[i].name);
        fprintf(f, ",%.0f,%.0f]", list->data[i].before, list->data[i].after);
    }
    fputs("]}", f);
}

static void table(FILE *f, bool html, const char *key, const char *title, const Changes *list)
{
    bool first = !strcmp(key, "totals");
    if (!html) text_table(f, title, list, first);
    else fputs(first ? "" : ",", f), html_table(f, key, title, list);
}

void report_diff(const void *what, FILE *f)
{
    const ReportPair *p = what;
    if (p->html) {
        html_begin(f, "loam: two reports compared");
        fputs("{\"head\":{},\"counts\":[],\"headings\":[],\"diff\":{\"before\":", f);
        html_string(f, report_string(p->before, "command"));
        fputs(",\"after\":", f);
        html_string(f, report_string(p->after, "command"));
        fputs(",\"tables\":[", f);
    } else {
        fprintf(f, "before: %s\nafter:  %s\n", report_string(p->before, "command"), report_string(p->after, "command"));
    }
    Changes list = total_changes(p);
    table(f, p->html, "totals", "totals", &list);
    vec_free(&list);
    for (View v = 0; v < VIEWS; v++) {
        if (v == VIEW_PAGE || v == VIEW_ARRAY) continue; /* addresses mean nothing across runs; arrays are among the classes */
        Count k = view_info[v].first;
        char *title = xasprintf("%s: %s", view_info[v].title, count_headings[k]);
        list = join(p, v, k);
        table(f, p->html, view_info[v].key, title, &list);
        vec_free(&list);
        free(title);
    }
    if (!p->html) return;
    fputs("]}}", f);
    html_end(f);
}
