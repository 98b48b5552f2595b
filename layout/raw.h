/* Raw samples of loads, for runs without a core: the host's own (`host`), or those of a file. */
#ifndef LAYOUT_RAW_H
#define LAYOUT_RAW_H
#include "base/types.h"
#include <stdio.h>

/* pc: of RV64 code, or the address of the bytecode that was interpreted; misses: that the sample stands for; cycle: when it was taken. */
typedef struct RawSample { u64 pc, addr, latency, misses, cycle; } RawSample;
typedef struct RawSource RawSource;

/* `host`, or a file's name. NULL: there are no samples; *wrong says why, malloc'ed. */
RawSource *raw_open(const char *from, char **wrong);
/* Those that have come since the last time, at most `max`. */
u32 raw_read(RawSource *s, RawSample *out, u32 max);
/* The clock of the samples that have been read: cycles. */
u64 raw_cycle(const RawSource *s);

/* Files are text: a first line that says what they are, then a sample a line: pc, address, latency, misses, cycle. */
void raw_write_head(FILE *f);
void raw_write(FILE *f, const RawSample *s);
/* False: the line is none. */
bool raw_parse(const char *line, RawSample *out);

/* Samples are kept for --samples-out (layout_record_samples); this one too. */
bool raw_recording(void);
void raw_record(RawSample s);

#endif
