/* Which branches are hinted, and by what: decided from samples of mispredicts and from counters, as software on the core could.

     survey    samples of mispredicts are counted by branch; the one with most of them that can be hinted is looked at
     focus     samples quote the registers that its operands and the loop counter are in; from the values and the outcome that they imply follows
               for each how much it tells: the share of samples that a table of values seen before foretells right
     trial     the method is compiled again with hints of the best; value.gained and value.harmed against what the instructions cost decide
               whether they stay. If many hints are late, the distance grows first.

   One branch at a time, so that counters speak of it alone. All of it is firmware, charged, and there is an account of it: what samples, compilations and hints
   have cost, against what hints have saved and a small share of the cycles so far. A branch is looked at when the account allows for it, or when its mispredicts
   have cost several times as much as finding out; after each failure many times as much. Where a value tells no more than that mispredicts mostly go
   one way, the account alone decides: of how the branch goes when it is predicted right, samples say nothing. So short runs try little. */
#include "base/log.h"
#include "base/window.h"
#include "hwsim/samples.h"
#include "jit/costs.h"
#include "jit/hints.h"
#include "jit/policy.h"
#include "vm/opcodes.h"
#include "vm/profile.h"
#include "vm/sim.h"
#include <math.h>
#include <string.h>

enum {
    BUFFER = 32, SURVEY_PERIOD = 61, FOCUS_PERIOD = 13,
    PATIENCE = 8, RARE = 1 << 16, /* buffers of a survey after which samples are taken half as often; mispredicts of one at most */
    SURVEY = 48,             /* samples of one branch that make it worth a look */
    FOCUS = 256, FOCUS_LIMIT = 8192, FOCUS_IDLE = 1024, /* samples to look at; in all while waiting for them, and for the first */
    ENOUGH_PERCENT = 60,     /* of mispredicted executions must be foretold */
    PROMISING = 10,          /* percent more than by the outcome that is most frequent among them */
    NEARLY_ALL = 90,         /* percent of mispredicts go one way: then any value foretells them */
    SELDOM = 25,             /* percent of the executions of a branch that mostly goes one way */
    TRIAL_HINTS = 3000, TRIAL_LIMIT = 400, /* hints; buffers of samples: the branch may not be executed any more, */
    TRIAL_IDLE = 16,         /* or the new code may have no hint, as it is another one */
    LATE_PERCENT = 10, FIRST_DISTANCE = 64, MAX_DISTANCE = 256,
    PENALTY = 100, INSTRUCTION = 6, HINT = 20, /* tenths of a cycle: what a mispredict costs, an instruction more in a loop, a hint with all that computes it */
    SAMPLE = 70,             /* cycles that a sample takes, to be stored and looked at */
    SHARE = 400,             /* one in so many cycles may be spent */
    REMAKE = 2,              /* what is compiled costs as much again until it runs as before */
    EARNED = 0, CAUTION = 4, /* mispredicts must have cost 2^EARNED times as much as a trial does, after n failures 2^(EARNED + n CAUTION) times */
    SPOTS = 512, BUCKETS = 256
};

typedef enum SpotState { SPOT_SURVEY, SPOT_FOCUS, SPOT_TRIAL, SPOT_KEPT, SPOT_WITHDRAWN, SPOT_NO_VALUE, SPOT_UNHINTABLE } SpotState;
static const char *const state_names[] = { "surveyed", "looked at", "on trial", "kept", "withdrawn", "no value tells", "cannot be hinted" };

typedef struct Spot { /* a branch of the program, however often it is compiled */
    const Method *m;
    u32 bci, samples;
    u64 mispredicts;      /* about: by the samples */
    u8 state, value;      /* SpotState, HintValue */
    bool doubtful;        /* looked at, and not promising */
    u8 cost;              /* instructions that a hint takes */
    u8 share[HINT_VALUES];/* percent foretold by each value */
    u64 issued, late, used, correct, gained, harmed; /* during its trial */
} Spot;

static struct {
    HwModel *model;
    HwSampler *sampler;
    HwSample *buffer;
    u64 seed, drains;
    u64 spent;            /* cycles */
    u32 failures;         /* trials in a row that showed no gain */
    u32 period, surveyed; /* of surveys; buffers since it was last changed */
    Spot spots[SPOTS];
    u32 nspots;
    Spot *current;        /* in focus or on trial */
    u32 distance;
    u32 seen, waited;     /* samples in focus; all meanwhile */
    u64 value[FOCUS][HINT_VALUES], outcome[FOCUS];
    JitCode *code;        /* of the branch in focus */
    u32 site_pc;
    u64 price;            /* of a trial of it: cycles of compiling that code again */
    HwCounters mark;
} H = { .distance = FIRST_DISTANCE, .period = SURVEY_PERIOD };

