#include "cornu/plot.h"

#include <string.h>

#include "base/alloc.h"
#include "base/crc32.h"
#include "base/file.h"
#include "base/inflate.h"
#include "base/test.h"
#include "cornu/layers.h"
#include "cornu/layer.h"
#include "cornu/ops.h"
#include "utils/plot.h"

/* Every character has strokes that stay within its field. */
TEST(stroke_font)
{
    for (unsigned char c = ' ' + 1; c <= '~'; c++) {
        const char *glyph = cn_stroke_glyph(c);
        CHECK(*glyph);
        for (; *glyph; glyph += 1 + (*glyph != ' '))
            CHECK(*glyph == ' ' ||
                  (glyph[0] >= '0' && glyph[0] <= '4' && glyph[1] >= '0' && glyph[1] <= '8'));
    }
    CHECK(!strcmp(cn_stroke_glyph('~'), "03123443") &&
          !strcmp(cn_stroke_glyph('0'), "103041453616050110"));
    CHECK(cn_stroke_glyph(0xC3) == cn_stroke_glyph('?'));
}

/* Boxes do not overlap; arrows that pass a row do so between boxes. */
TEST(plot_layout)
{
    static const int edges[][2] = {{0, 1}, {0, 2}, {1, 3}, {2, 4}, {3, 5}, {4, 5}, {0, 5}, {1, 5}};
    for (int across = 0; across < 2; across++) {
        cn_plot plot = {.across = across};
        for (int i = 0; i < 6; i++) {
            cn_plot_box *box = cn_plot_add_box(&plot);
            box->width = 80 + 10 * i;
            box->height = 30;
        }
        for (size_t e = 0; e < sizeof edges / sizeof *edges; e++)
            CHECK(cn_plot_add_edge(&plot, edges[e][0], edges[e][1]));
        CHECK(cn_plot_lay_out(&plot));
        CHECK(plot.n_boxes == 6 + 2 + 1 && plot.edges[6].count == 2 && plot.edges[7].count == 1);
        for (int i = 0; i < plot.n_boxes; i++)
            for (int k = 0; k <= i; k++) {
                const cn_plot_box *a = &plot.boxes[i], *b = &plot.boxes[k];
                double dx = a->x > b->x ? a->x - b->x : b->x - a->x;
                double dy = a->y > b->y ? a->y - b->y : b->y - a->y;
                CHECK(i == k
                          ? a->x - a->width / 2 >= 0 && a->x + a->width / 2 <= plot.width &&
                                a->y - a->height / 2 >= 0 && a->y + a->height / 2 <= plot.height
                          : dx >= (a->width + b->width) / 2 || dy >= (a->height + b->height) / 2);
            }
        cn_plot_free(&plot);
    }
}

static cn_model *some_model(void)
{
    cn_tensor *x = cn_input(4, .name = "x");
    cn_tensor *h = cn_call(cn_dense(3, "relu", .name = "a<b", .trainable = false), x);
    return cn_functional(x, cn_call(cn_add_layer(.name = "both"), h, cn_mul(h, 2)));
}

/* What the file holds, with a zero behind; owned by the scope. */
static const char *contents(const char *path, size_t *size)
{
    cn_file_view view;
    if (!cn_file_open(&view, path))
        return "";
    *size = view.size;
    const char *text = cn_fmt("%.*s", (int)view.size, (const char *)view.data);
    cn_file_close(&view);
    return text;
}

TEST(plot_as_text)
{
    CN_SCOPE {
        size_t size;
        cn_model *model = some_model();
        REQUIRE(cn_plot_model(model, cn_test_path("m.dot"), .show_layer_names = true,
                              .show_shapes = true, .show_dtype = true, .rankdir = "LR",
                              .show_layer_activations = true, .show_trainable = true));
        check_text(contents(cn_test_path("m.dot"), &size),
                   "digraph model {\n"
                   "  rankdir=LR;\n"
                   "  node [shape=box, fontname=\"Helvetica\"];\n"
                   "  n0 [label=\"x (InputLayer)\\nInput shape: (None, 4)\\nOutput shape: (None, "
                   "4)\\nOutput dtype: float32\\nTrainable: True\"];\n"
                   "  n1 [label=\"a<b (Dense)\\nActivation: relu\\nInput shape: (None, "
                   "4)\\nOutput shape: (None, 3)\\nOutput dtype: float32\\nTrainable: False\"];\n"
                   "  n2 [label=\"multiply (Multiply)\\nInput shape: (None, 3)\\nOutput shape: "
                   "(None, 3)\\nOutput dtype: float32\"];\n"
                   "  n3 [label=\"both (Add)\\nInput shape: [(None, 3), (None, 3)]\\nOutput shape: "
                   "(None, 3)\\nOutput dtype: float32\\nTrainable: True\"];\n"
                   "  n0 -> n1;\n  n1 -> n2;\n  n1 -> n3;\n  n2 -> n3;\n}\n");
        REQUIRE(cn_plot_model(model, cn_test_path("m.svg"), .show_layer_names = true));
        const char *svg = contents(cn_test_path("m.svg"), &size);
        CHECK(strstr(svg, ">a&lt;b (Dense)</text>") && strstr(svg, "</g>\n</svg>\n"));
        cn_model *chain = cn_sequential(cn_input(4), cn_dense(3), cn_dense(2));
        REQUIRE(cn_plot_model(chain, cn_test_path("m.dot"))); /* Keras shows no input there */
        check_text(contents(cn_test_path("m.dot"), &size),
                   "digraph model {\n  rankdir=TB;\n  node [shape=box, fontname=\"Helvetica\"];\n"
                   "  n0 [label=\"Dense\"];\n  n1 [label=\"Dense\"];\n  n0 -> n1;\n}\n");
    }
}

