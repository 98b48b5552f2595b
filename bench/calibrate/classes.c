/* Kernels of class loading: parsing, defining, linking, searching, verifying, and resolving and quickening instructions, on classes of
   the JDK itself. */
#include "bench/calibrate/calibrate.h"
#include "vm/classfile.h"
#include "vm/loader.h"
#include "vm/opcodes.h"
#include "vm/profile.h"
#include "vm/quicken.h"
#include "vm/runtime.h"
#include "vm/slots.h"
#include <stdio.h>
#include <string.h>

static Bytes image_of(const char *name)
{
    char path[256];
    Bytes b;
    const char *where;
    snprintf(path, sizeof path, "%s.class", name);
    if (!boot_find_resource(path, &b, &where)) die("the class library lacks %s", name);
    return b;
}

static void parsing(void)
{
    group("parse", "parse_byte");
    for (u32 i = 0; world_corpus[i]; i++) {
        Bytes b = image_of(world_corpus[i]);
        ParseOptions o = { .boot = true };
        ParsedClass pc;
        ClassFileError error;
        sample_begin();
        bool ok = classfile_parse(b.data, b.length, &o, &pc, &error);
        charge_units(parse_byte, b.length);
        sample_end();
        if (!ok) die("class %s does not parse: %s", world_corpus[i], error.message);
    }
}

static void searching(void)
{
    group("look", "look_member");
    for (u32 i = 0; i < 4; i++) {
        Class *c = i % 2 ? wk.String : wk.Class;
        Symbol *s = symbol_of("hashCode"), *none = symbol_of("()J");
        sample_begin();
        if (i < 2) class_declared_method(c, s, none);
        else class_declared_field(c, s, none);
        sample_end();
    }
}

typedef struct Unlinked { Class *classes[512]; u32 n; } Unlinked;

static void note_unlinked(void *ctx, Class *c)
{
    Unlinked *u = ctx;
    if (c->kind == CLASS_INSTANCE && c->state < CS_LINKING && u->n < NELEM(u->classes)) u->classes[u->n++] = c;
}

static void defining(Thread *t)
{
    group("define", "define");
    for (u32 i = 0; world_corpus[i]; i++) {
        Symbol *name = symbol_of(world_corpus[i]);
        if (class_find_loaded(boot_loader, name)) continue;
        sample_begin();
        class_load(t, boot_loader, name);
        sample_end();
    }
    group("link", "link link_pair link_interface");
    Unlinked u = { .n = 0 };
    classes_each(note_unlinked, &u); /* superclasses and superinterfaces come first */
    for (u32 i = 0; i < u.n; i++) {
        sample_begin();
        class_link(t, u.classes[i]);
        sample_end();
    }
    world_initialized();
}

static void verifying(Thread *t)
{
    vm_options.verify_boot = true;
    for (u32 i = 0; world_corpus[i]; i++) verify_class(t, class_boot(world_corpus[i])); /* loads what the second time need not be loaded */
    group("verify", "verify_byte");
    for (u32 i = 0; world_corpus[i]; i++) {
        Class *c = class_boot(world_corpus[i]);
        sample_begin();
        bool ok = verify_class(t, c);
        sample_end();
        if (!ok) die("class %s does not verify", world_corpus[i]);
    }
    vm_options.verify_boot = false;
}

/* ---- Instructions -------------------------------------------------------------------------------------------- */
/* Has every class that the pool names been loaded and linked? Then resolving measures resolution alone. */
static void resolve_classes(Thread *t, const Class *c)
{
    for (u32 i = 1; i < c->cp->length; i++) {
        if (c->cp->tags[i] != CP_Class) continue;
        Class *named = class_load_or_null(t, boot_loader, cp_class_name(c->cp, i));
        if (named && named->kind == CLASS_INSTANCE) class_link(t, named);
    }
    world_initialized();
}

/* Method handles and the like are linked by Java code. */
static bool needs_java(const Method *m, u32 bci)
{
    const ConstantPool *cp = m->cp;
    u8 op = m->original[bci];
    u32 index = op == OP_ldc ? m->original[bci + 1] : code_u16(m->original + bci + 1), tag = cp->tags[index] & 0x3f;
    if (op == OP_ldc) return tag != CP_String && tag != CP_Class && tag != CP_Integer && tag != CP_Float;
    if (op < OP_invokevirtual || op > OP_invokeinterface) return false;
    const char *name = cp_class_name(cp, cp_ref_class_index(cp, index))->bytes;
    return !strncmp(name, "java/lang/invoke/", 17);
}

