/* Field orders of loaded classes, while the program runs. At each look at the samples the class whose objects cost most is considered,
   once: is what they are expected to cost from now on, as since it was first found to be so, times the share that a plan (fields.h) would save, more than the change costs? It costs by object
   and field. A change is made when an eighth of its price has been lost for want of it, or all of it if no loop says how long the program goes on. Afterwards, when half as
   many instructions have gone by as before, the samples judge: if the objects stall more than before, the fields go back to where they were. */
#include "layout/fields_live.h"
#include "base/log.h"
#include "layout/costs.h"
#include "layout/layout.h"
#include "layout/learned_fields.h"
#include "vm/sim.h"
#include <stdlib.h>

enum { LEAST_SIZE = 40 /* bytes of an object */, MARGIN = 120 /* percent */, MOST_SAVED = 35, ENOUGH_LOOKS = 4 /* at samples, to decide by */, EIGHTH = 8,
       BUSY_LOOKS = 4 /* to wait when fields cannot move now */, FIELD_CYCLES = 8, OBJECT_CYCLES = 200, FIXED_CYCLES = 1500000 };

static struct {
    Vec(const Class *) tried;
    FieldPlan plan;      /* carried out, being judged */
    bool open;
    FieldsOutlook begun; /* when the measuring began */
    double before, turn; /* stalls per instruction, and per turn of the loop that the program was in; 0: of none */
    u32 wait;
    const Class *watched;/* the hottest that has not been tried; since then: */
    FieldsOutlook since;
    u64 heat;
    u32 looks;
    FieldMoves moves;    /* the last one is the plan's */
} F;

const FieldMoves *layout_field_moves(void) { return &F.moves; }
void fields_live_cost(u64 misses)
{
    if (F.moves.len) vec_last(&F.moves).cost_misses += misses;
}

/* The fields of a class's instances, inherited ones too, as they lie: "id 8, next 16", malloc'ed. */
static char *order_of(const Class *c)
{
    Vec(const Field *) list = { 0 };
    char *text = NULL;
    size_t n;
    for (const Class *k = c; k; k = k->super)
        for (u32 i = 0; i < k->nfields; i++) {
            if (k->fields[i].access & ACC_STATIC) continue;
            size_t at = list.len;
            vec_push(&list, &k->fields[i]);
            for (; at && list.data[at - 1]->offset > k->fields[i].offset; at--) list.data[at] = list.data[at - 1];
            list.data[at] = &k->fields[i];
        }
    FILE *f = open_memstream(&text, &n);
    if (!f) panic("no memory for a record");
    for (size_t i = 0; i < list.len; i++) fprintf(f, "%s%s %u", i ? ", " : "", list.data[i]->name->bytes, list.data[i]->offset);
    fclose(f);
    vec_free(&list);
    return text;
}

static bool is_new(const Class *c)
{
    for (size_t i = 0; i < F.tried.len; i++)
        if (F.tried.data[i] == c) return false;
    return c->shape.size >= LEAST_SIZE && fields_may_move(c, true);
}

static double cost_of(const Class *c, size_t fields)
{
    double objects = (double)c->allocated / c->shape.size;
    return FIXED_CYCLES + objects * (OBJECT_CYCLES + FIELD_CYCLES * (double)fields);
}

static bool make_plan(Class *c, FieldPlan *p)
{
    FieldHeats rows = { 0 };
    heat_collect(&rows);
    size_t first = 0, end;
    while (first < rows.len && rows.data[first].c != c) first++;
    for (end = first; end < rows.len && rows.data[end].c == c; end++) {}
    bool found = end > first && !learned_order_failed(c) && fields_plan(&rows.data[first], end - first, FIELDS_LOADED, p);
    vec_free(&rows);
    return found;
}

/* The plan that leads back. */
static void turn_around(FieldPlan *p)
{
    for (size_t i = 0; i < p->places.len; i++) {
        FieldPlace *x = &p->places.data[i];
        u32 now = x->f->offset;
        ASSERT(now != x->offset);
        x->offset = now;
    }
}

static RelayoutOutcome carry_out(FieldPlan *p, const char *what, RelayoutResult *r)
{
    u64 cycles = sim_cycle();
    char *text = fields_text(p);
    FieldPlan back = { .c = p->c };
    for (size_t i = 0; i < p->places.len; i++) vec_push(&back.places, p->places.data[i]);
    turn_around(&back);
    RelayoutOutcome outcome = relayout(p->places.data, (u32)p->places.len, r);
    if (outcome == RELAYOUT_DONE) {
        LOG(layout, "fields %s: %llu objects of %llu bytes, cost %llu cycles; %s", what, (unsigned long long)r->instances, (unsigned long long)r->bytes,
            (unsigned long long)(sim_cycle() - cycles), text);
        for (size_t i = 0; i < p->places.len; i++) p->places.data[i] = back.places.data[i];
    }
    fields_plan_free(&back);
    free(text);
    return outcome;
}

