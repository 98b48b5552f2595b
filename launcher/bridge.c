/* The bridge between the layers: see bridge.h. */
#include "launcher/bridge.h"
#include "base/log.h"
#include "classlib/signals.h"
#include "hwsim/config.h"
#include "hwsim/core.h"
#include "hwsim/model_fast.h"
#include "hwsim/system.h"
#include "hwsim/plugins.h"
#include "hwsim/trace.h"
#include "jit/hints.h"
#include "jit/jit.h"
#include "jit/live.h"
#include "jit/tune.h"
#include "launcher/part.h"
#include "launcher/progress.h"
#include "layout/layout.h"
#include "report/baseline.h"
#include "report/observe.h"
#include "report/sites.h"
#include "vm/boot.h"
#include "vm/cores.h"
#include "vm/sched.h"
#include "vm/sim.h"
#include "vm/watch.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TICK_INSTRUCTIONS = 4000 }; /* between two looks at what code is running */

static const Options *options;
static HwConfig config;
static HwModel *model; /* with several cores, the first one's */
static HwSystem *several; /* NULL: one core */
static bool simulating, observing;
static HwTrace *traces[64]; /* one for each core */
static HwCore *simulated[64];
static bool finished, all_written = true; /* the reports */
static Vec(HwModel *) models; /* the core's and the passive ones */
static Vec(const char *) names;
static Vec(PassiveRun) passive;

static void configure(HwConfig *c, const char *name, const char *const *sets, size_t n)
{
    hw_config_load(c, name);
    if (vm_options.seed) {
        char *set = xasprintf("page.seed=%llu", (unsigned long long)vm_options.seed + 1);
        hw_config_set(c, set);
        free(set);
    }
    for (size_t i = 0; i < n; i++) hw_config_set(c, sets[i]);
    hw_config_check(c);
}

static HwConfig *passive_config(const PassiveCore *p)
{
    HwConfig *c = xcalloc(1, sizeof *c);
    configure(c, p->core, p->sets.data, p->sets.len);
    return c;
}

/* All errors of the cores' descriptions come before anything else. */
static void check_cores(const Options *o)
{
    Vec(const HwConfig *) cores = { 0 };
    vec_push(&cores, &config);
    for (size_t i = 0; i < o->passive.len; i++) vec_push(&cores, passive_config(&o->passive.data[i]));
    hw_plugins_check(cores.data, (u32)cores.len);
    for (size_t i = 1; i < cores.len; i++) free((void *)cores.data[i]);
    vec_free(&cores);
}

/* What only one core can do. */
static void check_several(const Options *o)
{
    if (config.system_cores == 1 || o->model == HW_NONE) return;
    if (o->passive.len) die("--core: system.cores = %llu: a second --core counts beside one core only", (unsigned long long)config.system_cores);
}

