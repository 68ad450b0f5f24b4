/* YOLO's ignore mask: for each image of the batch, predicted boxes that overlap no real box by .5
 * count as background. The number of real boxes depends on the data, in a loop, in a loss, in fit.
 */
#include "check.h"

typedef struct boxes {
    cn_tensor *truth, *object, *predicted; /* (N, H, W, 3, 4), (N, H, W, 3), (N, H, W, 3, 4) */
} boxes;

static cn_tensor *corner(cn_tensor *box, int sign)
{
    return cn_add(cn_slice(box, "..., :2"), cn_mul(cn_slice(box, "..., 2:4"), 0.5 * sign));
}

static cn_tensor *area(cn_tensor *box)
{
    return cn_mul(cn_slice(box, "..., 2"), cn_slice(box, "..., 3"));
}

/* a (H, W, 3, 4), b (n, 4), centres and sizes -> (H, W, 3, n). */
static cn_tensor *box_iou(cn_tensor *a, cn_tensor *b)
{
    a = cn_expand_dims(a, -2);
    cn_tensor *low = cn_maximum(corner(a, -1), corner(b, -1)),
              *high = cn_minimum(corner(a, 1), corner(b, 1));
    cn_tensor *size = cn_maximum(cn_sub(high, low), 0);
    cn_tensor *common = cn_mul(cn_slice(size, "..., 0"), cn_slice(size, "..., 1"));
    return cn_div(common, cn_sub(cn_add(area(a), area(b)), common));
}

static cn_tensor *below_batch(cn_tensor *const *v, void *user)
{
    return cn_less(v[0], cn_slice(cn_shape_tensor(((boxes *)user)->truth), "0"));
}

static cn_list *ignore_of_image(cn_tensor *const *v, void *user)
{
    const boxes *all = user;
    cn_tensor *b = v[0];
    cn_tensor *real = cn_boolean_mask(cn_gather(all->truth, b, 0), cn_gather(all->object, b, 0));
    cn_tensor *best = cn_max(box_iou(cn_gather(all->predicted, b, 0), real), .axis = {-1});
    return cn_list_of(cn_add(b, 1),
                      cn_array_write(v[1], b, cn_cast(cn_less(best, 0.5), CN_FLOAT32)));
}

/* (N, H, W, 3, 1): 1 where a prediction counts as background. */
static cn_tensor *ignore_mask(cn_tensor *y_true, cn_tensor *y_pred)
{
    boxes all = {cn_slice(y_true, "..., :4"), cn_cast(cn_slice(y_true, "..., 4"), CN_BOOL),
                 cn_slice(y_pred, "..., :4")};
    cn_tensor *array =
        cn_tensor_array(.size = 1, .dynamic_size = true, .like = cn_slice(y_true, "0, ..., 4"));
    cn_list *r = cn_while_loop(below_batch, ignore_of_image, {cn_zeros(CN_SCALAR, CN_INT32), array},
                               .user = &all);
    return cn_expand_dims(cn_array_stack(cn_nth(r, 1)), -1);
}

static cn_tensor *yolo_loss(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *a)
{
    (void)a;
    cn_tensor *object = cn_slice(y_true, "..., 4:"), *logit = cn_slice(y_pred, "..., 4:");
    cn_tensor *bce = cn_sub(cn_softplus(logit), cn_mul(object, logit));
    cn_tensor *background = cn_mul(cn_sub(1, object), ignore_mask(y_true, y_pred));
    cn_tensor *place =
        cn_mul(object, cn_square(cn_sub(cn_slice(y_pred, "..., :4"), cn_slice(y_true, "..., :4"))));
    return cn_add(cn_sum(cn_mul(bce, cn_add(object, background)), .axis = {1, 2, 3, 4}),
                  cn_sum(place, .axis = {1, 2, 3, 4}));
}

int main(void)
{
    cn_on_error(cn_die);
    /* two images of one cell, three boxes each; one real box, of (0, 0, 1, 1), in the first */
    cn_tensor *y_true = cn_values(cn_shape(2, 1, 1, 3, 5), 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    /* which the predictions overlap by .6, .4 and 0 */
    cn_tensor *y_pred = cn_values(cn_shape(2, 1, 1, 3, 5), 0, 0, 1, .6, 0, 0, 0, 1, .4, 0, 5, 5, 1,
                                  1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0);
    VALUES(ignore_mask(y_true, y_pred), 0, 0, 1, 1, 1, 1, 1);

    cn_register_loss("yolo_loss", yolo_loss, NULL);
    cn_model *model = cn_sequential(cn_input(4), cn_dense(15), cn_reshape_layer({1, 1, 3, 5}));
    cn_compile(model, "adam(0.05)", .loss = {"yolo_loss"});
    cn_tensor *x = cn_values(cn_shape(2, 4), 1, 0, 1, 0, 0, 1, 1, 0);
    cn_history *h = cn_fit(model, cn_from_arrays(x, y_true), .epochs = 40, .verbose = 0);
    CHECK(cn_history_min(h, "loss") < 0.3 * cn_history_max(h, "loss"));
}
