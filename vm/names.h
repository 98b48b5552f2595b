/* Names as people read them: descriptors, packages, modifiers, and the phrases of linkage errors. All strings are
   malloc'ed and owned by the caller. */
#ifndef VM_NAMES_H
#define VM_NAMES_H
#include "vm/class.h"

/* Length of the descriptor at p if it is a legal field descriptor within n bytes (or "V" if void_ok); 0: malformed. */
u32 descriptor_check(const char *p, size_t n, bool void_ok);
/* Legal method descriptor? *slots: argument slots without receiver. */
bool method_descriptor_check(const Symbol *desc, u32 *slots);
/* BasicType of a descriptor's first character. */
BasicType descriptor_type(char c);
/* java/lang of java/lang/String; the empty symbol for the unnamed package. */
Symbol *package_of_name(const Symbol *class_name);
Symbol *class_package(const Class *c); /* of an array: its element's */
/* "void p.C.f(int, java.lang.String[])": a method as in HotSpot's messages. */
char *method_external_name(const Class *holder, const Symbol *name, const Symbol *desc);
/* "A is in module m of loader 'app'" and "A and B are in ...", each class by its Java name. */
char *class_in_module(const Class *a);
char *classes_in_module(const Class *a, const Class *b);
/* What stands in parentheses in an access error: both forms of the above. */
char *classes_where(const Class *a, const Class *b);
#endif
