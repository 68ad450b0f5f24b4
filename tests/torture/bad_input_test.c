/* What users get wrong, as they see it: whole messages, with the names, both shapes, and the place
 * of the call that they made. After each, the model goes on. */
#undef CORNU_BUILDING
#include <cornu.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test.h"
#include "saving/archive/zip.h"

static int place; /* of a call inside of a function that the library calls */

/* The line that the error names, where it is one of the few that the call in a test runs over:
 * compilers differ in which of them is its own. `last` is the last. */
static int line_said(int last)
{
    enum { LINES = 6 };
    const char *colon = strrchr(cn_error(), ':');
    int said = colon ? atoi(colon + 1) : 0;
    return said <= last && said > last - LINES ? said : last;
}

static void check_says(bool refused, const char *who, const char *message, const int *line)
{
    char want[1024];
    bool named = !strncmp(message, "cn_", 3) || strstr(message, ": cn_");
    snprintf(want, sizeof want, "%s; %s%sat bad_input_test.c:%d", message, named ? "" : who,
             named ? "" : " ", line_said(*line));
    CHECK(refused);
    check_text(cn_error(), want);
    cn_clear_error();
}

/* The call is refused, with that message and its own place; or with that of the call inside. */
#define REFUSED(who, call, message) check_says(!(call), who, message, &(int){__LINE__})
#define REFUSED_INSIDE(who, call, message) check_says(!(call), who, message, &place)

static cn_tensor *numbers(void)
{
    return cn_sin(cn_reshape(cn_arange(0, 12, 1, CN_FLOAT32), cn_shape(4, 3)));
}

static cn_dataset *data(int width)
{
    return cn_from_arrays(numbers(), cn_ones(cn_shape(4, width), CN_FLOAT32));
}

static cn_model *model_of(cn_layer *layer)
{
    cn_model *m = cn_sequential(cn_input(3), layer);
    return m && cn_compile(m, "sgd", .loss = {"mse"}) ? m : NULL;
}

static bool trains(cn_model *m, int width)
{
    return cn_fit(m, data(width), .verbose = 0) != NULL;
}

/* ---- callbacks ---- */

static bool plain(cn_model *model, cn_logs *logs, void *user)
{
    (void)model, (void)logs, (void)user;
    return false;
}

static bool by_epoch(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    (void)model, (void)logs, (void)user;
    return epoch < 1;
}

static bool by_batch(cn_model *model, int64_t batch, cn_logs *logs, void *user)
{
    (void)model, (void)logs, (void)user;
    return batch < 0;
}

static bool raises(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    (void)model, (void)logs;
    return cn_raise(CN_EIO, "no room for epoch %d on '%s'", epoch, (const char *)user);
}

#define FIT(...) \
    cn_fit(m, data(2), .epochs = 2, .verbose = 0, .callbacks = {cn_callback(__VA_ARGS__)})
#define CHECKED(m, c) cn_fit(m, data(2), .verbose = 0, .validation_data = data(2), .callbacks = c)
#define FALSE(hook) "Callback: " #hook " returned false"

TEST(callbacks_that_fail)
{
    CN_SCOPE {
        cn_model *m = model_of(cn_dense(2));
        REFUSED("cn_fit", FIT(.on_train_begin = plain), FALSE(on_train_begin));
        REFUSED("cn_fit", FIT(.on_train_end = plain), FALSE(on_train_end));
        REFUSED("cn_fit", FIT(.on_epoch_begin = by_epoch), FALSE(on_epoch_begin));
        REFUSED("cn_fit", FIT(.on_epoch_end = by_epoch), FALSE(on_epoch_end));
        REFUSED("cn_fit", FIT(.on_train_batch_begin = by_batch), FALSE(on_train_batch_begin));
        REFUSED("cn_fit", FIT(.on_train_batch_end = by_batch), FALSE(on_train_batch_end));
        REFUSED("cn_fit", FIT(.on_epoch_end = raises, .user = "/d"), "no room for epoch 0 on '/d'");
        cn_callback_array c = {{cn_callback(.on_test_begin = plain, .on_predict_begin = plain)}};
        REFUSED("cn_fit", CHECKED(m, c), FALSE(on_test_begin));
        REFUSED("cn_evaluate", cn_evaluate(m, data(2), .verbose = 0, .callbacks = c),
                FALSE(on_test_begin));
        REFUSED("cn_predict", cn_predict(m, numbers(), .callbacks = c), FALSE(on_predict_begin));
        CHECK(trains(m, 2) && cn_predict(m, numbers()));
    }
}

