/* CN_EACH: every sample once, other orders in other passes, and no way out that loses a scope. */
#include "base/object.h"
#include "base/test.h"
#include "cornu/data.h"
#include "ops/ops.h"

static cn_dataset *numbers(int n)
{
    return cn_from_arrays(cn_arange(0, n, 1, CN_INT32), cn_arange(0, n, 1, CN_FLOAT32));
}

TEST(each_batch_once)
{
    CN_SCOPE {
        cn_dataset *d = cn_batch_dataset(cn_shuffle(numbers(10), 0), 4, false);
        double sum = 0, first[2] = {0};
        int depth = cn_scope_depth(), turns = 0;
        for (int pass = 0; pass < 2; pass++)
            CN_EACH (batch, d) {
                CHECK(cn_scope_depth() == depth + 1 && batch->xs && batch->ys);
                CHECK(cn_dim(batch->x, 0) == batch->size && !batch->sample_weight);
                sum += cn_item(cn_sum(cn_mul(batch->x, batch->y)));
                first[pass] = first[pass] * 10 + *(const int *)cn_data(batch->x);
                turns++;
            }
        CHECK(turns == 6 && sum == 2 * 285 && first[0] != first[1]);
        CHECK(cn_scope_depth() == depth);
    }
}

TEST(a_loop_may_be_left)
{
    CN_SCOPE {
        cn_dataset *d = numbers(10); /* no batches: samples */
        cn_tensor *v = cn_variable(cn_zeros(CN_SCALAR, CN_FLOAT32), "v");
        int depth = cn_scope_depth(), turns = 0;
        CN_EACH (sample, d) {
            CHECK(cn_rank(sample->x) == 0);
            if (turns++ == 1)
                continue;
            cn_assign(v, cn_add(v, sample->y));
            if (turns == 5)
                break;
        }
        CHECK(turns == 5 && cn_scope_depth() == depth && *cn_floats(v) == 0 + 2 + 3 + 4);
        CN_EACH (sample, d)
            turns += (int)sample->size;
        CHECK(turns == 15);
    }
}

TEST(loops_over_one_dataset_do_not_nest)
{
    CN_SCOPE {
        cn_dataset *d = numbers(3);
        int turns = 0;
        CN_EACH (outer, d) {
            CN_EACH (inner, d)
                turns += 100;
            check_error("CN_EACH: the dataset is being read by a loop around this one: make it "
                        "twice");
            turns += (int)outer->size;
        }
        CHECK(turns == 3);
        CN_EACH (none, NULL)
            turns++;
        CHECK(turns == 3);
    }
}
