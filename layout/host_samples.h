/* The host's sampling hardware, by perf_event_open: loads that took long, with their instruction, address and latency. */
#ifndef LAYOUT_HOST_SAMPLES_H
#define LAYOUT_HOST_SAMPLES_H
#include "layout/raw.h"

enum { HOST_LATENCY = 30 /* cycles of a load from which on it counts: more than the caches near the core take */, HOST_PERIOD = 2003 /* such loads to a sample */ };

/* Of the calling thread, from now on. False: the host has no such samples; *wrong says why, malloc'ed. */
bool host_samples_open(char **wrong);
u32 host_samples_read(RawSample *out, u32 max);
u64 host_samples_cycle(void);

/* An event as the kernel describes it: the words of perf_event_attr that select it. */
typedef struct HostEvent { u64 type, config[3]; } HostEvent;
/* From the folder of a unit that counts, such as /sys/bus/event_source/devices/cpu; its `mem-loads`, with this threshold. False: it has none. */
bool host_event_read(const char *folder, u64 latency, HostEvent *out);
/* Takes records from a ring of so many bytes (a power of two), from *tail to `head`. The samples' pc is the host's. */
u32 host_ring_read(const u8 *ring, u64 bytes, u64 *tail, u64 head, RawSample *out, u32 max);

#endif
