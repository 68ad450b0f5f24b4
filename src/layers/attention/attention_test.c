/* Attention layers; their numbers are in tests/parity. */
#include "layers/check_layer.h"

#include <string.h>

#include "cornu/models.h"
#include "ops/gradient_check.h"

static cn_tensor *some(cn_shape shape)
{
    return cn_random_normal(shape, 0, 1, CN_FLOAT32, NULL);
}

TEST(attention_keeps_the_contract)
{
    CN_SCOPE {
        cn_shape q = cn_shape(2, 4, 5), v = cn_shape(2, 3, 5);
        check_layer(cn_attention(.use_scale = true), .in = q, .in2 = v, .out = q, .trainable = 1,
                    .no_step = true);
        check_layer(cn_attention(.score_mode = "concat", .use_scale = true), .in = q, .in2 = v,
                    .out = q, .trainable = 2, .no_step = true);
        check_layer(cn_additive_attention(), .in = q, .in2 = v, .out = q, .trainable = 1,
                    .no_step = true);
        check_layer(cn_multi_head_attention(2, 3, .output_shape = {6}), .in = q, .in2 = v,
                    .out = cn_shape(2, 4, 6), .trainable = 8);
        check_layer(cn_group_query_attention(3, 4, 2, .use_gate = true), .in = q, .in2 = v,
                    .out = q, .trainable = 10);
    }
}

TEST(attention_of_one_place_is_its_value)
{
    CN_SCOPE {
        cn_tensor *v = cn_values(cn_shape(1, 1, 2), 3, -4);
        check_tensor(cn_call(cn_attention(), some(cn_shape(1, 3, 2)), v), cn_shape(1, 3, 2), 3, -4,
                     3, -4, 3, -4);
    }
}

TEST(attention_scores_are_shares_of_what_may_be_seen)
{
    CN_SCOPE {
        cn_layer *layer = cn_multi_head_attention(2, 3, .sliding_window = 2);
        cn_tensor *x = some(cn_shape(2, 4, 5));
        cn_tensor *y = cn_call(layer, x, x,
                               .arguments = "use_causal_mask=true, "
                                            "return_attention_scores=true");
        cn_tensor *scores = cn_nth(y, 1);
        REQUIRE(scores);
        CHECK(cn_shape_equal(scores->shape, cn_shape(2, 2, 4, 4)));
        const float *s = cn_floats(scores);
        for (int i = 0; i < 4; i++) {
            float sum = 0;
            for (int k = 0; k < 4; k++) {
                sum += s[4 * i + k];
                CHECK((s[4 * i + k] > 0) == (k <= i && i - k < 2));
            }
            CHECK(sum > 1 - 1e-6f && sum < 1 + 1e-6f);
        }
    }
}

TEST(attention_drops_weights_in_training)
{
    CN_SCOPE {
        cn_layer *layer = cn_multi_head_attention(1, 2, .dropout = 1.0, .use_bias = false);
        cn_tensor *x = some(cn_shape(1, 3, 2));
        cn_tensor *y = cn_call(layer, x, x, .training = 1);
        check_tensor(y, cn_shape(1, 3, 2), 0, 0, 0, 0, 0, 0);
        CHECK(cn_item(cn_max(cn_abs(cn_call(layer, x, x)))) > 0);
    }
}

TEST(attention_hands_the_mask_of_the_query_on)
{
    CN_SCOPE {
        cn_tensor *x = some(cn_shape(1, 2, 5)),
                  *mask = cn_cast(cn_values(cn_shape(1, 2), 1, 0), CN_BOOL);
        cn_with_mask(x, mask);
        CHECK(cn_mask_of(cn_call(cn_multi_head_attention(2, 3), x, x)) == mask);
        CHECK(cn_mask_of(cn_call(cn_attention(), x, x)) == mask);
        cn_tensor *both = cn_call(cn_multi_head_attention(2, 3), x, x,
                                  .arguments = "return_attention_scores=true");
        CHECK(cn_mask_of(cn_nth(both, 0)) == mask && !cn_mask_of(cn_nth(both, 1)));
    }
}

