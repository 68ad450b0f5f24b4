/* Policies of dtypes: what layers compute in, and what their weights are. keras.dtype_policies
 *
 * Of a mixed one, weights are float32 and calls read them in bfloat16: fields of the layer's struct
 * that hold such a weight hold its cast meanwhile, so that a layer need not know. */
#include <stdatomic.h>
#include <string.h>

#include "cornu/config.h"
#include "layers/layer.h"
#include "ops/ops.h"

static const char *const policies[] = {"float32", "mixed_bfloat16", "bfloat16",
                                       "float16", "float64",        NULL};
static _Atomic(const char *) policy;

bool cn_set_dtype_policy(const char *name)
{
    for (size_t i = 0; name && policies[i]; i++)
        if (!strcmp(name, policies[i])) {
            atomic_store(&policy, policies[i]);
            return true;
        }
    return cn_fail(CN_EINVAL,
                   "cn_set_dtype_policy: expected float32, mixed_bfloat16, bfloat16, float16 or "
                   "float64. Received: '%s'%s",
                   name ? name : "NULL", cn_did_you_mean(name ? name : "", policies));
}

const char *cn_dtype_policy(void)
{
    const char *name = atomic_load(&policy);
    return name ? name : *policies;
}

bool cn_is_mixed(const cn_layer *layer)
{
    return layer->dtype && !strncmp(layer->dtype, "mixed_", 6);
}

/* Fields of the layer's own struct that are `from` become `to`. */
static void exchange(cn_layer *layer, const void *from, const void *to)
{
    char *at = (char *)(layer + 1), *end = (char *)layer + ((cn_instance *)layer)->cls->size;
    for (; at + sizeof from <= end; at += sizeof from)
        if (!memcmp(at, &from, sizeof from))
            memcpy(at, &to, sizeof to);
}

void cn_mixed_begin(cn_mixed_call *call, cn_layer *layer)
{
    bool mixed = layer && cn_is_mixed(layer);
    *call = (cn_mixed_call){mixed ? cn_list_new() : NULL, cn_cast_loosely(false)};
    cn_cast_loosely(layer ? mixed : call->loose);
    for (size_t i = 0; call->values && i < layer->weights->count; i++) {
        cn_tensor *weight = layer->weights->items[i], *value = weight;
        if (weight->variable->born_trainable && weight->dtype == CN_FLOAT32)
            value = cn_cast(weight, CN_BFLOAT16);
        if (!value || !cn_list_add(call->values, value))
            break;
        exchange(layer, weight, value);
    }
}

void cn_mixed_end(const cn_mixed_call *call, cn_layer *layer)
{
    for (size_t i = 0; call->values && i < call->values->count; i++)
        exchange(layer, call->values->items[i], layer->weights->items[i]);
    cn_cast_loosely(call->loose);
}
