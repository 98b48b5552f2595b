/* Control and status registers: floating-point state, counters and their event selectors, the sample buffer, the
   core's run-time configuration. The map is in docs/isa.md. Without a model, cycle and time equal instret,
   event counters read zero, and the registers of sampler and configuration do not exist. */
#include "base/log.h"
#include "base/vec.h"
#include "hwsim/exec.h"
#include "hwsim/samples.h"

enum {
    CSR_FFLAGS = 0x001, CSR_FRM = 0x002, CSR_FCSR = 0x003,
    CSR_MHPMEVENT0 = 0x320,
    CSR_SAMPLE_BASE = 0x800, CSR_SAMPLE_SIZE, CSR_SAMPLE_PERIOD, CSR_SAMPLE_SEED, CSR_SAMPLE_EVENT, CSR_SAMPLE_COUNT,
    CSR_SAMPLE_REGS, CSR_SAMPLE_END, CSR_SAMPLE_UNIT = 8, /* the second sampler's come so much later */
    CSR_KNOB0 = 0x810,
    CSR_MCYCLE = 0xb00, CSR_CYCLE = 0xc00, CSR_TIME = 0xc01, CSR_INSTRET = 0xc02
};
#define COUNTERS 32
#define FIRST_HPM 3

typedef struct HwCsr {
    u64 event[COUNTERS]; /* row of counters.def that hpmcounter n counts */
    u64 base[COUNTERS];  /* the row's value when hpmcounter n was zero */
    u64 sample[HW_SAMPLERS][CSR_SAMPLE_END - CSR_SAMPLE_BASE]; /* as written; the event reads 0 while sampling is off */
} HwCsr;

HwCsr *hw_csr_new(void)
{
    return xcalloc(1, sizeof(HwCsr));
}

void hw_csr_free(HwCsr *c)
{
    free(c);
}

/* --- counters ------------------------------------------------------------------------------------------------ */

static u64 event_value(const HwCore *core, u32 n)
{
    return core->model ? hw_counter(core->model, (HwCounter)core->csr->event[n]) : 0;
}

/* Counter n of the block of 32 that starts with cycle; number 1 is time, whose unit is the core's clock. */
static u64 read_counter(const HwCore *core, u32 n)
{
    if (n == 2) return core->model ? hw_instret(core->model) : core->instret;
    if (n < 2) return core->model ? hw_cycle(core->model) : core->instret;
    return event_value(core, n) - core->csr->base[n];
}

static bool is_event_selector(u32 number) { return number - CSR_MHPMEVENT0 - FIRST_HPM < COUNTERS - FIRST_HPM; }
/* hpmcounter's machine-mode name is the one that can be written. */
static bool is_machine_counter(u32 number) { return number - CSR_MCYCLE - FIRST_HPM < COUNTERS - FIRST_HPM; }

static void select_event(HwCore *core, u32 n, u64 event)
{
    if (event >= HWC_COUNT) return; /* writes of events that do not exist have no effect */
    ASSERT(n >= FIRST_HPM && n < COUNTERS);
    core->csr->event[n] = event;
    core->csr->base[n] = event_value(core, n);
}

/* --- samples -------------------------------------------------------------------------------------------------- */

_Static_assert(CSR_SAMPLE_BASE + HW_SAMPLERS * CSR_SAMPLE_UNIT <= CSR_KNOB0, "room for the samplers' registers");

static u32 sampler_unit(u32 number) { return (number - CSR_SAMPLE_BASE) / CSR_SAMPLE_UNIT; }
static u32 sampler_register(u32 number) { return CSR_SAMPLE_BASE + (number - CSR_SAMPLE_BASE) % CSR_SAMPLE_UNIT; } /* of the first unit */
static bool is_sampler(u32 number) { return number - CSR_SAMPLE_BASE < HW_SAMPLERS * CSR_SAMPLE_UNIT && sampler_register(number) < CSR_SAMPLE_END; }

/* A buffer that the core could store into: whole records, aligned, in addressable memory. */
static bool buffer_ok(const u64 *s)
{
    u64 base = s[0], records = s[CSR_SAMPLE_SIZE - CSR_SAMPLE_BASE], period = s[CSR_SAMPLE_PERIOD - CSR_SAMPLE_BASE];
    return !(base & 63) && base - HW_LOW_MEMORY < HW_MEMORY_SPAN && records - 1 < UINT32_MAX / sizeof(HwSample) &&
           base + records * sizeof(HwSample) - HW_LOW_MEMORY <= HW_MEMORY_SPAN && period - 1 < UINT32_MAX;
}

