/* Primes by Eratosthenes, a byte a number. */
#include "core.h"

#define N 16384
static uint8_t composite[N];

static uint64_t kernel(uint64_t rounds)
{
    uint64_t sum = 0;
    for (uint64_t r = 0; r < rounds; r++) {
        memset(composite, 0, N);
        for (unsigned i = 2; i < N; i++) {
            if (composite[i]) continue;
            sum += i;
            for (unsigned j = 2 * i; j < N; j += i) composite[j] = 1;
        }
    }
    return sum;
}
