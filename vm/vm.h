/* The virtual machine as a whole: options, the global state, calling Java, exceptions, strings, roots, charging. */
#ifndef VM_VM_H
#define VM_VM_H
#include "vm/class.h"
#include "vm/thread.h"
#include "vm/wellknown.h"

typedef struct VmOptions {
    const char *java_home;
    u64 max_heap;        /* bytes; 0 default */
    u64 initial_heap;    /* -Xms, checked and told; 0: not given */
    u64 default_heap;    /* bytes, if max_heap is 0; 0: the heap's own default */
    u32 trace_depth;     /* frames that a Throwable keeps; 0: BACKTRACE_MAX */
    bool no_traces;      /* Throwables keep none */
    u64 java_stack;      /* bytes per thread; -Xss */
    u32 processors;      /* what Runtime.availableProcessors tells; 0: the host's, */
    u32 host_processors; /* as far as this process may use them; 0: not told, one */
    bool no_explicit_gc; /* System.gc() does nothing */
    bool exit_on_oom;    /* an OutOfMemoryError ends the process with 3 */
    bool no_perf_data;   /* -XX:-UsePerfData: jps does not list the process */
    bool no_containers;  /* the class library does not look at the host's control groups */
    bool plain_npe;      /* NullPointerExceptions do not say what was null */
    const char **properties; u32 nproperties; /* "key=value", in order */
    const char *class_path;
    const char *boot_append;    /* -Xbootclasspath/a: */
    bool verbose_class, verbose_gc, verbose_jni;
    bool assertions_user, assertions_system; /* -ea / -esa without arguments */
    struct { const char *name; bool package, enable; } *assertions; u32 nassertions; /* -ea:pkg... in order */
    bool real_time;      /* --time=real */
    u64 seed;            /* --seed */
    bool verify_boot;    /* -Xverify:all: classes of the boot loader, too */
    bool unverified_ok;  /* -Xverify:none: a class that fails verification is used all the same */
    bool preview;        /* --enable-preview: class files of this version that use preview features are taken */
    bool reduce_signals; /* -Xrs: no shutdown by signals, no thread dump; they do what the system lets them do */
    bool compiler;       /* compiled code is run: what java.vm.info tells */
    const char *command; /* sun.java.command */
    const char **vm_args; u32 nvm_args; /* the VM's options as given, for RuntimeMXBean.getInputArguments */
    bool gc_torture;
    bool hotspot_objects; /* --object-model=hotspot17: fields of instances lie where HotSpot has them */
} VmOptions;
extern VmOptions vm_options;

/* Boot (boot.c): everything that JNI_CreateJavaVM does up to initPhase3, on the calling host thread, which becomes "main".
   Exits with 1 and a clear line if the class library cannot be used. */
Thread *vm_boot(void);
extern bool vm_booted;        /* after initPhase3 */
/* System.exit's end: flushes reports through vm_hooks.at_exit, then _exit. Never returns. */
void vm_exit(int code) NORETURN;

/* ---- Calling Java (call.c) --------------------------------------------------------------------------
   args: one slot per 32-bit value or reference, two per long/double (value in the first), receiver first. The result is the raw
   slot: int sign-extended, float/double bits, reference pointer. On exception t->exception is set and the result is 0. */
u64 vm_call(Thread *t, Method *m, const u64 *args);
/* Selects by the receiver args[0]'s class first. */
u64 vm_call_virtual(Thread *t, Method *m, const u64 *args);
/* vm_call with the method's declared parameters: ints, pointers; `vm_callv(t, m, a, b)` each as u64. */
#define vm_callv(t, m, ...) vm_call((t), (m), (const u64[]){ __VA_ARGS__ })
/* Runs the interpreter (host or core, whichever t->simulated says) until the top entry frame is left. */
enum { RUN_RETURNED, RUN_EXCEPTION, RUN_SWITCH, RUN_COMPILED /* compiled code goes on, at t->code_pc */ };
u64 interp_host(Thread *t);  /* interp.c, host build */
u64 sim_run(Thread *t);      /* sim.c: the RV64 build on the core */
u64 sim_run_code(Thread *t); /* sim.c: compiled code on a core beside the host's interpreter; RUN_SWITCH: that goes on */

