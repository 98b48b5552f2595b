/* Frames of the verifier: the current one with its stack and locals, those of the StackMapTable (JVMS 4.7.4), and how one matches another. */
#include "vm/verify.h"
#include "vm/opcodes.h"
#include <string.h>

/* ---- The StackMapTable ------------------------------------------------------------------------------------------------------------ */

typedef struct Reader {
    Verifier *v;
    const u8 *p, *end;
} Reader;

/* Format errors of the table are thrown at once: they don't name the method, and old class files get no second try. The table is read on after
   errors of other kinds, which these replace. */
static void malformed(const Verifier *v, const char *what)
{
    if (!v->t->exception) throw_new(v->t, "java/lang/ClassFormatError", "StackMapTable format error: %s", what);
}

static u32 take(Reader *r, u32 bytes)
{
    if ((size_t)(r->end - r->p) < bytes) {
        r->p = r->end;
        return malformed(r->v, "access beyond the end of attribute"), 0;
    }
    ASSERT(bytes <= 4);
    u32 n = 0;
    for (; bytes; bytes--) n = n << 8 | *r->p++;
    return n;
}

static VType take_class(Reader *r)
{
    u32 index = take(r, 2);
    const ConstantPool *cp = r->v->cp;
    if (index && index < cp->length && (cp->tags[index] & 0x3f) == CP_Class) return vt_class(cp_class_name(cp, index));
    return malformed(r->v, "bad class index"), VT_TOP;
}

static VType take_new(Reader *r)
{
    u32 bci = take(r, 2);
    if (bci < r->v->length && r->v->starts[bci] == 2) return VT_NEW | bci;
    return verify_format_error(r->v, "StackMapTable format error: bad offset for Uninitialized"), VT_TOP;
}

static VType take_type(Reader *r, u8 *flags)
{
    u32 tag = take(r, 1);
    if (r->v->t->exception) return VT_TOP;
    switch (tag) {
    case VT_TAG_OBJECT: return take_class(r);
    case VT_TAG_NEW: return take_new(r);
    case VT_UNINIT_THIS: *flags |= FRAME_THIS_UNINIT; return tag;
    default:
        if (tag < VT_UNINIT_THIS) return tag;
        return malformed(r->v, "bad verification type"), VT_TOP;
    }
}

static const char bad_size[] = "StackMapTable format error: bad type array size";

/* n types appended to a list of `have`, of which there is room for `max`; wide ones take two. Returns how many there are then. */
static u32 take_types(Reader *r, VType *list, u32 have, u32 n, u32 max, u8 *flags)
{
    for (; n && !r->v->t->exception; n--) {
        VType t = take_type(r, flags);
        u32 width = vt_is_wide(t) ? 2 : 1;
        if (have + width <= max) {
            list[have] = t;
            if (width == 2) list[have + 1] = vt_second(t);
        }
        have += width;
    }
    if (have <= max) return have;
    return verify_format_error(r->v, bad_size), max;
}

static void chop(Reader *r, VFrame *f, u32 n)
{
    for (; n; n--) {
        u32 width = f->nlocals && vt_is_second(f->locals[f->nlocals - 1]) ? 2 : 1;
        if (f->nlocals < width) return verify_format_error(r->v, bad_size);
        f->nlocals -= width;
    }
    f->flags = 0;
    for (u32 i = 0; i < f->nlocals; i++)
        if (f->locals[i] == VT_UNINIT_THIS) f->flags = FRAME_THIS_UNINIT;
}

/* Frames that add no locals share those of the one before. */
static void own_locals(Verifier *v, VFrame *f, const VType *from, u32 n)
{
    f->locals = verify_alloc(v, (v->max_locals + 1) * sizeof *f->locals);
    if (n) memcpy(f->locals, from, n * sizeof *from);
}

static void take_stack(Reader *r, VFrame *f, u32 n)
{
    f->stack = verify_alloc(r->v, (r->v->max_stack + 1) * sizeof *f->stack);
    u8 flags = 0; /* what is on the stack does not count */
    f->nstack = take_types(r, f->stack, 0, n, r->v->max_stack, &flags);
}

/* f is the frame before, to be changed into the next. */
static void take_frame(Reader *r, VFrame *f, bool first)
{
    Verifier *v = r->v;
    u32 type = take(r, 1), delta = type < 64 ? type : type < 128 ? type - 64 : take(r, 2);
    f->offset += (i32)delta + !first;
    f->nstack = 0;
    if (type >= 128 && type < 247) malformed(v, "reserved frame type");
    if (verify_failed(v)) return;
    if (type >= 64 && type <= 247) take_stack(r, f, 1);
    else if (type >= 248 && type < 251) chop(r, f, 251 - type);
    else if (type > 251 && type < 255) {
        own_locals(v, f, f->locals, f->nlocals);
        f->nlocals = take_types(r, f->locals, f->nlocals, type - 251, v->max_locals, &f->flags);
    } else if (type == 255) {
        f->flags = 0;
        own_locals(v, f, NULL, 0);
        f->nlocals = take_types(r, f->locals, 0, take(r, 2), v->max_locals, &f->flags);
        if (!verify_failed(v)) take_stack(r, f, take(r, 2));
    }
}

