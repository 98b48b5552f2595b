/* Verification of a class's bytecode at link time (JVMS 4.10): by type checking for class files since version 50, by type inference for older
   ones, which the class library brings (libverify; the upper layer installs it). Version 50 may fall back on inference. Boot classes and
   generated accessors (CLASS_MAGIC) are trusted. */
#include "vm/verify.h"
#include "vm/costs.h"
#include "vm/names.h"
#include "vm/opcodes.h"
#include <string.h>

enum { CHUNK_BYTES = 16 << 10 };

void *verify_alloc(Verifier *v, size_t n)
{
    n = ALIGN_UP(n, sizeof(u64));
    Chunk *c = v->chunks;
    if (!c || c->size - c->used < n) {
        size_t size = n > CHUNK_BYTES ? n : CHUNK_BYTES;
        c = xmalloc(sizeof *c + size);
        c->next = v->chunks, c->used = 0, c->size = size;
        v->chunks = c;
    }
    void *p = (u8 *)c->data + c->used;
    c->used += n;
    return memset(p, 0, n);
}

static void verifier_free(Verifier *v)
{
    for (Chunk *c = v->chunks, *next; c; c = next) next = c->next, free(c);
    map_free(&v->signatures);
    free(v->message);
}

/* ---- A method: what must hold before its code is walked --------------------------------------------------------------------------------- */

static void find_starts(Verifier *v)
{
    v->starts = verify_alloc(v, v->length + 1);
    for (u32 bci = 0, n; bci < v->length; bci += n) {
        n = opcode_length_at(v->code, bci, v->length);
        u32 op = v->code[bci] == OP_wide && n ? v->code[bci + 1] : v->code[bci];
        bool wide_ok = v->code[bci] != OP_wide || (op >= OP_iload && op <= OP_aload) || (op >= OP_istore && op <= OP_astore) || op == OP_iinc || op == OP_ret;
        if (!n || !wide_ok) return verify_bad_code(v, (i32)bci, "Bad instruction");
        v->starts[bci] = v->code[bci] == OP_new ? 2 : 1;
    }
}

/* The catch type is a subclass of Throwable. Throwable itself is resolved now: it must not be searched for when memory is short. */
static void check_catch_type(Verifier *v, const ExRange *h)
{
    VType type = vt_class(cp_class_name(v->cp, h->type)), throwable = vt_class(wk.Throwable->name);
    if (type == throwable && !cp_class(v->t, v->c->cp, h->type)) return;
    if (verify_assignable(v, throwable, type, false)) return;
    Trouble x = { FAULT_TYPE, h->handler, from_pool(h->type, type), from_context(throwable) };
    verify_error(v, x, "Catch type is not a subclass of Throwable in exception handler %u", h->handler);
}

static void check_handlers(Verifier *v)
{
    v->handlers_from = v->length, v->handlers_to = 0;
    for (u32 i = 0; i < v->m->details->nhandlers && !verify_failed(v); i++) {
        const ExRange *h = &v->m->details->handlers[i];
        if (!v->starts[h->start]) return verify_format_error(v, "Illegal exception table start_pc %u", h->start);
        if (h->end != v->length && !v->starts[h->end]) return verify_format_error(v, "Illegal exception table end_pc %u", h->end);
        if (!v->starts[h->handler]) return verify_format_error(v, "Illegal exception table handler_pc %u", h->handler);
        if (h->type) check_catch_type(v, h);
        if (h->start < v->handlers_from) v->handlers_from = h->start;
        if (h->end > v->handlers_to) v->handlers_to = h->end;
    }
}

static void check_local_table(Verifier *v)
{
    for (u32 i = 0; i < v->m->details->nlocals; i++) {
        const LocalRow *r = &v->m->details->locals[i];
        u32 end = (u32)r->start + r->length;
        if (!v->starts[r->start]) return verify_format_error(v, "Illegal local variable table start_pc %u", r->start);
        if (end != v->length && !v->starts[end]) return verify_format_error(v, "Illegal local variable table length %u", r->length);
    }
}

