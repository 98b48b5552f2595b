/* Views: sums over the cells that collect.c recorded, one table of rows per view, with names for people. Each cell goes to one row of
   each view; a row is found by a key that is cheap to make, and named once. */
#include "report/observe.h"
#include "base/log.h"
#include "layout/origin.h"
#include "report/names.h"
#include "report/sites.h"
#include "vm/opcodes.h"
#include <string.h>

typedef struct Maker {
    Rows *rows;
    Map index;   /* key -> row, from 1 on */
} Maker;

/* The row of a key; *fresh: it has no name yet. */
static Row *row_of(Maker *k, u64 key, bool *fresh)
{
    u64 *at = map_put(&k->index, key);
    *fresh = !*at;
    ASSERT(*at <= k->rows->len);
    if (*at) return &k->rows->data[*at - 1];
    vec_push(k->rows, ((Row){ .name = NULL }));
    *at = k->rows->len;
    return &vec_last(k->rows);
}

static void sum(u64 *to, const u64 *from, u32 n)
{
    for (u32 i = 0; i < n; i++) to[i] += from[i];
}

static bool any(const u64 *n, u32 from, u32 to)
{
    u64 all = 0;
    for (u32 i = from; i < to; i++) all |= n[i];
    return all;
}

static const Target no_target = { .kind = PLACE_OTHER, .part = PART_NONE };
static const Target *target_of(u32 i)
{
    ASSERT(i < observed.targets.len);
    return &observed.targets.data[i];
}

/* ---- Names -------------------------------------------------------------------------------------------------------------- */
char *target_class_name(const Target *t)
{
    if (t->service) return name_of("(firmware) ", hw_fw_name(observed.model, t->service), NULL);
    return t->kind == PLACE_OBJECT ? name_of_class(t->klass) : name_of(place_name(t->kind), NULL);
}

static char *field_name(const Target *t)
{
    if (t->kind != PLACE_OBJECT) return target_class_name(t);
    switch (t->part) {
    case PART_FIELD: return name_of_member(t->field->owner, ".", t->field->name->bytes);
    case PART_HEADER: return name_of_member(t->klass, ".", "(header)");
    case PART_LENGTH: return name_of_member(t->klass, ".", "length");
    case PART_ELEMENTS: case PART_NONE: break;
    }
    return name_of_class(t->klass);
}

/* Sets what a row tells about code: its method's name, source file and line. */
static void set_code(Row *r, const Code *c, i32 line, bool line_too)
{
    const MethodNames *m = names_of_method(c->method);
    r->method = line_too ? m->full : NULL;
    r->file = m->file;
    r->name = line_too ? name_of_place(c->method, line, NULL) : m->full;
    r->line = line_too && line > 0 ? (u32)line : 0;
}

/* What ran when no Java did, by who made the access. */
static char *no_code(const Target *t) { return t->service ? target_class_name(t) : name_of("(runtime)", NULL); }

/* ---- Counts ----------------------------------------------------------------------------------------------------------------- */
static void add_cell(u64 *to, const Cell *c)
{
    sum(to, c->n, TALLY_KINDS);
    sum(to + N_COLD, c->causes, CAUSE_KINDS);
}

static void add_asked(u64 *to, const Code *c)
{
    if (c->asked) sum(to + N_EXECUTED, observed.asked.data[c->asked - 1].n, ASKED_KINDS);
}

static void add_code(u64 *to, const Code *c)
{
    sum(to + N_MISPREDICTED, c->n, CODE_KINDS);
    add_asked(to, c);
}

/* Cells are many, and several are of the same target: the views that look at targets only look at these sums. */
typedef struct TargetSums { u64 n[COUNT_KINDS]; } TargetSums;
static TargetSums *target_sums;

static void sum_targets(void)
{
    target_sums = xcalloc(observed.targets.len + 1, sizeof *target_sums);
    for (size_t i = 0; i < observed.cells.len; i++) {
        const Cell *c = &observed.cells.data[i];
        add_cell(target_sums[c->target].n, c);
    }
}

/* The line of each code, which is looked up once. */
static i32 *code_lines;

static void find_lines(void)
{
    code_lines = xcalloc(observed.codes.len, sizeof *code_lines);
    for (size_t i = 0; i < observed.codes.len; i++) {
        const Code *c = &observed.codes.data[i];
        if (c->method) code_lines[i] = method_line(c->method, c->bci);
    }
}

/* Of codes that are one row where lines are. */
static u64 line_key(u32 code)
{
    ASSERT(code < observed.codes.len);
    return hash_u64((u64)observed.codes.data[code].method) + (u64)(u32)code_lines[code];
}

