/* Reserving and committing the fixed address windows: see window.h. */
#define _GNU_SOURCE
#include "base/window.h"
#include "base/log.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define COMMIT_STEP (1u << 20)

Window win_code = { "code", WIN_CODE_BASE, WIN_CODE_SIZE, WIN_CODE_BASE, WIN_CODE_BASE };
Window win_meta = { "class metadata", WIN_META_BASE, WIN_META_SIZE, WIN_META_BASE, WIN_META_BASE };
Window win_stack = { "thread stacks", WIN_STACK_BASE, WIN_STACK_SIZE, WIN_STACK_BASE, WIN_STACK_BASE };
Window win_table = { "firmware tables", WIN_TABLE_BASE, WIN_TABLE_SIZE, WIN_TABLE_BASE, WIN_TABLE_BASE };

static void reserve(const char *name, u64 base, u64 size)
{
    void *p = mmap((void *)base, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (p == (void *)base) return;
    int e = p == MAP_FAILED ? errno : EEXIST;
    die("cannot reserve the %s window at 0x%llx-0x%llx: %s (%s)", name, (unsigned long long)base,
        (unsigned long long)(base + size), strerror(e),
        e == ENOMEM ? "raise the address-space limit: ulimit -v unlimited" : "something else in the process occupies it");
}

void windows_reserve(void)
{
    static bool done;
    if (done) return;
    done = true;
    reserve(win_code.name, win_code.base, win_code.size);
    reserve(win_meta.name, win_meta.base, win_meta.size);
    reserve("heap", WIN_HEAP_BASE, WIN_HEAP_SIZE);
    reserve("layout arena", WIN_ARENA_BASE, WIN_ARENA_SIZE);
    reserve(win_stack.name, win_stack.base, win_stack.size);
    reserve("native memory", WIN_NATIVE_BASE, WIN_NATIVE_SIZE);
    reserve(win_table.name, win_table.base, win_table.size);
}

int window_commit(void *p, size_t n)
{
    u64 a = ALIGN_DOWN((u64)p, 4096ull), e = ALIGN_UP((u64)p + n, 4096ull);
    return mprotect((void *)a, e - a, PROT_READ | PROT_WRITE) ? errno : 0;
}

void window_large_pages(void *p, size_t n) { madvise(p, n, MADV_HUGEPAGE); }

void window_decommit(void *p, size_t n)
{
    ASSERT(!((u64)p & 4095) && !(n & 4095));
    madvise(p, n, MADV_DONTNEED);
    mprotect(p, n, PROT_NONE);
}

void *window_alloc(Window *w, size_t n, size_t align)
{
    windows_reserve();
    u64 p = ALIGN_UP(w->next, (u64)align), end = p + n;
    if (end > w->base + w->size) die("the %s window is full (%llu MiB)", w->name, (unsigned long long)(w->size >> 20));
    if (end > w->committed) {
        u64 to = ALIGN_UP(end, (u64)COMMIT_STEP);
        if (to > w->base + w->size) to = w->base + w->size;
        int e = window_commit((void *)w->committed, to - w->committed);
        if (e) die("cannot commit %llu KiB of the %s window: %s", (unsigned long long)((to - w->committed) >> 10), w->name, strerror(e));
        w->committed = to;
    }
    w->next = end;
    return (void *)p;
}
