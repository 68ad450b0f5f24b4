/* Transposes, slices, joins, pads: NumPy's values, gradients, and what is refused. */
#include <string.h>

#include "base/test.h"
#include "ops/gradient_check.h"

TEST(transpose_values_and_dtypes)
{
    static const cn_dtype dtypes[] = {CN_BOOL, CN_INT16, CN_BFLOAT16, CN_FLOAT32, CN_FLOAT64};
    CN_SCOPE {
        for (size_t i = 1; i < sizeof dtypes / sizeof *dtypes; i++)
            check_tensor(cn_transpose(counting_values(cn_shape(2, 3), dtypes[i])), cn_shape(3, 2),
                         0, 3, 1, 4, 2, 5);
        cn_tensor *x = counting_values(cn_shape(2, 3, 2), CN_INT32);
        check_tensor(cn_transpose(x, {1, 0, 2}), cn_shape(3, 2, 2), 0, 1, 6, 7, 2, 3, 8, 9, 4, 5,
                     10, 11);
        check_tensor(cn_transpose(x, {2, 1, 0}), cn_shape(2, 3, 2), 0, 6, 2, 8, 4, 10, 1, 7, 3, 9,
                     5, 11);
        check_tensor(cn_swapaxes(x, -1, 0), cn_shape(2, 3, 2), 0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5,
                     11);
        check_tensor(cn_moveaxis(x, 0, -1), cn_shape(3, 2, 2), 0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5,
                     11);
        CHECK(cn_rank(cn_transpose(cn_ones(CN_SCALAR, CN_FLOAT32))) == 0);
        CHECK(cn_dim(cn_transpose(cn_zeros(cn_shape(0, 4), CN_FLOAT32)), 0) == 4);
        CHECK(!cn_transpose(x, {0, 0, 1}));
        check_error("cn_transpose: expected a permutation of the 3 axes of shape (2, 3, 2), found "
                    "(0, 0, 1)");
    }
}

/* Larger than a tile in every direction, against indexing. */
TEST(transpose_in_tiles)
{
    enum { A = 3, B = 67, C = 45 };
    CN_SCOPE {
        const float *y =
            cn_floats(cn_transpose(counting_values(cn_shape(A, B, C), CN_FLOAT32), {0, 2, 1}));
        bool same = y != NULL;
        for (int i = 0; same && i < A * B * C; i++)
            same = y[i] == (float)(i / (B * C) * B * C + i % B * C + i / B % C);
        CHECK(same);
        const float *z =
            cn_floats(cn_transpose(counting_values(cn_shape(2, 2, 2, 2, 2, 2, 2, 2), CN_FLOAT32)));
        for (int i = 0; same && i < 256; i++)
            for (int bit = 0, back = 0; bit < 8; bit++) {
                back |= (i >> bit & 1) << (7 - bit);
                same = bit < 7 || z[i] == (float)back;
            }
        CHECK(same);
    }
}

TEST(slice_text)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(3, 4), CN_FLOAT32);
        check_tensor(cn_slice(x, "1"), cn_shape(4), 4, 5, 6, 7);
        check_tensor(cn_slice(x, "-1, ::2"), cn_shape(2), 8, 10);
        check_tensor(cn_slice(x, "..., -1"), cn_shape(3), 3, 7, 11);
        check_tensor(cn_slice(x, "1:, None, :2"), cn_shape(2, 1, 2), 4, 5, 8, 9);
        check_tensor(cn_slice(x, "::-2,::-1"), cn_shape(2, 4), 11, 10, 9, 8, 3, 2, 1, 0);
        check_tensor(cn_slice(x, "5:, 0"), cn_shape(0), 0);
        check_tensor(cn_slice(x, cn_fmt("%d, %d:%d", 2, -3, -1)), cn_shape(2), 9, 10);
        check_tensor(cn_slice(x, "2, 3"), CN_SCALAR, 11);
        CHECK(cn_slice(x, "") == x && cn_slice(x, "...") == x && cn_slice(x, ":, :") == x);
    }
}

TEST(slice_text_refuses)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(3, 4), CN_FLOAT32);
        static const char *const bad[][2] = {
            {"1, x", "cn_slice: expected a number, a range, None or ... at place 3 of \"1, x\""},
            {"1 2", "cn_slice: expected a comma at place 2 of \"1 2\""},
            {"::0", "cn_slice: a step of 0 at place 3 of \"::0\""},
            {"..., ...", "cn_slice: a second ellipsis at place 8 of \"..., ...\""},
            {"0, 0, 0", "cn_slice: \"0, 0, 0\" has 3 entries for the axes of shape (3, 4), and "
                        "makes rank -1 (at most 8)"},
            {"99999999999999999999",
             "cn_slice: a number too large at place 0 of \"99999999999999999999\""},
            {"3", "cn_slice: 1 elements from 3 in steps of 1 are not within axis 0 of shape (3, "
                  "4)"},
        };
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
            CHECK(!cn_slice(x, bad[i][0]));
            check_error(bad[i][1]);
        }
    }
}

