/* HotSpot's flags by name, type and range (hotspot_flags.def), and what `java` says when one is not known, locked, or given the wrong way: scripts
   that try which flags there are get the same answers. Their values are checked and forgotten. */
#include "launcher/hotspot_flags.h"
#include "base/log.h"
#include "base/vec.h"
#include <errno.h>
#include <float.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum FlagForm { FORM_BOOL, FORM_TEXT, FORM_DOUBLE, FORM_NUMBER } FlagForm;
typedef enum FlagLock { PRODUCT, DIAGNOSTIC, EXPERIMENTAL, LOCKS } FlagLock;
typedef struct HotspotFlag {
    const char *name, *ctype;
    u8 form, lock, deprecated;
    u64 low, high;       /* as ctype says, signed or not */
    double dlow, dhigh;
} HotspotFlag;

static const HotspotFlag flags[] = {
#define B(name, lock, deprecated) { #name, "bool", FORM_BOOL, lock, deprecated, 0, 0, 0, 0 },
#define S(name, lock, deprecated) { #name, "ccstr", FORM_TEXT, lock, deprecated, 0, 0, 0, 0 },
#define D(name, lock, deprecated, low, high) { #name, "double", FORM_DOUBLE, lock, deprecated, 0, 0, low, high },
#define N(name, lock, deprecated, ctype, low, high) { #name, #ctype, FORM_NUMBER, lock, deprecated, (u64)(low), (u64)(high), 0, 0 },
#include "launcher/hotspot_flags.def"
#undef B
#undef S
#undef D
#undef N
};
static bool unlocked[LOCKS] = { [PRODUCT] = true };

static const HotspotFlag *find(const char *name, size_t n)
{
    for (u32 i = 0; i < NELEM(flags); i++)
        if (!strncmp(flags[i].name, name, n) && !flags[i].name[n]) return &flags[i];
    return NULL;
}

/* ---- Names that are not known ----------------------------------------------------------------------------------------------- */
/* How alike two names are: pairs of letters of the one that occur in the other, of half the letters of both. */
static double likeness(const char *a, size_t na, const char *b, size_t nb)
{
    u32 hits = 0;
    for (size_t i = 0; i + 1 < na; i++)
        for (size_t k = 0; k + 1 < nb; k++)
            if (a[i] == b[k] && a[i + 1] == b[k + 1]) {
                hits++;
                break;
            }
    return 2.0 * hits / (double)(na + nb);
}

static char *unknown(const char *flag, size_t n)
{
    static const double ALIKE = 0.7;
    const HotspotFlag *best = NULL;
    double most = ALIKE;
    for (u32 i = 0; i < NELEM(flags); i++) {
        double d = likeness(flags[i].name, strlen(flags[i].name), flag, n);
        if (d > most) most = d, best = &flags[i];
    }
    if (!best) return xasprintf("Unrecognized VM option '%s'\n", flag);
    bool is_bool = best->form == FORM_BOOL;
    return xasprintf("Unrecognized VM option '%s'\nDid you mean '%s%s%s'? ", flag, is_bool ? "(+/-)" : "", best->name, is_bool ? "" : "=<value>");
}

/* ---- Values ----------------------------------------------------------------------------------------------------------------- */
static bool is_signed(const HotspotFlag *f) { return !strcmp(f->ctype, "intx") || !strcmp(f->ctype, "int"); }

/* -5, 0x1f, 4k. */
static bool read_number(const char *text, bool with_sign, u64 *out)
{
    bool minus = *text == '-';
    const char *digits = text + minus;
    bool hex = digits[0] == '0' && (digits[1] | 32) == 'x';
    char *end;
    errno = 0;
    u64 n = strtoull(digits, &end, hex ? 16 : 10);
    if (errno || end == digits || *digits == '-' || *digits == '+' || (minus && !with_sign)) return false;
    static const char units[] = "kmgt";
    const char *unit = *end ? strchr(units, *end | 32) : NULL;
    u32 shift = unit ? 10 * (u32)(unit - units + 1) : 0;
    if (unit) end++;
    if (*end || n > UINT64_MAX >> shift || (with_sign && n << shift > INT64_MAX)) return false;
    *out = minus ? -(n << shift) : n << shift;
    return true;
}

