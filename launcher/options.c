/* Parsing the command line: one handler per row of options.def. Options that `java` turns into system properties become the
   same ones here; the class library reads them. */
#include "launcher/options.h"
#include "layout/layout.h"
#include "jit/jit.h"
#include "base/log.h"
#include "hwsim/config.h"
#include "hwsim/core.h"
#include "hwsim/plugins.h"
#include "launcher/argfile.h"
#include "launcher/cgroup.h"
#include "launcher/help.h"
#include "launcher/hotspot_flags.h"
#include "launcher/ram.h"
#include "report/report.h"
#include "classlib/vmflags.h"
#include "vm/unified.h"
#include "vm/vm.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Options *opt;
static Vec(const char *) properties;
static Vec(const char *) vm_args; /* what RuntimeMXBean.getInputArguments tells */
static u32 numbered[6]; /* next index of --add-modules & co. */

const char cannot_create[] = "Error: Could not create the Java Virtual Machine.\n"
                                    "Error: A fatal exception has occurred. Program will exit.\n";

/* What `java` prints when it refuses an option. */
static void refuse(const char *fmt, const char *what) NORETURN;
static void refuse(const char *fmt, const char *what)
{
    fprintf(stderr, fmt, what);
    fprintf(stderr, "\n%s", cannot_create);
    exit(1);
}

/* What the VM itself prints on stdout when it cannot start with the sizes it was given. */
static void refuse_size(const char *what) NORETURN;
static void refuse_size(const char *what)
{
    printf("Error occurred during initialization of VM\n%s\n", what);
    exit(1);
}

static void add_property(const char *key, const char *value)
{
    vec_push(&properties, xasprintf("%s=%s", key, value));
}
static void add_numbered(u32 kind, const char *key, const char *value)
{
    vec_push(&properties, xasprintf("%s.%u=%s", key, numbered[kind]++, value));
}

/* "64m" -> bytes; java's message otherwise. */
static u64 parse_size(const char *option, const char *text)
{
    char *end;
    errno = 0;
    u64 n = strtoull(text, &end, 10);
    u32 shift = 0;
    switch (*end) {
    case 'k': case 'K': shift = 10, end++; break;
    case 'm': case 'M': shift = 20, end++; break;
    case 'g': case 'G': shift = 30, end++; break;
    case 't': case 'T': shift = 40, end++; break;
    }
    if (errno || end == text || *end || *text == '-' || n > (UINT64_MAX >> shift)) {
        char *whole = xasprintf("%s%s", option, text);
        if (!strcmp(option, "-Xmx")) refuse("Invalid maximum heap size: %s", whole);
        if (!strcmp(option, "-Xms")) refuse("Invalid initial heap size: %s", whole);
        if (!strcmp(option, "-Xmn")) refuse("Invalid initial young generation size: %s", whole);
        if (!strncmp(option, "-XX:", 4)) refuse("Improperly specified VM option '%s'", whole + 4);
        ASSERT(!strcmp(option, "-Xss"));
        refuse("Invalid thread stack size: %s", whole);
    }
    return n << shift;
}

static double number(const char *option, const char *v, double low, double high);
static const char source_main[] = "jdk.compiler/com.sun.tools.javac.launcher.Main";