u32 hint_distance(void) { return H.distance; }

HintValue hint_wanted(const Method *m, u32 bci)
{
    if (jit_options.hints != HINTS_ON) return HINT_NONE;
    for (u32 i = 0; i < H.nspots; i++) {
        const Spot *s = &H.spots[i];
        if (s->m == m && s->bci == bci) return s->state == SPOT_TRIAL || s->state == SPOT_KEPT ? (HintValue)s->value : HINT_NONE;
    }
    return HINT_NONE;
}

static Spot *spot_of(const Method *m, u32 bci)
{
    for (u32 i = 0; i < H.nspots; i++)
        if (H.spots[i].m == m && H.spots[i].bci == bci) return &H.spots[i];
    if (H.nspots == SPOTS) return NULL;
    Spot *s = &H.spots[H.nspots++];
    *s = (Spot){ .m = m, .bci = bci };
    return s;
}

void hint_made(const Method *m, u32 bci, u32 cost)
{
    Spot *s = spot_of(m, bci);
    if (s) s->cost = (u8)cost;
}

/* ---- What it costs ---------------------------------------------------------------------------------------------------- */
static void spend_work(u64 instructions) { H.spent += (u64)(hw_fw_cpi(H.model) * (f64)instructions); }

/* Cycles of compiling the code again. */
static u64 remake_cost(const JitCode *c) { return (u64)(hw_fw_cpi(H.model) * (f64)c->insns * COST_compile_insn) * REMAKE; }

static u64 counted(HwCounter c) { return hw_counter(H.model, c); }

static bool affordable(u64 cost)
{
    i64 saved = ((i64)(counted(HWC_VALUE_GAINED) - counted(HWC_VALUE_HARMED)) * PENALTY - (i64)counted(HWC_HINT_ISSUED) * HINT) / 10;
    return (i64)(H.spent + cost) <= saved + (i64)(hw_cycle(H.model) / SHARE);
}

static bool worth_a_look(const Spot *s, const JitCode *c)
{
    u64 seen = 0;
    for (u32 i = 0; i < H.nspots; i++) seen += H.spots[i].samples;
    u64 cost = FOCUS * SAMPLE * seen / s->samples + remake_cost(c), lost = s->mispredicts * PENALTY / 10;
    u32 times = EARNED + CAUTION * H.failures;
    return affordable(cost) || (!s->doubtful && times < 64 && lost >> times >= cost);
}

/* ---- Sampling --------------------------------------------------------------------------------------------------------- */
/* Samples come often while one branch is looked at or on trial, so that neither takes longer than it must. */
static void program(const HintSite *focus)
{
    hw_sampler_regs(H.sampler, focus ? focus->reg[HINT_A] : 0, focus ? focus->reg[HINT_B] : 0, focus ? focus->reg[HINT_COUNTER] : 0);
    hw_sampler_program(H.sampler, HW_SMP_MISPREDICT, (u64)H.buffer, BUFFER, H.current ? FOCUS_PERIOD : H.period, H.seed + H.drains);
}

static const HintSite *site_at(const JitCode *c, u64 pc)
{
    for (size_t i = 0; i < c->sites.len; i++)
        if (c->start + c->sites.data[i].pc == pc) return &c->sites.data[i];
    return NULL;
}

static bool has_site(const JitCode *c, u32 where)
{
    for (size_t i = 0; i < c->sites.len; i++)
        if (c->sites.data[i].where == where) return true;
    return false;
}

/* ---- What a value tells ----------------------------------------------------------------------------------------------- */
static u32 bucket(u64 v) { return (u32)(v * 0x9e3779b97f4a7c15ull >> 56); }

/* Percent of the samples whose outcome is what the same value, or one of its magnitude, led to last time. */
static u32 foretold(HintValue which)
{
    struct { u64 outcome; bool known; } fine[BUCKETS] = { 0 }, coarse[BUCKETS] = { 0 };
    u32 right = 0;
    for (u32 k = 0; k < H.seen; k++) {
        u64 v = H.value[k][which];
        u32 x = bucket(v), top = v ? 63 - (u32)__builtin_clzll((i64)v < 0 ? ~v | 1 : v) : 0, y = top | ((i64)v < 0) << 7;
        if (fine[x].known) right += fine[x].outcome == H.outcome[k];
        else if (coarse[y].known) right += coarse[y].outcome == H.outcome[k];
        fine[x].outcome = coarse[y].outcome = H.outcome[k], fine[x].known = coarse[y].known = true;
    }
    return right * 100 / H.seen;
}

