/* JVM_*: finding and defining classes. */
#include "classlib/jvm_util.h"
#include "vm/loader.h"
#include "vm/names.h"
#include <string.h>

enum { DEFINE_NESTMATE = 1, DEFINE_HIDDEN = 2, DEFINE_STRONG = 4, DEFINE_VM_ANNOTATIONS = 8 }; /* JVM_LookupDefineClass */

/* Symbol of a C name; NULL: too long to be a class's. */
static Symbol *name_symbol(const char *name)
{
    size_t n = strlen(name);
    return n <= 0xffff ? symbol_intern(name, n) : NULL;
}

/* Name of an array class that could exist? */
static bool array_name_ok(const Symbol *name)
{
    return descriptor_check(name->bytes, name->length, false) == name->length;
}

JNIEXPORT jclass JNICALL JVM_FindPrimitiveClass(JNIEnv *env, const char *name)
{
    JVM_SCOPE();
    static const struct { const char *name; BasicType type; } primitives[] = {
        { "boolean", T_BOOLEAN }, { "char", T_CHAR }, { "float", T_FLOAT }, { "double", T_DOUBLE }, { "byte", T_BYTE },
        { "short", T_SHORT }, { "int", T_INT }, { "long", T_LONG }, { "void", T_VOID } };
    for (size_t i = 0; i < NELEM(primitives); i++)
        if (!strcmp(name, primitives[i].name)) return jvm_mirror(t, class_primitive(primitives[i].type));
    throw_new(t, "java/lang/ClassNotFoundException", "%s", name);
    return NULL;
}

/* NULL without an exception when there is none. */
JNIEXPORT jclass JNICALL JVM_FindClassFromBootLoader(JNIEnv *env, const char *name)
{
    JVM_SCOPE();
    Symbol *s = name ? name_symbol(name) : NULL;
    return s ? jvm_mirror(t, class_load_or_null(t, boot_loader, s)) : NULL;
}

/* Loads on behalf of Class.forName and its like. */
static Class *find_class(Thread *t, const char *name, bool init, Loader *loader)
{
    Symbol *s = name_symbol(name);
    Class *c = NULL;
    if (s && (name[0] != '[' || array_name_ok(s))) c = loader == boot_loader ? class_load_or_null(t, loader, s) : class_load(t, loader, s);
    if (!c && !t->exception) throw_new(t, "java/lang/ClassNotFoundException", "%s", name);
    if (!c) return NULL;
    return init && c->kind == CLASS_INSTANCE && !class_initialize(t, c) ? NULL : c;
}

JNIEXPORT jclass JNICALL JVM_FindClassFromCaller(JNIEnv *env, const char *name, jboolean init, jobject loader, jclass caller)
{
    JVM_SCOPE();
    (void)caller; /* its protection domain matters to a SecurityManager only */
    return jvm_mirror(t, find_class(t, name, init, loader_of(t, jvm_object(loader))));
}

/* For the old verifier: what is missing is a NoClassDefFoundError. */
JNIEXPORT jclass JNICALL JVM_FindClassFromClass(JNIEnv *env, const char *name, jboolean init, jclass from)
{
    JVM_SCOPE();
    Class *f = jvm_class(from), *c = find_class(t, name, init, f ? f->loader : boot_loader);
    if (!c && jvm_pending_is(t, wk.ClassNotFoundException)) throw_wrapping(t, "java/lang/NoClassDefFoundError", name);
    return jvm_mirror(t, c);
}

/* An array class whose element the loader knows. */
static Class *find_loaded_array(Loader *loader, const Symbol *name)
{
    if (!array_name_ok(name)) return NULL;
    const char *p = name->bytes;
    u32 dims = (u32)strspn(p, "[");
    p += dims;
    Class *c = *p == 'L' ? NULL : class_primitive(descriptor_type(*p));
    if (!c) {
        Symbol *element = symbol_lookup(p + 1, strlen(p) - 2);
        c = element ? class_find_loaded(loader, element) : NULL;
    }
    for (; c && dims; dims--) c = c->array_class;
    return c;
}

JNIEXPORT jclass JNICALL JVM_FindLoadedClass(JNIEnv *env, jobject loader, jstring name)
{
    JVM_SCOPE();
    Object *string = jvm_object(name);
    if (!string) return NULL;
    Symbol *s = string_symbol(string, true);
    if (!s) return NULL;
    Loader *l = loader_of(t, jvm_object(loader));
    return jvm_mirror(t, s->bytes[0] == '[' ? find_loaded_array(l, s) : class_find_loaded(l, s));
}

