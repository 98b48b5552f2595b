/* Quickening. An instruction that names a constant-pool entry is resolved when it first runs, and rewritten in place to a form
   that needs no checks: Method.code changes, Method.original does not, and everything here reads the original. Operands of quick forms
   are offsets and indices in native byte order (opcodes.def), valid for the host's and the core's interpreter alike. Indices are those of the
   method's links: pool entries lie far apart, between names and descriptors that nobody needs any more, links one next to the other.

   The rule of initialization: an access to a static member, or `new`, triggers its class's initialization, and other threads must
   wait until that is over. So such an instruction is quickened only once the class is initialized; as long as this very thread is
   initializing it, each execution comes here and is told what it needs through t->scratch. */
#include "vm/quicken.h"
#include <string.h>
#include "base/log.h"
#include "base/window.h"
#include "vm/costs.h"
#include "vm/opcodes.h"
#include "vm/throws.h"
#include "vm/unit.h"

enum { SMALL = 256 };

/* ---- Rewriting -------------------------------------------------------------------------------------------- */
static void put_u16(u8 *p, u32 v)
{
    ASSERT(v <= 0xffff);
    p[0] = (u8)v, p[1] = (u8)(v >> 8);
}

static void put_u32(u8 *p, u32 v)
{
    put_u16(p, v & 0xffff);
    put_u16(p + 2, v >> 16);
}

/* Operands first: the opcode makes them valid. */
static int rewrite(Method *m, u32 bci, u8 opcode, u32 operand)
{
    u8 *pc = m->code + bci;
    put_u16(pc + 1, operand);
    *pc = opcode;
    charge_touch(pc, 3, true);
    return RESOLVE_QUICKENED;
}

/* Room for one link more: none, FEW, then twice as many whenever a power of two is full. */
static void grow_links(Method *m)
{
    enum { FEW = 4 };
    u32 n = m->details->nlinks, used = n * sizeof *m->links;
    if (n && (n < FEW || n & (n - 1))) return;
    u64 *larger = unit_alloc(m->owner->unit, used ? 2 * used : FEW * sizeof *larger, sizeof *larger);
    if (used) {
        memcpy(larger, m->links, used);
        charge_touch(m->links, used, false);
        charge_touch(larger, used, true);
    }
    m->links = larger;
}

/* The instruction finds `what` by a link from now on, in one access whose cache line it shares with its neighbours. */
static int rewrite_link(Method *m, u32 bci, u8 opcode, u64 what)
{
    MethodDetails *d = m->details;
    if (m->code[bci] != m->original[bci]) return RESOLVE_QUICKENED; /* by another thread, while this one waited for the class's initialization */
    grow_links(m);
    m->links[d->nlinks] = what;
    charge_touch(&m->links[d->nlinks], sizeof *m->links, true);
    return rewrite(m, bci, opcode, d->nlinks++);
}

static int scratch(Thread *t, u64 a, u64 b)
{
    t->scratch[0] = a;
    t->scratch[1] = b;
    return RESOLVE_SCRATCH;
}

/* ---- ldc ----------------------------------------------------------------------------------------------------- */
/* The value as its slot holds it. */
static u64 slot_value(BasicType type, u64 v)
{
    switch (type) {
    case T_INT: case T_SHORT: case T_BYTE: case T_CHAR: case T_BOOLEAN: return (u64)(i64)(i32)v;
    case T_FLOAT: return (u32)v;
    default: return v;
    }
}

/* A null constant: aconst_null and padding. */
static int rewrite_null(Method *m, u32 bci)
{
    u8 *pc = m->code + bci;
    if (*pc != OP_ldc) pc[2] = OP_nop;
    pc[1] = OP_nop;
    *pc = OP_aconst_null;
    return RESOLVE_QUICKENED;
}

static int rewrite_ldc(Method *m, u32 bci, u32 index, u8 narrow, u8 wide)
{
    u8 *pc = m->code + bci;
    if (m->original[bci] != OP_ldc) return rewrite(m, bci, wide, index);
    ASSERT(index < SMALL);
    *pc = narrow;
    charge_touch(pc, 2, true);
    return RESOLVE_QUICKENED;
}

