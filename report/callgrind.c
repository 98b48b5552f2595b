/* The report in callgrind's profile format: a function per Java method, a cost line per source line. Misses are exact; instructions, loads
   and stores are estimates from looks at the core every few thousand instructions. The deepest cache that the core has is
   callgrind's "LL". */
#include "report/report.h"
#include "base/log.h"
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

void report_callgrind(const Report *r, FILE *f)
{
    const Rows *rows = &r->views[VIEW_LINE];
    Count deepest = report_last_level(r);
    const Row **sorted = xmalloc((rows->len + 1) * sizeof *sorted);
    for (size_t i = 0; i < rows->len; i++) sorted[i] = &rows->data[i];
    qsort(sorted, rows->len, sizeof *sorted, by_method);
    fprintf(f, "# callgrind format\nversion: 1\ncreator: loam\npid: 0\ncmd: %s\npart: 1\n\n", report_string(r, "command"));
    fputs("desc: I1 cache: L1I\ndesc: D1 cache: L1D\ndesc: LL cache: last level\n", f);
    fputs("positions: line\nevents: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw Bm\n", f);
    u64 sums[COUNT_KINDS] = { 0 };
    const Row *last = NULL;
    for (size_t i = 0; i < rows->len; i++) {
        const Row *x = sorted[i];
        const char *method = x->method ? x->method : x->name, *before = last ? last->method ? last->method : last->name : "";
        for (u32 k = 0; k < COUNT_KINDS; k++) sums[k] += x->n[k];
        if (!last || strcmp(method, before)) fprintf(f, "\nfl=%s\nfn=%s\n", x->file ? x->file : "???", method);
        cost(f, x, deepest);
        last = x;
    }
    Row total = { .line = 0 };
    memcpy(total.n, sums, sizeof sums);
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
    free(sorted);
}
