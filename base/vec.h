/* A growable array as a macro-made struct: `Vec(int) v = {0}; vec_push(&v, 3); v.data[0]`. Host only.
   Memory is malloc's; running out of it is fatal. */
#ifndef BASE_VEC_H
#define BASE_VEC_H
#include "base/types.h"
#include <stdlib.h>

#define Vec(T) struct { T *data; size_t len, cap; }

/* Grows *data (elements of `size` bytes) to hold at least `need`; updates *cap. */
void vec_grow(void **data, size_t *cap, size_t need, size_t size);

#define vec_reserve(v, n) \
    ((n) > (v)->cap ? vec_grow((void **)&(v)->data, &(v)->cap, (n), sizeof *(v)->data) : (void)0)
#define vec_push(v, x) (vec_reserve((v), (v)->len + 1), (v)->data[(v)->len++] = (x))
#define vec_pop(v) ((v)->data[--(v)->len])
#define vec_last(v) ((v)->data[(v)->len - 1])
#define vec_free(v) (free((v)->data), (v)->data = NULL, (v)->len = (v)->cap = 0)
#define vec_clear(v) ((v)->len = 0)

/* malloc, calloc, realloc, strdup that never return NULL. */
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
/* printf into fresh memory, owned by the caller. */
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