int quicken_ldc(Thread *t, Method *m, u32 bci)
{
    const u8 *at = m->original + bci;
    u32 index = *at == OP_ldc ? at[1] : code_u16(at + 1);
    BasicType type;
    u64 v;
    if (!cp_constant(t, m->cp, index, &type, &v)) return RESOLVE_THREW;
    v = slot_value(type, v);
    u32 tag = m->cp->tags[index] & ~(u32)CP_RESOLVED;
    if (*at == OP_ldc2_w) {
        if (m->cp->v[index] != v) return scratch(t, v, 2);
        return rewrite(m, bci, OP_ldc2_w_quick, index);
    }
    if (tag == CP_Class) return rewrite_ldc(m, bci, index, OP_ldc_class, OP_ldc_w_class);
    if (type == T_OBJECT || type == T_ARRAY) {
        if (!v) return rewrite_null(m, bci);
        if (m->cp->v[index] != v) return scratch(t, v, 1);
    } else if (m->cp->v[index] != v) {
        if (tag != CP_Integer && tag != CP_Float) return scratch(t, v, 1);
        m->cp->v[index] = v; /* from bits to slot: sign-extended ints, zero-extended floats */
    }
    return rewrite_ldc(m, bci, index, OP_ldc_quick, OP_ldc_w_quick);
}

/* ---- Fields ------------------------------------------------------------------------------------------------------ */
typedef struct FieldForms { u8 get, put, get_static, put_static; } FieldForms;
static const FieldForms field_forms[] = {
    [T_BOOLEAN] = { OP_getfield_b, OP_putfield_z, OP_getstatic_b, OP_putstatic_z },
    [T_BYTE] = { OP_getfield_b, OP_putfield_b, OP_getstatic_b, OP_putstatic_b },
    [T_CHAR] = { OP_getfield_c, OP_putfield_s, OP_getstatic_c, OP_putstatic_s },
    [T_SHORT] = { OP_getfield_s, OP_putfield_s, OP_getstatic_s, OP_putstatic_s },
    [T_INT] = { OP_getfield_i, OP_putfield_i, OP_getstatic_i, OP_putstatic_i },
    [T_FLOAT] = { OP_getfield_f, OP_putfield_i, OP_getstatic_f, OP_putstatic_i },
    [T_LONG] = { OP_getfield_j, OP_putfield_j, OP_getstatic_j, OP_putstatic_j },
    [T_DOUBLE] = { OP_getfield_j, OP_putfield_j, OP_getstatic_j, OP_putstatic_j },
    [T_OBJECT] = { OP_getfield_a, OP_putfield_a, OP_getstatic_a, OP_putstatic_a },
    [T_ARRAY] = { OP_getfield_a, OP_putfield_a, OP_getstatic_a, OP_putstatic_a },
};

static int quicken_static_field(Thread *t, Method *m, u32 bci, u32 index, Field *f, bool put)
{
    if (class_needs_init(f->owner) && !class_initialize(t, f->owner)) return RESOLVE_THREW;
    ASSERT(IN_WINDOW(META, f) && f->owner->mirror);
    f->address = (u8 *)f->owner->mirror + f->offset;
    if (class_needs_init(f->owner) || m->cp->v[index] != (u64)f) return scratch(t, (u64)f->address, f->type);
    const FieldForms *forms = &field_forms[f->type];
    return rewrite_link(m, bci, put ? forms->put_static : forms->get_static, (u64)f->address);
}

