/* The record of a training as CSV, JSON, and as a pickle for Python's pickle.load. */
#include "check.h"

static const char *read(const char *path)
{
    static char text[4000];
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[n] = 0;
    CHECK(file && n);
    fclose(file);
    return text;
}

static bool record(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    (void)model, (void)user;
    return cn_logs_set(logs, "loss", 1.0 / (epoch + 1)) && cn_logs_set(logs, "score", epoch);
}

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = cn_sequential(cn_input(1), cn_dense(1));
    cn_compile(model, "sgd", .loss = {"mse"});
    cn_tensor *x = cn_ones(cn_shape(2, 1), CN_FLOAT32);
    cn_history *history = cn_fit(model, cn_from_arrays(x, x), .epochs = 2, .verbose = 0,
                                 .callbacks = {{cn_callback(.on_epoch_end = record)}});
    cn_history_save(history, "history.csv");
    cn_history_save(history, "history.json");
    cn_history_save(history, "history.pkl");
    TEXT(read("history.csv"), "epoch,loss,score\n0,1.0,0.0\n1,0.5,1.0\n");
    TEXT(read("history.json"), "{\"loss\": [1.0, 0.5], \"score\": [0.0, 1.0]}\n");
    CHECK(!memcmp(read("history.pkl"), "\x80\x02}(X\4\0\0\0loss](G?\xf0", 18));
}