#define HANDLER(name) static void on_##name(const char *v)
#define UNUSED (void)v
HANDLER(class_path) { vm_options.class_path = v; }
HANDLER(jar) { opt->mode = LAUNCH_JAR, opt->what = v; }
HANDLER(module_main)
{
    if (opt->mode == LAUNCH_SOURCE) {
        fprintf(stderr, "Error: Option -m is not allowed with --source\n");
        exit(1);
    }
    opt->mode = LAUNCH_MODULE, opt->what = v;
    char *property = xasprintf("jdk.module.main=%.*s", (int)strcspn(v, "/"), v);
    vec_push(&properties, property);
    vec_push(&vm_args, xasprintf("-D%s", property));
}
HANDLER(source) { opt->mode = LAUNCH_SOURCE, opt->source_option = true, add_property("jdk.internal.javac.source", v); }
HANDLER(module_path) { add_property("jdk.module.path", v); }
HANDLER(upgrade_module_path) { add_property("jdk.module.upgrade.path", v); }
HANDLER(limit_modules) { add_property("jdk.module.limitmods", v); }
HANDLER(add_modules) { add_numbered(0, "jdk.module.addmods", v); }
HANDLER(add_exports) { add_numbered(1, "jdk.module.addexports", v); }
HANDLER(add_opens) { add_numbered(2, "jdk.module.addopens", v); }
HANDLER(add_reads) { add_numbered(3, "jdk.module.addreads", v); }
HANDLER(patch_module)
{
    if (!strchr(v, '=')) {
        printf("Missing '=' in --patch-module specification\n");
        fprintf(stderr, "%s", cannot_create);
        exit(1);
    }
    add_numbered(4, "jdk.module.patch", v);
}
HANDLER(enable_native_access) { add_numbered(5, "jdk.module.enable.native.access", v); }
HANDLER(enable_preview) { UNUSED; vm_options.preview = true; }
HANDLER(reduce_signals) { UNUSED; vm_options.reduce_signals = true; }
HANDLER(property) { vec_push(&properties, strchr(v, '=') ? v : xasprintf("%s=", v)); }
HANDLER(ignored) { UNUSED; }
HANDLER(initial_heap) { vm_options.initial_heap = parse_size("-Xms", v); }
HANDLER(young_size) { parse_size("-Xmn", v); }
HANDLER(max_heap)
{
    vm_options.max_heap = parse_size("-Xmx", v);
    if (!vm_options.max_heap) refuse("Invalid maximum heap size: -Xmx%s", v);
}
HANDLER(stack_size)
{
    opt->stack_told = true;
    vm_options.java_stack = parse_size("-Xss", v);
    if (vm_options.java_stack > 1 << 30)
        refuse("Invalid thread stack size: -Xss%s\nThe specified size exceeds the maximum representable size.", v);
}
HANDLER(boot_append) { vm_options.boot_append = vm_options.boot_append ? xasprintf("%s:%s", vm_options.boot_append, v) : v; }
static void no_longer(const char *option) NORETURN;
static void no_longer(const char *option)
{
    printf("%s is no longer a supported option.\n", option);
    fputs(cannot_create, stderr);
    exit(1);
}
HANDLER(boot_prepend) { UNUSED; no_longer("-Xbootclasspath/p"); }
HANDLER(boot_replace) { UNUSED; no_longer("-Xbootclasspath"); }
/* Warnings that `java` gives in its VM's name. */
HANDLER(illegal_access) { fprintf(stderr, "loam VM warning: Ignoring option --illegal-access=%s; support was removed in 17.0\n", v); }
HANDLER(prof) { UNUSED; fputs("loam VM warning: Ignoring option -Xprof; support was removed in 10.0\n", stderr); }
HANDLER(future) { UNUSED; fputs("Warning: -Xfuture option is deprecated and may be removed in a future release.\n", stderr); }
static void gone(const char *option) { fprintf(stderr, "Warning: %s option is no longer supported.\n", option); }
HANDLER(cs) { UNUSED; gone("-cs"); }
HANDLER(checksource) { UNUSED; gone("-checksource"); }
HANDLER(noasyncgc) { UNUSED; gone("-noasyncgc"); }
HANDLER(verify_all) { UNUSED; vm_options.verify_boot = true; }
HANDLER(verify_none)
{
    UNUSED;
    vm_options.unverified_ok = true;
    fputs("loam VM warning: Options -Xverify:none and -noverify were deprecated in JDK 13 and will likely be removed in a future release.\n", stderr);
}
HANDLER(verify)
{
    if (!strcmp(v, "all")) on_verify_all(v);
    else if (!strcmp(v, "none")) on_verify_none(v);
    else if (strcmp(v, "remote")) refuse("Unrecognized verification option: -Xverify:%s", v);
}
HANDLER(share)
{
    if (!strcmp(v, "dump")) exit(0); /* there is no archive to make */
    if (strcmp(v, "auto") && strcmp(v, "on") && strcmp(v, "off")) refuse("Unrecognized option: -Xshare:%s", v);
}
HANDLER(agent)
{
    UNUSED;
    die("agents (-javaagent, -agentlib, -agentpath) cannot be loaded: loam has no JVM TI");
}

/* -XX: flags that mean something to loam; `value` is what follows NAME=. */
static bool flag_value(const char *flag, const char *name, const char **value)
{
    size_t n = strlen(name);
    if (strncmp(flag, name, n) || flag[n] != '=') return false;
    *value = flag + n + 1;
    return true;
}
static bool unrecognized_ok; /* -XX:+IgnoreUnrecognizedVMOptions */