/* ---- layers ---- */

typedef enum how { GIVES_NULL, SHRINKS, FORGETS, COUNTS, DOES_NOT_FIT, LOSES_ROWS, RESHAPES } how;
#define FAULTY(P) P(int, how, 0, "what it does wrong")
CN_LAYER(faulty, FAULTY, cn_tensor *w;)

static bool faulty_build(faulty *self, const cn_shapes *in)
{
    (void)in;
    self->w = cn_add_weight(self, "w", cn_shape(3, 3));
    return self->w;
}

static cn_tensor *faulty_call(faulty *self, const cn_inputs *in)
{
    cn_tensor *y = cn_matmul(in->x[0], self->w);
    place = __LINE__;
    switch ((how)self->how) {
    case GIVES_NULL:
        return NULL;
    case SHRINKS:
        return cn_sum(y, {1});
    case FORGETS:
        return cn_stop_gradient(y);
    case COUNTS:
        return cn_cast(cn_argmax(y, 1, true), CN_FLOAT32);
    case DOES_NOT_FIT:
        place = __LINE__ + 1;
        return cn_matmul(y, cn_ones(cn_shape(2, 2), CN_FLOAT32));
    case LOSES_ROWS:
        return cn_boolean_mask(y, cn_greater(cn_sum(y, {1}), 1e9));
    case RESHAPES:
        place = __LINE__ + 1;
        return cn_reshape(y, cn_shape(7));
    }
    return y;
}
CN_REGISTER_LAYER(faulty, .build = faulty_build, .call = faulty_call)
#define faulty(...) CN_MAKE(faulty, FAULTY, __VA_ARGS__)

#define LIAR(P) P(int, width, 0, "what it says")
CN_LAYER(liar, LIAR, )
static cn_tensor *liar_call(liar *self, const cn_inputs *in)
{
    (void)self;
    return cn_mul(in->x[0], 2);
}
static bool liar_shape(liar *self, const cn_shapes *in, cn_shape *shape)
{
    (void)in;
    *shape = cn_shape(CN_ANY, self->width);
    return true;
}
CN_REGISTER_LAYER(liar, .call = liar_call, .compute_output_shape = liar_shape)
#define liar(...) CN_MAKE(liar, LIAR, __VA_ARGS__)

#define TRAIN(m, width) cn_fit(m, data(width), .verbose = 0)

