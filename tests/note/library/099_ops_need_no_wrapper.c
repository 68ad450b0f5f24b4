/* Any op on a symbolic tensor is a node of the model by itself, and is saved as Keras saves it. */
#include "check.h"

int main(void)
{
    cn_tensor *x = cn_input(4, 4, 3);
    cn_tensor *y = cn_conv(x, cn_ones(cn_shape(2, 2, 3, 2), CN_FLOAT32), NULL);
    y = cn_resize_images(cn_pad(y, (int64_t[]){0, 1, 0, 0}, (int64_t[]){0, 0, 1, 0}, "constant", 1),
                         {3, 2});
    y = cn_softmax(cn_slice(cn_transpose(y, {0, 3, 1, 2}), ":, 0, ..., ::-1"), -1);
    cn_model *model = cn_functional(x, cn_gather(y, cn_argmax(x, -1, false), 1));
    CHECK(model);

    static const char *const classes[] = {"Conv",      "Pad",     "Resize",
                                          "Transpose", "GetItem", "Softmax",
                                          "Argmax",    "Take",    "keras.src.ops.image"};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        CHECK(strstr(cn_model_to_json(model), classes[i]));

    float pixels[48];
    for (int i = 0; i < 48; i++)
        pixels[i] = (float)(i * 5 % 7 % 2) / 4;
    cn_tensor *image = cn_array(pixels, CN_FLOAT32, cn_shape(1, 4, 4, 3));
    CHECK(cn_save(model, "ops.keras"));
    cn_tensor *want = cn_predict(model, image);
    cn_tensor *got = cn_predict(cn_load_model("ops.keras"), image);
    CHECK(want && got && cn_item(cn_max(cn_abs(cn_sub(want, got)))) == 0);
}
