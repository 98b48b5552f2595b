/* Class files before version 50 are verified by type inference. The class library brings that verifier: libverify.so, which asks the VM about
   the class through JVM_* functions (jvm_verify.c). */
#define _GNU_SOURCE
#include "classlib/oldverify.h"
#include "classlib/jni_impl.h"
#include "classlib/jvm_util.h"
#include <dlfcn.h>
#include <stdio.h>

typedef jboolean (*VerifyClass)(JNIEnv *env, jclass c, char *message, jint size, jint major);

/* NULL: the library is not there. */
static VerifyClass entry(void)
{
    static VerifyClass fn;
    if (fn) return fn;
    char *path = xasprintf("%s/lib/libverify.so", vm_options.java_home);
    void *library = dlopen(path, RTLD_NOW);
    if (library) fn = (VerifyClass)dlsym(library, "VerifyClassForMajorVersion");
    else LOG(native, "%s", dlerror());
    free(path);
    return fn;
}

VerifyOldResult oldverify_class(Thread *t, Class *c, char *message, size_t size)
{
    VerifyClass verify = entry();
    if (!verify) return snprintf(message, size, "Could not link verifier"), VERIFY_OLD_FAILED;
    ASSERT(c->mirror && t->held);
    void *frame = handles_push(t, 16);
    VerifyOldResult r = (VerifyOldResult)verify(jni_env_of(t), jvm_mirror(t, c), message, (jint)size, (jint)(c->minor_major & 0xffff));
    handles_pop(t, frame);
    ASSERT(r <= VERIFY_OLD_FORMAT);
    return r;
}
