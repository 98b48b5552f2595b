/* The report as JSON, schema "loam-report/1" (report/schema.json). The head is printed as it is; rows follow one to a line, so that memory
   stays small and two reports can be compared by line. */
#include "report/report.h"
#include "base/log.h"
#include <string.h>

/* What is written goes through a buffer of our own: rows are many small pieces, and stdio takes its time over each. */
typedef struct Out { FILE *file; size_t n; char bytes[1 << 14]; } Out;

static void flush(Out *o)
{
    fwrite(o->bytes, 1, o->n, o->file);
    o->n = 0;
}

static void put(Out *o, const char *text, size_t n)
{
    if (UNLIKELY(n > sizeof o->bytes - o->n)) flush(o);
    if (UNLIKELY(n > sizeof o->bytes)) {
        fwrite(text, 1, n, o->file);
        return;
    }
    memcpy(o->bytes + o->n, text, n);
    o->n += n;
}

static void put_plain(Out *o, const char *text) { put(o, text, strlen(text)); }

/* A string as cJSON writes it. */
static void put_string(Out *o, const char *text)
{
    static const char short_escapes[] = { ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', ['"'] = '"', ['\\'] = '\\' };
    const char *plain = text;
    put(o, "\"", 1);
    for (; *text; text++) {
        u8 c = (u8)*text;
        char escape[8];
        if (c >= 32 && c != '"' && c != '\\') continue;
        put(o, plain, (size_t)(text - plain));
        snprintf(escape, sizeof escape, short_escapes[c] ? "\\%c" : "\\u%04x", short_escapes[c] ? short_escapes[c] : c);
        put_plain(o, escape);
        plain = text + 1;
    }
    put(o, plain, (size_t)(text - plain));
    put(o, "\"", 1);
}

static void put_key(Out *o, const char *key, bool more)
{
    put_plain(o, more ? ",\"" : "\"");
    put_plain(o, key);
    put(o, "\":", 2);
}

static void put_text(Out *o, const char *key, const char *text)
{
    if (!text) return;
    put_key(o, key, true);
    put_string(o, text);
}

/* Numbers are read back as doubles, which are exact up to 2^53: counters stay far below. */
static void put_number(Out *o, const char *key, u64 value, bool more)
{
    ASSERT(value < 1ull << 53);
    char digits[20], *d = digits + sizeof digits;
    do *--d = (char)('0' + value % 10), value /= 10;
    while (value);
    put_key(o, key, more);
    put(o, d, (size_t)(digits + sizeof digits - d));
}

/* Misses are always there, the other counts if they are not zero; methods, lines and branches always tell their mispredicted branches. */
static void row_json(Out *o, const Report *report, View v, const Row *r)
{
    bool code = v == VIEW_METHOD || v == VIEW_LINE || v == VIEW_BRANCH, more = false;
    put_plain(o, "{\"name\":");
    put_string(o, r->name);
    put_text(o, "note", r->note);
    put_text(o, "method", r->method);
    put_text(o, "file", r->file);
    if (r->line) put_number(o, "line", r->line, true);
    if (v != VIEW_BRANCH) put_plain(o, ",\"misses\":{");
    for (u32 k = 0; v != VIEW_BRANCH && k < MISS_KINDS; k++)
        if (!report->absent[k]) put_number(o, count_keys[k], r->n[k], more), more = true;
    if (v != VIEW_BRANCH) put(o, "}", 1);
    for (u32 k = MISS_KINDS; k < COUNT_KINDS; k++)
        if (r->n[k] || (code && k == N_MISPREDICTED)) put_number(o, count_keys[k], r->n[k], true);
    put(o, "}", 1);
}

static void write_view(FILE *f, const Report *r, View v)
{
    RowReader in = rows_begin(r, v);
    Out o = { .file = f };
    bool any = false;
    fprintf(f, ",\n\"%s\": [", view_info[v].key);
    for (const Row *x; (x = rows_next(&in)); any = true) {
        put_plain(&o, any ? ",\n  " : "\n  ");
        row_json(&o, r, v, x);
    }
    rows_end(&in);
    put_plain(&o, any ? "\n]" : "]");
    flush(&o);
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