/* The same of nothing but the outcome that is most frequent. */
static u32 one_way(void)
{
    u32 n[BUCKETS] = { 0 }, most = 0;
    for (u32 k = 0; k < H.seen; k++)
        if (++n[bucket(H.outcome[k])] > most) most = n[bucket(H.outcome[k])];
    return most * 100 / H.seen;
}

/* Does the branch go either way often, by the interpreter's profile? Then what is predicted right, of which there are no samples, is no single outcome either. */
static bool goes_both_ways(const Spot *s)
{
    ProfileBranch p = profile_branch(s->m, s->bci);
    u64 less = p.taken < p.not_taken ? p.taken : p.not_taken, all = (u64)p.taken + p.not_taken;
    return less * 100 > all * SELDOM;
}

static void see(const HwSample *s, const HintSite *site)
{
    u64 v[HINT_VALUES] = { 0 };
    for (u32 k = HINT_A; k < HINT_VALUES; k++) v[k] = site->reg[k] ? s->regs[k - HINT_A] : (u64)site->constant[k];
    H.outcome[H.seen] = site->op == IR_IF ? cond_holds((IrCond)site->cc, (i64)v[HINT_A], (i64)v[HINT_B]) : v[HINT_A];
    memcpy(H.value[H.seen], v, sizeof v);
    H.seen++;
}

/* ---- Steps ----------------------------------------------------------------------------------------------------------------- */
static void survey_again(void)
{
    H.current = NULL, H.code = NULL;
    program(NULL);
}

static void start_focus(Spot *spot, JitCode *c, const HintSite *site)
{
    spot->state = SPOT_FOCUS;
    H.current = spot, H.code = c, H.site_pc = site->pc, H.price = remake_cost(c);
    H.seen = H.waited = 0;
    program(site);
}

static void start_trial(Spot *spot)
{
    spot->state = SPOT_TRIAL;
    H.spent += H.price;
    policy_remake(spot->m);
    H.waited = 0;
    hw_read_counters(H.model, &H.mark);
    H.code = NULL;
    program(NULL);
}

/* Whom a call runs is what the receiver's class says, also where classes are compared one after the other. */
static bool is_call(const Spot *s)
{
    u8 op = s->m->original[s->bci];
    return op == OP_invokevirtual || op == OP_invokeinterface;
}

static void decide(Spot *spot, const HintSite *site)
{
    charge_units(hint_decide, 1);
    spend_work(COST_hint_decide);
    u32 best = HINT_NONE;
    for (u32 k = HINT_A; k < HINT_VALUES; k++) {
        if (!(site->can >> k & 1) || (k == HINT_COUNTER && !site->reg[k])) continue;
        spot->share[k] = (u8)foretold((HintValue)k);
        if (!best || spot->share[k] > spot->share[best]) best = k;
    }
    if (!best || spot->share[best] < ENOUGH_PERCENT) {
        spot->state = SPOT_NO_VALUE;
        survey_again();
        return;
    }
    spot->value = (u8)best;
    u32 most = one_way();
    spot->doubtful = !is_call(spot) && spot->share[best] < most + PROMISING && (most > NEARLY_ALL || !goes_both_ways(spot));
    if (spot->doubtful && !affordable(H.price)) {
        spot->state = SPOT_SURVEY;
        survey_again();
        return;
    }
    if (jit_options.hints == HINTS_ON) start_trial(spot);
    else spot->state = SPOT_KEPT, survey_again();
}

static u64 since(HwCounter c) { return hw_counter(H.model, c) - H.mark.n[c]; }

static void judge(Spot *spot)
{
    u64 issued = since(HWC_HINT_ISSUED);
    if (issued < TRIAL_HINTS && ++H.waited < (issued ? TRIAL_LIMIT : TRIAL_IDLE)) return;
    spot->issued = issued, spot->late = since(HWC_HINT_LATE), spot->used = since(HWC_HINT_USED), spot->correct = since(HWC_HINT_CORRECT);
    spot->gained = since(HWC_VALUE_GAINED), spot->harmed = since(HWC_VALUE_HARMED);
    if (issued >= TRIAL_HINTS && spot->late * 100 > issued * LATE_PERCENT && H.distance < MAX_DISTANCE) {
        H.distance *= 2;
        policy_decide(spot->m, false);
        start_trial(spot);
        return;
    }
    bool pays = issued >= TRIAL_HINTS && spot->gained > spot->harmed && (spot->gained - spot->harmed) * PENALTY > issued * spot->cost * INSTRUCTION;
    spot->state = pays ? SPOT_KEPT : SPOT_WITHDRAWN;
    policy_decide(spot->m, pays);
    H.failures = pays ? 0 : H.failures + 1;
    survey_again();
}

