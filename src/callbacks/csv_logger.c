/* keras.callbacks.CSVLogger */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "callbacks/csv_text.h"

/* `keys` are the columns: the names of the first epoch. */
CN_CALLBACK_STRUCT(csv_logger, CN_CSV_LOGGER, cn_file_log file; cn_logs keys;)

static bool init(csv_logger *self)
{
    if (!self->filename || !*self->filename)
        return cn_fail(CN_EINVAL, "CSVLogger: the argument 'filename' is required");
    return self->separator && *self->separator
               ? true
               : cn_fail(CN_EINVAL, "CSVLogger: expected a separator");
}

static bool shut(csv_logger *self)
{
    return cn_file_log_close(&self->file) || cn_error_prefix("CSVLogger");
}

static bool on_train_begin(csv_logger *self, cn_logs *logs)
{
    (void)logs;
    cn_logs_clear(&self->keys);
    return shut(self) && (cn_file_log_open(&self->file, self->filename, self->append) ||
                          cn_error_prefix("CSVLogger"));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const cn_log *)a)->name, ((const cn_log *)b)->name);
}

/* The names in order, and where none is of validation, room for those of validation. */
static bool choose_keys(csv_logger *self, const cn_logs *logs)
{
    cn_logs *keys = &self->keys;
    bool validated = false;
    for (size_t i = 0; i < cn_logs_count(logs); i++) {
        validated = validated || !strncmp(cn_logs_name(logs, i), "val_", 4);
        if (!cn_logs_set(keys, cn_logs_name(logs, i), 0))
            return false;
    }
    if (keys->count)
        qsort(keys->items, keys->count, sizeof *keys->items, by_name);
    cn_logs plain = {0};
    bool ok = validated || (cn_logs_copy(&plain, keys, "") && cn_logs_copy(keys, &plain, "val_"));
    cn_logs_free(&plain);
    return ok;
}

static bool write_line(csv_logger *self, cn_csv_line *line)
{
    bool ok = cn_csv_end(line, "\r\n");
    if (ok && !cn_file_log_put(&self->file, line->text.text, line->text.length))
        ok = cn_error_prefix("CSVLogger");
    cn_mem_free(line->text.text);
    return ok;
}

static bool write_header(csv_logger *self)
{
    cn_csv_line line = {.separator = self->separator};
    cn_csv_text(&line, "epoch");
    for (size_t i = 0; i < self->keys.count; i++)
        cn_csv_text(&line, self->keys.items[i].name);
    self->file.empty = false;
    return write_line(self, &line);
}

static bool on_epoch_end(csv_logger *self, int64_t epoch, cn_logs *logs)
{
    if (!self->file.open)
        return cn_fail(CN_ESTATE, "CSVLogger: training has not begun");
    if (!self->keys.count && !choose_keys(self, logs))
        return false;
    if (self->file.empty && !write_header(self))
        return false;
    char number[32];
    snprintf(number, sizeof number, "%lld", (long long)epoch);
    cn_csv_line line = {.separator = self->separator};
    cn_csv_text(&line, number);
    for (size_t i = 0; i < self->keys.count; i++)
        cn_csv_log(&line, logs, self->keys.items[i].name, "NA", "\"");
    return write_line(self, &line);
}

static bool on_train_end(csv_logger *self, cn_logs *logs)
{
    (void)logs;
    return shut(self);
}

static void destroy(csv_logger *self)
{
    shut(self);
    cn_logs_free(&self->keys);
}

CN_PUBLIC_CALLBACK(csv_logger, "CSVLogger", .init = init, .destroy = destroy,
                   .on_train_begin = on_train_begin, .on_epoch_end = on_epoch_end,
                   .on_train_end = on_train_end)