TEST(layers_of_another_shape_than_wanted)
{
    CN_SCOPE {
        cn_clear_session();
        cn_tensor *x = numbers();
        REFUSED("cn_call", cn_call(faulty(GIVES_NULL, .name = "f"), x),
                "faulty 'f': call returned NULL without an error");
        REFUSED("cn_sequential", cn_sequential(cn_input(3), faulty(GIVES_NULL, .name = "f")),
                "faulty 'f': call returned NULL without an error");
        REFUSED("cn_call", cn_call(liar(5, .name = "l"), x),
                "liar 'l': compute_output_shape says (None, 5), but call returned the shape "
                "(4, 3)");
        REFUSED_INSIDE("", cn_call(faulty(DOES_NOT_FIT, .name = "f"), x),
                       "faulty 'f': cn_matmul: shapes (4, 3) and (2, 2) do not fit: the inner "
                       "dimensions are 3 and 2");
        cn_model *m = model_of(faulty(RESHAPES, .name = "f"));
        REFUSED_INSIDE("", cn_predict(m, x),
                       "Sequential 'sequential_1': faulty 'f': cn_reshape: (4, 3) does "
                       "not have the elements of (7,)");
        REFUSED("cn_fit", TRAIN(model_of(faulty(SHRINKS)), 3),
                "loss 'mean_squared_error': cn_sub: shapes (4, 3) and (4,) do not broadcast");
        REFUSED("cn_fit", TRAIN(model_of(faulty(LOSES_ROWS)), 3),
                "cn_sub: shapes (4, 3) and (0, 3) do not broadcast");
        m = model_of(cn_dense(2));
        REFUSED("cn_fit", TRAIN(m, 5),
                "loss 'mean_squared_error': cn_sub: shapes (4, 5) and (4, 2) do not broadcast");
        CHECK(TRAIN(m, 2));
        REFUSED("cn_predict", cn_predict(m, cn_ones(cn_shape(2, 7), CN_FLOAT32)),
                "Sequential 'sequential_4': input 'input_layer_4': expected shape (None, 3), found "
                "(2, 7)");
        REFUSED("cn_fit", cn_fit(m, cn_from_arrays(x), .verbose = 0),
                "expected targets for 1 outputs, found 0");
    }
}

#define NO_GRADIENT(path, op)                                                             \
    "An operation has `None` for gradient. Please make sure that all of your ops have a " \
    "gradient defined (i.e. are differentiable). Common ops without gradient: K.argmax, " \
    "K.round, K.eval. There is none for '" path "'. It ends at the op '" op "' in layer 'f'."

TEST(layers_without_gradient)
{
    CN_SCOPE {
        cn_clear_session();
        REFUSED("cn_fit", TRAIN(model_of(faulty(FORGETS, .name = "f")), 3),
                NO_GRADIENT("sequential/f/w", "stop_gradient"));
        REFUSED("cn_fit", TRAIN(model_of(faulty(COUNTS, .name = "f")), 1),
                NO_GRADIENT("sequential_1/f/w", "argmax"));
    }
}

/* ---- names ---- */

static cn_tensor *nothing(cn_tensor *a, cn_tensor *b, const cn_args *args)
{
    (void)args;
    return a == b ? a : NULL;
}

static cn_tensor *seven(cn_tensor *a, cn_tensor *b, const cn_args *args)
{
    (void)a, (void)args;
    place = __LINE__ + 1;
    return cn_reshape(b, cn_shape(7));
}

static cn_tensor *same(cn_tensor *x, const cn_args *args)
{
    (void)args;
    return x;
}

static cn_tensor *first(cn_tensor *const *in, const cn_args *args)
{
    (void)args;
    return in[0];
}

static cn_tensor *short_one(cn_shape shape, cn_dtype dtype, const cn_args *args)
{
    (void)shape, (void)args;
    return cn_ones(cn_shape(7), dtype);
}

