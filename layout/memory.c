/* The file of a profile: see memory.h. JSON, so that people and tools can read it:
     { "check": "hash of what follows, printed without blanks", "profile": { "format": 1, "classes": [...], "edges": [...], "orders": [...], ... } }
   The hash finds damage that is still JSON; all numbers and indices are checked all the same. */
#include "layout/memory.h"
#include "base/hash.h"
#include "base/log.h"
#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { FORMAT = 1, MAX_FILE = 1 << 20, MAX_CLASSES = 1024, MAX_EDGES = 1024, MAX_ORDERS = 1024, MAX_OFFSETS = 1024, LAST_OFFSET = 65528, HEX = 16 };

/* ---- Reading ------------------------------------------------------------------------------------------- */

typedef struct Reader { Memory *m; char **wrong; } Reader; /* *wrong: the first thing that is */

static bool wrong(const Reader *r, const char *what)
{
    if (!*r->wrong) *r->wrong = xstrdup(what);
    return false;
}

static const cJSON *item(const cJSON *o, const char *key) { return cJSON_GetObjectItemCaseSensitive(o, key); }

static bool read_number(const Reader *r, const cJSON *o, const char *key, double most, double *into)
{
    const cJSON *n = item(o, key);
    if (!cJSON_IsNumber(n) || !isfinite(n->valuedouble) || n->valuedouble < 0 || n->valuedouble > most) {
        char *what = xasprintf("\"%s\" must be a number from 0 to %g", key, most);
        wrong(r, what);
        free(what);
        return false;
    }
    *into = n->valuedouble;
    return true;
}

static bool read_hex(const char *text, u64 *into)
{
    if (strlen(text) != HEX || strspn(text, "0123456789abcdef") != HEX) return false;
    return sscanf(text, "%16" SCNx64, into) == 1;
}

static bool read_class(const Reader *r, const cJSON *o)
{
    const cJSON *name = item(o, "name"), *print = item(o, "fingerprint");
    u64 fingerprint;
    if (!cJSON_IsString(name) || !*name->valuestring) return wrong(r, "a class has no \"name\"");
    if (!cJSON_IsString(print) || !read_hex(print->valuestring, &fingerprint)) return wrong(r, "a class's \"fingerprint\" must have 16 hexadecimal digits");
    vec_push(&r->m->classes, ((MemoryClass){ xstrdup(name->valuestring), fingerprint }));
    return true;
}

static bool read_edge(const Reader *r, const cJSON *o)
{
    const cJSON *field = item(o, "field"), *type = item(o, "type");
    double from, to, most = (double)r->m->classes.len - 1;
    MemoryEdge e = { .placed = cJSON_IsTrue(item(o, "placed")) };
    if (!r->m->classes.len || !read_number(r, o, "from", most, &from) || !read_number(r, o, "to", most, &to)) return wrong(r, "an edge between classes that are not there");
    if (!read_number(r, o, "misses", 1, &e.misses) || !read_number(r, o, "stalls", 1000, &e.stalls)) return false;
    if (!field != !type || (field && !(cJSON_IsString(field) && cJSON_IsString(type)))) return wrong(r, "an edge must have both \"field\" and \"type\", or none");
    e.from = (u32)from, e.to = (u32)to;
    if (field) e.field = xstrdup(field->valuestring), e.type = xstrdup(type->valuestring);
    vec_push(&r->m->edges, e);
    return true;
}

static bool read_offsets(const Reader *r, const cJSON *o, MemoryOrder *m)
{
    const cJSON *list = item(o, "offsets"), *x;
    int n = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
    if (!n || n > MAX_OFFSETS) return wrong(r, "\"offsets\" of an order must be an array of 1 to 1024 numbers");
    m->offsets = xcalloc((size_t)n, sizeof *m->offsets);
    cJSON_ArrayForEach(x, list) {
        if (!cJSON_IsNumber(x) || x->valuedouble < 8 || x->valuedouble > LAST_OFFSET || x->valuedouble != floor(x->valuedouble))
            return wrong(r, "an offset must be a whole number from 8 to 65528");
        m->offsets[m->n++] = (u32)x->valuedouble;
    }
    return true;
}

