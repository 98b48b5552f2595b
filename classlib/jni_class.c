/* JNI: classes, members' IDs, reflection, throwing. A jmethodID is a Method *, a jfieldID a Field *. */
#include "classlib/jni_impl.h"
#include "classlib/reflect.h"
#include "base/vec.h"
#include "vm/throws.h"
#include "vm/unified.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

jint JNICALL jni_GetVersion(JNIEnv *env)
{
    (void)env;
    return JNI_VERSION_NOW;
}

jclass JNICALL jni_DefineClass(JNIEnv *env, const char *name, jobject loader, const jbyte *bytes, jsize length)
{
    JNI_SCOPE();
    Loader *l = loader_of(t, handle_get(loader));
    if (!l || t->exception) return NULL;
    DefineOptions options = { .source = "__JVM_DefineClass__" };
    Class *c = class_define(t, l, name ? symbol_of(name) : NULL, (const u8 *)bytes, (size_t)(length < 0 ? 0 : length), &options);
    return jni_mirror(t, c);
}

/* Loader on whose behalf native code looks classes up: that of the native method it runs in; with no Java caller, the
   application's; inside JNI_OnLoad (the caller is NativeLibraries) that of the class which loads the library. */
static Loader *caller_loader(Thread *t)
{
    if (!t->frame) {
        Object *java = (Object *)vm_call(t, meth.ClassLoader_getSystemClassLoader, NULL);
        return t->exception ? NULL : loader_of(t, java);
    }
    Class *owner = t->frame->method->owner;
    if (owner->loader != boot_loader || strcmp(owner->name->bytes, "jdk/internal/loader/NativeLibraries")) return owner->loader;
    Object *from = (Object *)vm_call(t, method_named(owner, "getFromClass", "()Ljava/lang/Class;"), NULL);
    if (t->exception) return NULL;
    return from ? mirror_class(from)->loader : owner->loader;
}

static bool pending_is(Thread *t, Class *c) { return t->exception && class_subtype(object_class(t->exception), c); }

jclass JNICALL jni_FindClass(JNIEnv *env, const char *name)
{
    JNI_SCOPE();
    size_t n = name ? strlen(name) : 0;
    if (name && n > 1 && name[0] == 'L' && name[n - 1] == ';') name++, n -= 2; /* a descriptor: taken too, as HotSpot does */
    if (!name || n > 0xffff || strchr(name, '.')) {
        throw_new(t, "java/lang/NoClassDefFoundError", "%s", name ? name : "No class name given");
        return NULL;
    }
    Loader *l = caller_loader(t);
    Class *c = l ? class_load(t, l, symbol_intern(name, n)) : NULL;
    if (!c) {
        if (pending_is(t, wk.ClassNotFoundException)) throw_wrapping(t, "java/lang/NoClassDefFoundError", name);
        return NULL;
    }
    if (c->kind == CLASS_INSTANCE && !class_initialize(t, c)) return NULL;
    return jni_mirror(t, c);
}

/* ---- Reflection ------------------------------------------------------------------------------------------ */

jmethodID JNICALL jni_FromReflectedMethod(JNIEnv *env, jobject method)
{
    JNI_SCOPE();
    Object *o = handle_get(method);
    if (!o) return NULL;
    Method *m = reflect_to_method(o);
    return class_initialize(t, m->owner) ? (jmethodID)m : NULL;
}

jfieldID JNICALL jni_FromReflectedField(JNIEnv *env, jobject field)
{
    JNI_SCOPE();
    Object *o = handle_get(field);
    if (!o) return NULL;
    Field *f = reflect_to_field(o);
    return class_initialize(t, f->owner) ? (jfieldID)f : NULL;
}

jobject JNICALL jni_ToReflectedMethod(JNIEnv *env, jclass cls, jmethodID id, jboolean is_static)
{
    JNI_SCOPE();
    (void)cls, (void)is_static; /* the ID says both */
    Method *m = (Method *)id;
    if (!m) return NULL;
    return handle_local(t, reflect_executable(t, m));
}

jobject JNICALL jni_ToReflectedField(JNIEnv *env, jclass cls, jfieldID id, jboolean is_static)
{
    JNI_SCOPE();
    (void)cls, (void)is_static;
    return id ? handle_local(t, reflect_field(t, (Field *)id)) : NULL;
}

/* ---- Types ---------------------------------------------------------------------------------------------- */

jclass JNICALL jni_GetSuperclass(JNIEnv *env, jclass cls)
{
    JNI_SCOPE();
    Class *c = jni_class(cls);
    return c && !class_is_interface(c) ? jni_mirror(t, c->super) : NULL;
}

jboolean JNICALL jni_IsAssignableFrom(JNIEnv *env, jclass sub, jclass super)
{
    JNI_SCOPE();
    Class *a = jni_class(sub), *b = jni_class(super);
    if (!a || !b) return JNI_FALSE;
    if (class_is_primitive(a) || class_is_primitive(b)) return a == b;
    return class_subtype(a, b);
}

