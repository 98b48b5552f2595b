/* Objects that are known while compiling: what static final variables and the constant pool hold, and what final variables of such objects hold,
   in classes whose final variables nobody changes (as HotSpot trusts them: method handles and what they are made of, hidden classes,
   records), and what the class library's @Stable variables and elements of arrays in such variables hold once that is not null or 0. Objects may move, so code does not embed them but loads them from where they are; what does not change about them (their
   class, their numbers, the mirrors that they refer to) is built in. */
#include "jit/ir.h"
#include "vm/class.h"
#include <string.h>

enum { MAX_PHIS = 3, MAX_CHAIN = 16 }; /* loads from one constant object to another */

static bool in_package(const Class *c, const char *prefix) { return !strncmp(c->name->bytes, prefix, strlen(prefix)); }

bool ir_trusted_final(const Field *f)
{
    const Class *c = f->owner;
    if (!(f->access & ACC_FINAL) || f->access & ACC_STATIC) return false;
    if (c->access & (CLASS_HIDDEN | CLASS_RECORD)) return true;
    return c->loader == boot_loader && (in_package(c, "java/lang/invoke/") || in_package(c, "sun/invoke/"));
}

bool ir_stable(const Field *f) { return f->access & FIELD_STABLE && !(f->access & ACC_STATIC) && f->owner->loader == boot_loader; }

bool ir_static_constant(const Field *f)
{
    /* System.in, out and err are set natively */
    return (f->access & (ACC_FINAL | ACC_STATIC)) == (ACC_FINAL | ACC_STATIC) && f->owner->state == CS_INITIALIZED && f->address &&
           f->owner != wk.System;
}

static const Object *constant_object(const IrFn *f, Val v, u32 depth)
{
    const Ins *i = &f->ins.data[v];
    if (i->type != IT_REF || depth > MAX_CHAIN) return NULL;
    if (i->op == IR_CONST) return (const Object *)i->imm;
    if (i->op == IR_POOL) return i->sub == T_OBJECT ? load_ref((const void *)i->imm, 0) : *(const Object *const *)i->imm;
    if (i->op != IR_LOADFINAL) return NULL;
    const Object *base = constant_object(f, i->a, depth + 1);
    return base ? load_ref(base, (u64)i->imm) : NULL;
}

const Object *ir_constant_object(const IrFn *f, Val v) { return v ? constant_object(f, v, 0) : NULL; }

const Class *ir_exact_class(const IrFn *f, Val v)
{
    const Ins *i = &f->ins.data[v];
    if (i->op == IR_NEW || i->op == IR_NEWARRAY || i->op == IR_NEWMULTI || i->op == IR_VIRTUAL) return i->ref;
    const Object *o = ir_constant_object(f, v);
    return o ? object_class(o) : NULL;
}

/* ---- Static types --------------------------------------------------------------------------------------------------------- */
static const char *parameter_desc(const Method *m, i64 slot)
{
    const char *p = m->desc->bytes + 1;
    i64 at = m->access & ACC_STATIC ? 0 : 1;
    for (; *p != ')'; p += descriptor_length(p)) {
        if (at == slot) return p;
        at += *p == 'J' || *p == 'D' ? 2 : 1;
    }
    return NULL;
}

static const char *result_desc(const Ins *call)
{
    const Method *m = call->sub == IRC_INTERFACE ? ((const CallInfo *)call->ref)->method : call->ref;
    return strchr(m->desc->bytes, ')') + 1;
}

static const char *desc_of(const IrFn *f, Val v, u32 depth);

/* All operands have the same; null aside. */
static const char *phi_desc(const IrFn *f, const Ins *phi, u32 depth)
{
    const char *all = NULL;
    for (u32 k = 0; k < phi->nargs; k++) {
        Val v = f->pool.data[phi->args + k];
        const Ins *i = &f->ins.data[v];
        if (i == phi || (i->op == IR_CONST && !i->imm)) continue;
        const char *d = desc_of(f, v, depth + 1);
        if (!d || (all && (descriptor_length(d) != descriptor_length(all) || strncmp(d, all, descriptor_length(d))))) return NULL;
        all = d;
    }
    return all;
}

static const char *desc_of(const IrFn *f, Val v, u32 depth)
{
    const Ins *i = &f->ins.data[v];
    if (i->type != IT_REF || depth > MAX_PHIS) return NULL;
    switch (i->op) {
    case IR_NEWARRAY: case IR_NEWMULTI: return ((const Class *)i->ref)->name->bytes;
    case IR_LOAD: return i->ref ? ((const Field *)i->ref)->desc->bytes : NULL;
    case IR_LOADX: {
        const char *array = desc_of(f, i->a, depth + 1);
        return array && array[0] == '[' ? array + 1 : NULL;
    }
    case IR_PARAM: return f->osr_bci < 0 ? parameter_desc(f->m, i->imm) : NULL;
    case IR_CALL: return result_desc(i);
    case IR_PHI: return phi_desc(f, i, depth);
    default: return NULL;
    }
}

const char *ir_desc(const IrFn *f, Val v) { return v ? desc_of(f, v, 0) : NULL; }

bool ir_nonnull(const IrFn *f, Val v) { return ir_exact_class(f, v) || (f->ins.data[v].op == IR_CONST && f->ins.data[v].imm); }

const Class *class_of_primitives(const char *desc)
{
    static const char letters[] = "ZCFDBSIJ"; /* from T_BOOLEAN on */
    const char *at = desc[0] == '[' && desc[1] ? strchr(letters, desc[1]) : NULL;
    return at ? class_array_of(class_primitive((BasicType)(T_BOOLEAN + (u32)(at - letters)))) : NULL;
}
