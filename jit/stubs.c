/* Code that belongs to no method: ways between compiled code, the interpreter and the host, and a few native methods' quick parts. Those are
   called as compiled methods are: arguments at s4, the Method in a1, result in a0; what they do not know about, the native method does. */
#include "jit/emit.h"
#include "jit/frames.h"
#include "jit/intrinsics.h"
#include "base/log.h"
#include "vm/guest/regs.h"
#include "vm/runtime.h"
#include <string.h>

/* ---- At the beginning of the window --------------------------------------------------------------------------------- */
static void stub_at(Asm *a, u32 offset)
{
    ASSERT(as_pc(a) <= offset);
    while (as_pc(a) < offset) vec_push(&a->code, 0);
}

/* To the interpreter: the host's, which the core is left for, or the core's. */
static void to_interpreter(Asm *a, bool native)
{
    if (native) {
        as_li(a, X_A0, RUN_SWITCH);
        as_op(a, HW_I_HCALL, 0, 0, 0, HCALL_EXIT);
    } else {
        as_op(a, HW_I_LUI, X_T1, 0, 0, (i32)(u32)(WIN_GUEST_BASE + GUEST_RESUME_OFFSET));
        as_i(a, HW_I_JALR, X0, X_T1, (i64)((WIN_GUEST_BASE + GUEST_RESUME_OFFSET) & 0xfff));
    }
}

static void call_native(Asm *a)
{
    as_op(a, HW_I_HCALL, 0, 0, 0, HCALL_INTERPRET);
    as_i(a, HW_I_JALR, X0, X_RA, 0); /* it has returned */
}

/* Object.hashCode, called from compiled code: as object_hash does it, for objects that are not locked; the others' is the native method. */
static void identity_hash(Asm *a)
{
    Label make = as_label(a), native_method = as_label(a);
    as_i(a, HW_I_LD, X_SCRATCH, X_FRAME, 0);
    as_i(a, HW_I_LWU, X_T0, X_SCRATCH, offsetof(Object, mark));
    as_i(a, HW_I_ANDI, X_T1, X_T0, MARK_STATE);
    as_branch(a, HW_I_BNE, X_T1, X0, native_method);
    as_i(a, HW_I_SLLI, X_A0, X_T0, 64 - MARK_PAYLOAD_SHIFT - MARK_PAYLOAD_BITS);
    as_i(a, HW_I_SRLI, X_A0, X_A0, 64 - MARK_PAYLOAD_BITS);
    as_branch(a, HW_I_BEQ, X_A0, X0, make);
    as_i(a, HW_I_JALR, X0, X_RA, 0);
    as_bind(a, make);
    static const struct { u16 id; u8 by; } shifts[] = { { HW_I_SLLI, 13 }, { HW_I_SRLI, 7 }, { HW_I_SLLI, 17 } };
    as_i(a, HW_I_LD, X_T1, X_THREAD, offsetof(Thread, hash_seed));
    for (u32 k = 0; k < NELEM(shifts); k++) {
        as_i(a, (HwInsnId)shifts[k].id, X_T2, X_T1, shifts[k].by);
        as_r(a, HW_I_XOR, X_T1, X_T1, X_T2);
    }
    as_s(a, HW_I_SD, X_T1, X_THREAD, offsetof(Thread, hash_seed));
    as_i(a, HW_I_SLLI, X_A0, X_T1, 64 - 20 - MARK_PAYLOAD_BITS);
    as_i(a, HW_I_SRLI, X_A0, X_A0, 64 - MARK_PAYLOAD_BITS);
    as_branch(a, HW_I_BEQ, X_A0, X0, make);
    as_i(a, HW_I_SLLI, X_T1, X_A0, MARK_PAYLOAD_SHIFT);
    as_r(a, HW_I_OR, X_T0, X_T0, X_T1);
    as_s(a, HW_I_SW, X_T0, X_SCRATCH, offsetof(Object, mark));
    as_i(a, HW_I_JALR, X0, X_RA, 0);
    as_bind(a, native_method);
    call_native(a);
}

void frames_make_stubs(bool native)
{
    Asm a = { 0 };
    call_native(&a);
    for (u32 slots = 0; slots < 3; slots++) {
        stub_at(&a, STUB_RETURN + slots * STUB_RETURN_SIZE);
        as_s(&a, HW_I_SD, X_A0, X_THREAD, offsetof(Thread, ret));
        as_li(&a, X_T1, slots + 1);
        as_s(&a, HW_I_SD, X_T1, X_THREAD, offsetof(Thread, resume));
        to_interpreter(&a, native);
    }
    stub_at(&a, STUB_ENTRY);
    as_s(&a, HW_I_SD, X_A0, X_THREAD, offsetof(Thread, ret));
    as_li(&a, X_A0, RUN_RETURNED);
    as_op(&a, HW_I_HCALL, 0, 0, 0, HCALL_EXIT);
    stub_at(&a, STUB_HASH);
    identity_hash(&a);
    stub_at(&a, STUBS_SIZE);
    if (!as_finish(&a)) panic("the stubs of compiled code do not reach");
    void *at = window_alloc(&win_code, STUBS_SIZE, 64);
    ASSERT((u64)at == WIN_CODE_BASE);
    memcpy(at, a.code.data, STUBS_SIZE);
    as_free(&a);
}

