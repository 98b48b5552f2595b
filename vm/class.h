/* Class metadata: classes, methods, fields, constant pools, loaders, modules. All of it lives in the META window (below
   4 GiB) so that the interpreter on the core reads the same structs; only data is shared, never host code pointers that
   the core would call. Structs are open: interpreter, class library and reports read them. */
#ifndef VM_CLASS_H
#define VM_CLASS_H
#include "vm/object.h"

typedef struct Thread Thread;
typedef struct Method Method;
typedef struct Field Field;
typedef struct Loader Loader;
typedef struct Unit Unit; /* unit.h */
typedef struct Module Module;
typedef struct ConstantPool ConstantPool;

/* An interned modified-UTF-8 string; compare by address. NUL-terminated. Immortal. */
typedef struct Symbol { u32 hash; u16 length; u16 uses; char bytes[]; } Symbol;

enum { /* JVMS access flags; the upper half is the VM's own */
    ACC_PUBLIC = 1, ACC_PRIVATE = 2, ACC_PROTECTED = 4, ACC_STATIC = 8, ACC_FINAL = 0x10, ACC_SYNCHRONIZED = 0x20,
    ACC_SUPER = 0x20, ACC_VOLATILE = 0x40, ACC_BRIDGE = 0x40, ACC_TRANSIENT = 0x80, ACC_VARARGS = 0x80, ACC_NATIVE = 0x100,
    ACC_INTERFACE = 0x200, ACC_ABSTRACT = 0x400, ACC_STRICT = 0x800, ACC_SYNTHETIC = 0x1000, ACC_ANNOTATION = 0x2000,
    ACC_ENUM = 0x4000, ACC_MODULE = 0x8000, ACC_JVM_MASK = 0xffff,
    /* classes */
    CLASS_HIDDEN = 1 << 16,        /* made by Lookup.defineHiddenClass */
    CLASS_FINALIZABLE = 1 << 17,   /* declares or inherits a non-trivial finalize() */
    CLASS_HAS_DEFAULTS = 1 << 18,  /* interface that declares non-abstract instance methods */
    CLASS_REFERENCE = 1 << 19,     /* subclass of java.lang.ref.Reference */
    CLASS_CLONEABLE = 1 << 20,
    CLASS_VM_ANNOTATIONS = 1 << 21,/* its jdk.internal annotations are honoured */
    CLASS_MAGIC = 1 << 22,         /* subclass of MagicAccessorImpl: never verified nor access-checked */
    CLASS_RECORD = 1 << 23,
    CLASS_OFFSETS_ESCAPED = 1 << 24, /* a field offset went out through Unsafe: its layout is fixed */
    CLASS_MOVING = 1 << 25,        /* its fields are getting other offsets now (relayout.c) */
    /* methods */
    METHOD_CALLER_SENSITIVE = 1 << 16, METHOD_HIDDEN = 1 << 17 /* not in stack traces */, METHOD_FORCE_INLINE = 1 << 18,
    METHOD_DONT_INLINE = 1 << 19, METHOD_INTRINSIC_CANDIDATE = 1 << 20, METHOD_LAMBDA_COMPILED = 1 << 21,
    METHOD_SIG_POLYMORPHIC = 1 << 22, METHOD_MIRANDA = 1 << 23 /* vtable entry for an interface method nobody implements */,
    METHOD_OVERPASS = 1 << 24 /* stands for a default-method conflict: throws ICCE */, METHOD_WATCHED = 1 << 25 /* watch.h */,
    METHOD_LOCALS_READ = 1 << 26 /* the VM reads its frames' locals: neither compiled nor inlined */,
    METHOD_UNVERIFIED = 1 << 27 /* its class fails verification (-Xverify:none): the same */,
    METHOD_REPLACED = 1 << 28 /* not native for who asks: the VM's function stands for its bytecode */,
    /* fields */
    FIELD_STABLE = 1 << 16, FIELD_INJECTED = 1 << 17, FIELD_CONTENDED = 1 << 18
};

typedef enum ClassKind { CLASS_INSTANCE, CLASS_ARRAY, CLASS_PRIMITIVE } ClassKind;
typedef enum ClassState { CS_LOADED, CS_LINKING, CS_LINKED, CS_INITIALIZING, CS_INITIALIZED, CS_ERROR } ClassState;
enum { CLASS_DISPLAY = 8 };

/* One interface's methods in a class: methods[iindex] implements the interface's method with that index; NULL: none (AbstractMethodError). */
typedef struct ITable { Class *interface; Method **methods; } ITable;

