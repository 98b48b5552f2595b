/* See stream.h. Output goes to a file beside the final one, which is renamed at the end: a trace that was cut short never looks like a
   whole one. */
#include "hwsim/stream.h"
#include "base/log.h"
#include "base/vec.h"
#include <errno.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER = 1 << 16 };

struct HwInput {
    const char *path;
    FILE *file;
    bool xz, ended;
    lzma_stream lzma;
    u8 packed[BUFFER];
    u8 data[BUFFER];
    size_t at, n; /* of data: read so far, there */
};

struct HwOutput {
    char *path, *temporary;
    FILE *file;
    bool xz;
    lzma_stream lzma;
    u8 packed[BUFFER];
};

/* ---- input ------------------------------------------------------------------------------------------------- */

static size_t read_file(HwInput *in, void *to, size_t n)
{
    size_t got = fread(to, 1, n, in->file);
    if (ferror(in->file)) die("%s: %s", in->path, strerror(errno));
    return got;
}

/* Decompresses until there is something, or the end. */
static size_t unpack(HwInput *in, u8 *to, size_t n)
{
    lzma_stream *s = &in->lzma;
    s->next_out = to;
    s->avail_out = n;
    while (s->avail_out == n && !in->ended) {
        if (!s->avail_in) {
            s->next_in = in->packed;
            s->avail_in = read_file(in, in->packed, BUFFER);
        }
        lzma_ret r = lzma_code(s, s->avail_in ? LZMA_RUN : LZMA_FINISH);
        if (r == LZMA_STREAM_END) in->ended = true;
        else if (r == LZMA_BUF_ERROR) die("%s: the compressed data ends too early", in->path);
        else if (r != LZMA_OK) die("%s: damaged compressed data (xz error %d)", in->path, (int)r);
    }
    return n - s->avail_out;
}

/* At least `want` bytes in the buffer, if there are so many. */
static void fill(HwInput *in, size_t want)
{
    memmove(in->data, in->data + in->at, in->n - in->at);
    in->n -= in->at;
    in->at = 0;
    while (in->n < want) {
        size_t got = in->xz ? unpack(in, in->data + in->n, BUFFER - in->n) : read_file(in, in->data + in->n, BUFFER - in->n);
        if (!got) return;
        in->n += got;
    }
}

HwInput *hw_input_open(const char *path)
{
    static const u8 magic[] = { 0xfd, '7', 'z', 'X', 'Z', 0 };
    HwInput *in = xcalloc(1, sizeof *in);
    in->path = path;
    in->file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
    if (!in->file) die("%s: %s", path, strerror(errno));
    fill(in, sizeof magic);
    if (in->n < sizeof magic || memcmp(in->data, magic, sizeof magic)) return in;
    memcpy(in->packed, in->data, in->n);
    in->lzma = (lzma_stream)LZMA_STREAM_INIT;
    in->lzma.next_in = in->packed;
    in->lzma.avail_in = in->n;
    in->n = 0;
    in->xz = true;
    if (lzma_stream_decoder(&in->lzma, 256u << 20, LZMA_CONCATENATED) != LZMA_OK) die("%s: cannot decompress", path);
    return in;
}

size_t hw_input_peek(HwInput *in, void *to, size_t n)
{
    ASSERT(n <= 4096);
    if (in->n - in->at < n) fill(in, n);
    size_t have = in->n - in->at < n ? in->n - in->at : n;
    memcpy(to, in->data + in->at, have);
    return have;
}

size_t hw_input_read(HwInput *in, void *to, size_t n)
{
    size_t have = hw_input_peek(in, to, n);
    in->at += have;
    return have;
}

bool hw_input_line(HwInput *in, char line[256])
{
    size_t n = 0;
    bool any = false;
    for (;;) {
        if (in->at == in->n) fill(in, 1);
        if (in->at == in->n) break;
        char c = (char)in->data[in->at++];
        any = true;
        if (c == '\n') break;
        if (n < 255) line[n++] = c;
    }
    if (n && line[n - 1] == '\r') n--;
    line[n] = 0;
    return any;
}

void hw_input_close(HwInput *in)
{
    if (in->xz) lzma_end(&in->lzma);
    if (in->file != stdin) fclose(in->file);
    free(in);
}

/* ---- output ------------------------------------------------------------------------------------------------ */

HwOutput *hw_output_open(const char *path)
{
    HwOutput *out = xcalloc(1, sizeof *out);
    size_t n = strlen(path);
    out->path = xstrdup(path);
    out->xz = n > 3 && !strcmp(path + n - 3, ".xz");
    out->lzma = (lzma_stream)LZMA_STREAM_INIT;
    if (strcmp(path, "-")) {
        out->temporary = xmalloc(n + 8);
        snprintf(out->temporary, n + 8, "%s.part", path);
        out->file = fopen(out->temporary, "wb");
    } else {
        out->file = stdout;
    }
    if (!out->file) die("%s: %s", path, strerror(errno));
    if (out->xz && lzma_easy_encoder(&out->lzma, 1, LZMA_CHECK_CRC64) != LZMA_OK) die("%s: cannot compress", path);
    return out;
}

static void write_file(HwOutput *out, const void *from, size_t n)
{
    if (n && fwrite(from, 1, n, out->file) != n) {
        if (out->temporary) remove(out->temporary);
        die("%s: %s", out->path, strerror(errno));
    }
}

static void pack(HwOutput *out, const void *from, size_t n, lzma_action action)
{
    lzma_stream *s = &out->lzma;
    lzma_ret r = LZMA_OK;
    s->next_in = from;
    s->avail_in = n;
    do {
        s->next_out = out->packed;
        s->avail_out = BUFFER;
        r = lzma_code(s, action);
        if (r != LZMA_OK && r != LZMA_STREAM_END) die("%s: cannot compress (xz error %d)", out->path, (int)r);
        write_file(out, out->packed, BUFFER - s->avail_out);
    } while (s->avail_in || (action == LZMA_FINISH && r != LZMA_STREAM_END));
}

void hw_output_write(HwOutput *out, const void *from, size_t n)
{
    if (out->xz) pack(out, from, n, LZMA_RUN);
    else write_file(out, from, n);
}

void hw_output_close(HwOutput *out)
{
    if (out->xz) {
        pack(out, NULL, 0, LZMA_FINISH);
        lzma_end(&out->lzma);
    }
    bool bad = fflush(out->file) != 0;
    if (out->temporary) bad = fclose(out->file) || bad;
    if (bad) die("%s: %s", out->path, strerror(errno));
    if (out->temporary && rename(out->temporary, out->path)) die("%s: %s", out->path, strerror(errno));
    free(out->temporary), free(out->path), free(out);
}