TEST(names_given_twice)
{
    CN_SCOPE {
        CHECK(cn_register_loss("bad_nothing", nothing, NULL));
        CHECK(cn_register_loss("bad_nothing", nothing, NULL)); /* the same once more is fine */
        REFUSED("cn_register_loss", cn_register_loss("bad_nothing", seven, NULL),
                "register: the loss 'bad_nothing' is registered already");
        REFUSED("cn_register_metric", cn_register_metric("accuracy", seven, NULL),
                "register: the metric 'accuracy' is registered already");
        REFUSED("cn_register_activation", cn_register_activation("relu", same, NULL),
                "register: the activation 'relu' is registered already");
        REFUSED("cn_register_regularizer", cn_register_regularizer("l2", same, NULL),
                "register: the regularizer 'l2' is registered already");
        REFUSED("cn_register_constraint", cn_register_constraint("max_norm", same, NULL),
                "register: the constraint 'max_norm' is registered already");
        REFUSED("cn_register_initializer", cn_register_initializer("zeros", short_one, NULL),
                "register: the initializer 'zeros' is registered already");
        CHECK(cn_register_function("bad_first", first, NULL));
        REFUSED("cn_register_function", cn_register_function("bad_first", NULL, NULL),
                "register: expected a name and a function, found NULL");
        cn_layer *one = cn_dense(3, .name = "a"), *two = cn_dense(3, .name = "a");
        CHECK(cn_sequential(cn_input(3), one, one)); /* the same twice is fine */
        REFUSED("cn_sequential", cn_sequential(cn_input(3), one, two),
                "All layers added to a Sequential model should have unique names. Name 'a' is "
                "already the name of a layer in this model. Update the `name` argument to pass a "
                "unique name.");
        cn_tensor *x = cn_input(3), *y = x;
        for (int i = 0; i < 3; i++)
            y = cn_call(cn_dense(3, .name = "a"), y);
        REFUSED("cn_functional", cn_functional(x, y),
                "The name \"a\" is used 3 times in the model. All operation names should be "
                "unique.");
        cn_model *m = cn_sequential(cn_input(3), cn_dense(3, .name = "a"));
        REFUSED("cn_model_add", cn_model_add(m, cn_dense(2, .name = "a")),
                "All layers added to a Sequential model should have unique names. Name 'a' is "
                "already the name of a layer in this model. Update the `name` argument to pass a "
                "unique name.");
        REFUSED("cn_model_add", cn_model_add(m, faulty(GIVES_NULL, .name = "f")),
                "faulty 'f': call returned NULL without an error");
        CHECK(cn_compile(m, "sgd", .loss = {"mse"}) && TRAIN(m, 3)); /* as it was before */
        CHECK(cn_model_add(m, cn_dense(1)) && cn_list_length(m->layer.layers) == 3);
    }
}

TEST(functions_that_fail)
{
    CN_SCOPE {
        CHECK(cn_register_loss("bad_nothing", nothing, NULL));
        CHECK(cn_register_loss("bad_seven", seven, NULL));
        CHECK(cn_register_metric("bad_none", nothing, NULL));
        CHECK(cn_register_initializer("bad_short", short_one, NULL));
        cn_model *m = model_of(cn_dense(2));
        CHECK(cn_compile(m, "sgd", .loss = {"bad_nothing"}));
        REFUSED("cn_fit", TRAIN(m, 2), "loss 'bad_nothing': its function returned NULL");
        CHECK(cn_compile(m, "sgd", .loss = {"bad_seven"}));
        REFUSED_INSIDE("", TRAIN(m, 2),
                       "loss 'bad_seven': cn_reshape: (4, 2) does not have the "
                       "elements of (7,)");
        CHECK(cn_compile(m, "sgd", .loss = {"mse"}, .metrics = {"bad_none"}));
        REFUSED("cn_fit", TRAIN(m, 2), "metric 'bad_none': its function returned NULL");
        CHECK(cn_compile(m, "sgd", .loss = {"mse"}) && TRAIN(m, 2));
        cn_layer *dense = cn_dense(2, .kernel_initializer = "bad_short", .name = "d");
        REFUSED("cn_call", cn_call(dense, numbers()),
                "Dense 'd': initializer 'bad_short': expected the shape (3, 2), found (7,)");
    }
}

/* ---- loops ---- */

static cn_list *grows(cn_tensor *const *v, cn_tensor *const *x, void *user)
{
    (void)user;
    return cn_list_of(cn_concat(cn_list_of(v[0], v[0]), 0), x[0]);
}

static cn_list *none_at_all(cn_tensor *const *v, cn_tensor *const *x, void *user)
{
    (void)v, (void)x, (void)user;
    return NULL;
}

static cn_list *doubles(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_list_of(cn_concat(cn_list_of(v[0], v[0]), 0));
}

static cn_list *gives_back(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_list_of(v[0]);
}

