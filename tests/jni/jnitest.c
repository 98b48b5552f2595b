/* The native half of JniTest.java. */
#include <jni.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NATIVE(type, name) JNIEXPORT type JNICALL Java_JniTest_##name
#define E (*env)

static JavaVM *vm;
static jclass test_class;

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *v, void *reserved)
{
    (void)reserved;
    vm = v;
    JNIEnv *env;
    if ((*vm)->GetEnv(vm, (void **)&env, 0x7f000000) != JNI_EVERSION) abort();
    if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_1_8) != JNI_OK) abort();
    jclass c = E->FindClass(env, "JniTest"); /* with the loader of the class that loads us */
    if (!c) return JNI_ERR;
    test_class = E->NewGlobalRef(env, c);
    return JNI_VERSION_1_8;
}

NATIVE(jint, sum)(JNIEnv *env, jclass k, jboolean z, jbyte b, jchar c, jshort s, jint i, jlong j, jfloat f, jdouble d, jint last)
{
    (void)env, (void)k;
    return z + b + c + s + i + (jint)j + (jint)f + (jint)d + last;
}

NATIVE(jdouble, mix)(JNIEnv *env, jclass k, jdouble a, jint b, jfloat c, jlong d, jdouble e, jfloat f, jdouble g, jdouble h, jdouble i, jdouble j,
                     jdouble x, jint l)
{
    (void)env, (void)k;
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * x + 12 * l;
}

NATIVE(jboolean, not)(JNIEnv *env, jclass k, jboolean z) { return (void)env, (void)k, !z; }
NATIVE(jbyte, negb)(JNIEnv *env, jclass k, jbyte b) { return (void)env, (void)k, (jbyte)-b; }
NATIVE(jchar, next)(JNIEnv *env, jclass k, jchar c) { return (void)env, (void)k, (jchar)(c + 1); }
NATIVE(jshort, negs)(JNIEnv *env, jclass k, jshort s) { return (void)env, (void)k, (jshort)-s; }
NATIVE(jfloat, halff)(JNIEnv *env, jclass k, jfloat f) { return (void)env, (void)k, f / 2; }
NATIVE(jdouble, halfd)(JNIEnv *env, jclass k, jdouble d) { return (void)env, (void)k, d / 2; }
NATIVE(jlong, twice)(JNIEnv *env, jclass k, jlong j) { return (void)env, (void)k, 2 * j; }
NATIVE(jobject, same)(JNIEnv *env, jclass k, jobject o) { return (void)env, (void)k, o; }
NATIVE(jdouble, two)(JNIEnv *env, jclass k, jdouble a, jdouble b) { return (void)env, (void)k, a - b; }
NATIVE(jlong, many)(JNIEnv *env, jclass k, jint a, jint b, jint c, jint d, jint e, jint f, jint g, jint h, jint i, jint j, jint l)
{
    (void)env, (void)k;
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * l;
}

static char out[4000];
static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void add(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    size_t n = strlen(out);
    vsnprintf(out + n, sizeof out - n, format, ap);
    va_end(ap);
}
static jstring finish(JNIEnv *env)
{
    jstring s = E->NewStringUTF(env, out);
    out[0] = 0;
    return s;
}
static void add_string(JNIEnv *env, jobject s)
{
    const char *utf = s ? E->GetStringUTFChars(env, s, NULL) : "null";
    add("%s|", utf);
    if (s) E->ReleaseStringUTFChars(env, s, utf);
}

