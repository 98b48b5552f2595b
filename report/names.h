/* Names for people: of what was accessed, of code and its lines. A report has many, most of them made of the same few pieces, and none goes while it is made: their
   memory is taken in large pieces and stays. */
#ifndef REPORT_NAMES_H
#define REPORT_NAMES_H
#include "vm/vm.h"

/* Strings one behind the other, up to a NULL. */
char *name_of(const char *first, ...) __attribute__((sentinel));
char *name_printed(const char *format, ...) __attribute__((format(printf, 1, 2)));

char *name_of_class(const Class *c);                     /* java.util.HashMap$Node[] */
char *name_of_member(const Class *c, const char *separator, const char *member);
/* Of a method, met before or not: its names are made once. */
typedef struct MethodNames {
    char *full;  /* LTree.find(II)LTree$N; */
    char *call;  /* LTree.find( */
    char *file;  /* java/util/HashMap.java; NULL if the class file does not say */
} MethodNames;
const MethodNames *names_of_method(const Method *m);     /* valid until the next one is met */
/* "LTree.find(LTree.java:31)", as in a stack trace, where `line` is method_line's, and what comes behind it. */
char *name_of_place(const Method *m, i32 line, const char *behind);

/* Class files write characters beyond 16 bits as two surrogates of three bytes each; files have the one character of four. In place. */
void standard_utf8(char *text);
/* All names made so far. */
void names_standard(void);

#endif
