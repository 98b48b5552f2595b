/* Unified logging as -Xlog configures it: messages of a few of HotSpot's tag sets, to stdout, stderr and files, with decorations. */
#ifndef VM_UNIFIED_H
#define VM_UNIFIED_H
#include "base/types.h"

typedef enum UlTags { UL_GC, UL_CLASS_LOAD, UL_CLASS_UNLOAD, UL_JNI_RESOLVE, UL_TAGS } UlTags;

/* What follows "-Xlog:" (WHAT[:OUTPUT[:DECORATORS[:OPTIONS]]]; NULL: everything). Returns NULL, or what is wrong with it, malloc'ed. */
char *ul_configure(const char *text);
/* -verbose and its switches in management: on stdout as it is decorated now, and off everywhere. */
void ul_switch(UlTags tags, bool on);
bool ul_on(UlTags tags);
/* A line of these tags. */
void ul_log(UlTags tags, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A collection begins, ends; for the tag gc. */
void ul_collection(bool begins);

#endif