/* Writing an event starts sampling with the other registers' values; writing 0 stops. */
static void write_sampler(HwCore *core, u32 number, u64 v)
{
    HwSampler *sampler = hw_model_sampler(core->model, sampler_unit(number));
    u64 *s = core->csr->sample[sampler_unit(number)];
    number = sampler_register(number);
    if (number == CSR_SAMPLE_COUNT) {
        hw_sampler_drain(sampler);
    } else if (number == CSR_SAMPLE_REGS) { /* a register's number in each of the three low bytes */
        s[number - CSR_SAMPLE_BASE] = v &= 0x1f1f1f;
        hw_sampler_regs(sampler, v & 31, v >> 8 & 31, v >> 16 & 31);
    } else if (number != CSR_SAMPLE_EVENT) {
        s[number - CSR_SAMPLE_BASE] = v;
    } else if (v == HW_SMP_OFF || v > HW_SMP_MISPREDICT || !buffer_ok(s)) {
        hw_sampler_stop(sampler);
        s[number - CSR_SAMPLE_BASE] = HW_SMP_OFF;
    } else {
        s[number - CSR_SAMPLE_BASE] = v;
        hw_sampler_program(sampler, (HwSampleEvent)v, s[0], (u32)s[CSR_SAMPLE_SIZE - CSR_SAMPLE_BASE],
                           (u32)s[CSR_SAMPLE_PERIOD - CSR_SAMPLE_BASE], s[CSR_SAMPLE_SEED - CSR_SAMPLE_BASE]);
    }
}

static u64 read_sampler(const HwCore *core, u32 number)
{
    ASSERT(core->model && is_sampler(number));
    u32 unit = sampler_unit(number);
    number = sampler_register(number);
    if (number == CSR_SAMPLE_COUNT) return hw_sampler_count(hw_model_sampler(core->model, unit));
    return core->csr->sample[unit][number - CSR_SAMPLE_BASE];
}

/* --- the map --------------------------------------------------------------------------------------------------- */

static bool csr_read(const HwCore *core, u32 number, u64 *v)
{
    if (number == CSR_FFLAGS) *v = core->fcsr & 31;
    else if (number == CSR_FRM) *v = core->fcsr >> 5;
    else if (number == CSR_FCSR) *v = core->fcsr;
    else if (number - CSR_CYCLE < COUNTERS) *v = read_counter(core, number - CSR_CYCLE);
    else if (is_machine_counter(number)) *v = read_counter(core, number - CSR_MCYCLE);
    else if (is_event_selector(number)) *v = core->csr->event[number - CSR_MHPMEVENT0];
    else if (core->model && is_sampler(number)) *v = read_sampler(core, number);
    else if (core->model && number - CSR_KNOB0 < HW_KNOB_COUNT) *v = hw_knob_get(core->model, (HwKnob)(number - CSR_KNOB0));
    else return false;
    return true;
}

static bool csr_write(HwCore *core, u32 number, u64 v)
{
    if (number == CSR_FFLAGS) core->fcsr = (core->fcsr & 0xe0) | (v & 31);
    else if (number == CSR_FRM) core->fcsr = (core->fcsr & 31) | (u32)(v & 7) << 5;
    else if (number == CSR_FCSR) core->fcsr = v & 0xff;
    else if (is_machine_counter(number)) core->csr->base[number - CSR_MCYCLE] = event_value(core, number - CSR_MCYCLE) - v;
    else if (is_event_selector(number)) select_event(core, number - CSR_MHPMEVENT0, v);
    else if (core->model && is_sampler(number)) write_sampler(core, number, v);
    else if (core->model && number - CSR_KNOB0 < HW_KNOB_COUNT) hw_knob_set(core->model, (HwKnob)(number - CSR_KNOB0), v);
    else return false;
    return true;
}

bool hw_csr_op(HwCore *core, u32 number, HwCsrOp how, u64 operand, bool writes, u64 *old)
{
    ASSERT(number < 4096);
    if (!csr_read(core, number, old)) return false;
    if (!writes) return true;
    u64 v = how == HW_CSR_SWAP ? operand : how == HW_CSR_SET ? *old | operand : *old & ~operand;
    return csr_write(core, number, v);
}
