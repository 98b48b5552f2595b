/* Cache-miss reports: what the observer saw of a simulated run, summed by class, field and method, and written as text for a
   terminal or as JSON (schema "loam-report/1", docs/report.md). Reports read everything and decide nothing. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H
#include "hwsim/config.h"
#include "hwsim/model.h"
#include "base/vec.h"
#include <stdio.h>

/* Miss counts of one row. */
typedef enum MissKind { MISS_L1D, MISS_L2, MISS_LLC, MISS_DTLB, MISS_L1I, MISS_ITLB, MISS_KINDS } MissKind;
extern const char *const miss_names[MISS_KINDS];

typedef struct Row {
    char *name;
    u64 misses[MISS_KINDS];
    u64 mispredicted; /* methods only */
} Row;
typedef Vec(Row) Rows;

typedef enum View { VIEW_CLASS, VIEW_FIELD, VIEW_METHOD, VIEWS } View;

typedef struct Report {
    const char *command;     /* the command line */
    const char *layout;      /* "off" or "on" */
    const HwConfig *config;
    const HwModel *model;
    HwLevel level;
    int exit_code;
    Rows views[VIEWS];       /* sorted: most L1D misses first, then by name */
} Report;

/* Starts observing a model. At most one run per process. */
void report_observe(HwModel *model);
/* Fills the views from what was observed so far (names are made now: call before classes go away). */
void report_collect(Report *r);

/* Reserves the output: checks that `path` can be written (dies with one clear line otherwise). "-" is stdout. */
void report_check_path(const char *path);
/* Writes the report to a temporary file beside `path` and renames it; format by the ending (.json, else text). "-": text on stdout.
   On failure prints one line, leaves nothing half-written and returns false. */
bool report_write(const Report *r, const char *path);
void report_text(const Report *r, FILE *f);
void report_json(const Report *r, FILE *f);

#endif
