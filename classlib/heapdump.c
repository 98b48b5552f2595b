/* Heap dumps: HPROF's binary format, version 1.0.2.

   The file is a header and records (tag, time, length); the heap itself is a sequence of segments, records of at most SEGMENT bytes (or one array)
   that hold entries: classes, instances, arrays, roots. All numbers are big-endian, and an object's id is its address. Names are records of their
   own, written the first time somebody needs them, so never while a segment is open: whatever entries name is told first.

   What the format has no place for is told as other virtual machines do, as static fields whose names are in angle brackets: the references that an
   object of java.lang.Class itself has (a class is told as a class, not as an instance), and what a class that can be unloaded keeps alive. So
   everything in a dump of what is alive can be reached from its roots. */
#define _GNU_SOURCE
#include "classlib/heapdump.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/backtrace.h"
#include "vm/native.h"
#include "vm/roots.h"
#include "vm/sched.h"
#include "vm/unit.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { SEGMENT = 1 << 20, KEPT_MOST = 60000 /* fields in angle brackets; counts have 16 bits */, NO_TRACE = 1 /* serial of the empty trace that everything was allocated at */, NO_FRAME = -1 };
enum { REC_UTF8 = 0x01, REC_LOAD_CLASS = 0x02, REC_FRAME = 0x04, REC_TRACE = 0x05, REC_SEGMENT = 0x1c, REC_END = 0x2c };
enum { ROOT_UNKNOWN = 0xff, ROOT_JNI_GLOBAL = 0x01, ROOT_JNI_LOCAL = 0x02, ROOT_FRAME = 0x03, ROOT_CLASS = 0x05, ROOT_THREAD = 0x08,
       ENTRY_CLASS = 0x20, ENTRY_INSTANCE = 0x21, ENTRY_OBJECTS = 0x22, ENTRY_PRIMITIVES = 0x23 };

typedef struct Dump {
    FILE *f;
    Vec(u8) segment;       /* the entries of the open one */
    Map names, rooted;     /* symbols written; objects that a root has been told for */
    Vec(Class *) classes;  /* that have a mirror: arrays too, primitive types not */
    u64 next_frame;        /* id */
    i32 thread, frame;     /* being looked at for roots */
} Dump;

/* ---- Numbers and records -------------------------------------------------------------------------------------------------- */
static void put(Dump *d, u64 v, u32 bytes)
{
    while (bytes--) vec_push(&d->segment, (u8)(v >> 8 * bytes));
}
static void put_id(Dump *d, const void *p) { put(d, (u64)p, 8); }

static void write_number(Dump *d, u64 v, u32 bytes)
{
    while (bytes--) putc((int)(v >> 8 * bytes & 0xff), d->f);
}

static void record(Dump *d, u32 tag, u64 length)
{
    ASSERT(length <= UINT32_MAX);
    write_number(d, tag, 1), write_number(d, 0, 4), write_number(d, length, 4);
}

static void end_segment(Dump *d)
{
    if (!d->segment.len) return;
    record(d, REC_SEGMENT, d->segment.len);
    fwrite(d->segment.data, 1, d->segment.len, d->f);
    vec_clear(&d->segment);
}

/* Before each entry: it begins in a segment that has room. */
static void entry(Dump *d, u32 tag)
{
    if (d->segment.len >= SEGMENT) end_segment(d);
    put(d, tag, 1);
}

static void write_name(Dump *d, const Symbol *s)
{
    u64 *seen = map_put(&d->names, (u64)s);
    if (*seen) return;
    *seen = 1;
    ASSERT(!d->segment.len);
    record(d, REC_UTF8, 8 + (u64)s->length);
    write_number(d, (u64)s, 8);
    fwrite(s->bytes, 1, s->length, d->f);
}

/* ---- Fields --------------------------------------------------------------------------------------------------------------- */
static u32 hprof_type(BasicType type) { return type >= T_BOOLEAN && type <= T_LONG ? type : 2; } /* numbered as newarray's operand; 2: an object */
static u32 value_bytes(BasicType type) { return hprof_type(type) == 2 ? 8 : 1u << type_shift(type); }
static bool told(const Field *f, bool is_static) { return !(f->access & FIELD_INJECTED) && !(f->access & ACC_STATIC) == !is_static && f->offset; }

static u64 raw_value(const u8 *at, BasicType type)
{
    if (hprof_type(type) == 2) return (u64)gc_decode(*(const ref_t *)at);
    u64 v = 0;
    memcpy(&v, at, value_bytes(type)); /* little-endian */
    return v;
}

