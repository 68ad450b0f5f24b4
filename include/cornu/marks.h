/* Where the user called from, for messages: made by tools/make_marks.py from the other headers. A
 * function stands behind one that remembers the place, once its arguments are there. */
#ifndef CORNU_MARKS_H
#define CORNU_MARKS_H

#include <cornu/applications.h>
#include <cornu/arrays.h>
#include <cornu/callbacks.h>
#include <cornu/class.h>
#include <cornu/config.h>
#include <cornu/data.h>
#include <cornu/ema.h>
#include <cornu/function.h>
#include <cornu/initializers.h>
#include <cornu/layer.h>
#include <cornu/layers_core.h>
#include <cornu/layers_preprocessing.h>
#include <cornu/losses.h>
#include <cornu/metrics.h>
#include <cornu/models.h>
#include <cornu/object.h>
#include <cornu/optimizers.h>
#include <cornu/subclass.h>

/* Behind all of them: it puts macros over functions. */
#include <cornu/marks_ops.h>

#if !defined(CORNU_BUILDING) && !defined(CORNU_NO_MARKS)
/* clang-format off */

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
CN_MARKED_(cn_str, cn_array_text, (cn_tensor *values), (values))
#define cn_array_text(...) cn_array_text_at_(CN_AT, __VA_ARGS__)
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
CN_MARKED_(cn_dataset *, cn_batch_dataset, (cn_dataset *dataset, int size, bool drop_last),
    (dataset, size, drop_last))
#define cn_batch_dataset(...) cn_batch_dataset_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_callback *, cn_callback_of, (cn_str spec), (spec))
#define cn_callback_of(...) cn_callback_of_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(const cn_class *, cn_class_find, (cn_family family, cn_str name), (family, name))
#define cn_class_find(...) cn_class_find_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_compiled_loss, (void *model, const cn_batch *batch, cn_tensor
    *y_pred), (model, batch, y_pred))
#define cn_compiled_loss(...) cn_compiled_loss_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_logs *, cn_compiled_metrics, (void *model, const cn_batch *batch, cn_tensor
    *y_pred), (model, batch, y_pred))
#define cn_compiled_metrics(...) cn_compiled_metrics_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_shape, cn_compute_output_shape, (void *layer, cn_shape input), (layer, input))
#define cn_compute_output_shape(...) cn_compute_output_shape_at_(CN_AT, __VA_ARGS__)
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
CN_MARKED_(int64_t, cn_count_params, (void *layer), (layer))
#define cn_count_params(...) cn_count_params_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_dataset_all, (cn_dataset *dataset, cn_batch *batch), (dataset, batch))
#define cn_dataset_all(...) cn_dataset_all_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dataset *, cn_dataset_of, (cn_tensor *x), (x))
#define cn_dataset_of(...) cn_dataset_of_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(int64_t, cn_dataset_size, (const cn_dataset *dataset), (dataset))
#define cn_dataset_size(...) cn_dataset_size_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(const cn_batch *, cn_each_begin, (cn_dataset *dataset), (dataset))
#define cn_each_begin(...) cn_each_begin_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_each_next, (const cn_batch **batch), (batch))
#define cn_each_next(...) cn_each_next_at_(CN_AT, __VA_ARGS__)
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
CN_MARKED_(bool, cn_finalize_weights, (cn_optimizer *optimizer, const cn_list *weights),
    (optimizer, weights))
#define cn_finalize_weights(...) cn_finalize_weights_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dataset *, cn_from_sequence, (const cn_sequence *sequence), (sequence))
#define cn_from_sequence(...) cn_from_sequence_at_(CN_AT, __VA_ARGS__)
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
CN_MARKED_(bool, cn_has_weight, (void *layer, cn_str name), (layer, name))
#define cn_has_weight(...) cn_has_weight_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_initialize, (cn_initializer spec, cn_shape shape, cn_dtype dtype),
    (spec, shape, dtype))
