/* Unloading: after a collection, the classes of dead units are taken out of every table that knows them, and their memory is given back.
   Nothing that is alive refers to them, but for what is only a guess or a cache: profiles, inline caches, lists of subclasses, modules'
   relations. Those are cleaned here. */
#include "vm/unit.h"
#include "base/hash.h"
#include "base/log.h"
#include "vm/constraints.h"
#include "vm/loader.h"
#include "vm/module.h"
#include "vm/opcodes.h"
#include "vm/profile.h"
#include "vm/resolve.h"
#include "vm/sim.h"
#include "vm/unified.h"
#include <stdio.h>

static bool is_dead(const void *metadata)
{
    const Unit *u = unit_at((u64)metadata);
    return u && u->dead;
}

/* ---- What the living remember of the dead ---------------------------------------------------------------------------------------------- */

static void clean_profile(Method *m)
{
    for (u32 bci = 0, n; bci < m->code_length; bci += n) {
        u8 op = m->original[bci];
        n = opcode_length_at(m->original, bci, m->code_length);
        ASSERT(n);
        bool typed = op == OP_invokevirtual || op == OP_invokeinterface || op == OP_checkcast || op == OP_instanceof;
        u32 *p = m->profile + bci;
        if (typed && p[PROFILE_CLASS] && is_dead((void *)(WIN_BASE + p[PROFILE_CLASS]))) p[PROFILE_CLASS] = p[PROFILE_CLASS_COUNT] = 0;
    }
}

static void clean_class(void *ctx, Class *c)
{
    (void)ctx;
    if (c->kind != CLASS_INSTANCE) return;
    for (Class **at = &c->subclasses; *at; )
        if (is_dead(*at)) *at = (*at)->next_sibling;
        else at = &(*at)->next_sibling;
    for (u32 i = 0; i < c->nmethods; i++)
        if (c->methods[i].profile) clean_profile(&c->methods[i]);
    for (u32 i = 1; i < c->cp->length; i++) {
        if (c->cp->tags[i] != (CP_InterfaceMethodref | CP_RESOLVED)) continue;
        CallInfo *call = (CallInfo *)c->cp->v[i];
        if (call->cached_class && is_dead(call->cached_class)) call->cached_class = NULL, call->cached_method = NULL;
    }
}

static void clean_loader(void *ctx, Loader *l)
{
    (void)ctx;
    Map *m = l->dictionary;
    MapEntry *e;
    for (size_t i = 0; (e = map_next(m, &i)); )
        if (is_dead((void *)e->value)) map_del(m, e->key);
}

/* ---- The dead ----------------------------------------------------------------------------------------------------------------------------- */

static void announce(const Class *c)
{
    LOG(class, "unload %s", c->name->bytes);
    if (!vm_options.verbose_class || c->kind != CLASS_INSTANCE) return;
    char *name = class_java_name(c);
    ul_log(UL_CLASS_UNLOAD, "unloading class %s %p", name, (void *)c);
    free(name);
}

static void take_out(Class *c)
{
    ASSERT(c->unit && c->unit->dead);
    announce(c);
    if (c->kind != CLASS_INSTANCE) return;
    if (c->unit->hidden) loader_remove_class(c->loader, c);
    constraints_forget_class(c);
}

/* Memory outside the unit's own. */
static void free_contents(Class *c)
{
    if (c->kind != CLASS_INSTANCE || units_keep_memory) return;
    cp_free_errors(c->cp);
    for (u32 i = 0; i < c->nmethods; i++) {
        free(c->methods[i].details->ffi);
        if (c->methods[i].jit) vm_hooks.method_unload(&c->methods[i]);
    }
    if (c->image.data && !jimage_contains(c->image.data)) free((void *)c->image.data);
}

static u32 bury(Unit *u)
{
    ASSERT(u->dead && (u->loader || u->hidden));
    u32 n = (u32)u->classes.len;
    for (size_t i = 0; i < u->classes.len; i++) free_contents(u->classes.data[i]);
    if (u->loader) {
        constraints_forget_loader(u->loader);
        modules_forget_loader(u->loader);
        loader_forget(u->loader);
    }
    unit_free(u);
    return n;
}

void units_unload(void)
{
    bool any = false, loaders = false;
    for (const Unit *u = units_first(); u; u = u->next) any |= u->dead, loaders |= u->dead && u->loader;
    if (!any) return;
    units_keep_memory |= sim_active();
    for (const Unit *u = units_first(); u; u = u->next)
        for (size_t i = 0; u->dead && i < u->classes.len; i++) take_out(u->classes.data[i]);
    classes_forget_dead();
    classes_each(clean_class, NULL);
    if (loaders) loaders_each(clean_loader, NULL);
    call_sites_forget(is_dead);
    if (vm_hooks.classes_unload) vm_hooks.classes_unload(is_dead);
    u32 n = 0;
    for (Unit *u = units_first(), *next; u; u = next) {
        next = u->next;
        if (u->dead) n += bury(u);
    }
    LOG(gc, "unloaded %u classes", n);
}
