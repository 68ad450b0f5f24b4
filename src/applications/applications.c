/* Networks by name: arguments are checked, the top is put on, weights are read.
 * keras.applications */
#include "applications/application.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "config/instance.h"
#include "cornu/ops.h"
#include "graph/shape.h"
#include "graph/walk.h"
#include "models/model.h"

#define RESNET(family, name, class_name, ...)                     \
    {                                                             \
        name, class_name, family, {__VA_ARGS__}, 100, 100, 0, 224 \
    }
#define EFFICIENT(name, class_name, size, width, depth, stages)               \
    {                                                                         \
        name, class_name, CN_EFFICIENTNET_V2, {0}, width, depth, stages, size \
    }
static const cn_application applications[] = {
    RESNET(CN_RESNET, "resnet50", "ResNet50", 3, 4, 6, 3),
    RESNET(CN_RESNET, "resnet101", "ResNet101", 3, 4, 23, 3),
    RESNET(CN_RESNET, "resnet152", "ResNet152", 3, 8, 36, 3),
    RESNET(CN_RESNET_V2, "resnet50v2", "ResNet50V2", 3, 4, 6, 3),
    RESNET(CN_RESNET_V2, "resnet101v2", "ResNet101V2", 3, 4, 23, 3),
    RESNET(CN_RESNET_V2, "resnet152v2", "ResNet152V2", 3, 8, 36, 3),
    EFFICIENT("efficientnetv2-b0", "EfficientNetV2B0", 224, 100, 100, 0),
    EFFICIENT("efficientnetv2-b1", "EfficientNetV2B1", 240, 100, 110, 0),
    EFFICIENT("efficientnetv2-b2", "EfficientNetV2B2", 260, 110, 120, 0),
    EFFICIENT("efficientnetv2-b3", "EfficientNetV2B3", 300, 120, 140, 0),
    EFFICIENT("efficientnetv2-s", "EfficientNetV2S", 384, 100, 100, 1),
    EFFICIENT("efficientnetv2-m", "EfficientNetV2M", 480, 100, 100, 2),
    EFFICIENT("efficientnetv2-l", "EfficientNetV2L", 480, 100, 100, 3)};
enum { APPLICATIONS = sizeof applications / sizeof *applications };

static const cn_application *find(cn_str name)
{
    const char *names[APPLICATIONS + 1] = {0};
    for (int i = 0; i < APPLICATIONS; i++) {
        if (name && !strcmp(name, applications[i].name))
            return &applications[i];
        names[i] = applications[i].name;
    }
    return cn_fail_null(CN_ENOTFOUND, "there is no application '%s'%s", name ? name : "NULL",
                        cn_did_you_mean(name ? name : "", names));
}

/* ---- layers from specs ---- */

cn_tensor *cn_put(cn_tensor *x, cn_str spec)
{
    return x ? cn_call_one(cn_instance_of_spec(CN_LAYERS, spec), x) : NULL;
}

cn_tensor *cn_join(cn_tensor *a, cn_tensor *b, cn_str spec)
{
    return a && b ? cn_call(cn_instance_of_spec(CN_LAYERS, spec), a, b) : NULL;
}

/* ---- weights ---- */

char *cn_cached_model_file(cn_str who, cn_str address, cn_str file)
{
    const char *keras = getenv("KERAS_HOME"), *home = getenv("HOME");
    bool own = keras && *keras;
    char *path = cn_mem_printf("%s/%smodels/%s",
                               own    ? keras
                               : home ? home
                                      : "",
                               own ? "" : ".keras/", file);
    if (!path || !access(path, R_OK))
        return path;
    cn_fail(CN_ENOTFOUND,
            "%s: there is no file '%s', and nothing is fetched: get it from "
            "https://storage.googleapis.com/%s%s",
            who, path, address, file);
    cn_mem_free(path);
    return NULL;
}

static bool is_published(const cn_application_options *o)
{
    return o->weights && !strcmp(o->weights, "imagenet");
}

/* The file of weights, owned; NULL without an error where there is none to read. */
static char *weights_file(const cn_application *which, const cn_application_options *o)
{
    bool resnet = which->family != CN_EFFICIENTNET_V2;
    if (!is_published(o))
        return o->weights ? cn_mem_strdup(o->weights) : NULL;
    return cn_cached_model_file(which->class_name,
                                resnet ? "tensorflow/keras-applications/resnet/"
                                       : "tensorflow/keras-applications/efficientnet_v2/",
                                cn_fmt("%s%s%s.h5", which->name,
                                       resnet ? "_weights_tf_dim_ordering_tf_kernels" : "",
                                       o->include_top ? "" : "_notop"));
}

/* ---- arguments ---- */

static bool refuse_shape(const cn_application *which, cn_str wanted, const cn_shape *found)
{
    return cn_fail(CN_EINVAL, "%s: %s; Received: input_shape=%s", which->class_name, wanted,
                   cn_shape_text(*found));
}