jclass JNICALL jni_GetObjectClass(JNIEnv *env, jobject o)
{
    JNI_SCOPE();
    Object *object = handle_get(o);
    return object ? jni_mirror(t, object_class(object)) : NULL;
}

jboolean JNICALL jni_IsInstanceOf(JNIEnv *env, jobject o, jclass cls)
{
    JNI_SCOPE();
    Object *object = handle_get(o);
    Class *c = jni_class(cls);
    if (!object) return JNI_TRUE; /* null can be cast to any class */
    return c && !class_is_primitive(c) && class_subtype(object_class(object), c);
}

jobject JNICALL jni_GetModule(JNIEnv *env, jclass cls)
{
    JNI_SCOPE();
    Object *mirror = handle_get(cls);
    if (!mirror) {
        throw_new(t, "java/lang/NullPointerException", NULL);
        return NULL;
    }
    if (!class_subtype(object_class(mirror), wk.Class)) {
        throw_new(t, "java/lang/IllegalArgumentException", "Invalid class");
        return NULL;
    }
    return handle_local(t, load_ref(mirror, off.Class_module));
}

/* ---- Exceptions --------------------------------------------------------------------------------------------- */

jint JNICALL jni_Throw(JNIEnv *env, jthrowable o)
{
    JNI_SCOPE_OF_EXCEPTION();
    Object *e = handle_get(o);
    if (!e) return JNI_ERR;
    throw_object(t, e);
    return JNI_OK;
}

/* An exception of class c, by the constructor that fits: (String), or () without a message. */
static void throw_constructed(Thread *t, Class *c, const char *message)
{
    Symbol *init = symbol_of("<init>"), *desc = symbol_of(message ? "(Ljava/lang/String;)V" : "()V");
    if (!class_declared_method(c, init, desc)) {
        throw_no_constructor(t, c, desc);
        return;
    }
    Object *text = message ? string_new(t, message) : NULL;
    if (!t->exception) throw_class(t, c, text, NULL);
}

/* Also when another exception than the wanted one is pending: JNI_OK says that one is. */
jint JNICALL jni_ThrowNew(JNIEnv *env, jclass cls, const char *message)
{
    JNI_SCOPE();
    Class *c = jni_class(cls);
    if (!c || c->kind != CLASS_INSTANCE) return JNI_ERR;
    if (!class_initialize(t, c)) return JNI_OK;
    throw_constructed(t, c, message);
    if (!t->exception || class_subtype(object_class(t->exception), wk.Throwable)) return JNI_OK;
    t->exception = NULL; /* an object that nobody can catch */
    return JNI_ERR;
}

jthrowable JNICALL jni_ExceptionOccurred(JNIEnv *env)
{
    JNI_SCOPE_OF_EXCEPTION();
    return handle_local(t, t->exception);
}

jboolean JNICALL jni_ExceptionCheck(JNIEnv *env)
{
    (void)env;
    return current_thread->exception != NULL;
}

void JNICALL jni_ExceptionClear(JNIEnv *env)
{
    JNI_SCOPE_OF_EXCEPTION();
    t->exception = NULL;
}

/* As java prints an exception that native code describes: with the thread's name, then the stack trace. */
void JNICALL jni_ExceptionDescribe(JNIEnv *env)
{
    JNI_SCOPE_OF_EXCEPTION();
    if (!t->exception) return;
    Object *e = exception_take(t);
    if (class_subtype(object_class(e), wk.ThreadDeath)) return;
    Object *name = t->java ? load_ref(t->java, off.Thread_name) : NULL;
    char *text = name ? string_utf8(name) : NULL;
    fflush(stdout);
    fprintf(stderr, "Exception in thread \"%s\" ", text ? text : "?");
    free(text);
    vm_call_virtual(t, meth.Throwable_printStackTrace, (const u64[]){ (u64)e });
    t->exception = NULL; /* an exception while printing is not reported */
}

void JNICALL jni_FatalError(JNIEnv *env, const char *message)
{
    (void)env;
    fprintf(stderr, "FATAL ERROR in native method: %s\n", message ? message : "");
    fflush(NULL);
    abort();
}

/* ---- Members ------------------------------------------------------------------------------------------------- */

/* As HotSpot words it: a name or descriptor that nobody ever mentioned is told by its name alone. */
static void throw_no_method(Thread *t, const Class *c, const char *name, const char *sig, bool is_static, bool known)
{
    bool array = class_is_array(c);
    if (!known) {
        throw_new(t, "java/lang/NoSuchMethodError", "%s", name ? name : "<init>");
        return;
    }
    throw_new(t, "java/lang/NoSuchMethodError", "%s%s%s%s.%s%s", is_static ? "static " : "", array ? "" : "L", c->name->bytes,
              array ? "" : ";", name ? name : "<init>", sig ? sig : "");
}

static Method *find_method(Class *c, Symbol *name, Symbol *desc)
{
    if (name->bytes[0] == '<') return class_declared_method(c, name, desc); /* constructors are not inherited */
    return class_is_interface(c) ? class_find_interface_method(c, name, desc) : class_find_method(c, name, desc);
}

