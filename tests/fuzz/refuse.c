/* See refuse.h. */
#include "tests/fuzz/refuse.h"
#include "base/log.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static jmp_buf refused;
static bool expected; /* may the code die now? */
void __wrap_die(const char *fmt, ...) NORETURN PRINTF(1, 2);

void __wrap_die(const char *fmt, ...)
{
    char line[4000];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (!expected) panic("died: %s", line);
    if (!*line) panic("died without a word");
    longjmp(refused, 1);
}

bool fuzz_refuses(void (*f)(void *ctx), void *ctx)
{
    bool died = setjmp(refused);
    if (!died) {
        expected = true;
        f(ctx);
    }
    expected = false;
    return died;
}
