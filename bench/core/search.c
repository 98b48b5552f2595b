/* Search for a few strings in a text, after Horspool. */
#include "core.h"

#define N 12288
static uint8_t text[N];

static uint64_t find_all(const uint8_t *word, unsigned n)
{
    uint8_t skip[256];
    uint64_t found = 0;
    memset(skip, (int)n, sizeof skip);
    for (unsigned i = 0; i + 1 < n; i++) skip[word[i]] = (uint8_t)(n - 1 - i);
    for (unsigned at = 0; at + n <= N; at += skip[text[at + n - 1]]) {
        unsigned i = n;
        while (i && text[at + i - 1] == word[i - 1]) i--;
        found += !i;
    }
    return found;
}

static uint64_t kernel(uint64_t rounds)
{
    static const char *const words[] = { "abca", "bcdabc", "dd", "acacb", "bbbbb" };
    for (int i = 0; i < N; i++) text[i] = (uint8_t)('a' + next_random() % 6);
    uint64_t sum = 0;
    for (uint64_t r = 0; r < rounds; r++) {
        const char *w = words[r % 5];
        sum += find_all((const uint8_t *)w, (unsigned)strlen(w));
    }
    return sum;
}