NATIVE(jstring, calls)(JNIEnv *env, jobject self, jobject other)
{
    const char *sig = "(ZBCSIJFDLjava/lang/Object;)Ljava/lang/String;";
    jclass k = E->GetObjectClass(env, self);
    jmethodID all = E->GetMethodID(env, k, "all", sig), stat = E->GetStaticMethodID(env, k, "allStatic", sig);
    jvalue v[9] = { { .z = 1 }, { .b = -1 }, { .c = 'x' }, { .s = -2 }, { .i = -3 }, { .j = -4 }, { .f = 1.5f }, { .d = 2.5 }, { .l = NULL } };
    add_string(env, E->CallObjectMethod(env, self, all, JNI_TRUE, (jbyte)-1, (jchar)'x', (jshort)-2, -3, (jlong)-4, (jfloat)1.5, 2.5, NULL));
    add_string(env, E->CallObjectMethodA(env, other, all, v));
    add_string(env, E->CallStaticObjectMethod(env, k, stat, JNI_TRUE, (jbyte)-1, (jchar)'x', (jshort)-2, -3, (jlong)-4, (jfloat)1.5, 2.5, NULL));
    add_string(env, E->CallStaticObjectMethodA(env, k, stat, v));
    jmethodID name = E->GetMethodID(env, k, "name", "()Ljava/lang/String;");
    add_string(env, E->CallObjectMethod(env, other, name));
    add_string(env, E->CallNonvirtualObjectMethod(env, other, k, name));
#define RESULT(Type, sig, n, f) add(f "|", E->Call##Type##Method(env, other, E->GetMethodID(env, k, n, sig)))
    RESULT(Boolean, "()Z", "rz", "%d"), RESULT(Byte, "()B", "rb", "%d"), RESULT(Char, "()C", "rc", "%d"), RESULT(Short, "()S", "rs", "%d");
    RESULT(Int, "()I", "ri", "%d"), RESULT(Long, "()J", "rj", "%ld"), RESULT(Float, "()F", "rf", "%g"), RESULT(Double, "()D", "rd", "%g");
    E->CallVoidMethod(env, other, E->GetMethodID(env, k, "rv", "()V"));
    add("%d|", E->CallStaticIntMethod(env, k, E->GetStaticMethodID(env, k, "secret", "(I)I"), 14));
    jmethodID init = E->GetMethodID(env, k, "<init>", "(IDLjava/lang/String;)V");
    jobject made = E->NewObject(env, k, init, 99, 4.5, E->NewStringUTF(env, "text"));
    add("%d|", E->GetIntField(env, made, E->GetFieldID(env, k, "constant", "I")));
    /* an interface method on an object */
    jclass cs = E->FindClass(env, "java/lang/CharSequence");
    add("%d|", E->CallIntMethod(env, E->NewStringUTF(env, "12345"), E->GetMethodID(env, cs, "length", "()I")));
    return finish(env);
}

