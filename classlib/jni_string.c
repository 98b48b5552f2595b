/* JNI: strings. Native code always gets copies: Java's own representation is Latin-1 or UTF-16 bytes behind String.value.
   The UTF functions speak modified UTF-8 (U+0000 as two bytes, supplementary characters as two surrogates of three bytes). */
#include "classlib/jni_impl.h"
#include "base/vec.h"
#include <string.h>

/* Copies chars [start, start + n) of a string. */
static void copy_chars(const Object *s, u32 start, u32 n, jchar *out)
{
    const Object *value = load_ref(s, off.String_value);
    bool latin1 = FIELD(s, u8, off.String_coder) == 0;
    ASSERT(value && start + n <= string_length(s));
    charge_touch((const u8 *)value + ARRAY_BASE + ((u64)start << !latin1), (u64)n << !latin1, false);
    const u8 *bytes = (const u8 *)byte_elems(value);
    if (latin1)
        for (u32 i = 0; i < n; i++) out[i] = bytes[start + i];
    else memcpy(out, bytes + 2 * (u64)start, 2 * (u64)n);
}

static u32 utf8_size(u16 c) { return c - 1u < 0x7f ? 1 : c < 0x800 ? 2 : 3; }

static u64 utf8_length(const Object *s, u32 start, u32 n)
{
    u64 bytes = 0;
    for (u32 i = 0; i < n; i++) bytes += utf8_size(string_char(s, start + i));
    return bytes;
}

static char *utf8_put(char *p, u16 c)
{
    switch (utf8_size(c)) {
    case 1: *p++ = (char)c; break;
    case 2: *p++ = (char)(0xc0 | c >> 6), *p++ = (char)(0x80 | (c & 0x3f)); break;
    default: *p++ = (char)(0xe0 | c >> 12), *p++ = (char)(0x80 | (c >> 6 & 0x3f)), *p++ = (char)(0x80 | (c & 0x3f)); break;
    }
    return p;
}

/* A string argument that must not be null. */
static Object *string_argument(Thread *t, jstring s)
{
    Object *o = handle_get(s);
    if (!o) throw_new(t, "java/lang/NullPointerException", NULL);
    return o;
}

static bool region_ok(Thread *t, const Object *s, jsize start, jsize n)
{
    i64 length = string_length(s);
    if (start >= 0 && n >= 0 && (i64)start + n <= length) return true;
    throw_new(t, "java/lang/StringIndexOutOfBoundsException", NULL);
    return false;
}

jstring JNICALL jni_NewString(JNIEnv *env, const jchar *chars, jsize n)
{
    JNI_SCOPE();
    if (n < 0) {
        throw_new(t, "java/lang/NegativeArraySizeException", "%d", n);
        return NULL;
    }
    return handle_local(t, string_new_utf16(t, chars, (size_t)n));
}

jstring JNICALL jni_NewStringUTF(JNIEnv *env, const char *utf)
{
    JNI_SCOPE();
    return utf ? handle_local(t, string_new(t, utf)) : NULL;
}

jsize JNICALL jni_GetStringLength(JNIEnv *env, jstring s)
{
    JNI_SCOPE();
    Object *o = string_argument(t, s);
    return o ? (jsize)string_length(o) : 0;
}

jsize JNICALL jni_GetStringUTFLength(JNIEnv *env, jstring s)
{
    JNI_SCOPE();
    Object *o = string_argument(t, s);
    return o ? (jsize)utf8_length(o, 0, string_length(o)) : 0;
}

const jchar *JNICALL jni_GetStringChars(JNIEnv *env, jstring s, jboolean *is_copy)
{
    JNI_SCOPE();
    Object *o = string_argument(t, s);
    if (!o) return NULL;
    u32 n = string_length(o);
    jchar *chars = xmalloc(((size_t)n + 1) * sizeof *chars);
    copy_chars(o, 0, n, chars);
    chars[n] = 0; /* not promised, but relied upon */
    if (is_copy) *is_copy = JNI_TRUE;
    return chars;
}

void JNICALL jni_ReleaseStringChars(JNIEnv *env, jstring s, const jchar *chars)
{
    (void)env, (void)s;
    free((void *)chars);
}

const jchar *JNICALL jni_GetStringCritical(JNIEnv *env, jstring s, jboolean *is_copy) { return jni_GetStringChars(env, s, is_copy); }
void JNICALL jni_ReleaseStringCritical(JNIEnv *env, jstring s, const jchar *chars) { jni_ReleaseStringChars(env, s, chars); }

const char *JNICALL jni_GetStringUTFChars(JNIEnv *env, jstring s, jboolean *is_copy)
{
    JNI_SCOPE();
    Object *o = string_argument(t, s);
    if (!o) return NULL;
    if (is_copy) *is_copy = JNI_TRUE;
    return string_utf8(o);
}

void JNICALL jni_ReleaseStringUTFChars(JNIEnv *env, jstring s, const char *utf)
{
    (void)env, (void)s;
    free((void *)utf);
}

void JNICALL jni_GetStringRegion(JNIEnv *env, jstring s, jsize start, jsize n, jchar *out)
{
    JNI_SCOPE();
    Object *o = string_argument(t, s);
    if (o && region_ok(t, o, start, n)) copy_chars(o, (u32)start, (u32)n, out);
}

/* NUL-terminates, for a length of 0 too: libjava relies on it. */
void JNICALL jni_GetStringUTFRegion(JNIEnv *env, jstring s, jsize start, jsize n, char *out)
{
    JNI_SCOPE();
    Object *o = string_argument(t, s);
    if (!o || !region_ok(t, o, start, n)) return;
    for (jsize i = 0; i < n; i++) out = utf8_put(out, string_char(o, (u32)(start + i)));
    *out = 0;
}