static bool switch_flag(const char *v)
{
    bool on = *v == '+';
    if (*v != '+' && *v != '-') return false;
    if (!strcmp(v + 1, "UseGCOverheadLimit")) gc_overhead_limit(on);
    else if (!strcmp(v + 1, "DisableExplicitGC")) vm_options.no_explicit_gc = on;
    else if (!strcmp(v + 1, "ExitOnOutOfMemoryError")) vm_options.exit_on_oom = on;
    else if (!strcmp(v + 1, "IgnoreUnrecognizedVMOptions")) unrecognized_ok = on;
    else if (!strcmp(v + 1, "PrintFlagsFinal")) opt->print_flags = on ? PRINT_ALL_FLAGS : PRINT_NO_FLAGS;
    else if (!strcmp(v + 1, "PrintCommandLineFlags")) opt->print_flags = on ? PRINT_SET_FLAGS : PRINT_NO_FLAGS;
    else if (!strcmp(v + 1, "StackTraceInThrowable")) vm_options.no_traces = !on;
    else if (!strcmp(v + 1, "PrintGC")) ul_switch(UL_GC, on);
    else if (!strcmp(v + 1, "UsePerfData")) vm_options.no_perf_data = !on;
    else if (!strcmp(v + 1, "UseContainerSupport")) vm_options.no_containers = !on;
    else return false;
    return true;
}
/* Flags that management knows, by name; what is wrong with their values is told as `java` does. */
static bool own_flag(const char *v)
{
    bool on = *v == '+', sign = on || *v == '-';
    size_t n = strcspn(v + sign, "=");
    char *name = xasprintf("%.*s", (int)n, v + sign);
    const char *value = v[sign + n] ? v + sign + n + 1 : NULL;
    VmFlag f;
    if (!vmflag_find(name, &f) || !vmflag_given(name)) return free(name), false;
    if (f.type == FLAG_BOOL && !sign) refuse("Missing +/- setting for VM option '%s'", v);
    if (f.type != FLAG_BOOL && sign) refuse("Unexpected +/- setting in VM option '%s'", name);
    char *wrong = !sign && !value ? xstrdup("") : vmflag_set_text(name, sign ? (on ? "true" : "false") : value, FLAG_COMMAND_LINE);
    if (wrong) refuse("Improperly specified VM option '%s'", v);
    return free(name), true;
}

static void on_hotspot_flag(const char *v);

/* -XX:Flags=FILE: words such as +NAME, -NAME, NAME=VALUE; the rest of a line after # is a comment. */
static void flags_file(const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f) refuse("Could not open settings file %s", path);
    char line[1024];
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "#\n")] = 0;
        for (char *word = strtok(line, " \t\r"); word; word = strtok(NULL, " \t\r")) on_hotspot_flag(xstrdup(word));
    }
    fclose(f);
}

HANDLER(xlog)
{
    char *wrong = ul_configure(v);
    if (!wrong) return;
    printf("[0.001s][error][logging] %s\n", wrong);
    fflush(stdout);
    refuse("Invalid -Xlog option '-Xlog:%s', see error log for details.", v);
}
HANDLER(xlog_gc)
{
    printf("[0.000s][warning][gc] -Xloggc is deprecated. Will use -Xlog:gc:%s instead.\n", v);
    fflush(stdout);
    on_xlog(xasprintf("gc:%s", v));
}

/* Where options come from, and the file that -XX:VMOptionsFile named there: one for each place, and none within another. */
static const char *container = "cmd_line_args", *options_file;
static bool in_options_file;
static void take_all(const ArgList *list);

static void vm_options_file(const char *path)
{
    if (in_options_file)
        refuse("A VM options file may not refer to a VM options file. Specification of '-XX:VMOptionsFile=<file-name>' in the options file %s is an error.",
               xasprintf("'-XX:VMOptionsFile=%s' in options container '%s'", options_file, container));
    if (options_file)
        refuse("The option %s in the same options container is an error.", xasprintf("'-XX:VMOptionsFile=%s' is already specified in the options "
            "container '%s' so the specification of '-XX:VMOptionsFile=%s'", options_file, container, path));
    ArgList words = { 0 };
    arglist_from_vm_file(&words, options_file = path);
    vm_args.len--; /* its words stand for it */
    in_options_file = true;
    take_all(&words);
    in_options_file = false;
    vec_free(&words);
}

static RamFlags ram = { .max_percent = 25, .min_percent = 50 };

/* -XX:NAME=VALUE with a number from 0 to `most`; refused in java's words. */
static double flag_number(const char *flag, const char *value, double most, bool whole)
{
    char *end;
    double d = strtod(value, &end);
    int n = (int)(value - flag - 1), digits = whole ? 0 : 6;
    bool number = end != value && !*end && d == d && (!whole || value[strspn(value, "-0123456789")] == 0) && (whole || *value != '-');
    if (number && (d < 0 || d > most))
        fprintf(stderr, "%s %.*s=%.*f is outside the allowed range [ %.*f ... %.*f ]\n", whole ? "intx" : "double", n, flag, digits, d, digits, 0.0, digits, most);
    if (!number || d < 0 || d > most) refuse("Improperly specified VM option '%s'", flag);
    return d;
}

static void trace_depth(const char *flag, const char *value)
{
    u32 n = (u32)flag_number(flag, value, 1073741823, true);
    vm_options.trace_depth = n ? n : 1073741823; /* 0: all frames */
}

/* The flags that say which part of the memory is the heap's. */
static bool ram_flag(const char *v)
{
    const char *value;
    if (flag_value(v, "MaxRAM", &value)) ram.ram = parse_size("-XX:MaxRAM=", value);
    else if (flag_value(v, "MaxRAMPercentage", &value)) ram.max_percent = flag_number(v, value, 100, false);
    else if (flag_value(v, "MinRAMPercentage", &value)) ram.min_percent = flag_number(v, value, 100, false);
    else return flag_value(v, "InitialRAMPercentage", &value) && flag_number(v, value, 100, false) >= 0; /* checked, like -Xms */
    if (flag_value(v, "MaxRAM", &value) && !ram.ram) refuse_size("Too small maximum heap");
    return ram.told = true;
}

