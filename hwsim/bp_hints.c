/* Where the value component gets its digests from, and whether they are there in time.

   Hints (`hint.val`) queue in the order in which they were made. A branch takes the oldest one that names it, whether
   that is in time or not: each hint speaks of one execution of its branch. It is in time if its digest is visible when
   the branch is fetched:
     level counts   if the hint is at least branch.hint_min_distance instructions ahead of the branch
     level timing   if the value was ready branch.digest_cycles before that
   A branch is fetched when the instruction issues that is one front end (branch.mispredict_cycles x issue width) ahead of
   it, since that many instructions fit between fetch and issue; or later, after a mispredict, which empties the front
   end. Out of order, dispatch stands for issue, and a value is ready when its instruction is done. Issue times are noted at
   control transfers (but direct jumps) and hints; in between, every instruction takes its slot.

   Hints carry the number of the last control transfer before them. When a transfer turns out to be mispredicted, those
   made behind it are dropped with the path that they were made on.

   Automatic digests (branch.auto_digest) are what hardware can do alone: it keeps digests of all integer registers, as
   they become visible under the same rules, and tries for each branch which register tells most: one is in use, another
   on trial, and every TRIAL executions the better one stays. */
#include "hwsim/mem.h"
#include <stdlib.h>
#include <string.h>

enum { QUEUE_MAX = 64, MOMENTS = 512, TRIAL = 64, PATH_BITS = 8, REGISTERS = 32 };
enum { SCORE_BITS = 8, SELECTOR_BITS = 5 + 5 + 2 * SCORE_BITS + 6 };

typedef struct Moment { u64 instret, tick, ready; } Moment; /* the instruction to issue next, when, and when all before it were done */
typedef struct Hint { u64 target, path; Moment made; BpDigest digest; } Hint;
typedef struct Selector { u8 used, tried, age; i8 used_score, tried_score; } Selector;

struct BpHints {
    Hint queue[QUEUE_MAX]; /* the oldest first */
    u32 n, size;
    Moment moment[MOMENTS]; /* a ring */
    u64 moments;
    Moment redirect;
    u64 distance, front_end; /* instructions */
    u64 digest_ticks;
    u64 (*registers)[REGISTERS]; /* at each moment; NULL: no automatic digests */
    Selector *selector;
    u32 selectors;
};

static u64 queue_bits(u32 size)
{
    return (u64)size * (BP_DIGEST_BITS + BP_TARGET_BITS + PATH_BITS);
}

/* ---- set-up ------------------------------------------------------------------------------------------------ */

static void make_automatic(BpHints *h, u64 bits)
{
    h->registers = xcalloc(MOMENTS, sizeof *h->registers);
    h->selectors = (u32)(bits / 16 / SELECTOR_BITS);
    ASSERT(h->selectors > 0);
    h->selector = xcalloc(h->selectors, sizeof *h->selector);
    for (u32 i = 0; i < h->selectors; i++) h->selector[i] = (Selector){ .used = 10, .tried = 11 };
}

BpHints *bp_hints_make(const HwModel *m)
{
    const HwConfig *c = m->cfg;
    BpHints *h = xcalloc(1, sizeof *h);
    h->size = (u32)c->branch_hint_queue_entries;
    ASSERT(h->size > 0 && h->size <= QUEUE_MAX);
    h->front_end = c->branch_mispredict_cycles * c->core_issue_width;
    h->distance = c->branch_hint_min_distance ? c->branch_hint_min_distance : h->front_end;
    h->digest_ticks = c->branch_digest_cycles * m->width;
    if (c->branch_auto_digest) make_automatic(h, c->branch_value_bits);
    return h;
}

void bp_hints_drop(BpHints *h)
{
    if (!h) return;
    free(h->registers), free(h->selector), free(h);
}

u64 bp_hints_bits(const BpHints *h)
{
    return queue_bits(h->size) + (h->registers ? (REGISTERS - 1) * BP_DIGEST_BITS : 0) + (u64)h->selectors * SELECTOR_BITS;
}

/* ---- time -------------------------------------------------------------------------------------------------- */

static Moment now(HwModel *m)
{
    u64 tick = model_now(m);
    return (Moment){ m->f.instret, m->ooo ? ooo_front(m) : tick, tick };
}

static void note_moment(HwModel *m)
{
    BpHints *h = m->bp.hints;
    u64 i = h->moments++ % MOMENTS;
    h->moment[i] = now(m);
    if (h->registers) memcpy(h->registers[i], m->x, sizeof h->registers[i]);
}

