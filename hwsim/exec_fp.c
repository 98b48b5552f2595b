/* The rare half of floating point: rounding modes other than nearest even, conversions that round or
   saturate, minimum and maximum, classification. See fp.h for how flags are kept.

   Rounding modes: four of RISC-V's five are the host's own, set around one operation. The fifth (nearest, ties
   away from zero) exists on no host we know: the operation is done in a wider format, rounded to odd there, and
   then rounded once more by hand. Rounding to odd (truncate, and set the last bit if anything was lost) keeps
   the second rounding exact, because the wider format has more than two bits to spare: double for
   single precision, 113 bits for double precision. */
#include "hwsim/fp.h"
#include "base/log.h"
#include "hwsim/decode.h"
#include "hwsim/exec.h"

/* --- minimum, maximum, classes ----------------------------------------------------------------------------- */

u32 fp_min32(u32 *fcsr, f32 a, f32 b)
{
    u32 x = fp_bits32(a), y = fp_bits32(b);
    if (fp_snan32(x) || fp_snan32(y)) *fcsr |= FP_NV;
    if (isnan(a)) return isnan(b) ? NAN32 : y;
    if (isnan(b)) return x;
    return a < b || (a == b && x >> 31) ? x : y;
}

u32 fp_max32(u32 *fcsr, f32 a, f32 b)
{
    u32 x = fp_bits32(a), y = fp_bits32(b);
    if (fp_snan32(x) || fp_snan32(y)) *fcsr |= FP_NV;
    if (isnan(a)) return isnan(b) ? NAN32 : y;
    if (isnan(b)) return x;
    return a > b || (a == b && y >> 31) ? x : y;
}

u64 fp_min64(u32 *fcsr, f64 a, f64 b)
{
    u64 x = fp_bits64(a), y = fp_bits64(b);
    if (fp_snan64(x) || fp_snan64(y)) *fcsr |= FP_NV;
    if (isnan(a)) return isnan(b) ? NAN64 : y;
    if (isnan(b)) return x;
    return a < b || (a == b && x >> 63) ? x : y;
}

u64 fp_max64(u32 *fcsr, f64 a, f64 b)
{
    u64 x = fp_bits64(a), y = fp_bits64(b);
    if (fp_snan64(x) || fp_snan64(y)) *fcsr |= FP_NV;
    if (isnan(a)) return isnan(b) ? NAN64 : y;
    if (isnan(b)) return x;
    return a > b || (a == b && y >> 63) ? x : y;
}

/* From sign, and exponent and fraction being all zeros or ones. */
static u32 class_bits(bool negative, bool exp_zero, bool exp_ones, bool frac_zero, bool quiet)
{
    if (exp_ones && !frac_zero) return quiet ? 1u << 9 : 1u << 8;
    u32 magnitude = exp_ones ? 0 : !exp_zero ? 1 : !frac_zero ? 2 : 3; /* infinite, normal, subnormal, zero */
    return negative ? 1u << magnitude : 1u << (7 - magnitude);
}

u32 fp_class32(u32 b)
{
    u32 e = b >> 23 & 0xff;
    return class_bits(b >> 31, !e, e == 0xff, !(b & 0x7fffff), b >> 22 & 1);
}

u32 fp_class64(u64 b)
{
    u32 e = b >> 52 & 0x7ff;
    return class_bits(b >> 63, !e, e == 0x7ff, !(b & 0xfffffffffffffull), b >> 51 & 1);
}

f32 fp_fma32(u32 *fcsr, f32 a, f32 b, f32 c)
{
    if (UNLIKELY((isinf(a) && b == 0) || (a == 0 && isinf(b)))) *fcsr |= FP_NV;
    return fmaf(a, b, c);
}

f64 fp_fma64(u32 *fcsr, f64 a, f64 b, f64 c)
{
    if (UNLIKELY((isinf(a) && b == 0) || (a == 0 && isinf(b)))) *fcsr |= FP_NV;
    return fma(a, b, c);
}

