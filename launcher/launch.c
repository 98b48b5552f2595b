/* LauncherHelper does the work that needs Java: finding the main class in a path, jar or module, checking main's signature and
   printing `java`'s messages when it is not there. */
#include "launcher/launch.h"
#include "base/log.h"
#include "classlib/vmflags.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


static Object *platform_string(Thread *t, Class *helper, const char *text)
{
    u32 n = (u32)strlen(text);
    Object *bytes = array_new_prim(t, T_BYTE, (i32)n);
    if (!bytes) return NULL;
    memcpy(byte_elems(bytes), text, n);
    Method *m = method_named(helper, "makePlatformString", "(Z[B)Ljava/lang/String;");
    return (Object *)vm_callv(t, m, 1, (u64)bytes);
}

static Object *argument_array(Thread *t, Class *helper, const Options *o)
{
    Object *array = array_new(t, class_array_of(wk.String), (i32)o->nargs);
    for (u32 i = 0; array && i < o->nargs; i++) {
        Object *s = platform_string(t, helper, o->args[i]);
        if (t->exception) return NULL;
        array_set_ref(array, i, s);
    }
    return array;
}

/* The class whose main is to run, checked; NULL with an exception, or after LauncherHelper exited by itself. */
static Class *load_main(Thread *t, Class *helper, const Options *o)
{
    Object *what = platform_string(t, helper, o->what);
    if (t->exception) return NULL;
    Method *check = method_named(helper, "checkAndLoadMain", "(ZILjava/lang/String;)Ljava/lang/Class;");
    Object *mirror = (Object *)vm_callv(t, check, 1, (u64)(u32)o->mode, (u64)what);
    if (t->exception || !mirror) return NULL;
    return mirror_class(mirror);
}

/* --list-modules and its kin. */
static void tell(Thread *t, Class *helper, const Options *o)
{
    Object *what = o->tell == TELL_MODULE ? platform_string(t, helper, o->what) : NULL;
    if (t->exception) return;
    switch (o->tell) {
    case TELL_MODULES:
        vm_call(t, method_named(helper, "listModules", "()V"), NULL);
        break;
    case TELL_MODULE:
        vm_callv(t, method_named(helper, "describeModule", "(Ljava/lang/String;)V"), (u64)what);
        break;
    case TELL_VALID: /* the boot layer's making has done it */
        break;
    }
}

/* java's own lines, from the class library's VersionProps, and loam's. */
static void print_version(Thread *t, FILE *f)
{
    Class *props = class_boot("java/lang/VersionProps");
    if (!class_initialize(t, props)) return;
    vm_callv(t, method_named(props, "print", "(Z)V"), (u64)(f == stderr));
    if (t->exception) return;
    fprintf(f, "loam %s (Java SE 17 on the class library of %s)\n", LOAM_VERSION, vm_options.java_home);
    fflush(f);
}

/* -fullversion, --full-version: the class library's. */
static void print_full_version(Thread *t, FILE *f)
{
    Object *version = (Object *)vm_call(t, method_named(class_boot("java/lang/Runtime"), "version", "()Ljava/lang/Runtime$Version;"), NULL);
    if (t->exception) return;
    Object *text = (Object *)vm_callv(t, method_named(object_class(version), "toString", "()Ljava/lang/String;"), (u64)version);
    if (t->exception) return;
    char *utf8 = string_utf8(text);
    fprintf(f, f == stderr ? "openjdk full version \"%s\"\n" : "openjdk %s\n", utf8);
    free(utf8);
}

/* -version and -showversion, --version and --show-version. */
static void print_versions(Thread *t, const Options *o)
{
    if (o->show_version_out) print_version(t, stdout);
    if (o->show_version_err && !t->exception) print_version(t, stderr);
    if (o->full_version && !t->exception) print_full_version(t, o->full_version);
}

static void show_settings(Thread *t, Class *helper, const Options *o)
{
    Object *what = platform_string(t, helper, o->show_settings);
    if (t->exception) return;
    /* Heap sizes and stack size as they were given, longs in two slots; 0: estimate or leave out. */
    vm_callv(t, method_named(helper, "showSettings", "(ZLjava/lang/String;JJJ)V"), 1, (u64)what, vm_options.initial_heap, 0, vm_options.max_heap, 0,
             o->stack_told ? vm_options.java_stack : 0, 0);
}

int launch(Thread *t, const Options *o)
{
    if (o->print_flags) vmflags_print(stdout, o->print_flags == PRINT_ALL_FLAGS);
    Class *helper = class_boot("sun/launcher/LauncherHelper");
    if (!class_initialize(t, helper)) return 1;
    if (o->show_settings) show_settings(t, helper, o);
    if (t->exception) return 1;
    print_versions(t, o);
    if (t->exception) return 1;
    if (o->mode == LAUNCH_VERSION) return 0;
    if (o->mode == LAUNCH_TELL) {
        tell(t, helper, o);
        return t->exception ? 1 : 0;
    }
    Class *c = load_main(t, helper, o);
    if (!c) return 1;
    if (o->dry_run) return 0;
    Object *args = argument_array(t, helper, o);
    if (!args) return 1;
    Method *m = class_find_method(c, symbol_of("main"), symbol_of("([Ljava/lang/String;)V"));
    ASSERT(m && m->access & ACC_STATIC); /* LauncherHelper validated it */
    if (vm_hooks.main_reached) vm_hooks.main_reached(t);
    if (!class_initialize(t, c)) return 1;
    vm_callv(t, m, (u64)args);
    return t->exception ? 1 : 0;
}