/* Models in a model: their layers stand in their place, once, as in Keras. */
TEST(plot_of_nested_models)
{
    CN_SCOPE {
        size_t size;
        cn_tensor *x = cn_input(4, .name = "x"), *in = cn_input(4, .name = "in");
        cn_layer *layers[] = {cn_dense(4, .name = "a"), cn_dense(2, .name = "b")};
        cn_model *chain =
            cn_sequential_new((void *[]){cn_input(4), layers[0], layers[1]}, 3, "chain");
        cn_model *inner =
            cn_functional_new(cn_list_of(in), cn_list_of(cn_call(chain, cn_mul(in, 2))), "inner");
        cn_tensor *both =
            cn_call(cn_add_layer(.name = "sum"), cn_call(inner, x), cn_call(chain, x));
        cn_model *model = cn_functional(x, both);
        REQUIRE(cn_plot_model(model, cn_test_path("m.dot"), .show_layer_names = true));
        check_text(contents(cn_test_path("m.dot"), &size),
                   "digraph model {\n  rankdir=TB;\n  node [shape=box, fontname=\"Helvetica\"];\n"
                   "  n0 [label=\"x (InputLayer)\"];\n  n1 [label=\"inner (Functional)\"];\n"
                   "  n2 [label=\"chain (Sequential)\"];\n  n3 [label=\"sum (Add)\"];\n"
                   "  n0 -> n1;\n  n0 -> n2;\n  n1 -> n3;\n  n2 -> n3;\n}\n");
        for (int k = 0; k < 3; k++)
            REQUIRE(cn_plot_model(model, cn_test_path(k ? k > 1 ? "m.png" : "m.svg" : "m.dot"),
                                  .show_layer_names = true, .expand_nested = true));
        check_text(contents(cn_test_path("m.dot"), &size),
                   "digraph model {\n  rankdir=TB;\n  node [shape=box, fontname=\"Helvetica\"];\n"
                   "  n0 [label=\"x (InputLayer)\"];\n  n1 [label=\"inner/in (InputLayer)\"];\n"
                   "  n2 [label=\"inner/multiply (Multiply)\"];\n"
                   "  n3 [label=\"inner/chain/a (Dense)\"];\n"
                   "  n4 [label=\"inner/chain/b (Dense)\"];\n  n5 [label=\"sum (Add)\"];\n"
                   "  n0 -> n1;\n  n0 -> n3;\n  n4 -> n5;\n  n1 -> n2;\n  n2 -> n3;\n"
                   "  n3 -> n4;\n}\n");
    }
}

static uint32_t number(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

TEST(plot_as_png)
{
    CN_SCOPE {
        REQUIRE(cn_plot_model(some_model(), cn_test_path("m.png"), .dpi = 96));
        cn_file_view view;
        REQUIRE(cn_file_open(&view, cn_test_path("m.png")));
        const unsigned char *data = view.data;
        CHECK(!memcmp(data, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16));
        uint32_t width = number(data + 16), height = number(data + 20), size = number(data + 33);
        CHECK(width > 100 && height > 100 && !memcmp(data + 37, "IDAT", 4));
        CHECK(number(data + 41 + size) == cn_crc32(0, data + 37, size + 4));
        size_t out, dark = 0, row = width + 1;
        unsigned char *pixels = cn_inflate_all(CN_INFLATE_ZLIB, data + 41, size, 1 << 24, &out);
        CHECK(pixels && out == row * height);
        for (uint32_t y = 1; pixels && out == row * height && y < height; y++)
            for (uint32_t x = 1; x < row; x++) {
                pixels[y * row + x] =
                    (unsigned char)(pixels[y * row + x] + pixels[(y - 1) * row + x]);
                dark += pixels[y * row + x] < 128;
            }
        CHECK(dark > 500 && dark < 10000);
        cn_mem_free(pixels);
        cn_file_close(&view);
    }
}

TEST(plot_refuses)
{
    CN_SCOPE {
        cn_model *model = some_model();
        CHECK(!cn_plot_model(model, "m.gif"));
        check_error("cn_plot_model: expected a .png, .svg or .dot file, found 'm.gif'");
        CHECK(!cn_plot_model(model, "m.svg", .rankdir = "up"));
        check_error("cn_plot_model: expected rankdir \"TB\" or \"LR\", found \"up\"");
        CHECK(!cn_plot_model(model, "m.png", .dpi = 0));
        check_error("cn_plot_model: a picture of 0 x 0 pixels cannot be drawn; choose another dpi "
                    "than 0, or a .svg file");
        cn_model *open = cn_sequential(cn_dense(2));
        CHECK(!cn_plot_model(open, "m.svg"));
        check_error(cn_fmt("cn_plot_model: Sequential '%s' has no graph of layers to draw: it has "
                           "not yet been built, or is a model by subclassing",
                           open->layer.name));
        CHECK(!cn_plot_model(NULL, "m.svg") && !cn_error_code());
    }
}
