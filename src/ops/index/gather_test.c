/* Picking by index and its reverse: NumPy's values, gradients, and indices that are outside. */
#include "base/test.h"
#include "ops/gradient_check.h"

static cn_tensor *ints(cn_shape shape, const int32_t *values)
{
    return cn_array(values, CN_INT32, shape);
}
#define INTS(shape, ...) ints(shape, (int32_t[]){__VA_ARGS__})

TEST(gather_values)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(3, 2), CN_FLOAT32);
        check_tensor(cn_gather(x, INTS(cn_shape(2, 2), 0, 2, -1, 1), 0), cn_shape(2, 2, 2), 0, 1, 4,
                     5, 4, 5, 2, 3);
        check_tensor(cn_gather(x, INTS(cn_shape(3), 1, 0, 1), -1), cn_shape(3, 3), 1, 0, 1, 3, 2, 3,
                     5, 4, 5);
        check_tensor(cn_gather(x, cn_number_int(1), 0), cn_shape(2), 2, 3);
        check_tensor(cn_gather(cn_cast(x, CN_UINT8), INTS(cn_shape(1), 2), 0), cn_shape(1, 2), 4,
                     5);
        CHECK(cn_dim(cn_gather(x, INTS(cn_shape(0), 0), 0), 0) == 0);
        CHECK(!cn_gather(x, cn_values(cn_shape(1), 1), 0));
        check_error("cn_gather: expected indices of an integer dtype, found float32");
        CHECK(!cn_data(cn_gather(x, INTS(cn_shape(2, 2), 0, 1, 3, 1), 0)));
        check_error("cn_gather: the index 3 at (1, 0) is outside axis 0 of size 3");
    }
}

TEST(gather_by_a_number)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(2, 2), 1, 2, 3, 4), *row = cn_gather(x, 0, 0);
        CHECK(cn_rank(row) == 1);
        check_close(cn_floats(row), ((float[]){1, 2}), 2, 0, 0);
        check_close(cn_floats(cn_gather(x, -1, 1)), ((float[]){2, 4}), 2, 0, 0);
        CHECK(!cn_data(cn_gather(x, 2, 1)));
        check_error("cn_gather: the index 2 at () is outside axis 1 of size 2");
        CHECK(!cn_gather(x, 0.5, 0));
        check_error("cn_gather: expected indices of an integer dtype, found float64");
    }
}

TEST(take_along_axis_values)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(2, 3), CN_INT64);
        check_tensor(cn_take_along_axis(x, INTS(cn_shape(2, 2), 2, 0, -1, 1), 1), cn_shape(2, 2), 2,
                     0, 5, 4);
        check_tensor(cn_take_along_axis(x, INTS(cn_shape(1, 3), 1, 0, 1), 0), cn_shape(1, 3), 3, 1,
                     5);
        check_tensor(cn_take_along_axis(x, INTS(cn_shape(1, 1), 1), 1), cn_shape(2, 1), 1, 4);
        CHECK(!cn_take_along_axis(x, INTS(cn_shape(3, 1), 1, 1, 1), 1));
        check_error(
            "cn_take_along_axis: expected indices that broadcast to x but for axis 1, found "
            "x (2, 3) and indices (3, 1)");
        CHECK(!cn_data(cn_take_along_axis(x, INTS(cn_shape(2, 1), 0, -4), 1)));
        check_error("cn_take_along_axis: the index -4 at (1, 0) is outside axis 1 of size 3");
    }
}

