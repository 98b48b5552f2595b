/* Counters as a report tells them: from where observation began. */
#ifndef REPORT_BASELINE_H
#define REPORT_BASELINE_H
#include "hwsim/model.h"

/* What the model (of one core) has counted until now is not told; without this all is. */
void baseline_take(const HwModel *m);
u64 told_counter(const HwModel *m, HwCounter c); /* of this core */
u64 told_total(const HwModel *m, HwCounter c);   /* hw_total */
u64 told_fw_cycles(const HwModel *m, int service);
u64 told_fw_instructions(const HwModel *m, int service);

#endif
