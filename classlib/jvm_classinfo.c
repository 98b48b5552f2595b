/* JVM_*: what java.lang.Class asks about a class: name, modifiers, nesting, annotations. Arrays and primitives may ask everything;
   most answers are then "nothing". */
#include "classlib/jvm_util.h"
#include "classlib/reflect.h"
#include "vm/names.h"
#include <string.h>

JNIEXPORT jstring JNICALL JVM_InitClassName(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    Class *c = jvm_class(cls);
    char *text = class_java_name(c);
    Object *s = string_new(t, text), *name = s ? string_intern(t, s) : NULL;
    free(text);
    if (!name) return NULL;
    store_ref(c->mirror, off.Class_name, name);
    return jvm_local(t, name);
}

JNIEXPORT jobjectArray JNICALL JVM_GetClassInterfaces(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    Class *c = jvm_class(cls);
    bool array = class_is_array(c);
    Class *const *list = array ? c->supers : c->interfaces;
    u32 n = array ? c->nsupers : c->ninterfaces;
    if (class_is_primitive(c)) n = 0;
    Object *result = jvm_class_array(t, n);
    for (u32 i = 0; result && i < n; i++) array_set_ref(result, i, list[i]->mirror);
    return jvm_local(t, result);
}

JNIEXPORT jboolean JNICALL JVM_IsInterface(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    const Class *c = jvm_class(cls);
    return c->kind == CLASS_INSTANCE && class_is_interface(c);
}

JNIEXPORT jboolean JNICALL JVM_IsHiddenClass(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    return (jvm_class(cls)->access & CLASS_HIDDEN) != 0;
}

JNIEXPORT jboolean JNICALL JVM_IsArrayClass(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    return class_is_array(jvm_class(cls));
}

JNIEXPORT jboolean JNICALL JVM_IsPrimitiveClass(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    return class_is_primitive(jvm_class(cls));
}

/* A copy, so that the holder's array stays its own. */
JNIEXPORT jobjectArray JNICALL JVM_GetClassSigners(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    const Class *c = jvm_class(cls);
    return jvm_is_instance(c) && c->signers ? jvm_local(t, object_clone(t, c->signers)) : NULL;
}

JNIEXPORT void JNICALL JVM_SetClassSigners(JNIEnv *env, jclass cls, jobjectArray signers)
{
    JVM_SCOPE();
    Class *c = jvm_class(cls);
    if (jvm_is_instance(c)) c->signers = jvm_object(signers);
}

JNIEXPORT jobject JNICALL JVM_GetProtectionDomain(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    const Class *c = jvm_class(cls);
    if (!c) return (void *)jvm_throw_npe(t);
    while (c->element) c = c->element;
    return jvm_is_instance(c) ? jvm_local(t, c->protection_domain) : NULL;
}

JNIEXPORT jint JNICALL JVM_GetClassModifiers(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    return (jint)class_modifiers(jvm_class(cls));
}

JNIEXPORT jint JNICALL JVM_GetClassAccessFlags(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    const Class *c = jvm_class(cls);
    return class_is_primitive(c) ? ACC_PUBLIC | ACC_FINAL | ACC_ABSTRACT : (jint)(c->access & 0x7fff);
}

JNIEXPORT jstring JNICALL JVM_GetClassSignature(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    const Class *c = jvm_class(cls);
    return jvm_is_instance(c) && c->signature ? jvm_local(t, string_of_symbol(t, c->signature)) : NULL;
}

JNIEXPORT jbyteArray JNICALL JVM_GetClassAnnotations(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    const Class *c = jvm_class(cls);
    return jvm_is_instance(c) ? jvm_local(t, jvm_bytes(t, c->annotations)) : NULL;
}

JNIEXPORT jbyteArray JNICALL JVM_GetClassTypeAnnotations(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    const Class *c = jvm_class(cls);
    return jvm_is_instance(c) ? jvm_local(t, jvm_bytes(t, c->type_annotations)) : NULL;
}

/* ---- Inner classes ------------------------------------------------------------------------------------------------ */
typedef struct Inner { u32 inner, outer, name; } Inner; /* CP indices; 0: none */

static Inner inner_row(const Class *c, u32 i)
{
    const u8 *p = c->inner_classes.data + 2 + 8 * i;
    return (Inner){ be16(p), be16(p + 2), be16(p + 4) };
}

/* Does the class entry name this class? It is resolved only if it may. */
static bool names_class(Thread *t, Class *in, u32 index, Class *c)
{
    return cp_tag(in->cp, index) == CP_Class && cp_class_name(in->cp, index) == c->name && cp_class(t, in->cp, index) == c;
}

/* The row of `in`'s InnerClasses about class c itself; false: none (or thrown). */
static bool find_row(Thread *t, Class *in, Class *c, Inner *out)
{
    u32 n = attribute_rows(in->inner_classes, 8);
    for (u32 i = 0; i < n; i++) {
        *out = inner_row(in, i);
        if (out->inner && names_class(t, in, out->inner, c)) return true;
        if (t->exception) return false;
    }
    return false;
}

/* `outer` must say, too, that inner is its member. (The reverse is not asked of its members.) */
static bool check_member(Thread *t, Class *outer, Class *inner)
{
    u32 n = attribute_rows(outer->inner_classes, 8);
    for (u32 i = 0; i < n; i++) {
        Inner row = inner_row(outer, i);
        if (row.inner && row.outer && names_class(t, outer, row.outer, outer) && names_class(t, outer, row.inner, inner)) return true;
        if (t->exception) return false;
    }
    char *a = class_external_name(outer), *b = class_external_name(inner);
    throw_new(t, "java/lang/IncompatibleClassChangeError", "%s and %s disagree on InnerClasses attribute", a, b);
    free(a), free(b);
    return false;
}

