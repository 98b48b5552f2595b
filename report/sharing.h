/* Several cores: what each counted, and which lines and fields they took from each other. Nothing with one core. */
#ifndef REPORT_SHARING_H
#define REPORT_SHARING_H
#include "hwsim/observer.h"
#include "report/report.h"

/* The observer's, see hwsim/observer.h. */
u32 sharing_event(void *ctx, const HwSharing *e);
void sharing_after_all(void *ctx, u32 number);

/* For the head: "cores" and "sharing"; NULL with one core. */
cJSON *sharing_cores(HwModel *model);
cJSON *sharing_json(const HwModel *model);
/* For the text report. */
void sharing_text(const Report *r, FILE *f);

#endif