static void put_value(Dump *d, const void *object, const Field *f)
{
    put(d, raw_value((const u8 *)object + f->offset, f->type), value_bytes(f->type));
}

static u32 count_fields(const Class *c, bool is_static)
{
    u32 n = 0;
    for (u32 i = 0; i < c->nfields; i++) n += told(&c->fields[i], is_static);
    return n;
}

static u32 instance_bytes(const Class *c)
{
    u32 n = 0;
    for (; c; c = c->super)
        for (u32 i = 0; i < c->nfields; i++)
            if (told(&c->fields[i], false)) n += value_bytes(c->fields[i].type);
    return n;
}

/* ---- Classes -------------------------------------------------------------------------------------------------------------- */
static bool is_mirror(const Object *o) { return object_class(o) == wk.Class && mirror_class(o) && mirror_class(o)->kind != CLASS_PRIMITIVE && mirror_class(o)->mirror == o; }

static void gather_class(void *ctx, GcObject *o)
{
    Dump *d = ctx;
    if (is_mirror((Object *)o)) vec_push(&d->classes, mirror_class((Object *)o));
}

static bool own_reference(const Field *f) { return told(f, false) && hprof_type(f->type) == 2; }

/* The name of a field in angle brackets, as a static one of those that have no place otherwise. */
static Symbol *bracketed(const char *name)
{
    char *text = xasprintf("<%s>", name);
    Symbol *s = symbol_of(text);
    free(text);
    return s;
}

static void write_class_names(Dump *d, const Class *c)
{
    write_name(d, c->name);
    for (u32 i = 0; i < c->nfields; i++) write_name(d, c->fields[i].name);
    record(d, REC_LOAD_CLASS, 24);
    write_number(d, c->id + 1, 4), write_number(d, (u64)c->mirror, 8), write_number(d, NO_TRACE, 4), write_number(d, (u64)c->name, 8);
}

/* Of a unit, the first class tells what it keeps. */
static u32 kept_by_unit(const Class *c)
{
    const Unit *u = c->unit;
    if (!u || !u->classes.len || u->classes.data[0] != c) return 0;
    return u->slots.len < KEPT_MOST ? (u32)u->slots.len : KEPT_MOST;
}

static void put_static(Dump *d, const Symbol *name, const Object *o)
{
    put_id(d, name), put(d, 2, 1), put_id(d, o);
}

static void put_statics(Dump *d, const Class *c)
{
    u32 kept = kept_by_unit(c), own = 0;
    for (u32 i = 0; i < wk.Class->nfields; i++) own += own_reference(&wk.Class->fields[i]);
    put(d, count_fields(c, true) + own + kept, 2);
    for (u32 i = 0; i < c->nfields; i++) {
        const Field *f = &c->fields[i];
        if (!told(f, true)) continue;
        put_id(d, f->name), put(d, hprof_type(f->type), 1), put_value(d, c->mirror, f);
    }
    for (u32 i = 0; i < wk.Class->nfields; i++) {
        const Field *f = &wk.Class->fields[i];
        if (own_reference(f)) put_static(d, bracketed(f->name->bytes), load_ref(c->mirror, f->offset));
    }
    for (u32 i = 0; i < kept; i++) put_static(d, bracketed("kept"), *c->unit->slots.data[i]);
}

static void put_class(Dump *d, const Class *c)
{
    entry(d, ENTRY_CLASS);
    put_id(d, c->mirror), put(d, NO_TRACE, 4);
    put_id(d, c->super ? c->super->mirror : NULL), put_id(d, c->loader ? c->loader->java : NULL);
    put_id(d, c->signers), put_id(d, c->protection_domain), put(d, 0, 8), put(d, 0, 8);
    put(d, class_is_array(c) ? 0 : instance_bytes(c), 4);
    put(d, 0, 2); /* constants */
    put_statics(d, c);
    put(d, count_fields(c, false), 2);
    for (u32 i = 0; i < c->nfields; i++)
        if (told(&c->fields[i], false)) put_id(d, c->fields[i].name), put(d, hprof_type(c->fields[i].type), 1);
}

/* ---- Objects -------------------------------------------------------------------------------------------------------------- */
static void put_instance(Dump *d, const Object *o, const Class *c)
{
    entry(d, ENTRY_INSTANCE);
    put_id(d, o), put(d, NO_TRACE, 4), put_id(d, c->mirror), put(d, instance_bytes(c), 4);
    for (; c; c = c->super)
        for (u32 i = 0; i < c->nfields; i++)
            if (told(&c->fields[i], false)) put_value(d, o, &c->fields[i]);
}

