/* The text of a VerifyError: what is wrong, where, the frames that don't fit, the bytecode, its handlers and its StackMapTable. */
#define _GNU_SOURCE
#include "vm/verify.h"
#include "vm/names.h"
#include "vm/opcodes.h"
#include <stdarg.h>
#include <stdlib.h>

/* ---- Parts --------------------------------------------------------------------------------------------------------------------- */

static void print_origin(FILE *out, const Origin *o)
{
    vt_print(out, o->type);
    const char *frame = o->map ? "stack map" : "current frame";
    switch (o->kind) {
    case FROM_LOCAL: fprintf(out, " (%s, locals[%u])", frame, o->index); break;
    case FROM_STACK: fprintf(out, " (%s, stack[%u])", frame, o->index); break;
    case FROM_POOL: fprintf(out, " (constant pool %u)", o->index); break;
    case FROM_SIGNATURE: fprintf(out, " (from method signature)"); break;
    default: break;
    }
}

static void print_reason(FILE *out, const Trouble *x)
{
    static const char *const fixed[] = {
        [FAULT_CODE] = "Error exists in the bytecode", [FAULT_LOCALS_SIZE] = "Current frame's local size doesn't match stackmap.",
        [FAULT_STACK_SIZE] = "Current frame's stack size doesn't match stackmap.", [FAULT_OVERFLOW] = "Exceeded max stack size.",
        [FAULT_UNDERFLOW] = "Attempt to pop empty stack.", [FAULT_NO_MAP] = "Expected stackmap frame at this location.",
        [FAULT_BAD_MAP] = "Invalid stackmap specification.", [FAULT_FLAGS] = "Current frame's flags are not assignable to stack map frame's.",
    };
    fputs("  Reason:\n    ", out);
    if (x->fault == FAULT_TYPE) {
        fputs(x->expected.kind ? "Type " : "Invalid type: ", out);
        print_origin(out, &x->type);
        if (x->expected.kind) fputs(" is not assignable to ", out), print_origin(out, &x->expected);
    } else if (x->fault == FAULT_POOL_INDEX) fprintf(out, "Constant pool index %u is invalid", x->type.index);
    else if (x->fault == FAULT_LOCAL_INDEX) fprintf(out, "Local index %u is invalid", x->type.index);
    else fputs(fixed[x->fault], out);
    fputc('\n', out);
}

static void print_location(const Verifier *v, FILE *out, i32 bci)
{
    const char *name = "<invalid>";
    if (bci >= 0 && (u32)bci < v->length) {
        name = opcode_name(v->code[bci]);
        if (!name) name = "<illegal>";
    }
    fprintf(out, "  Location:\n    %s.%s%s @%d: %s\n", v->c->name->bytes, v->m->name->bytes, v->m->desc->bytes, bci, name);
}

/* Sixteen bytes a line, padded; an empty line where they come out even. */
static void print_bytecode(const Verifier *v, FILE *out)
{
    fputs("  Bytecode:\n", out);
    for (u32 at = 0; at <= v->length; at += 16) {
        fprintf(out, "    %07x:", at);
        for (u32 i = at; i < at + 16; i++) {
            if (i % 2 == 0) fputc(' ', out);
            if (i < v->length) fprintf(out, "%02x", v->code[i]);
            else fputs("  ", out);
        }
        fputc('\n', out);
    }
}

static void print_handlers(const Verifier *v, FILE *out)
{
    if (v->m->details->nhandlers) fputs("  Exception Handler Table:\n", out);
    for (u32 i = 0; i < v->m->details->nhandlers; i++) {
        const ExRange *h = &v->m->details->handlers[i];
        fprintf(out, "    bci [%u, %u] => handler: %u\n", h->start, h->end, h->handler);
    }
}

/* ---- The StackMapTable as it stands ------------------------------------------------------------------------------------------------ */

typedef struct MapText { const u8 *p, *end; FILE *out; } MapText;

static u32 take(MapText *x, u32 bytes)
{
    u32 n = 0;
    for (; bytes; bytes--) n = n << 8 | (x->p < x->end ? *x->p : 0), x->p++;
    return n;
}

/* Behind n types; NULL: they are not all here. */
static const u8 *skip_types(const u8 *p, const u8 *end, u32 n)
{
    if (!n) return p;
    for (; n && p < end; n--) p += *p == VT_TAG_OBJECT || *p == VT_TAG_NEW ? 3 : 1;
    return n || p > end ? NULL : p;
}

