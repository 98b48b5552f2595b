/* rvrun: runs a static RV64 Linux program on the core, so that the core can be compared with other
   implementations of the architecture and its model tried on programs that have nothing to do with Java.

     rvrun [--model=none|counts|timing] [--core=NAME|FILE] [--set=FIELD=VALUE]... [--plugin=FILE[,OPTIONS]]... [--stats] [--time] [--real-time]
           [--engine=oracle|dbt] [--lockstep] [--uncounted] [--limit=N] [--trace] [--trace-out=FILE] [--roi=FROM:TO [--warmup=N]]
           [--sample=PERIOD[:DETAIL[:SETTLE]]] [--detail=3c] PROGRAM [ARGUMENTS]
       --real-time: the program reads the host's clock with a model too, and true random numbers.
       --uncounted: instructions are not counted (the program reads nonsense from instret and cycle), which is faster.
       With --set=cores=N its threads run on N cores. A second --core (and --set behind it) is a passive one: counted in the same run, without a clock.
     rvrun --replay=FILE [--rules=cachegrind] [--model=counts|timing] [--core=...] [--set=...]
     rvrun --disasm PROGRAM */
#define _GNU_SOURCE
#include "hwsim/rvrun.h"
#include "base/log.h"
#include "base/vec.h"
#include "hwsim/config.h"
#include "hwsim/plugins.h"
#include "hwsim/replay.h"
#include "hwsim/system.h"
#include "hwsim/trace.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RV_PASSIVE = 15, RV_MODELS = 64 };

typedef struct Options {
    HwLevel level;
    HwConfig config;
    const char *engine; /* NULL: the default */
    const char *trace_out, *replay; /* files, or NULL */
    bool cachegrind;
    bool lockstep, stats, time, trace, disasm, uncounted, real_time;
    RvPlan plan;
    u64 trace_limit;
    HwConfig passive[RV_PASSIVE]; /* cores that watch */
    u32 passives, cores;          /* --core options so far */
    char **argv; /* the program's */
    int argc;
} Options;

/* --- running ---------------------------------------------------------------------------------------------------- */

static const RvProgram *running; /* for the signal handler */

static void on_fault(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    fflush(stdout);
    char line[160];
    int n = snprintf(line, sizeof line, "loam: the program accessed unmapped memory at 0x%" PRIxPTR " (last known pc 0x%" PRIx64 ")\n",
                     (uintptr_t)info->si_addr, running->running->pc);
    if (write(2, line, (size_t)n) < 0) _exit(2);
    _exit(1);
}

static void catch_faults(const RvProgram *p)
{
    running = p;
    static char stack[65536];
    sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof stack }, NULL);
    struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    sigaction(SIGSEGV, &sa, NULL);
    sigaction(SIGBUS, &sa, NULL);
}

static bool on_trap(HwCore *core, u32 cause, u64 tval)
{
    (void)tval;
    if (cause != HW_CAUSE_ECALL) return false;
    RvProgram *p = core->user;
    rv_syscall(core, p);
    core->pc += 4;
    if (p->exited) hw_core_stop(core);
    return true;
}

/* One instruction at a time, each with the integer register that it changed. */
static HwStop run_traced(RvHarts *harts, u64 limit)
{
    HwStop stop = HW_STOP_BUDGET;
    HwContext before;
    for (u64 n = 0; n < limit && stop == HW_STOP_BUDGET; n++) {
        char text[80] = "?";
        const HwCore *core = rv_harts_next(harts);
        if (core->pc >= HW_LOW_MEMORY) hw_disassemble((void *)core->pc, core->pc, text, sizeof text);
        hw_context_save(core, &before);
        stop = rv_harts_run(harts, 1);
        fprintf(stderr, "%8" PRIx64 "  %-32s", before.pc, text);
        for (int r = 1; r < 32; r++)
            if (core->x[r] != before.x[r]) fprintf(stderr, " %s=%" PRIx64, hw_reg_names[r], core->x[r]);
        fprintf(stderr, "\n");
    }
    return stop;
}

static void print_counters(const HwModel *model, const HwCounters *sets, const char *const *names, u32 n, bool clocks, FILE *out)
{
    hw_print_counters(out, sets, names, n, clocks);
    for (int p = 0; p <= HW_BP_PARTS; p++)
        fprintf(out, "predictor.bits.%-9s %15" PRIu64 "\n", hw_bpred_part((HwBpredPart)p), hw_bpred_bits(model, (HwBpredPart)p));
}

/* Seconds of this process. */
static f64 now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (f64)t.tv_sec + (f64)t.tv_nsec * 1e-9;
}

static HwEngine parse_engine(const char *s)
{
    if (!strcmp(s, "oracle")) return HW_ENGINE_ORACLE;
    if (strcmp(s, "dbt")) die("--engine=%s: must be oracle or dbt", s);
    return HW_ENGINE_DBT;
}

