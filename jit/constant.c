/* Objects that are known while compiling: what static final variables and the constant pool hold, and what final variables of such objects hold,
   in classes whose final variables nobody changes (as HotSpot trusts them: method handles and what they are made of, hidden classes,
   records). Objects may move, so code does not embed them but loads them from where they are; what does not change about them (their
   class, their numbers, the mirrors that they refer to) is built in. */
#include "jit/ir.h"
#include "vm/class.h"
#include <string.h>

enum { MAX_CHAIN = 16 }; /* loads from one constant object to another */

static bool in_package(const Class *c, const char *prefix) { return !strncmp(c->name->bytes, prefix, strlen(prefix)); }

bool ir_trusted_final(const Field *f)
{
    const Class *c = f->owner;
    if (!(f->access & ACC_FINAL) || f->access & ACC_STATIC) return false;
    if (c->access & (CLASS_HIDDEN | CLASS_RECORD)) return true;
    return c->loader == boot_loader && (in_package(c, "java/lang/invoke/") || in_package(c, "sun/invoke/"));
}

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

bool ir_nonnull(const IrFn *f, Val v) { return ir_exact_class(f, v) || (f->ins.data[v].op == IR_CONST && f->ins.data[v].imm); }
