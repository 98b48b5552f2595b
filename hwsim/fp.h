/* Floating point as RISC-V defines it, on the host's IEEE arithmetic: NaN boxing, canonical NaNs, saturating
   conversions, exception flags. The common case (round to nearest even) is inline here; every other rounding
   mode goes through hw_fp_round in exec_fp.c.

   Flags: while the core runs, the host's own sticky exception flags accumulate for most operations; fp_gather
   moves them into fcsr before anything can look. So whatever the core calls while it runs (the model) must
   not do floating-point arithmetic; host calls and trap handlers may, they are fenced with fp_gather and
   fp_clear. Helpers that get `fcsr` set their flags there. */
#ifndef HWSIM_FP_H
#define HWSIM_FP_H
#include "base/types.h"
#include "hwsim/core.h"
#include <fenv.h>
#include <math.h>
#include <string.h>
#ifdef __SSE2__
#include <xmmintrin.h>
#endif

enum { FP_NX = 1, FP_UF = 2, FP_OF = 4, FP_DZ = 8, FP_NV = 16 };
enum { RM_RNE, RM_RTZ, RM_RDN, RM_RUP, RM_RMM, RM_DYN = 7 };
#define NAN32 0x7fc00000u
#define NAN64 0x7ff8000000000000ull

/* --- the host's floating-point environment ---------------------------------------------------------------- */

#ifdef __SSE2__
#define HOST_FP_DEFAULT 0x1f80u /* all exceptions masked, none raised, to nearest even */
typedef u32 FpHost;
static inline FpHost fp_save(void) { return _mm_getcsr(); }
static inline void fp_restore(FpHost h) { _mm_setcsr(h); }
/* Writing the register takes longer than all the rest of entering the core: only where it makes a difference. Of what the host
   had before, fp_leave restores modes, not flags. */
static inline void fp_clear(void) { if (_mm_getcsr() != HOST_FP_DEFAULT) _mm_setcsr(HOST_FP_DEFAULT); }
static inline FpHost fp_enter(void) { FpHost h = _mm_getcsr(); if (h != HOST_FP_DEFAULT) _mm_setcsr(HOST_FP_DEFAULT); return h; }
static inline void fp_leave(FpHost h) { if ((h & ~0x3fu) != HOST_FP_DEFAULT) _mm_setcsr(h); }
/* One of RISC-V's first four rounding modes; a nearest-even environment is expected everywhere else. */
static inline void fp_host_round(u32 rm) { _mm_setcsr(HOST_FP_DEFAULT | (u32[]){ 0, 3, 1, 2 }[rm] << 13); }
static inline void fp_gather(HwCore *core)
{
    u32 e = _mm_getcsr() & 0x3f; /* IE DE ZE OE UE PE */
    if (!e) return;
    core->fcsr |= (e >> 5 & 1) | (e >> 3 & 2) | (e >> 1 & 4) | (e << 1 & 8) | (e << 4 & 16);
    fp_clear();
}
#else
typedef fenv_t FpHost;
static inline FpHost fp_save(void) { FpHost h; fegetenv(&h); return h; }
static inline void fp_restore(FpHost h) { fesetenv(&h); }
static inline FpHost fp_enter(void) { FpHost h; feholdexcept(&h); fesetround(FE_TONEAREST); return h; }
static inline void fp_leave(FpHost h) { fesetenv(&h); }
static inline void fp_clear(void) { feclearexcept(FE_ALL_EXCEPT); }
static inline void fp_host_round(u32 rm) { fesetround((int[]){ FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD }[rm]); }
static inline void fp_gather(HwCore *core)
{
    int e = fetestexcept(FE_ALL_EXCEPT);
    if (!e) return;
    core->fcsr |= (e & FE_INEXACT ? FP_NX : 0) | (e & FE_UNDERFLOW ? FP_UF : 0) | (e & FE_OVERFLOW ? FP_OF : 0) |
                  (e & FE_DIVBYZERO ? FP_DZ : 0) | (e & FE_INVALID ? FP_NV : 0);
    fp_clear();
}
#endif

/* --- bits and values -------------------------------------------------------------------------------------- */

