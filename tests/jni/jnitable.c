/* The native half of JniTable.java: each function of the table that has a type in its name, in all its forms, by macros. */
#include <jni.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NATIVE(type, name) JNIEXPORT type JNICALL Java_JniTable_##name
#define E (*env)

static char out[8000];
static size_t used;
static void add(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void add(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    used += (size_t)vsnprintf(out + used, sizeof out - used, fmt, ap);
    va_end(ap);
}
static jstring told(JNIEnv *env)
{
    used = 0;
    return E->NewStringUTF(env, out);
}

/* Type, letter of its members and signature, C type, format, member of jvalue, a value, another */
#define PRIMITIVES(X)                                                                                                  \
    X(Boolean, z, "Z", jboolean, "%d", z, 1, 0) X(Byte, b, "B", jbyte, "%d", b, 5, -7) X(Char, c, "C", jchar, "%d", c, 'x', 'y') \
    X(Short, s, "S", jshort, "%d", s, -300, 301) X(Int, i, "I", jint, "%d", i, 70000, -70001)                          \
    X(Long, j, "J", jlong, "%ld", j, 1l << 40, -5l) X(Float, f, "F", jfloat, "%g", f, 1.5f, -2.25f) X(Double, d, "D", jdouble, "%g", d, 1e100, -0.5)

static const char *text(JNIEnv *env, jobject s)
{
    static char copy[4][100];
    static int n;
    char *to = copy[n++ % 4];
    E->GetStringUTFRegion(env, s, 0, E->GetStringLength(env, s), to);
    return to;
}

#define CALL_FORMS(T, c, sig, type, fmt, member, x, y)                                                                 \
    static type T##_v(JNIEnv *env, jobject o, jmethodID m, ...)                                                        \
    { va_list a; va_start(a, m); type r = E->Call##T##MethodV(env, o, m, a); va_end(a); return r; }                    \
    static type T##_nv(JNIEnv *env, jobject o, jclass k, jmethodID m, ...)                                             \
    { va_list a; va_start(a, m); type r = E->CallNonvirtual##T##MethodV(env, o, k, m, a); va_end(a); return r; }       \
    static type T##_sv(JNIEnv *env, jclass k, jmethodID m, ...)                                                        \
    { va_list a; va_start(a, m); type r = E->CallStatic##T##MethodV(env, k, m, a); va_end(a); return r; }
PRIMITIVES(CALL_FORMS)
CALL_FORMS(Object, l, "", jobject, "", l, 0, 0)
static void void_v(JNIEnv *env, jobject o, jmethodID m, ...) { va_list a; va_start(a, m); E->CallVoidMethodV(env, o, m, a); va_end(a); }
static void void_nv(JNIEnv *env, jobject o, jclass k, jmethodID m, ...) { va_list a; va_start(a, m); E->CallNonvirtualVoidMethodV(env, o, k, m, a); va_end(a); }
static void void_sv(JNIEnv *env, jclass k, jmethodID m, ...) { va_list a; va_start(a, m); E->CallStaticVoidMethodV(env, k, m, a); va_end(a); }
static jobject new_v(JNIEnv *env, jclass k, jmethodID m, ...) { va_list a; va_start(a, m); jobject r = E->NewObjectV(env, k, m, a); va_end(a); return r; }

NATIVE(jstring, calls)(JNIEnv *env, jclass k, jobject o, jobject sub)
{
#define CALLS(T, c, sig, type, fmt, member, x, y) {                                                                    \
        jmethodID m = E->GetMethodID(env, k, #c, "(" sig ")" sig), s = E->GetStaticMethodID(env, k, #c "s", "(" sig ")" sig); \
        jvalue v = { .member = x };                                                                                    \
        add(#T " " fmt "," fmt "," fmt ";", E->Call##T##Method(env, o, m, (type)(x)), T##_v(env, o, m, (type)(y)), E->Call##T##MethodA(env, sub, m, &v)); \
        add(fmt "," fmt "," fmt ";", E->CallNonvirtual##T##Method(env, sub, k, m, (type)(x)), T##_nv(env, sub, k, m, (type)(y)), E->CallNonvirtual##T##MethodA(env, sub, k, m, &v)); \
        add(fmt "," fmt "," fmt "\n", E->CallStatic##T##Method(env, k, s, (type)(x)), T##_sv(env, k, s, (type)(y)), E->CallStatic##T##MethodA(env, k, s, &v)); }
    PRIMITIVES(CALLS)
    jmethodID m = E->GetMethodID(env, k, "l", "(Ljava/lang/Object;)Ljava/lang/Object;"), s = E->GetStaticMethodID(env, k, "ls", "(Ljava/lang/Object;)Ljava/lang/Object;");
    jvalue v = { .l = E->NewStringUTF(env, "arg") };
    add("Object %s,%s,%s;", text(env, E->CallObjectMethod(env, o, m, v.l)), text(env, Object_v(env, o, m, NULL)), text(env, E->CallObjectMethodA(env, sub, m, &v)));
    add("%s,%s,%s;", text(env, E->CallNonvirtualObjectMethod(env, sub, k, m, v.l)), text(env, Object_nv(env, sub, k, m, v.l)), text(env, E->CallNonvirtualObjectMethodA(env, sub, k, m, &v)));
    add("%s,%s,%s\n", text(env, E->CallStaticObjectMethod(env, k, s, v.l)), text(env, Object_sv(env, k, s, v.l)), text(env, E->CallStaticObjectMethodA(env, k, s, &v)));
    jfieldID last = E->GetStaticFieldID(env, k, "last", "I");
    m = E->GetMethodID(env, k, "v", "(I)V"), s = E->GetStaticMethodID(env, k, "vs", "(I)V");
    v.i = 3;
#define LAST(call) (call, add("%d ", E->GetStaticIntField(env, k, last)))
    LAST(E->CallVoidMethod(env, o, m, 1)), LAST(void_v(env, o, m, 2)), LAST(E->CallVoidMethodA(env, sub, m, &v));
    LAST(E->CallNonvirtualVoidMethod(env, sub, k, m, 4)), LAST(void_nv(env, sub, k, m, 5)), LAST(E->CallNonvirtualVoidMethodA(env, sub, k, m, &v));
    LAST(E->CallStaticVoidMethod(env, k, s, 6)), LAST(void_sv(env, k, s, 7)), LAST(E->CallStaticVoidMethodA(env, k, s, &v));
    return told(env);
}

NATIVE(jstring, fields)(JNIEnv *env, jclass k, jobject o)
{
#define FIELDS(T, c, sig, type, fmt, member, x, y) {                                                                   \
        jfieldID f = E->GetFieldID(env, k, sig[0] == 'I' ? "if_" : #c "f", sig), s = E->GetStaticFieldID(env, k, #c "t", sig); \
        add(#T " " fmt "," fmt ";", E->Get##T##Field(env, o, f), E->GetStatic##T##Field(env, k, s));                   \
        E->Set##T##Field(env, o, f, x), E->SetStatic##T##Field(env, k, s, y);                                          \
        add(fmt "," fmt "\n", E->Get##T##Field(env, o, f), E->GetStatic##T##Field(env, k, s)); }
    PRIMITIVES(FIELDS)
    jfieldID f = E->GetFieldID(env, k, "lf", "Ljava/lang/Object;"), s = E->GetStaticFieldID(env, k, "lt", "Ljava/lang/Object;");
    E->SetObjectField(env, o, f, k), E->SetStaticObjectField(env, k, s, o);
    add("Object %d %d", E->IsSameObject(env, E->GetObjectField(env, o, f), k), E->IsSameObject(env, E->GetStaticObjectField(env, k, s), o));
    return told(env);
}

NATIVE(jstring, arrays)(JNIEnv *env, jclass k)
{
    (void)k;
#define ARRAYS(T, c, sig, type, fmt, member, x, y) {                                                                   \
        type##Array a = E->New##T##Array(env, 4);                                                                      \
        type in[2] = { x, y }, got[4];                                                                                 \
        E->Set##T##ArrayRegion(env, a, 1, 2, in);                                                                      \
        E->Get##T##ArrayRegion(env, a, 0, 4, got);                                                                     \
        add(#T " %d " fmt "," fmt "," fmt "," fmt ";", E->GetArrayLength(env, a), got[0], got[1], got[2], got[3]);     \
        jboolean copied;                                                                                               \
        type *p = E->Get##T##ArrayElements(env, a, &copied);                                                           \
        p[0] = y, p[3] = x;                                                                                            \
        E->Release##T##ArrayElements(env, a, p, JNI_COMMIT);                                                           \
        E->Get##T##ArrayRegion(env, a, 0, 4, got);                                                                     \
        add(fmt "," fmt ";", got[0], got[3]);                                                                          \
        E->Release##T##ArrayElements(env, a, p, 0);                                                                    \
        p = E->Get##T##ArrayElements(env, a, NULL);                                                                    \
        E->Release##T##ArrayElements(env, a, p, JNI_ABORT);                                                            \
        p = E->GetPrimitiveArrayCritical(env, a, NULL);                                                                \
        add(fmt "," fmt ";", p[0], p[3]);                                                                              \
        E->ReleasePrimitiveArrayCritical(env, a, p, 0);                                                                \
        E->Get##T##ArrayRegion(env, a, 3, 2, got);                                                                     \
        add("%d", E->ExceptionCheck(env));                                                                             \
        E->ExceptionClear(env);                                                                                        \
        E->Set##T##ArrayRegion(env, a, -1, 2, got);                                                                    \
        add("%d\n", E->ExceptionCheck(env));                                                                           \
        E->ExceptionClear(env); }
    PRIMITIVES(ARRAYS)
    return told(env);
}

static jint JNICALL tripled(JNIEnv *env, jclass k, jint x) { return (void)env, (void)k, 3 * x; }

NATIVE(jstring, objects)(JNIEnv *env, jclass k, jbyteArray image, jobject loader)
{
    jmethodID init = E->GetMethodID(env, k, "<init>", "(ILjava/lang/Object;)V");
    jfieldID made = E->GetFieldID(env, k, "made", "Ljava/lang/String;");
    jvalue v[2] = { { .i = 2 }, { .l = E->NewStringUTF(env, "a") } };
    add("%s;", text(env, E->GetObjectField(env, E->NewObject(env, k, init, 1, v[1].l), made)));
    add("%s;", text(env, E->GetObjectField(env, E->NewObjectA(env, k, init, v), made)));
    add("%s\n", text(env, E->GetObjectField(env, new_v(env, k, init, 3, NULL), made)));
    jbyte *bytes = E->GetByteArrayElements(env, image, NULL);
    jclass given = E->DefineClass(env, "JniTable$Given", loader, bytes, E->GetArrayLength(env, image));
    add("%d;", given != NULL);
    add("%s;", text(env, E->CallStaticObjectMethod(env, given, E->GetStaticMethodID(env, given, "say", "()Ljava/lang/String;"))));
    add("%d;", E->DefineClass(env, "JniTable$Given", loader, bytes, E->GetArrayLength(env, image)) == NULL && E->ExceptionCheck(env));
    E->ExceptionClear(env);
    E->ReleaseByteArrayElements(env, image, bytes, JNI_ABORT);
    JavaVM *vm;
    JNIEnv *same;
    add("%d ", E->GetJavaVM(env, &vm));
    add("%d;", (*vm)->GetEnv(vm, (void **)&same, JNI_VERSION_10) == JNI_OK && same == env);
    JavaVMInitArgs old = { JNI_VERSION_1_1, 0, NULL, JNI_FALSE }, now = { JNI_VERSION_10, 0, NULL, JNI_FALSE };
    add("%d %d;", JNI_GetDefaultJavaVMInitArgs(&old), JNI_GetDefaultJavaVMInitArgs(&now));
    jobject module = E->GetModule(env, E->FindClass(env, "java/lang/String"));
    add("%s;", text(env, E->CallObjectMethod(env, module, E->GetMethodID(env, E->GetObjectClass(env, module), "getName", "()Ljava/lang/String;"))));
    const JNINativeMethod methods[] = { { (char *)"registered", (char *)"(I)I", (void *)tripled } };
    add("%d ", E->RegisterNatives(env, k, methods, 1));
    jmethodID registered = E->GetStaticMethodID(env, k, "registered", "(I)I");
    add("%d ", E->CallStaticIntMethod(env, k, registered, 14));
    add("%d", E->UnregisterNatives(env, k));
    /* All natives of the class are unbound now: it finds those that have the right name again, and the registered one no more. */
    return told(env);
}

static void thrown(JNIEnv *env, const char *what)
{
    jthrowable t = E->ExceptionOccurred(env);
    E->ExceptionClear(env);
    jclass object = E->FindClass(env, "java/lang/Object");
    jstring s = t ? E->CallObjectMethod(env, t, E->GetMethodID(env, object, "toString", "()Ljava/lang/String;")) : NULL;
    const char *chars = s ? E->GetStringUTFChars(env, s, NULL) : "none";
    add("%s: %s\n", what, chars);
    if (s) E->ReleaseStringUTFChars(env, s, chars);
}

NATIVE(jstring, failures)(JNIEnv *env, jclass k, jobjectArray objects, jintArray ints)
{
    jint x;
    E->GetMethodID(env, k, "none", "()V"), thrown(env, "method");
    E->GetStaticMethodID(env, k, "i", "(I)I"), thrown(env, "instance as static");
    E->GetMethodID(env, k, "is", "(I)I"), thrown(env, "static as instance");
    E->GetFieldID(env, k, "none", "I"), thrown(env, "field");
    E->GetFieldID(env, k, "it", "I"), thrown(env, "static as instance field");
    E->GetStaticFieldID(env, k, "if_", "I"), thrown(env, "instance as static field");
    E->FindClass(env, "no/Such"), thrown(env, "class");
    E->FindClass(env, "no.Such"), thrown(env, "dotted class");
    E->FindClass(env, "[Lno/Such;"), thrown(env, "array class");
    E->FindClass(env, ""), thrown(env, "empty class");
    E->SetObjectArrayElement(env, objects, 0, k), thrown(env, "store");
    E->SetObjectArrayElement(env, objects, 5, NULL), thrown(env, "index");
    E->GetObjectArrayElement(env, objects, -1), thrown(env, "negative index");
    E->GetIntArrayRegion(env, ints, 2, 2, &x), thrown(env, "region");
    E->GetIntArrayRegion(env, ints, 0, -1, &x), thrown(env, "negative region");
    E->NewIntArray(env, -1), thrown(env, "negative length");
    E->NewObjectArray(env, -1, k, NULL), thrown(env, "negative objects");
    E->AllocObject(env, E->FindClass(env, "java/lang/Number")), thrown(env, "abstract");
    E->GetStringUTFRegion(env, E->NewStringUTF(env, "abc"), 2, 2, out), thrown(env, "string region");
    E->GetStringRegion(env, E->NewStringUTF(env, "abc"), -1, 2, (jchar *)out + 3000), thrown(env, "string region of chars");
    E->ThrowNew(env, E->FindClass(env, "java/io/IOException"), "mine"), thrown(env, "thrown");
    E->ThrowNew(env, E->FindClass(env, "java/lang/IllegalStateException"), "described");
    fflush(stdout);
    E->ExceptionDescribe(env);
    add("%d", E->ExceptionCheck(env));
    return told(env);
}

NATIVE(void, fatal)(JNIEnv *env, jclass k)
{
    (void)k;
    E->FatalError(env, "no way on");
}