void fields_live_restart(void) { F.watched = NULL; }

/* Of the counted loop that the program is in; 0: it is in another. */
static double turns_between(const FieldsOutlook *a, const FieldsOutlook *b) { return a->loop && a->loop == b->loop ? (double)(b->turn - a->turn) : 0; }

/* Is the gain enough, and has enough been lost without it? */
static bool worthwhile(double gain, double lost, double cost, u32 loop)
{
    return gain * 100 > cost * MARGIN && lost * (loop ? EIGHTH : 1) >= cost;
}

/* After a change p->places lead back. */
static bool consider(Class *c, const FieldsOutlook *now)
{
    u64 cycles = now->cycles, instructions = now->instructions;
    double stalls = (double)(heat_of_class(c) - F.heat), lost = stalls * now->share, to_come = lost / (double)(cycles - F.since.cycles) * now->ahead;
    if (!worthwhile(to_come * MOST_SAVED / 100, lost * MOST_SAVED / 100, cost_of(c, 4), now->loop)) return false;
    vec_push(&F.tried, c);
    if (!make_plan(c, &F.plan)) return false;
    double gain = to_come * fields_saving(&F.plan), cost = cost_of(c, F.plan.places.len);
    LOG(layout, "fields of %s: %.2f lines a visit, then %.2f; expected gain %.0f, cost %.0f, at cycle %llu", c->name->bytes, F.plan.before, F.plan.after, gain, cost, (unsigned long long)cycles);
    RelayoutResult r = { 0 };
    u64 from = sim_cycle();
    char *before = order_of(c);
    RelayoutOutcome outcome = worthwhile(gain, lost * fields_saving(&F.plan), cost, now->loop) ? carry_out(&F.plan, "moved", &r) : RELAYOUT_BUSY;
    if (outcome != RELAYOUT_DONE) {
        free(before);
        fields_plan_free(&F.plan);
        if (outcome == RELAYOUT_BUSY) F.tried.len--, F.wait = BUSY_LOOKS;
        return false;
    }
    F.before = stalls / (double)(instructions - F.since.instructions);
    F.turn = turns_between(&F.since, now) ? stalls / turns_between(&F.since, now) : 0;
    learned_fields_moved(&F.plan, F.before);
    vec_push(&F.moves, ((FieldMove){ .klass = class_external_name(c), .before = before, .after = order_of(c), .at_instruction = instructions, .at_cycle = cycles, .objects = r.instances,
                                     .bytes = r.bytes, .cost_cycles = sim_cycle() - from, .predicted_savings = (u64)gain, .lines_before = F.plan.before, .lines_after = F.plan.after,
                                     .stalls_before = 1000 * F.before, .stalls_after = -1, .verdict = "not judged" }));
    heat_forget(c);
    F.open = true, F.begun = *now;
    return true;
}

/* By turns of the loop if the program is still in it: work is done with fewer instructions when it has been compiled. */
static bool judge(const FieldsOutlook *now)
{
    u64 n = now->instructions - F.begun.instructions;
    if (n < F.begun.instructions / 2) return false;
    double stalls = (double)heat_of_class(F.plan.c), after = stalls / (double)n, turns = turns_between(&F.begun, now);
    bool by_turns = F.turn > 0 && turns > 0, worse = by_turns ? stalls / turns > F.turn : after > F.before;
    LOG(layout, "fields judged: stalls on objects of %s %.3f -> %.3f cycles an instruction, %.1f -> %.1f a turn: %s", F.plan.c->name->bytes, F.before, after, F.turn,
        by_turns ? stalls / turns : 0, worse ? "back" : "kept");
    F.open = false;
    ASSERT(F.moves.len);
    FieldMove *m = &vec_last(&F.moves);
    RelayoutResult r = { 0 };
    u64 from = sim_cycle();
    m->stalls_after = 1000 * after;
    m->verdict = worse ? "did not pay" : "kept";
    if (worse && carry_out(&F.plan, "back", &r) == RELAYOUT_DONE) {
        learned_fields_undone(&F.plan), heat_forget(F.plan.c);
        m->verdict = "put back", m->objects += r.instances, m->bytes += r.bytes, m->cost_cycles += sim_cycle() - from;
    }
    fields_plan_free(&F.plan);
    return worse;
}

bool fields_live_look(const FieldsOutlook *now)
{
    if (F.open) return judge(now);
    if (F.wait && F.wait--) return false;
    Class *c = heat_hottest(is_new);
    if (c != F.watched || now->loop != F.since.loop) {
        F.watched = c, F.since = *now, F.looks = 0;
        F.heat = c ? heat_of_class(c) : 0;
        return false;
    }
    return c && ++F.looks >= ENOUGH_LOOKS && consider(c, now);
}
