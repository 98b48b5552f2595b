/* The form of a report's head, as a table of places and what must be there; see check.h. A place is a path of keys; `*` stands for every element or
   key; a place that begins with `?` may be missing. What is not in the table may be anything: newer reports have more keys. */
#include "report/check.h"
#include "base/log.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a place must be: K(id, "in words") */
#define KINDS(K) K(OBJECT, "an object") K(ARRAY, "an array") K(STRING, "a string") K(COUNT, "a whole number from 0 to 2^53") \
    K(SMALL, "a whole number from 0 to 2^20") K(NUMBER, "a number")
#define K(id, text) IS_##id,
typedef enum Kind { KINDS(K) } Kind;
#undef K

static const struct { const char *place; Kind kind; } places[] = {
    { "command", IS_STRING }, { "model", IS_STRING }, { "layout", IS_STRING }, { "?stopped", IS_STRING }, { "core", IS_OBJECT }, { "core.name", IS_STRING },
    { "core.l1d", IS_OBJECT }, { "core.l1d.line_bytes", IS_SMALL }, { "?core.core.frequency_mhz", IS_NUMBER },
    { "totals", IS_OBJECT }, { "totals.instructions", IS_COUNT }, { "totals.cycles", IS_COUNT }, { "totals.levels", IS_OBJECT }, { "totals.levels.l1d", IS_OBJECT },
    { "totals.levels.*.accesses", IS_COUNT }, { "totals.levels.*.misses", IS_COUNT }, { "totals.branches", IS_OBJECT }, { "totals.branches.executed", IS_COUNT },
    { "totals.branches.mispredicted", IS_COUNT }, { "totals.firmware_cycles", IS_OBJECT }, { "totals.firmware_cycles.total", IS_COUNT },
    { "totals.firmware_cycles.*", IS_COUNT }, { "?totals.counters", IS_OBJECT }, { "?totals.counters.*", IS_COUNT },
    { "firmware", IS_ARRAY }, { "firmware.*.name", IS_STRING }, { "firmware.*.cycles", IS_COUNT }, { "firmware.*.instructions", IS_COUNT },
    { "layout_passes", IS_ARRAY }, { "layout_passes.*", IS_OBJECT }, { "layout_passes.*.at_instruction", IS_COUNT }, { "layout_passes.*.moved_objects", IS_COUNT },
    { "layout_passes.*.cost_cycles", IS_COUNT }, { "layout_passes.*.verdict", IS_STRING }, { "layout_passes.*.edges", IS_STRING },
    { "?layout_passes.*.undone", IS_OBJECT }, { "?layout_passes.*.undone.at_instruction", IS_COUNT }, { "?layout_passes.*.undone.moved_objects", IS_COUNT },
    { "?layout_passes.*.undone.cost_cycles", IS_COUNT },
    { "?field_moves", IS_ARRAY }, { "?field_moves.*", IS_OBJECT }, { "?field_moves.*.class", IS_STRING }, { "?field_moves.*.order_before", IS_STRING },
    { "?field_moves.*.order_after", IS_STRING }, { "?field_moves.*.verdict", IS_STRING }, { "?field_moves.*.at_instruction", IS_COUNT },
    { "?field_moves.*.rewritten_objects", IS_COUNT }, { "?field_moves.*.cost_cycles", IS_COUNT }, { "?field_moves.*.cost_l1d_misses", IS_COUNT },
    { "?field_moves.*.lines_a_visit_before", IS_NUMBER }, { "?field_moves.*.lines_a_visit_after", IS_NUMBER }, { "?field_moves.*.stalls_before", IS_NUMBER },
    { "?timeline", IS_OBJECT }, { "?timeline.columns", IS_ARRAY }, { "?timeline.columns.*", IS_STRING }, { "?timeline.rows", IS_ARRAY }, { "?timeline.rows.*", IS_ARRAY },
    { "?timeline.rows.*.*", IS_COUNT }, { "?timeline.marks", IS_ARRAY }, { "?timeline.marks.*.at", IS_COUNT }, { "?timeline.marks.*.kind", IS_STRING },
    { "?class_pictures", IS_ARRAY }, { "?class_pictures.*.name", IS_STRING }, { "?class_pictures.*.bytes", IS_SMALL }, { "?class_pictures.*.l1d", IS_COUNT },
    { "?class_pictures.*.fields", IS_ARRAY }, { "?class_pictures.*.fields.*.name", IS_STRING }, { "?class_pictures.*.fields.*.type", IS_STRING },
    { "?class_pictures.*.fields.*.offset", IS_SMALL }, { "?class_pictures.*.fields.*.bytes", IS_SMALL }, { "?class_pictures.*.fields.*.l1d", IS_COUNT },
    { "?picture_spans", IS_OBJECT }, { "?picture_spans.*", IS_COUNT },
    { "?lines", IS_OBJECT }, { "?lines.line_bytes", IS_SMALL }, { "?lines.by_class", IS_ARRAY }, { "?lines.by_class.*.name", IS_STRING },
    { "?lines.by_class.*.fetched", IS_COUNT }, { "?lines.by_class.*.bytes_used", IS_COUNT },
    { "?sampled", IS_OBJECT }, { "?sampled.windows", IS_COUNT }, { "?sampled.cycles", IS_COUNT }, { "?sampled.cycles_half_interval", IS_COUNT },
    { "?sampled.cycles_per_instruction", IS_NUMBER }, { "?sampled.cycles_per_instruction_half_interval", IS_NUMBER },
    { "?cores", IS_ARRAY }, { "?cores.*.core", IS_COUNT }, { "?cores.*.node", IS_COUNT }, { "?cores.*.counters", IS_OBJECT }, { "?cores.*.counters.*", IS_COUNT },
    { "?sharing", IS_OBJECT }, { "?sharing.pairs", IS_ARRAY }, { "?sharing.pairs.*.accessed", IS_STRING }, { "?sharing.pairs.*.thread", IS_STRING },
    { "?sharing.pairs.*.written", IS_STRING }, { "?sharing.pairs.*.writer", IS_STRING }, { "?sharing.pairs.*.misses", IS_COUNT },
    { "?sharing.pairs.*.false_sharing", IS_COUNT },
    { "?summary", IS_ARRAY }, { "?summary.*", IS_STRING },
};

