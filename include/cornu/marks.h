/* Where the user called from, for messages: made by tools/make_marks.py from the other headers. A
 * function stands behind one that remembers the place, once its arguments are there. */
#ifndef CORNU_MARKS_H
#define CORNU_MARKS_H

#include <cornu/applications.h>
#include <cornu/arrays.h>
#include <cornu/callbacks.h>
#include <cornu/class.h>
#include <cornu/data.h>
#include <cornu/ema.h>
#include <cornu/flow.h>
#include <cornu/function.h>
#include <cornu/initializers.h>
#include <cornu/layer.h>
#include <cornu/layers_core.h>
#include <cornu/layers_preprocessing.h>
#include <cornu/losses.h>
#include <cornu/metrics.h>
#include <cornu/models.h>
#include <cornu/nn.h>
#include <cornu/object.h>
#include <cornu/ops.h>
#include <cornu/optimizers.h>
#include <cornu/random.h>
#include <cornu/subclass.h>
#include <cornu/tensor.h>

#if !defined(CORNU_BUILDING) && !defined(CORNU_NO_MARKS)
/* clang-format off */
#define CN_BARE_(...) __VA_ARGS__
#define CN_MARKED_(kind, name, parameters, arguments)             \
    static inline kind name##_at_(cn_at at_, CN_BARE_ parameters) \
    {                                                             \
        cn_mark(at_.file, at_.line, #name);                       \
        return name arguments;                                    \
    }

CN_MARKED_(cn_tensor *, cn_activate, (cn_str spec, cn_tensor *x), (spec, x))
#define cn_activate(...) cn_activate_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_adapt_to, (void *layer, cn_dataset *data), (layer, data))
#define cn_adapt_to(...) cn_adapt_to_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_add_loss, (void *layer, cn_tensor *loss), (layer, loss))
#define cn_add_loss(...) cn_add_loss_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_add_loss_function, (void *layer, cn_layer_loss_function function, void
    *user), (layer, function, user))
#define cn_add_loss_function(...) cn_add_loss_function_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_metric *, cn_add_metric, (void *model, cn_metric *metric), (model, metric))
#define cn_add_metric(...) cn_add_metric_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_add_slot, (void *optimizer, cn_tensor *weight, cn_str name),
    (optimizer, weight, name))
#define cn_add_slot(...) cn_add_slot_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(void *, cn_add_sublayer, (void *layer, cn_str attribute, void *child), (layer,
    attribute, child))
#define cn_add_sublayer(...) cn_add_sublayer_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_add_update, (void *layer, cn_tensor *variable, cn_tensor *value), (layer,
    variable, value))
#define cn_add_update(...) cn_add_update_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_add_variable, (void *optimizer, cn_str name, cn_shape shape,
    cn_dtype dtype), (optimizer, name, shape, dtype))
#define cn_add_variable(...) cn_add_variable_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_apply_gradients, (cn_optimizer *optimizer, const cn_list *grads, const
    cn_list *weights), (optimizer, grads, weights))
#define cn_apply_gradients(...) cn_apply_gradients_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_arange, (double start, double stop, double step, cn_dtype dtype),
    (start, stop, step, dtype))
#define cn_arange(...) cn_arange_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_argmax, (cn_tensor *x, int64_t axis, bool keepdims), (x, axis, keepdims))
#define cn_argmax(...) cn_argmax_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_argmin, (cn_tensor *x, int64_t axis, bool keepdims), (x, axis, keepdims))
#define cn_argmin(...) cn_argmin_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_argsort, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_argsort(...) cn_argsort_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_array, (const void *data, cn_dtype dtype, cn_shape shape), (data,
    dtype, shape))
