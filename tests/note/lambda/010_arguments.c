/* Arguments that are arrays, numbers, texts and flags; those that are not given keep their
 * defaults. A file keeps the array exactly. */
#include "check.h"

static float seen[18];
static int num_classes;
static double ignore_thresh;
static bool print_loss;
static char mode[16];

static cn_tensor *yolo_loss(cn_tensor *const *in, const cn_args *args)
{
    cn_tensor *anchors = cn_arg_tensor(args, "anchors");
    CHECK(cn_rank(anchors) == 2 && cn_dim(anchors, 0) == 9 && cn_dim(anchors, 1) == 2);
    memcpy(seen, cn_floats(anchors), sizeof seen);
    num_classes = cn_arg_int(args, "num_classes");
    ignore_thresh = cn_arg_float(args, "ignore_thresh");
    print_loss = cn_arg_bool(args, "print_loss");
    snprintf(mode, sizeof mode, "%s", cn_arg_str(args, "mode"));
    return cn_matmul(in[0], anchors);
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_function("yolo_loss", yolo_loss,
                         "anchors=none, num_classes=1, ignore_thresh=0.7, print_loss=false, "
                         "mode=giou");
    float values[18];
    for (int i = 0; i < 18; i++)
        values[i] = (float)(10 + i * i) / 7;
    cn_tensor *anchors = cn_array(values, CN_FLOAT32, cn_shape(9, 2));

    cn_tensor *x = cn_input(9);
    cn_layer *layer =
        cn_lambda(yolo_loss, .arguments = cn_fmt("anchors=%s, num_classes=20, ignore_thresh=0.5",
                                                 cn_array_text(anchors)));
    cn_model *model = cn_functional(x, cn_call(layer, x));
    CHECK(cn_save(model, "yolo.keras"));
    memset(seen, 0, sizeof seen);

    cn_model *again = cn_load_model("yolo.keras");
    CHECK(!memcmp(seen, values, sizeof values));
    CHECK(num_classes == 20 && ignore_thresh == 0.5 && !print_loss && !strcmp(mode, "giou"));
    cn_tensor *ones = cn_ones(cn_shape(1, 9), CN_FLOAT32);
    CHECK(!memcmp(cn_floats(cn_predict(model, ones)), cn_floats(cn_predict(again, ones)),
                  2 * sizeof(float)));
}
