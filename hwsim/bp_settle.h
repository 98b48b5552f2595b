/* Behind bp_quick.h and a form's look_up: what TAGE and the corrector make of what was found, and what they learn from how the
   branch went. */
#ifndef HWSIM_BP_SETTLE_H
#define HWSIM_BP_SETTLE_H

INLINE u32 bias(const BpCorrector *c, u32 table, u64 part, u64 feature)
{
    return table * c->entries + bp_slot((u32)((part + (feature << 4 | table) * C2) >> 32), c->entries);
}

/* bp_corrector_predict */
QUICK INLINE bool correct(const Quick *q, Found *n, u64 part)
{
    const BpCorrector *c = q->t->corrector;
    const i8 *weights = c->weights;
    n->used[0] = bias(c, 0, part, n->tage);
    n->used[1] = bias(c, 1, part, 2 + 2 * n->sure + n->tage);
    i32 sum = n->votes + weights[n->used[0]] + weights[n->used[1]];
    n->sum = sc_start(n->tage, n->sure) + 2 * sum + SC_TABLES;
    if (UNLIKELY(c->longest < sc_global_lengths[SC_GLOBALS - 1]))
        for (u32 i = SC_BIASES; i < SC_BIASES + SC_GLOBALS; i++) {
            if (sc_global_lengths[i - SC_BIASES] <= c->longest) continue;
            n->sum -= 2 * weights[n->used[i]] + 1;
            n->used[i] = SC_UNUSED;
        }
    return sc_decide(c, n->sum, n->tage, n->sure);
}

/* tage_decide, and how sure it is */
QUICK INLINE void decide(const Quick *q, Found *n)
{
    const Tage *t = q->t;
    n->hit_says = says[n->hit_entry.counter + 4];
    n->alternative_says = says[n->alternative_entry.counter + 4];
    n->useful = n->hit_entry.useful;
    n->sure = n->hit_says / SAYS_SURE & 3;
    u32 trust = n->hit_says / SAYS_NEW & ~((u32)t->trust_alternative >> 31);
    n->tage = (n->hit_says ^ ((n->hit_says ^ n->alternative_says) & -(trust & 1))) & SAYS_TAKEN;
}

/* What is predicted, with entries from p. */
QUICK INLINE bool judge(const Quick *q, Found *n, const Places *p, u64 part)
{
    bool looped = false;
    look_up(q, n, p);
    decide(q, n);
    n->corrected = correct(q, n, part);
    u32 tag_hash = (u32)((part + LOOP_TAG_SALT * C2) >> 32);
    return bp_loop_find(q->t->loop, (u32)(part >> 32), tag_hash, &looped) ? looped : n->corrected;
}

INLINE u32 local_of(const Quick *q, u64 part)
{
    return bp_slot((u32)(part >> 32), q->t->corrector->locals);
}

/* ---- learning ------------------------------------------------------------------------------------------------------ */

/* Whether sc_learn and tage_learn would leave everything as it is. */
INLINE bool settled(const Quick *q, const Found *n, bool taken)
{
    i32 strength = taken ? n->sum : -n->sum;
    bool right = n->tage == taken, other_right = (n->alternative_says & SAYS_TAKEN) == taken;
    bool enough = n->hit_says & SAYS_ENOUGH, other_enough = n->alternative_says & SAYS_ENOUGH;
    return right & enough & (strength >= q->t->corrector->threshold) & (other_right | (n->useful == TAGE_USEFUL_MAX)) &
           ((n->useful > 0) | (other_right & other_enough));
}

static u8 mark(u32 number) { return (u8)((number & 255) < UNMARKED ? number : UNMARKED - 1); }

/* An era ends with this change. */
static void change(Quick *q, const Marks *m)
{
    q->change[q->era % CHANGES] = *m;
    q->era++;
    for (u32 i = 0; i < MARK_END; i++) q->changed[i][m->n[i]] = q->era; /* UNMARKED: nobody asks */
    if (UNLIKELY(q->era == UINT32_MAX - 1)) forget_eras(q);
}

/* From now on nothing is restless. */
static void begin_calm(Quick *q)
{
    const BpCorrector *c = q->t->corrector;
    memcpy(q->restless.low, c->weights, weights_of(c)), memcpy(q->restless.high, c->weights, weights_of(c));
    q->restless.others = 0;
    q->restless.unknown = false;
    disturb(q);
}

