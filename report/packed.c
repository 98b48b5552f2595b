/* Packed text: see packed.h. */
#define _GNU_SOURCE
#include "report/packed.h"
#include "base/log.h"
#include "base/vec.h"
#include <zlib.h>

enum { LEVEL = 6, CHUNK = 1 << 14 };

typedef struct Packed {
    FILE *to;
    z_stream z;
    u8 left[3];      /* bytes that do not make four letters yet */
    u32 n;
} Packed;

static void letters(Packed *p, u32 n)
{
    static const char table[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    u32 bits = (u32)p->left[0] << 16 | (n > 1 ? (u32)p->left[1] << 8 : 0) | (n > 2 ? p->left[2] : 0);
    char four[4] = { table[bits >> 18], table[bits >> 12 & 63], n > 1 ? table[bits >> 6 & 63] : '=', n > 2 ? table[bits & 63] : '=' };
    fwrite(four, 1, sizeof four, p->to);
}

static void pack(Packed *p, const char *text, size_t n, int flush)
{
    u8 out[CHUNK];
    p->z.next_in = (Bytef *)text;
    p->z.avail_in = (uInt)n;
    do {
        p->z.next_out = out;
        p->z.avail_out = sizeof out;
        int said = deflate(&p->z, flush);
        ASSERT(said != Z_STREAM_ERROR);
        for (const u8 *at = out; at < p->z.next_out; at++) {
            p->left[p->n++] = *at;
            if (p->n == 3) letters(p, 3), p->n = 0;
        }
    } while (!p->z.avail_out);
}

static ssize_t on_write(void *cookie, const char *text, size_t n)
{
    pack(cookie, text, n, Z_NO_FLUSH);
    return (ssize_t)n;
}

static int on_close(void *cookie)
{
    Packed *p = cookie;
    pack(p, NULL, 0, Z_FINISH);
    if (p->n) letters(p, p->n);
    deflateEnd(&p->z);
    free(p);
    return 0;
}

FILE *packed_open(FILE *to)
{
    Packed *p = xcalloc(1, sizeof *p);
    p->to = to;
    FILE *f = deflateInit(&p->z, LEVEL) == Z_OK ? fopencookie(p, "w", (cookie_io_functions_t){ .write = on_write, .close = on_close }) : NULL;
    if (!f) panic("no memory for a page");
    return f;
}
