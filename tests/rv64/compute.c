/* Integer and floating-point work with branches, indirect jumps and memory traffic: a sieve, a small bytecode
   interpreter, a matrix product, sorting, hashing. Prints checksums; argument: rounds (default 1). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252ull;
static uint64_t next_random(void)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}

static uint8_t composite[1 << 18];
static unsigned sieve(void)
{
    unsigned primes = 0;
    memset(composite, 0, sizeof composite);
    for (unsigned i = 2; i < sizeof composite; i++) {
        if (composite[i]) continue;
        primes++;
        for (uint64_t j = (uint64_t)i * i; j < sizeof composite; j += i) composite[j] = 1;
    }
    return primes;
}

static int64_t interpret(int steps)
{
    static uint8_t code[512];
    for (unsigned i = 0; i < sizeof code; i++) code[i] = next_random() & 7;
    int64_t acc = 1, stack[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    for (int n = 0; n < steps; n++) {
        int i = n & 7;
        switch (code[n & 511]) {
        case 0: acc += stack[i]; break;
        case 1: acc ^= n; break;
        case 2: acc *= 5; break;
        case 3: stack[i] = acc; break;
        case 4: acc = (int64_t)((uint64_t)acc << 3 | (uint64_t)acc >> 61); break;
        case 5: acc -= stack[7 - i]; break;
        case 6: acc = ~acc; break;
        default: acc += acc >> 3;
        }
    }
    return acc;
}

#define N 64
static double matrix(void)
{
    static double a[N][N], b[N][N], c[N][N];
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) a[i][j] = (double)(next_random() % 1000) / 7, b[i][j] = (double)(i - j) / 3;
    double trace = 0;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            double s = 0;
            for (int k = 0; k < N; k++) s += a[i][k] * b[k][j];
            c[i][j] = s;
        }
        trace += c[i][i];
    }
    return trace;
}

static int compare(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

static uint64_t sort_and_hash(void)
{
    static uint32_t v[20000];
    for (unsigned i = 0; i < 20000; i++) v[i] = (uint32_t)next_random();
    qsort(v, 20000, sizeof *v, compare);
    uint64_t h = 14695981039346656037ull;
    for (unsigned i = 0; i < 20000; i++) h = (h ^ v[i]) * 1099511628211ull;
    return h;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 1;
    for (int r = 0; r < rounds; r++)
        printf("%u %lld %.17g %llx\n", sieve(), (long long)interpret(1000000), matrix(), (unsigned long long)sort_and_hash());
    return 0;
}
