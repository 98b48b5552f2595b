/* Direct natives of jdk.internal.*: performance counters, scoped memory, vectors, and mapped files (so that their addresses lie
   in a window that the core can address). */
#include "base/log.h"
#include "classlib/jni_impl.h"
#include "classlib/natives.h"
#include "classlib/natmem.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

u64 native_nothing(Thread *t, u64 *args) { return (void)t, (void)args, 0; }
u64 native_minus_one(Thread *t, u64 *args) { return (void)t, (void)args, (u64)-1; }

/* ---- jdk.internal.perf.Perf: counters that nobody reads, in memory that Java writes -------------------------- */

static u64 counter_buffer(Thread *t, const void *initial, u64 initial_bytes, u64 bytes)
{
    u8 *p = natmem_alloc(bytes);
    if (!p) {
        throw_oom(t, "Perf");
        return 0;
    }
    memset(p, 0, bytes);
    memcpy(p, initial, initial_bytes);
    return (u64)direct_buffer_new(t, p, (i64)bytes);
}

/* this, (String name, int variability, int units, long value) */
u64 perf_createLong(Thread *t, u64 *args)
{
    if (args[1]) return counter_buffer(t, &args[4], 8, 8);
    throw_new(t, "java/lang/NullPointerException", NULL);
    return 0;
}

/* this, (String name, int variability, int units, byte[] value, int max_length) */
u64 perf_createByteArray(Thread *t, u64 *args)
{
    const Object *value = (Object *)args[4];
    if (!args[1] || !value) {
        throw_new(t, "java/lang/NullPointerException", NULL);
        return 0;
    }
    i64 max = (i32)args[5];
    if (max < (i64)array_length(value)) {
        throw_new(t, "java/lang/IllegalArgumentException", NULL);
        return 0;
    }
    return counter_buffer(t, byte_elems(value), array_length(value), (u64)max + 1);
}

u64 perf_attach(Thread *t, u64 *args)
{
    (void)args;
    throw_new(t, "java/io/IOException", "not supported by this VM");
    return 0;
}

u64 perf_highResCounter(Thread *t, u64 *args) { return (void)t, (void)args, vm_nano_time(); }
u64 perf_highResFrequency(Thread *t, u64 *args) { return (void)t, (void)args, 1000000000; }

/* ---- jdk.internal.misc.ScopedMemoryAccess ---------------------------------------------------------------------- */

typedef struct ScopeSearch { const Thread *self; u64 scope; const Symbol *accessor; bool found; } ScopeSearch;

static bool frame_uses(const Frame *f, const ScopeSearch *s)
{
    if (f->method->owner->name != s->accessor) return false;
    for (const u64 *p = f->locals; p < (const u64 *)f; p++)
        if (*p == s->scope) return true;
    for (const u64 *p = (const u64 *)(f + 1); p < f->sp; p++)
        if (*p == s->scope) return true;
    return false;
}

static void search_thread(void *ctx, Thread *t)
{
    ScopeSearch *s = ctx;
    if (t == s->self) return;
    for (const Frame *f = t->frame; f && !s->found; f = f->prev) s->found = frame_uses(f, s);
}

/* this, (Scope scope, ScopedAccessError error): false if another thread is inside an access through this scope. All others stand
   still while we hold the baton, so looking at their frames is enough. */
u64 scoped_closeScope0(Thread *t, u64 *args)
{
    ScopeSearch s = { t, args[1], ((Object *)args[0] ? object_class((Object *)args[0])->name : NULL), false };
    threads_each(search_thread, &s);
    return !s.found;
}

/* ---- sun.nio.ch.FileChannelImpl: mapping files ------------------------------------------------------------------- */

enum { MAP_RO, MAP_RW, MAP_PV };

static Object *object_field(const Object *o, const char *name, const char *desc)
{
    Field *f = class_find_field(object_class(o), symbol_of(name), symbol_of(desc));
    ASSERT(f && !(f->access & ACC_STATIC));
    return load_ref(o, f->offset);
}

static int descriptor_of(const Object *fd_object)
{
    Field *f = class_find_field(object_class(fd_object), symbol_of("fd"), symbol_of("I"));
    ASSERT(f != NULL);
    return FIELD(fd_object, i32, f->offset);
}

/* The raw system call: what the linker wraps as mmap serves the heap. */
static bool map_at(void *p, u64 n, int prot, int flags, int fd, u64 position)
{
    return syscall(SYS_mmap, p, n, prot, flags | MAP_FIXED, fd, position) != -1;
}

/* this, (int prot, long position, long length, boolean sync) */
u64 filechannel_map0(Thread *t, u64 *args)
{
    static const int prots[] = { PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE };
    static const int flags[] = { MAP_SHARED, MAP_SHARED, MAP_PRIVATE };
    u32 mode = (u32)args[1];
    u64 position = args[2], n = args[4];
    ASSERT(mode <= MAP_PV);
    if (args[6]) {
        throw_new(t, "java/io/IOException", "Map failed: MAP_SYNC is not supported");
        return 0;
    }
    int fd = descriptor_of(object_field((Object *)args[0], "fd", "Ljava/io/FileDescriptor;"));
    void *p = natmem_reserve(n);
    if (!p) {
        throw_oom(t, "Map failed");
        return 0;
    }
    if (map_at(p, n, prots[mode], flags[mode], fd, position)) return (u64)p;
    int e = errno;
    natmem_unreserve(p);
    if (e == ENOMEM) throw_oom(t, "Map failed");
    else throw_new(t, "java/io/IOException", "%s", strerror(e));
    return 0;
}

/* static (long address, long length) */
u64 filechannel_unmap0(Thread *t, u64 *args)
{
    (void)t;
    void *p = (void *)args[0];
    if (!map_at(p, args[2], PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) panic("cannot unmap a file: %s", strerror(errno));
    natmem_unreserve(p);
    return 0;
}
