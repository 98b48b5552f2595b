/* Reading a report back from JSON: the file goes through a streaming parser once, which keeps the head, checks every row and adds them up; after that rows
   are read from the file again by whoever wants them (RowReader). So what is held is a row, not the report. Damaged or foreign files end with one line
   that says what is wrong. */
#include "report/report.h"
#include "report/check.h"
#include "report/rowparse.h"
#include "base/log.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_DEPTH = 1000 };

typedef struct RowFile {
    int fd;
    char *path;
    u64 start[VIEWS];  /* of the view's array, with its bracket; 0: there is none */
} RowFile;

/* ---- the whole file, once ---------------------------------------------------------------------------------------- */
typedef struct Reading {
    Report *report;
    RowFile *file;
    yajl_handle parser;
    u64 offset;            /* of what is being parsed */
    cJSON *open[MOST_DEPTH];
    u32 depth;
    char *key;             /* of the next member */
    bool in_rows, sorted;
    RowParser rows;
    Row last;              /* of this view */
} Reading;

/* The view that the next value is, or VIEWS. */
static View next_view(const Reading *g)
{
    View v = 0;
    if (g->depth != 1 || !g->key) return VIEWS;
    while (v < VIEWS && strcmp(view_info[v].key, g->key)) v++;
    return v;
}

/* Where a value belongs; all values of the head come here. */
static void add(Reading *g, cJSON *item)
{
    View v = next_view(g);
    if (!item) panic("no memory for a report");
    if (v < VIEWS) die("%s: damaged report: \"%s\" must be an array", g->file->path, view_info[v].key);
    if (!g->depth) g->report->head = item;
    else if (cJSON_IsArray(g->open[g->depth - 1])) cJSON_AddItemToArray(g->open[g->depth - 1], item);
    else cJSON_AddItemToObject(g->open[g->depth - 1], g->key, item);
}

static void open_container(Reading *g, cJSON *item)
{
    add(g, item);
    if (g->depth == MOST_DEPTH) die("%s: not a report in JSON: more than %d levels deep", g->file->path, MOST_DEPTH);
    g->open[g->depth++] = item;
    free(g->key), g->key = NULL;
}

static int on_begin(Reading *g, bool map)
{
    View v = map ? VIEWS : next_view(g);
    if (g->in_rows) {
        row_begin(&g->rows, map);
    } else if (v < VIEWS) {
        if (g->file->start[v]) die("%s: damaged report: \"%s\" is there twice", g->file->path, view_info[v].key);
        g->file->start[v] = g->offset + yajl_get_bytes_consumed(g->parser) - 1;
        g->rows.view = v;
        g->in_rows = true;
    } else {
        open_container(g, map ? cJSON_CreateObject() : cJSON_CreateArray());
    }
    return 1;
}

static int on_end(void *ctx)
{
    Reading *g = ctx;
    if (!g->in_rows) g->depth--;
    else if (!row_end(&g->rows)) row_free(&g->last), g->last = (Row){ .name = NULL }, g->in_rows = false;
    return 1;
}

static int on_map(void *ctx) { return on_begin(ctx, true); }
static int on_array(void *ctx) { return on_begin(ctx, false); }

static int on_key(void *ctx, const unsigned char *text, size_t n)
{
    Reading *g = ctx;
    if (g->in_rows) {
        row_key(&g->rows, text, n);
    } else {
        free(g->key);
        g->key = text_copied(text, n);
    }
    return 1;
}

static int on_text(void *ctx, const unsigned char *text, size_t n)
{
    Reading *g = ctx;
    if (g->in_rows) {
        row_text(&g->rows, text, n);
    } else {
        char *s = text_copied(text, n);
        add(g, cJSON_CreateString(s));
        free(s);
    }
    return 1;
}

static int on_number(void *ctx, const char *text, size_t n)
{
    Reading *g = ctx;
    if (g->in_rows) row_number(&g->rows, text, n);
    else add(g, cJSON_CreateNumber(number_read(text, n)));
    return 1;
}