/* As many elements as a record has room for: that is all, but of arrays of more than 4 GiB. */
static u32 array_told(u32 n, u32 bytes)
{
    u64 most = (UINT32_MAX - 64) / bytes;
    return n < most ? n : (u32)most;
}

/* Large arrays go straight to the file, in a segment of their own. */
static void put_elements(Dump *d, const Object *a, u32 n, BasicType type, u64 head)
{
    u32 bytes = value_bytes(type), step = 1u << type_shift(type);
    const u8 *at = (const u8 *)a + array_base(type);
    if ((u64)n * bytes < SEGMENT) {
        for (u32 i = 0; i < n; i++) put(d, raw_value(at + (u64)i * step, type), bytes);
        return;
    }
    ASSERT(d->segment.len == head);
    record(d, REC_SEGMENT, head + (u64)n * bytes);
    fwrite(d->segment.data, 1, d->segment.len, d->f);
    vec_clear(&d->segment);
    for (u32 i = 0; i < n; i++) write_number(d, raw_value(at + (u64)i * step, type), bytes);
}

static void put_array(Dump *d, const Object *a, const Class *c)
{
    bool objects = hprof_type(c->elem_type) == 2;
    u32 bytes = value_bytes(c->elem_type), n = array_told(array_length(a), bytes);
    if ((u64)n * bytes >= SEGMENT) end_segment(d);
    entry(d, objects ? ENTRY_OBJECTS : ENTRY_PRIMITIVES);
    put_id(d, a), put(d, NO_TRACE, 4), put(d, n, 4);
    if (objects) put_id(d, c->mirror);
    else put(d, c->elem_type, 1);
    put_elements(d, a, n, c->elem_type, objects ? 25 : 18);
}

static void put_object(void *ctx, GcObject *g)
{
    Object *o = (Object *)g;
    const Class *c = object_class(o);
    if (class_is_array(c)) put_array(ctx, o, c);
    else if (!is_mirror(o)) put_instance(ctx, o, c);
}

/* ---- Threads -------------------------------------------------------------------------------------------------------------- */
static u32 trace_of(const Thread *x) { return NO_TRACE + x->id; }

static void write_frame(Dump *d, u64 id, const Frame *f)
{
    const Method *m = f->method;
    i32 line = m->access & ACC_NATIVE ? -3 : method_line(m, frame_position(f));
    write_name(d, m->name), write_name(d, m->desc);
    if (m->owner->source_file) write_name(d, m->owner->source_file);
    record(d, REC_FRAME, 40);
    write_number(d, id, 8), write_number(d, (u64)m->name, 8), write_number(d, (u64)m->desc, 8), write_number(d, (u64)m->owner->source_file, 8);
    write_number(d, m->owner->id + 1, 4), write_number(d, (u32)line, 4);
}

static void write_trace(void *ctx, Thread *x)
{
    Dump *d = ctx;
    if (!x->java) return;
    u64 first = d->next_frame;
    for (const Frame *f = x->frame; f; f = f->prev) write_frame(d, d->next_frame++, f);
    record(d, REC_TRACE, 12 + 8 * (d->next_frame - first));
    write_number(d, trace_of(x), 4), write_number(d, x->id, 4), write_number(d, d->next_frame - first, 4);
    for (u64 id = first; id < d->next_frame; id++) write_number(d, id, 8);
}

/* ---- Roots ---------------------------------------------------------------------------------------------------------------- */
/* Is this the first root that is told of the object? */
static bool first_root(Dump *d, const Object *o)
{
    u64 *seen = o ? map_put(&d->rooted, (u64)o) : NULL;
    return seen && !(*seen)++;
}

static void unknown_root(Dump *d, const Object *o)
{
    if (!first_root(d, o)) return;
    entry(d, ROOT_UNKNOWN);
    put_id(d, o);
}

static void put_frame_words(void *ctx, const void *lo, const void *hi)
{
    Dump *d = ctx;
    for (const u64 *p = lo; p < (const u64 *)hi; p++) {
        if (!IN_WINDOW(HEAP, *p) || gc_base((void *)*p) != (GcObject *)*p || !first_root(d, (Object *)*p)) continue;
        entry(d, ROOT_FRAME);
        put(d, *p, 8), put(d, (u32)d->thread, 4), put(d, (u32)d->frame, 4);
    }
}

