/* Writing pages: the frame around a page's JSON, and JSON that is safe in it. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H
#include "report/report.h"

void html_begin(FILE *f, const char *title); /* up to where the JSON begins */
void html_end(FILE *f);
void html_item(FILE *f, const cJSON *item);
void html_string(FILE *f, const char *s);    /* with its quotes; NULL is "" */

#endif
