/* Raw samples from a file, and what is common to these and the host's: see raw.h. */
#include "layout/raw.h"
#include "base/log.h"
#include "base/vec.h"
#include "layout/host_samples.h"
#include "layout/layout.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct RawSource {
    FILE *file;      /* NULL: the host */
    const char *name;
    u64 lines, cycle; /* read so far; of the last sample */
    bool ended;
};

static const char head[] = "loam samples 1: pc, address, latency, misses, cycle\n";

void raw_write_head(FILE *f) { fputs(head, f); }

void raw_write(FILE *f, const RawSample *s)
{
    fprintf(f, "%llx %llx %llu %llu %llu\n", (unsigned long long)s->pc, (unsigned long long)s->addr, (unsigned long long)s->latency, (unsigned long long)s->misses,
            (unsigned long long)s->cycle);
}

bool raw_parse(const char *line, RawSample *out)
{
    enum { MOST = 1u << 31 };
    unsigned long long v[5];
    int end = -1;
    if (strchr(line, '-') || sscanf(line, "%llx %llx %llu %llu %llu %n", &v[0], &v[1], &v[2], &v[3], &v[4], &end) != 5) return false;
    *out = (RawSample){ v[0], v[1], v[2], v[3], v[4] };
    return end >= 0 && !line[end] && out->misses && out->misses < MOST && out->latency < MOST;
}

RawSource *raw_open(const char *from, char **wrong)
{
    RawSource s = { .name = from, .lines = 1 };
    char line[sizeof head + 1];
    *wrong = NULL;
    if (!strcmp(from, "host")) {
        if (!host_samples_open(wrong)) return NULL;
    } else if (!(s.file = fopen(from, "r"))) {
        *wrong = xstrdup(strerror(errno));
        return NULL;
    } else if (!fgets(line, sizeof line, s.file) || strcmp(line, head)) {
        fclose(s.file);
        *wrong = xstrdup("it is no file of samples");
        return NULL;
    }
    RawSource *made = xmalloc(sizeof s);
    *made = s;
    return made;
}

u32 raw_read(RawSource *s, RawSample *out, u32 max)
{
    if (!s->file) return host_samples_read(out, max);
    char line[160];
    u32 n = 0;
    while (n < max && !s->ended && fgets(line, sizeof line, s->file)) {
        s->lines++;
        s->ended = !raw_parse(line, &out[n]);
        if (s->ended) warn("--samples=%s: line %llu is no sample: not used from there on", s->name, (unsigned long long)s->lines);
        else s->cycle = out[n++].cycle;
    }
    return n;
}

u64 raw_cycle(const RawSource *s) { return s->file ? s->cycle : host_samples_cycle(); }

/* ---- --samples-out ------------------------------------------------------------------------------------- */

static struct { bool on; Vec(RawSample) samples; } recorded;

void layout_record_samples(void) { recorded.on = true; }
bool raw_recording(void) { return recorded.on; }
void raw_record(RawSample s) { vec_push(&recorded.samples, s); }

void layout_write_samples(const void *unused, FILE *f)
{
    (void)unused;
    raw_write_head(f);
    for (size_t i = 0; i < recorded.samples.len; i++) raw_write(f, &recorded.samples.data[i]);
}