/* ---- Exceptions (exception.c) ----------------------------------------------------------------------- */
/* Makes an exception of a boot class (internal name) by running its (String) constructor; fmt NULL: no message, () constructor. Sets t->exception. */
void throw_new(Thread *t, const char *class_name, const char *fmt, ...) PRINTF(3, 4);
void throw_class(Thread *t, Class *c, Object *message, Object *cause);
void throw_object(Thread *t, Object *exception);
void throw_oom(Thread *t, const char *message);    /* preallocated when the heap is exhausted */
void throw_stack_overflow(Thread *t);
/* Wraps the pending exception: new C(cause) by initCause. */
void throw_wrapping(Thread *t, const char *class_name, const char *message_or_null);
static inline Object *exception_take(Thread *t) { Object *e = t->exception; t->exception = NULL; return e; }
/* Throwable.fillInStackTrace's native part: stores the backtrace in the Throwable. */
void exception_fill_trace(Thread *t, Object *throwable);
void exception_fill_short_trace(Thread *t, Object *throwable); /* hidden frames too, but few: as HotSpot's preallocated ones */
/* Finds the handler for t->exception from the top frame on; pops frames (unlocking) up to it. true: t->frame is the handler's frame with pc and sp set
   and the exception pushed, t->exception NULL. false: the entry frame was left (popped) with the exception still pending. */
bool exception_unwind(Thread *t);
/* java's own text of an uncaught exception, for when Java cannot print it (boot): class: message, then frames as far as known. */
void exception_print(Thread *t, Object *exception);
char *exception_headline(const Object *exception); /* "Class: message", malloc'ed */
char *npe_message(Thread *t, Method *m, u32 bci);   /* helpful text or NULL; malloc'ed */
i32 method_line(const Method *m, u32 bci);          /* source line; -1 unknown, -2 native */

/* ---- Allocation: all throw OutOfMemoryError and return NULL ------------------------------------------------- */
Object *object_new(Thread *t, Class *c);            /* not initialised by a constructor; class must be linked and instantiable */
Object *array_new(Thread *t, Class *array_class, i32 length); /* throws NegativeArraySizeException */
Object *array_new_prim(Thread *t, BasicType type, i32 length);
Object *array_new_multi(Thread *t, Class *array_class, const i32 *lengths, u32 n);
Object *object_clone(Thread *t, Object *o);         /* shallow; throws CloneNotSupported */

/* ---- Strings (string.c) ------------------------------------------------------------------------------- */
Object *string_new(Thread *t, const char *modified_utf8);                 /* throws OOM */
Object *string_new_n(Thread *t, const char *modified_utf8, size_t bytes);
Object *string_new_utf16(Thread *t, const u16 *chars, size_t n);
Object *string_of_symbol(Thread *t, const Symbol *s);
Object *string_intern(Thread *t, Object *s);                              /* weak table */
Object *string_intern_symbol(Thread *t, const Symbol *s);
char *string_utf8(const Object *s);                                       /* modified UTF-8, malloc'ed, NUL-terminated */
Symbol *string_symbol(const Object *s, bool dots_to_slashes);
u32 string_length(const Object *s);
u16 string_char(const Object *s, u32 i);
bool string_equals(const Object *a, const Object *b);
u32 string_hash(const Object *s);                                         /* as String.hashCode */
void string_weak_roots(GcVisitPtr weak, void *ctx);

/* Boxing: java.lang.Integer etc. */
Object *box(Thread *t, BasicType type, u64 raw);          /* via valueOf where Java does */
bool unbox(const Object *o, BasicType *type, u64 *raw);   /* false: not a box */

/* ---- Roots --------------------------------------------------------------------------------------- */
extern bool vm_collection_asked; /* during a collection: the program asked for it */
extern u64 vm_compile_nanos;     /* what the compiler has taken */
void vm_add_root(Object **slot);                    /* an immortal exact root */
void vm_remove_root(Object **slot);
void vm_collect(void);                              /* gc_collect for a program that asks: as little as can be is kept alive by chance */
void gc_client_init(void);                          /* roots.c: the GcClient of the VM; installs it with gc_init */

/* ---- Reference handling (refs.c in vm/) */
Object *refs_wait_pending(Thread *t);               /* JVM_WaitForReferencePendingList */
Object *refs_take_pending(Thread *t);
bool refs_has_pending(void);

/* ---- Charging firmware to the core (charge.c; no-ops when nothing is simulated) ------------------------ */
#define S(id, name) SVC_##id,
typedef enum Service {
    SVC_NONE,
#include "vm/services.def"
    SVC_COUNT
} Service;
#undef S
typedef struct ChargeHooks {
    void (*begin)(int service);
    void (*end)(void);
    void (*touch)(const void *p, u64 n, bool write);
    void (*work)(u64 instructions);
} ChargeHooks;
#ifndef charge_hooks /* the calibration (bench/calibrate) defines it away */
extern ChargeHooks *charge_hooks; /* NULL: not simulating, or this thread runs natively */
#endif
static inline void charge_begin(Service s) { if (UNLIKELY(charge_hooks != NULL)) charge_hooks->begin(s); }
static inline void charge_end(void) { if (UNLIKELY(charge_hooks != NULL)) charge_hooks->end(); }
static inline void charge_touch(const void *p, u64 n, bool write) { if (UNLIKELY(charge_hooks != NULL)) charge_hooks->touch(p, n, write); }
static inline void charge_work(u64 n) { if (UNLIKELY(charge_hooks != NULL)) charge_hooks->work(n); }

