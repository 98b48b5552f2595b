/* JVM_*: what the VM tells of itself: system properties, arguments, assertion status. */
#define _GNU_SOURCE
#include "classlib/jvm_util.h"
#include "classlib/jvm_properties.h"
#include <stdio.h>
#include <string.h>

/* ---- Properties ---------------------------------------------------------------------------------------------- */
/* The class library's version: JAVA_VERSION="17.0.9" in <java.home>/release. */
static void library_version(char *out, size_t size)
{
    snprintf(out, size, "17");
    char *path = xasprintf("%s/release", vm_options.java_home), line[256];
    FILE *f = fopen(path, "r");
    free(path);
    while (f && fgets(line, sizeof line, f)) {
        const char key[] = "JAVA_VERSION=\"";
        char *end = strrchr(line, '"');
        if (strncmp(line, key, sizeof key - 1) || end < line + sizeof key - 1) continue;
        *end = 0;
        snprintf(out, size, "%.60s", line + sizeof key - 1);
    }
    if (f) fclose(f);
}

const char *jvm_mode(void) { return vm_options.compiler ? "mixed mode" : "interpreted mode"; }

const char *jvm_version(void)
{
    static char version[96];
    if (!*version) {
        char library[64];
        library_version(library, sizeof library);
        snprintf(version, sizeof version, "%s-loam", library);
    }
    return version;
}

/* Where System.loadLibrary looks: as Debian's java. */
static char *library_path(void)
{
    const char *env = getenv("LD_LIBRARY_PATH");
    const char *standard = "/usr/java/packages/lib:/usr/lib/x86_64-linux-gnu/jni:/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:"
                           "/usr/lib/jni:/lib:/usr/lib";
    return env && *env ? xasprintf("%s:%s", env, standard) : xstrdup(standard);
}

typedef struct Properties { Thread *t; ObjectList list; bool ok; } Properties;

static void put(Properties *p, const char *key, size_t key_length, const char *value)
{
    if (!p->ok) return;
    Object *k = string_new_n(p->t, key, key_length), *v = k ? string_new(p->t, value) : NULL;
    p->ok = v && jvm_list_add(p->t, &p->list, k) && jvm_list_add(p->t, &p->list, v);
}

static void put_text(Properties *p, const char *key, const char *value) { put(p, key, strlen(key), value); }

static void put_own(Properties *p)
{
    char *boot_path = xasprintf("%s/lib", vm_options.java_home), *libraries = library_path();
    put_text(p, "java.vm.specification.name", "Java Virtual Machine Specification");
    put_text(p, "java.vm.version", jvm_version());
    put_text(p, "java.vm.name", JVM_NAME);
    put_text(p, "jdk.debug", "release");
    put_text(p, "sun.boot.library.path", boot_path);
    put_text(p, "java.library.path", libraries);
    put_text(p, "java.home", vm_options.java_home);
    put_text(p, "java.class.path", vm_options.class_path ? vm_options.class_path : "");
    put_text(p, "jdk.boot.class.path.append", vm_options.boot_append ? vm_options.boot_append : "");
    put_text(p, "java.vm.info", jvm_mode());
    put_text(p, "java.vm.compressedOopsMode", "Zero based");
    put_text(p, "sun.java.launcher", "SUN_STANDARD");
    put_text(p, "java.vm.specification.vendor", "Oracle Corporation");
    put_text(p, "java.vm.specification.version", "17");
    put_text(p, "java.vm.vendor", "loam");
    free(boot_path), free(libraries);
}

/* Those of the command line come last: they win. */
static void put_given(Properties *p)
{
    for (u32 i = 0; i < vm_options.nproperties; i++) {
        const char *s = vm_options.properties[i], *eq = strchr(s, '=');
        put(p, s, eq ? (size_t)(eq - s) : strlen(s), eq ? eq + 1 : "");
    }
    if (vm_options.command) put_text(p, "sun.java.command", vm_options.command);
}

JNIEXPORT jobjectArray JNICALL JVM_GetProperties(JNIEnv *env)
{
    JVM_SCOPE();
    Properties p = { .t = t, .ok = true };
    put_own(&p);
    put_given(&p);
    return p.ok ? jvm_local(t, jvm_list_array(t, &p.list, wk.String)) : NULL;
}

JNIEXPORT jobjectArray JNICALL JVM_GetVmArguments(JNIEnv *env)
{
    JVM_SCOPE();
    Object *array = jvm_string_array(t, vm_options.nvm_args);
    for (u32 i = 0; array && i < vm_options.nvm_args; i++) {
        Object *s = string_new(t, vm_options.vm_args[i]);
        if (!s) return NULL;
        array_set_ref(array, i, s);
    }
    return jvm_local(t, array);
}

