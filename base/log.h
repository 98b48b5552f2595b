/* Fatal errors, assertions and log channels. A usage or load error is one line on stderr and exit code 1
   (die); a broken invariant is an internal error and abort (panic, and ASSERT in every build). */
#ifndef BASE_LOG_H
#define BASE_LOG_H
#include "base/types.h"

/* Prints "loam: <message>" as one line on stderr and exits with code 1. For errors a user can mend. */
void die(const char *fmt, ...) NORETURN PRINTF(1, 2);
/* Prints "loam: internal error: <message>" with file and line, and aborts. For errors that are ours. */
void panic_at(const char *file, int line, const char *fmt, ...) NORETURN PRINTF(3, 4);
#define panic(...) panic_at(__FILE__, __LINE__, __VA_ARGS__)
/* Prints "loam: warning: <message>". */
void warn(const char *fmt, ...) PRINTF(1, 2);

/* Runs before a fatal exit, e.g. to restore the terminal; one slot, may be NULL. */
extern void (*die_hook)(void);

#define ASSERT(c) (LIKELY(c) ? (void)0 : panic("assertion failed: %s", #c))

/* Log channels, enabled by name with --log=a,b (or all); written to stderr. */
#define LOG_CHANNELS(C) C(boot) C(class) C(init) C(link) C(resolve) C(native) C(jni) C(thread) C(monitor) C(gc) C(layout) C(hw) C(exc) C(indy) C(module) C(call)
#define C(n) LOG_##n,
enum { LOG_CHANNELS(C) LOG_COUNT };
#undef C
extern u32 log_mask; /* bit LOG_x set: channel x is on */
/* Switches channels on from a comma-separated list; returns NULL, or the first name it does not know. */
const char *log_enable(const char *list);
void log_write(int channel, const char *fmt, ...) PRINTF(2, 3);
#define LOG_ON(ch) UNLIKELY(log_mask >> LOG_##ch & 1)
#define LOG(ch, ...) (LOG_ON(ch) ? log_write(LOG_##ch, __VA_ARGS__) : (void)0)

#endif
