/* Numbers and sentences as people read them. */
#ifndef REPORT_NUMBERS_H
#define REPORT_NUMBERS_H
#include "base/types.h"
#include <stdio.h>

/* 1234567 -> "1,234,567". A few buffers in turn, so that several fit one printf. */
const char *grouped(double n);
/* 1234567 -> "1.23 M"; likewise. */
const char *shortened(double n);
static inline double percent(double part, double whole) { return whole > 0 ? 100.0 * part / whole : 0; }
/* A name in a column of so many characters (of UTF-8). One that is longer loses what tells least: a method's descriptor, letters of packages, the source
   file, its beginning. */
void fitted(FILE *f, const char *text, u32 width);
u32 characters(const char *text);
/* A line of text, broken to a terminal's width; what is continued is indented. */
void wrapped(FILE *f, const char *text);

#endif
