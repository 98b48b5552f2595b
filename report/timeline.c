/* The timeline: see timeline.h. Snapshots of the counters are taken at the first tick behind a round number of instructions. When
   there are too many, every second one goes and the step doubles; so a run of any length has between MAX/2 and MAX of them. */
#include "report/timeline.h"
#include "base/log.h"
#include "hwsim/system.h"
#include "base/vec.h"
#include <string.h>

enum { MAX_POINTS = 400, MAX_MARKS = 5000, FIRST_STEP = 1 << 16 };

/* The columns: what of the model, and its name. Instructions first. */
static const struct { HwCounter counter; const char *name; } columns[] = {
    { HWC_INSTRET, "instructions" }, { HWC_CYCLE, "cycles" }, { HWC_L1D_MISS, "l1d" }, { HWC_L2_MISS, "l2" }, { HWC_LLC_MISS, "llc" },
    { HWC_DTLB_MISS, "dtlb" }, { HWC_L1I_MISS, "l1i" }, { HWC_MISPREDICT, "mispredicted" }, { HWC_FW_CYCLE, "firmware_cycles" },
    { HWC_L3_MISS, "l3" }, { HWC_L4_MISS, "l4" },
};
/* Firmware services whose beginnings are marked, and the mark's name. */
static const struct { const char *service, *mark; } marked[] = {
    { "garbage collection", "collection" }, { "layout passes", "layout" }, { "compilation", "compilation" },
};

typedef struct Point { u64 v[NELEM(columns)]; } Point;
typedef struct Mark { u64 at; const char *kind; } Mark;

static struct {
    HwModel *model;
    Vec(Point) points;
    Vec(Mark) marks;
    u64 step, next;
    u64 service_at[256];  /* instructions + 1 when the service was last seen */
} T;

static void snapshot(void)
{
    Point p;
    for (size_t i = 0; i < NELEM(columns); i++) p.v[i] = hw_total(T.model, columns[i].counter);
    vec_push(&T.points, p);
}

void timeline_start(HwModel *model)
{
    ASSERT(!T.model);
    T.model = model;
    T.step = FIRST_STEP;
    T.next = hw_total(model, HWC_INSTRET) + T.step;
    snapshot();
}

static void halve(void)
{
    ASSERT(T.points.len >= 3);
    size_t kept = 1;
    for (size_t i = 2; i < T.points.len; i += 2) T.points.data[kept++] = T.points.data[i];
    T.points.len = kept;
    T.step *= 2;
}

bool timeline_due(u64 instructions) { return instructions >= T.next; }

void timeline_tick(void)
{
    u64 now = hw_total(T.model, HWC_INSTRET);
    if (LIKELY(!timeline_due(now))) return;
    snapshot();
    if (T.points.len >= MAX_POINTS) halve();
    T.next = now + T.step - now % T.step;
}

static const char *mark_of(u8 service)
{
    const char *name = hw_fw_name(T.model, service);
    for (size_t i = 0; i < NELEM(marked); i++)
        if (!strcmp(name, marked[i].service)) return marked[i].mark;
    return NULL;
}

/* What firmware does at one instruction of the program is one event. */
void timeline_service(u8 service)
{
    u64 now = hw_total(T.model, HWC_INSTRET) + 1;
    if (LIKELY(T.service_at[service] == now)) return;
    T.service_at[service] = now;
    const char *kind = mark_of(service);
    if (kind && T.marks.len < MAX_MARKS) vec_push(&T.marks, ((Mark){ now - 1, kind }));
}

void timeline_reconfigured(void *ctx)
{
    (void)ctx;
    if (T.marks.len < MAX_MARKS) vec_push(&T.marks, ((Mark){ hw_total(T.model, HWC_INSTRET), "reconfiguration" }));
}

void timeline_end(void)
{
    ASSERT(T.points.len > 0);
    if (hw_total(T.model, HWC_INSTRET) > vec_last(&T.points).v[0] || T.points.len == 1) snapshot();
}

static cJSON *row_of(const Point *before, const Point *p)
{
    ASSERT(before->v[0] <= p->v[0]);
    cJSON *row = cJSON_CreateArray();
    for (size_t c = 0; c < NELEM(columns); c++)
        cJSON_AddItemToArray(row, cJSON_CreateNumber((double)(c ? p->v[c] - before->v[c] : p->v[c] - T.points.data[0].v[c])));
    return row;
}

cJSON *timeline_json(void)
{
    cJSON *t = cJSON_CreateObject(), *names = cJSON_AddArrayToObject(t, "columns"), *rows = cJSON_AddArrayToObject(t, "rows");
    for (size_t c = 0; c < NELEM(columns); c++) cJSON_AddItemToArray(names, cJSON_CreateString(columns[c].name));
    for (size_t i = 1; i < T.points.len; i++) cJSON_AddItemToArray(rows, row_of(&T.points.data[i - 1], &T.points.data[i]));
    cJSON *marks = cJSON_AddArrayToObject(t, "marks");
    for (size_t i = 0; i < T.marks.len; i++) {
        cJSON *m = cJSON_CreateObject();
        cJSON_AddNumberToObject(m, "at", (double)(T.marks.data[i].at - T.points.data[0].v[0]));
        cJSON_AddStringToObject(m, "kind", T.marks.data[i].kind);
        cJSON_AddItemToArray(marks, m);
    }
    return t;
}
