#include "constraints/constraint.h"

#include "config/text_class.h"

cn_tensor *cn_constrain(cn_constraint spec, cn_tensor *x)
{
    cn_instance *one = x ? cn_instance_shared(CN_CONSTRAINTS, spec) : NULL;
    return one ? ((const cn_constraint_methods *)one->cls->methods)->call(one, x) : NULL;
}

static cn_tensor *call_own(void *self, cn_tensor *x)
{
    cn_tensor_function function = (cn_tensor_function)cn_text_function(self);
    cn_caller before = cn_caller_now();
    return cn_text_result(self, &before, function(x, &((cn_text_instance *)self)->args));
}

static const cn_constraint_methods own = {.call = call_own};

bool cn_register_constraint(cn_str name, cn_tensor_function function, cn_str arguments)
{
    return cn_register_text_class(CN_CONSTRAINTS, name, arguments, &own, sizeof(cn_text_instance),
                                  (cn_any_function)function);
}