TEST(strided_slice_and_flip)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(2, 5), CN_INT64);
        check_tensor(cn_strided_slice(x, (int64_t[]){1, 4}, (int64_t[]){1, 3}, (int64_t[]){0, -2}),
                     cn_shape(1, 3), 9, 7, 5);
        check_tensor(cn_strided_slice(x, (int64_t[]){0, -2}, (int64_t[]){CN_ANY, CN_ANY}, NULL),
                     cn_shape(2, 2), 3, 4, 8, 9);
        check_tensor(cn_flip(x, (cn_axes){{1}}), cn_shape(2, 5), 4, 3, 2, 1, 0, 9, 8, 7, 6, 5);
        CHECK(!cn_strided_slice(x, (int64_t[]){0, 3}, (int64_t[]){1, 3}, NULL));
        check_error("cn_slice: 3 elements from 3 in steps of 1 are not within axis 1 of shape (2, "
                    "5)");
    }
}

TEST(slices_of_unknown_shapes)
{
    CN_SCOPE {
        cn_tensor *x = cn_placeholder(cn_shape(CN_ANY, 4), CN_FLOAT32, true);
        check_text(cn_shape_text(cn_slice(x, "1:, -2:")->shape), "(None, 2)");
        check_text(cn_shape_text(cn_slice(x, "-1")->shape), "(4,)");
        check_text(cn_shape_text(cn_expand_dims(cn_expand_dims(x, 0), 2)->shape),
                   "(1, None, 1, 4)");
        check_text(cn_shape_text(cn_repeat(x, 3, 1)->shape), "(None, 12)");
        check_text(cn_shape_text(cn_tile(x, (cn_dims){{2, 3}})->shape), "(None, 12)");
        check_text(cn_shape_text(cn_concat(cn_list_of(x, x), 0)->shape), "(None, 4)");
        check_text(cn_shape_text(cn_stack(cn_list_of(x, x), 1)->shape), "(None, 2, 4)");
        check_text(cn_shape_text(((cn_tensor *)cn_list_item(cn_split(x, 2, 0), 1))->shape),
                   "(None, 4)");
    }
}

TEST(concat_stack_split)
{
    CN_SCOPE {
        cn_tensor *a = counting_values(cn_shape(2, 2), CN_INT32),
                  *b = cn_add(counting_values(cn_shape(2, 1), CN_INT32), 10);
        check_tensor(cn_concat(cn_list_of(a, b), 1), cn_shape(2, 3), 0, 1, 10, 2, 3, 11);
        check_tensor(cn_concat(cn_list_of(a, a), 0), cn_shape(4, 2), 0, 1, 2, 3, 0, 1, 2, 3);
        check_tensor(cn_stack(cn_list_of(a, a), -1), cn_shape(2, 2, 2), 0, 0, 1, 1, 2, 2, 3, 3);
        CHECK(cn_dtype_of(cn_concat(cn_list_of(a, cn_ones(cn_shape(2, 2), CN_FLOAT32)), 0)) ==
              CN_FLOAT32);
        CHECK(!cn_concat(cn_list_of(a, b), 0));
        check_error("cn_concat: expected shapes that agree but for axis 0, found (2, 2) and (2, 1) "
                    "(tensor 1)");
        CHECK(!cn_stack(cn_list_of(a, b), 0));
        check_error("cn_stack: expected equal shapes, found (2, 2) and (2, 1) (tensor 1)");
        cn_tensor *x = counting_values(cn_shape(2, 6), CN_FLOAT32);
        cn_list *parts = cn_split(x, 3, 1);
        CHECK(cn_list_length(parts) == 3);
        check_tensor(cn_list_item(parts, 2), cn_shape(2, 2), 4, 5, 10, 11);
        parts = cn_split_at(x, (int64_t[]){1, 4}, 2, -1);
        check_tensor(cn_list_item(parts, 1), cn_shape(2, 3), 1, 2, 3, 7, 8, 9);
        check_tensor(cn_list_item(cn_unstack(x, 1), 5), cn_shape(2), 5, 11);
        parts = cn_split(x, 1, 0);
        CHECK(cn_list_length(parts) == 1 && cn_list_item(parts, 0) == x);
        CHECK(cn_list_length(cn_unstack(cn_zeros(cn_shape(0, 2), CN_FLOAT32), 0)) == 0);
        CHECK(!cn_split(x, 4, 1));
        check_error("cn_split: axis 1 of shape (2, 6) does not divide into 4 equal pieces");
    }
}