/* A weight is v now. */
static void note_weight(Quick *q, u32 at, i8 v)
{
    i8 *low = &q->restless.low[at], *high = &q->restless.high[at];
    if (v >= *low && v <= *high) return;
    if (v < *low) *low = v;
    else *high = v;
    disturb(q);
}

enum { ALL_WEIGHTS = (1 << SC_TABLES) - 1, ALL_TAGS = ((1 << MARK_HIT) - 1) & ~ALL_WEIGHTS /* and loops */, ALL_ENTRIES = ((1u << MARK_END) - 1) & ~(ALL_WEIGHTS | ALL_TAGS) };

/* Of m, all but weights has changed. */
QUICK static void note_others(Quick *q, const Marks *m)
{
    Restless *r = &q->restless;
    __m256i known = _mm256_cmpeq_epi8(m->v, _mm256_set1_epi8((char)UNMARKED));
    for (u32 i = 0; i < r->others; i++) known = _mm256_or_si256(known, _mm256_cmpeq_epi8(m->v, r->other[i].v));
    if (!(~(u32)_mm256_movemask_epi8(known) & (ALL_TAGS | ALL_ENTRIES))) return;
    if (r->others == RESTLESS) begin_calm(q);
    r->other[r->others++] = *m;
    disturb(q);
}

/* Where the branch looks. Without hit or alternative that is anything. */
static void mark_all(const Quick *q, const Found *n, Marks *m)
{
    u8 hit = mark(n->slot[n->hit & 15]), alternative = mark(n->slot[n->alternative & 15]);
    memset(m, UNMARKED, sizeof *m);
    for (u32 i = 0; i < SC_TABLES; i++) m->n[i] = mark(n->used[i]);
    for (u32 i = 0; i < TAGE_TABLES; i++) m->n[MARK_TAG + i] = mark(n->slot[i]);
    m->n[MARK_LOOPS] = mark((u32)q->t->loop->set);
    m->n[MARK_HIT] = m->n[MARK_HIT + 1] = hit;
    m->n[MARK_ALTERNATIVE] = m->n[MARK_ALTERNATIVE + 1] = alternative;
    m->n[MARK_BASE] = mark(n->base_slot);
}

INLINE u32 raw(TageEntry e)
{
    u32 v;
    memcpy(&v, &e, sizeof v);
    return v;
}

/* What learning may change. */
typedef struct Contents { u16 tag[TAGE_TABLES]; i8 weight[SC_TABLES]; i32 threshold; u64 worn; } Contents;

static void read_contents(const Quick *q, const Found *n, Contents *c)
{
    const Tage *t = q->t;
    for (u32 i = 0; i < TAGE_TABLES; i++) c->tag[i] = t->table[n->slot[i]].tag;
    for (u32 i = 0; i < SC_TABLES; i++) c->weight[i] = n->used[i] == SC_UNUSED ? 0 : t->corrector->weights[n->used[i]];
    c->threshold = t->corrector->threshold;
    c->worn = t->worn;
}

/* An era ends, with what is not as it was. */
QUICK static void note_changes(Quick *q, const Found *n, const Contents *was)
{
    Contents is;
    Marks m;
    read_contents(q, n, &is);
    if (is.worn != was->worn || is.threshold != was->threshold) {
        forget_eras(q);
        return;
    }
    mark_all(q, n, &m);
    for (u32 i = 0; i < SC_TABLES; i++)
        if (is.weight[i] == was->weight[i]) m.n[i] = UNMARKED;
    for (u32 i = 0; i < TAGE_TABLES; i++)
        if (is.tag[i] == was->tag[i]) m.n[MARK_TAG + i] = UNMARKED;
    m.n[MARK_LOOPS] = UNMARKED;
    m.n[MARK_HIT + 1] = m.n[MARK_ALTERNATIVE + 1], m.n[MARK_ALTERNATIVE] = m.n[MARK_HIT]; /* counters: they may have changed */
    change(q, &m);
    if (q->restless.unknown) return;
    for (u32 i = 0; i < SC_TABLES; i++)
        if (n->used[i] != SC_UNUSED) note_weight(q, n->used[i], is.weight[i]);
    note_others(q, &m);
}

