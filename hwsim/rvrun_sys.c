/* Linux system calls for rvrun. RV64 numbers and structures are the kernel's generic ones, which mostly equal the
   host's: those calls pass straight through (memory is one). The rest is below, and threads are in rvrun_harts.c; signal handlers are
   accepted and never run. */
#define _GNU_SOURCE
#include "base/hash.h"
#include "base/log.h"
#include "hwsim/rvrun.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <unistd.h>

/* D(RV64 number, name): the host's call of that name, with the same arguments. */
#define DIRECT(D) \
    D(17, getcwd) D(23, dup) D(24, dup3) D(25, fcntl) D(29, ioctl) D(34, mkdirat) D(35, unlinkat) D(37, linkat) D(46, ftruncate) \
    D(48, faccessat) D(49, chdir) D(56, openat) D(57, close) D(59, pipe2) D(61, getdents64) D(62, lseek) D(63, read) D(64, write) \
    D(65, readv) D(66, writev) D(67, pread64) D(68, pwrite64) D(72, pselect6) D(73, ppoll) D(82, fsync) \
    D(113, clock_gettime) D(114, clock_getres) \
    D(153, times) D(165, getrusage) D(169, gettimeofday) D(173, getppid) D(174, getuid) D(175, geteuid) \
    D(176, getgid) D(177, getegid) D(179, sysinfo) D(226, mprotect) D(233, madvise) D(261, prlimit64) \
    D(276, renameat2) D(291, statx)

/* The ones that need a hand. */
enum {
    NR_nanosleep = 101, NR_clock_nanosleep = 115, NR_getpid = 172, NR_getrandom = 278,
    NR_futex = 98, NR_sched_getaffinity = 123, NR_sched_yield = 124, NR_getcpu = 168, NR_gettid = 178, NR_clone = 220, NR_move_pages = 239,
    NR_readlinkat = 78, NR_newfstatat = 79, NR_fstat = 80, NR_exit = 93, NR_exit_group = 94, NR_set_tid_address = 96, NR_set_robust_list = 99,
    NR_kill = 129, NR_tkill = 130, NR_tgkill = 131, NR_sigaltstack = 132, NR_rt_sigaction = 134, NR_rt_sigprocmask = 135,
    NR_uname = 160, NR_brk = 214, NR_munmap = 215, NR_mremap = 216, NR_mmap = 222, NR_riscv_flush_icache = 259
};

/* The generic kernel's struct stat. */
typedef struct GenericStat {
    u64 dev, ino;
    u32 mode, nlink, uid, gid;
    u64 rdev, pad1;
    i64 size;
    i32 blksize, pad2;
    i64 blocks;
    i64 atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
    u32 unused[2];
} GenericStat;
_Static_assert(sizeof(GenericStat) == 128, "struct stat of the generic ABI");

static i64 put_stat(int result, const struct stat *s, u64 at)
{
    if (result) return -errno;
    if (at < HW_LOW_MEMORY) return -EFAULT;
    GenericStat g = { .dev = s->st_dev, .ino = s->st_ino, .mode = s->st_mode, .nlink = (u32)s->st_nlink, .uid = s->st_uid,
                      .gid = s->st_gid, .rdev = s->st_rdev, .size = s->st_size, .blksize = (i32)s->st_blksize,
                      .blocks = s->st_blocks, .atime = s->st_atim.tv_sec, .atime_ns = s->st_atim.tv_nsec,
                      .mtime = s->st_mtim.tv_sec, .mtime_ns = s->st_mtim.tv_nsec, .ctime = s->st_ctim.tv_sec,
                      .ctime_ns = s->st_ctim.tv_nsec };
    memcpy((void *)at, &g, sizeof g);
    return 0;
}

static i64 sys_fstat(const u64 *a)
{
    struct stat s;
    return put_stat(fstat((int)a[0], &s), &s, a[1]);
}

static i64 sys_fstatat(const u64 *a)
{
    struct stat s;
    return put_stat(fstatat((int)a[0], (const char *)a[1], &s, (int)a[3]), &s, a[2]);
}

/* The program's own file is not the simulator's; so what it does does not depend on where that is. */
static i64 sys_readlinkat(const RvProgram *p, const u64 *a)
{
    static const char self[] = "/proc/self/exe";
    char path[sizeof self], real[PATH_MAX];
    struct iovec to = { path, sizeof path }, from = { (void *)a[1], sizeof path };
    bool own = process_vm_readv(getpid(), &to, 1, &from, 1, 0) == sizeof path && !memcmp(path, self, sizeof self) && realpath(p->path, real);
    if (!own) {
        long r = syscall(SYS_readlinkat, a[0], a[1], a[2], a[3]);
        return r == -1 ? -errno : r;
    }
    size_t n = strlen(real);
    if (n > a[3]) n = a[3];
    from = (struct iovec){ real, n }, to = (struct iovec){ (void *)a[2], n };
    return n && process_vm_writev(getpid(), &from, 1, &to, 1, 0) == (ssize_t)n ? (i64)n : -EFAULT;
}

