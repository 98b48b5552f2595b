/* The compiler: its passes in order, and what is told of its work. */
#include "jit/jit.h"
#include "base/log.h"
#include "hwsim/core.h"
#include "jit/flush.h"
#include "jit/frames.h"
#include "jit/hints.h"
#include "jit/loop.h"
#include "jit/policy.h"
#include "jit/costs.h"
#include "vm/sched.h"
#include "vm/sim.h"
#include <stdio.h>
#include <string.h>

JitOptions jit_options;
static u64 compilations, aborts[ABORT_COUNT], compiled_bytes, compiled_insns;
extern u64 jit_leaves[REASON_COUNT], jit_interpreted_calls, jit_host_calls[REC_COUNT];

static bool dumps(char letter) { return jit_options.dump && strchr(jit_options.dump, letter); }

/* ---- The passes ------------------------------------------------------------------------------------------------------- */
typedef struct Pass { const char *name; void (*run)(IrFn *f); bool optional; } Pass; /* optional: code is right without it */
static const Pass passes[] = {
    { "value numbering", jit_gvn, false },
    { "phis", ir_phis, false },
    { "memory", jit_memory, true },
    { "value numbering", jit_gvn, false },
    { "jump threading", jit_thread, true },
    { "conditions", jit_conditions, true },
    { "escaping objects", jit_escape, true },
    { "choices", jit_choose, true },
    { "loops", jit_loops, false },
    { "unrolling", jit_unroll, true },
    { "value numbering", jit_gvn, false },
    { "phis", ir_phis, false },
    { "dead code", ir_dce, false },
    { "critical edges", ir_split_critical, false },
    { "hints", jit_hints, false },
    { "selection", jit_select, false },
    { "schedule", jit_schedule, true },
    { "torture", jit_torture, false },
};

/* Is it in the list? Names are separated by commas. */
static bool lists(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = list; p && *p; p += strcspn(p, ","), p += *p == ',')
        if (strcspn(p, ",") == n && !memcmp(p, name, n)) return true;
    return false;
}

bool jit_schedules(void) { return (jit_options.waits_at_use || jit_options.torture & JIT_TORTURE_SCHEDULE) && !lists(jit_options.without, "schedule"); }

bool jit_can_do_without(const char *list)
{
    size_t known = 0, all = 1;
    for (const char *p = list; *p; p++) all += *p == ',';
    for (u32 i = 0; i < NELEM(passes); i++) known += passes[i].optional && lists(list, passes[i].name);
    return known == all;
}

static void optimize(IrFn *f)
{
    jit_check(f, "building");
    if (dumps('b')) jit_dump(f, "built");
    for (u32 i = 0; i < NELEM(passes); i++) {
        if (!passes[i].optional || !lists(jit_options.without, passes[i].name)) passes[i].run(f);
        if (jit_options.torture || i + 1 == NELEM(passes)) jit_check(f, passes[i].name);
    }
    if (dumps('i')) jit_dump(f, "optimized");
}

/* ---- What is told ---------------------------------------------------------------------------------------------------------- */
static void dump_code(const JitCode *c)
{
    u32 where = ~0u;
    for (u64 pc = c->start; pc < c->end; pc += 4) {
        char text[96];
        u32 w = code_where(c, pc);
        if (w != where) printf("  ; %s:%u\n", c->scopes.data[w >> 16].m->name->bytes, w & 0xffff);
        where = w;
        hw_disassemble((void *)pc, pc, text, sizeof text);
        printf("    %llx  %s\n", (unsigned long long)pc, text);
    }
    fflush(stdout);
}

#define A(name, text) text,
static const char *const abort_texts[] = {
#include "jit/aborts.def"
};
#undef A
#define R(name, text, traps) text,
static const char *const reason_texts[] = {
#include "jit/reasons.def"
};
#undef R
#define K(name, text) text,
static const char *const record_texts[] = {
#include "jit/records.def"
};
#undef K

static void tell(const Method *m, i32 osr_bci, int abort, const JitCode *c)
{
    printf("jit: %s.%s%s", m->owner->name->bytes, m->name->bytes, m->desc->bytes);
    if (osr_bci >= 0) printf(" from bytecode %d", osr_bci);
    if (c) printf(": %llu bytes at 0x%llx\n", (unsigned long long)(c->end - c->start), (unsigned long long)c->start);
    else printf(": %s\n", abort_texts[abort]);
}

typedef struct Top { Vec(Method *) methods; } Top;
static void collect(void *ctx, Class *c)
{
    Top *top = ctx;
    for (u32 i = 0; c->kind == CLASS_INSTANCE && i < c->nmethods; i++)
        if (c->methods[i].jit && c->methods[i].jit->calls >= 1000) vec_push(&top->methods, &c->methods[i]);
}
static int by_calls(const void *a, const void *b)
{
    u32 x = (*(Method *const *)a)->jit->calls, y = (*(Method *const *)b)->jit->calls;
    return x > y ? -1 : x < y;
}

