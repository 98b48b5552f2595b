/* Prefetchers into the first level behind L1. They see its demand misses and the first uses of what they brought in, by physical address,
   and stay in the page.

   Streams: a miss near where a stream left off, in its direction, moves the stream on and requests the next `degree` lines. Two misses next
   to each other begin one; the stream used least recently makes room.

   Best offset (Michaud 2016): for each of a list of offsets, learn how often the line that is `offset` before the one asked for now had
   been asked for lately enough that a prefetch then would have arrived. Requests whose data has arrived are remembered in a table
   (here: when the next one comes); one offset is tested at a time; after ROUNDS of the list, or when one offset reaches SCORE_MAX, the best becomes the
   offset to prefetch with, unless its score is bad. */
#include "hwsim/mem.h"
#include <stdlib.h>
#include <string.h>

enum { SCORE_MAX = 31, ROUNDS = 100, SCORE_BAD = 1, RECENT = 256, DELAY = 8, NEAR = 4 };

/* Numbers with no prime factor above 5, up to 256. */
static const u8 offsets[] = { 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 18, 20, 24, 25, 27, 30, 32, 36, 40, 45, 48, 50, 54, 60, 64, 72, 75, 80, 81, 90, 96,
                              100, 108, 120, 125, 128, 135, 144, 150, 160, 162, 180, 192, 200, 216, 225, 240, 243, 250 };

typedef struct Stream { u64 line, used; i64 step; } Stream;
struct HwBehind {
    Stream *stream;      /* NULL: no streams */
    u32 streams;
    u64 clock;
    bool best;           /* best offset */
    u64 recent[RECENT];  /* lines that were asked for and have arrived */
    u64 delay[DELAY];    /* on their way: the last requests, remembered so many requests later */
    u32 delayed;
    u8 score[NELEM(offsets)];
    u32 tested, rounds;
    u32 offset;          /* 0: off */
};

void behind_init(HwModel *m)
{
    const HwConfig *c = m->cfg;
    if (!m->unified || !(c->prefetch_stream || c->prefetch_best_offset)) return;
    HwBehind *b = m->pf.behind = xcalloc(1, sizeof *b);
    b->streams = (u32)c->prefetch_streams;
    if (c->prefetch_stream) b->stream = xcalloc(b->streams, sizeof *b->stream);
    for (u32 i = 0; b->stream && i < b->streams; i++) b->stream[i].line = NONE;
    b->best = c->prefetch_best_offset;
    b->offset = 1;
    memset(b->recent, 0xff, sizeof b->recent);
    memset(b->delay, 0xff, sizeof b->delay);
}

void behind_free(HwModel *m)
{
    if (m->pf.behind) free(m->pf.behind->stream);
    free(m->pf.behind);
}

/* Requests a line unless it is there. */
static void request_anywhere(HwModel *m, HwCache *c, u64 line, const HwRequest *r)
{
    u32 missed = 0;
    if (cache_find(c, line) != NONE) return;
    HwRequest p = *r;
    p.demand = false;
    m->counter[HWC_PREFETCH_ISSUED]++;
    u64 latency = cache_miss_line(m, c, line << c->shift, &p, &missed);
    cache_ask(c, line, &p);
    cache_fill(m, c, line, r->now + latency, LINE_PREFETCHED | cache_carried(m));
    ASSERT(!missed);
}

/* The same within the page of `from`. */
static void request(HwModel *m, u64 line, u64 from, const HwRequest *r)
{
    u32 page_shift = m->f.page_shift - m->unified->shift;
    if (line >> page_shift == from >> page_shift) request_anywhere(m, m->unified, line, r);
}

/* ---- streams ------------------------------------------------------------------------------------------------ */

static Stream *find_stream(HwBehind *b, u64 line)
{
    Stream *oldest = &b->stream[0];
    for (u32 i = 0; i < b->streams; i++) {
        Stream *s = &b->stream[i];
        i64 ahead = (i64)(line - s->line) * (s->step ? s->step : 1);
        bool near = s->line != NONE && (s->step ? ahead > 0 && ahead <= NEAR : ahead == 1 || ahead == -1);
        if (near) return s;
        if (s->used < oldest->used) oldest = s;
    }
    *oldest = (Stream){ .line = NONE };
    return oldest;
}

static void follow_stream(HwModel *m, HwBehind *b, u64 line, const HwRequest *r)
{
    Stream *s = find_stream(b, line);
    if (s->line != NONE && !s->step) s->step = line > s->line ? 1 : -1;
    s->line = line;
    s->used = ++b->clock;
    for (u32 i = 1; s->step && i <= m->pf.degree; i++) request(m, line + (u64)(s->step * (i64)i), line, r);
}

/* ---- best offset ---------------------------------------------------------------------------------------------- */

static u64 *recent(HwBehind *b, u64 line) { return &b->recent[(line ^ line >> 8) % RECENT]; }

static void choose_offset(HwBehind *b)
{
    u32 best = 0;
    for (u32 i = 1; i < NELEM(offsets); i++)
        if (b->score[i] > b->score[best]) best = i;
    b->offset = b->score[best] > SCORE_BAD ? offsets[best] : 0;
    memset(b->score, 0, sizeof b->score);
    b->rounds = b->tested = 0;
}

static void learn_offset(HwBehind *b, u64 line, u32 page_shift)
{
    u64 before = line - offsets[b->tested];
    bool same_page = before >> page_shift == line >> page_shift;
    if (same_page && *recent(b, before) == before && ++b->score[b->tested] == SCORE_MAX) {
        choose_offset(b);
    } else if (++b->tested == NELEM(offsets)) {
        b->tested = 0;
        if (++b->rounds == ROUNDS) choose_offset(b);
    }
    u64 arrived = b->delay[b->delayed];
    if (arrived != NONE) *recent(b, arrived) = arrived;
    b->delay[b->delayed] = line;
    b->delayed = (b->delayed + 1) % DELAY;
}

void behind_prefetch(HwModel *m, const HwRequest *r)
{
    HwBehind *b = m->pf.behind;
    u64 line = m->pf.trigger >> m->unified->shift;
    m->pf.trigger = NONE;
    if (m->pf.plugin_at == m->unified) plugin_prefetch(m, m->unified, line, r, m->pf.outcome, request_anywhere);
    if (!b || !m->pf.on || m->pf.outcome == LOAM_HIT) return;
    if (b->stream) follow_stream(m, b, line, r);
    if (!b->best) return;
    learn_offset(b, line, m->f.page_shift - m->unified->shift);
    if (b->offset) request(m, line + b->offset, line, r);
}