static Object *declared_classes(Thread *t, Class *c)
{
    ObjectList list = { 0 };
    u32 n = jvm_is_instance(c) ? attribute_rows(c->inner_classes, 8) : 0;
    for (u32 i = 0; i < n; i++) {
        Inner row = inner_row(c, i);
        if (!row.inner || !row.outer || !names_class(t, c, row.outer, c)) {
            if (t->exception) return NULL;
            continue;
        }
        Class *member = cp_class(t, c->cp, row.inner);
        if (!member || !jvm_list_add(t, &list, member->mirror)) return NULL;
    }
    return jvm_list_array(t, &list, wk.Class);
}

JNIEXPORT jobjectArray JNICALL JVM_GetDeclaredClasses(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    return jvm_local(t, declared_classes(t, jvm_class(cls)));
}

JNIEXPORT jclass JNICALL JVM_GetDeclaringClass(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    Class *c = jvm_class(cls);
    Inner row;
    if (!jvm_is_instance(c) || !find_row(t, c, c, &row) || !row.outer) return NULL;
    Class *outer = cp_class(t, c->cp, row.outer);
    if (!outer) return NULL;
    return check_member(t, outer, c) ? jvm_mirror(t, outer) : NULL;
}

JNIEXPORT jstring JNICALL JVM_GetSimpleBinaryName(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    Class *c = jvm_class(cls);
    Inner row;
    if (!jvm_is_instance(c) || !find_row(t, c, c, &row) || cp_tag(c->cp, row.name) != CP_Utf8) return NULL;
    return jvm_local(t, string_of_symbol(t, cp_utf8(c->cp, row.name)));
}

/* Object[3]: enclosing class, name and descriptor of the enclosing method (null outside of methods). */
JNIEXPORT jobjectArray JNICALL JVM_GetEnclosingMethodInfo(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    Class *c = jvm_class(cls);
    if (!jvm_is_instance(c) || !c->enclosing_method.data || c->enclosing_method.length < 4) return NULL;
    u32 holder = be16(c->enclosing_method.data), method = be16(c->enclosing_method.data + 2);
    if (!holder) return NULL;
    Class *enclosing = cp_class(t, c->cp, holder);
    Object *info = enclosing ? jvm_object_array(t, 3) : NULL;
    if (!info) return NULL;
    array_set_ref(info, 0, enclosing->mirror);
    if (method && cp_tag(c->cp, method) == CP_NameAndType) {
        u32 parts = c->cp->raw[method];
        Object *name = string_of_symbol(t, cp_utf8(c->cp, parts & 0xffff));
        Object *desc = name ? string_of_symbol(t, cp_utf8(c->cp, parts >> 16)) : NULL;
        if (!desc) return NULL;
        array_set_ref(info, 1, name);
        array_set_ref(info, 2, desc);
    }
    return jvm_local(t, info);
}

/* ---- Nests, sealed classes, records --------------------------------------------------------------------------------- */
JNIEXPORT jboolean JNICALL JVM_AreNestMates(JNIEnv *env, jclass a, jclass b)
{
    JVM_SCOPE();
    return class_same_nest(t, jvm_class(a), jvm_class(b));
}

JNIEXPORT jclass JNICALL JVM_GetNestHost(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    Class *c = jvm_class(cls);
    return jvm_mirror(t, jvm_is_instance(c) ? class_nest_host(t, c) : c);
}

/* Adds the classes of an attribute that load and that the host's nest really has; false: thrown. */
static bool add_nest_members(Thread *t, ObjectList *list, Class *host)
{
    u32 n = attribute_rows(host->nest_members, 2);
    for (u32 i = 0; i < n; i++) {
        Class *member = cp_class(t, host->cp, be16(host->nest_members.data + 2 + 2 * i));
        bool valid = member && jvm_is_instance(member) && member != host && class_nest_host(t, member) == host;
        if (jvm_pending_is_fatal(t)) return false;
        if (valid && !jvm_list_add(t, list, member->mirror)) return false;
    }
    return true;
}

JNIEXPORT jobjectArray JNICALL JVM_GetNestMembers(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    Class *c = jvm_class(cls), *host = jvm_is_instance(c) ? class_nest_host(t, c) : c;
    if (t->exception) return NULL;
    ObjectList list = { 0 };
    if (!jvm_list_add(t, &list, host->mirror)) return NULL;
    if (jvm_is_instance(host) && !add_nest_members(t, &list, host)) return NULL;
    return jvm_local(t, jvm_list_array(t, &list, wk.Class));
}

JNIEXPORT jboolean JNICALL JVM_IsRecord(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    const Class *c = jvm_class(cls);
    return jvm_is_instance(c) && c->record.data && (c->access & ACC_FINAL) && c->super == wk.Record;
}

JNIEXPORT jobjectArray JNICALL JVM_GetRecordComponents(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    Class *c = jvm_class(cls);
    return jvm_is_instance(c) ? jvm_local(t, reflect_record_components(t, c)) : NULL;
}

JNIEXPORT jobjectArray JNICALL JVM_GetPermittedSubclasses(JNIEnv *env, jclass cls)
{
    JVM_SCOPE();
    Class *c = jvm_class(cls);
    if (!jvm_is_instance(c) || !c->permitted.data) return NULL;
    ObjectList list = { 0 };
    u32 n = attribute_rows(c->permitted, 2);
    for (u32 i = 0; i < n; i++) {
        Class *sub = cp_class(t, c->cp, be16(c->permitted.data + 2 + 2 * i));
        if (jvm_pending_is_fatal(t)) return NULL;
        if (sub && !jvm_list_add(t, &list, sub->mirror)) return NULL;
    }
    return jvm_local(t, jvm_list_array(t, &list, wk.Class));
}
