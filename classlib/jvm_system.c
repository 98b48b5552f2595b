/* JVM_*: Object, System, Runtime, References, class-data sharing (which loam does not have), and odds and ends. */
#include "classlib/jvm_util.h"
#include "classlib/natives.h"
#include "gc/gc.h"
#include <string.h>

/* ---- Object, String, System -------------------------------------------------------------------------------------- */
JNIEXPORT jobject JNICALL JVM_Clone(JNIEnv *env, jobject o)
{
    JVM_SCOPE();
    Object *object = jvm_object(o);
    return object ? jvm_local(t, object_clone(t, object)) : (void *)jvm_throw_npe(t);
}

JNIEXPORT jstring JNICALL JVM_InternString(JNIEnv *env, jstring string)
{
    JVM_SCOPE();
    Object *s = jvm_object(string);
    return s ? jvm_local(t, string_intern(t, s)) : NULL;
}

JNIEXPORT jlong JNICALL JVM_CurrentTimeMillis(JNIEnv *env, jclass ignored)
{
    JVM_SCOPE();
    (void)ignored;
    return vm_wall_millis();
}

JNIEXPORT jlong JNICALL JVM_NanoTime(JNIEnv *env, jclass ignored)
{
    JVM_SCOPE();
    (void)ignored;
    return (jlong)vm_nano_time();
}

enum { NANOS_PER_MILLI = 1000000, MILLIS_PER_SECOND = 1000 };

/* Wall clock in ns, never contradicting vm_wall_millis: its milliseconds, refined by the nanosecond clock. */
static i64 wall_nanos(void)
{
    static i64 base; /* wall minus nanosecond clock */
    static bool known;
    i64 floor = vm_wall_millis() * NANOS_PER_MILLI, nano = (i64)vm_nano_time();
    if (!known) base = floor - nano, known = true;
    i64 now = base + nano;
    if (now >= floor && now < floor + NANOS_PER_MILLI) return now;
    base = (now < floor ? floor : floor + NANOS_PER_MILLI - 1) - nano;
    return base + nano;
}

/* Nanoseconds from offset (s since the epoch) to now; -1: too far away. */
JNIEXPORT jlong JNICALL JVM_GetNanoTimeAdjustment(JNIEnv *env, jclass ignored, jlong offset)
{
    JVM_SCOPE();
    (void)ignored;
    const i64 max = 1ll << 32, second = (i64)MILLIS_PER_SECOND * NANOS_PER_MILLI;
    i64 now = wall_nanos(), difference;
    if (__builtin_sub_overflow(now / second, offset, &difference) || difference >= max || difference <= -max) return -1;
    return difference * second + now % second;
}

JNIEXPORT void JNICALL JVM_ArrayCopy(JNIEnv *env, jclass ignored, jobject from, jint from_at, jobject to, jint to_at, jint n)
{
    JVM_SCOPE();
    (void)ignored;
    u64 args[] = { (u64)jvm_object(from), (u64)(i64)from_at, (u64)jvm_object(to), (u64)(i64)to_at, (u64)(i64)n };
    native_arraycopy(t, args);
}

/* ---- Runtime ------------------------------------------------------------------------------------------------------- */
JNIEXPORT void JNICALL JVM_BeforeHalt(void) {}

JNIEXPORT void JNICALL JVM_Halt(jint code)
{
    jvm_enter(); /* for good: nothing runs after this */
    vm_exit(code);
}

JNIEXPORT void JNICALL JVM_GC(void)
{
    JVM_SCOPE_NO_ENV();
    if (!vm_options.no_explicit_gc) vm_collect();
}

/* Milliseconds since the last collection, as far as somebody asks: counted from when this first saw it. */
JNIEXPORT jlong JNICALL JVM_MaxObjectInspectionAge(void)
{
    JVM_SCOPE_NO_ENV();
    static u64 seen;
    static i64 since;
    u64 collections = gc_stats().collections;
    i64 now = vm_wall_millis();
    if (collections != seen || !since) seen = collections, since = now;
    return now - since;
}