#define cn_initialize(...) cn_initialize_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(int64_t, cn_iterations, (cn_optimizer *optimizer), (optimizer))
#define cn_iterations(...) cn_iterations_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_layer_build, (void *layer, const cn_shapes *in), (layer, in))
#define cn_layer_build(...) cn_layer_build_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dtype, cn_layer_dtype, (const void *layer), (layer))
#define cn_layer_dtype(...) cn_layer_dtype_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_layer_seed, (void *layer), (layer))
#define cn_layer_seed(...) cn_layer_seed_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_layer_weight, (void *layer, cn_str name), (layer, name))
#define cn_layer_weight(...) cn_layer_weight_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(double, cn_learning_rate, (cn_optimizer *optimizer), (optimizer))
#define cn_learning_rate(...) cn_learning_rate_at_(CN_AT, __VA_ARGS__)
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
CN_MARKED_(cn_tensor *, cn_loss_call, (cn_loss *loss, cn_tensor *y_true, cn_tensor *y_pred,
    cn_tensor *sample_weight), (loss, y_true, y_pred, sample_weight))
#define cn_loss_call(...) cn_loss_call_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_losses, (void *layer), (layer))
#define cn_losses(...) cn_losses_at_(CN_AT, __VA_ARGS__)
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
CN_MARKED_(cn_list *, cn_non_trainable_weights, (void *layer), (layer))
#define cn_non_trainable_weights(...) cn_non_trainable_weights_at_(CN_AT, __VA_ARGS__)
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
CN_MARKED_(bool, cn_remat_next, (cn_remat *scope), (scope))
#define cn_remat_next(...) cn_remat_next_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_reset_state, (void *layer), (layer))
#define cn_reset_state(...) cn_reset_state_at_(CN_AT, __VA_ARGS__)
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
CN_MARKED_(cn_tensor *, cn_schedule_value, (cn_str spec, cn_tensor *step), (spec, step))
#define cn_schedule_value(...) cn_schedule_value_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(bool, cn_set_dtype_policy, (const char *name), (name))
#define cn_set_dtype_policy(...) cn_set_dtype_policy_at_(CN_AT, __VA_ARGS__)
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
CN_MARKED_(cn_tensor *, cn_share_weight, (void *layer, cn_tensor *variable), (layer, variable))
#define cn_share_weight(...) cn_share_weight_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dataset *, cn_shuffle, (cn_dataset *dataset, int buffer), (dataset, buffer))
#define cn_shuffle(...) cn_shuffle_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dataset *, cn_skip, (cn_dataset *dataset, int64_t n), (dataset, n))
#define cn_skip(...) cn_skip_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_slot, (void *optimizer, cn_tensor *weight, cn_str name),
    (optimizer, weight, name))
#define cn_slot(...) cn_slot_at_(CN_AT, __VA_ARGS__)
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
CN_MARKED_(bool, cn_summary, (cn_model *model), (model))
#define cn_summary(...) cn_summary_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_str, cn_summary_text, (cn_model *model), (model))
#define cn_summary_text(...) cn_summary_text_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_dataset *, cn_take, (cn_dataset *dataset, int64_t n), (dataset, n))
#define cn_take(...) cn_take_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(double, cn_test_on_batch, (cn_model *model, cn_tensor *x, cn_tensor *y, cn_tensor
    *sample_weight), (model, x, y, sample_weight))
#define cn_test_on_batch(...) cn_test_on_batch_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_logs *, cn_test_step, (cn_model *model, const cn_batch *batch), (model, batch))
#define cn_test_step(...) cn_test_step_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_function *, cn_traced_function, (cn_function_body body, void *user), (body, user))
#define cn_traced_function(...) cn_traced_function_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(double, cn_train_on_batch, (cn_model *model, cn_tensor *x, cn_tensor *y, cn_tensor
    *sample_weight), (model, x, y, sample_weight))
#define cn_train_on_batch(...) cn_train_on_batch_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_logs *, cn_train_step, (cn_model *model, const cn_batch *batch), (model, batch))
#define cn_train_step(...) cn_train_step_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_trainable_weights, (void *layer), (layer))
#define cn_trainable_weights(...) cn_trainable_weights_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_list *, cn_weights, (void *layer), (layer))
#define cn_weights(...) cn_weights_at_(CN_AT, __VA_ARGS__)
CN_MARKED_(cn_tensor *, cn_with_mask, (cn_tensor *tensor, cn_tensor *mask), (tensor, mask))
#define cn_with_mask(...) cn_with_mask_at_(CN_AT, __VA_ARGS__)

#endif

#endif
