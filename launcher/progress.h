/* One line on the terminal that tells how a long simulated run is getting on. */
#ifndef LAUNCHER_PROGRESS_H
#define LAUNCHER_PROGRESS_H
#include "hwsim/model.h"

/* Begins; nothing is ever shown if stderr is no terminal. The model may be NULL. */
void progress_start(const HwModel *model);
bool progress_wanted(void);       /* stderr is a terminal */
void progress_tick(void);         /* often; looks at the host's clock now and then */
void progress_end(void);          /* takes the line away */

#endif
