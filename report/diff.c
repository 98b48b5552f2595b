/* Two reports compared: totals, then each view's rows joined by name, most changed first. */
#include "report/diff.h"
#include "base/hash.h"
#include "base/log.h"
#include "report/html.h"
#include "report/numbers.h"
#include <math.h>
#include <string.h>

enum { SHOWN = 12, NAME_WIDTH = 52 };

typedef struct Change { char *name; double before, after; } Change; /* in a list, `name` is malloc'ed */
typedef Vec(Change) Changes;

static int larger(const void *a, const void *b)
{
    const Change *x = a, *y = b;
    double d = fabs(x->after - x->before), e = fabs(y->after - y->before);
    if (d != e) return d < e ? 1 : -1;
    return strcmp(x->name, y->name);
}

static void changes_free(Changes *list)
{
    for (size_t i = 0; i < list->len; i++) free(list->data[i].name);
    vec_free(list);
}

static Change *change_of(Map *index, Changes *list, const char *name)
{
    u64 key = hash_bytes(name, strlen(name)), *at = map_get(index, key);
    ASSERT(!at || *at < list->len);
    if (at) return &list->data[*at];
    *map_put(index, key) = list->len;
    vec_push(list, ((Change){ xstrdup(name), 0, 0 }));
    return &vec_last(list);
}

/* Rows of one view by one count; classes of one name in several loaders are taken together. */
static Changes join(const ReportPair *p, View v, Count k)
{
    Map index = { 0 };
    Changes list = { 0 };
    RowReader a = rows_begin(p->before, v), b = rows_begin(p->after, v);
    for (const Row *x; (x = rows_next(&a));) change_of(&index, &list, x->name)->before += (double)x->n[k];
    for (const Row *x; (x = rows_next(&b));) change_of(&index, &list, x->name)->after += (double)x->n[k];
    rows_end(&a), rows_end(&b);
    map_free(&index);
    if (list.len) qsort(list.data, list.len, sizeof(Change), larger);
    return list;
}

/* What a list in the heads tells, by name. */
typedef struct ListInfo { const char *path, *key, *title, *number; char *(*name)(const cJSON *item); } ListInfo;

static const char *item_text(const cJSON *o, const char *key)
{
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, key));
    return s ? s : "";
}

static char *pair_name(const cJSON *p)
{
    if (!*item_text(p, "written")) return xstrdup("(other pairs)");
    return xasprintf("%s (%s), %s (%s)", item_text(p, "accessed"), item_text(p, "thread"), item_text(p, "written"), item_text(p, "writer"));
}
static char *moved_name(const cJSON *m) { return xstrdup(item_text(m, "class")); }

static const ListInfo lists[] = {
    { "sharing.pairs", "sharing", "coherence misses: accessed (by), written by another core (by)", "misses", pair_name },
    { "sharing.pairs", "false_sharing", "false sharing: accessed (by), written by another core (by)", "false_sharing", pair_name },
    { "field_moves", "field_moves", "fields that moved: cost in cycles, by class", "cost_cycles", moved_name },
};

static Changes join_lists(const ReportPair *p, const ListInfo *info)
{
    Map index = { 0 };
    Changes list = { 0 };
    for (int after = 0; after <= 1; after++) {
        const cJSON *item;
        cJSON_ArrayForEach(item, report_item(after ? p->after : p->before, info->path))
        {
            const cJSON *n = cJSON_GetObjectItemCaseSensitive(item, info->number);
            char *name = info->name(item);
            Change *c = change_of(&index, &list, name);
            *(after ? &c->after : &c->before) += cJSON_IsNumber(n) ? n->valuedouble : 0;
            free(name);
        }
    }
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
    { "coherence misses", "sharing.misses" }, { "of false sharing", "sharing.false_sharing" },
};

static Changes total_changes(const ReportPair *p)
{
    Changes list = { 0 };
    for (size_t i = 0; i < NELEM(totals); i++) {
        Change c = { (char *)totals[i].name, report_number(p->before, totals[i].path), report_number(p->after, totals[i].path) };
        bool a = cJSON_IsNumber(report_item(p->before, totals[i].path)), b = cJSON_IsNumber(report_item(p->after, totals[i].path));
        bool both = (a && b) || ((a || b) && !strncmp(totals[i].path, "sharing.", 8)); /* one core shares nothing */
        if (both && (c.before > 0 || c.after > 0)) c.name = xstrdup(c.name), vec_push(&list, c);
    }
    return list;
}

/* "-45.7 %", "new", "gone" */
static const char *change_text(const Change *c)
{
    static char text[32];
    if (c->before <= 0) return c->after > 0 ? "new" : "0.0 %";
    if (c->after <= 0) return "gone";
    double percents = 100 * (c->after - c->before) / c->before;
    if (percents < 1000) snprintf(text, sizeof text, "%+.1f %%", percents);
    else snprintf(text, sizeof text, "%s times", grouped(c->after / c->before));
    return text;
}

