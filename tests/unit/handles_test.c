/* JNI references: frames, reuse of deleted slots, roots, weak references, pins. Objects are plain aligned words here. */
#include "vm/native.h"
#include <criterion/criterion.h>

static Object objects[64] __attribute__((aligned(8)));
static Object elsewhere[64] __attribute__((aligned(8)));
static u32 visited;

static void count(void *ctx, GcObject **slot)
{
    (void)ctx, (void)slot;
    visited++;
}

/* As a moving collection: every object of the first array goes to the same place in the second. */
static void move(void *ctx, GcObject **slot)
{
    (void)ctx;
    *slot = (GcObject *)&elsewhere[(Object *)*slot - objects];
}

static void clear(void *ctx, GcObject **slot)
{
    (void)ctx;
    *slot = NULL;
}

static u32 local_roots(Thread *t)
{
    visited = 0;
    handle_thread_roots(t, count, NULL);
    return visited;
}

Test(handles, frames_end_with_their_references)
{
    Thread t = { .id = 1 };
    cr_assert_null(handle_local(&t, NULL));
    Handle outer = handle_local(&t, &objects[0]);
    void *frame = handles_push(&t, 16);
    for (int i = 0; i < 500; i++) cr_assert_eq(handle_get(handle_local(&t, &objects[i % 64])), &objects[i % 64]);
    cr_assert_eq(local_roots(&t), 501);
    void *inner = handles_push(&t, 0);
    cr_assert_eq(handles_top(&t), inner);
    handle_local(&t, &objects[3]);
    handles_pop(&t, frame); /* takes the forgotten inner one along */
    cr_assert_eq(local_roots(&t), 1);
    cr_assert_eq(handle_get(outer), &objects[0]);
    handles_free(&t);
}

Test(handles, deleted_slots_are_reused_and_no_roots)
{
    Thread t = { .id = 1 };
    handles_push(&t, 0);
    Handle a = handle_local(&t, &objects[0]), b = handle_local(&t, &objects[1]);
    handle_delete_local(&t, a);
    handle_delete_local(&t, a); /* ignored */
    cr_assert_eq(local_roots(&t), 1);
    cr_assert_eq(handle_local(&t, &objects[2]), a);
    cr_assert_eq(handle_get(b), &objects[1]);
    cr_assert_eq(local_roots(&t), 2);
}

Test(handles, deleting_an_outer_reference_inside_an_inner_frame)
{
    Thread t = { .id = 1 };
    Handle a = handle_local(&t, &objects[0]);
    void *frame = handles_push(&t, 0);
    handle_delete_local(&t, a);
    handle_local(&t, &objects[1]);
    handles_pop(&t, frame);
    Handle b = handle_local(&t, &objects[2]);
    cr_assert_eq(handle_get(b), &objects[2]);
    cr_assert_leq(local_roots(&t), 2);
}

Test(handles, moved_objects_are_followed)
{
    Thread t = { .id = 1 };
    Handle l = handle_local(&t, &objects[5]), g = handle_global(&objects[6]), w = handle_weak_global(&objects[7]);
    handle_thread_roots(&t, move, NULL);
    handle_roots(move, NULL);
    handle_weak_roots(move, NULL);
    cr_assert_eq(handle_get(l), &elsewhere[5]);
    cr_assert_eq(handle_get(g), &elsewhere[6]);
    cr_assert_eq(handle_get(w), &elsewhere[7]);
}

Test(handles, weak_references_read_null_after_death)
{
    Handle w = handle_weak_global(&objects[1]);
    handle_weak_roots(clear, NULL);
    cr_assert_null(handle_get(w));
    handle_delete_weak(w);
    cr_assert_eq(handle_weak_global(&objects[2]), w);
}

Test(handles, globals_are_counted_once_each)
{
    Handle g[300];
    for (int i = 0; i < 300; i++) g[i] = handle_global(&objects[i % 64]);
    for (int i = 0; i < 300; i += 2) handle_delete_global(g[i]);
    handle_delete_global(g[0]); /* twice: ignored */
    visited = 0;
    handle_roots(count, NULL);
    cr_assert_eq(visited, 150);
}

static void count_range(void *ctx, const void *lo, const void *hi) { *(size_t *)ctx += (size_t)((Object *const *)hi - (Object *const *)lo); }

Test(handles, pins_nest)
{
    size_t n = 0;
    handle_pin(&objects[0]), handle_pin(&objects[1]), handle_pin(&objects[0]);
    handle_unpin(&objects[0]);
    handle_pinned_roots(count_range, &n);
    cr_assert_eq(n, 2);
    handle_unpin(&objects[0]), handle_unpin(&objects[1]), handle_unpin(&objects[1]);
    n = 0;
    handle_pinned_roots(count_range, &n);
    cr_assert_eq(n, 0);
}