/* ---- Views over what was accessed ----------------------------------------------------------------------------------------- */
/* Rows by what was accessed: `key` tells which targets are one row, `name` what it is called. Services and places have small keys. */
static void by_target(Rows *rows, u64 (*key)(const Target *t), char *(*name)(const Target *t))
{
    Maker k = { .rows = rows };
    bool fresh;
    for (u32 i = 0; i < observed.targets.len; i++) {
        const Target *t = target_of(i);
        const u64 *n = target_sums[i].n;
        if (!any(n, 0, MISS_KINDS)) continue;
        Row *r = row_of(&k, key(t), &fresh);
        if (fresh) r->name = name(t);
        sum(r->n, n, COUNT_KINDS);
    }
    map_free(&k.index);
}

static u64 class_key(const Target *t) { return t->service ? t->service : t->klass ? (u64)t->klass : 0x1000ull + t->kind; }
static u64 field_key(const Target *t)
{
    if (t->service) return t->service;
    return t->part == PART_FIELD ? (u64)t->field : t->klass ? (u64)t->klass + t->part : 0x1000ull + t->kind;
}

/* Arrays by what they hold; all references together. */
static bool is_array(const Target *t) { return t->klass && t->klass->kind == CLASS_ARRAY; }
static bool is_primitive_array(const Target *t) { return is_array(t) && t->klass->component->kind == CLASS_PRIMITIVE; }
static u64 array_key(const Target *t) { return is_primitive_array(t) ? (u64)t->klass : is_array(t); }
static char *array_name(const Target *t)
{
    if (is_primitive_array(t)) return name_of_class(t->klass->component);
    return name_of(is_array(t) ? "references" : "(no array)", NULL);
}

static void by_class(Rows *rows) { by_target(rows, class_key, target_class_name); }
static void by_field(Rows *rows) { by_target(rows, field_key, field_name); }
static void by_array(Rows *rows) { by_target(rows, array_key, array_name); }

static char *origin_name(const Origin *o)
{
    if (o->field) return name_of_member(o->field->owner, ".", o->field->name->bytes);
    return o->array ? name_of_class(o->array) : name_of("(array element)", NULL);
}

/* "LTree.find(LTree.java:31), invokevirtual -> (class metadata)": what asked for it; the bytecode tells what of it - a method and its table, a class and its
   supers, a constant, ... */
static char *asking_name(u32 code, const char *to)
{
    const Code *c = &observed.codes.data[code];
    return name_of_place(c->method, code_lines[code], name_of(", ", opcodes[c->method->original[c->bci]].name, " -> ", to, NULL));
}

/* "Node.next, Tree.root -> Node": what the address of the missing object was loaded from; of class metadata, which bytecode asked for it. */
static char *pair_name(const Cell *c)
{
    const Target *t = target_of(c->target);
    const Code *code = &observed.codes.data[c->code];
    char *to = target_class_name(t), *from = NULL;
    if (t->service || !code->method || (t->kind != PLACE_OBJECT && t->kind != PLACE_METADATA)) return to;
    if (t->kind == PLACE_METADATA) return asking_name(c->code, to);
    Origin o[MAX_ORIGINS];
    u32 n = origins_of(&(CodePlace){ (Method *)code->method, code->bci }, 1, o, NULL);
    for (u32 i = 0; i < n; i++) {
        char *one = origin_name(&o[i]);
        from = from ? name_of(from, ", ", one, NULL) : one;
    }
    return name_of(from ? from : "(not a field)", " -> ", to, NULL);
}

/* Cells of one key have one name. Those of class metadata are many, and tell the line and what bytecode it is. */
static u64 pair_key(const Cell *c)
{
    const Target *t = target_of(c->target);
    const Code *code = &observed.codes.data[c->code];
    if (t->service || !code->method || (t->kind != PLACE_OBJECT && t->kind != PLACE_METADATA)) return class_key(t);
    if (t->kind == PLACE_METADATA) return hash_u64(line_key(c->code) ^ (u64)code->method->original[code->bci] << 56);
    return hash_u64(c->code) ^ class_key(t);
}

/* Different instructions may have the same origins: rows are found by name. Data flow is asked once per instruction and class. */
static void by_pair(Rows *rows)
{
    Maker k = { .rows = rows };
    Map known = { 0 };
    bool fresh;
    vec_large(rows, observed.cells.len + 1);
    for (size_t i = 0; i < observed.cells.len; i++) {
        const Cell *c = &observed.cells.data[i];
        u64 *row = map_put(&known, pair_key(c)); /* from 1 on */
        if (!*row) {
            char *name = pair_name(c);
            Row *r = row_of(&k, hash_bytes(name, strlen(name)), &fresh);
            if (fresh) r->name = name;
            *row = (u64)(r - rows->data) + 1;
        }
        add_cell(rows->data[*row - 1].n, c);
    }
    map_free(&k.index);
    map_free(&known);
}

