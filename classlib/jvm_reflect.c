/* JVM_*: members as java.lang.reflect objects, and calls through them. */
#include "classlib/jvm_util.h"
#include "classlib/reflect.h"
#include <string.h>

typedef bool (*Wanted)(const Method *m);

static bool is_constructor(const Method *m) { return !strcmp(m->name->bytes, "<init>") && !(m->access & ACC_STATIC); }
static bool is_plain_method(const Method *m) { return m->name->bytes[0] != '<' && !(m->access & (METHOD_OVERPASS | METHOD_MIRANDA)); }

/* Array of reflection objects of the declared methods that are wanted, in class-file order. */
static Object *declared_methods(Thread *t, Class *c, bool public_only, Wanted wanted, Class *component)
{
    ObjectList list = { 0 };
    if (jvm_is_instance(c)) {
        if (!class_link(t, c)) return NULL;
        for (u32 i = 0; i < c->nmethods; i++) {
            Method *m = &c->methods[i];
            if (!wanted(m) || (public_only && !(m->access & ACC_PUBLIC))) continue;
            Object *o = reflect_executable(t, m);
            if (!o || !jvm_list_add(t, &list, o)) return NULL;
        }
    }
    return jvm_list_array(t, &list, component);
}

JNIEXPORT jobjectArray JNICALL JVM_GetClassDeclaredMethods(JNIEnv *env, jclass cls, jboolean public_only)
{
    JVM_SCOPE();
    return jvm_local(t, declared_methods(t, jvm_class(cls), public_only, is_plain_method, wk.Method));
}

JNIEXPORT jobjectArray JNICALL JVM_GetClassDeclaredConstructors(JNIEnv *env, jclass cls, jboolean public_only)
{
    JVM_SCOPE();
    return jvm_local(t, declared_methods(t, jvm_class(cls), public_only, is_constructor, wk.Constructor));
}

static Object *declared_fields(Thread *t, Class *c, bool public_only)
{
    ObjectList list = { 0 };
    if (jvm_is_instance(c)) {
        if (!class_link(t, c)) return NULL;
        for (u32 i = 0; i < c->nfields; i++) {
            Field *f = &c->fields[i];
            if ((f->access & FIELD_INJECTED) || (public_only && !(f->access & ACC_PUBLIC))) continue;
            Object *o = reflect_field(t, f);
            if (!o || !jvm_list_add(t, &list, o)) return NULL;
        }
    }
    return jvm_list_array(t, &list, wk.Field);
}

JNIEXPORT jobjectArray JNICALL JVM_GetClassDeclaredFields(JNIEnv *env, jclass cls, jboolean public_only)
{
    JVM_SCOPE();
    return jvm_local(t, declared_fields(t, jvm_class(cls), public_only));
}

JNIEXPORT jobjectArray JNICALL JVM_GetMethodParameters(JNIEnv *env, jobject method)
{
    JVM_SCOPE();
    return jvm_local(t, reflect_parameters(t, jvm_object(method)));
}

JNIEXPORT jbyteArray JNICALL JVM_GetFieldTypeAnnotations(JNIEnv *env, jobject field)
{
    JVM_SCOPE();
    return jvm_local(t, jvm_bytes(t, reflect_to_field(jvm_object(field))->type_annotations));
}

JNIEXPORT jbyteArray JNICALL JVM_GetMethodTypeAnnotations(JNIEnv *env, jobject method)
{
    JVM_SCOPE();
    return jvm_local(t, jvm_bytes(t, reflect_to_method(jvm_object(method))->details->type_annotations));
}

JNIEXPORT jobject JNICALL JVM_InvokeMethod(JNIEnv *env, jobject method, jobject receiver, jobjectArray args)
{
    JVM_SCOPE();
    Object *o = jvm_object(method);
    return jvm_local(t, reflect_invoke(t, reflect_to_method(o), jvm_object(receiver), jvm_object(args), load_ref(o, off.Method_parameterTypes)));
}

JNIEXPORT jobject JNICALL JVM_NewInstanceFromConstructor(JNIEnv *env, jobject constructor, jobjectArray args)
{
    JVM_SCOPE();
    Object *o = jvm_object(constructor);
    return jvm_local(t, reflect_new_instance(t, reflect_to_method(o), jvm_object(args), load_ref(o, off.Constructor_parameterTypes)));
}
