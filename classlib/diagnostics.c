/* Diagnostic commands: their table (diagnostics.def), how a command line is taken apart, and what each prints. */
#include "classlib/diagnostics.h"
#include "classlib/heapdump.h"
#include "classlib/jvm_properties.h"
#include "classlib/management.h"
#include "classlib/signals.h"
#include "classlib/vmflags.h"
#include "vm/sched.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { ARGUMENTS_MAX = 4 };

/* One being run: where it prints, and its arguments, as in the table; NULL: not given, and nothing otherwise. */
typedef struct Run {
    Thread *t;
    FILE *out;
    const char *value[ARGUMENTS_MAX];
} Run;

static bool is_on(const Run *r, u32 i) { return r->value[i] && strcmp(r->value[i], "false"); }

/* ---- The heap ------------------------------------------------------------------------------------------------------------- */
static void class_histogram(Run *r) { heap_histogram(r->out, !is_on(r, 0)); }

static void dump_heap(Run *r)
{
    u64 began = sched_now();
    fprintf(r->out, "Dumping heap to %s ...\n", r->value[0]);
    char *wrong = heap_dump(r->t, r->value[0], !is_on(r, 1));
    struct stat st;
    if (wrong) fprintf(r->out, "%s\n", wrong);
    else if (!stat(r->value[0], &st))
        fprintf(r->out, "Heap dump file created [%lld bytes in %.3f secs]\n", (long long)st.st_size, (double)(sched_now() - began) / 1e9);
    free(wrong);
}

static void print_heap(FILE *out)
{
    GcStats s = gc_stats();
    u64 used = s.bytes_used >> 10, total = s.bytes_committed >> 10;
    fprintf(out, " loam heap   total %lluK, used %lluK [0x%016llx, 0x%016llx)\n", (unsigned long long)(total > used ? total : used), (unsigned long long)used,
            (unsigned long long)WIN_HEAP_BASE, (unsigned long long)(WIN_HEAP_BASE + s.bytes_max));
    fprintf(out, " Metaspace       used %lluK, committed %lluK\n", (unsigned long long)(win_meta.next - win_meta.base) >> 10,
            (unsigned long long)(win_meta.committed - win_meta.base) >> 10);
}

static void heap_info(Run *r) { print_heap(r->out); }

void heap_info_print(FILE *out)
{
    fprintf(out, "Heap\n");
    print_heap(out);
    fputc('\n', out);
}

static void gc_run(Run *r)
{
    if (vm_options.no_explicit_gc) fprintf(r->out, "Explicit GC is disabled, no GC has been performed.\n");
    else vm_collect();
}

static void run_finalization(Run *r) { vm_call(r->t, method_named(wk.System, "runFinalization", "()V"), NULL); }

static void finalizer_info(Run *r)
{
    Class *c = class_boot("java/lang/ref/FinalizerHistogram");
    if (!class_initialize(r->t, c)) return;
    Object *rows = (Object *)vm_call(r->t, method_named(c, "getFinalizerHistogram", "()[Ljava/lang/ref/FinalizerHistogram$Entry;"), NULL);
    u32 n = !r->t->exception && rows ? array_length(rows) : 0;
    fprintf(r->out, n ? "Unreachable instances waiting for finalization\n#instances  class name\n-----------------------\n" : "No instances waiting for finalization found\n");
    for (u32 i = 0; i < n; i++) {
        Object *row = array_ref(rows, i);
        Field *count = class_declared_field(object_class(row), symbol_of("instanceCount"), NULL), *name = class_declared_field(object_class(row), symbol_of("className"), NULL);
        char *text = string_utf8(load_ref(row, name->offset));
        fprintf(r->out, "%10d  %s\n", FIELD(row, i32, count->offset), text);
        free(text);
    }
}

/* ---- The machine ---------------------------------------------------------------------------------------------------------- */
static void thread_print(Run *r) { threads_dump(r->out, is_on(r, 0), is_on(r, 1)); }

static void command_line(Run *r)
{
    fprintf(r->out, "VM Arguments:\n");
    if (vm_options.nvm_args) fprintf(r->out, "jvm_args: ");
    for (u32 i = 0; i < vm_options.nvm_args; i++) fprintf(r->out, "%s ", vm_options.vm_args[i]);
    if (vm_options.nvm_args) fputc('\n', r->out);
    fprintf(r->out, "java_command: %s\n", vm_options.command ? vm_options.command : "<unknown>");
    fprintf(r->out, "java_class_path (initial): %s\n", vm_options.class_path && *vm_options.class_path ? vm_options.class_path : "<not set>");
    fprintf(r->out, "Launcher Type: SUN_STANDARD\n");
}

