/* A fuzz target: what the driver (fuzz.c) needs to know of the code that it feeds damaged input. The input of round r under seed s
   is a function of the corpus, s and r alone, so that any round can be made again. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H
#include "base/types.h"

typedef struct FuzzInput { u8 *data; size_t length; } FuzzInput;

/* The corpus: the files of the command line. */
extern FuzzInput *fuzz_corpus;
extern u32 fuzz_corpus_length;

/* Reproducible random numbers; below(s, n) is one of 0..n-1. */
u64 fuzz_next(u64 *state);
static inline u64 fuzz_below(u64 *state, u64 n) { return n ? fuzz_next(state) % n : 0; }
/* Replaces in->data[at, at+removed) with n bytes; a position beyond the end is the end. */
void fuzz_splice(FuzzInput *in, size_t at, size_t removed, const void *bytes, size_t n);
/* Damage that fits any format: bytes, bits, stretches removed, doubled, or taken from another file of the corpus. */
void fuzz_damage(FuzzInput *in, u64 *state);

/* Given by the target. */
extern const char fuzz_name[];
void fuzz_mutate(FuzzInput *in, u64 *state);      /* damages one copied corpus file */
bool fuzz_one(const u8 *data, size_t length);     /* true: accepted. Whatever is wrong with the tested code aborts. */
#endif
