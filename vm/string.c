/* Java strings: making them from modified UTF-8 and UTF-16 (compact: Latin-1 bytes whenever every char fits, as String.equals relies
   on), reading them back, and the weak table of interned ones. */
#include "vm/vm.h"
#include "base/log.h"
#include "base/vec.h"
#include <string.h>

enum { LATIN1 = 0, UTF16 = 1 };

/* ---- Decoding ------------------------------------------------------------------------------------------------------- */

/* One code unit (or, for four-byte UTF-8 from the platform, a pair in *low) at p; returns the bytes used. Malformed bytes
   become U+FFFD, one each. */
static u32 decode(const u8 *p, const u8 *end, u16 *unit, u16 *low)
{
    u32 left = (u32)(end - p), b = p[0];
    *low = 0;
    *unit = (u16)b;
    if (b < 0x80) return 1;
    if ((b & 0xe0) == 0xc0 && left >= 2 && (p[1] & 0xc0) == 0x80) {
        *unit = (u16)((b & 0x1f) << 6 | (p[1] & 0x3f));
        return 2;
    }
    if ((b & 0xf0) == 0xe0 && left >= 3 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80) {
        *unit = (u16)((b & 0xf) << 12 | (p[1] & 0x3f) << 6 | (p[2] & 0x3f));
        return 3;
    }
    if ((b & 0xf8) == 0xf0 && left >= 4 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80 && (p[3] & 0xc0) == 0x80) {
        u32 c = ((b & 7) << 18 | (p[1] & 0x3f) << 12 | (p[2] & 0x3f) << 6 | (p[3] & 0x3f)) - 0x10000;
        *unit = (u16)(0xd800 + (c >> 10 & 0x3ff));
        *low = (u16)(0xdc00 + (c & 0x3ff));
        return 4;
    }
    *unit = 0xfffd;
    return 1;
}

/* The UTF-16 of n bytes, into `out` (room for n units). */
static size_t to_utf16(const char *s, size_t n, u16 *out)
{
    const u8 *p = (const u8 *)s, *end = p + n;
    size_t k = 0;
    while (p < end) {
        u16 low;
        p += decode(p, end, &out[k++], &low);
        if (low) out[k++] = low;
    }
    return k;
}

/* ---- Making -------------------------------------------------------------------------------------------------------------- */

static bool fits_latin1(const u16 *chars, size_t n)
{
    u16 all = 0;
    for (size_t i = 0; i < n; i++) all |= chars[i];
    return all <= 0xff;
}

/* A String around fresh storage for n chars; *bytes: where they go. */
static Object *blank(Thread *t, size_t n, u8 coder, u8 **bytes)
{
    if (n > (size_t)(INT32_MAX >> coder)) {
        throw_oom(t, "Requested array size exceeds VM limit");
        return NULL;
    }
    Object *value = array_new_prim(t, T_BYTE, (i32)(n << coder));
    Object *s = value ? object_new(t, wk.String) : NULL;
    if (!s) return NULL;
    store_ref(s, off.String_value, value);
    FIELD(s, u8, off.String_coder) = coder;
    *bytes = (u8 *)byte_elems(value);
    return s;
}

Object *string_new_utf16(Thread *t, const u16 *chars, size_t n)
{
    u8 coder = fits_latin1(chars, n) ? LATIN1 : UTF16, *bytes;
    Object *s = blank(t, n, coder, &bytes);
    if (!s) return NULL;
    if (coder == UTF16) memcpy(bytes, chars, n * 2);
    else
        for (size_t i = 0; i < n; i++) bytes[i] = (u8)chars[i];
    return s;
}

static bool is_ascii(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((u8)s[i] >= 0x80) return false;
    return true;
}

Object *string_new_n(Thread *t, const char *utf8, size_t n)
{
    if (is_ascii(utf8, n)) {
        u8 *bytes;
        Object *s = blank(t, n, LATIN1, &bytes);
        if (s) memcpy(bytes, utf8, n);
        return s;
    }
    u16 *chars = xmalloc(n * 2);
    Object *s = string_new_utf16(t, chars, to_utf16(utf8, n, chars));
    free(chars);
    return s;
}

Object *string_new(Thread *t, const char *utf8) { return string_new_n(t, utf8, strlen(utf8)); }
Object *string_of_symbol(Thread *t, const Symbol *s) { return string_new_n(t, s->bytes, s->length); }

/* ---- Reading ---------------------------------------------------------------------------------------------------------------- */

static Object *value_of(const Object *s) { return load_ref(s, off.String_value); }
static u8 coder_of(const Object *s) { return FIELD(s, u8, off.String_coder); }

u32 string_length(const Object *s) { return array_length(value_of(s)) >> coder_of(s); }

