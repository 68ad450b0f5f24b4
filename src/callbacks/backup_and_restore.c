/* keras.callbacks.BackupAndRestore: one file, FOLDER/latest.weights.h5, which Keras's load_weights
 * reads too. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/fault.h"
#include "callbacks/callback.h"
#include "callbacks/saving.h"
#include "saving/training_state.h"
#include "utils/message.h"

CN_CALLBACK_STRUCT(backup_and_restore, CN_BACKUP_AND_RESTORE, char *latest, *previous;
                   int64_t batches;)

static bool init(backup_and_restore *self)
{
    if (!self->backup_dir || !*self->backup_dir)
        return cn_fail(CN_EINVAL, "Empty `backup_dir` argument passed");
    if (!CN_IS_NONE(self->save_freq) && self->save_freq < 1)
        return cn_fail(CN_EINVAL,
                       "Invalid value for argument `save_freq`. Received: save_freq=%d. Expected "
                       "either 'epoch' or an integer value.",
                       self->save_freq);
    self->latest = cn_mem_printf("%s/latest.weights.h5", self->backup_dir);
    self->previous = cn_mem_printf("%s/latest.weights.h5.bkp", self->backup_dir);
    return self->latest && self->previous;
}

static void destroy(backup_and_restore *self)
{
    cn_mem_free(self->latest);
    cn_mem_free(self->previous);
}

static bool exists(const char *path)
{
    struct stat found;
    return !stat(path, &found);
}

/* Removes what a process that was killed had begun to write. */
static void tidy(const backup_and_restore *self)
{
    DIR *folder = opendir(self->backup_dir);
    const char *name = strrchr(self->latest, '/') + 1;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        size_t n = strlen(entry->d_name);
        bool begun = n > 4 && !strcmp(entry->d_name + n - 4, ".tmp") &&
                     !strncmp(entry->d_name, name, strlen(name));
        char *path = begun ? cn_mem_printf("%s/%s", self->backup_dir, entry->d_name) : NULL;
        if (path)
            unlink(path);
        cn_mem_free(path);
    }
    if (folder)
        closedir(folder);
}

/* From the latest backup, or from the one before where that cannot be read. */
static bool resume(backup_and_restore *self, cn_logs *logs)
{
    (void)logs;
    cn_model *model = self->callback.model;
    bool second = exists(self->previous);
    self->batches = 0;
    tidy(self);
    if (exists(self->latest)) {
        if (cn_backup_read(model, self->latest))
            return true;
        if (!second || cn_error_code() == CN_ENOMEM)
            return false;
        cn_warn("BackupAndRestore: %s; going on from '%s'", cn_error(), self->previous);
        cn_clear_error();
    }
    return !second || cn_backup_read(model, self->previous);
}

static bool save(backup_and_restore *self)
{
    if (!cn_make_folders(self->latest, "BackupAndRestore"))
        return false;
    if (self->double_checkpoint && exists(self->latest) &&
        (cn_refused(CN_FAULT_WRITE) || rename(self->latest, self->previous)))
        return cn_fail(CN_EIO, "BackupAndRestore: cannot rename '%s': %s", self->latest,
                       strerror(errno));
    bool ok = false;
    CN_SCOPE {
        ok = cn_backup_write(self->callback.model, self->latest);
    }
    return ok;
}

static bool settled(backup_and_restore *self, int64_t batch, cn_logs *logs)
{
    (void)logs;
    if (CN_IS_NONE(self->save_freq))
        return batch >= 0 || save(self);
    if (batch >= 0 && ++self->batches < self->save_freq)
        return true;
    self->batches = 0;
    return save(self);
}

static bool removed(const char *path)
{
    return !(cn_refused(CN_FAULT_WRITE) || unlink(path)) || errno == ENOENT ||
           cn_fail(CN_EIO, "BackupAndRestore: cannot remove '%s': %s", path, strerror(errno));
}

/* The older backup first, so that what stays is never behind. */
static bool on_train_end(backup_and_restore *self, cn_logs *logs)
{
    (void)logs;
    if (!self->delete_checkpoint)
        return true;
    if (!removed(self->previous) || !removed(self->latest))
        return false;
    rmdir(self->backup_dir); /* unless the user keeps more there */
    return true;
}

static bool write_config(const backup_and_restore *self, cn_json *config)
{
    return cn_save_freq_write(self->save_freq, config);
}

static bool wants_batches(const backup_and_restore *self)
{
    return !CN_IS_NONE(self->save_freq);
}

CN_PUBLIC_CALLBACK(backup_and_restore, "BackupAndRestore", .init = init, .destroy = destroy,
                   .read_config = cn_save_freq_read, .write_config = write_config, .resume = resume,
                   .settled = settled, .on_train_end = on_train_end, .wants_batches = wants_batches)