static void put_local_handle(void *ctx, GcObject **slot)
{
    Dump *d = ctx;
    if (!first_root(d, (Object *)*slot)) return;
    entry(d, ROOT_JNI_LOCAL);
    put_id(d, *slot), put(d, (u32)d->thread, 4), put(d, (u32)NO_FRAME, 4);
}

static void put_thread_roots(void *ctx, Thread *x)
{
    Dump *d = ctx;
    if (!x->java) return;
    first_root(d, x->java);
    entry(d, ROOT_THREAD);
    put_id(d, x->java), put(d, x->id, 4), put(d, trace_of(x), 4);
    d->thread = (i32)x->id, d->frame = 0;
    for (Frame *f = x->frame; f; f = f->prev, d->frame++) frame_roots(f, put_frame_words, d);
    handle_thread_roots(x, put_local_handle, d);
}

static void put_global_handle(void *ctx, GcObject **slot)
{
    Dump *d = ctx;
    if (!first_root(d, (Object *)*slot)) return;
    entry(d, ROOT_JNI_GLOBAL);
    put_id(d, *slot), put_id(d, slot);
}

static void put_unknown_slot(void *ctx, GcObject **slot) { unknown_root(ctx, (Object *)*slot); }

static void put_unknown_words(void *ctx, const void *lo, const void *hi)
{
    for (const u64 *p = (const u64 *)ALIGN_UP((u64)lo, 8ull); p + 1 <= (const u64 *)hi; p++)
        if (IN_WINDOW(HEAP, *p)) unknown_root(ctx, (Object *)gc_base((void *)*p));
}

static void put_roots(Dump *d)
{
    for (size_t i = 0; i < d->classes.len; i++) {
        const Class *c = d->classes.data[i];
        if (c->unit || !first_root(d, c->mirror)) continue;
        entry(d, ROOT_CLASS);
        put_id(d, c->mirror);
    }
    threads_each(put_thread_roots, d);
    handle_roots(put_global_handle, d);
    vm_roots(put_unknown_slot, put_unknown_words, d);
    for (Unit *u = units_first(); u; u = u->next)
        for (size_t i = KEPT_MOST; i < u->slots.len; i++) unknown_root(d, *u->slots.data[i]);
}

/* ---- The file ------------------------------------------------------------------------------------------------------------- */
static void write_all(Dump *d)
{
    fwrite("JAVA PROFILE 1.0.2", 1, 19, d->f);
    write_number(d, 8, 4), write_number(d, (u64)vm_wall_millis(), 8);
    gc_walk(gather_class, d);
    for (u32 i = 0; i < wk.Class->nfields; i++) write_name(d, bracketed(wk.Class->fields[i].name->bytes));
    write_name(d, bracketed("kept"));
    for (size_t i = 0; i < d->classes.len; i++) write_class_names(d, d->classes.data[i]);
    record(d, REC_TRACE, 12);
    write_number(d, NO_TRACE, 4), write_number(d, 0, 4), write_number(d, 0, 4);
    threads_each(write_trace, d);
    for (size_t i = 0; i < d->classes.len; i++) put_class(d, d->classes.data[i]);
    gc_walk(put_object, d);
    put_roots(d);
    end_segment(d);
    record(d, REC_END, 0);
}

/* In a file of another name until it is whole. */
static int write_file(Thread *t, const char *path, char *temporary)
{
    int fd = mkstemp(temporary);
    if (fd < 0) return errno;
    Dump d = { .f = fdopen(fd, "wb"), .next_frame = 1 };
    if (!d.f) return close(fd), errno;
    errno = 0;
    sched_save_stack(t);
    write_all(&d);
    bool failed = ferror(d.f) != 0;
    failed |= fclose(d.f) != 0;
    int error = failed ? (errno ? errno : EIO) : 0;
    vec_free(&d.segment), vec_free(&d.classes), map_free(&d.names), map_free(&d.rooted);
    if (!error && renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE)) {
        bool unknown = errno == EINVAL || errno == ENOSYS; /* the file system cannot */
        error = unknown && !rename(temporary, path) ? 0 : errno;
    }
    if (error) unlink(temporary);
    return error;
}

char *heap_dump(Thread *t, const char *path, bool live)
{
    if (!access(path, F_OK)) return xstrdup(strerror(EEXIST));
    if (live) vm_collect();
    char *temporary = xasprintf("%s.XXXXXX", path);
    int error = write_file(t, path, temporary);
    free(temporary);
    return error ? xstrdup(strerror(error)) : NULL;
}
