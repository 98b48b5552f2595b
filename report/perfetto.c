/* The timeline as a trace in Chrome's JSON format, which ui.perfetto.dev and chrome://tracing open: a counter track per level of misses per
   1,000 instructions, and an instant for each layout pass, collection and compilation. Time is the core's, in microseconds. */
#include "report/report.h"
#include "base/log.h"

/* Columns of timeline.rows; see timeline.c. */
enum { T_INSTRUCTIONS, T_CYCLES, T_FIRST };

static double number(const cJSON *list, int i) { return cJSON_GetNumberValue(cJSON_GetArrayItem(list, i)); }

static void event(FILE *f, bool *first, cJSON *e)
{
    char *text = cJSON_PrintUnformatted(e);
    if (!text) panic("no memory for a report");
    fprintf(f, "%s\n%s", *first ? "" : ",", text);
    *first = false;
    cJSON_free(text);
    cJSON_Delete(e);
}

static cJSON *new_event(const char *name, const char *phase, double ts)
{
    cJSON *e = cJSON_CreateObject();
    cJSON_AddStringToObject(e, "name", name);
    cJSON_AddStringToObject(e, "ph", phase);
    cJSON_AddNumberToObject(e, "ts", ts);
    cJSON_AddNumberToObject(e, "pid", 1);
    cJSON_AddNumberToObject(e, "tid", 1);
    return e;
}

/* A row of the timeline: instructions and microseconds. */
typedef struct Span { double from, to, begin, end; } Span;

/* The marks up to the end of a row, each at the time that it has if instructions take the same all over the row. */
static const cJSON *marks(FILE *f, bool *first, const cJSON *mark, const Span *s)
{
    for (; mark; mark = mark->next) {
        double at = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(mark, "at"));
        const char *kind = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(mark, "kind"));
        if (at > s->to) break;
        double part = s->to > s->from && at > s->from ? (at - s->from) / (s->to - s->from) : 0;
        cJSON *e = new_event(kind ? kind : "?", "i", s->begin + part * (s->end - s->begin));
        cJSON_AddStringToObject(e, "s", "g");
        event(f, first, e);
    }
    return mark;
}

void report_perfetto(const Report *r, FILE *f)
{
    const cJSON *columns = report_item(r, "timeline.columns"), *row, *list = report_item(r, "timeline.marks"), *mark = list ? list->child : NULL;
    double mhz = report_number(r, "core.core.frequency_mhz"), cycles = 0, before = 0;
    bool first = true;
    if (mhz <= 0) mhz = 1000;
    fputs("{\"displayTimeUnit\": \"ns\", \"traceEvents\": [", f);
    cJSON *process = new_event("process_name", "M", 0), *args = cJSON_AddObjectToObject(process, "args");
    cJSON_AddStringToObject(args, "name", report_string(r, "command"));
    event(f, &first, process);
    cJSON_ArrayForEach(row, report_item(r, "timeline.rows"))
    {
        double n = number(row, T_INSTRUCTIONS) - before, ts = cycles / mhz;
        Span span = { before, before + n, ts, (cycles + number(row, T_CYCLES)) / mhz };
        mark = marks(f, &first, mark, &span);
        for (int c = T_FIRST; c < cJSON_GetArraySize(columns); c++) {
            const char *key = cJSON_GetStringValue(cJSON_GetArrayItem(columns, c));
            cJSON *e = new_event(key ? key : "?", "C", ts);
            cJSON_AddNumberToObject(cJSON_AddObjectToObject(e, "args"), "per 1,000 instructions", n > 0 ? 1000 * number(row, c) / n : 0);
            event(f, &first, e);
        }
        before = number(row, T_INSTRUCTIONS);
        cycles += number(row, T_CYCLES);
    }
    fputs("\n]}\n", f);
}