#define cn_array(...) cn_array_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_array_size, (cn_tensor *array), (array))
#define cn_array_size(...) cn_array_size_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_array_stack, (cn_tensor *array), (array))
#define cn_array_stack(...) cn_array_stack_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_str, cn_array_text, (cn_tensor *values), (values))
#define cn_array_text(...) cn_array_text_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_array_unstack, (cn_tensor *x), (x))
#define cn_array_unstack(...) cn_array_unstack_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(size_t, cn_arrays_count, (const cn_arrays *arrays), (arrays))
#define cn_arrays_count(...) cn_arrays_count_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_arrays_get, (cn_arrays *arrays, cn_str name), (arrays, name))
#define cn_arrays_get(...) cn_arrays_get_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_arrays_has, (const cn_arrays *arrays, cn_str name), (arrays, name))
#define cn_arrays_has(...) cn_arrays_has_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_str, cn_arrays_name, (const cn_arrays *arrays, size_t i), (arrays, i))
#define cn_arrays_name(...) cn_arrays_name_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_model *, cn_as_model, (void *layer), (layer))
#define cn_as_model(...) cn_as_model_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_average_pool, (cn_tensor *x, const cn_window *window), (x, window))
#define cn_average_pool(...) cn_average_pool_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dataset *, cn_batch_dataset, (cn_dataset *dataset, int size, bool drop_last),
    (dataset, size, drop_last))
#define cn_batch_dataset(...) cn_batch_dataset_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_batch_gather, (cn_tensor *x, cn_tensor *indices), (x, indices))
#define cn_batch_gather(...) cn_batch_gather_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_batch_norm, (cn_tensor *x, cn_tensor *mean, cn_tensor *variance,
    int64_t axis, cn_tensor *offset, cn_tensor *scale, double epsilon), (x, mean, variance, axis,
    offset, scale, epsilon))
#define cn_batch_norm(...) cn_batch_norm_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_bincount, (cn_tensor *x, cn_tensor *weights, int64_t length), (x,
    weights, length))
#define cn_bincount(...) cn_bincount_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_broadcast_to, (cn_tensor *x, cn_shape shape), (x, shape))
#define cn_broadcast_to(...) cn_broadcast_to_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_callback *, cn_callback_of, (cn_str spec), (spec))
#define cn_callback_of(...) cn_callback_of_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_cast, (cn_tensor *x, cn_dtype dtype), (x, dtype))
#define cn_cast(...) cn_cast_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(const cn_class *, cn_class_find, (cn_family family, cn_str name), (family, name))
#define cn_class_find(...) cn_class_find_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_clip_by_average_norm, (cn_tensor *x, double clip_norm), (x, clip_norm))
#define cn_clip_by_average_norm(...) cn_clip_by_average_norm_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_clip_by_global_norm, (const cn_list *tensors, double clip_norm,
    cn_tensor *norm), (tensors, clip_norm, norm))
#define cn_clip_by_global_norm(...) cn_clip_by_global_norm_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_compiled_loss, (void *model, const cn_batch *batch, cn_tensor
    *y_pred), (model, batch, y_pred))
#define cn_compiled_loss(...) cn_compiled_loss_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_logs *, cn_compiled_metrics, (void *model, const cn_batch *batch, cn_tensor
    *y_pred), (model, batch, y_pred))
#define cn_compiled_metrics(...) cn_compiled_metrics_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_compute, (const cn_list *tensors), (tensors))
#define cn_compute(...) cn_compute_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_shape, cn_compute_output_shape, (void *layer, cn_shape input), (layer, input))
#define cn_compute_output_shape(...) cn_compute_output_shape_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_concat, (const cn_list *tensors, int64_t axis), (tensors, axis))
#define cn_concat(...) cn_concat_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(void *, cn_config_layer, (const cn_json *config, cn_str key), (config, key))
#define cn_config_layer(...) cn_config_layer_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(double, cn_config_number, (const cn_json *config, cn_str key), (config, key))
#define cn_config_number(...) cn_config_number_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_config_set_layer, (cn_json *config, cn_str key, void *layer), (config,
    key, layer))
#define cn_config_set_layer(...) cn_config_set_layer_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_config_set_number, (cn_json *config, cn_str key, double value), (config,
    key, value))
#define cn_config_set_number(...) cn_config_set_number_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_config_set_text, (cn_json *config, cn_str key, cn_str value), (config,
    key, value))
#define cn_config_set_text(...) cn_config_set_text_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_str, cn_config_text, (const cn_json *config, cn_str key), (config, key))
#define cn_config_text(...) cn_config_text_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_constrain, (cn_constraint spec, cn_tensor *weight), (spec, weight))
#define cn_constrain(...) cn_constrain_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_conv, (cn_tensor *x, cn_tensor *kernel, const cn_window *window),
    (x, kernel, window))