static void print_types(MapText *x, u32 n)
{
    static const char *const names[] = { "Top", "Integer", "Float", "Double", "Long", "Null", "UninitializedThis" };
    for (u32 i = 0; i < n; i++) {
        if (i) fputc(',', x->out);
        u32 tag = take(x, 1);
        if (tag < NELEM(names)) fputs(names[tag], x->out);
        else if (tag == VT_TAG_OBJECT) fprintf(x->out, "Object[#%u]", take(x, 2));
        else if (tag == VT_TAG_NEW) fprintf(x->out, "Uninitialized[#%u]", take(x, 2));
        else fprintf(x->out, "BAD:%u", tag);
    }
}

static bool print_full_frame(MapText *x, i32 at)
{
    const u8 *p = x->p + 2 <= x->end ? skip_types(x->p + 2, x->end, code_u16(x->p)) : NULL;
    if (p) p = p + 2 <= x->end ? skip_types(p + 2, x->end, code_u16(p)) : NULL;
    if (!p) return fprintf(x->out, "full_frame(@%d), output truncated, Stackmap exceeds table size.", at), false;
    fprintf(x->out, "full_frame(@%d,{", at);
    print_types(x, take(x, 2));
    fputs("},{", x->out);
    print_types(x, take(x, 2));
    fputs("})", x->out);
    return true;
}

/* One frame; *at: the offset of the one before (-1: none), then its own. false: the table ends inside. */
static bool print_map_frame(MapText *x, i32 *at)
{
    bool here = x->p < x->end;
    u32 type = take(x, 1); /* behind the end: 0, which is shown as a same_frame */
    *at += 1 + (i32)(type < 64 ? type : type < 128 ? type - 64 : take(x, 2));
    u32 n = type < 64 || type == 251 || (type >= 248 && type < 251) ? 0 : type < 128 || type == 247 ? 1 : type < 255 ? type - 251 : 0;
    if (type == 255) return print_full_frame(x, *at);
    const char *name = type < 64 ? "same_frame" : type < 128 ? "same_locals_1_stack_item_frame" : type == 247 ? "same_locals_1_stack_item_extended"
                     : type < 251 ? "chop_frame" : type == 251 ? "same_frame_extended" : "append_frame";
    if (!skip_types(x->p, x->end, n)) return fprintf(x->out, "%s(@%d), output truncated, Stackmap exceeds table size.", name, *at), false;
    fprintf(x->out, "%s(@%d", name, *at);
    if (type >= 248 && type < 251) fprintf(x->out, ",%u", 251 - type);
    if (n) fputc(',', x->out), print_types(x, n);
    fputc(')', x->out);
    return here;
}

static void print_map(const Verifier *v, FILE *out)
{
    Bytes map = v->m->details->stack_map;
    if (!map.data) return;
    fputs("  Stackmap Table:\n", out);
    MapText x = { map.data, map.data + map.length, out };
    i32 at = -1;
    for (u32 n = take(&x, 2); n; n--) {
        fputs("    ", out);
        if (x.p < x.end && *x.p >= 128 && *x.p < 247) return; /* reserved types are format errors */
        if (!print_map_frame(&x, &at)) return;
        fputc('\n', out);
    }
}

/* ---- The whole --------------------------------------------------------------------------------------------------------------------- */

static void print_frames(FILE *out, const Trouble *x)
{
    if (x->type.kind && x->type.frame) fputs("  Current Frame:\n", out), frame_print(out, x->type.frame, true);
    if (x->expected.kind && x->expected.frame) fputs("  Stackmap Frame:\n", out), frame_print(out, x->expected.frame, true);
}

void verify_error(Verifier *v, Trouble x, const char *fmt, ...)
{
    if (verify_failed(v)) return;
    size_t size;
    ASSERT(!v->message && x.fault <= FAULT_BAD_MAP);
    FILE *out = open_memstream(&v->message, &size);
    if (!out) die("out of memory");
    va_list ap;
    va_start(ap, fmt);
    vfprintf(out, fmt, ap);
    va_end(ap);
    fputs("\nException Details:\n", out);
    print_location(v, out, x.bci);
    print_reason(out, &x);
    print_frames(out, &x);
    print_bytecode(v, out);
    print_handlers(v, out);
    print_map(v, out);
    fclose(out);
    v->error = "java/lang/VerifyError";
}

void verify_bad_code(Verifier *v, i32 bci, const char *text)
{
    verify_error(v, (Trouble){ .fault = FAULT_CODE, .bci = bci }, "%s", text);
}

void verify_bad_type(Verifier *v, Origin type, Origin expected, const char *text)
{
    verify_error(v, (Trouble){ FAULT_TYPE, (i32)v->bci, type, expected }, "%s", text);
}

void verify_format_error(Verifier *v, const char *fmt, ...)
{
    if (verify_failed(v)) return;
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    ASSERT(!v->message);
    char *method = method_external_name(v->c, v->m->name, v->m->desc);
    v->message = xasprintf("%s in method '%s'", text, method);
    v->error = "java/lang/ClassFormatError";
    free(method);
}
