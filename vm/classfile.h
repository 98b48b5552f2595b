/* Parsing a class file into class metadata, with every format check of JVMS 4.8. Needs no running VM by itself: errors come back in
   a struct, superinterfaces are loaded by a callback, in the middle because that is when HotSpot loads them. What the parser makes (Class, Field, Method, ConstantPool) is complete but for everything that needs other classes. */
#ifndef VM_CLASSFILE_H
#define VM_CLASSFILE_H
#include "vm/class.h"

typedef struct ClassFileError {
    const char *exception; /* internal name of the error to throw; NULL: `interface` said no */
    char message[1024];
} ClassFileError;

typedef struct ParseOptions {
    Symbol *expected_name;  /* NULL: whatever the file says */
    bool hidden;            /* its own name becomes hidden_name; this_class is resolved to it */
    const char *hidden_suffix;
    bool boot;              /* defined by the boot loader: signature-polymorphic methods, java.lang.Object itself */
    bool vm_annotations;    /* jdk.internal annotations are honoured */
    Unit *unit;             /* whose memory it takes */
    /* Called for each direct superinterface, as it is met: c has its name, constant pool and number of interfaces. NULL: not called.
       false: the parse ends, without an error of its own. */
    bool (*interface)(void *context, Class *c, u32 i, u16 index);
    void *context;
} ParseOptions;

typedef struct ParsedClass {
    Class *c;
    u16 super_index;        /* CP class index; 0 only for java.lang.Object */
    u16 *interfaces;        /* CP class indices, c->ninterfaces of them */
} ParsedClass;

/* The image must outlive the class. false: *err is filled. */
bool classfile_parse(const u8 *image, size_t length, const ParseOptions *options, ParsedClass *out, ClassFileError *err);
#endif
