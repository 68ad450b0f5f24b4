/* Every regularizer against Keras's values and gradients. */
#include "regularizers/regularizer.h"
#include "ops/ops.h"
#include "parity/cases.h"

static void check(const golden_file *file, const cn_json *one)
{
    cn_instance *penalty = case_instance(CN_REGULARIZERS, one);
    if (!penalty)
        return;
    cn_tensor *x = case_array(file, one, "weight");
    cn_tensor *value = ((const cn_regularizer_methods *)penalty->cls->methods)->call(penalty, x);
    case_close(file, one, value, "value", 1e-6);
    cn_tensor *grad = cn_list_item(cn_gradients(value, cn_list_of(x)), 0);
    if (grad && cn_is_none(grad))
        grad = cn_zeros_like(x);
    case_close(file, one, grad, "grad", 2e-6);
}

TEST(parity_regularizers)
{
    each_case("regularizers", check);
}
