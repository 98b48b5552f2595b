/* rvrun: runs a static RV64 Linux program on the core, so that the core can be compared with other
   implementations of the architecture and its model tried on programs that have nothing to do with Java.

     rvrun [--model=none|counts|timing] [--core=NAME|FILE] [--set=FIELD=VALUE]... [--plugin=FILE[,OPTIONS]]... [--stats] [--time]
           [--engine=oracle|dbt] [--lockstep] [--limit=N] [--trace] [--trace-out=FILE] [--roi=FROM:TO [--warmup=N]]
           [--sample=PERIOD[:DETAIL[:SETTLE]]] [--detail=3c] PROGRAM [ARGUMENTS]
       A second --core (and --set behind it) is a passive one: counted in the same run, without a clock.
     rvrun --replay=FILE [--rules=cachegrind] [--model=counts|timing] [--core=...] [--set=...]
     rvrun --disasm PROGRAM */
#define _GNU_SOURCE
#include "hwsim/rvrun.h"
#include "base/log.h"
#include "base/vec.h"
#include "hwsim/config.h"
#include "hwsim/plugins.h"
#include "hwsim/replay.h"
#include "hwsim/trace.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define RV_PASSIVE 15

typedef struct Options {
    HwLevel level;
    HwConfig config;
    const char *engine; /* NULL: the default */
    const char *trace_out, *replay; /* files, or NULL */
    bool cachegrind;
    bool lockstep, stats, time, trace, disasm;
    RvPlan plan;
    u64 trace_limit;
    HwConfig passive[RV_PASSIVE]; /* cores that watch */
    u32 passives, cores;          /* --core options so far */
    char **argv; /* the program's */
    int argc;
} Options;

/* --- loading --------------------------------------------------------------------------------------------------- */

static void *map_at(u64 at, u64 size, const char *what)
{
    u64 from = ALIGN_DOWN(at, 4096ull), to = ALIGN_UP(at + size, 4096ull);
    void *p = mmap((void *)from, to - from, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (p != (void *)from) die("cannot map the program's %s at 0x%" PRIx64 ": %s", what, from, p == MAP_FAILED ? strerror(errno) : "address taken");
    return p;
}

static u8 *read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    if (!f) die("%s: %s", path, strerror(errno));
    Vec(u8) v = { 0 };
    for (size_t n = 1; n; v.len += n) {
        vec_reserve(&v, v.len + 65536);
        n = fread(v.data + v.len, 1, 65536, f);
    }
    if (ferror(f)) die("%s: %s", path, strerror(errno));
    fclose(f);
    *size = v.len;
    return v.data;
}

static const Elf64_Ehdr *check_header(const char *path, const u8 *file, size_t size)
{
    const Elf64_Ehdr *h = (const Elf64_Ehdr *)file;
    if (size < sizeof *h || memcmp(h->e_ident, ELFMAG, SELFMAG)) die("%s: not an ELF file", path);
    if (h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_ident[EI_DATA] != ELFDATA2LSB || h->e_machine != EM_RISCV)
        die("%s: not a 64-bit little-endian RISC-V program", path);
    if (h->e_type != ET_EXEC && h->e_type != ET_DYN) die("%s: not an executable", path);
    if (h->e_phentsize != sizeof(Elf64_Phdr) || !h->e_phnum || h->e_phoff > size || h->e_phnum > (size - h->e_phoff) / sizeof(Elf64_Phdr))
        die("%s: broken program headers", path);
    return h;
}

typedef struct Extent { u64 from, to; } Extent;

/* What the loadable segments cover; checks each. */
static Extent segments_extent(const char *path, const Elf64_Phdr *ph, u32 n, size_t size)
{
    Extent e = { ~0ull, 0 };
    for (u32 i = 0; i < n; i++) {
        if (ph[i].p_type == PT_INTERP) die("%s: dynamically linked; rvrun runs static programs", path);
        if (ph[i].p_type != PT_LOAD) continue;
        if (ph[i].p_filesz > ph[i].p_memsz || ph[i].p_offset > size || ph[i].p_filesz > size - ph[i].p_offset ||
            ph[i].p_memsz > 1ull << 32 || ph[i].p_vaddr > 1ull << 34)
            die("%s: broken segment %u", path, i);
        if (ph[i].p_vaddr < e.from) e.from = ph[i].p_vaddr;
        if (ph[i].p_vaddr + ph[i].p_memsz > e.to) e.to = ph[i].p_vaddr + ph[i].p_memsz;
    }
    if (!e.to) die("%s: nothing to load", path);
    return e;
}

