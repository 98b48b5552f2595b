/* Numbers as people read them. */
#ifndef REPORT_NUMBERS_H
#define REPORT_NUMBERS_H
#include "base/types.h"

/* 1234567 -> "1,234,567". A few buffers in turn, so that several fit one printf. */
const char *grouped(double n);
/* 1234567 -> "1.23 M"; likewise. */
const char *shortened(double n);
static inline double percent(double part, double whole) { return whole > 0 ? 100.0 * part / whole : 0; }

#endif
