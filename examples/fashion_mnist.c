/* Hello: a convolutional network learns to tell ten kinds of clothes apart, and is saved for
 * Python's Keras.
 *
 *     fashion_mnist [epochs]
 *
 * Reads Fashion-MNIST (Debian: dataset-fashion-mnist; or ~/.keras/datasets), writes fashion.keras
 * and history.csv into the current folder. */
#include <cornu.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const names[] = {"T-shirt", "trouser", "pullover", "dress", "coat",
                                    "sandal",  "shirt",   "sneaker",  "bag",   "ankle boot"};

/* One picture in 14 lines of text: two rows of pixels to a line of characters. */
static void draw(const unsigned char *pixels)
{
    static const char shades[] = " .:-=+*#%@";
    for (int row = 0; row < 28; row += 2) {
        for (int column = 0; column < 28; column++) {
            int light = pixels[row * 28 + column] + pixels[(row + 1) * 28 + column];
            putchar(shades[light * 9 / 510]);
        }
        putchar('\n');
    }
}

/* Some test pictures, and what the network says of each. */
static void show(cn_model *model, cn_dataset *test, int count)
{
    cn_batch some;
    if (!cn_dataset_all(cn_take(test, count), &some))
        return;
    const float *says = cn_floats(cn_predict(model, some.x));
    const unsigned char *pixels = cn_data(some.x), *labels = cn_data(some.y);
    for (int i = 0; i < count && says; i++) {
        int best = 0;
        for (int k = 1; k < 10; k++)
            if (says[i * 10 + k] > says[i * 10 + best])
                best = k;
        draw(pixels + i * 784);
        printf("%s (%.0f %%), and it is %s: %s\n\n", names[best], 100 * says[i * 10 + best],
               best == labels[i] ? "right" : "wrong", names[labels[i]]);
    }
}

int main(int argc, char **argv)
{
    cn_on_error(cn_die);
    int epochs = argc > 1 ? atoi(argv[1]) : 5;
    cn_dataset *train = cn_load_fashion_mnist("train"), *test = cn_load_fashion_mnist("test");

    /* clang-format off */
    cn_model *model = cn_sequential(cn_input(28, 28, 1),
                                    cn_rescaling(1.0 / 255),
                                    cn_conv2d(32, {3, 3}, .activation = "relu"),
                                    cn_max_pooling2d({2, 2}),
                                    cn_flatten(),
                                    cn_dropout(0.25),
                                    cn_dense(10, .activation = "softmax"));
    /* clang-format on */
    cn_summary(model);
    cn_compile(model, "adam", .loss = {"sparse_categorical_crossentropy"}, .metrics = {"accuracy"});
    cn_history *history =
        cn_fit(model, train, .epochs = epochs, .batch_size = 128, .validation_data = test);
    cn_evaluate(model, test);
    cn_save(model, "fashion.keras");
    cn_history_save(history, "history.csv");

    show(model, test, 4);
    printf("test accuracy %.4f after %d epochs; saved fashion.keras and history.csv\n",
           cn_history_get(history, "val_accuracy", -1), epochs);
    return 0;
}
