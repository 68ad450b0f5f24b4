#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/test.h"
#include "cli/cli.h"

static void check_help(char *name, const char *want)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    REQUIRE(out);
    CHECK(run_command(2, (char *[]){"help", name}, &(streams){out, stderr}) == DONE);
    fclose(out);
    check_text(text, want);
    free(text);
}

static cn_tensor *nothing(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)y_pred, (void)args;
    return y_true;
}

/* Of functions it is said that they are means over batches. */
TEST(help_tells_means_over_batches)
{
    CHECK(cn_register_metric("helped", nothing, "weight=1.0"));
    check_help("helped", "helped\n"
                         "  of each batch; logged is the mean over batches, not the metric of the "
                         "whole set\n"
                         "  weight=1.0, name=none\n");
    check_help("mean_metric_wrapper",
               "keras.metrics.MeanMetricWrapper\n"
               "  fn                         spec         None               spec of a loss or of "
               "a metric that is a mean; where it gives a batch one number: the mean over batches, "
               "not the metric of the whole set\n"
               "  name                       text         None               its name in the logs; "
               "default: its class's in snake case\n"
               "  dtype                      text         None               dtype of its state\n");
}

TEST(plot_takes_options)
{
    CN_SCOPE {
        char *model = (char *)cn_fmt("%s", cn_test_path("m.keras"));
        char *dot = (char *)cn_fmt("%s", cn_test_path("m.dot"));
        char *words[] = {"plot",
                         model,
                         "-o",
                         dot,
                         "--expand-nested",
                         "--rankdir",
                         "LR",
                         "--dpi",
                         "50",
                         "--show-dtype",
                         "--show-layer-activations",
                         "--show-trainable"};
        cn_model *inner = cn_sequential(cn_input(2), cn_dense(1, "relu", .name = "a"));
        REQUIRE(cn_save(cn_sequential(cn_input(2), inner), model));
        REQUIRE(run_command(12, words, &(streams){stdout, stderr}) == DONE);
        cn_file_view view;
        REQUIRE(cn_file_open(&view, dot));
        cn_str text = cn_fmt("%.*s", (int)view.size, (const char *)view.data);
        cn_file_close(&view);
        CHECK(strstr(text, "rankdir=LR;"));
        CHECK(strstr(text, "/a (Dense)\\nActivation: relu\\nInput shape: (None, 2)\\nOutput shape: "
                           "(None, 1)\\nOutput dtype: float32\\nTrainable: True\"];\n}"));
        FILE *err = tmpfile();
        REQUIRE(err);
        words[8] = "0";
        CHECK(run_command(12, words, &(streams){stdout, err}) == WRONG_USAGE);
        fclose(err);
    }
}
