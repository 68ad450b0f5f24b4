/* What layers under CN_REMAT_SCOPE made is not kept for the way back but computed again, right
 * before it is wanted there. A stretch of such nodes begins where one tensor alone leads on from
 * all before it; that tensor is kept. The length of stretches is chosen so that memory is least. */
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "plan/ir.h"

/* A view of its first input, there when the second is. */
static const cn_op after = {.name = "after", .traits = CN_VIEW};

typedef struct node {
    bool again;   /* may be computed again; in the end: is */
    bool saved;   /* the way back reads it */
    int last;     /* its last reader that may be computed again; or -1 */
    int ends;     /* so many have it for their last reader */
    int source;   /* what else would have to be kept for it; -1: nothing */
    size_t bytes; /* its own; of a source, then: all that would be spared */
    size_t spared;
    int stretch;
    int copy; /* its second self among the new nodes, or -1 */
    int now;  /* itself among them */
} node;

typedef struct remat {
    cn_ir *ir;
    node *of;
    cn_ir_node *nodes; /* the new ones */
    int count;
    int *links, *link;
    bool *made; /* by stretch: its copies */
} remat;

static bool is_back(const cn_ir *ir, int i)
{
    return ir->nodes[i].tensor->marks & CN_MADE_BACK;
}

static bool may_again(const cn_ir_node *node)
{
    enum { NEVER = CN_IMPURE | CN_LATE | CN_FALLIBLE };
    return node->tensor->marks == CN_MADE_AGAIN && !node->dead && !node->wanted && node->n_in &&
           !(node->op->traits & NEVER) && cn_shape_known(node->tensor->shape);
}

static bool is_part(const cn_ir_node *node)
{
    return node->n_in && (node->op->traits & CN_VIEW || node->op == &cn_op_nth);
}

/* Small ones are kept: they cost little, and reductions to make them again much. */
static void find(remat *r)
{
    const cn_ir *ir = r->ir;
    size_t most = 0;
    for (int i = 0; i < ir->count; i++) {
        const cn_ir_node *from = &ir->nodes[i];
        node *n = &r->of[i];
        *n = (node){.again = may_again(from), .last = -1, .source = -1, .copy = -1};
        if (from->n_in && !from->dead && !(from->op->traits & CN_VIEW) &&
            cn_shape_known(from->tensor->shape))
            n->bytes = (size_t)cn_ir_size(ir, i) * cn_dtype_size(from->tensor->dtype);
        if (n->again && n->bytes > most)
            most = n->bytes;
    }
    for (int i = 0; i < ir->count; i++) {
        const cn_ir_node *from = &ir->nodes[i];
        bool large = r->of[i].bytes > most / 64 || from->op->traits & CN_VIEW;
        r->of[i].again &= large && (!is_part(from) || r->of[from->in[0]].again);
    }
    for (int i = ir->count; i--;)
        for (int u = 0; u < ir->nodes[i].n_users && !is_back(ir, i); u++) {
            int user = ir->nodes[i].users[u];
            bool view = ir->nodes[user].op->traits & CN_VIEW;
            r->of[i].saved |= is_back(ir, user) || (view && r->of[user].saved);
        }
}

/* Does it lie in memory on the way back anyway? */
static bool is_there(const remat *r, int i)
{
    int base = cn_ir_base(r->ir, i);
    return r->of[base].saved || cn_is_leaf(r->ir->nodes[base].tensor);
}

/* Nodes stay as they are where it would take as much to keep what they are made of. */
static void drop_useless(remat *r)
{
    const cn_ir *ir = r->ir;
    for (int i = 0; i < ir->count; i++) {
        node *n = &r->of[i];
        for (int k = 0; k < ir->nodes[i].n_in && n->again && n->source < 0; k++) {
            int in = ir->nodes[i].in[k];
            bool other =
                !r->of[in].again && !is_there(r, in) && 4 * cn_ir_size(ir, in) > cn_ir_size(ir, i);
            n->source = other ? in : r->of[in].source;
        }
        if (n->again && n->saved && n->source >= 0)
            r->of[n->source].spared += n->bytes;
    }
    for (int i = 0; i < ir->count; i++) {
        node *n = &r->of[i];
        if (n->source >= 0 &&
            2 * r->of[n->source].spared <= 3 * (size_t)cn_ir_size(ir, n->source) *
                                               cn_dtype_size(ir->nodes[n->source].tensor->dtype))
            n->again = false;
        for (int k = 0; k < ir->nodes[i].n_in && n->again; k++)
            r->of[ir->nodes[i].in[k]].last = i;
    }
    for (int i = 0; i < ir->count; i++)
        if (r->of[i].again && r->of[i].last >= 0)
            r->of[r->of[i].last].ends++;
}

/* Cuts into stretches that spare at least so many bytes, and says how much lies in memory then when
 * the way back is where that is most. With `keep` the cuts are made. */
static size_t cut(remat *r, size_t least, bool keep)
{
    size_t stays = 0, stretch = 0, most = 0;
    int open = 0, number = 0;
    for (int i = 0; i < r->ir->count; i++) {
        node *n = &r->of[i];
        open -= n->ends;
        bool leads_on = n->again && n->last > i;
        open += leads_on;
        bool kept = leads_on && open == 1 && stretch >= least;
        n->stretch = number;
        if (n->saved && n->again && !kept)
            stretch += n->bytes;
        else if (n->saved || kept)
            stays += n->bytes;
        most = stays + stretch > most ? stays + stretch : most;
        if (kept || is_back(r->ir, i) || (n->again && !open)) {
            number += stretch > 0;
            stretch = 0;
        }
        n->again &= !(kept && keep);
    }
    return most;
}

