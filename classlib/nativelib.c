/* Native libraries: opening libjava on top of the VM's own symbols, finding the function behind a native method, and the
   library functions that libjava itself asks the VM for. */
#define _GNU_SOURCE
#include "classlib/jni_impl.h"
#include "classlib/jni_name.h"
#include "classlib/natives.h"
#include "base/vec.h"
#include "vm/names.h"
#include "vm/unified.h"
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *libjava;
static char *jdk_lib_dir; /* where libjava really lies, with the final slash */

/* ---- Opening ------------------------------------------------------------------------------------------- */

/* The JDK's libraries are linked against libjvm.so. A library of that name without contents satisfies the loader (it lies beside
   the executable, or in ../lib/loam), and the executable exports the functions. */
static void open_stub(void)
{
    char exe[PATH_MAX], path[PATH_MAX + 32];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n < 0) die("cannot read /proc/self/exe, which tells where libjvm.so is");
    exe[n] = 0;
    *strrchr(exe, '/') = 0;
    static const char *const places[] = { "%s/libjvm.so", "%s/../lib/loam/libjvm.so", "%s/../libjvm.so" };
    for (u32 i = 0; i < NELEM(places); i++) {
        snprintf(path, sizeof path, places[i], exe);
        if (access(path, R_OK)) continue;
        if (dlopen(path, RTLD_NOW | RTLD_GLOBAL)) return;
        die("%s", dlerror());
    }
    die("libjvm.so (part of loam) is missing: it should be in %s or %s/../lib/loam", exe, exe);
}

static char *directory_of(void *function)
{
    Dl_info info;
    char real[PATH_MAX];
    if (!dladdr(function, &info) || !info.dli_fname || !realpath(info.dli_fname, real)) return NULL;
    strrchr(real, '/')[1] = 0;
    return xstrdup(real);
}

static void open_libjava(void)
{
    char *path = xasprintf("%s/lib/libjava.so", vm_options.java_home);
    libjava = dlopen(path, RTLD_NOW);
    if (!libjava) die("cannot load the class library's natives: %s", dlerror());
    void *symbol = dlsym(libjava, "JNI_OnLoad");
    jdk_lib_dir = symbol ? directory_of(symbol) : NULL;
    if (!jdk_lib_dir) die("%s is not a JDK's libjava", path);
    free(path);
}

bool native_from_jdk(void *function)
{
    Dl_info info, own;
    if (!dladdr(function, &info)) return false;
    if (dladdr((void *)&jni_table, &own) && own.dli_fbase == info.dli_fbase) return true;
    int saved = errno;
    char *dir = directory_of(function);
    errno = saved;
    bool jdk = dir && !strncmp(dir, jdk_lib_dir, strlen(jdk_lib_dir)); /* lib/ itself or below */
    free(dir);
    return jdk;
}

/* ---- Finding ---------------------------------------------------------------------------------------------- */

void native_bind(Method *m, void *function)
{
    m->details->native = function;
    m->details->native_kind = function ? NATIVE_JNI : NATIVE_NONE;
}

/* Asks the libraries that classes of the method's loader have loaded. */
static void *find_through_java(Thread *t, const Method *m, const char *name)
{
    if (!class_initialize(t, wk.ClassLoader)) return NULL;
    Object *text = string_new(t, name);
    if (!text) return NULL;
    return (void *)vm_callv(t, meth.ClassLoader_findNative, (u64)m->owner->loader->java, (u64)text);
}

static void *find_name(Thread *t, const Method *m, const char *name)
{
    void *f = m->owner->loader == boot_loader ? dlsym(libjava, name) : NULL;
    return f ? f : find_through_java(t, m, name);
}

static void *find_function(Thread *t, const Method *m)
{
    void *f = NULL;
    for (int with_signature = 0; with_signature <= 1 && !f && !t->exception; with_signature++) {
        char *name = jni_function_name(m, with_signature);
        f = find_name(t, m, name);
        free(name);
    }
    return t->exception ? NULL : f;
}

static void announce(const Method *m)
{
    char *owner = class_java_name(m->owner);
    if (vm_options.verbose_jni) ul_log(UL_JNI_RESOLVE, "[Dynamic-linking native method %s.%s ... JNI]", owner, m->name->bytes);
    LOG(native, "%s.%s%s: %s", owner, m->name->bytes, m->desc->bytes, m->details->native_kind == NATIVE_DIRECT ? "own" : "library");
    free(owner);
}

/* vm_hooks.native_lookup: the bound function, or NULL with UnsatisfiedLinkError. Leaves errno alone: a native of the class library that tells what a
   call's error means (UnixNativeDispatcher.strerror) goes by the errno that the native before it left. */
static void *native_lookup(Thread *t, Method *m)
{
    ASSERT(m->access & ACC_NATIVE);
    int saved = errno;
    DirectNative own = m->owner->loader == boot_loader ? native_find_direct(m->owner->name, m->name, m->desc) : NULL;
    if (own) {
        m->details->native = (void *)own;
        m->details->native_kind = NATIVE_DIRECT;
    } else {
        void *f = find_function(t, m);
        if (f) native_bind(m, f);
        else if (!t->exception) {
            char *name = method_external_name(m->owner, m->name, m->desc);
            throw_new(t, "java/lang/UnsatisfiedLinkError", "'%s'", name);
            free(name);
        }
    }
    if (m->details->native && !t->exception) announce(m);
    errno = saved;
    return t->exception ? NULL : m->details->native;
}

void natives_init(Thread *t)
{
    (void)t;
    open_stub();
    open_libjava();
    vm_hooks.native_lookup = native_lookup;
    vm_hooks.invoke_native = native_invoke;
}

/* ---- What libjava asks for ------------------------------------------------------------------------------------ */

JNIEXPORT void *JNICALL JVM_LoadLibrary(const char *path, jboolean throws)
{
    Thread *t = jvm_enter();
    void *handle = dlopen(path, RTLD_LAZY);
    if (!handle) {
        const char *why = dlerror();
        LOG(native, "dlopen %s: %s", path, why);
        if (throws) throw_new(t, "java/lang/UnsatisfiedLinkError", "%s: %s", path, why);
    }
    jvm_leave(t);
    return handle;
}

JNIEXPORT void JNICALL JVM_UnloadLibrary(void *handle) { dlclose(handle); }
JNIEXPORT void *JNICALL JVM_FindLibraryEntry(void *handle, const char *name) { return dlsym(handle, name); }
JNIEXPORT jboolean JNICALL JVM_IsSupportedJNIVersion(jint version) { return jni_version_known(version); }
