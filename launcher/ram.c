/* How large the heap is by default, from the memory, control groups' limits and the flags about memory: see ram.h. */
#include "launcher/ram.h"
#include "base/log.h"
#include "launcher/cgroup.h"
#include <unistd.h>

#define SMALL_HEAP (126ull << 20) /* HotSpot's MaxHeapSize before it looks at the memory: a heap is not made smaller for having little of it */
#define GREATEST_HEAP (17ull << 30) /* what gc_init takes: more would not fit the heap's window */

static u64 read_limit(const char *directory, bool unified) { return cgroup_number(directory, unified ? "memory.max" : "memory.limit_in_bytes"); }

u64 ram_heap(const RamFlags *flags, bool containers)
{
    ASSERT(flags->max_percent >= 0 && flags->max_percent <= 100);
    u64 physical = (u64)sysconf(_SC_PHYS_PAGES) * (u64)sysconf(_SC_PAGESIZE), limit = containers ? cgroup_least("memory", read_limit) : CGROUP_NO_LIMIT;
    if (!flags->told && limit >= physical) return 0;
    u64 ram = flags->ram ? flags->ram : limit < physical ? limit : physical;
    u64 large = (u64)((double)ram * flags->max_percent / 100), small = (u64)((double)ram * flags->min_percent / 100);
    if (small < SMALL_HEAP) return ALIGN_UP(small, 2ull << 20);
    u64 heap = ALIGN_UP(large > SMALL_HEAP ? large : SMALL_HEAP, 2ull << 20);
    return heap < GREATEST_HEAP ? heap : GREATEST_HEAP;
}
