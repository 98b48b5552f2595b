/* Behind bp_settle.h: while the stream of branches repeats itself (bp_repeat.h), histories and with them entries are what they were the last time.
   So where each branch finds its entries is kept with its place in the log (Places), and that it was right and had nothing
   to learn (Known), as long as no other branch has learned anything where it looks (Marks). Folded histories are left to grow stale
   meanwhile, and are made anew when somebody asks. Then the functions of HwDirection. */
#ifndef HWSIM_BP_FOLLOW_H
#define HWSIM_BP_FOLLOW_H

enum { VOTES_BITS = 44, SPELL = 1 << 13, PAUSE_MAX = 64 * SPELL };
_Static_assert(SC_FOLD_BITS * 2 < VOTES_BITS && VOTES_BITS + SC_ITERATION_BITS <= 64, "the corrector's histories");

/* What log and stream must have in common besides their last branches: the corrector's histories. */
INLINE u64 context(const Quick *q)
{
    return (u64)q->t->corrector->iteration << VOTES_BITS | (q->votes & ((1ull << VOTES_BITS) - 1));
}

/* What a place is found again by. */
INLINE u64 place_name(const Quick *q)
{
    return q->recent ^ (u64)q->t->corrector->iteration << (64 - SC_ITERATION_BITS);
}

static void forget_from(Quick *q, u64 place)
{
    for (; place < q->repeat.n; place++) q->known[bp_repeat_index(place)] = (Known){ 0 };
}

static void leave(Quick *q)
{
    u64 n = q->repeat.n;
    if (q->repeat.at == BP_NOWHERE) return;
    bp_repeat_leave(&q->repeat);
    forget_from(q, n);
}

static __attribute__((noinline)) void lose_way(Quick *q)
{
    leave(q);
    q->repeat.turned = BP_NOWHERE;
}

/* What a branch takes, in about the same unit: not in the log yet; in it, but looked up; with changes to look at; without. And what it takes
   with the log left out, one at a time, or many. */
enum { COST_LOGGED = 18, COST_SLOW = 12, COST_CHECKED = 4, COST_REPEATED = 1, COST_ALONE = 14 };

/* Long enough for what comes again to come again, where there is such. */
INLINE bool spell_is_over(const Quick *q) { return (q->logged >= SPELL) | (q->logged + q->checked + q->slow >= 4 * SPELL); }

/* A spell of the log has ended. If it has cost more than without, the next ones are left out; but where most of it was repetition, what it cost to find that out may not
   be needed again: another spell tells. */
static __attribute__((noinline)) void end_spell(Quick *q)
{
    BpRepeat *r = &q->repeat;
    u64 repeated = r->repeated + (r->at == BP_NOWHERE ? 0 : r->followed);
    u64 cost = q->logged * COST_LOGGED + q->slow * COST_SLOW + q->checked * COST_CHECKED + repeated * COST_REPEATED;
    bool vain = cost > (q->logged + repeated) * (q->batched ? COST_BATCHED : COST_ALONE);
    if (vain && !q->again && repeated > q->logged) {
        q->again = true;
    } else if (vain) {
        q->again = false;
        leave(q);
        u64 n = r->n;
        bp_repeat_gap(r);
        forget_from(q, n);
        q->pause = q->pause ? q->pause * 2 : SPELL;
        if (q->pause > PAUSE_MAX) q->pause = PAUSE_MAX;
        q->paused = q->pause;
    } else {
        q->pause = 0;
        q->again = false;
    }
    r->repeated = r->at == BP_NOWHERE ? 0 : 0 - r->followed; /* which comes to it in the end */
    q->logged = q->checked = q->slow = 0;
}

/* The branch or jump of this key has been pushed; before, name and context were so. */
INLINE void append(Quick *q, u64 key, u64 name, u64 was)
{
    if (q->paused) {
        q->paused--;
        return;
    }
    q->known[bp_repeat_index(q->repeat.n)] = (Known){ 0 };
    bp_repeat_append(&q->repeat, key, name, place_name(q), was, context(q));
    q->logged++;
}

static i32 count_votes(const Quick *q, const Proof *p)
{
    const i8 *weights = q->t->corrector->weights;
    i32 sum = 0;
    _Pragma("GCC unroll 12")
    for (u32 i = 0; i < SC_TABLES; i++) sum += weights[p->used[i]];
    return p->start + 2 * sum;
}

