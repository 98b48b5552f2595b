/* Rows from a JSON parser's events: see rowparse.h. What rows do not have by the schema is skipped, with all that is in it. */
#include "report/rowparse.h"
#include "base/log.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* Where a value goes: a count of so many, or one of these. */
enum { SLOT_NAME = COUNT_KINDS, SLOT_NOTE, SLOT_METHOD, SLOT_FILE, SLOT_LINE, SLOT_MISSES, SLOT_NONE };
static const struct { const char *key; u32 slot; } others[] = {
    { "name", SLOT_NAME }, { "misses", SLOT_MISSES }, { "file", SLOT_FILE }, { "line", SLOT_LINE }, { "method", SLOT_METHOD }, { "note", SLOT_NOTE },
};

char *text_copied(const u8 *text, size_t n)
{
    char *s = xmalloc(n + 1);
    memcpy(s, text, n);
    s[n] = 0;
    return s;
}

double number_read(const char *text, size_t n)
{
    char some[64], *all = n < sizeof some ? some : xmalloc(n + 1);
    memcpy(all, text, n);
    all[n] = 0;
    double value = strtod(all, NULL);
    if (all != some) free(all);
    return value;
}

void row_free(Row *r) { free(r->name), free(r->note), free(r->file), free(r->method); }

static bool is(const char *key, const u8 *text, size_t n) { return !strncmp(key, (const char *)text, n) && !key[n]; }

static u32 slot_of(const RowParser *p, const u8 *key, size_t n)
{
    if (p->in_misses) {
        for (u32 k = 0; k < MISS_KINDS; k++)
            if (is(count_keys[k], key, n)) return k;
        return SLOT_NONE;
    }
    for (u32 i = 0; i < NELEM(others); i++)
        if (is(others[i].key, key, n)) return others[i].slot;
    for (u32 k = MISS_KINDS; k < COUNT_KINDS; k++)
        if (is(count_keys[k], key, n)) return k;
    return SLOT_NONE;
}

static char **string_of(Row *r, u32 slot)
{
    return slot == SLOT_NAME ? &r->name : slot == SLOT_NOTE ? &r->note : slot == SLOT_METHOD ? &r->method : slot == SLOT_FILE ? &r->file : NULL;
}

static bool counts(u32 slot) { return slot < COUNT_KINDS || slot == SLOT_LINE; }

static void nameless(const RowParser *p) { die("%s: damaged report: a row of \"%s\" has no name", p->path, view_info[p->view].key); }

static void no_number(const RowParser *p)
{
    die("%s: damaged report: \"%s\" must be a number from 0 to 2^53", p->path, p->slot < COUNT_KINDS ? count_keys[p->slot] : "line");
}

/* A value that is no number, in a row or between rows. */
static void other_value(RowParser *p)
{
    if (!p->depth) nameless(p);
    if (counts(p->slot)) no_number(p);
    p->slot = SLOT_NONE;
}

void row_begin(RowParser *p, bool map)
{
    if (!p->depth && !map) nameless(p);
    if (!p->depth) p->slot = SLOT_NONE;
    if (counts(p->slot)) no_number(p);
    p->in_misses = map && p->depth == 1 && p->slot == SLOT_MISSES && p->view != VIEW_BRANCH; /* branches have none */
    p->slot = SLOT_NONE;
    p->depth++;
}

bool row_end(RowParser *p)
{
    if (!p->depth) return false;
    p->in_misses = false;
    p->slot = SLOT_NONE;
    if (--p->depth) return true;
    if (!p->row.name) nameless(p);
    Row whole = p->row;
    p->row = (Row){ .name = NULL };
    p->take(p->ctx, &whole);
    return true;
}

void row_key(RowParser *p, const u8 *key, size_t n)
{
    ASSERT(p->depth);
    p->slot = p->depth == 1 || p->in_misses ? slot_of(p, key, n) : SLOT_NONE;
}

void row_text(RowParser *p, const u8 *text, size_t n)
{
    char **to = string_of(&p->row, p->slot);
    if (!p->depth || !to) {
        other_value(p);
        return;
    }
    free(*to);
    *to = text_copied(text, n);
    p->slot = SLOT_NONE;
}

void row_number(RowParser *p, const char *text, size_t n)
{
    enum { EXACT_DIGITS = 15 };
    u64 value = 0;
    size_t digits = 0;
    if (!p->depth) nameless(p);
    if (!counts(p->slot)) return;
    for (; digits < n && digits <= EXACT_DIGITS && text[digits] >= '0' && text[digits] <= '9'; digits++) value = 10 * value + (u64)(text[digits] - '0');
    if (digits < n || n > EXACT_DIGITS) {
        double all = number_read(text, n);
        if (!(all >= 0 && all < 9007199254740992.0)) no_number(p);
        value = (u64)all;
    }
    if (p->slot == SLOT_LINE) p->row.line = (u32)value;
    else p->row.n[p->slot] = value;
    p->slot = SLOT_NONE;
}

void row_other(RowParser *p) { other_value(p); }

/* ---- the parser ------------------------------------------------------------------------------------------------ */
/* Names may be of characters that Java's class files write in their own way: they are not checked. */
yajl_handle parser_new(const yajl_callbacks *callbacks, void *ctx)
{
    yajl_handle parser = yajl_alloc(callbacks, NULL, ctx);
    if (!parser) panic("no memory for a report");
    yajl_config(parser, yajl_dont_validate_strings, 1);
    return parser;
}

static void damaged(const char *path, u64 line)
{
    die("%s: not a report in JSON: damaged near line %llu (write one with --report=FILE.json)", path, (unsigned long long)line);
}

bool file_feed(yajl_handle parser, int fd, const char *path, u64 *offset, u64 *lines)
{
    u8 bytes[FEED_BYTES];
    ssize_t n = pread(fd, bytes, sizeof bytes, (off_t)*offset);
    if (n < 0) die("%s: cannot read: %s", path, strerror(errno));
    yajl_status status = n ? yajl_parse(parser, bytes, (size_t)n) : yajl_complete_parse(parser);
    size_t good = status == yajl_status_error ? yajl_get_bytes_consumed(parser) : (size_t)n;
    for (const u8 *at = bytes; good <= (size_t)n && (at = memchr(at, '\n', good - (size_t)(at - bytes))); at++) ++*lines;
    if (status == yajl_status_error) damaged(path, *lines);
    *offset += (u64)n;
    return n > 0;
}