/* Only what the way back reads, directly or not. */
static bool choose(remat *r)
{
    size_t all = 0, best = 0, least = 0;
    for (int i = 0; i < r->ir->count; i++)
        all += r->of[i].saved ? r->of[i].bytes : 0;
    best = all;
    for (size_t one = all; one; one /= 2) {
        size_t takes = cut(r, one, false);
        if (takes >= best)
            continue;
        best = takes;
        least = one;
    }
    if (!least)
        return false;
    cut(r, least, true);
    for (int i = r->ir->count; i--;) {
        const cn_ir_node *node = &r->ir->nodes[i];
        bool wanted = r->of[i].saved;
        for (int u = 0; u < node->n_users; u++)
            wanted |= r->of[node->users[u]].again;
        r->of[i].again = r->of[i].again && wanted;
    }
    return true;
}

/* What comes from the way back and is read together with node i, or with what is made of it. */
static int anchor_of(const remat *r, int i)
{
    const cn_ir *ir = r->ir;
    for (int j = i, depth = 0; depth < 8; depth++) {
        const cn_ir_node *node = &ir->nodes[j];
        int last = -1;
        for (int k = 0; k < node->n_in; k++)
            if (is_back(ir, node->in[k]) && ir->nodes[node->in[k]].n_in && node->in[k] < i &&
                node->in[k] > last)
                last = node->in[k];
        if (last >= 0 || !node->n_users)
            return last;
        j = node->users[0];
    }
    return -1;
}

static int add(remat *r, int i, bool second)
{
    const cn_ir_node *from = &r->ir->nodes[i];
    cn_ir_node *to = &r->nodes[r->count];
    *to = *from;
    to->in = r->link;
    for (int k = 0; k < from->n_in; k++) {
        const node *in = &r->of[from->in[k]];
        bool other = in->again && (second || is_back(r->ir, i)) && in->copy >= 0;
        *r->link++ = other ? in->copy : ~from->in[k]; /* leaves may come later */
    }
    return r->count++;
}

/* The copies of a stretch, which wait for the anchor. */
static void add_stretch(remat *r, int stretch, int anchor)
{
    for (int i = 0; i < r->ir->count; i++) {
        node *n = &r->of[i];
        if (!n->again || n->stretch != stretch)
            continue;
        bool first = true;
        const cn_ir_node *node = &r->ir->nodes[i];
        for (int k = 0; k < node->n_in; k++)
            first &= r->of[node->in[k]].copy < 0;
        if (first && anchor >= 0) {
            const cn_ir_node *in = &r->ir->nodes[node->in[0]];
            r->nodes[r->count] = (cn_ir_node){
                .op = &after, .tensor = in->tensor, .step = -1, .buffer = -1, .in = r->link};
            r->nodes[r->count++].n_in = 2;
            *r->link++ = ~node->in[0];
            *r->link++ = ~anchor;
            n->copy = add(r, i, true);
            r->nodes[n->copy].in[0] = n->copy - 1;
        } else {
            n->copy = add(r, i, true);
        }
    }
    r->made[stretch] = true;
}

static void renumber(const remat *r, int *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        list[i] = r->of[list[i]].now;
}

/* All nodes once more, copies before the first that reads them. */
static bool rewrite(remat *r)
{
    cn_ir *ir = r->ir;
    for (int i = 0; i < ir->count; i++) {
        const cn_ir_node *node = &ir->nodes[i];
        for (int k = 0; k < node->n_in && is_back(ir, i) && !node->dead; k++) {
            const struct node *in = &r->of[node->in[k]];
            if (in->again && !r->made[in->stretch])
                add_stretch(r, in->stretch, anchor_of(r, i));
        }
        int now = add(r, i, false);
        r->of[i].now = now;
    }
    for (int *link = r->links; link < r->link; link++)
        *link = *link < 0 ? r->of[~*link].now : *link;
    renumber(r, ir->outputs, ir->request->n_outputs);
    renumber(r, ir->values, ir->request->n_assigned);
    renumber(r, ir->targets, ir->request->n_assigned);
    cn_mem_free(ir->nodes);
    cn_mem_free(ir->links);
    ir->nodes = r->nodes;
    ir->links = r->links;
    ir->count = r->count;
    return cn_ir_links(ir);
}

static bool recompute(remat *r, int links)
{
    size_t n = 3 * (size_t)r->ir->count;
    r->ir->links_room = 3 * links + (int)n;
    r->links = r->link = cn_mem_calloc(2 * (size_t)r->ir->links_room, sizeof *r->links);
    r->nodes = cn_mem_calloc(n, sizeof *r->nodes);
    r->made = cn_mem_calloc((size_t)r->ir->count + 1, sizeof *r->made);
    bool ok = r->links && r->nodes && r->made;
    if (ok)
        return rewrite(r);
    cn_mem_free(r->links);
    cn_mem_free(r->nodes);
    return false;
}

bool cn_pass_remat(cn_ir *ir)
{
    int marked = 0, links = 0;
    for (int i = 0; i < ir->count; i++) {
        marked += ir->nodes[i].tensor->marks == CN_MADE_AGAIN;
        links += ir->nodes[i].n_in;
    }
    if (!marked || ir->request->quick || cn_pass_off("remat"))
        return true;
    remat r = {.ir = ir, .of = cn_mem_calloc((size_t)ir->count, sizeof *r.of)};
    bool ok = r.of;
    if (ok) {
        find(&r);
        drop_useless(&r);
        ok = !choose(&r) || recompute(&r, links);
    }
    cn_mem_free(r.of);
    cn_mem_free(r.made);
    return ok;
}
