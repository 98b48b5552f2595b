/* The report as one HTML page that needs nothing else: style, scripts (report/html/) and the library that draws charts (dygraphs) are part of
   the executable. The head's numbers are JSON in the page, the views' rows are text that the page takes apart when it shows them, most of
   it packed and behind the script: a page of 50,000 classes opens as quickly as one of fifty. */
#include "report/html.h"
#include "base/log.h"
#include "report/packed.h"
#include <string.h>

extern const char html_style[], html_style_end[], html_page_script[], html_page_script_end[];

/* Text with some characters replaced: `from` lists them, `to` what they become. */
static void escaped(FILE *f, const char *text, const char *from, const char *const *to)
{
    for (;;) {
        size_t n = strcspn(text, from);
        fwrite(text, 1, n, f);
        if (!text[n]) return;
        fputs(to[strchr(from, text[n]) - from], f);
        text += n + 1;
    }
}

/* JSON inside of a page: whatever could end the script element is written as an escape, which only strings contain. */
void html_item(FILE *f, const cJSON *item)
{
    static const char *const to[] = { "\\u003c" };
    char *text = cJSON_PrintUnformatted(item);
    if (!text) panic("no memory for a report");
    escaped(f, text, "<", to);
    cJSON_free(text);
}

void html_string(FILE *f, const char *s)
{
    cJSON *item = cJSON_CreateString(s ? s : "");
    html_item(f, item);
    cJSON_Delete(item);
}

void html_begin(FILE *f, const char *title)
{
    static const char *const to[] = { "&lt;", "&amp;" };
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n<title>", f);
    escaped(f, title, "<&", to);
    fputs("</title>\n<style>\n", f);
    fwrite(html_style, 1, (size_t)(html_style_end - html_style), f);
    fputs("</style>\n</head>\n<body>\n<header></header>\n<main></main>\n<footer>Made by loam. What each number means: docs/report.md. Charts by "
          "dygraphs (MIT licence).</footer>\n<noscript>This page needs JavaScript, but no network.</noscript>\n", f);
}

enum { FEW_ROWS = 1500, PLAIN_ROWS = 225 /* of more */ };

HtmlRows html_rows_begin(FILE *f, const char *key, size_t rows)
{
    ASSERT(!strpbrk(key, "\"<&"));
    fprintf(f, "<script type=\"text/plain\" id=\"rows-%s\">", key);
    return (HtmlRows){ f, NULL, key, rows, 0 };
}

FILE *html_row(HtmlRows *h)
{
    ASSERT(h->written < h->rows);
    if (h->rows > FEW_ROWS && h->written == PLAIN_ROWS) {
        fprintf(h->page, "</script>\n<script type=\"text/plain\" id=\"packed-%s\" data-behind=\"%d\">", h->key, PLAIN_ROWS);
        h->packed = packed_open(h->page);
    }
    h->written++;
    return h->packed ? h->packed : h->page;
}

void html_cell(FILE *f, const char *text)
{
    static const char *const to[] = { "\\l", "\\t", "\\n", "\\r", "\\\\" };
    if (text) escaped(f, text, "<\t\n\r\\", to);
}

void html_rows_end(HtmlRows *h)
{
    ASSERT(h->written == h->rows);
    if (h->packed) fclose(h->packed);
    fputs("</script>\n", h->page);
}

void html_data(FILE *f) { fputs("<script type=\"application/json\" id=\"data\">\n", f); }

void html_script(FILE *f)
{
    fputs("\n</script>\n<script>\n", f);
    fwrite(html_page_script, 1, (size_t)(html_page_script_end - html_page_script), f);
    fputs("</script>\n", f);
}

void html_end(FILE *f) { fputs("</body>\n</html>\n", f); }

/* Name, note, counts; zeros are empty, those at the end go without saying. */
static void row(FILE *f, const char *name, const char *note, const u64 *n)
{
    u32 used = COUNT_KINDS;
    while (used && !n[used - 1]) used--;
    html_cell(f, name);
    fputc('\t', f);
    html_cell(f, note);
    for (u32 k = 0; k < used; k++) {
        if (n[k]) fprintf(f, "\t%llu", (unsigned long long)n[k]);
        else fputc('\t', f);
    }
    fputc('\n', f);
}

static size_t most_rows(View v) { return v == VIEW_CLASS ? HTML_CLASSES : HTML_ROWS; }

static void view_rows(FILE *f, View v, const Report *r)
{
    size_t most = most_rows(v), all = r->view[v].rows;
    u64 rest[COUNT_KINDS];
    memcpy(rest, r->view[v].n, sizeof rest);
    HtmlRows h = html_rows_begin(f, view_info[v].key, all > most ? most + 1 : all);
    RowReader in = rows_begin(r, v);
    for (const Row *x; most-- && (x = rows_next(&in));) {
        row(html_row(&h), x->name, x->note, x->n);
        for (u32 k = 0; k < COUNT_KINDS; k++) rest[k] -= x->n[k];
    }
    rows_end(&in);
    if (all > most_rows(v)) {
        char *name = xasprintf("(%zu other rows: see the report as .json or .csv)", all - most_rows(v));
        row(html_row(&h), name, NULL, rest);
        free(name);
    }
    html_rows_end(&h);
}

/* What the page has to know of a view before it reads a row. */
static void view_head(FILE *f, View v, const ViewSums *all)
{
    fprintf(f, "\n{\"key\":\"%s\",\"title\":\"%s\",\"first\":\"%s\",\"rows\":%zu,\"sums\":[", view_info[v].key, view_info[v].title, count_keys[view_info[v].first],
            all->rows <= most_rows(v) ? all->rows : most_rows(v) + 1);
    for (u32 k = 0; k < COUNT_KINDS; k++) fprintf(f, "%s%llu", k ? "," : "", (unsigned long long)all->n[k]);
    fputs("]}", f);
}

static void names(FILE *f, const char *key, const char *const *list)
{
    fprintf(f, ",\n\"%s\":[", key);
    for (u32 k = 0; k < COUNT_KINDS; k++) fprintf(f, "%s\"%s\"", k ? "," : "", list[k]);
    fputs("]", f);
}

void report_html(const Report *r, FILE *f)
{
    char *title = xasprintf("loam report: %s", report_string(r, "command"));
    html_begin(f, title);
    free(title);
    view_rows(f, 0, r);
    html_data(f);
    fputs("{\"head\":", f);
    html_item(f, r->head);
    names(f, "counts", count_keys);
    names(f, "headings", count_headings);
    fputs(",\n\"views\":[", f);
    for (View v = 0; v < VIEWS; v++) {
        if (v) fputc(',', f);
        view_head(f, v, &r->view[v]);
    }
    fputs("]}", f);
    html_script(f);
    for (View v = 1; v < VIEWS; v++) view_rows(f, v, r);
    html_end(f);
}
