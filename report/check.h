/* Whether a report that was read has the form that its readers rely on (schema.json says more). */
#ifndef REPORT_CHECK_H
#define REPORT_CHECK_H
#include <cjson/cJSON.h>

/* Dies with one line that names `path`, the place in the document, and what should be there. */
void report_check_head(const char *path, const cJSON *head);

#endif
