/* Names of JNI functions. */
#ifndef CLASSLIB_JNI_NAME_H
#define CLASSLIB_JNI_NAME_H
#include "vm/class.h"

/* Java_p_C_m, or with the parameters' descriptors Java_p_C_m__ILjava_lang_String_2; malloc'ed. */
char *jni_function_name(const Method *m, bool with_signature);

#endif
