/* The report as comma-separated values (RFC 4180): the rows of all views under one heading, each with its view's name first. */
#include "report/report.h"

static void quoted(FILE *f, const char *text)
{
    fputc('"', f);
    for (const char *p = text ? text : ""; *p; p++) {
        if (*p == '"') fputc('"', f);
        fputc(*p, f);
    }
    fputc('"', f);
}

void report_csv(const Report *r, FILE *f)
{
    fputs("view,name,note,file,line", f);
    for (u32 k = 0; k < COUNT_KINDS; k++) fprintf(f, ",%s", count_keys[k]);
    fputs("\r\n", f);
    for (View v = 0; v < VIEWS; v++) {
        RowReader in = rows_begin(r, v);
        for (const Row *x; (x = rows_next(&in));) {
            fprintf(f, "%s,", view_info[v].key);
            quoted(f, x->name), fputc(',', f);
            quoted(f, x->note), fputc(',', f);
            quoted(f, x->file);
            fprintf(f, ",%u", x->line);
            for (u32 k = 0; k < COUNT_KINDS; k++) fprintf(f, ",%llu", (unsigned long long)x->n[k]);
            fputs("\r\n", f);
        }
        rows_end(&in);
    }
}