static void other_flag(const char *v)
{
    char *wrong = hotspot_flag(v, unrecognized_ok);
    if (!wrong) return;
    fprintf(stderr, "%s%s", wrong, cannot_create);
    exit(1);
}

/* The most that compiled code may take. */
static void code_cache_size(const char *flag, const char *value)
{
    enum { LEAST = 2496 << 10 };
    if (*value < '0' || *value > '9') refuse("Invalid maximum code cache size: -XX:%s.", flag);
    other_flag(flag);
    u64 n = parse_size("-XX:ReservedCodeCacheSize=", value);
    if (n < LEAST) fprintf(stderr, "Invalid ReservedCodeCacheSize: %lluK. Must be at least InitialCodeCacheSize=2496K.\n", (unsigned long long)n >> 10);
    else if (n > 2048ull << 20) fprintf(stderr, "Invalid ReservedCodeCacheSize=%lluM. Must be at most 2048M.\n", (unsigned long long)n >> 20);
    else {
        jit_options.code_cache = n;
        return;
    }
    fputs(cannot_create, stderr);
    exit(1);
}

HANDLER(hotspot_flag)
{
    const char *value;
    if (switch_flag(v) || ram_flag(v)) return;
    if (flag_value(v, "MaxDirectMemorySize", &value)) add_property("sun.nio.MaxDirectMemorySize", value);
    else if (flag_value(v, "AutoBoxCacheMax", &value)) add_property("java.lang.Integer.IntegerCache.high", value);
    else if (flag_value(v, "MaxHeapSize", &value)) vm_options.max_heap = parse_size("-Xmx", value);
    else if (flag_value(v, "InitialHeapSize", &value)) vm_options.initial_heap = parse_size("-Xms", value);
    else if (flag_value(v, "ThreadStackSize", &value)) on_stack_size(xasprintf("%sk", value));
    else if (flag_value(v, "ActiveProcessorCount", &value)) vm_options.processors = (u32)number("-XX:ActiveProcessorCount", value, 1, 1024);
    else if (flag_value(v, "Flags", &value)) flags_file(value);
    else if (flag_value(v, "MaxJavaStackTraceDepth", &value)) trace_depth(v, value);
    else if (flag_value(v, "VMOptionsFile", &value)) vm_options_file(value);
    else if (flag_value(v, "ReservedCodeCacheSize", &value)) code_cache_size(v, value);
    else if (!own_flag(v)) other_flag(v);
}
HANDLER(verbose_gc) { UNUSED; ul_switch(UL_GC, true); }
HANDLER(verbose)
{
    if (!v || !strcmp(v, "class")) ul_switch(UL_CLASS_LOAD, true), ul_switch(UL_CLASS_UNLOAD, true);
    else if (!strcmp(v, "gc")) ul_switch(UL_GC, true);
    else if (!strcmp(v, "jni")) ul_switch(UL_JNI_RESOLVE, true);
}

/* Old names of flags. */
static void free_ratio(const char *option, const char *flag, const char *which, const char *v)
{
    char *end;
    double part = strtod(v, &end);
    if (!*v || *end) refuse("Bad %s", xasprintf("%s heap free percentage size: %s%s", which, option, v));
    on_hotspot_flag(xasprintf("%s=%lld", flag, (long long)(part * 100))); /* a percentage */
}
HANDLER(max_free) { free_ratio("-Xmaxf", "MaxHeapFreeRatio", "max", v); }
HANDLER(min_free) { free_ratio("-Xminf", "MinHeapFreeRatio", "min", v); }
HANDLER(code_cache)
{
    if (*v < '0' || *v > '9') refuse("Invalid maximum code cache size: -Xmaxjitcodesize%s.", v);
    on_hotspot_flag(xasprintf("ReservedCodeCacheSize=%s", v));
}

