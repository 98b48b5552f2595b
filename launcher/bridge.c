/* The bridge between the layers: see bridge.h. */
#include "launcher/bridge.h"
#include "base/log.h"
#include "classlib/signals.h"
#include "hwsim/config.h"
#include "hwsim/core.h"
#include "hwsim/model_fast.h"
#include "jit/jit.h"
#include "launcher/progress.h"
#include "layout/layout.h"
#include "report/observe.h"
#include "report/sites.h"
#include "vm/boot.h"
#include "vm/sched.h"
#include "vm/sim.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TICK_INSTRUCTIONS = 2000 }; /* between two looks at what code is running */

static const Options *options;
static HwConfig config;
static HwModel *model;
static bool simulating;

void bridge_prepare(const Options *o)
{
    options = o;
    if (!o->core) return;
    hw_config_load(&config, o->core);
    if (vm_options.seed) {
        char *set = xasprintf("page.seed=%llu", (unsigned long long)vm_options.seed + 1);
        hw_config_set(&config, set);
        free(set);
    }
    for (size_t i = 0; i < o->sets.len; i++) hw_config_set(&config, o->sets.data[i]);
    if (o->detail_3c) hw_config_set(&config, "detail.classify=true");
    hw_config_check(&config);
    if (o->model == HW_NONE && (o->reports.len || o->layout))
        die("--model=none: counts nothing, so there is no report and no layout optimization: use counts or timing");
    if (o->detail_lines && config.l1d_line_bytes > 128) die("--detail=lines: L1D lines may have at most 128 bytes, not %llu", (unsigned long long)config.l1d_line_bytes);
    for (size_t i = 0; i < o->reports.len; i++) report_check_path("--report=", o->reports.data[i]);
}

/* The program's clock: the core's cycles at its frequency. */
static u64 core_nanos(void) { return (u64)((unsigned __int128)sim_cycle() * 1000 / config.core_frequency_mhz); }

static void on_tick(const u64 *x, u64 pc)
{
    if (options->reports.len) report_tick(x, pc);
    progress_tick();
}

/* From here on Java runs on the core: each thread changes over at its next poll. */
static void simulate(Thread *t)
{
    (void)t;
    simulating = true;
    if (!vm_options.real_time) sched_virtual_clock(core_nanos);
    for (Thread *x = thread_list; x; x = x->next) x->simulated = 1, x->poll = 0;
    if (options->reports.len) {
        sites_start();
        report_observe(model, options->detail_lines ? (u32)config.l1d_line_bytes : 0);
    }
    bool progress = model && !options->no_progress && progress_wanted();
    if (progress) progress_start(model);
    if (progress || options->reports.len) sim_on_tick(TICK_INSTRUCTIONS, on_tick);
    if (options->layout) layout_start(model, vm_options.seed);
}

static void (*natives_of_boot)(Thread *t);
static void simulate_from_boot(Thread *t)
{
    simulate(t);
    natives_of_boot(t);
}

static void at_exit(int code)
{
    jit_statistics();
    if (options->layout && simulating) layout_finish();
    progress_end();
    if (!options->reports.len) return;
    const char *stopped = signals_stopped(code);
    if (stopped) warn("stopped by %s: the report tells of the run so far", stopped);
    Run run = { .command = options->command, .layout = options->layout ? "on" : "off", .config = &config, .model = model,
                .level = options->model, .exit_code = code, .stopped = stopped };
    hw_model_check(model);
    Report r;
    report_collect(&r, &run);
    bool written = true;
    for (size_t i = 0; i < options->reports.len; i++) {
        const char *path = options->reports.data[i];
        ReportOutput o = { &r, report_format_of(path) };
        written &= report_write("--report=", path, report_write_with, &o);
    }
    if (written || code) return;
    fflush(NULL);
    _exit(1); /* the program went well, but not what was asked of loam */
}

void bridge_install(const Options *o)
{
    if (o->core || jit_options.on) vm_hooks.at_exit = at_exit;
    if (jit_options.on) {
        if (!o->core) sim_init_native(hw_core_new(NULL));
        jit_init(!o->core);
    }
    if (!o->core) return;
    if (o->model != HW_NONE) {
        model = hw_model_new(&config, o->model);
        hw_charge_scale(model, o->charge_scale);
        if (o->detail_lines) hw_model_no_fast(model);
    }
    sim_init(hw_core_new(model));
    if (!vm_options.real_time) sched_virtual_clock(NULL); /* boot too must be the same every time */
    if (o->layout) vm_hooks.safepoint = layout_safepoint;
    if (!strcmp(o->from, "boot")) {
        natives_of_boot = boot_natives;
        boot_natives = simulate_from_boot;
    } else {
        vm_hooks.main_reached = simulate;
    }
}
