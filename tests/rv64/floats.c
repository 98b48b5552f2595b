/* Floating point through the C library: elementary functions, formatting, conversions in every rounding mode, fma,
   comparisons of special values, exception flags. */
#include <fenv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double values[] = { 0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-310, 4.9e-324, 1.7976931348623157e308, 2147483647.5, -2147483648.5,
                                 4294967295.5, 9.2233720368547758e18, -9.3e18, 1.8446744073709552e19, 3.14159265358979, -123456.789 };
#define COUNT (sizeof values / sizeof *values)

static unsigned bits(float v)
{
    unsigned b;
    memcpy(&b, &v, 4);
    return b;
}

static void conversions(int mode, const char *name)
{
    fesetround(mode);
    for (unsigned i = 0; i < COUNT; i++) {
        volatile double v = values[i];
        volatile float f = (float)v;
        feclearexcept(FE_ALL_EXCEPT);
        long l = lrint(v);
        int flags = fetestexcept(FE_ALL_EXCEPT);
        printf("%s %a -> %08x %ld flags %x rint %a\n", name, v, bits(f), l, flags, rint(v));
    }
    fesetround(FE_TONEAREST);
}

static void arithmetic(void)
{
    for (unsigned i = 0; i < COUNT; i++)
        for (unsigned j = 0; j < COUNT; j++) {
            volatile double a = values[i], b = values[j];
            feclearexcept(FE_ALL_EXCEPT);
            volatile double sum = a + b, product = a * b, quotient = a / b, fused = fma(a, b, -product);
            int flags = fetestexcept(FE_ALL_EXCEPT);
            printf("%a %a %a %a %a %x %d%d%d\n", sum, product, quotient, fused, fmin(a, b), flags, a < b, a == b, isunordered(sum, quotient));
        }
}

static void functions(void)
{
    for (double x = -3; x < 3; x += 0.37)
        printf("%.17g %.17g %.17g %.17g %.17g %.17g\n", sin(x), exp(x), atan2(x, 2), tanh(x), pow(fabs(x), 1.7), log1p(fabs(x)));
    for (unsigned i = 0; i < COUNT; i++) {
        char text[40];
        snprintf(text, sizeof text, "%.17g", values[i]);
        printf("%s %d %g %.3e %f\n", text, strtod(text, NULL) == values[i], values[i], values[i], values[i]);
    }
}

int main(void)
{
    conversions(FE_TONEAREST, "nearest");
    conversions(FE_TOWARDZERO, "zero");
    conversions(FE_DOWNWARD, "down");
    conversions(FE_UPWARD, "up");
    arithmetic();
    functions();
    return 0;
}
