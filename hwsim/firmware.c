/* Charging firmware: host code that works on the program's behalf pays with cycles and cache contents of the core. Work
   is charged to the innermost open service; its accesses go through DTLB and L1D like the program's. What the program
   itself executes while a service is open (a service that calls back) is not the service's.

   A model may have a twin, which executes the same program at another time (lockstep): what firmware does to the one is noted, for the
   twin to be given when it has come to the same place. */
#include "hwsim/mem.h"
#include "hwsim/system.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ONE 65536 /* 16.16 */

/* ---- twins -------------------------------------------------------------------------------------------------- */

typedef enum EchoKind { ECHO_BEGIN, ECHO_END, ECHO_ACCESS, ECHO_WORK, ECHO_WAIT } EchoKind;
typedef struct Echo { HwModel *twin; u64 a, b; u8 kind; bool write; } Echo;
/* Cores that share memory share the list: what they were charged comes to their twins in one order. */
typedef struct EchoList { Vec(Echo) noted; u32 users; } EchoList;
struct HwEchoes { HwModel *twin; EchoList *list; };

static EchoList *list_of_system(const HwSystem *s)
{
    for (u32 i = 0; s && i < s->cores; i++)
        if (s->core[i]->echoes) return s->core[i]->echoes->list;
    return xcalloc(1, sizeof(EchoList));
}

void hw_model_twin(HwModel *m, HwModel *twin)
{
    ASSERT(!m->echoes && m->width == twin->width && m->services.len == twin->services.len);
    EchoList *list = list_of_system(m->system);
    list->users++;
    m->echoes = xcalloc(1, sizeof *m->echoes);
    *m->echoes = (struct HwEchoes){ twin, list };
    twin->fw_scale = m->fw_scale;
}

void echoes_free(HwModel *m)
{
    EchoList *list = m->echoes ? m->echoes->list : NULL;
    free(m->echoes);
    if (!list || --list->users) return;
    vec_free(&list->noted);
    free(list);
}

static void note(HwModel *m, EchoKind kind, u64 a, u64 b, bool write)
{
    if (UNLIKELY(m->echoes != NULL)) vec_push(&m->echoes->list->noted, ((Echo){ m->echoes->twin, a, b, (u8)kind, write }));
}

void echo_wait(HwModel *m, u64 ticks, HwCounter why) { note(m, ECHO_WAIT, ticks, why, false); }

void hw_model_tell_twin(HwModel *m)
{
    if (!m->echoes) return;
    EchoList *list = m->echoes->list;
    for (size_t i = 0; i < list->noted.len; i++) {
        const Echo *x = &list->noted.data[i];
        switch ((EchoKind)x->kind) {
        case ECHO_BEGIN: hw_fw_begin(x->twin, (int)x->a); break;
        case ECHO_END: hw_fw_end(x->twin); break;
        case ECHO_ACCESS: hw_fw_access(x->twin, x->a, x->b, x->write); break;
        case ECHO_WORK: hw_fw_work(x->twin, x->a); break;
        case ECHO_WAIT: hw_wait_until(x->twin, x->a, (HwCounter)x->b); break;
        }
    }
    vec_clear(&list->noted);
}

/* ---- services ------------------------------------------------------------------------------------------------- */

int hw_fw_service(HwModel *m, const char *name)
{
    HwService s = { .name = xstrdup(name) };
    ASSERT(m->services.len < 255);
    vec_push(&m->services, s);
    if (m->echoes) hw_fw_service(m->echoes->twin, name);
    return (int)m->services.len;
}

int hw_fw_services(const HwModel *m)
{
    return (int)m->services.len;
}

static const HwService *service(const HwModel *m, int number)
{
    if (number < 1 || (size_t)number > m->services.len) panic("no firmware service %d", number);
    return &m->services.data[number - 1];
}

const char *hw_fw_name(const HwModel *m, int number)
{
    return service(m, number)->name;
}

u64 hw_fw_cycles(const HwModel *m, int number)
{
    return service(m, number)->ticks / m->width;
}

u64 hw_fw_instructions(const HwModel *m, int number)
{
    return service(m, number)->instructions;
}

void hw_charge_scale(HwModel *m, double scale)
{
    ASSERT(scale >= 0 && scale <= 10000);
    m->fw_scale = (u64)llround(scale * ONE);
    if (m->echoes) hw_charge_scale(m->echoes->twin, scale);
}

double hw_least_cpi(const HwModel *m)
{
    return m->timing ? 1.0 / m->width : 0;
}

double hw_fw_cpi(const HwModel *m)
{
    double cpi = m->timing ? (double)m->fw_cpi / ONE / m->width : 1;
    return (double)m->fw_scale / ONE * cpi;
}

void hw_fw_begin(HwModel *m, int number)
{
    service(m, number);
    note(m, ECHO_BEGIN, (u64)number, 0, false);
    stall_drain(m);
    if (m->fw_depth == FW_DEPTH) panic("more than %d firmware services open", FW_DEPTH);
    m->fw_stack[m->fw_depth++] = number;
}

void hw_fw_end(HwModel *m)
{
    if (!m->fw_depth) panic("no firmware service is open");
    note(m, ECHO_END, 0, 0, false);
    m->fw_depth--;
}

static int open_service(const HwModel *m)
{
    if (!m->fw_depth) panic("firmware charge outside of a service");
    return m->fw_stack[m->fw_depth - 1];
}

void hw_fw_access(HwModel *m, u64 addr, u64 size, bool write)
{
    int number = open_service(m);
    stall_drain(m);
    u64 before = model_now(m);
    note(m, ECHO_ACCESS, addr, size, write);
    if (UNLIKELY(m->followers.len)) follow_firmware(m, addr, size, write);
    if (UNLIKELY(m->tracing)) trace_firmware(m->tracing, number, addr, size, write);
    model_data(m, 0, addr, size, write ? HW_ACC_STORE : HW_ACC_LOAD, number);
    u64 ticks = model_now(m) - before;
    m->services.data[number - 1].ticks += ticks;
    m->fw_ticks += ticks;
}

/* n * factor / ONE, carrying the fraction over to the next call. */
static u64 scaled(u64 n, u64 factor, u64 *rest)
{
    unsigned __int128 v = (unsigned __int128)n * factor + *rest;
    *rest = (u64)v % ONE;
    return (u64)(v / ONE);
}

void hw_fw_work(HwModel *m, u64 instructions)
{
    HwService *s = &m->services.data[open_service(m) - 1];
    note(m, ECHO_WORK, instructions, 0, false);
    stall_drain(m);
    u64 n = scaled(instructions, m->fw_scale, &m->fw_scale_rest);
    u64 ticks = m->timing ? scaled(n, m->fw_cpi, &m->fw_cpi_rest) : n;
    if (UNLIKELY(m->followers.len)) follow_work(m, n);
    s->instructions += n;
    s->ticks += ticks;
    m->fw_instructions += n;
    m->fw_ticks += ticks;
    m->f.extra += ticks;
}