static void take_sample(const HwSample *s)
{
    charge_touch(s, sizeof *s, false);
    charge_units(hint_sample, 1);
    JitCode *c = IN_WINDOW(CODE, s->pc) ? code_at(s->pc) : NULL;
    if (!c) return;
    if (H.current && H.current->state == SPOT_FOCUS) {
        if (c == H.code && s->pc == c->start + H.site_pc && H.seen < FOCUS) see(s, site_at(c, s->pc));
        return;
    }
    u32 where = code_where(c, s->pc);
    const HintSite *site = site_at(c, s->pc);
    bool beside = !site && has_site(c, where); /* another branch of the same bytecode: a switch's bounds, beside its jump; of a call, whose hints are for all */
    Spot *spot = spot_of(c->scopes.data[where >> 16].m, where & 0xffff);
    if (!spot || (beside && !is_call(spot))) return;
    spot->samples++;
    spot->mispredicts += H.current ? FOCUS_PERIOD : H.period;
    if (H.current || beside || !c->valid || spot->state != SPOT_SURVEY || spot->samples < SURVEY) return;
    if (!site) spot->state = SPOT_UNHINTABLE;
    else if (worth_a_look(spot, c)) start_focus(spot, c, site);
}

void hints_safepoint(void)
{
    u32 n = H.sampler ? hw_sampler_count(H.sampler) : 0; /* boot comes here too */
    if (n < BUFFER) return;
    charge_begin(SVC_COMPILE);
    HwSample read[BUFFER];
    memcpy(read, H.buffer, sizeof read);
    hw_sampler_drain(H.sampler);
    H.drains++;
    H.spent += n * SAMPLE;
    const Spot *was = H.current;
    for (u32 i = 0; i < n && H.current == was; i++) take_sample(&read[i]);
    Spot *spot = H.current;
    if (spot && spot == was && spot->state == SPOT_FOCUS) {
        H.waited += n;
        if (H.seen == FOCUS) {
            decide(spot, site_at(H.code, H.code->start + H.site_pc));
        } else if (H.waited > (H.seen ? FOCUS_LIMIT : FOCUS_IDLE) || !H.code->valid) {
            spot->state = SPOT_SURVEY, spot->samples = 0, spot->mispredicts = 0;
            survey_again();
        }
    } else if (spot && spot->state == SPOT_TRIAL) {
        judge(spot);
    } else if (!spot && ++H.surveyed == PATIENCE) { /* who mispredicts most has shown by now */
        H.surveyed = 0;
        if (H.period < RARE) H.period *= 2;
        program(NULL);
    }
    charge_end();
}

void hints_start(HwModel *model, u64 seed)
{
    H.model = model, H.seed = seed;
    H.sampler = hw_model_sampler(model, SAMPLER_MISPREDICTS);
    H.buffer = window_alloc(&win_table, BUFFER * sizeof *H.buffer, 64);
    program(NULL);
}

void hints_tell(void)
{
    static const char *const values[] = { "-", "operand", "second operand", "loop counter" };
    fprintf(stderr, "hints: distance %u instructions; %u branches; %llu cycles spent\n", H.distance, H.nspots, (unsigned long long)H.spent);
    for (u32 i = 0; i < H.nspots; i++) {
        const Spot *s = &H.spots[i];
        if (s->samples < SURVEY && s->state == SPOT_SURVEY) continue;
        fprintf(stderr, "hints: %s.%s:%u: %u samples, %s by %s (foretold: %u %u %u %%); trial: %llu issued, %llu late, %llu used, %llu correct, %llu gained, %llu harmed\n",
                s->m->owner->name->bytes, s->m->name->bytes, s->bci, s->samples, state_names[s->state], values[s->value], s->share[HINT_A], s->share[HINT_B],
                s->share[HINT_COUNTER], (unsigned long long)s->issued, (unsigned long long)s->late, (unsigned long long)s->used,
                (unsigned long long)s->correct, (unsigned long long)s->gained, (unsigned long long)s->harmed);
    }
}
