/* Sharing among several cores, for reports: see sharing.h. An event is a coherence miss: what was accessed, what another core had written, and whose
   threads they were. Rows are pairs of places (fields, or what stands for them) with the threads; lines are counted by address, as they lay when
   the miss came. */
#include "report/sharing.h"
#include "base/hash.h"
#include "base/log.h"
#include "hwsim/system.h"
#include "report/numbers.h"
#include "vm/locate.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_PAIRS = 200, MOST_LINES = 100, SHOWN = 10, WIDTH = 76 };

typedef struct Pair { char *accessed, *written, *by, *writer; u64 misses, real; } Pair;
typedef struct SharedLine { u64 line, misses, real; char *what; } SharedLine;
typedef struct Event { u32 pair, line; } Event;

static struct {
    Map pair_at, line_at; /* by hash of the names; by line */
    Vec(Pair) pairs;
    Vec(SharedLine) lines;
    Vec(Event) events;    /* number - 1; of misses that may still turn out to be true sharing */
    char *name[1 << 16];  /* of threads, by id */
    const Object *named[1 << 16];
} S;

static char *place_text(u64 addr)
{
    Place p = locate(addr, 0, NULL);
    return p.kind == PLACE_OBJECT ? locate_field_name(&p) : xstrdup(place_name(p.kind));
}

/* Ids are given again when a thread has ended. */
static const char *thread_text(u32 id)
{
    const Thread *t = thread_list;
    while (t && t->id != id) t = t->next;
    id &= 0xffff;
    if (t && t->java && t->java != S.named[id]) {
        Object *name = load_ref(t->java, off.Thread_name);
        free(S.name[id]);
        S.name[id] = name ? string_utf8(name) : NULL;
        S.named[id] = t->java;
    }
    return S.name[id] ? S.name[id] : "(VM)";
}

static u32 pair_of(char *accessed, char *written, const char *by, const char *writer)
{
    char *all = xasprintf("%s\n%s\n%s\n%s", accessed, written, by, writer);
    u64 *at = map_put(&S.pair_at, hash_bytes(all, strlen(all)));
    free(all);
    if (!*at) {
        vec_push(&S.pairs, ((Pair){ .accessed = accessed, .written = written, .by = xstrdup(by), .writer = xstrdup(writer) }));
        *at = S.pairs.len;
    } else {
        free(accessed), free(written);
    }
    return (u32)*at - 1;
}

static u32 line_of(u64 line, const char *what)
{
    u64 *at = map_put(&S.line_at, line);
    if (!*at) {
        vec_push(&S.lines, ((SharedLine){ .line = line, .what = xstrdup(what) }));
        *at = S.lines.len;
    }
    return (u32)*at - 1;
}

u32 sharing_event(void *ctx, const HwSharing *e)
{
    (void)ctx;
    char *accessed = place_text(e->addr), *written = place_text(e->written), writer[128];
    snprintf(writer, sizeof writer, "%s", thread_text(e->writer_thread));
    Event v = { .line = line_of(e->addr >> 6 << 6, accessed) };
    v.pair = pair_of(accessed, written, thread_text(e->thread), writer);
    S.pairs.data[v.pair].misses++;
    S.lines.data[v.line].misses++;
    if (!e->false_sharing) S.pairs.data[v.pair].real++, S.lines.data[v.line].real++;
    vec_push(&S.events, v);
    return (u32)S.events.len;
}

void sharing_after_all(void *ctx, u32 number)
{
    (void)ctx;
    if (!number) return; /* before anybody observed */
    const Event *v = &S.events.data[number - 1];
    S.pairs.data[v->pair].real++;
    S.lines.data[v->line].real++;
}

/* ---- the document ---------------------------------------------------------------------------------------------- */

