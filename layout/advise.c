/* Advice: see advise.h. For each class whose objects cost a share of the time, three things are tried on paper:
     order   hot fields next to each other: how many lines does a visit touch, on average over where an object may begin in a line, before and after?
             (A virtual machine that orders fields by size, as HotSpot does, follows the source only among fields of one size.)
     split   cold fields in an object of their own, behind one reference: how many hot objects does a line then hold?
     padding between what different cores use on one line (sharing.c)
     merge   an object that a hot field leads to, made a part of the one that has the field: its misses are gone
   Gains are upper bounds: what lies on a line with other useful things is not known. */
#include "layout/advise.h"
#include "base/log.h"
#include "layout/fields.h"
#include "layout/sharing.h"
#include "vm/loader.h"
#include <stdlib.h>
#include <string.h>

enum { LINE = FIELDS_LINE, MAX_SIZE = FIELDS_MAX_SIZE, WORTH_CLASS = 20, WORTH_CHANGE = 10 /* of 1,000 cycles */ };

typedef struct Subject {
    Class *c;
    const FieldHeat *rows;
    size_t n;
    u64 stalls, cycles;  /* of objects of the class; of the run */
    u32 size, hot_bytes;
    bool header;         /* is read too */
} Subject;

static u32 bytes_of(const Field *f) { return 1u << type_shift((BasicType)f->type); }
static bool is_hot(const Subject *s, const FieldHeat *r) { return field_is_hot(r, s->stalls); }
static double percent(u64 part, u64 all) { return all ? 100.0 * (double)part / (double)all : 0; }
static bool is_worth(const Subject *s, double saved) { return saved * (double)s->stalls * 1000 >= (double)s->cycles * WORTH_CHANGE; }

static double lines_now(const Subject *s)
{
    u8 used[MAX_SIZE] = { s->header };
    for (size_t i = 0; i < s->n; i++)
        if (s->rows[i].f && is_hot(s, &s->rows[i])) memset(used + s->rows[i].f->offset, 1, bytes_of(s->rows[i].f));
    return visit_lines(used, s->size);
}

/* With the hot fields in a row: those of the class itself behind what it inherits, or all of them right behind the header. */
static double lines_packed(const Subject *s, bool inherited_too)
{
    u8 used[MAX_SIZE] = { s->header };
    u32 at = inherited_too || !s->c->super ? fields_start() : s->c->super->shape.size;
    for (size_t i = 0; i < s->n; i++) {
        const Field *f = s->rows[i].f;
        if (!f || !is_hot(s, &s->rows[i])) continue;
        if (!inherited_too && f->owner != s->c) {
            memset(used + f->offset, 1, bytes_of(f));
            continue;
        }
        at = ALIGN_UP(at, bytes_of(f));
        memset(used + at, 1, bytes_of(f));
        at += bytes_of(f);
    }
    return visit_lines(used, s->size + LINE < MAX_SIZE ? s->size + LINE : MAX_SIZE);
}

static void print_hot_fields(FILE *out, const Subject *s, bool own_only)
{
    bool any = false;
    for (size_t i = 0; i < s->n; i++) {
        const Field *f = s->rows[i].f;
        if (!f || !is_hot(s, &s->rows[i]) || (own_only && f->owner != s->c)) continue;
        fprintf(out, "%s%s", any ? ", " : "", f->name->bytes);
        any = true;
    }
}

static void print_change(FILE *out, const Subject *s, double saved)
{
    fprintf(out, ": up to %.1f %% of the time\n", saved * percent(s->stalls, s->cycles));
}

static void advise_order(FILE *out, const Subject *s)
{
    double now = lines_now(s), own = 1 - lines_packed(s, false) / now, all = 1 - lines_packed(s, true) / now;
    if (now <= 0) return;
    if (is_worth(s, own)) {
        fprintf(out, "    order: declare ");
        print_hot_fields(out, s, true);
        fprintf(out, " first and next to each other (a visit touches %.1f lines, then %.1f)", now, now * (1 - own));
        print_change(out, s, own);
    } else if (is_worth(s, all)) {
        fprintf(out, "    order: bring ");
        print_hot_fields(out, s, false);
        fprintf(out, " together in one class of the hierarchy (a visit touches %.1f lines, then %.1f)", now, now * (1 - all));
        print_change(out, s, all);
    }
}

static void advise_split(FILE *out, const Subject *s)
{
    u32 hot = (u32)ALIGN_UP(fields_start() + s->hot_bytes + sizeof(ref_t), 8ull), now = s->size < LINE ? s->size : LINE;
    if (!s->hot_bytes || hot >= now) return;
    double saved = 1 - (double)hot / now;
    if (!is_worth(s, saved)) return;
    fprintf(out, "    split: keep ");
    print_hot_fields(out, s, false);
    fprintf(out, ", the rest in an object behind one reference (%u bytes instead of %u)", hot, s->size);
    print_change(out, s, saved);
}

static void advise_class(FILE *out, Subject *s)
{
    char *name = class_external_name(s->c);
    fprintf(out, "  %s (%u bytes): %.1f %% of the time\n    fields:", name, s->size, percent(s->stalls, s->cycles));
    for (size_t i = 0; i < s->n; i++) {
        const FieldHeat *r = &s->rows[i];
        if (!r->f) s->header |= is_hot(s, r);
        if (!is_hot(s, r)) continue;
        if (r->f) s->hot_bytes += bytes_of(r->f);
        if (r->stalls) fprintf(out, " %s %.0f %%", r->f ? r->f->name->bytes : "(header)", percent(r->stalls, s->stalls));
        else fprintf(out, " %s (used beside them)", r->f->name->bytes);
    }
    fputc('\n', out);
    free(name);
    advise_order(out, s);
    advise_split(out, s);
}

static void advise_classes(FILE *out, u64 cycles)
{
    FieldHeats rows = { 0 };
    heat_collect(&rows);
    for (size_t i = 0, end; i < rows.len; i = end) {
        Subject s = { .c = rows.data[i].c, .rows = &rows.data[i], .cycles = cycles, .size = rows.data[i].c->shape.size };
        for (end = i; end < rows.len && rows.data[end].c == s.c; end++) s.stalls += rows.data[end].stalls;
        s.n = end - i;
        if (s.stalls * 1000 >= cycles * WORTH_CLASS && s.size <= MAX_SIZE - LINE) advise_class(out, &s);
    }
    vec_free(&rows);
}

static void advise_merges(FILE *out, const Graph *g, u64 cycles)
{
    Edge hot[16];
    u32 n = graph_hot_ever(g, hot, NELEM(hot));
    for (u32 i = 0; i < n; i++) {
        const Edge *e = &hot[i];
        bool fits = e->field && !(e->field->access & ACC_STATIC) && !class_subtype(e->to, e->from) && !class_subtype(e->from, e->to);
        if (!fits || e->latency * 1000 < cycles * WORTH_CHANGE) continue;
        char *from = class_external_name(e->from), *to = class_external_name(e->to);
        fprintf(out, "  merge: what %s.%s leads to (%s) into %s, if nothing else refers to it: up to %.1f %% of the time\n", from, e->field->name->bytes, to, from,
                percent(e->latency, cycles));
        free(from), free(to);
    }
}

void advise_print(FILE *out, const Graph *g, u64 cycles, u32 cores, u64 samples)
{
    fprintf(out, "layout advice, from %llu samples of L1D misses in %llu cycles: where loads of objects wait, and what would change it\n",
            (unsigned long long)samples, (unsigned long long)cycles);
    advise_classes(out, cycles);
    advise_merges(out, g, cycles);
    sharing_advise(out, cycles * cores);
}