void bridge_prepare(const Options *o)
{
    options = o;
    if (o->plugins && !o->core) die("--plugin: works on a simulated core: add --core=NAME, as in --core=default");
    if (o->tune && (!o->core || o->model == HW_NONE)) die("--tune=history: there are no counters to tune by: add --core=NAME and a model that counts");
    if (jit_options.hints && !o->core) die("--hints: there is no branch predictor without a core: add --core=NAME and --jit=on");
    if (o->samples && o->core) die("--samples: is for runs without --core: a core takes samples of its own");
    if (o->samples_out && !o->layout) die("--samples-out: nothing is sampled: add --layout=on, or advise");
    if (!o->core) return;
    configure(&config, o->core, o->sets.data, o->sets.len);
    if (o->detail_3c) hw_config_set(&config, "detail.classify=true");
    check_cores(o);
    if (o->model == HW_NONE && o->passive.len) die("--model=none: counts nothing, so a second --core has nothing to count: use counts or timing");
    if (o->model == HW_NONE && (o->reports.len || o->layout))
        die("--model=none: counts nothing, so there is no report and no layout optimization: use counts or timing");
    if (o->detail_lines && config.l1d_line_bytes > 128) die("--detail=lines: L1D lines may have at most 128 bytes, not %llu", (unsigned long long)config.l1d_line_bytes);
    if (o->detail_lines && config.l1d_sector_bytes) die("--detail=lines: counts whole lines, and l1d.sector_bytes = %llu", (unsigned long long)config.l1d_sector_bytes);
    check_several(o);
    part_check(o, o->model == HW_NONE ? 1 : config.system_cores);
    if (o->tune && config.system_cores > 1) die("--tune=history: works on one core, not on system.cores = %llu", (unsigned long long)config.system_cores);
    if (jit_options.hints && o->lockstep) die("--engine=lockstep: not with --hints: a full sample buffer interrupts one of the two engines only");
    if (jit_options.hints && (config.system_cores > 1 || !jit_options.on || o->model == HW_NONE))
        die("--hints: needs --jit=on, one core, and a model that counts");
    for (size_t i = 0; i < o->reports.len; i++) report_check_path("--report=", o->reports.data[i]);
    if (o->profile && o->layout) report_check_path("--profile=", o->profile);
    if (o->samples_out) report_check_path("--samples-out=", o->samples_out);
}

/* The program's clock: the core's cycles at its frequency. */
static u64 core_nanos(void) { return (u64)((unsigned __int128)sim_cycle() * 1000 / config.core_frequency_mhz); }

static void on_tick(const u64 *x, u64 pc)
{
    if (observing) report_tick(x, pc);
    progress_tick();
}

static bool on_tick_ahead(const u64 *x, u32 unknown, u64 pc, u64 instructions)
{
    if (observing && !report_tick_ahead(x, unknown, pc, instructions)) return false;
    progress_tick();
    return true;
}

static void on_undo(void)
{
    if (observing) report_untick();
}

static void leave_core(Thread *t);
static void leave_now(void) { leave_core(current_thread); }

/* The part of the run that the report is of begins. */
static void observe(void)
{
    for (size_t i = 0; options->roi_from && i < models.len; i++) baseline_take(models.data[i]);
    if (options->roi_from && !models.len) baseline_take(model);
    if (!options->reports.len) return;
    report_observe(model, &config, options->detail_lines, options->detail_branches);
    observing = true;
}

/* From here on Java runs on the core: each thread changes over at its next poll. */
static void simulate(Thread *t)
{
    simulating = true;
    if (several) cores_start(hw_cores(model), t);
    if (!vm_options.real_time) sched_virtual_clock(core_nanos);
    for (Thread *x = thread_list; x; x = x->next) x->simulated = 1, x->poll = 0;
    for (u32 i = 0; options->trace_out && i < sim_cores(); i++)
        hw_core_trace(simulated[i], traces[i] = hw_trace_open_core(options->trace_out, i, options->trace_limit));
    if (options->reports.len) sites_start();
    if (options->roi_to || options->sampling.period) part_start(model, options, observe, leave_now);
    else observe();
    bool progress = model && !options->no_progress && progress_wanted();
    if (progress) progress_start(model);
    if (progress || options->reports.len) sim_on_tick(TICK_INSTRUCTIONS, on_tick), sim_on_tick_ahead(on_tick_ahead, on_undo);
    if (options->tune) tune_start(model);
    if (jit_options.hints) hints_start(model, vm_options.seed);
    if (options->samples_out) layout_record_samples();
    if (options->layout) layout_start(model, vm_options.seed, (LayoutMode)options->layout, (LayoutOrder)options->layout_order);
    if (options->to_method) watch(options->to_method, leave_core);
}

static void (*natives_of_boot)(Thread *t);
static void simulate_from_boot(Thread *t)
{
    simulate(t);
    natives_of_boot(t);
}

