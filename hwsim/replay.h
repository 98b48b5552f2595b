/* Running other tools' traces through the model: `valgrind --tool=lackey --trace-mem=yes`, Dinero's "din", ChampSim's records; plain or
   compressed with xz, told apart by their content. Errors name file and line and end the process. */
#ifndef HWSIM_REPLAY_H
#define HWSIM_REPLAY_H
#include "hwsim/model.h"

/* Instructions are retired, fetched, and their accesses made, as if the core executed them; without registers (lackey, din) none
   depends on another. */
void hw_replay(HwModel *m, const char *path);

/* Cachegrind's rules, on the model's caches: an access that straddles two lines is one reference, which misses if either line
   does and then goes to the last level as a whole; a modify is one read; no write-backs, no TLBs, no prefetching. */
typedef struct HwCachegrind {
    u64 instructions, i1_misses, ili_misses;
    u64 reads, d1_read_misses, dl_read_misses;
    u64 writes, d1_write_misses, dl_write_misses;
} HwCachegrind;
/* The model needs exactly one level behind L1, and LRU everywhere; dies otherwise. */
void hw_replay_cachegrind(HwModel *m, const char *path, HwCachegrind *out);

#endif
