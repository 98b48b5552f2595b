/* Rows of a view from the events of a JSON parser (libyajl), one at a time: only the row that is being read is held. */
#ifndef REPORT_ROWPARSE_H
#define REPORT_ROWPARSE_H
#include "report/report.h"
#include <yajl/yajl_parse.h>

typedef struct RowParser {
    const char *path;     /* of the file, for messages */
    View view;
    u32 depth;            /* containers open inside the view's array: 0 between rows */
    bool in_misses;
    u32 slot;             /* where the next value goes; see rowparse.c */
    Row row;
    void (*take)(void *ctx, Row *row); /* a row that is complete; it owns the strings from then on */
    void *ctx;
} RowParser;

/* What the parser said behind the view's `[`. Each dies with one line if there is anything but rows. */
void row_begin(RowParser *p, bool map);   /* an object or an array begins, */
bool row_end(RowParser *p);               /* or ends; false: it was the view's own array */
void row_key(RowParser *p, const u8 *key, size_t n);
void row_text(RowParser *p, const u8 *text, size_t n);
void row_number(RowParser *p, const char *text, size_t n);
void row_other(RowParser *p);             /* null, true, false */

void row_free(Row *r);                    /* its strings */
char *text_copied(const u8 *text, size_t n); /* malloc'ed, with a 0 behind it */
double number_read(const char *text, size_t n);

/* The next events of a file: feeds the parser what lies at *offset and advances. What a callback cancels is no error. False: the file has ended. */
bool file_feed(yajl_handle parser, int fd, const char *path, u64 *offset, u64 *lines);
yajl_handle parser_new(const yajl_callbacks *callbacks, void *ctx);
enum { FEED_BYTES = 1 << 16 };

#endif