static cn_tensor *forever(cn_tensor *const *v, void *user)
{
    (void)v, (void)user;
    return cn_full(CN_SCALAR, 1, CN_BOOL);
}

static cn_tensor *never(cn_tensor *const *v, void *user)
{
    (void)v, (void)user;
    return NULL;
}

static cn_tensor *a_branch(void *width)
{
    return cn_ones(cn_shape(*(int *)width, 2), CN_FLOAT32);
}

static cn_tensor *no_branch(void *width)
{
    (void)width;
    return NULL;
}

TEST(loops_that_do_not_fit)
{
    CN_SCOPE {
        cn_tensor *z = cn_zeros(cn_shape(2), CN_FLOAT32);
        int width = 3;
        REFUSED("", cn_scan(grows, {z}, {numbers()}),
                "cn_scan: variable 0 has shape (2,), but shape (4,) after a turn");
        REFUSED("", cn_scan(none_at_all, {z}, {numbers()}), "cn_scan: the step gave NULL");
        REFUSED("", cn_while_loop(forever, doubles, {z}),
                "cn_while_loop: variable 0 has shape (2,), but shape (4,) after a turn; "
                "shape_invariants may let it change");
        REFUSED("", cn_while_loop(never, doubles, {z}), "cn_while_loop: the condition gave NULL");
        REFUSED("", cn_while_loop(forever, NULL, {z}),
                "cn_while_loop: expected two functions, found NULL");
        cn_tensor *yes = cn_greater(cn_sum(z), -1);
        REFUSED("", cn_cond(yes, a_branch, no_branch, .user = &width),
                "cn_cond: a branch gave NULL");
        cn_set_loop_limit(50);
        cn_list *r = cn_while_loop(forever, gives_back, {z});
        REFUSED("", cn_data(cn_nth(r, 0)),
                "cn_while_loop: still going after 50 turns, the limit of cn_set_loop_limit");
        cn_set_loop_limit(0);
        CHECK(cn_data(cn_cond(yes, a_branch, a_branch, .user = &width)));
    }
}

/* ---- masks that select nothing ---- */

static double item(cn_tensor *x)
{
    return cn_item(x);
}

TEST(masks_that_select_nothing)
{
    CN_SCOPE {
        cn_tensor *x = numbers(), *mask = cn_greater(x, 5), *none = cn_boolean_mask(x, mask);
        CHECK(cn_data(none) && cn_size(none) == 0);
        CHECK(item(cn_sum(none)) == 0 && isnan(item(cn_mean(none))));
        CHECK(item(cn_max(none)) == -INFINITY && item(cn_min(none)) == INFINITY);
        CHECK(item(cn_sum(cn_nth(cn_gradients(cn_sum(none), cn_list_of(x)), 0))) == 0);
        CHECK(cn_data(cn_where(mask)) && cn_shape_of(cn_where(mask)).dim[0] == 0);
        CHECK(cn_data(cn_sort(none, 0)) && cn_data(cn_softmax(none, 0)));
        REFUSED("", cn_data(cn_argmax(none, 0, false)), "cn_argmax: axis 0 of shape (0,) is empty");
        REFUSED("", cn_data(cn_gather(none, cn_zeros(cn_shape(1), CN_INT32), 0)),
                "cn_gather: the index 0 at (0,) is outside axis 0 of size 0");
        cn_tensor *boxes = cn_zeros(cn_shape(0, 4), CN_FLOAT32);
        cn_tensor *kept = cn_non_max_suppression(boxes, cn_zeros(cn_shape(0), CN_FLOAT32), 5);
        CHECK(cn_data(kept) && cn_size(kept) == 0);
    }
}

