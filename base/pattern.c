/* See pattern.h. A match that takes too long, or runs out of memory, counts as none. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/pattern.h"
#include "base/log.h"
#include "base/vec.h"
#include <pcre2.h>
#include <string.h>

struct Pattern { pcre2_code *code; pcre2_match_data *data; };

Pattern *pattern_new(const char *option, const char *text, const char *example)
{
    int error;
    PCRE2_SIZE at;
    Pattern *p = xcalloc(1, sizeof *p);
    p->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &error, &at, NULL);
    if (!p->code) {
        char why[128];
        pcre2_get_error_message(error, (PCRE2_UCHAR *)why, sizeof why);
        die("%s=%s: no regular expression (character %zu: %s); a good one is '%s'", option, text, (size_t)at + 1, why, example);
    }
    p->data = pcre2_match_data_create_from_pattern(p->code, NULL);
    ASSERT(p->data);
    return p;
}

bool pattern_matches(const Pattern *p, const char *text)
{
    return pcre2_match(p->code, (PCRE2_SPTR)text, strlen(text), 0, PCRE2_NO_UTF_CHECK, p->data, NULL) >= 0;
}