/* ---- Views over code -------------------------------------------------------------------------------------------------------- */
/* The row of code that is a method's. Neighbours among the codes are mostly of one line: *last is the key of the one before, whose row is `row`. */
static u32 row_of_code(Maker *k, u32 code, bool lines, u64 *last, u32 row)
{
    bool fresh;
    const Code *c = &observed.codes.data[code];
    u64 key = lines ? line_key(code) : hash_u64((u64)c->method);
    if (key == *last) return row;
    Row *r = row_of(k, *last = key, &fresh);
    if (fresh) set_code(r, c, code_lines[code], lines);
    return (u32)(r - k->rows->data);
}

/* The row of what ran when no Java did. */
static Row *row_of_service(Maker *k, const Target *t)
{
    bool fresh;
    Row *r = row_of(k, t->service, &fresh);
    if (fresh) r->name = no_code(t);
    return r;
}

/* Rows by the code that was running, its lines apart or not. */
static void by_code(Rows *rows, bool lines)
{
    Maker k = { .rows = rows };
    u32 *row = xcalloc(observed.codes.len, sizeof *row), at = 0; /* for each code */
    vec_large(rows, observed.codes.len + 1);
    u64 last = 0;
    for (u32 i = 1; i < observed.codes.len; i++) {
        row[i] = at = row_of_code(&k, i, lines, &last, at);
        add_code(rows->data[at].n, &observed.codes.data[i]);
    }
    add_code(row_of_service(&k, &no_target)->n, &observed.codes.data[0]);
    for (size_t i = 0; i < observed.cells.len; i++) {
        const Cell *c = &observed.cells.data[i];
        add_cell((c->code ? &rows->data[row[c->code]] : row_of_service(&k, target_of(c->target)))->n, c);
    }
    free(row);
    map_free(&k.index);
}

static void by_method(Rows *rows) { by_code(rows, false); }
static void by_line(Rows *rows) { by_code(rows, true); }

/* Predicted wrong, decided by a value, or (if asked) executed. */
static bool has_branch(const Code *c) { return c->n[0] || c->asked; }
static void add_branches(u64 *to, const Code *c)
{
    to[N_MISPREDICTED] += c->n[0], to[N_MISPREDICTED_TARGET] += c->n[1];
    add_asked(to, c);
}

static void name_branch(Row *r, const Code *c)
{
    if (!c->method) {
        r->name = no_code(&no_target);
        return;
    }
    set_code(r, c, code_lines[c - observed.codes.data], true);
    r->method = NULL;
    r->note = name_printed("%s, bytecode %u", opcodes[c->method->original[c->bci]].name, c->bci);
}

/* The hardest first; then in the order in which they were met. */
static int harder(const void *a, const void *b)
{
    const Code *x = *(const Code *const *)a, *y = *(const Code *const *)b;
    if (x->n[0] != y->n[0]) return x->n[0] < y->n[0] ? 1 : -1;
    return x < y ? -1 : x > y;
}

/* How many bits the count of mispredicted branches has. */
static u32 hardness(const Code *c) { return c->n[0] ? 64 - (u32)__builtin_clzll(c->n[0]) : 0; }

/* The least hardness such that fewer than MAX_BRANCHES are harder. */
static u32 hardness_told(const u32 *how_many)
{
    u32 told = 64, n = how_many[64];
    while (told && n < MAX_BRANCHES) n += how_many[--told];
    return told;
}

/* There may be a hundred thousand of them, of which few are told: the hardest get rows and names, the others are one row. Most are much less
   hard than those that are told, and need no sorting. */
static void by_branch(Rows *rows)
{
    u32 how_many[65] = { 0 }, n = 0, others = 0;
    const Code **ranked = xmalloc(observed.codes.len * sizeof *ranked), *end = observed.codes.data + observed.codes.len;
    u64 rest[COUNT_KINDS] = { 0 };
    for (const Code *c = observed.codes.data; c < end; c++) how_many[hardness(c)] += has_branch(c);
    u32 told = hardness_told(how_many);
    for (const Code *c = observed.codes.data; c < end; c++) {
        if (!has_branch(c)) continue;
        if (hardness(c) >= told) ranked[n++] = c;
        else add_branches(rest, c), others++;
    }
    if (n) qsort(ranked, n, sizeof *ranked, harder);
    for (u32 i = 0; i < n; i++) {
        if (i >= MAX_BRANCHES) {
            add_branches(rest, ranked[i]), others++;
            continue;
        }
        Row r = { .name = NULL };
        name_branch(&r, ranked[i]);
        add_branches(r.n, ranked[i]);
        vec_push(rows, r);
    }
    if (others) {
        vec_push(rows, ((Row){ .name = name_printed("(%u other branches)", others) }));
        memcpy(vec_last(rows).n, rest, sizeof rest);
    }
    free(ranked);
}

