/* The document: names of counts and views, the head's numbers, sorting, sums. See report.h. */
#include "report/report.h"
#include "base/log.h"
#include "report/rowparse.h"
#include <ctype.h>
#include <string.h>

#define N(id, key, heading) key,
const char *const count_keys[COUNT_KINDS] = { COUNTS(N) };
#undef N
#define N(id, key, heading) heading,
const char *const count_headings[COUNT_KINDS] = { COUNTS(N) };
#undef N
#define V(id, key, title, shown, first) [VIEW_##id] = { key, title, shown, first },
const ViewInfo view_info[VIEWS] = { VIEW_TABLE(V) };
#undef V

const cJSON *report_item(const Report *r, const char *path)
{
    const cJSON *at = r->head;
    char part[64];
    while (at && *path) {
        size_t n = strcspn(path, ".");
        ASSERT(n < sizeof part);
        memcpy(part, path, n);
        part[n] = 0;
        at = cJSON_GetObjectItemCaseSensitive(at, part);
        path += n + (path[n] == '.');
    }
    return at;
}

double report_number(const Report *r, const char *path)
{
    const cJSON *n = report_item(r, path);
    return cJSON_IsNumber(n) ? n->valuedouble : 0;
}

const char *report_string(const Report *r, const char *path)
{
    const cJSON *s = report_item(r, path);
    return cJSON_IsString(s) ? s->valuestring : "";
}

bool report_has_level(const Report *r, const char *key)
{
    return cJSON_HasObjectItem(report_item(r, "totals.levels"), key) && (strcmp(key, "llc") || cJSON_IsTrue(report_item(r, "core.llc.present")));
}

Count report_last_level(const Report *r)
{
    return report_has_level(r, "llc") ? N_LLC : report_has_level(r, "l4") ? N_L4 : report_has_level(r, "l3") ? N_L3 : N_L2;
}

void report_free(Report *r)
{
    for (View v = 0; v < VIEWS; v++) {
        for (size_t i = 0; i < r->views[v].len; i++) row_free(&r->views[v].data[i]);
        vec_free(&r->views[v]);
    }
    report_close(r);
    cJSON_Delete(r->head);
    r->head = NULL;
}

/* "(53,899 other branches)": what was summed up when the view was made. */
static bool is_rest(const Row *r) { return r->name[0] == '(' && isdigit((unsigned char)r->name[1]); }

/* Deeper levels break ties, then the name, so that the order is always the same. The sum of others is the last. */
int row_order(View v, const Row *x, const Row *y)
{
    Count first = view_info[v].first;
    if (is_rest(x) != is_rest(y)) return is_rest(x) ? 1 : -1;
    if (x->n[first] != y->n[first]) return x->n[first] < y->n[first] ? 1 : -1;
    for (u32 k = 0; k < COUNT_KINDS; k++)
        if (x->n[k] != y->n[k]) return x->n[k] < y->n[k] ? 1 : -1;
    int c = strcmp(x->name, y->name);
    return c || !x->note || !y->note ? c : strcmp(x->note, y->note);
}

static View sorted;
static int compare(const void *a, const void *b) { return row_order(sorted, a, b); }

static void finish_view(Report *r, View v)
{
    ViewSums *sums = &r->view[v];
    *sums = (ViewSums){ .rows = r->views[v].len };
    for (size_t i = 0; i < r->views[v].len; i++)
        for (u32 k = 0; k < COUNT_KINDS; k++) {
            u64 *n = &r->views[v].data[i].n[k];
            if (r->absent[k]) *n = 0;
            sums->n[k] += *n;
        }
    sorted = v;
    if (r->views[v].len) qsort(r->views[v].data, r->views[v].len, sizeof(Row), compare);
}

void report_finish(Report *r)
{
#define L(id, key, name) r->absent[N_##id] = !report_has_level(r, key);
    OPTIONAL_LEVELS(L)
#undef L
    for (View v = 0; v < VIEWS; v++)
        if (!r->file) finish_view(r, v);
    memcpy(r->sums, r->view[VIEW_METHOD].n, sizeof r->sums);
}
