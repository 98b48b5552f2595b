/* Product of matrices of doubles. */
#include "core.h"

#define N 32
static double a[N][N], b[N][N], c[N][N];

static uint64_t kernel(uint64_t rounds)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) a[i][j] = (double)(next_random() % 1000) / 7, b[i][j] = (double)(i - j) / 3;
    double trace = 0;
    for (uint64_t r = 0; r < rounds; r++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                double s = 0;
                for (int k = 0; k < N; k++) s += a[i][k] * b[k][j];
                c[i][j] = s;
            }
        a[r % N][r / N % N] = c[3][5] / 1e5;
        trace += c[r % N][r % N];
    }
    return (uint64_t)(int64_t)trace;
}
