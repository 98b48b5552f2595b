/* See math.h. */
#include "vm/math.h"
#include "vm/costs.h"
#include "vm/vm.h"
#include <errno.h>
#include <math.h>
#include <string.h>

MathFn math_named(const char *name)
{
#define F(id, method, n, value) if (!strcmp(name, #method)) return MATH_##id;
#include "vm/math.def"
#undef F
    return MATH_FUNCTIONS;
}

/* Where C and Java differ, Java's answer is that there is none. */
static double power(double x, double y)
{
    if (y != y || (isinf(y) && fabs(x) == 1)) return NAN;
    return pow(x, y);
}

static double value_of(MathFn fn, double x, double y)
{
    switch (fn) {
#define F(id, name, n, value) case MATH_##id: return value;
#include "vm/math.def"
#undef F
    case MATH_FUNCTIONS: break;
    }
    return NAN;
}

u64 math_value(MathFn fn, u64 a, u64 b)
{
    double x, y;
    u64 bits = 0x7ff8000000000000ull;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    int saved = errno; /* natives of the class library may ask later what their last call left there */
    charge_begin(SVC_OTHER);
    charge_units(math_function, 1);
    charge_end();
    double r = value_of(fn, x, y);
    errno = saved;
    if (r == r) memcpy(&bits, &r, sizeof bits);
    return bits;
}
