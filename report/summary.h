/* What the numbers say, in a few sentences. */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H
#include "report/report.h"

/* An array of strings, the most important first. */
cJSON *summary_make(const Report *r);

#endif
