/* The names under which JNI looks native methods up (JNI specification, "Resolving Native Method Names"). */
#include "classlib/jni_name.h"
#include "base/vec.h"
#include <stdio.h>
#include <string.h>

typedef Vec(char) Text;

static void put(Text *out, const char *s)
{
    while (*s) vec_push(out, *s++);
}

/* One UTF-16 unit of modified UTF-8. */
static u32 next_unit(const u8 **p)
{
    const u8 *s = *p;
    if (s[0] < 0x80) return *p += 1, s[0];
    if (s[0] < 0xe0) return *p += 2, (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
    return *p += 3, (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
}

static void mangle(Text *out, const char *s, size_t n)
{
    const u8 *p = (const u8 *)s, *end = p + n;
    while (p < end) {
        u32 c = next_unit(&p);
        char escape[8];
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
            vec_push(out, (char)c);
            continue;
        }
        switch (c) {
        case '/': put(out, "_"); break;
        case '_': put(out, "_1"); break;
        case ';': put(out, "_2"); break;
        case '[': put(out, "_3"); break;
        default:
            snprintf(escape, sizeof escape, "_0%04x", c & 0xffff);
            put(out, escape);
        }
    }
}

char *jni_function_name(const Method *m, bool with_signature)
{
    Text out = { 0 };
    put(&out, "Java_");
    mangle(&out, m->owner->name->bytes, m->owner->name->length);
    put(&out, "_");
    mangle(&out, m->name->bytes, m->name->length);
    if (with_signature) {
        put(&out, "__");
        mangle(&out, m->desc->bytes + 1, (size_t)(strchr(m->desc->bytes, ')') - m->desc->bytes - 1));
    }
    vec_push(&out, 0);
    return out.data;
}