int quicken_field(Thread *t, Method *m, u32 bci)
{
    u8 op = m->original[bci];
    u32 index = code_u16(m->original + bci + 1);
    bool is_static = op == OP_getstatic || op == OP_putstatic, put = op == OP_putfield || op == OP_putstatic;
    ASSERT(op >= OP_getstatic && op <= OP_putfield);
    Field *f = cp_field(t, m->cp, index, is_static, put, m);
    if (!f) return RESOLVE_THREW;
    ASSERT(f->type >= T_BOOLEAN && f->type <= T_ARRAY);
    if (is_static) return quicken_static_field(t, m, bci, index, f, put);
    if (f->offset > 0xffff) return scratch(t, f->offset, f->type);
    const FieldForms *forms = &field_forms[f->type];
    return rewrite(m, bci, put ? forms->put : forms->get, f->offset);
}

static bool is_quick_field(u8 op) { return op >= OP_getfield_b && op <= OP_putfield_a; }

static void refresh_in(Method *m)
{
    for (u32 bci = 0, length; bci < m->code_length; bci += length) {
        length = opcode_length_at(m->original, bci, m->code_length);
        ASSERT(length);
        if (!is_quick_field(m->code[bci])) continue;
        ASSERT(m->original[bci] == OP_getfield || m->original[bci] == OP_putfield);
        const Field *f = (const Field *)m->cp->v[code_u16(m->original + bci + 1)];
        if (m->code[bci + 1] + (m->code[bci + 2] << 8) == (i32)f->offset) continue;
        put_u16(m->code + bci + 1, f->offset);
        charge_touch(m->code + bci + 1, 2, true);
    }
    charge_units(refresh_byte, m->code_length);
}

static void refresh_in_class(void *boot_too, Class *c)
{
    if (c->loader == boot_loader && !*(const bool *)boot_too) return;
    for (u32 i = 0; i < c->nmethods; i++)
        if (c->methods[i].code) refresh_in(&c->methods[i]);
}

void quicken_refresh_fields(bool boot_too) { classes_each(refresh_in_class, &boot_too); }

/* ---- Invokes ------------------------------------------------------------------------------------------------------- */
static int quicken_dynamic(Thread *t, Method *m, u32 bci)
{
    CallInfo *call = cp_call_site(t, m->cp, code_u16(m->original + bci + 1), m, bci);
    if (!call) return RESOLVE_THREW;
    ASSERT(IN_WINDOW(META, call) && call->method && call->method->access & ACC_STATIC);
    if (class_needs_init(call->method->owner) && !class_initialize(t, call->method->owner)) return RESOLVE_THREW;
    u8 *pc = m->code + bci;
    put_u32(pc + 1, (u32)((u64)call - WIN_BASE));
    *pc = OP_invokedynamic_quick;
    charge_touch(pc, 5, true);
    return RESOLVE_QUICKENED;
}

static int quicken_static_call(Thread *t, Method *m, u32 bci, CallInfo *call)
{
    Class *owner = call->method->owner;
    if (class_needs_init(owner)) {
        if (!class_initialize(t, owner)) return RESOLVE_THREW;
        if (class_needs_init(owner)) return scratch(t, (u64)call->method, 0);
    }
    return rewrite_link(m, bci, OP_invokestatic_quick, (u64)call->method);
}

static int quicken_virtual_call(Method *m, u32 bci, const CallInfo *call)
{
    if (call->kind == CALL_VIRTUAL) {
        if (call->vindex >= SMALL || call->arg_slots >= SMALL) return rewrite_link(m, bci, OP_invokevirtual_wide, (u64)call);
        return rewrite(m, bci, OP_invokevirtual_quick, call->arg_slots | (u32)call->vindex << 8);
    }
    ASSERT(call->kind == CALL_DIRECT);
    /* A signature-polymorphic call that the class library linked to an adapter, which is static. */
    if (call->method->access & ACC_STATIC) return rewrite_link(m, bci, OP_invokehandle_quick, (u64)call);
    return rewrite_link(m, bci, OP_invokefinal_quick, (u64)call->method);
}

/* Methods of Object and private ones have no row in itables, where other calls find out whether the receiver implements the interface. It must
   when the site is linked (JVMS 6.5); afterwards `java` looks at receivers of private methods alone, as do the interpreter and compiled code. */
