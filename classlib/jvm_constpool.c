/* JVM_*: jdk.internal.reflect.ConstantPool, through which annotations and lambdas' metadata are read. Its constantPoolOop field holds
   the class's mirror. Every function gets the ConstantPool object and that field's value; indices are checked, wrong ones are an
   IllegalArgumentException. */
#include "classlib/jvm_util.h"
#include "classlib/reflect.h"
#include <string.h>

JNIEXPORT jobject JNICALL JVM_GetClassConstantPool(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    Class *c = jvm_class(cls);
    if (!jvm_is_instance(c) || !class_link(t, c)) return NULL;
    Object *pool = object_new(t, wk.ConstantPool);
    if (pool) store_ref(pool, off.ConstantPool_constantPoolOop, c->mirror);
    return jvm_local(t, pool);
}

static Class *pool_class(jobject oop) { return mirror_class(jvm_object(oop)); }

/* Is entry i of one of these tags (a bit each)? Throws. */
static bool check_tag(Thread *t, const Class *c, jint i, u32 tags)
{
    if (i <= 0 || (u32)i >= c->cp->length) return jvm_throw_iae(t, "Constant pool index out of bounds");
    if (tags >> cp_tag(c->cp, (u32)i) & 1) return true;
    return jvm_throw_iae(t, "Wrong type at constant pool index");
}
#define TAG(tag) (1u << CP_##tag)
enum { MEMBER_TAGS = TAG(Fieldref) | TAG(Methodref) | TAG(InterfaceMethodref), METHOD_TAGS = TAG(Methodref) | TAG(InterfaceMethodref),
       NAMED_TAGS = MEMBER_TAGS | TAG(InvokeDynamic) | TAG(Dynamic) };

JNIEXPORT jint JNICALL JVM_ConstantPoolGetSize(JNIEnv *env, jobject self, jobject oop)
{
    JVM_SCOPE();
    (void)self;
    return (jint)pool_class(oop)->cp->length;
}

/* The class of entry i: loaded, or only if the loader has it already. */
static Class *class_at(Thread *t, Class *c, u32 i, bool load)
{
    if (load) return cp_class(t, c->cp, i);
    if (c->cp->tags[i] & CP_RESOLVED) return (Class *)c->cp->v[i];
    return class_find_loaded(c->loader, cp_class_name(c->cp, i));
}

static jclass get_class(jobject oop, jint i, bool load)
{
    JVM_SCOPE_NO_ENV();
    Class *c = pool_class(oop);
    return check_tag(t, c, i, TAG(Class)) ? jvm_mirror(t, class_at(t, c, (u32)i, load)) : NULL;
}

JNIEXPORT jclass JNICALL JVM_ConstantPoolGetClassAt(JNIEnv *env, jobject self, jobject oop, jint i)
{
    (void)env, (void)self;
    return get_class(oop, i, true);
}

JNIEXPORT jclass JNICALL JVM_ConstantPoolGetClassAtIfLoaded(JNIEnv *env, jobject self, jobject oop, jint i)
{
    (void)env, (void)self;
    return get_class(oop, i, false);
}

JNIEXPORT jint JNICALL JVM_ConstantPoolGetClassRefIndexAt(JNIEnv *env, jobject self, jobject oop, jint i)
{
    JVM_SCOPE();
    (void)self;
    Class *c = pool_class(oop);
    return check_tag(t, c, i, MEMBER_TAGS) ? (jint)cp_ref_class_index(c->cp, (u32)i) : 0;
}

/* The member of the referenced class itself, as a reflection object. */
static jobject get_method(jobject oop, jint i, bool load)
{
    JVM_SCOPE_NO_ENV();
    Class *c = pool_class(oop);
    if (!check_tag(t, c, i, METHOD_TAGS)) return NULL;
    Class *holder = class_at(t, c, cp_ref_class_index(c->cp, (u32)i), load);
    if (!holder) return NULL;
    Symbol *name, *desc;
    cp_name_and_type(c->cp, (u32)i, &name, &desc);
    Method *m = class_declared_method(holder, name, desc);
    if (!m) return throw_new(t, "java/lang/RuntimeException", "Unable to look up method in target class"), NULL;
    return strcmp(name->bytes, "<clinit>") ? jvm_local(t, reflect_executable(t, m)) : NULL;
}

JNIEXPORT jobject JNICALL JVM_ConstantPoolGetMethodAt(JNIEnv *env, jobject self, jobject oop, jint i)
{
    (void)env, (void)self;
    return get_method(oop, i, true);
}

JNIEXPORT jobject JNICALL JVM_ConstantPoolGetMethodAtIfLoaded(JNIEnv *env, jobject self, jobject oop, jint i)
{
    (void)env, (void)self;
    return get_method(oop, i, false);
}

static jobject get_field(jobject oop, jint i, bool load)
{
    JVM_SCOPE_NO_ENV();
    Class *c = pool_class(oop);
    if (!check_tag(t, c, i, TAG(Fieldref))) return NULL;
    Class *holder = class_at(t, c, cp_ref_class_index(c->cp, (u32)i), load);
    if (!holder) return NULL;
    Symbol *name, *desc;
    cp_name_and_type(c->cp, (u32)i, &name, &desc);
    Field *f = class_declared_field(holder, name, desc);
    if (!f) return throw_new(t, "java/lang/RuntimeException", "Unable to look up field in target class"), NULL;
    return jvm_local(t, reflect_field(t, f));
}