static void dynlibs(Run *r)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    if (!maps) return;
    fprintf(r->out, "Dynamic libraries:\n");
    for (int c; (c = getc(maps)) != EOF;) putc(c, r->out);
    fclose(maps);
}

static void flag_text(const VmFlag *f, char *out, size_t size)
{
    switch (f->type) {
    case FLAG_BOOL: snprintf(out, size, "%s", f->value.l ? "true" : "false"); break;
    case FLAG_LONG: snprintf(out, size, "%lld", (long long)f->value.l); break;
    case FLAG_DOUBLE: snprintf(out, size, "%f", f->value.d); break;
    case FLAG_STRING: snprintf(out, size, "%s", f->value.s); break;
    }
}

static void print_flag(FILE *out, const VmFlag *f, bool all)
{
    static const char *const origins[] = { [FLAG_DEFAULT] = "default", [FLAG_COMMAND_LINE] = "command line", [FLAG_MANAGEMENT] = "management",
                                           [FLAG_ERGONOMIC] = "ergonomic" };
    char value[256];
    flag_text(f, value, sizeof value);
    const char *kind = f->writable ? "{manageable}" : "{product}";
    if (all) fprintf(out, "%9s %-40s = %-26s %24s {%s}\n", f->ctype, f->name, value, kind, origins[f->origin]);
    else if (f->origin != FLAG_DEFAULT && f->type == FLAG_BOOL) fprintf(out, "-XX:%c%s ", f->value.l ? '+' : '-', f->name);
    else if (f->origin != FLAG_DEFAULT) fprintf(out, "-XX:%s=%s ", f->name, value);
}

void vmflag_print(FILE *out, const VmFlag *f)
{
    char value[256];
    flag_text(f, value, sizeof value);
    if (f->type == FLAG_BOOL) fprintf(out, "-XX:%c%s\n", f->value.l ? '+' : '-', f->name);
    else fprintf(out, "-XX:%s=%s\n", f->name, value);
}

static int by_name(const void *a, const void *b) { return strcmp(((const VmFlag *)a)->name, ((const VmFlag *)b)->name); }

void vmflags_print(FILE *out, bool all)
{
    u32 n = vmflags_count();
    VmFlag *flags = xcalloc(n, sizeof *flags);
    for (u32 i = 0; i < n; i++) flags[i] = vmflag_at(i);
    qsort(flags, n, sizeof *flags, by_name);
    fprintf(out, all ? "[Global flags]\n" : "");
    for (u32 i = 0; i < n; i++) print_flag(out, &flags[i], all);
    if (!all) fputc('\n', out);
    fflush(out);
    free(flags);
}

static void print_flags(Run *r) { vmflags_print(r->out, is_on(r, 0)); }

static void set_flag(Run *r)
{
    char *wrong = vmflag_set_text(r->value[0], r->value[1] ? r->value[1] : "", FLAG_MANAGEMENT);
    if (wrong) fprintf(r->out, "%s\n", wrong);
    free(wrong);
}

bool diagnostic_properties(Thread *t, const char *method, FILE *out)
{
    Class *c = class_boot("jdk/internal/vm/VMSupport");
    if (!class_initialize(t, c)) return false;
    Object *bytes = (Object *)vm_call(t, method_named(c, method, "()[B"), NULL);
    if (t->exception || !bytes) return false;
    fwrite(byte_elems(bytes), 1, array_length(bytes), out);
    return true;
}

static void system_properties(Run *r) { diagnostic_properties(r->t, "serializePropertiesToByteArray", r->out); }

static void uptime(Run *r)
{
    if (is_on(r, 0)) {
        i64 now = vm_wall_millis();
        time_t seconds = (time_t)(now / 1000);
        struct tm tm;
        char date[32], zone[8];
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", localtime_r(&seconds, &tm));
        strftime(zone, sizeof zone, "%z", &tm);
        fprintf(r->out, "%s.%03d%s: ", date, (int)(now % 1000), zone);
    }
    fprintf(r->out, "%.3f s\n", (double)management_uptime_millis() / 1000);
}

static void version(Run *r)
{
    const char *v = jvm_version();
    fprintf(r->out, "loam VM version %s\nJDK %.*s\n", v, (int)strcspn(v, "+-"), v);
}

/* ---- The table ------------------------------------------------------------------------------------------------------------ */
typedef struct Command { CommandInfo info; void (*run)(Run *r); } Command;

static void help(Run *r);

