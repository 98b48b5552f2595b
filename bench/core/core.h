/* What the kernels share: each is a function from a number of rounds to a checksum. The same source is compiled for the
   host and for RV64; data fits a first-level cache or nearly so, and nothing but the kernel takes time. */
#ifndef BENCH_CORE_H
#define BENCH_CORE_H
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t random_state = 88172645463325252ull;
static inline uint64_t next_random(void)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7, random_state ^= random_state << 17;
    return random_state;
}

static uint64_t kernel(uint64_t rounds);

int main(int argc, char **argv)
{
    uint64_t rounds = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    printf("%" PRIx64 "\n", kernel(rounds));
    return 0;
}

#endif