/* The core's model and the ones that watch it, or the models of several cores; n of them. */
typedef struct Models { HwModel *m[RV_MODELS]; const char *name[RV_MODELS]; u32 n; HwSystem *system; } Models;

static Models several(const HwConfig *cfg, HwLevel level)
{
    static char names[RV_MODELS][16];
    Models all = { .n = (u32)cfg->system_cores, .system = hw_system_new(cfg, level) };
    for (u32 i = 0; i < all.n; i++) {
        all.m[i] = hw_system_core(all.system, i);
        snprintf(names[i], sizeof names[i], "core %u", i);
        all.name[i] = names[i];
    }
    return all;
}

static Models make_models(const Options *o)
{
    Models all = { .n = 0 };
    if (o->level == HW_NONE) return all;
    if (o->config.system_cores > 1) return several(&o->config, o->level);
    all.m[all.n] = hw_model_new(&o->config, o->level);
    all.name[all.n++] = o->config.name;
    for (u32 i = 0; i < o->passives; i++) {
        all.m[all.n] = hw_model_new(&o->passive[i], HW_COUNTS);
        all.name[all.n] = o->passive[i].name;
        hw_model_follow(all.m[0], all.m[all.n++]);
    }
    return all;
}

/* Sums first; of cycles, those of the core that is furthest. */
static void print_several(const Models *all, const HwCounters *counters)
{
    HwCounters sets[1 + RV_MODELS] = { 0 };
    const char *names[1 + RV_MODELS] = { "all" };
    for (u32 i = 0; i < all->n; i++) {
        sets[1 + i] = counters[i];
        names[1 + i] = all->name[i];
        for (int c = 0; c < HWC_COUNT; c++) {
            u64 *sum = &sets[0].n[c], n = counters[i].n[c];
            *sum = c != HWC_CYCLE ? *sum + n : n > *sum ? n : *sum;
        }
    }
    print_counters(all->m[0], sets, names, 1 + all->n, true, stderr);
}

static void print_stats(u64 instructions, const Models *all, const HwCounters *counters, const HwSampled *sampled)
{
    if (!all->n) fprintf(stderr, "%-24s %15" PRIu64 "\n", "instructions", instructions);
    else if (all->system) print_several(all, counters);
    else print_counters(all->m[0], counters, all->name, all->n, false, stderr);
    if (sampled->windows) hw_sampled_print(sampled, all->m[0]);
}

static HwCore *make_core(RvProgram *p, const Options *o, HwModel *model, HwModel *shadow)
{
    HwCore *core = hw_core_new(model);
    core->trap = on_trap;
    core->user = p;
    core->uncounted = o->uncounted;
    if (o->engine && !hw_core_set_engine(core, parse_engine(o->engine))) die("--engine=%s: there is no translator for this host", o->engine);
    if (o->lockstep && !hw_core_lockstep(core, shadow, false)) die("--lockstep: there is no translator for this host");
    return core;
}

typedef struct Machine { Models all, shadow; HwCore *core[RV_MODELS]; HwTrace *trace[RV_MODELS]; u32 n; } Machine;

/* Without a model one core does for all threads. */
static Machine make_machine(RvProgram *p, const Options *o)
{
    Machine m = { .all = make_models(o) };
    if (o->lockstep && m.all.n) m.shadow = m.all.system ? several(&o->config, o->level) : (Models){ .m = { hw_model_new(&o->config, o->level) }, .n = 1 };
    m.n = m.all.system ? m.all.n : 1;
    for (u32 i = 0; i < m.n; i++) {
        m.core[i] = make_core(p, o, m.all.m[i], m.shadow.m[i]);
        if (m.shadow.n) hw_model_twin(m.all.m[i], m.shadow.m[i]);
        if (o->trace_out) hw_core_trace(m.core[i], m.trace[i] = hw_trace_open_core(o->trace_out, i, o->trace_limit));
    }
    m.core[0]->pc = p->entry;
    m.core[0]->x[2] = rv_build_stack(p, o->argc, o->argv);
    p->harts = rv_harts_new(p, m.core, m.n, m.all.system, m.shadow.system);
    p->clock = (RvClock){ .simulated = m.all.n && !o->real_time, .instructions = o->plan.regional, .mhz = o->config.core_frequency_mhz };
    p->skew = o->config.system_skew_cycles;
    catch_faults(p);
    return m;
}

static void free_models(Models *all)
{
    if (all->system) {
        hw_system_check(all->system);
        hw_system_free(all->system);
        return;
    }
    for (u32 i = 0; i < all->n; i++) hw_model_check(all->m[i]);
    for (u32 i = all->n; i-- > 0;) hw_model_free(all->m[i]);
}

