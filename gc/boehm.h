/* libgc's headers, as the files of gc/ that talk to it include them: built with thread support, redirecting nothing.
   (<gc.h> is Debian's wrapper: with -I at the root of this tree, <gc/gc.h> would be ours.) */
#ifndef GC_BOEHM_H
#define GC_BOEHM_H
#define GC_THREADS
#define GC_NO_THREAD_REDIRECTS
#include <gc.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>
/* A block's header, where libgc keeps the size of its cells and a byte per granule for their marks. Private there; used to know which
   memory its work touches, so that it can be charged: no decision depends on it. */
char *GC_find_header(void *block);
enum { BOEHM_HEADER_BYTES = 64 }; /* before the marks */
#endif
