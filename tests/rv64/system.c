/* Atomics, memory management, files, arguments, self-modifying code, exit status. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

static void atomics(void)
{
    _Atomic int32_t w = 7;
    _Atomic uint64_t d = 1;
    _Atomic uint8_t small[4] = { 1, 2, 3, 4 };
    for (int i = 0; i < 100; i++) {
        atomic_fetch_add(&w, i * 0x1234567);
        atomic_fetch_xor(&d, (uint64_t)i << 50 | (uint64_t)i * 77);
        atomic_fetch_or(&d, (uint64_t)1 << (i & 63));
        atomic_fetch_add(&small[i & 3], (uint8_t)i);
        uint64_t expected = d;
        if (!atomic_compare_exchange_strong(&d, &expected, expected * 3 + 1)) printf("exchange failed\n");
    }
    printf("%d %llx %d %d %d %d\n", w, (unsigned long long)d, small[0], small[1], small[2], small[3]);
}

static void memory(void)
{
    uint64_t sum = 0;
    char *blocks[64];
    for (int i = 0; i < 64; i++) {
        blocks[i] = malloc((size_t)1000 << (i & 11));
        memset(blocks[i], i, (size_t)1000 << (i & 11));
    }
    for (int i = 0; i < 64; i++) {
        blocks[i] = realloc(blocks[i], (size_t)3000 << (i & 11));
        sum += (unsigned char)blocks[i][999];
        free(blocks[i]);
    }
    char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 1 << 20; i += 4096) sum += (uint64_t)p[i];
    munmap(p, 1 << 20);
    printf("%llu\n", (unsigned long long)sum);
}

static void files(void)
{
    char path[] = "/tmp/loam-rv64-XXXXXX", line[64] = "";
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w+");
    fprintf(f, "one\ntwo\nthree\n");
    fflush(f);
    struct stat s;
    fstat(fd, &s);
    rewind(f);
    for (int i = 0; i < 3; i++)
        if (!fgets(line, sizeof line, f)) printf("end of file\n");
    printf("%ld %o %s", (long)s.st_size, s.st_mode, line);
    fclose(f);
    unlink(path);
    printf("%d %d\n", stat(path, &s), open("/nonexistent", O_RDONLY));
    struct utsname u;
    uname(&u);
    printf("%s\n", u.machine);
}

/* Writes `li a0, n; ret` over and over. */
static void rewriting(void)
{
    uint32_t *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int sum = 0;
    for (int i = 0; i < 200; i++) {
        code[0] = 0x00000513 | (uint32_t)i << 20;
        code[1] = 0x00008067;
        if (i & 1) __builtin___clear_cache((char *)code, (char *)(code + 2));
        else asm volatile("fence.i" ::: "memory");
        sum += ((int (*)(void))code)();
    }
    printf("%d\n", sum);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) printf("[%s]", argv[i]);
    atomics();
    memory();
    files();
    rewriting();
    return 42;
}
