/* The .keras format: an archive of metadata.json, config.json and model.weights.h5. Keras:
 * saving_lib */
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "models/layer_config.h"
#include "saving/compile_settings.h"
#include "saving/model_file.h"
#include "saving/old_config.h"
#include "saving/training_state.h"
#include "saving/weights_file.h"

static const char config_member[] = "config.json", weights_member[] = "model.weights.h5",
                  metadata_member[] = "metadata.json";

/* ---- reading ---- */

/* A model of an own class has its weights once it was called: with what it was called with before
 * it was saved. */
static bool build(cn_layer *layer, const cn_json *build_config)
{
    const cn_json *shapes = cn_json_get(build_config, "input_shape");
    cn_results_room room;
    cn_results results = CN_RESULTS(&room);
    if (layer->built || !cn_json_is(shapes, CN_JSON_LIST))
        return true;
    return cn_dry_run_for(layer, shapes, &results);
}

cn_model *cn_model_of_config(const cn_json *config, bool weights_follow)
{
    bool before = cn_skip_initializers(weights_follow);
    cn_sharing_begin();
    cn_layer *layer = cn_layer_of_json(config);
    cn_sharing_end();
    if (layer && cn_is_model(layer) && !build(layer, cn_json_get(config, "build_config")))
        layer = NULL;
    cn_skip_initializers(before);
    if (layer && !cn_is_model(layer))
        return cn_fail_null(CN_EUNSUPPORTED, "not supported: a file with a %s instead of a model",
                            cn_class_name(layer));
    return (cn_model *)layer;
}

static cn_json *read_json(cn_mapped_file *file, const char *member)
{
    size_t size;
    const unsigned char *text = cn_zip_read(file->zip, member, &size);
    cn_json *json = text ? cn_json_parse((const char *)text, size) : NULL;
    if (text && !json)
        cn_error_prefix("%s", member);
    return json;
}

/* Without metadata it is taken for a file of today. */
static cn_json *read_config(cn_mapped_file *file)
{
    cn_json *config = read_json(file, config_member);
    bool dated = cn_zip_has(file->zip, metadata_member);
    cn_json *metadata = config && dated ? read_json(file, metadata_member) : NULL;
    const char *version = cn_json_as_string(cn_json_get(metadata, "keras_version"), "3");
    bool ok = config && (metadata || !dated) && cn_translate_config(config, version);
    cn_json_free(metadata);
    if (ok)
        return config;
    cn_json_free(config);
    return NULL;
}

static bool read_weights(cn_mapped_file *file, cn_model *model)
{
    if (!cn_zip_has(file->zip, weights_member) && cn_zip_has(file->zip, "model.weights.npz"))
        return cn_fail(CN_EUNSUPPORTED, "not supported: weights in 'model.weights.npz'");
    return cn_mapped_weights(file, weights_member) &&
           cn_weights_read(&(cn_reading){.model = model, .file = file}) &&
           cn_training_read(model, file);
}

cn_model *cn_keras_read(cn_mapped_file *file, bool compile)
{
    cn_json *config = file ? read_config(file) : NULL;
    cn_model *model = config ? cn_model_of_config(config, true) : NULL;
    bool ok =
        model && read_weights(file, model) &&
        (!compile || cn_compile_settings_apply(model, cn_json_get(config, "compile_config"))) &&
        (!model->optimizer || (cn_build_optimizer(model) && cn_optimizer_read_state(model, file)));
    cn_json_free(config);
    return ok ? model : NULL;
}

/* ---- writing ---- */

cn_json *cn_model_config(cn_model *model)
{
    cn_sharing_begin();
    cn_json *json = cn_layer_to_json(&model->layer);
    cn_sharing_end();
    if (json && cn_json_set(json, "compile_config", cn_compile_settings(model)))
        return json;
    cn_json_free(json);
    return NULL;
}

static char *metadata(void)
{
    char date[32] = "";
    time_t now = time(NULL);
    struct tm parts;
    if (localtime_r(&now, &parts))
        strftime(date, sizeof date, "%Y-%m-%d@%H:%M:%S", &parts);
    return cn_mem_printf("{\"keras_version\": \"%s\", \"date_saved\": \"%s\"}", CN_KERAS_VERSION,
                         date);
}

/* Takes `text`. */
static bool add_text(cn_zip_writer *zip, const char *name, char *text)
{
    bool ok = text && cn_zip_add(zip, name, text, strlen(text));
    cn_mem_free(text);
    return ok;
}

static bool write_piece(void *zip, const void *bytes, size_t n)
{
    return cn_zip_member_write(zip, bytes, n);
}

static bool add_weights(cn_zip_writer *zip, cn_model *model, bool optimizer)
{
    cn_h5_node *root = cn_h5_new();
    bool ok = root && cn_weights_add(model, root) && (!optimizer || cn_training_add(model, root));
    cn_h5_image *image = ok ? cn_h5_image_new(root) : NULL;
    ok = image && cn_zip_member_begin(zip, weights_member) &&
         cn_h5_image_write(image, write_piece, zip) && cn_zip_member_end(zip);
    cn_h5_image_free(image);
    cn_h5_free(root);
    return ok;
}

bool cn_keras_write(cn_model *model, const char *path, bool optimizer)
{
    cn_json *config = cn_model_config(model);
    cn_zip_writer *zip = config ? cn_zip_begin(path) : NULL;
    bool ok = zip && add_text(zip, "metadata.json", metadata()) &&
              add_text(zip, config_member, cn_json_text(config, 0)) &&
              add_weights(zip, model, optimizer);
    cn_json_free(config);
    if (ok)
        return cn_zip_end(zip);
    cn_zip_abort(zip);
    return false;
}
