/* Limits of control groups, of both versions. */
#ifndef LAUNCHER_CGROUP_H
#define LAUNCHER_CGROUP_H
#include "base/types.h"

#define CGROUP_NO_LIMIT UINT64_MAX
/* The least of what `read` tells of the directories of the process's group and of the topmost one that it sees, which is its own in most containers;
   CGROUP_NO_LIMIT: none. `controller`: of the first version's groups, "memory" or "cpu". `unified`: the directory is of the second version. */
u64 cgroup_least(const char *controller, u64 (*read)(const char *directory, bool unified));
/* The number in a file of a group's directory; CGROUP_NO_LIMIT: it says "max", -1, or is not there. */
u64 cgroup_number(const char *directory, const char *file);

/* How many processors this process may use: those it may run on, or fewer if its group's quota allows less (rounded up). */
u32 cgroup_processors(bool containers);

#endif