void bp_hints_branch(HwModel *m)
{
    note_moment(m);
}

void bp_hints_redirect(HwModel *m)
{
    m->bp.hints->redirect = now(m);
    if (m->ooo) m->bp.hints->redirect.tick = ooo_resolved(m);
}

/* The branch that is being resolved has been counted as executed already. */
static u64 branch_number(const HwModel *m)
{
    return m->f.instret ? m->f.instret - 1 : 0;
}

/* The tick in which the branch was fetched; when that is longer ago than moments are kept, 0. */
static u64 fetched(const HwModel *m)
{
    const BpHints *h = m->bp.hints;
    u64 branch = branch_number(m), oldest = h->moments > MOMENTS ? h->moments - MOMENTS : 0, tick = 0;
    for (u64 i = h->moments; i-- > oldest;) {
        const Moment *t = &h->moment[i % MOMENTS];
        if (t->instret + h->front_end > branch) continue;
        tick = t->tick + (branch - h->front_end - t->instret);
        break;
    }
    u64 since = branch > h->redirect.instret ? branch - h->redirect.instret : 0;
    u64 redirected = h->redirect.tick ? h->redirect.tick + since : 0;
    return tick > redirected ? tick : redirected;
}

/* Is a digest of what was computed at `made` visible to the fetch of the branch (in tick `fetch`, at level timing)? */
static bool in_time(const HwModel *m, const Moment *made, u64 fetch)
{
    const BpHints *h = m->bp.hints;
    if (m->timing) return made->ready + h->digest_ticks <= fetch;
    return made->instret + h->distance <= branch_number(m);
}

/* ---- the queue --------------------------------------------------------------------------------------------- */

static void take_out(BpHints *h, u32 i)
{
    ASSERT(i < h->n);
    memmove(&h->queue[i], &h->queue[i + 1], (--h->n - i) * sizeof h->queue[0]);
}

void bp_hints_add(HwModel *m, u64 value, u64 target, u64 path)
{
    BpHints *h = m->bp.hints;
    if (h->n == h->size) {
        take_out(h, 0);
        m->counter[HWC_HINT_LOST]++;
    }
    h->queue[h->n] = (Hint){ .target = target, .path = path, .made = now(m), .digest = bp_digest(value) };
    if (m->ooo) h->queue[h->n].made.ready = ooo_access(m); /* its operand is there */
    h->n++;
    note_moment(m);
}

void bp_hints_cancel(HwModel *m, u64 target)
{
    BpHints *h = m->bp.hints;
    for (u32 i = h->n; i-- > 0;)
        if (h->queue[i].target == target) take_out(h, i), m->counter[HWC_HINT_LOST]++;
}

void bp_hints_squash(HwModel *m, u64 path)
{
    BpHints *h = m->bp.hints;
    for (; h->n && h->queue[h->n - 1].path >= path; h->n--) m->counter[HWC_HINT_LOST]++;
}

/* Takes the oldest hint for the branch at pc out of the queue. */
static bool take_hint(BpHints *h, u64 pc, Hint *out)
{
    for (u32 i = 0; i < h->n; i++) {
        if (h->queue[i].target != pc) continue;
        *out = h->queue[i];
        take_out(h, i);
        return true;
    }
    return false;
}

/* ---- one prediction ---------------------------------------------------------------------------------------- */

/* What is predicted, for directions (0 and 1) and targets alike. */
typedef struct Case { u64 pc, base, outcome; bool is_target; } Case;
typedef struct Opinion { u64 value; bool known; } Opinion;

static Opinion ask(const HwModel *m, const Case *c, u64 key, BpDigest d)
{
    Opinion o = { 0 };
    bool taken = false;
    if (c->is_target) {
        o.known = bp_value_target(m->bp.value, key, d, &o.value);
    } else {
        o.known = bp_value_direction(m->bp.value, key, d, &taken);
        o.value = taken;
    }
    return o;
}

static void teach(HwModel *m, const Case *c, u64 key, BpDigest d)
{
    if (c->is_target) bp_value_learn_target(m->bp.value, key, d, c->outcome);
    else bp_value_learn(m->bp.value, key, d, c->outcome);
}

/* `what`: HW_VALUE_* */
static void tell(const HwModel *m, const Case *c, u32 what)
{
    if (what && m->observer && m->observer->value) m->observer->value(m->observer->ctx, c->is_target, c->pc, what, m->x);
}