static bool check_receiver(Thread *t, const Method *m, u32 index, CallInfo *call)
{
    if (call->interface) return true;
    const Object *receiver = (const Object *)t->frame->sp[-(i64)call->arg_slots];
    Class *named = cp_class(t, m->cp, cp_ref_class_index(m->cp, index));
    ASSERT(named && call->kind != CALL_INTERFACE);
    if (!receiver) { /* and the site is not linked */
        throw_new(t, "java/lang/NullPointerException", NULL);
        return false;
    }
    if (!class_subtype(object_class(receiver), named)) {
        throw_interface_call(t, object_class(receiver), call->method, named);
        return false;
    }
    call->interface = named;
    return true;
}

static int quicken_interface_call(Thread *t, Method *m, u32 bci, u32 index, CallInfo *call)
{
    if (!check_receiver(t, m, index, call)) return RESOLVE_THREW;
    static const u8 forms[] = { [CALL_DIRECT] = OP_invokeinterface_direct, [CALL_VIRTUAL] = OP_invokeinterface_virtual, [CALL_INTERFACE] = OP_invokeinterface_quick };
    return rewrite_link(m, bci, forms[call->kind], (u64)call);
}

int quicken_invoke(Thread *t, Method *m, u32 bci)
{
    u8 op = m->original[bci];
    ASSERT(op >= OP_invokevirtual && op <= OP_invokedynamic);
    if (op == OP_invokedynamic) return quicken_dynamic(t, m, bci);
    u32 index = code_u16(m->original + bci + 1);
    CallInfo *call = cp_method(t, m->cp, index, op);
    if (!call) return RESOLVE_THREW;
    ASSERT(m->cp->v[index] == (u64)call && call->method);
    switch (op) {
    case OP_invokevirtual: return quicken_virtual_call(m, bci, call);
    case OP_invokespecial:
        ASSERT(call->special != NULL);
        return rewrite_link(m, bci, OP_invokespecial_quick, (u64)call->special);
    case OP_invokestatic: return quicken_static_call(t, m, bci, call);
    default: return quicken_interface_call(t, m, bci, index, call);
    }
}

/* ---- Classes --------------------------------------------------------------------------------------------------------- */
static int quicken_new(Thread *t, Method *m, u32 bci, Class *c)
{
    if (c->access & (ACC_INTERFACE | ACC_ABSTRACT) || c->kind != CLASS_INSTANCE) {
        throw_instantiation(t, c);
        return RESOLVE_THREW;
    }
    if (c == wk.Class) {
        throw_new(t, "java/lang/IllegalAccessError", "java.lang.Class");
        return RESOLVE_THREW;
    }
    if (class_needs_init(c)) {
        if (!class_initialize(t, c)) return RESOLVE_THREW;
        if (class_needs_init(c)) return scratch(t, (u64)c, 0);
    }
    return rewrite_link(m, bci, OP_new_quick, (u64)c);
}

int quicken_class(Thread *t, Method *m, u32 bci)
{
    u8 op = m->original[bci];
    u32 index = code_u16(m->original + bci + 1);
    Class *c = cp_class(t, m->cp, index);
    if (!c) return RESOLVE_THREW;
    switch (op) {
    case OP_new: return quicken_new(t, m, bci, c);
    case OP_anewarray:
        if (c->dims >= 255) {
            throw_new(t, "java/lang/IllegalArgumentException", "too many array dimensions");
            return RESOLVE_THREW;
        }
        return rewrite_link(m, bci, OP_anewarray_quick, (u64)class_array_of(c));
    case OP_checkcast: return rewrite_link(m, bci, OP_checkcast_quick, (u64)c);
    case OP_instanceof: return rewrite_link(m, bci, OP_instanceof_quick, (u64)c);
    case OP_multianewarray: return rewrite_link(m, bci, OP_multianewarray_quick, (u64)c);
    default: panic("opcode %u at %s.%s%s:%u", op, m->owner->name->bytes, m->name->bytes, m->desc->bytes, bci);
    }
}