/* ---- What upper layers install -------------------------------------------------------------------------- */
typedef enum VerifyOldResult { VERIFY_OLD_FAILED, VERIFY_OLD_OK, VERIFY_OLD_NO_MEMORY, VERIFY_OLD_FORMAT } VerifyOldResult; /* libverify's */
/* Where a method is. Of callers: at the call. */
typedef struct CodePlace { Method *m; u32 bci; } CodePlace;

typedef struct VmHooks {
    void (*safepoint)(Thread *t);            /* rt_poll, before yielding: layout looks at samples here */
    void (*class_defined)(Class *c);
    bool (*field_order)(const Class *c, u32 *offsets); /* c, not of the boot loader, is being laid out: offsets of its own instance fields, as c->fields; false: nothing is known */
    void (*at_exit)(int code);
    void (*leave)(void);                     /* classlib, at the very end: the files by which others find the process are removed */
    void *(*native_lookup)(Thread *t, Method *m); /* classlib: finds and binds a native method; throws UnsatisfiedLinkError */
    void (*invoke_native)(Thread *t, Method *m, u64 *args); /* classlib/nativecall.c: runs it; result raw in args[0]; frame pushed by caller */
    void (*main_reached)(Thread *t);         /* just before the main class's main runs */
    void (*allocated)(Thread *t, Object *o); /* by C code, in t's top frame; for reports */
    void (*moved)(const Object *from, const Object *to); /* while the heap moves objects; for reports */
    void (*collection)(bool begins);         /* each collection's beginning and end; runs no Java, allocates nothing */
    void (*resolve_indy)(void);
    int (*code_poll)(Thread *t);             /* rt_poll of the interpreter: may enter compiled code (POLL_COMPILED), or POLL_GO_ON */
    u32 (*code_places)(u64 pc, CodePlace *out, u32 max); /* what compiled code is executing at pc: the innermost inlined method first; 0: a stub */
    bool (*code_live)(const Frame *f, void (*word)(void *ctx, const u64 *at), void *ctx); /* calls word for what a compiled activation still needs; false: not known */
    bool (*code_local)(const Thread *t, const Frame *f, u32 local, u64 *value); /* of a compiled activation, a local variable that is read later, not a float or double; false: not known */
    const u64 *(*live_locals)(Method *m, u32 bci); /* bits: locals that are read before they are written from bci on; NULL: not known. Valid until the next */
    bool (*code_may_move)(void);             /* can all compiled code that knows offsets in classes with CLASS_MOVING be left? */
    void (*code_moved)(Thread *t, u32 (*offset)(const Class *c, u32 before)); /* it is not used any more; offset: where what lay at `before` lies now */
    Frame *(*code_leave)(Thread *t, Frame *f);/* a compiled frame that catches an exception becomes an interpreted one */
    void (*classes_unload)(bool (*is_dead)(const void *metadata)); /* before the memory of dead classes is given back */
    void (*method_unload)(Method *m); /* of a method of a dead class that has notes of the compiler (m->jit) */
    VerifyOldResult (*verify_old)(Thread *t, Class *c, char *message, size_t size); /* by type inference, class files before version 50; may throw */
} VmHooks;
extern VmHooks vm_hooks;

/* invokedynamic and method handles (indy.c): upcalls into java.lang.invoke. All throw. */
bool indy_link_call_site(Thread *t, ConstantPool *cp, u32 index, CallInfo *out);
bool indy_link_polymorphic(Thread *t, Class *caller, Class *defc, Symbol *name, Symbol *desc, CallInfo *out); /* invoke, invokeExact, VarHandle modes */
Method *indy_intrinsic_method(Class *holder, Symbol *name, Symbol *desc); /* invokeBasic, linkTo*: a Method per erased descriptor */
Object *indy_method_type(Thread *t, Loader *loader, Class *caller, Symbol *desc);
Object *indy_method_handle_constant(Thread *t, ConstantPool *cp, u32 index);
bool indy_dynamic_constant(Thread *t, ConstantPool *cp, u32 index, BasicType *type, u64 *value);
Method *membername_target(const Object *member_name); /* MemberName.method.vmtarget */
u64 membername_vmindex(const Object *member_name);

/* Static linking of host calls (runtime.def) is in runtime.h. */
#endif