static void load(RvProgram *p, const char *path)
{
    size_t size;
    u8 *file = read_file(path, &size);
    const Elf64_Ehdr *h = check_header(path, file, size);
    const Elf64_Phdr *ph = (const Elf64_Phdr *)(file + h->e_phoff);
    Extent e = segments_extent(path, ph, h->e_phnum, size);
    *p = (RvProgram){ .path = path, .load_base = h->e_type == ET_DYN ? RV_PIE_BASE : 0, .text = ~0ull };
    if (e.from + p->load_base < HW_LOW_MEMORY) die("%s: loads below address 0x%llx", path, HW_LOW_MEMORY);
    map_at(p->load_base + e.from, e.to - e.from, "image");
    for (u32 i = 0; i < h->e_phnum; i++) {
        if (ph[i].p_type != PT_LOAD) continue;
        u64 at = p->load_base + ph[i].p_vaddr;
        memcpy((void *)at, file + ph[i].p_offset, ph[i].p_filesz);
        if (h->e_phoff >= ph[i].p_offset && h->e_phoff < ph[i].p_offset + ph[i].p_filesz) p->phdr = at + h->e_phoff - ph[i].p_offset;
        if (!(ph[i].p_flags & PF_X)) continue;
        if (at < p->text) p->text = at;
        if (at + ph[i].p_filesz > p->text_end) p->text_end = at + ph[i].p_filesz;
    }
    ASSERT(e.from < e.to);
    p->entry = p->load_base + h->e_entry;
    p->phnum = h->e_phnum, p->phent = h->e_phentsize;
    p->brk_start = p->brk = ALIGN_UP(p->load_base + e.to, 4096ull) + 4096;
    p->brk_end = p->brk_start + RV_BRK_BYTES;
    map_at(p->brk_start, RV_BRK_BYTES, "heap");
    free(file);
}

/* --- the first stack -------------------------------------------------------------------------------------------- */

static u64 push_bytes(u64 *sp, const void *data, size_t n)
{
    *sp -= n;
    memcpy((void *)*sp, data, n);
    return *sp;
}

/* argc, argv, envp (empty) and the auxiliary vector, as the kernel leaves them; returns the stack pointer. */
static u64 build_stack(const RvProgram *p, int argc, char **argv)
{
    static const u8 random_bytes[16] = { 0x1d, 0x6c, 0x2f, 0x93, 0x55, 0xe0, 0x77, 0x08, 0xb1, 0x4a, 0xc6, 0x3e, 0x9f, 0x20, 0xd4, 0x8b };
    map_at(RV_STACK_TOP - RV_STACK_BYTES, RV_STACK_BYTES, "stack");
    u64 sp = RV_STACK_TOP;
    u64 random = push_bytes(&sp, random_bytes, sizeof random_bytes);
    u64 platform = push_bytes(&sp, "riscv64", 8);
    Vec(u64) words = { 0 };
    vec_push(&words, (u64)argc);
    for (int i = 0; i < argc; i++) vec_push(&words, push_bytes(&sp, argv[i], strlen(argv[i]) + 1));
    vec_push(&words, 0);
    vec_push(&words, 0);
    u64 isa = 1 << ('I' - 'A') | 1 << ('M' - 'A') | 1 << ('A' - 'A') | 1 << ('F' - 'A') | 1 << ('D' - 'A') | 1 << ('C' - 'A');
    u64 aux[][2] = { { AT_PHDR, p->phdr }, { AT_PHENT, p->phent }, { AT_PHNUM, p->phnum }, { AT_PAGESZ, 4096 }, { AT_BASE, 0 },
                     { AT_ENTRY, p->entry }, { AT_UID, getuid() }, { AT_EUID, geteuid() }, { AT_GID, getgid() }, { AT_EGID, getegid() },
                     { AT_SECURE, 0 }, { AT_HWCAP, isa }, { AT_CLKTCK, 100 }, { AT_RANDOM, random }, { AT_PLATFORM, platform },
                     { AT_NULL, 0 } };
    for (u32 i = 0; i < NELEM(aux); i++) {
        vec_push(&words, aux[i][0]);
        vec_push(&words, aux[i][1]);
    }
    if (words.len * 8 > RV_STACK_BYTES / 2 || RV_STACK_TOP - sp > RV_STACK_BYTES / 2) die("%s: too many arguments", p->path);
    sp = ALIGN_DOWN(sp - words.len * 8, 16ull);
    ASSERT(sp > RV_STACK_TOP - RV_STACK_BYTES);
    memcpy((void *)sp, words.data, words.len * 8);
    vec_free(&words);
    return sp;
}