/* A mask that is an input of the model is found again. */
TEST(attention_in_a_model_and_its_file)
{
    cn_clear_session();
    CN_SCOPE {
        cn_tensor *words = cn_input(4, .dtype = CN_INT32), *seen = cn_input(4, 4, .dtype = CN_BOOL);
        cn_tensor *x = cn_call(cn_embedding(10, 6, .mask_zero = true), words);
        cn_tensor *y = cn_call(cn_multi_head_attention(2, 3), x, x, .x3 = seen,
                               .arguments = "return_attention_scores=true");
        REQUIRE(y);
        cn_list *outputs = cn_list_of(cn_nth(y, 0), cn_nth(y, 1));
        cn_model *model = cn_functional(cn_list_of(words, seen), outputs);
        REQUIRE(model);
        cn_str json = cn_model_to_json(model);
        REQUIRE(json);
        CHECK(strstr(json, "\"attention_mask\": {\"class_name\": \"__keras_tensor__\""));
        CHECK(!strstr(json, "mask_shape"));
        cn_model *copy = cn_model_from_json(json);
        REQUIRE(copy);
        cn_list *from = cn_weights(model), *to = cn_weights(copy);
        for (size_t i = 0; i < cn_list_length(from); i++)
            CHECK(cn_set_data(cn_list_item(to, i), cn_data(cn_list_item(from, i))));
        cn_tensor *ids = cn_cast(cn_values(cn_shape(1, 4), 3, 7, 1, 0), CN_INT32);
        cn_tensor *all = cn_cast(cn_tril(cn_ones(cn_shape(1, 4, 4), CN_FLOAT32), 0), CN_BOOL);
        cn_tensor *a = cn_call(model, ids, all), *b = cn_call(copy, ids, all);
        REQUIRE(a && b);
        check_close(cn_floats(cn_nth(b, 0)), cn_floats(cn_nth(a, 0)), 24, 1e-6, 1e-6);
        CHECK(cn_floats(cn_nth(a, 1))[1] == 0);  /* it lies behind */
        CHECK(cn_floats(cn_nth(a, 1))[15] == 0); /* it is a filler */
    }
}

static cn_tensor *attend(cn_tensor *const *x, cn_tensor *mask, bool causal)
{
    return cn_dot_product_attention(x[0], x[1], x[2], .mask = mask, .is_causal = causal);
}

/* Values, first and second derivatives of float32's op beside those of float64, which is composed
 * of ops. */
static void check_beside_float64(cn_shape q, cn_shape k, cn_shape v, cn_tensor *mask, bool causal)
{
    cn_tensor *found[2][8] = {{NULL}};
    cn_tensor *x[] = {gradient_values(q, 1), gradient_values(k, 2), gradient_values(v, 3)};
    for (int wide = 0; wide < 2; wide++) {
        for (int i = 0; wide && i < 3; i++)
            x[i] = cn_cast(x[i], CN_FLOAT64);
        cn_tensor **to = found[wide], *y = to[0] = attend(x, mask, causal);
        cn_list *first = cn_gradients(cn_square(y), cn_list_of(x[0], x[1], x[2]));
        cn_list *ys = cn_list_new();
        for (size_t i = 0; i < 3; i++) {
            to[1 + i] = first->items[i];
            cn_list_add(ys, cn_square(to[1 + i]));
        }
        cn_list *second = cn_gradients_with(ys, cn_list_of(x[0], x[1], x[2]));
        for (size_t i = 0; i < 3; i++)
            to[4 + i] = second->items[i];
    }
    for (int i = 0; i < 7; i++) {
        REQUIRE(found[0][i] && cn_shape_equal(found[0][i]->shape, found[1][i]->shape));
        cn_tensor *off = cn_max(cn_abs(cn_sub(found[1][i], cn_cast(found[0][i], CN_FLOAT64))));
        cn_tensor *most = cn_max(cn_abs(found[1][i]));
        CHECK(cn_item(off) <= 4e-6 * (1 + cn_item(most)));
    }
}

