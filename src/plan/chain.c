/* Chains: ops of a cluster that follow each other, and of which one loop is known that does them
 * all and keeps in registers what lies between. Element for element it reads, computes and writes
 * what they do; so nothing else changes, neither results nor memory. */
#include <string.h>

#include "backend/cpu/loops/loops.h"
#include "plan/cluster.h"

/* One op of the chain: users come after what they read. Operands are numbers of links, or what
 * comes from outside, in the order in which the loop takes it. */
typedef struct link {
    uint8_t op, in[2];
    bool kept; /* the loop writes it, after what comes from outside */
} link;

enum { LINKS = 12, GRAD = LINKS, MEAN, RATE_1, SQUARE, RATE_2, EPSILON, ALPHA, WEIGHT, END };

static const link adam[LINKS] = {
    {CN_LOOP_sub, {GRAD, MEAN}, false}, {CN_LOOP_mul, {0, RATE_1}, false},
    {CN_LOOP_add, {MEAN, 1}, true},     {CN_LOOP_square, {GRAD}, false},
    {CN_LOOP_sub, {3, SQUARE}, false},  {CN_LOOP_mul, {4, RATE_2}, false},
    {CN_LOOP_add, {SQUARE, 5}, true},   {CN_LOOP_sqrt, {6}, false},
    {CN_LOOP_add, {7, EPSILON}, false}, {CN_LOOP_mul, {2, ALPHA}, false},
    {CN_LOOP_div, {9, 8}, false},       {CN_LOOP_sub, {WEIGHT, 10}, true},
};

/* What the links and the outside have been found to be: members, and slots. -1: not yet. */
typedef struct match {
    const cn_cluster *cluster;
    const cn_ir *ir;
    const cn_ir_step *step;
    int found[END];
} match;

static bool agree(int *found, int with)
{
    if (*found < 0)
        *found = with;
    return *found == with;
}

/* Which the loop takes once for all weights. */
static bool is_number(int outside)
{
    return outside == RATE_1 || outside == RATE_2 || outside == EPSILON || outside == ALPHA;
}

static bool follow(match *m, int i)
{
    const cn_ir_node *node = &m->ir->nodes[m->step->nodes[m->found[i]]];
    const cn_cluster_op *op = &m->cluster->ops[m->found[i]];
    bool ok = op->loop == cn_loop_get(adam[i].op, CN_FLOAT32) &&
              (adam[i].kept || (node->buffer < 0 && node->n_users == 1));
    for (int k = 0; ok && k < node->n_in; k++) {
        int in = adam[i].in[k];
        int member = cn_cluster_member(m->ir, m->step, node->in[k]);
        if (in < LINKS)
            ok = member >= 0 && agree(&m->found[in], member);
        else /* it is there before the chain begins */
            ok = member <= m->found[LINKS - 1] - LINKS && agree(&m->found[in], op->in[k]) &&
                 (!is_number(in) || cn_ir_size(m->ir, node->in[k]) == 1);
    }
    return ok;
}

/* Does the chain end with that member? Its first one, or -1. */
static int chain_start(match *m, int last)
{
    unsigned seen = 0;
    memset(m->found, -1, sizeof m->found);
    m->found[LINKS - 1] = last;
    for (int i = LINKS; i--;) {
        if (!follow(m, i) || m->found[i] > last || m->found[i] <= last - LINKS)
            return -1;
        seen |= 1U << (last - m->found[i]);
    }
    return seen == (1U << LINKS) - 1 ? last - LINKS + 1 : -1;
}

void cn_cluster_chain(cn_cluster *cluster, const cn_ir *ir, const cn_ir_step *step)
{
    match m = {cluster, ir, step, {0}};
    if (cluster->row > 1 || cn_pass_off("chain")) /* links of rows are read spread */
        return;
    for (int last = LINKS - 1; last < cluster->n_ops; last++) {
        int first = chain_start(&m, last);
        if (first < 0)
            continue;
        cn_cluster_op *op = &cluster->ops[first];
        op->n_in = 0;
        for (int k = LINKS; k < END; k++)
            op->in[op->n_in++] = (int16_t)m.found[k];
        for (int i = 0; i < LINKS - 1; i++)
            if (adam[i].kept)
                op->in[op->n_in++] = cluster->ops[m.found[i]].out;
        op->out = cluster->ops[last].out;
        op->loop = cn_isa_pick(cn_loops)->adam;
        op->span = LINKS;
    }
}
