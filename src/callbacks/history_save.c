/* The record as a file: .csv, .json (Keras's history.history), or .pkl, which Python's
 * pickle.load reads as the same dictionary of lists. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "callbacks/csv_text.h"
#include "callbacks/history.h"

static bool write_csv(const cn_history *self, cn_file_writer *file)
{
    cn_csv_line line = {.separator = ","};
    cn_csv_text(&line, "epoch");
    for (size_t i = 0; i < cn_history_count(self); i++)
        cn_csv_text(&line, cn_history_name(self, i));
    bool ok = cn_csv_end(&line, "\n");
    for (size_t r = 0; ok && r < self->count; r++) {
        char *epoch = cn_mem_printf("%lld", (long long)self->rows[r].epoch);
        cn_csv_text(&line, epoch ? epoch : "");
        cn_mem_free(epoch);
        for (size_t i = 0; i < cn_history_count(self); i++)
            cn_csv_log(&line, &self->rows[r].logs, cn_history_name(self, i), "", "");
        ok = cn_csv_end(&line, "\n") && epoch;
    }
    ok = ok && cn_file_write(file, line.text.text, line.text.length);
    cn_mem_free(line.text.text);
    return ok;
}

static cn_json *value_of(const cn_logs *logs, cn_str name)
{
    size_t width = cn_logs_width(logs, name);
    if (width == 1)
        return cn_json_float(cn_logs_get(logs, name));
    cn_json *list = cn_json_list();
    for (size_t k = 0; list && k < width; k++)
        if (!cn_json_add(list, cn_json_float(cn_logs_at(logs, name, k)))) {
            cn_json_free(list);
            return NULL;
        }
    return list;
}

/* {"loss": [0.5, 0.25], …}: each name with its values; epochs without it are left out. */
static cn_json *dictionary(const cn_history *self)
{
    cn_json *all = cn_json_object();
    bool ok = all != NULL;
    for (size_t i = 0; ok && i < cn_history_count(self); i++) {
        cn_str name = cn_history_name(self, i);
        cn_json *list = cn_json_list();
        for (size_t r = 0; ok && r < self->count; r++)
            if (cn_logs_width(&self->rows[r].logs, name))
                ok = cn_json_add(list, value_of(&self->rows[r].logs, name));
        ok = cn_json_set(all, name, list) && ok;
    }
    if (ok)
        return all;
    cn_json_free(all);
    return NULL;
}

static bool write_json(const cn_history *self, cn_file_writer *file)
{
    cn_json *all = dictionary(self);
    char *text = all ? cn_json_text(all, 0) : NULL;
    bool ok = text && cn_file_write(file, text, strlen(text)) && cn_file_write(file, "\n", 1);
    cn_mem_free(text);
    cn_json_free(all);
    return ok;
}

/* ---- pickle, protocol 2 ---- */

static bool pickle_text(cn_file_writer *file, const char *text)
{
    size_t n = strlen(text);
    unsigned char head[] = {'X', (unsigned char)n, (unsigned char)(n >> 8),
                            (unsigned char)(n >> 16), (unsigned char)(n >> 24)};
    return cn_file_write(file, head, sizeof head) && cn_file_write(file, text, n);
}

static bool pickle_double(cn_file_writer *file, double value)
{
    unsigned char bytes[9] = {'G'}; /* big-endian */
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; i++)
        bytes[1 + i] = (unsigned char)(bits >> (56 - 8 * i));
    return cn_file_write(file, bytes, sizeof bytes);
}

/* A list: of numbers, or of lists of numbers. */
static bool pickle_list(cn_file_writer *file, const cn_json *list)
{
    bool ok = cn_file_write(file, "](", 2);
    for (size_t i = 0; ok && i < list->count; i++) {
        const cn_json *item = list->items[i];
        if (cn_json_is_number(item)) {
            ok = pickle_double(file, cn_json_as_double(item, 0));
            continue;
        }
        ok = cn_file_write(file, "](", 2);
        for (size_t k = 0; ok && k < item->count; k++)
            ok = pickle_double(file, cn_json_as_double(item->items[k], 0));
        ok = ok && cn_file_write(file, "e", 1);
    }
    return ok && cn_file_write(file, "e", 1);
}

static bool write_pickle(const cn_history *self, cn_file_writer *file)
{
    cn_json *all = dictionary(self);
    bool ok = all && cn_file_write(file, "\x80\x02}(", 4);
    for (size_t i = 0; ok && i < all->count; i++)
        ok = pickle_text(file, all->items[i]->key) && pickle_list(file, all->items[i]);
    ok = ok && cn_file_write(file, "u.", 2);
    cn_json_free(all);
    return ok;
}

static const struct format {
    const char *extension;
    bool (*write)(const cn_history *history, cn_file_writer *file);
} formats[] = {
    {".csv", write_csv}, {".json", write_json}, {".pkl", write_pickle}, {".pickle", write_pickle}};

bool cn_history_save(const cn_history *self, cn_str path)
{
    if (!self || !path)
        return self && cn_fail(CN_EINVAL, "cn_history_save: expected a path, found NULL");
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof formats / sizeof *formats; i++)
        if (!strcmp(dot, formats[i].extension)) {
            cn_file_writer *file = cn_file_begin(path);
            if (file && formats[i].write(self, file))
                return cn_file_end(file);
            cn_file_abort(file);
            return false;
        }
    return cn_fail(CN_EINVAL,
                   "cn_history_save: expected a path ending in .csv, .json or .pkl, "
                   "found '%s'",
                   path);
}
