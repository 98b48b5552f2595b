/* The report as JSON, schema "loam-report/1" (report/schema.json). The head is printed as it is; rows follow one to a line, so that memory
   stays small and two reports can be compared by line. */
#include "report/report.h"
#include "base/log.h"

/* A string as cJSON writes it. */
static void string(FILE *f, const char *text)
{
    static const char short_escapes[] = { ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', ['"'] = '"', ['\\'] = '\\' };
    const char *plain = text;
    fputc('"', f);
    for (; *text; text++) {
        u8 c = (u8)*text;
        if (c >= 32 && c != '"' && c != '\\') continue;
        fwrite(plain, 1, (size_t)(text - plain), f);
        if (short_escapes[c]) fprintf(f, "\\%c", short_escapes[c]);
        else fprintf(f, "\\u%04x", c);
        plain = text + 1;
    }
    fwrite(plain, 1, (size_t)(text - plain), f);
    fputc('"', f);
}

static void put_text(FILE *f, const char *key, const char *text)
{
    if (!text) return;
    fputs(",\"", f);
    fputs(key, f);
    fputs("\":", f);
    string(f, text);
}

/* Numbers are read back as doubles, which are exact up to 2^53: counters stay far below. There are a dozen in each of many rows: printf would be
   most of what a report costs. */
static void put(FILE *f, const char *key, u64 value, bool more)
{
    ASSERT(value < 1ull << 53);
    char digits[20], *d = digits + sizeof digits;
    do *--d = (char)('0' + value % 10), value /= 10;
    while (value);
    fputs(more ? ",\"" : "\"", f);
    fputs(key, f);
    fputs("\":", f);
    fwrite(d, 1, (size_t)(digits + sizeof digits - d), f);
}

/* Misses are always there, the other counts if they are not zero; methods, lines and branches always tell their mispredicted branches. */
static void row_json(FILE *f, const Report *report, View v, const Row *r)
{
    bool code = v == VIEW_METHOD || v == VIEW_LINE || v == VIEW_BRANCH, more = false;
    fputs("{\"name\":", f);
    string(f, r->name);
    put_text(f, "note", r->note);
    put_text(f, "method", r->method);
    put_text(f, "file", r->file);
    if (r->line) put(f, "line", r->line, true);
    if (v != VIEW_BRANCH) fputs(",\"misses\":{", f);
    for (u32 k = 0; v != VIEW_BRANCH && k < MISS_KINDS; k++)
        if (!report->absent[k]) put(f, count_keys[k], r->n[k], more), more = true;
    if (v != VIEW_BRANCH) fputc('}', f);
    for (u32 k = MISS_KINDS; k < COUNT_KINDS; k++)
        if (r->n[k] || (code && k == N_MISPREDICTED)) put(f, count_keys[k], r->n[k], true);
    fputc('}', f);
}

static void write_view(FILE *f, const Report *r, View v)
{
    RowReader in = rows_begin(r, v);
    bool any = false;
    fprintf(f, ",\n\"%s\": [", view_info[v].key);
    for (const Row *x; (x = rows_next(&in)); any = true) {
        fputs(any ? ",\n  " : "\n  ", f);
        row_json(f, r, v, x);
    }
    rows_end(&in);
    fputs(any ? "\n]" : "]", f);
}

void report_json(const Report *r, FILE *f)
{
    const cJSON *item;
    bool first = true;
    fputs("{", f);
    cJSON_ArrayForEach(item, r->head)
    {
        fprintf(f, "%s\n\"%s\": ", first ? "" : ",", item->string);
        char *text = cJSON_Print(item);
        if (!text) panic("no memory for a report");
        fputs(text, f);
        cJSON_free(text);
        first = false;
    }
    for (View v = 0; v < VIEWS; v++) write_view(f, r, v);
    fputs("\n}\n", f);
}