/* All cores' counters side by side, on stderr. */
static void print_passive(void)
{
    HwCounters *sets = xcalloc(models.len, sizeof *sets);
    for (size_t i = 0; i < models.len; i++) {
        hw_model_check(models.data[i]);
        for (HwCounter c = 0; c < HWC_COUNT; c++) sets[i].n[c] = told_counter(models.data[i], c);
    }
    fflush(stdout);
    hw_print_counters(stderr, sets, names.data, (u32)models.len, false);
    free(sets);
}

static void add_passive(const Options *o)
{
    vec_push(&models, model);
    vec_push(&names, config.name);
    for (size_t i = 0; i < o->passive.len; i++) {
        const HwConfig *c = passive_config(&o->passive.data[i]);
        vec_push(&models, hw_model_new(c, HW_COUNTS));
        vec_push(&names, c->name);
        vec_push(&passive, ((PassiveRun){ vec_last(&models), c }));
        hw_model_follow(model, vec_last(&models));
    }
}

static bool write_reports(int code, const char *stopped)
{
    Run run = { .command = options->command, .layout = options->layout == LAYOUT_ADVISE ? "advise" : options->layout ? "on" : "off", .config = &config, .model = model,
                .level = options->model, .passive = passive.data, .passives = passive.len, .exit_code = code, .stopped = stopped,
                .sampled = part_sampled(), .sampling = options->sampling };
    if (several) hw_system_check(several);
    else hw_model_check(model);
    Report r;
    report_collect(&r, &run);
    bool written = true;
    for (size_t i = 0; i < options->reports.len; i++) {
        const char *path = options->reports.data[i];
        ReportOutput o = { &r, report_format_of(path) };
        written &= report_write("--report=", path, report_write_with, &o);
    }
    return written;
}

/* The part of the run that is looked at is over: traces, counters, reports. False: a report could not be written. */
static bool finish(int code, const char *stopped)
{
    for (u32 i = 0; i < NELEM(traces) && traces[i]; i++) hw_core_trace(simulated[i], NULL), hw_trace_close(traces[i]);
    if (models.len) print_passive();
    if (options->layout && simulating) layout_finish();
    progress_end();
    if (part_sampled() && !options->reports.len) hw_sampled_print(part_sampled(), model);
    bool kept = !options->profile || !options->layout || !simulating || report_write("--profile=", options->profile, layout_write_profile, NULL);
    if (options->samples_out && simulating) kept &= report_write("--samples-out=", options->samples_out, layout_write_samples, NULL);
    return (!options->reports.len || write_reports(code, stopped)) && kept;
}

/* From here on Java runs natively again: each thread changes over at its next poll, the caller now. */
static void leave_core(Thread *t)
{
    (void)t;
    all_written = finish(0, "region");
    finished = true;
    vm_hooks.safepoint = NULL, vm_hooks.allocated = NULL, vm_hooks.moved = NULL;
    sim_on_tick(TICK_INSTRUCTIONS, NULL);
    for (Thread *x = thread_list; x; x = x->next) x->simulated = 0, x->poll = 0;
}

static bool reached(void)
{
    if (options->from_method && !simulating) fprintf(stderr, "loam: --from=%s: no method that matches was entered, so nothing was simulated\n", options->from);
    else if (part_is_to_come()) fprintf(stderr, "loam: --roi: the program ended after %llu instructions, before FROM\n", (unsigned long long)hw_instret(model));
    else if (options->to_method && !finished) warn("--to: no method that matches was entered after that: the report is of all that follows");
    else return true;
    return simulating && !part_is_to_come();
}

static void at_exit(int code)
{
    jit_statistics();
    if (options->tune == 2) tune_tell();
    if (jit_options.hints == HINTS_REPORT || (jit_options.hints && jit_options.dump && strchr(jit_options.dump, 'h'))) hints_tell();
    const char *stopped = signals_stopped(code);
    if (stopped && !finished && options->reports.len) warn("stopped by %s: the report tells of the run so far", stopped);
    bool good = options->core ? reached() : true;
    if (good && !finished) all_written = finish(code, stopped);
    if ((good && all_written) || code) return;
    fflush(NULL);
    _exit(1); /* the program went well, but not what was asked of loam */
}

