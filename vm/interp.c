/* The bytecode interpreter: one C function, compiled twice. interp_host.c makes `interp_host` of it, guest/interp_guest.c makes
   `interp_guest`, which runs on the simulated core. Both work on the same frames and structs in memory, so
   execution can change over wherever the state is in memory (RUN_SWITCH).

   Rules for whoever edits this file:
   - Nothing but what `t` reaches: no host globals, no writable statics, no library. The runtime is called through
     rt_* (runtime.def) only: a C call on the host, a host call on the core.
   - The state is pc, frame, sp, locals, prof: locals of the function on the host, fixed registers on the core. Whoever calls
     the runtime stores pc and sp first (SAVE): it may collect, move objects, throw or switch threads. A quickened operand
     read before such a call is stale after it.
   - Threaded code: every handler ends in ADVANCE, NEXT, JUMP or a goto. Instructions rewrite themselves in place to quick forms
     (quicken.c) that hold indices and offsets, never addresses of the host.
   - References are plain pointers on the operand stack and 32 bits in the heap; long and double occupy two slots with
     the value in the lower one; int is sign-extended, float zero-extended to 64 bits.
   - Computed NaNs have the canonical bits: RISC-V gives that, of_f32 and of_f64 see to it on the host.
   - A frame that is left by a return tells its caller's next instruction by the length of the caller's invoke, which is still
     at the caller's pc (so that stack traces and exception tables see the call). */
#if defined(INTERP_HOST) || defined(INTERP_GUEST)
#include "vm/interp.h"
#include "vm/opcodes.h"
#include "vm/profile.h"
#include "vm/runtime.h"
#include "vm/vm.h"

_Static_assert(sizeof(Frame) == 64, "frames are 8 words: the operand stack starts right behind");
_Static_assert(offsetof(Frame, id) == offsetof(Frame, flags) + 4, "flags and id are cleared by one store");
_Static_assert(offsetof(Thread, ret) == 32 && offsetof(Thread, code_pc) == 104 && offsetof(Thread, code_sp) == 112 && offsetof(Thread, code_ra) == 120 && RUN_COMPILED == 3,
               "guest/start.S knows them");
_Static_assert(ENTRY_JAVA == 0, "the common entry is tested against zero");
_Static_assert(MARK_NEUTRAL == 0, "a neutral mark without a hash has all zeroes in state and payload");

#ifdef INTERP_GUEST
register Thread *t __asm__("tp");
register u8 *pc __asm__("s2");
register Frame *frame __asm__("s3");
register u64 *sp __asm__("s4");
register u64 *locals __asm__("s5");
register const void *const *handlers __asm__("s6");
register u64 prof __asm__("s7");
enum { THIS_ENGINE = ENGINE_CORE };
#define INTERP_NAME interp_guest
/* Nothing of use is in other registers at a poll; what earlier instructions left there would pin objects, and keep the dead alive. */
#define FORGET_REGISTERS() __asm__ volatile("li s1, 0; li s8, 0; li s9, 0; li s10, 0; li s11, 0; li t0, 0; li t1, 0; li t2, 0; li t3, 0; li t4, 0; li t5, 0;" \
    "li t6, 0; li a5, 0; li a6, 0; li a7, 0" ::: "s1", "s8", "s9", "s10", "s11", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a5", "a6", "a7")
u64 interp_guest(Thread *self);
#else
enum { THIS_ENGINE = ENGINE_HOST };
#define INTERP_NAME interp_host
#define FORGET_REGISTERS() ((void)0)
u64 interp_host(Thread *self);
#endif

#include "vm/interp_ops.h" /* behind the fixed registers, which its functions must leave alone */

/* ---- The engine's vocabulary --------------------------------------------------------------------------------- */
#define NEXT() goto *handlers[*pc]
#define ADVANCE(n) do { pc += (n); NEXT(); } while (0)
#define SAVE() (frame->pc = pc, frame->sp = sp)
#define BCI() ((u64)(pc - frame->method->code))
#define U16(at) load_u16(pc + (at))
#define POOL(index) (frame->method->cp->v[index])
#define LINK(type) ((type)frame->method->links[U16(1)]) /* what the quickened instruction named */
#define COUNT(k) (((u32 *)(prof + 4 * (u64)pc))[k])
#define INT(n) ((i32)sp[-(n)])     /* nth slot from the top, from 1 */
#define LONG(n) ((i64)sp[-(n)])
#define REF(n) ((Object *)sp[-(n)])
#define F32(n) as_f32(sp[-(n)])
#define F64(n) as_f64(sp[-(n)])
#define OF_INT(v) ((u64)(i64)(i32)(v))

/* A jump: backward ones are where a thread may be stopped, and where methods turn warm. */
#ifdef INTERP_GUEST
#define POLL_DUE() UNLIKELY(--t->poll < 0)
#else
#define POLL_DUE() UNLIKELY(--t->poll < t->poll_floor)
#endif
#define JUMP(offset) do { \
        i64 jump_offset = (offset); \
        pc += jump_offset; \
        if (jump_offset <= 0) { \
            if (POLL_DUE()) goto poll; \
            if (UNLIKELY(!prof)) goto warm; \
        } \
        NEXT(); \
    } while (0)
#define BRANCH(condition, popped) do { \
        if (condition) { \
            sp -= (popped); \
            if (prof) COUNT(PROFILE_TAKEN)++; \
            JUMP(load_be16(pc + 1)); \
        } \
        sp -= (popped); \
        if (prof) COUNT(PROFILE_NOT_TAKEN)++; \
        ADVANCE(3); \
    } while (0)

