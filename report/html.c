/* The report as one HTML page that needs nothing else: style and script (report/html/) are part of the executable, the numbers are JSON
   in the page. See page.js for what it shows. */
#include "report/html.h"
#include "base/log.h"
#include <string.h>

extern const char html_style[], html_style_end[], html_script[], html_script_end[];

/* JSON inside of a page: whatever could end the script element is written as an escape, which only strings contain. */
static void json_text(FILE *f, const char *text)
{
    for (; *text; text++) {
        if (*text == '<') fputs("\\u003c", f);
        else fputc(*text, f);
    }
}

void html_item(FILE *f, const cJSON *item)
{
    char *text = cJSON_PrintUnformatted(item);
    if (!text) panic("no memory for a report");
    json_text(f, text);
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
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n<title>", f);
    for (const char *p = title; *p; p++) {
        if (*p == '<') fputs("&lt;", f);
        else if (*p == '&') fputs("&amp;", f);
        else fputc(*p, f);
    }
    fputs("</title>\n<style>\n", f);
    fwrite(html_style, 1, (size_t)(html_style_end - html_style), f);
    fputs("</style>\n</head>\n<body>\n<header></header>\n<main></main>\n<footer>Made by loam. What each number means: docs/report.md.</footer>\n"
          "<noscript>This page needs JavaScript, but no network.</noscript>\n<script type=\"application/json\" id=\"data\">\n", f);
}

void html_end(FILE *f)
{
    fputs("\n</script>\n<script>\n", f);
    fwrite(html_script, 1, (size_t)(html_script_end - html_script), f);
    fputs("</script>\n</body>\n</html>\n", f);
}

static void row(FILE *f, const Row *r)
{
    fputc('[', f);
    html_string(f, r->name);
    fputc(',', f);
    html_string(f, r->note);
    fputc(',', f);
    html_string(f, r->file);
    fprintf(f, ",%u", r->line);
    u32 used = COUNT_KINDS; /* zeros at the end go without saying */
    while (used && !r->n[used - 1]) used--;
    for (u32 k = 0; k < used; k++) fprintf(f, ",%llu", (unsigned long long)r->n[k]);
    fputc(']', f);
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
    fputs("{\"head\":", f);
    html_item(f, r->head);
    names(f, "counts", count_keys);
    names(f, "headings", count_headings);
    fputs(",\n\"views\":[", f);
    for (View v = 0; v < VIEWS; v++) {
        fprintf(f, "%s\n{\"key\":\"%s\",\"title\":\"%s\",\"rows\":[", v ? "," : "", view_info[v].key, view_info[v].title);
        for (size_t i = 0; i < r->views[v].len; i++) {
            if (i) fputs(",\n", f);
            row(f, &r->views[v].data[i]);
        }
        fputs("]}", f);
    }
    fputs("]}", f);
    html_end(f);
}