JNIEXPORT jlong JNICALL JVM_TotalMemory(void)
{
    JVM_SCOPE_NO_ENV();
    return (jlong)gc_stats().bytes_committed;
}

JNIEXPORT jlong JNICALL JVM_FreeMemory(void)
{
    JVM_SCOPE_NO_ENV();
    GcStats s = gc_stats();
    return s.bytes_committed > s.bytes_used ? (jlong)(s.bytes_committed - s.bytes_used) : 0;
}

JNIEXPORT jlong JNICALL JVM_MaxMemory(void)
{
    JVM_SCOPE_NO_ENV();
    return (jlong)gc_stats().bytes_max;
}

/* One baton: one thread runs Java at a time, whatever the host has. A constant keeps runs the same on every host. */
JNIEXPORT jint JNICALL JVM_ActiveProcessorCount(void)
{
    u32 n = vm_options.processors ? vm_options.processors : vm_options.host_processors;
    return n ? (jint)n : 1;
}

/* What control groups grant the process, for management and -XshowSettings:system. */
JNIEXPORT jboolean JNICALL JVM_IsUseContainerSupport(void) { return !vm_options.no_containers; }

JNIEXPORT jboolean JNICALL JVM_SupportsCX8(void) { return JNI_TRUE; }


/* Version of this interface. */
JNIEXPORT jint JNICALL JVM_GetInterfaceVersion(void) { return 6; }

JNIEXPORT jstring JNICALL JVM_GetTemporaryDirectory(JNIEnv *env)
{
    JVM_SCOPE();
    return jvm_local(t, string_new(t, "/tmp"));
}

/* Paths need no cleaning here. */
JNIEXPORT char *JNICALL JVM_NativePath(char *path) { return path; }

/* ---- References ------------------------------------------------------------------------------------------------------ */
JNIEXPORT jobject JNICALL JVM_GetAndClearReferencePendingList(JNIEnv *env)
{
    JVM_SCOPE();
    return jvm_local(t, refs_take_pending(t));
}

JNIEXPORT jboolean JNICALL JVM_HasReferencePendingList(JNIEnv *env)
{
    JVM_SCOPE();
    return refs_has_pending();
}

JNIEXPORT void JNICALL JVM_WaitForReferencePendingList(JNIEnv *env)
{
    JVM_SCOPE();
    refs_wait_pending(t);
}

JNIEXPORT jboolean JNICALL JVM_ReferenceRefersTo(JNIEnv *env, jobject reference, jobject o)
{
    JVM_SCOPE();
    return load_ref(jvm_object(reference), off.Reference_referent) == jvm_object(o);
}

JNIEXPORT jboolean JNICALL JVM_PhantomReferenceRefersTo(JNIEnv *env, jobject reference, jobject o)
{
    return JVM_ReferenceRefersTo(env, reference, o);
}

JNIEXPORT void JNICALL JVM_ReferenceClear(JNIEnv *env, jobject reference)
{
    JVM_SCOPE();
    store_ref(jvm_object(reference), off.Reference_referent, NULL);
}

/* Asked for by later updates of the class library. */
JNIEXPORT jobject JNICALL JVM_ReferenceGet(JNIEnv *env, jobject reference)
{
    JVM_SCOPE();
    return jvm_local(t, load_ref(jvm_object(reference), off.Reference_referent));
}

JNIEXPORT void JNICALL JVM_ReportFinalizationComplete(JNIEnv *env, jobject finalizee) { (void)env, (void)finalizee; }

/* ---- Frames ---------------------------------------------------------------------------------------------------------- */
static bool subclass_of_named(const Class *c, const char *name)
{
    for (; c; c = c->super)
        if (!strcmp(c->name->bytes, name)) return true;
    return false;
}