static void assertion(const char *v, bool enable)
{
    if (!v) {
        vm_options.assertions_user = enable;
        vm_options.nassertions = 0;
        return;
    }
    size_t n = strlen(v);
    bool package = n >= 3 && !strcmp(v + n - 3, "...");
    u32 i = vm_options.nassertions++;
    vm_options.assertions = xrealloc(vm_options.assertions, vm_options.nassertions * sizeof *vm_options.assertions);
    char *name = xstrdup(v);
    if (package) name[n - 3] = 0;
    for (char *p = name; *p; p++)
        if (*p == '.') *p = '/';
    vm_options.assertions[i].name = name;
    vm_options.assertions[i].package = package;
    vm_options.assertions[i].enable = enable;
}
HANDLER(ea) { assertion(v, true); }
HANDLER(da) { assertion(v, false); }
HANDLER(esa) { UNUSED; vm_options.assertions_system = true; }
HANDLER(dsa) { UNUSED; vm_options.assertions_system = false; }
HANDLER(list_modules) { opt->mode = LAUNCH_TELL, opt->tell = TELL_MODULES, opt->what = v; }
HANDLER(describe_module) { opt->mode = LAUNCH_TELL, opt->tell = TELL_MODULE, opt->what = v; }
HANDLER(validate_modules) { UNUSED; opt->mode = LAUNCH_TELL, opt->tell = TELL_VALID, add_property("jdk.module.validation", "true"); }
HANDLER(show_resolution) { UNUSED; add_property("jdk.module.showModuleResolution", "true"); }
HANDLER(dry_run) { UNUSED; opt->dry_run = true; }
HANDLER(version_err) { UNUSED; opt->mode = LAUNCH_VERSION, opt->show_version_err = true; }
HANDLER(version_out) { UNUSED; opt->mode = LAUNCH_VERSION, opt->show_version_out = true; }
HANDLER(show_version_err) { UNUSED; opt->show_version_err = true; }
HANDLER(show_version_out) { UNUSED; opt->show_version_out = true; }
HANDLER(show_settings) { opt->show_settings = v ? xasprintf("-XshowSettings:%s", v) : "-XshowSettings"; }
HANDLER(diag) { UNUSED; add_property("sun.java.launcher.diag", "true"); }
HANDLER(full_version_err) { UNUSED; opt->mode = LAUNCH_VERSION, opt->full_version = stderr; }
HANDLER(full_version_out) { UNUSED; opt->mode = LAUNCH_VERSION, opt->full_version = stdout; }
HANDLER(internal_version) { UNUSED; opt->mode = LAUNCH_VERSION, opt->full_version = stdout; }
HANDLER(help_x_err) { UNUSED; help_write_x(stderr); exit(0); }
HANDLER(help_x_out) { UNUSED; help_write_x(stdout); exit(0); }
HANDLER(help_err) { UNUSED; help_write(stderr); exit(0); }
HANDLER(help_out) { UNUSED; help_write(stdout); exit(0); }