/* Values: `slots` operand slots become one or two. */
#define PUSH_INT(n, v) do { *sp++ = OF_INT(v); ADVANCE(n); } while (0)
#define UNARY_INT(v) do { sp[-1] = OF_INT(v); ADVANCE(1); } while (0)
#define BINARY_INT(v) do { u64 r = OF_INT(v); sp--; sp[-1] = r; ADVANCE(1); } while (0)
#define BINARY_LONG(v) do { u64 r = (u64)(v); sp -= 2; sp[-2] = r; ADVANCE(1); } while (0)
#define BINARY_FLOAT(v) do { u64 r = of_f32(v); sp--; sp[-1] = r; ADVANCE(1); } while (0)
#define BINARY_DOUBLE(v) do { u64 r = of_f64(v); sp -= 2; sp[-2] = r; ADVANCE(1); } while (0)
#define SHIFT_LONG(v) do { u64 r = (u64)(v); sp--; sp[-2] = r; ADVANCE(1); } while (0)

/* The element at the index on top of the array below it; `array`, `index` for the rest of the handler. */
#define ELEMENT(index_slot) \
    Object *array = REF((index_slot) + 1); \
    u32 index = (u32)sp[-(index_slot)]; \
    if (UNLIKELY(!array)) goto null; \
    if (UNLIKELY(index >= array_length(array))) { \
        x = OF_INT(index), y = array_length(array); \
        goto bad_index; \
    }
#define LOAD_ELEMENT(v) do { ELEMENT(1) u64 r = (u64)(v); sp--; sp[-1] = r; ADVANCE(1); } while (0)
#define STORE_ELEMENT(lvalue, cast) do { ELEMENT(2) (lvalue) = (cast)sp[-1]; sp -= 3; ADVANCE(1); } while (0)

#define GET_FIELD(type, cast) do { \
        u8 *o = (u8 *)sp[-1]; \
        if (UNLIKELY(!o)) goto null; \
        sp[-1] = (u64)(cast)*(type *)(o + U16(1)); \
        ADVANCE(3); \
    } while (0)
#define PUT_FIELD(type, v) do { \
        u8 *o = (u8 *)sp[-2]; \
        if (UNLIKELY(!o)) goto null; \
        *(type *)(o + U16(1)) = (type)(v); \
        sp -= 2; \
        ADVANCE(3); \
    } while (0)
#define STATIC_ADDRESS() LINK(u8 *)
#define GET_STATIC(type, cast) do { *sp++ = (u64)(cast)*(type *)STATIC_ADDRESS(); ADVANCE(3); } while (0)
#define PUT_STATIC(type, v) do { *(type *)STATIC_ADDRESS() = (type)(v); sp--; ADVANCE(3); } while (0)

/* Activations. PUSH_FRAME: of method m with its arguments at args, which become its first locals. */
#define PUSH_FRAME() do { \
        Frame *f = (Frame *)(args + m->max_locals); \
        u64 *stack = frame_stack(f); \
        if (UNLIKELY(stack + m->max_stack > t->stack_limit)) goto overflow; \
        frame->pc = pc; \
        frame->sp = args; \
        f->prev = frame; \
        f->method = m; \
        f->locals = args; \
        f->lock = NULL; \
        *(u64 *)&f->flags = 0; \
        t->frame = frame = f; \
        locals = args; \
        sp = stack; \
        pc = m->code; \
        prof = m->profile_base; \
    } while (0)
#define INVOKE_LENGTH(op) (3 + 2 * (u64)((u32)(op) - OP_FIRST_INVOKE5 < 4u))
#define LOAD_FRAME() (pc = frame->pc, sp = frame->sp, locals = frame->locals, prof = frame->method->profile_base)
#define POP_FRAME() do { \
        t->frame = frame = frame->prev; \
        LOAD_FRAME(); \
        pc += INVOKE_LENGTH(*pc); \
    } while (0)
#define RETURN(result, slots) do { \
        u64 r = (result); \
        if (UNLIKELY(frame->flags)) { \
            x = r, y = (slots); \
            goto leave; \
        } \
        POP_FRAME(); \
        *sp = r; \
        sp += (slots); \
        NEXT(); \
    } while (0)
/* The arguments of call `info`, receiver first. */
#define RECEIVER(slots) do { args = sp - (slots); if (UNLIKELY(!args[0])) goto null; } while (0)

#define ALLOCATE(shape_, size_, leaf) gc_alloc_fast(t->lists, (shape_), (size_), (leaf))
/* An object was allocated inline. On the core this is a place where reports look on: no instruction, only a note of the address and of the
   register that has the object, in a section apart from the image. */
#ifdef INTERP_GUEST
#define ALLOCATED(o) \
    __asm__ volatile("1:\n\t.pushsection .probes, \"\"\n\t.dword 1b\n\tmv zero, %0\n\t.word 0\n\t.popsection" : : "r"(o))
#else
#define ALLOCATED(o) (void)0
#endif

/* Handlers that serve several opcodes. */
#define L_fload L_iload
#define L_aload L_iload
#define L_dload L_lload
#define L_fstore L_istore
#define L_astore L_istore
#define L_dstore L_lstore
#define L_daload L_laload
#define L_fastore L_iastore
#define L_sastore L_castore
#define L_dastore L_lastore
#define L_freturn L_ireturn_quick
#define L_areturn L_ireturn_quick
#define L_dreturn L_lreturn
#define L_invokeinterface_virtual L_invokevirtual_wide
#define L_invokedynamic_quick L_invokehandle_quick
#define L_ldc_w L_ldc
#define L_ldc2_w L_ldc
#define L_putfield L_getfield
#define L_getstatic L_getfield
#define L_putstatic L_getfield
#define L_invokespecial L_invokevirtual
#define L_invokestatic L_invokevirtual
#define L_invokeinterface L_invokevirtual
#define L_invokedynamic L_invokevirtual
#define L_anewarray L_new
#define L_checkcast L_new
#define L_instanceof L_new
#define L_multianewarray L_new
#define L_lookupswitch L_tableswitch

