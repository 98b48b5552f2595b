/* The JNI function table, filled by slot name from jni.def, and the JNIEnv of each thread. */
#include "classlib/jni_impl.h"
#include "base/vec.h"

#define J(name) .name = jni_##name,
const struct JNINativeInterface_ jni_table = {
#include "classlib/jni.def"
};
#undef J

#define J(name) +1
enum { TABLE_SLOTS = 4
#include "classlib/jni.def"
};
#undef J
_Static_assert(TABLE_SLOTS == 234 && sizeof jni_table == 234 * sizeof(void *), "every slot of the JNI table is filled");

JNIEnv *jni_env_of(Thread *t)
{
    if (UNLIKELY(!t->jni_env)) {
        JNIEnv *env = xmalloc(sizeof *env);
        *env = &jni_table;
        t->jni_env = env;
    }
    return t->jni_env;
}
