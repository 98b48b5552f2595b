/* Quicksort with insertion sort for short runs. */
#include "core.h"

#define N 2048
static int32_t v[N], original[N];

static void insertion(int32_t *a, int n)
{
    for (int i = 1; i < n; i++) {
        int32_t x = a[i];
        int j = i;
        for (; j > 0 && a[j - 1] > x; j--) a[j] = a[j - 1];
        a[j] = x;
    }
}

static void sort(int32_t *a, int n)
{
    while (n > 12) {
        int32_t pivot = a[n / 2];
        int i = 0, j = n - 1;
        while (i <= j) {
            while (a[i] < pivot) i++;
            while (a[j] > pivot) j--;
            if (i > j) break;
            int32_t t = a[i];
            a[i++] = a[j], a[j--] = t;
        }
        sort(a, j + 1);
        a += i, n -= i;
    }
    insertion(a, n);
}

static uint64_t kernel(uint64_t rounds)
{
    uint64_t sum = 0;
    for (int i = 0; i < N; i++) original[i] = (int32_t)next_random();
    for (uint64_t r = 0; r < rounds; r++) {
        memcpy(v, original, sizeof v);
        sort(v, N);
        sum += (uint32_t)v[r % N];
        original[r % N] ^= (int32_t)r;
    }
    return sum;
}