JNIEXPORT jobject JNICALL JVM_ConstantPoolGetFieldAt(JNIEnv *env, jobject self, jobject oop, jint i)
{
    (void)env, (void)self;
    return get_field(oop, i, true);
}

JNIEXPORT jobject JNICALL JVM_ConstantPoolGetFieldAtIfLoaded(JNIEnv *env, jobject self, jobject oop, jint i)
{
    (void)env, (void)self;
    return get_field(oop, i, false);
}

/* String[] of symbols; NULL: thrown. */
static Object *strings(Thread *t, Symbol *const *symbols, u32 n)
{
    Object *array = jvm_string_array(t, n);
    for (u32 i = 0; array && i < n; i++) {
        Object *s = string_of_symbol(t, symbols[i]);
        if (!s) return NULL;
        array_set_ref(array, i, s);
    }
    return array;
}

JNIEXPORT jobjectArray JNICALL JVM_ConstantPoolGetMemberRefInfoAt(JNIEnv *env, jobject self, jobject oop, jint i)
{
    JVM_SCOPE();
    (void)self;
    Class *c = pool_class(oop);
    if (!check_tag(t, c, i, MEMBER_TAGS)) return NULL;
    Symbol *info[3] = { cp_class_name(c->cp, cp_ref_class_index(c->cp, (u32)i)) };
    cp_name_and_type(c->cp, (u32)i, &info[1], &info[2]);
    return jvm_local(t, strings(t, info, 3));
}

JNIEXPORT jint JNICALL JVM_ConstantPoolGetNameAndTypeRefIndexAt(JNIEnv *env, jobject self, jobject oop, jint i)
{
    JVM_SCOPE();
    (void)self;
    const Class *c = pool_class(oop);
    return check_tag(t, c, i, NAMED_TAGS) ? (jint)(c->cp->raw[i] >> 16) : 0;
}

JNIEXPORT jobjectArray JNICALL JVM_ConstantPoolGetNameAndTypeRefInfoAt(JNIEnv *env, jobject self, jobject oop, jint i)
{
    JVM_SCOPE();
    (void)self;
    const Class *c = pool_class(oop);
    if (!check_tag(t, c, i, TAG(NameAndType))) return NULL;
    u32 parts = c->cp->raw[i];
    Symbol *info[2] = { cp_utf8(c->cp, parts & 0xffff), cp_utf8(c->cp, parts >> 16) };
    return jvm_local(t, strings(t, info, 2));
}

/* The bits of a numeric entry. */
static u64 bits_at(Thread *t, jobject oop, jint i, u32 tags)
{
    const Class *c = pool_class(oop);
    return check_tag(t, c, i, tags) ? c->cp->v[i] : 0;
}

JNIEXPORT jint JNICALL JVM_ConstantPoolGetIntAt(JNIEnv *env, jobject self, jobject oop, jint i)
{
    JVM_SCOPE();
    (void)self;
    return (jint)bits_at(t, oop, i, TAG(Integer));
}

JNIEXPORT jlong JNICALL JVM_ConstantPoolGetLongAt(JNIEnv *env, jobject self, jobject oop, jint i)
{
    JVM_SCOPE();
    (void)self;
    return (jlong)bits_at(t, oop, i, TAG(Long));
}

JNIEXPORT jfloat JNICALL JVM_ConstantPoolGetFloatAt(JNIEnv *env, jobject self, jobject oop, jint i)
{
    JVM_SCOPE();
    (void)self;
    u32 bits = (u32)bits_at(t, oop, i, TAG(Float));
    jfloat x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

JNIEXPORT jdouble JNICALL JVM_ConstantPoolGetDoubleAt(JNIEnv *env, jobject self, jobject oop, jint i)
{
    JVM_SCOPE();
    (void)self;
    u64 bits = bits_at(t, oop, i, TAG(Double));
    jdouble x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

JNIEXPORT jstring JNICALL JVM_ConstantPoolGetStringAt(JNIEnv *env, jobject self, jobject oop, jint i)
{
    JVM_SCOPE();
    (void)self;
    Class *c = pool_class(oop);
    return check_tag(t, c, i, TAG(String)) ? jvm_local(t, cp_string(t, c->cp, (u32)i)) : NULL;
}

JNIEXPORT jstring JNICALL JVM_ConstantPoolGetUTF8At(JNIEnv *env, jobject self, jobject oop, jint i)
{
    JVM_SCOPE();
    (void)self;
    const Class *c = pool_class(oop);
    return check_tag(t, c, i, TAG(Utf8)) ? jvm_local(t, string_of_symbol(t, cp_utf8(c->cp, (u32)i))) : NULL;
}

JNIEXPORT jbyte JNICALL JVM_ConstantPoolGetTagAt(JNIEnv *env, jobject self, jobject oop, jint i)
{
    JVM_SCOPE();
    (void)self;
    const Class *c = pool_class(oop);
    if (i <= 0 || (u32)i >= c->cp->length) return (jbyte)jvm_throw_iae(t, "Constant pool index out of bounds");
    return (jbyte)cp_tag(c->cp, (u32)i);
}