/* The branch had nothing to learn, and the corrector looked at all its weights. */
static void prove(const Quick *q, const Found *n, Proof *p)
{
    const Tage *t = q->t;
    mark_all(q, n, &p->looks);
    p->hit = n->slot[n->hit & 15], p->alternative = n->slot[n->alternative & 15]; /* -1: anything */
    p->hit_was = t->table[p->hit], p->alternative_was = t->table[p->alternative];
    p->base = n->base_slot;
    p->base_was = t->base[p->base];
    memcpy(p->used, n->used, sizeof p->used);
    p->start = 0;
    p->start = n->sum - count_votes(q, p);
}

/* The log's branch comes again, and something may have changed, or this is the first time that it does. */
QUICK static __attribute__((noinline)) bool repeat_slowly(Quick *q, u64 pc, bool taken)
{
    u64 i = bp_repeat_index(q->repeat.at), part = pc_part(pc);
    Known *k = &q->known[i];
    Places *p = &q->memo[i];
    const BpCorrector *c = q->t->corrector;
    u32 local = local_of(q, part), own = c->local[local];
    Found n;
    q->slow++;
    if (k->visits < 2 || k->own != own || k->iteration != c->iteration) {
        if (q->stale) freshen(q);
        q->wanted = 64;
        find_places(q, p, own, pc, part);
        *k = (Known){ .local = (u16)local, .own = (u16)own, .iteration = (u16)c->iteration, .visits = k->visits ? 2 : 1 };
    }
    bool right = judge(q, &n, p, part) == taken, nothing = learn(q, &n, p, taken);
    if (k->visits < 2) return right;
    nothing &= c->longest >= sc_global_lengths[SC_GLOBALS - 1];
    k->era = nothing ? q->era : 0;
    k->calm = 0;
    k->looped = q->t->loop->hit != NULL;
    q->loop[i] = k->looped ? (u32)(q->t->loop->hit - q->t->loop->entry) : 0;
    k->margin = (u16)(abs(n.sum) - c->threshold); /* if there was nothing to learn */
    if (nothing) prove(q, &n, &q->proof[i]);
    return right;
}

/* Tables have nothing to learn; the loop predictor counts. */
QUICK static __attribute__((noinline)) bool repeat_loop(Quick *q, u64 pc, bool taken)
{
    u64 part = pc_part(pc);
    bool looped = false;
    Found n = { .corrected = taken };
    bool predicted = bp_loop_find(q->t->loop, (u32)(part >> 32), (u32)((part + LOOP_TAG_SALT * C2) >> 32), &looped) ? looped : taken;
    learn_loop(q, &n, taken);
    return predicted == taken;
}

/* What has changed of that at which place i looks, a bit for each mark; *weights: so many steps of weights it may be, or more than can be told. */
QUICK INLINE u32 changes_since(const Quick *q, u32 era, const Marks *looks, u32 *weights)
{
    const u32 of_weights = (1u << SC_TABLES) - 1;
    u32 all = 0, n = 0;
    if (q->era - era > CHANGES) {
        for (u32 i = 0; i < MARK_END; i++) all |= (u32)(q->changed[i][looks->n[i]] > era) << i;
        n = all & of_weights ? UINT16_MAX : 0; /* more than any margin can stand */
    } else {
        for (; era != q->era; era++) {
            u32 same = (u32)_mm256_movemask_epi8(_mm256_cmpeq_epi8(q->change[era % CHANGES].v, looks->v)) & ((1u << MARK_END) - 1);
            n += (u32)__builtin_popcount(same & of_weights);
            all |= same;
        }
    }
    *weights = n;
    return all;
}

INLINE bool as_it_was(const Tage *t, const Proof *p)
{
    u32 differs = raw(t->table[p->hit]) ^ raw(p->hit_was);
    differs |= raw(t->table[p->alternative]) ^ raw(p->alternative_was);
    return !(differs | (u32)(t->base[p->base] ^ p->base_was));
}

/* Whatever is restless, as far as it has gone until now: has the place nothing to learn? One of CALM. */
QUICK static u32 calmness(const Quick *q, const Proof *p, bool taken)
{
    const Restless *r = &q->restless;
    const i8 *worst = taken ? r->low : r->high;
    __m256i same = _mm256_setzero_si256();
    i32 sum = 0;
    _Pragma("GCC unroll 12")
    for (u32 i = 0; i < SC_TABLES; i++) sum += worst[p->used[i]];
    sum = p->start + 2 * sum;
    if ((taken ? sum : -sum) < q->t->corrector->threshold) return RESTLESS_TOO;
    for (u32 i = 0; i < r->others; i++) same = _mm256_or_si256(same, _mm256_cmpeq_epi8(r->other[i].v, p->looks.v));
    u32 marks = (u32)_mm256_movemask_epi8(same);
    return marks & ALL_TAGS ? RESTLESS_TOO : marks & ALL_ENTRIES ? CALM_ENTRIES : CALM;
}