/* --- to integers ------------------------------------------------------------------------------------------- */

/* v as an integral value in rounding mode rm; raises nothing (v is no NaN). */
static f64 to_integral(f64 v, u32 rm)
{
    switch (rm) {
    case RM_RNE: return nearbyint(v); /* the host is in this mode */
    case RM_RTZ: return trunc(v);
    case RM_RDN: return floor(v);
    case RM_RUP: return ceil(v);
    default: return round(v);
    }
}

/* Rounds v and tests it against [lo, hi); returns false (and raises invalid) if outside, else raises inexact if
   rounding changed it. Host flags are put back: floor and its like may raise inexact. */
static bool round_in_range(u32 *fcsr, f64 v, u32 rm, f64 lo, f64 hi, f64 *out)
{
    FpHost before = fp_save();
    f64 r = isnan(v) ? 0 : to_integral(v, rm);
    bool in = !isnan(v) && r >= lo && r < hi;
    *fcsr |= !in ? FP_NV : r != v ? FP_NX : 0;
    *out = r;
    fp_restore(before);
    return in;
}

u64 fp_to_i32_slow(u32 *fcsr, f64 v, u32 rm)
{
    f64 r;
    if (round_in_range(fcsr, v, rm, -0x1p31, 0x1p31, &r)) return (u64)(i64)r;
    return v < 0 ? (u64)(i64)INT32_MIN : (u64)INT32_MAX; /* NaN: the largest */
}

u64 fp_to_u32_slow(u32 *fcsr, f64 v, u32 rm)
{
    f64 r;
    if (round_in_range(fcsr, v, rm, 0, 0x1p32, &r)) return (u64)(i64)(i32)(u32)(i64)r;
    return v < 0 ? 0 : ~0ull;
}

u64 fp_to_i64_slow(u32 *fcsr, f64 v, u32 rm)
{
    f64 r;
    if (round_in_range(fcsr, v, rm, -0x1p63, 0x1p63, &r)) return (u64)(i64)r;
    return v < 0 ? (u64)INT64_MIN : (u64)INT64_MAX;
}

u64 fp_to_u64_slow(u32 *fcsr, f64 v, u32 rm)
{
    f64 r;
    if (round_in_range(fcsr, v, rm, 0, 0x1p64, &r)) return r < 0x1p63 ? (u64)(i64)r : (u64)(i64)(r - 0x1p63) ^ 1ull << 63;
    return v < 0 ? 0 : ~0ull;
}

/* --- rounding modes of the host ----------------------------------------------------------------------------- */

/* Rows' operands, for the evaluations below. `volatile` results keep the arithmetic between the calls that set
   and restore the mode. */
#define A core->x[rs1]
#define F1 fp_val32(fp_unbox(core->f[rs1]))
#define F2 fp_val32(fp_unbox(core->f[rs2]))
#define F3 fp_val32(fp_unbox(core->f[rs3]))
#define D1 fp_val64(core->f[rs1])
#define D2 fp_val64(core->f[rs2])
#define D3 fp_val64(core->f[rs3])

#define FTYPE f32
#define DTYPE f64
#define FMAS(a, b, c) fp_fma32(&core->fcsr, a, b, c)
#define FMAD(a, b, c) fp_fma64(&core->fcsr, a, b, c)
#define SQRTS(a) sqrtf(a)
#define SQRTD(a) sqrt(a)
#define CASE_FPS(id, expr) case HW_I_##id: { volatile f32 r = (expr); core->f[rd] = fp_canon32(r); break; }
#define CASE_FPD(id, expr) case HW_I_##id: { volatile f64 r = (expr); core->f[rd] = fp_canon64(r); break; }

