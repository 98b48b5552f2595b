/* The memory map: every byte that the simulated core can address lies in one of these fixed windows, so that
   a run is the same on every host. Windows are reserved at start (PROT_NONE) and committed on demand.
   Bases are build constants: 0-based normally; AddressSanitizer builds (-DWIN_BASE=0x200000000000ull) move all
   of them up, because its shadow memory occupies low addresses. Shared by host and RV64 builds. */
#ifndef BASE_WINDOW_H
#define BASE_WINDOW_H
#include "base/types.h"

#ifndef WIN_BASE
#define WIN_BASE 0x0ull
#endif

/* The RV64 interpreter, linked at this address. */
#define WIN_GUEST_BASE  (WIN_BASE + 0x0010000000ull)
#define WIN_GUEST_SIZE  0x0001000000ull
/* Compiled code. */
#define WIN_CODE_BASE   (WIN_BASE + 0x0012000000ull)
#define WIN_CODE_SIZE   0x000e000000ull
/* Class metadata: below 4 GiB, so that class pointers fit 32 bits. */
#define WIN_META_BASE   (WIN_BASE + 0x0020000000ull)
#define WIN_META_SIZE   0x0060000000ull
/* 4-24 GiB: Boehm's heap. References are 32 bits, (address - WIN_BASE) >> 3, so heap and arenas end at 32 GiB. */
#define WIN_HEAP_BASE   (WIN_BASE + 0x0100000000ull)
#define WIN_HEAP_SIZE   0x0500000000ull
/* 24-32 GiB: the layout optimizer's arenas. */
#define WIN_ARENA_BASE  (WIN_BASE + 0x0600000000ull)
#define WIN_ARENA_SIZE  0x0200000000ull
/* Thread structs, Java stacks, RV64 stacks. */
#define WIN_STACK_BASE  (WIN_BASE + 0x0800000000ull)
#define WIN_STACK_SIZE  0x0100000000ull
/* Unsafe memory and direct buffers; in the upper half mapped files, whose pages may be gone. */
#define WIN_NATIVE_BASE (WIN_BASE + 0x0900000000ull)
#define WIN_NATIVE_SIZE 0x0800000000ull
#define WIN_NATIVE_OWN_BITS 34 /* of addresses in the lower half, from the base */
/* Firmware tables: sample buffers, monitors, mark bits. */
#define WIN_TABLE_BASE  (WIN_BASE + 0x1100000000ull)
#define WIN_TABLE_SIZE  0x0100000000ull

#define IN_WINDOW(name, p) ((u64)(p) - WIN_##name##_BASE < WIN_##name##_SIZE)

/* A bump allocator over one window; commits (zeroed) pages as it grows. */
typedef struct Window {
    const char *name;
    u64 base, size;
    u64 next;      /* first byte not handed out */
    u64 committed; /* first byte not committed */
} Window;

extern Window win_meta, win_code, win_stack, win_table;

/* Reserves every window; on failure prints one line (which window, why, what to do) and exits with 1.
   The GUEST window is left to whoever loads the guest image. Idempotent. */
void windows_reserve(void);

/* Takes n zeroed bytes at an alignment that is a power of two; never NULL: exhaustion is a fatal error that names the window. */
void *window_alloc(Window *w, size_t n, size_t align);

/* Commits [p, p+n) of a reserved window (whole pages around it) read-write; 0 or an errno. */
int window_commit(void *p, size_t n);
/* Asks the host to use large pages there if it can. */
void window_large_pages(void *p, size_t n);
/* Gives [p, p+n) back (contents become zero, PROT_NONE). p and n must be page-aligned. */
void window_decommit(void *p, size_t n);

#endif
