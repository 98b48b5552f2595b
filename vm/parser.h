/* Inside the class-file parser: the cursor, sticky failure by longjmp, and the parts' entry points. Only classfile*.c include it. */
#ifndef VM_PARSER_H
#define VM_PARSER_H
#include "vm/classfile.h"
#include "vm/unit.h"
#include "base/hash.h"
#include "base/vec.h"
#include <setjmp.h>

typedef struct Parser {
    const u8 *start, *at, *end;
    const ParseOptions *o;
    Class *c;
    ConstantPool *cp;
    const char *name;   /* of the class, for messages */
    u16 major, minor;
    u16 max_bootstrap;  /* 1 + highest bootstrap method index used; 0: none */
    u8 module_tag;      /* a constant of a module-info was met; 0: none */
    Map seen;           /* duplicate checks */
    Map locals;         /* of the method at hand: rows of its LocalVariableTables */
    Vec(u64) local_types; /* and of its LocalVariableTypeTables */
    const Symbol *duplicate_local;
    u16 super_index;
    ClassFileError *err;
    jmp_buf bail;
} Parser;

/* Ends the parse. parse_fail: ClassFormatError. */
void parse_error(Parser *p, const char *exception, const char *fmt, ...) NORETURN PRINTF(3, 4);
#define parse_fail(p, ...) parse_error((p), "java/lang/ClassFormatError", __VA_ARGS__)

static inline void parse_need(Parser *p, size_t n)
{
    if (UNLIKELY((size_t)(p->end - p->at) < n)) parse_fail(p, "Truncated class file");
}
static inline u8 take_u1(Parser *p) { parse_need(p, 1); return *p->at++; }
static inline u16 peek_u2(const u8 *b) { return (u16)(b[0] << 8 | b[1]); }
static inline u32 peek_u4(const u8 *b) { return (u32)b[0] << 24 | (u32)b[1] << 16 | (u32)b[2] << 8 | b[3]; }
static inline u16 take_u2(Parser *p) { parse_need(p, 2); p->at += 2; return peek_u2(p->at - 2); }
static inline u32 take_u4(Parser *p) { parse_need(p, 4); p->at += 4; return peek_u4(p->at - 4); }
static inline void *meta_alloc(const Parser *p, size_t n) { return unit_alloc_cold(p->o->unit, n, 8); }

static inline bool cp_is(const Parser *p, u32 i, u8 tag) { return i && i < p->cp->length && (p->cp->tags[i] & ~CP_RESOLVED) == tag; }
Symbol *parse_utf8(Parser *p, u32 i);         /* of a CP Utf8 entry; fails otherwise */
Symbol *parse_class_name(Parser *p, u32 i);   /* of a CP Class entry known to be one */

/* One attribute: its name and extent; p->at is left at its content. That it is inside the file is found out by whoever reads it (so the
   complaint is HotSpot's), at the latest by skip_attribute. */
typedef struct Attribute { Symbol *name; const u8 *data; u32 length; } Attribute;
/* complaint: how the message about a bad name index begins. */
Attribute take_attribute(Parser *p, const char *complaint);
void skip_attribute(Parser *p, const Attribute *a); /* p->at is its end */
/* p->at is at its content: records it once; a second one with this name is an error ("Multiple <what> attributes..."). */
void keep_once(Parser *p, Bytes *into, const Attribute *a, const char *what, const char *where);
/* The same for a kind of attribute that is not kept. *seen: a bit for each kind met. */
void meet_once(Parser *p, u32 *seen, const Attribute *a, const char *where);
/* length_complaint: a format with the length and the class's name. */
Symbol *signature_attribute(Parser *p, const Attribute *a, const Symbol *had, const char *where, const char *length_complaint);

void parse_constant_pool(Parser *p);      /* classfile_cp.c: reads and checks */
void parse_fields(Parser *p);             /* classfile_members.c */
void parse_methods(Parser *p);
void parse_locals(Parser *p, Method *m, const Attribute *a);        /* classfile_locals.c: a LocalVariableTable */
void parse_local_types(Parser *p, const Method *m, const Attribute *a);
void check_duplicate_locals(Parser *p, const Method *m);
void parse_class_attributes(Parser *p);   /* classfile_attr.c */
void check_class_flags(Parser *p, u32 flags);   /* also of inner classes */
/* Is @Contended among the annotations of the class or one of its fields? *group: what it names, or NULL. */
bool class_contended(const Class *c, Bytes annotations, const Symbol **group);
u32 vm_annotation_flags(Parser *p, Bytes annotations, bool field);
void parse_duplicates_begin(Parser *p);
bool parse_duplicate(Parser *p, const Symbol *a, const Symbol *b);

/* classfile_names.c: each fails unless the name or descriptor is legal; the name goes with the descriptor in messages. */
void need_class_name(Parser *p, const Symbol *s);
void need_field_name(Parser *p, const Symbol *s);
void need_method_name(Parser *p, const Symbol *s);
void need_field_type(Parser *p, const Symbol *name, const Symbol *desc);
u32 need_method_type(Parser *p, const Symbol *name, const Symbol *desc); /* returns the slots of its arguments */
/* Of a legal descriptor: is it a method's or not, as it should be? */
void need_type_kind(Parser *p, const char *what, bool method, const Symbol *name, const Symbol *desc);
#endif