/* Samples interrupt one of the engines only, and tuning reconfigures one model: then registers and memory alone are compared. */
static bool compares_counters(const Options *o)
{
    return o->lockstep && !o->layout && !o->tune;
}

static HwCore *core_in_lockstep(HwModel *m, HwModel *twin)
{
    hw_default_engine(HW_ENGINE_DBT);
    HwCore *c = hw_core_new(m);
    hw_model_twin(m, twin);
    if (!hw_core_lockstep(c, twin, false)) die("--engine=lockstep: there is no translator for this host");
    return c;
}

/* Without a model one core does for all. */
static void make_cores(const Options *o)
{
    u32 n = o->model == HW_NONE ? 1 : (u32)config.system_cores;
    bool twins = o->model != HW_NONE && compares_counters(o);
    HwSystem *several_twins = twins && n > 1 ? hw_system_new(&config, o->model) : NULL;
    if (n > 1) several = hw_system_new(&config, o->model), model = hw_system_core(several, 0);
    else if (o->model != HW_NONE) model = hw_model_new(&config, o->model);
    for (u32 i = 0; i < n; i++) {
        HwModel *m = model ? hw_core_of(model, i) : NULL;
        if (m) hw_charge_scale(m, o->charge_scale);
        if (m && (o->detail_lines || o->detail_branches)) hw_model_no_fast(m);
        simulated[i] = !twins ? hw_core_new(m) : core_in_lockstep(m, n > 1 ? hw_system_core(several_twins, i) : hw_model_new(&config, o->model));
    }
    jit_options.waits_at_use = config.core_kind == HW_CORE_IN_ORDER && config.core_stall == HW_STALL_USE;
    if (o->passive.len) add_passive(o);
    ASSERT(n <= NELEM(simulated));
    sim_init(simulated, n, config.system_skew_cycles);
}

static void safepoint(Thread *t)
{
    if (options->layout) layout_safepoint(t);
    if (jit_options.hints) hints_safepoint();
    if (options->tune) tune_safepoint();
    if (options->torture_pass) layout_torture_poll();
}

/* By samples, or by what a profile knows. */
static void place_natively(const Options *o)
{
    bool known = o->profile && !o->layout_told && layout_read_profile(o->profile);
    if (o->profile && !o->layout_told && !known && access(o->profile, F_OK)) warn("--profile=%s: nothing is known: a run with --core=NAME learns", o->profile);
    if (known || o->samples) layout_native_start(o->samples), vm_hooks.safepoint = layout_native_poll;
}

void bridge_install(const Options *o)
{
    liveness_install();
    if (!o->core && !jit_options.off && !WIN_BASE) jit_options.on = true;
    if (o->core || jit_options.on) vm_hooks.at_exit = at_exit;
    vm_options.compiler = jit_options.on;
    if (jit_options.on) {
        if (!o->core) sim_init_native(hw_core_new(NULL));
        jit_init(!o->core);
    }
    if (!o->core) place_natively(o);
    if (o->torture_pass) vm_hooks.safepoint = safepoint;
    if (!o->core) return;
    if (o->profile && o->layout) layout_read_profile(o->profile);
    make_cores(o);
    if (!vm_options.real_time) sched_virtual_clock(NULL); /* boot too must be the same every time */
    if (o->layout || jit_options.hints || o->tune) vm_hooks.safepoint = safepoint;
    if (!strcmp(o->from, "boot")) {
        natives_of_boot = boot_natives;
        boot_natives = simulate_from_boot;
    } else if (o->from_method) {
        watch(o->from_method, simulate);
    } else {
        vm_hooks.main_reached = simulate;
    }
}
