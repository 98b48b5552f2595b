/* Control groups: where a process's are mounted, and the limits that HotSpot looks at too. See cgroup.h. */
#define _GNU_SOURCE
#include "launcher/cgroup.h"
#include "base/log.h"
#include "base/vec.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static u64 least(u64 a, u64 b) { return a < b ? a : b; }

u64 cgroup_number(const char *directory, const char *file)
{
    char *path = xasprintf("%s/%s", directory, file);
    FILE *f = fopen(path, "r");
    free(path);
    long long n = -1;
    bool said = f && fscanf(f, "%lld", &n) == 1;
    if (f) fclose(f);
    return said && n >= 0 ? (u64)n : CGROUP_NO_LIMIT;
}

static u64 of_both(const char *mount, const char *group, bool unified, u64 (*read)(const char *directory, bool unified))
{
    char *own = xasprintf("/sys/fs/cgroup%s%s", mount, group), *top = xasprintf("/sys/fs/cgroup%s", mount);
    u64 limit = least(read(own, unified), read(top, unified));
    free(own), free(top);
    return limit;
}

/* Is it among names that commas separate? */
static bool listed(const char *controllers, const char *controller)
{
    size_t n = strlen(controller);
    for (const char *p = controllers; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
        if (!strncmp(p, controller, n) && (!p[n] || p[n] == ',')) return true;
    return false;
}

u64 cgroup_least(const char *controller, u64 (*read)(const char *directory, bool unified))
{
    u64 limit = CGROUP_NO_LIMIT;
    FILE *f = fopen("/proc/self/cgroup", "r");
    char line[4096], *mount = xasprintf("/%s", controller);
    while (f && fgets(line, sizeof line, f)) { /* number:controllers:group */
        line[strcspn(line, "\n")] = 0;
        char *controllers = strchr(line, ':'), *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group) continue;
        *group++ = 0;
        if (!*++controllers) limit = least(limit, of_both("", group, true, read));
        else if (listed(controllers, controller)) limit = least(limit, of_both(mount, group, false, read));
    }
    if (f) fclose(f);
    free(mount);
    return limit;
}

/* ---- Processors ------------------------------------------------------------------------------------------------------------- */
static u64 quota_processors(u64 quota, u64 period)
{
    if (quota == CGROUP_NO_LIMIT || period == CGROUP_NO_LIMIT || !quota || !period) return CGROUP_NO_LIMIT;
    return (quota + period - 1) / period;
}

static u64 read_quota(const char *directory, bool unified)
{
    if (!unified) return quota_processors(cgroup_number(directory, "cpu.cfs_quota_us"), cgroup_number(directory, "cpu.cfs_period_us"));
    char *path = xasprintf("%s/cpu.max", directory);
    FILE *f = fopen(path, "r");
    free(path);
    unsigned long long quota, period;
    bool said = f && fscanf(f, "%llu %llu", &quota, &period) == 2; /* "max 100000": none */
    if (f) fclose(f);
    return said ? quota_processors(quota, period) : CGROUP_NO_LIMIT;
}

u32 cgroup_processors(bool containers)
{
    cpu_set_t set;
    u64 may = sched_getaffinity(0, sizeof set, &set) ? 1 : (u64)CPU_COUNT(&set);
    if (containers) may = least(may, cgroup_least("cpu", read_quota));
    ASSERT(may >= 1);
    return (u32)may;
}