/* Rows of both kinds in their order: an argument belongs to the command above it. */
static const struct { Command command; ArgumentInfo argument; } rows[] = {
#define C(name, function, description, impact, ...) { { { name, description, impact, __VA_ARGS__, 0, true }, function }, { 0 } },
#define A(name, description, type, preset, mandatory, option) { { { 0 }, NULL }, { name, description, type, preset, mandatory, option, false, -1 } },
#include "classlib/diagnostics.def"
#undef C
#undef A
};

/* The row of the next command from i on; NELEM(rows): none. */
static u32 next_command(u32 i)
{
    while (i < NELEM(rows) && !rows[i].command.run) i++;
    return i;
}

static u32 argument_count(u32 command) { return next_command(command + 1) - command - 1; }
static const ArgumentInfo *argument(u32 command, u32 i) { return &rows[command + 1 + i].argument; }

/* `length` of it. NELEM(rows): there is no such command. */
static u32 find_command(const char *name, size_t length)
{
    u32 i = next_command(0);
    while (i < NELEM(rows) && (strncmp(rows[i].command.info.name, name, length) || rows[i].command.info.name[length])) i = next_command(i + 1);
    return i;
}

/* ---- help ----------------------------------------------------------------------------------------------------------------- */
static void help_arguments(FILE *out, u32 command, bool options)
{
    bool first = true;
    for (u32 i = 0; i < argument_count(command); i++) {
        const ArgumentInfo *a = argument(command, i);
        if (a->option != options) continue;
        if (first) fprintf(out, options ? "\nOptions: (options must be specified using the <key> or <key>=<value> syntax)\n" : "\nArguments:\n");
        first = false;
        fprintf(out, "\t%s : %s %s (%s, %s)\n", a->name, a->mandatory ? "" : "[optional]", a->description, a->type, a->preset ? a->preset : "no default value");
    }
}

static void help_of(FILE *out, u32 command)
{
    const CommandInfo *c = &rows[command].command.info;
    u32 n = argument_count(command);
    fprintf(out, "%s\n%s\n\nImpact: %s\n\n", c->name, c->description, c->impact);
    if (c->permission_class)
        fprintf(out, "Permission: %s(%s%s%s)\n\n", c->permission_class, c->permission_name, c->permission_action ? ", " : "", c->permission_action ? c->permission_action : "");
    if (!n) {
        fprintf(out, "Syntax: %s\n", c->name);
        return;
    }
    bool options = false;
    for (u32 i = 0; i < n; i++) options |= argument(command, i)->option;
    fprintf(out, "Syntax : %s %s", c->name, options ? "[options]" : "");
    for (u32 i = 0; i < n; i++)
        if (!argument(command, i)->option) fprintf(out, argument(command, i)->mandatory ? " <%s>" : " [<%s>]", argument(command, i)->name);
    fputc('\n', out);
    help_arguments(out, command, false);
    help_arguments(out, command, true);
}

static void help(Run *r)
{
    bool all = is_on(r, 0);
    if (r->value[1]) {
        u32 c = find_command(r->value[1], strlen(r->value[1]));
        if (c < NELEM(rows)) help_of(r->out, c);
        else fprintf(r->out, "Help unavailable : '%s' : No such command\n", r->value[1]);
        return;
    }
    if (!all) fprintf(r->out, "The following commands are available:\n");
    for (u32 i = next_command(0); i < NELEM(rows); i = next_command(i + 1)) {
        if (all) help_of(r->out, i), fputc('\n', r->out);
        else fprintf(r->out, "%s\n", rows[i].command.info.name);
    }
    if (!all) fprintf(r->out, "\nFor more information about a specific command use 'help <command>'.\n");
}

/* ---- Command lines -------------------------------------------------------------------------------------------------------- */
/* The next word, ended by a blank outside quotes, which are left out; NULL: none. Words are cut out in place. */
static char *next_word(char **at)
{
    char *p = *at, *word, *w, quote = 0;
    while (*p == ' ') p++;
    if (!*p) return NULL;
    for (word = w = p; *p && (quote || *p != ' '); p++) {
        if (quote ? *p == quote : *p == '"' || *p == '\'') quote = quote ? 0 : *p;
        else *w++ = *p;
    }
    *at = *p ? p + 1 : p;
    *w = 0;
    return word;
}

static bool refuse(Thread *t, const char *format, const char *a, const char *b)
{
    char text[512];
    snprintf(text, sizeof text, format, a, b);
    jvm_throw_iae(t, text);
    return false;
}

static bool check_value(Thread *t, const ArgumentInfo *a, const char *v)
{
    char *end;
    if (!strcmp(a->type, "BOOLEAN") && strcmp(v, "true") && strcmp(v, "false")) return refuse(t, "Boolean parsing error in command argument '%s'. Could not parse: %s.\n", a->name, v);
    if (!strcmp(a->type, "INT") && (strtoll(v, &end, 10), end == v || *end)) return refuse(t, "Integer parsing error in command argument '%s'. Could not parse: %s.\n", a->name, v);
    return true;
}