static bool check_shape(const cn_application *which, const cn_application_options *o,
                        const cn_shape *shape)
{
    bool open = false;
    if (shape->rank != 3)
        return refuse_shape(which, "`input_shape` must be a tuple of three integers", shape);
    if (is_published(o) && shape->dim[2] != 3)
        return refuse_shape(which, "The input must have 3 channels", shape);
    for (int i = 0; i < 3; i++) {
        if (shape->dim[i] < (i < 2 ? 32 : 1) && shape->dim[i] != CN_ANY)
            return refuse_shape(which, "Input size must be at least 32x32", shape);
        open = open || shape->dim[i] == CN_ANY;
    }
    return !o->include_top || !open ||
           refuse_shape(
               which, "If `include_top` is True, you should specify a static `input_shape`", shape);
}

static bool find_shape(const cn_application *which, const cn_application_options *o,
                       cn_shape *shape)
{
    int64_t size = o->include_top ? which->size : CN_ANY;
    cn_shape usual = cn_shape(size, size, 3);
    *shape = (cn_shape){.rank = cn_dims_count(o->input_shape)};
    memcpy(shape->dim, o->input_shape.d, sizeof o->input_shape.d);
    if (!shape->rank)
        *shape = usual;
    else if (is_published(o) && o->include_top && !cn_shape_equal(*shape, usual))
        return refuse_shape(which,
                            cn_fmt("When setting `include_top=True` and loading `imagenet` "
                                   "weights, `input_shape` should be %s",
                                   cn_shape_text(usual)),
                            shape);
    return check_shape(which, o, shape);
}

static bool refuse(const cn_application *which, cn_str argument, cn_str wanted, cn_str found)
{
    return cn_fail(CN_EINVAL, "%s: expected %s for `%s`. Received: %s=%s", which->class_name,
                   wanted, argument, argument, found);
}

static bool check(const cn_application *which, const cn_application_options *o, cn_shape *shape)
{
    cn_str activation = o->classifier_activation, pooling = o->pooling;
    if (o->weights && !is_published(o) && access(o->weights, R_OK))
        return refuse(which, "weights", "NULL, \"imagenet\" or the path to a weights file",
                      o->weights);
    if (o->input_tensor && !o->input_tensor->symbolic)
        return refuse(which, "input_tensor", "a symbolic tensor", "values");
    if (is_published(o) && o->include_top && o->classes != 1000)
        return refuse(which, "classes", "1000, with imagenet weights and the top,",
                      cn_fmt("%d", o->classes));
    if (o->weights && o->include_top && activation && strcmp(activation, "softmax") &&
        strcmp(activation, "linear"))
        return refuse(which, "classifier_activation", "NULL or \"softmax\", with given weights,",
                      activation);
    if (pooling && strcmp(pooling, "avg") && strcmp(pooling, "max"))
        return refuse(which, "pooling", "\"avg\", \"max\" or NULL", pooling);
    return find_shape(which, o, shape);
}

/* ---- the model ---- */

static cn_tensor *top(const cn_application *which, cn_tensor *x, const cn_application_options *o)
{
    if (!o->include_top && !o->pooling)
        return x;
    bool avg = o->include_top || !strcmp(o->pooling, "avg");
    x = cn_put(x,
               avg ? "GlobalAveragePooling2D(name=avg_pool)" : "GlobalMaxPooling2D(name=max_pool)");
    if (!o->include_top)
        return x;
    bool efficient = which->family == CN_EFFICIENTNET_V2;
    if (efficient)
        x = cn_put(x, "Dropout(0.2, name=top_dropout)");
    cn_str activation =
        o->classifier_activation ? cn_fmt("'%s'", o->classifier_activation) : "None";
    return cn_put(x, cn_fmt("Dense(%d, activation=%s, name=predictions%s)", o->classes, activation,
                            efficient ? CN_EFFICIENTNET_V2_DENSE : ""));
}

/* The inputs that a tensor depends on. */
static cn_list *sources(cn_tensor *x)
{
    cn_walk walk = {0};
    cn_list *list = cn_walk_make(&walk, &x, 1, NULL) ? cn_list_new() : NULL;
    for (size_t i = 0; list && i < walk.count; i++)
        if (walk.nodes[i]->op == &cn_op_call && !walk.nodes[i]->n_inputs &&
            !cn_list_add(list, walk.nodes[i]))
            list = NULL;
    cn_walk_free(&walk);
    return list;
}

static cn_model *make(const cn_application *which, const cn_application_options *o,
                      const cn_shape *shape)
{
    cn_tensor *input = o->input_tensor;
    if (!input)
        input = cn_input(shape->dim[0], shape->dim[1], shape->dim[2]);
    cn_tensor *x =
        which->family == CN_EFFICIENTNET_V2
            ? cn_efficientnet_v2_body(which, input, o->include_preprocessing, shape->dim[2])
            : cn_resnet_body(which, input);
    cn_list *inputs = input ? sources(input) : NULL;
    x = top(which, x, o);
    return x && inputs
               ? cn_functional_new(inputs, cn_list_single(x), o->name ? o->name : which->name)
               : NULL;
}

cn_model *cn_application_new(cn_str application, const cn_application_options *o)
{
    const cn_application *which = find(application);
    cn_shape shape;
    if (!which || !check(which, o, &shape))
        return NULL;
    char *file = weights_file(which, o);
    cn_model *model = file || !o->weights ? make(which, o, &shape) : NULL;
    if (model && file && !cn_load_weights(model, file))
        model = NULL;
    cn_mem_free(file);
    return model;
}
