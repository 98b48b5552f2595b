/* Where the layers meet: builds the simulated core that the options ask for and installs the callbacks through which the VM,
   the layout optimizer and the reports reach each other. */
#ifndef LAUNCHER_BRIDGE_H
#define LAUNCHER_BRIDGE_H
#include "launcher/options.h"

/* Before boot: reads and checks the core description (exits with a clear line on errors), checks that each report can be written. */
void bridge_prepare(const Options *o);
/* Installs the VM's hooks; with a core, everything runs on it from main (or from boot) on. */
void bridge_install(const Options *o);

#endif
