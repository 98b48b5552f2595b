/* Loads a static RV64 Linux program for rvrun: checks the ELF file, puts its segments where they belong (memory is identity-mapped, so
   there they go or nowhere), gives it a heap, and builds its first stack as the kernel would. */
#define _GNU_SOURCE
#include "hwsim/rvrun.h"
#include "base/log.h"
#include "base/vec.h"
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_FILE (1ull << 30)

/* --- loading --------------------------------------------------------------------------------------------------- */

static void map_at(RvProgram *p, u64 at, u64 size, const char *what)
{
    u64 from = ALIGN_DOWN(at, 4096ull), to = ALIGN_UP(at + size, 4096ull);
    void *m = mmap((void *)from, to - from, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (m != (void *)from) die("%s: cannot map its %s at 0x%" PRIx64 ": %s", p->path, what, from, m == MAP_FAILED ? strerror(errno) : "address taken");
    ASSERT(p->nmaps < NELEM(p->maps));
    p->maps[p->nmaps++] = (RvMap){ m, to - from };
}

static void check_magic(const char *path, const u8 *file, size_t size)
{
    if (size < sizeof(Elf64_Ehdr) || memcmp(file, ELFMAG, SELFMAG)) die("%s: not an ELF file", path);
}

/* What is no program is not read to its end, which it may not have. */
static u8 *read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    if (!f) die("%s: %s", path, strerror(errno));
    Vec(u8) v = { 0 };
    for (size_t n = 1; n; v.len += n) {
        vec_reserve(&v, v.len + 65536);
        n = fread(v.data + v.len, 1, 65536, f);
        if (!v.len && !ferror(f)) check_magic(path, v.data, n);
        if (v.len > MAX_FILE) die("%s: larger than %llu MiB, which no program is", path, MAX_FILE >> 20);
    }
    if (ferror(f)) die("%s: %s", path, strerror(errno));
    fclose(f);
    *size = v.len;
    return v.data;
}

static const Elf64_Ehdr *check_header(const char *path, const u8 *file, size_t size)
{
    const Elf64_Ehdr *h = (const Elf64_Ehdr *)file;
    ASSERT(size >= sizeof *h);
    if (h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_ident[EI_DATA] != ELFDATA2LSB || h->e_machine != EM_RISCV)
        die("%s: not a 64-bit little-endian RISC-V program", path);
    if (h->e_type != ET_EXEC && h->e_type != ET_DYN) die("%s: not an executable", path);
    if (h->e_phentsize != sizeof(Elf64_Phdr) || !h->e_phnum || h->e_phoff > size || h->e_phnum > (size - h->e_phoff) / sizeof(Elf64_Phdr))
        die("%s: broken program headers", path);
    return h;
}

typedef struct Extent { u64 from, to; } Extent;

/* What the loadable segments cover; checks each. */
static Extent segments_extent(const char *path, const Elf64_Phdr *ph, u32 n, size_t size)
{
    Extent e = { ~0ull, 0 };
    for (u32 i = 0; i < n; i++) {
        if (ph[i].p_type == PT_INTERP) die("%s: dynamically linked; rvrun runs static programs", path);
        if (ph[i].p_type != PT_LOAD) continue;
        if (ph[i].p_filesz > ph[i].p_memsz || ph[i].p_offset > size || ph[i].p_filesz > size - ph[i].p_offset ||
            ph[i].p_memsz > 1ull << 32 || ph[i].p_vaddr > 1ull << 34)
            die("%s: broken segment %u", path, i);
        if (!ph[i].p_memsz) continue;
        if (ph[i].p_vaddr < e.from) e.from = ph[i].p_vaddr;
        if (ph[i].p_vaddr + ph[i].p_memsz > e.to) e.to = ph[i].p_vaddr + ph[i].p_memsz;
    }
    if (!e.to) die("%s: nothing to load", path);
    return e;
}