cJSON *sharing_cores(HwModel *model)
{
    u32 n = hw_cores(model);
    if (n == 1) return NULL;
    cJSON *list = cJSON_CreateArray();
    for (u32 i = 0; i < n; i++) {
        cJSON *o = cJSON_CreateObject();
        const HwModel *m = hw_core_of(model, i);
        cJSON_AddNumberToObject(o, "core", i);
        cJSON_AddNumberToObject(o, "node", hw_node_of(m));
        cJSON *all = cJSON_AddObjectToObject(o, "counters");
        for (HwCounter c = 0; c < HWC_COUNT; c++) cJSON_AddNumberToObject(all, hw_counter_name(c), (double)hw_counter(m, c));
        cJSON_AddItemToArray(list, o);
    }
    return list;
}

static u64 false_of(u64 misses, u64 real) { return misses - real; }

static int more_pairs(const void *a, const void *b)
{
    const Pair *x = a, *y = b;
    u64 p = false_of(x->misses, x->real), q = false_of(y->misses, y->real);
    if (p != q) return p < q ? 1 : -1;
    if (x->misses != y->misses) return x->misses < y->misses ? 1 : -1;
    int c = strcmp(x->accessed, y->accessed);
    if (!c) c = strcmp(x->written, y->written);
    if (!c) c = strcmp(x->by, y->by);
    return c ? c : strcmp(x->writer, y->writer);
}

static int more_lines(const void *a, const void *b)
{
    const SharedLine *x = a, *y = b;
    u64 p = false_of(x->misses, x->real), q = false_of(y->misses, y->real);
    if (p != q) return p < q ? 1 : -1;
    if (x->misses != y->misses) return x->misses < y->misses ? 1 : -1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static void put_counts(cJSON *o, u64 misses, u64 real)
{
    cJSON_AddNumberToObject(o, "misses", (double)misses);
    cJSON_AddNumberToObject(o, "false_sharing", (double)false_of(misses, real));
}

static void put_pair(cJSON *list, const Pair *p)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "accessed", p->accessed);
    cJSON_AddStringToObject(o, "thread", p->by);
    cJSON_AddStringToObject(o, "written", p->written);
    cJSON_AddStringToObject(o, "writer", p->writer);
    put_counts(o, p->misses, p->real);
    cJSON_AddItemToArray(list, o);
}

/* The others become one, the last, so that they add up. */
static void put_pairs(cJSON *list)
{
    if (S.pairs.len) qsort(S.pairs.data, S.pairs.len, sizeof(Pair), more_pairs);
    for (size_t i = 0; i < S.pairs.len && i < MOST_PAIRS; i++) put_pair(list, &S.pairs.data[i]);
    if (S.pairs.len <= MOST_PAIRS) return;
    Pair rest = { .accessed = xasprintf("(%zu other pairs)", S.pairs.len - MOST_PAIRS), .by = "", .written = "", .writer = "" };
    for (size_t i = MOST_PAIRS; i < S.pairs.len; i++) rest.misses += S.pairs.data[i].misses, rest.real += S.pairs.data[i].real;
    put_pair(list, &rest);
    free(rest.accessed);
}

static void put_line(cJSON *list, const char *line, const SharedLine *l)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "line", line);
    cJSON_AddStringToObject(o, "accessed", l->what);
    put_counts(o, l->misses, l->real);
    cJSON_AddItemToArray(list, o);
}

static void put_lines(cJSON *list)
{
    char text[48];
    SharedLine rest = { .what = "" };
    if (S.lines.len) qsort(S.lines.data, S.lines.len, sizeof(SharedLine), more_lines);
    for (size_t i = 0; i < S.lines.len; i++) {
        const SharedLine *l = &S.lines.data[i];
        snprintf(text, sizeof text, "0x%llx", (unsigned long long)l->line);
        if (i < MOST_LINES) put_line(list, text, l);
        else rest.misses += l->misses, rest.real += l->real;
    }
    if (S.lines.len <= MOST_LINES) return;
    snprintf(text, sizeof text, "(%zu other lines)", S.lines.len - MOST_LINES);
    put_line(list, text, &rest);
}

