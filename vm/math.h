/* Math's logarithms, powers, exponentials and trigonometric functions. HotSpot does not run the class library's bytecode for them, which calls
   StrictMath, but code of its own; nor does loam. The specification admits both, an error of one in the last place. HotSpot's results are hardly ever
   off, unlike StrictMath's, and so are the host's libm's: the bits are the same for all but a few of a thousand arguments (tan) to of ten thousand (log). */
#ifndef VM_MATH_H
#define VM_MATH_H
#include "base/types.h"

typedef enum MathFn {
#define F(id, name, n, value) MATH_##id,
#include "vm/math.def"
#undef F
    MATH_FUNCTIONS
} MathFn;

/* Of a name; MATH_FUNCTIONS: none. */
MathFn math_named(const char *name);
/* Bits of doubles, and of the result, whose NaNs are canonical; b counts where there are two arguments. Charged; leaves errno alone. */
u64 math_value(MathFn fn, u64 a, u64 b);

#endif