void verify_read_map(Verifier *v)
{
    Bytes map = v->m->details->stack_map;
    Reader r = { v, map.data, map.data + map.length };
    v->nframes = map.data ? take(&r, 2) : 0;
    if (verify_failed(v)) return;
    v->frames = verify_alloc(v, (v->nframes + 1) * sizeof *v->frames);
    VFrame f = v->now;
    f.mark = -1;
    if (v->nframes) own_locals(v, &f, v->now.locals, v->now.nlocals); /* the current frame changes while code is walked */
    for (u32 i = 0; i < v->nframes; i++) {
        take_frame(&r, &f, i == 0);
        if (verify_failed(v)) return;
        v->frames[i] = f;
        if ((u32)f.offset < v->length && v->starts[f.offset]) continue;
        verify_error(v, (Trouble){ .fault = FAULT_BAD_MAP, .bci = 0, .type = from_frame(&f, false) }, "StackMapTable error: bad offset");
        return;
    }
    if (r.p != r.end) malformed(v, "wrong attribute size");
}

VFrame *verify_frame_at(const Verifier *v, i64 bci)
{
    u32 low = 0, high = v->nframes;
    while (low < high) {
        u32 middle = (low + high) / 2;
        if (v->frames[middle].offset < bci) low = middle + 1;
        else high = middle;
    }
    return low < v->nframes && v->frames[low].offset == bci ? &v->frames[low] : NULL;
}

/* ---- Matching ------------------------------------------------------------------------------------------------------------------------ */

static u32 first_mismatch(Verifier *v, const VType *from, const VType *to, u32 n)
{
    ASSERT(n <= v->max_locals || n <= v->max_stack);
    u32 i = 0;
    while (i < n && verify_assignable(v, to[i], from[i], false)) i++;
    return i;
}

static Origin in_map(Origin o)
{
    o.map = true;
    return o;
}

bool verify_matches(Verifier *v, const VFrame *from, const VFrame *to, Trouble *why)
{
    *why = (Trouble){ FAULT_STACK_SIZE, from->offset, from_frame(from, false), from_frame(to, true) };
    if (from->nstack != to->nstack) return false;
    why->bci = to->offset;
    why->fault = FAULT_TYPE;
    u32 i = first_mismatch(v, from->locals, to->locals, to->nlocals);
    if (i < to->nlocals) {
        why->type = from_local(from, i), why->expected = in_map(from_local(to, i));
        return false;
    }
    i = first_mismatch(v, from->stack, to->stack, to->nstack);
    if (i < to->nstack) {
        why->type = from_stack(from, i), why->expected = in_map(from_stack(to, i));
        return false;
    }
    why->fault = FAULT_FLAGS;
    return !(from->flags & ~to->flags);
}

void verify_jump(Verifier *v, i32 distance)
{
    if (verify_failed(v)) return;
    i32 target = (i32)v->bci + distance;
    const VFrame *f = verify_frame_at(v, target);
    Trouble why;
    if (!f) {
        why = (Trouble){ .fault = FAULT_NO_MAP, .bci = v->now.offset };
        verify_error(v, why, "Expecting a stackmap frame at branch target %d", target);
    } else if (!verify_matches(v, &v->now, f, &why))
        verify_error(v, why, "Inconsistent stackmap frames at branch target %d", target);
}

void verify_enter_frame(Verifier *v, const VFrame *f)
{
    VFrame *now = &v->now;
    ASSERT(f->nlocals <= v->max_locals && f->nstack <= v->max_stack);
    for (u32 i = f->nlocals; i < v->max_locals; i++) now->locals[i] = VT_TOP;
    memcpy(now->locals, f->locals, f->nlocals * sizeof *f->locals);
    for (u32 i = f->nstack; i < now->nstack; i++) now->stack[i] = VT_TOP;
    if (f->nstack) memcpy(now->stack, f->stack, f->nstack * sizeof *f->stack);
    now->nlocals = f->nlocals, now->nstack = f->nstack, now->flags = f->flags;
}

/* ---- The current frame's stack ---------------------------------------------------------------------------------------------------- */

void verify_push(Verifier *v, VType t) { verify_push_slots(v, &t, 1); }

static bool room(Verifier *v, u32 n)
{
    VFrame *f = &v->now;
    if (verify_failed(v)) return false;
    if (f->nstack + n <= v->max_stack) return true;
    verify_error(v, (Trouble){ .fault = FAULT_OVERFLOW, .bci = f->offset, .type = from_frame(f, false) }, "Operand stack overflow");
    return false;
}