TEST(gather_nd_and_scatter)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(2, 2, 2), CN_FLOAT32);
        cn_tensor *at = INTS(cn_shape(3, 2), 0, 1, 1, -1, 0, 1);
        check_tensor(cn_gather_nd(x, at), cn_shape(3, 2), 2, 3, 6, 7, 2, 3);
        check_tensor(cn_gather_nd(x, INTS(cn_shape(3), 1, 0, 1)), CN_SCALAR, 5);
        cn_tensor *updates = counting_values(cn_shape(3, 2), CN_FLOAT32);
        check_tensor(cn_scatter(at, updates, cn_shape(2, 2, 2)), cn_shape(2, 2, 2), 0, 0, 4, 6, 0,
                     0, 2, 3);
        check_tensor(cn_scatter_update(x, at, updates), cn_shape(2, 2, 2), 0, 1, 4, 5, 4, 5, 2, 3);
        check_tensor(cn_scatter(INTS(cn_shape(2, 1), 2, 2), INTS(cn_shape(2), 5, 6), cn_shape(3)),
                     cn_shape(3), 0, 0, 11);
        CHECK(!cn_scatter(at, counting_values(cn_shape(3), CN_FLOAT32), cn_shape(2, 2, 2)));
        check_error(
            "cn_scatter: indices (3, 2) into shape (2, 2, 2) expect updates of shape (3, 2), "
            "found (3,)");
        CHECK(!cn_data(cn_gather_nd(x, INTS(cn_shape(1, 2), 1, 2))));
        check_error("cn_gather_nd: the index 2 at (0, 1) is outside axis 1 of size 2");
    }
}

TEST(gather_by_batch)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(2, 3), CN_FLOAT32);
        check_tensor(cn_batch_gather(x, INTS(cn_shape(2, 2), 2, 0, 1, -2)), cn_shape(2, 2), 2, 0, 4,
                     4);
        x = counting_values(cn_shape(2, 2, 3), CN_FLOAT32);
        /* (batch, before, rows), (batch, more, more) -> (batch, before, more, more) */
        check_tensor(cn_gather_batch(x, INTS(cn_shape(2, 1, 2), 2, 0, 1, 1), 2, 1),
                     cn_shape(2, 2, 1, 2), 2, 0, 5, 3, 7, 7, 10, 10);
        check_tensor(cn_gather_batch(x, INTS(cn_shape(2), 1, 0), 1, -1 + 1), cn_shape(2, 2, 3), 3,
                     4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8);
        check_tensor(cn_gather_batch(x, INTS(cn_shape(2), 1, 0), 1, 1), cn_shape(2, 3), 3, 4, 5, 6,
                     7, 8);
        CHECK(cn_dim(cn_batch_gather(x, INTS(cn_shape(2, 0), 0)), 1) == 0);
        CHECK(!cn_batch_gather(x, INTS(cn_shape(3, 1), 0, 0, 0)));
        check_error("cn_gather_batch: expected 1 axes that x and indices share before axis 1, "
                    "found x (2, 2, 3) and indices (3, 1)");
        CHECK(!cn_data(cn_batch_gather(x, INTS(cn_shape(2, 2), 0, 1, 1, 2))));
        check_error("cn_gather_batch: the index 2 at (1, 1) is outside axis 1 of size 2");
    }
}

TEST(scatter_reductions_and_segments)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(3, 2), CN_FLOAT32),
                  *at = INTS(cn_shape(2, 1), 2, 2);
        cn_tensor *u = cn_values(cn_shape(2, 2), 9, 1, 2, 2);
        check_tensor(cn_scatter_reduce(x, at, u, "add"), cn_shape(3, 2), 0, 1, 2, 3, 15, 8);
        check_tensor(cn_scatter_reduce(x, at, u, "max"), cn_shape(3, 2), 0, 1, 2, 3, 9, 5);
        check_tensor(cn_scatter_reduce(x, at, u, "min"), cn_shape(3, 2), 0, 1, 2, 3, 2, 1);
        check_tensor(cn_scatter_reduce(x, at, u, "mul"), cn_shape(3, 2), 0, 1, 2, 3, 72, 10);
        CHECK(!cn_scatter_reduce(x, at, u, "mean"));
        check_error("cn_scatter_reduce: expected 'add', 'max', 'min' or 'mul', found 'mean'");
        cn_tensor *ids = INTS(cn_shape(3), 2, 0, 2), *whole = cn_cast(x, CN_INT8);
        check_tensor(cn_segment_sum(x, ids, 3), cn_shape(3, 2), 2, 3, 0, 0, 4, 6);
        check_tensor(cn_segment_max(whole, ids, 3), cn_shape(3, 2), 2, 3, -128, -128, 4, 5);
        check_tensor(cn_segment_min(whole, ids, 3), cn_shape(3, 2), 2, 3, 127, 127, 0, 1);
        check_tensor(cn_segment_prod(x, ids, 3), cn_shape(3, 2), 2, 3, 1, 1, 0, 5);
        check_tensor(cn_bincount(INTS(cn_shape(2, 2), 1, 3, 1, 7), NULL, 4), cn_shape(4), 0, 2, 0,
                     1);
        check_tensor(cn_bincount(INTS(cn_shape(2), 1, 1), cn_values(cn_shape(2), 0.5, 2), 2),
                     cn_shape(2), 0, 2.5);
        CHECK(cn_data(cn_segment_max(cn_zeros(cn_shape(0, 2), 0), INTS(cn_shape(0), 0), 2)));
        CHECK(!cn_data(cn_segment_sum(x, INTS(cn_shape(3), 0, 1, 3), 3)));
        check_error("cn_segment_sum: the id 3 at (2,) is outside [0, 3)");
    }
}