#define cn_conv(...) cn_conv_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_conv_transpose, (cn_tensor *x, cn_tensor *kernel, const cn_window
    *window), (x, kernel, window))
#define cn_conv_transpose(...) cn_conv_transpose_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(int64_t, cn_count_params, (void *layer), (layer))
#define cn_count_params(...) cn_count_params_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_cumprod, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_cumprod(...) cn_cumprod_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_cumsum, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_cumsum(...) cn_cumsum_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(const void *, cn_data, (cn_tensor *tensor), (tensor))
#define cn_data(...) cn_data_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_dataset_all, (cn_dataset *dataset, cn_batch *batch), (dataset, batch))
#define cn_dataset_all(...) cn_dataset_all_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dataset *, cn_dataset_of, (cn_tensor *x), (x))
#define cn_dataset_of(...) cn_dataset_of_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(int64_t, cn_dataset_size, (const cn_dataset *dataset), (dataset))
#define cn_dataset_size(...) cn_dataset_size_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_depthwise_conv, (cn_tensor *x, cn_tensor *kernel, const cn_window
    *window), (x, kernel, window))
#define cn_depthwise_conv(...) cn_depthwise_conv_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(int64_t, cn_dim, (const cn_tensor *tensor, int axis), (tensor, axis))
#define cn_dim(...) cn_dim_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_dot_product, (cn_tensor *a, cn_tensor *b), (a, b))
#define cn_dot_product(...) cn_dot_product_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(const cn_batch *, cn_each_begin, (cn_dataset *dataset), (dataset))
#define cn_each_begin(...) cn_each_begin_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_each_next, (const cn_batch **batch), (batch))
#define cn_each_next(...) cn_each_next_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_einsum, (cn_str equation, const cn_list *tensors), (equation, tensors))
#define cn_einsum(...) cn_einsum_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_elu, (cn_tensor *x, double alpha), (x, alpha))
#define cn_elu(...) cn_elu_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_ema_apply, (cn_ema *ema), (ema))
#define cn_ema_apply(...) cn_ema_apply_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_ema_averages, (cn_ema *ema), (ema))
#define cn_ema_averages(...) cn_ema_averages_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_ema_reset, (cn_ema *ema), (ema))
#define cn_ema_reset(...) cn_ema_reset_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(int64_t, cn_ema_updates, (cn_ema *ema), (ema))
#define cn_ema_updates(...) cn_ema_updates_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_exclude_from_weight_decay, (cn_optimizer *optimizer, const cn_list
    *weights, cn_str names), (optimizer, weights, names))
#define cn_exclude_from_weight_decay(...) cn_exclude_from_weight_decay_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_expand_dims, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_expand_dims(...) cn_expand_dims_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_eye, (int64_t rows, int64_t columns, cn_dtype dtype), (rows,
    columns, dtype))
#define cn_eye(...) cn_eye_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_finalize_weights, (cn_optimizer *optimizer, const cn_list *weights),
    (optimizer, weights))
#define cn_finalize_weights(...) cn_finalize_weights_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_flip, (cn_tensor *x, cn_axes axes), (x, axes))
#define cn_flip(...) cn_flip_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(const float *, cn_floats, (cn_tensor *tensor), (tensor))
#define cn_floats(...) cn_floats_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dataset *, cn_from_sequence, (const cn_sequence *sequence), (sequence))
#define cn_from_sequence(...) cn_from_sequence_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_full, (cn_shape shape, double value, cn_dtype dtype), (shape,
    value, dtype))
#define cn_full(...) cn_full_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_gather_batch, (cn_tensor *x, cn_tensor *indices, int64_t axis,
    int64_t batch_dims), (x, indices, axis, batch_dims))
#define cn_gather_batch(...) cn_gather_batch_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_gather_nd, (cn_tensor *x, cn_tensor *indices), (x, indices))
#define cn_gather_nd(...) cn_gather_nd_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_gelu, (cn_tensor *x, bool approximate), (x, approximate))
#define cn_gelu(...) cn_gelu_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_get_gradients, (cn_optimizer *optimizer, cn_tensor *loss, const
    cn_list *weights), (optimizer, loss, weights))
