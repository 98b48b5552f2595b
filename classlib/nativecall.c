/* Calling JNI functions: arguments from slots to C, references as local handles, the baton given up meanwhile where the function
   may block. Most signatures are words only (integers and pointers), which the host's calling convention passes alike whatever
   their types: those go through one cast. The others go through libffi, with a description prepared once per method. */
#include "classlib/jni_impl.h"
#include "classlib/natives.h"
#include "base/vec.h"
#include "classlib/costs.h"
#include <ffi.h>
#include <string.h>

enum { MAX_ARGS = 257, WORD_ARGS = 8 /* env and class not counted */ };
typedef enum Shape { SHAPE_WORDS, SHAPE_D, SHAPE_DD, SHAPE_FFI } Shape; /* SHAPE_D: double f(double) */

/* What Method.ffi points to. */
typedef struct NativeCall {
    void *fn;    /* the function this was prepared for */
    u8 shape;
    bool foreign;/* not of the JDK: always without the baton */
    const BlockRow *blocks; /* NULL: it does not */
    ffi_cif cif;
    ffi_type *types[];
} NativeCall;

static bool is_fp(u8 type) { return type == T_FLOAT || type == T_DOUBLE; }

static Shape shape_of(const Method *m)
{
#if defined __x86_64__ || defined __aarch64__ || defined __riscv
    u32 fp = is_fp(m->ret), doubles = 0;
    for (u32 i = 0; i < m->details->nparams; i++) fp += is_fp(m->details->arg_types[i]), doubles += m->details->arg_types[i] == T_DOUBLE;
    if (!fp && m->details->nparams <= WORD_ARGS) return SHAPE_WORDS;
    if (m->ret == T_DOUBLE && doubles == m->details->nparams && (doubles == 1 || doubles == 2)) return doubles == 1 ? SHAPE_D : SHAPE_DD;
#endif
    (void)m;
    return SHAPE_FFI;
}

static ffi_type *ffi_type_of(u8 type)
{
    switch (type) {
    case T_BOOLEAN: return &ffi_type_uint8;
    case T_BYTE: return &ffi_type_sint8;
    case T_CHAR: return &ffi_type_uint16;
    case T_SHORT: return &ffi_type_sint16;
    case T_INT: return &ffi_type_sint32;
    case T_LONG: return &ffi_type_sint64;
    case T_FLOAT: return &ffi_type_float;
    case T_DOUBLE: return &ffi_type_double;
    case T_VOID: return &ffi_type_void;
    default: return &ffi_type_pointer;
    }
}

static NativeCall *prepare(Method *m)
{
    u32 n = m->details->nparams + 2u;
    NativeCall *call = xcalloc(1, sizeof *call + n * sizeof *call->types);
    call->fn = m->details->native;
    call->shape = (u8)shape_of(m);
    call->foreign = !native_from_jdk(m->details->native);
    call->blocks = native_blocks(m);
    call->types[0] = call->types[1] = &ffi_type_pointer;
    for (u32 i = 0; i < m->details->nparams; i++) call->types[i + 2] = ffi_type_of(m->details->arg_types[i]);
    ffi_status s = ffi_prep_cif(&call->cif, FFI_DEFAULT_ABI, n, ffi_type_of(m->ret), call->types);
    ASSERT(s == FFI_OK);
    free(m->details->ffi);
    m->details->ffi = call;
    return call;
}

/* ---- The call --------------------------------------------------------------------------------------------------- */

/* C arguments after env and class, one word each: values as in the slots, references as handles. */
static void take_arguments(Thread *t, const Method *m, const u64 *slots, u64 *out)
{
    for (u32 i = 0; i < m->details->nparams; i++) {
        u8 type = m->details->arg_types[i];
        *out++ = type == T_OBJECT || type == T_ARRAY ? (u64)handle_local(t, (Object *)*slots) : *slots;
        slots += type_slots(type);
    }
}

typedef u64 (*WordFn)(void *, void *, u64, u64, u64, u64, u64, u64, u64, u64);
typedef double (*DFn)(void *, void *, double);
typedef double (*DDFn)(void *, void *, double, double);

static u64 call_ffi(NativeCall *call, void *env, void *self, u64 *words)
{
    void *values[MAX_ARGS];
    values[0] = &env, values[1] = &self;
    for (u32 i = 2; i < call->cif.nargs; i++) values[i] = &words[i - 2]; /* little-endian: narrow types are at the word's start */
    u64 result = 0;
    ffi_call(&call->cif, FFI_FN(call->fn), &result, values);
    return result;
}

static u64 call_native(NativeCall *call, void *env, void *self, u64 *w)
{
    double a[2], r;
    u64 bits;
    switch (call->shape) {
    case SHAPE_WORDS: return ((WordFn)call->fn)(env, self, w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]);
    case SHAPE_D:
        memcpy(a, w, sizeof a[0]);
        r = ((DFn)call->fn)(env, self, a[0]);
        break;
    case SHAPE_DD:
        memcpy(a, w, sizeof a);
        r = ((DDFn)call->fn)(env, self, a[0], a[1]);
        break;
    default: return call_ffi(call, env, self, w);
    }
    if (r != r) return 0x7ff8000000000000ull; /* a computed NaN: canonical */
    memcpy(&bits, &r, sizeof bits);
    return bits;
}

/* A C result as a slot. Upper bits of narrow results are undefined in C. */
static u64 result_slot(u8 type, u64 raw)
{
    switch (type) {
    case T_BOOLEAN: return (raw & 0xff) != 0;
    case T_BYTE: return (u64)(i64)(i8)raw;
    case T_CHAR: return (u16)raw;
    case T_SHORT: return (u64)(i64)(i16)raw;
    case T_INT: return (u64)(i64)(i32)raw;
    case T_FLOAT: return (u32)raw;
    case T_LONG: case T_DOUBLE: return raw;
    case T_VOID: return 0;
    default: return (u64)handle_get((Handle)raw);
    }
}

void native_invoke(Thread *t, Method *m, u64 *args)
{
    NativeCall *call = m->details->ffi;
    if (UNLIKELY(!call || call->fn != m->details->native)) call = prepare(m);
    ASSERT(m->details->native_kind == NATIVE_JNI && m->details->nparams < MAX_ARGS - 2);
    u64 words[MAX_ARGS];
    if (m->details->nparams < WORD_ARGS) memset(words, 0, WORD_ARGS * sizeof *words);
    void *frame = handles_push(t, 16);
    bool is_static = m->access & ACC_STATIC;
    Handle self = handle_local(t, is_static ? m->owner->mirror : (Object *)args[0]);
    take_arguments(t, m, args + !is_static, words);
    charge_units(native_call, 1);
    charge_units(native_argument, m->details->nparams); /* transition and argument passing; what the function touches is charged as it does */
    NativeBaton baton = call->foreign ? BATON_GIVEN : call->blocks ? native_wait(t, call->blocks, args) : BATON_KEPT;
    if (baton == BATON_GIVEN) native_blocking_begin(t);
    else if (baton == BATON_LENT) native_lent_begin(t);
    u64 raw = call_native(call, jni_env_of(t), self, words);
    if (baton != BATON_KEPT) native_blocking_end(t);
    args[0] = t->exception ? 0 : result_slot(m->ret, raw);
    handles_pop(t, frame);
}
