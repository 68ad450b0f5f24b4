/* Every loss against Keras's values and gradients, and its configuration. */
#include "config/instance.h"
#include "cornu/losses.h"
#include "ops/ops.h"
#include "parity/golden.h"

#include <stdio.h>
#include <string.h>

static void check_value(const golden_file *file, const cn_json *one, cn_loss *loss)
{
    const char *id = cn_json_get(one, "id")->string;
    cn_tensor *y_true = golden_array(file, cn_json_get(one, "y_true"));
    cn_tensor *y_pred = golden_array(file, cn_json_get(one, "y_pred"));
    cn_tensor *weight = golden_array(file, cn_json_get(one, "sample_weight"));
    cn_tensor *cotangent = golden_array(file, cn_json_get(one, "cotangent"));
    cn_tensor *value = cn_loss_call(loss, y_true, y_pred, weight);
    char what[160];
    snprintf(what, sizeof what, "%s: value", id);
    golden_close_to(file, value, cn_json_get(one, "value"), 1e-5, what);
    cn_list *grads = cn_gradients(cotangent ? cn_mul(value, cotangent) : value, cn_list_of(y_pred));
    snprintf(what, sizeof what, "%s: gradient", id);
    if (value)
        golden_close_to(file, grads ? cn_list_item(grads, 0) : NULL, cn_json_get(one, "grad"), 1e-5,
                        what);
}

/* What Keras wrote we write. */
static void check_config(const cn_json *one, cn_loss *loss)
{
    cn_json *config = loss ? cn_instance_config(loss) : NULL;
    const cn_json *want = cn_json_get(cn_json_get(one, "config"), "config");
    for (size_t i = 0; i < want->count; i++) {
        const cn_json *member = cn_json_get(config, want->items[i]->key);
        if (!CHECK(member && cn_json_equal(member, want->items[i])))
            fprintf(stderr, "%s: %s\n", cn_json_get(one, "id")->string, want->items[i]->key);
    }
    CHECK(config && config->count == want->count);
    cn_json_free(config);
}

/* Keras's configurations of these two lack their parameter. */
static cn_loss *loss_of(const cn_json *one)
{
    const char *id = cn_json_get(one, "id")->string;
    if (!strcmp(id, "Huber.delta"))
        return cn_loss_new("huber(0.3)");
    if (!strcmp(id, "CosineSimilarity.axis"))
        return cn_loss_new("cosine_similarity(axis=1)");
    cn_loss *loss = cn_instance_deserialize(CN_LOSSES, cn_json_get(one, "config"));
    check_config(one, loss);
    return loss;
}

TEST(parity_losses)
{
    golden_file file;
    if (golden_open(&file, "losses"))
        for (size_t i = 0; i < file.cases->count; i++)
            CN_SCOPE {
                const cn_json *one = file.cases->items[i];
                check_value(&file, one, loss_of(one));
            }
    golden_close(&file);
}
