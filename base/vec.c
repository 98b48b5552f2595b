/* Growable arrays and allocation that cannot fail: see vec.h. */
#define _GNU_SOURCE
#include "base/vec.h"
#include "base/log.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void *checked(void *p, size_t n)
{
    if (!p && n) die("out of host memory (%zu bytes asked for)", n);
    return p;
}

void *xmalloc(size_t n) { return checked(malloc(n), n); }
void *xcalloc(size_t n, size_t size) { return checked(calloc(n, size), n * size); }
void *xrealloc(void *p, size_t n) { return checked(realloc(p, n), n); }
char *xstrdup(const char *s) { return checked(strdup(s), strlen(s)); }

char *xasprintf(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *s = NULL;
    if (vasprintf(&s, fmt, ap) < 0) die("out of host memory");
    va_end(ap);
    return s;
}

void vec_grow(void **data, size_t *cap, size_t need, size_t size)
{
    size_t c = *cap ? *cap : 8;
    while (c < need) c *= 2;
    *data = xrealloc(*data, c * size);
    *cap = c;
}
