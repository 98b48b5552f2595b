/* Numbers and sentences as people read them: see numbers.h. */
#include "report/numbers.h"
#include "base/log.h"
#include "base/vec.h"
#include <ctype.h>
#include <stdlib.h>
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

/* "List.add(Ljava/lang/Object;)Z" -> "List.add(…)". */
static void drop_descriptor(char *name)
{
    static const char dropped[] = "(…)";
    char *open = strchr(name, '('), *close = strrchr(name, ')');
    if (open && close[1] && !strchr(name, ' ') && strlen(open) > strlen(dropped)) strcpy(open, dropped);
}

/* The first package of several letters becomes one: "java.lang.Long by java.util.List" -> "j.lang.Long by java.util.List". False: there is none. */
static bool shorten_package(char *name)
{
    for (char *s = name; *s;) {
        char *end = s + strcspn(s, ".( ,");
        if (*end != '.' || !islower((u8)*s)) { /* a class: on to the next word */
            s = end + strcspn(end, " ,");
            s += strspn(s, " ,");
        } else if (end - s == 1) {
            s = end + 1;
        } else {
            memmove(s + 1, end, strlen(end) + 1);
            return true;
        }
    }
    return false;
}

/* "List.add(List.java:7)" -> "List.add(:7)". */
static void drop_file(char *name)
{
    char *open = strrchr(name, '('), *line = strrchr(name, ':');
    if (open && line && line > open) memmove(open + 1, line, strlen(line) + 1);
}

void fitted(FILE *f, const char *text, u32 width)
{
    ASSERT(width > 0);
    char *name = xstrdup(text);
    if (characters(name) > width) drop_descriptor(name);
    while (characters(name) > width && shorten_package(name)) continue;
    if (characters(name) > width) drop_file(name);
    u32 n = characters(name);
    if (n > width) fprintf(f, "…%s", behind(name, n - width + 1));
    else fprintf(f, "%s%*s", name, (int)(width - n), "");
    free(name);
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