NATIVE(jstring, fields)(JNIEnv *env, jclass k, jobject t)
{
#define FIELD(Type, sig, name, value, f)                                                              \
    do {                                                                                              \
        jfieldID id = E->GetFieldID(env, k, name, sig), st = E->GetStaticFieldID(env, k, "s" name, sig); \
        add(f "," f ";", E->Get##Type##Field(env, t, id), E->GetStatic##Type##Field(env, k, st));      \
        E->Set##Type##Field(env, t, id, value), E->SetStatic##Type##Field(env, k, st, value);          \
        add(f "," f "|", E->Get##Type##Field(env, t, id), E->GetStatic##Type##Field(env, k, st));      \
    } while (0)
    FIELD(Boolean, "Z", "z", 0, "%d"); FIELD(Byte, "B", "b", 9, "%d"); FIELD(Char, "C", "c", 9, "%d"); FIELD(Short, "S", "s", 9, "%d");
    FIELD(Int, "I", "i", 9, "%d"); FIELD(Long, "J", "j", 9, "%ld"); FIELD(Float, "F", "f", 9.5f, "%g"); FIELD(Double, "D", "d", 9.5, "%g");
    jfieldID o = E->GetFieldID(env, k, "o", "Ljava/lang/Object;"), so = E->GetStaticFieldID(env, k, "so", "Ljava/lang/Object;");
    add_string(env, E->GetObjectField(env, t, o)), add_string(env, E->GetStaticObjectField(env, k, so));
    E->SetObjectField(env, t, o, NULL), E->SetStaticObjectField(env, k, so, E->NewStringUTF(env, "new"));
    add_string(env, E->GetObjectField(env, t, o)), add_string(env, E->GetStaticObjectField(env, k, so));
    jfieldID constant = E->GetFieldID(env, k, "constant", "I");
    E->SetIntField(env, t, constant, 8);
    add("%d", E->GetIntField(env, t, constant));
    return finish(env);
}

NATIVE(jstring, strings)(JNIEnv *env, jclass k, jstring s)
{
    (void)k;
    jsize n = E->GetStringLength(env, s), u = E->GetStringUTFLength(env, s);
    add("%d %d ", n, u);
    const jchar *chars = E->GetStringChars(env, s, NULL), *critical = E->GetStringCritical(env, s, NULL);
    for (jsize i = 0; i < n; i++) add("%x/%x ", chars[i], critical[i]);
    jstring copy = E->NewString(env, chars, n);
    E->ReleaseStringCritical(env, s, critical);
    E->ReleaseStringChars(env, s, chars);
    char buffer[100];
    memset(buffer, 'Z', sizeof buffer);
    E->GetStringUTFRegion(env, s, 0, n, buffer);
    for (jsize i = 0; i <= u; i++) add("%02x", buffer[i] & 0xff);
    jchar part[2] = { 0 };
    if (n > 1) E->GetStringRegion(env, s, 1, 1, part);
    add(" %x same %d ", part[0], E->CallBooleanMethod(env, s, E->GetMethodID(env, E->GetObjectClass(env, s), "equals", "(Ljava/lang/Object;)Z"), copy));
    return finish(env);
}

NATIVE(jstring, arrays)(JNIEnv *env, jclass k, jintArray a, jbyteArray b, jobjectArray o)
{
    (void)k;
    jint *e = E->GetIntArrayElements(env, a, NULL);
    e[1] = 20;
    E->ReleaseIntArrayElements(env, a, e, JNI_COMMIT);
    jint r[3];
    E->GetIntArrayRegion(env, a, 0, 3, r);
    add("%d %d %d|", r[0], r[1], r[2]);
    e[0] = 77;
    E->ReleaseIntArrayElements(env, a, e, JNI_ABORT);
    E->GetIntArrayRegion(env, a, 0, 1, r);
    E->SetIntArrayRegion(env, a, 2, 1, (jint[]){ 30 });
    E->GetIntArrayRegion(env, a, 2, 1, r + 1);
    add("%d %d|%d %d|", r[0], r[1], E->GetArrayLength(env, b), E->GetArrayLength(env, o));
    add_string(env, E->GetObjectArrayElement(env, o, 0)), add_string(env, E->GetObjectArrayElement(env, o, 1));
    E->SetObjectArrayElement(env, o, 1, E->NewStringUTF(env, "q"));
    add_string(env, E->GetObjectArrayElement(env, o, 1));
    jlongArray l = E->NewLongArray(env, 2);
    E->SetLongArrayRegion(env, l, 0, 2, (jlong[]){ 5, 6 });
    jlong *le = E->GetLongArrayElements(env, l, NULL);
    add("%ld %ld|", le[0], le[1]);
    E->ReleaseLongArrayElements(env, l, le, 0);
    jdoubleArray d = E->NewDoubleArray(env, 1);
    jdouble x = 0.5;
    E->SetDoubleArrayRegion(env, d, 0, 1, &x);
    jdouble *p = E->GetPrimitiveArrayCritical(env, d, NULL);
    add("%g|", *p);
    E->ReleasePrimitiveArrayCritical(env, d, p, 0);
    jobjectArray oa = E->NewObjectArray(env, 3, E->FindClass(env, "java/lang/String"), E->NewStringUTF(env, "init"));
    add_string(env, E->GetObjectArrayElement(env, oa, 2));
    return finish(env);
}

NATIVE(void, raise)(JNIEnv *env, jclass k, jint kind)
{
    jclass string = E->FindClass(env, "java/lang/String");
    jobjectArray strings = E->NewObjectArray(env, 1, string, NULL);
    jintArray ints = E->NewIntArray(env, 2);
    jint r[2];
    switch (kind) {
    case 0: E->ThrowNew(env, E->FindClass(env, "java/lang/Exception"), "by C"); break;
    case 1: E->ThrowNew(env, E->FindClass(env, "java/lang/RuntimeException"), NULL); break;
    case 2: E->CallStaticVoidMethod(env, k, E->GetStaticMethodID(env, k, "fail", "(Ljava/lang/String;)V"), E->NewStringUTF(env, "from Java")); break;
    case 3: E->GetMethodID(env, k, "nope", "()V"); break;
    case 4: E->GetStaticMethodID(env, k, "name", "()Ljava/lang/String;"); break;
    case 5: E->GetFieldID(env, k, "nope", "I"); break;
    case 6: E->GetStaticFieldID(env, k, "i", "I"); break;
    case 7: E->SetObjectArrayElement(env, strings, 0, ints); break;
    case 8: E->GetObjectArrayElement(env, strings, 1); break;
    case 9: E->GetIntArrayRegion(env, ints, 1, 2, r); break;
    case 10: E->NewIntArray(env, -1); break;
    case 11: E->AllocObject(env, E->FindClass(env, "java/lang/CharSequence")); break;
    case 12: E->GetStringRegion(env, E->NewStringUTF(env, "abc"), 2, 2, (jchar[4]){ 0 }); break;
    case 13:
        E->ThrowNew(env, E->FindClass(env, "java/lang/Exception"), "cleared");
        jthrowable t = E->ExceptionOccurred(env);
        printf("%d ", E->ExceptionCheck(env));
        E->ExceptionClear(env);
        printf("%d %d\n", E->ExceptionCheck(env), E->IsInstanceOf(env, t, E->FindClass(env, "java/lang/Throwable")));
        fflush(stdout);
        E->Throw(env, t);
        break;
    }
}

/* What native code gets that goes on while an exception is pending; a new exception takes its place. */
NATIVE(jint, pending)(JNIEnv *env, jclass k, jint kind, jobject o)
{
    jmethodID ri = E->GetMethodID(env, k, "ri", "()I"), fail = E->GetStaticMethodID(env, k, "fail", "(Ljava/lang/String;)V");
    jint r = -1, none[3];
    E->ThrowNew(env, E->FindClass(env, "java/lang/ArithmeticException"), "first");
    switch (kind) {
    case 0: r = E->CallIntMethod(env, o, ri); break;
    case 1: E->CallStaticVoidMethod(env, k, fail, E->NewStringUTF(env, "second")); break;
    case 2: r = E->GetMethodID(env, k, "nope", "()V") != NULL; break;
    case 3: r = E->FindClass(env, "java/lang/Integer") != NULL; break;
    case 4: E->GetIntArrayRegion(env, E->NewIntArray(env, 2), 1, 3, none); break;
    case 5: r = E->ThrowNew(env, E->FindClass(env, "java/lang/Error"), "second"); break;
    case 6: r = E->ThrowNew(env, E->FindClass(env, "JniTest$Mute"), "has no such constructor"); break;
    case 7: E->ExceptionClear(env); r = E->ThrowNew(env, k, "is no exception"); break;
    case 8: E->ExceptionClear(env); r = E->AllocObject(env, E->GetObjectClass(env, E->NewIntArray(env, 0))) != NULL; break;
    case 9: E->ExceptionClear(env); r = E->GetMethodID(env, E->FindClass(env, "[I"), "<init>", "()V") != NULL; break;
    }
    printf("%d\n", (int)r), fflush(stdout);
    return r;
}

NATIVE(jstring, references)(JNIEnv *env, jclass k, jobject o)
{
    (void)k;
    jobject g = E->NewGlobalRef(env, o), l = E->NewLocalRef(env, o);
    jweak w = E->NewWeakGlobalRef(env, o);
    add("%d %d %d %d|", E->IsSameObject(env, g, l), E->IsSameObject(env, w, o), E->IsSameObject(env, g, NULL), E->IsSameObject(env, NULL, NULL));
    add("%d %d %d %d|", E->GetObjectRefType(env, o), E->GetObjectRefType(env, g), E->GetObjectRefType(env, w), E->GetObjectRefType(env, NULL));
    E->PushLocalFrame(env, 10);
    for (int i = 0; i < 1000; i++) E->NewStringUTF(env, "garbage");
    jobject kept = E->PopLocalFrame(env, E->NewLocalRef(env, g));
    add("%d %d|", E->IsSameObject(env, kept, o), E->EnsureLocalCapacity(env, 100));
    for (int i = 0; i < 10000; i++) E->DeleteLocalRef(env, E->NewLocalRef(env, o));
    jobject weak_alone = E->NewLocalRef(env, w);
    add("%d %x|", E->IsSameObject(env, weak_alone, o), (unsigned)E->GetVersion(env));
    E->DeleteGlobalRef(env, g), E->DeleteWeakGlobalRef(env, w), E->DeleteLocalRef(env, l);
    jclass object = E->FindClass(env, "java/lang/Object"), string = E->FindClass(env, "java/lang/String");
    add("%d %d %d|", E->IsSameObject(env, E->GetSuperclass(env, string), object), E->GetSuperclass(env, object) == NULL,
        E->GetSuperclass(env, E->FindClass(env, "java/lang/Runnable")) == NULL);
    add("%d %d|", E->IsAssignableFrom(env, string, object), E->IsAssignableFrom(env, object, string));
    return finish(env);
}

NATIVE(jstring, find)(JNIEnv *env, jclass k, jstring name)
{
    (void)k;
    const char *utf = E->GetStringUTFChars(env, name, NULL);
    jclass c = E->FindClass(env, utf);
    E->ReleaseStringUTFChars(env, name, utf);
    if (!c) return NULL;
    return E->CallObjectMethod(env, c, E->GetMethodID(env, E->FindClass(env, "java/lang/Class"), "getName", "()Ljava/lang/String;"));
}

NATIVE(jstring, buffers)(JNIEnv *env, jclass k, jobject b)
{
    (void)k;
    char *p = E->GetDirectBufferAddress(env, b);
    add("%d %ld %d", p != NULL, E->GetDirectBufferCapacity(env, b), p ? p[3] : -1);
    if (p) p[4] = 43;
    return finish(env);
}

NATIVE(jobject, makeBuffer)(JNIEnv *env, jclass k)
{
    (void)k;
    static char memory[4] = { 1, 2, 3, 4 };
    return E->NewDirectByteBuffer(env, memory, sizeof memory);
}

static void run(JNIEnv *env, jobject runnable)
{
    E->CallVoidMethod(env, runnable, E->GetMethodID(env, E->FindClass(env, "java/lang/Runnable"), "run", "()V"));
}

NATIVE(void, monitor)(JNIEnv *env, jclass k, jobject o, jobject inside)
{
    (void)k;
    E->MonitorEnter(env, o);
    E->MonitorEnter(env, o);
    E->MonitorExit(env, o);
    run(env, inside);
    E->MonitorExit(env, o);
}

static void *attached(void *runnable)
{
    JNIEnv *env;
    if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_1_8) != JNI_EDETACHED) abort();
    JavaVMAttachArgs args = { JNI_VERSION_1_8, "attached", NULL };
    if ((*vm)->AttachCurrentThread(vm, (void **)&env, &args) != JNI_OK) abort();
    run(env, runnable);
    (*vm)->DetachCurrentThread(vm);
    if ((*vm)->AttachCurrentThreadAsDaemon(vm, (void **)&env, NULL) != JNI_OK) abort();
    jclass thread = E->FindClass(env, "java/lang/Thread");
    jobject self = E->CallStaticObjectMethod(env, thread, E->GetStaticMethodID(env, thread, "currentThread", "()Ljava/lang/Thread;"));
    if (!E->CallBooleanMethod(env, self, E->GetMethodID(env, thread, "isDaemon", "()Z"))) abort();
    (*vm)->DetachCurrentThread(vm);
    return NULL;
}

