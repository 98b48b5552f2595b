/* Address -> object, class, field; core registers -> method and bytecode: see locate.h. */
#include "vm/locate.h"
#include "base/log.h"
#include "base/vec.h"
#include "vm/guest/regs.h"
#include "vm/opcodes.h"
#include <string.h>

#define R(id, name) name,
static const char *const names[] = { PLACES(R) };
#undef R

const char *place_name(PlaceKind kind) { return names[kind]; }

static bool in_metadata(u64 p) { return IN_WINDOW(META, p) && p < win_meta.next && !(p & 7); }

/* While a frame is being made its memory holds anything: a method is one that its class knows. */
static bool is_method(const Method *m)
{
    if (!in_metadata((u64)m) || !in_metadata((u64)m->owner) || !m->code) return false;
    const Class *c = m->owner;
    u64 at = (u64)m - (u64)c->methods;
    return at < c->nmethods * sizeof *m && !(at % sizeof *m);
}

Method *locate_bytecode(Method *m, u64 pc, u32 *bci)
{
    if (!is_method(m)) return NULL;
    *bci = pc - (u64)m->code < m->code_length ? (u32)(pc - (u64)m->code) : 0;
    return m;
}

static bool is_frame(const Frame *f) { return IN_WINDOW(STACK, f) && !((u64)f & 7) && is_method(f->method); }

/* Interpreted callers of f, as long as they are at calls. */
static u32 callers(const Frame *f, CodePlace *out, u32 max)
{
    u32 n = 0;
    for (; n < max && is_frame(f->prev) && f->prev < f; n++) {
        f = f->prev;
        u64 bci = (u64)f->pc - (u64)f->method->code;
        if (f->flags & (FRAME_COMPILED | FRAME_NATIVE) || bci >= f->method->code_length) break;
        u8 op = f->method->original[bci];
        if (op < OP_invokevirtual || op > OP_invokeinterface) break;
        out[n] = (CodePlace){ f->method, (u32)bci };
    }
    return n;
}

/* Returning to where it is itself says that it has called since it was entered: not who has called it. */
static u32 compiled_places(u64 pc, const u64 *x, CodePlace *out, u32 max)
{
    u32 n = vm_hooks.code_places ? vm_hooks.code_places(pc, out, max) : 0;
    u64 back = n && n < max && x ? x[GUEST_REG_RA] - 4 : 0;
    if (!IN_WINDOW(CODE, back)) return n;
    u32 more = vm_hooks.code_places(back, out + n, max - n);
    return more && out[n + more - 1].m != out[n - 1].m ? n + more : n;
}

u32 locate_places(u64 pc_of_core, const u64 *x, CodePlace *out, u32 max)
{
    ASSERT(max >= 1);
    if (IN_WINDOW(CODE, pc_of_core)) return compiled_places(pc_of_core, x, out, max);
    if (!x || !is_frame((Frame *)x[GUEST_REG_FRAME])) return 0;
    const Frame *f = (Frame *)x[GUEST_REG_FRAME];
    out[0].m = locate_bytecode(f->method, x[GUEST_REG_PC], &out[0].bci);
    return 1 + callers(f, out + 1, max - 1);
}

/* Places in compiled code asked about lately: its memory is never used again, so that what a pc is stays so. */
static struct { u64 pc; CodePlace at; } recent[1024];

static Method *compiled_method(u64 pc, u32 *bci)
{
    u32 slot = (u32)(pc / 4 % NELEM(recent));
    if (UNLIKELY(recent[slot].pc != pc)) {
        CodePlace at;
        if (!compiled_places(pc, NULL, &at, 1)) return NULL;
        recent[slot].pc = pc, recent[slot].at = at;
    }
    *bci = recent[slot].at.bci;
    return recent[slot].at.m;
}

Method *locate_method(u64 pc_of_core, const u64 *x, u32 *bci)
{
    CodePlace at;
    if (IN_WINDOW(CODE, pc_of_core)) return compiled_method(pc_of_core, bci);
    if (!locate_places(pc_of_core, x, &at, 1)) return NULL;
    *bci = at.bci;
    return at.m;
}

static Place heap_place(u64 address)
{
    Object *o = (Object *)gc_base((void *)address);
    if (!o) return (Place){ .kind = PLACE_FREE };
    return (Place){ PLACE_OBJECT, o, object_class(o), (u32)(address - (u64)o) };
}

Place locate(u64 address, u64 core_pc, const u64 *x)
{
    if (IN_WINDOW(HEAP, address) || IN_WINDOW(ARENA, address)) return heap_place(address);
    if (IN_WINDOW(STACK, address)) return (Place){ .kind = PLACE_STACK };
    if (IN_WINDOW(META, address)) {
        u32 bci;
        Method *m = locate_method(core_pc, x, &bci);
        return (Place){ .kind = m && address - (u64)m->code < m->code_length ? PLACE_BYTECODE : PLACE_METADATA };
    }
    if (IN_WINDOW(GUEST, address) || IN_WINDOW(CODE, address)) return (Place){ .kind = PLACE_CODE };
    if (IN_WINDOW(NATIVE, address)) return (Place){ .kind = PLACE_NATIVE };
    if (IN_WINDOW(TABLE, address)) return (Place){ .kind = PLACE_TABLE };
    return (Place){ .kind = PLACE_OTHER };
}

static Field *field_at(Class *c, u32 offset, bool statics)
{
    for (; c; c = statics ? NULL : c->super)
        for (u32 i = 0; i < c->nfields; i++) {
            Field *f = &c->fields[i];
            if (!(f->access & ACC_STATIC) == !statics && offset - f->offset < 1u << type_shift((BasicType)f->type)) return f;
        }
    return NULL;
}

Field *locate_field(const Place *p)
{
    if (p->kind != PLACE_OBJECT || p->klass->kind != CLASS_INSTANCE) return NULL;
    Field *f = field_at(p->klass, p->offset, false);
    if (!f && p->klass == wk.Class) f = field_at(mirror_class(p->object), p->offset, true);
    return f;
}

char *locate_field_name(const Place *p)
{
    if (p->kind != PLACE_OBJECT) return xstrdup(place_name(p->kind));
    Field *f = locate_field(p);
    char *owner = class_external_name(f ? f->owner : p->klass);
    char *name;
    if (f) name = xasprintf("%s.%s", owner, f->name->bytes);
    else if (p->klass->kind == CLASS_ARRAY) name = xasprintf(p->offset < ARRAY_BASE ? "%s.length" : "%s", owner);
    else name = xasprintf("%s.(header)", owner);
    free(owner);
    return name;
}
