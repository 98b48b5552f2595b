/* Samples that the host's counters take: see host_samples.h. Its loads are sampled precisely (the instruction is the one that loaded), into a ring of pages that is read
   at the program's polls, so that no signal interrupts it. Of translated code the RV64 instruction is found while it is there still; what the host's interpreter,
   the VM or a library loads is left out. */
#define _GNU_SOURCE
#include "layout/host_samples.h"
#include "base/log.h"
#include "base/vec.h"
#include "hwsim/core.h"
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RING_PAGES = 64 /* a power of two */ };
#define UNIT "/sys/bus/event_source/devices/cpu"

static struct { int samples, cycles; struct perf_event_mmap_page *page; u64 page_bytes, tail; } H;

/* ---- The event ------------------------------------------------------------------------------------------ */

/* The first line of a file; false: there is none. */
static bool read_line(const char *folder, const char *name, char *out, size_t size)
{
    char *path = xasprintf("%s/%s", folder, name);
    FILE *f = fopen(path, "r");
    free(path);
    bool read = f && fgets(out, (int)size, f);
    if (f) fclose(f);
    if (read) out[strcspn(out, "\n")] = 0;
    return read;
}

/* One term of an event, such as umask=0x1, goes where the unit's format says: "config:8-15". */
static bool put_term(const char *folder, const char *name, u64 value, HostEvent *e)
{
    char format[64];
    unsigned word = 0, from, to;
    char *file = xasprintf("format/%s", name);
    bool known = read_line(folder, file, format, sizeof format);
    free(file);
    if (!known) return false;
    const char *bits = strchr(format, ':');
    if (strncmp(format, "config", 6) || !bits) return false;
    if (bits > format + 6) word = (unsigned)atoi(format + 6);
    int n = sscanf(bits + 1, "%u-%u", &from, &to);
    if (n < 1 || word > 2) return false;
    if (n == 1) to = from;
    if (to > 63 || from > to || (to - from < 63 && value >> (to - from + 1))) return false;
    e->config[word] |= value << from;
    return true;
}

bool host_event_read(const char *folder, u64 latency, HostEvent *out)
{
    char text[256], *rest = text, *end;
    *out = (HostEvent){ 0 };
    if (!read_line(folder, "type", text, sizeof text)) return false;
    out->type = strtoull(text, &end, 10);
    if (end == text || *end || !read_line(folder, "events/mem-loads", text, sizeof text)) return false;
    for (char *term; (term = strsep(&rest, ","));) {
        char *value = strchr(term, '=');
        if (value) *value++ = 0;
        u64 number = !strcmp(term, "ldlat") ? latency : value ? strtoull(value, NULL, 0) : 1;
        if (!put_term(folder, term, number, out)) return false;
    }
    return true;
}

/* ---- The ring ------------------------------------------------------------------------------------------- */

static void copy_out(const u8 *ring, u64 bytes, u64 from, void *to, u64 n)
{
    for (u64 i = 0; i < n; i++) ((u8 *)to)[i] = ring[(from + i) & (bytes - 1)];
}

u32 host_ring_read(const u8 *ring, u64 bytes, u64 *tail, u64 head, RawSample *out, u32 max)
{
    struct { struct perf_event_header head; u64 pc, addr, weight; } r; /* in the order of PERF_SAMPLE_IP, ADDR, WEIGHT */
    u32 n = 0;
    while (n < max && head - *tail >= sizeof r.head) {
        copy_out(ring, bytes, *tail, &r.head, sizeof r.head);
        if (r.head.size < sizeof r.head || r.head.size > head - *tail) {
            *tail = head;
            break;
        }
        bool sample = r.head.type == PERF_RECORD_SAMPLE && r.head.size >= sizeof r;
        if (sample) copy_out(ring, bytes, *tail, &r, sizeof r);
        *tail += r.head.size;
        if (sample) out[n++] = (RawSample){ r.pc, r.addr, r.weight, HOST_PERIOD, 0 };
    }
    return n;
}

/* ---- The host ------------------------------------------------------------------------------------------- */

static int open_event(struct perf_event_attr *a)
{
    a->size = sizeof *a;
    a->exclude_kernel = a->exclude_hv = 1;
    return (int)syscall(SYS_perf_event_open, a, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static bool open_samples(void)
{
    HostEvent e;
    if (!host_event_read(UNIT, HOST_LATENCY, &e)) return errno = ENOENT, false;
    struct perf_event_attr a = { .type = (u32)e.type, .config = e.config[0], .config1 = e.config[1], .config2 = e.config[2], .sample_period = HOST_PERIOD, .precise_ip = 2,
                                 .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_ADDR | PERF_SAMPLE_WEIGHT };
    return (H.samples = open_event(&a)) >= 0;
}

bool host_samples_open(char **wrong)
{
    struct perf_event_attr cycles = { .type = PERF_TYPE_HARDWARE, .config = PERF_COUNT_HW_CPU_CYCLES };
    bool opened = open_samples() && (H.cycles = open_event(&cycles)) >= 0;
    H.page_bytes = (u64)sysconf(_SC_PAGESIZE);
    void *ring = opened ? mmap(NULL, (RING_PAGES + 1) * H.page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, H.samples, 0) : MAP_FAILED;
    if (ring == MAP_FAILED) {
        *wrong = errno == ENOENT ? xasprintf("this host offers no precise samples of memory accesses (there is no event mem-loads in %s)", UNIT)
                                 : xasprintf("this host gives no precise samples of memory accesses: %s", strerror(errno));
        return false;
    }
    H.page = ring;
    return true;
}

u32 host_samples_read(RawSample *out, u32 max)
{
    u64 head = __atomic_load_n(&H.page->data_head, __ATOMIC_ACQUIRE), cycle = host_samples_cycle();
    u32 n = host_ring_read((const u8 *)H.page + H.page_bytes, RING_PAGES * H.page_bytes, &H.tail, head, out, max), kept = 0;
    __atomic_store_n(&H.page->data_tail, H.tail, __ATOMIC_RELEASE);
    for (u32 i = 0; i < n; i++) {
        RawSample s = out[i];
        s.cycle = cycle;
        if ((s.pc = hw_pc_of_host(s.pc))) out[kept++] = s;
    }
    return kept;
}

u64 host_samples_cycle(void)
{
    u64 cycles;
    return read(H.cycles, &cycles, sizeof cycles) == sizeof cycles ? cycles : 0;
}
