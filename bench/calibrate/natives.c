/* Kernels of native methods: array copies, Unsafe's memory, the call of a C function. */
#include "bench/calibrate/calibrate.h"
#include "classlib/jni_impl.h"
#include "classlib/natives.h"
#include "vm/native.h"
#include <ffi.h>

u64 native_arraycopy(Thread *t, u64 *args);
u64 unsafe_allocateMemory0(Thread *t, u64 *args);
u64 unsafe_freeMemory0(Thread *t, u64 *args);
u64 unsafe_copyMemory0(Thread *t, u64 *args);
u64 unsafe_setMemory0(Thread *t, u64 *args);
void native_invoke(Thread *t, Method *m, u64 *args);

/* ---- What nativecall.c needs and RV64 has not: libffi is for rare signatures, which are not called here */
ffi_type ffi_type_void, ffi_type_pointer, ffi_type_uint8, ffi_type_sint8, ffi_type_uint16, ffi_type_sint16, ffi_type_sint32, ffi_type_sint64,
    ffi_type_float, ffi_type_double;
ffi_status ffi_prep_cif(ffi_cif *cif, ffi_abi abi, unsigned n, ffi_type *r, ffi_type **types) { (void)cif, (void)abi, (void)n, (void)r, (void)types; return FFI_OK; }
void ffi_call(ffi_cif *cif, void (*fn)(void), void *result, void **values) { (void)cif, (void)fn, (void)result, (void)values; panic("libffi"); }
const BlockRow *native_blocks(const Method *m) { (void)m; return NULL; }
NativeBaton native_wait(Thread *t, const BlockRow *row, const u64 *args) { (void)t, (void)row, (void)args; return BATON_KEPT; }
JNIEnv *jni_env_of(Thread *t) { (void)t; return NULL; }
bool native_from_jdk(void *fn) { (void)fn; return true; }

static void copies(Thread *t)
{
    group("arraycopy", "arraycopy arraycopy_word");
    Object *from = array_new_prim(t, T_INT, 1100), *to = array_new_prim(t, T_INT, 1100);
    for (i32 n = 2; n <= 1024; n *= 2) {
        u64 args[] = { (u64)from, 1, (u64)to, 3, (u64)n };
        sample_begin();
        for (u32 i = 0; i < 4; i++) native_arraycopy(t, args);
        sample_end();
    }
    Class *list = world_class("java/util/ArrayList");
    Object *objects = array_new(t, class_array_of(wk.Object), 200), *lists = array_new(t, class_array_of(list), 200), *one = object_new(t, list);
    for (u32 i = 0; i < 200; i++) array_set_ref(objects, i, one);
    group("checked-copy", "arraycopy_check");
    for (u64 n = 20; n <= 200; n += 60) {
        u64 args[] = { (u64)objects, 0, (u64)lists, 0, n };
        sample_begin();
        native_arraycopy(t, args);
        sample_end();
    }
}

static void memory(Thread *t)
{
    enum { N = 20 };
    u64 blocks[N], args[10] = { 0 };
    group("memory-alloc", "memory_alloc");
    for (u32 pass = 0; pass < 2; pass++) {
        if (pass) sample_begin();
        for (u32 i = 0; i < N; i++) args[1] = 100 + 37 * i, blocks[i] = unsafe_allocateMemory0(t, args);
        if (pass) sample_end();
        for (u32 i = 0; i < N && !pass; i++) args[1] = blocks[i], unsafe_freeMemory0(t, args);
    }
    group("memory-free", "memory_free");
    sample_begin();
    for (u32 i = 0; i < N; i++) args[1] = blocks[i], unsafe_freeMemory0(t, args);
    sample_end();
    args[1] = 20000;
    u64 p = unsafe_allocateMemory0(t, args);
    group("memory-words", "memory_word");
    for (u64 n = 512; n <= 8192; n *= 4) {
        u64 copy[] = { 0, 0, p, 0, 0, p + 10000, 0, n, 0, 0 }, set[] = { 0, 0, p, 0, n, 0, 7, 0 };
        sample_begin();
        unsafe_copyMemory0(t, copy);
        unsafe_setMemory0(t, set);
        sample_end();
    }
}

static u64 nothing(void *env, void *self) { (void)env, (void)self; return 0; }

static void calls(Thread *t)
{
    Class *system = wk.System;
    group("native-call", "native_call native_argument");
    for (u32 i = 0, n = 0; i < system->nmethods + wk.Class->nmethods && n < 12; i++) {
        Method *m = i < system->nmethods ? &system->methods[i] : &wk.Class->methods[i - system->nmethods];
        if (!(m->access & ACC_NATIVE)) continue;
        m->details->native = (void *)nothing, m->details->native_kind = NATIVE_JNI;
        for (u32 pass = 0; pass < 2; pass++) {
            u64 args[16];
            for (u32 k = 0; k < 16; k++) args[k] = (u64)wk.Object->mirror;
            if (pass) sample_begin();
            native_invoke(t, m, args);
            if (pass) sample_end();
        }
        n++;
    }
}

void native_kernels(void)
{
    Thread *t = current_thread;
    copies(t);
    memory(t);
    calls(t);
}