/* An option by its name, with or without a value; the next free argument otherwise. */
static bool take_word(Run *r, u32 command, char *word)
{
    size_t length = strcspn(word, "=");
    for (u32 i = 0; i < argument_count(command); i++) {
        const ArgumentInfo *a = argument(command, i);
        if (!a->option || strlen(a->name) != length || strncmp(a->name, word, length)) continue;
        r->value[i] = word[length] ? word + length + 1 : "true";
        return check_value(r->t, a, r->value[i]);
    }
    for (u32 i = 0; i < argument_count(command); i++) {
        const ArgumentInfo *a = argument(command, i);
        if (a->option || r->value[i]) continue;
        r->value[i] = word;
        return check_value(r->t, a, word);
    }
    return refuse(r->t, "Unknown argument '%s' in diagnostic command.", word, "");
}

static bool take_arguments(Run *r, u32 command, char *rest)
{
    ASSERT(argument_count(command) <= ARGUMENTS_MAX);
    for (char *word; (word = next_word(&rest));) {
        if (!argument_count(command)) return refuse(r->t, "The argument list of this diagnostic command should be empty.", "", "");
        if (!take_word(r, command, word)) return false;
    }
    for (u32 i = 0; i < argument_count(command); i++) {
        const ArgumentInfo *a = argument(command, i);
        if (a->mandatory && !r->value[i]) return refuse(r->t, a->option ? "The option '%s' is mandatory." : "The argument '%s' is mandatory.", a->name, "");
        if (!r->value[i]) r->value[i] = a->preset;
    }
    return true;
}

bool diagnostic_run(Thread *t, const char *line, FILE *out)
{
    char *text = xstrdup(line), *rest = text + strspn(text, " ");
    size_t length = strcspn(rest, " ");
    Run r = { .t = t, .out = out };
    u32 command = find_command(rest, length);
    if (command == NELEM(rows)) refuse(t, "Unknown diagnostic command", "", "");
    else if (take_arguments(&r, command, rest + length)) rows[command].command.run(&r);
    free(text);
    return !t->exception;
}

jstring ExecuteDiagnosticCommand(JNIEnv *env, jstring line)
{
    JVM_SCOPE();
    if (!jvm_object(line)) return (jstring)jvm_throw_npe(t);
    char *text = string_utf8(jvm_object(line)), *output = NULL;
    size_t size;
    FILE *out = open_memstream(&output, &size);
    ASSERT(out != NULL);
    bool ran = diagnostic_run(t, text, out);
    fclose(out);
    Object *result = ran ? string_new(t, output) : NULL;
    free(text), free(output);
    return jvm_local(t, result);
}

/* ---- What the MBean asks -------------------------------------------------------------------------------------------------- */
jobjectArray GetDiagnosticCommands(JNIEnv *env)
{
    JVM_SCOPE();
    ObjectList list = { 0 };
    for (u32 i = next_command(0); i < NELEM(rows); i = next_command(i + 1)) {
        Object *s = string_new(t, rows[i].command.info.name);
        if (!s || !jvm_list_add(t, &list, s)) return NULL;
    }
    return jvm_local(t, jvm_list_array(t, &list, wk.String));
}

/* NELEM(rows): thrown. */
static u32 command_of(Thread *t, Object *name)
{
    char *text = name ? string_utf8(name) : NULL;
    u32 command = text ? find_command(text, strlen(text)) : NELEM(rows);
    free(text);
    if (!name) jvm_throw_npe(t);
    else if (command == NELEM(rows)) refuse(t, "Unknown diagnostic command", "", "");
    return command;
}

void GetDiagnosticCommandInfo(JNIEnv *env, jobjectArray names, CommandInfo *info)
{
    JVM_SCOPE();
    Object *list = jvm_object(names);
    for (u32 i = 0; list && i < array_length(list); i++) {
        u32 command = command_of(t, array_ref(list, i));
        if (command == NELEM(rows)) return;
        info[i] = rows[command].command.info;
        info[i].narguments = (int)argument_count(command);
    }
}

void GetDiagnosticCommandArgumentsInfo(JNIEnv *env, jstring name, ArgumentInfo *info, jint n)
{
    JVM_SCOPE();
    u32 command = command_of(t, jvm_object(name));
    int position = 0;
    for (u32 i = 0; command < NELEM(rows) && i < argument_count(command) && i < (u32)n; i++) {
        info[i] = *argument(command, i);
        if (!info[i].option) info[i].position = position++;
    }
}
