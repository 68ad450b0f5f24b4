/* The table of a model, as Keras prints it, byte for byte: as text, into a file, and printed. */
#include "check.h"

static const char table[] =
    "Model: \"two_inputs\"\n"
    "┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓\n"
    "┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃\n"
    "┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩\n"
    "│ words (InputLayer)  │ (None, 3)         │          0 │ -                 │\n"
    "├─────────────────────┼───────────────────┼────────────┼───────────────────┤\n"
    "│ hidden (Dense)      │ (None, 8)         │         32 │ words[0][0]       │\n"
    "├─────────────────────┼───────────────────┼────────────┼───────────────────┤\n"
    "│ norm                │ (None, 8)         │         32 │ hidden[0][0]      │\n"
    "│ (BatchNormalizatio… │                   │            │                   │\n"
    "├─────────────────────┼───────────────────┼────────────┼───────────────────┤\n"
    "│ image (InputLayer)  │ (None, 4)         │          0 │ -                 │\n"
    "├─────────────────────┼───────────────────┼────────────┼───────────────────┤\n"
    "│ both (Concatenate)  │ (None, 12)        │          0 │ norm[0][0],       │\n"
    "│                     │                   │            │ image[0][0]       │\n"
    "├─────────────────────┼───────────────────┼────────────┼───────────────────┤\n"
    "│ out (Dense)         │ (None, 2)         │         26 │ both[0][0]        │\n"
    "└─────────────────────┴───────────────────┴────────────┴───────────────────┘\n"
    " Total params: 90 (360.00 B)\n"
    " Trainable params: 74 (296.00 B)\n"
    " Non-trainable params: 16 (64.00 B)\n";

static const char *read(const char *path)
{
    static char text[4 * sizeof table];
    FILE *file = fopen(path, "rb");
    CHECK(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *words = cn_input(3, .name = "words"), *image = cn_input(4, .name = "image");
    cn_tensor *x = cn_call(cn_dense(8, .activation = "relu", .name = "hidden"), words);
    x = cn_call(cn_batch_normalization(.name = "norm"), x);
    x = cn_call(cn_concatenate(.name = "both"), x, image);
    x = cn_call(cn_dense(2, .name = "out"), x);
    cn_model *model = cn_functional_new(cn_list_of(words, image), cn_list_of(x), "two_inputs");
    TEXT(cn_summary_text(model), table);

    FILE *file = fopen("model.txt", "wb");
    CHECK(file && fputs(cn_summary_text(model), file) >= 0 && !fclose(file));
    TEXT(read("model.txt"), table);

    CHECK(freopen("printed.txt", "wb", stdout));
    CHECK(cn_summary(model));
    fclose(stdout);
    if (strcmp(read("printed.txt"), table)) {
        fprintf(stderr, "printed is another table\n");
        return 1;
    }
    return 0;
}
