/* Models, inside. */
#ifndef CN_MODELS_MODEL_H
#define CN_MODELS_MODEL_H

#include "base/json.h"
#include "cornu/models.h"
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

struct cn_model_state {
    bool sequential;
    cn_list
        *operations; /* in Keras's order: layers, and op tensors that stand between layers; held */
    cn_walk walk;    /* from inputs to outputs, what a call replays; the outputs keep it alive */
    _Atomic(struct cn_traced *) predict; /* see trainers/predict.c */
    cn_trainer *trainer;                 /* after cn_compile; see trainers/ */
    cn_shuffling shuffling;
    char *json;      /* cn_model_to_json's last answer */
    char *summary;   /* and cn_summary_text's */
    char *load_note; /* what cn_load_note says, or NULL */
    /* How inputs and outputs are nested, leaves being their places; NULL: one alone, or a list. */
    cn_json *input_structure, *output_structure;
};

/* The classes' options: a model takes a name and `trainable`. */
extern const cn_class cn_functional_class, cn_sequential_class, cn_input_layer_class;
bool cn_is_model(const void *object);

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
