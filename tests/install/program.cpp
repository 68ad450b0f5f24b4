// A user's program in C++20: it sees what is installed and nothing else. Options have their
// defaults in the structs; a layer's macro takes all its arguments by name.
#include <cmath>
#include <iostream>
#include <string_view>
#include <vector>

#include <cornu.h>

// y = x0 + 2 x1 on 64 points.
static cn_dataset *points()
{
    std::vector<float> x, y;
    for (int i = 0; i < 64; i++) {
        x.insert(x.end(), {float(i % 8) / 8, float(i / 8) / 8});
        y.push_back(x[2 * i] + 2 * x[2 * i + 1]);
    }
    cn_arrays_options arrays = {};
    arrays.x = cn_array(x.data(), CN_FLOAT32, cn_shape{2, {64, 2}});
    arrays.y = cn_array(y.data(), CN_FLOAT32, cn_shape{2, {64, 1}});
    return cn_from_arrays_with(&arrays);
}

static cn_model *network()
{
    cn_input_options input = {};
    input.d0 = 2;
    cn_dense_options last = {};
    last.units = 1;
    void *layers[] = {cn_input_new(&input), cn_dense(.units = 8, .activation = "relu"),
                      cn_dense_new(&last)};
    cn_model *model = cn_sequential_new(layers, std::size(layers), nullptr);
    cn_compile_options how = {};
    how.optimizer = "adam(0.02)";
    how.loss.s[0] = "mse";
    how.metrics.s[0] = "mae";
    cn_compile_with(model, &how);
    return model;
}

static int fail(const char *what)
{
    std::cerr << what << ": " << cn_error() << '\n';
    return 1;
}

static int trains()
{
    cn_set_random_seed(1);
    cn_model *model = network();
    cn_fit_options fit = {};
    fit.epochs = 30;
    fit.batch_size = 16;
    fit.verbose = 0;
    cn_history *history = cn_fit_with(model, points(), &fit);
    if (!(cn_history_get(history, "loss", -1) < cn_history_get(history, "loss", 0) / 4))
        return fail("the loss stays");

    const float point[] = {0.5f, 0.25f};
    float says = 0, again = 0;
    if (!cn_predict_into(model, point, 1, &says) || std::fabs(says - 1) > 0.5f)
        return fail("the prediction is wrong");
    cn_load_options file = {};
    file.path = "cpp.keras";
    cn_model *read = cn_save(model, file.path) ? cn_load_model_with(&file) : nullptr;
    if (!read || !cn_predict_into(read, point, 1, &again) || says != again)
        return fail("what was read says something else");
    return 0;
}

int main()
{
    if (std::string_view(cn_version()) != CORNU_VERSION) {
        std::cerr << "headers " CORNU_VERSION ", library " << cn_version() << '\n';
        return 1;
    }
    if (cn_error_code() != CN_OK || !std::string_view(cn_error()).empty()) {
        std::cerr << "an error before the first call: " << cn_error() << '\n';
        return 1;
    }
    std::cout << "cornu " << cn_version() << '\n';
    return trains();
}