/* Which methods without code it is that compiled code calls most. */
static void tell_calls(void)
{
    Top top = { 0 };
    classes_each(collect, &top);
    if (top.methods.len) qsort(top.methods.data, top.methods.len, sizeof *top.methods.data, by_calls);
    for (size_t i = 0; i < top.methods.len && i < 12; i++) {
        const Method *m = top.methods.data[i];
        fprintf(stderr, "jit: %10u calls of %s.%s%s%s%s\n", m->jit->calls, m->owner->name->bytes, m->name->bytes, m->desc->bytes,
                m->jit->abort ? ": " : "", m->jit->abort ? abort_texts[m->jit->abort] : "");
    }
    vec_free(&top.methods);
}

void jit_statistics(void)
{
    if (!dumps('s')) return;
    tell_calls();
    fprintf(stderr, "jit: %llu compilations, %llu instructions, %llu bytes of code; %llu calls to interpreted methods\n", (unsigned long long)compilations,
            (unsigned long long)compiled_insns, (unsigned long long)compiled_bytes, (unsigned long long)jit_interpreted_calls);
    if (jit_flushes) fprintf(stderr, "jit: %llu times room was made in the code cache\n", (unsigned long long)jit_flushes);
    for (u32 i = 1; i < ABORT_COUNT; i++)
        if (aborts[i]) fprintf(stderr, "jit: %8llu not compiled: %s\n", (unsigned long long)aborts[i], abort_texts[i]);
    for (u32 i = 1; i < REASON_COUNT; i++)
        if (jit_leaves[i]) fprintf(stderr, "jit: %8llu times left: %s\n", (unsigned long long)jit_leaves[i], reason_texts[i]);
    for (u32 i = 0; i < REC_COUNT; i++)
        if (jit_host_calls[i]) fprintf(stderr, "jit: %8llu host calls: %s\n", (unsigned long long)jit_host_calls[i], record_texts[i]);
}

/* ---- Compiling ---------------------------------------------------------------------------------------------------------------- */
static JitCode *generate(IrFn *f)
{
    JitCode *c = xcalloc(1, sizeof *c);
    Asm a = { 0 };
    c->m = f->m, c->osr_bci = f->osr_bci, c->insns = (u32)f->ins.len, c->sync = f->m->access & ACC_SYNCHRONIZED;
    for (size_t i = 0; i < f->scopes.len; i++)
        vec_push(&c->scopes, ((JitScope){ f->scopes.data[i].m, f->scopes.data[i].parent, i ? ir_state(f, f->scopes.data[i].parent_state)->bci : 0 }));
    for (size_t i = 0; i < f->uses_class.len; i++) vec_push(&c->uses_class, f->uses_class.data[i]);
    f->abort = emit_code(f, c, &a);
    if (!f->abort && !code_install(c, a.code.data, (u32)a.code.len)) f->abort = ABORT_CODE_FULL;
    as_free(&a);
    if (!f->abort) {
        link_code(c);
        return c;
    }
    code_free(c);
    return NULL;
}

JitCode *jit_compile(Thread *t, Method *m, i32 osr_bci)
{
    (void)t;
    JitCode *c = NULL;
    u64 began = sched_now();
    charge_begin(SVC_COMPILE);
    IrFn *f = ir_new(m, osr_bci);
    bool built = jit_build(f);
    if (f->abort == ABORT_ORDER) {
        ir_free(f);
        f = ir_new(m, osr_bci);
        f->careful = true;
        built = jit_build(f);
    }
    if (built) {
        optimize(f);
        c = generate(f);
    }
    charge_units(compile_insn, f->ins.len);
    u32 young = policy_young(t, f);
    if (c) c->young = young;
    charge_end();
    vm_compile_nanos += sched_now() - began;
    compiled_insns += f->ins.len;
    policy_method(m)->compilations++;
    if (c) compilations++, compiled_bytes += c->end - c->start;
    else aborts[f->abort]++;
    if (!c && f->abort != ABORT_OSR_STACK && f->abort != ABORT_OSR_PLACE && f->abort != ABORT_CODE_FULL) m->jit->abort = (u8)f->abort;
    if (dumps('c')) tell(m, osr_bci, f->abort, c);
    if (c && dumps('a')) dump_code(c);
    ir_free(f);
    return c;
}

/* ---- Start ----------------------------------------------------------------------------------------------------------------------- */
void policy_start(bool native);
void service_install(void);

void jit_init(bool native)
{
    if (WIN_BASE) die("--jit=on: there is no compiler in builds with windows at high addresses");
    frames_make_stubs(native);
    service_install();
    policy_start(native);
}
