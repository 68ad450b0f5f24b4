/* A layer that is called twice has two outputs, by number; "the" output is ambiguous. */
#include "check.h"

int main(void)
{
    cn_tensor *a = cn_input(3), *b = cn_input(3);
    cn_layer *shared = cn_dense(2, .name = "shared");
    cn_tensor *of_a = cn_call(shared, a);
    CHECK(cn_get_output(shared) == of_a && cn_get_input(shared) == a);
    cn_tensor *of_b = cn_call(shared, b);
    CHECK(cn_get_output_at(shared, 0) == of_a && cn_get_output_at(shared, 1) == of_b);
    CHECK(cn_get_input_at(shared, 1) == b);
    CHECK(!cn_error_code());
    CHECK(!cn_get_output(shared));
    CHECK(strstr(cn_error(), "The layer 'shared' has 2 inbound nodes, hence the notion of \"layer "
                             "output\" is ill-defined: use cn_get_output_at"));
    cn_clear_error();
    CHECK(!cn_get_output_at(shared, 2));
    CHECK(strstr(cn_error(), "only 2 inbound nodes"));
    cn_clear_error();

    /* a model as a layer is the same */
    cn_model *tower = cn_sequential(cn_input(3), cn_dense(2));
    cn_tensor *left = cn_call(tower, a), *right = cn_call(tower, b);
    CHECK(cn_get_output_at(tower, 0) == left && cn_get_output_at(tower, 1) == right);
    CHECK(!cn_error_code());
}
