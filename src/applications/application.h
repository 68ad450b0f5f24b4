/* What the networks of keras.applications share. Layers are made from specs: the names and
 * arguments in them are Keras's own. */
#ifndef CN_APPLICATIONS_APPLICATION_H
#define CN_APPLICATIONS_APPLICATION_H

#include "cornu/applications.h"

/* Plain bytes, so that the table of them needs no work when the library is loaded. */
typedef struct cn_application {
    char name[18], class_name[17]; /* of the model, and Keras's function */
    unsigned char family;          /* CN_RESNET, ... */
    unsigned char blocks[4];       /* ResNet: how many in each stage */
    unsigned char width, depth;    /* EfficientNetV2: factors of what the stages say, in percent */
    unsigned char stages;          /* and which ones they are: B, S, M, L */
    short size;                    /* of the pictures it was made for */
} cn_application;

enum { CN_RESNET, CN_RESNET_V2, CN_EFFICIENTNET_V2 };

/* From the input, (N, height, width, channels), to what stands before the top. */
cn_tensor *cn_resnet_body(const cn_application *which, cn_tensor *x);
cn_tensor *cn_efficientnet_v2_body(const cn_application *which, cn_tensor *x, bool preprocess,
                                   int64_t channels);
/* What its last layer says besides. */
#define CN_EFFICIENTNET_V2_DENSE                                                      \
    ", kernel_initializer='VarianceScaling(0.33333333333333331, fan_out, uniform)', " \
    "bias_initializer='Constant(0.0)'"

/* The layer of a spec, called; NULL in, NULL out. And one that joins two tensors. */
cn_tensor *cn_put(cn_tensor *x, cn_str spec);
cn_tensor *cn_join(cn_tensor *a, cn_tensor *b, cn_str spec);

/* The path of a file in Keras's cache of models; owned by the caller (cn_mem_free). Error
 * CN_ENOTFOUND where it is missing, naming the folder that it may be fetched from. */
char *cn_cached_model_file(cn_str who, cn_str address, cn_str file);

#endif
