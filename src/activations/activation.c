#include "activations/activation.h"

#include <string.h>

#include "config/registry.h"
#include "config/text_class.h"
#include "cornu/nn.h"
#include "layers/layer.h"

/* An object in place of a name: a function, an activation with arguments, or a layer. */
static cn_tensor *of_object(const cn_json *object, cn_tensor *x)
{
    const char *kind = cn_json_as_string(cn_json_get(object, "class_name"), "");
    if (!cn_class_lookup(CN_ACTIVATIONS, kind) && cn_class_lookup(CN_LAYERS, kind))
        return cn_call_one(cn_instance_deserialize(CN_LAYERS, object), x);
    cn_instance *one = cn_instance_deserialize(CN_ACTIVATIONS, object);
    return one ? ((const cn_activation_methods *)one->cls->methods)->call(one, x) : NULL;
}

static cn_tensor *activate(cn_str spec, cn_tensor *x)
{
    void *held = *spec == '{' ? cn_held_activation(spec) : NULL;
    if (held)
        return cn_call_one(held, x);
    if (*spec == '{') {
        cn_json *object = cn_spec_parse(spec);
        cn_tensor *y = object ? of_object(object, x) : NULL;
        cn_json_free(object);
        return y;
    }
    cn_instance *one = cn_instance_shared(CN_ACTIVATIONS, spec);
    return one ? ((const cn_activation_methods *)one->cls->methods)->call(one, x) : NULL;
}

cn_tensor *cn_activate(cn_str spec, cn_tensor *x)
{
    if (!spec || !x || !strcmp(spec, "linear"))
        return x;
    const cn_call_scope *scope = cn_call_scope_now();
    unsigned before = cn_marks;
    if (scope && scope->layer && scope->layer->state_->remat == CN_REMAT_ACTIVATIONS)
        cn_marks |= CN_MADE_AGAIN;
    cn_tensor *y = activate(spec, x);
    cn_marks = before;
    return y;
}

static cn_tensor *call_own(void *self, cn_tensor *x)
{
    cn_tensor_function function = (cn_tensor_function)cn_text_function(self);
    cn_caller before = cn_caller_now();
    return cn_text_result(self, &before, function(x, &((cn_text_instance *)self)->args));
}

static const cn_activation_methods own = {.call = call_own};

bool cn_register_activation(cn_str name, cn_tensor_function function, cn_str arguments)
{
    return cn_register_text_class(CN_ACTIVATIONS, name, arguments, &own, sizeof(cn_text_instance),
                                  (cn_any_function)function);
}