#define cn_get_gradients(...) cn_get_gradients_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_get_input, (void *layer), (layer))
#define cn_get_input(...) cn_get_input_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_get_input_at, (void *layer, int node), (layer, node))
#define cn_get_input_at(...) cn_get_input_at_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_layer *, cn_get_layer, (cn_model *model, cn_str name), (model, name))
#define cn_get_layer(...) cn_get_layer_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_layer *, cn_get_layer_at, (cn_model *model, int index), (model, index))
#define cn_get_layer_at(...) cn_get_layer_at_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_get_output, (void *layer), (layer))
#define cn_get_output(...) cn_get_output_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_get_output_at, (void *layer, int node), (layer, node))
#define cn_get_output_at(...) cn_get_output_at_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_global_norm, (const cn_list *tensors), (tensors))
#define cn_global_norm(...) cn_global_norm_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_has_weight, (void *layer, cn_str name), (layer, name))
#define cn_has_weight(...) cn_has_weight_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_in_top_k, (cn_tensor *targets, cn_tensor *predictions, int64_t k),
    (targets, predictions, k))
#define cn_in_top_k(...) cn_in_top_k_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_initialize, (cn_initializer spec, cn_shape shape, cn_dtype dtype),
    (spec, shape, dtype))
#define cn_initialize(...) cn_initialize_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(int64_t, cn_iterations, (cn_optimizer *optimizer), (optimizer))
#define cn_iterations(...) cn_iterations_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_l2_normalize, (cn_tensor *x, int64_t axis, double epsilon), (x,
    axis, epsilon))
#define cn_l2_normalize(...) cn_l2_normalize_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_layer_build, (void *layer, const cn_shapes *in), (layer, in))
#define cn_layer_build(...) cn_layer_build_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dtype, cn_layer_dtype, (const void *layer), (layer))
#define cn_layer_dtype(...) cn_layer_dtype_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_layer_seed, (void *layer), (layer))
#define cn_layer_seed(...) cn_layer_seed_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_layer_weight, (void *layer, cn_str name), (layer, name))
#define cn_layer_weight(...) cn_layer_weight_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_leaky_relu, (cn_tensor *x, double negative_slope), (x, negative_slope))
#define cn_leaky_relu(...) cn_leaky_relu_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(double, cn_learning_rate, (cn_optimizer *optimizer), (optimizer))
#define cn_learning_rate(...) cn_learning_rate_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_linspace, (double start, double stop, int64_t count, cn_dtype
    dtype), (start, stop, count, dtype))
#define cn_linspace(...) cn_linspace_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_list_add, (cn_list *list, void *item), (list, item))
#define cn_list_add(...) cn_list_add_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_list_concat, (const cn_list *a, const cn_list *b), (a, b))
#define cn_list_concat(...) cn_list_concat_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_arrays *, cn_load_arrays, (cn_str path), (path))
#define cn_load_arrays(...) cn_load_arrays_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dataset *, cn_load_fashion_mnist, (cn_str split), (split))
#define cn_load_fashion_mnist(...) cn_load_fashion_mnist_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dataset *, cn_load_mnist, (cn_str split), (split))
#define cn_load_mnist(...) cn_load_mnist_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_str, cn_load_note, (const cn_model *model), (model))
#define cn_load_note(...) cn_load_note_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dataset *, cn_load_npz, (cn_str path), (path))
#define cn_load_npz(...) cn_load_npz_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_log_softmax, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_log_softmax(...) cn_log_softmax_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_loss_call, (cn_loss *loss, cn_tensor *y_true, cn_tensor *y_pred,
    cn_tensor *sample_weight), (loss, y_true, y_pred, sample_weight))
#define cn_loss_call(...) cn_loss_call_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_losses, (void *layer), (layer))
#define cn_losses(...) cn_losses_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_map_slices, (cn_map_function f, cn_tensor *x, void *user), (f, x, user))
#define cn_map_slices(...) cn_map_slices_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_matmul, (cn_tensor *a, cn_tensor *b), (a, b))
#define cn_matmul(...) cn_matmul_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_matmul_t, (cn_tensor *a, cn_tensor *b, bool transpose_a, bool
    transpose_b), (a, b, transpose_a, transpose_b))
