/* Every metric against Keras: the result after each batch, the variables at the end, the
 * configuration. */
#include "config/instance.h"
#include "cornu/metrics.h"
#include "graph/tensor.h"
#include "parity/golden.h"

#include <stdio.h>
#include <string.h>

static void check_batches(const golden_file *file, const cn_json *one, cn_metric *metric)
{
    const char *id = cn_json_get(one, "id")->string;
    const cn_json *batches = cn_json_get(one, "batches");
    for (size_t i = 0; i < batches->count; i++) {
        const cn_json *batch = batches->items[i];
        char what[160];
        snprintf(what, sizeof what, "%s: batch %zu", id, i);
        cn_tensor *y_true = golden_array(file, cn_json_get(batch, "y_true"));
        cn_tensor *y_pred = golden_array(file, cn_json_get(batch, "y_pred"));
        cn_tensor *weight = golden_array(file, cn_json_get(batch, "sample_weight"));
        if (!CHECK(cn_metric_update(metric, y_true, y_pred, weight)))
            fprintf(stderr, "%s: %s\n", what, cn_error());
        golden_close_to(file, cn_metric_result(metric), cn_json_get(batch, "result"), 1e-5, what);
    }
}

static void check_variables(const golden_file *file, const cn_json *one, cn_metric *metric)
{
    const cn_json *wanted = cn_json_get(one, "variables");
    cn_list *variables = cn_metric_variables(metric);
    if (!CHECK(cn_list_length(variables) == wanted->count))
        return;
    for (size_t i = 0; i < wanted->count; i++) {
        cn_tensor *variable = cn_list_item(variables, i);
        check_text(cn_variable_path(variable), cn_json_get(wanted->items[i], "path")->string);
        golden_close_to(file, variable, cn_json_get(wanted->items[i], "array"), 1e-5,
                        cn_json_get(one, "id")->string);
    }
}

/* What Keras wrote we write. */
static void check_config(const cn_json *one, cn_metric *metric)
{
    cn_json *config = cn_instance_config(metric);
    const cn_json *want = cn_json_get(cn_json_get(one, "config"), "config");
    for (size_t i = 0; i < want->count; i++) {
        const cn_json *member = cn_json_get(config, want->items[i]->key);
        if (!CHECK(member && cn_json_equal(member, want->items[i])))
            fprintf(stderr, "%s: %s\n", cn_json_get(one, "id")->string, want->items[i]->key);
    }
    CHECK(config && config->count == want->count);
    cn_json_free(config);
}

static void check_case(const golden_file *file, const cn_json *one)
{
    const cn_json *config = cn_json_get(one, "config");
    cn_metric *metric = cn_instance_deserialize(CN_METRICS, config);
    if (!CHECK(metric != NULL)) {
        fprintf(stderr, "%s: %s\n", cn_json_get(one, "id")->string, cn_error());
        cn_clear_error();
        return;
    }
    check_config(one, metric);
    check_batches(file, one, metric);
    check_variables(file, one, metric);
}

TEST(parity_metrics)
{
    golden_file file;
    if (golden_open(&file, "metrics"))
        for (size_t i = 0; i < file.cases->count; i++)
            CN_SCOPE {
                check_case(&file, file.cases->items[i]);
            }
    golden_close(&file);
}
