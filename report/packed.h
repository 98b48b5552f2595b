/* Text that is packed on its way to a page: deflated (zlib's format) and in base 64, which browsers take apart themselves (DecompressionStream). */
#ifndef REPORT_PACKED_H
#define REPORT_PACKED_H
#include <stdio.h>

/* What is written to the file returned goes to `to`, packed; all of it when that file is closed, which leaves `to` open. */
FILE *packed_open(FILE *to);

#endif
