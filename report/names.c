/* Names for people: see names.h. printf takes ten times as long as what is done here, and malloc as long as all the rest of it. */
#include "report/names.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "report/tally.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PIECE_BYTES = 1 << 20 };
typedef struct Piece { char *begin, *end; /* of its names */ } Piece;

static struct {
    Vec(Piece) full;
    char *begin, *at, *end; /* the piece that names are put into */
    char *name;             /* the one being made; it ends at `at` */
    Map classes, methods;   /* Class -> name; Method -> place in `of_method` */
    Vec(MethodNames) of_method;
} N;

/* Room for n bytes more of the current name, which moves if it has to. */
static void make_room(size_t n)
{
    if (LIKELY((size_t)(N.end - N.at) >= n)) return;
    size_t begun = (size_t)(N.at - N.name), bytes = n + begun < PIECE_BYTES ? PIECE_BYTES : n + begun;
    char *piece = large_memory(bytes);
    if (begun) memcpy(piece, N.name, begun);
    if (N.begin) vec_push(&N.full, ((Piece){ N.begin, N.name }));
    N.begin = N.name = piece, N.at = piece + begun, N.end = piece + bytes;
}

static void add_bytes(const char *s, size_t n)
{
    make_room(n);
    memcpy(N.at, s, n);
    N.at += n;
}

static void add(const char *s) { add_bytes(s, strlen(s)); }

static char *finish(void)
{
    add_bytes("", 1);
    char *name = N.name;
    N.name = N.at;
    return name;
}

char *name_of(const char *first, ...)
{
    va_list ap;
    va_start(ap, first);
    for (const char *s = first; s; s = va_arg(ap, const char *)) add(s);
    va_end(ap);
    return finish();
}

char *name_printed(const char *format, ...)
{
    va_list ap, again;
    va_start(ap, format);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, format, ap);
    ASSERT(n >= 0);
    make_room((size_t)n + 1);
    vsnprintf(N.at, (size_t)n + 1, format, again);
    N.at += n;
    va_end(again);
    va_end(ap);
    return finish();
}

char *name_of_class(const Class *c)
{
    u64 *known = map_put(&N.classes, (u64)c);
    if (!*known) {
        char *name = class_external_name(c);
        *known = (u64)name_of(name, NULL);
        free(name);
    }
    return (char *)*known;
}

char *name_of_member(const Class *c, const char *separator, const char *member) { return name_of(name_of_class(c), separator, member, NULL); }

static char *source_of(const Class *c)
{
    if (!c->source_file) return NULL;
    const char *slash = strrchr(c->name->bytes, '/');
    if (slash) add_bytes(c->name->bytes, (size_t)(slash + 1 - c->name->bytes));
    return name_of(c->source_file->bytes, NULL);
}

const MethodNames *names_of_method(const Method *m)
{
    static const Method *last;
    static size_t place;
    if (m == last) return &N.of_method.data[place];
    u64 *known = map_put(&N.methods, (u64)m);
    if (!*known) {
        char *owner = name_of_class(m->owner), *full = name_of(owner, ".", m->name->bytes, m->desc->bytes, NULL);
        vec_push(&N.of_method, ((MethodNames){ full, name_of(owner, ".", m->name->bytes, "(", NULL), source_of(m->owner) }));
        *known = N.of_method.len;
    }
    last = m;
    return &N.of_method.data[place = *known - 1];
}

static void add_number(u32 n)
{
    char digits[10], *d = digits + sizeof digits;
    do *--d = (char)('0' + n % 10), n /= 10;
    while (n);
    add_bytes(d, (size_t)(digits + sizeof digits - d));
}

char *name_of_place(const Method *m, i32 line, const char *behind)
{
    const Symbol *file = m->owner->source_file;
    const char *call = names_of_method(m)->call;
    add(call);
    add(line == -2 ? "Native Method" : file ? file->bytes : "Unknown Source");
    if (line >= 0 && file) add_bytes(":", 1), add_number((u32)line);
    return name_of(")", behind, NULL);
}

void standard_utf8(char *text)
{
    u8 *to = (u8 *)text;
    for (const u8 *s = to; *s;) {
        bool pair = s[0] == 0xed && (s[1] & 0xf0) == 0xa0 && (s[2] & 0xc0) == 0x80 && s[3] == 0xed && (s[4] & 0xf0) == 0xb0 && (s[5] & 0xc0) == 0x80;
        if (pair) {
            u32 c = 0x10000 + ((u32)(s[1] & 15) << 16 | (u32)(s[2] & 63) << 10 | (u32)(s[4] & 15) << 6 | (s[5] & 63));
            *to++ = (u8)(0xf0 | c >> 18), *to++ = (u8)(0x80 | (c >> 12 & 63)), *to++ = (u8)(0x80 | (c >> 6 & 63)), *to++ = (u8)(0x80 | (c & 63));
            s += 6;
        } else {
            *to++ = *s++;
        }
        if (!*s) *to = 0;
    }
}

void names_standard(void)
{
    if (N.begin) vec_push(&N.full, ((Piece){ N.begin, N.name }));
    for (size_t i = 0; i < N.full.len; i++) {
        const Piece *p = &N.full.data[i];
        if (p->begin == p->end || !memchr(p->begin, 0xed, (size_t)(p->end - p->begin))) continue; /* what every surrogate begins with */
        for (char *s = p->begin, *next; s < p->end; s = next) next = s + strlen(s) + 1, standard_utf8(s);
    }
    N.begin = N.at = N.end = N.name = NULL;
}
