/* The driver of the fuzz targets: a seeded mutator, and children that feed its inputs to the target, some hundred rounds each. A
   child that does not end well names the round; the parent makes that input again, keeps it in a file and tells how to repeat it.

     FUZZER [--seed=N] [--seconds=N | --rounds=N] [--keep=DIR] FILE...   fuzzes, with the files as corpus
     FUZZER --replay FILE...                                             feeds the files as they are */
#define _GNU_SOURCE
#include "tests/fuzz/fuzz.h"
#include "base/log.h"
#include "base/vec.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 400, HANG_SECONDS = 20, MAX_INPUT = 1 << 18 };

FuzzInput *fuzz_corpus;
u32 fuzz_corpus_length;
static struct { u64 seed, seconds, rounds; const char *keep; bool replay; } options = { .seed = 1, .seconds = 60, .keep = "." };
static struct { u64 round, accepted, refused; } *shared; /* with the children */

/* ---- Inputs ---------------------------------------------------------------------------------------------------- */

u64 fuzz_next(u64 *state)
{
    u64 x = *state += 0x9e3779b97f4a7c15ull;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ x >> 27) * 0x94d049bb133111ebull;
    return x ^ x >> 31;
}

void fuzz_splice(FuzzInput *in, size_t at, size_t removed, const void *bytes, size_t n)
{
    if (at > in->length) at = in->length;
    if (removed > in->length - at) removed = in->length - at;
    size_t length = in->length - removed + n;
    if (length > MAX_INPUT) return;
    u8 *data = xmalloc(length + 1);
    memcpy(data, in->data, at);
    if (n) memcpy(data + at, bytes, n);
    memcpy(data + at + n, in->data + at + removed, in->length - at - removed);
    free(in->data);
    *in = (FuzzInput){ data, length };
}

void fuzz_damage(FuzzInput *in, u64 *state)
{
    static const u8 telling[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
    size_t at = fuzz_below(state, in->length), n = 1 + fuzz_below(state, fuzz_below(state, 4) ? 8 : 400);
    const FuzzInput *other = &fuzz_corpus[fuzz_below(state, fuzz_corpus_length)];
    size_t from = fuzz_below(state, other->length), there = n < other->length - from ? n : other->length - from;
    u8 byte = (u8)fuzz_next(state);
    switch (fuzz_below(state, 8)) {
    case 0: fuzz_splice(in, at, 1, &byte, 1); break;
    case 1: if (at < in->length) in->data[at] ^= (u8)(1u << (byte & 7)); break;
    case 2: fuzz_splice(in, at, 1, &telling[byte % NELEM(telling)], 1); break;
    case 3: fuzz_splice(in, at, n, NULL, 0); break;
    case 4: fuzz_splice(in, at, there, other->data + from, there); break;
    case 5: fuzz_splice(in, at, 0, other->data + from, there); break;
    case 6: fuzz_splice(in, at, 0, &byte, 1); break;
    default:
        if (byte < 16) in->length = at;
        else if (at < in->length) in->data[at] = (u8)(in->data[at] + (byte & 1 ? 1 : -1));
    }
}

static FuzzInput input_of(u64 round)
{
    u64 state = options.seed * 0x2545f4914f6cdd1dull + round;
    const FuzzInput *base = &fuzz_corpus[fuzz_below(&state, fuzz_corpus_length)];
    FuzzInput in = { memcpy(xmalloc(base->length + 1), base->data, base->length), base->length };
    fuzz_mutate(&in, &state);
    return in;
}

/* ---- Children -------------------------------------------------------------------------------------------------- */

/* The target sees memory that ends where the input ends, so that a sanitizer tells reads beyond it. */
static void feed(const FuzzInput *in)
{
    u8 *exact = memcpy(xmalloc(in->length ? in->length : 1), in->data, in->length);
    if (fuzz_one(exact, in->length)) shared->accepted++;
    else shared->refused++;
    free(exact);
}

static void child(u64 from, u64 to)
{
    for (shared->round = from; shared->round < to; shared->round++) {
        FuzzInput in = options.replay ? fuzz_corpus[shared->round] : input_of(shared->round);
        alarm(HANG_SECONDS);
        feed(&in);
        if (!options.replay) free(in.data);
    }
    alarm(0);
    fflush(NULL);
    _exit(0);
}

static const char *ending(int status)
{
    if (WIFEXITED(status)) return xasprintf("exit %d", WEXITSTATUS(status));
    if (WTERMSIG(status) == SIGALRM) return xasprintf("still running after %d s", HANG_SECONDS);
    return xasprintf("%s", strsignal(WTERMSIG(status)));
}

static NORETURN void found(int status)
{
    const char *how = ending(status);
    u64 round = shared->round;
    if (options.replay) {
        printf("FAIL fuzz %s: file %llu: %s\n", fuzz_name, (unsigned long long)round + 1, how);
        exit(1);
    }
    FuzzInput in = input_of(round);
    const char *path = xasprintf("%s/%s-%llu-%llu", options.keep, fuzz_name, (unsigned long long)options.seed, (unsigned long long)round);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(in.data, 1, in.length, f) != in.length || fclose(f)) warn("cannot write %s: %s", path, strerror(errno));
    printf("FAIL fuzz %s: round %llu of seed %llu: %s; repeat with --replay %s\n", fuzz_name, (unsigned long long)round,
           (unsigned long long)options.seed, how, path);
    exit(1);
}

