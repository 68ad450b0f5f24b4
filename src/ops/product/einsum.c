/* Einstein's sums by transposes, matrix products and sums. keras.ops.einsum
 *
 * Operands are contracted from left to right. For two of them the labels fall into four kinds:
 * those of both that go on (batch), those of both that end here (inner), and those of one (free):
 * a becomes (batch..., free_a, inner), b (batch..., inner, free_b), and one product does the rest.
 */
#include "ops/product/einsum.h"
#include "graph/form.h"

#include <string.h>

/* A tensor with the labels of its axes. */
typedef struct operand {
    cn_tensor *x;
    cn_einsum_term term;
} operand;

static int place(const cn_einsum_term *term, int label)
{
    for (int i = 0; i < term->rank; i++)
        if (term->label[i] == label)
            return i;
    return -1;
}

static void drop_axis(cn_einsum_term *term, int axis)
{
    term->rank--;
    for (int i = axis; i < term->rank; i++)
        term->label[i] = term->label[i + 1];
}

/* ---- one operand ---- */

/* The diagonal of axes i and k stays at i: what has different places along both is zeroed, and k
 * summed away. */
static cn_tensor *take_diagonal(cn_tensor *x, int i, int k)
{
    int64_t a = x->shape.dim[i], b = x->shape.dim[k];
    if (a != b && a >= 0 && b >= 0)
        return cn_fail_null(CN_EINVAL, "cn_einsum: axes %d and %d of %s have one label", i, k,
                            cn_shape_text(x->shape));
    cn_tensor *ones = cn_cast(cn_ones_like(x), CN_INT32);
    cn_tensor *on = cn_equal(cn_cumsum(ones, i), cn_cumsum(ones, k));
    return cn_sum(cn_select(on, x, 0), {{k}});
}

static bool merge_repeats(operand *o)
{
    for (int k = 1; k < o->term.rank && o->x; k++) {
        int i = place(&o->term, o->term.label[k]);
        if (i == k)
            continue;
        o->x = take_diagonal(o->x, i, k);
        drop_axis(&o->term, k--);
    }
    return o->x != NULL;
}

/* Sums away the axes whose label nobody needs any more. */
static bool drop_unneeded(operand *o, const bool *needed)
{
    cn_axes axes = {{0}};
    int count = 0;
    for (int i = 0; i < o->term.rank; i++)
        if (!needed[o->term.label[i]])
            axes.d[count++] = i;
    if (count)
        o->x = cn_sum(o->x, axes);
    for (int i = count; i-- > 0;)
        drop_axis(&o->term, (int)axes.d[i]);
    return o->x != NULL;
}

/* The axes in the order of `want`, all of which it has. */
static cn_tensor *arrange(const operand *o, const cn_einsum_term *want)
{
    cn_axes perm = {{0}};
    for (int i = 0; i < want->rank; i++)
        perm.d[i] = place(&o->term, want->label[i]);
    return want->rank ? cn_transpose_(o->x, perm) : o->x;
}

/* ---- two operands ---- */

static void add(cn_einsum_term *term, int label)
{
    term->label[term->rank++] = label;
}

static void append(cn_einsum_term *to, const cn_einsum_term *from)
{
    for (int i = 0; i < from->rank; i++)
        add(to, from->label[i]);
}

typedef struct kinds {
    cn_einsum_term batch, inner, free_a, free_b;
} kinds;

static kinds sort_labels(const operand *a, const operand *b, const bool *needed)
{
    kinds k;
    memset(&k, 0, sizeof k);
    for (int i = 0; i < a->term.rank; i++) {
        int label = a->term.label[i];
        bool shared = place(&b->term, label) >= 0;
        add(!shared ? &k.free_a : needed[label] ? &k.batch : &k.inner, label);
    }
    for (int i = 0; i < b->term.rank; i++)
        if (place(&a->term, b->term.label[i]) < 0)
            add(&k.free_b, b->term.label[i]);
    return k;
}

/* Sizes fit where they are equal, and 1 fits all. An inner axis of size 1 in one operand alone is
 * summed away in the other. */
static bool fit(operand *a, operand *b, kinds *k)
{
    for (int i = 0; i < a->term.rank; i++) {
        int at = place(&b->term, a->term.label[i]);
        int64_t da = a->x->shape.dim[i], db = at < 0 ? da : b->x->shape.dim[at];
        if (da != db && da > 1 && db > 1)
            return cn_fail(CN_EINVAL, "cn_einsum: axis %d of %s and axis %d of %s have one label",
                           i, cn_shape_text(a->x->shape), at, cn_shape_text(b->x->shape));
    }
    for (int i = k->inner.rank; i-- > 0;) {
        int label = k->inner.label[i], ia = place(&a->term, label), ib = place(&b->term, label);
        if ((a->x->shape.dim[ia] == 1) == (b->x->shape.dim[ib] == 1))
            continue;
        a->x = cn_sum(a->x, {{ia}});
        b->x = cn_sum(b->x, {{ib}});
        drop_axis(&a->term, ia);
        drop_axis(&b->term, ib);
        drop_axis(&k->inner, i);
    }
    return a->x && b->x;
}

