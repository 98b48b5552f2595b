/* Whether a native of the class library is going to wait for its file descriptor, and what becomes of the baton meanwhile.

   Natives get at their arguments through JNI: one that runs without the baton has to come back for it each time, and with other threads about,
   each time is a change of threads. With real time, a native whose descriptor is ready therefore keeps the baton as a loan (sched.c), and one
   whose descriptor is not is called when it is: the wait is done here. Another thread or process may take what there was in between; then the
   native waits after all, and loses the baton. With virtual time what the host's descriptors do must not decide about turns. */
#include "classlib/natives.h"
#include "vm/sched.h"
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SMALL_WRITE = 4096 /* fits if a descriptor is writable: PIPE_BUF, and a socket has more */ };

static bool descriptor_blocks(int fd)
{
    if (fd == STDOUT_FILENO || fd == STDERR_FILENO) return false; /* its reader is another process: bounded enough */
    struct stat st;
    if (fd < 0 || fstat(fd, &st)) return false;
    return S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || (S_ISCHR(st.st_mode) && isatty(fd));
}

static int descriptor_number(const Object *fd_object)
{
    if (!fd_object) return -1;
    Field *f = class_find_field(object_class(fd_object), symbol_of("fd"), symbol_of("I"));
    return f ? FIELD(fd_object, i32, f->offset) : -1;
}

static int descriptor_of(const BlockRow *row, const u64 *args)
{
    if (row->where == BLOCKS_POLL) return (i32)args[0];
    if (row->where != BLOCKS_THIS_FD) return descriptor_number((const Object *)args[row->where]);
    const Object *this = (const Object *)args[0];
    Field *f = class_find_field(object_class(this), symbol_of("fd"), symbol_of("Ljava/io/FileDescriptor;"));
    return f ? descriptor_number(load_ref(this, f->offset)) : -1;
}

static bool ready(int fd, short events, int timeout) { return poll(&(struct pollfd){ .fd = fd, .events = events }, 1, timeout) == 1; }

/* False: a signal came. */
static bool wait_readable(Thread *t, int fd)
{
    native_blocking_begin(t);
    bool is = ready(fd, POLLIN, -1);
    native_blocking_end(t);
    return is;
}

NativeBaton native_wait(Thread *t, const BlockRow *row, const u64 *args)
{
    if (row->where == BLOCKS_ALWAYS) return BATON_GIVEN;
    int fd = descriptor_of(row, args);
    bool polls = row->where == BLOCKS_POLL;
    if (!polls && !descriptor_blocks(fd)) return BATON_KEPT;
    if (sched_time_is_virtual() || row->end == ENDS_UNKNOWN) return BATON_GIVEN;
    if (polls) return args[4] == 0 || ready(fd, POLLIN, 0) ? BATON_LENT : BATON_GIVEN;
    if (row->end == ENDS_WRITABLE) {
        bool fits = args[3] <= SMALL_WRITE ? ready(fd, POLLOUT, 0) : (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0;
        return fits ? BATON_LENT : BATON_GIVEN;
    }
    return ready(fd, POLLIN, 0) || (fcntl(fd, F_GETFL) & O_NONBLOCK) || wait_readable(t, fd) ? BATON_LENT : BATON_GIVEN;
}