/* The last thing done with what was collected: sorts it. */
cJSON *sharing_json(const HwModel *model)
{
    if (hw_cores(model) == 1) return NULL;
    cJSON *o = cJSON_CreateObject();
    u64 misses = 0, real = 0;
    for (size_t i = 0; i < S.pairs.len; i++) misses += S.pairs.data[i].misses, real += S.pairs.data[i].real;
    put_counts(o, misses, real);
    put_pairs(cJSON_AddArrayToObject(o, "pairs"));
    put_lines(cJSON_AddArrayToObject(o, "lines"));
    return o;
}

/* ---- text ---------------------------------------------------------------------------------------------------------- */

static double number(const cJSON *o, const char *key) { return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(o, key)); }
static const char *text_of(const cJSON *o, const char *key)
{
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, key));
    return s ? s : "";
}

static void cores_text(const cJSON *cores, FILE *f)
{
    const cJSON *c;
    fprintf(f, "\n%-10s %16s %16s %7s %12s %14s %14s %12s\n", "cores", "cycles", "instructions", "idle", "L1D misses", "coherence", "false sharing", "upgrades");
    cJSON_ArrayForEach(c, cores)
    {
        const cJSON *n = cJSON_GetObjectItemCaseSensitive(c, "counters");
        double cycles = number(n, "cycles");
        fprintf(f, "  %-8.0f %16s", number(c, "core"), grouped(cycles));
        fprintf(f, " %16s %5.1f %%", grouped(number(n, "instructions")), cycles > 0 ? 100 * number(n, "idle.cycles") / cycles : 0);
        fprintf(f, " %12s", grouped(number(n, "l1d.misses")));
        fprintf(f, " %14s", grouped(number(n, "coherence.misses")));
        fprintf(f, " %14s", grouped(number(n, "coherence.false_sharing")));
        fprintf(f, " %12s\n", grouped(number(n, "coherence.upgrades")));
    }
}

static void counts_text(double misses, double falsely, FILE *f) { fprintf(f, " %14s %14s\n", grouped(misses), grouped(falsely)); }

/* A pair that does not fit its column takes two lines. */
static void pair_text(const cJSON *p, FILE *f)
{
    char *accessed = xasprintf("%s (%s),", text_of(p, "accessed"), text_of(p, "thread")), *written = xasprintf("%s (%s)", text_of(p, "written"), text_of(p, "writer"));
    char *both = xasprintf("%s %s", accessed, written);
    bool fits = characters(both) <= WIDTH - 2;
    if (!fits) fprintf(f, "  %s\n", accessed);
    fputs(fits ? "  " : "    ", f);
    fitted(f, fits ? both : written, fits ? WIDTH - 2 : WIDTH - 4);
    counts_text(number(p, "misses"), number(p, "false_sharing"), f);
    free(accessed), free(written), free(both);
}

void sharing_text(const Report *r, FILE *f)
{
    const cJSON *cores = report_item(r, "cores"), *p;
    if (!cJSON_IsArray(cores)) return;
    cores_text(cores, f);
    fprintf(f, "\n%-*s %14s %14s\n", WIDTH, "coherence misses: accessed (by), written by another core (by)", "misses", "false sharing");
    int shown = 0;
    double misses = report_number(r, "sharing.misses"), falsely = report_number(r, "sharing.false_sharing"), more = misses, more_falsely = falsely;
    cJSON_ArrayForEach(p, report_item(r, "sharing.pairs"))
    {
        if (shown == SHOWN || !*text_of(p, "written")) break; /* what comes last is no pair */
        shown++;
        more -= number(p, "misses"), more_falsely -= number(p, "false_sharing");
        pair_text(p, f);
    }
    if (cJSON_GetArraySize(report_item(r, "sharing.pairs")) > shown) fprintf(f, "  %-*s", WIDTH - 2, "(all other pairs)"), counts_text(more, more_falsely, f);
    fprintf(f, "  %-*s", WIDTH - 2, "total"), counts_text(misses, falsely, f);
}
