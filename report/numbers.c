/* Numbers and sentences as people read them: see numbers.h. */
#include "report/numbers.h"
#include "base/log.h"
#include <string.h>

enum { BUFFERS = 16, TEXT_WIDTH = 116 };
static char buffers[BUFFERS][40];
static int next;

const char *grouped(double n)
{
    char digits[40], *out = buffers[next++ % BUFFERS], *o = out;
    int len = snprintf(digits, sizeof digits, "%.0f", n < 0 ? -n : n);
    ASSERT(len > 0);
    if (n < 0) *o++ = '-';
    for (int i = 0; i < len && i < 24; i++) {
        if (i && (len - i) % 3 == 0) *o++ = ',';
        *o++ = digits[i];
    }
    *o = 0;
    return out;
}

const char *shortened(double n)
{
    static const struct { double unit; const char *name; } units[] = { { 1e9, " G" }, { 1e6, " M" }, { 1e3, " k" } };
    char *out = buffers[next++ % BUFFERS];
    double size = n < 0 ? -n : n;
    for (u32 i = 0; i < NELEM(units); i++) {
        if (size < units[i].unit) continue;
        double v = n / units[i].unit, a = v < 0 ? -v : v;
        snprintf(out, sizeof buffers[0], a < 9.995 ? "%.2f%s" : a < 99.95 ? "%.1f%s" : "%.0f%s", v, units[i].name);
        return out;
    }
    snprintf(out, sizeof buffers[0], "%.0f", n);
    return out;
}

static bool begins_character(char c) { return ((u8)c & 0xc0) != 0x80; }

u32 characters(const char *text)
{
    u32 n = 0;
    for (; *text; text++) n += begins_character(*text);
    return n;
}

/* The text behind n characters, which it must have. */
static const char *behind(const char *text, u32 n)
{
    while (n--) {
        ASSERT(*text);
        do text++;
        while (!begins_character(*text));
    }
    return text;
}

void fitted(FILE *f, const char *text, u32 width)
{
    ASSERT(width > 0);
    u32 n = characters(text);
    if (n > width) fprintf(f, "…%s", behind(text, n - width + 1));
    else fprintf(f, "%s%*s", text, (int)(width - n), "");
}

void wrapped(FILE *f, const char *text)
{
    while (strlen(text) > TEXT_WIDTH) {
        size_t n = TEXT_WIDTH;
        while (n && text[n] != ' ') n--;
        if (!n) break;
        fprintf(f, "%.*s\n  ", (int)n, text);
        text += n + 1;
    }
    fprintf(f, "%s\n", text);
}