static inline u32 fp_bits32(f32 v) { u32 b; memcpy(&b, &v, 4); return b; }
static inline u64 fp_bits64(f64 v) { u64 b; memcpy(&b, &v, 8); return b; }
static inline f32 fp_val32(u32 b) { f32 v; memcpy(&v, &b, 4); return v; }
static inline f64 fp_val64(u64 b) { f64 v; memcpy(&v, &b, 8); return v; }
static inline u64 fp_box(u32 b) { return b | 0xffffffff00000000ull; }
/* A register that does not hold a boxed single reads as the canonical NaN. The compiler must not know that it is
   one: it would fold comparisons with it, and the invalid flag with them. */
static inline u32 fp_unbox(u64 r)
{
    u32 v = LIKELY(r >> 32 == 0xffffffffu) ? (u32)r : NAN32;
    asm("" : "+r"(v));
    return v;
}
static inline u64 fp_canon32(f32 v) { return fp_box(LIKELY(v == v) ? fp_bits32(v) : NAN32); }
static inline u64 fp_canon64(f64 v) { return LIKELY(v == v) ? fp_bits64(v) : NAN64; }

static inline bool fp_snan32(u32 b) { return (b & 0x7fffffffu) - 0x7f800001u < 0x3fffffu; }
static inline bool fp_snan64(u64 b) { return (b & ~(1ull << 63)) - 0x7ff0000000000001ull < 0x7ffffffffffffull; }

/* op: 0 copy the sign of b, 1 its complement, 2 exclusive or */
static inline u32 fp_sign32(u32 a, u32 b, int op)
{
    u32 s = op == 1 ? ~b : op == 2 ? a ^ b : b;
    return (a & 0x7fffffffu) | (s & 0x80000000u);
}
static inline u64 fp_sign64(u64 a, u64 b, int op)
{
    u64 s = op == 1 ? ~b : op == 2 ? a ^ b : b;
    return (a & ~(1ull << 63)) | (s & 1ull << 63);
}

/* --- operations ------------------------------------------------------------------------------------------- */

/* The smaller (larger) number; a NaN loses against a number; -0 is below +0; a signalling NaN raises invalid. */
u32 fp_min32(u32 *fcsr, f32 a, f32 b);
u32 fp_max32(u32 *fcsr, f32 a, f32 b);
u64 fp_min64(u32 *fcsr, f64 a, f64 b);
u64 fp_max64(u32 *fcsr, f64 a, f64 b);

/* fclass's ten bits. */
u32 fp_class32(u32 bits);
u32 fp_class64(u64 bits);

/* a*b+c, rounded once. Infinity times zero is invalid even when c is a quiet NaN (hosts differ there). */
f32 fp_fma32(u32 *fcsr, f32 a, f32 b, f32 c);
f64 fp_fma64(u32 *fcsr, f64 a, f64 b, f64 c);

/* To integers in rounding mode rm, saturating. The inline part is truncation within range: it raises no more
   than inexact, by the host. */
u64 fp_to_i32_slow(u32 *fcsr, f64 v, u32 rm);
u64 fp_to_u32_slow(u32 *fcsr, f64 v, u32 rm);
u64 fp_to_i64_slow(u32 *fcsr, f64 v, u32 rm);
u64 fp_to_u64_slow(u32 *fcsr, f64 v, u32 rm);
static inline u64 fp_to_i32(u32 *fcsr, f64 v, u32 rm)
{
    return LIKELY(rm == RM_RTZ && fabs(v) < 0x1p31) ? (u64)(i64)(i32)v : fp_to_i32_slow(fcsr, v, rm);
}
static inline u64 fp_to_i64(u32 *fcsr, f64 v, u32 rm)
{
    return LIKELY(rm == RM_RTZ && fabs(v) < 0x1p63) ? (u64)(i64)v : fp_to_i64_slow(fcsr, v, rm);
}
#define fp_to_u32 fp_to_u32_slow
#define fp_to_u64 fp_to_u64_slow

/* Executes an FPS or FPD row in rounding mode rm (0-4), writing f[rd]. */
void hw_fp_round(HwCore *core, u32 id, u32 rd, u32 rs1, u32 rs2, u32 rs3, u32 rm);

#endif