#define cn_matmul_t(...) cn_matmul_t_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_max_pool, (cn_tensor *x, const cn_window *window), (x, window))
#define cn_max_pool(...) cn_max_pool_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_logs *, cn_metric_logs, (const cn_list *metrics), (metrics))
#define cn_metric_logs(...) cn_metric_logs_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_metric_reset, (cn_metric *metric), (metric))
#define cn_metric_reset(...) cn_metric_reset_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_metric_update, (cn_metric *metric, cn_tensor *y_true, cn_tensor *y_pred,
    cn_tensor *sample_weight), (metric, y_true, y_pred, sample_weight))
#define cn_metric_update(...) cn_metric_update_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_metric_variables, (cn_metric *metric), (metric))
#define cn_metric_variables(...) cn_metric_variables_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_model_add, (cn_model *model, cn_layer *layer), (model, layer))
#define cn_model_add(...) cn_model_add_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_model *, cn_model_from_json, (cn_str json), (json))
#define cn_model_from_json(...) cn_model_from_json_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_str, cn_model_input_name, (cn_model *model, size_t i), (model, i))
#define cn_model_input_name(...) cn_model_input_name_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_model_metrics, (cn_model *model), (model))
#define cn_model_metrics(...) cn_model_metrics_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_str, cn_model_output_name, (cn_model *model, size_t i), (model, i))
#define cn_model_output_name(...) cn_model_output_name_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_str, cn_model_to_json, (cn_model *model), (model))
#define cn_model_to_json(...) cn_model_to_json_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_moveaxis, (cn_tensor *x, int64_t from, int64_t to), (x, from, to))
#define cn_moveaxis(...) cn_moveaxis_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_non_trainable_weights, (void *layer), (layer))
#define cn_non_trainable_weights(...) cn_non_trainable_weights_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_one_hot, (cn_tensor *indices, int64_t classes, int64_t axis,
    cn_dtype dtype), (indices, classes, axis, dtype))
#define cn_one_hot(...) cn_one_hot_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_ones, (cn_shape shape, cn_dtype dtype), (shape, dtype))
#define cn_ones(...) cn_ones_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_ones_like, (cn_tensor *x), (x))
#define cn_ones_like(...) cn_ones_like_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_optimizer_build, (cn_optimizer *optimizer, const cn_list *weights),
    (optimizer, weights))
#define cn_optimizer_build(...) cn_optimizer_build_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_optimizer_get_weights, (cn_optimizer *optimizer), (optimizer))
#define cn_optimizer_get_weights(...) cn_optimizer_get_weights_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_optimizer_iteration, (void *optimizer), (optimizer))
#define cn_optimizer_iteration(...) cn_optimizer_iteration_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_optimizer *, cn_optimizer_of_class, (const cn_class *cls, const void *options),
    (cls, options))
#define cn_optimizer_of_class(...) cn_optimizer_of_class_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_optimizer_set_weights, (cn_optimizer *optimizer, const cn_list *weights),
    (optimizer, weights))
#define cn_optimizer_set_weights(...) cn_optimizer_set_weights_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_optimizer_variables, (cn_optimizer *optimizer), (optimizer))
#define cn_optimizer_variables(...) cn_optimizer_variables_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_optimizer_weights, (cn_optimizer *optimizer), (optimizer))
#define cn_optimizer_weights(...) cn_optimizer_weights_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_pad, (cn_tensor *x, const int64_t *before, const int64_t *after,
    cn_str mode, double value), (x, before, after, mode, value))
#define cn_pad(...) cn_pad_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_predict_into, (cn_model *model, const void *x, int64_t size, void *y),
    (model, x, size, y))
#define cn_predict_into(...) cn_predict_into_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_predict_on_batch, (cn_model *model, cn_tensor *x), (model, x))
#define cn_predict_on_batch(...) cn_predict_on_batch_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_predict_step, (cn_model *model, const cn_batch *batch), (model, batch))
#define cn_predict_step(...) cn_predict_step_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_preprocess_input, (cn_tensor *x, cn_str mode, cn_str data_format),
    (x, mode, data_format))
#define cn_preprocess_input(...) cn_preprocess_input_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_print_tensor, (cn_tensor *tensor), (tensor))
#define cn_print_tensor(...) cn_print_tensor_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_bernoulli, (cn_shape shape, double p, cn_dtype dtype,
    cn_tensor *like, cn_tensor *seed), (shape, p, dtype, like, seed))
#define cn_random_bernoulli(...) cn_random_bernoulli_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_beta, (cn_shape shape, double alpha, double beta, cn_dtype
    dtype, cn_tensor *seed), (shape, alpha, beta, dtype, seed))