TEST(pad_modes)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(3), CN_FLOAT32);
        const int64_t before[] = {2}, after[] = {4};
        check_tensor(cn_pad(x, before, after, "constant", 9), cn_shape(9), 9, 9, 0, 1, 2, 9, 9, 9,
                     9);
        check_tensor(cn_pad(x, before, after, "reflect", 0), cn_shape(9), 2, 1, 0, 1, 2, 1, 0, 1,
                     2);
        check_tensor(cn_pad(x, before, after, "symmetric", 0), cn_shape(9), 1, 0, 0, 1, 2, 2, 1, 0,
                     0);
        check_tensor(cn_pad(x, before, after, "edge", 0), cn_shape(9), 0, 0, 0, 1, 2, 2, 2, 2, 2);
        check_tensor(cn_pad(counting_values(cn_shape(1, 2), CN_UINT8), (int64_t[]){1, 0},
                            (int64_t[]){0, 1}, NULL, 7),
                     cn_shape(2, 3), 7, 7, 7, 0, 1, 7);
        CHECK(!cn_pad(x, before, after, "mirror", 0));
        cn_clear_error();
        CHECK(!cn_pad(x, (int64_t[]){-1}, after, NULL, 0));
        check_error(
            "cn_pad: expected widths of at least 0, found (-1, 4) for axis 0 of shape (3,)");
    }
}

TEST(tile_repeat_roll)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(2, 2), CN_INT32);
        check_tensor(cn_tile(x, (cn_dims){{1, 2}}), cn_shape(2, 4), 0, 1, 0, 1, 2, 3, 2, 3);
        check_tensor(cn_tile(x, (cn_dims){{2, 1}}), cn_shape(4, 2), 0, 1, 2, 3, 0, 1, 2, 3);
        check_tensor(cn_repeat(x, 2, 0), cn_shape(4, 2), 0, 1, 0, 1, 2, 3, 2, 3);
        check_tensor(cn_repeat(x, 2, CN_UNSET), cn_shape(8), 0, 0, 1, 1, 2, 2, 3, 3);
        check_tensor(cn_repeat(cn_zeros(cn_shape(0, 2), CN_INT32), 2, 1), cn_shape(0, 4), 0);
        cn_tensor *deep = cn_reshape(x, cn_shape(1, 1, 2, 1, 1, 1, 2, 1));
        check_tensor(cn_repeat(deep, 2, 6), cn_shape(1, 1, 2, 1, 1, 1, 4, 1), 0, 0, 1, 1, 2, 2, 3,
                     3);
        cn_tensor *row = counting_values(cn_shape(2, 4), CN_INT32);
        check_tensor(cn_roll(row, 1, 1), cn_shape(2, 4), 3, 0, 1, 2, 7, 4, 5, 6);
        check_tensor(cn_roll(row, -7, -1), cn_shape(2, 4), 3, 0, 1, 2, 7, 4, 5, 6);
        check_tensor(cn_roll(row, 3, 0), cn_shape(2, 4), 4, 5, 6, 7, 0, 1, 2, 3);
    }
}

/* Also more of them than a node has results. */
TEST(many_pieces)
{
    static const int64_t counts[] = {512, 513};
    CN_SCOPE {
        for (size_t k = 0; k < 2; k++) {
            int64_t n = counts[k];
            cn_tensor *x =
                cn_reshape(cn_arange(0, (double)(4 * n), 1, CN_INT32), cn_shape(2, 2 * n));
            cn_list *parts = cn_split(x, n, 1), *columns = cn_unstack(x, 1);
            REQUIRE(cn_list_length(parts) == (size_t)n && cn_list_length(columns) == 2 * (size_t)n);
            check_tensor(cn_list_item(parts, (size_t)n - 1), cn_shape(2, 2), (double)(2 * n - 2),
                         (double)(2 * n - 1), (double)(4 * n - 2), (double)(4 * n - 1));
            check_tensor(cn_list_item(columns, (size_t)n), cn_shape(2), (double)n, (double)(3 * n));
        }
        cn_tensor *open = cn_placeholder(cn_shape(CN_ANY, 4), CN_FLOAT32, true);
        CHECK(!cn_split(open, 513, 0));
        check_error("not supported: more than 512 pieces of an unknown axis");
    }
}

