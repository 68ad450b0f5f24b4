/* Networks that others have designed and trained. keras.applications */
#ifndef CORNU_APPLICATIONS_H
#define CORNU_APPLICATIONS_H

#include <cornu/models.h>

typedef struct cn_application_options {
    cn_at at;
    bool include_top CN_OTHERWISE(true); /* the layers that classify */
    /* NULL: random ones. A path: the file of weights that is read, .h5, .weights.h5 or .keras.
     * "imagenet": the published file in Keras's cache, ~/.keras/models or $KERAS_HOME/models;
     * nothing is fetched, the error names the address and the place. */
    cn_str weights CN_OTHERWISE("imagenet");
    cn_tensor *input_tensor; /* symbolic, instead of an input of the network's own */
    cn_dims input_shape;     /* {height, width, channels}; CN_ANY: open; default: the published */
    cn_str pooling;          /* without the top: "avg", "max", or NULL: the last maps */
    int classes CN_OTHERWISE(1000);
    cn_activation classifier_activation CN_OTHERWISE("softmax"); /* NULL: logits */
    cn_str name;                                   /* of the model; default: as Keras has it */
    bool include_preprocessing CN_OTHERWISE(true); /* of EfficientNetV2: pixels are 0 to 255 */
} cn_application_options;
/* The network of that name, "resnet50" or "efficientnetv2-b0": layers, names, order and
 * configuration are Keras's, and so are its files. Errors: CN_ENOTFOUND for another name (with
 * the nearest) and for files that are missing, CN_EINVAL for arguments that Keras refuses. */
CN_API cn_model *cn_application_new(cn_str application, const cn_application_options *options);
#define CN_APPLICATION_(call, application, ...)                                                    \
    (CN_MARK(call),                                                                                \
     cn_application_new(application, &(cn_application_options){.include_top = true,                \
                                                               .weights = "imagenet",              \
                                                               .classes = 1000,                    \
                                                               .classifier_activation = "softmax", \
                                                               .include_preprocessing = true,      \
                                                               .at = CN_AT,                        \
                                                               __VA_ARGS__}))

/* cn_resnet50(.input_shape = {64, 64, 1}, .weights = NULL, .classes = 2).
 * keras.applications.ResNet50, ... Pixels are what cn_preprocess_input(x, "caffe") gives; of the
 * second version, "tf". */
#define cn_resnet50(...) CN_APPLICATION_("cn_resnet50", "resnet50", __VA_ARGS__)
#define cn_resnet101(...) CN_APPLICATION_("cn_resnet101", "resnet101", __VA_ARGS__)
#define cn_resnet152(...) CN_APPLICATION_("cn_resnet152", "resnet152", __VA_ARGS__)
#define cn_resnet50v2(...) CN_APPLICATION_("cn_resnet50v2", "resnet50v2", __VA_ARGS__)
#define cn_resnet101v2(...) CN_APPLICATION_("cn_resnet101v2", "resnet101v2", __VA_ARGS__)
#define cn_resnet152v2(...) CN_APPLICATION_("cn_resnet152v2", "resnet152v2", __VA_ARGS__)

/* keras.applications.EfficientNetV2B0, ... Pixels are 0 to 255; without include_preprocessing, -1
 * to 1. */
#define cn_efficientnet_v2b0(...) \
    CN_APPLICATION_("cn_efficientnet_v2b0", "efficientnetv2-b0", __VA_ARGS__)
#define cn_efficientnet_v2b1(...) \
    CN_APPLICATION_("cn_efficientnet_v2b1", "efficientnetv2-b1", __VA_ARGS__)
#define cn_efficientnet_v2b2(...) \
    CN_APPLICATION_("cn_efficientnet_v2b2", "efficientnetv2-b2", __VA_ARGS__)
#define cn_efficientnet_v2b3(...) \
    CN_APPLICATION_("cn_efficientnet_v2b3", "efficientnetv2-b3", __VA_ARGS__)
#define cn_efficientnet_v2s(...) \
    CN_APPLICATION_("cn_efficientnet_v2s", "efficientnetv2-s", __VA_ARGS__)
#define cn_efficientnet_v2m(...) \
    CN_APPLICATION_("cn_efficientnet_v2m", "efficientnetv2-m", __VA_ARGS__)
#define cn_efficientnet_v2l(...) \
    CN_APPLICATION_("cn_efficientnet_v2l", "efficientnetv2-l", __VA_ARGS__)

/* ---- before and after ---- */

/* Pictures of red, green, blue from 0 to 255, (..., 3) or with "channels_first" (3, height, width)
 * or (N, 3, height, width), as networks were trained on them. mode "caffe": blue, green, red minus
 * ImageNet's means; "tf": from -1 to 1; "torch": from 0 to 1, then ImageNet's mean and deviation.
 * data_format NULL: "channels_last". keras.applications.imagenet_utils.preprocess_input */
CN_API cn_tensor *cn_preprocess_input(cn_tensor *x, cn_str mode, cn_str data_format);

/* One class and how sure a network is of it. */
typedef struct cn_class_score {
    cn_str class_name, description; /* "n02504458", "African_elephant" */
    double score;
} cn_class_score;
typedef struct cn_decode_options {
    cn_at at;
    cn_tensor *preds;
    int top CN_OTHERWISE(5);
    cn_str class_index; /* JSON, {"0": ["n01440764", "tench"], …}; default:
                         * imagenet_class_index.json in Keras's cache */
} cn_decode_options;
/* The best classes of each sample, best first, `top` of them (all, where there are fewer):
 * preds (samples, classes); the k-th of sample i is result[i * top + k]. They live as long as the
 * scope. Errors: CN_ENOTFOUND naming the address and the place of the file, CN_EFORMAT, CN_EINVAL
 * (another number of classes). keras.applications.imagenet_utils.decode_predictions */
CN_API const cn_class_score *cn_decode_predictions_with(const cn_decode_options *options);
#define cn_decode_predictions(...)     \
    (CN_MARK("cn_decode_predictions"), \
     cn_decode_predictions_with(&(cn_decode_options){.top = 5, .at = CN_AT, __VA_ARGS__}))

#endif
