/* A picture of a model: six boxes with names and shapes, six arrows, as PNG, SVG and DOT, made by
 * no other program. */
#include "column.h"

static const char *read(const char *path, size_t *length)
{
    static char text[1 << 20];
    FILE *file = fopen(path, "rb");
    CHECK(file);
    *length = fread(text, 1, sizeof text - 1, file);
    text[*length] = 0;
    fclose(file);
    return text;
}

static int count(const char *text, const char *word)
{
    int n = 0;
    for (; (text = strstr(text, word)); text += strlen(word))
        n++;
    return n;
}

int main(void)
{
    size_t length;
    cn_tensor *a = cn_input(4, 2);
    cn_tensor *x1 = cn_call(cn_lambda(column, .arguments = "index=0"), a);
    cn_tensor *x2 = cn_call(cn_lambda(column, .arguments = "index=1"), a);
    x1 = cn_call(cn_reshape_layer({4, 1, 1}), x1);
    x2 = cn_call(cn_reshape_layer({4, 1, 1}), x2);
    cn_model *model = cn_functional(a, cn_call(cn_concatenate(), x1, x2));

    CHECK(cn_plot_model(model, "model.dot", .show_shapes = true, .show_layer_names = true));
    const char *dot = read("model.dot", &length);
    CHECK(count(dot, "label=") == 6 && count(dot, " -> ") == 6);
    CHECK(strstr(dot, "label=\"input_layer (InputLayer)\\nInput shape: (None, 4, 2)\\n"
                      "Output shape: (None, 4, 2)\""));
    CHECK(strstr(dot, "concatenate (Concatenate)"));

    CHECK(cn_plot_model(model, "model.svg", .show_shapes = true, .show_layer_names = true));
    const char *svg = read("model.svg", &length);
    CHECK(count(svg, "<rect x=") == 6 && count(svg, "marker-end") == 6);
    CHECK(strstr(svg, ">Output shape: (None, 4, 2)<") && strstr(svg, ">lambda_1 (Lambda)<"));

    CHECK(cn_plot_model(model, .show_shapes = true, .show_layer_names = true)); /* model.png */
    const char *png = read("model.png", &length);
    CHECK(length > 1000 && !memcmp(png, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16));
    CHECK(!memcmp(png + length - 8, "IEND\xae\x42\x60\x82", 8));

    CHECK(cn_plot_model(model, "plain.dot")); /* neither */
    dot = read("plain.dot", &length);
    CHECK(strstr(dot, "label=\"InputLayer\"") && !strstr(dot, "None"));

    /* a model in a model is a box, or its layers are, their names behind the model's */
    cn_model *outer = cn_sequential(cn_input(4, 2), model, cn_flatten());
    CHECK(cn_plot_model(outer, "outer.dot", .show_layer_names = true));
    CHECK(count(read("outer.dot", &length), "label=") == 2);
    CHECK(cn_plot_model(outer, "outer.dot", .show_layer_names = true, .expand_nested = true));
    dot = read("outer.dot", &length);
    CHECK(count(dot, "label=") == 7 && count(dot, " -> ") == 7);
    CHECK(strstr(dot, "/concatenate (Concatenate)") && strstr(dot, "\"flatten (Flatten)"));

    CHECK(!cn_plot_model(model, "model.bmp"));
    CHECK(strstr(cn_error(), "expected a .png, .svg or .dot file, found 'model.bmp'"));
}