/* ---- Type tests of classes that are known at run time only --------------------------------------------------------------- */
enum { SUB = X_SCRATCH, SUPER = X_T0 };

void stub_display(Asm *a, u32 super, u32 sub, Label deep)
{
    as_i(a, HW_I_LHU, X_T1, super, offsetof(Class, depth));
    as_op(a, HW_I_SLTIU, X_T2, X_T1, 0, CLASS_DISPLAY);
    as_branch(a, HW_I_BEQ, X_T2, X0, deep);
    as_r(a, HW_I_SH3ADD, X_T1, X_T1, sub);
    as_i(a, HW_I_LD, X_T1, X_T1, offsetof(Class, display));
}

/* a0: is the class in SUB, of an object or a reference type, SUPER or below it? */
static void test_subtype(Asm *a, Label native_method)
{
    Label yes = as_label(a), interface = as_label(a), loop = as_label(a), no = as_label(a);
    as_branch(a, HW_I_BEQ, SUB, SUPER, yes);
    as_i(a, HW_I_LBU, X_T1, SUPER, offsetof(Class, kind));
    as_i(a, HW_I_ADDI, X_T1, X_T1, -(i64)CLASS_INSTANCE);
    as_branch(a, HW_I_BNE, X_T1, X0, native_method);
    as_i(a, HW_I_LWU, X_T1, SUPER, offsetof(Class, access));
    as_i(a, HW_I_ANDI, X_T1, X_T1, ACC_INTERFACE);
    as_branch(a, HW_I_BNE, X_T1, X0, interface);
    stub_display(a, SUPER, SUB, native_method);
    as_branch(a, HW_I_BNE, X_T1, SUPER, no);
    as_bind(a, yes);
    as_li(a, X_A0, 1);
    as_i(a, HW_I_JALR, X0, X_RA, 0);
    as_bind(a, interface);
    as_i(a, HW_I_LD, X_T1, SUB, offsetof(Class, supers));
    as_i(a, HW_I_LWU, X_T2, SUB, offsetof(Class, nsupers));
    as_bind(a, loop);
    as_branch(a, HW_I_BEQ, X_T2, X0, no);
    as_i(a, HW_I_LD, X_T3, X_T1, 0);
    as_i(a, HW_I_ADDI, X_T1, X_T1, 8);
    as_i(a, HW_I_ADDI, X_T2, X_T2, -1);
    as_branch(a, HW_I_BNE, X_T3, SUPER, loop);
    as_jump(a, yes);
    as_bind(a, no);
    as_li(a, X_A0, 0);
    as_i(a, HW_I_JALR, X0, X_RA, 0);
}

/* isInstance(o): an object's class, 0 for null; isAssignableFrom(c): c's, and primitive types are left to the native method. */
u64 stub_subtype(bool instance)
{
    Asm a = { 0 };
    Label native_method = as_label(&a), null = as_label(&a);
    as_i(&a, HW_I_LD, SUPER, X_FRAME, 0);
    as_i(&a, HW_I_LD, SUB, X_FRAME, 8);
    as_branch(&a, HW_I_BEQ, SUB, X0, instance ? null : native_method);
    as_i(&a, HW_I_LD, SUPER, SUPER, off.Class_vmclass);
    if (instance) as_i(&a, HW_I_LWU, SUB, SUB, 0);
    else as_i(&a, HW_I_LD, SUB, SUB, off.Class_vmclass);
    if (!instance) {
        as_i(&a, HW_I_LBU, X_T1, SUB, offsetof(Class, kind));
        as_i(&a, HW_I_ADDI, X_T1, X_T1, -(i64)CLASS_PRIMITIVE);
        as_branch(&a, HW_I_BEQ, X_T1, X0, native_method);
    }
    test_subtype(&a, native_method);
    as_bind(&a, null);
    as_li(&a, X_A0, 0);
    as_i(&a, HW_I_JALR, X0, X_RA, 0);
    as_bind(&a, native_method);
    call_native(&a);
    if (!as_finish(&a)) panic("the stub of a type test does not reach");
    ASSERT(4 * a.code.len <= STUB_SUBTYPE_SIZE);
    u64 at = WIN_CODE_BASE + STUB_SUBTYPE + instance * STUB_SUBTYPE_SIZE;
    memcpy((void *)at, a.code.data, 4 * a.code.len);
    as_free(&a);
    return at;
}
