/* Every constraint against Keras's results. */
#include "constraints/constraint.h"
#include "parity/cases.h"

static void check(const golden_file *file, const cn_json *one)
{
    cn_instance *rule = case_instance(CN_CONSTRAINTS, one);
    if (!rule)
        return;
    cn_tensor *w = case_array(file, one, "weight");
    case_close(file, one, ((const cn_constraint_methods *)rule->cls->methods)->call(rule, w),
               "result", 1e-6);
}

TEST(parity_constraints)
{
    each_case("constraints", check);
}