/* Chooses between the base predictor and an opinion; the chooser learns. *what: what the component did. */
static u64 decide(HwModel *m, const Case *c, Opinion o, bool hinted, u32 *what)
{
    if (!o.known) return c->base;
    bool trusted = bp_value_trusted(m->bp.value, c->pc), right = o.value == c->outcome, base_right = c->base == c->outcome;
    if (right != base_right) bp_value_judge(m->bp.value, c->pc, right);
    if (!trusted) return c->base;
    m->counter[hinted ? HWC_HINT_USED : HWC_DIGEST_USED]++;
    m->counter[hinted ? HWC_HINT_CORRECT : HWC_DIGEST_CORRECT] += right;
    m->counter[HWC_VALUE_GAINED] += right && !base_right;
    m->counter[HWC_VALUE_HARMED] += !right && base_right;
    *what |= HW_VALUE_USED | (right ? HW_VALUE_RIGHT : 0) | (right && !base_right ? HW_VALUE_GAINED : 0) | (!right && base_right ? HW_VALUE_HARMED : 0);
    return o.value;
}

static u64 with_hint(HwModel *m, const Case *c, const Hint *hint)
{
    bool visible = in_time(m, &hint->made, m->timing ? fetched(m) : 0);
    u64 predicted = c->base;
    u32 what = HW_VALUE_HINT;
    if (visible) predicted = decide(m, c, ask(m, c, c->pc, hint->digest), true, &what);
    else m->counter[HWC_HINT_LATE]++, what |= HW_VALUE_LATE;
    tell(m, c, what);
    teach(m, c, c->pc, hint->digest); /* a late digest is there by now */
    return predicted;
}

/* ---- automatic digests -------------------------------------------------------------------------------------- */

/* The registers as the branch's fetch could see them; NULL: nothing is old enough. */
static const u64 *visible_registers(const HwModel *m)
{
    const BpHints *h = m->bp.hints;
    u64 fetch = m->timing ? fetched(m) : 0, oldest = h->moments > MOMENTS ? h->moments - MOMENTS : 0;
    for (u64 i = h->moments; i-- > oldest;)
        if (in_time(m, &h->moment[i % MOMENTS], fetch)) return h->registers[i % MOMENTS];
    return NULL;
}

static u64 register_key(u64 pc, u32 reg)
{
    return pc ^ (u64)(reg + 1) << 52;
}

static i8 score(i8 old, const Case *c, Opinion o)
{
    bool right = o.known && o.value == c->outcome, base_right = c->base == c->outcome;
    if (!o.known || right == base_right) return old;
    return (i8)bp_counter(old, right, SCORE_BITS);
}

/* After a trial the better register stays, and the next one is tried. */
static void next_trial(Selector *s)
{
    u8 tried = s->tried;
    if (s->tried_score > s->used_score) s->used = tried;
    do tried = (u8)(tried % (REGISTERS - 1) + 1);
    while (tried == s->used);
    *s = (Selector){ .used = s->used, .tried = tried };
}

static u64 with_registers(HwModel *m, const Case *c)
{
    BpHints *h = m->bp.hints;
    const u64 *x = visible_registers(m);
    if (!x) return c->base;
    Selector *s = &h->selector[bp_slot(bp_hash(c->pc >> 1, 0), h->selectors)];
    BpDigest used = bp_digest(x[s->used]), tried = bp_digest(x[s->tried]);
    u64 used_key = register_key(c->pc, s->used), tried_key = register_key(c->pc, s->tried);
    Opinion o = ask(m, c, used_key, used);
    s->used_score = score(s->used_score, c, o);
    s->tried_score = score(s->tried_score, c, ask(m, c, tried_key, tried));
    u32 what = 0;
    u64 predicted = decide(m, c, o, false, &what);
    tell(m, c, what);
    teach(m, c, used_key, used);
    teach(m, c, tried_key, tried);
    if (++s->age == TRIAL) next_trial(s);
    return predicted;
}

/* ---- the face ---------------------------------------------------------------------------------------------- */

static u64 predict(HwModel *m, const Case *c)
{
    Hint hint;
    if (take_hint(m->bp.hints, c->pc, &hint)) return with_hint(m, c, &hint);
    return m->bp.hints->registers ? with_registers(m, c) : c->base;
}

bool bp_hints_direction(HwModel *m, u64 pc, bool base, bool taken)
{
    Case c = { .pc = pc, .base = base, .outcome = taken };
    return predict(m, &c);
}

u64 bp_hints_target(HwModel *m, u64 pc, u64 base, u64 target)
{
    Case c = { .pc = pc, .base = base, .outcome = target, .is_target = true };
    return predict(m, &c);
}
