/* Collapsed stacks for flame graphs: L1D misses by package, class, method and line, one "frame;frame;frame count" a line. The frames nest by
   where code is, not by who called it: the observer does not walk stacks. */
#include "report/report.h"
#include <string.h>

/* A frame: no semicolons, which separate frames, and no blanks, which end the stack. */
static void frame(FILE *f, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) fputc(text[i] == ';' ? ':' : text[i] == ' ' ? '_' : text[i], f);
}

void report_collapsed(const Report *r, FILE *f)
{
    RowReader in = rows_begin(r, VIEW_LINE);
    for (const Row *x; (x = rows_next(&in));) {
        if (!x->n[N_L1D]) continue;
        const char *name = x->method ? x->method : x->name, *parenthesis = x->method ? strchr(name, '(') : NULL;
        size_t end = parenthesis ? (size_t)(parenthesis - name) : strlen(name), dot = end;
        while (parenthesis && dot && name[dot - 1] != '.') dot--;
        if (parenthesis && dot) {
            frame(f, name, dot - 1);
            fputc(';', f);
        } else {
            dot = 0;
        }
        frame(f, name + dot, end - dot);
        if (x->line) fprintf(f, ";line_%u", x->line);
        fprintf(f, " %llu\n", (unsigned long long)x->n[N_L1D]);
    }
    rows_end(&in);
}