static void agent_property(Thread *t, Object *properties, const char *key, const char *value)
{
    if (t->exception) return;
    Object *k = string_new(t, key), *v = k ? string_new(t, value) : NULL;
    Method *m = method_named(object_class(properties), "put", "(Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;");
    const u64 args[] = { (u64)properties, (u64)k, (u64)v };
    if (v) vm_call_virtual(t, m, args);
}

JNIEXPORT jobject JNICALL JVM_InitAgentProperties(JNIEnv *env, jobject properties)
{
    JVM_SCOPE();
    Object *p = jvm_object(properties);
    if (!p) return (void *)jvm_throw_npe(t);
    Vec(char) text = { 0 };
    for (u32 i = 0; i < vm_options.nvm_args; i++) {
        if (i) vec_push(&text, ' ');
        for (const char *s = vm_options.vm_args[i]; *s; s++) vec_push(&text, *s);
    }
    vec_push(&text, 0);
    agent_property(t, p, "sun.java.command", vm_options.command ? vm_options.command : "");
    agent_property(t, p, "sun.jvm.flags", "");
    agent_property(t, p, "sun.jvm.args", text.data);
    vec_free(&text);
    return properties;
}

/* ---- Assertions ------------------------------------------------------------------------------------------------- */
/* Names of the command line have dots, class names slashes. */
static bool same_name(const char *option, const char *name, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((option[i] == '.' ? '/' : option[i]) != name[i]) return false;
    return option[n] == 0;
}

/* The last option that names this class, or this package; -1: none. */
static int find_option(bool package, const char *name, size_t n)
{
    for (u32 i = vm_options.nassertions; i-- > 0;)
        if (vm_options.assertions[i].package == package && same_name(vm_options.assertions[i].name, name, n)) return (int)i;
    return -1;
}

/* A class's own option decides, then its package's, then the enclosing packages' from the inside out, then the default. */
static bool assertions_enabled(const char *name, bool system)
{
    int i = find_option(false, name, strlen(name));
    const char *slash = strrchr(name, '/');
    size_t n = slash ? (size_t)(slash - name) : 0;
    if (i < 0) i = find_option(true, name, n);
    while (i < 0 && n > 0) {
        while (n > 0 && name[--n] != '/') {}
        if (n) i = find_option(true, name, n);
    }
    if (i >= 0) return vm_options.assertions[i].enable;
    return system ? vm_options.assertions_system : vm_options.assertions_user;
}

JNIEXPORT jboolean JNICALL JVM_DesiredAssertionStatus(JNIEnv *env, jclass unused, jclass cls)
{
    JVM_SCOPE();
    (void)unused;
    const Class *c = jvm_class(cls);
    return jvm_is_instance(c) && assertions_enabled(c->name->bytes, c->loader == boot_loader);
}

/* Offset of a field of AssertionStatusDirectives. */
static u32 directive_offset(Class *c, const char *name)
{
    Field *f = class_declared_field(c, symbol_of(name), NULL);
    ASSERT(f);
    return f->offset;
}

/* The options about classes or about packages as two parallel arrays; false: thrown. */
static bool store_directives(Thread *t, Object *o, bool package)
{
    u32 n = 0;
    for (u32 i = 0; i < vm_options.nassertions; i++) n += vm_options.assertions[i].package == package;
    Object *names = jvm_string_array(t, n), *enabled = names ? array_new_prim(t, T_BOOLEAN, (i32)n) : NULL;
    if (!enabled) return false;
    u32 at = 0;
    for (u32 i = vm_options.nassertions; i-- > 0;) { /* the last given is looked at first */
        if (vm_options.assertions[i].package != package) continue;
        Object *s = string_new(t, vm_options.assertions[i].name);
        if (!s) return false;
        array_set_ref(names, at, s);
        byte_elems(enabled)[at++] = vm_options.assertions[i].enable;
    }
    Class *c = object_class(o);
    store_ref(o, directive_offset(c, package ? "packages" : "classes"), names);
    store_ref(o, directive_offset(c, package ? "packageEnabled" : "classEnabled"), enabled);
    return true;
}

JNIEXPORT jobject JNICALL JVM_AssertionStatusDirectives(JNIEnv *env, jclass unused)
{
    JVM_SCOPE();
    (void)unused;
    Class *c = class_boot("java/lang/AssertionStatusDirectives");
    if (!class_initialize(t, c)) return NULL;
    Object *o = object_new(t, c);
    if (!o || !store_directives(t, o, false) || !store_directives(t, o, true)) return NULL;
    FIELD(o, u8, directive_offset(c, "deflt")) = vm_options.assertions_user;
    return jvm_local(t, o);
}