u64 INTERP_NAME(Thread *self)
{
#define O(name, code, length, effect) [code] = &&L_##name,
#define Q(name, code, length, effect, operand) [code] = &&L_##name,
    static const void *const table[256] = {
#include "vm/opcodes.def"
        [202] = &&bad_opcode,
        [OP_ireturn_narrow + 1 ... 255] = &&bad_opcode,
    };
#undef O
#undef Q
#ifndef INTERP_GUEST
    Thread *const t = self;
    u8 *pc;
    Frame *frame;
    u64 *sp, *locals, prof;
    const void *const *const handlers = table;
#else
    t = self;
    handlers = table;
#endif
    Method *m;  /* being called */
    u64 *args;  /* its arguments */
    u64 x, y;   /* operands of a throw, or a result and its slots */

    frame = t->frame;
    if (t->exception) goto unwind;
    LOAD_FRAME();
    if (t->resume) { /* compiled code that was called from here has returned */
        x = t->resume - 1;
        t->resume = 0;
        pc += INVOKE_LENGTH(*pc);
        *sp = t->ret;
        sp += x;
    }
    NEXT();

    /* ---- Constants, locals ------------------------------------------------------------------------------- */
L_nop: ADVANCE(1);
L_aconst_null: *sp++ = 0; ADVANCE(1);
L_iconst_m1: PUSH_INT(1, -1);
L_iconst_0: PUSH_INT(1, 0);
L_iconst_1: PUSH_INT(1, 1);
L_iconst_2: PUSH_INT(1, 2);
L_iconst_3: PUSH_INT(1, 3);
L_iconst_4: PUSH_INT(1, 4);
L_iconst_5: PUSH_INT(1, 5);
L_lconst_0: *sp = 0; sp += 2; ADVANCE(1);
L_lconst_1: *sp = 1; sp += 2; ADVANCE(1);
L_fconst_0: *sp++ = 0; ADVANCE(1);
L_fconst_1: *sp++ = 0x3f800000; ADVANCE(1);
L_fconst_2: *sp++ = 0x40000000; ADVANCE(1);
L_dconst_0: *sp = 0; sp += 2; ADVANCE(1);
L_dconst_1: *sp = 0x3ff0000000000000ull; sp += 2; ADVANCE(1);
L_bipush: PUSH_INT(2, (i8)pc[1]);
L_sipush: PUSH_INT(3, load_be16(pc + 1));
L_ldc: /* ldc_w, ldc2_w */
    SAVE();
    switch (rt_resolve_ldc(t, BCI(), 0, 0, 0)) {
    case 0: NEXT();
    case RESOLVE_SCRATCH: break;
    default: goto unwind;
    }
    *sp = t->scratch[0];
    sp += t->scratch[1];
    ADVANCE(*pc == OP_ldc ? 2 : 3);
L_ldc_quick: *sp++ = POOL(pc[1]); ADVANCE(2);
L_ldc_w_quick: *sp++ = POOL(U16(1)); ADVANCE(3);
L_ldc_class: *sp++ = (u64)((Class *)POOL(pc[1]))->mirror; ADVANCE(2);
L_ldc_w_class: *sp++ = (u64)((Class *)POOL(U16(1)))->mirror; ADVANCE(3);
L_ldc2_w_quick: *sp = POOL(U16(1)); sp += 2; ADVANCE(3);

#define LOAD1(n) *sp++ = locals[n]; ADVANCE(1);
#define LOAD2(n) *sp = locals[n]; sp += 2; ADVANCE(1);
L_iload: /* fload, aload */ *sp++ = locals[pc[1]]; ADVANCE(2);
L_lload: /* dload */ *sp = locals[pc[1]]; sp += 2; ADVANCE(2);
L_iload_0: LOAD1(0) L_iload_1: LOAD1(1) L_iload_2: LOAD1(2) L_iload_3: LOAD1(3)
L_fload_0: LOAD1(0) L_fload_1: LOAD1(1) L_fload_2: LOAD1(2) L_fload_3: LOAD1(3)
L_aload_0: LOAD1(0) L_aload_1: LOAD1(1) L_aload_2: LOAD1(2) L_aload_3: LOAD1(3)
L_lload_0: LOAD2(0) L_lload_1: LOAD2(1) L_lload_2: LOAD2(2) L_lload_3: LOAD2(3)
L_dload_0: LOAD2(0) L_dload_1: LOAD2(1) L_dload_2: LOAD2(2) L_dload_3: LOAD2(3)

#define STORE1(n) locals[n] = *--sp; ADVANCE(1);
#define STORE2(n) sp -= 2; locals[n] = *sp; ADVANCE(1);
L_istore: /* fstore, astore */ locals[pc[1]] = *--sp; ADVANCE(2);
L_lstore: /* dstore */ sp -= 2; locals[pc[1]] = *sp; ADVANCE(2);
L_istore_0: STORE1(0) L_istore_1: STORE1(1) L_istore_2: STORE1(2) L_istore_3: STORE1(3)
L_fstore_0: STORE1(0) L_fstore_1: STORE1(1) L_fstore_2: STORE1(2) L_fstore_3: STORE1(3)
L_astore_0: STORE1(0) L_astore_1: STORE1(1) L_astore_2: STORE1(2) L_astore_3: STORE1(3)
L_lstore_0: STORE2(0) L_lstore_1: STORE2(1) L_lstore_2: STORE2(2) L_lstore_3: STORE2(3)
L_dstore_0: STORE2(0) L_dstore_1: STORE2(1) L_dstore_2: STORE2(2) L_dstore_3: STORE2(3)

    /* ---- Array elements ------------------------------------------------------------------------------------- */
L_iaload: LOAD_ELEMENT((i64)int_elems(array)[index]);
L_faload: LOAD_ELEMENT((u32)int_elems(array)[index]);
L_aaload: LOAD_ELEMENT(array_ref(array, index));
L_baload: LOAD_ELEMENT((i64)byte_elems(array)[index]);
L_caload: LOAD_ELEMENT(char_elems(array)[index]);
L_saload: LOAD_ELEMENT((i64)(i16)char_elems(array)[index]);
L_laload: /* daload */ {
    ELEMENT(1)
    sp[-2] = (u64)long_elems(array)[index];
    ADVANCE(1);
}
L_iastore: /* fastore */ STORE_ELEMENT(int_elems(array)[index], i32);
L_castore: /* sastore */ STORE_ELEMENT(char_elems(array)[index], u16);
L_bastore: {
    ELEMENT(2)
    i32 v = INT(1);
    if (UNLIKELY((u32)v > 1) && object_class(array)->elem_type == T_BOOLEAN) v &= 1;
    byte_elems(array)[index] = (i8)v;
    sp -= 3;
    ADVANCE(1);
}
L_lastore: /* dastore */ {
    ELEMENT(3)
    long_elems(array)[index] = LONG(2);
    sp -= 4;
    ADVANCE(1);
}
L_aastore: {
    ELEMENT(2)
    Object *v = REF(1);
    if (v) {
        Class *have = object_class(v), *want = object_class(array)->component;
        if (have != want && UNLIKELY(!is_subtype(t, have, want))) goto bad_store;
    }
    array_set_ref(array, index, v);
    sp -= 3;
    ADVANCE(1);
}

    /* ---- The operand stack ---------------------------------------------------------------------------------- */
L_pop: sp--; ADVANCE(1);
L_pop2: sp -= 2; ADVANCE(1);
L_dup: *sp = sp[-1]; sp++; ADVANCE(1);
L_dup_x1: {
    u64 a = sp[-1], b = sp[-2];
    sp[-2] = a, sp[-1] = b, *sp++ = a;
    ADVANCE(1);
}
L_dup_x2: {
    u64 a = sp[-1], b = sp[-2], c = sp[-3];
    sp[-3] = a, sp[-2] = c, sp[-1] = b, *sp++ = a;
    ADVANCE(1);
}
L_dup2: {
    u64 a = sp[-1], b = sp[-2];
    sp[0] = b, sp[1] = a;
    sp += 2;
    ADVANCE(1);
}
L_dup2_x1: {
    u64 a = sp[-1], b = sp[-2], c = sp[-3];
    sp[-3] = b, sp[-2] = a, sp[-1] = c, sp[0] = b, sp[1] = a;
    sp += 2;
    ADVANCE(1);
}
L_dup2_x2: {
    u64 a = sp[-1], b = sp[-2], c = sp[-3], d = sp[-4];
    sp[-4] = b, sp[-3] = a, sp[-2] = d, sp[-1] = c, sp[0] = b, sp[1] = a;
    sp += 2;
    ADVANCE(1);
}
L_swap: {
    u64 a = sp[-1], b = sp[-2];
    sp[-2] = a, sp[-1] = b;
    ADVANCE(1);
}

    /* ---- Arithmetic ----------------------------------------------------------------------------------------- */
L_iadd: BINARY_INT(INT(2) + INT(1));
L_isub: BINARY_INT(INT(2) - INT(1));
L_imul: BINARY_INT(INT(2) * INT(1));
L_idiv: if (UNLIKELY(!INT(1))) goto div_zero; BINARY_INT(div_int(INT(2), INT(1)));
L_irem: if (UNLIKELY(!INT(1))) goto div_zero; BINARY_INT(rem_int(INT(2), INT(1)));
L_ishl: BINARY_INT((u32)INT(2) << (INT(1) & 31));
L_ishr: BINARY_INT(INT(2) >> (INT(1) & 31));
L_iushr: BINARY_INT((u32)INT(2) >> (INT(1) & 31));
L_iand: BINARY_INT(INT(2) & INT(1));
L_ior: BINARY_INT(INT(2) | INT(1));
L_ixor: BINARY_INT(INT(2) ^ INT(1));
L_ineg: UNARY_INT(-INT(1));
L_iinc: {
    u64 *slot = locals + pc[1];
    *slot = OF_INT((i32)*slot + (i8)pc[2]);
    ADVANCE(3);
}
L_ladd: BINARY_LONG(LONG(4) + LONG(2));
L_lsub: BINARY_LONG(LONG(4) - LONG(2));
L_lmul: BINARY_LONG(LONG(4) * LONG(2));
L_ldiv: if (UNLIKELY(!LONG(2))) goto div_zero; BINARY_LONG(div_long(LONG(4), LONG(2)));
L_lrem: if (UNLIKELY(!LONG(2))) goto div_zero; BINARY_LONG(rem_long(LONG(4), LONG(2)));
L_land: BINARY_LONG(LONG(4) & LONG(2));
L_lor: BINARY_LONG(LONG(4) | LONG(2));
L_lxor: BINARY_LONG(LONG(4) ^ LONG(2));
L_lshl: SHIFT_LONG((u64)LONG(3) << (INT(1) & 63));
L_lshr: SHIFT_LONG(LONG(3) >> (INT(1) & 63));
L_lushr: SHIFT_LONG((u64)LONG(3) >> (INT(1) & 63));
L_lneg: sp[-2] = (u64)-LONG(2); ADVANCE(1);
L_fadd: BINARY_FLOAT(F32(2) + F32(1));
L_fsub: BINARY_FLOAT(F32(2) - F32(1));
L_fmul: BINARY_FLOAT(F32(2) * F32(1));
L_fdiv: BINARY_FLOAT(F32(2) / F32(1));
L_frem: {
    u64 r = rt_frem(t, sp[-2], sp[-1], 0, 0);
    sp--;
    sp[-1] = r;
    ADVANCE(1);
}
L_fneg: sp[-1] ^= 0x80000000u; ADVANCE(1);
L_dadd: BINARY_DOUBLE(F64(4) + F64(2));
L_dsub: BINARY_DOUBLE(F64(4) - F64(2));
L_dmul: BINARY_DOUBLE(F64(4) * F64(2));
L_ddiv: BINARY_DOUBLE(F64(4) / F64(2));
L_drem: {
    u64 r = rt_drem(t, sp[-4], sp[-2], 0, 0);
    sp -= 2;
    sp[-2] = r;
    ADVANCE(1);
}
L_dneg: sp[-2] ^= 1ull << 63; ADVANCE(1);

L_i2l: sp++; ADVANCE(1); /* slots of ints are sign-extended */
L_i2f: sp[-1] = of_f32((f32)INT(1)); ADVANCE(1);
L_i2d: sp[-1] = of_f64((f64)INT(1)); sp++; ADVANCE(1);
L_l2i: sp--; UNARY_INT(INT(1));
L_l2f: sp[-2] = of_f32((f32)LONG(2)); sp--; ADVANCE(1);
L_l2d: sp[-2] = of_f64((f64)LONG(2)); ADVANCE(1);
L_f2i: UNARY_INT(to_int((f64)F32(1)));
L_f2l: sp[-1] = (u64)to_long((f64)F32(1)); sp++; ADVANCE(1);
L_f2d: sp[-1] = of_f64((f64)F32(1)); sp++; ADVANCE(1);
L_d2i: sp--; UNARY_INT(to_int(F64(1)));
L_d2l: sp[-2] = (u64)to_long(F64(2)); ADVANCE(1);
L_d2f: sp[-2] = of_f32((f32)F64(2)); sp--; ADVANCE(1);
L_i2b: UNARY_INT((i8)INT(1));
L_i2c: UNARY_INT((u16)INT(1));
L_i2s: UNARY_INT((i16)INT(1));

L_lcmp: {
    i64 b = LONG(2), a = LONG(4);
    sp -= 3;
    sp[-1] = (u64)(i64)((a > b) - (a < b));
    ADVANCE(1);
}
L_fcmpl: BINARY_INT(compare_float((f64)F32(2), (f64)F32(1), -1));
L_fcmpg: BINARY_INT(compare_float((f64)F32(2), (f64)F32(1), 1));
L_dcmpl: {
    i64 r = compare_float(F64(4), F64(2), -1);
    sp -= 3;
    sp[-1] = (u64)r;
    ADVANCE(1);
}
L_dcmpg: {
    i64 r = compare_float(F64(4), F64(2), 1);
    sp -= 3;
    sp[-1] = (u64)r;
    ADVANCE(1);
}

    /* ---- Branches ------------------------------------------------------------------------------------------- */
L_ifeq: BRANCH(INT(1) == 0, 1);
L_ifne: BRANCH(INT(1) != 0, 1);
L_iflt: BRANCH(INT(1) < 0, 1);
L_ifge: BRANCH(INT(1) >= 0, 1);
L_ifgt: BRANCH(INT(1) > 0, 1);
L_ifle: BRANCH(INT(1) <= 0, 1);
L_if_icmpeq: BRANCH(INT(2) == INT(1), 2);
L_if_icmpne: BRANCH(INT(2) != INT(1), 2);
L_if_icmplt: BRANCH(INT(2) < INT(1), 2);
L_if_icmpge: BRANCH(INT(2) >= INT(1), 2);
L_if_icmpgt: BRANCH(INT(2) > INT(1), 2);
L_if_icmple: BRANCH(INT(2) <= INT(1), 2);
L_if_acmpeq: BRANCH(sp[-2] == sp[-1], 2);
L_if_acmpne: BRANCH(sp[-2] != sp[-1], 2);
L_ifnull: BRANCH(!sp[-1], 1);
L_ifnonnull: BRANCH(sp[-1], 1);
L_goto: JUMP(load_be16(pc + 1));
L_goto_w: JUMP(load_be32(pc + 1));
L_jsr: *sp++ = BCI() + 3; JUMP(load_be16(pc + 1));
L_jsr_w: *sp++ = BCI() + 5; JUMP(load_be32(pc + 1));
L_ret: pc = frame->method->code + locals[pc[1]]; NEXT();
L_tableswitch: /* lookupswitch */ quicken_switch(pc); NEXT();
L_tableswitch_quick: {
    const i32 *w = switch_words(pc); /* default, low, high, offsets */
    i64 key = INT(1), at = key - w[1];
    sp--;
    if (prof) COUNT(PROFILE_COUNT)++;
    JUMP((u64)at <= (u64)((i64)w[2] - w[1]) ? w[3 + at] : w[0]);
}
L_lookupswitch_quick:
    sp--;
    if (prof) COUNT(PROFILE_COUNT)++;
    JUMP(lookup_switch(switch_words(pc), (i32)*sp));

    /* ---- Fields --------------------------------------------------------------------------------------------- */
L_getfield: /* putfield, getstatic, putstatic */
    SAVE();
    switch (rt_resolve_field(t, BCI(), *pc, 0, 0)) {
    case 0: NEXT();
    case RESOLVE_SCRATCH: break;
    default: goto unwind;
    }
    x = t->scratch[0]; /* offset, or address of a static */
    y = t->scratch[1]; /* type */
    if (*pc == OP_getstatic) {
        sp = push_field(sp, (u8 *)x, y);
    } else if (*pc == OP_getfield) {
        if (!sp[-1]) goto null;
        sp = push_field(sp - 1, (u8 *)sp[-1] + x, y);
    } else {
        u64 *value = sp - (two_slots(y) ? 2 : 1);
        if (*pc == OP_putfield) {
            u64 o = *(value - 1);
            if (!o) goto null;
            put_field((u8 *)o + x, y, *value);
            sp = value - 1;
        } else {
            put_field((u8 *)x, y, *value);
            sp = value;
        }
    }
    ADVANCE(3);
L_getfield_b: GET_FIELD(i8, i64);
L_getfield_c: GET_FIELD(u16, u64);
L_getfield_s: GET_FIELD(i16, i64);
L_getfield_i: GET_FIELD(i32, i64);
L_getfield_f: GET_FIELD(u32, u64);
L_getfield_a: {
    u8 *o = (u8 *)sp[-1];
    if (UNLIKELY(!o)) goto null;
    sp[-1] = (u64)gc_decode(*(ref_t *)(o + U16(1)));
    ADVANCE(3);
}
L_getfield_j: {
    u8 *o = (u8 *)sp[-1];
    if (UNLIKELY(!o)) goto null;
    sp[-1] = *(u64 *)(o + U16(1));
    sp++;
    ADVANCE(3);
}
L_putfield_z: PUT_FIELD(u8, sp[-1] & 1);
L_putfield_b: PUT_FIELD(u8, sp[-1]);
L_putfield_s: PUT_FIELD(u16, sp[-1]);
L_putfield_i: PUT_FIELD(u32, sp[-1]);
L_putfield_a: PUT_FIELD(ref_t, gc_encode((void *)sp[-1]));
L_putfield_j: {
    u8 *o = (u8 *)sp[-3];
    if (UNLIKELY(!o)) goto null;
    *(u64 *)(o + U16(1)) = sp[-2];
    sp -= 3;
    ADVANCE(3);
}
L_getstatic_b: GET_STATIC(i8, i64);
L_getstatic_c: GET_STATIC(u16, u64);
L_getstatic_s: GET_STATIC(i16, i64);
L_getstatic_i: GET_STATIC(i32, i64);
L_getstatic_f: GET_STATIC(u32, u64);
L_getstatic_a: *sp++ = (u64)gc_decode(*(ref_t *)STATIC_ADDRESS()); ADVANCE(3);
L_getstatic_j: *sp = *(u64 *)STATIC_ADDRESS(); sp += 2; ADVANCE(3);
L_putstatic_z: PUT_STATIC(u8, sp[-1] & 1);
L_putstatic_b: PUT_STATIC(u8, sp[-1]);
L_putstatic_s: PUT_STATIC(u16, sp[-1]);
L_putstatic_i: PUT_STATIC(u32, sp[-1]);
L_putstatic_a: PUT_STATIC(ref_t, gc_encode((void *)sp[-1]));
L_putstatic_j: sp -= 2; *(u64 *)STATIC_ADDRESS() = *sp; ADVANCE(3);

    /* ---- Calls: each finds m and args ------------------------------------------------------------------------- */
L_invokevirtual: /* invokespecial, invokestatic, invokeinterface, invokedynamic */
    SAVE();
    switch (rt_resolve_invoke(t, BCI(), *pc, 0, 0)) {
    case 0: NEXT();
    case RESOLVE_SCRATCH: break;
    default: goto unwind;
    }
    m = (Method *)t->scratch[0]; /* static; its class is being initialized by this thread */
    args = sp - m->arg_slots;
    goto invoke;
L_invokevirtual_quick:
    RECEIVER(pc[1]);
    m = object_class((Object *)args[0])->vtable[pc[2]];
    if (prof) goto count_receiver;
    goto invoke;
L_invokevirtual_wide: /* invokeinterface_virtual */ {
    CallInfo *call = LINK(CallInfo *);
    RECEIVER(call->arg_slots);
    m = object_class((Object *)args[0])->vtable[call->vindex];
    if (prof) goto count_receiver;
    goto invoke;
}
L_invokeinterface_quick: {
    CallInfo *call = LINK(CallInfo *);
    RECEIVER(call->arg_slots);
    Class *c = object_class((Object *)args[0]);
    if (LIKELY(c == call->cached_class)) {
        m = call->cached_method;
    } else {
        m = find_in_itable(c, call);
        if (UNLIKELY(!m)) {
            SAVE();
            m = (Method *)rt_itable(t, (u64)c, (u64)call, 0, 0);
            if (!m) goto unwind;
        } else {
            call->cached_class = c;
            call->cached_method = m;
        }
    }
    if (prof) goto count_receiver;
    goto invoke;
}
L_invokeinterface_direct: { /* any reference may come for an interface: the verifier does not look */
    CallInfo *call = LINK(CallInfo *);
    m = call->method;
    RECEIVER(call->arg_slots);
    Class *c = object_class((Object *)args[0]);
    if (UNLIKELY(c != call->cached_class)) {
        if (UNLIKELY(!is_subtype(t, c, call->interface))) {
            SAVE();
            rt_itable(t, (u64)c, (u64)call, 0, 0);
            goto unwind;
        }
        call->cached_class = c;
    }
    goto invoke;
}
L_invokefinal_quick:
    m = LINK(Method *);
    RECEIVER(m->arg_slots);
    goto invoke;
L_invokespecial_quick:
    m = LINK(Method *);
    RECEIVER(m->arg_slots);
    goto invoke;
L_invokestatic_quick:
    m = LINK(Method *);
    args = sp - m->arg_slots;
    goto invoke;
L_invokehandle_quick: /* invokedynamic_quick */ {
    CallInfo *call;
    if (*pc == OP_invokedynamic_quick) {
        call = (CallInfo *)(WIN_BASE + load_u32(pc + 1));
    } else {
        call = LINK(CallInfo *);
        RECEIVER(call->method->arg_slots - (call->appendix != NULL));
    }
    /* One slot beyond max_stack: the frame above starts later anyway. */
    if (call->appendix) *sp++ = (u64)call->appendix;
    m = call->method;
    args = sp - m->arg_slots;
    goto invoke;
}

count_receiver:
    profile_receiver(&COUNT(0), ((Object *)args[0])->klass);
invoke: /* method m, arguments from args to sp, the invoke at pc */
    if (UNLIKELY(m->entry)) goto invoke_other;
    PUSH_FRAME();
    if (POLL_DUE()) goto poll;
    if (UNLIKELY(!prof)) goto warm;
    NEXT();

invoke_other:
    if (m->entry == ENTRY_NATIVE) {
        SAVE();
        if (UNLIKELY(rt_invoke_native(t, (u64)m, (u64)args, 0, 0))) goto unwind;
        sp = args + (m->ret == T_VOID ? 0 : two_slots(m->ret) ? 2 : 1);
        pc += INVOKE_LENGTH(*pc);
        NEXT();
    }
    if (m->entry == ENTRY_COMPILED) { /* its frame begins where an interpreted one would */
        frame->pc = pc;
        frame->sp = args;
        ((Frame *)(args + m->max_locals))->prev = frame;
        t->code_pc = m->compiled;
        t->code_sp = (u64)args;
        t->code_ra = t->return_stub[m->ret == T_VOID ? 0 : two_slots(m->ret) ? 2 : 1];
        return RUN_COMPILED;
    }
    if (m->entry == ENTRY_JAVA_SYNC) {
        Object *lock = m->access & ACC_STATIC ? m->owner->mirror : (Object *)args[0];
        PUSH_FRAME();
        if (UNLIKELY(!lock_fast(t, lock))) {
            SAVE();
            if (rt_monitor_enter(t, (u64)lock, 0, 0, 0)) goto unwind;
        }
        frame->lock = lock;
        frame->flags = FRAME_SYNC;
        if (POLL_DUE()) goto poll;
        if (UNLIKELY(!prof)) goto warm;
        NEXT();
    }
    SAVE();
    if (m->entry == ENTRY_ABSTRACT) {
        rt_throw_kind(t, THROW_ABSTRACT, (u64)m, (u64)object_class((Object *)args[0]), 0);
        goto unwind;
    }
    /* A method handle's intrinsic: the call goes on as one of its target, with the trailing MemberName dropped. */
    if (m->entry == ENTRY_INVOKE_BASIC) {
        m = (Method *)rt_method_handle_target(t, ENTRY_INVOKE_BASIC, args[0], 0, 0);
    } else {
        m = (Method *)rt_method_handle_target(t, m->entry, sp[-1], args[0], 0);
        sp--;
    }
    if (UNLIKELY(!m)) goto unwind;
    goto invoke;

    /* ---- Returns -------------------------------------------------------------------------------------------- */
L_ireturn: {
    u8 ret = frame->method->ret;
    bool narrow = ret == T_BOOLEAN || ret == T_BYTE || ret == T_CHAR || ret == T_SHORT;
    *pc = narrow ? OP_ireturn_narrow : OP_ireturn_quick;
    NEXT();
}
L_ireturn_quick: /* freturn, areturn */ RETURN(sp[-1], 1);
L_ireturn_narrow: RETURN(narrow_result(frame->method->ret, sp[-1]), 1);
L_lreturn: /* dreturn */ RETURN(sp[-2], 2);
L_return_register_finalizer:
    if (UNLIKELY(object_class((Object *)locals[0])->access & CLASS_FINALIZABLE)) {
        SAVE();
        if (rt_register_finalizer(t, locals[0], 0, 0, 0)) goto unwind;
    }
L_return:
    RETURN(0, 0);

leave: /* a frame with flags; x: result, y: its slots */
    if (frame->flags & FRAME_SYNC) {
        Object *lock = frame->lock;
        frame->flags &= ~(u32)FRAME_SYNC;
        frame->lock = NULL;
        if (UNLIKELY(!unlock_fast(t, lock))) {
            SAVE();
            if (rt_monitor_exit(t, (u64)lock, 0, 0, 0)) goto unwind;
        }
    }
    if (frame->flags & FRAME_TO_COMPILED) {
        t->ret = x;
        t->code_pc = frame->ra & ~1ull;
        t->code_sp = (u64)locals;
        t->frame = frame_at(frame->id);
        return RUN_COMPILED;
    }
    if (frame->flags & FRAME_ENTRY) {
        t->ret = x;
        t->frame = frame->prev;
        return RUN_RETURNED;
    }
    POP_FRAME();
    *sp = x;
    sp += y;
    NEXT();

    /* ---- Objects -------------------------------------------------------------------------------------------- */
L_new: /* anewarray, checkcast, instanceof, multianewarray */
    if ((*pc == OP_checkcast || *pc == OP_instanceof) && !sp[-1]) ADVANCE(3); /* null needs no class */
    SAVE();
    switch (rt_resolve_class(t, BCI(), *pc, 0, 0)) {
    case 0: NEXT();
    case RESOLVE_SCRATCH: break;
    default: goto unwind;
    }
    x = rt_new_object(t, t->scratch[0], 0, 0, 0); /* of a class that this thread is initializing */
    if (!x) goto unwind;
    *sp++ = x;
    ADVANCE(3);
L_new_quick: {
    Class *c = LINK(Class *);
    x = (u64)ALLOCATE(&c->shape, c->shape.size, c->shape.kind == GC_LEAF);
    if (UNLIKELY(!x)) {
        SAVE();
        x = rt_new_object(t, (u64)c, 0, 0, 0);
        if (!x) goto unwind;
    } else {
        ALLOCATED(x);
    }
    *sp++ = x;
    ADVANCE(3);
}
L_newarray: {
    Class *c = t->prim_arrays[pc[1]];
    u32 n = (u32)sp[-1];
    u64 size = c->shape.size + ((u64)n << c->shape.elem_shift); /* negative: too big to be allocated here */
    Object *a = (Object *)ALLOCATE(&c->shape, size, true);
    if (LIKELY(a)) {
        ((Array *)a)->length = n;
        ALLOCATED(a);
    } else {
        SAVE();
        a = (Object *)rt_new_array(t, (u64)c, sp[-1], 0, 0);
        if (!a) goto unwind;
    }
    sp[-1] = (u64)a;
    ADVANCE(2);
}
L_anewarray_quick: {
    Class *c = LINK(Class *);
    u32 n = (u32)sp[-1];
    Object *a = (Object *)ALLOCATE(&c->shape, ARRAY_BASE + 4 * (u64)n, false);
    if (LIKELY(a)) {
        ((Array *)a)->length = n;
        ALLOCATED(a);
    } else {
        SAVE();
        a = (Object *)rt_new_array(t, (u64)c, sp[-1], 0, 0);
        if (!a) goto unwind;
    }
    sp[-1] = (u64)a;
    ADVANCE(3);
}
L_multianewarray_quick: {
    u64 *lengths = sp - pc[3];
    SAVE();
    x = rt_new_multi(t, LINK(u64), pc[3], (u64)lengths, 0);
    if (!x) goto unwind;
    sp = lengths;
    *sp++ = x;
    ADVANCE(4);
}
L_arraylength: {
    Object *a = REF(1);
    if (UNLIKELY(!a)) goto null;
    sp[-1] = array_length(a);
    ADVANCE(1);
}
L_checkcast_quick: {
    Object *o = REF(1);
    if (o) {
        Class *have = object_class(o), *want = LINK(Class *);
        if (prof) profile_receiver(&COUNT(0), o->klass);
        if (have != want && UNLIKELY(!is_subtype(t, have, want))) {
            x = (u64)o, y = (u64)want;
            goto bad_cast;
        }
    }
    ADVANCE(3);
}
L_instanceof_quick: {
    Object *o = REF(1);
    if (o) {
        Class *have = object_class(o), *want = LINK(Class *);
        if (prof) profile_receiver(&COUNT(0), o->klass);
        sp[-1] = have == want || is_subtype(t, have, want);
    }
    ADVANCE(3);
}
L_monitorenter: {
    Object *o = REF(1);
    if (UNLIKELY(!o)) goto null;
    if (UNLIKELY(!lock_fast(t, o))) {
        SAVE();
        if (rt_monitor_enter(t, (u64)o, 0, 0, 0)) goto unwind;
    }
    sp--;
    ADVANCE(1);
}
L_monitorexit: {
    Object *o = REF(1);
    if (UNLIKELY(!o)) goto null;
    if (UNLIKELY(!unlock_fast(t, o))) {
        SAVE();
        if (rt_monitor_exit(t, (u64)o, 0, 0, 0)) goto unwind;
    }
    sp--;
    ADVANCE(1);
}
L_athrow:
    SAVE();
    rt_throw_object(t, sp[-1], 0, 0, 0);
    goto unwind;

L_wide: {
    u64 n = (u16)load_be16(pc + 2);
    switch (pc[1]) {
    case OP_iload: case OP_fload: case OP_aload: *sp++ = locals[n]; break;
    case OP_lload: case OP_dload: *sp = locals[n]; sp += 2; break;
    case OP_istore: case OP_fstore: case OP_astore: locals[n] = *--sp; break;
    case OP_lstore: case OP_dstore: sp -= 2; locals[n] = *sp; break;
    case OP_ret: pc = frame->method->code + locals[n]; NEXT();
    case OP_iinc: locals[n] = OF_INT((i32)locals[n] + (i32)load_be16(pc + 4)); ADVANCE(6);
    default: goto bad_opcode;
    }
    ADVANCE(4);
}

    /* ---- Out of line ------------------------------------------------------------------------------------------ */
poll: /* at the target of a jump or the start of a method */
    SAVE();
    FORGET_REGISTERS();
    switch (rt_poll(t, THIS_ENGINE, 0, 0, 0)) {
    case POLL_GO_ON: break;
    case POLL_SWITCH: return RUN_SWITCH;
    case POLL_COMPILED: return RUN_COMPILED;
    default: goto unwind;
    }
    prof = frame->method->profile_base;
    NEXT();
warm: /* likewise, in a method without a profile */
    if (UNLIKELY(++frame->method->hotness == profile_threshold(THIS_ENGINE == (int)ENGINE_CORE))) {
        SAVE();
        rt_attach_profile(t, (u64)frame->method, 0, 0, 0);
        prof = frame->method->profile_base;
    }
    NEXT();
overflow:
    SAVE();
    rt_frame_overflow(t, (u64)m, 0, 0, 0);
    goto unwind;
null: SAVE(); rt_throw_kind(t, THROW_NULL, 0, 0, 0); goto unwind;
div_zero: SAVE(); rt_throw_kind(t, THROW_DIV_ZERO, 0, 0, 0); goto unwind;
bad_index: SAVE(); rt_throw_kind(t, THROW_INDEX, x, y, 0); goto unwind;
bad_store: SAVE(); rt_throw_kind(t, THROW_ARRAY_STORE, sp[-1], 0, 0); goto unwind;
bad_cast: SAVE(); rt_throw_kind(t, THROW_CLASS_CAST, x, y, 0); goto unwind;
bad_opcode: SAVE(); rt_resolve_class(t, BCI(), *pc, 0, 0); /* panics */
unwind: /* an exception is pending; pc and sp are stored */
    if (!rt_unwind(t, 0, 0, 0, 0)) return RUN_EXCEPTION;
    frame = t->frame;
    LOAD_FRAME();
    NEXT();
}
#endif
