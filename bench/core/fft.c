/* Fast Fourier transform, radix 2, in place. */
#include "core.h"

#define BITS 9
#define N (1 << BITS)
typedef struct Complex { double re, im; } Complex;
static Complex x[N], root[N / 2];

static void reorder(void)
{
    for (unsigned i = 1, j = 0; i < N; i++) {
        unsigned bit = N >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i < j) {
            Complex t = x[i];
            x[i] = x[j], x[j] = t;
        }
    }
}

static void transform(void)
{
    reorder();
    for (unsigned half = 1; half < N; half *= 2)
        for (unsigned i = 0; i < N; i += 2 * half)
            for (unsigned k = 0; k < half; k++) {
                Complex w = root[k * (N / 2 / half)], *p = &x[i + k], *q = p + half;
                double re = q->re * w.re - q->im * w.im, im = q->re * w.im + q->im * w.re;
                q->re = p->re - re, q->im = p->im - im;
                p->re += re, p->im += im;
            }
}

static uint64_t kernel(uint64_t rounds)
{
    /* cosine and sine of one step, by which the roots rotate */
    const double c = 0.99992470183914450, s = 0.012271538285719925, unit = 0.04419417382415922; /* 1 over the root of N */
    root[0] = (Complex){ 1, 0 };
    for (int i = 1; i < N / 2; i++) {
        Complex r = root[i - 1];
        root[i] = (Complex){ r.re * c - r.im * s, r.re * s + r.im * c };
    }
    for (int i = 0; i < N; i++) x[i] = (Complex){ (double)(next_random() % 1000), 0 };
    double sum = 0;
    for (uint64_t r = 0; r < rounds; r++) {
        transform();
        for (int i = 0; i < N; i++) x[i].re *= unit, x[i].im *= unit;
        sum += x[r % N].re;
    }
    return (uint64_t)(int64_t)(sum * 1000);
}