static bool read_order(const Reader *r, const cJSON *o)
{
    const cJSON *whose = item(o, "for");
    double c, most = (double)r->m->classes.len - 1;
    MemoryOrder m = { .failed = cJSON_IsTrue(item(o, "failed")) };
    if (!r->m->classes.len || !read_number(r, o, "class", most, &c) || c != floor(c)) return wrong(r, "an order of a class that is not there");
    if (!cJSON_IsString(whose) || !*whose->valuestring) return wrong(r, "an order has no \"for\"");
    if (!read_number(r, o, "stalls", 1000, &m.stalls)) return false;
    bool good = read_offsets(r, o, &m);
    m.class = (u32)c, m.for_class = xstrdup(whose->valuestring);
    vec_push(&r->m->orders, m);
    return good;
}

static bool read_list(const Reader *r, const cJSON *o, const char *key, int most, bool (*read)(const Reader *r, const cJSON *o))
{
    const cJSON *list = item(o, key), *x;
    if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > most) return wrong(r, "\"classes\", \"edges\" and \"orders\" must be arrays of at most 1024");
    cJSON_ArrayForEach(x, list) if (!read(r, x)) return false;
    return true;
}

static u64 hash_of(const cJSON *profile)
{
    char *text = cJSON_PrintUnformatted(profile);
    u64 h = text ? hash_bytes(text, strlen(text)) : 0;
    cJSON_free(text);
    return h;
}

static bool read_all(const Reader *r, const cJSON *root)
{
    const cJSON *check = item(root, "check"), *p = item(root, "profile");
    u64 hash;
    double format;
    if (!cJSON_IsObject(p) || !cJSON_IsString(check)) return wrong(r, "not a profile of loam's");
    if (!read_hex(check->valuestring, &hash) || hash != hash_of(p)) return wrong(r, "its check sum is wrong");
    if (!read_number(r, p, "format", 1e9, &format)) return false;
    if (format != FORMAT) return wrong(r, "its format is of another version of loam");
    Memory *m = r->m;
    return read_number(r, p, "instructions", 1e18, &m->instructions) && read_number(r, p, "cycles", 1e18, &m->cycles) &&
           read_number(r, p, "objects", 1e15, &m->objects) && read_number(r, p, "loose", 1000, &m->loose) &&
           read_number(r, p, "cost_factor", 1e6, &m->cost_factor) && read_number(r, p, "did_not_pay", 64, &m->did_not_pay) &&
           read_list(r, p, "classes", MAX_CLASSES, read_class) && read_list(r, p, "edges", MAX_EDGES, read_edge) &&
           (!item(p, "orders") || read_list(r, p, "orders", MAX_ORDERS, read_order));
}

Memory *memory_parse(const char *text, size_t n, char **why)
{
    Memory *m = xcalloc(1, sizeof *m);
    *why = NULL;
    Reader r = { m, why };
    cJSON *root = cJSON_ParseWithLengthOpts(text, n + 1, NULL, true);
    bool good = root ? read_all(&r, root) : wrong(&r, "it is not JSON, or cut off");
    cJSON_Delete(root);
    if (good) return m;
    memory_free(m);
    return NULL;
}

Memory *memory_read(const char *path, char **why)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        *why = xstrdup(strerror(errno));
        return NULL;
    }
    char *text = xmalloc(MAX_FILE + 1);
    size_t n = fread(text, 1, MAX_FILE, f);
    bool failed = ferror(f);
    fclose(f);
    text[n] = 0;
    Memory *m = NULL;
    if (failed) *why = xstrdup("cannot be read");
    else if (n == MAX_FILE) *why = xstrdup("it is longer than any profile");
    else m = memory_parse(text, n, why);
    free(text);
    return m;
}

