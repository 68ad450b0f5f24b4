/* Single steps. keras.Model.train_on_batch, test_on_batch, predict_on_batch */
#include <math.h>

#include "optimizers/ema.h"
#include "trainers/trainer.h"

static double step(cn_model *model, cn_tensor *x, cn_tensor *y, cn_tensor *w, bool train)
{
    const char *who = train ? "cn_train_on_batch" : "cn_test_on_batch";
    if (!model || !x || !y)
        return NAN;
    double loss = NAN;
    CN_SCOPE {
        cn_dataset *data = cn_from_arrays(x, y, w);
        cn_trainer *t = data && cn_model_prepare(model, data) ? cn_trainer_of(model, who) : NULL;
        cn_dataset *whole = t ? cn_batch_dataset(data, (int)cn_dataset_size(data), false) : NULL;
        cn_batch_views batch;
        cn_logs logs = {0};
        if (whole && cn_dataset_begin(whole, 0) && cn_dataset_next(whole, &batch) > 0) {
            cn_stepper stepper = {.step = train ? &t->train : &t->test};
            if ((!train || cn_average_may_train(model)) && cn_trainer_reset_metrics(t) &&
                cn_stepper_run(&stepper, &batch, cn_trainer_variant(t, &batch)) &&
                cn_stepper_logs(&stepper, &logs, ""))
                loss = cn_logs_get(&logs, "loss");
            cn_stepper_end(&stepper);
        }
        cn_logs_free(&logs);
    }
    return loss;
}

double cn_train_on_batch(cn_model *model, cn_tensor *x, cn_tensor *y, cn_tensor *sample_weight)
{
    return step(model, x, y, sample_weight, true);
}

double cn_test_on_batch(cn_model *model, cn_tensor *x, cn_tensor *y, cn_tensor *sample_weight)
{
    return step(model, x, y, sample_weight, false);
}

cn_tensor *cn_predict_on_batch(cn_model *model, cn_tensor *x)
{
    cn_dataset *data = cn_dataset_of(x);
    int size = data ? (int)cn_dataset_size(data) : 0;
    return data ? cn_predict_with(model, data, &(cn_run_options){.batch_size = size}) : NULL;
}