#define cn_random_beta(...) cn_random_beta_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_binomial, (cn_shape shape, double count, double p, cn_dtype
    dtype, cn_tensor *seed), (shape, count, p, dtype, seed))
#define cn_random_binomial(...) cn_random_binomial_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_categorical, (cn_tensor *logits, int64_t samples, cn_tensor
    *seed), (logits, samples, seed))
#define cn_random_categorical(...) cn_random_categorical_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_gamma, (cn_shape shape, double alpha, cn_dtype dtype,
    cn_tensor *seed), (shape, alpha, dtype, seed))
#define cn_random_gamma(...) cn_random_gamma_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_int, (cn_shape shape, int64_t low, int64_t high, cn_dtype
    dtype, cn_tensor *seed), (shape, low, high, dtype, seed))
#define cn_random_int(...) cn_random_int_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_normal, (cn_shape shape, double mean, double stddev,
    cn_dtype dtype, cn_tensor *seed), (shape, mean, stddev, dtype, seed))
#define cn_random_normal(...) cn_random_normal_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_normal_like, (cn_tensor *like, double mean, double stddev,
    cn_tensor *seed), (like, mean, stddev, seed))
#define cn_random_normal_like(...) cn_random_normal_like_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_shuffle, (cn_tensor *x, int64_t axis, cn_tensor *seed), (x,
    axis, seed))
#define cn_random_shuffle(...) cn_random_shuffle_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_truncated_normal, (cn_shape shape, double mean, double
    stddev, cn_dtype dtype, cn_tensor *seed), (shape, mean, stddev, dtype, seed))
#define cn_random_truncated_normal(...) cn_random_truncated_normal_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_random_uniform, (cn_shape shape, double low, double high, cn_dtype
    dtype, cn_tensor *seed), (shape, low, high, dtype, seed))
#define cn_random_uniform(...) cn_random_uniform_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_register_activation, (cn_str name, cn_tensor_function function, cn_str
    arguments), (name, function, arguments))
#define cn_register_activation(...) cn_register_activation_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_register_class, (const cn_class *cls), (cls))
#define cn_register_class(...) cn_register_class_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_register_constraint, (cn_str name, cn_tensor_function function, cn_str
    arguments), (name, function, arguments))
#define cn_register_constraint(...) cn_register_constraint_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_register_function, (cn_str name, cn_lambda_function function, cn_str
    arguments), (name, function, arguments))
#define cn_register_function(...) cn_register_function_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_register_initializer, (cn_str name, cn_initializer_function function,
    cn_str arguments), (name, function, arguments))
#define cn_register_initializer(...) cn_register_initializer_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_register_loss, (cn_str name, cn_loss_function function, cn_str arguments),
    (name, function, arguments))
#define cn_register_loss(...) cn_register_loss_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_register_metric, (cn_str name, cn_metric_function function, cn_str
    arguments), (name, function, arguments))
#define cn_register_metric(...) cn_register_metric_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_register_regularizer, (cn_str name, cn_tensor_function function, cn_str
    arguments), (name, function, arguments))
#define cn_register_regularizer(...) cn_register_regularizer_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_register_schedule, (cn_str name, cn_schedule_function function, cn_str
    arguments), (name, function, arguments))
#define cn_register_schedule(...) cn_register_schedule_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_regularize, (cn_regularizer spec, cn_tensor *x), (spec, x))
#define cn_regularize(...) cn_regularize_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_repeat, (cn_tensor *x, int64_t repeats, int64_t axis), (x, repeats,
    axis))
#define cn_repeat(...) cn_repeat_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_reset_state, (void *layer), (layer))
#define cn_reset_state(...) cn_reset_state_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_reshape, (cn_tensor *x, cn_shape shape), (x, shape))
#define cn_reshape(...) cn_reshape_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_roll, (cn_tensor *x, int64_t shift, int64_t axis), (x, shift, axis))
#define cn_roll(...) cn_roll_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_run_into, (cn_function *function, cn_tensor *const *inputs, size_t count,
    void *const *results), (function, inputs, count, results))
#define cn_run_into(...) cn_run_into_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_run_items, (void *const *function_and_inputs, size_t count),
    (function_and_inputs, count))
