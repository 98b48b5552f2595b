/* How much memory the process may use, and what part of it the heap takes if -Xmx does not say: as HotSpot reckons it. */
#ifndef LAUNCHER_RAM_H
#define LAUNCHER_RAM_H
#include "base/types.h"

typedef struct RamFlags {
    u64 ram;            /* bytes, -XX:MaxRAM; 0: what the host or the container has */
    double max_percent; /* -XX:MaxRAMPercentage, of a large memory */
    double min_percent; /* -XX:MinRAMPercentage, of a small one */
    bool told;          /* any of them was given */
} RamFlags;

/* Bytes; 0 if neither a flag nor, with `containers`, a control group says anything: then the heap's own default holds. */
u64 ram_heap(const RamFlags *flags, bool containers);

#endif
