/* What calls get besides one tensor: several by name, masks, further arguments; and how files say
 * it. */
#include <errno.h>
#include <string.h>

#include "base/fault.h"
#include "base/test.h"
#include "cornu/models.h"
#include "layers/layer.h"
#include "ops/ops.h"

#define SCALED(P) P(float, by, 2, "the factor")
CN_LAYER(scaled, SCALED, )
static cn_tensor *call(scaled *self, const cn_inputs *in)
{
    cn_tensor *y = cn_mul(in->x[0], self->by);
    for (size_t i = 1; i < in->count; i++)
        if (!cn_is_none(in->x[i]))
            y = cn_add(y, cn_mul(in->x[i], 10));
    if (in->mask)
        y = cn_mul(y, cn_cast(in->mask, CN_FLOAT32));
    return cn_arg_bool(in->arguments, "reverse") ? cn_mul(y, -1) : y;
}
CN_REGISTER_LAYER(scaled, .call = call, .inputs = "query value key", .arguments = "reverse=false")
#define scaled(...) CN_MAKE(scaled, SCALED, __VA_ARGS__)

static cn_tensor *row(double a, double b)
{
    return cn_values(cn_shape(1, 2), a, b);
}

TEST(calls_take_arguments_by_name)
{
    cn_clear_session();
    CN_SCOPE {
        cn_layer *layer = scaled(3);
        cn_tensor *y = cn_call(layer, row(1, 2), row(1, 1), .arguments = "reverse=true");
        check_close(cn_floats(y), ((float[]){-13, -16}), 2, 0, 0);
        cn_tensor *mask = cn_cast(row(1, 0), CN_BOOL);
        check_close(cn_floats(cn_call(layer, row(1, 2), .mask = mask)), ((float[]){3, 0}), 2, 0, 0);
        CHECK(!cn_call(layer, row(1, 2), .arguments = "forward=true"));
        check_error("scaled 'scaled': not supported: the call argument 'forward'");
    }
}

TEST(calls_by_name_are_written_and_read)
{
    cn_clear_session();
    CN_SCOPE {
        cn_tensor *q = cn_input(2), *k = cn_input(2), *m = cn_input(2, .dtype = CN_BOOL);
        cn_call_details none_between = {0};
        cn_list *inputs = cn_list_of(q, cn_none(), k);
        cn_tensor *y = cn_call_with(scaled(2), &(cn_call_options){.training = CN_NONE,
                                                                  .inputs = inputs,
                                                                  .mask = m,
                                                                  .arguments = "reverse=true",
                                                                  .details_ = &none_between});
        cn_model *model = y ? cn_functional(cn_list_of(q, k, m), y) : NULL;
        REQUIRE(model);
        cn_str json = cn_model_to_json(model);
        REQUIRE(json);
        CHECK(strstr(json, "\"key\": {\"class_name\": \"__keras_tensor__\""));
        CHECK(strstr(json, "\"mask\": {\"class_name\": \"__keras_tensor__\""));
        cn_model *copy = cn_model_from_json(json);
        REQUIRE(copy);
        cn_tensor *got = cn_call(copy, row(1, 2), row(3, 4), cn_cast(row(1, 0), CN_BOOL));
        check_close(cn_floats(got), ((float[]){-32, 0}), 2, 0, 0);
        cn_model *third = cn_model_from_json(cn_model_to_json(copy));
        REQUIRE(third);
        got = cn_call(third, row(1, 2), row(3, 4), cn_cast(row(1, 0), CN_BOOL));
        check_close(cn_floats(got), ((float[]){-32, 0}), 2, 0, 0);
    }
}

/* Each allocation of a call on values is refused: what waited before it is still assigned. */
TEST(a_failing_call_keeps_what_was_assigned_before)
{
    CN_SCOPE {
        cn_tensor *v = cn_variable(cn_values(cn_shape(2), 1, 2));
        cn_layer *dense = (cn_layer *)cn_dense(2);
        cn_tensor *x = cn_ones(cn_shape(1, 2), CN_FLOAT32);
        CHECK(cn_call(dense, x));
        bool refused = true;
        for (long n = 0; refused; n++)
            CN_SCOPE {
                cn_assign(v, cn_values(cn_shape(2), n, -n));
                cn_fault_at(CN_FAULT_MEMORY, n, ENOMEM);
                cn_tensor *y = cn_call(dense, x);
                refused = cn_fault_seen(CN_FAULT_MEMORY);
                cn_fault_at(CN_FAULT_MEMORY, -1, 0);
                CHECK(y || refused);
                cn_clear_error();
                check_close(cn_floats(v), ((float[]){(float)n, (float)-n}), 2, 0, 0);
            }
    }
}

/* An input that could not be made is not one that is left out. */
TEST(an_input_that_failed_fails_the_call)
{
    CN_SCOPE {
        cn_tensor *x = row(1, 2), *failed = cn_matmul(x, x);
        CHECK(!failed && !cn_call(scaled(), x, failed) && !cn_call(scaled(), x, x, failed) &&
              !cn_call(scaled(), x, failed, x) && !cn_call(scaled(), failed, x));
        CHECK(strstr(cn_error(), "cn_matmul"));
        CHECK(cn_call(scaled(), x, x)); /* all are given */
        cn_clear_error();
        check_close(cn_floats(cn_call(scaled(), x, NULL)), ((float[]){2, 4}), 2, 0, 0);
        check_close(cn_floats(cn_call(scaled(), x, .x2 = x)), ((float[]){12, 24}), 2, 0, 0);
        cn_call_options by_hand = {.x0 = x, .x1 = x, .training = CN_NONE};
        check_close(cn_floats(cn_call_with(scaled(), &by_hand)), ((float[]){12, 24}), 2, 0, 0);
    }
}