static const char *difference(const Change *c)
{
    static char text[48];
    snprintf(text, sizeof text, "%s%s", c->after > c->before ? "+" : "", grouped(c->after - c->before));
    return text;
}

/* ---- the verdict: sentences made only of numbers that the tables show too ------------------------------------------------- */
static void say(cJSON *list, FILE *sentence, char **text)
{
    fclose(sentence);
    if (**text) cJSON_AddItemToArray(list, cJSON_CreateString(*text));
    free(*text);
}

static FILE *sentence_new(char **text, size_t *n)
{
    FILE *f = open_memstream(text, n);
    if (!f) panic("no memory for a sentence");
    return f;
}

static void say_totals(cJSON *list, const ReportPair *p)
{
    char *text;
    size_t n;
    FILE *f = sentence_new(&text, &n);
    Changes all = total_changes(p);
    bool comparable = !strcmp(report_string(p->before, "model"), report_string(p->after, "model"));
    for (size_t i = 0; i < all.len; i++) {
        const Change *c = &all.data[i];
        const char *word = !comparable ? "" : c->after < c->before ? ", better" : c->after > c->before ? ", worse" : "";
        if (!strcmp(c->name, "cycles")) fprintf(f, "%s cycles before, %s after: %s%s.", grouped(c->before), grouped(c->after), change_text(c), word);
        else if ((strstr(c->name, " misses") && !strchr(c->name, 'I')) || strstr(c->name, "mispredicted"))
            fprintf(f, " %s: %s.", c->name, change_text(c));
    }
    changes_free(&all);
    say(list, f, &text);
}

/* What else differs between the runs, so that a change of numbers need not be the program's. */
static void say_unlike(cJSON *list, const ReportPair *p)
{
    static const struct { const char *path, *what; } alike[] = { { "core.name", "core" }, { "model", "model" }, { "layout", "layout" }, { "stopped", "end" } };
    for (size_t i = 0; i < NELEM(alike); i++) {
        const char *a = report_string(p->before, alike[i].path), *b = report_string(p->after, alike[i].path);
        if (!strcmp(a, b)) continue;
        bool model = !strcmp(alike[i].what, "model");
        char *text = xasprintf("The runs differ: %s %s before, %s after%s.", alike[i].what, *a ? a : "of the program", *b ? b : "of the program",
                               model ? "; at level counts a cycle is an instruction, so their cycles do not compare" : "");
        cJSON_AddItemToArray(list, cJSON_CreateString(text));
        free(text);
    }
}

/* The rows of one view that got most better, or worse; what is no Java object is told once, among classes. */
static void say_rows(cJSON *list, const ReportPair *p, View v, const char *what, bool better)
{
    char *text;
    size_t n;
    FILE *f = sentence_new(&text, &n);
    Changes all = join(p, v, N_L1D);
    u32 told = 0;
    for (size_t i = 0; i < all.len && told < 3; i++) {
        const Change *c = &all.data[i];
        double d = c->after - c->before;
        if ((better ? d >= 0 : d <= 0) || (v != VIEW_CLASS && c->name[0] == '(')) continue;
        if (told++) fputs(", ", f);
        else fprintf(f, "%s L1D misses by %s: ", better ? "Fewer" : "More", what);
        fprintf(f, "%s (%s, %s)", c->name, difference(c), change_text(c));
    }
    if (told) fputc('.', f);
    changes_free(&all);
    say(list, f, &text);
}

/* Of "id 8, balance 12, ..." the first names. */
static void say_order(FILE *f, const char *order)
{
    for (u32 i = 0; i < 4 && *order; i++) {
        fprintf(f, "%s%.*s", i ? ", " : "", (int)strcspn(order, " "), order);
        order += strcspn(order, ",");
        order += strspn(order, ", ");
    }
}

/* "LTree$N (key, left first: kept)" for each time that fields moved. */
static void say_moves(cJSON *list, const Report *r, const char *when)
{
    const cJSON *moves = report_item(r, "field_moves"), *m;
    char *text;
    size_t n;
    int told = 0;
    FILE *f = sentence_new(&text, &n);
    cJSON_ArrayForEach(m, moves)
    {
        if (told == 6) break;
        if (told++) fputs("; ", f);
        else fprintf(f, "Fields that moved %s: ", when);
        fprintf(f, "%s (", item_text(m, "class"));
        say_order(f, item_text(m, "order_after"));
        fprintf(f, " first: %s)", item_text(m, "verdict"));
    }
    if (cJSON_GetArraySize(moves) > told) fprintf(f, "; and %d more", cJSON_GetArraySize(moves) - told);
    if (told) fputc('.', f);
    say(list, f, &text);
}