static int run_program(RvProgram *p, const Options *o)
{
    Machine m = make_machine(p, o);
    HwCounters counters[RV_MODELS];
    HwSampled sampled = { 0 };
    f64 begin = now();
    HwStop stop = o->trace ? run_traced(p->harts, o->plan.limit) : rv_run(p->harts, &o->plan, m.all.m, m.all.n, counters, &sampled);
    f64 seconds = now() - begin;
    u64 instructions = rv_harts_instructions(p->harts);
    fflush(stdout);
    for (u32 i = 0; i < m.n; i++)
        if (m.trace[i]) hw_trace_close(m.trace[i]);
    if (o->stats) print_stats(instructions, &m.all, counters, &sampled);
    if (o->time) fprintf(stderr, "%.3f s, %.1f million instructions per second\n", seconds, (f64)instructions / seconds * 1e-6);
    const HwCore *last = p->running;
    if (stop == HW_STOP_TRAP)
        die("%s: %s at pc 0x%" PRIx64 " (0x%" PRIx64 ")", p->path, hw_cause_name(last->cause), last->pc, last->tval);
    if (stop == HW_STOP_BUDGET) die("%s: stopped after %" PRIu64 " instructions (--limit)", p->path, o->plan.limit);
    for (u32 i = 0; i < m.n; i++) hw_core_free(m.core[i]);
    rv_harts_free(p->harts);
    free_models(&m.all), free_models(&m.shadow);
    return p->exit_code;
}

/* ---- traces of others ----------------------------------------------------------------------------------------- */

static void print_cachegrind(const HwCachegrind *c)
{
    printf("I refs %" PRIu64 "\nI1 misses %" PRIu64 "\nLLi misses %" PRIu64 "\n", c->instructions, c->i1_misses, c->ili_misses);
    printf("D refs %" PRIu64 " (%" PRIu64 " rd + %" PRIu64 " wr)\n", c->reads + c->writes, c->reads, c->writes);
    printf("D1 misses %" PRIu64 " (%" PRIu64 " rd + %" PRIu64 " wr)\n", c->d1_read_misses + c->d1_write_misses, c->d1_read_misses, c->d1_write_misses);
    printf("LLd misses %" PRIu64 " (%" PRIu64 " rd + %" PRIu64 " wr)\n", c->dl_read_misses + c->dl_write_misses, c->dl_read_misses, c->dl_write_misses);
}

static int replay(const Options *o)
{
    HwModel *model = hw_model_new(&o->config, o->level == HW_NONE ? HW_COUNTS : o->level);
    HwCachegrind c;
    if (o->cachegrind) {
        hw_replay_cachegrind(model, o->replay, &c);
        print_cachegrind(&c);
    } else {
        hw_replay(model, o->replay);
        HwCounters sets;
        hw_read_counters(model, &sets);
        print_counters(model, &sets, NULL, 1, false, stdout);
        hw_model_check(model);
    }
    hw_model_free(model);
    return 0;
}

/* --- the command line --------------------------------------------------------------------------------------------- */

static void usage(void)
{
    die("usage: rvrun [--model=none|counts|timing] [--core=NAME|FILE] [--set=FIELD=VALUE]... [--plugin=FILE[,OPTIONS]]... [--engine=oracle|dbt] [--lockstep] [--uncounted] [--stats] [--time] [--real-time] "
        "[--limit=N] [--trace] [--trace-out=FILE [--trace-limit=N]] [--roi=FROM:TO [--warmup=N]] [--sample=PERIOD[:DETAIL[:SETTLE]]] [--detail=3c] PROGRAM [ARGUMENTS], rvrun --replay=FILE [--rules=cachegrind], or rvrun --disasm PROGRAM");
}

static HwLevel parse_level(const char *s)
{
    static const char *const names[] = { "none", "counts", "timing" };
    for (int i = 0; i < 3; i++)
        if (!strcmp(s, names[i])) return (HwLevel)i;
    die("--model=%s: must be none, counts or timing", s);
}

static u64 parse_number(const char *option, const char *s)
{
    char *rest;
    errno = 0;
    u64 v = strtoull(s, &rest, 0);
    if (!*s || *rest || *s == '-' || errno) die("%s=%s: must be a number", option, s);
    return v;
}

