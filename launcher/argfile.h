/* Argument lists: @argfiles, JDK_JAVA_OPTIONS, JAVA_TOOL_OPTIONS and _JAVA_OPTIONS, with the quoting rules of the `java` launcher. */
#ifndef LAUNCHER_ARGFILE_H
#define LAUNCHER_ARGFILE_H
#include "base/vec.h"

typedef Vec(const char *) ArgList;
/* What a refused option ends with. */
extern const char cannot_create[];
/* Splits the value of JDK_JAVA_OPTIONS, if it is set, at white space; quotes keep it together. Announces itself on stderr as java does. */
void arglist_from_environment(ArgList *list);
/* The same for a variable that the VM itself reads and not the launcher. */
void arglist_from_vm_environment(ArgList *list, const char *variable);
/* The words of a file of VM options, already checked (-XX:VMOptionsFile=FILE); quotes keep a word together, there are no comments. */
void arglist_from_vm_file(ArgList *list, const char *path);
/* Refuses what is not one of the VM's options, or loam's own, in a single word (exit code 1). */
void arglist_check_vm(const ArgList *list);
/* Replaces each @file argument before the main class by the file's words. `fixed` first arguments may name no main class. */
void arglist_expand(ArgList *list, u32 fixed);

#endif
