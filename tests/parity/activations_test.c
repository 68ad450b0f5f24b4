/* Every activation against Keras's values and gradients. */
#include "activations/activation.h"
#include "base/alloc.h"
#include "ops/ops.h"
#include "parity/cases.h"

static void check(const golden_file *file, const cn_json *one)
{
    const cn_json *given = cn_json_get(one, "activation");
    char *spec = given->string ? cn_mem_strdup(given->string) : cn_json_text(given, 0);
    cn_tensor *x = case_array(file, one, "x");
    cn_tensor *y = cn_activate(spec, x);
    case_close(file, one, y, "y", 1e-6);
    cn_list *grads = cn_gradients(cn_mul(y, case_array(file, one, "cotangent")), cn_list_of(x));
    if (y)
        case_close(file, one, grads ? cn_list_item(grads, 0) : NULL, "grad", 2e-6);
    cn_mem_free(spec);
}

TEST(parity_activations)
{
    each_case("activations", check);
}