static int on_bool(void *ctx, int value)
{
    Reading *g = ctx;
    if (g->in_rows) row_other(&g->rows);
    else add(g, cJSON_CreateBool(value));
    return 1;
}

static int on_null(void *ctx)
{
    Reading *g = ctx;
    if (g->in_rows) row_other(&g->rows);
    else add(g, cJSON_CreateNull());
    return 1;
}

static void take_row(void *ctx, Row *row)
{
    Reading *g = ctx;
    View v = g->rows.view;
    ViewSums *sums = &g->report->view[v];
    sums->rows++;
    for (u32 k = 0; k < COUNT_KINDS; k++) sums->n[k] += row->n[k];
    if (g->last.name && row_order(v, &g->last, row) > 0) g->sorted = false;
    row_free(&g->last);
    g->last = *row;
}

static void read_all(Reading *g)
{
    static const yajl_callbacks events = { .yajl_null = on_null, .yajl_boolean = on_bool, .yajl_number = on_number, .yajl_string = on_text, .yajl_start_map = on_map,
                                           .yajl_map_key = on_key, .yajl_end_map = on_end, .yajl_start_array = on_array, .yajl_end_array = on_end };
    u64 lines = 1;
    g->parser = parser_new(&events, g);
    while (file_feed(g->parser, g->file->fd, g->file->path, &g->offset, &lines)) {}
    yajl_free(g->parser);
    free(g->key);
}

/* ---- files -------------------------------------------------------------------------------------------------------- */
/* A pipe can be read once only: what it has goes to a file without a name. */
static int spooled(int fd, const char *path)
{
    char bytes[FEED_BYTES];
    FILE *f = tmpfile();
    ssize_t n;
    if (!f) die("%s: cannot keep what it has: %s", path, strerror(errno));
    while ((n = read(fd, bytes, sizeof bytes)) > 0) fwrite(bytes, 1, (size_t)n, f);
    if (n < 0) die("%s: cannot read: %s", path, strerror(errno));
    if (fflush(f)) die("%s: cannot keep what it has: %s", path, strerror(errno));
    close(fd);
    fd = dup(fileno(f));
    if (fd < 0) die("%s: cannot keep what it has: %s", path, strerror(errno));
    fclose(f);
    return fd;
}

static RowFile *file_open(const char *path)
{
    struct stat s;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &s)) die("%s: cannot read: %s", path, strerror(errno));
    if (S_ISDIR(s.st_mode)) die("%s: cannot read: %s", path, strerror(EISDIR));
    RowFile *f = xcalloc(1, sizeof *f);
    f->fd = S_ISREG(s.st_mode) ? fd : spooled(fd, path);
    f->path = xstrdup(path);
    return f;
}

void report_close(Report *r)
{
    if (!r->file) return;
    close(r->file->fd);
    free(r->file->path);
    free(r->file);
    r->file = NULL;
}

void report_load(Report *r)
{
    if (!r->file) return;
    for (View v = 0; v < VIEWS; v++) {
        RowReader in = rows_begin(r, v);
        for (const Row *x; (x = rows_next(&in));) {
            Row copy = *x;
            copy.name = xstrdup(x->name);
            copy.note = x->note ? xstrdup(x->note) : NULL, copy.method = x->method ? xstrdup(x->method) : NULL, copy.file = x->file ? xstrdup(x->file) : NULL;
            vec_push(&r->views[v], copy);
        }
        rows_end(&in);
    }
    report_close(r);
    report_finish(r);
}

/* Rows of levels that the core does not have count as 0: then order and sums may be others. */
static bool absent_counted(const Report *r)
{
    for (View v = 0; v < VIEWS; v++)
        for (u32 k = 0; k < COUNT_KINDS; k++)
            if (r->absent[k] && r->view[v].n[k]) return true;
    return false;
}