static void resolve_instruction(Thread *t, const Method *m, u32 bci)
{
    switch (m->original[bci]) {
    case OP_getstatic: case OP_putstatic: case OP_getfield: case OP_putfield: rt_resolve_field(t, bci, 0, 0, 0); break;
    case OP_invokevirtual: case OP_invokespecial: case OP_invokestatic: case OP_invokeinterface:
        if (needs_java(m, bci)) return;
        rt_resolve_invoke(t, bci, 0, 0, 0);
        break;
    case OP_new: case OP_anewarray: case OP_checkcast: case OP_instanceof: rt_resolve_class(t, bci, 0, 0, 0); break;
    case OP_ldc:
        if (needs_java(m, bci)) return;
        rt_resolve_ldc(t, bci, 0, 0, 0);
        break;
    default: return;
    }
    t->exception = NULL; /* put to a final field from elsewhere, and the like: rare */
}

static u32 resolve_method(Thread *t, Method *m, Frame *f)
{
    u32 n = 0;
    f->method = m;
    for (u32 bci = 0, length; bci < m->code_length; bci += length) {
        length = opcode_length_at(m->original, bci, m->code_length);
        resolve_instruction(t, m, bci);
        n += length;
    }
    return n;
}

enum { RESOLVED = 25 }; /* methods of each class */

/* As if none of its instructions had run; the pool stays resolved. */
static void forget_quickened(const Class *c)
{
    for (u32 k = 0; k < c->nmethods && k < RESOLVED; k++) {
        Method *m = &c->methods[k];
        if (!m->code) continue;
        memcpy(m->code, m->original, m->code_length);
        m->details->nlinks = 0;
    }
}

static void resolving(Thread *t)
{
    Frame f = { .method = NULL };
    for (u32 i = 0; world_corpus[i]; i++) resolve_classes(t, class_boot(world_corpus[i]));
    t->frame = &f;
    group("resolve", "resolve set_entry");
    for (u32 i = 0; world_corpus[i]; i++) {
        Class *c = class_boot(world_corpus[i]);
        for (u32 again = 0; again < 2; again++) { /* again: the pool is resolved, and only instructions are rewritten */
            if (again) forget_quickened(c);
            sample_begin();
            for (u32 k = 0; k < c->nmethods && k < RESOLVED; k++)
                if (c->methods[k].code) resolve_method(t, &c->methods[k], &f);
            sample_end();
        }
    }
    t->frame = NULL;
    group("refresh", "refresh_byte");
    sample_begin();
    quicken_refresh_fields(true);
    sample_end();
    relayout_kernels(t);
    group("profile", "attach_profile");
    Class *c = class_boot("java/util/ArrayList");
    for (u32 k = 0; k < c->nmethods; k++) {
        if (!c->methods[k].code || c->methods[k].profile) continue;
        sample_begin();
        profile_attach(&c->methods[k]);
        charge_units(attach_profile, 1);
        sample_end();
    }
    group("clear", "clear_metadata");
    for (u32 k = 200; k < 2000; k += 600) {
        u8 *p = window_alloc(&win_meta, k * 8, 8);
        sample_begin();
        memset(p, 0, k * 8);
        charge_units(clear_metadata, k / 8);
        sample_end();
        __asm__ volatile("" :: "r"(p) : "memory");
    }
}

static void declared_types(void)
{
    GcShape *moved[3] = { &wk.String->shape, &wk.Thread->shape, &wk.Class->shape };
    group("slots", "slot_type");
    for (u32 n = 1; n <= NELEM(moved); n++) {
        u32 count;
        sample_begin();
        for (u32 i = 0; world_corpus[i]; i++) slots_for(&class_boot(world_corpus[i])->shape, moved, n, &count);
        sample_end();
        slots_reset();
    }
}

void class_kernels(void)
{
    Thread *t = current_thread;
    parsing();
    searching();
    defining(t);
    verifying(t);
    resolving(t);
    declared_types();
}
