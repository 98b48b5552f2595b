/* JVM_*: what libverify.so, the old type-inferring verifier for class files before version 50, reads of a class. Methods and
   fields are named by their index k in the class. Strings are released with JVM_ReleaseUTF; symbols are immortal, so nothing happens. */
#include "classlib/jvm_util.h"
#include <string.h>

/* jvm.h's JVM_ExceptionTableEntryType. */
typedef struct ExceptionEntry { jint start, end, handler, catch_type; } ExceptionEntry;

static const ConstantPool *pool(jclass cls) { return jvm_class(cls)->cp; }

static const Method *method_at(jclass cls, jint k)
{
    const Class *c = jvm_class(cls);
    ASSERT((u32)k < c->nmethods);
    return &c->methods[k];
}

JNIEXPORT const char *JNICALL JVM_GetClassNameUTF(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    return jvm_class(cls)->name->bytes;
}

JNIEXPORT void JNICALL JVM_ReleaseUTF(const char *utf) { (void)utf; }

JNIEXPORT void JNICALL JVM_GetClassCPTypes(JNIEnv *env, jclass cls, unsigned char *types)
{
    JVM_SCOPE();
    const ConstantPool *cp = pool(cls);
    for (u32 i = 0; i < cp->length; i++) types[i] = cp_tag(cp, i);
}

JNIEXPORT jint JNICALL JVM_GetClassCPEntriesCount(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    return (jint)pool(cls)->length;
}

JNIEXPORT jint JNICALL JVM_GetClassFieldsCount(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    return (jint)jvm_class(cls)->nfields;
}

JNIEXPORT jint JNICALL JVM_GetClassMethodsCount(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    return (jint)jvm_class(cls)->nmethods;
}

/* ---- Methods and fields by index -------------------------------------------------------------------------------- */
JNIEXPORT void JNICALL JVM_GetMethodIxExceptionIndexes(JNIEnv *env, jclass cls, jint k, unsigned short *out)
{
    JVM_SCOPE();
    const Method *m = method_at(cls, k);
    for (u32 i = 0; i < m->details->nexceptions; i++) out[i] = m->details->exceptions[i];
}

JNIEXPORT jint JNICALL JVM_GetMethodIxExceptionsCount(JNIEnv *env, jclass cls, jint k)
{
    JVM_SCOPE();
    return method_at(cls, k)->details->nexceptions;
}

JNIEXPORT void JNICALL JVM_GetMethodIxByteCode(JNIEnv *env, jclass cls, jint k, unsigned char *out)
{
    JVM_SCOPE();
    const Method *m = method_at(cls, k);
    memcpy(out, m->original, m->code_length);
}

JNIEXPORT jint JNICALL JVM_GetMethodIxByteCodeLength(JNIEnv *env, jclass cls, jint k)
{
    JVM_SCOPE();
    return (jint)method_at(cls, k)->code_length;
}

JNIEXPORT void JNICALL JVM_GetMethodIxExceptionTableEntry(JNIEnv *env, jclass cls, jint k, jint e, ExceptionEntry *out)
{
    JVM_SCOPE();
    const Method *m = method_at(cls, k);
    ASSERT((u32)e < m->details->nhandlers);
    const ExRange *r = &m->details->handlers[e];
    *out = (ExceptionEntry){ r->start, r->end, r->handler, r->type };
}

JNIEXPORT jint JNICALL JVM_GetMethodIxExceptionTableLength(JNIEnv *env, jclass cls, jint k)
{
    JVM_SCOPE();
    return (jint)method_at(cls, k)->details->nhandlers;
}

JNIEXPORT jint JNICALL JVM_GetFieldIxModifiers(JNIEnv *env, jclass cls, jint k)
{
    JVM_SCOPE();
    const Class *c = jvm_class(cls);
    ASSERT((u32)k < c->nfields);
    return (jint)(c->fields[k].access & ACC_JVM_MASK);
}

JNIEXPORT jint JNICALL JVM_GetMethodIxModifiers(JNIEnv *env, jclass cls, jint k)
{
    JVM_SCOPE();
    return (jint)method_modifiers(method_at(cls, k));
}

JNIEXPORT jint JNICALL JVM_GetMethodIxLocalsCount(JNIEnv *env, jclass cls, jint k)
{
    JVM_SCOPE();
    return method_at(cls, k)->max_locals;
}

