/* Arguments that many layers share: completed and checked in init, read and written as Keras does.
 * Messages begin with the class's name. */
#ifndef CN_LAYERS_ARGUMENTS_H
#define CN_LAYERS_ARGUMENTS_H

#include "layers/layer.h"

/* The number of spatial axes, which is the digit in the class's name: 2 of Conv2D. */
int cn_spatial_rank(const void *layer);

/* NULL becomes "channels_last"; anything but that and "channels_first" is an error. */
bool cn_set_data_format(void *layer, cn_str *data_format);
bool cn_is_channels_first(cn_str data_format);
/* Of an input of that rank. */
int cn_channel_axis(cn_str data_format, int rank);
/* Of the first spatial axis: 1 or 2. */
int cn_first_spatial(cn_str data_format);
/* "valid", "same" and, where `causal`, "causal"; in lower case. */
bool cn_set_padding(void *layer, cn_str *padding, bool causal);
/* One of the words, which end with NULL. */
bool cn_check_word(const void *layer, const char *name, cn_str *word, const char *const *words);

/* One number becomes n of them; else there must be n, each `least` or more. A list may end in -1,
 * so that the zeros before it count. */
bool cn_set_sizes(const void *layer, const char *name, int64_t *sizes, int n, int64_t least);
/* Margins, as cornu/layers_reshaping.h has them, become n pairs. */
bool cn_set_margins(const void *layer, const char *name, cn_dims *margins, int n);
/* For read_config: a list gets the -1 that ends it, pairs become flat, null becomes -1 (CN_ANY)
 * inside `cn_read_open_sizes`. */
bool cn_read_sizes(cn_json *config, const char *name);
bool cn_read_open_sizes(cn_json *config, const char *name);
/* For write_config: n numbers as they are; as n pairs (one pair is flat); with null for CN_ANY; one
 * axis as a number and several as a list. */
bool cn_write_sizes(cn_json *config, const char *name, const int64_t *sizes, int n);
bool cn_write_margins(cn_json *config, const char *name, const cn_dims *margins, int n);
bool cn_write_open_sizes(cn_json *config, const char *name, cn_dims sizes);
bool cn_write_axis(cn_json *config, const char *name, cn_axes axes);

/* Not None. */
bool cn_check_axes(const void *layer, const char *name, cn_axes axes);
/* A parameter of the layer that is true or false, by name: false where it has none such. */
bool cn_flag(const void *layer, const char *name);
bool cn_set_flag(void *layer, const char *name, bool value); /* false: it has none such */
/* 0 <= value <= 1. */
bool cn_check_share(const void *layer, const char *name, double value);

/* Of an input, in build and call: without the class's name, which the caller puts before it. */
#define cn_expect_rank(x, rank) cn_expect_rank_(CN_SHAPE_(x), rank)
#define cn_expect_min_rank(x, rank) cn_expect_min_rank_(CN_SHAPE_(x), rank)
bool cn_expect_rank_(const cn_shape *x, int rank);
bool cn_expect_min_rank_(const cn_shape *x, int rank);
/* Its size along the axis is that, or unknown. */
#define cn_expect_dim(x, axis, dim) cn_expect_dim_(CN_SHAPE_(x), axis, dim)
bool cn_expect_dim_(const cn_shape *x, int axis, int64_t dim);
/* The size along the axis, which must be known: -1 with an error recorded. */
#define cn_known_dim(x, axis) cn_known_dim_(CN_SHAPE_(x), axis)
int64_t cn_known_dim_(const cn_shape *x, int axis);

#endif
