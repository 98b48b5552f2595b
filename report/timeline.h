/* Counters over the run, in at most a few hundred intervals of equally many instructions, and when collections, layout passes and
   compilations happened. */
#ifndef REPORT_TIMELINE_H
#define REPORT_TIMELINE_H
#include "hwsim/model.h"
#include <cjson/cJSON.h>

void timeline_start(HwModel *model);
void timeline_tick(void);            /* now and then: intervals end here */
bool timeline_due(u64 instructions); /* does one end at a tick then */
void timeline_service(u8 service);   /* firmware has just missed */
void timeline_reconfigured(void *ctx); /* an HwObserver's */
void timeline_end(void);
/* {"columns": [...], "rows": [[...], ...], "marks": [{"at", "kind"}]}: a row per interval, its instructions cumulative, the rest of that interval. */
cJSON *timeline_json(void);

#endif