typedef struct Bytes { const u8 *data; u32 length; } Bytes; /* raw attribute data in the class file image; data NULL: absent */

struct Class {
    GcShape shape; /* instance size, reference ranges, owner = mirror */
    u8 kind;       /* ClassKind */
    u8 state;      /* ClassState */
    u8 type;       /* BasicType: of a primitive class itself; T_OBJECT or T_ARRAY otherwise */
    u8 elem_type;  /* arrays: BasicType of an element */
    u32 access;    /* JVM flags of the class itself (not InnerClasses') and CLASS_* */
    u16 depth;     /* number of superclasses */
    u16 dims;      /* arrays */
    u32 id;        /* small unique number, in order of definition */
    Class *super;
    Class *display[CLASS_DISPLAY]; /* display[d]: the superclass at depth d, itself included; NULL beyond */
    Class **supers;                /* all superinterfaces, transitive (for arrays: Cloneable, Serializable) */
    u32 nsupers;
    u32 vtable_length;
    Method **vtable;
    ITable *itable;
    u32 itable_length;
    u32 next_iindex;     /* interfaces: number of methods with an iindex */
    Class *array_class;  /* the array class whose component is this, if made */
    Class *component;    /* arrays */
    Class *element;      /* arrays: innermost */
    Object *mirror;      /* java.lang.Class instance; never moves; a root. Statics live in it */
    ConstantPool *cp;
    /* ---- read by the host only ---- */
    Symbol *name;        /* java/lang/String, [I, [Ljava/lang/String; or "int" */
    Loader *loader;      /* defining; never NULL (boot_loader for the boot loader) */
    Module *module;
    Method *methods;     /* in class-file order */
    u32 nmethods;
    u32 nfields;
    Field *fields;       /* in class-file order, then injected ones */
    Class **interfaces;  /* direct */
    u32 ninterfaces;
    u32 static_size;     /* bytes of statics at the end of the mirror */
    GcRange *static_refs;/* reference statics: offsets from the mirror's start */
    u32 nstatic_refs;
    u32 minor_major;     /* minor << 16 | major */
    Bytes image;         /* the class file, kept (host memory) */
    Bytes annotations, type_annotations, inner_classes, enclosing_method, nest_members, record, permitted, bootstrap_methods, source_debug;
    Symbol *source_file, *signature;
    u16 nest_host_index; /* CP index of the NestHost attribute or 0 */
    Class *nest_host;    /* resolved; NULL: not yet. Hidden nestmates: set at definition */
    const char *nest_error; /* why it is not the host that the attribute names; NULL: it is */
    Thread *init_thread; /* initializing it */
    Object *init_error;  /* root: the ExceptionInInitializerError's cause text holder, for later NoClassDefFoundError; or NULL */
    Object *protection_domain, *signers; /* roots */
    Class *next_in_loader;
    Class *subclasses, *next_sibling; /* direct subclasses (class-hierarchy analysis) */
    u64 allocated;       /* bytes, about: counted where an inline list is empty, as the block that it is then filled with */
    Unit *unit;          /* what it is unloaded with; NULL: never */
};

struct Field {
    Class *owner;
    Symbol *name, *desc, *signature;
    u32 access;
    u32 offset;       /* from the object's start; statics: from the mirror's start */
    u8 type;          /* BasicType */
    u16 constant;     /* ConstantValue CP index or 0 */
    u16 index;        /* in owner->fields */
    u8 *address;      /* statics: where the value lives, set when the interpreter quickens an access */
    Bytes annotations, type_annotations;
};

/* How the interpreter enters a method. */
typedef enum MethodEntry {
    ENTRY_JAVA,        /* bytecode */
    ENTRY_JAVA_SYNC,   /* bytecode, synchronized */
    ENTRY_NATIVE,      /* through rt_invoke_native */
    ENTRY_ABSTRACT,    /* AbstractMethodError; METHOD_OVERPASS: IncompatibleClassChangeError */
    ENTRY_COMPILED,    /* Java with compiled code at `compiled` */
    ENTRY_INVOKE_BASIC, ENTRY_LINK_STATIC, ENTRY_LINK_SPECIAL, ENTRY_LINK_VIRTUAL, ENTRY_LINK_INTERFACE, /* method-handle intrinsics */
    ENTRY_COUNT
} MethodEntry;

typedef struct ExRange { u16 start, end, handler, type; } ExRange; /* type: CP class index, 0 any */
typedef struct LineRow { u16 pc, line; } LineRow;
typedef struct LocalRow { u16 start, length, slot; Symbol *name, *desc; } LocalRow;

