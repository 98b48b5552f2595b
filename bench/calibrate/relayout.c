/* Kernels of moving the fields of objects where they lie. */
#include "bench/calibrate/calibrate.h"
#include "vm/relayout.c"

/* The first n fields change places two by two. */
static void exchange(Class *c, const char *const *names, u32 n, u32 entries)
{
    FieldPlace places[4];
    RelayoutResult result;
    for (u32 i = 0; i < n; i++) {
        Field *f = class_declared_field(c, symbol_of(names[i]), NULL), *other = class_declared_field(c, symbol_of(names[i ^ 1]), NULL);
        places[i] = (FieldPlace){ f, other->offset };
    }
    sample_begin();
    if (relayout(places, n, &result) || result.instances < entries) panic("the fields of %s did not move", c->name->bytes);
    sample_end();
}

/* Entries of a map whose links change places: two fields, then four. */
void relayout_kernels(Thread *t)
{
    enum { ENTRIES = 2000 };
    static const char *const names[] = { "left", "right", "key", "value" };
    Class *c = world_class("java/util/TreeMap$Entry");
    group("cut", "relayout_byte");
    for (u32 n = 1; n <= NELEM(names); n++) {
        Moving m = { .c = c };
        for (u32 i = 0; i < n; i++) vec_push(&m.shifts, ((Shift){ 8 + 4 * i, 8 + 4 * (i + 1) % 16, 4 }));
        sample_begin();
        cut(&m);
        sample_end();
    }
    Object *other = object_new(t, world_class("java/util/LinkedList$Node"));
    group("relayout-look", "relayout_look");
    sample_begin();
    for (u32 i = 0; i < ENTRIES; i++) move_fields(NULL, (GcObject *)other);
    sample_end();
    group("relayout", "relayout"); /* before there are any objects */
    for (u32 n = 2; n <= NELEM(names); n += 2) exchange(c, names, n, 0);
    for (u32 i = 0; i < ENTRIES; i++) object_new(t, c);
    group("relayout-objects", "relayout_object relayout_piece");
    for (u32 n = 2; n <= NELEM(names); n += 2) exchange(c, names, n, ENTRIES);
}
