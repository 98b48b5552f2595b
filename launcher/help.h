/* The texts of --help and -X. */
#ifndef LAUNCHER_HELP_H
#define LAUNCHER_HELP_H
#include <stdio.h>

void help_write(FILE *f);
void help_write_x(FILE *f); /* the extra options of `java` that loam takes */

#endif