/* Is place i calm, as far as can be told soon after something became restless? */
QUICK INLINE void calm_down(Quick *q, Known *k, const Proof *p, bool taken)
{
    if (q->restless.unknown) begin_calm(q);
    if (q->era - q->restless.since < SOON || k->calm == (q->calm | RESTLESS_TOO)) return;
    k->calm = q->calm | calmness(q, p, taken);
}

/* Nothing that was learned since then lets place i have anything to learn: the entries are what they were, and weights, each of which
   is a step up or down at most, cannot have made up for the margin, or have not. */
QUICK static __attribute__((noinline)) bool unconcerned(Quick *q, u64 i, bool taken)
{
    Known *k = &q->known[i];
    const Proof *p = &q->proof[i];
    u32 weights;
    if (k->era < q->known_from) return false;
    q->checked += q->era - k->era > CHANGES ? 2 : 1; /* it takes twice as long */
    u32 changed = changes_since(q, k->era, &p->looks, &weights);
    if (UNLIKELY(changed)) {
        if (changed >> MARK_TAG & ((1u << (MARK_HIT - MARK_TAG)) - 1)) return false;
        if (changed >> MARK_HIT && !as_it_was(q->t, p)) return false;
        i32 margin = k->margin - (i32)(2 * weights);
        if (margin < 0) margin = (taken ? 1 : -1) * count_votes(q, p) - q->t->corrector->threshold;
        if (margin < 0) return false;
        k->margin = (u16)margin;
    }
    k->era = q->era;
    calm_down(q, k, p, taken);
    return true;
}

/* Has place i, which had nothing to learn in some era, nothing to learn now? */
QUICK INLINE bool has_nothing(Quick *q, u64 i, bool taken)
{
    const Known *k = &q->known[i];
    if (k->era == q->era || k->calm == q->calm) return true;
    if (k->calm == (q->calm | CALM_ENTRIES) && as_it_was(q->t, &q->proof[i])) return true;
    return unconcerned(q, i, taken);
}

/* Folds may grow stale, unless a place without a memo has just asked for them: its neighbours will. */
QUICK INLINE void push_repeated(Quick *q, u64 bit)
{
    if (LIKELY(q->stale)) {
        push_bit(q, bit);
    } else if (q->wanted) {
        q->wanted--;
        push(q, bit);
    } else {
        q->stale = true;
        push_bit(q, bit);
    }
    if (UNLIKELY(!bp_repeat_step(&q->repeat))) lose_way(q);
}

QUICK INLINE bool repeat(Quick *q, u64 pc, bool backward, bool taken)
{
    BpCorrector *c = q->t->corrector;
    u64 i = bp_repeat_index(q->repeat.at);
    const Known *k = &q->known[i];
    u16 *own = &c->local[k->local];
    bool right = true;
    if (UNLIKELY(*own != k->own || c->iteration != k->iteration || !has_nothing(q, i, taken))) {
        right = repeat_slowly(q, pc, taken);
        own = &c->local[k->local];
    } else if (k->looped && !goes_around(&q->t->loop->entry[q->loop[i]], taken)) {
        right = repeat_loop(q, pc, taken);
    }
    remember(q, own, backward, taken);
    push_repeated(q, taken);
    return right;
}

/* As many of n keys, from `from` on, as come again with nothing to be looked up: `repeat` and `jump_one`, with histories in registers. The rest is for those to do.
   Where it ends; the numbers of those that were predicted wrong are appended to `which`. */
QUICK static __attribute__((noinline)) u64 repeat_many(Quick *q, const u64 *key, u64 from, u64 n, u16 *which, u64 *wrong)
{
    BpRepeat *r = &q->repeat;
    BpCorrector *c = q->t->corrector;
    Loop *loops = q->t->loop->entry;
    u64 at = r->at, votes = q->votes, recent = q->recent, time = q->time, k = from;
    const u64 end = r->n, reach = r->reach;
    u32 iteration = c->iteration;
    for (; k < n; k++) {
        u64 i = bp_repeat_index(at), next = bp_repeat_whole(r, r->place[i].next);
        bool taken = key[k] & 1;
        if (r->place[i].key != key[k] || end - next > reach) break;
        if (!(key[k] & BP_JUMP_KEY)) {
            const Known *known = &q->known[i];
            u16 *own = &c->local[known->local];
            if (*own != known->own || iteration != known->iteration) break;
            if (!has_nothing(q, i, taken)) break;
            if (known->looped && !goes_around(&loops[q->loop[i]], taken) && !repeat_loop(q, key[k] >> 2, taken)) which[(*wrong)++] = (u16)k;
            *own = sc_own(*own, taken);
            votes = votes << 1 | taken;
            iteration = sc_next_iteration(iteration, key[k] >> 1 & 1, taken);
        }
        recent = recent << 1 | taken;
        if (UNLIKELY(++time % 64 == 0)) q->past[(time / 64 - 1) % PAST_WORDS] = recent;
        at = next;
    }
    r->at = at, r->followed += k - from;
    q->votes = votes, q->recent = recent, q->time = time;
    c->iteration = iteration;
    return k;
}

