/* Cache-miss reports. What the observer saw of a simulated run becomes one document, `Report`: a head (a JSON object: command, core,
   totals, timeline, ...) and tables of rows, one per view. Every format is written from that document, so all show the same numbers;
   a report that was written as JSON (schema "loam-report/1", docs/report.md) can be read back and written in any other format later.
   Reports read everything and decide nothing. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H
#include "base/types.h"
#include "base/vec.h"
#include <cjson/cJSON.h>
#include <stdio.h>

/* Caches and TLBs: L(id, "key in JSON", "name"), the misses of each being the count of the same id. A core without one of the optional
   levels has none of its keys in the report. */
#define LEVELS(L) \
    L(L1I, "l1i", "L1I") L(L1D, "l1d", "L1D") L(L2, "l2", "L2") L(L3, "l3", "L3") L(L4, "l4", "L4") L(LLC, "llc", "LLC") L(ITLB, "itlb", "ITLB") L(DTLB, "dtlb", "DTLB")
#define OPTIONAL_LEVELS(L) L(L3, "l3", "L3") L(L4, "l4", "L4")

/* What a row counts: N(id, "key in JSON", "column heading"). The first ones, up to ITLB, are the misses. */
#define COUNTS(N) \
    N(L1D, "l1d", "L1D misses") \
    N(L2, "l2", "L2 misses") \
    N(L3, "l3", "L3 misses") \
    N(L4, "l4", "L4 misses") \
    N(LLC, "llc", "LLC misses") \
    N(DTLB, "dtlb", "DTLB misses") \
    N(L1I, "l1i", "L1I misses") \
    N(ITLB, "itlb", "ITLB misses") \
    N(L1D_STORE, "l1d_store", "L1D misses of stores") \
    N(LLC_STORE, "llc_store", "LLC misses of stores") \
    N(LLC_FETCH, "llc_fetch", "LLC misses of fetches") \
    N(MISPREDICTED, "mispredicted", "mispredicted branches") \
    N(MISPREDICTED_TARGET, "mispredicted_target", "of these, targets") \
    N(INSTRUCTIONS, "instructions", "instructions (sampled)") \
    N(LOADS, "loads", "loads (sampled)") \
    N(STORES, "stores", "stores (sampled)") \
    N(COLD, "cold", "L1D: cold") \
    N(CAPACITY, "capacity", "L1D: capacity") \
    N(CONFLICT, "conflict", "L1D: conflict") \
    N(COHERENCE, "coherence", "L1D: coherence") \
    N(EXECUTED, "executed", "branches executed") \
    N(HINTS, "hints", "value hints") \
    N(HINTS_LATE, "hints_late", "of these, too late") \
    N(VALUE_USED, "value_used", "decided by value") \
    N(VALUE_RIGHT, "value_right", "of these, right") \
    N(VALUE_GAINED, "value_gained", "right only by value") \
    N(VALUE_HARMED, "value_harmed", "wrong only by value")
#define N(id, key, heading) N_##id,
typedef enum Count { COUNTS(N) COUNT_KINDS } Count;
#undef N
enum { MISS_KINDS = N_ITLB + 1 };
extern const char *const count_keys[COUNT_KINDS], *const count_headings[COUNT_KINDS];

/* The views: V(id, "key in JSON", "title", rows that the text report shows, what its rows are sorted by first). Each event adds to exactly
   one row of each, so that the rows of each view add up to the totals. */
#define VIEW_TABLE(V) \
    V(CLASS, "by_class", "by class", 15, N_L1D) \
    V(FIELD, "by_field", "by field", 15, N_L1D) \
    V(SITE, "by_site", "by allocation site", 10, N_L1D) \
    V(PAIR, "by_origin", "by origin (loaded from -> missing)", 10, N_L1D) \
    V(ARRAY, "by_array", "by array element type", 8, N_L1D) \
    V(METHOD, "by_method", "by method", 15, N_L1D) \
    V(LINE, "by_line", "by source line", 15, N_L1D) \
    V(BRANCH, "by_branch", "hardest branches", 10, N_MISPREDICTED) \
    V(PAGE, "by_page", "hot pages", 8, N_DTLB)
#define V(id, ...) VIEW_##id,
typedef enum View { VIEW_TABLE(V) VIEWS } View;
#undef V
typedef struct ViewInfo { const char *key, *title; u32 shown; Count first; } ViewInfo;
extern const ViewInfo view_info[VIEWS];

