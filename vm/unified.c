/* -Xlog: which messages go where, and what is put before them. Tags and levels are HotSpot's, and checked as there; messages exist of four tag sets. */
#define _GNU_SOURCE
#include "vm/unified.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/sched.h"
#include "vm/vm.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TRACE, DEBUG, INFO, WARNING, ERROR, OFF };
static const char *const levels[] = { "trace", "debug", "info", "warning", "error", "off" };

/* The tag sets that there are messages of, and the level of those. */
static const struct { const char *tags[2]; u32 level; } sets[UL_TAGS] = {
    [UL_GC] = { { "gc", NULL }, INFO },
    [UL_CLASS_LOAD] = { { "class", "load" }, INFO },
    [UL_CLASS_UNLOAD] = { { "class", "unload" }, INFO },
    [UL_JNI_RESOLVE] = { { "jni", "resolve" }, DEBUG },
};

static const char known_tags[] =
    " add age alloc annotation arguments attach barrier biasedlocking blocks bot breakpoint bytecode cds census class classhisto cleanup codecache compaction compilation condy "
    "constantpool constraints container coops cpu cset data datacreation dcmd decoder defaultmethods director dump dynamic ergo event exceptions exit fingerprint free freelist gc "
    "handshake hashtables heap humongous ihop iklass indy init inlining install interpreter itables jfr jit jni jvmci jvmti lambda library liveness load loader logging malloc map mark "
    "marking membername memops metadata metaspace methodcomparator methodhandles mirror mmu module monitorinflation monitormismatch nestmates nmethod nmt normalize numa objecttagging "
    "obsolete oldobject oom oopmap oops oopstorage os owner pagesize parser patch path perf periodic phases plab placeholders preorder preview promotion protectiondomain ptrqueue purge "
    "record redefine ref refine region reloc remset resolve safepoint sampling scavenge sealed setting smr stackbarrier stackmap stacktrace stackwalk start startup startuptime state stats "
    "streaming stringdedup stringtable subclass survivor suspend sweep symboltable system table task thread throttle time timer tlab tracking trimnative unload unshareable update "
    "valuebasedclasses verification verify vmmutex vmoperation vmthread vtables vtablestubs workgang ";

typedef enum Decorator { D_TIME, D_UTC, D_UPTIME, D_MILLIS, D_UPMILLIS, D_NANOS, D_UPNANOS, D_HOST, D_PID, D_TID, D_LEVEL, D_TAGS, DECORATORS } Decorator;
static const char *const decorators[DECORATORS][2] = {
    { "time", "t" }, { "utctime", "utc" }, { "uptime", "u" }, { "timemillis", "tm" }, { "uptimemillis", "um" }, { "timenanos", "tn" }, { "uptimenanos", "un" },
    { "hostname", "hn" }, { "pid", "p" }, { "tid", "ti" }, { "level", "l" }, { "tags", "tg" } };
enum { USUAL = 1 << D_UPTIME | 1 << D_LEVEL | 1 << D_TAGS };

typedef struct Output { const char *name; FILE *f; u32 decorations; u8 level[UL_TAGS]; } Output; /* level: the least that is told */
static Vec(Output) outputs;

/* ---- Configuration -------------------------------------------------------------------------------------------------------- */
static bool ends_here(const char *word, size_t n, const char *name) { return strlen(name) == n && !strncmp(word, name, n); }

static char *complain(const char *what, const char *word, size_t n, const char *where)
{
    return xasprintf("Invalid %s '%.*s' in %s.", what, (int)n, word, where);
}

static bool tag_is_known(const char *word, size_t n)
{
    for (const char *p = known_tags; (p = strchr(p, ' ')) && p[1]; p++)
        if (!strncmp(p + 1, word, n) && p[1 + n] == ' ') return n > 0;
    return false;
}

/* Does TAG+TAG... name all tags of the set or, with a star, only tags of the set? */
static bool matches(UlTags set, const char *tags, size_t n, bool star)
{
    u32 named = 0, of = sets[set].tags[1] ? 2 : 1;
    for (const char *p = tags; p < tags + n; p += strcspn(p, "+*=") + 1) {
        size_t k = strcspn(p, "+*=,");
        if (p + k > tags + n) k = (size_t)(tags + n - p);
        bool in = false;
        for (u32 i = 0; i < of; i++) in |= ends_here(p, k, sets[set].tags[i]);
        if (!in) return false;
        named++;
    }
    return star || named == of;
}