/* ---- the face -------------------------------------------------------------------------------------------------------------- */

QUICK INLINE bool anew(Quick *q, Found *n, Places *p, u64 pc)
{
    u64 part = pc_part(pc);
    leave(q);
    if (q->stale) freshen(q);
    n->own = &q->t->corrector->local[local_of(q, part)];
    find_places(q, p, *n->own, pc, part);
    return judge(q, n, p, part);
}

QUICK static bool predict(HwModel *m, void *state, u64 pc, u64 target)
{
    (void)m, (void)target;
    Quick *q = state;
    return anew(q, &q->last, &q->last_places, pc);
}

QUICK static void update(HwModel *m, void *state, u64 pc, u64 target, bool taken)
{
    (void)m, (void)pc;
    Quick *q = state;
    learn(q, &q->last, &q->last_places, taken);
    remember(q, q->last.own, target <= pc, taken);
    push(q, taken);
    u64 n = q->repeat.n;
    bp_repeat_gap(&q->repeat); /* whoever asks in two steps needs every branch predicted */
    forget_from(q, n);
}

QUICK static __attribute__((noinline)) bool resolve_anew(Quick *q, u64 pc, bool backward, bool taken)
{
    Found n;
    Places p;
    bool right = anew(q, &n, &p, pc) == taken;
    learn(q, &n, &p, taken);
    u64 name = place_name(q), was = context(q);
    remember(q, n.own, backward, taken);
    push(q, taken);
    append(q, bp_branch_key(pc, backward, taken), name, was);
    return right;
}

QUICK INLINE bool resolve_one(Quick *q, u64 pc, bool backward, bool taken)
{
    if (bp_repeat_expects(&q->repeat, bp_branch_key(pc, backward, taken))) return repeat(q, pc, backward, taken);
    return resolve_anew(q, pc, backward, taken);
}

QUICK static bool resolve(void *state, u64 pc, u64 target, bool taken)
{
    Quick *q = state;
    q->batched = false;
    if (UNLIKELY(spell_is_over(q))) end_spell(q);
    return resolve_one(q, pc, target <= pc, taken);
}

QUICK INLINE void jump_one(Quick *q, u64 key)
{
    u64 bit = key & 1, name = place_name(q), was = context(q);
    if (bp_repeat_expects(&q->repeat, key)) {
        push_repeated(q, bit);
        return;
    }
    leave(q);
    push(q, bit);
    append(q, key, name, was);
}

QUICK static void jump(void *state, u64 pc, u64 target)
{
    (void)pc;
    jump_one(state, bp_jump_key(target));
}

/* ---- many branches at once ------------------------------------------------------------------------------------------------- */

QUICK static u64 settle(void *state, const u64 *key, u64 n, u16 *which)
{
    Quick *q = state;
    u64 wrong = 0, step;
    q->batched = true;
    for (u64 k = 0; k < n; k += step) {
        if (UNLIKELY(spell_is_over(q))) end_spell(q);
        bool follows = q->repeat.at != BP_NOWHERE && q->stale;
        step = follows ? repeat_many(q, key, k, n, which, &wrong) - k : 0;
        if (step) continue;
        step = 1;
        if (q->paused) {
            step = n - k < BATCH ? n - k : BATCH;
            if (step > q->paused) step = q->paused;
            for (u32 bits = settle_batch(q, key + k, (u32)step); bits; bits &= bits - 1) which[wrong++] = (u16)(k + (u32)__builtin_ctz(bits));
            q->paused -= (u32)step;
        } else if (key[k] & BP_JUMP_KEY) {
            jump_one(q, key[k]);
        } else {
            if (!resolve_one(q, key[k] >> 2, key[k] & 2, key[k] & 1)) which[wrong++] = (u16)k;
        }
    }
    return wrong;
}

#define BP_QUICK_FORM                                                                                                                         \
    {                                                                                                                                         \
        .name = "tage", .make = make, .drop = drop, .predict = predict, .update = update, .resolve = resolve, .jump = jump, .settle = settle, \
        .longest = longest, .bits = bits_of,                                                                                                  \
    }

#endif
