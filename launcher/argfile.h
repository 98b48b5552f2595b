/* Argument lists: @argfiles and JDK_JAVA_OPTIONS, with the quoting rules of the `java` launcher. */
#ifndef LAUNCHER_ARGFILE_H
#define LAUNCHER_ARGFILE_H
#include "base/vec.h"

typedef Vec(const char *) ArgList;
/* Splits the variable's value (NULL: nothing) at white space; quotes keep it together. Announces itself on stderr as java does. */
void arglist_from_environment(ArgList *list, const char *value);
/* Replaces each @file argument before the main class by the file's words. `fixed` first arguments may name no main class. */
void arglist_expand(ArgList *list, u32 fixed);

#endif
