/* The command line: `java`'s options and loam's own, parsed into VmOptions (vm.h) and Options. */
#ifndef LAUNCHER_OPTIONS_H
#define LAUNCHER_OPTIONS_H
#include "base/pattern.h"
#include "base/types.h"
#include "base/vec.h"
#include "hwsim/model.h"
#include "hwsim/parts.h"
#include <stdio.h>

/* What to start, numbered as LauncherHelper.checkAndLoadMain's mode. */
typedef enum LaunchMode { LAUNCH_NONE, LAUNCH_CLASS, LAUNCH_JAR, LAUNCH_MODULE, LAUNCH_SOURCE, LAUNCH_VERSION, LAUNCH_TELL } LaunchMode;

/* LAUNCH_TELL: nothing runs, LauncherHelper tells about modules. */
typedef enum LaunchTell { TELL_MODULES, TELL_MODULE, TELL_VALID } LaunchTell;

/* A further --core: counted in the same run. The --set options behind it are its own. */
typedef struct PassiveCore { const char *core; Vec(const char *) sets; } PassiveCore;

typedef struct Options {
    LaunchMode mode;
    const char *what;      /* class name, jar file or module[/class]; the compiler's launcher for a source file */
    const char **args;     /* the program's arguments */
    u32 nargs;
    const char *core;      /* preset or file; NULL: native */
    Vec(const char *) sets;/* --set key=value, in order */
    Vec(PassiveCore) passive;
    bool plugins;          /* --plugin: some are loaded */
    const char *trace_out; /* or NULL */
    bool lockstep;
    u64 trace_limit;       /* records; 0: all */
    Vec(const char *) reports;
    HwLevel model;
    const char *from;      /* "main", "boot" or a pattern of methods, which is then from_method */
    Pattern *from_method, *to_method; /* where simulation begins and ends, or NULL */
    u64 roi_from, roi_to;  /* --roi; 0, 0: all */
    HwSampling sampling;   /* --sample */
    u32 layout;       /* LayoutMode */
    bool layout_told; /* --layout */
    const char *profile; /* --profile, or NULL */
    const char *samples, *samples_out; /* or NULL */
    u32 layout_order; /* LayoutOrder */
    u32 tune;         /* 1: history, 2: and tell */
    bool detail_3c, detail_lines, detail_branches; /* --detail */
    bool no_progress;
    double charge_scale;
    bool source_option;    /* --source */
    LaunchTell tell;
    bool dry_run;          /* find and check the main class only */
    bool stack_told;       /* -Xss */
    u64 torture_collect, torture_move; /* gc_torture; 0: never */
    u64 torture_pass;   /* layout_torture; 0: never */
    u64 torture_switch; /* sched_torture; 0: turns are as long as ever */
    bool show_version_out, show_version_err;
    enum { PRINT_NO_FLAGS, PRINT_SET_FLAGS, PRINT_ALL_FLAGS } print_flags; /* -XX:+PrintCommandLineFlags, -XX:+PrintFlagsFinal */
    FILE *full_version;    /* -fullversion: where it goes */
    const char *show_settings; /* -XshowSettings[:what], whole */
    char *command;         /* the whole command line, for reports */
} Options;

/* Parses JDK_JAVA_OPTIONS and argv (with @argfiles expanded) into *o and vm_options. On a usage error prints java's own message, where it
   has one, and exits with 1. -help and friends print and exit with 0. */
void options_parse(Options *o, int argc, char **argv);

/* find_jdk.c: home of an OpenJDK 17 (malloc'ed): $JAVA_HOME, the java on the PATH, the usual places; a clear error otherwise. */
char *find_jdk(void);

#endif
