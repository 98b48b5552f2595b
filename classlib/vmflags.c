/* HotSpot's -XX flags as management tells them: a table of those that mean something here, those that can be changed in a running `java` (with
   the ranges that are checked there), and those that programs ask for to learn of the heap's layout. Values that are kept elsewhere are read
   from there; the other ones live here. Flags of collectors that are not here keep what they are given, and do nothing. */
#include "classlib/vmflags.h"
#include "base/log.h"
#include "base/vec.h"
#include "gc/gc.h"
#include "vm/vm.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* R(name, C type, type, value, option that sets it): can be read. */
#define READ_ONLY(R) \
    R(MaxHeapSize, "size_t", FLAG_LONG, (i64)gc_counts().bytes_max, "-Xmx") \
    R(InitialHeapSize, "size_t", FLAG_LONG, (i64)vm_options.initial_heap, "-Xms") \
    R(ThreadStackSize, "intx", FLAG_LONG, (i64)(vm_options.java_stack >> 10), "-Xss") \
    R(ActiveProcessorCount, "int", FLAG_LONG, vm_options.processors ? (i64)vm_options.processors : -1, NULL) \
    R(ObjectAlignmentInBytes, "intx", FLAG_LONG, 8, NULL) \
    R(MaxDirectMemorySize, "uint64_t", FLAG_LONG, 0, NULL) \
    R(UseCompressedOops, "bool", FLAG_BOOL, true, NULL) \
    R(UseCompressedClassPointers, "bool", FLAG_BOOL, true, NULL) \
    R(UseSerialGC, "bool", FLAG_BOOL, false, NULL) \
    R(UseParallelGC, "bool", FLAG_BOOL, false, NULL) \
    R(UseG1GC, "bool", FLAG_BOOL, false, NULL) \
    R(UseZGC, "bool", FLAG_BOOL, false, NULL) \
    R(UseShenandoahGC, "bool", FLAG_BOOL, false, NULL) \
    R(DisableExplicitGC, "bool", FLAG_BOOL, vm_options.no_explicit_gc, NULL) \
    R(UseContainerSupport, "bool", FLAG_BOOL, !vm_options.no_containers, NULL) \
    R(ExitOnOutOfMemoryError, "bool", FLAG_BOOL, vm_options.exit_on_oom, NULL)

/* W(name, C type, type, value, lowest, highest): can be changed at any time, in the order that `java` tells them; the last one on the command line only. */
#define WRITABLE(W) \
    W(HeapDumpBeforeFullGC, "bool", FLAG_BOOL, 0, 0, 1) \
    W(HeapDumpAfterFullGC, "bool", FLAG_BOOL, 0, 0, 1) \
    W(HeapDumpOnOutOfMemoryError, "bool", FLAG_BOOL, 0, 0, 1) \
    W(HeapDumpPath, "ccstr", FLAG_STRING, 0, 0, 0) \
    W(HeapDumpGzipLevel, "intx", FLAG_LONG, 0, 0, 9) \
    W(ShowCodeDetailsInExceptionMessages, "bool", FLAG_BOOL, 1, 0, 1) \
    W(PrintClassHistogram, "bool", FLAG_BOOL, 0, 0, 1) \
    W(MinHeapFreeRatio, "uintx", FLAG_LONG, 40, 0, 100) \
    W(MaxHeapFreeRatio, "uintx", FLAG_LONG, 70, 0, 100) \
    W(PrintConcurrentLocks, "bool", FLAG_BOOL, 0, 0, 1) \
    W(G1PeriodicGCInterval, "uintx", FLAG_LONG, 0, 0, INT64_MAX) \
    W(G1PeriodicGCSystemLoadThreshold, "double", FLAG_DOUBLE, 0, 0, INT32_MAX) \
    W(SoftMaxHeapSize, "size_t", FLAG_LONG, 0, 0, INT64_MAX) \
    W(OnOutOfMemoryError, "ccstrlist", FLAG_STRING, 0, 0, 0)

#define R(name, ctype, type, value, option) READ_##name,
#define W(name, ctype, type, value, low, high) WRITE_##name,
enum { READ_ONLY(R) READ_COUNT };
enum { WRITABLE(W) WRITE_COUNT };
#undef R
#undef W

static VmFlag own[WRITE_COUNT] = {
#define W(name, ctype, type, value, low, high) { #name, ctype, type, { value }, FLAG_DEFAULT, WRITE_##name != WRITE_OnOutOfMemoryError, low, high },
    WRITABLE(W)
#undef W
};

static const struct { const char *name, *ctype, *option; FlagType type; } fixed[READ_COUNT] = {
#define R(name, ctype, type, value, option) { #name, ctype, option, type },
    READ_ONLY(R)
#undef R
};

static i64 fixed_value(u32 i)
{
    switch (i) {
#define R(name, ctype, type, value, option) case READ_##name: return value;
    READ_ONLY(R)
#undef R
    default: panic("no such flag");
    }
}