/* Only rows of the classes FPS and FPD come here. */
#define CASE_ALU(...)
#define CASE_JAL(...)
#define CASE_JALR(...)
#define CASE_BRANCH(...)
#define CASE_LOAD(...)
#define CASE_STORE(...)
#define CASE_FENCE(...)
#define CASE_FENCEI(...)
#define CASE_TRAP(...)
#define CASE_LR(...)
#define CASE_SC(...)
#define CASE_AMO(...)
#define CASE_CSR(...)
#define CASE_FLOAD(...)
#define CASE_FSTORE(...)
#define CASE_FPBITS(...)
#define CASE_FPX(...)
#define CASE_FPX0(...)
#define CASE_HCALL(...)

static __attribute__((noinline)) void eval_host(HwCore *core, u32 id, u32 rd, u32 rs1, u32 rs2, u32 rs3)
{
    switch (id) {
#define I(id, name, match, mask, fmt, unit, class, ...) CASE_##class(id, __VA_ARGS__)
#include "hwsim/rv64.def"
    default: panic("instruction %u does not round", id);
    }
}

/* --- nearest, ties away ------------------------------------------------------------------------------------- */

#undef FTYPE
#undef DTYPE
#undef FMAS
#undef FMAD
#undef SQRTS
#undef SQRTD
#undef CASE_FPS
#undef CASE_FPD
#undef F1
#undef F2
#undef F3
#undef D1
#undef D2
#undef D3

typedef _Float128 f128;

/* The same operations one format up. A product of two narrow values is exact there, so fma needs no more. Square
   roots never tie: nearest even is right for them. */
#define F1 (f64)fp_val32(fp_unbox(core->f[rs1]))
#define F2 (f64)fp_val32(fp_unbox(core->f[rs2]))
#define F3 (f64)fp_val32(fp_unbox(core->f[rs3]))
#define D1 (f128)fp_val64(core->f[rs1])
#define D2 (f128)fp_val64(core->f[rs2])
#define D3 (f128)fp_val64(core->f[rs3])
#define FTYPE f64
#define DTYPE f128
#define FMAS(a, b, c) ((a) * (b) + (c))
#define FMAD(a, b, c) ((a) * (b) + (c))
#define SQRTS(a) sqrt(a)
#define SQRTD(a) a /* never evaluated: see hw_fp_round */
#define CASE_FPS(id, expr) case HW_I_##id: { volatile f128 r = (f128)(f64)(expr); *out = r; return false; }
#define CASE_FPD(id, expr) case HW_I_##id: { volatile f128 r = (f128)(expr); *out = r; return true; }

/* Truncated result of the row in its wider format, widened to f128; returns whether the row's own is double. */
static __attribute__((noinline)) bool eval_wide(HwCore *core, u32 id, u32 rs1, u32 rs2, u32 rs3, f128 *out)
{
    switch (id) {
#define I(id, name, match, mask, fmt, unit, class, ...) CASE_##class(id, __VA_ARGS__)
#include "hwsim/rv64.def"
    default: panic("instruction %u does not round", id);
    }
}

typedef unsigned __int128 u128;

/* Rounds the exact significand m (odd-rounded: its last bit is sticky) times 2^e, m > 0, to `prec` bits with minimum
   exponent emin (of the last place), ties away; sets flags; returns sign-less bits of the narrow format. */
static u64 round_away(u128 m, int e, int prec, int emin, u64 infinity, u32 *flags)
{
    int width = 128 - (m >> 64 ? __builtin_clzll((u64)(m >> 64)) : 64 + __builtin_clzll((u64)m));
    int shift = width - prec; /* places to drop */
    bool tiny = false;
    if (e + shift < emin) {
        /* Tininess is judged after rounding as if the exponent were unbounded. */
        u128 unbounded = shift > 0 ? (m + ((u128)1 << (shift - 1))) >> shift : m;
        bool carries = shift > 0 && unbounded >> prec;
        tiny = e + shift + carries < emin;
        shift = emin - e;
    }
    ASSERT(m != 0 && width >= prec);
    u128 q = m, rest = 0;
    if (shift > 0) {
        if (shift > 120) q = 0, rest = 1;
        else q = (m + ((u128)1 << (shift - 1))) >> shift, rest = m & (((u128)1 << shift) - 1);
        e += shift;
    } else if (shift < 0 && e + shift >= emin) {
        q = m << -shift, e += shift;
    }
    if (rest) *flags |= FP_NX | (tiny ? FP_UF : 0);
    if (q >> prec) q >>= 1, e++;
    if (!q) return 0;
    if (!(q >> (prec - 1))) return (u64)q; /* subnormal: e is emin */
    u64 bits = ((u64)(e - emin + 1) << (prec - 1)) + ((u64)q - (1ull << (prec - 1)));
    if (bits >= infinity) *flags |= FP_OF | FP_NX;
    ASSERT(q >> prec == 0);
    return bits >= infinity ? infinity : bits;
}