TEST(sequences_that_are_masked_as_a_whole)
{
    CN_SCOPE {
        cn_tensor *x = cn_zeros(cn_shape(2, 4, 3), CN_FLOAT32);
        cn_tensor *y = cn_ones(cn_shape(2, 4, 1), CN_FLOAT32);
        cn_model *m = cn_sequential(cn_input(4, 3), cn_masking(0.0),
                                    cn_lstm(2, .return_sequences = true), cn_dense(1));
        CHECK(cn_compile(m, "sgd", .loss = {"mse"}, .metrics = {"mae"}));
        cn_history *h = cn_fit(m, cn_from_arrays(x, y), .verbose = 0);
        CHECK(cn_history_get(h, "loss", -1) == 0 && cn_history_get(h, "mae", -1) == 0);
        CHECK(item(cn_sum(cn_abs(cn_predict(m, x)))) == 0); /* the states stay zero */
        cn_dataset *weighted = cn_from_arrays(x, y, cn_zeros(cn_shape(2), CN_FLOAT32));
        REFUSED("cn_fit", cn_fit(m, weighted, .verbose = 0),
                "loss 'mean_squared_error': cn_mul: shapes (2,) and (2, 4) do not broadcast");
        CHECK(cn_fit(m, cn_from_arrays(x, y), .verbose = 0));
    }
}

/* ---- indices ---- */

#define INTS(...) \
    cn_array((int32_t[]){__VA_ARGS__}, CN_INT32, cn_shape(sizeof((int32_t[]){__VA_ARGS__}) / 4))

TEST(indices_that_are_outside)
{
    CN_SCOPE {
        cn_tensor *x = numbers(), *row = cn_ones(cn_shape(1, 3), CN_FLOAT32);
        cn_tensor *pair = cn_reshape(INTS(1, 3), cn_shape(1, 2));
        cn_tensor *far = cn_reshape(INTS(4), cn_shape(1, 1));
        REFUSED("", cn_data(cn_gather(x, INTS(0, 4), 0)),
                "cn_gather: the index 4 at (1,) is outside axis 0 of size 4");
        REFUSED("", cn_data(cn_gather(x, INTS(-5), 0)),
                "cn_gather: the index -5 at (0,) is outside axis 0 of size 4");
        REFUSED("", cn_data(cn_gather_nd(x, pair)),
                "cn_gather_nd: the index 3 at (0, 1) is outside axis 1 of size 3");
        REFUSED("", cn_data(cn_scatter(far, row, cn_shape(4, 3))),
                "cn_scatter: the index 4 at (0, 0) is outside axis 0 of size 4");
        REFUSED("", cn_data(cn_scatter_update(x, far, row)),
                "cn_scatter_update: the index 4 at (0, 0) is outside axis 0 of size 4");
        REFUSED("", cn_data(cn_take_along_axis(x, far, 0)),
                "cn_take_along_axis: the index 4 at (0, 0) is outside axis 0 of size 4");
        REFUSED("", cn_data(cn_segment_sum(x, INTS(0, 1, 7, 0), 3)),
                "cn_segment_sum: the id 7 at (2,) is outside [0, 3)");
        cn_tensor *none =
            cn_one_hot(INTS(5, -1), 3, -1, CN_FLOAT32); /* rows of zeros, as in Keras */
        CHECK(item(cn_sum(none)) == 0);
    }
}

