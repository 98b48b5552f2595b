/* The report in callgrind's profile format: a function per Java method, a cost line per source line. Misses are exact; instructions, loads
   and stores are estimates from looks at the core every few thousand instructions. The deepest cache that the core has is
   callgrind's "LL". */
#include "report/report.h"
#include "base/log.h"
#include "report/rowparse.h"
#include <string.h>

typedef unsigned long long ull;

static int by_method(const void *a, const void *b)
{
    const Row *x = *(const Row *const *)a, *y = *(const Row *const *)b;
    const char *f = x->file ? x->file : "", *g = y->file ? y->file : "", *m = x->method ? x->method : x->name, *n = y->method ? y->method : y->name;
    int c = strcmp(f, g);
    if (!c) c = strcmp(m, n);
    return c ? c : x->line < y->line ? -1 : x->line > y->line;
}

static ull less(u64 all, u64 part) { return all > part ? all - part : 0; }

static void cost(FILE *f, const Row *x, Count last)
{
    u64 ll = x->n[last], fetch = x->n[N_LLC_FETCH], store = x->n[N_LLC_STORE];
    fprintf(f, "%u %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu\n", x->line, (ull)x->n[N_INSTRUCTIONS], (ull)x->n[N_LOADS], (ull)x->n[N_STORES],
            (ull)x->n[N_L1I], less(x->n[N_L1D], x->n[N_L1D_STORE]), (ull)x->n[N_L1D_STORE], (ull)fetch, less(ll, fetch + store), (ull)store, (ull)x->n[N_MISPREDICTED]);
}

/* Sorted rows, each method once. */
static void costs(const Rows *rows, Count deepest, FILE *f)
{
    const Row **sorted = xmalloc((rows->len + 1) * sizeof *sorted);
    const char *before = NULL;
    for (size_t i = 0; i < rows->len; i++) sorted[i] = &rows->data[i];
    if (rows->len) qsort(sorted, rows->len, sizeof *sorted, by_method);
    for (size_t i = 0; i < rows->len; i++) {
        const Row *x = sorted[i];
        const char *method = x->method ? x->method : x->name;
        if (!before || strcmp(method, before)) fprintf(f, "\nfl=%s\nfn=%s\n", x->file ? x->file : "???", method);
        cost(f, x, deepest);
        before = method;
    }
    free(sorted);
}

/* Rows come by their misses: so many at a time are put in order. A method whose lines are in several such parts is there several times, which the
   format's readers add up. */
static void all_costs(const Report *r, Count deepest, FILE *f)
{
    enum { AT_A_TIME = 1 << 16 };
    Rows some = { 0 };
    RowReader in = rows_begin(r, VIEW_LINE);
    const Row *x = NULL;
    do {
        while (some.len < AT_A_TIME && (x = rows_next(&in))) {
            Row copy = *x;
            copy.name = xstrdup(x->name), copy.note = NULL;
            copy.file = x->file ? xstrdup(x->file) : NULL, copy.method = x->method ? xstrdup(x->method) : NULL;
            vec_push(&some, copy);
        }
        costs(&some, deepest, f);
        for (size_t i = 0; i < some.len; i++) row_free(&some.data[i]);
        vec_clear(&some);
    } while (x);
    rows_end(&in);
    vec_free(&some);
}

void report_callgrind(const Report *r, FILE *f)
{
    Count deepest = report_last_level(r);
    fprintf(f, "# callgrind format\nversion: 1\ncreator: loam\npid: 0\ncmd: %s\npart: 1\n\n", report_string(r, "command"));
    fputs("desc: I1 cache: L1I\ndesc: D1 cache: L1D\ndesc: LL cache: last level\n", f);
    fputs("positions: line\nevents: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw Bm\n", f);
    all_costs(r, deepest, f);
    Row total = { .line = 0 };
    memcpy(total.n, r->view[VIEW_LINE].n, sizeof total.n);
    fputs("\ntotals:", f);
    char *text = NULL;
    size_t n;
    FILE *memory = open_memstream(&text, &n);
    if (!memory) panic("no memory for a report");
    cost(memory, &total, deepest);
    fclose(memory);
    ASSERT(strchr(text, ' '));
    fputs(strchr(text, ' '), f);
    free(text);
}
