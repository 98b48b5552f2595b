/* Slots to follow: see slots.h. */
#include "layout/slots.h"
#include <string.h>

void slots_grow(void **data, size_t *cap, size_t len, size_t size)
{
    size_t n = *cap ? *cap * 2 : 4096;
    void *p = window_alloc(&win_table, n * size, 64);
    if (len) {
        memcpy(p, *data, len * size);
        charge_touch(*data, len * size, false);
        charge_touch(p, len * size, true);
        charge_units(table_word, len * size / 8);
    }
    *data = p, *cap = n;
}