static i64 sys_uname(u64 at)
{
    struct utsname u;
    if (at < HW_LOW_MEMORY) return -EFAULT;
    if (uname(&u)) return -errno;
    strcpy(u.machine, "riscv64");
    memcpy((void *)at, &u, sizeof u);
    return 0;
}

static i64 sys_brk(RvProgram *p, u64 to)
{
    if (to >= p->brk_start && to <= p->brk_end) {
        if (to < p->brk) memset((void *)to, 0, p->brk - to); /* memory comes back as zeros */
        p->brk = to;
    }
    return (i64)p->brk;
}

/* Places without a fixed address are handed out upwards, each once. */
static i64 sys_mmap(const u64 *a)
{
    static u64 next = RV_MMAP_BASE;
    u64 size = ALIGN_UP(a[1], 4096ull), at = a[0];
    int flags = (int)a[3];
    if (!(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))) {
        if (size > RV_MMAP_END - next) return -ENOMEM;
        at = next;
        next += size + 4096;
        flags |= MAP_FIXED_NOREPLACE;
    }
    void *p = mmap((void *)at, a[1], (int)a[2], flags, (int)a[4], (off_t)a[5]);
    return p == MAP_FAILED ? -errno : (i64)p;
}

/* A bit for each core. */
static i64 sys_affinity(const RvHarts *h, const u64 *a)
{
    u64 mask = rv_cores(h) == 64 ? ~0ull : (1ull << rv_cores(h)) - 1;
    if (a[1] < sizeof mask || a[2] < HW_LOW_MEMORY) return -EINVAL;
    memcpy((void *)a[2], &mask, sizeof mask);
    return sizeof mask;
}

/* With a simulated clock the bytes are the same every time. */
static i64 sys_getrandom(RvProgram *p, const u64 *a)
{
    if (!p->clock.simulated) {
        long n = syscall(SYS_getrandom, a[0], a[1], a[2]);
        return n == -1 ? -errno : n;
    }
    if (a[0] < HW_LOW_MEMORY) return -EFAULT;
    for (u64 i = 0; i < a[1]; i++) ((u8 *)a[0])[i] = (u8)(hash_u64(p->random += 0x9e3779b97f4a7c15ull) >> 24);
    return (i64)a[1];
}

static i64 direct(u64 number, const u64 *a)
{
    switch (number) {
#define D(nr, name) case nr: { long r = syscall(SYS_##name, a[0], a[1], a[2], a[3], a[4], a[5]); return r == -1 ? -errno : r; }
    DIRECT(D)
#undef D
    default: return -ENOSYS;
    }
}

static void end(RvProgram *p, int code)
{
    p->exited = true;
    p->exit_code = code;
}

void rv_syscall(HwCore *core, RvProgram *p)
{
    const u64 *a = &core->x[10];
    u64 number = core->x[17];
    i64 r = 0;
    switch (number) {
    case NR_readlinkat: r = sys_readlinkat(p, a); break;
    case NR_newfstatat: r = sys_fstatat(a); break;
    case NR_fstat: r = sys_fstat(a); break;
    case NR_exit:
        if (rv_hart_ends(p->harts, core)) break;
        /* falls through */
    case NR_exit_group: end(p, (int)(a[0] & 255)); break;
    case NR_set_tid_address: rv_hart_clears(p->harts, core, a[0]), r = rv_hart_tid(p->harts, core); break;
    case NR_gettid: r = rv_hart_tid(p->harts, core); break;
    case NR_clone: r = rv_clone(p->harts, core, a); break;
    case NR_futex: r = rv_futex(p->harts, core, a); break;
    case NR_sched_yield: rv_hart_yields(p->harts, core); break;
    case NR_sched_getaffinity: r = sys_affinity(p->harts, a); break;
    case NR_nanosleep: r = rv_sleep(p->harts, core, 1, false, a[0]); break;
    case NR_clock_nanosleep: r = rv_sleep(p->harts, core, a[0], a[1] & 1, a[2]); break;
    case NR_getpid: r = rv_pid(p); break;
    case NR_getrandom: r = sys_getrandom(p, a); break;
    case NR_getcpu: r = rv_getcpu(p->harts, core, a); break;
    case NR_move_pages: r = rv_move_pages(p->harts, core, a); break;
    case NR_kill: case NR_tkill: end(p, 128 + (int)a[1]); break;
    case NR_tgkill: end(p, 128 + (int)a[2]); break;
    case NR_set_robust_list: case NR_sigaltstack: case NR_rt_sigaction: case NR_rt_sigprocmask: break;
    case NR_uname: r = sys_uname(a[0]); break;
    case NR_brk: r = sys_brk(p, a[0]); break;
    case NR_mmap: r = sys_mmap(a); break;
    case NR_munmap: r = munmap((void *)a[0], a[1]) ? -errno : 0; break;
    case NR_mremap: r = -ENOMEM; break; /* callers copy instead */
    case NR_riscv_flush_icache: rv_harts_invalidate(p->harts); break;
    default:
        if (!rv_time_call(&p->clock, core, number, a, &r)) r = direct(number, a);
    }
    core->x[10] = (u64)r;
}