/* Hands the branch over to the plain form's learning. */
QUICK static __attribute__((noinline)) void learn_plainly(Quick *q, const Found *n, const Places *p, bool taken)
{
    Tage *t = q->t;
    BpCorrector *c = t->corrector;
    Contents was;
    if (!q->paused) read_contents(q, n, &was);
    memcpy(t->slot, n->slot, sizeof t->slot);
    t->base_slot = n->base_slot;
    t->hit = n->hit, t->alternative = n->alternative;
    t->from_hit = n->hit_says & SAYS_TAKEN, t->from_alternative = n->alternative_says & SAYS_TAKEN, t->from_tage = n->tage;
    copy_tags(t->tag, p);
    memcpy(c->used, n->used, sizeof c->used);
    c->sum = n->sum, c->tage = n->tage, c->sure = n->sure;
    sc_learn(c, taken);
    tage_learn(t, taken);
    if (q->paused) forget_eras(q);
    else note_changes(q, n, &was);
}
_Static_assert(sizeof *((BpCorrector *)0)->used == 4, "copied from lanes");

/* The loop predictor learns; whether a branch finds an entry there may be different from now on. */
QUICK static void learn_loop(Quick *q, const Found *n, bool taken)
{
    BpLoop *l = q->t->loop;
    u64 tags = l->tags[l->set];
    bp_loop_update(l, taken, n->corrected);
    if (tags == l->tags[l->set]) return;
    Marks changed;
    memset(&changed, UNMARKED, sizeof changed);
    changed.n[MARK_LOOPS] = mark((u32)l->set);
    change(q, &changed);
    note_others(q, &changed);
}

/* All but histories; whether there was nothing to learn. */
QUICK INLINE bool learn(Quick *q, const Found *n, const Places *p, bool taken)
{
    if (UNLIKELY(q->t->loop->hit || n->corrected != taken)) learn_loop(q, n, taken);
    if (LIKELY(settled(q, n, taken))) return true;
    Found copy = *n; /* so that the one that is looked at otherwise need not be in memory */
    learn_plainly(q, &copy, p, taken);
    return false;
}

/* The corrector's histories. */
INLINE void remember(Quick *q, u16 *own, bool backward, bool taken)
{
    *own = sc_own(*own, taken);
    q->votes = q->votes << 1 | taken;
    sc_iterate(q->t->corrector, backward, taken);
}

/* The commonest case of bp_loop_update: one more iteration, which is not known to be the last, as everybody has predicted. */
INLINE bool goes_around(Loop *e, bool taken)
{
    u32 now = e->now + 1u;
    if (taken != e->body || now == (1u << LOOP_COUNT_BITS) - 1 || (e->trips && now >= e->trips)) return false;
    e->now = (u16)now;
    return true;
}

/* ---- many branches at once ------------------------------------------------------------------------------------------------- */

enum { BATCH = 16 };

/* While streams are not followed (bp_follow.h). Where branches look depends on outcomes alone, which are known: so that is worked out for all of them before
   tables are looked at, and the host has much to do at a time. A bit for each key that was predicted wrong. */
QUICK static __attribute__((noinline)) u32 settle_in_turn(Quick *q, const u64 *key, u32 n)
{
    Places p[BATCH];
    u32 wrong = 0;
    ASSERT(n <= BATCH && q->repeat.at == BP_NOWHERE);
    if (q->stale) freshen(q);
    for (u32 k = 0; k < n; k++) {
        bool taken = key[k] & 1;
        if (!(key[k] & BP_JUMP_KEY)) {
            u64 pc = key[k] >> 2, part = pc_part(pc);
            u16 *own = &q->t->corrector->local[local_of(q, part)];
            find_places(q, &p[k], *own, pc, part);
            remember(q, own, key[k] & 2, taken);
        }
        push(q, taken);
    }
    for (u32 k = 0; k < n; k++) {
        bool taken = key[k] & 1;
        Found f;
        if (key[k] & BP_JUMP_KEY) continue;
        wrong |= (u32)(judge(q, &f, &p[k], pc_part(key[k] >> 2)) != taken) << k;
        learn(q, &f, &p[k], taken);
    }
    return wrong;
}

#endif