static bool is(const cJSON *item, Kind kind)
{
    double n = cJSON_IsNumber(item) ? item->valuedouble : -1, most = kind == IS_SMALL ? 1 << 20 : 9007199254740991.0;
    switch (kind) {
    case IS_OBJECT: return cJSON_IsObject(item);
    case IS_ARRAY: return cJSON_IsArray(item);
    case IS_STRING: return cJSON_IsString(item);
    case IS_COUNT: case IS_SMALL: return n >= 0 && n <= most && n == floor(n);
    case IS_NUMBER: return cJSON_IsNumber(item) && isfinite(item->valuedouble);
    }
    return false;
}

static const char *in_words(Kind kind)
{
#define K(id, text) [IS_##id] = text,
    static const char *const words[] = { KINDS(K) };
#undef K
    ASSERT(kind < NELEM(words));
    return words[kind];
}

typedef struct Walk { const char *file, *place; Kind kind; bool optional; } Walk;

static void walk(const Walk *w, const cJSON *at, const char *rest)
{
    char key[64];
    size_t n = strcspn(rest, ".");
    const cJSON *child;
    if (!*rest) {
        if (!is(at, w->kind)) die("%s: damaged report: \"%s\" must be %s", w->file, w->place, in_words(w->kind));
        return;
    }
    ASSERT(n > 0 && n < sizeof key);
    const char *next = rest + n + (rest[n] == '.');
    if (n == 1 && *rest == '*') {
        cJSON_ArrayForEach(child, at) walk(w, child, next);
        return;
    }
    memcpy(key, rest, n);
    key[n] = 0;
    child = cJSON_IsObject(at) ? cJSON_GetObjectItemCaseSensitive(at, key) : NULL;
    if (child) walk(w, child, next);
    else if (!w->optional || cJSON_IsArray(at) || (at && !cJSON_IsObject(at)))
        die("%s: damaged report: there is no \"%s\", which must be %s", w->file, w->place, in_words(w->kind));
}

/* Readers take columns by number: each row has them all, instructions never decrease. */
static void check_timeline(const char *path, const cJSON *t)
{
    int columns = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(t, "columns"));
    const cJSON *row;
    double before = 0;
    if (t && columns < 3) die("%s: damaged report: \"timeline.columns\" must have at least 3 names, not %d", path, columns);
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(t, "rows"))
    {
        if (cJSON_GetArraySize(row) != columns) die("%s: damaged report: a row of \"timeline.rows\" must have a number for each of the %d columns", path, columns);
        double end = row->child->valuedouble;
        if (end < before) die("%s: damaged report: instructions go back in \"timeline.rows\"", path);
        before = end;
    }
}

/* A key that is there twice would be read once and written twice. */
static void check_keys(const char *path, const cJSON *head)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, head)
        if (cJSON_GetObjectItemCaseSensitive(head, item->string) != item) die("%s: damaged report: \"%s\" is there twice", path, item->string);
}

void report_check_head(const char *path, const cJSON *head)
{
    check_keys(path, head);
    for (size_t i = 0; i < NELEM(places); i++) {
        bool optional = *places[i].place == '?';
        Walk w = { path, places[i].place + optional, places[i].kind, optional };
        walk(&w, head, w.place);
    }
    check_timeline(path, cJSON_GetObjectItemCaseSensitive(head, "timeline"));
}