TEST(slice_update_values)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(2, 3), CN_FLOAT32);
        check_tensor(cn_slice_update(x, (int64_t[]){1, 1}, cn_values(cn_shape(1, 2), 8, 9)),
                     cn_shape(2, 3), 0, 1, 2, 3, 8, 9);
        CHECK(!cn_slice_update(x, (int64_t[]){0, 2}, cn_values(cn_shape(1, 2), 8, 9)));
        check_error("cn_slice_update: updates of shape (1, 2) from 2 on do not fit into axis 1 of "
                    "shape (2, 3)");
    }
}

#define FORMULA(name, expression)               \
    static cn_tensor *name(cn_tensor *const *x) \
    {                                           \
        return expression;                      \
    }
/* Squares, so that the second derivative is not 0. */
FORMULA(transposed, cn_square(cn_transpose(x[0], {2, 0, 1})))
FORMULA(sliced, cn_square(cn_slice(x[0], "::-1, 1, None, 1:")))
FORMULA(joined, cn_square(cn_concat(cn_list_of(x[0], cn_mul(x[0], x[1])), 1)))
FORMULA(stacked, cn_square(cn_stack(cn_list_of(x[0], x[1]), 1)))
FORMULA(unstacked,
        cn_mul(cn_list_item(cn_unstack(x[0], 1), 0), cn_list_item(cn_unstack(x[0], 1), 2)))
FORMULA(halved,
        cn_mul(cn_list_item(cn_split(x[0], 2, 2), 1), cn_list_item(cn_split(x[0], 2, 2), 0)))
FORMULA(third, cn_square(cn_list_item(cn_split(x[0], 3, 1), 1)))
FORMULA(padded, cn_square(cn_pad(x[0], (int64_t[]){1, 0, 2}, (int64_t[]){0, 2, 1}, "constant", 3)))
FORMULA(reflected,
        cn_square(cn_pad(x[0], (int64_t[]){1, 0, 2}, (int64_t[]){0, 2, 1}, "reflect", 3)))
FORMULA(edged, cn_square(cn_pad(x[0], (int64_t[]){1, 0, 2}, (int64_t[]){0, 2, 1}, "edge", 3)))
FORMULA(tiled, cn_square(cn_tile(x[0], (cn_dims){{2, 1, 3}})))
FORMULA(repeated, cn_square(cn_repeat(x[0], 2, 1)))
FORMULA(rolled, cn_square(cn_mul(cn_roll(x[0], 2, 1), x[0])))
FORMULA(updated, cn_square(cn_slice_update(x[0], (int64_t[]){1, 0, 1}, x[1])))

TEST(movement_gradients)
{
    CN_SCOPE {
        cn_tensor *x = gradient_values(cn_shape(2, 3, 4), 1),
                  *same = gradient_values(cn_shape(2, 3, 4), 2);
        check_gradients(transposed, x);
        check_gradients(sliced, x);
        check_gradients(joined, x, same);
        check_gradients(stacked, x, same);
        check_gradients(unstacked, x);
        check_gradients(halved, x);
        check_gradients(third, x);
        check_gradients(padded, x);
        check_gradients(reflected, x);
        check_gradients(edged, x);
        check_gradients(tiled, x);
        check_gradients(repeated, x);
        check_gradients(rolled, x);
        check_gradients(updated, x, gradient_values(cn_shape(1, 2, 2), 3));
    }
}

/* While the batch is unknown: the gradient has the shape of x, for the like inputs to fill in. */
TEST(movement_gradients_of_unknown_shapes)
{
    CN_SCOPE {
        static const gradient_formula formulas[] = {
            transposed, sliced, unstacked, padded, reflected, edged, tiled, repeated, rolled};
        for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
            cn_tensor *x = cn_placeholder(cn_shape(CN_ANY, 3, 4), CN_FLOAT32, true);
            cn_tensor *at = cn_placeholder(cn_shape(CN_ANY), CN_INT32, true);
            cn_tensor *y = cn_gather(cn_sort(cn_cumprod(formulas[i](&x), 1), 1), at, 0);
            cn_list *grads = cn_gradients(cn_sum(cn_tril(y, 0)), cn_list_of(x));
            CHECK(grads && cn_shape_matches(cn_shape_of(cn_list_item(grads, 0)), x->shape));
            check_text(cn_error(), "");
        }
    }
}