static cJSON *verdict_of(const ReportPair *p)
{
    cJSON *list = cJSON_CreateArray();
    say_totals(list, p);
    say_unlike(list, p);
    for (int better = 1; better >= 0; better--) {
        say_rows(list, p, VIEW_CLASS, "class", better);
        say_rows(list, p, VIEW_FIELD, "field", better);
    }
    say_moves(list, p->before, "before"), say_moves(list, p->after, "after");
    return list;
}

static void text_row(FILE *f, const char *name, const Change *c)
{
    fputs("  ", f);
    fitted(f, name, NAME_WIDTH - 2);
    fprintf(f, " %15s %15s %15s %10s\n", grouped(c->before), grouped(c->after), difference(c), change_text(c));
}

static void text_table(FILE *f, const char *title, const Changes *list, bool all)
{
    Change sum = { "total", 0, 0 }, rest = { "(all other rows)", 0, 0 };
    fputc('\n', f);
    if (characters(title) > NAME_WIDTH) fprintf(f, "%s\n%*s", title, NAME_WIDTH, "");
    else fitted(f, title, NAME_WIDTH);
    fprintf(f, " %15s %15s %15s %10s\n", "before", "after", "difference", "change");
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

static void html_change(FILE *f, const Change *c)
{
    html_cell(f, c->name);
    fprintf(f, "\t\t%.0f\t%.0f\n", c->before, c->after);
}

static void html_table(FILE *f, const char *key, const Changes *list)
{
    Change rest = { "(all other rows)", 0, 0 };
    HtmlRows h = html_rows_begin(f, key, list->len > HTML_ROWS ? HTML_ROWS + 1 : list->len);
    for (size_t i = 0; i < list->len; i++) {
        const Change *c = &list->data[i];
        if (i < HTML_ROWS) html_change(html_row(&h), c);
        else rest.before += c->before, rest.after += c->after;
    }
    if (list->len > HTML_ROWS) html_change(html_row(&h), &rest);
    html_rows_end(&h);
}

/* What the page has to know of a table before it reads a row. */
static void html_table_head(FILE *heads, const char *key, const char *title, const Changes *list)
{
    double before = 0, after = 0;
    for (size_t i = 0; i < list->len; i++) before += list->data[i].before, after += list->data[i].after;
    fprintf(heads, "%s\n{\"key\":\"%s\",\"title\":", ftell(heads) ? "," : "", key);
    html_string(heads, title);
    fprintf(heads, ",\"rows\":%zu,\"before\":%.0f,\"after\":%.0f}", list->len <= HTML_ROWS ? list->len : HTML_ROWS + 1, before, after);
}

/* `heads`: of a page, where what its JSON says about tables is kept until all rows are written; NULL: text. */
static void table(FILE *f, FILE *heads, const char *key, const char *title, Changes list)
{
    if (heads) html_table(f, key, &list), html_table_head(heads, key, title, &list);
    else text_table(f, title, &list, !strcmp(key, "totals"));
    changes_free(&list);
}

static void tables(const ReportPair *p, FILE *f, FILE *heads)
{
    table(f, heads, "totals", "totals", total_changes(p));
    for (View v = 0; v < VIEWS; v++) {
        if (v == VIEW_PAGE || v == VIEW_ARRAY) continue; /* addresses mean nothing across runs; arrays are among the classes */
        Count k = view_info[v].first;
        char *title = xasprintf("%s: %s", view_info[v].title, count_headings[k]);
        table(f, heads, view_info[v].key, title, join(p, v, k));
        free(title);
    }
    for (u32 i = 0; i < NELEM(lists); i++) {
        Changes list = join_lists(p, &lists[i]);
        if (list.len) table(f, heads, lists[i].key, lists[i].title, list);
    }
}

static void html(const ReportPair *p, const cJSON *verdict, FILE *f)
{
    char *text = NULL;
    size_t n;
    FILE *heads = open_memstream(&text, &n);
    if (!heads) panic("no memory for a page");
    html_begin(f, "loam: two reports compared");
    tables(p, f, heads);
    fclose(heads);
    html_data(f);
    fputs("{\"head\":{},\"counts\":[],\"headings\":[],\"diff\":{\"before\":", f);
    html_string(f, report_string(p->before, "command"));
    fputs(",\"after\":", f);
    html_string(f, report_string(p->after, "command"));
    fputs(",\"verdict\":", f);
    html_item(f, verdict);
    fprintf(f, ",\"tables\":[%s]}}", text);
    html_script(f);
    html_end(f);
    free(text);
}

void report_diff(const void *what, FILE *f)
{
    const ReportPair *p = what;
    cJSON *verdict = verdict_of(p);
    const cJSON *sentence;
    if (p->html) {
        html(p, verdict, f);
    } else {
        fprintf(f, "before: %s\nafter:  %s\n\n", report_string(p->before, "command"), report_string(p->after, "command"));
        cJSON_ArrayForEach(sentence, verdict) wrapped(f, sentence->valuestring);
        tables(p, f, NULL);
    }
    cJSON_Delete(verdict);
}
