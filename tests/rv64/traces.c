/* What tests/rv64/traces.sh traces. As a native program (with the C library): packed records, whose fields straddle lines, sorted and
   updated; a strided sweep over more than the caches hold. For RV64 (freestanding): calls, indirect calls, loops, loads and stores. */
#ifdef __riscv
typedef long Fn(long *, long);
static long data[4096];
static __attribute__((noinline)) long sum(long *p, long n) { long s = 0; for (long i = 0; i < n; i++) s += p[i * 7 & 4095]; return s; }
static __attribute__((noinline)) long fib(long *p, long n) { return n < 2 ? (p[n & 63] += n) : fib(p, n - 1) + fib(p, n - 2); }
static Fn *volatile table[2] = { sum, fib };
void _start(void)
{
    long s = 0;
    for (long i = 0; i < 40; i++) s += table[i % 3 == 0](data, i % 3 == 0 ? 10 : 500), data[i * 64 & 4095] = s;
    register long a0 __asm__("a0") = 0, a7 __asm__("a7") = 93;
    __asm__ volatile("ecall" : : "r"(a0), "r"(a7));
    __builtin_unreachable();
}
#else
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct __attribute__((packed)) Record { char c; long key; int v; };
static int by_key(const void *a, const void *b)
{
    long x = ((const struct Record *)a)->key, y = ((const struct Record *)b)->key;
    return x < y ? -1 : x > y;
}
int main(void)
{
    int n = 700;
    struct Record *r = malloc((size_t)n * sizeof *r);
    unsigned x = 1;
    for (int i = 0; i < n; i++) x = x * 1664525u + 1013904223u, r[i] = (struct Record){ (char)i, x >> 3, i };
    qsort(r, (size_t)n, sizeof *r, by_key);
    long s = 0;
    for (int i = 0; i < n; i++) s += r[i].key * r[i].v, r[i * 7 % n].v++;
    char *big = calloc(1, 1 << 18);
    for (int i = 0; i < 1 << 18; i += 61) s += big[i]++;
    printf("%ld\n", s);
    return 0;
}
#endif
