/* Two reports compared: what got better and worse. */
#ifndef REPORT_DIFF_H
#define REPORT_DIFF_H
#include "report/report.h"

typedef struct ReportPair { const Report *before, *after; bool html; } ReportPair;
/* `what` is a ReportPair. */
void report_diff(const void *what, FILE *f);

#endif