TEST(ids_and_labels_that_are_outside)
{
    CN_SCOPE {
        cn_model *m = cn_sequential(cn_input(2, .dtype = CN_INT32),
                                    cn_embedding(4, 3, .name = "words"), cn_flatten(), cn_dense(1));
        CHECK(cn_compile(m, "sgd", .loss = {"mse"}));
        cn_tensor *ids = cn_reshape(INTS(0, 1, 2, 9), cn_shape(2, 2));
        cn_tensor *y = cn_ones(cn_shape(2, 1), CN_FLOAT32);
        REFUSED("cn_predict", cn_predict(m, ids),
                "words: Embedding: the id 9 at (1, 1) is outside [0, 4)");
        REFUSED("cn_fit", cn_fit(m, cn_from_arrays(ids, y), .verbose = 0, .shuffle = false),
                "words: Embedding: the id 9 at (1, 1) is outside [0, 4)");
        CHECK(cn_predict(m, cn_minimum(ids, 3)));
        m = cn_sequential(cn_input(3), cn_dense(3, .activation = "softmax"));
        CHECK(cn_compile(m, "sgd", .loss = {"sparse_categorical_crossentropy"}));
        cn_dataset *labels[] = {cn_from_arrays(numbers(), INTS(0, 1, 3, 0)),
                                cn_from_arrays(numbers(), INTS(0, -1, 2, 0)),
                                cn_from_arrays(numbers(), INTS(0, 1, 2, 0))};
        REFUSED("cn_fit", cn_fit(m, labels[0], .verbose = 0, .shuffle = false),
                "sparse_categorical_crossentropy: expected labels from 0 to 2. Received: 3 for "
                "sample 2");
        REFUSED("cn_evaluate", cn_evaluate(m, labels[1], .verbose = 0),
                "sparse_categorical_crossentropy: expected labels from 0 to 2. Received: -1 for "
                "sample 1");
        CHECK(cn_fit(m, labels[2], .verbose = 0));
    }
}

/* ---- files ---- */

/* The model's file with `from` in its configuration become `to`, of the same length. */
static void save_changed(cn_model *m, const char *path, const char *from, const char *to)
{
    static const char *const names[] = {"config.json", "metadata.json", "model.weights.h5"};
    char whole[200];
    snprintf(whole, sizeof whole, "%s", cn_test_path("whole.keras"));
    REQUIRE(cn_save(m, whole));
    cn_zip *old = cn_zip_open(whole);
    cn_zip_writer *changed = cn_zip_begin(path);
    for (int i = 0; i < 3; i++) {
        size_t size;
        char *text = malloc(1 << 20);
        const unsigned char *data = cn_zip_read(old, names[i], &size);
        REQUIRE(data && text && size < 1 << 20);
        memcpy(text, data, size);
        text[size] = 0;
        for (char *at = text; !i && (at = strstr(at, from)) != NULL;)
            memcpy(at, to, strlen(to));
        CHECK(cn_zip_add(changed, names[i], text, size));
        free(text);
    }
    CHECK(cn_zip_end(changed));
    cn_zip_close(old);
}

static void check_unknown(cn_model *m, const char *from, const char *to, const char *message)
{
    char path[200], want[600];
    snprintf(path, sizeof path, "%s", cn_test_path("unknown.keras"));
    save_changed(m, path, from, to);
    snprintf(want, sizeof want, "%s: %s", path, message);
    REFUSED("cn_load_model", cn_load_model(path), want);
}

TEST(files_of_things_that_nobody_knows)
{
    CN_SCOPE {
        REFUSED("", cn_load_model(NULL), "cn_load_model: expected a path, found NULL");
        REFUSED("", cn_load_model("model.txt"),
                "cn_load_model: expected a path that ends in .keras or .h5, found 'model.txt'");
        REFUSED("cn_load_model", cn_load_model("no/model.keras"),
                "cannot read 'no/model.keras': No such file or directory");
        cn_model *own = cn_sequential(cn_input(3), faulty(99, .name = "f"));
        check_unknown(own, "faulty", "strang",
                      "unknown layer 'strang', a class of a user's own: the program must register "
                      "it before, CN_REGISTER_LAYER(strang, …)");
        CHECK(cn_register_activation("bad_same", same, NULL));
        check_unknown(
            cn_sequential(cn_input(3), cn_dense(2, .activation = "bad_same", .name = "d")),
            "bad_same", "bad_sane",
            "Dense: activation: unknown activation 'bad_sane', a user's own: the program must "
            "register it before, cn_register_activation(\"bad_sane\", …)");
        cn_model *m = model_of(cn_dense(2, .name = "d"));
        check_unknown(m, "Dense", "Dents", "unknown layer 'Dents'; did you mean 'Dense'?");
        check_unknown(m, "mse", "mze", "unknown loss 'mze'; did you mean 'mse'?");
    }
}
