/* Regular expressions (PCRE2's) that select things by name. */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H
#include "base/types.h"

typedef struct Pattern Pattern;

/* Dies, naming `option` and the place of the error, if `text` is no regular expression; `example` is a good one, for the message. */
Pattern *pattern_new(const char *option, const char *text, const char *example);
/* Does it match somewhere in `text`? */
bool pattern_matches(const Pattern *p, const char *text);

#endif
