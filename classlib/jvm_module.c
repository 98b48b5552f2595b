/* JVM_*: modules. Package names arrive dotted or with slashes; the VM keeps them with slashes (vm/module.c). */
#include "classlib/jvm_util.h"
#include "vm/module.h"

/* Symbol of a package's name; NULL for null. */
static Symbol *package_symbol(jstring name)
{
    Object *s = jvm_object(name);
    return s ? string_symbol(s, true) : NULL;
}

static Symbol *text_symbol(jstring text)
{
    Object *s = jvm_object(text);
    return s ? string_symbol(s, false) : NULL;
}

JNIEXPORT void JNICALL JVM_DefineModule(JNIEnv *env, jobject module, jboolean is_open, jstring version, jstring location, jobjectArray packages)
{
    JVM_SCOPE();
    Object *m = jvm_object(module), *names = jvm_object(packages);
    if (!m) return (void)throw_new(t, "java/lang/NullPointerException", "Null module object");
    u32 n = names ? array_length(names) : 0;
    Vec(Symbol *) list = { 0 };
    for (u32 i = 0; i < n; i++) {
        Object *s = array_ref(names, i);
        if (!s || object_class(s) != wk.String) {
            throw_new(t, "java/lang/IllegalArgumentException", "Bad package name");
            vec_free(&list);
            return;
        }
        vec_push(&list, string_symbol(s, true));
    }
    module_define(t, m, is_open, text_symbol(version), text_symbol(location), list.data, (u32)list.len);
    vec_free(&list);
}

JNIEXPORT void JNICALL JVM_SetBootLoaderUnnamedModule(JNIEnv *env, jobject module)
{
    JVM_SCOPE();
    Object *m = jvm_object(module);
    if (!m) return (void)throw_new(t, "java/lang/NullPointerException", "Null module object");
    module_set_boot_unnamed(t, m);
}

JNIEXPORT void JNICALL JVM_AddModuleExports(JNIEnv *env, jobject from, jstring package, jobject to)
{
    JVM_SCOPE();
    module_add_export(t, jvm_object(from), package_symbol(package), jvm_object(to));
}

JNIEXPORT void JNICALL JVM_AddModuleExportsToAllUnnamed(JNIEnv *env, jobject from, jstring package)
{
    JVM_SCOPE();
    module_add_export_all(t, jvm_object(from), package_symbol(package), true);
}

JNIEXPORT void JNICALL JVM_AddModuleExportsToAll(JNIEnv *env, jobject from, jstring package)
{
    JVM_SCOPE();
    module_add_export_all(t, jvm_object(from), package_symbol(package), false);
}

JNIEXPORT void JNICALL JVM_AddReadsModule(JNIEnv *env, jobject from, jobject source)
{
    JVM_SCOPE();
    module_add_reads(t, jvm_object(from), jvm_object(source));
}

/* Only class-data archives have these. */
JNIEXPORT void JNICALL JVM_DefineArchivedModules(JNIEnv *env, jobject platform, jobject app)
{
    (void)env, (void)platform, (void)app;
}
