/* Pictures of models. keras.utils.plot_model */
#ifndef CORNU_PLOT_H
#define CORNU_PLOT_H

#include <cornu/models.h>

typedef struct cn_plot_model_options {
    cn_at at;
    cn_model *model;
    cn_str to_file CN_OTHERWISE("model.png"); /* .png, .svg or .dot */
    bool show_shapes;                         /* of what goes in and comes out */
    bool show_dtype;
    bool show_layer_names;             /* otherwise the layers' classes alone */
    cn_str rankdir CN_OTHERWISE("TB"); /* from the top down; "LR": from left to right */
    int dpi CN_OTHERWISE(200);
    bool show_layer_activations;
    bool show_trainable;
    bool expand_nested; /* draws the layers of models in it in their place, named "inner/dense" */
} cn_plot_model_options;
/* Draws the graph of layers: a box for each layer and each op between layers, an arrow for each
 * tensor that one gets from another. No other program is needed. keras.utils.plot_model Errors: a
 * model that is not built or has no graph (CN_ESTATE), another kind of file, more than 2^28 pixels
 * (CN_EINVAL), what writing a file brings. */
CN_API bool cn_plot_model_with(const cn_plot_model_options *options);
#define cn_plot_model(...)                        \
    (CN_MARK("cn_plot_model"),                    \
     cn_plot_model_with(&(cn_plot_model_options){ \
         .to_file = "model.png", .rankdir = "TB", .dpi = 200, .at = CN_AT, __VA_ARGS__}))

#endif
