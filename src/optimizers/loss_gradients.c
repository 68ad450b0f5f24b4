/* Gradients of a loss, and what is said where there are none. Keras 2's Optimizer.get_gradients */
#include "base/alloc.h"
#include "base/error.h"
#include "graph/gradients.h"
#include "ops/ops.h"
#include "optimizers/optimizer.h"

bool cn_no_gradient(cn_tensor *loss, cn_tensor *weight)
{
    const cn_tensor *end = cn_gradient_end(loss, weight);
    char *where = end ? cn_mem_printf("It ends at the op '%s'%s%s%s.", end->op->name,
                                      end->layer ? " in layer '" : "", end->layer ? end->layer : "",
                                      end->layer ? "'" : "")
                      : cn_mem_printf("The loss does not depend on it.");
    cn_fail(CN_EINVAL,
            "An operation has `None` for gradient. Please make sure that all of your ops have a "
            "gradient defined (i.e. are differentiable). Common ops without gradient: K.argmax, "
            "K.round, K.eval. There is none for '%s'. %s",
            cn_is_variable(weight) ? weight->variable->path : "a tensor", where ? where : "");
    cn_mem_free(where);
    return false;
}

cn_list *cn_loss_gradients(cn_tensor *loss, const cn_list *weights)
{
    cn_list *grads = cn_gradients(loss, weights);
    bool any = false;
    for (size_t i = 0; grads && i < grads->count; i++)
        any = any || !cn_is_none(grads->items[i]);
    if (grads && !any && weights->count)
        return cn_no_gradient(loss, weights->items[0]), NULL;
    return grads;
}

static cn_list *clipped(const cn_optimizer *self, const cn_list *grads, const cn_list *weights)
{
    cn_gradient *pairs = cn_mem_calloc(grads->count, sizeof *pairs);
    cn_list *list = pairs ? cn_list_new() : NULL;
    for (size_t i = 0; pairs && i < grads->count; i++)
        pairs[i] = (cn_gradient){weights->items[i], grads->items[i]};
    bool ok = list && cn_clip_gradients(self, pairs, grads->count);
    for (size_t i = 0; ok && i < grads->count; i++)
        ok = cn_list_add(list, pairs[i].value);
    cn_mem_free(pairs);
    return ok ? list : NULL;
}

cn_list *cn_get_gradients(cn_optimizer *self, cn_tensor *loss, const cn_list *weights)
{
    cn_list *grads = self ? cn_gradients(loss, weights) : NULL;
    for (size_t i = 0; grads && i < grads->count; i++)
        if (cn_is_none(grads->items[i]))
            return cn_no_gradient(loss, weights->items[i]), NULL;
    return grads ? clipped(self, grads, weights) : NULL;
}
