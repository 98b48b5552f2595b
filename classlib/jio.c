/* jio_*: the printf family that JDK libraries take from the VM. -1 when the text does not fit; always NUL-terminated. */
#include <jni.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

/* No header of a JDK declares these. */
JNIEXPORT int jio_vsnprintf(char *out, size_t size, const char *format, va_list ap);
JNIEXPORT int jio_snprintf(char *out, size_t size, const char *format, ...);
JNIEXPORT int jio_vfprintf(FILE *f, const char *format, va_list ap);
JNIEXPORT int jio_fprintf(FILE *f, const char *format, ...);
JNIEXPORT int jio_printf(const char *format, ...);

int jio_vsnprintf(char *out, size_t size, const char *format, va_list ap)
{
    if (!size || size > INTPTR_MAX) return -1;
    int n = vsnprintf(out, size, format, ap);
    if (n >= 0 && (size_t)n < size) return n;
    out[size - 1] = 0;
    return -1;
}

int jio_snprintf(char *out, size_t size, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    int n = jio_vsnprintf(out, size, format, ap);
    va_end(ap);
    return n;
}

int jio_vfprintf(FILE *f, const char *format, va_list ap) { return vfprintf(f, format, ap); }

int jio_fprintf(FILE *f, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    int n = vfprintf(f, format, ap);
    va_end(ap);
    return n;
}

int jio_printf(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    int n = vprintf(format, ap);
    va_end(ap);
    return n;
}
