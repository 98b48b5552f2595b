/* java.lang.invoke.MemberName, the symbolic or resolved reference to a member that method handles are made of. */
#ifndef VM_MEMBERNAME_H
#define VM_MEMBERNAME_H
#include "vm/vm.h"

enum { /* MemberName.flags: JVM modifiers in the low half, kind and reference kind above */
    MN_IS_METHOD = 0x10000, MN_IS_CONSTRUCTOR = 0x20000, MN_IS_FIELD = 0x40000, MN_IS_TYPE = 0x80000, MN_ALL_KINDS = 0xf0000,
    MN_CALLER_SENSITIVE = 0x100000, MN_TRUSTED_FINAL = 0x200000,
    MN_SEARCH_SUPERCLASSES = 0x100000, MN_SEARCH_INTERFACES = 0x200000, /* in getMembers' match flags */
    MN_REF_KIND_SHIFT = 24, MN_REF_KIND_MASK = 15,
    MODIFIERS_METHOD = 0x1dff, MODIFIERS_FIELD = 0x50df /* what modifiers of a method and a field may show */
};
enum { REF_getField = 1, REF_getStatic, REF_putField, REF_putStatic, REF_invokeVirtual, REF_invokeStatic, REF_invokeSpecial,
       REF_newInvokeSpecial, REF_invokeInterface, REF_KIND_LIMIT };

static inline u32 membername_flags(const Object *m) { return FIELD(m, u32, off.MemberName_flags); }
static inline u32 membername_ref_kind(const Object *m) { return membername_flags(m) >> MN_REF_KIND_SHIFT & MN_REF_KIND_MASK; }
static inline Class *membername_class(const Object *m)
{
    Object *mirror = load_ref(m, off.MemberName_clazz);
    return mirror ? mirror_class(mirror) : NULL;
}

/* Fills a MemberName with a method found through class `through` (flags, vmindex, method, clazz). False: thrown. */
bool membername_set_method(Thread *t, Object *member, Method *m, Class *through);
void membername_set_field(Object *member, Field *f, bool setter);
/* Resolves a symbolic MemberName in place. caller NULL: no access checks. NULL: not found; then an exception is pending
   unless speculative (never with one) or the reference is malformed (the caller of this makes one up). */
Object *membername_resolve(Thread *t, Object *member, Class *caller, bool speculative);
/* A fresh symbolic one. */
Object *membername_new(Thread *t, Class *holder, Symbol *name, Object *type, u32 flags);
/* The field that a resolved MemberName of a field stands for. */
Field *membername_field(const Object *member);
/* The declared signature-polymorphic method of MethodHandle or VarHandle with this name, or NULL. */
Method *polymorphic_method(Class *holder, const Symbol *name);
/* invokeBasic and linkTo*: the VM makes their methods; the other polymorphic ones are linked through Java. */
bool polymorphic_is_intrinsic(const Symbol *name);
/* The descriptor symbol of a class, MethodType or String (as MemberName.type holds them). make false: NULL if nobody has interned it. */
Symbol *membername_type_symbol(Thread *t, Object *type, bool make);

#endif