/* A call in the interpreter touches one cache line of the method called. */
enum { METHOD_ALIGN = 64 };
/* What is asked for seldom enough to lie apart. */
typedef struct MethodDetails {
    ExRange *handlers; u32 nhandlers;
    u32 nlines; LineRow *lines;
    LocalRow *locals; u32 nlocals;
    u32 nlinks;         /* of Method.links */
    void *native;       /* bound function; NULL: not yet */
    void *ffi;          /* prepared call description (nativecall.c) */
    u8 native_kind;     /* NativeKind (native.h) */
    u16 nparams;
    u16 nexceptions; u16 *exceptions; /* CP class indices */
    u8 *arg_types;      /* BasicType per parameter (receiver not included), nparams of them */
    Symbol *signature;
    Bytes annotations, param_annotations, type_annotations, annotation_default, parameters, stack_map;
} MethodDetails;

struct Method {
    _Alignas(METHOD_ALIGN) u8 *code; /* quickened in place; in META */
    u64 *links;         /* what quickened instructions named, in the order in which they first ran (quicken.c); NULL: none yet */
    u64 profile_base;   /* profile - 4 * code, so that the counter of a pc is at profile_base + 4 * pc; 0 until warm */
    u64 compiled;       /* what compiled code calls: the method's code, or CODE_INTERPRET */
    ConstantPool *cp;   /* owner->cp */
    Class *owner;
    u32 access;
    u32 hotness;        /* calls and back edges counted until a profile is attached */
    u16 max_locals, max_stack;
    u16 arg_slots;      /* receiver included */
    u8 ret;             /* BasicType of the result */
    u8 entry;           /* MethodEntry */
    /* ---- host only ---- */
    Symbol *name, *desc;
    u32 *profile;       /* one u32 per bytecode byte, see profile.h; NULL until warm */
    const u8 *original; /* bytecode as in the class file */
    struct JitMethod *jit; /* the compiler's (jit/policy.c); NULL: none yet */
    MethodDetails *details;
    u32 code_length;
    i32 vindex;         /* vtable index, or -1 */
    i32 iindex;         /* in an interface: index in ITable.methods, or -1 */
    u32 overridden;     /* 1: a class has another method in a slot where its superclass has this one; compiled code looks */
};
_Static_assert(sizeof(Method) == 2 * METHOD_ALIGN, "methods lie close together");
#define CODE_INTERPRET WIN_CODE_BASE /* compiled code's way to a method without code */
#define CODE_RETURN(slots) (WIN_CODE_BASE + 64 + 32 * (u64)(slots)) /* and back to the interpreter */

/* ---- Constant pool ---------------------------------------------------------------------------------- */
enum {
    CP_Utf8 = 1, CP_Integer = 3, CP_Float, CP_Long, CP_Double, CP_Class, CP_String, CP_Fieldref, CP_Methodref,
    CP_InterfaceMethodref, CP_NameAndType, CP_MethodHandle = 15, CP_MethodType, CP_Dynamic, CP_InvokeDynamic, CP_Module, CP_Package,
    CP_RESOLVED = 0x80, /* tag bit: v[i] holds the resolved value */
    CP_ERROR = 0x40     /* tag bit: resolution failed before; v[i] = CpError* */
};
/* v[i], unresolved: Utf8 Symbol*; Integer/Float/Long/Double the bits (floats as raw 32/64 bits); Class/String/MethodType/Module/Package
   the Utf8 index; refs, NameAndType, Dynamic, InvokeDynamic: first index | second index << 16; MethodHandle: kind | index << 16.
   Resolved: Class Class*; String, MethodType, MethodHandle Object*; Fieldref Field* (statics: interpreter uses FieldRef cache below);
   Methodref, InterfaceMethodref CallInfo*; Dynamic Object* (boxed; CP_NULL_SENTINEL for null; primitives: the bits, see dyn_type). */
struct ConstantPool {
    Class *owner;
    u32 length;
    u8 *tags;
    u32 *raw; /* class, string, ref ... entries as parsed (v's unresolved form), kept when v is resolved */
    u64 v[]; /* Object* entries are registered as exact roots with vm_add_root */
};