/* ---- loam's own ---- */
static u32 one_of(const char *option, const char *v, const char *const *words, u32 n)
{
    char list[128] = "";
    for (u32 i = 0; i < n; i++) {
        if (!strcmp(v, words[i])) return i;
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "", words[i]);
    }
    die("%s=%s: must be one of %s", option, v, list);
}
static double number(const char *option, const char *v, double low, double high)
{
    char *end;
    double d = strtod(v, &end);
    if (end == v || *end || !(d >= low && d <= high)) die("%s=%s: must be a number from %g to %g", option, v, low, high);
    return d;
}
HANDLER(core)
{
    if (opt->core) vec_push(&opt->passive, ((PassiveCore){ .core = v }));
    else opt->core = v;
}
HANDLER(trace_out) { opt->trace_out = v; }
HANDLER(trace_limit) { opt->trace_limit = (u64)number("--trace-limit", v, 1, 1e15); }
HANDLER(plugin) { opt->plugins = true, hw_plugin_load(v); }
HANDLER(set)
{
    if (!strchr(v, '=')) die("--set=%s: must be KEY=VALUE, as in --set l1d.size_kib=16", v);
    if (opt->passive.len) vec_push(&vec_last(&opt->passive).sets, v);
    else vec_push(&opt->sets, v);
}
HANDLER(model) { opt->model = (HwLevel)one_of("--model", v, (const char *const[]){ "none", "counts", "timing" }, 3); }
HANDLER(engine)
{
    HwEngine e = (HwEngine)one_of("--engine", v, (const char *const[]){ "oracle", "dbt", "lockstep" }, 3);
    if (!hw_default_engine(e)) die("--engine=%s: there is no translator for this host", v);
    opt->lockstep = e == HW_ENGINE_LOCKSTEP;
}
HANDLER(from)
{
    opt->from = v;
    bool named = !strcmp(v, "main") || !strcmp(v, "boot");
    opt->from_method = named ? NULL : pattern_new("--from", v, "^shop\\.Server\\.serve$");
}
HANDLER(to) { opt->to_method = pattern_new("--to", v, "^shop\\.Server\\.stop$"); }
HANDLER(roi) { hw_parse_region(v, &opt->roi_from, &opt->roi_to); }
HANDLER(sample) { hw_parse_sampling(v, &opt->sampling); }
HANDLER(layout) { opt->layout = one_of("--layout", v, (const char *const[]){ "off", "on", "advise" }, 3), opt->layout_told = true; }
HANDLER(profile)
{
    if (!*v || !strcmp(v, "-")) die("--profile=%s: needs a file, as in --profile=Main.profile", v);
    opt->profile = v;
}
HANDLER(samples) { opt->samples = v; }
HANDLER(samples_out) { opt->samples_out = v; }
#define O(name, text) text,
HANDLER(layout_order) { opt->layout_order = one_of("--layout-order", v, (const char *const[]){ LAYOUT_ORDERS(O) }, LAYOUT_ORDER_COUNT); }
#undef O
HANDLER(object_model) { vm_options.hotspot_objects = one_of("--object-model", v, (const char *const[]){ "loam", "hotspot17" }, 2); }
HANDLER(report)
{
    if (!report_format_of(v)) die("--report=%s: the name must end in %s, or be - for text on stdout", v, report_ending_list());
    vec_push(&opt->reports, v);
}
HANDLER(detail)
{
    static const char *const names[] = { "3c", "lines", "branches" };
    bool *const wanted[] = { &opt->detail_3c, &opt->detail_lines, &opt->detail_branches };
    for (const char *from = v;;) {
        size_t n = strcspn(from, ","), i = 0;
        while (i < NELEM(names) && (strlen(names[i]) != n || memcmp(names[i], from, n))) i++;
        if (i == NELEM(names)) die("--detail=%s: must be 3c, lines, branches or several of them, as in 3c,lines", v);
        *wanted[i] = true;
        if (!from[n]) return;
        from += n + 1;
    }
}
HANDLER(progress) { opt->no_progress = one_of("--progress", v, (const char *const[]){ "on", "off" }, 2); }
HANDLER(charge_scale) { opt->charge_scale = number("--charge-scale", v, 0, 1000); }
HANDLER(seed) { vm_options.seed = (u64)number("--seed", v, 0, 4294967295.0); }
HANDLER(time) { vm_options.real_time = one_of("--time", v, (const char *const[]){ "simulated", "real" }, 2); }
/* collect:N,move:M,switch:P, any of them */
HANDLER(torture)
{
    const struct { const char *name; u64 *into; } kinds[] = { { "collect:", &opt->torture_collect }, { "move:", &opt->torture_move },
                                                               { "switch:", &opt->torture_switch }, { "pass:", &opt->torture_pass } };
    for (const char *p = v; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL) {
        bool known = false;
        for (size_t i = 0; i < NELEM(kinds); i++) {
            size_t n = strlen(kinds[i].name);
            unsigned value;
            char rest;
            if (strncmp(p, kinds[i].name, n)) continue;
            int read = sscanf(p + n, "%9u%c", &value, &rest);
            known = read == 1 || (read == 2 && rest == ',');
            if (known) *kinds[i].into = value;
        }
        if (!known) die("--torture=%s: must be a list of collect:N, move:M (at every N-th allocation), switch:P, pass:Q (at every P-th or Q-th poll); 0: never", v);
    }
}
HANDLER(xint) { (void)v, jit_options.off = true, jit_options.on = false; }
HANDLER(jit)
{
    jit_options.off = !strcmp(v, "off");
    jit_options.on = !jit_options.off;
    jit_options.only = jit_options.on && strcmp(v, "on") ? v : NULL;
}
HANDLER(jit_exclude) { jit_options.exclude = v; }
HANDLER(jit_without)
{
    if (!jit_can_do_without(v)) die("--jit-without=%s: must be a list of memory, jump threading, conditions, escaping objects, choices, unrolling, schedule", v);
    jit_options.without = v;
}
HANDLER(tune) { opt->tune = one_of("--tune", v, (const char *const[]){ "off", "history", "report" }, 3); }
HANDLER(hints) { jit_options.hints = (u8)one_of("--hints", v, (const char *const[]){ "off", "on", "report" }, 3); }
HANDLER(jit_order) { jit_options.bytecode_order = one_of("--jit-order", v, (const char *const[]){ "traces", "bytecode" }, 2); }
HANDLER(jit_offset) { jit_options.offset = 8 * (u32)number("--jit-offset", v, 0, 7); }

/* A list of kinds, some with a number: the seed, or of flush how often. */
HANDLER(jit_torture)
{
    static const struct { const char *name; u32 what; } kinds[] = {
        { "eager", JIT_TORTURE_EAGER }, { "deopt", JIT_TORTURE_DEOPT }, { "regalloc", JIT_TORTURE_REGALLOC }, { "inline", JIT_TORTURE_INLINE },
        { "order", JIT_TORTURE_ORDER }, { "unroll", JIT_TORTURE_UNROLL }, { "schedule", JIT_TORTURE_SCHEDULE },
        { "flush", JIT_TORTURE_FLUSH } };
    enum { FLUSH_EVERY = 8 };
    for (const char *p = v; *p; p += strcspn(p, ","), p += *p == ',') {
        char kind[16] = "", rest;
        unsigned long long number = 0;
        int n = sscanf(p, "%15[a-z]:%llu%c", kind, &number, &rest);
        u32 what = 0;
        for (size_t k = 0; k < NELEM(kinds); k++)
            if (!strcmp(kind, kinds[k].name)) what = kinds[k].what;
        bool whole = n == 1 ? strchr(",", p[strlen(kind)]) != NULL : n == 2 || rest == ',';
        if (!what || !whole || (n > 1 && what == JIT_TORTURE_EAGER) || (n > 1 && what == JIT_TORTURE_FLUSH && (!number || number > 1u << 30)))
            die("--jit-torture=%s: must be a list of eager (compile at once), deopt:SEED (let some guards fail), regalloc:SEED (registers at random), "
                "inline:SEED (inline at random), order:SEED (blocks in a random order), unroll:SEED (loops by a random factor), "
                "schedule:SEED (instructions in a random order), flush:N (every N-th time the code cache seems full)", v);
        jit_options.torture |= JIT_TORTURE_EAGER | what;
        if (what == JIT_TORTURE_FLUSH) jit_options.flush_every = n > 1 ? (u32)number : FLUSH_EVERY;
        else if (what != JIT_TORTURE_EAGER) jit_options.seed = number;
    }
}
HANDLER(dump)
{
    if (strspn(v, "abicsh") != strlen(v)) die("--dump=%s: letters are c (compilations), b (built), i (optimized), a (assembly), s (statistics), h (value hints)", v);
    jit_options.dump = v;
}
HANDLER(log)
{
    const char *unknown = log_enable(v);
    if (unknown) die("--log=%s: no log channel is called %s", v, unknown);
}