/* Did the command line say -XX:NAME=..., -XX:+NAME, -XX:-NAME, or the option that is short for it? */
static bool was_given(u32 i)
{
    size_t n = strlen(fixed[i].name);
    for (u32 k = 0; k < vm_options.nvm_args; k++) {
        const char *a = vm_options.vm_args[k];
        if (fixed[i].option && !strncmp(a, fixed[i].option, strlen(fixed[i].option))) return true;
        if (strncmp(a, "-XX:", 4)) continue;
        a += 4;
        if (fixed[i].type == FLAG_BOOL ? (*a == '+' || *a == '-') && !strcmp(a + 1, fixed[i].name) : !strncmp(a, fixed[i].name, n) && a[n] == '=') return true;
    }
    return false;
}

u32 vmflags_count(void) { return READ_COUNT + WRITE_COUNT; }

VmFlag vmflag_at(u32 i)
{
    ASSERT(i < vmflags_count());
    if (i >= READ_COUNT) {
        VmFlag f = own[i - READ_COUNT];
        if (f.type == FLAG_STRING && !f.value.s) f.value.s = "";
        if (i - READ_COUNT == WRITE_SoftMaxHeapSize && f.origin == FLAG_DEFAULT) f.value.l = (i64)gc_counts().bytes_max, f.origin = FLAG_ERGONOMIC;
        return f;
    }
    VmFlag f = { .name = fixed[i].name, .ctype = fixed[i].ctype, .type = fixed[i].type, .value.l = fixed_value(i) };
    bool sized = f.value.l && (i == READ_MaxHeapSize || i == READ_InitialHeapSize || i == READ_UseCompressedOops);
    f.origin = was_given(i) ? FLAG_COMMAND_LINE : sized ? FLAG_ERGONOMIC : FLAG_DEFAULT;
    return f;
}

bool vmflag_find(const char *name, VmFlag *out)
{
    for (u32 i = 0; i < vmflags_count(); i++) {
        *out = vmflag_at(i);
        if (!strcmp(out->name, name)) return true;
    }
    return false;
}

/* ---- Changes -------------------------------------------------------------------------------------------------------------- */
static VmFlag *writable(const char *name)
{
    for (u32 i = 0; i < WRITE_COUNT; i++)
        if (!strcmp(own[i].name, name)) return &own[i];
    return NULL;
}

bool vmflag_given(const char *name) { return writable(name) != NULL; }

/* What a value must agree with besides its range. */
static bool agrees(const VmFlag *f, i64 v)
{
    if (f == &own[WRITE_MinHeapFreeRatio]) return v <= own[WRITE_MaxHeapFreeRatio].value.l;
    if (f == &own[WRITE_MaxHeapFreeRatio]) return v >= own[WRITE_MinHeapFreeRatio].value.l;
    if (f == &own[WRITE_SoftMaxHeapSize]) return v >= 0 && (!vm_booted || (u64)v <= gc_counts().bytes_max);
    return true;
}

static char *check(const VmFlag *f, FlagValue v)
{
    if (f->type == FLAG_DOUBLE) {
        if (v.d >= (double)f->low && v.d <= (double)f->high) return NULL;
        return xasprintf("%s error: must have value in range [%.3f...%.3f]", f->name, (double)f->low, (double)f->high);
    }
    if (f->type != FLAG_LONG) return NULL;
    if (f->high != INT64_MAX && (v.l < f->low || v.l > f->high))
        return xasprintf("%s error: must have value in range [%lld...%lld]", f->name, (long long)f->low, (long long)f->high);
    return agrees(f, v.l) ? NULL : xasprintf("%s error: value violates its flag's constraint.", f->name);
}

/* What others keep. */
static void take_effect(const VmFlag *f)
{
    if (f == &own[WRITE_ShowCodeDetailsInExceptionMessages]) vm_options.plain_npe = !f->value.l;
}

char *vmflag_set(const char *name, FlagValue value, FlagOrigin origin)
{
    VmFlag *f = writable(name), told;
    if (!f || (!f->writable && vm_booted)) return xasprintf(vmflag_find(name, &told) ? "only 'writeable' flags can be set" : "flag %s does not exist", name);
    char *wrong = check(f, value);
    if (wrong) return wrong;
    if (f->type == FLAG_STRING) {
        free((char *)(uintptr_t)f->value.s);
        value.s = xstrdup(value.s);
    }
    f->value = value;
    f->origin = origin;
    take_effect(f);
    return NULL;
}

char *vmflag_set_text(const char *name, const char *text, FlagOrigin origin)
{
    VmFlag f;
    if (!vmflag_find(name, &f) || f.type == FLAG_STRING || !writable(name)) return vmflag_set(name, (FlagValue){ .s = text }, origin);
    FlagValue v;
    char *end = NULL;
    errno = 0;
    if (f.type == FLAG_BOOL) {
        bool on = !strcmp(text, "true") || !strcmp(text, "1");
        if (!on && strcmp(text, "false") && strcmp(text, "0")) return xstrdup("flag value must be a boolean (1/0 or true/false)");
        v.l = on;
    } else if (f.type == FLAG_DOUBLE) v.d = strtod(text, &end);
    else v.l = strtoll(text, &end, 10);
    if (errno || (end && (end == text || *end))) return xstrdup("flag value must be a number");
    return vmflag_set(name, v, origin);
}