JNIEXPORT jint JNICALL JVM_GetMethodIxArgsSize(JNIEnv *env, jclass cls, jint k)
{
    JVM_SCOPE();
    return method_at(cls, k)->arg_slots;
}

JNIEXPORT jint JNICALL JVM_GetMethodIxMaxStack(JNIEnv *env, jclass cls, jint k)
{
    JVM_SCOPE();
    return method_at(cls, k)->max_stack;
}

JNIEXPORT jboolean JNICALL JVM_IsConstructorIx(JNIEnv *env, jclass cls, jint k)
{
    JVM_SCOPE();
    return !strcmp(method_at(cls, k)->name->bytes, "<init>");
}

JNIEXPORT jboolean JNICALL JVM_IsVMGeneratedMethodIx(JNIEnv *env, jclass cls, jint k)
{
    JVM_SCOPE();
    return (method_at(cls, k)->access & METHOD_OVERPASS) != 0;
}

JNIEXPORT const char *JNICALL JVM_GetMethodIxNameUTF(JNIEnv *env, jclass cls, jint k)
{
    JVM_SCOPE();
    return method_at(cls, k)->name->bytes;
}

JNIEXPORT const char *JNICALL JVM_GetMethodIxSignatureUTF(JNIEnv *env, jclass cls, jint k)
{
    JVM_SCOPE();
    return method_at(cls, k)->desc->bytes;
}

/* ---- Constant-pool entries ------------------------------------------------------------------------------------------ */
static const char *member_text(jclass cls, jint i, bool want_name)
{
    JVM_SCOPE_NO_ENV();
    Symbol *name, *desc;
    cp_name_and_type(pool(cls), (u32)i, &name, &desc);
    return want_name ? name->bytes : desc->bytes;
}

static const char *holder_text(jclass cls, jint i)
{
    JVM_SCOPE_NO_ENV();
    const ConstantPool *cp = pool(cls);
    return cp_class_name(cp, cp_ref_class_index(cp, (u32)i))->bytes;
}

JNIEXPORT const char *JNICALL JVM_GetCPFieldNameUTF(JNIEnv *env, jclass cls, jint i) { return (void)env, member_text(cls, i, true); }
JNIEXPORT const char *JNICALL JVM_GetCPMethodNameUTF(JNIEnv *env, jclass cls, jint i) { return (void)env, member_text(cls, i, true); }
JNIEXPORT const char *JNICALL JVM_GetCPMethodSignatureUTF(JNIEnv *env, jclass cls, jint i) { return (void)env, member_text(cls, i, false); }
JNIEXPORT const char *JNICALL JVM_GetCPFieldSignatureUTF(JNIEnv *env, jclass cls, jint i) { return (void)env, member_text(cls, i, false); }
JNIEXPORT const char *JNICALL JVM_GetCPFieldClassNameUTF(JNIEnv *env, jclass cls, jint i) { return (void)env, holder_text(cls, i); }
JNIEXPORT const char *JNICALL JVM_GetCPMethodClassNameUTF(JNIEnv *env, jclass cls, jint i) { return (void)env, holder_text(cls, i); }

JNIEXPORT const char *JNICALL JVM_GetCPClassNameUTF(JNIEnv *env, jclass cls, jint i)
{
    JVM_SCOPE();
    return cp_class_name(pool(cls), (u32)i)->bytes;
}

/* Modifiers of the member that entry i names, declared in `called` itself; -1: it is not there. */
JNIEXPORT jint JNICALL JVM_GetCPFieldModifiers(JNIEnv *env, jclass cls, jint i, jclass called)
{
    JVM_SCOPE();
    Symbol *name, *desc;
    cp_name_and_type(pool(cls), (u32)i, &name, &desc);
    const Field *f = class_declared_field(jvm_class(called), name, desc);
    return f ? (jint)(f->access & ACC_JVM_MASK) : -1;
}

JNIEXPORT jint JNICALL JVM_GetCPMethodModifiers(JNIEnv *env, jclass cls, jint i, jclass called)
{
    JVM_SCOPE();
    Symbol *name, *desc;
    cp_name_and_type(pool(cls), (u32)i, &name, &desc);
    const Method *m = class_declared_method(jvm_class(called), name, desc);
    return m ? (jint)method_modifiers(m) : -1;
}

JNIEXPORT jboolean JNICALL JVM_IsSameClassPackage(JNIEnv *env, jclass a, jclass b)
{
    JVM_SCOPE();
    return class_same_package(jvm_class(a), jvm_class(b));
}
