/* Writing pages that need nothing else: the frame, a table's rows, and JSON that is safe in it. A page is html_begin, the rows of the tables that
   it shows at once, html_data, the JSON, html_script, the rows of other tables, html_end: a browser runs the script before it reads on. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H
#include "report/report.h"

enum { HTML_ROWS = 20000, HTML_CLASSES = 50000 }; /* of a table, and of that of classes; the others are one row. All are in the other formats */

void html_begin(FILE *f, const char *title);
/* Rows: a line each, cells separated by tabs; the page takes them apart when it needs them (table.js). Of many rows all but the first are packed. */
typedef struct HtmlRows { FILE *page, *packed; const char *key; size_t rows, written; } HtmlRows;
HtmlRows html_rows_begin(FILE *f, const char *key, size_t rows);
FILE *html_row(HtmlRows *h);                 /* where the next one goes */
void html_cell(FILE *f, const char *text);   /* without a separator; NULL is "" */
void html_rows_end(HtmlRows *h);
void html_data(FILE *f);                     /* here the page's JSON begins */
void html_item(FILE *f, const cJSON *item);
void html_string(FILE *f, const char *s);    /* with its quotes; NULL is "" */
void html_script(FILE *f);                   /* here it ends; the page's script */
void html_end(FILE *f);

#endif
