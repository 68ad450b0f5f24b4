/* Moving averages, inside. */
#ifndef CN_OPTIMIZERS_EMA_H
#define CN_OPTIMIZERS_EMA_H

#include "cornu/ema.h"
#include "graph/tensor.h"

/* What a model holds where its weights are averaged; each weight points to it. */
typedef struct cn_average {
    cn_object object;
    double momentum;
    cn_list *weights, *shadows; /* in pairs; held */
    cn_tensor *updates;         /* int64; held */
    bool applied;               /* weights and shadows have changed places */
} cn_average;

/* A new one of the model's weights, which are the shadows' first values. */
cn_average *cn_average_new(cn_model *model, double momentum);
/* After the weights were assigned to by a step: the averages that have one of them follow. */
bool cn_averages_follow(const cn_list *weights);
/* Error where the model has its averages in the place of its weights. */
bool cn_average_may_train(const cn_model *model);
/* Weights count as untrained again: the model was compiled. */
void cn_weights_fresh(cn_model *model);

#endif
