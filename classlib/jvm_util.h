/* What the files of exported JVM_* functions share: entering the VM, handles to objects and back, common exceptions, reading
   attributes. Every such function has its contract in the JDK's jvm.h and the name says what it does. */
#ifndef CLASSLIB_JVM_UTIL_H
#define CLASSLIB_JVM_UTIL_H
#include <jni.h>
#include "base/log.h"
#include "base/vec.h"
#include "classlib/jvm_entry.h"
#include "vm/native.h"

static inline void jvm_scope_end(Thread **t) { jvm_leave(*t); }
/* At the head of an exported function: `t` is the current thread, which holds the baton until the function returns. */
#define JVM_SCOPE_NO_ENV() Thread *t __attribute__((cleanup(jvm_scope_end))) = jvm_enter(); (void)t
#define JVM_SCOPE() JVM_SCOPE_NO_ENV(); (void)env

static inline Object *jvm_object(const void *handle) { return handle ? handle_get((Handle)handle) : NULL; }
static inline void *jvm_local(Thread *t, Object *o) { return o ? handle_local(t, o) : NULL; }
static inline Class *jvm_class(jclass handle)
{
    Object *mirror = jvm_object(handle);
    return mirror ? mirror_class(mirror) : NULL;
}
static inline jclass jvm_mirror(Thread *t, const Class *c) { return c ? jvm_local(t, c->mirror) : NULL; }
/* An instance class, whose metadata can be asked; not an array or primitive. */
static inline bool jvm_is_instance(const Class *c) { return c && c->kind == CLASS_INSTANCE; }

static inline u64 jvm_throw_npe(Thread *t) { return throw_new(t, "java/lang/NullPointerException", NULL), 0; }
static inline u64 jvm_throw_iae(Thread *t, const char *message)
{
    if (message) throw_new(t, "java/lang/IllegalArgumentException", "%s", message);
    else throw_new(t, "java/lang/IllegalArgumentException", NULL);
    return 0;
}
static inline bool jvm_pending_is(Thread *t, const Class *c) { return t->exception && class_subtype(object_class(t->exception), c); }
/* Forgets a pending exception but for errors of the machine itself; true: one of those is pending still. */
static inline bool jvm_pending_is_fatal(Thread *t)
{
    if (!t->exception) return false;
    Class *vm_error = class_boot("java/lang/VirtualMachineError");
    if (jvm_pending_is(t, vm_error) || jvm_pending_is(t, wk.ThreadDeath)) return true;
    t->exception = NULL;
    return false;
}

static inline u32 be16(const u8 *p) { return (u32)p[0] << 8 | p[1]; }
static inline u32 be32(const u8 *p) { return be16(p) << 16 | be16(p + 2); }
/* Number of rows of `size` bytes in an attribute that starts with a 16-bit count, as far as its length allows. */
static inline u32 attribute_rows(Bytes a, u32 size)
{
    if (!a.data || a.length < 2) return 0;
    u32 n = be16(a.data), fit = (a.length - 2) / size;
    return n < fit ? n : fit;
}
static inline u8 cp_tag(const ConstantPool *cp, u32 i) { return i > 0 && i < cp->length ? cp->tags[i] & 0x3f : 0; }

/* byte[] of an attribute's content, or NULL if it is absent (or thrown). */
Object *jvm_bytes(Thread *t, Bytes b);
/* Class[], Object[] or String[] of n nulls. */
Object *jvm_class_array(Thread *t, u32 n);
Object *jvm_object_array(Thread *t, u32 n);
Object *jvm_string_array(Thread *t, u32 n);

/* Objects gathered before their number is known: a C array that the conservative scan of stacks does not reach, so a Java one. */
typedef struct ObjectList { Object *array; u32 len; } ObjectList;
bool jvm_list_add(Thread *t, ObjectList *l, Object *o); /* false: thrown */
/* An array of this class with what was gathered; NULL: thrown. */
Object *jvm_list_array(Thread *t, const ObjectList *l, Class *component);

#endif