/* Narrows v (finite and not zero) to double or single, ties away; `sticky`: v was truncated. */
static u64 narrow_away(f128 v, bool to_double, bool sticky, u32 *flags)
{
    u128 b;
    memcpy(&b, &v, 16);
    bool negative = b >> 127;
    int e = (int)(b >> 112 & 0x7fff);
    u128 m = b & (((u128)1 << 112) - 1);
    if (e) m |= (u128)1 << 112;
    else e = 1;
    /* Two more places below, so that stickiness stays apart from the value's own last bit. */
    m = m << 2 | sticky;
    e -= 16383 + 112 + 2;
    u64 r = to_double ? round_away(m, e, 53, -1074, 0x7ff0000000000000ull, flags) : round_away(m, e, 24, -149, 0x7f800000u, flags);
    return r | (u64)negative << (to_double ? 63 : 31);
}

static void round_ties_away(HwCore *core, u32 id, u32 rd, u32 rs1, u32 rs2, u32 rs3)
{
    f128 v;
    u32 flags = 0;
    fenv_t env;
    feholdexcept(&env);
    fesetround(FE_TOWARDZERO);
    bool is_double = eval_wide(core, id, rs1, rs2, rs3, &v);
    int raised = fetestexcept(FE_ALL_EXCEPT);
    fesetenv(&env);
    if (raised & FE_INVALID) flags |= FP_NV;
    if (raised & FE_DIVBYZERO) flags |= FP_DZ;
    u64 r;
    if (v != v) r = is_double ? NAN64 : NAN32;
    else if (v == 0 || isinf(v)) {
        r = is_double ? fp_bits64((f64)v) : fp_bits32((f32)v);
    } else r = narrow_away(v, is_double, raised & FE_INEXACT, &flags);
    core->f[rd] = is_double ? r : fp_box((u32)r);
    core->fcsr |= flags;
}

/* The multiplication of infinity and zero inside a fused row is invalid whatever the addend. */
static void fma_invalid(HwCore *core, u32 id, u32 rs1, u32 rs2)
{
    if (hw_rows[id].format != HW_FMT_FR4) return;
    bool is_double = hw_rows[id].class == HW_CLASS_FPD;
    f64 a = is_double ? fp_val64(core->f[rs1]) : (f64)fp_val32(fp_unbox(core->f[rs1]));
    f64 b = is_double ? fp_val64(core->f[rs2]) : (f64)fp_val32(fp_unbox(core->f[rs2]));
    if ((isinf(a) && b == 0) || (a == 0 && isinf(b))) core->fcsr |= FP_NV;
}

void hw_fp_round(HwCore *core, u32 id, u32 rd, u32 rs1, u32 rs2, u32 rs3, u32 rm)
{
    ASSERT(rm <= RM_RMM);
    fp_gather(core);
    if (rm == RM_RMM && id != HW_I_FSQRT_S && id != HW_I_FSQRT_D) {
        fma_invalid(core, id, rs1, rs2);
        round_ties_away(core, id, rd, rs1, rs2, rs3);
    } else {
        fp_host_round(rm == RM_RMM ? RM_RNE : rm);
        eval_host(core, id, rd, rs1, rs2, rs3);
        fp_gather(core);
        fp_host_round(RM_RNE);
    }
}