static jmethodID method_id(Thread *t, jclass cls, const char *name, const char *sig, bool is_static)
{
    Class *c = jni_class(cls);
    if (!c) {
        throw_new(t, "java/lang/NullPointerException", NULL);
        return NULL;
    }
    if (class_is_primitive(c)) {
        throw_new(t, "java/lang/NoSuchMethodError", "%s%s.%s%s", is_static ? "static " : "", c->name->bytes, name, sig);
        return NULL;
    }
    if (c->kind == CLASS_INSTANCE ? !class_initialize(t, c) : !class_link(t, c)) return NULL;
    /* A name that nobody has interned names no method. */
    Symbol *n = name ? symbol_lookup(name, strlen(name)) : symbol_of("<init>");
    Symbol *d = sig ? symbol_lookup(sig, strlen(sig)) : NULL;
    Method *m = n && d && !(class_is_array(c) && n->bytes[0] == '<') ? find_method(class_is_array(c) ? wk.Object : c, n, d) : NULL;
    if (!m || !(m->access & ACC_STATIC) != !is_static) {
        throw_no_method(t, c, name, sig, is_static, n && d);
        return NULL;
    }
    return (jmethodID)m;
}

jmethodID JNICALL jni_GetMethodID(JNIEnv *env, jclass cls, const char *name, const char *sig)
{
    JNI_SCOPE();
    return method_id(t, cls, name, sig, false);
}

jmethodID JNICALL jni_GetStaticMethodID(JNIEnv *env, jclass cls, const char *name, const char *sig)
{
    JNI_SCOPE();
    return method_id(t, cls, name, sig, true);
}

static jfieldID field_id(Thread *t, jclass cls, const char *name, const char *sig, bool is_static)
{
    Class *c = jni_class(cls);
    if (!c) {
        throw_new(t, "java/lang/NullPointerException", NULL);
        return NULL;
    }
    if (c->kind == CLASS_INSTANCE && !class_initialize(t, c)) return NULL;
    Symbol *n = name ? symbol_lookup(name, strlen(name)) : NULL;
    Symbol *d = sig ? symbol_lookup(sig, strlen(sig)) : NULL;
    Field *f = n && d && c->kind == CLASS_INSTANCE ? class_find_field(c, n, d) : NULL;
    if (f && !(f->access & FIELD_INJECTED) && !(f->access & ACC_STATIC) == !is_static) return (jfieldID)f;
    if (is_static) throw_new(t, "java/lang/NoSuchFieldError", "%s", name ? name : "");
    else {
        char *owner = class_java_name(c);
        throw_new(t, "java/lang/NoSuchFieldError", "%s.%s %s", owner, name ? name : "", sig ? sig : "");
        free(owner);
    }
    return NULL;
}

jfieldID JNICALL jni_GetFieldID(JNIEnv *env, jclass cls, const char *name, const char *sig)
{
    JNI_SCOPE();
    return field_id(t, cls, name, sig, false);
}

jfieldID JNICALL jni_GetStaticFieldID(JNIEnv *env, jclass cls, const char *name, const char *sig)
{
    JNI_SCOPE();
    return field_id(t, cls, name, sig, true);
}

/* ---- Registering natives ---------------------------------------------------------------------------------------- */

static bool register_one(Thread *t, Class *c, const JNINativeMethod *row)
{
    const char *name = row->name, *sig = row->signature;
    Symbol *n = symbol_lookup(name, strlen(name)), *d = symbol_lookup(sig, strlen(sig));
    Method *m = n && d ? find_method(c, n, d) : NULL;
    char *owner = class_java_name(c);
    if (!m) throw_new(t, "java/lang/NoSuchMethodError", "Method %s.%s%s name or signature does not match", owner, name, sig);
    else if (!(m->access & ACC_NATIVE)) throw_new(t, "java/lang/NoSuchMethodError", "Method %s.%s%s is not declared as native", owner, name, sig);
    else {
        if (vm_options.verbose_jni) ul_log(UL_JNI_RESOLVE, "[Registering JNI native method %s.%s]", owner, name);
        /* The VM's own function is bound to it already, or will be: it wins. */
        if (m->owner->loader != boot_loader || !native_find_direct(m->owner->name, m->name, m->desc)) native_bind(m, row->fnPtr);
    }
    free(owner);
    return !t->exception;
}

jint JNICALL jni_RegisterNatives(JNIEnv *env, jclass cls, const JNINativeMethod *methods, jint n)
{
    JNI_SCOPE();
    Class *c = jni_class(cls);
    if (!c || !class_link(t, c)) return JNI_ERR;
    for (jint i = 0; i < n; i++)
        if (!register_one(t, c, &methods[i])) return JNI_ERR;
    return JNI_OK;
}

jint JNICALL jni_UnregisterNatives(JNIEnv *env, jclass cls)
{
    JNI_SCOPE();
    Class *c = jni_class(cls);
    if (!c) return JNI_ERR;
    for (u32 i = 0; i < c->nmethods; i++)
        if (c->methods[i].access & ACC_NATIVE) native_bind(&c->methods[i], NULL);
    return JNI_OK;
}