/* Not through value_of for every char: callers loop. */
typedef struct Chars { const u8 *b; const u16 *u; u32 n; } Chars;
static Chars chars_of(const Object *s)
{
    const Object *v = value_of(s);
    const u8 *b = (const u8 *)byte_elems(v);
    return coder_of(s) == UTF16 ? (Chars){ NULL, (const u16 *)b, array_length(v) / 2 } : (Chars){ b, NULL, array_length(v) };
}
static inline u16 char_at(const Chars *c, u32 i) { return c->u ? c->u[i] : c->b[i]; }

u16 string_char(const Object *s, u32 i)
{
    Chars c = chars_of(s);
    ASSERT(i < c.n);
    return char_at(&c, i);
}

bool string_equals(const Object *a, const Object *b)
{
    if (a == b) return true;
    const Object *x = value_of(a), *y = value_of(b);
    return coder_of(a) == coder_of(b) && array_length(x) == array_length(y) && !memcmp(byte_elems(x), byte_elems(y), array_length(x));
}

u32 string_hash(const Object *s)
{
    Chars c = chars_of(s);
    u32 h = 0;
    for (u32 i = 0; i < c.n; i++) h = h * 31 + char_at(&c, i);
    return h;
}

/* Modified UTF-8: zero takes two bytes, surrogates three each. */
static u32 encode(u16 c, char *out)
{
    if (c && c < 0x80) return out[0] = (char)c, 1;
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6), out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    out[0] = (char)(0xe0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 0x3f)), out[2] = (char)(0x80 | (c & 0x3f));
    return 3;
}

char *string_utf8(const Object *s)
{
    Chars c = chars_of(s);
    char *text = xmalloc((size_t)c.n * 3 + 1), *p = text;
    for (u32 i = 0; i < c.n; i++) p += encode(char_at(&c, i), p);
    *p = 0;
    return text;
}

/* NULL if it is too long for a symbol. */
Symbol *string_symbol(const Object *s, bool dots_to_slashes)
{
    char *text = string_utf8(s);
    size_t n = strlen(text);
    for (size_t i = 0; dots_to_slashes && i < n; i++)
        if (text[i] == '.') text[i] = '/';
    Symbol *symbol = n <= UINT16_MAX ? symbol_intern(text, n) : NULL;
    free(text);
    return symbol;
}

/* ---- Interned strings ---------------------------------------------------------------------------------------------------------- */

typedef struct Entry { Object *s; u32 hash; bool used; } Entry; /* used without s: deleted */
static Entry *table;
static size_t cap, filled;

static size_t home(u32 hash) { return (hash ^ hash >> 15) & (cap - 1); }

static void rehash(void)
{
    size_t live = 0, n = cap;
    Entry *old = table;
    for (size_t i = 0; i < n; i++) live += old[i].s != NULL;
    if (!cap) cap = 1 << 12;
    while ((live + 1) * 2 > cap) cap *= 2;
    table = xcalloc(cap, sizeof *table);
    filled = live;
    for (size_t i = 0; i < n; i++) {
        if (!old[i].s) continue;
        size_t k = home(old[i].hash);
        while (table[k].used) k = (k + 1) & (cap - 1);
        table[k] = old[i];
    }
    free(old);
}

static Object *add(Object *s, u32 hash)
{
    if ((filled + 1) * 4 > cap * 3) rehash();
    size_t k = home(hash);
    while (table[k].s) k = (k + 1) & (cap - 1);
    if (!table[k].used) filled++;
    table[k] = (Entry){ s, hash, true };
    return s;
}

static bool same_chars(const Object *s, const u16 *chars, size_t n)
{
    Chars c = chars_of(s);
    if (c.n != n) return false;
    if (c.u) return !memcmp(c.u, chars, n * 2);
    for (u32 i = 0; i < c.n; i++)
        if (c.b[i] != chars[i]) return false;
    return true;
}

Object *string_intern(Thread *t, Object *s)
{
    (void)t;
    u32 hash = string_hash(s);
    for (size_t k = cap ? home(hash) : 0; cap && table[k].used; k = (k + 1) & (cap - 1))
        if (table[k].s && table[k].hash == hash && string_equals(table[k].s, s)) return table[k].s;
    return add(s, hash);
}

Object *string_intern_symbol(Thread *t, const Symbol *symbol)
{
    u16 *chars = xmalloc(symbol->length * 2 + 2);
    size_t n = to_utf16(symbol->bytes, symbol->length, chars);
    u32 hash = 0;
    for (size_t i = 0; i < n; i++) hash = hash * 31 + chars[i];
    Object *found = NULL;
    for (size_t k = cap ? home(hash) : 0; cap && table[k].used && !found; k = (k + 1) & (cap - 1))
        if (table[k].s && table[k].hash == hash && same_chars(table[k].s, chars, n)) found = table[k].s;
    if (!found) {
        found = string_new_utf16(t, chars, n); /* may collect, which may only empty entries */
        if (found) add(found, hash);
    }
    free(chars);
    return found;
}

void string_weak_roots(GcVisitPtr weak, void *ctx)
{
    for (size_t i = 0; i < cap; i++)
        if (table[i].s) weak(ctx, (GcObject **)&table[i].s);
}