void verify_push_slots(Verifier *v, const VType *t, u32 n)
{
    for (u32 i = 0; i < n && room(v, 1); i++) v->now.stack[v->now.nstack++] = t[i];
}

void verify_push_wide(Verifier *v, VType t)
{
    if (room(v, 2)) verify_push_slots(v, (const VType[]){ t, vt_second(t) }, 2);
}

VType verify_pop(Verifier *v, VType wanted)
{
    VFrame *f = &v->now;
    if (verify_failed(v)) return VT_TOP;
    if (!f->nstack) {
        verify_error(v, (Trouble){ .fault = FAULT_UNDERFLOW, .bci = f->offset, .type = from_frame(f, false) }, "Operand stack underflow");
        return VT_TOP;
    }
    VType t = f->stack[--f->nstack];
    if (verify_assignable(v, wanted, t, false)) return t;
    verify_bad_type(v, from_popped(f), from_context(wanted), "Bad type on operand stack");
    return VT_TOP;
}

/* ---- ... and locals -------------------------------------------------------------------------------------------------------------------- */

static void no_local(Verifier *v, u32 i, const char *text)
{
    verify_error(v, (Trouble){ .fault = FAULT_LOCAL_INDEX, .bci = v->now.offset, .type = { .kind = FROM_CONTEXT, .index = i } }, "%s", text);
}

static bool local_is(Verifier *v, u32 i, VType wanted)
{
    if (verify_assignable(v, wanted, v->now.locals[i], false)) return true;
    verify_bad_type(v, from_local(&v->now, i), from_context(wanted), "Bad local variable type");
    return false;
}

VType verify_get_local(Verifier *v, u32 i, VType wanted)
{
    VFrame *f = &v->now;
    if (verify_failed(v)) return VT_TOP;
    if (i >= v->max_locals) return no_local(v, i, "Local variable table overflow"), VT_TOP;
    if (!local_is(v, i, wanted)) return VT_TOP;
    if (i >= f->nlocals) f->nlocals = i + 1;
    return f->locals[i];
}

void verify_get_wide(Verifier *v, u32 i, VType wanted)
{
    if (verify_failed(v)) return;
    if (i + 1 >= v->now.nlocals) return no_local(v, i, "get long/double overflows locals");
    if (local_is(v, i, wanted)) local_is(v, i + 1, vt_second(wanted));
}

/* What is left of a wide value when one of its halves is overwritten is unusable. */
static void orphan(Verifier *v, u32 i)
{
    VType *locals = v->now.locals;
    if (vt_is_wide(locals[i]) && i + 1 < v->max_locals) locals[i + 1] = VT_TOP;
    if (vt_is_second(locals[i]) && i) locals[i - 1] = VT_TOP;
}

static void set_slots(Verifier *v, u32 i, const VType *t, u32 n)
{
    VFrame *f = &v->now;
    ASSERT(n == 1 || n == 2);
    if (verify_failed(v)) return;
    if (i + n > v->max_locals) return no_local(v, i, "Local variable table overflow");
    orphan(v, i);
    if (n == 2) orphan(v, i + 1);
    memcpy(f->locals + i, t, n * sizeof *t);
    if (i + n > f->nlocals) f->nlocals = i + n;
}

void verify_set_local(Verifier *v, u32 i, VType t) { set_slots(v, i, &t, 1); }
void verify_set_wide(Verifier *v, u32 i, VType t) { set_slots(v, i, (const VType[]){ t, vt_second(t) }, 2); }

void verify_initialized(Verifier *v, VType old, VType type)
{
    VFrame *f = &v->now;
    for (u32 i = 0; i < f->nlocals; i++)
        if (f->locals[i] == old) f->locals[i] = type;
    for (u32 i = 0; i < f->nstack; i++)
        if (f->stack[i] == old) f->stack[i] = type;
    if (old == VT_UNINIT_THIS) f->flags = 0;
}

/* ---- For messages -------------------------------------------------------------------------------------------------------------------- */

static void print_list(FILE *out, const char *what, const VType *types, u32 n)
{
    fprintf(out, "    %s: {", what);
    for (u32 i = 0; i < n; i++) {
        fputc(' ', out);
        vt_print(out, types[i]);
        if (i + 1 < n) fputc(',', out);
    }
    fputs(" }\n", out);
}

void frame_print(FILE *out, const VFrame *f, bool at_mark)
{
    fprintf(out, "    bci: @%d\n    flags: {%s }\n", f->offset, f->flags & FRAME_THIS_UNINIT ? " flagThisUninit" : "");
    print_list(out, "locals", f->locals, f->nlocals);
    print_list(out, "stack", f->stack, at_mark && f->mark >= 0 ? (u32)f->mark : f->nstack);
}
