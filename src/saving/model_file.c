/* cn_save, cn_load_model and their like: the format goes by the file's name. keras.saving */
#include "saving/model_file.h"

#include <string.h>

#include "base/alloc.h"
#include "saving/compile_settings.h"
#include "saving/training_state.h"
#include "saving/weights_file.h"

bool cn_ends_with(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);
    for (size_t i = 0; n >= m && i < m; i++) {
        char c = path[n - m + i];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != end[i])
            return false;
    }
    return n >= m;
}

static bool is_h5(const char *path)
{
    return cn_ends_with(path, ".h5") || cn_ends_with(path, ".hdf5");
}

static bool wrong_name(const char *who, const char *path, const char *wanted)
{
    return cn_fail(CN_EINVAL, "%s: expected a path that ends in %s, found '%s'", who, wanted, path);
}

static bool write_piece(void *file, const void *bytes, size_t n)
{
    return cn_file_write(file, bytes, n);
}

bool cn_h5_save(const cn_h5_node *root, const char *path)
{
    cn_h5_image *image = cn_h5_image_new(root);
    cn_file_writer *file = image ? cn_file_begin(path) : NULL;
    bool ok = file && cn_h5_image_write(image, write_piece, file);
    cn_h5_image_free(image);
    if (ok)
        return cn_file_end(file);
    cn_file_abort(file);
    return false;
}

/* ---- models ---- */

cn_model *cn_load_model_with(const cn_load_options *o)
{
    if (!o->path)
        return NULL;
    cn_model *model = NULL;
    if (cn_ends_with(o->path, ".keras"))
        model = cn_keras_read(cn_mapped_archive(o->path), o->compile);
    else if (is_h5(o->path))
        model = cn_h5_model_read(cn_mapped_h5(o->path), o->compile);
    else
        wrong_name("cn_load_model", o->path, ".keras or .h5");
    return model;
}

bool cn_save_with(cn_model *model, const cn_save_options *o)
{
    cn_mark_at(o->at, "cn_save");
    if (!model || !o->path)
        return model && cn_fail(CN_EINVAL, "cn_save: expected a path, found NULL");
    if (cn_ends_with(o->path, ".keras"))
        return cn_keras_write(model, o->path, o->include_optimizer);
    if (is_h5(o->path) && !cn_ends_with(o->path, ".weights.h5"))
        return cn_h5_model_write(model, o->path, o->include_optimizer);
    return wrong_name("cn_save", o->path, ".keras or .h5");
}

/* ---- weights ---- */

/* Any name that does not speak of another format. */
static bool is_weights(const char *path)
{
    return cn_ends_with(path, ".weights.h5") || (!is_h5(path) && !cn_ends_with(path, ".keras"));
}

bool cn_save_weights_with(cn_model *model, const cn_save_options *o)
{
    cn_mark_at(o->at, "cn_save_weights");
    if (!model || !o->path)
        return model && cn_fail(CN_EINVAL, "cn_save_weights: expected a path, found NULL");
    if (!is_weights(o->path))
        return wrong_name("cn_save_weights", o->path, ".weights.h5");
    cn_h5_node *root = cn_h5_new();
    bool ok = root && cn_weights_add(model, root) &&
              (!o->include_optimizer || cn_training_add(model, root)) && cn_h5_save(root, o->path);
    cn_h5_free(root);
    return ok;
}

bool cn_load_weights(cn_model *model, cn_str path)
{
    if (!model || !path)
        return false;
    if (cn_ends_with(path, ".keras")) {
        cn_mapped_file *file = cn_mapped_archive(path);
        return file && cn_mapped_weights(file, "model.weights.h5") && cn_weights_read(model, file);
    }
    cn_mapped_file *file = cn_mapped_h5(path);
    if (!file)
        return false;
    if (!is_weights(path))
        return cn_h5_weights_read(model, file);
    return cn_weights_read(model, file) &&
           (!model->optimizer ||
            (cn_optimizer_read_state(model, file) && cn_training_read(model, file)));
}

/* ---- configurations ---- */

cn_str cn_model_to_json(cn_model *model)
{
    cn_json *config = model ? cn_model_config(model) : NULL;
    char *text = config ? cn_json_text(config, 0) : NULL;
    cn_json_free(config);
    if (!text)
        return NULL;
    cn_mem_free(model->state_->json);
    return model->state_->json = text;
}

cn_model *cn_model_from_json(cn_str json)
{
    cn_json *config = json ? cn_json_parse(json, strlen(json)) : NULL;
    cn_model *model = config ? cn_model_of_config(config, false) : NULL;
    cn_json_free(config);
    return model;
}
