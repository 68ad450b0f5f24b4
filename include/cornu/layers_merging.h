/* keras.layers: merging. See cornu/layers.h. */
#ifndef CORNU_LAYERS_MERGING_H
#define CORNU_LAYERS_MERGING_H

#include <cornu/layer.h>

/* Layers of several inputs: cn_call(cn_add_layer(), a, b). Shapes agree or broadcast; inputs of
 * lower rank get axes of size 1 after the batch. The output is masked where all inputs have masks
 * and one of them keeps the place. */
CN_OPTIONS(merge, CN_NO_PARAMS, CN_LAYER_PARAMS)

/* a + b + ...: shapes (batch, ...) -> (batch, ...). keras.layers.Add */
typedef cn_merge_options cn_add_layer_options;
CN_API cn_layer *cn_add_layer_new(const cn_add_layer_options *options);
#define cn_add_layer(...) CN_MAKE(add_layer, CN_NO_PARAMS, __VA_ARGS__)

/* a - b, of two inputs: shapes (batch, ...) -> (batch, ...). keras.layers.Subtract */
typedef cn_merge_options cn_subtract_layer_options;
CN_API cn_layer *cn_subtract_layer_new(const cn_subtract_layer_options *options);
#define cn_subtract_layer(...) CN_MAKE(subtract_layer, CN_NO_PARAMS, __VA_ARGS__)

/* a * b * ...: shapes (batch, ...) -> (batch, ...). keras.layers.Multiply */
typedef cn_merge_options cn_multiply_layer_options;
CN_API cn_layer *cn_multiply_layer_new(const cn_multiply_layer_options *options);
#define cn_multiply_layer(...) CN_MAKE(multiply_layer, CN_NO_PARAMS, __VA_ARGS__)

/* The mean of the inputs: shapes (batch, ...) -> (batch, ...). keras.layers.Average */
typedef cn_merge_options cn_average_layer_options;
CN_API cn_layer *cn_average_layer_new(const cn_average_layer_options *options);
#define cn_average_layer(...) CN_MAKE(average_layer, CN_NO_PARAMS, __VA_ARGS__)

/* The largest of the inputs, place by place: shapes (batch, ...) -> (batch, ...).
 * keras.layers.Maximum */
typedef cn_merge_options cn_maximum_layer_options;
CN_API cn_layer *cn_maximum_layer_new(const cn_maximum_layer_options *options);
#define cn_maximum_layer(...) CN_MAKE(maximum_layer, CN_NO_PARAMS, __VA_ARGS__)

/* The smallest of the inputs, place by place: shapes (batch, ...) -> (batch, ...).
 * keras.layers.Minimum */
typedef cn_merge_options cn_minimum_layer_options;
CN_API cn_layer *cn_minimum_layer_new(const cn_minimum_layer_options *options);
#define cn_minimum_layer(...) CN_MAKE(minimum_layer, CN_NO_PARAMS, __VA_ARGS__)

#define CN_CONCATENATE(P) P(int, axis, -1, "the axis along which the inputs follow each other")
/* (batch, ..., a), (batch, ..., b) -> (batch, ..., a + b). keras.layers.Concatenate */
CN_OPTIONS(concatenate, CN_CONCATENATE, CN_LAYER_PARAMS)
CN_API cn_layer *cn_concatenate_new(const cn_concatenate_options *options);
#define cn_concatenate(...) CN_MAKE(concatenate, CN_CONCATENATE, __VA_ARGS__)

#define CN_DOT_LAYER(P)                                                                     \
    P(cn_axes, axes, CN_REQUIRED_SIZES, "the axis of both inputs, or of each: {1}, {1, 2}") \
    P(bool, normalize, false, "divide by the lengths first: cosine proximity")
/* The product of two inputs sample by sample, summed over one axis of each: (batch, 3, 5),
 * (batch, 10, 3) with axes {1, 2} -> (batch, 5, 10). keras.layers.Dot */
CN_OPTIONS(dot_layer, CN_DOT_LAYER, CN_LAYER_PARAMS)
CN_API cn_layer *cn_dot_layer_new(const cn_dot_layer_options *options);
#define cn_dot_layer(...) CN_MAKE(dot_layer, CN_DOT_LAYER, __VA_ARGS__)

#endif
