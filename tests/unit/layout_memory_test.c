/* Profiles as files: what is written reads back; what is damaged, by a cut or by a bit, is refused with a word on why, and never half-read. */
#include "layout/memory.h"
#include "base/hash.h"
#include <criterion/criterion.h>
#include <string.h>

static Memory *example(void)
{
    Memory *m = xcalloc(1, sizeof *m);
    m->instructions = 123456789, m->cycles = 223456789, m->loose = 0.7512345, m->objects = 40000, m->cost_factor = 1.25, m->did_not_pay = 1;
    vec_push(&m->classes, ((MemoryClass){ xstrdup("[LTree$Node;"), 0xfedcba9876543210ull }));
    vec_push(&m->classes, ((MemoryClass){ xstrdup("Tree$\"No\\de\n"), 7 }));
    vec_push(&m->edges, ((MemoryEdge){ 1, 1, xstrdup("left"), xstrdup("LTree$Node;"), 0.6, 1.5, true }));
    vec_push(&m->edges, ((MemoryEdge){ 0, 1, NULL, NULL, 0.4, 0.000001, false }));
    MemoryOrder o = { .class = 1, .n = 2, .for_class = xstrdup("Tree"), .stalls = 0.25, .failed = true, .offsets = xcalloc(2, sizeof(u32)) };
    o.offsets[0] = 16, o.offsets[1] = 65528;
    vec_push(&m->orders, o);
    return m;
}

static char *text_of(const Memory *m, size_t *n)
{
    char *text = NULL;
    FILE *f = open_memstream(&text, n);
    memory_write(m, f);
    fclose(f);
    return text;
}

Test(layout_memory, reads_back_what_it_writes)
{
    Memory *m = example();
    size_t n;
    char *text = text_of(m, &n), *wrong;
    Memory *r = memory_parse(text, n, &wrong);
    cr_assert_not_null(r, "%s", wrong);
    cr_assert_eq(r->classes.len, 2);
    cr_assert_eq(r->edges.len, 2);
    cr_assert_eq(r->classes.data[0].fingerprint, 0xfedcba9876543210ull);
    cr_assert_str_eq(r->classes.data[1].name, "Tree$\"No\\de\n");
    cr_assert_str_eq(r->edges.data[0].field, "left");
    cr_assert_null(r->edges.data[1].field);
    cr_assert(r->edges.data[0].placed && !r->edges.data[1].placed);
    cr_assert_eq(r->edges.data[1].stalls, 0.000001);
    cr_assert_eq(r->did_not_pay, 1);
    cr_assert_eq(r->orders.len, 1);
    cr_assert(r->orders.data[0].class == 1 && r->orders.data[0].n == 2 && r->orders.data[0].failed);
    cr_assert(r->orders.data[0].offsets[0] == 16 && r->orders.data[0].offsets[1] == 65528);
    cr_assert_str_eq(r->orders.data[0].for_class, "Tree");
    memory_free(m);
    memory_free(r);
    free(text);
}

/* NULL, and why; or a profile that is the same. */
static void refuse(const char *text, size_t n, const char *good)
{
    char *wrong = NULL;
    Memory *r = memory_parse(text, n, &wrong);
    if (!r) {
        cr_assert(wrong && *wrong && !strchr(wrong, '\n'));
        free(wrong);
        return;
    }
    size_t again_n;
    char *again = text_of(r, &again_n);
    cr_assert_str_eq(again, good, "damage was accepted");
    free(again);
    memory_free(r);
}

Test(layout_memory, refuses_what_is_cut_off)
{
    Memory *m = example();
    size_t n;
    char *text = text_of(m, &n);
    for (size_t cut = 0; cut < n; cut++) {
        char *part = xmalloc(cut + 1); /* so that a checker sees what lies beyond */
        memcpy(part, text, cut);
        part[cut] = 0;
        refuse(part, cut, text);
        free(part);
    }
    memory_free(m);
    free(text);
}

Test(layout_memory, refuses_flipped_bits)
{
    Memory *m = example();
    size_t n;
    char *text = text_of(m, &n), *damaged = xmalloc(n + 1);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        memcpy(damaged, text, n + 1);
        damaged[bit / 8] = (char)(damaged[bit / 8] ^ 1 << bit % 8);
        refuse(damaged, n, text);
    }
    u64 state = 1;
    for (u32 round = 0; round < 20000; round++) { /* and bytes in many places at once */
        memcpy(damaged, text, n + 1);
        for (u64 hits = 1 + hash_u64(state++) % 8; hits; hits--) {
            u64 at = hash_u64(state++) % n;
            damaged[at] = (char)hash_u64(state++);
        }
        refuse(damaged, n, text);
    }
    memory_free(m);
    free(damaged);
    free(text);
}

/* Good JSON with a good check sum, but numbers that are none of a profile's. */
static void refuse_changed(void (*change)(Memory *m), const char *why)
{
    Memory *m = example();
    change(m);
    size_t n;
    char *text = text_of(m, &n), *wrong = NULL;
    cr_assert_null(memory_parse(text, n, &wrong));
    cr_assert(wrong && strstr(wrong, why), "%s", wrong);
    free(wrong);
    free(text);
    memory_free(m);
}

static void to_nowhere(Memory *m) { m->edges.data[0].to = 2; }
static void too_hot(Memory *m) { m->edges.data[0].misses = 1.5; }
static void too_long(Memory *m) { m->cycles = 1e30; }
static void no_classes(Memory *m) { m->classes.len = 0; }

Test(layout_memory, refuses_what_cannot_be)
{
    refuse_changed(to_nowhere, "to");
    refuse_changed(too_hot, "misses");
    refuse_changed(too_long, "cycles");
    refuse_changed(no_classes, "classes");
}
