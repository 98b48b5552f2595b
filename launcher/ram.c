/* Memory limits of control groups (both versions of them) and the flags about memory: see ram.h. */
#include "launcher/ram.h"
#include "base/log.h"
#include "base/vec.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SMALL_HEAP (126ull << 20) /* HotSpot's MaxHeapSize before it looks at the memory: a heap is not made smaller for having little of it */
#define GREATEST_HEAP (17ull << 30) /* what gc_init takes: more would not fit the heap's window */
#define NO_LIMIT UINT64_MAX

/* The limit that `file` in a group's directory holds, in bytes. */
static u64 limit_in(const char *controller, const char *group, const char *file)
{
    char *path = xasprintf("/sys/fs/cgroup%s%s/%s", controller, group, file);
    FILE *f = fopen(path, "r");
    free(path);
    unsigned long long limit;
    bool said = f && fscanf(f, "%llu", &limit) == 1; /* "max" is none */
    if (f) fclose(f);
    return said ? limit : NO_LIMIT;
}

/* Of a process's group and of the topmost one that it sees, which is its own in most containers. */
static u64 least_limit(const char *controller, const char *group, const char *file)
{
    u64 own = limit_in(controller, group, file), top = limit_in(controller, "", file);
    return own < top ? own : top;
}

static u64 container_limit(void)
{
    u64 limit = NO_LIMIT;
    FILE *f = fopen("/proc/self/cgroup", "r");
    char line[4096];
    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = 0;
        char *controllers = strchr(line, ':'), *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group) continue;
        *group++ = 0;
        u64 l = NO_LIMIT;
        if (!controllers[1]) l = least_limit("", group, "memory.max");
        else if (!strcmp(controllers + 1, "memory")) l = least_limit("/memory", group, "memory.limit_in_bytes");
        if (l < limit) limit = l;
    }
    if (f) fclose(f);
    return limit;
}

u64 ram_heap(const RamFlags *flags, bool containers)
{
    ASSERT(flags->max_percent >= 0 && flags->max_percent <= 100);
    u64 physical = (u64)sysconf(_SC_PHYS_PAGES) * (u64)sysconf(_SC_PAGESIZE), limit = containers ? container_limit() : NO_LIMIT;
    if (!flags->told && limit >= physical) return 0;
    u64 ram = flags->ram ? flags->ram : limit < physical ? limit : physical;
    u64 large = (u64)((double)ram * flags->max_percent / 100), small = (u64)((double)ram * flags->min_percent / 100);
    if (small < SMALL_HEAP) return ALIGN_UP(small, 2ull << 20);
    u64 heap = ALIGN_UP(large > SMALL_HEAP ? large : SMALL_HEAP, 2ull << 20);
    return heap < GREATEST_HEAP ? heap : GREATEST_HEAP;
}
