/* cn_input: a symbolic tensor, and the InputLayer that stands for it in files. keras.Input */
#include "graph/shape.h"
#include "models/model.h"

#define INPUT_LAYER(P)                                                         \
    P(cn_shape_param, batch_shape, NULL, "the whole shape, CN_ANY where open") \
    P(bool, sparse, false, "not supported")                                    \
    P(bool, ragged, false, "not supported")                                    \
    P(bool, optional, false, "whether the input may be left out")
CN_OPTIONS(input_layer, INPUT_LAYER, CN_LAYER_PARAMS)
CN_LAYER_STRUCT(input_layer, INPUT_LAYER, )

static cn_tensor *call(input_layer *self, const cn_inputs *in)
{
    (void)self;
    return in->count ? in->x[0] : NULL;
}

static bool init(input_layer *self)
{
    if (self->sparse || self->ragged)
        return cn_fail(CN_EUNSUPPORTED, "not supported: InputLayer's argument '%s'",
                       self->sparse ? "sparse" : "ragged");
    self->layer.built = true;
    return (self->batch_shape && self->batch_shape->rank > 0) ||
           cn_fail(CN_EFORMAT, "InputLayer: the argument 'batch_shape' is required");
}

/* An input names its dtype plainly. */
static bool write_config(const input_layer *self, cn_json *config)
{
    cn_json_free(cn_json_remove(config, "trainable"));
    return cn_json_set(config, "dtype", cn_json_string(self->layer.dtype));
}

/* Older files say batch_input_shape. */
static bool read_config(cn_json *config)
{
    cn_json *shape = cn_json_remove(config, "batch_input_shape");
    if (shape && !cn_json_get(config, "batch_shape"))
        return cn_json_set(config, "batch_shape", shape);
    cn_json_free(shape);
    return true;
}

static const input_layer_methods input_layer_methods_ = {.init = init,
                                                         .write_config = write_config,
                                                         .read_config = read_config,
                                                         .call = call,
                                                         .keeps_dtype = true};
const cn_class cn_input_layer_class = {.family = CN_LAYERS,
                                       .name = "InputLayer",
                                       .built_in = true,
                                       .package = "keras.layers",
                                       .params = input_layer_params,
                                       .defaults = &input_layer_defaults,
                                       .size = sizeof(input_layer),
                                       .methods = &input_layer_methods_};

cn_tensor *cn_input_tensor(cn_layer *layer)
{
    if (!layer)
        return NULL;
    if (layer->output)
        return layer->output;
    cn_dtype dtype = cn_dtype_of_name(layer->dtype);
    cn_shape shape = *((const input_layer *)layer)->batch_shape;
    cn_results results = {1, &shape, &dtype};
    cn_tensor *x =
        cn_symbolic(layer, cn_list_new(), &results, &(cn_call_options){.training = CN_NONE});
    layer->output = x; /* not held: the tensor holds the layer */
    return x;
}

cn_tensor *cn_input_new(const cn_input_options *o)
{
    const int64_t dims[] = {o->d0, o->d1, o->d2, o->d3, o->d4, o->d5, o->d6};
    cn_shape shape = {.rank = 1, .dim = {o->batch_size}};
    for (int i = 0; i < 7 && dims[i] != CN_UNSET; i++) {
        if (dims[i] < CN_ANY)
            return cn_fail_null(CN_EINVAL,
                                "cn_input: expected sizes of 0 or more (or CN_ANY), found %lld",
                                (long long)dims[i]);
        shape.dim[shape.rank++] = dims[i];
    }
    cn_input_layer_options options = {INPUT_LAYER(CN_DEFAULT_) CN_LAYER_PARAMS(CN_DEFAULT_)};
    options.batch_shape = o->shape ? o->shape : &shape;
    options.name = o->name;
    options.dtype = cn_dtype_name(o->dtype);
    return cn_input_tensor(cn_layer_new(&cn_input_layer_class, &options));
}