#define cn_run_items(...) cn_run_items_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_save_arrays, (cn_str path, const cn_str *names, const cn_list *tensors),
    (path, names, tensors))
#define cn_save_arrays(...) cn_save_arrays_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_scale_loss, (cn_optimizer *optimizer, cn_tensor *loss), (optimizer,
    loss))
#define cn_scale_loss(...) cn_scale_loss_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_scatter, (cn_tensor *indices, cn_tensor *updates, cn_shape shape),
    (indices, updates, shape))
#define cn_scatter(...) cn_scatter_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_scatter_reduce, (cn_tensor *x, cn_tensor *indices, cn_tensor
    *updates, cn_str how), (x, indices, updates, how))
#define cn_scatter_reduce(...) cn_scatter_reduce_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_scatter_update, (cn_tensor *x, cn_tensor *indices, cn_tensor
    *updates), (x, indices, updates))
#define cn_scatter_update(...) cn_scatter_update_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_schedule_value, (cn_str spec, cn_tensor *step), (spec, step))
#define cn_schedule_value(...) cn_schedule_value_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_seed, (uint64_t seed), (seed))
#define cn_seed(...) cn_seed_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_segment_max, (cn_tensor *data, cn_tensor *ids, int64_t segments),
    (data, ids, segments))
#define cn_segment_max(...) cn_segment_max_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_segment_min, (cn_tensor *data, cn_tensor *ids, int64_t segments),
    (data, ids, segments))
#define cn_segment_min(...) cn_segment_min_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_segment_prod, (cn_tensor *data, cn_tensor *ids, int64_t segments),
    (data, ids, segments))
#define cn_segment_prod(...) cn_segment_prod_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_segment_sum, (cn_tensor *data, cn_tensor *ids, int64_t segments),
    (data, ids, segments))
#define cn_segment_sum(...) cn_segment_sum_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_selu, (cn_tensor *x), (x))
#define cn_selu(...) cn_selu_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_set_data, (cn_tensor *variable, const void *data), (variable, data))
#define cn_set_data(...) cn_set_data_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_set_learning_rate, (cn_optimizer *optimizer, double rate), (optimizer, rate))
#define cn_set_learning_rate(...) cn_set_learning_rate_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_set_lr_multiplier, (void *layer, double multiplier), (layer, multiplier))
#define cn_set_lr_multiplier(...) cn_set_lr_multiplier_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_set_predict_step, (cn_model *model, cn_predict_function step, void *user),
    (model, step, user))
#define cn_set_predict_step(...) cn_set_predict_step_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_set_test_step, (cn_model *model, cn_step_function step, void *user),
    (model, step, user))
#define cn_set_test_step(...) cn_set_test_step_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_set_train_step, (cn_model *model, cn_step_function step, void *user),
    (model, step, user))
#define cn_set_train_step(...) cn_set_train_step_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_shape_tensor, (cn_tensor *x), (x))
#define cn_shape_tensor(...) cn_shape_tensor_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_share_weight, (void *layer, cn_tensor *variable), (layer, variable))
#define cn_share_weight(...) cn_share_weight_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dataset *, cn_shuffle, (cn_dataset *dataset, int buffer), (dataset, buffer))
#define cn_shuffle(...) cn_shuffle_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_silu, (cn_tensor *x), (x))
#define cn_silu(...) cn_silu_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dataset *, cn_skip, (cn_dataset *dataset, int64_t n), (dataset, n))
#define cn_skip(...) cn_skip_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_slice, (cn_tensor *x, cn_str text), (x, text))
#define cn_slice(...) cn_slice_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_slice_update, (cn_tensor *x, const int64_t *start, cn_tensor
    *updates), (x, start, updates))
#define cn_slice_update(...) cn_slice_update_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_slot, (void *optimizer, cn_tensor *weight, cn_str name),
    (optimizer, weight, name))
#define cn_slot(...) cn_slot_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_softmax, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_softmax(...) cn_softmax_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_sort, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_sort(...) cn_sort_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_split, (cn_tensor *x, int64_t count, int64_t axis), (x, count, axis))
#define cn_split(...) cn_split_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_split_at, (cn_tensor *x, const int64_t *places, size_t n, int64_t
    axis), (x, places, n, axis))
