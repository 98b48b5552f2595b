/* What loam does besides running programs: `loam report`, `loam diff`, `loam cores`, `loam explain`. */
#ifndef LAUNCHER_COMMANDS_H
#define LAUNCHER_COMMANDS_H
#include "base/types.h"

/* If argv[1] names a command, runs it and returns true with its exit code. A class of such a name is run with an option before it. */
bool command_run(int argc, char **argv, int *code);

#endif
