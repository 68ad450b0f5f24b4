/* Models, inside. */
#ifndef CN_MODELS_MODEL_H
#define CN_MODELS_MODEL_H

#include "base/json.h"
#include "cornu/subclass.h"
#include "graph/walk.h"
#include "layers/layer.h"

typedef struct cn_trainer cn_trainer;

/* The order of training data is a function of this and of the data: what a training that resumes
 * must have. The seed is drawn at the first fit, and again when the user sets another for all. */
typedef struct cn_shuffling {
    uint64_t seed, epochs; /* passes over the data that were made with it */
    uint64_t given;        /* cn_seeds_given at that time */
    bool chosen;
} cn_shuffling;

/* Steps that the user gave this model; NULL: its class's. */
typedef struct cn_own_steps {
    cn_step_function train, test;
    cn_predict_function predict;
    void *train_user, *test_user, *predict_user;
} cn_own_steps;

struct cn_model_state {
    bool sequential;
    cn_list
        *operations; /* in Keras's order: layers, and op tensors that stand between layers; held */
    cn_walk walk;    /* from inputs to outputs, what a call replays; the outputs keep it alive */
    _Atomic(struct cn_traced *) predict; /* see trainers/predict.c */
    cn_trainer *trainer;                 /* after cn_compile; see trainers/ */
    cn_own_steps steps;
    cn_list *metrics; /* own ones; held; or NULL */
    cn_shuffling shuffling;
    struct cn_average *average; /* of its weights, see optimizers/ema.h; held; or NULL */
    char *json;                 /* cn_model_to_json's last answer */
    char *summary;              /* and cn_summary_text's */
    char *load_note;            /* what cn_load_note says, or NULL */
    /* How inputs and outputs are nested, leaves being their places; NULL: one alone, or a list. */
    cn_json *input_structure, *output_structure;
};

/* The classes' options: a model takes a name and `trainable`. */
extern const cn_class cn_functional_class, cn_sequential_class, cn_input_layer_class;
/* Is it a layer whose struct begins with a cn_model? And one that is a graph of symbolic tensors
 * (or will be), instead of a class of its own? */
bool cn_is_model(const void *object);
bool cn_is_graph(const cn_model *model);
const cn_model_methods *cn_model_methods_of(const cn_model *model);
/* What all models have besides what layers have. */
bool cn_model_begin(cn_model *model);
void cn_model_end(cn_model *model);

/* The tensors of a Sequential's or functional model, with their layers, in order of Keras's nodes:
 * fills state->walk and operations, layer.layers. */
bool cn_model_connect(cn_model *model, cn_list *inputs, cn_list *outputs);
/* Its layers and op tensors in Keras's order. New list. */
cn_list *cn_model_order(const cn_walk *walk, const cn_list *inputs, const cn_list *outputs);
/* The names of the inputs' layers and of the layers that made the outputs; borrowed. */
const char *cn_input_name(const cn_model *model, size_t i);
const char *cn_output_name(const cn_model *model, size_t i);
/* The symbolic tensor of an InputLayer. */
cn_tensor *cn_input_tensor(cn_layer *layer);
/* Whether a Sequential (that got no cn_input) knows its input now; connects it for this shape if
 * not. */
bool cn_sequential_build(cn_model *model, cn_shape input, cn_dtype dtype);
void cn_trainer_free(cn_trainer *trainer);

#endif