/* No inner label: a product of elements. */
static cn_tensor *outer(const operand *a, const operand *b, const cn_einsum_term *y)
{
    const operand *both[] = {a, b};
    cn_tensor *x[2];
    for (int k = 0; k < 2; k++) {
        cn_einsum_term own = {0};
        for (int i = 0; i < y->rank; i++)
            if (place(&both[k]->term, y->label[i]) >= 0)
                add(&own, y->label[i]);
        x[k] = arrange(both[k], &own);
        for (int i = 0; i < y->rank; i++)
            if (place(&own, y->label[i]) < 0)
                x[k] = cn_expand_dims(x[k], i);
    }
    return cn_mul(x[0], x[1]);
}

/* (batch..., first..., second...) with each group but the batch as one axis; the order that needs
 * no transpose is kept, *swapped then says so. */
static cn_tensor *as_matrices(const operand *o, const cn_einsum_term *batch,
                              const cn_einsum_term *first, const cn_einsum_term *second,
                              bool *swapped)
{
    cn_einsum_term straight = *batch, crossed = *batch;
    append(&straight, first);
    append(&straight, second);
    append(&crossed, second);
    append(&crossed, first);
    *swapped = !memcmp(o->term.label, crossed.label, (size_t)crossed.rank * sizeof(int));
    cn_tensor *x = arrange(o, *swapped ? &crossed : &straight);
    int head = *swapped ? second->rank : first->rank, tail = *swapped ? first->rank : second->rank;
    return cn_merge_axes(cn_merge_axes(x, batch->rank + head, tail), batch->rank, head);
}

/* y's axis `first` back to the axes of `from` whose labels are `labels`. */
static cn_tensor *split(cn_tensor *y, int first, const operand *from, const cn_einsum_term *labels)
{
    cn_einsum_term order = *labels;
    for (int i = 0; i < from->term.rank; i++)
        if (place(labels, from->term.label[i]) < 0)
            add(&order, from->term.label[i]);
    return labels->rank == 1 ? y : cn_split_axis(y, first, arrange(from, &order), 0, labels->rank);
}

static cn_tensor *product(const operand *a, const operand *b, const kinds *k)
{
    bool swap_a, swap_b;
    cn_tensor *left = as_matrices(a, &k->batch, &k->free_a, &k->inner, &swap_a);
    cn_tensor *right = as_matrices(b, &k->batch, &k->inner, &k->free_b, &swap_b);
    cn_tensor *y = cn_matmul_t(left, right, swap_a, swap_b);
    y = split(y, k->batch.rank + 1, b, &k->free_b);
    return split(y, k->batch.rank, a, &k->free_a);
}

static bool contract(operand *a, operand *b, const bool *needed)
{
    kinds k = sort_labels(a, b, needed);
    cn_einsum_term y = k.batch;
    if (k.batch.rank + k.free_a.rank + k.free_b.rank > CN_MAX_RANK)
        return cn_fail(CN_EINVAL, "cn_einsum: shapes %s and %s give more than %d axes",
                       cn_shape_text(a->x->shape), cn_shape_text(b->x->shape), CN_MAX_RANK);
    if (!fit(a, b, &k))
        return false;
    append(&y, &k.free_a);
    append(&y, &k.free_b);
    a->x = k.inner.rank ? product(a, b, &k) : outer(a, b, &y);
    a->term = y;
    return a->x != NULL;
}

/* ---- the whole sum ---- */

static void mark(const cn_einsum_term *term, bool *needed)
{
    for (int i = 0; i < term->rank; i++)
        needed[term->label[i]] = true;
}

/* The labels of the result and of the terms from `first` on. */
static void find_needed(const cn_einsum_plan *plan, int first, bool *needed)
{
    memset(needed, 0, CN_EINSUM_LABELS * sizeof *needed);
    mark(&plan->out, needed);
    for (int t = first; t < plan->count; t++)
        mark(&plan->in[t], needed);
}

cn_tensor *cn_einsum(cn_str equation, const cn_list *tensors)
{
    cn_einsum_plan plan;
    bool needed[CN_EINSUM_LABELS];
    if (!equation || !tensors || !cn_einsum_read(equation, tensors, &plan))
        return NULL;
    operand sum = {cn_list_item(tensors, 0), plan.in[0]};
    find_needed(&plan, 1, needed);
    if (!merge_repeats(&sum) || !drop_unneeded(&sum, needed))
        return NULL;
    for (int t = 1; t < plan.count; t++) {
        operand next = {cn_list_item(tensors, (size_t)t), plan.in[t]};
        find_needed(&plan, t + 1, needed);
        mark(&sum.term, needed);
        if (!merge_repeats(&next) || !drop_unneeded(&next, needed))
            return NULL;
        find_needed(&plan, t + 1, needed);
        if (!contract(&sum, &next, needed) || !drop_unneeded(&sum, needed))
            return NULL;
    }
    cn_tensor *y = arrange(&sum, &plan.out);
    return CN_FORMED(y, "Einsum", tensors, "\"subscripts\": \"%s\"", equation);
}
