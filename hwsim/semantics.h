/* Arithmetic that the rows of rv64.def name: what RISC-V defines where C does not. */
#ifndef HWSIM_SEMANTICS_H
#define HWSIM_SEMANTICS_H
#include "base/types.h"

static inline u64 rv_w(u64 v) { return (u64)(i64)(i32)v; }
/* Division by zero gives all ones, and the dividend as remainder; the most negative number by -1 gives itself. */
static inline u64 rv_div(i64 a, i64 b) { return b == 0 ? ~0ull : b == -1 ? -(u64)a : (u64)(a / b); }
static inline u64 rv_rem(i64 a, i64 b) { return b == 0 ? (u64)a : b == -1 ? 0 : (u64)(a % b); }
static inline u64 rv_ror(u64 v, u64 n) { return v >> (n & 63) | v << (-n & 63); }
static inline u64 rv_rorw(u32 v, u64 n) { return rv_w(v >> (n & 31) | v << (-n & 31)); }
/* Every byte that is not zero becomes 0xff. */
static inline u64 rv_orcb(u64 v)
{
    u64 low7 = 0x7f7f7f7f7f7f7f7full;
    u64 top = (((v & low7) + low7) | v) & ~low7;
    return (top >> 7) * 0xff;
}

#endif