/* A resolved invoke target. One per CP method entry; invokedynamic and signature-polymorphic sites have one per site. */
typedef struct CallInfo {
    Method *method;    /* resolved: static target, or what vindex/iindex came from; for call sites with appendix: the adapter (static call) */
    Method *special;   /* target of invokespecial from this pool's class, once resolved */
    Class *interface;  /* invokeinterface: whose itable; of a method without itable row: set once a receiver implemented it (quicken.c) */
    Object *appendix;  /* exact root: pushed after the arguments if not NULL */
    u16 arg_slots;     /* receiver included, appendix not */
    u16 vindex;        /* valid when kind is CALL_VIRTUAL */
    u16 iindex;
    u8 kind;           /* CallKind */
    u8 ret;            /* BasicType */
    Class *cached_class;   /* interface calls: the receiver class seen last, and what it runs (set by the interpreter) */
    Method *cached_method;
} CallInfo;
typedef enum CallKind { CALL_DIRECT, CALL_VIRTUAL, CALL_INTERFACE } CallKind;

typedef struct CpError { /* thrown again on each use */
    Symbol *class_name; char *message;
    Object *exception;                       /* itself, a root, if its class is not a boot class */
    Symbol *cause_class; char *cause_message;/* boot class; NULL: none */
} CpError;

/* ---- Loaders and modules ---------------------------------------------------------------------------- */
struct Loader {
    Object *java;        /* java.lang.ClassLoader (NULL: boot); a root if unit is NULL, weak otherwise */
    Unit *unit;          /* NULL: the JDK's own, never unloaded */
    Class *classes;      /* defined by it, newest first, via next_in_loader */
    void *dictionary;    /* Symbol* -> Class*: defined and initiated (class.c) */
    void *packages;      /* Symbol* (java/lang) -> Module* */
    Module *unnamed;
    u32 id;
    Symbol *name_and_id; /* as in messages: 'app', 'bootstrap' or Name @hash */
};
extern Loader *boot_loader;

struct Module {
    Symbol *name;        /* NULL: unnamed */
    Loader *loader;
    Object *java;        /* java.lang.Module, a root; NULL until defined */
    Symbol *version, *location;
    bool open, rooted;   /* rooted: java is a root, or its unit's */
    void *reads;         /* module.c */
    void *exports;
};

/* ---- Functions. "throws": returns NULL/false with t->exception set. -------------------------------------- */
Symbol *symbol_intern(const char *utf8, size_t length);
Symbol *symbol_of(const char *utf8); /* NUL-terminated */
Symbol *symbol_lookup(const char *utf8, size_t length); /* NULL if nobody interned it */
void symbol_free(Symbol *s); /* nobody refers to it */

/* classfile.c + class.c. Defines a class from a class file image (copied). */
typedef struct DefineOptions {
    Object *protection_domain;
    Class *hidden_host; /* lookup class: makes a hidden class in its package and module */
    bool hidden, nestmate, strong, vm_annotations;
    Object *class_data;
    const char *source; /* for logs, may be NULL */
} DefineOptions;
Class *class_define(Thread *t, Loader *loader, Symbol *expected_name, const u8 *data, size_t length, const DefineOptions *options); /* throws */
/* Loads by internal name (java/lang/String, [I). Calls loader.loadClass for non-boot loaders. Not linked. */
Class *class_load(Thread *t, Loader *loader, Symbol *name); /* throws ClassNotFoundException/NoClassDefFoundError as JVMS 5.3 */
Class *class_load_or_null(Thread *t, Loader *loader, Symbol *name); /* as class_load, but NULL without exception when not found */
Class *class_boot(const char *name);                        /* boot class that must exist; panics otherwise */
Class *class_find_loaded(Loader *loader, Symbol *name);     /* recorded as defined or initiated; or NULL */
Class *class_array_of(Class *component);                    /* never NULL */
Class *class_primitive(BasicType type);                     /* T_VOID too */
/* Class named by a field descriptor, seen from `loader`. */
Class *class_of_descriptor(Thread *t, Loader *loader, const char *desc, size_t length); /* throws */
bool class_link(Thread *t, Class *c);       /* throws; idempotent */
bool class_initialize(Thread *t, Class *c); /* throws; JVMS 5.5; links first. Returns true at once if initialized or being initialized by t */
static inline bool class_needs_init(const Class *c) { return c->state != CS_INITIALIZED; }
void class_set_vm_annotations(Class *c);

