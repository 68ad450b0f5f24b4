#include "initializers/initializer.h"

#include "config/text_class.h"
#include "graph/shape.h"
#include "graph/tensor.h"

cn_tensor *cn_initialize(cn_initializer spec, cn_shape shape, cn_dtype dtype)
{
    cn_instance *one = cn_instance_of_spec(CN_INITIALIZERS, spec);
    cn_tensor *value =
        one ? ((const cn_initializer_methods *)one->cls->methods)->call(one, shape, dtype) : NULL;
    if (!value || cn_shape_equal(value->shape, shape))
        return value;
    return cn_fail_null(CN_EINVAL, "initializer '%s': expected the shape %s, found %s",
                        one->cls->name, cn_shape_text(shape), cn_shape_text(value->shape));
}

static cn_tensor *call_own(void *self, cn_shape shape, cn_dtype dtype)
{
    cn_initializer_function function = (cn_initializer_function)cn_text_function(self);
    cn_caller before = cn_caller_now();
    return cn_text_result(self, &before, function(shape, dtype, &((cn_text_instance *)self)->args));
}

static const cn_initializer_methods own = {.call = call_own};

bool cn_register_initializer(cn_str name, cn_initializer_function function, cn_str arguments)
{
    return cn_register_text_class(CN_INITIALIZERS, name, arguments, &own, sizeof(cn_text_instance),
                                  (cn_any_function)function);
}
