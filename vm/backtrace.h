/* Walking Java stacks, and the record of one that a Throwable keeps. Used by exceptions, stack walking in classlib, and dumps. */
#ifndef VM_BACKTRACE_H
#define VM_BACKTRACE_H
#include "vm/vm.h"

enum {
    BACKTRACE_MAX = 1024, /* frames kept, as HotSpot's MaxJavaStackTraceDepth */
    BACKTRACE_SHORT = 32  /* in the trace of an OutOfMemoryError */
};

/* bytecode index of a frame; 0 in native methods */
u32 frame_position(const Frame *f);
/* A method that stack traces leave out: @Hidden, or of a hidden class. */
bool method_is_hidden(const Method *m);

/* Records the frames from `from` down: an Object[] of { long[] {flags, method and bci ...}, mirrors that keep the methods alive ... }.
   `skip_for`: leave out the frames that constructed this Throwable; NULL: none. NULL with an exception when memory lacks. */
Object *backtrace_capture(Thread *t, Frame *from, Object *skip_for, bool show_hidden, u32 most);
u32 backtrace_length(const Object *backtrace);
Method *backtrace_entry(const Object *backtrace, u32 i, u32 *bci);
bool backtrace_top_was_hidden(const Object *backtrace); /* the newest frame was left out, as hidden */

/* Fills a StackTraceElement; a new array of them. Both throw. */
bool trace_element_fill(Thread *t, Object *element, Method *m, u32 bci);
Object *trace_elements(Thread *t, Object *backtrace);
/* The name as Class.getName: the interned String that the mirror caches. Throws. */
Object *class_name_string(Thread *t, Class *c);
/* "\tat java.lang.Foo.bar(Foo.java:12)" without the tab, malloc'ed. */
char *trace_line(Method *m, u32 bci);

#endif
