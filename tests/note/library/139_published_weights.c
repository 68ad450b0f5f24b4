/* ResNet50 with published weights: the standard file of weights is read from disk, by its path or
 * from where Keras keeps it; no network is needed. */
#define _POSIX_C_SOURCE 200112L
#include "check.h"

#include <sys/stat.h>

#define FILE_NAME "resnet50_weights_tf_dim_ordering_tf_kernels"

static bool same(cn_model *a, cn_model *b, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        cn_tensor *x = cn_nth(cn_weights(a), i), *y = cn_nth(cn_weights(b), i);
        if (memcmp(cn_data(x), cn_data(y), (size_t)cn_size(x) * sizeof(float)) != 0)
            return false;
    }
    return true;
}

int main(void)
{
    enum { ALL = 320, TOP = 2 }; /* weights; kernel and bias of the last layer */
    cn_set_random_seed(1);
    setenv("KERAS_HOME", "keras", 1);
    CHECK(!cn_resnet50(.include_top = true, .weights = "imagenet"));
    CHECK(strstr(cn_error(), "ResNet50: there is no file 'keras/models/" FILE_NAME ".h5', and "
                             "nothing is fetched: get it from https://storage.googleapis.com/"
                             "tensorflow/keras-applications/resnet/" FILE_NAME ".h5"));
    cn_clear_error();

    /* this is what is published: the layers' names and their arrays */
    cn_model *published = cn_resnet50(.weights = NULL);
    CHECK(cn_save(published, "w.h5"));
    cn_model *model = cn_resnet50(.include_top = true, .weights = "w.h5");
    CHECK(model && same(model, published, 0, ALL));
    cn_tensor *x = cn_random_uniform(cn_shape(1, 224, 224, 3), 0, 255, CN_FLOAT32, NULL);
    x = cn_preprocess_input(x, "caffe", NULL);
    const float *a = cn_floats(cn_predict(model, x)), *b = cn_floats(cn_predict(published, x));
    CHECK(a && b && !memcmp(a, b, 1000 * sizeof *a));

    /* as Keras finds it */
    CHECK(!mkdir("keras", 0777) && !mkdir("keras/models", 0777));
    CHECK(!rename("w.h5", "keras/models/" FILE_NAME ".h5"));
    model = cn_resnet50();
    CHECK(model && same(model, published, 0, ALL));

    /* another top: the rest by name */
    model = cn_resnet50(.weights = NULL, .classes = 3, .input_shape = {32, 32, 3});
    CHECK(!cn_load_weights(model, "keras/models/" FILE_NAME ".h5", .by_name = true));
    CHECK(strstr(cn_error(), "layer 'predictions': expected shape (2048, 3) for 'kernel', the file "
                             "has (2048, 1000)"));
    cn_clear_error();
    CHECK(cn_load_weights(model, "keras/models/" FILE_NAME ".h5", .by_name = true,
                          .skip_mismatch = true));
    CHECK(same(model, published, 0, ALL - TOP) && !cn_error_code());
    CHECK(strstr(cn_load_note(model), "'kernel' of layer 'predictions' was skipped"));

    /* without its top there is another file */
    CHECK(!cn_resnet50(.include_top = false));
    CHECK(strstr(cn_error(), "there is no file 'keras/models/" FILE_NAME "_notop.h5'"));
}