#define cn_split_at(...) cn_split_at_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_squeeze, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_squeeze(...) cn_squeeze_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_stack, (const cn_list *tensors, int64_t axis), (tensors, axis))
#define cn_stack(...) cn_stack_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_state_bool, (cn_state *state, cn_str name, bool *value), (state, name, value))
#define cn_state_bool(...) cn_state_bool_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_state_bytes, (cn_state *state, cn_str name, void *bytes, size_t size),
    (state, name, bytes, size))
#define cn_state_bytes(...) cn_state_bytes_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_state_float, (cn_state *state, cn_str name, double *value), (state, name,
    value))
#define cn_state_float(...) cn_state_float_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_state_int, (cn_state *state, cn_str name, int64_t *value), (state, name, value))
#define cn_state_int(...) cn_state_int_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_stop_gradient, (cn_tensor *x), (x))
#define cn_stop_gradient(...) cn_stop_gradient_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_strided_slice, (cn_tensor *x, const int64_t *start, const int64_t
    *size, const int64_t *step), (x, start, size, step))
#define cn_strided_slice(...) cn_strided_slice_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_summary, (cn_model *model), (model))
#define cn_summary(...) cn_summary_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_str, cn_summary_text, (cn_model *model), (model))
#define cn_summary_text(...) cn_summary_text_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_swapaxes, (cn_tensor *x, int64_t a, int64_t b), (x, a, b))
#define cn_swapaxes(...) cn_swapaxes_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dataset *, cn_take, (cn_dataset *dataset, int64_t n), (dataset, n))
#define cn_take(...) cn_take_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_take_along_axis, (cn_tensor *x, cn_tensor *indices, int64_t axis),
    (x, indices, axis))
#define cn_take_along_axis(...) cn_take_along_axis_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(const char *, cn_tensor_text, (cn_tensor *tensor), (tensor))
#define cn_tensor_text(...) cn_tensor_text_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_tensordot, (cn_tensor *a, cn_tensor *b, cn_axes axes_a, cn_axes
    axes_b), (a, b, axes_a, axes_b))
#define cn_tensordot(...) cn_tensordot_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(double, cn_test_on_batch, (cn_model *model, cn_tensor *x, cn_tensor *y, cn_tensor
    *sample_weight), (model, x, y, sample_weight))
#define cn_test_on_batch(...) cn_test_on_batch_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_logs *, cn_test_step, (cn_model *model, const cn_batch *batch), (model, batch))
#define cn_test_step(...) cn_test_step_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_tile, (cn_tensor *x, cn_dims repeats), (x, repeats))
#define cn_tile(...) cn_tile_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_top_k, (cn_tensor *x, int64_t k), (x, k))
#define cn_top_k(...) cn_top_k_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_function *, cn_traced_function, (cn_function_body body, void *user), (body, user))
#define cn_traced_function(...) cn_traced_function_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(double, cn_train_on_batch, (cn_model *model, cn_tensor *x, cn_tensor *y, cn_tensor
    *sample_weight), (model, x, y, sample_weight))
#define cn_train_on_batch(...) cn_train_on_batch_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_logs *, cn_train_step, (cn_model *model, const cn_batch *batch), (model, batch))
#define cn_train_step(...) cn_train_step_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_trainable_weights, (void *layer), (layer))
#define cn_trainable_weights(...) cn_trainable_weights_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_tril, (cn_tensor *x, int64_t k), (x, k))
#define cn_tril(...) cn_tril_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_triu, (cn_tensor *x, int64_t k), (x, k))
#define cn_triu(...) cn_triu_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_tuple, (const cn_list *tensors), (tensors))
#define cn_tuple(...) cn_tuple_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_unstack, (cn_tensor *x, int64_t axis), (x, axis))
#define cn_unstack(...) cn_unstack_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_weights, (void *layer), (layer))
#define cn_weights(...) cn_weights_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_with_mask, (cn_tensor *tensor, cn_tensor *mask), (tensor, mask))
#define cn_with_mask(...) cn_with_mask_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_zeros, (cn_shape shape, cn_dtype dtype), (shape, dtype))
#define cn_zeros(...) cn_zeros_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_zeros_like, (cn_tensor *x), (x))
#define cn_zeros_like(...) cn_zeros_like_at_(CN_AT, __VA_ARGS__)

#endif

#endif