/* Subtyping. class_subtype is exact for classes, interfaces and arrays. */
bool class_subtype(const Class *sub, const Class *super);
static inline bool class_is_interface(const Class *c) { return c->access & ACC_INTERFACE; }
static inline bool class_is_array(const Class *c) { return c->kind == CLASS_ARRAY; }
static inline bool class_is_primitive(const Class *c) { return c->kind == CLASS_PRIMITIVE; }
bool class_same_package(const Class *a, const Class *b);
bool class_same_nest(Thread *t, Class *a, Class *b);
Class *class_nest_host(Thread *t, Class *c); /* never NULL; falls back to c itself on invalid attributes */
char *class_external_name(const Class *c);   /* java.lang.String, int[], malloc'ed: as in HotSpot's messages */
char *class_java_name(const Class *c);       /* as Class.getName(): [Ljava.lang.String; */
/* A method's JVMS access flags. */
static inline u32 method_modifiers(const Method *m) { return m->access & (m->access & METHOD_REPLACED ? ACC_JVM_MASK & ~ACC_NATIVE : ACC_JVM_MASK); }
u32 class_modifiers(const Class *c);         /* as Class.getModifiers(): InnerClasses flags considered */

Field *class_find_field(Class *c, Symbol *name, Symbol *desc);   /* JVMS 5.4.3.2: superinterfaces and superclasses */
Field *class_declared_field(Class *c, Symbol *name, Symbol *desc); /* desc NULL: any */
Method *class_declared_method(Class *c, Symbol *name, Symbol *desc);
Method *class_find_method(Class *c, Symbol *name, Symbol *desc);   /* JVMS 5.4.3.3: class, superclasses, then maximally-specific superinterface methods */
Method *class_find_interface_method(Class *c, Symbol *name, Symbol *desc); /* JVMS 5.4.3.4 */
Method *method_named(Class *c, const char *name, const char *desc); /* class_find_method for VM use; panics if absent */
/* Selects the method that a virtual or interface call on a receiver of class c runs (JVMS 5.4.6). NULL: abstract (throw AbstractMethodError). */
Method *method_select_virtual(Class *c, const Method *resolved);
Method *method_select_interface(Class *c, Class *interface, u32 iindex, bool *not_implemented); /* *not_implemented: c lacks the interface */
bool method_is_final(const Method *m); /* cannot be overridden: private, static, final, or of a final class, or <init> */
Module *module_of_package(Loader *loader, Symbol *package);

/* resolve.c: constant pool resolution (JVMS 5.4.3), with access checks; results cached in the pool. All throw. */
Class *cp_class(Thread *t, ConstantPool *cp, u32 index);
Symbol *cp_class_name(const ConstantPool *cp, u32 index);   /* without resolving */
Field *cp_field(Thread *t, ConstantPool *cp, u32 index, bool is_static, bool is_put, const Method *from); /* from: for final-field rules */
/* opcode: the invoke bytecode (0xb6..0xb9). Signature-polymorphic methods: returns a CallInfo of its own per index. */
CallInfo *cp_method(Thread *t, ConstantPool *cp, u32 index, u8 opcode);
CallInfo *cp_call_site(Thread *t, ConstantPool *cp, u32 index, Method *method, u32 bci); /* invokedynamic: one per (method, bci) */
/* ldc: *type tells T_INT/T_FLOAT/T_LONG/T_DOUBLE (bits) or T_OBJECT (pointer, may be 0 for a null condy). Returns false when it threw. */
bool cp_constant(Thread *t, ConstantPool *cp, u32 index, BasicType *type, u64 *value);
Object *cp_string(Thread *t, ConstantPool *cp, u32 index);
void cp_name_and_type(const ConstantPool *cp, u32 ref_index, Symbol **name, Symbol **desc); /* of a field/method/indy entry */
u32 cp_ref_class_index(const ConstantPool *cp, u32 ref_index);
Symbol *cp_utf8(const ConstantPool *cp, u32 index);
/* Access (JVMS 5.4.4): may `from` see the class / the member declared in `holder`, referenced through `through`? */
bool access_class(Thread *t, Class *from, Class *to);
bool access_member(Thread *t, Class *from, Class *through, Class *holder, u32 access);

/* Descriptors: parses "(IJ[Ljava/lang/String;)V"; types has room for 255. Returns the number of parameters. */
u32 descriptor_params(const Symbol *desc, u8 *types, u8 *ret);
/* The next field descriptor in a method descriptor: length in bytes at p. */
u32 descriptor_length(const char *p);

/* Mirrors. */
Class *mirror_class(const Object *mirror);      /* java.lang.Class instance -> Class (primitives too) */
Object *class_make_mirror(Thread *t, Class *c); /* used by class.c and boot */
/* Loader of a java.lang.ClassLoader object (NULL: boot), made on first use. */
Loader *loader_of(Thread *t, Object *java_loader);

/* Iterates all classes (boot loader's first). */
void classes_each(void (*fn)(void *ctx, Class *c), void *ctx);
u32 class_count(void);          /* loaded now */
u32 class_unloaded_count(void); /* and not any more */

#endif