static VType result_type(const Method *m)
{
    static const VType narrow[T_VOID + 1] = { [T_BOOLEAN] = VT_BOOLEAN, [T_BYTE] = VT_BYTE, [T_CHAR] = VT_CHAR, [T_SHORT] = VT_SHORT };
    VType t[2] = { VT_TOP, VT_TOP };
    vt_of_descriptor(strchr(m->desc->bytes, ')') + 1, t);
    return narrow[m->ret] ? narrow[m->ret] : t[0];
}

/* The receiver and the arguments. */
static void make_first_frame(Verifier *v)
{
    VFrame *f = &v->now;
    const Signature *s = verify_signature(v, v->m->desc);
    *f = (VFrame){ .mark = -1 };
    f->locals = verify_alloc(v, (v->max_locals + 1) * sizeof *f->locals);
    f->stack = verify_alloc(v, (v->max_stack + 1) * sizeof *f->stack);
    if (!(v->m->access & ACC_STATIC)) {
        bool init = !strcmp(v->m->name->bytes, "<init>") && v->c->super;
        f->locals[f->nlocals++] = init ? VT_UNINIT_THIS : v->this_type;
        if (init) f->flags = FRAME_THIS_UNINIT;
    }
    ASSERT(f->nlocals + s->nargs <= v->max_locals);
    memcpy(f->locals + f->nlocals, s->types, s->nargs * sizeof *s->types);
    f->nlocals += s->nargs;
}

static void check_method(Verifier *v, const Method *m)
{
    v->m = m;
    v->code = m->original, v->length = m->code_length;
    v->max_locals = m->max_locals, v->max_stack = m->max_stack;
    v->result = result_type(m);
    make_first_frame(v);
    find_starts(v);
    if (!verify_failed(v)) check_handlers(v);
    if (!verify_failed(v)) check_local_table(v);
    if (!verify_failed(v)) verify_read_map(v);
    if (!verify_failed(v)) verify_code(v);
}

/* ---- A class ---------------------------------------------------------------------------------------------------------------------------- */

static void check_class(Verifier *v)
{
    for (u32 i = 0; i < v->c->nmethods && !verify_failed(v); i++) {
        const Method *m = &v->c->methods[i];
        if (!m->code) continue;
        charge_begin(SVC_CLASS);
        charge_touch(m->original, m->code_length, false);
        charge_units(verify_byte, m->code_length);
        charge_end();
        check_method(v, m);
    }
}

/* By inference. Its message goes out unless there is one already. */
static bool verify_old(Thread *t, Class *c, const Verifier *checked)
{
    char message[1024] = "Could not link verifier";
    const char *error = "java/lang/VerifyError";
    VerifyOldResult r = vm_hooks.verify_old ? vm_hooks.verify_old(t, c, message, sizeof message) : VERIFY_OLD_FAILED;
    if (t->exception) return false;
    if (r == VERIFY_OLD_OK) return true;
    if (r == VERIFY_OLD_NO_MEMORY) throw_oom(t, message);
    else {
        if (r == VERIFY_OLD_FORMAT) error = "java/lang/ClassFormatError";
        throw_new(t, error, "%s", checked->message ? checked->message : message);
    }
    return false;
}

bool verify_class(Thread *t, Class *c)
{
    bool trusted = c->loader == boot_loader && !vm_options.verify_boot;
    if (trusted || c->access & CLASS_MAGIC || !c->super) return true;
    u32 major = c->minor_major & 0xffff;
    Verifier v = { .t = t, .c = c, .cp = c->cp, .this_type = vt_class(c->name) };
    bool ok;
    if (major < 50) ok = verify_old(t, c, &v);
    else {
        check_class(&v);
        if (t->exception) ok = false;
        else if (v.error && major == 50) ok = verify_old(t, c, &v);
        else {
            if (v.error) throw_new(t, v.error, "%s", v.message);
            ok = !v.error;
        }
    }
    if (!ok) LOG(link, "%s fails verification", c->name->bytes);
    verifier_free(&v);
    if (ok || !vm_options.unverified_ok) return ok;
    t->exception = NULL;
    for (u32 i = 0; i < c->nmethods; i++) c->methods[i].access |= METHOD_UNVERIFIED;
    return true;
}