TEST(attention_and_its_gradients_are_as_precise_as_float32)
{
    CN_SCOPE {
        cn_shape q = cn_shape(2, 5, 3, 4), k = cn_shape(2, 7, 3, 4), v = cn_shape(2, 7, 3, 6);
        cn_tensor *mask = cn_greater(gradient_values(cn_shape(2, 1, 5, 7), 4), 0);
        check_beside_float64(q, k, v, NULL, false);
        check_beside_float64(q, k, v, NULL, true);
        check_beside_float64(q, k, v, mask, false);
        check_beside_float64(q, k, v, cn_slice(mask, "0:1, 0:1, 0:1"), true);
        check_beside_float64(cn_shape(1, 5, 3, 4), k, cn_shape(2, 7, 1, 6), mask, true);
        check_beside_float64(cn_shape(1, 70, 2, 4), cn_shape(1, 1100, 2, 4),
                             cn_shape(1, 1100, 2, 3), NULL, true); /* several parts of a head */
        q = cn_shape(1, 200, 2, 40), k = cn_shape(1, 300, 2, 40), v = cn_shape(1, 300, 2, 70);
        check_beside_float64(q, k, v, NULL, false);
        check_beside_float64(k, q, cn_shape(1, 200, 2, 9), NULL,
                             true); /* fewer keys than queries */
        mask = cn_greater(gradient_values(cn_shape(1, 1, 200, 300), 5), 0.3);
        mask = cn_both(
            mask, cn_greater(cn_arange(0, 300, 1, CN_INT32), 140)); /* nothing of the first block */
        check_beside_float64(q, k, v, mask, false);
        check_beside_float64(q, k, v, mask, true);
        check_beside_float64(cn_shape(2, 9, 1, 340), cn_shape(2, 40, 1, 340),
                             cn_shape(2, 40, 1, 330), NULL, false); /* wide heads */
    }
}

TEST(attention_to_nothing_is_nothing)
{
    CN_SCOPE {
        cn_tensor *q = gradient_values(cn_shape(1, 3, 2, 4), 1);
        cn_tensor *k = gradient_values(cn_shape(1, 0, 2, 4), 2);
        cn_tensor *y = cn_dot_product_attention(q, k, k);
        cn_list *d = cn_gradients(y, cn_list_of(q, k));
        REQUIRE(y && d);
        CHECK(cn_item(cn_max(cn_abs(y))) == 0);
        CHECK(cn_item(cn_max(cn_abs(d->items[0]))) == 0);
        y = cn_dot_product_attention(k, q, q);
        d = cn_gradients(y, cn_list_of(q, k));
        REQUIRE(y && d);
        CHECK(cn_item(cn_max(cn_abs(d->items[0]))) == 0);
    }
}

TEST(attention_refuses)
{
    cn_clear_session();
    CN_SCOPE {
        cn_tensor *x = some(cn_shape(2, 4, 5));
        CHECK(!cn_call(cn_attention(), x));
        check_error("Attention 'attention': Attention layer accepts inputs list of length 2 or 3, "
                    "namely [query, value] or [query, value, key]. Received length: 1.");
        CHECK(!cn_attention(.score_mode = "product"));
        check_error("Attention: expected \"dot\" or \"concat\" for 'score_mode'. Received: "
                    "score_mode=product");
        CHECK(!cn_multi_head_attention(0, 3));
        check_error("Received an invalid value for argument `num_heads`, expected a positive "
                    "integer. Received: num_heads=0");
        CHECK(!cn_multi_head_attention(2, 3, .sliding_window = 0));
        check_error("`sliding_window` must be `None` or a positive integer. Received: "
                    "sliding_window=0");
        CHECK(!cn_group_query_attention(3, 4, 3));
        check_error("`num_query_heads` must be divisible by `num_key_value_heads`.");
        CHECK(!cn_call(cn_multi_head_attention(2, 3), x));
        check_error(
            "MultiHeadAttention 'multi_head_attention_2': expected a query, a value, perhaps "
            "a key and perhaps an attention mask. Received 1 input(s)");
        CHECK(!cn_call(cn_multi_head_attention(2, 3), x, x, some(cn_shape(2, 3, 5))));
        check_error("MultiHeadAttention 'multi_head_attention_3': All dimensions of `value` and "
                    "`key`, except the last one, must be equal. Received: value_shape=(2, 4, 5) "
                    "and key_shape=(2, 3, 5)");
        CHECK(!cn_dot_product_attention(x, x, x));
        check_error("cn_dot_product_attention: expected query, key and value of 4 axes, found "
                    "(2, 4, 5), (2, 4, 5) and (2, 4, 5)");
        x = some(cn_shape(2, 4, 5, 6));
        CHECK(!cn_dot_product_attention(x, x, some(cn_shape(2, 3, 5, 6))));
        check_error("cn_dot_product_attention: query (2, 4, 5, 6), key (2, 4, 5, 6), value "
                    "(2, 3, 5, 6) and mask none do not fit");
    }
}