/* One of the selections: tags, with or without star and level. */
static char *select_tags(Output *o, const char *word, size_t n)
{
    static const char where[] = "log selection";
    const char *equals = memchr(word, '=', n);
    size_t tags = equals ? (size_t)(equals - word) : n;
    u32 level = INFO;
    if (equals) {
        for (level = 0; level <= OFF && !ends_here(equals + 1, n - tags - 1, levels[level]); level++) {}
        if (level > OFF) return complain("level", equals + 1, n - tags - 1, where);
    }
    bool star = tags && word[tags - 1] == '*', all = ends_here(word, tags, "all");
    tags -= star;
    for (const char *p = word; !all && p <= word + tags;) {
        size_t k = 0;
        while (p + k < word + tags && p[k] != '+') k++;
        if (!tag_is_known(p, k)) return complain("tag", p, k, where);
        p += k + 1;
    }
    for (UlTags set = 0; set < UL_TAGS; set++)
        if (all || matches(set, word, tags, star)) o->level[set] = (u8)level;
    return NULL;
}

static char *decorate(Output *o, const char *text, size_t n)
{
    o->decorations = 0;
    for (const char *p = text; p < text + n && !ends_here(text, n, "none");) {
        size_t k = 0;
        while (p + k < text + n && p[k] != ',') k++;
        u32 d = 0;
        while (d < DECORATORS && !ends_here(p, k, decorators[d][0]) && !ends_here(p, k, decorators[d][1])) d++;
        if (d == DECORATORS) return xasprintf("Invalid decorator '%.*s'.", (int)k, p);
        o->decorations |= 1u << d;
        p += k + 1;
    }
    return NULL;
}

/* A file's name, %p being the process and %t when it started. */
static char *expand(const char *name, size_t n)
{
    char *path = xstrdup("");
    for (size_t i = 0; i < n; i++) {
        char *next;
        if (name[i] == '%' && i + 1 < n && name[i + 1] == 'p') next = xasprintf("%s%d", path, (int)getpid()), i++;
        else if (name[i] == '%' && i + 1 < n && name[i + 1] == 't') {
            char date[32];
            time_t now = time(NULL);
            struct tm tm;
            strftime(date, sizeof date, "%Y-%m-%d_%H-%M-%S", localtime_r(&now, &tm));
            next = xasprintf("%s%s", path, date), i++;
        } else next = xasprintf("%s%c", path, name[i]);
        free(path);
        path = next;
    }
    return path;
}

/* The output of this name, opened if it is a new one; NULL: *wrong says why not. */
static Output *output_named(const char *text, size_t n, char **wrong)
{
    if (!n) text = "stdout", n = 6;
    bool standard = ends_here(text, n, "stdout") || ends_here(text, n, "stderr");
    if (!standard && n > 5 && !strncmp(text, "file=", 5)) text += 5, n -= 5;
    char *name = standard ? xasprintf("%.*s", (int)n, text) : expand(text, n);
    for (size_t i = 0; i < outputs.len; i++)
        if (!strcmp(outputs.data[i].name, name)) {
            free(name);
            return &outputs.data[i];
        }
    FILE *f = !strcmp(name, "stdout") ? stdout : !strcmp(name, "stderr") ? stderr : fopen(name, "w");
    if (!f) {
        *wrong = xasprintf("Error opening log file '%s': %s", name, strerror(errno));
        free(name);
        return NULL;
    }
    Output o = { .name = name, .f = f, .decorations = USUAL };
    memset(o.level, OFF, sizeof o.level);
    vec_push(&outputs, o);
    return &vec_last(&outputs);
}

/* What others look at. */
static void note_switches(void)
{
    vm_options.verbose_gc = ul_on(UL_GC);
    vm_options.verbose_class = ul_on(UL_CLASS_LOAD) || ul_on(UL_CLASS_UNLOAD);
    vm_options.verbose_jni = ul_on(UL_JNI_RESOLVE);
}

char *ul_configure(const char *text)
{
    char *wrong = NULL;
    if (!text || !*text) text = "all";
    if (!strcmp(text, "disable")) {
        for (size_t i = 0; i < outputs.len; i++) memset(outputs.data[i].level, OFF, sizeof outputs.data[i].level);
        note_switches();
        return NULL;
    }
    if (!strcmp(text, "async")) return NULL;
    size_t what = strcspn(text, ":");
    const char *where = text + what + (text[what] == ':'), *how = where + strcspn(where, ":");
    Output *o = output_named(where, (size_t)(how - where), &wrong);
    if (!o) return wrong;
    if (*how == ':' && how[1] && how[1] != ':' && (wrong = decorate(o, how + 1, strcspn(how + 1, ":")))) return wrong;
    if (!what) wrong = select_tags(o, "all", 3);
    for (const char *p = text; !wrong && p < text + what; p += strcspn(p, ",:") + 1) wrong = select_tags(o, p, strcspn(p, ",:"));
    note_switches();
    return wrong;
}