/* ---- Writing ------------------------------------------------------------------------------------------- */

static void add_hex(cJSON *o, const char *key, u64 value)
{
    char text[HEX + 1];
    snprintf(text, sizeof text, "%016" PRIx64, value);
    cJSON_AddStringToObject(o, key, text);
}

static void add_class(cJSON *list, const MemoryClass *c)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", c->name);
    add_hex(o, "fingerprint", c->fingerprint);
    cJSON_AddItemToArray(list, o);
}

/* Six digits: what is printed reads back as itself, so that the check sum is the same. */
static double rounded(double x) { return round(x * 1e6) / 1e6; }

static void add_edge(cJSON *list, const MemoryEdge *e)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "from", e->from);
    if (e->field) cJSON_AddStringToObject(o, "field", e->field), cJSON_AddStringToObject(o, "type", e->type);
    cJSON_AddNumberToObject(o, "to", e->to);
    cJSON_AddNumberToObject(o, "misses", rounded(e->misses));
    cJSON_AddNumberToObject(o, "stalls", rounded(e->stalls));
    if (e->placed) cJSON_AddTrueToObject(o, "placed");
    cJSON_AddItemToArray(list, o);
}

static void add_order(cJSON *list, const MemoryOrder *m)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "class", m->class);
    cJSON_AddStringToObject(o, "for", m->for_class);
    cJSON *offsets = cJSON_AddArrayToObject(o, "offsets");
    for (u32 i = 0; i < m->n; i++) cJSON_AddItemToArray(offsets, cJSON_CreateNumber(m->offsets[i]));
    cJSON_AddNumberToObject(o, "stalls", rounded(m->stalls));
    if (m->failed) cJSON_AddTrueToObject(o, "failed");
    cJSON_AddItemToArray(list, o);
}

void memory_write(const void *what, FILE *f)
{
    const Memory *m = what;
    ASSERT(m->classes.len <= MAX_CLASSES && m->edges.len <= MAX_EDGES && m->orders.len <= MAX_ORDERS);
    cJSON *root = cJSON_CreateObject(), *p = cJSON_CreateObject();
    cJSON_AddNumberToObject(p, "format", FORMAT);
    cJSON_AddNumberToObject(p, "instructions", round(m->instructions));
    cJSON_AddNumberToObject(p, "cycles", round(m->cycles));
    cJSON_AddNumberToObject(p, "objects", round(m->objects));
    cJSON_AddNumberToObject(p, "loose", rounded(m->loose));
    cJSON_AddNumberToObject(p, "cost_factor", rounded(m->cost_factor));
    cJSON_AddNumberToObject(p, "did_not_pay", m->did_not_pay);
    cJSON *classes = cJSON_AddArrayToObject(p, "classes"), *edges = cJSON_AddArrayToObject(p, "edges");
    for (size_t i = 0; i < m->classes.len; i++) add_class(classes, &m->classes.data[i]);
    for (size_t i = 0; i < m->edges.len; i++) add_edge(edges, &m->edges.data[i]);
    cJSON *orders = cJSON_AddArrayToObject(p, "orders");
    for (size_t i = 0; i < m->orders.len; i++) add_order(orders, &m->orders.data[i]);
    add_hex(root, "check", hash_of(p));
    cJSON_AddItemToObject(root, "profile", p);
    char *text = cJSON_Print(root);
    fprintf(f, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(root);
}

void memory_free(Memory *m)
{
    if (!m) return;
    for (size_t i = 0; i < m->classes.len; i++) free(m->classes.data[i].name);
    for (size_t i = 0; i < m->edges.len; i++) free(m->edges.data[i].field), free(m->edges.data[i].type);
    for (size_t i = 0; i < m->orders.len; i++) free(m->orders.data[i].offsets), free(m->orders.data[i].for_class);
    vec_free(&m->classes);
    vec_free(&m->edges);
    vec_free(&m->orders);
    free(m);
}