/* --- running ---------------------------------------------------------------------------------------------------- */

static HwCore *running; /* for the signal handler */

static void on_fault(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    fflush(stdout);
    char line[160];
    int n = snprintf(line, sizeof line, "loam: the program accessed unmapped memory at 0x%" PRIxPTR " (last known pc 0x%" PRIx64 ")\n",
                     (uintptr_t)info->si_addr, running->pc);
    if (write(2, line, (size_t)n) < 0) _exit(2);
    _exit(1);
}

static void catch_faults(HwCore *core)
{
    running = core;
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
static HwStop run_traced(HwCore *core, u64 limit)
{
    HwStop stop = HW_STOP_BUDGET;
    HwContext before;
    for (u64 n = 0; n < limit && stop == HW_STOP_BUDGET; n++) {
        char text[80] = "?";
        if (core->pc >= HW_LOW_MEMORY) hw_disassemble((void *)core->pc, core->pc, text, sizeof text);
        hw_context_save(core, &before);
        stop = hw_core_run(core, 1);
        fprintf(stderr, "%8" PRIx64 "  %-32s", before.pc, text);
        for (int r = 1; r < 32; r++)
            if (core->x[r] != before.x[r]) fprintf(stderr, " %s=%" PRIx64, hw_reg_names[r], core->x[r]);
        fprintf(stderr, "\n");
    }
    return stop;
}

static void print_counters(const HwModel *model, const HwCounters *sets, const char *const *names, u32 n, FILE *out)
{
    hw_print_counters(out, sets, names, n);
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

/* The core's model and the ones that watch it; n of them. */
typedef struct Models { HwModel *m[1 + RV_PASSIVE]; const char *name[1 + RV_PASSIVE]; u32 n; } Models;

static Models make_models(const Options *o)
{
    Models all = { .n = 0 };
    if (o->level == HW_NONE) return all;
    all.m[all.n] = hw_model_new(&o->config, o->level);
    all.name[all.n++] = o->config.name;
    for (u32 i = 0; i < o->passives; i++) {
        all.m[all.n] = hw_model_new(&o->passive[i], HW_COUNTS);
        all.name[all.n] = o->passive[i].name;
        hw_model_follow(all.m[0], all.m[all.n++]);
    }
    return all;
}

static void print_stats(const HwCore *core, const Models *all, const HwCounters *counters, const RvSampled *sampled)
{
    if (!all->n) {
        fprintf(stderr, "%-24s %15" PRIu64 "\n", "instructions", core->instret);
        return;
    }
    print_counters(all->m[0], counters, all->name, all->n, stderr);
    if (sampled->windows) rv_print_sampled(sampled, counters->n[HWC_INSTRET]);
}

static HwCore *make_core(RvProgram *p, const Options *o, HwModel *model, HwModel *shadow)
{
    HwCore *core = hw_core_new(model);
    core->trap = on_trap;
    core->user = p;
    core->pc = p->entry;
    if (o->engine && !hw_core_set_engine(core, parse_engine(o->engine))) die("--engine=%s: there is no translator for this host", o->engine);
    if (o->lockstep && !hw_core_lockstep(core, shadow, false)) die("--lockstep: there is no translator for this host");
    core->x[2] = build_stack(p, o->argc, o->argv);
    catch_faults(core);
    return core;
}

static int run_program(RvProgram *p, const Options *o)
{
    Models all = make_models(o);
    HwModel *shadow = o->lockstep && all.n ? hw_model_new(&o->config, o->level) : NULL;
    HwCore *core = make_core(p, o, all.n ? all.m[0] : NULL, shadow);
    HwTrace *trace = o->trace_out ? hw_trace_open(o->trace_out, o->trace_limit) : NULL;
    if (trace) hw_core_trace(core, trace);
    HwCounters counters[1 + RV_PASSIVE];
    RvSampled sampled = { 0 };
    f64 begin = now();
    HwStop stop = o->trace ? run_traced(core, o->plan.limit) : rv_run(core, &o->plan, all.m, all.n, counters, &sampled);
    f64 seconds = now() - begin;
    fflush(stdout);
    if (trace) hw_trace_close(trace);
    if (o->stats) print_stats(core, &all, counters, &sampled);
    if (o->time) fprintf(stderr, "%.3f s, %.1f million instructions per second\n", seconds, (f64)core->instret / seconds * 1e-6);
    if (stop == HW_STOP_TRAP)
        die("%s: %s at pc 0x%" PRIx64 " (0x%" PRIx64 ")", p->path, hw_cause_name(core->cause), core->pc, core->tval);
    if (stop == HW_STOP_BUDGET) die("%s: stopped after %" PRIu64 " instructions (--limit)", p->path, o->plan.limit);
    hw_core_free(core);
    for (u32 i = 0; i < all.n; i++) hw_model_check(all.m[i]);
    for (u32 i = all.n; i-- > 0;) hw_model_free(all.m[i]);
    if (shadow) hw_model_free(shadow);
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
        print_counters(model, &sets, NULL, 1, stdout);
        hw_model_check(model);
    }
    hw_model_free(model);
    return 0;
}

static int disassemble(const RvProgram *p)
{
    for (u64 pc = ALIGN_UP(p->entry & ~1ull, 2ull); pc + 4 <= p->text_end;) {
        char text[80];
        u64 at = pc;
        pc += hw_disassemble((void *)at, at, text, sizeof text);
        printf("%" PRIx64 "\t%s\n", at, text);
    }
    return 0;
}

/* --- the command line --------------------------------------------------------------------------------------------- */

static void usage(void)
{
    die("usage: rvrun [--model=none|counts|timing] [--core=NAME|FILE] [--set=FIELD=VALUE]... [--plugin=FILE[,OPTIONS]]... [--engine=oracle|dbt] [--lockstep] [--stats] [--time] "
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
    bool parts = o->plan.regional || o->plan.period || o->passives;
    if (o->trace_out && (o->lockstep || o->trace)) die("--trace-out does not go with --lockstep or --trace");
    if (parts && o->level == HW_NONE) die("--roi, --sample and a second --core need --model=counts or timing");
    if (parts && (o->lockstep || o->trace || o->replay)) die("--roi, --sample and a second --core do not go with --lockstep, --trace or --replay");
    if (o->plan.period && o->level != HW_TIMING) die("--sample needs --model=timing");
    if (o->plan.period && o->plan.regional) die("--sample and --roi do not go together");
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
        else if (!strncmp(a, "--roi=", 6)) rv_parse_region(value, &o.plan);
        else if (!strncmp(a, "--warmup=", 9)) o.plan.warm = parse_number("--warmup", value);
        else if (!strncmp(a, "--sample=", 9)) rv_parse_sampling(value, &o.plan);
        else if (!strncmp(a, "--trace-out=", 12)) o.trace_out = value;
        else if (!strncmp(a, "--trace-limit=", 14)) o.trace_limit = parse_number("--trace-limit", value);
        else if (!strncmp(a, "--replay=", 9)) o.replay = value;
        else if (!strcmp(a, "--replay") && i + 1 < argc) o.replay = argv[++i];
        else if (!strcmp(a, "--rules=cachegrind")) o.cachegrind = true;
        else if (!strcmp(a, "--detail=3c")) hw_config_set(core, "detail.classify=true");
        else if (!strcmp(a, "--lockstep")) o.lockstep = true;
        else if (!strcmp(a, "--stats")) o.stats = true;
        else if (!strcmp(a, "--time")) o.time = true;
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

int main(int argc, char **argv)
{
    static RvProgram program;
    Options o = parse(argc, argv);
    if (o.replay) return replay(&o);
    load(&program, o.argv[0]);
    return o.disasm ? disassemble(&program) : run_program(&program, &o);
}