void rv_load(RvProgram *p, const char *path)
{
    size_t size;
    u8 *file = read_file(path, &size);
    const Elf64_Ehdr *h = check_header(path, file, size);
    const Elf64_Phdr *ph = (const Elf64_Phdr *)(file + h->e_phoff);
    Extent e = segments_extent(path, ph, h->e_phnum, size);
    *p = (RvProgram){ .path = path, .load_base = h->e_type == ET_DYN ? RV_PIE_BASE : 0 };
    p->entry = p->load_base + h->e_entry;
    if (e.from + p->load_base < HW_LOW_MEMORY) die("%s: loads below address 0x%llx", path, HW_LOW_MEMORY);
    map_at(p, p->load_base + e.from, e.to - e.from, "image");
    for (u32 i = 0; i < h->e_phnum; i++) {
        if (ph[i].p_type != PT_LOAD || !ph[i].p_memsz) continue;
        u64 at = p->load_base + ph[i].p_vaddr;
        memcpy((void *)at, file + ph[i].p_offset, ph[i].p_filesz);
        if (h->e_phoff >= ph[i].p_offset && h->e_phoff < ph[i].p_offset + ph[i].p_filesz) p->phdr = at + h->e_phoff - ph[i].p_offset;
        if ((ph[i].p_flags & PF_X) && p->entry >= at && p->entry - at < ph[i].p_filesz) p->text = at, p->text_end = at + ph[i].p_filesz;
    }
    ASSERT(e.from < e.to);
    if (!p->text_end) die("%s: its entry point 0x%" PRIx64 " is in none of its executable segments", path, (u64)h->e_entry);
    p->phnum = h->e_phnum, p->phent = h->e_phentsize;
    p->brk_start = p->brk = ALIGN_UP(p->load_base + e.to, 4096ull) + 4096;
    p->brk_end = p->brk_start + RV_BRK_BYTES;
    map_at(p, p->brk_start, RV_BRK_BYTES, "heap");
    free(file);
}

void rv_unload(RvProgram *p)
{
    while (p->nmaps) {
        RvMap m = p->maps[--p->nmaps];
        munmap(m.at, m.size);
    }
}

/* --- the first stack -------------------------------------------------------------------------------------------- */

static u64 push_bytes(u64 *sp, const void *data, size_t n)
{
    *sp -= n;
    memcpy((void *)*sp, data, n);
    return *sp;
}

u64 rv_build_stack(RvProgram *p, int argc, char **argv)
{
    static const u8 random_bytes[16] = { 0x1d, 0x6c, 0x2f, 0x93, 0x55, 0xe0, 0x77, 0x08, 0xb1, 0x4a, 0xc6, 0x3e, 0x9f, 0x20, 0xd4, 0x8b };
    map_at(p, RV_STACK_TOP - RV_STACK_BYTES, RV_STACK_BYTES, "stack");
    u64 sp = RV_STACK_TOP;
    u64 random = push_bytes(&sp, random_bytes, sizeof random_bytes);
    u64 platform = push_bytes(&sp, "riscv64", 8);
    Vec(u64) words = { 0 };
    vec_push(&words, (u64)argc);
    for (int i = 0; i < argc; i++) vec_push(&words, push_bytes(&sp, argv[i], strlen(argv[i]) + 1));
    vec_push(&words, 0);
    vec_push(&words, 0);
    u64 isa = 1 << ('I' - 'A') | 1 << ('M' - 'A') | 1 << ('A' - 'A') | 1 << ('F' - 'A') | 1 << ('D' - 'A') | 1 << ('C' - 'A');
    u64 aux[][2] = { { AT_PHDR, p->phdr }, { AT_PHENT, p->phent }, { AT_PHNUM, p->phnum }, { AT_PAGESZ, 4096 }, { AT_BASE, 0 },
                     { AT_ENTRY, p->entry }, { AT_UID, getuid() }, { AT_EUID, geteuid() }, { AT_GID, getgid() }, { AT_EGID, getegid() },
                     { AT_SECURE, 0 }, { AT_HWCAP, isa }, { AT_CLKTCK, 100 }, { AT_RANDOM, random }, { AT_PLATFORM, platform },
                     { AT_NULL, 0 } };
    for (u32 i = 0; i < NELEM(aux); i++) {
        vec_push(&words, aux[i][0]);
        vec_push(&words, aux[i][1]);
    }
    if (words.len * 8 > RV_STACK_BYTES / 2 || RV_STACK_TOP - sp > RV_STACK_BYTES / 2) die("%s: too many arguments", p->path);
    sp = ALIGN_DOWN(sp - words.len * 8, 16ull);
    ASSERT(sp > RV_STACK_TOP - RV_STACK_BYTES);
    memcpy((void *)sp, words.data, words.len * 8);
    vec_free(&words);
    return sp;
}

void rv_disassemble(const RvProgram *p, FILE *out)
{
    for (u64 pc = ALIGN_UP(p->entry & ~1ull, 2ull); pc + 4 <= p->text_end;) {
        char text[80];
        u64 at = pc;
        pc += hw_disassemble((void *)at, at, text, sizeof text);
        fprintf(out, "%" PRIx64 "\t%s\n", at, text);
    }
}
