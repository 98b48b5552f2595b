/* Fuzz target: the class-file parser. It refuses with an error that names an exception and says something, or what it makes can be
   used: every descriptor reads, every method's code lies in the file, handlers and line tables lie in the code. */
#include "tests/fuzz/fuzz.h"
#include "vm/classfile.h"
#include "vm/names.h"
#include "base/log.h"
#include <string.h>

const char fuzz_name[] = "classfile";

/* Class files are made of big-endian 16-bit indices, counts and flags: these are hit with numbers around the interesting edges, and
   with others of the same file. */
static void damage_u2(FuzzInput *in, u64 *state)
{
    static const u16 telling[] = { 0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xfffe, 0xffff };
    if (in->length < 4) return;
    size_t at = fuzz_below(state, in->length - 1), from = fuzz_below(state, in->length - 1);
    u16 v = (u16)(in->data[at] << 8 | in->data[at + 1]), r = (u16)fuzz_next(state);
    switch (fuzz_below(state, 4)) {
    case 0: v = telling[r % NELEM(telling)]; break;
    case 1: v = (u16)(v + (r & 7) - 3); break;
    case 2: v = (u16)(in->data[from] << 8 | in->data[from + 1]); break;
    default: v ^= (u16)(1u << (r & 15));
    }
    in->data[at] = (u8)(v >> 8);
    in->data[at + 1] = (u8)v;
}

void fuzz_mutate(FuzzInput *in, u64 *state)
{
    for (u64 hits = 1 + fuzz_below(state, 1 + fuzz_below(state, 5)); hits; hits--) {
        if (fuzz_below(state, 3)) damage_u2(in, state);
        else fuzz_damage(in, state);
    }
}

static void use(const Class *c, const u8 *data, size_t length)
{
    for (u32 i = 0; i < c->nmethods; i++) {
        const Method *m = &c->methods[i];
        u8 types[255], ret;
        descriptor_params(m->desc, types, &ret);
        ASSERT(m->name->length == strlen(m->name->bytes) || memchr(m->name->bytes, 0, m->name->length));
        if (!m->code) continue;
        ASSERT(m->code_length > 0 && m->original >= data && m->original + m->code_length <= data + length);
        ASSERT(!memcmp(m->code, m->original, m->code_length));
        for (u32 h = 0; h < m->details->nhandlers; h++)
            ASSERT(m->details->handlers[h].start < m->details->handlers[h].end && m->details->handlers[h].end <= m->code_length && m->details->handlers[h].handler < m->code_length);
    }
    for (u32 i = 0; i < c->nfields; i++) ASSERT(c->fields[i].name && c->fields[i].desc && c->fields[i].type);
}

bool fuzz_one(const u8 *data, size_t length)
{
    ParsedClass made = { 0 };
    ClassFileError error = { 0 };
    ParseOptions o = { .vm_annotations = length & 1, .boot = length & 2, .hidden = length & 4, .hidden_suffix = "+0x1" };
    if (classfile_parse(data, length, &o, &made, &error)) {
        use(made.c, data, length);
        return true;
    }
    ASSERT(error.exception && *error.message && memchr(error.message, 0, sizeof error.message));
    return false;
}