NATIVE(void, attach)(JNIEnv *env, jclass k, jobject runnable)
{
    (void)k;
    jobject g = E->NewGlobalRef(env, runnable);
    pthread_t id;
    pthread_create(&id, NULL, attached, g);
    pthread_join(id, NULL);
    E->DeleteGlobalRef(env, g);
}

static jstring JNICALL registered_here(JNIEnv *env, jclass k) { return (void)k, E->NewStringUTF(env, "registered"); }

NATIVE(void, register)(JNIEnv *env, jclass k)
{
    JNINativeMethod good = { "registered", "()Ljava/lang/String;", registered_here }, bad = { "registered", "()V", registered_here };
    if (E->RegisterNatives(env, k, &bad, 1) == 0 || !E->ExceptionCheck(env)) abort();
    E->ExceptionClear(env);
    if (E->RegisterNatives(env, test_class, &good, 1)) abort();
}

NATIVE(jint, critical)(JNIEnv *env, jclass k, jintArray a, jbyteArray b)
{
    (void)k;
    jint *p = E->GetPrimitiveArrayCritical(env, a, NULL);
    jbyte *q = E->GetPrimitiveArrayCritical(env, b, NULL);
    jint sum = 0;
    for (int i = 0; i < 100000; i++) sum += p[i] * q[i % 3];
    p[99999] = 12;
    E->ReleasePrimitiveArrayCritical(env, b, q, JNI_ABORT);
    E->ReleasePrimitiveArrayCritical(env, a, p, 0);
    return sum;
}

