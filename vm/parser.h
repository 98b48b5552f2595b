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
    Map seen;           /* duplicate checks */
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
static inline void *meta_alloc(const Parser *p, size_t n) { return unit_alloc(p->o->unit, n, 8); }

static inline bool cp_is(const Parser *p, u32 i, u8 tag) { return i && i < p->cp->length && (p->cp->tags[i] & ~CP_RESOLVED) == tag; }
Symbol *parse_utf8(Parser *p, u32 i);         /* of a CP Utf8 entry; fails otherwise */
Symbol *parse_class_name(Parser *p, u32 i);   /* of a CP Class entry known to be one */

/* One attribute: its name and extent; p->at is left at its content, which is fully inside the file. */
typedef struct Attribute { Symbol *name; const u8 *data; u32 length; } Attribute;
/* complaint: how the message about a bad name index begins. */
Attribute take_attribute(Parser *p, const char *complaint);
/* Records raw content once; a second one with this name is an error ("Multiple <what> attributes..."). */
void keep_once(Parser *p, Bytes *into, const Attribute *a, const char *what, const char *where);
Symbol *signature_attribute(Parser *p, const Attribute *a, const Symbol *had, const char *where);

void parse_constant_pool(Parser *p);      /* classfile_cp.c: reads and checks */
void parse_fields(Parser *p);             /* classfile_members.c */
void parse_methods(Parser *p);
void parse_class_attributes(Parser *p);   /* classfile_attr.c */
u32 vm_annotation_flags(Parser *p, Bytes annotations, bool field);
void parse_duplicates_begin(Parser *p);
bool parse_duplicate(Parser *p, const Symbol *a, const Symbol *b);
bool legal_class_name(const Symbol *s);
bool legal_unqualified_name(const Symbol *s, bool method);
#endif
