/* Fatal errors and log channels: see log.h. */
#include "base/log.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

u32 log_mask;
void (*die_hook)(void);

#define C(n) #n,
static const char *const channel_names[] = { LOG_CHANNELS(C) };
#undef C

/* One line, whatever bytes of a file or an argument the message quotes. */
static void line(const char *prefix, const char *fmt, va_list ap)
{
    char buf[4096];
    int n = snprintf(buf, sizeof buf, "%s", prefix);
    n += vsnprintf(buf + n, sizeof buf - (size_t)n - 1, fmt, ap);
    if (n > (int)sizeof buf - 2) n = sizeof buf - 2;
    for (int i = 0; i < n; i++)
        if ((u8)buf[i] < ' ' || buf[i] == 127) buf[i] = '?';
    buf[n] = '\n';
    fwrite(buf, 1, (size_t)n + 1, stderr);
}

void die(const char *fmt, ...)
{
    if (die_hook) die_hook();
    fflush(stdout);
    va_list ap;
    va_start(ap, fmt);
    line("loam: ", fmt, ap);
    va_end(ap);
    _Exit(1);
}

void panic_at(const char *file, int at, const char *fmt, ...)
{
    char prefix[512];
    snprintf(prefix, sizeof prefix, "loam: internal error: %s:%d: ", file, at);
    va_list ap;
    va_start(ap, fmt);
    line(prefix, fmt, ap);
    va_end(ap);
    abort();
}

void warn(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    line("loam: warning: ", fmt, ap);
    va_end(ap);
}

const char *log_enable(const char *list)
{
    static char unknown[64];
    while (*list) {
        size_t n = strcspn(list, ",");
        bool found = n == 3 && !memcmp(list, "all", 3);
        if (found) log_mask = ~0u;
        for (u32 i = 0; i < LOG_COUNT && !found; i++)
            if (strlen(channel_names[i]) == n && !memcmp(list, channel_names[i], n)) log_mask |= 1u << i, found = true;
        if (!found) {
            snprintf(unknown, sizeof unknown, "%.*s", (int)n, list);
            return unknown;
        }
        list += n;
        if (*list) list++;
    }
    return NULL;
}

void log_write(int channel, const char *fmt, ...)
{
    char prefix[32];
    snprintf(prefix, sizeof prefix, "[%s] ", channel_names[channel]);
    va_list ap;
    va_start(ap, fmt);
    line(prefix, fmt, ap);
    va_end(ap);
}
