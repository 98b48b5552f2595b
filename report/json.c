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

/* How many bytes of a string need no escape. Sixteen at a time: nearly all of them. */
static size_t plain_bytes(const char *text, size_t n)
{
    typedef u8 Bytes __attribute__((vector_size(16)));
    typedef u64 Words __attribute__((vector_size(16)));
    size_t i = 0;
    for (; i + sizeof(Bytes) <= n; i += sizeof(Bytes)) {
        Bytes b;
        memcpy(&b, text + i, sizeof b);
        Words escaped = (Words)((b < 32) | (b == '"') | (b == '\\'));
        if (UNLIKELY(escaped[0] | escaped[1])) break;
    }
    while (i < n && (u8)text[i] >= 32 && text[i] != '"' && text[i] != '\\') i++;
    return i;
}

/* A string as cJSON writes it. */
static void put_string(Out *o, const char *text)
{
    static const char short_escapes[] = { ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', ['"'] = '"', ['\\'] = '\\' };
    size_t n = strlen(text);
    put(o, "\"", 1);
    for (;;) {
        size_t plain = plain_bytes(text, n);
        put(o, text, plain);
        if (plain == n) break;
        u8 c = (u8)text[plain];
        char escape[8];
        snprintf(escape, sizeof escape, short_escapes[c] ? "\\%c" : "\\u%04x", short_escapes[c] ? short_escapes[c] : c);
        put_plain(o, escape);
        text += plain + 1, n -= plain + 1;
    }
    put(o, "\"", 1);
}

static void put_key(Out *o, const char *key)
{
    put(o, ",\"", 2);
    put_plain(o, key);
    put(o, "\":", 2);
}

static void put_text(Out *o, const char *key, const char *text)
{
    if (!text) return;
    put_key(o, key);
    put_string(o, text);
}

/* Numbers are read back as doubles, which are exact up to 2^53: counters stay far below. */
static void put_number(Out *o, u64 value)
{
    ASSERT(value < 1ull << 53);
    char digits[20], *d = digits + sizeof digits;
    do *--d = (char)('0' + value % 10), value /= 10;
    while (value);
    put(o, d, (size_t)(digits + sizeof digits - d));
}

/* Keys of counts as they are written, with the comma in front. */
static struct { char text[32]; u32 n; } count_names[COUNT_KINDS];

static void name_counts(void)
{
    for (u32 k = 0; k < COUNT_KINDS; k++) {
        int n = snprintf(count_names[k].text, sizeof count_names[k].text, ",\"%s\":", count_keys[k]);
        ASSERT(n > 0 && n < (int)sizeof count_names[k].text);
        count_names[k].n = (u32)n;
    }
}

static void put_count(Out *o, u32 k, u64 value, bool more)
{
    put(o, count_names[k].text + !more, count_names[k].n - !more);
    put_number(o, value);
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
    if (r->line) put_key(o, "line"), put_number(o, r->line);
    if (v != VIEW_BRANCH) put_plain(o, ",\"misses\":{");
    for (u32 k = 0; v != VIEW_BRANCH && k < MISS_KINDS; k++)
        if (!report->absent[k]) put_count(o, k, r->n[k], more), more = true;
    if (v != VIEW_BRANCH) put(o, "}", 1);
    for (u32 k = MISS_KINDS; k < COUNT_KINDS; k++)
        if (r->n[k] || (code && k == N_MISPREDICTED)) put_count(o, k, r->n[k], true);
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
    name_counts();
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
