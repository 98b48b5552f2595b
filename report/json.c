/* The report as JSON, schema "loam-report/1" (report/schema.json). The head is printed as it is; rows follow one to a line, so that memory
   stays small and two reports can be compared by line. */
#include "report/report.h"
#include "base/log.h"

/* cJSON keeps numbers as doubles, which print exactly up to 2^53: counters stay far below. */
static void put(cJSON *o, const char *key, u64 value)
{
    ASSERT(value < 1ull << 53);
    cJSON_AddNumberToObject(o, key, (double)value);
}

static void put_text(cJSON *o, const char *key, const char *text)
{
    if (text) cJSON_AddStringToObject(o, key, text);
}

/* Misses are always there, the other counts if they are not zero; methods, lines and branches always tell their mispredicted branches. */
static cJSON *row_json(const Report *report, View v, const Row *r)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", r->name);
    put_text(o, "note", r->note);
    put_text(o, "method", r->method);
    put_text(o, "file", r->file);
    if (r->line) put(o, "line", r->line);
    cJSON *m = v == VIEW_BRANCH ? NULL : cJSON_AddObjectToObject(o, "misses");
    for (u32 k = 0; m && k < MISS_KINDS; k++)
        if (!report->absent[k]) put(m, count_keys[k], r->n[k]);
    bool code = v == VIEW_METHOD || v == VIEW_LINE || v == VIEW_BRANCH;
    for (u32 k = MISS_KINDS; k < COUNT_KINDS; k++)
        if (r->n[k] || (code && k == N_MISPREDICTED)) put(o, count_keys[k], r->n[k]);
    return o;
}

static void write_item(FILE *f, const char *indent, cJSON *item)
{
    char *text = cJSON_PrintUnformatted(item);
    if (!text) panic("no memory for a report");
    fprintf(f, "%s%s", indent, text);
    cJSON_free(text);
}

static void write_view(FILE *f, const Report *r, View v)
{
    const Rows *rows = &r->views[v];
    fprintf(f, ",\n\"%s\": [", view_info[v].key);
    for (size_t i = 0; i < rows->len; i++) {
        cJSON *o = row_json(r, v, &rows->data[i]);
        write_item(f, i ? ",\n  " : "\n  ", o);
        cJSON_Delete(o);
    }
    fprintf(f, "%s]", rows->len ? "\n" : "");
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