static void check_combinations(const Options *o)
{
    bool parts = o->plan.regional || o->plan.sampling.period || o->passives;
    if (o->trace_out && (o->lockstep || o->trace)) die("--trace-out does not go with --lockstep or --trace");
    if (o->uncounted && (o->level != HW_NONE || o->stats || o->time || o->lockstep || o->plan.limit != ~0ull))
        die("--uncounted is for runs without a model, --stats, --time, --lockstep and --limit, which count");
    if (parts && o->level == HW_NONE) die("--roi, --sample and a second --core need --model=counts or timing");
    if (parts && (o->lockstep || o->trace || o->replay)) die("--roi, --sample and a second --core do not go with --lockstep, --trace or --replay");
    if (o->plan.sampling.period && o->level != HW_TIMING) die("--sample needs --model=timing");
    bool many = o->config.system_cores > 1 && o->level != HW_NONE;
    if (many && (o->plan.sampling.period || o->passives || o->trace))
        die("system.cores = %" PRIu64 ": --sample, --trace and a second --core are for one core", o->config.system_cores);
    if (o->plan.sampling.period && o->plan.regional) die("--sample and --roi do not go together");
}

/* The first core drives, others watch. */
static HwConfig *next_core(Options *o)
{
    if (o->cores++ == 0) return &o->config;
    if (o->passives == RV_PASSIVE) die("--core: at most %d cores", 1 + RV_PASSIVE);
    return &o->passive[o->passives++];
}

static Options parse(int argc, char **argv)
{
    static Options o;
    o = (Options){ .level = HW_NONE, .plan = { .limit = ~0ull, .to = ~0ull } };
    HwConfig *core = &o.config; /* the one that --set changes */
    hw_config_default(core);
    int i = 1;
    for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
        const char *a = argv[i], *value = strchr(a, '=');
        value = value ? value + 1 : "";
        if (!strncmp(a, "--model=", 8)) o.level = parse_level(value);
        else if (!strncmp(a, "--core=", 7)) hw_config_load(core = next_core(&o), value);
        else if (!strncmp(a, "--set=", 6)) hw_config_set(core, value);
        else if (!strncmp(a, "--plugin=", 9)) hw_plugin_load(value);
        else if (!strncmp(a, "--engine=", 9)) o.engine = value, parse_engine(value);
        else if (!strncmp(a, "--limit=", 8)) o.plan.limit = parse_number("--limit", value);
        else if (!strncmp(a, "--roi=", 6)) hw_parse_region(value, &o.plan.from, &o.plan.to), o.plan.regional = true;
        else if (!strncmp(a, "--warmup=", 9)) o.plan.warm = parse_number("--warmup", value);
        else if (!strncmp(a, "--sample=", 9)) hw_parse_sampling(value, &o.plan.sampling);
        else if (!strncmp(a, "--trace-out=", 12)) o.trace_out = value;
        else if (!strncmp(a, "--trace-limit=", 14)) o.trace_limit = parse_number("--trace-limit", value);
        else if (!strncmp(a, "--replay=", 9)) o.replay = value;
        else if (!strcmp(a, "--replay") && i + 1 < argc) o.replay = argv[++i];
        else if (!strcmp(a, "--rules=cachegrind")) o.cachegrind = true;
        else if (!strcmp(a, "--detail=3c")) hw_config_set(core, "detail.classify=true");
        else if (!strcmp(a, "--lockstep")) o.lockstep = true;
        else if (!strcmp(a, "--uncounted")) o.uncounted = true;
        else if (!strcmp(a, "--stats")) o.stats = true;
        else if (!strcmp(a, "--time")) o.time = true;
        else if (!strcmp(a, "--real-time")) o.real_time = true;
        else if (!strcmp(a, "--trace")) o.trace = true;
        else if (!strcmp(a, "--disasm")) o.disasm = true;
        else die("unknown option %s", a);
    }
    if (i >= argc && !o.replay) usage();
    if (i < argc && o.replay) die("--replay takes no program");
    hw_config_check(&o.config);
    const HwConfig *cores[1 + RV_PASSIVE] = { &o.config };
    for (u32 k = 0; k < o.passives; k++) hw_config_check(cores[1 + k] = &o.passive[k]);
    hw_plugins_check(cores, 1 + o.passives);
    check_combinations(&o);
    o.argv = argv + i;
    o.argc = argc - i;
    return o;
}

/* The program shares its address space with the simulator, which it may destroy: so both run in a child, and the parent tells. */
static int run_in_child(RvProgram *p, const Options *o)
{
    fflush(NULL);
    pid_t child = fork();
    if (child < 0) die("fork: %s", strerror(errno));
    if (!child) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        rv_load(p, o->argv[0]);
        exit(run_program(p, o));
    }
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) die("waitpid: %s", strerror(errno));
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    if (WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGTERM) raise(WTERMSIG(status));
    die("%s: ended by signal %d (%s): it may have written over its simulator, which shares its memory", o->argv[0], WTERMSIG(status),
        strsignal(WTERMSIG(status)));
}

int main(int argc, char **argv)
{
    static RvProgram program;
    Options o = parse(argc, argv);
    if (o.replay) return replay(&o);
    if (!o.disasm) return run_in_child(&program, &o);
    rv_load(&program, o.argv[0]);
    rv_disassemble(&program, stdout);
    return 0;
}
