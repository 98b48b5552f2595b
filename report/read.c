/* Reading a report back from JSON. Damaged or foreign files end with one line that says what is wrong. */
#include "report/report.h"
#include "report/check.h"
#include "base/log.h"
#include <errno.h>
#include <string.h>

/* The whole file, with a 0 behind it. */
static char *slurp(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (!f) die("%s: cannot read: %s", path, strerror(errno));
    Vec(char) text = { 0 };
    size_t got;
    do {
        vec_reserve(&text, text.len + (1 << 16) + 1);
        got = fread(text.data + text.len, 1, text.cap - text.len - 1, f);
        text.len += got;
    } while (got);
    if (ferror(f)) die("%s: cannot read: %s", path, strerror(errno));
    fclose(f);
    text.data[text.len] = 0;
    *n = text.len;
    return text.data;
}

static char *text_of(const cJSON *o, const char *key)
{
    const cJSON *s = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsString(s) ? xstrdup(s->valuestring) : NULL;
}

static u64 count_of(const char *path, const cJSON *n)
{
    if (!n) return 0;
    if (!cJSON_IsNumber(n) || !(n->valuedouble >= 0 && n->valuedouble < 9007199254740992.0))
        die("%s: damaged report: \"%s\" must be a number from 0 to 2^53", path, n->string ? n->string : "?");
    return (u64)n->valuedouble;
}

static Row read_row(const char *path, View v, const cJSON *o)
{
    Row r = { .name = text_of(o, "name") };
    if (!r.name) die("%s: damaged report: a row of \"%s\" has no name", path, view_info[v].key);
    r.note = text_of(o, "note");
    r.method = text_of(o, "method");
    r.file = text_of(o, "file");
    r.line = (u32)count_of(path, cJSON_GetObjectItemCaseSensitive(o, "line"));
    const cJSON *m = v == VIEW_BRANCH ? NULL : cJSON_GetObjectItemCaseSensitive(o, "misses"); /* branches have none */
    for (u32 k = 0; k < COUNT_KINDS; k++) r.n[k] = count_of(path, cJSON_GetObjectItemCaseSensitive(k < MISS_KINDS ? m : o, count_keys[k]));
    return r;
}

static void read_view(const char *path, View v, Report *r)
{
    cJSON *list = cJSON_DetachItemFromObjectCaseSensitive(r->head, view_info[v].key);
    const cJSON *o;
    if (list && !cJSON_IsArray(list)) die("%s: damaged report: \"%s\" must be an array", path, view_info[v].key);
    cJSON_ArrayForEach(o, list) vec_push(&r->views[v], read_row(path, v, o));
    cJSON_Delete(list);
}

void report_read(Report *r, const char *path)
{
    *r = (Report){ .head = NULL };
    size_t n;
    char *text = slurp(path, &n);
    r->head = cJSON_ParseWithLengthOpts(text, n + 1, NULL, true); /* nothing may follow */
    if (!r->head) {
        const char *at = cJSON_GetErrorPtr();
        size_t line = 1;
        for (const char *p = text; at && p < at && p < text + n; p++) line += *p == '\n';
        die("%s: not a report in JSON: damaged near line %zu (write one with --report=FILE.json)", path, line);
    }
    if (strncmp(report_string(r, "schema"), "loam-report/", 12) || atoi(report_string(r, "schema") + 12) != 1)
        die("%s: no loam report: \"schema\" must be \"loam-report/1\"", path);
    report_check_head(path, r->head);
    free(text);
    for (View v = 0; v < VIEWS; v++) read_view(path, v, r);
    report_finish(r);
}