/* ---- Definition ---------------------------------------------------------------------------------------------- */
static jclass define(const char *name, jobject loader, const jbyte *bytes, jsize length, jobject domain, const char *source)
{
    JVM_SCOPE_NO_ENV();
    Symbol *expected = name ? name_symbol(name) : NULL;
    if (name && !expected)
        return throw_new(t, "java/lang/NoClassDefFoundError", "Class name exceeds maximum length of 65535: %.60s...", name), NULL;
    DefineOptions options = { .protection_domain = jvm_object(domain), .source = source };
    Loader *l = loader_of(t, jvm_object(loader));
    return jvm_mirror(t, class_define(t, l, expected, (const u8 *)bytes, (size_t)(length < 0 ? 0 : length), &options));
}

JNIEXPORT jclass JNICALL JVM_DefineClass(JNIEnv *env, const char *name, jobject loader, const jbyte *bytes, jsize length, jobject domain)
{
    (void)env;
    return define(name, loader, bytes, length, domain, NULL);
}

JNIEXPORT jclass JNICALL JVM_DefineClassWithSource(JNIEnv *env, const char *name, jobject loader, const jbyte *bytes, jsize length,
                                                   jobject domain, const char *source)
{
    (void)env;
    return define(name, loader, bytes, length, domain, source);
}

/* An ordinary class defined through a Lookup has no options; false: thrown. */
static bool ordinary_flags_ok(Thread *t, jint flags, const Object *class_data)
{
    if (class_data) return jvm_throw_iae(t, "classData is only applicable for hidden classes");
    if (flags & DEFINE_NESTMATE) return jvm_throw_iae(t, "dynamic nestmate is only applicable for hidden classes");
    if (!(flags & DEFINE_STRONG)) return jvm_throw_iae(t, "an ordinary class must be strongly referenced by its defining loader");
    if (flags & DEFINE_VM_ANNOTATIONS) return jvm_throw_iae(t, "vm annotations only allowed for hidden classes");
    if (flags == DEFINE_STRONG) return true;
    throw_new(t, "java/lang/IllegalArgumentException", "invalid flag 0x%x", (u32)flags);
    return false;
}

/* Lookup.defineClass and defineHiddenClass, lambda proxies, LambdaForms: see jvm.h. The class is linked, and initialized if init. */
JNIEXPORT jclass JNICALL JVM_LookupDefineClass(JNIEnv *env, jclass lookup, const char *name, const jbyte *bytes, jsize length,
                                               jobject domain, jboolean init, jint flags, jobject class_data)
{
    JVM_SCOPE();
    Class *host = jvm_class(lookup);
    if (!host) return (void *)jvm_throw_iae(t, "Lookup class is null");
    bool hidden = flags & DEFINE_HIDDEN;
    if (!hidden && !ordinary_flags_ok(t, flags, jvm_object(class_data))) return NULL;
    DefineOptions options = { .protection_domain = jvm_object(domain), .source = "__JVM_LookupDefineClass__" };
    if (hidden) {
        options.hidden_host = host;
        options.hidden = true;
        options.nestmate = flags & DEFINE_NESTMATE;
        options.strong = flags & DEFINE_STRONG;
        options.vm_annotations = flags & DEFINE_VM_ANNOTATIONS;
        options.class_data = jvm_object(class_data);
    }
    Symbol *expected = name ? name_symbol(name) : NULL;
    Class *c = class_define(t, host->loader, expected, (const u8 *)bytes, (size_t)(length < 0 ? 0 : length), &options);
    if (!c) return NULL;
    if (init ? !class_initialize(t, c) : !class_link(t, c)) return NULL;
    return jvm_mirror(t, c);
}

/* ---- Packages of the boot loader ------------------------------------------------------------------------------------ */
JNIEXPORT jstring JNICALL JVM_GetSystemPackage(JNIEnv *env, jstring name)
{
    JVM_SCOPE();
    Object *string = jvm_object(name);
    Symbol *package = string ? string_symbol(string, true) : NULL;
    const char *location = package ? class_boot_package_location(package) : NULL;
    return location ? jvm_local(t, string_new(t, location)) : NULL;
}

typedef Vec(Symbol *) SymbolList;

static void add_package(void *ctx, Symbol *package, const char *location)
{
    SymbolList *list = ctx;
    if (location) vec_push(list, package);
}

JNIEXPORT jobjectArray JNICALL JVM_GetSystemPackages(JNIEnv *env)
{
    JVM_SCOPE();
    SymbolList list = { 0 };
    class_boot_packages_each(add_package, &list);
    Object *array = jvm_string_array(t, (u32)list.len);
    for (u32 i = 0; array && i < list.len; i++) {
        Object *s = string_of_symbol(t, list.data[i]);
        if (!s) array = NULL;
        else array_set_ref(array, i, s);
    }
    vec_free(&list);
    return jvm_local(t, array);
}
