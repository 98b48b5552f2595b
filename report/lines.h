/* How much of each line that is fetched into L1D is used (--detail=lines): bytes touched between one demand miss of a line and the next. */
#ifndef REPORT_LINES_H
#define REPORT_LINES_H
#include "base/types.h"
#include <cjson/cJSON.h>

/* Begins; lines have so many bytes, at most 128. */
void lines_start(u32 line_bytes);
void lines_fetched(u64 addr, u32 target);  /* a demand miss; `target`: the class or place, as in observe.h */
void lines_used(u64 addr, u32 bytes);      /* any access, within one line */
void lines_pass(void);                     /* a layout pass was made */
void lines_end(void);
/* {"line_bytes", "by_class": [{"name", "fetched", "bytes_used"}]}, or NULL: it was not asked for. If there was a layout pass, rows have the same
   two numbers as "before" the first one (of lines not yet fetched again: what was used so far) and "after" the last (of lines fetched since). */
cJSON *lines_json(void);

#endif
