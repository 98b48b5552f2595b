/* Raw samples: what is written reads back, what is no sample ends the file; the host's ring as the kernel fills it, and its description of events. */
#include "layout/host_samples.h"
#include "base/vec.h"
#include <criterion/criterion.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/loam-raw-XXXXXX";

static char *in_dir(const char *name)
{
    if (dir[strlen(dir) - 1] == 'X') cr_assert_not_null(mkdtemp(dir));
    return xasprintf("%s/%s", dir, name);
}

static char *put(const char *name, const char *text)
{
    char *path = in_dir(name);
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    fclose(f);
    return path;
}

Test(layout_raw, reads_back_what_it_writes)
{
    char *path = put("samples", "");
    FILE *f = fopen(path, "w");
    RawSample all[3] = { { 0x1234, 0x7f0011223344, 240, 48, 1000 }, { 0xfffffffffffffff8ull, 8, 0, 1, 2000 }, { 4, 16, 3, 192, 2001 } }, read[4];
    raw_write_head(f);
    for (u32 i = 0; i < 3; i++) raw_write(f, &all[i]);
    fclose(f);
    char *wrong;
    RawSource *s = raw_open(path, &wrong);
    cr_assert_not_null(s, "%s", wrong);
    cr_expect_eq(raw_read(s, read, 2), 2);
    cr_expect_eq(raw_cycle(s), 2000);
    cr_expect_eq(raw_read(s, read + 2, 2), 1);
    cr_expect_eq(raw_read(s, read, 2), 0);
    cr_expect_eq(raw_cycle(s), 2001);
    for (u32 i = 0; i < 3; i++) cr_expect(!memcmp(&read[i], &all[i], sizeof *all));
}

Test(layout_raw, what_is_no_sample)
{
    static const char *const bad[] = { "", "\n", "12 34 5 6\n", "12 34 5 6 7 8\n", "x 34 5 6 7\n", "12 34 -5 6 7\n", "12 34 5 0 7\n", "12 34 99999999999 6 7\n" };
    RawSample s;
    cr_expect(raw_parse("12 34 5 6 7\n", &s));
    cr_expect(s.pc == 0x12 && s.addr == 0x34 && s.latency == 5 && s.misses == 6 && s.cycle == 7);
    for (size_t i = 0; i < NELEM(bad); i++) cr_expect(!raw_parse(bad[i], &s), "%s", bad[i]);
    char *wrong, *junk = put("junk", "pc, address\n12 34 5 6 7\n");
    cr_expect_null(raw_open(junk, &wrong));
    cr_expect_str_eq(wrong, "it is no file of samples");
    cr_expect_null(raw_open(in_dir("none"), &wrong));
    cr_expect_str_eq(wrong, "No such file or directory");
}

typedef struct Record { struct perf_event_header head; u64 pc, addr, weight; } Record;
enum { RING = 128 };

/* Puts n bytes at *head, round the end. */
static void put_record(u8 *ring, u64 *head, const void *from, u64 n)
{
    for (u64 i = 0; i < n; i++) ring[(*head + i) % RING] = ((const u8 *)from)[i];
    *head += n;
}

Test(layout_raw, ring)
{
    u8 ring[RING];
    u64 head = RING - 24, tail = head; /* a record lies across the end */
    Record r = { { PERF_RECORD_SAMPLE, 0, sizeof r }, 0x1000, 0x2000, 300 };
    struct { struct perf_event_header head; u64 words[2]; } lost = { { PERF_RECORD_LOST, 0, sizeof lost }, { 1, 2 } };
    put_record(ring, &head, &r, sizeof r);
    put_record(ring, &head, &lost, sizeof lost);
    r.pc++, r.weight++;
    put_record(ring, &head, &r, sizeof r);
    RawSample s[4];
    cr_expect_eq(host_ring_read(ring, RING, &tail, head, s, 1), 1);
    cr_expect(s[0].pc == 0x1000 && s[0].addr == 0x2000 && s[0].latency == 300 && s[0].misses == HOST_PERIOD);
    cr_expect_eq(host_ring_read(ring, RING, &tail, head, s, 4), 1);
    cr_expect(s[0].pc == 0x1001 && s[0].latency == 301 && tail == head);
    r.head.size = 4; /* shorter than its head: the rest is given up */
    put_record(ring, &head, &r, sizeof r);
    cr_expect_eq(host_ring_read(ring, RING, &tail, head, s, 4), 0);
    cr_expect_eq(tail, head);
}

Test(layout_raw, event)
{
    HostEvent e;
    cr_expect(!host_event_read(in_dir("pmu"), 30, &e));
    mkdir(in_dir("pmu"), 0700), mkdir(in_dir("pmu/events"), 0700), mkdir(in_dir("pmu/format"), 0700);
    put("pmu/type", "4\n");
    cr_expect(!host_event_read(in_dir("pmu"), 30, &e));
    put("pmu/events/mem-loads", "event=0xcd,umask=0x1,ldlat=3\n");
    put("pmu/format/event", "config:0-7\n");
    put("pmu/format/umask", "config:8-15\n");
    cr_expect(!host_event_read(in_dir("pmu"), 30, &e));
    put("pmu/format/ldlat", "config1:0-15\n");
    cr_assert(host_event_read(in_dir("pmu"), 30, &e));
    cr_expect(e.type == 4 && e.config[0] == 0x1cd && e.config[1] == 30 && !e.config[2]);
    put("pmu/events/mem-loads", "event=0x1cd,umask=0x1\n"); /* does not fit */
    cr_expect(!host_event_read(in_dir("pmu"), 30, &e));
}
