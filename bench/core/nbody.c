/* Five bodies that attract each other. */
#include "core.h"

#define N 5
typedef struct Body { double x[3], v[3], mass; } Body;
static Body body[N];

static double root(double v)
{
    double r;
#ifdef __riscv
    __asm__("fsqrt.d %0, %1" : "=f"(r) : "f"(v));
#else
    __asm__("sqrtsd %1, %0" : "=x"(r) : "x"(v));
#endif
    return r;
}

static void advance(double dt)
{
    for (int i = 0; i < N; i++)
        for (int j = i + 1; j < N; j++) {
            double d[3], square = 0.01;
            for (int k = 0; k < 3; k++) d[k] = body[i].x[k] - body[j].x[k], square += d[k] * d[k];
            double size = dt / (square * root(square));
            for (int k = 0; k < 3; k++) {
                body[i].v[k] -= d[k] * body[j].mass * size;
                body[j].v[k] += d[k] * body[i].mass * size;
            }
        }
    for (int i = 0; i < N; i++)
        for (int k = 0; k < 3; k++) body[i].x[k] += dt * body[i].v[k];
}

static uint64_t kernel(uint64_t rounds)
{
    for (int i = 0; i < N; i++)
        for (int k = 0; k < 3; k++) {
            body[i].x[k] = (double)(next_random() % 1000) / 100, body[i].v[k] = (double)(next_random() % 100) / 1000;
            body[i].mass = 0.5 + i;
        }
    for (uint64_t r = 0; r < rounds; r++) advance(0.001);
    return (uint64_t)(int64_t)(body[0].x[0] * 1e6);
}
