/* Tuning of the core while the program runs, by trial: see tune.c. */
#ifndef JIT_TUNE_H
#define JIT_TUNE_H
#include "hwsim/model.h"

void tune_start(HwModel *model);
void tune_safepoint(void);
void tune_tell(void); /* on stderr, what was tried */

#endif
