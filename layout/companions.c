/* Which companions go along: see companions.h. */
#include "layout/companions.h"
#include "layout/forecast.h"

enum { MOST_OF_COMPANIONS = 200 /* percent of a pass's cost without them */ };

/* A companion that is not known to be used stays. If it is used all the same, what moves away from it saves little: one miss becomes another. */
static void dispute(Edge *edges, u32 n, const Edge *companion)
{
    for (u32 i = 0; i < n; i++)
        edges[i].disputed |= edges[i].field && edges[i].from == companion->from && !forecast_linked(edges, n, edges[i].to);
}

/* Companions hardly ever miss: whether they are used at all shows in a sample or two where a line ends between them and what is hot. Where those
   that are add much to the cost, arrays alone go along, without which their holders are of no use. */
u32 companions_add(const Graph *g, const Samples *samples, Edge *edges, u32 n, u64 (*cost)(const Edge *edges, u32 n))
{
    u64 alone = cost(edges, n);
    u32 more = place_companions(samples, edges, n, MAX_COMPANIONS), used = 0, arrays = 0;
    for (u32 i = n; i < n + more; i++) {
        if (edges[i].to->kind == CLASS_ARRAY || graph_met(g, &edges[i])) edges[n + used++] = edges[i];
        else dispute(edges, n, &edges[i]);
    }
    if (cost(edges, n + used) * 100 <= alone * MOST_OF_COMPANIONS) return used;
    for (u32 i = n; i < n + used; i++)
        if (edges[i].to->kind == CLASS_ARRAY) edges[n + arrays++] = edges[i];
    return arrays;
}