void report_read(Report *r, const char *path)
{
    *r = (Report){ .file = file_open(path) };
    Reading g = { .report = r, .file = r->file, .sorted = true };
    g.rows = (RowParser){ .path = r->file->path, .take = take_row, .ctx = &g };
    read_all(&g);
    if (strncmp(report_string(r, "schema"), "loam-report/", 12) || atoi(report_string(r, "schema") + 12) != 1)
        die("%s: no loam report: \"schema\" must be \"loam-report/1\"", path);
    report_check_head(path, r->head);
    report_finish(r);
    if (!g.sorted || absent_counted(r)) report_load(r);
}

/* ---- one view again -------------------------------------------------------------------------------------------------- */
typedef struct RowStream {
    const RowFile *file;
    yajl_handle parser;
    u64 offset;
    bool over;
    u32 depth;
    RowParser rows;
    Rows queue;          /* parsed, not yet asked for */
    size_t next;
} RowStream;

static int again_begin(RowStream *s, bool map)
{
    if (s->depth) row_begin(&s->rows, map);
    s->depth = 1; /* the first is the view's own array */
    return 1;
}
static int again_map(void *ctx) { return again_begin(ctx, true); }
static int again_array(void *ctx) { return again_begin(ctx, false); }
static int again_end(void *ctx)
{
    RowStream *s = ctx;
    s->over = !row_end(&s->rows);
    return !s->over;
}
static int again_key(void *ctx, const unsigned char *text, size_t n) { row_key(&((RowStream *)ctx)->rows, text, n); return 1; }
static int again_text(void *ctx, const unsigned char *text, size_t n) { row_text(&((RowStream *)ctx)->rows, text, n); return 1; }
static int again_number(void *ctx, const char *text, size_t n) { row_number(&((RowStream *)ctx)->rows, text, n); return 1; }
static int again_bool(void *ctx, int value) { (void)value; row_other(&((RowStream *)ctx)->rows); return 1; }
static int again_null(void *ctx) { row_other(&((RowStream *)ctx)->rows); return 1; }

static void queue_row(void *ctx, Row *row) { vec_push((Rows *)ctx, *row); }

static RowStream *stream_new(const RowFile *f, View v)
{
    static const yajl_callbacks events = { .yajl_null = again_null, .yajl_boolean = again_bool, .yajl_number = again_number, .yajl_string = again_text, .yajl_start_map = again_map,
                                           .yajl_map_key = again_key, .yajl_end_map = again_end, .yajl_start_array = again_array, .yajl_end_array = again_end };
    RowStream *s = xcalloc(1, sizeof *s);
    s->file = f;
    s->over = !f->start[v];
    s->offset = f->start[v];
    s->rows = (RowParser){ .path = f->path, .view = v, .take = queue_row, .ctx = &s->queue };
    s->parser = parser_new(&events, s);
    return s;
}

static const Row *stream_next(RowStream *s)
{
    u64 lines = 1;
    if (s->next < s->queue.len) row_free(&s->queue.data[s->next++]); /* the one before */
    if (s->next < s->queue.len) return &s->queue.data[s->next];
    s->next = 0;
    vec_clear(&s->queue);
    while (!s->over && !s->queue.len)
        if (!file_feed(s->parser, s->file->fd, s->file->path, &s->offset, &lines)) die("%s: changed while it was read", s->file->path);
    return s->queue.len ? &s->queue.data[0] : NULL;
}

RowReader rows_begin(const Report *r, View v)
{
    ASSERT(v < VIEWS);
    return (RowReader){ r, v, 0, r->file ? stream_new(r->file, v) : NULL };
}

const Row *rows_next(RowReader *in)
{
    const Rows *rows = &in->report->views[in->view];
    if (in->stream) return stream_next(in->stream);
    return in->next < rows->len ? &rows->data[in->next++] : NULL;
}

void rows_end(RowReader *in)
{
    RowStream *s = in->stream;
    if (!s) return;
    for (size_t i = s->next; i < s->queue.len; i++) row_free(&s->queue.data[i]);
    vec_free(&s->queue);
    row_free(&s->rows.row);
    yajl_free(s->parser);
    free(s);
    in->stream = NULL;
}