/* Many indices, so that the sum is shared among threads. */
TEST(gather_gradient_of_many_rows)
{
    enum { N = 5000, ROWS = 37, WIDTH = 16 };
    CN_SCOPE {
        cn_tensor *x = cn_zeros(cn_shape(ROWS, WIDTH), CN_FLOAT32);
        cn_tensor *at = cn_mod(cn_arange(0, N, 1, CN_INT32), ROWS);
        cn_tensor *y = cn_sum(cn_gather(cn_add(x, 0.0), at, 0));
        const float *g = cn_floats(cn_list_item(cn_gradients(y, cn_list_of(x)), 0));
        bool same = g != NULL;
        for (int i = 0; same && i < ROWS * WIDTH; i++)
            same = g[i] == (float)(N / ROWS + (i / WIDTH < N % ROWS));
        CHECK(same);
    }
}

#define FORMULA(name, expression)               \
    static cn_tensor *name(cn_tensor *const *x) \
    {                                           \
        return expression;                      \
    }
FORMULA(gathered, cn_square(cn_gather(x[0], INTS(cn_shape(2, 2), 0, 1, -1, 1), 1)))
FORMULA(along, cn_square(cn_take_along_axis(x[0], INTS(cn_shape(3, 1), 0, 1, 1), 1)))
FORMULA(picked, cn_square(cn_gather_nd(x[0], INTS(cn_shape(2, 2), 0, 1, 2, 0))))
FORMULA(scattered, cn_square(cn_scatter(INTS(cn_shape(3, 1), 3, 0, 3), x[0], cn_shape(4, 2))))
FORMULA(by_batch, cn_square(cn_gather_batch(x[0], INTS(cn_shape(3, 2), 1, 0, 1, 1, 0, 0), 1, 1)))
FORMULA(largest, cn_square(cn_segment_max(x[0], INTS(cn_shape(3), 1, 0, 1), 2)))
FORMULA(product, cn_square(cn_segment_prod(x[0], INTS(cn_shape(3), 1, 0, 1), 2)))
FORMULA(smallest, cn_scatter_reduce(x[0], INTS(cn_shape(3, 1), 1, 2, 1), cn_square(x[0]), "min"))
FORMULA(sliced, cn_slice_update(x[0], ((int64_t[]){1, 0}), cn_slice(cn_square(x[0]), ":2")))
FORMULA(written, cn_square(cn_scatter_update(x[0], INTS(cn_shape(3, 1), 1, 2, 1), cn_square(x[0]))))

TEST(gather_gradients)
{
    CN_SCOPE {
        cn_tensor *x = gradient_values(cn_shape(3, 2), 1);
        check_gradients(gathered, x);
        check_gradients(along, x);
        check_gradients(picked, x);
        check_gradients(scattered, x);
        check_gradients(written, x);
        check_gradients(by_batch, x);
        check_gradients(largest, x);
        check_gradients(product, x);
        check_gradients(smallest, x);
        check_gradients(sliced, x);
    }
}