void ul_switch(UlTags tags, bool on)
{
    ASSERT(tags < UL_TAGS);
    char *wrong = NULL;
    if (on) output_named("", 0, &wrong)->level[tags] = (u8)sets[tags].level;
    for (size_t i = 0; !on && i < outputs.len; i++) outputs.data[i].level[tags] = OFF;
    note_switches();
}

bool ul_on(UlTags tags)
{
    for (size_t i = 0; i < outputs.len; i++)
        if (outputs.data[i].level[tags] <= sets[tags].level) return true;
    return false;
}

/* ---- Messages ------------------------------------------------------------------------------------------------------------- */
static u64 uptime_nanos(void)
{
    static u64 first;
    u64 now = sched_now();
    if (!first) first = now;
    return now - first;
}

static void print_date(FILE *f, bool utc)
{
    i64 now = vm_wall_nanos();
    time_t seconds = (time_t)(now / 1000000000);
    struct tm tm;
    char date[32], zone[8];
    if (utc) gmtime_r(&seconds, &tm);
    else localtime_r(&seconds, &tm);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm);
    strftime(zone, sizeof zone, "%z", &tm);
    fprintf(f, "[%s.%03d%s]", date, (int)(now / 1000000 % 1000), utc ? "+0000" : zone);
}

static void print_decorator(FILE *f, Decorator d, UlTags tags)
{
    char host[64] = "";
    const char *const *tag = sets[tags].tags;
    switch (d) {
    case D_TIME: case D_UTC: print_date(f, d == D_UTC); break;
    case D_UPTIME: fprintf(f, "[%.3fs]", (double)uptime_nanos() / 1e9); break;
    case D_MILLIS: fprintf(f, "[%lldms]", (long long)vm_wall_millis()); break;
    case D_UPMILLIS: fprintf(f, "[%llums]", (unsigned long long)(uptime_nanos() / 1000000)); break;
    case D_NANOS: fprintf(f, "[%lldns]", (long long)vm_wall_nanos()); break;
    case D_UPNANOS: fprintf(f, "[%lluns]", (unsigned long long)uptime_nanos()); break;
    case D_HOST: gethostname(host, sizeof host - 1), fprintf(f, "[%s]", host); break;
    case D_PID: fprintf(f, "[%d]", (int)getpid()); break;
    case D_TID: fprintf(f, "[%d]", (int)gettid()); break;
    case D_LEVEL: fprintf(f, "[%s]", levels[sets[tags].level]); break;
    case D_TAGS: fprintf(f, tag[1] ? "[%s,%s]" : "[%s]", tag[0], tag[1]); break;
    case DECORATORS: break;
    }
}

void ul_log(UlTags tags, const char *fmt, ...)
{
    for (size_t i = 0; i < outputs.len; i++) {
        const Output *o = &outputs.data[i];
        if (o->level[tags] > sets[tags].level) continue;
        for (Decorator d = 0; d < DECORATORS; d++)
            if (o->decorations >> d & 1) print_decorator(o->f, d, tags);
        if (o->decorations) fputc(' ', o->f);
        va_list ap;
        va_start(ap, fmt);
        vfprintf(o->f, fmt, ap);
        va_end(ap);
        fputc('\n', o->f);
        fflush(o->f);
    }
}

/* How much was in use is known after a collection; before the next one, with what has been allocated since. */
void ul_collection(bool begins)
{
    static u64 began, before, after, allocated_then, number;
    if (begins) {
        began = sched_now();
        before = after + (gc_allocated() - allocated_then);
        return;
    }
    GcStats s = gc_stats();
    after = s.bytes_used, allocated_then = s.bytes_allocated;
    if (before < after) before = after;
    ul_log(UL_GC, "GC(%llu) Pause Full (%s) %lluM->%lluM(%lluM) %.3fms", (unsigned long long)number++, vm_collection_asked ? "System.gc()" : "Allocation Failure",
           (unsigned long long)before >> 20, (unsigned long long)after >> 20, (unsigned long long)s.bytes_committed >> 20, (double)(sched_now() - began) / 1e6);
}
