/* HotSpot's -XX flags that mean nothing to loam: taken or refused as `java` does it. */
#ifndef LAUNCHER_HOTSPOT_FLAGS_H
#define LAUNCHER_HOTSPOT_FLAGS_H
#include "base/types.h"

/* `flag` is what follows -XX:. NULL: taken. Otherwise what is to be printed before the program ends, malloc'ed. Warnings of deprecated flags go to
   stderr. `lenient`: -XX:+IgnoreUnrecognizedVMOptions. */
char *hotspot_flag(const char *flag, bool lenient);

#endif