typedef enum Form { FLAG, NEXT, EQUALS, PREFIX } Form;
typedef struct OptionRow { const char *name; Form form; void (*handler)(const char *value); } OptionRow;
#define O(name, form, handler) { name, form, on_##handler },
static const OptionRow rows[] = {
#include "launcher/options.def"
};
#undef O

/* The last argument is an option that lacks its value. */
static void missing_value(const char *a) NORETURN;
static void missing_value(const char *a)
{
    static const struct { const char *option, *what; } needs[] = {
        { "-cp", "class path" }, { "-classpath", "class path" }, { "--class-path", "class path" }, { "-p", "module path" },
        { "--module-path", "module path" }, { "-jar", "jar file" } };
    const char *what = NULL;
    for (size_t k = 0; k < NELEM(needs); k++)
        if (!strcmp(a, needs[k].option)) what = needs[k].what;
    if (what) fprintf(stderr, "Error: %s requires %s specification\n", a, what);
    else if (!strcmp(a, "--source")) fprintf(stderr, "Error: --source requires source version\n");
    else if (!strncmp(a, "--add-", 6) || !strcmp(a, "--limit-modules")) fprintf(stderr, "Error: %s requires modules to be specified\n", a);
    else fprintf(stderr, "Error: %s requires %s\n", a, !strcmp(a, "-m") || !strcmp(a, "--module") || !strcmp(a, "--describe-module") || !strcmp(a, "-d") ? "module name" : "a value");
    if (!strcmp(a, "-jar")) help_write(stderr);
    exit(1);
}

/* The class path and what to run are told elsewhere. */
static bool is_vm_argument(const char *name)
{
    static const char *const others[] = { "-cp", "-classpath", "--class-path", "-jar", "-m", "--module", "-splash:", "-XshowSettings", "-XshowSettings:" };
    for (size_t i = 0; i < NELEM(others); i++)
        if (!strcmp(name, others[i])) return false;
    return true;
}

/* Handles argv[*i] if a row fits, and moves *i past what it used. */
static bool try_option(const char **argv, u32 argc, u32 *i)
{
    const char *a = argv[*i];
    const OptionRow *best = NULL;
    const char *value = NULL;
    for (size_t r = 0; r < NELEM(rows); r++) {
        size_t n = strlen(rows[r].name);
        if (best && n <= strlen(best->name)) continue;
        if (!strcmp(a, rows[r].name) && rows[r].form != PREFIX) best = &rows[r], value = NULL;
        else if (rows[r].form == EQUALS && !strncmp(a, rows[r].name, n) && a[n] == '=') best = &rows[r], value = a + n + 1;
        else if (rows[r].form == PREFIX && !strncmp(a, rows[r].name, n)) best = &rows[r], value = a + n;
    }
    if (!best) return false;
    if ((best->form == NEXT || best->form == EQUALS) && !value) {
        if (*i + 1 >= argc) {
            missing_value(a);
        }
        value = argv[++*i];
    }
    bool joined = best->form == EQUALS || best->form == NEXT;
    if (is_vm_argument(best->name)) vec_push(&vm_args, joined ? xasprintf("%s=%s", best->name, value) : a);
    best->handler(value);
    ++*i;
    return true;
}

static char *join_command(const char **argv, u32 argc)
{
    char *s = xstrdup("loam");
    for (u32 i = 0; i < argc; i++) {
        char *next = xasprintf("%s %s", s, argv[i]);
        free(s);
        s = next;
    }
    return s;
}

/* Sizes that only make sense together, or that the VM and not the launcher refuses. */
static void check_sizes(void)
{
    u64 max = vm_options.max_heap;
    if (max && max < 2 << 20) refuse_size("Too small maximum heap");
    if (vm_options.initial_heap && vm_options.initial_heap < 1 << 20) refuse_size("Too small initial heap");
    if (max && vm_options.initial_heap > max) refuse_size("Initial heap size set to a larger value than the maximum heap size");
    if (vm_options.java_stack < 136 << 10) {
        printf("\nThe Java thread stack size specified is too small. Specify at least 136k\n");
        fprintf(stderr, "%s", cannot_create);
        exit(1);
    }
}

