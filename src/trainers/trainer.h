/* Training, inside: what cn_compile makes, and the steps that fit, evaluate and predict run. */
#ifndef CN_TRAINERS_TRAINER_H
#define CN_TRAINERS_TRAINER_H

#include "callbacks/callback.h"
#include "data/dataset.h"
#include "models/model.h"
#include "plan/traced.h"

/* One metric of one output. */
typedef struct cn_tracked {
    cn_metric *metric; /* held */
    char *name;        /* in the logs */
    int output;
    bool weighted;
} cn_tracked;

/* Where a fit stands: the epoch and the step in it that come next. */
typedef struct cn_progress {
    int64_t epoch, step;
    bool stopped; /* a callback has ended the training */
} cn_progress;

/* A step of training or of testing: its plans, and what the numbers that it gives are called. All
 * plans give the same. */
typedef struct cn_step {
    cn_model *model;
    bool trains;
    cn_traced *traced;
    cn_logs names; /* in the order of the plans' outputs */
    bool known;    /* a first trace gave the names */
} cn_step;

struct cn_trainer {
    cn_model *model;
    cn_json *settings; /* "loss", "loss_weights", "metrics", "weighted_metrics" as Keras's
                          compile_config has them */
    int n_outputs;
    cn_loss **losses; /* of each output; NULL: none */
    bool *has_loss;
    double *loss_weights; /* CN_NONE: none */
    cn_metric *loss_tracker;
    cn_metric **output_trackers; /* where there are several losses; else NULL */
    cn_tracked *metrics;
    size_t n_metrics;
    bool metrics_built;
    cn_tensor *class_weights; /* a variable (classes,), held; NULL: no fit has had any */
    bool by_class;            /* does the fit that runs have them? */
    cn_step train, test;
    cn_progress progress;      /* of the fit that runs, or ran last */
    cn_callback_list *running; /* its callbacks; NULL: no fit runs */
    cn_list *resumed_metrics;  /* values for the metrics, once they are made; held; or NULL */
    bool ready;                /* losses are made: the outputs are known */
};

/* The steps' signature: how many inputs, targets and weights a batch has. */
int cn_trainer_variant(const cn_trainer *trainer, const cn_batch_views *batch);

/* From settings, which are taken; the optimizer is held by the model. */
cn_trainer *cn_trainer_new(cn_model *model, cn_json *settings);
/* Settings and optimizer in one: what cn_compile and loading a file come to. Takes `settings`. */
bool cn_trainer_compile(cn_model *model, cn_optimizer *optimizer, cn_json *settings);
/* Error unless the model is compiled and knows its inputs. */
cn_trainer *cn_trainer_of(cn_model *model, const char *who);

/* Of a model whose outputs only its calls show, the trainer learns here that there are n. False: it
 * knew of another number. */
bool cn_trainer_know_outputs(cn_trainer *trainer, size_t n);
/* What logs call output `i`; "" where nobody says. */
const char *cn_trainer_output_name(const cn_trainer *trainer, size_t i);
/* The value of `setting` for output `i`: itself, the i-th of a list, or the member of that
 * output's name. */
const cn_json *cn_setting_for(const cn_trainer *trainer, const cn_json *setting, size_t i);

/* Makes the metrics for targets and predictions of these shapes; once. */
bool cn_trainer_build_metrics(cn_trainer *trainer, const cn_list *y_true, const cn_list *y_pred);
/* The loss of an output; "crossentropy" is settled by these shapes the first time. */
cn_loss *cn_trainer_loss(cn_trainer *trainer, size_t i, cn_shape y_true, cn_shape y_pred);

/* All metrics that are made: the trainer's, and what the model has of its own. New list. */
cn_list *cn_trainer_metrics(const cn_trainer *trainer);
bool cn_trainer_reset_metrics(cn_trainer *trainer);
/* What they say now, by the names that logs have, as tensors of the graph. */
cn_logs *cn_trainer_results(const cn_trainer *trainer);

/* All variables of the metrics that are made. New list. */
cn_list *cn_trainer_metric_variables(const cn_trainer *trainer);
/* The seed and the count of epochs that order the data of a fit, chosen if need be. */
void cn_trainer_order(cn_trainer *trainer, cn_dataset *data, cn_dataset *validation, bool choose);
/* Reads over batches that were trained with before the training was resumed; then metrics go on
 * where they were. False: an error, or the data have fewer batches. */
bool cn_trainer_skip(cn_trainer *trainer, cn_dataset *data, int64_t batches);

/* Makes the step ready for its first trace, which will be of the model's step function; and frees
 * what it has. */
bool cn_step_begin(cn_step *step, cn_model *model, bool trains);
void cn_step_end(cn_step *step);
/* The body of traced predictions. */
bool cn_predict_body(void *model, const cn_list *inputs, int variant, cn_list *outputs);

/* A step with the plan and the memory of its last signature: a call of the same one finds both at
 * once. Begin with {.step = …}. */
typedef struct cn_stepper {
    cn_step *step;
    cn_plan *plan; /* held */
    cn_plan_run *run;
    cn_view seen[CN_MAX_COMPONENTS];
    size_t n_seen;
    int variant;
    unsigned long age; /* of the plan */
} cn_stepper;
bool cn_stepper_run(cn_stepper *stepper, const cn_batch_views *batch, int variant);
/* What the last run gave, under prefix + name; what the metrics say, where nothing ran yet. */
bool cn_stepper_logs(const cn_stepper *stepper, cn_logs *logs, const char *prefix);
void cn_stepper_end(cn_stepper *stepper);

/* The callbacks of the options of evaluate and predict. */
bool cn_run_callbacks(cn_callback_list *list, cn_model *model, const cn_run_options *o,
                      int64_t steps);
/* One pass over a dataset by test steps; results go to logs. */
bool cn_test_pass(cn_trainer *trainer, cn_dataset *dataset, int64_t steps,
                  cn_callback_list *callbacks, cn_logs *logs, const char *prefix);
/* A Sequential that began without a cn_input learns its input from the data. */
bool cn_model_prepare(cn_model *model, cn_dataset *dataset);
/* The traced prediction of a model, made when first wanted. */
cn_traced *cn_model_predictor(cn_model *model);

#endif
