/* cn_save, cn_load_model and their like: the format goes by the file's name. keras.saving */
#include "saving/model_file.h"

#include <string.h>

#include "base/alloc.h"
#include "graph/trace.h"
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

/* Quiet where there is no model because of an error before. */
static bool expected_both(const char *who, const cn_model *model)
{
    return cn_fail(CN_EINVAL, "%s: expected a %s, found NULL", who, model ? "path" : "model");
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
    cn_mark_at(o->at, "cn_load_model");
    if (!o->path)
        return cn_fail_null(CN_EINVAL, "cn_load_model: expected a path, found NULL");
    cn_code before = cn_error_code();
    cn_model *model = NULL;
    if (cn_ends_with(o->path, ".keras"))
        model = cn_keras_read(cn_mapped_archive(o->path), o->compile);
    else if (is_h5(o->path))
        model = cn_h5_model_read(cn_mapped_h5(o->path), o->compile);
    else
        wrong_name("cn_load_model", o->path, ".keras or .h5");
    if (!model && !before && !strstr(cn_error(), o->path))
        cn_error_prefix("%s", o->path);
    return model;
}

bool cn_save_with(cn_model *model, const cn_save_options *o)
{
    cn_mark_at(o->at, "cn_save");
    if (!model || !o->path)
        return expected_both("cn_save", model);
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
        return expected_both("cn_save_weights", model);
    if (!is_weights(o->path))
        return wrong_name("cn_save_weights", o->path, ".weights.h5");
    cn_h5_node *root = cn_h5_new();
    bool ok = root && cn_weights_add(model, root) &&
              (!o->include_optimizer || cn_training_add(model, root)) && cn_h5_save(root, o->path);
    cn_h5_free(root);
    return ok;
}

static bool read_weights_file(const cn_reading *r, const char *path)
{
    cn_model *model = r->model;
    if (cn_ends_with(path, ".keras"))
        return cn_mapped_weights(r->file, "model.weights.h5") && cn_weights_read(r);
    if (!is_weights(path))
        return cn_h5_weights_read(r);
    return cn_weights_read(r) && (!model->optimizer || (cn_optimizer_read_state(model, r->file) &&
                                                        cn_training_read(model, r->file)));
}

bool cn_load_weights_with(cn_model *model, const cn_load_weights_options *o)
{
    cn_mark_at(o->at, "cn_load_weights");
    if (!model || !o->path)
        return expected_both("cn_load_weights", model);
    bool archive = cn_ends_with(o->path, ".keras");
    if (o->by_name && (archive || is_weights(o->path)))
        return cn_fail(CN_EINVAL, "cn_load_weights: by_name is for .h5 files alone, found '%s'",
                       o->path);
    if (!cn_finish_assignments()) /* they are older than what is read now */
        return false;
    cn_mem_free(model->state_->load_note);
    model->state_->load_note = NULL;
    cn_mapped_file *file = archive ? cn_mapped_archive(o->path) : cn_mapped_h5(o->path);
    return file && read_weights_file(&(cn_reading){.model = model,
                                                   .file = file,
                                                   .skip_mismatch = o->skip_mismatch,
                                                   .by_name = o->by_name},
                                     o->path);
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