static void batch(u64 from, u64 to)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) die("fork: %s", strerror(errno));
    if (!pid) child(from, to);
    int status;
    while (waitpid(pid, &status, 0) < 0) ASSERT(errno == EINTR);
    if (status) found(status);
    ASSERT(shared->round == to);
}

/* ---- Command line ---------------------------------------------------------------------------------------------- */

static void add_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) die("%s: %s", path, strerror(errno));
    u8 *data = xmalloc(MAX_INPUT);
    size_t length = fread(data, 1, MAX_INPUT, f);
    if (ferror(f)) die("%s: %s", path, strerror(errno));
    fclose(f);
    fuzz_corpus = xrealloc(fuzz_corpus, (fuzz_corpus_length + 1) * sizeof *fuzz_corpus);
    fuzz_corpus[fuzz_corpus_length++] = (FuzzInput){ data, length };
}

static bool number(const char *arg, const char *name, u64 *out)
{
    size_t n = strlen(name);
    if (strncmp(arg, name, n)) return false;
    char *end;
    errno = 0;
    *out = strtoull(arg + n, &end, 10);
    if (errno || *end || end == arg + n) die("%s: not a number", arg);
    return true;
}

static void parse(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (number(argv[i], "--seed=", &options.seed) || number(argv[i], "--seconds=", &options.seconds)) continue;
        if (number(argv[i], "--rounds=", &options.rounds)) continue;
        if (!strncmp(argv[i], "--keep=", 7)) options.keep = argv[i] + 7;
        else if (!strcmp(argv[i], "--replay")) options.replay = true;
        else if (!strncmp(argv[i], "--", 2)) die("%s: unknown option", argv[i]);
        else add_file(argv[i]);
    }
    if (!fuzz_corpus_length) die("no corpus: name some files");
}

int main(int argc, char **argv)
{
    parse(argc, argv);
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) die("mmap: %s", strerror(errno));
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    u64 round = 0, last = options.replay ? fuzz_corpus_length : options.rounds;
    do {
        u64 to = last && round + BATCH > last ? last : round + BATCH;
        batch(round, to);
        round = to;
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (last ? round < last : (u64)(now.tv_sec - start.tv_sec) < options.seconds);
    if (!options.replay && !(shared->accepted && shared->refused)) die("fuzz %s: all or none of the inputs were accepted", fuzz_name);
    printf("ok fuzz %s (%llu rounds, %llu accepted, %llu refused)\n", fuzz_name, (unsigned long long)round,
           (unsigned long long)shared->accepted, (unsigned long long)shared->refused);
    return 0;
}