static void finish(void)
{
    check_sizes();
    const char *env = getenv("CLASSPATH");
    if (opt->mode == LAUNCH_SOURCE) { /* what the source launcher needs of the system, as `java` gives it */
        opt->what = source_main;
        add_numbered(0, "jdk.module.addmods", "ALL-DEFAULT");
    }
    if (opt->mode == LAUNCH_JAR) vm_options.class_path = opt->what;
    else if (!vm_options.class_path && opt->mode != LAUNCH_MODULE && opt->mode != LAUNCH_VERSION && !opt->source_option) vm_options.class_path = env && *env ? env : ".";
    if (!vm_options.class_path) vm_options.class_path = "";
    if (!opt->core && opt->sets.len) opt->core = "default";
    if (!opt->core && (opt->reports.len || opt->layout || opt->trace_out || opt->to_method || opt->roi_to || opt->sampling.period || strcmp(opt->from, "main"))) opt->core = "default";
    if (opt->core && opt->profile && !opt->layout_told && opt->model != HW_NONE) opt->layout = LAYOUT_ON;
    if (opt->core) vm_options.no_containers = true; /* simulated runs do not depend on the host */
    vm_options.default_heap = ram_heap(&ram, !vm_options.no_containers);
    if (!opt->core) vm_options.host_processors = cgroup_processors(!vm_options.no_containers);
    vm_options.properties = properties.data;
    vm_options.nproperties = (u32)properties.len;
    vm_options.vm_args = vm_args.data;
    vm_options.nvm_args = (u32)vm_args.len;
    char *command = xstrdup(opt->what ? opt->what : "");
    for (u32 i = 0; i < opt->nargs; i++) {
        char *next = xasprintf("%s %s", command, opt->args[i]);
        free(command);
        command = next;
    }
    vm_options.command = command;
}

static bool is_source_file(const char *a)
{
    size_t n = strlen(a);
    return n > 5 && !strcmp(a + n - 5, ".java") && !access(a, F_OK);
}

/* Options that nobody knows are an error, unless -XX:+IgnoreUnrecognizedVMOptions stands anywhere and they are the VM's. */
static void take_option(const char **data, u32 n, u32 *i)
{
    if (try_option(data, n, i)) return;
    if (!unrecognized_ok || strncmp(data[*i], "-X", 2)) refuse("Unrecognized option: %s", data[*i]);
    ++*i;
}

static void take_all(const ArgList *list)
{
    for (u32 i = 0; i < list->len;) take_option(list->data, (u32)list->len, &i);
}

static void look_for_lenience(const ArgList *list)
{
    for (u32 i = 0; i < list->len; i++) unrecognized_ok |= !strcmp(list->data[i], "-XX:+IgnoreUnrecognizedVMOptions");
}

static void take_from(const char *place, const ArgList *list)
{
    container = place, options_file = NULL;
    take_all(list);
}

void options_parse(Options *o, int argc, char **argv)
{
    opt = o;
    *o = (Options){ .model = HW_TIMING, .from = "main", .charge_scale = 1 };
    ArgList list = { 0 }, before = { 0 }, after = { 0 };
    arglist_from_environment(&list);
    u32 from_environment = (u32)list.len;
    for (int i = 1; i < argc; i++) vec_push(&list, argv[i]);
    arglist_expand(&list, from_environment);
    o->command = join_command(list.data, (u32)list.len);
    arglist_from_vm_environment(&before, "JAVA_TOOL_OPTIONS");
    arglist_from_vm_environment(&after, "_JAVA_OPTIONS");
    arglist_check_vm(&before), arglist_check_vm(&after);
    look_for_lenience(&before), look_for_lenience(&list), look_for_lenience(&after);
    take_from("JAVA_TOOL_OPTIONS", &before);
    container = "cmd_line_args", options_file = NULL;
    u32 i = 0, n = (u32)list.len;
    while (i < n && list.data[i][0] == '-' && o->mode != LAUNCH_JAR && o->mode != LAUNCH_MODULE) {
        take_option(list.data, n, &i);
        if (o->mode == LAUNCH_VERSION) break;
    }
    /* Options may follow -jar FILE and -m MODULE only before them; what follows belongs to the program. */
    if (o->mode == LAUNCH_NONE) {
        if (i == n && !o->show_version_err && !o->show_version_out) {
            help_write(stderr);
            exit(1);
        }
        if (i == n) o->mode = LAUNCH_VERSION;
        else if (is_source_file(list.data[i])) o->mode = LAUNCH_SOURCE; /* the file is the source launcher's first argument */
        else o->mode = LAUNCH_CLASS, o->what = list.data[i++];
    }
    o->args = list.data + i;
    o->nargs = n - i;
    take_from("_JAVA_OPTIONS", &after);
    finish();
}