JNIEXPORT jint JNICALL Java_JniTest_overload__I(JNIEnv *env, jclass k, jint x) { return (void)env, (void)k, x + 1; }
JNIEXPORT jint JNICALL Java_JniTest_overload__Ljava_lang_String_2(JNIEnv *env, jclass k, jstring s) { return (void)k, E->GetStringLength(env, s); }
JNIEXPORT jstring JNICALL Java_JniTest__000e9t_000e9_11(JNIEnv *env, jclass k, jobjectArray a)
{
    (void)k;
    add("%d", E->GetArrayLength(env, a));
    return finish(env);
}

NATIVE(jstring, reflected)(JNIEnv *env, jclass k, jobject method, jobject field)
{
    jmethodID m = E->FromReflectedMethod(env, method);
    jfieldID f = E->FromReflectedField(env, field);
    add("%d %ld ", E->CallStaticIntMethod(env, k, m, 5), E->GetStaticLongField(env, k, f));
    jobject back = E->ToReflectedMethod(env, k, m, JNI_TRUE), back_field = E->ToReflectedField(env, k, f, JNI_TRUE);
    jmethodID to_string = E->GetMethodID(env, E->FindClass(env, "java/lang/Object"), "toString", "()Ljava/lang/String;");
    add_string(env, E->CallObjectMethod(env, back, to_string)), add_string(env, E->CallObjectMethod(env, back_field, to_string));
    return finish(env);
}
