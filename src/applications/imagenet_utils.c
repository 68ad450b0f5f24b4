/* What goes into networks for ImageNet, and what comes out. keras.applications.imagenet_utils */
#include <string.h>

#include "applications/application.h"
#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/object.h"
#include "cornu/ops.h"
#include "graph/shape.h"
#include "graph/tensor.h"

/* ---- before ---- */

/* The values of three channels, in the shape that meets theirs. */
static cn_tensor *channels(double a, double b, double c, bool first)
{
    return cn_values(first ? cn_shape(3, 1, 1) : cn_shape(3), a, b, c);
}

cn_tensor *cn_preprocess_input(cn_tensor *x, cn_str mode, cn_str data_format)
{
    bool caffe = mode && !strcmp(mode, "caffe"), torch = mode && !strcmp(mode, "torch");
    bool first = data_format && !strcmp(data_format, "channels_first");
    if (!mode || (!caffe && !torch && strcmp(mode, "tf")))
        return cn_fail_null(CN_EINVAL,
                            "Expected mode to be one of `caffe`, `tf` or `torch`. Received: "
                            "mode=%s",
                            mode ? mode : "None");
    if (data_format && !first && strcmp(data_format, "channels_last"))
        return cn_fail_null(CN_EINVAL,
                            "Expected data_format to be one of `channels_first` or "
                            "`channels_last`. Received: data_format=%s",
                            data_format);
    if (!x)
        return NULL;
    if (!cn_dtype_is_float(x->dtype))
        x = cn_cast(x, CN_FLOAT32);
    if (!caffe && !torch)
        return cn_sub(cn_div(x, 127.5), 1);
    int axis = first ? x->shape.rank - 3 : x->shape.rank - 1;
    if (axis < 0 || x->shape.dim[axis] != 3)
        return cn_fail_null(CN_EINVAL, "preprocess_input: expected 3 channels, found shape %s",
                            cn_shape_text(x->shape));
    if (caffe)
        return cn_sub(cn_slice(x, first ? "..., ::-1, :, :" : "..., ::-1"),
                      channels(103.939, 116.779, 123.68, first));
    x = cn_sub(cn_div(x, 255), channels(0.485, 0.456, 0.406, first));
    return cn_div(x, channels(0.229, 0.224, 0.225, first));
}

/* ---- after ---- */

typedef struct decoded {
    cn_object object;
    cn_json *index; /* what the texts belong to */
    cn_class_score score[];
} decoded;

static void destroy(void *object)
{
    cn_json_free(((decoded *)object)->index);
}

static const cn_kind decoded_kind = {"decoded predictions", destroy};

static cn_json *read_index(cn_str path)
{
    cn_file_view file = {0};
    char *found = path ? NULL
                       : cn_cached_model_file("decode_predictions", "download.tensorflow.org/data/",
                                              "imagenet_class_index.json");
    cn_json *index = NULL;
    path = path ? path : found;
    if (path && cn_file_open(&file, path) &&
        !(index = cn_json_parse((const char *)file.data, file.size)))
        cn_error_prefix("%s", path);
    cn_file_close(&file);
    cn_mem_free(found);
    return index;
}

/* The class of an index into a score. */
static bool name(const cn_json *index, int64_t i, cn_class_score *score)
{
    const cn_json *names = cn_json_get(index, cn_fmt("%lld", (long long)i));
    score->class_name = cn_json_as_string(cn_json_at(names, 0), NULL);
    score->description = cn_json_as_string(cn_json_at(names, 1), NULL);
    return (score->class_name && score->description) ||
           cn_fail(CN_EFORMAT,
                   "decode_predictions: expected [name, description] for \"%lld\" in the class "
                   "index",
                   (long long)i);
}

static decoded *decode(cn_tensor *preds, int64_t top, const cn_json *index)
{
    cn_tensor *best = cn_top_k(cn_cast(preds, CN_FLOAT32), top);
    cn_tensor *places = cn_cast(cn_nth(best, 1), CN_INT64);
    cn_list *both = cn_list_of(best, places);
    if (!both || !cn_compute(both))
        return NULL;
    size_t count = (size_t)cn_size(best);
    decoded *result = cn_object_new(&decoded_kind, sizeof *result + count * sizeof *result->score);
    for (size_t i = 0; result && i < count; i++) {
        result->score[i].score = ((const float *)cn_data(best))[i];
        if (!name(index, ((const int64_t *)cn_data(places))[i], &result->score[i]))
            return NULL;
    }
    return result;
}

const cn_class_score *cn_decode_predictions_with(const cn_decode_options *o)
{
    cn_mark_at(o->at, "cn_decode_predictions");
    cn_json *index = o->preds ? read_index(o->class_index) : NULL;
    if (!index)
        return NULL;
    const cn_shape *shape = &o->preds->shape;
    int64_t classes = (int64_t)index->count;
    decoded *result = NULL;
    if (shape->rank != 2 || shape->dim[1] != classes)
        cn_fail(CN_EINVAL,
                "`decode_predictions` expects a batch of predictions (i.e. a 2D array of shape "
                "(samples, %lld)). Received array with shape: %s",
                (long long)classes, cn_shape_text(*shape));
    else if (o->top < 1)
        cn_fail(CN_EINVAL, "decode_predictions: expected top > 0. Received: top=%d", o->top);
    else
        result = decode(o->preds, o->top < classes ? o->top : classes, index);
    if (!result) {
        cn_json_free(index);
        return NULL;
    }
    result->index = index;
    return result->score;
}
