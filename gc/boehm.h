/* libgc's headers, as the files of gc/ that talk to it include them: built with thread support, redirecting nothing.
   (<gc.h> is Debian's wrapper: with -I at the root of this tree, <gc/gc.h> would be ours.) */
#ifndef GC_BOEHM_H
#define GC_BOEHM_H
#define GC_THREADS
#define GC_NO_THREAD_REDIRECTS
#include <gc.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>
#endif