/* Generated accessors and constructors stand between a reflective call and its target. */
static bool is_accessor(const Class *c)
{
    return subclass_of_named(c, "jdk/internal/reflect/MethodAccessorImpl") || subclass_of_named(c, "jdk/internal/reflect/ConstructorAccessorImpl");
}

/* The first loader on the stack that is neither the boot nor the platform loader. */
JNIEXPORT jobject JNICALL JVM_LatestUserDefinedLoader(JNIEnv *env)
{
    JVM_SCOPE();
    for (const Frame *f = t->frame; f; f = f->prev) {
        const Class *c = f->method->owner;
        if (c->loader == boot_loader || is_accessor(c)) continue;
        Object *loader = c->loader->java;
        if (strcmp(object_class(loader)->name->bytes, "jdk/internal/loader/ClassLoaders$PlatformClassLoader")) return jvm_local(t, loader);
    }
    return NULL;
}

/* Frames that a security manager does not count. */
static bool ignored_by_security(const Method *m)
{
    if (m->access & (METHOD_LAMBDA_COMPILED | METHOD_SIG_POLYMORPHIC)) return true;
    if (m->owner == wk.Method && !strcmp(m->name->bytes, "invoke")) return true;
    return subclass_of_named(m->owner, "jdk/internal/reflect/MethodAccessorImpl");
}

/* Class[] of the stack, innermost first. */
JNIEXPORT jobjectArray JNICALL JVM_GetClassContext(JNIEnv *env)
{
    JVM_SCOPE();
    ObjectList list = { 0 };
    for (const Frame *f = t->frame; f; f = f->prev) {
        const Method *m = f->method;
        if ((m->access & ACC_NATIVE) || ignored_by_security(m)) continue;
        if (!jvm_list_add(t, &list, m->owner->mirror)) return NULL;
    }
    return jvm_local(t, jvm_list_array(t, &list, wk.Class));
}

/* ---- Class-data sharing: none ------------------------------------------------------------------------------------------ */
JNIEXPORT void JNICALL JVM_InitializeFromArchive(JNIEnv *env, jclass cls) { (void)env, (void)cls; }
JNIEXPORT jboolean JNICALL JVM_IsCDSDumpingEnabled(JNIEnv *env) { return (void)env, JNI_FALSE; }
JNIEXPORT jboolean JNICALL JVM_IsSharingEnabled(JNIEnv *env) { return (void)env, JNI_FALSE; }
JNIEXPORT jboolean JNICALL JVM_IsDumpingClassList(JNIEnv *env) { return (void)env, JNI_FALSE; }
JNIEXPORT void JNICALL JVM_LogLambdaFormInvoker(JNIEnv *env, jstring line) { (void)env, (void)line; }
JNIEXPORT void JNICALL JVM_DumpClassListToFile(JNIEnv *env, jstring file) { (void)env, (void)file; }
JNIEXPORT void JNICALL JVM_DumpDynamicArchive(JNIEnv *env, jstring file) { (void)env, (void)file; }

/* Salt of Set.of and Map.of: anything but 0, which would mean the clock. Follows --seed, as iteration order must not matter. */
JNIEXPORT jlong JNICALL JVM_GetRandomSeedForDumping(void) { return (jlong)(0x10a3 + vm_options.seed * 2); }

JNIEXPORT void JNICALL JVM_RegisterLambdaProxyClassForArchiving(JNIEnv *env, jclass caller, jstring name, jobject type, jobject method,
                                                                jobject member, jobject instantiated, jclass lambda)
{
    (void)env, (void)caller, (void)name, (void)type, (void)method, (void)member, (void)instantiated, (void)lambda;
}

JNIEXPORT jclass JNICALL JVM_LookupLambdaProxyClassFromArchive(JNIEnv *env, jclass caller, jstring name, jobject type, jobject method,
                                                               jobject member, jobject instantiated)
{
    (void)env, (void)caller, (void)name, (void)type, (void)method, (void)member, (void)instantiated;
    return NULL;
}
