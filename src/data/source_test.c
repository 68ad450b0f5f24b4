/* Data from functions of the user's, in training, evaluation and own loops. */
#include <string.h>

#include "base/object.h"
#include "base/test.h"
#include "cornu/callbacks.h"
#include "cornu/data.h"
#include "cornu/layers.h"
#include "cornu/models.h"
#include "ops/ops.h"

/* y = the number of the batch, of two samples (three in batch 1). */
typedef struct counts {
    int64_t items, ends, length, breaks;
    char order[64];
} counts;

static bool give(int64_t index, cn_batch *batch, void *user)
{
    counts *c = user;
    int64_t n = index == 1 ? 3 : 2;
    size_t at = strlen(c->order);
    if (at + 1 < sizeof c->order)
        c->order[at] = (char)('0' + index);
    c->items++;
    batch->x = cn_add(cn_ones(cn_shape(n, 1), CN_FLOAT32), (double)index);
    batch->ys = cn_list_of(cn_full(cn_shape(n, 1), (double)index, CN_FLOAT32));
    return true;
}

static bool give_next(cn_batch *batch, void *user)
{
    counts *c = user;
    return (!c->breaks || c->items < c->breaks) && give(c->items % 4, batch, user);
}

static int64_t length(void *user)
{
    return ((counts *)user)->length;
}

static bool ended(void *user)
{
    return ++((counts *)user)->ends > 0;
}

static cn_dataset *sequence(counts *c)
{
    return cn_from_sequence(&(cn_sequence){length, give, ended, c});
}

static cn_model *model(void)
{
    cn_model *m = cn_sequential(cn_input(1), cn_dense(1));
    cn_compile(m, "sgd", .loss = {"mse"});
    return m;
}

TEST(sequences_are_read_in_order)
{
    CN_SCOPE {
        counts c = {.length = 3}, v = {.length = 2};
        cn_model *m = model();
        CHECK(cn_fit(m, sequence(&c), .epochs = 3, .validation_data = sequence(&v), .verbose = 0));
        check_text(c.order, "012012012");
        check_text(v.order, "010101");
        CHECK(c.ends == 3 && v.ends == 3);
        CHECK(cn_fit(m, sequence(&c), .epochs = 2, .steps_per_epoch = 2, .verbose = 0));
        check_text(c.order, "0120120120101");
        CHECK(c.ends == 5);
        CHECK(cn_evaluate(m, sequence(&v), .verbose = 0) && v.ends == 4);
        cn_tensor *y = cn_predict(m, sequence(&c), .verbose = 0);
        CHECK(y && y->shape.dim[0] == 7 && c.ends == 6);
    }
}

TEST(own_loops_read_sequences)
{
    CN_SCOPE {
        counts c = {.length = 2};
        int64_t samples = 0;
        double sum = 0;
        CN_EACH (batch, sequence(&c)) {
            samples += batch->size;
            sum += cn_item(cn_sum(batch->x)) + cn_item(cn_sum(batch->y));
        }
        CHECK(samples == 5 && sum == 2 + 3 * 2 + 3 && c.ends == 1 && !cn_error_code());
    }
}

/* The same batches as arrays train to the same weights. */
TEST(generators_go_on_from_epoch_to_epoch)
{
    CN_SCOPE {
        counts c = {0};
        cn_model *m = model();
        cn_dataset *d = cn_from_generator(give_next, &c, .steps_per_epoch = 3);
        CHECK(cn_fit(m, d, .epochs = 2, .verbose = 0));
        check_text(c.order, "012301");
        CHECK(cn_evaluate(m, d, .steps = 1, .verbose = 0) && c.items == 7);
        d = cn_from_generator(give_next, &c);
        CHECK(!cn_fit(m, d, .verbose = 0));
        check_error("cn_fit: the dataset has no end: give steps_per_epoch");
        CHECK(!cn_evaluate(m, d, .verbose = 0));
        check_error("cn_evaluate: the dataset has no end: give steps (validation_steps in cn_fit)");
    }
}

static bool bad_batch(cn_batch *batch, void *user)
{
    int kind = *(int *)user;
    batch->x = kind == 0 ? NULL : cn_zeros(kind == 1 ? CN_SCALAR : cn_shape(2, 1), CN_FLOAT32);
    batch->y = cn_zeros(cn_shape(3, 1), CN_FLOAT32);
    return kind != 3 || cn_raise(CN_EIO, "the camera is off");
}

static void check_bad(cn_str message, int kind)
{
    CN_SCOPE {
        cn_dataset *d = cn_from_generator(bad_batch, &kind, .steps_per_epoch = 1);
        CHECK(!cn_fit(model(), d, .verbose = 0));
        check_error(message);
    }
}

TEST(bad_batches)
{
    check_bad("cn_from_generator: expected x in batch 0, found NULL", 0);
    check_bad("cn_from_generator: expected tensors whose first axis is the samples in batch 0, "
              "found ()",
              1);
    check_bad("cn_from_generator: expected as many samples in all tensors of batch 0, found 2 and "
              "3",
              2);
    check_bad("the camera is off", 3);
    CN_SCOPE {
        counts c = {.length = -1};
        CHECK(!cn_from_generator(NULL));
        check_error("cn_from_generator: expected a function, found NULL");
        CHECK(!sequence(&c));
        check_error("cn_from_sequence: expected a length of 0 or more, found -1");
    }
}