/* A line about the range; malloc'ed. NULL: within it. */
static char *out_of_range(const HotspotFlag *f, u64 v)
{
    if (is_signed(f)) {
        i64 s = (i64)v, low = (i64)f->low, high = (i64)f->high;
        if (s >= low && s <= high) return NULL;
        return xasprintf("%s %s=%lld is outside the allowed range [ %lld ... %lld ]\n", f->ctype, f->name, (long long)s, (long long)low, (long long)high);
    }
    if (v >= f->low && v <= f->high) return NULL;
    return xasprintf("%s %s=%llu is outside the allowed range [ %llu ... %llu ]\n", f->ctype, f->name, (unsigned long long)v, (unsigned long long)f->low, (unsigned long long)f->high);
}

/* "": cannot be read; a line: out of range; NULL: good. */
static char *check_value(const HotspotFlag *f, const char *text)
{
    u64 v;
    char *end;
    if (f->form == FORM_TEXT) return NULL;
    if (f->form == FORM_NUMBER) {
        bool narrow = !strcmp(f->ctype, "int") || !strcmp(f->ctype, "uint");
        if (!read_number(text, is_signed(f), &v) || (narrow && (is_signed(f) ? (i64)(i32)v != (i64)v : (u32)v != v))) return xstrdup("");
        return out_of_range(f, v);
    }
    double d = strtod(text, &end);
    if (f->form != FORM_DOUBLE || end == text || *end || d != d) return xstrdup("");
    if (d >= f->dlow && d <= f->dhigh) return NULL;
    return xasprintf("double %s=%f is outside the allowed range [ %f ... %f ]\n", f->name, d, f->dlow, f->dhigh);
}

/* ---- A flag ----------------------------------------------------------------------------------------------------------------- */
static char *locked(const HotspotFlag *f)
{
    static const char *const kinds[LOCKS] = { "", "diagnostic", "experimental" }, *const keys[LOCKS] = { "", "UnlockDiagnosticVMOptions", "UnlockExperimentalVMOptions" };
    return xasprintf("Error: VM option '%s' is %s and must be enabled via -XX:+%s.\nError: The unlock option must precede '%s'.\n", f->name, kinds[f->lock], keys[f->lock], f->name);
}

static char *improper(const char *flag, char *why)
{
    char *text = xasprintf("%sImproperly specified VM option '%s'\n", why, flag);
    free(why);
    return text;
}

static bool is_gone(const char *name, size_t n)
{
    static const char *const gone[] = { "AssertOnSuspendWaitFailure", "SuspendRetryCount", "SuspendRetryDelay", "TraceSuspendWaitFailures" };
    for (u32 i = 0; i < NELEM(gone); i++)
        if (!strncmp(gone[i], name, n) && !gone[i][n]) return true;
    return false;
}

char *hotspot_flag(const char *flag, bool lenient)
{
    bool on = *flag == '+', sign = on || *flag == '-';
    flag += sign;
    size_t n = strcspn(flag, "=");
    const HotspotFlag *f = find(flag, n);
    if (!f && is_gone(flag, n)) {
        fprintf(stderr, "loam VM warning: Ignoring option %.*s; support was removed in 17.0\n", (int)n, flag);
        return NULL;
    }
    if (!f) return lenient ? NULL : unknown(flag, n);
    if (!unlocked[f->lock] && strncmp(f->name, "Unlock", 6)) return locked(f);
    if (f->form == FORM_BOOL && !sign) return xasprintf("Missing +/- setting for VM option '%s'\n", flag);
    if (f->form != FORM_BOOL && sign) return xasprintf("Unexpected +/- setting in VM option '%s'\n", flag);
    if (sign ? flag[n] != 0 : flag[n] != '=') return improper(flag, xstrdup(""));
    char *wrong = sign ? NULL : check_value(f, flag + n + 1);
    if (wrong) return improper(flag, wrong);
    if (!strcmp(f->name, "UnlockDiagnosticVMOptions")) unlocked[DIAGNOSTIC] = on;
    if (!strcmp(f->name, "UnlockExperimentalVMOptions")) unlocked[EXPERIMENTAL] = on;
    if (f->deprecated) fprintf(stderr, "loam VM warning: Option %s was deprecated in version %u.0 and will likely be removed in a future release.\n", f->name, f->deprecated);
    return NULL;
}