/* ---- Sites and pages ---------------------------------------------------------------------------------------------------------- */
/* Sets *line, of the method that allocates; NULL: there is none that is known. */
static char *site_name(const SiteCell *c, const Method **m, i32 *line)
{
    const Target *t = target_of(c->target);
    char *what = target_class_name(t);
    *m = NULL;
    if (t->kind != PLACE_OBJECT || t->service) return what;
    u32 bci;
    *m = site_method(c->site, &bci);
    if (!*m) return name_of(what, " (before main, or the VM)", NULL);
    *line = method_line(*m, bci);
    return name_of(what, " by ", name_of_place(*m, *line, NULL), NULL);
}

/* Sites of one class and line are one row. */
static void by_site(Rows *rows)
{
    Maker k = { .rows = rows };
    bool fresh;
    for (size_t i = 0; i < observed.sites.len; i++) {
        const SiteCell *c = &observed.sites.data[i];
        const Method *m;
        i32 line;
        char *name = site_name(c, &m, &line);
        Row *r = row_of(&k, hash_bytes(name, strlen(name)), &fresh);
        if (fresh) r->name = name;
        if (fresh && m) r->file = names_of_method(m)->file, r->line = line > 0 ? (u32)line : 0;
        sum(r->n, c->n, MISS_KINDS);
    }
    map_free(&k.index);
}

static int hotter_page(const void *a, const void *b)
{
    const PageCell *x = a, *y = b;
    static const Count order[] = { N_DTLB, N_L1D, N_L2, N_ITLB };
    for (u32 i = 0; i < NELEM(order); i++)
        if (x->n[order[i]] != y->n[order[i]]) return x->n[order[i]] < y->n[order[i]] ? 1 : -1;
    return x->page < y->page ? -1 : x->page > y->page;
}

static void by_page(Rows *rows)
{
    if (observed.pages.len) qsort(observed.pages.data, observed.pages.len, sizeof(PageCell), hotter_page);
    for (size_t i = 0; i < observed.pages.len; i++) {
        const PageCell *p = &observed.pages.data[i];
        if (i == MAX_PAGES) vec_push(rows, ((Row){ .name = name_printed("(%zu other pages)", observed.pages.len - i) }));
        if (i < MAX_PAGES) {
            Row r = { .name = p->page == ~0ull ? name_of("(page tables)", NULL) : name_printed("0x%llx", (unsigned long long)p->page * PAGE_BYTES) };
            r.note = name_of("mostly ", target_class_name(target_of(p->what)), NULL);
            vec_push(rows, r);
        }
        sum(vec_last(rows).n, p->n, MISS_KINDS);
    }
}

/* Every event is in one row of every view. */
static void check_sums(View v, const Rows *rows, const u64 *all)
{
    u64 shown[COUNT_KINDS] = { 0 };
    for (size_t i = 0; i < rows->len; i++) {
        ASSERT(rows->data[i].name);
        sum(shown, rows->data[i].n, COUNT_KINDS);
    }
    if (v != VIEW_BRANCH) ASSERT(!memcmp(all, shown, MISS_KINDS * sizeof *all));
    if (v != VIEW_BRANCH && v != VIEW_METHOD && v != VIEW_LINE) return;
    ASSERT(all[N_MISPREDICTED] == shown[N_MISPREDICTED]);
    ASSERT(!memcmp(all + N_EXECUTED, shown + N_EXECUTED, (COUNT_KINDS - N_EXECUTED) * sizeof *all));
}

void views_make(Report *r)
{
    static void (*const make[VIEWS])(Rows *rows) = {
        [VIEW_CLASS] = by_class, [VIEW_FIELD] = by_field, [VIEW_SITE] = by_site, [VIEW_PAIR] = by_pair, [VIEW_ARRAY] = by_array,
        [VIEW_METHOD] = by_method, [VIEW_LINE] = by_line, [VIEW_BRANCH] = by_branch, [VIEW_PAGE] = by_page,
    };
    u64 all[COUNT_KINDS] = { 0 };
    sum_targets();
    find_lines();
    for (size_t i = 0; i < observed.cells.len; i++) add_cell(all, &observed.cells.data[i]);
    for (size_t i = 0; i < observed.codes.len; i++) add_code(all, &observed.codes.data[i]);
    for (View v = 0; v < VIEWS; v++) {
        make[v](&r->views[v]);
        check_sums(v, &r->views[v], all);
    }
    free(target_sums);
    free(code_lines);
}