/* Strings are malloc'ed, or (of what was observed) names that stay. */
typedef struct Row {
    char *name;
    char *note;  /* what else is known: of a page what lies there, of a branch its bytecode; NULL: nothing */
    char *file;  /* methods and lines: source file with its package's directories (java/util/HashMap.java); NULL: not known */
    char *method;/* lines and branches: the name of the method's row; NULL */
    u32 line;    /* of the source; 0: not known */
    u64 n[COUNT_KINDS];
} Row;
typedef Vec(Row) Rows;

typedef struct ViewSums { size_t rows; u64 n[COUNT_KINDS]; } ViewSums;
typedef struct Report {
    cJSON *head;        /* everything but the views, in the order of the file */
    Rows views[VIEWS];  /* sorted: most of `first` first, then by the misses, then by name; empty if they stay in the file */
    struct RowFile *file; /* where a report was read from, if rows stayed there: see rows_begin. NULL: all are in `views` */
    ViewSums view[VIEWS]; /* over all rows of a view */
    u64 sums[COUNT_KINDS]; /* over the rows of the methods; of misses and branches the totals */
    bool absent[COUNT_KINDS]; /* misses of an optional level that the core does not have */
} Report;

/* Going over a view's rows, in order: RowReader in = rows_begin(r, v); while ((x = rows_next(&in))) ...; rows_end(&in). A report that was read from a
   file has them there; so reports of any size are written in the memory of a small one. */
typedef struct RowReader { const Report *report; View view; size_t next; struct RowStream *stream; } RowReader;
RowReader rows_begin(const Report *r, View v);
const Row *rows_next(RowReader *in);      /* NULL: that was the last. Valid until the next one */
void rows_end(RowReader *in);

/* A number at a path of the head ("totals.levels.l1d.misses"), 0 if it is not there; an object there, or NULL. */
double report_number(const Report *r, const char *path);
const cJSON *report_item(const Report *r, const char *path);
const char *report_string(const Report *r, const char *path); /* "" if it is not there */
bool report_has_level(const Report *r, const char *key);      /* is there a cache or TLB of this name in the core */
Count report_last_level(const Report *r);                     /* N_LLC, or the count of the deepest cache there is */
void report_free(Report *r);

/* Sorts the rows, sums them up, sees which levels there are. */
void report_finish(Report *r);
int row_order(View v, const Row *a, const Row *b); /* less than 0: a comes first */

/* ---- reading (read.c) -------------------------------------------------------------------------------------------------- */
/* Reads a report in JSON, once and whole; dies with one clear line if `path` is none. Its rows stay in the file, unless somebody has put them in
   another order. */
void report_read(Report *r, const char *path);
void report_load(Report *r);              /* takes the rows into `views`, for whoever changes them */
void report_close(Report *r);             /* of report_free */

/* ---- writing ------------------------------------------------------------------------------------------------------------ */
/* Formats: F(name, "ending of a file's name", what it is). The first is taken for stdout. */
#define FORMATS(F) \
    F(text, ".txt", "tables for a terminal") \
    F(json, ".json", "all numbers, for programs") \
    F(html, ".html", "one page to look at in a browser") \
    F(csv, ".csv", "every view's rows, comma-separated") \
    F(callgrind, ".callgrind", "for callgrind_annotate and KCachegrind") \
    F(collapsed, ".collapsed", "for flame graphs of L1D misses") \
    F(perfetto, ".trace.json", "the timeline, for Perfetto and chrome://tracing")
#define F(name, ending, what) void report_##name(const Report *r, FILE *f);
FORMATS(F)
#undef F
typedef void (*ReportFormat)(const Report *r, FILE *f);
ReportFormat report_format_named(const char *name);     /* NULL: there is none */
ReportFormat report_format_of(const char *path);        /* by the ending; "-" is text; NULL: not known */
const char *report_format_list(void);                   /* "text, json, ..." */
const char *report_ending_list(void);                   /* ".txt, .json, ..." */

/* Reserves the output: checks that `path` can be written (dies with one clear line otherwise). "-" is stdout. */
void report_check_path(const char *option, const char *path);
void report_write_with(const void *what, FILE *f); /* what: a ReportOutput */
typedef struct ReportOutput { const Report *report; ReportFormat format; } ReportOutput;
/* Calls `write` with a temporary file beside `path` and renames it. On failure prints one line, leaves nothing half-written and returns false. */
bool report_write(const char *option, const char *path, void (*write)(const void *what, FILE *f), const void *what);

#endif
